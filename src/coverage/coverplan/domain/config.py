"""The study file as types: what may stand in it, with every default visible.

Paths are kept as written; readers resolve them against the folder of the study file. Unknown
keys are errors (see `coverplan.io.studyfile`, which turns all faults into plain sentences).
"""

import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer
from pydantic_core import PydanticCustomError

from ..core.text import Language, Text
from .goal_config import GoalConfig
from .layer import MOST_MINUTES, Direction, Layer, Shape, builtin_layers
from .people_config import PeopleConfig
from .profile import (
    LONGEST_HEADWAY_MINUTES,
    Mode,
    Profile,
    Slope,
    builtin_profile_tables,
    profile_from_table,
)
from .repair_config import Repair
from .settings import (
    ENCODING_DESCRIPTION,
    Encoding,
    FileSource,
    Kmh,
    Label,
    Minutes,
    NotNegative,
    Positive,
    Settings,
    label_text,
)
from .siting_config import JointConfig, SitingConfig
from .targets_config import PlaceTable, TargetsConfig


class FerryConfig(Settings):
    """How a profile crosses by ferry; without this table it never does."""

    kmh: Kmh = Field(description="speed on the water, where the road file gives no duration")
    headway_minutes: Annotated[float, Field(ge=0, le=LONGEST_HEADWAY_MINUTES, strict=True)] = Field(
        description="minutes between departures, where the road file gives none"
    )
    wait_share: Annotated[float, Field(ge=0, le=1, strict=True)] = Field(
        0.5, description="share of the headway waited at boarding: 0.5 on average, 1 at worst"
    )


class ProfileConfig(Settings):
    """A travel profile to add, or the parts of a built-in one to change."""

    label: Label | None = Field(None, description="name for people")
    kmh: Kmh | None = Field(None, description="one speed on every class but the closed ones")
    closed: list[str] | None = Field(None, description="classes that cannot be used")
    kmh_by_class: dict[str, Kmh] | None = Field(
        None, description="speed of each class; a class left out is closed"
    )
    class_factors: dict[str, Positive] | None = Field(
        None, description="what the speed of a class is multiplied by, e.g. on steps"
    )
    access_kmh: Kmh | None = Field(None, description="walking speed between a place and the road")
    access_cap_metres: NotNegative | None = Field(
        None, description="who lives farther from every road has no road"
    )
    no_access: list[str] | None = Field(None, description="classes no house opens on to")
    oneway: bool | None = Field(None, strict=True, description="whether oneway streets bind")
    source: Label | None = Field(None, description="where the speeds come from")
    mode: Mode | None = Field(None, description="foot, bicycle or motor: which access rules bind")
    slope: Slope | None = Field(
        None, description="none, tobler, cycling or ebike: what hills do, with roads.elevation"
    )
    surface_factors: dict[str, Positive] | None = Field(
        None, description="what the speed is multiplied by on a surface"
    )
    posted_limits: bool | None = Field(
        None, strict=True, description="whether a posted limit caps the speed"
    )
    access_detour: Annotated[float, Field(ge=1, strict=True)] | None = Field(
        None, description="how much longer the way to the road is than the straight line"
    )
    ferry: FerryConfig | None = Field(None, description="how ferries are taken; absent: never")


UnitKind = Literal["street", "town", "township", "farm", "zone"]
"""What a unit of the boundaries is: by their column of kinds, else by its code or name."""

_ALWAYS_RECORDED = frozenset({"units", "table", "columns", "only"})


