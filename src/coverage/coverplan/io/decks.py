"""Heights of bridges and tunnels: straight between the places where they touch the ground."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from ..domain.network import Network

_LEAST_METRES = 0.01


def deck_heights(network: Network, height: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the heights of nodes, those within bridges and tunnels taken off the ground.

    A viaduct is often drawn as several edges, and a raster knows only the valley under the nodes
    between them. Along a chain of raised edges the height becomes linear in the distance; where
    chains meet off the ground, each node has the mean of its neighbours, weighted by nearness.

    Parameters
    ----------
    network
        The roads; ``facts.raised`` says which edges are bridges or tunnels.
    height
        Height of the ground at each node in metres, NaN where unknown, shape ``(n,)``.

    Returns
    -------
    height
        Height of each node in metres, shape ``(n,)``. Nodes of raised edges that nowhere touch
        ground of known height keep what they had.
    """
    raised = network.facts.raised
    n = network.n_nodes
    on_ground = np.zeros(n, dtype=np.bool_)
    on_ground[network.u[~raised]] = on_ground[network.v[~raised]] = True
    anchor = on_ground & np.isfinite(height)
    kept = raised & (anchor | ~on_ground)[network.u] & (anchor | ~on_ground)[network.v]
    u, v = network.u[kept], network.v[kept]
    near = 1.0 / np.maximum(network.metres[kept], _LEAST_METRES)
    links = coo_matrix((near, (u, v)), shape=(n, n)).tocsr()
    links = links + links.T
    piece = connected_components(links, directed=False)[1]
    anchored = np.zeros(n, dtype=np.bool_)
    anchored[piece[anchor]] = True
    aloft = np.zeros(n, dtype=np.bool_)
    aloft[u] = aloft[v] = True
    free = np.flatnonzero(aloft & ~on_ground & anchored[piece])
    result = height.copy()
    if len(free):
        ground = np.flatnonzero(anchor)
        rows = links[free]
        degree = coo_matrix((rows.sum(axis=1).A1, (np.arange(len(free)),) * 2))
        result[free] = spsolve((degree - rows[:, free]).tocsc(), rows[:, ground] @ height[ground])
    return result
