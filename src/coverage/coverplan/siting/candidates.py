"""Where a new site may stand, and why it may not stand elsewhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from ..core.text import Text
from ..travel import ModeGraph, Snapped, snap
from .ground import ALLOWED, NO_LIMITS, OUTSIDE, ForbiddenArea, GroundLimits, ground_reasons

__all__ = ["ALLOWED", "OUTSIDE", "CandidateSet", "check_candidates", "ground_reasons"]

NO_ROAD = Text("附近没有可用道路", "no usable road near")


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """All candidates with the reason each rejected one was rejected.

    Parameters
    ----------
    places
        Index candidate ids; columns ``name``, ``unit``, ``geometry`` (Point, metres) and those
        of `coverplan.SitingRequest`, where it made them.
    reasons
        `ALLOWED` for a candidate that may be used, else why not.
    joined
        The allowed ones, joined to the network, in the order of `allowed`.

    Examples
    --------
    >>> import coverplan as cp
    >>> candidates = cp.assess(cp.small_county()).layers["elderly_care"].candidates
    >>> list(candidates.allowed.index)
    ['C1', 'C2', 'C3', 'C4', 'C5']
    >>> [(why.en, n) for why, n in candidates.counts.items()]
    [('no usable road near', 1)]
    """

    places: gpd.GeoDataFrame
    reasons: tuple[Text, ...]
    joined: Snapped

    def __repr__(self) -> str:
        return f"<CandidateSet: {len(self.places):,} candidates, {len(self.allowed):,} usable>"

    @property
    def allowed(self) -> gpd.GeoDataFrame:
        """The candidates that may be used."""
        return self.places[np.array([r == ALLOWED for r in self.reasons], dtype=bool)]

    @property
    def counts(self) -> dict[Text, int]:
        """How many candidates were rejected for each reason, the commonest first."""
        found = Counter(reason for reason in self.reasons if reason != ALLOWED)
        return dict(found.most_common())


def check_candidates(
    places: gpd.GeoDataFrame,
    graph: ModeGraph,
    forbidden: Sequence[ForbiddenArea] = (),
    limits: GroundLimits = NO_LIMITS,
) -> CandidateSet:
    """Return the candidates, each with the reason it may not be used, if there is one.

    Parameters
    ----------
    places
        Index candidate ids; columns ``name``, ``unit`` ("" outside the study), ``geometry``.
    graph
        The network its users travel on.
    forbidden
        Areas in metres with the distance to keep from each, and what they are called where they
        have no name. Exactly at the distance is too near.
    limits
        What else is asked of a place. Exactly at a distance from homes, sites or the road is
        enough.

    Notes
    -----
    The first reason counts: those of `coverplan.siting.ground.ground_reasons`, then the road.

    Raises
    ------
    ValueError
        When a distance to the road is asked for where there are no roads.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import GroundLimits
    >>> county = cp.small_county()
    >>> places = county.layers[0].siting.candidates
    >>> graph = cp.mode_graph(county.network, county.profiles["metre_a_second"])
    >>> found = cp.check_candidates(places, graph, limits=GroundLimits(excluded=frozenset({"C3"})))
    >>> for place, why in zip(places.index, found.reasons):
    ...     print(place, why.en)
    C1
    C2
    C3 excluded by the list
    C4
    C5
    C6 no usable road near
    """
    if limits.most_road_metres is not None and graph.straight is not None:
        raise ValueError("there are no roads: how far a place is from one is not known")
    reasons = ground_reasons(places, forbidden, limits)
    xy = np.column_stack([places.geometry.x, places.geometry.y]).reshape(-1, 2)
    joined = snap(graph, xy)
    most = limits.most_road_metres
    for i in np.flatnonzero(~joined.joined):
        reasons[i] = NO_ROAD if reasons[i] == ALLOWED else reasons[i]
    if most is not None:
        far = Text(f"距可用道路超过 {most:g} 米", f"more than {most:g} m from a usable road")
        for i in np.flatnonzero(joined.joined & (joined.access_metres > most + _HAIR_METRES)):
            reasons[i] = far if reasons[i] == ALLOWED else reasons[i]
    keep = np.array([r == ALLOWED for r in reasons], dtype=bool)
    return CandidateSet(places, tuple(reasons), joined.take(np.flatnonzero(keep)))


_HAIR_METRES = 1e-6
