"""Places that the same sites reach become one row; sites no better than another go."""

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import compiled
from .arrays import TINY, Cover, Floats, Ids, Ints


@compiled
def classes_of(ptr: Ints, who: Ids, use: Ints, n_places: int) -> Ints:
    """Return a class for each place, the same for places that the same sites reach.

    Parameters
    ----------
    ptr, who
        Places each site reaches.
    use
        The sites that count.
    n_places
        Number of places.

    Notes
    -----
    Partition refinement (Paige and Tarjan, 1987): each site splits the classes it reaches only
    part of. Exact, and linear in the number of pairs. Places no site reaches stay in class 0.
    """
    of = np.zeros(n_places, dtype=np.int64)
    size = np.zeros(n_places + 2, dtype=np.int64)
    free = np.arange(n_places + 1, 0, -1).astype(np.int64)  # a stack of unused classes
    n_free = n_places + 1
    seen = np.full(n_places + 2, -1, dtype=np.int64)
    split = np.zeros(n_places + 2, dtype=np.int64)
    size[0] = n_places + 1  # class 0 is never used up
    for site in use:
        for k in range(ptr[site], ptr[site + 1]):
            place = who[k]
            old = of[place]
            if seen[old] != site:
                seen[old] = site
                n_free -= 1
                split[old] = free[n_free]
                seen[split[old]] = -1
            new = split[old]
            of[place] = new
            size[new] += 1
            size[old] -= 1
            if size[old] == 0:
                free[n_free] = old
                n_free += 1
    return of


@compiled
def pairs_of(
    ptr: Ints, who: Ids, use: Ints, row_of: Ints, first: Ints, n_rows: int
) -> tuple[Ints, Ids, Ints, Ids]:
    """Return the rows of each site used and the sites of each row, as two sparse tables.

    Parameters
    ----------
    ptr, who, use
        As in `classes_of`.
    row_of
        Row of each place, -1 for those that count no more.
    first
        The place that stands for each row.
    n_rows
        Number of rows.
    """
    new_ptr = np.zeros(len(use) + 1, dtype=np.int64)
    row_ptr = np.zeros(n_rows + 1, dtype=np.int64)
    for j in range(len(use)):
        new_ptr[j + 1] = new_ptr[j]
        for k in range(ptr[use[j]], ptr[use[j] + 1]):
            row = row_of[who[k]]
            if row >= 0 and first[row] == who[k]:
                new_ptr[j + 1] += 1
                row_ptr[row + 1] += 1
    for row in range(n_rows):
        row_ptr[row + 1] += row_ptr[row]
    new_who = np.empty(new_ptr[-1], dtype=np.int32)
    row_sites = np.empty(new_ptr[-1], dtype=np.int32)
    at = row_ptr[:-1].copy()
    here = 0
    for j in range(len(use)):
        for k in range(ptr[use[j]], ptr[use[j] + 1]):
            row = row_of[who[k]]
            if row >= 0 and first[row] == who[k]:
                new_who[here] = row
                here += 1
                row_sites[at[row]] = j
                at[row] += 1
    return new_ptr, new_who, row_ptr, row_sites


@compiled
def _has(who: Ids, begin: int, end: int, row: int) -> bool:
    """Return whether a sorted stretch holds a row."""
    while begin < end:
        middle = (begin + end) // 2
        if who[middle] < row:
            begin = middle + 1
        elif who[middle] > row:
            end = middle
        else:
            return True
    return False


@compiled
def _probes(cover: Cover, a: int, b: int) -> int:
    """Return how many rows of a were looked up in b, negative when one was missing."""
    size = cover.ptr[a + 1] - cover.ptr[a]
    # Neighbours in the list are neighbours on the ground: jumping finds a missing one sooner.
    stride = max(size // 8, 1)
    done = 0
    for offset in range(stride):
        for at in range(cover.ptr[a] + offset, cover.ptr[a + 1], stride):
            done += 1
            if not _has(cover.who, cover.ptr[b], cover.ptr[b + 1], cover.who[at]):
                return -done
    return done


@compiled
def _removable(cover: Cover, a: int) -> bool:
    """Return whether closing a site never breaks a rule."""
    for k in range(cover.rule_ptr[a], cover.rule_ptr[a + 1]):
        rule, value = cover.rule_of[k], cover.rule_value[k]
        if value > 0 and cover.low[rule] > -np.inf:
            return False
        if value < 0 and cover.up[rule] < np.inf:
            return False
    return True


@compiled
def _exchangeable(cover: Cover, a: int, b: int, mine: Floats) -> bool:
    """Return whether opening b in place of a never breaks a rule.

    ``mine`` is scratch, zero before and after.
    """
    for k in range(cover.rule_ptr[a], cover.rule_ptr[a + 1]):
        mine[cover.rule_of[k]] = cover.rule_value[k]
    fine = True
    for k in range(cover.rule_ptr[b], cover.rule_ptr[b + 1]):
        rule = cover.rule_of[k]
        more = cover.rule_value[k] - mine[rule]
        if more > TINY and cover.up[rule] < np.inf:
            fine = False
        if more < -TINY and cover.low[rule] > -np.inf:
            fine = False
        mine[rule] = 0.0
    for k in range(cover.rule_ptr[a], cover.rule_ptr[a + 1]):
        # What a has and b has not: less of it, which an upper bound never minds.
        rule = cover.rule_of[k]
        if mine[rule] < 0 and cover.up[rule] < np.inf:
            fine = False
        mine[rule] = 0.0
    return fine


@compiled
def _rarest(cover: Cover, a: int) -> int:
    """Return the row of a site that fewest others reach."""
    best = cover.who[cover.ptr[a]]
    for k in range(cover.ptr[a], cover.ptr[a + 1]):
        row = cover.who[k]
        if cover.row_ptr[row + 1] - cover.row_ptr[row] < (
            cover.row_ptr[best + 1] - cover.row_ptr[best]
        ):
            best = row
    return int(best)


@compiled
def undominated(cover: Cover, most_probes: int) -> NDArray[np.bool_]:
    """Return which sites no other makes needless, shape ``(n_sites,)``.

    Parameters
    ----------
    cover
        The problem.
    most_probes
        Work after which the remaining sites are kept unseen.

    Notes
    -----
    A site is needless where closing it breaks no rule and another reaches all its rows and may
    take its place under every rule. Only sites that share its rarest row can be that other.
    """
    n = len(cover.ptr) - 1
    keep = np.ones(n, dtype=np.bool_)
    mine = np.zeros(len(cover.low))
    work = 0
    for a in range(n):
        size = cover.ptr[a + 1] - cover.ptr[a]
        if not _removable(cover, a):
            continue
        if size == 0:
            keep[a] = False
            continue
        if work > most_probes:
            break
        row = _rarest(cover, a)
        work += size
        for k in range(cover.row_ptr[row], cover.row_ptr[row + 1]):
            b = cover.row_sites[k]
            if b == a or not keep[b] or cover.ptr[b + 1] - cover.ptr[b] < size:
                continue
            found = _probes(cover, a, b)
            work += abs(found)
            if found > 0 and _exchangeable(cover, a, b, mine):
                keep[a] = False
                break
    return keep
