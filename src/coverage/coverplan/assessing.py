"""From inputs to results: travel times, coverage, proposals, coverage again, all cross-checked."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from .clock import Clock
from .core.errors import InternalError, Problem, Problems
from .core.text import Text
from .domain import Demand, Facilities, Profile, Region
from .domain.groups import group_label
from .measure import Coverage, LayerView, measure_layer
from .measure.indicators import Phase
from .measure.joining import Joining, joining, off_largest
from .results import Inputs, LayerInput, LayerResult, SitingRequest, Study
from .siting import CandidateSet, Limits, SitingPlan, SitingProblem, check_candidates, solve_mclp
from .travel import (
    ModeGraph,
    Nearest,
    Snapped,
    mode_graph,
    nearest_site,
    reach_sums,
    snap,
    travel_times,
)

_OFF_PERCENT = 5
"""More of a group than this off the largest piece of network is said aloud."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """A profile on the network, with everybody joined to it: shared by layers of one profile."""

    profile: Profile
    graph: ModeGraph
    places: Snapped


def assess_inputs(inputs: Inputs, clock: Clock) -> Study:
    """Return the study of some inputs; layers that share a profile share its network."""
    travellers: dict[str, Traveller] = {}
    problems = Problems(list(inputs.problems))
    results: dict[str, LayerResult] = {}
    for item in inputs.layers:
        key = item.layer.profile
        if key not in travellers:
            label = inputs.profiles[key].label
            with clock.step(Text(f"路网：{label.zh}", f"network: {label.en}")):
                travellers[key] = traveller(inputs, key)
        results[item.layer.id] = assess_layer(inputs, item, travellers[key], problems, clock)
    frames = [result.coverage for result in results.values()]
    return Study(
        inputs=inputs,
        layers=results,
        coverage=Coverage(pd.concat(frames, ignore_index=True)),
        problems=tuple(problems),
        seconds=clock.seconds,
    )


def traveller(inputs: Inputs, profile: str) -> Traveller:
    """Return a profile's network with everybody joined to it."""
    graph = mode_graph(
        inputs.network,
        inputs.profiles[profile],
        ignore_fragments_metres=inputs.ignore_fragments_metres,
    )
    return Traveller(inputs.profiles[profile], graph, snap(graph, inputs.demand.xy))


def assess_layer(
    inputs: Inputs, item: LayerInput, who: Traveller, problems: Problems, clock: Clock
) -> LayerResult:
    """Return what is found for one layer: now, the proposal, and with the proposal."""
    layer, demand = item.layer, inputs.demand
    label = layer.label
    reasons = item.facilities.why_not_counted(inputs.date)
    working = item.facilities.working(inputs.date)
    with clock.step(Text(f"出行时间：{label.zh}", f"travel times: {label.en}")):
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
        beside = nearest_site(
            who.graph,
            replace(who.places, access_ms=np.zeros_like(who.places.access_ms)),
            sites,
            direction=layer.direction,
        )
    found = _joining(inputs, item, who, (before, beside), problems)
    plan, candidates = None, None
    if item.siting is not None:
        with clock.step(Text(f"选址：{label.zh}", f"siting: {label.en}")):
            candidates, plan = _propose(inputs, item, item.siting, who, before, clock)
    chosen = _chosen(candidates, plan)
    units = working.sites["unit"].to_numpy(dtype=object)
    with clock.step(Text(f"覆盖统计：{label.zh}", f"coverage: {label.en}")):
        parts = [_measure(inputs, item, who, before, units, "before")]
        after = None
        if plan is not None:
            after, after_units = _after(item, who, demand, working, chosen)
            parts.append(_measure(inputs, item, who, after, after_units, "after"))
            _check_plan(inputs, item, before, after, plan)
        table = pd.concat(
            [
                _existing(item, reasons, working, sites, who, inputs),
                _proposed(item, chosen, plan, candidates, who, inputs),
            ],
            ignore_index=True,
        )
    return LayerResult(
        layer=layer,
        profile=who.profile,
        graph=who.graph,
        places=who.places,
        before=before,
        after=after,
        plan=plan,
        candidates=candidates,
        joining=found,
        sites=gpd.GeoDataFrame(table, crs=inputs.region.crs),
        coverage=pd.concat(parts, ignore_index=True),
    )


def _measure(
    inputs: Inputs,
    item: LayerInput,
    who: Traveller,
    nearest: Nearest,
    units: np.ndarray,
    phase: Phase,
) -> pd.DataFrame:
    view = LayerView(
        layer=item.layer,
        profile=who.profile,
        region=inputs.region,
        demand=inputs.demand,
        places=who.places,
        nearest=nearest,
        site_units=units,
        phase=phase,
    )
    return measure_layer(view, list(inputs.thresholds))


def _propose(
    inputs: Inputs,
    item: LayerInput,
    request: SitingRequest,
    who: Traveller,
    before: Nearest,
    clock: Clock,
) -> tuple[CandidateSet, SitingPlan]:
    candidates = check_candidates(request.candidates, who.graph, list(request.forbidden))
    times = travel_times(
        who.graph,
        who.places,
        candidates.joined,
        cutoff_minutes=item.layer.minutes,
        direction=item.layer.direction,
        keep_ms=False,
        demand_ids=inputs.demand.points.index,
        site_ids=candidates.allowed.index,
        progress=clock.progress(len(candidates.joined)),
    )
    problem = SitingProblem.covering(
        times.within(item.layer.minutes),
        inputs.demand.people(item.layer.group),
        before.within(item.layer.minutes),
        request.sites,
        item.layer.label,
    )
    limits = Limits(request.time_limit_seconds, request.gap_percent)
    plan = solve_mclp(problem, limits)
    return candidates, plan


