"""Travel times from people to many sites, up to a cutoff, each site searched on its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.arrays import frozen
from .graph import ModeGraph
from .joints import Ragged, demand_doors, short_ways, site_seeds
from .kernel import reach_rows
from .reach import TravelTimes, limit_ms
from .snap import Snapped

_CHUNK = 64

Progress = Callable[[int], None]
"""Called with the number of sites done since the last call."""


def travel_times(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    cutoff_minutes: float,
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
        Places joined to it by `snap`; people travel from the first to the second.
    cutoff_minutes
        Longer times are not looked for.
    demand_ids, site_ids
        Ids to carry along; positions where they are left out.
    progress
        Called as sites are done.

    Notes
    -----
    Each site is searched by Dijkstra's algorithm (1959) against the direction of travel, bounded
    by the cutoff, in whole milliseconds; sites are shared out to threads in chunks.
    """
    doors = demand_doors(graph, demand)
    seeds = site_seeds(graph, sites)
    near = short_ways(graph, demand, sites)
    limit = limit_ms(cutoff_minutes)

    def search(start: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
        stop = min(start + _CHUNK, len(sites))
        s, n = _rows(seeds, start, stop), _rows(near, start, stop)
        rows: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]] = reach_rows(
            graph.arcs_to.indptr,
            graph.arcs_to.neighbour,
            graph.arcs_to.ms,
            s.ptr,
            s.ids,
            s.ms,
            n.ptr,
            n.ids,
            n.ms,
            doors.ptr,
            doors.ids,
            doors.ms,
            len(demand),
            limit,
        )
        if progress is not None:
            progress(stop - start)
        return rows

    starts = range(0, len(sites), _CHUNK)
    with ThreadPoolExecutor(max_workers=cpu_count() or 1) as pool:
        parts = list(pool.map(search, starts))
    lengths = [np.diff(part[0]) for part in parts]
    ptr = np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(0, np.int64), *lengths]))])
    return TravelTimes(
        demand=pd.RangeIndex(len(demand)) if demand_ids is None else demand_ids,
        sites=pd.RangeIndex(len(sites)) if site_ids is None else site_ids,
        ptr=frozen(ptr, np.int64),
        who=frozen(np.concatenate([np.zeros(0, np.int32), *(p[1] for p in parts)]), np.int32),
        ms=frozen(np.concatenate([np.zeros(0, np.int64), *(p[2] for p in parts)]), np.int64),
        cutoff_minutes=cutoff_minutes,
    )


def _rows(rows: Ragged, start: int, stop: int) -> Ragged:
    ptr = rows.ptr[start : stop + 1]
    a, b = ptr[0], ptr[-1]
    return Ragged(ptr - a, rows.ids[a:b], rows.ms[a:b])
