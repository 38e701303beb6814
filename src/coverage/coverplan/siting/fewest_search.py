"""The search for the fewest sites: how many are too few, how many are enough, closing in."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .highs import Ending
from .maxcover import CoverAnswer, max_cover
from .mincover import keep_standing, min_cover, most_of_needs, most_within_needs, quick_cover
from .need_cuts import with_need_cuts
from .needs import Need
from .plan import NEWLY, WEIGHTED, Bounds, Limits, Stage
from .planfacts import OneLess
from .problem import SitingProblem
from .rows import SiteRows
from .with_row import with_row

_BISECT, _ASK, _MIP, _PROOF, _SHARPEN = 0.4, 0.55, 0.75, 0.85, 0.9
"""Shares of the time after which each part of the search must end."""

_QUICK, _CUTS = 0.05, 0.2
"""Shares of the time a first plan may take to be made better, and each need by itself."""

_MORE = 0.05
"""Share of the time what is good to know may take in any case."""

_ONE = 0.08
"""Share of the time one question of the bisection may take."""


class FewestSearch:
    """The fewest new sites known to be enough, and the most known to be too few.

    A number of sites is too few if a maximal covering search says that no plan of so many reaches
    enough people, and enough if it finds one.

    Parameters
    ----------
    problem, rows, needs
        The question; needs count people.
    limits, begin
        When to stop, and when the whole search began (`time.perf_counter`).
    """

    def __init__(
        self,
        problem: SitingProblem,
        rows: SiteRows,
        needs: Sequence[Need],
        limits: Limits,
        begin: float,
    ) -> None:
        self.problem, self.rows, self.needs = problem, rows, tuple(needs)
        self.limits, self.begin = limits, begin
        # The rules, and what is known to follow from them and the needs.
        self.tight = rows
        # People are asked for, whatever other models weigh.
        self.counted = replace(problem, weights=None)
        self.new = ~problem.sites.existing
        self.goal = sum(need.at_least for need in needs)
        self.bound = int((self.new & (rows.lower > 0)).sum())
        self.opened: NDArray[np.bool_] | None = None
        self.ending: Ending = "stopped"
        # Share of the time after which the fewest were found: what is good to know besides takes
        # as long again.
        self.found = 0.0
        self.sizes: dict[str, int] = {}
        self.answers: dict[int, CoverAnswer] = {}

    @property
    def sites(self) -> int:
        """New sites of the best plan known; more than there are where none is."""
        return len(self.new) + 1 if self.opened is None else int((self.opened & self.new).sum())

    @property
    def proven(self) -> bool:
        """Whether fewer sites are known to be too few."""
        return self.bound >= self.sites

    def run(self) -> None:
        """Find the fewest sites, as far as time allows."""
        cost = self.new.astype(np.int64)
        if len(self.needs) == 1:
            seconds = self._seconds(_QUICK)
            self._offer(quick_cover(self.problem, self.rows, cost, self.needs, seconds))
            self._bisect()
            while not self.proven and self.opened is not None:
                if not self._ask(self.sites - 1, _ASK):
                    break
        else:
            limits = self._until(_CUTS)
            self.tight = with_need_cuts(self.problem, self.rows, self.needs, limits, self.begin)
        if not self.proven:
            self._solve(cost)
        while not self.proven and self.opened is not None:
            if not self._ask(self.sites - 1, _PROOF):
                break
        self.found = self._elapsed()

    def _bisect(self) -> None:
        low = self.bound
        while low < self.sites <= len(self.new):
            if self._elapsed() > _BISECT:
                return
            middle = (low + self.sites) // 2
            if not self._ask(middle, min(_BISECT, self._elapsed() + _ONE)):
                low = middle + 1

    def _solve(self, cost: NDArray[np.int64]) -> None:
        limits = self._until(_MIP)
        known, tell = self.bound, self.limits.on_bounds

        def told(bounds: Bounds) -> bool | None:
            least = max(known, bounds.bound or 0)
            return None if tell is None else tell(replace(bounds, bound=least))

        answer = min_cover(
            self.problem,
            self.tight,
            cost,
            self.needs,
            replace(limits, on_bounds=told),
            self.begin,
            start=self.opened,
        )
        self.sizes |= answer.sizes
        if self.opened is None:
            self.ending = answer.ending
        self.bound = max(self.bound, answer.bound or 0)
        self._offer(answer.open)

    def _ask(self, sites: int, share: float) -> bool:
        """Ask whether so many sites can be enough, until a share of the time is up."""
        limits = replace(self._until(share), gap_percent=0.0, on_bounds=self._decided)
        answer = self._most_with(sites, limits, None)
        self.sizes |= answer.sizes
        before = self.sites
        self._note(sites, answer)
        self._tell()
        return self.sites < before

    def _decided(self, bounds: Bounds) -> bool:
        too_few = bounds.bound is not None and bounds.bound < self.goal
        enough = bounds.value is not None and bounds.value >= self.goal
        return too_few or enough

    def _most_with(
        self, sites: int, limits: Limits, start: NDArray[np.bool_] | None
    ) -> CoverAnswer:
        rows = self._at_most(self.rows, sites)
        if len(self.needs) > 1:
            known = start if start is not None else self._with_one_less(rows)
            return most_of_needs(self.problem, rows, self.needs, limits, self.begin, start=known)
        return max_cover(self.counted, rows, limits, self.begin, start=start)

    def _with_one_less(self, rows: SiteRows) -> NDArray[np.bool_] | None:
        """Return the best plan known less the site whose loss costs least, if the rows allow."""
        if self.opened is None:
            return None
        best, most = None, -1
        for site in np.flatnonzero(self.opened & self.new & (rows.lower <= 0)):
            fewer = self.opened.copy()
            fewer[site] = False
            reached = self.problem.reach.covered(np.flatnonzero(fewer).tolist())
            counts = sum(min(need.reached(reached), need.at_least) for need in self.needs)
            if counts > most and rows.kept(fewer).all():
                best, most = fewer, counts
        return best

    def one_less(self) -> OneLess | None:
        """Return what one site less can do, as exactly as a little more time tells."""
        while self.opened is not None and self.sites > 0:
            sites = self.sites - 1
            known = self._sharpened(sites)
            self._note(sites, known)
            # The closer look may have found a plan of fewer sites after all.
            if self.sites == sites + 1:
                if known.ending == "impossible":
                    return OneLess(sites, self.goal, None, None)
                bound = known.bound
                if self.proven:
                    # However it was proven: so few sites do not reach what is asked.
                    bound = self.goal - 1 if bound is None else min(bound, self.goal - 1)
                return OneLess(sites, self.goal, known.value, bound)
        return None

    def _sharpened(self, sites: int) -> CoverAnswer:
        known = self.answers.get(sites)
        if known is not None and (known.value == known.bound or known.ending == "impossible"):
            return known
        share = min(_SHARPEN, 2 * self.found + _MORE) if self.proven else _SHARPEN
        limits = replace(self._until(share), gap_percent=0.0, on_bounds=None)
        start = None if known is None else known.open
        return _sharper(known, self._most_with(sites, limits, start))

    def _note(self, sites: int, answer: CoverAnswer) -> None:
        """Draw what follows from an answer for the fewest sites."""
        self.answers[sites] = answer
        few = answer.bound is not None and answer.bound < self.goal
        if few or answer.ending == "impossible":
            self.bound = max(self.bound, sites + 1)
        self._offer(answer.open)

    def most(self) -> Stage:
        """Take, of all plans of as many sites, the one that reaches most."""
        problem, rows = self.problem, self._at_most(self.tight, self.sites)
        limits = replace(self._until(min(1.0, 3 * self.found + 2 * _MORE)), on_bounds=None)
        if problem.weighted or len(self.needs) > 1:
            answer = most_within_needs(
                problem, rows, self.needs, limits, self.begin, start=self.opened
            )
        else:
            answer = max_cover(problem, rows, limits, self.begin, start=self.opened)
        before = int(problem.weight[problem.before].sum())
        reached = 0 if self.opened is None else self._weight(self.opened)
        found = answer.open
        if found is not None and self._enough(found) and self._weight(found) >= reached:
            self.opened, reached = found, self._weight(found)
        if self.opened is not None:
            self.opened = keep_standing(problem, rows, self.opened)
            reached = self._weight(self.opened)
        objective = WEIGHTED if problem.weighted else NEWLY
        bound = None if answer.bound is None else answer.bound - before
        return Stage(objective, reached - before, bound)

    def _at_most(self, rows: SiteRows, sites: int) -> SiteRows:
        which = np.flatnonzero(self.new)
        name = Text(
            f"至多新增 {sites} 处", f"at most {sites} new site" + ("" if sites == 1 else "s")
        )
        return with_row(rows, (which, np.ones(len(which)), -np.inf, float(sites)), name)

    def _offer(self, opened: NDArray[np.bool_] | None) -> None:
        if opened is None or not self._enough(opened):
            return
        if int((opened & self.new).sum()) < self.sites:
            self.opened = opened

    def _weight(self, opened: NDArray[np.bool_]) -> int:
        reached = self.problem.reach.covered(np.flatnonzero(opened).tolist())
        return int(self.problem.weight[reached].sum())

    def _enough(self, opened: NDArray[np.bool_]) -> bool:
        reached = self.problem.reach.covered(np.flatnonzero(opened).tolist())
        return all(need.reached(reached) >= need.at_least for need in self.needs)

    def _tell(self) -> None:
        tell = self.limits.on_bounds
        if tell is not None:
            value = None if self.opened is None else self.sites
            tell(Bounds(value, self.bound, time.perf_counter() - self.begin))

    def _elapsed(self) -> float:
        passed = time.perf_counter() - self.begin
        return passed / max(self.limits.time_limit_seconds, 1e-9)

    def _until(self, share: float) -> Limits:
        return replace(self.limits, time_limit_seconds=self._seconds(share))

    def _seconds(self, share: float) -> float:
        return self.limits.time_limit_seconds * share


def _sharper(known: CoverAnswer | None, found: CoverAnswer) -> CoverAnswer:
    """Return the better of two answers to one question, each with its own bound."""
    if known is None:
        return found
    bounds = [a.bound for a in (known, found) if a.bound is not None]
    values = [a for a in (known, found) if a.value is not None]
    best = max(values, key=lambda a: a.value or 0, default=found)
    return replace(best, bound=min(bounds, default=None))
