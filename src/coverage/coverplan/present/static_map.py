"""The map as a drawing: what a reader without JavaScript sees of a layer, today and with the plan.

Plain SVG with constant classes: the page's policy allows no style beside its own. Outlines stand
once in the page and are used again by every figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .markup import escape
from .static_ground import Frame, Ground, carried_geometry, draw_ground
from .static_symbols import (
    LEGEND_WIDTH,
    SITE_SIZE,
    Column,
    colour_of,
    scale_bar,
    shape_of,
    swatch,
    symbol,
    symbol_use,
)
from .static_words import approval_words, share_words
from .svgtext import text_width
from .visible import escaped

__all__ = ["StaticMaps"]

Phase = Literal["before", "after"]

_EDGES = (25, 50, 75, 90)  # percent: where a class of shares begins
_CLASSES = ("0–<25 %", "25–<50 %", "50–<75 %", "75–<90 %", "90–100 %")
_HALF = 2  # hatched: the reached are fewer than the people over this
_MOST_OUTLINES = 6000
"""Times an outline is drawn in all figures of a page; figures beyond are left out, and said so."""

_CROWDED = 60  # units from which on names are written small and without their share
_LONGEST_NAME = 14
_CROWD, _CROWD_SIZE = 80, 0.62  # sites above which they are drawn smaller
_BIG, _SMALL = 12.0, 10.0  # letters
_STATES = {
    "existing": Text("现有", "existing"),
    "proposed": Text("建议新增", "proposed"),
    "closing": Text("建议关闭", "to be closed"),
    "not_counted": Text("未计入", "not counted"),
}
_PHASES = {"before": Text("现状", "now"), "after": Text("建成后", "with the plan")}
_SHARE = Text("{minutes} 分钟可达人口占比", "Share of people reached in {minutes} min")
_BELOW = Text("斜线：可达不足 50 %", "hatched: below 50 % reached")
_BLANK = Text("人数未知或没有这一人群", "unknown, or nobody of this group")
_SITES = Text("设施：{layer}", "Sites: {layer}")
_GROUND = Text("底图", "Base map")
_ROADS, _BORDER = Text("主要、次要道路", "main roads"), Text("乡镇界", "township border")
_WATER, _PROTECTED = Text("水域", "water"), Text("保护区", "protected area")
_NORTH = Text("上北", "North is up")
_TITLE = Text(
    "{layer} · {phase} · {minutes} 分钟可达人口占比",
    "{layer} · {phase} · share of people reached in {minutes} min",
)
_TOLD = Text(
    "{people} 人中 {reached} 人可达；不足一半的乡镇 {low} 个，共 {units} 个。各乡镇的数字见表。",
    "{reached} of {people} people are reached; in {low} of {units} townships fewer than half. "
    "The table holds every township's figures.",
)

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _View:
    """One figure: a layer at a limit, today or with the plan."""

    layer: Mapping[str, Any]
    phase: Phase
    limit: str
    people: Sequence[int | None]
    reached: Sequence[int | None]

    def share_class(self, unit: int) -> int | None:
        """Return the class of a unit's share, None where there is no share."""
        people, reached = self.people[unit], self.reached[unit]
        if not people or reached is None:
            return None
        return sum(100 * reached >= edge * people for edge in _EDGES)

    def below_half(self, unit: int) -> bool:
        """Return whether fewer than half of a unit's people are reached."""
        people, reached = self.people[unit], self.reached[unit]
        return bool(people) and reached is not None and _HALF * reached < (people or 0)

    def sites(self) -> list[tuple[Mapping[str, Any], str]]:
        """Return the sites that are drawn and how: what a plan closes stands as long as today."""
        drawn = []
        for site in self.layer["sites"]:
            state = site["state"]
            if self.phase == "before":
                if state == "proposed":
                    continue
                state = "existing" if state == "closing" else state
            drawn.append((site, state if state in _STATES else "existing"))
        order = list(SITE_SIZE)
        return sorted(drawn, key=lambda item: order.index(item[1]))


