"""The rural road network: what joins the seats, then the villages, then fields and forests."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from scipy import ndimage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Polygon

from .county import Ground
from .grid import Floats, Ints, Mask
from .lines import Edge, chaikin, chains, wound
from .routing import BLOCKED, CostGrid, path
from .settings import ROADS_BEYOND, rng
from .villages import REMOTE_CLEAR, Villages
from .water import Water, near_water

PRIMARY, SECONDARY, TERTIARY, LOCAL, TRACK, PATH = range(6)
HIGHWAY = ("primary", "secondary", "tertiary", "unclassified", "track", "path")


@dataclass
class Network:
    """Roads as moves between cells, with a class each (0 is the highest)."""

    edges: dict[Edge, int] = field(default_factory=dict)
    built: set[Edge] = field(default_factory=set)

    def add(self, cells: list[int], cls: int) -> None:
        """Add a path; where a road is already, the higher class wins."""
        for a, b in pairwise(cells):
            key = (a, b) if a < b else (b, a)
            if key not in self.edges:
                self.built.add(key)
            self.edges[key] = min(cls, self.edges.get(key, cls))

    def cells(self, below: int = 9) -> Ints:
        """Return the cells on roads of a class under ``below``."""
        found = {n for e, c in self.edges.items() if c < below for n in e}
        return np.array(sorted(found), dtype=np.int64)

    def drain(self) -> set[Edge]:
        """Return what was built since the last call."""
        fresh, self.built = self.built, set()
        return fresh


class Builder:
    """Builds the rural network stage by stage on one cost surface."""

    def __init__(self, ground: Ground, water: Water, villages: Villages) -> None:
        self.ground = ground
        self.random = rng("roads")
        wide = near_water(ground.grid, water, 0.0)
        factor = 1.0 + (ground.slope / 0.16) ** 2
        factor = factor + np.where(ndimage.binary_dilation(ground.main), 8.0, 0.0)
        factor += np.where(wide, 3.0, 0.0)
        stream = (ground.area > 4.0e6) & ~wide
        factor += np.where(stream, 0.5, 0.0)
        xs, ys = ground.grid.centres()
        remote = villages.xy[villages.remote]
        self.no_road = np.hypot(xs - remote[0], ys - remote[1]) < REMOTE_CLEAR + 100.0
        lake = water.reservoir.union(water.island).buffer(85.0)
        shapely.prepare(lake)
        self.no_road |= shapely.contains(lake, shapely.points(xs, ys))
        factor = np.where(self.no_road, BLOCKED * 10, factor)
        self.cost = CostGrid(ground.grid, ground.z, factor, 0.055)
        self.net = Network()
        size = ground.grid.rows * ground.grid.cols
        self.off = rng("offsets").uniform(-30.0, 30.0, (size, 2))

        self.place: dict[int, Floats] = {}

    def join(self, targets: list[int], cls: int, share: float = 0.4) -> None:
        """Join each target to the nearest road, nearest first, reusing what is built."""
        left = list(targets)
        while left:
            cost, before, _ = self.cost.tree(self.net.cells())
            left.sort(key=lambda t: float(cost[t]))
            # The near half first: the far half then joins what was built, not a road of its own.
            some = left if len(left) > 400 else left[: (len(left) + 1) // 2]
            for target in some:
                if np.isfinite(cost[target]):
                    self.net.add(path(before, target), cls)
            left = left[len(some) :]
            self.cost.discount(self.net.drain(), share)

    def link(self, a: int, b: int, cls: int, share: float = 0.4) -> None:
        """Add the least-cost way between two cells."""
        gap = float(np.hypot(*np.diff(self.ground.grid.xy(np.array([a, b])), axis=0)[0]))
        cost, before = self.cost.one(a, 14.0 * gap + 10_000.0)
        if np.isfinite(cost[b]):
            self.net.add(path(before, b), cls)
            self.cost.discount(self.net.drain(), share)

    def detours(self, cells: list[int], far: float, ratio: float) -> list[tuple[int, int]]:
        """Return pairs of cells near each other whose way on the network is long."""
        names = self.net.cells()
        where = {int(n): k for k, n in enumerate(names)}
        xy = self.ground.grid.xy(names)
        pairs = np.array([(where[a], where[b]) for a, b in self.net.edges])
        length = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
        graph = csr_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(len(names),) * 2)
        known = [c for c in cells if c in where]
        ways = dijkstra(graph, directed=False, indices=[where[c] for c in known])
        at = self.ground.grid.xy(np.array(known))
        found = []
        for i, a in enumerate(known):
            gap = np.hypot(*(at - at[i]).T)
            for j in np.argsort(gap)[1:7]:
                b = known[int(j)]
                if a < b and gap[j] < far and ways[i, where[b]] > ratio * gap[j]:
                    found.append((float(ways[i, where[b]] / gap[j]), a, b))
        return [(a, b) for _, a, b in sorted(found, reverse=True)]


def exits(ground: Ground, county: Polygon) -> dict[str, int]:
    """Return cells beyond the county line where roads lead on: along the valley, over passes."""
    xs, ys = ground.grid.centres()
    near = shapely.intersects(county.buffer(ROADS_BEYOND + 700.0), shapely.points(xs, ys))
    near &= ~ground.inside
    far = np.zeros(ground.grid.shape)
    outline = county.simplify(50.0)
    far[near] = shapely.distance(outline, shapely.points(xs[near], ys[near]))
    ring = (far > ROADS_BEYOND + 100.0) & (far < ROADS_BEYOND + 700.0)
    centre = np.array(county.centroid.coords[0])
    turn = np.degrees(np.arctan2(ys - centre[1], xs - centre[0]))
    wide = ndimage.binary_dilation(ground.main, iterations=4)
    score = ground.z + 900.0 * ground.slope + np.where(wide, 500.0, 0.0)
    out = {}
    for name, middle, half in (
        ("east", 0.0, 25.0), ("west", 180.0, 25.0), ("north", 75.0, 30.0), ("south", -112.0, 25.0),
        ("northwest", 143.0, 14.0), ("southeast", -38.0, 20.0), ("northeast", 38.0, 20.0),
    ):  # fmt: skip
        off = np.abs((turn - middle + 180.0) % 360.0 - 180.0)
        out[name] = int(np.argmin(np.where(ring & (off < half), score, np.inf)))
    return out


def landing_cell(ground: Ground, water: Water, no_road: Mask) -> int:
    """Return the cell on the mainland shore nearest to the island."""
    xs, ys = ground.grid.centres()
    middle = water.island.centroid
    good = ~no_road & (ground.slope < 0.5) & (np.hypot(xs - middle.x, ys - middle.y) < 3_000.0)
    cells = np.flatnonzero(good.ravel())
    points = shapely.points(ground.grid.xy(cells))
    return int(cells[np.argmin(shapely.distance(water.island, points))])


def build(
    ground: Ground,
    water: Water,
    villages: Villages,
    county: Polygon,
    size: Ints,
) -> tuple[Builder, int]:
    """Return the finished rural network and the ferry's landing cell on the mainland."""
    b = Builder(ground, water, villages)
    out = exits(ground, county)
    cell = ground.grid.index(villages.xy).tolist()
    seats = [c for c, s in zip(cell, villages.seat, strict=True) if s]
    away = (villages.island, villages.remote)
    rest = [c for i, c in enumerate(cell) if i not in away]
    b.link(seats[0], out["east"], PRIMARY)
    b.link(seats[0], out["west"], PRIMARY)
    b.join(seats[1:8], SECONDARY)
    b.link(seats[6], out["north"], SECONDARY)
    b.link(seats[5], out["south"], SECONDARY)
    b.join(seats[8:], TERTIARY)
    order = np.argsort(-size, kind="stable")
    big = [cell[i] for i in order if not villages.seat[i] and i not in away]
    b.join(big[:34], TERTIARY)
    b.join([out["northwest"], out["southeast"]], TERTIARY)
    for x, y in b.detours(seats, 22_000.0, 1.75)[:5]:
        b.link(x, y, TERTIARY)
    landing = landing_cell(ground, water, b.no_road)
    b.join([landing, *rest], LOCAL, 0.45)
    b.join([out["northeast"]], LOCAL)
    for x, y in b.detours(rest, 4_200.0, 2.6)[:60]:
        b.link(x, y, LOCAL, 0.45)
    return b, landing


