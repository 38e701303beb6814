"""What columns were taken for is recorded as it is shown; encodings as files are read."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from coverplan.core.errors import InputError
from coverplan.io.columns import columns_used
from coverplan.io.fileencoding import encoding_of
from coverplan.io.paths import Folder
from coverplan.io.sheets import read_csv_rows


def frame() -> pd.DataFrame:
    return pd.DataFrame({"名": ["", "甲", "甲", "乙", "丙", "丁"], "床": [None, 3, 4.5, 3, 8, 9]})


def test_the_first_values_and_how_a_column_was_found():
    taken = {"name": "名", "capacity": "床", "closed": None}
    name, beds, closed = columns_used("a.csv", "layers.x", frame(), taken, {"capacity": "床"})
    assert (name.how, name.sample) == ("usual", ("甲", "乙", "丙"))
    assert (beds.how, beds.sample) == ("stated", ("3", "4.5", "8"))
    assert (closed.column, closed.how, closed.sample) == (None, "none", ())


def test_columns_of_one_name_and_columns_that_are_not_there():
    two = pd.DataFrame([["a", "b"]], columns=["名", "名"])
    assert columns_used("a.csv", "p", two, {"name": "名"}, {})[0].sample == ("a",)
    assert columns_used("a.csv", "p", two, {"name": "geometry"}, {})[0].sample == ()


def test_a_file_and_part_is_recorded_once():
    folder = Folder(Path())
    for part in ("layers.x", "layers.x", "layers.y"):
        folder.took("a.csv", part, frame(), {"name": "名"}, {})
    assert [use.part for use in folder.columns] == ["layers.x", "layers.y"]


def test_long_values_are_cut():
    long = pd.DataFrame({"名": ["长" * 10_000]})
    assert len(columns_used("a.csv", "p", long, {"name": "名"}, {})[0].sample[0]) == 60


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("gb18030", "GB18030"), ("gbk", "GB18030"),
     ("utf-16", "UTF-16")],
)  # fmt: skip
def test_the_encoding_is_that_the_file_is_read_in(tmp_path, encoding, told):
    path = tmp_path / "a.csv"
    path.write_bytes("名称,经度\n敬老院,119\n".encode(encoding))
    assert encoding_of(path) == told
    assert read_csv_rows(path, "a.csv")[1][1] == ["敬老院", "119"]


@given(st.binary(max_size=60))
def test_any_bytes_have_the_encoding_they_are_read_in_or_none(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    told = encoding_of(path)
    if told:
        content.decode({"UTF-8 (BOM)": "utf-8-sig"}.get(told, told))
    else:
        with pytest.raises(InputError):
            read_csv_rows(path, "any.csv")


def test_a_stated_encoding_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("名稱,經度\n敬老院,119\n".encode("big5"))
    assert encoding_of(path, "big5") == "BIG5"
    assert encoding_of(path, "utf-8") == ""


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_the_words_of_a_shapefile(tmp_path, encoding):
    path = tmp_path / "a.shp"
    rows = gpd.GeoDataFrame({"NAME": ["青石镇", "白鹤乡"]}, geometry=[Point(0, 0)] * 2, crs=4326)
    rows.to_file(path, encoding=encoding, engine="pyogrio")
    assert encoding_of(path) in {"GBK": {"GBK", "GB18030"}, "UTF-8": {"UTF-8"}}[encoding]


def test_other_files_have_none(tmp_path):
    (tmp_path / "a.gpkg").write_bytes(b"x")
    assert encoding_of(tmp_path / "a.gpkg") == ""
    assert encoding_of(tmp_path / "no.csv") == ""
    (tmp_path / "a.shp").write_bytes(b"x")
    assert encoding_of(tmp_path / "a.shp") == ""
