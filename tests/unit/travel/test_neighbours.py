"""Pairs on a grid against all pairs looked at one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.travel.neighbours import near_pairs


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.001, 3.0, 40.0, 900.0]))
def test_all_pairs_and_no_others(seed, widest):
    rng = np.random.default_rng(seed)
    n_a, n_b = rng.integers(0, 30, 2)
    a_xy = rng.integers(0, 100, (n_a, 2)) * 1.0 + 500_000
    b_xy = rng.integers(-50, 150, (n_b, 2)) * 1.0 + 500_000
    a_radius = np.where(rng.random(n_a) < 0.5, -1.0, np.rint(rng.random(n_a) * widest))
    b_radius = np.where(rng.random(n_b) < 0.5, -1.0, rng.random(n_b) * widest)
    apart = np.hypot(*(a_xy[:, None] - b_xy[None]).transpose(2, 0, 1))
    near = apart <= np.maximum(a_radius[:, None], b_radius[None])
    a, b = near_pairs(a_xy, a_radius, b_xy, b_radius)
    assert set(zip(a.tolist(), b.tolist(), strict=True)) == set(zip(*np.nonzero(near), strict=True))


@pytest.mark.parametrize("where", [0.0, 1e6])
def test_far_away_is_nobody_near(where):
    here = np.zeros((3, 2))
    there = np.array([[where, where]])
    a, b = near_pairs(here, np.full(3, 5.0), there, np.array([7.0]))
    assert sorted(set(a.tolist())) == ([0, 1, 2] if where == 0 else [])
    assert len(a) == len(b)
