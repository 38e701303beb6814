"""coverplan: who is within reach of a service, and where the next sites should be.

Examples
--------
>>> import coverplan as cp
>>> study = cp.assess(cp.small_county())
>>> rows = study.coverage.select(
...     layer="elderly_care", indicator="people_reached", minutes=15, unit_code="total"
... )
>>> rows[["phase", "value", "denominator", "share_percent"]]
    phase  value  denominator  share_percent
0  before    314          933          33.65
1   after    757          933          81.14

What a clause of a policy may be judged by is kept in `INDICATOR_TYPES`:

>>> cp.INDICATOR_TYPES["unit_coverage_share"].label.en
'share of units that have one'
"""

from .checking import check_study
from .checkoutput import write_report
from .cluster import assess_by_county
from .compared import Comparison
from .comparisons import compare_runs, write_comparison
from .core.datum import from_wgs84, shift_metres, to_wgs84
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
from .exporting import write_export
from .io import read_register, read_roads, read_study
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
from .present.embedding import MapFrames, iframe_snippet
from .present.fault_frames import show_faults
from .present.faults import CheckReport
from .present.manymaps import maps_html
from .present.notebook import MapView, map_html, register_display, show_map, show_table
from .present.plan_details import show_draws, show_frontier, show_rivals
from .present.plan_display import plan_summary, show_plan, show_plans
from .present.target_display import in_words
from .programmefound import Programme
from .programming import target_programme
from .province import ProvinceResult, assess_in_pieces
from .reporting import report_contents, study_report, write_documents
from .results import Inputs, LayerInput, LayerResult, SitingRequest, Study
from .siting import (
    CoverageFrontier,
    Limits,
    Proposal,
    Rules,
    Scenario,
    SiteReason,
    Sites,
    SitingPlan,
    SitingProblem,
    check_candidates,
    compare_plans,
    coverage_frontier,
    recount,
    solve_bacop,
    solve_budgeted,
    solve_cap_mclp,
    solve_cap_pmedian,
    solve_consolidation,
    solve_fewest,
    solve_floor,
    solve_lscp,
    solve_lscp_b,
    solve_maxmin,
    solve_mclp,
    solve_one_per_unit,
    solve_pcenter,
    solve_phases,
    solve_pmedian,
    solve_robust,
    solve_undesirable,
    solve_unit_median,
)
from .smallcounty import small_county, small_problem
from .smallcountyfiles import write_small_county
from .study import assess, load, propose, run
from .targetclause import Clause
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
from .travelling import Travellers, travellers

__version__ = "0.1.0"

register_display()

__all__ = [
    "INDICATOR_TYPES",
    "CheckReport",
    "Clause",
    "Comparison",
    "Coverage",
    "CoverageFrontier",
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
    "MapFrames",
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
    "Scenario",
    "SiteReason",
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
    "Travellers",
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
    "coverage_frontier",
    "from_wgs84",
    "gini",
    "iframe_snippet",
    "in_words",
    "isochrones",
    "k_nearest_sites",
    "largest_remainder",
    "load",
    "map_html",
    "maps_html",
    "measure_layer",
    "measure_study",
    "mode_graph",
    "nearest_site",
    "place_people",
    "plan_summary",
    "propose",
    "reach_sums",
    "read_register",
    "read_roads",
    "read_study",
    "recount",
    "report_contents",
    "report_rows",
    "road_kilometres",
    "routes",
    "run",
    "service_area",
    "shift_metres",
    "show_draws",
    "show_faults",
    "show_frontier",
    "show_map",
    "show_plan",
    "show_plans",
    "show_rivals",
    "show_table",
    "small_county",
    "small_problem",
    "snap",
    "solve_bacop",
    "solve_budgeted",
    "solve_cap_mclp",
    "solve_cap_pmedian",
    "solve_consolidation",
    "solve_fewest",
    "solve_floor",
    "solve_lscp",
    "solve_lscp_b",
    "solve_maxmin",
    "solve_mclp",
    "solve_one_per_unit",
    "solve_pcenter",
    "solve_phases",
    "solve_pmedian",
    "solve_robust",
    "solve_undesirable",
    "solve_unit_median",
    "study_report",
    "target_programme",
    "theil",
    "to_wgs84",
    "travel_time_blocks",
    "travel_times",
    "travellers",
    "two_step_floating_catchment",
    "write_comparison",
    "write_documents",
    "write_export",
    "write_measures",
    "write_report",
    "write_run",
    "write_small_county",
    "write_targets",
]
