"""Whether differences lean one way, by counting: the sign test and Wilcoxon's signed ranks."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, ndtr

_EXACT = 50
"""So many differences are enough for the normal distribution."""


def sign_chance(more: int, fewer: int) -> float:
    """Return the chance of so many or more signs one way, were both ways as likely.

    Parameters
    ----------
    more, fewer
        Differences above nothing, and below.

    Examples
    --------
    >>> sign_chance(3, 0)
    0.125
    """
    return float(bdtr(fewer, more + fewer, 0.5))


def rank_chance(differences: NDArray[np.float64]) -> float:
    """Return the chance of such signed ranks or higher ones, were both ways as likely.

    Parameters
    ----------
    differences
        None of them 0, shape ``(n,)``; equal sizes share their ranks.

    Notes
    -----
    Wilcoxon, F. (1945), Individual comparisons by ranking methods, Biometrics Bulletin 1, 80-83.
    Up to 50 differences every pattern of signs is counted; above, the normal distribution stands
    for them.

    Examples
    --------
    >>> rank_chance(np.array([1.0, 2.0, 3.0]))
    0.125
    """
    n = len(differences)
    if not n:
        return 1.0
    _, place, times = np.unique(np.abs(differences), return_inverse=True, return_counts=True)
    # Twice the shared rank is a whole number.
    last = np.cumsum(times)
    ranks = (2 * last - times + 1)[place]
    above = int(ranks[differences > 0].sum())
    if n > _EXACT:
        spread = np.sqrt((ranks.astype(np.float64) ** 2).sum()) / 2.0
        return float(ndtr(-(above - ranks.sum() / 2.0) / spread))
    chance = np.ones(1)
    for rank in ranks.tolist():
        longer = np.zeros(len(chance) + rank)
        longer[: len(chance)] += chance / 2.0
        longer[rank:] += chance / 2.0
        chance = longer
    return float(min(1.0, chance[above:].sum()))
