"""Which of a few sites stay open, by trying subsets: those first that could be best."""

import itertools
import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .highs import Ending
from .open_transport import OpenAnswer, Terms, best_open, enough
from .plan import Bounds, Limits
from .rows import SiteRows
from .transport import Transport, share_priced

_MOST_WORK = 2_000_000_000
"""Subsets times sites times people's places that may be looked at."""

_MOST_SUBSETS = 200_000


@dataclass(frozen=True, slots=True)
class Subsets:
    """A search for the best ``stay`` of the sites that are free; the solver where they are many.

    Parameters
    ----------
    stay
        How many of the free sites are open.
    """

    stay: int

    def __call__(
        self,
        transport: Transport,
        rows: SiteRows,
        limits: Limits,
        begin: float,
        *,
        terms: Terms,
    ) -> OpenAnswer:
        """Return the open sites that keep the rows and gain most.

        Parameters
        ----------
        transport, rows, limits, begin, terms
            As in `best_open`; people may be split between sites.

        Notes
        -----
        Without capacities each row goes to its best open site: a bound for each subset, that
        prices of places lower further. No subset is shared out within capacity whose bound is
        not above the best found.
        """
        free = np.flatnonzero(rows.upper > rows.lower)
        number = math.comb(len(free), self.stay) if 0 <= self.stay <= len(free) else 0
        work = number * len(transport.capacity) * len(transport.people)
        if not terms.split or terms.base is None or not 0 < number <= _MOST_SUBSETS:
            return best_open(transport, rows, limits, begin, terms=terms)
        if work > _MOST_WORK:
            return best_open(transport, rows, limits, begin, terms=terms)
        return _tried(transport, limits, begin, terms, self._masks(rows, free))

    def _masks(self, rows: SiteRows, free: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
        """Return the subsets that keep all rows."""
        masks = []
        for some in itertools.combinations(free.tolist(), self.stay):
            mask = rows.lower > 0
            mask[list(some)] = True
            if rows.kept(mask).all():
                masks.append(mask)
        return masks


def _tried(
    transport: Transport,
    limits: Limits,
    begin: float,
    terms: Terms,
    masks: list[NDArray[np.bool_]],
) -> OpenAnswer:
    people = int(transport.people.sum())
    if terms.room is not None:
        room = terms.room
        masks = [m for m in masks if int(room[m].sum()) >= people]
    sizes = {"subsets": len(masks), "pairs": len(transport.row)}
    if not masks:
        return OpenAnswer(None, None, None, "impossible", sizes)
    base = terms.base or 0
    prices = _Prices(transport, masks)
    best, mask, bound, shared = -1, masks[0], prices.most(), 0
    ending: Ending = "solved"
    while (bound := max(prices.most(), best)) > best:
        if shared and time.perf_counter() - begin > limits.time_limit_seconds:
            ending = "stopped"
            break
        shared += 1
        gain, at = prices.share_out()
        if gain > best:
            best, mask = gain, masks[at]
        told = Bounds(base - best, base - max(bound, best), time.perf_counter() - begin)
        if enough(limits, told):
            ending = "stopped"
            break
    sizes["subsets_shared_out"] = shared
    return OpenAnswer(mask, base - best, base - bound, ending, sizes)


class _Prices:
    """What each subset can gain at most, by prices of places: the fewer the more are known.

    For any prices of the places of sites no subset gains more than everybody does at the best of
    its sites over the price, and all its places at their price (weak duality). The prices of one
    subset, shared out, bound the others.
    """

    def __init__(self, transport: Transport, masks: list[NDArray[np.bool_]]) -> None:
        self.transport, self.masks = transport, masks
        shape = (len(transport.capacity), len(transport.people))
        self.gain = np.zeros(shape, dtype=np.int64)
        self.gain[transport.site, transport.row] = transport.gain
        self.could = np.full(len(masks), np.iinfo(np.int64).max)
        self.left = np.ones(len(masks), dtype=bool)
        self._bound(np.zeros(len(transport.capacity), dtype=np.int64))

    def most(self) -> int:
        """Return what a subset not shared out yet may gain; -1 where none is left."""
        return int(self.could[self.left].max(initial=-1))

    def share_out(self) -> tuple[int, int]:
        """Share out the subset that may gain most; return its gain and which it is."""
        at = int(np.argmax(np.where(self.left, self.could, -1)))
        self.left[at] = False
        part = self.transport.of_sites(self.masks[at])
        flow, price = share_priced(part)
        for beyond in (0, int(price[self.masks[at]].mean())):
            self._bound(np.where(self.masks[at], price, beyond))
        return int(part.gain @ flow), at

    def _bound(self, price: NDArray[np.int64]) -> None:
        """Lower what the subsets left can gain by some prices of places."""
        worth = self.gain - price[:, None]
        cost = price * self.transport.capacity
        for at in np.flatnonzero(self.left):
            mask = self.masks[at]
            best = worth[mask].max(axis=0, initial=0)
            total = int(best @ self.transport.people) + int(cost[mask].sum())
            self.could[at] = min(int(self.could[at]), total)
