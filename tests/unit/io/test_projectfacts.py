"""Registers of projects, plans and money; and everything a study names read at once."""

import pandas as pd
import pytest
from tests.support import policy_tables as tables

from coverplan.core.errors import InputError, Problems
from coverplan.domain.config import StudyConfig
from coverplan.domain.targets_config import PlaceTable
from coverplan.io.policyfacts import read_policy_facts
from coverplan.io.projectfacts import read_projects
from coverplan.io.unitfacts import read_unit_facts

REGISTER = """
编号 项目名称 项目类型 类别         对应目标 所属乡镇 所在村 进度   年份   金额       资金来源
X1   公墓规划 专项规划 公益性公墓   XC-25    -        -      已批复 2022   680,000    财政
X2   床位改造 项目     全部养老服务设施 -    儒岙镇   石溪村 在建   2023年 1200000    福彩公益金
X3   其他     项目     -            -        新昌县   -      停了   -      约30万     -
"""


@pytest.fixture
def read(tmp_path):
    def projects(text, problems):
        tables.write(tmp_path / "u.csv", "代码 名称\n330624 新昌县\n330624100201 石溪村")
        tables.write(tmp_path / "p.csv", text)
        folder, region = tables.folder(tmp_path), tables.region()
        units = read_unit_facts(folder, [PlaceTable(source="u.csv")], region, problems)
        return read_projects(folder, [PlaceTable(source="p.csv")], region, units, problems)

    return projects


def test_a_register(read):
    problems = Problems()
    rows = read(REGISTER, problems)
    assert list(rows["id"]) == ["X1", "X2", "X3"]
    assert list(rows["name"]) == ["公墓规划", "床位改造", "其他"]
    assert list(rows["kind"]) == ["plan", "project", "project"]
    assert list(rows["layer"]) == ["public_cemetery", "all_elderly_layers", ""]
    assert rows["target"].fillna("?").tolist() == ["XC-25", "?", "?"]
    assert list(rows["unit"]) == ["", "330624100000", "330624000000"]
    assert list(rows["village"]) == ["", "330624100201", ""]
    assert rows["status"].fillna("?").tolist() == ["done", "building", "?"]
    assert rows["year"].tolist()[:2] == [2022, 2023]
    assert rows["yuan"].tolist()[:2] == [680_000, 1_200_000]
    assert rows["fund"].fillna("?").tolist() == ["budget", "lottery", "?"]
    # Money nobody can read is not known, and no 0.
    assert pd.isna(rows["yuan"][2])
    assert {(p.code, p.row, p.found) for p in problems} == {
        ("facts.word", 4, "停了"), ("facts.number", 4, "约30万"),
    }  # fmt: skip


def test_money_counts_once_and_for_one_kind(read):
    problems = Problems()
    rows = read(
        "编号 名称 类别 所属乡镇 金额\n1 甲 殡仪馆 儒岙镇 5\n1 甲 殡仪馆 儒岙镇 5\n"
        "2 乙 殡仪馆、骨灰堂 别处 7",
        problems,
    )
    assert rows["yuan"].tolist() == [5, 7]
    assert rows["layer"].tolist() == ["funeral_home", ""]
    assert {(p.code, p.row) for p in problems} == {
        ("project.twice", 3), ("project.layers", 4), ("project.unit", 4),
    }  # fmt: skip


def test_an_empty_register(read):
    rows = read("编号 名称 金额", Problems())
    assert len(rows) == 0
    assert {"layer", "unit", "village", "fund", "yuan"} <= set(rows.columns)


def test_all_faults_of_all_tables_at_once(tmp_path):
    config = StudyConfig(
        title="县",
        date="2025-12-31",
        region={"units": "u"},
        people={"source": "p", "groups": {"all": "人"}},
        roads={"source": "r"},
        layers={"elderly_care": {"source": "homes.csv"}},
        targets={
            "facilities": [{"source": "a.csv", "layer": "x"}],
            "projects": [{"source": "b.csv"}],
        },
    )
    lon, lat = tables.lonlat(0)
    tables.write(tmp_path / "homes.csv", f"名称 经度 纬度\n甲 {lon} {lat}")
    with pytest.raises(InputError) as error:
        read_policy_facts(tables.folder(tmp_path), config, tables.region(), Problems())
    assert sorted(p.code for p in error.value.problems) == ["file.missing", "targets.layer"]
    alone = config.model_copy(update={"targets": None})
    facts = read_policy_facts(tables.folder(tmp_path), alone, tables.region(), Problems())
    assert facts.layers == {"elderly_care_home"}
    assert (len(facts.units), len(facts.facilities), len(facts.projects)) == (0, 1, 0)
