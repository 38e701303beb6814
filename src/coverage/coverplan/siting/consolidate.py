r"""Consolidation: which of the existing institutions stay, with least harm to the people.

Close exactly :math:`k` of the sites that may be closed; everybody goes to one that stays (or to
a new one where the rules allow some), no site over its capacity, and the minutes of all people
are as few as they can be: the capacitated p-median over the sites that stand (`cap_pmedian`).
Without capacities everybody goes to the nearest.

Few institutions have few subsets: these are tried one by one, those first that would be best if
capacities did not matter, until no other one can be better. Many are left to the solver.

ReVelle, C., Murray, A. T. and Serra, D. (2007): Location models for ceding market share and
shrinking services. Omega 35, 533-540.
"""

from dataclasses import replace

import numpy as np

from ..core.text import Text
from .cap_pmedian import Ask, Search, Unserved, solve_assigned
from .open_transport import best_open
from .plan import DEFAULT_LIMITS, Limits, SitingPlan
from .problem import UNLIMITED, SitingProblem, out_of_range
from .subsets import Subsets

_NAME = "consolidate"


def solve_consolidation(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    close: int | None = None,
    keep: int | None = None,
    capacity: bool = True,
) -> SitingPlan:
    """Return which existing sites close, and who is served where afterwards.

    Parameters
    ----------
    problem
        Sites that stand (those in ``must`` stay), times, people and capacities. Candidates are
        left aside unless ``rules.sites`` says how many may be opened instead.
    limits
        When to stop without a proof.
    close, keep
        How many close, barred ones among them, or how many of those that stand are kept: one of
        the two.
    capacity
        Whether capacities count. Then everybody needs a place, who is beyond the cutoff of every
        site as well (see `cap_pmedian`); without, who is beyond it counts at the cutoff.

    Raises
    ------
    InputError
        When not exactly one of ``close`` and ``keep`` is given, or it is out of range.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem("social_work", closable=True)
    >>> plan = siting.solve_consolidation(problem, close=1, capacity=False)
    >>> [problem.sites.name(site) for site in plan.closed], plan.status
    (['桥头社工点'], 'optimal')
    >>> plan.facts.reached_before, plan.facts.reached_after
    (2330, 2020)
    """
    number = _number(problem, close, keep)
    asked = closing_problem(problem, number, capacity=capacity)
    unserved: Unserved = "refuse" if capacity else "leave"
    search: Search = best_open
    if problem.rules.sites is None:
        barred = int((problem.sites.existing & problem.sites.barred).sum())
        search = Subsets(len(asked.sites.free) - (number - barred))
    return solve_assigned(asked, limits, Ask(_NAME, unserved=unserved, search=search))


def closing_problem(problem: SitingProblem, close: int, *, capacity: bool) -> SitingProblem:
    """Return the question with so many sites to close.

    Parameters
    ----------
    problem, close, capacity
        As in `solve_consolidation`.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem("social_work", closable=True)
    >>> asked = siting.closing_problem(problem, 1, capacity=False)
    >>> asked.rules.close_least, asked.rules.close_most, asked.rules.sites
    (1, 1, None)
    """
    sites = problem.sites
    if problem.rules.sites is None:
        sites = replace(sites, barred=sites.barred | ~sites.existing)
    if not capacity:
        sites = replace(sites, capacity=np.full(len(sites), UNLIMITED))
    weights = problem.weights if problem.weighted else None
    rules = replace(problem.rules, close_least=close, close_most=close)
    return replace(problem, sites=sites, rules=rules, weights=weights)


def _number(problem: SitingProblem, close: int | None, keep: int | None) -> int:
    """Return how many sites close."""
    sites = problem.sites
    stand = int(sites.existing.sum())
    closable = int((sites.existing & ~sites.must).sum())
    least = max(int((sites.existing & sites.barred).sum()), 1)
    if (close is None) == (keep is None):
        expected = Text("close 与 keep 恰给其一", "exactly one of close and keep")
        raise out_of_range(problem.name, "close", f"close={close}, keep={keep}", expected)
    most = closable - int(closable == stand and problem.rules.sites is None)
    if most < least:
        what = Text("没有可关闭的现有站点", "no existing site may be closed")
        raise out_of_range(problem.name, "close", close if keep is None else keep, what)
    if close is not None:
        if not least <= close <= most:
            expected = Text(f"{least} 至 {most}", f"{least} to {most}")
            raise out_of_range(problem.name, "close", close, expected)
        return close
    if keep is None or not stand - most <= keep <= stand - least:
        expected = Text(f"{stand - most} 至 {stand - least}", f"{stand - most} to {stand - least}")
        raise out_of_range(problem.name, "keep", keep, expected)
    return stand - keep
