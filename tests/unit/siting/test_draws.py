"""Draws of speeds, people and missing links: reproducible, and nothing where there is no noise."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import MINUTES, matrix_of, problems, random_problem, times_of
from tiny import at, network, profile

from coverplan.core.errors import InputError, InternalError
from coverplan.siting import Rules, Sites, SitingProblem
from coverplan.siting.draws import Draw, Draws, Noise
from coverplan.siting.scaling import faster, scaled
from coverplan.travel import mode_graph, snap, travel_times
from coverplan.travel.missing import without_edges

NONE = Noise((0.0, 0.0), people_percent=0.0)


@settings(max_examples=40, deadline=None)
@given(problems(rules=Rules(sites=1)), st.booleans())
def test_without_noise_every_draw_is_the_nominal_problem(problem, weighted):
    if weighted and problem.people.any():
        problem = replace(problem, weights=problem.people * 3)
    for draw in Draws(problem, NONE, 3, 5):
        then = draw.of(problem)
        assert then.reach is problem.reach
        assert then.times is problem.times
        assert then.people.tolist() == problem.people.tolist()
        assert then.weight.tolist() == problem.weight.tolist()
        assert then.totals.tolist() == problem.totals.tolist()
        assert then.rules == problem.rules


def test_the_same_seed_gives_the_same_draws_in_any_order():
    problem = random_problem(np.random.default_rng(3), n_places=30)
    one, two = Draws(problem, Noise(), 5, 7), Draws(problem, Noise(), 9, 7)
    assert len(one) == 5
    assert [d.speed_factor for d in one] == [two[k].speed_factor for k in range(5)]
    assert one[3].people.tolist() == two[3].people.tolist()
    assert one[-1].people.tolist() == one[4].people.tolist()
    assert [d.speed_factor for d in one[1:3]] == [one[1].speed_factor, one[2].speed_factor]
    other = Draws(problem, Noise(), 5, 8)
    assert [d.speed_factor for d in one] != [d.speed_factor for d in other]
    with pytest.raises(IndexError):
        one[5]


def test_one_kind_of_noise_does_not_change_the_other():
    problem = random_problem(np.random.default_rng(3), n_places=30)
    both = Draws(problem, Noise(), 4, 1)
    only_people = Draws(problem, Noise((0.0, 0.0)), 4, 1)
    only_speed = Draws(problem, Noise(people_percent=0.0), 4, 1)
    for a, b, c in zip(both, only_people, only_speed, strict=True):
        assert a.people.tolist() == b.people.tolist()
        assert a.speed_factor == c.speed_factor
        assert b.speed_factor == 1
        assert c.people.tolist() == problem.people.tolist()


@settings(max_examples=60, deadline=None)
@given(problems(n_places=12, rules=Rules(sites=1)), st.floats(0.5, 2.0))
def test_a_speed_divides_every_time(problem, factor):
    before, after = problem.times, faster(problem.times, factor)
    old, new = matrix_of(before), matrix_of(after)
    expected = np.ceil(old / factor - 1e-6)
    cutoff = min(before.cutoff_minutes, before.cutoff_minutes / factor) * 60_000
    sure = (old >= 0) & (expected < cutoff - 1)
    assert (new[sure] == expected[sure]).all()
    assert (new[(old < 0) | (expected > cutoff + 1)] == -1).all()
    assert after.cutoff_minutes <= before.cutoff_minutes
    assert (np.diff(after.ptr) == (new >= 0).sum(axis=1)).all()


def test_exactly_on_the_limit_is_within_it_at_any_speed():
    ms = np.array([[990_000, 990_001, 900_000, 0]])
    times = replace(times_of(ms), cutoff_minutes=16.5)
    assert faster(times, 1.1).cutoff_minutes == MINUTES
    assert faster(times, 1.1).within(MINUTES).of(0).tolist() == [0, 2, 3]
    assert faster(times, 0.9).within(MINUTES).of(0).tolist() == [3]
    # A third of a millisecond beyond the limit is beyond it.
    times = replace(times_of(np.array([[2_700_001, 2_700_000]])), cutoff_minutes=45.0)
    assert faster(times, 3.0).within(MINUTES).of(0).tolist() == [1]


def test_faster_people_reach_no_fewer():
    problem = random_problem(np.random.default_rng(4), n_places=40)
    reached = [faster(problem.times, f).within(MINUTES).matrix().sum() for f in (0.7, 1, 1.3, 2)]
    assert reached == sorted(reached)
    assert reached[0] < reached[-1]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_people_add_up_in_every_unit(seed):
    rng = np.random.default_rng(seed)
    unit = rng.integers(0, 4, 30).astype(np.int32)
    people = rng.integers(0, 200, 30)
    people[unit == 2] = 0
    factors = rng.lognormal(0, 0.5, 4)
    then = scaled(people, unit, factors)
    for u in range(4):
        inside = unit == u
        total = people[inside].sum()
        assert then[inside].sum() == round(total * factors[u])
        if total:
            exact = people[inside] / total * then[inside].sum()
            assert (np.abs(then[inside] - exact) < 1).all()
    assert (then[people == 0] == 0).all()


def test_factors_spread_as_asked():
    problem = random_problem(np.random.default_rng(4), n_places=60, n_units=3, most_people=100_000)
    draws = Draws(problem, Noise((-20.0, 10.0), people_percent=20.0), 400, 2)
    speeds = np.array([d.speed_factor for d in draws])
    assert 0.8 <= speeds.min() < 0.82
    assert 1.08 < speeds.max() <= 1.1
    totals = np.array([d.of(problem).totals for d in draws]) / problem.totals
    assert np.median(totals) == pytest.approx(1, abs=0.02)
    assert np.log(totals).std() == pytest.approx(np.log(1.2), rel=0.05)
    peaked = Draws(problem, Noise((-20.0, 10.0), "triangular", 0.0), 400, 2)
    assert np.mean([abs(d.speed_factor - 1) for d in peaked]) < np.mean(np.abs(speeds - 1))


def test_who_has_no_place_is_drawn_too():
    problem = random_problem(np.random.default_rng(4), n_places=30, n_units=2)
    more = problem.totals + 1000
    problem = replace(problem, unit_people=more)
    draw = Draws(problem, Noise((0.0, 0.0), people_percent=50.0), 1, 3)[0]
    placed = np.bincount(problem.of_unit, problem.people, minlength=2)
    then = np.bincount(problem.of_unit, draw.people, minlength=2)
    rest = (draw.unit_people - then) / (more - placed)
    assert rest == pytest.approx(then / placed, rel=0.02)


def test_a_draw_without_totals_changes_them_by_its_people():
    problem = random_problem(np.random.default_rng(4))
    draw = Draw(problem.reach, problem.people + 1)
    then = draw.of(problem)
    more = np.bincount(problem.of_unit, minlength=len(problem.unit_codes))
    assert (then.totals == problem.totals + more).all()
    assert then.times is None


@pytest.mark.parametrize(
    ("noise", "word"),
    [
        ({"speed_percent": (5.0, 10.0)}, "speed_percent"),
        ({"speed_percent": (-100.0, 10.0)}, "speed_percent"),
        ({"speed_percent": (-10.0, float("nan"))}, "speed_percent"),
        ({"people_percent": -1.0}, "people_percent"),
        ({"people_percent": float("nan")}, "people_percent"),
        ({"shape": "normal"}, "shape"),
    ],
)
def test_noise_out_of_range_is_refused(noise, word):
    with pytest.raises(InputError) as caught:
        Noise(**noise)
    for language in ("zh", "en"):
        assert word in caught.value.render(language)


def test_all_that_is_wrong_is_said_at_once():
    problem = random_problem(np.random.default_rng(4))
    with pytest.raises(InputError) as caught:
        Noise((1.0, 2.0), "normal", -1.0)
    assert len(caught.value.problems) == 3
    with pytest.raises(InputError) as caught:
        Draws(problem, Noise((-10.0, 200.0)), 0, -1)
    words = caught.value.render("zh")
    assert len(caught.value.problems) == 3
    assert "cutoff_minutes" in words
    assert "不小于 45" in words


def test_times_must_go_as_far_as_the_fastest():
    problem = random_problem(np.random.default_rng(4))
    exactly = replace(problem.times, cutoff_minutes=16.5)
    problem = replace(problem, times=exactly)
    Draws(problem, Noise((-20.0, 10.0)), 1)
    with pytest.raises(InputError, match=r"16\.65") as caught:
        Draws(problem, Noise((-20.0, 11.0)), 1)
    assert caught.value.problems[0].code == "siting.cutoff"
    with pytest.raises(InternalError):
        Draws(replace(problem, times=None), Noise(), 1)
    assert Draws(replace(problem, times=None), Noise((0.0, 0.0)), 1)[0].times is problem.reach


def test_a_weighted_problem_needs_weighted_draws():
    problem = random_problem(np.random.default_rng(4))
    heavy = replace(problem, weights=problem.people * 2)
    with pytest.raises(InternalError):
        Draw(problem.reach, problem.people).of(heavy)
    then = Draws(heavy, Noise((0.0, 0.0)), 1)[0].of(heavy)
    before = np.bincount(heavy.of_unit, heavy.weight)
    after = np.bincount(heavy.of_unit, then.weight)
    people = np.bincount(heavy.of_unit, then.people) / np.bincount(heavy.of_unit, heavy.people)
    assert after / before == pytest.approx(people, rel=0.05)


def test_uniform_noise_keeps_to_its_limits():
    problem = random_problem(np.random.default_rng(4), n_places=60, n_units=3, most_people=100_000)
    noise = Noise.up_to(12.0, 25.0)
    assert noise.speed_percent == (-12.0, 12.0)
    draws = Draws(problem, noise, 300, 2)
    speeds = np.array([d.speed_factor for d in draws])
    totals = np.array([d.of(problem).totals for d in draws]) / problem.totals
    for values, most in ((speeds, 0.12), (totals, 0.25)):
        assert 1 - most - 1e-4 <= values.min() < 1 - 0.95 * most
        assert 1 + 0.95 * most < values.max() <= 1 + most + 1e-4
    nothing = Draws(problem, Noise.up_to(0.0, 0.0), 1)[0]
    assert nothing.people.tolist() == problem.people.tolist()
    assert nothing.times is problem.times
    with pytest.raises(InputError, match="people_shape"):
        Noise(people_shape="normal")


STREETS = [
    *[[(x, y), (x + 100, y)] for x in range(0, 400, 100) for y in range(0, 500, 100)],
    *[[(x, y), (x, y + 100)] for x in range(0, 500, 100) for y in range(0, 400, 100)],
]
PEOPLE_AT = at((100, 0), (100, 100), (300, 300), (400, 100))
SITES_AT = at((0, 0), (400, 400))
IDS = pd.Index(["a", "b"], dtype=object)
GRAPH = mode_graph(network(STREETS), profile())


def gone(rng, share):
    return rng.random(GRAPH.network.n_edges) < share


def times_without(share, cutoff_minutes=30.0):
    """Whoever makes the times of a draw: each street is missing with one chance."""

    def draw(rng):
        graph = without_edges(GRAPH, gone(rng, share))
        return travel_times(
            graph,
            snap(graph, PEOPLE_AT),
            snap(graph, SITES_AT),
            cutoff_minutes=cutoff_minutes,
            site_ids=IDS,
        )

    return draw


def test_ways_over_what_is_left_equal_another_search():
    net = GRAPH.network
    node = {tuple(np.round(xy).tolist()): i for i, xy in enumerate(net.node_xy)}
    never = 0
    for seed in range(8):
        missing = gone(np.random.default_rng(seed), 0.3)
        found = matrix_of(times_without(0.3)(np.random.default_rng(seed)))
        ways = nx.Graph()
        for i in np.flatnonzero(~missing):
            ways.add_edge(int(net.u[i]), int(net.v[i]), ms=int(GRAPH.forward_ms[i]))
        for s, p in np.ndindex(found.shape):
            ends = [node[tuple(np.round(xy).tolist())] for xy in (PEOPLE_AT[p], SITES_AT[s])]
            if not all(end in ways for end in ends):
                continue  # no street is left at this crossing: joined to one farther off
            if nx.has_path(ways, *ends):
                assert found[s, p] == nx.shortest_path_length(ways, *ends, weight="ms")
            else:
                assert found[s, p] == -1
                never += 1
    assert never > 0


def test_missing_links_and_speeds_are_drawn_together():
    times = times_without(0.0)(np.random.default_rng(1))
    problem = SitingProblem(
        Sites.make(times.sites),
        times.within(5),
        np.array([10, 20, 30, 40]),
        rules=Rules(sites=1),
        times=times,
    )
    whole = Draws(problem, NONE, 2, 1, times_without(0.0))
    assert matrix_of(whole[1].times).tolist() == matrix_of(times).tolist()
    plain = Draws(problem, NONE, 6, 1, times_without(0.15))
    both = Draws(problem, Noise((-20.0, 10.0)), 6, 1, times_without(0.15))
    assert any(matrix_of(d.times).tolist() != matrix_of(times).tolist() for d in plain)
    assert matrix_of(plain[2].times).tolist() == matrix_of(plain[2].times).tolist()
    for one, two in zip(plain, both, strict=True):
        expected = faster(one.times, two.speed_factor)
        assert matrix_of(expected).tolist() == matrix_of(two.times).tolist()
