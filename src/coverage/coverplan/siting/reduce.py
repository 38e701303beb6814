"""Making a covering problem smaller without changing its answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from ..travel import Reach


@dataclass(frozen=True, slots=True)
class Reduced:
    """A covering problem after reduction.

    Parameters
    ----------
    cover
        Candidates x rows, ones where a candidate covers a row (a row: all the places that exactly
        the same candidates reach).
    people
        People of each row.
    candidates
        Position of each remaining candidate in the problem as given.
    """

    cover: csr_matrix
    people: NDArray[np.int64]
    candidates: NDArray[np.int64]


def merge_rows(
    reach: Reach, open_people: NDArray[np.int64]
) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Merge places that the same candidates reach; drop those nobody needs or nobody reaches."""
    columns: csc_matrix = reach.matrix().tocsc()
    columns.sort_indices()
    kept: dict[bytes, int] = {}
    first: list[int] = []
    people: list[int] = []
    for place in np.flatnonzero((open_people > 0) & (np.diff(columns.indptr) > 0)):
        key = columns.indices[columns.indptr[place] : columns.indptr[place + 1]].tobytes()
        row = kept.setdefault(key, len(first))
        if row == len(first):
            first.append(int(place))
            people.append(0)
        people[row] += int(open_people[place])
    cover = columns[:, first].tocsr() if first else csr_matrix((len(reach.sites), 0), dtype=np.int8)
    return cover, np.array(people, dtype=np.int64)


def drop_dominated(cover: csr_matrix) -> NDArray[np.int64]:
    """Return the candidates that are not dominated: whose rows no other candidate covers too.

    Of candidates that cover the same rows the first stays. One that covers nothing goes.
    """
    ones = cover.astype(np.int32)
    size = np.diff(ones.indptr)
    shared = (ones @ ones.T).tocoo()
    within = (shared.data == size[shared.row]) & (shared.row != shared.col)
    larger = size[shared.col] > size[shared.row]
    same_but_earlier = (size[shared.col] == size[shared.row]) & (shared.col < shared.row)
    dominated = np.zeros(cover.shape[0], dtype=bool)
    dominated[shared.row[within & (larger | same_but_earlier)]] = True
    return np.flatnonzero(~dominated & (size > 0))


def reduce(reach: Reach, open_people: NDArray[np.int64]) -> Reduced:
    """Return the same covering problem with equal rows merged and dominated candidates dropped."""
    cover, people = merge_rows(reach, open_people)
    keep = drop_dominated(cover)
    return Reduced(cover[keep], people, keep.astype(np.int64))
