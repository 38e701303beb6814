"""What a cell says: numbers and years as people write them, nothing guessed."""

import datetime
import re
from typing import Any

import numpy as np

_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
_INVISIBLE: dict[int, None] = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))
_CLEANED: dict[int, str | None] = {**_SPACES, **_INVISIBLE}
_WIDE_WORD = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ.\-_/．－＿／]+")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[, ]\d{3})+)?(?:\.\d*)?", re.ASCII)
_YEAR = re.compile(
    r"(\d{4})\s*(?:年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|([-/.])\d{1,2}(?:\2\d{1,2})?)?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
    re.ASCII,
)

_SERIAL_YEAR = 1905
"""The years 1900 to 2100, typed into cells formatted as dates, are shown as days of 1905."""


def halfwidth(text: str) -> str:
    """Return text with full-width digits, letters and marks as the keyboard has them.

    Examples
    --------
    >>> halfwidth("１１９°４８′，Ａ")
    '119°48′,A'
    """
    return text if text.isascii() else text.translate(_WIDE)


def clean(text: str) -> str:
    """Return text without invisible characters; codes and numbers without full-width ones.

    Marks in names stay as they stand: 养老院（城东）.

    Examples
    --------
    >>> clean("３３０６２４\u200b"), clean("甲\u00a0镇"), clean("养老院（Ａ座）")
    ('330624', '甲 镇', '养老院（Ａ座）')
    """
    if text.isascii():
        return text.strip()
    plain = text.translate(_CLEANED).strip()
    return halfwidth(plain) if _WIDE_WORD.fullmatch(plain) else plain


def as_number(text: str) -> float | None:
    """Return the number a cell holds, None where it holds none.

    Full-width digits are digits and groups of three may be set apart; scientific notation, which
    has often lost digits, and words such as "about 300" are no numbers.

    Examples
    --------
    >>> as_number("１,２００"), as_number("1.2E+05"), as_number("约300")
    (1200.0, None, None)
    """
    plain = halfwidth(text).translate(_CLEANED).strip()
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
    plain = halfwidth(text).translate(_CLEANED).strip()
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
    if isinstance(value, str):
        return clean(value)
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float):
        return np.format_float_positional(value, trim="-")
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.timedelta):
        # What Excel makes of 119:48:12.5.
        minutes, seconds = divmod(value.total_seconds(), 60)
        return f"{int(minutes // 60)}:{int(minutes % 60):02}:{round(seconds, 6):g}"
    return str(value)
