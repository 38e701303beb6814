"""The programme: which sites close the gaps of targets, in which year and at what cost."""

import pandas as pd

from ...core.text import Text
from .blocks import Block, Bullets, Column, Paragraph, Section, Table
from .pairs import paired_table, without_empty
from .sentences import unit_word
from .sources import Judged, Sources

__all__ = ["programme_section"]


def programme_section(sources: Sources) -> Section | None:
    """Return the programme over years and the fewest sites for each target; None without one.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    judged = sources.judged
    if judged is None or not judged.programme:
        return None
    years, sites, targets = (
        _both(judged, name) for name in ("programme_years", "programme_sites", "programme_targets")
    )
    blocks: list[Block] = []
    if len(years[0]):
        blocks += [Paragraph(_lead(years[0])), _years(years), *_notes(years)]
    else:
        none = Text(
            "没有设定年份（targets.programme.years），或没有可以建设的站点，因此没有分年计划。",
            "No years are set (targets.programme.years), or nothing can be built: there is no "
            "programme over years.",
        )
        blocks.append(Paragraph(none))
    if len(sites[0]):
        blocks.append(_sites(sources, sites))
    if len(targets[0]):
        blocks.append(_targets(targets))
    return Section("programme", Text("分年建设计划", "Programme by year"), tuple(blocks))


Frames = tuple[pd.DataFrame, pd.DataFrame]


def _both(judged: Judged, name: str) -> Frames:
    return judged.programme["zh"][name], judged.programme["en"][name]


def _lead(years: pd.DataFrame) -> Text:
    first, last = int(years["year"].iloc[0]), int(years["year"].iloc[-1])
    return Text(
        f"计划自 {first} 年至 {last} 年，按年排列；“至年底达到”列出到该年年底满足的目标编号。",
        f'The programme runs from {first} to {last}; "met by its end" names the targets that are '
        "met by the end of the year.",
    )


def _years(frames: Frames) -> Table:
    columns = (
        Column("year", Text("年份", "Year"), "year"),
        Column("sites", Text("站点（处）", "Sites"), "count"),
        Column("sites_most", Text("上限（处）", "At most"), "count"),
        Column("build", Text("新建", "Built"), "count"),
        Column("reuse", Text("利用现有或续建", "Reused or finished"), "count"),
        Column("cost_yuan", Text("造价（元）", "Cost, yuan"), "yuan"),
        Column("cost_unknown", Text("造价未知（处）", "Cost not known"), "count"),
        Column("budget_yuan", Text("资金上限（元）", "Budget, yuan"), "yuan"),
        Column("targets_met", Text("至年底达到", "Met by its end")),
    )
    shown = tuple(_spread(frame, "targets_met") for frame in frames)
    table = paired_table(
        "programme_years", Text("分年计划", "Programme by year"), (shown[0], shown[1]), columns
    )
    return without_empty(table, {"sites_most": None, "budget_yuan": None, "cost_unknown": 0})


def _spread(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return a table whose lists of ids are parted as sentences part them."""
    return frame.assign(**{key: [str(v or "").replace("|", "、") for v in frame[key]]})


def _notes(frames: Frames) -> list[Block]:
    zh, en = (
        [note for note in str(frame["notes"].iloc[0] or "").split("; ") if note] for frame in frames
    )
    if not zh or len(zh) != len(en):
        return []
    return [Bullets(tuple(Text(a, b) for a, b in zip(zh, en, strict=True)))]


def _sites(sources: Sources, frames: Frames) -> Table:
    word = unit_word(sources.study.inputs.region)
    columns = (
        Column("order", Text("次序", "No."), "count"),
        Column("year", Text("年份", "Year"), "year"),
        Column("layer_label", Text("设施", "Facility")),
        Column("name", Text("站点", "Place")),
        Column("unit_name", Text(word.zh, word.en.capitalize())),
        Column("action_label", Text("方式", "How")),
        Column("cost_yuan", Text("造价（元）", "Cost, yuan"), "yuan"),
        Column("newly_reached", Text("新增可达（人）", "Newly reached"), "people"),
        Column("targets", Text("为哪些目标", "For targets")),
    )
    shown = tuple(_spread(frame, "targets") for frame in frames)
    return paired_table(
        "programme_sites",
        Text("建设清单（按建设次序）", "Sites to build, in order"),
        (shown[0], shown[1]),
        columns,
        notes=(
            Text(
                "新增可达按各设施自己的人群和时限计算，不同设施的人数不可相加。",
                "People newly reached are those each facility is for, within its own minutes: "
                "those of different facilities cannot be added.",
            ),
        ),
    )


def _targets(frames: Frames) -> Table:
    columns = (
        Column("target_id", Text("目标编号", "Target")),
        Column("sites", Text("最少站点（处）", "Fewest sites"), "count"),
        Column("proof", Text("证明", "Proof")),
        Column("cost_yuan", Text("造价（元）", "Cost, yuan"), "yuan"),
        Column("in_programme", Text("在计划内", "In the programme")),
        Column("met_by", Text("计划达到年份", "Met by the end of"), "year"),
        Column("what_instead", Text("非增设站点可补的", "Where sites do not help")),
    )
    table = paired_table(
        "programme_targets",
        Text("补上每条未达到的目标各需多少站点", "The fewest sites for each unmet target"),
        frames,
        columns,
        notes=(
            Text(
                "不能靠增设站点补上的目标，站点数、造价和年份写“—”。",
                "Where sites do not help, their number, cost and year are —.",
            ),
        ),
    )
    dash = Text.same("—")
    empty = {"sites", "cost_yuan", "met_by"}
    keys = [column.key for column in columns]
    sites = keys.index("sites")
    rows = tuple(
        tuple(
            _of_no_use(key, cell, dash, none=row[sites] is None) if key in empty else cell
            for key, cell in zip(keys, row, strict=True)
        )
        for row in table.rows
    )
    return Table(table.id, table.title, table.columns, rows, notes=table.notes)


def _of_no_use(key: str, cell: object, dash: Text, *, none: bool) -> "Text | int | float | None":
    """Return a cell; a dash where there is nothing to know rather than nothing known."""
    if cell is None and (none or key == "met_by"):
        return dash
    return cell  # type: ignore[return-value]
