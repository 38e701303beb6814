"""networkx, and osmnx as its examples search a street network (`networkx.ego_graph`)."""

from collections.abc import Callable

import networkx as nx
import numpy as np
from measuring import LIMIT_MS, Arrays, Checks, Work, prefix_checks

SAMPLE = 200
EGO_SAMPLE = 5

EGO_TASKS: dict[str, Callable[..., Work]] = {}
TASKS: dict[str, Callable[..., Work]] = {}


def prepare(arrays: Arrays) -> nx.Graph:
    """Return the streets as an undirected graph."""
    graph = nx.Graph()
    graph.add_nodes_from(range(arrays.n))
    graph.add_weighted_edges_from(zip(*(a.tolist() for a in arrays.links()), strict=True), "ms")
    return graph


def prepare_ego(arrays: Arrays) -> nx.MultiDiGraph:
    """Return the streets as osmnx keeps them: a directed multigraph, both ways."""
    u, v, ms = (a.tolist() for a in arrays.links())
    graph = nx.MultiDiGraph(crs="EPSG:4549")
    x, y = arrays.xy.T.tolist()
    graph.add_nodes_from((i, {"x": x[i], "y": y[i]}) for i in range(arrays.n))
    for a, b, cost in zip(u, v, ms, strict=True):
        graph.add_edge(a, b, travel_time=cost)
        graph.add_edge(b, a, travel_time=cost)
    return graph


def nearest(graph: nx.Graph, arrays: Arrays, sites: int) -> Work:
    """Search from all sites at once, everywhere."""
    at = set(arrays.order[:sites].tolist())

    def check(times: dict[int, int]) -> Checks:
        within = [ms for ms in times.values() if ms <= LIMIT_MS]
        return {"found": len(within), "ms": sum(within)}

    return Work(lambda: nx.multi_source_dijkstra_path_length(graph, at, weight="ms"), check)


def reach(graph: nx.Graph, arrays: Arrays, sites: int) -> Work:
    """Search candidate by candidate up to the limit."""
    sample = min(SAMPLE, sites)
    at = arrays.order[:sample].tolist()

    def run() -> list[dict[int, int]]:
        length = nx.single_source_dijkstra_path_length
        return [length(graph, s, cutoff=LIMIT_MS, weight="ms") for s in at]

    def check(found: list[dict[int, int]]) -> Checks:
        pairs = np.array([len(times) for times in found])
        total = np.array([sum(times.values()) for times in found])
        return {**prefix_checks("found", pairs), **prefix_checks("ms", total)}

    return Work(run, check, sample, sites)


def ego(graph: nx.MultiDiGraph, arrays: Arrays, sites: int) -> Work:
    """Cut the part each facility reaches out of the graph, facility by facility."""
    sample = min(EGO_SAMPLE, sites)
    at = arrays.order[:sample].tolist()

    def run() -> list[nx.MultiDiGraph]:
        return [nx.ego_graph(graph, s, radius=LIMIT_MS, distance="travel_time") for s in at]

    def check(found: list[nx.MultiDiGraph]) -> Checks:
        return prefix_checks("found", np.array([len(part) for part in found]))

    return Work(run, check, sample, sites)


def ego_nearest(graph: nx.MultiDiGraph, arrays: Arrays, sites: int) -> Work:
    """Do the same for the nearest facility: no pass over all of them is at hand."""
    work = ego(graph, arrays, sites)
    return Work(work.run, lambda _: {}, work.sample, work.whole, "one search per facility")


TASKS.update({"nearest": nearest, "reach": reach})
EGO_TASKS.update({"nearest": ego_nearest, "reach": ego})
