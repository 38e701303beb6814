"""The people of a map page: where, of which unit and place, how many, and who is cut off."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from ..core.crs import LONLAT
from ..results import LayerResult, Study
from ..travel.nearest import NEVER
from .shapes import SCALE

__all__ = ["PagePoints", "flat_points", "page_points"]

_NO_ROAD_BIT, _NEVER_BEFORE_BIT, _NEVER_AFTER_BIT = 1, 2, 4


@dataclass(frozen=True, slots=True)
class PagePoints:
    """Points of people as the page carries them.

    Parameters
    ----------
    order
        Position of each point in the study's demand: unit by unit, neighbours next to each other,
        which halves the page.
    places
        Names of the places people live in, "" first.
    parts
        ``x`` and ``y`` (hundred-thousandths of a degree: the first, then steps), ``unit``,
        ``place`` (position in ``places``), ``people.0`` of the first group, and so on, and
        ``never.0`` of the first layer as bits: 1 no road near, 2 no way to any site today, 4 none
        with the plan.
    """

    order: NDArray[np.intp]
    places: list[str]
    parts: dict[str, NDArray[np.generic]]


def page_points(study: Study) -> PagePoints:
    """Return the people of a study for its page.

    Parameters
    ----------
    study
        The computed study.
    """
    demand, region = study.inputs.demand, study.inputs.region
    position = {code: i for i, code in enumerate(region.codes)}
    units = demand.points["unit"].map(position).to_numpy(dtype=np.int64)
    order = _order(demand.points, units)
    steps = flat_points(demand.points.geometry.to_crs(LONLAT).iloc[order])
    places, place = _places(study)
    parts = {
        "x": steps[:, 0],
        "y": steps[:, 1],
        "unit": _small(units[order]),
        "place": _small(place[order]),
    }
    for i, group in enumerate(demand.groups):
        parts[f"people.{i}"] = _small(demand.people(group)[order])
    for i, result in enumerate(study.layers.values()):
        parts[f"never.{i}"] = _never(result)[order]
    return PagePoints(order, places, parts)


def _order(points: gpd.GeoDataFrame, units: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return points unit by unit, within each along a Hilbert curve (Hilbert 1891)."""
    along = points.geometry.hilbert_distance().to_numpy() if len(points) else units
    return np.lexsort((along, units))


def _small(numbers: NDArray[np.int64]) -> NDArray[np.generic]:
    """Return numbers from 0 upwards in the smallest type that holds them all."""
    most = int(numbers.max(initial=0))
    return numbers.astype(
        next(t for t in (np.uint8, np.uint16, np.uint32) if most <= np.iinfo(t).max)
    )


def _never(result: LayerResult) -> NDArray[np.uint8]:
    """Return for each point, as bits: no road near, no way to any site today, or with the plan."""
    after = result.after or result.before
    bits = np.where(result.places.joined, 0, _NO_ROAD_BIT)
    bits |= np.where(result.before.ms == NEVER, _NEVER_BEFORE_BIT, 0)
    bits |= np.where(after.ms == NEVER, _NEVER_AFTER_BIT, 0)
    return bits.astype(np.uint8)


def _places(study: Study) -> tuple[list[str], NDArray[np.int64]]:
    """Return the names of the places people live in, "" first, and which each point is of."""
    points = study.inputs.demand.points
    if "place" not in points:
        return [""], np.zeros(len(points), dtype=np.int64)
    named = points["place"].fillna("").astype(str)
    names = ["", *(name for name in named.unique() if name)]
    position = {name: i for i, name in enumerate(names)}
    return names, named.map(position).to_numpy(dtype=np.int64)


def flat_points(lonlat: gpd.GeoSeries) -> NDArray[np.int32]:
    """Return points in whole hundred-thousandths of a degree: the first, then steps, ``(n, 2)``.

    Parameters
    ----------
    lonlat
        Points in degrees.
    """
    whole = np.rint(np.column_stack([lonlat.x, lonlat.y]) * SCALE).astype(np.int32)
    return np.vstack([whole[:1], np.diff(whole, axis=0)])
