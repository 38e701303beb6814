"""Conditions and denominators of a table of targets, checked word by word."""

from dataclasses import replace
from typing import Protocol

from ..core.text import Text
from ..domain.conditions import Condition, UnitsOf, parse_conditions, parse_denominator
from ..domain.policy import policy_layers
from .targetwords import (
    DENOMINATOR_LEVELS,
    SETTINGS,
    SPECIAL_KEYS,
    choices,
    fact_keys,
    folded,
    nearest,
    nearest_word,
    words_of_fact,
)

_NAMES_FACTS = frozenset({"part", "whole", "fact", "facts", "per"})
_NAMES_LAYERS = frozenset({"to", "anchor"})
_NAMES_NUMBERS = frozenset({"scale", "since", "before"})


class Faulty(Protocol):
    """A row that faults are noted in."""

    def fault(self, key: str, what: Text, expected: Text, *, near: Text = ...) -> None:
        """Note a fault of one cell."""


def conditions_of(row: Faulty, text: str) -> tuple[Condition, ...]:
    """Return the conditions a cell states, every fault noted.

    Parameters
    ----------
    row, text
        Where faults go, and the cell.
    """
    try:
        conditions = parse_conditions(text)
    except ValueError as error:
        _unread(row, "condition", str(error))
        return ()
    return _checked(row, "condition", conditions)


def denominator_of(row: Faulty, text: str) -> tuple[UnitsOf, ...]:
    """Return the units a cell names as a denominator, every fault noted.

    Parameters
    ----------
    row, text
        As in `conditions_of`.
    """
    try:
        parts = parse_denominator(text)
    except ValueError as error:
        _unread(row, "denominator", str(error))
        return ()
    for part in parts:
        if part.level not in DENOMINATOR_LEVELS:
            row.fault(
                "denominator",
                Text(f"没有 {part.level} 这一级单元", f"there are no units of level {part.level}"),
                Text("、".join(DENOMINATOR_LEVELS), ", ".join(DENOMINATOR_LEVELS)),
                near=nearest(part.level, DENOMINATOR_LEVELS),
            )
    return tuple(
        replace(part, conditions=_checked(row, "denominator", part.conditions)) for part in parts
    )


def _unread(row: Faulty, key: str, part: str) -> None:
    form = "ownership=public; beds>=20; at_level=prefecture|county"
    if key == "denominator":
        form = "township: type=street|town|township"
    row.fault(
        key,
        Text(f"看不懂“{part}”这一部分", f'the part "{part}" cannot be read'),
        Text(f"形如 {form}", f"of the form {form}"),
    )


def _checked(row: Faulty, key: str, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return tuple(_condition(row, key, condition) for condition in conditions)


def _condition(row: Faulty, key: str, condition: Condition) -> Condition:
    """Return a condition with the words of the register, its faults noted."""
    name = condition.key
    if name not in fact_keys() and name not in SPECIAL_KEYS:
        known = sorted(fact_keys() | SPECIAL_KEYS)
        row.fault(
            key,
            Text(f"条件中的 {name} 不是台账的列", f"{name} in a condition is no column of facts"),
            Text("台账列的英文名，如 beds、ownership", "a column of facts: beds, ownership, ..."),
            near=nearest(name, known),
        )
        return condition
    if condition.setting and condition.setting not in SETTINGS:
        row.fault(
            key,
            Text(f"没有 @{condition.setting} 这项设置", f"no setting is @{condition.setting}"),
            Text("、".join(f"@{s}" for s in SETTINGS), ", ".join(f"@{s}" for s in SETTINGS)),
            near=nearest(condition.setting, SETTINGS),
        )
        return condition
    if name in SPECIAL_KEYS:
        _special(row, key, condition)
        return condition
    return _worded(row, key, condition)


def _special(row: Faulty, key: str, condition: Condition) -> None:
    known: frozenset[str] = frozenset()
    if condition.key in _NAMES_FACTS:
        known = fact_keys()
    elif condition.key in _NAMES_LAYERS:
        known = frozenset(policy_layers())
    bad = [w for w in condition.words if known and w not in known]
    if condition.key in _NAMES_NUMBERS:
        bad = [w for w in condition.words if not w.isdecimal()]
    if bad or condition.op != "=":
        word = bad[0] if bad else condition.key
        row.fault(
            key,
            Text(f"{condition.key}= 后面不能是这个", f"{condition.key}= cannot be this"),
            Text(
                "part、whole、fact、per 后写台账的列，to、anchor 后写设施类别，其余写数",
                "a column of facts (part, whole, fact, per), a layer (to, anchor), or a number",
            ),
            near=nearest(word, known),
        )


def _worded(row: Faulty, key: str, condition: Condition) -> Condition:
    words = words_of_fact(condition.key)
    if words is None or not condition.words:
        return condition
    bad = [word for word in condition.words if folded(word) not in words]
    if bad:
        row.fault(
            key,
            Text(f"{condition.key} 没有“{bad[0]}”这个值", f'{condition.key} is never "{bad[0]}"'),
            choices(words),
            near=nearest_word(bad[0], words),
        )
        return condition
    return replace(condition, words=tuple(words[folded(word)] for word in condition.words))
