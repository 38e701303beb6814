"""How wide the buckets of a search are, and how many it takes."""

import math

from .arcs import Arcs
from .joints import Ends


def rank_bits(n_sites: int) -> int:
    """Return the bits it takes to tell sites apart."""
    return max(n_sites - 1, 1).bit_length()


def width_shift(arcs: Arcs, arcs_wide: float = 2.0) -> int:
    """Return the binary logarithm of a bucket's width in milliseconds.

    Parameters
    ----------
    arcs
        The graph searched.
    arcs_wide
        About how many mean arcs a bucket should hold. The result does not depend on it, only
        the time it takes.
    """
    mean = float(arcs.ms.mean()) if len(arcs.ms) else 1.0
    return round(math.log2(max(mean * arcs_wide, 1.0)))


def circle_of(arcs: Arcs, ends: Ends, shift: int) -> int:
    """Return how many buckets, a power of two, hold the longest arc and the latest seed."""
    longest = max(int(arcs.ms.max(initial=0)), int(ends.ms.max(initial=0)))
    return 1 << ((longest >> shift) + 2).bit_length()
