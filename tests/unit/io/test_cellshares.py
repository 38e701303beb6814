"""Cells cut by units: every share is the area shapely finds cell by cell."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.io.cellshares import Cutter

WIDE, HIGH = 24, 17


def shares(units, column=0, row=0, shape=(HIGH, WIDE)):
    """Share of each cell in each unit, shape ``(units, rows, columns)``."""
    cutter = Cutter.of(np.array(units, dtype=object))
    unit, cut = cutter.tile(column, row, shape)
    found = np.zeros((len(units), *shape))
    for i, j in np.argwhere((unit >= 0) & ~cut):
        found[unit[i, j], i, j] = 1
    parts = cutter.parts(column, row, np.argwhere(cut))
    np.add.at(found, (parts.unit, parts.cell[:, 0], parts.cell[:, 1]), parts.share)
    inside = shapely.points(parts.xy)
    for i, (y, x) in enumerate(parts.cell.tolist()):
        near = shapely.box(column + x, row + y, column + x + 1, row + y + 1).buffer(1e-9)
        assert near.covers(inside[i])
        assert units[parts.unit[i]].buffer(1e-9).covers(inside[i])
    return found


def plainly(units, column=0, row=0, shape=(HIGH, WIDE)):
    x, y = np.meshgrid(np.arange(shape[1]) + column, np.arange(shape[0]) + row)
    cells = shapely.box(x, y, x + 1, y + 1)
    return np.array([shapely.area(shapely.intersection(cells, unit)) for unit in units])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 9), corner=st.integers(-5, 5))
def test_any_units(seed, n, corner):
    rng = np.random.default_rng(seed)
    seats = shapely.MultiPoint(rng.uniform(-4, WIDE, (n + 1, 2)))
    county = shapely.Point(rng.uniform(0, WIDE, 2)).buffer(rng.uniform(0.2, 14))
    cells = shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=county))
    units = [u for u in shapely.intersection(cells, county) if u.area > 1e-6]
    found = shares(units, corner, corner)
    assert found == pytest.approx(plainly(units, corner, corner), abs=1e-6)


def test_lines_along_the_borders_of_cells():
    units = [shapely.box(2, 3, 5, 9), shapely.box(5, 3, 9, 9)]
    assert shares(units) == pytest.approx(plainly(units), abs=1e-12)


def test_many_units_within_one_cell_and_a_hole():
    small = [shapely.box(4 + i / 4, 4.25, 4.25 + i / 4, 4.75) for i in range(4)]
    ring = shapely.box(1, 1, 12, 12) - shapely.box(3, 3, 7, 7)
    units = [*small, ring]
    assert shares(units) == pytest.approx(plainly(units), abs=1e-12)


def test_units_that_overlap_share_a_cell():
    units = [shapely.box(0, 0, 4.5, 4), shapely.box(4, 0, 8, 4)]
    found = shares(units)
    assert found.sum(axis=0).max() == pytest.approx(1.0)
    assert found[:, 0, 4] == pytest.approx([1 / 3, 2 / 3])


def test_of_two_units_the_first_has_a_cell_within_both():
    found = shares([shapely.box(0, 0, 6, 4), shapely.box(3, 0, 9, 4)])
    assert found[:, 2, 4].tolist() == [1, 0]


def test_nothing_here():
    assert shares([shapely.box(100, 100, 101, 101)]).sum() == 0
