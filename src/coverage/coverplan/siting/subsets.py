"""Which of a few sites stay open, by trying subsets: those first that could be best."""

import itertools
import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .highs import Ending
from .open_transport import OpenAnswer, Terms, best_open, enough, share_to
from .plan import Bounds, Limits
from .rows import SiteRows
from .transport import Transport

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
        Without capacities each row goes to its best open site. That is a bound for each subset,
        and no subset is shared out within capacity once its bound is not above the best found.
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
    could = _without_capacities(transport, masks)
    best, mask, bound, shared = -1, masks[0], int(could.max()), 0
    ending: Ending = "solved"
    for at in np.argsort(-could, kind="stable"):
        bound = max(int(could[at]), best)
        if bound <= best:
            break
        if shared and time.perf_counter() - begin > limits.time_limit_seconds:
            ending = "stopped"
            break
        shared += 1
        gain = int(transport.gain @ share_to(transport, masks[at]))
        if gain > best:
            best, mask = gain, masks[at]
        if enough(limits, Bounds(base - best, base - bound, time.perf_counter() - begin)):
            ending = "stopped"
            break
    else:
        bound = best
    sizes["subsets_shared_out"] = shared
    return OpenAnswer(mask, base - best, base - bound, ending, sizes)


def _without_capacities(transport: Transport, masks: list[NDArray[np.bool_]]) -> NDArray[np.int64]:
    """Return what each subset would gain if everybody went to the best open site."""
    gain = np.zeros((len(transport.capacity), len(transport.people)), dtype=np.int64)
    gain[transport.site, transport.row] = transport.gain
    found = [int(gain[mask].max(axis=0, initial=0) @ transport.people) for mask in masks]
    return np.array(found, dtype=np.int64)
