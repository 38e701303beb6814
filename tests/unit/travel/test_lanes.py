"""Searches in vector lanes against scipy, and what they leave on their desk."""

import itertools

import numpy as np
import pytest
from random_graphs import a_graph, exact

from coverplan.travel.compiled import NEVER_MS
from coverplan.travel.doors import Near, count, doors_by_node, evaluate, meet, write_pairs
from coverplan.travel.lanes import LANES, new_desk, search

NOBODY = Near(*(np.zeros(0, dtype=np.int32) for _ in range(3)))


@pytest.mark.parametrize(
    ("shift", "limit"),
    [
        *itertools.product([0, 5, 9, 30], [0, 700, 1500]),
        (16, NEVER_MS - 1),
        (30, NEVER_MS - 1),
    ],
)
def test_lanes_equal_scipy_whatever_the_width_of_a_bucket(shift, limit):
    graph = a_graph(shift)
    n = len(graph[0]) - 1
    rng = np.random.default_rng(limit)
    node = rng.integers(0, n, (LANES, 2)).astype(np.int32)
    ms = rng.integers(0, 300, (LANES, 2)).astype(np.int32)
    node[3], node[4, 1] = n, n  # without a road; with one end
    desk = new_desk(n, 1, (limit >> shift) + 1)
    for _ in range(2):  # the second finds the desk as the first left it
        met = search(*graph, node, ms, limit, shift, desk)
        ours = np.full((n, LANES), limit + 1, dtype=np.int64)
        ours[desk.node[1:met]] = desk.ms[1:met]
        for lane in range(LANES):
            ends = [e for e in range(2) if node[lane, e] < n]
            ways = [exact(graph, node[lane, e], ms[lane, e]) for e in ends]
            best = np.min([np.full(n, NEVER_MS), *ways], axis=0)
            np.testing.assert_array_equal(ours[:, lane], np.minimum(best, limit + 1))
        doors = doors_by_node(np.full((1, 2), n, np.int32), np.zeros((1, 2), np.int32), n)
        assert meet(met, doors, NOBODY, desk) == 0
        evaluate(met, limit + 1, doors, NOBODY, desk)
        assert not desk.slot.any()
        assert not desk.head.any()


def test_places_are_met_once_in_order_and_timed_by_their_better_end():
    rng = np.random.default_rng(1)
    graph = a_graph(2)
    n, people, limit = len(graph[0]) - 1, 10_000, 1200
    seed = rng.integers(0, n, (LANES, 1)).repeat(2, axis=1).astype(np.int32)
    nothing = np.zeros((LANES, 2), dtype=np.int32)
    node = rng.integers(0, n + 1, (people, 2)).astype(np.int32)
    node[node.max(axis=1) == n] = n
    ms = rng.integers(0, 400, (people, 2)).astype(np.int32)
    ms[node[:, 0] == node[:, 1]] = 7
    doors = doors_by_node(node, ms, n)
    near = Near(
        np.array([0, 9999, 9999], dtype=np.int32),
        np.array([5, limit, limit + 1], dtype=np.int32),
        np.array([1, 2, 3], dtype=np.int32),
    )
    node[[0, 9999]] = n
    doors = doors_by_node(node, ms, n)
    desk = new_desk(n, people, (limit >> 6) + 1)
    met = search(*graph, seed, nothing, limit, 6, desk)
    at = np.full((n + 1, LANES), limit + 1, dtype=np.int64)
    at[desk.node[1:met]] = desk.ms[1:met]
    expected = np.minimum(at[node[:, 0]] + ms[:, :1], at[node[:, 1]] + ms[:, 1:])
    expected[[0, 9999]] = limit + 1
    expected[0, 1], expected[9999, 2] = 5, limit
    n_found = meet(met, doors, near, desk)
    touched = (at[node] <= limit).any(axis=(1, 2))
    touched[[0, 9999]] = True
    np.testing.assert_array_equal(desk.found[:n_found], np.flatnonzero(touched))
    assert not desk.marks.any()
    assert not desk.blocks.any()
    evaluate(met, limit + 1, doors, near, desk)
    ours = np.minimum(desk.times[:n_found], limit + 1)
    np.testing.assert_array_equal(ours, np.minimum(expected[touched], limit + 1))

    count(n_found, limit, desk)
    np.testing.assert_array_equal(desk.number, (expected <= limit).sum(axis=0))
    start = np.cumsum(desk.number + 1) - (desk.number + 1)
    who = np.empty(desk.number.sum() + LANES, dtype=np.int32)
    times = np.empty_like(who)
    write_pairs(n_found, limit, desk, start.copy(), who, times)
    for lane in range(LANES):
        row = slice(start[lane], start[lane] + desk.number[lane])
        within = np.flatnonzero(expected[:, lane] <= limit)
        np.testing.assert_array_equal(who[row], within)
        np.testing.assert_array_equal(times[row], expected[within, lane])


def test_a_desk_is_lined_up_with_the_cache():
    desk = new_desk(5, 3, 2)
    assert desk.ms.ctypes.data % 64 == 0
    assert desk.ms.shape == (6, LANES)
    assert desk.times.shape == (3, LANES)
