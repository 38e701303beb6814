"""A generated province: townships, people and the four built-in layers on 2,000,000 nodes."""

import datetime
import json
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from measuring import peak_mb, reset_peak
from prepared import restored
from shapely.geometry import box

import coverplan
from coverplan import Demand, Facilities, Inputs, LayerInput, Network, Region

ACROSS, UP = 35, 40
"""Townships: 35 columns of 40."""

POINTS = 100_000
OFF_ROAD_METRES = 60.0
SITES = {"elderly_care": 2_800, "social_work": 1_400, "childrens_home": 2_800, "eco_burial": 300}
"""Facilities of each built-in layer."""


def townships(network: Network) -> Region:
    """Return rectangles that fill the extent of the network."""
    low, high = network.node_xy.min(axis=0) - 100, network.node_xy.max(axis=0) + 100
    x, y = np.linspace(low[0], high[0], ACROSS + 1), np.linspace(low[1], high[1], UP + 1)
    shapes = [box(x[i], y[j], x[i + 1], y[j + 1]) for j in range(UP) for i in range(ACROSS)]
    codes = [f"{k:06d}" for k in range(ACROSS * UP)]
    frame = gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=shapes, crs=network.crs)
    return Region.from_frame(frame)


def places(network: Network, region: Region, n: int, seed: int) -> gpd.GeoDataFrame:
    """Return points beside junctions, each with the unit it lies in."""
    rng = np.random.default_rng(seed)
    xy = network.node_xy[rng.integers(0, network.n_nodes, n)]
    xy = xy + rng.uniform(-OFF_ROAD_METRES, OFF_ROAD_METRES, (n, 2))
    points = shapely.points(xy)
    which, unit = shapely.STRtree(points).query(region.units.geometry, predicate="covers")
    code = np.empty(n, dtype=object)
    code[unit] = np.array(region.codes, dtype=object)[which]
    return gpd.GeoDataFrame({"unit": code}, geometry=points, crs=network.crs)


def people(network: Network, region: Region) -> Demand:
    """Return 100,000 points with everybody, older people and children."""
    points = places(network, region, POINTS, seed=2)
    rng = np.random.default_rng(3)
    points["all"] = rng.integers(0, 900, POINTS)
    points["elderly"] = (points["all"] * 0.2).astype(np.int64)
    points["children"] = (points["all"] * 0.15).astype(np.int64)
    points.index = [f"p{k:06d}" for k in range(POINTS)]
    return Demand.from_points(points, region, groups=("all", "elderly", "children"))


def inputs(network: Network) -> Inputs:
    """Return everything a study of the province is computed from."""
    region = townships(network)
    layers = []
    for seed, (key, layer) in enumerate(coverplan.builtin_layers().items(), 10):
        frame = places(network, region, SITES[key], seed)
        frame["site_id"] = [f"{key}{k:05d}" for k in range(len(frame))]
        frame["name"] = frame["site_id"]
        layers.append(LayerInput(layer, Facilities.from_frame(key, frame, site_id="site_id")))
    return Inputs(
        title="province",
        date=datetime.date(2025, 12, 31),
        region=region,
        demand=people(network, region),
        network=network,
        layers=tuple(layers),
        profiles=coverplan.builtin_profiles(),
    )


def measured(prepared: Path) -> dict[str, object]:
    """Return the seconds from the prepared network to the coverage table, and the peak."""
    network = restored(prepared)
    given = inputs(network)
    reset_peak()
    begin, busy = time.perf_counter(), time.process_time()
    study = coverplan.assess(given)
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - busy
    table = study.coverage.frame
    steps = {name: round(took, 1) for name, took in study.seconds.items()}
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "first_seconds": seconds,
        "runs": 1,
        "peak_mb": peak_mb(),
        "sample": 0,
        "note": f"{len(table):,} rows; {json.dumps(steps)}",
        "checks": {},
    }
