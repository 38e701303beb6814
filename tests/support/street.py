"""A straight street: a metre takes a second, so that every expected figure follows by hand.

Three units of 2 km each (a, b, c) along 6 km of street, a place every 250 m, the first at 125 m.
Within 5 minutes means within 300 m along the street.
"""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from tiny import CRS, X0, at, demand, facilities, inputs, network, profile, region

from coverplan import Demand, Layer, LayerInput, SitingRequest, Text
from coverplan.clock import Clock
from coverplan.questions import question
from coverplan.travelling import traveller

METRES = 300.0
PLACES_X = np.arange(24) * 250.0 + 125.0
PEOPLE = (np.arange(24) * 37) % 50 + 10
OLDER = PEOPLE // 4
UNIT = np.repeat([0, 1, 2], 8)
OLD_X = (500.0, 3000.0)
"""Where the two existing sites stand, s000 and s001."""


def units():
    """The three units."""
    return region(*[(2000 * i, -500, 2000 * (i + 1), 500) for i in range(3)])


def lines():
    """The street in pieces of a kilometre."""
    return [[(1000 * i, 0), (1000 * (i + 1), 0)] for i in range(6)]


def people(the_units, *, unplaced=(0, 0, 0)):
    """The people of the places, and some of whom no place is known."""
    placed = demand(
        the_units,
        [
            (x, 0, "abc"[u], {"all": int(n), "elderly": int(old)})
            for x, u, n, old in zip(PLACES_X, UNIT, PEOPLE, OLDER, strict=True)
        ],
        groups=("all", "elderly"),
    )
    if not any(unplaced):
        return placed
    extra = pd.DataFrame(
        {"all": list(unplaced), "elderly": [n // 2 for n in unplaced]},
        index=placed.totals.index,
        dtype="Int64",
    )
    return Demand(placed.points, placed.groups, placed.totals + extra, extra)


def candidates(rows, names=None, **columns):
    """Candidates ``(x, unit)`` on the street, called c00, c01, ...; further columns as lists."""
    n = len(rows)
    return gpd.GeoDataFrame(
        {"name": names or [f"点{i}" for i in range(n)], "unit": [u for _, u in rows], **columns},
        index=pd.Index([f"c{i:02d}" for i in range(n)], dtype=object),
        geometry=gpd.points_from_xy(*at(*[(x, 0) for x, _ in rows]).T),
        crs=CRS,
    )


NEW_X = (250.0, 1250.0, 1750.0, 2250.0, 3750.0, 4750.0, 5500.0)


def new_places(**columns):
    """A candidate at each of `NEW_X`, in the unit it lies in."""
    return candidates([(x, "abc"[int(x // 2000)]) for x in NEW_X], **columns)


def request(sites=None, places=None, **asked):
    """A request; columns of the candidates are those of `new_places`."""
    return SitingRequest(sites, new_places() if places is None else places, **asked)


def street(
    asked=None, *, old=OLD_X, unplaced=(0, 0, 0), group="all", minutes=5, cap=1000.0, **columns
):
    """The inputs of one layer called ``test``; columns of the existing sites as lists."""
    the_units = units()
    rows = [(x, 0, "abc"[int(x // 2000)]) for x in old]
    found = inputs(
        the_units,
        people(the_units, unplaced=unplaced),
        network(lines()),
        facilities(rows, **columns),
        siting=asked,
        minutes=minutes,
        prof=profile(cap=cap),
    )
    (item,) = found.layers
    return replace(found, layers=(replace(item, layer=replace(item.layer, group=group)),))


def more_layers(found, asked, *, old=(), key="other", label=("另一", "other")):
    """The inputs with one more layer on the same street."""
    rows = [(x, 0, "abc"[int(x // 2000)]) for x in old]
    layer = Layer(key, Text(*label), "all", "test", 5)
    item = LayerInput(layer, facilities(rows, layer=key), asked)
    return replace(found, layers=(*found.layers, item))


def asked_of(found, key="test"):
    """The question of one layer of some inputs."""
    item = next(item for item in found.layers if item.layer.id == key)
    who = traveller(found, item.layer.profile)
    working = item.facilities.working(found.date)
    return question(found, item, item.siting, who.graph, who.places, working, Clock())


def within(xs, metres=METRES):
    """Whether a site at each of some places reaches each place of people."""
    xs = np.asarray(xs, dtype=float).reshape(-1)
    return np.abs(xs[:, None] - PLACES_X[None, :]) <= metres


def reached(xs, counts=PEOPLE):
    """People within reach of at least one of some places."""
    return int(counts[within(xs).any(axis=0)].sum()) if len(xs) else 0


def x_of(frame):
    """Metres along the street of the rows of a frame of points."""
    return (frame.geometry.x.to_numpy() - X0).tolist()
