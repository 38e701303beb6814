"""Layers of folium as plain data for the map page: read, never rendered.

folium writes its maps through templates that take data for code: a name with ``{{`` in it runs as
Python while the page is written, one with ``<script>`` in the browser. So no template of folium
is ever rendered here. An object is read instead - where it is, how it looks, what it says - and
drawn by the page's own script, which writes every text as text.
"""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from ..core.text import Text
from .overlay_geojson import feature_items
from .overlay_shapes import (
    Item,
    colour_of,
    line_of,
    look_of,
    number_of,
    pin_colour,
    place_of,
)
from .overlay_texts import children_of, name_of, popup_text, tooltip_text

__all__ = ["SUPPORTED", "Overlay", "has_tiles", "is_tiles", "merged", "overlays_of"]

Overlay = dict[str, Any]
"""One switch of the page: ``name`` (words, or ``{zh, en}``), ``show``, ``items``, ``keys``."""

SUPPORTED = (
    "Marker, CircleMarker, Circle, PolyLine, Polygon, Rectangle, GeoJson, Choropleth, "
    "FeatureGroup, ColorLine, MarkerCluster, FastMarkerCluster, ImageOverlay, TileLayer, "
    "LayerControl and Map of folium, colormaps of branca"
)
"""What can be put on the map of a study."""

_GROUPS = {"FeatureGroup", "MarkerCluster", "Choropleth", "ColorLine"}
_COLOURMAPS = {"StepColormap", "LinearColormap", "ColorMap"}
_TEXTLESS = {"LayerControl", "FitBounds", "FitOverlays"}
_PARTS = {"Popup", "Tooltip", "GeoJsonTooltip", "GeoJsonPopup", "Icon", "DivIcon", "CustomIcon"}
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
_ROWS, _MOST_ROWS = 6, 12  # of the key of a colormap: so many where it has more steps than that
_BARE = Text("添加的内容", "Added")
_UNNAMED = Text("添加的图层", "Added layer")


def is_tiles(layer: object) -> bool:
    """Return whether an object is a `folium.TileLayer`."""
    return name_of(layer) == "TileLayer"


def has_tiles(layer: object) -> bool:
    """Return whether an object is a `folium.Map` with tiles under it."""
    return name_of(layer) == "Map" and any(map(is_tiles, children_of(layer)))


def overlays_of(layer: Any, name: str | None = None) -> list[Overlay]:
    """Return an object of folium as plain data.

    Parameters
    ----------
    layer
        The object. Its style functions are called; its templates and scripts never run.
    name
        Name of the switch; the layer's own where None.

    Returns
    -------
    list
        One for each switch of the page; none for what only holds controls.

    Raises
    ------
    TypeError
        When it is nothing that can be shown; the message says what can.
    ValueError
        When a place is no place, or an image would be loaded from elsewhere.
    """
    kind = name_of(layer)
    if kind in _TEXTLESS:
        return []
    if kind == "Map":
        return _map_overlays(layer, name)
    items, keys = _drawn(layer)
    own = getattr(layer, "layer_name", None)
    if name is not None:
        title: Any = str(name)
    elif own is None:
        title = _BARE.as_dict()
    elif str(own).endswith(layer._id):  # noqa: SLF001 - letters and digits made by folium
        title = _UNNAMED.as_dict()
    else:
        title = str(own)
    shown = bool(getattr(layer, "show", True)) if own is not None else True
    overlay = {"name": title, "show": shown, "items": items}
    return [overlay | ({"keys": keys} if keys else {})]


def _map_overlays(layer: Any, name: str | None) -> list[Overlay]:
    """Return the layers of a folium map; its tiles stay out, its loose markers go together."""
    parts = [child for child in children_of(layer) if not is_tiles(child)]
    return merged(overlay for child in parts for overlay in overlays_of(child, name))


def merged(overlays: Iterable[Overlay]) -> list[Overlay]:
    """Return overlays with those of one name as one: markers added one by one have one switch."""
    found: list[Overlay] = []
    for overlay in overlays:
        same = next((other for other in found if other["name"] == overlay["name"]), None)
        if same is None:
            found.append(dict(overlay))
            continue
        same["items"] = [*same["items"], *overlay["items"]]
        if keys := [*same.get("keys", []), *overlay.get("keys", [])]:
            same["keys"] = keys
    return found


def _drawn(layer: Any) -> tuple[list[Item], list[Item]]:
    """Return what an object draws, and the keys of its colours."""
    kind = name_of(layer)
    if any(name_of(child) == "EventHandler" for child in children_of(layer)):
        raise TypeError(f"{kind} with event handlers: a layer's script never runs on this map")
    if kind in _COLOURMAPS:
        return [], [_key(layer)]
    if kind in _GROUPS:
        items: list[Item] = []
        keys: list[Item] = []
        for child in children_of(layer):
            if name_of(child) in _PARTS | _TEXTLESS:
                continue
            more, explained = _drawn(child)
            items += more
            keys += explained
        return _said_by_group(layer, items), keys
    draw = _DRAWN.get(kind)
    if draw is None:
        hint = ": its template would have to run" if _is_foreign(layer) else ""
        if hasattr(layer, "explore"):
            hint = ": give what its explore() returns"
        raise TypeError(f"{kind} cannot be put on the map of a study{hint}; can be: {SUPPORTED}")
    return draw(layer), []


def _is_foreign(layer: object) -> bool:
    return hasattr(layer, "_template") or hasattr(layer, "render")


