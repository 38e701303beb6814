"""Reading OpenStreetMap extracts (pyosmium) and graphs saved by osmnx: the ``osm`` extra."""

from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from ..core.crs import LONLAT
from ..core.errors import InputError, MissingExtraError
from ..core.text import Text
from .content import empty, unreadable

_ONEWAY_CLASSES = frozenset({"motorway", "motorway_link"})


def read_osm(full: Path, file: str) -> gpd.GeoDataFrame:
    """Return the roads and ferries of an ``.osm.pbf`` or ``.osm`` file, cut at junctions.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.

    Returns
    -------
    GeoDataFrame
        Columns ``u``, ``v`` (OSM node ids), ``highway``, ``oneway`` (1, 0, -1), ``geometry`` in
        EPSG:4326. Ways tagged ``area=yes`` or ``access=no`` are left out.

    Raises
    ------
    MissingExtraError
        When pyosmium is not installed.
    InputError
        When the file cannot be read or holds no road.
    """
    try:
        import osmium  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("读取 OpenStreetMap 文件", "reading OpenStreetMap files")
        raise MissingExtraError("osmium", "osm", purpose) from error
    try:
        ways = _ways(osmium, full)
    except (RuntimeError, OSError, osmium.InvalidLocationError) as error:
        raise InputError([unreadable(full, file, "roads")]) from error
    edges = _cut_at_junctions(ways)
    if not edges["geometry"]:
        raise InputError([empty(file)])
    return gpd.GeoDataFrame(edges, crs=LONLAT)


_Way = tuple[str, int, list[int], list[tuple[float, float]]]


def _ways(osmium: Any, full: Path) -> list[_Way]:
    """Return class, direction, node ids and coordinates of every way that is travelled."""
    reader = osmium.FileProcessor(str(full)).with_locations()
    reader = reader.with_filter(osmium.filter.KeyFilter("highway", "route"))
    ways: list[_Way] = []
    for item in reader:
        if not item.is_way():
            continue
        tags = item.tags
        road = tags.get("highway") or ("ferry" if tags.get("route") == "ferry" else None)
        if road is None or tags.get("area") == "yes" or tags.get("access") == "no":
            continue
        nodes = [(n.ref, (n.lon, n.lat)) for n in item.nodes if n.location.valid()]
        if len(nodes) > 1:
            ids, places = zip(*nodes, strict=True)
            ways.append((road, _oneway(road, tags), list(ids), list(places)))
    return ways


def _oneway(road: str, tags: Any) -> int:
    given = tags.get("oneway")
    if given in {"yes", "1", "true"}:
        return 1
    if given in {"-1", "reverse"}:
        return -1
    implied = road in _ONEWAY_CLASSES or tags.get("junction") in {"roundabout", "circular"}
    return 1 if given is None and implied else 0


def _cut_at_junctions(ways: list[_Way]) -> dict[str, list[Any]]:
    """Cut ways where they share a node, so that every edge ends at its junctions."""
    used = Counter(node for _, _, ids, _ in ways for node in ids)
    edges: dict[str, list[Any]] = {k: [] for k in ("u", "v", "highway", "oneway", "geometry")}
    for road, oneway, ids, places in ways:
        start = 0
        for i in range(1, len(ids)):
            if i < len(ids) - 1 and used[ids[i]] == 1:
                continue
            edges["u"].append(ids[start])
            edges["v"].append(ids[i])
            edges["highway"].append(road)
            edges["oneway"].append(oneway)
            edges["geometry"].append(shapely.LineString(places[start : i + 1]))
            start = i
    return edges


def read_graphml(full: Path, file: str) -> gpd.GeoDataFrame:
    """Return the edges of a graph saved by ``osmnx.save_graphml``.

    A two-way street, which osmnx saves as an edge each way, becomes one edge again: a house in
    the middle of it can be left in both directions.

    Raises
    ------
    MissingExtraError
        When osmnx is not installed.
    InputError
        When the file is no such graph.
    """
    try:
        import osmnx  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("读取 osmnx 路网", "reading osmnx graphs")
        raise MissingExtraError("osmnx", "osm", purpose) from error
    try:
        graph = osmnx.load_graphml(full)
        edges = osmnx.convert.graph_to_gdfs(graph, nodes=False).reset_index()
    except Exception as error:
        raise InputError([unreadable(full, file, "roads")]) from error
    edges["highway"] = [h[0] if isinstance(h, list) else h for h in edges["highway"]]
    edges["oneway"] = [int(value is True) for value in edges["oneway"]]
    ends = edges[["u", "v"]]
    street = list(zip(ends.min(axis=1), ends.max(axis=1), edges["length"].round(2), strict=True))
    again = gpd.pd.Series(street, index=edges.index).duplicated() & (edges["oneway"] == 0)
    return edges.loc[~again, ["u", "v", "highway", "oneway", "geometry"]].reset_index(drop=True)
