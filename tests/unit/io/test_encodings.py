"""In which encoding a shapefile's table is, whatever is said of it."""

import contextlib
import shutil

import geopandas as gpd
import pytest
import shapely

from coverplan.core.errors import InputError, Problems
from coverplan.io.vectors import read_vector

TOWNS = ["茶亭镇", "联通", "青石桥乡", "云溪街道", "龙泉农场"]
LATIN = ["Cañón de Ágüimes", "Tamaraceite", "San José", "ÁÉÍÓÚ", "Santa Catalina"]


def shapefile(folder, names, encoding, cpg, column="name"):
    points = [shapely.Point(118 + i, 30) for i in range(len(names))]
    frame = gpd.GeoDataFrame({column: names}, geometry=points, crs=4326)
    frame.to_file(folder / "x.shp", encoding=encoding, engine="pyogrio")
    (folder / "x.cpg").unlink(missing_ok=True)
    if cpg is not None:
        (folder / "x.cpg").write_text(cpg, encoding="ascii")
    # What the header states: nothing.
    with (folder / "x.dbf").open("r+b") as table:
        table.seek(29)
        table.write(b"\0")
    return folder / "x.shp"


@pytest.mark.parametrize(
    ("names", "encoding", "cpg", "said"),
    [
        (TOWNS, "gbk", None, "GBK"),
        (TOWNS, "gbk", "GBK", None),
        (TOWNS, "gb18030", "936", None),
        (TOWNS, "gbk", "UTF-8", "GBK"),
        (TOWNS, "gbk", "ISO-8859-1", "GBK"),
        (TOWNS, "gbk", "什".encode("gbk").hex(), "GBK"),
        (["联通"], "gbk", None, "GBK"),
        (TOWNS, "utf-8", None, "UTF-8"),
        (TOWNS, "utf-8", "UTF-8", None),
        (TOWNS, "utf-8", "GBK", "UTF-8"),
        (["臺灣路", "龍潭鄉", "觀音鄉"], "big5", "Big5", None),
        (LATIN, "iso-8859-1", "ISO-8859-1", None),
        (LATIN, "cp1252", "1252", None),
        (LATIN, "utf-8", "ISO-8859-1", "UTF-8"),
        (["plain", "ascii"], "utf-8", None, None),
        (["plain", "ascii"], "utf-8", "junk", None),
    ],
)
def test_names_are_read_and_a_guess_is_said(tmp_path, names, encoding, cpg, said):
    full, notes = shapefile(tmp_path, names, encoding, cpg), Problems()
    frame, _ = read_vector(full, "x.shp", problems=notes)
    assert list(frame["name"]) == names
    if said is None:
        assert not list(notes)
        return
    (note,) = notes
    assert (note.code, note.severity, note.file) == ("vector.encoding", "warning", "x.shp")
    assert note.found in names
    assert f"按 {said} 读取" in note.what.zh
    assert f"read as {said}" in note.what.en


def test_names_of_columns_are_words_too(tmp_path):
    full, notes = shapefile(tmp_path, ["a", "b"], "gbk", None, "名称"), Problems()
    assert "名称" in read_vector(full, "x.shp", problems=notes)[0].columns
    assert [note.code for note in notes] == ["vector.encoding"]


def test_a_stated_encoding_is_taken_and_a_wrong_one_is_a_fault(tmp_path):
    full, notes = shapefile(tmp_path, TOWNS, "gbk", None), Problems()
    frame, _ = read_vector(full, "x.shp", encoding="gbk", problems=notes)
    assert list(frame["name"]) == TOWNS
    assert not list(notes)
    with pytest.raises(InputError) as caught:
        read_vector(full, "x.shp", encoding="utf-8")
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("file.encoding", "utf-8")


def test_a_name_cut_within_a_character_does_not_mislead(tmp_path):
    full = shapefile(tmp_path, ["中华人民共和国" * 12, *TOWNS], "gbk", None)
    data = bytearray((tmp_path / "x.dbf").read_bytes())
    width = data[32 + 16]
    begin = int.from_bytes(data[8:10], "little")
    data[begin + width] = 0xB0
    (tmp_path / "x.dbf").write_bytes(bytes(data))
    notes = Problems()
    with contextlib.suppress(InputError):
        # The reader may refuse the half character; the encoding is told in any case.
        assert list(read_vector(full, "x.shp", problems=notes)[0]["name"])[1:] == TOWNS
    assert [note.code for note in notes] == ["vector.encoding"]


def test_capital_suffixes_are_found(tmp_path):
    shapefile(tmp_path, TOWNS, "gbk", None)
    for path in list(tmp_path.iterdir()):
        shutil.move(path, path.with_suffix(path.suffix.upper()))
    notes = Problems()
    frame, _ = read_vector(tmp_path / "x.SHP", "x.SHP", problems=notes)
    assert list(frame["name"]) == TOWNS
    assert [note.code for note in notes] == ["vector.encoding"]
