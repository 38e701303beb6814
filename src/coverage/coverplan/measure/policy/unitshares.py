"""Units that have one: shares, at least one per unit, thresholds of population, plain counts.

All of this module is the coverage ``has_one``: a unit has one when a working facility belongs to
it, wherever its people live. It never says how many people are reached.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.conditions import UnitsOf
from ...domain.policy import Target
from .counted import (
    facilities_of,
    is_dated,
    layer_words,
    level_text,
    unit_parts,
)
from .facts import people_of, whole
from .filters import Chosen
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger
from .registry import measures
from .unitdoubts import Doubts, doubts, of_level, settled

_PENDING = ("planned", "building")


@dataclass(frozen=True, slots=True)
class _Level:
    """The units of one level: how many facilities each has, and what is wanting."""

    level: str
    have: pd.Series
    missing: tuple[Named, ...]
    notes: tuple[Text, ...]
    dated: bool
    doubts: Doubts


@measures(
    "unit_coverage_share",
    zh="有设施的单元占比",
    en="share of units that have one",
    formula=Text(
        "至少有一处符合条件的在运营设施的单元数 ÷ 范围内单元数（按单元有无）",
        "units with at least one working facility that counts / units in scope (has one)",
    ),
    sites=True,
)
def unit_coverage_share(target: Target, ledger: Ledger) -> Found:
    r"""Return the share of units that have one (Z20-03, Z21-11, XA-03, XC-01, JJ-01).

    .. math:: \frac{|\{u \in U : n_u \ge 1\}|}{|U|}

    with :math:`n_u` the working facilities of the layers that fulfil the condition and belong to
    unit :math:`u` of the denominator :math:`U`. Several levels are pooled, with a part for each;
    where a clause has as many layers as levels, each level asks for the layer of its place
    (Z21-11: a centre in each township, a station in each village).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    found = _share(target, ledger, 1)
    return found.settled(target, ledger) if isinstance(found, _Share) else found


@measures(
    "at_least_one_per_unit",
    zh="每个单元至少一处",
    en="at least one per unit",
    formula=Text(
        "达到规定数量的单元数 ÷ 范围内单元数，要求全部达到（按单元有无）",
        "units with as many working facilities as asked / units in scope; all must (has one)",
    ),
    sites=True,
)
def at_least_one_per_unit(target: Target, ledger: Ledger) -> Found:
    r"""Return the share of units with as many as asked; all must (Z21-14, Z21-29, XC-27, XA-19).

    .. math:: \frac{|\{u \in U : n_u \ge v\}|}{|U|} \ge 1

    Where the clause asks only for more (Z21-33), the share is compared with where it stood.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    least = _least(target)
    found = _share(target, ledger, least)
    if isinstance(found, Cannot):
        return found
    if target.operator != "increase":
        found = replace(found, figure=replace(found.figure, against=(">=", Fraction(1))))
    return found.settled(target, ledger)


@measures(
    "population_threshold_rule",
    zh="达到人口门槛的单元都要有",
    en="one in every unit above a threshold",
    formula=Text(
        "人口等达到门槛、且有设施的单元数 ÷ 达到门槛的单元数，要求全部（按单元有无）",
        "units above the threshold that have one / units above the threshold; all must (has one)",
    ),
    sites=True,
)
def population_threshold_rule(target: Target, ledger: Ledger) -> Found:
    """Return the share of units above a threshold that have one; all must (XC-07).

    The threshold stands in the denominator (``population>10000``), with a second condition that
    the clause leaves open (``density_per_km2>=@concentrated_density``): unset, nothing is judged.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    return at_least_one_per_unit(target, ledger)


@measures(
    "units_with_one",
    zh="有设施的单元数",
    en="units that have one",
    formula=Text(
        "至少有一处符合条件的在运营设施的单元数（按单元有无）",
        "number of units with at least one working facility that counts (has one)",
    ),
    sites=True,
    transfer="sum",
)
def units_with_one(target: Target, ledger: Ledger) -> Found:
    """Return how many units have one (Z20-10: 300 townships with a social-work station).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    pooled = _share(target, ledger, 1)
    if isinstance(pooled, Cannot):
        return pooled
    found = pooled.figure
    share = Part(Text("占比", "share"), found.numerator, found.denominator, unit=found.unit)
    return replace(found, denominator=None, of=Text("", ""), parts=(share, *found.parts))


@measures(
    "unit_count",
    zh="单元数",
    en="number of units",
    formula=Text("范围内的单元数", "number of units in scope"),
    transfer="sum",
)
def unit_count(target: Target, ledger: Ledger) -> Found:
    """Return how many units there are on the day (Z20-06: about 20,000 villages after mergers).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    found = sum(len(chosen.rows) for _, chosen in parts)
    notes = tuple(note for _, chosen in parts for note in chosen.notes)
    known = all(chosen.rows["valid_from"].notna().all() for _, chosen in parts)
    return Measured(found, None, _units_text(parts), notes=notes, dated=known)


def _least(target: Target) -> Fraction:
    value = target.value
    return value if value is not None and value > 1 else Fraction(1)


def _units_text(parts: tuple[tuple[UnitsOf, Chosen], ...]) -> Text:
    words = [level_text(part.level) for part, _ in parts]
    return Text("、".join(w.zh for w in words), ", ".join(w.en for w in words))


