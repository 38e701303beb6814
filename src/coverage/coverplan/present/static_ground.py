"""The ground of the drawing for readers without JavaScript: outlines a figure of its size needs."""

import base64
import gzip
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from .shapes import SCALE

__all__ = ["Frame", "Ground", "carried_geometry", "draw_ground"]

_EARTH = 6_378_137.0
"""Radius of Web Mercator's sphere, metres (EPSG:3857)."""

_MAP_WIDTH, _LEAST_HEIGHT, _MOST_HEIGHT, _EDGE = 660, 440, 640, 14
_FINE = 2
"""Steps in a unit of the figure: a path is written in halves of it."""

_TOLERANCE = 0.6  # units of the figure
_SPECK = 0.5  # square units below which a part of an outline is not seen
_AROUND = 5  # units of the figure beside the outlines in which rivers and roads are drawn
_CORNERS = 4  # of the shortest closed ring
_METRES = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)

_Array = NDArray[np.float64]


def carried_geometry(bulk: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page draws, out of its compressed block; nothing where it carries none.

    Parameters
    ----------
    bulk
        What `pack` returned.
    """
    for name, kind, offset, length in bulk["parts"]:
        if name == "geometry" and kind == "json":
            block = gzip.decompress(base64.b64decode(bulk["data"]))
            found: dict[str, Any] = json.loads(block[offset : offset + length])
            return found
    return {}


@dataclass(frozen=True, slots=True)
class Frame:
    """From whole hundred-thousandths of a degree to the figure, north up, in Web Mercator.

    Parameters
    ----------
    left, top
        Corner of the ground, Web Mercator metres.
    scale
        Units of the figure in a metre of Web Mercator.
    width, height
        The figure's map, in its units.
    """

    left: float
    top: float
    scale: float
    width: int
    height: int

    @classmethod
    def around(cls, degrees: _Array) -> "Frame":
        """Return the frame that shows all of some points, ``(n, 2)`` degrees."""
        xy = _mercator(degrees)
        (x0, y0), (x1, y1) = xy.min(axis=0), xy.max(axis=0)
        wide, high = max(x1 - x0, 200.0), max(y1 - y0, 200.0)
        room = (_MAP_WIDTH - 2 * _EDGE, _MOST_HEIGHT - 2 * _EDGE)
        scale = min(room[0] / wide, room[1] / high)
        height = max(_LEAST_HEIGHT, math.ceil(high * scale) + 2 * _EDGE)
        left = (x0 + x1) / 2 - _MAP_WIDTH / 2 / scale
        top = (y0 + y1) / 2 + height / 2 / scale
        return cls(float(left), float(top), float(scale), _MAP_WIDTH, height)

    def at(self, degrees: _Array) -> _Array:
        """Return points of the figure, ``(n, 2)``, y downwards."""
        xy = _mercator(degrees)
        return np.column_stack([(xy[:, 0] - self.left), (self.top - xy[:, 1])]) * self.scale

    def scale_bar(self) -> tuple[int, float]:
        """Return a round length on the ground, in metres, and how long it is drawn."""
        middle = self.top - self.height / 2 / self.scale
        true = self.scale * math.cosh(middle / _EARTH)  # Mercator stretches by 1/cos(latitude)
        fitting = [metres for metres in _METRES if metres * true <= self.width / 5]
        metres = fitting[-1] if fitting else _METRES[0]
        return metres, metres * true


def _mercator(degrees: _Array) -> _Array:
    longitude, latitude = np.radians(degrees).T
    return np.column_stack([longitude, np.arcsinh(np.tan(latitude))]) * _EARTH


@dataclass(frozen=True, slots=True)
class Ground:
    """Outlines in the figure, written as paths of half units, and where a name may stand.

    Parameters
    ----------
    frame
        How they were drawn.
    units
        A path each, empty where a unit has no ground.
    spots
        For each unit, places for its name, the best first, ``(n, 2)``.
    water, roads, protected
        One path each, empty where there is none.
    """

    frame: Frame
    units: list[str]
    spots: list[_Array]
    water: str
    roads: str
    protected: str


def draw_ground(geometry: Mapping[str, Any], sites: _Array) -> Ground | None:
    """Return the ground of a study; None where nothing says where it lies.

    Parameters
    ----------
    geometry
        Units, roads, water and protected areas as a page carries them.
    sites
        Where sites stand, ``(n, 2)`` degrees: they show where the county is if its outlines do not.
    """
    rings = [_degrees(polygon) for unit in geometry.get("units", ()) for polygon in unit]
    everything = [ring for polygon in rings for ring in polygon] or ([sites] if len(sites) else [])
    if not everything:
        return None
    frame = Frame.around(np.vstack(everything))
    shapes = _simple([_shape(unit, frame) for unit in geometry.get("units", ())])
    near = _near(shapes, frame)
    water = [_shape([polygon], frame) for polygon in geometry.get("water", ())]
    wild = [_shape(item, frame) for item in geometry.get("protected", ())]
    return Ground(
        frame=frame,
        units=[_path(shape) for shape in shapes],
        spots=[_spots(shape) for shape in shapes],
        water=_path(_areas(water, near)),
        roads=_lines(geometry.get("roads", ()), frame, near),
        protected=_path(_areas(wild, near)),
    )


def _degrees(polygon: Sequence[Sequence[int]]) -> list[_Array]:
    """Return the rings of a polygon that enclose something, none if the outer does not."""
    rings = [_ring(ring) for ring in polygon]
    if not rings or len(rings[0]) < _CORNERS - 1:
        return []
    return [ring for ring in rings if len(ring) >= _CORNERS - 1]


def _ring(flat: Sequence[int]) -> _Array:
    return np.cumsum(np.array(flat, dtype=np.int64).reshape(-1, 2), axis=0) / SCALE


def _shape(rings_of: Sequence[Sequence[Sequence[int]]], frame: Frame) -> shapely.Geometry:
    """Return polygons of a page as one shape in the figure."""
    parts = []
    for polygon in rings_of:
        rings = [_closed(frame.at(ring)) for ring in _degrees(polygon)]
        if rings:
            parts.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.MultiPolygon(parts)


def _closed(ring: _Array) -> _Array:
    return ring if np.array_equal(ring[0], ring[-1]) else np.vstack([ring, ring[:1]])


def _simple(shapes: list[shapely.Geometry]) -> list[shapely.Geometry]:
    """Return units as a figure of this size needs them; neighbours still meet."""
    if not shapes:
        return []
    return [_seen(shape) for shape in shapely.coverage_simplify(shapes, _TOLERANCE)]


def _seen(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape without specks, its largest part always."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    largest = max(parts, key=lambda part: part.area, default=None)
    return shapely.MultiPolygon([p for p in parts if p.area >= _SPECK or p is largest])


def _near(shapes: list[shapely.Geometry], frame: Frame) -> shapely.Geometry:
    """Return the ground whose rivers and roads are drawn: the units and a little around them."""
    sheet = shapely.box(0, 0, frame.width, frame.height)
    around = shapely.simplify(shapely.union_all(shapes), 1.0).buffer(_AROUND)
    return sheet if around.is_empty else shapely.intersection(around, sheet)


def _areas(parts: list[shapely.Geometry], near: shapely.Geometry) -> shapely.Geometry:
    whole = shapely.make_valid(shapely.simplify(shapely.union_all(parts), _TOLERANCE))
    return _seen(shapely.intersection(whole, near))


def _path(shape: shapely.Geometry) -> str:
    rings = [
        ring
        for part in shapely.get_parts(shape)
        for ring in (part.exterior, *part.interiors)
        if not ring.is_empty
    ]
    return "".join(_steps(shapely.get_coordinates(ring)[:-1]) + "z" for ring in rings)


def _lines(roads: Iterable[Mapping[str, Any]], frame: Frame, near: shapely.Geometry) -> str:
    """Return main and secondary roads as one path."""
    drawn = [
        shapely.LineString(frame.at(_ring(line)))
        for road in roads
        if road["rank"] < 3  # noqa: PLR2004 - streets would hide the figure
        for line in road["lines"]
        if len(line) >= _CORNERS
    ]
    whole = shapely.line_merge(shapely.MultiLineString(drawn))
    inside = shapely.intersection(shapely.simplify(whole, 2 * _TOLERANCE), near)
    parts = shapely.get_parts(inside)
    seen = [part for part in parts if part.geom_type == "LineString" and part.length > 2]  # noqa: PLR2004
    return "".join(_steps(shapely.get_coordinates(line)) for line in seen)


def _steps(xy: _Array) -> str:
    """Write a line as steps in whole halves of a unit."""
    whole = np.rint(xy * _FINE).astype(np.int64)
    moved = np.any(np.diff(whole, axis=0) != 0, axis=1)
    whole = whole[np.concatenate([[True], moved])]
    steps = np.diff(whole, axis=0)
    body = "".join(f"{x}{y:+d} " if y < 0 else f"{x} {y} " for x, y in steps)
    return f"M{whole[0, 0]} {whole[0, 1]}l{body.strip() or '0 0'}"


def _spots(shape: shapely.Geometry) -> _Array:
    """Return places for a name: the middle of the largest part, then a grid inside it."""
    parts = shapely.get_parts(shape)
    if not len(parts):
        return np.empty((0, 2))
    largest = max(parts, key=lambda part: part.area)
    middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest, 1.0))[0]
    x0, y0, x1, y1 = largest.bounds
    x, y = np.meshgrid(np.linspace(x0, x1, 11)[1:-1], np.linspace(y0, y1, 11)[1:-1])
    grid = np.column_stack([x.ravel(), y.ravel()])
    grid = grid[shapely.contains_xy(largest, grid)]
    away = np.hypot(*(grid - middle).T)
    return np.vstack([middle, grid[np.argsort(away, kind="stable")]])
