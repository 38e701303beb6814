"""From a layer and what is asked for it to a siting problem."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .clock import Clock
from .core.errors import InputError, Problem, Problems
from .core.text import Text
from .domain import Facilities
from .domain.layer import Direction
from .results import Inputs, LayerInput
from .siting import CandidateSet, Sites, SitingProblem, check_candidates
from .siting.models import MODELS, Asked, SitingModel
from .siting.problem import UNLIMITED
from .siting.request import SitingRequest
from .siting.requestchecks import required_refused
from .travel import ModeGraph, Snapped, TravelTimes, snap, travel_times

NEW = "new:"
"""Before the id of a candidate among the sites: a facility may have the same id."""

MOST_PAIRS = 50_000_000
"""Up to so many pairs of people and sites the times are kept beyond the limit, to say what time a
site saves; above it only the pairs within the limit are kept."""


@dataclass(frozen=True, slots=True)
class Search:
    """Which travel times a question needs.

    Parameters
    ----------
    xy
        Every place a site may be at, in metres, once; shape ``(k, 2)``.
    rows, ids
        Place of each site of the problem, and its id, shape ``(n_sites,)``.
    cutoff_minutes, keep_ms, direction
        As for `coverplan.travel_times`.
    """

    xy: NDArray[np.float64]
    rows: NDArray[np.int64]
    ids: pd.Index
    cutoff_minutes: float
    keep_ms: bool
    direction: Direction

    def times(
        self, graph: ModeGraph, places: Snapped, demand: pd.Index, clock: Clock | None = None
    ) -> TravelTimes:
        """Return the times to every site of the problem.

        Parameters
        ----------
        graph, places, demand
            The network, the people on it, and their ids.
        clock
            Told how far the search is.
        """
        found = travel_times(
            graph,
            places,
            snap(graph, self.xy),
            cutoff_minutes=self.cutoff_minutes,
            direction=self.direction,
            keep_ms=self.keep_ms,
            demand_ids=demand,
            site_ids=pd.RangeIndex(len(self.xy)),
            progress=None if clock is None else clock.progress(len(self.xy)),
        )
        return found.take(self.rows, self.ids)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for one layer, ready for its model.

    Parameters
    ----------
    item, request, model
        The layer, what is asked for it, and the model that answers.
    candidates
        Every candidate, with the reason it may not be used, if there is one.
    problem
        Working facilities first, then the candidates that may be used.
    asked
        The model's own numbers.
    site_names
        Name of each site of the problem, shape ``(n_sites,)``.
    search
        The travel times it was made from, to be searched anew on other roads.
    """

    item: LayerInput
    request: SitingRequest
    model: SitingModel
    candidates: CandidateSet
    problem: SitingProblem
    asked: Asked
    site_names: NDArray[np.object_]
    search: Search


