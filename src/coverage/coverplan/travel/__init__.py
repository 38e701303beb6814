"""Floor 2: from places and roads to minutes, and from minutes to who is reached."""

from .graph import ModeGraph, mode_graph
from .nearest import Nearest, nearest_site
from .reach import Reach, TravelTimes
from .snap import NO_ROAD, Snapped, snap
from .times import travel_times

__all__ = [
    "NO_ROAD",
    "ModeGraph",
    "Nearest",
    "Reach",
    "Snapped",
    "TravelTimes",
    "mode_graph",
    "nearest_site",
    "snap",
    "travel_times",
]
