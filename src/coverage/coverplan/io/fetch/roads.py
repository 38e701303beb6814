"""The roads of a place, kept as OpenStreetMap has them: nothing is joined, cut or left out.

The file is an extract (``.osm.pbf``) and no graph: `coverplan.io.osm` reads ways, barriers and
access as they were mapped, where a simplified graph would have merged pieces of different classes.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely

from ...core.errors import MissingExtraError
from ...core.text import Text
from ...domain.osm_tags import road_filters
from .web import Servers, ask


def fetch_roads(servers: Servers, folder: Path, area: shapely.Geometry, network: str) -> list[Any]:
    """Return the answers with the roads and ferries of an area.

    Parameters
    ----------
    servers, folder
        Whom to ask, and where answers are kept.
    area
        Where, in EPSG:4326. Ways that reach in are whole.
    network
        A key of `coverplan.domain.osm_tags.NETWORKS`.

    Raises
    ------
    InputError
        When the server cannot be asked.
    """
    filters = road_filters(network)

    def call(osmnx: Any) -> Any:
        return osmnx.graph_from_polygon(area, custom_filter=filters, retain_all=True)

    return ask(servers, folder, call, Text("下载道路", "fetching roads"))


def write_extract(answers: Iterable[Any], path: Path) -> int:
    """Write the ways of some answers, each once, with their nodes; return how many.

    Parameters
    ----------
    answers
        Of Overpass, as JSON; parts of one area overlap.
    path
        A file that ends in ``.osm.pbf``.

    Raises
    ------
    MissingExtraError
        When pyosmium is not installed.
    """
    try:
        import osmium  # noqa: PLC0415 - optional extra
    except ImportError as error:
        purpose = Text("写 OpenStreetMap 文件", "writing OpenStreetMap files")
        raise MissingExtraError("osmium", "osm", purpose) from error
    nodes: dict[int, Any] = {}
    ways: dict[int, Any] = {}
    for answer in answers:
        for element in answer.get("elements", []):
            kept = {"node": nodes, "way": ways}.get(element["type"])
            if kept is not None:
                kept[element["id"]] = element
    mutable = osmium.osm.mutable
    with osmium.SimpleWriter(str(path)) as writer:
        for number in sorted(nodes):
            node = nodes[number]
            place = (node["lon"], node["lat"])
            tags = node.get("tags", {})
            writer.add_node(mutable.Node(id=number, location=place, tags=tags, version=1))
        for number in sorted(ways):
            way = ways[number]
            tags = way.get("tags", {})
            writer.add_way(mutable.Way(id=number, nodes=way["nodes"], tags=tags, version=1))
    return len(ways)
