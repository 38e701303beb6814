"""Beside coverage: how long people travel, what they have access to, and how evenly."""

import pandas as pd

from ...core.text import Text
from ...measure.coverage import TOTAL
from ...measure.inequality_table import SUBJECTS
from ...measure.measures import RURAL, URBAN, URBAN_RURAL, Measures
from ..lorenz_curves import lorenz_curves
from ..measure_tables import INDEX_LABELS, measured_group, supply_words
from .blocks import Block, Cell, Column, Figure, Paragraph, Section, Table
from .pairs import without_empty
from .proposals import number_cell
from .sources import LayerStory, Sources, table_id

__all__ = ["equity_section"]

_LAYER = Column("layer", Text("设施", "Facilities"))
_GROUP = Column("group", Text("人群", "People"))
_INDICES = ("gini", "theil", "palma", "ratio_20_20")


def equity_section(sources: Sources) -> Section | None:
    """Return minutes, access, inequality and blind spots; None where nothing was measured.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    found = sources.measures
    if found is None:
        return None
    lead = Text(
        "本节按现状计算，不计选址方案的作用。可达率只说明时限以内有多少人，以下各表补充说明：要走多久、"
        "能得到多少服务、分布是否均衡。",
        "This section is of today, before any plan. A share reached says how many are within the "
        "limit; these tables add how long people travel, how much there is for them, and how "
        "evenly.",
    )
    blocks: list[Block] = [Paragraph(lead), _minutes(sources, found)]
    access = _access(sources, found)
    blocks += [] if access is None else [access]
    blocks += [_inequality(sources, found)]
    urban = _urban_rural(sources, found)
    blocks += [] if urban is None else [urban]
    blocks += [_blind_spots(found), *_figures(sources, found)]
    return Section("equity", Text("便利与公平", "Ease and equity"), tuple(blocks))


def _own(frame: pd.DataFrame, story: LayerStory) -> pd.DataFrame:
    layer = story.result.layer
    return frame[(frame["layer"] == layer.id) & (frame["group"] == layer.group)]


def _minutes(sources: Sources, found: Measures) -> Table:
    rows = []
    for story in sources.layers:
        own = _own(found.nearest, story)
        own = own[own["unit_code"] == TOTAL]
        first, second = (own[own["rank"] == rank].iloc[0] for rank in (1, 2))
        rows.append(
            (
                story.label,
                story.group,
                number_cell(first["people"]),
                *(_minutes_cell(first, key) for key in _MEANS),
                _minutes_cell(second, "mean_minutes"),
                number_cell(first["short"]),
            )
        )
    return Table(
        "minutes",
        Text("到最近设施的用时（分钟）", "Minutes to the nearest facility"),
        (
            _LAYER,
            _GROUP,
            Column("people", Text("人数", "People"), "people"),
            Column("mean", Text("平均", "Mean"), "minutes"),
            Column("median", Text("半数人不超过", "Half within"), "minutes"),
            Column("p90", Text("九成人不超过", "Nine tenths within"), "minutes"),
            Column("second", Text("到第二近的平均", "Mean to the second"), "minutes"),
            Column("short", Text("到不了任何一处（人）", "Reach none"), "people"),
        ),
        tuple(rows),
        notes=(
            Text(
                "用时只计到得了的人；到不了的单列。",
                "Minutes are of those who have a way; who has none stands apart.",
            ),
        ),
    )


_MEANS = ("mean_minutes", "median_minutes", "p90_minutes")


def _minutes_cell(row: "pd.Series[float]", key: str) -> Cell:
    value = number_cell(row[key])
    # Nobody who travels: there is no time to tell.
    return Text.same("—") if value is None else value


def _access(sources: Sources, found: Measures) -> Table | None:
    rows = []
    for story in sources.layers:
        own = _own(found.access, story)
        own = own[(own["unit_code"] == TOTAL) & (own["method"] == "e2sfca")]
        rows += [
            (
                story.label,
                story.group,
                supply_words(found, story.result.layer.id),
                number_cell(row["per_1000"]),
                number_cell(row["placed"]),
                number_cell(row["people_without"]),
                Text(str(row["decay_zh"]), str(row["decay_en"])),
            )
            for row in own.to_dict("records")
        ]
    if not rows:
        return None
    return Table(
        "access",
        Text(
            "可及性：计入供给与竞争的每千人服务量（E2SFCA）",
            "Access: supply per 1,000 people, competition counted (E2SFCA)",
        ),
        (
            _LAYER,
            _GROUP,
            Column("supply", Text("供给按", "Supply in")),
            Column("per_1000", Text("每千人", "Per 1,000"), "number"),
            Column("placed", Text("计入人数", "People counted"), "people"),
            Column("without", Text("为零（人）", "With none"), "people"),
            Column("decay", Text("距离权重", "Weights")),
        ),
        tuple(rows),
        notes=(
            Text(
                "供给未知的设施不计入。没有列出的设施没有填写床位或容量。",
                "Facilities of unknown supply are left out. Kinds not listed state no beds or "
                "capacity.",
            ),
        ),
    )


def _inequality(sources: Sources, found: Measures) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for story in sources.layers:
        own = _own(found.inequality, story)
        for subject, label in SUBJECTS.items():
            facts = own[(own["subject"] == subject) & own["index"].isin(_INDICES)]
            if not len(facts):
                continue
            by = facts.set_index("index")
            first = by.iloc[0]
            values = [_index_cell(by, index) for index in _INDICES]
            rows.append(
                (
                    story.label,
                    label,
                    *values,
                    number_cell(first["people"]),
                    number_cell(first["left_out"]),
                )
            )
    return Table(
        "inequality",
        Text("分布的均衡程度", "How evenly people are served"),
        (
            _LAYER,
            Column("subject", Text("内容", "What is shared")),
            *(Column(index, INDEX_LABELS[index], "number") for index in _INDICES),
            Column("people", Text("计入人数", "People counted"), "people"),
            Column("left_out", Text("未计入（人）", "Left out"), "people"),
        ),
        tuple(rows),
        notes=(
            Text(
                "基尼系数和泰尔指数为 0 表示人人相等，越大越不均。“—”表示没有意义："
                "人人为零，或最少的一端为零，比值无从计算。",
                "Gini and Theil are 0 where all have the same; the larger, the less even. — has no "
                "meaning: everybody has 0, or those with least do, and there is no ratio.",
            ),
        ),
    )


def _index_cell(by: pd.DataFrame, index: str) -> Cell:
    value = number_cell(by.loc[index, "value"]) if index in by.index else None
    return Text.same("—") if value is None else value


def _urban_rural(sources: Sources, found: Measures) -> Table | None:
    rows: list[tuple[Cell, ...]] = []
    for story in sources.layers:
        own = _own(found.inequality, story)
        own = own[(own["partition"] == URBAN_RURAL) & (own["index"] == "mean")]
        for subject, facts in own.groupby("subject", sort=False):
            by = {str(r["part"]): number_cell(r["value"]) for r in facts.to_dict("records")}
            if by.get(URBAN) is None or by.get(RURAL) is None:
                continue
            rows.append((story.label, SUBJECTS[str(subject)], by[URBAN], by[RURAL]))
    if not rows:
        return None
    return Table(
        "urban_rural",
        Text("城乡对照（人均值）", "Urban and rural, means over people"),
        (
            _LAYER,
            Column("subject", Text("内容", "What is compared")),
            Column("urban", Text("城（街道）", "Urban (streets)"), "number"),
            Column("rural", Text("乡（镇、乡）", "Rural"), "number"),
        ),
        tuple(rows),
        notes=(Text("可达人口比例以 1 为全部。", "Shares of people reached are parts of 1."),),
    )


def _blind_spots(found: Measures) -> Table:
    spots = found.blind_spots
    spots = spots[(spots["scope"] == "every") & (spots["unit_code"] == TOTAL)]
    counts = sorted({int(n) for n in spots["missing"].dropna()})
    rows: list[tuple[Cell, ...]] = []
    for group, facts in spots.groupby("group", sort=False):
        by = {
            None if pd.isna(r["missing"]) else int(r["missing"]): number_cell(r["value"])
            for r in facts.to_dict("records")
        }
        people = number_cell(facts["denominator"].iloc[0])
        values = [by.get(n) for n in counts]
        rows.append((measured_group(str(group)), people, *values, by.get(None)))
    heads = [
        Text("一项不缺", "Missing none") if not n else Text(f"缺 {n} 项", f"Missing {n}")
        for n in counts
    ]
    table = Table(
        "blind_spots",
        Text(
            "服务盲区：时限内不可达的设施类数（人）",
            "Blind spots: people by the number of services out of reach",
        ),
        (
            _GROUP,
            Column("people", Text("人数", "People"), "people"),
            *(
                Column(f"missing_{n}", head, "people")
                for n, head in zip(counts, heads, strict=True)
            ),
            Column("unplaced", Text("没有点位", "No place known"), "people"),
        ),
        tuple(rows),
    )
    return without_empty(table, {"unplaced": 0})


def _figures(sources: Sources, found: Measures) -> list[Figure]:
    if not sources.figures:
        return []
    return [
        Figure(
            table_id("figure_equity", story),
            "equity",
            Text(
                f"{story.label.zh}：服务分布曲线（洛伦兹曲线）",
                f"{story.label.en}: how evenly it is shared (Lorenz curve)",
            ),
            Text(
                "曲线离对角线越远，分布越不均；基尼系数见上表。",
                "The farther the curve from the diagonal, the less even; the Gini stands in the "
                "table above.",
            ),
            layer=story.result.layer.id,
        )
        for story in sources.layers
        if lorenz_curves(found, story.result.layer.id, story.result.layer.group)
    ]
