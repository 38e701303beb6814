"""The indicator types targets are judged by, each registered once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ...core.text import Text
from ...domain.policy import Target
from .found import Found
from .ledger import Ledger

Function = Callable[[Target, Ledger], Found]

Transfer = Literal["as_is", "sum", "named"]
"""What a clause on one place says of another. ``as_is``: shares, rates and rules hold for any;
``sum``: a number for a whole place, of which a part of it owes a part (its quota); ``named``: it
names its places, and says nothing of others."""


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
    transfer
        What a clause on one place says of another.
    compute
        The figure for a target.
    """

    id: str
    label: Text
    formula: Text
    sites: bool
    transfer: Transfer
    compute: Function


INDICATOR_TYPES: dict[str, IndicatorType] = {}
"""Every type of indicator a clause of a policy may be judged by, by its name."""


def measures(
    key: str,
    *,
    zh: str,
    en: str,
    formula: Text,
    sites: bool = False,
    transfer: Transfer = "as_is",
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
    transfer
        What a clause on one place says of another.
    """

    def register(compute: Function) -> Function:
        if key in INDICATOR_TYPES:
            raise ValueError(f"indicator type {key} is registered twice")
        INDICATOR_TYPES[key] = IndicatorType(key, Text(zh, en), formula, sites, transfer, compute)
        return compute

    return register
