"""Whether two runs can be compared, at which limits, and how what was asked of them differs."""

import json
from decimal import Decimal
from typing import Any

import pandas as pd

from .compared import HALF, Difference, LayerCompared
from .core.errors import Problem, Problems
from .core.text import Text
from .domain.groups import group_label
from .io.runfolder import RunTables
from .measure.coverage import TOTAL

_NAMED = 8
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
        problems.add(_other_units(a, b, only))
        return
    people = [_people(run) for run in (a, b)]
    shared = people[0].index.intersection(people[1].index)
    ours, theirs = people[0].loc[shared], people[1].loc[shared]
    apart = (ours != theirs).fillna(True) & ~(ours.isna() & theirs.isna())
    if apart.any():
        rows = [
            (names[0][code], group, ours[(group, code)], theirs[(group, code)])
            for group, code in shared[apart.to_numpy(dtype=bool)]
        ]
        problems.add(_other_people(a, b, rows))
    if a.units is not None and b.units is not None and _moved(a, b):
        problems.add(_other_borders(a, b))


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
            problems.add(_other_group(ours.label.text, ours.group, theirs.group))
            continue
        common = sorted(_limits(a, key) & _limits(b, key))
        minutes = _shown_at((ours.minutes, theirs.minutes), common)
        if minutes is None:
            problems.add(_no_limit(ours.label.text, (ours.minutes, theirs.minutes), shown=None))
            continue
        if ours.minutes != theirs.minutes:
            limits = (ours.minutes, theirs.minutes)
            problems.add(_no_limit(ours.label.text, limits, shown=minutes))
        # A goal is for the limit it was given at.
        goals = [
            Decimal(layer.goal_percent)
            for layer in (ours, theirs)
            if layer.goal_percent is not None and layer.minutes == minutes
        ]
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
        problems.add(_nothing(a, b))
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
    settings = _settings(one.config, two.config)
    pairs: list[tuple[str, _Said, _Said]] = [
        ("title", _same({"": one.title}), _same({"": two.title})),
        ("date", _same({"": one.date}), _same({"": two.date})),
        ("notice", _same({"": one.notice or ""}), _same({"": two.notice or ""})),
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


def _settings(
    ours: dict[str, Any] | None, theirs: dict[str, Any] | None
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

    look(ours or {}, theirs or {}, "")
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


def _listed(words: list[str]) -> Text:
    zh, en = "、".join(words[:_NAMED]), ", ".join(words[:_NAMED])
    n = len(words)
    return Text(f"{zh} 等共 {n} 个", f"{en} … {n} in all") if n > _NAMED else Text(zh, en)


def _other_units(a: RunTables, b: RunTables, only: list[dict[str, str]]) -> Problem:
    said = [_listed([f"{name}（{code}）" for code, name in part.items()]) for part in only]
    zh = [f"只在 {side}：{words.zh}" for side, words in zip("AB", said, strict=True) if words.zh]
    en = [f"only in {side}: {words.en}" for side, words in zip("AB", said, strict=True) if words.en]
    return Problem(
        code="compare.units",
        what=Text(
            "两次计算的乡镇不同，不能逐个比较",
            "the two runs have different units: they cannot be compared one by one",
        ),
        file=f"A {a.name}, B {b.name}",
        found=Text("；".join(zh), "; ".join(en)),
        expected=Text("同一套乡镇区划代码", "the same unit codes in both"),
        mend=Text(
            "两次计算用同一份乡镇界线；区划调整过的，用 [region] crosswalk 换算到现行乡镇再算",
            "compute both with one boundary file; where units have changed give [region] crosswalk",
        ),
    )


def _other_people(a: RunTables, b: RunTables, rows: list[tuple[str, str, Any, Any]]) -> Problem:
    words = [
        f"{name} {group}：{_count(ours)} / {_count(theirs)}" for name, group, ours, theirs in rows
    ]
    return Problem(
        code="compare.people",
        what=Text(
            "两次计算的人口不同，人数之差不是方案之差",
            "the two runs count different people: what they reach cannot be compared",
        ),
        file=f"A {a.name}, B {b.name}",
        found=_listed(words),
        expected=Text(
            "同一份人口普查（A / B 人数相同）", "one census (the same people in A and B)"
        ),
        mend=Text("两次计算用同一份人口表和总数表", "compute both with one population table"),
    )


def _count(value: Any) -> str:
    return "?" if pd.isna(value) else f"{int(value):,}"


def _other_borders(a: RunTables, b: RunTables) -> Problem:
    return Problem(
        code="compare.borders",
        what=Text(
            "乡镇代码相同，界线不同；地图用 A 的界线",
            "the units have the same codes and other borders; the maps show those of A",
        ),
        file=f"A {a.name}, B {b.name}",
        mend=Text("确认两份界线文件为何不同", "find out why the two boundary files differ"),
        severity="warning",
    )


def _other_group(label: Text, ours: str, theirs: str) -> Problem:
    return Problem(
        code="compare.group",
        what=Text(
            f"{label.zh}：两次计算面向的人群不同，这一图层未比较",
            f"{label.en}: the two runs serve different people; this layer is not compared",
        ),
        column="group",
        found=f"A {ours}, B {theirs}",
        expected=Text("同一人群", "one group"),
        mend=Text("两份研究文件写同一个 group", "write one group in both study files"),
        severity="warning",
    )


def _no_limit(label: Text, limits: tuple[float, float], *, shown: float | None) -> Problem:
    zh, en = "没有共同的时限，这一图层未比较", "no limit in common; this layer is not compared"
    if shown is not None:
        zh, en = (
            f"时限不同，按共同的 {shown:g} 分钟比较",
            f"other limits; compared at {shown:g} min",
        )
    return Problem(
        code="compare.minutes",
        what=Text(f"{label.zh}：{zh}", f"{label.en}: {en}"),
        column="minutes",
        found=Text(
            f"A {limits[0]:g} 分钟，B {limits[1]:g} 分钟",
            f"A {limits[0]:g} min, B {limits[1]:g} min",
        ),
        expected=Text("两次计算用同一时限", "one limit in both"),
        mend=Text(
            "在 thresholds 中加上对方的时限再算",
            "add the other's limit to thresholds and run again",
        ),
        severity="warning",
    )


def _nothing(a: RunTables, b: RunTables) -> Problem:
    ours, theirs = ("、".join(run.record.layers) for run in (a, b))
    return Problem(
        code="compare.nothing",
        what=Text("两次计算没有可以比较的图层", "the two runs have no layer that can be compared"),
        file=f"A {a.name}, B {b.name}",
        found=f"A {ours}; B {theirs}",
        expected=Text(
            "至少一个图层，人群相同，且有共同的时限", "a layer for one group with a limit in common"
        ),
        mend=Text("比较同一图层的两次计算", "compare two runs of one layer"),
    )
