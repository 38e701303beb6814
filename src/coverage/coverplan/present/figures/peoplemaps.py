"""Maps of people for paper: their minutes to the nearest site, and who is not reached."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ...core.text import Language, Text
from ...domain.groups import group_label
from ...measure.indicators import Phase
from ...results import LayerResult, Study
from ...travel import Nearest
from ..looks import NEVER, NEVER_FILL, minute_classes
from .cells import cells_of, draw_cells
from .fonts import find_font
from .frame import Frame, add_scale, map_frame
from .ground import ground
from .keys import Entry, blank_entries, key, listed, note
from .labels import Named, name_units
from .maps import beside, remarks
from .marks import draw_sites, site_entries
from .shares import Shares, headline, shares, titled
from .sheet import Paper, Sheet

_OUT = "#d7380b"
_RANKED = 10
_LEAST, _LARGEST = 0.6, 46.0
"""Of the dots of who is not reached: square points for the smallest and the largest number."""


def gap_figure(
    study: Study,
    layer: str,
    *,
    phase: Phase = "before",
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return the map of who is not reached: a dot where they live, people by unit.

    Parameters
    ----------
    study, layer, phase, language, font, paper
        As in `coverplan.present.figures.coverage_figure`.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> study = cp.assess(cp.small_county())
    >>> figure = figures.gap_figure(study, "elderly_care", phase="after", language="en")
    >>> print(figure.texts[0].get_text())
    Elderly care: who is not reached, with the sites proposed
    """
    result, told = study.layer(layer), shares(study, layer, phase)
    title = titled(result, Text("未覆盖的人在哪里", "who is not reached"), phase)
    sheet = Sheet.of(study, title, headline(study, layer, phase), find_font(font), language, paper)
    frame = map_frame(sheet, beside(sheet))
    ground(frame, told)
    people = study.inputs.demand.people(result.layer.group)
    out = ~_nearest(result, phase).within(result.layer.minutes) & (people > 0)
    xy = study.inputs.demand.xy[out]
    scale = _largest(people)
    sizes = _area(people[out], scale, sheet.larger)
    # As pixels within an SVG or PDF: thousands of dots are no lines.
    frame.axes.scatter(xy[:, 0], xy[:, 1], s=sizes, c=_OUT, lw=0, zorder=4, rasterized=True)
    signs = draw_sites(frame, result, phase)
    names = name_units(frame, _short_names(frame, told), signs, xy)
    add_scale(frame)
    low = key(
        sheet,
        Text("未覆盖的人（点的面积表示人数）", "Not reached (area of the dot: people)"),
        [*_sizes(scale, sheet.larger), *blank_entries(nobody=told.nobody, unknown=told.unknown)]
        if out.any() or told.nobody or told.unknown
        else [Entry("#ffffff", Text("没有未覆盖的人", "nobody is left out"), "o")],
    )
    low = key(sheet, result.layer.label, site_entries(result, phase), top=low - 0.05)
    low = _ranking(sheet, told, low - 0.05)
    low = note(sheet, _under_names(told), low - 0.01)
    remarks(sheet, layer, names, low)
    return sheet.figure


