"""Where villages stand whose table has no coordinates: another list with their codes or names."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, Problem, Problems
from ..domain.people_config import Locations, PeopleConfig
from ..domain.region import Region
from ..domain.unit_words import is_code
from . import locationfaults as faults
from .columns import find_column, missing_column
from .factcells import softened
from .listed import records_with_points
from .paths import Folder
from .points import Places, read_places, unit_at
from .sites import unit_column
from .tables import TABLE_SUFFIXES
from .unitcolumn import named_units
from .unitnames import UnitNames
from .villagenames import VillageIndex, same_village, village_code, within_unit

_OF_ONE_RECORD = frozenset({"point.lon", "point.lat", "point.swapped", "point.zero", "point.far"})
_MOSTLY = 0.5
_EXACT, _BY_CODE = 3, 9
_ALIKE, _NEAR = 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Located:
    """The records of a table of people, with points as far as they are known.

    Parameters
    ----------
    read
        The records; points of another list put in where they had none.
    without
        Which records still have none, though nothing is wrong with their coordinates, shape
        ``(n,)``.
    elsewhere
        Which records got their point from another list, shape ``(n,)``.
    """

    read: Places
    without: NDArray[np.bool_]
    elsewhere: NDArray[np.bool_]


def read_located(
    folder: Folder,
    config: PeopleConfig,
    region: Region,
    problems: Problems,
    progress: Callable[[int], Callable[[int], None] | None] | None = None,
) -> Located:
    """Return the records of a table of people, those without coordinates at their location.

    A record that has coordinates keeps them; wrong ones stay a fault. Others are looked up in
    ``config.locations``: by the code of the village (12 digits), else by its name within its
    unit, with or without 村, 社区 or 村委会. Records not found, found twice, or outside their unit
    are named; what is left without a point is a fault where ``place_missing`` is "refuse".

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of people, and its units.
    problems, progress
        As for `read_places`.

    Raises
    ------
    InputError
        When a file cannot be used at all.
    """
    read, without = _records(folder, config, region, problems, progress)
    elsewhere = np.zeros(len(without), dtype=bool)
    given = config.located_by
    if not without.any():
        if given is not None:
            problems.add(faults.idle(given.source.as_posix()))
        return Located(read, without, elsewhere)
    refuses = config.place_missing == "refuse"
    if given is None and without.all():
        # Said once, and last: see `coverplan.io.population`.
        return Located(read, without, elsewhere)
    if given is None:
        for i in np.flatnonzero(without).tolist():
            problems.add(faults.no_point(read, i, refuses=refuses))
        return Located(read, without, elsewhere)
    places = problems.attempt(lambda: _List(folder, given, region, problems))
    if places is None:
        # Said already: nothing more of records whose places nobody could read.
        return Located(read, np.zeros_like(without), elsewhere)
    return _Finder(folder, region, read, places, problems).put(without, refuses=refuses)


def _records(
    folder: Folder,
    config: PeopleConfig,
    region: Region,
    problems: Problems,
    progress: Callable[[int], Callable[[int], None] | None] | None,
) -> tuple[Places, NDArray[np.bool_]]:
    """Return the records and which have no coordinates, as opposed to some that are wrong."""
    optional = ("id", "name", "unit", "parent", "metres")
    full = folder.find(config.source, "people.source")
    if full.suffix.lower() not in TABLE_SUFFIXES:
        noted = Problems()
        read = read_places(folder, config, region, key="people", optional=optional, problems=noted)
        problems.extend(p for p in noted if p.code != "point.none")
        rows = [p.row for p in noted if p.code == "point.none" and p.row is not None]
        return read, np.isin(read.table.rows, rows)
    read = records_with_points(
        folder,
        config,
        region,
        key="people",
        optional=optional,
        problems=problems,
        may_be_empty=False,
        progress=progress,
    )
    table = read.table
    names = {key: find_column(table.frame.columns, key, config.columns) for key in ("lon", "lat")}
    there = [name for name in names.values() if name is not None]
    if len(there) == 1:
        lost = next(key for key, name in names.items() if name is None)
        if lost not in config.columns:
            columns = [str(c) for c in table.frame.columns]
            problems.add(missing_column(table.file, lost, None, columns))
        return read, np.zeros(len(table.rows), dtype=bool)
    if any(key in config.columns for key, name in names.items() if name is None):
        return read, np.zeros(len(table.rows), dtype=bool)
    blank = (table.frame[there] == "").all(axis=1).to_numpy(dtype=bool)
    return read, blank & read.points.isna().to_numpy()


@dataclass(frozen=True, slots=True)
class _Named:
    """Records as they are looked for: code and name of the village, unit, and id as written."""

    codes: list[str]
    names: list[str]
    units: list[str]
    ids: list[str]
    named: bool

    @classmethod
    def of(cls, folder: Folder, read: Places, part: str, units: list[str], region: Region) -> Self:
        unit = read.columns.get("unit")
        column = read.columns.get("name")
        if column is None or column == unit:
            column = find_column(read.table.frame.columns, "village", {})
        texts = [""] * len(units) if column in {None, unit} else read.table.words(str(column))
        called = [str(region.names[code]) if code else "" for code in units]
        names = [within_unit(text, town) for text, town in zip(texts, called, strict=True)]
        code = _code_column(read)
        if code is not None and code != read.columns.get("id"):
            folder.took(read.table.file, part, read.table.frame, {"code": code}, {})
        codes = [village_code(t) for t in read.table.words(code)] if code else [""] * len(units)
        ids = read.text("id") if "id" in read.columns else [""] * len(units)
        return cls(codes, names, units, ids, named=any(names))


def _code_column(read: Places) -> str | None:
    """Return the column of codes of villages: mostly 12 digits that say one."""
    usual = [c for key in ("id", "code") if (c := read.columns.get(key)) is not None]
    for column in dict.fromkeys([*usual, *(str(c) for c in read.table.frame.columns)]):
        cells = [cell for cell in read.table.words(column) if cell]
        if cells and sum(map(bool, map(village_code, cells))) > _MOSTLY * len(cells):
            return column
    return None


class _List:
    """The list of locations: its places, and what is wrong with single ones."""

    def __init__(
        self, folder: Folder, given: Locations, region: Region, problems: Problems
    ) -> None:
        noted = Problems()
        self.read = read_places(
            folder,
            given,
            region,
            key="people.locations",
            optional=("id", "code", "name", "unit", "parent"),
            problems=noted,
        )
        self.faults: dict[int, list[Problem]] = {}
        for problem in noted:
            if problem.code in _OF_ONE_RECORD and problem.row is not None:
                self.faults.setdefault(problem.row, []).append(problem)
            else:
                # A place of the list without a point is one not found, and no fault of its own.
                blank = problem.code == "point.none"
                problems.extend(softened([problem]) if blank else [problem])
        self.at = unit_at(region, self.read.points)
        told = named_units(UnitNames.of(region), unit_column(self.read, self.at), problems).codes
        units = [unit or at or "" for unit, at in zip(told, self.at, strict=True)]
        self.named = _Named.of(folder, self.read, "people.locations", units, region)
        if not any([*self.named.codes, *self.named.names, *self.named.ids]):
            names = [str(c) for c in self.read.table.frame.columns]
            raise InputError([missing_column(self.read.table.file, "name", None, names)])
        self.index = VillageIndex(self.named.codes, units, self.named.names)
        self.file = self.read.table.file

    def row(self, place: int) -> int:
        return int(self.read.table.rows[place])


@dataclass(slots=True)
class _Found:
    """What was found: record -> place of the list, and how well the two agree."""

    place: dict[int, int] = field(default_factory=dict)
    fit: dict[int, int] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    faulty: set[int] = field(default_factory=set)


class _Finder:
    """Looks up the records of a table in a list of locations."""

    def __init__(
        self, folder: Folder, region: Region, read: Places, places: _List, problems: Problems
    ) -> None:
        self.read, self.list, self.region, self.problems = read, places, region, problems
        # What is to be said of the units is said when they are counted.
        given = unit_column(read, [None] * len(read.table.rows))
        self.texts = given.texts
        self.near = UnitNames.of(region).near()
        units = named_units(UnitNames.of(region), given, Problems()).codes
        self.named = _Named.of(folder, read, "people", units, region)

    def put(self, without: NDArray[np.bool_], *, refuses: bool) -> Located:
        """Return the records with the points of the list, every one not found named."""
        found = _Found()
        for i in np.flatnonzero(without).tolist():
            self._look(i, found)
        self._part_claims(found)
        points = self.read.points.copy()
        elsewhere, still = np.zeros(len(without), dtype=bool), without.copy()
        for i, place in sorted(found.place.items()):
            points.iloc[i] = self.list.read.points.iloc[place]
            elsewhere[i], still[i] = True, False
            self._compare(i, place, found.fit[i])
        for i in sorted(found.lost):
            self._say_lost(i, refuses=refuses)
        still[sorted(found.faulty)] = False
        self._say_unused(found, int(without.sum()))
        return Located(replace(self.read, points=points), still, elsewhere)

    def _look(self, i: int, found: _Found) -> None:
        """Find the place of one record; note where there are several."""
        mine, places = self.named, self.list.index
        choices, fit = places.of_code(mine.codes[i]), _BY_CODE
        if not choices and (mine.units[i] or not self.texts[i]):
            choices, fit = places.of_name(mine.units[i] or None, mine.names[i])
        if not choices and not (mine.named and self.list.named.named) and mine.ids[i]:
            choices = [p for p, text in enumerate(self.list.named.ids) if text == mine.ids[i]]
            fit = _EXACT
        if len(choices) > 1:
            same = [p for p in choices if mine.ids[i] and self.list.named.ids[p] == mine.ids[i]]
            choices = same if len(same) == 1 else choices
        if len(choices) == 1:
            found.place[i], found.fit[i] = choices[0], fit
        elif choices:
            rows = [self.list.row(place) for place in choices]
            self.problems.add(faults.twice(self.read, i, self._called(i), self.list.file, rows))
            found.faulty.add(i)
        else:
            found.lost.append(i)

    def _part_claims(self, found: _Found) -> None:
        """Leave each place to the record that fits it best; say where two fit it as well."""
        by_place: dict[int, list[int]] = {}
        for i, place in found.place.items():
            by_place.setdefault(place, []).append(i)
        for place, records in by_place.items():
            best = max(found.fit[i] for i in records)
            equal = [i for i in records if found.fit[i] == best]
            for i in records:
                if i not in equal:
                    del found.place[i]
                    found.lost.append(i)
                elif len(equal) > 1:
                    del found.place[i]
                    found.faulty.add(i)
                    rows = [int(self.read.table.rows[k]) for k in equal]
                    row, file = self.list.row(place), self.list.file
                    self.problems.add(faults.shared(self.read, i, self._called(i), file, row, rows))
            self._check_point(place, found, [i for i in equal if i in found.place])

    def _check_point(self, place: int, found: _Found, records: Sequence[int]) -> None:
        """Say what is wrong with the point of a place somebody needs."""
        noted = self.list.faults.pop(self.list.row(place), [])
        if records:
            self.problems.extend(noted)
        else:
            self.problems.extend(softened(noted))
        if self.list.read.points.iloc[place] is None:
            for i in records:
                del found.place[i]
                if any(problem.severity == "error" for problem in noted):
                    found.faulty.add(i)
                else:
                    found.lost.append(i)

    def _compare(self, i: int, place: int, fit: int) -> None:
        """Note where a place lies outside the unit of its record, or bears another name."""
        unit, at = self.named.units[i], self.list.at[place]
        if unit and at != unit:
            towns = str(self.region.names[unit]), str(self.region.names[at]) if at else ""
            here = self._called(i), self.list.row(place)
            self.problems.add(faults.outside(self.read, i, here, towns, self.list.file))
        mine, other = self.named.names[i], self.list.named.names[place]
        if fit == _BY_CODE and mine and other and not same_village(mine, other):
            row = self.list.row(place)
            self.problems.add(faults.other_name(self.read, i, (mine, other), self.list.file, row))

    def _say_lost(self, i: int, *, refuses: bool) -> None:
        """Name a record without a place, and what is nearest to it."""
        unit, name = self.named.units[i], self.named.names[i]
        if not unit and self.texts[i]:
            # Of another county, most likely: those are counted as outside; but it may be a slip.
            near = difflib.get_close_matches(self.texts[i], self.near, n=1, cutoff=_ALIKE)
            if near and not is_code(self.texts[i]):
                self.problems.add(faults.unknown_unit(self.read, i, self.texts[i], near[0]))
            return
        near = difflib.get_close_matches(name, self.list.index.in_unit(unit), n=2, cutoff=_NEAR)
        elsewhere = [
            f"{self.region.names[code]} {self.list.named.names[place]}"
            for place in self.list.index.of_name(None, name)[0][:2]
            if (code := self.list.named.units[place]) and code != unit
        ]
        self.problems.add(
            faults.not_found(
                self.read,
                i,
                self._called(i),
                self.list.file,
                [*near, *elsewhere],
                severity="error" if refuses or not unit else "warning",
            )
        )

    def _called(self, i: int) -> str:
        unit = self.named.units[i]
        town = str(self.region.names[unit]) if unit else self.texts[i]
        return " ".join(filter(None, [town, self.named.names[i] or self.named.codes[i]]))

    def _say_unused(self, found: _Found, wanted: int) -> None:
        for noted in self.list.faults.values():
            self.problems.extend(softened(noted))
        by_code = sum(fit == _BY_CODE for i, fit in found.fit.items() if i in found.place)
        counts = faults.Counts(
            wanted, len(found.place), by_code, len(self.list.read.table.rows) - len(found.place)
        )
        self.problems.add(faults.located(self.read.table.file, self.list.file, counts))
