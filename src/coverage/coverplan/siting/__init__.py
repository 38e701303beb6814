"""Floor 3: where new sites should be, and the proof of how good the answer is."""

from .candidates import CandidateSet, check_candidates
from .mclp import solve_mclp
from .problem import SitingPlan, SitingProblem
from .recount import recount

__all__ = [
    "CandidateSet",
    "SitingPlan",
    "SitingProblem",
    "check_candidates",
    "recount",
    "solve_mclp",
]
