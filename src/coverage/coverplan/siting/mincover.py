r"""Fewest sites, or least cost, so that enough people are reached: set covering, whole and partial.

.. math::

    \min \sum_j c_j x_j \quad \text{s.t.} \quad
    \sum_i w_{ki} z_i \ge b_k \;\; \forall k, \quad z_i \le \sum_{j \in N_i} x_j, \quad
    A x \text{ within the rules}, \quad x_j \in \{0, 1\}, \; 0 \le z_i \le 1

with a demand :math:`k` for each group of people that must be reached. Where a demand cannot spare
anybody, :math:`z_i = 1` and its rows are those of the set covering problem.

Toregas, C., Swain, R., ReVelle, C. and Bergman, L. (1971): The location of emergency service
facilities. Operations Research 19, 1363-1373. Daskin, M. S. and Owen, S. H. (1999): Two new
location covering problems: the partial p-center problem and the partial set covering problem.
Geographical Analysis 31, 217-235.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye, hstack, vstack

from .highs import Mip, solve_mip, whole_bound
from .maxcover import CoverAnswer
from .mincover_start import Start
from .needs import Need, NeedRows, dominated_sites, implied_rows, need_rows
from .plan import Bounds, Limits
from .problem import SitingProblem
from .rows import SiteRows

_QUICK = 0.2
"""Share of the time left that a quick search for a start may take."""

_LITTLE = 2_000

__all__ = [
    "Need",
    "keep_standing",
    "min_cover",
    "most_of_needs",
    "most_within_needs",
    "quick_cover",
]


def min_cover(
    problem: SitingProblem,
    rows: SiteRows,
    cost: NDArray[np.int64],
    needs: Sequence[Need],
    limits: Limits,
    begin: float,
    *,
    start: NDArray[np.bool_] | None = None,
) -> CoverAnswer:
    """Return the cheapest open sites that keep the rows and reach enough people, with a bound.

    Parameters
    ----------
    problem
        Who is reached from where.
    rows
        What every plan keeps to.
    cost
        Of each open site, at least 0, shape ``(n_sites,)``: ones for new sites to have the fewest.
    needs
        Whom a plan must reach.
    limits, begin
        When to stop, and when the whole search began (`time.perf_counter`).
    start
        Open sites to begin with, shape ``(n_sites,)``, if they keep rows and needs.

    Returns
    -------
    CoverAnswer
        ``value`` and ``bound`` are costs; ``impossible`` is a proof.
    """
    merged = need_rows(problem, rows, needs)
    sizes = {"candidates": len(problem.sites), "places": merged.places}
    if (merged.short > 0).any():
        return CoverAnswer(None, None, None, "impossible", sizes)
    model = CoverModel(merged, rows, cost, start)
    sizes |= {"candidates_left": int(model.columns.sum()), "rows_left": model.cover.shape[1]}
    begun = start
    if start is None or not model.keeps(start):
        left = limits.time_limit_seconds - (time.perf_counter() - begin)
        begun = model.greedy(cost, _QUICK * left)
    answer = solve_mip(
        model.mip("min", cost.astype(float), np.zeros(model.n_spare)),
        limits,
        start=None if begun is None else model.point(begun),
        begin=begin,
    )
    bound = whole_bound(answer.bound, "min")
    bound = max(0 if bound is None else bound, int(cost[rows.lower > 0].sum()))
    if answer.values is None:
        return CoverAnswer(None, None, bound, answer.ending, sizes)
    is_open = np.round(answer.values[: len(cost)]) == 1
    return CoverAnswer(is_open, int(cost[is_open].sum()), bound, answer.ending, sizes)


def most_within_needs(
    problem: SitingProblem,
    rows: SiteRows,
    needs: Sequence[Need],
    limits: Limits,
    begin: float,
    *,
    start: NDArray[np.bool_] | None = None,
) -> CoverAnswer:
    """Return the open sites that keep the rows, reach enough people, and then the most.

    Parameters
    ----------
    problem, rows, needs, limits, begin, start
        As in `min_cover`.

    Returns
    -------
    CoverAnswer
        ``value`` and ``bound`` are the weight reached in all.
    """
    all_ = Need(problem.weight, 0, problem.name)
    merged = need_rows(problem, rows, [*needs, all_])
    sizes = {"candidates": len(problem.sites), "places": merged.places}
    if (merged.short > 0).any():
        return CoverAnswer(None, None, None, "impossible", sizes)
    n = len(problem.sites)
    model = CoverModel(merged, rows, None)
    sizes |= {"candidates_left": int(model.columns.sum()), "rows_left": model.cover.shape[1]}
    gain = np.asarray(model.weight[-1].todense(), dtype=float).ravel()[~model.full]
    sure = all_.reached(problem.reach.covered(np.flatnonzero(rows.lower > 0).tolist()))
    sure += int(merged.weight[-1][:, merged.full].sum())
    answer = solve_mip(
        model.mip("max", np.zeros(n), gain),
        limits,
        start=None if start is None or not model.keeps(start) else model.point(start),
        begin=begin,
    )
    bound = whole_bound(answer.bound, "max")
    bound = sure + (int(gain.sum()) if bound is None else min(bound, int(gain.sum())))
    if answer.values is None:
        return CoverAnswer(None, None, bound, answer.ending, sizes)
    is_open = np.round(answer.values[:n]) == 1
    value = all_.reached(problem.reach.covered(np.flatnonzero(is_open).tolist()))
    return CoverAnswer(is_open, value, bound, answer.ending, sizes)


def most_of_needs(
    problem: SitingProblem,
    rows: SiteRows,
    needs: Sequence[Need],
    limits: Limits,
    begin: float,
    *,
    start: NDArray[np.bool_] | None = None,
) -> CoverAnswer:
    """Return the open sites that keep the rows and come nearest to the needs, in all.

    Parameters
    ----------
    problem, rows, needs, limits, begin, start
        As in `min_cover`.

    Returns
    -------
    CoverAnswer
        ``value`` and ``bound`` are sums over the needs, none counted beyond what it asks for.
    """
    merged = need_rows(problem, rows, needs)
    n, n_rows, n_needs = len(problem.sites), merged.cover.shape[1], len(needs)
    sizes = {"candidates": n, "places": merged.places, "rows_left": n_rows}
    links = hstack([-merged.cover.T.astype(float), eye(n_rows), csr_matrix((n_rows, n_needs))])
    counts = hstack([csr_matrix((n_needs, n)), -merged.weight.astype(float), eye(n_needs)])
    own = hstack([rows.matrix, csr_matrix((rows.matrix.shape[0], n_rows + n_needs))])
    free = np.full(n_rows + n_needs, -np.inf)
    asked = sum(need.at_least for need in needs)
    sure = asked - int(merged.left.sum())
    answer = solve_mip(
        Mip(
            sense="max",
            cost=np.concatenate([np.zeros(n + n_rows), np.ones(n_needs)]),
            rows=vstack([links, counts, own]).tocsc(),
            row_lower=np.concatenate([free, rows.row_lower]),
            row_upper=np.concatenate([np.zeros(n_rows + n_needs), rows.row_upper]),
            lower=np.concatenate([rows.lower, np.zeros(n_rows + n_needs)]),
            upper=np.concatenate([rows.upper, np.ones(n_rows), merged.left.astype(float)]),
            whole=np.arange(n + n_rows + n_needs) < n,
        ),
        _told_with(limits, sure),
        start=None if start is None else _toward(merged, start),
        begin=begin,
    )
    bound = whole_bound(answer.bound, "max")
    bound = asked if bound is None else min(sure + bound, asked)
    if answer.values is None:
        return CoverAnswer(None, None, bound, answer.ending, sizes)
    is_open = np.round(answer.values[:n]) == 1
    reached = problem.reach.covered(np.flatnonzero(is_open).tolist())
    value = sum(min(need.reached(reached), need.at_least) for need in needs)
    return CoverAnswer(is_open, value, bound, answer.ending, sizes)


def _toward(merged: NeedRows, is_open: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the variables of `most_of_needs` for some open sites that keep the rows."""
    reached = (merged.cover.T @ is_open.astype(np.int32) > 0).astype(np.int64)
    counted = np.minimum(merged.weight @ reached, merged.left)
    return np.concatenate([is_open, reached, counted]).astype(float)


