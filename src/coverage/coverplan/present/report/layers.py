"""Coverage layer by layer and unit by unit, at the layer's own minutes and at every other."""

from ...core.text import Text
from ...measure.unit_facts import UnitFacts
from .blocks import Block, Cell, Column, Figure, LivingMap, Paragraph, Section, Table
from .overview import people_none, unknown_units
from .sentences import people_words, run_together, unit_word
from .sources import LayerStory, Sources, table_id
from .unitcells import has_cell, people_cell, share_cell

__all__ = ["TOTAL_WORD", "layers_section"]

TOTAL_WORD = Text("合计", "Total")


def layers_section(sources: Sources) -> Section:
    """Return coverage by layer and unit, with figures and the living map of each layer.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    below = tuple(_layer(sources, story) for story in sources.layers)
    title = Text("分类、分单元覆盖情况", "Coverage by kind of facility and by unit")
    if unit_word(sources.study.inputs.region).en == "township":
        title = Text("分类、分乡镇覆盖情况", "Coverage by kind of facility and township")
    return Section("coverage", title, sections=below)


def _layer(sources: Sources, story: LayerStory) -> Section:
    blocks: list[Block] = [
        Paragraph(_how(story)),
        Paragraph(_from_elsewhere(sources, story)),
        _own_minutes(sources, story),
        *_figures(sources, story),
        _all_minutes(sources, story),
        LivingMap(
            table_id("map", story),
            Text(
                f"{story.label.zh}：可增减站点、改变时限的交互地图",
                f"{story.label.en}: the map that recounts as sites and minutes are changed",
            ),
            story.result.layer.id,
            Text(
                "交互地图见本报告的网页版（report.html）。",
                "The map itself stands in the web version of this report (report.html).",
            ),
        ),
    ]
    shown = tuple(b for b in blocks if not (isinstance(b, Paragraph) and not b.text.zh))
    return Section(table_id("coverage_of", story), story.label, shown)


def _how(story: LayerStory) -> Text:
    layer, how, group = story.result.layer, story.result.profile.summary, story.group
    out = layer.direction == "from_site"
    return Text(
        f"服务对象：{group.zh}；时限：{story.minutes} 分钟；出行方式：{how.zh}"
        f"{'，由服务方上门' if out else ''}。",
        f"For: {group.en}. Limit: {story.minutes} minutes. Mode: {how.en}"
        f"{'; the service goes out to people' if out else ''}.",
    )


def _from_elsewhere(sources: Sources, story: LayerStory) -> Text:
    whole, word = story.whole, unit_word(sources.study.inputs.region)
    if not whole.people:
        none = people_none(story)
        return Text(f"{none.zh}。", f"{none.en}.")
    sites = whole.why("working_sites") or 0
    if not sites:
        return Text(
            "没有在运营的设施，因此没有可达人口。", "No facility is working, so nobody is reached."
        )
    other, outside = whole.why("reached_from_other_unit"), whole.why("reached_from_outside")
    first = Text(
        f"现有运营设施 {sites:,} 处，可达 {people_words(whole.reached()).zh}。",
        f"{sites:,} working facilit{'y reaches' if sites == 1 else 'ies reach'} "
        f"{people_words(whole.reached()).en}.",
    )
    far = [
        (other, Text(f"另一个{word.zh}", f"in another {word.en}")),
        (outside, Text("研究区外", "outside the area of the study")),
    ]
    parts = [(people_words(n), where) for n, where in far if n]
    if not parts:
        return first
    zh = "，".join(f"{people.zh}的最近设施在{where.zh}" for people, where in parts)
    en = ", ".join(f"for {people.en} it stands {where.en}" for people, where in parts)
    return run_together([first, Text(f"其中 {zh}。", f"Of them the nearest: {en}.")])


def _own_minutes(sources: Sources, story: LayerStory) -> Table:
    word, minutes = unit_word(sources.study.inputs.region), story.minutes
    columns = [
        Column("unit", Text(word.zh, word.en.capitalize())),
        Column("people", Text("人数", "People"), "people"),
        Column("reached", Text("现状可达（人）", "Reached now"), "people"),
        Column("share", Text("现状可达率", "Share now"), "percent"),
        Column("missed", Text("现状不可达（人）", "Not reached now"), "people"),
        Column("has_one", Text("现状有设施", "Has one now"), "count"),
    ]
    if story.planned:
        columns += [
            Column("after", Text("建成后可达（人）", "Reached with the plan"), "people"),
            Column("share_after", Text("建成后可达率", "Share with the plan"), "percent"),
            Column("newly", Text("新增可达（人）", "Newly reached"), "people"),
            Column("has_one_after", Text("建成后有设施", "Has one then"), "count"),
        ]
    return Table(
        table_id("coverage", story),
        Text(
            f"{story.label.zh}：{minutes} 分钟内可达人数（{story.group.zh}）",
            f"{story.label.en}: people ({story.group.en}) reached within {minutes} minutes",
        ),
        tuple(columns),
        tuple(_unit_row(unit, story) for unit in (*story.units, story.whole)),
        totals=1,
        notes=_notes(sources, story),
    )


def _unit_row(unit: UnitFacts, story: LayerStory) -> tuple[Cell, ...]:
    now: tuple[Cell, ...] = (
        TOTAL_WORD if unit.whole else unit.name,
        unit.people,
        people_cell(unit),
        share_cell(unit),
        unit.missed(),
        has_cell(unit),
    )
    if not story.planned:
        return now
    then = (people_cell(unit, "after"), share_cell(unit, "after"), unit.newly)
    return (*now, *then, has_cell(unit, "after"))


def _notes(sources: Sources, story: LayerStory) -> tuple[Text, ...]:
    word = unit_word(sources.study.inputs.region)
    notes = [
        Text(
            f"“有设施”指辖区内至少有一处运营设施，合计行为有设施的{word.zh}个数；"
            "可达不以设施在本辖区为限。",
            f'"Has one": at least one working facility in the {word.en}; the total counts them. '
            f"People may be reached by a facility in another {word.en}.",
        )
    ]
    unknown = unknown_units(sources, story)
    if unknown.zh:
        notes.append(Text(f"{unknown.zh}。", f"{unknown.en}."))
    return tuple(notes)


def limits_of(sources: Sources, story: LayerStory) -> list[int]:
    """Return every limit of a layer, its own among them, ascending.

    Parameters
    ----------
    sources, story
        What the report is read from, and the layer.
    """
    return sorted({*map(int, sources.study.inputs.thresholds), story.minutes})


def _all_minutes(sources: Sources, story: LayerStory) -> Table:
    word, limits = unit_word(sources.study.inputs.region), limits_of(sources, story)
    columns = [
        Column("unit", Text(word.zh, word.en.capitalize())),
        Column("people", Text("人数", "People"), "people"),
    ]
    for limit in limits:
        within = Text(f"{limit} 分钟内（人）", f"Within {limit} min")
        columns += [
            Column(f"within_{limit}", within, "people"),
            Column(f"share_{limit}", Text(f"{limit} 分钟内占比", f"Share, {limit} min"), "percent"),
        ]
    rows = []
    for unit in (*story.units, story.whole):
        row: list[Cell] = [TOTAL_WORD if unit.whole else unit.name, unit.people]
        for limit in limits:
            row += [people_cell(unit, minutes=limit), share_cell(unit, minutes=limit)]
        rows.append(tuple(row))
    return Table(
        table_id("thresholds", story),
        Text(
            f"{story.label.zh}：现状各时限内可达人数（{story.group.zh}）",
            f"{story.label.en}: people ({story.group.en}) reached today within each limit",
        ),
        tuple(columns),
        tuple(rows),
        totals=1,
    )


def _figures(sources: Sources, story: LayerStory) -> tuple[Figure, ...]:
    if not sources.figures:
        return ()
    label, minutes, whole = story.label, story.minutes, story.whole
    reached, people = people_words(whole.reached()), people_words(whole.people)
    return (
        Figure(
            table_id("figure_coverage", story),
            "coverage",
            Text(f"{label.zh}：现状可达率", f"{label.en}: share of people reached today"),
            Text(
                f"分单元着色的地图：{minutes} 分钟内可达 {reached.zh}，共 {people.zh}；"
                "数字见上表。",
                f"Map of the units by share: within {minutes} minutes {reached.en} of {people.en} "
                "are reached; the figures stand in the table above.",
            ),
            layer=story.result.layer.id,
        ),
        Figure(
            table_id("figure_minutes", story),
            "minutes",
            Text(
                f"{label.zh}：到最近一处的分钟数（示意）",
                f"{label.en}: minutes to the nearest (for orientation)",
            ),
            Text(
                "按居住地到最近设施的分钟数着色的地图。范围仅供示意，人数按居住点计算。",
                "Map of where people live by their minutes to the nearest facility. Areas are "
                "drawings only; people are counted at the points where they live.",
            ),
            layer=story.result.layer.id,
        ),
    )
