"""Hills by hand: Tobler's figures, an edge over a hill, and places along it."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverplan.domain.profile import Slope
from coverplan.domain.relief import Relief
from coverplan.travel.slope import (
    SLOPE_RULES,
    STEEPEST,
    at,
    cycling,
    ebike,
    fraction_at,
    gradients,
    pace_along,
    steep_metres,
    tobler,
)

NONE, TOBLER = SLOPE_RULES["none"], SLOPE_RULES["tobler"]


def relief(*edges):
    """Edges as lists of (fraction, height)."""
    sizes = [len(edge) for edge in edges]
    points = np.array([point for edge in edges for point in edge], dtype=float)
    return Relief(np.concatenate([[0], np.cumsum(sizes)]), points[:, 0], points[:, 1])


def whole(pace):
    """The time over each whole edge, ahead and back."""
    last = pace.ptr[1:] - 1
    return pace.ahead[last], pace.back[last]


@pytest.mark.parametrize(
    ("gradient", "kmh"),
    [
        (-0.05, 6.0),  # the best
        (0.0, 5.0367421246),  # 6 exp(-0.175)
        (0.1, 3.5493321862),  # 6 exp(-0.525)
        (-0.2, 3.5493321862),  # as far from the best, downhill
        (0.3, 1.7625462019),  # 6 exp(-1.225)
    ],
)
def test_tobler_by_hand(gradient, kmh):
    factor = tobler(np.array([gradient]))[0]
    assert 5.0367421246 / factor == pytest.approx(kmh, abs=1e-9)
    assert factor == pytest.approx(np.exp(-0.175 + 3.5 * abs(gradient + 0.05)), abs=1e-9)


@pytest.mark.parametrize("rule", SLOPE_RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_is_one_on_the_flat_and_stays_within_bounds(rule):
    s = np.linspace(-3, 3, 6001)
    factor = rule.pace(s)
    assert rule.pace(np.array([0.0]))[0] == 1.0
    assert factor.shape == s.shape
    assert (factor >= 0.8).all()
    assert (factor <= 25).all()
    assert (factor[s >= STEEPEST] == factor[-1]).all()
    assert (factor[s <= -STEEPEST] == factor[0]).all()
    uphill = factor[(s >= 0) & (s <= STEEPEST)]
    assert (np.diff(uphill) >= 0).all()
    # Continuous: no gradient at which a hair's breadth changes the time.
    fine = rule.pace(np.linspace(-STEEPEST, STEEPEST, 1_200_001))
    assert np.abs(np.diff(fine)).max() < 1e-3


def test_profiles_can_name_every_rule():
    assert set(get_args(Slope)) == set(SLOPE_RULES)


def test_cycling_by_hand():
    # Parkin and Rotheram: 6.01 m/s flat, 0.4002 less per cent up, 0.2379 more per cent down.
    s = np.array([0.02, 0.1, -0.03, -0.06, -0.12])
    ms = np.array([6.01 - 0.8004, 6.01 - 4.002, 6.01 + 0.7137, 6.01 + 1.4274, 6.01])
    np.testing.assert_allclose(cycling(s), 6.01 / ms, atol=1e-12)


def test_who_cannot_ride_pushes_at_walking_pace():
    s = np.array([0.12, 0.2, 0.6, -0.5])
    walk_kmh = 6 * np.exp(-3.5 * np.abs(s + 0.05))
    np.testing.assert_allclose(cycling(s), 15 / walk_kmh, atol=1e-12)
    just_riding = 6.01 / (6.01 - 0.4002 * 11.5)
    assert cycling(np.array([0.115]))[0] == pytest.approx(just_riding, abs=1e-12)


def test_an_ebike_holds_its_speed_until_its_power_is_used_up():
    s = np.array([-0.1, 0.0, 0.03, 0.045, 0.1])
    kmh = 15 / ebike(s)
    assert kmh[:4].tolist() == [15.0] * 4
    # 320 W on 130 kg, gradient 0.1 and resistance 0.015.
    assert kmh[4] == pytest.approx(320 / (130 * 9.81 * 0.115) * 3.6, abs=1e-9)
    riding = np.linspace(0.0, 0.3, 31)
    assert (ebike(riding) <= cycling(riding)).all()


def test_two_edges_over_a_hill_by_hand():
    # 200 m: up 10 m over the first half, down 5 m over the second; then 100 m down 20 m.
    hill = relief([(0, 0), (0.5, 10), (1, 5)], [(0, 5), (1, -15)])
    metres = np.array([200.0, 100.0])
    pace = pace_along(hill, metres, TOBLER)
    t = {s: np.exp(3.5 * abs(s + 0.05) - 0.175) for s in (0.1, -0.1, 0.05, -0.05, 0.2, -0.2)}
    ahead = [0, t[0.1] / 2, (t[0.1] + t[-0.05]) / 2, 0, t[-0.2]]
    back = [0, t[-0.1] / 2, (t[-0.1] + t[0.05]) / 2, 0, t[0.2]]
    np.testing.assert_allclose(pace.ahead, ahead, atol=1e-12)
    np.testing.assert_allclose(pace.back, back, atol=1e-12)
    assert (whole(pace)[0] != whole(pace)[1]).all()
    np.testing.assert_allclose(gradients(hill, metres), [0, 0.1, -0.05, 0, -0.2], atol=1e-12)


def test_flat_ground_changes_nothing_at_all():
    flat = relief([(0, 812.3), (1 / 3, 812.3), (1, 812.3)], [(0, 5), (1, 5)])
    hilly = relief([(0, 1), (1, 9)], [(0, 812.3), (1 / 3, 812.3), (1, 812.3)])
    for rule in SLOPE_RULES.values():
        pace = pace_along(flat, np.array([70.0, 30.0]), rule)
        assert (pace.ahead == flat.fraction).all()
        assert (pace.back == flat.fraction).all()
        # Also behind an edge that is not flat.
        pace = pace_along(hilly, np.array([70.0, 30.0]), rule)
        assert (pace.ahead[2:] == hilly.fraction[2:]).all()


def test_none_ignores_hills():
    pace = pace_along(relief([(0, 0), (1, 50)]), np.array([100.0]), NONE)
    assert pace.ahead.tolist() == pace.back.tolist() == [0, 1]


def test_an_edge_takes_the_same_time_in_every_network():
    rng = np.random.default_rng(1)
    edges = [
        [(f, h) for f, h in zip(np.linspace(0, 1, n), rng.normal(0, 9, n), strict=True)]
        for n in rng.integers(2, 30, 200)
    ]
    metres = rng.uniform(1, 900, 200)
    together = whole(pace_along(relief(*edges), metres, TOBLER))
    for i, edge in enumerate(edges):
        alone = whole(pace_along(relief(edge), metres[i : i + 1], TOBLER))
        assert (alone[0][0], alone[1][0]) == (together[0][i], together[1][i])


def test_an_edge_turned_round_changes_its_directions():
    rng = np.random.default_rng(2)
    edge = np.column_stack([np.linspace(0, 1, 20), rng.normal(0, 5, 20)])
    turned = np.column_stack([1 - edge[::-1, 0], edge[::-1, 1]])
    metres = np.array([400.0])
    one = whole(pace_along(relief(edge), metres, TOBLER))
    other = whole(pace_along(relief(turned), metres, TOBLER))
    np.testing.assert_allclose([one[0], one[1]], [other[1], other[0]], atol=1e-12)


def test_unknown_heights_count_as_flat():
    holes = relief([(0, 0), (0.25, np.nan), (0.5, 8), (1, 18)])
    pace = pace_along(holes, np.array([100.0]), TOBLER)
    np.testing.assert_allclose(pace.ahead[:3], [0, 0.25, 0.5], atol=1e-12)
    assert whole(pace)[0][0] == pytest.approx(0.5 + 0.5 * tobler(np.array([0.2]))[0], abs=1e-12)


def test_edges_without_length_and_cliffs_are_safe():
    odd = relief([(0, 0), (1, 80)], [(0, 0), (1, 80)], [(0, 0), (0.5, 0), (0.5, 40), (1, 40)])
    metres = np.array([0.0, 100.0, 100.0])
    pace = pace_along(odd, metres, TOBLER)
    ahead, back = whole(pace)
    assert ahead[0] == back[0] == 1.0
    assert ahead[1] == pytest.approx(tobler(np.array([STEEPEST]))[0], abs=1e-12)
    assert ahead[2] == 1.0
    assert np.isfinite(pace.ahead).all()
    assert steep_metres(odd, metres).tolist() == [0.0, 100.0, 0.0]


def test_no_edges():
    empty = Relief(np.zeros(1, dtype=np.int64), np.zeros(0), np.zeros(0))
    pace = pace_along(empty, np.zeros(0), TOBLER)
    assert len(pace.ahead) == len(steep_metres(empty, np.zeros(0))) == 0
    nowhere = at(pace, np.zeros(0, dtype=np.int64), np.zeros(0))
    assert len(nowhere[0]) == 0


def test_places_along_an_edge_by_hand():
    pace = pace_along(
        relief([(0, 3), (1, 3)], [(0, 0), (0.5, 10), (1, 5)]), np.array([9.0, 200.0]), TOBLER
    )
    up, down = np.exp(3.5 * 0.15 - 0.175), np.exp(3.5 * 0.05 - 0.175)
    down_up, up_down = np.exp(3.5 * 0.05 - 0.175), np.exp(3.5 * 0.1 - 0.175)
    assert down == down_up
    edges = np.array([1, 1, 0, 1, 1])
    fractions = np.array([0.25, 0.75, 0.4, 0.0, 1.0])
    gentle = np.exp(-0.175)
    ahead, back = at(pace, edges, fractions)
    np.testing.assert_allclose(
        ahead, [up / 4, up / 2 + gentle / 4, 0.4, 0, up / 2 + gentle / 2], atol=1e-12
    )
    np.testing.assert_allclose(
        back, [down / 4, down / 2 + up_down / 4, 0.4, 0, down / 2 + up_down / 2], atol=1e-12
    )
    assert (ahead[4], back[4]) == (pace.ahead[-1], pace.back[-1])
    np.testing.assert_allclose(fraction_at(pace, edges, ahead), fractions, atol=1e-12)
    np.testing.assert_allclose(fraction_at(pace, edges, back, back=True), fractions, atol=1e-12)


def test_values_beyond_an_edge_are_its_end():
    pace = pace_along(relief([(0, 0), (1, 10)], [(0, 0), (1, 0)]), np.array([50.0, 9.0]), TOBLER)
    beyond = fraction_at(pace, np.array([0, 0]), np.array([-1.0, 99.0]))
    assert beyond.tolist() == [0.0, 1.0]


heights = st.lists(st.one_of(st.floats(-50, 50), st.just(np.nan)), min_size=2, max_size=9)


@given(
    edges=st.lists(heights, min_size=1, max_size=4),
    rule=st.sampled_from(sorted(SLOPE_RULES)),
    where=st.lists(st.floats(0, 1), min_size=1, max_size=6),
    data=st.data(),
)
def test_time_rises_along_an_edge_and_can_be_turned_back_into_a_place(edges, rule, where, data):
    points = relief(*[list(zip(np.linspace(0, 1, len(h)), h, strict=True)) for h in edges])
    metres = np.array([data.draw(st.floats(0, 2000)) for _ in edges])
    pace = pace_along(points, metres, SLOPE_RULES[rule])
    fractions = np.sort(np.array(where))
    for edge in range(len(edges)):
        here = np.full(len(fractions), edge)
        for cumulated, back in zip(at(pace, here, fractions), (False, True), strict=True):
            total = whole(pace)[back][edge]
            assert (np.diff(cumulated) >= -1e-12).all()
            assert (cumulated >= 0).all()
            assert (cumulated <= total + 1e-12).all()
            there = fraction_at(pace, here, cumulated, back=back)
            np.testing.assert_allclose(there, fractions, atol=1e-9)
            again = at(pace, here, there)[back]
            np.testing.assert_allclose(again, cumulated, atol=1e-9)
