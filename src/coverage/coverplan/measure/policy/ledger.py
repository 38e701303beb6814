"""Everything targets are judged by, in one place: units, facilities, projects, travel, settings."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...domain.layer import Direction
from ...domain.policy import LEVELS, Target, layer_members
from ...domain.targets_config import TargetsConfig
from ...domain.unit_codes import LEVEL_DIGITS, stem


@dataclass(frozen=True, slots=True)
class LayerReach:
    """How people come to a layer of the study.

    Parameters
    ----------
    profile, minutes, group
        Travel profile, limit, and the people it is for.
    direction
        Whether people come to the site, or its service goes out to them.
    """

    profile: str
    minutes: float
    group: str
    direction: Direction = "to_site"


class Travel(Protocol):
    """What indicators ask of the road network; points in metres, shape ``(n, 2)``."""

    def reached(
        self,
        xy: NDArray[np.float64],
        profile: str,
        minutes: float,
        group: str,
        direction: Direction = "to_site",
    ) -> pd.DataFrame:
        """Return people within the minutes of a point: index township code; reached, people.

        ``people`` are the census total of the group, <NA> where not known.
        """

    def villages(
        self,
        xy: NDArray[np.float64],
        profile: str,
        minutes: float,
        group: str,
        direction: Direction = "to_site",
    ) -> pd.DataFrame:
        """Return the same by village: index village code; columns ``reached``, ``people``."""

    def minutes(
        self, start: NDArray[np.float64], end: NDArray[np.float64], profile: str
    ) -> NDArray[np.float64]:
        """Return minutes from each start to the nearest end, NaN where none is reached."""

    def person_minutes(self, xy: NDArray[np.float64], profile: str, group: str) -> pd.DataFrame:
        """Return people who reach a point, and their milliseconds in all, by township."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of a county (or a province) on a day.

    Parameters
    ----------
    date
        The day targets are judged on.
    home
        Code of the unit the study is about, 12 digits.
    units
        Index ``code`` (12 digits, unique); columns ``name``, ``level`` (one of `LEVELS`),
        ``type``, ``parent`` (code, "" at the top), ``density_per_km2``, and every key of
        `UNIT_FACTS`: numbers as Float64, flags as boolean, years as Int64, <NA> where not known;
        ``set`` as a frozenset of words. All units of the study, those without anybody too.
    facilities
        Index unique; columns ``layer`` (a policy layer), ``id``, ``name``, ``status``, ``opened``,
        ``closed``, ``x``, ``y`` (metres, NaN where not known), for each of `LEVELS` the code of
        the unit it belongs to ("" where not known or outside), ``is_rural`` (of its village), and
        every key of `FACILITY_FACTS` but ``village``; ``burial_type`` as a frozenset of words.
    projects
        Index unique; columns ``name``, ``layer`` ("" where none), every key of `PROJECT_FACTS`
        (``unit`` a code, "" where none).
    config
        What clauses leave open, as the planner set it.
    travel
        The road network; None where there is none.
    layers
        Policy layers the study has a list of, be it an empty one: a layer that is not here is not
        known, and never 0.
    on_map
        Policy layers the study's map shows.
    reach_of
        How people travel to a policy layer that is a layer of the study, and within what.
    targets
        Every row of the register.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = cp.check_targets(cp.write_small_county(folder)).ledger
    >>> sorted(ledger.layers)
    ['elderly_care_home', 'social_work_station']
    >>> ledger.name("330999203000")
    '云岭乡'
    >>> len(ledger.working(("social_work_station",)))
    3
    >>> len(ledger.units_at("township"))
    3
    """

    date: datetime.date
    home: str
    units: pd.DataFrame
    facilities: pd.DataFrame
    projects: pd.DataFrame
    config: TargetsConfig = field(default_factory=TargetsConfig)
    travel: Travel | None = None
    layers: frozenset[str] = frozenset()
    on_map: frozenset[str] = frozenset()
    reach_of: Mapping[str, LayerReach] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    _kept: dict[object, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    """What was looked up once: every indicator asks for the same few tables."""

    def __repr__(self) -> str:
        return (
            f"<Ledger {self.date:%Y-%m-%d}: {len(self.units):,} units, "
            f"{len(self.facilities):,} facilities, {len(self.projects):,} projects>"
        )

    def at(self, date: datetime.date) -> "Ledger":
        """Return the same lists as of another day."""
        return replace(self, date=date, _kept={})

    def known_layers(self, layers: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of some layers, families taken apart, that the study has a list of."""
        return tuple(key for key in layer_members(layers) if key in self.layers)

    def all_of(self, layers: tuple[str, ...]) -> pd.DataFrame:
        """Return the facilities of some layers in any status, families taken apart."""
        key = ("all", layers)
        if key not in self._kept:
            found = self.facilities["layer"].isin(layer_members(layers))
            self._kept[key] = self.facilities[found]
        return self._kept[key]

    def working(self, layers: tuple[str, ...]) -> pd.DataFrame:
        """Return the facilities of some layers that serve on the day.

        As `coverplan.Facilities.working`: operating, opened by the end of the year of the day,
        not closed by then; a year that is not known excludes none.
        """
        key = ("working", layers)
        if key not in self._kept:
            self._kept[key] = self._working(self.all_of(layers))
        return self._kept[key]

    def _working(self, rows: pd.DataFrame) -> pd.DataFrame:
        year = self.date.year
        on = (rows["status"] == "operating").to_numpy(dtype=bool, copy=True)
        on &= ~(rows["opened"] > year).fillna(value=False).to_numpy(dtype=bool)
        on &= ~(rows["closed"] <= year).fillna(value=False).to_numpy(dtype=bool)
        return rows[on]

    def units_at(self, level: str) -> pd.DataFrame:
        """Return the units of one level that exist on the day, sorted by code."""
        key = ("units", level)
        if key not in self._kept:
            self._kept[key] = self._units_at(level)
        return self._kept[key]

    def _units_at(self, level: str) -> pd.DataFrame:
        rows = self.units[self.units["level"] == level]
        year = self.date.year
        on = ~(rows["valid_from"] > year).fillna(value=False).to_numpy(dtype=bool)
        on &= ~(rows["valid_to"] <= year).fillna(value=False).to_numpy(dtype=bool)
        return rows[on].sort_index()

    def inside(self, regions: tuple[str, ...]) -> "Ledger":
        """Return what lies in some places within the study; all of it where they are not in it.

        A clause on 26 counties counts the villages of those 26, also in a study of the province.

        Parameters
        ----------
        regions
            Codes of any length.
        """
        home, stems = trimmed(self.home), tuple(trimmed(code) for code in regions)
        if not any(len(stem) > len(home) and stem.startswith(home) for stem in stems):
            return self
        units = self.units[[str(code).startswith(stems) for code in self.units.index]]
        places = self.facilities[list(LEVELS)].itertuples(index=False)
        here = [any(str(code).startswith(stems) for code in codes) for codes in places]
        return replace(self, units=units, facilities=self.facilities[here], _kept={})

    def within(self, region: str) -> bool:
        """Return whether the whole study lies in the place of a code of any length."""
        return self.home.startswith(trimmed(region))

    def name(self, code: str) -> str:
        """Return the name of a unit, its code where it has none here."""
        return str(self.units["name"].get(code, code))


trimmed = stem
"""A code without the zeros that stand for everything below its level."""

LEVEL_WIDTH = LEVEL_DIGITS
"""How many digits of a code say which unit of a level it is or lies in."""
