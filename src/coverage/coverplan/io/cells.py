"""What a cell says: numbers and years as people write them, nothing guessed."""

import datetime
import re
from typing import Any

import numpy as np

_WIDE = str.maketrans("０１２３４５６７８９．，－＋", "0123456789.,-+")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[, ]\d{3})+)?(?:\.\d*)?", re.ASCII)
_YEAR = re.compile(
    r"(\d{4})\s*(?:年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|([-/.])\d{1,2}(?:\2\d{1,2})?)?",
    re.ASCII,
)

_SERIAL_YEAR = 1905
"""The years 1900 to 2100, typed into cells formatted as dates, are shown as days of 1905."""


def as_number(text: str) -> float | None:
    """Return the number a cell holds, None where it holds none.

    Full-width digits are digits and groups of three may be set apart; scientific notation, which
    has often lost digits, and words such as "about 300" are no numbers.

    Examples
    --------
    >>> as_number("１,２００"), as_number("1.2E+05"), as_number("约300")
    (1200.0, None, None)
    """
    plain = text.translate(_WIDE).strip()
    if not _NUMBER.fullmatch(plain) or not any(c.isdigit() for c in plain):
        return None
    number = float(plain.replace(",", "").replace(" ", ""))
    return number if np.isfinite(number) else None


def as_year(text: str) -> float | None:
    """Return the year a cell names: alone, with 年, or within a date; None where it names none.

    Examples
    --------
    >>> as_year("2019年"), as_year("2019-05-01"), as_year("二〇一九")
    (2019.0, 2019.0, None)
    """
    plain = text.translate(_WIDE).strip()
    found = _YEAR.fullmatch(plain)
    if found is None:
        return None
    year = int(found.group(1))
    return None if year == _SERIAL_YEAR and plain != found.group(1) else float(year)


def cell_text(value: Any) -> str:
    """Return a cell as text: whole numbers without ".0", days without a time of day.

    Examples
    --------
    >>> cell_text(2019.0), cell_text(None)
    ('2019', '')
    """
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float):
        return np.format_float_positional(value, trim="-")
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value).strip()
