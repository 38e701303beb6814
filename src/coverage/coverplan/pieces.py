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
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .domain import Network, Profile
from .domain.edges import EdgeFacts
from .domain.layer import Direction
from .travel import NO_ROAD, ModeGraph, Snapped, nearest_site, snap
from .travel.arcs import arcs_both_ways
from .travel.nearest import NEVER
from .travel.slope import PaceAlong

_Record = TypeVar("_Record")

_PROCESS = secrets.token_hex(8)
_MOST_MEMORY = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class PieceRoads:
    """Some edges of a mode graph, with nodes numbered anew in their old order.

    Parameters
    ----------
    network, profile
        The edges, and who travels them.
    forward_ms, backward_ms, pace, enterable, component, component_metres
        As in `coverplan.travel.ModeGraph`, with the values of the whole.
    edges
        Position of each edge in the whole network, rising, shape ``(m,)``.
    """

    network: Network
    profile: Profile
    forward_ms: NDArray[np.int64]
    backward_ms: NDArray[np.int64]
    pace: PaceAlong | None
    enterable: NDArray[np.bool_]
    component: NDArray[np.int32]
    component_metres: NDArray[np.float64]
    edges: NDArray[np.int64]

    def graph(self) -> ModeGraph:
        """Return the graph that is searched."""
        arcs_to, arcs_from = arcs_both_ways(
            self.network, self.profile, self.forward_ms, self.backward_ms
        )
        held = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "edges"}
        return ModeGraph(**held, arcs_to=arcs_to, arcs_from=arcs_from)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle lines as one array of coordinates: ten times as fast as one by one."""
        held = {f.name: getattr(self, f.name) for f in fields(self)}
        network: Network = held.pop("network")
        xy = shapely.get_coordinates(network.lines)
        ends = np.append(0, np.cumsum(shapely.get_num_coordinates(network.lines)))
        kind, classes = pd.factorize(network.road_class)
        roads = {name: getattr(network, name) for name in _PICKLED}
        headway = network.facts.headway_minutes
        return _unpacked, (held, roads, xy, ends, kind.astype(np.int16), classes, headway)


_PICKLED = ("u", "v", "metres", "direction", "node_xy", "crs", "scale", "walls")


def _unpacked(
    held: dict[str, Any],
    roads: dict[str, Any],
    xy: NDArray[np.float64],
    ends: NDArray[np.int64],
    kind: NDArray[np.int16],
    classes: NDArray[np.object_],
    headway: NDArray[np.float64],
) -> PieceRoads:
    if held["pace"] is not None:
        sealed(held["pace"])
    lines = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, xy, (ends,))
    network = _bare(**roads, lines=lines, road_class=classes[kind], headway=headway)
    return sealed(PieceRoads(network=network, **held))


def _bare(*, headway: NDArray[np.float64], **known: Any) -> Network:
    """Return a network that knows of its edges what is not already in their times."""
    m = len(headway)
    roads = Network(
        **known,
        # The times are those of all lines drawn on one place, put on the first of them.
        twin=np.arange(m),
        reverse=np.zeros(m, dtype=np.bool_),
        facts=replace(EdgeFacts.unknown(m), headway_minutes=headway),
        relief=None,
    )
    return sealed(roads)


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

    def __reduce__(self) -> tuple[Any, ...]:
        return _resealed, (self.layer, self.direction, self.position, self.places)


def _resealed(
    layer: str, direction: Direction, position: NDArray[np.int64], places: Snapped
) -> PieceSites:
    return sealed(PieceSites(layer, direction, position, sealed(places)))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some people of one county, for one profile, with all they need within a limit.

    Parameters
    ----------
    county, profile
        Whose people these are, and id of how they travel.
    limit
        The milliseconds up to which the piece holds all there is.
    who
        Position of each of them among the demand points, shape ``(k,)``.
    xy
        Where they live, in metres of the network's CRS, shape ``(k, 2)``.
    roads, sites
        Edges, and the sites of every layer of the profile.
    """

    county: str
    profile: str
    limit: int
    who: NDArray[np.int64]
    xy: NDArray[np.float64]
    roads: PieceRoads
    sites: tuple[PieceSites, ...]


@dataclass(frozen=True, slots=True)
class PieceResult:
    """What is found in a piece.

    Parameters
    ----------
    county, profile, limit, who
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
    limit: int
    who: NDArray[np.int64]
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


def cut_roads(graph: ModeGraph, edges: NDArray[np.int64], walls: NDArray[np.bool_]) -> PieceRoads:
    """Return some edges of a mode graph as roads of their own.

    Parameters
    ----------
    graph
        The whole.
    edges
        Positions of the edges, rising, shape ``(m,)``.
    walls
        Which walls of the network to keep, one for each of them.

    Notes
    -----
    Times, who may enter, and which connected piece an edge belongs to are those of the whole:
    what is a stray fragment does not depend on where the province is cut.
    """
    network = graph.network
    nodes, ends = np.unique(
        np.concatenate([network.u[edges], network.v[edges]]), return_inverse=True
    )
    old = graph.component[edges]
    kept = np.unique(old[old >= 0])
    roads = _bare(
        u=ends[: len(edges)].astype(np.int32),
        v=ends[len(edges) :].astype(np.int32),
        metres=network.metres[edges],
        road_class=network.road_class[edges],
        direction=network.direction[edges],
        lines=network.lines[edges],
        node_xy=network.node_xy[nodes],
        crs=network.crs,
        scale=network.scale,
        headway=network.facts.headway_minutes[edges],
        walls=None if network.walls is None or not walls.any() else network.walls[walls],
    )
    return sealed(
        PieceRoads(
            network=roads,
            profile=graph.profile,
            forward_ms=graph.forward_ms[edges],
            backward_ms=graph.backward_ms[edges],
            pace=None if graph.pace is None else _pace_of(graph.pace, edges),
            enterable=graph.enterable[edges],
            component=np.where(old < 0, old, np.searchsorted(kept, old)).astype(np.int32),
            component_metres=graph.component_metres[kept],
            edges=edges,
        )
    )


def _pace_of(pace: PaceAlong, edges: NDArray[np.int64]) -> PaceAlong:
    counts = np.diff(pace.ptr)[edges]
    ptr = np.concatenate([[0], np.cumsum(counts)])
    rows = np.arange(ptr[-1]) + np.repeat(pace.ptr[edges] - ptr[:-1], counts)
    held = {
        f.name: getattr(pace, f.name)[rows]
        for f in fields(pace)
        if f.name != "ptr" and len(getattr(pace, f.name)) == len(pace.fraction)
    }
    return sealed(replace(pace, ptr=ptr, **held))


def take_places(
    places: Snapped, rows: NDArray[np.int64], edge: NDArray[np.int64] | None = None
) -> Snapped:
    """Return some places, joined to edges of other numbers where these are given."""
    held = {f.name: getattr(places, f.name)[rows] for f in fields(places)}
    if edge is not None:
        held["edge"] = edge
    return sealed(Snapped(**held))


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
        nearest = nearest_site(graph, places, sites.places, direction=sites.direction)
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
        limit=piece.limit,
        who=piece.who,
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
