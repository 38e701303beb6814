import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverplan import InputError, InternalError
from coverplan.core.rounding import largest_remainder


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=40).filter(lambda v: sum(v) > 1e-3),
    st.integers(0, 10_000_000),
)
def test_adds_up_and_stays_close(shares, total):
    shares = np.array(shares)
    whole = largest_remainder(shares, total)
    assert whole.sum() == total
    assert (whole >= 0).all()
    exact = shares / shares.sum() * total
    assert (np.abs(whole - exact) < 1 + 1e-6 * total).all()
    assert (whole[shares == 0] == 0).all()


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40), st.data())
def test_a_group_is_never_more_than_everybody(everybody, data):
    everybody = np.array(everybody)
    part = data.draw(st.integers(0, int(everybody.sum())))
    shares = everybody * np.array([data.draw(st.floats(0.1, 1)) for _ in everybody])
    if not shares.sum() > 0:
        return
    whole = largest_remainder(shares, part, most=everybody)
    assert whole.sum() == part
    assert (whole <= everybody).all()


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40).filter(any))
def test_whole_numbers_that_add_up_are_left_alone(values):
    values = np.array(values)
    assert largest_remainder(values.astype(float), int(values.sum())).tolist() == values.tolist()


def test_ties_go_to_the_first():
    assert largest_remainder(np.ones(3), 10).tolist() == [4, 3, 3]
    assert largest_remainder(np.ones(4), 2).tolist() == [1, 1, 0, 0]


def test_nobody_to_give_to():
    assert largest_remainder(np.zeros(0), 0).tolist() == []
    with pytest.raises(InternalError):
        largest_remainder(np.zeros(3), 5)
    with pytest.raises(InternalError):
        largest_remainder(np.zeros(0), 5)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_a_share_is_never_below_nothing(wrong):
    with pytest.raises(InputError, match='argument "shares"') as caught:
        largest_remainder([3.0, wrong], 10)
    assert caught.value.problems[0].found == f"{wrong:g}"
    assert largest_remainder([3, 1], 10, most=[5, 9]).tolist() == [5, 5]


def test_what_a_full_place_cannot_take_goes_to_the_others_in_proportion():
    """A village of ten older people is not given as many more as one of a thousand."""
    shares, most = np.array([1000.0, 10.0, 400.0]), np.array([9000, 90, 100])
    assert largest_remainder(shares, 1410, most=most).tolist() == [1297, 13, 100]
    assert largest_remainder(
        np.array([50.0, 30.0, 10.0]), 60, most=np.array([20, 30, 30])
    ).tolist() == [20, 30, 10]


@given(
    st.lists(st.tuples(st.floats(0.5, 100), st.integers(0, 50)), min_size=1, max_size=8), st.data()
)
def test_places_that_are_not_full_share_in_proportion(places, data):
    shares, most = np.array([s for s, _ in places]), np.array([m for _, m in places])
    total = data.draw(st.integers(0, int(most.sum())))
    whole = largest_remainder(shares, total, most=most)
    # min(most, rate x share): the rate at which they add up, by halving.
    low, high = 0.0, float(total + 1) / shares.min() + 1
    for _ in range(200):
        rate = (low + high) / 2
        low, high = (rate, high) if np.minimum(most, rate * shares).sum() < total else (low, rate)
    assert (np.abs(whole - np.minimum(most, high * shares)) < 1 + 1e-6).all()
