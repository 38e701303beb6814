"""Candidates too near to homes, each with its reason."""

import numpy as np
import pandas as pd
import pytest
from siting_cases import random_problem

from coverplan.siting import Rules, Sites
from coverplan.siting.homes import living_near, nearest_home_metres, too_near_homes


def sites():
    xy = [[0, 0], [299.96, 0], [300, 0], [10_000, 0]]
    return Sites.make(pd.Index(list("abcd")), existing=[True, False, False, False], xy=xy)


def test_nearest_home_skips_places_nobody_lives_at():
    homes = np.array([[0.0, 0.0], [9_990.0, 0.0]])
    metres = nearest_home_metres(sites().xy, homes, np.array([5, 0]))
    assert metres.tolist() == pytest.approx([0, 299.96, 300, 10_000])
    assert np.isinf(nearest_home_metres(sites().xy, homes, np.array([0, 0]))).all()


def test_existing_sites_are_left_alone_and_reasons_round_down():
    near = too_near_homes(sites(), np.array([0, 299.96, 300, 10_000]), 300)
    assert near.mask.tolist() == [False, True, False, False]
    (reason,) = near.reasons
    assert reason.zh == "距最近住户 299.9 米，不足 300 米"
    assert reason.en == "299.9 m from the nearest home, less than 300 m"
    assert not near.mask.flags.writeable


def test_a_hair_of_rounding_is_not_nearer():
    near = too_near_homes(sites(), np.array([0, 300 - 1e-9, 300, 301]), 300)
    assert not near.mask.any()


def test_living_near_equals_plain_distances():
    rng = np.random.default_rng(0)
    problem = random_problem(rng, n_sites=9, n_places=30, rules=Rules(sites=1))
    homes = rng.uniform(0, 2000, (30, 2))
    near = living_near(problem, homes, 400.0)
    for j in range(9):
        gap = np.hypot(*(homes - problem.sites.xy[j]).T)
        want = (gap < 400) & (problem.people > 0) & (not problem.sites.existing[j])
        assert near.of(j).tolist() == np.flatnonzero(want).tolist()
