"""Checks of what was written: prints facts, raises on a failure.

Run ``python data/geo/yunxi_generator/check.py``.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import rasterio
import shapely

# Run as a script, Python knows no package: its parent has to be on the path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from yunxi_generator.check_civil import check_civil_affairs
from yunxi_generator.output import TITLES, digest
from yunxi_generator.picture import read_table
from yunxi_generator.settings import METRIC, OUT, RESIDENTS

FACILITIES = ("养老机构.xlsx", "社工站.csv", "儿童之家.xlsx", "生态安葬点.csv")


def need(fact: bool, text: str) -> None:  # noqa: FBT001
    """Raise unless a fact holds; print it otherwise."""
    if not fact:
        raise AssertionError(text)
    print("ok  ", text)


def check_townships() -> gpd.GeoDataFrame:
    """Check area, validity, tiling."""
    towns = gpd.read_file(OUT / "townships.gpkg", layer="townships")
    flat = towns.to_crs(METRIC)
    area = float(flat.area.sum()) / 1e6
    need(1_150 < area < 1_250, f"area {area:.1f} km2")
    need(bool(towns.is_valid.all()) and len(towns) == 12, "12 valid townships")
    for name, size in zip(towns["name"], flat.area / 1e6, strict=True):
        print(f"      {name} {size:.1f} km2")
    union = towns.union_all()
    gap = abs(union.area / float(shapely.area(towns.geometry.to_numpy()).sum()) - 1.0)
    need(gap < 1e-12, f"tiles: union area equals the sum (relative difference {gap:.1e})")
    need(union.geom_type == "Polygon" and not union.interiors, "one county without holes")
    need(shapely.coverage_is_valid(towns.geometry.to_numpy()), "shared lines match exactly")
    west, south, east, north = union.bounds
    print(f"      extent {west:.3f}-{east:.3f} E, {south:.3f}-{north:.3f} N")
    with rasterio.open(OUT / "dem.tif") as source:
        z = source.read(1)
        inside = ~rasterio.features.geometry_mask(flat.geometry, z.shape, source.transform)
        b = source.bounds
    need(not (z == -9999).any(), f"DEM {z[inside].min()}-{z[inside].max()} m inside, none missing")
    w, s, e, n = flat.total_bounds
    room = min(w - b.left, s - b.bottom, b.right - e, b.top - n)
    need(room > 3_000, f"DEM covers {room:.0f} m around")
    return towns


def check_people(towns: gpd.GeoDataFrame) -> None:
    """Check sums and shares."""
    census = read_table("census.csv")
    villages = pd.read_excel(OUT / "villages.xlsx", dtype={"村编码": str, "乡镇代码": str})
    total = int(census["常住人口"].sum())
    need(total == RESIDENTS, f"census residents {total}")
    share = census["60岁及以上"].sum() / total
    need(abs(share - 0.26) < 0.002, f"aged 60+ {share:.4%}")
    young = census["0-14岁"].sum() / total
    need(0.12 < young < 0.13, f"aged 0-14 {young:.2%}")
    seat = census["常住人口"][:3].sum() / total
    need(0.38 < seat < 0.42, f"county seat streets {seat:.2%} of people")
    sums = villages.groupby("所属乡镇", sort=False)["常住人口"].sum()
    off = (sums.to_numpy() / census["常住人口"].to_numpy() - 1.0) * 100
    need(bool((np.abs(off) < 1.5).all()), f"village sums off by {np.round(off, 2).tolist()} %")
    shares = (100 * census["60岁及以上"] / census["常住人口"]).round(1).tolist()
    print(f"      60+ by township {shares} %")
    double = villages.duplicated(["所属乡镇", "村名"]).sum()
    need(double == 0 and villages["村编码"].is_unique, f"{len(villages)} villages, names unique")
    need(bool((villages["村编码"].str.len() == 12).all()), "codes have 12 digits")
    fits = villages["60岁及以上"] + villages["0-14岁"] <= villages["常住人口"]
    need(bool(fits.all() and (villages["常住人口"] > 0).all()), "ages fit the residents")
    ratio = villages.groupby("所属乡镇", sort=False)[["户籍人口", "常住人口"]].sum()
    print("      registered/resident", (ratio["户籍人口"] / ratio["常住人口"]).round(2).tolist())
    points = gpd.GeoSeries(gpd.points_from_xy(villages["经度"], villages["纬度"]), crs=towns.crs)
    own = towns.set_index("code").loc[villages["乡镇代码"]].geometry.reset_index(drop=True)
    out = ~points.within(own)
    away = points[out].to_crs(METRIC).distance(own.set_crs(towns.crs)[out].to_crs(METRIC))
    need(
        out.sum() == 1 and 100 < float(away.iloc[0]) < 200,
        f"{villages['村名'][out].iloc[0]} lies {float(away.iloc[0]):.0f} m inside another township",
    )


def check_roads(towns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Check count, noding, components."""
    roads = gpd.read_file(OUT / "roads.gpkg", layer="roads")
    need(15_000 <= len(roads) <= 25_000, f"{len(roads)} edges")
    print("     ", dict(Counter(roads.highway)))
    length = roads.to_crs(METRIC).length
    print(
        f"      {length.sum() / 1e3:.0f} km; edges {length.min():.1f}-{length.max():.0f} m, "
        f"median {length.median():.0f} m; {int((length > 1000).sum())} over 1 km, "
        f"{int((length < 2).sum())} under 2 m"
    )
    need(bool(roads.is_simple.all()), "edges are simple lines")
    lines = roads.geometry.to_numpy()
    ends = np.array([(g.coords[0], g.coords[-1]) for g in lines])
    need(bool((np.round(ends, 7) == ends).all()), "ends have seven decimals")
    fast = roads.highway.isin(["motorway", "motorway_link"]).to_numpy()
    tree = shapely.STRtree(lines)
    a, b = tree.query(lines, predicate="intersects")
    keep = (a < b) & (fast[a] == fast[b])
    a, b = a[keep], b[keep]
    meet = shapely.intersection(lines[a], lines[b])
    bad = 0
    for i, j, common in zip(a.tolist(), b.tolist(), meet, strict=True):
        shared = {tuple(p) for p in ends[i].tolist()} & {tuple(p) for p in ends[j].tolist()}
        spots = {tuple(p) for p in shapely.get_coordinates(common).tolist()}
        bad += common.length > 0 or not spots <= shared
    need(bad == 0, f"noded: {len(a)} meetings, {bad} away from shared ends")
    a, b = tree.query(lines, predicate="crosses")
    over = [(i, j) for i, j in zip(a, b, strict=True) if fast[i] and not fast[j]]
    dry = [j for _, j in over if not roads.bridge[j]]
    need(not dry, f"{len(over)} crossings over the expressway, all on bridges")
    graph = nx.MultiGraph()
    for (p, q), kind in zip(ends.tolist(), roads.highway, strict=True):
        graph.add_edge(tuple(p), tuple(q), kind=kind)
    parts = sorted((len(c) for c in nx.connected_components(graph)), reverse=True)
    need(len(parts) == 1, f"with the ferry one component of {parts[0]} nodes")
    graph.remove_edges_from(
        [(u, v, k) for u, v, k, d in graph.edges(keys=True, data="kind") if d == "ferry"]
    )
    parts = sorted((len(c) for c in nx.connected_components(graph)), reverse=True)
    need(len(parts) == 2, f"without it components of {parts} nodes: the island apart")
    way = nx.DiGraph()
    for (p, q), one in zip(ends.tolist(), roads.oneway, strict=True):
        way.add_edge(tuple(p), tuple(q))
        if not one:
            way.add_edge(tuple(q), tuple(p))
    strong = max(len(c) for c in nx.strongly_connected_components(way))
    print(f"      strongly connected {strong} of {len(way)} nodes (the rest: expressway ends)")
    far = roads.to_crs(METRIC).distance(towns.to_crs(METRIC).union_all()).max()
    outside = roads[~roads.intersects(towns.union_all())]
    print(f"      {len(outside)} edges outside, up to {far:.0f} m beyond the county line")
    return roads


