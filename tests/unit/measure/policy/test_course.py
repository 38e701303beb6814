"""On course or behind: a straight line from the baseline."""

import datetime
from fractions import Fraction

import pytest
from target_rows import target

from coverplan.core.text import Text
from coverplan.measure.policy.course import Baseline, course_of
from coverplan.measure.policy.found import Measured

UNITS = Text("乡镇", "townships")
FROM_2020 = Baseline(Fraction(51, 100), 2020, Text("文件", "the document"))


def course(have: int, date: str, baseline: Baseline | None, asked: str = "0.58") -> tuple[str, str]:
    figure = Measured(have, 1000, UNITS, UNITS)
    day = datetime.date.fromisoformat(date)
    met = figure.value >= Fraction(asked)
    got, words = course_of(target(deadline=2025), figure, Fraction(asked), day, baseline, met=met)
    return got, words.en


@pytest.mark.parametrize(
    ("have", "date", "expected"),
    [
        # 51 % -> 58 % in five years is 1.4 points a year: 53.8 % is due at the end of 2022.
        (538, "2022-12-31", "on_course"),
        (537, "2022-12-31", "behind"),
        (580, "2022-12-31", "reached"),
        (579, "2025-12-31", "overdue"),
        (579, "2025-12-30", "behind"),
        (510, "2020-12-31", "on_course"),
    ],
)
def test_a_straight_line_to_the_deadline(have: int, date: str, expected: str) -> None:
    assert course(have, date, FROM_2020)[0] == expected


def test_the_line_is_told() -> None:
    words = course(537, "2022-12-31", FROM_2020)[1]
    assert words == (
        "on a straight line from 51 % at the end of 2020 (the document) it should be 53.8 % now"
    )


def test_without_a_baseline_the_course_is_not_known() -> None:
    assert course(537, "2022-12-31", None)[0] == "unknown"


def test_less_is_more_where_the_target_lies_below() -> None:
    high = Baseline(Fraction(9, 10), 2020, Text("", ""))
    # 90 % -> 58 %: 77.2 % at most at the end of 2022.
    figure = Measured(772, 1000, UNITS, UNITS, better="low")
    day = datetime.date(2022, 12, 31)
    at = course_of(target(deadline=2025), figure, Fraction("0.58"), day, high, met=False)
    assert at[0] == "on_course"


def test_a_clause_without_a_year_has_no_course() -> None:
    figure = Measured(1, 2, UNITS, UNITS)
    day = datetime.date(2022, 12, 31)
    got = course_of(target(deadline=None), figure, Fraction(1), day, FROM_2020, met=False)
    assert got[0] == ""


DAY = datetime.date(2022, 12, 31)
HIGH = Baseline(Fraction(9, 10), 2020, Text("", ""))


def test_a_figure_that_fell_below_what_it_was_is_not_on_course():
    # Asked 58 %, 90 % at the end of 2020, 50 % now: it has fallen through the target.
    figure = Measured(500, 1000, UNITS, UNITS)
    row = target(deadline=2025)
    at = course_of(row, figure, Fraction("0.58"), DAY, HIGH, met=False, operator=">=")
    assert at[0] == "behind"


def test_what_should_grow_and_stands_still_is_behind():
    figure, row = Measured(900, 1000, UNITS, UNITS), target(deadline=2025, operator="increase")
    assert course_of(row, figure, HIGH.value, DAY, HIGH, met=False, operator=">")[0] == "behind"


def test_a_range_is_come_down_to_from_above():
    # 90 % -> 58 %: 77.2 % at most is due at the end of 2022.
    figure, row = Measured(780, 1000, UNITS, UNITS), target(deadline=2025, operator="in_range")
    at = course_of(row, figure, Fraction("0.58"), DAY, HIGH, met=False, operator="in_range")
    assert at[0] == "behind"


@pytest.mark.parametrize("year", [2023, 2025, 2030])
def test_a_baseline_after_the_day_or_the_deadline_tells_no_course(year: int):
    late = Baseline(Fraction(1, 2), year, Text("", ""))
    figure = Measured(500, 1000, UNITS, UNITS)
    got, words = course_of(target(deadline=2025), figure, Fraction("0.58"), DAY, late, met=False)
    assert (got, str(year) in words.zh) == ("unknown", True)
