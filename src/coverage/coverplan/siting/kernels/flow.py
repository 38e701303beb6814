"""Sharing people out to few sites: exact, in whole numbers, by best augmenting paths."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import compiled

Ints = NDArray[np.int64]

NONE = -1
FAR = 2**62


class Pool(NamedTuple):
    """Nodes of skew heaps (Sleator and Tarjan 1986), largest key first.

    Parameters
    ----------
    key
        What one person more is worth who moves.
    left, right
        Children, `NONE` without.
    at, to
        The pair a person is on, and the pair it would move to; `NONE`: it is served no more.
    """

    key: Ints
    left: Ints
    right: Ints
    at: Ints
    to: Ints


class Pairs(NamedTuple):
    """The question: pairs sorted by row, and what has been decided so far.

    Parameters
    ----------
    ptr
        Where each row's pairs begin, shape ``(n_rows + 1,)``.
    row, site, gain
        Of each pair.
    flow
        People on each pair.
    room
        Places left at each site.
    root
        Heap of those who may move from one site to another (last column: be served no more),
        shape ``(n_sites, n_sites + 1)``; kept for full sites only. A full site stays full.
    first, after
        First pair with people at each site, and the next one after each pair: a list per site.
    listed
        Whether a pair is in its site's list.
    """

    ptr: Ints
    row: Ints
    site: Ints
    gain: Ints
    flow: Ints
    room: Ints
    root: Ints
    first: Ints
    after: Ints
    listed: NDArray[np.bool_]


class Path(NamedTuple):
    """Best ways from one row to each site.

    Parameters
    ----------
    price
        What a place at each site is worth so far; 0 where there is room.
    loss
        What the best way to the site costs, over the prices; `FAR` for none.
    come, gone
        The pair that gains a person there, and the pair this person left; `NONE` for the row's
        own people.
    done
        Whether nothing better can be found to the site.
    """

    price: Ints
    loss: Ints
    come: Ints
    gone: Ints
    done: NDArray[np.bool_]


@compiled
def _meld(pool: Pool, a: int, b: int) -> int:
    """Return the heap of two heaps."""
    if a < 0:
        return b
    if b < 0:
        return a
    if pool.key[a] < pool.key[b]:
        a, b = b, a
    root = a
    while True:
        rest = pool.right[a]
        pool.right[a] = pool.left[a]
        if rest < 0:
            pool.left[a] = b
            return root
        if pool.key[rest] < pool.key[b]:
            rest, b = b, rest
        pool.left[a] = rest
        a = rest


@compiled
def _top(pool: Pool, pairs: Pairs, j: int, k: int) -> int:
    """Return the best node of a heap whose pair still has people; drop those without."""
    node = int(pairs.root[j, k])
    while node >= 0 and pairs.flow[pool.at[node]] == 0:
        node = _meld(pool, pool.left[node], pool.right[node])
    pairs.root[j, k] = node
    return node


@compiled
def _push(pool: Pool, pairs: Pairs, used: int, pair: int) -> int:
    """Enter the people of a pair at a full site as ones who may move; return nodes used."""
    j, row = pairs.site[pair], pairs.row[pair]
    for other in range(pairs.ptr[row], pairs.ptr[row + 1] + 1):
        if other == pair:
            continue
        leaves = other == pairs.ptr[row + 1]
        pool.at[used] = pair
        pool.to[used] = NONE if leaves else other
        pool.key[used] = (0 if leaves else pairs.gain[other]) - pairs.gain[pair]
        pool.left[used] = NONE
        pool.right[used] = NONE
        k = pairs.root.shape[0] if leaves else pairs.site[other]
        pairs.root[j, k] = _meld(pool, pairs.root[j, k], used)
        used += 1
    return used


@compiled
def _search(pool: Pool, pairs: Pairs, path: Path, row: int) -> int:
    """Find the best way of one person more; return the site where it ends, `NONE` nowhere.

    Dijkstra over the sites, with the prices as potentials (Edmonds and Karp 1972).
    """
    path.loss[:] = FAR
    path.done[:] = False
    for pair in range(pairs.ptr[row], pairs.ptr[row + 1]):
        j = pairs.site[pair]
        path.loss[j] = path.price[j] - pairs.gain[pair]
        path.come[j], path.gone[j] = pair, NONE
    end, least = NONE, 0
    while True:
        j = int(np.argmin(path.loss + np.where(path.done, FAR, 0)))
        if path.done[j] or path.loss[j] >= least:
            break
        path.done[j] = True
        here = _ending(pool, pairs, j)
        if here < FAR and path.loss[j] - path.price[j] + here < least:
            end, least = j, path.loss[j] - path.price[j] + here
        if pairs.room[j] == 0:
            _relax(pool, pairs, path, j)
    for j in range(len(path.price)):
        if path.done[j] and path.loss[j] < least:
            path.price[j] += least - path.loss[j]
    return end


@compiled
def _ending(pool: Pool, pairs: Pairs, j: int) -> int:
    """Return what a way loses that ends at a site: nothing with room, else who leaves."""
    if pairs.room[j] > 0:
        return 0
    node = _top(pool, pairs, j, len(pairs.room))
    return FAR if node < 0 else -int(pool.key[node])


@compiled
def _relax(pool: Pool, pairs: Pairs, path: Path, j: int) -> None:
    """See whom a full site can send on to which site."""
    for k in range(len(pairs.room)):
        if path.done[k] or pairs.root[j, k] < 0:
            continue
        node = _top(pool, pairs, j, k)
        if node < 0:
            continue
        loss = path.loss[j] - path.price[j] + path.price[k] - pool.key[node]
        if loss < path.loss[k]:
            path.loss[k] = loss
            path.come[k], path.gone[k] = pool.to[node], pool.at[node]


@compiled
def _send(pool: Pool, pairs: Pairs, path: Path, end: int, most: int, used: int) -> tuple[int, int]:
    """Move as many people along a way as can go; return them and the nodes used."""
    leaver = NONE
    number = most
    if pairs.room[end] > 0:
        number = min(number, pairs.room[end])
    else:
        leaver = pool.at[_top(pool, pairs, end, len(pairs.room))]
        number = min(number, pairs.flow[leaver])
    j = end
    while path.gone[j] != NONE:
        number = min(number, pairs.flow[path.gone[j]])
        j = pairs.site[path.gone[j]]
    if leaver == NONE:
        pairs.room[end] -= number
    else:
        pairs.flow[leaver] -= number
    j = end
    while True:
        come, gone = path.come[j], path.gone[j]
        fresh = pairs.flow[come] == 0
        pairs.flow[come] += number
        if not pairs.listed[come]:
            pairs.listed[come] = True
            pairs.after[come] = pairs.first[j]
            pairs.first[j] = come
        if fresh and (j != end or leaver != NONE):
            used = _push(pool, pairs, used, come)
        if gone == NONE:
            break
        pairs.flow[gone] -= number
        j = pairs.site[gone]
    if leaver == NONE and pairs.room[end] == 0:
        used = _fill(pool, pairs, end, used)
    return number, used


@compiled
def _fill(pool: Pool, pairs: Pairs, j: int, used: int) -> int:
    """Enter all people of a site that has just become full."""
    pair = pairs.first[j]
    while pair != NONE:
        if pairs.flow[pair] > 0:
            used = _push(pool, pairs, used, pair)
        pair = pairs.after[pair]
    return used


@compiled
def _grown(pool: Pool, size: int) -> Pool:
    """Return the same nodes with room for more."""
    old = len(pool.key)
    key = np.empty(size, dtype=np.int64)
    left = np.empty(size, dtype=np.int64)
    right = np.empty(size, dtype=np.int64)
    at = np.empty(size, dtype=np.int64)
    to = np.empty(size, dtype=np.int64)
    key[:old], left[:old], right[:old] = pool.key, pool.left, pool.right
    at[:old], to[:old] = pool.at, pool.to
    return Pool(key, left, right, at, to)


@compiled
def best_flow(
    ptr: Ints, row: Ints, site: Ints, gain: Ints, people: Ints, capacity: Ints
) -> tuple[Ints, Ints]:
    """Return the people on each pair that gain most, and what a place at each site is worth.

    Parameters
    ----------
    ptr, row, site, gain
        The pairs, sorted by row; gains 0 or more.
    people, capacity
        Of each row and of each site.

    Notes
    -----
    Row by row, one best augmenting path after the other (Ford and Fulkerson 1962), over the
    graph of the sites alone: an arc from one full site to another is the person who would lose
    least by moving, the top of a heap. Whole numbers throughout, so it is exact; the prices are
    the proof of it, as optimal duals.
    """
    n_rows, n_sites, n_pairs = len(people), len(capacity), len(gain)
    flow = np.zeros(n_pairs, dtype=np.int64)
    pairs = Pairs(
        ptr,
        row,
        site,
        gain,
        flow,
        capacity.copy(),
        np.full((n_sites, n_sites + 1), NONE, dtype=np.int64),
        np.full(n_sites, NONE, dtype=np.int64),
        np.full(n_pairs, NONE, dtype=np.int64),
        np.zeros(n_pairs, dtype=np.bool_),
    )
    whole = np.zeros(n_sites, dtype=np.int64)
    done = np.zeros(n_sites, dtype=np.bool_)
    path = Path(whole.copy(), whole.copy(), whole.copy(), whole, done)
    none = np.empty(0, dtype=np.int64)
    pool = _grown(Pool(none, none, none, none, none), 1024)
    degree = np.zeros(n_sites, dtype=np.int64)
    longest = 1
    for i in range(n_rows):
        longest = max(longest, ptr[i + 1] - ptr[i])
        for pair in range(ptr[i], ptr[i + 1]):
            degree[site[pair]] += ptr[i + 1] - ptr[i]
    used = 0
    for i in range(n_rows):
        left = people[i]
        while left > 0 and ptr[i + 1] > ptr[i]:
            end = _search(pool, pairs, path, i)
            if end == NONE:
                break
            more = (n_sites + 1) * longest + degree[end]
            if used + more > len(pool.key):
                pool = _grown(pool, 2 * (used + more))
            sent, used = _send(pool, pairs, path, end, left, used)
            left -= sent
    return flow, path.price
