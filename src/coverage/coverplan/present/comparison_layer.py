"""One layer of a comparison as a part of its page: figures, maps, townships, sites, plans."""

from typing import Any

import pandas as pd

from ..compared import Comparison, LayerCompared
from ..comparingsites import SAME_METRES
from ..core.text import Language, Text
from ..io.runrecord import PlanRecord
from ..measure.coverage import TOTAL
from .comparison_legend import legend
from .comparison_map import MapGround, map_svg
from .comparison_sheet import MOST_ROWS, Say, sheet
from .comparison_tables import DIFFERENCES, DIRECTIONS, criterion_words
from .comparison_words import count, layer_sentence, percent, points, signed, yuan
from .tables import ALL_UNITS, STATES
from .visible import escaped

_Row = dict[str, Any]
_MOST_SITES = 200


def layer_section(
    comparison: Comparison,
    layer: LayerCompared,
    ground: MapGround | None,
    say: Say,
    language: Language,
) -> list[str]:
    """Return what the page says of one layer.

    Parameters
    ----------
    comparison, layer
        What was found, and the layer.
    ground
        The outlines of the units; None where there are no maps.
    say, language
        Escapes words of the language of the page, and which it is.
    """
    units = comparison.units
    units = units[(units["layer"] == layer.id) & (units["minutes"] == layer.minutes)]
    sites = comparison.sites[comparison.sites["layer"] == layer.id]
    table = comparison.layers
    row: _Row = table[table["layer"] == layer.id].to_dict("records")[0]
    limit, group = f"{layer.minutes:g}", layer.group_label
    about = Text(f"{limit} 分钟 · {group.zh}", f"{limit} min · {group.en}")
    return [
        f'<section class="layer">\n<h2><bdi>{say(layer.label)}</bdi>',
        f'<span class="soft">{say(about)}</span></h2>',
        f"<p>{say(layer_sentence(layer, row, units))}</p>",
        _totals(row, say),
        *_maps(comparison, layer, ground, (units, sites), say, language),
        *_changes(comparison, layer, say),
        *_units(units, say),
        *_sites(sites, say),
        *_plans(comparison, layer, say),
        "</section>",
    ]


def _totals(row: _Row, say: Say) -> str:
    """Return a layer in a few rows: people, townships, sites and cost in A and in B."""
    people, lines = row["people"], []

    def line(words: Text, a: Text, b: Text, change: Text) -> None:
        cells = "".join(f'<td class="number">{say(cell)}</td>' for cell in (a, b, change))
        lines.append(f'<tr><th scope="row">{say(words)}</th>{cells}</tr>')

    def reached(name: str, words: Text) -> None:
        a, b = row[f"{name}_a"], row[f"{name}_b"]
        said = [
            Text(
                f"{count(v).zh}（{percent(v, people).zh}）",
                f"{count(v).en} ({percent(v, people).en})",
            )
            for v in (a, b)
        ]
        line(words, said[0], said[1], signed(b - a))

    def number(name: str, words: Text) -> None:
        a, b = row[f"{name}_a"], row[f"{name}_b"]
        line(words, count(a), count(b), signed(b - a))

    n = f"{count(people).zh}"
    reached("reached_now", Text(f"现状可达（共 {n} 人）", f"Reached now (of {count(people).en})"))
    reached("reached", Text("建成后可达", "Reached with the plan"))
    units = row["units"]
    number(
        "has_one_now", Text(f"现状有设施的乡镇（共 {units}）", f"Units with one now (of {units})")
    )
    number("has_one", Text("建成后有设施的乡镇", "Units with one, with the plan"))
    number("sites_now", Text("现状计入的站点", "Sites that count now"))
    number("proposed", Text("建议新增", "Proposed"))
    number("closing", Text("建议关闭", "To be closed"))
    costs = [
        yuan(row[f"cost_yuan_{s}"], row[f"cost_unknown_{s}"], row[f"proposed_{s}"]) for s in "ab"
    ]
    line(Text("新增站点造价", "Cost of the new sites"), costs[0], costs[1], Text.same(""))
    heads = (Text.same(""), Text.same("A"), Text.same("B"), Text("B − A", "B − A"))
    return sheet(heads, lines, len(lines), say, numbers=3)


