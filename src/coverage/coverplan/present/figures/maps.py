"""Maps for paper: coverage by unit, who is not reached, minutes, the plan, before and after.

Shares, counts and minutes are those of the study; nothing is computed here but where to draw.
"""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from ...core.text import Language, Text
from ...domain.groups import group_label
from ...measure.coverage import TOTAL
from ...measure.indicators import Phase
from ...results import LayerResult, Study
from ...travel import Nearest
from .fonts import find_font
from .ground import area, ground, hatch_of, over, share_fill
from .keys import MARKS, Entry, key, share_key, site_entry, site_list
from .sheet import INK, LAND, Sheet, add_scale, map_axes

_NEAR = ("#12375f", "#2f6c9d", "#5f9cc4", "#9cc6de")
_FAR, _NEVER_DOT, _QUIET = "#e4480b", "#7a0c2e", "#b7bfc6"
_MAP = (0.03, 0.11, 0.68, 0.77)


@dataclass(frozen=True, slots=True)
class _Shares:
    """Of each unit at the layer's own minutes: people of the group, reached, per cent."""

    table: pd.DataFrame
    people: int
    reached: int
    percent: float | None


def coverage_figure(
    study: Study,
    layer: str,
    *,
    phase: Phase = "before",
    language: Language = "zh",
    font: Path | None = None,
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

    Raises
    ------
    InputError
        When no font with Chinese characters is found.
    """
    result = study.layers[layer]
    sheet = Sheet.of(
        study, _title(result, phase), _headline(study, layer, phase), find_font(font), language
    )
    axes = map_axes(sheet, _MAP)
    _draw_shares(sheet, axes, layer, phase)
    _draw_sites(axes, study, layer, proposed=phase == "after")
    add_scale(sheet, axes)
    share_key(sheet, result, proposed=phase == "after")
    return sheet.figure


def before_after_figure(
    study: Study, layer: str, *, language: Language = "zh", font: Path | None = None
) -> Figure:
    """Return two maps side by side: the share reached today, and with the sites proposed.

    Raises
    ------
    ValueError
        When the layer has no plan.
    InputError
        When no font with Chinese characters is found.
    """
    result = _planned(study, layer)
    title = Text(
        f"{result.layer.label.zh}：现状与建成后", f"{result.layer.label.en}: today and after"
    )
    sheet = Sheet.of(study, title, _change(study, layer), find_font(font), language)
    phases: tuple[tuple[float, Phase], ...] = ((0.02, "before"), (0.42, "after"))
    for x, phase in phases:
        axes = map_axes(sheet, (x, 0.11, 0.39, 0.71))
        _draw_shares(sheet, axes, layer, phase, size=6.5)
        _draw_sites(axes, study, layer, proposed=phase == "after")
        add_scale(sheet, axes)
        words = _PHASES[phase].of(language)
        sheet.write(x + 0.195, 0.845, words, 12, ha="center")
    share_key(sheet, result, proposed=True, left=0.835)
    return sheet.figure


def gap_figure(
    study: Study, layer: str, *, language: Language = "zh", font: Path | None = None
) -> Figure:
    """Return the map of who is not reached today: a dot where they live, people by unit.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.
    """
    result = study.layers[layer]
    label, shares = result.layer.label, _shares(study, layer, "before")
    title = Text(f"{label.zh}：未覆盖的人在哪里", f"{label.en}: who is not reached")
    sheet = Sheet.of(study, title, _headline(study, layer, "before"), find_font(font), language)
    axes = map_axes(sheet, _MAP)
    ground(axes, study, LAND)
    people = study.inputs.demand.people(result.layer.group)
    out = ~result.before.within(result.layer.minutes) & (people > 0)
    most = max(int(people.max(initial=1)), 1)
    _dots(axes, study.inputs.demand.xy[out], np.full(out.sum(), _FAR), 1 + 60 * people[out] / most)
    _draw_sites(axes, study, layer, proposed=False)
    for code, row in shares.table.iterrows():
        short = row["denominator"] - row["value"]
        words = "—" if pd.isna(short) else f"{int(short):,}"
        _unit_words(sheet, axes, study, str(code), words)
    add_scale(sheet, axes)
    entries = [
        Entry(_FAR, Text("未覆盖的人，点越大人越多", "not reached; larger dots, more people"), "o"),
        site_entry(result),
    ]
    key(sheet, Text("单元名下为未覆盖人数", "below each name: people not reached"), entries)
    return sheet.figure


def minutes_figure(
    study: Study, layer: str, *, language: Language = "zh", font: Path | None = None
) -> Figure:
    """Return the map of everybody's minutes to the nearest site today, by the study's limits.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.
    """
    result = study.layers[layer]
    label = result.layer.label
    title = Text(f"{label.zh}：到最近一处的分钟数", f"{label.en}: minutes to the nearest")
    sheet = Sheet.of(study, title, _headline(study, layer, "before"), find_font(font), language)
    axes = map_axes(sheet, _MAP)
    ground(axes, study, LAND)
    limits = sorted({*study.inputs.thresholds, int(result.layer.minutes)})
    own = [limit for limit in limits if limit <= result.layer.minutes][-len(_NEAR) :]
    people = study.inputs.demand.people(result.layer.group)
    colours, entries = _minute_classes(result.before, own)
    here = people > 0
    most = max(int(people.max(initial=1)), 1)
    _dots(axes, study.inputs.demand.xy[here], colours[here], 2 + 30 * people[here] / most)
    _draw_sites(axes, study, layer, proposed=False)
    for code in study.inputs.region.codes:
        _unit_words(sheet, axes, study, code, "")
    add_scale(sheet, axes)
    key(sheet, Text("步行或行车时间", "travel time"), [*entries, site_entry(result)])
    return sheet.figure


def plan_figure(
    study: Study, layer: str, *, language: Language = "zh", font: Path | None = None
) -> Figure:
    """Return the map of the sites proposed, numbered in the order of the list beside it.

    Raises
    ------
    ValueError
        When the layer has no plan.
    InputError
        When no font with Chinese characters is found.
    """
    result = _planned(study, layer)
    label = result.layer.label
    title = Text(f"{label.zh}：拟建站点", f"{label.en}: sites proposed")
    sheet = Sheet.of(study, title, _headline(study, layer, "after"), find_font(font), language)
    axes = map_axes(sheet, _MAP)
    _draw_shares(sheet, axes, layer, "after", names=False)
    _draw_sites(axes, study, layer, proposed=False)
    sites = result.sites[result.sites["state"] == "proposed"]
    for number, (_, site) in enumerate(sites.iterrows(), 1):
        axes.plot(
            site.geometry.x, site.geometry.y, "o", ms=15, mfc="#ffffff", mec=INK, mew=1.6, zorder=11
        )
        sheet.label(axes, site.geometry.x, site.geometry.y, str(number), 9, zorder=13)
    add_scale(sheet, axes)
    site_list(sheet, sites)
    return sheet.figure


_PHASES = {"before": Text("现状", "today"), "after": Text("建成后", "with the sites proposed")}


def _planned(study: Study, layer: str) -> LayerResult:
    result = study.layers[layer]
    if result.after is None:
        raise ValueError(f"{layer}: there is no plan to draw")
    return result


def _title(result: LayerResult, phase: Phase) -> Text:
    label, when = result.layer.label, _PHASES[phase]
    return Text(f"{label.zh}覆盖：{when.zh}", f"{label.en}, people reached: {when.en}")


def _headline(study: Study, layer: str, phase: Phase) -> Text:
    """Return the figure of the whole study with its denominator and which coverage it is."""
    result, shares = study.layers[layer], _shares(study, layer, phase)
    minutes, group = int(result.layer.minutes), group_label(result.layer.group)
    how = result.profile.summary
    share = "—" if shares.percent is None else f"{shares.percent:.1f} %"
    return Text(
        f"可达（人）：{minutes} 分钟内 {shares.reached:,} / {shares.people:,} 人"
        f"（{group.zh}，{share}），{how.zh}",
        f"Reached (people): {shares.reached:,} of {shares.people:,} ({group.en}, {share}) within "
        f"{minutes} minutes, {how.en}",
    )


def _change(study: Study, layer: str) -> Text:
    """Return the figure of the whole study today and with the plan."""
    today, headline = _shares(study, layer, "before"), _headline(study, layer, "after")
    return Text(
        f"{headline.zh}；现状 {today.reached:,} 人", f"{headline.en}; today {today.reached:,}"
    )


def _shares(study: Study, layer: str, phase: Phase) -> _Shares:
    facts = study.coverage.shares
    chosen = facts[
        (facts["layer"] == layer)
        & (facts["indicator"] == "people_reached")
        & (facts["minutes"] == study.layers[layer].layer.minutes)
        & (facts["phase"] == phase)
    ].set_index("unit_code")
    whole = chosen.loc[TOTAL]
    percent = None if pd.isna(whole["share_percent"]) else float(whole["share_percent"])
    return _Shares(
        chosen.drop(index=TOTAL), int(whole["denominator"]), int(whole["value"]), percent
    )


def _draw_shares(
    sheet: Sheet, axes: Axes, layer: str, phase: Phase, *, size: float = 8, names: bool = True
) -> None:
    study, table = sheet.study, _shares(sheet.study, layer, phase).table
    percent = table["share_percent"].reindex(study.inputs.region.codes)
    for code, shape in study.inputs.region.units.geometry.items():
        share = percent[code]
        area(axes, shape, share_fill(share), INK, hatch=hatch_of(share))
    over(axes, study)
    for code in study.inputs.region.codes if names else ():
        share = percent[code]
        words = "—" if pd.isna(share) else f"{share:.1f} %"
        _unit_words(sheet, axes, study, code, words, size=size)


def _unit_words(
    sheet: Sheet, axes: Axes, study: Study, code: str, words: str, *, size: float = 8
) -> None:
    units = study.inputs.region.units
    at = units.geometry[code].representative_point()
    name = str(units.loc[code, "name"])
    text = f"{name}\n{words}" if words else name
    halo = {"boxstyle": "round,pad=0.15", "fc": "#ffffff", "ec": "none", "alpha": 0.72}
    sheet.label(axes, at.x, at.y, text, size, bbox=halo, linespacing=1.15)


def _dots(axes: Axes, xy: np.ndarray, colours: np.ndarray, sizes: np.ndarray) -> PathCollection:
    # As pixels within an SVG or PDF: thousands of dots are no lines.
    return axes.scatter(
        xy[:, 0], xy[:, 1], s=sizes, c=list(colours), lw=0, zorder=4, rasterized=True
    )


def _draw_sites(axes: Axes, study: Study, layer: str, *, proposed: bool) -> None:
    result = study.layers[layer]
    sites, look = result.sites, result.layer
    mark = MARKS[look.shape]
    existing = sites[sites["state"] == "existing"]
    _marks(axes, existing, mark, look.colour, 6.5)
    if proposed:
        _marks(axes, sites[sites["state"] == "proposed"], "*", "#ffffff", 14, edge=INK)


def _marks(
    axes: Axes, sites: gpd.GeoDataFrame, mark: str, fill: str, size: float, edge: str = "#ffffff"
) -> None:
    axes.plot(
        sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy(), mark, ms=size, mfc=fill, mec=edge,
        mew=1.1, ls="none", zorder=10, clip_on=True,
    )  # fmt: skip


def _minute_classes(nearest: Nearest, limits: list[int]) -> tuple[np.ndarray, list[Entry]]:
    colours = np.full(len(nearest.ms), _FAR, dtype=object)
    colours[nearest.minutes.isna().to_numpy()] = _NEVER_DOT
    shades = _NEAR[: len(limits)]
    for limit, shade in reversed(list(zip(limits, shades, strict=True))):
        colours[nearest.within(limit)] = shade
    entries = [
        Entry(shade, Text(f"{limit} 分钟以内", f"within {limit} minutes"), "o")
        for limit, shade in zip(limits, shades, strict=True)
    ]
    last = limits[-1]
    entries.append(Entry(_FAR, Text(f"超过 {last} 分钟", f"more than {last} minutes"), "o"))
    entries.append(Entry(_NEVER_DOT, Text("没有路可到", "no way to any"), "o"))
    return colours, entries
