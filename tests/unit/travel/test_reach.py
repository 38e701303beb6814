"""Sparse times: some sites of them, in any order."""

import numpy as np
from siting_cases import matrix_of, times_of


def test_sites_are_taken_in_any_order_and_more_than_once():
    ms = np.array([[0, 5, -1], [-1, -1, -1], [7, -1, 60_000]])
    rows = np.array([2, 0, 1, 2])
    taken = times_of(ms).take(rows, list("abcd"))
    assert np.array_equal(matrix_of(taken), ms[rows])
    assert list(taken.sites) == list("abcd")
    assert len(times_of(ms).take(np.array([], dtype=int), []).who) == 0


def test_pairs_without_times_stay_without():
    ms = np.array([[0, 5, -1], [3, -1, -1]])
    bare = times_of(ms)
    pairs = type(bare)(bare.demand, bare.sites, bare.ptr, bare.who, bare.ms[:0], 40.0)
    taken = pairs.take(np.array([1, 0]), list("ab"))
    assert taken.who.tolist() == [0, 0, 1]
    assert len(taken.ms) == 0
