"""Travel times between people and sites, and who is reached within a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ..core.arguments import people_of, positions, real_number, refused
from ..core.text import Text
from .compiled import Ids, Keys, compiled
from .graph import MS_PER_MINUTE
from .limits import at_most, limit_ms, within, within_limit
from .nearest import NEVER, Nearest
from .tables import minutes_of, table_of_pairs

__all__ = ["Reach", "TravelTimes", "at_most", "chosen_sums", "limit_ms", "row_sums", "within"]

_LONGEST_MINUTES = 24 * 24 * 60
"""The longest cutoff whose milliseconds fit 32 bits."""


@compiled
def row_sums(ptr: Keys, values: NDArray[Any]) -> Keys:
    """Return the sum of whole numbers, or of truths, over each row; shape ``(n_rows,)``."""
    sums = np.zeros(len(ptr) - 1, dtype=np.int64)
    for row in range(len(sums)):
        for i in range(ptr[row], ptr[row + 1]):
            sums[row] += values[i]
    return sums


@compiled
def chosen_sums(ptr: Keys, who: Ids, weights: Keys) -> Keys:
    """Return the sum over each row of the weights of those in it; shape ``(n_rows,)``."""
    sums = np.zeros(len(ptr) - 1, dtype=np.int64)
    for row in range(len(sums)):
        for i in range(ptr[row], ptr[row + 1]):
            sums[row] += weights[who[i]]
    return sums


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """Times between people and sites up to a cutoff, as sparse rows of sites.

    Absent means beyond the cutoff; a stored 0 means on the spot. (A scipy matrix would drop or
    add such zeros, which is why times are kept in plain arrays.)

    Parameters
    ----------
    demand, sites
        Ids of the people's places and of the sites: they alone translate positions to ids.
    ptr, who, ms
        ``who[ptr[s]:ptr[s + 1]]`` are the positions of the places in reach of site s, ascending,
        and ``ms`` their milliseconds; empty where only the pairs were asked for.
    cutoff_minutes
        Longer times were not looked for.

    Examples
    --------
    >>> import coverplan as cp
    >>> times = cp.small_problem().times
    >>> times.cutoff_minutes
    60.0
    >>> times.to_frame().head(3).round(1)
      site_id demand_id  minutes
    0      E1        V1      5.0
    1      E1        V2      5.0
    2      E1        V3     16.7
    >>> within = times.within(15)
    >>> within.people(cp.small_county().demand.people("elderly")).tolist()
    [314, 243, 333, 105, 110, 52]
    """

    demand: pd.Index
    sites: pd.Index
    ptr: NDArray[np.int64]
    who: NDArray[np.int32]
    ms: NDArray[np.int32]
    cutoff_minutes: float

    def __repr__(self) -> str:
        return (
            f"<TravelTimes: {len(self.demand):,} places, {len(self.sites):,} sites, "
            f"{len(self.who):,} pairs within {self.cutoff_minutes:g} min>"
        )

    @classmethod
    def from_minutes(cls, minutes: pd.DataFrame, *, cutoff_minutes: float) -> "TravelTimes":
        """Return the times of a table of minutes: from another program, or worked out by hand.

        Parameters
        ----------
        minutes
            A row for each site, a column for each of the people's places, named by their ids;
            missing where there is no way. Rounded to whole milliseconds.
        cutoff_minutes
            Longer times are left out.

        Raises
        ------
        InputError
            When it is no table, ids repeat, a cell is no time from 0 upwards, or the cutoff is not
            above 0 and at most 24 days.

        Examples
        --------
        >>> import coverplan as cp
        >>> minutes = pd.DataFrame({"a": [4.0, None], "b": [15.0, 15.1]}, index=["S", "T"])
        >>> times = cp.TravelTimes.from_minutes(minutes, cutoff_minutes=60)
        >>> times.within(15).people(np.array([300, 200])).tolist()
        [500, 0]

        A matrix as an array, of sites that are asked as any others are:

        >>> matrix = np.array([[4.0, 15.0], [np.nan, 15.1]])
        >>> times = cp.TravelTimes.from_minutes(pd.DataFrame(matrix), cutoff_minutes=60)
        >>> times.nearest().minutes.tolist()
        [4.0, 15.0]
        """
        real_number("cutoff_minutes", cutoff_minutes)
        if not 0 < cutoff_minutes <= _LONGEST_MINUTES:
            most = f"{_LONGEST_MINUTES:,}"
            expected = Text(f"大于 0，至多 {most}", f"above 0 and at most {most}")
            raise refused("number", "cutoff_minutes", f"{cutoff_minutes:g}", expected=expected)
        table = minutes_of(minutes)
        ms = np.rint(np.where(np.isnan(table), np.inf, table) * MS_PER_MINUTE)
        near = within_limit(ms, limit_ms(cutoff_minutes))
        ptr = np.concatenate([[0], np.cumsum(near.sum(axis=1))]).astype(np.int64)
        who = np.nonzero(near)[1].astype(np.int32)
        return cls(
            minutes.columns, minutes.index, ptr, who, ms[near].astype(np.int32), cutoff_minutes
        )

    @classmethod
    def from_pairs(
        cls,
        pairs: pd.DataFrame,
        *,
        cutoff_minutes: float,
        site: str = "site_id",
        home: str = "demand_id",
        minutes: str = "minutes",
        demand_ids: pd.Index | None = None,
        site_ids: pd.Index | None = None,
    ) -> "TravelTimes":
        """Return the times of a list with one row per pair, as other programs write them.

        Parameters
        ----------
        pairs
            One row per site and place; pairs that are not listed have no way.
        cutoff_minutes
            Longer times are left out.
        site, home, minutes
            The columns of the sites, of the people's places, and of the minutes.
        demand_ids, site_ids
            All places and sites, in the order of the people and of the supply: who reaches no
            site stands in no pair. Those of the list, sorted, where None.

        Raises
        ------
        InputError
            When it is no table, names a place or a site that is not among them, and as for
            `from_minutes`.
        ValueError
            When a column is missing or a pair is listed twice.

        Examples
        --------
        >>> import pandas as pd
        >>> import coverplan as cp
        >>> pairs = pd.DataFrame(
        ...     [("a", "S", 4.0), ("b", "S", 15.0), ("b", "T", 15.1)], columns=["from", "to", "min"]
        ... )
        >>> cp.TravelTimes.from_pairs(
        ...     pairs, site="to", home="from", minutes="min", cutoff_minutes=60
        ... )
        <TravelTimes: 2 places, 2 sites, 3 pairs within 60 min>

        Nobody at c has a way, and c is one of the places all the same:

        >>> everybody = pd.Index(["c", "b", "a"])
        >>> times = cp.TravelTimes.from_pairs(
        ...     pairs,
        ...     site="to",
        ...     home="from",
        ...     minutes="min",
        ...     cutoff_minutes=60,
        ...     demand_ids=everybody,
        ... )
        >>> times.nearest().minutes.to_list()
        [nan, 15.0, 4.0]
        """
        names = (site, home, minutes)
        table = table_of_pairs(pairs, names, demand_ids=demand_ids, site_ids=site_ids)
        return cls.from_minutes(table, cutoff_minutes=cutoff_minutes)

    def kept_ms(self) -> NDArray[np.int32]:
        """Return the milliseconds of all pairs.

        Raises
        ------
        ValueError
            When only the pairs were asked for.
        """
        if len(self.ms) != len(self.who):
            raise ValueError("these pairs were computed without their times (keep_ms=False)")
        return self.ms

    def within(self, minutes: float) -> "Reach":
        """Return who reaches which site within ``minutes``.

        Raises
        ------
        InputError
            When ``minutes`` is no number from 0 upwards.
        ValueError
            When ``minutes`` is beyond the cutoff of these times, or within it and the times were
            not kept.
        """
        real_number("minutes", minutes)
        if minutes > self.cutoff_minutes:
            raise ValueError(
                f"times were computed up to {self.cutoff_minutes:g} minutes, not {minutes:g}"
            )
        if limit_ms(minutes) == limit_ms(self.cutoff_minutes):
            return Reach(self.demand, self.sites, self.ptr, self.who, minutes)
        keep = within(self.kept_ms(), minutes)
        number = row_sums(self.ptr, keep)
        ptr = np.concatenate([[0], np.cumsum(number)])
        return Reach(self.demand, self.sites, ptr, self.who[keep], minutes)

    def nearest(self) -> Nearest:
        """Return everybody's nearest site among these, `NEVER` where none is within the cutoff.

        Examples
        --------
        >>> import coverplan as cp
        >>> near = cp.travellers(cp.small_county(), "social_work").times(10).nearest()
        >>> near.minutes.head(5).round(1).tolist()
        [5.2, 2.5, 9.2, 6.8, nan]
        >>> near.sites[near.site[0]]
        'S1'
        """
        n = len(self.demand)
        ms, site = np.full(n, NEVER, dtype=np.int64), np.full(n, NEVER, dtype=np.int64)
        rows = np.repeat(np.arange(len(self.sites)), np.diff(self.ptr))
        times = self.kept_ms()
        # The last written stays: of all times the least, of equal ones the first site.
        order = np.lexsort((rows, times))[::-1]
        ms[self.who[order]], site[self.who[order]] = times[order], rows[order]
        ms.setflags(write=False)
        site.setflags(write=False)
        return Nearest(self.demand, self.sites, ms, site)

    def take(self, rows: NDArray[np.integer], sites: pd.Index) -> "TravelTimes":
        """Return the times of some sites, in another order or some of them more than once.

        Parameters
        ----------
        rows
            Positions of the sites wanted, shape ``(n,)``.
        sites
            Their ids in the result, ``n`` of them.
        """
        length = np.diff(self.ptr)[rows]
        ptr = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        # Every pair's position: the start of its row, and how far it stands in it.
        pairs = np.repeat(self.ptr[rows] - ptr[:-1], length) + np.arange(ptr[-1])
        ms = self.ms[pairs] if len(self.ms) else self.ms
        return TravelTimes(self.demand, sites, ptr, self.who[pairs], ms, self.cutoff_minutes)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair: ``site_id``, ``demand_id``, ``minutes``."""
        rows = np.repeat(np.arange(len(self.sites)), np.diff(self.ptr))
        return pd.DataFrame(
            {
                "site_id": self.sites.to_numpy()[rows],
                "demand_id": self.demand.to_numpy()[self.who],
                "minutes": self.kept_ms() / MS_PER_MINUTE,
            }
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """Who is within one limit of which site.

    Parameters
    ----------
    demand, sites
        Ids of the people's places and of the sites.
    ptr, who
        Positions of the places each site reaches, as in `TravelTimes`.
    minutes
        The limit, inclusive.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem()
    >>> reach = problem.reach
    >>> reach
    <Reach: 9 places, 6 sites, 10 pairs within 15 min>
    >>> list(reach.sites)
    ['E1', 'new:C1', 'new:C2', 'new:C3', 'new:C4', 'new:C5']
    >>> reach.of(2).tolist()  # C2 reaches the places 3, 4 and 5: V4, V5, V6
    [3, 4, 5]
    >>> reach.people(problem.people).tolist()
    [314, 243, 333, 105, 110, 52]
    >>> int(problem.people[reach.covered([0, 2])].sum())  # E1 and C2 together
    647
    """

    demand: pd.Index
    sites: pd.Index
    ptr: NDArray[np.int64]
    who: NDArray[np.int32]
    minutes: float

    def __repr__(self) -> str:
        return (
            f"<Reach: {len(self.demand):,} places, {len(self.sites):,} sites, "
            f"{len(self.who):,} pairs within {self.minutes:g} min>"
        )

    def of(self, site: int) -> NDArray[np.int32]:
        """Return the positions of the places the site at one position reaches."""
        return self.who[self.ptr[site] : self.ptr[site + 1]]

    def covered(self, sites: Sequence[int] | None = None) -> NDArray[np.bool_]:
        """Return whether each place is reached by one of the sites (default: by any).

        Parameters
        ----------
        sites
            Positions of the sites.

        Raises
        ------
        InputError
            When there is no such site.
        """
        mask = np.zeros(len(self.demand), dtype=bool)
        if sites is None:
            mask[self.who] = True
        else:
            for site in positions("sites", sites, len(self.sites)):
                mask[self.of(site)] = True
        return mask

    def people(self, weights: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the people within reach of each site, shape ``(n_sites,)``.

        Parameters
        ----------
        weights
            Whole people at each of the places, in their order, shape ``(n_demand,)``.

        Raises
        ------
        InputError
            When they are not one whole number for each place.
        """
        return chosen_sums(self.ptr, self.who, people_of("weights", weights, len(self.demand)))

    def matrix(self) -> csr_matrix:
        """Return sites x demand as a matrix of ones."""
        shape = (len(self.sites), len(self.demand))
        return csr_matrix((np.ones(len(self.who), dtype=np.int8), self.who, self.ptr), shape=shape)
