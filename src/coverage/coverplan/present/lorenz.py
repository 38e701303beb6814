"""Lorenz curves as a picture: how far what people have lies from equal shares."""

import html

import pandas as pd

from ..core.text import Language, Text
from .svgtext import broken, text_width

_SIZE, _LEFT, _TOP, _RIGHT, _BOTTOM = 360, 64, 56, 24, 100
_STEPS = 4
_MOST_POINTS = 400

_LOOKS = (("#0b5c8a", ""), ("#b3511f", "7 4"), ("#3f7d3a", "2 4"), ("#6a4a9c", "9 3 2 3"))
"""Colour and dashes of each curve: colour is never the only sign."""


def lorenz_svg(
    curves: dict[str, tuple[Text, pd.DataFrame]],
    title: Text,
    language: Language,
    *,
    notes: tuple[Text, ...] = (),
) -> str:
    """Return Lorenz curves as SVG, with the line of equal shares.

    Parameters
    ----------
    curves
        By any key: what it is of, and its ``people_share`` and ``value_share``, both from 0 to 1.
    title, language
        What all are of, and the language of its words.
    notes
        What is to be known of it, a line each; long ones are broken.
    """
    parts = [*_axes(language)]
    for number, (label, curve) in enumerate(curves.values()):
        parts += _curve(number, label, curve, language)
    words = html.escape(title.of(language))
    width = _LEFT + _SIZE + _RIGHT
    line = _TOP + _SIZE + _BOTTOM + 20 * max(len(curves) - 2, 0)
    lines = [part for note in notes for part in broken(note.of(language), width - 40)]
    parts += [
        f'<text x="20" y="{line + 4 + 18 * i}" fill="#555">{html.escape(part)}</text>'
        for i, part in enumerate(lines)
    ]
    height = line + 18 * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="sans-serif" font-size="13">'
        f'<title>{words}</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{_LEFT}" y="26" font-size="16">{words}</text>{"".join(parts)}</svg>\n'
    )


def _x(share: float) -> str:
    return f"{_LEFT + _SIZE * share:.1f}"


def _y(share: float) -> str:
    return f"{_TOP + _SIZE * (1 - share):.1f}"


def _axes(language: Language) -> list[str]:
    across = Text("人口累计 %（从最少到最多）", "share of people, least first, %").of(language)
    up = Text("供给累计 %", "share of what there is, %").of(language)
    equal = Text("人人相等", "equal shares").of(language)
    parts = [
        f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" stroke="#444"/>',
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" fill="none" stroke="#888"/>',
        f'<text x="{_x(0.52)}" y="{_y(0.57)}" fill="#666" text-anchor="end">{equal}</text>',
        f'<text x="{_x(1)}" y="{_TOP + _SIZE + 38}" text-anchor="end">{html.escape(across)}</text>',
        f'<text x="20" y="{_TOP - 10}">{html.escape(up)}</text>',
    ]
    for step in range(_STEPS + 1):
        share = step / _STEPS
        parts.append(
            f'<text x="{_x(share)}" y="{_TOP + _SIZE + 18}" text-anchor="middle">'
            f"{100 * share:.0f}</text>"
            f'<text x="{_LEFT - 8}" y="{float(_y(share)) + 4:.1f}" text-anchor="end">'
            f"{100 * share:.0f}</text>"
        )
    return parts


def _curve(number: int, label: Text, curve: pd.DataFrame, language: Language) -> list[str]:
    colour, dash = _LOOKS[number % len(_LOOKS)]
    step = -(-len(curve) // _MOST_POINTS)
    keep = [*range(0, len(curve) - 1, step), len(curve) - 1]
    shares = curve.iloc[keep][["people_share", "value_share"]].astype(float).to_numpy()
    points = " ".join(f"{_x(p)},{_y(v)}" for p, v in shares)
    look = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
    line = _TOP + _SIZE + 62 + 20 * number
    # One line however long the words: smaller rather than cut off.
    size = min(13.0, 13 * (_SIZE + _RIGHT - 44 - 8) / text_width(label.of(language)))
    words = html.escape(label.of(language))
    return [
        f'<polyline points="{points}" {look}/>',
        f'<path d="M{_LEFT} {line - 4}h36" {look}/>',
        f'<text x="{_LEFT + 44}" y="{line}" font-size="{size:.3g}">{words}</text>',
    ]
