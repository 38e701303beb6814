"""Names on a map: where they hide neither a sign nor each other.

Greedy, the hardest first: the names of small units take their place before those of large ones.
A name stands in the middle of its unit, else elsewhere in it. Where no name fits, a number does,
which a list beside the map explains, or a few words such as the share alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from ..looks import INK
from .frame import Frame
from .lettering import fitted, width

_SIZES = (8.0, 7.0, 6.0)
"""Points: smaller letters are tried where a name does not fit."""

_ROOM, _PAD, _LINE = 92.0, 1.6, 1.22
"""Longest name and margin in points, and height of a line in sizes."""

_GRID = 9
_INSIDE, _DRIFT, _SMALLER, _GOOD = 1.6, 0.25, 0.5, 1.2
_HIDDEN, _DEEP, _SAMPLE = 1.5, 0.75, 1000
_MOST_OUTSIDE, _MOST_OUTSIDE_SHORT = 0.4, 0.6
"""Part of a name that may stand beyond its unit: more would name the neighbour."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Named:
    """A unit that is to be named: its shape, one or two lines of words, and fewer of them."""

    shape: shapely.Geometry
    lines: tuple[str, ...]
    short: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """How naming went, by position of the unit.

    Parameters
    ----------
    numbered
        Units that bear a number, in the order of the numbers.
    shortened, left_out
        Units that bear few words only, and nothing.
    """

    numbered: list[int] = field(default_factory=list)
    shortened: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)

    @property
    def nameless(self) -> int:
        """How many units have neither name nor number."""
        return len(self.shortened) + len(self.left_out)


@dataclass(frozen=True, slots=True)
class _Spot:
    box: _Floats
    lines: tuple[str, ...]
    size: float
    cost: float


def name_units(
    frame: Frame,
    units: Sequence[Named],
    signs: _Floats,
    people: _Floats | None = None,
    *,
    numbers: int = 0,
) -> Names:
    """Write the names of units on a map.

    Parameters
    ----------
    frame
        The map.
    units
        What is to be named.
    signs
        Boxes that must stay free: west, south, east, north in metres, shape ``(s, 4)``.
    people
        Places that had better stay free, metres, shape ``(p, 2)``.
    numbers
        How many units may bear a number instead of their name, for a list beside the map; where
        more would need one, none has.
    """
    blocked = np.vstack([frame.furniture(), signs.reshape(-1, 4)])
    names, spots = _placed(frame, units, blocked, people, numbered=numbers > 0)
    if len(names.numbered) > numbers:
        names, spots = _placed(frame, units, blocked, people, numbered=False)
    number_of = {at: number for number, at in enumerate(names.numbered, 1)}
    for at, spot in spots.items():
        _write(frame, spot, number_of.get(at))
    return names


def _placed(
    frame: Frame,
    units: Sequence[Named],
    blocked: _Floats,
    people: _Floats | None,
    *,
    numbered: bool,
) -> tuple[Names, dict[int, _Spot]]:
    """Return which units bear what, and where it goes."""
    held, spots, names = blocked, {}, Names()
    for at in sorted(range(len(units)), key=lambda i: units[i].shape.area):
        unit = units[at]
        spot = _best(frame, unit, unit.lines, held, people)
        if spot is None and (numbered or unit.short):
            words = "0" * len(str(len(units))) if numbered else unit.short
            spot = _best(frame, unit, (words,), held, people)
            if spot is not None:
                (names.numbered if numbered else names.shortened).append(at)
        if spot is None:
            names.left_out.append(at)
            continue
        spots[at] = spot
        held = np.vstack([held, spot.box])
    # Numbered from north to south, as one reads.
    names.numbered.sort(key=lambda at: -spots[at].box[1])
    return names, spots


def _best(
    frame: Frame, unit: Named, lines: tuple[str, ...], held: _Floats, people: _Floats | None
) -> _Spot | None:
    """Return the cheapest free spot in a unit, large letters first; None where there is none."""
    inner, depth = _places(unit.shape)
    middle = inner[0]
    most = _MOST_OUTSIDE if lines == unit.lines else _MOST_OUTSIDE_SHORT
    found: list[_Spot] = []
    for number, size in enumerate(_SIZES):
        told = _lines(frame, lines, size)
        spots = _spots(
            frame, unit, (inner, middle, depth), _extent(frame, told, size), held, people, most
        )
        found += [_Spot(box, told, size, cost + _SMALLER * number) for box, cost in spots]
        best = min(found, key=lambda spot: spot.cost, default=None)
        if best is not None and best.cost <= _GOOD:
            return best
    return min(found, key=lambda spot: spot.cost, default=None)


def _extent(frame: Frame, lines: tuple[str, ...], size: float) -> tuple[float, float]:
    """Return how wide and high some lines are, metres."""
    sheet = frame.sheet
    letters, margin = size * sheet.larger, 2 * _PAD * sheet.larger
    wide = max(width(line, letters, sheet.font) for line in lines)
    high = letters * _LINE * len(lines)
    return (wide + margin) * frame.metres, (high + margin) * frame.metres


