"""Lists of facilities with the facts targets ask for, and the study's own layers as such lists."""

import numpy as np
import pandas as pd
import pytest
from tests.support import policy_tables as tables

from coverplan.core.errors import InputError, Problems
from coverplan.domain.config import LayerConfig
from coverplan.domain.targets_config import FacilityList, PlaceTable
from coverplan.io.facilities import read_facilities
from coverplan.io.facilityfacts import read_facility_facts
from coverplan.io.policykinds import layer_words, policy_layer_of
from coverplan.io.unitfacts import read_unit_facts

VILLAGES = """
村编码       村名
330624100001 城北社区
330624100201 石溪村
330624200201 石溪村
"""


@pytest.fixture
def read(tmp_path):
    def facilities(*texts, layers=None, problems=None, units=VILLAGES, name="f{}.csv", **given):
        problems = Problems() if problems is None else problems
        folder, region = tables.folder(tmp_path), tables.region()
        villages = []
        if units:
            tables.write(tmp_path / "villages.csv", units)
            villages = [PlaceTable(source="villages.csv")]
        facts = read_unit_facts(folder, villages, region, problems)
        sources = []
        for i, text in enumerate(texts):
            path = tables.write(tmp_path / name.format(i), text)
            sources.append(FacilityList(source=path.name, **given))
        return read_facility_facts(folder, sources, layers or {}, region, facts, problems)

    return facilities


def at(i, x=0.5):
    lon, lat = tables.lonlat(i, x)
    return f"{lon} {lat}"


def test_a_list_of_one_layer_with_and_without_coordinates(read):
    problems = Problems()
    found = read(
        f"编号 名称 所属乡镇 所在村 经度 纬度 状态 设立年份 床位数 等级\n"
        f"A1 甲 儒岙镇 石溪村 {at(1)} 运营 2019年 30 三级\n"
        f"A2 乙 巧英乡 - - - 在建 - - -\n"
        f"A3 丙 - - {at(0)} 运营 2020 0 -",
        layer="day_care",
        problems=problems,
    )
    rows = found.rows
    assert found.layers == {"day_care"}
    assert list(rows["layer"]) == ["day_care"] * 3
    assert list(rows["id"]) == ["A1", "A2", "A3"]
    assert list(rows["status"]) == ["operating", "building", "operating"]
    assert list(rows["unit"]) == ["330624100000", "330624200000", "330624001000"]
    assert list(rows["village"]) == ["330624100201", "", ""]
    assert rows["opened"].tolist()[::2] == [2019, 2020]
    assert pd.isna(rows["opened"][1])
    # 1.5 and 0.5 sides of 4 km east of the corner.
    assert rows["x"][0] - tables.X0 == pytest.approx(6000, abs=0.1)
    assert rows["x"][2] - tables.X0 == pytest.approx(2000, abs=0.1)
    assert np.isnan(rows["x"][1])
    assert np.isnan(rows["y"][1])
    # 0 beds are 0, no number is not known.
    assert rows["beds"][2] == 0
    assert pd.isna(rows["beds"][1])
    (note,) = tables.found(problems, "list.no_points")
    assert (note.severity, note.what.en.split(" of ")[0]) == ("warning", "1")
    assert [p.code for p in problems] == ["list.no_points"]


def test_a_column_of_kinds_and_several_in_a_cell(read):
    problems = Problems()
    found = read(
        "编号 名称 类别 所属乡镇 场所编号 状态\n"
        "A1 甲 日间照料中心、助餐点 儒岙镇 - 运营\n"
        "A2 乙 敬老院；幸福院 儒岙镇 P7 运营\n"
        "A3 丙 elderly_care 儒岙镇 - 运营\n"
        "A4 丁 美术馆 儒岙镇 - 运营\n"
        "A5 戊 - 儒岙镇 - 运营",
        problems=problems,
    )
    assert list(zip(found.rows["layer"], found.rows["id"], strict=True)) == [
        ("day_care", "A1"), ("meal_service", "A1"),
        ("elderly_care_home", "A2"), ("rural_happiness_home", "A2"),
        ("elderly_care_home", "A3"),
    ]  # fmt: skip
    # Two services of one row stand on one premises; of one service nothing is known.
    assert found.rows["premises_id"].fillna("?").tolist() == ["A1", "A1", "P7", "P7", "?"]
    assert [(p.row, p.found) for p in tables.found(problems, "facts.layer")] == [
        (5, "美术馆"), (6, ""),
    ]  # fmt: skip
    assert found.layers == {
        "day_care", "meal_service", "elderly_care_home", "rural_happiness_home",
    }  # fmt: skip