def _said_by_group(layer: Any, items: list[Item]) -> list[Item]:
    """Give a group's own tooltip and popup to its parts that have none."""
    said = _said(layer)
    return [{**said, **item} for item in items] if said else items


def _said(layer: Any) -> Item:
    said = {"tip": tooltip_text(layer), "text": popup_text(layer)}
    return {key: words for key, words in said.items() if words}


def _marker(layer: Any) -> list[Item]:
    return [{**_pin(layer, _place(layer)), **_said(layer)}]


def _place(layer: Any) -> list[float]:
    if layer.location is None:
        raise ValueError(f"{name_of(layer)} has no location")
    return place_of(layer.location)


def _pin(marker: Any, place: list[float]) -> Item:
    """Return a pin: in the colour of the marker's icon, labelled with the text of a DivIcon."""
    item: Item = {"kind": "pin", "at": place}
    icon = getattr(marker, "icon", None)
    options = getattr(icon, "options", None) or {}
    colour = pin_colour(options.get("marker_color", options.get("markerColor")))
    if colour is not None:
        item["color"] = colour
    if name_of(icon) == "DivIcon" and options.get("html"):
        item["label"] = str(options["html"])
    return item


def _circle(layer: Any) -> list[Item]:
    return [{**_round(layer, _place(layer)), **_said(layer)}]


def _round(layer: Any, place: list[float]) -> Item:
    """Return a circle: of metres on the ground, or of pixels on the screen."""
    look = look_of(layer.options)
    if name_of(layer) == "Circle":
        look["metres"] = abs(number_of(layer.options.get("radius", 50), "radius"))
        look.pop("radius", None)
        return {"kind": "circle", "at": place, **look}
    return {"kind": "dot", "at": place, **look}


def _point(marker: Any, place: list[float]) -> Item:
    """Draw a point of a GeoJSON layer as its marker says."""
    if marker is None:
        return {"kind": "pin", "at": place}
    return _pin(marker, place) if name_of(marker) == "Marker" else _round(marker, place)


def _line(layer: Any) -> list[Item]:
    lines = [line_of(line) for line in _nested(layer.locations, 1)]
    return [{"kind": "line", "lines": lines, **look_of(layer.options), **_said(layer)}]


def _polygon(layer: Any) -> list[Item]:
    areas = [[line_of(ring) for ring in area] for area in _nested(layer.locations, 2)]
    return [{"kind": "area", "areas": areas, **look_of(layer.options), **_said(layer)}]


def _nested(places: Any, levels: int) -> Any:
    """Return places with so many levels of lists around a line of them."""
    found, depth = places, 0
    while isinstance(found, Iterable) and not isinstance(found, str):
        inner = next(iter(found), None)
        if inner is None:
            break
        found, depth = inner, depth + 1
    for _ in range(levels + 2 - depth):
        places = [places]
    return places


def _rectangle(layer: Any) -> list[Item]:
    (south, west), (north, east) = line_of(layer.locations)
    ring = [[south, west], [north, west], [north, east], [south, east]]
    return [{"kind": "area", "areas": [[ring]], **look_of(layer.options), **_said(layer)}]


def _geojson(layer: Any) -> list[Item]:
    return feature_items(layer, _point)


def _cluster(layer: Any) -> list[Item]:
    """Return the points of a FastMarkerCluster: drawn as they are, its callback never runs."""
    said = _said(layer)
    return [{"kind": "dot", "at": place_of(row), **said} for row in layer.data]


def _image(layer: Any) -> list[Item]:
    address = str(layer.url)
    if not _IMAGE.fullmatch(address):
        raise ValueError(
            f"ImageOverlay of {address[:60]!r}: only a PNG, JPEG, GIF or WebP inside the page is "
            "shown, from an array or a file; the map calls no host"
        )
    corners = line_of(layer.bounds)
    if len(corners) != 2:  # noqa: PLR2004 - south-west and north-east
        raise ValueError("ImageOverlay: bounds are two corners, [[south, west], [north, east]]")
    item: Item = {"kind": "image", "bounds": corners, "data": address}
    if "opacity" in (look := look_of(layer.options)):
        item["opacity"] = look["opacity"]
    if layer.options.get("alt"):
        item["tip"] = str(layer.options["alt"])
    return [item]


def _key(colours: Any) -> Item:
    """Return the key of a colormap: a colour and its numbers, one row each."""
    index = [number_of(value, "a colormap's index") for value in colours.index]
    if len(index) > _MOST_ROWS:
        low, high = index[0], index[-1]
        index = [low + (high - low) * i / (_ROWS - 1) for i in range(_ROWS)]
    elif name_of(colours) == "StepColormap":
        steps = list(pairwise(index))
        rows = [[colour_of(colours((a + b) / 2)), f"{a:.6g} – {b:.6g}"] for a, b in steps]
        return {"caption": str(colours.caption or ""), "rows": rows}
    rows = [[colour_of(colours(at)), f"{at:.6g}"] for at in index]
    return {"caption": str(colours.caption or ""), "rows": rows}


_DRAWN: dict[str, Callable[[Any], list[Item]]] = {
    "Marker": _marker,
    "RegularPolygonMarker": _marker,
    "Circle": _circle,
    "CircleMarker": _circle,
    "PolyLine": _line,
    "Polygon": _polygon,
    "Rectangle": _rectangle,
    "GeoJson": _geojson,
    "FastMarkerCluster": _cluster,
    "ImageOverlay": _image,
}
