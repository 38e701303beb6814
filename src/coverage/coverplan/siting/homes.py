"""How near to people's homes a site would be, and which candidates are too near."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from ..core.text import Text
from ..domain.arrays import frozen
from ..travel import Reach
from .problem import Sites, SitingProblem

HAIR = 1e-6
"""Metres of rounding that do not make a site too near: exactly at the distance is enough."""


@dataclass(frozen=True, slots=True)
class TooNear:
    """Candidates that lie too near to homes.

    Parameters
    ----------
    mask
        Which sites, shape ``(n_sites,)``; never one that stands.
    metres
        Straight distance of every site to its nearest home, infinite where there is none.
    reasons
        Why each of the masked ones is out, in their order.
    """

    mask: NDArray[np.bool_]
    metres: NDArray[np.float64]
    reasons: tuple[Text, ...]


def nearest_home_metres(
    sites_xy: NDArray[np.float64], homes_xy: NDArray[np.float64], people: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the straight distance from each site to the nearest place with people.

    Parameters
    ----------
    sites_xy, homes_xy
        Coordinates in metres in one CRS, shape ``(n, 2)``.
    people
        People at each home; where there are none, nobody lives.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> demand = cp.small_county().demand
    >>> sites = cp.small_problem().sites
    >>> metres = siting.nearest_home_metres(sites.xy, demand.xy, demand.people("all"))
    >>> metres.round().astype(int).tolist()
    [300, 350, 400, 100, 0, 200]
    """
    homes = homes_xy[people > 0]
    if not len(homes):
        return np.full(len(sites_xy), np.inf)
    metres: NDArray[np.float64] = KDTree(homes).query(sites_xy)[0]
    return metres


def too_near_homes(sites: Sites, home_metres: NDArray[np.float64], metres: float) -> TooNear:
    """Return the candidates nearer to a home than they may be, each with its reason.

    Parameters
    ----------
    sites
        Existing sites and candidates; those that stand are left alone.
    home_metres
        From each site to its nearest home, shape ``(n_sites,)``.
    metres
        The distance to keep. Exactly at it is enough.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> demand = cp.small_county().demand
    >>> sites = cp.small_problem().sites
    >>> metres = siting.nearest_home_metres(sites.xy, demand.xy, demand.people("all"))
    >>> near = siting.too_near_homes(sites, metres, 300)
    >>> [sites.name(site) for site in near.mask.nonzero()[0]]
    ['东桥小学旧址', '云岭集市', '山后路口']
    """
    mask = ~sites.existing & (home_metres < metres - HAIR)
    reasons = tuple(
        Text(
            f"距最近住户 {metres_down(home_metres[j])} 米，不足 {metres:g} 米",
            f"{metres_down(home_metres[j])} m from the nearest home, less than {metres:g} m",
        )
        for j in np.flatnonzero(mask)
    )
    return TooNear(frozen(mask, np.bool_), frozen(home_metres, np.float64), reasons)


def metres_down(metres: float) -> str:
    """Return metres with one decimal, rounded down: a distance that is really kept."""
    return f"{math.floor(metres * 10 + HAIR) / 10:g}"


def living_near(problem: SitingProblem, homes_xy: NDArray[np.float64], metres: float) -> Reach:
    """Return who lives nearer to each candidate than they should; nobody near what stands.

    Parameters
    ----------
    problem, homes_xy, metres
        The question, where the people of each place live, and the distance to keep.
    """
    sites = problem.sites
    lived = np.flatnonzero(problem.people > 0)
    empty = np.zeros(0, dtype=np.int64)
    found: list[NDArray[np.int64]] = [empty] * len(sites)
    if len(lived):
        tree = KDTree(homes_xy[lived])
        for j in sites.candidates.tolist():
            some = lived[np.array(tree.query_ball_point(sites.xy[j], metres), dtype=np.int64)]
            gap = np.hypot(*(homes_xy[some] - sites.xy[j]).T)
            found[j] = np.sort(some[gap < metres - HAIR])
    ptr = np.cumsum([0, *(len(some) for some in found)])
    who = np.concatenate([empty, *found]).astype(np.int32)
    return Reach(pd.RangeIndex(len(problem.people)), sites.ids, ptr, who, math.nan)
