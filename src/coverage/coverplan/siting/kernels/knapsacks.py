"""What each site could gain by itself when people have a price: fractional knapsacks."""

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@compiled
def site_gains(
    ptr: Ints,
    row: Ints,
    gain: Floats,
    price: Floats,
    people: Ints,
    capacity: Ints,
    flow: Ints,
) -> Floats:
    """Return the most each site can gain over the prices of its people, shape ``(n_sites,)``.

    Parameters
    ----------
    ptr, row, gain
        Pairs sorted by site.
    price
        Of one person of each row.
    people, capacity
        Of each row and of each site.
    flow
        Is filled with the people each site takes, shape ``(n_pairs,)``.
    """
    found = np.zeros(len(capacity))
    for j in range(len(capacity)):
        start, end = ptr[j], ptr[j + 1]
        flow[start:end] = 0
        over = np.empty(end - start)
        pays = np.empty(end - start, dtype=np.int64)
        number, wanted = 0, 0
        for pair in range(start, end):
            worth = gain[pair] - price[row[pair]]
            if worth > 0:
                over[number], pays[number] = -worth, pair
                wanted += people[row[pair]]
                number += 1
        left = capacity[j]
        # Only where not all of them fit does their order matter.
        order = np.argsort(over[:number]) if wanted > left else np.arange(number)
        for at in order:
            if left <= 0:
                break
            pair = pays[at]
            taken = min(people[row[pair]], left)
            flow[pair] = taken
            found[j] -= over[at] * taken
            left -= taken
    return found
