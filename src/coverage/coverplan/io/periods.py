"""When units are in force: days and years as bureaus write them, and the units of one day."""

import calendar
import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from .cells import clean, halfwidth

_DAY = re.compile(
    r"(\d{4})(?:年|[-/.](?=\d))?(?:(\d{1,2})(?:月|[-/.](?=\d))?(?:(\d{1,2})日?)?)?", re.ASCII
)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}.*")
_OPEN = frozenset({"", "至今", "今", "长期", "-", "—", "present", "now"})
_MOST_SHOWN = 12

DATE = Text("日期或年份，如 2019-12-31、2019", "a date or a year, such as 2019-12-31 or 2019")


@dataclass(frozen=True, slots=True)
class Span:
    """The days a cell names: one, or those of a month or a year."""

    first: datetime.date
    last: datetime.date

    def __str__(self) -> str:
        """Return the day, or the year."""
        if self.first == self.last:
            return self.first.isoformat()
        whole = (self.last - self.first).days > 31  # noqa: PLR2004 - days of a month
        return f"{self.first.year}" if whole else f"{self.first:%Y-%m}"


def span_of(text: str) -> Span | None:
    """Return the days a cell names, None where it names none.

    Examples
    --------
    >>> str(span_of("2019年12月31日")), str(span_of("20191231")), str(span_of("2019.0"))
    ('2019-12-31', '2019-12-31', '2019')
    >>> span_of("2019-02-30"), span_of("去年")
    (None, None)
    """
    word = _TIME.sub("", halfwidth(clean(text)).strip()).removesuffix(".0").replace(" ", "")
    found = _PACKED.fullmatch(word) or _DAY.fullmatch(word)
    if found is None:
        return None
    year, month, day = (None if part is None else int(part) for part in found.groups())
    try:
        if year is not None and month is None:
            return Span(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
        if year is not None and month is not None and day is None:
            end = calendar.monthrange(year, month)[1]
            return Span(datetime.date(year, month, 1), datetime.date(year, month, end))
        one = datetime.date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
    return Span(one, one)


@dataclass(frozen=True, slots=True)
class Periods:
    """When each unit of a boundary file is in force.

    Parameters
    ----------
    start, end
        Days of the columns; None where a unit has been or will be in force without end.
    same_ground
        Whether two units lie, by their positions, on the same ground; None: any two may.

    Notes
    -----
    A unit is in force from the first day of ``start`` to the last day of ``end``. Where another
    unit on the same ground begins at the very ``end`` (the same day, or the same year), the unit
    ends when that one begins: one row's 2019 is then the year it was abolished.
    """

    start: tuple[Span | None, ...]
    end: tuple[Span | None, ...]
    same_ground: Callable[[int, int], bool] | None = None

    def days(self, i: int) -> tuple[datetime.date, datetime.date]:
        """Return the first and the last day of a unit; the last before the first: none."""
        start, end = self.start[i], self.end[i]
        first = datetime.date.min if start is None else start.first
        if end is None:
            return first, datetime.date.max
        if end != start and self._followed(i, end):
            return first, end.first - datetime.timedelta(days=1)
        return first, end.last

    def _followed(self, i: int, end: Span) -> bool:
        after = [j for j, one in enumerate(self.start) if one == end]
        return any(self.same_ground is None or self.same_ground(i, j) for j in after)

    def on(self, day: datetime.date) -> NDArray[np.bool_]:
        """Return which units are in force on a day."""
        spans = [self.days(i) for i in range(len(self.start))]
        return np.array([first <= day <= last for first, last in spans], dtype=bool)

    def text(self, i: int) -> str:
        """Return the period of a unit as the file says it."""
        return f"{self.start[i] or '…'} – {self.end[i] or '…'}"


def periods_of(
    file: str,
    rows: Sequence[int],
    start: tuple[str, Sequence[str]] | None,
    end: tuple[str, Sequence[str]] | None,
    problems: Problems,
    same_ground: Callable[[int, int], bool] | None = None,
) -> Periods:
    """Return when units are in force, every cell that names no day noted.

    Parameters
    ----------
    file, rows
        For messages.
    start, end
        Column and cells, None where there is no such column.
    problems
        Where faults go.
    same_ground
        As `Periods` has it.
    """
    read = [_spans(file, rows, given, problems) for given in (start, end)]
    periods = Periods(read[0], read[1], same_ground)
    for i, row in enumerate(rows):
        first, last = periods.days(i)
        if last < first:
            problems.add(
                Problem(
                    code="region.period",
                    what=Text("单元的失效时间早于生效时间", "a unit ends before it begins"),
                    file=file,
                    row=int(row),
                    found=periods.text(i),
                    mend=Text("改正这两个时间", "correct the two dates"),
                )
            )
    return periods


def _spans(
    file: str,
    rows: Sequence[int],
    given: tuple[str, Sequence[str]] | None,
    problems: Problems,
) -> tuple[Span | None, ...]:
    if given is None:
        return (None,) * len(rows)
    column, texts = given
    found = []
    for row, text in zip(rows, texts, strict=True):
        span = None if text.strip().lower() in _OPEN else span_of(text)
        if span is None and text.strip().lower() not in _OPEN:
            problems.add(
                Problem(
                    code="region.date",
                    what=Text("这不是日期", "this is no date"),
                    file=file,
                    row=int(row),
                    column=column,
                    found=text,
                    expected=DATE,
                    mend=Text("改正；一直有效的留空", "correct it; leave it empty if open"),
                )
            )
        found.append(span)
    return tuple(found)


def units_on(
    file: str, codes: Sequence[str], rows: Sequence[int], periods: Periods, day: datetime.date,
    problems: Problems,
) -> NDArray[np.bool_]:  # fmt: skip
    """Return which units are in force on a day.

    Parameters
    ----------
    file, codes, rows
        The units, and where they stand.
    periods, day
        When they are in force, and the day asked for.
    problems
        Where faults go: a code in force twice on that day is an error, on another day a warning.

    Raises
    ------
    InputError
        When no unit is in force on that day.
    """
    mask = periods.on(day)
    if not mask.any():
        raise InputError([_none_in_force(file, periods, day)])
    by_code: dict[str, list[int]] = {}
    for i, code in enumerate(codes):
        by_code.setdefault(code, []).append(i)
    for code, where in by_code.items():
        for n, i in enumerate(where):
            for j in where[n + 1 :]:
                if _overlap(periods.days(i), periods.days(j)):
                    now = bool(mask[i] and mask[j])
                    problems.add(_twice(file, code, (rows[i], rows[j]), periods, (i, j), now=now))
    return mask


def _overlap(
    one: tuple[datetime.date, datetime.date], other: tuple[datetime.date, datetime.date]
) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def _none_in_force(file: str, periods: Periods, day: datetime.date) -> Problem:
    there = sorted({periods.text(i) for i in range(len(periods.start))})
    shown = there[:_MOST_SHOWN] + ["…"] * (len(there) > _MOST_SHOWN)
    return Problem(
        code="region.none_in_force",
        what=Text(
            f"{day.isoformat()} 这一天没有任何单元有效",
            f"no unit is in force on {day.isoformat()}",
        ),
        file=file,
        found=Text("、".join(shown), ", ".join(shown)),
        expected=Text("有效期包含这一天的单元", "units whose period holds that day"),
        mend=Text(
            "改 date（或 --date），或补上那时的边界",
            "change date (or --date), or add the boundaries of that time",
        ),
    )


def _twice(
    file: str, code: str, rows: tuple[int, int], periods: Periods, where: tuple[int, int], *,
    now: bool,
) -> Problem:  # fmt: skip
    both = " / ".join(periods.text(i) for i in where)
    return Problem(
        code="region.two_versions" if now else "region.periods_overlap",
        what=Text(
            "同一代码的两个版本在这一天都有效" if now else "同一代码的两个版本有效期重叠",
            "two versions of one code are in force on that day"
            if now
            else "the periods of two versions of one code overlap",
        ),
        file=file,
        row=int(rows[1]),
        found=f"{code}: {both}",
        expected=Text(
            f"与第 {rows[0]} 行不重叠的有效期", f"a period apart from that of row {rows[0]}"
        ),
        mend=Text("改正其中一个的有效期", "correct the period of one of them"),
        severity="error" if now else "warning",
    )
