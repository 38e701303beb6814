"""The sample county as a bureau would hand it over: every file spoilt in at least three ways.

`clean` writes the files that are right, `spoil` the same county with its faults; what each file
suffers from stands beside its writer. Nothing here reads or writes through the package.
"""

import csv
import math
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import shapely

ALL, OLD, YOUNG = "常住人口", "60岁及以上", "0-14岁"
HOMES, VILLAGES, CENSUS = "养老机构一览表.xlsx", "各村人口.xlsx", "普查总数.csv"
UNITS, ROADS, FORMER = "乡镇边界.zip", "道路.gpkg", "撤并对照表.xlsx"

STUDY = """\
title = "云溪县养老机构覆盖"
date = 2025-12-31

[region]
units = "townships.gpkg"

[people]
source = "villages.xlsx"
totals = "census.csv"
groups = { all = "常住人口", elderly = "60岁及以上", children = "0-14岁" }

[roads]
source = "roads.gpkg"

[layers.elderly_care]
source = "homes.csv"
"""

NO_POINT = ("YL008", "YL012")
"""Facilities whose coordinates nobody wrote down: they stand at their village."""


@dataclass(frozen=True)
class Truth:
    """What is right: the records of the facility list and of the villages."""

    homes: pd.DataFrame
    villages: pd.DataFrame


def clean(root: Path, folder: Path) -> Truth:
    """Write the county as it should be, with a study file, and return its tables."""
    folder.mkdir(parents=True)
    data = root / "data/geo/yunxi"
    for name in ("townships.gpkg", "villages.xlsx", "census.csv", "roads.gpkg"):
        shutil.copy(data / name, folder)
    villages = pd.read_excel(data / "villages.xlsx", dtype={"村编码": str, "乡镇代码": str})
    homes = pd.read_excel(data / "养老机构.xlsx", dtype=str)
    homes["所在村"] = ""
    for number, row in homes.iterrows():
        if row["编号"] in NO_POINT:
            village = villages[villages["所属乡镇"] == row["所属乡镇"]].iloc[1]
            homes.loc[number, ["经度", "纬度", "所在村"]] = [
                str(village["经度"]),
                str(village["纬度"]),
                village["村名"],
            ]
    homes.to_csv(folder / "homes.csv", index=False)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return Truth(homes, villages)


def spoil(root: Path, folder: Path, truth: Truth) -> None:
    """Write the county as it comes, without a study file."""
    folder.mkdir(parents=True)
    data = root / "data/geo/yunxi"
    _units(data, folder)
    _villages(folder, truth)
    _census(data, folder)
    _former(folder)
    _homes(folder, truth)
    _roads(data, folder)


