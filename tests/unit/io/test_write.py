import os

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from coverplan import InputError
from coverplan.io.write import harmless, whole_folder, write_csv, write_gpkg


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "=cmd|' /C calc'!A0"]
)
def test_no_formula_survives(text, tmp_path):
    assert str(harmless(text)).startswith("'")
    frame = pd.DataFrame({text: [text], "n": [-3], "share": pd.array([1.5], dtype="Float64")})
    write_csv(frame, tmp_path / "t.csv")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(tmp_path / "t.csv", dtype=str, encoding="utf-8-sig")
    assert back.iloc[0, 0].startswith("'")
    assert back.columns[0].startswith("'")
    assert back["n"].tolist() == ["-3"]
    assert len(back) == 1


def test_a_failure_changes_nothing(tmp_path):
    folder = tmp_path / "run"
    with whole_folder(folder) as draft:
        (draft / "run.json").write_text("1")
        (draft / "map.html").write_text("old")
    (folder / "notes.docx").write_text("mine")
    with pytest.raises(RuntimeError), whole_folder(folder) as draft:
        (draft / "map.html").write_text("half")
        raise RuntimeError
    assert (folder / "map.html").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run"]
    with whole_folder(folder) as draft:
        (draft / "run.json").write_text("2")
        (draft / "map.html").write_text("new")
    assert (folder / "map.html").read_text() == "new"
    assert (folder / "notes.docx").read_text() == "mine"
    assert sorted(p.name for p in folder.iterdir()) == ["map.html", "notes.docx", "run.json"]


def test_a_file_that_cannot_be_replaced_puts_all_back(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    with whole_folder(folder) as draft:
        for name in ("a.csv", "b.csv", "run.json"):
            (draft / name).write_text("old")
    path_type = type(folder)
    real = path_type.replace

    def replace(self, target):
        if self.name == "b.csv" and self.parent.parent.name.startswith(".coverplan"):
            raise PermissionError(13, "open in another program")
        return real(self, target)

    monkeypatch.setattr(path_type, "replace", replace)
    with pytest.raises(InputError, match="close result files"), whole_folder(folder) as draft:
        for name in ("a.csv", "b.csv", "run.json"):
            (draft / name).write_text("new")
    monkeypatch.undo()
    assert {p.name: p.read_text() for p in folder.iterdir()} == dict.fromkeys(
        ["a.csv", "b.csv", "run.json"], "old"
    )


def test_a_failure_leaves_no_part_behind_where_there_was_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    path_type = type(folder)
    real = path_type.replace

    def replace(self, target):
        if self.name == "b.csv":
            raise PermissionError(13, "no")
        return real(self, target)

    monkeypatch.setattr(path_type, "replace", replace)
    with pytest.raises(InputError), whole_folder(folder) as draft:
        for name in ("a.csv", "b.csv", "run.json"):
            (draft / name).write_text("new")
    monkeypatch.undo()
    assert list(folder.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_folder_of_other_things_is_not_touched(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(InputError, match="holds other files"), whole_folder(tmp_path):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_geopackage_is_the_same_bytes_twice(tmp_path):
    frame = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[Point(1, 2)], crs=4549)
    for name in ("one.gpkg", "two.gpkg"):
        write_gpkg({"a": frame, "b": frame}, tmp_path / name)
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "two.gpkg").read_bytes()
    assert gpd.read_file(tmp_path / "one.gpkg", layer="b")["名称"].tolist() == ["甲"]


def test_whole_numbers_stay_whole_beside_empty_cells(tmp_path):
    frame = pd.DataFrame({"n": pd.Series([12, None, 2.5, "=x", 2**60], dtype=object)})
    write_csv(frame, tmp_path / "t.csv")
    text = (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert text == f'n\n12\n""\n2.5\n\'=x\n{2**60}\n'


@pytest.mark.skipif(os.name == "nt", reason="rights are told otherwise there")
def test_a_folder_of_results_is_as_open_as_any_new_folder(tmp_path):
    (tmp_path / "plain").mkdir()
    with whole_folder(tmp_path / "result") as draft:
        (draft / "run.json").write_text("{}", encoding="utf-8")
    assert (tmp_path / "result").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plain", "result"]