def _maps(
    comparison: Comparison,
    layer: LayerCompared,
    ground: MapGround | None,
    tables: tuple[pd.DataFrame, pd.DataFrame],
    say: Say,
    language: Language,
) -> list[str]:
    if ground is None:
        return []
    titles: tuple[tuple[Any, Text], ...] = (
        ("a", Text("A：建成后可达率", "A: share reached with the plan")),
        ("b", Text("B：建成后可达率", "B: share reached with the plan")),
        ("difference", Text("差别：B − A（百分点）", "Difference: B − A (points)")),
    )
    colour = _colour(comparison.a.record.layers[layer.id].colour)
    drawn = []
    for shown, title in titles:
        picture = map_svg(ground, *tables, shown, colour=colour, title=title, language=language)
        drawn.append(f"<figure>{picture}<figcaption>{say(title)}</figcaption></figure>")
    return [f'<div class="maps">{"".join(drawn)}</div>', legend(colour, say)]


def _colour(value: str) -> str:
    """Return a colour of a record, which anybody may have written, or a plain one."""
    fits = len(value) == _RGB and value[0] == "#" and all(c in _HEX for c in value[1:])
    return value if fits else "#4b4b4b"


_RGB, _HEX = 7, frozenset("0123456789abcdefABCDEF")


def _changes(comparison: Comparison, layer: LayerCompared, say: Say) -> list[str]:
    table = comparison.changes
    rows = table[table["layer"] == layer.id].to_dict("records")
    percent_words = f"{layer.goal_percent} %"
    what = Text(f"目标 {percent_words}", f"the goal of {percent_words}")
    if not layer.has_goal:
        what = Text(
            f" {percent_words}（研究没有给出目标）", f"{percent_words} (the study gives no goal)"
        )
    head = Text(
        f"结果改变的乡镇：有没有设施，可达率是否达到{what.zh}",
        f"Townships that change sides: has one or not; share reached, against {what.en}",
    )
    if not rows:
        return [f"<h3>{say(head)}</h3>", f"<p>{say(Text('没有。', 'None.'))}</p>"]
    lines = [
        f'<tr><th scope="row"><bdi>{escaped(str(r["unit_name"]))}</bdi></th>'
        f"<td>{say(criterion_words(r))}</td>"
        f'<td class="{r["direction"]}">{_ARROWS[r["direction"]]} '
        f"{say(DIRECTIONS[r['direction']])}</td>"
        f'<td class="number">{say(percent(r["reached_a"], r["people"]))}</td>'
        f'<td class="number">{say(percent(r["reached_b"], r["people"]))}</td></tr>'
        for r in rows[:MOST_ROWS]
    ]
    heads = (
        Text("乡镇", "Township"), Text("标准", "By"), Text("结果", "Outcome"),
        Text("A 可达率", "A share"), Text("B 可达率", "B share"),
    )  # fmt: skip
    return [f"<h3>{say(head)}</h3>", sheet(heads, lines, len(rows), say, numbers=2)]


_ARROWS = {"gains": "▲", "loses": "▼"}


def _units(units: pd.DataFrame, say: Say) -> list[str]:
    rows = [row for row in units.to_dict("records") if row["unit_code"] != TOTAL]
    lines = [_unit(row, escaped(str(row["unit_name"])), say) for row in rows[:MOST_ROWS]]
    total = [row for row in units.to_dict("records") if row["unit_code"] == TOTAL]
    lines += [_unit(row, say(ALL_UNITS), say, kind=' class="total"') for row in total]
    heads = (
        Text("乡镇", "Township"), Text("人数", "People"),
        Text("现状 A", "Now A"), Text("现状 B", "Now B"),
        Text("建成后 A", "Plan A"), Text("A %", "A %"),
        Text("建成后 B", "Plan B"), Text("B %", "B %"),
        Text("B − A（人）", "B − A (people)"), Text("百分点", "Points"),
        Text("有设施 A → B", "Has one A → B"),
    )  # fmt: skip
    title = Text("各乡镇可达人数", "People reached, township by township")
    table = sheet(heads, lines, len(rows) + len(total), say, numbers=10)
    return [f"<h3>{say(title)}</h3>", table]