class StaticMaps:
    """The figures of one page.

    Parameters
    ----------
    payload
        What the page is made of, see `render_page`.
    language
        Of all words: "zh" or "en".
    """

    def __init__(self, payload: Mapping[str, Any], language: str) -> None:
        self._payload = payload
        self._language = language
        self._left = _MOST_OUTLINES
        drawable = len(payload["units"]) <= _MOST_OUTLINES
        geometry = carried_geometry(payload["bulk"]) if drawable else {}
        self._ground = draw_ground(geometry, _site_degrees(payload)) if drawable else None

    def shared(self) -> str:
        """Return what all figures use: outlines, symbols, the hatch. It shows nothing itself."""
        if self._ground is None:
            return ""
        ground = self._ground
        parts = [
            _HATCH,
            _clip(ground.frame),
            *(_kept(f"st-u{i}", path) for i, path in enumerate(ground.units)),
            _kept("st-water", ground.water),
            _kept("st-roads", ground.roads),
            _kept("st-wild", ground.protected),
            f'<g id="st-base" clip-path="url(#st-clip)">{_base(ground)}</g>',
            *(symbol(shape, state) for shape in self._shapes() for state in _STATES),
        ]
        return (
            '<svg class="st-shared" width="0" height="0" aria-hidden="true" focusable="false">'
            f"<defs>{''.join(parts)}</defs></svg>"
        )

    @property
    def too_many(self) -> bool:
        """Whether a figure is left out because the page would draw too many outlines."""
        return self._left < len(self._payload["units"])

    def figure(self, layer: Mapping[str, Any], phase: Phase, limit: str) -> str:
        """Return one figure, empty where there is nothing to draw or too much.

        Parameters
        ----------
        layer
            One of the page's layers.
        phase
            "before" for today, "after" for the plan.
        limit
            Minutes, as the page's table of figures names them.
        """
        ground, units = self._ground, self._payload["units"]
        if ground is None or self.too_many:
            return ""
        self._left -= len(units)
        view = _View(
            layer,
            phase,
            limit,
            [unit["people"][layer["group"]] for unit in units],
            self._payload["table"][layer["id"]][limit][phase],
        )
        drawn = [state for _, state in view.sites()]
        legend, low = self._legend(view, [s for s in _STATES if s in drawn])
        width, height = ground.frame.width + LEGEND_WIDTH, max(ground.frame.height, low + 12)
        name = f"st-{self._payload['layers'].index(layer)}-{phase}"
        described = f'role="img" aria-labelledby="{name}-t {name}-d"'
        return "".join(
            (
                f'<svg class="st-figure" viewBox="0 0 {width} {height}" {described}>',
                self._words(view, name),
                f'<rect class="st-land" width="{ground.frame.width}" height="{height}"/>',
                self._map(view, ground),
                self._names(view, ground),
                scale_bar(ground.frame, height),
                self._north(ground.frame),
                legend,
                "</svg>",
            )
        )

    def _say(self, text: Text, **values: object) -> str:
        words = text.zh if self._language == "zh" else text.en
        return words.format(**values) if values else words

    def _shapes(self) -> list[str]:
        return sorted({shape_of(layer) for layer in self._payload["layers"]})

    def _words(self, view: _View, name: str) -> str:
        known = [i for i, people in enumerate(view.people) if people is not None]
        title = self._say(
            _TITLE,
            layer=view.layer["label"][self._language],
            phase=self._say(_PHASES[view.phase]),
            minutes=view.limit,
        )
        told = self._say(
            _TOLD,
            people=f"{sum(view.people[i] or 0 for i in known):,}",
            reached=f"{sum(view.reached[i] or 0 for i in known):,}",
            low=sum(view.below_half(i) for i in range(len(view.people))),
            units=len(view.people),
        )
        return (
            f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(told)}</desc>'
        )

    def _map(self, view: _View, ground: Ground) -> str:
        classes: dict[str, list[int]] = {}
        for i, path in enumerate(ground.units):
            if path:
                found = view.share_class(i)
                classes.setdefault("st-blank" if found is None else f"st-c{found}", []).append(i)
        fills = [_group(f'class="{name}"', classes[name]) for name in sorted(classes)]
        low = [i for i, path in enumerate(ground.units) if path and view.below_half(i)]
        fills += [_group(_HATCHED, low)] if low else []
        sites = [self._site(site, state, view, ground.frame) for site, state in view.sites()]
        return (
            f'<g clip-path="url(#st-clip)">{"".join(fills)}</g><use href="#st-base"/>'
            f'<g fill="{colour_of(view.layer)}">{"".join(sites)}</g>'
        )

    def _site(self, site: Mapping[str, Any], state: str, view: _View, frame: Frame) -> str:
        ((x, y),) = frame.at(np.array([[site["lon"], site["lat"]]]))
        size = _CROWD_SIZE if len(view.layer["sites"]) > _CROWD else 1.0
        return symbol_use(shape_of(view.layer), state, float(x), float(y), size)

    def _names(self, view: _View, ground: Ground) -> str:
        """Write each unit's name and share where it hides neither a site nor another name."""
        crowded = len(view.people) > _CROWDED
        size = _SMALL if crowded else _BIG
        taken: list[_Box] = []
        symbols = [_site_box(site, state, ground.frame) for site, state in view.sites()]
        written = []
        order = sorted(range(len(ground.units)), key=lambda i: -len(ground.spots[i]))
        for i in order:
            name = escaped(self._payload["units"][i]["name"], _LONGEST_NAME)
            share = (
                ""
                if crowded
                else escape(share_words(view.reached[i], view.people[i], self._language))
            )
            wide = max(text_width(name, size), text_width(share, size - 1)) + 4
            spot = _free_spot(ground, i, (wide, size * (1.25 if crowded else 2.4)), taken, symbols)
            if spot is None:
                continue
            x, y = spot
            lines = name
            if share:
                lines += f'<tspan class="st-share" x="{x:.0f}" dy="1.15em">{share}</tspan>'
            top = y + size * 0.35 - (0 if crowded else size * 0.55)
            kind = "st-name st-small" if crowded else "st-name"
            written.append(f'<text class="{kind}" x="{x:.0f}" y="{top:.0f}">{lines}</text>')
        return "".join(written)

    def _legend(self, view: _View, states: Sequence[str]) -> tuple[str, int]:
        """Return the legend and where it ends."""
        column = Column(self._ground.frame.width + 16 if self._ground else 0)
        column.head(self._say(_SHARE, minutes=view.limit))
        for i, words in enumerate(_CLASSES):
            column.row(swatch(f"st-c{i}", hatched=i < _HALF), words)
        column.note(self._say(_BELOW))
        if any(view.share_class(i) is None for i in range(len(view.people))):
            column.row(swatch("st-blank", hatched=False), self._say(_BLANK))
        if states:
            column.head(self._say(_SITES, layer=view.layer["label"][self._language]))
        for state in states:
            symbol = symbol_use(shape_of(view.layer), state, 14, 0)
            colour = colour_of(view.layer)
            column.row(f'<g fill="{colour}">{symbol}</g>', self._say(_STATES[state]), 24)
        column.head(self._say(_GROUND))
        for drawing, meaning in self._ground_rows():
            column.row(drawing, self._say(meaning))
        footer = (self._approval(), self._payload["meta"]["date"], self._payload["meta"]["run_id"])
        column.gap()
        for words in footer:
            column.note(str(words))
        return "".join(column.parts), column.y

    def _ground_rows(self) -> list[tuple[str, Text]]:
        ground, line = self._ground, '<path class="{}" d="M0 0H28"/>'
        rows = []
        if ground and ground.roads:
            rows.append((line.format("st-rc") + line.format("st-r"), _ROADS))
        if ground and sum(map(bool, ground.units)) > 1:
            rows.append((line.format("st-b"), _BORDER))
        if ground and ground.water:
            rows.append((swatch("st-water", hatched=False), _WATER))
        if ground and ground.protected:
            rows.append((swatch("st-wild", hatched=False), _PROTECTED))
        return rows

    def _approval(self) -> str:
        return approval_words(self._payload["meta"].get("approval"), self._language)

    def _north(self, frame: Frame) -> str:
        return (
            f'<g transform="translate({frame.width - 36} 12)">'
            f"<title>{escape(self._say(_NORTH))}</title>"
            '<path class="st-ink" d="M12 1l7 19-7-4-7 4z"/>'
            '<text class="st-note st-middle" x="12" y="32">N</text></g>'
        )


