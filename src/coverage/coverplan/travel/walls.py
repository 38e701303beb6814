"""Walls on the way to the road: nobody walks straight through a fence or a river.

A wall stops the straight way between a place and its road. It stops nobody who stands on it, and
nobody whose road runs along it: the first and the last `TOUCH_METRES` of the way are not looked at.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from ..domain.barriers import SLIT_METRES, TOUCH_METRES, Ground, part_of, wall_lines

_Shapes = NDArray[np.object_]
_Floats = NDArray[np.float64]
_Places = NDArray[np.int64]
_Flags = NDArray[np.bool_]

NOTHING_VISIBLE = -1
"""Position of the edge of a place that sees none within the cap."""

_WIDER = 2.0
_PROBE = 0.9
_ROUND_THE_EARTH_METRES = 4.1e7
_PAIRS_AT_ONCE = 1_000_000


def crosses_walls(xy_a: _Floats, xy_b: _Floats, walls: _Shapes | None) -> _Flags:
    """Return whether each straight way from a to b crosses a wall, shape ``(k,)``.

    Parameters
    ----------
    xy_a, xy_b
        Where each way begins and ends, metres, shape ``(k, 2)``.
    walls
        LineStrings and Polygons in the same system; None where there is none.

    Notes
    -----
    An area is crossed by who crosses its boundary, and by who goes through it from one place on
    its boundary to another: from bank to bank. Who stays inside crosses nothing, so that a fenced
    compound can be drawn as an area.
    """
    crossed = np.zeros(len(xy_a), dtype=np.bool_)
    if walls is None or not len(walls) or not len(xy_a):
        return crossed
    length = np.hypot(*(xy_b - xy_a).T)
    far = np.flatnonzero(length > 2 * TOUCH_METRES)
    inset = (TOUCH_METRES / length[far])[:, None] * (xy_b - xy_a)[far]
    ways = shapely.linestrings(np.stack([xy_a[far] + inset, xy_b[far] - inset], axis=1))
    tree = shapely.STRtree(ways)
    crossed[far[np.unique(tree.query(wall_lines(walls), predicate="intersects")[1])]] = True
    areas = walls[shapely.get_dimensions(walls) > 1]
    which, way = tree.query(areas, predicate="contains_properly")
    banks = shapely.boundary(areas)[which]
    through = far[way]
    for end in (xy_a, xy_b):
        on_bank = shapely.dwithin(shapely.points(end[through]), banks, 2 * TOUCH_METRES)
        through, banks = through[on_bank], banks[on_bank]
    crossed[through] = True
    return crossed


def nearest_visible(
    xy: _Floats, nearest: _Places, tree: shapely.STRtree, walls: _Shapes, cap: float
) -> _Places:
    """Return for each place the nearest line whose nearest point it sees past the walls.

    Parameters
    ----------
    xy
        Places in metres, shape ``(n, 2)``.
    nearest
        Position of the nearest line of each place in the tree, `NOTHING_VISIBLE` where none is
        within the cap, shape ``(n,)``.
    tree
        Lines that may be joined; among those at one distance the first is taken.
    walls
        LineStrings and Polygons in metres.
    cap
        Longest way to a line in the units of the coordinates.

    Notes
    -----
    Only who does not see his nearest line is looked at again, in circles that double until he
    sees a line or the cap is reached. Another point of a hidden line, farther than its nearest
    one, is never taken: the next line is, if its nearest point is in sight. A point of a line on
    a wall is seen from the side the line comes from; from both where it runs along the wall.
    """
    found = nearest.copy()
    there = np.flatnonzero(nearest != NOTHING_VISIBLE)
    sight = _Sight(tree.geometries, tree, walls, Ground.among(walls))
    metres, hidden = sight.ways(xy[there], nearest[there])
    who, reach = there[hidden], metres[hidden]
    found[who] = NOTHING_VISIBLE
    cap = min(cap, _ROUND_THE_EARTH_METRES)
    while len(who):
        reach = np.minimum(np.maximum(_WIDER * reach, 1.0), cap)
        seen = np.full(len(who), NOTHING_VISIBLE, dtype=np.int64)
        for some in sight.blocks(xy[who], reach):
            seen[some] = sight.first_visible(xy[who[some]], reach[some])
        found[who] = seen
        more = (seen == NOTHING_VISIBLE) & (reach < cap)
        who, reach = who[more], reach[more]
    return found


@dataclass(frozen=True, slots=True)
class _Sight:
    """Lines among walls."""

    lines: _Shapes
    tree: shapely.STRtree
    walls: _Shapes
    ground: Ground

    def ways(self, xy: _Floats, line: _Places) -> tuple[_Floats, _Flags]:
        """Return how long the straight way to the nearest point of a line is, and if it is shut."""
        ways = shapely.shortest_line(shapely.points(xy), self.lines[line])
        metres = shapely.length(ways)
        end = shapely.get_point(ways, -1)
        shut = crosses_walls(xy, shapely.get_coordinates(end), self.walls)
        on_wall = self.ground.tree.query(end, predicate="dwithin", distance=TOUCH_METRES)[0]
        for i in np.unique(on_wall):
            if not shut[i] and metres[i] > 2 * TOUCH_METRES:
                shut[i] = self.behind(ways[i], self.lines[line[i]])
        return metres, shut

    def behind(self, way: shapely.LineString, line: shapely.LineString) -> bool:
        """Return whether a way comes to a wall on another side than the line it leads to.

        Around the place where they meet, the ground is looked at as in
        `coverplan.domain.barriers`.
        """
        end = shapely.get_point(way, -1)
        at, step = line.project(end), _PROBE * 2 * TOUCH_METRES
        arms = [line.interpolate(x) for x in (max(at - step, 0.0), min(at + step, line.length))]
        arms = [arm for arm in arms if arm.distance(end) > TOUCH_METRES]
        if not arms or len(self.ground.tree.query(arms[0], "dwithin", SLIT_METRES)):
            return False
        parts = self.ground.parts(end, 2 * TOUCH_METRES)
        mine = part_of(way.interpolate(way.length - step), parts)
        sides = {part_of(arm, parts) for arm in arms}
        return mine >= 0 and not sides & {mine, -1}

    def blocks(self, xy: _Floats, reach: _Floats) -> list[_Places]:
        """Return places in blocks which have about `_PAIRS_AT_ONCE` lines in their circles."""
        sample = np.arange(0, len(xy), max(len(xy) // 100, 1))
        low, high = (xy - reach[:, None])[sample], (xy + reach[:, None])[sample]
        pairs = self.tree.query(shapely.box(*low.T, *high.T)).shape[1]
        each = max(pairs / len(sample), 1.0)
        n = max(int(len(xy) * each // _PAIRS_AT_ONCE), 1)
        return np.array_split(np.arange(len(xy)), n)

    def first_visible(self, xy: _Floats, reach: _Floats) -> _Places:
        """Return for each place the nearest visible line within its reach."""
        seen = np.full(len(xy), NOTHING_VISIBLE, dtype=np.int64)
        # The limit is inclusive only up to rounding.
        limit = reach * (1 + 1e-9)
        place, line = self.tree.query(shapely.points(xy), predicate="dwithin", distance=limit)
        metres, hidden = self.ways(xy[place], line)
        place, line, metres = place[~hidden], line[~hidden], metres[~hidden]
        order = np.lexsort((line, metres, place))
        first = order[np.flatnonzero(np.diff(place[order], prepend=-1))]
        seen[place[first]] = line[first]
        return seen
