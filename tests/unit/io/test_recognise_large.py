"""Folders as they are: hidden, broken, many, large; each file looked at by its head alone."""

import os
import time
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from shapely.geometry import Point

from coverplan.io.recognise.folder import look_through
from coverplan.io.recognise.look import look_at
from coverplan.io.recognise.short import HEAD_ROWS


def test_what_is_left_alone_is_said(tmp_path: Path) -> None:
    good = "名称,经度,纬度\na,118,30\n"
    for name in (".隐藏.csv", "~$养老.xlsx", "a.csv.bak", "说明.md", "图.png", "study.toml"):
        (tmp_path / name).write_text(good, encoding="utf-8")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 cut")
    (tmp_path / "broken.gpkg").write_bytes(b"SQLite format 3\0 cut")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "odd.xyz").write_text("1 2 3")
    (tmp_path / "lost.dbf").write_bytes(b"\x03")
    results, within = tmp_path / "result", tmp_path / "数据"
    for folder in (results, within, within / "更深"):
        folder.mkdir()
    (results / "run.json").write_text("{}")
    (results / "sites.csv").write_text(good, encoding="utf-8")
    (within / "社工站.csv").write_text(good, encoding="utf-8")
    (within / "更深" / "b.csv").write_text(good, encoding="utf-8")
    seen = look_through(tmp_path)
    assert [look.name for look in seen.looks] == ["数据/社工站.csv"]
    why = {skipped.name: skipped.why.zh for skipped in seen.skipped}
    assert set(why) == {
        ".隐藏.csv", "~$养老.xlsx", "a.csv.bak", "说明.md", "图.png", "study.toml", "broken.xlsx",
        "broken.gpkg", "empty.csv", "odd.xyz", "lost.dbf", "result/", "数据/更深/",
    }  # fmt: skip
    assert why["result/"] == "是结果文件夹（有 run.json）"
    assert why["数据/更深/"].startswith("再下一层")
    assert why["broken.xlsx"].startswith("无法读取：文件无法读取")
    assert why["lost.dbf"] == "附属文件，主文件不在"
    assert not [text for text in why.values() if "Error" in text]


def test_a_shapefile_is_one_file(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"名称": ["甲敬老院"]}, geometry=[Point(118, 30)], crs=4490)
    frame.to_file(tmp_path / "a.shp", encoding="gbk")
    seen = look_through(tmp_path)
    assert [(look.name, look.columns, look.sample.iloc[0, 0]) for look in seen.looks] == [
        ("a.shp", ("名称",), "甲敬老院")
    ]
    assert not seen.skipped  # its parts are used: saying "not used" of them would be no truth


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind here")
def test_a_file_without_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("名称\na\n", encoding="utf-8")
    path.chmod(0)
    assert look_through(tmp_path).looks == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "nowhere.csv")
    seen = look_through(tmp_path)
    assert {s.why.zh for s in seen.skipped} == {"不是普通文件"}


def test_a_large_csv_is_known_by_its_head(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for encoding in ("utf-8", "gb18030", "utf-16"):
        with path.open("w", encoding=encoding) as stream:
            stream.write("名称,经度,纬度,备注\n")
            for i in range(200_000):
                stream.write(f"村庄{i},118.{i:06d},30.1,备注备注\n")
        look = look_at(path, Path("a.csv"))[0][0]
        assert look.columns == ("名称", "经度", "纬度", "备注")
        assert len(look.sample) == HEAD_ROWS
        assert not look.whole
        assert look.rows == pytest.approx(200_000, rel=0.2)
        assert look.sample["名称"].iloc[0] == "村庄0"


def test_a_long_sheet_is_known_by_its_head(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("coverplan.io.recognise.short._WHOLE_BYTES", 1000)
    book = openpyxl.Workbook()
    book.active.append(["名称", "经度", "纬度"])
    for i in range(5000):
        book.active.append([f"a{i}", 118.0, 30.0])
    book.save(tmp_path / "a.xlsx")
    look = look_at(tmp_path / "a.xlsx", Path("a.xlsx"))[0][0]
    assert (look.columns, len(look.sample), look.whole) == (
        ("名称", "经度", "纬度"),
        HEAD_ROWS,
        False,
    )
    assert look.rows == pytest.approx(5000, rel=0.01)


def test_a_thousand_files(tmp_path: Path) -> None:
    for i in range(1000):
        (tmp_path / f"表{i:04d}.csv").write_text("名称,经度,纬度\na,118,30\n", encoding="utf-8")
    begin, told = time.process_time(), []
    seen = look_through(tmp_path, lambda done, total: told.append((done, total)))
    assert len(seen.looks) == 1000
    assert told[-1] == (1000, 1000)
    assert time.process_time() - begin < 20


def test_more_files_than_are_looked_at(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("coverplan.io.recognise.folder._MOST_FILES", 3)
    for i in range(5):
        (tmp_path / f"{i}.csv").write_text("名称\na\n", encoding="utf-8")
    seen = look_through(tmp_path)
    assert [look.name for look in seen.looks] == ["0.csv", "1.csv", "2.csv"]
    assert [(s.name, s.why.zh) for s in seen.skipped] == [("… 2", "文件多于 3 个，其余没有看")]
