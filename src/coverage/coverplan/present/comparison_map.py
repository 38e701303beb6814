"""Maps of two runs and of their difference as pictures: the classes and colours of the map page."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from ..core.crs import LONLAT
from ..core.text import Language, Text
from .comparison_words import percent, points
from .svgtext import text_width
from .visible import escaped

Shown = Literal["a", "b", "difference"]

SHARE_EDGES = (25, 50, 75, 90)
SHARE_FILLS = ("#fff6cf", "#b2d6af", "#6eb2b7", "#3d84b0", "#22528a")
"""Colours of the map page, below each edge and above the last."""

GAIN_EDGES = (5, 15, 30)
GAIN_FILLS = ("#f6f3f8", "#dccde9", "#b996d5", "#8e5db3", "#5d2c83")
"""Colours of the map page: no change, then above 0, 5, 15 and 30 points."""

LOSS_FILLS = ("#efe0c4", "#c9a66b", "#9a6f2c", "#6b4508")
"""Below 0, from 5, 15 and 30 points; hatched too. The second is the map page's."""

NOBODY_FILL = "#dcdcd8"
HALF_HATCH, LOSS_HATCH = "half", "loss"

WIDTH, _MOST_HEIGHT = 340.0, 400.0
_EDGE, _FONT, _SMALL = 6.0, 10.5, 9.5
_SIMPLE = 0.35
_MOST_LABELS = 400
_DARK = frozenset({"#3d84b0", "#22528a", "#8e5db3", "#5d2c83", "#9a6f2c", "#6b4508"})


