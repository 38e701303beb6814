"""Figures in words: measure words, one and several, what stands beside a share."""

from fractions import Fraction

import pytest

from coverplan.core.text import Text
from coverplan.domain.policy import policy_layers
from coverplan.domain.policy_columns import UNIT_FACTS
from coverplan.measure.policy.figures import counted, figure_text, percent_words, singular
from coverplan.measure.policy.found import Measured

FACTS = {fact.key: fact.label for fact in UNIT_FACTS}


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (policy_layers()["childrens_home"].label, "56 处儿童之家"),
        (policy_layers()["community_social_work_room"].label, "56 处社区社工室"),
        (policy_layers()["elderly_care_home"].label, "56 处养老机构"),
        (policy_layers()["residential_area"].label, "56 个住宅小区"),
        (FACTS["served_at_home"], "56 人（上门服务）"),
        (FACTS["deaths"], "56 人（一年死亡人数）"),
        (FACTS["marriages"], "56 对（结婚登记）"),
        (FACTS["home_beds"], "56 张家庭养老床位"),
        (FACTS["elderly"], "56 名 60 岁及以上老年人"),
        (Text("级", "levels"), "56 级"),
        (Text("个单元", "units"), "56 个单元"),
        (Text("老年人", "older people"), "56 名老年人"),
    ],
)
def test_a_number_has_its_measure_word(unit: Text, expected: str):
    assert counted(56, unit).zh == expected


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("facilities", "facility"),
        ("townships and streets", "township or street"),
        ("people (aged 60 and over)", "person (aged 60 or over)"),
        ("premises", "premises"),
        ("civil-affairs staff", "civil-affairs staff"),
        ("meal services", "meal service"),
        ("residents' living rooms", "residents' living room"),
        ("children in care", "child in care"),
        ("cremators treated", "cremator treated"),
    ],
)
def test_one_thing_is_told_as_one(several: str, one: str):
    assert singular(several) == one
    assert counted(1, Text("", several)).en == f"1 {one}"
    assert counted(2, Text("", several)).en == f"2 {several}"


def test_what_a_share_is_of_stays_many_in_english():
    towns = Text("乡镇（街道）", "townships and streets")
    told = figure_text(Measured(1, 1, towns, towns))
    assert told == Text("100 %（1 / 1 个乡镇（街道））", "100 % (1 / 1 townships and streets)")


def test_a_ratio_says_of_whom():
    staff = Text("持证养老护理员", "licensed caregivers")
    ratio = Measured(246, 109_199, staff, FACTS["elderly"], scale=10_000)
    assert figure_text(ratio).zh == "每万人 22.53（246 / 109,199 名 60 岁及以上老年人）"


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Fraction(99_996, 100_000), "99.99 %"),
        (Fraction(1), "100 %"),
        (Fraction(100_004, 100_000), "100 %"),
        (Fraction(1, 1_000_000), "< 0.01 %"),
        (Fraction(0), "0 %"),
        (Fraction(10**12, 3), "33,333,333,333,333.33 %"),
    ],
)
def test_percent_never_rounds_to_all_or_nothing(share: Fraction, expected: str):
    assert percent_words(share) == expected
