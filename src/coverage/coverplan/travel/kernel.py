"""The one compiled part: bounded shortest paths in whole milliseconds.

Keys are 64-bit integers. A search for the nearest of many sites packs the rank of the site into
the key (``ms * n_sites + rank``), so that comparing keys compares times and settles ties by rank,
and the same few lines serve both kinds of search.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ids = NDArray[np.int32]

_Function = TypeVar("_Function", bound=Callable[..., object])

UNREACHED = np.iinfo(np.int64).max
"""Key of what a search did not reach."""


def _compiled(function: _Function) -> _Function:
    """Compile for use by several threads, kept on disk where there is a place that allows it."""
    try:
        return cast("_Function", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither the package's folder nor the user's can be written
        return cast("_Function", njit(nogil=True)(function))


@_compiled
def _push(keys: Ints, items: Ids, size: int, key: int, item: int) -> int:
    """Add an entry to a binary heap held in two arrays; return the new size."""
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if keys[parent] <= key:
            break
        keys[i] = keys[parent]
        items[i] = items[parent]
        i = parent
    keys[i] = key
    items[i] = item
    return size + 1


@_compiled
def _pop(keys: Ints, items: Ids, size: int) -> int:
    """Remove the first entry (the caller has read it); return the new size."""
    size -= 1
    key, item = keys[size], items[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if key <= keys[child]:
            break
        keys[i] = keys[child]
        items[i] = items[child]
        i = child
    keys[i] = key
    items[i] = item
    return size


@_compiled
def spread(
    indptr: Ints,
    neighbour: Ids,
    arc_cost: Ints,
    seed_node: Ids,
    seed_key: Ints,
    limit: int,
    best: Ints,
    touched: Ids,
    heap_keys: Ints,
    heap_items: Ids,
) -> int:
    """Run one search from several seeds until `limit` and return how many nodes it touched.

    Parameters
    ----------
    indptr, neighbour, arc_cost
        Arcs of the graph in compressed rows, costs in units of the key.
    seed_node, seed_key
        Where the search begins, and with which keys.
    limit
        Nodes with a greater key are not reached.
    best
        Key of each node; must be `UNREACHED` throughout, and holds the result afterwards.
    touched
        Filled with the nodes whose key was set, so that the caller clears no more than those.
    heap_keys, heap_items
        Room for the heap: number of arcs plus number of seeds.
    """
    size, n_touched = 0, 0
    for i in range(len(seed_node)):
        node, key = seed_node[i], seed_key[i]
        if key <= limit and key < best[node]:
            if best[node] == UNREACHED:
                touched[n_touched] = node
                n_touched += 1
            best[node] = key
            size = _push(heap_keys, heap_items, size, key, node)
    while size > 0:
        key, node = heap_keys[0], heap_items[0]
        size = _pop(heap_keys, heap_items, size)
        if key > best[node]:
            continue
        for arc in range(indptr[node], indptr[node + 1]):
            there = neighbour[arc]
            new = key + arc_cost[arc]
            if new <= limit and new < best[there]:
                if best[there] == UNREACHED:
                    touched[n_touched] = there
                    n_touched += 1
                best[there] = new
                size = _push(heap_keys, heap_items, size, new, there)
    return n_touched


@_compiled
def _note(time: Ints, found: Ids, n_found: int, demand: int, ms: int) -> int:
    """Keep the least time of a place, list it when first met; return the length of the list."""
    if ms < time[demand]:
        if time[demand] == UNREACHED:
            found[n_found] = demand
            n_found += 1
        time[demand] = ms
    return n_found


@_compiled
def reach_rows(
    indptr: Ints,
    neighbour: Ids,
    arc_cost: Ints,
    seed_ptr: Ints,
    seed_node: Ids,
    seed_key: Ints,
    near_ptr: Ints,
    near_demand: Ids,
    near_ms: Ints,
    door_ptr: Ints,
    door_demand: Ids,
    door_ms: Ints,
    n_demand: int,
    limit: int,
) -> tuple[Ints, Ids, Ints]:
    """Return who reaches each of several sites within `limit` milliseconds, and in how long.

    Parameters
    ----------
    indptr, neighbour, arc_cost
        Arcs of the graph searched outwards from the sites.
    seed_ptr, seed_node, seed_key
        For each site, the nodes its search begins at, access leg included.
    near_ptr, near_demand, near_ms
        For each site, who gets there without passing a node.
    door_ptr, door_demand, door_ms
        For each node, the places whose edge begins there, and their time to it.
    n_demand, limit
        Number of places, and the cutoff in milliseconds.

    Returns
    -------
    tuple
        Row pointer over the sites, demand positions ascending in each row, milliseconds.
    """
    n_sites = len(seed_ptr) - 1
    best = np.full(len(indptr) - 1, UNREACHED, dtype=np.int64)
    touched = np.empty(len(indptr) - 1, dtype=np.int32)
    room = len(neighbour) + len(seed_node) + 1
    heap_keys, heap_items = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int32)
    time = np.full(n_demand, UNREACHED, dtype=np.int64)
    found = np.empty(n_demand, dtype=np.int32)
    row_ptr = np.zeros(n_sites + 1, dtype=np.int64)
    out_demand, out_ms = np.empty(1024, dtype=np.int32), np.empty(1024, dtype=np.int64)
    filled = 0
    for site in range(n_sites):
        n_found = 0
        for i in range(near_ptr[site], near_ptr[site + 1]):
            demand, ms = near_demand[i], near_ms[i]
            if ms <= limit:
                n_found = _note(time, found, n_found, demand, ms)
        a, b = seed_ptr[site], seed_ptr[site + 1]
        n_touched = spread(
            indptr,
            neighbour,
            arc_cost,
            seed_node[a:b],
            seed_key[a:b],
            limit,
            best,
            touched,
            heap_keys,
            heap_items,
        )
        for t in range(n_touched):
            node = touched[t]
            for i in range(door_ptr[node], door_ptr[node + 1]):
                demand, ms = door_demand[i], best[node] + door_ms[i]
                if ms <= limit:
                    n_found = _note(time, found, n_found, demand, ms)
            best[node] = UNREACHED
        if filled + n_found > len(out_demand):
            grown = max(2 * len(out_demand), filled + n_found)
            new_demand, new_ms = np.empty(grown, dtype=np.int32), np.empty(grown, dtype=np.int64)
            new_demand[:filled] = out_demand[:filled]
            new_ms[:filled] = out_ms[:filled]
            out_demand, out_ms = new_demand, new_ms
        row = np.sort(found[:n_found])
        for i in range(n_found):
            out_demand[filled + i] = row[i]
            out_ms[filled + i] = time[row[i]]
            time[row[i]] = UNREACHED
        filled += n_found
        row_ptr[site + 1] = filled
    return row_ptr, out_demand[:filled].copy(), out_ms[:filled].copy()


@_compiled
def nearest_keys(
    indptr: Ints,
    neighbour: Ids,
    arc_cost: Ints,
    seed_node: Ids,
    seed_key: Ints,
) -> Ints:
    """Return the least key at every node from all seeds at once, `UNREACHED` where none."""
    n_nodes = len(indptr) - 1
    best = np.full(n_nodes, UNREACHED, dtype=np.int64)
    touched = np.empty(n_nodes, dtype=np.int32)
    room = len(neighbour) + len(seed_node) + 1
    heap_keys, heap_items = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int32)
    spread(
        indptr,
        neighbour,
        arc_cost,
        seed_node,
        seed_key,
        UNREACHED - 1,
        best,
        touched,
        heap_keys,
        heap_items,
    )
    return best
