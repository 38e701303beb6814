"""The street grid of the county seat: turned along the valley, slightly irregular."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from .grid import Floats, Grid, noise
from .settings import rng

CLASSES = ("primary", "secondary", "tertiary", "residential")
AVENUES = (
    "云溪大道", "澄江路", "人民路", "府前路", "解放街", "滨江路", "文昌路", "建设路",
    "新华路", "环城路",
    "中山街", "东屏路", "溪南路", "学院路", "朝阳路", "和平路",
)  # fmt: skip

Street = tuple[Floats, str, str, int]  # line, highway, name, oneway


class Seat:
    """Streets of the county seat as nodes of a warped lattice and links between them."""

    def __init__(self, urban: BaseGeometry, river: BaseGeometry, angle: float) -> None:
        self.random = rng("seat")
        self.nodes: list[Floats] = []
        self.links: dict[tuple[int, int], tuple[int, str, int]] = {}
        self._lay(urban, river, angle)

    def _lattice(self, urban: BaseGeometry, angle: float) -> tuple[Floats, int, int]:
        """Return warped lattice points and the numbers of lines along and across."""
        x0, y0 = urban.centroid.coords[0]
        reach = 0.75 * max(urban.bounds[2] - urban.bounds[0], urban.bounds[3] - urban.bounds[1])
        spans = []
        for low, high in ((140.0, 235.0), (115.0, 195.0)):
            steps = self.random.uniform(low, high, int(2 * reach / low))
            spans.append(np.cumsum(steps)[np.cumsum(steps) < 2 * reach] - reach)
        u, v = np.meshgrid(spans[0], spans[1])
        grid = Grid(x0 - 6e3, y0 + 6e3, 100.0, 120, 120)
        warp = [noise(grid, 2_600.0, self.random, 2), noise(grid, 2_600.0, self.random, 2)]
        c, s = np.cos(angle), np.sin(angle)
        xy = np.column_stack([(x0 + c * u - s * v).ravel(), (y0 + s * u + c * v).ravel()])
        at = grid.index(xy)
        xy += 110.0 * np.column_stack([w.ravel()[at] for w in warp])
        xy += self.random.uniform(-15.0, 15.0, xy.shape)
        return xy, len(spans[1]), len(spans[0])

    def _lay(self, urban: BaseGeometry, river: BaseGeometry, angle: float) -> None:
        xy, rows, cols = self._lattice(urban, angle)
        wet = river.buffer(22.0)
        shapely.prepare(urban)
        shapely.prepare(wet)
        points = shapely.points(xy)
        good = shapely.contains(urban, points) & ~shapely.intersects(wet, points)
        good = good.reshape(rows, cols)
        self.nodes = list(xy)
        for across in (False, True):
            for k in range(cols if across else rows):
                line = [
                    i * cols + k if across else k * cols + i
                    for i in range(rows if across else cols)
                ]
                inside = [n for n in line if good.flat[n]]
                rank = 2 if k % 4 == 1 else 3
                name = AVENUES[(k // 4 + (7 if across else 0)) % len(AVENUES)] if rank == 2 else ""
                one = 1 if rank == 3 and k % 7 == 3 else 0
                for a, b in pairwise(inside):
                    self._link(a, b, rank, name, one, wet)

    def _link(self, a: int, b: int, rank: int, name: str, one: int, wet: BaseGeometry) -> None:
        """Add a street unless it is a minor one over the river, or chance leaves it out."""
        gap = float(np.hypot(*(self.nodes[a] - self.nodes[b])))
        over = shapely.intersects(wet, LineString([self.nodes[a], self.nodes[b]]))
        if gap > (620.0 if over else 330.0) or (over and rank > 2):
            return
        if rank > 2 and self.random.random() < 0.10:
            return
        self.links[(a, b)] = (rank, name, one)

    def enter(self, point: Floats, rank: int, centre: Floats) -> Floats:
        """Lead a road from the edge of town to the centre along streets; return its first node."""
        used = np.unique(np.array(list(self.links)).ravel())
        at = np.array([self.nodes[n] for n in used])
        start = int(used[np.argmin(np.hypot(*(at - point).T))])
        goal = int(used[np.argmin(np.hypot(*(at - centre).T))])
        pairs = np.array(list(self.links))
        cost = np.array(
            [
                np.hypot(*(self.nodes[a] - self.nodes[b])) * (0.55, 0.6, 0.7, 1.0)[r]
                for (a, b), (r, _, _) in self.links.items()
            ]
        )
        graph = csr_matrix((cost, (pairs[:, 0], pairs[:, 1])), shape=(len(self.nodes),) * 2)
        _, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
        node = goal
        while before[node] >= 0:
            key = (int(before[node]), node)
            key = key if key in self.links else (key[1], key[0])
            was, name, _ = self.links[key]
            self.links[key] = (min(was, rank), name, 0)
            node = int(before[node])
        return self.nodes[start]

    def streets(self) -> list[Street]:
        """Return all streets, softly bent, and lanes into some blocks."""
        out: list[Street] = []
        for (a, b), (rank, name, one) in self.links.items():
            p, q = self.nodes[a], self.nodes[b]
            bend = float(self.random.uniform(-0.025, 0.025))
            side = np.array([-(q - p)[1], (q - p)[0]])
            line = np.array([p, 0.5 * (p + q) + bend * side, q])
            out.append((line, CLASSES[rank], name, one))
            if rank == 3:
                out += self._courtyards(line)
        return out

    def _courtyards(self, line: Floats) -> list[Street]:
        """Return lanes off the middle of a street: dead ends, short enough to meet nothing."""
        out: list[Street] = []
        run = line[2] - line[0]
        side = np.array([-run[1], run[0]]) / np.hypot(*run)
        for sign in (-1.0, 1.0):
            if self.random.random() > 0.55:
                continue
            mid = line[1]
            deep = float(self.random.uniform(28.0, 52.0)) * sign
            end = mid + deep * side + self.random.uniform(-8.0, 8.0, 2)
            kind = str(self.random.choice(["service", "service", "footway", "residential"]))
            out.append((np.array([mid, end]), kind, "", 0))
        return out


def join_town(
    lines: list[tuple[Floats, int]], urban: BaseGeometry, seat: Seat, centre: Floats
) -> tuple[list[tuple[Floats, int]], list[tuple[Floats, int]]]:
    """Cut rural roads at the edge of town; return what stays outside and the joining pieces."""
    outside: list[tuple[Floats, int]] = []
    entries: list[tuple[Floats, int]] = []
    edge = urban.boundary
    for xy, cls in lines:
        line = LineString(xy)
        if not line.intersects(urban):
            outside.append((xy, cls))
            continue
        for part in shapely.get_parts(line.difference(urban)):
            if part.length < 20.0:
                continue
            part_xy = np.array(part.coords)
            outside.append((part_xy, cls))
            entries += [
                (p, cls) for p in (part_xy[0], part_xy[-1]) if edge.distance(Point(p)) < 0.01
            ]
    joins = []
    ends = [p for p, cls in entries if cls == 0]
    for point, cls in sorted(entries, key=lambda e: (e[1], e[0][0])):
        rank = cls if cls <= 2 else 3
        # The main road runs through town; all others lead to the middle.
        goal = max(ends, key=lambda p: float(np.hypot(*(p - point)))) if cls == 0 else centre
        joins.append((np.array([point, seat.enter(point, rank, goal)]), min(cls, 3)))
    return outside, joins
