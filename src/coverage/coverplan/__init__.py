"""coverplan: who is within reach of a service, and where the next sites should be."""

from .checking import check_study
from .checkoutput import write_report
from .cluster import assess_by_county
from .compared import Comparison
from .comparisons import compare_runs, write_comparison
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
from .domain.goal import Goal
from .io import read_register, read_study
from .measure import Coverage, LayerView, measure_layer
from .measure.floating import two_step_floating_catchment
from .measure.goals import GoalResult
from .measure.inequality import gini, theil
from .measure.measures import Measures, MeasureSettings
from .measure.policy import INDICATOR_TYPES, Finding, Ledger
from .measureoutputs import write_measures
from .measuring import measure_study
from .outputs import write_run
from .people import largest_remainder, place_people
from .present.faults import CheckReport
from .present.notebook import MapView, map_html, register_display, show_map, show_table
from .programming import Programme, target_programme
from .province import ProvinceResult, assess_in_pieces
from .reporting import report_contents, study_report, write_documents
from .results import Inputs, LayerInput, LayerResult, SitingRequest, Study
from .siting import (
    Limits,
    Proposal,
    Rules,
    Sites,
    SitingPlan,
    SitingProblem,
    check_candidates,
    compare_plans,
    recount,
    solve_fewest,
    solve_mclp,
)
from .study import assess, load, propose, run
from .targeting import TargetReport, check_targets
from .targetsoutput import report_rows, write_targets
from .travel import (
    KNearest,
    Nearest,
    Reach,
    Routes,
    Snapped,
    TravelTimes,
    isochrones,
    k_nearest_sites,
    mode_graph,
    nearest_site,
    reach_sums,
    road_kilometres,
    routes,
    service_area,
    snap,
    travel_time_blocks,
    travel_times,
)

__version__ = "0.1.0"

register_display()

__all__ = [
    "INDICATOR_TYPES",
    "CheckReport",
    "Comparison",
    "Coverage",
    "CoverplanError",
    "Demand",
    "Facilities",
    "Finding",
    "Goal",
    "GoalResult",
    "InputError",
    "Inputs",
    "InternalError",
    "KNearest",
    "Layer",
    "LayerInput",
    "LayerResult",
    "LayerView",
    "Ledger",
    "Limits",
    "MapView",
    "MeasureSettings",
    "Measures",
    "MissingExtraError",
    "Nearest",
    "Network",
    "Problem",
    "Profile",
    "Programme",
    "Proposal",
    "ProvinceResult",
    "Reach",
    "Region",
    "Routes",
    "Rules",
    "Sites",
    "SitingPlan",
    "SitingProblem",
    "SitingRequest",
    "Snapped",
    "Study",
    "StudyConfig",
    "TargetReport",
    "Text",
    "TravelTimes",
    "assess",
    "assess_by_county",
    "assess_in_pieces",
    "builtin_layers",
    "builtin_profiles",
    "check_candidates",
    "check_study",
    "check_targets",
    "compare_plans",
    "compare_runs",
    "gini",
    "isochrones",
    "k_nearest_sites",
    "largest_remainder",
    "load",
    "map_html",
    "measure_layer",
    "measure_study",
    "mode_graph",
    "nearest_site",
    "place_people",
    "propose",
    "reach_sums",
    "read_register",
    "read_study",
    "recount",
    "report_contents",
    "report_rows",
    "road_kilometres",
    "routes",
    "run",
    "service_area",
    "show_map",
    "show_table",
    "snap",
    "solve_fewest",
    "solve_mclp",
    "study_report",
    "target_programme",
    "theil",
    "travel_time_blocks",
    "travel_times",
    "two_step_floating_catchment",
    "write_comparison",
    "write_documents",
    "write_measures",
    "write_report",
    "write_run",
    "write_targets",
]
