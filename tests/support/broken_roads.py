"""Road files made broken on purpose, and a plain second opinion on how their pieces hang together.

The second opinion is written without the package: shapely's overlay for where lines meet, and
networkx for the ways.
"""

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from pyproj import CRS

from coverplan.domain.edges import EdgeFacts
from coverplan.domain.repair_config import RepairConfig
from coverplan.io.barriers import RoadEdges
from coverplan.io.repair.mending import repair_roads

METRES = CRS.from_epsg(4547)
X0, Y0 = 500_000.0, 3_300_000.0


def frame_of(lines, **columns) -> gpd.GeoDataFrame:
    """Lines in metres from a corner as a road file, all residential unless said otherwise."""
    moved = [shapely.transform(line, lambda xy: xy + (X0, Y0)) for line in lines]
    given = {"highway": ["residential"] * len(moved)} | columns
    return gpd.GeoDataFrame(given, geometry=moved, crs=METRES)


def repaired(frame: gpd.GeoDataFrame, facts: EdgeFacts | None = None, **config):
    """Repair a frame: the edges that come out, and the report."""
    facts = EdgeFacts.unknown(len(frame)) if facts is None else facts
    roads = RoadEdges(frame, facts, "highway", None, None)
    oneway = "oneway" if "oneway" in frame else None
    given = RepairConfig(**config)
    return repair_roads(roads, {"class": "highway"}, oneway, given, METRES, "roads.gpkg", 200.0)


def edges_of(frame: gpd.GeoDataFrame, facts: EdgeFacts | None = None, **config) -> gpd.GeoDataFrame:
    """Repair a frame and return its edges alone."""
    return repaired(frame, facts, **config)[0].frame


def ways(edges: gpd.GeoDataFrame) -> nx.MultiDiGraph:
    """The edges as a graph by their named nodes, metres as weights, oneway streets one way."""
    graph = nx.MultiDiGraph()
    oneway = edges["oneway"] if "oneway" in edges else ["no"] * len(edges)
    for u, v, way, line in zip(edges["_u"], edges["_v"], oneway, edges.geometry, strict=True):
        start, stop = line.coords[0], line.coords[-1]
        graph.add_node(u, xy=start)
        graph.add_node(v, xy=stop)
        if way != "-1":
            graph.add_edge(u, v, metres=line.length)
        if way != "yes":
            graph.add_edge(v, u, metres=line.length)
    return graph


def nearest_node(graph: nx.MultiDiGraph, x: float, y: float):
    """The node nearest to a place given from the corner."""
    xy = np.array([graph.nodes[node]["xy"] for node in graph])
    return list(graph)[int(np.hypot(*(xy - (X0 + x, Y0 + y)).T).argmin())]


def metres_between(graph: nx.MultiDiGraph, start, stop) -> float:
    """Shortest way between places given from the corner, infinite where there is none."""
    a, b = nearest_node(graph, *start), nearest_node(graph, *stop)
    try:
        return nx.shortest_path_length(graph, a, b, weight="metres")
    except nx.NetworkXNoPath:
        return float("inf")


def grid(n: int, step: float = 100.0, seed: int | None = None) -> list[shapely.LineString]:
    """Edges of a street grid of n x n junctions, shaken where a seed is given, some left out."""
    rng = np.random.default_rng(seed)
    xy = np.stack(np.meshgrid(np.arange(n), np.arange(n)), axis=-1) * step
    if seed is not None:
        xy = xy + rng.uniform(-0.3, 0.3, xy.shape) * step
    steps = [((i, j), (i, j + 1)) for i in range(n) for j in range(n - 1)]
    steps += [((j, i), (j + 1, i)) for i in range(n) for j in range(n - 1)]
    if seed is not None:
        steps = [one for one in steps if rng.random() < 0.85]
    return [shapely.LineString([xy[a], xy[b]]) for a, b in steps]
