"""Two made-up counties side by side, right and as offices hand them over: no road file.

Five townships in squares of 4 km, two of them of one name, two merged into one in 2020.
`right` writes files that are right with a study file for one of two days, `handed_over` the same
places with other faults than `messy_county`. Nothing here reads or writes through the package.
"""

import csv
import datetime
import itertools
import json
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from messy_county import gcj02
from pyproj import Transformer

METRES = 4549
"""CGCS2000, 3-degree zone of 120 degrees east: eastings without the number of the zone."""

WEST, SOUTH = 480_000.0, 3_200_000.0
NOW, THEN = datetime.date(2025, 12, 31), datetime.date(2018, 12, 31)
ALL, OLD = "常住人口", "60岁及以上"
UNITS, CENSUS, SETTLEMENTS = "乡镇边界.fgb", "人口总数.csv", "居民点.geojson"
HOMES, STATIONS = "养老机构.csv", "社工站.csv"

UNIT_ROWS = [
    # code, name, county, from and to (km), in force from and to, everybody, 60 and older
    ("330824100000", "城关镇", "东县", 0, 4, "", "", 40_123, 9_001),
    ("330824200000", "乙乡", "东县", 4, 6, "", "2019-12-31", 7_411, 2_203),
    ("330824201000", "丙乡", "东县", 6, 8, "", "2019-12-31", 5_118, 1_777),
    ("330824101000", "乙镇", "东县", 4, 8, "2020-01-01", "", 12_345, 3_987),
    ("330825100000", "城关镇", "西县", 8, 12, "", "", 31_007, 8_003),
    ("330825101000", "丁镇", "西县", 12, 16, "", "", 9_876, 3_210),
]

STUDY = """\
title = "两县"
date = {date}

[region]
units = "units.gpkg"

[people]
totals = "census.csv"
groups = {{ all = "常住人口", elderly = "60岁及以上" }}
spread = "areas"
areas = "settlements.gpkg"

[roads]
detour = 1.4
{speeds}

[layers.elderly_care]
source = "homes.csv"

[layers.social_work]
source = "stations.csv"
"""

_LONLAT = Transformer.from_crs(METRES, 4490, always_xy=True)


def in_force(day: datetime.date) -> list[tuple]:
    return [row for row in UNIT_ROWS if (row[5] or "0") <= day.isoformat() <= (row[6] or "9")]


def right(folder: Path, day: datetime.date, speeds: str) -> None:
    """Write the files as they should be on one day, and a study file."""
    folder.mkdir(parents=True)
    rows = in_force(day)
    units = gpd.GeoDataFrame(
        {"code": [row[0] for row in rows], "name": [row[1] for row in rows]},
        geometry=[_square(row) for row in rows],
        crs=METRES,
    )
    units.to_file(folder / "units.gpkg")
    gpd.GeoDataFrame(geometry=_settlements(), crs=4490).to_file(folder / "settlements.gpkg")
    _write(folder / "census.csv", "utf-8", ["代码", ALL, OLD], [[r[0], r[7], r[8]] for r in rows])
    for name, sites in (("homes.csv", homes()), ("stations.csv", stations())):
        # Which of the townships it is, is known by its place: of two of one name, too.
        plain = sites.drop(columns=["所属县", "所属乡镇", "x", "y"])
        plain["经度"], plain["纬度"] = _LONLAT.transform(sites["x"], sites["y"])
        plain.to_csv(folder / name, index=False, encoding="utf-8")
    text = STUDY.format(date=day, speeds=speeds)
    (folder / "study.toml").write_text(text, encoding="utf-8")


def handed_over(folder: Path) -> None:
    """Write the files as they come, without a study file."""
    folder.mkdir(parents=True)
    _units_of_all_times(folder)
    _census(folder)
    _settlements_of_all_kinds(folder)
    _homes(folder)
    _stations(folder)


def _square(row: tuple) -> shapely.Polygon:
    return shapely.box(WEST + 1000 * row[3], SOUTH, WEST + 1000 * row[4], SOUTH + 4000)


def _settlements() -> list[shapely.Polygon]:
    """Squares of 200 to 380 m, one in each square kilometre, off its middle; in degrees.

    The same numbers in both folders: people are shared out over pieces of equal size, and which
    of them gets the last whole person would hang on a rounding.
    """
    squares = []
    for i, j in itertools.product(range(16), range(4)):
        x, y = WEST + 1000 * i + 350 + 13 * j, SOUTH + 1000 * j + 290 + 7 * i
        side = 200 + 20 * (i * j % 10)
        squares.append(shapely.transform(shapely.box(x, y, x + side, y + side), _degrees))
    return squares


