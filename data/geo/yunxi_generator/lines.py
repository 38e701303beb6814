"""Lines out of grid paths: chains between junctions, smoothing, shared arcs, rounding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from .grid import Floats

Edge = tuple[int, int]


def _neighbours(edges: Iterable[Edge]) -> dict[int, list[int]]:
    """Return the nodes next to each node, in the order of the edges."""
    near: dict[int, list[int]] = defaultdict(list)
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    return near


def chains(edges: dict[Edge, int], keep: set[int]) -> list[tuple[list[int], int]]:
    """Return the maximal paths of equal class between junctions.

    Parameters
    ----------
    edges
        Class of each undirected edge (i, j).
    keep
        Nodes at which a path must end.
    """
    near = _neighbours(edges)

    def kind(a: int, b: int) -> int:
        return edges[(a, b)] if (a, b) in edges else edges[(b, a)]

    def ends(node: int) -> bool:
        around = [kind(node, n) for n in near[node]]
        return node in keep or len(around) != 2 or around[0] != around[1]

    def walk(start: int, step: int) -> list[int]:
        path = [start, step]
        while not ends(path[-1]) and path[-1] != start:
            one, other = near[path[-1]]  # a node that ends nothing has two neighbours
            path.append(other if one == path[-2] else one)
        return path

    used: set[Edge] = set()
    found = []
    # Rings without a junction come last, from any of their nodes.
    starts = [n for n in sorted(near) if ends(n)] + sorted(near)
    for start in starts:
        for step in near[start]:
            if (start, step) in used:
                continue
            path = walk(start, step)
            for a, b in pairwise(path):
                used |= {(a, b), (b, a)}
            found.append((path, kind(start, step)))
    return found


def chaikin(xy: Floats, rounds: int) -> Floats:
    """Return the line with its corners cut; the ends stay."""
    for _ in range(rounds):
        if len(xy) < 3:
            return xy
        a, b = xy[:-1], xy[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2] = 0.75 * a + 0.25 * b
        cut[1::2] = 0.25 * a + 0.75 * b
        cut[0], cut[-1] = xy[0], xy[-1]
        xy = cut
    return xy


def relaxed(xy: Floats, rounds: int) -> Floats:
    """Return the line with inner vertices moved towards their neighbours' mean."""
    xy = xy.copy()
    for _ in range(rounds):
        xy[1:-1] = 0.5 * xy[1:-1] + 0.25 * (xy[:-2] + xy[2:])
    return xy


def resampled(xy: Floats, step: float) -> Floats:
    """Return the line with vertices about every ``step`` metres; the ends stay."""
    seg = np.hypot(*np.diff(xy, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(seg)])
    count = max(round(float(along[-1]) / step), 1)
    at = np.linspace(0.0, along[-1], count + 1)
    out = np.column_stack([np.interp(at, along, xy[:, k]) for k in (0, 1)])
    out[0], out[-1] = xy[0], xy[-1]
    return out


def wound(xy: Floats, amplitude: Floats, rng: np.random.Generator) -> Floats:
    """Return the line displaced sideways by smooth noise of given amplitude per vertex, metres."""
    if len(xy) < 4:
        return xy
    tangent = np.gradient(xy, axis=0)
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
    raw = rng.standard_normal(len(xy) + 4)
    smooth = np.convolve(raw, [0.25, 0.5, 0.25], mode="same")[2:-2] * 1.6
    smooth[0] = smooth[-1] = 0.0
    shift = np.clip(smooth, -1.8, 1.8) * amplitude
    return np.asarray(xy + np.column_stack([-tangent[:, 1], tangent[:, 0]]) * shift[:, None])


def shared_arcs(polygons: list[BaseGeometry]) -> list[LineString]:
    """Return the border lines of a coverage, each shared line once."""
    borders = shapely.union_all([p.boundary for p in polygons])
    merged = shapely.line_merge(borders)
    return [LineString(g.coords) for g in shapely.get_parts(merged)]


def rebuilt(arcs: list[LineString], inside: list[BaseGeometry]) -> list[Polygon]:
    """Return the faces between arcs, one per polygon of ``inside``, largest overlap wins."""
    faces = shapely.get_parts(shapely.polygonize(arcs))
    out = []
    for old in inside:
        share = shapely.area(shapely.intersection(faces, old))
        out.append(faces[int(np.argmax(share))])
    return out


def rounded(xy: Floats, decimals: int = 7) -> Floats:
    """Return coordinates rounded, consecutive duplicates dropped (at least two kept)."""
    xy = np.round(xy, decimals)
    fresh = np.ones(len(xy), dtype=bool)
    fresh[1:] = (np.diff(xy, axis=0) != 0.0).any(axis=1)
    return xy[fresh]
