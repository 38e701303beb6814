"""Rivers, streams and the reservoir with its island."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import rasterio.features
import shapely
from rasterio.transform import from_origin
from scipy import ndimage
from shapely.geometry import LineString, Polygon, shape
from shapely.geometry.base import BaseGeometry

from .county import Ground
from .drainage import Flow, edge_mask
from .grid import Floats, Grid, Mask, noise
from .lines import chaikin, chains, relaxed, wound
from .settings import CENTRE, rng
from .terrain import WIDTH, river_y

DAM = (5.5, 6.2)  # kilometres east and north of the centre: search starts here
LAKE_AREA = 10.0  # square kilometres
ISLAND_RADIUS = 430.0  # metres
RIVER, STREAM, BED = 3.0e7, 3.0e6, 1.2e9  # drainage areas, square metres


@dataclass
class Water:
    """Water polygons (metres), and what the reservoir did to the ground."""

    rivers: list[tuple[str, str, BaseGeometry]]  # name, kind, shape
    reservoir: Polygon
    island: Polygon
    level: float
    lake: Mask
    dam: int


def smooth_polygon(grid: Grid, mask: Mask, tolerance: float = 60.0) -> Polygon:
    """Return the largest outline of a mask without its pixel corners."""
    transform = from_origin(grid.west, grid.north, grid.cell, grid.cell)
    found = rasterio.features.shapes(mask.astype(np.uint8), mask=mask, transform=transform)
    raw = max((shape(g) for g, _ in found), key=lambda p: float(p.area))
    rings = [raw.exterior, *[r for r in raw.interiors if Polygon(r).area > 9e4]]
    smooth = []
    for ring in rings:
        xy = np.array(ring.simplify(tolerance).coords)
        # Start in the middle of a side: the ends of a line are kept by the corner cutting.
        first = 0.5 * (xy[0] + xy[1])
        xy = np.vstack([first, xy[1:], first])
        smooth.append(chaikin(xy, 3))
    out = Polygon(smooth[0], smooth[1:]).buffer(0).simplify(3.0)
    return max(shapely.get_parts(out), key=lambda p: float(p.area))


def _flooded(ground: Ground, basin: Mask, dam: int, level: float) -> Mask:
    """Return the cells behind a dam below a level, joined to it."""
    parts, _ = ndimage.label(basin & (ground.z < level), structure=np.ones((3, 3)))
    return np.asarray(parts == parts.ravel()[dam])


def flood(ground: Ground) -> tuple[int, float, Mask]:
    """Return the dam's cell, the water level and the lake, by raising the water step by step."""
    outlets = edge_mask(ground.z.shape) | ground.main
    flow = Flow(ground.z, outlets, ground.grid.cell)
    xs, ys = ground.grid.centres()
    away = np.hypot(xs - CENTRE[0] - DAM[0] * 1e3, ys - CENTRE[1] - DAM[1] * 1e3)
    near = (flow.area > RIVER) & ~ground.main
    dam = int(np.argmin(np.where(near, away, np.inf)))
    label = np.zeros(ground.z.size, dtype=np.int64)
    label[dam] = 1
    basin = flow.basins(label) == 1
    level = float(ground.z.flat[dam]) + 10.0
    lake = _flooded(ground, basin, dam, level)
    while lake.sum() * ground.grid.cell**2 < LAKE_AREA * 1e6:
        level += 1.0
        lake = _flooded(ground, basin, dam, level)
    return dam, level, lake


def raise_island(ground: Ground, lake: Mask, level: float) -> Mask:
    """Build the island where the lake is widest; return its cells and widen the lake around."""
    grid = ground.grid
    inner = ndimage.distance_transform_edt(lake & ground.inside) * grid.cell
    row, col = np.unravel_index(int(np.argmax(inner)), grid.shape)
    random = rng("island")
    xs, ys = grid.centres()
    dx, dy = xs - xs[row, col], ys - ys[row, col]
    turn = np.arctan2(dy, dx)
    lobes = 1.0 + 0.18 * np.sin(2 * turn + random.uniform(0, 6))
    lobes += 0.12 * np.sin(3 * turn + random.uniform(0, 6))
    far = np.hypot(dx, dy) / lobes
    bays = 1.0 + 0.38 * noise(grid, 1_300.0, random, 2) + 0.15 * np.sin(2 * turn + 1.0)
    ring = far < ISLAND_RADIUS + np.clip(400.0 * bays, 190.0, 800.0)
    ring &= ground.z < level + 90.0
    ground.z[ring] = np.minimum(ground.z[ring], level - 5.0)
    lake |= ring
    island = far < ISLAND_RADIUS
    dome = level + 3.0 + 34.0 * np.clip(1.0 - (far / ISLAND_RADIUS) ** 2, 0.0, 1.0)
    ground.z[island] = dome[island]
    lake &= ~island
    return np.asarray(island)


