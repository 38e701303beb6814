"""Random arcs in compressed rows, and their shortest paths by scipy."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from coverplan.travel.compiled import NEVER_MS


def a_graph(seed, n=300, arcs=900, longest=1000):
    """Random arcs in compressed rows: loops, parallel arcs, arcs without length, islands."""
    rng = np.random.default_rng(seed)
    start = np.sort(rng.integers(0, n, arcs))
    indptr = np.searchsorted(start, np.arange(n + 1)).astype(np.int64)
    end = rng.integers(0, n, arcs).astype(np.int32)
    ms = (rng.integers(0, longest, arcs) * rng.integers(0, 2, arcs)).astype(np.int32)
    return indptr, end, ms


def exact(graph, source, source_ms):
    """Times by scipy, which drops stored zeros and adds up parallel arcs: both are mended."""
    indptr, end, ms = graph
    n = len(indptr) - 1
    start = np.repeat(np.arange(n), np.diff(indptr))
    order = np.lexsort((ms, end, start))
    first = np.unique(np.column_stack([start, end])[order], axis=0, return_index=True)[1]
    keep = order[first]
    matrix = csr_matrix((ms[keep] + 1e-9, (start[keep], end[keep])), shape=(n, n))
    far = dijkstra(matrix, indices=source)
    return np.where(np.isinf(far), NEVER_MS, np.rint(far) + source_ms)
