"""The summary a planner reads in the terminal."""

import re
import unicodedata
from collections.abc import Collection, Sequence

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from ..core.text import Language, Text
from ..domain.groups import group_label
from ..results import LayerResult, Study
from ..siting.plan import SitingPlan
from .goals_table import goal_lines
from .method import warning_lines
from .plans import plan_notes, plan_rows, plan_text
from .report.sentences import unit_word

_WARNINGS_SHOWN = 12
_SITES_SHOWN = 12

_AIMS = Text("目标线", "Goals")
_TRAVEL = Text("出行方式", "Travel")

_HEADS = (
    Text("设施类别", "layer"),
    Text("可达：\n现状", "reached:\nnow"),
    Text("可达：\n建成后", "reached:\nafter"),
    Text("有设施：\n现状", "with one:\nnow"),
    Text("新增与\n证明", "new sites,\nproof"),
)
_FRACTION = re.compile(r" (?=/ [\d,]{4})")
_BETWEEN_CHINESE = re.compile(r"(?<=[^\x00-\u024f])\n(?=[^\x00-\u024f])")
_ANY_WIDTH = 10_000

_SILENT = {"Cc", "Cs"}
"""Control characters, and halves of characters, which no terminal can be given."""


def plain(words: str, style: str = "") -> Styled:
    """Return words a terminal shows as they are: no markup, no emoji code, no control character."""
    safe = "".join(c if c == "\n" or unicodedata.category(c) not in _SILENT else " " for c in words)
    return Styled(safe, style=style)


def print_summary(console: Console, study: Study, language: Language) -> None:
    """Print a table with a row for each layer, and how the goals stand.

    Every share stands beside its denominator. Sentences are left to the terminal to wrap, so that
    they can be copied whole.
    """
    heads = Text(
        f"{study.inputs.title}　{study.inputs.date}", f"{study.inputs.title}  {study.inputs.date}"
    )
    title = plain(heads.of(language), "bold")
    rows = [_cells(study, result, language) for result in study.layers.values()]
    words = [head.of(language) for head in _HEADS]
    console.print(fitted(console, words, rows, left={0, len(words) - 1}, title=title))
    _print_list(console, _TRAVEL.of(language), _travel_lines(study, language))
    _print_list(console, _AIMS.of(language), goal_lines(study, language))
    if study.inputs.notice:
        console.print(plain(study.inputs.notice, "italic"), soft_wrap=True)


def fitted(
    console: Console,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: Collection[int],
    title: Styled | None = None,
) -> Table:
    """Return a table as wide as the window lets it be, with words and numbers whole.

    Parameters
    ----------
    console
        Where it is printed.
    heads, rows
        What it says; a head may be broken at its newline, a figure before its denominator. Only
        where even that is too wide are cells folded.
    left
        Which columns hold words; the others hold figures.
    title
        What stands above it.
    """
    room = console.options.update(max_width=_ANY_WIDTH)
    broken = [
        [cell if i in left else _FRACTION.sub("\n", cell) for i, cell in enumerate(row)]
        for row in rows
    ]
    whole = [_BETWEEN_CHINESE.sub("", head).replace("\n", " ") for head in heads]
    table = Table()
    for words, cells in ((whole, rows), (heads, rows), (heads, broken)):
        table = Table(title=title, show_lines=True)
        for i, head in enumerate(words):
            table.add_column(head, justify="left" if i in left else "right", overflow="fold")
        for row in cells:
            table.add_row(*(plain(cell) for cell in row))
        if table.__rich_measure__(console, room).maximum <= console.width:
            break
    return table


def _print_list(console: Console, head: str, lines: list[str]) -> None:
    """Print lines below a head, nothing where there are none."""
    if lines:
        console.print(plain(head, "bold"))
    for line in lines:
        console.print(plain(f"  {line}"), soft_wrap=True)


def _travel_lines(study: Study, language: Language) -> list[str]:
    """Return how the people of each layer travel."""
    colon = Text("：", ": ").of(language)
    return [
        f"{result.layer.label.of(language)}{colon}{result.profile.summary.of(language)}"
        for result in study.layers.values()
    ]


