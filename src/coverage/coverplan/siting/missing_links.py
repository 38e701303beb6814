"""Times on a network some of whose links are missing: closed, or drawn but not there."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError, Problem
from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.layer import Direction
from ..travel import ModeGraph, Snapped, TravelTimes, travel_times
from ..travel.arcs import Arcs


@dataclass(frozen=True, slots=True)
class MissingLinks:
    """Draws travel times on a network each of whose edges is missing with one chance.

    Nobody passes along a missing edge; who lives on it, or is joined to it, still gets to its
    ends, and is not joined to another road instead. So no way is ever shorter for a missing link.

    Parameters
    ----------
    graph, demand, sites
        The whole network, and people and sites joined to it.
    share_percent
        Chance of each edge to be missing, in per cent. Ferry piers have no edge and stay.
    cutoff_minutes, direction, demand_ids, site_ids
        As for `travel_times`.

    Raises
    ------
    InputError
        When the share is not from 0 to 100.
    """

    graph: ModeGraph
    demand: Snapped
    sites: Snapped
    share_percent: float
    cutoff_minutes: float
    direction: Direction = "to_site"
    demand_ids: pd.Index | None = None
    site_ids: pd.Index | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.share_percent <= 100:  # noqa: PLR2004 - per cent
            fault = Problem(
                code="siting.missing_links_percent",
                what=Text("不确定性设置超出范围", "a setting of the uncertainty is out of range"),
                column="siting.uncertainty.missing_links_percent",
                found=str(self.share_percent),
                expected=Text("0 至 100", "0 to 100"),
                mend=Text("改正这个设置", "correct it"),
            )
            raise InputError([fault])

    def __call__(self, rng: np.random.Generator) -> TravelTimes:
        """Return times on one network: one random number for each edge, in their order.

        Parameters
        ----------
        rng
            Where the numbers come from.
        """
        there = rng.random(self.graph.network.n_edges) * 100 >= self.share_percent
        to = without(self.graph.arcs_to, there)
        same = self.graph.arcs_from is self.graph.arcs_to
        back = to if same else without(self.graph.arcs_from, there)
        return travel_times(
            replace(self.graph, arcs_to=to, arcs_from=back),
            self.demand,
            self.sites,
            cutoff_minutes=self.cutoff_minutes,
            direction=self.direction,
            demand_ids=self.demand_ids,
            site_ids=self.site_ids,
        )


def without(arcs: Arcs, there: NDArray[np.bool_]) -> Arcs:
    """Return the arcs of the edges that are there.

    Parameters
    ----------
    arcs
        Of the whole network.
    there
        Whether each edge is there, shape ``(m,)``.
    """
    keep = (arcs.edge < 0) | there[arcs.edge]
    before = np.concatenate([[0], np.cumsum(keep)])
    return Arcs(
        indptr=frozen(before[arcs.indptr], np.int64),
        neighbour=frozen(arcs.neighbour[keep], np.int32),
        ms=frozen(arcs.ms[keep], np.int32),
        edge=frozen(arcs.edge[keep], np.int32),
    )
