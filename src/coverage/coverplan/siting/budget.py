r"""Most people within a budget; of the plans that reach them, the cheapest.

.. math::

    \max \sum_i w_i z_i \quad \text{s.t.} \quad z_i \le \sum_{j \in N_i} x_j, \quad
    \sum_j c_j x_j \le B, \quad \sum_{j \in P} x_j \le 1 \;\; \forall P, \quad x \in X

then :math:`\min \sum_j c_j x_j` among the plans of that value. :math:`c_j` is what a new site
costs, :math:`B` the budget and :math:`P` the classes, small or large, one place may be built in.
Reach alone tells no class from another: the second stage takes the cheaper one, and a larger class
is chosen only where it reaches more or a rule asks for it.

Khuller, S., Moss, A. and Naor, J. (1999): The budgeted maximum coverage problem. Information
Processing Letters 70, 39-45.
"""

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, Problem
from ..core.text import Text, said_of
from .finish import Found, finish
from .impossible import why_impossible
from .maxcover import max_cover
from .mincover import min_cover
from .needs import Need
from .plan import DEFAULT_LIMITS, NEWLY, WEIGHTED, YUAN, Limits, SitingPlan, Stage
from .problem import SitingProblem
from .rows import site_rows
from .stages import less_before, part_of
from .tidy import tidy


def solve_budgeted(problem: SitingProblem, limits: Limits = DEFAULT_LIMITS) -> SitingPlan:
    """Return the plan that newly reaches most people for the money, and what is left of it.

    Parameters
    ----------
    problem
        Who would be reached from where, what each new site costs, and the rules;
        ``rules.budget_yuan`` must be given.
    limits
        When to stop without a proof.

    Returns
    -------
    SitingPlan
        ``then`` holds the cost; the proof says what is left over, and what the next addition
        would cost.

    Raises
    ------
    InputError
        When there is no budget.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(budget_yuan=1_000_000)
    >>> plan = siting.solve_budgeted(problem)
    >>> plan.chosen_ids(problem.sites.ids), plan.value, plan.facts.cost_yuan
    (['new:C2'], 333, 900000)
    >>> print(plan.proof[0].en)
    900,000 yuan are spent, 100,000 are left
    """
    begin = time.perf_counter()
    if problem.rules.budget_yuan is None:
        raise InputError([_no_budget(problem)])
    rows, objective = site_rows(problem), WEIGHTED if problem.weighted else NEWLY
    before = int(problem.weight[problem.before].sum())
    some = replace(part_of(limits, begin, _REACH), on_bounds=limits.on_bounds)
    answer = max_cover(problem, rows, less_before(some, before), begin)
    if answer.open is None or answer.value is None:
        why = () if answer.ending != "impossible" else why_impossible(problem, rows, limits=limits)
        return finish(problem, Found("budgeted", objective, None, None, None, why), begin)
    cost = np.where(problem.sites.existing, 0, problem.sites.cost_yuan)
    need = Need(problem.weight, answer.value, objective.label)
    cheap = min_cover(
        problem,
        rows,
        cost,
        [need],
        part_of(limits, begin, 1.0),
        time.perf_counter(),
        start=answer.open,
    )
    opened = answer.open if cheap.open is None else cheap.open
    opened = tidy(problem, rows, opened, lambda plan: (_reached(problem, plan), _cost(cost, plan)))
    spent, reached = _cost(cost, opened), _reached(problem, opened)
    # Cheapest is said of plans that are proven to reach most.
    sure = answer.value == answer.bound and reached == answer.value
    found = Found(
        "budgeted",
        objective,
        np.flatnonzero(opened).tolist(),
        reached - before,
        None if answer.bound is None else answer.bound - before,
        proof=_money(problem, opened, spent),
        sizes=answer.sizes,
        then=(Stage(YUAN, spent, cheap.bound if sure else None),),
    )
    return finish(problem, found, begin)


_REACH = 0.7
"""Share of the time for reaching most; the rest is for the cheapest of those plans."""


def _no_budget(problem: SitingProblem) -> Problem:
    return Problem(
        code="siting.budget",
        what=said_of(problem.name, Text("没有预算", "there is no budget")),
        column="siting.budget_yuan",
        found="",
        expected=Text("金额（元）", "an amount in yuan"),
        mend=Text("给出 budget_yuan，或改用 mclp", "give budget_yuan, or use the model mclp"),
    )


def _reached(problem: SitingProblem, open_: NDArray[np.bool_]) -> int:
    return int(problem.weight[problem.reach.covered(np.flatnonzero(open_).tolist())].sum())


def _cost(cost: NDArray[np.int64], open_: NDArray[np.bool_]) -> int:
    return int(cost[open_].sum())


def _money(problem: SitingProblem, open_: NDArray[np.bool_], spent: int) -> tuple[Text, ...]:
    """Say what is left over, and which single addition would bring most for its money."""
    left = (problem.rules.budget_yuan or 0) - spent
    texts = [
        Text(f"用去 {spent:,} 元，剩余 {left:,} 元", f"{spent:,} yuan are spent, {left:,} are left")
    ]
    site, gain = _next(problem, open_)
    if site is None:
        more = Text("其余候选点都不能再增加可达人口", "no further site would reach anybody more")
        return (*texts, more)
    sites = problem.sites
    cost = int(sites.cost_yuan[site])
    lacks = Text("预算够，新增处数已满", "there is money for it, but no more sites are allowed")
    if cost > left:
        lacks = Text(f"还差 {cost - left:,} 元", f"{cost - left:,} yuan are missing for it")
    more = Text(
        f"下一处最划算的是 {sites.name(site)}：造价 {cost:,} 元，再增 {gain:,} 人；{lacks.zh}",
        f"the best next one is {sites.name(site)}: it costs {cost:,} yuan "
        f"and reaches {gain:,} more people; {lacks.en}",
    )
    return (*texts, more)


def _next(problem: SitingProblem, open_: NDArray[np.bool_]) -> tuple[int | None, int]:
    """Return the site that reaches most more per yuan, were there money; None if none does."""
    sites = problem.sites
    rows = site_rows(problem.with_rules(budget_yuan=None, sites=None, exactly=False))
    reached = problem.reach.covered(np.flatnonzero(open_).tolist())
    gain = problem.reach.people(np.where(reached, 0, problem.weight))
    best: tuple[float, int, int] | None = None
    for site in np.flatnonzero(~open_ & ~sites.existing & ~sites.barred & (gain > 0)).tolist():
        plan = open_.copy()
        plan[site] = True
        worth = float(gain[site]) / max(int(sites.cost_yuan[site]), 1)
        if (best is None or worth > best[0]) and rows.kept(plan).all():
            best = (worth, site, int(gain[site]))
    return (None, 0) if best is None else (best[1], best[2])
