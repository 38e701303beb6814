"""Cutting pieces out of a province, for one profile."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order
from scipy.spatial import cKDTree

from .domain import Facilities
from .pieces import Piece, PieceSites, cut_roads, take_places
from .results import Inputs, LayerInput
from .travel import NO_ROAD, ModeGraph, Snapped, mode_graph, snap
from .travel.graph import CLOSED, Arcs
from .travel.reach import limit_ms
from .travel.speeds import MS_PER_MINUTE
from .windows import Box, Pull, Shapes, Spread, window

_DETOUR = 1.5
"""How much longer than the straight line a way is taken to be in guessing how long it takes."""

_NEARLY = 0.7
"""A first look nearly as far as the limit may as well go all the way."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A whole province as one profile sees it, for pieces to be cut from.

    Parameters
    ----------
    inputs
        The whole province.
    xy
        Where its people live, metres, shape ``(n, 2)``.
    graph, spread, everywhere
        Its network, and how far one gets on it.
    layers, working, sites
        The layers of the profile, their working facilities, and these joined to the graph.
    limit
        Milliseconds of the longest limit any of the layers is measured at.
    """

    inputs: Inputs
    xy: NDArray[np.float64]
    graph: ModeGraph
    spread: Spread
    everywhere: Pull
    layers: tuple[LayerInput, ...]
    working: tuple[Facilities, ...]
    sites: tuple[Snapped, ...]
    limit: int
    _reached: dict[int, NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, inputs: Inputs, profile: str, xy: NDArray[np.float64], shapes: Shapes) -> "Ground":
        """Return the ground of one profile, with the sites of all its layers joined to it.

        Parameters
        ----------
        inputs, profile
            The whole province, and whose view of it.
        xy, shapes
            Where its people live, and what its lines measure: the same for all profiles.
        """
        layers = tuple(item for item in inputs.layers if item.layer.profile == profile)
        working = tuple(item.facilities.working(inputs.date) for item in layers)
        graph = mode_graph(
            inputs.network,
            inputs.profiles[profile],
            ignore_fragments_metres=inputs.ignore_fragments_metres,
        )
        joined = snap(graph, np.vstack([sites.xy for sites in working]))
        ends = np.cumsum([0, *map(len, working)])
        limits = [*inputs.thresholds, *(item.layer.minutes for item in layers)]
        spread = Spread.of(graph, shapes)
        return cls(
            inputs=inputs,
            xy=xy,
            graph=graph,
            spread=spread,
            everywhere=spread.pull(),
            layers=layers,
            working=working,
            sites=tuple(
                take_places(joined, np.arange(ends[i], ends[i + 1])) for i in range(len(layers))
            ),
            limit=limit_ms(max(limits)),
        )

    def first_limit(self, who: NDArray[np.int64]) -> int:
        """Return how far to look first for some people, in milliseconds, at most the limit.

        Parameters
        ----------
        who
            Their positions among the demand points.

        Notes
        -----
        A guess, which costs time and nothing else where it is wrong. Where services are dense the
        nearest is much nearer than the limit, and a car within half an hour leaves its county far
        behind: the whole buffer is cut only for who finds nothing in a smaller one.
        """
        farthest = 0.0
        for sites in self.sites:
            if sites.joined.any():
                straight = cKDTree(sites.xy[sites.joined]).query(self.xy[who])[0]
                farthest = max(farthest, float(straight.max()))
        usual = float(np.median(self.spread.speed))
        if usual * _NEARLY * self.limit <= _DETOUR * farthest:
            return self.limit
        return max(int(_DETOUR * farthest / usual), MS_PER_MINUTE)

    def piece(self, county: str, who: NDArray[np.int64], limit: int) -> Piece:
        """Cut the piece of some people with all they can need within a limit.

        Parameters
        ----------
        county
            Name of the piece.
        who
            Positions of the people among the demand points.
        limit
            In milliseconds.
        """
        xy = self.xy[who]
        rows, box = window(self.spread, xy, limit, self.everywhere)
        edges = self.spread.edges[rows]
        return Piece(
            county=county,
            profile=self.graph.profile.id,
            limit=limit,
            who=who,
            xy=xy,
            roads=cut_roads(self.graph, edges, _walls_within(self.graph, box)),
            sites=tuple(
                _sites_of(item, places, edges, box)
                for item, places in zip(self.layers, self.sites, strict=True)
            ),
        )

    def connected(self, i: int, places: Snapped) -> NDArray[np.bool_]:
        """Return who has a way over the whole network to a site, however long, shape ``(k,)``.

        Parameters
        ----------
        i
            Position of the layer in this ground.
        places
            People joined to the graph of the whole.
        """
        comes = self.layers[i].layer.direction == "to_site"
        if i not in self._reached:
            arcs = self.graph.arcs_to if comes else self.graph.arcs_from
            seeds = _ends(self.graph, self.sites[i], entering=comes)[1]
            self._reached[i] = _reached(arcs, seeds)
        who, nodes = _ends(self.graph, places, entering=not comes)
        found = np.zeros(len(places), dtype=np.bool_)
        found[who[self._reached[i][nodes]]] = True
        return found


def _ends(
    graph: ModeGraph, places: Snapped, *, entering: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return places and the nodes they can be entered from, or left to, along their edge."""
    u_ms = places.enter_u_ms if entering else places.leave_u_ms
    v_ms = places.enter_v_ms if entering else places.leave_v_ms
    at_u = np.flatnonzero(places.joined & (u_ms != CLOSED))
    at_v = np.flatnonzero(places.joined & (v_ms != CLOSED))
    nodes = [graph.network.u[places.edge[at_u]], graph.network.v[places.edge[at_v]]]
    return np.concatenate([at_u, at_v]), np.concatenate(nodes).astype(np.int64)


def _reached(arcs: Arcs, seeds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which nodes can be reached over arcs from some of them."""
    seeds = np.unique(seeds)
    n = arcs.n_nodes
    # One node more, from which all searches begin.
    indptr = np.append(arcs.indptr, arcs.indptr[-1] + len(seeds))
    indices = np.concatenate([arcs.neighbour, seeds.astype(np.int32)])
    graph = csr_matrix((np.ones(len(indices)), indices, indptr), shape=(n + 1, n + 1))
    reached = np.zeros(n + 1, dtype=np.bool_)
    reached[breadth_first_order(graph, n, return_predecessors=False)] = True
    return reached[:n]


def _sites_of(item: LayerInput, places: Snapped, edges: NDArray[np.int64], box: Box) -> PieceSites:
    """Return the sites in a box, and all that are joined to edges of the piece.

    A site in the box whose road is outside can only be reached by who walks over to it.
    """
    x, y = places.xy.T
    near = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    row = np.searchsorted(edges, places.edge)
    held = places.joined & (edges[np.minimum(row, len(edges) - 1)] == places.edge)
    position = np.flatnonzero(near | held)
    edge = np.where(held, row, NO_ROAD)[position]
    return PieceSites(
        layer=item.layer.id,
        direction=item.layer.direction,
        position=position,
        places=take_places(places, position, edge),
    )


def _walls_within(graph: ModeGraph, box: Box) -> NDArray[np.bool_]:
    walls = graph.network.walls
    if walls is None:
        return np.zeros(0, dtype=np.bool_)
    low_x, low_y, high_x, high_y = shapely.bounds(walls).T
    meets: NDArray[np.bool_] = (
        (low_x <= box[2]) & (high_x >= box[0]) & (low_y <= box[3]) & (high_y >= box[1])
    )
    return meets
