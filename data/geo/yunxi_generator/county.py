"""The county's extent along watersheds, its seats, and its twelve townships."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import rasterio.features
import shapely
from rasterio.transform import from_origin
from scipy import ndimage
from shapely.geometry import LineString, Polygon, shape

from .drainage import Flow, edge_mask
from .grid import Floats, Grid, Ints, Mask, noise
from .lines import chaikin, rebuilt, shared_arcs
from .routing import CostGrid, steepness
from .settings import CENTRE, COUNTY_AREA, MARGIN, rng
from .terrain import Terrain

SEATS = (  # kilometres east and north of the centre, in the order of TOWNSHIPS
    (-1.6, 0.9), (3.7, 0.7), (0.5, -3.0),
    (13.0, 0.8), (-12.5, 1.0), (-5.6, -13.5), (5.4, 4.6), (17.5, -8.5),
    (5.0, 16.5), (-6.5, 10.2), (5.5, -13.2), (-18.0, 8.5),
)  # fmt: skip


@dataclass
class Ground:
    """Terrain cut to the county with a margin; what every later step stands on."""

    grid: Grid
    z: Floats
    area: Floats  # drainage, square metres
    target: Ints
    main: Mask
    above: Floats  # metres above the nearest stream downhill
    slope: Floats
    inside: Mask


def units(flow: Flow, threshold: float) -> Ints:
    """Return catchment labels (from 1) of the stream links above a drainage area."""
    stream = (flow.area > threshold).ravel()
    target = flow.target
    feeders = np.bincount(target[stream], minlength=target.size)
    label = np.zeros(target.size, dtype=np.int64)
    own = stream & ((target == np.arange(target.size)) | ~stream[target])
    own |= stream & (feeders[target] > 1)
    label[own] = np.arange(1, int(own.sum()) + 1)
    return flow.basins(label)


def county_mask(land: Terrain) -> Mask:
    """Return the cells of the county: whole catchments around the seat up to the area."""
    xs, ys = land.grid.centres()
    x, y = (xs - CENTRE[0]) / 1000.0, (ys - CENTRE[1]) / 1000.0
    far = np.hypot(x / 1.0, y / 0.98) + 2.4 * noise(land.grid, 14_000.0, rng("county"), 2)
    # The valley above the reservoir's dam belongs to the county as a whole.
    far = far - 6.0 * np.exp(-(((x - 7.0) / 5.0) ** 2) - ((y - 14.0) / 6.0) ** 2)
    label = units(land.flow, 2.5e6)
    count = np.bincount(label.ravel())
    score = np.bincount(label.ravel(), weights=far.ravel()) / np.maximum(count, 1)
    order = np.argsort(score[1:], kind="stable") + 1
    size = np.cumsum(count[order]) * land.grid.cell**2 / 1e6
    chosen = np.zeros(len(count), dtype=bool)
    chosen[order[size <= COUNTY_AREA * 0.947]] = True
    mask = ndimage.binary_closing(chosen[label], iterations=4)
    mask = ndimage.binary_opening(ndimage.binary_fill_holes(mask), iterations=5)
    parts, _ = ndimage.label(mask)
    mask = parts == parts[land.grid.rows // 2, land.grid.cols // 2]
    return np.asarray(ndimage.binary_fill_holes(mask))


def height_above(flow: Flow, z: Floats, threshold: float) -> Floats:
    """Return metres above the stream that each cell drains to."""
    stream = flow.area > threshold
    label = np.where(stream, np.arange(1, z.size + 1).reshape(z.shape), 0)
    label.flat[flow.order[0]] = flow.order[0] + 1
    foot = flow.basins(label)
    return np.asarray(np.maximum(z - z.ravel()[np.maximum(foot, 1) - 1], 0.0))


def cut(land: Terrain, inside: Mask) -> Ground:
    """Return the ground around the county, with its drainage."""
    grid, part = land.grid.window(inside, MARGIN)
    z = land.z[part]
    flow = Flow(z, edge_mask(z.shape) | land.main[part], grid.cell)
    area = np.where(land.main[part], 3.0e9, land.flow.area[part])
    full = Flow(land.z, edge_mask(land.z.shape) | land.main, land.grid.cell)
    above = height_above(full, land.z, 2.0e6)[part]
    return Ground(
        grid, z, area, flow.target, land.main[part], above, steepness(z, grid.cell), inside[part]
    )


def travel(ground: Ground, grade: float = 0.07) -> CostGrid:
    """Return the cost of going about on foot: steep ground and the main river are barriers."""
    wide = ndimage.binary_dilation(ground.main)
    factor = 1.0 + (ground.slope / 0.15) ** 2 + np.where(wide, 16.0, 0.0)
    return CostGrid(ground.grid, ground.z, factor, grade)


def seat_cells(ground: Ground) -> list[int]:
    """Return the cells of the twelve seats: level ground by a stream near the places chosen."""
    xs, ys = ground.grid.centres()
    wide = ndimage.binary_dilation(ground.main, iterations=3)
    flat = ndimage.uniform_filter(ground.slope, 7)
    near = ndimage.maximum_filter(ground.area, 5) > 4.0e6
    good = ground.inside & near & (ground.above > 1.0) & (ground.above < 30.0) & ~wide
    seats = []
    for x, y in SEATS:
        away = np.hypot(xs - CENTRE[0] - x * 1e3, ys - CENTRE[1] - y * 1e3)
        seats.append(int(np.argmin(np.where(good, away + 6e3 * flat, np.inf))))
    return seats


def township_labels(ground: Ground, cost: CostGrid, seats: list[int]) -> Ints:
    """Return 0..11 per cell: least cost, but side catchments are never divided."""
    where = {cell: k for k, cell in enumerate(seats)}
    best = np.full(ground.z.size, np.inf)
    label = np.zeros(ground.z.size, dtype=np.int64)
    # Streets keep to the town, mountain townships reach far: their walk counts for more or less.
    for group, weight in ((seats[:3], 1.45), (seats[3:8], 1.0), (seats[8:], 0.74)):
        walk, _, source = cost.tree(np.array(group))
        own = np.array([where.get(int(s), 0) for s in source])
        nearer = walk * weight < best
        label[nearer], best[nearer] = own[nearer], (walk * weight)[nearer]
    label = label.reshape(ground.grid.shape)
    flow = Flow(ground.z, edge_mask(ground.z.shape) | ground.main, ground.grid.cell)
    for threshold in (1.2e6, 5.0e5):
        unit = units(flow, threshold).ravel()
        votes = np.zeros((unit.max() + 1, len(seats)))
        np.add.at(votes, (unit, label.ravel()), 1.0)
        won = votes.argmax(axis=1)[unit].reshape(label.shape)
        clear = (votes.max(axis=1) > 0.5 * votes.sum(axis=1))[unit].reshape(label.shape)
        label = np.where((unit.reshape(label.shape) > 0) & clear, won, label)
    label = ndimage.median_filter(label, 7)
    out = np.full(label.shape, -1)
    for k, seat in enumerate(seats):
        parts, _ = ndimage.label((label == k) & ground.inside)
        near = parts.ravel()[seat] or int(np.argmax(np.bincount(parts.ravel())[1:])) + 1
        out[parts == near] = k
    nearest = ndimage.distance_transform_edt(out < 0, return_distances=False, return_indices=True)
    return np.asarray(np.where(ground.inside, out[nearest[0], nearest[1]], -1))


def outlines(grid: Grid, label: Ints, count: int) -> list[Polygon]:
    """Return one smooth polygon per label; shared lines are built once."""
    transform = from_origin(grid.west, grid.north, grid.cell, grid.cell)
    found: dict[int, list[Polygon]] = {k: [] for k in range(count)}
    for geometry, value in rasterio.features.shapes(
        label.astype(np.int16), mask=label >= 0, transform=transform
    ):
        found[int(value)].append(shape(geometry))
    raw = [max(found[k], key=lambda p: p.area) for k in range(count)]
    plain = list(shapely.coverage_simplify(raw, 170.0))
    arcs = [LineString(chaikin(np.array(a.coords), 3)) for a in shared_arcs(plain)]
    arcs = [a.simplify(4.0) for a in arcs]
    return rebuilt(arcs, plain)