def _lines(frame: Frame, lines: tuple[str, ...], size: float) -> tuple[str, ...]:
    sheet = frame.sheet
    room = _ROOM * sheet.larger
    return tuple(fitted(line, size * sheet.larger, sheet.font, room) for line in lines)


def _places(shape: shapely.Geometry) -> tuple[_Floats, float]:
    """Return places within a shape, its middle first, and how far that is from the edge."""
    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    rough = max(math.sqrt(largest.area) / 50, 1.0)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=rough)
    depth = max(float(shapely.length(circle)), 1.0)
    centre = shapely.centroid(largest)
    within = shapely.contains(largest, centre)
    # A long shape has many middles: the one amid the whole looks best.
    good = within and shapely.distance(centre, shapely.boundary(largest)) >= _DEEP * depth
    middle = shapely.get_coordinates(centre if good else circle)[:1]
    west, south, east, north = shape.bounds
    x, y = np.meshgrid(
        np.linspace(west, east, _GRID + 2)[1:-1], np.linspace(south, north, _GRID + 2)[1:-1]
    )
    spots = np.column_stack([x.ravel(), y.ravel()])
    return np.vstack([middle, spots[shapely.contains_xy(shape, spots)]]), depth


def _spots(
    frame: Frame,
    unit: Named,
    places: tuple[_Floats, _Floats, float],
    extent: tuple[float, float],
    held: _Floats,
    people: _Floats | None,
    most_outside: float,
) -> list[tuple[_Floats, float]]:
    """Return the free boxes around some spots, with what each costs."""
    spots, middle, depth = places
    half = np.array(extent) / 2
    boxes = np.hstack([spots - half, spots + half])
    west, south, east, north = frame.limits
    free = (boxes[:, 0] >= west) & (boxes[:, 1] >= south)
    free &= (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
    free &= ~_meet(boxes, held).any(axis=1)
    outside = _outside(unit.shape, boxes)
    free &= outside <= most_outside
    boxes, spots, outside = boxes[free], spots[free], outside[free]
    if not len(boxes):
        return []
    cost = _DRIFT * np.hypot(*(spots - middle).T) / depth + _INSIDE * outside
    if people is not None and len(people):
        cost = cost + _HIDDEN * _hidden(boxes, people, unit.shape)
    return list(zip(boxes, cost.tolist(), strict=True))


def _meet(boxes: _Floats, others: _Floats) -> NDArray[np.bool_]:
    """Return which boxes overlap which others, shape ``(boxes, others)``."""
    a, b = boxes[:, None, :], others[None, :, :]
    across = (a[..., 0] < b[..., 2]) & (b[..., 0] < a[..., 2])
    meet: NDArray[np.bool_] = across & (a[..., 1] < b[..., 3]) & (b[..., 1] < a[..., 3])
    return meet


def _outside(shape: shapely.Geometry, boxes: _Floats) -> _Floats:
    """Return which part of each box lies outside a shape, by 7 x 3 points of it."""
    u, v = (axis.ravel() for axis in np.meshgrid(np.linspace(0, 1, 7), np.linspace(0, 1, 3)))
    x = boxes[:, [0]] + u * (boxes[:, [2]] - boxes[:, [0]])
    y = boxes[:, [1]] + v * (boxes[:, [3]] - boxes[:, [1]])
    shapely.prepare(shape)
    part: _Floats = 1.0 - shapely.contains_xy(shape, x, y).mean(axis=1)
    return part


def _hidden(boxes: _Floats, people: _Floats, shape: shapely.Geometry) -> _Floats:
    """Return which part of the places near a unit each box hides."""
    west, south, east, north = shape.bounds
    near = people[(people[:, 0] >= west) & (people[:, 0] <= east)]
    near = near[(near[:, 1] >= south) & (near[:, 1] <= north)]
    if not len(near):
        return np.zeros(len(boxes))
    x, y = near[:: len(near) // _SAMPLE + 1].T
    inside = (x > boxes[:, [0]]) & (x < boxes[:, [2]]) & (y > boxes[:, [1]]) & (y < boxes[:, [3]])
    part: _Floats = inside.mean(axis=1)
    return part


def _write(frame: Frame, spot: _Spot, number: int | None = None) -> None:
    x, y = (spot.box[:2] + spot.box[2:]) / 2
    halo = {"boxstyle": "square,pad=0.12", "fc": "#ffffff", "ec": "none", "alpha": 0.78}
    words = "\n".join(spot.lines)
    if number is not None:
        words = str(number)
        halo = {"boxstyle": "round,pad=0.18", "fc": "#ffffff", "ec": INK, "lw": 0.6}
    frame.sheet.label(frame.axes, float(x), float(y), words, spot.size, bbox=halo, linespacing=1.15)
