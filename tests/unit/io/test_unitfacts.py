"""Tables of facts about units: codes, names, levels, and several tables about one unit."""

import pandas as pd
import pytest
from tests.support import policy_tables as tables

from coverplan.core.errors import InputError, Problems
from coverplan.domain.targets_config import PlaceTable
from coverplan.io.unitfacts import read_unit_facts


@pytest.fixture
def read(tmp_path):
    def units(*texts, problems=None, name="u{}.csv", encoding="utf-8", **given):
        sources = []
        for i, text in enumerate(texts):
            path = tables.write(tmp_path / name.format(i), text, encoding=encoding)
            sources.append(PlaceTable(source=path.name, **given))
        return read_unit_facts(
            tables.folder(tmp_path), sources, tables.region(), problems or Problems()
        )

    return units


VILLAGES = """
村编码       村名    乡镇代码     所属乡镇 经度 纬度 常住人口 户籍人口 60岁及以上 0-14岁
330624100001 城北社区 330624100000 儒岙镇  120  29   1,200    900     300       -
330624100201 石溪村   330624100000 儒岙镇  120  29   0        40      20        3
"""


@pytest.mark.parametrize(
    ("name", "encoding"), [("u{}.csv", "utf-8"), ("u{}.csv", "gb18030"), ("u{}.xlsx", "utf-8")]
)
def test_a_table_of_villages_as_it_is(read, name, encoding):
    units = read(VILLAGES, name=name, encoding=encoding)
    assert list(units.index) == ["330624100001", "330624100201"]
    assert list(units["level"]) == ["village", "village"]
    assert list(units["type"]) == ["community", "village"]
    assert list(units["parent"]) == ["330624100000"] * 2
    assert list(units["name"]) == ["城北社区", "石溪村"]
    assert list(units["population"]) == [1200, 0]
    assert list(units["population_registered"]) == [900, 40]
    # An empty cell is not known, and no 0.
    assert pd.isna(units["children"].iloc[0])
    assert units["children"].iloc[1] == 3
    # What no column says is not known.
    assert units["is_rural"].isna().all()
    assert units["set"].isna().all()


def test_every_column_is_there_and_of_its_type(read):
    units = read("区划代码 人口\n330624 5")
    assert str(units["population"].dtype) == "Float64"
    assert str(units["eligible"].dtype) == "boolean"
    assert str(units["valid_from"].dtype) == "Int64"
    assert str(units["type"].dtype) == "string"
    assert read().shape == (0, units.shape[1])


def test_codes_of_every_length_and_townships_by_name(read):
    units = read(
        "代码 名称 常住人口\n330000 浙江省 9\n330624 新昌县 8\n330624001 - 7\n- 巧英乡 6",
        "乡镇 面积\n儒岙镇 12.5",
    )
    assert list(units.index) == [
        "330000000000", "330624000000", "330624001000", "330624100000", "330624200000",
    ]  # fmt: skip
    assert list(units["level"]) == ["province", "county", "township", "township", "township"]
    assert list(units["type"]) == ["province", "county", "street", "town", "township"]
    assert list(units["name"]) == ["浙江省", "新昌县", "南明街道", "儒岙镇", "巧英乡"]
    assert units["area_km2"]["330624100000"] == 12.5


def test_several_tables_about_one_unit(read):
    problems = Problems()
    units = read(
        "代码 常住人口 户数 重点范围\n330624100 500 - 老区",
        "代码 常住人口 户数 重点范围\n330624100 500 90 海岛、山区",
        "代码 常住人口 户数 重点范围\n330624100 501 - -",
        problems=problems,
    )
    (row,) = units.to_dict("records")
    assert (row["population"], row["households"]) == (500, 90)
    assert row["set"] == {"old_area", "island", "mountain"}
    (fault,) = tables.found(problems, "unit.twice")
    assert (fault.file, fault.row, fault.found) == ("u2.csv", 2, "500.0 / 501.0")
    assert len(problems.items) == 1


def test_a_village_without_code_is_found_by_name_and_township(read):
    problems = Problems()
    units = read(
        VILLAGES,
        "所属乡镇 村名 民政协理员 农村\n儒岙镇 石溪村 1 是\n巧英乡 石溪村 1 是\n儒岙镇 山头村 1 否",
        problems=problems,
    )
    assert units["assistants"]["330624100201"] == 1
    assert units["is_rural"]["330624100201"]
    assert len(units) == 2
    assert [(p.row, p.found) for p in tables.found(problems, "unit.unknown")] == [
        (3, "石溪村"), (4, "山头村"),
    ]  # fmt: skip


def test_columns_outrank_the_code(read):
    units = read("代码 层级 类型 上级\n330624500 乡级 农场 -\n330624100201 村 社区 330624001")
    assert units["type"]["330624500000"] == "farm"
    assert units["type"]["330624100201"] == "community"
    assert units["parent"]["330624100201"] == "330624001000"


def test_the_county_table_says_which_column_is_which(read):
    units = read("甲列 乙列\n330624 12", columns={"code": "甲列", "staff": "乙列"})
    assert units["staff"]["330624000000"] == 12


def test_units_outside_the_study_are_left_out_and_named(read):
    problems = Problems()
    units = read(
        "代码 人口\n330681 1\n330624101 1\n330624101201 1\n330600 1\n33062410 1\n山 1",
        problems=problems,
    )
    assert list(units.index) == ["330600000000"]
    outside = tables.found(problems, "unit.elsewhere")
    assert [p.row for p in outside] == [2, 3, 4]
    assert [p.row for p in tables.found(problems, "unit.code")] == [6, 7]
    assert all(p.severity == "warning" for p in problems)


def test_a_code_with_another_township_s_name(read):
    problems = Problems()
    units = read("代码 名称\n330624100 巧英乡", problems=problems)
    assert units["name"]["330624100000"] == "儒岙镇"
    assert tables.found(problems, "unit.name_differs")[0].found == "巧英乡"


def test_nothing_says_what_a_row_is_about(read):
    with pytest.raises(InputError) as error:
        read("甲 乙\n1 2")
    assert [p.code for p in error.value.problems] == ["column.missing"]


def test_a_file_that_is_not_there_and_a_column_that_is_not_are_told_together(read, tmp_path):
    path = tables.write(tmp_path / "a.csv", "代码 人口\n330624 1")
    sources = [
        PlaceTable(source="none.csv"),
        PlaceTable(source=path.name, columns={"staff": "人员"}),
    ]
    with pytest.raises(InputError) as error:
        read_unit_facts(tables.folder(tmp_path), sources, tables.region(), Problems())
    assert {p.code for p in error.value.problems} == {"file.missing", "column.missing"}


def test_two_villages_of_one_name_are_told_by_no_name(read):
    problems = Problems()
    units = read(
        "村编码 村名 人口\n330624100201 石溪村 1\n330624100202 石溪村 2",
        "所属乡镇 村名 户数\n儒岙镇 石溪村 7",
        problems=problems,
    )
    assert units["households"].isna().all()
    tables.found(problems, "unit.unknown")