def minutes_figure(
    study: Study,
    layer: str,
    *,
    phase: Phase = "before",
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return the raster of everybody's minutes to the nearest site, by the study's limits.

    Cells where nobody of the group lives stay empty; a cell has the class most of its people are
    in, each counted where they live.

    Parameters
    ----------
    study, layer, phase, language, font, paper
        As in `coverplan.present.figures.coverage_figure`.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> figure = figures.minutes_figure(cp.assess(cp.small_county()), "elderly_care", language="en")
    >>> print(figure.texts[0].get_text())
    Elderly care: minutes to the nearest, today
    """
    result = study.layer(layer)
    title = titled(result, Text("到最近一处的分钟数", "minutes to the nearest"), phase)
    sheet = Sheet.of(study, title, headline(study, layer, phase), find_font(font), language, paper)
    frame = map_frame(sheet, beside(sheet))
    ground(frame)
    own = int(result.layer.minutes)
    classes = minute_classes(study.inputs.thresholds, own)
    found = _classes(_nearest(result, phase), [c.to for c in classes])
    people = study.inputs.demand.people(result.layer.group)
    cells = cells_of(frame, study.inputs.demand.xy, people, found)
    draw_cells(frame, cells, [*(c.fill for c in classes), NEVER_FILL])
    signs = draw_sites(frame, result, phase)
    here = study.inputs.demand.xy[people > 0]
    names = name_units(frame, _names(frame), signs, here)
    add_scale(frame)
    entries = [Entry(c.fill, c.words) for c in classes]
    if (found[people > 0] == len(classes)).any():
        entries.append(Entry(NEVER_FILL, NEVER))
    how, group = result.profile.label, group_label(result.layer.group)
    head = Text(f"到最近一处（{how.zh}；{group.zh}）", f"To the nearest ({how.en}; {group.en})")
    low = key(sheet, head, entries)
    low = key(sheet, result.layer.label, site_entries(result, phase), top=low - 0.05)
    low = note(sheet, _about_cells(cells.metres), low - 0.02)
    remarks(sheet, layer, names, low)
    return sheet.figure


def _nearest(result: LayerResult, phase: Phase) -> Nearest:
    return result.after if phase == "after" and result.after is not None else result.before


def _classes(nearest: Nearest, limits: list[int | None]) -> NDArray[np.int64]:
    """Return the class of everybody: of the first limit that takes them in; last without a way."""
    found = np.full(len(nearest.ms), len(limits) - 1, dtype=np.int64)
    for number in reversed(range(len(limits) - 1)):
        found[nearest.within(float(limits[number] or 0))] = number
    found[nearest.minutes.isna().to_numpy()] = len(limits)
    return found


def _about_cells(metres: float) -> Text:
    return Text(
        f"每格 {metres:g} 米，颜色为格内多数人的分钟数；无人居住处留空。"
        "人数按各自住处逐点计算，不按格计。",
        f"Cells of {metres:g} m have the minutes of most people in them; empty where nobody "
        "lives. People are counted at their own places, not by cell.",
    )


def _names(frame: Frame) -> list[Named]:
    units = frame.sheet.study.inputs.region.units
    return [
        Named(shape, (str(name),))
        for shape, name in zip(units.geometry, units["name"], strict=True)
    ]


def _short_names(frame: Frame, told: Shares) -> list[Named]:
    shapes = frame.sheet.study.inputs.region.units.geometry
    language = frame.sheet.language
    words = [
        unit.percent.of(language) if not unit.people else f"{unit.short:,}" for unit in told.units
    ]
    return [
        Named(shapes[unit.code], (unit.name, said), said)
        for unit, said in zip(told.units, words, strict=True)
    ]


def _under_names(told: Shares) -> Text:
    zh, en = "图上数字为各单元未覆盖人数。", "Numbers on the map: people not reached."
    if told.unknown:
        zh, en = zh + "有的单元人数未知，不在其中。", en + " Units of unknown people are left out."
    return Text(zh, en)


def _ranking(sheet: Sheet, told: Shares, top: float) -> float:
    """List the units with most people not reached, and their part of the unit's people."""
    known = [unit for unit in told.units if unit.short]
    ranked = sorted(known, key=lambda unit: (-(unit.short or 0), unit.code))[:_RANKED]
    if len(told.units) == 1 or not ranked:
        return top + 0.03
    head = Text("未覆盖人数最多的单元", "Units with most people not reached")
    return listed(sheet, head, [(unit.name, f"{unit.short:,}") for unit in ranked], top)


def _largest(people: NDArray[np.int64]) -> int:
    """Return a round number of people the largest dot stands for."""
    most = max(int(people.max(initial=1)), 1)
    ten = int(10 ** (len(str(most)) - 1))
    return next(step * ten for step in (1, 2, 5, 10) if step * ten >= most)


def _area(people: NDArray[np.int64], largest: int, larger: float) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = np.maximum(_LEAST, _LARGEST * people / largest) * larger**2
    return areas


def _sizes(largest: int, larger: float) -> list[Entry]:
    """Return dots of three sizes with the people they stand for."""
    counts = sorted({max(round(largest * part), 1) for part in (0.05, 0.25, 1.0)})
    return [
        Entry(
            _OUT,
            Text(f"{count:,} 人", f"{count:,} people"),
            "o",
            edge=_OUT,
            size=float(np.sqrt(_area(np.array([count]), largest, larger)[0]) / larger),
        )
        for count in counts
    ]