def test_a_header_alone_says_there_is_none(read):
    found = read("名称 所属乡镇 状态", layer="day_care")
    assert found.layers == {"day_care"}
    assert len(found.rows) == 0
    # Nothing is said of kinds that a list of all kinds does not hold.
    assert read("名称 类别 所属乡镇 状态").layers == frozenset()


def test_the_study_s_own_layers_are_lists_too(read, tmp_path):
    tables.write(
        tmp_path / "homes.xlsx",
        f"编号 名称 经度 纬度 状态 床位数 护理型床位数 安葬类型\n"
        f"H1 甲 {at(0)} 在营业 40 18 树葬、花葬\nH2 乙 {at(1)} 停用 20 很多 -",
    )
    problems = Problems()
    layer = LayerConfig(source="homes.xlsx", status_words={"在营业": "operating"})
    layers = {"elderly_care": layer, "library": layer}
    found = read(layers=layers, problems=problems)
    assert found.layers == {"elderly_care_home"}
    assert list(found.rows["status"]) == ["operating", "idle"]
    assert found.rows["beds_nursing"][0] == 18
    assert found.rows["burial_type"].tolist() == [{"tree", "flower"}, frozenset()]
    # What reading the layer itself says of places and states is not said twice.
    assert [(p.code, p.row, p.found) for p in problems] == [("facts.number", 3, "很多")]
    sites = read_facilities(
        tables.folder(tmp_path), "elderly_care", layer, tables.region(), problems
    )
    assert list(sites.sites.index) == list(found.rows["id"])
    assert sites.xy.tolist() == found.rows[["x", "y"]].to_numpy().tolist()


def test_a_list_of_targets_takes_the_place_of_the_layer_s_own(read, tmp_path):
    tables.write(tmp_path / "homes.csv", f"名称 经度 纬度\n甲 {at(0)}\n乙 {at(0)}")
    layers = {"elderly_care": LayerConfig(source="homes.csv")}
    assert len(read(layers=layers).rows) == 2
    text = "名称 类别 所属乡镇\n丙 养老机构 儒岙镇"
    assert list(read(text, layers=layers).rows["name"]) == ["丙"]
    # A list of other kinds does not.
    text = "名称 类别 所属乡镇\n丙 殡仪馆 儒岙镇"
    assert list(read(text, layers=layers).rows["name"]) == ["丙", "甲", "乙"]


def test_villages_by_code_by_name_and_by_the_bare_name(read):
    problems = Problems()
    found = read(
        "名称 所属乡镇 所在村\n甲 儒岙镇 330624100201\n乙 儒岙镇 城北\n丙 巧英乡 石溪村村委会\n"
        "丁 巧英乡 城北社区\n戊 南明街道 330624001201\n己 儒岙镇 石溪社区\n庚 儒岙镇 城北居委会",
        layer="childrens_home",
        problems=problems,
    )
    # 石溪社区 is not 石溪村: another committee, maybe another place.
    assert list(found.rows["village"]) == [
        "330624100201", "330624100001", "330624200201", "", "", "", "330624100001",
    ]  # fmt: skip
    faults = tables.found(problems, "facility.village")
    assert [p.found for p in faults] == ["城北社区", "330624001201", "石溪社区"]


def test_without_a_table_of_villages_the_fault_says_so(read):
    problems = Problems()
    read("名称 所属乡镇 所在村\n甲 儒岙镇 石溪村", layer="day_care", units="", problems=problems)
    assert "targets.units" in tables.found(problems, "facility.village")[0].mend.en


def test_facilities_of_the_county_itself(read):
    found = read(
        f"名称 所属乡镇 经度 纬度\n甲 新昌县 - -\n乙 330624 - -\n"
        f"丙 新昌县 {at(2)}\n丁 330624 {at(2)}",
        layer="marriage_registry",
        units="代码 名称\n330624 新昌县",
    )
    # A point says in which township it stands; without one the county is all that is known.
    assert list(found.rows["unit"]) == ["330624000000"] * 2 + ["330624200000"] * 2


def test_who_is_nowhere_counts_for_no_unit(read):
    problems = Problems()
    found = read("名称 所属乡镇\n甲 别处镇\n乙 -", layer="day_care", problems=problems)
    assert list(found.rows["unit"]) == ["", ""]
    assert [p.row for p in tables.found(problems, "facility.nowhere")] == [2, 3]


