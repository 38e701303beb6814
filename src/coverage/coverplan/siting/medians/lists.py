"""Everybody's sites from the nearest on: the shape in which p-median searches read their times."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.errors import InputError
from ...travel import TravelTimes
from ...travel.compiled import Ids, Keys, Ms, compiled
from ...travel.reach import limit_ms
from ..problem import SitingProblem
from ..problemparts import NEEDS_TIMES

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NearLists:
    """For each place that counts, the sites a plan decides on, the nearest first.

    Parameters
    ----------
    place
        Positions of the places in the problem, shape ``(n,)``.
    weight
        What each counts, shape ``(n,)``.
    ptr, site, ms
        ``site[ptr[i]:ptr[i + 1]]`` are positions of sites and ``ms`` their milliseconds,
        ascending.
    beyond
        Milliseconds at which a place counts when no site of its list is open, shape ``(n,)``:
        those to a site that is open in every plan, or the cutoff.
    whole
        Whether nothing nearer than ``beyond`` is missing from the lists. Where a list is cut
        short, ``beyond`` is the least an unlisted site can take: values are bounds from below.
    n_sites
        Number of sites of the problem.
    """

    place: NDArray[np.int64]
    weight: NDArray[np.int64]
    ptr: NDArray[np.int64]
    site: NDArray[np.int32]
    ms: NDArray[np.int32]
    beyond: NDArray[np.int64]
    whole: bool
    n_sites: int

    def __len__(self) -> int:
        return len(self.place)


def times_of(problem: SitingProblem) -> TravelTimes:
    """Return the times of a problem.

    Raises
    ------
    InternalError
        When it has none.
    """
    if problem.times is None:
        raise InputError([NEEDS_TIMES])
    return problem.times


def nearest_of(
    problem: SitingProblem, sites: NDArray[np.bool_], *, later: int = 0
) -> NDArray[np.int64]:
    """Return everybody's milliseconds to the nearest of some sites, shape ``(n_demand,)``.

    Beyond the cutoff they are the cutoff, and ``later`` on top.

    Parameters
    ----------
    problem
        People and times.
    sites
        Which sites, shape ``(n_sites,)``.
    later
        Milliseconds that tell who is beyond the cutoff from who is exactly on it.

    Raises
    ------
    InputError
        When the problem has no times.
    """
    times = times_of(problem)
    least = np.full(len(problem.people), limit_ms(times.cutoff_minutes) + later, dtype=np.int64)
    _lower(least, times.ptr, times.who, times.kept_ms(), sites)
    return least


def near_lists(
    problem: SitingProblem,
    usable: NDArray[np.bool_],
    fixed: NDArray[np.bool_],
    *,
    radius: NDArray[np.int64] | None = None,
    most: int | None = None,
    counts: NDArray[np.bool_] | None = None,
    later: int = 0,
) -> NearLists:
    """Return the lists of a problem.

    Parameters
    ----------
    problem
        People, weights and times.
    usable
        Which sites to list, shape ``(n_sites,)``.
    fixed
        Which sites are open whatever else is; they are not listed.
    radius
        Leave out sites that take more milliseconds, shape ``(n_demand,)``.
    most
        Leave out what takes longer than the nearest so many sites of a place.
    counts
        Which places to list, shape ``(n_demand,)``; default: those that weigh something.
    later
        As in `nearest_of`.

    Raises
    ------
    InputError
        When the problem has no times.
    """
    base, times = nearest_of(problem, fixed, later=later), times_of(problem)
    usable = usable & ~fixed
    counts = problem.weight > 0 if counts is None else counts
    limit = np.where(counts, base - 1, -1)
    if radius is not None:
        limit = np.minimum(limit, radius)
    raw = (times.ptr, times.who, times.kept_ms())
    if most is not None and most < int(usable.sum()):
        limit = _kth(*raw, usable, limit, most)
    number = _count(*raw, usable, limit)
    place = np.flatnonzero(counts)
    ptr = np.concatenate([[0], np.cumsum(number)])
    site, ms = np.empty(ptr[-1], dtype=np.int32), np.empty(ptr[-1], dtype=np.int32)
    _fill(*raw, usable, limit, ptr[:-1].copy(), site, ms)
    _sort(ptr, site, ms)
    return NearLists(
        place=place,
        weight=problem.weight[place],
        ptr=np.concatenate([ptr[place], ptr[-1:]]),
        site=site,
        ms=ms,
        beyond=np.minimum(base, limit + 1)[place],
        whole=bool((limit >= base - 1)[place].all()),
        n_sites=len(usable),
    )


def pairs_within(
    problem: SitingProblem,
    usable: NDArray[np.bool_],
    fixed: NDArray[np.bool_],
    radius: NDArray[np.int64],
) -> int:
    """Return how many pairs `near_lists` would hold.

    Parameters
    ----------
    problem, usable, fixed, radius
        As there.
    """
    times = times_of(problem)
    base = nearest_of(problem, fixed)
    limit = np.where(problem.weight > 0, np.minimum(base - 1, radius), -1)
    return int(_count(times.ptr, times.who, times.kept_ms(), usable & ~fixed, limit).sum())


@compiled
def _lower(least: Keys, ptr: Keys, who: Ids, ms: Ms, sites: Truths) -> None:
    """Lower everybody's milliseconds to those of the nearest of some sites."""
    for site in range(len(sites)):
        if sites[site]:
            for e in range(ptr[site], ptr[site + 1]):
                least[who[e]] = min(least[who[e]], ms[e])


