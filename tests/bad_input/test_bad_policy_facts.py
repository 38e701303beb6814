"""Tables of facts that are wrong in every usual way: each fault named, the rest still read."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coverplan.core.errors import InputError, Problems, render_problems
from coverplan.domain.fact_frames import with_facts
from coverplan.domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS
from coverplan.io import read_region, read_study
from coverplan.io.paths import Folder
from coverplan.io.policyfacts import read_policy_facts

TARGETS = """
[targets]
units = [{ source = "units.csv" }]
projects = [{ source = "projects.csv" }]

[[targets.facilities]]
source = "all.csv"
"""

UNITS = [
    {"代码": "330001", "名称": "甲镇", "常住人口": "500", "60岁及以上": "90", "有条件": "是"},
    {"代码": "330002", "名称": "乙乡", "常住人口": "400", "60岁及以上": "", "有条件": "否"},
]
SITES = [
    {"编号": "1", "名称": "甲", "类别": "日间照料中心", "乡镇": "甲镇",
     "经度": "118.01", "纬度": "30.01", "状态": "运营", "设立年份": "2019",
     "床位数": "20", "无障碍": "是"},
    {"编号": "2", "名称": "乙", "类别": "助餐点", "乡镇": "乙乡",
     "经度": "118.06", "纬度": "30.01", "状态": "运营", "设立年份": "2020",
     "床位数": "", "无障碍": "否"},
]  # fmt: skip
PROJECTS = [
    {"编号": "1", "项目名称": "规划", "项目类型": "规划", "类别": "殡仪馆", "进度": "在建",
     "年份": "2023", "金额": "100", "资金来源": "财政", "所属乡镇": "甲镇"},
]  # fmt: skip


@pytest.fixture
def facts(county):
    """The tiny county with tables that work, to be spoilt; returns a function that reads them."""
    county.table("units.csv", UNITS)
    county.table("all.csv", SITES)
    county.table("projects.csv", PROJECTS)
    text = county.study.read_text(encoding="utf-8")
    county.study.write_text(text.replace("[output]", TARGETS + "\n[output]"), encoding="utf-8")

    def read():
        config, folder, problems = read_study(county.study), Folder(county.folder), Problems()
        region = read_region(folder, config.region, config.crs)
        found = read_policy_facts(folder, config, region, problems)
        say(problems)
        return found, problems

    return read


def say(problems):
    for line in render_problems(problems, "zh") + render_problems(problems, "en"):
        assert not re.search(r"Traceback|<class|KeyError|nan|<NA>", line), line


def test_tables_that_work_have_no_fault(facts):
    found, problems = facts()
    assert [p.code for p in problems] == []
    assert found.layers == {
        "day_care", "meal_service", "elderly_care_home", "social_work_station",
    }  # fmt: skip
    assert list(found.units["population"]) == [500, 400]


def test_every_bad_cell_is_named_with_its_row_and_the_rest_is_read(facts, county):
    county.cell("units.csv", 2, "常住人口", "约500")
    county.cell("units.csv", 3, "有条件", "也许")
    county.cell("all.csv", 2, "类别", "天文台")
    county.cell("all.csv", 3, "床位数", "-1")
    county.cell("all.csv", 3, "状态", "不清楚吧")
    county.cell("all.csv", 3, "设立年份", "20年前")
    county.cell("projects.csv", 2, "金额", "一百万")
    county.cell("projects.csv", 2, "进度", "快了")
    found, problems = facts()
    assert not problems.errors
    assert {(p.code, p.file, p.row, p.column, p.found) for p in problems} == {
        ("facts.number", "units.csv", 2, "常住人口", "约500"),
        ("facts.word", "units.csv", 3, "有条件", "也许"),
        ("facts.layer", "all.csv", 2, "类别", "天文台"),
        ("facts.number", "all.csv", 3, "床位数", "-1"),
        ("facility.status", "all.csv", 3, "状态", "不清楚吧"),
        ("facility.year", "all.csv", 3, "设立年份", "20年前"),
        ("facts.number", "projects.csv", 2, "金额", "一百万"),
        ("facts.word", "projects.csv", 2, "进度", "快了"),
    }
    assert found.units["population"].isna().tolist() == [True, False]
    # One kind, and the two layers of the study.
    assert "day_care" not in found.layers
    mine = found.facilities[found.facilities["layer"] == "meal_service"]
    assert mine["status"].tolist() == ["unknown"]
    assert mine[["beds", "opened"]].isna().all(axis=None)


def test_words_near_a_known_one_are_suggested(facts, county):
    county.cell("all.csv", 2, "类别", "日间照料中芯")
    county.cell("projects.csv", 2, "资金来源", "福彩公益")
    _, problems = facts()
    hints = {p.code: p.mend.en for p in problems}
    assert "日间照料中心" in hints["facts.layer"]
    assert "福彩公益金" in hints["facts.word"]


@pytest.mark.parametrize("name", ["units.csv", "all.csv", "projects.csv"])
def test_a_file_that_cannot_be_read_is_an_error_and_says_which(facts, county, name):
    county.path(name).write_bytes(b"\x00\x01\x02")
    with pytest.raises(InputError) as error:
        facts()
    assert {p.file for p in error.value.problems if p.severity == "error"} == {name}
    say(error.value.problems)


def test_one_column_twice(facts, county):
    text = county.path("units.csv").read_text(encoding="utf-8")
    county.path("units.csv").write_text(text.replace("60岁及以上", "常住人口"), encoding="utf-8")
    with pytest.raises(InputError) as error:
        facts()
    assert [(p.code, p.column) for p in error.value.problems] == [("column.repeated", "常住人口")]


def test_a_key_of_columns_that_means_nothing(facts, county):
    county.edit('source = "all.csv"', 'source = "all.csv"\ncolumns = { bedds = "床位数" }')
    with pytest.raises(InputError) as error:
        facts()
    assert [p.code for p in error.value.problems] == ["study.unknown_key"]
    assert "beds" in " ".join(p.mend.en for p in error.value.problems)


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "330001", "甲镇", "330001001001", "1e9", "是", "2019", "0", "、", "-"]),
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_no_cell_brings_the_reading_down(facts, county, data):
    heads = {
        "units.csv": (UNITS, UNIT_FACTS),
        "all.csv": (SITES, FACILITY_FACTS),
        "projects.csv": (PROJECTS, PROJECT_FACTS),
    }
    for name, (rows, known) in heads.items():
        columns = [*rows[0], *(fact.names[-1] for fact in known)]
        columns = data.draw(st.lists(st.sampled_from(columns), unique=True, min_size=2, max_size=8))
        county.table(
            name,
            [{column: data.draw(CELLS) for column in {*columns, *list(rows[0])[:2]}}]
            + [dict(row) for row in rows],
        )
    try:
        found, _ = facts()
    except InputError as error:
        say(error.problems)
        return
    for frame, known in ((found.units, UNIT_FACTS), (found.projects, PROJECT_FACTS)):
        assert frame.equals(with_facts(frame, known)[list(frame.columns)])
    assert found.units.index.is_unique