def _unit(row: _Row, name: str, say: Say, *, kind: str = "") -> str:
    people = row["people"]
    total = row["unit_code"] == TOTAL
    has = [
        count(v) if total or pd.isna(v) else (_YES if v else _NO)
        for v in (row["has_one_a"], row["has_one_b"])
    ]
    cells = [
        count(people),
        count(row["reached_now_a"]),
        count(row["reached_now_b"]),
        count(row["reached_a"]),
        percent(row["reached_a"], people),
        count(row["reached_b"]),
        percent(row["reached_b"], people),
        signed(row["change"]),
        points(row["change_points"]),
        Text(f"{has[0].zh} → {has[1].zh}", f"{has[0].en} → {has[1].en}"),
    ]
    body = "".join(f'<td class="number">{say(cell)}</td>' for cell in cells)
    return f'<tr{kind}><th scope="row"><bdi>{name}</bdi></th>{body}</tr>'


_YES, _NO = Text("是", "yes"), Text("否", "no")


def _sites(sites: pd.DataFrame, say: Say) -> list[str]:
    """Return the sites that differ, and how many do not."""
    apart = sites[sites["difference"] != "same"]
    same = len(sites) - len(apart)
    title = Text(
        f"站点：不同 {len(apart)} 处，相同 {same} 处", f"Sites: {len(apart)} differ, {same} do not"
    )
    parts = [f"<h3>{say(title)}</h3>"]
    shown = apart.to_dict("records")
    if shown:
        heads = (
            Text("站点", "Site"), Text("乡镇", "Township"), Text("差别", "Difference"),
            Text.same("A"), Text.same("B"), Text("另一方案附近", "Near it in the other"),
        )  # fmt: skip
        lines = [_site(row, say) for row in shown[:_MOST_SITES]]
        parts.append(sheet(heads, lines, len(shown), say))
    return parts


def _site(row: _Row, say: Say) -> str:
    states = [
        f"<td>{say(STATES[row[f'state_{side}']]) if row[f'state_{side}'] else '—'}</td>"
        for side in ("a", "b")
    ]
    near = ""
    if row["near_name"]:
        near = f"<bdi>{escaped(row['near_name'])}</bdi> · {int(row['near_metres'])} m"
    elif not pd.isna(row["metres_apart"]) and row["metres_apart"] > SAME_METRES:
        apart = int(row["metres_apart"])
        near = say(Text(f"两方案中相距 {apart:,} 米", f"{apart:,} m apart in the two runs"))
    return (
        f'<tr><th scope="row"><bdi>{escaped(str(row["name"]))}</bdi></th>'
        f"<td><bdi>{escaped(str(row['unit_name']))}</bdi></td>"
        f"<td>{say(DIFFERENCES[row['difference']])}</td>{''.join(states)}<td>{near}</td></tr>"
    )


def _plans(comparison: Comparison, layer: LayerCompared, say: Say) -> list[str]:
    plans = [run.record.plans.get(layer.id) for run in (comparison.a, comparison.b)]
    if not any(plans):
        return []
    title = Text("选址方案与证明", "Plans and what is proven of them")
    parts = "".join(_plan(side, plan, say) for side, plan in zip("AB", plans, strict=True))
    return [f"<h3>{say(title)}</h3>", f'<div class="runs plans">{parts}</div>']


def _plan(side: str, plan: PlanRecord | None, say: Say) -> str:
    head = f'<h4><span class="side {side.lower()}">{side}</span>'
    if plan is None:
        none = Text("没有选址要求", "no sites were asked for")
        return f'<section class="run">{head} {say(none)}</h4></section>'
    words = plan.words
    rows = "".join(
        f"<dt>{say(term.text)}</dt><dd>{say(value.text)}</dd>" for term, value in words.rows
    )
    proof = "".join(f"<li>{say(text.text)}</li>" for text in plan.proof)
    return (
        f'<section class="run">{head} {say(words.model.text)} — {say(words.status.text)}</h4>'
        f"<p>{say(words.text.text)}</p><dl>{rows}</dl>"
        + (f"<ul>{proof}</ul></section>" if proof else "</section>")
    )
