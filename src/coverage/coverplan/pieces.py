"""A piece of a network that is computed alone, with the same answers as in the whole.

A piece holds some people, every edge they may need within a limit, and every site they may reach
within it. Edges keep the milliseconds they have in the whole, and edges and sites their order, so
that whatever is found within the limit is found to the millisecond, and every tie is settled as in
the whole. What lies beyond the limit a piece cannot tell; see `coverplan.province`.
"""

import os
import secrets
import signal
import time
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from .domain import Network, Profile
from .domain.arrays import frozen
from .domain.edges import EdgeFacts
from .domain.layer import Direction
from .domain.network import BOTH
from .travel import NO_ROAD, ModeGraph, Snapped, snap
from .travel.arcs import arcs_both_ways
from .travel.nearest import NEVER, nearest_joined
from .travel.slope import PaceAlong
from .windows import Shapes

_Record = TypeVar("_Record")

_PROCESS = secrets.token_hex(8)
_MOST_MEMORY = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class PieceRoads:
    """Some edges of a mode graph, with nodes numbered anew in their old order.

    Parameters
    ----------
    profile
        Who travels them.
    edges
        Position of each edge in the whole network, rising, shape ``(m,)``.
    u, v, metres, node_xy, crs, scale, walls
        As in `coverplan.Network`; walls are those near the edges.
    doors
        The edges somebody of the piece may be joined to, shape ``(d,)``; only they have a line,
        because making the others would take longer than everything else.
    line_xy, line_ptr
        Coordinates of their lines, metres; those of the i-th are ``line_ptr[i]`` to
        ``line_ptr[i + 1]``. Plain arrays travel between processes many times faster than lines.
    kind, classes
        Which of the classes each edge is of, shape ``(m,)``.
    headway_minutes
        Of ferries, shape ``(m,)``. What else is known of edges is in their times.
    forward_ms, backward_ms, pace, component, component_metres
        As in `coverplan.travel.ModeGraph`, with the values of the whole.
    """

    profile: Profile
    edges: NDArray[np.int64]
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    metres: NDArray[np.float64]
    node_xy: NDArray[np.float64]
    crs: CRS
    scale: float
    walls: NDArray[np.object_] | None
    doors: NDArray[np.int64]
    line_xy: NDArray[np.float64]
    line_ptr: NDArray[np.int64]
    kind: NDArray[np.int16]
    classes: NDArray[np.object_]
    headway_minutes: NDArray[np.float64]
    forward_ms: NDArray[np.int32]
    backward_ms: NDArray[np.int32]
    pace: PaceAlong | None
    component: NDArray[np.int32]
    component_metres: NDArray[np.float64]

    def network(self) -> Network:
        """Return the edges as a network that knows what is not already in their times."""
        m = len(self.edges)
        lines = np.full(m, None, dtype=object)
        lines[self.doors] = shapely.from_ragged_array(
            shapely.GeometryType.LINESTRING, self.line_xy, (self.line_ptr,)
        )
        return Network(
            u=frozen(self.u, np.int32),
            v=frozen(self.v, np.int32),
            metres=frozen(self.metres, np.float64),
            road_class=frozen(self.classes[self.kind], np.object_),
            direction=frozen(np.full(m, BOTH), np.int8),
            lines=frozen(lines, np.object_),
            node_xy=frozen(self.node_xy, np.float64),
            crs=self.crs,
            scale=self.scale,
            # The times are those of all lines drawn on one place, put on the first of them.
            twin=frozen(np.arange(m), np.int64),
            reverse=frozen(np.zeros(m), np.bool_),
            facts=replace(EdgeFacts.unknown(m), headway_minutes=self.headway_minutes),
            relief=None,
            walls=self.walls,
        )

    def graph(self) -> ModeGraph:
        """Return the graph that is searched."""
        network = self.network()
        forward = frozen(self.forward_ms, np.int64)
        backward = frozen(self.backward_ms, np.int64)
        arcs_to, arcs_from = arcs_both_ways(network, self.profile, forward, backward)
        enterable = np.zeros(len(self.edges), dtype=np.bool_)
        enterable[self.doors] = True
        return ModeGraph(
            network=network,
            profile=self.profile,
            forward_ms=forward,
            backward_ms=backward,
            pace=None if self.pace is None else sealed(self.pace),
            enterable=frozen(enterable, np.bool_),
            component=frozen(self.component, np.int32),
            component_metres=frozen(self.component_metres, np.float64),
            arcs_to=arcs_to,
            arcs_from=arcs_from,
        )


