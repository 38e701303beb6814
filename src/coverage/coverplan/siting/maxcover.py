"""Reaching as many people as possible under the rules: reduction, a good start, and the proof."""

import time
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, eye, hstack, vstack

from .fixing import fix_sites
from .greedy import any_plan, greedy, prices
from .highs import Ending, Mip, solve_mip, whole_bound
from .lagrange import Lagrange
from .plan import Bounds, Limits
from .problem import SitingProblem
from .reduce import reduce_problem, restrict
from .rows import SiteRows
from .swaps import Swaps


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
    """
    loose = _without_exact_numbers(rows)
    answer = _Chain(problem, loose, limits, begin).run(start)
    if loose is rows or answer.open is None:
        return answer
    filled = _filled_up(problem, rows, answer.open)
    if filled is not None:
        return replace(answer, open=filled, value=_weight(problem, filled))
    return _Chain(problem, rows, limits, begin).run(start)


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


def _filled_up(
    problem: SitingProblem, rows: SiteRows, open_: NDArray[np.bool_]
) -> NDArray[np.bool_] | None:
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


class _Chain:
    """One search, from reduction to proof."""

    def __init__(
        self, problem: SitingProblem, rows: SiteRows, limits: Limits, begin: float
    ) -> None:
        self.problem, self.rows, self.limits, self.begin = problem, rows, limits, begin
        self.reduced = reduce_problem(problem, rows)
        self.bound = self.reduced.everybody
        self.before = int(problem.weight[problem.before].sum())
        self.sizes = {
            "candidates": int((rows.upper > rows.lower).sum()),
            "places": int((problem.weight[~problem.always] > 0).sum()),
            "pairs": self.reduced.n_pairs,
        }

    def run(self, start: NDArray[np.bool_] | None) -> CoverAnswer:
        ending = self._first(start)
        if ending != "stopped":
            bound = None if ending == "impossible" else self.bound
            return CoverAnswer(None, None, bound, ending, self._sized())
        self._tell()
        if not self._done():
            self._multipliers()
        if not self._done():
            ending = self._prove()
        return self._answer("solved" if self.best.value == self.bound else ending)

    def _answer(self, ending: Ending) -> CoverAnswer:
        whole = self.reduced.expand(self.best.state.open, len(self.problem.sites))
        return CoverAnswer(whole, self.best.value, self.bound, ending, self._sized())

    def _sized(self) -> dict[str, int]:
        left = {
            "candidates_left": self.reduced.n_sites,
            "rows_left": self.reduced.n_rows,
            "pairs_left": self.reduced.n_pairs,
        }
        return {**self.sizes, **left}

    def _first(self, start: NDArray[np.bool_] | None) -> Ending:
        """Find a first plan; ``stopped`` when there is one."""
        found: list[Swaps] = []
        for price in prices(self.reduced):
            state = greedy(self.reduced, price)
            if state is not None:
                found.append(Swaps(self.reduced, state, price))
        if not found:
            state, ending = any_plan(self.reduced, self.limits)
            if state is None:
                return ending
            found.append(Swaps(self.reduced, state, prices(self.reduced)[-1]))
        for swaps in found:
            if not self._late():
                swaps.exchange(_WORK)
        self.best = max(found, key=lambda swaps: swaps.value)
        if start is not None:
            self.best.offer(np.flatnonzero(start[self.reduced.sites]), _WORK)
        return "stopped"

    def _left(self) -> float:
        return self.limits.time_limit_seconds - (time.perf_counter() - self.begin)

    def _late(self) -> bool:
        return self._left() <= 0

    def _allowed(self) -> float:
        """Return the gap asked for, in weight: relative to what is newly reached."""
        return self.limits.gap_percent / 100 * abs(self.bound - self.before)

    def _done(self) -> bool:
        return self._late() or self.bound - self.best.value <= self._allowed()

    def _tell(self) -> None:
        self.bound = max(self.bound, self.best.value)
        if self.limits.on_bounds is not None:
            seconds = time.perf_counter() - self.begin
            self.limits.on_bounds(Bounds(self.best.value, self.bound, seconds))

    def _multipliers(self) -> None:
        """Lower the bound by multipliers, fix sites, and try what the multipliers suggest."""
        self.best.shake(_ROUNDS, _WORK)
        self.search = Lagrange(self.reduced)
        stalled, last = 0, float("inf")
        while stalled < _PATIENCE and not self._done():
            self.search.step(self.best.value, _TRIES)
            self.bound = min(self.bound, max(self.search.total_bound, self.best.value))
            duals = self.search.duals
            for wish in (duals.share, self.search.worth):
                self.best.offer(np.argsort(-wish, kind="stable"), _WORK)
            self._tell()
            gap = self.search.bound + self.reduced.sure - self.best.value
            stalled = stalled + 1 if gap > last * _STALL else 0
            last = min(gap, last)
            if not self._done():
                self._fix()

    def _fix(self) -> None:
        """Drop and open for good what no better plan would do otherwise."""
        keep, fixed = fix_sites(self.search, self.best.value, self.best.state.open)
        if len(keep) > _WORTHWHILE * self.reduced.n_sites:
            return
        smaller, row_of = restrict(self.reduced, keep, fixed)
        self.search = self.search.moved(smaller, row_of)
        self.best = self.best.moved(smaller)
        self.reduced = smaller

    def _prove(self) -> Ending:
        """Let the solver close the gap."""
        reduced, cover = self.reduced, self.reduced.cover
        n, n_rows = reduced.n_sites, reduced.n_rows
        links: csr_matrix = hstack([-reduced.matrix(), eye(n_rows)])
        rules = reduced.rules()
        own: csr_matrix = hstack([rules, csr_matrix((rules.shape[0], n_rows))])
        matrix: csc_matrix = vstack([links, own]).tocsc()
        open_ = self.best.state.open.astype(float)
        reached = (self.best.state.times > 0).astype(float)
        answer = solve_mip(
            Mip(
                sense="max",
                cost=np.concatenate([np.zeros(n), cover.weight]),
                rows=matrix,
                row_lower=np.concatenate([np.full(n_rows, -np.inf), cover.low]),
                row_upper=np.concatenate([np.zeros(n_rows), cover.up]),
                lower=np.zeros(n + n_rows),
                upper=np.ones(n + n_rows),
                whole=np.arange(n + n_rows) < n,
            ),
            self._passed_on(),
            start=np.concatenate([open_, reached]),
            begin=self.begin,
        )
        bound = whole_bound(answer.bound, "max")
        if answer.values is not None:
            self.best.offer(np.flatnonzero(np.round(answer.values[:n]) == 1))
        if bound is not None:
            self.bound = min(self.bound, reduced.sure + bound)
        self._tell()
        return answer.ending

    def _passed_on(self) -> Limits:
        """Return the limits for a model that counts only what is not sure."""
        base = max(self.bound - self.reduced.sure, 1)
        tell = self.limits.on_bounds

        def told(bounds: Bounds) -> None:
            if tell is not None:
                value = max(self.best.value, self.reduced.sure + (bounds.value or 0))
                bound = self.bound
                if bounds.bound is not None:
                    bound = max(value, min(bound, self.reduced.sure + bounds.bound))
                tell(Bounds(value, bound, bounds.seconds))

        return replace(
            self.limits,
            gap_percent=self._allowed() / base * 100,
            on_bounds=None if tell is None else told,
        )


_WORK = 400_000_000
"""Steps of one local search: some seconds at most."""

_ROUNDS, _TRIES = 30, 25
_PATIENCE, _STALL, _WORTHWHILE = 8, 0.995, 0.9
