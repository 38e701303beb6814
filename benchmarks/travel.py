"""Nearest site (no cutoff) and reach matrix (15 minutes) against scipy and networkx, in one run.

Run with ``python benchmarks/travel.py [--nodes 20000 100000]``. Prints a table: seconds (median of
three), ratio to coverplan, and peak memory, for each engine in a process of its own.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from pyproj import CRS
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from coverplan import Network, Profile, Text, mode_graph, nearest_site, snap, travel_times

ZONE = CRS.from_epsg(4549)
LIMIT_MINUTES = 15.0
SITES = 200
ENGINES = ("coverplan", "scipy", "networkx")


def road_like(nodes: int, seed: int = 0) -> Network:
    """Return a bent grid with a third of its links missing: mean degree about 2.7."""
    side = int(np.sqrt(nodes))
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.column_stack([x.ravel(), y.ravel()]) * 120.0 + rng.normal(0, 25, (side * side, 2))
    xy += [500_000 - side * 60, 3_200_000]
    index = np.arange(side * side).reshape(side, side)
    ends = np.vstack(
        [
            np.column_stack([index[:, :-1].ravel(), index[:, 1:].ravel()]),
            np.column_stack([index[:-1].ravel(), index[1:].ravel()]),
        ]
    )
    ends = ends[rng.random(len(ends)) < 2 / 3]
    lines = shapely.linestrings(xy[ends])
    frame = gpd.GeoDataFrame({"highway": ["residential"] * len(lines)}, geometry=lines, crs=ZONE)
    return Network.from_edges(frame, crs=ZONE)


def measure(engine: str, task: str, nodes: int) -> dict[str, float]:
    """Return seconds, added memory and the number of pairs within the limit."""
    network = road_like(nodes)
    profile = Profile("walk", Text.same("walk"), {"residential": 4.0}, 2.4, 1000.0)
    graph = mode_graph(network, profile)
    rng = np.random.default_rng(1)
    at = rng.choice(network.n_nodes, SITES, replace=False)
    limit = int(LIMIT_MINUTES * 60_000)
    run = {
        "coverplan": coverplan_engine,
        "scipy": scipy_engine,
        "networkx": networkx_engine,
    }[engine](graph, at, limit, task)
    run()  # once for compilation and caches
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, found = [], 0
    for _ in range(3):
        begin = time.perf_counter()
        found = run()
        seconds.append(time.perf_counter() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": statistics.median(seconds),
        "peak_mb": max(peak, before) / 1024,
        "found": found,
    }


def coverplan_engine(graph, at, limit, task):
    """Search with coverplan: everybody stands on a node, as the other engines need it."""
    places = snap(graph, graph.network.node_xy)
    sites = snap(graph, graph.network.node_xy[at])

    def nearest() -> int:
        return int((nearest_site(graph, places, sites).ms.astype(np.uint64) <= limit).sum())

    def matrix() -> int:
        return len(travel_times(graph, places, sites, cutoff_minutes=LIMIT_MINUTES).ms)

    return nearest if task == "nearest" else matrix


def scipy_engine(graph, at, limit, task):
    """Search with scipy on the same whole milliseconds."""
    n = graph.network.n_nodes
    whole = csr_matrix((graph.arc_ms.astype(float), graph.neighbour, graph.indptr), shape=(n, n))

    def nearest() -> int:
        return int((dijkstra(whole, indices=at, min_only=True) <= limit).sum())

    def matrix() -> int:
        return int((dijkstra(whole, indices=at, limit=limit) <= limit).sum())

    return nearest if task == "nearest" else matrix


def networkx_engine(graph, at, limit, task):
    """Search with networkx on the same whole milliseconds."""
    net = graph.network
    plain = nx.Graph()
    plain.add_nodes_from(range(net.n_nodes))
    plain.add_weighted_edges_from(zip(net.u, net.v, graph.forward_ms.tolist(), strict=True), "ms")

    def nearest() -> int:
        times = nx.multi_source_dijkstra_path_length(plain, set(at.tolist()), weight="ms")
        return sum(ms <= limit for ms in times.values())

    def matrix() -> int:
        return sum(
            len(nx.single_source_dijkstra_path_length(plain, int(s), cutoff=limit, weight="ms"))
            for s in at
        )

    return nearest if task == "nearest" else matrix


def in_its_own_process(engine: str, task: str, nodes: int) -> dict[str, float]:
    """Measure one engine apart from the others, so that its memory is its own."""
    words = [sys.executable, str(Path(__file__)), "--one", engine, task, str(nodes)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--one", nargs=3, metavar=("ENGINE", "TASK", "NODES"))
    given = parser.parse_args()
    if given.one:
        engine, task, nodes = given.one
        print(json.dumps(measure(engine, task, int(nodes))))
        return
    print("| task | nodes / sites | engine | seconds | ratio | peak MB |")
    print("|---|---|---|---|---|---|")
    for nodes in given.nodes:
        for task in ("nearest", "matrix"):
            rows = {engine: in_its_own_process(engine, task, nodes) for engine in ENGINES}
            if len({row["found"] for row in rows.values()}) != 1:
                raise SystemExit(f"engines disagree: { {k: r['found'] for k, r in rows.items()} }")
            own = rows["coverplan"]["seconds"]
            for engine, row in rows.items():
                ratio, peak = row["seconds"] / own, row["peak_mb"]
                print(
                    f"| {task} | {nodes:,} / {SITES} | {engine} | {row['seconds']:.3f} "
                    f"| {ratio:.1f} | {peak:.0f} |"
                )


if __name__ == "__main__":
    main()
