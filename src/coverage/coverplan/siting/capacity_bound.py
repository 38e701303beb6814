r"""A bound and a plan for sites with capacities, from prices of people.

Each person of row :math:`i` has a price :math:`\mu_i \ge 0`; a site gains what people are worth
over their prices, as a fractional knapsack of its capacity, and the best sites are opened:

.. math::

    L(\mu) = \sum_i a_i \mu_i + \max_{y \in Y} \sum_j y_j
    \max \Bigl\{ \sum_i (g_{ij} - \mu_i) n_{ij} : \sum_i n_{ij} \le Q_j, \;
    0 \le n_{ij} \le a_i \Bigr\}

No plan gains more than :math:`L(\mu)` for any prices. They are improved by subgradient steps
(Held, Wolfe and Crowder 1974; for capacities Pirkul and Schilling 1991).

Held, M., Wolfe, P. and Crowder, H. P. (1974): Validation of subgradient optimization.
Mathematical Programming 6, 62-88.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from .highs import Mip, solve_mip
from .kernels.knapsacks import site_gains
from .plan import Limits
from .relaxed_sites import best_by_value, site_groups
from .rows import SiteRows
from .transport import Transport, share_out

_STEPS = 400
_PATIENCE = 12
_LEAST_STEP = 2e-3
_TRIED_EVERY = 15
_SAFE = 1e-9
"""Relative room for rounding before a bound is made whole."""

_SITES_SECONDS = 5.0
_EXCHANGED = 12


class CapacityBound:
    """A search for prices that lower the bound, and for plans on the way.

    Parameters
    ----------
    transport, rows
        Who may be served where, and what every plan keeps to.
    room, people
        Places of each site, and how many those of the open sites must be in all.

    Notes
    -----
    ``near``, where it is set, is asked now and then whether value and bound are near enough.
    """

    def __init__(
        self, transport: Transport, rows: SiteRows, room: NDArray[np.int64], people: int
    ) -> None:
        self.transport, self.rows, self.room, self.people = transport, rows, room, people
        by = np.argsort(transport.site, kind="stable")
        self.row, self.gain = transport.row[by], transport.gain[by].astype(float)
        self.ptr = np.searchsorted(transport.site[by], np.arange(len(transport.capacity) + 1))
        self.flow = np.zeros(len(by), dtype=np.int64)
        self.groups = site_groups(rows)
        best = np.zeros(len(transport.people))
        np.maximum.at(best, transport.row, transport.gain.astype(float))
        self.bound = int((best * transport.people).sum())
        self.value = -1
        self.open: NDArray[np.bool_] | None = None
        self.tried: set[bytes] = set()
        self.near: Callable[[], bool] | None = None
        self.stop = False
        self.price = self.best_price = self._greedy()

    def _greedy(self) -> NDArray[np.float64]:
        """Try the sites that add most, one after the other; return what each person gains then."""
        open_, now = self.rows.lower > 0, np.zeros(len(self.transport.people))
        matrix, weight = self.rows.matrix.tocsc(), np.asarray(self.rows.matrix.sum(axis=0)).ravel()
        for sure in np.flatnonzero(open_).tolist():
            self._gains(now)
            now = self._with(now, sure)
        can = (self.rows.upper > 0) & ~open_ & (weight >= 0)
        while can.any():
            gained = np.where(can, self._gains(now), -1.0)
            j = int(np.argmax(gained))
            can[j] = False
            sums = matrix @ open_ + matrix[:, [j]].toarray().ravel()
            if gained[j] > 0 and (sums <= self.rows.row_upper + _SAFE).all():
                open_[j] = True
                now = self._with(now, j)
        self.try_sites(open_)
        return now

    def _with(self, now: NDArray[np.float64], j: int) -> NDArray[np.float64]:
        """Return what each person gains when a site more takes whom it would now."""
        part = slice(self.ptr[j], self.ptr[j + 1])
        taken = self.flow[part] > 0
        more = now.copy()
        more[self.row[part][taken]] = np.maximum(now[self.row[part]], self.gain[part])[taken]
        return more

    def _gains(self, price: NDArray[np.float64]) -> NDArray[np.float64]:
        people, capacity = self.transport.people, self.transport.capacity
        return site_gains(self.ptr, self.row, self.gain, price, people, capacity, self.flow)

    def run(self, limits: Limits, begin: float, share: float) -> None:
        """Improve prices and plans until neither gets better, or part of the time is over.

        Parameters
        ----------
        limits, begin, share
            When the whole search stops, when it began, and the part of its time for this one.
        """
        until = begin + share * limits.time_limit_seconds
        step, stalled, lowest = 1.0, 0, math.inf
        for number in range(_STEPS):
            total, gained = self._relaxed()
            stalled = 0 if total < lowest * (1 - 1e-5) else stalled + 1
            if total < lowest:
                lowest, self.best_price = total, self.price.copy()
            if number % _TRIED_EVERY == 0:
                self.try_sites(self._chosen(gained))
                self._ask()
            if self._over(step, until):
                break
            if stalled >= _PATIENCE:
                step, stalled, self.price = step / 2, 0, self.best_price.copy()
                continue
            self._walk(step * (total - max(self.value, 0)))
        self.price = self.best_price
        self.try_sites(self._chosen(self._relaxed()[1]))

    def _over(self, step: float, until: float) -> bool:
        late = time.perf_counter() > until
        return late or self.stop or step < _LEAST_STEP or self.value >= self.bound

    def _ask(self) -> None:
        """Stop when value and bound are near enough."""
        self.stop = self.stop or (self.near is not None and self.near())

    def _relaxed(self) -> tuple[float, NDArray[np.float64]]:
        """Return the bound of the prices and what each site gains; note what is short."""
        people = self.transport.people
        gained = self._gains(self.price)
        self.choice = best_by_value(gained, self.rows, self.groups)
        total = float(self.price @ people) + self.choice.total
        self.bound = min(self.bound, math.floor(total * (1 + _SAFE) + _SAFE))
        used = np.repeat(self.choice.open, np.diff(self.ptr))
        served = np.bincount(self.row[used], self.flow[used], minlength=len(people))
        self.short = people - served
        return total, gained

    def _walk(self, far: float) -> None:
        """Step against the subgradient, each row in the measure of its people."""
        people = np.maximum(self.transport.people, 1)
        down = np.where((self.price > 0) | (self.short < 0), self.short / people, 0.0)
        length = float((down * self.short).sum())
        if length > 0:
            self.price = np.maximum(self.price - far / length * down, 0.0)

    def _chosen(self, gained: NDArray[np.float64]) -> NDArray[np.bool_] | None:
        """Return the sites of most value under all rules, with places enough."""
        n = len(gained)
        rows = self.rows
        mip = Mip(
            sense="max",
            cost=gained,
            rows=vstack([rows.matrix, csr_matrix(self.room.astype(float))]).tocsr(),
            row_lower=np.append(rows.row_lower, float(self.people)),
            row_upper=np.append(rows.row_upper, np.inf),
            lower=rows.lower,
            upper=rows.upper,
            whole=np.ones(n, dtype=bool),
            integral=False,
        )
        answer = solve_mip(mip, Limits(time_limit_seconds=_SITES_SECONDS, gap_percent=0.1))
        if answer.values is None:
            return None
        open_ = np.round(answer.values) == 1
        return open_ if rows.kept(open_).all() else None

    def try_sites(self, open_: NDArray[np.bool_] | None) -> bool:
        """Share people out to some sites; return whether that is a better plan.

        Parameters
        ----------
        open_
            Sites that keep the rows, shape ``(n_sites,)``; None: nothing to try.
        """
        if open_ is None or open_.tobytes() in self.tried:
            return False
        if int(self.room[open_].sum()) < self.people or not self.rows.kept(open_).all():
            return False
        self.tried.add(open_.tobytes())
        part = self.transport.of_sites(open_)
        flow = share_out(part)
        value = int(part.gain @ flow)
        if value <= self.value:
            return False
        self.value, self.open = value, open_
        return True

    def exchange(self, until: float) -> None:
        """Exchange one site for another while that gains, the most promising ones first.

        Parameters
        ----------
        until
            When to stop (`time.perf_counter`).
        """
        better = self.open is not None
        while better and time.perf_counter() < until:
            better = False
            for away, come in self._exchanges():
                if time.perf_counter() > until:
                    return
                other = np.array(self.open)
                other[away], other[come] = False, True
                if self.try_sites(other):
                    self._ask()
                    better = not self.stop
                    break

    def _exchanges(self) -> list[tuple[int, int]]:
        """Return pairs of a site to close and one to open, by their values at the prices."""
        open_ = np.array(self.open)
        self.price = self.best_price
        gained = self._relaxed()[1]
        free = self.rows.upper > self.rows.lower
        away = np.flatnonzero(open_ & free)
        come = np.flatnonzero(~open_ & free)
        away = away[np.argsort(gained[away], kind="stable")][:_EXCHANGED]
        come = come[np.argsort(-gained[come], kind="stable")][:_EXCHANGED]
        pairs = [(int(a), int(c)) for a in away for c in come]
        return sorted(pairs, key=lambda pair: gained[pair[0]] - gained[pair[1]])

    def fixed(self) -> SiteRows:
        """Return the rows with sites fixed that are in, or not in, every better plan."""
        if self.open is None:
            return self.rows
        self.price = self.best_price
        total = self._relaxed()[0]
        without = np.floor((total - self.choice.change) * (1 + _SAFE) + _SAFE) <= self.value
        same = self.open == self.choice.open
        sure = without & same
        lower = np.where(sure & self.open, 1.0, self.rows.lower)
        upper = np.where(sure & ~self.open, 0.0, self.rows.upper)
        return replace(self.rows, lower=lower, upper=upper)
