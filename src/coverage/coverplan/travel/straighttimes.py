"""Travel times to many sites, and people within reach of them, where there are no roads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .budget import Budget
from .graph import ModeGraph
from .reach import TravelTimes, limit_ms
from .snap import Snapped
from .speeds import NEVER_MS
from .straight import Ways, near

_PAIRS_AT_ONCE = 500_000
_MB = 1_000_000

_Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Who is within a limit of some consecutive sites, ascending for each, and in what time."""

    number: NDArray[np.int64]
    who: NDArray[np.int32]
    ms: NDArray[np.int32]


def _rows(
    graph: ModeGraph, demand: Snapped, sites: Snapped, limit: int, most_pairs: int
) -> Iterator[_Rows]:
    ways = Ways.between(graph, demand, sites)
    limit = min(limit, NEVER_MS - 1)
    tree = cKDTree(ways.people.space) if len(demand) else None
    if tree is None or limit < 0:
        yield _Rows(
            np.zeros(len(sites), dtype=np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
        )
        return
    radius = ways.farthest(np.full(len(sites), limit, dtype=np.int64))
    for first, last, number, who in near(tree, ways.sites.space, radius, most_pairs):
        row = np.repeat(np.arange(last - first), number)
        ms = ways.ms(who, first + row)
        kept = ms <= limit
        yield _Rows(
            np.bincount(row[kept], minlength=last - first),
            who[kept].astype(np.int32),
            ms[kept].astype(np.int32),
        )


def _joined(
    parts: list[_Rows], demand: pd.Index, sites: pd.Index, cutoff: float, *, keep_ms: bool
) -> TravelTimes:
    ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *(part.number for part in parts)]))
    none = np.zeros(0, dtype=np.int32)
    who = np.concatenate([none, *(part.who for part in parts)])
    ms = np.concatenate([none, *(part.ms for part in parts)]) if keep_ms else none
    for array in (ends, who, ms):
        array.setflags(write=False)
    return TravelTimes(demand, sites, ends, who, ms, cutoff)


def straight_times(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    cutoff_minutes: float,
    keep_ms: bool,
    memory_limit_mb: float | None,
    ids: tuple[pd.Index, pd.Index],
    progress: _Progress | None,
) -> TravelTimes:
    """Return everybody's minutes to every site within a cutoff: see `travel_times`.

    Parameters
    ----------
    graph, demand, sites, cutoff_minutes, keep_ms, memory_limit_mb, progress
        As for `travel_times`.
    ids
        Of people's places and of sites.

    Raises
    ------
    InputError
        When the pairs do not fit the memory allowed.
    """
    budget = Budget(memory_limit_mb, len(sites), keep_ms=keep_ms)
    parts = []
    for rows in _rows(graph, demand, sites, limit_ms(cutoff_minutes), _PAIRS_AT_ONCE):
        budget.spend(len(rows.who), len(rows.number))
        parts.append(rows)
        if progress is not None:
            progress(len(rows.number))
    return _joined(parts, *ids, cutoff_minutes, keep_ms=keep_ms)


def straight_time_blocks(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    cutoff_minutes: float,
    keep_ms: bool,
    memory_limit_mb: float,
    ids: tuple[pd.Index, pd.Index],
    progress: _Progress | None,
) -> Iterator[TravelTimes]:
    """Yield the rows of `straight_times` in consecutive blocks of sites that fit into memory.

    Parameters
    ----------
    graph, demand, sites, cutoff_minutes, keep_ms, memory_limit_mb, progress
        As for `travel_time_blocks`.
    ids
        Of people's places and of sites.

    Raises
    ------
    InputError
        When the pairs of one site alone do not fit.
    """
    # As on roads: a block is held twice while it is made, and the one before by the caller.
    room = memory_limit_mb / 3
    most = int(room * _MB) // (8 if keep_ms else 4)
    first = 0
    for rows in _rows(
        graph, demand, sites, limit_ms(cutoff_minutes), max(min(most, _PAIRS_AT_ONCE), 1)
    ):
        last = first + len(rows.number)
        Budget(2 * room, len(sites), keep_ms=keep_ms).spend(len(rows.who), last - first)
        if progress is not None:
            progress(last - first)
        yield _joined([rows], ids[0], ids[1][first:last], cutoff_minutes, keep_ms=keep_ms)
        first = last


def straight_sums(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    people: NDArray[np.int64],
    limits: NDArray[np.int64],
    progress: _Progress | None,
) -> NDArray[np.int64]:
    """Return how many people are within each limit of each site: see `reach_sums`.

    Parameters
    ----------
    graph, demand, sites, progress
        As for `reach_sums`.
    people
        Shape ``(n, g)``.
    limits
        Milliseconds, shape ``(t,)``.

    Returns
    -------
    Array of shape ``(n_sites, t, g)``.
    """
    sums = np.zeros((len(sites), len(limits), people.shape[1]), dtype=np.int64)
    first = 0
    for rows in _rows(graph, demand, sites, int(limits.max(initial=-1)), _PAIRS_AT_ONCE):
        last = first + len(rows.number)
        ends = np.concatenate([[0], np.cumsum(rows.number)])
        for t, limit in enumerate(limits.tolist()):
            each = np.where((rows.ms <= limit)[:, None], people[rows.who], 0)
            so_far = np.vstack([np.zeros((1, people.shape[1]), np.int64), np.cumsum(each, axis=0)])
            sums[first:last, t] = np.diff(so_far[ends], axis=0)
        if progress is not None:
            progress(last - first)
        first = last
    return sums
