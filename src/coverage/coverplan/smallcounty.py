"""A county of nine villages, made up, that fits into one head: for examples, tests, bug reports.

Everybody walks a metre a second, roads are straight and most places stand on them, so that every
figure can be checked by hand. `small_county` makes it in memory, `small_problem` as the question a
siting model answers, `coverplan.write_small_county` as the files a county would have.
"""

import datetime
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from .clock import Clock
from .domain import (
    Demand,
    Facilities,
    Layer,
    Network,
    Profile,
    Region,
    builtin_layers,
    builtin_profiles,
)
from .domain.profile import builtin_profile_tables, profile_from_table
from .questions import question
from .results import Inputs, LayerInput, SitingRequest
from .siting import SitingProblem
from .travel import mode_graph, snap

SMALL_CRS = CRS.from_epsg(4549)
_WEST, _MIDDLE = 500_000.0, 3_200_000.0
"""Where x and y of the tables below begin: the middle of a zone, where lengths are true."""

WALK = "metre_a_second"
CAP_METRES = 500.0
_FRAGMENT_METRES = 200.0
DATE = datetime.date(2025, 12, 31)
TITLE = "小溪县（虚构）"
NOTICE = "小溪县为虚构，用于示例和测试。Xiaoxi County is made up, for examples and tests."

UNITS = {
    "330999201": ("柳溪镇", (0, -1200, 2000, 1200)),
    "330999202": ("石桥乡", (2000, -1200, 4000, 1200)),
    "330999203": ("云岭乡", (4000, -1200, 6000, 1200)),
}
"""Code: name and west, south, east, north in metres. Liuxi, Shiqiao, Yunling."""

ROADS = (
    ((200, 0), (1000, 0)),
    ((1000, 0), (2600, 0)),
    ((2600, 0), (5000, 0)),
    ((1000, 0), (1000, 800)),
    ((2600, 0), (2600, -900)),
    ((5400, 300), (5900, 300)),
)
"""Main street from west to east, a lane north, a lane south, and a road of its own."""

VILLAGES = (
    ("V1", "柳溪街", "330999201", 400, 0, 820, 164),
    ("V2", "桥头", "330999201", 1000, 0, 640, 150),
    ("V3", "上湾", "330999201", 1000, 700, 310, 93),
    ("V4", "石桥", "330999202", 2200, 0, 560, 140),
    ("V5", "南坡", "330999202", 2600, -800, 240, 88),
    ("V6", "东桥", "330999202", 3400, 0, 430, 105),
    ("V7", "云岭", "330999203", 4600, 0, 380, 110),
    ("V8", "山后", "330999203", 5700, 300, 120, 52),
    ("V9", "松坪", "330999203", 5600, -900, 60, 31),
)
"""Id, name, unit, x, y, all people, those of 60 and over."""

SITES = {
    "elderly_care": (
        ("E1", "柳溪养老服务中心", "330999201", 700, 0, "operating", 2015, 250),
        ("E2", "云岭养老服务中心", "330999203", 4600, 0, "planned", None, 150),
    ),
    "social_work": (
        ("S1", "柳溪社工站", "330999201", 710, 0, "operating", 2021, 2000),
        ("S2", "桥头社工点", "330999201", 1000, 150, "operating", 2022, 2000),
        ("S3", "石桥社工站", "330999202", 2610, 0, "operating", 2021, 1500),
    ),
}
"""Id, name, unit, x, y, status, opening year, people it can serve."""

MINUTES = {"elderly_care": 15.0, "social_work": 10.0}

CANDIDATES = (
    ("C1", "上湾路口", 1000, 350, 300_000, 100),
    ("C2", "石桥桥头", 2600, 0, 900_000, 350),
    ("C3", "东桥小学旧址", 3300, 0, 500_000, 200),
    ("C4", "云岭集市", 4600, 0, 400_000, 150),
    ("C5", "山后路口", 5500, 300, 200_000, 100),
    ("C6", "松坪", 5600, -850, 200_000, 100),
)
"""Id, name, x, y, cost in yuan, people it can serve."""

NEW_SITES = 2


def small_county() -> Inputs:
    """Return a county of nine villages, made up, whose figures can be checked by hand.

    Xiaoxi County: the townships Liuxi, Shiqiao and Yunling, side by side, 2 km wide each. A main
    street runs from west to east, with a lane to the north and one to the south. Everybody walks
    it at a metre a second, so that 15 minutes are 900 metres. Eight places stand on a road. The
    road of the village Shanhou (V8) is joined to no other; Songping (V9) has no road within
    500 metres.

    Two services: homes for older people (``elderly_care``: 15 minutes, 933 people of 60 and over,
    one home that works and one that is planned, six candidates of which two are asked for), and
    social-work stations (``social_work``: 10 minutes, all 3,560 people, three stations).

    Everything about it is invented. It needs no file and takes milliseconds.

    See Also
    --------
    write_small_county : the same county as files.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> county.demand.points[["place", "all", "elderly"]].head(3)
       place  all  elderly
    V1   柳溪街  820      164
    V2    桥头  640      150
    V3    上湾  310       93

    The home at 700 m of the main street is 300 m from V1 and from V2; V3 is 1,000 m away, more
    than 15 minutes. So 164 + 150 of the 933 older people are reached.

    >>> study = cp.assess(county)
    >>> study.coverage.value(
    ...     layer="elderly_care",
    ...     indicator="people_reached",
    ...     minutes=15,
    ...     unit_code="total",
    ...     phase="before",
    ... )
    314
    """
    region = _region()
    layers = builtin_layers()
    return Inputs(
        title=TITLE,
        date=DATE,
        region=region,
        demand=_demand(region),
        network=_network(),
        layers=tuple(
            LayerInput(_layer(layers[key]), _facilities(key), _asked() if candidates else None)
            for key, candidates in (("elderly_care", True), ("social_work", False))
        ),
        profiles={**builtin_profiles(), WALK: _walk()},
        notice=NOTICE,
        ignore_fragments_metres=_FRAGMENT_METRES,
    )


