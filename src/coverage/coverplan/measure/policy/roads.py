"""Travel on the road network, as indicators of targets ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.errors import InternalError
from ...domain.demand import Demand
from ...domain.layer import Direction
from ...domain.network import Network
from ...domain.profile import Profile
from ...travel import ModeGraph, Snapped, mode_graph, nearest_site, snap
from ...travel.graph import MS_PER_MINUTE
from ...travel.nearest import NEVER
from ...travel.reach import within

_KEPT = 16
"""Searches kept, so that targets on the same sites share one."""


@dataclass(frozen=True, slots=True)
class VillageCodes:
    """Which village a place of people is.

    Parameters
    ----------
    of_place
        Code of the village by code of the township and name.
    twins
        Codes of villages left out: another of the same name lies in the same township, so that
        people of the one cannot be told from people of the other.
    """

    of_place: Mapping[tuple[str, str], str]
    twins: tuple[str, ...]


def village_codes(villages: pd.DataFrame) -> VillageCodes:
    """Return which village each name in a township is.

    Parameters
    ----------
    villages
        Index code; columns ``name`` and ``parent`` (code of the township).

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["甲", "乙", "乙"], "parent": ["t"] * 3}, ["1", "2", "3"])
    >>> village_codes(frame).twins
    ('2', '3')
    """
    named = villages[villages["name"].notna() & (villages["parent"].fillna("") != "")]
    twice = named.duplicated(["parent", "name"], keep=False).to_numpy(dtype=bool)
    single = named[~twice]
    keys = zip(single["parent"].astype(str), single["name"].astype(str), strict=True)
    codes = {key: str(code) for key, code in zip(keys, single.index, strict=True)}
    return VillageCodes(MappingProxyType(codes), tuple(map(str, named.index[twice])))


_NO_VILLAGES = VillageCodes(MappingProxyType({}), ())


@dataclass(frozen=True, slots=True)
class _Walker:
    graph: ModeGraph
    places: Snapped


@dataclass(frozen=True, slots=True)
class RoadTravel:
    """The people of a study on its road network; implements `ledger.Travel`.

    Networks and places joined to them are kept by profile, and the
    last searches too.

    Parameters
    ----------
    network, profiles, demand
        Roads, ways of travelling by id, and where people live; one CRS in metres.
    ignore_fragments_metres
        As `mode_graph` takes it.
    codes
        Which village each place is, as `village_codes` says; without it nothing is known by
        village.
    """

    network: Network
    profiles: Mapping[str, Profile]
    demand: Demand
    ignore_fragments_metres: float = field(default=0.0, kw_only=True)
    codes: VillageCodes = field(default=_NO_VILLAGES, kw_only=True)
    _walkers: dict[str, _Walker] = field(default_factory=dict, init=False, repr=False)
    _found: dict[tuple[str, str, bytes], NDArray[np.int64]] = field(
        default_factory=dict, init=False, repr=False
    )

    def reached(
        self,
        xy: NDArray[np.float64],
        profile: str,
        minutes: float,
        group: str,
        direction: Direction = "to_site",
    ) -> pd.DataFrame:
        """Return people within the minutes of a point, by township.

        Parameters
        ----------
        xy
            Points in metres, shape ``(n, 2)``; none at all reach nobody.
        profile, minutes, group
            How people travel, the limit (inclusive), and who is counted.
        direction
            Whether they come to the points, or services go out to them.

        Returns
        -------
        DataFrame
            Index the township codes; ``reached`` and ``people`` (the census total, people
            without a place included), whole numbers, both <NA> where the total is not known.
        """
        inside = within(self._ms(xy, profile, direction), minutes)
        people = np.where(inside, self._people(group), 0)
        by_unit = pd.Series(people).groupby(self.demand.points["unit"].to_numpy()).sum()
        totals = self.demand.totals[group].astype("Int64")
        reached = by_unit.reindex(totals.index, fill_value=0).astype("Int64")
        return pd.DataFrame({"reached": reached.mask(totals.isna()), "people": totals})

    def villages(
        self,
        xy: NDArray[np.float64],
        profile: str,
        minutes: float,
        group: str,
        direction: Direction = "to_site",
    ) -> pd.DataFrame:
        """Return people within the minutes of a point, by village.

        Parameters
        ----------
        xy, profile, minutes, group, direction
            As in `reached`.

        Returns
        -------
        DataFrame
            Index the codes of villages that people's places name; ``reached`` and ``people`` as
            in `reached`, people being those at the village's places.
        """
        points = self.demand.points
        places = zip(points["unit"], points["place"].astype(str), strict=True)
        codes = pd.Series([self.codes.of_place.get(place) for place in places], dtype=object)
        people = pd.Series(self._people(group))
        inside = pd.Series(within(self._ms(xy, profile, direction), minutes))
        known = codes.notna()
        sums = pd.DataFrame(
            {"reached": people.where(inside, 0)[known], "people": people[known]}
        ).groupby(codes[known])
        frame = sums.sum().astype("Int64").sort_index()
        unknown = self.demand.totals[group].isna() | (self.demand.unplaced[group] > 0)
        lost = pd.Series(unknown.fillna(value=True).reindex(points["unit"]).to_numpy(dtype=bool))
        blank = sorted(set(codes[known & lost]))
        frame.loc[blank] = pd.NA
        return frame

    def minutes(
        self, start: NDArray[np.float64], end: NDArray[np.float64], profile: str
    ) -> NDArray[np.float64]:
        """Return minutes from each point to the nearest of others.

        Parameters
        ----------
        start, end
            Points in metres, shapes ``(n, 2)`` and ``(m, 2)``; a point with NaN is nowhere.
        profile
            How the way is travelled.

        Returns
        -------
        ndarray
            Minutes, NaN where no end is reached, shape ``(n,)``.
        """
        here, there = _there(start), _there(end)
        found = np.full(len(start), np.nan)
        if not here.any() or not there.any():
            return found
        graph = self._walker(profile).graph
        nearest = nearest_site(graph, snap(graph, start[here]), snap(graph, end[there]))
        found[here] = nearest.minutes.to_numpy()
        return found

    def person_minutes(self, xy: NDArray[np.float64], profile: str, group: str) -> pd.DataFrame:
        """Return the minutes people of each township need to the nearest point, summed.

        Parameters
        ----------
        xy, profile, group
            As in `reached`.

        Returns
        -------
        DataFrame
            Index the township codes; ``people`` who reach a point, and their ``milliseconds`` in
            all: whole numbers, so that changes are exact.
        """
        ms, people = self._ms(xy, profile), self._people(group)
        here = (ms != NEVER) & (people > 0)
        frame = pd.DataFrame(
            {"people": people[here], "milliseconds": people[here] * ms[here]},
            index=self.demand.points["unit"].to_numpy()[here],
        )
        return frame.groupby(level=0).sum().reindex(self.demand.totals.index, fill_value=0)

    def _people(self, group: str) -> NDArray[np.int64]:
        return self.demand.people(group)

    def _walker(self, profile: str) -> _Walker:
        if profile not in self.profiles:
            raise InternalError(f"targets: no travel profile {profile!r}")
        if profile not in self._walkers:
            graph = mode_graph(
                self.network,
                self.profiles[profile],
                ignore_fragments_metres=self.ignore_fragments_metres,
            )
            self._walkers[profile] = _Walker(graph, snap(graph, self.demand.xy))
        return self._walkers[profile]

    def _ms(
        self, xy: NDArray[np.float64], profile: str, direction: Direction = "to_site"
    ) -> NDArray[np.int64]:
        """Return everybody's milliseconds to the nearest point, `NEVER` where none is reached."""
        points = np.ascontiguousarray(xy[_there(xy)], dtype=np.float64)
        key = (profile, direction, points.tobytes())
        if key not in self._found:
            while len(self._found) >= _KEPT:
                self._found.pop(next(iter(self._found)))
            self._found[key] = self._search(points, profile, direction)
        return self._found[key]

    def _search(
        self, points: NDArray[np.float64], profile: str, direction: Direction
    ) -> NDArray[np.int64]:
        if not len(points):
            return np.full(len(self.demand), NEVER, dtype=np.int64)
        walker = self._walker(profile)
        sites = snap(walker.graph, points)
        return nearest_site(walker.graph, walker.places, sites, direction=direction).ms


def _there(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(xy).any(axis=1))


def minutes_of(milliseconds: int, people: int) -> float:
    """Return the mean minutes of people from their milliseconds in all.

    Parameters
    ----------
    milliseconds, people
        As `RoadTravel.person_minutes` gives them; at least one person.
    """
    return milliseconds / people / MS_PER_MINUTE
