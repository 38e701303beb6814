"""Which facilities and units a clause speaks of; what is not known is counted, never assumed."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ...core.text import Text
from ...domain.conditions import Condition, UnitsOf
from ...domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS
from ...domain.targets_config import TargetsConfig
from .found import Cannot
from .ledger import Ledger

_LABELS = {fact.key: fact.label for fact in (*PROJECT_FACTS, *UNIT_FACTS, *FACILITY_FACTS)}
_LABELS |= {
    "status": Text("状态", "status"),
    "density_per_km2": Text("人口密度（由人口和面积得出）", "density (from people and area)"),
    "beds_per_social_worker": Text("社工人数或床位数", "social workers or beds"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Records that fulfil conditions.

    Parameters
    ----------
    rows
        The records.
    notes
        How many records could not be told, and for want of what.
    """

    rows: pd.DataFrame
    notes: tuple[Text, ...] = ()


def column_label(key: str) -> Text:
    """Return what a column of facts is called."""
    return _LABELS.get(key, Text.same(key))


def setting(config: TargetsConfig, name: str) -> Fraction | Cannot:
    """Return a number the planner sets; without it, why nothing can be judged.

    Parameters
    ----------
    config, name
        The targets table of the study, and a key of ``targets.settings``.
    """
    value = getattr(config.settings, name, None)
    return _unset((name,)) if value is None else Fraction(str(value))


def _unset(names: Iterable[str]) -> Cannot:
    keys = tuple(f"targets.settings.{name}" for name in names)
    return Cannot(
        Text(
            f"条文没有给出数字；在研究文件中写明 {'、'.join(keys)} 之前无法判断",
            f"the clause gives no number; cannot be judged until you set {' and '.join(keys)}",
        ),
        settings=keys,
    )


def choose(
    rows: pd.DataFrame, conditions: tuple[Condition, ...], config: TargetsConfig
) -> Chosen | Cannot:
    """Return the records that fulfil all conditions.

    Parameters
    ----------
    rows
        Records with a column for each key.
    conditions, config
        What must hold, and the settings conditions refer to.

    Returns
    -------
    Chosen or Cannot
        A record whose value is not known does not fulfil a condition and is counted in a note;
        where no record's value is known, or settings are not set (all are named), nothing can be
        judged.
    """
    notes: list[Text] = []
    given = {c.setting: setting(config, c.setting) for c in conditions if c.setting}
    if wanting := [name for name, value in given.items() if isinstance(value, Cannot)]:
        return _unset(wanting)
    for condition in conditions:
        value = given.get(condition.setting, condition.number)
        bound = None if isinstance(value, Cannot) else value
        if not len(rows):
            continue
        if condition.key not in rows.columns or rows[condition.key].isna().all():
            return unknown_column(condition.key)
        values = rows[condition.key]
        unknown = int(values.isna().sum())
        if unknown:
            notes.append(_not_known(unknown, len(rows), condition.key))
        keep = values.map(lambda value, c=condition, b=bound: _holds(value, c, b))
        rows = rows[keep.astype(bool)]
    return Chosen(rows, tuple(notes))


def unknown_column(key: str) -> Cannot:
    """Return that nothing can be judged for want of a column."""
    label = column_label(key)
    return Cannot(
        Text(
            f"条文涉及的记录都没有“{label.zh}”的数据",
            f"none of the records concerned gives “{label.en}”",
        )
    )


def _not_known(unknown: int, total: int, key: str) -> Text:
    label = column_label(key)
    return Text(
        f"{total} 条记录中有 {unknown} 条没有“{label.zh}”，未计入",
        f"{unknown} of {total} records give no “{label.en}” and are not counted",
    )


def _holds(value: object, condition: Condition, bound: Fraction | None) -> bool:
    if isinstance(value, frozenset):
        inside = bool(value & set(condition.words))
        return inside != (condition.op == "!=")
    if pd.isna(value):
        return False
    if not condition.op:
        return bool(value)
    if condition.op in {"=", "!="}:
        return (str(value) in condition.words) != (condition.op == "!=")
    if bound is None:
        return False
    number = Fraction(str(value))
    return {
        ">=": number >= bound,
        ">": number > bound,
        "<=": number <= bound,
        "<": number < bound,
    }[condition.op]


def units_of(ledger: Ledger, denominator: tuple[UnitsOf, ...]) -> Chosen | Cannot:
    """Return the units a denominator pools, sorted by code.

    Parameters
    ----------
    ledger, denominator
        What is known, and the units asked for.

    Returns
    -------
    Chosen or Cannot
        `Cannot` where the study has no unit of a level, or none fulfils the conditions: a
        denominator of zero is never judged.
    """
    parts, notes = [], list[Text]()
    for part in denominator:
        rows = ledger.units_at(part.level)
        if not len(rows):
            return Cannot(_NO_UNITS[part.level])
        chosen = choose(rows, part.conditions, ledger.config)
        if isinstance(chosen, Cannot):
            return chosen
        parts.append(chosen.rows)
        notes.extend(chosen.notes)
    rows = pd.concat(parts) if parts else ledger.units.iloc[:0]
    if not len(rows):
        return Cannot(
            Text(
                "研究区内没有一个单元属于这一条文的范围（分母为零）",
                "no unit of the study falls under this clause (the denominator is zero)",
            )
        )
    return Chosen(rows, tuple(notes))


_LEVEL_WORDS = {
    "province": Text("省级单元", "province"),
    "prefecture": Text("设区市", "prefecture"),
    "county": Text("县级单元", "county"),
    "township": Text("乡镇（街道）", "township"),
    "village": Text("村（社区）", "village"),
}
_NO_UNITS = {
    level: Text(
        f"单元表中没有{word.zh}；一个县的数据判断不了",
        f"the tables of units hold no {word.en}: the study cannot say",
    )
    for level, word in _LEVEL_WORDS.items()
}


def level_word(level: str) -> Text:
    """Return what the units of a level are called."""
    return _LEVEL_WORDS.get(level, Text.same(level))
