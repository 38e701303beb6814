"""Lines cut at every place where they meet, and their ends joined: the geometry of the repair."""

from dataclasses import dataclass, fields, replace

import numpy as np
import shapely
from scipy.spatial import cKDTree

from ...domain.topology import JOIN_METRES
from .contacts import Contacts, contacts
from .cuts import EXACT_METRES, Cuts, Pieces, cut, passing
from .ends import Meeting, Nodes, end_nodes
from .gather import gather, moved
from .levels import Levels
from .lines import Flags, Floats, Ints, Lines, Shapes, among, distinct

_MOST_NEAR = 8
_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Noded:
    """Lines with all their meetings made nodes.

    Parameters
    ----------
    pieces
        The lines cut at their nodes, those that came to nothing left out.
    shift
        How far the start and the stop of each line was moved, metres, shape ``(n, 2)``.
    crossings, vertices, ends
        Places where lines were cut: where they cross, where they share or touch a vertex, where
        another line ends.
    apart
        Places where lines cross at different levels and were not joined.
    short
        Pieces within the tolerance of the node they would start and stop at, left out.
    """

    pieces: Pieces
    shift: Floats
    crossings: int
    vertices: int
    ends: int
    apart: int
    short: int


def node(shapes: Shapes, levels: Levels, metres: float, file: str, *, split: bool) -> Noded:
    """Return lines with their ends joined and, if asked, cut wherever they meet at one level.

    Parameters
    ----------
    shapes, levels
        LineStrings in metres, each drawn once, and their levels, shape ``(n,)``.
    metres, split
        The tolerance, and whether lines are cut, as `RepairConfig` has them.
    file
        The name of the file, for a fault.

    Notes
    -----
    1. Ends are gathered into nodes (`end_nodes`).
    2. A node that lies within the tolerance of a line it may join is moved on to the nearest,
       where no end is thereby farther than the tolerance from where it was drawn and no other
       node comes as close; elsewhere the line will bend to the node.
    3. Where streets of one layer cross, or touch at a vertex, and do not join one node within the
       tolerance already, there is a new node; such places are gathered likewise.
    4. Every line is cut where it passes within the tolerance of a node it may join (`passing`).
    5. Lines that were bent may come by other nodes or lines now: 3 and 4 again, for them alone.
    """
    tolerance = max(metres, JOIN_METRES)
    drawn = Lines.of(shapes)
    nodes = end_nodes(drawn, levels, metres)
    lines = _attached(drawn, nodes)
    if not split:
        return _noded(drawn, nodes, _whole(lines, nodes), _Tally(0, 0, 0, 0), tolerance)
    meeting = Meeting.of(nodes, levels, _NOTHING)
    cuts = passing(nodes, lines, meeting, tolerance)
    nodes = _onto_lines(nodes, lines, cuts, drawn, tolerance)
    pieces = _whole(_attached(drawn, nodes), nodes)
    ends, new = nodes, np.ones(lines.n, dtype=np.bool_)
    tally = _Tally(0, 0, 0, 0)
    for _ in range(_MOST_ROUNDS):
        own = levels.take(pieces.line)
        pieces, nodes, more = _round(pieces, nodes, own, new, tolerance, file)
        tally = tally.plus(more)
        new = pieces.bent
        if not new.any():
            break
    return _noded(drawn, replace(ends, xy=nodes.xy), pieces, tally, tolerance)


@dataclass(frozen=True, slots=True)
class _Tally:
    """Places where lines were cut, by why, and where they were not: see `Noded`."""

    crossings: int
    vertices: int
    ends: int
    apart: int

    def plus(self, other: "_Tally") -> "_Tally":
        return _Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def _round(
    pieces: Pieces, nodes: Nodes, levels: Levels, new: Flags, tolerance: float, file: str
) -> tuple[Pieces, Nodes, _Tally]:
    """Cut lines once where the new ones among them pass by nodes or meet other lines."""
    lines = Lines.of(pieces.shapes)
    nodes = Nodes(nodes.xy, pieces.u, pieces.v)
    meeting = Meeting.of(nodes, levels, _NOTHING)
    cuts = passing(nodes, lines, meeting, tolerance, new)
    found = contacts(lines, new, file)
    found = found.take(~_joined(found, nodes, cuts, lines.n, tolerance))
    may = levels.cross(found.one, found.other)
    at, crossing, crosses = _crossings(found.take(may), levels, tolerance)
    apart = found.take(~may & (found.one != found.other))
    many = np.bincount(crossing[0], weights=crosses) > 0
    tally = _Tally(
        int(many.sum()), len(many) - int(many.sum()), len(distinct(cuts.node)),
        _places(apart.xy, tolerance),
    )  # fmt: skip
    if len(at):
        crossing = (crossing[0] + len(nodes.xy), crossing[1])
        nodes = replace(nodes, xy=np.vstack([nodes.xy, at]))
        # A new node may also lie beside lines that were not looked at.
        new = np.ones(lines.n, dtype=np.bool_)
        cuts = passing(nodes, lines, Meeting.of(nodes, levels, crossing), tolerance, new)
    parts = cut(nodes, lines, cuts)
    parts = replace(
        parts, line=pieces.line[parts.line], share=parts.share * pieces.share[parts.line]
    )
    return parts, nodes, tally


