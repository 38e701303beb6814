"""Counting an assignment again: who is served where, by code that has not seen any solver."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, InternalError, Problem
from ..core.text import Text, said_of
from ..travel.reach import limit_ms
from .planfacts import Assignment
from .problem import SitingProblem
from .problemparts import NEEDS_TIMES


def cutoff_ms(problem: SitingProblem) -> int:
    """Return the milliseconds everybody counts with whom no site is within the cutoff of.

    Raises
    ------
    InputError
        When the problem has no times.
    """
    if problem.times is None:
        raise InputError([NEEDS_TIMES])
    return limit_ms(problem.times.cutoff_minutes)


def pair_ms(
    problem: SitingProblem, site: NDArray[np.int64], place: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the milliseconds of some pairs, -1 beyond the cutoff.

    Parameters
    ----------
    problem
        The question, with times.
    site, place
        Positions, one pair each, shape ``(n,)``.
    """
    times = problem.times
    if times is None:
        raise InputError([NEEDS_TIMES])
    at = _where(times.ptr, times.who, len(problem.people), site, place)
    ms = np.append(times.kept_ms().astype(np.int64), -1)
    return np.asarray(ms[at], dtype=np.int64)


def _where(
    ptr: NDArray[np.int64],
    who: NDArray[np.int32],
    n: int,
    site: NDArray[np.int64],
    place: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return where in sparse rows each pair stands, -1 where it does not."""
    rows = np.repeat(np.arange(len(ptr) - 1, dtype=np.int64), np.diff(ptr))
    known = np.append(rows * n + who, np.iinfo(np.int64).max)
    asked = site * n + place
    at = np.searchsorted(known, asked)
    return np.where(known[at] == asked, at, -1)


def weight_per_person(problem: SitingProblem) -> NDArray[np.int64]:
    """Return what one person of each place counts, shape ``(n_demand,)``; 1 without weights.

    Raises
    ------
    InputError
        When a place's weight is no whole multiple of its people: then part of them has no
        whole weight.
    """
    people = np.maximum(problem.people, 1)
    if not problem.weighted:
        return np.ones(len(people), dtype=np.int64)
    weight = np.where(problem.people > 0, problem.weight, 0)
    odd = np.flatnonzero(weight % people)
    if len(odd):
        first = int(odd[0])
        what = Text(
            "权重不是人数的整数倍，无法按人分派",
            "a weight is no whole multiple of its people, who cannot be shared out by person",
        )
        raise InputError(
            [
                Problem(
                    code="siting.weight_per_person",
                    what=said_of(problem.name, what),
                    column="siting.group_weights",
                    found=f"{int(weight[first])} / {int(people[first])}",
                    mend=Text(
                        "有容量的模型按人分派：去掉 group_weights，只用 unit_weights",
                        "models with capacities serve person by person: leave out group_weights, "
                        "use unit_weights",
                    ),
                )
            ]
        )
    return np.asarray(weight // people, dtype=np.int64)


def check_assignment(
    problem: SitingProblem,
    opened: Sequence[int],
    assignment: Assignment,
    *,
    within_limit: bool = True,
) -> list[str]:
    """Return what an assignment breaks, found from its rows alone.

    Parameters
    ----------
    problem, opened, assignment
        The question, the open sites, and who is served where.
    within_limit
        Whether everybody must be served within the limit.
    """
    place, site, people = assignment.demand, assignment.site, assignment.people
    n, n_sites = len(problem.people), len(problem.sites)
    if not (((place >= 0) & (place < n)).all() and ((site >= 0) & (site < n_sites)).all()):
        return ["a place or site that does not exist"]
    open_ = np.zeros(n_sites, dtype=bool)
    open_[list(opened)] = True
    taken = np.zeros(n, dtype=np.int64)
    np.add.at(taken, place, people)
    load = np.zeros(n_sites, dtype=np.int64)
    np.add.at(load, site, people)
    reached = _where(problem.reach.ptr, problem.reach.who, n, site, place) >= 0
    broken = [
        (bool((people <= 0).any()), "a row without people"),
        (len(np.unique(site * n + place)) != len(place), "a pair comes twice"),
        (not bool(open_[site].all()), "somebody is served at a site that is not open"),
        (bool((taken > problem.people).any()), "more people are served than live at a place"),
        (bool((load > problem.sites.capacity).any()), "a site serves more people than it can"),
        (within_limit and not bool(reached.all()), "somebody is served beyond the limit"),
    ]
    return [what for wrong, what in broken if wrong]


def served_weight(problem: SitingProblem, assignment: Assignment) -> int:
    """Return the weight of all who are served."""
    each = weight_per_person(problem)
    return int((each[assignment.demand] * assignment.people).sum())


def assigned_ms(problem: SitingProblem, assignment: Assignment) -> int:
    """Return weight times milliseconds of everybody; who is not served counts at the cutoff.

    A place's weight is shared by its people; places without people count nothing.

    Raises
    ------
    InternalError
        When part of a place's people have no whole weight.
    """
    most = cutoff_ms(problem)
    ms = pair_ms(problem, assignment.site, assignment.demand)
    ms = np.where(ms < 0, most, ms)
    left = problem.people.copy()
    np.subtract.at(left, assignment.demand, assignment.people)
    saved = 0
    for i, people, each in zip(assignment.demand, assignment.people, ms, strict=True):
        total = int(problem.weight[i]) * int(people) * (most - int(each))
        if total % int(problem.people[i]):
            raise InternalError("siting: a part of a place has no whole weight")
        saved += total // int(problem.people[i])
    return most * int(problem.weight[problem.people > 0].sum()) - saved


def unserved_by_unit(problem: SitingProblem, assignment: Assignment) -> NDArray[np.int64]:
    """Return the people of each unit who are not served, those without a place among them.

    Parameters
    ----------
    problem, assignment
        The question, and who is served where.
    """
    served = np.bincount(
        problem.of_unit[assignment.demand],
        assignment.people,
        minlength=len(problem.unit_codes),
    )
    return np.asarray(problem.totals - served.astype(np.int64), dtype=np.int64)
