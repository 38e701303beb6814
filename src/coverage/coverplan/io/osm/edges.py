"""Ways of OpenStreetMap cut at their junctions: edges, a line each."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from ...core.crs import LONLAT, geodesic_lengths
from ..clipping import Clip
from ..gates import Gates, part_at
from ..roadwords import minutes
from .ways import SCALE, TAGS, OsmNodes, OsmWays

_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Runs:
    """References of ways one after the other, each to a node, and which belong together.

    Parameters
    ----------
    node, way
        Position of the node in `OsmNodes` and number of the way, by reference, shape ``(r,)``.
    joined
        Whether a reference and the next one are of one way and both have a place, ``(r,)``.
    """

    node: _Ints
    way: _Ints
    joined: NDArray[np.bool_]

    @classmethod
    def of(cls, ways: OsmWays, nodes: OsmNodes, position: _Ints) -> "Runs":
        """Return the runs of the ways of a file; a way is not drawn across a missing node.

        A way that the file has twice counts once, as it comes first.
        """
        length = np.frombuffer(ways.length, dtype=np.int64)
        way = np.repeat(np.arange(len(length)), length)
        once = np.zeros(len(length), dtype=bool)
        once[np.unique(np.frombuffer(ways.number, dtype=np.int64), return_index=True)[1]] = True
        here = nodes.located[position] & once[way]
        joined = np.zeros(len(way), dtype=bool)
        joined[:-1] = here[:-1] & here[1:] & (way[:-1] == way[1:])
        return cls(position, way, joined)

    def used(self) -> NDArray[np.bool_]:
        """Return which references are part of a line."""
        used = self.joined.copy()
        used[1:] |= self.joined[:-1]
        return used


@dataclass(frozen=True, slots=True)
class OsmEdges:
    """Pieces of ways between junctions.

    Parameters
    ----------
    first, last
        The references a piece begins and ends with, shape ``(m,)``.
    """

    first: _Ints
    last: _Ints

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.first)

    def take(self, which: NDArray[np.bool_]) -> "OsmEdges":
        """Return some of them."""
        return OsmEdges(self.first[which], self.last[which])

    def references(self) -> tuple[_Ints, _Ints]:
        """Return all references of each piece in order, and the piece of each."""
        n = self.last - self.first + 1
        piece = np.repeat(np.arange(len(n)), n)
        before = np.repeat(np.cumsum(n) - n, n)
        return np.arange(len(piece)) - before + np.repeat(self.first, n), piece


def cut_at_junctions(runs: Runs, nodes: OsmNodes, gates: Gates) -> OsmEdges:
    """Cut ways where they share a node, and where a barrier stops somebody."""
    used = runs.used()
    times = np.bincount(runs.node[used], minlength=len(nodes.number))
    barred = np.isin(nodes.number, np.fromiter(gates, dtype=np.int64, count=len(gates)))
    begins = runs.joined.copy()
    begins[1:] &= ~runs.joined[:-1]
    ends = used & ~runs.joined
    at = begins | ends | (used & ((times > 1) | barred)[runs.node])
    cuts = np.flatnonzero(at)
    # From each cut to the next one, but for the last of a run.
    goes_on = runs.joined[cuts]
    goes_on[-1:] = False
    first = np.flatnonzero(goes_on)
    return OsmEdges(cuts[first], cuts[first + 1])


def near(edges: OsmEdges, runs: Runs, nodes: OsmNodes, clip: Clip) -> NDArray[np.bool_]:
    """Return which pieces are kept: those whose own box touches what is."""
    xy = nodes.lonlat[runs.node]
    # Each piece from its first reference to before the one after its last.
    starts = np.column_stack([edges.first, edges.last + 1]).ravel()
    padded = np.vstack([xy, xy[-1:]])
    low = np.minimum.reduceat(padded, starts, axis=0)[::2]
    high = np.maximum.reduceat(padded, starts, axis=0)[::2]
    return clip.touches(low, high, SCALE)


def edge_frame(
    edges: OsmEdges, runs: Runs, ways: OsmWays, nodes: OsmNodes, gates: Gates
) -> gpd.GeoDataFrame:
    """Return pieces as a frame with the tags of their ways, parted at gates."""
    way = runs.way[edges.first]
    columns: dict[str, Any] = {
        "u": nodes.number[runs.node[edges.first]],
        "v": nodes.number[runs.node[edges.last]],
        "highway": ways.tags["highway"].of(way),
        "oneway": np.frombuffer(ways.oneway, dtype=np.int8)[way].astype(np.int64),
    }
    for key in TAGS:
        if key in ways.tags:
            columns[key] = ways.tags[key].of(way)
    reference, piece = edges.references()
    lines = shapely.linestrings(nodes.degrees(runs.node[reference]), indices=piece)
    frame = gpd.GeoDataFrame(columns, geometry=lines, crs=LONLAT)
    if "duration" in frame:
        frame["duration"] = pd.array(_shared_out(frame, way), dtype="str")
    return part_at(frame, gates)


def _shared_out(edges: gpd.GeoDataFrame, way: _Ints) -> NDArray[np.object_]:
    """Return the duration of each way shared out among its edges, by length."""
    shared: NDArray[np.object_] = edges["duration"].astype(object).to_numpy(copy=True)
    rows = np.flatnonzero(edges["duration"].notna())
    metres = geodesic_lengths(edges.geometry.to_numpy()[rows])
    total = np.bincount(way[rows], weights=metres)[way[rows]]
    for row, share in zip(rows, metres / np.where(total > 0, total, 1.0), strict=True):
        whole = minutes(str(shared[row]).lower())
        if whole is not None and 0 < share < 1:
            shared[row] = f"{whole * share:.9f}"
    return shared