@dataclass(frozen=True, slots=True)
class PieceSites:
    """The sites of one layer that matter to a piece.

    Parameters
    ----------
    layer, direction
        Id of the layer, and who travels.
    position
        Position of each site among the layer's working sites, rising, shape ``(s,)``.
    places
        The sites joined to the edges of the piece.
    """

    layer: str
    direction: Direction
    position: NDArray[np.int64]
    places: Snapped


@dataclass(frozen=True, slots=True)
class Piece:
    """Some people of one county, for one profile, with all they need within a limit.

    Parameters
    ----------
    county, profile
        Whose people these are, and id of how they travel.
    who
        Position of each of them among the demand points, shape ``(k,)``.
    limit
        The milliseconds within which the piece holds all there is for each of them, shape
        ``(k,)``.
    xy
        Where they live, in metres of the network's CRS, shape ``(k, 2)``.
    roads, sites
        Edges, and the sites of every layer of the profile.
    """

    county: str
    profile: str
    who: NDArray[np.int64]
    limit: NDArray[np.int64]
    xy: NDArray[np.float64]
    roads: PieceRoads
    sites: tuple[PieceSites, ...]


@dataclass(frozen=True, slots=True)
class PieceResult:
    """What is found in a piece.

    Parameters
    ----------
    county, profile, who, limit
        As in the piece.
    places
        The people joined to the edges of the whole network.
    ms, site
        For each layer, in the order of the piece's sites: milliseconds to the nearest site and its
        position among the working sites, `NEVER` where the piece holds none that can be reached,
        shape ``(k,)``. Up to the limit they are those of the whole; a longer time is one that the
        whole may better.
    nodes, edges, n_sites
        How large the piece was.
    seconds
        Time of computing it.
    worker
        A word for the process that did, different in every process.
    peak_mb
        The most memory that process has held so far, NaN where the system does not tell.
    """

    county: str
    profile: str
    who: NDArray[np.int64]
    limit: NDArray[np.int64]
    places: Snapped
    ms: tuple[NDArray[np.int64], ...]
    site: tuple[NDArray[np.int64], ...]
    nodes: int
    edges: int
    n_sites: int
    seconds: float
    worker: str
    peak_mb: float


def sealed(record: _Record) -> _Record:
    """Return a record whose own arrays can no longer be written to."""
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return record


def cut_roads(
    graph: ModeGraph,
    shapes: Shapes,
    edges: NDArray[np.int64],
    near: NDArray[np.bool_],
    walls: NDArray[np.bool_],
) -> PieceRoads:
    """Return some edges of a mode graph as roads of their own.

    Parameters
    ----------
    graph, shapes
        The whole, and its lines.
    edges
        Positions of the edges, rising, shape ``(m,)``.
    near
        Which of them are near enough to somebody's home to be joined to it, shape ``(m,)``.
    walls
        Which walls of the network to keep, one for each of them.

    Notes
    -----
    Times, who may enter, and which connected piece an edge belongs to are those of the whole:
    what is a stray fragment does not depend on where the province is cut.
    """
    network = graph.network
    u, v = network.u[edges], network.v[edges]
    used = np.zeros(network.n_nodes, dtype=np.bool_)
    used[u] = used[v] = True
    nodes = np.flatnonzero(used)
    number = np.zeros(network.n_nodes, dtype=np.int32)
    number[nodes] = np.arange(len(nodes), dtype=np.int32)
    old = graph.component[edges]
    kept = np.unique(old[old >= 0])
    doors = np.flatnonzero(near & graph.enterable[edges])
    line_ptr, line_rows = _ragged_rows(shapes.ptr, edges[doors])
    return PieceRoads(
        profile=graph.profile,
        edges=edges,
        u=number[u],
        v=number[v],
        metres=network.metres[edges],
        node_xy=network.node_xy[nodes],
        crs=network.crs,
        scale=network.scale,
        walls=None if network.walls is None or not walls.any() else network.walls[walls],
        doors=doors,
        line_xy=shapes.xy[line_rows],
        line_ptr=line_ptr,
        kind=shapes.kind[edges],
        classes=shapes.classes,
        headway_minutes=network.facts.headway_minutes[edges],
        forward_ms=graph.forward_ms[edges].astype(np.int32),
        backward_ms=graph.backward_ms[edges].astype(np.int32),
        pace=None if graph.pace is None else _pace_of(graph.pace, edges),
        component=np.where(old < 0, old, np.searchsorted(kept, old)).astype(np.int32),
        component_metres=graph.component_metres[kept],
    )


