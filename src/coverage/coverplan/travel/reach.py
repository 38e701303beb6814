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
    """

    demand: pd.Index
    sites: pd.Index
    ptr: NDArray[np.int64]
    who: NDArray[np.int32]
    ms: NDArray[np.int32]
    cutoff_minutes: float

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
