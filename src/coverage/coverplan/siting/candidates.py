"""Where a new site may stand, and why it may not stand elsewhere."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from ..core.text import Text
from ..travel import ModeGraph, Snapped, snap

ALLOWED = Text("", "")
OUTSIDE = Text("在研究区外", "outside the study")


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """All candidates with the reason each rejected one was rejected.

    Parameters
    ----------
    places
        Index candidate ids; columns ``name``, ``unit`` and ``geometry`` (Point, metres).
    reasons
        `ALLOWED` for a candidate that may be used, else why not.
    joined
        The allowed ones, joined to the network, in the order of `allowed`.
    """

    places: gpd.GeoDataFrame
    reasons: tuple[Text, ...]
    joined: Snapped

    @property
    def allowed(self) -> gpd.GeoDataFrame:
        """The candidates that may be used."""
        return self.places[np.array([r == ALLOWED for r in self.reasons], dtype=bool)]


def check_candidates(
    places: gpd.GeoDataFrame,
    graph: ModeGraph,
    forbidden: list[tuple[gpd.GeoDataFrame, float, str]],
) -> CandidateSet:
    """Return the candidates, each with the reason it may not be used, if there is one.

    Parameters
    ----------
    places
        Index candidate ids; columns ``name``, ``unit`` ("" outside the study), ``geometry``.
    graph
        The network its users travel on.
    forbidden
        Areas in metres with the distance to keep from each, and the name of their source.
    """
    reasons = ground_reasons(places, forbidden)
    xy = np.column_stack([places.geometry.x, places.geometry.y])
    joined = snap(graph, xy)
    reasons = [
        _NO_ROAD if reason == ALLOWED and not road else reason
        for reason, road in zip(reasons, joined.joined, strict=True)
    ]
    keep = np.array([r == ALLOWED for r in reasons], dtype=bool)
    return CandidateSet(places, tuple(reasons), joined.take(np.flatnonzero(keep)))


def ground_reasons(
    places: gpd.GeoDataFrame, forbidden: list[tuple[gpd.GeoDataFrame, float, str]]
) -> list[Text]:
    """Return why each candidate may not stand where it is, `ALLOWED` where it may; roads aside.

    Parameters
    ----------
    places, forbidden
        As in `check_candidates`. Exactly at the distance to keep is too near.
    """
    points = places.geometry.to_numpy()
    reasons = [ALLOWED if unit else OUTSIDE for unit in places["unit"]]
    for areas, metres, source in forbidden:
        tree = shapely.STRtree(areas.geometry.to_numpy())
        who, which = tree.query(points, predicate="dwithin", distance=metres)
        for i, area in zip(who, which, strict=True):
            if reasons[i] == ALLOWED:
                reasons[i] = _forbidden(str(areas["name"].iloc[area]) or source, metres)
    return reasons


_NO_ROAD = Text("附近没有可用道路", "no usable road near")


def _forbidden(name: str, metres: float) -> Text:
    if metres > 0:
        return Text(f"距{name}不超过 {metres:g} 米", f"within {metres:g} m of {name}")
    return Text(f"位于{name}内", f"inside {name}")
