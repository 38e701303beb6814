"""Protected areas: high ridge, drinking water, scenery, farmland."""

from __future__ import annotations

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from .county import Ground
from .grid import Mask
from .villages import Villages
from .water import Water, near_water, smooth_polygon

Area = tuple[str, str, BaseGeometry]


def _largest(mask: Mask) -> Mask:
    """Return the largest connected part of a mask."""
    parts, _ = ndimage.label(mask)
    return np.asarray(parts == int(np.argmax(np.bincount(parts.ravel())[1:])) + 1)


def _reserve(ground: Ground) -> Mask:
    """Return the high ridge: the largest area above a level that leaves 35-60 km2."""
    level = 900.0
    while True:
        high = ndimage.binary_closing(ground.inside & (ground.z > level), iterations=3)
        mask = _largest(ndimage.binary_opening(high & ground.inside, iterations=2))
        if mask.sum() * ground.grid.cell**2 > 38e6 or level < 400.0:
            return mask
        level -= 10.0


def _farmland(ground: Ground, villages: Villages, water: Water, urban: BaseGeometry) -> list[Mask]:
    """Return the largest patches of level valley floor without houses."""
    near = np.zeros(ground.grid.shape, dtype=bool)
    near.flat[ground.grid.index(villages.xy)] = True
    houses = ndimage.distance_transform_edt(~near) * ground.grid.cell < 330.0
    xs, ys = ground.grid.centres()
    town = urban.buffer(150.0)
    shapely.prepare(town)
    level = ndimage.uniform_filter(ground.slope, 3) < 0.035
    good = ground.inside & level & ~houses & ~near_water(ground.grid, water, 160.0)
    good &= ~shapely.contains(town, shapely.points(xs, ys))
    parts, _ = ndimage.label(ndimage.binary_opening(good, iterations=2))
    size = np.bincount(parts.ravel())
    size[0] = 0
    return [parts == k for k in np.argsort(-size)[:9] if size[k] > 40]


def protected_areas(
    ground: Ground, villages: Villages, water: Water, urban: BaseGeometry, county: Polygon
) -> list[Area]:
    """Return the protected areas inside the county, metres."""
    grid = ground.grid
    out: list[Area] = [
        ("云顶山自然保护区", "自然保护区", smooth_polygon(grid, _reserve(ground), 150.0)),
        (
            "青坞水库饮用水水源保护区",
            "饮用水水源保护区",
            water.reservoir.union(water.island).buffer(420.0).simplify(15.0),
        ),
    ]
    seat = villages.xy[villages.seat][7]
    xs, ys = grid.centres()
    around = np.hypot(xs - seat[0] - 1_800.0, ys - seat[1] + 3_400.0)
    scenic = ground.inside & (around + 3.0 * ground.above < 2_900.0)
    out.append(("龙潭峡谷风景名胜区", "风景名胜区", smooth_polygon(grid, _largest(scenic), 150.0)))
    for k, mask in enumerate(_farmland(ground, villages, water, urban), start=1):
        out.append((f"永久基本农田{k}号片区", "永久基本农田", smooth_polygon(grid, mask, 60.0)))
    return [(n, kind, shapely.intersection(g, county)) for n, kind, g in out]
