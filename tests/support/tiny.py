"""Small places made in code, and slow but plain ways of computing what coverplan computes."""

import datetime
import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, box

from coverplan import Demand, Facilities, Inputs, Layer, LayerInput, Network, Region, Text
from coverplan.domain import Profile
from coverplan.travel import ModeGraph, Snapped

CRS = 4549
X0, Y0 = 500_000.0, 3_200_000.0
"""Origin of every small place: in the middle of its zone, so that lengths are nearly true."""

DATE = datetime.date(2025, 12, 31)


def profile(
    kmh=3.6, *, access_kmh=3.6, cap=1000.0, oneway=False, no_access=(), classes=("residential",)
):
    """One speed everywhere: at 3.6 km/h a metre takes a second."""
    return Profile(
        id="test",
        label=Text("测试", "test"),
        speeds_kmh=dict.fromkeys(classes, kmh),
        access_kmh=access_kmh,
        access_cap_metres=cap,
        no_access=frozenset(no_access),
        oneway=oneway,
    )


def network(lines, *, road_class="residential", oneway=None, crs=CRS, work_crs=CRS):
    """A network of lines given by coordinates relative to the origin."""
    n = len(lines)
    classes = [road_class] * n if isinstance(road_class, str) else list(road_class)
    frame = gpd.GeoDataFrame(
        {"highway": classes, "oneway": [0] * n if oneway is None else list(oneway)},
        geometry=[LineString([(X0 + x, Y0 + y) for x, y in line]) for line in lines],
        crs=CRS,
    )
    return Network.from_edges(frame.to_crs(crs), crs=gpd.GeoSeries([], crs=work_crs).crs)


def at(*points):
    """Coordinates relative to the origin as an array in metres."""
    return np.array(points, dtype=float).reshape(-1, 2) + [X0, Y0]


def region(*boxes):
    """Units of rectangles ``(x0, y0, x1, y1)`` relative to the origin, coded a, b, c, ..."""
    frame = gpd.GeoDataFrame(
        {
            "code": [chr(97 + i) for i in range(len(boxes))],
            "name": [f"{chr(0x7532 + i)}镇" for i in range(len(boxes))],
        },
        geometry=[box(X0 + a, Y0 + b, X0 + c, Y0 + d) for a, b, c, d in boxes],
        crs=CRS,
    )
    return Region.from_frame(frame)


def demand(the_region, rows, groups=("all",)):
    """Points ``(x, y, unit, people)`` or ``(x, y, unit, {group: people})``."""
    counts = [r[3] if isinstance(r[3], dict) else dict.fromkeys(groups, r[3]) for r in rows]
    frame = gpd.GeoDataFrame(
        {"unit": [r[2] for r in rows], **{g: [int(c[g]) for c in counts] for g in groups}},
        index=pd.Index([f"d{i:04d}" for i in range(len(rows))], dtype=object),
        geometry=[Point(X0 + r[0], Y0 + r[1]) for r in rows],
        crs=CRS,
    )
    return Demand.from_points(frame, the_region, groups=groups)


def facilities(rows, layer="test", **columns):
    """Sites ``(x, y, unit)``; further columns as lists."""
    frame = gpd.GeoDataFrame(
        {
            "id": [f"s{i:03d}" for i in range(len(rows))],
            "name": [f"站{i}" for i in range(len(rows))],
            "unit": [r[2] for r in rows],
            **columns,
        },
        geometry=[Point(X0 + r[0], Y0 + r[1]) for r in rows],
        crs=CRS,
    )
    return Facilities.from_frame(layer, frame, site_id="id")


def inputs(the_region, the_demand, the_network, sites, *, siting=None, minutes=15, prof=None):
    """A study of one layer called ``test``."""
    layer = Layer("test", Text("测试", "test"), "all", "test", minutes)
    return Inputs(
        title="小县（虚构）",
        date=DATE,
        region=the_region,
        demand=the_demand,
        network=the_network,
        layers=(LayerInput(layer, sites, siting),),
        profiles={"test": prof or profile()},
        ignore_fragments_metres=0.0,
    )


def plain_times(graph: ModeGraph, people: Snapped, sites: Snapped) -> np.ndarray:
    """Milliseconds from everybody to every site by networkx, -1 for never; shape (sites, people).

    Every edge is cut at every place that is joined to it, in a graph of its own that knows
    nothing of the engine's arrays.
    """
    whole = nx.MultiDiGraph()
    for edge in range(graph.network.n_edges):
        stops = [(0.0, ("n", int(graph.network.u[edge]))), (1.0, ("n", int(graph.network.v[edge])))]
        for kind, places in (("p", people), ("s", sites)):
            stops += [
                (float(places.fraction[i]), (kind, int(i)))
                for i in np.flatnonzero(places.edge == edge)
            ]
        stops.sort(key=lambda stop: stop[0])
        for (f, a), (g, b) in itertools.pairwise(stops):
            for ms, start, end in (
                (graph.forward_ms[edge], a, b),
                (graph.backward_ms[edge], b, a),
            ):
                if ms >= 0:
                    cost = abs(int(np.rint(g * ms)) - int(np.rint(f * ms)))
                    whole.add_edge(start, end, ms=cost)
                if f == g:
                    whole.add_edge(start, end, ms=0)
    backwards = whole.reverse()
    result = np.full((len(sites), len(people)), -1, dtype=np.int64)
    for s in range(len(sites)):
        if ("s", s) in backwards:
            lengths = nx.single_source_dijkstra_path_length(backwards, ("s", s), weight="ms")
            for p in range(len(people)):
                if ("p", p) in lengths:
                    way = lengths["p", p] + people.access_ms[p] + sites.access_ms[s]
                    result[s, p] = way
        for p in range(len(people)):
            across = float(np.hypot(*(people.xy[p] - sites.xy[s]))) * graph.network.scale
            cap = graph.profile.access_cap_metres
            to_road = max(min(people.access_metres[p], cap), min(sites.access_metres[s], cap))
            if across <= to_road + 1e-3:
                ms = int(np.rint(across * 3600 / graph.profile.access_kmh))
                if result[s, p] < 0 or ms < result[s, p]:
                    result[s, p] = ms
    return result
