import geopandas as gpd
import pytest
from shapely.geometry import LineString, Polygon
from tiny import CRS, X0, Y0, region

from coverplan.core.errors import Problems
from coverplan.domain.siting_config import Candidates
from coverplan.io import read_candidates
from coverplan.io.paths import Folder

UNITS = region((0, 0, 2000, 1000), (2000, 0, 4000, 1000))


def shapes(tmp_path, *geometry, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=list(geometry), crs=CRS)
    frame.to_file(tmp_path / "c.gpkg", driver="GPKG")


def square(x, y, side=100.0):
    corners = [(0, 0), (side, 0), (side, side), (0, side)]
    return Polygon([(X0 + x + a, Y0 + y + b) for a, b in corners])


def read(tmp_path, **more):
    problems = Problems()
    source = Candidates(source=tmp_path / "c.gpkg", **more)
    return read_candidates(Folder(tmp_path), source, UNITS, key="k", problems=problems), problems


def test_a_parcel_is_a_point_within_it(tmp_path):
    ring = Polygon(
        square(500, 500, 300).exterior.coords, [square(510, 510, 280).exterior.coords]
    )  # a yard whose middle is not the parcel's
    shapes(tmp_path, square(100, 100), ring, 编号=["p1", "p2"], 名称=["甲", "乙"])
    found, problems = read(tmp_path)
    assert not problems.items
    assert found.index.tolist() == ["p1", "p2"]
    assert found["name"].tolist() == ["甲", "乙"]
    assert found.geometry.iloc[1].within(ring)
    assert found["unit"].tolist() == ["a", "a"]


def test_lines_are_said_to_be_no_places(tmp_path):
    shapes(tmp_path, LineString([(X0 + 10, Y0 + 10), (X0 + 90, Y0 + 10)]), 编号=["p1"])
    assert [p.code for p in read(tmp_path)[1]] == ["point.not_points"]


def test_outside_is_kept_and_has_no_unit(tmp_path):
    shapes(tmp_path, square(100, 100), square(2500, 100), square(100, 1100), 编号=list("xyz"))
    assert read(tmp_path)[0]["unit"].tolist() == ["a", "b", ""]


@pytest.mark.parametrize(("ids", "rows"), [(["x", "x", "y"], [2, 3]), (["x", None, "y"], [3])])
def test_ids_come_once(tmp_path, ids, rows):
    shapes(tmp_path, square(0, 0), square(200, 0), square(400, 0), 编号=ids)
    found, problems = read(tmp_path)
    assert [p.row for p in problems] == rows
    assert found.index.is_unique


def test_costs_of_the_record_before_those_of_the_source(tmp_path):
    shapes(
        tmp_path, square(0, 0), square(200, 0), square(400, 0),
        编号=list("xyz"), cost_yuan=[1200.4, None, 0.0], 容量=["30", "", "12"],
    )  # fmt: skip
    found, _ = read(tmp_path, cost_yuan=77)
    assert found["cost_yuan"].tolist() == [1200, 77, 0]
    assert found["capacity"].isna().tolist() == [False, True, False]
    own, _ = read(tmp_path, columns={"cost_yuan": "容量"}, capacity=5)
    assert own["cost_yuan"].fillna(-1).tolist() == [30, -1, 12]
    assert own["capacity"].tolist() == [30, 5, 12]
