"""One search from all sites: ties, ends, distant seeds, and sites nobody reaches."""

import itertools

import numpy as np
import pytest
from random_graphs import a_graph, exact

from coverplan.travel.arcs import Arcs
from coverplan.travel.buckets import circle_of, rank_bits, width_shift
from coverplan.travel.compiled import NEVER_MS
from coverplan.travel.joints import Ends
from coverplan.travel.kernel import UNREACHED, nearest_keys, place_keys, split_keys
from coverplan.travel.kkernel import k_nearest_keys, place_k_keys

NEVER = -1


def sites(n, n_sites, latest, seed):
    rng = np.random.default_rng(seed)
    node = rng.integers(0, n, (n_sites, 2)).astype(np.int32)
    ms = rng.integers(0, latest, (n_sites, 2)).astype(np.int32)
    node[::4, 1], node[5] = n, n
    return Ends(node, ms)


def plain(graph, ends):
    """Times of every node to every site, shape (sites, nodes)."""
    n = len(graph[0]) - 1
    rows = []
    for node, ms in zip(ends.node, ends.ms, strict=True):
        ways = [exact(graph, node[e], ms[e]) for e in range(2) if node[e] < n]
        rows.append(np.min([np.full(n, NEVER_MS), *ways], axis=0))
    return np.array(rows).astype(np.int64)


@pytest.mark.parametrize(("shift", "latest"), [(0, 1), (4, 300), (8, 300), (8, 90_000), (25, 9)])
@pytest.mark.parametrize("k", [1, 2, 5, 40])
def test_keys_equal_scipy(shift, latest, k):
    graph = a_graph(11)
    n = len(graph[0]) - 1
    ends = sites(n, 33, latest, seed=shift)
    far = plain(graph, ends)
    bits = rank_bits(len(far))
    circle = circle_of(Arcs(*graph, graph[1]), ends, shift)
    args = (*graph, ends.node, ends.ms)
    order = np.argsort(far, axis=0, kind="stable")[:k]
    least = np.take_along_axis(far, order, axis=0)
    order[least >= NEVER_MS], least[least >= NEVER_MS] = NEVER, NEVER
    keys = k_nearest_keys(*args, k, bits, shift, circle)
    assert (keys[n] == UNREACHED).all()
    ms, rank = split_keys(keys[:n].ravel(), bits, NEVER)
    np.testing.assert_array_equal(ms.reshape(n, k)[:, : len(least)].T, least)
    np.testing.assert_array_equal(rank.reshape(n, k)[:, : len(least)].T, order)
    assert (ms.reshape(n, k)[:, len(least) :] == NEVER).all()
    if k == 1:
        np.testing.assert_array_equal(nearest_keys(*args, bits, shift, circle), keys[:, 0])


def test_places_take_the_better_end_and_the_lower_rank():
    bits = 3
    best = np.array([(100 << bits) + 2, (90 << bits) + 1, UNREACHED, UNREACHED])
    node = np.array([[0, 1], [0, 2], [2, 2], [3, 3], [0, 1]], dtype=np.int32)
    ms = np.array([[0, 10], [5, 0], [0, 0], [0, 0], [NEVER_MS - 1] * 2], dtype=np.int32)
    expected = [[100, 1], [105, 2], [NEVER, NEVER], [NEVER, NEVER], [NEVER, NEVER]]
    found = split_keys(place_keys(best, node, ms, bits), bits, NEVER)
    assert np.column_stack(found).tolist() == expected
    rows = place_k_keys(best[:, None], node, ms, bits)
    assert np.column_stack(split_keys(rows[:, 0], bits, NEVER)).tolist() == expected


def test_the_circle_holds_the_longest_arc_and_the_latest_seed():
    for longest, latest, shift in itertools.product([0, 5, 4095], [0, 7, 9000], [0, 3, 20]):
        one = np.array([longest], dtype=np.int32)
        arcs = Arcs(np.array([0, 1]), one * 0, one, one)
        ends = Ends(np.zeros((1, 2), np.int32), np.full((1, 2), latest, np.int32))
        n = circle_of(arcs, ends, shift)
        assert n & (n - 1) == 0
        assert n > (max(longest, latest) >> shift) + 1


def test_a_bucket_is_about_as_wide_as_an_arc_is_long():
    ms = np.array([1000, 1100], dtype=np.int32)
    assert width_shift(Arcs(ms, ms, ms, ms), 1.0) == 10
    assert width_shift(Arcs(ms, ms, ms * 0, ms), 1.0) == 0
    assert width_shift(Arcs(ms, ms, ms[:0], ms), 1.0) == 0
