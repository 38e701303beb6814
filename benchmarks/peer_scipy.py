"""scipy: as its users call it, and at its best."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from measuring import LIMIT_MS, NEAREST, Arrays, Work, nearest_checks, prefix_checks
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

SAMPLE = 200
BATCH = 50
"""Sources a user searches at once: 50 x 500,000 float64 are 200 MB."""

TILE = 32
"""Candidates that share a local window."""

DISTRICT = 512
"""Candidates, along the curve, whose wide window is cut out of the whole graph at once."""

TASKS: dict[str, Callable[..., Work]] = {}


def prepare(arrays: Arrays) -> csr_matrix:
    """Return the graph as scipy wants it: float64, which holds whole milliseconds exactly."""
    n = arrays.n
    return csr_matrix((arrays.ms.astype(float), arrays.neighbour, arrays.indptr), shape=(n, n))


def nearest(graph: csr_matrix, arrays: Arrays, sites: int) -> Work:
    """Search from all sites at once, everywhere."""
    at = arrays.order[:sites]
    return Work(lambda: dijkstra(graph, indices=at, min_only=True), nearest_checks)


def nearest_limit(graph: csr_matrix, arrays: Arrays, sites: int) -> Work:
    """Search from all sites at once, up to the limit."""
    at = arrays.order[:sites]
    return Work(lambda: dijkstra(graph, indices=at, min_only=True, limit=LIMIT_MS), nearest_checks)


def k_nearest(graph: csr_matrix, arrays: Arrays, sites: int) -> Work:
    """Search from every site up to the limit, and keep the least three of each node."""
    at = arrays.order[:sites]

    def run() -> NDArray[np.float64]:
        best = np.full((NEAREST, arrays.n), np.inf)
        for start in range(0, len(at), BATCH):
            found = dijkstra(graph, indices=at[start : start + BATCH], limit=LIMIT_MS)
            best = np.partition(np.vstack([best, found]), NEAREST - 1, axis=0)[:NEAREST]
        return np.sort(best, axis=0)

    return Work(run, k_nearest_checks, note="up to 15 minutes only")


def k_nearest_checks(ms: NDArray[Any]) -> dict[str, int]:
    """Return the checks of each rank; ``ms`` has shape ``(k, n)``."""
    ranks = [nearest_checks(row) for row in ms]
    return {f"{key}_{k}": r[key] for k, r in enumerate(ranks, 1) for key in ("found", "ms")}


def reach(graph: csr_matrix, arrays: Arrays, sites: int, batch: int = BATCH) -> Work:
    """Search candidates in batches on the whole graph."""
    sample = min(SAMPLE, sites)
    at = arrays.order[:sample]

    def run() -> list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
        parts = []
        for start in range(0, len(at), batch):
            found = dijkstra(graph, indices=at[start : start + batch], limit=LIMIT_MS)
            who, where = np.nonzero(found <= LIMIT_MS)
            parts.append((who + start, where.astype(np.int32), found[who, where].astype(np.int32)))
        return parts

    return Work(run, lambda parts: pair_checks(parts, sample), sample, sites)


def reach_each(graph: csr_matrix, arrays: Arrays, sites: int) -> Work:
    """Search candidate by candidate on the whole graph."""
    return reach(graph, arrays, sites, batch=1)


def reach_tiled(graph: csr_matrix, arrays: Arrays, sites: int) -> Work:
    """Search candidates a tile at a time, each in a window of what the tile can reach."""
    at = arrays.order[:sites]
    return Work(
        lambda: list(tiles(graph, at)),
        lambda parts: pair_checks(parts, len(at)),
        note=f"windows of {TILE} candidates",
    )


def sums_tiled(graph: csr_matrix, arrays: Arrays, sites: int) -> Work:
    """Add people up as tiles are done, keeping no pair."""
    at, people = arrays.order[:sites], arrays.people

    def run() -> NDArray[np.int64]:
        sums = np.zeros(len(at), dtype=np.int64)
        for who, where, _ in tiles(graph, at):
            sums += np.bincount(who, people[where], len(at)).astype(np.int64)
        return sums

    return Work(run, lambda sums: prefix_checks("people", sums))


def tiles(
    graph: csr_matrix, at: NDArray[np.int64]
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Yield candidate, node and milliseconds of all pairs within the limit, tile by tile.

    Notes
    -----
    A search from all candidates of a district at once says what any of them can reach; that is
    cut out of the graph. The same is done for each tile in its district, and the tile is searched
    in what remains: no search touches nodes that are far away.
    """
    along = np.argsort(at, kind="stable")
    for begin in range(0, len(at), DISTRICT):
        members = along[begin : begin + DISTRICT]
        wide, wide_nodes = _window(graph, at[members])
        for start in range(0, len(members), TILE):
            tile = members[start : start + TILE]
            sources = np.searchsorted(wide_nodes, at[tile])
            local, local_nodes = _window(wide, sources)
            inside = np.searchsorted(local_nodes, sources)
            found = dijkstra(local, indices=inside, limit=LIMIT_MS)
            who, where = np.nonzero(found <= LIMIT_MS)
            nodes = wide_nodes[local_nodes[where]].astype(np.int32)
            yield tile[who], nodes, found[who, where].astype(np.int32)


def _window(graph: csr_matrix, sources: NDArray[np.int64]) -> tuple[csr_matrix, NDArray[np.int64]]:
    found = dijkstra(graph, indices=sources, min_only=True, limit=LIMIT_MS)
    nodes = np.flatnonzero(found <= LIMIT_MS)
    return graph[nodes][:, nodes], nodes


def pair_checks(
    parts: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]], sites: int
) -> dict[str, int]:
    """Return pairs and milliseconds of the first so many candidates."""
    pairs, total = np.zeros(sites, dtype=np.int64), np.zeros(sites, dtype=np.int64)
    for who, _, ms in parts:
        pairs += np.bincount(who, minlength=sites)
        total += np.bincount(who, ms, sites).astype(np.int64)
    return {**prefix_checks("found", pairs), **prefix_checks("ms", total)}


TASKS.update(
    {
        "nearest": nearest,
        "nearest_limit": nearest_limit,
        "k_nearest": k_nearest,
        "reach": reach,
        "reach_each": reach_each,
        "reach_tiled": reach_tiled,
        "sums_tiled": sums_tiled,
    }
)
