r"""Building year by year: how many and how dear each year, and what is open stays open.

Which site opens in which year is one covering problem over pairs of a site and a year: opened in
year :math:`s`, a site reaches its places in every year :math:`t \ge s`. With
:math:`x_{js} = 1` where site :math:`j` opens in year :math:`s`,

.. math::

    \max \sum_t v_t \sum_i w_i z_{it} \quad \text{s.t.} \quad
    z_{it} \le \sum_{j \in N_i} \sum_{s \le t} x_{js}, \quad
    \sum_j x_{js} \le p_s, \quad \sum_j c_j x_{js} \le b_s, \quad \sum_s x_{js} \le 1

where :math:`w_i` are the people of row :math:`i` no existing site reaches, :math:`v_t` what the
year counts, :math:`p_s` and :math:`b_s` the number and the money of the year. All other rules
hold in the last year; those that only forbid hold in every year.

The price of nesting is what each year's plan falls short of the best plan for that year alone,
with the number and the money of all years up to then.

Schilling, D. A. (1980): Dynamic location modeling for public-sector facilities: a multicriteria
approach. Decision Sciences 11, 714-724.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..core.errors import InternalError
from ..core.text import Text
from .finish import Found, finish
from .maxcover import CoverAnswer, max_cover
from .phase_rules import Phase, check_phases, keeping, why_not, year_problem
from .phase_spread import spread_out
from .plan import (
    DEFAULT_LIMITS,
    NEWLY,
    WEIGHTED,
    Impossible,
    Limits,
    Objective,
    SitingPlan,
    Status,
)
from .problem import Rules, SitingProblem
from .rows import site_rows
from .stages import Proof, less_before, part_of

PERSON_YEARS = Objective(
    "newly_reached_years",
    "max",
    Text("逐年新增可达人数合计", "people newly reached, summed over the years"),
    Text("人·年", "person-years"),
)
WEIGHTED_YEARS = Objective(
    "newly_reached_weighted_years",
    "max",
    Text("逐年新增可达合计（加权）", "newly reached, weighted, summed over the years"),
    Text("加权人·年", "weighted person-years"),
)
"""Who is newly reached in the first year counts in every later one again: no number of people."""


@dataclass(frozen=True, slots=True)
class PhasedPlan:
    """Which site opens in which year, and what waiting and nesting cost.

    Parameters
    ----------
    phases
        The years as asked for.
    plans
        For each year the plan of all that is open then; its bound is what the best plan for that
        year alone could reach, so that its gap is the price of nesting.
    opened
        Sites that open in each year, each next one bringing most.
    proof
        People newly reached, summed over the years with what each year counts (person-years), and
        its bound.
    best_alone
        Of each year, the value of the best plan found for that year alone; None: not found.
    impossible
        Why there is no plan.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> years = [siting.Phase(2026, sites=1), siting.Phase(2027, sites=1)]
    >>> plan = siting.solve_phases(problem, years=years)
    >>> [[str(problem.sites.ids[site]) for site in opened] for opened in plan.opened]
    [['new:C2'], ['new:C4']]
    >>> [year.facts.reached_after for year in plan.plans]
    [647, 757]
    >>> plan.price_of_nesting  # waiting for the best plan of 2027 would gain nobody
    ((0, 0), (0, 0))
    """

    phases: tuple[Phase, ...]
    plans: tuple[SitingPlan, ...]
    opened: tuple[tuple[int, ...], ...]
    proof: Proof
    best_alone: tuple[int | None, ...]
    impossible: tuple[Impossible, ...] = ()

    @property
    def final(self) -> SitingPlan:
        """The plan of the last year."""
        return self.plans[-1]

    @property
    def counted(self) -> Objective:
        """What the proof counts: `PERSON_YEARS`, or the same with weights."""
        return WEIGHTED_YEARS if self.final.objective is WEIGHTED else PERSON_YEARS

    @property
    def price_of_nesting(self) -> tuple[tuple[int, int] | None, ...]:
        """For each year, at least and at most how many people the best plan alone reaches more.

        None where a year has no plan, or no bound.
        """
        return tuple(
            None
            if plan.value is None or plan.bound is None or best is None
            else (best - plan.value, plan.bound - plan.value)
            for plan, best in zip(self.plans, self.best_alone, strict=True)
        )

    def to_frame(self, problem: SitingProblem) -> pd.DataFrame:
        """Return one row per year.

        Parameters
        ----------
        problem
            The problem the plan answers.

        Returns
        -------
        pandas.DataFrame
            ``year``, ``opened`` (sites of that year), ``sites`` (new ones in all), ``cost_yuan``
            and ``cost_so_far_yuan``, ``newly`` (people newly reached by then), ``reached``,
            ``share_percent``, ``best_alone`` and ``price_of_nesting_most``.
        """
        cost = problem.sites.cost_yuan
        yuan = [int(cost[list(new)].sum()) for new in self.opened]
        return pd.DataFrame(
            {
                "year": [phase.year for phase in self.phases],
                "opened": [list(problem.sites.ids[list(new)]) for new in self.opened],
                "sites": [plan.facts.opened for plan in self.plans],
                "cost_yuan": yuan,
                "cost_so_far_yuan": np.cumsum(yuan),
                "newly": [plan.value for plan in self.plans],
                "reached": [plan.facts.reached_after for plan in self.plans],
                "share_percent": [plan.facts.share_percent for plan in self.plans],
                "best_alone": list(self.best_alone),
                "price_of_nesting_most": [
                    None if price is None else price[1] for price in self.price_of_nesting
                ],
            }
        )


def solve_phases(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    years: Sequence[Phase],
    carry_over: bool = False,
) -> PhasedPlan:
    """Return which site opens in which year, with a proven bound.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules: they hold for what is open in the last
        year, those that only forbid in every year. Existing sites stay.
    limits
        When to stop without a proof, for all years together.
    years
        What each year allows, ascending.
    carry_over
        Whether what one year leaves over, of money and number, may be used in later ones.

    Raises
    ------
    InputError
        When years do not ascend, a number is negative, no year's money pays for a site, or the
        rules close or move sites.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> years = [siting.Phase(2026, budget_yuan=500_000), siting.Phase(2027, budget_yuan=900_000)]
    >>> plan = siting.solve_phases(problem, years=years)
    >>> [[str(problem.sites.ids[site]) for site in opened] for opened in plan.opened]
    [['new:C1', 'new:C5'], ['new:C2']]
    >>> plan.final.status
    'optimal'
    """
    begin = time.perf_counter()
    check_phases(problem, years, carry_over=carry_over)
    kept = keeping(problem)
    parts = [year_problem(kept, years, t) for t in range(len(years))]
    alone = [_alone(part, limits, begin, len(years)) for part in parts]
    spread = spread_out(kept, years, carry_over=carry_over)
    before = int(kept.weight[kept.before].sum())
    total = before * sum(phase.weight for phase in years)
    answer = max_cover(spread.problem, spread.rows, less_before(limits, total), begin)
    why: tuple[Impossible, ...] = ()
    if answer.ending == "impossible":
        why = why_not(kept, (spread.rows, spread.kinds), limits)
    opened = None if answer.open is None else spread.opened(answer.open)
    plans = _plans(parts, alone, opened, (before, begin), why)
    return PhasedPlan(
        phases=tuple(years),
        plans=plans,
        opened=_in_order(plans, opened, len(years)),
        proof=_proof(plans, years, answer, total, begin),
        best_alone=_best_alone(alone, plans, before),
        impossible=why,
    )


def order_of_building(
    problem: SitingProblem,
    sites: Sequence[int],
    limits: Limits = DEFAULT_LIMITS,
    *,
    years: Sequence[Phase] | None = None,
) -> PhasedPlan:
    """Return the best order in which to build sites that are already decided on.

    Parameters
    ----------
    problem
        Who would be reached from where.
    sites
        Positions of the new sites, such as those of a plan; all of them are built.
    limits
        When to stop without a proof.
    years
        What each year allows; default: one site in each, so that the order of all is found.

    Raises
    ------
    InputError
        As `solve_phases`, and when the years do not allow for all sites.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> plan = cp.solve_mclp(problem.with_rules(sites=3))
    >>> order = siting.order_of_building(problem, plan.chosen)
    >>> [str(problem.sites.ids[opened[0]]) for opened in order.opened]
    ['new:C2', 'new:C4', 'new:C1']
    """
    given = np.isin(np.arange(len(problem.sites)), list(sites))
    stands = problem.sites.existing
    only = replace(
        problem.sites,
        must=(problem.sites.must & stands) | given,
        barred=problem.sites.barred | ~(stands | given),
    )
    # The sites are decided: what was asked of the choice is not asked again.
    decided = replace(problem, sites=only, rules=Rules())
    steps = years or [Phase(step, sites=1) for step in range(1, len(sites) + 1)]
    return solve_phases(decided, limits, years=steps)


def _alone(part: SitingProblem, limits: Limits, begin: float, years: int) -> CoverAnswer:
    """Return the best plan for one year, whatever stands in the others."""
    own = part_of(limits, begin, _ALONE / years)
    return max_cover(part, site_rows(part), own, time.perf_counter())


_ALONE = 0.4
"""Share of the time that goes into the best plans for each year alone."""


def _plans(
    parts: Sequence[SitingProblem],
    alone: Sequence[CoverAnswer],
    opened: list[list[int]] | None,
    began: tuple[int, float],
    why: tuple[Impossible, ...],
) -> tuple[SitingPlan, ...]:
    """Return what is open in each year, counted again under the rules of that year."""
    before, begin = began
    plans = []
    for t, (part, best) in enumerate(zip(parts, alone, strict=True)):
        bound = None if best.bound is None or why else best.bound - before
        so_far = None
        if opened is not None:
            so_far = sorted([*_kept(part), *(site for new in opened[: t + 1] for site in new)])
        objective = WEIGHTED if part.weighted else NEWLY
        plans.append(finish(part, Found("phases", objective, so_far, None, bound, why), begin))
    return tuple(plans)


def _kept(part: SitingProblem) -> list[int]:
    stands = part.sites.existing & ~part.sites.barred
    return [int(site) for site in np.flatnonzero(stands)]


def _in_order(
    plans: Sequence[SitingPlan], opened: list[list[int]] | None, years: int
) -> tuple[tuple[int, ...], ...]:
    if opened is None:
        return ((),) * years
    return tuple(
        tuple(site for site in plan.chosen if site in set(new))
        for plan, new in zip(plans, opened, strict=True)
    )


def _proof(
    plans: Sequence[SitingPlan],
    years: Sequence[Phase],
    answer: CoverAnswer,
    total: int,
    begin: float,
) -> Proof:
    """Return value and bound of all years together, the value counted again from the sites."""
    seconds = time.perf_counter() - begin
    values = [plan.value for plan in plans]
    if answer.value is None or any(value is None for value in values):
        status: Status = "impossible" if answer.ending == "impossible" else "unknown"
        bound = None if status == "impossible" or answer.bound is None else answer.bound - total
        return Proof(None, bound, status, seconds)
    value = sum(y.weight * v for y, v in zip(years, values, strict=True) if v is not None)
    if value != answer.value - total:
        claimed = answer.value - total
        raise InternalError(f"siting: phases claims {claimed}, counting again gives {value}")
    bounds = [plan.bound for plan in plans]
    apart = [y.weight * b for y, b in zip(years, bounds, strict=True) if b is not None]
    known = [sum(apart)] if len(apart) == len(plans) else []
    known += [] if answer.bound is None else [answer.bound - total]
    if known and min(known) < value:
        raise InternalError(f"siting: phases reaches {value}, better than its bound {min(known)}")
    nothing = all(not plan.chosen for plan in plans)
    return Proof.of(value, min(known) if known else None, begin, nothing=nothing)


def _best_alone(
    alone: Sequence[CoverAnswer], plans: Sequence[SitingPlan], before: int
) -> tuple[int | None, ...]:
    """Return the best plan found for each year; the nested one is a plan for that year, too."""
    best: list[int | None] = []
    for answer, plan in zip(alone, plans, strict=True):
        values = [] if answer.value is None else [answer.value - before]
        values += [] if plan.value is None else [plan.value]
        best.append(max(values) if values else None)
    return tuple(best)
