"""The indicator types targets are judged by, each registered once."""

from collections.abc import Callable
from dataclasses import dataclass

from ...core.text import Text
from ...domain.policy import Target
from .found import Found
from .ledger import Ledger

Function = Callable[[Target, Ledger], Found]


@dataclass(frozen=True, slots=True)
class IndicatorType:
    """A registered indicator type.

    Parameters
    ----------
    id, label
        Its name in the register, and for people.
    formula
        What is measured, in a line: numerator, denominator, what counts.
    sites
        Whether new sites can close its gap.
    compute
        The figure for a target.
    """

    id: str
    label: Text
    formula: Text
    sites: bool
    compute: Function


INDICATOR_TYPES: dict[str, IndicatorType] = {}


def measures(
    key: str, *, zh: str, en: str, formula: Text, sites: bool = False
) -> Callable[[Function], Function]:
    """Register an indicator type under ``key``.

    Parameters
    ----------
    key
        Its name in the register.
    zh, en
        What it is called.
    formula
        What is measured, in a line.
    sites
        Whether new sites can close its gap.
    """

    def register(compute: Function) -> Function:
        if key in INDICATOR_TYPES:
            raise ValueError(f"indicator type {key} is registered twice")
        INDICATOR_TYPES[key] = IndicatorType(key, Text(zh, en), formula, sites, compute)
        return compute

    return register
