"""Which sets contain another set."""

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import compiled
from .arrays import Ids, Ints


@compiled
def contain_another(
    ptr: Ints, members: Ids, by_ptr: Ints, by_sets: Ids, most_steps: int
) -> NDArray[np.bool_]:
    """Return which sets contain another one, shape ``(n_sets,)``; of equal sets all but the first.

    Parameters
    ----------
    ptr, members
        Members of each set.
    by_ptr, by_sets
        Sets each member is in.
    most_steps
        Work after which the others are taken to contain none.

    Notes
    -----
    Whatever contains a set has its rarest member too. Sets are taken from the smallest on, and
    one that contains another need not be looked for in others.
    """
    n = len(ptr) - 1
    sizes = ptr[1:] - ptr[:-1]
    found = np.zeros(n, dtype=np.bool_)
    mark = np.full(len(by_ptr) - 1, -1, dtype=np.int64)
    steps = 0
    for s in np.argsort(sizes, kind="mergesort"):
        if found[s] or sizes[s] == 0:
            continue
        rarest = members[ptr[s]]
        for k in range(ptr[s], ptr[s + 1]):
            mark[members[k]] = s
            if by_ptr[members[k] + 1] - by_ptr[members[k]] < by_ptr[rarest + 1] - by_ptr[rarest]:
                rarest = members[k]
        for at in range(by_ptr[rarest], by_ptr[rarest + 1]):
            t = by_sets[at]
            if t == s or found[t] or sizes[t] < sizes[s]:
                continue
            shared = 0
            for k in range(ptr[t], ptr[t + 1]):
                shared += mark[members[k]] == s
            steps += sizes[t]
            if shared == sizes[s] and (sizes[t] > sizes[s] or t > s):
                found[t] = True
        if steps > most_steps:
            break
    return found
