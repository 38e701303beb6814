"""The people of a layer on the network they travel, ready for every question about their ways."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.errors import InputError, Problem
from .core.text import Text
from .domain import Layer, Profile
from .results import Inputs, Study
from .travel import (
    KNearest,
    ModeGraph,
    Nearest,
    Snapped,
    TravelTimes,
    k_nearest_sites,
    mode_graph,
    nearest_site,
    snap,
    travel_times,
)
from .travel.nearest import NEVER
from .travel.reach import limit_ms

__all__ = ["Traveller", "Travellers", "traveller", "travellers"]


@dataclass(frozen=True, slots=True)
class Traveller:
    """A profile on the network, with everybody joined to it: shared by layers of one profile."""

    profile: Profile
    graph: ModeGraph
    places: Snapped


def traveller(inputs: Inputs, profile: str | Profile) -> Traveller:
    """Return a profile's network with everybody joined to it.

    Parameters
    ----------
    inputs
        The study.
    profile
        Id of one of its profiles, or another one.
    """
    found = inputs.profiles[profile] if isinstance(profile, str) else profile
    graph = mode_graph(
        inputs.network, found, ignore_fragments_metres=inputs.ignore_fragments_metres
    )
    return Traveller(found, graph, snap(graph, inputs.demand.xy))


@dataclass(frozen=True, slots=True)
class Travellers:
    """The people of a layer and its working sites, on the network they travel.

    All the functions of `coverplan.travel` take ``graph``, ``homes`` and ``sites``; the usual
    questions are methods here, asked in the direction of the layer.

    Parameters
    ----------
    layer, profile
        The service, and how people travel to it.
    graph
        The network as they see it: hills, barriers, ferries and oneway streets included.
    homes, sites
        Where they live and the sites that work on the day of the study, joined to it.
    people
        People of the layer's group at each home, shape ``(n_homes,)``.
    home_ids, site_ids
        What homes and sites are called in the study.

    Examples
    --------
    >>> import coverplan as cp
    >>> walkers = cp.travellers(cp.small_county(), "social_work")
    >>> walkers.nearest().minutes.head(3).round(1).to_dict()
    {'V1': 5.2, 'V2': 2.5, 'V3': 9.2}
    >>> walkers.reached(10), walkers.curve(30)[[0, 5, 10, 30]].tolist()
    (2330, [0, 640, 2330, 3000])
    >>> second = walkers.k_nearest(2).minutes[2]
    >>> int(walkers.people[second <= 10].sum())  # they have a choice of two
    640
    >>> walkers.times(10).within(10).people(walkers.people).tolist()  # people by site
    [1460, 950, 560]
    """

    layer: Layer
    profile: Profile
    graph: ModeGraph
    homes: Snapped
    sites: Snapped
    people: NDArray[np.int64]
    home_ids: pd.Index
    site_ids: pd.Index

    def nearest(self) -> Nearest:
        """Return everybody's nearest site: the very times coverage is counted by."""
        return nearest_site(
            self.graph,
            self.homes,
            self.sites,
            direction=self.layer.direction,
            demand_ids=self.home_ids,
            site_ids=self.site_ids,
        )

    def reached(self, minutes: float | None = None) -> int:
        """Return the people within a limit of a site; within the layer's own where None."""
        limit = self.layer.minutes if minutes is None else minutes
        return int(self.people[self.nearest().within(limit)].sum())

    def curve(self, most_minutes: int = 60) -> pd.Series:
        """Return the people within 0, 1, ... ``most_minutes`` minutes of a site.

        Parameters
        ----------
        most_minutes
            Where the curve ends; a whole number.

        Returns
        -------
        Series
            People by whole minutes, exactly on them included.
        """
        ms = self.nearest().ms
        # Rounded up: within T minutes if and only if that is within T minutes.
        whole = np.minimum(-(-ms // limit_ms(1)), most_minutes + 1)
        there = ms != NEVER
        by_minute = np.zeros(most_minutes + 2, dtype=np.int64)
        np.add.at(by_minute, whole[there], self.people[there])
        index = pd.RangeIndex(most_minutes + 1, name="minutes")
        return pd.Series(np.cumsum(by_minute[:-1]), index=index, name="people")

    def k_nearest(self, k: int) -> KNearest:
        """Return everybody's ``k`` nearest different sites.

        Raises
        ------
        ValueError
            When ``k`` is less than 1.
        """
        return k_nearest_sites(
            self.graph,
            self.homes,
            self.sites,
            k,
            direction=self.layer.direction,
            demand_ids=self.home_ids,
            site_ids=self.site_ids,
        )

    def times(
        self, cutoff_minutes: float, places: gpd.GeoDataFrame | gpd.GeoSeries | None = None
    ) -> TravelTimes:
        """Return everybody's minutes to every site within a cutoff, or to other places.

        Parameters
        ----------
        cutoff_minutes
            Longer times are not looked for; exactly on it is within.
        places
            Points in any coordinate system, their index the ids; the layer's sites where None.
        """
        spots = self.sites if places is None else self.joined(places)
        return travel_times(
            self.graph,
            self.homes,
            spots,
            cutoff_minutes=cutoff_minutes,
            direction=self.layer.direction,
            demand_ids=self.home_ids,
            site_ids=self.site_ids if places is None else places.index,
        )

    def joined(self, places: gpd.GeoDataFrame | gpd.GeoSeries) -> Snapped:
        """Return other places joined to the same network.

        Parameters
        ----------
        places
            Points in any coordinate system.

        Raises
        ------
        InputError
            When it does not say its coordinate system.
        """
        if places.crs is None:
            raise InputError([_no_crs()])
        there = places.geometry.to_crs(self.graph.network.crs)
        return snap(self.graph, np.column_stack([there.x, there.y]).reshape(-1, 2))


def travellers(
    study: Study | Inputs, layer: str, *, profile: str | Profile | None = None
) -> Travellers:
    """Return the people of a layer on the network they travel, as a run of the study sees them.

    Parameters
    ----------
    study
        A computed study, or its inputs.
    layer
        Id of a layer.
    profile
        Another way of travelling, by id or as a profile of one's own; the layer's where None.

    Raises
    ------
    InputError
        When the study has no such layer or profile.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> walkers = cp.travellers(county, "social_work")
    >>> walkers.reached(10)
    2330
    >>> drivers = cp.travellers(county, "social_work", profile=cp.builtin_profiles()["driving"])
    >>> drivers.reached(10)
    3380
    """
    inputs = study.inputs if isinstance(study, Study) else study
    item = inputs.layer(layer)
    key = item.layer.profile if profile is None else profile
    if isinstance(key, str) and key not in inputs.profiles:
        raise InputError([_no_profile(key, list(inputs.profiles))])
    who = _known(study, inputs, key) or traveller(inputs, key)
    working = item.facilities.working(inputs.date)
    return Travellers(
        layer=item.layer,
        profile=who.profile,
        graph=who.graph,
        homes=who.places,
        sites=snap(who.graph, working.xy),
        people=inputs.demand.people(item.layer.group),
        home_ids=inputs.demand.points.index,
        site_ids=working.sites.index,
    )


def _known(study: Study | Inputs, inputs: Inputs, key: str | Profile) -> Traveller | None:
    """Return the network a computed study has already."""
    if not isinstance(study, Study):
        return None
    wanted = inputs.profiles[key] if isinstance(key, str) else key
    for result in study.layers.values():
        if result.profile == wanted:
            return Traveller(result.profile, result.graph, result.places)
    return None


def _no_profile(profile: str, known: list[str]) -> Problem:
    return Problem(
        code="inputs.profile",
        what=Text("研究里没有这种出行方式", "the study has no such way of travelling"),
        column="profile",
        found=profile,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("改用其中之一，或给出一个 Profile", "name one of these, or give a Profile"),
    )


def _no_crs() -> Problem:
    return Problem(
        code="inputs.crs",
        what=Text("这些点没有写明坐标系", "these points do not say their coordinate system"),
        column="crs",
        found="",
        mend=Text("用 set_crs 写明", "say it with set_crs"),
    )
