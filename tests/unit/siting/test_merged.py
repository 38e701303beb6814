"""Places that are alike become one row, and count as they did."""

import dataclasses

import numpy as np
import pytest
from siting_cases import cover_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.merged import merged
from coverplan.siting.rows import site_rows


def some(seed, **options):
    rng = np.random.default_rng(seed)
    return random_problem(rng, n_sites=5, n_places=40, rules=Rules(sites=2), **options)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("closable", [True, False])
def test_every_plan_reaches_the_same(seed, closable):
    problem = some(seed, closable=closable, weighted=True)
    places = merged(problem, site_rows(problem), problem.unit)
    cover, fixed = cover_of(problem), problem.sites.must
    assert len(places) < 40
    assert places.people.sum() == problem.people.sum()
    assert places.weight.sum() == problem.weight.sum()
    rng = np.random.default_rng(seed)
    for _ in range(10):
        plan = (rng.random(5) < 0.5) | fixed
        times = cover[plan].sum(axis=0)
        row = places.row
        counted = problem.people > 0
        assert (np.minimum(places.times(plan)[row], 2) == np.minimum(times, 2))[counted].all()
        assert (places.group[row] == problem.unit)[counted].all()


def test_rows_of_one_group_differ():
    problem = some(1)
    places = merged(problem, site_rows(problem), problem.unit)
    keys = {
        (int(g), int(s), places.cover[i].indices.tobytes())
        for i, (g, s) in enumerate(zip(places.group, places.sure, strict=True))
    }
    assert len(keys) == len(places)


def test_a_class_beside_a_fixed_one_can_never_open():
    problem = some(2, classes=True, n_existing=0)
    must = np.arange(5) == 0
    problem = dataclasses.replace(problem, sites=dataclasses.replace(problem.sites, must=must))
    places = merged(problem, site_rows(problem))
    twin = np.flatnonzero(problem.sites.place == problem.sites.place[0])[1]
    assert places.cover[:, twin].nnz == 0
    assert places.cover[:, 0].nnz == 0
    assert places.cover.nnz > 0


def test_nobody_who_counts_is_in_no_row():
    problem = some(3)
    people = np.where(np.arange(40) < 5, 0, problem.people)
    places = merged(dataclasses.replace(problem, people=people, weights=people), site_rows(problem))
    assert (places.row[:5] == -1).all()
    assert (places.row[people > 0] >= 0).all()


def test_barred_sites_reach_nobody():
    problem = some(4, n_existing=0)
    barred = np.ones(5, dtype=bool)
    barred[:2] = False
    problem = dataclasses.replace(problem, sites=dataclasses.replace(problem.sites, barred=barred))
    places = merged(problem, site_rows(problem))
    assert places.cover[:, 2:].nnz == 0
    reached = cover_of(problem)[:2].any(axis=0)
    counted = problem.people > 0
    assert (places.reachable[places.row[counted]] == reached[counted]).all()
