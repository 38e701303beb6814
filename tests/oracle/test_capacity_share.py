"""Who gets a place, against the assignment of single people to single places."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_times import people_of, times_of
from scipy.optimize import linear_sum_assignment

from coverplan.capacityshare import share_places

NAN = float("nan")


@st.composite
def places(draw):
    n, m = draw(st.integers(1, 6)), draw(st.integers(0, 4))
    minute = st.one_of(st.none(), st.integers(0, 20))
    rows = draw(st.lists(st.lists(minute, min_size=m, max_size=m), min_size=n, max_size=n))
    people = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    beds = st.one_of(st.just(NAN), st.integers(0, 6).map(float))
    return rows, people, draw(st.lists(beds, min_size=m, max_size=m))


def one_by_one(rows, people, beds, limit):
    """The most who can be served, and then the fewest minutes, person by person, bed by bed."""
    who = np.repeat(np.arange(len(people)), people)
    whole = [0 if np.isnan(b) else int(b) for b in beds]
    where = np.repeat(np.arange(len(beds)), np.array(whole, dtype=int))
    if not len(who) or not len(where):
        return 0, 0
    never = 10_000
    cost = np.full((len(who), len(where)), float(never))
    for i, person in enumerate(who):
        for j, site in enumerate(where):
            minutes = rows[person][site]
            if minutes is not None and minutes <= limit:
                cost[i, j] = minutes
    chosen = cost[linear_sum_assignment(cost)]
    return int((chosen < never).sum()), int(chosen[chosen < never].sum())


@settings(max_examples=150, deadline=None)
@given(places())
def test_most_people_then_least_travel(case):
    rows, people, beds = case
    limit = 15
    who = people_of(["a", "b"] * 3 if len(people) == 6 else ["a"] * len(people), people)
    places = np.array(beds, dtype=float)
    found = share_places(times_of(rows, cutoff=20), who, places, minutes=limit)
    served, minutes = one_by_one(rows, people, beds, limit)
    assert found.served.sum() == served
    assert found.served_ms.sum() == minutes * 60_000
    assert found.load.sum() == served
    assert (found.load <= np.where(np.isnan(places), 0, places)).all()
    left = found.no_site + found.full + found.capacity_unknown
    assert (found.served + left).tolist() == people
    for i, row in enumerate(rows):
        near = [j for j, t in enumerate(row) if t is not None and t <= limit]
        unknown = any(np.isnan(beds[j]) for j in near)
        reasons = (found.no_site[i], found.full[i], found.capacity_unknown[i])
        expected = 2 if unknown else 1 if near else 0
        assert all(n == 0 for k, n in enumerate(reasons) if k != expected)
    total = found.by_unit().iloc[-1]
    assert total["asking"] == sum(people)
    assert total["served"] + total["no_site"] + total["full"] + total["capacity_unknown"] == sum(
        people
    )


@pytest.fixture
def two_homes():
    """10 people at 1 and 5 minutes of two homes, 10 at 5 and 20 minutes."""
    return times_of([[1, 5], [5, 20]], cutoff=30), people_of(["a", "b"], [10, 10])


def test_the_near_give_way_so_that_more_are_served(two_homes):
    times, who = two_homes
    found = share_places(times, who, np.array([10.0, 6.0]), minutes=15)
    # The second ten reach the first home only: the first ten take six beds at the second.
    assert found.served.sum() == 16
    table = found.by_unit().set_index("unit_code")
    assert table.loc["total", ["served", "full", "no_site"]].tolist() == [16, 4, 0]
    assert found.by_site()["served"].tolist() == [10, 6]
    # Least travel: 4 of the first ten at 1 minute and 6 at 5, 6 of the second at 5.
    assert found.by_site()["minutes"].tolist() == [(4 * 1 + 6 * 5) / 10, 5]


def test_too_far_is_not_full(two_homes):
    times, who = two_homes
    found = share_places(times, who, np.array([0.0, 30.0]), minutes=15)
    table = found.by_unit().set_index("unit_code")
    assert table.loc["a", ["served", "full"]].tolist() == [10, 0]
    # A home without a bed is within reach of the second ten: full, not too far.
    assert table.loc["b", ["served", "full", "no_site"]].tolist() == [0, 10, 0]
    none = share_places(times, who, np.array([9.0, 9.0]), minutes=3).by_unit()
    assert none.set_index("unit_code").loc["b", "no_site"] == 10


def test_a_rate_of_need_keeps_whole_people(two_homes):
    times, _ = two_homes
    who = people_of(["a", "a"], [7, 9], codes=["a", "b"], unplaced=[4, 0], totals=[20, None])
    need = Fraction(1, 4)
    found = share_places(times, who, np.array([50.0, 50.0]), minutes=15, need_share=need)
    table = found.by_unit().set_index("unit_code")
    assert table.loc["a", "asking"] == table.loc["total", "asking"] == 5
    assert pd.isna(table.loc["b", "asking"])
    # 7, 9 and 4 of 20 share out 5 in their order: 1.75, 4 and 5 people in all so far.
    assert found.asking.tolist() == [2, 2]
    assert table.loc["a", ["served", "unplaced"]].tolist() == [4, 1]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=12),
    st.fractions(min_value=Fraction(1, 1000), max_value=1),
)
def test_who_asks_adds_up_and_is_spread_evenly(people, need):
    who = people_of(["a"] * len(people), people)
    times = times_of([[1]] * len(people))
    asking = share_places(times, who, np.array([0.0]), minutes=15, need_share=need).asking
    total = sum(people) * need
    assert asking.sum() == int(total + Fraction(1, 2))
    assert (asking <= people).all()
    if sum(people):
        upto = np.cumsum(people) * (int(asking.sum()) / sum(people))
        assert np.abs(np.cumsum(asking) - upto).max() <= 0.5 + 1e-9


def test_a_place_may_serve_many(two_homes):
    times, who = two_homes
    three = Fraction(7, 2)
    found = share_places(times, who, np.array([3.0, 0.0]), minutes=15, people_per_place=three)
    assert found.capacity.tolist() == [10, 0]
    assert found.served.sum() == 10


def test_what_does_not_fit_is_refused(two_homes):
    times, who = two_homes
    with pytest.raises(ValueError, match="fit"):
        share_places(times, who, np.array([1.0]), minutes=15)
    with pytest.raises(ValueError, match="0 or more"):
        share_places(times, who, np.array([1.0, -1.0]), minutes=15)
