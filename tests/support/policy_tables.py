"""A region of three townships and tables of a planner, written to a folder, for policy facts."""

import csv
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import openpyxl
from shapely.geometry import box

from coverplan import Region
from coverplan.core.errors import Problem, Problems
from coverplan.io.paths import Folder

X0, Y0 = 500_000.0, 3_200_000.0
TOWNS = (
    ("330624001000", "南明街道", "街道"),
    ("330624100000", "儒岙镇", "镇"),
    ("330624200000", "巧英乡", "乡"),
)
SIDE = 4000.0


def region(towns: Sequence[tuple[str, str, str]] = TOWNS) -> Region:
    """Squares of 4 km side by side, 16 km2 each."""
    frame = gpd.GeoDataFrame(
        {
            "code": [code for code, _, _ in towns],
            "name": [name for _, name, _ in towns],
            "kind": [kind for _, _, kind in towns],
        },
        geometry=[
            box(X0 + i * SIDE, Y0, X0 + (i + 1) * SIDE, Y0 + SIDE) for i in range(len(towns))
        ],
        crs=4549,
    )
    return Region.from_frame(frame, kind="kind")


def lonlat(i: int, x: float = 0.5, y: float = 0.5) -> tuple[float, float]:
    """Longitude and latitude of a place within the i-th township, as shares of its side."""
    point = gpd.GeoSeries.from_xy([X0 + (i + x) * SIDE], [Y0 + y * SIDE], crs=4549)
    there = point.to_crs(4490).iloc[0]
    return round(there.x, 7), round(there.y, 7)


def write(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Write a table given as lines of cells parted by spaces; ``-`` is an empty cell.

    As a workbook where the name says so.
    """
    rows = [["" if cell == "-" else cell for cell in line.split()] for line in text.split("\n")]
    rows = [row for row in rows if row]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows(rows)
    return path


def folder(path: Path) -> Folder:
    """The folder of a study."""
    return Folder(path)


def found(problems: Problems, code: str) -> list[Problem]:
    """The faults of one code, at least one, each said in both languages."""
    those = [p for p in problems if p.code == code]
    assert those, [p.code for p in problems]
    for problem in those:
        english = problem.render("en")
        assert problem.render("zh") != english
        assert not any("\u4e00" <= c <= "\u9fff" for c in problem.mend.en if not problem.found)
    return those
