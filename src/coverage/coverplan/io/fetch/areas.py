"""The units of a place, from what OpenStreetMap says of boundaries."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ...core.crs import LONLAT
from ...core.errors import Problem
from ...core.text import Text
from ...domain.osm_tags import unit_code
from .faults import note
from .place import Place
from .web import Servers, ask, from_kept

_MOST_OUTSIDE = 0.5
_WHOLE = 0.99


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a place.

    Parameters
    ----------
    frame
        Columns ``code``, ``name``, ``osm``, polygons in EPSG:4326; a unit without a division code
        has the number of its object in place of one.
    notes
        What a planner must know of them.
    answers
        As received.
    """

    frame: gpd.GeoDataFrame
    notes: tuple[Problem, ...]
    answers: list[Any]


def fetch_units(
    servers: Servers, folder: Path, place: Place, area: shapely.Geometry, level: int
) -> Units:
    """Return the units of one administrative level within a place.

    Parameters
    ----------
    servers, folder
        Whom to ask, and where answers are kept.
    place, area
        A unit belongs to the place when at least half of it lies within; the area to ask for.
    level
        ``admin_level`` of OpenStreetMap; townships of China are 8.

    Raises
    ------
    InputError
        When the server cannot be asked.
    """
    tags: dict[str, bool | str | list[str]] = {"admin_level": [str(level)]}

    def call(osmnx: Any) -> Any:
        return osmnx.features_from_polygon(area, tags)

    answers = ask(servers, folder, call, Text("下载乡镇边界", "fetching boundaries"))
    found = from_kept(servers, folder, call)
    frame = _within(found, place)
    notes = _doubts(frame, answers, place, level)
    return Units(frame, tuple(notes), answers)


def _within(found: gpd.GeoDataFrame | None, place: Place) -> gpd.GeoDataFrame:
    empty: dict[str, list[str]] = {"code": [], "name": [], "osm": []}
    if found is None or "boundary" not in found:
        return gpd.GeoDataFrame(empty, geometry=[], crs=LONLAT)
    flat = found.geometry.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"])
    rows = found[(found["boundary"] == "administrative") & flat].reset_index()
    area = _square_metres(rows.geometry.to_numpy())
    inside = _square_metres(shapely.intersection(rows.geometry.to_numpy(), place.outline))
    rows = rows[inside >= _MOST_OUTSIDE * area]
    said = [_tags(row) for row in rows.drop(columns="geometry").to_dict("records")]
    numbers = [
        f"{row['element'][0].upper()}{row['id']}"
        for row in rows[["element", "id"]].to_dict("records")
    ]
    columns = {
        "code": [unit_code(tags) or number for tags, number in zip(said, numbers, strict=True)],
        "name": [tags.get("name", "") for tags in said],
        "osm": numbers,
    }
    shapes = [_polygons(shape) for shape in rows.geometry]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=LONLAT).sort_values(
        ["code", "osm"], ignore_index=True
    )


def _tags(row: Mapping[Any, Any]) -> dict[str, str]:
    return {str(k): v for k, v in row.items() if isinstance(v, str)}


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a shape, begun and ordered the same way every time."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    whole = shapely.MultiPolygon(parts) if len(parts) > 1 else parts[0] if parts else shape
    return shapely.normalize(whole)


def _square_metres(shapes: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return areas, near enough to compare them at one place."""
    series = gpd.GeoSeries(list(shapes), crs=LONLAT)
    return np.asarray(series.to_crs("ESRI:54034").area)


def _doubts(frame: gpd.GeoDataFrame, answers: list[Any], place: Place, level: int) -> list[Problem]:
    if not len(frame):
        return [_none(place, level)]
    notes = []
    broken = _broken(answers, place, level, set(frame["osm"]))
    if broken:
        notes.append(_broken_note(broken))
    covered = shapely.intersection(shapely.union_all(frame.geometry.to_numpy()), place.outline)
    share = float(_square_metres([covered])[0] / _square_metres([place.outline])[0])
    if share < _WHOLE:
        notes.append(_gap(share))
    without = [
        name or osm
        for code, name, osm in zip(frame["code"], frame["name"], frame["osm"], strict=True)
        if code == osm
    ]
    if without:
        notes.append(_no_code(without, len(frame)))
    nameless = int((frame["name"] == "").sum())
    if nameless:
        notes.append(_no_name(nameless))
    return notes


def _broken(answers: list[Any], place: Place, level: int, there: set[str]) -> list[str]:
    """Return the names of units whose outline does not close, by the nodes that are known."""
    elements = [e for answer in answers for e in answer.get("elements", [])]
    xy = {e["id"]: (e["lon"], e["lat"]) for e in elements if e["type"] == "node"}
    ways = {e["id"]: e.get("nodes", []) for e in elements if e["type"] == "way"}
    names = {}
    for e in elements:
        tags = e.get("tags", {})
        unit = tags.get("boundary") == "administrative" and tags.get("admin_level") == str(level)
        if e["type"] != "relation" or not unit or f"R{e['id']}" in there:
            continue
        refs = [
            n for m in e.get("members", []) if m["type"] == "way" for n in ways.get(m["ref"], [])
        ]
        points = shapely.points([xy[n] for n in refs if n in xy] or [(181.0, 0.0)])
        if shapely.intersects(place.outline, points).mean() > _MOST_OUTSIDE:
            names[e["id"]] = tags.get("name") or f"R{e['id']}"
    return [names[key] for key in sorted(names)]


def _none(place: Place, level: int) -> Problem:
    return note(
        "no_units",
        Text(
            f"OpenStreetMap 在该地没有 admin_level={level} 的边界，没有写 townships.gpkg",
            f"OpenStreetMap has no boundaries of admin_level={level} there: no townships.gpkg",
        ),
        Text(
            "自备乡镇边界（民政或自然资源部门），或以 county.gpkg 为一个单元，或换 --unit-level",
            "bring township boundaries of your own, take county.gpkg as the one unit, or try "
            "another --unit-level",
        ),
        found=place.name,
    )


def _broken_note(names: list[str]) -> Problem:
    return note(
        "broken_units",
        Text(
            f"{len(names)} 个单元在 OpenStreetMap 中的边界不闭合，未能取得",
            f"{len(names)} units have outlines in OpenStreetMap that do not close: left out",
        ),
        Text("为这些单元另取边界", "get boundaries for these from elsewhere"),
        found=", ".join(names[:12]),
        file="townships.gpkg",
    )


def _gap(share: float) -> Problem:
    return note(
        "units_gap",
        Text(
            f"取得的乡镇只占全境面积的 {100 * share:.1f}%，其余没有单元",
            f"the units cover {100 * share:.1f}% of the place; the rest has no unit",
        ),
        Text(
            "核对缺哪些乡镇，补上边界后再计算",
            "see which units are missing and add their boundaries",
        ),
        file="townships.gpkg",
    )


def _no_code(names: list[str], n: int) -> Problem:
    return note(
        "no_codes",
        Text(
            f"{n} 个单元中 {len(names)} 个没有区划代码，暂用 OpenStreetMap 编号",
            f"{len(names)} of {n} units say no division code: the number of their object in "
            "OpenStreetMap stands for it",
        ),
        Text("在 townships.gpkg 中改为区划代码", "put their codes into townships.gpkg"),
        found=", ".join(names[:12]),
        file="townships.gpkg",
    )


def _no_name(n: int) -> Problem:
    return note(
        "no_names",
        Text(f"{n} 个单元没有名称", f"{n} units have no name"),
        Text("在 townships.gpkg 中补上名称", "put their names into townships.gpkg"),
        file="townships.gpkg",
    )
