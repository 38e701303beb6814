"""coverplan: who is within reach of a service, and where the next sites should be."""

from .core.errors import CoverplanError, InputError, InternalError, MissingExtraError, Problem
from .core.text import Text
from .domain import (
    Demand,
    Facilities,
    Layer,
    Network,
    Profile,
    Region,
    StudyConfig,
    builtin_layers,
    builtin_profiles,
)
from .io import read_study
from .measure import Coverage, LayerView, measure_layer
from .outputs import write_run
from .people import largest_remainder, place_people
from .present.notebook import MapView, map_html, register_display, show_map, show_table
from .results import Inputs, LayerInput, LayerResult, SitingRequest, Study
from .siting import SitingPlan, SitingProblem, check_candidates, recount, solve_mclp
from .study import assess, load, run
from .travel import (
    Reach,
    TravelTimes,
    mode_graph,
    nearest_site,
    snap,
    travel_times,
)

__version__ = "0.1.0"

register_display()

__all__ = [
    "Coverage",
    "CoverplanError",
    "Demand",
    "Facilities",
    "InputError",
    "Inputs",
    "InternalError",
    "Layer",
    "LayerInput",
    "LayerResult",
    "LayerView",
    "MapView",
    "MissingExtraError",
    "Network",
    "Problem",
    "Profile",
    "Reach",
    "Region",
    "SitingPlan",
    "SitingProblem",
    "SitingRequest",
    "Study",
    "StudyConfig",
    "Text",
    "TravelTimes",
    "assess",
    "builtin_layers",
    "builtin_profiles",
    "check_candidates",
    "largest_remainder",
    "load",
    "map_html",
    "measure_layer",
    "mode_graph",
    "nearest_site",
    "place_people",
    "read_study",
    "recount",
    "run",
    "show_map",
    "show_table",
    "snap",
    "solve_mclp",
    "travel_times",
    "write_run",
]
