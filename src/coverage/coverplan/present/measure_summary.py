"""What is measured beside coverage, as a planner reads it in the terminal."""

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table

from ..core.text import Language, Text
from ..measure.coverage import TOTAL
from ..measure.measures import Measures
from ..results import Inputs
from .measure_tables import measured_group, supply_words
from .terminal import plain

_HEADS = (
    Text("图层", "layer"),
    Text("最近，分钟", "nearest, min"),
    Text("次近，分钟", "second, min"),
    Text("可及性，每千人", "access per 1,000"),
    Text("名额分配，人", "who gets a place"),
    Text("基尼系数", "Gini"),
)
_UNKNOWN = "—"
_SHARED = {
    "asking": Text("需要", "ask"),
    "served": Text("分到", "given"),
    "no_site": Text("不可达", "none near"),
    "full": Text("已满", "full"),
    "capacity_unknown": Text("容量不明", "not known"),
    "unplaced": Text("没有点位", "no point"),
}
"""What became of those who ask for a place; the last parts add up to the first."""

_ALWAYS = frozenset({"asking", "served", "no_site", "full"})


def measures_summary(inputs: Inputs, found: Measures, language: Language) -> RenderableType:
    """Return a table with a row for each layer, and who misses how many services."""
    title = Text(f"{inputs.title}　{inputs.date}", f"{inputs.title}  {inputs.date}")
    table = Table(title=plain(title.of(language), "bold"), show_lines=True)
    for head in _HEADS:
        table.add_column(head.of(language), overflow="fold")
    for item in inputs.layers:
        key, group = item.layer.id, item.layer.group
        label = f"{item.layer.label.of(language)}\n{measured_group(group).of(language)}"
        cells = [
            label,
            _minutes(found, key, group, 1, language),
            _minutes(found, key, group, 2, language),
            _access(found, key, group, language),
            _places(found, key, group, language),
            _gini(found, key, group, language),
        ]
        table.add_row(*(plain(cell) for cell in cells))
    lines = [*_missing(found, language), *_notes(inputs, found, language)]
    parts: list[RenderableType] = [table, *map(plain, lines)]
    if inputs.notice:
        parts.append(plain(inputs.notice, "italic"))
    return Group(*parts)


def _total(frame: pd.DataFrame, **where: object) -> pd.Series:
    here = frame["unit_code"] == TOTAL
    for name, value in where.items():
        here &= frame[name] == value
    return frame[here].iloc[0]


def _figure(value: object, form: str) -> str:
    return _UNKNOWN if pd.isna(value) else format(value, form)


def _minutes(found: Measures, layer: str, group: str, rank: int, language: Language) -> str:
    row = _total(found.nearest, layer=layer, group=group, rank=rank)
    mean, half, most = (
        _figure(row[name], ".1f") for name in ("mean_minutes", "median_minutes", "p90_minutes")
    )
    few = Text("到不了", "none") if rank == 1 else Text("只到一处", "only one")
    short = _figure(row["short"], ",")
    return Text(
        f"平均 {mean}\n半数≤{half}\n九成≤{most}\n{few.zh} {short} 人",
        f"mean {mean}\n50 % ≤{half}\n90 % ≤{most}\n{few.en}: {short}",
    ).of(language)


def _access(found: Measures, layer: str, group: str, language: Language) -> str:
    rows = found.access[(found.access["layer"] == layer) & (found.access["group"] == group)]
    if not (rows["method"] == "e2sfca").any():
        note = _total(rows, method="own_unit")
        return str(note[f"note_{language}"])
    row = _total(rows, method="e2sfca")
    without = _figure(row["people_without"], ",")
    people = _figure(row["placed"], ",")
    unit = supply_words(found, layer).of(language)
    words = Text(f"为零 {without} 人\n共 {people} 人", f"none: {without}\nof {people}")
    return f"{_figure(row['per_1000'], '.2f')} {unit}\n{words.of(language)}"


def _places(found: Measures, layer: str, group: str, language: Language) -> str:
    row = _total(found.assignment, layer=layer, group=group)
    if pd.isna(row["served"]):
        return _UNKNOWN
    lines = [
        f"{words.of(language)} {row[name]:,}"
        for name, words in _SHARED.items()
        if name in _ALWAYS or row[name]
    ]
    return "\n".join(lines)


def _gini(found: Measures, layer: str, group: str, language: Language) -> str:
    names = {"access": Text("可及性", "access"), "minutes": Text("分钟", "minutes")}
    rows = found.inequality
    lines = []
    for subject, label in names.items():
        here = (rows["layer"] == layer) & (rows["group"] == group) & (rows["subject"] == subject)
        one = rows[here & (rows["index"] == "gini")]
        if len(one):
            lines.append(f"{label.of(language)} {_figure(one['value'].iloc[0], '.3f')}")
    return "\n".join(lines)


def _notes(inputs: Inputs, found: Measures, language: Language) -> list[str]:
    """Return what is to be known of access and places, once for the layers it is true of."""
    said: dict[str, list[str]] = {}
    for item in inputs.layers:
        key, label = item.layer.id, item.layer.label.of(language)
        rows = found.access[(found.access["layer"] == key) & (found.access["method"] == "e2sfca")]
        for decay in rows[f"decay_{language}"].unique():
            head = Text("可及性为 E2SFCA，", "access is E2SFCA, ").of(language)
            said.setdefault(head + decay, []).append(label)
    for item in inputs.layers:
        key, group, label = item.layer.id, item.layer.group, item.layer.label.of(language)
        row = _total(found.assignment, layer=key, group=group)
        if note := str(row[f"note_{language}"]):
            said.setdefault(note, []).append(label)
    listed = Text("、", ", ").of(language)
    return [f"{listed.join(names)}{Text('：', ': ').of(language)}{n}" for n, names in said.items()]


def _missing(found: Measures, language: Language) -> list[str]:
    """Return how many people of each group miss how many services: the blind spots."""
    spots = found.blind_spots
    spots = spots[(spots["scope"] == "every") & (spots["unit_code"] == TOTAL)]
    lines = []
    for group, rows in spots.groupby("group", sort=False):
        parts = [
            _spot(row.missing, _figure(row.value, ","))
            for row in rows.itertuples(index=False)
            if not pd.isna(row.missing) or (not pd.isna(row.value) and row.value)
        ]
        people = _figure(rows["denominator"].iloc[0], ",")
        label = measured_group(str(group))
        words = Text(
            f"盲区，{label.zh}（共 {people} 人）：" + "，".join(p.zh for p in parts),
            f"blind spots, {label.en} (of {people} people): " + ", ".join(p.en for p in parts),
        )
        lines.append(words.of(language))
    return lines


def _spot(missing: object, people: str) -> Text:
    """Return that so many people miss so many services."""
    if pd.isna(missing):
        return Text(f"没有点位 {people} 人", f"no point {people}")
    if missing == 0:
        return Text(f"都不缺 {people} 人", f"missing none {people}")
    return Text(f"缺 {missing} 项 {people} 人", f"missing {missing}: {people}")
