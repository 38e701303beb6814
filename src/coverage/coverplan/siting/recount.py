"""Counting again from the open sites, by code that has not seen any solver."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, InternalError
from ..travel import Reach
from ..travel.graph import MS_PER_MINUTE
from ..travel.reach import limit_ms
from .assigned import assigned_ms, served_weight
from .plan import Objective
from .planfacts import Assignment, Facts
from .problem import SitingProblem
from .problemparts import NEEDS_TIMES


def recount(reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]) -> int:
    """Return the people newly reached by the chosen candidates together.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = cp.solve_mclp(problem)
    >>> waiting = problem.people * ~problem.before
    >>> cp.recount(problem.reach, waiting, plan.chosen) == plan.value
    True
    """
    return int(open_people[reach.covered(chosen)].sum())


def open_sites(problem: SitingProblem, chosen: Sequence[int], closed: Sequence[int]) -> list[int]:
    """Return the positions of all sites that are open in a plan."""
    shut = set(closed)
    return [int(j) for j in np.flatnonzero(problem.sites.existing) if j not in shut] + list(chosen)


def recount_facts(problem: SitingProblem, chosen: Sequence[int], closed: Sequence[int]) -> Facts:
    """Return who is reached, in all and by unit, when these sites open and those close.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> facts = siting.recount_facts(cp.small_problem(), chosen=[2], closed=[])
    >>> facts.reached_before, facts.reached_after, facts.cost_yuan
    (314, 647, 900000)
    """
    before = problem.before
    opened = open_sites(problem, chosen, closed)
    after = problem.reach.covered(opened)
    n_units = len(problem.unit_codes)

    def by_unit(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        people = np.where(mask, problem.people, 0)
        return np.bincount(problem.of_unit, people, minlength=n_units).astype(np.int64)

    mean, farthest, beyond = _minutes(problem, opened)
    return Facts(
        people=problem.everybody,
        reached_before=int(problem.people[before].sum()),
        reached_after=int(problem.people[after].sum()),
        unit_before=by_unit(before),
        unit_after=by_unit(after),
        unit_people=problem.totals,
        opened=len(chosen),
        closed=len(closed),
        cost_yuan=int(problem.sites.cost_yuan[list(chosen)].sum()),
        reached_twice=int(problem.people[times_reached(problem, opened) >= _TWICE].sum()),
        mean_minutes=mean,
        farthest_minutes=farthest,
        beyond_cutoff=beyond,
    )


def nearest_ms(problem: SitingProblem, opened: Sequence[int]) -> NDArray[np.int64]:
    """Return everybody's milliseconds to the nearest open site, -1 beyond the cutoff.

    Raises
    ------
    InputError
        When the problem has no times.
    """
    times = problem.times
    if times is None:
        raise InputError([NEEDS_TIMES])
    ms = times.kept_ms()
    nearest = np.full(len(problem.people), np.iinfo(np.int64).max)
    for site in opened:
        row = slice(times.ptr[site], times.ptr[site + 1])
        np.minimum.at(nearest, times.who[row], ms[row].astype(np.int64))
    nearest[nearest == np.iinfo(np.int64).max] = -1
    return nearest


def _minutes(
    problem: SitingProblem, opened: Sequence[int]
) -> tuple[float | None, float | None, int | None]:
    times = problem.times
    if times is None or len(times.ms) != len(times.who):
        return None, None, None
    ms = nearest_ms(problem, opened)
    there, people = (ms >= 0) & (problem.people > 0), problem.people
    beyond = int(people[~there].sum())
    if not there.any():
        return None, None, beyond
    mean = float((ms[there] * people[there]).sum() / people[there].sum() / MS_PER_MINUTE)
    return mean, float(ms[there].max() / MS_PER_MINUTE), beyond


def recount_objective(
    problem: SitingProblem,
    objective: Objective,
    chosen: Sequence[int],
    closed: Sequence[int],
    assignment: Assignment | None = None,
    *,
    near: Reach | None = None,
) -> int:
    """Return the value of an objective for some open sites.

    Parameters
    ----------
    problem, objective
        The question, and what counts.
    chosen, closed
        New sites, and existing ones that close.
    assignment
        Who is served where, for objectives that count served people.
    near
        Who lives too near which site, for the objective that counts them.

    Raises
    ------
    InternalError
        When nobody knows how to recount the objective.
    """
    opened = open_sites(problem, chosen, closed)
    if objective.id in _RECOUNTS:
        return _RECOUNTS[objective.id](problem, opened)
    if objective.id == "new_sites":
        return len(chosen)
    if objective.id == "cost":
        return int(problem.sites.cost_yuan[list(chosen)].sum())
    if objective.id == "once_and_twice":
        return _once_and_twice(problem, opened, objective.permille)
    if objective.id == "people_near" and near is not None:
        return int(problem.people[near.covered(list(chosen))].sum())
    if objective.id in _ASSIGNED and assignment is not None:
        return _ASSIGNED[objective.id](problem, assignment)
    raise InternalError(f"siting: no way to recount {objective.id!r}")


def _newly(problem: SitingProblem, opened: Sequence[int]) -> int:
    after, before = problem.reach.covered(opened), problem.before
    return int(problem.weight[after].sum() - problem.weight[before].sum())


_TWICE = 2


def times_reached(problem: SitingProblem, opened: Sequence[int]) -> NDArray[np.int64]:
    """Return how many of the open sites reach each place, shape ``(n_demand,)``."""
    times = np.zeros(len(problem.people), dtype=np.int64)
    for site in opened:
        times[problem.reach.of(site)] += 1
    return times


def _twice(problem: SitingProblem, opened: Sequence[int]) -> int:
    return int(problem.weight[times_reached(problem, opened) >= _TWICE].sum())


def _once_and_twice(problem: SitingProblem, opened: Sequence[int], permille: int) -> int:
    times = times_reached(problem, opened)
    once = int(problem.weight[times >= 1].sum())
    return permille * once + (1000 - permille) * _twice(problem, opened)


def _person_ms(problem: SitingProblem, opened: Sequence[int]) -> int:
    """Beyond the cutoff everybody counts as at it."""
    if problem.times is None:
        raise InputError([NEEDS_TIMES])
    ms = nearest_ms(problem, opened)
    cap = limit_ms(problem.times.cutoff_minutes)
    return int((problem.weight * np.where(ms < 0, cap, ms)).sum())


def _farthest(problem: SitingProblem, opened: Sequence[int]) -> int:
    """Of those some usable site can reach within the cutoff: others tell no plans apart."""
    if problem.times is None:
        raise InputError([NEEDS_TIMES])
    usable = np.flatnonzero(~problem.sites.barred).tolist()
    counted = (problem.weight > 0) & (nearest_ms(problem, usable) >= 0)
    ms = nearest_ms(problem, opened)[counted]
    if not len(ms):
        return 0
    return int(np.where(ms < 0, limit_ms(problem.times.cutoff_minutes), ms).max())


def _unit_person_ms(problem: SitingProblem, opened: Sequence[int]) -> int:
    """All people of a unit use one open site in it; without any they count as at the cutoff."""
    times = problem.times
    if times is None:
        raise InputError([NEEDS_TIMES])
    cap, ms, total = limit_ms(times.cutoff_minutes), times.kept_ms(), 0
    for unit in range(len(problem.unit_codes)):
        inside = problem.of_unit == unit
        least = cap * int(problem.weight[inside].sum())
        for site in opened:
            if problem.sites.unit[site] == unit:
                taken = np.full(len(problem.people), cap, dtype=np.int64)
                row = slice(times.ptr[site], times.ptr[site + 1])
                taken[times.who[row]] = ms[row]
                least = min(least, int((taken * problem.weight)[inside].sum()))
        total += least
    return total


def _least_share(problem: SitingProblem, opened: Sequence[int]) -> int:
    """In millionths, rounded down; units nobody lives in have no share."""
    after = problem.reach.covered(opened)
    reached = np.bincount(
        problem.of_unit, np.where(after, problem.people, 0), minlength=len(problem.unit_codes)
    ).astype(np.int64)
    peopled = problem.totals > 0
    if not peopled.any():
        return 0
    return int((reached[peopled] * 1_000_000 // problem.totals[peopled]).min())


_RECOUNTS = {
    "newly_reached": _newly,
    "newly_reached_weighted": _newly,
    "reached_twice": _twice,
    "person_minutes": _person_ms,
    "unit_person_minutes": _unit_person_ms,
    "farthest": _farthest,
    "least_share": _least_share,
}


_ASSIGNED = {
    "served": lambda _, assignment: int(assignment.people.sum()),
    "served_weighted": served_weight,
    "assigned_person_minutes": assigned_ms,
}
"""Objectives that are counted from who is served where."""


def check_rules(problem: SitingProblem, chosen: Sequence[int], closed: Sequence[int]) -> list[str]:
    """Return the rules a plan breaks, found from its sites alone, without rows or solver."""
    sites, rules = problem.sites, problem.rules
    new, shut = list(chosen), list(closed)
    opened = open_sites(problem, new, shut)
    broken = [
        (len(set(new)) != len(new) or len(set(shut)) != len(shut), "a site comes twice"),
        (bool(sites.existing[new].any()), "an existing site is opened"),
        (not bool(sites.existing[shut].all()), "a site that does not stand is closed"),
        (bool(sites.barred[opened].any()), "a barred site is open"),
        (
            not set(np.flatnonzero(sites.must).tolist()) <= set(opened),
            "a required site is not open",
        ),
        (len(np.unique(sites.place[opened])) != len(opened), "two sites stand at one place"),
        (_wrong_number(problem, len(new), len(shut)), "the number of sites"),
        (
            rules.budget_yuan is not None and int(sites.cost_yuan[new].sum()) > rules.budget_yuan,
            "the budget",
        ),
        (_wrong_units(problem, new, opened), "the number of sites in a unit"),
        (_wrong_spacing(problem, new, opened), "the spacing"),
    ]
    return [what for wrong, what in broken if wrong]


def _wrong_number(problem: SitingProblem, new: int, shut: int) -> bool:
    rules = problem.rules
    if rules.close_most is not None and shut > rules.close_most:
        return True
    if shut < rules.close_least:
        return True
    if rules.sites is None:
        return False
    most = rules.sites + min(shut, rules.moves)
    return new > most or (rules.exactly and not rules.moves and new != rules.sites)


def _wrong_units(problem: SitingProblem, new: list[int], opened: list[int]) -> bool:
    rules, unit = problem.rules, problem.sites.unit
    n = len(problem.unit_codes)
    asked = range(n) if rules.units_asked is None else rules.units_asked
    for u in range(n):
        if u in asked and int((unit[opened] == u).sum()) < rules.unit_least:
            return True
        if rules.unit_most is not None and int((unit[new] == u).sum()) > rules.unit_most:
            return True
    return False


def _wrong_spacing(problem: SitingProblem, new: list[int], opened: list[int]) -> bool:
    metres, xy = problem.rules.spacing_metres, problem.sites.xy
    if not metres:
        return False
    gap = np.hypot(*(xy[new][:, None] - xy[opened][None]).transpose(2, 0, 1))
    other = np.array(new, dtype=int)[:, None] != np.array(opened, dtype=int)[None]
    return bool((other & (gap < metres - 1e-5)).any())


def marginal_order(
    reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the chosen sites, each next one bringing most, and what each brings then.

    Of sites that bring equally many the one with the smaller position comes first.
    """
    left = open_people.copy()
    rest = sorted(chosen)
    order: list[int] = []
    gains: list[int] = []
    while rest:
        gain = [int(left[reach.of(site)].sum()) for site in rest]
        best = int(np.argmax(gain))
        order.append(rest.pop(best))
        gains.append(gain[best])
        left[reach.of(order[-1])] = 0
    return order, gains


def alone(reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]) -> list[int]:
    """Return the people each chosen site would newly reach by itself."""
    return [int(open_people[reach.of(site)].sum()) for site in chosen]


def lost_without(reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]) -> list[int]:
    """Return the people who depend on each chosen site alone."""
    times = np.zeros(len(reach.demand), dtype=np.int64)
    for site in chosen:
        times[reach.of(site)] += 1
    return [int(open_people[reach.of(s)][times[reach.of(s)] == 1].sum()) for s in chosen]
