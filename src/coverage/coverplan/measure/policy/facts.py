"""Numbers and facts of tables, as they are known: exact, and unknown where they are unknown."""

from collections.abc import Iterable
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.conditions import Condition
from ...domain.policy import Target
from .filters import Chosen, column_label, setting, unknown_column
from .found import Cannot
from .ledger import Ledger


def special(target: Target, key: str) -> str:
    """Return the first word of a special key of a condition (``fact=staff``), "" without it."""
    words = [c.words[0] for c in target.condition if c.key == key and c.words]
    return words[0] if words else ""


def without(conditions: Iterable[Condition], *keys: str) -> tuple[Condition, ...]:
    """Return the conditions that are left when special keys are taken out."""
    return tuple(c for c in conditions if c.key not in keys)


def condition_keys(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """Return the facts some conditions ask for, each once."""
    return tuple(dict.fromkeys(condition.key for condition in conditions))


def exact(value: object) -> Fraction:
    """Return a cell of a table as the number it shows, without binary error."""
    return Fraction(str(value))


def whole(value: Fraction) -> Fraction | int:
    """Return a number as an integer where it is one."""
    return int(value) if value.denominator == 1 else value


def total(values: pd.Series) -> Fraction | int:
    """Return the sum of the known cells of a column."""
    return whole(sum((exact(value) for value in values.dropna()), Fraction(0)))


def people_of(units: pd.DataFrame, code: str) -> int | None:
    """Return the people of a unit, None where they are not known."""
    people = units["population"].get(code)
    return None if people is None or pd.isna(people) else int(people)


def number_asked(target: Target, ledger: Ledger) -> Fraction | Cannot:
    """Return the number a clause asks for: its own, a setting's, or the planner's in its place.

    Parameters
    ----------
    target, ledger
        The clause, and what the planner set.
    """
    if target.value_setting:
        return setting(ledger.config, target.value_setting)
    own = ledger.config.thresholds.get(target.id)
    if target.value is not None and target.operator != "rule":
        return target.value
    if own is not None:
        return exact(own)
    key = f'targets.thresholds."{target.id}"'
    return Cannot(
        Text(
            f"条文没有给出数值；在研究文件中写明 {key} 之前无法判断",
            f"the clause gives no number; cannot be judged until you set {key}",
        ),
        settings=(key,),
    )


def with_known(found: Chosen, keys: tuple[str, ...]) -> Chosen | Cannot:
    """Return the records that have all of some facts; a note counts the others.

    Parameters
    ----------
    found, keys
        Records, and columns of facts.

    Returns
    -------
    Chosen or Cannot
        `Cannot` where there are records and none has them.
    """
    for key in keys:
        if key not in found.rows.columns or (len(found.rows) and found.rows[key].isna().all()):
            return unknown_column(key)
    rows = found.rows[found.rows[list(keys)].notna().all(axis=1).to_numpy(dtype=bool)]
    left = len(found.rows) - len(rows)
    if left and not len(rows):
        return unknown_column(keys[0])
    labels = [column_label(key) for key in dict.fromkeys(keys)]
    zh, en = "、".join(t.zh for t in labels), " or ".join(t.en for t in labels)
    note = Text(
        f"{len(found.rows)} 条记录中有 {left} 条没有{zh}，分子分母都未计入",
        f"{left} of {len(found.rows)} records give no {en}; they are counted nowhere",
    )
    return Chosen(rows, (*found.notes, note) if left else found.notes)


def sums(
    ledger: Ledger, keys: tuple[str, ...]
) -> tuple[dict[str, Fraction | int], tuple[Text, ...]] | Cannot:
    """Return facts of the whole study: of its own unit, else summed over the units below.

    Parameters
    ----------
    ledger
        What is known.
    keys
        Facts of units.

    Returns
    -------
    tuple or Cannot
        The facts by key, and notes. A fact is taken from the study's own unit, else from
        townships, else from villages, where all of them are known; where none is complete, from
        the units that have all of the facts, and a note counts the others.
    """
    for key in keys:
        if key not in ledger.units.columns:
            return unknown_column(key)
    tables = [ledger.units[ledger.units.index == ledger.home]]
    tables += [ledger.units_at(level) for level in ("township", "village")]
    complete: dict[str, Fraction | int] = {}
    for key in keys:
        for rows in tables:
            if len(rows) and rows[key].notna().all():
                complete[key] = total(rows[key])
                break
    if len(complete) == len(set(keys)):
        return complete, ()
    for rows in tables[1:]:
        known = rows[rows[list(keys)].notna().all(axis=1)]
        if len(known):
            note = Text(
                f"{len(rows)} 个单元中有 {len(rows) - len(known)} 个数据不全，未计入",
                f"{len(rows) - len(known)} of {len(rows)} units lack data and are not counted",
            )
            return {key: total(known[key]) for key in keys}, (note,)
    return unknown_column(next(key for key in keys if key not in complete))


def zero_of(key: str) -> Cannot:
    """Return that a ratio has nothing to be of."""
    label = column_label(key)
    return Cannot(
        Text(f"“{label.zh}”为零，比率没有意义", f"“{label.en}” is zero: there is no ratio to it")
    )
