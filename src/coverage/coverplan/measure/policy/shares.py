"""Shares of facilities, of beds and of cases: how many of them are as a clause asks."""

from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.conditions import Condition
from ...domain.policy import Target
from .counted import facilities_of, layer_words, no_denominator
from .facts import (
    condition_keys,
    exact,
    number_asked,
    special,
    sums,
    total,
    whole,
    with_known,
    without,
    zero_of,
)
from .figures import percent_words
from .filters import Chosen, choose, column_label
from .found import Cannot, Found, Measured, Named
from .ledger import Ledger
from .registry import measures

_FACILITY = Text("处设施", "facilities")


@measures(
    "sum_share",
    zh="数量占比",
    en="share of a sum",
    formula=Text(
        "符合条件的设施的分项之和 ÷ 范围内设施的总项之和；任一项未知的设施不计入",
        "sum of the part over facilities that count / sum of the whole over those in scope; a "
        "facility with either unknown is left out of both",
    ),
)
def sum_share(target: Target, ledger: Ledger) -> Found:
    r"""Return the share of a sum over facilities (Z20-19 children in care; Z20-35 cremators).

    .. math:: \frac{\sum_{f \in D,\, c(f)} p_f}{\sum_{f \in D} w_f}

    with the facilities :math:`D` of the denominator that give both the part :math:`p` and the
    whole :math:`w`, and the rest :math:`c` of the condition.

    Parameters
    ----------
    target, ledger
        The clause with ``part=`` and ``whole=``, and what is known.
    """
    part, all_of = special(target, "part"), special(target, "whole")
    rows = _denominator(target, ledger)
    if isinstance(rows, Cannot):
        return rows
    known = with_known(rows, (part, all_of))
    if isinstance(known, Cannot):
        return known
    rest = without(target.condition, "part", "whole")
    chosen = choose(known.rows, rest, ledger.config)
    if isinstance(chosen, Cannot):
        return chosen
    denominator = total(known.rows[all_of])
    if denominator == 0:
        return zero_of(all_of)
    return Measured(
        total(chosen.rows[part]),
        denominator,
        column_label(part),
        of=column_label(all_of),
        missing=None if rest else _below(known.rows, part, all_of, target, ledger),
        notes=(*known.notes, *chosen.notes),
    )


@measures(
    "bed_share",
    zh="床位占比",
    en="share of beds",
    formula=Text(
        "某类床位之和 ÷ 床位总数；任一项未知的机构不计入",
        "beds of the kind / all beds; a home with either unknown is left out of both",
    ),
)
def bed_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of nursing or dementia beds (Z20-04, XC-03, Z21-05, XA-07; XC-22).

    The gap is in beds: as many to convert or to add. Homes below the share asked are named, those
    with most beds wanting first.

    Parameters
    ----------
    target, ledger
        The clause with ``part=`` and ``whole=``, and what is known.
    """
    return sum_share(target, ledger)


@measures(
    "operation_share",
    zh="运营情况占比",
    en="share by operation",
    formula=Text(
        "按条文要求运营的设施数 ÷ 范围内设施数",
        "facilities run as the clause asks / facilities in scope",
    ),
)
def operation_share(target: Target, ledger: Ledger) -> Found:
    """Return the share run as asked (Z20-29, XC-18 by private operators; Z21-28 in operation).

    Where a condition names ``status``, facilities of any status on the day are looked at.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    return _facility_share(target, ledger)


@measures(
    "attribute_share",
    zh="具备某项条件的占比",
    en="share with a feature",
    formula=Text(
        "具备该项条件的设施数 ÷ 范围内设施数", "facilities with the feature / facilities in scope"
    ),
)
def attribute_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of facilities with a feature (Z20-30, Z21-18: a dementia unit).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    return _facility_share(target, ledger)


@measures(
    "grade_share",
    zh="达到等级的占比",
    en="share of a grade",
    formula=Text(
        "达到等级的设施数 ÷ 范围内设施数", "facilities of the grade / facilities in scope"
    ),
)
def grade_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of a grade or better (Z20-37, XA-22, XC-23: 3A; XC-11).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    return _facility_share(target, ledger)


@measures(
    "staffed_share",
    zh="人员配备达标占比",
    en="share that is staffed",
    formula=Text(
        "床位数 ÷ 社工人数不超过规定的机构数 ÷ 机构数；没有社工的不达标",
        "homes with no more beds per social worker than asked / homes; none without a worker",
    ),
)
def staffed_share(target: Target, ledger: Ledger) -> Found:
    r"""Return the share of homes with a social worker for so many beds (Z20-05: a third, 60).

    .. math:: \frac{|\{f : b_f / s_f \le 60\}|}{|D|}

    A home without any social worker does not fulfil it; one that gives no beds or no workers is
    not known.

    Parameters
    ----------
    target, ledger
        The clause with ``beds_per_social_worker<=``, and what is known.
    """
    return _facility_share(target, ledger)


@measures(
    "service_rate",
    zh="服务率",
    en="service rate",
    formula=Text(
        "登记的分项 ÷ 登记的总项（读取登记数，不由位置推算）",
        "cases served / all cases, as registered (read, not computed from places)",
    ),
)
def service_rate(target: Target, ledger: Ledger) -> Found:
    """Return a rate two columns of units give (Z20-18, XC-05 eco-burials; XA-08 in care).

    Parameters
    ----------
    target, ledger
        The clause with ``part=`` and ``whole=``, facts of units, and what is known.
    """
    part, all_of = special(target, "part"), special(target, "whole")
    found = sums(ledger, (part, all_of))
    if isinstance(found, Cannot):
        return found
    amounts, notes = found
    if amounts[all_of] == 0:
        return zero_of(all_of)
    return Measured(
        amounts[part],
        amounts[all_of],
        column_label(part),
        of=column_label(all_of),
        notes=(*notes, _REGISTERED),
    )


