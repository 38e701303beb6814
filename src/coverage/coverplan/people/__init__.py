"""Floor 2: from tables of people to points with whole numbers that add up to the census."""

from ..core.rounding import largest_remainder
from .place import Placement, place_people
from .words import spread_text

__all__ = ["Placement", "largest_remainder", "place_people", "spread_text"]
