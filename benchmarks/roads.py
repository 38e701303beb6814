"""Road networks to measure on: generated ones of any size, and Wuhan's streets."""

import os
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

ZONE = CRS.from_epsg(4549)
WUHAN_ZONE = CRS.from_epsg(4547)

SPACING_METRES = 120.0
BEND_METRES = 25.0

SPEEDS_KMH = {"residential": 19.0, "tertiary": 30.0, "primary": 50.0}
"""Speeds at which fifteen minutes reach about 3,000 nodes of a generated network."""

WUHAN_KMH = {"primary": 18.0, "secondary": 18.0, "tertiary": 15.0, "residential": 15.0}
WUHAN_OTHER_KMH = 12.0


@dataclass(frozen=True, slots=True)
class Roads:
    """A generated network as arrays: enough for engines that need no lines.

    Parameters
    ----------
    xy
        Junctions in metres of EPSG:4549, along a Hilbert curve, shape ``(n, 2)``.
    u, v
        Ends of each street, shape ``(m,)``.
    road_class
        A key of `SPEEDS_KMH` for each, shape ``(m,)``.
    """

    xy: NDArray[np.float64]
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    road_class: NDArray[np.object_]


def bent_grid(nodes: int, seed: int = 0) -> Roads:
    """Return a bent grid with a third of its links missing: mean degree about 2.7.

    Every fifth line of the grid is a tertiary road and every twentieth a primary one. Streets
    come in no order, as in a file.

    Parameters
    ----------
    nodes
        Junctions of the grid; about one in eighty loses all its links and is left out.
    seed
        Of everything that is drawn.
    """
    side = int(np.sqrt(nodes))
    rng = np.random.default_rng(seed)
    column, row = (a.ravel() for a in np.meshgrid(np.arange(side), np.arange(side)))
    xy = np.column_stack([column, row]) * SPACING_METRES
    xy = xy + rng.normal(0, BEND_METRES, (side * side, 2))
    xy += [500_000 - side * SPACING_METRES / 2, 3_200_000]
    index = np.arange(side * side).reshape(side, side)
    across = np.column_stack([index[:, :-1].ravel(), index[:, 1:].ravel()])
    up = np.column_stack([index[:-1].ravel(), index[1:].ravel()])
    ends = np.vstack([across, up])
    line = np.concatenate([row[across[:, 0]], column[up[:, 0]]])
    road_class = np.full(len(ends), "residential", dtype=object)
    road_class[line % 5 == 0] = "tertiary"
    road_class[line % 20 == 0] = "primary"
    kept = rng.permutation(np.flatnonzero(rng.random(len(ends)) < 2 / 3))
    ends = ends[kept]
    used = np.unique(ends)
    curve = used[np.argsort(hilbert(xy[used]), kind="stable")]
    number = np.full(side * side, -1, dtype=np.int32)
    number[curve] = np.arange(len(curve), dtype=np.int32)
    return Roads(xy[curve], number[ends[:, 0]], number[ends[:, 1]], road_class[kept])


def hilbert(xy: NDArray[np.float64], bits: int = 16) -> NDArray[np.int64]:
    """Return how far along a Hilbert curve each point lies (Hilbert 1891), shape ``(n,)``."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    cells = ((xy - low) / max((high - low).max(), 1e-9) * (2**bits - 1)).astype(np.int64)
    x, y = cells[:, 0].copy(), cells[:, 1].copy()
    along = np.zeros(len(xy), dtype=np.int64)
    for bit in range(bits - 1, -1, -1):
        right, upper = (x >> bit) & 1, (y >> bit) & 1
        along += (1 << (2 * bit)) * ((3 * right) ^ upper)
        flip, turn = (upper == 0) & (right == 1), upper == 0
        x[flip], y[flip] = (1 << bits) - 1 - x[flip], (1 << bits) - 1 - y[flip]
        x[turn], y[turn] = y[turn], x[turn].copy()
    return along


def as_edges(roads: Roads) -> gpd.GeoDataFrame:
    """Return the streets of a generated network as a planner's file would hold them."""
    lines = shapely.linestrings(roads.xy[np.column_stack([roads.u, roads.v])])
    return gpd.GeoDataFrame({"highway": roads.road_class}, geometry=lines, crs=ZONE)


def whole_ms(roads: Roads) -> NDArray[np.int64]:
    """Return milliseconds along each street, lengths taken in the plane, shape ``(m,)``."""
    metres = np.hypot(*(roads.xy[roads.u] - roads.xy[roads.v]).T)
    kmh = np.array([SPEEDS_KMH[c] for c in roads.road_class])
    return np.rint(metres * 3600.0 / kmh).astype(np.int64)


def wuhan_file() -> Path:
    """Return where Wuhan's roads are looked for; the file need not exist."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared"
    folder = Path(os.environ.get("COVERPLAN_TEST_DATA", beside))
    return folder / "realdata" / "cn_wuhan" / "roads.parquet"
