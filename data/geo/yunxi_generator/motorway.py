"""The expressway: two carriageways through the main valley, two interchanges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from .grid import Floats
from .lines import resampled
from .roads import TERTIARY, Builder
from .routing import CostGrid, path
from .settings import CENTRE
from .villages import Villages

HALF = 13.0  # metres between the centre line and a carriageway
RAMP = 430.0  # metres along the expressway that a ramp spans
FOOT = 125.0  # metres from the centre line to where ramps meet the crossing road


@dataclass
class Interchange:
    """A crossing road and the two places on it where ramps meet it."""

    line: int
    at: float  # metres along the crossing road
    feet: tuple[Floats, Floats]  # south, north
    along: float  # metres along the centre line


def centre_line(b: Builder, villages: Villages, urban: BaseGeometry) -> LineString:
    """Return the centre line, flowing east, smooth enough to drive fast."""
    ground = b.ground
    xs, ys = ground.grid.centres()
    points = shapely.points(xs, ys)
    factor = 1.0 + (ground.slope / 0.22) ** 2
    factor += np.where(ndimage.binary_dilation(ground.main, iterations=2), 10.0, 0.0)
    town = urban.buffer(450.0)
    shapely.prepare(town)
    factor += np.where(shapely.contains(town, points), 400.0, 0.0)
    near = np.zeros(ground.grid.shape, dtype=bool)
    near.flat[ground.grid.index(villages.xy)] = True
    gap = ndimage.distance_transform_edt(~near) * ground.grid.cell
    factor += 12.0 * np.exp(-((gap / 330.0) ** 2))
    major = np.zeros(ground.grid.shape, dtype=bool)
    major.flat[b.net.cells(TERTIARY)] = True
    gap = ndimage.distance_transform_edt(~major) * ground.grid.cell
    factor += 3.0 * np.exp(-((gap / 220.0) ** 2))
    cost = CostGrid(ground.grid, ground.z, factor, 0.05)
    ends = []
    for side in (2, ground.grid.cols - 3):
        column = factor[:, side] + 0.0006 * np.abs(ys[:, side] - CENTRE[1] + 1_500.0)
        ends.append(int(np.argmin(column)) * ground.grid.cols + side)
    _, before = cost.one(ends[0])
    xy = ground.grid.xy(np.array(path(before, ends[1])[::-1]))
    xy = resampled(xy, 60.0)
    smooth = np.column_stack(
        [ndimage.gaussian_filter1d(xy[:, k], 7.0, mode="nearest") for k in (0, 1)]
    )
    return LineString(smooth).simplify(1.5)


def _direction(line: LineString, along: float) -> Floats:
    """Return the unit tangent of a line at a distance."""
    a, b = line.interpolate(max(along - 20.0, 0.0)), line.interpolate(along + 20.0)
    step = np.array([b.x - a.x, b.y - a.y])
    return np.asarray(step / np.hypot(*step))


def interchanges(
    centre: LineString, lines: list[tuple[Floats, int]], urban: BaseGeometry
) -> list[Interchange]:
    """Return two crossings with a main road that have room for ramps, one on each side of town."""
    shapes = [LineString(xy) for xy, _ in lines]
    tree = shapely.STRtree(shapes)
    rated = []
    for k in tree.query(centre, predicate="crosses").tolist():
        if lines[k][1] > TERTIARY + 1:
            continue
        for point in shapely.get_parts(shapely.intersection(shapes[k], centre)):
            at, along = shapes[k].project(point), centre.project(point)
            if at < FOOT + 25.0 or at > shapes[k].length - FOOT - 25.0:
                continue
            t = _direction(centre, along)
            feet = [shapes[k].interpolate(at + d) for d in (-FOOT, FOOT)]
            side = [t[0] * (f.y - point.y) - t[1] * (f.x - point.x) for f in feet]
            if side[0] * side[1] > 0 or min(abs(s) for s in side) < 0.62 * FOOT:
                continue
            south, north = (feet[0], feet[1]) if side[0] < 0 else (feet[1], feet[0])
            room = centre.intersection(point.buffer(RAMP + 40.0)).buffer(FOOT + 40.0)
            others = [j for j in tree.query(room, predicate="intersects") if j != k]
            busy = sum(12.0 if lines[j][1] <= 3 else 0.3 for j in others)
            score = busy + 1.5 * lines[k][1] + point.distance(urban) / 1_500.0
            pair = (np.array(south.coords[0]), np.array(north.coords[0]))
            rated.append((score, point.x, Interchange(k, at, pair, along)))
    rated.sort(key=lambda r: (r[0], r[1]))
    middle = urban.centroid.x
    west = next(r[2] for r in rated if r[1] < middle - 1_500.0)
    east = next(r[2] for r in rated if r[1] > middle + 1_500.0 and r[2].line != west.line)
    return [west, east]


def _bezier(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Return a cubic curve from a to d."""
    t = np.linspace(0.0, 1.0, 13)[:, None]
    return (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t**2 * (1 - t) * c + t**3 * d


def with_vertex(line: LineString, along: float) -> tuple[LineString, Floats]:
    """Return the line with a vertex at a distance, and that vertex."""
    xy = np.array(line.coords)
    dist = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    point = np.array(line.interpolate(along).coords[0])
    at = int(np.searchsorted(dist, along))
    return LineString(np.insert(xy, at, point, axis=0)), point


def carriageways(
    centre: LineString, crossings: list[Interchange]
) -> tuple[list[LineString], list[Floats]]:
    """Return the east- and westbound carriageways and the ramps, all in travel direction."""
    right = centre.offset_curve(-HALF)  # traffic keeps right: eastbound lies south
    left = LineString(np.array(centre.offset_curve(HALF).coords)[::-1])
    ramps = []
    for x in crossings:
        south, north = x.feet
        here = centre.interpolate(x.along)
        for foot, east in ((south, True), (north, False)):
            line = right if east else left
            at = line.project(Point(here))
            line, leave = with_vertex(line, at - RAMP)
            line, merge = with_vertex(line, at + RAMP)
            t = _direction(line, at)
            t_off, t_on = _direction(line, at - RAMP), _direction(line, at + RAMP)
            ramps.append(_bezier(leave, leave + 190 * t_off, foot - 150 * t, foot))
            ramps.append(_bezier(foot, foot + 150 * t, merge - 190 * t_on, merge))
            if east:
                right = line
            else:
                left = line
    return [right, left], ramps


def opened(
    lines: list[tuple[Floats, int]], crossings: list[Interchange]
) -> list[tuple[Floats, int]]:
    """Return the lines with each crossing road cut in three at its ramp feet.

    A cut, not a vertex alone: the noder would run on through a vertex where nothing else ends.
    """
    out = list(lines)
    for x in crossings:
        xy, cls = lines[x.line]
        line, first = with_vertex(LineString(xy), x.at - FOOT)
        line, second = with_vertex(line, x.at + FOOT)
        at = np.array(line.coords)
        i = int(np.flatnonzero((at == first).all(axis=1))[0])
        j = int(np.flatnonzero((at == second).all(axis=1))[0])
        out[x.line] = (at[i : j + 1], cls)
        out += [(at[: i + 1], cls), (at[j:], cls)]
    return out
