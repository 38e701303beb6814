"""Columns by what they are called and what they hold: age groups, codes, names, kinds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...core.text import Text
from ..columns import find_column, match
from ..factcells import folded
from ..policykinds import LAYER_NAMES
from .roles import Look, numeric_share

OLDER, MINORS = "65岁及以上", "0-17岁"
"""Groups of other ages than the built-in ones have: named by the ages they hold."""

_NOT_PEOPLE = re.compile(
    r"床|比|率|%|密度|面积|户数|share|density|area|rate|percent|household|数量"
)
_ALL = re.compile(
    r"^(年末|全部|辖区)?(常住)?(总)?人口(数|总数|合计)?$|^常住人(口|数).*$|^总人口.*$|^人数$|^居民人数$"
    r"|^(total_?)?(pop|population|people|residents?)(_?(total|\d{4}))?$|^pop_?\d{4}.*$"
)
_AND_OVER = r"(岁|周岁|plus|\+|以上|及以上|_?(years?)?_?((and|or)_?)?(over|older|above))"
_AGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("registered", re.compile(r"户籍|registered")),
    ("oldest", re.compile(r"[789]\d岁|[789]\d(plus|\+)|高龄")),
    (OLDER, re.compile(rf"65{_AND_OVER}|^age65|≥65")),
    (
        "elderly",
        re.compile(rf"60{_AND_OVER}|≥60|老年人|老人|elderly|older"),
    ),
    ("middle", re.compile(r"15[-~—–至到_]|18[-~—–至到_]|16[-~—–至到_]|劳动年龄|15_?59")),
    (
        "children",
        re.compile(
            r"(?<!\d)0?0([-~—–至到_]{1,2}|to)14|14岁(及)?以下|未满15|under_?15|14(周)?岁以下"
        ),
    ),
    (
        MINORS,
        re.compile(r"(?<!\d)0([-~—–至到_]{1,2}|to)1[78]|1[78](周)?岁(及)?以下|未成年|under_?18"),
    ),
    ("children", re.compile(r"儿童|少儿|children")),
)
_MOSTLY = 0.5
_SAYS_AGE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Groups:
    """Columns of people.

    Parameters
    ----------
    columns
        Group -> its column; "all" is everybody.
    registered
        The column of everybody registered, "" where there is none.
    notes
        What must be said of a choice, by group.
    """

    columns: Mapping[str, str]
    registered: str
    notes: Mapping[str, Text]


def group_columns(look: Look) -> Groups:
    """Return the groups of people a table counts, by the words of its header.

    A column counts where half of its cells at least are numbers. Of several columns of everybody
    one without a year is taken, else that of the latest year.
    """
    people = [
        column
        for column in look.columns
        if not _NOT_PEOPLE.search(_bare(column)) and numeric_share(look.cells(column)) >= _MOSTLY
    ]
    found: dict[str, str] = {}
    notes: dict[str, Text] = {}
    everybody = [column for column in people if _ALL.match(_bare(column))]
    if everybody:
        found["all"] = max(everybody, key=_year_of)
    registered = ""
    for column in people:
        group = _group_of(_bare(column))
        if group == "registered":
            registered = registered or (column if "人口" in column or "pop" in column else "")
        elif group not in {"", "oldest", "middle"} and column not in found.values():
            if group in {"elderly", "children"} and not _SAYS_AGE.search(_bare(column)):
                if group in found:
                    continue
                notes[group] = _NO_AGE[group]
            found.setdefault(group, column)
    if "all" not in found and registered:
        found["all"] = registered
        notes["all"] = _REGISTERED
        registered = ""
    return Groups(found if "all" in found else {}, registered, notes)


_NO_AGE = {
    "elderly": Text(
        "列名没有写明年龄，按 60 岁及以上用，请核对",
        "its name says no age: taken as 60 and over, please check",
    ),
    "children": Text(
        "列名没有写明年龄，按 0–14 岁用，请核对",
        "its name says no age: taken as 0-14, please check",
    ),
}
_REGISTERED = Text(
    "没有常住人口列，用的是户籍人口，请核对",
    "no column of residents: registered people are taken, please check",
)


def _bare(column: str) -> str:
    """Return a header without unit and without a last level that says only: in all."""
    parts = [re.sub(r"\((?:人|个|名|people)\)$", "", part) for part in folded(column).split("/")]
    if len(parts) > 1 and parts[-1] in {"合计", "小计", "总计", "计", "total"}:
        parts = parts[:-1]
    return parts[-1].strip("*")


def _group_of(bare: str) -> str:
    return next((group for group, pattern in _AGES if pattern.search(bare)), "")


def _year_of(column: str) -> tuple[int, str]:
    years = re.findall(r"(?:19|20)\d{2}", column)
    return (int(years[-1]) if years else 9999, "" if years else column)


def code_and_name(look: Look) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns of code and name: those to write out, and all of both.

    Where none has a usual name, the code is the first column whose values are all different and
    without a letter of a language, the name the first other one whose values are all different.
    """
    written: dict[str, str] = {}
    found: dict[str, str] = {}
    for key in ("code", "name"):
        usual = find_column(look.columns, key, {})
        if usual is not None and usual not in found.values():
            found[key] = usual
    for key, fits in (("code", _is_code), ("name", _is_name)):
        if key not in found:
            free = [c for c in look.columns if c not in found.values()]
            guess = next((c for c in free if _all_differ(look, c) and fits(look, c)), None)
            if guess is not None:
                written[key] = found[key] = guess
    return written, found


def _all_differ(look: Look, column: str) -> bool:
    cells = look.cells(column)
    return len(cells) == len(look.sample) and len(set(cells)) == len(cells)


_CODE = re.compile(r"[A-Za-z]{0,4}[-_]?\d{2,}(\.0)?")


def _is_code(look: Look, column: str) -> bool:
    return all(_CODE.fullmatch(cell) for cell in look.cells(column))


def _is_name(look: Look, column: str) -> bool:
    return all(re.search(r"[^\W\d_]", cell) for cell in look.cells(column))


def coordinate_columns(look: Look) -> dict[str, str]:
    """Return the columns of longitude and latitude, nothing where one of them is missing."""
    found = {key: find_column(look.columns, key, {}) for key in ("lon", "lat")}
    return {k: v for k, v in found.items() if v} if all(found.values()) else {}


def usual_columns(look: Look, keys: tuple[str, ...]) -> dict[str, str]:
    """Return key -> column of those that are there by their usual names."""
    found = {key: find_column(look.columns, key, {}) for key in keys}
    return {key: column for key, column in found.items() if column is not None}


_KIND_NAMES = (*LAYER_NAMES, "类型", "设施类型", "机构类型", "种类", "type", "kind", "category")
_MOST_KINDS = 80


def kind_columns(look: Look) -> list[str]:
    """Return the columns that may hold the kind of a facility, those so called first."""
    called = [hit for name in _KIND_NAMES if (hit := match(look.columns, name)) is not None]
    called = list(dict.fromkeys(called))
    return [c for c in called if 0 < len(set(look.cells(c))) <= _MOST_KINDS]
