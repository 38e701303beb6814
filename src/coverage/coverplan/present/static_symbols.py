"""Signs of the drawing for readers without JavaScript: sites, swatches, scale bar, legend."""

from collections.abc import Mapping
from typing import Any

from .static_ground import Frame
from .svgtext import broken
from .visible import escaped

__all__ = ["LEGEND_WIDTH", "SITE_SIZE", "Column", "colour_of", "scale_bar", "shape_of"]
__all__ += ["swatch", "symbol", "symbol_use"]

LEGEND_WIDTH = 240
"""Width of the column right of the map, units of the figure."""

SITE_SIZE = {"not_counted": 15, "existing": 18, "closing": 22, "proposed": 26}
"""How wide a site is drawn in each state, units of the figure; what is drawn last comes last."""

_HEX = frozenset("0123456789abcdef")
_SHAPES = {
    "circle": "M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19z",
    "square": "M3.5 3.5h17v17h-17z",
    "triangle": "M12 1.5L22.6 20.5H1.4z",
    "diamond": "M12 .8L23.2 12L12 23.2L.8 12z",
}
_STAR = "M12 6.2l1.7 3.6 3.9.5-2.9 2.7.8 3.9-3.5-1.9-3.5 1.9.8-3.9-2.9-2.7 3.9-.5z"
_CROSS = "M1 1L23 23M23 1L1 23"
_RIMMED = 38  # width of a symbol with its rim, in the box its path is drawn in
_KILOMETRE = 1000


class Column:
    """Legend entries, one below the other."""

    def __init__(self, x: float) -> None:
        self.x = x
        self.y = 6
        self.parts: list[str] = []

    def head(self, words: str) -> None:
        """Write a heading."""
        self.y += 8
        for line in broken(words, LEGEND_WIDTH - 24, 12.5):
            self._write(line, 0, "st-head", 17)

    def row(self, drawing: str, words: str, high: int = 19) -> None:
        """Write an entry: a drawing around the origin, and what it means."""
        middle = self.y + high / 2
        self.parts.append(f'<g transform="translate({self.x} {middle:.1f})">{drawing}</g>')
        self._write(words, 38, "st-note", high)

    def note(self, words: str) -> None:
        """Write a remark."""
        for line in broken(words, LEGEND_WIDTH - 24, 11):
            self._write(line, 0, "st-note st-soft", 15)

    def gap(self) -> None:
        """Leave some room."""
        self.y += 8

    def _write(self, words: str, right: float, kind: str, high: int) -> None:
        self.y += high
        base = self.y - high / 2 + 4
        self.parts.append(
            f'<text class="{kind}" x="{self.x + right:g}" y="{base:g}">{escaped(words)}</text>'
        )


def shape_of(layer: Mapping[str, Any]) -> str:
    """Return the name of a layer's sign; a circle where it is none of ours."""
    return str(layer["shape"]) if layer["shape"] in _SHAPES else "circle"


def colour_of(layer: Mapping[str, Any]) -> str:
    """Return a layer's colour as six hexadecimal digits; grey where it is anything else."""
    colour = str(layer["colour"]).lower()
    sound = len(colour) == len("#rrggbb") and colour[0] == "#" and set(colour[1:]) <= _HEX
    return colour if sound else "#444444"


def symbol(shape: str, state: str) -> str:
    """Return how a site of a shape looks in a state, drawn in a box of 24 around (12, 12)."""
    path = _SHAPES[shape]
    drawn = {
        "existing": f'<path class="st-k" d="{path}"/><path class="st-w" d="{path}"/>',
        "proposed": '<circle class="st-ring" cx="12" cy="12" r="17.2"/>'
        f'<path d="{path}"/><path class="st-star" d="{_STAR}"/>',
        "closing": f'<path class="st-k" d="{path}"/><path class="st-w st-faint" d="{path}"/>'
        f'<path class="st-cw" d="{_CROSS}"/><path class="st-cr" d="{_CROSS}"/>',
        "not_counted": f'<path class="st-nw" d="{path}"/><path class="st-ng" d="{path}"/>',
    }[state]
    return f'<g id="st-{shape}-{state}">{drawn}</g>'


def symbol_use(shape: str, state: str, x: float, y: float, size: float = 1.0) -> str:
    """Return a site's sign with its middle at a point of the figure, so many times its size."""
    scale = size * SITE_SIZE[state] / _RIMMED
    left, top = x - 12 * scale, y - 12 * scale
    place = f"translate({left:.1f} {top:.1f}) scale({scale:.2f})"
    return f'<use href="#st-{shape}-{state}" transform="{place}"/>'


def swatch(kind: str, *, hatched: bool) -> str:
    """Return a patch of a class for the legend."""
    box = 'x="0" y="-6.5" width="28" height="13"'
    hatch = f'<rect class="st-h" fill="url(#st-hatch)" {box}/>' if hatched else ""
    return f'<rect class="{kind} st-rim" {box}/>{hatch}'


def scale_bar(frame: Frame, height: float) -> str:
    """Return the scale bar, low on the right of a map of so many units' height."""
    metres, wide = frame.scale_bar()
    words = f"{metres} m" if metres < _KILOMETRE else f"{metres // _KILOMETRE} km"
    left, low = frame.width - 16 - wide, height - 14
    return (
        f'<path class="st-scale" d="M{left:.1f} {low - 6}v6h{wide:.1f}v-6"/>'
        f'<text class="st-note st-middle" x="{left + wide / 2:.1f}" y="{low - 6}">{words}</text>'
    )