def _cells(study: Study, result: LayerResult, language: Language) -> list[str]:
    layer, plan, has_after = result.layer, result.plan, result.after is not None
    facts = study.coverage

    def fact(indicator: str, phase: str, *, limited: bool) -> str:
        where = {"layer": layer.id, "indicator": indicator, "phase": phase, "unit_code": "total"}
        rows = facts.select(**where)
        if limited:
            rows = rows[rows["minutes"] == layer.minutes]
        row = rows.iloc[0]
        value, whole = row["value"], row["denominator"]
        # Not from the share in the table, which is rounded already.
        known = not pd.isna(row["share_percent"])
        percent = f"{value / whole * 100:.1f} %" if known else "—"
        return f"{value:,} / {whole:,}\n{percent}"

    minutes = Text(f"{layer.minutes:g} 分钟", f"{layer.minutes:g} min").of(language)
    about = (layer.label.of(language), group_label(layer.group).of(language), minutes)
    units = unit_word(study.inputs.region)
    units = Text("乡镇", "townships") if units.en == "township" else Text(units.zh, "units")
    sites = "" if plan is None else _changes(plan).of(language)
    proposal = result.proposal
    status = "" if proposal is None else proposal.status_text.of(language)
    return [
        "\n".join(about),
        fact("people_reached", "before", limited=True),
        fact("people_reached", "after", limited=True) if has_after else "—",
        f"{fact('has_one', 'before', limited=False)}\n{units.of(language)}",
        "—" if plan is None else f"{sites}\n{status}",
    ]


def _changes(plan: SitingPlan) -> Text:
    opened, closed = len(plan.chosen), len(plan.closed)
    if not closed:
        return Text(f"{opened} 处", f"{opened}")
    return Text(f"新增 {opened} 处，关闭 {closed} 处", f"{opened} new, {closed} closed")


def plan_lines(study: Study, language: Language) -> list[str]:
    """Return every plan in words: what it brings, each site with its reason, what is proven."""
    lines: list[str] = []
    for result in study.layers.values():
        proposal = result.proposal
        if proposal is None:
            continue
        label = result.layer.label
        head = Text(f"{label.zh}：{proposal.model.zh}", f"{label.en}: {proposal.model.en}")
        lines += ["", f"{head.of(language)} — {proposal.status_text.of(language)}"]
        lines.append(plan_text(result).of(language))
        lines += [f"  {k.of(language)}  {v.of(language)}" for k, v in plan_rows(proposal)]
        changed = result.sites[result.sites["state"].isin(["proposed", "closing"])]
        for number, row in enumerate(changed.itertuples(index=False), 1):
            if number > _SITES_SHOWN:
                rest = len(changed) - _SITES_SHOWN
                more = Text(f"……其余 {rest} 处见 plan.csv", f"... the other {rest} are in plan.csv")
                lines.append(f"  {more.of(language)}")
                break
            reason = row.reason_zh if language == "zh" else row.reason_en
            lines.append(f"  {number}. {reason}")
        lines += [f"  · {note.of(language)}" for note in plan_notes(proposal)]
    return lines


def print_warnings(console: Console, study: Study, language: Language) -> None:
    """Print the warnings of a study, the first dozen kinds in full."""
    lines = [line.of(language) for line in warning_lines(study)]
    if not lines:
        return
    title = Text(f"提醒（{len(lines)} 类）", f"Warnings ({len(lines)} kinds)").of(language)
    console.print(Styled(title, style="yellow bold"))
    for line in lines[:_WARNINGS_SHOWN]:
        console.print(plain(line), soft_wrap=True)
    if len(lines) > _WARNINGS_SHOWN:
        more = Text(
            f"……其余 {len(lines) - _WARNINGS_SHOWN} 类见 faults.csv",
            f"... the other {len(lines) - _WARNINGS_SHOWN} kinds stand in faults.csv",
        )
        console.print(Styled(more.of(language)))
