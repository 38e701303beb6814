"""Better plans from a good one: exchanges while they help, then shaking and exchanging again."""

import numpy as np
from numpy.typing import NDArray

from .greedy import state_of
from .kernels.search import (
    State,
    add_greedily,
    improve,
    meet_lower_bounds,
    open_in_order,
    reached,
    rules_kept,
    shake_and_improve,
    start_state,
)
from .reduce import Reduced


class Swaps:
    """The best open sites known on one problem, and the means to find better ones.

    Parameters
    ----------
    reduced
        The problem.
    state
        Open sites that keep every rule.
    price
        What gains are divided by where sites are added, shape ``(n_sites,)``.
    """

    def __init__(self, reduced: Reduced, state: State, price: NDArray[np.float64]) -> None:
        self.reduced, self.state, self.price = reduced, state, price
        self.banned = np.zeros(reduced.n_sites, dtype=bool)
        self.value = reduced.sure + int(reached(reduced.cover, state))
        self._seed = np.array([88172645463325252], dtype=np.uint64)

    def exchange(self, most_work: int = 2**60) -> None:
        """Exchange open sites for closed ones until no exchange helps.

        Parameters
        ----------
        most_work
            Steps after which to stop.
        """
        self.state.work[0] = 0
        improve(self.reduced.cover, self.state, self.price, self.banned, most_work)
        self.value = self.reduced.sure + int(reached(self.reduced.cover, self.state))

    def shake(self, rounds: int, most_work: int) -> None:
        """Close some sites, fill up, exchange; keep what is no worse. The same every time.

        Parameters
        ----------
        rounds, most_work
            How often, and steps after which to stop.
        """
        self.state.work[0] = 0
        best = shake_and_improve(
            self.reduced.cover, self.state, self.price, self.banned, self._seed, rounds, most_work
        )
        self.value = self.reduced.sure + int(best)

    def offer(self, order: NDArray[np.int64], most_work: int = 2**60) -> bool:
        """Open sites in some order as the rules allow, improve that, and take it if it is better.

        Parameters
        ----------
        order
            Sites to open, the first first.
        most_work
            Steps after which to stop.
        """
        cover = self.reduced.cover
        state: State = start_state(cover)
        open_in_order(cover, state, order)
        meet_lower_bounds(cover, state, self.price, self.banned)
        add_greedily(cover, state, self.price, self.banned)
        improve(cover, state, self.price, self.banned, most_work)
        value = self.reduced.sure + int(reached(cover, state))
        if value <= self.value or not rules_kept(cover, state):
            return False
        self.state, self.value = state, value
        return True

    def moved(self, smaller: Reduced) -> "Swaps":
        """Return the same open sites on a smaller problem that still has them.

        Parameters
        ----------
        smaller
            The problem with some sites open for good and others dropped, none of the open ones.
        """
        at = np.searchsorted(self.reduced.sites, smaller.sites)
        other = Swaps(smaller, state_of(smaller.cover, self.state.open[at]), self.price[at])
        other._seed = self._seed
        return other
