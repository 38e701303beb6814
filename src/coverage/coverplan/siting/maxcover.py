"""Reaching as many people as possible under the rules: reduction, a good start, and the proof."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, eye, hstack, vstack

from .highs import Ending, Mip, solve_mip, whole_bound
from .plan import Limits
from .problem import SitingProblem
from .reduce import merge_rows
from .rows import SiteRows


@dataclass(frozen=True, slots=True)
class CoverAnswer:
    """What a covering search found.

    Parameters
    ----------
    open
        Which of all sites are open, shape ``(n_sites,)``; None where no plan was found.
    value, bound
        Of the objective, in whole numbers; None where there is none.
    ending
        As of the solver; ``impossible`` is a proof.
    sizes
        Rows and columns before and after reduction.
    """

    open: NDArray[np.bool_] | None
    value: int | None
    bound: int | None
    ending: Ending
    sizes: dict[str, int] = field(default_factory=dict)


def max_cover(problem: SitingProblem, rows: SiteRows, limits: Limits, begin: float) -> CoverAnswer:
    """Return the open sites that keep the rows and reach most weight in all, with a bound.

    Parameters
    ----------
    problem
        Who is reached from where and what each place weighs.
    rows
        What every plan keeps to.
    limits, begin
        When to stop, and when the whole search began (`time.perf_counter`).
    """
    weight, always = problem.weight, problem.always
    sure = int(weight[always].sum())
    open_weight = np.where(always, 0, weight)
    cover, people = merge_rows(problem.reach, open_weight)
    sizes = {
        "candidates": len(problem.sites),
        "places": int((open_weight > 0).sum()),
        "candidates_left": len(problem.sites),
        "rows_left": len(people),
    }
    n, n_rows = len(problem.sites), len(people)
    links: csr_matrix = hstack([-cover.T.astype(float), eye(n_rows)])
    own: csr_matrix = hstack([rows.matrix, csr_matrix((rows.matrix.shape[0], n_rows))])
    matrix: csc_matrix = vstack([links, own]).tocsc()
    answer = solve_mip(
        Mip(
            sense="max",
            cost=np.concatenate([np.zeros(n), people]),
            rows=matrix,
            row_lower=np.concatenate([np.full(n_rows, -np.inf), rows.row_lower]),
            row_upper=np.concatenate([np.zeros(n_rows), rows.row_upper]),
            lower=np.concatenate([rows.lower, np.zeros(n_rows)]),
            upper=np.concatenate([rows.upper, np.ones(n_rows)]),
            whole=np.arange(n + n_rows) < n,
        ),
        limits,
        begin=begin,
    )
    bound = whole_bound(answer.bound, "max")
    everybody = int(people.sum())
    bound = sure + (everybody if bound is None else min(bound, everybody))
    if answer.values is None:
        return CoverAnswer(None, None, bound, answer.ending, sizes)
    is_open = np.round(answer.values[:n]) == 1
    value = int(weight[problem.reach.covered(np.flatnonzero(is_open).tolist())].sum())
    return CoverAnswer(is_open, value, bound, answer.ending, sizes)
