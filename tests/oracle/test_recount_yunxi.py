"""The sample county counted again from its files, by networkx, to the person.

This goes back to the files: roads, villages, census and facilities are read with plain libraries,
each road edge is cut at the places joined to it, and one multi-source search per layer finds who
is within the limit. Of coverplan it takes only where people were placed and how places project on
the roads; lengths, graph, times and sums are its own. Hills are left out here: with them
`test_recount_places` counts the county again.
"""

import dataclasses
import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Geod

import coverplan
from coverplan.domain.profile import builtin_profiles

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def flat(yunxi):
    network = yunxi.inputs.network.with_relief(None)
    return coverplan.assess(dataclasses.replace(yunxi.inputs, network=network))


@pytest.fixture(scope="module")
def roads(root):
    frame = pyogrio.read_dataframe(root / "data/geo/yunxi/roads.gpkg").to_crs(4326)
    metres = np.array([GEOD.geometry_length(line) for line in frame.geometry])
    ends = [(key_of(line, 0), key_of(line, 1)) for line in frame.geometry]
    return frame, metres, ends


def edge_ms(frame, metres, profile):
    """Milliseconds along and against each line, None where closed."""
    result = []
    for road_class, oneway, length in zip(frame["highway"], frame["oneway"], metres, strict=True):
        speed = profile.speeds_kmh.get(road_class)
        if speed is None:
            result.append((None, None))
            continue
        ms = round(length * 3600 / speed)
        result.append((ms, None if profile.oneway and oneway == 1 else ms))
    return result


def key_of(line, end):
    x, y = line.coords[0 if end == 0 else -1][:2]
    return (round(x, 7), round(y, 7))


def join(places, lines, usable, cap, scale):
    """Nearest usable line of each place: position, fraction, true metres; None beyond cap."""
    places, chosen = np.array(places, dtype=object), lines[usable]
    near = shapely.STRtree(chosen).nearest(places)
    distance = shapely.distance(places, chosen[near]) * scale
    fraction = shapely.line_locate_point(chosen[near], places, normalized=True)
    return [
        (int(usable[i]), float(f), float(d)) if d <= cap else None
        for i, f, d in zip(near, fraction, distance, strict=True)
    ]


def small_pieces(ends, metres, allowed):
    """Edges on connected pieces shorter than 200 m in all: nobody is joined to them."""
    graph = nx.Graph()
    for i in np.flatnonzero(allowed):
        graph.add_edge(*ends[i])
    piece = {n: i for i, nodes in enumerate(nx.connected_components(graph)) for n in nodes}
    total = {}
    for i in np.flatnonzero(allowed):
        at = piece[ends[i][0]]
        total[at] = total.get(at, 0.0) + metres[i]
    return {int(i) for i in np.flatnonzero(allowed) if total[piece[ends[i][0]]] < 200}


def nearest_minutes(roads, lines, profile, people, sites):
    """Milliseconds from each person's place to the nearest site, None where there is no way."""
    frame, metres, ends = roads
    times = edge_ms(frame, metres, profile)
    highway = frame["highway"].tolist()
    open_ = np.array([t[0] is not None for t in times])
    fragments = small_pieces(ends, metres, open_)
    usable = np.array(
        [
            i
            for i in np.flatnonzero(open_)
            if highway[i] not in profile.no_access and int(i) not in fragments
        ]
    )
    cap = profile.access_cap_metres
    scale = metres.sum() / shapely.length(lines).sum()
    joined = [join(group, lines, usable, cap, scale) for group in (people, sites)]
    graph = nx.DiGraph()  # arcs against travel, so that one search from all sites serves

    def arc(a, b, ms):
        if not graph.has_edge(b, a) or graph[b][a]["ms"] > ms:
            graph.add_edge(b, a, ms=ms)

    stops = {}
    for kind, places in zip("ps", joined, strict=True):
        for i, place in enumerate(places):
            if place is not None:
                stops.setdefault(place[0], []).append((place[1], (kind, i)))
    for i in np.flatnonzero(open_):
        start, end = ends[i]
        ahead, back = times[i]
        row = [(0.0, start), *sorted(stops.get(int(i), [])), (1.0, end)]
        for (f, a), (g, b) in itertools.pairwise(row):
            arc(a, b, round(g * ahead) - round(f * ahead))
            if back is not None:
                arc(b, a, round(g * back) - round(f * back))
            if f == g:
                arc(b, a, 0)

    def access(distance):
        return round(distance * 3600 / profile.access_kmh)

    for i, place in enumerate(joined[1]):
        if place is not None:
            graph.add_edge("all", ("s", i), ms=access(place[2]))
    reached = nx.single_source_dijkstra_path_length(graph, "all", weight="ms")
    straight = [shapely.distance(np.array(people, dtype=object), s) * scale for s in sites]
    result = []
    for i, place in enumerate(joined[0]):
        ms = reached.get(("p", i)) if place is not None else None
        best = None if ms is None else ms + access(place[2])
        to_road = place[2] if place is not None else cap
        for j in range(len(sites)):
            across = straight[j][i]
            site_road = joined[1][j][2] if joined[1][j] is not None else cap
            if across <= max(to_road, site_road) + 1e-3:
                walk = access(across)
                best = walk if best is None else min(best, walk)
        result.append(best)
    return result


@pytest.mark.parametrize("layer", ["elderly_care", "social_work", "childrens_home", "eco_burial"])
def test_reached_people_equal_the_table(flat, roads, layer):
    frame = roads[0]
    result = flat.layers[layer]
    profile = builtin_profiles()[result.layer.profile]
    crs = flat.inputs.region.crs
    lines = frame.geometry.to_crs(crs).to_numpy()
    points = flat.inputs.demand.points
    people = list(points.geometry)
    counts = points[result.layer.group].to_numpy()
    sites = result.sites
    for phase, states in (("before", ["existing"]), ("after", ["existing", "proposed"])):
        here = list(sites[sites["state"].isin(states)].geometry)
        ms = nearest_minutes(roads, lines, profile, people, here)
        for minutes in {5, 10, 15, 30, int(result.layer.minutes)}:
            within = np.array([t is not None and t <= minutes * 60_000 for t in ms])
            plain = pd.Series(np.where(within, counts, 0)).groupby(points["unit"].to_numpy()).sum()
            table = flat.coverage.select(
                layer=layer, indicator="people_reached", phase=phase, minutes=float(minutes)
            ).set_index("unit_code")["value"]
            for code in flat.inputs.region.codes:
                assert table[code] == plain.get(code, 0), (phase, minutes, code)
            assert table["total"] == plain.sum()
