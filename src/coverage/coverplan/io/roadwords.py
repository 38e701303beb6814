"""What the words of a road file mean: surfaces, speed limits, lengths of time, who may pass.

Words are those of OpenStreetMap, and what Chinese bureaus write for them.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from .cells import as_number

_T = TypeVar("_T")

NO_WORDS = frozenset(
    {"", "no", "false", "f", "n", "0", "0.0", "none", "nan", "<na>", "否", "无", "不", "未"}
)
YES_WORDS = frozenset({"yes", "true", "t", "y", "1", "1.0", "是", "有"})

_SPLIT = re.compile(r"[;,|；，、]")
_BRACKETS = "[]'\"() \t"


def words(cell: str) -> list[str]:
    """Return the words of a cell in small letters: one, a list, or several between semicolons.

    Examples
    --------
    >>> words("['asphalt', 'Gravel']"), words("50;80"), words(" ")
    (['asphalt', 'gravel'], ['50', '80'], [])
    """
    parts = (part.strip(_BRACKETS).lower() for part in _SPLIT.split(cell))
    return [part for part in parts if part]


SURFACES = frozenset(
    {
        "paved", "asphalt", "chipseal", "concrete", "paving_stones", "grass_paver", "sett",
        "unhewn_cobblestone", "cobblestone", "bricks", "brick", "metal", "metal_grid", "wood",
        "stepping_stones", "rubber", "tiles", "acrylic", "tartan", "plastic", "artificial_turf",
        "unpaved", "compacted", "fine_gravel", "gravel", "shells", "rock", "pebblestone", "ground",
        "dirt", "earth", "grass", "mud", "sand", "woodchips", "snow", "ice", "salt", "clay",
        "stone",
    }
)  # fmt: skip
"""Values of OpenStreetMap's ``surface`` (wiki page "Key:surface")."""

_SURFACES_ZH = {
    "硬化": "paved",
    "未硬化": "unpaved",
    "沥青": "asphalt",
    "柏油": "asphalt",
    "水泥": "concrete",
    "混凝土": "concrete",
    "水泥混凝土": "concrete",
    "沥青混凝土": "asphalt",
    "砂石": "gravel",
    "砂砾": "gravel",
    "碎石": "gravel",
    "石子": "gravel",
    "泥结碎石": "compacted",
    "石板": "paving_stones",
    "砖": "paving_stones",
    "条石": "sett",
    "块石": "sett",
    "卵石": "cobblestone",
    "鹅卵石": "cobblestone",
    "土": "ground",
    "泥土": "dirt",
    "泥": "mud",
    "沙": "sand",
    "草": "grass",
}


def surface(word: str) -> str | None:
    """Return OpenStreetMap's word for a surface, None for a word that is none.

    Examples
    --------
    >>> surface("concrete:plates"), surface("水泥路面"), surface("soft")
    ('concrete', 'concrete', None)
    """
    plain = word.split(":", maxsplit=1)[0]
    if plain in SURFACES:
        return plain
    return _SURFACES_ZH.get(word.removesuffix("面").removesuffix("路"))


MOST_KMH = 300.0
_KMH_OF_UNIT = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "kmph": 1.0, "公里/小时": 1.0}
_KMH_OF_UNIT |= {"公里": 1.0, "千米/小时": 1.0, "mph": 1.609344, "knots": 1.852}
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z/公里千米小时]*)", re.ASCII)

LIMITS_BY_PLACE = {"cn:urban": 50.0, "cn:rural": 70.0, "cn:motorway": 120.0}
"""Limits where no sign stands, km/h: implementing rules of the Road Traffic Safety Law of China,
articles 45 (one lane each way; without a centre line it is less, 30 and 40) and 78."""

NO_LIMIT = frozenset({"none", "signals", "variable", "unposted", "implicit", "default", "无"})
"""Words that are known and give no number."""


def limit_kmh(word: str) -> float | None:
    """Return a speed limit in km/h, None for a word that is none.

    Zero is no limit: extracts write it where the limit is not known.

    Examples
    --------
    >>> limit_kmh("50"), round(limit_kmh("30 mph"), 2), limit_kmh("CN:urban"), limit_kmh("0")
    (50.0, 48.28, 50.0, None)
    """
    plain = word.lower()
    if plain in LIMITS_BY_PLACE:
        return LIMITS_BY_PLACE[plain]
    found = _LIMIT.fullmatch(plain)
    if found is None or found.group(2) not in _KMH_OF_UNIT:
        return None
    kmh = float(found.group(1)) * _KMH_OF_UNIT[found.group(2)]
    return kmh if 0 < kmh < MOST_KMH else None


