"""Which units are priority units, and how much worse off they are than the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.conditions import Condition
from ...domain.policy import UnitSet, unit_sets
from .counted import layer_words, level_text
from .figures import percent_words
from .filters import unknown_column
from .found import Cannot, Kind, Measured, Named, Part
from .ledger import LEVEL_WIDTH, Ledger
from .threefold import fulfils


@dataclass(frozen=True, slots=True)
class Sides:
    """Units of one level, told apart by a condition.

    Parameters
    ----------
    level
        Their level.
    priority, others
        Codes of those that fulfil it, and of those that do not.
    notes
        Units that could not be told, and sets whose membership is of an earlier year.
    """

    level: str
    priority: pd.Index
    others: pd.Index
    notes: tuple[Text, ...]


def sides(
    rows_by_level: Iterable[tuple[str, pd.DataFrame]],
    conditions: tuple[Condition, ...],
    ledger: Ledger,
) -> Sides | Cannot:
    """Return priority units and others, of the first level that has both.

    Parameters
    ----------
    rows_by_level
        Units of a level, the levels in the order they are tried.
    conditions
        What makes a priority unit. A unit has the ``set`` words of its own row, those of units
        it lies in, and those of the named sets its code is in.
    ledger
        What is known.

    Returns
    -------
    Sides or Cannot
        `Cannot` where of no unit it is known, or all units of the study are on one side.
    """
    stop: Cannot | None = None
    for level, rows in rows_by_level:
        flags = fulfils(_with_sets(rows, conditions, ledger), conditions, ledger.config)
        if isinstance(flags, Cannot):
            return flags
        known = flags.dropna().astype(bool)
        if not len(known):
            continue
        found = Sides(
            level,
            known.index[known],
            known.index[~known],
            (*_untold(len(flags) - len(known), level), *_old_sets(conditions, ledger)),
        )
        if len(found.priority) and len(found.others):
            return found
        stop = stop or _one_sided(found)
    return stop or unknown_column(conditions[0].key if conditions else "set")


def _with_sets(
    rows: pd.DataFrame, conditions: tuple[Condition, ...], ledger: Ledger
) -> pd.DataFrame:
    words = {word for c in conditions if c.key == "set" for word in c.words}
    if not words:
        return rows
    named = {key: one for key, one in unit_sets().items() if key in words}
    cells = [_set_of(str(code), words, named, ledger) for code in rows.index]
    return rows.assign(set=pd.Series(cells, index=rows.index, dtype=object))


def _set_of(
    code: str, words: set[str], named: dict[str, UnitSet], ledger: Ledger
) -> frozenset[str] | None:
    """Return the sets a unit is in; None where it may be in one of the words and is not known."""
    found = frozenset(key for key, one in named.items() if code[:6] in one.codes)
    own = ledger.units["set"].get(code)
    for width in LEVEL_WIDTH.values():
        above = ledger.units["set"].get(code[:width].ljust(12, "0"))
        found |= above if isinstance(above, frozenset) else frozenset()
    known = isinstance(own, frozenset) or words <= named.keys()
    return found if known or found & words else None


def _untold(number: int, level: str) -> tuple[Text, ...]:
    if not number:
        return ()
    word = level_text(level)
    return (
        Text(
            f"{number} 个{word.zh}是否属于重点范围未知，两边都不计",
            f"of {number} {word.en} it is not known whether they are priority units: on no side",
        ),
    )


def _old_sets(conditions: tuple[Condition, ...], ledger: Ledger) -> tuple[Text, ...]:
    words = {word for c in conditions if c.key == "set" for word in c.words}
    old = [
        one
        for key, one in unit_sets().items()
        if key in words and one.valid_to is not None and one.valid_to < ledger.date.year
    ]
    return tuple(
        Text(
            f"{one.label.zh}按 {one.valid_to} 年的名单（{one.source.zh}）",
            f"{one.label.en}: the list of {one.valid_to} ({one.source.en})",
        )
        for one in old
    )


def _one_sided(found: Sides) -> Cannot:
    word = level_text(found.level)
    if len(found.priority):
        zh, en = f"研究区的{word.zh}全部属于重点范围", f"all {word.en} of the study are priority"
    else:
        zh, en = f"研究区没有属于重点范围的{word.zh}", f"no {word.en} of the study are priority"
    return Cannot(
        Text(f"{zh}，没有两边可比较的差距", f"{en} units: there are no two sides to compare")
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One layer on both sides.

    Parameters
    ----------
    layer
        The layer.
    counts
        Index code; columns ``have`` and ``of``: what has or is reached, and of how many.
    sides
        The two sides.
    """

    layer: str
    counts: pd.DataFrame
    sides: Sides

    def of(self, codes: pd.Index) -> tuple[int, int]:
        """Return what has or is reached, and of how many, over some units."""
        rows = self.counts[self.counts.index.isin(codes)].dropna()
        return int(rows["have"].sum()), int(rows["of"].sum())

    @property
    def known(self) -> bool:
        """Whether both sides have somebody, or something, to compare."""
        return bool(self.of(self.sides.priority)[1] and self.of(self.sides.others)[1])

    @property
    def points(self) -> Fraction:
        """Percentage points by which the others are better off."""
        return 100 * (
            Fraction(*self.of(self.sides.others)) - Fraction(*self.of(self.sides.priority))
        )


