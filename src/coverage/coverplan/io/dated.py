"""A study on another day: what the command line's ``--date`` does to a study file."""

import datetime
from typing import Any

from ..core.errors import InputError, Problem
from ..core.text import Text
from .periods import span_of
from .studyfile import Change


def dated(day: str | datetime.date | None) -> Change | None:
    """Return what sets the day of a study: boundaries, facilities and former units as of then.

    Parameters
    ----------
    day
        A day, also in words such as ``"2019-12-31"``. A year or a month alone would leave the
        day open. None where the study's own is meant.

    Raises
    ------
    InputError
        When it is no day.

    Examples
    --------
    >>> study = {"title": "x"}
    >>> change = dated("2019-12-31")
    >>> change(study)
    >>> study["date"].isoformat()
    '2019-12-31'
    """
    if day is None:
        return None
    text = str(day)
    span = span_of(text)
    if span is None or span.first != span.last:
        raise InputError([_no_day(text)])
    first = span.first

    def change(study: dict[str, Any]) -> None:
        study["date"] = first

    return change


def together(*changes: Change | None) -> Change | None:
    """Return what makes several changes one after the other, None where there are none.

    Parameters
    ----------
    changes
        What a command line asks for; None where it does not.
    """
    some = [change for change in changes if change is not None]

    def change(study: dict[str, Any]) -> None:
        for one in some:
            one(study)

    return change if some else None


def _no_day(text: str) -> Problem:
    return Problem(
        code="date.option",
        what=Text("--date 不是一个日期", "--date is no day"),
        column="--date",
        found=text,
        expected=Text("年月日，如 2019-12-31", "a day such as 2019-12-31"),
        mend=Text("写全年月日", "give year, month and day"),
    )
