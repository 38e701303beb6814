"""What a study is computed from and what comes out: plain data, for everything above to read."""

import datetime
from dataclasses import dataclass, field
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .checks import check_ground, check_layer
from .core.errors import Problem
from .core.text import Language, Text
from .domain import Demand, Facilities, Layer, Network, Profile, Region, StudyConfig
from .domain.goal import Goal
from .domain.siting_config import JointConfig
from .io.columns import ColumnUse
from .io.paths import InputFile
from .io.repair.report import RepairReport
from .measure import Coverage
from .measure.goals import GoalResult
from .measure.joining import Joining
from .siting import CandidateSet, SitingPlan
from .siting.joint import JointPlan, JointProblem
from .siting.proposal import Proposal
from .siting.request import SitingRequest
from .travel import ModeGraph, Nearest, Snapped

_Frame = TypeVar("_Frame", bound=pd.DataFrame)

__all__ = ["Inputs", "LayerInput", "LayerResult", "SitingRequest", "Study"]


@dataclass(frozen=True, slots=True)
class LayerInput:
    """A layer, its facilities, the new sites asked for, and what is aimed at, if anything."""

    layer: Layer
    facilities: Facilities
    siting: SitingRequest | None = None
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a study is computed from, whether it came from files or from a notebook.

    Parameters
    ----------
    title, date, notice
        What the study is called, the day it answers for, and a note printed on every output; in a
        study without roads the statement that times are estimates is added to it.
    region, demand, network, profiles
        Units, people, roads, and how people travel.
    layers
        What is measured, in order.
    thresholds
        Minutes reported, beside each layer's own.
    ignore_fragments_metres
        See `coverplan.travel.mode_graph`.
    language
        What outputs speak first.
    approval_number
        Map approval number, where there is one.
    reconciliation
        Given, read and placed people by unit (see `coverplan.people.Placement`).
    water, protected
        Areas drawn on the map.
    spread
        How people were placed, in words.
    problems
        Warnings met so far.
    files
        What was read.
    columns
        What the columns of the files were taken for.
    repairs
        What mending the road file did, where the study asks for it.
    config
        The study file, where there is one.
    joint
        What is asked of several layers together, where something is.

    Raises
    ------
    InputError
        When the parts do not fit: another coordinate system, a unit that is not the region's, a
        group or profile that does not exist.
    """

    title: str
    date: datetime.date
    region: Region
    demand: Demand
    network: Network
    layers: tuple[LayerInput, ...]
    profiles: dict[str, Profile]
    notice: str | None = None
    thresholds: tuple[int, ...] = (5, 10, 15, 30)
    ignore_fragments_metres: float = 200.0
    language: Language = "zh"
    approval_number: str | None = None
    reconciliation: pd.DataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    protected: gpd.GeoDataFrame | None = None
    spread: Text = Text("人口在给定的点位上", "people stand at the points given")
    problems: tuple[Problem, ...] = ()
    files: tuple[InputFile, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    repairs: tuple[RepairReport, ...] = ()
    config: StudyConfig | None = None
    joint: JointConfig | None = None

    def __post_init__(self) -> None:
        problems = check_ground(self.region, self.demand, self.network, self.thresholds)
        for item in self.layers:
            places = item.siting.candidates if item.siting is not None else None
            problems.extend(
                check_layer(
                    item.layer,
                    item.facilities,
                    places,
                    self.region,
                    self.demand,
                    self.profiles,
                    item.goals,
                )
            )
        problems.raise_if_any()
        object.__setattr__(self, "notice", self._notice())

    def _notice(self) -> str | None:
        """Return the note with what must stand on every figure where there are no roads."""
        ways = [self.profiles[item.layer.profile].straight for item in self.layers]
        lines = {way.detour: way.statement for way in ways if way is not None}
        said = [f"{text.zh} / {text.en}" for text in lines.values()]
        given = self.notice or ""
        return " ".join([*([given] if given else []), *(s for s in said if s not in given)]) or None

    @property
    def has_roads(self) -> bool:
        """Whether people travel over roads; else over straight lines, times a detour factor."""
        return self.network.has_roads

    def marked(self, table: _Frame, column: str = "notice") -> _Frame:
        """Return a table that says what its figures are: with the note where there are no roads.

        Parameters
        ----------
        table
            A table that does not hold the note anyway.
        column
            What the note's column is called.
        """
        said: _Frame = table if self.has_roads else table.assign(**{column: self.notice})
        return said


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What was found for one layer.

    Parameters
    ----------
    layer, profile, graph
        What was measured, how people travel, and the network as they see it.
    places
        The demand points joined to that network.
    before, after
        Everybody's nearest working site now, and with the proposed sites (None without a plan).
    proposal
        What is proposed, with its reasons; None where nothing was asked.
    joining
        How the people of the layer's group stand to the network.
    sites
        One row per site, in metres: ``layer``, ``site_id``, ``name``, ``state`` (``existing``,
        ``not_counted``, ``closing``, ``proposed``), ``unit``, ``unit_name``, ``status``,
        ``opened``, ``closed``, ``capacity``, ``kind`` (``build`` or ``reuse``), ``class_name``,
        ``cost_yuan``, ``reason_zh``, ``reason_en``, ``road_metres``, ``people_within`` (target
        group within the layer's minutes), ``newly_reached``, ``newly_alone``, ``lost_without``.
    coverage
        The facts of this layer.
    goals
        What is aimed at, and how the layer stands to it today and with the plan.
    """

    layer: Layer
    profile: Profile
    graph: ModeGraph
    places: Snapped
    before: Nearest
    after: Nearest | None
    proposal: Proposal | None
    joining: Joining
    sites: gpd.GeoDataFrame
    coverage: pd.DataFrame
    goals: tuple[GoalResult, ...] = ()

    @property
    def plan(self) -> SitingPlan | None:
        """The plan proposed, None where nothing was asked."""
        return None if self.proposal is None else self.proposal.plan

    @property
    def candidates(self) -> CandidateSet | None:
        """Every candidate with the reason it may not be used; None where nothing was asked."""
        return None if self.proposal is None else self.proposal.candidates

    def minutes(self, phase: str = "before") -> NDArray[np.float64]:
        """Return everybody's minutes to the nearest site, NaN where there is none."""
        nearest = self.after if phase == "after" and self.after is not None else self.before
        minutes: NDArray[np.float64] = nearest.minutes.to_numpy()
        return minutes


@dataclass(frozen=True, slots=True)
class JointFound:
    """Several layers sited at once: the question and its answer.

    Parameters
    ----------
    problem, plan
        As `coverplan.siting.joint.solve_joint` takes and returns them.
    """

    problem: JointProblem
    plan: JointPlan


@dataclass(frozen=True, slots=True)
class Study:
    """A computed study.

    Parameters
    ----------
    inputs
        What it was computed from.
    layers
        Results by layer id, in the order of the inputs.
    coverage
        Every fact, one row each.
    problems
        All warnings, of reading and of computing.
    seconds
        Time of each step.
    joint
        What layers that were sited together share; None where none were.
    """

    inputs: Inputs
    layers: dict[str, LayerResult]
    coverage: Coverage
    problems: tuple[Problem, ...]
    seconds: dict[str, float] = field(compare=False)
    joint: JointFound | None = None

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """Existing, proposed and not counted sites of all layers, one row each, in metres."""
        parts = [result.sites for result in self.layers.values()]
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=self.inputs.region.crs)
