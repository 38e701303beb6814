"""Travel times equal those of networkx on random directed networks, to the millisecond."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import X0, Y0, network, plain_times, profile

from coverplan.travel import mode_graph, snap
from coverplan.travel.knearest import k_nearest_sites
from coverplan.travel.nearest import NEVER, nearest_site
from coverplan.travel.sums import reach_sums
from coverplan.travel.times import travel_time_blocks, travel_times

FAR = np.iinfo(np.int64).max


def random_place(seed, *, n_nodes, n_people, n_sites, cell):
    """A random directed multigraph, and the same with every direction turned round.

    Ties, parallel links, loops, edges without length, islands, places on the nodes.
    """
    rng = np.random.default_rng(seed)
    nodes = rng.integers(0, 12, (n_nodes, 2)) * cell
    ends = rng.integers(0, n_nodes, (int(n_nodes * 1.7), 2))
    lines = [[tuple(nodes[a]), tuple(nodes[b])] for a, b in ends if (nodes[a] != nodes[b]).any()]
    lines += [[tuple(nodes[0]), (0.0, 5000.0), tuple(nodes[0])], lines[0]]
    lines += [[tuple(nodes[1]), tuple(nodes[1])]]
    road_class = rng.choice(["residential", "primary", "footway"], len(lines))
    oneway = rng.choice([0, 0, 1, -1], len(lines))
    places = rng.integers(0, 12 * 4, (n_people + n_sites, 2)) * (cell / 4) + [X0, Y0]
    prof = profile(oneway=True, classes=("residential", "primary"))
    for way in (oneway, -oneway):
        graph = mode_graph(network(lines, road_class=road_class, oneway=way), prof)
        yield graph, snap(graph, places[:n_people]), snap(graph, places[n_people:])


def table(times, n_people):
    """Sparse rows as a full table, -1 where there is nothing."""
    full = np.full((len(times.ptr) - 1, n_people), -1, dtype=np.int64)
    for s, (a, b) in enumerate(zip(times.ptr, times.ptr[1:], strict=False)):
        assert (np.diff(times.who[a:b]) > 0).all()
        full[s, times.who[a:b]] = times.ms[a:b]
    return full


def k_least(plain, k):
    """The k least times of everybody and the sites they belong to, ties by position."""
    far = np.where(plain < 0, FAR, plain)
    site = np.argsort(far, axis=0, kind="stable")[:k].T
    ms = np.sort(far, axis=0)[:k].T
    pad = ((0, 0), (0, k - ms.shape[1]))
    ms, site = np.pad(ms, pad, constant_values=FAR), np.pad(site, pad)
    return np.where(ms == FAR, NEVER, ms), np.where(ms == FAR, NEVER, site)


def check_everything(graph, people, sites, plain, direction):
    """Compare every search with the times of an engine that knows nothing of ours."""
    times = travel_times(graph, people, sites, cutoff_minutes=20, direction=direction)
    within = (plain >= 0) & (plain <= 20 * 60_000)
    np.testing.assert_array_equal(table(times, len(people)), np.where(within, plain, -1))

    nearest = nearest_site(graph, people, sites, direction=direction)
    ms, site = k_least(plain, 1)
    np.testing.assert_array_equal(nearest.ms, ms[:, 0])
    np.testing.assert_array_equal(nearest.site, site[:, 0])
    found = k_nearest_sites(graph, people, sites, 3, direction=direction)
    ms, site = k_least(plain, 3)
    np.testing.assert_array_equal(found.ms, ms)
    np.testing.assert_array_equal(found.site, site)

    count = np.arange(2 * len(people)).reshape(-1, 2) % 7
    limits = [5.0, 20.0, 12.0]
    sums = reach_sums(graph, people, sites, count, minutes=limits, direction=direction)
    for t, limit in enumerate(limits):
        reached = (plain >= 0) & (plain <= limit * 60_000)
        np.testing.assert_array_equal(sums[:, t], reached.astype(int) @ count)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cell=st.sampled_from([20.0, 100.0, 333.0]))
def test_every_search_equals_networkx(seed, cell):
    there, turned = random_place(seed, n_nodes=14, n_people=25, n_sites=5, cell=cell)
    check_everything(*there, plain_times(*there), "to_site")
    # What goes out along a street comes in where the street is turned round.
    check_everything(*there, plain_times(*turned), "from_site")


def test_a_larger_network():
    """Several batches of sites in several threads, and in blocks of a few sites."""
    (graph, people, sites), _ = random_place(5, n_nodes=120, n_people=300, n_sites=150, cell=250.0)
    plain = plain_times(graph, people, sites)
    times = travel_times(graph, people, sites, cutoff_minutes=1000)
    np.testing.assert_array_equal(table(times, len(people)), plain)
    blocks = list(
        travel_time_blocks(graph, people, sites, cutoff_minutes=1000, memory_limit_mb=0.1)
    )
    assert len(blocks) > 3
    assert np.concatenate([block.sites for block in blocks]).tolist() == list(range(len(sites)))
    np.testing.assert_array_equal(np.vstack([table(b, len(people)) for b in blocks]), plain)
    cover = travel_times(graph, people, sites, cutoff_minutes=1000, keep_ms=False)
    np.testing.assert_array_equal(cover.who, times.who)
    np.testing.assert_array_equal(cover.within(1000).ptr, times.ptr)


@pytest.mark.parametrize("sites", [0, 1])
def test_nobody_and_no_sites(sites):
    (graph, people, _), _ = random_place(1, n_nodes=10, n_people=4, n_sites=1, cell=100.0)
    none = snap(graph, np.zeros((0, 2)))
    where = snap(graph, people.xy[:sites])
    assert nearest_site(graph, none, where).ms.tolist() == []
    assert k_nearest_sites(graph, none, where, 2).ms.shape == (0, 2)
    assert (k_nearest_sites(graph, people, none, 2).site == NEVER).all()
    assert len(travel_times(graph, people, none, cutoff_minutes=5).ms) == 0
    assert len(travel_times(graph, none, where, cutoff_minutes=5).ptr) == sites + 1
    assert (nearest_site(graph, people, none).ms == NEVER).all()
    nobody = np.zeros(0, dtype=int)
    assert reach_sums(graph, none, where, nobody, minutes=[1, 2]).tolist() == [[0, 0]] * sites
    counts = np.ones(len(people), dtype=int)
    assert reach_sums(graph, people, none, counts, minutes=[1]).shape == (0, 1)
