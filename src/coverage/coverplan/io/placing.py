"""Facilities without coordinates, placed at their village or township where the study says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import LayerConfig
from ..domain.region import Region
from .columns import find_column
from .listed import records_with_points
from .paths import Folder
from .points import Places, read_places
from .studyunits import called_village, village_finder
from .tables import TABLE_SUFFIXES
from .unitnames import UnitNames

Precision = Literal["point", "village", "township"]
"""How well the place of a facility is known: its own point, its village's, its township's."""


@dataclass(frozen=True, slots=True)
class PlacedFacilities:
    """The records of a layer, and how well the place of each is known.

    Parameters
    ----------
    places
        The records; their point is None where they could not be placed.
    precision
        Of each record; "point" also for one without a place.
    """

    places: Places
    precision: tuple[Precision, ...]


def read_placed(
    folder: Folder,
    config: LayerConfig,
    region: Region,
    villages: gpd.GeoDataFrame,
    *,
    key: str,
    optional: Sequence[str],
    problems: Problems,
) -> PlacedFacilities:
    """Return the facilities of a layer, those without coordinates at their village.

    A facility that names its village is placed at the village's point; one that names its
    township alone, or a village nobody knows, at the most populous village of the township; one
    whose township is none of the study's stays without a place. Each is noted. Coordinates that
    are there and wrong stay a fault: they are not replaced.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of the layer, and its units.
    villages
        Index of ids; columns ``name``, ``unit`` (code), ``all`` (people) and ``geometry`` (Point
        in the CRS of the region), as in `PeopleTable.places`.
    key, optional
        As for `read_places`.
    problems
        Where faults go.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    noted = Problems()
    full = folder.find(config.source, f"{key}.source")
    read = records_with_points if full.suffix.lower() in TABLE_SUFFIXES else read_places
    found = read(folder, config, region, key=key, optional=(*optional, "village"), problems=noted)
    blank = _without(found, config.columns)
    finder = _Finder(region, villages)
    points, precision = found.points.copy(), list[Precision](["point"] * len(found.points))
    placed: dict[int, tuple[Precision, str]] = {}
    texts = zip(found.text("unit"), found.text("parent"), found.text("village"), strict=True)
    for i, told in enumerate(texts):
        seat = finder.seat(*told) if blank[i] else None
        if seat is not None:
            precision[i], at = seat
            points.iloc[i] = villages.geometry.loc[at]
            placed[int(found.table.rows[i])] = (seat[0], str(villages["name"].loc[at]))
    _pass_on(noted, found, placed, problems)
    _note_placed(found, key, placed, problems)
    return PlacedFacilities(replace(found, points=points), tuple(precision))


def _without(read: Places, given: Mapping[str, str]) -> list[bool]:
    """Return which records have no coordinates, as opposed to some that cannot be used."""
    none = read.points.isna().to_numpy()
    names = [find_column(read.table.frame.columns, key, given) for key in ("lon", "lat")]
    columns = [name for name in names if name is not None]
    empty = (read.table.frame[columns] == "").all(axis=1).to_numpy()
    return [bool(lost) for lost in none & empty]


class _Finder:
    """Where a facility that says only its village or township is taken to be."""

    def __init__(self, region: Region, villages: gpd.GeoDataFrame) -> None:
        self.names = UnitNames.of(region)
        self.codes = {str(code) for code in villages.index}
        units = pd.DataFrame(
            {"level": "village", "name": villages["name"], "parent": villages["unit"]},
            index=villages.index.astype(str),
        )
        # Without a township a name says where it is only if the county has it once.
        self.named = village_finder(units.assign(parent="")) | village_finder(units)
        order = villages["all"].fillna(-1.0).sort_values(ascending=False, kind="stable").index
        units_of = villages["unit"].loc[order]
        first = units_of[~units_of.duplicated()]
        self.largest = {str(unit): str(at) for at, unit in first.items() if unit}

    def seat(self, unit: str, county: str, village: str) -> tuple[Precision, str] | None:
        """Return the id of the village a facility is placed at, and how well that is known."""
        called = self.names.called(unit, county)
        if unit and not called.units:
            # A village of the same name in another county is another village.
            return None
        # A former unit that was divided: its villages lie in one of the units it went into.
        named = {
            called_village(self.named, self.codes, code, village) if village else ""
            for code in called.units or ("",)
        } - {""}
        if len(named) == 1:
            return "village", named.pop()
        sure = len(called.units) == 1 and not called.beyond
        at = self.largest.get(called.units[0]) if sure else None
        return None if at is None else ("township", at)


def _pass_on(
    noted: Problems,
    read: Places,
    placed: dict[int, tuple[Precision, str]],
    problems: Problems,
) -> None:
    """Pass faults on, but not the want of coordinates where a place was found."""
    told = {problem.row for problem in noted if problem.code.startswith("point.")}
    problems.extend(p for p in noted if p.code != "point.none" or p.row not in placed)
    for i in np.flatnonzero(read.points.isna()).tolist():
        row = int(read.table.rows[i])
        if row not in placed and row not in told:
            problems.add(_no_place(read, i))


def _no_place(read: Places, i: int) -> Problem:
    told = [read.text(key)[i] for key in ("unit", "village")]
    return Problem(
        code="point.none",
        what=Text(
            "没有坐标，也找不到所登记的村或乡镇",
            "there are no coordinates, and the village or township it names is not found",
        ),
        file=read.table.file,
        row=int(read.table.rows[i]),
        found=" ".join(text for text in told if text),
        expected=Text(
            "坐标，或人口表里的村名，或研究区内的乡镇",
            "coordinates, a village of the people table, or a township of the study",
        ),
        mend=Text("补上坐标或所属的村和乡镇", "give it coordinates, or its village and township"),
    )


_PLACED = {
    "village": Text(
        "没有坐标：放在所登记的村的人口点位", "no coordinates: placed at the point of its village"
    ),
    "township": Text(
        "没有坐标，也没有认识的村：放在所登记乡镇人口最多的村",
        "no coordinates and no village that is known: placed at the most populous village of its "
        "township",
    ),
}


def _note_placed(
    read: Places,
    key: str,
    placed: dict[int, tuple[Precision, str]],
    problems: Problems,
) -> None:
    if not placed:
        return
    for row, (precision, name) in placed.items():
        problems.add(
            Problem(
                code=f"facility.at_{precision}",
                what=_PLACED[precision],
                file=read.table.file,
                row=row,
                found=name,
                mend=Text("补上坐标；行程时间只是近似", "give it coordinates; its times are rough"),
                severity="warning",
            )
        )
    kinds = [precision for precision, _ in placed.values()]
    village, township = kinds.count("village"), kinds.count("township")
    problems.add(
        Problem(
            code="facility.placed",
            what=Text(
                f"图层 {key}：{len(read.points)} 处设施中有 {len(placed)} 处没有坐标，"
                f"{village} 处放在村，{township} 处放在乡镇",
                f"layer {key}: {len(placed)} of {len(read.points)} facilities have no "
                f"coordinates; {village} stand at their village, {township} at their township",
            ),
            file=read.table.file,
            mend=Text("补上坐标，再比较结果", "give them coordinates, and compare the results"),
            severity="warning",
            sites=len(placed),
        )
    )
