r"""The highest floor: the unit worst off is to be as well off as can be, then most people.

.. math::

    \max t \quad \text{s.t.} \quad \sum_{i \in I_u} a_i z_i \ge t\, A_u \;\; \forall u: A_u > 0,
    \quad z_i \le \sum_{j \in N_i} x_j, \quad x \in X, \; 0 \le z_i \le 1

with :math:`a_i` the people of place :math:`i`, :math:`A_u` those of unit :math:`u` by the census,
:math:`N_i` the sites that reach :math:`i` and :math:`X` the sets of sites the rules allow. The
share of the plan is taken as a fraction of whole numbers. It is found by halving, each step asking
for a plan with at least :math:`\lceil t A_u \rceil` people in every unit, and proven when none has
:math:`\lfloor t A_u \rfloor + 1`.

Rawls' rule in location: Morrill, R. and Symons, J. (1977): Efficiency and equity aspects of
optimum location. Geographical Analysis 9, 215-225. The second stage is that of
`coverplan.siting.equity`.
"""

import time
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .finish import Found, finish
from .floors import (
    cover_with_floors,
    least_of,
    people_reached,
    usable_sites,
    worst_share,
)
from .highs import Ending
from .impossible import why_impossible
from .maxcover import max_cover
from .plan import DEFAULT_LIMITS, FLOOR, NEWLY, WEIGHTED, Bounds, Limits, SitingPlan, Stage
from .problem import SitingProblem
from .rows import SiteRows, site_rows
from .stages import listed, part_of, seconds_left


@dataclass(frozen=True, slots=True)
class Floor:
    """The highest floor a search found.

    Parameters
    ----------
    open
        The plan that has it, shape ``(n_sites,)``; None where no plan was found.
    share
        The share of its unit worst off.
    bound
        No plan has a higher one; equal to ``share`` when that is proven.
    ending
        ``impossible`` where the rules allow no plan.
    """

    open: NDArray[np.bool_] | None
    share: Fraction
    bound: Fraction
    ending: Ending


def highest_floor(problem: SitingProblem, rows: SiteRows, limits: Limits, begin: float) -> Floor:
    """Return the plan whose unit worst off is as well off as can be.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    limits, begin
        When to stop, and when the whole search began (`time.perf_counter`).
    """
    cap = worst_share(problem, people_reached(problem, usable_sites(rows)))
    first = max_cover(problem, rows, part_of(limits, begin, _FIRST), time.perf_counter())
    if first.open is None:
        return Floor(None, Fraction(0), cap, first.ending)
    share = worst_share(problem, people_reached(problem, first.open))
    search = _Search(problem, rows, first.open, share, cap, share)
    while not search.proven and not search.near(limits):
        if limits.on_bounds is not None:
            seconds = time.perf_counter() - begin
            told = Bounds(millionths(search.share), millionths(search.bound), seconds)
            limits.on_bounds(told)
        if seconds_left(limits, begin) <= 0 or not search.step(part_of(limits, begin, _STEP)):
            return Floor(search.open, search.share, search.bound, "stopped")
    bound = search.share if search.proven else search.bound
    return Floor(search.open, search.share, bound, "solved")


_FIRST, _STEP = 0.2, 0.5
"""Shares of the time that is left, for a first plan and for one step of halving."""


@dataclass(slots=True)
class _Search:
    """Halving between the best floor known and the lowest that is proven to be too high.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    open, share
        The best plan so far and its share.
    bound
        No plan has a higher share.
    tried
        The highest share of which nobody knows whether a plan has it.
    """

    problem: SitingProblem
    rows: SiteRows
    open: NDArray[np.bool_]
    share: Fraction
    bound: Fraction
    tried: Fraction

    @property
    def next_share(self) -> Fraction:
        """The least share a better plan could have: one person more in every unit."""
        return worst_share(self.problem, least_above(self.problem, self.share))

    @property
    def proven(self) -> bool:
        """Whether no plan has a higher share."""
        return self.share >= self.bound or self.next_share > self.bound

    def near(self, limits: Limits) -> bool:
        """Return whether the gap is one that was asked for."""
        gap = Fraction(limits.gap_percent)
        return gap > 0 and (self.bound - self.share) * 100 <= self.bound * gap

    def step(self, limits: Limits) -> bool:
        """Look for a plan with a share between; return False when that leads nowhere."""
        low, wide = max(self.share, self.tried), self.bound - self.share
        if self.bound - low < self.bound * _CLOSE and self.tried > self.share:
            return False
        # Close to the end one person more in every unit is asked for: if that fails, it is proven.
        last = wide < self.bound * _CLOSE
        asked = self.next_share if last else max((low + self.bound) / 2, self.next_share)
        floors = np.maximum(least_above(self.problem, self.share), least_of(self.problem, asked))
        answer = cover_with_floors(
            self.problem, self.rows, floors, limits, time.perf_counter(), anything=True
        )
        if answer.open is not None:
            self.open = answer.open
            self.share = worst_share(self.problem, people_reached(self.problem, answer.open))
        elif answer.ending == "impossible":
            # No plan has the share asked, so the best one lies below it.
            self.bound = self.share if asked == self.next_share else asked
        else:
            self.tried = asked
        return True


