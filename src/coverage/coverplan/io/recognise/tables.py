"""What tables could be: people, census totals, facilities, and ledgers of policy facts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...core.text import Text
from ...domain.policy_columns import PROJECT_FACTS, UNIT_FACTS
from ...domain.unit_codes import full_code
from ..columns import find_column, match
from ..factcells import folded
from ..targetwords import COLUMNS as TARGET_COLUMNS
from .columns import Groups, coordinate_columns, group_columns, usual_columns
from .lists import claims_of_list
from .roles import Claim, Look, holds, listed, numeric_share
from .villages import by_village

_PEOPLE_FACTS = frozenset(
    {"level", "type", "parent", "population", "elderly", "children", "population_registered"}
    | {"elderly_registered", "valid_from", "valid_to", "area_km2", "elderly_80"}
)
_IS_DOCUMENT = ("indicator", "operator", "value")
_IS_PROJECT = ("kind", "target", "status", "yuan", "fund")
_OF_UNITS = r"(行政)?(区划|单元|乡镇|镇街|街道|乡镇街道|乡镇\(街道\))?(代码|名称)?$"
_FORMER = re.compile(rf"^(原|旧|撤并前|调整前){_OF_UNITS}|^former(_?(code|name|unit))?$")
_PRESENT = re.compile(
    rf"^(现|新|撤并后|调整后){_OF_UNITS}|^并入|^(present|current)(_?(code|name|unit))?$"
)
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Units:
    """What units of the study are called, as far as they are known.

    Parameters
    ----------
    codes, names
        Of the boundary file chosen.
    """

    codes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def named(self, cells: list[str]) -> int:
        """Return how many of the units some cells name."""
        words = {cell.removesuffix(".0") for cell in cells}
        full = {full_code(word) for word in words} - {None}
        codes = sum(code in words or full_code(code) in full for code in self.codes)
        short = {_short(word) for word in words}
        return max(codes, sum(_short(name) in short for name in self.names))

    def __len__(self) -> int:
        return len(self.codes)


_ENDS = re.compile(r"(?<=..)(街道办事处|街道|民族乡|镇|乡|区|县)$")


def _short(name: str) -> str:
    """Return the name of a unit without its kind."""
    return _ENDS.sub("", name)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, and what its columns say."""

    look: Look
    units: Units
    groups: Groups
    at: Mapping[str, str]
    usual: Mapping[str, str] = field(default_factory=dict)

    def naming(self) -> tuple[str, int]:
        """Return the column that names most units of the study, and how many."""
        best = ("", 0)
        for key in ("unit", "code", "name"):
            column = find_column(self.look.columns, key, {})
            if column is not None:
                count = self.units.named(self.look.cells(column))
                best = max(best, (column, count), key=lambda one: one[1])
        if best[1]:
            return best
        counts = [(c, self.units.named(self.look.cells(c))) for c in self.look.columns]
        return max(counts, key=lambda one: one[1], default=best)


def claims_of_table(look: Look, units: Units) -> list[Claim]:
    """Return what a table, or a layer of points, could be.

    Parameters
    ----------
    look
        The table.
    units
        The units of the study: what names most of them may hold their totals.
    """
    if not look.columns or look.form not in {"table", "points"}:
        return []
    at = {"geometry": ""} if look.form == "points" else coordinate_columns(look)
    table = _Table(look, units, group_columns(look), at)
    ledgers: tuple[Callable[[_Table], list[Claim]], ...] = (_crosswalk, _documents, _projects)
    for read in ledgers:
        claims = read(table)
        if claims:
            return claims
    found = [*_people(table), *_totals(table), *_unit_facts(table)]
    if "all" in table.groups.columns and at:
        return found
    return found + claims_of_list(look, located=bool(at))


def _crosswalk(table: _Table) -> list[Claim]:
    columns = table.look.columns
    before = [c for c in columns if _FORMER.search(folded(c))]
    after = [c for c in columns if _PRESENT.search(folded(c))]
    if not before or not after or table.at:
        return []
    why = Text(
        f"列“{before[0]}”和“{after[0]}”：原单元与现单元对照",
        f'columns "{before[0]}" and "{after[0]}": former units and present ones',
    )
    return [Claim(table.look, "crosswalk", 0.6, why)]


