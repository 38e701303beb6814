"""Charts for paper: what more sites would reach, and how evenly people are served."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ...core.text import Language, Text
from ...results import Study
from ...siting.frontier import CoverageFrontier
from ...siting.plan import NEWLY
from ..looks import INK, SOFT
from .fonts import find_font, properties
from .keys import LEFT, TOP, listed, note
from .lettering import wrapped
from .shares import titled
from .sheet import Box, Paper, Sheet

_LOOKS = (("#0b5c8a", "-"), ("#b3511f", "--"), ("#3f7d3a", ":"), ("#6a4a9c", "-."))
_GAP, _GRID = "#e08a00", "#e3e7ea"
_MOST_ROWS = 18
_TEN_THOUSAND = 10_000


def _place(sheet: Sheet) -> Box:
    return (0.09, sheet.floor + 0.075, 0.58, 0.78 - sheet.floor)


def frontier_figure(
    study: Study,
    layer: str,
    frontier: CoverageFrontier | None = None,
    *,
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return the curve of what more sites, or more money, reach; gaps to the bound are shaded.

    Parameters
    ----------
    study, layer
        What was computed, and the layer.
    frontier
        The curve; that of the layer's proposal where it is None.
    language, font, paper
        As in `coverplan.present.figures.coverage_figure`.

    Raises
    ------
    ValueError
        When no curve is given, and none was asked for with the layer's sites.
    InputError
        When no font with Chinese characters is found.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> study = cp.assess(cp.small_county())
    >>> frontier = cp.coverage_frontier(cp.small_problem(), most_sites=4)
    >>> figure = figures.frontier_figure(study, "elderly_care", frontier, language="en")
    >>> print(figure.texts[0].get_text())
    Elderly care: what more sites would newly reach
    """
    proposal = study.layer(layer).proposal
    if frontier is None and proposal is not None:
        frontier = proposal.frontier
    if frontier is None:
        raise ValueError(f"{layer}: no frontier was asked for")
    title = titled(
        study.layer(layer), Text("多建能多覆盖多少人", "what more sites would newly reach")
    )
    about = Text(
        "圆点：实心为已证明最优，空心为尚未证明；阴影为方案与上界之间的差距",
        "Full dots are proven to be the best, hollow ones are not; shaded: from plan to bound",
    )
    sheet = Sheet.of(study, title, about, find_font(font), language, paper)
    axes = sheet.axes(_place(sheet))
    known = [
        (at, int(plan.value), plan.bound)
        for at, plan in zip(frontier.at, frontier.plans, strict=True)
        if plan.value is not None
    ]
    _curve(axes, known)
    _mark_elbow(sheet, axes, frontier)
    money = frontier.axis == "yuan"
    if money:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda yuan, _: _yuan(yuan, language)))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    across = Text("投资（元）", "Money (yuan)") if money else Text("新建站点数（处）", "New sites")
    up = next((p.objective for p in frontier.plans), NEWLY)
    value = Text(f"{up.label.zh}（{up.unit.zh}）", f"{up.label.en} ({up.unit.en})")
    _axis_words(sheet, axes, across, value)
    sheet.tidy(axes)
    _points_listed(sheet, frontier, known, (across, value))
    return sheet.figure


