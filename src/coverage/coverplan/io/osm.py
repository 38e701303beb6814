"""Reading OpenStreetMap extracts (pyosmium) and graphs saved by osmnx: the ``osm`` extra."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from ..core.crs import LONLAT, geodesic_lengths
from ..core.errors import InputError, MissingExtraError, Problems
from ..core.text import Text
from .content import empty, unreadable
from .gates import TAGS as GATE_TAGS
from .gates import Gates, barring_nodes, part_at
from .roadwords import minutes

_ONEWAY_CLASSES = frozenset({"motorway", "motorway_link"})

TAGS = (
    "surface", "maxspeed", "access", "vehicle", "motor_vehicle", "motorcar", "motorroad",
    "bicycle", "foot", "bridge", "tunnel", "layer", "oneway:bicycle", "oneway:foot", "cycleway",
    "interval", "duration",
)  # fmt: skip
"""Tags of ways that are kept, each in a column; `coverplan.io.roadfacts` reads them."""

_SIDES = ("cycleway:left", "cycleway:right", "cycleway:both")


def read_osm(full: Path, file: str, problems: Problems | None = None) -> gpd.GeoDataFrame:
    """Return the roads and ferries of an ``.osm.pbf`` or ``.osm`` file, cut at junctions.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    problems
        Where words of barriers that nobody knows are noted.

    Returns
    -------
    GeoDataFrame
        Columns ``u``, ``v`` (OSM node ids), ``highway``, ``oneway`` (1, 0, -1), ``geometry`` in
        EPSG:4326, and those of `TAGS` that occur. Ways tagged ``area=yes`` are left out. The
        ``duration`` of a way is shared out among its edges by length, in minutes.

    Raises
    ------
    MissingExtraError
        When pyosmium is not installed.
    InputError
        When the file cannot be read or holds no road.

    Notes
    -----
    Where a node of a road is a barrier that stops somebody (a bollard, a wall; see
    `coverplan.io.gates`), the edges that meet there are parted, and joined again by edges of no
    length which are closed to him alone.
    """
    try:
        import osmium  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("读取 OpenStreetMap 文件", "reading OpenStreetMap files")
        raise MissingExtraError("osmium", "osm", purpose) from error
    try:
        ways, nodes = _read(osmium, full)
    except (RuntimeError, OSError, osmium.InvalidLocationError) as error:
        raise InputError([unreadable(full, file, "roads")]) from error
    on_road = {node for way in ways for node in way.ids}
    there = {node: tags for node, tags in nodes.items() if node in on_road}
    gates = barring_nodes(there, file, Problems() if problems is None else problems)
    edges = _cut_at_junctions(ways, gates)
    if not edges.way:
        raise InputError([empty(file)])
    return _frame(ways, edges, gates)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way that is travelled: class, direction, tags, node ids and coordinates."""

    road: str
    oneway: int
    tags: dict[str, str]
    ids: list[int]
    places: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Edges:
    """Pieces of ways between junctions: number of the way, end nodes, line."""

    way: list[int] = field(default_factory=list)
    u: list[int] = field(default_factory=list)
    v: list[int] = field(default_factory=list)
    line: list[shapely.LineString] = field(default_factory=list)


def _read(osmium: Any, full: Path) -> tuple[list[_Way], dict[int, dict[str, str]]]:
    """Return every way that is travelled, and the tags of every node that is a barrier."""
    reader = osmium.FileProcessor(str(full)).with_locations()
    reader = reader.with_filter(osmium.filter.KeyFilter("highway", "route", "barrier"))
    ways: list[_Way] = []
    nodes: dict[int, dict[str, str]] = {}
    for item in reader:
        tags = item.tags
        if item.is_node():
            if "barrier" in tags:
                nodes[item.id] = {tag.k: tag.v for tag in tags if tag.k in GATE_TAGS}
            continue
        if not item.is_way():
            continue
        road = tags.get("highway") or ("ferry" if tags.get("route") == "ferry" else None)
        if road is None or tags.get("area") == "yes":
            continue
        places = [(n.ref, (n.lon, n.lat)) for n in item.nodes if n.location.valid()]
        if len(places) > 1:
            ids, xy = zip(*places, strict=True)
            ways.append(_Way(road, _oneway(road, tags), _kept(tags), list(ids), list(xy)))
    return ways, nodes


def _kept(tags: Any) -> dict[str, str]:
    kept = {tag.k: tag.v for tag in tags if tag.k in TAGS}
    # A lane against the traffic on either side is one.
    sides = [tags.get(side) or "" for side in _SIDES if side in tags]
    opposite = [word for word in sides if word.startswith("opposite")]
    return kept | {"cycleway": opposite[0]} if opposite else kept


def _oneway(road: str, tags: Any) -> int:
    given = tags.get("oneway")
    if given in {"yes", "1", "true"}:
        return 1
    if given in {"-1", "reverse"}:
        return -1
    implied = road in _ONEWAY_CLASSES or tags.get("junction") in {"roundabout", "circular"}
    return 1 if given is None and implied else 0


def _cut_at_junctions(ways: list[_Way], gates: Gates) -> _Edges:
    """Cut ways where they share a node or a barrier stops somebody."""
    used = Counter(node for way in ways for node in way.ids)
    edges = _Edges()
    for number, way in enumerate(ways):
        start = 0
        last = len(way.ids) - 1
        for i in range(1, last + 1):
            if i < last and used[way.ids[i]] == 1 and way.ids[i] not in gates:
                continue
            edges.way.append(number)
            edges.u.append(way.ids[start])
            edges.v.append(way.ids[i])
            edges.line.append(shapely.LineString(way.places[start : i + 1]))
            start = i
    return edges


def _frame(ways: list[_Way], edges: _Edges, gates: Gates) -> gpd.GeoDataFrame:
    """Return edges as a frame, with the tags of their ways."""
    there = {key for way in ways for key in way.tags}
    columns: dict[str, Any] = {
        "u": edges.u,
        "v": edges.v,
        "highway": [ways[number].road for number in edges.way],
        "oneway": [ways[number].oneway for number in edges.way],
    }
    for key in TAGS:
        if key in there:
            columns[key] = [ways[number].tags.get(key) for number in edges.way]
    frame = gpd.GeoDataFrame(columns, geometry=edges.line, crs=LONLAT)
    if "duration" in frame:
        _share_out(frame, np.array(edges.way))
    return part_at(frame, gates)


def _share_out(edges: gpd.GeoDataFrame, way: NDArray[np.int64]) -> None:
    """Share the duration of each way out among its edges, by length."""
    rows = np.flatnonzero(edges["duration"].notna())
    metres = geodesic_lengths(edges.geometry.to_numpy()[rows])
    total = np.bincount(way[rows], weights=metres)[way[rows]]
    for row, share in zip(rows, metres / np.where(total > 0, total, 1.0), strict=True):
        whole = minutes(str(edges.at[row, "duration"]).lower())
        if whole is not None and 0 < share < 1:
            edges.at[row, "duration"] = f"{whole * share:.9f}"


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
    kept = ["u", "v", "highway", "oneway", *(key for key in TAGS if key in edges), "geometry"]
    return edges.loc[~again, kept].reset_index(drop=True)
