"""What a boundary file says of its units beside their shape: when they hold, what they lie in."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import RegionConfig
from ..domain.former import Naming, OtherTime
from ..domain.unit_codes import full_code
from ..domain.unit_words import plain
from .cells import cell_text
from .columns import find_column
from .crosswalk import read_crosswalk
from .paths import Folder
from .periods import periods_of, units_on
from .unitnames import UnitNames

BESIDE = ("parent", "parent_code", "valid_from", "valid_to")
"""Columns of a boundary file that may be there beside code, name and kind."""

_SLIVER = 0.01
"""Units drawn apart share less of the smaller one's area than this."""


@dataclass(frozen=True, slots=True)
class UnitRows:
    """The records of a boundary file.

    Parameters
    ----------
    file, frame
        Its name for messages, and its records; ``_row`` is the number of each.
    code, name
        Columns of codes (as text) and names.
    beside
        Key of `BESIDE` -> column, of those there are.
    """

    file: str
    frame: gpd.GeoDataFrame
    code: str
    name: str
    beside: Mapping[str, str]

    def text(self, key: str) -> list[str]:
        """Return a column beside as text, empty where a cell is."""
        return [cell_or_empty(value) for value in self.frame[self.beside[key]]]


def cell_or_empty(value: object) -> str:
    """Return a cell of a vector file as text."""
    return "" if gpd.pd.isna(value) else cell_text(value)


def beside_of(frame: gpd.GeoDataFrame, given: Mapping[str, str]) -> dict[str, str]:
    """Return key -> column of what a boundary file says beside.

    Parameters
    ----------
    frame, given
        Its records, and which column the study file says holds what.
    """
    found = {key: find_column(frame.columns, key, given) for key in BESIDE}
    return {key: column for key, column in found.items() if column is not None}


def units_in_force(
    rows: UnitRows, date: datetime.date | None, problems: Problems
) -> tuple[UnitRows, tuple[OtherTime, ...]]:
    """Return the units in force on a day, and those of other times.

    Parameters
    ----------
    rows, date
        All units of the file; without a day, or without periods, all of them are in force.
    problems
        Where faults go.

    Raises
    ------
    InputError
        When no unit is in force on that day.
    """
    given = {key: (rows.beside[key], rows.text(key)) for key in BESIDE[2:] if key in rows.beside}
    if date is None or not any(any(cells) for _, cells in given.values()):
        return rows, ()
    frame = rows.frame
    numbers, codes = frame["_row"].tolist(), frame[rows.code].tolist()
    start, end = given.get("valid_from"), given.get("valid_to")
    ground = _same_ground(frame.geometry.to_numpy())
    periods = periods_of(rows.file, numbers, start, end, problems, ground)
    problems.raise_if_any()
    mask = units_on(rows.file, codes, numbers, periods, date, problems)
    names = [cell_or_empty(name) for name in frame[rows.name]]
    now = {(c, n) for c, n, here in zip(codes, names, mask, strict=True) if here}
    others = tuple(
        OtherTime(codes[i], names[i], periods.text(i))
        for i in range(len(frame))
        if not mask[i] and (codes[i], names[i]) not in now
    )
    if not mask.all():
        problems.add(_in_force(rows.file, int(mask.sum()), len(mask), date))
    return replace(rows, frame=frame[mask].reset_index(drop=True)), others


def _same_ground(shapes: NDArray[np.object_]) -> Callable[[int, int], bool]:
    """Return what tells whether two polygons share more than slivers; where in doubt, they do."""

    def same(one: int, other: int) -> bool:
        both = shapes[[one, other]]
        if not np.isfinite(shapely.get_coordinates(both)).all():
            return True
        both = shapely.make_valid(both)
        shared = float(shapely.area(shapely.intersection(*both)))
        return not shared < _SLIVER * float(shapely.area(both).min())

    return same


def _in_force(file: str, units: int, of: int, date: datetime.date) -> Problem:
    day = date.isoformat()
    return Problem(
        code="region.in_force",
        what=Text(
            f"文件有 {of} 个单元，{day} 有效的 {units} 个：只用这些",
            f"the file has {of} units, {units} of them in force on {day}: only these are used",
        ),
        file=file,
        mend=Text("如需其他日期，改 date（或 --date）", "for another day change date (or --date)"),
        severity="warning",
    )


def only_codes(only: Sequence[str], codes: Sequence[str]) -> list[str]:
    """Return codes as the boundaries write them: 9 digits mean the same as 12.

    Parameters
    ----------
    only, codes
        Codes as the study file says them, and those of the boundaries; a code that is none of
        them stays as it is.

    Examples
    --------
    >>> only_codes(["330624001", "x"], ["330624001000"])
    ['330624001000', 'x']
    """
    known = {full_code(code) or code: code for code in codes}
    return [code if code in codes else known.get(full_code(code) or code, code) for code in only]


def naming_of(
    folder: Folder,
    config: RegionConfig,
    rows: UnitRows,
    elsewhen: tuple[OtherTime, ...],
    date: datetime.date | None,
    problems: Problems,
) -> Naming:
    """Return what is known of the units in force beside code and name.

    Parameters
    ----------
    folder, config
        The study's folder, and what it says of its units: the crosswalk is read from it.
    rows, elsewhen
        The units in force, and those of other times.
    date
        The day of the study.
    problems
        Where faults go; one that stops the crosswalk alone does not stop the units.
    """
    codes = rows.frame[rows.code].tolist()
    names = dict(zip(codes, map(cell_or_empty, rows.frame[rows.name]), strict=True))
    parents: dict[str, tuple[str, ...]] = {}
    for key in BESIDE[:2]:
        for code, text in zip(codes, rows.text(key) if key in rows.beside else (), strict=False):
            if text:
                parents[code] = (*parents.get(code, ()), plain(text))
    naming = Naming(date, parents, {}, elsewhen=elsewhen)
    source = config.former
    if source is not None:
        units = UnitNames(names, naming)
        former = problems.attempt(lambda: read_crosswalk(folder, source, units, date, problems))
        naming = naming if former is None else replace(naming, former=former)
    if not config.only:
        return naming
    mine = set(only_codes(config.only, codes))
    return replace(naming, others={c: n for c, n in names.items() if c not in mine})