@dataclass(frozen=True, slots=True)
class MapGround:
    """The units as pictures share them: outlines drawn once, each map paints them.

    Parameters
    ----------
    codes
        Of the units, in the order of their outlines.
    paths
        SVG paths of the outlines.
    spots
        Where the name of each is written, shape ``(n, 2)``.
    boxes
        Width each has for its name, shape ``(n,)``.
    shapes
        The outlines in metres, shape ``(n,)``.
    height
        Of a map, in units of the picture.
    origin, scale
        Metres of the upper left corner, and units of the picture in a metre.
    to_metres
        From degrees to the metres of the units.
    """

    codes: tuple[str, ...]
    paths: tuple[str, ...]
    spots: NDArray[np.float64]
    boxes: NDArray[np.float64]
    shapes: NDArray[np.object_]
    height: float
    origin: tuple[float, float]
    scale: float
    to_metres: Transformer

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> "MapGround":
        """Return the ground of some units in metres with column ``code``."""
        x0, y0, x1, y1 = (float(v) for v in units.total_bounds)
        room = WIDTH - 2 * _EDGE
        scale = min(room / max(x1 - x0, 1.0), (_MOST_HEIGHT - 2 * _EDGE) / max(y1 - y0, 1.0))
        left = x0 - (WIDTH / scale - (x1 - x0)) / 2
        origin = (left, y1 + _EDGE / scale)
        shapes = shapely.simplify(units.geometry.to_numpy(), _SIMPLE / scale)
        inner = units.geometry.representative_point()
        bounds = units.geometry.bounds
        return cls(
            codes=tuple(units["code"].astype(str)),
            paths=tuple(_path(shape, origin, scale) for shape in shapes),
            spots=_placed(np.column_stack([inner.x, inner.y]), origin, scale),
            boxes=((bounds["maxx"] - bounds["minx"]) * scale).to_numpy(dtype=np.float64),
            shapes=shapes,
            height=(y1 - y0) * scale + 2 * _EDGE,
            origin=origin,
            scale=scale,
            to_metres=Transformer.from_crs(LONLAT, units.crs, always_xy=True),
        )

    def inside(self, i: int, x: float, y: float) -> bool:
        """Whether a point of the picture is in a unit."""
        east, north = self.origin[0] + x / self.scale, self.origin[1] - y / self.scale
        return bool(shapely.contains_xy(self.shapes[i], east, north))

    def definitions(self) -> str:
        """Return the outlines and hatches every map of the page refers to."""
        outlines = "".join(f'<path id="u{i}" d="{path}"/>' for i, path in enumerate(self.paths))
        return (
            '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
            f"{hatches()}{outlines}</defs></svg>"
        )

    def at(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points in degrees in the picture."""
        x, y = self.to_metres.transform(lon, lat)
        return _placed(np.column_stack([x, y]), self.origin, self.scale)


def hatches() -> str:
    """Return the two hatches: less than half reached, and a loss."""
    return (
        f'<pattern id="{HALF_HATCH}" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0V7" stroke="#544a28" stroke-width="1.2" '
        'stroke-opacity=".45"/></pattern>'
        f'<pattern id="{LOSS_HATCH}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(-45)"><path d="M0 0V6" stroke="#3a2502" stroke-width="1.4" '
        'stroke-opacity=".55"/></pattern>'
    )


def map_svg(
    ground: MapGround,
    units: pd.DataFrame,
    sites: pd.DataFrame,
    shown: Shown,
    *,
    colour: str,
    title: Text,
    language: Language,
) -> str:
    """Return one map as SVG; its outlines are those of `MapGround.definitions`.

    Parameters
    ----------
    ground
        The outlines.
    units, sites
        Rows of `Comparison.units` of one layer at one limit, and of `Comparison.sites`.
    shown
        The first run, the second, or their difference.
    colour
        Of the layer's sites.
    title, language
        What it shows, and the language of its words.
    """
    rows = {str(row["unit_code"]): row for row in units.to_dict("records")}
    paint: list[str] = []
    hatch: list[str] = []
    fills: list[str] = []
    for i, code in enumerate(ground.codes):
        fill, mark = _look(rows.get(code), shown)
        fills.append(fill)
        paint.append(f'<use href="#u{i}" fill="{fill}"/>')
        if mark:
            hatch.append(f'<use href="#u{i}" fill="url(#{mark})" stroke="none"/>')
    words = escaped(title.of(language))
    places, signs = _marks(ground, sites, shown, colour)
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH:g} {ground.height:.0f}" role="img" '
        f'aria-label="{words}"><title>{words}</title>'
        f'<g stroke="#4a5661" stroke-width=".8" stroke-linejoin="round">{"".join(paint)}</g>'
        f"<g>{''.join(hatch)}</g>"
        f"{_labels(ground, rows, shown, fills, places, language)}{signs}</svg>"
    )


def share_class(reached: Any, people: Any) -> int | None:
    """Return the class of a share, 0 to 4, exactly; None where nobody is, or nobody knows."""
    if pd.isna(reached) or pd.isna(people) or not people:
        return None
    return sum(int(reached) * 100 >= edge * int(people) for edge in SHARE_EDGES)


def change_class(change: Any, people: Any) -> int | None:
    """Return the class of a change, -4 to 4, 0 for none; None where nobody is, or nobody knows."""
    if pd.isna(change) or pd.isna(people) or not people:
        return None
    if not change:
        return 0
    size = 1 + sum(abs(int(change)) * 100 >= edge * int(people) for edge in GAIN_EDGES)
    return size if change > 0 else -size


def _look(row: dict[Any, Any] | None, shown: Shown) -> tuple[str, str]:
    """Return fill and hatch of a unit."""
    if row is None:
        return "#ffffff", ""
    if shown == "difference":
        found = change_class(row["change"], row["people"])
        if found is None:
            return NOBODY_FILL, ""
        return (GAIN_FILLS[found], "") if found >= 0 else (LOSS_FILLS[-found - 1], LOSS_HATCH)
    reached = row[f"reached_{shown}"]
    found = share_class(reached, row["people"])
    if found is None:
        return NOBODY_FILL, ""
    return SHARE_FILLS[found], HALF_HATCH if int(reached) * 2 < int(row["people"]) else ""


def _figure(row: dict[Any, Any] | None, shown: Shown) -> Text:
    if row is None:
        return Text.same("")
    if shown == "difference":
        return points(row["change_points"])
    return percent(row[f"reached_{shown}"], row["people"])


def _labels(
    ground: MapGround,
    rows: dict[str, dict[Any, Any]],
    shown: Shown,
    fills: list[str],
    marks: NDArray[np.float64],
    language: Language,
) -> str:
    """Return names and figures, the widest units first: what would lie on another is left out."""
    if len(ground.codes) > _MOST_LABELS:
        return ""
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for i in np.argsort(-ground.boxes, kind="stable"):
        row = rows.get(ground.codes[i])
        if row is None:
            continue
        name, figure = _short(str(row["unit_name"])), _figure(row, shown).of(language)
        half = max(text_width(name, _FONT), text_width(figure, _SMALL)) / 2
        spot = _spot(ground, int(i), half, taken, marks)
        if spot is None:
            continue
        x, y = spot
        taken.append((x, y, half))
        look = 'class="on-dark"' if fills[i] in _DARK else 'class="on-light"'
        parts.append(
            f'<text x="{x:.0f}" y="{y:.0f}" {look}>{escaped(name)}'
            f'<tspan x="{x:.0f}" dy="11" class="figure">{escaped(figure)}</tspan></text>'
        )
    return f'<g class="labels">{"".join(parts)}</g>'


def _spot(
    ground: MapGround,
    i: int,
    half: float,
    taken: list[tuple[float, float, float]],
    marks: NDArray[np.float64],
) -> tuple[float, float] | None:
    """Return where a name hides no other name, and no site if that can be; None where nowhere."""
    x0, y0 = (float(v) for v in ground.spots[i])
    free: tuple[float, float] | None = None
    for dx, dy in _TRIED:
        x, y = min(max(x0 + dx, half + 2), WIDTH - half - 2), y0 + dy
        if any(abs(x - u) < half + w and abs(y - v) < _ROWS for u, v, w in taken):
            continue
        if (dx or dy) and not ground.inside(i, x, y):
            continue
        free = free or (x, y)
        near = (np.abs(marks[:, 0] - x) < half + _SIGN) & (np.abs(marks[:, 1] - y - 2) < _SIGN + 10)
        if not near.any():
            return x, y
    return free


_SIGN = 6.0
_TRIED = sorted(
    ((dx, dy) for dx in (0, -12, 12, -24, 24, -36, 36) for dy in (0, -12, 12, -24, 24, -36, 36)),
    key=lambda step: step[0] ** 2 + step[1] ** 2,
)
"""Steps from the middle of a unit to where its name may stand, the nearest first."""

_ROWS = 24
"""Names with their figures closer than this, one above the other, would touch."""

_LONGEST = 92.0


def _short(name: str) -> str:
    """Return a name that is no wider than a label may be."""
    if text_width(name, _FONT) <= _LONGEST:
        return name
    kept = ""
    for letter_ in name:
        if text_width(kept + letter_ + "…", _FONT) > _LONGEST:
            break
        kept += letter_
    return kept.rstrip() + "…"


OPEN = frozenset({"existing", "proposed"})
"""States of a site that is open in the end."""


def _marks(
    ground: MapGround, sites: pd.DataFrame, shown: Shown, colour: str
) -> tuple[NDArray[np.float64], str]:
    """Return where the sites of a map are, and their signs."""
    drawn = [(row, side) for row in sites.to_dict("records") for side in _sides(row, shown)]
    if not drawn:
        return np.empty((0, 2)), ""
    lonlat = np.array([[float(row[f"{axis}_{side}"]) for axis in _AXES] for row, side in drawn])
    places = ground.at(lonlat[:, 0], lonlat[:, 1])
    parts = []
    for (row, side), (x, y) in zip(drawn, places, strict=True):
        state = str(row[f"state_{side}"])
        sign = letter(side.upper()) if shown == "difference" else site_sign(state, colour)
        name = escaped(str(row["name"]))
        parts.append(f'<g transform="translate({x:.1f} {y:.1f})"><title>{name}</title>{sign}</g>')
    return places, "".join(parts)


_AXES = ("lon", "lat")


def _sides(row: dict[Any, Any], shown: Shown) -> list[str]:
    """Return the runs a site is drawn for: in the difference only what one run alone has open."""
    if shown != "difference":
        return [shown] if row[f"state_{shown}"] in {*OPEN, "closing"} else []
    open_in = [side for side in ("a", "b") if row[f"state_{side}"] in OPEN]
    return open_in if len(open_in) == 1 or row["difference"] == "moved" else []


def site_sign(state: str, colour: str) -> str:
    """Return the sign of a site: dot (existing), diamond (proposed) or cross (to be closed)."""
    if state == "proposed":
        return (
            '<path d="M0-7.5L7.5 0L0 7.5L-7.5 0Z" fill="#fff" stroke="#1b2733" stroke-width="1.2"/>'
            f'<path d="M0-4.6L4.6 0L0 4.6L-4.6 0Z" fill="{colour}"/>'
        )
    if state == "closing":
        return (
            '<path d="M-4-4L4 4M4-4L-4 4" stroke="#fff" stroke-width="4"/>'
            '<path d="M-4-4L4 4M4-4L-4 4" stroke="#b00020" stroke-width="2"/>'
        )
    return f'<circle r="3" fill="{colour}" stroke="#fff" stroke-width="1.2"/>'


def letter(side: str) -> str:
    """Return the sign of a site that one run alone has open: a square A, a round B."""
    shape = '<rect x="-7" y="-7" width="14" height="14"' if side == "A" else '<circle r="7.6"'
    return (
        f'{shape} fill="#fff" stroke="#1b2733" stroke-width="1.6"/>'
        f'<text y="3.6" class="sign">{side}</text>'
    )


def _placed(
    xy: NDArray[np.float64], origin: tuple[float, float], scale: float
) -> NDArray[np.float64]:
    return np.column_stack([(xy[:, 0] - origin[0]) * scale, (origin[1] - xy[:, 1]) * scale])


def _path(shape: shapely.Geometry, origin: tuple[float, float], scale: float) -> str:
    rings = [
        ring
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return "".join(_ring(_placed(shapely.get_coordinates(r), origin, scale)) for r in rings)


def _ring(xy: NDArray[np.float64]) -> str:
    """Return a ring in whole tenths: a first point, then steps."""
    tenths = np.rint(xy * 10).astype(np.int64)
    steps = np.diff(tenths, axis=0)
    moves = "".join(f"{_tenth(x)} {_tenth(y)} " for x, y in steps[:-1] if x or y)
    return f"M{_tenth(tenths[0, 0])} {_tenth(tenths[0, 1])}l{moves}z" if moves else ""


def _tenth(value: int) -> str:
    return f"{value / 10:g}"
