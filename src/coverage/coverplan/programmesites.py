"""Where facilities of a policy layer stand and may stand: the sites of a programme."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.text import Text
from .domain.groups import group_label
from .domain.layer import Direction
from .domain.policy import layer_members, policy_layers
from .io.studyunits import study_units
from .measure.policy.ledger import LEVEL_WIDTH, LayerReach, Ledger, trimmed
from .measure.policy.roads import VillageCodes, village_codes
from .programmecandidates import (
    FINISH,
    REUSE,
    UPGRADE,
    facility_rows,
    sites_of_rows,
    stack_rows,
    usable_rows,
    village_places,
)
from .results import Inputs, LayerInput
from .siting import Rules, Sites, SitingProblem
from .siting.programme import ProgrammeLayer
from .siting.request import SitingRequest
from .travel import ModeGraph, Reach, Snapped, mode_graph, nearest_site, snap, travel_times
from .travel.reach import within

_PENDING = ("planned", "building")


@dataclass(frozen=True, slots=True)
class Way:
    """How people come to a layer, and who is counted.

    Parameters
    ----------
    reach
        Profile, minutes and group.
    direction
        Who travels.
    borrowed
        Whether the layer has no way of its own in the study.
    """

    reach: LayerReach
    direction: Direction
    borrowed: bool


@dataclass(frozen=True, slots=True)
class SiteList:
    """The sites of one policy layer, existing ones first.

    Parameters
    ----------
    key, label
        The policy layer.
    layer
        Its sites, who is within the limit of each, and what opening each would take.
    kinds
        How each new site comes about, "" for those that stand; shape ``(n_sites,)``.
    townships, villages
        Code of the township and of the village each site belongs to, "" where not known.
    way
        How people come, and who is counted as newly reached.
    notes
        What to know of its candidates.
    """

    key: str
    label: Text
    layer: ProgrammeLayer
    kinds: NDArray[np.object_]
    townships: NDArray[np.object_]
    villages: NDArray[np.object_]
    way: Way
    notes: tuple[Text, ...] = ()

    @property
    def problem(self) -> SitingProblem:
        """Its siting problem."""
        return self.layer.problem

    @property
    def xy(self) -> NDArray[np.float64]:
        """Coordinates of its sites in metres, shape ``(n_sites, 2)``."""
        return self.problem.sites.xy

    def inside(self, code: str) -> NDArray[np.bool_]:
        """Return which sites belong to a unit of any level, by its code; shape ``(n_sites,)``.

        Parameters
        ----------
        code
            With zeros for everything below the unit.
        """
        stem = trimmed(code)
        if len(stem) > LEVEL_WIDTH["township"]:
            return np.asarray(self.villages == code, dtype=bool)
        return np.array([bool(t) and str(t).startswith(stem) for t in self.townships], dtype=bool)


@dataclass(slots=True)
class Grounds:
    """The study as sites are looked for in it; networks and searches are kept.

    Parameters
    ----------
    inputs, ledger
        The study, and what is known of it.
    """

    inputs: Inputs
    ledger: Ledger
    codes: VillageCodes = field(init=False)
    called: Mapping[str, str] = field(init=False)
    _graphs: dict[str, tuple[ModeGraph, Snapped]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        units = self.ledger.units
        self.called = study_units(self.inputs.region).called
        self.codes = village_codes(units[units["level"] == "village"])

    def network(self, profile: str) -> tuple[ModeGraph, Snapped]:
        """Return the network as a profile sees it, and people's places on it.

        Parameters
        ----------
        profile
            Id of the travel profile.
        """
        if profile not in self._graphs:
            inputs = self.inputs
            graph = mode_graph(
                inputs.network,
                inputs.profiles[profile],
                ignore_fragments_metres=inputs.ignore_fragments_metres,
            )
            self._graphs[profile] = (graph, snap(graph, inputs.demand.xy))
        return self._graphs[profile]

    def reach(self, sites: Sites, way: Way) -> Reach:
        """Return who is within the limit of each site.

        Parameters
        ----------
        sites, way
            The sites, and how people come to them.
        """
        graph, places = self.network(way.reach.profile)
        times = travel_times(
            graph,
            places,
            snap(graph, sites.xy),
            cutoff_minutes=way.reach.minutes,
            direction=way.direction,
            keep_ms=False,
            demand_ids=self.inputs.demand.points.index,
            site_ids=sites.ids,
        )
        return times.within(way.reach.minutes)

    def reached(self, xy: NDArray[np.float64], way: Way) -> NDArray[np.bool_]:
        """Return whether each place of people is within the limit of one of some points.

        Parameters
        ----------
        xy, way
            Points in metres, shape ``(n, 2)``, and how people come.
        """
        if not len(xy):
            return np.zeros(len(self.inputs.demand), dtype=bool)
        graph, places = self.network(way.reach.profile)
        near = nearest_site(graph, places, snap(graph, xy), direction=way.direction)
        return within(near.ms, way.reach.minutes)

    def village(self, unit: str, name: str) -> str:
        """Return the code of a village, "" where none or two of its name lie in the township.

        Parameters
        ----------
        unit, name
            Code of the township in the boundaries, and name of the village.
        """
        return self.codes.of_place.get((self.called.get(unit, unit), name), "")

    def _home(self) -> dict[str, str]:
        """Return the code in the boundaries of each township of the ledger."""
        return {self.called.get(code, code): code for code in self.inputs.region.codes}

    def item(self, key: str) -> LayerInput | None:
        """Return the layer of the study that is a policy layer; None where none is."""
        known = policy_layers()
        wanted = known[key].study_layer if key in known else ""
        return next((i for i in self.inputs.layers if i.layer.id == (wanted or key)), None)

    def way(self, key: str) -> Way:
        """Return how people come to a policy layer.

        A layer the study has no way to is come to as the elderly-care layer is, else as the
        study's first; older people are counted for the layers of the elderly, else everybody.

        Parameters
        ----------
        key
            The policy layer.
        """
        item = self.item(key)
        own = self.ledger.reach_of.get(key)
        if own is not None:
            return Way(own, item.layer.direction if item else "to_site", borrowed=False)
        elderly = self.item("elderly_care_home")
        base = (elderly or self.inputs.layers[0]).layer
        group = base.group
        if key not in layer_members(("all_elderly_layers",)) and "all" in self.inputs.demand.groups:
            group = "all"
        return Way(LayerReach(base.profile, base.minutes, group), base.direction, borrowed=True)

    def site_list(self, key: str, *, upgrades: bool) -> SiteList:
        """Return the sites of a policy layer.

        Candidates are those of the layer's siting table where the study has one; else a place in
        every village, at the point of people nearest to the middle of its people. Facilities that
        are planned, being built or idle come on top, and, where a clause asks for a grade, those
        that work.

        Parameters
        ----------
        key
            The policy layer.
        upgrades
            Whether facilities that stand may be upgraded.
        """
        way, label, home = self.way(key), _label(key), self._home()
        item = self.item(key)
        request = None if item is None else item.siting
        offered, notes = self._offered(request)
        graph, _ = self.network(way.reach.profile)
        usable, refused = usable_rows(offered, request, graph, self.inputs.demand.homes_xy)
        standing = facility_rows(self.ledger.working((key,)), "", home)
        every = self.ledger.all_of((key,))
        idle = every[(every["status"] == "idle").to_numpy(dtype=bool)]
        more = [facility_rows(self._pending(key), FINISH, home), facility_rows(idle, REUSE, home)]
        if upgrades:
            more.append(facility_rows(self.ledger.working((key,)), UPGRADE, home))
        rows = stack_rows(standing, usable, *more)
        sites = sites_of_rows(rows, self.inputs)
        rules = Rules()
        if request is not None:
            rules = Rules(unit_most=request.unit_most, spacing_metres=request.spacing_metres)
        problem = self._problem(sites, way, label, rules)
        kinds = rows["kind"].to_numpy(dtype=object)
        layer = ProgrammeLayer.of(
            problem,
            reuse=np.asarray(np.isin(kinds, [REUSE, FINISH, UPGRADE]), dtype=bool),
            priced=rows["cost_yuan"].notna().to_numpy(dtype=bool),
        )
        return SiteList(
            key=key,
            label=label,
            layer=layer,
            kinds=kinds,
            townships=np.array([self.called.get(u, u) for u in rows["unit"]], dtype=object),
            villages=rows["village"].to_numpy(dtype=object),
            way=way,
            notes=(*notes, *refused, *_way_note(way)),
        )

    def _problem(self, sites: Sites, way: Way, label: Text, rules: Rules) -> SitingProblem:
        inputs, group = self.inputs, way.reach.group
        position = {code: i for i, code in enumerate(inputs.region.codes)}
        totals = inputs.demand.totals[group].reindex(inputs.region.codes).fillna(0)
        return SitingProblem(
            sites=sites,
            reach=self.reach(sites, way),
            people=inputs.demand.people(group),
            rules=rules,
            unit=np.array([position[u] for u in inputs.demand.points["unit"]], dtype=np.int32),
            unit_codes=tuple(inputs.region.codes),
            unit_names=tuple(str(inputs.region.names[c]) for c in inputs.region.codes),
            unit_people=totals.to_numpy(dtype=np.int64),
            name=label,
        )

    def _offered(self, request: SitingRequest | None) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
        """Return candidates with ``village`` codes, and what to know of them."""
        if request is None:
            return village_places(self.inputs.demand, self.village), (_VILLAGES_TAKEN,)
        frame = request.candidates.sort_values(["place", "cost_yuan"], kind="stable")
        named = zip(frame["unit"], frame["name"].astype(str), strict=True)
        codes = [self.village(str(unit), name) for unit, name in named]
        # Only a candidate that is a village's own place is known to lie in it.
        own = frame["source"].to_numpy(dtype=object) == "people"
        return frame.assign(village=np.where(own, codes, "")), ()

    def _pending(self, key: str) -> pd.DataFrame:
        rows = self.ledger.all_of((key,))
        later = (rows["opened"] > self.ledger.date.year).fillna(value=False).to_numpy(dtype=bool)
        return rows[rows["status"].isin(_PENDING).to_numpy(dtype=bool) | later]


_VILLAGES_TAKEN = Text(
    "候选点取各村的人口点，没有检查用地",
    "candidates are a place in each village: the ground was not checked",
)


def _label(key: str) -> Text:
    known = policy_layers()
    return known[key].label if key in known else Text.same(key)


def _way_note(way: Way) -> tuple[Text, ...]:
    if not way.borrowed:
        return ()
    who = group_label(way.reach.group)
    return (
        Text(
            f"条文只看单元有无；新增可达按 {way.reach.profile}、{way.reach.minutes:g} 分钟、"
            f"{who.zh}计",
            "the clause is about units only; who is newly reached is counted by "
            f"{way.reach.profile}, {way.reach.minutes:g} minutes, {who.en}",
        ),
    )
