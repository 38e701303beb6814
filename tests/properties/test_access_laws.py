"""Laws of floating catchments and of inequality, on whatever hypothesis thinks of."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_times import times_of

from coverplan.measure.decay import LUO_QI_WEIGHTS
from coverplan.measure.floating import two_step_floating_catchment, usual_methods
from coverplan.measure.inequality import gini, palma, ratio_20_20, theil

METHODS = list(usual_methods(30, LUO_QI_WEIGHTS, 0.01))


@st.composite
def places(draw):
    n, m = draw(st.integers(1, 8)), draw(st.integers(0, 5))
    minute = st.one_of(st.none(), st.integers(0, 40), st.floats(0, 40, allow_nan=False))
    row = st.lists(minute, min_size=m, max_size=m)
    minutes = draw(st.lists(row, min_size=n, max_size=n))
    people = draw(st.lists(st.integers(0, 1000), min_size=n, max_size=n))
    beds = st.one_of(st.just(float("nan")), st.integers(0, 500).map(float))
    return minutes, np.array(people), np.array(draw(st.lists(beds, min_size=m, max_size=m)))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=60, deadline=None)
@given(case=places())
def test_what_people_have_is_what_there_is(method, case):
    minutes, people, beds = case
    decay, selection = usual_methods(30, LUO_QI_WEIGHTS, 0.01)[method]
    times = times_of(minutes, cutoff=40)
    found = two_step_floating_catchment(times, people, beds, decay, selection=selection)
    table = np.array([[np.inf if t is None else t for t in row] for row in minutes], dtype=float)
    table = np.rint(table.reshape(len(people), -1) * 60_000)
    anybody = ((table <= 30 * 60_000) & (people > 0)[:, None]).any(axis=0)
    reachable = float(np.nansum(beds[anybody]))
    assert found.supply == reachable
    assert people @ found.per_person == pytest.approx(reachable, rel=1e-9)
    assert (found.per_person >= 0).all()
    open_sites = (beds > 0) & anybody
    reached = (table[:, open_sites] <= 30 * 60_000).any(axis=1)
    assert (found.per_person > 0).tolist() == reached.tolist()


@settings(max_examples=60, deadline=None)
@given(case=places(), times=st.integers(2, 7))
def test_more_beds_in_proportion_are_more_access_in_proportion(case, times):
    minutes, people, beds = case
    found = two_step_floating_catchment(times_of(minutes, 40), people, beds)
    more = two_step_floating_catchment(times_of(minutes, 40), people, beds * times)
    assert more.per_person == pytest.approx(times * found.per_person, rel=1e-12)


shared = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 20), st.sampled_from("abc")), max_size=12
)


def taken(rows):
    values = np.array([r[0] for r in rows], dtype=int)
    people = np.array([r[1] for r in rows], dtype=int)
    return values, people, np.array([r[2] for r in rows], dtype=str)


@settings(max_examples=150, deadline=None)
@given(shared)
def test_gini_is_the_mean_difference_of_pairs(rows):
    values, people, _ = taken(rows)
    each = np.repeat(values, people)
    found = gini(values, people)
    if not each.sum():
        assert found is None
        return
    plain = np.abs(each[:, None] - each[None, :]).sum() / (2 * len(each) * each.sum())
    assert found == pytest.approx(plain, rel=1e-12)
    assert gini(values.astype(float), people) == pytest.approx(plain, rel=1e-9, abs=1e-15)
    assert 0 <= found < 1


@settings(max_examples=150, deadline=None)
@given(shared)
def test_between_and_within_are_the_whole(rows):
    values, people, groups = taken(rows)
    found = theil(values, people, groups)
    if found is None:
        return
    each = np.repeat(values, people).astype(float)
    ratio = each[each > 0] / each.mean()
    assert found.total == pytest.approx((ratio * np.log(ratio)).sum() / len(each), abs=1e-12)
    assert found.between + found.within == pytest.approx(found.total, rel=1e-9, abs=1e-12)
    assert 0 <= found.total <= math.log(len(each)) + 1e-12
    assert found.groups["people"].sum() == people.sum()


@pytest.mark.parametrize(
    "index", [gini, palma, ratio_20_20, lambda x, p: getattr(theil(x, p), "total", None)]
)
@settings(max_examples=60, deadline=None)
@given(rows=shared, times=st.integers(2, 9))
def test_scale_replication_and_order_do_not_matter(index, rows, times):
    values, people, _ = taken(rows)
    found = index(values, people)
    others = (
        index(values * times, people),
        index(values, people * times),
        index(np.repeat(values, people), np.ones(people.sum(), dtype=int)),
        index(values[::-1], people[::-1]),
    )
    if found is None:
        assert others == (None,) * 4
    else:
        assert others == pytest.approx([found] * 4, rel=1e-9, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(shared)
def test_tails_are_those_of_the_people_one_by_one(rows):
    """Ten times everybody: tenths and fifths are whole people."""
    values, people, _ = taken(rows)
    each = np.sort(np.repeat(values, people * 10))
    n = len(each)
    if not n:
        return
    least, most = each[: 4 * n // 10].sum(), each[n - n // 10 :].sum()
    found = palma(values, people)
    assert found == (pytest.approx(most / least) if least else None)
    least, most = each[: n // 5].sum(), each[n - n // 5 :].sum()
    assert ratio_20_20(values, people) == (pytest.approx(most / least) if least else None)
