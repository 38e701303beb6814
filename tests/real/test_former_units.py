"""Real names and codes of townships, real county totals; boundaries and villages are made up."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from coverplan import load
from coverplan.core.errors import Problems
from coverplan.domain.targets_config import PlaceTable
from coverplan.io.paths import Folder
from coverplan.io.unitfacts import read_unit_facts

# Which of the sixteen units of 新昌 went into which of the twelve at the end of 2019.
MERGED = {
    "澄潭镇": "澄潭街道", "梅渚镇": "澄潭街道", "大市聚镇": "沃洲镇", "新林乡": "沃洲镇",
    "回山镇": "回山镇", "双彩乡": "回山镇", "小将镇": "小将镇", "巧英乡": "小将镇",
}  # fmt: skip
STAYED = ["羽林街道", "南明街道", "七星街道", "沙溪镇", "镜岭镇", "儒岙镇", "城南乡", "东茗乡"]
SIXTEEN = [*MERGED, *STAYED]
KM_X, KM_Y = 0.01037, 0.00902
WEST, SOUTH = 120.7, 29.3

STUDY = """
title = "{county}"
date = 2025-12-31
[region]
units = "units.gpkg"
{region}
[people]
source = "villages.csv"
totals = "{totals}"
groups = {groups}
[roads]
source = "roads.geojson"
[layers.elderly_care]
source = "homes.csv"
place_missing = "village"
"""


@pytest.fixture
def facts(test_data):
    """The folder of facts about townships."""
    folder = test_data / "realdata" / "cn_township_facts"
    if not folder.is_dir():
        pytest.skip("the folder of test data is not here")
    return folder


def at(i, x=0.5, y=0.5):
    """A place in the i-th made-up square of 3 km, four in a row."""
    return WEST + (3 * (i % 4) + 3 * x) * KM_X, SOUTH + (3 * (i // 4) + 3 * y) * KM_Y


def made_up(folder, towns, villages):
    """Squares for the units, a road through all, a home at the first village of each."""
    squares = [box(*at(i, 0, 0), *at(i, 1, 1)) for i in range(len(towns))]
    frame = gpd.GeoDataFrame(towns, geometry=squares, crs=4326)
    frame.to_file(folder / "units.gpkg")
    lines = [LineString([at(i, 0, 0.5), at(i, 1, 0.5)]) for i in range(len(towns))]
    roads = gpd.GeoDataFrame({"highway": ["residential"] * len(lines)}, geometry=lines, crs=4326)
    roads.to_file(folder / "roads.geojson")
    villages.to_csv(folder / "villages.csv", index=False)
    homes = pd.DataFrame({"编号": range(len(villages)), "名称": "院", "所属乡镇": villages["乡镇"],
                          "经度": "", "纬度": "", "状态": "运营", "开业年份": 2015})  # fmt: skip
    homes.to_csv(folder / "homes.csv", index=False)


def xinchang(facts, folder):
    """新昌: the twelve units of today, a village in each of the sixteen there were."""
    towns = pd.read_csv(facts / "townships.csv", dtype=str)
    towns = towns[towns["county"] == "新昌县"][["county_code", "county", "code", "name"]]
    today = towns["name"].tolist()
    assert len(today) == 12
    rows = []
    for i, name in enumerate(SIXTEEN):
        where = today.index(MERGED.get(name, name))
        x = 0.3 if i % 2 else 0.7
        lon, lat = at(where, x, 0.5)
        rows.append({"村名": f"{name}村", "乡镇": name, "经度": lon, "纬度": lat,
                     "resident": 100 + i, "age60plus": 20})  # fmt: skip
    made_up(folder, towns, pd.DataFrame(rows))
    table = [
        {"原名称": old, "现名称": new, "变更日期": "2019-12-31"} for old, new in MERGED.items()
    ]
    pd.DataFrame(table).to_csv(folder / "former.csv", index=False)


def study(facts, folder, totals="census.csv", region='crosswalk = "former.csv"'):
    path = folder / "study.toml"
    text = STUDY.format(
        county="新昌县", region=region, totals=totals,
        groups='{ all = "resident", elderly = "age60plus" }',
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_sixteen_units_become_twelve(facts, tmp_path):
    xinchang(facts, tmp_path)
    people = {name: 10_000 + 137 * i for i, name in enumerate(SIXTEEN)}
    census = pd.DataFrame({"乡镇": [f"新昌县{name}" for name in people],
                           "resident": people.values(), "age60plus": 2000})  # fmt: skip
    census.to_csv(tmp_path / "census.csv", index=False)
    inputs = study(facts, tmp_path)
    totals = inputs.demand.totals["all"]
    by_name = dict(zip(inputs.region.names, totals, strict=True))
    assert len(by_name) == 12
    assert by_name["澄潭街道"] == people["澄潭镇"] + people["梅渚镇"]
    assert by_name["回山镇"] == people["回山镇"] + people["双彩乡"]
    assert by_name["城南乡"] == people["城南乡"]
    assert int(totals.sum()) == sum(people.values()) == int(inputs.demand.placed()["all"].sum())
    shown = {p.file: p.what.en.split(" ")[0] for p in inputs.problems if p.code == "unit.former"}
    assert shown == {"census.csv": "6", "villages.csv": "6", "homes.csv": "6"}
    # These kept their names: the rows of 双彩乡 and 巧英乡 beside them tell which unit is meant.
    kept = [p.found.zh for p in inputs.problems if p.code == "census.former_itself"]
    assert kept == ["小将镇、回山镇"]
    found = [p.code for p in inputs.problems]
    assert "census.missing_unit" not in found
    assert "unit.county" not in found
    homes = inputs.layers[0].facilities.sites
    assert len(homes) == 16
    assert set(homes["unit"]) == set(inputs.region.codes)


def test_the_county_s_own_total_rakes_the_twelve(facts, tmp_path):
    xinchang(facts, tmp_path)
    inputs = study(facts, tmp_path, (facts / "county_census.csv").as_posix())
    assert int(inputs.demand.totals["all"].sum()) == 419_036
    assert int(inputs.demand.totals["elderly"].sum()) == 109_091
    codes = {p.code for p in inputs.problems}
    assert {"census.county_shared", "census.year"} <= codes
    assert "census.missing_unit" not in codes


@pytest.mark.parametrize(
    ("county", "units", "left"), [("晋江市", 22, 3), ("咸安区", 17, 4), ("新昌县", 12, 0)]
)
def test_zones_and_farms_of_real_counties(facts, tmp_path, county, units, left):
    towns = pd.read_csv(facts / "townships.csv", dtype=str)
    towns = towns[towns["county"] == county][["county_code", "county", "code", "name"]]
    rows = [{"村名": f"{i}村", "乡镇": name, "经度": at(i)[0], "纬度": at(i)[1], "resident": 100,
             "age60plus": 20} for i, name in enumerate(towns["name"])]  # fmt: skip
    made_up(tmp_path, towns, pd.DataFrame(rows))
    path = tmp_path / "study.toml"
    text = STUDY.format(
        county=county, region='leave_out = ["zone", "farm"]', totals="",
        groups='{ all = "resident", elderly = "age60plus" }',
    )  # fmt: skip
    path.write_text(text.replace('totals = ""\n', ""), encoding="utf-8")
    inputs = load(path)
    assert len(inputs.region) == units - left
    assert int(inputs.demand.totals["all"].sum()) == 100 * (units - left)
    said = [p for p in inputs.problems if p.code == "region.left_out"]
    assert [p.people for p in said] == ([100 * left] if left else [])
    # Their homes stay, at the villages they stand in, and belong to no unit of the study.
    assert sorted(inputs.layers[0].facilities.sites["unit"])[: left + 1].count("") == left


def test_the_list_of_townships_is_a_table_of_units(facts, tmp_path):
    xinchang(facts, tmp_path)
    region = study(facts, tmp_path, (facts / "county_census.csv").as_posix()).region
    problems = Problems()
    sources = [PlaceTable(source=(facts / "townships.csv").as_posix())]
    units = read_unit_facts(Folder(tmp_path), sources, region, problems)
    assert len(units) == 12
    assert units.loc["330624004000", "name"] == "澄潭街道"
    assert set(units["type"]) == {"street", "town", "township"}
