"""Columns of coordinates in degrees, minutes and seconds, made decimal and said."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.text import Text
from .angles import Angle, Axis, as_angle
from .plainnumbers import blocks_of
from .tables import Table


def in_decimals(
    table: Table, lon: str, lat: str, problems: Problems
) -> tuple[Table, NDArray[np.bool_]]:
    """Return records with coordinates in decimal degrees, and which name the wrong axis.

    Parameters
    ----------
    table, lon, lat
        The records, and the columns of longitude and latitude.
    problems
        Where it is noted how many were converted, and which stand in each other's column: they
        say so themselves (30°N in the column of longitudes).
    """
    swapped = np.zeros(len(table.frame), dtype=np.bool_)
    axes: tuple[tuple[str, Axis], ...] = ((lon, "lon"), (lat, "lat"))
    columns: dict[str, list[str]] = {}
    read: list[tuple[int, str, Angle]] = []
    for column, axis in axes:
        columns[column] = table.words(column)
        for i, text in _not_plain(columns[column]):
            angle = as_angle(text)
            if angle is None:
                continue
            if angle.axis not in {None, axis}:
                swapped[i] = True
                problems.add(_other_axis(table, i, column, text))
                continue
            columns[column][i] = repr(angle.degrees)
            read.append((int(table.rows[i]), text, angle))
    if read:
        problems.add(_converted(table.file, f"{lon} / {lat}", read))
        table = replace(table, frame=table.frame.assign(**columns))
    return table, swapped


def _not_plain(cells: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the cells that may be something else than plain numbers, with their positions."""
    for begin, block, plain in blocks_of(cells):
        if plain is None:
            yield from enumerate(block, begin)


def _other_axis(table: Table, i: int, column: str, text: str) -> Problem:
    return Problem(
        code="point.swapped",
        what=Text("经度和纬度写反了", "longitude and latitude are swapped"),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=text,
        expected=Text("先经度（或东坐标），后纬度（或北坐标）", "longitude or easting first"),
        mend=Text("交换这两格；若整列都反，交换表头", "swap the two cells, or the two headers"),
    )


def _converted(file: str, column: str, read: list[tuple[int, str, Angle]]) -> Problem:
    row, text, angle = read[0]
    return Problem(
        code="point.sexagesimal",
        what=Text(
            f"{len(read)} 个度分秒坐标换算为十进制度",
            f"{len(read)} coordinates in degrees, minutes and seconds were made decimal",
        ),
        file=file,
        row=row,
        column=column,
        found=f"{text} = {angle.degrees:.7g}",
        mend=Text("核对换算的结果", "check what they were made into"),
        severity="warning",
    )
