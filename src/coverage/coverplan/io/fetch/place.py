"""The place a fetch is for: found by name, never chosen among several in silence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry import shape

from ...core.crs import LONLAT
from ...core.errors import InputError
from ...core.text import Text
from .faults import ambiguous, no_area, not_found, web_fault
from .web import Servers, ask

_BY_NUMBER = re.compile(r"[NWRnwr]\d{1,12}")
_SIMPLER = 0.25
"""Part of the margin by which the outline that servers are asked for may be simplified."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place with an outline.

    Parameters
    ----------
    query, name
        What was asked for, and its full name.
    number
        Its object in OpenStreetMap, such as ``"R3287345"``.
    outline
        Polygons in EPSG:4326.
    """

    query: str
    name: str
    number: str
    outline: shapely.Geometry

    def around(self, metres: float) -> shapely.Geometry:
        """Return a plain outline in EPSG:4326 that holds everything within some metres.

        It reaches up to a quarter farther: the outline is made simpler to ask servers for it.
        """
        own = gpd.GeoSeries([self.outline], crs=LONLAT)
        metric = own.to_crs(own.estimate_utm_crs())
        slack = max(metres, 100.0) * _SIMPLER
        wide = metric.buffer(metres + slack).simplify(slack, preserve_topology=True)
        return shapely.make_valid(wide.to_crs(LONLAT).iloc[0])


def find_place(servers: Servers, folder: Path, query: str) -> Place:
    """Return the one place a name or a number means.

    Parameters
    ----------
    servers, folder
        Whom to ask, and where answers are kept.
    query
        A name, or the number of an object in OpenStreetMap: ``R3287345``.

    Raises
    ------
    InputError
        When there is no such place, several have the name, or it has no outline; when the server
        cannot be asked.

    Notes
    -----
    Where administrative units are among what has the name, only those count.
    """
    number = _BY_NUMBER.fullmatch(query.strip())
    asked = query.strip().upper() if number else query.strip()
    if not asked:
        raise InputError([not_found(query)])

    def call(osmnx: Any) -> None:
        try:
            osmnx.geocode_to_gdf(asked, by_osmid=number is not None)
        except (osmnx._errors.InsufficientResponseError, TypeError, KeyError, AttributeError):  # noqa: SLF001
            # Nothing found, nothing with an outline: the answer is kept, and looked into below.
            return

    answers = ask(servers, folder, call, Text("查找地名", "finding the place"))
    if not answers:
        raise InputError([web_fault("answer", servers.nominatim)])
    found = [one for answer in answers for one in _records(answer)]
    return _chosen(query, found)


def _records(answer: Any) -> list[Mapping[str, Any]]:
    return [one for one in answer if "osm_id" in one]


def _chosen(query: str, found: list[Mapping[str, Any]]) -> Place:
    if not found:
        raise InputError([not_found(query)])
    unique = {_number(one): one for one in reversed(found)}
    areas = {key: one for key, one in reversed(unique.items()) if _outline(one) is not None}
    if not areas:
        raise InputError([no_area(query, [_label(one) for one in found])])
    units = {key: one for key, one in areas.items() if _is_unit(one)}
    chosen = units or areas
    if len(chosen) > 1:
        raise InputError([ambiguous(query, [_label(one) for one in chosen.values()])])
    ((number, one),) = chosen.items()
    outline = _outline(one)
    return Place(query, str(one.get("display_name", query)), number, outline)


def _is_unit(one: Mapping[str, Any]) -> bool:
    kind = one.get("class", one.get("category"))
    return kind == "boundary" and one.get("type") == "administrative"


def _number(one: Mapping[str, Any]) -> str:
    return f"{str(one.get('osm_type', '?'))[:1].upper()}{one['osm_id']}"


def _label(one: Mapping[str, Any]) -> str:
    return f"[{_number(one)}] {one.get('display_name', '')}"


def _outline(one: Mapping[str, Any]) -> shapely.Geometry | None:
    """Return the polygons of a place; None where it has none."""
    given = one.get("geojson")
    if not isinstance(given, dict) or given.get("type") not in {"Polygon", "MultiPolygon"}:
        return None
    try:
        outline = shapely.make_valid(shape(given))
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError):
        return None
    parts = [p for p in shapely.get_parts(outline, return_index=False) if p.area > 0]
    return shapely.union_all(parts) if parts else None
