"""The nearest site for everybody, in one search from all sites at once.

Dijkstra, E. W. (1959): A note on two problems in connexion with graphs. Numerische Mathematik 1,
269-271. Dial, R. B. (1969): Algorithm 360: shortest-path forest with topological ordering.
Communications of the ACM 12, 632-633.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.layer import Direction
from .asked import check_asked, ids_of
from .buckets import circle_of, rank_bits, width_shift
from .graph import MS_PER_MINUTE, ModeGraph
from .joints import people_ends, short_ways, site_ends
from .kernel import lower_keys, nearest_keys, place_keys, split_keys
from .limits import within
from .snap import Snapped
from .straight import straight_nearest

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

    Examples
    --------
    >>> import coverplan as cp
    >>> nearest = cp.assess(cp.small_county()).layers["social_work"].before
    >>> [int(ms) // 1000 for ms in nearest.ms[:4]]  # seconds, here metres
    [310, 150, 550, 410]
    >>> [str(nearest.sites[site]) for site in nearest.site[:4]]
    ['S1', 'S2', 'S2', 'S3']
    >>> nearest.within(10).tolist()
    [True, True, True, True, False, False, False, False, False]
    """

    demand: pd.Index
    sites: pd.Index
    ms: NDArray[np.int64]
    site: NDArray[np.int64]

    def __repr__(self) -> str:
        there = self.ms[self.ms != NEVER]
        middle = f", median {np.median(there) / MS_PER_MINUTE:.1f} min" if len(there) else ""
        return (
            f"<Nearest: {len(self.demand):,} places, {len(self.sites):,} sites; "
            f"{len(there):,} places reach one{middle}>"
        )

    @property
    def minutes(self) -> pd.Series:
        """Minutes to the nearest site by demand id, NaN where none can be reached."""
        minutes = np.where(self.ms == NEVER, np.nan, self.ms / MS_PER_MINUTE)
        return pd.Series(minutes, index=self.demand, name="minutes")

    def within(self, minutes: float) -> NDArray[np.bool_]:
        """Return who reaches a site within ``minutes``, shape ``(n,)``."""
        return within(self.ms, minutes)

    def people_by_minute(self, people: NDArray[np.int64], most_minutes: int) -> NDArray[np.int64]:
        """Return the people within 0, 1, ... minutes of a site, shape ``(most_minutes + 1,)``.

        Parameters
        ----------
        people
            People at each place, shape ``(n,)``.
        most_minutes
            Where the curve ends.

        Examples
        --------
        >>> import coverplan as cp
        >>> county = cp.small_county()
        >>> nearest = cp.travellers(county, "social_work").nearest()
        >>> nearest.people_by_minute(county.demand.people("elderly"), 10)[[5, 10]].tolist()
        [150, 547]
        """
        # Rounded up: within T minutes if and only if that is within T minutes.
        whole = np.minimum(-(-self.ms // MS_PER_MINUTE), most_minutes + 1)
        there = self.ms != NEVER
        by_minute = np.zeros(most_minutes + 2, dtype=np.int64)
        np.add.at(by_minute, whole[there], people[there])
        return np.cumsum(by_minute[:-1])


def nearest_site(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    direction: Direction = "to_site",
    demand_ids: pd.Index | None = None,
    site_ids: pd.Index | None = None,
) -> Nearest:
    """Return everybody's nearest site, without a cutoff.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    demand, sites
        Places joined to it by `snap`.
    direction
        Whether people travel to the site, or its service to them.
    demand_ids, site_ids
        Ids to carry along; positions where they are left out.

    Raises
    ------
    InputError
        When places are not joined to this network, ids are not one for each, or the direction is
        no such word.

    Notes
    -----
    Dijkstra's algorithm (1959) from all sites at once, with buckets (Dial, 1969). Ways of about
    twelve days and more count as none. Where there are no roads the ways are straight lines, see
    `coverplan.travel.straight`.

    Examples
    --------
    The home E1 stands at 700 m of the main street; everybody walks a metre a second.

    >>> import coverplan as cp
    >>> older = cp.travellers(cp.small_county(), "elderly_care")
    >>> nearest = cp.nearest_site(older.graph, older.homes, older.sites, demand_ids=older.home_ids)
    >>> nearest.minutes.round(1).tolist()
    [5.0, 5.0, 16.7, 25.0, 45.0, 45.0, 65.0, nan, nan]

    Nobody's way is cut off: V7 is 65 minutes away. V8 and V9 have no way at all.
    """
    check_asked(graph, direction, demand=demand, sites=sites)
    return nearest_joined(
        graph, demand, sites, direction=direction, demand_ids=demand_ids, site_ids=site_ids
    )


def nearest_joined(
    graph: ModeGraph,
    demand: Snapped,
    sites: Snapped,
    *,
    direction: Direction,
    demand_ids: pd.Index | None = None,
    site_ids: pd.Index | None = None,
) -> Nearest:
    """Return everybody's nearest site as `nearest_site` does, of places joined in another way.

    Parameters
    ----------
    graph, demand, sites, direction, demand_ids, site_ids
        As for `nearest_site`; places need not be what `snap` makes of this graph: they may live
        on the road itself, or be joined to a larger network that this one is a part of.
    """
    if graph.straight is not None:
        times, positions = straight_nearest(graph, demand, sites, 1, NEVER)
        return _nearest(demand, sites, times[:, 0], positions[:, 0], demand_ids, site_ids)
    arcs = graph.arcs_to if direction == "to_site" else graph.arcs_from
    ends, bits, shift = (
        site_ends(graph, sites, direction),
        rank_bits(len(sites)),
        width_shift(arcs, 0.6),
    )
    at_node = nearest_keys(
        arcs.indptr,
        arcs.neighbour,
        arcs.ms,
        ends.node,
        ends.ms,
        bits,
        shift,
        circle_of(arcs, ends, shift),
    )
    who = people_ends(graph, demand, direction)
    keys = place_keys(at_node, who.node, who.ms, bits)
    near = short_ways(graph, demand, sites, direction)
    lower_keys(keys, near.who, (near.ms << bits) + near.site)
    ms, site = split_keys(keys, bits, NEVER)
    return _nearest(demand, sites, ms, site, demand_ids, site_ids)


def _nearest(
    demand: Snapped,
    sites: Snapped,
    ms: NDArray[np.int64],
    site: NDArray[np.int64],
    demand_ids: pd.Index | None,
    site_ids: pd.Index | None,
) -> Nearest:
    ms.setflags(write=False)
    site.setflags(write=False)
    return Nearest(
        demand=ids_of("demand_ids", demand_ids, len(demand)),
        sites=ids_of("site_ids", site_ids, len(sites)),
        ms=ms,
        site=site,
    )
