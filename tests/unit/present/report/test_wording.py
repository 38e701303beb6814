"""Values become words by one rule, in both languages."""

import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.core.text import Text
from coverplan.present.report import wording

DAY = datetime.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (1234567, "people", "1,234,567", "1,234,567"),
        (0, "people", "0", "0"),
        (None, "people", "未知", "unknown"),
        (float("nan"), "percent", "未知", "unknown"),
        (float("inf"), "minutes", "未知", "unknown"),
        (Text("无此人群", "none live here"), "percent", "无此人群", "none live here"),
        (47.25, "percent", "47.3\xa0%", "47.3\xa0%"),
        (Fraction(0), "percent", "0.0\xa0%", "0.0\xa0%"),
        (Fraction(100), "percent", "100.0\xa0%", "100.0\xa0%"),
        (Fraction(1, 10**6), "percent", "<0.1\xa0%", "<0.1\xa0%"),
        (Fraction(99_950, 1000), "percent", ">99.9\xa0%", ">99.9\xa0%"),
        (Fraction(100_050, 1000), "percent", "100.1\xa0%", "100.1\xa0%"),
        (-3.25, "points", "−3.3", "−3.3"),
        (Fraction(-1, 1000), "points", ">−0.1", ">−0.1"),
        (0.04, "points", "<0.1", "<0.1"),
        (15, "minutes", "15", "15"),
        (12.34, "minutes", "12.3", "12.3"),
        (1999.5, "metres", "2,000", "2,000"),
        (1_250_000, "yuan", "1,250,000", "1,250,000"),
        (Fraction(5, 2), "yuan", "2.50", "2.50"),
        (2025, "year", "2025", "2025"),
        (0.3127, "number", "0.313", "0.313"),
        (0.5, "number", "0.5", "0.5"),
        (DAY, "date", "2026-03-05", "2026-03-05"),
        (True, "text", "是", "yes"),
        (False, "text", "否", "no"),
        ("=1+1", "text", "=1+1", "=1+1"),
    ],
)
def test_a_cell_in_words(value, kind, zh, en):
    assert wording.cell_words(value, kind, "zh") == zh
    assert wording.cell_words(value, kind, "en") == en


@settings(deadline=None)
@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_shares_are_rounded_half_up_and_never_to_nought_or_all(part, whole):
    part = min(part, whole)
    words = wording.share_words(Fraction(100 * part, whole))
    tenth = (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if tenth == 0 and part:
        assert words == "<0.1\xa0%"
    elif tenth == 100 and part < whole:
        assert words == ">99.9\xa0%"
    else:
        assert words == f"{tenth}\xa0%"


def test_a_fact_has_its_day_in_words_and_keeps_long_words():
    assert wording.fact_words(DAY, "zh") == "2026年3月5日"
    assert wording.fact_words(DAY, "en") == "5 March 2026"
    assert wording.fact_words("长" * 2000, "zh") == "长" * 2000
    assert wording.cell_words("长" * 2000, "text", "zh") == "长" * 299 + "…"
    assert wording.fact_words(None, "zh") == "未知"


def test_headings_count_as_official_documents_do():
    firsts = [wording.heading_number((n,), "zh") for n in (1, 10, 11, 19, 20, 21, 99, 100)]
    assert firsts == ["一、", "十、", "十一、", "十九、", "二十、", "二十一、", "九十九、", "100、"]
    assert wording.heading_number((1, 2, 3, 4, 5), "zh") == "（5）"
    assert wording.heading_number((1, 2, 3, 4, 5), "en") == "1.2.3.4.5 "