def test_an_id_counts_once_in_a_layer(read):
    problems = Problems()
    found = read(
        "编号 名称 类别 所属乡镇\nA1 甲 殡仪馆 儒岙镇\nA1 甲 骨灰堂 儒岙镇\n"
        "A1 乙 殡仪馆 儒岙镇\n- 丙 殡仪馆 儒岙镇",
        problems=problems,
    )
    assert list(found.rows["name"]) == ["甲", "甲", "丙"]
    assert found.rows["id"].is_unique is False
    assert [p.row for p in tables.found(problems, "facility.twice")] == [4]
    assert [p.row for p in tables.found(problems, "facility.id")] == [5]
    assert all(p.severity == "warning" for p in problems)


def test_the_village_s_code_is_no_id(read):
    found = read(
        "村编码 名称 所属乡镇\n330624100201 甲 儒岙镇\n330624100201 乙 儒岙镇", layer="day_care"
    )
    assert len(found.rows) == 2
    assert found.rows["id"].is_unique
    assert list(found.rows["village"]) == ["330624100201"] * 2


def test_cells_that_cannot_be_read_are_not_known(read):
    problems = Problems()
    found = read(
        "名称 所属乡镇 性质 无障碍 床位数 改造年份 安葬类型\n"
        "甲 儒岙镇 公办 √ 12 2020 树葬;海葬\n"
        "乙 儒岙镇 公立 半 -3 20 树葬、水葬\n"
        "丙 儒岙镇 - - - - -",
        layer="eco_burial_site",
        problems=problems,
    )
    rows = found.rows
    assert rows["ownership"].fillna("?").tolist() == ["public", "?", "?"]
    assert rows["step_free"].tolist()[0] is True
    assert rows["step_free"][1:].isna().all()
    assert rows["beds"][1:].isna().all()
    assert rows["upgraded"][1:].isna().all()
    assert rows["burial_type"].tolist() == [{"tree", "sea"}, {"tree"}, frozenset()]
    assert {(p.code, p.column, p.found, p.row) for p in problems if p.code.startswith("facts")} == {
        ("facts.word", "性质", "公立", 3), ("facts.number", "床位数", "-3", 3),
        ("facts.word", "无障碍", "半", 3), ("facts.word", "安葬类型", "水葬", 3),
        ("facts.year", "改造年份", "20", 3),
    }  # fmt: skip


def test_one_wrong_point_is_a_warning_all_wrong_an_error(read):
    problems = Problems()
    good, (lon, lat) = at(1), tables.lonlat(1)
    found = read(
        f"名称 所属乡镇 经度 纬度\n甲 儒岙镇 {good}\n乙 儒岙镇 {lat} {lon}\n"
        f"丙 儒岙镇 0 0\n丁 儒岙镇 {lon} -",
        layer="day_care",
        problems=problems,
    )
    assert found.rows["x"].notna().tolist() == [True, False, False, False]
    assert not problems.errors
    assert {p.code for p in problems} >= {"point.swapped", "point.zero", "point.none"}
    with pytest.raises(InputError):
        read(f"名称 所属乡镇 经度 纬度\n乙 儒岙镇 {lat} {lon}", layer="day_care")


@pytest.mark.parametrize(("layer", "hint"), [("day_cares", "day_care"), ("all_elderly_layers", "")])
def test_a_layer_nobody_knows_and_a_family(read, layer, hint):
    with pytest.raises(InputError) as error:
        read("名称 所属乡镇\n甲 儒岙镇", layer=layer)
    (fault,) = [p for p in error.value.problems if p.code == "targets.layer"]
    assert fault.column == "targets.facilities[0].layer"
    assert hint in fault.mend.en


def test_no_column_of_kinds(read):
    with pytest.raises(InputError) as error:
        read("名称 所属乡镇\n甲 儒岙镇")
    faults = [p for p in error.value.problems if p.severity == "error"]
    assert [(p.code, p.column) for p in faults] == [("column.missing", "类别")]
    given = {"layer": "干什么的"}
    found = read("名称 干什么的 所属乡镇\n甲 殡仪馆 儒岙镇", columns=given)
    assert list(found.rows["layer"]) == ["funeral_home"]


def test_words_of_layers_lead_back_to_one_layer_each():
    assert layer_words()["敬老院"] == "elderly_care_home"
    assert layer_words()["殡仪馆"] == "funeral_home"
    assert policy_layer_of("social_work") == "social_work_station"
    assert policy_layer_of("all_layers") == ""
