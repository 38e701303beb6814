"""Spreading a village's people along its streets: short pieces of road stand for the houses."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..domain.network import Network
from ..domain.region import Region

PIECE_METRES = 100.0
"""Streets are cut into equal pieces of about this length; people stand at the middle of each."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of street: middle, length, unit and the place they belong to.

    Parameters
    ----------
    xy
        Middle in metres, shape ``(n, 2)``.
    metres
        Length, shape ``(n,)``.
    unit
        Position of the unit it lies in, -1 outside, shape ``(n,)``.
    place
        Position of the place whose people live there, -1 for nobody's, shape ``(n,)``.
    """

    xy: NDArray[np.float64]
    metres: NDArray[np.float64]
    unit: NDArray[np.int64]
    place: NDArray[np.int64]


def street_pieces(network: Network, classes: list[str], region: Region) -> Pieces:
    """Return the streets people live on, cut into short pieces that belong to nobody yet.

    Parameters
    ----------
    network
        The roads; edges keep their own order, so the pieces are the same on every run.
    classes
        Road classes people live on.
    region
        The units, to say which one each piece lies in.
    """
    lived_on = np.flatnonzero(np.isin(network.road_class, classes))
    # A street drawn twice, once each way, has its houses once.
    edges = lived_on[np.unique(network.twin[lived_on], return_index=True)[1]]
    # A street of 300.01 m makes three pieces, not four.
    count = np.maximum(np.ceil(network.metres[edges] / PIECE_METRES - 0.01).astype(np.int64), 1)
    owner = np.repeat(np.arange(len(edges)), count)
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    fraction = (rank + 0.5) / count[owner]
    points = shapely.line_interpolate_point(network.lines[edges[owner]], fraction, normalized=True)
    xy = shapely.get_coordinates(points).reshape(-1, 2)
    unit = np.full(len(xy), -1, dtype=np.int64)
    tree = shapely.STRtree(region.units.geometry.to_numpy())
    who, which = tree.query(points, predicate="intersects")
    unit[who[::-1]] = which[::-1]
    return Pieces(
        xy, network.metres[edges[owner]] / count[owner], unit, np.full(len(xy), -1, np.int64)
    )


def assign_to_places(
    pieces: Pieces, places: gpd.GeoDataFrame, region: Region, default_metres: float
) -> Pieces:
    """Return the pieces with the place each belongs to: the most local place, then the nearest.

    A place claims the pieces within its own radius; where radii overlap, the smaller one (a
    hamlet within a city) goes first, and of equal ones the nearer place. A place whose unit the
    file declares claims only pieces within that unit.

    Parameters
    ----------
    pieces
        From `street_pieces`.
    places
        As in `PeopleTable.places`.
    region
        The units.
    default_metres
        Radius of a place that has none of its own.
    """
    owner = pieces.place.copy()
    radius = places["metres"].fillna(default_metres).to_numpy()
    position = {code: i for i, code in enumerate(region.codes)}
    unit = np.where(places["declared"], places["unit"].map(position), -1).astype(np.int64)
    geometry = places.geometry
    xy = np.column_stack([geometry.x, geometry.y])
    for metres, home in sorted(set(zip(radius.tolist(), unit.tolist(), strict=True))):
        mine = np.flatnonzero((radius == metres) & (unit == home))
        free = owner == -1
        free &= (pieces.unit == home) if home >= 0 else (pieces.unit >= 0)
        open_ = np.flatnonzero(free)
        distance, nearest = cKDTree(xy[mine]).query(
            pieces.xy[open_], distance_upper_bound=metres * (1 + 1e-9)
        )
        found = np.isfinite(distance)
        owner[open_[found]] = mine[nearest[found]]
    return Pieces(pieces.xy, pieces.metres, pieces.unit, owner)
