r"""Minutes to the nearest and the second nearest site, over people.

With :math:`p_i` people at place :math:`i` and :math:`t_i` minutes to their site, the mean over
those who reach one is :math:`\sum_i p_i t_i / \sum_i p_i`; the quantile :math:`q` is the least
:math:`t` with :math:`\sum_{t_i \le t} p_i \ge q P`, where :math:`P` is **everybody** with a place:
who reaches no site stands behind all others, and a quantile that falls among them is not known.
So a median of 12 says that half of all people are within 12 minutes, however many reach none.

Distance to the nearest facility as a measure of access: Hakimi, S. L. (1964): Optimum locations of
switching centers and the absolute centers and medians of a graph. Operations Research 12, 450-459;
the second nearest as backup: Hogan, K. and ReVelle, C. (1986): Concepts and applications of backup
coverage. Management Science 32, 1434-1444.
"""

from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..travel import KNearest
from ..travel.graph import MS_PER_MINUTE
from ..travel.nearest import NEVER
from .residents import Residents, Slice

MEDIAN, NINETIETH = Fraction(1, 2), Fraction(9, 10)


def nearest_minutes(near: KNearest, who: Residents) -> pd.DataFrame:
    """Return minutes to the k nearest sites by unit and in total.

    Parameters
    ----------
    near
        The k nearest sites of everybody, at the points of ``who`` in the same order.
    who
        The people of one group.

    Returns
    -------
    pandas.DataFrame
        A row per unit and rank, the total last: ``unit_code``, ``unit_name``, ``rank`` (1 =
        nearest), ``people`` (census; <NA> unknown), ``unplaced``, ``reaching`` (people with at
        least ``rank`` sites in reach), ``short`` (people with exactly ``rank - 1``: none at rank
        1, only one at rank 2), ``mean_minutes`` and ``max_minutes`` (of those reaching),
        ``median_minutes`` and ``p90_minutes`` (of everybody with a place; <NA> where more than
        that share do not reach ``rank`` sites), ``note_zh``, ``note_en``.

    Raises
    ------
    ValueError
        When the sites are not those of the same points.
    """
    if len(near.ms) != len(who.people):
        raise ValueError(f"{len(near.ms)} places with sites, {len(who.people)} with people")
    rows = [_row(near, who, part, rank) for part in who.slices() for rank in _ranks(near)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    whole = ["people", "unplaced", "reaching", "short"]
    minutes = [name for name in COLUMNS if name.endswith("_minutes")]
    return frame.astype(dict.fromkeys(whole, "Int64") | dict.fromkeys(minutes, "Float64"))


COLUMNS = [
    "unit_code",
    "unit_name",
    "rank",
    "people",
    "unplaced",
    "reaching",
    "short",
    "mean_minutes",
    "median_minutes",
    "p90_minutes",
    "max_minutes",
    "note_zh",
    "note_en",
]


def _ranks(near: KNearest) -> range:
    return range(near.ms.shape[1])


def _row(near: KNearest, who: Residents, part: Slice, rank: int) -> list[object]:
    people = who.people[part.at]
    ms = near.ms[part.at, rank]
    before = np.ones(len(ms), dtype=bool) if rank == 0 else near.ms[part.at, rank - 1] != NEVER
    here = ms != NEVER
    reaching, short = int(people[here].sum()), int(people[before & ~here].sum())
    figures: list[object] = [part.people, part.unplaced, reaching, short]
    if not part.known:
        figures = [None, None, None, None]
    minutes = [None, None, None, None] if not part.known else _minutes(ms, people)
    notes = [part.note.zh, part.note.en]
    return [part.code, part.name, rank + 1, *figures, *minutes, *notes]


def _minutes(ms: NDArray[np.int64], people: NDArray[np.int64]) -> list[float | None]:
    """Return mean, median, 90th percentile and maximum in minutes."""
    here = (ms != NEVER) & (people > 0)
    reaching = int(people[here].sum())
    if not reaching:
        return [None, None, None, None]
    # Whole people times whole milliseconds: exact until the one division.
    mean = Fraction(int((people[here] * ms[here]).sum()), reaching * MS_PER_MINUTE)
    everybody = int(people.sum())
    quantiles = [quantile(ms[here], people[here], q, everybody) for q in (MEDIAN, NINETIETH)]
    most = int(ms[here].max())
    return [float(mean), *(None if q is None else q / MS_PER_MINUTE for q in quantiles),
            most / MS_PER_MINUTE]  # fmt: skip


def quantile(
    ms: NDArray[np.int64], people: NDArray[np.int64], share: Fraction, everybody: int
) -> int | None:
    """Return the least time within which a share of everybody is; None where there is none.

    Parameters
    ----------
    ms, people
        Milliseconds and whole people of those who reach a site, shape ``(n,)``.
    share
        Share of everybody, 0 to 1.
    everybody
        People in all, those who reach none included.

    Examples
    --------
    >>> quantile(np.array([60, 20]), np.array([1, 3]), Fraction(3, 4), 4)
    20
    """
    order = np.argsort(ms, kind="stable")
    within = np.cumsum(people[order])
    # share * everybody people, rounded up: whole people compared with whole people.
    need = -(-share.numerator * everybody // share.denominator)
    place = int(np.searchsorted(within, need, side="left"))
    return int(ms[order][place]) if place < len(within) else None