def _told_with(limits: Limits, sure: int) -> Limits:
    """Return limits that are told values and bounds with what is sure added to them."""
    tell = limits.on_bounds
    if tell is None:
        return limits

    def told(bounds: Bounds) -> bool | None:
        value, bound = bounds.value, bounds.bound
        return tell(
            Bounds(
                None if value is None else value + sure,
                None if bound is None else bound + sure,
                bounds.seconds,
            )
        )

    return replace(limits, on_bounds=told)


class CoverModel:
    """Sites, merged places and needs as one linear model, reduced.

    Parameters
    ----------
    merged, rows
        The needs and the rules.
    cost
        Of each site, to drop those another can replace; None: all stay.
    start
        Sites that stay, shape ``(n_sites,)``.
    """

    def __init__(
        self,
        merged: NeedRows,
        rows: SiteRows,
        cost: NDArray[np.int64] | None,
        start: NDArray[np.bool_] | None = None,
    ) -> None:
        n = len(rows.lower)
        self.rows = rows
        self.columns = rows.upper > 0
        cover = merged.cover
        if cost is not None:
            spared = np.zeros(n, dtype=bool) if start is None else start
            self.columns = self.columns & (spared | ~dominated_sites(cover, rows, cost))
            cover = csr_matrix(cover.multiply(self.columns.astype(np.int8)[:, None]))
            cover.eliminate_zeros()
        # A covering row that another one implies can go, but its people count in other needs.
        strict = np.flatnonzero(merged.full)
        implied = np.zeros(len(merged.full), dtype=bool)
        implied[strict[implied_rows(cover[:, strict].tocsr())]] = True
        counted = np.asarray(merged.weight[:, merged.full].sum(axis=1), dtype=np.int64).ravel()
        self.cover, self.full = csr_matrix(cover[:, ~implied]), merged.full[~implied]
        self.weight = csr_matrix(merged.weight[:, ~implied])
        self.left = (
            merged.left - np.asarray(merged.weight[:, implied].sum(axis=1), dtype=np.int64).ravel()
        )
        self.left_spare = merged.left - counted
        self.n_sites, self.n_spare = n, int((~self.full).sum())

    def mip(
        self, sense: str, site_cost: NDArray[np.float64], spare_cost: NDArray[np.float64]
    ) -> Mip:
        """Return the linear model: sites first, then the merged places that may be left out."""
        n, spare = self.n_sites, ~self.full
        strict = self.cover[:, self.full].T.astype(float)
        links = hstack([-self.cover[:, spare].T.astype(float), eye(self.n_spare)])
        open_needs = np.flatnonzero(self.left_spare > 0)
        asked = hstack(
            [csr_matrix((len(open_needs), n)), self.weight[open_needs][:, spare].astype(float)]
        )
        none = csr_matrix((strict.shape[0] + self.rows.matrix.shape[0], self.n_spare))
        top = hstack([vstack([strict, self.rows.matrix]), none])
        return Mip(
            sense="max" if sense == "max" else "min",
            cost=np.concatenate([site_cost, spare_cost]),
            rows=vstack([top, links, asked]).tocsc(),
            row_lower=np.concatenate(
                [
                    np.ones(strict.shape[0]),
                    self.rows.row_lower,
                    np.full(self.n_spare, -np.inf),
                    self.left_spare[open_needs].astype(float),
                ]
            ),
            row_upper=np.concatenate(
                [
                    np.full(strict.shape[0], np.inf),
                    self.rows.row_upper,
                    np.zeros(self.n_spare),
                    np.full(len(open_needs), np.inf),
                ]
            ),
            lower=np.concatenate([self.rows.lower, np.zeros(self.n_spare)]),
            upper=np.concatenate([self.rows.upper * self.columns, np.ones(self.n_spare)]),
            whole=np.arange(n + self.n_spare) < n,
        )

    def point(self, is_open: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the variables of the linear model for some open sites."""
        reached = self.reached(is_open)[~self.full]
        return np.concatenate([is_open.astype(float), reached.astype(float)])

    def reached(self, is_open: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which merged places some open sites reach."""
        return np.asarray(self.cover.T @ is_open.astype(np.int32) > 0)

    def keeps(self, is_open: NDArray[np.bool_]) -> bool:
        """Return whether some open sites keep rows, bounds and needs."""
        reached = self.reached(is_open)
        return bool(
            (is_open >= (self.rows.lower > 0)).all()
            and (is_open <= self.columns).all()
            and self.rows.kept(is_open).all()
            and reached[self.full].all()
            and (self.weight @ reached.astype(np.int64) >= self.left).all()
        )

    def greedy(self, cost: NDArray[np.int64], seconds: float = 0.0) -> NDArray[np.bool_] | None:
        """Return open sites found quickly; None where that fails.

        Parameters
        ----------
        cost, seconds
            Of each site, and for how long to make the first plan better.
        """
        start = Start(self.cover, self.weight, self.left, self.full, self.rows, cost, self.columns)
        found = start.first()
        if not self.keeps(found):
            return None
        # Where there is little to search, the solver is done sooner.
        better = start.better(found, seconds if self.cover.nnz > _LITTLE else 0.0)
        return better if self.keeps(better) else found


def quick_cover(
    problem: SitingProblem,
    rows: SiteRows,
    cost: NDArray[np.int64],
    needs: Sequence[Need],
    seconds: float,
) -> NDArray[np.bool_] | None:
    """Return open sites that keep rows and needs, found without a solver; None: no luck.

    Parameters
    ----------
    problem, rows, cost, needs
        As in `min_cover`.
    seconds
        How long the first plan may be made better.
    """
    merged = need_rows(problem, rows, needs)
    return None if merged.short.any() else CoverModel(merged, rows, cost).greedy(cost, seconds)


def keep_standing(
    problem: SitingProblem, rows: SiteRows, is_open: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return a plan that closes no existing site without need: it costs nothing and reaches some.

    Parameters
    ----------
    problem, rows, is_open
        The sites, what every plan keeps to, and which are open, shape ``(n_sites,)``.
    """
    kept = is_open.copy()
    for site in np.flatnonzero(problem.sites.existing & ~is_open & (rows.upper > 0)):
        kept[site] = True
        if not rows.kept(kept).all():
            kept[site] = False
    return kept