def small_problem(layer: str = "elderly_care", *, closable: bool = False) -> SitingProblem:
    """Return where a service of the small county should stand, as siting models are asked it.

    The working facilities come first among the sites, then the candidates C1 to C5, called
    ``new:C1`` ... (C6 has no road). Times are kept up to 60 minutes; no rule limits the sites.

    Parameters
    ----------
    layer
        ``elderly_care`` or ``social_work``.
    closable
        Whether what stands may be closed.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem()
    >>> list(problem.sites.ids)
    ['E1', 'new:C1', 'new:C2', 'new:C3', 'new:C4', 'new:C5']
    >>> plan = cp.solve_mclp(problem.with_rules(sites=1))
    >>> plan.chosen_ids(problem.sites.ids), plan.value, plan.status
    (['new:C2'], 333, 'optimal')
    """
    inputs = small_county()
    item = next(item for item in inputs.layers if item.layer.id == layer)
    request = replace(_asked(), sites=None, closable=closable)
    graph = mode_graph(
        inputs.network,
        inputs.profiles[item.layer.profile],
        ignore_fragments_metres=inputs.ignore_fragments_metres,
    )
    places = snap(graph, inputs.demand.xy)
    working = item.facilities.working(inputs.date)
    return question(inputs, item, request, graph, places, working, Clock()).problem


def point(x: object, y: object) -> Point:
    """Return a place of the tables in metres of `SMALL_CRS`."""
    return Point(_WEST + float(str(x)), _MIDDLE + float(str(y)))


def rectangle(corners: tuple[int, int, int, int]) -> BaseGeometry:
    """Return the area of a unit: ``corners`` are west, south, east and north."""
    west, south, east, north = corners
    return box(_WEST + west, _MIDDLE + south, _WEST + east, _MIDDLE + north)


def road_lines() -> list[LineString]:
    """Return the roads as lines, cut where they meet."""
    return [LineString([point(*start), point(*end)]) for start, end in ROADS]


def _region() -> Region:
    names = [name for name, _ in UNITS.values()]
    frame = gpd.GeoDataFrame(
        {"code": list(UNITS), "name": names},
        geometry=[rectangle(corners) for _, corners in UNITS.values()],
        crs=SMALL_CRS,
    )
    return Region.from_frame(frame)


def _network() -> Network:
    edges = gpd.GeoDataFrame(
        {"highway": ["residential"] * len(ROADS), "oneway": "no"},
        geometry=road_lines(),
        crs=SMALL_CRS,
    )
    return Network.from_edges(edges, crs=SMALL_CRS)


def _demand(region: Region) -> Demand:
    ids, names, units, x, y, everybody, elderly = zip(*VILLAGES, strict=True)
    frame = gpd.GeoDataFrame(
        {
            "unit": units,
            "place": names,
            "all": np.array(everybody, dtype=np.int64),
            "elderly": np.array(elderly, dtype=np.int64),
        },
        index=pd.Index(ids, dtype=object),
        geometry=[point(*at) for at in zip(x, y, strict=True)],
        crs=SMALL_CRS,
    )
    return Demand.from_points(frame, region, groups=("all", "elderly"))


def _facilities(key: str) -> Facilities:
    ids, names, units, x, y, status, opened, capacity = zip(*SITES[key], strict=True)
    frame = gpd.GeoDataFrame(
        {
            "id": ids,
            "name": names,
            "unit": units,
            "status": status,
            "opened": pd.array(opened, dtype="Int64"),
            "capacity": pd.array(capacity, dtype="Float64"),
        },
        geometry=[point(*at) for at in zip(x, y, strict=True)],
        crs=SMALL_CRS,
    )
    return Facilities.from_frame(key, frame, site_id="id")


def _layer(base: Layer) -> Layer:
    return Layer(
        id=base.id,
        label=base.label,
        group=base.group,
        profile=WALK,
        minutes=MINUTES[base.id],
        colour=base.colour,
        shape=base.shape,
    )


def _asked() -> SitingRequest:
    ids, names, x, y, yuan, capacity = zip(*CANDIDATES, strict=True)
    units = [
        next(code for code, (_, (west, _, east, _)) in UNITS.items() if west <= at < east)
        for at in x
    ]
    frame = gpd.GeoDataFrame(
        {
            "name": names,
            "unit": units,
            "cost_yuan": pd.array(yuan, dtype="Int64"),
            "capacity": pd.array(capacity, dtype="Int64"),
        },
        index=pd.Index(ids, name="candidate_id", dtype=object),
        geometry=[point(*at) for at in zip(x, y, strict=True)],
        crs=SMALL_CRS,
    )
    return SitingRequest(sites=NEW_SITES, candidates=frame)


def _walk() -> Profile:
    """Return who walks a metre a second, as the study file says it."""
    own = {
        "label": {"zh": "每秒一米", "en": "a metre a second"},
        "kmh": 3.6,
        "access_kmh": 3.6,
        "access_cap_metres": CAP_METRES,
    }
    closed = builtin_profile_tables()["walking"]["closed"]
    return profile_from_table(WALK, {**own, "closed": closed})