MOST_MINUTES = 7 * 24 * 60.0
_CLOCK = re.compile(r"(\d+):([0-5]?\d)(?::([0-5]?\d))?", re.ASCII)
_ISO = re.compile(
    r"p(?:(\d+(?:\.\d+)?)d)?(?:t(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?)?",
    re.ASCII,
)
_SPOKEN = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*(?:h|hours?|个?小时|时))?\s*"
    r"(?:(\d+(?:\.\d+)?)\s*(?:m|min|minutes?|分钟?))?",
    re.ASCII,
)


def minutes(word: str) -> float | None:
    """Return a length of time in minutes, None for a word that is none or not above zero.

    A number alone is minutes; ``2:30`` is hours and minutes, ``0:02:30`` has seconds (wiki pages
    "Key:duration" and "Key:interval" of OpenStreetMap); ISO 8601 durations are understood.

    Examples
    --------
    >>> minutes("20"), minutes("2:30"), minutes("pt1h5m"), minutes("1小时30分"), minutes("0")
    (20.0, 150.0, 65.0, 90.0, None)
    """
    number = as_number(word)
    if number is not None:
        total = number
    elif (clock := _CLOCK.fullmatch(word)) is not None:
        total = 60.0 * _float(clock[1]) + _float(clock[2]) + _float(clock[3]) / 60.0
    elif (iso := _ISO.fullmatch(word)) is not None:
        days, hours, mins, seconds = (_float(part) for part in iso.groups())
        total = 1440.0 * days + 60.0 * hours + mins + seconds / 60.0
    elif (spoken := _SPOKEN.fullmatch(word)) is not None:
        total = 60.0 * _float(spoken[1]) + _float(spoken[2])
    else:
        return None
    return total if 0 < total <= MOST_MINUTES else None


def _float(part: str | None) -> float:
    return float(part) if part else 0.0


_MAY_PASS = frozenset(
    {
        "yes", "designated", "permissive", "official", "public", "private", "destination",
        "customers", "delivery", "residents", "resident", "permit", "permission", "license",
        "discouraged", "dismount", "use_sidepath", "optional_sidepath", "compulsory",
        "allowed", "t", "true", "y", "1", "1.0",
        "是", "有", "可", "允许", "通行", "可通行", "准许",
        "允许通行", "内部", "私有",
    }
)  # fmt: skip
_MAY_NOT_PASS = frozenset(
    {
        "no", "false", "f", "n", "0", "0.0", "restricted", "military", "emergency", "agricultural",
        "forestry", "psv", "bus", "taxi", "school_bus", "hov",
        "否", "无", "不", "不可", "禁止", "禁行", "禁止通行", "不可通行", "不允许",
    }
)  # fmt: skip
_SAYS_NOTHING = frozenset({"unknown", "variable", "不详", "未知"})


def may_pass(word: str) -> bool | None:
    """Return whether an access word lets people pass, None where it is not known.

    Notes
    -----
    ``private`` and ``destination`` let pass: who is counted lives there or has his errand there,
    and the inner roads of a compound (小区) are tagged so. ``agricultural``, ``emergency``,
    ``bus`` and their like are for others alone.

    Examples
    --------
    >>> may_pass("private"), may_pass("no"), may_pass("sometimes")
    (True, False, None)
    """
    if word in _MAY_PASS:
        return True
    return False if word in _MAY_NOT_PASS else None


def says_nothing(word: str) -> bool:
    """Return whether an access word is known and leaves the question open."""
    return word in _SAYS_NOTHING


_SHUT = frozenset({"封闭", "已封闭", "临时封闭", "停用", "已停用", "封路", "closed", "shut"})
_NOT_SHUT = frozenset({"开放", "正常", "通行", "在用", "open"})


def is_yes(word: str) -> bool | None:
    """Return whether a word means yes or no, None where it is neither."""
    if word in YES_WORDS:
        return True
    return False if word in NO_WORDS else None


def is_shut(word: str) -> bool | None:
    """Return whether a word says that a road is closed to everybody, None where it is not known."""
    if word in _SHUT:
        return True
    return False if word in _NOT_SHUT else is_yes(word)


def first_known(cell: str, meaning: Callable[[str], _T | None]) -> _T | None:
    """Return the first meaning found among the words of a cell."""
    return next((found for word in words(cell) if (found := meaning(word)) is not None), None)
