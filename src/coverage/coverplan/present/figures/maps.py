"""Maps for paper: coverage by unit, the plan, before and after.

Shares and counts are those of the study; nothing is computed here but where to draw.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ...core.text import Language, Text
from ...measure.indicators import Phase
from ...results import LayerResult, Study
from ..looks import INK
from .fonts import find_font
from .frame import Frame, add_scale, map_frame
from .ground import area, fill_of, over
from .keys import TOP, key, key_row, listed, note, rows_below, share_entries, share_title
from .labels import Named, Names, name_units
from .marks import boxes_around, draw_sites, site_entries
from .shares import WHEN, Shares, change, headline, no_place, planned, shares, titled
from .sheet import Box, Paper, Sheet

_NAME = 40
_LISTED = 16
_DISC = 16.0
_COVERAGE = Text("覆盖人口占比", "share of people reached")


def beside(sheet: Sheet) -> Box:
    """Return the place of a map that has a column beside it."""
    return (0.03, sheet.floor, 0.69, 0.885 - sheet.floor)


def coverage_figure(
    study: Study,
    layer: str,
    *,
    phase: Phase = "before",
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return the map of the share of people reached in each unit.

    Parameters
    ----------
    study, layer
        What was computed, and the layer to draw.
    phase
        Today, or with the sites proposed.
    language, font
        Of the words; a font file where the one found is not wanted.
    paper
        ``a4`` or ``a3``, across.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> study = cp.assess(cp.small_county())
    >>> figure = figures.coverage_figure(study, "elderly_care", phase="after", language="en")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     figures.save_figure(figure, Path(folder) / "after.svg").name
    'after.svg'
    """
    result, told = study.layer(layer), shares(study, layer, phase)
    title = titled(result, _COVERAGE, phase)
    sheet = Sheet.of(study, title, headline(study, layer, phase), find_font(font), language, paper)
    frame = map_frame(sheet, beside(sheet))
    low = key(sheet, share_title(result), share_entries(nobody=told.nobody, unknown=told.unknown))
    low = key(sheet, result.layer.label, site_entries(result, phase), top=low - 0.05)
    low = remarks(sheet, layer, None, low - 0.02)
    rows = rows_below(sheet, low - 0.06)
    names = _draw_shares(frame, result, told, phase, numbers=rows)
    if names.numbered:
        low = _numbers_listed(sheet, told, names, low - 0.04)
    remarks(sheet, None, names, low)
    return sheet.figure


