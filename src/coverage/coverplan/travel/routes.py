"""Routes: the way between a person and a site, leg by leg, to explain a travel time with.

A route's milliseconds are the engine's own: the way is found separately, and a way that does not
add up to the engine's figure is an error of the program.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.arguments import positions
from ..core.errors import InternalError
from ..domain.arrays import frozen
from ..domain.layer import Direction
from .asked import check_asked, ids_of
from .graph import CLOSED, MS_PER_MINUTE, ModeGraph, travel_ms
from .legs import Leg, Route, Way, route_of, straight_route
from .service import parts_of
from .snap import NO_ROAD, Snapped, along_edge_ms
from .speeds import NEVER_MS
from .straightways import straight_ways
from .times import travel_times
from .tree import ROOT, Trees, grow, site_seeds

_CUTOFFS = (60.0, 480.0, NEVER_MS / MS_PER_MINUTE - 1)
_SITES_AT_ONCE = 32

_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Routes:
    """Routes between pairs of people and sites.

    Parameters
    ----------
    demand, sites
        Ids of the people's places and of the sites.
    who, site
        Positions of the pairs, shape ``(k,)``.
    ways
        One route per pair; None where the one cannot be reached from the other.
    graph
        The network they lead over.

    Examples
    --------
    >>> import numpy as np
    >>> import coverplan as cp
    >>> older = cp.travellers(cp.small_county(), "elderly_care")
    >>> who, site = np.array([2, 8]), np.array([0, 0])
    >>> ways = cp.routes(older.graph, older.homes, older.sites, who, site)
    >>> [way is not None for way in ways.ways]  # V9 has no road
    [True, False]
    >>> sorted(ways.legs_frame()["metres"].round().astype(int).tolist())
    [300, 700]
    """

    demand: pd.Index
    sites: pd.Index
    who: _Ints
    site: _Ints
    ways: tuple[Route | None, ...]
    graph: ModeGraph

    def __len__(self) -> int:
        return len(self.ways)

    def __repr__(self) -> str:
        found = sum(way is not None for way in self.ways)
        return f"<Routes: {len(self):,} pairs, {found:,} with a way>"

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return one row per pair: ids, minutes and metres of the whole and its parts, geometry.

        Where there is no way, ``reached`` is false, figures are NaN and the geometry is None.
        """
        rows = [_row(way) for way in self.ways]
        table = pd.DataFrame(rows, columns=_COLUMNS)
        table.insert(0, "demand_id", self.demand.to_numpy()[self.who])
        table.insert(1, "site_id", self.sites.to_numpy()[self.site])
        lines = np.array([None if way is None else way.geometry for way in self.ways], dtype=object)
        return gpd.GeoDataFrame(table, geometry=lines, crs=self.graph.network.crs)

    def legs_frame(self) -> gpd.GeoDataFrame:
        """Return one row per leg, with the ``route`` it belongs to and its ``step`` in it."""
        legs = [
            (route, step, leg)
            for route, way in enumerate(self.ways)
            for step, leg in enumerate(() if way is None else way.legs)
        ]
        names = [f.name for f in fields(Leg)]
        rows = [(r, s, *(getattr(leg, n) for n in names)) for r, s, leg in legs]
        table = pd.DataFrame(rows, columns=["route", "step", *names])
        table.insert(2, "minutes", table.pop("ms") / MS_PER_MINUTE)
        lines = parts_of(
            self.graph.network.lines[table["edge"].to_numpy(dtype=np.int64)],
            table["from_fraction"].to_numpy(dtype=float),
            table["to_fraction"].to_numpy(dtype=float),
        )
        return gpd.GeoDataFrame(table, geometry=lines, crs=self.graph.network.crs)


_COLUMNS = (
    "reached",
    "straight",
    "minutes",
    "metres",
    "climb_metres",
    "start_minutes",
    "start_metres",
    "end_minutes",
    "end_metres",
    "wait_minutes",
    "legs",
)


def _row(way: Route | None) -> tuple[object, ...]:
    if way is None:
        return (False, False, *[np.nan] * 8, 0)
    return (
        True,
        way.straight,
        way.ms / MS_PER_MINUTE,
        way.metres,
        way.climb_metres,
        way.start_ms / MS_PER_MINUTE,
        way.start_metres,
        way.end_ms / MS_PER_MINUTE,
        way.end_metres,
        way.wait_ms / MS_PER_MINUTE,
        len(way.legs),
    )