def _units(data: Path, folder: Path) -> None:
    """A zipped shapefile: names in GBK without a .cpg, heights, a spike that crosses itself."""
    units = gpd.read_file(data / "townships.gpkg")
    units = units.rename(columns={"code": "乡镇代码", "name": "乡镇名称", "kind": "类型"})
    shapes = units.geometry.to_list()
    x, y = shapes[3].exterior.coords[0]
    ring = list(shapes[3].exterior.coords)
    # Out and back over the same line: not valid, and without any area.
    shapes[3] = shapely.Polygon([*ring[:-1], (x, y), (x + 0.002, y + 0.002), (x, y)])
    assert not shapes[3].is_valid
    units.geometry = [shapely.force_3d(shape, 35.0) for shape in shapes]
    inside = folder / "inside"
    inside.mkdir()
    pyogrio.write_dataframe(units, inside / "乡镇.shp", encoding="GBK", layer_options={})
    (inside / "乡镇.cpg").unlink()
    with zipfile.ZipFile(folder / UNITS, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(inside.iterdir()):
            packed.write(part, part.name)
    shutil.rmtree(inside)


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _villages(folder: Path, truth: Truth) -> None:
    """A title, a header in two levels, totals by township and of all, numbers as text with
    thousands separators and in full width, points in degrees, minutes and seconds.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "各村人口"
    sheet.append(["云溪县各村人口情况表（2025年末）"])
    sheet.merge_cells("A1:H1")
    sheet.append(["村编码", "村名", "所属乡镇", "坐标", "", "人口（人）", "", ""])
    sheet.append(["", "", "", "经度", "纬度", ALL, OLD, YOUNG])
    for merged in ("A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:H2"):
        sheet.merge_cells(merged)
    number = 0
    for unit, rows in truth.villages.groupby("所属乡镇", sort=False):
        for _, row in rows.iterrows():
            number += 1
            people = [f"{int(row[key]):,}" for key in (ALL, OLD, YOUNG)]
            if number % 5 == 0:
                people[0] = str(int(row[ALL])).translate(_WIDE)
            where = [row["经度"], row["纬度"]]
            if number % 7 == 0:
                where = [_sexagesimal(value) for value in where]
            sheet.append([row["村编码"], row["村名"], unit, *where, *people])
        sheet.append(
            ["小计", "", unit, "", "", *(int(rows[key].sum()) for key in (ALL, OLD, YOUNG))]
        )
    whole = [int(truth.villages[key].sum()) for key in (ALL, OLD, YOUNG)]
    sheet.append(["合计", "", "", "", "", *whole])
    book.save(folder / VILLAGES)


def _sexagesimal(degrees: float) -> str:
    seconds = round(float(degrees) * 3600, 3)
    whole, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{int(whole)}°{int(minutes)}′{rest:.3f}″"


MERGED_FROM = {"白石渡镇": ("白石乡", "石渡镇")}
"""A township of today, and the two it was made of: the census still has those."""


def _census(data: Path, folder: Path) -> None:
    """GBK, names without codes, two former townships, thousands separators, a total, a note."""
    census = pd.read_csv(data / "census.csv", dtype=str)
    rows = []
    for _, row in census.iterrows():
        parts = MERGED_FROM.get(row["乡镇名称"])
        people = [int(row[key]) for key in (ALL, OLD, YOUNG)]
        if parts is None:
            rows.append([row["乡镇名称"], *people])
            continue
        first = [value // 3 for value in people]
        rows.append([parts[0], *first])
        rows.append([parts[1], *(a - b for a, b in zip(people, first, strict=True))])
    rows.append(["合计", *(sum(row[i] for row in rows) for i in (1, 2, 3))])
    with (folder / CENSUS).open("w", encoding="gbk", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["云溪县2020年人口普查各乡镇人口", "", "", ""])
        out.writerow(["乡镇名称", ALL, OLD, YOUNG])
        for name, *people in rows:
            out.writerow([name, *(f"{value:,}" for value in people)])
        out.writerow(["注：按普查时的行政区划。", "", "", ""])


def _former(folder: Path) -> None:
    """A title, spaces around the names, full-width digits in the codes."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["云溪县乡镇撤并对照表"])
    sheet.append(["原乡镇名称", "现乡镇名称", "现乡镇代码", "撤并年份"])
    for now, parts in MERGED_FROM.items():
        for name in parts:
            sheet.append([f" {name} ", f"{now} ", "330999101000".translate(_WIDE), "2021"])
    book.save(folder / FORMER)


SWAPPED, ZERO, FORMULA = "YL004", "YL014", "YL011"


def _homes(folder: Path, truth: Truth) -> None:
    """Points picked on a web map, two without coordinates, one swapped, one at (0, 0), a number
    that is a formula without its result, full-width digits, a title and an empty row above.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["附件2：全县养老机构一览表"])
    sheet.append([])
    columns = [
        "编号",
        "机构名称",
        "所属乡镇",
        "所在村",
        "经度",
        "纬度",
        "状态",
        "开业年份",
        "床位数",
    ]
    sheet.append(columns)
    for i, row in truth.homes.iterrows():
        cells = [row[column] if not pd.isna(row[column]) else "" for column in columns]
        lon, lat = gcj02(float(row["经度"]), float(row["纬度"]))
        where = [round(lon, 7), round(lat, 7)]
        if row["编号"] in NO_POINT:
            where = ["", ""]
        elif row["编号"] == SWAPPED:
            where.reverse()
        elif row["编号"] == ZERO:
            where = [0, 0]
        cells[4:6] = where
        if row["编号"] == FORMULA:
            cells[-1] = "=40+20"
        if i % 4 == 0:
            cells[-1] = str(cells[-1]).translate(_WIDE)
        sheet.append(cells)
    book.save(folder / HOMES)


def gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Return where a web map of China draws a place of WGS 84, by the formula everybody uses."""
    a, ee, pi = 6378245.0, 0.00669342162296594323, math.pi
    x, y = lon - 105.0, lat - 35.0
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    north += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    east += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    radians = lat / 180 * pi
    magic = 1 - ee * math.sin(radians) ** 2
    north = north * 180 / (a * (1 - ee) / (magic * math.sqrt(magic)) * pi)
    east = east * 180 / (a / math.sqrt(magic) * math.cos(radians) * pi)
    return lon + east, lat + north


def _roads(data: Path, folder: Path) -> None:
    """Streets that run through their crossings, some twice, some without length, in many parts."""
    roads = gpd.read_file(data / "roads.gpkg")
    rows = roads.drop(columns="geometry").to_dict("records")
    chains = _chains(roads.geometry.to_list(), rows)
    spoilt = [(rows[chain[0]], line) for chain, line in chains]
    spoilt += [(row, shapely.reverse(line)) for row, line in spoilt[5:400:10] if _plain(row)]
    here = shapely.get_point(spoilt[0][1], 0)
    spoilt += [(spoilt[0][0], shapely.LineString([here, here]))] * 3
    shapes = [shapely.MultiLineString([line]) for _, line in spoilt]
    frame = gpd.GeoDataFrame([row for row, _ in spoilt], geometry=shapes, crs=roads.crs)
    frame = frame.sample(frac=1.0, random_state=7).reset_index(drop=True)
    frame.to_file(folder / ROADS, layer="roads")


def _plain(row: dict) -> bool:
    """Whether a road is open both ways on the ground: such ones run through their crossings."""
    return all(
        str(row[key]).lower() in {"no", "0", "none", "false", ""}
        for key in ("oneway", "bridge", "tunnel")
    )


def _chains(lines: list, rows: list[dict]) -> list[tuple[list[int], shapely.LineString]]:
    """Return streets drawn through junctions: edges of a class joined where they go straight on."""
    ends: dict[tuple[float, float], list[tuple[int, int]]] = {}
    for i, line in enumerate(lines):
        if _plain(rows[i]) and line.coords[0] != line.coords[-1]:
            ends.setdefault(line.coords[0], []).append((i, 0))
            ends.setdefault(line.coords[-1], []).append((i, -1))
    follows: dict[tuple[int, int], tuple[int, int]] = {}
    for here in ends.values():
        free = list(here)
        while len(free) > 1:
            one = free.pop()
            best = [other for other in free if _goes_on(one, other, lines, rows)]
            if best:
                free.remove(best[0])
                follows[one], follows[best[0]] = best[0], one
    done: set[int] = set()
    chains = []
    for i in range(len(lines)):
        if i in done:
            continue
        chain = _walk(i, follows)
        done.update(edge for edge, _ in chain)
        xy = [np.asarray(lines[edge].coords)[:: 1 if at == 0 else -1] for edge, at in chain]
        joined = np.vstack([xy[0], *(part[1:] for part in xy[1:])])
        chains.append(([edge for edge, _ in chain], shapely.LineString(joined)))
    return chains


def _goes_on(one: tuple[int, int], other: tuple[int, int], lines: list, rows: list[dict]) -> bool:
    same = all(str(rows[one[0]][key]) == str(rows[other[0]][key]) for key in ("highway", "name"))
    if not same or one[0] == other[0]:
        return False
    (x1, y1), (x2, y2) = (_heading(lines[edge], at) for edge, at in (one, other))
    turn = (x1 * x2 + y1 * y2) / (math.hypot(x1, y1) * math.hypot(x2, y2))
    return turn < -0.8


def _heading(line: shapely.LineString, at: int) -> tuple[float, float]:
    near, next_ = (
        (line.coords[0], line.coords[1]) if at == 0 else (line.coords[-1], line.coords[-2])
    )
    return next_[0] - near[0], next_[1] - near[1]


def _walk(start: int, follows: dict) -> list[tuple[int, int]]:
    """Return the edges of a street from one end to the other, each with the end it begins at."""
    edge, at, seen = start, 0, {start}
    while (edge, at) in follows:
        edge, at = follows[(edge, at)]
        at = -1 if at == 0 else 0
        if edge in seen:
            break
        seen.add(edge)
    chain, seen = [(edge, at)], {edge}
    while True:
        out = -1 if chain[-1][1] == 0 else 0
        nxt = follows.get((chain[-1][0], out))
        if nxt is None or nxt[0] in seen:
            return chain
        seen.add(nxt[0])
        chain.append(nxt)
