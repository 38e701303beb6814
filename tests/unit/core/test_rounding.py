import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coverplan import InternalError
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