def question(
    inputs: Inputs,
    item: LayerInput,
    request: SitingRequest,
    graph: ModeGraph,
    places: Snapped,
    working: Facilities,
    clock: Clock,
) -> Question:
    """Return what is asked for a layer as a siting problem.

    Parameters
    ----------
    inputs, item, request
        The study, the layer, and what is asked for it.
    graph, places
        The network as the layer's people see it, and they on it.
    working
        The facilities that count today.
    clock
        Told how far the search for travel times is.

    Raises
    ------
    InputError
        When no candidate may be used, or the rules cannot be meant.
    """
    model = MODELS[request.model]
    stays = _stays(request, working)
    people_xy = inputs.demand.homes_xy
    # Where nothing is far enough from homes the model itself weighs how many live too near.
    weighed = request.model == "undesirable" and request.otherwise == "fewest_near"
    ground = replace(request, homes_metres=None) if weighed else request
    limits = ground.limits(homes_xy=people_xy, kept_xy=working.xy[stays])
    # Of classes that serve alike the cheaper comes first: ties go to the first.
    offered = request.candidates.sort_values(["place", "cost_yuan"], kind="stable")
    candidates = check_candidates(offered, graph, request.forbidden, limits)
    reasons = candidates.reasons
    refused = required_refused(item.layer.id, request, candidates.places, reasons)
    Problems(list(refused)).raise_if_any()
    usable = candidates.allowed
    taken = [i for i in working.sites.index if str(i).startswith(NEW)]
    if taken:
        raise InputError([_taken(item, str(taken[0]))])
    if not len(usable) and not request.closable:
        raise InputError([_no_candidate(item, candidates)])
    sites = _sites(inputs, item, request, model, working, usable, stays)
    search = _search(item, request, model, working, usable, len(places))
    times = search.times(graph, places, inputs.demand.points.index, clock)
    problem = SitingProblem(
        sites=sites,
        reach=times.within(item.layer.minutes),
        people=inputs.demand.people(item.layer.group),
        rules=request.rules,
        times=times if len(times.ms) == len(times.who) else None,
        weights=_weights(inputs, item, request),
        unit=_unit_positions(inputs),
        unit_codes=tuple(inputs.region.codes),
        unit_names=tuple(str(inputs.region.names[c]) for c in inputs.region.codes),
        unit_people=_totals(inputs, item),
        name=item.layer.label,
    )
    asked = Asked(
        share_percent=request.share_percent,
        within=request.within,
        theta=request.theta,
        every=request.every,
        otherwise=request.otherwise,
        use_capacity=request.use_capacity,
        unreachable=request.unreachable,
        close=request.close,
        years=request.years,
        homes_xy=inputs.demand.xy,
        homes_metres=request.homes_metres,
    )
    names = np.array(_names(working, usable), dtype=object)
    return Question(item, request, model, candidates, problem, asked, names, search)


def _stays(request: SitingRequest, working: Facilities) -> NDArray[np.bool_]:
    """Return which working facilities are open in every plan."""
    if not request.closable:
        return np.ones(len(working), dtype=bool)
    return np.asarray(working.sites.index.isin(request.keep_ids), dtype=bool)


def _sites(
    inputs: Inputs,
    item: LayerInput,
    request: SitingRequest,
    model: SitingModel,
    working: Facilities,
    usable: pd.DataFrame,
    stays: NDArray[np.bool_],
) -> Sites:
    n_old, n_new = len(working), len(usable)
    position = {code: i for i, code in enumerate(inputs.region.codes)}
    units = [*working.sites["unit"], *usable["unit"]]
    xy = np.column_stack([usable.geometry.x, usable.geometry.y]).reshape(-1, 2)
    required = usable.index.isin(request.required)
    shut = working.sites.index.isin(request.shut_ids)
    _, place = np.unique(usable["place"].to_numpy(), return_inverse=True)
    return Sites.make(
        pd.Index([*working.sites.index, *(f"{NEW}{i}" for i in usable.index)], dtype=object),
        existing=np.arange(n_old + n_new) < n_old,
        must=np.concatenate([stays & ~shut, required]),
        barred=np.concatenate([shut, np.zeros(n_new, dtype=bool)]),
        place=np.concatenate([np.arange(n_old), n_old + place]),
        unit=[position.get(str(code), -1) for code in units],
        cost_yuan=np.concatenate([np.zeros(n_old, dtype=np.int64), request.costs(usable)]),
        capacity=np.concatenate(
            [
                _capacities(item, working, needed=model.capacity and request.use_capacity),
                request.capacities(usable),
            ]
        ),
        xy=np.vstack([working.xy, xy]),
        names=_names(working, usable),
    )


def _names(working: Facilities, usable: pd.DataFrame) -> list[str]:
    """Return the names of all sites, with the class where a place can be built in several."""
    classed = zip(usable["name"], usable["class_name"], strict=True)
    new = [f"{name}（{size}）" if size else str(name) for name, size in classed]
    return [*(str(name) for name in working.sites["name"]), *new]


