"""Counts: what is new, what was upgraded, what there is in all, and sums of facts."""

import pandas as pd

from ...core.text import Text
from ...domain.policy import Target
from .counted import (
    facilities_of,
    is_dated,
    layer_words,
    period,
    period_text,
    unit_parts,
)
from .facts import special, sums, total, with_known, without
from .filters import Chosen, column_label, unknown_column
from .found import Cannot, Found, Measured
from .ledger import Ledger
from .registry import measures


@measures(
    "new_count",
    zh="新增数",
    en="number of new ones",
    formula=Text(
        "统计期内开业、符合条件的设施数；没有年份的不算新增",
        "facilities that count and opened in the period; one without a year is never new",
    ),
    sites=True,
    transfer="sum",
)
def new_count(target: Target, ledger: Ledger) -> Found:
    r"""Return how many facilities are new (JJ-02: 20 stations; Z20-02: 350 centres; JJ-30..32).

    .. math:: |\{f : s \le y_f \le e\}|

    with the opening year :math:`y_f`, :math:`s` the year of the document (or after its baseline)
    and :math:`e` the deadline or the day, whichever is first. Where the condition names a status
    (JJ-10: being built), the year planned stands for an opening year that is not given.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    found = facilities_of(target, ledger, target.condition)
    if isinstance(found, Cannot):
        return found
    years = found.rows["opened"]
    if any(condition.key == "status" for condition in target.condition):
        years = years.fillna(found.rows["planned"])
    if len(found.rows) and years.isna().all():
        return unknown_column("opened")
    in_period = _between(years, target, ledger)
    notes = (period_text(target, ledger), *found.notes, *_no_year(years))
    return _counted(target, found.rows[in_period], notes)


@measures(
    "new_or_upgraded_count",
    zh="新建或改造数",
    en="number new or upgraded",
    formula=Text(
        "统计期内开业或改造、符合条件的设施数，每处只计一次",
        "facilities that count and opened or were upgraded in the period, each once",
    ),
    sites=True,
    transfer="sum",
)
def new_or_upgraded_count(target: Target, ledger: Ledger) -> Found:
    """Return how many are new or upgraded in the period, each once (Z20-23, XA-24).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    found = facilities_of(target, ledger, target.condition)
    if isinstance(found, Cannot):
        return found
    opened, upgraded = found.rows["opened"], found.rows["upgraded"]
    if len(found.rows) and opened.isna().all() and upgraded.isna().all():
        return unknown_column("opened")
    either = _between(opened, target, ledger) | _between(upgraded, target, ledger)
    notes = (period_text(target, ledger), *found.notes, *_no_year(opened.fillna(upgraded)))
    if len(found.rows) and upgraded.isna().all():
        notes = (*notes, _NO_UPGRADES)
    return _counted(target, found.rows[either], notes)


@measures(
    "upgrade_count",
    zh="改造提升数",
    en="number upgraded",
    formula=Text("统计期内改造的设施数", "facilities upgraded in the period"),
    transfer="sum",
)
def upgrade_count(target: Target, ledger: Ledger) -> Found:
    """Return how many were upgraded in the period (Z20-14, XC-06, XC-26).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    found = facilities_of(target, ledger, target.condition)
    if isinstance(found, Cannot):
        return found
    years = found.rows["upgraded"]
    if len(found.rows) and years.isna().all():
        return unknown_column("upgraded")
    notes = (period_text(target, ledger), *found.notes)
    return _counted(target, found.rows[_between(years, target, ledger)], notes)


@measures(
    "total_count",
    zh="总数",
    en="number there is",
    formula=Text(
        "符合条件的在运营设施数（条件写明状态的，按该状态）",
        "working facilities that count (of the status the condition names, where it does)",
    ),
    sites=True,
    transfer="sum",
)
def total_count(target: Target, ledger: Ledger) -> Found:
    """Return how many there are (Z21-06: 1,000 unions; JJ-06: 53 built or planned; XC-12).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    found = facilities_of(target, ledger, target.condition)
    if isinstance(found, Cannot):
        return found
    return Measured(
        len(found.rows),
        None,
        layer_words(target.layers),
        notes=found.notes,
        dated=is_dated(target, ledger, found.rows, target.condition),
    )


@measures(
    "facility_sum",
    zh="设施数量合计",
    en="sum over facilities",
    formula=Text(
        "在运营设施某项数量之和（如床位）；未知的不计入",
        "sum of a figure over working facilities, as beds; what is not known is left out",
    ),
    transfer="sum",
)
def facility_sum(target: Target, ledger: Ledger) -> Found:
    """Return the sum of a fact over working facilities (JJ-04: 6,726 beds; JJ-07).

    Parameters
    ----------
    target, ledger
        The clause with ``part=``, the fact, and what is known.
    """
    part = special(target, "part")
    found = facilities_of(target, ledger, without(target.condition, "part"))
    if isinstance(found, Cannot):
        return found
    known = with_known(found, (part,))
    if isinstance(known, Cannot):
        return known
    return Measured(total(known.rows[part]), None, column_label(part), notes=known.notes)


@measures(
    "fact_total",
    zh="单元数据合计",
    en="sum over units",
    formula=Text(
        "研究区某项数据（本级没有的，由下级相加）；未知的不计入",
        "a figure of the study, summed over its units where it has none of its own",
    ),
    transfer="sum",
)
def fact_total(target: Target, ledger: Ledger) -> Found:
    """Return a fact of the study or of the units a clause names (Z20-01, JJ-18, JJ-25, Z21-47).

    Parameters
    ----------
    target, ledger
        The clause with ``fact=``, and what is known.
    """
    fact = special(target, "fact")
    if not target.denominator:
        found = sums(ledger, (fact,))
        if isinstance(found, Cannot):
            return found
        amounts, notes = found
        return Measured(amounts[fact], None, column_label(fact), notes=notes)
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    units = pd.concat([chosen.rows for _, chosen in parts])
    told = tuple(note for _, chosen in parts for note in chosen.notes)
    known = with_known(Chosen(units, told), (fact,))
    if isinstance(known, Cannot):
        return known
    of = Text(f"{len(known.rows)} 个单元", f"{len(known.rows)} units")
    notes = (Text(f"共 {of.zh}", f"over {of.en}"), *known.notes)
    return Measured(total(known.rows[fact]), None, column_label(fact), notes=notes)


def _between(years: pd.Series, target: Target, ledger: Ledger) -> pd.Series:
    start, end = period(target, ledger)
    return ((years >= start) & (years <= end)).fillna(value=False).astype(bool)


def _no_year(years: pd.Series) -> tuple[Text, ...]:
    unknown = int(years.isna().sum())
    if not unknown:
        return ()
    return (
        Text(
            f"{len(years)} 处设施中有 {unknown} 处没有开业年份，不算新增",
            f"{unknown} of {len(years)} facilities give no opening year: not counted as new",
        ),
    )


_NO_UPGRADES = Text(
    "名录没有改造年份，只计新建", "the lists give no year of upgrading: only new ones are counted"
)


def _counted(target: Target, rows: pd.DataFrame, notes: tuple[Text, ...]) -> Measured:
    """Return a count of the period; it is a sum of its own years, and so needs no earlier day."""
    return Measured(len(rows), None, layer_words(target.layers), notes=notes)
