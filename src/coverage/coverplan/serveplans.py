"""What a session of the map page keeps and says: plans, the search that runs, words."""

import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer

from .core.crs import LONLAT
from .core.errors import Problem
from .core.text import Language, Text
from .present.visible import visible
from .questions import NEW
from .results import Inputs, Study
from .serveasks import NearAsk, SolveAsk
from .siting import CandidateSet


class BusyError(Exception):
    """Something is being computed; one thing at a time."""


class CancelledError(Exception):
    """The planner does not want the answer any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One answer of the session.

    Parameters
    ----------
    number
        0 is the study as its file asks.
    label
        What it is, in a line.
    study, page
        Its figures, and its map page.
    ask
        What was asked for; None for the study's own.
    """

    number: int
    label: Text
    study: Study
    page: str
    ask: SolveAsk | None = None


@dataclass(slots=True)
class Job:
    """A search that runs, or the last one that ran.

    Parameters
    ----------
    ask
        What was asked for.
    state
        ``running``, ``done``, ``failed`` or ``cancelled``.
    step, done, total, value, bound
        How far it is.
    began, seconds
        When it began (`time.perf_counter`), and how long it took.
    plan
        Number of the plan it gave; None where there is none.
    problems
        Why it failed.
    words
        What came out.
    """

    ask: SolveAsk
    state: str = "running"
    step: Text = field(default_factory=lambda: Text("开始", "starting"))
    done: int = 0
    total: int = 0
    value: int | None = None
    bound: int | None = None
    began: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0
    plan: int | None = None
    problems: tuple[Problem, ...] = ()
    words: Text = field(default_factory=lambda: Text("", ""))
    stop: threading.Event = field(default_factory=threading.Event)


def said(problem: Problem) -> dict[str, str]:
    """Return a problem as a page says it: in both languages, on lines, nothing unseen in it."""
    return {
        "code": problem.code,
        **{
            language: "\n".join(visible(line, 600) for line in problem.render(language).split("\n"))
            for language in _LANGUAGES
        },
    }


_LANGUAGES: tuple[Language, Language] = ("zh", "en")


def internal() -> Problem:
    """Return what a page is told of an error of ours."""
    return Problem(
        code="serve.internal",
        what=Text(
            "coverplan 内部错误，没有新方案；详情见启动它的窗口",
            "an error inside coverplan, no new plan; see the window it was started in",
        ),
        mend=Text("换一个问法再试，并反馈这个错误", "ask otherwise, and report the error"),
    )


def plan_label(study: Study, layer: str, ask: SolveAsk) -> Text:
    """Return a plan in a line: layer, model, number, status.

    Parameters
    ----------
    study, layer, ask
        The answer, of which layer, and to what.
    """
    result = study.layers[layer]
    proposal = result.proposal
    if proposal is None:  # pragma: no cover - a layer that was asked has an answer
        raise TypeError(layer)
    label, model, status = result.layer.label, proposal.model, proposal.status_text
    number = ("", "")
    if ask.sites is not None:
        number = (f" {ask.sites} 处", f" {ask.sites}")
    elif ask.share_percent is not None:
        number = (f" {ask.share_percent:g} %", f" {ask.share_percent:g} %")
    return Text(
        f"{label.zh}，{model.zh}{number[0]}，{status.zh}",
        f"{label.en}, {model.en}{number[1]}, {status.en}",
    )


def free_folder(out: Path) -> Path:
    """Return the first folder ``plan-1``, ``plan-2``, ... that is not there yet.

    Parameters
    ----------
    out
        Where they stand.
    """
    number = 1
    while os.path.lexists(out / f"plan-{number}"):  # a link that leads nowhere is there too
        number += 1
    return out / f"plan-{number}"


def look(job: Job) -> None:
    """Stop here if nobody wants the answer of a search any more."""
    if job.stop.is_set():
        raise CancelledError


def layer_of(plan: Plan) -> str | None:
    """Return the layer a plan is of, None for the study's own."""
    return None if plan.ask is None else plan.ask.layer


def nearest_candidate(found: CandidateSet, ask: NearAsk, inputs: Inputs) -> dict[str, Any]:
    """Return the nearest usable candidate, and the nearest of all where that one is not usable."""
    places = found.places
    to_metres = Transformer.from_crs(LONLAT, inputs.region.crs, always_xy=True)
    x, y = to_metres.transform(ask.lon, ask.lat)
    if not len(places) or not np.isfinite([x, y]).all():
        return {"candidate": None, "refused": None}
    metres = np.hypot(places.geometry.x.to_numpy() - x, places.geometry.y.to_numpy() - y)
    usable = np.array([not reason.zh for reason in found.reasons], dtype=bool)
    lonlat = places.geometry.to_crs(LONLAT)

    def told(i: int) -> dict[str, Any]:
        row = places.iloc[i]
        size = f"（{row['class_name']}）" if row["class_name"] else ""
        return {
            "id": f"{NEW}{places.index[i]}",
            "name": visible(f"{row['name']}{size}"),
            "unit": str(inputs.region.names.get(str(row["unit"]), "")),
            "metres": round(float(metres[i])),
            "lon": round(float(lonlat.iloc[i].x), 6),
            "lat": round(float(lonlat.iloc[i].y), 6),
        }

    nearest = int(np.argmin(metres))
    best = int(np.argmin(np.where(usable, metres, np.inf))) if usable.any() else None
    refused = None
    if not usable[nearest]:
        refused = told(nearest) | {"reason": found.reasons[nearest].as_dict()}
    return {"candidate": None if best is None else told(best), "refused": refused}


def no_layer(key: str, known: list[str]) -> Problem:
    """Return the fault of a layer that cannot be solved."""
    return Problem(
        code="serve.layer",
        what=Text("这个图层不能求解", "this layer cannot be solved"),
        column="layer",
        found=key,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("换一个图层，或在研究文件中给出候选点", "name another, or give it candidates"),
    )


def no_plan(number: int) -> Problem:
    """Return the fault of a plan that is not kept."""
    return Problem(
        code="serve.plan",
        what=Text("没有这个方案，或已不再保留", "there is no such plan, or it is kept no more"),
        found=str(number),
        mend=Text("重新求解", "solve again"),
    )


def no_folder() -> Problem:
    """Return the fault of a session that was given no folder to save to."""
    return Problem(
        code="serve.no_out",
        what=Text("启动时没有给出保存的位置", "no place to save to was given at the start"),
        mend=Text("用 coverplan serve … --out 文件夹 启动", "start with coverplan serve … --out"),
    )
