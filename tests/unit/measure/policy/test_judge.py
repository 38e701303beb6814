"""From a figure to a verdict."""

from dataclasses import replace
from fractions import Fraction

import pytest
from ledgers import ledger
from target_rows import target

from coverplan.core.text import Text
from coverplan.measure.policy.course import Baseline
from coverplan.measure.policy.found import Cannot, Measured, NoTarget
from coverplan.measure.policy.judge import judge
from coverplan.measure.policy.registry import INDICATOR_TYPES, IndicatorType

TOWNS = Text("乡镇", "townships")
BEDS = Text("张", "beds")
STOOD = Baseline(Fraction(1, 4), 2020, Text("研究文件", "the study file"))


def share(have: int, of: int, **more: object) -> Measured:
    return replace(Measured(have, of, TOWNS, TOWNS, kind="has_one"), **more)


def count(have: int, **more: object) -> Measured:
    return replace(Measured(have, None, BEDS), **more)


@pytest.fixture
def summed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An indicator whose number holds for a whole place, and one that names its places."""
    for key, transfer in (("a_sum", "sum"), ("a_name", "named")):
        kind = IndicatorType(
            key, Text.same(key), Text("", ""), False, transfer, lambda t, k: NoTarget(Text("", ""))
        )  # type: ignore[arg-type]
        monkeypatch.setitem(INDICATOR_TYPES, key, kind)


@pytest.mark.parametrize(
    ("operator", "value", "have", "of", "verdict", "need", "gap"),
    [
        (">=", "1", 12, 12, "met", 12, 0),
        (">=", "1", 9, 12, "not_met", 12, 3),
        # 40 % of 1,365 is 546 exactly: 546 are enough.
        (">=", "0.4", 546, 1365, "met", 546, 0),
        (">=", "0.4", 545, 1365, "not_met", 546, 1),
        # More than 70 % of 1,365 is more than 955.5: 956.
        (">", "0.7", 955, 1365, "not_met", 956, 1),
        (">", "0.7", 956, 1365, "met", 956, 0),
        # More than a half of 10 is 6, not 5.
        (">", "0.5", 5, 10, "not_met", 6, 1),
        ("==", "1", 9, 12, "not_met", 12, 3),
        ("<=", "0.25", 4, 12, "not_met", 3, 1),
        ("<", "0.25", 3, 12, "not_met", 2, 1),
        ("<", "0.25", 2, 12, "met", 2, 0),
        (">=", "1", 0, 12, "not_met", 12, 12),
    ],
)
def test_a_share_is_compared_exactly_and_its_gap_is_whole(
    operator: str, value: str, have: int, of: int, verdict: str, need: int, gap: int
) -> None:
    row = target(operator=operator, value=value)
    found = judge(row, share(have, of), ledger())
    assert (found.verdict, found.need, found.gap) == (verdict, need, gap)


def test_a_ratio_needs_as_many_as_its_scale_says() -> None:
    # 38 beds per 1,000 of 177,000 older people are 6,726 beds.
    beds = Measured(6073, 177_000, BEDS, Text("老年人", "older people"), scale=1000)
    found = judge(target(value="38"), beds, ledger())
    assert (found.verdict, found.need, found.gap) == ("not_met", 6726, 653)
    assert "34.31" in found.reason.en
    assert "6,073 / 177,000" in found.reason.zh


def test_a_reason_holds_figure_demand_and_gap_in_both_languages() -> None:
    found = judge(target(), share(9, 12), ledger())
    assert found.reason == Text(
        "现为 75 %（9 / 12 个乡镇），要求不低于 100 %，差 3 个乡镇",
        "it is 75 % (9 / 12 townships); asked: at least 100 %; 3 townships short",
    )


def test_a_share_just_short_of_all_never_reads_a_hundred_percent() -> None:
    found = judge(target(), share(99_999, 100_000), ledger())
    assert "99.99 %（" in found.reason.zh


def test_a_share_just_short_of_what_is_asked_does_not_read_like_it() -> None:
    found = judge(target(value="0.7"), share(69_999, 100_000), ledger())
    assert "69.999 %" in found.reason.zh
    assert "70 %" in found.reason.zh


def test_what_is_met_has_no_shortfall() -> None:
    rooms = share(9, 12, shortfall=120, shortfall_unit=Text("平方米", "m2"))
    assert judge(target(value="0.5"), rooms, ledger()).gap == 0
    assert judge(target(value="0.8"), rooms, ledger()).gap == 120


def test_a_shortfall_is_counted_in_its_own_unit() -> None:
    posts = share(
        10, 12, shortfall=3, shortfall_unit=Text("个岗位", "posts"), against=(">=", Fraction(1))
    )
    found = judge(target(value="2"), posts, ledger())
    assert (found.gap, found.gap_unit.en, found.need) == (3, "posts", 12)


def test_nothing_left_over_is_a_target_of_zero() -> None:
    row = target(operator="==", value="0")
    assert judge(row, count(0, better="low"), ledger()).verdict == "met"
    found = judge(row, count(4, better="low"), ledger())
    assert (found.verdict, found.need, found.gap) == ("not_met", 0, 4)


def test_a_range_has_two_ends() -> None:
    row = target(operator="in_range", value="1", value_high="2")
    assert [judge(row, count(n), ledger()).verdict for n in (0, 1, 2, 3)] == [
        "not_met", "met", "met", "not_met",
    ]  # fmt: skip


def test_above_a_range_there_is_too_much():
    row = target(operator="in_range", value="1", value_high="2")
    found = judge(row, count(5), ledger())
    assert (found.need, found.gap) == (2, 3)
    assert found.reason == Text(
        "现为 5 张，要求 1 至 2，超出 3 张", "it is 5 beds; asked: 1 to 2; 3 beds too many"
    )
    # As a share: 25 % to 50 % of 12 are 3 to 6.
    part = judge(target(operator="in_range", value="1/4", value_high="1/2"), share(9, 12), ledger())
    assert (part.need, part.gap) == (6, 3)
    assert "要求 25 % 至 50 %" in part.reason.zh


def test_about_tells_both_ends():
    near = ledger(settings={"about": 0.1})
    found = judge(target(operator="~=", value="350"), count(400), near)
    assert (found.need, found.gap) == (385, 15)
    assert "要求约为 350（315 至 385），超出 15 张" in found.reason.zh
    exactly = ledger(settings={"about": 0})
    assert judge(target(operator="~=", value="350"), count(350), exactly).verdict == "met"
    assert judge(target(operator="~=", value="350"), count(351), exactly).gap == 1


def test_too_many_staff_have_a_gap_in_units():
    # One town has 3 where 1 to 2 are asked: nobody is wanting, and one town is not as asked.
    posts = share(11, 12, shortfall=0, shortfall_unit=Text("个岗位", "posts"))
    found = judge(target(), replace(posts, against=(">=", Fraction(1))), ledger())
    assert (found.verdict, found.gap, found.gap_unit) == ("not_met", 1, TOWNS)


def test_about_is_as_wide_as_the_planner_says_and_not_judged_before() -> None:
    row = target(operator="~=", value="20000")
    unset = judge(row, count(19_708), ledger())
    assert (unset.verdict, unset.settings) == ("cannot_judge", ("targets.settings.about",))
    # 19,708 is 1.46 % below 20,000.
    near = ledger(settings={"about": 0.015})
    assert judge(row, count(19_708), near).verdict == "met"
    assert judge(row, count(19_699), near).verdict == "not_met"
    assert judge(row, count(20_301), near).verdict == "not_met"


def test_a_number_left_open_is_never_guessed() -> None:
    row = target(value=None, value_setting="basically")
    found = judge(row, share(12, 12), ledger())
    assert (found.verdict, found.settings) == ("cannot_judge", ("targets.settings.basically",))
    assert found.figure is not None
    assert "12 / 12" in found.reason.zh
    assert judge(row, share(11, 12), ledger(settings={"basically": 0.9})).verdict == "met"


def test_a_lost_number_stays_unknown() -> None:
    row = target(value=None, computability="C")
    found = judge(row, share(12, 12), ledger())
    assert found.verdict == "cannot_judge"
    assert "缺失" in found.reason.zh
    assert found.need is None


def test_a_rule_is_judged_by_the_planners_threshold_only() -> None:
    row = target(operator="rule", value=None)
    found = judge(row, share(6, 12), ledger())
    assert (found.verdict, found.settings) == ("cannot_judge", ('targets.thresholds."T-01"',))
    assert judge(row, share(6, 12), ledger(thresholds={"T-01": 0.5})).verdict == "met"
    low = share(6, 12, better="low")
    assert judge(row, low, ledger(thresholds={"T-01": 0.4})).verdict == "not_met"


@pytest.mark.parametrize(("own", "better"), [(0, "high"), (-0.1, "high"), (-5, "low")])
@pytest.mark.parametrize("figure", [share(6, 12), count(60)])
def test_a_number_that_asks_nothing_is_not_judged_by(own: float, better: str, figure: Measured):
    row, measured = target(operator="rule", value=None), replace(figure, better=better)
    found = judge(row, measured, ledger(thresholds={"T-01": own}))
    assert (found.verdict, found.settings) == ("cannot_judge", ('targets.thresholds."T-01"',))
    assert 'targets.thresholds."T-01" is ' in found.reason.en
    # Of what is the better the less there is, none at all can be asked for.
    low = replace(figure, better="low")
    assert judge(row, low, ledger(thresholds={"T-01": 0})).verdict == "not_met"


@pytest.mark.parametrize("own", [50, 1.5])
def test_a_share_the_planner_cannot_mean_is_not_judged_by(own: float):
    row = target(operator="rule", value=None)
    found = judge(row, share(6, 12), ledger(thresholds={"T-01": own}))
    assert (found.verdict, found.settings) == ("cannot_judge", ('targets.thresholds."T-01"',))
    assert "between 0 and 1" in found.reason.en
    # A count has no such ends.
    assert judge(row, count(60), ledger(thresholds={"T-01": 50})).verdict == "met"


def test_a_baseline_after_the_day_shows_no_increase():
    row, early = target(operator="increase", value=None), ledger(date="2018-12-31")
    found = judge(row, share(6, 12), early, baseline=STOOD)
    assert (found.verdict, found.settings) == ("cannot_judge", ('targets.baselines."T-01"',))
    assert "2020" in found.reason.zh


def test_a_document_after_the_day_is_told_so():
    said = judge(target(year=2021), share(9, 12), ledger(date="2018-12-31")).reason
    assert said.zh.endswith("。文件 2021 年才发布，晚于研究日期")
    assert "2021" not in judge(target(year=2021), share(9, 12), ledger()).reason.zh


def test_an_increase_needs_a_baseline() -> None:
    row = target(operator="increase", value=None)
    found = judge(row, share(6, 12), ledger())
    assert found.settings == ('targets.baselines."T-01"',)
    assert judge(row, share(6, 12), ledger(), baseline=STOOD).verdict == "met"
    same = judge(row, share(3, 12), ledger(), baseline=STOOD)
    assert (same.verdict, same.gap) == ("not_met", 1)


def test_too_much_is_told_as_too_much() -> None:
    found = judge(target(operator="<=", value="0.25"), share(4, 12), ledger())
    assert found.reason.en.endswith("asked: at most 25 %; 1 township too many")
    assert found.reason.zh.endswith("要求不高于 25 %，超出 1 个乡镇")


def test_it_exists_when_there_is_one() -> None:
    row = target(operator="exists", value=None)
    assert judge(row, count(1), ledger()).verdict == "met"
    assert judge(row, count(0), ledger()).gap == 1


@pytest.mark.usefixtures("summed")
def test_a_number_for_the_province_is_not_the_countys() -> None:
    row = target(indicator="a_sum", regions="330000", value="300", id="P-1")
    found = judge(row, count(9), ledger())
    assert (found.verdict, found.settings) == ("cannot_judge", ('targets.quotas."P-1"',))
    assert judge(row, count(9), ledger(quotas={"P-1": 8})).verdict == "met"
    said = judge(row, count(9), ledger(quotas={"P-1": 8})).reason
    assert said.zh.endswith("要求不低于 8。条文对更大的范围提出 300，本研究区承担 8")
    assert said.en.endswith("The clause asks 300 of a wider place; the study's part is 8")
    # A part of nothing is owed nothing.
    assert judge(row, count(0), ledger(quotas={"P-1": 0})).verdict == "met"
    # Of the county itself the number is the county's.
    assert judge(replace(row, regions=("330624",)), count(9), ledger()).gap == 291
    # Nothing left over is nothing left over anywhere.
    none = replace(row, operator="==", value=Fraction(0))
    assert judge(none, count(0, better="low"), ledger()).verdict == "met"


@pytest.mark.usefixtures("summed")
def test_a_named_place_elsewhere_says_nothing_here() -> None:
    row = target(indicator="a_name", regions="350582", operator="exists")
    found = judge(row, count(1), ledger(reference=["350582"]))
    assert (found.applies, found.verdict) == ("reference", "cannot_judge")


@pytest.mark.parametrize("strength", ["baseline", "context"])
def test_a_reported_result_is_no_target(strength: str) -> None:
    row = target(strength=strength)
    told = judge(row, share(3, 12), ledger())
    assert (told.verdict, "3 / 12" in told.reason.zh) == ("no_target", True)
    unknown = judge(row, Cannot(Text("没有数据", "no data")), ledger())
    assert unknown.verdict == "no_target"
    assert "没有数据" in unknown.reason.zh


def test_exploring_without_a_number_is_no_target() -> None:
    row = target(strength="explore", operator="rule", value=None)
    assert judge(row, share(3, 12), ledger()).verdict == "no_target"


def test_a_definition_is_no_target() -> None:
    found = judge(target(), NoTarget(Text("定义", "a definition"), count(5)), ledger())
    assert (found.verdict, found.figure) == ("no_target", count(5))
    assert found.reason == Text("定义；本地为 5 张", "a definition; here it is 5 beds")


def test_what_cannot_be_measured_says_why() -> None:
    why = Cannot(Text("没有床位", "no beds"), settings=("targets.facilities",))
    found = judge(target(), why, ledger())
    assert (found.verdict, found.reason.en, found.settings) == (
        "cannot_judge", "no beds", ("targets.facilities",),
    )  # fmt: skip


def test_class_c_is_not_judged_here_but_shows_its_figure() -> None:
    found = judge(target(computability="C"), share(12, 12), ledger())
    assert (found.verdict, found.figure) == ("cannot_judge", share(12, 12))
    # Be it a reported result: it cannot be told here either.
    row = target(computability="C", strength="baseline")
    assert judge(row, share(12, 12), ledger()).verdict == "cannot_judge"


def test_class_c_says_why_in_the_words_of_its_row():
    row = target(computability="C", note="属服务过程")
    assert judge(row, Cannot(Text("", "")), ledger()).reason.zh == "此处无法判断：属服务过程"
    told = judge(row, share(6, 12), ledger()).reason.zh
    assert told == "此处无法判断：属服务过程；本地各表所载为 50 %（6 / 12 个乡镇）"


def test_a_clause_of_another_place_is_not_judged() -> None:
    found = judge(target(regions="421202"), share(12, 12), ledger())
    assert (found.applies, found.verdict, found.figure) == ("elsewhere", "elsewhere", None)


def test_a_yardstick_says_that_it_is_one() -> None:
    found = judge(target(regions="421202"), share(9, 12), ledger(reference=["421202"]))
    assert (found.applies, found.verdict) == ("reference", "not_met")
    assert "参照" in found.reason.zh
