"""Gathering places that lie close together, without chains that run away."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .lines import Flags, Floats, Ints

_Pairs = NDArray[np.int64]


def gather(
    xy: Floats, weight: Ints, metres: float, may: Callable[[Ints, Ints], Flags] | None = None
) -> Ints:
    """Return for each place the one it goes to; the places others go to stay where they are.

    Parameters
    ----------
    xy
        Places, each once, in the order of their coordinates, shape ``(n, 2)``.
    weight
        How much each counts, shape ``(n,)``.
    metres
        How far apart places are brought together.
    may
        Whether two places may be brought together; None: always.

    Returns
    -------
    goal
        Number of the place each goes to, its own where it stays, shape ``(n,)``.

    Notes
    -----
    Places are looked at by falling weight, then from west to east and south to north. One that
    has no place within ``metres`` among those that stay, stays too; each of the others goes to
    the nearest that stays. So none moves farther than ``metres``, those that stay are farther
    apart than that, and a chain of near places is thinned, never drawn to one point. Nothing
    depends on the order of the rows, and doing it again changes nothing.
    """
    goal = np.arange(len(xy))
    pairs: _Pairs = cKDTree(xy).query_pairs(metres, output_type="ndarray").astype(np.int64)
    if may is not None and len(pairs):
        pairs = pairs[may(pairs[:, 0], pairs[:, 1])]
    if not len(pairs):
        return goal
    rank = np.empty(len(xy), dtype=np.int64)
    rank[np.lexsort((xy[:, 1], xy[:, 0], -weight))] = np.arange(len(xy))
    stays = _stays(pairs, rank)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[~stays[both[:, 0]] & stays[both[:, 1]]]
    far = np.hypot(*(xy[both[:, 0]] - xy[both[:, 1]]).T)
    order = np.lexsort((rank[both[:, 1]], far, both[:, 0]))
    who, first = np.unique(both[order, 0], return_index=True)
    goal[who] = both[order, 1][first]
    return goal


def _stays(pairs: _Pairs, rank: Ints) -> Flags:
    """Return which places stay: each that has none before it, by rank, that stays and is near."""
    by_rank = np.sort(rank[pairs], axis=1)
    by_rank = by_rank[np.lexsort((by_rank[:, 1], by_rank[:, 0]))]
    goes = np.zeros(len(rank), dtype=np.bool_)
    # By rising rank of the nearer one: whether that one stays is settled when it is come to.
    starts = np.flatnonzero(np.diff(by_rank[:, 0], prepend=-1))
    stops = np.append(starts[1:], len(by_rank))
    for place, start, stop in zip(by_rank[starts, 0], starts.tolist(), stops.tolist(), strict=True):
        if not goes[place]:
            goes[by_rank[start:stop, 1]] = True
    return np.asarray(~goes[rank], dtype=np.bool_)


def moved(xy: Floats, wanted: Floats, member: Ints, member_xy: Floats, metres: float) -> Floats:
    """Return where nodes go that would rather lie elsewhere, as far as that is allowed.

    Parameters
    ----------
    xy, wanted
        Where each node is, and where it would rather be, shape ``(n, 2)``.
    member, member_xy
        Node of each line end that goes to one, and where that end was drawn.
    metres
        No end is moved farther than this from where it was drawn, and no two nodes come as close.

    Returns
    -------
    xy
        Where each node is now, shape ``(n, 2)``.
    """
    moves = (wanted != xy).any(axis=1)
    far = np.hypot(*(member_xy - wanted[member]).T)
    moves[member[far > metres]] = False
    who = np.flatnonzero(moves)
    if not len(who):
        return xy
    old, new = cKDTree(xy), cKDTree(wanted[who])
    alone = old.query_ball_point(wanted[who], metres, return_length=True)
    itself = np.hypot(*(wanted[who] - xy[who]).T) <= metres
    free = (alone - itself == 0) & (
        new.query_ball_point(wanted[who], metres, return_length=True) == 1
    )
    result = xy.copy()
    result[who[free]] = wanted[who[free]]
    return result