@dataclass(frozen=True, slots=True)
class _Share:
    """A share of units, and what is not known of them, level by level."""

    figure: Measured
    doubts: tuple[Doubts, ...]

    def settled(self, target: Target, ledger: Ledger) -> Measured | Cannot:
        """Return the share, or that what is not known decides."""
        return settled(target, self.figure, self.doubts, ledger)


def _share(target: Target, ledger: Ledger, least: Fraction | int) -> _Share | Cannot:
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    levels, stopped = list[_Level](), list[Cannot]()
    for part, chosen in parts:
        found = _level(target, ledger, part, chosen, least)
        if isinstance(found, Cannot):
            stopped.append(found)
        else:
            levels.append(found)
    if stopped:
        return replace(stopped[0], figure=_pooled(levels, least) if levels else None)
    return _Share(_pooled(levels, least), tuple(level.doubts for level in levels))


def _pooled(levels: list[_Level], least: Fraction | int) -> Measured:
    """Return the share over all levels, a part for each where there are several."""
    with_one = [int((level.have >= least).sum()) for level in levels]
    words = [level_text(level.level) for level in levels]
    unit = Text("、".join(w.zh for w in words), ", ".join(w.en for w in words))
    each = tuple(
        Part(word, count, len(level.have), unit=word)
        for word, count, level in zip(words, with_one, levels, strict=True)
    )
    missing = sorted((m for level in levels for m in level.missing), key=_most_people)
    return Measured(
        numerator=sum(with_one),
        denominator=sum(len(level.have) for level in levels),
        unit=unit,
        of=unit,
        kind="has_one",
        missing=tuple(missing),
        parts=each if len(each) > 1 else (),
        notes=tuple(dict.fromkeys(note for level in levels for note in level.notes)),
        dated=all(level.dated for level in levels),
    )


def _level(
    target: Target, ledger: Ledger, part: UnitsOf, units: Chosen, least: Fraction | int
) -> _Level | Cannot:
    """Return the units of one level and which of them have as many as asked."""
    layers = _layers_of(target, part)
    sites = facilities_of(target, ledger, target.condition, layers=layers)
    if isinstance(sites, Cannot):
        return sites
    rows = of_level(sites.rows, target, part.level)
    codes = rows[part.level].astype("string").fillna("")
    unknown = int((codes == "").sum())
    if len(rows) and unknown == len(rows):
        return _nobody_assigned(len(rows), part.level)
    have = codes.value_counts().reindex(units.rows.index, fill_value=0)
    notes = (*units.notes, *sites.notes)
    if unknown:
        notes = (*notes, _unassigned(unknown, len(rows), part.level))
    return _Level(
        part.level,
        have,
        _wanting(have, least, ledger, part.level, layers),
        notes,
        is_dated(target, ledger, rows, target.condition, layers),
        doubts(target, ledger, part, have, least, layers),
    )


def _layers_of(target: Target, part: UnitsOf) -> tuple[str, ...]:
    """Return the layers a level asks for: its own, where there are as many as levels."""
    parts = target.denominator
    if len(parts) > 1 and len(parts) == len(target.layers):
        return (target.layers[parts.index(part)],)
    return target.layers


def _nobody_assigned(count: int, level: str) -> Cannot:
    word = level_text(level)
    return Cannot(
        Text(
            f"{count} 处设施都没有写明属于哪个{word.zh}",
            f"none of the {count} facilities says which of the {word.en} it belongs to",
        )
    )


def _unassigned(unknown: int, count: int, level: str) -> Text:
    word = level_text(level)
    return Text(
        f"{count} 处设施中有 {unknown} 处没有写明属于哪个{word.zh}，未计入",
        f"{unknown} of {count} facilities name none of the {word.en} and are not counted",
    )


def _wanting(
    have: pd.Series,
    least: Fraction | int,
    ledger: Ledger,
    level: str,
    layers: tuple[str, ...],
) -> tuple[Named, ...]:
    short = have[have < least]
    pending = ledger.all_of(layers)
    pending = pending[pending["status"].isin(_PENDING)]
    coming = pending[level].value_counts()
    found = [
        Named(
            str(code),
            ledger.name(str(code)),
            _note(int(count), least, int(coming.get(code, 0)), layers),
            people_of(ledger.units, str(code)),
        )
        for code, count in short.items()
    ]
    return tuple(sorted(found, key=_most_people))


def _note(count: int, least: Fraction | int, coming: int, layers: tuple[str, ...]) -> Text:
    """Return how far a unit is, where that is not nothing at all."""
    zh, en = list[str](), list[str]()
    if least > 1:
        asked = whole(Fraction(least))
        zh.append(f"有 {count}，应有 {asked}")
        en.append(f"has {count}, needs {asked}")
    if coming:
        zh.append(f"在建或计划 {coming} 处{layer_words(layers).zh}")
        en.append(f"{coming} being built or planned")
    return Text("；".join(zh), "; ".join(en))


def _most_people(named: Named) -> tuple[bool, int, str]:
    """Return what sorts those with most people first, those of unknown people last."""
    return named.people is None, -(named.people or 0), named.code
