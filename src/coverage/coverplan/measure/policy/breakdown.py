r"""A number for a whole place, broken down to its parts with the sum kept exact.

Each part gets its share in proportion to a weight, no less than its least and no more than its
most, in whole numbers: the method of the largest remainder (Hamilton 1792) on quotas

.. math:: q_u = \min(m_u, \max(l_u, \lambda w_u)), \qquad \sum_u q_u = n

with :math:`\lambda` such that they add up, all in exact fractions. Balinski, M. L. and Young,
H. P. (2001): Fair Representation, 2nd edition, Brookings, chapters 2 and 8.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import pandas as pd

from ...core.errors import InputError, Problem
from ...core.text import Language, Text
from ...domain.policy import LEVELS, Target, layer_members
from .counted import facilities_of, home_level, period
from .figures import number_words
from .found import Cannot, Finding
from .ledger import Ledger, trimmed
from .registry import INDICATOR_TYPES

Part = TypeVar("Part", str, int)

COLUMNS = (
    "target_id", "document", "clause", "standing", "deadline", "total", "level", "unit", "name",
    "have", "weight", "weighed_by", "quota", "most", "add", "part", "notes",
)  # fmt: skip


def break_down(
    total: int,
    weights: Mapping[Part, Fraction | int],
    *,
    least: Mapping[Part, int] | None = None,
    most: Mapping[Part, int] | None = None,
) -> dict[Part, int]:
    """Return whole numbers in proportion to weights that add up to the total exactly.

    Of equal remainders the one of larger weight comes first, then the first by name.

    Parameters
    ----------
    total
        What is broken down, 0 or more.
    weights
        Of each part (a unit, or a year), 0 or more.
    least, most
        What a part gets at least and at most; one that is not named has no such limit.

    Raises
    ------
    InputError
        When a weight or limit is negative, a least is above its most, or the limits cannot add
        up to the total: all of it at once.

    Examples
    --------
    >>> break_down(10, {"a": 1, "b": 1, "c": 1})
    {'a': 4, 'b': 3, 'c': 3}
    >>> break_down(350, {2026: 1, 2027: 1}, most={2026: 100})
    {2026: 100, 2027: 250}
    """
    _check(total, weights, least or {}, most or {})
    quotas = break_quotas(total, weights, least=least, most=most)
    parts = {part: math.floor(quota) for part, quota in quotas.items()}
    left = total - sum(parts.values())
    order = sorted(quotas, key=lambda u: (math.floor(quotas[u]) - quotas[u], -weights[u], u))
    for part in order[:left]:
        parts[part] += 1
    return parts


def break_quotas(
    total: int,
    weights: Mapping[Part, Fraction | int],
    *,
    least: Mapping[Part, int] | None = None,
    most: Mapping[Part, int] | None = None,
) -> dict[Part, Fraction]:
    """Return the exact parts before they are made whole.

    Parameters
    ----------
    total, weights, least, most
        As in `break_down`.
    """
    low = {u: Fraction((least or {}).get(u, 0)) for u in weights}
    high = {u: Fraction((most or {}).get(u, total)) for u in weights}
    weight = {u: Fraction(w) for u, w in weights.items()}
    fixed: dict[Part, Fraction] = {}
    while len(fixed) < len(weight):
        free = [u for u in weight if u not in fixed]
        rest = total - sum(fixed.values(), Fraction(0))
        whole = sum((weight[u] for u in free), Fraction(0))
        given = {u: rest * weight[u] / whole if whole else rest / len(free) for u in free}
        under = {u: low[u] for u in free if given[u] < low[u]}
        over = {u: high[u] for u in free if given[u] > high[u]}
        too_little = sum((low[u] - given[u] for u in under), Fraction(0))
        too_much = sum((given[u] - high[u] for u in over), Fraction(0))
        if not under and not over:
            return {u: fixed.get(u, given.get(u, Fraction(0))) for u in weight}
        # What has to be raised costs the others more than what has to be cut gives, or less.
        fixed |= under if too_little >= too_much else {}
        fixed |= over if too_much >= too_little else {}
    return {u: fixed[u] for u in weight}


def _check(
    total: int,
    weights: Mapping[Part, Fraction | int],
    least: Mapping[Part, int],
    most: Mapping[Part, int],
) -> None:
    low = sum(least.get(u, 0) for u in weights)
    high = sum(most.get(u, total) for u in weights)
    faults = [
        (total < 0, Text("要分解的数为负", "the number is negative"), f"{total}"),
        (not weights, Text("没有可分到的单元", "there is no unit to give it to"), f"{total}"),
        *(
            (wrong, Text(f"{unit} 的权重或上下限不对", f"weight or limits of {unit} are wrong"), n)
            for unit, weight in weights.items()
            for n in [f"{weight}, {least.get(unit, 0)}..{most.get(unit, total)}"]
            for wrong in [
                weight < 0 or least.get(unit, 0) < 0 or least.get(unit, 0) > most.get(unit, total)
            ]
        ),
        (
            bool(weights) and not low <= total <= max(high, 0),
            Text("各单元的上下限凑不成总数", "the limits of the units cannot add up to it"),
            f"{low} ≤ {total} ≤ {high}",
        ),
    ]
    problems = [
        Problem(
            code="breakdown",
            what=what,
            found=found,
            mend=Text("核对总数、权重和上下限", "check the number, weights and limits"),
        )
        for wrong, what, found in faults
        if wrong
    ]
    if problems:
        raise InputError(problems)


def breakdown_table(
    findings: tuple[Finding, ...], ledger: Ledger, language: Language
) -> pd.DataFrame:
    """Return every number set for the whole study, broken down to the units below it.

    Of a province the numbers of the clauses fall to its counties, of a county its quotas to its
    townships. What a unit has counts towards its part; what is left of the number goes to the
    units by need: to those without one, weighed by their people, or, where the clause speaks of
    units below those, by how many of them have none. Where every unit has one all people count.

    Parameters
    ----------
    findings, ledger
        Judged targets, and what they were judged by.
    language
        Of words.

    Returns
    -------
    pandas.DataFrame
        One row per target and unit: ``total``, ``have`` (what counts today), ``weight`` and what
        it counts, ``quota`` (the exact share of what is left, two decimals), ``most`` (what can
        be added, <NA>: no limit), ``add`` and ``part`` = ``have`` + ``add``. Parts add up to the
        total, unless more than that is there already.
    """
    rows = [
        row
        for finding in findings
        if _is_number(finding)
        for row in _rows_of(finding, ledger, language)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = ["deadline", "total", "have", "weight", "most", "add", "part"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _is_number(finding: Finding) -> bool:
    kind = INDICATOR_TYPES.get(finding.target.indicator)
    asked = finding.asked
    return (
        kind is not None
        and kind.transfer == "sum"
        and kind.sites
        and asked is not None
        and asked[1] > 0
        and asked[1].denominator == 1
        and finding.applies == "binding"
    )


def _rows_of(finding: Finding, ledger: Ledger, language: Language) -> list[dict[str, object]]:
    target = finding.target
    below = LEVELS.index(home_level(ledger)) + 1
    level = next((x for x in LEVELS[below:] if len(ledger.units_at(x))), None)
    sites = facilities_of(target, ledger, target.condition)
    if level is None or finding.asked is None or isinstance(sites, Cannot):
        return []
    codes = [str(code) for code in ledger.units_at(level).index]
    counted = _counted(target, ledger, sites.rows)
    bare = _bare(target, ledger, sites.rows)
    have = {code: sum(1 for one in counted if one.startswith(trimmed(code))) for code in codes}
    lacking = {code: sum(1 for one in bare if one.startswith(trimmed(code))) for code in codes}
    need = _need(target, ledger, sites.rows, lacking)
    if not need.weights:
        return []
    total = int(finding.asked[1])
    left = max(total - sum(have.values()), 0)
    most = lacking if bare and sum(lacking[u] for u in need.weights) >= left else {}
    added, quotas = (
        break_down(left, need.weights, most=most),
        break_quotas(left, need.weights, most=most),
    )
    return [
        {
            "target_id": target.id,
            "document": target.document,
            "clause": target.clause,
            "standing": target.standing,
            "deadline": target.deadline,
            "total": total,
            "level": level,
            "unit": code,
            "name": ledger.name(code),
            "have": have[code],
            "weight": need.weights.get(code, pd.NA),
            "weighed_by": need.by.of(language),
            "quota": number_words(quotas.get(code, 0)),
            "most": most.get(code, pd.NA),
            "add": added.get(code, 0),
            "part": have[code] + added.get(code, 0),
            "notes": "; ".join(note.of(language) for note in (*sites.notes, *need.notes)),
        }
        for code in codes
    ]


def _counted(target: Target, ledger: Ledger, rows: pd.DataFrame) -> list[str]:
    """Return the code of each thing that counts today, the smallest unit that is known of it."""
    if target.indicator == "units_with_one":
        return sorted(_having(target, rows))
    if target.indicator in {"new_count", "new_or_upgraded_count"}:
        start, end = period(target, ledger)
        years = rows["opened"]
        on = (years >= start) & (years <= end)
        if target.indicator == "new_or_upgraded_count":
            on |= ((rows["upgraded"] >= start) & (rows["upgraded"] <= end)).fillna(value=False)
        rows = rows[on.fillna(value=False).to_numpy(dtype=bool)]
    codes = pd.Series("", index=rows.index, dtype="string")
    for level in LEVELS:
        known = rows[level].astype("string").fillna("")
        codes = codes.where(known == "", known)
    return [str(code) for code in codes]


def _having(target: Target, rows: pd.DataFrame) -> set[str]:
    known = set(rows[target.level].astype("string").fillna(""))
    return {str(code) for code in known if code}


def _bare(target: Target, ledger: Ledger, rows: pd.DataFrame) -> list[str]:
    """Return the units of the clause's own level without one that counts."""
    if target.level not in {"township", "village"}:
        return []
    has = _having(target, rows)
    return [str(code) for code in ledger.units_at(target.level).index if str(code) not in has]


