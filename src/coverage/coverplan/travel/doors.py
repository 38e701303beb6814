"""From the nodes a batch of searches has met to the people beside them, and to pairs and sums."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .compiled import Ids, Keys, Ms, Whole, compiled
from .lanes import LANES, WORD, Desk
from .reach import at_most

_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT_AT = np.zeros(WORD, dtype=np.int64)
for _bit in range(WORD):
    _BIT_AT[((int(_DE_BRUIJN) << _bit) & (2**64 - 1)) >> 58] = _bit
_BIT_AT.setflags(write=False)


class Doors(NamedTuple):
    """Where people meet the graph, in the order of its nodes.

    Parameters
    ----------
    ptr
        Entries ``ptr[i]`` to ``ptr[i + 1]`` belong to node i.
    entry
        Position of the place, milliseconds between it and the node, its other node (the number
        of nodes where it has none), and milliseconds to that; shape ``(k, 4)``.
    """

    ptr: NDArray[np.int64]
    entry: NDArray[np.int32]


class Near(NamedTuple):
    """Who gets to a site of a batch without passing a node: place, milliseconds, lane."""

    who: Ids
    ms: Ms
    lane: Ids


@compiled
def doors_by_node(node: Ids, ms: Ms, n_nodes: int) -> Doors:
    """Sort the ends of places, shape ``(n, 2)``, by node."""
    ptr = np.zeros(n_nodes + 2, dtype=np.int64)
    for i in range(len(node)):
        ptr[node[i, 0] + 1] += 1
        if node[i, 1] != node[i, 0]:
            ptr[node[i, 1] + 1] += 1
    ptr = np.cumsum(ptr)[:-1]
    at = ptr[:-1].copy()
    entry = np.empty((ptr[n_nodes], 4), dtype=np.int32)
    for i in range(len(node)):
        for end in range(2):
            here, other = node[i, end], node[i, 1 - end]
            if here == n_nodes or (end == 1 and here == other):
                continue
            row = entry[at[here]]
            at[here] += 1
            row[0], row[1] = i, ms[i, end]
            row[2] = other if other != here else n_nodes
            row[3] = ms[i, 1 - end]
    return Doors(ptr, entry)


@compiled
def _mark(who: int, marks: NDArray[np.uint64], blocks: NDArray[np.uint64]) -> None:
    word = who >> 6
    marks[word] |= np.uint64(1) << np.uint64(who & 63)
    blocks[word >> 6] |= np.uint64(1) << np.uint64(word & 63)


@compiled
def _position(bit: Any) -> Whole:
    """Return which bit of a word is the only one set (Leiserson, Prokop, Randall 1998)."""
    return np.int64(_BIT_AT[(bit * _DE_BRUIJN) >> np.uint64(58)])


@compiled
def meet(n: int, doors: Doors, near: Near, desk: Desk) -> int:
    """List, ascending and once each, the places at the nodes met; return how many.

    Parameters
    ----------
    n
        What `search` returned.
    doors, near
        Where people meet the graph, and who gets to a site of the batch without it.
    desk
        Holds the nodes met and receives the list.
    """
    marks, blocks, found, rank = desk.marks, desk.blocks, desk.found, desk.rank
    for row in range(1, n):
        node = np.uint32(desk.node[row])
        for i in range(doors.ptr[node], doors.ptr[node + np.uint32(1)]):
            _mark(doors.entry[i, 0], marks, blocks)
    for i in range(len(near.who)):
        _mark(near.who[i], marks, blocks)
    one = np.uint64(1)
    n_found = 0
    for block in range(len(blocks)):
        words = blocks[block]
        blocks[block] = 0
        while words != 0:
            lowest = words & (~words + one)
            words ^= lowest
            word = block * WORD + _position(lowest)
            bits = marks[word]
            marks[word] = 0
            while bits != 0:
                low = bits & (~bits + one)
                bits ^= low
                who = word * WORD + _position(low)
                found[n_found] = who
                rank[who] = n_found
                n_found += 1
    return n_found


@compiled
def _by_two_ends(a: Ms, a_ms: np.int32, b: Ms, b_ms: np.int32, out: Ms) -> None:
    for lane in range(LANES):
        out[lane] = min(np.int32(a[lane] + a_ms), np.int32(b[lane] + b_ms))


@compiled
def evaluate(n: int, beyond: int, doors: Doors, near: Near, desk: Desk) -> None:
    """Work out the times of the places met, then clear the desk for the next batch.

    Parameters
    ----------
    n
        What `search` returned, before `meet`.
    beyond
        One more than the limit.
    doors, near
        As `meet` was given them.
    desk
        Receives ``times``: above the limit where out of reach.
    """
    for i in range(len(near.who)):
        desk.times[desk.rank[near.who[i]]] = beyond
    for row in range(1, n):
        node = np.uint32(desk.node[row])
        for i in range(doors.ptr[node], doors.ptr[node + np.uint32(1)]):
            other = np.uint32(desk.slot[doors.entry[i, 2]])
            if other == 0 or other >= row:  # otherwise done when its other node was
                at = np.uint32(desk.rank[doors.entry[i, 0]])
                here_ms, other_ms = doors.entry[i, 1], doors.entry[i, 3]
                _by_two_ends(desk.ms[row], here_ms, desk.ms[other], other_ms, desk.times[at])
    for i in range(len(near.who)):
        at, lane = desk.rank[near.who[i]], near.lane[i]
        desk.times[at, lane] = min(desk.times[at, lane], near.ms[i])
    for row in range(1, n):
        desk.slot[desk.node[row]] = 0


@compiled
def count(n_found: int, limit: int, desk: Desk) -> None:
    """Count by lane the places within the limit."""
    most = np.int32(limit)
    number = np.zeros(LANES, dtype=np.int32)
    for i in range(n_found):
        row = desk.times[i]
        for lane in range(LANES):
            number[lane] += np.int32(at_most(row[lane], most))
    for lane in range(LANES):
        desk.number[lane] = number[lane]


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
    most = np.int32(limit)
    for i in range(n_found):
        row, place = desk.times[i], desk.found[i]
        for lane in range(LANES):
            at = start[lane]
            who[at] = place
            ms[at] = row[lane]
            start[lane] = at + at_most(row[lane], most)


@compiled
def write_who(n_found: int, limit: int, desk: Desk, start: Keys, who: Ids) -> None:
    """Write who is within the limit, without the times; else as `write_pairs`."""
    most = np.int32(limit)
    for i in range(n_found):
        row, place = desk.times[i], desk.found[i]
        for lane in range(LANES):
            at = start[lane]
            who[at] = place
            start[lane] = at + at_most(row[lane], most)


@compiled
def copy_rows(start: Keys, number: Keys, into: Keys, part: Ids, whole: Ids) -> None:
    """Copy rows of one array, by where they begin and how long they are, into another."""
    for row in range(len(start)):
        a, b, n = start[row], into[row], number[row]
        whole[b : b + n] = part[a : a + n]


@compiled
def add_people(
    n_found: int, limits: Keys, people: NDArray[np.int64], desk: Desk, sums: NDArray[np.int64]
) -> None:
    """Add up the people within each of several limits of the sites of a batch.

    Parameters
    ----------
    n_found, desk
        The batch.
    limits
        In milliseconds, none beyond the limit of the search, shape ``(t,)``.
    people
        Shape ``(n, g)``.
    sums
        Receives the people, shape ``(t, g, LANES)``.
    """
    for i in range(n_found):
        row, place = desk.times[i], desk.found[i]
        for t in range(len(limits)):
            limit = np.int32(limits[t])
            for g in range(people.shape[1]):
                _add(row, limit, people[place, g], sums[t, g])


@compiled
def _add(row: Ms, limit: Whole, people: Whole, sums: NDArray[np.int64]) -> None:
    for lane in range(LANES):
        sums[lane] += people if at_most(row[lane], limit) else 0
