r"""At least one open site in every unit asked: with the fewest new ones, then for most people.

.. math::

    k^* = \min \sum_{j \text{ new}} x_j \quad \text{s.t.} \quad
    \sum_{j \in U_u} x_j \ge 1 \;\; \forall u \text{ asked}, \quad x \in X,

then, with :math:`\sum_{j \text{ new}} x_j = k^*`,
:math:`\max \sum_i w_i z_i` where :math:`z_i \le \sum_{j \in N_i} x_j`. :math:`U_u` are the sites
in unit :math:`u`, those that stand among them, :math:`N_i` the sites that reach place :math:`i`,
:math:`X` the sets of sites the rules allow.

The first stage is a set covering problem over units: Toregas, C., Swain, R., ReVelle, C. and
Bergman, L. (1971): The location of emergency service facilities. Operations Research 19,
1363-1373; the second is that of Church and ReVelle (1974).
"""

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .finish import Found, finish
from .impossible import why_impossible
from .maxcover import max_cover
from .mincover import min_cover
from .plan import DEFAULT_LIMITS, NEWLY, SITES, WEIGHTED, Impossible, Limits, SitingPlan, Stage
from .problem import SitingProblem
from .rows import SiteRows, site_rows
from .stages import listed, part_of
from .with_row import with_row


def solve_one_per_unit(
    problem: SitingProblem, limits: Limits = DEFAULT_LIMITS, *, leave_out: bool = False
) -> SitingPlan:
    """Return the plan with a site in every unit asked, of as few new sites as can be.

    Parameters
    ----------
    problem
        Who would be reached from where, which unit each site lies in, and the rules:
        ``units_asked`` are the units asked (all, where it is None), ``unit_least`` how many sites
        each must have (1, where it is 0).
    limits
        When to stop without a proof.
    leave_out
        Whether units without enough usable sites are left out and named in the proof; else the
        plan is impossible and names them.

    Returns
    -------
    SitingPlan
        Its value counts new sites; ``then`` holds the people newly reached, the most with so few.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> plan = siting.solve_one_per_unit(problem)
    >>> plan.chosen_ids(problem.sites.ids)  # Liuxi has a home; Shiqiao and Yunling get one
    ['new:C2', 'new:C4']
    """
    begin = time.perf_counter()
    least = max(1, problem.rules.unit_least)
    bare = tuple(u for u in _units(problem) if _usable(problem, u) < least)
    if bare and not leave_out:
        why = tuple(_without_site(problem, u, least) for u in bare)
        return finish(problem, Found("one_per_unit", SITES, None, None, None, why), begin)
    problem = units_asked(problem, leave_out=leave_out)
    rows = site_rows(problem)
    new = (~problem.sites.existing).astype(np.int64)
    some = replace(part_of(limits, begin, _FEWEST), on_bounds=limits.on_bounds)
    fewest = min_cover(problem, rows, new, [], some, begin)
    if fewest.open is None or fewest.value is None:
        why = why_impossible(problem, rows, limits=limits) if fewest.ending == "impossible" else ()
        return finish(problem, Found("one_per_unit", SITES, None, None, None, why), begin)
    opened, people = _most_people(problem, rows, fewest.open, limits, begin)
    number = int(new[opened].sum())
    if number != fewest.bound:
        # Without a proof of the fewest there is none of the most.
        people = replace(people, bound=None)
    found = Found(
        "one_per_unit",
        SITES,
        np.flatnonzero(opened).tolist(),
        number,
        fewest.bound,
        proof=_left_out(problem, bare),
        then=(people,),
    )
    return finish(problem, found, begin)


def units_asked(problem: SitingProblem, *, leave_out: bool) -> SitingProblem:
    """Return the problem with the rule that every unit asked has a site.

    Parameters
    ----------
    problem, leave_out
        As in `solve_one_per_unit`.
    """
    least = max(1, problem.rules.unit_least)
    rest = tuple(u for u in _units(problem) if not leave_out or _usable(problem, u) >= least)
    return problem.with_rules(unit_least=least if rest else 0, units_asked=rest)


def _units(problem: SitingProblem) -> tuple[int, ...]:
    asked = problem.rules.units_asked
    return tuple(range(len(problem.unit_codes))) if asked is None else tuple(asked)


_FEWEST = 0.5
"""Share of the time for the fewest sites; the rest is for the most people with so few."""


def _usable(problem: SitingProblem, unit: int) -> int:
    """Return how many sites a unit can have at once, classes of one place counting once."""
    sites = problem.sites
    return len(np.unique(sites.place[(sites.unit == unit) & ~sites.barred]))


def _most_people(
    problem: SitingProblem, rows: SiteRows, fewest: NDArray[np.bool_], limits: Limits, begin: float
) -> tuple[NDArray[np.bool_], Stage]:
    """Return the plan that reaches most with no more new sites than a plan has."""
    sites = problem.sites
    number = int((fewest & ~sites.existing).sum())
    capped = with_row(
        rows,
        (sites.candidates, np.ones(len(sites.candidates)), -np.inf, float(number)),
        Text(
            f"至多新增 {number} 处",
            f"at most {number} new site" + ("" if number == 1 else "s"),
        ),
    )
    answer = max_cover(problem, capped, part_of(limits, begin, 1.0), time.perf_counter())
    opened = fewest if answer.open is None else answer.open
    before = int(problem.weight[problem.before].sum())
    reached = int(problem.weight[problem.reach.covered(np.flatnonzero(opened).tolist())].sum())
    bound = None if answer.bound is None else answer.bound - before
    return opened, Stage(WEIGHTED if problem.weighted else NEWLY, reached - before, bound)


def _without_site(problem: SitingProblem, unit: int, least: int) -> Impossible:
    number = _usable(problem, unit)
    return Impossible(
        Text(f"每个单元至少 {least} 处", f"at least {least} in every unit"),
        Text.same(problem.unit_names[unit]),
        int(problem.totals[unit]),
        Text(
            f"该单元只有 {number} 个可用地点：再给 {least - number} 个候选点，或不要求该单元",
            f"it has {number} usable sites: give {least - number} more candidates there, "
            "or leave the unit out",
        ),
    )


def _left_out(problem: SitingProblem, bare: tuple[int, ...]) -> tuple[Text, ...]:
    if not bare:
        return ()
    names = listed([problem.unit_names[u] for u in bare])
    return (
        Text(
            f"没有可用地点、未作要求的单元：{names.zh}",
            f"left out, for want of a usable site: {names.en}",
        ),
    )