_HATCHED = 'fill="url(#st-hatch2)"'
_HATCH = (
    '<pattern id="st-hatch" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<path class="st-hatching" d="M-1 8L8-1M-1 1L1-1M6 8L8 6"/></pattern>'
    # An outline is kept in halves of a unit, and with it whatever fills it.
    '<pattern id="st-hatch2" href="#st-hatch" patternTransform="scale(2)"/>'
)


def _clip(frame: Frame) -> str:
    box = f'<rect width="{frame.width}" height="{frame.height}"/>'
    return f'<clipPath id="st-clip">{box}</clipPath>'


def _kept(name: str, path: str) -> str:
    return f'<path id="{name}" transform="scale(.5)" d="{path}"/>' if path else ""


def _use(name: str, kind: str) -> str:
    return f'<use href="#{name}" class="{kind}"/>'


def _group(look: str, units: Sequence[int]) -> str:
    uses = "".join(f'<use href="#st-u{i}"/>' for i in units)
    return f"<g {look}>{uses}</g>"


def _base(ground: Ground) -> str:
    """Return what every figure draws over its classes."""
    drawn = [i for i, path in enumerate(ground.units) if path]
    areas = (("wild", ground.protected), ("water", ground.water))
    parts = [_use(f"st-{name}", f"st-{name}") for name, path in areas if path]
    if len(drawn) > 1:
        parts.append(_group('class="st-b"', drawn))
    if ground.roads:
        parts += [_use("st-roads", "st-rc"), _use("st-roads", "st-r")]
    return "".join(parts)