def routes(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    who: _Ints,
    site: _Ints,
    *,
    direction: Direction = "to_site",
    demand_ids: pd.Index | None = None,
    site_ids: pd.Index | None = None,
) -> Routes:
    """Return the ways between pairs of people and sites.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    demand, sites
        Places joined to it by `snap`.
    who, site
        Positions of the pairs wanted, shape ``(k,)``.
    direction
        Whether people come to the site, or its service goes out to them.
    demand_ids, site_ids
        Ids to carry along; positions where they are left out.

    Raises
    ------
    InternalError
        When a way does not add up to the milliseconds of `travel_times`.

    Notes
    -----
    Meant for some hundreds of pairs, to look at. Of several ways that take equally long the
    same is always given: along the common edge, else by the u end of the person's edge, else by
    its v end; and within the network the one `tree.grow` finds first.

    Where there are no roads every way is ``straight``: its geometry leads straight across, its
    metres are those of the line times the detour factor.

    Examples
    --------
    The way from V3, up the lane, to the home: 700 m down the lane, 300 m along the street.

    >>> import numpy as np
    >>> import coverplan as cp
    >>> older = cp.travellers(cp.small_county(), "elderly_care")
    >>> ways = cp.routes(older.graph, older.homes, older.sites, np.array([2]), np.array([0]))
    >>> way = ways.to_frame().iloc[0]
    >>> float(way["minutes"].round(1)), int(way["metres"].round())
    (16.7, 1000)
    """
    check_asked(graph, direction, demand=demand, sites=sites)
    who, site = positions("who", who, len(demand)), positions("site", site, len(sites))
    find = _over_roads if graph.straight is None else straight_ways
    return Routes(
        demand=ids_of("demand_ids", demand_ids, len(demand)),
        sites=ids_of("site_ids", site_ids, len(sites)),
        who=frozen(who, np.int64),
        site=frozen(site, np.int64),
        ways=tuple(find(graph, demand, sites, who, site, direction)),
        graph=graph,
    )


def _over_roads(
    graph: ModeGraph, demand: Snapped, sites: Snapped, who: _Ints, site: _Ints, direction: Direction
) -> list[Route | None]:
    """Return the way of each pair over the network, None where there is none."""
    ms = _engine_ms(graph, demand, sites, who, site, direction)
    ways: list[Route | None] = [None] * len(who)
    reached = np.flatnonzero(ms != CLOSED)
    wanted = np.unique(site[reached])
    for start in range(0, len(wanted), _SITES_AT_ONCE):
        some = wanted[start : start + _SITES_AT_ONCE]
        pairs = reached[np.isin(site[reached], some)]
        search = _Search.around(graph, sites, some, site[pairs], ms[pairs], direction)
        for pair in pairs.tolist():
            p, s, total = int(who[pair]), int(site[pair]), int(ms[pair])
            ways[pair] = _route(search, demand, p, s, total)
    return ways


def _engine_ms(
    graph: ModeGraph, demand: Snapped, sites: Snapped, who: _Ints, site: _Ints, direction: Direction
) -> _Ints:
    """Return the engine's milliseconds of each pair, `CLOSED` where there is no way.

    Most ways are short, and a search costs what it covers: the cutoff grows only for the pairs
    that were not found and are not known to be apart.
    """
    ms = np.full(len(who), CLOSED, dtype=np.int64)
    left = np.arange(len(who))
    for cutoff in _CUTOFFS:
        some = np.unique(site[left])
        for start in range(0, len(some), _SITES_AT_ONCE):
            part = some[start : start + _SITES_AT_ONCE]
            pairs = left[np.isin(site[left], part)]
            people = np.unique(who[pairs])
            times = travel_times(
                graph,
                demand.take(people),
                sites.take(part),
                cutoff_minutes=cutoff,
                direction=direction,
            )
            row = np.repeat(np.arange(len(part)), np.diff(times.ptr))
            key = row * len(people) + times.who
            want = np.searchsorted(part, site[pairs]) * len(people)
            want += np.searchsorted(people, who[pairs])
            at = np.minimum(np.searchsorted(key, want), max(len(key) - 1, 0))
            found = key[at] == want if len(key) else np.zeros(len(want), dtype=bool)
            ms[pairs[found]] = times.ms[at[found]]
        left = left[ms[left] == CLOSED]
        left = left[_perhaps(graph, demand, sites, who[left], site[left])]
        if not len(left):
            break
    return ms


def _perhaps(
    graph: ModeGraph, demand: Snapped, sites: Snapped, who: _Ints, site: _Ints
) -> NDArray[np.bool_]:
    """Return which pairs stand on one piece of network, or near enough to walk straight across."""
    a, b = demand.edge[who], sites.edge[site]
    one_piece = (a != NO_ROAD) & (b != NO_ROAD) & (graph.component[a] == graph.component[b])
    across = np.hypot(*(demand.xy[who] - sites.xy[site]).T) * graph.network.scale
    return np.asarray(one_piece | (across <= graph.profile.access_cap_metres + 1.0))


