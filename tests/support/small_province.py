"""A small generated province: six counties, everything that makes cutting it hard."""

import dataclasses

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString, Point
from tiny import CRS, DATE, at, facilities, profile, region

from coverplan import Demand, Inputs, Layer, LayerInput, Network, Text
from coverplan.domain.edges import EdgeFacts
from coverplan.domain.profile import Ferry
from coverplan.domain.relief import Relief

SIDE = 16
"""Junctions on one side of a generated province, 120 m apart."""


def bent_grid(rng):
    """Streets with a third missing, some oneway, some tiny, a ferry, a motorway and an islet."""
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    xy = np.column_stack([x.ravel(), y.ravel()]) * 120.0 + rng.normal(0, 20, (SIDE * SIDE, 2))
    index = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    ends = np.vstack(
        [
            np.column_stack([index[:, :-1].ravel(), index[:, 1:].ravel()]),
            np.column_stack([index[:-1].ravel(), index[1:].ravel()]),
        ]
    )
    ends = ends[rng.random(len(ends)) < 0.62]
    lines = [LineString(at(*xy[pair])) for pair in ends]
    kind = rng.choice(["residential", "residential", "track", "primary"], len(lines))
    oneway = rng.choice([0, 0, 0, 1, -1], len(lines))
    for i, road in enumerate(rng.choice(SIDE * SIDE, 12, replace=False)):
        start, stop = xy[road] + [0.004, 0], xy[road] + [0.004 + 0.01 * i, 0.003]
        lines.append(LineString(at(start, stop)))  # takes no time, or next to none
    crossing = [xy[index[3, 0]], xy[index[3, 0]] + [600, 900], xy[index[12, 9]]]
    lines.append(LineString(at(*crossing)))
    lines.append(LineString(at(xy[index[0, 0]], xy[index[SIDE - 1, SIDE - 1]])))
    lines.append(LineString(at((2500, 2500), (2900, 2500))))
    extra = ["residential"] * 12 + ["ferry", "motorway", "residential"]
    frame = gpd.GeoDataFrame(
        {"highway": [*kind, *extra], "oneway": [*oneway, *[0] * len(extra)]},
        geometry=lines,
        crs=CRS,
    )
    headway = np.where(frame["highway"] == "ferry", 4.0, np.nan)
    facts = dataclasses.replace(EdgeFacts.unknown(len(frame)), headway_minutes=headway)
    return Network.from_edges(frame, crs=gpd.GeoSeries([], crs=CRS).crs, facts=facts)


def relief_of(roads, rng):
    """Three heights on each edge: the ends and one in between."""
    n = roads.n_edges
    fraction = np.tile([0.0, 0.3, 1.0], n)
    return Relief(np.arange(n + 1) * 3, fraction, rng.normal(50, 6, 3 * n))


def walls(rng):
    """Eight short fences and a pond."""
    starts = rng.uniform(0, 1900, (8, 2))
    fences = [LineString(at(p, p + rng.normal(0, 150, 2))) for p in starts]
    return np.array([*fences, Point(*at(rng.uniform(0, 1900, 2))[0]).buffer(60)], dtype=object)


def province(seed, *, minutes=(4, 9), thresholds=(2, 6), direction="to_site", siting=None):
    """Six counties of two units each; people, sites in and out of them, two profiles."""
    rng = np.random.default_rng(seed)
    high = 1000
    boxes = [(i * 325, j * high, i * 325 + 325, (j + 1) * high) for j in range(2) for i in range(6)]
    units = region(*[(a - 40, b - 40, c - 40, d - 40) for a, b, c, d in boxes])
    codes = [f"3301{10 * j + i // 2:02d}{100 + i}" for j in range(2) for i in range(6)]
    frame = units.units.assign(code=codes)
    units = type(units).from_frame(frame)
    roads = bent_grid(rng)
    if seed % 2:
        roads = roads.with_relief(relief_of(roads, rng))
    if seed % 3 == 0:
        roads = roads.with_walls(walls(rng))
    n = 160
    spots = rng.uniform(-40, 1960, (n, 2))
    spots[-6:] = rng.uniform(2400, 2950, (6, 2)) * [1, 0] + [0, 2510]  # on the islet
    column = np.minimum((spots[:, 0] + 40) // 325, 5).astype(int)
    row = np.minimum((spots[:, 1] + 40) // high, 1).astype(int)
    column[(column == 4) & (row == 0)] = 3  # nobody in a unit
    unit = np.array(
        [f"3301{10 * r + c // 2:02d}{100 + c}" for r, c in zip(row, column, strict=True)]
    )
    points = gpd.GeoDataFrame(
        {"unit": unit, "all": rng.integers(0, 50, n), "old": rng.integers(0, 9, n)},
        index=[f"d{i:04d}" for i in range(n)],
        geometry=[Point(*p) for p in at(*spots)],
        crs=CRS,
    )
    people = Demand.from_points(points, units, groups=("all", "old"))
    walk = dataclasses.replace(
        profile(cap=90.0, classes=("residential", "track", "primary"), oneway=True),
        id="walk",
        slope="tobler",
        access_detour=1.3,
    )
    drive = dataclasses.replace(
        profile(20.0, cap=150.0, no_access=("motorway",), oneway=True),
        id="drive",
        speeds_kmh={"residential": 20.0, "track": 8.0, "primary": 40.0, "motorway": 90.0},
        ferry=Ferry(12.0, headway_minutes=0.5),
    )
    layers = []
    for k, (how, group) in enumerate([("walk", "all"), ("drive", "old"), ("walk", "old")]):
        where = rng.uniform(-200, 2150, (9, 2))
        where[1] = where[0]  # two on one spot: the first is the nearest
        where[2] = spots[3] + 1.0
        sites = facilities([(*p, codes[i] if i < 4 else "") for i, p in enumerate(where)], f"l{k}")
        layer = Layer(f"l{k}", Text.same(f"l{k}"), group, how, minutes[k % 2], direction=direction)
        layers.append(LayerInput(layer, sites, siting))
    return Inputs(
        title="小省（虚构）",
        date=DATE,
        region=units,
        demand=people,
        network=roads,
        layers=tuple(layers),
        profiles={"walk": walk, "drive": drive},
        thresholds=thresholds,
        ignore_fragments_metres=100.0,
    )
