"""The sites proposed: what each brings and why, how good the plan is, what cannot be done."""

import pandas as pd

from ...core.text import Text
from ...siting.proposal import Proposal
from ..plans import KINDS, plan_notes, plan_rows, plan_text
from .blocks import Block, Bullets, Cell, Column, Facts, Figure, Paragraph, Section, Table
from .pairs import said_or_nothing, without_empty
from .plantables import closing_table, frontier_table, joint_table, phase_table
from .sentences import unit_word
from .sources import LayerStory, Sources, table_id

__all__ = ["proposals_section"]

_TITLE = Text("选址建议及理由", "Proposed sites, with reasons")


def proposals_section(sources: Sources) -> Section:
    """Return the proposals of every layer of which new sites were asked.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    asked = sources.proposing
    if not asked:
        none = Text(
            "本研究没有要求提出选址方案，因此没有建议站点。",
            "No new sites were asked for in this study, so none are proposed.",
        )
        return Section("proposals", _TITLE, (Paragraph(none),))
    blocks: list[Block] = [Paragraph(_reading())]
    without = [story for story in sources.layers if story.result.proposal is None]
    if without:
        zh, en = "、".join(s.label.zh for s in without), ", ".join(s.label.en for s in without)
        said = Text(
            f"以下设施没有要求选址，不在本节：{zh}。", f"No new sites were asked for: {en}."
        )
        blocks.append(Paragraph(said))
    joint = joint_table(sources)
    below = [_layer(sources, story) for story in asked]
    if joint is not None:
        title = Text("合建共用的建筑", "Buildings that are shared")
        below.append(Section("joint", title, (joint,)))
    return Section("proposals", _TITLE, tuple(blocks), tuple(below))


def _reading() -> Text:
    return Text(
        "“新增可达”按表中次序逐处累计：前列各处建成之后，本处再新增的可达人数；"
        "“不建则失去”指其余各处都建、只缺本处时不再可达的人数。"
        "各类设施分别计算，不同人群的人数不可相加。",
        '"Newly reached" adds up in the order of the table: people a site adds after those before '
        'it. "Lost without" is who is out of reach if this one alone is not built. Each kind of '
        "facility counts its own people, and they cannot be added.",
    )


def _layer(sources: Sources, story: LayerStory) -> Section:
    proposal = story.result.proposal
    if proposal is None:
        raise AssertionError
    blocks: list[Block] = [
        Paragraph(plan_text(story.result)),
        Facts(_quality(proposal)),
        *_impossible(story, proposal),
        *_sites(sources, story, proposal),
        *_closing(story, proposal),
        *phase_table(story, proposal),
        *frontier_table(story, proposal),
        *_figures(sources, story, proposal),
        *_notes(proposal),
    ]
    return Section(table_id("proposal_of", story), story.label, tuple(blocks))


def _quality(proposal: Proposal) -> tuple[tuple[Text, Cell], ...]:
    impossible = proposal.plan.status == "impossible"
    return (
        (Text("模型", "Model"), proposal.model),
        (Text("出处", "Source"), proposal.paper),
        (Text("结论", "Status"), proposal.status_text),
        # Of what cannot be there is no value, and a bound says nothing.
        *(() if impossible else plan_rows(proposal)),
    )


def _impossible(story: LayerStory, proposal: Proposal) -> list[Block]:
    """Return the rules that no plan can keep, with the least that would have to give."""
    reasons = proposal.plan.impossible
    if not reasons:
        return []
    return [
        Table(
            table_id("impossible", story),
            Text(
                f"{story.label.zh}：无法满足的要求",
                f"{story.label.en}: what cannot be met",
            ),
            (
                Column("constraint", Text("要求", "Rule")),
                Column("who", Text("涉及", "It concerns")),
                Column("people", Text("人数", "People"), "people"),
                Column("relaxation", Text("最小的让步", "The least that would have to give")),
            ),
            tuple(
                (why.constraint, why.who, _not_people(why.people), why.relaxation)
                for why in reasons
            ),
        )
    ]


def _not_people(people: int | None) -> Cell:
    return Text("不涉及人数", "not about people") if people is None else people


_OPTIONAL = ("kind", "class_name", "capacity", "year", "cost_yuan", "alone", "draws")


def _sites(sources: Sources, story: LayerStory, proposal: Proposal) -> list[Block]:
    rows = story.result.sites
    rows = rows[rows["state"] == "proposed"]
    if not len(rows):
        return []
    word = unit_word(sources.study.inputs.region)
    shares = proposal.chosen_shares([str(i) for i in rows["site_id"]])
    table = Table(
        table_id("proposed", story),
        Text(f"{story.label.zh}：建议新增站点", f"{story.label.en}: sites proposed"),
        (
            Column("rank", Text("次序", "No."), "count"),
            Column("name", Text("站点", "Site")),
            Column("unit", Text(word.zh, word.en.capitalize())),
            Column("kind", Text("方式", "How")),
            Column("class_name", Text("规模", "Class")),
            Column("capacity", Text("容量", "Capacity"), "number"),
            Column("year", Text("年份", "Year"), "year"),
            Column("cost_yuan", Text("造价（元）", "Cost, yuan"), "yuan"),
            Column("newly", Text("新增可达（人）", "Newly reached"), "people"),
            Column("alone", Text("单独建成（人）", "If built alone"), "people"),
            Column("lost", Text("不建则失去（人）", "Lost without"), "people"),
            Column("draws", Text("抽样中入选", "Chosen in draws"), "percent"),
        ),
        tuple(
            _site_row(number, row, share)
            for number, (row, share) in enumerate(
                zip(rows.to_dict("records"), shares, strict=True), 1
            )
        ),
    )
    reasons = tuple(
        Text(str(zh), str(en)) for zh, en in zip(rows["reason_zh"], rows["reason_en"], strict=True)
    )
    lead = Text("逐处理由（次序同上表）：", "The reasons, in the order of the table:")
    return [
        without_empty(table, _OPTIONAL),
        Paragraph(lead),
        Bullets(reasons, numbered=True),
    ]


def _site_row(number: int, row: dict[str, object], share: object) -> tuple[Cell, ...]:
    kind = str(row["kind"])
    return (
        number,
        str(row["name"]),
        str(row["unit_name"]) or Text("研究区外", "outside the study"),
        said_or_nothing(KINDS[kind]) if kind in KINDS else kind,
        str(row["class_name"]),
        number_cell(row["capacity"]),
        number_cell(row["opened"]),
        number_cell(row["cost_yuan"]),
        number_cell(row["newly_reached"]),
        number_cell(row["newly_alone"]),
        number_cell(row["lost_without"]),
        number_cell(share),
    )


def number_cell(value: object) -> int | float | None:
    """Return a number of a table, whole where it is; None where it is not known."""
    if value is None or pd.isna(value):
        return None
    number = float(str(value))
    return int(number) if number.is_integer() else number


def _closing(story: LayerStory, proposal: Proposal) -> list[Block]:
    rows = story.result.sites
    rows = rows[rows["state"] == "closing"]
    if not len(rows):
        return []
    reasons = tuple(
        Text(str(zh), str(en)) for zh, en in zip(rows["reason_zh"], rows["reason_en"], strict=True)
    )
    lead = Text("建议关闭的现有设施：", "Facilities that the plan closes:")
    return [Paragraph(lead), Bullets(reasons), *closing_table(story, proposal)]


def _notes(proposal: Proposal) -> list[Block]:
    # What cannot be met stands in a table of its own.
    proven, without = len(proposal.plan.proof), len(proposal.plan.impossible)
    notes = plan_notes(proposal)
    del notes[proven : proven + without]
    if not notes:
        return []
    lead = Text("证明与说明：", "What is proven, and what else to know:")
    ended = tuple(Text(_ended(n.zh, "。"), _ended(n.en, ".")) for n in notes)
    return [Paragraph(lead), Bullets(ended)]


def _ended(words: str, stop: str) -> str:
    """Return a sentence with its full stop."""
    return words if words.endswith((stop, "；", "！", "？", "!", "?")) else words + stop


def _figures(sources: Sources, story: LayerStory, proposal: Proposal) -> list[Figure]:
    if not sources.figures:
        return []
    found: list[Figure] = []
    if story.planned and proposal.plan.chosen:
        found.append(_where(story))
    if story.planned and (proposal.plan.chosen or proposal.plan.closed):
        found.append(_before_after(story))
    if proposal.frontier is not None:
        found.append(_frontier(story))
    return found


def _where(story: LayerStory) -> Figure:
    return Figure(
        table_id("figure_plan", story),
        "plan",
        Text(f"{story.label.zh}：建议站点位置", f"{story.label.en}: where the proposed sites are"),
        Text(
            "建议站点的位置图，编号与上表次序一致。",
            "Map of the proposed sites, numbered as in the table above.",
        ),
        layer=story.result.layer.id,
        phase="after",
    )


def _before_after(story: LayerStory) -> Figure:
    return Figure(
        table_id("figure_before_after", story),
        "before_after",
        Text(
            f"{story.label.zh}：现状与建成后可达率对照",
            f"{story.label.en}: share of people reached today and with the plan",
        ),
        Text(
            "两幅分单元着色的地图：左为现状可达率，右为建成后可达率；数字见覆盖情况一节的表。",
            "Two maps of the units by share, today and with the plan; the figures stand in the "
            "tables on coverage.",
        ),
        layer=story.result.layer.id,
        phase="after",
    )


def _frontier(story: LayerStory) -> Figure:
    return Figure(
        table_id("figure_frontier", story),
        "frontier",
        Text(
            f"{story.label.zh}：增建数量或投资与可达人数",
            f"{story.label.en}: what more sites, or more money, reach",
        ),
        Text("曲线的数值见上表。", "The points of the curve stand in the table above."),
        layer=story.result.layer.id,
    )
