"""Where the villages stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from .county import Ground, travel
from .grid import Floats, Ints, Mask
from .names import urban_names, village_names
from .settings import TOWNSHIPS, rng
from .water import Water, near_water, smooth_polygon

REMOTE_CLEAR = 2_350.0  # metres around the roadless village without any road


@dataclass
class Villages:
    """Villages in table order: township by township, the seat first."""

    xy: Floats  # metres
    township: Ints
    name: list[str]
    seat: Mask
    island: int
    remote: int
    misplaced: int = -1


def urban_polygon(ground: Ground, water: Water, seats: list[int]) -> BaseGeometry:
    """Return the built-up area of the county seat: level ground about the three streets."""
    xs, ys = ground.grid.centres()
    centres = ground.grid.xy(np.array(seats[:3]))
    built = np.zeros(ground.grid.shape, dtype=bool)
    for (x, y), along, across in zip(centres, (2450, 2050, 1500), (1900, 1500, 1300), strict=True):
        built |= ((xs - x) / along) ** 2 + ((ys - y) / across) ** 2 < 1.0
    built &= (ndimage.uniform_filter(ground.slope, 3) < 0.11) & (
        ground.z < ground.z[built].min() + 60
    )
    river = near_water(ground.grid, water, 90.0)
    built |= ndimage.binary_dilation(built, iterations=3) & river
    built = ndimage.binary_closing(built, iterations=4)
    built = ndimage.binary_opening(ndimage.binary_fill_holes(built), iterations=3)
    return smooth_polygon(ground.grid, built, 120.0)


def remote_cell(ground: Ground, seats: list[int], allowed: Mask) -> int:
    """Return the gentle spot that is furthest to walk to from every seat."""
    cost, _, _ = travel(ground).tree(np.array(seats))
    flat = ndimage.uniform_filter(ground.slope, 3)
    deep = ndimage.distance_transform_edt(ground.inside) * ground.grid.cell
    good = allowed & (flat < 0.30) & (deep > 500.0) & (ground.z > 300.0)
    far = np.where(good, cost.reshape(ground.grid.shape) * (1.0 - flat), -1.0)
    return int(np.argmax(np.where(np.isfinite(far), far, -1.0)))


def _spread(
    ground: Ground, weight: Floats, taken: list[tuple[float, float]], count: int, far: float,
    random: np.random.Generator,
) -> list[tuple[float, float]]:  # fmt: skip
    """Return points drawn by weight that keep their distance; the distance gives way slowly."""
    cells = np.flatnonzero(weight.ravel() > 0)
    chance = weight.ravel()[cells] / weight.ravel()[cells].sum()
    out: list[tuple[float, float]] = []
    while len(out) < count:
        draws = random.choice(cells, size=400, p=chance)
        points = ground.grid.xy(draws) + random.uniform(-45, 45, (400, 2))
        for x, y in points.tolist():
            if all((x - a) ** 2 + (y - b) ** 2 > far * far for a, b in taken + out):
                out.append((x, y))
                if len(out) == count:
                    break
        far *= 0.96
    return out


def _suitability(ground: Ground, water: Water, remote: Floats) -> Floats:
    """Return how likely a cell holds a village."""
    xs, ys = ground.grid.centres()
    flat = ndimage.uniform_filter(ground.slope, 3)
    valley = ndimage.maximum_filter(np.minimum(ground.area, 2.0e8), 9)
    weight = np.exp(-flat / 0.085) * np.clip(valley / 2.0e7, 0.05, 1.0) ** 0.35
    weight *= np.where((ground.above > 2.0) & (ground.above < 70.0), 1.0, 0.05)
    deep = ndimage.distance_transform_edt(ground.inside) * ground.grid.cell
    bad = near_water(ground.grid, water, 130.0) | (deep < 350.0) | (flat > 0.33)
    bad |= np.hypot(xs - remote[0], ys - remote[1]) < REMOTE_CLEAR + 900.0
    return np.asarray(np.where(bad, 0.0, weight))


def place_villages(
    ground: Ground, water: Water, towns: list[Polygon], seats: list[int], urban: BaseGeometry
) -> Villages:
    """Return all villages, the one on the island and the one no road reaches included."""
    random = rng("villages")
    xs, ys = ground.grid.centres()
    centres = shapely.points(xs, ys)
    owner = np.full(ground.grid.shape, -1)
    for k, town in enumerate(towns):
        shapely.prepare(town)
        owner[shapely.contains(town, centres)] = k
    isle = np.array(water.island.centroid.coords[0])
    remote = remote_cell(ground, seats, owner >= 8)
    remote_xy = ground.grid.xy(np.array([remote]))[0]
    weight = _suitability(ground, water, remote_xy)
    in_urban = shapely.contains(urban, centres)
    points: list[tuple[float, float]] = []
    township, names, is_seat = [], [], []
    taken: dict[str, int] = {}
    city = urban_names(sum(t.villages for t in TOWNSHIPS[:3]), random)
    specials: dict[int, list[tuple[float, float]]] = {}
    specials.setdefault(int(owner.flat[ground.grid.index(isle)[0]]), []).append(
        tuple(isle.tolist())
    )
    specials.setdefault(int(owner.flat[remote]), []).append(tuple(remote_xy.tolist()))
    for k, (town, cell) in enumerate(zip(TOWNSHIPS, seats, strict=True)):
        own = np.where(ndimage.binary_erosion(owner == k), weight, 0.0)
        if k < 3:
            own = np.where(in_urban, own * 6.0, own)
        fixed = [tuple(ground.grid.xy(np.array([cell]))[0].tolist()), *specials.get(k, [])]
        roomy = float((own > 0.004).sum()) * ground.grid.cell**2
        apart = min(1.1 * np.sqrt(roomy / town.villages), 1_500.0)
        count = town.villages - len(fixed)
        spread = _spread(ground, own, points + fixed, count, apart, random)
        points += fixed + spread
        township += [k] * town.villages
        is_seat += [True] + [False] * (town.villages - 1)
        if k < 3:
            names += [city.pop() for _ in range(town.villages)]
        else:
            names += village_names(town.villages, random, taken)
    xy = np.array(points)
    find = [int(np.argmin(np.hypot(*(xy - p).T))) for p in (isle, remote_xy)]
    names[find[0]], names[find[1]] = "湖心屿村", "云顶寮村"
    return Villages(xy, np.array(township), names, np.array(is_seat), find[0], find[1])


def declared_elsewhere(villages: Villages, towns: list[Polygon]) -> Villages:
    """Book one village under the neighbouring township, 100-200 m beyond its line.

    Lists of real bureaus have this fault; whoever assigns people by polygon must meet it.
    """
    for k in range(len(villages.name)):
        own = int(villages.township[k])
        if villages.seat[k] or own < 3 or k in (villages.island, villages.remote):
            continue
        point = shapely.Point(villages.xy[k])
        for other in range(3, len(towns)):
            if other == own or not 100.0 < towns[other].distance(point) < 200.0:
                continue
            if villages.name[k] in [
                n for n, t in zip(villages.name, villages.township, strict=True) if t == other
            ]:
                continue
            township = villages.township.copy()
            township[k] = other
            order = np.lexsort((~villages.seat, township))
            back = {int(o): i for i, o in enumerate(order)}
            return Villages(
                villages.xy[order],
                township[order],
                [villages.name[i] for i in order],
                villages.seat[order],
                back[villages.island],
                back[villages.remote],
                back[k],
            )
    raise AssertionError("no village within 100-200 m of another township")