def homes() -> pd.DataFrame:
    """120 homes all over, in metres; some opened after 2018."""
    return _sites("养老院", 120, seed=5)


def stations() -> pd.DataFrame:
    """20 stations, in metres."""
    return _sites("社工站", 20, seed=6)


def _sites(kind: str, count: int, *, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(50, 15_950, count), rng.uniform(50, 3950, count)
    at = [next(r for r in in_force(NOW) if 1000 * r[3] <= each < 1000 * r[4]) for each in x]
    return pd.DataFrame(
        {
            "编号": [f"{kind}{i:03d}" for i in range(count)],
            "名称": [f"第{i}{kind}" for i in range(count)],
            "所属县": [row[2] for row in at],
            "所属乡镇": [row[1] for row in at],
            "x": WEST + x,
            "y": SOUTH + y,
            "状态": "运营",
            "设立年份": 2010 + np.arange(count) % 14,
        }
    )


def _write(path: Path, encoding: str, head: list, rows: list[list], mark: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        out = csv.writer(stream, delimiter=mark)
        out.writerow(head)
        out.writerows(rows)


def _units_of_all_times(folder: Path) -> None:
    """Units of today and before 2020 in one file, two of one name, one as parts of a collection."""
    units = gpd.GeoDataFrame(
        {
            "乡镇代码": [row[0] for row in UNIT_ROWS],
            "乡镇名称": [row[1] for row in UNIT_ROWS],
            "所属县": [row[2] for row in UNIT_ROWS],
            "有效自": [row[5] for row in UNIT_ROWS],
            "有效至": [row[6] for row in UNIT_ROWS],
        },
        geometry=[shapely.force_3d(_square(row), 12.0) for row in UNIT_ROWS],
        crs=METRES,
    )
    pyogrio.write_dataframe(units, folder / UNITS, driver="FlatGeobuf")


def _census(folder: Path) -> None:
    """UTF-16 with tabulators, as Excel saves "Unicode text"; names that stand twice; both times."""
    rows = [[row[2], row[1], f"{row[7]:,}", f"{row[8]:,}"] for row in UNIT_ROWS]
    _write(folder / CENSUS, "utf-16", ["所属县", "乡镇名称", ALL, OLD], rows, "\t")


def _settlements_of_all_kinds(folder: Path) -> None:
    """Heights, polygons of one part and of several, a collection, and a line that is none."""
    shapes = _settlements()
    pairs = [shapely.MultiPolygon(shapes[i : i + 2]) for i in range(0, 20, 2)]
    mixed = [shapely.GeometryCollection([shapes[20], shapes[20].centroid]), *pairs, *shapes[21:]]
    mixed.append(shapes[30].exterior)
    features = [
        {
            "type": "Feature",
            "properties": {"名称": f"居民点{i}"},
            "geometry": json.loads(shapely.to_geojson(shapely.force_3d(shape, 30.0 + i))),
        }
        for i, shape in enumerate(mixed)
    ]
    whole = {"type": "FeatureCollection", "features": features}
    (folder / SETTLEMENTS).write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def _degrees(xy: np.ndarray) -> np.ndarray:
    return np.column_stack(_LONLAT.transform(xy[:, 0], xy[:, 1]))


def _homes(folder: Path) -> None:
    """Points of another web map, GBK, an empty row, a note below."""
    sites = homes()
    lon, lat = _LONLAT.transform(sites.pop("x"), sites.pop("y"))
    moved = [bd09(*gcj02(*where)) for where in zip(lon, lat, strict=True)]
    sites["经度"], sites["纬度"] = np.round(np.array(moved).T, 7)
    rows = [*sites.to_numpy().tolist(), [""] * sites.shape[1], ["注：坐标取自网络地图"]]
    _write(folder / HOMES, "gb18030", list(sites.columns), rows)


def bd09(lon: float, lat: float) -> tuple[float, float]:
    """Return where a second web map draws a place of GCJ-02, by the formula everybody uses."""
    far = math.hypot(lon, lat) + 0.00002 * math.sin(lat * math.pi * 3000 / 180)
    turned = math.atan2(lat, lon) + 0.000003 * math.cos(lon * math.pi * 3000 / 180)
    return far * math.cos(turned) + 0.0065, far * math.sin(turned) + 0.006


def _stations(folder: Path) -> None:
    """Eastings with the number of the zone, whose system nobody states, with semicolons."""
    sites = stations()
    sites["横坐标"], sites["纵坐标"] = 40_000_000 + sites.pop("x"), sites.pop("y")
    _write(folder / STATIONS, "utf-8-sig", list(sites.columns), sites.to_numpy().tolist(), ";")
