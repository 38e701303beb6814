r"""What more sites, or more money, would reach: the frontier of coverage, point by point.

Each point is the maximal covering problem with one more site, or the next budget, solved to a
proof or with its gap stated. What is proven at one point helps its neighbours: more sites never
reach fewer, so a plan found for less is a plan for more, and a bound proven for more is a bound
for less,

.. math::

    v_k \ge v_{k-1}, \qquad u_k \le u_{k+1}

with values :math:`v` and bounds :math:`u`. (Each further site need not bring less than the one
before it, so nothing is concluded from slopes.)

The elbow is the point farthest above the straight line from today to the last point, both axes
scaled to one: from there on a site brings less than the average of all.

Satopaa, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011): Finding a "kneedle" in a haystack:
detecting knee points in system behavior. 31st International Conference on Distributed Computing
Systems Workshops, 166-171.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from ..core.text import Text
from .finish import Found, finish
from .impossible import why_impossible
from .maxcover import CoverAnswer, max_cover
from .plan import DEFAULT_LIMITS, NEWLY, WEIGHTED, Limits, SitingPlan
from .problem import SitingProblem
from .rows import site_rows
from .stages import fault, less_before, refuse, seconds_left


@dataclass(frozen=True, slots=True)
class CoverageFrontier:
    """The best plans for more and more sites, or more and more money.

    Parameters
    ----------
    axis
        Whether points are numbers of ``sites`` or budgets in ``yuan``.
    at
        Sites or yuan of each point, ascending.
    plans
        The plan of each point; between its value and its bound lies the best there can be.
    reachable
        What all usable candidates together would newly reach: no point reaches more.
    complete
        Whether the last point is proven to be all there is to reach.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> frontier = siting.coverage_frontier(problem, most_sites=5)
    >>> [plan.value for plan in frontier.plans]
    [333, 443, 536, 588]
    >>> frontier.reachable, frontier.complete
    (588, True)
    >>> print(frontier.elbow_text.en)
    elbow: 1 sites, 333 people
    """

    axis: Literal["sites", "yuan"]
    at: tuple[int, ...]
    plans: tuple[SitingPlan, ...]
    reachable: int
    complete: bool

    def __repr__(self) -> str:
        ends = f"{self.at[0]:,} to {self.at[-1]:,}" if self.at else "no"
        return f"<CoverageFrontier: {ends} {self.axis}; {self.elbow_text.en}>"

    @property
    def elbow(self) -> int | None:
        """Position of the elbow; None where the points are fewer than two or in one line."""
        known = [i for i, plan in enumerate(self.plans) if plan.value is not None]
        values = np.array([self.plans[i].value for i in known], dtype=float)
        if len(known) < _FEWEST or values[-1] <= 0:
            return None
        along = np.array([self.at[i] for i in known]) / self.at[known[-1]]
        above = values / values[-1] - along
        best = int(np.argmax(np.round(above, 9)))
        return known[best] if above[best] > _FLAT else None

    @property
    def elbow_proven(self) -> bool:
        """Whether every point is proven, so that the elbow cannot lie elsewhere."""
        return all(plan.value is not None and plan.value == plan.bound for plan in self.plans)

    @property
    def elbow_text(self) -> Text:
        """The elbow in words."""
        place = self.elbow
        if place is None:
            return Text("没有明显的拐点", "no elbow")
        plan, at = self.plans[place], self.at[place]
        words = plan.objective.words(plan.value or 0)
        sure = Text("", "") if self.elbow_proven else Text("（未全部证明）", " (not all proven)")
        if self.axis == "sites":
            zh, en = f"{at} 处", f"{at} sites"
        else:
            zh, en = f"{at:,} 元", f"{at:,} yuan"
        return Text(f"拐点：{zh}，{words.zh}{sure.zh}", f"elbow: {en}, {words.en}{sure.en}")

    def to_frame(self, ids: pd.Index | None = None) -> pd.DataFrame:
        """Return one row per point.

        Parameters
        ----------
        ids
            Ids of the problem's sites; their positions where None.

        Returns
        -------
        pandas.DataFrame
            ``at`` (sites or yuan allowed), ``sites`` and ``cost_yuan`` of the plan, ``newly`` and
            ``newly_at_most`` (value and bound of the objective), ``more`` (than the point
            before), ``gap_percent``, ``status``, ``reached`` and ``share_percent`` in people,
            ``elbow``, ``seconds`` and ``chosen`` (ids).

        Examples
        --------
        >>> import coverplan as cp
        >>> problem = cp.small_problem()
        >>> frontier = cp.coverage_frontier(problem, most_sites=2)
        >>> frontier.to_frame(problem.sites.ids)[["at", "newly", "more", "chosen"]]
           at  newly  more            chosen
        0   1    333   333          [new:C2]
        1   2    443   110  [new:C2, new:C4]
        """
        values = [plan.value for plan in self.plans]
        more = [None if b is None else b - (a or 0) for a, b in pairwise([0, *values])]
        facts = [plan.facts for plan in self.plans]
        known = [value is not None for value in values]
        shown = [fact if there else None for fact, there in zip(facts, known, strict=True)]
        return pd.DataFrame(
            {
                "at": list(self.at),
                "sites": [None if f is None else f.opened for f in shown],
                "cost_yuan": [None if f is None else f.cost_yuan for f in shown],
                "newly": values,
                "newly_at_most": [plan.bound for plan in self.plans],
                "more": more,
                "gap_percent": [plan.gap_percent for plan in self.plans],
                "status": [plan.status for plan in self.plans],
                "reached": [None if f is None else f.reached_after for f in shown],
                "share_percent": [None if f is None else f.share_percent for f in shown],
                "elbow": [place == self.elbow for place in range(len(self.plans))],
                "seconds": [plan.seconds for plan in self.plans],
                "chosen": [
                    list(plan.chosen) if ids is None else plan.chosen_ids(ids)
                    for plan in self.plans
                ],
            }
        )


_FEWEST = 2
_FLAT = 1e-6


def coverage_frontier(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    most_sites: int | None = None,
    budgets: Sequence[int] | None = None,
) -> CoverageFrontier:
    """Return the best plans for 1, 2, ... sites or for several budgets, each with its bound.

    Parameters
    ----------
    problem
        Who would be reached from where, and all other rules.
    limits
        When to stop without a proof, for all points together: each has its share of the time,
        and what one leaves over goes to the later ones. Each point is told of separately.
    most_sites
        New sites at the last point. It ends earlier where everybody any candidate reaches is
        reached, and begins with the number of required sites.
    budgets
        Or the budgets in yuan.

    Raises
    ------
    InputError
        When neither or both are given, a number is out of range, or a budget does not pay for
        the cheapest site.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> frontier = siting.coverage_frontier(problem, most_sites=3)
    >>> list(zip(frontier.at, [plan.value for plan in frontier.plans]))
    [(1, 333), (2, 443), (3, 536)]
    >>> money = siting.coverage_frontier(problem, budgets=[500_000, 1_000_000])
    >>> list(zip(money.at, [plan.value for plan in money.plans]))
    [(500000, 145), (1000000, 333)]
    """
    axis, at = _points(problem, most_sites, budgets)
    problem = problem.with_rules(exactly=False)
    before = int(problem.weight[problem.before].sum())
    usable = np.flatnonzero(~problem.sites.barred).tolist()
    reachable = int(problem.weight[problem.reach.covered(usable)].sum()) - before
    asked, answers, took = _solve_all(problem, (axis, at), less_before(limits, before), reachable)
    plans = []
    for part, answer, seconds in zip(asked, _consistent(answers), took, strict=True):
        found = Found(
            "frontier",
            WEIGHTED if part.weighted else NEWLY,
            None if answer.open is None else np.flatnonzero(answer.open).tolist(),
            None if answer.value is None else answer.value - before,
            None if answer.bound is None else min(answer.bound - before, reachable),
            sizes=answer.sizes,
        )
        if answer.ending == "impossible":
            found = replace(found, bound=None, impossible=why_impossible(part, limits=limits))
        plans.append(finish(part, found, time.perf_counter() - seconds))
    return CoverageFrontier(
        axis, at[: len(plans)], tuple(plans), reachable, plans[-1].value == reachable
    )


def _points(
    problem: SitingProblem, most_sites: int | None, budgets: Sequence[int] | None
) -> tuple[Literal["sites", "yuan"], tuple[int, ...]]:
    """Return the points that are asked for."""
    sites = problem.sites
    new = ~sites.existing & ~sites.barred
    usable = int(new.sum())
    if most_sites is not None and budgets is None:
        required = int((sites.must & ~sites.existing).sum()) - problem.rules.moves
        least = max(1, required)
        if not least <= most_sites <= usable:
            what = Text("站点数超出范围", "the number of sites is out of range")
            mend = Text(f"应为 {least} 至 {usable}", f"give {least} to {usable}")
            refuse([fault("most_sites", what, str(most_sites), mend)])
        return "sites", tuple(range(least, most_sites + 1))
    if budgets is None or most_sites is not None or not len(budgets):
        what = Text("站点数和预算须给出其一", "give either a number of sites or budgets")
        mend = Text("给出 most_sites 或 budgets", "give most_sites or budgets")
        refuse([fault("frontier", what, f"{most_sites}, {budgets}", mend)])
    cheapest = int(sites.cost_yuan[new].min()) if usable else 0
    what = Text("预算不够建最便宜的一处", "the budget does not pay for the cheapest site")
    mend = Text(f"至少 {max(cheapest, 0):,} 元", f"give at least {max(cheapest, 0):,} yuan")
    given = sorted(set(budgets or ()))
    refuse([fault("budgets", what, f"{b:,}", mend) for b in given if b < max(cheapest, 0)])
    return "yuan", tuple(int(b) for b in given)


def _solve_all(
    problem: SitingProblem,
    points: tuple[Literal["sites", "yuan"], tuple[int, ...]],
    limits: Limits,
    reachable: int,
) -> tuple[list[SitingProblem], list[CoverAnswer], list[float]]:
    """Solve the points in their order until everybody is reached who can be."""
    axis, at = points
    begin = time.perf_counter()
    everybody = reachable + int(problem.weight[problem.before].sum())
    asked: list[SitingProblem] = []
    answers: list[CoverAnswer] = []
    took: list[float] = []
    for place, number in enumerate(at):
        change = {"sites": number} if axis == "sites" else {"budget_yuan": number}
        part = problem.with_rules(**change)
        share = seconds_left(limits, begin) / (len(at) - place)
        now = time.perf_counter()
        known = answers[-1] if answers else None
        answer = max_cover(
            part,
            site_rows(part),
            replace(limits, time_limit_seconds=share),
            now,
            start=None if known is None else known.open,
        )
        asked.append(part)
        answers.append(_at_least(answer, known))
        took.append(time.perf_counter() - now)
        if answers[-1].value == everybody:
            break
    return asked, answers, took


def _at_least(answer: CoverAnswer, before: CoverAnswer | None) -> CoverAnswer:
    """Return the better plan of this point and the one before, which is allowed here, too."""
    if before is None or before.value is None:
        return answer
    if answer.value is not None and answer.value >= before.value:
        return answer
    return replace(answer, open=before.open, value=before.value)


def _consistent(answers: Sequence[CoverAnswer]) -> list[CoverAnswer]:
    """Return the answers with each bound no higher than those of later points."""
    least: int | None = None
    repaired: list[CoverAnswer] = []
    for answer in reversed(answers):
        known = [bound for bound in (least, answer.bound) if bound is not None]
        least = min(known) if known else None
        repaired.append(replace(answer, bound=least))
    return repaired[::-1]
