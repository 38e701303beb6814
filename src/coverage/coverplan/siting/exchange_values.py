"""The value of every objective after each exchange of one proposed site for one candidate."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError
from ..travel.compiled import Ids, Keys, Ms, compiled
from ..travel.reach import limit_ms
from .plan import Objective
from .problem import SitingProblem
from .problemparts import NEEDS_TIMES
from .recount import nearest_ms, open_sites

Table = NDArray[np.int64]
"""One number for each exchange: a row per proposed site, a column per candidate."""

_MILLION = 1_000_000


class PlanState:
    """Who is reached how often in a plan, and by whom alone.

    Parameters
    ----------
    problem
        The question.
    chosen, closed
        New sites of a plan, and existing ones it closes.
    objective
        What the plan is to be best at.
    """

    __slots__ = ("into", "objective", "opened", "out", "owners", "problem", "times")

    def __init__(
        self,
        problem: SitingProblem,
        chosen: Sequence[int],
        closed: Sequence[int],
        objective: Objective,
    ) -> None:
        n, sites = len(problem.people), problem.sites
        self.problem, self.objective = problem, objective
        self.out = tuple(chosen)
        usable = ~sites.existing & ~sites.barred
        usable[list(chosen)] = False
        self.into = np.flatnonzero(usable)
        self.opened = open_sites(problem, chosen, closed)
        self.times = np.zeros(n, dtype=np.int64)
        for site in self.opened:
            self.times[problem.reach.of(site)] += 1
        # The proposed sites that reach a place, where they are two at most.
        self.owners = np.full((2, n), -1, dtype=np.int32)
        for row, site in enumerate(chosen):
            who = problem.reach.of(site)
            first = self.owners[0, who] < 0
            self.owners[0, who[first]] = row
            self.owners[1, who[~first]] = row

    def covered(self, weight: NDArray[np.int64]) -> tuple[int, Table]:
        """Return the weight reached in the plan, and after each exchange.

        Parameters
        ----------
        weight
            What each place counts, shape ``(n_demand,)``.
        """
        alone = np.where(self.times == 1, weight, 0)
        total = int(weight[self.times > 0].sum())
        lost = self._of_chosen(alone)
        both = self._shared(alone, self.owners[0])
        return total, total - lost[:, None] + self._gain(weight, 0)[None, :] + both

    def twice(self, weight: NDArray[np.int64]) -> tuple[int, Table]:
        """Return the weight reached by two or more in the plan, and after each exchange.

        Parameters
        ----------
        weight
            As in `covered`.
        """
        alone = np.where(self.times == 1, weight, 0)
        two = np.where(self.times == 2, weight, 0)  # noqa: PLR2004 - that is what twice means
        total = int(weight[self.times > 1].sum())
        lost = self._of_chosen(two)
        kept = self._shared(two, self.owners[0]) + self._shared(two, self.owners[1])
        kept -= self._shared(alone, self.owners[0])
        return total, total - lost[:, None] + self._gain(weight, 1)[None, :] + kept

    def _gain(self, weight: NDArray[np.int64], times: int) -> NDArray[np.int64]:
        """Return the weight each candidate reaches where so many open sites do already."""
        return self.problem.reach.people(np.where(self.times == times, weight, 0))[self.into]

    def _of_chosen(self, weight: NDArray[np.int64]) -> NDArray[np.int64]:
        reach = self.problem.reach
        return np.array([int(weight[reach.of(site)].sum()) for site in self.out], dtype=np.int64)

    def _shared(self, weight: NDArray[np.int64], owner: NDArray[np.int32]) -> Table:
        reach = self.problem.reach
        return owner_sums(reach.ptr, reach.who, weight, owner, len(self.out))[:, self.into]


@compiled
def owner_sums(ptr: Keys, who: Ids, weight: Keys, owner: Ids, n_owners: int) -> Keys:
    """Return the weight of each row by the owner of its places; shape ``(n_owners, n_rows)``.

    Places with an owner below 0 belong to nobody.
    """
    sums = np.zeros((n_owners, len(ptr) - 1), dtype=np.int64)
    for row in range(len(ptr) - 1):
        for i in range(ptr[row], ptr[row + 1]):
            whose = owner[who[i]]
            if whose >= 0:
                sums[whose, row] += weight[who[i]]
    return sums


@compiled
def time_gains(
    ptr: Keys, who: Ids, ms: Ms, weight: Keys, first: Keys, second: Keys, owner: Ids, n_owners: int
) -> tuple[Keys, Keys]:
    """Return what each row's site saves: beside all others, and more when one other is closed.

    Parameters
    ----------
    ptr, who, ms, weight
        Times of the sites, and what each place counts.
    first, second, owner
        Milliseconds to the nearest and second nearest open site, and whose the nearest is.
    n_owners
        Number of sites that may be closed.
    """
    n_rows = len(ptr) - 1
    beside = np.zeros(n_rows, dtype=np.int64)
    instead = np.zeros((n_owners, n_rows), dtype=np.int64)
    for row in range(n_rows):
        for i in range(ptr[row], ptr[row + 1]):
            place = who[i]
            here = max(first[place] - ms[i], 0)
            beside[row] += weight[place] * here
            if owner[place] >= 0:
                more = max(second[place] - ms[i], 0) - here
                instead[owner[place], row] += weight[place] * more
    return beside, instead


@compiled
def farthest_with(ptr: Keys, who: Ids, ms: Ms, nearest: Keys, order: Keys, never: int) -> Keys:
    """Return the time of the farthest place when each row's site is opened as well.

    Parameters
    ----------
    ptr, who, ms
        Times of the sites.
    nearest
        Milliseconds to the nearest open site.
    order
        The places that count, the farthest first.
    never
        A time beyond all others.
    """
    n_rows = len(ptr) - 1
    farthest = np.zeros(n_rows, dtype=np.int64)
    mine = np.full(len(nearest), never, dtype=np.int64)
    for row in range(n_rows):
        for i in range(ptr[row], ptr[row + 1]):
            mine[who[i]] = ms[i]
        for place in order:
            if nearest[place] <= farthest[row]:
                break
            farthest[row] = max(farthest[row], min(nearest[place], mine[place]))
        for i in range(ptr[row], ptr[row + 1]):
            mine[who[i]] = never
    return farthest


def _newly(state: PlanState) -> tuple[int, Table]:
    problem = state.problem
    before = int(problem.weight[problem.before].sum())
    value, after = state.covered(problem.weight)
    return value - before, after - before


def _twice(state: PlanState) -> tuple[int, Table]:
    return state.twice(state.problem.weight)


def _once_and_twice(state: PlanState) -> tuple[int, Table]:
    permille = state.objective.permille
    once, then_once = state.covered(state.problem.weight)
    twice, then_twice = state.twice(state.problem.weight)
    rest = 1000 - permille
    return permille * once + rest * twice, permille * then_once + rest * then_twice


def _person_ms(state: PlanState) -> tuple[int, Table]:
    problem = state.problem
    ptr, who, ms, _ = _times(problem)
    first, second, owner = two_nearest(problem, state.opened, state.out)
    weight = problem.weight
    value = int((weight * first).sum())
    beside, instead = time_gains(ptr, who, ms, weight, first, second, owner, len(state.out))
    worse = np.zeros(len(state.out), dtype=np.int64)
    mine = owner >= 0
    np.add.at(worse, owner[mine], (weight * (second - first))[mine])
    into = state.into
    return value, value + worse[:, None] - beside[into][None, :] - instead[:, into]


def two_nearest(
    problem: SitingProblem, opened: Sequence[int], chosen: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return milliseconds to the two nearest open sites, and which proposed one is nearest.

    Parameters
    ----------
    problem
        With times; beyond the cutoff everybody counts as at it.
    opened, chosen
        All open sites, and the proposed ones among them.

    Returns
    -------
    first, second
        Milliseconds, shape ``(n_demand,)``.
    owner
        Position in ``chosen`` of the nearest, -1 where it is an existing site or there is none.
    """
    ptr, who, ms, cap = _times(problem)
    n = len(problem.people)
    first, second = np.full(n, cap, dtype=np.int64), np.full(n, cap, dtype=np.int64)
    owner = np.full(n, -1, dtype=np.int32)
    row_of = {site: row for row, site in enumerate(chosen)}
    for site in opened:
        row = slice(ptr[site], ptr[site + 1])
        places, took = who[row], ms[row].astype(np.int64)
        before = first[places]
        closer = took < before
        second[places] = np.where(closer, before, np.minimum(second[places], took))
        first[places] = np.minimum(before, took)
        owner[places[closer]] = row_of.get(site, -1)
    return first, second, owner