def check_hard(towns: gpd.GeoDataFrame, roads: gpd.GeoDataFrame) -> None:
    """Check that every hard case is there."""
    villages = read_table("villages.xlsx")
    flat = roads.to_crs(METRIC)
    tree = shapely.STRtree(flat.geometry.to_numpy())
    points = gpd.GeoSeries(gpd.points_from_xy(villages["经度"], villages["纬度"]), crs=towns.crs)
    at = points.to_crs(METRIC).to_numpy()
    _, gap = tree.query_nearest(at, return_distance=True, all_matches=False)
    lone = int(np.argmax(gap))
    people = int(villages["常住人口"][lone])
    need(
        gap[lone] > 2_000 and 180 <= people <= 260,
        f"{villages['村名'][lone]}: {people} people, {gap[lone]:.0f} m from any road",
    )
    rest = np.delete(gap, lone)
    need(
        bool(rest.max() < 500),
        f"all others within {rest.max():.0f} m, median {np.median(rest):.0f} m",
    )
    water = gpd.read_file(OUT / "water.gpkg").to_crs(METRIC)
    lake = water[water.kind == "reservoir"].geometry.iloc[0]
    lake = max(shapely.get_parts(lake), key=lambda g: g.area)
    isle = max((shapely.Polygon(r) for r in lake.interiors), key=lambda g: g.area)
    own = [k for k, p in enumerate(at) if isle.contains(p)]
    need(
        len(own) == 1 and 8 < lake.area / 1e6 < 12 and 0.4 < isle.area / 1e6 < 1.0,
        f"reservoir {lake.area / 1e6:.2f} km2, island {isle.area / 1e6:.2f} km2 with "
        f"{villages['村名'][own[0]]} ({villages['常住人口'][own[0]]} people)",
    )
    wet = flat[flat.intersects(lake.buffer(-5.0)) & (flat.highway != "ferry")]
    need(len(wet) == 0, "no road over the reservoir")
    need(int((roads.highway == "ferry").sum()) == 1, "one ferry")
    for file in FACILITIES:
        check_layer(file, towns, flat, tree)
    care = read_table("养老机构.xlsx")
    for status in ("规划", "在建", "停用", "关闭"):
        need(bool((care["状态"] == status).any()), f"elderly care: {status}")
    need(bool(((care["状态"] == "关闭") & (care["停业年份"] == 2022)).any()), "one closed in 2022")
    need(bool(((care["开业年份"] == 2027) & (care["状态"] == "在建")).any()), "one opens in 2027")
    need(int(care.duplicated(["经度", "纬度"]).sum()) == 1, "two on one spot")
    spots = gpd.GeoSeries(gpd.points_from_xy(care["经度"], care["纬度"]), crs=towns.crs)
    line = sum(1 for p in spots if sum(g.boundary.distance(p) == 0.0 for g in towns.geometry) == 2)
    need(line == 1, "one exactly on a township boundary")
    county = towns.to_crs(METRIC).union_all()
    away = spots.to_crs(METRIC).distance(county)
    out = away > 0
    near = min(p.distance(spots.to_crs(METRIC)[out].iloc[0]) for p in at)
    need(
        int(out.sum()) == 1 and float(away.max()) < 600,
        f"one {float(away.max()):.0f} m across the county line, {near:.0f} m from a village",
    )


