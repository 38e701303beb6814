"""Who is served where when the open sites are known, in whole people."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, InternalError
from .assigned import check_assignment, cutoff_ms, pair_ms, unserved_by_unit, weight_per_person
from .plan import ASSIGNED, SERVED, SERVED_WEIGHTED, Objective
from .planfacts import Assignment
from .problem import SitingProblem
from .problemparts import NEEDS_TIMES
from .transport import Transport, share_out

__all__ = [
    "as_assignment",
    "assign",
    "check_assignment",
    "served_pairs",
    "timed_pairs",
    "unserved_by_unit",
    "whole_pairs",
]


def served_pairs(problem: SitingProblem, usable: NDArray[np.bool_] | None = None) -> Transport:
    """Return everybody with the sites within the limit; a gain is the milliseconds saved.

    Parameters
    ----------
    problem
        The question. Without times all pairs gain alike.
    usable
        Sites whose pairs alone are wanted, shape ``(n_sites,)``; None: all.
    """
    reach = problem.reach
    site = np.repeat(np.arange(len(problem.sites), dtype=np.int64), np.diff(reach.ptr))
    place = reach.who.astype(np.int64)
    there = problem.people[place] > 0
    site, place = site[there], place[there]
    gain = np.zeros(len(site), dtype=np.int64)
    if problem.times is not None and len(problem.times.ms) == len(problem.times.who):
        ms = pair_ms(problem, site, place)
        gain = np.where(ms < 0, 0, cutoff_ms(problem) - ms)
    return Transport.make(place, site, gain, problem.people, problem.sites.capacity, usable=usable)


def timed_pairs(problem: SitingProblem, usable: NDArray[np.bool_] | None = None) -> Transport:
    """Return everybody with the sites within the cutoff; gains are weight x milliseconds saved.

    Parameters
    ----------
    problem
        The question, with times. What is saved is counted from the cutoff, at which everybody
        counts who is not served.
    usable
        Sites whose pairs alone are wanted, shape ``(n_sites,)``; None: all.
    """
    place, site, saved = _saved(problem)
    gain = weight_per_person(problem)[place] * saved
    return Transport.make(place, site, gain, problem.people, problem.sites.capacity, usable=usable)


def whole_pairs(problem: SitingProblem, *, far: bool) -> Transport:
    """Return the same for places that go to one site as a whole: gains are of the whole place.

    Parameters
    ----------
    problem, far
        The question, and whether pairs beyond the cutoff may be used as well, without gain.
    """
    place, site, saved = _saved(problem)
    gain = problem.weight[place] * saved
    if far:
        lived = np.flatnonzero(problem.people > 0)
        apart = np.ones((len(problem.sites), len(problem.people)), dtype=bool)
        apart[site, place] = False
        more, which = np.nonzero(apart[:, lived])
        place = np.concatenate([place, lived[which]])
        site = np.concatenate([site, more])
        gain = np.concatenate([gain, np.zeros(len(more), dtype=np.int64)])
    return Transport.make(place, site, gain, problem.people, problem.sites.capacity)


def _saved(
    problem: SitingProblem,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return place, site and milliseconds under the cutoff of every pair of people within it."""
    times = problem.times
    if times is None:
        raise InputError([NEEDS_TIMES])
    site = np.repeat(np.arange(len(problem.sites), dtype=np.int64), np.diff(times.ptr))
    place = times.who.astype(np.int64)
    ms = times.kept_ms().astype(np.int64)
    there = problem.people[place] > 0
    return place[there], site[there], cutoff_ms(problem) - ms[there]


def assign(
    problem: SitingProblem,
    opened: Sequence[int],
    *,
    objective: Objective = SERVED,
    everybody: bool = False,
) -> Assignment | None:
    """Return who is served where, proven best for these open sites.

    Parameters
    ----------
    problem, opened
        The question, and the positions of the open sites, existing ones among them.
    objective
        `SERVED` or `SERVED_WEIGHTED`: as many people (as much weight) as possible within the
        limit, and of such the fewest minutes where times are known. `ASSIGNED`: fewest minutes,
        who is not served counting at the cutoff.
    everybody
        With `ASSIGNED`: everybody has a place, in a site beyond the cutoff if need be, counted
        at the cutoff. None is returned when the places are too few.

    Raises
    ------
    InternalError
        When the objective is another one.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> assignment = siting.assign(problem, [0, 2])
    >>> int(problem.people[problem.reach.covered([0, 2])].sum())  # within reach
    647
    >>> assignment.loads(len(problem.sites.ids))[[0, 2]].tolist()  # served: E1 has 250 places
    [250, 333]
    """
    open_ = np.zeros(len(problem.sites), dtype=bool)
    open_[list(opened)] = True
    if objective.id == ASSIGNED.id:
        pairs = timed_pairs(problem, open_)
        flow = share_out(pairs)
        return _placed(problem, pairs, flow, open_, everybody=everybody)
    if objective.id not in {SERVED.id, SERVED_WEIGHTED.id}:
        raise InternalError(f"siting: nobody is assigned by {objective.id!r}")
    pairs = served_pairs(problem, open_)
    weighted = objective.id == SERVED_WEIGHTED.id
    worth = weight_per_person(problem) if weighted else np.ones_like(problem.people)
    return as_assignment(pairs, share_out(pairs, worth))


def as_assignment(pairs: Transport, flow: NDArray[np.int64]) -> Assignment:
    """Return the pairs somebody is served on.

    Parameters
    ----------
    pairs, flow
        Who may be served where, and how many are, shape ``(n_pairs,)``.
    """
    used = flow > 0
    return Assignment(pairs.row[used], pairs.site[used], flow[used])


def _placed(
    problem: SitingProblem,
    pairs: Transport,
    flow: NDArray[np.int64],
    open_: NDArray[np.bool_],
    *,
    everybody: bool,
) -> Assignment | None:
    """Give those left over what places there are: within the cutoff, then anywhere if asked."""
    left = problem.people.copy()
    np.subtract.at(left, pairs.row, flow)
    most = int(problem.people.sum())
    room = np.where(open_, np.minimum(problem.sites.capacity, most), 0)
    np.subtract.at(room, pairs.site, flow)
    flow = flow.copy()
    # Who sits exactly at the cutoff, or has no weight, gains nothing and loses nothing.
    for at in np.flatnonzero((pairs.gain == 0) & (left[pairs.row] > 0)):
        row, site = pairs.row[at], pairs.site[at]
        more = min(left[row], room[site])
        flow[at] += more
        left[row] -= more
        room[site] -= more
    found = as_assignment(pairs, flow)
    if not everybody:
        return found
    if left.sum() > room.sum():
        return None
    return _far(found, left, room)


def _far(found: Assignment, left: NDArray[np.int64], room: NDArray[np.int64]) -> Assignment:
    """Add those no open site near has a place for, to the sites with room, in their order."""
    rows = [(found.demand, found.site, found.people)]
    site = 0
    for place in np.flatnonzero(left):
        while left[place] > 0:
            while room[site] == 0:
                site += 1
            more = min(left[place], room[site])
            rows.append((np.array([place]), np.array([site]), np.array([more])))
            left[place] -= more
            room[site] -= more
    demand, sites, people = (np.concatenate(column) for column in zip(*rows, strict=True))
    return Assignment(demand, sites, people.astype(np.int64))
