"""Equity of places: gaps between units, beds against people, residents against registered."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.policy import Target
from .counted import facilities_of, missing_lists, unit_parts
from .facts import exact, special, sums, whole, without
from .figures import number_words
from .filters import column_label, unknown_column
from .found import Cannot, Found, Measured, Named, NoTarget
from .ledger import Ledger
from .places import NO_ROADS, reach_of, sites_of
from .priority import Compared, Sides, sides, widest
from .registry import measures

_PEOPLE = Text("人", "people")


@measures(
    "priority_gap",
    zh="重点范围与其余范围的覆盖差距",
    en="gap in people reached against priority units",
    formula=Text(
        "其余单元的到达人口比例 − 重点单元的到达人口比例（百分点），取各图层中最大的",
        "share of people reached in the other units minus that in priority units, in points; the "
        "widest over the layers",
    ),
    sites=True,
)
def priority_gap(target: Target, ledger: Ledger) -> Found:
    """Return by how much fewer people are reached in priority units (Z21-01/15/31/45).

    For each layer of the clause that is a layer of the study, within its own minutes: the share of
    people reached in the other units minus that in priority units. The figure is the widest;
    below zero priority units are better off. Priority units are townships or, where townships do
    not tell them apart, villages.

    Parameters
    ----------
    target, ledger
        The clause, its condition saying which units have priority, and what is known.
    """
    wanting = missing_lists(target.layers, ledger)
    if isinstance(wanting, Cannot):
        return wanting
    reach = reach_of(ledger, ledger.known_layers(target.layers))
    if isinstance(reach, Cannot):
        return reach
    if ledger.travel is None:
        return NO_ROADS
    levels = ((level, ledger.units_at(level)) for level in ("township", "village"))
    two = sides(levels, target.condition, ledger)
    if isinstance(two, Cannot):
        return two
    compared = []
    for key, way in reach.items():
        # The condition is on units: every working site of the layer counts for both sides.
        sites = sites_of(replace(target, condition=()), ledger, (key,))
        if isinstance(sites, Cannot):
            continue
        ask = ledger.travel.reached if two.level == "township" else ledger.travel.villages
        people = ask(sites.xy(), way.profile, way.minutes, way.group, way.direction)
        counts = people.rename(columns={"reached": "have", "people": "of"})[["have", "of"]]
        compared.append(Compared(key, counts, two))
    found = widest(compared, "reached", _PEOPLE, ledger)
    if isinstance(found, Cannot):
        return found
    return replace(found, notes=(*found.notes, *wanting, *_no_reach(ledger, target, reach)))


def _no_reach(ledger: Ledger, target: Target, reach: Iterable[str]) -> tuple[Text, ...]:
    left = set(ledger.known_layers(target.layers)) - set(reach)
    if not left:
        return ()
    return (
        Text(
            f"另有 {len(left)} 类设施不是本研究的图层，没有分钟数，未作比较",
            f"{len(left)} more kinds are no layers of the study, have no minutes and are not "
            "compared",
        ),
    )


@measures(
    "unit_gap",
    zh="重点单元与其余单元“有无”的差距",
    en="gap in units that have one against priority units",
    formula=Text(
        "其余单元中有设施的比例 − 重点单元中有设施的比例（百分点）",
        "share of the other units that have one minus that of priority units, in points",
    ),
    sites=True,
)
def unit_gap(target: Target, ledger: Ledger) -> Found:
    """Return by how much fewer priority units have one (Z21-24, Z21-26).

    Parameters
    ----------
    target, ledger
        The clause, its condition saying which units have priority, and what is known.
    """
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    rows = [(part.level, chosen.rows) for part, chosen in parts]
    two = sides(rows, target.condition, ledger)
    if isinstance(two, Cannot):
        return two
    sites = facilities_of(target, ledger, ())
    if isinstance(sites, Cannot):
        return sites
    units = dict(rows)[two.level]
    compared = []
    for key in ledger.known_layers(target.layers):
        counts = _has_one(sites.rows[sites.rows["layer"] == key], two, units)
        if counts is not None:
            compared.append(Compared(key, counts, two))
    if not compared:
        return unknown_column("village" if two.level == "village" else "unit")
    return widest(compared, "has_one", Text("个单元", "units"), ledger)


def _has_one(sites: pd.DataFrame, two: Sides, units: pd.DataFrame) -> pd.DataFrame | None:
    """Return who has one; None where there are facilities, but of no known unit of the level."""
    at = sites[two.level].fillna("")
    if len(sites) and (at == "").all():
        return None
    have = units.index.isin(at)
    return pd.DataFrame({"have": have.astype("int64"), "of": 1}, index=units.index)


@measures(
    "supply_demand_mismatch",
    zh="供给与需求的错位",
    en="mismatch of supply and demand",
    formula=Text(
        "½ Σ |乡镇床位占比 − 乡镇老年人占比|：要换乡镇才能与老年人分布一致的床位比例",
        "half the sum over townships of |share of beds - share of older people|: the share of beds "
        "that would have to be in another township to follow them",
    ),
)
def supply_demand_mismatch(target: Target, ledger: Ledger) -> Found:
    r"""Return the index of dissimilarity of beds and older people (Z21-08).

    .. math:: \tfrac12 \sum_t \left|\frac{b_t}{B} - \frac{e_t}{E}\right|

    0 where beds follow people, near 1 where they stand elsewhere (Duncan & Duncan 1955). The
    numerator is the beds that would have to be in another township, the denominator all beds.

    Parameters
    ----------
    target, ledger
        The clause (``part=`` the fact of facilities, ``per=`` that of units), and what is known.

    Notes
    -----
    A township whose people are not known, or one of whose facilities gives no beds, is in neither
    sum: its share is not known.
    """
    part, per = special(target, "part") or "beds", special(target, "per") or "elderly"
    units = unit_parts(target, ledger)
    if isinstance(units, Cannot):
        return units
    rest = without(target.condition, "part", "per")
    sites = facilities_of(target, ledger, rest)
    if isinstance(sites, Cannot):
        return sites
    level, chosen = units[0][0].level, units[0][1]
    table = _supply(sites.rows, level, part, chosen.rows, per)
    known = table.dropna()
    if not len(known):
        return unknown_column(part if table["supply"].isna().all() else per)
    supply, demand = _sum(known["supply"]), _sum(known["demand"])
    if not supply or not demand:
        label = column_label(part if not supply else per)
        return Cannot(
            Text(
                f"已知的“{label.zh}”合计为零，分布无从比较",
                f"the known “{label.en}” come to zero: there is no distribution to compare",
            )
        )
    lost = len(table) - len(known)
    astray = int((sites.rows[level].fillna("") == "").sum())
    notes = (*chosen.notes, *sites.notes, *_lost(lost), *_astray(astray))
    shares = [(s / supply, d / demand) for s, d in zip(*_columns(known), strict=True)]
    index = sum((abs(s - d) for s, d in shares), Fraction(0)) / 2
    label = column_label(part)
    return Measured(
        numerator=whole(index * supply),
        denominator=whole(supply),
        unit=Text(f"错位的{label.zh}", f"misplaced {label.en}"),
        of=label,
        better="low",
        missing=_fewest(known, supply / demand, ledger),
        notes=notes,
    )


def _supply(
    sites: pd.DataFrame, level: str, part: str, units: pd.DataFrame, per: str
) -> pd.DataFrame:
    """Return supply and demand of each unit; <NA> where one is not known."""
    at = sites[level].fillna("")
    found: dict[str, Fraction | None] = {str(code): Fraction(0) for code in units.index}
    for code, value in zip(at, sites[part], strict=True):
        before = found.get(code)
        if before is not None:
            found[code] = None if pd.isna(value) else before + exact(value)
    demand = [None if pd.isna(v) else exact(v) for v in units[per]]
    supply = [found[str(code)] for code in units.index]
    return pd.DataFrame({"supply": supply, "demand": demand}, index=units.index, dtype=object)


def _columns(known: pd.DataFrame) -> tuple[list[Fraction], list[Fraction]]:
    return list(known["supply"]), list(known["demand"])


def _sum(values: pd.Series) -> Fraction:
    return sum(values, Fraction(0))


def _lost(number: int) -> tuple[Text, ...]:
    if not number:
        return ()
    return (
        Text(
            f"{number} 个乡镇的人数或床位不全，未计入",
            f"{number} townships lack people or beds and are in neither sum",
        ),
    )


def _astray(number: int) -> tuple[Text, ...]:
    if not number:
        return ()
    return (
        Text(
            f"{number} 处设施所在乡镇未知，未计入",
            f"of {number} facilities the township is not known: not counted",
        ),
    )


def _fewest(known: pd.DataFrame, mean: Fraction, ledger: Ledger) -> tuple[Named, ...]:
    """Return the units with less supply per head than all together, the least first."""
    named = []
    for code, supply, demand in known.itertuples():
        if demand and supply / demand < mean:
            here, all_ = number_words(1000 * supply / demand), number_words(1000 * mean)
            note = Text(f"每千人 {here}，全域 {all_}", f"{here} per 1,000; {all_} over all")
            one = Named(str(code), ledger.name(str(code)), note, int(demand))
            named.append((supply / demand, -demand, one.code, one))
    return tuple(one for *_, one in sorted(named, key=lambda row: row[:3]))


@measures(
    "registered_ratio",
    zh="常住与户籍老年人口",
    en="resident and registered older people",
    formula=Text(
        "常住老年人 ÷ 户籍老年人（需求口径，不作目标）",
        "resident older people / registered older people (the base of demand, no target)",
    ),
)
def registered_ratio(target: Target, ledger: Ledger) -> Found:
    """Return resident and registered older people side by side (Z21-16).

    The clause moves the base of demand from registered to resident people: it asks for no figure.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    del target  # asks nothing
    found = sums(ledger, ("elderly", "elderly_registered"))
    if isinstance(found, Cannot):
        zh, en = found.reason.zh, found.reason.en
        return NoTarget(Text(f"{_BASE.zh}；{zh}", f"{_BASE.en}; {en}"))
    values, notes = found
    registered = values["elderly_registered"]
    figure = Measured(
        numerator=values["elderly"],
        denominator=registered,
        unit=Text("常住老年人", "resident older people"),
        of=Text("户籍老年人", "registered older people"),
        notes=notes,
    )
    return NoTarget(_BASE, figure if registered else None)


_BASE = Text(
    "说明需求由户籍人口转向常住人口，没有提出数值",
    "says that demand is counted by residents instead of registered people, and asks no figure",
)
