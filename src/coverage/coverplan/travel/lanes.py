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

from .compiled import Ids, Ms, Whole, compiled

LANES = 32
"""Sites searched together: two vectors of 512 bits. 16 share too little, 64 spill the cache."""

WORD = 64
"""Bits in a word of marks."""


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
    number
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
    number: NDArray[np.int64]


def new_desk(n_nodes: int, n_places: int, n_buckets: int) -> Desk:
    """Return work space. Most of it is only address space until a search reaches that far."""
    rows = n_nodes + 1
    words = n_places // WORD + 1
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
        blocks=np.zeros(words // WORD + 1, dtype=np.uint64),
        found=np.empty(n_places, dtype=np.int32),
        rank=np.empty(n_places, dtype=np.int32),
        times=_lines(n_places),
        number=np.zeros(LANES, dtype=np.int64),
    )


def _lines(rows: int) -> NDArray[np.int32]:
    """Return rows of lanes that begin on a line of the cache (64 bytes)."""
    raw = np.empty(rows * LANES + 16, dtype=np.int32)
    skip = -(raw.ctypes.data // 4) % 16
    return raw[skip : skip + rows * LANES].reshape(rows, LANES)


@compiled
def _relax(row: Ms, there: Ms, ms: Whole) -> Whole:
    """Lower the times of a row to those of another plus one arc; return whether any fell."""
    fell = np.int32(0)
    for lane in range(LANES):
        new, old = np.int32(row[lane] + ms), there[lane]
        fell |= np.int32(new < old)
        there[lane] = min(new, old)
    return fell


@compiled
def _first(row: Ms, there: Ms, ms: Whole, beyond: Whole) -> Whole:
    """Fill a new row from another plus one arc; return its least time."""
    least = beyond
    for lane in range(LANES):
        new = min(np.int32(row[lane] + ms), beyond)
        there[lane] = new
        least = min(least, new)
    return least


@compiled
def _start(desk: Desk, seed_node: Ids, seed_ms: Ms, beyond: Whole, shift: int) -> int:
    """Put the seeds into their buckets; return one more than the number of rows in use."""
    n = 1
    desk.ms[0] = beyond
    for lane in range(len(seed_node)):
        for end in range(2):
            node, ms = seed_node[lane, end], seed_ms[lane, end]
            if node == len(desk.slot) - 1 or ms >= beyond:
                continue
            row = desk.slot[node]
            if row == 0:
                row = n
                n += 1
                desk.slot[node] = row
                desk.node[row] = node
                desk.ms[row] = beyond
                desk.key[row] = ms
            desk.key[row] = min(desk.key[row], ms)
            desk.ms[row, lane] = min(desk.ms[row, lane], ms)
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
    limit: int,
    shift: int,
    desk: Desk,
) -> int:
    """Find the times from up to `LANES` sites to all nodes within a limit.

    Parameters
    ----------
    indptr, neighbour, arc_ms
        Arcs of the graph searched outwards, milliseconds below ``NEVER_MS``.
    seed_node, seed_ms
        Two nodes each site of the batch meets the graph at and its time from them, shape
        ``(lanes, 2)``; the number of nodes where it has none.
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
    n = _start(desk, seed_node, seed_ms, beyond, shift)
    slot, node, ms, head, after = desk.slot, desk.node, desk.ms, desk.head, desk.after
    queued, via, key = desk.queued, desk.via, desk.key
    for bucket in range((limit >> shift) + 1):
        while head[bucket] > 0:
            here = np.uint32(head[bucket])
            head[bucket] = after[here]
            queued[here] = 0
            x = np.uint32(node[here])
            came = via[here]
            least = key[here]
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
                into = max(int(news >> shift), bucket)
                after[there] = head[into]
                head[into] = there
    return n
