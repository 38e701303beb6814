"""Floor 3: where new sites should be, and the proof of how good the answer is."""

from .candidates import CandidateSet, check_candidates
from .mclp import solve_mclp
from .plan import Assignment, Bounds, Facts, Impossible, Limits, Objective, SitingPlan
from .problem import UNLIMITED, Rules, Sites, SitingProblem
from .recount import recount

__all__ = [
    "UNLIMITED",
    "Assignment",
    "Bounds",
    "CandidateSet",
    "Facts",
    "Impossible",
    "Limits",
    "Objective",
    "Rules",
    "Sites",
    "SitingPlan",
    "SitingProblem",
    "check_candidates",
    "recount",
    "solve_mclp",
]
