"""Writes the files, the same bytes each time where the format allows."""

from __future__ import annotations

import hashlib
import re
import zipfile
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import rasterio
import shapely
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

from .county import Ground
from .lines import rounded
from .network import degrees
from .noding import Drawn
from .settings import DATE, DEGREES, METRIC, OUT

STAMP = f"{DATE}T00:00:00.000Z"
TITLES = {
    "townships.gpkg": "云溪县乡镇（街道）界线",
    "villages.xlsx": "云溪县村（社区）人口",
    "census.csv": "云溪县分乡镇人口普查表",
    "roads.gpkg": "云溪县道路网",
    "water.gpkg": "云溪县水系",
    "protected.gpkg": "云溪县保护区与永久基本农田",
    "dem.tif": "云溪县数字高程模型",
    "养老机构.xlsx": "云溪县养老机构名录",
    "社工站.csv": "云溪县社会工作站名录",
    "儿童之家.xlsx": "云溪县儿童之家名录",
    "生态安葬点.csv": "云溪县生态安葬点名录",
    "儿童福利机构.csv": "云溪县儿童福利机构名录",
    "闲置建筑.csv": "云溪县闲置建筑名录",
    "民政设施.csv": "云溪县民政设施名录（其他各类）",
    "养老机构台账.csv": "云溪县养老机构台账",
    "儿童福利机构台账.csv": "云溪县儿童福利机构台账",
    "单元情况.csv": "云溪县及各乡镇（街道）民政情况",
    "村情况.csv": "云溪县各村（社区）民政情况",
    "项目库.csv": "云溪县民政项目、规划与资金登记",
    "本县目标.csv": "云溪县本县政策文件目标",
    "移民安置点.csv": "云溪县水库移民安置点名录",
}


def to_degrees(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape in degrees, rounded to seven decimals; shared vertices stay shared."""
    return shapely.transform(shape, lambda xy: np.round(degrees(xy), 7))


def write_gpkg(frame: gpd.GeoDataFrame, name: str, layer: str) -> None:
    """Write one layer with a fixed date and no spatial index (readers build their own)."""
    target = OUT / name
    target.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        frame.to_file(target, layer=layer, driver="GPKG", engine="pyogrio", SPATIAL_INDEX="NO")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_shapes(rows: list[tuple[str, str, BaseGeometry]], name: str, layer: str) -> None:
    """Write named, kinded polygons given in metres."""
    shapes = [shapely.make_valid(to_degrees(g)) for _, _, g in rows]
    frame = gpd.GeoDataFrame(
        {"name": [r[0] for r in rows], "kind": [r[1] for r in rows]}, geometry=shapes, crs=DEGREES
    )
    write_gpkg(frame, name, layer)


def write_roads(edges: list[Drawn]) -> None:
    """Write the edges (degrees already)."""
    frame = gpd.GeoDataFrame(
        {
            "highway": [e.tag.highway for e in edges],
            "name": [e.tag.name or None for e in edges],
            "oneway": np.array([e.tag.oneway for e in edges], dtype=np.int32),
            "bridge": np.array([e.tag.bridge for e in edges], dtype=np.int32),
            "tunnel": np.array([e.tag.tunnel for e in edges], dtype=np.int32),
        },
        geometry=[shapely.LineString(rounded(e.xy)) for e in edges],
        crs=DEGREES,
    )
    write_gpkg(frame, "roads.gpkg", "roads")


def write_dem(ground: Ground) -> None:
    """Write elevation in whole metres."""
    grid = ground.grid
    with rasterio.open(
        OUT / "dem.tif", "w", driver="GTiff", width=grid.cols, height=grid.rows, count=1,
        dtype="int16", crs=METRIC, nodata=-9999, compress="deflate", predictor=2, zlevel=9,
        transform=from_origin(grid.west, grid.north, grid.cell, grid.cell),
    ) as sink:  # fmt: skip
        sink.write(np.round(ground.z).astype(np.int16), 1)


def write_xlsx(table: pd.DataFrame, name: str, sheet: str) -> None:
    """Write a workbook whose inner dates are fixed."""
    raw = BytesIO()
    table.to_excel(raw, sheet_name=sheet, index=False, engine="openpyxl")
    stamp = f"{DATE}T00:00:00Z"
    with (
        zipfile.ZipFile(raw) as source,
        zipfile.ZipFile(OUT / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as sink,
    ):
        for member in source.namelist():
            body = source.read(member)
            if member == "docProps/core.xml":
                body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp.encode(), body)
            entry = zipfile.ZipInfo(member, date_time=(2025, 12, 31, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            sink.writestr(entry, body)


def write_csv(table: pd.DataFrame, name: str, encoding: str) -> None:
    """Write a table in the encoding its bureau uses, with Windows line ends."""
    text = table.to_csv(index=False, lineterminator="\r\n")
    (OUT / name).write_bytes(text.encode(encoding))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest() -> None:
    """Write what each file is, and its checksum."""
    head = (
        "# 云溪县（Yunxi County）为虚构样例县，全部数据由生成器生成，不对应任何真实地点。\n"
        "# Yunxi County is fictional; the generator made everything here.\n"
        'county = "云溪县"\nfictional = true\n'
    )
    blocks = [head]
    for name, title in TITLES.items():
        blocks.append(
            f'[[file]]\nname = "{name}"\ntitle = "{title}（虚构）"\n'
            'made_by = "data/geo/yunxi_generator"\nlicence = "CC0-1.0"\n'
            f'date = {DATE}\ndatum = "CGCS2000"\nsha256 = "{digest(OUT / name)}"\n'
        )
    (OUT / "manifest.toml").write_text("\n".join(blocks), encoding="utf-8", newline="\n")
