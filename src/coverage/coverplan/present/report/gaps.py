"""Who is not reached: the units by their number, the villages, and why."""

from ...core.text import Text
from ...measure.unit_facts import UnitFacts, most_missed
from ...measure.villages import VillageGap, village_gaps
from .blocks import Block, Cell, Column, Figure, Paragraph, Section, Table
from .layers import TOTAL_WORD
from .overview import people_none
from .pairs import without_empty
from .sentences import EMPTY, are, joined, listed, people_words, run_together, unit_word
from .sources import LayerStory, Sources, table_id
from .unitcells import share_cell

__all__ = ["gaps_section"]

MOST_VILLAGES = 20

_WHY = (
    ("not_reached_too_far", Text("超过时限", "Beyond the limit")),
    ("not_reached_no_way", Text("路网不连通", "No connection")),
    ("not_reached_no_road", Text("附近没有道路", "No road near")),
    ("not_reached_no_site", Text("没有运营设施", "No working facility")),
    ("not_reached_unplaced", Text("没有点位，无法判断", "No place known")),
)
"""Heads of the reasons; only those that somebody has stand in a table."""


def gaps_section(sources: Sources) -> Section:
    """Return where people are out of reach today, layer by layer.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    below = tuple(_layer(sources, story) for story in sources.layers)
    intro = Paragraph(
        Text(
            "本节按现状列出时限内不可达的人口，不计选址方案的作用；人数多的排在前面。",
            "This section lists who is out of reach today, before any plan; the most people come "
            "first.",
        )
    )
    return Section("gaps", Text("覆盖缺口", "Gaps"), (intro,), below)


def _layer(sources: Sources, story: LayerStory) -> Section:
    key = table_id("gaps_of", story)
    whole = story.whole
    if not whole.people:
        none = people_none(story)
        return Section(key, story.label, (Paragraph(Text(f"{none.zh}。", f"{none.en}.")),))
    if not whole.missed():
        said = Text(
            f"人数已知的单元中，{story.group.zh}均在 {story.minutes} 分钟之内。",
            f"Wherever people are known, all ({story.group.en}) are within {story.minutes} "
            "minutes.",
        )
        return Section(key, story.label, (Paragraph(said),))
    result = story.result
    villages = village_gaps(
        sources.study.inputs.demand,
        result.layer.group,
        result.before,
        result.places.joined,
        result.layer.minutes,
    )
    blocks: list[Block] = [Paragraph(_story(story, villages)), _units(sources, story)]
    if villages:
        blocks.append(_villages(sources, story, villages))
    if sources.figures:
        blocks.append(_figure(story))
    return Section(key, story.label, tuple(blocks))


def _story(story: LayerStory, villages: tuple[VillageGap, ...]) -> Text:
    whole = story.whole
    missed, people = people_words(whole.missed()), people_words(whole.people)
    told = [
        Text(
            f"{story.group.zh} {people.zh}中有 {missed.zh}在 {story.minutes} 分钟内不可达。",
            f"Of {people.en} ({story.group.en}) {missed.en} {are(whole.missed())} not reached "
            f"within {story.minutes} minutes.",
        )
    ]
    if story.result.profile.straight is None and whole.why("working_sites"):
        told.append(_roads(whole, villages))
    unplaced = whole.why("not_reached_unplaced")
    if unplaced:
        few = people_words(unplaced)
        told.append(
            Text(
                f"不可达者中 {few.zh}没有点位，是否可达无法判断。",
                f"Among those not reached are counted {few.en} of no known place, of whom it "
                "cannot be judged.",
            )
        )
    return run_together(told)


def _roads(whole: UnitFacts, villages: tuple[VillageGap, ...]) -> Text:
    bare, cut = whole.why("not_reached_no_road") or 0, whole.why("not_reached_no_way") or 0
    if not bare and not cut:
        return (
            Text(
                "点位已知的人中，没有人因缺少道路而不可达。",
                "Of those whose place is known nobody is out of reach for want of a road.",
            )
            if whole.why("not_reached_unplaced")
            else Text("没有人因缺少道路而不可达。", "Nobody is out of reach for want of a road.")
        )
    parts = []
    if bare:
        where = _where([v.name for v in villages if v.no_road])
        few = people_words(bare)
        parts.append(
            Text(
                f"{few.zh}附近没有道路{where.zh}",
                f"no road is near {few.en} of them{where.en}",
            )
        )
    if cut:
        where = _where([v.name for v in villages if v.no_way])
        few = people_words(cut)
        parts.append(
            Text(
                f"{few.zh}所在道路与任何设施都不连通{where.zh}",
                f"the roads of {few.en} lead to no facility{where.en}",
            )
        )
    said = joined(parts)
    return Text(f"其中 {said.zh}。", f"{said.en[:1].upper()}{said.en[1:]}.")


def _where(names: list[str]) -> Text:
    if not names:
        return EMPTY
    shown = listed(list(dict.fromkeys(names)))
    return Text(f"（{shown.zh}）", f" ({shown.en})")


def _units(sources: Sources, story: LayerStory) -> Table:
    word = unit_word(sources.study.inputs.region)
    columns = (
        Column("rank", Text("位次", "Rank"), "count"),
        Column("unit", Text(word.zh, word.en.capitalize())),
        Column("people", Text("人数", "People"), "people"),
        Column("missed", Text("不可达（人）", "Not reached"), "people"),
        Column("share", Text("可达率", "Share reached"), "percent"),
        *(Column(key, head, "people") for key, head in _WHY),
    )
    ranked = most_missed(story.units)
    rows = [_unit_row(number, unit) for number, unit in enumerate(ranked, 1)]
    rows.append(_unit_row(None, story.whole))
    table = Table(
        table_id("gap_units", story),
        Text(
            f"{story.label.zh}：各{word.zh}不可达人数（现状，{story.minutes} 分钟）",
            f"{story.label.en}: people not reached by {word.en} (today, {story.minutes} minutes)",
        ),
        columns,
        tuple(rows),
        totals=1,
        notes=(
            Text(
                "不可达人数等于其后各原因人数之和。",
                "People not reached are the sum of the reasons that follow.",
            ),
        ),
    )
    return without_empty(table, {key: 0 for key, _ in _WHY})


def _unit_row(rank: int | None, unit: UnitFacts) -> tuple[Cell, ...]:
    return (
        "" if rank is None else rank,
        TOTAL_WORD if unit.whole else unit.name,
        unit.people,
        unit.missed(),
        share_cell(unit),
        *(unit.why(key) for key, _ in _WHY),
    )


def _villages(sources: Sources, story: LayerStory, villages: tuple[VillageGap, ...]) -> Table:
    names = sources.study.inputs.region.names
    word = unit_word(sources.study.inputs.region)
    first = villages[:MOST_VILLAGES]
    n = len(villages)
    notes = []
    if any(v.minutes is not None for v in first):
        notes.append(
            Text(
                "平均用时只计其中有路可到设施的人。",
                "Mean minutes are of those who have a way to a facility.",
            )
        )
    if n > len(first):
        notes.append(
            Text(
                f"有不可达人口的村（居）共 {n:,} 个，此处列人数最多的 {len(first)} 个。",
                f"{n:,} villages have people out of reach; the {len(first)} with most are listed.",
            )
        )
    table = Table(
        table_id("gap_villages", story),
        Text(
            f"{story.label.zh}：不可达人数最多的村（居）",
            f"{story.label.en}: villages with most people not reached",
        ),
        (
            Column("rank", Text("位次", "Rank"), "count"),
            Column("village", Text("村（居）", "Village")),
            Column("unit", Text(word.zh, word.en.capitalize())),
            Column("people", Text("人数", "People"), "people"),
            Column("missed", Text("不可达（人）", "Not reached"), "people"),
            Column("minutes", Text("到最近设施平均（分钟）", "Mean minutes to nearest"), "minutes"),
            Column("no_road", Text("附近没有道路", "No road near"), "people"),
            Column("no_way", Text("路网不连通", "No connection"), "people"),
        ),
        tuple(
            (
                rank, v.name, str(names.get(v.unit, v.unit)), v.people, v.missed,
                _minutes(story, v), v.no_road, v.no_way,
            )
            for rank, v in enumerate(first, 1)
        ),
        notes=tuple(notes),
    )  # fmt: skip
    return without_empty(table, {"minutes": "", "no_road": 0, "no_way": 0})


def _minutes(story: LayerStory, village: VillageGap) -> Cell:
    if village.minutes is not None:
        return village.minutes
    # Where nothing stands the roads are not to blame: the column goes.
    return Text("无路可到", "no way") if story.whole.why("working_sites") else ""


def _figure(story: LayerStory) -> Figure:
    missed = people_words(story.whole.missed())
    return Figure(
        table_id("figure_gap", story),
        "gap",
        Text(
            f"{story.label.zh}：未覆盖的人在哪里", f"{story.label.en}: where those not reached live"
        ),
        Text(
            f"不可达人口的居住点地图，共 {missed.zh}；各单元人数见上表。",
            f"Map of where those not reached live, {missed.en} in all; the table above has them by "
            "unit.",
        ),
        layer=story.result.layer.id,
    )
