"""A generated province county by county: two worker processes, memory as counties grow.

Run with ``python benchmarks/counties.py [--nodes 420000] [--counties 12 20 42] [--workers 2]``.
``--nodes`` is the size of the largest province; the others have as many nodes in each county.
Prints a table: seconds, the most memory of a worker and of this process, and whether the coverage
is that of `coverplan.assess` on the whole, row for row.
"""

import argparse
import datetime
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from measuring import peak_mb, reset_peak
from roads import as_edges, bent_grid
from shapely.geometry import box

import coverplan
from coverplan import Demand, Facilities, Inputs, LayerInput, Network, Region
from coverplan.cluster import assess_by_county

TOWNSHIPS = (7, 5)
"""Townships of a county: seven columns of five."""

POINTS_PER_COUNTY = 2_500
SITES_PER_COUNTY = {"elderly_care": 70, "social_work": 35, "childrens_home": 70, "eco_burial": 8}
OFF_ROAD_METRES = 60.0


def shape_of(counties: int) -> tuple[int, int]:
    """Return columns and rows of a province, as square as can be."""
    rows = max(n for n in range(1, int(counties**0.5) + 1) if counties % n == 0)
    return counties // rows, rows


def townships(network: Network, counties: int) -> Region:
    """Return rectangles that fill the extent of the network, coded county by county."""
    across, up = shape_of(counties)
    low, high = network.node_xy.min(axis=0) - 100, network.node_xy.max(axis=0) + 100
    x = np.linspace(low[0], high[0], across * TOWNSHIPS[0] + 1)
    y = np.linspace(low[1], high[1], up * TOWNSHIPS[1] + 1)
    codes, shapes = [], []
    for j in range(len(y) - 1):
        for i in range(len(x) - 1):
            county = j // TOWNSHIPS[1] * across + i // TOWNSHIPS[0]
            township = j % TOWNSHIPS[1] * TOWNSHIPS[0] + i % TOWNSHIPS[0]
            codes.append(f"33{county:04d}{township:03d}")
            shapes.append(box(x[i], y[j], x[i + 1], y[j + 1]))
    frame = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=shapes, crs=network.crs)
    return Region.from_frame(frame)


def places(network: Network, region: Region, n: int, seed: int) -> gpd.GeoDataFrame:
    """Return points beside junctions, each with the unit it lies in."""
    rng = np.random.default_rng(seed)
    xy = network.node_xy[rng.integers(0, network.n_nodes, n)]
    points = shapely.points(xy + rng.uniform(-OFF_ROAD_METRES, OFF_ROAD_METRES, (n, 2)))
    which, unit = shapely.STRtree(points).query(region.units.geometry, predicate="covers")
    code = np.full(n, region.codes[0], dtype=object)
    code[unit] = np.array(region.codes, dtype=object)[which]
    return gpd.GeoDataFrame({"unit": code}, geometry=points, crs=network.crs)


def inputs(nodes: int, counties: int) -> Inputs:
    """Return everything a study of the province is computed from."""
    edges = as_edges(bent_grid(nodes))
    network = Network.from_edges(edges, crs=edges.crs)
    region = townships(network, counties)
    n = POINTS_PER_COUNTY * counties
    points = places(network, region, n, seed=2)
    points["all"] = np.random.default_rng(3).integers(0, 900, n)
    points["elderly"] = (points["all"] * 0.2).astype(np.int64)
    points["children"] = (points["all"] * 0.15).astype(np.int64)
    points.index = [f"p{k:06d}" for k in range(n)]
    layers = []
    for seed, (key, layer) in enumerate(coverplan.builtin_layers().items(), 10):
        sites = places(network, region, SITES_PER_COUNTY[key] * counties, seed)
        sites["site_id"] = [f"{key}{k:05d}" for k in range(len(sites))]
        layers.append(LayerInput(layer, Facilities.from_frame(key, sites, site_id="site_id")))
    return Inputs(
        title="province",
        date=datetime.date(2025, 12, 31),
        region=region,
        demand=Demand.from_points(points, region, groups=("all", "elderly", "children")),
        network=network,
        layers=tuple(layers),
        profiles=coverplan.builtin_profiles(),
    )


def digest(table: pd.DataFrame) -> str:
    """Return a hash of every cell of a table."""
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def whole(given: Inputs) -> dict[str, object]:
    """Return what it takes in one piece, here."""
    begin = time.perf_counter()
    table = coverplan.assess(given).coverage.frame
    return {
        "seconds": time.perf_counter() - begin,
        "driver_mb": peak_mb(),
        "rows": len(table),
        "digest": digest(table),
    }


def cut(given: Inputs, workers: int) -> dict[str, object]:
    """Return what it takes county by county."""
    begin = time.perf_counter()
    result = assess_by_county(given, workers=workers)
    seconds = time.perf_counter() - begin
    pieces = result.counties
    by_profile = pieces.groupby("profile").agg(
        pieces=("edges", "size"),
        edges=("edges", "mean"),
        most=("edges", "max"),
        seconds=("seconds", "sum"),
    )
    return {
        "seconds": seconds,
        "driver_mb": peak_mb(),
        "workers_mb": pieces.groupby("worker")["peak_mb"].max().tolist(),
        "work_seconds": pieces["seconds"].sum(),
        "profiles": by_profile.round(1).to_dict("index"),
        "digest": digest(result.coverage.frame),
    }


def one(how: str, nodes: int, counties: int, workers: int) -> None:
    """Measure one province in this process and print the figures as JSON."""
    given = inputs(nodes, counties)
    reset_peak()
    print(json.dumps(whole(given) if how == "whole" else cut(given, workers)))


def apart(*words: object) -> dict[str, object]:
    """Measure in a process of its own, so that its memory is its own."""
    command = [sys.executable, str(Path(__file__)), "--one", *map(str, words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=420_000)
    parser.add_argument("--counties", type=int, nargs="+", default=[12, 20, 42])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--one", nargs=4, metavar=("HOW", "NODES", "COUNTIES", "WORKERS"))
    given = parser.parse_args()
    if given.one:
        how, *numbers = given.one
        one(how, *map(int, numbers))
        return
    print(
        "| counties | nodes | whole s | whole MB | by county s | in workers s | worker MB "
        "| this process MB | same table |\n|---|---|---|---|---|---|---|---|---|"
    )
    last: dict[str, object] = {}
    for counties in given.counties:
        nodes = given.nodes * counties // max(given.counties)
        words = (nodes, counties, given.workers)
        alone, last = apart("whole", *words), apart("cut", *words)
        if alone["digest"] != last["digest"]:
            raise SystemExit(f"{counties} counties: the tables differ")
        most = " / ".join(f"{mb:.0f}" for mb in last["workers_mb"])
        print(
            f"| {counties} | {nodes:,} | {alone['seconds']:.1f} | {alone['driver_mb']:.0f} "
            f"| {last['seconds']:.1f} | {last['work_seconds']:.1f} | {most} "
            f"| {last['driver_mb']:.0f} | yes, {alone['rows']:,} rows |",
            flush=True,
        )
    print("\n| profile | pieces | mean edges | most | seconds in workers |\n|---|---|---|---|---|")
    for profile, row in last["profiles"].items():
        print(
            f"| {profile} | {row['pieces']:.0f} | {row['edges']:,.0f} | {row['most']:,.0f} "
            f"| {row['seconds']:.1f} |"
        )


if __name__ == "__main__":
    main()