_CLOSE = Fraction(1, 100)
"""So near the bound, as a share of it, halving further is not worth it."""


def least_above(problem: SitingProblem, share: Fraction) -> NDArray[np.int64]:
    """Return the fewest people of each unit that are more than a share of it; 0 where none live.

    Parameters
    ----------
    problem, share
        The question, and a share from 0 to 1.
    """
    more = [
        0 if total == 0 else int(total) * share.numerator // share.denominator + 1
        for total in problem.totals
    ]
    return np.array(more, dtype=np.int64)


def solve_maxmin(problem: SitingProblem, limits: Limits = DEFAULT_LIMITS) -> SitingPlan:
    """Return the plan whose unit worst off has the highest share, then reaches most people.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules: their number of sites and all others.
    limits
        When to stop without a proof.

    Returns
    -------
    SitingPlan
        Value and bound in millionths, rounded down; ``then`` holds the people newly reached.
        Shares are of the census; units nobody lives in have none.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = siting.solve_maxmin(problem)
    >>> plan.chosen_ids(problem.sites.ids), plan.objective.words(plan.value).en
    (['new:C2', 'new:C4'], '56.99 %')

    Yunling is worst off: 110 of its 193 older people are within reach.
    """
    begin = time.perf_counter()
    rows = site_rows(problem)
    floor = highest_floor(
        problem, rows, replace(part_of(limits, begin, _FLOOR), on_bounds=limits.on_bounds), begin
    )
    if floor.open is None:
        why = () if floor.ending != "impossible" else why_impossible(problem, rows, limits=limits)
        return finish(problem, Found("maxmin", FLOOR, None, None, None, why), begin)
    floors = least_of(problem, floor.share)
    silent = replace(limits, on_bounds=None)
    best = cover_with_floors(problem, rows, floors, silent, begin, start=floor.open)
    opened = floor.open if best.open is None else best.open
    share = worst_share(problem, people_reached(problem, opened))
    before = int(problem.weight[problem.before].sum())
    proven = floor.share == floor.bound
    second = Stage(
        WEIGHTED if problem.weighted else NEWLY,
        int(problem.weight[problem.reach.covered(np.flatnonzero(opened).tolist())].sum()) - before,
        best.bound - before if proven and best.bound is not None else None,
    )
    found = Found(
        "maxmin",
        FLOOR,
        np.flatnonzero(opened).tolist(),
        millionths(share),
        millionths(max(floor.bound, share)),
        proof=_limiting(problem, rows, share),
        then=(second,),
    )
    return finish(problem, found, begin)


_FLOOR = 0.7
"""Share of the time the search for the floor may take; the rest is for the people."""


def millionths(share: Fraction) -> int:
    """Return a share in millionths, rounded down."""
    return share.numerator * 1_000_000 // share.denominator


def _limiting(problem: SitingProblem, rows: SiteRows, share: Fraction) -> tuple[Text, ...]:
    """Say which units keep the floor down because no site can reach more of their people."""
    if not (problem.totals > 0).any():
        return (Text("各单元均无人口", "nobody lives in any unit"),)
    best = people_reached(problem, usable_sites(rows))
    stuck = [
        problem.unit_names[u]
        for u in np.flatnonzero(problem.totals > 0)
        if Fraction(int(best[u]), int(problem.totals[u])) <= share
    ]
    if not stuck:
        return ()
    names = listed(stuck)
    return (
        Text(
            f"{names.zh}：所有候选点全部启用也不会更高，最低覆盖率因此不能再提高",
            f"{names.en}: no better even with every candidate open, so the floor cannot rise",
        ),
    )
