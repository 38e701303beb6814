"""The map of blind spots as a picture: people's points by how many services they miss."""

import html
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from ..core.text import Language, Text
from .svgtext import broken, text_width

_WIDTH, _MAP_HEIGHT = 900, 760
_EDGE, _TOP = 20, 64
_LEGEND = 250
_ROW = 26
_SIMPLE = 0.4
"""Outlines are drawn to this many units of the picture."""

_RAMP = (
    (0.78, 0.85, 0.12),
    (0.25, 0.73, 0.45),
    (0.13, 0.55, 0.58),
    (0.25, 0.36, 0.68),
    (0.16, 0.0, 0.20),
)
"""From nothing missing to everything: light to dark, told apart with any colour vision (near
viridis, S. van der Walt and N. Smith, CC0)."""

_METRES = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class _Frame:
    """From metres to the picture."""

    left: float
    top: float
    scale: float
    height: float

    @classmethod
    def of(cls, bounds: NDArray[np.float64]) -> "_Frame":
        x0, y0, x1, y1 = bounds
        room = _WIDTH - _LEGEND - 2 * _EDGE
        scale = min(room / max(x1 - x0, 1.0), _MAP_HEIGHT / max(y1 - y0, 1.0))
        return cls(float(x0), float(y1), float(scale), float((y1 - y0) * scale))

    def at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points in the picture, to a tenth."""
        return np.column_stack(
            [_EDGE + (xy[:, 0] - self.left) * self.scale, _TOP + (self.top - xy[:, 1]) * self.scale]
        ).round(1)


def blind_spot_svg(
    units: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    *,
    people: NDArray[np.int64],
    services: int,
    title: Text,
    notes: tuple[Text, ...],
    language: Language,
) -> str:
    """Return the map of blind spots as SVG.

    Parameters
    ----------
    units
        Township polygons in metres with ``name``.
    points
        People's points in metres with ``missing``, 0 to ``services``.
    people
        People at each point, who the legend counts; points of nobody are not drawn, ``(n,)``.
    services
        How many services there are.
    title, notes, language
        What it shows, what is to be known of it, and the language of all words; long notes are
        broken into lines.
    """
    frame = _Frame.of(units.total_bounds)
    missing = points["missing"].to_numpy(dtype=np.int64)
    xy = frame.at(np.column_stack([points.geometry.x, points.geometry.y]))
    parts = [*_ground(units, frame)]
    here = people > 0
    # What is missing most is drawn last: it is what the map is for.
    for k in range(services + 1):
        some = xy[here & (missing == k)]
        if len(some):
            parts.append(_dots(some, _colour(k, services)))
    counts = [int(people[missing == k].sum()) for k in range(services + 1)]
    parts += [*_outlines(units, frame), *_names(units, frame)]
    bottom = _TOP + max(frame.height, _ROW * (services + 5))
    parts += [*_legend(counts, language), *_scale_bar(frame, bottom, language)]
    base = bottom + 24
    lines = [part for note in notes for part in broken(note.of(language), _WIDTH - 2 * _EDGE)]
    for number, line in enumerate(lines):
        words = html.escape(line)
        parts.append(f'<text x="{_EDGE}" y="{base + 18 * number:.0f}" fill="#555">{words}</text>')
    height = round(base + 18 * len(lines) + 4)
    words = html.escape(title.of(language))
    size = min(18.0, 18 * (_WIDTH - 2 * _EDGE) / text_width(title.of(language), 18))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" font-family="sans-serif" font-size="13">'
        f'<title>{words}</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{_EDGE}" y="32" font-size="{size:.3g}">{words}</text>{"".join(parts)}</svg>\n'
    )


def _colour(k: int, services: int) -> str:
    place = k / services * (len(_RAMP) - 1)
    low = min(int(place), len(_RAMP) - 2)
    mixed = [a + (b - a) * (place - low) for a, b in zip(_RAMP[low], _RAMP[low + 1], strict=True)]
    return "#" + "".join(f"{round(255 * part):02x}" for part in mixed)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _dots(xy: NDArray[np.float64], colour: str) -> str:
    """Return dots as one path: a line of no length with round ends is a dot."""
    spots = "".join(f"M{_number(x)} {_number(y)}h0" for x, y in np.unique(xy, axis=0))
    look = 'fill="none" stroke-width="4" stroke-linecap="round"'
    return f'<path d="{spots}" stroke="{colour}" {look}/>'


def _path(shape: shapely.Geometry, frame: _Frame) -> str:
    simple = shapely.simplify(shape, _SIMPLE / frame.scale)
    rings = [
        ring
        for part in shapely.get_parts(simple)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    return "".join(_ring(frame.at(shapely.get_coordinates(ring))) for ring in rings)


def _ring(xy: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in xy) + "Z"


def _ground(units: gpd.GeoDataFrame, frame: _Frame) -> list[str]:
    return [f'<path d="{_path(s, frame)}" fill="#f3f2ee" stroke="none"/>' for s in units.geometry]


def _outlines(units: gpd.GeoDataFrame, frame: _Frame) -> list[str]:
    look = 'fill="none" stroke="#555" stroke-width="0.9"'
    return [f'<path d="{_path(shape, frame)}" {look}/>' for shape in units.geometry]


def _names(units: gpd.GeoDataFrame, frame: _Frame) -> list[str]:
    """Return the names of units, the largest first: one that would lie on another is left out."""
    spots = frame.at(shapely.get_coordinates(units.geometry.representative_point().to_numpy()))
    halo = 'text-anchor="middle" stroke="#fff" stroke-width="3" paint-order="stroke" fill="#222"'
    names = units["name"].astype(str).to_list()
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for i in np.argsort(-units.geometry.area.to_numpy(), kind="stable"):
        (x, y), half = spots[i], text_width(names[i]) / 2
        x = max(x, half + 2)
        if any(abs(x - u) < half + w and abs(y - v) < _LINE for u, v, w in taken):
            continue
        taken.append((x, y, half))
        name = html.escape(names[i])
        parts.append(f'<text x="{_number(x)}" y="{_number(y)}" {halo}>{name}</text>')
    return parts


def _legend(counts: list[int], language: Language) -> list[str]:
    left, services = _WIDTH - _LEGEND, len(counts) - 1
    everybody = sum(counts)
    head = Text(
        f"缺几项服务（共 {everybody:,} 人）", f"services missing (of {everybody:,} people)"
    ).of(language)
    parts = [f'<text x="{left}" y="{_TOP + 14}" font-weight="bold">{html.escape(head)}</text>']
    for k, people in enumerate(counts):
        top = _TOP + _ROW * (k + 1) + 6
        share = f"{100 * people / everybody:.1f} %" if everybody else "—"
        called = _called(k, services).of(language)
        parts.append(
            f'<rect x="{left}" y="{top}" width="18" height="14" fill="{_colour(k, services)}"/>'
            f'<text x="{left + 26}" y="{top + 12}">{html.escape(called)}</text>'
            f'<text x="{_WIDTH - _EDGE - 60}" y="{top + 12}" text-anchor="end">{people:,}</text>'
            f'<text x="{_WIDTH - _EDGE}" y="{top + 12}" text-anchor="end">{share}</text>'
        )
    return parts


def _called(k: int, services: int) -> Text:
    if k == 0:
        return Text("不缺", "none") if services == 1 else Text("都不缺", "none")
    if k == services:
        return Text("缺", "missing") if k == 1 else Text(f"{k} 项全缺", f"all {k}")
    return Text(f"缺 {k} 项", f"{k}")


def _scale_bar(frame: _Frame, bottom: float, language: Language) -> list[str]:
    metres = next((m for m in _METRES if m * frame.scale >= _BAR), _METRES[-1])
    left, base = _WIDTH - _LEGEND, bottom - 4
    far = metres >= 1000  # noqa: PLR2004 - metres in a kilometre
    unit = Text("公里", "km") if far else Text("米", "m")
    words = f"{metres // 1000 if far else metres} {unit.of(language)}"
    look = 'fill="none" stroke="#333" stroke-width="1.5"'
    return [
        f'<path d="M{left} {base - 5:.1f}v5h{metres * frame.scale:.1f}v-5" {look}/>',
        f'<text x="{left}" y="{base - 10:.1f}">{words}</text>',
    ]


_LINE = 15
"""Names closer than this, one above the other, would touch."""

_BAR = 60
"""The bar of the scale is at least so long."""
