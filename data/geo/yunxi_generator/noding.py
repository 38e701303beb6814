"""From drawn lines to edges: one line from junction to junction, ends equal to the last digit.

Lines are noded on the grid of seven decimals of a degree (about a centimetre), so what is
written is exactly what was noded. The expressway is noded apart from all else: other roads pass
over it and meet it only where a ramp ends.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from .grid import Floats
from .lines import rounded

RANK = (
    "motorway", "motorway_link", "primary", "secondary", "tertiary", "unclassified",
    "residential", "service", "track", "footway", "steps", "path", "ferry",
)  # fmt: skip
STEP = 1e-7  # degrees
Node = tuple[float, float]


@dataclass(frozen=True)
class Tag:
    """Attributes of an edge."""

    highway: str
    name: str = ""
    oneway: int = 0
    bridge: int = 0
    tunnel: int = 0


@dataclass
class Drawn:
    """One drawn line with its attributes; metres first, degrees after projection."""

    xy: Floats
    tag: Tag


def cut_by(line: Drawn, shapes: BaseGeometry, changed: Tag) -> list[Drawn]:
    """Cut a line at the border of shapes; parts inside get the changed attributes."""
    whole = LineString(line.xy)
    shapely.prepare(shapes)
    if not shapes.intersects(whole):
        return [line]
    hits = shapely.get_coordinates(whole.intersection(shapes.boundary))
    at = sorted({round(whole.project(shapely.Point(p)), 3) for p in hits})
    stops = [0.0, *[d for d in at if 3.0 < d < whole.length - 3.0], whole.length]
    out = []
    for a, b in pairwise(stops):
        if b - a < 0.5:
            continue
        part = substring(whole, a, b)
        middle = part.interpolate(0.5, normalized=True)
        inside = bool(shapes.intersects(middle))
        out.append(Drawn(np.array(part.coords), changed if inside else line.tag))
    return out


def _longest_middle(xy: Floats) -> Floats:
    """Return the middle of the longest segment."""
    step = np.hypot(*np.diff(xy, axis=0).T)
    k = int(np.argmax(step))
    return np.asarray(0.5 * (xy[k] + xy[k + 1]))


def noded(lines: list[Drawn]) -> list[Drawn]:
    """Return the pieces between all meeting points, each with its source's attributes."""
    sources = [LineString(rounded(d.xy)) for d in lines]
    union = shapely.union_all(sources, grid_size=STEP)
    pieces = [rounded(np.array(g.coords)) for g in shapely.get_parts(union)]
    pieces = [p for p in pieces if len(p) > 1]
    tree = shapely.STRtree(sources)
    middles = shapely.points(np.array([_longest_middle(p) for p in pieces]))
    found, near = tree.query(middles, predicate="dwithin", distance=3 * STEP)
    best: dict[int, int] = {}
    for i, k in zip(found.tolist(), near.tolist(), strict=True):
        rank = RANK.index(lines[k].tag.highway)
        if i not in best or rank < RANK.index(lines[best[i]].tag.highway):
            best[i] = k
    out = []
    for i, piece in enumerate(pieces):
        xy, tag = piece, lines[best[i]].tag
        if tag.oneway:
            source = sources[best[i]]
            a, b = (source.project(shapely.Point(p)) for p in (xy[0], xy[-1]))
            xy = xy[::-1] if a > b else xy
        out.append(Drawn(xy, tag))
    # The order of a union is no promise; the order of coordinates is.
    out.sort(key=lambda d: (*sorted((tuple(d.xy[0]), tuple(d.xy[-1]))), len(d.xy)))
    return out


def _ends(line: Drawn) -> tuple[Node, Node]:
    return tuple(line.xy[0].tolist()), tuple(line.xy[-1].tolist())


def _around(lines: list[Drawn]) -> dict[Node, list[int]]:
    """Return the edges that end at each node (a loop twice)."""
    at: dict[Node, list[int]] = defaultdict(list)
    for k, line in enumerate(lines):
        for node in _ends(line):
            at[node].append(k)
    return at


def without_stubs(lines: list[Drawn], short: float) -> list[Drawn]:
    """Drop minor dead ends shorter than ``short`` metres: leftovers of lines that just crossed."""
    minor = RANK.index("unclassified")
    while True:
        at = _around(lines)
        keep = []
        for line in lines:
            dead = any(len(at[n]) == 1 for n in _ends(line))
            length = metres(line.xy)
            loop = _ends(line)[0] == _ends(line)[1]
            small = RANK.index(line.tag.highway) >= minor and length < short
            if not (dead and small) and not (loop and length < 60.0):
                keep.append(line)
        if len(keep) == len(lines):
            return lines
        lines = keep


def connected(lines: list[Drawn]) -> list[Drawn]:
    """Drop fragments that nothing ties to the network."""
    number: dict[Node, int] = {}
    for line in lines:
        for node in _ends(line):
            number.setdefault(node, len(number))
    pairs = np.array([[number[n] for n in _ends(line)] for line in lines])
    graph = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), (len(number),) * 2)
    _, part = connected_components(graph, directed=False)
    main = int(np.argmax(np.bincount(part)))
    return [x for x, p in zip(lines, part[pairs[:, 0]], strict=True) if p == main]


def metres(xy: Floats) -> float:
    """Return the length of a line in degrees as metres, near latitude 28.7."""
    d = np.diff(xy, axis=0) * (97_700.0, 110_850.0)
    return float(np.hypot(d[:, 0], d[:, 1]).sum())


def merged(lines: list[Drawn]) -> list[Drawn]:
    """Join edges of equal attributes where only two meet: a node is a junction or a change."""
    at = _around(lines)
    gone = [False] * len(lines)
    out = []

    def through(node: Node, k: int) -> int | None:
        """Return the edge that continues edge k past a node, if just one does alike."""
        if len(at[node]) != 2 or at[node][0] == at[node][1]:
            return None
        other = at[node][0] if at[node][1] == k else at[node][1]
        if gone[other] or lines[other].tag != lines[k].tag:
            return None
        # Two oneway edges continue each other only if one ends where the other begins.
        head_k, head_o = _ends(lines[k])[1] == node, _ends(lines[other])[0] == node
        return None if lines[k].tag.oneway and head_k != head_o else other

    def extended(k: int, xy: Floats) -> Floats:
        """Return the line with all that continues it past its last vertex."""
        while True:
            node = tuple(xy[-1].tolist())
            after = through(node, k)
            if after is None:
                return xy
            gone[after] = True
            more = lines[after].xy
            more = more if tuple(more[0].tolist()) == node else more[::-1]
            xy, k = np.vstack([xy, more[1:]]), after

    for k, line in enumerate(lines):
        if not gone[k]:
            gone[k] = True
            xy = extended(k, line.xy)
            xy = extended(k, xy[::-1])[::-1]
            out.append(Drawn(xy, line.tag))
    return out
