r"""The highest floor: the unit worst off is to be as well off as can be, then most people.

.. math::

    \max t \quad \text{s.t.} \quad \sum_{i \in I_u} a_i z_i \ge t\, A_u \;\; \forall u: A_u > 0,
    \quad z_i \le \sum_{j \in N_i} x_j, \quad x \in X, \; 0 \le z_i \le 1

with :math:`a_i` the people of place :math:`i`, :math:`A_u` those of unit :math:`u` by the census,
:math:`N_i` the sites that reach :math:`i` and :math:`X` the sets of sites the rules allow. The
share of the plan is taken as a fraction of whole numbers, and that no plan is better is proven in
whole numbers too: none reaches :math:`\lfloor t A_u \rfloor + 1` people in every unit.

Rawls' rule in location: Morrill, R. and Symons, J. (1977): Efficiency and equity aspects of
optimum location. Geographical Analysis 9, 215-225. The second stage is that of
`coverplan.siting.equity`.
"""

import time
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from ..core.text import Text
from .finish import Found, finish
from .floors import (
    cover_with_floors,
    floor_model,
    least_of,
    people_reached,
    usable_sites,
    worst_share,
)
from .highs import Ending, solve_mip
from .impossible import why_impossible
from .plan import DEFAULT_LIMITS, FLOOR, NEWLY, WEIGHTED, Limits, SitingPlan, Stage
from .problem import SitingProblem
from .rows import SiteRows, site_rows
from .stages import listed, part_of


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
    found = _relaxed(problem, rows, cap, part_of(limits, begin, _RELAXED))
    while found.open is not None and not _near(found, limits):
        # Any better plan reaches one person more in every unit.
        above = least_above(problem, found.share)
        next_best = worst_share(problem, above)
        if next_best > found.bound:
            return Floor(found.open, found.share, found.share, "solved")
        answer = cover_with_floors(problem, rows, above, limits, begin, anything=True)
        if answer.ending == "impossible":
            return Floor(found.open, found.share, found.share, "solved")
        if answer.open is None:
            break
        share = worst_share(problem, people_reached(problem, answer.open))
        found = Floor(answer.open, share, found.bound, answer.ending)
    return found


def _near(found: Floor, limits: Limits) -> bool:
    """Return whether the gap is what was asked for."""
    return (found.bound - found.share) * 100 <= found.bound * Fraction(limits.gap_percent)


_RELAXED = 0.6
"""Share of the time the search with a share that is any number may take."""


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


def _relaxed(problem: SitingProblem, rows: SiteRows, cap: Fraction, limits: Limits) -> Floor:
    """Solve the model with its share as a number; the plan's own share is then a fraction."""
    model = floor_model(problem, rows)
    t = model.linear.columns(1, 0.0, float(cap), whole=False)
    peopled = np.flatnonzero(problem.totals > 0)
    people = model.by_unit(len(problem.totals)) @ diags(model.places.people.astype(float))
    shares = diags(1 / problem.totals[peopled]) @ people.tocsr()[peopled]
    floor = csr_matrix(-np.ones((len(peopled), 1)))
    model.linear.rows([(model.z, shares.tocsr()), (t, floor)], 0.0, np.inf)
    mip = model.linear.mip("max", [(t, np.ones(1))], integral=False)
    answer = solve_mip(mip, limits)
    if answer.values is None:
        return Floor(None, Fraction(0), cap, answer.ending)
    open_ = np.round(answer.values[model.x]) == 1
    share = worst_share(problem, people_reached(problem, open_))
    bound = cap
    if np.isfinite(answer.bound):
        bound = min(cap, max(Fraction(answer.bound + _TINY), share))
    return Floor(open_, share, bound, answer.ending)


_TINY = 1e-7
"""What a solver's bound on a share may be wrong by."""


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
    """
    begin = time.perf_counter()
    rows = site_rows(problem)
    floor = highest_floor(problem, rows, part_of(limits, begin, _FLOOR), begin)
    if floor.open is None:
        why = () if floor.ending != "impossible" else why_impossible(problem, rows, limits=limits)
        return finish(problem, Found("maxmin", FLOOR, None, None, None, why), begin)
    floors = least_of(problem, floor.share)
    best = cover_with_floors(problem, rows, floors, limits, begin, start=floor.open)
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
