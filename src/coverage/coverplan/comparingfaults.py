"""What forbids comparing two runs, or parts of them, in words."""

from decimal import Decimal
from typing import Any

import pandas as pd

from .core.errors import Problem
from .core.text import Text
from .domain.groups import group_label
from .io.runfolder import RunTables

_NAMED = 8


def _listed(words: list[Text]) -> Text:
    zh, en = "、".join(w.zh for w in words[:_NAMED]), ", ".join(w.en for w in words[:_NAMED])
    n = len(words)
    return Text(f"{zh} 等共 {n} 个", f"{en} … {n} in all") if n > _NAMED else Text(zh, en)


def other_units(a: RunTables, b: RunTables, only: list[dict[str, str]]) -> Problem:
    """Return the fault of runs of other units; ``only``: name by code of those of one alone."""
    said = [
        _listed([Text(f"{name}（{code}）", f"{name} ({code})") for code, name in part.items()])
        for part in only
    ]
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


def other_people(a: RunTables, b: RunTables, rows: list[tuple[str, str, Any, Any]]) -> Problem:
    """Return the fault of runs of other people: name, group, and both numbers of each unit."""
    words = []
    for name, group, ours, theirs in rows:
        label, counts = group_label(group), f"{_count(ours)} / {_count(theirs)}"
        words.append(Text(f"{name} {label.zh} {counts}", f"{name} {label.en} {counts}"))
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


def other_borders(a: RunTables, b: RunTables) -> Problem:
    """Return the warning of units that have other borders."""
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


def renamed(a: RunTables, b: RunTables, names: list[tuple[str, str, str]]) -> Problem:
    """Return the warning of units called otherwise in the other run: code and both names."""
    words = [f"{code} {ours} / {theirs}" for code, ours, theirs in names]
    return Problem(
        code="compare.renamed",
        what=Text(
            "乡镇代码相同，名称不同；按代码比较，写 A 的名称",
            "the units have the same codes and other names: compared by code, called as in A",
        ),
        file=f"A {a.name}, B {b.name}",
        found=_listed([Text.same(word) for word in words]),
        expected=Text("同一代码是同一乡镇", "one code for one unit"),
        mend=Text(
            "更名的不必处理；代码张冠李戴的，改正区划代码再算",
            "where a unit was renamed nothing; where codes were mixed up mend them and run again",
        ),
        severity="warning",
    )


def other_group(label: Text, ours: str, theirs: str) -> Problem:
    """Return the warning of a layer for one group in one run, for another in the other."""
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


def other_goals(label: Text, goals: list[Decimal]) -> Problem:
    """Return the warning of a layer of two goals: those of A and B."""
    most = max(goals)
    return Problem(
        code="compare.goals",
        what=Text(
            f"{label.zh}：两次计算的可达率目标不同，是否达到按较高的 {most} % 判断",
            f"{label.en}: the runs aim at different shares; both are held against {most} %",
        ),
        column="goals",
        found=Text.same(f"A {goals[0]} %, B {goals[1]} %"),
        expected=Text("两次计算用同一目标", "one goal in both"),
        mend=Text("要按另一目标判断，统一 goals 再算", "for the other goal write it in both files"),
        severity="warning",
    )


def no_limit(label: Text, limits: tuple[float, float], *, shown: float | None) -> Problem:
    """Return the warning of a layer of two limits: shown at one both counted, or not compared."""
    zh, en = "没有共同的时限，这一图层未比较", "no limit in common; this layer is not compared"
    mend = Text(
        "在 thresholds 中加上对方的时限再算", "add the other's limit to thresholds and run again"
    )
    if shown is not None:
        zh, en = (
            f"时限不同，按共同的 {shown:g} 分钟比较",
            f"other limits; compared at {shown:g} min",
        )
    if shown in limits:
        mend = Text(
            "两份研究文件写同一个 minutes 再算；其他共同时限的数字见 compare_units.csv",
            "write one minutes in both study files and run again; compare_units.csv holds the "
            "figures at the other limits in common",
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
        mend=mend,
        severity="warning",
    )


def nothing(a: RunTables, b: RunTables) -> Problem:
    """Return the fault of runs with no layer to compare."""
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
