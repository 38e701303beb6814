r"""Nearest in the unit: in each unit the one site in it that is nearest to its people together.

For each unit :math:`u` on its own, the 1-median among its own sites :math:`S_u`:

.. math::

    \min_{j \in S_u} \sum_{i \in u} w_i d_{ij}

found by trying all of them, which is exact. Where rules tie the units together (a number of sites,
a budget, spacing) the sites are chosen jointly: with :math:`c_{uj}` the sum above,

.. math::

    \min \sum_u \sum_{j \in S_u} c_{uj} x_j \quad \text{s.t.} \quad
    \sum_{j \in S_u} x_j = 1 \;\; \forall u, \quad x \in X

where :math:`X` are the sets of sites the rules allow. Existing sites stay. Times beyond the cutoff
count as the cutoff.

Hakimi, S. (1964): Optimum locations of switching centers and the absolute centers and medians of
a graph. Operations Research 12, 450-459 (one median); Goldman, A. (1971): Optimal center location
in simple networks. Transportation Science 5, 212-221.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..travel.reach import limit_ms
from .finish import Found, finish
from .highs import Ending, Mip, solve_mip, whole_bound
from .impossible import listed, why_impossible
from .medians.lists import times_of
from .plan import DEFAULT_LIMITS, IN_UNIT, Limits, SitingPlan
from .problem import SitingProblem
from .rows import SiteRows, site_rows
from .with_row import with_row


def solve_unit_median(
    problem: SitingProblem, limits: Limits = DEFAULT_LIMITS, *, keep_existing: bool = True
) -> SitingPlan:
    """Return the plan in which each unit has the site that is nearest to its own people.

    Parameters
    ----------
    problem
        People and sites with their units, times, and the rules; all people of a unit go to one
        site in it.
    limits
        When to stop without a proof, where rules tie the units together.
    keep_existing
        Whether a unit that has a site gets no other; else it gets a new one where that is nearer
        to its people, beside what stands.

    Returns
    -------
    SitingPlan
        Its proof names the units without any site they could have; their people count as at the
        cutoff. Units nobody lives in get nothing.

    Raises
    ------
    InputError
        When the problem has no times.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> plan = siting.solve_unit_median(problem)
    >>> plan.chosen_ids(problem.sites.ids)
    ['new:C2', 'new:C4']
    """
    begin = time.perf_counter()
    costs = _unit_costs(problem)
    stands = ~problem.sites.barred & (problem.sites.existing | problem.sites.must)
    rows = _rows(problem, costs, stands, keep_existing=keep_existing)
    opened = _each_alone(problem, costs, stands, rows)
    chosen: NDArray[np.bool_] | None = opened
    bound: int | None = costs.value(opened)
    ending: Ending = "solved"
    if not rows.kept(opened).all():
        chosen, bound, ending = _jointly(costs, rows, stands, limits, begin)
    found = Found(
        "unit_median",
        IN_UNIT,
        None if chosen is None else np.flatnonzero(chosen).tolist(),
        None if chosen is None else costs.value(chosen),
        bound,
        impossible=why_impossible(problem, rows, limits=limits) if ending == "impossible" else (),
        proof=_without(problem, costs),
    )
    return finish(problem, found, begin)


@dataclass(frozen=True, slots=True)
class _Costs:
    """What each site costs the people of its own unit.

    Parameters
    ----------
    of_site
        Weight times milliseconds of the unit's people to the site, shape ``(n_sites,)``.
    unit
        Unit of each site.
    none
        What a unit without a site costs, shape ``(n_units,)``; 0 where nobody lives.
    usable
        Sites that may be open and lie in a unit people live in, shape ``(n_sites,)``.
    """

    of_site: NDArray[np.int64]
    unit: NDArray[np.int64]
    none: NDArray[np.int64]
    usable: NDArray[np.bool_]

    def by_unit(self, opened: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return what each unit costs with these sites, shape ``(n_units,)``."""
        least = self.none.copy()
        some = np.flatnonzero(opened & self.usable)
        np.minimum.at(least, self.unit[some], self.of_site[some])
        return least

    def value(self, opened: NDArray[np.bool_]) -> int:
        """Return what all units cost together."""
        return int(self.by_unit(opened).sum())


