"""Covering where some sites need others: a building, a partner in the same building."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye, hstack, vstack

from .highs import Mip, solve_mip, whole_bound
from .maxcover import CoverAnswer
from .plan import Limits
from .problem import SitingProblem
from .reduce import Reduced, reduce_problem
from .rows import SiteRows
from .stages import less_before


def linked_cover(
    problem: SitingProblem,
    rows: SiteRows,
    limits: Limits,
    begin: float,
    *,
    start: NDArray[np.bool_] | None = None,
) -> CoverAnswer:
    """Return the open sites that keep the rows and reach most weight in all, with a bound.

    As `maxcover.max_cover`, for rows by which a site may be open only if another one is: adding
    and exchanging sites one by one leads nowhere there, so that the solver has to find plans.

    Parameters
    ----------
    problem
        Who is reached from where and what each place weighs.
    rows
        What every plan keeps to.
    limits, begin
        When to stop, and when the whole search began (`time.perf_counter`). ``on_bounds`` is told
        all weight reached, what is reached today included.
    start
        Open sites to begin with, shape ``(n_sites,)``, if any are known that keep the rows.
    """
    reduced = reduce_problem(problem, rows, drop=False)
    sizes = {
        "candidates": reduced.n_sites,
        "places": int((problem.weight > 0).sum()),
        "candidates_left": reduced.n_sites,
        "rows_left": reduced.n_rows,
        "pairs": reduced.n_pairs,
    }
    if not reduced.possible:
        return CoverAnswer(None, None, None, "impossible", sizes)
    known = None if start is None else _columns(reduced, start)
    told = less_before(limits, -reduced.sure)
    answer = solve_mip(_model(reduced), told, start=known, begin=begin)
    bound = whole_bound(answer.bound, "max")
    most = reduced.everybody if bound is None else min(reduced.sure + bound, reduced.everybody)
    if answer.values is None:
        left = None if answer.ending == "impossible" else most
        return CoverAnswer(None, None, left, answer.ending, sizes)
    open_ = reduced.expand(np.round(answer.values[: reduced.n_sites]) == 1, len(problem.sites))
    reached = problem.reach.covered(np.flatnonzero(open_).tolist())
    return CoverAnswer(open_, int(problem.weight[reached].sum()), most, answer.ending, sizes)


def _columns(reduced: Reduced, start: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return a plan as values of the model's variables."""
    open_ = start[reduced.sites].astype(float)
    reached = reduced.matrix() @ open_ > 0
    return np.concatenate([open_, reached.astype(float)])


def _model(reduced: Reduced) -> Mip:
    n, n_rows = reduced.n_sites, reduced.n_rows
    rules = reduced.rules()
    links: csr_matrix = hstack([-reduced.matrix(), eye(n_rows)])
    own: csr_matrix = hstack([rules, csr_matrix((rules.shape[0], n_rows))])
    return Mip(
        sense="max",
        cost=np.concatenate([np.zeros(n), reduced.cover.weight]),
        rows=vstack([links, own]).tocsc(),
        row_lower=np.concatenate([np.full(n_rows, -np.inf), reduced.cover.low]),
        row_upper=np.concatenate([np.zeros(n_rows), reduced.cover.up]),
        lower=np.zeros(n + n_rows),
        upper=np.ones(n + n_rows),
        whole=np.arange(n + n_rows) < n,
    )