class RegionConfig(Settings):
    """The units of the study."""

    units: Path = Field(description="township polygons")
    table: str | None = Field(None, description="layer of a GeoPackage")
    crs: str | None = Field(
        None, description="its coordinate system, if the file does not say; GCJ-02 or BD-09"
    )
    encoding: Encoding | None = Field(None, description=ENCODING_DESCRIPTION)
    repair: bool = Field(
        default=False, strict=True, description="mend boundaries that are no valid polygons"
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="code, name, kind, parent, parent_code, valid_from, valid_to",
    )
    only: list[str] = Field(
        default_factory=list, description="codes of the units to study; empty: all of the file"
    )
    leave_out: list[UnitKind] = Field(
        default_factory=list,
        description="kinds of units left out of the study with their people: zone, farm, ...",
    )
    crosswalk: Path | PlaceTable | None = Field(
        None, description="table of former units and the present ones they went into"
    )

    @property
    def former(self) -> PlaceTable | None:
        """The crosswalk in its long form."""
        given = self.crosswalk
        return PlaceTable(source=given) if isinstance(given, Path) else given

    @model_serializer(mode="wrap")
    def _as_said(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is not said of the newer keys: records without them stay as they are."""
        table: dict[str, Any] = plain(self)
        fields = type(self).model_fields
        quiet = {
            key
            for key in set(fields) - _ALWAYS_RECORDED
            if getattr(self, key) == fields[key].get_default(call_default_factory=True)
        }
        return {key: value for key, value in table.items() if key not in quiet}


class Barrier(Settings):
    """Lines or areas that cut: walls, fences, rivers without a bridge."""

    silent: ClassVar[frozenset[str]] = frozenset({"encoding"})
    source: Path = Field(description="lines or polygons")
    table: str | None = Field(None, description="layer of a GeoPackage")
    crs: str | None = Field(
        None, description="its coordinate system, if the file does not say; GCJ-02 or BD-09"
    )
    encoding: Encoding | None = Field(None, description=ENCODING_DESCRIPTION)
    cuts: Literal["both", "roads", "access"] = Field(
        "both", description="the roads that cross it, the straight way to the road, or both"
    )


MOST_DETOUR = 10.0
"""No detour factor is larger: ten times the straight line is a slip of the pen."""

_NEWER_OF_ROADS = frozenset({"clip_metres", "detour", "encoding", "repair", "straight_kmh"})


class RoadsConfig(FileSource):
    """The road file; or, where there is none, how much longer than the straight line ways are."""

    source: Path | None = Field(  # type: ignore[assignment] # a county may have no road file
        None, description="file, relative to the study file; without one, detour"
    )
    detour: Annotated[float, Field(ge=1, le=MOST_DETOUR, strict=True)] | None = Field(
        None, description="without a road file: what straight lines are multiplied by; no default"
    )
    straight_kmh: dict[str, Kmh] = Field(
        default_factory=dict,
        description="profile -> its speed along straight lines, where classes have several",
    )
    elevation: Path | None = Field(
        None, description="elevation raster in metres; hills change times along the roads"
    )
    cache: Path | None = Field(
        None, description="folder to keep the prepared network in, for a faster next run"
    )
    barriers: list[Barrier] = Field(
        default_factory=list, description="lines or areas that cut roads and ways to the road"
    )

    classes: dict[str, str] = Field(
        default_factory=dict, description="class in the file -> class of coverplan"
    )
    ignore_fragments_metres: NotNegative = Field(
        200, description="nobody is put on a piece of network shorter than this in all"
    )
    clip_metres: Positive | None = Field(
        None,
        description="leave out roads farther than this from the box of the units, to save memory; "
        "coverage within clip_metres / 2000 minutes stays exact",
    )
    repair: Repair = Field(
        None, description="cut roads at junctions and join their ends; true: with the defaults"
    )

    @property
    def file(self) -> Path:
        """The road file, where there is one.

        Raises
        ------
        ValueError
            When the study has none: ask for ``detour`` first.
        """
        if self.source is None:
            raise ValueError("the study has no road file")
        return self.source

    @model_serializer(mode="wrap")
    def _as_said(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the newer keys out where nothing is said: older records stay as they are."""
        table: dict[str, Any] = plain(self)
        return {k: v for k, v in table.items() if v or k not in _NEWER_OF_ROADS}


class LayerConfig(FileSource):
    """A layer of facilities; what is left out comes from the built-in layer of the same name."""

    silent: ClassVar[frozenset[str]] = FileSource.silent | {"goals"}
    label: Label | None = Field(None, description="name for people")
    group: str | None = Field(None, description="the people it is for")
    profile: str | None = Field(None, description="how they travel")
    minutes: Minutes | None = Field(None, description="reached within, whole minutes")
    direction: Direction | None = Field(
        None, description="to_site: people come; from_site: the service goes out to them"
    )
    colour: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] | None = Field(
        None, description="colour of its sites, #rrggbb"
    )
    shape: Shape | None = Field(None, description="shape of its sites")
    status_words: dict[str, str] = Field(
        default_factory=dict, description="word in the file -> operating, planned, building, ..."
    )
    place_missing: Literal["refuse", "village"] = Field(
        "refuse",
        description="facilities without coordinates: a fault, or placed at their village or "
        "township in the people table",
    )
    siting: SitingConfig | None = Field(None, description="propose new sites")
    goals: list[GoalConfig] | None = Field(
        None, description="what is aimed at: lines on the map, beside the policy targets"
    )

    def layer(self, key: str) -> Layer:
        """Return the layer, the built-in one of this name filled with what is given here.

        Raises
        ------
        ValueError
            When the layer is not built in and something it needs is not given.
        """
        base = builtin_layers().get(key)
        missing = [n for n in ("group", "profile", "minutes") if getattr(self, n) is None]
        if base is None and missing:
            raise ValueError(", ".join(missing))
        label = label_text(self.label) if self.label else (base.label if base else Text.same(key))

        def pick(name: str, default: Any) -> Any:
            given = getattr(self, name)
            return given if given is not None else (getattr(base, name) if base else default)

        return Layer(
            id=key,
            label=label,
            group=pick("group", None),
            profile=pick("profile", None),
            minutes=float(pick("minutes", None)),
            direction=pick("direction", "to_site"),
            colour=pick("colour", "#4b4b4b"),
            shape=pick("shape", "circle"),
        )


