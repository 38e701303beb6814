"""What a code of an administrative unit says: its level, its type, and what it lies in.

GB/T 2260 for the first six digits, GB/T 10114 and the statistical code list for the others: two
digits each for province, prefecture and county, three each for township and village.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from .policy import LEVELS

LEVEL_DIGITS = dict(zip(LEVELS, (2, 4, 6, 9, 12), strict=True))
"""How many digits of a code say which unit of a level it is or lies in."""

_BY_DIGITS = {digits: level for level, digits in LEVEL_DIGITS.items()}
_CODE = re.compile(r"(?:\d{6}|\d{9}|\d{12})", re.ASCII)
_FULL = re.compile(r"\d{12}", re.ASCII)
_PSEUDO = 400
"""Township and village numbers from here on are no administrative units of their own."""

_TYPES_BY_NUMBER = {
    "county": ((1, "district"), (21, "county"), (81, "county_city")),
    "township": ((1, "street"), (100, "town"), (200, "township"), (_PSEUDO, "zone")),
    "village": ((1, "community"), (200, "village"), (_PSEUDO, "zone")),
}
_TYPES_BY_NAME = {
    "province": (("", "province"),),
    "prefecture": (("", "prefecture"),),
    "county": (("县", "county"), ("市", "county_city"), ("区", "district")),
    "township": (
        ("街道", "street"), ("镇", "town"), ("乡", "township"), ("场", "farm"), ("区", "zone"),
    ),
    "village": (("社区", "community"), ("居委会", "community"), ("居民委员会", "community"),
                ("村", "village"), ("村委会", "village"), ("村民委员会", "village")),
}  # fmt: skip


def full_code(text: str) -> str | None:
    """Return a code of 6, 9 or 12 digits with its zeros written out, None where it is none.

    Examples
    --------
    >>> full_code("330624"), full_code("330624100"), full_code("V01")
    ('330624000000', '330624100000', None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
    return plain.ljust(LEVEL_DIGITS["village"], "0") if _CODE.fullmatch(plain) else None


def stem(code: str) -> str:
    """Return a code without the zeros that stand for everything below its level.

    Examples
    --------
    >>> stem("330624000000"), stem("330100000000"), stem("350582003010")
    ('330624', '3301', '350582003010')
    """
    bare = len(code.rstrip("0"))
    return code[: next((width for width in _BY_DIGITS if width >= bare), len(code))]


def level_of(code: str) -> str:
    """Return the level of a code of 12 digits, "" for what is none.

    Examples
    --------
    >>> level_of("330624100000"), level_of("330624100201"), level_of("V01")
    ('township', 'village', '')
    """
    if not _FULL.fullmatch(code):
        return ""
    return _BY_DIGITS[len(stem(code))]


def above(code: str, level: str) -> str:
    """Return the code of the unit of a level that a code of 12 digits lies in, "" where none.

    Examples
    --------
    >>> above("330624100201", "county"), above("330624000000", "township")
    ('330624000000', '')
    """
    width = LEVEL_DIGITS[level]
    if not _FULL.fullmatch(code) or len(stem(code)) < width:
        return ""
    return code[:width].ljust(LEVEL_DIGITS["village"], "0")


def type_of(code: str, level: str, name: str) -> str | None:
    """Return the type of a unit, None where neither code nor name says.

    Townships and villages go by the number in their code, which tells a village committee from
    a residents' committee whatever the place is called; counties, whose numbers were handed out
    by other rules at other times, by the last word of their name first. A pseudo-unit is a farm
    where its name says so, else a zone.

    Parameters
    ----------
    code, level, name
        Code of 12 digits (or any other), one of `LEVELS`, and the name.

    Examples
    --------
    >>> type_of("330624100000", "township", ""), type_of("330624100000", "county", "新昌县")
    ('town', 'county')
    >>> type_of("421202500000", "township", "向阳湖奶牛场")
    'farm'
    """
    by_name = _by_name(level, name)
    if level == "county" and by_name is not None:
        return by_name
    by_number = _by_number(code, level)
    if by_number == "zone" and by_name == "farm":
        return "farm"
    return by_number or by_name


def _by_number(code: str, level: str) -> str | None:
    if level not in _TYPES_BY_NUMBER or not _FULL.fullmatch(code) or not above(code, level):
        return None
    widths = dict(pairwise(LEVELS))
    before = next(level_ for level_, below in widths.items() if below == level)
    number = int(code[LEVEL_DIGITS[before] : LEVEL_DIGITS[level]])
    fits = [kind for first, kind in _TYPES_BY_NUMBER[level] if number >= first]
    return fits[-1] if fits else None


def _by_name(level: str, name: str) -> str | None:
    endings = sorted(_TYPES_BY_NAME.get(level, ()), key=lambda pair: -len(pair[0]))
    return next((kind for ending, kind in endings if name.endswith(ending)), None)


def level_by_name(name: str) -> str:
    """Return the level the last word of a name speaks of, "" where it speaks of none.

    Examples
    --------
    >>> level_by_name("澄江街道"), level_by_name("云溪县"), level_by_name("中心区")
    ('township', 'county', '')
    """
    kinds = {"township": ("zone",), "village": (), "county": ("district",)}
    for level, unsure in kinds.items():
        kind = _by_name(level, name)
        if kind is not None and kind not in unsure:
            return level
    return ""


def home_of(codes: Iterable[str]) -> str:
    """Return the code of the smallest unit all units of a study lie in, "" where there is none.

    Parameters
    ----------
    codes
        Codes of the study's units.

    Examples
    --------
    >>> home_of(["330624001000", "330624100000"]), home_of(["330624001000", "330681001000"])
    ('330624000000', '330600000000')
    """
    known = list(codes)
    for level in ("county", "prefecture", "province"):
        homes = {above(code, level) for code in known}
        if len(homes) == 1 and not homes & {"", *known}:
            return homes.pop()
    return ""
