"""Facts of units as cells: who is not known, and where nobody lives, told apart."""

from ...measure.indicators import Phase
from ...measure.unit_facts import UnitFacts
from .blocks import Cell
from .sentences import NOBODY

__all__ = ["has_cell", "people_cell", "share_cell"]


def people_cell(unit: UnitFacts, phase: Phase = "before", minutes: float | None = None) -> Cell:
    """Return the people of a unit who are reached; None where not known."""
    return unit.reached(phase, minutes)


def share_cell(unit: UnitFacts, phase: Phase = "before", minutes: float | None = None) -> Cell:
    """Return their share in per cent, exactly; in words where nobody of the group lives there."""
    return NOBODY if unit.people == 0 else unit.share(phase, minutes)


def has_cell(unit: UnitFacts, phase: Phase = "before") -> Cell:
    """Return whether a unit has a working facility; of all units, how many have."""
    have = unit.has_one(phase)
    return have if unit.whole or have is None else bool(have)