class MapConfig(Settings):
    """What the map shows under the figures."""

    water: Path | None = Field(None, description="polygons of rivers and lakes")
    protected: Path | None = Field(None, description="polygons of protected areas")
    approval_number: str | None = Field(None, description="map approval number (审图号)")


class OutputConfig(Settings):
    """Where results go, and in which language."""

    folder: Path = Field(Path("result"), description="run folder; replaced by each run")
    language: Language = Field("zh", description="zh or en")


class StudyConfig(Settings):
    """A whole study. `coverplan.io.read_study` makes one from a TOML file.

    Examples
    --------
    >>> import coverplan as cp
    >>> config = cp.read_study("data/geo/yunxi/study.toml")
    >>> config.date.isoformat(), list(config.layers)
    ('2025-12-31', ['elderly_care', 'social_work', 'childrens_home', 'eco_burial'])
    >>> config.layers["elderly_care"].siting.sites
    5
    >>> sorted(config.all_profiles())[:3]
    ['cycling', 'driving', 'ebike']
    """

    title: Annotated[str, Field(min_length=1)] = Field(description="title of the study")
    date: datetime.date = Field(description="facilities and boundaries as of this day")
    notice: str | None = Field(None, description="printed on every map and table")
    crs: str | None = Field(None, description="projected system to work in; default: by place")
    thresholds: list[Annotated[int, Field(ge=1, le=MOST_MINUTES, strict=True)]] = Field(
        default_factory=lambda: [5, 10, 15, 30], min_length=1, description="minutes reported"
    )
    region: RegionConfig = Field(description="boundaries: the units of the study")
    people: PeopleConfig = Field(description="people: where they live and how many")
    roads: RoadsConfig = Field(description="roads")
    profiles: dict[str, ProfileConfig] = Field(
        default_factory=dict, description="profiles to add or change"
    )
    layers: dict[str, LayerConfig] = Field(min_length=1, description="layers of facilities")
    joint: JointConfig | None = Field(
        None, description="layers whose new sites are chosen together, in shared buildings"
    )
    targets: TargetsConfig | None = Field(
        None, description="which policy targets are checked, and by what"
    )
    map: MapConfig = Field(default_factory=MapConfig, description="ground of the map")
    output: OutputConfig = Field(default_factory=OutputConfig, description="where results go")

    @field_validator("date", mode="before")
    @classmethod
    def _no_number(cls, date: object) -> object:
        # A number would be taken for seconds since 1970.
        if isinstance(date, int | float):
            raise PydanticCustomError("date_type", "a date, not a number")
        return date

    @field_validator("thresholds")
    @classmethod
    def _sorted_once(cls, thresholds: list[int]) -> list[int]:
        return sorted(set(thresholds))

    def __repr__(self) -> str:
        return f"<StudyConfig {self.title}, {self.date:%Y-%m-%d}: layers {', '.join(self.layers)}>"

    def profile_tables(self) -> dict[str, dict[str, object]]:
        """Return the tables of the built-in profiles with those of the study added or changed."""
        tables = builtin_profile_tables()
        for key, profile in self.profiles.items():
            base, given = tables.get(key, {}), profile.model_dump(exclude_none=True)
            open_ = base.get("kmh_by_class")
            if "kmh" in given and "kmh_by_class" not in given and isinstance(open_, dict):
                # One speed for a bicycle opens no motorway to it.
                given["kmh_by_class"] = dict.fromkeys(open_, given.pop("kmh"))
            tables[key] = {**base, **given}
        return tables

    def all_profiles(self) -> dict[str, Profile]:
        """Return the built-in profiles with those of the study added or changed.

        In a study without roads they travel straight lines, those whose speed is known.

        Raises
        ------
        ValueError
            When a profile of the study has no speed at all.
        """
        tables, roads = self.profile_tables(), self.roads
        profiles = {key: profile_from_table(key, table) for key, table in tables.items()}
        if roads.detour is None:
            return profiles
        # One without a speed along straight lines stays as it is: it is a fault where it is used.
        return {
            key: profile
            if profile.one_kmh is None and key not in roads.straight_kmh
            else profile.straight_line(roads.detour, roads.straight_kmh.get(key))
            for key, profile in profiles.items()
        }