def fields_and_forests(b: Builder, heads: int = 1500) -> None:
    """Add dead-end tracks to fields and forests, then footpaths over saddles."""
    ground = b.ground
    deep = ndimage.distance_transform_edt(ground.inside) * ground.grid.cell
    weight = np.where((deep > 400.0) & ~b.no_road, np.exp(-ground.slope / 0.35), 0.0)
    weight *= np.exp(-ground.above / 350.0)
    picked = b.random.choice(
        weight.size, size=heads, replace=False, p=weight.ravel() / weight.sum()
    )
    cost, _, _ = b.cost.tree(b.net.cells())
    near = [int(c) for c in picked if 250.0 < cost[c] < 30_000.0]
    b.join(near, TRACK, 0.7)


def footpaths(b: Builder, villages: Villages, count: int = 130) -> None:
    """Add paths between villages of neighbouring valleys, straight over the saddle."""
    ground = b.ground
    cell = ground.grid.index(villages.xy).tolist()
    rest = [c for i, c in enumerate(cell) if i not in (villages.island, villages.remote)]
    pairs = b.detours(rest, 4_800.0, 1.6)[:count]
    steep = 1.0 + (ground.slope / 0.5) ** 2 + np.where(ground.main, 30.0, 0.0)
    steep = np.where(b.no_road, BLOCKED * 10, steep)
    walk = CostGrid(ground.grid, ground.z, steep, 0.18)
    walk.discount(set(b.net.edges), 0.5)
    for x, y in pairs:
        cost, before = walk.one(x, 10_000.0)
        if np.isfinite(cost[y]):
            b.net.add(path(before, y), PATH)