def _unit_costs(problem: SitingProblem) -> _Costs:
    times, sites = times_of(problem), problem.sites
    n_units, cap = len(problem.unit_codes), limit_ms(times.cutoff_minutes)
    weight = np.zeros(n_units, dtype=np.int64)
    np.add.at(weight, problem.of_unit, problem.weight)
    inside = (sites.unit >= 0) & ~sites.barred
    unit = np.where(inside, sites.unit, 0).astype(np.int64)
    site = np.repeat(np.arange(len(sites)), np.diff(times.ptr))
    own = inside[site] & (problem.of_unit[times.who] == unit[site])
    saved = np.zeros(len(sites), dtype=np.int64)
    less = (cap - times.kept_ms()[own].astype(np.int64)) * problem.weight[times.who[own]]
    np.add.at(saved, site[own], less)
    none = weight * cap
    return _Costs(none[unit] - saved, unit, none, inside & (weight[unit] > 0))


def _rows(
    problem: SitingProblem, costs: _Costs, stands: NDArray[np.bool_], *, keep_existing: bool
) -> SiteRows:
    """Return the rules, and that each unit gets one site: who has one, none or one more."""
    rows = site_rows(problem)
    new = costs.usable & ~stands
    has = np.bincount(costs.unit[stands & costs.usable], minlength=len(costs.none)) > 0
    barred = ~stands & ~new
    if keep_existing:
        barred |= new & has[costs.unit]
    upper = np.where(barred, 0.0, rows.upper)
    rows = replace(rows, lower=np.where(stands, 1.0, rows.lower), upper=upper)
    for unit, name in enumerate(problem.unit_names):
        here = np.flatnonzero(new & (costs.unit == unit) & (upper > 0))
        if len(here):
            least = 0.0 if has[unit] else 1.0
            said = Text(f"{name}新增一处", f"{name} gets one site")
            row = (here.astype(np.int64), np.ones(len(here)), least, 1.0)
            rows = with_row(rows, row, said, "other")
    return rows


def _each_alone(
    problem: SitingProblem, costs: _Costs, stands: NDArray[np.bool_], rows: SiteRows
) -> NDArray[np.bool_]:
    """Open the best site of each unit; of equally good ones what stands, else the first."""
    opened = stands.copy()
    now = costs.by_unit(stands)
    free = rows.lower < rows.upper
    has = np.bincount(costs.unit[stands & costs.usable], minlength=len(costs.none)) > 0
    for unit in range(len(problem.unit_codes)):
        here = np.flatnonzero(free & costs.usable & (costs.unit == unit))
        if not len(here):
            continue
        best = int(here[np.argmin(costs.of_site[here])])
        if not has[unit] or costs.of_site[best] < now[unit]:
            opened[best] = True
    return opened


def _jointly(
    costs: _Costs, rows: SiteRows, stands: NDArray[np.bool_], limits: Limits, begin: float
) -> tuple[NDArray[np.bool_] | None, int | None, Ending]:
    """Choose the sites of all units together, under rules that tie them."""
    now = costs.by_unit(stands)
    saved = np.where(costs.usable & ~stands, np.maximum(now[costs.unit] - costs.of_site, 0), 0)
    answer = solve_mip(
        Mip(
            sense="max",
            cost=saved.astype(float),
            rows=rows.matrix,
            row_lower=rows.row_lower,
            row_upper=rows.row_upper,
            lower=rows.lower,
            upper=rows.upper,
            whole=np.ones(len(saved), dtype=np.bool_),
        ),
        replace(limits, on_bounds=None),
        begin=begin,
    )
    most = whole_bound(answer.bound, "max")
    bound = 0 if most is None else max(int(now.sum()) - most, 0)
    if answer.values is None:
        return None, bound, answer.ending
    return np.round(answer.values) == 1, bound, answer.ending


def _without(problem: SitingProblem, costs: _Costs) -> tuple[Text, ...]:
    """Name the units with people that have no site and no candidate."""
    some = np.bincount(costs.unit[costs.usable], minlength=len(costs.none)) > 0
    bare = np.flatnonzero((costs.none > 0) & ~some)
    if not len(bare):
        return ()
    names = listed(
        [Text(problem.unit_names[u], problem.unit_names[u]) for u in bare], Text("个单元", "units")
    )
    return (
        Text(
            f"没有站点也没有候选点的单元，其居民按截止时间计：{names.zh}",
            f"units without a site or a candidate, whose people count as at the cutoff: {names.en}",
        ),
    )
