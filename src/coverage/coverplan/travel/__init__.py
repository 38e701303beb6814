"""Floor 2: from places and roads to minutes, and from minutes to who is reached.

Examples
--------
>>> import coverplan as cp
>>> from coverplan.travel import NO_ROAD
>>> county = cp.small_county()
>>> graph = cp.mode_graph(county.network, county.profiles["metre_a_second"])
>>> (cp.snap(graph, county.demand.xy).edge == NO_ROAD).nonzero()[0].tolist()  # V9
[8]
"""

from .graph import ModeGraph, mode_graph
from .isochrones import isochrones
from .knearest import KNearest, k_nearest_sites
from .nearest import Nearest, nearest_site
from .reach import Reach, TravelTimes
from .routes import Routes, routes
from .service import road_kilometres, service_area
from .snap import NO_ROAD, Snapped, snap
from .sums import reach_sums
from .times import travel_time_blocks, travel_times

__all__ = [
    "NO_ROAD",
    "KNearest",
    "ModeGraph",
    "Nearest",
    "Reach",
    "Routes",
    "Snapped",
    "TravelTimes",
    "isochrones",
    "k_nearest_sites",
    "mode_graph",
    "nearest_site",
    "reach_sums",
    "road_kilometres",
    "routes",
    "service_area",
    "snap",
    "travel_time_blocks",
    "travel_times",
]
