"""The study's own goals: what is aimed at, what there is, and how much is wanting."""

from ...core.text import Text
from ...measure.goals import GoalResult, GoalStand
from .blocks import Cell, Column, Table
from .pairs import without_empty
from .sources import LayerStory, Sources

__all__ = ["goals_table"]

_MET: dict[bool | None, Text] = {
    True: Text("达到", "met"),
    False: Text("未达到", "not met"),
    None: Text("无法判断", "cannot be judged"),
}
_COUNTED = {
    "reached": Text("可达（人）", "reached (people)"),
    "has_one": Text("有设施（单元）", "has one (units)"),
}
_NO_PLAN = Text("未提方案", "no plan")


def goals_table(sources: Sources) -> Table | None:
    """Return how each layer stands to what the study aims at; None where it aims at nothing.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    rows = [_row(story, goal) for story in sources.layers for goal in story.result.goals]
    if not rows:
        return None
    table = Table(
        "goals",
        Text("本研究设定的覆盖目标", "Goals of this study"),
        (
            Column("layer", Text("设施", "Facilities")),
            Column("goal", Text("目标", "Goal")),
            Column("target", Text("政策目标", "Policy target")),
            Column("counted", Text("计量", "Counted")),
            Column("need", Text("应达到", "Asked for"), "count"),
            Column("have", Text("现状", "Now"), "count"),
            Column("short", Text("还差", "Wanting"), "count"),
            Column("met", Text("现状结论", "Now met")),
            Column("have_after", Text("建成后", "With the plan"), "count"),
            Column("short_after", Text("建成后还差", "Wanting then"), "count"),
            Column("met_after", Text("建成后结论", "Met then")),
            Column("note", Text("说明", "Note")),
        ),
        tuple(rows),
        notes=_sources(sources),
    )
    optional = ["target", "note"]
    if not any(story.planned for story in sources.layers):
        table = _without_plan(table)
    return without_empty(table, optional)


def _sources(sources: Sources) -> tuple[Text, ...]:
    """Return which clause each goal comes from, as far as it comes from one."""
    cited = {
        goal.goal.target: goal.goal.source
        for story in sources.layers
        for goal in story.result.goals
        if goal.goal.source is not None
    }
    return tuple(Text(f"{source.zh}。", f"{source.en}.") for source in cited.values())


def _row(story: LayerStory, result: GoalResult) -> tuple[Cell, ...]:
    goal, now = result.goal, result.before.total
    after: tuple[Cell, ...] = (_NO_PLAN, _NO_PLAN, _NO_PLAN)
    if result.after is not None:
        after = _stand(result.after.total)
    note = result.before.note
    return (
        story.label,
        goal.words,
        goal.target,
        _COUNTED[goal.measure],
        now.need,
        *_stand(now),
        *after,
        note if note.zh else "",
    )


def _stand(stand: GoalStand) -> tuple[Cell, ...]:
    return stand.have, stand.short, _MET[stand.met]


def _without_plan(table: Table) -> Table:
    keep = [i for i, c in enumerate(table.columns) if not c.key.endswith("_after")]
    rows = tuple(tuple(row[i] for i in keep) for row in table.rows)
    return Table(
        table.id, table.title, tuple(table.columns[i] for i in keep), rows, notes=table.notes
    )
