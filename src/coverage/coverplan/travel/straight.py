"""Travel without roads: straight lines on the ellipsoid, times a stated detour factor.

Times are exact: the geodesic between two places (WGS 84, Karney 2013 as PROJ computes it) times the
detour factor, divided by the speed, rounded to the nearest whole millisecond (a half to the even
one). Straight ways take the same time in both directions, so the direction of travel changes
nothing.

Geodesics are asked for only where they can matter. The straight way through the earth between two
places gives bounds on the way along its surface: no geodesic of the ellipsoid bends more than a
circle of the least radius of curvature, nor less than one of the greatest. Where both bounds give
the same millisecond, that is the time.

References
----------
Karney, C. F. F. (2013): Algorithms for geodesics. Journal of Geodesy 87, 43-55.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from scipy.spatial import cKDTree

from ..core.crs import LONLAT
from ..domain.straight import StraightLine
from .graph import ModeGraph
from .snap import Snapped
from .speeds import travel_ms

GEOD = Geod(ellps="WGS84")
"""The ellipsoid all lengths are measured on."""

_LEAST_RADIUS = GEOD.b**2 / GEOD.a
"""Of curvature, in metres: along the meridian at the equator."""

_MOST_RADIUS = GEOD.a**2 / GEOD.b
"""At the poles, in any direction."""

_HAIR_METRES = 1e-6
"""More than all rounding of coordinates and distances together."""

_FAR_METRES = 1e6
"""Beyond this the bounds are of no use."""

_PAIRS_AT_ONCE = 500_000

_Ints = NDArray[np.int64]
_Floats = NDArray[np.float64]


@lru_cache(maxsize=4)
def to_lonlat(crs: CRS) -> Transformer:
    """Return what turns metres of a system into degrees; kept, as making it takes long."""
    return Transformer.from_crs(crs, LONLAT, always_xy=True)


@dataclass(frozen=True, slots=True)
class Spots:
    """Places on the ellipsoid.

    Parameters
    ----------
    lonlat
        Degrees, shape ``(n, 2)``.
    space
        Metres from the centre of the earth, shape ``(n, 3)``: what is near here is near there.
    """

    lonlat: _Floats
    space: _Floats

    @classmethod
    def at(cls, xy: _Floats, crs: CRS) -> "Spots":
        """Return places given in metres of a projected system, shape ``(n, 2)``."""
        lon, lat = to_lonlat(crs).transform(*xy.T)
        up, east = np.radians(lat), np.radians(lon)
        across = GEOD.a / np.sqrt(1.0 - GEOD.es * np.sin(up) ** 2)
        space = [
            across * np.cos(up) * np.cos(east),
            across * np.cos(up) * np.sin(east),
            across * (1.0 - GEOD.es) * np.sin(up),
        ]
        return cls(np.column_stack([lon, lat]), np.column_stack(space))

    def __len__(self) -> int:
        return len(self.space)


@dataclass(frozen=True, slots=True)
class Ways:
    """The straight ways between people and sites.

    Parameters
    ----------
    line
        Detour factor and speed.
    people, sites
        The two ends.
    """

    line: StraightLine
    people: Spots
    sites: Spots

    @classmethod
    def between(cls, graph: ModeGraph, people: Snapped, sites: Snapped) -> "Ways":
        """Return the ways over a graph without roads.

        Raises
        ------
        ValueError
            When the graph has roads.
        """
        if graph.straight is None:
            raise ValueError("this graph has roads: nobody travels it in straight lines")
        crs = graph.network.crs
        return cls(graph.straight, Spots.at(people.xy, crs), Spots.at(sites.xy, crs))

    def ms(self, who: _Ints, site: _Ints) -> _Ints:
        """Return the exact milliseconds of pairs, by their positions, shape ``(k,)``."""
        steps = self.people.space[who] - self.sites.space[site]
        chord = np.sqrt(np.einsum("ij,ij->i", steps, steps))
        ms = self._ms(_arc(chord, _LEAST_RADIUS) + _HAIR_METRES)
        least = self._ms(np.maximum(_arc(chord, _MOST_RADIUS) - _HAIR_METRES, 0.0))
        open_ = np.flatnonzero((least != ms) | (chord > _FAR_METRES))
        if len(open_):
            ms[open_] = self._ms(self.metres(who[open_], site[open_]))
        return ms

    def metres(self, who: _Ints, site: _Ints) -> _Floats:
        """Return the geodesic lengths of pairs in metres, detours not counted."""
        here, there = self.people.lonlat[who].T, self.sites.lonlat[site].T
        return np.asarray(GEOD.inv(*here, *there)[2], dtype=np.float64)

    def latest_ms(self, chord: _Floats) -> _Ints:
        """Return milliseconds within which one gets as far as that through the earth."""
        return self._ms(_arc(chord, _LEAST_RADIUS) + _HAIR_METRES)

    def farthest(self, limit_ms: _Ints) -> _Floats:
        """Return how far away through the earth the end of a way within a limit lies at most."""
        metres = (limit_ms + 0.5) * self.line.kmh / 3600.0 / self.line.detour
        return np.asarray(metres + _HAIR_METRES, dtype=np.float64)

    def _ms(self, metres: _Floats) -> _Ints:
        return travel_ms(metres * self.line.detour, self.line.kmh)


def _arc(chord: _Floats, radius: float) -> _Floats:
    """Return the length of the arc of a circle over a chord."""
    half = np.arcsin(np.minimum(chord / (2.0 * radius), 1.0))
    return np.asarray(2.0 * radius * half, dtype=np.float64)


def near(
    tree: cKDTree, centres: _Floats, radius: _Floats, most_pairs: int
) -> Iterator[tuple[int, int, _Ints, _Ints]]:
    """Yield what lies around centres, some consecutive centres at a time.

    Parameters
    ----------
    tree
        The places looked for.
    centres, radius
        In space, shape ``(n, 3)``, and how far around each, shape ``(n,)``; metres.
    most_pairs
        So many are found at once, or those of one centre.

    Yields
    ------
    tuple
        First centre and the one after the last, how many places lie around each of these, and
        their positions, ascending for each centre.
    """
    number = np.asarray(tree.query_ball_point(centres, radius, return_length=True), dtype=np.int64)
    ends = np.cumsum(number)
    first = 0
    while first < len(centres):
        done = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, done + most_pairs, side="right")), first + 1)
        here = slice(first, last)
        lists = tree.query_ball_point(centres[here], radius[here], return_sorted=True)
        found = np.fromiter(chain.from_iterable(lists), np.int64, count=int(number[here].sum()))
        yield first, last, number[here], found
        first = last


def straight_nearest(
    graph: ModeGraph, demand: Snapped, sites: Snapped, k: int, never: int
) -> tuple[_Ints, _Ints]:
    """Return everybody's k nearest sites where there are no roads.

    Parameters
    ----------
    graph, demand, sites
        As for `nearest_site`.
    k
        How many.
    never
        What stands for no site.

    Returns
    -------
    tuple
        Milliseconds and positions, shape ``(n, k)``: by time, then by position.

    Notes
    -----
    The k sites nearest through the earth say how far to look: whoever is nearer on the ground
    lies within that time.
    """
    ms = np.full((len(demand), k), never, dtype=np.int64)
    site = ms.copy()
    ways = Ways.between(graph, demand, sites)
    known = min(k, len(sites))
    if not known or not len(demand):
        return ms, site
    tree = cKDTree(ways.sites.space)
    chord = tree.query(ways.people.space, k=[known])[0][:, 0]
    radius = ways.farthest(ways.latest_ms(chord))
    for first, last, number, found in near(tree, ways.people.space, radius, _PAIRS_AT_ONCE):
        who = np.repeat(np.arange(first, last), number)
        times = ways.ms(who, found)
        order = np.lexsort((found, times, who))
        start = np.cumsum(number) - number
        rank = np.arange(len(who)) - np.repeat(start, number)
        kept = rank < known
        ms[who[kept], rank[kept]] = times[order][kept]
        site[who[kept], rank[kept]] = found[order][kept]
    return ms, site
