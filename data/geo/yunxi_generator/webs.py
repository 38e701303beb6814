"""The small irregular webs of lanes inside villages and towns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Delaunay
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from .county import Ground
from .grid import Floats, Ints

Lane = tuple[Floats, str]


@dataclass
class Site:
    """One village to be laid out; lengths in metres."""

    xy: Floats
    lanes: int
    spacing: float
    town: bool = False  # streets rather than lanes
    alone: bool = False  # no road runs through it (the island)


def _gabriel(points: Floats) -> Ints:
    """Return index pairs of the Gabriel graph: no third point in the circle over a pair."""
    tri = Delaunay(points, qhull_options="QJ Pp").simplices
    pairs = np.unique(np.sort(np.vstack([tri[:, [0, 1]], tri[:, [1, 2]], tri[:, [0, 2]]])), axis=0)
    if len(pairs) == 0:
        return pairs
    mid = 0.5 * (points[pairs[:, 0]] + points[pairs[:, 1]])
    half = 0.5 * np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    gap = np.hypot(mid[:, None, 0] - points[None, :, 0], mid[:, None, 1] - points[None, :, 1])
    gap[np.arange(len(pairs)), pairs[:, 0]] = np.inf
    gap[np.arange(len(pairs)), pairs[:, 1]] = np.inf
    return np.asarray(pairs[gap.min(axis=1) >= half * 0.98])


def _road_nodes(near: list[LineString], centre: Floats, reach: float, apart: float) -> Floats:
    """Return vertices of the roads through a village that keep a distance."""
    out: list[tuple[float, float]] = []
    for line in near:
        for x, y in list(line.coords):
            if np.hypot(x - centre[0], y - centre[1]) > reach:
                continue
            if all((x - a) ** 2 + (y - b) ** 2 > apart * apart for a, b in out):
                out.append((x, y))
    return np.array(out).reshape(-1, 2)


def _lattice(long: float, wide: float, step: float, random: np.random.Generator) -> Floats:
    """Return a slightly irregular lattice in an ellipse, from its middle outwards."""
    u = np.arange(-long, long, step) + random.uniform(-0.12, 0.12) * step
    v = np.arange(-wide, wide, step * 0.8)
    points = np.column_stack([m.ravel() for m in np.meshgrid(u, v)])
    points += random.uniform(-0.09, 0.09, points.shape) * step
    far = np.hypot(points[:, 0] / long, points[:, 1] / wide)
    ragged = far < 0.75 + 0.35 * random.random(len(points))
    return np.asarray(points[ragged][np.argsort(far[ragged], kind="stable")])


def _house_nodes(
    site: Site, ground: Ground, roads: BaseGeometry, bad: BaseGeometry, fixed: Floats,
    turn: float, random: np.random.Generator,
) -> Floats:  # fmt: skip
    """Return lane junctions drawn in an ellipse along the road, on gentle dry ground."""
    want = max(int(site.lanes / (1.6 if site.town else 1.3)), 6)
    long = np.sqrt(want * site.spacing**2 * 1.45 / np.pi * 1.7)
    wide = long / 1.7
    if site.town:
        draw = _lattice(long * 1.25, wide * 1.25, site.spacing * 1.25, random)
    else:
        draw = random.standard_normal((want * 60, 2)) * 0.62
        draw = draw[np.hypot(*draw.T) < 1.5] * (long, wide)
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    points = site.xy + draw @ spin
    index = ground.grid.index(points)
    steep = ground.slope.ravel()[index]
    fine = steep < 0.18 + 0.22 * random.random(len(points))
    where = shapely.points(points)
    shapely.prepare(bad)
    fine &= ~shapely.intersects(bad, where)
    shapely.prepare(roads)
    fine &= ~shapely.dwithin(roads, where, 0.45 * site.spacing)
    kept = [tuple(p) for p in fixed.tolist()]
    start = len(kept)
    for x, y in points[fine].tolist():
        if all((x - a) ** 2 + (y - b) ** 2 > (0.8 * site.spacing) ** 2 for a, b in kept):
            kept.append((x, y))
            if len(kept) - start >= want:
                break
    return np.array(kept).reshape(-1, 2)


def _tree(pairs: Ints, cost: Floats, roots: int, count: int) -> tuple[list[int], list[int]]:
    """Return indices of tree pairs and of the other pairs that touch the tree (Kruskal)."""
    parent = list(range(count))

    def find(a: int) -> int:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for k in range(1, roots):
        parent[k] = 0
    tree, rest = [], []
    for k in np.argsort(cost, kind="stable").tolist():
        a, b = find(int(pairs[k, 0])), find(int(pairs[k, 1]))
        if a == b:
            rest.append(k)
        else:
            parent[max(a, b)] = min(a, b)
            tree.append(k)
    base = find(0)
    joined = [find(int(pairs[k, 0])) == base for k in range(len(pairs))]
    return [k for k in tree if joined[k]], [k for k in rest if joined[k]]


def _curved(a: Floats, b: Floats, bend: float) -> Floats:
    """Return a lane from a to b with one or two soft bends."""
    side = np.array([-(b - a)[1], (b - a)[0]])
    return np.array([a, a + 0.35 * (b - a) + bend * side, a + 0.7 * (b - a) + 0.7 * bend * side, b])


def lay_out(
    site: Site, ground: Ground, lines: list[LineString], bad: BaseGeometry,
    random: np.random.Generator,
) -> list[Lane]:  # fmt: skip
    """Return the lanes of one village, tied to vertices of the roads through it."""
    reach = 2.2 * np.sqrt(site.lanes) * site.spacing * 0.75
    west, south = site.xy - reach
    east, north = site.xy + reach
    clipped = [shapely.clip_by_rect(g, west, south, east, north) for g in lines]
    roads = shapely.union_all(clipped) if lines else Point(site.xy + 1e6)
    shapely.prepare(bad)
    fixed = _road_nodes(lines, site.xy, 0.62 * reach, 0.95 * site.spacing)
    turn = float(random.uniform(0, np.pi))
    if len(fixed) > 2:
        _, _, axes = np.linalg.svd(fixed - fixed.mean(axis=0))
        turn = float(np.arctan2(axes[0, 1], axes[0, 0]))
    if len(fixed) == 0 and not site.alone:
        return []
    points = _house_nodes(site, ground, roads, bad, fixed, turn, random)
    if len(points) < 4:
        return []
    pairs = _gabriel(points)
    length = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    keep = (length < 2.4 * site.spacing) & ~(pairs < len(fixed)).all(axis=1)
    pairs, length = pairs[keep], length[keep]
    straight = shapely.linestrings(points[pairs])
    inner = shapely.line_interpolate_point(straight, length * 0.08)
    other = shapely.line_interpolate_point(straight, length * 0.92)
    core = shapely.linestrings(
        np.stack([shapely.get_coordinates(inner), shapely.get_coordinates(other)], axis=1)
    )
    keep = ~shapely.dwithin(roads, core, 3.0) & ~shapely.intersects(bad, straight)
    pairs, length = pairs[keep], length[keep]
    if len(pairs) == 0:
        return []
    cost = length * random.uniform(0.6, 1.4, len(pairs))
    tree, rest = _tree(pairs, cost, max(len(fixed), 1), len(points))
    extra = rest[: max(int((0.85 if site.town else 0.36) * len(tree)), 1)]
    degree = np.bincount(pairs[tree + extra].ravel(), minlength=len(points))
    out: list[Lane] = []
    trunk = set(tree)
    soft = 0.03 if site.town else 0.10
    for k in tree + extra:
        a, b = pairs[k]
        small = (0.28, 0.58, 0.78, 0.95)
        main = (0.58, 0.84, 0.95, 0.98)
        leaf = min(degree[a], degree[b]) == 1
        chance = small if leaf or (k not in tree and not site.town) else main
        kind = ("residential", "service", "footway", "steps", "path")[
            int(np.searchsorted(chance, random.random()))
        ]
        if kind == "steps" and length[k] > 75.0:
            kind = "footway"
        if k in trunk and not leaf and kind not in ("residential", "service"):
            # What other lanes hang on can be driven: only its ends and its loops are for feet.
            kind = "service" if random.random() < 0.3 else "residential"
        out.append((_curved(points[a], points[b], float(random.uniform(-soft, soft))), kind))
    return out
