"""Whole people that add up: the method of the largest remainder."""

import numpy as np
from numpy.typing import NDArray

from .arguments import refused
from .errors import InternalError
from .text import Text


def largest_remainder(
    shares: NDArray[np.float64], total: int, *, most: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return whole numbers in proportion to ``shares`` that add up to ``total`` exactly.

    Each gets the whole part of its share of the total; what is left goes to the largest
    remainders, the first of equal ones first (Hamilton 1792). What an entry that is full cannot
    take goes to the others, in proportion to their shares.

    Parameters
    ----------
    shares
        Weights, 0 or more, shape ``(n,)``; at least one above 0 unless ``total`` is 0.
    total
        What the result must add up to.
    most
        No entry may exceed this, shape ``(n,)``: older people are not more than all people. It
        is passed over where keeping to it would make the total impossible.

    Raises
    ------
    InputError
        When a share is below 0 or not known.

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
    [20, 30, 10]
    """
    shares, most = _checked(shares), None if most is None else np.asarray(most)
    weight = float(shares.sum())
    if total == 0 or not len(shares):
        if total:
            raise InternalError("largest remainder: nobody to give the total to")
        return np.zeros(len(shares), dtype=np.int64)
    if not weight > 0:
        raise InternalError("largest remainder: all shares are 0")
    exact = _quotas(shares, weight, total, most)
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


def _quotas(
    shares: NDArray[np.float64], weight: float, total: int, most: NDArray[np.int64] | None
) -> NDArray[np.float64]:
    """Return exact parts of the total in proportion to shares, none above what it may be."""
    exact = shares / weight * total
    if most is None or most.sum() < total:
        return exact
    full = np.zeros(len(shares), dtype=bool)
    # Each turn fills one entry more at least.
    while (over := ~full & (exact > most)).any():
        full |= over
        rest = float(shares[~full].sum())
        if not rest > 0:
            break
        left = total - int(most[full].sum())
        exact = np.where(full, most, shares / rest * left)
    return exact


def _checked(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.asarray(shares, dtype=np.float64)
    wrong = weights[~(np.isfinite(weights) & (weights >= 0))]
    if len(wrong):
        expected = Text("0 或以上的数", "numbers, 0 or more")
        raise refused("number", "shares", f"{wrong[0]:g}", expected=expected)
    return weights
