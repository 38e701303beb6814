"""Where people live, as a study file says it: points, a raster, or totals of units alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from .settings import ENCODING_DESCRIPTION, Encoding, FileSource, Positive, Settings

Spread = Literal["points", "streets", "buildings", "areas"]
"""Where the people of a place are put."""

PlaceMissing = Literal["refuse", "unit"]
"""What becomes of records without a point: a fault, or their people go to others of their unit."""

RASTER_SUFFIXES = frozenset({".tif", ".tiff", ".img", ".asc"})
"""Ends of file names that mean a raster of people."""

Share = Annotated[float, Field(gt=0, le=1, strict=True)]


class GroupConfig(Settings):
    """A group of people that is more than one column, or another one than a part of everybody."""

    column: str | None = Field(None, description="its column, as in the short form")
    raster: Path | None = Field(
        None, description="raster of its people, cell by cell with the raster of everybody"
    )
    share: Share | None = Field(None, description="its share of everybody, above 0 and up to 1")
    share_column: str | None = Field(
        None,
        description="column of such shares: in totals (by unit), without totals in source",
    )
    registered: bool = Field(
        default=False,
        strict=True,
        description="people registered here, who may be more than all who live here",
    )

    @model_validator(mode="after")
    def _known_somehow(self) -> Self:
        shares = (self.share is not None) + (self.share_column is not None)
        if self.column is None and self.raster is None and not shares:
            raise PydanticCustomError("group_empty", "a column, a raster or a share")
        if shares and (shares > 1 or self.column is not None or self.raster is not None):
            raise PydanticCustomError("group_share", "one share, and no column or raster")
        return self


class SpreadFile(Settings):
    """Shapes people are spread over: footprints of buildings, or settlements."""

    silent: ClassVar[frozenset[str]] = frozenset({"encoding"})
    source: Path = Field(description="polygons; buildings may be points where weight is given")
    table: str | None = Field(None, description="layer of a GeoPackage")
    crs: str | None = Field(None, description="its coordinate system, if the file does not say")
    encoding: Encoding | None = Field(None, description=ENCODING_DESCRIPTION)
    weight: str | None = Field(
        None, description="column people are spread by, e.g. floor area; default: area on the map"
    )
    where: dict[str, str | list[str]] = Field(
        default_factory=dict, description="keep only shapes with these values"
    )


class Locations(FileSource):
    """Where the records of a table without coordinates stand: another list of the same places."""

    source: Path = Field(
        description="points, polygons or a table with coordinates, and codes or names"
    )


_SAID_ONLY_WHERE_SET = ("locations", "place_missing")
"""Keys whose defaults are left out of the record: studies from before them stay as they are."""


class PeopleConfig(FileSource):
    """Where people live, and how many.

    ``source`` may be left out where ``spread`` says what the totals of units are spread over; it
    then reads as the file of totals, and `totals_alone` is true.
    """

    locations: Path | Locations | None = Field(
        None, description="where the records of source that have no coordinates stand"
    )
    place_missing: PlaceMissing = Field(
        "refuse",
        description="records without a point: a fault, or shared out among the other places of "
        "their unit",
    )
    totals: Path | None = Field(None, description="census totals by unit; points are raked to them")
    totals_columns: dict[str, str] = Field(default_factory=dict, description="unit and groups")
    groups: dict[str, str | GroupConfig] = Field(
        description='group -> its column, or a table; "all" is everybody',
        examples=[{"all": "常住人口"}],
    )
    spread: Spread = Field(
        "points",
        description="leave people at the points, or spread them along streets nearby; without "
        "source the totals of units are spread over streets, buildings or areas",
    )
    spread_metres: Positive = Field(
        1500, description="how far from its point a village's streets may lie"
    )
    spread_classes: list[str] = Field(
        default_factory=lambda: ["residential", "living_street"],
        description="road classes people live on",
    )
    buildings: Path | SpreadFile | None = Field(
        None, description="footprints of buildings, for spread = buildings"
    )
    areas: Path | SpreadFile | None = Field(
        None, description="settlement polygons, for spread = areas"
    )
    _totals_alone: bool = PrivateAttr(default=False)

    @model_validator(mode="wrap")
    @classmethod
    def _source_or_totals(cls, data: Any, make: Callable[[Any], Self]) -> Self:
        alone = (
            isinstance(data, dict)
            and "source" not in data
            and data.get("totals") is not None
            and data.get("spread", "points") != "points"
        )
        people = make({**data, "source": data["totals"]} if alone else data)
        people._totals_alone = people._totals_alone or alone  # noqa: SLF001
        faults = people._faults()  # noqa: SLF001
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return people

    def _faults(self) -> list[InitErrorDetails]:
        """Return what does not go together, by key: shapes, spread, and what is for tables."""
        found: list[tuple[str, PydanticCustomError]] = []
        if self.spread in {"buildings", "areas"} and not self.totals_alone:
            words = "streets or points, or no source: totals alone are spread"
            found.append(("spread", PydanticCustomError("spread_alone", words)))
        for key in ("buildings", "areas"):
            given, named = getattr(self, key) is not None, {"key": key}
            if self.spread == key and not given:
                error = PydanticCustomError("spread_file", "a file: {key} = ...", named)
                found.append(("spread", error))
            elif given and self.spread != key:
                found.append((key, PydanticCustomError("spread_idle", "spread = {key}", named)))
        if self.totals_alone or self.from_raster:
            error = PydanticCustomError("no_places", "nothing: it is for tables of places")
            idle = ["table", "columns", "where", "locations"]
            found += [(k, error) for k in idle if getattr(self, k)]
            found += [("place_missing", error)] * (self.place_missing != "refuse")
        return [
            InitErrorDetails(type=error, loc=(key,), input=getattr(self, key))
            for key, error in found
        ]

    @field_validator("groups")
    @classmethod
    def _everybody_counts(
        cls, groups: dict[str, str | GroupConfig]
    ) -> dict[str, str | GroupConfig]:
        everybody = groups.get("all")
        if everybody is None:
            raise PydanticCustomError("no_everybody", 'groups must name the column of "all"')
        if isinstance(everybody, GroupConfig) and (
            everybody.column is None or everybody.raster is not None or everybody.registered
        ):
            raise PydanticCustomError("all_column", '"all" is a column')
        return groups

    @model_serializer(mode="wrap")
    def _as_written(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Read again, a record must mean the same: a source that was left out stays out.
        data: dict[str, Any] = plain(self)
        if self.totals_alone:
            data.pop("source", None)
        if self.encoding is None:
            data.pop("encoding", None)
        for key in _SAID_ONLY_WHERE_SET:
            if getattr(self, key) == type(self).model_fields[key].default:
                data.pop(key, None)
        return data

    @property
    def totals_alone(self) -> bool:
        """Whether nothing is known but totals of units (``source`` was left out)."""
        return self._totals_alone

    @property
    def from_raster(self) -> bool:
        """Whether the source is a raster."""
        return not self.totals_alone and self.source.suffix.lower() in RASTER_SUFFIXES

    @property
    def located_by(self) -> Locations | None:
        """The list of places that says where records without coordinates stand."""
        given = self.locations
        return Locations(source=given) if isinstance(given, Path) else given

    @property
    def spread_file(self) -> SpreadFile | None:
        """The shapes that totals of units are spread over, None for points and streets."""
        given = {"buildings": self.buildings, "areas": self.areas}.get(self.spread)
        return SpreadFile(source=given) if isinstance(given, Path) else given

    @property
    def tables(self) -> dict[str, GroupConfig]:
        """Every group in its long form."""
        return {
            name: GroupConfig(column=group) if isinstance(group, str) else group
            for name, group in self.groups.items()
        }

    @property
    def group_columns(self) -> dict[str, str]:
        """Group -> its column, of the groups that have one."""
        return {
            name: group.column for name, group in self.tables.items() if group.column is not None
        }

    @property
    def registered(self) -> frozenset[str]:
        """Groups that are no part of everybody who lives here."""
        return frozenset(name for name, group in self.tables.items() if group.registered)
