import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import cover_of, matrix_of, random_problem

from coverplan import InputError, InternalError
from coverplan.siting import moving_in
from coverplan.siting.colocate import (
    colocation_clusters,
    colocation_pairs,
    colocation_summary,
    premises,
)
from coverplan.siting.moving_in import merges
from coverplan.travel.graph import MS_PER_MINUTE


def layers_of(seed, n_sites=7, n_existing=4):
    """Three layers on one plane; some sites of a later layer stand at sites of the first."""
    rng = np.random.default_rng(seed)
    problems = {}
    for layer in ("elderly", "station", "children"):
        problem = random_problem(rng, n_sites=n_sites, n_existing=n_existing)
        xy = problem.sites.xy.copy()
        if problems:
            at = rng.integers(0, n_sites, n_sites)
            some = rng.random(n_sites) < 0.4
            xy[some] = problems["elderly"].sites.xy[at[some]] + rng.choice([0.0, 30.0, 60.0])
        xy.setflags(write=False)
        object.__setattr__(problem.sites, "xy", xy)
        problems[layer] = problem
    return problems


def line(*metres, layers=None):
    layers = layers or ["ab"[i % 2] for i in range(len(metres))]
    return pd.DataFrame(
        {
            "layer": layers,
            "site": range(len(metres)),
            "site_id": [f"{layer}{i}" for i, layer in enumerate(layers)],
            "existing": True,
            "x": np.array(metres, dtype=float),
            "y": 0.0,
        }
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_pairs_by_trying_all(seed):
    rng = np.random.default_rng(seed)
    sites = premises(layers_of(seed))
    n = len(sites)
    ms = rng.integers(-1, 20 * MS_PER_MINUTE, (n, n))
    table = colocation_pairs(sites, same_metres=50, near_metres=600, ms=ms, minutes=8)
    found = {}
    for row in table.itertuples():
        key = frozenset([(row.layer_a, row.site_a), (row.layer_b, row.site_b)])
        assert key not in found
        found[key] = row
    for i, j in itertools.combinations(range(n), 2):
        a, b = sites.iloc[i], sites.iloc[j]
        metres = np.hypot(a.x - b.x, a.y - b.y)
        minutes = max(ms[i, j], ms[j, i]) / MS_PER_MINUTE if min(ms[i, j], ms[j, i]) >= 0 else None
        in_time = minutes is not None and minutes <= 8
        row = found.pop(frozenset([(a.layer, a.site_id), (b.layer, b.site_id)]), None)
        if a.layer == b.layer or not (metres <= 600 or in_time):
            assert row is None
            continue
        assert row.metres == pytest.approx(metres)
        assert (row.same_premises, row.near) == (metres <= 50 + 1e-6, metres <= 600)
        assert bool(row.within_minutes) == in_time
        assert np.isnan(row.minutes) if minutes is None else row.minutes == pytest.approx(minutes)
    assert not found
    summary = colocation_summary(sites, table).set_index(["layer", "with"])
    for layer in dict.fromkeys(sites["layer"]):
        mine = [
            {row.site_a} if row.layer_a == layer else {row.site_b}
            for row in table.itertuples()
            if row.same_premises and layer in (row.layer_a, row.layer_b)
        ]
        assert summary.loc[(layer, "any"), "same_premises"] == len(set().union(*mine))


@pytest.mark.parametrize(("metres", "same"), [(49.9, True), (50, True), (50.1, False)])
def test_exactly_at_the_distance_is_the_same_premises(metres, same):
    table = colocation_pairs(line(0, metres), same_metres=50)
    assert list(table["same_premises"]) == [same]
    assert table["within_minutes"].isna().all()
    assert len(colocation_clusters(line(0, metres), same_metres=50)) == same


def test_rounding_does_not_part_premises():
    assert 0.1 + 0.2 > 0.3
    assert len(colocation_clusters(line(0, 0.1 + 0.2), same_metres=0.3)) == 1


def test_premises_are_what_hangs_together():
    table = colocation_clusters(line(0, 40, 80, 500, 540, layers=list("aabcc")), same_metres=50)
    assert list(table["n_layers"]) == [2]
    assert table.loc[0, "site_ids"] == ["a0", "a1", "b2"]
    assert table.loc[0, "span_metres"] == 80


def test_nobody_near_and_nobody_at_all():
    assert colocation_pairs(line(0, 9000)).empty
    assert colocation_clusters(line()).empty
    assert colocation_pairs(line()).empty
    alone = line(0, 9000)
    summary = colocation_summary(alone, colocation_pairs(alone))
    assert (summary["same_premises"] == 0).all()
    assert (summary["sites"] == 1).all()


def test_bad_numbers():
    with pytest.raises(InputError) as caught:
        colocation_pairs(line(0, 1), same_metres=-1, near_metres=float("nan"))
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="no times"):
        colocation_pairs(line(0, 1), minutes=5)
    with pytest.raises(InternalError, match="times of shape"):
        colocation_pairs(line(0, 1), ms=np.zeros((3, 3), dtype=int), minutes=5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_merges_by_trying_all(seed, proposed):
    problems = layers_of(seed)
    opened = {
        layer: [*np.flatnonzero(p.sites.existing), *([len(p.sites) - 1] if proposed else [])]
        for layer, p in problems.items()
    }
    table = merges(problems, opened, same_metres=50)
    rows = {(r.layer, r.site_id, r.candidate_id): r for r in table.itertuples()}
    assert len(rows) == len(table)
    for layer, problem in problems.items():
        others = [
            problems[other].sites.xy[site]
            for other in problems
            if other != layer
            for site in opened[other]
        ]

        def shared(site, problem=problem, others=others):
            return any(np.hypot(*(problem.sites.xy[site] - xy)) <= 50 + 1e-6 for xy in others)

        cover, ms = cover_of(problem), matrix_of(problem.times)
        ms = np.where(ms < 0, 40 * MS_PER_MINUTE, ms)
        for site in opened[layer]:
            for candidate in range(len(problem.sites)):
                key = (layer, problem.sites.ids[site], problem.sites.ids[candidate])
                usable = not problem.sites.existing[candidate] and candidate not in opened[layer]
                if shared(site) or not usable or not shared(candidate):
                    assert key not in rows
                    continue
                row = rows.pop(key)
                after = [s for s in opened[layer] if s != site] + [candidate]
                was, then = cover[opened[layer]].any(axis=0), cover[after].any(axis=0)
                assert row.people_lost == problem.people[was & ~then].sum()
                assert row.people_gained == problem.people[then & ~was].sum()
                more = ms[after].min(axis=0) - ms[opened[layer]].min(axis=0)
                minutes = (more * problem.people).sum() / MS_PER_MINUTE
                assert row.person_minutes_more == pytest.approx(minutes)
    assert not rows
    assert list(table["rank"]) == list(range(1, len(table) + 1))
    assert table["people_lost"].is_monotonic_increasing
    assert (table["net_people"] == table["people_gained"] - table["people_lost"]).all()
    assert (table.groupby(["layer", "site_id"])["best"].sum() == 1).all()


def found_some(problems):
    return len(merges(problems)) > 0


def test_farther_than_wanted_is_left_out():
    problems = next(p for p in map(layers_of, range(50)) if found_some(p))
    table = merges(problems)
    middle = float(table["metres"].median())
    assert (merges(problems, most_metres=middle)["metres"] <= middle + 1e-6).all()
    assert len(merges(problems, most_metres=middle)) == (table["metres"] <= middle).sum()


def test_a_wrong_number_is_noticed(monkeypatch):
    problems = next(p for p in map(layers_of, range(50)) if found_some(p))
    real = moving_in._Harm.people
    monkeypatch.setattr(
        moving_in._Harm, "people", lambda self, *a: (real(self, *a)[0] + 1, real(self, *a)[1])
    )
    with pytest.raises(InternalError, match="loses"):
        merges(problems)


def test_without_times_minutes_are_unknown():
    problems = next(p for p in map(layers_of, range(50)) if found_some(p))
    for problem in problems.values():
        object.__setattr__(problem, "times", None)
    assert merges(problems)["person_minutes_more"].isna().all()
