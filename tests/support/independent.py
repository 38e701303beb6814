"""Travel times by an engine of its own, to count the places again: it calls nothing of ours.

It reads of coverplan only plain data: the lines, classes, facts and heights of a network, the
settings of a profile, and where people and sites stand. Lengths, who may use which road, hills,
connected pieces, the way to the road, cutting edges at every place, and the search (scipy) are done
anew. Every place is a node of its graph, so there is no step at the ends of an edge that could go
wrong the same way.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely
from pyproj import Geod, Transformer
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

GEOD = Geod(ellps="WGS84")
WHO = {"foot": 1, "bicycle": 2, "motor": 4}
NEVER = -1


@dataclass
class Roads:
    """A network as one profile travels it: milliseconds each way, NaN where closed."""

    network: object
    profile: object
    ahead: np.ndarray = field(init=False)
    back: np.ndarray = field(init=False)
    joinable: np.ndarray = field(init=False)
    scale: float = field(init=False)
    hills: list = field(init=False)

    def __post_init__(self):
        net, profile = self.network, self.profile
        if profile.ferry is not None or net.walls is not None:
            raise NotImplementedError("ferries and walls are not counted again here")
        metres = true_metres(net)
        self.scale = metres.sum() / shapely.length(net.lines).sum()
        kmh = np.array([profile.speeds_kmh.get(c, np.nan) for c in net.road_class], dtype=float)
        kmh *= [profile.surface_factors.get(s, 1.0) for s in net.facts.surface]
        if profile.posted_limits:
            posted = net.facts.limit_kmh
            kmh = np.where(posted < kmh, posted, kmh)
        kmh[(net.facts.barred & WHO[profile.mode]) > 0] = np.nan
        self.hills = [None] * net.n_edges
        flat = metres * 3600 / kmh
        ahead = back = flat
        if net.relief is not None and profile.slope != "none":
            self.hills = hills(net, metres, FACTOR[profile.slope])
            both = np.array([(up[-1], down[-1]) for _, up, down in self.hills])
            ahead, back = flat * both.T
        free = (net.facts.both_ways & WHO[profile.mode]) > 0
        bound = np.where(free, 0, net.direction) if profile.oneway else np.zeros(len(flat))
        self.ahead = np.where(bound < 0, np.nan, np.rint(ahead))
        self.back = np.where(bound > 0, np.nan, np.rint(back))
        self.joinable = ~np.isnan(flat) & ~np.isin(net.road_class, list(profile.no_access))
        self.metres = metres
        self.same_line = same_lines(net)

    @property
    def open(self):
        return ~(np.isnan(self.ahead) & np.isnan(self.back))

    def piece_metres(self):
        """Metres of the connected piece each edge belongs to; a line drawn twice counts once."""
        net, once = self.network, self.open.copy()
        for edge, others in self.same_line.items():
            once[edge] &= not any(other < edge and self.open[other] for other, _ in others)
        rows = np.flatnonzero(self.open)
        shape = (net.n_nodes, net.n_nodes)
        links = csr_array((np.ones(len(rows)), (net.u[rows], net.v[rows])), shape=shape)
        label = connected_components(links, directed=False)[1][net.u]
        total = np.bincount(label[once], weights=self.metres[once], minlength=label.max() + 1)
        return np.where(self.open, total[label], 0.0)

    def join(self, points, fragments):
        """Edge (-1 beyond the cap), fraction and true metres of each place's way to the road."""
        usable = np.flatnonzero(self.joinable & (self.piece_metres() >= fragments))
        lines = self.network.lines[usable]
        who, which = shapely.STRtree(lines).query_nearest(points)
        first = np.full(len(points), len(usable))
        np.minimum.at(first, who, which)
        edge = usable[first]
        line = self.network.lines[edge]
        metres = shapely.distance(line, points) * self.scale
        length = np.maximum(shapely.length(line), 1e-9)
        along = shapely.line_locate_point(line, points)
        along = np.where(along <= 1e-3, 0, np.where(length - along <= 1e-3, length, along))
        edge = np.where(metres <= self.profile.access_cap_metres * (1 + 1e-9), edge, -1)
        return edge, along / length, np.where(edge < 0, np.inf, metres)

    def so_far_ms(self, edge, fraction, *, turned):
        """Milliseconds between u and places on one edge, one way or the other."""
        whole = self.back[edge] if turned else self.ahead[edge]
        if self.hills[edge] is not None:
            knots, up, down = self.hills[edge]
            at_knots = down if turned else up
            fraction = np.interp(fraction, knots, at_knots) / at_knots[-1]
        return np.rint(fraction * whole)

    def walk_ms(self, metres):
        return np.rint(metres * 3600 / self.profile.access_kmh)


