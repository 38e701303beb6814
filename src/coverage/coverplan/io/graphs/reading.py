"""Reading road graphs of osmnx, from memory or saved as GraphML."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from ...core.crs import LONLAT, geodesic_lengths
from ...core.errors import InputError, MissingExtraError, Problem, Problems
from ...core.text import Text
from ..content import unreadable
from ..gates import TAGS as GATE_TAGS
from ..gates import barring_nodes, part_at
from ..osm.ways import TAGS
from ..paths import InputFile
from . import faults as graphfaults
from .edges import Edge, joined_directions, slowest_class, words_of

MOST_GIGABYTES = 2.0
"""A GraphML file above this is refused: in memory it takes some ten times its size."""

GRAPH_IN_MEMORY = Path("<graph>")
"""What stands for the road file in the record of a study whose roads are a graph in memory."""


def read_graphml(full: Path, file: str, problems: Problems | None = None) -> gpd.GeoDataFrame:
    """Return the edges of a graph saved by ``osmnx.save_graphml``, as `graph_edges` does.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    problems
        Where doubts about single edges are noted.

    Raises
    ------
    MissingExtraError
        When osmnx is not installed.
    InputError
        When the file is no such graph, is cut off, or too large.
    """
    try:
        import osmnx  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("读取 osmnx 路网", "reading osmnx graphs")
        raise MissingExtraError("osmnx", "osm", purpose) from error
    gigabytes = full.stat().st_size / 1e9
    if gigabytes > MOST_GIGABYTES:
        raise InputError([graphfaults.too_large(file, gigabytes, MOST_GIGABYTES)])
    words = {"osmid": str, "oneway": _truth, "reversed": str, "length": str}
    words |= dict.fromkeys(["bearing", "grade", "grade_abs", "speed_kph", "travel_time"], str)
    nodes = dict.fromkeys(["osmid", "elevation", "elevation_res", "street_count"], str)
    try:
        graph = osmnx.load_graphml(full, node_dtypes=nodes, edge_dtypes=words)
    except Exception as error:
        raise InputError([unreadable(full, file, "roads", _why(full))]) from error
    return graph_edges(graph, file, Problems() if problems is None else problems)


def graph_edges(graph: Any, file: str, problems: Problems) -> gpd.GeoDataFrame:
    """Return the edges of a graph of osmnx: a directed graph with parallel edges.

    Parameters
    ----------
    graph
        A networkx ``MultiDiGraph``: ``graph["crs"]``, ``x`` and ``y`` at each node, ``highway``
        at the edges; ``geometry`` (a LineString) where an edge is not straight. It may be
        projected, simplified or neither, and is not changed.
    file, problems
        Its name for messages, and where doubts about single edges are noted.

    Returns
    -------
    GeoDataFrame
        Columns ``u``, ``v``, ``highway``, ``oneway`` (1, 0), ``geometry`` in the graph's system,
        and those of `coverplan.io.osm.reading.TAGS` that occur.

    Raises
    ------
    InputError
        When it is no such graph, or has no system, nodes without a place, or edges whose
        geometry is no line.

    Notes
    -----
    A two-way street, which osmnx has as an edge each way, becomes one edge again: a house in the
    middle of it can be left in both directions. An edge without an edge back is open in its
    direction alone. A graph made with ``all_oneway`` has one edge per street and keeps the words
    of ``oneway``: these decide.

    Where osmnx joined pieces of several classes, the edge has a list of them, in no order that
    can be relied on. It counts as the slowest by car, then bicycle, then on foot, and is closed
    to whom one of them is closed: a street that goes on as a footway is no way through for a
    car. How many there are is noted. Of several surfaces the slowest comes first.

    Speeds and times of the graph (``speed_kph``, ``travel_time``) are not used: those of the
    study's profiles count.
    """
    _check(graph, file)
    crs = _crs_of(graph, file)
    names = _node_names(graph)
    edges = _edges(graph, names)
    directed, no_way_back = joined_directions(edges)
    if no_way_back:
        problems.add(graphfaults.one_direction(file, no_way_back))
    frame = _frame(directed, crs, file, problems)
    tags = {
        names[node]: {key: str(data[key]) for key in GATE_TAGS if key in data}
        for node, data in graph.nodes(data=True)
        if data.get("barrier") is not None
    }
    if not tags:
        return frame
    frame, codes = _numbered(frame)
    there = {codes[node]: kept for node, kept in tags.items() if node in codes}
    return part_at(frame, barring_nodes(there, file, problems))


def graph_record(edges: gpd.GeoDataFrame) -> InputFile:
    """Return what stands in the record of a run for a graph in memory.

    Parameters
    ----------
    edges
        Of `graph_edges`.

    Returns
    -------
    InputFile
        Its ``sha256`` is that of all edges with what is kept of them, one line each, in sorted
        order, after the system in WKT: the same for the same graph, in whatever order its nodes
        and edges were added.
    """
    plain = pd.DataFrame(edges.drop(columns="geometry"))
    shapes = shapely.to_wkb(edges.geometry.to_numpy(), hex=True)
    columns = [name for name in sorted(plain.columns) if plain[name].notna().any()]
    lines = sorted(
        "\t".join([*(f"{name}={value}" for name, value in zip(columns, row, strict=True)), shape])
        for row, shape in zip(
            plain[columns].astype(object).itertuples(index=False), shapes, strict=True
        )
    )
    digest = hashlib.sha256(edges.crs.to_wkt().encode())
    for line in lines:
        digest.update(f"\n{line}".encode("utf-8", "surrogatepass"))
    known = edges.crs.to_authority()
    name = ":".join(known) if known is not None else str(edges.crs.name)
    label = GRAPH_IN_MEMORY.as_posix()
    return InputFile(label, GRAPH_IN_MEMORY, len(edges), digest.hexdigest(), name, "file")


def _truth(value: object) -> object:
    """Return True and False for osmnx's words of them, and any other word as it is."""
    return {"True": True, "False": False}.get(str(value), value)


