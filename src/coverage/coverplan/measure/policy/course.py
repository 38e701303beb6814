"""Whether a figure is on its way to its deadline: a straight line from where it stood."""

import datetime
from dataclasses import dataclass
from fractions import Fraction

from ...core.text import Text
from ...domain.policy import Operator, Target
from .figures import value_words
from .found import Course, Measured


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where an indicator stood at the end of a year.

    Parameters
    ----------
    value, year
        Its value then.
    source
        Who says so.
    """

    value: Fraction
    year: int
    source: Text


def course_of(
    target: Target,
    figure: Measured,
    asked: Fraction,
    date: datetime.date,
    baseline: Baseline | None,
    *,
    met: bool,
    operator: Operator | None = None,
) -> tuple[Course, Text]:
    r"""Return whether a figure is on course, and from what that is seen.

    .. math:: e(t) = b + (v - b)\,\frac{t - t_b}{T - t_b}

    with the baseline :math:`b` of the end of year :math:`t_b`, the value asked :math:`v` by the
    end of year :math:`T`, and :math:`t` the day of the study in years.

    Parameters
    ----------
    target, figure, asked
        What is asked, what there is, and the value it is judged by.
    date, baseline, met
        The day, where the figure stood, and whether the target is met.
    operator
        How the figure is compared with what is asked; None: as the figure says is better.

    Notes
    -----
    What only has to grow is behind until it has grown: its line is level.
    """
    if met:
        return "reached", Text("已达到", "reached")
    if target.deadline is None:
        return "", Text("条文没有期限", "the clause has no deadline")
    if date >= datetime.date(target.deadline, 12, 31):
        return "overdue", Text(
            f"{target.deadline} 年底已到期", f"due by the end of {target.deadline}"
        )
    if baseline is None:
        return "unknown", _NO_BASELINE
    if baseline.year >= target.deadline or _years(date) < _year_end(baseline.year):
        return "unknown", _too_late(baseline)
    first, last = _year_end(baseline.year), _year_end(target.deadline)
    expected = baseline.value + (asked - baseline.value) * (_years(date) - first) / (last - first)
    good = figure.value <= expected if _low(figure, asked, operator) else figure.value >= expected
    good = good and target.operator != "increase"
    from_, by_now = value_words(figure, baseline.value), value_words(figure, expected)
    words = Text(
        f"由 {baseline.year} 年底的 {from_.zh}（{baseline.source.zh}）按直线推算，现在应为 "
        f"{by_now.zh}",
        f"on a straight line from {from_.en} at the end of {baseline.year} "
        f"({baseline.source.en}) it should be {by_now.en} now",
    )
    return ("on_course" if good else "behind"), words


def _low(figure: Measured, asked: Fraction, operator: Operator | None) -> bool:
    """Return whether the figure has to come down to what is asked."""
    if operator is None:
        return figure.better == "low"
    return operator in {"<=", "<"} or (operator in {"in_range", "~="} and figure.value > asked)


def _too_late(baseline: Baseline) -> Text:
    return Text(
        f"基期（{baseline.year} 年底）不早于期限或研究日期，无法推算进度",
        f"the baseline (end of {baseline.year}) is not before the deadline and the day: "
        "no course can be told",
    )


def _year_end(year: int) -> Fraction:
    return Fraction(year + 1)


def _years(date: datetime.date) -> Fraction:
    """Return a day in years: the last day of a year is its end."""
    days = (datetime.date(date.year + 1, 1, 1) - datetime.date(date.year, 1, 1)).days
    return date.year + Fraction(date.timetuple().tm_yday, days)


_NO_BASELINE = Text(
    "没有基期值，无法判断进度（可在 targets.baselines 中写明）",
    "no baseline, so the course cannot be told (targets.baselines may give one)",
)
