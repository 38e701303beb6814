"""The people of a layer on the network they travel, ready for every question about their ways."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.arguments import expect, whole_number
from .core.errors import InputError, Problem
from .core.text import Text
from .domain import Layer, Network, Profile
from .domain.frames import check_kinds
from .inputs import unknown_name
from .results import Inputs, Study, inputs_of
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
from .travel.reach import within

_PROFILE = Text(
    "给出编号，或从 coverplan.builtin_profiles() 里取一个",
    "give an id, or take one of coverplan.builtin_profiles()",
)

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
    asked_straight = found is profile and found.straight is not None
    network = Network.without_roads(inputs.network.crs) if asked_straight else inputs.network
    graph = mode_graph(network, found, ignore_fragments_metres=inputs.ignore_fragments_metres)
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

    def __repr__(self) -> str:
        return (
            f"<Travellers to {self.layer.id} by {self.profile.id}: {self.people.sum():,} people at "
            f"{len(self.home_ids):,} places, {len(self.site_ids):,} sites>"
        )

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
            Where the curve ends; a whole number, 0 or more.

        Returns
        -------
        Series
            People by whole minutes, exactly on them included.

        Raises
        ------
        InputError
            When ``most_minutes`` is no whole number from 0 upwards.

        See Also
        --------
        Study.curve : the same as shares, for every group, and with the proposed sites.
        """
        whole_number("most_minutes", most_minutes, 0)
        people = self.nearest().people_by_minute(self.people, most_minutes)
        index = pd.RangeIndex(most_minutes + 1, name="minutes")
        return pd.Series(people, index=index, name="people")

    def lost_without(self, site_id: str, minutes: float | None = None) -> pd.DataFrame:
        """Return whose only site within reach is this one: who is reached no more if it closes.

        Parameters
        ----------
        site_id
            A site that works on the day of the study.
        minutes
            The limit, exactly on it is within; the layer's own where None.

        Returns
        -------
        DataFrame
            Index the homes, the most people first; ``people``, ``minutes`` to the site today and
            ``minutes_without`` to the next nearest, NaN where there is none.

        Raises
        ------
        InputError
            When no working site of the layer is called so.

        Examples
        --------
        >>> import coverplan as cp
        >>> walkers = cp.travellers(cp.small_county(), "social_work")
        >>> walkers.lost_without("S3", 10).round(1)
            people  minutes  minutes_without
        V4     560      6.8             22.5
        """
        known = [str(site) for site in self.site_ids]
        if str(site_id) not in known:
            raise InputError([unknown_name("site_id", Text("站点", "site"), str(site_id), known)])
        limit = self.layer.minutes if minutes is None else minutes
        two = self.k_nearest(2)
        alone = (two.site[:, 0] == known.index(str(site_id))) & (self.people > 0)
        alone &= within(two.ms[:, 0], limit) & ~within(two.ms[:, 1], limit)
        times = two.minutes
        lost = pd.DataFrame(
            {"people": self.people, "minutes": times[1], "minutes_without": times[2]}
        )
        return lost[alone].sort_values(["people"], ascending=False, kind="stable")

    def k_nearest(self, k: int) -> KNearest:
        """Return everybody's ``k`` nearest different sites.

        Raises
        ------
        InputError
            When ``k`` is no whole number from 1 upwards.
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
        check_kinds(Text("地点", "places"), places, ["Point"]).raise_if_any()
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
        One that travels straight lines (`Profile.straight_line`) leaves the roads aside.

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

    As the crow flies, times 1.4, in the place of the roads:

    >>> straight = walkers.profile.straight_line(1.4)
    >>> cp.travellers(county, "social_work", profile=straight).reached(10)
    2020
    """
    inputs = inputs_of(study)
    item = inputs.layer(layer)
    key = item.layer.profile if profile is None else profile
    expect("profile", key, (str, Profile), mend=_PROFILE)
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
