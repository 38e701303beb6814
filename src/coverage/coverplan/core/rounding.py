"""Whole people that add up: the method of the largest remainder."""

import numpy as np
from numpy.typing import NDArray

from .errors import InternalError


def largest_remainder(
    shares: NDArray[np.float64], total: int, *, most: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return whole numbers in proportion to ``shares`` that add up to ``total`` exactly.

    Each gets the whole part of its share of the total; what is left goes to the largest
    remainders, the first of equal ones first (Hamilton 1792).

    Parameters
    ----------
    shares
        Weights, 0 or more, shape ``(n,)``; at least one above 0 unless ``total`` is 0.
    total
        What the result must add up to.
    most
        No entry may exceed this, shape ``(n,)``: older people are not more than all people. It
        is passed over where keeping to it would make the total impossible.

    Examples
    --------
    Ten people over three villages alike: somebody gets the one who is left, and nobody is lost.

    >>> import numpy as np
    >>> from coverplan import largest_remainder
    >>> largest_remainder(np.array([1.0, 1.0, 1.0]), 10).tolist()
    [4, 3, 3]

    A census total of 101 over villages that counted 50, 30 and 10:

    >>> largest_remainder(np.array([50.0, 30.0, 10.0]), 101).tolist()
    [56, 34, 11]
    >>> largest_remainder(np.array([50.0, 30.0, 10.0]), 60, most=np.array([20, 30, 30])).tolist()
    [20, 27, 13]
    """
    weight = float(shares.sum())
    if total == 0 or not len(shares):
        if total:
            raise InternalError("largest remainder: nobody to give the total to")
        return np.zeros(len(shares), dtype=np.int64)
    if not weight > 0:
        raise InternalError("largest remainder: all shares are 0")
    exact = shares / weight * total
    whole = np.floor(exact + 1e-9).astype(np.int64)
    if most is not None and most.sum() >= total:
        whole = np.minimum(whole, most)
    left = total - int(whole.sum())
    # Rounding of the division may leave a whole part one too high in all.
    while left < 0:
        whole[int(np.argmax(whole - exact))] -= 1
        left += 1
    while left > 0:
        room = np.ones(len(whole), dtype=bool) if most is None else whole < most
        if not room.any():
            room[:] = shares > 0
        remainder = np.where(room & (shares > 0), exact - whole, -np.inf)
        if not np.isfinite(remainder).any():
            remainder = np.where(shares > 0, exact - whole, -np.inf)
        take = np.argsort(-remainder, kind="stable")[: min(left, int(np.isfinite(remainder).sum()))]
        whole[take] += 1
        left -= len(take)
    return whole
