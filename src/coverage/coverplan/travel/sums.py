"""People within reach of each of many sites, without keeping who they are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.arguments import several
from ..domain.layer import Direction
from .asked import check_asked
from .batches import Progress, batches, prepare, run
from .doors import add_people
from .graph import ModeGraph
from .lanes import LANES, Desk
from .reach import limit_ms
from .snap import Snapped
from .straighttimes import straight_sums


def reach_sums(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    people: NDArray[np.int64],
    *,
    minutes: Sequence[float],
    direction: Direction = "to_site",
    progress: Progress | None = None,
) -> NDArray[np.int64]:
    """Return how many people are within each limit of each site.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    demand, sites
        Places joined to it by `snap`.
    people
        People at each place, shape ``(n,)``, or of several groups, shape ``(n, g)``.
    minutes
        Limits, inclusive, in any order.
    direction
        Whether people travel to the sites, or their services to the people.
    progress
        Called as sites are done, from the threads that did them.

    Returns
    -------
    Array of shape ``(n_sites, n_limits)``, with groups ``(n_sites, n_limits, g)``.

    Raises
    ------
    ValueError
        When ``people`` are not whole numbers, one row for each place.

    Notes
    -----
    The search is that of `travel_times`; memory does not grow with the number of pairs.

    Examples
    --------
    >>> import coverplan as cp
    >>> walkers = cp.travellers(cp.small_county(), "social_work")
    >>> sums = cp.reach_sums(
    ...     walkers.graph, walkers.homes, walkers.sites, walkers.people, minutes=[5, 10, 15]
    ... )
    >>> dict(zip(walkers.site_ids, sums.tolist()))
    {'S1': [640, 1460, 1460], 'S2': [640, 950, 1770], 'S3': [0, 560, 1230]}
    """
    check_asked(graph, direction, demand=demand, sites=sites)
    people = np.asarray(people)
    if not np.issubdtype(people.dtype, np.integer) or people.shape[:1] != (len(demand),):
        raise ValueError("people must be whole numbers, one row for each place")
    groups = np.ascontiguousarray(people.reshape(len(demand), -1 if people.size else 1), np.int64)
    limits = np.array([limit_ms(m) for m in several("minutes", minutes)], dtype=np.int64)
    if graph.straight is not None:
        straight = straight_sums(graph, demand, sites, groups, limits, progress)
        return straight if people.ndim > 1 else straight[:, :, 0]
    whole = prepare(graph, demand, sites, direction, int(limits.max(initial=-1)))
    limits = np.minimum(limits, whole.limit)
    some = batches(whole, 0, len(sites))
    sums = np.zeros((len(sites), len(limits), groups.shape[1]), dtype=np.int64)

    def take(desk: Desk, n_found: int, batch: int) -> None:
        found = np.zeros((len(limits), groups.shape[1], LANES), dtype=np.int64)
        add_people(n_found, limits, groups, desk, found)
        which = some.order[batch * LANES : (batch + 1) * LANES]
        sums[which] = np.moveaxis(found, 2, 0)[: len(which)]

    run(whole, some, take, progress)
    return sums if people.ndim > 1 else sums[:, :, 0]