def _site_degrees(payload: Mapping[str, Any]) -> NDArray[np.float64]:
    spots = [[site["lon"], site["lat"]] for layer in payload["layers"] for site in layer["sites"]]
    return np.array(spots, dtype=np.float64).reshape(-1, 2)


def _site_box(site: Mapping[str, Any], state: str, frame: Frame) -> _Box:
    ((x, y),) = frame.at(np.array([[site["lon"], site["lat"]]]))
    half = SITE_SIZE[state] / 2
    return (x - half, y - half, x + half, y + half)


def _free_spot(
    ground: Ground, unit: int, size: tuple[float, float], taken: list[_Box], symbols: list[_Box]
) -> tuple[float, float] | None:
    """Return where a name stands: free of sites where that can be, of other names always."""
    wide, high = size
    second = None
    for x, y in ground.spots[unit]:
        box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        outside = box[0] < 0 or box[1] < 0 or box[2] > ground.frame.width
        if outside or not _clear(box, taken):
            continue
        if _clear(box, symbols):
            taken.append(box)
            return float(x), float(y)
        second = second or (box, float(x), float(y))
    if second is None:
        return None
    taken.append(second[0])
    return second[1], second[2]


def _clear(box: _Box, others: list[_Box]) -> bool:
    return all(
        box[2] <= other[0] or box[0] >= other[2] or box[3] <= other[1] or box[1] >= other[3]
        for other in others
    )
