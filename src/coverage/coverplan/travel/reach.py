"""Travel times between people and sites, and who is reached within a limit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from .graph import MS_PER_MINUTE


def limit_ms(minutes: float) -> int:
    """Return a limit in whole milliseconds, rounded down: the one place minutes become a limit."""
    return int(np.floor(minutes * MS_PER_MINUTE + 1e-6))


def within(ms: NDArray[np.int64], minutes: float) -> NDArray[np.bool_]:
    """Return whether times lie within a limit; exactly on the limit is within.

    The one comparison behind every threshold of the program. A negative time means "never".
    """
    return np.asarray((ms >= 0) & (ms <= limit_ms(minutes)))


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """Times from people to sites up to a cutoff, as sparse rows of sites.

    Absent means beyond the cutoff; a stored 0 means on the spot. (A scipy matrix would drop or
    add such zeros, which is why times are kept in plain arrays.)

    Parameters
    ----------
    demand, sites
        Ids of the people's places and of the sites: they alone translate positions to ids.
    ptr, who, ms
        ``who[ptr[s]:ptr[s + 1]]`` are the positions of the places that reach site s, ascending,
        and ``ms`` their milliseconds.
    cutoff_minutes
        Longer times were not looked for.
    """

    demand: pd.Index
    sites: pd.Index
    ptr: NDArray[np.int64]
    who: NDArray[np.int32]
    ms: NDArray[np.int64]
    cutoff_minutes: float

    def within(self, minutes: float) -> "Reach":
        """Return who reaches which site within ``minutes``.

        Raises
        ------
        ValueError
            When ``minutes`` is beyond the cutoff of these times.
        """
        if minutes > self.cutoff_minutes:
            raise ValueError(
                f"times were computed up to {self.cutoff_minutes:g} minutes, not {minutes:g}"
            )
        keep = within(self.ms, minutes)
        rows = np.repeat(np.arange(len(self.sites)), np.diff(self.ptr))[keep]
        ptr = np.zeros(len(self.sites) + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows, minlength=len(self.sites)), out=ptr[1:])
        return Reach(self.demand, self.sites, ptr, self.who[keep], minutes)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair: ``site_id``, ``demand_id``, ``minutes``."""
        rows = np.repeat(np.arange(len(self.sites)), np.diff(self.ptr))
        return pd.DataFrame(
            {
                "site_id": self.sites.to_numpy()[rows],
                "demand_id": self.demand.to_numpy()[self.who],
                "minutes": self.ms / MS_PER_MINUTE,
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
        owner = np.repeat(np.arange(len(self.sites)), np.diff(self.ptr))
        sums = np.zeros(len(self.sites), dtype=np.int64)
        np.add.at(sums, owner, weights[self.who])
        return sums

    def matrix(self) -> csr_matrix:
        """Return sites x demand as a matrix of ones."""
        shape = (len(self.sites), len(self.demand))
        return csr_matrix((np.ones(len(self.who), dtype=np.int8), self.who, self.ptr), shape=shape)
