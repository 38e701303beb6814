"""The k nearest sites of everybody, in one search from all sites at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.arguments import whole_number
from ..domain.layer import Direction
from .asked import check_asked, ids_of
from .buckets import circle_of, rank_bits, width_shift
from .graph import MS_PER_MINUTE, ModeGraph
from .joints import people_ends, short_ways, site_ends
from .kernel import split_keys
from .kkernel import insert_keys, k_nearest_keys, place_k_keys
from .nearest import NEVER
from .snap import Snapped
from .straight import straight_nearest


@dataclass(frozen=True, slots=True)
class KNearest:
    """Everybody's k nearest sites and the times to them.

    Parameters
    ----------
    demand, sites
        Ids of the people's places and of the sites.
    ms
        Milliseconds to the nearest, second nearest, ... site, `NEVER` where fewer sites can be
        reached, shape ``(n, k)``.
    site
        Positions of those sites, `NEVER` likewise; of sites equally near the one that comes
        first stands first, shape ``(n, k)``.

    Examples
    --------
    >>> import coverplan as cp
    >>> two = cp.travellers(cp.small_county(), "social_work").k_nearest(2)
    >>> [str(two.sites[site]) for site in two.site[0]]  # of V1: the nearest, the next
    ['S1', 'S2']
    >>> two.site[8].tolist()  # V9 has no road
    [-1, -1]
    """

    demand: pd.Index
    sites: pd.Index
    ms: NDArray[np.int64]
    site: NDArray[np.int64]

    def __repr__(self) -> str:
        return (
            f"<KNearest: the {self.ms.shape[1]} nearest of {len(self.sites):,} sites "
            f"for {len(self.demand):,} places>"
        )

    @property
    def minutes(self) -> pd.DataFrame:
        """Minutes by demand id; columns 1 to k, NaN where fewer sites can be reached."""
        minutes = np.where(self.ms == NEVER, np.nan, self.ms / MS_PER_MINUTE)
        return pd.DataFrame(minutes, index=self.demand, columns=range(1, self.ms.shape[1] + 1))


def k_nearest_sites(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    k: int,
    *,
    direction: Direction = "to_site",
    demand_ids: pd.Index | None = None,
    site_ids: pd.Index | None = None,
) -> KNearest:
    """Return everybody's k nearest different sites, without a cutoff.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    demand, sites
        Places joined to it by `snap`.
    k
        How many sites to look for, at least 1; memory grows with it.
    direction
        Whether people travel to the sites, or their services to the people.
    demand_ids, site_ids
        Ids to carry along; positions where they are left out.

    Raises
    ------
    InputError
        When ``k`` is no whole number from 1 upwards, and as for `nearest_site`.

    Notes
    -----
    The first column is that of `nearest_site`. Each node keeps the k least labels of different
    sites, which pass through the network as one search; ways of about twelve days and more count
    as none.

    Examples
    --------
    >>> import coverplan as cp
    >>> walkers = cp.travellers(cp.small_county(), "social_work")
    >>> two = cp.k_nearest_sites(walkers.graph, walkers.homes, walkers.sites, 2)
    >>> two.minutes.round(1).head(3).values.tolist()  # of V1, V2 and V3: the nearest, the next
    [[5.2, 12.5], [2.5, 4.8], [9.2, 16.5]]
    """
    whole_number("k", k, 1)
    check_asked(graph, direction, demand=demand, sites=sites)
    if graph.straight is not None:
        times, positions = straight_nearest(graph, demand, sites, k, NEVER)
        return _k_nearest(demand, sites, times, positions, demand_ids, site_ids)
    arcs = graph.arcs_to if direction == "to_site" else graph.arcs_from
    ends, bits = site_ends(graph, sites, direction), rank_bits(len(sites))
    shift = width_shift(arcs)
    n_buckets = circle_of(arcs, ends, shift)
    at_node = k_nearest_keys(
        arcs.indptr, arcs.neighbour, arcs.ms, ends.node, ends.ms, k, bits, shift, n_buckets
    )
    who = people_ends(graph, demand, direction)
    keys = place_k_keys(at_node, who.node, who.ms, bits)
    near = short_ways(graph, demand, sites, direction)
    insert_keys(keys, near.who, (near.ms << bits) + near.site, bits)
    ms, site = split_keys(keys.ravel(), bits, NEVER)
    found = ms.reshape(keys.shape), site.reshape(keys.shape)
    return _k_nearest(demand, sites, *found, demand_ids, site_ids)


def _k_nearest(
    demand: Snapped,
    sites: Snapped,
    ms: NDArray[np.int64],
    site: NDArray[np.int64],
    demand_ids: pd.Index | None,
    site_ids: pd.Index | None,
) -> KNearest:
    ms.setflags(write=False)
    site.setflags(write=False)
    return KNearest(
        demand=ids_of("demand_ids", demand_ids, len(demand)),
        sites=ids_of("site_ids", site_ids, len(sites)),
        ms=ms,
        site=site,
    )
