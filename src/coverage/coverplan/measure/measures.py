"""What is measured beside coverage, and what the planner sets for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction

import geopandas as gpd
import pandas as pd

from ..core.errors import InputError, Problem
from ..core.text import Text
from ..domain.layer import MOST_MINUTES
from .decay import CRITICAL_WEIGHT, LUO_QI_WEIGHTS, Gaussian, Zones
from .supply_units import SupplyUnit

URBAN_RURAL = "urban_rural"
URBAN, RURAL = "urban", "rural"
TOWNSHIP = "unit"
"""Partitions that every study has: streets and the rest, and every unit by itself."""

REGISTERED = "registered"
"""Group of the people registered here, wherever they live; ``registered_<group>`` likewise."""

REGISTERED_ELDERLY = "registered_elderly"


def beside(group: str) -> str:
    """Return the registered people of a group.

    Examples
    --------
    >>> beside("all"), beside("elderly")
    ('registered', 'registered_elderly')
    """
    return REGISTERED if group == "all" else f"{REGISTERED}_{group}"


def residents_of(group: str) -> str:
    """Return the residents of a group of registered people; any other group is its own.

    Examples
    --------
    >>> residents_of("registered"), residents_of("registered_elderly"), residents_of("children")
    ('all', 'elderly', 'children')
    """
    return "all" if group == REGISTERED else group.removeprefix(f"{REGISTERED}_")


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """What measures need to be told; no rate of need has a default.

    Parameters
    ----------
    catchment_minutes
        Catchment of floating catchment areas by layer, at most `MOST_MINUTES`; a layer's own
        minutes where left out.
    zone_weights
        Weights of zones of equal width up to the catchment, for E2SFCA and 3SFCA.
    edge_weight
        Weight left at the catchment, for the Gaussian.
    need_share
        Share of a layer's group that asks for a place, by layer: above 0, at most 1. Where left
        out every person asks for one, which the results say.
    people_per_place
        People one place serves, by layer; 1 where left out, but for supply that is no places
        (social workers), which is then not shared out.
    groups
        Groups measured beside the group of each layer; None takes the registered people of the
        layer's group where the people table has them (``registered`` beside ``all``,
        ``registered_elderly`` beside ``elderly``, ...).
    urban
        Whether a unit is urban, by code; units left out go by their kind: streets are urban,
        towns and townships rural.
    partitions
        Further partitions of the units: name -> code -> group (``priority``, ``other``, ...).
    unit_people
        People of groups known by unit only, without a point: name -> code -> people. Those of
        `beside` a layer's group are compared over units with the residents.

    Raises
    ------
    InputError
        With everything that cannot be used.

    Examples
    --------
    >>> from fractions import Fraction
    >>> import coverplan as cp
    >>> settings = cp.MeasureSettings(
    ...     catchment_minutes={"elderly_care": 20}, need_share={"elderly_care": Fraction(1, 10)}
    ... )
    >>> found = cp.measure_study(cp.small_county(), settings)
    >>> row = found.assignment.query("layer == 'elderly_care' and unit_code == 'total'").iloc[0]
    >>> int(row["asking"]), int(row["served"])
    (93, 32)
    """

    catchment_minutes: Mapping[str, float] = field(default_factory=dict)
    zone_weights: tuple[float, ...] = LUO_QI_WEIGHTS
    edge_weight: float = CRITICAL_WEIGHT
    need_share: Mapping[str, Fraction] = field(default_factory=dict)
    people_per_place: Mapping[str, Fraction] = field(default_factory=dict)
    groups: tuple[str, ...] | None = None
    urban: Mapping[str, bool] = field(default_factory=dict)
    partitions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unit_people: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Zones.equal(15.0, self.zone_weights)
        Gaussian(15.0, self.edge_weight)
        wrong = [
            _wrong("need_share", key, value, Text("大于 0、不超过 1", "above 0, at most 1"))
            for key, value in self.need_share.items()
            if not 0 < value <= 1
        ]
        wrong += [
            _wrong(name, key, value, Text(f"大于 0、不超过 {most:,}", f"above 0, at most {most:,}"))
            for name, given, most in (
                ("people_per_place", self.people_per_place, _MOST_PEOPLE),
                ("catchment_minutes", self.catchment_minutes, MOST_MINUTES),
            )
            for key, value in given.items()
            if not 0 < value <= most
        ]
        wrong += [
            _wrong("partitions", name, name, Text("另一个名称", "another name"))
            for name in self.partitions
            if name in {URBAN_RURAL, TOWNSHIP}
        ]
        if wrong:
            raise InputError(wrong)

    @property
    def record(self) -> dict[str, object]:
        """The settings as plain data."""
        return {
            "catchment_minutes": dict(self.catchment_minutes),
            "zone_weights": list(self.zone_weights),
            "edge_weight": self.edge_weight,
            "need_share": {key: str(value) for key, value in self.need_share.items()},
            "people_per_place": {key: str(value) for key, value in self.people_per_place.items()},
            "groups": None if self.groups is None else list(self.groups),
            "urban": dict(self.urban),
            "partitions": {key: dict(parts) for key, parts in self.partitions.items()},
            "unit_people": {key: dict(people) for key, people in self.unit_people.items()},
        }


_MOST_PEOPLE = 10**9


def _wrong(name: str, layer: str, found: object, expected: Text) -> Problem:
    return Problem(
        code=f"measures.{name}",
        what=Text("度量的设置不能使用", "a setting of the measures cannot be used"),
        column=f"{name}.{layer}",
        found=str(found),
        expected=expected,
        mend=Text("改正这项设置", "mend the setting"),
    )


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything measured beside coverage, as tables: one row per fact.

    Every table starts with ``layer`` (but blind spots, which are over layers) and ``group``, has
    ``unit_code`` and ``unit_name`` (`coverplan.measure.coverage.TOTAL` and "" for all units) where
    it is by unit, people of the census (<NA> unknown) beside those counted, and ``note_zh`` and
    ``note_en``.

    Parameters
    ----------
    nearest
        As `nearest_minutes`, for each layer and group; ``profile`` beside.
    blind_spots, combinations
        As `missing_counts` and `missing_combinations`, once for ``services`` = ``every`` (all
        layers) and once for ``own`` (those meant for the group): column ``scope``.
    access
        As `access_table`, for each layer, group and ``method``: ``own_unit`` (places of a unit's
        own sites over its own people, which nobody leaves) and those of `METHODS`.
    supply
        Sites by layer, group and method, and what became of their supply: ``site_id``, ``name``,
        ``unit_code``, ``supply``, ``competing``, ``state``.
    assignment
        Who gets a place, by layer, group and unit: ``people``, ``asking``, ``served``,
        ``no_site``, ``full``, ``capacity_unknown``, ``unplaced``, ``minutes`` (mean of those
        served).
    loads
        Sites by layer and group: ``site_id``, ``name``, ``unit_code``, ``supply`` (as listed),
        ``capacity`` (whole people it serves), ``served``, ``minutes``.
    inequality
        ``layer``, ``group``, ``subject``, ``over`` (``people`` or ``units``), ``index``,
        ``partition``, ``part``, ``value``, ``people`` (counted), ``left_out`` (people whose
        value is not known, those without a point among them), notes.
    lorenz
        Lorenz curves: ``layer``, ``group``, ``subject``, ``people_share``, ``value_share``.
    units
        Units in metres with what is drawn of them.
    points
        People's points in metres: their groups, and for each layer ``<layer>_minutes``,
        ``<layer>_minutes_2`` and ``<layer>_access`` (E2SFCA places per 1,000 of the layer's
        group, <NA> where supply is not known), ``missing`` (services out of reach) and
        ``missing_layers``.
    layers
        Ids of the layers, in order.
    supply_units
        In what each layer's supply is counted.
    settings
        What the planner set.
    problems
        What should be known when reading the tables.

    Examples
    --------
    >>> import coverplan as cp
    >>> found = cp.measure_study(cp.small_county())
    >>> rows = found.access.query("layer == 'elderly_care' and method == '2sfca'")
    >>> rows[["unit_name", "people", "places"]]
      unit_name  people  places
    4       柳溪镇     407   250.0
    5       石桥乡     333     0.0
    6       云岭乡     193     0.0
    7               933   250.0

    Blind spots: how many older people miss how many of the services meant for them.

    >>> spots = found.blind_spots.query("unit_code == 'total' and scope == 'own'")
    >>> spots.loc[spots["group"] == "elderly", ["missing", "services", "value"]].dropna()
        missing  services  value
    56        0         2    314
    57        1         2    233
    58        2         2    386
    """

    nearest: pd.DataFrame
    blind_spots: pd.DataFrame
    combinations: pd.DataFrame
    access: pd.DataFrame
    supply: pd.DataFrame
    assignment: pd.DataFrame
    loads: pd.DataFrame
    inequality: pd.DataFrame
    lorenz: pd.DataFrame
    units: gpd.GeoDataFrame
    points: gpd.GeoDataFrame
    layers: tuple[str, ...]
    supply_units: Mapping[str, SupplyUnit]
    settings: MeasureSettings
    problems: tuple[Problem, ...]

    def __repr__(self) -> str:
        tables = [
            f"{field.name} {len(getattr(self, field.name)):,}"
            for field in fields(self)
            if isinstance(getattr(self, field.name), pd.DataFrame)
        ]
        return f"<Measures of {', '.join(self.layers)}; rows: {', '.join(tables)}>"
