"""The table of travel times: memory, blocks, threads, and stopping."""

import signal
import threading
import time

import numpy as np
import pandas as pd
import pytest
from tiny import at, network, profile

from coverplan.core.errors import InputError
from coverplan.travel import mode_graph, snap, times
from coverplan.travel.sums import reach_sums
from coverplan.travel.threads import share_out
from coverplan.travel.times import travel_time_blocks, travel_times


@pytest.fixture(scope="module")
def street():
    """A street of a kilometre; 100 people and 90 sites along it."""
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    people = snap(graph, at(*[(10 * i, 0) for i in range(100)]))
    return graph, people, snap(graph, at(*[(1000 - 11 * i, 0) for i in range(90)]))


def same(a, b):
    for one, other in ((a.ptr, b.ptr), (a.who, b.who), (a.ms, b.ms)):
        np.testing.assert_array_equal(one, other)


def test_blocks_of_any_size_make_the_same_table(street, monkeypatch):
    whole = travel_times(*street, cutoff_minutes=5)
    seconds = np.abs(10 * np.arange(100)[None] - (1000 - 11 * np.arange(90))[:, None])
    near = seconds <= 300
    np.testing.assert_array_equal(np.diff(whole.ptr), near.sum(axis=1))
    np.testing.assert_array_equal(whole.who, np.nonzero(near)[1])
    np.testing.assert_allclose(whole.ms, seconds[near] * 1000, atol=501)
    for block in (1, 7, 64):
        monkeypatch.setattr(times, "_BLOCK", block)
        monkeypatch.setattr(times, "_LEAST_BLOCK", block)
        same(travel_times(*street, cutoff_minutes=5), whole)


@pytest.mark.parametrize("cores", [1, 3])
def test_any_number_of_threads(street, monkeypatch, cores):
    whole = travel_times(*street, cutoff_minutes=5)
    monkeypatch.setattr("coverplan.travel.threads.cores", lambda: cores)
    same(travel_times(*street, cutoff_minutes=5), whole)


def test_the_arrays_cannot_be_written_to(street):
    found = travel_times(*street, cutoff_minutes=5)
    for array in (found.ptr, found.who, found.ms):
        assert not array.flags.writeable


def test_pairs_without_times(street):
    whole = travel_times(*street, cutoff_minutes=5)
    pairs = travel_times(*street, cutoff_minutes=5, keep_ms=False)
    np.testing.assert_array_equal(pairs.who, whole.who)
    np.testing.assert_array_equal(pairs.within(5).who, whole.within(5).who)
    with pytest.raises(ValueError, match="keep_ms=False"):
        pairs.within(4)
    with pytest.raises(ValueError, match="keep_ms=False"):
        pairs.to_frame()


def test_a_table_that_does_not_fit_says_how_large_it_would_be(street):
    n = len(travel_times(*street, cutoff_minutes=5).who)
    enough = 2 * 8 * n / 1e6
    travel_times(*street, cutoff_minutes=5, memory_limit_mb=enough * 1.001)
    travel_times(*street, cutoff_minutes=5, memory_limit_mb=enough / 2 * 1.001, keep_ms=False)
    with pytest.raises(InputError) as error:
        travel_times(*street, cutoff_minutes=5, memory_limit_mb=enough * 0.999)
    (problem,) = error.value.problems
    assert problem.code == "travel.too_many_pairs"
    assert f"{n:,} pairs after 90 of 90 sites" in problem.what.en
    assert f"{n:,} 对" in problem.what.zh
    assert "travel_time_blocks" in problem.mend.en


def test_blocks_fit_into_memory_and_carry_their_ids(street):
    whole = travel_times(*street, cutoff_minutes=5)
    ids = pd.Index([f"s{i}" for i in range(90)])
    done = []
    blocks = list(
        travel_time_blocks(
            *street,
            cutoff_minutes=5,
            memory_limit_mb=0.01,
            site_ids=ids,
            progress=done.append,
        )
    )
    assert len(blocks) > 5
    assert sum(done) == 90
    assert [s for block in blocks for s in block.sites] == ids.tolist()
    np.testing.assert_array_equal(np.concatenate([b.who for b in blocks]), whole.who)
    np.testing.assert_array_equal(np.concatenate([b.ms for b in blocks]), whole.ms)
    assert max(8 * len(block.who) for block in blocks) <= 10_000 / 3
    with pytest.raises(InputError):
        list(travel_time_blocks(*street, cutoff_minutes=5, memory_limit_mb=0.0005))


def test_exactly_on_the_cutoff_is_within_and_a_negative_one_is_refused():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    people, sites = snap(graph, at((300, 0), (300.1, 0))), snap(graph, at((0, 0)))
    found = travel_times(graph, people, sites, cutoff_minutes=5)
    assert found.who.tolist() == [0]
    with pytest.raises(InputError, match='found: "-1"'):
        travel_times(graph, sites, sites, cutoff_minutes=-1)
    assert travel_times(graph, sites, sites, cutoff_minutes=0).ms.tolist() == [0]
    one = np.ones(2, dtype=np.int64)
    sums = reach_sums(graph, people, sites, one, minutes=[4.999, 5, 6])
    assert sums.tolist() == [[0, 1, 2]]


def test_sums_want_whole_people(street):
    with pytest.raises(ValueError, match="whole numbers"):
        reach_sums(*street, np.full(100, 0.5), minutes=[5])
    with pytest.raises(ValueError, match="one row for each place"):
        reach_sums(*street, np.ones(99, dtype=int), minutes=[5])


def test_an_error_in_one_thread_stops_all(monkeypatch):
    before = threading.active_count()
    monkeypatch.setattr("coverplan.travel.threads.cores", lambda: 2)
    done = []

    def work(_, job):
        if job == 3:
            raise RuntimeError("three")
        time.sleep(0.002)
        done.append(job)

    with pytest.raises(RuntimeError, match="three"):
        share_out(10_000, lambda: None, work)
    assert len(done) < 100
    assert threading.active_count() == before


def test_ctrl_c_stops_all_threads(monkeypatch):
    before = threading.active_count()
    monkeypatch.setattr("coverplan.travel.threads.cores", lambda: 2)
    done = []

    def work(_, job):
        if job == 5:
            signal.raise_signal(signal.SIGINT)  # lands in the main thread
        time.sleep(0.002)
        done.append(job)

    with pytest.raises(KeyboardInterrupt):
        share_out(100_000, lambda: None, work)
    assert len(done) < 5000
    assert threading.active_count() == before
