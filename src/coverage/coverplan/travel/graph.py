"""A network as one traveller sees it: whole milliseconds along each edge, in each direction.

Travel times are integers of milliseconds. Sums of integers do not depend on the order in which
they are added, so every engine that adds the same edges gets the same number, and "exactly
fifteen minutes" means exactly that. Rounding an edge costs at most half a millisecond.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..core.arguments import expect, refused
from ..core.errors import InputError
from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.network import Network
from ..domain.profile import FERRY, Profile
from ..domain.straight import StraightLine, no_straight_speed
from .arcs import Arcs, arcs_both_ways
from .slope import PaceAlong, at
from .speeds import CLOSED, MS_PER_MINUTE, edge_ms, edge_pace, travel_ms
from .twins import one_line_each

__all__ = ["CLOSED", "MS_PER_MINUTE", "Arcs", "ModeGraph", "mode_graph", "travel_ms"]

MAKE_GRAPH = Text(
    "先用 coverplan.mode_graph(network, profile) 生成",
    "make one first: coverplan.mode_graph(network, profile)",
)
"""How one comes by a graph."""

_NETWORK = Text(
    "用 coverplan.read_roads(路径, region) 或 coverplan.Network.from_edges(...) 生成",
    "make one: coverplan.read_roads(path, region) or coverplan.Network.from_edges(...)",
)
_PROFILE = Text(
    "从 coverplan.builtin_profiles() 或 inputs.profiles 里取一个",
    "take one of coverplan.builtin_profiles() or inputs.profiles",
)
_NO_ROADS = Text(
    "直线距离要用 coverplan.Network.without_roads(network.crs)",
    "for straight lines take coverplan.Network.without_roads(network.crs)",
)


@dataclass(frozen=True, slots=True)
class ModeGraph:
    """Milliseconds along the edges of a network for one profile.

    Parameters
    ----------
    network, profile
        What it was made from.
    forward_ms, backward_ms
        Time from u to v and from v to u, shape ``(m,)``; `CLOSED` where that is not possible.
    pace
        How ups and downs spread that time along each edge; None: evenly.
    enterable
        Whether a place beside the edge may be joined to it, shape ``(m,)``.
    component
        Number of the connected piece each edge belongs to, shape ``(m,)``; -1 for an edge the
        profile cannot use.
    component_metres
        Length of each piece.
    arcs_to
        The graph searched from a site outwards for people who come to it: arcs lead against the
        direction of travel, so that one search gives everybody's time *to* the site.
    arcs_from
        The same for a service that goes out: arcs lead along the direction of travel. One object
        with ``arcs_to`` where every way takes the same time both ways.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> graph = cp.mode_graph(county.network, county.profiles["metre_a_second"])

    A metre a second: milliseconds are a thousand times the metres. The six pieces of road are two
    connected pieces, the main network and a road of its own.

    >>> sorted((graph.forward_ms // 1000).tolist())
    [500, 800, 800, 900, 1600, 2400]
    >>> graph.component_metres.round().astype(int).tolist()
    [6500, 500]
    """

    network: Network
    profile: Profile
    forward_ms: NDArray[np.int64]
    backward_ms: NDArray[np.int64]
    pace: PaceAlong | None
    enterable: NDArray[np.bool_]
    component: NDArray[np.int32]
    component_metres: NDArray[np.float64]
    arcs_to: Arcs
    arcs_from: Arcs
    doors: shapely.STRtree = field(init=False, repr=False, compare=False)
    """Index of the lines of the enterable edges, in their order."""

    def __post_init__(self) -> None:
        # One index for all that are joined to this network, however often.
        doors = shapely.STRtree(self.network.lines[self.enterable])
        object.__setattr__(self, "doors", doors)

    def __repr__(self) -> str:
        there, doors = len(self.network.metres), int(self.enterable.sum())
        roads = f"{there:,} edges, {doors:,} with doors"
        way = roads if self.straight is None else "straight lines"
        return f"<ModeGraph of {self.profile.id}: {way}>"

    @property
    def straight(self) -> StraightLine | None:
        """How everybody travels where there is no road at all; None on a network."""
        return None if self.network.has_roads else self.profile.straight

    def ahead_ms(self, edge: NDArray[np.int64], fraction: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the time from u to places on edges, `CLOSED` where the edge is closed that way.

        Parameters
        ----------
        edge, fraction
            Edge of each place, and where on it from 0 at u to 1 at v, shape ``(k,)``.
        """
        whole = self.forward_ms[edge]
        share = self._shares(edge, fraction)[0]
        return np.where(whole == CLOSED, CLOSED, np.rint(share * whole).astype(np.int64))

    def back_ms(self, edge: NDArray[np.int64], fraction: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the time from places on edges back to u, `CLOSED` where that way is closed."""
        whole = self.backward_ms[edge]
        share = self._shares(edge, fraction)[1]
        return np.where(whole == CLOSED, CLOSED, np.rint(share * whole).astype(np.int64))

    def _shares(
        self, edge: NDArray[np.int64], fraction: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the share of the edge's time spent between u and each place, ahead and back."""
        if self.pace is None:
            return fraction, fraction
        ahead, back = at(self.pace, edge, fraction)
        last = self.pace.ptr[edge + 1] - 1
        return ahead / self.pace.ahead[last], back / self.pace.back[last]


def mode_graph(
    network: Network, profile: Profile, *, ignore_fragments_metres: float = 0.0
) -> ModeGraph:
    """Return the network as a profile travels it.

    Parameters
    ----------
    network, profile
        The roads, and the speeds on them.
    ignore_fragments_metres
        Nobody is joined to a connected piece shorter than this in all: stray pieces of path in a
        road file would otherwise cut off who lives beside them.

    Raises
    ------
    InputError
        When there is no road, and the profile has no speed for straight lines; or there are
        roads, and it travels straight lines all the same.

    Notes
    -----
    Ground without any road (`Network.without_roads`) is travelled in straight lines, times the
    detour factor of the profile (`Profile.straight_line`): see `coverplan.travel.straight`.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> walking = cp.mode_graph(county.network, county.profiles["metre_a_second"])
    >>> driving = cp.mode_graph(county.network, county.profiles["driving"])
    >>> bool(driving.forward_ms.max() < walking.forward_ms.max())
    True
    >>> cut = cp.mode_graph(
    ...     county.network, county.profiles["metre_a_second"], ignore_fragments_metres=1000
    ... )
    >>> int(cp.snap(walking, county.demand.xy).joined.sum())
    8
    >>> int(cp.snap(cut, county.demand.xy).joined.sum())  # the road of 500 m is left aside
    7
    """
    _check_parts(network, profile)
    if not network.has_roads:
        return _without_roads(network, profile)
    pace = edge_pace(network, profile)
    forward, backward = edge_ms(network, profile, pace)
    enterable = (forward != CLOSED) | (backward != CLOSED)
    enterable &= ~np.isin(network.road_class, sorted(profile.no_access | {FERRY}))
    streets = one_line_each(network, forward, backward, enterable, pace)
    forward, backward, enterable = streets.forward_ms, streets.backward_ms, streets.enterable
    usable = (forward != CLOSED) | (backward != CLOSED)
    component, component_metres = pieces_of(network, usable)
    enterable &= np.where(usable, component_metres[component] >= ignore_fragments_metres, False)
    arcs_to, arcs_from = arcs_both_ways(network, profile, forward, backward)
    return ModeGraph(
        network=network,
        profile=profile,
        forward_ms=frozen(forward, np.int64),
        backward_ms=frozen(backward, np.int64),
        pace=streets.pace,
        enterable=frozen(enterable, np.bool_),
        component=frozen(component, np.int32),
        component_metres=frozen(component_metres, np.float64),
        arcs_to=arcs_to,
        arcs_from=arcs_from,
    )


def _check_parts(network: Network, profile: Profile) -> None:
    """Raise where network and profile are none, or the one does not suit the other."""
    expect("network", network, Network, mend=_NETWORK)
    expect("profile", profile, Profile, mend=_PROFILE)
    if network.has_roads and profile.straight is not None:
        found = Text("有道路的路网，直线出行的人", "roads, and who travels straight lines")
        expected = Text("没有道路的路网", "a network without roads")
        raise refused("straight", "network", found, expected=expected, mend=_NO_ROADS)


def _without_roads(network: Network, profile: Profile) -> ModeGraph:
    if profile.straight is None:
        raise InputError([no_straight_speed(profile.id)])
    none = np.zeros(0, dtype=np.int64)
    arcs_to, arcs_from = arcs_both_ways(network, profile, none, none)
    return ModeGraph(
        network=network,
        profile=profile,
        forward_ms=frozen(none, np.int64),
        backward_ms=frozen(none, np.int64),
        pace=None,
        enterable=frozen(none, np.bool_),
        component=frozen(none, np.int32),
        component_metres=frozen(none, np.float64),
        arcs_to=arcs_to,
        arcs_from=arcs_from,
    )


def pieces_of(
    network: Network, usable: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the weakly connected piece of each usable edge, and the metres of each piece.

    Parameters
    ----------
    network, usable
        The roads, and which of their edges count, shape ``(m,)``; the others are of piece -1.
    """
    n = network.n_nodes
    u, v = network.u[usable], network.v[usable]
    graph = coo_matrix((np.ones(len(u), dtype=np.int8), (u, v)), shape=(n, n)).tocsr()
    _, label = connected_components(graph, directed=False)
    component = np.full(network.n_edges, -1, dtype=np.int32)
    component[usable] = label[u]
    metres = np.bincount(component[usable], weights=network.metres[usable], minlength=1)
    return component, metres.astype(np.float64)
