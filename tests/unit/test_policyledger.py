"""The ledger of a study: units filled up, sums only where nothing is wanting, who belongs where."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point
from tests.support import policy_tables as tables
from tests.support import tiny

from coverplan import Demand, Layer, LayerInput, Text
from coverplan.core.errors import Problems
from coverplan.domain.config import StudyConfig
from coverplan.domain.policy import LEVELS
from coverplan.domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS
from coverplan.io.facilityfacts import read_facility_facts
from coverplan.io.policyfacts import PolicyFacts
from coverplan.io.projectfacts import read_projects
from coverplan.io.unitfacts import read_unit_facts
from coverplan.measure.policy.ledger import LayerReach
from coverplan.policyledger import study_ledger

STREET, TOWN, TOWNSHIP = (code for code, _, _ in tables.TOWNS)
COUNTY = "330624000000"

VILLAGES = """
村编码       村名     人口 残疾人 岗位数 农村
330624001001 东门社区 300  6      1      否
330624001002 西门社区 100  2      1      否
330624100201 石溪村   50   -      1      是
"""


def demand(region, *, places=("东门社区", "西门社区", "石溪村", "巧英村")):
    """300 and 100 people in the street, 60 in the town, 40 in the township; a third are old."""
    rows = [(0.2, 0, 300), (0.8, 0, 100), (1.5, 1, 60), (2.5, 2, 40)]
    points = gpd.GeoDataFrame(
        {
            "unit": [region.codes[unit] for _, unit, _ in rows],
            "place": list(places),
            "all": [people for *_, people in rows],
            "elderly": [people // 3 for *_, people in rows],
        },
        index=pd.Index([f"d{i}" for i in range(4)], dtype=object),
        geometry=[Point(tables.X0 + x * tables.SIDE, tables.Y0 + 2000) for x, _, _ in rows],
        crs=4549,
    )
    return Demand.from_points(points, region, groups=("all", "elderly"))


@pytest.fixture
def made(tmp_path):
    """Return a ledger of tables given as text."""

    def ledger(
        *, units="", sites="", projects="", towns=tables.TOWNS, only=(), title="新昌县", people=None
    ):
        region, folder, problems = tables.region(towns), tables.folder(tmp_path), Problems()
        config = StudyConfig(
            title=title,
            date="2025-12-31",
            region={"units": "u", "only": list(only)},
            people={"source": "p", "groups": {"all": "人"}},
            roads={"source": "r"},
            layers={"elderly_care": {"source": "homes.csv"}},
            targets={
                "units": _named(tmp_path, "units.csv", units),
                "facilities": _named(tmp_path, "sites.csv", sites),
                "projects": _named(tmp_path, "projects.csv", projects),
            },
        )
        targets = config.targets
        facts = read_unit_facts(folder, targets.units, region, problems)
        found = read_facility_facts(folder, targets.facilities, {}, region, facts, problems)
        rows = read_projects(folder, targets.projects, region, facts, problems)
        network = tiny.network([[(0, 2000), (12_000, 2000)]])
        layer = Layer("elderly_care", Text("养老", "care"), "elderly", "test", 15)
        home = tiny.facilities([(800, 2000, region.codes[0])], "elderly_care")
        inputs = tiny.inputs(region, people or demand(region), network, home)
        inputs = replace(inputs, title=title, layers=(LayerInput(layer, home),), config=config)
        return study_ledger(inputs, PolicyFacts(facts, found.rows, rows, found.layers))

    return ledger


def _named(path, name, text):
    if not text:
        return []
    tables.write(path / name, text)
    return [{"source": name}]


def test_a_study_without_any_table(made):
    ledger = made()
    units = ledger.units
    assert ledger.home == COUNTY
    assert list(units.index) == [COUNTY, STREET, TOWN, TOWNSHIP]
    assert list(units["name"]) == ["新昌县", "南明街道", "儒岙镇", "巧英乡"]
    assert list(units["level"]) == ["county", "township", "township", "township"]
    assert list(units["type"]) == ["county", "street", "town", "township"]
    assert list(units["parent"]) == ["", COUNTY, COUNTY, COUNTY]
    # Squares of 4 km; 400 people on 16 km2, 500 on 48.
    assert list(units["area_km2"]) == pytest.approx([48, 16, 16, 16])
    assert list(units["population"]) == [500, 400, 60, 40]
    assert list(units["elderly"]) == [166, 133, 20, 13]
    assert list(units["density_per_km2"]) == pytest.approx([500 / 48, 25, 3.75, 2.5])
    assert units["children"].isna().all()
    assert units["households"].isna().all()
    assert ledger.layers == frozenset()
    assert ledger.on_map == {"elderly_care_home"}
    assert ledger.reach_of == {"elderly_care_home": LayerReach("test", 15, "elderly")}
    assert len(ledger.facilities) == len(ledger.projects) == 0
    assert ledger.within("330000")
    assert ledger.within("330624")
    assert not ledger.within("330681")


def test_columns_and_types_are_those_promised(made):
    ledger = made(sites="名称 类别 所属乡镇\n甲 殡仪馆 儒岙镇", projects="名称\n甲")
    units, sites, projects = ledger.units, ledger.facilities, ledger.projects
    wanted = {"name", "level", "type", "parent", "density_per_km2", *(f.key for f in UNIT_FACTS)}
    assert set(units.columns) == wanted
    assert set(sites.columns) == {
        "layer", "id", "name", "status", "opened", "closed", "x", "y", "is_rural", *LEVELS,
        *(f.key for f in FACILITY_FACTS),
    }  # fmt: skip
    assert set(projects.columns) == {"id", "name", "layer", *(f.key for f in PROJECT_FACTS)}
    assert units["population"].dtype == sites["beds"].dtype == projects["yuan"].dtype == "Float64"
    assert units["is_rural"].dtype == sites["is_rural"].dtype == "boolean"
    assert sites["opened"].dtype == projects["year"].dtype == "Int64"


def test_what_tables_state_holds(made):
    ledger = made(
        units="代码 名称 类型 常住人口 面积\n330624100 儒岙镇 街道 70 20\n330624 新昌县 县级市 - 50"
    )
    units = ledger.units
    assert units["type"][TOWN] == "street"
    assert units["population"][TOWN] == 70
    assert units["area_km2"][TOWN] == 20
    assert units["type"][COUNTY] == "county_city"
    # 400 + 70 + 40 people on the 50 km2 stated.
    assert units["population"][COUNTY] == 510
    assert units["density_per_km2"][COUNTY] == pytest.approx(10.2)


def test_townships_are_summed_up_from_villages_only_where_all_are_there(made):
    ledger = made(units=VILLAGES)
    units = ledger.units
    assert units["parent"]["330624001002"] == STREET
    # Both villages of the street are there: 6 + 2. The town's one village says nothing, and the
    # township's one place is in no table.
    assert units["disabled"][STREET] == 8
    assert units["disabled"][[TOWN, TOWNSHIP, COUNTY]].isna().all()
    # A township's posts are not those of its villages.
    assert units["posts"][STREET] is pd.NA
    # The census total of the street holds, not the villages' sum.
    assert units["population"][STREET] == 400
    whole = VILLAGES.replace("-      1", "0      1") + "330624200201 巧英村 40 1 1 是\n"
    units = made(units=whole).units
    assert list(units["disabled"][[STREET, TOWN, TOWNSHIP, COUNTY]]) == [8, 0, 1, 9]


def test_people_at_a_place_that_is_no_village_leave_the_sum_unknown(made):
    region = tables.region()
    people = demand(region, places=("东门社区", "新区社区", "石溪村", "巧英村"))
    units = made(units=VILLAGES, people=people).units
    assert units["disabled"][STREET] is pd.NA


def test_a_county_is_not_summed_from_a_part_of_it(made):
    ledger = made(only=[STREET, TOWN, TOWNSHIP])
    assert ledger.units["population"][COUNTY] is pd.NA
    assert ledger.units["population"][STREET] == 400


def test_a_township_nobody_counted_leaves_the_county_unknown(made):
    region = tables.region()
    whole = demand(region)
    totals = whole.totals.astype("Int64").copy()
    totals.loc[TOWNSHIP] = pd.NA
    points = whole.points[whole.points["unit"] != TOWNSHIP]
    people = Demand(points, whole.groups, totals, whole.unplaced)
    units = made(people=people).units
    assert units["population"][[TOWNSHIP, COUNTY]].isna().all()
    assert units["density_per_km2"][TOWNSHIP] is pd.NA
    assert len(units) == 4


def test_a_farm_without_a_boundary_is_a_unit_without_people_of_its_own(made):
    ledger = made(
        units="代码 名称\n330624500 良种场", sites="名称 类别 所属乡镇\n甲 留守儿童服务站 良种场"
    )
    farm = "330624500000"
    assert ledger.units.loc[farm, ["level", "type", "parent"]].tolist() == [
        "township", "farm", COUNTY,
    ]  # fmt: skip
    assert ledger.units["population"][COUNTY] == 500
    assert ledger.facilities.loc[0, ["township", "county"]].tolist() == [farm, COUNTY]


def test_who_belongs_where(made):
    lon, lat = tables.lonlat(1)
    ledger = made(
        units=VILLAGES + "330624 新昌县 - - - -\n",
        sites=f"名称 类别 所属乡镇 所在村 经度 纬度\n甲 儿童之家 儒岙镇 石溪村 - -\n"
        f"乙 儿童之家 儒岙镇 - - -\n丙 婚姻登记机关 新昌县 - - -\n丁 殡仪馆 - - {lon} {lat}\n"
        f"戊 殡仪馆 别处 - - -\n己 殡仪馆 新昌县 330624001001 - -",
    )
    sites = ledger.facilities.set_index("name")
    above = ["330000000000", "330600000000", COUNTY]
    assert sites.loc["甲", list(LEVELS)].tolist() == [*above, TOWN, "330624100201"]
    assert sites.loc["乙", list(LEVELS)].tolist() == [*above, TOWN, ""]
    assert sites.loc["丙", list(LEVELS)].tolist() == [*above, "", ""]
    assert sites.loc["丁", list(LEVELS)].tolist() == [*above, TOWN, ""]
    assert sites.loc["戊", list(LEVELS)].tolist() == [""] * 5
    assert sites.loc["己", list(LEVELS)].tolist() == [*above, STREET, "330624001001"]
    assert sites["is_rural"]["甲"]
    assert not sites["is_rural"]["己"]
    assert sites["is_rural"]["乙"] is pd.NA
    assert ledger.layers == {"childrens_home", "marriage_registry", "funeral_home"}


def test_several_counties_lie_in_their_prefecture(made):
    towns = (*tables.TOWNS[:2], ("330681101000", "枫桥镇", ""))
    units = made(towns=towns, title="绍兴市养老").units
    prefecture, other = "330600000000", "330681000000"
    assert list(units.index) == [
        prefecture, COUNTY, STREET, TOWN, other, "330681101000",
    ]  # fmt: skip
    assert units["name"][prefecture] == "绍兴市"
    assert units["name"][other] == other
    assert list(units["type"][[prefecture, COUNTY, other]]) == [
        "prefecture", "county", "county_city",
    ]  # fmt: skip
    assert units["parent"]["330681101000"] == other
    # 400 + 60, and 40.
    assert list(units["population"][[COUNTY, other, prefecture]]) == [460, 40, 500]


def test_boundaries_with_codes_of_nine_digits(made):
    towns = tuple((code[:9], name, kind) for code, name, kind in tables.TOWNS)
    ledger = made(towns=towns, units=VILLAGES, sites="名称 类别 所属乡镇\n甲 殡仪馆 330624100")
    assert list(ledger.units_at("township").index) == [STREET, TOWN, TOWNSHIP]
    assert ledger.facilities["township"][0] == TOWN
    xy = np.array([[tables.X0 + 800, tables.Y0 + 2000]])
    reached = ledger.travel.reached(xy, "test", 15, "all")
    # A metre takes a second: the 300 stand at the site, the others 2400 m and more away.
    assert reached["reached"].to_dict() == {STREET: 300, TOWN: 0, TOWNSHIP: 0}
    assert ledger.travel.villages(xy, "test", 15, "all")["reached"]["330624001001"] == 300


def test_codes_that_say_nothing(made):
    towns = [("a", "甲镇", ""), ("b", "乙乡", ""), ("c", "丙", "")]
    ledger = made(towns=towns)
    assert ledger.home == ""
    assert not ledger.within("330000")
    assert list(ledger.units["level"]) == ["township"] * 3
    assert ledger.units["type"].fillna("?").tolist() == ["town", "township", "?"]
    assert made(towns=towns, units="代码 名称\n330624 新昌县").home == COUNTY