_NOTHING = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def _whole(lines: Lines, nodes: Nodes) -> Pieces:
    """Return lines that are not cut."""
    one, still = np.ones(lines.n), np.zeros(lines.n, dtype=np.bool_)
    return Pieces(np.arange(lines.n), lines.shapes(), nodes.start, nodes.stop, one, still)


def _places(xy: Floats, tolerance: float) -> int:
    """Return how many places these are, those within the tolerance taken as one."""
    if not len(xy):
        return 0
    places, weight = np.unique(xy, axis=0, return_counts=True)
    return len(distinct(gather(places, weight, tolerance)))


def _attached(lines: Lines, nodes: Nodes) -> Lines:
    return lines.with_ends(nodes.xy[nodes.start], nodes.xy[nodes.stop])


def _onto_lines(nodes: Nodes, lines: Lines, cuts: Cuts, drawn: Lines, tolerance: float) -> Nodes:
    """Return the nodes moved on to the lines they lie nearest to, as far as that is allowed."""
    there = lines.at(cuts.place)
    order = np.lexsort((there[:, 1], there[:, 0], cuts.metres, cuts.node))
    who, first = np.unique(cuts.node[order], return_index=True)
    best = order[first]
    off = cuts.metres[best] > EXACT_METRES
    if not off.any():
        return nodes
    wanted = nodes.xy.copy()
    wanted[who[off]] = there[best[off]]
    ends = np.vstack([drawn.xy[drawn.start], drawn.xy[drawn.stop]])
    return replace(nodes, xy=moved(nodes.xy, wanted, nodes.ends, ends, tolerance))


def _joined(found: Contacts, nodes: Nodes, cuts: Cuts, n: int, tolerance: float) -> Flags:
    """Return which contacts are within the tolerance of a node both lines join already."""
    line = np.concatenate([np.tile(np.arange(n), 2), cuts.line])
    known = distinct(np.concatenate([nodes.ends, cuts.node]) * n + line)
    _, near = cKDTree(nodes.xy).query(
        found.xy, k=_MOST_NEAR, distance_upper_bound=tolerance * (1 + 1e-9)
    )
    result = np.zeros(len(found.one), dtype=np.bool_)
    for column in np.asarray(near).reshape(len(found.one), _MOST_NEAR).T:
        there = column < len(nodes.xy)
        both = among(column * n + found.one, known) & among(column * n + found.other, known)
        result |= there & both
    return result


def _crossings(
    found: Contacts, levels: Levels, tolerance: float
) -> tuple[Floats, tuple[Ints, Ints], Flags]:
    """Return new nodes, which lines cross at which of them, and whether without a vertex."""
    if not len(found.one):
        return np.zeros((0, 2)), _NOTHING, np.zeros(0, dtype=np.bool_)
    table = np.column_stack([found.xy, levels.layer[found.one]])
    place, number, weight = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    layer = place[:, 2]
    goal = gather(place[:, :2], weight, tolerance, lambda a, b: layer[a] == layer[b])
    kept, which = np.unique(goal, return_inverse=True)
    at = which[number.ravel()]
    lines = (np.concatenate([at, at]), np.concatenate([found.one, found.other]))
    return place[kept, :2], lines, np.tile(found.crosses, 2)


def _noded(drawn: Lines, ends: Nodes, pieces: Pieces, tally: _Tally, tolerance: float) -> Noded:
    loops = np.flatnonzero(pieces.u == pieces.v)
    centres = shapely.points(ends.xy[pieces.u[loops]])
    tiny = shapely.hausdorff_distance(pieces.shapes[loops], centres) <= tolerance
    keep = np.ones(len(pieces.line), dtype=np.bool_)
    keep[loops[tiny]] = False
    sides = ((drawn.start, ends.start), (drawn.stop, ends.stop))
    shift = [np.hypot(*(drawn.xy[vertex] - ends.xy[at]).T) for vertex, at in sides]
    return Noded(
        pieces=pieces.take(keep),
        shift=np.column_stack(shift),
        crossings=tally.crossings,
        vertices=tally.vertices,
        ends=tally.ends,
        apart=tally.apart,
        short=int(tiny.sum()),
    )
