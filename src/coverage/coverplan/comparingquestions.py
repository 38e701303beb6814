"""Whether two runs can be compared, at which limits, and how what was asked of them differs."""

import json
from decimal import Decimal
from typing import Any

import pandas as pd

from .compared import HALF, Difference, LayerCompared
from .comparingfaults import (
    no_limit,
    nothing,
    other_borders,
    other_goals,
    other_group,
    other_people,
    other_units,
    renamed,
)
from .core.errors import Problems
from .core.text import Text
from .domain.groups import group_label
from .io.runfolder import RunTables
from .io.runrecord import RunRecord
from .measure.coverage import TOTAL

_TOLD_APART = frozenset({"title", "date", "notice", "output"})
_PARTS = {
    "title": Text("名称", "title"),
    "date": Text("数据截至", "data as of"),
    "notice": Text("说明", "notice"),
    "input": Text("输入文件", "input file"),
    "config": Text("研究文件", "study file"),
    "layer": Text("图层", "layer"),
    "rule": Text("时限与出行", "limit and travel"),
    "plan": Text("选址要求", "sites asked for"),
    "version": Text("软件版本", "version"),
}


def check_comparable(a: RunTables, b: RunTables, problems: Problems) -> None:
    """Note what forbids comparing: other units, or other people in them.

    Parameters
    ----------
    a, b
        The runs.
    problems
        Where faults go.
    """
    names = [_names(run) for run in (a, b)]
    only = [
        {code: name for code, name in names[i].items() if code not in names[1 - i]}
        for i in range(len(names))
    ]
    if any(only):
        problems.add(other_units(a, b, only))
        return
    ours_theirs = [(code, name, names[1][code]) for code, name in names[0].items()]
    if called := [each for each in ours_theirs if each[1] != each[2]]:
        problems.add(renamed(a, b, called))
    people = [_people(run) for run in (a, b)]
    shared = people[0].index.intersection(people[1].index)
    ours, theirs = people[0].loc[shared], people[1].loc[shared]
    apart = (ours != theirs).fillna(True) & ~(ours.isna() & theirs.isna())
    if apart.any():
        rows = [
            (names[0][code], group, ours[(group, code)], theirs[(group, code)])
            for group, code in shared[apart.to_numpy(dtype=bool)]
        ]
        problems.add(other_people(a, b, rows))
    if a.units is not None and b.units is not None and _moved(a, b):
        problems.add(other_borders(a, b))


def layers_compared(a: RunTables, b: RunTables, problems: Problems) -> dict[str, LayerCompared]:
    """Return how each layer of both runs is compared; note those that cannot be.

    Parameters
    ----------
    a, b
        The runs.
    problems
        Where faults go.
    """
    found: dict[str, LayerCompared] = {}
    for key, ours in a.record.layers.items():
        theirs = b.record.layers.get(key)
        if theirs is None:
            continue
        if ours.group != theirs.group:
            problems.add(other_group(ours.label.text, ours.group, theirs.group))
            continue
        common = sorted(_limits(a, key) & _limits(b, key))
        minutes = _shown_at((ours.minutes, theirs.minutes), common)
        if minutes is None:
            problems.add(no_limit(ours.label.text, (ours.minutes, theirs.minutes), shown=None))
            continue
        if ours.minutes != theirs.minutes:
            limits = (ours.minutes, theirs.minutes)
            problems.add(no_limit(ours.label.text, limits, shown=minutes))
        # A goal is for the limit it was given at.
        goals = [
            Decimal(layer.goal_percent)
            for layer in (ours, theirs)
            if layer.goal_percent is not None and layer.minutes == minutes
        ]
        if len(set(goals)) > 1:
            problems.add(other_goals(ours.label.text, goals))
        found[key] = LayerCompared(
            id=key,
            label=ours.label.text,
            group=ours.group,
            group_label=group_label(ours.group),
            minutes=minutes,
            limits=(ours.minutes, theirs.minutes),
            goal_percent=max(goals, default=HALF),
            has_goal=bool(goals),
        )
    if not found and not problems.errors:
        problems.add(nothing(a, b))
    return found


def differences(a: RunTables, b: RunTables, compared: tuple[str, ...]) -> tuple[Difference, ...]:
    """Return how two questions differ: title, date, files, keys of the study file, versions.

    Parameters
    ----------
    a, b
        The runs.
    compared
        Ids of the layers that are compared.
    """
    one, two = a.record, b.record
    alone = set(one.layers) ^ set(two.layers)  # told as a layer; their settings need no telling
    settings = _settings(*(_without(run.config, alone) for run in (one, two)))
    pairs: list[tuple[str, _Said, _Said]] = [
        ("title", _same({"": one.title}), _same({"": two.title})),
        ("date", _same({"": one.date}), _same({"": two.date})),
        ("notice", _noted(one), _noted(two)),
        ("layer", _layers(a), _layers(b)),
        ("rule", _rules(a, compared), _rules(b, compared)),
        ("plan", _asked(a, compared), _asked(b, compared)),
        ("input", _same(_files(a)), _same(_files(b))),
        ("config", _same(settings[0]), _same(settings[1])),
        ("version", _same(one.versions), _same(two.versions)),
    ]
    found = []
    for part, ours, theirs in pairs:
        for key in dict.fromkeys([*ours, *theirs]):
            values = ours.get(key), theirs.get(key)
            if values[0] != values[1]:
                found.append(Difference(_PARTS[part], key, *values))
    return tuple(found)