def widest(compared: list[Compared], kind: Kind, unit: Text, ledger: Ledger) -> Measured | Cannot:
    """Return the largest gap against priority units over some layers.

    Parameters
    ----------
    compared
        Layers on both sides.
    kind, unit
        Which coverage the shares are, and what they count.
    ledger
        What is known.

    Returns
    -------
    Measured or Cannot
        Percentage points, parts for every layer; `Cannot` where one side of every layer is empty.
    """
    known = [one for one in compared if one.known]
    if not known:
        return Cannot(
            Text(
                "重点范围或其余范围内没有已知的计数对象（分母为零），没有差距可言",
                "one side has nobody known to count (a denominator of zero): there is no gap",
            )
        )
    worst = max(known, key=lambda one: one.points)
    label = layer_words((worst.layer,))
    note = Text(f"差距最大的是{label.zh}", f"the widest gap is that of {label.en}")
    parts = tuple(part for one in known for part in _parts(one, unit))
    return Measured(
        numerator=worst.points,
        denominator=None,
        unit=POINTS,
        kind=kind,
        better="low",
        missing=_behind(worst, unit, ledger),
        parts=parts,
        notes=(note, *worst.sides.notes),
    )


POINTS = Text("个百分点", "percentage points")


def _parts(one: Compared, unit: Text) -> tuple[Part, ...]:
    label = layer_words((one.layer,))
    zh, en = f"{label.zh}：", f"{label.en}: "
    return (
        Part(Text(f"{zh}差距", f"{en}gap"), one.points, unit=POINTS),
        Part(Text(f"{zh}重点单元", f"{en}priority units"), *one.of(one.sides.priority), unit=unit),
        Part(Text(f"{zh}其余单元", f"{en}the others"), *one.of(one.sides.others), unit=unit),
    )


def _behind(worst: Compared, unit: Text, ledger: Ledger) -> tuple[Named, ...]:
    """Return the priority units below the share of the others, those that lack most first."""
    share = Fraction(*worst.of(worst.sides.others))
    rows = worst.counts[worst.counts.index.isin(worst.sides.priority)].dropna()
    named = []
    for code, have, of in rows[["have", "of"]].itertuples():
        if of and Fraction(int(have), int(of)) < share:
            part = percent_words(Fraction(int(have), int(of)))
            note = Text(
                f"{have:,} / {of:,} {unit.zh}（{part}）", f"{have:,} of {of:,} {unit.en} ({part})"
            )
            named.append((-int(of - have), Named(str(code), ledger.name(str(code)), note)))
    return tuple(one for _, one in sorted(named, key=lambda pair: (pair[0], pair[1].code)))
