"""Covering problems to measure on: a county of towns and villages, made from a seed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from coverplan import Reach

WIGGLE = 1.3
"""How much longer the way is than the straight line, on average."""


@dataclass(frozen=True, slots=True)
class Instance:
    """What a problem is made of.

    Parameters
    ----------
    places, candidates
        How many of each.
    sites
        New sites asked for.
    pairs
        About how many pairs of candidate and place are within reach: the density.
    in_towns
        Share of the places in towns, the others being anywhere. The more evenly people live, the
        harder: then very many plans are nearly as good as the best.
    seed
        Of the random numbers.
    """

    places: int
    candidates: int
    sites: int
    pairs: int
    in_towns: float = 2 / 3
    seed: int = 1


INSTANCES = {
    "1k x 100, p = 10": Instance(1_000, 100, 10, 8_000),
    "2k x 200, p = 20": Instance(2_000, 200, 20, 12_000),
    "walking 10k x 1k, p = 50": Instance(10_000, 1_000, 50, 12_000),
    "driving 10k x 1k, p = 10": Instance(10_000, 1_000, 10, 527_000),
    "driving 10k x 1k, p = 25": Instance(10_000, 1_000, 25, 527_000),
    "5k x 500, p = 15": Instance(5_000, 500, 15, 50_000),
    "even, 5k x 500, p = 15": Instance(5_000, 500, 15, 100_000, 0.0),
    "20k x 2k, p = 50": Instance(20_000, 2_000, 50, 500_000),
    "driving 10k x 10k, p = 25": Instance(10_000, 10_000, 25, 5_270_000),
    "driving 100k x 1k, p = 25": Instance(100_000, 1_000, 25, 5_270_000),
    "100k x 10k, p = 100": Instance(100_000, 10_000, 100, 1_180_000),
    "even, driving 10k x 1k, p = 10": Instance(10_000, 1_000, 10, 527_000, 0.0),
    "even, driving 10k x 1k, p = 25": Instance(10_000, 1_000, 25, 527_000, 0.0),
    "even, 20k x 2k, p = 50": Instance(20_000, 2_000, 50, 500_000, 0.0),
    "even, 100k x 10k, p = 100": Instance(100_000, 10_000, 100, 1_180_000, 0.0),
    "even, dense 100k x 10k, p = 30": Instance(100_000, 10_000, 30, 20_000_000, 0.0),
}
"""Named after what they stand for; densities as measured on road networks."""


def made(instance: Instance) -> tuple[Reach, NDArray[np.int64]]:
    """Return who is within reach of each candidate, and people at each place.

    Parameters
    ----------
    instance
        What to make. In towns people thin out from the middle. Ways are longer than the straight
        line by a factor that differs from neighbourhood to neighbourhood, as rivers and hills make
        it. Candidates stand where people live.
    """
    rng = np.random.default_rng(instance.seed)
    side = 100_000.0
    places = _points(rng, instance, side)
    at = rng.choice(instance.places, instance.candidates, replace=False)
    candidates = places[at] + rng.normal(0, 50, (instance.candidates, 2))
    people = np.ceil(rng.lognormal(3.5, 1.0, instance.places)).astype(np.int64)
    detour = _detours(rng, places, side)
    metres = _radius(places, candidates, instance.pairs)
    tree = KDTree(places)
    who = []
    for j, xy in enumerate(candidates):
        near = np.array(tree.query_ball_point(xy, 1.6 * metres), dtype=np.int64)
        straight = np.hypot(*(places[near] - xy).T)
        way = straight * (detour[near] + detour[at[j]]) / (2 * WIGGLE)
        who.append(np.sort(near[way <= metres]).astype(np.int32))
    ptr = np.concatenate([[0], np.cumsum([len(w) for w in who])]).astype(np.int64)
    ids = pd.RangeIndex(instance.places), pd.RangeIndex(instance.candidates)
    return Reach(*ids, ptr, np.concatenate(who), 15.0), people


def _points(rng: np.random.Generator, instance: Instance, side: float) -> NDArray[np.float64]:
    n = instance.places
    towns = max(5, n // 400)
    middle = rng.uniform(0, side, (towns, 2))
    size = rng.lognormal(0, 0.8, towns)
    town = rng.choice(towns, n, p=size / size.sum())
    spread = side / np.sqrt(towns) * 0.15 * np.sqrt(size / size.mean())
    points = middle[town] + rng.normal(0, 1, (n, 2)) * spread[town, None]
    apart = rng.random(n) >= instance.in_towns
    points[apart] = rng.uniform(0, side, (int(apart.sum()), 2))
    return np.clip(points, 0, side)


def _detours(
    rng: np.random.Generator, places: NDArray[np.float64], side: float
) -> NDArray[np.float64]:
    """Return a factor for each place, alike for neighbours."""
    knots = rng.uniform(0, side, (200, 2))
    factor = rng.uniform(1.05, 1.75, len(knots))
    near, which = KDTree(knots).query(places, k=4)
    share = 1 / np.maximum(near, 1.0)
    found: NDArray[np.float64] = (factor[which] * share).sum(axis=1) / share.sum(axis=1)
    return found


def _radius(places: NDArray[np.float64], candidates: NDArray[np.float64], pairs: int) -> float:
    """Return the straight distance within which about so many pairs lie."""
    a, b = KDTree(candidates), KDTree(places)
    low, high = 1.0, 200_000.0
    for _ in range(30):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if a.count_neighbors(b, middle) < pairs else (low, middle)
    return high
