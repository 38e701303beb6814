"""Reaching as many people as possible under any rules, with a proof."""

import time
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..travel import Reach
from .coversearch import CoverAnswer, CoverSearch
from .lagrange import Lagrange
from .plan import Limits
from .problem import SitingProblem
from .reduce import without_needless
from .rows import SiteRows, site_rows
from .thrift import cheapest_classes

__all__ = ["CoverAnswer", "max_cover"]


def max_cover(
    problem: SitingProblem,
    rows: SiteRows,
    limits: Limits,
    begin: float,
    *,
    start: NDArray[np.bool_] | None = None,
) -> CoverAnswer:
    """Return the open sites that keep the rows and reach most weight in all, with a bound.

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

    Notes
    -----
    The first search of a process waits for compiled code, the first ever for the compiler. That
    does not count as time of the search.
    """
    answer = _searched(problem, rows, limits, begin + _compiled(), start)
    if answer.open is None:
        return answer
    return replace(answer, open=cheapest_classes(problem, rows, answer.open))


def _searched(
    problem: SitingProblem,
    rows: SiteRows,
    limits: Limits,
    begin: float,
    start: NDArray[np.bool_] | None,
) -> CoverAnswer:
    loose = _without_exact_numbers(rows)
    answer = CoverSearch(problem, loose, limits, begin).run(start)
    if loose is rows or answer.open is None:
        return answer
    filled = _filled_up(rows, answer.open)
    if filled is not None:
        return replace(answer, open=filled, value=_weight(problem, filled))
    return CoverSearch(problem, rows, limits, begin).run(start)


@cache
def _first_of_process() -> list[float]:
    """Run every compiled loop once on next to nothing; return the seconds that took."""
    begin = time.perf_counter()
    reach = Reach(
        pd.RangeIndex(2),
        pd.RangeIndex(3),
        np.array([0, 1, 3, 4]),
        np.array([0, 0, 1, 1], dtype=np.int32),
        1.0,
    )
    people = np.array([2, 1])
    problem = SitingProblem.covering(reach, people, np.zeros(2, dtype=bool), 1)
    search = CoverSearch(problem, site_rows(problem), Limits(60.0), begin, drop=False)
    search.first(None)
    search.best.shake(1, _STEPS)
    search.best.offer(np.arange(search.reduced.n_sites), _STEPS)
    Lagrange(search.reduced).step(0, 1)
    without_needless(search.reduced)
    return [time.perf_counter() - begin]


def _compiled() -> float:
    """Return the seconds the first search of a process spends on compiled code, later ones 0."""
    seconds = _first_of_process()
    return seconds.pop() if seconds else 0.0


def _weight(problem: SitingProblem, open_: NDArray[np.bool_]) -> int:
    return int(problem.weight[problem.reach.covered(np.flatnonzero(open_).tolist())].sum())


def _without_exact_numbers(rows: SiteRows) -> SiteRows:
    """Return the rows with "exactly so many" as "at most": one more site never reaches fewer.

    Not where rows weigh sites differently, as a budget does: filling up might not be possible.
    """
    exact = (rows.row_lower == rows.row_upper) & np.isfinite(rows.row_upper)
    if not exact.any() or (rows.matrix.data != 1).any():
        return rows
    return replace(rows, row_lower=np.where(exact, -np.inf, rows.row_lower))


def _filled_up(rows: SiteRows, open_: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Return a plan with sites added until every row is kept; None where that fails."""
    filled = open_.copy()
    matrix = rows.matrix.tocsc()
    sums = rows.matrix @ filled.astype(float)
    for site in np.flatnonzero(~filled & (rows.upper > 0)):
        if rows.kept(filled).all():
            break
        part = slice(matrix.indptr[site], matrix.indptr[site + 1])
        here = matrix.indices[part]
        short = (sums[here] < rows.row_lower[here]).any()
        if short and (sums[here] + matrix.data[part] <= rows.row_upper[here]).all():
            filled[site] = True
            sums[here] += matrix.data[part]
    return filled if rows.kept(filled).all() else None


_STEPS = 1_000_000
