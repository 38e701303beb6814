"""What a study is computed from: plain data, from files or made in a notebook."""

import datetime
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from .checks import check_ground, check_layer
from .core.arguments import expect
from .core.errors import InputError, Problem
from .core.text import Language, Text
from .domain import Demand, Facilities, Layer, Network, Profile, Region, StudyConfig
from .domain.goal import Goal
from .domain.siting_config import JointConfig
from .io.columns import ColumnUse
from .io.paths import InputFile
from .io.repair.report import RepairReport
from .partchecks import check_kinds_of, check_layers, with_units
from .siting.request import SitingRequest

_Frame = TypeVar("_Frame", bound=pd.DataFrame)


_LAYER = Text(
    '用 coverplan.builtin_layers()["elderly_care"] 或 coverplan.Layer(...)',
    'coverplan.builtin_layers()["elderly_care"], or coverplan.Layer(...)',
)
_FACILITIES = Text.same("coverplan.Facilities.from_frame(layer, frame)")
_SITING = Text.same("coverplan.SitingRequest(sites=5, candidates=frame)")


@dataclass(frozen=True, slots=True)
class LayerInput:
    """A layer, its facilities, the new sites asked for, and what is aimed at, if anything.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> care = county.layers[0]
    >>> len(care.facilities), care.siting.sites
    (2, 2)

    The same layer asked whether 20 minutes would change the picture:

    >>> longer = cp.LayerInput(replace(care.layer, minutes=20), care.facilities)
    >>> study = cp.assess(replace(county, layers=(longer,)))
    >>> study.coverage.value(
    ...     indicator="people_reached", minutes=20, unit_code="total", phase="before"
    ... )
    407
    """

    layer: Layer
    facilities: Facilities
    siting: SitingRequest | None = None
    goals: tuple[Goal, ...] = ()

    def __post_init__(self) -> None:
        expect("layer", self.layer, Layer, mend=_LAYER)
        expect("facilities", self.facilities, Facilities, mend=_FACILITIES)
        if self.siting is not None:
            expect("siting", self.siting, SitingRequest, mend=_SITING)

    def __repr__(self) -> str:
        asked = "" if self.siting is None else f", {self.siting!r}"
        return f"<LayerInput {self.layer.id}: {self.facilities!r}{asked}>"


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
    folder
        Where the paths of the study file begin, where there is one.

    Raises
    ------
    InputError
        When a part is not what it should be (a day that is a word, no layer, two of one id), or the
        parts do not fit: another coordinate system, a unit that is not the region's, a group or
        profile that does not exist.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> county.title, county.date.isoformat(), county.thresholds
    ('小溪县（虚构）', '2025-12-31', (5, 10, 15, 30))
    >>> [item.layer.id for item in county.layers]
    ['elderly_care', 'social_work']

    Another question is another value; nothing is changed in place:

    >>> from dataclasses import replace
    >>> finer = replace(county, thresholds=(3, 6, 9))
    >>> sorted(cp.assess(finer).coverage.frame["minutes"].dropna().unique().tolist())
    [3.0, 6.0, 9.0, 10.0, 15.0]
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
    folder: Path | None = None

    def __post_init__(self) -> None:
        self._check_parts()
        object.__setattr__(self, "layers", tuple(self._placed(item) for item in self.layers))
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

    def _check_parts(self) -> None:
        kinds = {
            "date": (self.date, datetime.date),
            "region": (self.region, Region),
            "demand": (self.demand, Demand),
            "network": (self.network, Network),
            "profiles": (self.profiles, dict),
            "layers": (self.layers, tuple | list),
        }
        check_kinds_of(kinds, self.language).raise_if_any()
        items: tuple[object, ...] = tuple(self.layers)
        given = [item.layer.id if isinstance(item, LayerInput) else item for item in items]
        check_layers(given).raise_if_any()

    def _placed(self, item: LayerInput) -> LayerInput:
        """Return a layer whose sites and candidates all say which unit they belong to."""
        sites = with_units(item.facilities.sites, self.region)
        if sites is not item.facilities.sites:
            item = replace(item, facilities=replace(item.facilities, sites=sites))
        if item.siting is not None:
            candidates = with_units(item.siting.candidates, self.region)
            if candidates is not item.siting.candidates:
                item = replace(item, siting=replace(item.siting, candidates=candidates))
        return item

    def _notice(self) -> str | None:
        """Return the note with what must stand on every figure where there are no roads."""
        ways = [self.profiles[item.layer.profile].straight for item in self.layers]
        lines = {way.detour: way.statement for way in ways if way is not None}
        said = [f"{text.zh} / {text.en}" for text in lines.values()]
        given = self.notice or ""
        return " ".join([*([given] if given else []), *(s for s in said if s not in given)]) or None

    def __repr__(self) -> str:
        layers = ", ".join(item.layer.id for item in self.layers)
        return (
            f"<Inputs {self.title}, {self.date:%Y-%m-%d}: {len(self.region)} units, "
            f"{len(self.demand):,} points with people, layers {layers}>"
        )

    @property
    def has_roads(self) -> bool:
        """Whether people travel over roads; else over straight lines, times a detour factor."""
        return self.network.has_roads

    def layer(self, key: str) -> LayerInput:
        """Return a layer with its facilities and what is asked of it.

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
        >>> item = cp.small_county().layer("social_work")
        >>> int(item.layer.minutes), list(item.facilities.sites["name"])
        (10, ['柳溪社工站', '桥头社工点', '石桥社工站'])
        """
        for item in self.layers:
            if item.layer.id == key:
                return item
        known = [item.layer.id for item in self.layers]
        raise InputError([unknown_name("layer", Text("图层", "layer"), key, known)])

    def without_siting(self) -> "Inputs":
        """Return the same inputs with nothing asked of new sites: coverage as it is today.

        Examples
        --------
        >>> import coverplan as cp
        >>> today = cp.assess(cp.small_county().without_siting())
        >>> set(today.coverage.frame["phase"])
        {'before'}
        """
        today = tuple(replace(item, siting=None) for item in self.layers)
        return replace(self, layers=today, joint=None)

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


def unknown_name(column: str, what: Text, found: str, known: list[str]) -> Problem:
    """Return the fault of a name a study does not have.

    Parameters
    ----------
    column, what
        What kind of thing it names: its key, and its name for people.
    found, known
        The name given, and those there are.
    """
    return Problem(
        code=f"inputs.{column}",
        what=Text(f"研究里没有这个{what.zh}", f"the study has no such {what.en}"),
        column=column,
        found=found,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("改用其中之一", "name one of these"),
    )
