"""One session of the map page that solves: inputs read once, plans kept, one search at a time."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from .assessing import assess_inputs
from .clock import Clock
from .core.crs import LONLAT
from .core.errors import InputError, Problem
from .core.text import Language, Text
from .measure import Coverage
from .outputs import write_run
from .present.serve_page import serve_html
from .present.visible import visible
from .questions import NEW, question
from .results import LayerInput, Study
from .serveasks import NearAsk, SaveAsk, SolveAsk, changed_config, changed_request, offers
from .serveplans import (
    BusyError,
    CancelledError,
    Job,
    Plan,
    free_folder,
    internal,
    layer_of,
    look,
    nearest_candidate,
    no_folder,
    no_layer,
    no_plan,
    plan_label,
    said,
)
from .siting import CandidateSet
from .siting.request import SitingRequest

MOST_PLANS = 30
"""So many plans are kept; then the oldest goes."""


class Session:
    """What the server answers from.

    Parameters
    ----------
    study
        The study as its file asks, computed.
    requests
        What can be asked of each layer: that of the file, or a first one where it asks nothing.
    token
        What every order must carry.
    language
        What pages open in.
    out
        Where plans are written when somebody asks; None: nowhere.
    on_error
        Told of an error that is nobody's but ours.
    """

    def __init__(
        self,
        study: Study,
        requests: dict[str, SitingRequest],
        token: str,
        *,
        language: Language,
        out: Path | None = None,
        on_error: Callable[[BaseException], None] | None = None,
    ) -> None:
        self.token = token
        self._base = study
        self._requests = requests
        self._language: Language = language
        self._out = out
        self._on_error = on_error
        self._lock = threading.Lock()  # of the plans and the job
        self._compute = threading.Lock()  # kernels on several threads at once are not safe
        self._numbers = 0
        self._job: Job | None = None
        self._thread: threading.Thread | None = None
        self._candidates: dict[str, CandidateSet] = {}
        self._plans: dict[int, Plan] = {}
        label = Text("研究文件的方案", "as the study file asks")
        self._plans[0] = self._made(0, label, study, None)

    def page(self, number: int) -> str | None:
        """Return the page of a plan; None where there is no such plan, or not any more."""
        with self._lock:
            plan = self._plans.get(number)
        if plan is None:
            return None
        return plan.page

    def plans(self) -> list[dict[str, Any]]:
        """Return the plans of the session, the first one first."""
        with self._lock:
            kept = list(self._plans.values())
        return [
            {"number": plan.number, "label": plan.label.as_dict(), "layer": layer_of(plan)}
            for plan in kept
        ]

    def solve(self, ask: SolveAsk) -> None:
        """Begin to search for what a page asks.

        Parameters
        ----------
        ask
            What is asked.

        Raises
        ------
        InputError
            When it cannot be meant.
        BusyError
            When another search runs.
        """
        item, base = self._layer(ask.layer)
        request = changed_request(self._base.inputs, item, base, ask)
        with self._lock:
            if not self._compute.acquire(blocking=False):
                raise BusyError
            job = Job(ask)
            self._job = job
            self._thread = threading.Thread(
                target=self._work, args=(job, item, request), name="solve", daemon=True
            )
            self._thread.start()

    def progress(self) -> dict[str, Any]:
        """Return how far the search is, or how the last one ended."""
        with self._lock:
            job = self._job
            if job is None:
                return {"state": "idle"}
            seconds = job.seconds or time.perf_counter() - job.began
            return {
                "state": job.state,
                "layer": job.ask.layer,
                "step": job.step.as_dict(),
                "done": job.done,
                "total": job.total,
                "value": job.value,
                "bound": job.bound,
                "seconds": round(seconds, 1),
                "plan": job.plan,
                "words": job.words.as_dict(),
                "problems": [said(problem) for problem in job.problems],
            }

    def cancel(self) -> bool:
        """Ask the search that runs to end; return whether one ran."""
        with self._lock:
            job = self._job
            if job is None or job.state != "running":
                return False
            job.stop.set()
            return True

    def near(self, ask: NearAsk) -> dict[str, Any]:
        """Return the candidate nearest to a place that may be used, and a nearer one that may not.

        Parameters
        ----------
        ask
            The layer, and the place in degrees.

        Raises
        ------
        InputError
            When the layer has no candidates.
        BusyError
            When a search runs.
        """
        item, base = self._layer(ask.layer)
        if not self._compute.acquire(blocking=False):
            raise BusyError
        try:
            if ask.layer not in self._candidates:
                self._candidates[ask.layer] = self._checked(item, base)
            found = self._candidates[ask.layer]
        finally:
            self._compute.release()
        return nearest_candidate(found, ask, self._base.inputs)

    def save(self, ask: SaveAsk) -> Path:
        """Write a plan as a folder of results beside the others.

        Parameters
        ----------
        ask
            Which plan.

        Raises
        ------
        InputError
            When there is no such plan, no folder was named, or it cannot be written.
        BusyError
            When a search runs.
        """
        with self._lock:
            plan = self._plans.get(ask.plan)
        if plan is None:
            raise InputError([no_plan(ask.plan)])
        if self._out is None:
            raise InputError([no_folder()])
        if not self._compute.acquire(blocking=False):
            raise BusyError
        try:
            folder = free_folder(self._out)
            write_run(plan.study, folder, language=self._language)
        finally:
            self._compute.release()
        return folder

    def told(self, error: BaseException) -> None:
        """Pass on an error that is nobody's but ours."""
        if self._on_error is not None:
            with suppress(OSError):  # a full disk takes no log; a search ends all the same
                self._on_error(error)

    def close(self, seconds: float = 5.0) -> None:
        """End the search that runs, and wait a little for it."""
        self.cancel()
        if self._thread is not None:
            self._thread.join(seconds)

    def _layer(self, key: str) -> tuple[LayerInput, SitingRequest]:
        request = self._requests.get(key)
        item = next((i for i in self._base.inputs.layers if i.layer.id == key), None)
        if item is None or request is None:
            raise InputError([no_layer(key, list(self._requests))])
        return item, request

    def _work(self, job: Job, item: LayerInput, request: SitingRequest) -> None:
        """Search, and keep the plan; whatever goes wrong ends in words."""
        try:
            study = self._solved(job, item, request)
            number = self._numbers + 1  # taken when the plan is kept: one search at a time
            job.step = Text("制作页面", "making the page")
            words = plan_label(study, job.ask.layer, job.ask)
            label = Text(f"方案 {number}：{words.zh}", f"plan {number}: {words.en}")
            plan = self._made(number, label, study, job.ask)
            look(job)
            self._end(job, "done", plan=plan, words=label)
        except CancelledError:
            self._end(job, "cancelled")
        except InputError as error:
            self._end(job, "failed", problems=error.problems)
        except Exception as error:  # noqa: BLE001 - the page is told, and no traceback
            self.told(error)
            self._end(job, "failed", problems=(internal(),))

    def _end(
        self,
        job: Job,
        state: str,
        *,
        plan: Plan | None = None,
        problems: tuple[Problem, ...] = (),
        words: Text | None = None,
    ) -> None:
        with self._lock:
            if plan is not None:
                self._numbers = plan.number
                self._plans[plan.number] = plan
                for number in [n for n in self._plans if n][: -MOST_PLANS or None]:
                    del self._plans[number]
                job.plan = plan.number
            job.seconds = time.perf_counter() - job.began
            job.problems = problems
            job.words = words or job.words
            job.state = state
            self._compute.release()  # who sees the end may ask for the next at once

    def _solved(self, job: Job, item: LayerInput, request: SitingRequest) -> Study:
        """Return the study with one layer answered anew; all else is as it was."""
        base = self._base

        def step(name: Text) -> None:
            look(job)
            job.step, job.done, job.total = name, 0, 0

        def advance(done: int, total: int) -> None:
            look(job)
            job.done, job.total = done, total

        def bounds(value: int | None, bound: int | None) -> None:
            look(job)
            job.value, job.bound = value, bound

        key = item.layer.id
        asked = replace(item, siting=request)
        alone = replace(base.inputs, layers=(asked,), joint=None)
        found = assess_inputs(alone, Clock(step, advance, bounds))
        shared = base.inputs.joint
        joint = shared is not None and key in shared.layers
        inputs = replace(
            base.inputs,
            layers=tuple(asked if i.layer.id == key else i for i in base.inputs.layers),
            config=changed_config(base.inputs.config, request, key),
            joint=None if joint else shared,
        )
        results = {k: found.layers[key] if k == key else r for k, r in base.layers.items()}
        frames = [result.coverage for result in results.values()]
        more = [p for p in found.problems if p not in base.problems]
        return Study(
            inputs=inputs,
            layers=results,
            coverage=Coverage(pd.concat(frames, ignore_index=True)),
            problems=(*base.problems, *more),
            joint=None if joint else base.joint,
            seconds=found.seconds,
        )

    def _made(self, number: int, label: Text, study: Study, ask: SolveAsk | None) -> Plan:
        """Return a plan with its page."""
        joint = self._base.inputs.joint
        serve = {
            "token": self.token,
            "plan": number,
            "label": label.as_dict(),
            "ask": None if ask is None else ask.model_dump(),
            "saves": self._out is not None,
            "picked": self._picked(ask),
            "layers": {
                key: {
                    "offers": [
                        {
                            "id": offer.id,
                            "label": offer.label.as_dict(),
                            "sites": offer.sites,
                            "share": offer.share_percent,
                        }
                        for offer in offers(request)
                    ],
                    "seconds": request.time_limit_seconds,
                    "joint": joint is not None and key in joint.layers,
                }
                for key, request in self._requests.items()
            },
        }
        return Plan(number, label, study, serve_html(study, serve, self._language), ask)

    def _picked(self, ask: SolveAsk | None) -> dict[str, dict[str, Any]]:
        """Return name and place of the candidates an ask speaks of, for the page's lists."""
        if ask is None:
            return {}
        places = self._requests[ask.layer].candidates
        rows = {i: i.removeprefix(NEW) for i in (*ask.keep, *ask.bar)}
        known = {i: row for i, row in rows.items() if row in places.index}
        lonlat = places.loc[list(known.values())].geometry.to_crs(LONLAT)
        return {
            i: {
                "name": visible(str(places.loc[row, "name"])),
                "lon": round(float(point.x), 6),
                "lat": round(float(point.y), 6),
            }
            for (i, row), point in zip(known.items(), lonlat, strict=True)
        }

    def _checked(self, item: LayerInput, request: SitingRequest) -> CandidateSet:
        """Return the candidates of a layer with the reasons they may not be used."""
        inputs, result = self._base.inputs, self._base.layers[item.layer.id]
        if item.siting is not None and result.candidates is not None:
            return result.candidates
        working = item.facilities.working(inputs.date)
        asked = question(inputs, item, request, result.graph, result.places, working, Clock())
        return asked.candidates
