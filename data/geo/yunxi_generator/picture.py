"""An overview drawn from the written files; used by ``--picture``."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import pandas as pd
import rasterio
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LightSource

from .settings import COUNTY, METRIC, OUT

STYLE = {  # highway: colour, width in points
    "path": ("#5f8f4e", 0.5), "footway": ("#c26d5c", 0.45), "steps": ("#d8433b", 0.6),
    "track": ("#96713c", 0.55), "service": ("#8f8f8f", 0.45), "residential": ("#5b5b5b", 0.6),
    "unclassified": ("#2b2b2b", 0.8), "tertiary": ("#d9a400", 1.3), "secondary": ("#e57c00", 1.7),
    "primary": ("#c81e1e", 2.2), "motorway_link": ("#7a2bbf", 1.2), "motorway": ("#7a2bbf", 1.8),
    "ferry": ("#0b3fb3", 1.2),
}  # fmt: skip
MARKS = {
    "养老机构.xlsx": ("o", "#e0218a"),
    "社工站.csv": ("s", "#0a7f5a"),
    "儿童之家.xlsx": ("^", "#1f77ff"),
    "生态安葬点.csv": ("D", "#6b4a1b"),
}


def read_table(name: str) -> pd.DataFrame:
    """Read one of the tables in the encoding it is written in."""
    if name.endswith(".xlsx"):
        return pd.read_excel(OUT / name)
    return pd.read_csv(OUT / name, encoding="gb18030" if name == "社工站.csv" else "utf-8-sig")


def _points(name: str) -> gpd.GeoSeries:
    table = read_table(name)
    return gpd.GeoSeries(gpd.points_from_xy(table["经度"], table["纬度"]), crs="EPSG:4490").to_crs(
        METRIC
    )


def _layers(axes: Axes, wide: float) -> None:
    """Draw all layers; ``wide`` scales the lines."""
    with rasterio.open(OUT / "dem.tif") as source:
        z = source.read(1).astype(float)
        b = source.bounds
    shade = LightSource(315, 45).shade(
        z, plt.get_cmap("gist_earth"), vmin=-500, vmax=1500, dx=100, dy=100, blend_mode="soft"
    )
    axes.imshow(shade, extent=(b.left, b.right, b.bottom, b.top), alpha=0.75, zorder=0)
    protected = gpd.read_file(OUT / "protected.gpkg").to_crs(METRIC)
    protected.plot(ax=axes, facecolor="#3fae4922", edgecolor="#2f8f3a", linewidth=0.8, zorder=1)
    water = gpd.read_file(OUT / "water.gpkg").to_crs(METRIC)
    water.plot(ax=axes, color="#5aa7e6", edgecolor="#3d86c6", linewidth=0.2, zorder=2)
    roads = gpd.read_file(OUT / "roads.gpkg").to_crs(METRIC)
    for order, (highway, (colour, width)) in enumerate(STYLE.items()):
        part = roads[roads.highway == highway]
        if len(part):
            part.plot(ax=axes, color=colour, linewidth=width * wide, zorder=3 + 0.01 * order)
    towns = gpd.read_file(OUT / "townships.gpkg").to_crs(METRIC)
    towns.boundary.plot(ax=axes, color="black", linewidth=1.1, zorder=4)
    for name, at in zip(towns["name"], towns.representative_point(), strict=True):
        axes.annotate(name, (at.x, at.y), fontsize=9, ha="center", zorder=7, clip_on=True)
    table = read_table("villages.xlsx")
    villages = _points("villages.xlsx")
    size = (table["常住人口"] / 90.0 * wide).to_numpy()
    axes.scatter(villages.x, villages.y, s=size, fc="#ffffff88", ec="black", lw=0.5, zorder=5)
    for file, (mark, colour) in MARKS.items():
        spots = _points(file)
        axes.scatter(spots.x, spots.y, s=26 * wide, marker=mark, fc=colour, ec="white", lw=0.5,
                     zorder=6, label=file.split(".")[0])  # fmt: skip


def overview(target: Path, around: tuple[float, float, float] | None = None) -> None:
    """Draw the county, or the square of ``around`` (x, y, half width in metres)."""
    mpl.rcParams["font.sans-serif"] = ["WenQuanYi Micro Hei", "DejaVu Sans"]
    mpl.rcParams["axes.unicode_minus"] = False
    figure, axes = plt.subplots(figsize=(15, 14))
    _layers(axes, 1.0 if around is None else 1.8)
    if around:
        x, y, half = around
        axes.set(xlim=(x - half, x + half), ylim=(y - half, y + half))
    axes.set_title(f"{COUNTY}（虚构）")
    axes.legend(loc="lower left")
    figure.savefig(target, dpi=80, bbox_inches="tight")
    plt.close(figure)