_Said = dict[str, Text]


def _same(words: dict[str, str]) -> _Said:
    return {key: Text.same(value) for key, value in words.items()}


def _noted(record: RunRecord) -> _Said:
    return {"": Text.same(record.notice)} if record.notice else {}


def _layers(run: RunTables) -> _Said:
    return {key: layer.label.text for key, layer in run.record.layers.items()}


def _rules(run: RunTables, compared: tuple[str, ...]) -> _Said:
    """Return within which limit and how people travel, by layer."""
    found = {}
    for key in compared:
        layer = run.record.layers[key]
        zh, en = f"{layer.minutes:g} 分钟，{layer.travel.zh}", f"{layer.minutes:g} min, "
        out = layer.direction == "from_site"
        goes = Text("，上门服务", ", the service goes out") if out else Text("", "")
        goal = layer.goal_percent
        aim = Text("", "") if goal is None else Text(f"，目标 {goal} %", f", goal {goal} %")
        found[key] = Text(zh + goes.zh + aim.zh, en + layer.travel.en + goes.en + aim.en)
    return found


def _asked(run: RunTables, compared: tuple[str, ...]) -> _Said:
    """Return which model was asked for how many sites, by layer."""
    found = {}
    for key in compared:
        plan = run.record.plans.get(key)
        if plan is None:
            continue
        n, model = plan.sites_asked, plan.words.model
        zh, en = ("", "") if n is None else (f"，{n} 处", f", {n} sites")
        found[key] = Text(model.zh + zh, model.en + en)
    return found


def _files(run: RunTables) -> dict[str, str]:
    """Return files by name, numbered where several have one name, with their SHA-256."""
    found: dict[str, str] = {}
    for item in run.record.inputs:
        name, n = item.file, 1
        while name in found:
            n += 1
            name = f"{item.file} ({n})"
        found[name] = item.sha256
    return found


def _without(config: dict[str, Any] | None, layers: set[str]) -> dict[str, Any]:
    """Return a study file without some of its layers."""
    table = config or {}
    kept = table.get("layers")
    if not isinstance(kept, dict):
        return table
    return table | {"layers": {key: one for key, one in kept.items() if key not in layers}}


def _settings(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the keys two study files say differently; a table of one alone as one value."""
    said: tuple[dict[str, str], dict[str, str]] = ({}, {})

    def look(a: Any, b: Any, key: str) -> None:
        if isinstance(a, dict) and isinstance(b, dict):
            for name in dict.fromkeys([*a, *b]):
                if key or name not in _TOLD_APART:
                    look(a.get(name), b.get(name), f"{key}.{name}" if key else str(name))
            return
        words = _brief(a), _brief(b)
        if words[0] != words[1]:
            for side, value in zip(said, words, strict=True):
                if value:
                    side[key] = value

    look(ours, theirs, "")
    return said


def _brief(value: Any) -> str:
    """Return a value of a study file as text, what is not said left out; "" for nothing."""
    plain = _stated(value)
    if plain is None or plain in ([], {}):
        return ""
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _stated(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _stated(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in (None, [], {})}
    return [_stated(part) for part in value] if isinstance(value, list) else value


def _names(run: RunTables) -> dict[str, str]:
    units = run.facts[run.facts["unit_code"] != TOTAL]
    return dict(zip(units["unit_code"], units["unit_name"], strict=True))


def _people(run: RunTables) -> pd.Series:
    """Return people by group and unit."""
    facts = run.facts
    rows = facts[(facts["indicator"] == "people_reached") & (facts["unit_code"] != TOTAL)]
    return rows.drop_duplicates(["group", "unit_code"]).set_index(["group", "unit_code"])[
        "denominator"
    ]


def _limits(run: RunTables, layer: str) -> set[float]:
    facts = run.facts
    rows = facts[(facts["layer"] == layer) & (facts["indicator"] == "people_reached")]
    return {float(m) for m in rows["minutes"].dropna()}


def _shown_at(own: tuple[float, float], common: list[float]) -> float | None:
    """Return the limit both are shown at: that of both, else of one of them, else the longest."""
    for limit in sorted(own):
        if limit in common:
            return limit
    return common[-1] if common else None


def _moved(a: RunTables, b: RunTables) -> bool:
    """Whether the borders of some unit differ by more than a thousandth of its area."""
    if a.units is None or b.units is None or a.units.crs != b.units.crs:
        return False
    ours = a.units.set_index("code").geometry
    theirs = b.units.set_index("code").geometry
    if not ours.index.is_unique or set(ours.index) != set(theirs.index):
        return True
    theirs = theirs.loc[ours.index]
    same = ours.geom_equals(theirs, align=False)
    return bool(((ours.area - theirs.area).abs() > ours.area / 1000)[~same].any())
