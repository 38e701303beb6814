"""Cutting lines at nodes they pass by, and building the pieces."""

from dataclasses import dataclass, fields

import numpy as np
import shapely

from ...domain.topology import JOIN_METRES
from .ends import Meeting, Nodes
from .lines import Flags, Floats, Ints, Lines, Shapes, among, distinct

EXACT_METRES = 1e-6
"""Nearer than this, a line lies on a node."""

_AT_ONCE = 20_000
_START, _INNER, _STOP = range(3)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where lines are cut.

    Parameters
    ----------
    node, line
        Which line at which node, shape ``(c,)``.
    place
        Where along the line, shape ``(c,)``.
    metres
        How far the line lies from the node, shape ``(c,)``.
    """

    node: Ints
    line: Ints
    place: Floats
    metres: Floats

    def take(self, rows: Ints | Flags) -> "Cuts":
        """Return some of the cuts."""
        return Cuts(*(getattr(self, f.name)[rows] for f in fields(self)))


def passing(
    nodes: Nodes, lines: Lines, meeting: Meeting, metres: float, new: Flags | None = None
) -> Cuts:
    """Return where lines pass by nodes within the tolerance and may join them.

    Parameters
    ----------
    nodes, lines
        The nodes, and the lines, which start and stop exactly at theirs.
    meeting
        Which lines may join which node.
    metres
        The tolerance.
    new
        The lines to be looked at, shape ``(n,)``; None: all.

    Notes
    -----
    A line that leaves a node is not met again by it until it has been farther away. One that
    comes by twice is cut twice, each time at its nearest place. It is not cut within the tolerance
    of its own end where another line runs from there to the node.
    """
    looked = np.arange(len(lines.owner)) if new is None else np.flatnonzero(new[lines.owner])
    tree = shapely.STRtree(lines.segments()[looked])
    near: list[tuple[Ints, Ints]] = []
    for low in range(0, len(nodes.xy), _AT_ONCE):
        points = shapely.points(nodes.xy[low : low + _AT_ONCE])
        node, segment = tree.query(points, predicate="dwithin", distance=metres)
        node, segment = node.astype(np.int64) + low, looked[segment]
        drawn = _has_vertex(lines, segment, nodes.xy[node])
        may = meeting.may(node, lines.owner[segment], drawn)
        near.append((node[may], segment[may]))
    node, segment = (np.concatenate([pair[i] for pair in near]) for i in (0, 1))
    if not len(node):
        return Cuts(node, segment, np.zeros(0), np.zeros(0))
    order = np.lexsort((segment, node))
    node, segment = node[order], segment[order]
    line, vertex = lines.owner[segment], lines.segment[segment]
    place, far = lines.foot(nodes.xy[node], segment)

    def near_vertex(number: Ints) -> Flags:
        return np.asarray(np.hypot(*(lines.xy[number] - nodes.xy[node]).T) <= metres)

    goes_on = np.append(False, (np.diff(segment) == 1) & (np.diff(node) == 0))
    goes_on[1:] &= line[1:] == line[:-1]
    visit = np.cumsum(~(goes_on & near_vertex(vertex))) - 1
    own = (vertex == lines.start[line]) & (nodes.start[line] == node)
    own |= (vertex + 1 == lines.stop[line]) & (nodes.stop[line] == node)
    leaves = np.bincount(visit, weights=own) > 0
    xy = lines.at(place)
    order = np.lexsort((xy[:, 1], xy[:, 0], far, visit))
    best = order[np.flatnonzero(np.diff(visit[order], prepend=-1))]
    best = best[~leaves[visit[best]]]
    cuts = Cuts(node[best], line[best], place[best], far[best])
    return cuts.take(~_linked(nodes, lines, cuts, metres))


def _has_vertex(lines: Lines, segment: Ints, xy: Floats) -> Flags:
    """Return whether a segment begins or ends within a centimetre of a place."""
    vertex = lines.segment[segment]
    near = np.hypot(*(lines.xy[vertex] - xy).T) <= JOIN_METRES
    return np.asarray(near | (np.hypot(*(lines.xy[vertex + 1] - xy).T) <= JOIN_METRES))


def _linked(nodes: Nodes, lines: Lines, cuts: Cuts, metres: float) -> Flags:
    """Return which cuts lie close to an end of their line that is linked to the node already."""
    n = len(nodes.xy)
    links = distinct(np.concatenate([nodes.start * n + nodes.stop, nodes.stop * n + nodes.start]))
    xy = lines.at(cuts.place)
    result = np.zeros(len(cuts.node), dtype=np.bool_)
    for side in (nodes.start, nodes.stop):
        end = side[cuts.line]
        close = np.hypot(*(nodes.xy[end] - xy).T) <= metres
        result |= close & (end != cuts.node) & among(end * n + cuts.node, links)
    return result


@dataclass(frozen=True, slots=True)
class Pieces:
    """Lines cut at nodes.

    Parameters
    ----------
    line
        Which line each piece is of, ascending, and along it, shape ``(p,)``.
    shapes
        LineStrings in metres, shape ``(p,)``.
    u, v
        Node each starts and stops at, shape ``(p,)``.
    share
        Its share in the length of its line, shape ``(p,)``.
    bent
        Whether its line did not pass exactly by a node it was cut at, shape ``(p,)``.
    """

    line: Ints
    shapes: Shapes
    u: Ints
    v: Ints
    share: Floats
    bent: Flags

    def take(self, rows: Ints | Flags) -> "Pieces":
        """Return some of the pieces."""
        return Pieces(*(getattr(self, f.name)[rows] for f in fields(self)))


def cut(nodes: Nodes, lines: Lines, cuts: Cuts) -> Pieces:
    """Return the pieces of lines, each from node to node.

    Parameters
    ----------
    nodes, lines, cuts
        As `passing` returns them.

    Notes
    -----
    Pieces start and stop at the very coordinates of their nodes; vertices within a centimetre of
    these are left out, so that no piece begins with a step of millimetres.
    """
    events = _events(nodes, lines, cuts)
    at_node = events.node >= 0
    through = at_node & (events.kind == _INNER)
    # A node in the middle of a line is the last vertex of one piece and the first of the next.
    times = 1 + through
    opens, closes = at_node & (events.kind != _STOP), at_node & (events.kind != _START)
    piece = np.repeat(np.cumsum(opens) - 1, times)
    piece[(np.cumsum(times) - times)[through]] -= 1
    shapes = shapely.linestrings(np.repeat(events.xy, times, axis=0), indices=piece)
    owner, length = events.line[opens], shapely.length(shapes)
    whole = np.bincount(owner, weights=length, minlength=lines.n)[owner]
    return Pieces(
        line=owner,
        shapes=np.asarray(shapes, dtype=object),
        u=events.node[opens],
        v=events.node[closes],
        share=np.divide(length, whole, out=np.ones(len(length)), where=whole > 0),
        bent=(events.off[opens] > EXACT_METRES) | (events.off[closes] > EXACT_METRES),
    )


@dataclass(frozen=True, slots=True)
class _Events:
    """What comes along each line in turn: its start, vertices and nodes it is cut at, its stop.

    ``node`` is -1 at vertices; ``off`` is how far the line lay from the node.
    """

    line: Ints
    place: Floats
    kind: Ints
    node: Ints
    xy: Floats
    off: Floats

    def take(self, rows: Ints | Flags) -> "_Events":
        return _Events(*(getattr(self, f.name)[rows] for f in fields(self)))


def _events(nodes: Nodes, lines: Lines, cuts: Cuts) -> _Events:
    inner = np.ones(len(lines.xy), dtype=np.bool_)
    inner[lines.start] = inner[lines.stop] = False
    vertex = np.flatnonzero(inner)
    every, none = np.arange(lines.n), np.zeros(lines.n)
    of_vertex = np.repeat(every, np.diff(lines.first))[vertex]
    many = [lines.n, len(vertex), len(cuts.node), lines.n]
    node = np.concatenate([nodes.start, np.full(len(vertex), -1), cuts.node, nodes.stop])
    events = _Events(
        line=np.concatenate([every, of_vertex, cuts.line, every]),
        place=np.concatenate([none, vertex.astype(np.float64), cuts.place, none]),
        kind=np.repeat([_START, _INNER, _INNER, _STOP], many),
        node=node,
        xy=np.where((node >= 0)[:, None], nodes.xy[node], lines.xy[_at_vertex(many, vertex)]),
        off=np.concatenate([none, np.zeros(len(vertex)), cuts.metres, none]),
    )
    keys = (events.xy[:, 1], events.xy[:, 0], events.place, events.kind, events.line)
    events = events.take(np.lexsort(keys))
    return events.take((events.node >= 0) | ~_beside_node(events.xy, events.node))


def _at_vertex(many: list[int], vertex: Ints) -> Ints:
    """Return the vertex of each event, 0 where it is a node."""
    result = np.zeros(sum(many), dtype=np.int64)
    result[many[0] : many[0] + many[1]] = vertex
    return result


def _beside_node(xy: Floats, node: Ints) -> Flags:
    """Return which events lie within a centimetre of the node before or after them."""
    at = np.flatnonzero(node >= 0)
    number = np.arange(len(node))
    before = at[np.searchsorted(at, number, side="right") - 1]
    after = at[np.minimum(np.searchsorted(at, number), len(at) - 1)]
    near = np.hypot(*(xy - xy[before]).T) <= JOIN_METRES
    return np.asarray(near | (np.hypot(*(xy - xy[after]).T) <= JOIN_METRES), dtype=np.bool_)
