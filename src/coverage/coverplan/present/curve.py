"""The frontier as a picture: what more sites, or more money, would reach; gaps are shaded."""

import html

from ..core.text import Language, Text
from ..siting.frontier import CoverageFrontier

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 24, 68, 60
_STEPS = 4


def frontier_svg(frontier: CoverageFrontier, title: Text, language: Language) -> str:
    """Return the curve as SVG: points, the gap between value and bound shaded, the elbow named.

    Parameters
    ----------
    frontier, title, language
        The curve, what it is of, and the language of its words.
    """
    known = [i for i, plan in enumerate(frontier.plans) if plan.value is not None]
    values = [frontier.plans[i].value or 0 for i in known]
    bounds = [frontier.plans[i].bound for i in known]
    tops = [v if b is None else b for v, b in zip(values, bounds, strict=True)]
    at = [frontier.at[i] for i in known]
    most_at, most = max(at, default=1), max([*tops, 1])

    def x(place: float) -> float:
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * place / most_at, 1)

    def y(people: float) -> float:
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * people / most, 1)

    line = " ".join(f"{x(a)},{y(v)}" for a, v in zip([0, *at], [0, *values], strict=True))
    upper = [f"{x(a)},{y(t)}" for a, t in zip(at, tops, strict=True)]
    lower = [f"{x(a)},{y(v)}" for a, v in zip(at, values, strict=True)]
    parts = [
        f'<polygon points="{" ".join([*upper, *lower[::-1]])}" fill="#e08a00" opacity="0.35"/>',
        f'<polyline points="{line}" fill="none" stroke="#1c5d99" stroke-width="2"/>',
        *(
            f'<circle cx="{x(a)}" cy="{y(v)}" r="4" fill="{_fill(v, b)}" stroke="#1c5d99"/>'
            for a, v, b in zip(at, values, bounds, strict=True)
        ),
        *_axes(frontier, most_at, most, language),
        *_elbow(frontier, language, x, y),
    ]
    words = html.escape(title.of(language))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="13"><title>{words}</title><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{_LEFT}" y="26" font-size="16">{words}</text>{"".join(parts)}</svg>\n'
    )


def _fill(value: int, bound: int | None) -> str:
    """Proven points are full, the others hollow."""
    return "#1c5d99" if value == bound else "#ffffff"


def _axes(frontier: CoverageFrontier, most_at: int, most: int, language: Language) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    names = {"sites": Text("新增处数", "new sites"), "yuan": Text("造价（元）", "cost (yuan)")}
    across = html.escape(names[frontier.axis].of(language))
    up = html.escape(Text("新增可达（人）", "people newly reached").of(language))
    note = Text(
        "实心：已证明最优；空心和橙色：界以下尚未证明的部分",
        "full: proven optimal; hollow and orange: up to the bound, not proven",
    )
    explained = html.escape(note.of(language))
    parts = [
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#444"/>',
        f'<text x="{right}" y="{bottom + 34}" text-anchor="end">{across}</text>',
        f'<text x="{_LEFT}" y="{_TOP - 16}" text-anchor="middle">{up}</text>',
        f'<text x="{_LEFT}" y="{bottom + 52}" fill="#555" font-size="11">{explained}</text>',
    ]
    for step in range(_STEPS + 1):
        people, place = most * step // _STEPS, most_at * step / _STEPS
        height = bottom - (bottom - _TOP) * step / _STEPS
        parts.append(
            f'<text x="{_LEFT - 8}" y="{height + 4:.1f}" text-anchor="end">{people:,}</text>'
        )
        if step and place == int(place):
            spot = _LEFT + (right - _LEFT) * step / _STEPS
            parts.append(
                f'<text x="{spot:.1f}" y="{bottom + 18}" text-anchor="middle">{int(place):,}</text>'
            )
    return parts


def _elbow(frontier: CoverageFrontier, language: Language, x: object, y: object) -> list[str]:
    place = frontier.elbow
    if place is None or not callable(x) or not callable(y):
        return []
    plan = frontier.plans[place]
    left, top = x(frontier.at[place]), y(plan.value or 0)
    words = html.escape(frontier.elbow_text.of(language))
    return [
        f'<circle cx="{left}" cy="{top}" r="8" fill="none" stroke="#b00020" stroke-width="2"/>',
        f'<text x="{left + 12}" y="{top + 20}" fill="#b00020">{words}</text>',
    ]