def true_metres(network):
    """Lengths on the ellipsoid, from the lines alone."""
    back = Transformer.from_crs(network.crs, 4326, always_xy=True)
    xy, line = shapely.get_coordinates(network.lines, return_index=True)
    lon, lat = back.transform(*xy.T)
    step = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    within = line[:-1] == line[1:]
    return np.bincount(line[:-1][within], weights=step[within], minlength=network.n_edges)


def tobler_kmh(gradient):
    return 6 * np.exp(-3.5 * np.abs(gradient + 0.05))


def downhill_ms(gradient):
    """Metres a second on a bicycle downhill: fastest at 6 %, braking as evenly beyond."""
    drop = -100 * gradient
    return 6.01 + 0.2379 * np.where(drop <= 6, drop, 12 - drop)


def ridden(gradient, share):
    """A factor on time from a share of the flat speed, unless pushing at a walk is quicker."""
    return 1 / np.maximum(share, tobler_kmh(gradient) / 15)


def cycling(gradient):
    uphill = 6.01 - 0.4002 * 100 * gradient
    return ridden(gradient, np.where(gradient > 0, uphill, downhill_ms(gradient)) / 6.01)


def ebike(gradient):
    """400 W at 80 %, 55 and 75 kg, resistance 0.015; at most 15 km/h."""
    uphill = 320 / (130 * 9.81 * (np.maximum(gradient, 0) + 0.015)) / (15 / 3.6)
    share = np.where(gradient > 0, uphill, downhill_ms(gradient) / 6.01)
    return ridden(gradient, np.minimum(share, 1))


FACTOR = {"tobler": lambda s: tobler_kmh(0.0) / tobler_kmh(s), "cycling": cycling, "ebike": ebike}


def hills(network, metres, factor):
    """For each edge its knots from 0 to 1, and the flat share of the time to them, both ways."""
    relief, result = network.relief, []
    for edge in range(network.n_edges):
        points = slice(relief.ptr[edge], relief.ptr[edge + 1])
        knots, height = relief.fraction[points], relief.height_metres[points]
        step = np.diff(knots)
        run = step * metres[edge]
        rise = np.where((run < 1e-3) | np.isnan(np.diff(height)), 0, np.diff(height))
        gradient = np.clip(rise / np.maximum(run, 1e-3), -0.6, 0.6)
        if network.road_class[edge] == "steps":
            gradient[:] = 0
        both = [
            np.concatenate([[0], np.cumsum(step * factor(sign * gradient))]) for sign in (1, -1)
        ]
        result.append((knots, *both))
    return result


def same_lines(network):
    """For each edge drawn on the same line as others: those others, and whether turned round."""
    ends = np.sort(np.column_stack([network.u, network.v]), axis=1)
    order = np.lexsort(ends.T)
    again = (ends[order][1:] == ends[order][:-1]).all(axis=1)
    result = {}
    for group in np.split(order, np.flatnonzero(~again) + 1):
        for a in group if len(group) > 1 else ():
            for b in group:
                one, other = network.lines[[a, b]]
                if a != b and len(one.coords) == len(other.coords):
                    for turned in (False, True):
                        line = shapely.reverse(other) if turned else other
                        if one.equals_exact(line, tolerance=0.01):
                            result.setdefault(int(a), []).append((int(b), turned))
                            break
    return result


def nearest_ms(roads, people, sites, *, fragments=0.0, to_site=True):
    """Milliseconds between each person's place and the nearest site, `NEVER` where there is none.

    Parameters
    ----------
    people, sites
        Coordinates in the network's CRS, shape ``(n, 2)``.
    fragments
        Nobody is joined to a connected piece shorter than this, metres.
    to_site
        Whether people travel to the site, or the service to the people.
    """
    place = _places(roads, people, sites, fragments, to_site=to_site)
    found = place.joined_sites
    start = np.concatenate([place.start, np.full(len(found), place.n)])
    end = np.concatenate([place.end, place.site_node[found]])
    ms = np.concatenate([place.ms, place.site_access[found]])
    by_road = place.for_people(dijkstra(least(start, end, ms, place.n + 1), indices=place.n))
    return _whole(np.minimum(by_road, doorstep_ms(roads, people, sites, place.metres).min(axis=0)))


