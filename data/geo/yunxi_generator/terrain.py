"""The ground: uplift against river incision, then floors laid into the valleys.

A stream-power landscape (uplift against incision that grows with drainage area) has branching
valleys and connected ridges by construction; noise alone has neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .drainage import Flow
from .grid import Floats, Grid, Mask, noise
from .settings import CELL, CENTRE, rng

WIDTH, HEIGHT = 66_000.0, 68_400.0  # metres simulated; the county is cut out of the middle
UPSTREAM = 2.4e9  # square metres of the main river's basin above the simulated part
ERODE, POWER = 4.2e-6, 0.48  # per year, and the exponent of drainage area in square metres
YEARS = 1.2e5  # one time step
BASINS = (
    (-1.0, 0.0, 6.5, 3.0),
    (-13.0, 1.5, 4.5, 1.8),
    (13.5, -2.0, 4.0, 2.0),
    (8.5, 9.5, 3.4, 2.6),
)


@dataclass
class Terrain:
    """Elevation in metres, its drainage, and the main river's cells."""

    grid: Grid
    z: Floats
    flow: Flow
    main: Mask


def river_y(x: Floats) -> Floats:
    """Return the northing of the main river at eastings, both in metres from the centre."""
    t = x / 1000.0
    bends = 1.9 * np.sin(t / 6.1 + 0.6) + 0.75 * np.sin(t / 2.35 + 2.0) + 0.28 * np.sin(t / 0.97)
    bends += 0.12 * np.sin(t / 0.38 + 1.0)
    return np.asarray(1000.0 * (bends + 0.03 * t))


def river_profile(x: Floats) -> Floats:
    """Return the main river's water level, metres: it flows east."""
    t = np.clip((x + WIDTH / 2) / WIDTH, 0.0, 1.0)
    return np.asarray(14.0 + 66.0 * (1.0 - t) ** 1.7)


def _base_level(grid: Grid) -> tuple[Mask, Floats]:
    """Return the cells held at a fixed level (main river, far north and south) and the level."""
    xs, _ = grid.centres()
    fine = np.linspace(-WIDTH / 2, WIDTH / 2, 40_000)
    cells = grid.index(np.column_stack([fine + CENTRE[0], river_y(fine) + CENTRE[1]]))
    main = np.zeros(grid.shape, dtype=bool)
    main.flat[cells] = True
    level = np.where(main, river_profile(xs - CENTRE[0]), 120.0)
    fixed = main.copy()
    fixed[0, :] = True
    fixed[-1, :] = True
    return fixed, level


def _uplift(grid: Grid) -> Floats:
    """Return uplift in metres per year: low along the valley and in basins, high between."""
    xs, ys = grid.centres()
    x, y = (xs - CENTRE[0]) / 1000.0, (ys - CENTRE[1]) / 1000.0
    away = np.abs(ys - CENTRE[1] - river_y(xs - CENTRE[0])) / 1000.0
    rate = 0.25 + 0.95 / (1.0 + np.exp(-(away - 6.5) / 1.7))
    for bx, by, rx, ry in BASINS:
        rate *= 1.0 - 0.75 * np.exp(-(((x - bx) / rx) ** 2) - ((y - by) / ry) ** 2)
    rate *= np.exp(0.30 * noise(grid, 15_000.0, rng("uplift"), 3))
    return np.asarray(rate * 0.45e-3)


def _evolve(grid: Grid, z: Floats, steps: int) -> Floats:
    """Return the surface after ``steps`` of uplift and implicit incision."""
    fixed, level = _base_level(grid)
    uplift = np.where(fixed, 0.0, _uplift(grid))
    xs, _ = grid.centres()
    inflow = np.where(fixed & (xs == xs.min()) & (level < 110.0), UPSTREAM, 0.0)
    for _ in range(steps):
        z = np.where(fixed, level, z)
        flow = Flow(z, fixed, grid.cell, inflow)
        factor = (ERODE * YEARS * flow.area.ravel() ** POWER / flow.reach).tolist()
        height = (np.minimum(z, flow.surface) + YEARS * uplift).ravel().tolist()
        to = flow.target.tolist()
        for i in flow.order.tolist():
            j = to[i]
            if j != i:
                f = factor[i]
                height[i] = (height[i] + f * height[j]) / (1.0 + f)
        z = np.array(height).reshape(grid.shape)
    return z


def _doubled(z: Floats, factor: int) -> Floats:
    """Return the raster with cells ``factor`` times smaller, smoothly interpolated."""
    rows = (np.arange(z.shape[0] * factor) + 0.5) / factor - 0.5
    cols = (np.arange(z.shape[1] * factor) + 0.5) / factor - 0.5
    points = np.meshgrid(rows, cols, indexing="ij")
    return np.asarray(ndimage.map_coordinates(z, points, order=3, mode="nearest"))


def valley_floors(z: Floats, area: Floats, main: Mask, grid: Grid) -> Floats:
    """Return the surface with flat floors cut along streams, wider along bigger ones."""
    out = z.copy()
    for threshold, width, side in (
        (2.0e6, 50.0, 0.42),
        (6.0e6, 90.0, 0.40),
        (1.8e7, 170.0, 0.36),
        (5.0e7, 280.0, 0.32),
        (1.0e9, 620.0, 0.20),
    ):
        channel = main if threshold > 5e8 else (area > threshold)
        if not channel.any():
            continue
        away, nearest = ndimage.distance_transform_edt(
            ~channel, sampling=grid.cell, return_indices=True
        )
        wobble = width * np.exp(0.35 * noise(grid, 2_500.0, rng(f"floor{threshold}"), 2))
        bottom = z[nearest[0], nearest[1]]
        rise = np.where(away < wobble, 7.0 * (away / wobble) ** 2, 7.0 + (away - wobble) * side)
        out = np.minimum(out, bottom + rise)
    return out


def make_terrain() -> Terrain:
    """Return the simulated ground at the final cell size."""
    random = rng("terrain")
    grid = Grid(CENTRE[0] - WIDTH / 2, CENTRE[1] + HEIGHT / 2, 600.0, 114, 110)
    xs, ys = grid.centres()
    away = np.abs(ys - CENTRE[1] - river_y(xs - CENTRE[0]))
    z = 100.0 + away * 0.012 + 60.0 * noise(grid, 9_000.0, random)
    z = _evolve(grid, z, 70)
    for factor, steps, rough in ((2, 14, 12.0), (3, 3, 9.0)):
        z = _doubled(z, factor)
        grid = grid.refined(factor)
        relief = np.clip((z - 60.0) / 300.0, 0.0, 1.0)
        z = z + rough * relief * noise(grid, 1_500.0, random, 3)
        z = _evolve(grid, z, steps)
    fixed, level = _base_level(grid)
    main = fixed & (level < 110.0)
    flow = Flow(z, fixed, grid.cell)
    z = ndimage.gaussian_filter(z, 0.8)
    z = np.where(main, level, np.maximum(z, level.min()))
    z = valley_floors(z, flow.area, main, grid)
    z = ndimage.gaussian_filter(z, 0.6)
    z = np.where(main, level, z)
    if grid.cell != CELL:
        raise AssertionError(grid.cell)
    return Terrain(grid, z, Flow(z, fixed, grid.cell), main)
