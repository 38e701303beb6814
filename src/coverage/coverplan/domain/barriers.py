"""Lines that cut roads: walls, fences, rivers. Roads end where they meet one, on both sides of it.

Whether a road really crosses a wall is decided on the ground around the place where they meet: a
disc of a centimetre is cut along the wall, and the road crosses if it comes in through one part of
the disc and leaves through another. A road that only touches a wall, or a fence that only reaches
up to a road, cuts nothing, whatever rounding makes of the last digits.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from .arrays import frozen

_Shapes = NDArray[np.object_]
_Places = NDArray[np.int64]
_Floats = NDArray[np.float64]

TOUCH_METRES = 0.01
"""Closer than this to a wall is on it."""

SLIT_METRES = 1e-5
"""Half the width of the slit a wall makes in the ground: who is nearer is on it."""

_PROBE = 0.9
_WIDER = (1.0, 10.0, 100.0)


@dataclass(frozen=True, slots=True)
class CutEdges:
    """Edges after walls have cut them.

    Parameters
    ----------
    lines, u, v
        Line and end nodes of each piece; nodes that a wall has made have numbers above all given
        ones, shape ``(k,)``.
    row
        The edge each piece belongs to, shape ``(k,)``.
    cut
        Edges cut in the middle, shape ``(c,)``.
    parted
        Junctions on a wall at which the roads of its two sides no longer meet, shape ``(p,)``.
    """

    lines: _Shapes
    u: _Places
    v: _Places
    row: _Places
    cut: _Places
    parted: _Places


def wall_lines(walls: _Shapes) -> _Shapes:
    """Return lines as they are and areas as their boundaries."""
    parts = shapely.get_parts(walls)
    areas = shapely.get_dimensions(parts) > 1
    return np.asarray(np.where(areas, shapely.boundary(parts), parts), dtype=object)


def cut_at(
    lines: _Shapes, u: _Places, v: _Places, walls: _Shapes, whole: NDArray[np.bool_]
) -> CutEdges:
    """Cut edges exactly where they cross walls, and part junctions that stand on one.

    Parameters
    ----------
    lines, u, v
        LineStrings in metres and the numbers of their end nodes, shape ``(m,)``.
    walls
        LineStrings and Polygons in the same system; a polygon cuts along its boundary.
    whole
        Edges no wall cuts, since they pass over or under it (bridges, tunnels, ferries), shape
        ``(m,)``.

    Notes
    -----
    The two pieces of an edge end at the same place at two different nodes, so that no length is
    lost. At a junction on a wall (within `TOUCH_METRES`) the roads of each side stay joined to one
    another; the junction stays whole where a bridge begins at it or a road runs along the wall. A
    road along a wall belongs to both its sides and is cut nowhere but at its ends.

    Edges drawn on one line, forward or reversed and between the same two ends, are cut at the same
    places and meet there at the same nodes, as they do at their ends; their pieces have one line.
    """
    ground = Ground.among(walls)
    ends = np.concatenate([u, v])
    if not len(ground.segments) or not len(lines):
        nothing = np.zeros(0, dtype=np.int64)
        return _cut_edges(lines, ends, {}, {}, nothing)
    parted = _part_junctions(lines, ends, ground, whole)
    places: dict[int, list[float]] = {}
    for edge, start, stop in _contacts(lines, ground, whole):
        inside = start > TOUCH_METRES and stop < lines[edge].length - TOUCH_METRES
        if inside and ground.crossed(lines[edge], start, stop):
            places.setdefault(edge, []).append((start + stop) / 2)
    return _cut_edges(lines, ends, places, _leaders(lines, ends, places, whole), parted)


def _cut_edges(
    lines: _Shapes,
    ends: _Places,
    places: dict[int, list[float]],
    leaders: dict[int, tuple[int, bool]],
    parted: _Places,
) -> CutEdges:
    """Return the pieces of all edges, in the order of the edges; each is cut as its leader is."""
    m = len(lines)
    cut = np.array(sorted(leaders), dtype=np.int64)
    made: dict[int, tuple[_Shapes, _Places]] = {}
    untouched = np.setdiff1d(np.arange(m), cut)
    shapes, rows = [lines[untouched]], [untouched]
    starts, stops = [ends[:m][untouched]], [ends[m:][untouched]]
    new = int(ends.max(initial=-1)) + 1
    for edge in cut.tolist():
        leader, against = leaders[edge]
        if leader not in made:
            along = [0.0, *places[leader], lines[leader].length]
            parts = [substring(lines[leader], a, b) for a, b in pairwise(along)]
            made[leader] = np.array(parts, dtype=object), new + np.arange(2 * (len(parts) - 1))
            new += 2 * (len(parts) - 1)
        pieces, inner = made[leader]
        if against:
            pieces, inner = shapely.reverse(pieces[::-1]), inner[::-1]
        shapes.append(pieces)
        rows.append(np.full(len(pieces), edge, dtype=np.int64))
        starts.append(np.append(ends[edge], inner[1::2]))
        stops.append(np.append(inner[0::2], ends[m + edge]))
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    return CutEdges(
        lines=frozen(np.concatenate(shapes)[order], np.object_),
        u=frozen(np.concatenate(starts)[order], np.int64),
        v=frozen(np.concatenate(stops)[order], np.int64),
        row=frozen(row[order], np.int64),
        cut=frozen(cut, np.int64),
        parted=frozen(parted, np.int64),
    )


def _leaders(
    lines: _Shapes, ends: _Places, places: dict[int, list[float]], whole: NDArray[np.bool_]
) -> dict[int, tuple[int, bool]]:
    """Return each edge to cut, the edge it is cut as, and whether it runs against that one.

    A two-way street drawn as two oneway lines on one place stays one street up to the wall: cut
    each for itself, both would be dead ends nobody comes out of, or into. Of the lines on one
    place the one with most cuts leads; which it is does not depend on the order of the rows.
    """
    m = len(lines)
    low, high = np.minimum(ends[:m], ends[m:]), np.maximum(ends[:m], ends[m:])
    keys = low * (int(high.max()) + 1) + high
    groups: dict[int, list[int]] = {}
    for edge in np.flatnonzero(np.isin(keys, keys[list(places)]) & ~whole).tolist():
        groups.setdefault(int(keys[edge]), []).append(edge)
    found: dict[int, tuple[int, bool]] = {}
    for group in groups.values():
        group.sort(key=lambda edge: (-len(places.get(edge, ())), _xy(lines[edge]).tolist()))
        for leader in group:
            if leader in found or leader not in places:
                continue
            found[leader] = leader, False
            for edge in group:
                against = None if edge in found else _runs_against(lines, ends, leader, edge)
                if against is not None:
                    found[edge] = leader, against
    return found


def _runs_against(lines: _Shapes, ends: _Places, leader: int, edge: int) -> bool | None:
    """Return whether an edge runs against another on its place; None if it lies elsewhere."""
    m = len(lines)
    if ends[edge] == ends[leader] and _on_one_place(lines[leader], lines[edge]):
        return False
    back = shapely.reverse(lines[edge])
    return True if ends[edge] == ends[m + leader] and _on_one_place(lines[leader], back) else None


def _on_one_place(one: shapely.LineString, other: shapely.LineString) -> bool:
    """Return whether two lines run side by side within a centimetre, whatever their vertices."""
    a, b = _xy(one), _xy(other)
    if a.shape == b.shape and np.abs(a - b).max() <= TOUCH_METRES:
        return True
    return one.length > 0 < other.length and all(
        np.abs(_xy(shapely.line_interpolate_point(far, _shares(xy), normalized=True)) - xy).max()
        <= TOUCH_METRES
        for xy, far in ((a, other), (b, one))
    )


def _shares(xy: _Floats) -> _Floats:
    """Return how far along its line each vertex lies, from 0 to 1."""
    along = np.append(0.0, np.hypot(*np.diff(xy, axis=0).T).cumsum())
    return np.asarray(along / along[-1], dtype=np.float64)


def _xy(shape: shapely.Geometry | _Shapes) -> _Floats:
    return np.asarray(shapely.get_coordinates(shape), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ground:
    """Walls as straight segments, and what they part around a place.

    Parameters
    ----------
    segments, tree
        Straight pieces of all walls, and an index over them.
    """

    segments: _Shapes
    tree: shapely.STRtree

    @classmethod
    def among(cls, walls: _Shapes) -> "Ground":
        """Return the ground among walls: LineStrings and Polygons in metres."""
        segments = _segments(wall_lines(walls))[0]
        return cls(segments, shapely.STRtree(segments))

    def parts(self, around: shapely.Geometry, radius: float) -> _Shapes:
        """Return the parts of the ground around a place that walls part from one another."""
        disc = around.buffer(radius)
        near = self.segments[self.tree.query(disc, predicate="intersects")]
        slit = shapely.buffer(shapely.union_all(near), SLIT_METRES)
        return np.asarray(shapely.get_parts(shapely.difference(disc, slit)), dtype=object)

    def crossed(self, line: shapely.LineString, start: float, stop: float) -> bool:
        """Return whether a line comes to a wall on one side and leaves it on another.

        Where it leaves at so small an angle that the side cannot be told, wider ground is looked
        at.
        """
        met = substring(line, start, stop)
        for wider in _WIDER:
            radius = TOUCH_METRES * wider
            parts = self.parts(met, radius)
            before = line.interpolate(max(start - _PROBE * radius, 0.0))
            after = line.interpolate(min(stop + _PROBE * radius, line.length))
            here, there = part_of(before, parts), part_of(after, parts)
            if here >= 0 and there >= 0:
                return here != there
        return False


def part_of(point: shapely.Point, parts: _Shapes) -> int:
    """Return the part of the ground a point lies in, -1 for one on a wall."""
    inside = np.flatnonzero(shapely.intersects(parts, point))
    return int(inside[0]) if len(inside) else -1


def _segments(lines: _Shapes) -> tuple[_Shapes, _Places, _Floats]:
    """Return the straight segments of lines, the line of each, and where along it each begins."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    start, stop = xy[:-1][same], xy[1:][same]
    line = owner[:-1][same].astype(np.int64)
    length = np.hypot(*(stop - start).T)
    before = np.cumsum(length) - length
    first = np.flatnonzero(np.diff(line, prepend=-1))
    offset = before - np.repeat(before[first], np.diff(np.append(first, len(line))))
    shapes = shapely.linestrings(np.stack([start, stop], axis=1))
    return np.atleast_1d(np.asarray(shapes, dtype=object)), line, offset


