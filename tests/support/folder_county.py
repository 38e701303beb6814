"""A small county as a folder of files, for drafting a study file from it.

Three square townships of 4 km side by side, streets every 500 m, a village in each square
kilometre, and facilities beside the streets. Everything is made up.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import shapely

from coverplan.core.datum import from_wgs84

CRS = 4549
WEST, SOUTH = 480_000.0, 3_200_000.0
TOWNS = {"330824001000": "甲镇", "330824002000": "乙乡", "330824003000": "丙乡"}


def lonlat(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of places given in metres from the south-west corner."""
    points = gpd.GeoSeries(gpd.points_from_xy(WEST + x, SOUTH + y), crs=CRS).to_crs(4490)
    return points.x.round(7).to_numpy(), points.y.round(7).to_numpy()


def townships() -> gpd.GeoDataFrame:
    shapes = [shapely.box(4000 * i, 0, 4000 * i + 4000, 4000) for i in range(len(TOWNS))]
    moved = shapely.transform(np.array(shapes), lambda xy: xy + (WEST, SOUTH))
    columns = {"代码": list(TOWNS), "名称": list(TOWNS.values())}
    return gpd.GeoDataFrame(columns, geometry=moved, crs=CRS).to_crs(4490)


def streets(*, cut: bool = True) -> gpd.GeoDataFrame:
    """Streets every 500 m, cut at their junctions or each from end to end."""
    xs, ys = np.arange(0, 12_001, 500), np.arange(0, 4001, 500)
    rows = [[(x, y) for x in xs] for y in ys] + [[(x, y) for y in ys] for x in xs]
    if cut:
        rows = [pair for row in rows for pair in pairwise(row)]
    else:
        rows = [[row[0], row[-1]] for row in rows]
    lines = shapely.transform(
        np.array([shapely.LineString(row) for row in rows]), lambda xy: xy + (WEST, SOUTH)
    )
    columns = {"highway": ["residential"] * len(lines), "oneway": ["no"] * len(lines)}
    return gpd.GeoDataFrame(columns, geometry=lines, crs=CRS).to_crs(4490)


def villages() -> pd.DataFrame:
    x, y = (
        a.ravel() for a in np.meshgrid(np.arange(500, 12_000, 1000), np.arange(500, 4000, 1000))
    )
    lon, lat = lonlat(x + 20.0, y + 30.0)
    n = np.arange(len(x))
    return pd.DataFrame(
        {
            "村名": [f"村{i:02d}村" for i in n],
            "所属乡镇": [list(TOWNS.values())[int(each // 4000)] for each in x],
            "经度": lon,
            "纬度": lat,
            "常住人口": 400 + 7 * n,
            "60岁及以上": 90 + n,
            "0-14岁": 60 + n % 5,
        }
    )


def facilities(name: str, count: int, *, seed: int = 3, gcj02: bool = False) -> pd.DataFrame:
    """Places 6 m beside a street, as a web map shows them where ``gcj02``."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(100, 11_900, count), 500 * rng.integers(1, 8, count) + 6.0
    lon, lat = lonlat(x, y)
    if gcj02:
        lon, lat = (np.round(a, 7) for a in from_wgs84(lon, lat, "GCJ-02"))
    unit = [list(TOWNS.values())[int(each // 4000)] for each in x]
    return pd.DataFrame(
        {
            "名称": [f"{town}{i}{name}" for i, town in enumerate(unit)],
            "所属乡镇": unit,
            "经度": lon,
            "纬度": lat,
            "状态": "运营",
            "设立年份": 2010 + np.arange(count) % 9,
        }
    )


@dataclass
class FolderCounty:
    """The county's folder; each method writes one file."""

    path: Path

    def table(self, name: str, frame: pd.DataFrame, encoding: str = "utf-8-sig") -> None:
        frame.to_csv(self.path / name, index=False, encoding=encoding)

    def messy(self, name: str, frame: pd.DataFrame, title: str) -> None:
        """A workbook as an office keeps it: a title, an empty row, numbers as text, a total."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(frame.columns))
        sheet.append([])
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False):
            sheet.append([str(cell) for cell in row])
        sheet.append(["注：数据由各乡镇填报"])
        book.save(self.path / name)

    def shapes(self, name: str, frame: gpd.GeoDataFrame) -> None:
        frame.to_file(self.path / name)

    def usual(self) -> "FolderCounty":
        self.shapes("乡镇边界.gpkg", townships())
        self.shapes("道路.gpkg", streets())
        self.table("村表.csv", villages())
        self.table("养老机构.csv", facilities("敬老院", 20))
        return self