def check_layer(
    file: str, towns: gpd.GeoDataFrame, flat: gpd.GeoDataFrame, tree: shapely.STRtree
) -> None:
    """Check one facility list: places beside roads, townships it leaves out."""
    table = read_table(file)
    spots = gpd.GeoSeries(gpd.points_from_xy(table["经度"], table["纬度"]), crs=towns.crs).to_crs(
        METRIC
    )
    index, gap = tree.query_nearest(spots.to_numpy(), return_distance=True, all_matches=False)
    lines = flat.geometry.to_numpy()[index[1]]
    part = shapely.line_locate_point(lines, spots.to_numpy(), normalized=True)
    inner = int(((part > 0.05) & (part < 0.95)).sum())
    free = [n for n in towns["name"] if n not in set(table["所属乡镇"])]
    need(
        bool((gap < 90).all()),
        f"{file}: {len(table)} rows, {gap.min():.0f}-{gap.max():.0f} m from a "
        f"road, {inner} along an edge, none in {free}, {dict(Counter(table['状态']))}",
    )
    if not file.startswith("儿童"):
        need("箬岭乡" in free, f"{file}: none in 箬岭乡")


def check_files() -> None:
    """Check sizes and the manifest."""
    manifest = (OUT / "manifest.toml").read_text(encoding="utf-8")
    total = 0
    for name in TITLES:
        size = (OUT / name).stat().st_size
        total += size
        need(digest(OUT / name) in manifest, f"{name} {size / 1024:.0f} kB, checksum in manifest")
    need(total < 10_000_000, f"total {total / 1e6:.2f} MB")


def main() -> None:
    """Run all checks."""
    towns = check_townships()
    check_people(towns)
    roads = check_roads(towns)
    check_hard(towns, roads)
    check_civil_affairs(towns, need)
    check_files()


if __name__ == "__main__":
    main()
