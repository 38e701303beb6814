"""Roads of an OpenStreetMap file read the plain way: one way after the other, lists and a counter.

Written apart from `coverplan.io.osm.reading`, to be compared with it edge by edge.
"""

from collections import Counter

import osmium
import pyproj
import shapely

from coverplan.io.roadwords import minutes

GEOD = pyproj.Geod(ellps="WGS84")
TAGS = (
    "surface", "maxspeed", "access", "vehicle", "motor_vehicle", "motorcar", "motorroad",
    "bicycle", "foot", "bridge", "tunnel", "layer", "oneway:bicycle", "oneway:foot", "cycleway",
    "interval", "duration",
)  # fmt: skip


def plain_edges(ways, gates=()):
    """Edges as (u, v, class, direction, tags, coordinates), cut at junctions and at gates."""
    used = Counter(node for *_, run in ways for node, _ in run)
    edges = []
    for way, road, oneway, tags, run in ways:
        piece = [run[0]]
        for i, (node, place) in enumerate(run[1:], 1):
            piece.append((node, place))
            if i == len(run) - 1 or used[node] > 1 or node in gates:
                ends = piece[0][0], piece[-1][0]
                edges.append([way, *ends, road, oneway, dict(tags), [xy for _, xy in piece]])
                piece = [(node, place)]
    timed = [edge for edge in edges if "duration" in edge[5]]
    whole = Counter()
    for way, *_, line in timed:
        whole[way] += _metres(line)
    for way, *_, tags, line in timed:
        took = minutes(tags["duration"].lower())
        if took is not None and 0 < _metres(line) / whole[way] < 1 - 1e-12:
            tags["duration"] = f"{took * _metres(line) / whole[way]:.6f}"
    return [tuple(edge[1:]) for edge in edges]


def barriers(path):
    """Tags of each node that is a barrier."""
    nodes = osmium.FileProcessor(str(path), osmium.osm.NODE)
    nodes = nodes.with_filter(osmium.filter.KeyFilter("barrier"))
    return {node.id: {tag.k: tag.v for tag in node.tags} for node in nodes}


def plain_ways(path):
    """Each stretch of a way with a place for all of its nodes."""
    roads = osmium.filter.KeyFilter("highway", "route")
    for way in osmium.FileProcessor(str(path)).with_locations().with_filter(roads):
        if not way.is_way():
            continue
        tags = {tag.k: tag.v for tag in way.tags}
        road = tags.get("highway") or ("ferry" if tags.get("route") == "ferry" else None)
        if road is None or tags.get("area") == "yes":
            continue
        run = []
        for node in [*way.nodes, None]:
            if node is not None and node.location.valid():
                run.append((node.ref, (node.lon, node.lat)))
                continue
            if len(run) > 1:
                yield way.id, road, _direction(road, tags), _kept(tags), run
            run = []


def _kept(tags):
    kept = {key: tags[key] for key in TAGS if key in tags}
    for side in ("left", "right", "both"):
        if tags.get(f"cycleway:{side}", "").startswith("opposite"):
            return kept | {"cycleway": tags[f"cycleway:{side}"]}
    return kept


def _direction(road, tags):
    if tags.get("oneway") in ("yes", "1", "true"):
        return 1
    if tags.get("oneway") in ("-1", "reverse"):
        return -1
    around = tags.get("junction") in ("roundabout", "circular")
    implied = road in ("motorway", "motorway_link") or around
    return int(implied and "oneway" not in tags)


def _metres(line):
    return GEOD.geometry_length(shapely.LineString(line))
