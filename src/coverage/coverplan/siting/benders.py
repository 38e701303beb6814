r"""Benders cuts for maximal covering: one row for many people, instead of one for each.

The problem is stated over the sites alone,

.. math::

    \max \sum_g \theta_g \quad \text{s.t.} \quad
    \theta_g \le \sum_{i \in g} (w_i - u_i) + \sum_j x_j \sum_{i \in g : j \in N_i} u_i
    \quad \forall u \in [0, w], \quad x \in X

with people in a few groups :math:`g`. At a point :math:`\bar x` the tightest cut has
:math:`u_i = w_i` where :math:`\sum_{j \in N_i} \bar x_j < 1`, else 0. Cuts are separated between
the point and one inside, which makes them fewer; the first ones are the best multipliers of the
Lagrangian bound, so that the search begins where that ended.

Cordeau, J.-F., Furini, F. and Ljubic, I. (2019): Benders decomposition for very large scale
partial set covering and maximal covering location problems. European Journal of Operational
Research 275, 882-896.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack

from .highs import Mip, MipAnswer, solve_mip
from .plan import Limits
from .reduce import Reduced

Mask = NDArray[np.bool_]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """One row: ``theta[group] - gain @ x <= constant``.

    Parameters
    ----------
    group, gain, constant
        As in the row.
    """

    group: int
    gain: Vector
    constant: float


class Master:
    """The problem over the sites, with the cuts so far.

    Parameters
    ----------
    reduced
        The problem.
    groups
        In how many groups its rows are, at most.
    """

    def __init__(self, reduced: Reduced, groups: int) -> None:
        cover = reduced.cover
        self.reduced = reduced
        self.matrix = reduced.matrix()
        self.weight = cover.weight.astype(float)
        self.group = _groups(reduced, groups)
        self.n_groups = int(self.group.max(initial=0)) + 1
        self.most = np.bincount(self.group, self.weight, minlength=self.n_groups)
        self.cuts: list[Cut] = []

    def add(self, row: Vector) -> list[Cut]:
        """Return the cuts of some multipliers, one for each group.

        Parameters
        ----------
        row
            Multiplier of each row, between 0 and its weight.
        """
        row = np.clip(row, 0.0, self.weight)
        by_group = csr_matrix(
            (row, (self.group, np.arange(len(row)))), shape=(self.n_groups, len(row))
        )
        gains = np.asarray((by_group @ self.matrix).todense())
        constants = np.bincount(self.group, self.weight - row, minlength=self.n_groups)
        new = [Cut(g, gains[g], float(constants[g])) for g in range(self.n_groups)]
        self.cuts += new
        return new

    def separate(self, x: Vector) -> Vector:
        """Return the multipliers of the tightest cuts at a point, shape ``(n_rows,)``.

        Parameters
        ----------
        x
            How far each site is open, shape ``(n_sites,)``.
        """
        return np.where(self.matrix @ x < 1 - _EVEN, self.weight, 0.0)

    def reached(self, x: Vector) -> Vector:
        """Return the weight reached in each group at a point, shape ``(n_groups,)``."""
        share = np.minimum(self.matrix @ x, 1.0)
        return np.bincount(self.group, self.weight * share, self.n_groups).astype(float)

    def valued(self, x: Vector) -> Vector:
        """Return the columns of `mip` for open sites, shape ``(n_sites + n_groups,)``."""
        return np.concatenate([x, self.reached(x)])

    def forget(self, x: Vector, theta: Vector) -> None:
        """Drop cuts that are far from tight at a point."""
        self.cuts = [
            c
            for c in self.cuts
            if c.constant + float(c.gain @ x) - theta[c.group] <= _LOOSE * self.most[c.group]
        ]

    def mip(self) -> Mip:
        """Return the problem with the cuts so far; its columns are sites, then groups."""
        cover, n, n_groups = self.reduced.cover, self.reduced.n_sites, self.n_groups
        rules = self.reduced.rules()
        gains = csr_matrix(np.array([-c.gain for c in self.cuts]).reshape(len(self.cuts), n))
        at = np.array([c.group for c in self.cuts], dtype=np.int64)
        thetas = csr_matrix((np.ones(len(at)), (np.arange(len(at)), at)), shape=(len(at), n_groups))
        rows = vstack(
            [
                hstack([rules, csr_matrix((rules.shape[0], n_groups))]),
                hstack([gains, thetas]),
            ]
        ).tocsc()
        constants = np.array([c.constant for c in self.cuts])
        return Mip(
            sense="max",
            cost=np.concatenate([np.zeros(n), np.ones(n_groups)]),
            rows=rows,
            row_lower=np.concatenate([cover.low, np.full(len(at), -np.inf)]),
            row_upper=np.concatenate([cover.up, constants]),
            lower=np.zeros(n + n_groups),
            upper=np.concatenate([np.ones(n), self.most]),
            whole=np.arange(n + n_groups) < n,
        )


@dataclass(frozen=True, slots=True)
class Watch:
    """What the search with cuts asks its owner.

    Parameters
    ----------
    limits
        Returns when to stop: the gap in per cent of the weight of this problem, the time left.
    found
        Is given open sites, shape ``(n_sites,)``; returns the best known ones, those of before or
        better ones.
    proven
        Is given a bound on the weight of this problem; returns whether the gap is closed.
    """

    limits: Callable[[], Limits]
    found: Callable[[Mask], Mask]
    proven: Callable[[float], bool]


def search_with_cuts(
    reduced: Reduced, row: Vector, inside: Vector, best: Mask, watch: Watch
) -> int:
    """Close the gap of a problem by cuts, as far as time allows; return how many there were.

    Parameters
    ----------
    reduced
        The problem.
    row
        Multipliers of its rows to begin with.
    inside
        A point at which sites are partly open, shape ``(n_sites,)``.
    best
        Open sites of the best plan known, shape ``(n_sites,)``.
    watch
        Who is told what is found.
    """
    master = Master(reduced, _GROUPS)
    for at in (row, master.separate(best.astype(float)), master.separate(inside)):
        master.add(at)
    if _relaxed(master, inside, watch):
        return len(master.cuts)
    known = best
    for patience in itertools.count():
        limits = watch.limits()
        if limits.time_limit_seconds <= 0:
            break
        seconds = min(limits.time_limit_seconds, _FIRST_SECONDS * 2.0**patience)
        answer = solve_mip(
            master.mip(),
            replace(limits, time_limit_seconds=seconds),
            start=master.valued(known.astype(float)),
        )
        if watch.proven(answer.bound) or answer.values is None or answer.ending == "failed":
            break
        x = np.round(answer.values[: reduced.n_sites])
        known = watch.found(x == 1)
        for at in (x, known.astype(float), (x + inside) / 2):
            master.add(master.separate(at))
    return len(master.cuts)


def _relaxed(master: Master, inside: Vector, watch: Watch) -> bool:
    """Add cuts at solutions of the linear relaxation; return whether that closed the gap."""
    n, core, least, stalled = master.reduced.n_sites, inside, np.inf, 0
    for _ in range(_LP_ROUNDS):
        limits = watch.limits()
        answer: MipAnswer = solve_mip(master.mip().relaxed(), replace(limits, on_bounds=None))
        if answer.values is None or answer.ending != "solved":
            return False
        if watch.proven(answer.bound):
            return True
        x, theta = answer.values[:n], answer.values[n:]
        true = float(master.reached(x).sum())
        stalled = stalled + 1 if answer.bound > least - _STALL * (answer.bound - true) else 0
        least = min(least, answer.bound)
        if answer.bound - true < 1 or stalled == _PATIENCE:
            break
        master.forget(x, theta)
        for at in (_MIX * x + (1 - _MIX) * core, x):
            master.add(master.separate(at))
        core = (core + x) / 2
    return False


_EVEN, _LOOSE = 1e-7, 0.02
_GROUPS, _LP_ROUNDS, _MIX = 20, 15, 0.7
_STALL, _PATIENCE = 1e-4, 5
_FIRST_SECONDS = 8.0


def _groups(reduced: Reduced, most: int) -> NDArray[np.int64]:
    """Return a group for each row, neighbours together: rows that some site reaches.

    The sites that reach most rows of no group yet make one each; the others' rows are the last.
    """
    cover = reduced.cover
    group = np.full(reduced.n_rows, -1, dtype=np.int64)
    size = np.diff(cover.ptr)
    n = 0
    for site in np.argsort(-size, kind="stable"):
        if n == most - 1:
            break
        mine = cover.who[cover.ptr[site] : cover.ptr[site + 1]]
        free = mine[group[mine] < 0]
        if 2 * len(free) > len(mine):
            group[free] = n
            n += 1
    group[group < 0] = n
    return group