def _contacts(
    lines: _Shapes, ground: Ground, whole: NDArray[np.bool_]
) -> list[tuple[int, float, float]]:
    """Return where edges meet walls: edge, and from where to where along it in metres.

    Contacts closer to one another than the disc they are looked at in are one.
    """
    met = np.unique(ground.tree.query(lines, predicate="intersects")[0])
    met = met[~whole[met]]
    pieces, line, offset = _segments(lines[met])
    which, wall = ground.tree.query(pieces, predicate="intersects")
    shared = shapely.intersection(pieces[which], ground.segments[wall])
    xy, pair = shapely.get_coordinates(shared, return_index=True)
    piece = which[pair]
    start = shapely.get_coordinates(shapely.get_point(pieces[piece], 0))
    along = offset[piece] + np.hypot(*(xy - start).T)
    # Both ends of a shared stretch belong to it, and so does all between them.
    low, high = np.full(len(which), np.inf), np.full(len(which), -np.inf)
    np.minimum.at(low, pair, along)
    np.maximum.at(high, pair, along)
    edge = met[line[which]]
    contacts: list[tuple[int, float, float]] = []
    for i in np.lexsort((low, edge)).tolist():
        one = (int(edge[i]), float(low[i]), float(high[i]))
        last = contacts[-1] if contacts else (-1, 0.0, 0.0)
        if last[0] == one[0] and one[1] <= last[2] + 2 * TOUCH_METRES:
            contacts[-1] = (one[0], last[1], max(last[2], one[2]))
        elif np.isfinite(one[1]):
            contacts.append(one)
    return contacts


