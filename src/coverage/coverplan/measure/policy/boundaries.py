"""Boundaries that move: units merged, set up or given up, and what they lack afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ...core.text import Text
from ...domain.policy import Target
from .applies import bearing
from .counted import level_text, unit_parts
from .facts import people_of
from .filters import units_of, unknown_column
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger
from .registry import measures
from .threefold import decided

_EVERY_UNIT = frozenset({"unit_coverage_share", "at_least_one_per_unit"})
_NAMES_SHOWN = 10


@measures(
    "boundary_changes",
    zh="区划调整的单元",
    en="units whose boundaries changed",
    formula=Text(
        "文件年份以来撤并或新设的单元数；涉及服务布局的条文，只数其中缺少“每个单元都应有”的设施的",
        "units merged or set up since the document's year; for a clause on services those among "
        "them that lack what every unit of their kind should have",
    ),
)
def boundary_changes(target: Target, ledger: Ledger) -> Found:
    """Return how many units changed (Z20-25, JJ-37), and how many lack services since (Z21-37).

    A unit has changed when its row says so (``merged``) or it was set up in or after the
    document's year. A clause on services asks that they are laid out anew: a changed unit counts
    while it has no working facility that a clause binding the study asks of every unit like it.

    Parameters
    ----------
    target, ledger
        The clause, its layer ``admin_unit`` where the change alone is counted; what is known.
    """
    units = unit_parts(target, ledger)
    if isinstance(units, Cannot):
        return units
    part, chosen = units[0]
    changed = _changed(chosen.rows, target.year)
    if changed.isna().all():
        return unknown_column("merged")
    word = level_text(part.level)
    gone = _gone(part.level, target.year, ledger)
    parts = (
        Part(Text("发生变化的单元", "units changed"), int(changed.sum()), len(changed), unit=word),
        Part(Text("已撤销的单元", "units given up"), gone, unit=word),
    )
    if target.layers == ("admin_unit",):
        figure = Measured(
            numerator=int(changed.sum()),
            denominator=None,
            unit=word,
            better="low",
            parts=parts,
            notes=(*chosen.notes, *_names(changed, ledger)),
        )
        return decided(target, figure, int(changed.isna().sum()), _UNTOLD, ledger.config)
    return _lacking(target, ledger, part.level, changed, parts)


_UNTOLD = Text("个单元是否调整过未知", "units of which it is not known whether they changed")


def _changed(rows: pd.DataFrame, year: int) -> pd.Series:
    """Return whether each unit changed since a year, <NA> where neither fact is given."""
    merged = rows["merged"].astype("boolean")
    new = (rows["valid_from"].astype("Int64") >= year).astype("boolean")
    return merged.fillna(new) | new.fillna(merged)


def _gone(level: str, year: int, ledger: Ledger) -> int:
    ended = ledger.units.loc[ledger.units["level"] == level, "valid_to"].astype("Int64")
    inside = (ended >= year) & (ended <= ledger.date.year)
    return int(inside.fillna(value=False).sum())


def _names(changed: pd.Series, ledger: Ledger) -> tuple[Text, ...]:
    codes = changed.index[changed.fillna(value=False).to_numpy(dtype=bool)]
    if not len(codes):
        return ()
    shown = "、".join(ledger.name(str(code)) for code in codes[:_NAMES_SHOWN])
    more = "…" if len(codes) > _NAMES_SHOWN else ""
    return (Text(f"调整过：{shown}{more}", f"changed: {shown}{more}"),)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a clause of the register asks of every unit of a level, and who has it."""

    clause: Target
    of: frozenset[str]
    have: frozenset[str]


def _asked(target: Target, ledger: Ledger, level: str) -> Iterator[_Asked]:
    """Yield what clauses ask of every unit of a level, of layers the study has a list of."""
    ours = set(ledger.known_layers(target.layers))
    for clause in ledger.targets:
        known = ledger.known_layers(clause.layers)
        fits = clause.indicator in _EVERY_UNIT and bool(known) and set(known) <= ours
        levels = {part.level for part in clause.denominator}
        if not fits or levels != {level} or bearing(clause, ledger).applies != "binding":
            continue
        units = units_of(ledger, clause.denominator)
        if isinstance(units, Cannot):
            continue
        have = ledger.working(known)[level].fillna("").astype(str)
        yield _Asked(clause, frozenset(map(str, units.rows.index)), frozenset(have))


def _lacking(
    target: Target, ledger: Ledger, level: str, changed: pd.Series, parts: tuple[Part, ...]
) -> Measured | Cannot:
    asked = tuple(_asked(target, ledger, level))
    word = level_text(level)
    if not asked:
        return Cannot(
            Text(
                f"没有条文要求每个{word.zh}都有本研究所列的设施，调整后布局是否优化无从判断",
                f"no clause asks of all {word.en} what the study has lists of: whether services "
                "were laid out anew cannot be told",
            )
        )
    lacks = {
        str(code): [one.clause for one in asked if code in one.of and code not in one.have]
        for code in changed.index
    }
    short = pd.Series(
        pd.array([bool(lacks[str(code)]) for code in changed.index], dtype="boolean"),
        index=changed.index,
    )
    flags = changed & short
    wanting = changed.index[flags.fillna(value=False).to_numpy(dtype=bool)]
    ids = "、".join(one.clause.id for one in asked)
    figure = Measured(
        numerator=len(wanting),
        denominator=None,
        unit=Text(f"个调整后设施不齐的{word.zh}", f"{word.en} changed and still lacking"),
        better="low",
        missing=tuple(_named(str(code), lacks[str(code)], ledger) for code in wanting),
        parts=parts,
        notes=(Text(f"对照条文：{ids}", f"by clauses: {ids.replace('、', ', ')}"),),
    )
    return decided(target, figure, int(flags.isna().sum()), _UNTOLD, ledger.config)


def _named(code: str, clauses: list[Target], ledger: Ledger) -> Named:
    ids = "、".join(clause.id for clause in clauses)
    note = Text(
        f"调整后仍未达到：{ids}", f"changed, and still without what {ids.replace('、', ', ')} ask"
    )
    return Named(code, ledger.name(code), note, people_of(ledger.units, code))
