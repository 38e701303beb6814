"""The siting tables of the study file: which model, which sites, under which rules.

Which model needs which key, and which it does not use, is said once, in `USERS` and `NEEDS`; a
key that would have no effect is an error, not a silence.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from .settings import (
    AtLeastOne,
    Count,
    FileSource,
    Minutes,
    NotNegative,
    Positive,
    Settings,
    Yuan,
)

Model = Literal[
    "mclp", "lscp", "fewest", "one_per_unit", "budget", "floor", "maxmin", "lscp_b", "bacop",
    "pmedian", "pcenter", "unit_median", "cap_mclp", "cap_pmedian", "consolidate", "undesirable",
    "phases",
]  # fmt: skip
MODELS: tuple[str, ...] = get_args(Model)

_NO_NUMBER = frozenset({"unit_median", "consolidate", "phases"})
_OPENS = frozenset(MODELS) - _NO_NUMBER

USERS: dict[str, frozenset[str]] = {
    "sites": _OPENS,
    "budget_yuan": _OPENS,
    "moves": _OPENS,
    "close": _OPENS | {"consolidate"},
    "share_percent": frozenset({"fewest", "floor"}),
    "within": frozenset({"fewest"}),
    "years": frozenset({"phases"}),
    "theta": frozenset({"bacop"}),
    "unreachable": frozenset({"lscp", "pcenter", "one_per_unit", "cap_pmedian"}),
    "use_capacity": frozenset({"consolidate"}),
    "every": frozenset({"lscp_b"}),
    "otherwise": frozenset({"undesirable"}),
    "frontier": frozenset({"mclp"}),
    "frontier_yuan": frozenset({"mclp"}),
}
"""Which models use a key; keys that are not here serve all of them."""

_NUMBER = ("sites", "budget_yuan", "moves")
_MUST_STATE_A_NUMBER = (
    "mclp", "floor", "maxmin", "bacop", "pmedian", "pcenter", "cap_mclp", "cap_pmedian",
    "undesirable",
)  # fmt: skip
NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(_MUST_STATE_A_NUMBER, (_NUMBER,)),
    "floor": (("share_percent",), _NUMBER),
    "fewest": (("share_percent",),),
    "budget": (("budget_yuan",),),
    "consolidate": (("close",),),
    "phases": (("years",),),
}
"""What a model cannot do without: of each group of keys, one at least."""

PLACES = ("people", "roads")
"""Candidates that need no file: the places of the population table, and the road nodes."""

OF_LAYER = "layer:"
"""Before the key of a layer whose facilities are candidates."""


def _known_word(word: str) -> str:
    if word not in PLACES and not word.startswith(OF_LAYER):
        raise PydanticCustomError("candidates_word", "people, roads, layer:KEY, or a table")
    return word


def _class_name(name: str) -> str:
    # It becomes a part of ids.
    if not _CLASS_NAME.fullmatch(name):
        raise PydanticCustomError("class_name", "a name without # and spaces")
    return name


_CLASS_NAME = re.compile(r"[^#\s]{1,40}")

_Word = Annotated[str, AfterValidator(_known_word)]


class Candidates(FileSource):
    """Candidate places: a file of points or polygons, or one of the words, and what they cost.

    A polygon (a parcel, an idle building) counts as a point within it.
    """

    source: Path = Field(
        description='a file; or "people" (the villages), "roads" (road nodes), "layer:KEY" (the '
        "facilities of another layer)"
    )
    kind: Literal["build", "reuse"] = Field(
        "build", description="build anew, or reuse a building that stands"
    )
    cost_yuan: Yuan | None = Field(
        None, description="cost of one; with classes, what the place costs on top of its class"
    )
    capacity: Count | None = Field(None, description="people one can serve, where no class says")

    @property
    def word(self) -> str | None:
        """The word it is given by, None for a file."""
        name = self.source.as_posix()
        return name if name in PLACES or name.startswith(OF_LAYER) else None


class Forbidden(Settings):
    """Areas where no new site may stand, with the distance to keep from them."""

    kind: str | None = Field(
        None, description="what they are, as in the ground rules: protected, farmland, homes, ..."
    )
    source: Path | None = Field(
        None, validate_default=True, description='polygons, lines or points; "homes": of people'
    )
    table: str | None = Field(None, description="layer of a GeoPackage")
    metres: NotNegative | None = Field(
        None, description="distance to keep; else by the ground rules; without a kind 0"
    )

    @field_validator("source")
    @classmethod
    def _file_or_homes(cls, source: Path | None, info: ValidationInfo) -> Path | None:
        if source is None and info.data.get("kind") != "homes":
            raise PydanticCustomError("missing", "a source")
        return source

    @property
    def homes(self) -> bool:
        """Whether it speaks of the places of people, not of a file."""
        return self.source is None or self.source.as_posix() == "homes"


class RequiredArea(Settings):
    """Areas new sites must lie in."""

    source: Path = Field(description="polygons")
    table: str | None = Field(None, description="layer of a GeoPackage")


class SiteClass(Settings):
    """A size in which a site can be built."""

    name: Annotated[str, AfterValidator(_class_name)] = Field(
        description="name, without # and spaces"
    )
    capacity: Count | None = Field(None, description="people it can serve; absent: no limit")
    cost_yuan: Yuan = Field(description="cost of building it anew")
    reuse_cost_yuan: Yuan | None = Field(
        None, description="cost in a building that stands; absent: as building"
    )


class Year(Settings):
    """What may be built in one year of a phased plan."""

    year: Annotated[int, Field(ge=1900, le=2200, strict=True)] = Field(description="the year")
    sites: Count | None = Field(None, description="new sites at most in this year")
    budget_yuan: Yuan | None = Field(None, description="money at most in this year")


class Uncertainty(Settings):
    """How far speeds, people and roads may be other than given, and how often that is drawn."""

    draws: Annotated[int, Field(ge=1, le=10_000, strict=True)] = Field(
        100, description="how many draws"
    )
    seed: Count = Field(1, description="the same seed gives the same draws")
    speed_percent: Annotated[float, Field(ge=0, lt=100, strict=True)] = Field(
        0, description="speeds of all, up to so much slower or faster"
    )
    people_percent: Annotated[float, Field(ge=0, lt=100, strict=True)] = Field(
        0, description="people of each unit, up to so many fewer or more"
    )
    missing_links_percent: Annotated[float, Field(ge=0, lt=100, strict=True)] = Field(
        0, description="share of the road edges that are missing in a draw"
    )
    robust: Literal["worst", "mean", "regret"] | None = Field(
        None, description="propose the plan that is best over the draws; only with mclp"
    )


class SitingConfig(Settings):
    """Which sites to propose, by which model, and under which rules."""

    model: Model = Field("mclp", description="what is asked for: see the models")
    # Before the keys whose absence they excuse.
    existing: Literal["keep", "close"] | None = Field(
        None, description="keep what stands, or let it be closed; default: keep"
    )
    close: Count | None = Field(
        None,
        validate_default=True,
        description="existing sites that may be closed; consolidate: exactly",
    )
    moves: AtLeastOne | None = Field(
        None, description="closed sites that may be built again elsewhere, on top of sites"
    )
    budget_yuan: Yuan | None = Field(
        None, validate_default=True, description="what all new sites may cost"
    )
    sites: AtLeastOne | None = Field(
        None, validate_default=True, description="number of new sites, at most"
    )
    share_percent: Annotated[float, Field(gt=0, le=100, strict=True)] | None = Field(
        None, validate_default=True, description="share of people to reach"
    )
    within: Literal["all", "every_unit"] | None = Field(
        None, description="of all people, or in every unit; default: all"
    )
    years: list[Year] | None = Field(
        None, validate_default=True, min_length=1, description="a phased plan, year by year"
    )
    theta: Annotated[float, Field(ge=0, le=1, strict=True)] | None = Field(
        None, description="weight of being reached once against twice; absent: once is required"
    )
    every: Literal["once", "twice"] | None = Field(
        None, description="everybody who can be: once, then most twice; or twice; default: once"
    )
    unreachable: Literal["leave", "refuse"] | None = Field(
        None,
        description="people, or units, no site can be for: leave and name them, or refuse; "
        "default: leave; with capacities and for units refuse",
    )
    use_capacity: bool | None = Field(
        None, strict=True, description="whether capacities bind; default: true"
    )
    otherwise: Literal["refuse", "fewest_near"] | None = Field(
        None, description="where nothing is far enough from homes; default: refuse"
    )
    frontier: AtLeastOne | None = Field(
        None, description="also what 1, 2, ... up to so many sites would reach"
    )
    frontier_yuan: Annotated[list[Yuan], Field(min_length=1)] | None = Field(
        None, description="also what these budgets would reach, ascending"
    )
    cutoff_minutes: Minutes = Field(60, description="longer ways all count as this long")

    candidates: _Word | Candidates | Annotated[list[_Word | Candidates], Field(min_length=1)] = (
        Field("people", description="people, roads, layer:KEY, a table with a file, or a list")
    )
    candidate_spacing_metres: Positive = Field(
        500, description="distance between road nodes taken as candidates"
    )
    cost_yuan: Yuan | None = Field(None, description="cost of a new site, without classes")
    capacity: Count | None = Field(
        None, description="people a new site can serve, without classes; absent: no limit"
    )
    classes: list[SiteClass] = Field(
        default_factory=list, description="sizes to choose from, one at each place at most"
    )
    required: list[str] = Field(default_factory=list, description="ids that are in every plan")
    excluded: list[str] = Field(default_factory=list, description="ids that are in no plan")

    ground_rules: str | None = Field(
        None, description="named set of distances by kind of area, with their sources"
    )
    forbidden: list[Forbidden] = Field(default_factory=list, description="where none may stand")
    required_areas: list[RequiredArea] = Field(
        default_factory=list, description="each new site lies in an area of each of them"
    )
    most_slope_percent: NotNegative | None = Field(
        None, description="steepest ground, by roads.elevation"
    )
    most_road_metres: NotNegative | None = Field(
        None, description="farthest from a road that can be used"
    )
    spacing_metres: NotNegative | None = Field(
        None, description="straight distance between two sites, one of them new, at least"
    )
    unit_most: Count | None = Field(None, description="new sites in one unit at most")
    unit_least: Count = Field(0, description="sites of any kind in each unit at least")

    unit_weights: dict[str, Count] = Field(
        default_factory=dict, description="code of a unit -> how often its people count; else 1"
    )
    group_weights: dict[str, Count] = Field(
        default_factory=dict, description="group -> how often its people count in the objective"
    )
    time_limit_seconds: Positive = Field(60, description="for the solver")
    gap_percent: NotNegative = Field(0, description="stop at this gap")
    uncertainty: Uncertainty | None = Field(None, description="how firm the proposal is")

    @field_validator(*USERS, mode="before")
    @classmethod
    def _fits_the_model(cls, value: Any, info: ValidationInfo) -> Any:
        model, key = info.data.get("model"), str(info.field_name)
        if model is None:
            return value
        if value is not None and model not in USERS[key]:
            users = [name for name in MODELS if name in USERS[key]]
            raise PydanticCustomError(
                "siting_unused",
                "not used by this model",
                {"model": model, "zh": "、".join(users), "en": ", ".join(users)},
            )
        group = next((g for g in NEEDS.get(model, ()) if g[0] == key), ())
        # A key that was refused is not there at all: it is said already.
        if value is None and group and all(info.data.get(k, ...) is None for k in group[1:]):
            raise PydanticCustomError("missing", "needed by this model")
        return value

    @field_validator("uncertainty")
    @classmethod
    def _robust_fits(cls, noise: Uncertainty | None, info: ValidationInfo) -> Uncertainty | None:
        model = info.data.get("model")
        if noise is not None and noise.robust is not None and model not in {None, "mclp"}:
            raise PydanticCustomError(
                "siting_unused",
                "not used by this model",
                {"model": model, "zh": "mclp", "en": "mclp"},
            )
        return noise

    @field_validator("years")
    @classmethod
    def _one_after_the_other(cls, years: list[Year] | None) -> list[Year] | None:
        numbers = [year.year for year in years or []]
        if numbers != sorted(set(numbers)):
            raise PydanticCustomError("years_order", "years in ascending order")
        if any(year.sites is None and year.budget_yuan is None for year in years or []):
            raise PydanticCustomError("years_caps", "sites or budget_yuan for every year")
        return years

    @property
    def closable(self) -> bool:
        """Whether an existing site may be closed."""
        asked = self.close is not None or self.moves is not None or self.model == "consolidate"
        return self.existing == "close" or (self.existing is None and asked)

    @property
    def sources(self) -> tuple[Candidates, ...]:
        """The sources of candidates, one or more, words as tables."""
        given = self.candidates if isinstance(self.candidates, list) else [self.candidates]
        return tuple(
            one if isinstance(one, Candidates) else Candidates(source=Path(one)) for one in given
        )


class JointConfig(Settings):
    """Several layers sited at once, in shared buildings."""

    layers: list[str] = Field(min_length=2, description="keys of the layers")
    together: bool = Field(
        False, strict=True, description="whether each new building hosts all of the layers"
    )
    buildings_most: AtLeastOne | None = Field(None, description="new buildings at most")
    building_cost_yuan: Yuan = Field(0, description="cost of a building, paid once")
    budget_yuan: Yuan | None = Field(None, description="what everything new may cost")
    building_metres: NotNegative = Field(
        0, description="candidates of two layers as near as this are one building"
    )
    time_limit_seconds: Positive = Field(60, description="for the solver")
    gap_percent: NotNegative = Field(0, description="stop at this gap")
