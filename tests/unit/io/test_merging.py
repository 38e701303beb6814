"""Merging thin cells: sums kept, units apart, few points, the order of cells kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverplan.io.merging import THIN_LEVELS, centres, merge_thin


def cells(seed, n, units=3, wide=40):
    rng = np.random.default_rng(seed)
    xy = np.column_stack([rng.integers(0, wide, n), rng.integers(0, wide, n)]) + 0.5
    return xy, rng.integers(0, units, n), rng.gamma(0.3, 4, n)


def test_dense_cells_stay_where_they_are():
    xy, unit, people = cells(1, 50)
    assert merge_thin(xy, unit, people + 1).tolist() == list(range(50))


def test_thin_cells_of_a_block_become_one():
    xy = np.array([[0.5, 0.5], [1.5, 1.5], [0.5, 1.5], [2.5, 0.5], [30.5, 30.5]])
    people = np.array([0.25, 0.25, 5.0, 0.75, 0.1])
    # The first two share a block of 2 x 2; with the fourth they then share one of 4 x 4.
    assert merge_thin(xy, np.zeros(5, int), people).tolist() == [0, 0, 1, 0, 2]


def test_what_has_become_a_person_stays():
    xy = np.array([[0.5, 0.5], [1.5, 0.5], [2.5, 0.5]])
    people = np.array([0.5, 0.5, 0.75])
    assert merge_thin(xy, np.zeros(3, int), people).tolist() == [0, 0, 1]


def test_thin_cells_of_two_units_stay_apart():
    xy = np.array([[0.5, 0.5], [1.5, 0.5]])
    assert merge_thin(xy, np.array([0, 1]), np.array([0.1, 0.1])).tolist() == [0, 1]


def test_thin_cells_move_no_farther_than_the_largest_block():
    side = 2.0**THIN_LEVELS
    xy = np.array([[0.5, 0.5], [side + 0.5, 0.5]])
    assert merge_thin(xy, np.zeros(2, int), np.array([0.1, 0.1])).tolist() == [0, 1]


def test_the_blocks_with_the_fewest_people_go_first():
    xy = np.array([[0.5, 0.5], [1.5, 0.5], [10.5, 0.5], [11.5, 0.5]])
    people = np.array([90.0, 90.0, 2.0, 3.0])
    assert merge_thin(xy, np.zeros(4, int), people, most=3).tolist() == [0, 1, 2, 2]
    assert merge_thin(xy, np.zeros(4, int), people, most=1).tolist() == [0, 0, 0, 0]


def test_nobody_at_all():
    assert merge_thin(np.empty((0, 2)), np.empty(0, int), np.empty(0)).tolist() == []


@given(seed=st.integers(0, 10**6), n=st.integers(1, 300), most=st.integers(3, 100))
def test_laws(seed, n, most):
    xy, unit, people = cells(seed, n)
    label = merge_thin(xy, unit, people, most=most)
    points = int(label.max()) + 1
    assert set(label.tolist()) == set(range(points))
    assert points <= max(most, 3)
    assert all(len(set(unit[label == i].tolist())) == 1 for i in range(points))
    first = [int(np.flatnonzero(label == i)[0]) for i in range(points)]
    assert first == sorted(first)
    middle = centres(label, xy, people)
    for i in range(points):
        mine = label == i
        assert middle[i] == pytest.approx(np.average(xy[mine], axis=0, weights=people[mine]))


def test_a_million_cells_take_a_moment():
    xy, unit, people = cells(5, 1_000_000, units=20, wide=1500)
    label = merge_thin(xy, unit, people / 20)
    assert label.max() + 1 <= 50_000
    assert np.bincount(label, people).sum() == pytest.approx(people.sum())
