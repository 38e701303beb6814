"""The nearest site for everybody, in one search from all sites at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.arrays import frozen
from .graph import MS_PER_MINUTE, ModeGraph
from .joints import demand_doors, short_ways, site_seeds
from .kernel import UNREACHED, nearest_keys
from .reach import within
from .snap import Snapped

NEVER = -1
"""Milliseconds of, and position of the nearest site for, who reaches none."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Everybody's nearest site and the time to it.

    Parameters
    ----------
    demand, sites
        Ids of the people's places and of the sites.
    ms
        Milliseconds to the nearest site, `NEVER` where no site can be reached, shape ``(n,)``.
    site
        Position of that site, `NEVER` where there is none; of two sites equally near the one
        that comes first, shape ``(n,)``.
    """

    demand: pd.Index
    sites: pd.Index
    ms: NDArray[np.int64]
    site: NDArray[np.int64]

    @property
    def minutes(self) -> pd.Series:
        """Minutes to the nearest site by demand id, NaN where none can be reached."""
        minutes = np.where(self.ms == NEVER, np.nan, self.ms / MS_PER_MINUTE)
        return pd.Series(minutes, index=self.demand, name="minutes")

    def within(self, minutes: float) -> NDArray[np.bool_]:
        """Return who reaches a site within ``minutes``, shape ``(n,)``."""
        return within(self.ms, minutes)


def nearest_site(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    demand_ids: pd.Index | None = None,
    site_ids: pd.Index | None = None,
) -> Nearest:
    """Return everybody's nearest site, without a cutoff.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    demand, sites
        Places joined to it by `snap`; people travel from the first to the second.
    demand_ids, site_ids
        Ids to carry along; positions where they are left out.
    """
    n_sites = max(len(sites), 1)
    seeds = site_seeds(graph, sites)
    owner = np.repeat(np.arange(len(sites), dtype=np.int64), np.diff(seeds.ptr))
    at_node: NDArray[np.int64] = nearest_keys(
        graph.arcs_to.indptr,
        graph.arcs_to.neighbour,
        graph.arcs_to.ms.astype(np.int64) * n_sites,
        seeds.ids,
        seeds.ms * n_sites + owner,
    )
    best = np.full(len(demand), UNREACHED, dtype=np.int64)
    doors = demand_doors(graph, demand)
    node = np.repeat(np.arange(graph.arcs_to.n_nodes), np.diff(doors.ptr))
    reached = at_node[node] != UNREACHED
    np.minimum.at(best, doors.ids[reached], at_node[node[reached]] + doors.ms[reached] * n_sites)
    near = short_ways(graph, demand, sites)
    site = np.repeat(np.arange(len(sites), dtype=np.int64), np.diff(near.ptr))
    np.minimum.at(best, near.ids, near.ms * n_sites + site)
    found = best != UNREACHED
    return Nearest(
        demand=pd.RangeIndex(len(demand)) if demand_ids is None else demand_ids,
        sites=pd.RangeIndex(len(sites)) if site_ids is None else site_ids,
        ms=frozen(np.where(found, best // n_sites, NEVER), np.int64),
        site=frozen(np.where(found, best % n_sites, NEVER), np.int64),
    )
