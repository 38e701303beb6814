"""What a word of a table means: codes, names as people write them, units of one name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.former_units import region_of

from coverplan.core.errors import Problems
from coverplan.domain.former import Former, FormerUnits, Naming
from coverplan.domain.unit_words import bare, is_scientific, prefixes, same_but_ending, settled
from coverplan.io.unitcolumn import UnitColumn, named_units
from coverplan.io.unitnames import UnitNames, unit_finder

TOWNS = [
    ("330624001", "南明街道"),
    ("330624100000", "儒岙镇"),
    ("330624201", "金星回族乡"),
    ("330624202", "城南乡"),
]
NAMING = Naming(parents={code: ("新昌县", "330624") for code, _ in TOWNS})


def names(towns=TOWNS, naming=None):
    return UnitNames(dict(towns), NAMING if naming is None else naming)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("330624001", "330624001"),
        ("330624001000", "330624001"),
        ("330624001.0", "330624001"),
        (" ３３０６２４００１ ", "330624001"),
        ("330624100", "330624100000"),
        ("南明街道", "330624001"),
        ("南明", "330624001"),
        ("南明 街道", "330624001"),
        ("南明街道办事处", "330624001"),
        ("南明街道办", "330624001"),
        ("儒岙镇人民政府", "330624100000"),
        ("金星", "330624201"),
        ("金星回族乡", "330624201"),
        ("新昌县南明街道", "330624001"),
        ("浙江省绍兴市新昌县南明", "330624001"),
        ("新昌县城南乡", "330624202"),
    ],
)
def test_one_unit_however_it_is_written(text, code):
    called = names().called(text)
    assert (called.units, called.beyond, called.former) == ((code,), False, "")


@pytest.mark.parametrize(
    "text",
    [
        "", "南明镇", "金星满族乡", "嵊州市南明街道", "绍兴市南明街道", "3.30624E+11", "330681001",
        "330624", "明街道", "县", "乡", "33062400", "南明街道儒岙镇",
    ],
)  # fmt: skip
def test_what_is_no_unit_is_none(text):
    assert names().called(text).units == ()


def test_a_name_without_its_last_word_in_the_boundaries():
    short = names([("a", "南明"), ("b", "儒岙")], Naming())
    assert short.called("南明街道").units == ("a",)
    assert short.called("儒岙").units == ("b",)


def test_words_for_a_last_word_are_not_exchanged():
    assert not same_but_ending("澄潭镇", "澄潭街道")
    assert bare("乡镇") == "乡镇"
    assert settled("儒岙镇政府") == "儒岙镇"
    assert prefixes("南明街道") == []
    assert is_scientific("３.30624Ｅ＋11")
    assert not is_scientific("330624E")


TWO = [("330624202", "城关镇"), ("330681100", "城关镇"), ("330681101", "甘霖镇")]
TWO_PARENTS = Naming(
    parents={"330624202": ("新昌县",), "330681100": ("嵊州市",), "330681101": ("嵊州市",)}
)


@pytest.mark.parametrize(
    ("text", "county", "units"),
    [
        ("城关镇", "", ("330624202", "330681100")),
        ("城关镇", "新昌县", ("330624202",)),
        ("城关镇", "绍兴市嵊州市", ("330681100",)),
        ("城关镇", "嵊州", ("330681100",)),
        ("城关镇", "330681", ("330681100",)),
        ("嵊州市城关镇", "", ("330681100",)),
        ("城关镇", "诸暨市", ()),
        ("330624202", "诸暨市", ("330624202",)),
    ],
)
def test_two_units_of_one_name_by_their_county(text, county, units):
    assert names(TWO, TWO_PARENTS).called(text, county).units == units


def column(texts, **more):
    return UnitColumn("t.csv", "乡镇", range(2, 2 + len(texts)), texts, **more)


def test_two_units_of_one_name_by_the_point_and_else_not_at_all():
    problems = Problems()
    at = ["330681100", "330681101", None]
    found = named_units(names(TWO, Naming()), column(["城关镇"] * 3, at=at), problems)
    assert found.codes == ["330681100", "", ""]
    lies_elsewhere, outside, by_point = problems.items
    assert (by_point.code, by_point.row, by_point.severity) == ("unit.by_point", 2, "warning")
    assert (lies_elsewhere.code, lies_elsewhere.row) == ("unit.ambiguous", 3)
    assert "城关镇 (330624202)、城关镇 (330681100)" in lies_elsewhere.expected.zh
    assert outside.row == 4


def test_codes_that_lost_their_digits_stop():
    problems = Problems()
    assert named_units(names(), column(["3.30624E+11"]), problems).codes == [""]
    (problem,) = problems
    assert (problem.code, problem.severity) == ("unit.scientific", "error")
    assert (problem.file, problem.row, problem.column) == ("t.csv", 2, "乡镇")
    assert problem.found == "3.30624E+11"
    assert "科学计数法" in problem.what.zh
    assert "text" in problem.mend.en


def test_a_county_in_front_that_nobody_can_check_is_said():
    problems = Problems()
    unknown = names(TOWNS, Naming())
    found = named_units(unknown, column(["新昌县南明街道", "儒岙镇"]), problems)
    assert found.codes == ["330624001", "330624100000"]
    (problem,) = problems
    assert (problem.code, problem.severity) == ("unit.county", "warning")
    assert "新昌县 (1)" in problem.found.zh


def test_two_counties_in_front_that_nobody_can_check_name_no_unit():
    problems = Problems()
    texts = ["新昌县南明街道", "嵊州市儒岙镇", "儒岙镇"]
    found = named_units(names(TOWNS, Naming()), column(texts), problems)
    assert found.codes == ["", "", "330624100000"]
    (problem,) = problems
    assert "不止一个县" in problem.what.zh
    assert "parent" in problem.mend.en


GONE = FormerUnits(
    {
        "former:1": Former("former:1", "330624101000", "澄潭镇", (("330624001", None),)),
        "former:2": Former(
            "former:2", "", "梅渚镇", (("330624001", 0.6), ("330624100000", 0.4))
        ),
    },
    "former.csv",
)  # fmt: skip


def test_former_units_are_translated_counted_and_shown():
    problems = Problems()
    known = names(TOWNS, Naming(former=GONE))
    texts = ["澄潭镇", "330624101", "澄潭", "南明街道", "梅渚镇", "梅渚"]
    at = [None, None, None, None, "330624100000", "330624202"]
    found = named_units(known, column(texts, at=at), problems)
    assert found.codes == ["330624001"] * 4 + ["330624100000", ""]
    assert found.former == ["former:1"] * 3 + ["", "former:2", "former:2"]
    divided, shown = problems.items
    assert (divided.code, divided.row, divided.found) == ("unit.former_divided", 7, "梅渚")
    assert divided.expected.en == "one of 南明街道, 儒岙镇"
    assert (shown.code, shown.severity) == ("unit.former", "warning")
    assert shown.what.zh.startswith("5 行写的是原单元")
    assert shown.found.zh == (
        "澄潭镇→南明街道（3 行）；梅渚镇→（拆分或区外）（1 行）；梅渚镇→儒岙镇（1 行）"
    )
    assert "澄潭镇 → 南明街道 (3)" in shown.found.en


def test_the_unit_of_today_comes_before_a_former_one_of_its_name():
    gone = FormerUnits({"former:x": Former("former:x", "", "儒岙镇", (("330624001", None),))})
    called = names(TOWNS, Naming(former=gone)).called("儒岙镇")
    assert (called.units, called.former) == (("330624100000",), "")


def test_a_unit_outside_the_study_is_known_and_not_taken():
    known = UnitNames({"330624001": "南明街道"}, Naming(others={"330681100": "南明街道"}))
    called = known.called("南明街道")
    assert (called.units, called.beyond) == (("330624001",), True)
    problems = Problems()
    found = named_units(known, column(["南明街道"] * 2, at=["330624001", None]), problems)
    assert found.codes == ["330624001", ""]
    assert not list(problems)


def test_every_spelling_in_one_dictionary():
    words = unit_finder(region_of([("330624001000", "南明街道"), ("330624100000", "儒岙镇")]))
    assert words["330624001"] == words["南明"] == words["南明街道"] == "330624001000"
    assert "330624" not in words


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30), st.text(max_size=12))
def test_any_text_means_some_units_or_none(text, county):
    known = names(TWO, TWO_PARENTS)
    called = known.called(text, county)
    assert set(called.units) <= set(known.units)
    named_units(known, column([text], counties=[county]), Problems())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["镇", "乡", "街道", "回族乡"]), min_size=2, max_size=2),
    st.sampled_from(["南明", "城关", "大市聚"]),
)
def test_a_short_name_never_means_one_of_two(endings, base):
    """Where two units differ in their last word only, the name without it names neither."""
    towns = {f"33062400{i}": base + ending for i, ending in enumerate(endings)}
    called = names(towns, Naming()).called(base)
    assert called.units == tuple(towns)
    words = UnitNames(towns, Naming()).words()
    assert base not in words
    assert all(words[code] == code for code in towns)
