"""Zips: what is in them is read, what they are made to do is not done."""

import io
import random
import stat
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from coverplan.core.errors import InputError
from coverplan.io import archives
from coverplan.io.paths import Folder
from coverplan.io.vectors import read_vector

NAMES = ["甲镇", "乙乡"]


@pytest.fixture
def parts(tmp_path):
    """The files of a shapefile and of a GeoPackage, to be packed."""
    there = tmp_path / "parts"
    there.mkdir()
    boxes = [shapely.box(118 + i / 10, 30, 118.1 + i / 10, 30.1) for i in range(2)]
    frame = gpd.GeoDataFrame({"code": ["1", "2"], "name": NAMES}, geometry=boxes, crs=4490)
    frame.to_file(there / "towns.shp", encoding="utf-8", engine="pyogrio")
    frame.to_file(there / "towns.gpkg", engine="pyogrio")
    frame.to_file(there / "towns.geojson", engine="pyogrio")
    return {path.name: path.read_bytes() for path in there.iterdir()}


SHAPEFILE = ["towns.shp", "towns.shx", "towns.dbf", "towns.prj", "towns.cpg"]


def packed(full: Path, members: dict[str, bytes], how=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(full, "w", how) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return full


def fault(full, file):
    with pytest.raises(InputError) as caught:
        read_vector(full, file)
    (problem,) = caught.value.problems
    assert problem.file == file
    return problem


@pytest.mark.parametrize("folder", ["", "数据/边界/"])
@pytest.mark.parametrize("kind", ["shp", "gpkg", "geojson"])
def test_the_one_file_of_a_zip_is_read(tmp_path, parts, folder, kind):
    names = SHAPEFILE if kind == "shp" else [f"towns.{kind}"]
    members = {folder + name: parts[name] for name in names} | {"说明.txt": b"x"}
    frame, crs_from = read_vector(packed(tmp_path / "t.zip", members), "t.zip")
    assert list(frame["name"]) == NAMES
    assert crs_from == "file"


def test_one_of_several_files_is_named_with_the_zip(tmp_path, parts):
    members = {f"a/{name}": parts[name] for name in SHAPEFILE}
    members["b/other.geojson"] = parts["towns.geojson"]
    full = packed(tmp_path / "t.zip", members)
    problem = fault(full, "t.zip")
    assert problem.code == "file.which_table"
    assert '"t.zip/a/towns.shp"' in problem.mend.en
    folder = Folder(tmp_path)
    for named in ("t.zip/a/towns.shp", "t.zip/towns.shp", "t.zip/b/other.geojson"):
        found = folder.find(Path(named), "region.units")
        assert list(read_vector(found, named)[0]["name"]) == NAMES
        folder.note(Path(named), found, 2)
    assert len({file.sha256 for file in folder.read}) == 1
    assert fault(tmp_path / "t.zip/none.shp", "t.zip/none.shp").code == "file.which_table"


def test_names_in_the_encoding_of_chinese_windows(tmp_path, parts):
    full = packed(tmp_path / "t.zip", {"aaaa.gpkg": parts["towns.gpkg"]})
    full.write_bytes(full.read_bytes().replace(b"aaaa.gpkg", "乡镇".encode("gbk") + b".gpkg"))
    assert list(read_vector(tmp_path / "t.zip/乡镇.gpkg", "t.zip/乡镇.gpkg")[0]["name"]) == NAMES


@pytest.mark.parametrize(
    "name",
    ["../towns.gpkg", "/etc/towns.gpkg", "a/../../towns.gpkg", "C:/towns.gpkg", "..\\towns.gpkg"],
)
def test_names_that_lead_out_are_refused(tmp_path, parts, name):
    full = packed(tmp_path / "t.zip", {name: parts["towns.gpkg"]})
    assert fault(full, "t.zip").code == "zip.outside"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["parts", "t.zip"]


def test_links_and_encrypted_members_are_refused(tmp_path, parts):
    info = zipfile.ZipInfo("towns.gpkg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as made:
        made.writestr(info, "/etc/passwd")
    assert fault(tmp_path / "link.zip", "link.zip").code == "zip.link"
    full = packed(tmp_path / "locked.zip", {"towns.gpkg": parts["towns.gpkg"]})
    data = bytearray(full.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    full.write_bytes(bytes(data))
    assert fault(full, "locked.zip").code == "zip.encrypted"


def test_a_zip_of_nothing_but_zips_and_tables(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("towns.gpkg", b"x")
    full = packed(tmp_path / "t.zip", {"inner.zip": inner.getvalue(), "a.csv": b"x"})
    problem = fault(full, "t.zip")
    assert problem.code == "zip.nothing"
    assert "inner.zip" in problem.found.en
    assert fault(packed(tmp_path / "none.zip", {}), "none.zip").code == "zip.nothing"


def test_a_bomb_is_not_unpacked(tmp_path):
    full = packed(tmp_path / "t.zip", {"towns.gpkg": bytes(40 << 20)})
    assert full.stat().st_size < 100_000
    problem = fault(full, "t.zip")
    assert problem.code == "zip.too_large"
    assert "42 MB" in problem.found.en


def test_a_bomb_that_lies_about_its_size_is_stopped(tmp_path, monkeypatch):
    """Python's zipfile reads no more than is stated, so the statement is what is checked."""
    full = packed(tmp_path / "t.zip", {"towns.gpkg": bytes(3 << 20)})
    data = bytearray(full.read_bytes())
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)
    full.write_bytes(bytes(data))
    assert fault(full, "t.zip").code == "file.unreadable"
    monkeypatch.setattr(archives, "MOST_VECTOR_BYTES", 100)
    whole = packed(tmp_path / "u.zip", {"towns.gpkg": bytes(3 << 10)})
    assert fault(whole, "u.zip").code == "zip.too_large"


def test_too_many_members(tmp_path):
    members = {f"{i}.txt": b"" for i in range(10_001)}
    full = packed(tmp_path / "t.zip", members | {"a.gpkg": b"x"})
    assert fault(full, "t.zip").found.en == "10,002 files"


def test_a_damaged_zip_is_a_fault(tmp_path, parts):
    whole = packed(tmp_path / "t.zip", {name: parts[name] for name in SHAPEFILE}).read_bytes()
    dice, codes = random.Random(1), set()  # noqa: S311 - damage, not secrets
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = len(data) if dice.random() < 0.7 else dice.randrange(len(data))
        (tmp_path / "t.zip").write_bytes(bytes(data[:cut]))
        try:
            read_vector(tmp_path / "t.zip", "t.zip", crs="EPSG:4490")
            codes.add("")
        except InputError as error:
            codes |= {problem.code for problem in error.problems}
    assert {"", "file.unreadable"} <= codes


def test_what_is_called_zip_but_is_none(tmp_path):
    (tmp_path / "t.zip").write_text("just text", encoding="utf-8")
    assert fault(tmp_path / "t.zip", "t.zip").code == "file.unreadable"