@compiled
def _count(ptr: Keys, who: Ids, ms: Ms, usable: Truths, limit: Keys) -> Keys:
    number = np.zeros(len(limit), dtype=np.int64)
    for site in range(len(usable)):
        if usable[site]:
            for e in range(ptr[site], ptr[site + 1]):
                if ms[e] <= limit[who[e]]:
                    number[who[e]] += 1
    return number


@compiled
def _fill(
    ptr: Keys, who: Ids, ms: Ms, usable: Truths, limit: Keys, end: Keys, site: Ids, into: Ms
) -> None:
    for s in range(len(usable)):
        if usable[s]:
            for e in range(ptr[s], ptr[s + 1]):
                i = who[e]
                if ms[e] <= limit[i]:
                    site[end[i]] = s
                    into[end[i]] = ms[e]
                    end[i] += 1


@compiled
def _sort(ptr: Keys, site: Ids, ms: Ms) -> None:
    """Sort each list by milliseconds; of equal ones the smaller position comes first."""
    for i in range(len(ptr) - 1):
        a, b = ptr[i], ptr[i + 1]
        keys = (ms[a:b].astype(np.int64) << 32) | site[a:b].astype(np.int64)
        keys.sort()
        for e in range(b - a):
            site[a + e] = np.int32(keys[e] & 0xFFFFFFFF)
            ms[a + e] = np.int32(keys[e] >> 32)


@compiled
def _kth(ptr: Keys, who: Ids, ms: Ms, usable: Truths, limit: Keys, k: int) -> Keys:
    """Return the milliseconds of the k-th nearest site of each place, at most its limit.

    One heap of the k nearest so far for each place, the farthest on top.
    """
    n = len(limit)
    heap = np.empty((n, k), dtype=np.int32)
    size = np.zeros(n, dtype=np.int64)
    for site in range(len(usable)):
        if not usable[site]:
            continue
        for e in range(ptr[site], ptr[site + 1]):
            i, t = who[e], ms[e]
            if t > limit[i] or (size[i] == k and t >= heap[i, 0]):
                continue
            if size[i] < k:
                _push(heap[i], size[i], t)
                size[i] += 1
            else:
                _replace(heap[i], t)
    kth = limit.copy()
    for i in range(n):
        if size[i] == k:
            kth[i] = heap[i, 0]
    return kth


@compiled
def _push(heap: Ms, size: int, t: int) -> None:
    child = size
    while child > 0:
        parent = (child - 1) // 2
        if heap[parent] >= t:
            break
        heap[child] = heap[parent]
        child = parent
    heap[child] = t


@compiled
def _replace(heap: Ms, t: int) -> None:
    """Put a smaller time in the place of the largest."""
    at, size = 0, len(heap)
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= t:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = t
