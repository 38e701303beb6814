"""The ``[targets]`` table of the study file: whose documents, which lists, what clauses leave open.

What a clause leaves open has no default here: unset, its targets cannot be judged.
"""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from .settings import AtLeastOne, Count, FileSource, Minutes, NotNegative, Settings, Yuan

Share = Annotated[float, Field(gt=0, le=1, strict=True)]
Region = Annotated[str, Field(pattern=r"^\d{6}(\d{3}(\d{3})?)?$")]


class FacilityList(FileSource):
    """A list of facilities beyond those of the layers, with the facts targets ask for."""

    layer: str | None = Field(
        None, description="policy layer of all its rows; unset: its column of kinds says"
    )
    status_words: dict[str, str] = Field(
        default_factory=dict, description="word in the file -> operating, planned, building, ..."
    )


class PlaceTable(Settings):
    """A table without coordinates."""

    source: Path = Field(description="file, relative to the study file")
    table: str | None = Field(None, description="sheet of a workbook")
    columns: dict[str, str] = Field(
        default_factory=dict, description="which column holds what, where it is not recognised"
    )


class CircleConfig(Settings):
    """What the 15-minute circle leaves open: how people travel, and which share must be reached."""

    profile: str = Field(description="travel profile the circle is judged by")
    share: Share = Field(description="share of the group that must be within the minutes")
    minutes: Minutes | None = Field(None, description="minutes; unset: those of the clause")
    group: str = Field("elderly", description="the people it is for")
    layers: list[str] = Field(
        default_factory=list, description="layers of the study any of which counts; unset: elderly"
    )
    also: list[str] = Field(
        default_factory=list, description="further travel profiles reported beside"
    )


class SettingsConfig(Settings):
    """Numbers that clauses leave open."""

    basically: Share | None = Field(None, description="share that counts as basically complete")
    about: Annotated[float, Field(ge=0, lt=1, strict=True)] | None = Field(
        None, description="how far from a number “about” it still is, as a share of it"
    )
    should_have_children: AtLeastOne | None = Field(
        None, description="children from which a village should have a children's home"
    )
    concentrated_density: NotNegative | None = Field(
        None, description="people per km2 from which a township's people live close together"
    )
    served_share: Share | None = Field(
        None, description="share of a village's people within the minutes for it to be served"
    )
    same_premises_metres: NotNegative | None = Field(
        None, description="how near two services are one premises, where no premises are given"
    )
    few_children: AtLeastOne | None = Field(
        None, description="fewer children in care than this are few"
    )
    poor_building: NotNegative | None = Field(
        None, description="a building scored lower than this is poor"
    )
    weak_staff: NotNegative | None = Field(None, description="staff scored lower than this is weak")
    estate_m2_per_100_households: NotNegative | None = Field(
        None, description="rooms for older people an estate needs"
    )
    service_m2_per_100_households: NotNegative | None = Field(
        None, description="community-service premises needed"
    )
    service_minutes: Minutes | None = Field(
        None, description="a service centre farther than this from its people is badly placed"
    )
    service_profile: str | None = Field(
        None, description="travel profile people come to a service centre by"
    )
    large_area_km2: NotNegative | None = Field(
        None, description="a township larger than this needs more staff"
    )
    many_clients: AtLeastOne | None = Field(
        None, description="a township with more clients than this needs more staff"
    )


class BaselineConfig(Settings):
    """Where an indicator stood."""

    value: float = Field(strict=True, description="its value then")
    year: AtLeastOne = Field(description="at the end of this year")


class ProgrammeYear(Settings):
    """What one year allows over all layers."""

    year: AtLeastOne = Field(description="the year")
    sites: Count | None = Field(None, description="new sites at most")
    budget_yuan: Yuan | None = Field(None, description="yuan at most")


class ProgrammeConfig(Settings):
    """One programme of sites that meets chosen targets by their years."""

    targets: list[str] = Field(
        default_factory=list, description="targets to meet; unset: every unmet one sites can meet"
    )
    years: list[ProgrammeYear] = Field(min_length=1, description="years, with their caps")
    overdue: Literal["first", "refuse"] = Field(
        "first",
        description="a deadline before the first year: meet it in the first year, or refuse",
    )
    time_limit_seconds: Annotated[float, Field(gt=0, strict=True)] = Field(
        60.0, description="for the solver"
    )

    @field_validator("years")
    @classmethod
    def _one_after_the_other(cls, years: list[ProgrammeYear]) -> list[ProgrammeYear]:
        if not all(a.year < b.year for a, b in pairwise(years)):
            raise PydanticCustomError("years_order", "years in ascending order")
        return years


class TargetsConfig(Settings):
    """Which policy targets are checked, and by what."""

    as_if: list[Region] = Field(
        default_factory=list,
        description="further codes whose documents bind, as if the county lay there",
    )
    reference: list[Region] = Field(
        default_factory=list,
        description="codes whose documents are measured as a yardstick, binding nobody here",
    )
    documents: list[PlaceTable] = Field(
        default_factory=list, description="tables of targets of your own"
    )
    units: list[PlaceTable] = Field(default_factory=list, description="tables of facts on units")
    facilities: list[FacilityList] = Field(
        default_factory=list, description="lists of facilities beyond those of the layers"
    )
    projects: list[PlaceTable] = Field(
        default_factory=list, description="registers of projects, plans and money"
    )
    circle: CircleConfig | None = Field(None, description="the 15-minute circle")
    settings: SettingsConfig = Field(
        default_factory=SettingsConfig, description="numbers that clauses leave open"
    )
    thresholds: dict[str, float] = Field(
        default_factory=dict, description="number for a target whose clause states none, by id"
    )
    baselines: dict[str, BaselineConfig] = Field(
        default_factory=dict, description="where a target stood, by id"
    )
    quotas: dict[str, NotNegative] = Field(
        default_factory=dict,
        description="this county's part of a number set for a larger place, by target id",
    )
    weights: dict[str, NotNegative] = Field(
        default_factory=dict, description="weights of the composite index, by target id"
    )
    programme: ProgrammeConfig | None = Field(
        None, description="a programme of sites over the years"
    )
