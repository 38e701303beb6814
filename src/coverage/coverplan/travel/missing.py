"""The same network without some of its edges: roads that are closed, or that do not exist."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..domain.arrays import frozen
from .arcs import arcs_both_ways
from .graph import CLOSED, ModeGraph, pieces_of


def without_edges(
    graph: ModeGraph, missing: NDArray[np.bool_], *, ignore_fragments_metres: float = 0.0
) -> ModeGraph:
    """Return the graph with some edges gone: nobody travels them, nobody is joined to them.

    Parameters
    ----------
    graph
        The network as a profile travels it.
    missing
        Whether each edge is gone, shape ``(m,)``.
    ignore_fragments_metres
        As for `mode_graph`: what is cut off may be too short to be joined to.

    Raises
    ------
    ValueError
        When there is no road at all that could be missing.
    """
    if graph.straight is not None:
        raise ValueError("there are no roads: none of them can be missing")
    forward = np.where(missing, CLOSED, graph.forward_ms)
    backward = np.where(missing, CLOSED, graph.backward_ms)
    usable = (forward != CLOSED) | (backward != CLOSED)
    component, metres = pieces_of(graph.network, usable)
    long_enough = np.where(usable, metres[component] >= ignore_fragments_metres, False)
    arcs_to, arcs_from = arcs_both_ways(graph.network, graph.profile, forward, backward)
    return replace(
        graph,
        forward_ms=frozen(forward, np.int64),
        backward_ms=frozen(backward, np.int64),
        enterable=frozen(graph.enterable & ~missing & long_enough, np.bool_),
        component=frozen(component, np.int32),
        component_metres=frozen(metres, np.float64),
        arcs_to=arcs_to,
        arcs_from=arcs_from,
    )
