"""Further tables of a proposal: by year, by number of sites, in order of closing, shared."""

from ...core.text import Text
from ...siting.proposal import Proposal
from .blocks import Column, Table
from .pairs import paired_rows
from .sources import LayerStory, Sources, table_id

__all__ = ["closing_table", "frontier_table", "joint_table", "phase_table"]


def phase_table(story: LayerStory, proposal: Proposal) -> list[Table]:
    """Return what opens in which year; nothing where the plan has no years.

    Parameters
    ----------
    story, proposal
        The layer, and its proposal.
    """
    frame = proposal.phase_table
    if frame is None:
        return []
    columns = (
        Column("year", Text("年份", "Year"), "year"),
        Column("sites", Text("累计新增（处）", "New sites so far"), "count"),
        Column("cost_yuan", Text("当年造价（元）", "Cost of the year, yuan"), "yuan"),
        Column("cost_so_far_yuan", Text("累计造价（元）", "Cost so far, yuan"), "yuan"),
        Column("reached", Text("至年底可达（人）", "Reached by its end"), "people"),
        Column("share_percent", Text("可达率", "Share"), "percent"),
    )
    return [
        Table(
            table_id("phases", story),
            Text(f"{story.label.zh}：分年实施", f"{story.label.en}: year by year"),
            columns,
            paired_rows(frame, frame, columns),
        )
    ]


def frontier_table(story: LayerStory, proposal: Proposal) -> list[Table]:
    """Return what more and more sites, or money, would reach; nothing where nobody asked.

    Parameters
    ----------
    story, proposal
        The layer, and its proposal.
    """
    frame = proposal.frontier_table
    if frame is None:
        return []
    columns = (
        Column("at", Text("至多（处或元）", "At most (sites or yuan)"), "number"),
        Column("sites", Text("新增（处）", "New sites"), "count"),
        Column("newly", Text("新增可达（人）", "Newly reached"), "people"),
        Column("newly_at_most", Text("新增可达的上界（人）", "Newly reached: bound"), "people"),
        Column("reached", Text("可达（人）", "Reached"), "people"),
        Column("share_percent", Text("可达率", "Share"), "percent"),
    )
    return [
        Table(
            table_id("frontier", story),
            Text(
                f"{story.label.zh}：增建数量或投资与可达人数",
                f"{story.label.en}: what more sites, or more money, reach",
            ),
            columns,
            paired_rows(frame, frame, columns),
            notes=(
                Text(
                    "“新增可达”等于上界（任何方案都不可能超过的数）的，已证明最优。",
                    "Where newly reached equals its bound, which no plan can exceed, the plan is "
                    "proven optimal.",
                ),
            ),
        )
    ]


def closing_table(story: LayerStory, proposal: Proposal) -> list[Table]:
    """Return the order of closing that harms least; nothing where none was computed.

    Parameters
    ----------
    story, proposal
        The layer, and its proposal.
    """
    frame = proposal.closing_table
    if frame is None:
        return []
    columns = (
        Column("step", Text("次序", "Step"), "count"),
        Column("name", Text("设施", "Facility")),
        Column("person_minutes_more", Text("增加的人·分钟", "Person-minutes more"), "number"),
    )
    return [
        Table(
            table_id("closing", story),
            Text(
                f"{story.label.zh}：影响最小的关闭次序",
                f"{story.label.en}: the order of closing that harms least",
            ),
            columns,
            paired_rows(frame, frame, columns),
        )
    ]


def joint_table(sources: Sources) -> Table | None:
    """Return the sites of layers sited together and their buildings; None where none were.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    found = sources.study.joint
    if found is None:
        return None
    labels = {key: result.layer.label for key, result in sources.study.layers.items()}
    names = dict(zip(sources.study.sites["site_id"], sources.study.sites["name"], strict=True))
    alone = Text("单独设置", "on its own")
    rows = []
    for row in found.plan.to_frame(found.problem).to_dict("records"):
        others = [labels[key] for key in row["shared_with"] if key in labels]
        shared = Text("、".join(t.zh for t in others), ", ".join(t.en for t in others))
        building = row["building"]
        rows.append(
            (
                labels[str(row["layer"])],
                str(names.get(row["site_id"], row["site_id"])),
                alone if building is None else str(building),
                shared if others else "",
                int(row["newly"]),
            )
        )
    return Table(
        "joint",
        Text("同时选址的各类设施及其建筑", "Facilities sited together, and their buildings"),
        (
            Column("layer", Text("设施", "Facilities")),
            Column("name", Text("站点", "Site")),
            Column("building", Text("所在建筑", "Building")),
            Column("shared", Text("同楼的其他设施", "Others in it")),
            Column("newly", Text("新增可达（人）", "Newly reached"), "people"),
        ),
        tuple(rows),
    )