def _capacities(item: LayerInput, working: Facilities, *, needed: bool) -> NDArray[np.int64]:
    """Return what each facility can serve; refuse to guess where a model depends on it."""
    given = working.sites["capacity"]
    if needed and given.isna().any():
        names = [str(name) for name in working.sites.loc[given.isna(), "name"]]
        label = item.layer.label
        raise InputError(
            [
                Problem(
                    code="siting.capacity",
                    what=Text(
                        f"{label.zh}：模型要用容量，{len(names)} 处现有设施没有给出",
                        f"{label.en}: the model needs capacities; {len(names)} existing facilities "
                        "have none",
                    ),
                    column="capacity",
                    found="、".join(names[:5]),
                    mend=Text("补上床位数（容量）列", "fill in the column of beds (capacity)"),
                )
            ]
        )
    known: NDArray[np.int64] = given.fillna(UNLIMITED).to_numpy(dtype=float).astype(np.int64)
    return known


def _search(
    item: LayerInput,
    request: SitingRequest,
    model: SitingModel,
    working: Facilities,
    usable: pd.DataFrame,
    n_places: int,
) -> Search:
    """Return which times are needed; a place with two classes is searched once."""
    n_old, minutes, noise = len(working), item.layer.minutes, request.uncertainty
    _, first, back = np.unique(usable["place"].to_numpy(), return_index=True, return_inverse=True)
    xy = np.column_stack([usable.geometry.x, usable.geometry.y]).reshape(-1, 2)[first]
    far = model.times or (n_old + len(first)) * n_places <= MOST_PAIRS
    cutoff = max(minutes, request.cutoff_minutes if far else 0.0)
    if noise is not None:
        # Who is just beyond the limit is within it when everybody is faster.
        cutoff = max(cutoff, minutes * (1 + noise.speed_percent / 100))
    return Search(
        xy=np.vstack([working.xy, xy]),
        rows=np.concatenate([np.arange(n_old), n_old + back.reshape(-1)]),
        ids=pd.Index([*working.sites.index, *(f"{NEW}{i}" for i in usable.index)], dtype=object),
        cutoff_minutes=cutoff,
        keep_ms=far or noise is not None,
        direction=item.layer.direction,
    )


def _weights(inputs: Inputs, item: LayerInput, request: SitingRequest) -> NDArray[np.int64] | None:
    """Return what each place counts, None where that is its people."""
    if not request.unit_weights and not request.group_weights:
        return None
    demand = inputs.demand
    groups = request.group_weights or {item.layer.group: 1}
    weights = np.zeros(len(demand.points), dtype=np.int64)
    for group, factor in groups.items():
        weights += factor * demand.people(group)
    by_unit = [request.unit_weights.get(str(unit), 1) for unit in demand.points["unit"]]
    return weights * np.array(by_unit, dtype=np.int64)


def _unit_positions(inputs: Inputs) -> NDArray[np.int32]:
    position = {code: i for i, code in enumerate(inputs.region.codes)}
    return np.array([position[u] for u in inputs.demand.points["unit"]], dtype=np.int32)


def _totals(inputs: Inputs, item: LayerInput) -> NDArray[np.int64]:
    totals = inputs.demand.totals[item.layer.group].reindex(inputs.region.codes)
    counts: NDArray[np.int64] = totals.fillna(0).to_numpy(dtype=np.int64)
    return counts


def _taken(item: LayerInput, found: str) -> Problem:
    label = item.layer.label
    return Problem(
        code="siting.facility_id",
        what=Text(
            f"{label.zh}：设施编号以“{NEW}”开头，会与新址混淆",
            f'{label.en}: the id of a facility begins with "{NEW}", as those of new sites do',
        ),
        column=f"layers.{item.layer.id}",
        found=found,
        mend=Text("换一个编号", "give it another id"),
    )


def _no_candidate(item: LayerInput, candidates: CandidateSet) -> Problem:
    label = item.layer.label
    few = list(candidates.counts.items())[:4]
    return Problem(
        code="siting.no_candidate",
        what=Text(f"{label.zh}：没有可用的候选点", f"{label.en}: no candidate may be used"),
        column=f"layers.{item.layer.id}.siting.candidates",
        found=Text(
            "；".join(f"{reason.zh} {n} 个" for reason, n in few) or "0",
            "; ".join(f"{n} {reason.en}" for reason, n in few) or "0",
        ),
        mend=Text(
            "增加候选点，或放宽禁建区和间距", "give more candidates, or relax where they may stand"
        ),
    )