def before_after_figure(
    study: Study,
    layer: str,
    *,
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return two maps side by side: the share reached today, and with the sites proposed.

    Parameters
    ----------
    study, layer, language, font, paper
        As in `coverage_figure`.

    Raises
    ------
    ValueError
        When the layer has no plan.
    InputError
        When no font with Chinese characters is found.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> study = cp.assess(cp.small_county())
    >>> figure = figures.before_after_figure(study, "elderly_care", language="en")
    >>> print(figure.texts[0].get_text())
    Elderly care: today and with the sites proposed
    """
    result = planned(study, layer)
    title = titled(result, Text("现状与建成后", "today and with the sites proposed"))
    sheet = Sheet.of(study, title, change(study, layer), find_font(font), language, paper)
    low = sheet.floor + 0.1
    phases: tuple[tuple[float, Phase], ...] = ((0.025, "before"), (0.515, "after"))
    for x, phase in phases:
        frame = map_frame(sheet, (x, low, 0.46, 0.84 - low))
        _draw_shares(frame, result, shares(study, layer, phase), phase)
        sheet.write(x + 0.23, 0.85, WHEN[phase].of(language), 12, ha="center")
    told = shares(study, layer, "after")
    entries = share_entries(nobody=told.nobody, unknown=told.unknown)
    entries += site_entries(result, "after")
    key_row(sheet, share_title(result), entries, 0.04, low - 0.03)
    return sheet.figure


def plan_figure(
    study: Study,
    layer: str,
    *,
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return the map of the sites proposed, numbered in the order of the list beside it.

    Parameters
    ----------
    study, layer, language, font, paper
        As in `coverage_figure`.

    Raises
    ------
    ValueError
        When the layer has no plan.
    InputError
        When no font with Chinese characters is found.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> figure = figures.plan_figure(cp.assess(cp.small_county()), "elderly_care", language="en")
    >>> print(figure.texts[0].get_text())
    Elderly care: sites proposed
    """
    result, told = planned(study, layer), shares(study, layer, "after")
    title = titled(result, Text("拟建站点", "sites proposed"))
    sheet = Sheet.of(study, title, change(study, layer), find_font(font), language, paper)
    frame = map_frame(sheet, beside(sheet))
    sites = result.sites[result.sites["state"] == "proposed"]
    sites = sites.sort_values("newly_reached", ascending=False, kind="stable", na_position="last")
    fill_units(frame, told)
    signs = draw_sites(frame, result, "after", leave="proposed")
    signs = np.vstack([signs, _numbered(frame, sites)])
    names = name_units(frame, _named(frame, told, share=False), signs)
    add_scale(frame)
    low = _sites_listed(sheet, sites)
    low = key(
        sheet,
        share_title(result),
        share_entries(nobody=told.nobody, unknown=told.unknown),
        top=low - 0.05,
    )
    others = [e for e in site_entries(result, "after") if e.mark != "*"]
    low = key(sheet, result.layer.label, others, top=low - 0.045)
    remarks(sheet, layer, names, low - 0.01)
    return sheet.figure


def remarks(sheet: Sheet, layer: str | None, names: Names | None, top: float) -> float:
    """Write below a key what a map does not show, and return how low it reaches.

    Parameters
    ----------
    sheet, layer
        What is written on, and the layer drawn, where people without a point are to be told.
    names
        How naming went, where that is to be told.
    top
        Where the remarks begin.
    """
    low = top
    absent = None if layer is None else no_place(sheet.study, layer)
    if absent is not None:
        low = note(sheet, absent, low)
    if names is not None and names.nameless:
        count = names.nameless
        words = Text(
            f"{count} 个单元的名称放不下，见分单元的表",
            f"{count} units have no room for their names: see the table by unit"
            if count > 1
            else "one unit has no room for its name: see the table by unit",
        )
        low = note(sheet, words, low)
    return low


def _draw_shares(
    frame: Frame, result: LayerResult, told: Shares, phase: Phase, *, numbers: int = 0
) -> Names:
    """Draw units, sites and names and return how naming went."""
    fill_units(frame, told)
    signs = draw_sites(frame, result, phase)
    names = name_units(frame, _named(frame, told, share=True), signs, numbers=numbers)
    add_scale(frame)
    return names


def _numbers_listed(sheet: Sheet, told: Shares, names: Names, top: float) -> float:
    """List the units that bear numbers, with their shares."""
    rows = [
        (f"{number}  {told.units[at].name}", told.units[at].percent.of(sheet.language))
        for number, at in enumerate(names.numbered, 1)
    ]
    return listed(sheet, Text("图上编号的单元", "Units numbered on the map"), rows, top)


def fill_units(frame: Frame, told: Shares) -> None:
    """Draw the units in the colours of their shares.

    Parameters
    ----------
    frame, told
        The map, and the shares.
    """
    shapes = frame.sheet.study.inputs.region.units.geometry
    for unit in told.units:
        fill, hatch = fill_of(unit.people, unit.reached)
        area(frame, shapes[unit.code], fill, hatch=hatch)
    over(frame)


def _named(frame: Frame, told: Shares, *, share: bool) -> list[Named]:
    shapes = frame.sheet.study.inputs.region.units.geometry
    language = frame.sheet.language
    return [
        Named(shapes[u.code], (u.name, u.percent.of(language)), u.percent.of(language))
        if share
        else Named(shapes[u.code], (u.name,))
        for u in told.units
    ]


def _numbered(frame: Frame, sites: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Draw sites as discs with their numbers and return the boxes they take."""
    xy = np.column_stack([sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()])
    size = _DISC * frame.sheet.larger
    for number, (x, y) in enumerate(xy, 1):
        order = 11 + 0.001 * (len(xy) - number)
        frame.axes.plot(x, y, "o", ms=size, mfc="#ffffff", mec=INK, mew=1.6, zorder=order)
        frame.sheet.label(frame.axes, x, y, str(number), 8.5, va="center_baseline", zorder=order)
    return boxes_around(frame, xy, size)


def _sites_listed(sheet: Sheet, sites: gpd.GeoDataFrame) -> float:
    rows = []
    for number, (_, site) in enumerate(sites.head(_LISTED).iterrows(), 1):
        new = site["newly_reached"]
        people = "—" if pd.isna(new) else f"{int(new):,}"
        name = str(site["name"]) or str(site["site_id"])
        rows.append((f"{number}  {name[:_NAME]}", people))
    more = len(sites) - _LISTED
    rest = Text(f"另有 {more} 处，见 plan.csv", f"and {more} more: see plan.csv")
    head = Text("拟建站点，新增可达（人）", "Sites proposed, people newly reached")
    return listed(sheet, head, rows, TOP, rest if more > 0 else None)


__all__ = [
    "before_after_figure",
    "beside",
    "coverage_figure",
    "fill_units",
    "plan_figure",
    "remarks",
]
