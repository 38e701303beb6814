"""Searches from many neighbouring sites at once, side by side in vector lanes.

Sites that stand near each other search nearly the same junctions. Thirty-two of them are taken
together: every junction met keeps one row of times, one per site, and passing an arc is one
vector minimum over the row. Junctions wait in buckets by their least new time (Dial, 1969); inside
a bucket labels are corrected until nothing improves, so the result is exact whatever the width
of a bucket. Rows are given out in the order junctions are met: a batch touches, and clears, no
more memory than the junctions it reaches.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .compiled import Ids, Keys, Ms, compiled

LANES = 32
"""Sites searched together: two vectors of 512 bits. 16 share too little, 64 spill the cache."""

_WORD = 64
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT_AT = np.zeros(_WORD, dtype=np.int64)
for _bit in range(_WORD):
    _BIT_AT[((int(_DE_BRUIJN) << _bit) & (2**64 - 1)) >> 58] = _bit
_BIT_AT.setflags(write=False)


class Places(NamedTuple):
    """Where people meet the graph.

    Parameters
    ----------
    ptr, who
        ``who[ptr[i]:ptr[i + 1]]`` are the positions of the places at node i.
    node, ms
        The two nodes of each place and its time to (or from) them, shape ``(n, 2)``. A place
        with one way out has it twice, one without any has the number of nodes for a node.
    """

    ptr: NDArray[np.int64]
    who: Ids
    node: Ids
    ms: Ms


class Desk(NamedTuple):
    """Work space of one thread; between batches `slot`, `head` and `marks` are all zero.

    Parameters
    ----------
    slot, node
        Row of each node (0: not met, shape ``(n_nodes + 1,)``), and the node of each row.
    ms
        Times by row and lane; row 0 stands for every node that was not met.
    queued, after, via, key
        Per row: whether it waits, who waits after it, the row all its news come from (0:
        several), and a lower bound of its new times.
    head
        First row waiting in each bucket.
    marks, blocks
        One bit for each place met, and one for each word of `marks` in use.
    found, rank
        Places met, ascending, and where in that list each place stands.
    times
        Their times by position in `found` and lane.
    count
        Places within the limit by lane.
    """

    slot: Ids
    node: Ids
    ms: NDArray[np.int32]
    queued: NDArray[np.uint8]
    after: Ids
    via: Ids
    key: Ms
    head: Ids
    marks: NDArray[np.uint64]
    blocks: NDArray[np.uint64]
    found: Ids
    rank: Ids
    times: NDArray[np.int32]
    count: NDArray[np.int64]


def desk(n_nodes: int, n_places: int, n_buckets: int) -> Desk:
    """Return work space. Most of it is only address space until a search reaches that far."""
    rows = n_nodes + 1
    words = n_places // _WORD + 1
    return Desk(
        slot=np.zeros(rows, dtype=np.int32),
        node=np.empty(rows, dtype=np.int32),
        ms=_lines(rows),
        queued=np.empty(rows, dtype=np.uint8),
        after=np.empty(rows, dtype=np.int32),
        via=np.empty(rows, dtype=np.int32),
        key=np.empty(rows, dtype=np.int32),
        head=np.zeros(n_buckets, dtype=np.int32),
        marks=np.zeros(words, dtype=np.uint64),
        blocks=np.zeros(words // _WORD + 1, dtype=np.uint64),
        found=np.empty(n_places, dtype=np.int32),
        rank=np.empty(n_places, dtype=np.int32),
        times=_lines(n_places),
        count=np.zeros(LANES, dtype=np.int64),
    )


def _lines(rows: int) -> NDArray[np.int32]:
    """Return rows of lanes that begin on a line of the cache (64 bytes)."""
    raw = np.empty(rows * LANES + 16, dtype=np.int32)
    skip = -(raw.ctypes.data // 4) % 16
    return raw[skip : skip + rows * LANES].reshape(rows, LANES)


@compiled
def _relax(row: Ms, there: Ms, ms: np.int32) -> int:
    """Lower the times of a row to those of another plus one arc; return whether any fell."""
    fell = np.int32(0)
    for lane in range(LANES):
        new, old = np.int32(row[lane] + ms), there[lane]
        fell |= np.int32(new < old)
        there[lane] = min(new, old)
    return fell


@compiled
def _first(row: Ms, there: Ms, ms: np.int32, beyond: np.int32) -> int:
    """Fill a new row from another plus one arc; return its least time."""
    least = beyond
    for lane in range(LANES):
        new = min(np.int32(row[lane] + ms), beyond)
        there[lane] = new
        least = min(least, new)
    return least


@compiled
def _start(desk: Desk, seed_node: Ids, seed_ms: Ms, seed_lane: Ids, beyond: int, shift: int) -> int:
    """Put the seeds into their buckets; return the number of rows in use."""
    n = 1
    desk.ms[0] = beyond
    for i in range(len(seed_node)):
        if seed_ms[i] >= beyond:
            continue
        node = seed_node[i]
        row = desk.slot[node]
        if row == 0:
            row = n
            n += 1
            desk.slot[node] = row
            desk.node[row] = node
            desk.ms[row] = beyond
            desk.key[row] = seed_ms[i]
        desk.key[row] = min(desk.key[row], seed_ms[i])
        lane = seed_lane[i]
        desk.ms[row, lane] = min(desk.ms[row, lane], seed_ms[i])
    for row in range(1, n):
        bucket = desk.key[row] >> shift
        desk.queued[row] = 1
        desk.via[row] = 0
        desk.after[row] = desk.head[bucket]
        desk.head[bucket] = row
    return n


@compiled
def search(
    indptr: NDArray[np.int64],
    neighbour: Ids,
    arc_ms: Ms,
    seed_node: Ids,
    seed_ms: Ms,
    seed_lane: Ids,
    limit: int,
    shift: int,
    desk: Desk,
) -> int:
    """Find the times from up to `LANES` sites to all nodes within a limit.

    Parameters
    ----------
    indptr, neighbour, arc_ms
        Arcs of the graph searched outwards, milliseconds below ``NEVER_MS``.
    seed_node, seed_ms, seed_lane
        Where the searches begin, with what time, and for which site of the batch.
    limit
        Inclusive, in milliseconds, below ``NEVER_MS``.
    shift
        Binary logarithm of the width of a bucket in milliseconds; any is right, few are fast.
    desk
        Holds the result: rows ``1`` to ``n - 1`` of ``ms``, above the limit where out of reach.

    Returns
    -------
    int
        n, one more than the number of nodes met.
    """
    beyond = np.int32(limit + 1)
    n = _start(desk, seed_node, seed_ms, seed_lane, beyond, shift)
    slot, node, ms, head, after = desk.slot, desk.node, desk.ms, desk.head, desk.after
    queued, via, key = desk.queued, desk.via, desk.key
    for bucket in range((limit >> shift) + 1):
        while head[bucket] > 0:
            here = np.uint32(head[bucket])
            head[bucket] = after[here]
            queued[here] = 0
            x = np.uint32(node[here])
            came = via[here]
            least = np.int32(max(key[here], bucket << shift))
            row = ms[here]
            for arc in range(indptr[x], indptr[x + 1]):
                y = np.uint32(neighbour[arc])
                way = arc_ms[arc]
                there = np.uint32(slot[y])
                news = np.int32(least + way)
                if there == 0:
                    if news > limit:
                        continue
                    there = np.uint32(n)
                    if _first(row, ms[there], way, beyond) == beyond:
                        continue
                    slot[y] = n
                    node[there] = y
                    queued[there] = 0
                    n += 1
                elif there == came or not _relax(row, ms[there], way):
                    # All it has to say came from there: the way back cannot improve it.
                    continue
                if queued[there]:
                    if via[there] != here:
                        via[there] = 0
                    key[there] = min(key[there], news)
                    continue
                queued[there] = 1
                via[there] = here
                key[there] = news
                into = news >> shift
                after[there] = head[into]
                head[into] = there
    return n


@compiled
def meet(n: int, places: Places, near_who: Ids, desk: Desk) -> int:
    """List, ascending and once each, the places at the nodes met; return how many.

    Parameters
    ----------
    n
        One more than the number of nodes met; their slots are cleared later, by `clear`.
    places
        Where people meet the graph.
    near_who
        Places to list whether or not their nodes were met.
    desk
        Holds the nodes met and receives the list.
    """
    marks, blocks, found, rank = desk.marks, desk.blocks, desk.found, desk.rank
    one = np.uint64(1)
    for row in range(1, n):
        node = desk.node[row]
        for i in range(places.ptr[node], places.ptr[node + 1]):
            word = places.who[i] >> 6
            marks[word] |= one << np.uint64(places.who[i] & 63)
            blocks[word >> 6] |= one << np.uint64(word & 63)
    for i in range(len(near_who)):
        word = near_who[i] >> 6
        marks[word] |= one << np.uint64(near_who[i] & 63)
        blocks[word >> 6] |= one << np.uint64(word & 63)
    n_found = 0
    for block in range(len(blocks)):
        words = blocks[block]
        blocks[block] = 0
        while words != 0:
            lowest = words & (~words + one)
            words ^= lowest
            word = block * _WORD + _BIT_AT[(lowest * _DE_BRUIJN) >> np.uint64(58)]
            bits = marks[word]
            marks[word] = 0
            while bits != 0:
                low = bits & (~bits + one)
                bits ^= low
                who = word * _WORD + _BIT_AT[(low * _DE_BRUIJN) >> np.uint64(58)]
                found[n_found] = who
                rank[who] = n_found
                n_found += 1
    return n_found


@compiled
def _by_two_ends(a: Ms, a_ms: np.int32, b: Ms, b_ms: np.int32, out: Ms) -> None:
    for lane in range(LANES):
        out[lane] = min(np.int32(a[lane] + a_ms), np.int32(b[lane] + b_ms))


@compiled
def evaluate(
    n: int, n_found: int, places: Places, near_who: Ids, near_ms: Ms, near_lane: Ids, desk: Desk
) -> None:
    """Work out the times of the places met, then clear the desk for the next batch.

    Parameters
    ----------
    n, n_found
        What `search` and `meet` returned.
    places
        Where people meet the graph.
    near_who, near_ms, near_lane
        Who gets to which site of the batch without passing a node, and in how long.
    desk
        Receives ``times``.
    """
    for i in range(n_found):
        who = np.uint32(desk.found[i])
        a = np.uint32(desk.slot[places.node[who, 0]])
        b = np.uint32(desk.slot[places.node[who, 1]])
        _by_two_ends(
            desk.ms[a], places.ms[who, 0], desk.ms[b], places.ms[who, 1], desk.times[i]
        )
    for i in range(len(near_who)):
        at, lane = desk.rank[near_who[i]], near_lane[i]
        desk.times[at, lane] = min(desk.times[at, lane], near_ms[i])
    for row in range(1, n):
        desk.slot[desk.node[row]] = 0


@compiled
def count(n_found: int, limit: int, desk: Desk) -> None:
    """Count by lane the places within the limit."""
    beyond = np.int32(limit + 1)
    number = np.zeros(LANES, dtype=np.int32)
    for i in range(n_found):
        row = desk.times[i]
        for lane in range(LANES):
            number[lane] += np.int32(row[lane] < beyond)
    for lane in range(LANES):
        desk.count[lane] = number[lane]


@compiled
def write_pairs(n_found: int, limit: int, desk: Desk, start: Keys, who: Ids, ms: Ms) -> None:
    """Write the pairs of a batch, lane by lane, people ascending.

    Parameters
    ----------
    n_found, limit, desk
        The batch.
    start
        Where each lane's pairs begin, shape ``(LANES,)``; changed. One place is free after each
        lane: writing first and asking afterwards needs no branch.
    who, ms
        Receive the pairs.
    """
    beyond = np.int32(limit + 1)
    for i in range(n_found):
        row, place = desk.times[i], desk.found[i]
        for lane in range(LANES):
            at = start[lane]
            who[at] = place
            ms[at] = row[lane]
            start[lane] = at + (row[lane] < beyond)
