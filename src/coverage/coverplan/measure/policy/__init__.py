"""Policy targets measured: from what is known to met, short by so much, or not to be judged."""

from . import (
    audits,
    boundaries,
    budget,
    circle,
    composite,
    counts,
    gaps,
    mapped,
    named,
    premises,
    projects,
    reachable,
    register_only,
    rooms,
    served,
    shares,
    staffing,
    standalone,
    unitshares,
)
from .assess import assess_targets
from .found import Cannot, Finding, Measured, Named, NoTarget, Part
from .ledger import LayerReach, Ledger
from .registry import INDICATOR_TYPES, IndicatorType

INDICATOR_MODULES = (
    audits, boundaries, budget, circle, composite, counts, gaps, mapped, named, premises, projects,
    reachable, register_only, rooms, served, shares, staffing, standalone, unitshares,
)  # fmt: skip
"""The modules whose functions register indicator types."""

__all__ = [
    "INDICATOR_MODULES",
    "INDICATOR_TYPES",
    "Cannot",
    "Finding",
    "IndicatorType",
    "LayerReach",
    "Ledger",
    "Measured",
    "Named",
    "NoTarget",
    "Part",
    "assess_targets",
]
