"""Facts, projects and facilities of units that are no more."""

import pytest
from tests.support import policy_tables as tables

from coverplan import Region
from coverplan.core.errors import Problems
from coverplan.domain.former import Former, FormerUnits, Naming
from coverplan.domain.targets_config import FacilityList, PlaceTable
from coverplan.io.facilityfacts import read_facility_facts
from coverplan.io.projectfacts import read_projects
from coverplan.io.unitfacts import read_unit_facts

STREET, TOWN = "330624001000", "330624100000"


def gone(*units):
    by_id = {
        f"former:{name}": Former(f"former:{name}", code, name, steps)
        for code, name, *steps in units
    }
    return Naming(former=FormerUnits(by_id, "former.csv"))


MERGED = gone(
    ("330624101000", "澄潭镇", (STREET, None)),
    ("", "梅渚镇", (STREET, None)),
    ("330624103000", "大市聚镇", (TOWN, None)),
    ("330624104000", "新林乡", (TOWN, 0.5), ("330624200000", 0.5)),
)


@pytest.fixture
def units(tmp_path):
    region = Region(tables.region().units, MERGED)

    def read(text):
        problems = Problems()
        path = tables.write(tmp_path / "u.csv", text)
        source = [PlaceTable(source=path.name)]
        return read_unit_facts(tables.folder(tmp_path), source, region, problems), problems

    return read


def test_numbers_of_units_that_merged_are_added_and_the_rest_is_not(units):
    facts, problems = units(
        "代码 名称 户籍人口 面积 类型\n330624101 澄潭镇 900 12.5 镇\n- 梅渚镇 100 2.5 镇"
    )
    assert list(facts.index) == [STREET]
    row = facts.loc[STREET]
    assert (row["name"], row["population_registered"], row["area_km2"]) == ("南明街道", 1000, 15)
    assert row["type"] == "street"
    found = [(p.code, p.row, p.found.zh) for p in problems]
    assert found == [
        ("unit.former_facts", 2, "澄潭镇→南明街道"),
        ("unit.former_facts", 3, "梅渚镇→南明街道"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        # One of two is missing, the present unit has its own, the former one was divided.
        "代码 名称 户籍人口\n330624101 澄潭镇 900",
        "代码 名称 户籍人口\n330624101 澄潭镇 900\n- 梅渚镇 100\n330624001 南明街道 7",
        "代码 名称 户籍人口\n330624104 新林乡 900",
    ],
)
def test_rows_of_former_units_that_are_of_no_use_are_named(units, text):
    facts, problems = units(text)
    assert set(facts["population_registered"].dropna()) <= {7}
    unused = [p for p in problems if p.code == "unit.former_unused"]
    assert unused[0].row == 2
    assert unused[0].severity == "warning"
    assert "present unit" in unused[0].mend.en


def test_villages_of_a_former_township_lie_in_the_present_one(units):
    facts, problems = units(
        "村编码 村名 所属乡镇 户数\n330624103201 甲村 大市聚镇 9\n330624103202 乙村 - 8"
    )
    assert list(facts["parent"]) == [TOWN, TOWN]
    (problem,) = problems
    assert (problem.code, problem.found.zh) == ("unit.former", "大市聚镇→儒岙镇（1 行）")


def test_projects_and_lists_name_former_units(tmp_path):
    region = Region(tables.region().units, MERGED)
    folder, problems = tables.folder(tmp_path), Problems()
    none = read_unit_facts(folder, [], region, problems)
    tables.write(
        tmp_path / "p.csv", "项目名称 所属乡镇 金额\n甲 大市聚镇 5\n乙 新林乡 5\n丙 南明 5"
    )
    sources = [PlaceTable(source="p.csv")]
    projects = read_projects(folder, sources, region, none, problems)
    assert list(projects["unit"]) == [TOWN, "", STREET]
    assert [p.code for p in problems] == ["unit.former_divided", "unit.former", "project.unit"]
    lon, lat = tables.lonlat(2)
    tables.write(
        tmp_path / "f.csv",
        f"编号 名称 所属乡镇 经度 纬度 状态\n1 甲 大市聚 - - 运营\n2 乙 新林乡 {lon} {lat} 运营",
    )
    lists = [FacilityList(source="f.csv", layer="home_care_centre")]
    problems = Problems()
    facilities = read_facility_facts(folder, lists, {}, region, none, problems)
    assert list(facilities.rows["unit"]) == [TOWN, "330624200000"]
    assert [p.found.zh for p in problems if p.code == "unit.former"] == [
        "大市聚镇→儒岙镇（1 行）；新林乡→巧英乡（1 行）"
    ]
