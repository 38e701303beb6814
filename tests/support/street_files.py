"""The straight street of `street` as files, for the command line: two layers with siting tables."""

import csv
import json

import geopandas as gpd
from street import NEW_X, OLD_X, OLDER, PEOPLE, PLACES_X, UNIT, X0, lines
from tiny import CRS, Y0

CODES = ("330001", "330002", "330003")
NAMES = ("甲镇", "乙镇", "丙镇")

STUDY = """\
title = "街（虚构）"
date = 2025-12-31

[region]
units = "units.geojson"

[people]
source = "villages.csv"
groups = { all = "常住人口", elderly = "60岁及以上" }

[roads]
source = "roads.geojson"
ignore_fragments_metres = 0

[profiles.walk]
label = { zh = "步行", en = "walking" }
access_kmh = 3.6
mode = "foot"
kmh = 3.6
access_detour = 1.0

[layers.homes]
source = "homes.csv"
label = { zh = "养老站", en = "Care" }
group = "all"
profile = "walk"
minutes = 5
[layers.homes.siting]
sites = 2
candidates = { source = "places.csv" }
cost_yuan = 100
excluded = ["P0"]
unit_weights = { 330002 = 2 }

[layers.stations]
source = "stations.csv"
label = { zh = "社工站", en = "Stations" }
group = "elderly"
profile = "walk"
minutes = 5
[layers.stations.siting]
sites = 1
candidates = { source = "places.csv" }

[output]
folder = "result"
"""


def lonlat(xs, ys=None):
    """Longitude and latitude of points along the street."""
    north = [0] * len(xs) if ys is None else ys
    plane = gpd.points_from_xy([X0 + x for x in xs], [Y0 + y for y in north])
    points = gpd.GeoSeries(plane, crs=CRS).to_crs("EPSG:4490")
    return [(round(p.x, 7), round(p.y, 7)) for p in points]


def _table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _features(path, items):
    features = [{"type": "Feature", "properties": p, "geometry": g} for p, g in items]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")


def _square(low, high):
    xs, ys = [low, high, high, low, low], [-500, -500, 500, 500, -500]
    return {"type": "Polygon", "coordinates": [lonlat(xs, ys)]}


def _points(xs, kind, names):
    where = lonlat(xs)
    return [
        {
            "编号": f"{kind}{i}",
            "名称": names[i],
            "乡镇": NAMES[int(x // 2000)],
            "经度": where[i][0],
            "纬度": where[i][1],
        }
        for i, x in enumerate(xs)
    ]


def write_street(folder, *, study=STUDY, new_names=None, old_names=None):
    """Write every file of the study into a folder, and return the study file."""
    _features(
        folder / "units.geojson",
        [
            ({"code": code, "name": name}, _square(2000 * i, 2000 * (i + 1)))
            for i, (code, name) in enumerate(zip(CODES, NAMES, strict=True))
        ],
    )
    _features(
        folder / "roads.geojson",
        [
            (
                {"highway": "residential", "oneway": "no"},
                {"type": "LineString", "coordinates": lonlat([a for a, _ in line])},
            )
            for line in lines()
        ],
    )
    where = lonlat(PLACES_X)
    _table(
        folder / "villages.csv",
        [
            {
                "村编码": f"V{i:02d}",
                "村名": f"第{i}村",
                "乡镇代码": CODES[UNIT[i]],
                "经度": where[i][0],
                "纬度": where[i][1],
                "常住人口": int(PEOPLE[i]),
                "60岁及以上": int(OLDER[i]),
            }
            for i in range(len(PLACES_X))
        ],
    )
    old = old_names or [f"站{i}" for i in range(len(OLD_X))]
    new = new_names or [f"点{i}" for i in range(len(NEW_X))]
    for name, kind in (("homes", "H"), ("stations", "S")):
        rows = _points(OLD_X, kind, old)
        _table(folder / f"{name}.csv", [{**row, "状态": "运营", "床位数": 30} for row in rows])
    _table(folder / "places.csv", _points(NEW_X, "P", new))
    path = folder / "study.toml"
    path.write_text(study, encoding="utf-8")
    return path