def _chosen(candidates: CandidateSet | None, plan: SitingPlan | None) -> gpd.GeoDataFrame | None:
    if candidates is None or plan is None:
        return None
    return candidates.allowed.iloc[list(plan.chosen)]


def _after(
    item: LayerInput,
    who: Traveller,
    demand: Demand,
    working: Facilities,
    chosen: gpd.GeoDataFrame | None,
) -> tuple[Nearest, np.ndarray]:
    """Measure again with the proposed sites among the existing ones: no second formula."""
    if chosen is None:
        raise AssertionError
    new = np.column_stack([chosen.geometry.x, chosen.geometry.y]).reshape(-1, 2)
    ids = pd.Index([*working.sites.index, *(f"new:{i}" for i in chosen.index)])
    nearest = nearest_site(
        who.graph,
        who.places,
        snap(who.graph, np.vstack([working.xy, new])),
        direction=item.layer.direction,
        demand_ids=demand.points.index,
        site_ids=ids,
    )
    units = np.concatenate([working.sites["unit"].to_numpy(), chosen["unit"].to_numpy()])
    return nearest, units.astype(object)


def _check_plan(
    inputs: Inputs, item: LayerInput, before: Nearest, after: Nearest, plan: SitingPlan
) -> None:
    people = inputs.demand.people(item.layer.group)
    minutes = item.layer.minutes
    gained = int(people[after.within(minutes)].sum() - people[before.within(minutes)].sum())
    if gained != plan.value:
        raise InternalError(
            f"{item.layer.id}: the plan claims {plan.value} people newly reached, "
            f"measuring again gives {gained}"
        )


_SITE_COLUMNS = [
    "layer",
    "site_id",
    "name",
    "state",
    "unit",
    "unit_name",
    "status",
    "opened",
    "closed",
    "capacity",
    "reason_zh",
    "reason_en",
    "road_metres",
    "people_within",
    "newly_reached",
    "newly_alone",
    "lost_without",
]


def _people_within(
    item: LayerInput, sites: Snapped, who: Traveller, inputs: Inputs
) -> "pd.api.extensions.ExtensionArray":
    people = inputs.demand.people(item.layer.group)
    minutes = item.layer.minutes
    within = reach_sums(
        who.graph, who.places, sites, people, minutes=[minutes], direction=item.layer.direction
    )
    return pd.array(within[:, 0], dtype="Int64")


def _existing(
    item: LayerInput,
    reasons: list[Text | None],
    working: Facilities,
    sites: Snapped,
    who: Traveller,
    inputs: Inputs,
) -> gpd.GeoDataFrame:
    frame = item.facilities.sites.reset_index()
    counted = np.array([reason is None for reason in reasons], dtype=bool)
    frame["layer"] = item.layer.id
    frame["state"] = np.where(counted, "existing", "not_counted")
    frame["unit_name"] = _unit_names(frame["unit"], inputs.region)
    frame["reason_zh"] = [r.zh if r else "" for r in reasons]
    frame["reason_en"] = [r.en if r else "" for r in reasons]
    road = np.full(len(frame), np.nan)
    road[counted] = np.where(np.isfinite(sites.access_metres), sites.access_metres, np.nan)
    frame["road_metres"] = pd.array(np.round(road, 1), dtype="Float64")
    within = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    within[counted] = _people_within(item, sites, who, inputs)
    frame["people_within"] = within
    for column in ("newly_reached", "newly_alone", "lost_without"):
        frame[column] = pd.array([pd.NA] * len(frame), dtype="Int64")
    if len(working) != int(counted.sum()):
        raise InternalError(f"{item.layer.id}: working sites and reasons do not agree")
    return frame[[*_SITE_COLUMNS, "geometry"]]


def _proposed(
    item: LayerInput,
    chosen: gpd.GeoDataFrame | None,
    plan: SitingPlan | None,
    candidates: CandidateSet | None,
    who: Traveller,
    inputs: Inputs,
) -> gpd.GeoDataFrame | None:
    if chosen is None or plan is None or candidates is None:
        return None
    joined = snap(who.graph, np.column_stack([chosen.geometry.x, chosen.geometry.y]).reshape(-1, 2))
    n = len(chosen)
    group = group_label(item.layer.group)
    return gpd.GeoDataFrame(
        {
            "layer": item.layer.id,
            "site_id": [f"new:{i}" for i in chosen.index],
            "name": chosen["name"].to_numpy(),
            "state": "proposed",
            "unit": chosen["unit"].to_numpy(),
            "unit_name": _unit_names(chosen["unit"], inputs.region),
            "status": "proposed",
            "opened": pd.array([pd.NA] * n, dtype="Int64"),
            "closed": pd.array([pd.NA] * n, dtype="Int64"),
            "capacity": pd.array([pd.NA] * n, dtype="Float64"),
            "reason_zh": [
                f"在前列各处建成后再新增可达 {new:,} 人（{group.zh}）" for new in plan.newly
            ],
            "reason_en": [
                f"newly reaches {new:,} people ({group.en}) after those listed before it"
                for new in plan.newly
            ],
            "road_metres": pd.array(np.round(joined.access_metres, 1), dtype="Float64"),
            "people_within": _people_within(item, joined, who, inputs),
            "newly_reached": pd.array(plan.newly, dtype="Int64"),
            "newly_alone": pd.array(plan.newly_alone, dtype="Int64"),
            "lost_without": pd.array(plan.lost_without, dtype="Int64"),
        },
        geometry=chosen.geometry.to_numpy(),
        crs=inputs.region.crs,
    )


def _unit_names(codes: pd.Series, region: Region) -> list[str]:
    return [str(region.names.get(code, "")) for code in codes]


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
                )
            )
