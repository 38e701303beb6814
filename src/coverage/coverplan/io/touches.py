"""How many people and facilities each fault touches, where that is known: never 0 for unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..core.errors import Problem
from ..domain.config import StudyConfig
from ..domain.facilities import Facilities
from ..domain.region import Region
from .paths import Folder, Records
from .peopletable import PeopleTable

_WHOLE_FILE = frozenset({"file", "column", "crs", "datum"})
"""Families of errors that, where they name no row, touch every record of a file."""

_WHOLE_WARNINGS = frozenset({"crs", "datum", "facility.no_status"})
"""Families and codes of warnings that do."""

_FIRST_OF_MANY = frozenset({"point.sexagesimal", "column.several", "geometry.curves"})
"""These name the first of many records alone: whom the others touch they do not say."""

_SEVERAL = "file.header"
"""What begins so touches every record, for it names the row of the header."""


@dataclass(frozen=True, slots=True)
class Touches:
    """What is known of the people and facilities behind the records of a study's files.

    Parameters
    ----------
    records
        The records of the files read, by file.
    units
        People of each unit, of those where they are known.
    named
        How a census speaks of a unit -> its code.
    whole
        People and facilities of a whole file, by file; None where not known.
    """

    records: Mapping[str, tuple[Records, ...]]
    units: Mapping[str, int]
    named: Mapping[str, str] = field(default_factory=dict)
    whole: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)

    @classmethod
    def of_study(
        cls,
        folder: Folder,
        config: StudyConfig,
        region: Region | None,
        people: PeopleTable | None,
        facilities: Mapping[str, Facilities],
    ) -> "Touches":
        """Return what is known after the files of a study were read, as far as they could be.

        Parameters
        ----------
        folder, config
            The study's folder with what was read from it, and the study.
        region, people, facilities
            Units, people, and facilities by layer; None or absent where they could not be read.
        """
        records: dict[str, tuple[Records, ...]] = {}
        for one in folder.records:
            records[one.file] = (*records.get(one.file, ()), one)
        units = {} if people is None else _people_of_units(people)
        codes = [] if region is None else region.codes
        names = {} if region is None else {f"{region.names[c]} ({c})": c for c in codes}
        whole = _whole_files(config, records, facilities)
        # Without all units the sum would be that of some people, told as that of all.
        if codes and all(code in units for code in codes):
            everybody = sum(units.values())
            whole = _ground(config, everybody) | whole
        return cls(records, units, names, whole)

    def fill(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems with the people and sites they touch; what they say already stays."""
        return [self._filled(problem) for problem in problems]

    def _filled(self, problem: Problem) -> Problem:
        people, sites = self._of(problem)
        people = people if problem.people is None else problem.people
        sites = sites if problem.sites is None else problem.sites
        if (people, sites) == (problem.people, problem.sites):
            return problem
        return replace(problem, people=people, sites=sites)

    def _of(self, problem: Problem) -> tuple[int | None, int | None]:
        if problem.file is None or None not in (problem.people, problem.sites):
            return None, None
        if problem.row is None and isinstance(problem.found, str) and problem.found in self.named:
            return self.units.get(self.named[problem.found]), None
        if _is_of_all(problem):
            return self.whole.get(problem.file, (None, None))
        if problem.row is None or problem.code in _FIRST_OF_MANY:
            return None, None
        return self._of_row(problem.file, problem.row)

    def _of_row(self, file: str, row: int) -> tuple[int | None, int | None]:
        people: int | None = None
        sites = 0
        for one in self.records.get(file, ()):
            at = _position(one.rows, row)
            if at is None:
                continue
            if _is_layer(one.part):
                sites += 1
            if people is None and one.people is not None and not np.isnan(one.people[at]):
                people = round(float(one.people[at]))
            if people is None and one.units:
                people = self.units.get(one.units[at])
        return people, min(sites, 1) or None


def _is_of_all(problem: Problem) -> bool:
    """Return whether a fault touches every record of its file."""
    if problem.row is not None:
        return problem.code.startswith(_SEVERAL)
    names = {problem.code, problem.code.split(".", maxsplit=1)[0]}
    return bool(names & (_WHOLE_FILE if problem.severity == "error" else _WHOLE_WARNINGS))


def _position(rows: np.ndarray, row: int) -> int | None:
    """Return where a row stands; rows ascend, as they do in every file read."""
    at = int(np.searchsorted(rows, row))
    return at if at < len(rows) and int(rows[at]) == row else None


def _is_layer(part: str) -> bool:
    """Return whether a table of the study file lists facilities: not its candidates."""
    names = part.split(".")
    return names[0] == "layers" and len(names) == len(("layers", "key"))


def _people_of_units(people: PeopleTable) -> dict[str, int]:
    """Return everybody in each unit: the census, else the sum of places where each is known."""
    read = people.places.groupby("unit")["all"].agg(lambda values: values.sum(skipna=False))
    totals = people.totals["all"]
    totals = totals.where(totals.notna(), read.reindex(totals.index))
    return {str(code): round(float(n)) for code, n in totals.dropna().items()}


def _whole_files(
    config: StudyConfig,
    records: Mapping[str, tuple[Records, ...]],
    facilities: Mapping[str, Facilities],
) -> dict[str, tuple[int | None, int | None]]:
    """Return people and facilities of files of people and of layers, as far as they were read."""
    whole: dict[str, tuple[int | None, int | None]] = {}
    for file, parts in records.items():
        for one in parts:
            if one.people is not None and not np.isnan(one.people).any():
                whole[file] = (round(float(one.people.sum())), None)
    sites: dict[str, int | None] = {}
    for key, layer in config.layers.items():
        file, read = layer.source.as_posix(), facilities.get(key)
        before = sites.get(file, 0)
        sites[file] = None if read is None or before is None else before + len(read)
    return whole | {file: (whole.get(file, (None, None))[0], n) for file, n in sites.items()}


def _ground(config: StudyConfig, everybody: int) -> dict[str, tuple[int | None, int | None]]:
    """Return that everybody stands on the boundaries, the roads and the census."""
    files = (config.region.units, config.roads.source, config.people.totals)
    return {file.as_posix(): (everybody, None) for file in files if file is not None}