def _farthest(state: PlanState) -> tuple[int, Table]:
    problem = state.problem
    ptr, who, ms, cap = _times(problem)
    first, second, owner = two_nearest(problem, state.opened, state.out)
    # As in the recount: whom no usable site reaches tells no plans apart.
    usable = np.flatnonzero(~problem.sites.barred).tolist()
    counts = np.flatnonzero((problem.weight > 0) & (nearest_ms(problem, usable) >= 0))
    value = int(first[counts].max()) if len(counts) else 0
    after = np.zeros((len(state.out), len(state.into)), dtype=np.int64)
    for row in range(len(state.out)):
        nearest = np.where(owner == row, second, first)
        order = counts[np.argsort(-nearest[counts], kind="stable")]
        after[row] = farthest_with(ptr, who, ms, nearest, order, cap)[state.into]
    return value, after


def _times(problem: SitingProblem) -> tuple[Keys, Ids, Ms, int]:
    times = problem.times
    if times is None:
        raise InputError([NEEDS_TIMES])
    return times.ptr, times.who, times.kept_ms(), limit_ms(times.cutoff_minutes)


def _least_share(state: PlanState) -> tuple[int, Table]:
    problem = state.problem
    shape = (len(state.out), len(state.into))
    huge = np.iinfo(np.int64).max
    least, after = int(huge), np.full(shape, huge, dtype=np.int64)
    peopled = np.flatnonzero(problem.totals > 0)
    for unit in peopled:
        inside = np.where(problem.of_unit == unit, problem.people, 0)
        reached, then = state.covered(inside)
        total = int(problem.totals[unit])
        least = min(least, reached * _MILLION // total)
        after = np.minimum(after, then * _MILLION // total)
    return (least, after) if len(peopled) else (0, np.zeros(shape, dtype=np.int64))


def _number(state: PlanState) -> tuple[int, Table]:
    n = len(state.out)
    return n, np.full((n, len(state.into)), n, dtype=np.int64)


def _cost(state: PlanState) -> tuple[int, Table]:
    yuan = state.problem.sites.cost_yuan
    out = yuan[list(state.out)]
    total = int(out.sum())
    return total, total - out[:, None] + yuan[state.into][None, :]


Values = Callable[[PlanState], tuple[int, Table]]

VALUES: dict[str, Values] = {
    "newly_reached": _newly,
    "newly_reached_weighted": _newly,
    "reached_twice": _twice,
    "once_and_twice": _once_and_twice,
    "person_minutes": _person_ms,
    "farthest": _farthest,
    "least_share": _least_share,
    "new_sites": _number,
    "cost": _cost,
}
"""By objective: its value in the plan, and after each exchange."""
