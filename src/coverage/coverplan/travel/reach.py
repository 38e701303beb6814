"""Travel times between people and sites, and who is reached within a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from .compiled import Ids, Keys, Whole, compiled
from .graph import MS_PER_MINUTE

_LONGEST_MINUTES = 24 * 24 * 60
"""The longest cutoff whose milliseconds fit 32 bits."""


def limit_ms(minutes: float) -> int:
    """Return a limit in whole milliseconds, rounded down: the one place minutes become a limit."""
    return int(np.floor(minutes * MS_PER_MINUTE + 1e-6))


def _at_most(ms: Any, limit: Whole) -> Any:
    """Return whether times, one or an array, are within a limit: exactly on it is within.

    The one comparison behind every threshold of the program, in plain and in compiled code.
    """
    return ms <= limit


at_most = compiled(_at_most)
"""The same for compiled code, one time at once."""


def within(ms: NDArray[np.integer], minutes: float) -> NDArray[np.bool_]:
    """Return whether times lie within a limit. A negative time means "never"."""
    return np.asarray((ms >= 0) & _at_most(ms, limit_ms(minutes)))


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
        ValueError
            When ids repeat, a time is negative, or the cutoff is not above 0 and at most 24 days.

        Examples
        --------
        >>> import coverplan as cp
        >>> minutes = pd.DataFrame({"a": [4.0, None], "b": [15.0, 15.1]}, index=["S", "T"])
        >>> times = cp.TravelTimes.from_minutes(minutes, cutoff_minutes=60)
        >>> times.within(15).people(np.array([300, 200])).tolist()
        [500, 0]
        """
        if not (minutes.index.is_unique and minutes.columns.is_unique):
            raise ValueError("every site is one row, and every place one column")
        if not 0 < cutoff_minutes <= _LONGEST_MINUTES:
            raise ValueError(f"the cutoff is above 0 and at most {_LONGEST_MINUTES:,} minutes")
        table = minutes.to_numpy(dtype=float, na_value=np.nan)
        if (table < 0).any():
            raise ValueError("a time is negative")
        ms = np.rint(np.where(np.isnan(table), np.inf, table) * MS_PER_MINUTE)
        near = _at_most(ms, limit_ms(cutoff_minutes))
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

        Raises
        ------
        ValueError
            When a column is missing or a pair is listed twice, and as for `from_minutes`.

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
        """
        lacking = [name for name in (site, home, minutes) if name not in pairs]
        if lacking:
            there = ", ".join(map(str, pairs.columns))
            raise ValueError(f"no column {', '.join(lacking)}; there are {there}")
        twice = pairs[pairs.duplicated([site, home])]
        if len(twice):
            pair = twice.iloc[0]
            raise ValueError(f"the pair {pair[site]}, {pair[home]} is listed more than once")
        table = pairs.set_index([site, home])[minutes].unstack()  # noqa: PD010 - no pair comes twice
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
        ValueError
            When ``minutes`` is beyond the cutoff of these times, or within it and the times were
            not kept.
        """
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

    def of(self, site: int) -> NDArray[np.int32]:
        """Return the positions of the places the site at one position reaches."""
        return self.who[self.ptr[site] : self.ptr[site + 1]]

    def covered(self, sites: Sequence[int] | None = None) -> NDArray[np.bool_]:
        """Return whether each place is reached by one of the sites (default: by any)."""
        mask = np.zeros(len(self.demand), dtype=bool)
        if sites is None:
            mask[self.who] = True
        else:
            for site in sites:
                mask[self.of(site)] = True
        return mask

    def people(self, weights: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the people within reach of each site, shape ``(n_sites,)``."""
        return chosen_sums(self.ptr, self.who, np.asarray(weights, dtype=np.int64))

    def matrix(self) -> csr_matrix:
        """Return sites x demand as a matrix of ones."""
        shape = (len(self.sites), len(self.demand))
        return csr_matrix((np.ones(len(self.who), dtype=np.int8), self.who, self.ptr), shape=shape)