def _part_junctions(
    lines: _Shapes, ends: _Places, ground: Ground, whole: NDArray[np.bool_]
) -> _Places:
    """Give the roads of each side of a wall a node of their own; return the nodes parted."""
    m = len(lines)
    points = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    near = ground.tree.query(points, predicate="dwithin", distance=TOUCH_METRES)[0]
    arms = np.flatnonzero(np.isin(ends, ends[near]))
    arms = arms[np.argsort(ends[arms], kind="stable")]
    groups = np.split(arms, np.flatnonzero(np.diff(ends[arms])) + 1)
    new = int(ends.max()) + 1
    parted = []
    for group in groups:
        if len(group) < 2 or whole[group % m].any():  # noqa: PLR2004 - one road has no other side
            continue
        sides = _sides(lines, group, points[group[0]], ground)
        if sides.min() < 0 or sides.max() == sides.min():
            continue
        parted.append(int(ends[group[0]]))
        for side in np.setdiff1d(sides, sides[:1]):
            ends[group[sides == side]] = new
            new += 1
    return np.array(parted, dtype=np.int64)


def _sides(lines: _Shapes, arms: _Places, at: shapely.Point, ground: Ground) -> _Places:
    """Return the part of the ground each road at a junction leaves through, -1 on the wall."""
    radius = 2 * TOUCH_METRES
    parts = ground.parts(at, radius)
    sides = []
    for arm in arms.tolist():
        line = lines[arm % len(lines)]
        step = min(_PROBE * radius, line.length)
        probe = line.interpolate(step if arm < len(lines) else line.length - step)
        sides.append(part_of(probe, parts))
    return np.array(sides, dtype=np.int64)