_REGISTERED = Text("取自登记数据，不由设施位置推算", "read from a register, not from places")


def _denominator(target: Target, ledger: Ledger) -> Chosen | Cannot:
    """Return the facilities a share is of; `Cannot` where there are none."""
    of = tuple(c for part in target.denominator for c in part.conditions)
    any_status = any(c.key == "status" for c in (*of, *target.condition))
    rows = facilities_of(target, ledger, of, any_status=any_status)
    if isinstance(rows, Chosen) and not len(rows.rows):
        return no_denominator()
    return rows


def _facility_share(target: Target, ledger: Ledger) -> Found:
    rows = _denominator(target, ledger)
    if isinstance(rows, Cannot):
        return rows
    every = _with_ratio(rows.rows)
    none = every["social_workers"].eq(0).fillna(value=False).to_numpy(dtype=bool)
    asks_ratio = "beds_per_social_worker" in condition_keys(target.condition)
    tried = every[~none] if asks_ratio else every
    chosen = choose(tried, target.condition, ledger.config)
    if isinstance(chosen, Cannot):
        return chosen
    unknown = _undecided(tried, chosen.rows, target.condition)
    figure = Measured(
        len(chosen.rows),
        len(every),
        _FACILITY,
        of=layer_words(target.layers),
        missing=_not_so(every, chosen.rows, unknown),
        notes=(*rows.notes, *chosen.notes),
    )
    return _settled(figure, len(unknown), target, ledger)


def _with_ratio(rows: pd.DataFrame) -> pd.DataFrame:
    """Return facilities with their beds per social worker, <NA> without either or a worker."""
    pairs = zip(rows["beds"], rows["social_workers"], strict=True)
    ratio = [
        pd.NA if pd.isna(beds) or pd.isna(staff) or staff == 0 else exact(beds) / exact(staff)
        for beds, staff in pairs
    ]
    return rows.assign(beds_per_social_worker=pd.Series(ratio, index=rows.index, dtype=object))


def _undecided(
    rows: pd.DataFrame, chosen: pd.DataFrame, conditions: tuple[Condition, ...]
) -> pd.Index:
    """Return the facilities that might fulfil the conditions, for all that is known."""
    others = rows[~rows.index.isin(chosen.index)]
    keys = [key for key in condition_keys(conditions) if key in rows.columns]
    return others.index[others[keys].isna().any(axis=1).to_numpy(dtype=bool)]


def _settled(figure: Measured, unknown: int, target: Target, ledger: Ledger) -> Found:
    """Return a share, or `Cannot` where what is not known decides whether it is met."""
    asked = number_asked(target, ledger)
    if not unknown or isinstance(asked, Cannot) or target.operator not in {">=", ">", "=="}:
        return figure
    low, count = figure.value, Fraction(figure.numerator)
    high = (count + unknown) / Fraction(figure.denominator or 1)
    strict = target.operator == ">"
    met = [share > asked if strict else share >= asked for share in (low, high)]
    if met[0] == met[1]:
        return figure
    low_words, high_words = percent_words(low), percent_words(high)
    return Cannot(
        Text(
            f"{unknown} 处设施的“{_keys_text(target).zh}”未知，占比在 {low_words} 与 {high_words} "
            f"之间，而要求为 {percent_words(asked)}；补齐后可判断",
            f"{unknown} facilities give no “{_keys_text(target).en}”: the share lies between "
            f"{low_words} and {high_words}, and {percent_words(asked)} is asked; fill them in",
        ),
        figure=figure,
    )


def _keys_text(target: Target) -> Text:
    labels = [column_label(key) for key in condition_keys(target.condition)]
    return Text("、".join(t.zh for t in labels), ", ".join(t.en for t in labels))


def _not_so(rows: pd.DataFrame, chosen: pd.DataFrame, unknown: pd.Index) -> tuple[Named, ...]:
    """Return the facilities that do not fulfil the conditions, those known not to first."""
    left = rows[~rows.index.isin(chosen.index)]
    doubt = Text("未知", "not known")
    named = [
        (bool(index in unknown), Named(str(row["id"]), str(row["name"])))
        for index, row in left.iterrows()
    ]
    named.sort(key=lambda pair: (pair[0], pair[1].code))
    return tuple(Named(one.code, one.name, doubt if unsure else one.note) for unsure, one in named)


def _below(
    rows: pd.DataFrame, part: str, all_of: str, target: Target, ledger: Ledger
) -> tuple[Named, ...] | None:
    """Return the facilities below the share asked, those that want most first."""
    asked = number_asked(target, ledger)
    if isinstance(asked, Cannot):
        return None
    short = []
    for _, row in rows.iterrows():
        have, of = exact(row[part]), exact(row[all_of])
        if have < asked * of:
            words = f"{whole(have)} / {whole(of)}"
            named = Named(str(row["id"]), str(row["name"]), Text.same(words))
            short.append((asked * of - have, named))
    short.sort(key=lambda pair: (-pair[0], pair[1].code))
    return tuple(named for _, named in short)
