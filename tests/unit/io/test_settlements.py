"""Totals of units alone, spread over buildings and settlements."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box
from tiny import CRS, X0, Y0, network, region

from coverplan import InputError, place_people
from coverplan.core.errors import Problems
from coverplan.domain.people_config import PeopleConfig
from coverplan.io import read_people
from coverplan.io.paths import Folder

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
TOTALS = "乡镇,人口,老年\n甲镇,1000,200\n申镇,500,101\n"


def shapes(folder, rows, name="shapes.gpkg", **columns):
    """Rectangles ``(x0, y0, x1, y1)`` or points ``(x, y)`` relative to the origin."""
    made = [
        box(X0 + r[0], Y0 + r[1], X0 + r[2], Y0 + r[3])
        if len(r) == 4
        else Point(X0 + r[0], Y0 + r[1])
        for r in rows
    ]
    gpd.GeoDataFrame(columns, geometry=made, crs=CRS).to_file(folder / name)
    return name


def read(folder, spread, given=None, *, totals=TOTALS, problems=None, groups=None):
    (folder / "census.csv").write_text(totals, encoding="utf-8")
    config = {
        "totals": "census.csv",
        "groups": groups or {"all": "人口", "elderly": "老年"},
        "spread": spread,
        **({} if given is None else {spread: given}),
    }
    return read_people(
        Folder(folder), PeopleConfig.model_validate(config), UNITS, problems or Problems()
    )


def placed(table, **more):
    return place_people(UNITS, table.places, table.groups, table.totals, **more)


def test_buildings_by_area(tmp_path):
    rows = [(100, 0, 120, 10), (500, 0, 520, 20), (1500, 0, 1510, 10), (5000, 0, 5010, 10)]
    table = read(tmp_path, "buildings", shapes(tmp_path, rows))
    points = placed(table).demand.points
    assert points["all"].tolist() == [333, 667, 500]
    assert points["elderly"].tolist() == [67, 133, 101]
    assert points["unit"].tolist() == ["a", "a", "b"]
    xy = np.column_stack([points.geometry.x, points.geometry.y]) - [X0, Y0]
    assert xy == pytest.approx(np.array([[110, 5], [510, 10], [1505, 5]]))
    rows = placed(table).reconciliation
    assert rows["read"].isna().all()
    assert rows["factor"].isna().all()
    assert rows["placed"].tolist() == [1000, 200, 500, 101]


def test_buildings_by_a_column_and_where(tmp_path):
    rows = [(100, 0), (500, 0), (700, 0), (1500, 0)]
    use = ["住宅", "住宅", "厂房", "住宅"]
    name = shapes(tmp_path, rows, 面积=[100, 300, 5000, 7], 用途=use)
    given = {"source": name, "weight": "面积", "where": {"用途": "住宅"}}
    points = placed(read(tmp_path, "buildings", given)).demand.points
    assert points["all"].tolist() == [250, 750, 500]


def test_a_building_on_the_line_between_two_towns_stands_in_one(tmp_path):
    rows = [(100, 0, 120, 10), (990, 0, 1014, 10)]
    table = read(tmp_path, "buildings", shapes(tmp_path, rows))
    assert table.places["unit"].tolist() == ["a", "b"]


def test_settlements_are_cut_by_units_and_into_pieces(tmp_path):
    table = read(tmp_path, "areas", shapes(tmp_path, [(750, 0, 1150, 200)]))
    people = placed(table).demand.points
    by_unit = people.groupby("unit")["all"].sum()
    assert by_unit.to_dict() == {"a": 1000, "b": 500}
    assert len(people) >= 8
    west = people[people["unit"] == "a"].geometry.x
    assert west.between(X0 + 750, X0 + 1000).all()
    # 250 x 200 m: people per hectare are the same in every piece.
    density = table.places[table.places["unit"] == "a"]["weight"].sum()
    assert density == pytest.approx(50_000)


def test_settlements_by_a_column_are_shared_in_proportion_to_area(tmp_path):
    name = shapes(tmp_path, [(900, 0, 1100, 100), (100, 0, 200, 100)], 户=[10, 15])
    table = read(tmp_path, "areas", {"source": name, "weight": "户"})
    weight = table.places.groupby("unit")["weight"].sum()
    assert weight.to_dict() == pytest.approx({"a": 20, "b": 5})


def test_streets_of_each_unit(tmp_path):
    roads = network([[(100, 0), (400, 0)], [(500, 0), (600, 0)], [(1500, 0), (1600, 0)]])
    points = placed(
        read(tmp_path, "streets"), network=roads, spread_classes=["residential"]
    ).demand.points
    assert points.groupby("unit")["all"].apply(list).to_dict() == {"a": [250] * 4, "b": [500]}


@pytest.mark.parametrize("spread", ["streets", "buildings", "areas"])
def test_a_unit_without_any_is_unplaced_and_named(tmp_path, spread):
    notes = Problems()
    given = None if spread == "streets" else shapes(tmp_path, [(100, 0, 110, 10)])
    roads = network([[(100, 0), (400, 0)]])
    table = read(tmp_path, spread, given, problems=notes)
    more = {"network": roads, "spread_classes": ["residential"]} if given is None else {}
    found = placed(table, problems=notes, **more)
    assert found.demand.unplaced["all"].to_dict() == {"a": 0, "b": 500}
    assert found.demand.points["all"].sum() == 1000
    codes = [p.code for p in notes]
    assert codes == ["people.unit_bare"] * (given is not None) + ["people.unplaced"]
    assert "申镇" in notes.items[-1].what.zh


def test_an_unknown_total_stays_unknown(tmp_path):
    name = shapes(tmp_path, [(100, 0, 110, 10), (1500, 0, 1510, 10)])
    table = read(tmp_path, "buildings", name, totals="乡镇,人口,老年\n甲镇,1000,200\n")
    found = placed(table)
    assert pd.isna(found.demand.totals.loc["b", "all"])
    assert found.demand.points["unit"].unique().tolist() == ["a"]


def test_groups_by_share(tmp_path):
    name = shapes(tmp_path, [(100, 0, 110, 10), (1500, 0, 1510, 10)])
    groups = {"all": "人口", "elderly": {"share": 0.3}, "young": {"share_column": "幼"}}
    totals = "乡镇,人口,幼\n甲镇,1000,10%\n申镇,500,0.2\n"
    found = placed(read(tmp_path, "buildings", name, groups=groups, totals=totals))
    assert found.demand.totals.loc["a"].tolist() == [1000, 300, 100]
    assert found.demand.totals.loc["b"].tolist() == [500, 150, 100]


def test_many_thin_buildings_become_few_points(tmp_path):
    rows = [(i * 10.0, 0, i * 10.0 + 5, 5) for i in range(100)]
    totals = "乡镇,人口,老年\n甲镇,10,2\n申镇,0,0\n"
    table = read(tmp_path, "buildings", shapes(tmp_path, rows), totals=totals)
    assert 4 <= len(table.places) < 20
    assert table.places["weight"].sum() == pytest.approx(2500)
    assert placed(table).demand.points["all"].sum() == 10


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("column.missing", {"weight": "面积"}),
        ("people.weight", {"weight": "坏"}),
        ("people.weight", {"weight": "负"}),
        ("file.empty", {"where": {"用途": "住宅"}}),
        ("column.missing", {"where": {"用处": "住宅"}}),
    ],
)
def test_faults_of_columns(tmp_path, code, given):
    columns = {"坏": ["多", "1"], "负": [-1, 1], "用途": ["厂房", "厂房"]}
    name = shapes(tmp_path, [(100, 0, 110, 10), (1500, 0, 1510, 10)], **columns)
    notes = Problems()
    with pytest.raises(InputError) as caught:
        read(tmp_path, "buildings", {"source": name, **given}, problems=notes)
        notes.raise_if_any()
    assert caught.value.problems[0].code == code


def test_shapes_elsewhere_and_without_area(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, "buildings", shapes(tmp_path, [(9000, 0, 9010, 10)]))
    assert [p.code for p in caught.value.problems] == ["people.shapes_elsewhere"]
    notes = Problems()
    with pytest.raises(InputError):
        read(tmp_path, "buildings", shapes(tmp_path, [(100, 0)]), problems=notes)
    assert [p.code for p in notes] == ["people.no_area"]


def test_nobody(tmp_path):
    notes = Problems()
    totals = "乡镇,人口,老年\n甲镇,0,0\n申镇,0,0\n"
    read(tmp_path, "streets", totals=totals, problems=notes)
    assert [p.code for p in notes.errors] == ["people.nobody"]