def _stream_lines(ground: Ground, lake: Mask) -> list[tuple[Floats, float]]:
    """Return smoothed stream lines with the drainage area of their lower end."""
    area = ground.area
    flow = Flow(ground.z, edge_mask(area.shape) | ground.main, ground.grid.cell)
    stream = (flow.area > STREAM) & ~ground.main & ~lake
    cells = np.flatnonzero(stream.ravel())
    edges = {(int(i), int(flow.target[i])): 0 for i in cells if flow.target[i] != i}
    random = rng("streams")
    out = []
    for path, _ in chains(edges, set()):
        xy = ground.grid.xy(np.array(path))
        size = float(flow.area.ravel()[np.array(path)[:-1]].max())
        xy = wound(relaxed(xy, 2), np.full(len(xy), 14.0), random)
        out.append((chaikin(xy, 2), size))
    return out


def main_river(grid: Grid) -> LineString:
    """Return the centre line of the main river, flowing east, metres."""
    x = np.arange(-WIDTH / 2, WIDTH / 2, 60.0)
    xy = np.column_stack([x + CENTRE[0], river_y(x) + CENTRE[1]])
    keep = (xy[:, 0] > grid.west) & (xy[:, 0] < grid.west + grid.cols * grid.cell)
    return LineString(xy[keep])


def make_water(ground: Ground) -> Water:
    """Fill the reservoir (changing the ground's elevation) and return all water polygons."""
    dam, level, lake = flood(ground)
    island = raise_island(ground, lake, level)
    ground.z[lake] = level
    whole = smooth_polygon(ground.grid, lake | island, 95.0)
    isle = smooth_polygon(ground.grid, island, 40.0)
    reservoir = whole.difference(isle)
    line = main_river(ground.grid)
    wide = [70.0 + 28.0 * np.sin(k / 9.0) for k in range(len(line.coords) - 1)]
    bed = shapely.union_all(
        [LineString(line.coords[k : k + 2]).buffer(w) for k, w in enumerate(wide)]
    )
    parts: dict[str, list[BaseGeometry]] = {"river": [], "stream": []}
    for xy, size in _stream_lines(ground, lake):
        kind = "river" if size > RIVER else "stream"
        half = 2.0 + 2.6 * np.sqrt(size / 1e7)
        parts[kind].append(LineString(xy).buffer(float(half), quad_segs=3))
    rivers: list[tuple[str, str, BaseGeometry]] = [("云溪江", "river", bed.simplify(2.0))]
    taken = shapely.union_all([bed, whole])
    for kind in ("river", "stream"):
        body = shapely.union_all(parts[kind]).difference(taken)
        taken = shapely.union_all([taken, body])
        for k, part in enumerate(shapely.get_parts(body)):
            if part.area > 2_000.0:
                name = _NAMES[k % len(_NAMES)] if kind == "river" else ""
                rivers.append((name, kind, part.simplify(1.0)))
    return Water(rivers, reservoir, isle, level, lake, dam)


_NAMES = ("桐溪", "龙潭溪", "青坞溪", "枫溪", "岱溪", "箬溪", "竹溪", "白石溪", "小源", "大源")


def near_water(grid: Grid, water: Water, margin: float) -> Mask:
    """Return cells whose centre lies within ``margin`` metres of rivers or the reservoir."""
    shapes = [g.buffer(margin) for _, kind, g in water.rivers if kind == "river"]
    shapes.append(water.reservoir.buffer(margin))
    transform = from_origin(grid.west, grid.north, grid.cell, grid.cell)
    burnt = rasterio.features.rasterize(shapes, out_shape=grid.shape, transform=transform)
    return np.asarray(burnt == 1)
