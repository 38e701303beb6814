"""Staff: people per unit, tiers by population, ratios to people and to beds."""

from collections.abc import Callable
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.policy import Operator, Target
from .counted import facilities_of, level_text, unit_parts
from .facts import (
    exact,
    number_asked,
    people_of,
    special,
    sums,
    total,
    whole,
    with_known,
    without,
    zero_of,
)
from .filters import column_label, unknown_column
from .found import Cannot, Found, Measured, Named
from .ledger import Ledger
from .registry import measures

_ALL: tuple[Operator, Fraction] = (">=", Fraction(1))


@measures(
    "staff_per_unit",
    zh="每个单元的人员",
    en="staff per unit",
    formula=Text(
        "人员数符合规定的单元数 ÷ 范围内单元数，要求全部符合",
        "units with staff as asked / units in scope; all must",
    ),
)
def staff_per_unit(target: Target, ledger: Ledger) -> Found:
    r"""Return the share of units staffed as asked; all must (Z20-39, XA-11, XA-15, XC-29, Z21-36).

    .. math:: \frac{|\{u : s_u \sim v\}|}{|U|} \ge 1

    with the clause's operator and value, both ends of a range included; the gap is in people,
    :math:`\sum_u \max(0, v - s_u)`, where too many are not balanced against too few. A unit whose
    staff is not known decides nothing: one that falls short is short whatever the others have;
    where none known does, nothing is judged until all are known.

    Parameters
    ----------
    target, ledger
        The clause with ``fact=``, and what is known.
    """
    asked = number_asked(target, ledger)
    if isinstance(asked, Cannot):
        return asked
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    units = pd.concat([chosen.rows for _, chosen in parts])
    notes = tuple(note for _, chosen in parts for note in chosen.notes)
    return _judged(target, ledger, units, level_text(parts[0][0].level), notes, asked)


@measures(
    "population_tiered_staffing",
    zh="按人口分档配备岗位",
    en="posts by tiers of population",
    formula=Text(
        "本档单元中岗位数达到规定的单元数 ÷ 本档单元数，要求全部达到",
        "units of the tier with as many posts as asked / units of the tier; all must",
    ),
)
def population_tiered_staffing(target: Target, ledger: Ledger) -> Found:
    """Return the share of a tier's units with the posts asked; all must (XA-12, XA-13, XA-14).

    The tier stands in the denominator, its bounds written out: 30,000 and 60,000 people belong to
    the middle tier (``population>=30000; population<=60000``). The gap is in posts.

    Parameters
    ----------
    target, ledger
        The clause with ``fact=``, and what is known.
    """
    return staff_per_unit(target, ledger)


@measures(
    "staff_ratio",
    zh="人员与人口之比",
    en="staff per people",
    formula=Text("人员数 × 基数 ÷ 人口", "staff x scale / people"),
)
def staff_ratio(target: Target, ledger: Ledger) -> Found:
    r"""Return staff per so many people of the study (Z21-07, Z21-23, XC-04).

    .. math:: k\,\frac{s}{p}

    with the staff :math:`s` (``fact=``), the people :math:`p` (``per=``) and ``scale=`` :math:`k`.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    fact, per = special(target, "fact"), special(target, "per")
    found = sums(ledger, (fact, per))
    if isinstance(found, Cannot):
        return found
    amounts, notes = found
    return _ratio(target, fact, per, amounts[fact], amounts[per], notes)


@measures(
    "capacity_ratio",
    zh="设施能力与人口之比",
    en="capacity per people",
    formula=Text(
        "在运营设施的能力（如床位）× 基数 ÷ 人口", "capacity of working facilities x scale / people"
    ),
)
def capacity_ratio(target: Target, ledger: Ledger) -> Found:
    r"""Return capacity per so many people of the study (JJ-03: beds per 1,000 older people).

    .. math:: k\,\frac{\sum_f b_f}{p}

    over the working facilities that give the capacity :math:`b` (``part=``).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    part, per = special(target, "part"), special(target, "per")
    found = facilities_of(target, ledger, without(target.condition, "part", "per", "scale"))
    if isinstance(found, Cannot):
        return found
    known = with_known(found, (part,))
    people = sums(ledger, (per,))
    if isinstance(known, Cannot):
        return known
    if isinstance(people, Cannot):
        return people
    amounts, notes = people
    return _ratio(target, part, per, total(known.rows[part]), amounts[per], (*known.notes, *notes))


