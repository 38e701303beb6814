"""Closing institutions: who moves where, what is refused, and the words for it."""

import numpy as np
import pytest
from flows import MINUTE, make

from coverplan import InputError, InternalError
from coverplan.siting import Rules
from coverplan.siting.assignment import served_pairs, timed_pairs
from coverplan.siting.closing import closing_order
from coverplan.siting.consolidate import closing_problem, solve_consolidation
from coverplan.siting.consolidation import NOWHERE, consolidation_report

CLOSABLE = {"existing": True, "must": False, "rules": Rules()}


def homes(capacity, *, must=False):
    """Three homes along a road; the two places of the middle one can go either way."""
    minutes = [[2, 10, 18, 30], [10, 2, 8, 20], [30, 20, 12, 2]]
    return make(minutes, [4, 5, 6, 7], capacity, **{**CLOSABLE, "must": must})


def test_who_goes_where():
    problem = homes([10, 11, 13], must=[True, False, True])
    plan = solve_consolidation(problem, close=1)
    assert plan.status == "optimal"
    report = consolidation_report(closing_problem(problem, 1, capacity=True), plan)
    (closed,) = report.closed
    assert plan.closed == (1,)
    assert (closed.beds, closed.people, closed.to) == (11, 11, ((2, 6), (0, 5)))
    # Five people go from 2 to 10 minutes, six from 8 to 12.
    assert closed.mean_minutes_more == pytest.approx((5 * 8 + 6 * 4) / 11)
    assert closed.most_minutes_more == 8
    assert closed.lose_reach == 0
    np.testing.assert_array_equal(report.loads_before, [4, 11, 7])
    np.testing.assert_array_equal(report.loads_after, [9, 0, 13])
    assert report.moved == 11
    table = report.frame(problem)
    assert table["people"].tolist() == [5, 6]
    assert table["from_site"].tolist() == ["s1", "s1"]
    assert table["to_site"].tolist() == ["s0", "s2"]
    assert table["minutes_after"].tolist() == [10, 12]
    assert plan.value == (4 * 2 + 5 * 10 + 6 * 12 + 7 * 2) * MINUTE


def test_full_homes_push_on():
    """Closing one moves people out of a home that stays."""
    problem = make([[2, -1, -1], [6, 2, -1], [-1, 9, 2]], [5, 5, 5], [5, 5, 10], **CLOSABLE)
    plan = solve_consolidation(problem, close=1)
    forced = solve_consolidation(
        make(
            [[2, -1, -1], [6, 2, -1], [-1, 9, 2]],
            [5, 5, 5],
            [5, 5, 10],
            existing=True,
            must=[False, True, True],
            rules=Rules(),
        ),
        close=1,
    )
    assert forced.closed == (0,)
    asked = closing_problem(problem, 1, capacity=True)
    report = consolidation_report(asked, forced)
    assert {(m.before, m.after, m.people) for m in report.moves} == {(0, 1, 5), (1, 2, 5)}
    assert report.closed[0].to == ((1, 5),)
    assert plan.value <= forced.value


def test_people_who_lose_reach():
    problem = make([[5, 20], [-1, 5]], [3, 4], [7, 7], **CLOSABLE)
    plan = solve_consolidation(problem, close=1)
    asked = closing_problem(problem, 1, capacity=True)
    report = consolidation_report(asked, plan)
    assert plan.closed == (1,)
    assert (report.over_limit_before, report.over_limit_after, report.lose_reach) == (0, 4, 4)
    assert report.farthest_minutes_before == 5
    assert report.farthest_minutes_after == 20
    assert report.closed[0].lose_reach == 4
    loose = solve_consolidation(problem, close=1, capacity=False)
    assert loose.value == plan.value


def test_beyond_every_home_without_capacities_nobody_is_assigned():
    problem = make([[5, -1], [-1, 5]], [3, 4], [7, 7], **CLOSABLE)
    plan = solve_consolidation(problem, close=1, capacity=False)
    report = consolidation_report(closing_problem(problem, 1, capacity=False), plan)
    assert plan.closed == (0,)
    assert report.closed[0].to == ((NOWHERE, 3),)
    assert report.moves[0].minutes_after is None
    assert report.frame(problem)["to_site"].tolist() == [None]
    assert plan.value == (4 * 5 + 3 * 40) * MINUTE
    # With capacities they need a place, and take the one there is.
    full = solve_consolidation(problem, close=1)
    assert full.value == plan.value
    assert full.assignment.people.sum() == 7


def test_too_few_beds():
    problem = homes([8, 8, 9])
    plan = solve_consolidation(problem, close=2)
    assert plan.status == "impossible"
    (why,) = plan.impossible
    assert why.people == 13
    assert why.relaxation.zh == "再增加 13 个位置，或少关闭 2 处"
    assert why.relaxation.en == "13 places more, or close 2 fewer"
    short = solve_consolidation(homes([1, 1, 1]), close=1)
    assert short.impossible[0].relaxation.en == "20 places more"
    assert solve_consolidation(problem, close=2, capacity=False).status == "optimal"


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ({}, "exactly one"),
        ({"close": 1, "keep": 1}, "exactly one"),
        ({"close": 0}, "1 to 2"),
        ({"close": 3}, "1 to 2"),
        ({"keep": 0}, "1 to 2"),
        ({"keep": 3}, "1 to 2"),
    ],
)
def test_settings_out_of_range(setting, word):
    with pytest.raises(InputError) as caught:
        solve_consolidation(homes([10, 11, 13]), **setting)
    assert word in caught.value.render("en")
    assert caught.value.render("zh")


