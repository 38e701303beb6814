"""One search from all sites at once for the k nearest different sites of every node.

Keys are those of `kernel`: a time, and in the lowest bits the rank of a site. A node keeps the k
least keys of different sites in order. A site that is among the k nearest of a node is so of
every node on the way there, so passing on k keys loses none.
"""

import numpy as np
from numpy.typing import NDArray

from .compiled import NEVER_MS, Ids, Keys, Ms, Whole, compiled
from .kernel import UNREACHED

_LAST = -1


@compiled
def _insert(rows: NDArray[np.int64], r: Whole, key: Whole, mask: Whole) -> bool:
    """Put a key into row r in order, one for each site; return whether it belongs there.

    Rows are not cut out of the array: in compiled code a slice would count its references.
    """
    last = rows.shape[1] - 1
    if key >= rows[r, last]:
        return False
    for i in range(last):
        if rows[r, i] & mask == key & mask and rows[r, i] != UNREACHED:
            if rows[r, i] <= key:
                return False
            last = i
            break
    while last > 0 and rows[r, last - 1] > key:
        rows[r, last] = rows[r, last - 1]
        last -= 1
    rows[r, last] = key
    return True


@compiled
def k_nearest_keys(
    indptr: NDArray[np.int64],
    neighbour: Ids,
    arc_ms: Ms,
    seed_node: Ids,
    seed_ms: Ms,
    k: int,
    bits: int,
    shift: int,
    n_buckets: int,
) -> NDArray[np.int64]:
    """Return the k least keys of different sites at every node, ascending.

    Parameters
    ----------
    indptr, neighbour, arc_ms, seed_node, seed_ms, bits, shift, n_buckets
        As for `kernel.nearest_keys`.
    k
        How many sites to look for, at least 1.

    Returns
    -------
    Array of shape ``(n_nodes + 1, k)``, `UNREACHED` where there are fewer sites.
    """
    n_nodes = len(indptr) - 1
    best = np.full((n_nodes + 1, k), UNREACHED, dtype=np.int64)
    news = np.full(n_nodes, UNREACHED, dtype=np.int64)
    after = np.empty(n_nodes, dtype=np.int32)
    head = np.full(n_buckets, _LAST, dtype=np.int32)
    mask, never = (np.int64(1) << bits) - 1, np.int64(NEVER_MS) << bits
    round_, down = n_buckets - 1, np.int64(bits + shift)
    waiting, bucket = 0, np.int64(0)
    for rank in range(len(seed_node)):
        for end in range(2):
            node = seed_node[rank, end]
            key = (np.int64(seed_ms[rank, end]) << bits) | rank
            if node < n_nodes and _insert(best, node, key, mask):
                waiting += _wait(node, key, (key >> down) & round_, news, head, after)
    while waiting > 0:
        x = head[bucket & round_]
        if x == _LAST:
            bucket += 1
            continue
        head[bucket & round_] = after[x]
        waiting -= 1
        first, news[x] = news[x], UNREACHED
        for arc in range(indptr[x], indptr[x + 1]):
            y = neighbour[arc]
            way = np.int64(arc_ms[arc]) << bits
            new = _pass_on(best, x, first, best, y, way, mask, never)
            if new != UNREACHED:
                into = max(new >> down, bucket) & round_
                waiting += _wait(y, new, into, news, head, after)
    return best


@compiled
def _wait(node: Whole, key: Whole, bucket: Whole, news: Keys, head: Ids, after: Ids) -> int:
    """Let a node wait to pass on a key; return 1 if it was not waiting already."""
    waits = news[node] != UNREACHED
    news[node] = min(news[node], key)
    if waits:
        return 0
    after[node] = head[bucket]
    head[bucket] = node
    return 1


@compiled
def _pass_on(
    rows: NDArray[np.int64],
    r: Whole,
    first: Whole,
    into: NDArray[np.int64],
    there: Whole,
    way: Whole,
    mask: Whole,
    never: Whole,
) -> Whole:
    """Pass the keys of row r from ``first`` on into another row; return the least that is news."""
    news = UNREACHED
    last = rows.shape[1] - 1
    for i in range(last + 1):
        key = rows[r, i]
        if key == UNREACHED or key + way >= min(into[there, last], never):
            break
        if key >= first and _insert(into, there, key + way, mask):
            news = min(news, key + way)
    return news


@compiled
def place_k_keys(best: NDArray[np.int64], node: Ids, ms: Ms, bits: int) -> NDArray[np.int64]:
    """Return the k least keys of each place from those of its two nodes, shape ``(n, k)``."""
    keys = np.full((len(node), best.shape[1]), UNREACHED, dtype=np.int64)
    mask, never = (np.int64(1) << bits) - 1, np.int64(NEVER_MS) << bits
    for i in range(len(node)):
        for end in range(2):
            way = np.int64(ms[i, end]) << bits
            _pass_on(best, node[i, end], 0, keys, i, way, mask, never)
    return keys


@compiled
def insert_keys(keys: NDArray[np.int64], who: NDArray[np.int64], new: Keys, bits: int) -> None:
    """Put the keys of sites reached without passing a node into the rows of places."""
    mask = (np.int64(1) << bits) - 1
    for i in range(len(who)):
        _insert(keys, who[i], new[i], mask)
