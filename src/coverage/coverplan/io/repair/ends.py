"""Where line ends meet: ends that lie close together become one node."""

from dataclasses import dataclass

import numpy as np

from ...domain.topology import JOIN_METRES
from .gather import gather, moved
from .levels import Levels
from .lines import Flags, Floats, Ints, Lines, among, distinct

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Nodes:
    """Places where lines end, and which line ends where.

    Parameters
    ----------
    xy
        Coordinates in metres, shape ``(k, 2)``.
    start, stop
        Node each line starts and stops at, shape ``(n,)``.
    """

    xy: Floats
    start: Ints
    stop: Ints

    @property
    def ends(self) -> Ints:
        """Node of each start, then of each stop, shape ``(2 n,)``."""
        return np.concatenate([self.start, self.stop])


def end_nodes(lines: Lines, levels: Levels, metres: float) -> Nodes:
    """Return the nodes lines end at, ends within ``metres`` joined.

    Parameters
    ----------
    lines, levels
        The roads, and at which level each lies.
    metres
        The tolerance; ends within a centimetre are joined in any case.

    Notes
    -----
    First ends within a centimetre are one place. Then places are gathered as `gather` says, those
    where most ends meet staying. Streets of different layers are not brought together, nor is a
    place where several bridges or motorways join but no street: that one may lie above or below
    another. A single bridge end is.

    Where the ends of one node all hung loose, it lies in their middle.
    """
    drawn = np.vstack([lines.xy[lines.start], lines.xy[lines.stop]]) + 0.0  # no minus zero
    order = np.lexsort((drawn[:, 1], drawn[:, 0]))
    new = np.append(True, (np.diff(drawn[order], axis=0) != 0).any(axis=1))
    place = np.empty(len(drawn), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    xy = drawn[order[new]]
    kept, number = np.unique(gather(xy, np.bincount(place), JOIN_METRES), return_inverse=True)
    xy, place = xy[kept], number[place]
    if metres > JOIN_METRES:
        count, may = np.bincount(place), _Places.of(place, levels).may_join
        kept, number = np.unique(gather(xy, count, metres, may), return_inverse=True)
        xy, place = xy[kept], number[place]
        sums = np.stack([np.bincount(place, side) for side in drawn.T], axis=1)
        middle = sums / np.bincount(place)[:, None]
        brought = (count[kept] == 1) & (np.bincount(place) > 1)
        wanted = np.where(brought[:, None], middle, xy)
        xy = moved(xy, wanted, place, drawn, metres)
    return Nodes(xy, place[: lines.n], place[lines.n :])


@dataclass(frozen=True, slots=True)
class _Places:
    """What ends at places: streets of which layers, and how many ends of other roads."""

    street: Flags
    others: Ints
    layers: list[Ints]

    @classmethod
    def of(cls, place: Ints, levels: Levels) -> "_Places":
        n = int(place.max()) + 1
        street, layer = np.tile(levels.street, 2), np.tile(levels.layer, 2)
        has = np.zeros(n, dtype=np.bool_)
        has[place[street]] = True
        others = np.bincount(place[~street], minlength=n)
        kinds = distinct(layer[street])
        layers = [distinct(place[street & (layer == kind)]) for kind in kinds]
        return cls(has, others, layers)

    def may_join(self, one: Ints, other: Ints) -> Flags:
        open_ = ~self.street & (self.others == 1)
        same = np.zeros(len(one), dtype=np.bool_)
        for places in self.layers:
            same |= among(one, places) & among(other, places)
        aloft = ~self.street & ~open_
        loose = open_[one] | open_[other]
        return np.asarray(same | (loose & ~(aloft[one] & aloft[other])))


@dataclass(frozen=True, slots=True)
class Meeting:
    """Which lines a node may join that pass by it.

    Parameters
    ----------
    streets
        Node and layer of streets that end or cross there, as one number each, ascending.
    links
        Node and layer of links among them, likewise.
    ended
        Whether any line ends at a node; streets only cross at the others, shape ``(k,)``.
    other
        A bridge, motorway or ferry that ends at a node where no street does, else -1, shape
        ``(k,)``.
    single
        Whether it is the only one there, shape ``(k,)``.
    levels
        Of all roads.
    """

    streets: Ints
    links: Ints
    ended: Flags
    other: Ints
    single: Flags
    levels: Levels

    @classmethod
    def of(cls, nodes: Nodes, levels: Levels, crossing: tuple[Ints, Ints]) -> "Meeting":
        """Return what meets at nodes.

        Parameters
        ----------
        nodes, levels
            The nodes, and the levels of the lines that end there.
        crossing
            Further nodes and lines: streets that cross at nodes where nothing ends.
        """
        n = len(nodes.xy)
        line = np.tile(np.arange(len(nodes.start)), 2)
        street = levels.street[line]
        at = np.concatenate([nodes.ends[street], crossing[0]])
        who = np.concatenate([line[street], crossing[1]])
        other = np.full(n, _NOBODY, dtype=np.int64)
        other[nodes.ends[~street][::-1]] = line[~street][::-1]
        other[at] = _NOBODY
        many = np.bincount(nodes.ends, minlength=n)
        key = _key(at, levels.layer[who])
        return cls(
            distinct(key), distinct(key[levels.link[who]]), many > 0, other, many == 1, levels
        )

    def may(self, node: Ints, line: Ints, drawn: Flags) -> Flags:
        """Return whether each node may join a line that passes by it.

        Parameters
        ----------
        node, line
            Nodes and lines, shape ``(k,)``.
        drawn
            Whether the line has a vertex at the node, shape ``(k,)``.

        Notes
        -----
        Where streets end or cross, streets of their layer; motorways too where a link ends. Where
        a single bridge, motorway or ferry ends, what it may land on (`Levels.lands`). Where several
        of them end and no street does, they may well pass above: then only what was drawn as
        joined, by a vertex. Whatever has a vertex where another road ends is joined to it at any
        level: that is a junction on a bridge, since no road ends by chance right below.
        """
        levels, key = self.levels, _key(node, self.levels.layer[line])
        sure = self.single[node] | drawn
        street = levels.street[line] & among(key, self.streets)
        joins = sure & levels.merged(line) & among(key, self.links)
        end = self.other[node]
        lands = (end != _NOBODY) & sure
        lands[lands] = levels.lands(end[lands], line[lands])
        return np.asarray(street | joins | lands | (drawn & self.ended[node]))


def _key(node: Ints, layer: Ints) -> Ints:
    return np.asarray(node * 1024 + layer + 512, dtype=np.int64)