def _ragged_rows(
    ptr: NDArray[np.int64], edges: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pointer over the rows of some edges, and where these rows are in the whole."""
    counts = ptr[edges + 1] - ptr[edges]
    new = np.append(0, np.cumsum(counts))
    return new, np.arange(new[-1]) + np.repeat(ptr[edges] - new[:-1], counts)


def _pace_of(pace: PaceAlong, edges: NDArray[np.int64]) -> PaceAlong:
    ptr, rows = _ragged_rows(pace.ptr, edges)
    return replace(
        pace, ptr=ptr, fraction=pace.fraction[rows], ahead=pace.ahead[rows], back=pace.back[rows]
    )


def take_places(
    places: Snapped, rows: NDArray[np.int64], edge: NDArray[np.int64] | None = None
) -> Snapped:
    """Return some places, joined to edges of other numbers where these are given."""
    some = places.take(rows)
    return some if edge is None else sealed(replace(some, edge=edge))


def solve_piece(piece: Piece) -> PieceResult:
    """Return everybody's nearest site in a piece: all that a worker does.

    Parameters
    ----------
    piece
        As cut by `coverplan.cutting.Ground`.
    """
    begin = time.perf_counter()
    graph = piece.roads.graph()
    places = snap(graph, piece.xy)
    ms: list[NDArray[np.int64]] = []
    site: list[NDArray[np.int64]] = []
    for sites in piece.sites:
        nearest = nearest_joined(graph, places, sealed(sites.places), direction=sites.direction)
        found = nearest.site != NEVER
        position = np.full(len(piece.who), NEVER, dtype=np.int64)
        position[found] = sites.position[nearest.site[found]]
        ms.append(nearest.ms)
        site.append(position)
    whole = np.full(len(places), NO_ROAD, dtype=np.int64)
    whole[places.joined] = piece.roads.edges[places.edge[places.joined]]
    return PieceResult(
        county=piece.county,
        profile=piece.profile,
        who=piece.who,
        limit=piece.limit,
        places=take_places(places, np.arange(len(places)), whole),
        ms=tuple(ms),
        site=tuple(site),
        nodes=graph.network.n_nodes,
        edges=graph.network.n_edges,
        n_sites=sum(len(sites.position) for sites in piece.sites),
        seconds=time.perf_counter() - begin,
        worker=f"{_PROCESS}-{os.getpid()}",
        peak_mb=_peak_mb(),
    )


def dask_setup(worker: object) -> None:
    """Make a worker process of this machine leave Ctrl-C to the process that started it.

    Parameters
    ----------
    worker
        The worker; dask passes it to whatever it loads into one.
    """
    del worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _peak_mb() -> float:
    """Return the most memory of this process (Linux): ``ru_maxrss`` would count its parent's."""
    if not _MOST_MEMORY.exists():
        return float("nan")
    lines = _MOST_MEMORY.read_text(encoding="ascii").splitlines()
    held = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(held) / 1024
