"""What is measured beside coverage, as a planner reads it in the terminal."""

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table

from ..core.text import Language, Text
from ..measure.coverage import TOTAL
from ..measure.measures import Measures
from ..results import Inputs
from .measure_tables import measured_group
from .terminal import plain

_HEADS = (
    Text("图层", "layer"),
    Text("最近，分钟", "nearest, min"),
    Text("第二近，分钟", "second, min"),
    Text("可及性，每千人", "access per 1,000"),
    Text("名额", "places"),
    Text("基尼系数", "Gini"),
)
_UNKNOWN = "—"


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
    few = Text("没有", "none") if rank == 1 else Text("仅一处", "only one")
    short = _figure(row["short"], ",")
    return Text(
        f"均值 {mean}\n中位 {half}\n九成 {most}\n{few.zh} {short} 人",
        f"mean {mean}\nmedian {half}\n90 % {most}\n{few.en}: {short}",
    ).of(language)


def _access(found: Measures, layer: str, group: str, language: Language) -> str:
    rows = found.access[(found.access["layer"] == layer) & (found.access["group"] == group)]
    if not (rows["method"] == "e2sfca").any():
        note = _total(rows, method="own_unit")
        return str(note[f"note_{language}"])
    row = _total(rows, method="e2sfca")
    without = _figure(row["people_without"], ",")
    people = _figure(row["placed"], ",")
    words = Text(f"为零 {without}\n共 {people} 人", f"none: {without}\nof {people}")
    return f"{_figure(row['per_1000'], '.2f')}\n{words.of(language)}"


def _places(found: Measures, layer: str, group: str, language: Language) -> str:
    row = _total(found.assignment, layer=layer, group=group)
    if pd.isna(row["served"]):
        return _UNKNOWN
    served, asking = f"{row['served']:,}", f"{row['asking']:,}"
    far, full = f"{row['no_site']:,}", f"{row['full']:,}"
    words = Text(
        f"需要 {asking}\n得到 {served}\n太远 {far}\n满额 {full}",
        f"ask {asking}\nserved {served}\ntoo far {far}\nfull {full}",
    )
    return words.of(language)


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
    """Return what is to be known of places, once for the layers it is true of."""
    said: dict[str, list[str]] = {}
    for item in inputs.layers:
        row = _total(found.assignment, layer=item.layer.id, group=item.layer.group)
        if note := str(row[f"note_{language}"]):
            said.setdefault(note, []).append(item.layer.label.of(language))
    listed = Text("、", ", ").of(language)
    return [f"{listed.join(names)}{Text('：', ': ').of(language)}{n}" for n, names in said.items()]


def _missing(found: Measures, language: Language) -> list[str]:
    """Return how many people of each group miss how many services."""
    spots = found.blind_spots
    spots = spots[(spots["scope"] == "every") & (spots["unit_code"] == TOTAL)]
    lines = []
    for group, rows in spots.groupby("group", sort=False):
        known = rows.dropna(subset=["missing"])
        counts = ", ".join(
            f"{row.missing}: {_figure(row.value, ',')}" for row in known.itertuples(index=False)
        )
        people = _figure(rows["denominator"].iloc[0], ",")
        label = measured_group(str(group))
        words = Text(
            f"{label.zh}缺几项服务（共 {people} 人）  {counts}",
            f"{label.en}, services missing ({people} people)  {counts}",
        )
        lines.append(words.of(language))
    return lines
