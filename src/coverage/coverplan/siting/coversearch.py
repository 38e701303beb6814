"""The stages of a covering search: reduction, a good start, a bound, fixing, and the proof."""

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye, hstack, vstack

from .benders import Watch, search_with_cuts
from .fixing import fix_sites
from .greedy import any_plan, greedy, prices
from .highs import Ending, Mip, solve_mip, whole_bound
from .lagrange import Lagrange
from .plan import Bounds, Limits
from .problem import SitingProblem
from .reduce import Reduced, reduce_problem, restrict
from .rows import SiteRows
from .stages import seconds_left
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


class CoverSearch:
    """One search, from reduction to proof.

    Parameters
    ----------
    problem, rows, limits, begin
        As of `maxcover.max_cover`.
    drop
        Whether to drop sites another makes needless.
    """

    def __init__(
        self,
        problem: SitingProblem,
        rows: SiteRows,
        limits: Limits,
        begin: float,
        *,
        drop: bool = True,
    ) -> None:
        self.problem, self.rows, self.limits, self.begin = problem, rows, limits, begin
        self.enough = False
        self.reduced = reduce_problem(problem, rows, drop=drop)
        self.bound = self.reduced.everybody
        self.before = int(problem.weight[problem.before].sum())
        self.sizes = {
            "candidates": int((rows.upper > rows.lower).sum()),
            "places": int((problem.weight[~problem.always] > 0).sum()),
            "pairs": self.reduced.n_pairs,
        }

    def run(self, start: NDArray[np.bool_] | None) -> CoverAnswer:
        """Return what the search finds in its time.

        Parameters
        ----------
        start
            Open sites to begin with, shape ``(n_sites,)``, or None.
        """
        ending = self.first(start)
        if ending != "stopped":
            bound = None if ending == "impossible" else self.bound
            return CoverAnswer(None, None, bound, ending, self._sized())
        self.search = Lagrange(self.reduced)
        unreached = self.best.state.times == 0
        self.search.try_at(np.where(unreached, self.reduced.cover.weight, 0).astype(float))
        self._lower(self.search.total_bound)
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

    def first(self, start: NDArray[np.bool_] | None) -> Ending:
        """Find a first plan; ``stopped`` when there is one.

        Parameters
        ----------
        start
            As of `run`.
        """
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
        return seconds_left(self.limits, self.begin)

    def _late(self) -> bool:
        return self._left() <= 0

    def _allowed(self) -> float:
        """Return the gap asked for, in weight: relative to what is newly reached."""
        return self.limits.gap_percent / 100 * abs(self.bound - self.before)

    def _done(self) -> bool:
        near = self.bound - self.best.value <= self._allowed()
        return self.enough or near or self._late()

    def _multipliers(self) -> None:
        """Lower the bound by multipliers, fix sites, and try what the multipliers suggest."""
        stalled, last = 0, float("inf")
        tries = int(np.clip(_TRY_PAIRS // max(self.reduced.n_pairs, 1), *_TRIES))
        while stalled < _PATIENCE and not self._done():
            self.best.shake(_ROUNDS, _SHAKING)
            self.search.step(self.best.value, tries)
            duals = self.search.duals
            for wish in (duals.share, self.search.worth):
                self.best.offer(np.argsort(-wish, kind="stable"), _WORK)
            self._lower(self.search.total_bound)
            gap = self.search.bound + self.reduced.sure - self.best.value
            stalled = stalled + 1 if gap > last * _STALL else 0
            last = min(gap, last)
            if not self._done():
                self._fix()

    def _lower(self, bound: int) -> None:
        """Take note of a bound, and tell."""
        self.bound = max(min(self.bound, bound), self.best.value)
        seconds = time.perf_counter() - self.begin
        self._tell(Bounds(self.best.value, self.bound, seconds))

    def _tell(self, bounds: Bounds) -> bool:
        """Tell how far the search is; return whether that is enough for the listener."""
        if self.limits.on_bounds is not None and self.limits.on_bounds(bounds):
            self.enough = True
        return self.enough

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
        """Close the gap: all rows of people at once where they are few, else by cuts."""
        for _ in range(_LAST):
            if not self._done():
                self.best.shake(_ROUNDS, _SHAKING)
        self._lower(self.bound)
        if self._done():
            return "stopped"
        self._fix()
        pairs = self.reduced.n_pairs
        thin = pairs <= _THIN * self.reduced.n_rows and pairs <= _MANY_PAIRS
        if pairs <= _FEW_PAIRS or thin:
            return self._solve_whole()
        cuts = search_with_cuts(
            self.reduced,
            self.search.duals.best,
            self.search.duals.share,
            self.best.state.open,
            Watch(self._passed_on, self._found, self._proven),
        )
        self.sizes["cuts"] = cuts
        return "stopped"

    def _found(self, open_: NDArray[np.bool_]) -> NDArray[np.bool_]:
        self.best.offer(np.flatnonzero(open_), _WORK)
        if not self._done():
            self.best.shake(_ROUNDS, _SHAKING)
        self._lower(self.bound)
        return self.best.state.open

    def _proven(self, bound: float) -> bool:
        whole = whole_bound(bound, "max")
        if whole is not None:
            self._lower(self.reduced.sure + whole)
        return self._done()

    def _solve_whole(self) -> Ending:
        """Let the solver close the gap."""
        open_, times = self.best.state.open, self.best.state.times
        answer = solve_mip(
            whole_model(self.reduced),
            self._passed_on(),
            start=np.concatenate([open_, times > 0]).astype(float),
        )
        if answer.values is not None:
            self._found(np.round(answer.values[: self.reduced.n_sites]) == 1)
        self._proven(answer.bound)
        return answer.ending

    def _passed_on(self) -> Limits:
        """Return the limits for a model that counts only what is not sure, from now on."""
        sure, begun = self.reduced.sure, time.perf_counter() - self.begin

        def told(bounds: Bounds) -> bool:
            bound = self.bound if bounds.bound is None else sure + bounds.bound
            bound = max(min(bound, self.bound), self.best.value)
            return self._tell(Bounds(self.best.value, bound, begun + bounds.seconds))

        return Limits(
            time_limit_seconds=self._left(),
            gap_percent=self._allowed() / max(self.bound - sure, 1) * 100,
            on_bounds=None if self.limits.on_bounds is None else told,
        )


def whole_model(reduced: Reduced) -> Mip:
    """Return a covering problem as one linear model: a variable for each site and each row.

    Parameters
    ----------
    reduced
        The problem. Columns are its sites, then its rows.
    """
    cover, n, n_rows = reduced.cover, reduced.n_sites, reduced.n_rows
    links: csr_matrix = hstack([-reduced.matrix(), eye(n_rows)])
    rules = reduced.rules()
    own: csr_matrix = hstack([rules, csr_matrix((rules.shape[0], n_rows))])
    return Mip(
        sense="max",
        cost=np.concatenate([np.zeros(n), cover.weight]),
        rows=vstack([links, own]).tocsc(),
        row_lower=np.concatenate([np.full(n_rows, -np.inf), cover.low]),
        row_upper=np.concatenate([np.zeros(n_rows), cover.up]),
        lower=np.zeros(n + n_rows),
        upper=np.ones(n + n_rows),
        whole=np.arange(n + n_rows) < n,
    )


_WORK = 200_000_000
"""Steps of one local search: a second or so at most."""

_ROUNDS, _SHAKING, _LAST = 20, 100_000_000, 15
"""How often plans are shaken at a time, the steps that may take, and how many times more before
the proof."""

_TRIES, _TRY_PAIRS = (10, 100), 500_000_000
"""How often multipliers are tried at a time, and the pairs looked at: a second or so."""

_PATIENCE, _STALL, _WORTHWHILE = 4, 0.99, 0.9
_FEW_PAIRS, _MANY_PAIRS, _THIN = 60_000, 600_000, 20
"""Up to so few pairs the solver takes all rows of people, up to so many where a row has few sites;
beyond, cuts are faster."""
