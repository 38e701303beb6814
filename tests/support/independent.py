"""Travel times by an engine of its own, to count the places again: it calls nothing of ours.

It reads of coverplan only plain data: the lines, classes and facts of a network, the settings of a
profile, and where people and sites stand. Lengths, who may use which road, connected pieces, the
way to the road, cutting edges at every place, and the search (scipy) are done anew. Every place is
a node of its graph, so there is no step at the ends of an edge that could go wrong the same way.
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

    def __post_init__(self):
        net, profile = self.network, self.profile
        if profile.ferry is not None or net.relief is not None or net.walls is not None:
            raise NotImplementedError("ferries, hills and walls are not counted again here")
        metres = true_metres(net)
        self.scale = metres.sum() / shapely.length(net.lines).sum()
        kmh = np.array([profile.speeds_kmh.get(c, np.nan) for c in net.road_class], dtype=float)
        kmh *= [profile.surface_factors.get(s, 1.0) for s in net.facts.surface]
        if profile.posted_limits:
            posted = net.facts.limit_kmh
            kmh = np.where(posted < kmh, posted, kmh)
        kmh[(net.facts.barred & WHO[profile.mode]) > 0] = np.nan
        ms = np.rint(metres * 3600 / kmh)
        free = (net.facts.both_ways & WHO[profile.mode]) > 0
        bound = np.where(free, 0, net.direction) if profile.oneway else np.zeros(len(ms))
        self.ahead = np.where(bound < 0, np.nan, ms)
        self.back = np.where(bound > 0, np.nan, ms)
        self.joinable = ~np.isnan(ms) & ~np.isin(net.road_class, list(profile.no_access))
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
        length = shapely.length(line)
        along = shapely.line_locate_point(line, points)
        along = np.where(along <= 1e-3, 0, np.where(length - along <= 1e-3, length, along))
        edge = np.where(metres <= self.profile.access_cap_metres * (1 + 1e-9), edge, -1)
        return edge, along / length, np.where(edge < 0, np.inf, metres)

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


def nearest_ms(roads, people, sites, *, fragments, to_site=True):
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
    points = shapely.points(np.vstack([people, sites]))
    edge, fraction, metres = roads.join(points, fragments)
    start, end, ms, node, n = cut_graph(roads, edge, fraction)
    access = roads.walk_ms(metres * roads.profile.access_detour)
    here = np.arange(len(people))
    stands = len(people) + np.flatnonzero(edge[len(people) :] >= 0)
    if to_site:
        start, end = end, start  # searched from the sites against the direction of travel
    start = np.concatenate([start, np.full(len(stands), n)])
    end, ms = np.concatenate([end, node[stands]]), np.concatenate([ms, access[stands]])
    from_all = dijkstra(least(start, end, ms, n + 1), indices=n)
    by_road = np.where(edge[here] >= 0, from_all[node[here]] + access[here], np.inf)
    best = np.minimum(by_road, doorstep_ms(roads, people, sites, metres))
    return np.where(np.isfinite(best), best, NEVER).astype(np.int64)


def doorstep_ms(roads, people, sites, metres):
    """The straight way, for who is no farther from a site than one of the two from its road."""
    to_road = np.minimum(metres, roads.profile.access_cap_metres)
    best = np.full(len(people), np.inf)
    for i, site in enumerate(sites):
        across = np.hypot(*(people - site).T) * roads.scale
        near = across <= np.maximum(to_road[: len(people)], to_road[len(people) + i]) + 1e-3
        best[near] = np.minimum(best[near], roads.walk_ms(across[near]))
    return best


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
                cost = np.diff(np.rint(at * ms))
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
