"""One search from all sites at once: the nearest site, or the k nearest, of every node.

A key holds a time and, in its lowest bits, the rank of the site it belongs to: comparing keys
compares times and settles ties by rank. Nodes wait in buckets by time (Dial, 1969), used in a
circle, and labels are corrected within a bucket, which is exact whatever its width.
"""

import numpy as np
from numpy.typing import NDArray

from .compiled import NEVER_MS, Ids, Keys, Ms, Whole, compiled

UNREACHED = np.iinfo(np.int64).max
"""Key of what no site reaches."""

_IDLE = -2
_LAST = -1


@compiled
def _enqueue(node: Whole, bucket: Whole, head: Ids, after: Ids) -> None:
    after[node] = head[bucket]
    head[bucket] = node


@compiled
def nearest_keys(
    indptr: NDArray[np.int64],
    neighbour: Ids,
    arc_ms: Ms,
    seed_node: Ids,
    seed_ms: Ms,
    bits: int,
    shift: int,
    n_buckets: int,
) -> Keys:
    """Return the least key at every node from all sites, `UNREACHED` where none gets there.

    Parameters
    ----------
    indptr, neighbour, arc_ms
        Arcs of the graph searched outwards from the sites.
    seed_node, seed_ms
        Ends of each site, shape ``(s, 2)``; the number of nodes where it has none.
    bits
        Bits of a key that hold the rank of the site.
    shift
        Binary logarithm of the width of a bucket in milliseconds.
    n_buckets
        A power of two; this many buckets must hold the longest arc and the latest seed.

    Returns
    -------
    Array of shape ``(n_nodes + 1,)``; the last stands for the node of those who have none.
    """
    n_nodes = len(indptr) - 1
    best = np.full(n_nodes + 1, UNREACHED, dtype=np.int64)
    after = np.full(n_nodes, _IDLE, dtype=np.int32)
    head = np.full(n_buckets, _LAST, dtype=np.int32)
    round_ = n_buckets - 1
    down = np.int64(bits + shift)
    never = np.int64(NEVER_MS) << bits
    waiting = 0
    for rank in range(len(seed_node)):
        for end in range(2):
            node = seed_node[rank, end]
            key = (np.int64(seed_ms[rank, end]) << bits) | rank
            if node < n_nodes and key < best[node]:
                best[node] = key
                if after[node] == _IDLE:
                    waiting += 1
                    _enqueue(node, (key >> down) & round_, head, after)
    bucket = np.int64(0)
    while waiting > 0:
        node = head[bucket & round_]
        if node == _LAST:
            bucket += 1
            continue
        x = np.uint32(node)
        head[bucket & round_] = after[x]
        after[x] = _IDLE
        waiting -= 1
        key = best[x]
        for arc in range(indptr[x], indptr[x + np.uint32(1)]):
            y = np.uint32(neighbour[arc])
            new = key + (np.int64(arc_ms[arc]) << bits)
            if new < best[y] and new < never:
                best[y] = new
                if after[y] == _IDLE:
                    waiting += 1
                    _enqueue(y, max(new >> down, bucket) & round_, head, after)
    return best


@compiled
def lower_keys(keys: Keys, who: NDArray[np.int64], new: Keys) -> None:
    """Lower the keys of some places where the new ones are less."""
    for i in range(len(who)):
        keys[who[i]] = min(keys[who[i]], new[i])


@compiled
def place_keys(best: Keys, node: Ids, ms: Ms, bits: int) -> Keys:
    """Return the least key of each place from the keys of its two nodes.

    Parameters
    ----------
    best
        Keys by node, `UNREACHED` where there is none; the last belongs to no node.
    node, ms
        Two nodes of each place and its time to them, shape ``(n, 2)``.
    bits
        Bits of a key below its milliseconds.
    """
    keys = np.empty(len(node), dtype=np.int64)
    never = np.int64(NEVER_MS) << bits
    for i in range(len(node)):
        a, b = best[node[i, 0]], best[node[i, 1]]
        key = never if a == UNREACHED else a + (np.int64(ms[i, 0]) << bits)
        other = never if b == UNREACHED else b + (np.int64(ms[i, 1]) << bits)
        key = min(key, other)
        keys[i] = key if key < never else UNREACHED
    return keys


@compiled
def split_keys(keys: Keys, bits: int, none: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the milliseconds and the ranks of keys, ``none`` for those unreached."""
    ms, rank = np.empty(len(keys), dtype=np.int64), np.empty(len(keys), dtype=np.int64)
    mask = (np.int64(1) << bits) - 1
    for i in range(len(keys)):
        reached = keys[i] != UNREACHED
        ms[i] = keys[i] >> bits if reached else none
        rank[i] = keys[i] & mask if reached else none
    return ms, rank