@dataclass(frozen=True, slots=True)
class _Search:
    """Trees around some sites, as far out as their pairs."""

    graph: ModeGraph
    sites: Snapped
    direction: Direction
    number: dict[int, int]
    trees: Trees
    by_node: tuple[_Ints, ...]
    land: _Ints

    @classmethod
    def around(
        cls,
        graph: ModeGraph,
        sites: Snapped,
        some: _Ints,
        pair_site: _Ints,
        pair_ms: _Ints,
        direction: Direction,
    ) -> "_Search":
        arcs = graph.arcs_to if direction == "to_site" else graph.arcs_from
        limit = np.zeros(len(some), dtype=np.int64)
        np.maximum.at(limit, np.searchsorted(some, pair_site), pair_ms)
        trees = grow(arcs, *site_seeds(graph, sites.take(some), direction), limit)
        by_node = tuple(
            a + np.argsort(trees.node[a:b], kind="stable") for a, b in pairwise(trees.ptr.tolist())
        )
        land = np.arange(arcs.n_nodes)
        ashore = np.flatnonzero((arcs.edge < 0) & (arcs.neighbour < graph.network.n_nodes))
        row = np.searchsorted(arcs.indptr, ashore, side="right") - 1
        land[row] = arcs.neighbour[ashore]
        number = {int(s): i for i, s in enumerate(some)}
        return cls(graph, sites, direction, number, trees, by_node, land)

    def position(self, site: int, node: int) -> int | None:
        """Return where a node stands in a site's tree, None where it is not in it."""
        order = self.by_node[self.number[site]]
        at = int(np.searchsorted(self.trees.node[order], node))
        found = at < len(order) and self.trees.node[order[at]] == node
        return int(order[at]) if found else None


def _route(search: _Search, demand: Snapped, p: int, s: int, total: int) -> Route:
    """Return the route of one pair that takes as long as the engine says."""
    graph, sites, direction = search.graph, search.sites, search.direction
    for way in _ways(search, demand, p, s, total):
        route = route_of(graph, (demand, p), (sites, s), way, direction)
        if route.ms != total:
            raise InternalError(f"routes: a way of {route.ms} ms was found as one of {total} ms")
        return route
    straight = float(np.hypot(*(demand.xy[p] - sites.xy[s]))) * graph.network.scale
    metres = straight * graph.profile.access_detour
    if int(travel_ms(np.array([metres]), graph.profile.access_kmh)[0]) != total:
        raise InternalError(f"routes: no way from place {p} to site {s} takes {total} ms")
    ends = (demand.xy[p], sites.xy[s])
    return straight_route(graph, metres, total, *(ends if direction == "to_site" else ends[::-1]))


def _ways(search: _Search, demand: Snapped, p: int, s: int, total: int) -> Iterator[Way]:
    """Find the ways of one pair over the network that take a given time."""
    graph, sites = search.graph, search.sites
    if not (demand.joined[p] and sites.joined[s]):
        return
    access = int(demand.access_ms[p])
    a, b = float(demand.fraction[p]), float(sites.fraction[s])
    along = _along_ms(search, demand, p, s)
    if along != CLOSED and access + along + int(sites.access_ms[s]) == total:
        yield Way(((int(sites.edge[s]), a, b, along),), 0)
    to = search.direction == "to_site"
    edge = int(demand.edge[p])
    for ends, ms, end in (
        (graph.network.u, demand.leave_u_ms if to else demand.enter_u_ms, 0.0),
        (graph.network.v, demand.leave_v_ms if to else demand.enter_v_ms, 1.0),
    ):
        door = int(ms[p])
        at = None if door == CLOSED else search.position(s, int(ends[edge]))
        if at is not None and access + door + int(search.trees.ms[at]) == total:
            steps, wait = _down(search, s, at)
            yield Way(((edge, a, end, door), *steps), wait)


def _along_ms(search: _Search, demand: Snapped, p: int, s: int) -> int:
    """Return the time straight along the edge both stand on, `CLOSED` where there is none."""
    sites = search.sites
    edge = int(demand.edge[p])
    if edge != sites.edge[s]:
        return CLOSED
    a, b = float(demand.fraction[p]), float(sites.fraction[s])
    start, end = (a, b) if search.direction == "to_site" else (b, a)
    return int(along_edge_ms(search.graph, edge, np.array([start]), end)[0])


def _down(search: _Search, s: int, at: int) -> tuple[list[tuple[int, float, float, int]], int]:
    """Return the steps from a node of a site's tree down to the site, and the waits among them."""
    graph, sites, trees = search.graph, search.sites, search.trees
    steps, wait = [], 0
    while trees.parent[at] != ROOT:
        below = search.position(s, int(trees.parent[at]))
        if below is None:
            raise InternalError("routes: a tree lacks one of its nodes")
        ms, edge = int(trees.ms[at] - trees.ms[below]), int(trees.edge[at])
        if edge < 0:
            wait += ms
        else:
            ahead = graph.network.u[edge] == search.land[trees.node[at]]
            steps.append((edge, *((0.0, 1.0) if ahead else (1.0, 0.0)), ms))
        at = below
    to = search.direction == "to_site"
    edge, root, left = int(sites.edge[s]), trees.node[at], int(trees.ms[at] - sites.access_ms[s])
    by_u = (sites.enter_u_ms if to else sites.leave_u_ms)[s] == left
    start = 0.0 if by_u and graph.network.u[edge] == root else 1.0
    return [*steps, (edge, start, float(sites.fraction[s]), left)], wait