@dataclass(frozen=True, slots=True)
class _Need:
    """What each unit's need counts, in words, and who is left out."""

    weights: dict[str, int]
    by: Text
    notes: tuple[Text, ...] = ()


def _need(target: Target, ledger: Ledger, rows: pd.DataFrame, lacking: dict[str, int]) -> _Need:
    if any(number > 1 for number in lacking.values()):
        return _Need(lacking, Text("没有设施的单元数", "units without one"))
    elderly = set(layer_members(target.layers)) <= set(layer_members(("all_elderly_layers",)))
    who = Text("60 岁及以上人口", "people aged 60 and over") if elderly else Text("人口", "people")
    column = ledger.units["elderly" if elderly else "population"]
    people = {code: column.get(code) for code in lacking}
    known = {u: int(n) for u, n in people.items() if n is not None and not pd.isna(n)}
    notes = () if len(known) == len(people) else (_unknown(len(people) - len(known)),)
    without = {u: n for u, n in known.items() if not _in(rows, u).any()}
    if any(without.values()):
        weights = {u: without.get(u, 0) for u in known}
        by = Text(f"没有设施的单元的{who.zh}", f"{who.en} of units without one")
        return _Need(weights, by, notes)
    return _Need(known if any(known.values()) else {}, who, notes)


def _unknown(number: int) -> Text:
    return Text(
        f"{number} 个单元人数未知，未参与分解",
        f"{number} units whose people are not known take no part",
    )


def _in(rows: pd.DataFrame, code: str) -> "pd.Series[bool]":
    found = pd.Series(data=False, index=rows.index)
    for level in LEVELS:
        found |= rows[level].astype("string").fillna("").str.startswith(trimmed(code)).astype(bool)
    return found
