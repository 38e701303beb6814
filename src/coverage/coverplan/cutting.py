"""Cutting pieces out of a province, for one profile."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order

from .domain import Facilities
from .pieces import Piece, PieceSites, cut_roads, take_places
from .results import Inputs, LayerInput
from .travel import NO_ROAD, ModeGraph, Snapped, mode_graph, snap
from .travel.graph import CLOSED, Arcs
from .travel.reach import limit_ms
from .windows import Box, Pull, Shapes, Spread, around, meets, window

_MARGIN = 0.25
"""A first look goes a quarter of a county's width beyond it: its window has twice its area."""

_LEAST = 1 / 8
"""No look goes less far than an eighth of the limit."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A whole province as one profile sees it, for pieces to be cut from.

    Parameters
    ----------
    inputs, profile
        The whole province, and the key of the profile.
    xy, shapes
        Where its people live, metres, shape ``(n, 2)``, and its lines.
    graph, spread, everywhere
        Its network, and how far one gets on it.
    layers, working, sites
        The layers of the profile, their working facilities, and these joined to the graph.
    limit
        Milliseconds of the longest limit any of the layers is measured at.
    """

    inputs: Inputs
    profile: str
    xy: NDArray[np.float64]
    shapes: Shapes
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
            Where its people live, and its lines: the same for all profiles.
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
            profile=profile,
            xy=xy,
            shapes=shapes,
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

    def first_limits(self, who: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how far some people look first, in milliseconds, at most the limit.

        Parameters
        ----------
        who
            Their positions among the demand points.

        Notes
        -----
        Where services are dense the nearest is much nearer than the limit, and a car within half
        an hour leaves its county far behind. The first look finds somebody's site, and how far to
        look for a nearer one; where it finds none, the next looks farther.
        """
        xy = self.xy[who]
        margin = _MARGIN * float((xy.max(axis=0) - xy.min(axis=0)).max())
        share = max(margin / self.everywhere.metres(self.limit), _LEAST)
        return np.full(len(who), self.limit if share >= 1.0 else int(self.limit * share))

    def piece(self, county: str, who: NDArray[np.int64], limits: NDArray[np.int64]) -> Piece:
        """Cut the piece of some people with all they can need within their limits.

        Parameters
        ----------
        county
            Name of the piece.
        who
            Positions of the people among the demand points.
        limits
            How far each of them looks, in milliseconds, shape ``(k,)``.
        """
        xy = self.xy[who]
        rows, box = window(self.spread, xy, limits, self.everywhere)
        edges = self.spread.edges[rows]
        at_home = self.spread.within(around(xy, np.full(len(who), self.spread.cap)))
        return Piece(
            county=county,
            profile=self.profile,
            who=who,
            limit=limits,
            xy=xy,
            roads=cut_roads(
                self.graph,
                self.shapes,
                edges,
                near=np.isin(rows, at_home, assume_unique=True),
                walls=_walls_within(self.graph, box),
            ),
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
    if graph.network.walls is None:
        return np.zeros(0, dtype=np.bool_)
    return meets(shapely.bounds(graph.network.walls).T, box)
