"""Frames handed in from Python: what is wrong with them is said as it is of a file."""

from collections.abc import Collection, Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError, Problem, Problems
from ..core.nearest import meant
from ..core.text import Text


def check_frame(name: Text, frame: object, columns: Iterable[str]) -> None:
    """Raise where something is no GeoDataFrame, or lacks columns: all of them at once.

    Parameters
    ----------
    name
        What the frame is, for messages.
    frame, columns
        What was handed in, and the columns it must have.
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise InputError([_no_frame(name, frame)])
    there = [str(column) for column in frame.columns]
    lacking = [column for column in columns if column not in frame]
    Problems([_no_column(name, column, there) for column in lacking]).raise_if_any()


def check_kinds(
    name: Text, frame: gpd.GeoDataFrame | gpd.GeoSeries, kinds: Collection[str]
) -> Problems:
    """Return the faults of geometry that is missing, empty or of another kind.

    Parameters
    ----------
    name, frame
        What the frame is, and the frame; its index names the rows.
    kinds
        Kinds of geometry that will do, such as ``Point``.
    """
    found = frame.geometry.geom_type.where(~(frame.geometry.isna() | frame.geometry.is_empty))
    problems = Problems()
    for row, kind in found[~found.isin(kinds)].items():
        said = "none" if pd.isna(kind) else str(kind)
        problems.add(
            Problem(
                code="frame.geometry",
                what=Text(
                    f"{name.zh}：有的行没有可用的几何", f"{name.en}: a row has no usable geometry"
                ),
                column="geometry",
                found=f"{row}: {said}",
                expected=Text.same(", ".join(kinds)),
                mend=Text(
                    "点：面可用 frame.representative_point()，多点先用 frame.explode()",
                    "for points: frame.representative_point() of areas, frame.explode() of "
                    "several in one",
                )
                if "Point" in kinds
                else Text("改正这些行，或先去掉", "correct these rows, or drop them first"),
            )
        )
    return problems


def units_at(points: gpd.GeoSeries, units: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the code of the unit each point lies in, "" outside all; shape ``(n,)``.

    Parameters
    ----------
    points
        Points, none of them missing.
    units
        Index the codes, in the system of the points; of two units that meet at a point the first
        counts.
    """
    codes = np.full(len(points), "", dtype=object)
    who, where = units.sindex.query(points.to_numpy(), predicate="intersects")
    order = np.lexsort((where, who))[::-1]
    codes[who[order]] = units.index.to_numpy(dtype=object)[where[order]]
    return codes


def whole_people(name: Text, frame: pd.DataFrame, groups: Iterable[str]) -> pd.DataFrame:
    """Return the columns of groups as whole numbers.

    Parameters
    ----------
    name, frame, groups
        What the frame is, the frame, and its columns that count people.

    Raises
    ------
    InputError
        When a value is no whole number from 0 upwards: every one.
    """
    problems = Problems()
    people = {}
    for group in groups:
        given = frame[group]
        numbers = pd.to_numeric(given, errors="coerce").astype("Float64").fillna(-1.0)
        counts = numbers.to_numpy(dtype=np.float64)
        wrong = ~np.isfinite(counts) | (counts < 0) | (counts != np.floor(counts))
        wrong |= np.array([isinstance(value, str) for value in given], dtype=bool)
        for row, value in given[wrong].items():
            problems.add(_no_count(name, group, f"{row}: {value}"))
        people[group] = np.where(wrong, 0, counts).astype(np.int64)
    problems.raise_if_any()
    return pd.DataFrame(people, index=frame.index)


def _no_frame(name: Text, frame: object) -> Problem:
    return Problem(
        code="frame.type",
        what=Text(f"{name.zh}：给的不是 GeoDataFrame", f"{name.en}: this is no GeoDataFrame"),
        found=type(frame).__name__,
        expected=Text.same("geopandas.GeoDataFrame"),
        mend=Text(
            "文件先用 geopandas.read_file 读入；表格用 geopandas.GeoDataFrame(表, geometry=点, "
            "crs=坐标系)",
            "read a file with geopandas.read_file; make one of a table with "
            "geopandas.GeoDataFrame(table, geometry=points, crs=...)",
        ),
    )


def _no_column(name: Text, column: str, there: list[str]) -> Problem:
    return Problem(
        code="frame.column",
        what=Text(f"{name.zh}：缺少一列", f"{name.en}: a column is missing"),
        column=column,
        found=Text("有这些列：" + "、".join(there), "columns: " + ", ".join(there)),
        mend=meant(
            column, there, Text("改列名，或说明用哪一列", "rename it, or say which column to take")
        ),
    )


def _no_count(name: Text, group: str, found: str) -> Problem:
    return Problem(
        code="frame.people",
        what=Text(f"{name.zh}：人数不是整数", f"{name.en}: people are whole numbers"),
        column=group,
        found=found,
        expected=Text("0 或以上的整数", "whole numbers, 0 or more"),
        mend=Text(
            "小数先取整并保持合计：coverplan.largest_remainder；缺的先补上",
            "round decimals so that the total stays with coverplan.largest_remainder; fill "
            "in what is missing",
        ),
    )
