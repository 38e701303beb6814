"""Charts for paper: what more sites would reach, and how evenly people are served."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...core.text import Language, Text
from ...results import Study
from ...siting.frontier import CoverageFrontier
from .fonts import find_font, properties
from .sheet import INK, SOFT, Sheet

_CHART = (0.09, 0.17, 0.6, 0.68)
_LOOKS = (("#0b5c8a", "-"), ("#b3511f", "--"), ("#3f7d3a", ":"), ("#6a4a9c", "-."))
_GAP = "#e08a00"


def frontier_figure(
    study: Study,
    layer: str,
    frontier: CoverageFrontier,
    *,
    language: Language = "zh",
    font: Path | None = None,
) -> Figure:
    """Return the curve of what more sites, or more money, reach; gaps to the bound are shaded.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.
    """
    label = study.layers[layer].layer.label
    title = Text(f"{label.zh}：多建能多覆盖多少人", f"{label.en}: what more sites reach")
    note = Text(
        "阴影：方案与上限之间尚未证明的差距；没有阴影即已证明最优",
        "Shaded: what is not yet proven between a plan and its bound; none where it is optimal",
    )
    sheet = Sheet.of(study, title, note, find_font(font), language)
    axes = sheet.axes(_CHART)
    known = [
        (a, p) for a, p in zip(frontier.at, frontier.plans, strict=True) if p.value is not None
    ]
    at = [a for a, _ in known]
    value = [int(p.value or 0) for _, p in known]
    top = [v if p.bound is None else int(p.bound) for v, (_, p) in zip(value, known, strict=True)]
    axes.fill_between(at, value, top, color=_GAP, alpha=0.35, lw=0)
    axes.plot(at, value, "-o", color=_LOOKS[0][0], mfc="#ffffff", lw=1.8, ms=5)
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, color="#e3e7ea", lw=0.7)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    for axis, words in (
        (axes.xaxis, Text("新建站点数或投资", "new sites, or money")),
        (axes.yaxis, Text("可达人数", "people reached")),
    ):
        axis.set_label_text(
            words.of(language), fontproperties=properties(sheet.font, 10), color=INK
        )
    sheet.tidy(axes)
    return sheet.figure


def equity_figure(
    study: Study,
    curves: dict[str, tuple[Text, pd.DataFrame]],
    title: Text,
    *,
    language: Language = "zh",
    font: Path | None = None,
) -> Figure:
    """Return Lorenz curves with the line of equal shares.

    Parameters
    ----------
    study
        Whose sheet it is.
    curves
        By any key: what it is of, and its ``people_share`` and ``value_share``, both from 0 to 1
        (see `coverplan.measure_study`).
    title, language, font
        What all are of; of the words.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.
    """
    note = Text(
        "曲线离对角线越远，分布越不均", "The farther a curve from the diagonal, the less even"
    )
    sheet = Sheet.of(study, title, note, find_font(font), language)
    axes = sheet.axes((0.09, 0.17, 0.5, 0.68))
    axes.plot([0, 100], [0, 100], color=SOFT, lw=1)
    for number, (label, curve) in enumerate(curves.values()):
        colour, dashes = _LOOKS[number % len(_LOOKS)]
        xy = 100 * curve[["people_share", "value_share"]].to_numpy(dtype=float)
        axes.plot(*xy.T, color=colour, ls=dashes, lw=2)
        y = 0.8 - 0.04 * number
        sheet.figure.add_artist(_stroke(sheet.figure, y, colour, dashes))
        sheet.write(0.69, y - 0.006, label.of(language), 10)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_aspect("equal")
    for axis, words in (
        (axes.xaxis, Text("人口累计占比（%）", "people, cumulated (%)")),
        (axes.yaxis, Text("所得累计占比（%）", "what they have, cumulated (%)")),
    ):
        axis.set_label_text(
            words.of(language), fontproperties=properties(sheet.font, 10), color=INK
        )
    sheet.tidy(axes)
    return sheet.figure


def _stroke(figure: Figure, y: float, colour: str, dashes: str) -> Line2D:
    return Line2D([0.64, 0.68], [y, y], color=colour, ls=dashes, lw=2, transform=figure.transFigure)