def relaxed_places(b: Builder) -> dict[int, Floats]:
    """Return where each cell of the network is drawn, metres.

    All cells are eased together, junctions along their two highest roads: smoothing line by line
    would leave a corner at every junction.
    """
    near: dict[int, list[tuple[int, int]]] = {}
    for (i, j), cls in b.net.edges.items():
        near.setdefault(i, []).append((cls, j))
        near.setdefault(j, []).append((cls, i))
    names = np.array(sorted(near), dtype=np.int64)
    where = {int(n): k for k, n in enumerate(names)}
    place = b.ground.grid.xy(names) + b.off[names]
    ahead, behind, rank = (np.arange(len(names)) for _ in range(3))
    for k, n in enumerate(names.tolist()):
        best = sorted(near[n])
        rank[k] = best[0][0]
        if len(best) > 1:
            ahead[k], behind[k] = where[best[0][1]], where[best[1][1]]
    for turn in range(6):
        eased = 0.5 * place + 0.25 * (place[ahead] + place[behind])
        free = (ahead != np.arange(len(names))) & ((turn < 2) | (rank <= SECONDARY))
        place = np.where(free[:, None], eased, place)
    return {int(n): place[k] for k, n in enumerate(names)}


def draw(b: Builder, water: Water) -> list[tuple[Floats, int]]:
    """Return the network as smooth lines (metres) with their class."""
    random = rng("draw")
    b.place = relaxed_places(b)
    slope = b.ground.slope.ravel()
    lake = water.reservoir.union(water.island).buffer(20.0)
    shapely.prepare(lake)
    out = []
    for cells, cls in chains(b.net.edges, set()):
        at = np.array(cells)
        xy = np.array([b.place[c] for c in cells])
        swing = np.clip(slope[at] / 0.25, 0.2, 1.0) * (13.0 if cls <= SECONDARY else 27.0)
        half = np.repeat(xy, 2, axis=0)[:-1]
        half[1::2] = 0.5 * (xy[:-1] + xy[1:])
        line = chaikin(wound(half, np.repeat(swing, 2)[:-1], random), 2)
        if shapely.intersects(shapely.linestrings(line), lake):
            line = chaikin(np.vstack([xy[:1], b.ground.grid.xy(at[1:-1]), xy[-1:]]), 1)
        out.append((np.array(shapely.linestrings(line).simplify(2.0).coords), cls))
    return out
