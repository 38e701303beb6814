"""The first section: what was found, in words that can be read aloud, and in one table."""

from ...core.text import Text
from ...measure.unit_facts import most_missed
from .blocks import Block, Bullets, Cell, Column, Paragraph, Section, Table
from .goalpart import goals_table
from .sentences import (
    EMPTY,
    NOBODY,
    are,
    colon,
    day_words,
    joined,
    named,
    people_words,
    percent_words,
    run_together,
    unit_word,
    units_words,
)
from .sources import LayerStory, Sources
from .unitcells import people_cell, share_cell

__all__ = ["overview_section"]

_NO_PLAN = Text("未提方案", "no plan")


def overview_section(sources: Sources) -> Section:
    """Return the overview: today, the plans, the widest gaps, and what the figures mean.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    goals = goals_table(sources)
    blocks: list[Block] = [
        Paragraph(_today(sources)),
        Paragraph(_plans(sources)),
        Paragraph(_gaps(sources)),
        *([] if sources.judged is None else [Paragraph(_targets(sources))]),
        _table(sources),
        *([] if goals is None else [goals]),
        Paragraph(
            Text("本报告区分三种“覆盖”，不可混用：", "Three coverages are told apart throughout:")
        ),
        Bullets(_meanings(sources)),
    ]
    return Section("overview", Text("总体情况", "Overview"), tuple(blocks))


def _today(sources: Sources) -> Text:
    region = sources.study.inputs.region
    day = day_words(sources.study.inputs.date)
    units, n = units_words(region, len(region)), len(sources.layers)
    first = Text(
        f"截至{day.zh}，本报告对 {units.zh}的 {n} 类设施作了测算。",
        f"As of {day.en} this report covers {units.en} and "
        f"{n} kind{'' if n == 1 else 's'} of facilities.",
    )
    return run_together([first, *(_layer_today(sources, story) for story in sources.layers)])


def _layer_today(sources: Sources, story: LayerStory) -> Text:
    whole, how = story.whole, mode_words(story)
    if not whole.people:
        none = people_none(story)
        return Text(f"{none.zh}。", f"{none.en}.")
    reached, people = people_words(whole.reached()), people_words(whole.people)
    share, have = percent_words(whole.share()), _have(sources, story)
    but = _but(sources, story)
    return Text(
        f"{story.label.zh}：{story.group.zh} {people.zh}中，按{how.zh}计，{story.minutes} 分钟内"
        f"能够到达最近一处运营设施的有 {reached.zh}，占 {share.zh}{but.zh}；{have.zh}。",
        f"{story.label.en}: of {people.en} ({story.group.en}) {reached.en}, {share.en}, "
        f"{are(whole.reached())} within {story.minutes} minutes of a working facility "
        f"({how.en}){but.en}; {have.en}.",
    )


def _but(sources: Sources, story: LayerStory) -> Text:
    """Return how many units are left out of a total because nobody knows their people."""
    unknown = sum(unit.people is None for unit in story.units)
    if not unknown:
        return EMPTY
    units = units_words(sources.study.inputs.region, unknown)
    return Text(f"（{units.zh}人数未知，不计在内）", f", {units.en} of unknown people left out")


def mode_words(story: LayerStory) -> Text:
    """Return how people travel, in few words.

    Parameters
    ----------
    story
        The layer. Where there are no roads the words that say so stand beside every figure.
    """
    profile = story.result.profile
    return profile.label if profile.straight is None else profile.summary


def _have(sources: Sources, story: LayerStory) -> Text:
    """Return how many units have a facility, as a clause."""
    region, whole = sources.study.inputs.region, story.whole
    units, have = units_words(region, whole.units), whole.has_one() or 0
    if whole.units == 1:
        word = unit_word(region)
        said = Text("设有设施", "has one") if have else Text("没有设施", "has none")
        return Text(f"该{word.zh}{said.zh}", f"the {word.en} {said.en}")
    if not have:
        return Text(f"{units.zh}均没有设施", f"none of the {units.en} has one")
    if have == whole.units:
        return Text(f"{units.zh}均设有设施", f"all {units.en} have one")
    return Text(
        f"{units.zh}中有 {have} 个设有设施",
        f"{have} of {units.en} {'has' if have == 1 else 'have'} one",
    )


def people_none(story: LayerStory) -> Text:
    """Return that there is nobody to count, or that nobody knows how many there are."""
    label, group = story.label, story.group
    if story.whole.people is None:
        return Text(
            f"{label.zh}：{group.zh}人数未知，可达率无法计算",
            f"{label.en}: how many are {group.en} is not known, so no share can be told",
        )
    return Text(
        f"{label.zh}：研究范围内没有属于该人群（{group.zh}）的人",
        f"{label.en}: there is nobody of the group ({group.en})",
    )


def _plans(sources: Sources) -> Text:
    asked = sources.proposing
    if not asked:
        return Text("本研究没有要求提出选址方案。", "No new sites were asked for.")
    told = [_layer_plan(story) for story in asked]
    clauses = joined(told)
    return Text(f"选址方案：{clauses.zh}。", f"Plans: {clauses.en}.")


def _layer_plan(story: LayerStory) -> Text:
    proposal = story.result.proposal
    if proposal is None:
        return EMPTY
    label = story.label
    if not proposal.has_plan:
        status = proposal.status_text
        return Text(f"{label.zh}没有方案（{status.zh}）", f"{label.en}: none ({status.en})")
    facts, whole = proposal.plan.facts, story.whole
    if not facts.opened and not facts.closed:
        still, status = people_words(whole.reached("after")), proposal.status_text
        return Text(
            f"{label.zh}没有新增站点（{status.zh}），可达人数仍为 {still.zh}",
            f"{label.en}: no new site ({status.en}), {still.en} reached as today",
        )
    zh = [f"新增 {facts.opened} 处"] if facts.opened or not facts.closed else []
    new = "1 new site" if facts.opened == 1 else f"{facts.opened} new sites"
    en = [new] if facts.opened or not facts.closed else []
    if facts.closed:
        zh.append(f"关闭 {facts.closed} 处")
        en.append(f"{facts.closed} closed")
    before, after = people_words(whole.reached()), people_words(whole.reached("after"))
    share = percent_words(whole.share("after"))
    return Text(
        f"{label.zh}{'、'.join(zh)}，可达人数由 {before.zh}变为 {after.zh}，可达率 {share.zh}",
        f"{label.en}, {', '.join(en)}: {before.en} reached become {after.en}, {share.en}",
    )


def _gaps(sources: Sources) -> Text:
    told = [_layer_gap(sources, story) for story in sources.layers]
    if not any(story.whole.people for story in sources.layers):
        return Text(
            "各类设施的服务人群均无人或人数未知，无从统计缺口。",
            "The people of every kind of facility are none or not known: there is no gap to count.",
        )
    if not any(text.zh for text in told):
        return Text(
            "凡人数已知之处，各类设施均无时限内不可达的人口。",
            "Wherever people are known, nobody is out of reach of any of the facilities.",
        )
    word = unit_word(sources.study.inputs.region)
    clauses = joined(told)
    return Text(
        f"现状不可达人数最多的{word.zh}：{clauses.zh}。",
        f"The {word.en} with most people out of reach today: {clauses.en}.",
    )


def _layer_gap(sources: Sources, story: LayerStory) -> Text:
    widest = most_missed(story.units)
    missed = widest[0].missed() if widest else None
    if not missed:
        return EMPTY
    people, of = people_words(missed), people_words(story.whole.missed())
    level = [unit.name for unit in widest if unit.missed() == missed]
    names, each = _level(sources, level), Text("各 ", " each") if len(level) > 1 else EMPTY
    return Text(
        f"{story.label.zh}为{names.zh}（{each.zh}{people.zh}，全域共 {of.zh}）",
        f"{story.label.en}, {names.en} ({people.en}{each.en}; {of.en} in all)",
    )


def _level(sources: Sources, names: list[str]) -> Text:
    """Return the units that share a place, with their number where not all are named."""
    shown, units = named(names), units_words(sources.study.inputs.region, len(names))
    if shown.zh != "、".join(names):
        return Text(f"{shown.zh} {units.zh}", f"{shown.en}, {units.en} in all")
    return shown


def _targets(sources: Sources) -> Text:
    if sources.judged is None:
        return EMPTY
    n = sources.judged.counts["binding"]
    judged = {key: n.get(key, 0) for key in ("met", "not_met", "cannot_judge")}
    return Text(
        f"对本地有约束力的政策目标中，达到 {judged['met']} 条，未达到 {judged['not_met']} 条，"
        f"缺数据或缺设置而无法判断 {judged['cannot_judge']} 条。",
        f"Of the policy targets that bind here {judged['met']} are met, {judged['not_met']} are "
        f"not, and {judged['cannot_judge']} cannot be judged for want of data or settings.",
    )


_COLUMNS = (
    Column("layer", Text("设施", "Facilities")),
    Column("group", Text("人群", "People")),
    Column("limit", Text("时限与方式", "Limit and mode")),
    Column("people", Text("人数", "People in all"), "people"),
    Column("reached", Text("现状可达（人）", "Reached now"), "people"),
    Column("share", Text("现状可达率", "Share now"), "percent"),
    Column("after", Text("建成后可达（人）", "Reached with the plan"), "people"),
    Column("share_after", Text("建成后可达率", "Share with the plan"), "percent"),
    Column("has_one", Text("有设施（单元）", "Has one (units)"), "count"),
)
_OF_PLANS = ("after", "share_after")


def _table(sources: Sources) -> Table:
    planned = any(story.planned for story in sources.layers)
    keep = [i for i, c in enumerate(_COLUMNS) if planned or c.key not in _OF_PLANS]
    rows = [_row(story) for story in sources.layers]
    return Table(
        "overview",
        Text(
            "各类设施覆盖总表（可达按人计，有设施按单元计）",
            "Coverage by kind of facility (reached: people; has one: units)",
        ),
        tuple(_COLUMNS[i] for i in keep),
        tuple(tuple(row[i] for i in keep) for row in rows),
        notes=_notes(sources),
    )


def _row(story: LayerStory) -> tuple[Cell, ...]:
    whole, how = story.whole, mode_words(story)
    after: tuple[Cell, Cell] = (_NO_PLAN, _NO_PLAN)
    if story.planned:
        after = (people_cell(whole, "after"), share_cell(whole, "after"))
    return (
        story.label,
        story.group,
        Text(f"{story.minutes} 分钟，{how.zh}", f"{story.minutes} minutes, {how.en}"),
        whole.people,
        people_cell(whole),
        share_cell(whole),
        *after,
        whole.has_one(),
    )


def _notes(sources: Sources) -> tuple[Text, ...]:
    region = sources.study.inputs.region
    all_units = units_words(region, len(region))
    notes = [
        Text(
            f"可达率 = 可达人数 ÷ 该人群总人数；“有设施”为现状，总数 {all_units.zh}。",
            f'Share = people reached / all people of the group; "has one" is of today, of '
            f"{all_units.en}.",
        )
    ]
    notes += [
        colon(story.label, Text(f"{note.zh}。", f"{note.en}."))
        for story in sources.layers
        if (note := unknown_units(sources, story)).zh
    ]
    if any(story.whole.people == 0 for story in sources.layers):
        notes.append(Text(f"“{NOBODY.zh}”不计算比率。", f'"{NOBODY.en}": no share is computed.'))
    return tuple(notes)


def unknown_units(sources: Sources, story: LayerStory) -> Text:
    """Return which units are in no total because their people are not known; "" where none is.

    Parameters
    ----------
    sources, story
        What the report is read from, and the layer.
    """
    names = [unit.name for unit in story.units if unit.people is None]
    if not names:
        return EMPTY
    units, shown = units_words(sources.study.inputs.region, len(names)), named(names)
    return Text(
        f"{units.zh}的人数（{story.group.zh}）未知（{shown.zh}），不计入合计",
        f"people ({story.group.en}) of {units.en} are not known ({shown.en}), and are in no total",
    )


def _meanings(sources: Sources) -> tuple[Text, ...]:
    own = unit_word(sources.study.inputs.region)
    served = Text(
        "被服务（单元）：由别处设施服务到的单元所占比例。只在条文这样要求的政策目标中使用，"
        "见“政策目标”一节。",
        "Served (units): the share of units served from a site elsewhere. Used only for policy "
        "targets that say so; see the section on policy targets.",
    )
    if sources.judged is None:
        served = Text(
            "被服务（单元）：由别处设施服务到的单元所占比例。本报告没有计算。",
            "Served (units): the share of units served from a site elsewhere. Not computed here.",
        )
    return (
        Text(
            f"可达（人）：时限内能够到达最近一处运营设施的人数，不论设施在哪个{own.zh}。",
            "Reached (people): people within the limit of the nearest working facility, in "
            f"whichever {own.en} it stands.",
        ),
        Text(
            f"有设施（单元）：辖区内至少有一处运营设施的{own.zh}。有设施不等于人人可达。",
            f"Has one (units): a {own.en} with at least one working facility. That a {own.en} has "
            "one does not put everybody in it within reach.",
        ),
        served,
    )
