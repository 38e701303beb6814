"""Travel times between people and many sites, up to a cutoff."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError
from ..domain.layer import Direction
from .asked import check_asked, ids_of
from .batches import Batches, Progress, Search, batches, prepare, run
from .budget import Budget
from .doors import copy_rows, count, write_pairs, write_who
from .graph import ModeGraph
from .lanes import LANES, Desk
from .reach import TravelTimes, limit_ms
from .snap import Snapped
from .straighttimes import straight_time_blocks, straight_times
from .threads import share_out

_BLOCK = 12_288
"""Sites whose pairs are joined to the result at once. More sites are taken in blocks of so many
pairs that what is held twice stays small beside the result; a block of few sites finds fewer
neighbours to search together."""

_BLOCK_PAIRS = 20_000_000
_LEAST_BLOCK = 4_096

_FIRST_BLOCK = 1_024
_OF_TWO_BLOCKS = 2 / 3
"""One block is held by the caller while the next is held twice for a moment."""

_AIM = 0.7
"""Share of its memory a block should fill; one that overflows is searched again in halves."""


def travel_times(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    cutoff_minutes: float,
    direction: Direction = "to_site",
    keep_ms: bool = True,
    memory_limit_mb: float | None = None,
    demand_ids: pd.Index | None = None,
    site_ids: pd.Index | None = None,
    progress: Progress | None = None,
) -> TravelTimes:
    """Return everybody's minutes to every site within a cutoff.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    demand, sites
        Places joined to it by `snap`.
    cutoff_minutes
        Longer times are not looked for; exactly on it is within.
    direction
        Whether people travel to the sites, or their services to the people.
    keep_ms
        False to keep only who is within the cutoff of which site: half the memory.
    memory_limit_mb
        Stop when the pairs take more than this; see `travel_time_blocks`. Work space, which does
        not grow with the number of pairs, is not counted.
    demand_ids, site_ids
        Ids to carry along; positions where they are left out.
    progress
        Called as sites are done, from the threads that did them.

    Raises
    ------
    InputError
        When the pairs do not fit the memory allowed.

    Notes
    -----
    Sites are sorted along the curve the nodes are numbered by and searched in batches (see
    `lanes`), which threads share; times are whole milliseconds in 32 bits, and ways of about
    twelve days and more count as none. Where there are no roads the ways are straight lines, see
    `coverplan.travel.straight`.

    Examples
    --------
    >>> import coverplan as cp
    >>> walkers = cp.travellers(cp.small_county(), "social_work")
    >>> times = cp.travel_times(
    ...     walkers.graph,
    ...     walkers.homes,
    ...     walkers.sites,
    ...     cutoff_minutes=10,
    ...     demand_ids=walkers.home_ids,
    ...     site_ids=walkers.site_ids,
    ... )
    >>> times.to_frame().round(2)
      site_id demand_id  minutes
    0      S1        V1     5.17
    1      S1        V2     4.83
    2      S2        V2     2.50
    3      S2        V3     9.17
    4      S3        V4     6.83
    """
    check_asked(graph, direction, demand=demand, sites=sites)
    who_ids = ids_of("demand_ids", demand_ids, len(demand))
    ids = ids_of("site_ids", site_ids, len(sites))
    if graph.straight is not None:
        return straight_times(
            graph,
            demand,
            sites,
            cutoff_minutes=cutoff_minutes,
            keep_ms=keep_ms,
            memory_limit_mb=memory_limit_mb,
            ids=(who_ids, ids),
            progress=progress,
        )
    whole = prepare(graph, demand, sites, direction, limit_ms(cutoff_minutes))
    table = _Table(Budget(memory_limit_mb, len(sites), keep_ms=keep_ms))
    first, size = 0, _BLOCK if len(sites) <= _BLOCK else _LEAST_BLOCK
    while first < len(sites):
        last = min(first + size, len(sites))
        table.add(whole, first, last, progress)
        pairs_per_site = len(table.who) // last
        size = min(max(_BLOCK_PAIRS // max(pairs_per_site, 1), _LEAST_BLOCK), _BLOCK)
        first = last
    return table.times(who_ids, ids, cutoff_minutes)


def travel_time_blocks(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    cutoff_minutes: float,
    memory_limit_mb: float,
    direction: Direction = "to_site",
    keep_ms: bool = True,
    demand_ids: pd.Index | None = None,
    site_ids: pd.Index | None = None,
    progress: Progress | None = None,
) -> Iterator[TravelTimes]:
    """Yield the rows of `travel_times` in consecutive blocks of sites that fit into memory.

    Parameters
    ----------
    graph, demand, sites, cutoff_minutes, direction, keep_ms
        As for `travel_times`.
    memory_limit_mb
        Memory for the pairs of two blocks: one being made, one still held by the caller.
    demand_ids, site_ids, progress
        As for `travel_times`.

    Yields
    ------
    TravelTimes
        Times of the next sites; ``sites`` holds their ids, or their positions.

    Raises
    ------
    InputError
        When the pairs of one site alone do not fit.

    Examples
    --------
    A province has more pairs than fit into memory; blocks of sites come one after the other.

    >>> import coverplan as cp
    >>> walkers = cp.travellers(cp.small_county(), "social_work")
    >>> blocks = cp.travel_time_blocks(
    ...     walkers.graph, walkers.homes, walkers.sites, cutoff_minutes=10, memory_limit_mb=1.0
    ... )
    >>> sum(len(block.who) for block in blocks)  # pairs within 10 minutes
    5
    """
    check_asked(graph, direction, demand=demand, sites=sites)
    who_ids = ids_of("demand_ids", demand_ids, len(demand))
    ids = ids_of("site_ids", site_ids, len(sites))
    if graph.straight is not None:
        yield from straight_time_blocks(
            graph,
            demand,
            sites,
            cutoff_minutes=cutoff_minutes,
            keep_ms=keep_ms,
            memory_limit_mb=memory_limit_mb,
            ids=(who_ids, ids),
            progress=progress,
        )
        return
    whole = prepare(graph, demand, sites, direction, limit_ms(cutoff_minutes))
    first, size = 0, _FIRST_BLOCK
    while first < len(sites):
        last = min(first + size, len(sites))
        table = _Table(Budget(memory_limit_mb * _OF_TWO_BLOCKS, len(sites), keep_ms=keep_ms))
        try:
            table.add(whole, first, last, None)
        except InputError:
            if last - first == 1:
                raise
            size = (last - first) // 2
            continue
        if progress is not None:
            progress(last - first)
        size = max(int((last - first) * min(_AIM / max(table.budget.share, 0.01), 4.0)), 1)
        yield table.times(who_ids, ids[first:last], cutoff_minutes)
        first = last


@dataclass(slots=True)
class _Table:
    """The rows found so far."""

    budget: Budget
    ptr: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    who: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    ms: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))

    def add(self, whole: Search, first: int, last: int, progress: Progress | None) -> None:
        """Append the rows of the sites at positions ``first`` to ``last - 1``."""
        some = batches(whole, first, last)
        parts = _search(whole, some, self.budget, progress)
        number = np.zeros(last - first, dtype=np.int64)
        for batch, part in enumerate(parts):
            number[_sites(some, batch)] = part.number
        ptr = self.ptr[-1] + np.concatenate([[0], np.cumsum(number)])
        self.who = _room(self.who, ptr[-1])
        if self.budget.keep_ms:
            self.ms = _room(self.ms, ptr[-1])
        _join(parts, some, ptr, self.who, self.ms)
        self.ptr = np.concatenate([self.ptr, ptr[1:]])
        self.budget.join()

    def times(self, demand: pd.Index, sites: pd.Index, cutoff_minutes: float) -> TravelTimes:
        """Return the rows as they are, no longer to be written to."""
        for array in (self.ptr, self.who, self.ms):
            array.setflags(write=False)
        return TravelTimes(demand, sites, self.ptr, self.who, self.ms, cutoff_minutes)


@dataclass(slots=True)
class _Part:
    """The pairs of one batch: rows of ``number`` entries from ``start``, and gaps."""

    start: NDArray[np.int64]
    number: NDArray[np.int64]
    who: NDArray[np.int32]
    ms: NDArray[np.int32]


def _sites(some: Batches, batch: int) -> NDArray[np.int64]:
    return some.order[batch * LANES : (batch + 1) * LANES]


def _room(array: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """Return the array with room for ``size`` entries, moved in address space, not copied."""
    if not len(array):
        return np.empty(size, dtype=np.int32)
    array.resize(size, refcheck=False)
    return array


def _search(whole: Search, some: Batches, budget: Budget, progress: Progress | None) -> list[_Part]:
    found: list[_Part | None] = [None] * len(some)
    none = np.empty(0, dtype=np.int32)

    def take(desk: Desk, n_found: int, batch: int) -> None:
        n_sites = len(_sites(some, batch))
        count(n_found, whole.limit, desk)
        number = desk.number.copy()
        budget.spend(int(number.sum()), n_sites)
        start = np.cumsum(number + 1) - (number + 1)
        room = int(number.sum()) + LANES
        who = np.empty(room, dtype=np.int32)
        ms = np.empty(room, dtype=np.int32) if budget.keep_ms else none
        if budget.keep_ms:
            write_pairs(n_found, whole.limit, desk, start.copy(), who, ms)
        else:
            write_who(n_found, whole.limit, desk, start.copy(), who)
        found[batch] = _Part(start[:n_sites], number[:n_sites], who, ms)

    run(whole, some, take, progress)
    return [part for part in found if part is not None]


def _join(
    parts: list[_Part],
    some: Batches,
    ptr: NDArray[np.int64],
    who: NDArray[np.int32],
    ms: NDArray[np.int32],
) -> None:
    """Copy the parts into their places and let go of each."""

    def work(_: None, batch: int) -> None:
        part, into = parts[batch], ptr[_sites(some, batch)]
        copy_rows(part.start, part.number, into, part.who, who)
        if len(ms):
            copy_rows(part.start, part.number, into, part.ms, ms)
        part.who = part.ms = np.empty(0, dtype=np.int32)

    share_out(len(parts), lambda: None, work)
