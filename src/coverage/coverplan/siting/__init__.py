"""Floor 3: where new sites should be, and the proof of how good the answer is.

Examples
--------
>>> from coverplan import siting
>>> sorted(siting.MODELS)[:5], len(siting.MODELS)
(['bacop', 'budget', 'cap_mclp', 'cap_pmedian', 'consolidate'], 17)
>>> siting.DEFAULT_LIMITS.time_limit_seconds
60.0
>>> siting.UNLIMITED > 10**18  # the capacity of a site that has no limit
True
"""

from .assignment import assign
from .bacop import solve_bacop
from .budget import solve_budgeted
from .candidates import CandidateSet, check_candidates
from .cap_mclp import solve_cap_mclp
from .cap_pmedian import solve_cap_pmedian
from .closing import ClosingOrder, closing_order
from .colocate import colocation_clusters, colocation_pairs, colocation_summary, premises
from .consolidate import closing_problem, solve_consolidation
from .consolidation import ConsolidationReport, consolidation_report
from .draws import Draw, Draws, Noise
from .equity import solve_floor
from .fewest import solve_fewest
from .frontier import CoverageFrontier, coverage_frontier
from .ground import GroundLimits
from .homes import nearest_home_metres, too_near_homes
from .impossible import why_impossible
from .joint import JointPlan, JointProblem, JointRules, solve_joint
from .lscp import solve_lscp
from .lscp_b import solve_lscp_b
from .maxmin import solve_maxmin
from .mclp import solve_mclp
from .models import MODELS, Answer, Asked, SitingModel
from .moving_in import merges
from .one_per_unit import solve_one_per_unit
from .pcenter import solve_pcenter
from .phase_rules import Phase
from .phases import PhasedPlan, order_of_building, solve_phases
from .plan import (
    DEFAULT_LIMITS,
    Bounds,
    Impossible,
    Limits,
    Objective,
    SitingPlan,
    Stage,
)
from .planfacts import Assignment, Facts, OneLess
from .pmedian import solve_pmedian
from .problem import UNLIMITED, Rules, Sites, SitingProblem
from .proposal import Firmness, Proposal
from .reason_text import as_frame, reason_text
from .reasons import SiteReason, site_reasons
from .recount import recount, recount_facts
from .request import SitingRequest
from .rivals import single_exchanges
from .robust import RobustPlan, solve_robust
from .robustness import SiteRobustness, site_robustness
from .scenarios import Scenario, compare_people, compare_plans, compare_sites, compare_units
from .thinning import road_nodes, thinned
from .uncertainty import UncertaintyReport, assess_draws
from .undesirable import solve_undesirable
from .unit_median import solve_unit_median

__all__ = [
    "DEFAULT_LIMITS",
    "MODELS",
    "UNLIMITED",
    "Answer",
    "Asked",
    "Assignment",
    "Bounds",
    "CandidateSet",
    "ClosingOrder",
    "ConsolidationReport",
    "CoverageFrontier",
    "Draw",
    "Draws",
    "Facts",
    "Firmness",
    "GroundLimits",
    "Impossible",
    "JointPlan",
    "JointProblem",
    "JointRules",
    "Limits",
    "Noise",
    "Objective",
    "OneLess",
    "Phase",
    "PhasedPlan",
    "Proposal",
    "RobustPlan",
    "Rules",
    "Scenario",
    "SiteReason",
    "SiteRobustness",
    "Sites",
    "SitingModel",
    "SitingPlan",
    "SitingProblem",
    "SitingRequest",
    "Stage",
    "UncertaintyReport",
    "as_frame",
    "assess_draws",
    "assign",
    "check_candidates",
    "closing_order",
    "closing_problem",
    "colocation_clusters",
    "colocation_pairs",
    "colocation_summary",
    "compare_people",
    "compare_plans",
    "compare_sites",
    "compare_units",
    "consolidation_report",
    "coverage_frontier",
    "merges",
    "nearest_home_metres",
    "order_of_building",
    "premises",
    "reason_text",
    "recount",
    "recount_facts",
    "road_nodes",
    "single_exchanges",
    "site_reasons",
    "site_robustness",
    "solve_bacop",
    "solve_budgeted",
    "solve_cap_mclp",
    "solve_cap_pmedian",
    "solve_consolidation",
    "solve_fewest",
    "solve_floor",
    "solve_joint",
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
    "thinned",
    "too_near_homes",
    "why_impossible",
]
