"""Yes, no, or not known: conditions that keep what is not known apart from what does not hold."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.conditions import Condition
from ...domain.policy import Target
from ...domain.targets_config import TargetsConfig
from .filters import choose, column_label, setting
from .found import Cannot, Measured


def fulfils(
    rows: pd.DataFrame, conditions: Iterable[Condition], config: TargetsConfig
) -> pd.Series | Cannot:
    """Return whether each record fulfils all conditions.

    Parameters
    ----------
    rows, conditions, config
        Records, what must hold, and the settings conditions refer to.

    Returns
    -------
    Series or Cannot
        ``boolean`` by the records' index, <NA> where a value that decides is not known (a record
        that fails one condition fails, whatever else is not known); `Cannot` naming every setting
        that is not set.
    """
    wanted = tuple(conditions)
    unset = missing_settings(config, (c.setting for c in wanted if c.setting))
    if unset is not None:
        return unset
    result = pd.Series(data=True, index=rows.index, dtype="boolean")
    for condition in wanted:
        result = result & _fulfils_one(rows, condition, config)
    return result


def _fulfils_one(rows: pd.DataFrame, condition: Condition, config: TargetsConfig) -> pd.Series:
    found = pd.Series(pd.NA, index=rows.index, dtype="boolean")
    if condition.key not in rows.columns:
        return found
    known = rows[rows[condition.key].notna()]
    if len(known):
        chosen = choose(known, (condition,), config)
        if not isinstance(chosen, Cannot):
            found.loc[known.index] = known.index.isin(chosen.rows.index)
    return found


def missing_settings(config: TargetsConfig, names: Iterable[str]) -> Cannot | None:
    """Return that settings are not set, all of them named; None where all are."""
    unset = [found for name in names if isinstance(found := setting(config, name), Cannot)]
    if not unset:
        return None
    keys = tuple(dict.fromkeys(key for cannot in unset for key in cannot.settings))
    return Cannot(
        Text(
            f"条文没有给出数字；在研究文件中写明 {'、'.join(keys)} 之前无法判断",
            f"the clause gives no number; cannot be judged until you set {' and '.join(keys)}",
        ),
        settings=keys,
    )


def unknown_columns(keys: Iterable[str]) -> Cannot:
    """Return that nothing can be judged for want of some columns."""
    labels = [column_label(key) for key in keys]
    zh, en = "”“".join(x.zh for x in labels), "”, “".join(x.en for x in labels)
    return Cannot(
        Text(f"条文涉及的记录都没有“{zh}”的数据", f"none of the records concerned gives “{en}”")
    )


def decided(
    target: Target, figure: Measured, unknown: int, why: Text, config: TargetsConfig
) -> Measured | Cannot:
    """Return a figure, or that it decides nothing while some records are not known.

    A share of the known may look like full coverage, and a count of faults like none, only because
    the others are not known. So the figure is computed again with all of these for the better and
    for the worse: where the two fall on different sides of what is asked, nothing is judged.

    Parameters
    ----------
    target, figure
        What is asked, and the figure over what is known: a share of units (each not known one
        adds 1 to the denominator), or a count.
    unknown
        Records of which it is not known whether they count.
    why
        What is not known of them, after their number.
    config
        Where the planner may give the number the clause does not.
    """
    if not unknown:
        return figure
    note = Text(f"{unknown} {why.zh}", f"{unknown} {why.en}")
    noted = replace(figure, notes=(*figure.notes, note))
    if not differs(target, figure, _bounds(figure, unknown), config):
        return noted
    return Cannot(
        Text(f"{note.zh}：达到与否取决于它们", f"{note.en}: whether it is met depends on them"),
        figure=noted,
    )


def differs(
    target: Target, figure: Measured, values: Iterable[Fraction], config: TargetsConfig
) -> bool:
    """Return whether a target would be met by some values and not by others.

    Parameters
    ----------
    target, figure
        What is asked, and the figure, which says what is better and by what it is judged.
    values
        Values the figure may have.
    config
        Where the planner may give the number the clause does not.
    """
    asked = _asked(target, figure, config)
    if asked is None:
        return False
    return len({_meets(value, asked, target.operator) for value in values}) > 1


def _asked(target: Target, figure: Measured, config: TargetsConfig) -> tuple[str, Fraction] | None:
    """Return which way is better and the number asked; None where nobody gives one."""
    if figure.against is not None:
        return figure.better, figure.against[1]
    if target.operator in {"increase", "~=", "in_range"}:
        return None
    if target.value_setting:
        value = setting(config, target.value_setting)
        return None if isinstance(value, Cannot) else (figure.better, value)
    if target.value is not None and target.operator != "rule":
        return figure.better, target.value
    own = config.thresholds.get(target.id)
    return None if own is None else (figure.better, Fraction(str(own)))


def _bounds(figure: Measured, unknown: int) -> tuple[Fraction, Fraction]:
    have = Fraction(figure.numerator)
    if figure.denominator is None:
        return have, have + unknown
    whole = Fraction(figure.denominator) + unknown
    return have * figure.scale / whole, (have + unknown) * figure.scale / whole


def _meets(value: Fraction, asked: tuple[str, Fraction], operator: str) -> bool:
    better, bound = asked
    if value == bound:
        return operator not in {">", "<"}
    return value > bound if better == "high" else value < bound