def _documents(table: _Table) -> list[Claim]:
    names = [_has(table.look, TARGET_COLUMNS[key]) for key in _IS_DOCUMENT]
    if not all(names):
        return []
    return [Claim(table.look, "documents", 0.8, _columns_told(names))]


def _projects(table: _Table) -> list[Claim]:
    facts = {fact.key: fact.names for fact in PROJECT_FACTS}
    hits = [hit for key in _IS_PROJECT if (hit := _has(table.look, facts[key]))]
    if len(hits) < 3 or table.at:  # noqa: PLR2004
        return []
    return [Claim(table.look, "projects", 0.5 + 0.1 * len(hits), _columns_told(hits))]


def _has(look: Look, names: tuple[str, ...]) -> str:
    return next((hit for name in names if (hit := match(look.columns, name)) is not None), "")


def _columns_told(names: list[str]) -> Text:
    said = listed(names, 5)
    return Text(f"列 {said.zh}", f"columns {said.en}")


def _people(table: _Table) -> list[Claim]:
    groups, look = table.groups.columns, table.look
    if "all" not in groups or not table.at:
        return []
    blank = 1.0 - numeric_share(look.sample[groups["all"]].astype(str).tolist())
    usual = usual_columns(look, ("id", "name", "unit", "metres"))
    word = holds(look.words, ("村", "社区", "人口", "village", "villages", "people", "population"))
    score = 0.6 + 0.1 * bool(word) + 0.1 * (len(groups) > 1) - 0.4 * blank
    said = listed(list(groups.values()))
    places = Text("有坐标", "with coordinates") if look.form == "table" else Text("点", "points")
    why = Text(
        f"{look.count.zh}，{places.zh}，人口列 {said.zh}",
        f"{look.count.en} {places.en} and people in {said.en}",
    )
    if blank:
        empty = f"{blank:.0%}"
        why = Text(f"{why.zh}；{empty} 的记录没有人数", f"{why.en}; {empty} of them say no number")
    at = {key: column for key, column in table.at.items() if column}
    return [Claim(look, "people", score, why, shown={**usual, **at}, groups=groups)]


def _totals(table: _Table) -> list[Claim]:
    groups, look = table.groups.columns, table.look
    if "all" not in groups or table.at or look.form != "table":
        return []
    column, named = table.naming()
    share = named / len(table.units) if len(table.units) else 0.0
    if share < _ENOUGH:
        return []
    said = listed(list(groups.values()))
    word = holds(look.words, ("普查", "人口", "总数", "census", "totals", "population"))
    why = Text(
        f"列“{column}”对上 {named} 个单元（共 {len(table.units)} 个），人口列 {said.zh}",
        f'column "{column}" names {named} of {len(table.units)} units; people in {said.en}',
    )
    usual = find_column(look.columns, "unit", {}) or find_column(look.columns, "code", {})
    written = {} if usual == column else {"unit": column}
    village = by_village(look, column)
    if village is not None:
        why = Text(
            f"{look.count.zh}，{why.zh}，列“{village}”是村名，没有坐标",
            f'{look.count.en}; {why.en}; villages in "{village}", without coordinates',
        )
        shown = {"name": village, "unit": column}
        score = 0.5 + 0.4 * share
        return [Claim(look, "villages", score, why, columns=written, shown=shown, groups=groups)]
    score = 0.4 + 0.4 * share + 0.1 * bool(word)
    if look.table is not None:
        # A study names a file of totals, not a sheet.
        score, why = _NO_SHEET, Text(f"{why.zh}；{_SAVE.zh}", f"{why.en}; {_SAVE.en}")
    return [Claim(look, "totals", score, why, columns=written, groups=groups)]


_NO_SHEET = 0.2
_SAVE = Text(
    "totals 不能指明工作表，请另存为单独的文件",
    "totals cannot name a sheet: save it as a file of its own",
)


def _unit_facts(table: _Table) -> list[Claim]:
    look = table.look
    if table.at or look.form != "table":
        return []
    hits = {
        fact.key: hit
        for fact in UNIT_FACTS
        if fact.key not in _PEOPLE_FACTS and (hit := _has(look, fact.names))
    }
    named = [find_column(look.columns, key, {}) for key in ("code", "unit", "id")]
    if len(hits) < 2 or not any(named):  # noqa: PLR2004
        return []
    told = _columns_told(list(hits.values()))
    return [Claim(look, "unit_facts", min(0.4 + 0.05 * len(hits), 0.9), told)]
