"""What is aimed at and how far it is: the table, the record, the lines and the page's data."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..core.text import Language, Text
from ..domain.groups import group_label
from ..measure.coverage import TOTAL
from ..measure.goals import GoalPhase, GoalResult, GoalStand
from ..results import LayerResult, Study
from .tables import ALL_UNITS, KINDS, MEASURES, PHASES

__all__ = ["goal_lines", "goals_data", "goals_record", "goals_table"]

_MET = {
    True: Text("达到", "met"),
    False: Text("未达到", "not met"),
    None: Text("无法判断", "cannot be judged"),
}
_UNKNOWN = Text("人口未知", "people not known")
_NOBODY = Text("没有这类人口", "nobody of this group")
_NOT_A_CHECK = Text(
    "本行是图上的目标线；条文是否达到，以政策目标核对为准",
    "a line on the map; whether the clause is met is judged by the check of policy targets",
)


def goals_table(study: Study, language: Language) -> pd.DataFrame | None:
    """Return every goal by unit and in all: what ``goals.csv`` holds; None where there is none.

    Parameters
    ----------
    study, language
        The study, and the language of the labels.
    """
    region = study.inputs.region
    units = [*zip(region.codes, region.names, strict=True), (TOTAL, ALL_UNITS.of(language))]
    rows = [
        _row(study, result, found, phase, language)
        | {"unit_code": code, "unit_name": name}
        | _stand_cells(found.phase(phase), number, language)
        | _source_cells(found, language)
        for result in study.layers.values()
        for found in result.goals
        for phase in _phases(found)
        for number, (code, name) in enumerate(units)
    ]
    if not rows:
        return None
    table = pd.DataFrame(rows)
    whole = ["have", "of", "need", "short"]
    table[whole] = table[whole].astype("Int64")
    table["minutes"] = table["minutes"].astype("Int64")
    return table


def _phases(found: GoalResult) -> Iterator[str]:
    yield "before"
    if found.after is not None:
        yield "after"


def _row(
    study: Study, result: LayerResult, found: GoalResult, phase: str, language: Language
) -> dict[str, Any]:
    goal = found.goal
    group = goal.group
    return {
        "study": study.inputs.title,
        "notice": study.inputs.notice or "",
        "date": study.inputs.date.isoformat(),
        "layer": result.layer.id,
        "layer_label": result.layer.label.of(language),
        "goal": int(found.id) + 1,
        "goal_label": goal.words.of(language),
        "coverage_kind": KINDS[goal.measure].of(language),
        "percent": goal.percent_text,
        "minutes": None if goal.minutes is None else int(goal.minutes),
        "group": group or "",
        "group_label": "" if group is None else group_label(group).of(language),
        "phase": phase,
        "phase_label": PHASES[phase].of(language),
    }


def _stand_cells(state: GoalPhase, number: int, language: Language) -> dict[str, Any]:
    """Return how a unit stands, or behind the last of them all units together."""
    is_total = number == len(state.units)
    stand = state.total if is_total else state.units[number]
    return {
        "have": stand.have,
        "of": stand.of,
        "need": stand.need,
        "short": stand.short,
        "met": _MET[stand.met].of(language),
        "note": (state.note if is_total else _unit_note(stand)).of(language),
    }


def _source_cells(found: GoalResult, language: Language) -> dict[str, str]:
    source = found.goal.source
    return {
        "target": found.goal.target,
        "source": "" if source is None else source.of(language),
        "source_note": "" if source is None else _NOT_A_CHECK.of(language),
    }


def _unit_note(stand: GoalStand) -> Text:
    if stand.of is None:
        return _UNKNOWN
    if stand.of == 0:
        return _NOBODY
    if stand.undecided:
        return Text(
            f"其中 {stand.undecided:,} 人没有点位，按不可达计",
            f"{stand.undecided:,} people without a place count as not reached",
        )
    return Text("", "")


def goals_record(study: Study) -> dict[str, list[dict[str, Any]]]:
    """Return the goals for the record of the run, by layer; layers without goals left out.

    Parameters
    ----------
    study
        The study.
    """
    return {
        key: [_record(found) for found in result.goals]
        for key, result in study.layers.items()
        if result.goals
    }


def _record(found: GoalResult) -> dict[str, Any]:
    goal = found.goal
    return {
        "id": found.id,
        "measure": goal.measure,
        "percent": goal.percent_text,
        "minutes": goal.minutes,
        "group": goal.group,
        "label": goal.words.as_dict(),
        "target": goal.target or None,
        "source": None if goal.source is None else goal.source.as_dict(),
        "before": _stand_data(found.before),
        "after": None if found.after is None else _stand_data(found.after),
    }


def goals_data(result: LayerResult) -> list[dict[str, Any]]:
    """Return the goals of a layer as the page holds them, to compare with its own figures.

    Parameters
    ----------
    result
        The layer. Without a plan its ``after`` is as its ``before``.
    """
    return [
        {
            "id": found.id,
            "measure": found.goal.measure,
            "minutes": found.goal.minutes,
            "group": found.goal.group,
            "percent": [found.goal.percent.numerator, found.goal.percent.denominator],
            "label": found.goal.words.as_dict(),
            "source": None if found.goal.source is None else found.goal.source.as_dict(),
            "before": _stand_data(found.before),
            "after": _stand_data(found.phase("after")),
        }
        for found in result.goals
    ]


def _stand_data(state: GoalPhase) -> dict[str, Any]:
    total = state.total
    return {
        "have": total.have,
        "of": total.of,
        "need": total.need,
        "short": total.short,
        "undecided": total.undecided,
        "met": total.met,
    }


def goal_lines(study: Study, language: Language) -> list[str]:
    """Return how every goal stands, one line each, for a summary.

    Parameters
    ----------
    study, language
        The study, and the language of the lines.
    """
    return [
        _line(result, found).of(language)
        for result in study.layers.values()
        for found in result.goals
    ]


def _line(result: LayerResult, found: GoalResult) -> Text:
    words, label = found.goal.words, result.layer.label
    counted = MEASURES["units" if found.goal.measure == "has_one" else "people"]
    stands = [_said(found.phase(phase), phase, counted) for phase in _phases(found)]
    return Text(
        f"{label.zh}：{words.zh}——" + "；".join(said.zh for said in stands),
        f"{label.en}: {words.en} - " + "; ".join(said.en for said in stands),
    )


def _said(state: GoalPhase, phase: str, counted: Text) -> Text:
    when, total = PHASES[phase], state.total
    met = _MET[total.met]
    short_zh = f"，还差 {total.short:,} {counted.zh}" if total.met is False else ""
    short_en = f", {total.short:,} short" if total.met is False else ""
    note = state.note
    note_zh, note_en = (f"（{note.zh}）", f" ({note.en})") if note.zh else ("", "")
    return Text(
        f"{when.zh} {total.have:,} / {total.of:,} {counted.zh}，{met.zh}{short_zh}{note_zh}",
        f"{when.en} {total.have:,} of {total.of:,} {counted.en}, {met.en}{short_en}{note_en}",
    )
