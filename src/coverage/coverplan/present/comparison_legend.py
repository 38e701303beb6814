"""What the colours, hatches and signs of the maps of a comparison mean."""

from collections.abc import Callable
from itertools import pairwise

from ..core.text import Text
from .comparison_map import (
    GAIN_EDGES,
    GAIN_FILLS,
    HALF_HATCH,
    LOSS_FILLS,
    LOSS_HATCH,
    NOBODY_FILL,
    SHARE_EDGES,
    SHARE_FILLS,
    letter,
    site_sign,
)

_Say = Callable[[Text], str]


def legend(colour: str, say: _Say) -> str:
    """Return the legend of the three maps of a layer.

    Parameters
    ----------
    colour, say
        Of the layer's sites, and what escapes words of one language.
    """
    blocks = (
        (Text("A、B：可达率", "A, B: share reached"), _shares()),
        (Text("差别：百分点", "Difference: points"), _changes()),
        (Text("站点", "Sites"), _signs(colour)),
    )
    return (
        '<div class="legend">'
        + "".join(
            f"<section><h4>{say(title)}</h4><ul>"
            + "".join(f"<li>{swatch}<span>{say(words)}</span></li>" for swatch, words in entries)
            + "</ul></section>"
            for title, entries in blocks
        )
        + "</div>"
    )


def _shares() -> list[tuple[str, Text]]:
    edges = (0, *SHARE_EDGES, 100)
    entries = [
        (
            _patch(fill, HALF_HATCH if high <= _HALF else ""),
            Text.same(f"{low}–{'<' if high < edges[-1] else ''}{high} %"),
        )
        for fill, (low, high) in zip(SHARE_FILLS, pairwise(edges), strict=True)
    ]
    half = Text("斜线：不足 50 %", "hatched: below 50 %")
    nobody = Text("没有这类人，或人数未知", "nobody of the group, or unknown")
    return [*entries, (_patch("#ffffff", HALF_HATCH), half), (_patch(NOBODY_FILL), nobody)]


_HALF = 50


def _changes() -> list[tuple[str, Text]]:
    edges = (0, *GAIN_EDGES)
    names = [f">{edges[0]}–<{edges[1]}"]
    names += [f"{low}–<{high}" for low, high in pairwise(edges[1:])]
    names += [f"≥{edges[-1]}"]
    gains = [
        (_patch(fill), Text(f"B 多 {name}", f"B more by {name}"))
        for fill, name in zip(GAIN_FILLS[1:], names, strict=True)
    ]
    losses = [
        (_patch(fill, LOSS_HATCH), Text(f"B 少 {name}", f"B less by {name}"))
        for fill, name in zip(LOSS_FILLS, names, strict=True)
    ]
    return [*gains, (_patch(GAIN_FILLS[0]), Text("无变化", "no change")), *losses]


def _signs(colour: str) -> list[tuple[str, Text]]:
    return [
        (_sign(site_sign("existing", colour)), Text("现有", "existing")),
        (_sign(site_sign("proposed", colour)), Text("建议新增", "proposed")),
        (_sign(site_sign("closing", colour)), Text("建议关闭", "to be closed")),
        (_sign(letter("A")), Text("只有 A 开放", "open in A alone")),
        (_sign(letter("B")), Text("只有 B 开放", "open in B alone")),
    ]


def _patch(fill: str, hatch: str = "") -> str:
    over = f'<path d="M1 1H25V15H1Z" fill="url(#{hatch})"/>' if hatch else ""
    return (
        '<svg class="key" viewBox="0 0 26 16" aria-hidden="true" focusable="false">'
        f'<path d="M1 1H25V15H1Z" fill="{fill}" stroke="#4a5661" stroke-width=".8"/>{over}</svg>'
    )


def _sign(inner: str) -> str:
    return (
        '<svg class="key" viewBox="-13 -9 26 18" aria-hidden="true" focusable="false">'
        f"{inner}</svg>"
    )