def test_nothing_may_be_closed():
    kept = make([[5], [6]], [3], [9, 9], existing=True, rules=Rules())
    for solve in (solve_consolidation, closing_order):
        with pytest.raises(InputError):
            solve(kept, **({"close": 1} if solve is solve_consolidation else {}))


def test_required_homes_stay():
    problem = make(
        [[2, 9], [9, 2], [3, 3]],
        [5, 5],
        [20, 20, 20],
        existing=True,
        must=[False, False, True],
        rules=Rules(),
    )
    plan = solve_consolidation(problem, close=2)
    assert plan.closed == (0, 1)
    with pytest.raises(InputError):
        solve_consolidation(problem, close=3)


def test_a_barred_home_is_among_those_that_close():
    problem = make(
        [[2, 10, 18], [10, 2, 8], [3, 3, 3]],
        [4, 5, 6],
        [20, 20, 20],
        **CLOSABLE,
        barred=[False, False, True],
    )
    assert solve_consolidation(problem, close=1).closed == (2,)
    assert solve_consolidation(problem, close=2).closed == (0, 2)
    assert solve_consolidation(problem, keep=1).closed == (0, 2)
    order = closing_order(problem)
    assert [step.site for step in order.steps] == [0]
    assert order.steps[0].price == 0


def test_one_is_built_in_place_of_two():
    """With ``rules.sites`` candidates may be opened instead."""
    problem = make(
        [[2, 12], [12, 2], [3, 3]],
        [5, 5],
        [5, 5, 20],
        existing=[True, True, False],
        must=False,
        rules=Rules(sites=1),
    )
    plan = solve_consolidation(problem, close=2)
    assert (plan.closed, plan.chosen) == ((0, 1), (2,))
    aside = make(
        [[2, 12], [12, 2], [3, 3]],
        [5, 5],
        [10, 10, 20],
        existing=[True, True, False],
        must=False,
        rules=Rules(),
    )
    assert solve_consolidation(aside, close=1).chosen == ()


def test_the_order_stops_where_beds_run_out():
    order = closing_order(homes([10, 14, 14]))
    assert len(order.steps) == 1
    assert order.stopped.zh.startswith("再关一处")
    assert order.steps[0].harm == order.steps[0].value - order.today
    whole = closing_order(homes([10, 14, 14]), capacity=False)
    assert len(whole.steps) == 2
    assert whole.stopped is None
    assert whole.steps[1].price >= 0
    with pytest.raises(InputError):
        closing_order(homes([10, 14, 14]), most=3)


def test_a_report_needs_an_assignment():
    problem = homes([1, 1, 1])
    plan = solve_consolidation(problem, close=1)
    with pytest.raises(InternalError):
        consolidation_report(problem, plan)


def test_too_few_places_today_already():
    """The report counts who has no place today."""
    problem = make([[2, 3], [9, 9]], [5, 5], [4, 20], **CLOSABLE)
    plan = solve_consolidation(problem, close=1)
    report = consolidation_report(closing_problem(problem, 1, capacity=True), plan)
    assert plan.closed == (0,)
    np.testing.assert_array_equal(report.loads_before, [4, 6])


def test_only_what_may_stay_open_is_looked_at():
    """Candidates that no rule lets be built cost a consolidation nothing."""
    minutes = [[2, 10, 18, 30], [10, 2, 8, 20], [30, 20, 12, 2], [1, 1, 1, 1]]
    stands = [True, True, True, False]
    problem = make(minutes, [4, 5, 6, 7], [30] * 4, existing=stands, must=False, rules=Rules())
    plan = solve_consolidation(problem, close=1)
    assert plan.sizes["pairs"] == 12
    assert plan.chosen == ()
    assert plan.closed == solve_consolidation(homes([30] * 3), close=1).closed


@pytest.mark.parametrize("pairs", [timed_pairs, served_pairs])
def test_pairs_of_some_sites_are_those_of_all_without_the_others(pairs):
    rng = np.random.default_rng(5)
    minutes = rng.integers(-1, 40, size=(6, 30)).tolist()
    problem = make(minutes, rng.integers(0, 9, 30).tolist(), rng.integers(1, 50, 6).tolist())
    usable = np.array([True, False, True, True, False, False])
    some, left = pairs(problem, usable), pairs(problem).of_sites(usable)
    assert 0 < len(some.row) < len(pairs(problem).row)
    for name in ("row", "site", "gain", "people", "capacity"):
        np.testing.assert_array_equal(getattr(some, name), getattr(left, name))
