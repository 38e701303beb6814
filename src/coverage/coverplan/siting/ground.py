"""What the ground says of a place: why a new site may not stand there, one reason each.

Straight distances in metres. Exactly at the distance to keep from an area is too near ("not
within 300 m" includes 300 m); from homes and from other sites it is enough ("at least 300 m
apart"), as in the rules of a plan. On the edge of a required area counts as within it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from ..core.text import Text

ForbiddenArea = tuple[gpd.GeoDataFrame, float, str | Text]
"""Areas in metres, the distance to keep from them, and what they are called without a name."""

RequiredArea = tuple[gpd.GeoDataFrame, str]
"""Areas in metres, and the name of their source."""

ALLOWED = Text("", "")
OUTSIDE = Text("在研究区外", "outside the study")
EXCLUDED = Text("按名单排除", "excluded by the list")
SLOPE_UNKNOWN = Text("坡度未知", "its slope is not known")

_HAIR_METRES = 1e-6
"""A distance short by less than this is rounding, not nearness."""


@dataclass(frozen=True, slots=True)
class GroundLimits:
    """What a place has to be like beside lying outside forbidden areas. None: no such limit.

    Parameters
    ----------
    required
        Areas: a site lies in one of each source.
    homes_xy, homes_metres
        Places of people in metres, shape ``(n, 2)``, and the distance to keep from them.
    most_slope_percent
        Steepest ground; places then have a column ``slope_percent``, NaN where not known.
    most_road_metres
        Farthest from a road the profile may use.
    kept_xy, spacing_metres
        Sites that stay, shape ``(n, 2)``, and the distance to keep from them.
    excluded
        Ids of places that may not be used.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import GroundLimits
    >>> county = cp.small_county()
    >>> limits = GroundLimits(homes_xy=county.demand.xy, homes_metres=250)
    >>> graph = cp.mode_graph(county.network, county.profiles["metre_a_second"])
    >>> found = cp.check_candidates(county.layers[0].siting.candidates, graph, limits=limits)
    >>> list(found.allowed.index)  # the others are less than 250 m from a home, or without a road
    ['C1', 'C2']
    """

    required: tuple[RequiredArea, ...] = ()
    homes_xy: NDArray[np.float64] | None = None
    homes_metres: float | None = None
    most_slope_percent: float | None = None
    most_road_metres: float | None = None
    kept_xy: NDArray[np.float64] | None = None
    spacing_metres: float | None = None
    excluded: frozenset[str] = frozenset()


NO_LIMITS = GroundLimits()


def ground_reasons(
    places: gpd.GeoDataFrame,
    forbidden: Sequence[ForbiddenArea] = (),
    limits: GroundLimits = NO_LIMITS,
) -> list[Text]:
    """Return why each place may not be used, `ALLOWED` where it may; roads aside.

    Parameters
    ----------
    places
        Index ids; columns ``unit`` ("" outside the study), ``geometry`` (Point, metres), and
        ``slope_percent`` where a slope is asked for.
    forbidden, limits
        Areas with the distance to keep from each, and what else is asked of a place.

    Returns
    -------
    list of Text
        The first reason that holds, in this order: outside, excluded, forbidden areas in their
        order, homes, required areas in their order, slope, sites that stay.
    """
    points = places.geometry.to_numpy()
    reasons = [ALLOWED if unit else OUTSIDE for unit in places["unit"]]
    _mark(reasons, [str(i) in limits.excluded for i in places.index], EXCLUDED)
    for areas, metres, source in forbidden:
        _forbid(reasons, points, areas, metres, source)
    xy = shapely.get_coordinates(points)
    if limits.homes_xy is not None and limits.homes_metres:
        near = _nearer(xy, limits.homes_xy, limits.homes_metres)
        _mark(reasons, near, _near_homes(limits.homes_metres))
    for areas, source in limits.required:
        tree = shapely.STRtree(areas.geometry.to_numpy())
        inside = np.zeros(len(points), dtype=bool)
        inside[tree.query(points, predicate="intersects")[0]] = True
        _mark(reasons, ~inside, Text(f"不在{source}内", f"not inside {source}"))
    if limits.most_slope_percent is not None:
        slope = places["slope_percent"].to_numpy(dtype=float)
        _mark(reasons, np.isnan(slope), SLOPE_UNKNOWN)
        most = limits.most_slope_percent
        _mark(reasons, slope > most, _too_steep(most))
    if limits.kept_xy is not None and limits.spacing_metres:
        near = _nearer(xy, limits.kept_xy, limits.spacing_metres)
        _mark(reasons, near, _near_site(limits.spacing_metres))
    return reasons


def near_homes(
    xy: NDArray[np.float64], homes_xy: NDArray[np.float64], metres: float
) -> NDArray[np.bool_]:
    """Return which places are nearer to a home than ``metres``, shape ``(n,)``.

    Parameters
    ----------
    xy, homes_xy
        Places and homes in metres, shapes ``(n, 2)`` and ``(m, 2)``.
    metres
        Straight distance to keep; exactly at it is enough.
    """
    return _nearer(xy, homes_xy, metres)


def _mark(reasons: list[Text], where: Sequence[bool] | NDArray[np.bool_], reason: Text) -> None:
    """Give a reason to the places that have none yet."""
    for i in np.flatnonzero(np.asarray(where, dtype=bool)):
        if reasons[i] == ALLOWED:
            reasons[i] = reason


def _forbid(
    reasons: list[Text],
    points: NDArray[np.object_],
    areas: gpd.GeoDataFrame,
    metres: float,
    source: str | Text,
) -> None:
    names = list(areas["name"])
    otherwise = source if isinstance(source, Text) else Text.same(source)
    tree = shapely.STRtree(areas.geometry.to_numpy())
    who, which = tree.query(points, predicate="dwithin", distance=metres)
    # Of several areas of one source, the first in the file.
    order = np.lexsort((which, who))
    for i, area in zip(who[order], which[order], strict=True):
        if reasons[i] == ALLOWED:
            name = str(names[area])
            reasons[i] = _forbidden(Text.same(name) if name else otherwise, metres)


def _nearer(
    xy: NDArray[np.float64], others: NDArray[np.float64], metres: float
) -> NDArray[np.bool_]:
    if len(others) == 0 or len(xy) == 0:
        return np.zeros(len(xy), dtype=bool)
    away, _ = KDTree(others).query(xy, distance_upper_bound=metres)
    return np.asarray(away < metres - _HAIR_METRES, dtype=bool)


def _forbidden(name: Text, metres: float) -> Text:
    if metres > 0:
        return Text(f"距{name.zh}不超过 {metres:g} 米", f"within {metres:g} m of {name.en}")
    return Text(f"位于{name.zh}内", f"inside {name.en}")


def _near_homes(metres: float) -> Text:
    return Text(f"距居民点不足 {metres:g} 米", f"less than {metres:g} m from homes")


def _near_site(metres: float) -> Text:
    return Text(
        f"距保留的现有站点不足 {metres:g} 米", f"less than {metres:g} m from a site that stays"
    )


def _too_steep(percent: float) -> Text:
    return Text(f"坡度超过 {percent:g} %", f"steeper than {percent:g} %")
