"""What the reach matrix spends its time on, step by step, in one thread.

Run with ``python benchmarks/hot_loop.py [--nodes 500000] [--sites 10000]``.
"""

import argparse
import time

import numpy as np
import roads

from coverplan import Network, Profile, Text, mode_graph, snap
from coverplan.travel.batches import batches, prepare
from coverplan.travel.doors import Near, count, evaluate, meet, write_pairs
from coverplan.travel.lanes import LANES, new_desk, search
from coverplan.travel.reach import limit_ms

STEPS = ("search", "meet", "evaluate", "count", "write")
WARM_UP = 4
"""Batches not counted: compiled code and caches are cold."""


def stream_gb_per_second() -> float:
    """Return how fast one core copies memory: bytes read and written."""
    a = np.ones(64 * 2**20 // 8)
    b = np.empty_like(a)
    seconds = []
    for _ in range(10):
        begin = time.perf_counter()
        b[:] = a
        seconds.append(time.perf_counter() - begin)
    return 2 * a.nbytes / min(seconds) / 1e9


def profile(nodes: int, n_sites: int) -> tuple[dict[str, float], int, int]:
    """Return CPU seconds by step, junctions met by all batches, and pairs written."""
    network = Network.from_edges(roads.as_edges(roads.bent_grid(nodes)), crs=roads.ZONE)
    graph = mode_graph(network, Profile("car", Text.same("car"), roads.SPEEDS_KMH, 3.0, 1000.0))
    people = snap(graph, network.node_xy)
    chosen = np.random.default_rng(1).choice(network.n_nodes, n_sites, replace=False)
    sites = snap(graph, network.node_xy[chosen])
    whole = prepare(graph, people, sites, "to_site", limit_ms(15))
    some, arcs, limit = batches(whole, 0, n_sites), whole.arcs, whole.limit
    desk = new_desk(arcs.n_nodes, whole.n_places, (limit >> whole.shift) + 1)
    spent, met, pairs = np.zeros(len(STEPS)), 0, 0
    for batch in range(len(some)):
        at = slice(batch * LANES, (batch + 1) * LANES)
        here = slice(some.near_ptr[batch], some.near_ptr[batch + 1])
        near = Near(some.near.who[here], some.near.ms[here], some.near.lane[here])
        clock = [time.process_time()]
        n = search(
            arcs.indptr, arcs.neighbour, arcs.ms, some.node[at], some.ms[at],
            limit, whole.shift, desk,
        )  # fmt: skip
        clock.append(time.process_time())
        found = meet(n, whole.doors, near, desk)
        clock.append(time.process_time())
        evaluate(n, limit + 1, whole.doors, near, desk)
        clock.append(time.process_time())
        count(found, limit, desk)
        clock.append(time.process_time())
        number = desk.number.copy()
        start = np.cumsum(number + 1) - (number + 1)
        room = int(number.sum()) + LANES
        who, ms = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
        write_pairs(found, limit, desk, start, who, ms)
        clock.append(time.process_time())
        if batch >= WARM_UP:
            spent += np.diff(clock)
            met += n - 1
            pairs += int(number.sum())
    return dict(zip(STEPS, spent.tolist(), strict=True)), met, pairs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=500_000)
    parser.add_argument("--sites", type=int, default=10_000)
    given = parser.parse_args()
    spent, met, pairs = profile(given.nodes, given.sites)
    total = sum(spent.values())
    print("| step | CPU s | share |\n|---|---|---|")
    for step, seconds in spent.items():
        print(f"| {step} | {seconds:.2f} | {seconds / total:.0%} |")
    written = pairs * 8 / total / 1e9
    print(
        f"\n{pairs / 1e6:.1f} M pairs, {total / pairs * 1e9:.0f} ns each; {met:,} rows of {LANES} "
        f"times met, {spent['search'] / met * 1e9:.0f} ns of search each. The result alone is "
        f"{written:.2f} GB/s; one core copies {stream_gb_per_second():.0f} GB/s."
    )


if __name__ == "__main__":
    main()