def _curve(axes: Axes, known: Sequence[tuple[int, int, int | None]]) -> None:
    at = [0, *(a for a, _, _ in known)]
    value = [0, *(v for _, v, _ in known)]
    top = [0, *(v if bound is None else int(bound) for _, v, bound in known)]
    axes.fill_between(at, value, top, color=_GAP, alpha=0.35, lw=0)
    axes.plot(at, value, "-", color=_LOOKS[0][0], lw=1.8)
    for a, v, bound in known:
        fill = _LOOKS[0][0] if bound == v else "#ffffff"
        axes.plot(a, v, "o", color=_LOOKS[0][0], mfc=fill, ms=6)
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.grid(visible=True, color=_GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter("{x:,.0f}")


def _mark_elbow(sheet: Sheet, axes: Axes, frontier: CoverageFrontier) -> None:
    at = frontier.elbow
    if at is None:
        return
    x, y = frontier.at[at], int(frontier.plans[at].value or 0)  # noqa: PD008 - no frame
    axes.plot(x, y, "o", mfc="none", mec="#b00020", mew=1.6, ms=13)
    words = frontier.elbow_text
    letters = properties(sheet.font, 9 * sheet.larger)
    axes.annotate(
        words.of(sheet.language), (x, y), (10, -14), textcoords="offset points", color="#b00020",
        fontproperties=letters, parse_math=False,
    )  # fmt: skip


def _points_listed(
    sheet: Sheet,
    frontier: CoverageFrontier,
    known: Sequence[tuple[int, int, int | None]],
    words: tuple[Text, Text],
) -> None:
    rows = []
    for at, value, bound in known[:_MOST_ROWS]:
        proven = "" if bound == value else "" if bound is None else f" (≤ {int(bound):,})"
        rows.append((f"{at:,}", f"{value:,}{proven}"))
    more = len(known) - _MOST_ROWS
    rest = Text(f"另有 {more} 点", f"and {more} more points") if more > 0 else None
    across, up = words
    head = Text(f"{across.zh}：{up.zh}", f"{across.en}: {up.en}")
    low = listed(sheet, head, rows, TOP, rest)
    most = frontier.reachable
    about = Text(
        f"全部可用候选点合计最多 {most:,}", f"All usable candidates together: {most:,} at most"
    )
    note(sheet, about, low - 0.01)


def _yuan(yuan: float, language: Language) -> str:
    if language == "zh" and yuan >= _TEN_THOUSAND:
        return f"{yuan / _TEN_THOUSAND:,.0f} 万"
    return f"{yuan:,.0f}"


def equity_figure(
    study: Study,
    curves: dict[str, tuple[Text, pd.DataFrame]],
    title: Text,
    *,
    language: Language = "zh",
    font: Path | None = None,
    paper: Paper = "a4",
) -> Figure:
    """Return Lorenz curves with the line of equal shares.

    Parameters
    ----------
    study
        Whose sheet it is.
    curves
        By any key: what it is of, and its ``people_share`` and ``value_share``, both from 0 to 1
        (see `coverplan.measure_study`).
    title, language, font, paper
        What all are of; the rest as in `coverplan.present.figures.coverage_figure`.

    Raises
    ------
    InputError
        When no font with Chinese characters is found.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import figures
    >>> study = cp.assess(cp.small_county())
    >>> lorenz = cp.measure_study(study).lorenz
    >>> mine = lorenz[(lorenz["layer"] == "elderly_care") & (lorenz["subject"] == "access")]
    >>> figure = figures.equity_figure(
    ...     study,
    ...     {"access": (cp.Text("可及性", "access"), mine)},
    ...     cp.Text("养老服务", "elderly care"),
    ...     language="en",
    ... )
    >>> print(figure.texts[0].get_text())
    elderly care
    """
    about = Text(
        "曲线离对角线越远，分布越不均", "The farther a curve from the diagonal, the less even"
    )
    sheet = Sheet.of(study, title, about, find_font(font), language, paper)
    axes = sheet.axes(_place(sheet))
    axes.plot([0, 100], [0, 100], color=SOFT, lw=1)
    axes.grid(visible=True, color=_GRID, lw=0.7)
    axes.set_axisbelow(True)
    y = TOP
    for number, (label, curve) in enumerate(curves.values()):
        colour, dashes = _LOOKS[number % len(_LOOKS)]
        xy = 100 * curve[["people_share", "value_share"]].to_numpy(dtype=float)
        axes.plot(*xy.T, color=colour, ls=dashes, lw=2, clip_on=False)
        y = _named(sheet, label, colour, dashes, y)
    _named(sheet, Text("人人均等", "all alike"), SOFT, "-", y)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_aspect("equal", anchor="W")
    _axis_words(
        sheet,
        axes,
        Text(
            "人口累计占比（%），从所得最少的人起", "people, cumulated (%), those with least first"
        ),
        Text("所得累计占比（%）", "what they have, cumulated (%)"),
    )
    sheet.tidy(axes)
    return sheet.figure


def _named(sheet: Sheet, label: Text, colour: str, dashes: str, top: float) -> float:
    """Write what a curve is of beside a stroke of it and return where the next one goes."""
    stroke = Line2D(
        [LEFT - 0.04, LEFT - 0.008], [top + 0.006] * 2, color=colour, ls=dashes, lw=2,
        transform=sheet.figure.transFigure,
    )  # fmt: skip
    sheet.figure.add_artist(stroke)
    size = 9.0
    room = sheet.room(0.975 - LEFT)
    y = top
    for line in wrapped(label.of(sheet.language), size * sheet.larger, sheet.font, room, 3):
        sheet.write(LEFT, y, line, size)
        y -= 0.024
    return y - 0.014


def _axis_words(sheet: Sheet, axes: Axes, across: Text, up: Text) -> None:
    letters = properties(sheet.font, 10 * sheet.larger)
    for axis, words in ((axes.xaxis, across), (axes.yaxis, up)):
        axis.set_label_text(words.of(sheet.language), fontproperties=letters, color=INK)
