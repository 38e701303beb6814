"""From inputs to results: travel times, coverage, proposals, coverage again, all cross-checked."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .clock import Clock
from .core.errors import InputError, InternalError, Problem, Problems
from .core.text import Text
from .domain import Demand, Facilities
from .domain.groups import group_label
from .firmness import draws_of, firmness
from .jointly import answer_jointly
from .measure import Coverage, LayerView, measure_layer
from .measure.goals import judge_goals
from .measure.indicators import Phase
from .measure.joining import Joining, joining, off_largest
from .proposing import answer
from .questions import NEW, Question, question
from .results import Inputs, JointFound, LayerInput, LayerResult, Study
from .siterows import site_rows_of
from .siting.proposal import Proposal
from .travel import Nearest, Snapped, nearest_site, snap
from .travel.nearest import nearest_joined
from .travelling import Traveller, traveller

_OFF_PERCENT = 5
"""More of a group than this off the largest piece of network is said aloud."""


@dataclass(frozen=True, slots=True)
class Today:
    """What is found for one layer before anything is proposed.

    Parameters
    ----------
    item, who
        The layer, and its people on the network.
    reasons
        Why each facility is not counted; None for those that are.
    working, sites
        The facilities that count, and they on the network.
    before
        Everybody's nearest one.
    joining
        How people stand to the network.
    """

    item: LayerInput
    who: Traveller
    reasons: list[Text | None]
    working: Facilities
    sites: Snapped
    before: Nearest
    joining: Joining


_NO_LAYERS = Problem(
    code="inputs.no_layers",
    what=Text("没有设施图层，没有可算的", "there is no layer of facilities to measure"),
    column="layers",
    mend=Text(
        "至少给一个：(coverplan.LayerInput(layer, facilities),)",
        "give one at least: (coverplan.LayerInput(layer, facilities),)",
    ),
)


def assess_inputs(inputs: Inputs, clock: Clock) -> Study:
    """Return the study of some inputs; layers that share a profile share its network."""
    if not inputs.layers:
        raise InputError([_NO_LAYERS])
    travellers: dict[str, Traveller] = {}
    problems = Problems(list(inputs.problems))
    found: dict[str, Today] = {}
    for item in inputs.layers:
        key = item.layer.profile
        if key not in travellers:
            label = inputs.profiles[key].label
            with clock.step(_ways(inputs, label)):
                travellers[key] = traveller(inputs, key)
        found[item.layer.id] = _today(inputs, item, travellers[key], problems, clock)
    proposals, joint = _propose(inputs, found, clock)
    results = {
        key: _result(inputs, today, proposals.get(key), clock) for key, today in found.items()
    }
    frames = [result.coverage for result in results.values()]
    return Study(
        inputs=inputs,
        layers=results,
        coverage=Coverage(pd.concat(frames, ignore_index=True)),
        problems=tuple(problems),
        joint=joint,
        seconds=clock.seconds,
    )


def _ways(inputs: Inputs, label: Text) -> Text:
    if inputs.has_roads:
        return Text(f"路网：{label.zh}", f"network: {label.en}")
    return Text(f"直线：{label.zh}", f"straight lines: {label.en}")


def _today(
    inputs: Inputs, item: LayerInput, who: Traveller, problems: Problems, clock: Clock
) -> Today:
    """Return who is near what today."""
    layer, demand = item.layer, inputs.demand
    working = item.facilities.working(inputs.date)
    with clock.step(Text(f"出行时间：{layer.label.zh}", f"travel times: {layer.label.en}")):
        sites = snap(who.graph, working.xy)
        _note_no_road(working, sites, layer.label, problems)
        before = nearest_site(
            who.graph,
            who.places,
            sites,
            direction=layer.direction,
            demand_ids=demand.points.index,
            site_ids=working.sites.index,
        )
        beside = nearest_joined(
            who.graph,
            replace(who.places, access_ms=np.zeros_like(who.places.access_ms)),
            sites,
            direction=layer.direction,
        )
    return Today(
        item=item,
        who=who,
        reasons=item.facilities.why_not_counted(inputs.date),
        working=working,
        sites=sites,
        before=before,
        joining=_joining(inputs, item, who, (before, beside), problems),
    )


def _propose(
    inputs: Inputs, found: dict[str, Today], clock: Clock
) -> tuple[dict[str, Proposal], JointFound | None]:
    """Return what is proposed for each layer that asks for something."""
    questions: dict[str, Question] = {}
    for key, today in found.items():
        request = today.item.siting
        if request is None:
            continue
        label = today.item.layer.label
        with clock.step(Text(f"候选点：{label.zh}", f"candidates: {label.en}")):
            questions[key] = question(
                inputs,
                today.item,
                request,
                today.who.graph,
                today.who.places,
                today.working,
                clock,
            )
    joint = inputs.joint
    proposals: dict[str, Proposal] = {}
    shared = None
    if joint is not None:
        with clock.step(Text("联合选址", "siting several layers at once")):
            proposals, shared = answer_jointly(inputs, joint, questions, clock)
    for key, asked in questions.items():
        if key in proposals:
            continue
        label = asked.item.layer.label
        with clock.step(Text(f"选址：{label.zh}", f"siting: {label.en}")):
            noise, who = asked.request.uncertainty, found[key].who
            draws = None if noise is None else draws_of(inputs, asked, noise, who.graph, who.places)
            proposals[key] = answer(inputs, asked, clock, draws=draws)
        if noise is not None and draws is not None and proposals[key].has_plan:
            with clock.step(Text(f"不确定性：{label.zh}", f"uncertainty: {label.en}")):
                firm = firmness(asked, noise, draws, proposals[key].plan, clock)
                proposals[key] = replace(proposals[key], firmness=firm)
    return proposals, shared


def _result(inputs: Inputs, today: Today, proposal: Proposal | None, clock: Clock) -> LayerResult:
    """Return everything about a layer: today, with its plan, and every site."""
    item, who = today.item, today.who
    label = item.layer.label
    units = today.working.sites["unit"].to_numpy(dtype=object)
    with clock.step(Text(f"覆盖统计：{label.zh}", f"coverage: {label.en}")):
        views = [_view(inputs, item, who, today.before, units, "before")]
        after = None
        if proposal is not None and proposal.has_plan:
            after, after_units = _after(today, proposal, inputs.demand)
            views.append(_view(inputs, item, who, after, after_units, "after"))
            _check_plan(inputs, today, after, proposal)
        parts = [measure_layer(view, list(inputs.thresholds)) for view in views]
        goals = judge_goals(item.goals, views[0], views[1] if after is not None else None)
        table = site_rows_of(
            inputs,
            item,
            who.graph,
            who.places,
            (today.working, today.sites),
            today.reasons,
            proposal,
        )
    return LayerResult(
        layer=item.layer,
        profile=who.profile,
        graph=who.graph,
        places=who.places,
        before=today.before,
        after=after,
        proposal=proposal,
        joining=today.joining,
        sites=table,
        coverage=pd.concat(parts, ignore_index=True),
        goals=goals,
    )


def _view(
    inputs: Inputs,
    item: LayerInput,
    who: Traveller,
    nearest: Nearest,
    units: np.ndarray,
    phase: Phase,
) -> LayerView:
    return LayerView(
        layer=item.layer,
        profile=who.profile,
        region=inputs.region,
        demand=inputs.demand,
        places=who.places,
        nearest=nearest,
        site_units=units,
        phase=phase,
    )


def _after(today: Today, proposal: Proposal, demand: Demand) -> tuple[Nearest, np.ndarray]:
    """Measure again with what the plan opens and closes: no second formula."""
    chosen, working = proposal.chosen, today.working
    stays = np.ones(len(working), dtype=bool)
    stays[list(proposal.plan.closed)] = False
    new = np.column_stack([chosen.geometry.x, chosen.geometry.y]).reshape(-1, 2)
    ids = pd.Index([*working.sites.index[stays], *(f"{NEW}{i}" for i in chosen.index)])
    nearest = nearest_site(
        today.who.graph,
        today.who.places,
        snap(today.who.graph, np.vstack([working.xy[stays], new])),
        direction=today.item.layer.direction,
        demand_ids=demand.points.index,
        site_ids=ids,
    )
    units = [*working.sites["unit"].to_numpy()[stays], *chosen["unit"]]
    return nearest, np.array(units, dtype=object)


def _check_plan(inputs: Inputs, today: Today, after: Nearest, proposal: Proposal) -> None:
    """Compare what the plan says it reaches with what measuring again gives."""
    layer, facts = today.item.layer, proposal.plan.facts
    people = inputs.demand.people(layer.group)
    for phase, nearest, claimed in (
        ("today", today.before, facts.reached_before),
        ("with the plan", after, facts.reached_after),
    ):
        measured = int(people[nearest.within(layer.minutes)].sum())
        if measured != claimed:
            raise InternalError(
                f"{layer.id}: the plan says {claimed} people are reached {phase}, "
                f"measuring again gives {measured}"
            )


def _joining(
    inputs: Inputs,
    item: LayerInput,
    who: Traveller,
    nearest: tuple[Nearest, Nearest],
    problems: Problems,
) -> Joining:
    """Return how people stand to the network; note it where too many are off its main piece."""
    group = item.layer.group
    found = joining(
        who.graph,
        who.places,
        inputs.demand.people(group),
        int(inputs.demand.totals[group].sum()),
        nearest=nearest[0],
        beside_road=nearest[1],
        minutes=item.layer.minutes,
    )
    if found.off_largest * 100 > _OFF_PERCENT * found.everybody:
        problem = off_largest(found, group_label(group), who.profile.label)
        if problem not in problems.items:
            problems.add(problem)
    return found


def _note_no_road(working: Facilities, sites: Snapped, label: Text, problems: Problems) -> None:
    for site, joined in zip(working.sites.index, sites.joined, strict=True):
        if not joined:
            name = working.sites.loc[site, "name"]
            problems.add(
                Problem(
                    code="facility.no_road",
                    what=Text(
                        f"{label.zh}：设施附近没有可用道路，只有紧邻的人能到",
                        f"{label.en}: no usable road near the facility; only neighbours reach it",
                    ),
                    found=f"{name} ({site})",
                    mend=Text("核对坐标，或补充道路", "check the point, or add the road"),
                    severity="warning",
                    sites=1,
                )
            )