def _why(full: Path) -> Text:
    with full.open("rb") as stream:
        stream.seek(max(0, full.stat().st_size - 4096))
        tail = stream.read()
    if b"</graphml>" not in tail:
        return Text(
            "文件不完整，或不是 GraphML：末尾没有 </graphml>",
            "it is cut off, or no GraphML: there is no </graphml> at its end",
        )
    return Text("不是 osmnx.save_graphml 写出的文件", "it was not written by osmnx.save_graphml")


def _check(graph: Any, file: str) -> None:
    # Who has such a graph has loaded networkx; nobody else needs it.
    nx = sys.modules.get("networkx")
    if nx is None or not isinstance(graph, nx.MultiDiGraph):
        raise InputError([graphfaults.wrong_type(file, graph)])
    if graph.number_of_edges() == 0:
        raise InputError([graphfaults.no_edges(file)])
    nodes = [n for n, data in graph.nodes(data=True) if not _has_place(data)]
    lines = [
        (u, v)
        for u, v, shape in graph.edges(data="geometry")
        if not (shape is None or _is_line(shape))
    ]
    faults: list[Problem] = []
    if nodes:
        faults.append(graphfaults.no_place(file, len(nodes), nodes[0]))
    if lines:
        faults.append(graphfaults.no_line(file, len(lines), lines[0]))
    if all(road is None for _, _, road in graph.edges(data="highway")):
        faults.append(graphfaults.no_class(file))
    if _known_crs(graph) is None:
        faults.append(graphfaults.no_crs(file, graph.graph.get("crs")))
    if faults:
        raise InputError(faults)


def _has_place(data: Mapping[str, Any]) -> bool:
    try:
        return bool(np.isfinite(float(data["x"])) and np.isfinite(float(data["y"])))
    except (KeyError, TypeError, ValueError):
        return False


def _is_line(shape: object) -> bool:
    if not isinstance(shape, shapely.LineString) or shape.is_empty:
        return False
    return bool(np.isfinite(shapely.get_coordinates(shape)).all())


def _known_crs(graph: Any) -> CRS | None:
    given = graph.graph.get("crs")
    try:
        return None if given is None else CRS.from_user_input(given)
    except CRSError:
        return None


def _crs_of(graph: Any, file: str) -> CRS:
    crs = _known_crs(graph)
    if crs is None:
        raise InputError([graphfaults.no_crs(file, None)])
    return crs


_MOST_DIGITS = 18
"""Whole numbers of so many digits fit 64 bits."""


def _node_names(graph: Any) -> dict[Any, int] | dict[Any, str]:
    """Return numbers for nodes named by numbers, text otherwise: as read back from a file."""
    text = {node: str(node) for node in graph.nodes}
    number = all(t.removeprefix("-").isdecimal() and len(t) <= _MOST_DIGITS for t in text.values())
    return {node: int(t) for node, t in text.items()} if number else text


def _edges(graph: Any, names: Mapping[Any, int | str]) -> list[Edge]:
    xy = {node: (float(data["x"]), float(data["y"])) for node, data in graph.nodes(data=True)}
    edges = []
    for u, v, data in graph.edges(data=True):
        line = data.get("geometry")
        if line is None:
            line = shapely.LineString([xy[u], xy[v]])
        tags = {key: data[key] for key in TAGS if not _nothing(data.get(key))}
        edges.append(
            Edge(
                u=names[u],
                v=names[v],
                line=shapely.force_2d(line),
                classes=words_of(data.get("highway")),
                oneway=data.get("oneway"),
                roundabout=data.get("junction") in {"roundabout", "circular"},
                tags=tags,
            )
        )
    return edges


def _nothing(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _frame(
    edges: list[tuple[Edge, int]], crs: CRS, file: str, problems: Problems
) -> gpd.GeoDataFrame:
    chosen = [slowest_class(edge) for edge, _ in edges]
    there = [key for key in TAGS if any(key in tags for _, tags in chosen)]
    columns: dict[str, Any] = {
        "u": [edge.u for edge, _ in edges],
        "v": [edge.v for edge, _ in edges],
        "highway": [road for road, _ in chosen],
        "oneway": [direction for _, direction in edges],
    }
    for key in there:
        columns[key] = pd.Series([tags.get(key) for _, tags in chosen], dtype=object)
    lines = np.array([edge.line for edge, _ in edges], dtype=object)
    frame = gpd.GeoDataFrame(columns, geometry=lines, crs=crs)
    merged = np.array([len(edge.classes) > 1 for edge, _ in edges])
    if merged.any():
        lonlat = frame.geometry[merged].to_crs(LONLAT).to_numpy()
        km = float(geodesic_lengths(lonlat).sum()) / 1000
        kinds = pd.Series(["+".join(edge.classes) for edge, _ in edges])[merged].value_counts()
        common = sorted(kinds.items(), key=lambda item: (-item[1], str(item[0])))[:3]
        found = ", ".join(f"{kind} {n}" for kind, n in common)
        problems.add(graphfaults.several_classes(file, int(merged.sum()), km, found))
    return frame


def _numbered(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, dict[int | str, int]]:
    """Return edges with numbers for node names, and the number of each name."""
    ends = pd.concat([frame["u"], frame["v"]], ignore_index=True)
    code, names = pd.factorize(ends)
    m = len(frame)
    numbered = frame.assign(u=code[:m].astype(np.int64), v=code[m:].astype(np.int64))
    return numbered, {name: number for number, name in enumerate(names.tolist())}
