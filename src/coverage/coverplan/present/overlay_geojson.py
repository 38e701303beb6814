"""Features of a GeoJSON layer as things to draw."""

from collections.abc import Callable, Mapping
from typing import Any

from .overlay_shapes import Item, line_of, look_of
from .overlay_texts import children_of, fields_text, name_of, popup_text, tooltip_text

__all__ = ["feature_items"]

_FOLIUM_BLUE = {"color": "#3388ff"}

Draw = Callable[[Any, list[float]], Item]
"""Draws a point: the marker of the layer (None for a pin), and ``[latitude, longitude]``."""


def feature_items(layer: Any, draw_point: Draw) -> list[Item]:
    """Return what a `folium.GeoJson` draws.

    Parameters
    ----------
    layer
        The layer. Its ``style_function`` is called here, once a feature.
    draw_point
        Draws a point as the layer's ``marker`` says.

    Raises
    ------
    TypeError, ValueError
        When it holds JavaScript, or a geometry that is none.
    """
    if getattr(layer, "on_each_feature", None) is not None:
        raise TypeError(
            "GeoJson with on_each_feature: a layer's script never runs on this map; use "
            "style_function, GeoJsonTooltip and GeoJsonPopup"
        )
    items: list[Item] = []
    for feature in _features(layer.data):
        look = _look(layer, feature)
        said = _said(layer, feature.get("properties") or {})
        drawn = _geometry(feature.get("geometry"), layer, draw_point)
        items += [{**item, **look, **said} for item in drawn]
    return items


def _features(data: Any) -> list[Mapping[str, Any]]:
    if not isinstance(data, Mapping):
        raise TypeError(f"GeoJson data of type {type(data).__name__}: features are expected")
    if data.get("type") == "FeatureCollection":
        return list(data.get("features") or [])
    if "geometry" in data:
        return [data]
    return [{"type": "Feature", "geometry": data, "properties": {}}]


def _look(layer: Any, feature: Mapping[str, Any]) -> Item:
    """Return the looks of a feature: those of the layer's function, else those it carries."""
    if getattr(layer, "style", False) and callable(getattr(layer, "style_function", None)):
        styled = layer.style_function(feature)
    else:
        styled = (feature.get("properties") or {}).get("style")
    if not isinstance(styled, Mapping):
        return {}
    return look_of({_camel(str(name)): value for name, value in styled.items()})


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _said(layer: Any, properties: Mapping[str, Any]) -> Item:
    said = {"tip": tooltip_text(layer), "text": popup_text(layer)}
    for child in children_of(layer):
        kind = name_of(child)
        if kind == "GeoJsonTooltip":
            said["tip"] = fields_text(child, properties)
        elif kind == "GeoJsonPopup":
            said["text"] = fields_text(child, properties)
    return {key: words for key, words in said.items() if words}


def _geometry(geometry: Any, layer: Any, draw_point: Draw) -> list[Item]:
    if not isinstance(geometry, Mapping):
        return []  # a feature without a place
    kind, xy = str(geometry.get("type")), _filled(geometry.get("coordinates") or [])
    if kind == "GeometryCollection":
        parts = geometry.get("geometries") or []
        return [item for part in parts for item in _geometry(part, layer, draw_point)]
    if kind in _KINDS and not xy:
        return []  # an empty one is nowhere too: RFC 7946, 3.1
    if kind == "Point":
        xy, kind = [xy], "MultiPoint"
    if kind == "MultiPoint":
        marker = getattr(layer, "marker", None)
        return [draw_point(marker, place) for place in _flipped(xy)]
    if kind in {"LineString", "MultiLineString"}:
        lines = [xy] if kind == "LineString" else xy
        return [{**_FOLIUM_BLUE, "kind": "line", "lines": [_flipped(line) for line in lines]}]
    if kind in {"Polygon", "MultiPolygon"}:
        areas = [xy] if kind == "Polygon" else xy
        rings = [[_flipped(ring) for ring in area] for area in areas]
        return [{**_FOLIUM_BLUE, "fill": True, "kind": "area", "areas": rings}]
    raise ValueError(f"{kind[:40]!r} is no kind of GeoJSON geometry")


_KINDS = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}


def _filled(coordinates: Any) -> Any:
    """Return coordinates without the lists in them that hold nothing."""
    if not isinstance(coordinates, (list, tuple)):
        return coordinates
    return [part for part in map(_filled, coordinates) if part != []]


def _flipped(places: Any) -> list[list[float]]:
    """Return places of GeoJSON, longitude first, the way the map takes them."""
    if not isinstance(places, (list, tuple)):
        raise ValueError(f"{str(places)[:60]!r} is no list of places")  # noqa: TRY004 - of a value
    return line_of([p[1::-1] if isinstance(p, (list, tuple)) else p for p in places])
