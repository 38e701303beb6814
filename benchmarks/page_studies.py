"""Counties to draw pages of: so many sites, so many points of people, on generated roads."""

import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from counties import places, townships
from roads import as_edges, bent_grid

import coverplan
from coverplan import Demand, Facilities, Inputs, Layer, LayerInput, Network, Study, Text

DAY = datetime.date(2025, 12, 31)

NODES_A_POINT = 0.5
"""Junctions for each point of people: 20,000 points on 150 km2, the densest there is to carry."""


def county(points: int, sites: int, ways: dict[str, float]) -> Study:
    """Return a computed study.

    Parameters
    ----------
    points, sites
        Points of people, and sites of each layer: three in five at work, the others planned.
    ways
        A layer for each travel profile, with its minutes.
    """
    edges = as_edges(bent_grid(int(NODES_A_POINT * points)))
    network = Network.from_edges(edges, crs=edges.crs)
    region = townships(network, 1)
    people = places(network, region, points, seed=2)
    rng = np.random.default_rng(3)
    people["all"] = rng.integers(0, 60, points)
    people["elderly"] = (people["all"] * 0.2).astype(np.int64)
    people["children"] = (people["all"] * 0.15).astype(np.int64)
    people["place"] = [f"{code[-3:]}村{k % 12}" for k, code in enumerate(people["unit"])]
    people.index = [f"p{k:06d}" for k in range(points)]
    layers = []
    for seed, (profile, minutes) in enumerate(ways.items(), 10):
        layer = Layer(profile, Text(profile, profile), "all", profile, minutes)
        layers.append(LayerInput(layer, _facilities(network, region, sites, seed, profile)))
    return coverplan.assess(
        Inputs(
            title=f"{sites} x {points}",
            date=DAY,
            region=region,
            demand=Demand.from_points(people, region, groups=("all", "elderly", "children")),
            network=network,
            layers=tuple(layers),
            profiles=coverplan.builtin_profiles(),
        )
    )


def _facilities(
    network: Network, region: coverplan.Region, sites: int, seed: int, key: str
) -> Facilities:
    frame = places(network, region, sites, seed)
    frame["site_id"] = [f"s{k:03d}" for k in range(sites)]
    frame["name"] = [f"设施{k}" for k in range(sites)]
    frame["status"] = ["operating" if k % 5 < 3 else "planned" for k in range(sites)]
    return Facilities.from_frame(key, frame, site_id="site_id")


def cell_squares(study: Study, metres: float = 100.0) -> gpd.GeoDataFrame:
    """Return a square for each point of people, as a page of polygons would draw it.

    Parameters
    ----------
    study, metres
        The study, and the side of the squares.
    """
    xy, half = study.inputs.demand.xy, metres / 2
    boxes = shapely.box(*(xy - half).T, *(xy + half).T)
    minutes = next(iter(study.layers.values())).minutes()
    frame = pd.DataFrame({"minutes": np.ceil(np.nan_to_num(minutes, nan=255)).clip(0, 255)})
    return gpd.GeoDataFrame(frame, geometry=boxes, crs=study.inputs.region.crs).to_crs(4326)
