"""What comes out of a study: plain data, for everything above to read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.arguments import whole_number
from .core.errors import InputError, Problem
from .core.text import Text
from .domain import Layer, Profile, Region
from .inputs import Inputs, LayerInput, unknown_name
from .measure import Coverage
from .measure.coverage import TOTAL
from .measure.goals import GoalResult
from .measure.indicators import Phase
from .measure.joining import Joining
from .measure.not_reached import not_reached_rows
from .siting import CandidateSet, SitingPlan
from .siting.joint import JointPlan, JointProblem
from .siting.proposal import Proposal
from .siting.request import SitingRequest
from .travel import ModeGraph, Nearest, Snapped
from .travel.nearest import NEVER

__all__ = ["Inputs", "LayerInput", "LayerResult", "SitingRequest", "Study"]


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

    Examples
    --------
    >>> import coverplan as cp
    >>> care = cp.assess(cp.small_county()).layers["elderly_care"]
    >>> care.minutes().round(1)[:4].tolist()
    [5.0, 5.0, 16.7, 25.0]
    >>> care.minutes("after").round(1)[:4].tolist()
    [5.0, 5.0, 16.7, 6.7]
    >>> care.sites[["site_id", "state", "people_within"]]
      site_id        state  people_within
    0      E1     existing            314
    1      E2  not_counted           <NA>
    2  new:C2     proposed            333
    3  new:C4     proposed            110
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

    def __repr__(self) -> str:
        plan = "" if self.plan is None else f"; {self.plan!r}"
        return f"<LayerResult {self.layer.id}: today {self.before!r}{plan}>"

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


@dataclass(frozen=True, slots=True, eq=False)
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

    Examples
    --------
    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> list(study.layers)
    ['elderly_care', 'social_work']
    >>> study.layers["elderly_care"].plan.status
    'optimal'
    >>> study.sites["state"].value_counts().to_dict()
    {'existing': 4, 'proposed': 2, 'not_counted': 1}
    >>> [problem.code for problem in study.problems]
    ['network.off_largest']
    """

    inputs: Inputs
    layers: dict[str, LayerResult]
    coverage: Coverage
    problems: tuple[Problem, ...]
    seconds: dict[str, float] = field(compare=False)
    joint: JointFound | None = None

    def __repr__(self) -> str:
        layers = "; ".join(self._said(key) for key in self.layers)
        warned = f"; warnings: {len(self.problems)}" if self.problems else ""
        return f"<Study {self.inputs.title}, {self.inputs.date:%Y-%m-%d}: {layers}{warned}>"

    def _said(self, key: str) -> str:
        """Return what was found for a layer in a few words: shares, and new sites."""
        result = self.layers[key]
        facts = self.coverage.shares
        facts = facts[
            (facts["layer"] == key)
            & (facts["indicator"] == "people_reached")
            & (facts["minutes"] == result.layer.minutes)
            & (facts["unit_code"] == TOTAL)
        ].set_index("phase")["share_percent"]
        shares = {p: "?" if pd.isna(share) else f"{share:g}" for p, share in facts.items()}
        said = f"{key} {shares.get('before', '?')} % within {result.layer.minutes:g} min"
        if result.after is None or result.plan is None:
            return said
        return f"{said}, {shares.get('after', '?')} % with {len(result.plan.chosen)} new sites"

    def layer(self, key: str) -> LayerResult:
        """Return what was found for a layer.

        Parameters
        ----------
        key
            Id of the layer.

        Raises
        ------
        InputError
            When the study has no such layer.

        Examples
        --------
        >>> import coverplan as cp
        >>> cp.assess(cp.small_county()).layer("elderly_care").plan
        <SitingPlan mclp: proven optimal, 443 people, 2 new sites>
        """
        if key not in self.layers:
            known = list(self.layers)
            raise InputError([unknown_name("layer", Text("图层", "layer"), key, known)])
        return self.layers[key]

    def curve(
        self,
        layer: str,
        most_minutes: int = 60,
        *,
        phase: Phase = "before",
        groups: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return the share of people within 0, 1, ... minutes of a site, group by group.

        Parameters
        ----------
        layer
            Id of a layer.
        most_minutes
            Where the curve ends; a whole number.
        phase
            ``before``: today; ``after``: with the proposed sites.
        groups
            The groups wanted; all where None.

        Returns
        -------
        DataFrame
            Per cent of everybody of a group by whole minutes, exactly on them included; people
            without a place count as not reached. Units of unknown people are left out, as in
            the ``total`` rows of `coverage`; NaN where nobody is known.

        Raises
        ------
        InputError
            When the study has no such layer, phase or group, or the curve ends nowhere.

        Examples
        --------
        >>> import coverplan as cp
        >>> study = cp.assess(cp.small_county())
        >>> study.curve("social_work").loc[5:15:5].round(1)
                  all  elderly
        minutes
        5        18.0     16.1
        10       65.4     58.6
        15       84.3     79.3
        """
        self.layer(layer)
        whole_number("most_minutes", most_minutes, 1)
        found = self._phase(layer, phase)
        demand = self.inputs.demand
        curves = {}
        for group in demand.groups if groups is None else groups:
            self._check_group(group)
            people = found.people_by_minute(demand.people(group), most_minutes)
            everybody = float(demand.totals[group].sum()) or np.nan
            curves[group] = people / everybody * 100
        index = pd.RangeIndex(most_minutes + 1, name="minutes")
        return pd.DataFrame(curves, index=index)

    def _phase(self, layer: str, phase: str) -> Nearest:
        result = self.layers[layer]
        phases = {"before": result.before, "after": result.after}
        nearest = phases.get(phase)
        if nearest is None:
            has = [key for key, found in phases.items() if found is not None]
            raise InputError([unknown_name("phase", Text("阶段", "phase"), phase, has)])
        return nearest

    def _check_group(self, group: str) -> None:
        known = list(self.inputs.demand.groups)
        if group not in known:
            raise InputError([unknown_name("group", Text("人群", "group"), group, known)])

    @property
    def sites(self) -> gpd.GeoDataFrame:
        """Existing, proposed and not counted sites of all layers, one row each, in metres."""
        parts = [result.sites for result in self.layers.values()]
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=self.inputs.region.crs)

    def not_reached(
        self,
        layer: str,
        minutes: float | None = None,
        *,
        phase: Phase = "before",
        group: str | None = None,
    ) -> pd.DataFrame:
        """Return who is not reached, village by village, the most people first.

        The rows add up to the people of `coverage` who are not reached, to the person.

        Parameters
        ----------
        layer
            Id of a layer.
        minutes
            The limit, exactly on it is within; the layer's own where None.
        phase
            ``before``: today; ``after``: with the proposed sites.
        group
            The people counted; the layer's own group where None.

        Returns
        -------
        DataFrame
            ``unit_code``, ``unit_name``, ``kind``, ``place``, ``people`` who live there,
            ``not_reached`` of them; that number by reason: ``too_far``, ``no_way`` (their road
            leads to no site), ``no_road`` (none near), ``no_site`` (none works), ``unplaced``
            (no place known: it cannot be judged); ``nearest_site_id``, ``nearest_site``: the one
            nearest to most of those too far, "" where nobody is; ``least_minutes``,
            ``mean_minutes``, ``most_minutes`` of those too far. ``kind`` is ``place`` (a village
            by name), ``unnamed`` (points without one), ``unplaced`` (people of a unit without a
            point) or ``unknown``: a unit whose people nobody knows, numbers <NA>.

        Raises
        ------
        InputError
            When the study has no such layer, phase or group.

        Examples
        --------
        >>> import coverplan as cp
        >>> study = cp.assess(cp.small_county())
        >>> missed = study.not_reached("social_work", minutes=15)
        >>> missed[["place", "not_reached", "too_far", "no_way", "no_road"]]
          place  not_reached  too_far  no_way  no_road
        0    云岭          380      380       0        0
        1    山后          120        0     120        0
        2    松坪           60        0       0       60
        >>> missed.loc[0, "nearest_site"], round(float(missed.loc[0, "most_minutes"]), 1)
        ('石桥社工站', 33.2)
        """
        item, result = self.inputs.layer(layer).layer, self.layers[layer]
        counted = item.group if group is None else group
        self._check_group(counted)
        nearest = self._phase(layer, phase)
        limit = item.minutes if minutes is None else minutes
        rows = not_reached_rows(self.inputs.demand, counted, nearest, result.places.joined, limit)
        return _named(rows, nearest.sites, result.sites, self.inputs.region)


def inputs_of(study: object) -> Inputs:
    """Return the inputs of a study, or the inputs themselves.

    Parameters
    ----------
    study
        A computed study, or its inputs.

    Raises
    ------
    InputError
        When it is neither: a path, say.
    """
    if isinstance(study, Study):
        return study.inputs
    if isinstance(study, Inputs):
        return study
    what = Text("读入的数据或算好的研究", "inputs or a study")
    raise _other(study, what, "Inputs / coverplan.Study")


def computed(study: object) -> Study:
    """Return a computed study; raise an `InputError` where it is anything else, inputs too."""
    if isinstance(study, Study):
        return study
    raise _other(study, Text("算好的研究", "a computed study"), "Study")


def _other(study: object, what: Text, kinds: str) -> InputError:
    mend = Text(
        "研究文件先用 coverplan.load(路径) 读入，或用 coverplan.run(路径) 读入并计算",
        "read a study file with coverplan.load(path), or read and compute it with "
        "coverplan.run(path)",
    )
    if isinstance(study, Inputs):
        mend = Text("先计算：coverplan.assess(inputs)", "compute it: coverplan.assess(inputs)")
    words = Text(f"这里要的是{what.zh}", f"this takes {what.en}")
    found, expected = type(study).__name__, Text.same(f"coverplan.{kinds}")
    return InputError([Problem("inputs.type", words, mend, found=found, expected=expected)])


def _named(
    rows: pd.DataFrame, ids: pd.Index, sites: gpd.GeoDataFrame, region: Region
) -> pd.DataFrame:
    """Return who is not reached with names of units and sites in the place of positions."""
    names = sites.drop_duplicates("site_id").set_index("site_id")["name"]
    nearest = ["" if at == NEVER else str(ids[at]) for at in rows["site"]]
    named = rows.drop(columns="site")
    named.insert(1, "unit_name", rows["unit_code"].map(region.names))
    place = named.columns.get_loc("least_minutes")
    named.insert(place, "nearest_site_id", nearest)
    named.insert(place + 1, "nearest_site", [str(names.get(key, "")) for key in nearest])
    return named
