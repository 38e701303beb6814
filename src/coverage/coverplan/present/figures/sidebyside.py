"""Several plans for one layer side by side: small maps at one scale, one key."""

import math
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

from ...core.text import Language, Text
from ...results import Study
from .fonts import find_font
from .frame import add_scale, map_frame
from .keys import key_row, share_entries, share_title
from .lettering import fitted
from .maps import fill_units
from .marks import draw_sites, site_entries
from .shares import headline, planned, shares, titled
from .sheet import Paper, Sheet

MOST_PLANS = 9
"""More maps than these on one sheet would be too small to read."""


def plans_figure(
    studies: Mapping[str, Study],
    layer: str,
    *,
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return small maps of several plans, each with its name and what it reaches.

    Parameters
    ----------
    studies
        Answers of `coverplan.propose` for one county, by what they are called; two to nine.
    layer
        Id of the layer.
    language, font, paper
        As in `coverage_figure`.

    Raises
    ------
    ValueError
        When there are fewer than two plans or more than nine, one has none to draw, or they are
        of different counties.
    InputError
        When no font with Chinese characters is found, or it lacks a character of a name.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.figures import plans_figure
    >>> county = cp.small_county()
    >>> plans = {f"{n} sites": cp.propose(county, "elderly_care", sites=n) for n in (1, 2)}
    >>> figure = plans_figure(plans, "elderly_care", language="en")
    >>> [drawn.get_text() for drawn in figure.texts if "new," in drawn.get_text()]
    ['1 new, 647 people (69.3 %)', '2 new, 757 people (81.1 %)']
    """
    if not 1 < len(studies) <= MOST_PLANS:
        raise ValueError(f"{len(studies)} plans: give 2 to {MOST_PLANS}")
    first = next(iter(studies.values()))
    codes = [list(study.inputs.region.codes) for study in studies.values()]
    if any(code != codes[0] for code in codes):
        raise ValueError("the plans are of different counties")
    result = planned(first, layer)
    title = titled(result, Text("几个方案的比较", "plans compared"))
    face = find_font(font)
    now = headline(first, layer, "before")
    today = Text(f"现状：{now.zh}", f"Today: {now.en}")
    sheet = Sheet.of(first, title, today, face, language, paper)
    across = math.ceil(math.sqrt(len(studies)))
    down = math.ceil(len(studies) / across)
    low = sheet.floor + 0.1
    wide, high = 0.95 / across, (0.875 - low) / down
    for at, (name, study) in enumerate(studies.items()):
        row, column = divmod(at, across)
        left, foot = 0.025 + column * wide, low + (down - 1 - row) * high
        frame = map_frame(sheet, (left, foot, wide - 0.01, high - 0.055))
        told = shares(study, layer, "after")
        fill_units(frame, told)
        draw_sites(frame, planned(study, layer), "after")
        if at == 0:
            add_scale(frame)
        room = sheet.room(wide - 0.02)
        middle = left + (wide - 0.01) / 2
        head = fitted(name, 11 * sheet.larger, face, room)
        sheet.write(middle, foot + high - 0.03, head, 11, ha="center")
        below = fitted(_brings(study, layer).of(language), 9 * sheet.larger, face, room)
        sheet.write(middle, foot + high - 0.052, below, 9, ha="center")
    told = shares(first, layer, "after")
    entries = share_entries(nobody=told.nobody, unknown=told.unknown)
    key_row(sheet, share_title(result), entries + site_entries(result, "after"), 0.04, low - 0.03)
    return sheet.figure


def _brings(study: Study, layer: str) -> Text:
    """Return in a line how many sites a plan has and whom it reaches."""
    plan, whole = study.layer(layer).plan, shares(study, layer, "after").whole
    if plan is None:
        raise AssertionError
    zh = [f"新增 {plan.facts.opened} 处"] if plan.facts.opened else []
    en = [f"{plan.facts.opened} new"] if plan.facts.opened else []
    if plan.facts.closed:
        zh.append(f"关闭 {plan.facts.closed} 处")
        en.append(f"{plan.facts.closed} closed")
    reached = "—" if whole.reached is None else f"{whole.reached:,}"
    zh.append(f"可达 {reached} 人（{whole.percent.zh}）")
    en.append(f"{reached} people ({whole.percent.en})")
    return Text("，".join(zh), ", ".join(en))