def _ratio(
    target: Target,
    key: str,
    per: str,
    numerator: Fraction | int,
    denominator: Fraction | int,
    notes: tuple[Text, ...],
) -> Found:
    if denominator == 0:
        return zero_of(per)
    scale = special(target, "scale")
    return Measured(
        numerator,
        denominator,
        column_label(key),
        of=column_label(per),
        scale=int(scale) if scale.isdigit() else 1,
        notes=notes,
    )


def _judged(
    target: Target,
    ledger: Ledger,
    units: pd.DataFrame,
    word: Text,
    notes: tuple[Text, ...],
    asked: Fraction,
) -> Found:
    """Return the share of units that fulfil a rule, and who falls short by how many."""
    fact = special(target, "fact")
    if fact not in units.columns or units[fact].isna().all():
        return unknown_column(fact)
    known = units[units[fact].notna()]
    holds = _rule(target, asked)
    staff = {str(code): exact(value) for code, value in known[fact].items()}
    bad = {code: have for code, have in staff.items() if not holds(have)}
    wanting = sum((max(asked - have, Fraction(0)) for have in bad.values()), Fraction(0))
    unknown = len(units) - len(known)
    if unknown:
        notes = (*notes, _unknown_text(unknown, len(units), fact))
    figure = Measured(
        len(known) - len(bad),
        len(known),
        word,
        of=word,
        against=_ALL,
        missing=_short(bad, target, asked, ledger),
        shortfall=whole(wanting),
        shortfall_unit=column_label(fact),
        notes=notes,
    )
    if unknown and not bad:
        return Cannot(_unknown_text(unknown, len(units), fact, needed=True), figure=figure)
    return figure


def _rule(target: Target, asked: Fraction) -> Callable[[Fraction], bool]:
    """Return what a unit's staff must fulfil."""
    high = asked if target.value_high is None else target.value_high
    rules: dict[str, Callable[[Fraction], bool]] = {
        ">": lambda have: have > asked,
        "==": lambda have: have == asked,
        "in_range": lambda have: asked <= have <= high,
        "<=": lambda have: have <= asked,
        "<": lambda have: have < asked,
    }
    return rules.get(target.operator, lambda have: have >= asked)


def _short(
    bad: dict[str, Fraction], target: Target, asked: Fraction, ledger: Ledger
) -> tuple[Named, ...]:
    """Return the units that do not fulfil a rule, those that want most first, then most people."""
    high = target.value_high if target.operator == "in_range" else None
    need = f"{whole(asked)}" if high is None else f"{whole(asked)}-{whole(high)}"
    named = [
        (
            asked - have,
            Named(
                code,
                ledger.name(code),
                Text(f"有 {whole(have)}，应有 {need}", f"has {whole(have)}, needs {need}"),
                people_of(ledger.units, code),
            ),
        )
        for code, have in bad.items()
    ]
    named.sort(key=lambda pair: (-pair[0], -(pair[1].people or 0), pair[1].code))
    return tuple(one for _, one in named)


def _unknown_text(unknown: int, units: int, fact: str, *, needed: bool = False) -> Text:
    label = column_label(fact)
    if needed:
        return Text(
            f"{units} 个单元中有 {unknown} 个没有“{label.zh}”，其余都符合；补齐后可判断",
            f"{unknown} of {units} units give no “{label.en}”, all others are as asked: fill "
            "them in",
        )
    return Text(
        f"{units} 个单元中有 {unknown} 个没有“{label.zh}”，未计入",
        f"{unknown} of {units} units give no “{label.en}” and are not counted",
    )