def matrix_ms(roads, people, sites, *, fragments=0.0, to_site=True):
    """Milliseconds between everybody and every site, shape ``(sites, people)``."""
    place = _places(roads, people, sites, fragments, to_site=to_site)
    result = doorstep_ms(roads, people, sites, place.metres)
    found = place.joined_sites
    graph = least(place.start, place.end, place.ms, place.n)
    for site, from_site in zip(found, dijkstra(graph, indices=place.site_node[found]), strict=True):
        by_road = place.for_people(from_site) + place.site_access[site]
        result[site] = np.minimum(result[site], by_road)
    return _whole(result)


def _whole(ms):
    return np.where(np.isfinite(ms), ms, NEVER).astype(np.int64)


@dataclass
class _Places:
    """The cut graph, to be searched from the sites, and how everybody stands to it."""

    start: np.ndarray
    end: np.ndarray
    ms: np.ndarray
    n: int
    metres: np.ndarray
    joined: np.ndarray
    node: np.ndarray
    access: np.ndarray
    site_node: np.ndarray
    site_access: np.ndarray
    joined_sites: np.ndarray

    def for_people(self, at_node):
        return np.where(self.joined, at_node[self.node] + self.access, np.inf)


def _places(roads, people, sites, fragments, *, to_site):
    points = shapely.points(np.vstack([people, sites]))
    edge, fraction, metres = roads.join(points, fragments)
    start, end, ms, node, n = cut_graph(roads, edge, fraction)
    if to_site:
        start, end = end, start  # searched from the sites against the direction of travel
    access, k = roads.walk_ms(metres * roads.profile.access_detour), len(people)
    joined = edge >= 0
    return _Places(
        *(start, end, ms, n, metres, joined[:k], node[:k], access[:k], node[k:], access[k:]),
        joined_sites=np.flatnonzero(joined[k:]),
    )


def doorstep_ms(roads, people, sites, metres):
    """The straight way, for who is no farther from a site than one of the two from its road."""
    to_road = np.minimum(metres, roads.profile.access_cap_metres)
    result = np.full((len(sites), len(people)), np.inf)
    for i, site in enumerate(sites):
        across = np.hypot(*(people - site).T) * roads.scale
        near = across <= np.maximum(to_road[: len(people)], to_road[len(people) + i]) + 1e-3
        result[i, near] = roads.walk_ms(across[near])
    return result


def cut_graph(roads, edge, fraction):
    """Arcs of the roads cut at every place: start, end, ms, the node of each place, and n."""
    net = roads.network
    node = np.full(len(edge), -1)
    stops, n = {}, net.n_nodes
    for place in np.flatnonzero(edge >= 0):
        on, at = int(edge[place]), float(fraction[place])
        if at in {0.0, 1.0}:
            node[place] = net.v[on] if at else net.u[on]
            continue
        spot = stops.setdefault(on, {})
        if at not in spot:
            spot[at] = n
            n += 1
            for other, turned in roads.same_line.get(on, ()):
                stops.setdefault(other, {})[1 - at if turned else at] = spot[at]
        node[place] = spot[at]
    whole = np.ones(net.n_edges, dtype=bool)
    whole[list(stops)] = False
    arcs = []
    for ms, a, b in ((roads.ahead, net.u, net.v), (roads.back, net.v, net.u)):
        plain = np.flatnonzero(whole & ~np.isnan(ms))
        arcs.append((a[plain], b[plain], ms[plain]))
    pieces = []
    for on, spots in stops.items():
        row = [(0.0, int(net.u[on])), *sorted(spots.items()), (1.0, int(net.v[on]))]
        at, nodes = np.array([r[0] for r in row]), np.array([r[1] for r in row])
        for ms, turned in ((roads.ahead[on], False), (roads.back[on], True)):
            if not np.isnan(ms):
                cost = np.diff(roads.so_far_ms(on, at, turned=turned))
                a, b = (nodes[1:], nodes[:-1]) if turned else (nodes[:-1], nodes[1:])
                pieces.append((a, b, cost))
    start, end, ms = (np.concatenate(column) for column in zip(*arcs, *pieces, strict=True))
    return start, end, ms, node, n


def least(start, end, ms, n):
    """Arcs as a matrix of the least of parallel ones; scipy itself would add them up."""
    order = np.lexsort((ms, end, start))
    start, end, ms = start[order], end[order], ms[order]
    first = np.ones(len(start), dtype=bool)
    first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    start, end, ms = start[first], end[first], ms[first]
    ptr = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=n))])
    return csr_array((ms.astype(float), end, ptr), shape=(n, n))
