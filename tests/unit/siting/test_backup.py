"""Who can be reached how often, and exchanges that back up more."""

import dataclasses

import numpy as np
import pytest
from siting_cases import cover_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.backup import Backup
from coverplan.siting.backup_swaps import improve_backup
from coverplan.siting.rows import site_rows


def county(seed, **options):
    problem = random_problem(
        np.random.default_rng(seed),
        n_sites=14,
        n_places=60,
        n_existing=2,
        rules=Rules(sites=5, unit_most=3),
        **options,
    )
    return dataclasses.replace(problem, reach=problem.times.within(9.0))


@pytest.mark.parametrize("seed", range(4))
def test_how_often_a_place_can_be_reached(seed):
    problem = county(seed, classes=True, weighted=True)
    backup, cover = Backup.of(problem, site_rows(problem)), cover_of(problem)
    counted = problem.people > 0
    for number in (0, 1, 2):
        want = [
            min(2, len({int(problem.sites.place[j]) for j in np.flatnonzero(cover[:, i])}))
            == number
            for i in range(60)
        ]
        assert (backup.at(number)[counted] == np.array(want)[counted]).all()
    plan = np.arange(14) < 6
    times = cover[plan].sum(axis=0)
    assert backup.once(plan) == problem.weight[times >= 1].sum()
    assert backup.twice(plan) == problem.weight[times >= 2].sum()
    assert backup.most(1) == problem.weight[cover.any(axis=0)].sum()
    need = backup.everybody_once()
    assert need.at_least == (cover.any(axis=0) & counted).sum()


@pytest.mark.parametrize("everybody", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_no_exchange_is_left_that_helps(seed, everybody):
    problem = county(seed, weighted=True)
    rows, cover = site_rows(problem), cover_of(problem)
    backup = Backup.of(problem, rows)
    start = problem.sites.existing.copy()
    start[5:8] = True
    plan = improve_backup(backup, rows, start, (3, 2), everybody=everybody)

    def worth(open_):
        times = cover[open_].sum(axis=0)
        return int(3 * problem.weight[times >= 1].sum() + 2 * problem.weight[times >= 2].sum())

    assert rows.kept(plan).all()
    assert worth(plan) > worth(start)
    counted = problem.people > 0
    reached = cover[plan].any(axis=0)
    if everybody:
        assert (reached | ~cover[start].any(axis=0))[counted].all()
    for out in [None, *np.flatnonzero(plan & ~problem.sites.existing)]:
        for new in np.flatnonzero(~plan):
            other = plan.copy()
            other[new] = True
            if out is not None:
                other[out] = False
            still = (cover[other].any(axis=0) | ~reached)[counted].all()
            if rows.kept(other).all() and (still or not everybody):
                assert worth(other) <= worth(plan)
