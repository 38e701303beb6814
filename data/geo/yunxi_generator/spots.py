"""Plausible places for facilities: beside the middle of a road, near people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from .county import Ground
from .grid import Floats
from .network import degrees
from .noding import Drawn
from .settings import DEGREES, METRIC, rng
from .villages import Villages

STREETS = ("residential", "unclassified", "tertiary", "secondary", "service", "primary")
TO_METRES = pyproj.Transformer.from_crs(DEGREES, METRIC, always_xy=True)


@dataclass
class Spot:
    """A place: metres, and degrees as written."""

    xy: Floats
    lonlat: tuple[float, float]


def as_spot(xy: Floats) -> Spot:
    """Return a place given in metres."""
    lon, lat = np.round(degrees(xy.reshape(1, 2))[0], 7).tolist()
    return Spot(xy, (lon, lat))


class Places:
    """Finds places beside edges."""

    def __init__(
        self, edges: list[Drawn], ground: Ground, villages: Villages, wet: BaseGeometry
    ) -> None:
        self.random = rng("spots")
        self.ground = ground
        self.villages = villages
        self.tags = [e.tag for e in edges]
        self.lines = [
            LineString(np.column_stack(TO_METRES.transform(e.xy[:, 0], e.xy[:, 1]))) for e in edges
        ]
        self.tree = shapely.STRtree(self.lines)
        self.wet = wet
        self.used: list[Floats] = []

    def beside(self, edge: int, near: float, far: float) -> Spot | None:
        """Return a place beside the middle part of an edge, if that edge is then the nearest."""
        line = self.lines[edge]
        at = float(self.random.uniform(0.25, 0.75)) * line.length
        a, b = line.interpolate(at - 2.0), line.interpolate(at + 2.0)
        step = np.array([b.x - a.x, b.y - a.y])
        step /= max(float(np.hypot(*step)), 1e-9)
        off = float(self.random.uniform(near, far)) * float(self.random.choice([-1.0, 1.0]))
        middle = line.interpolate(at)
        xy = np.array([middle.x, middle.y]) + off * np.array([-step[1], step[0]])
        point = Point(xy)
        if int(self.tree.nearest(point)) != edge or self.wet.distance(point) < 5.0:
            return None
        if any(np.hypot(*(xy - u)) < 60.0 for u in self.used):
            return None
        self.used.append(xy)
        return as_spot(xy)

    def in_village(self, village: int) -> Spot:
        """Return a place in a village."""
        centre = Point(self.villages.xy[village])
        for reach in (260.0, 420.0, 700.0, 1_500.0):
            found = self.tree.query(centre, predicate="dwithin", distance=reach)
            fine = [
                int(k)
                for k in sorted(found)
                if self.tags[k].highway in STREETS
                and self.lines[k].length > 45.0
                and not self.tags[k].bridge
            ]
            for k in self.random.permutation(fine).tolist() if fine else []:
                spot = self.beside(int(k), 6.0, 34.0) or self.beside(int(k), 4.0, 20.0)
                if spot is not None:
                    return spot
        raise AssertionError(self.villages.name[village])

    def on_slope(self, town: Polygon) -> Spot:
        """Return a place on a slope by a minor road, 350 m and more from any village."""
        for k in self.random.permutation(len(self.lines)).tolist():
            line = self.lines[k]
            if self.tags[k].highway not in ("track", "unclassified") or line.length < 150.0:
                continue
            middle = line.interpolate(0.5, normalized=True)
            at = np.array([middle.x, middle.y])
            steep = float(self.ground.slope.ravel()[self.ground.grid.index(at)[0]])
            gap = float(np.hypot(*(self.villages.xy - at).T).min())
            lanes = self.tree.query(middle, predicate="dwithin", distance=330.0)
            if any(self.tags[int(j)].highway == "residential" for j in lanes):
                continue
            if not (0.14 < steep < 0.34 and 400.0 < gap < 1_600.0 and town.contains(middle)):
                continue
            spot = self.beside(k, 15.0, 60.0)
            if spot is not None and np.hypot(*(self.villages.xy - spot.xy).T).min() > 350.0:
                return spot
        raise AssertionError("no slope by a road")

    def across(self, county: Polygon) -> Spot:
        """Return a place by an outgoing road, 60-520 m beyond the line, nearest to people."""
        best: tuple[float, Floats] | None = None
        for k in self.tree.query(county.boundary.buffer(550.0)).tolist():
            line = self.lines[k]
            if self.tags[k].highway not in ("primary", "secondary", "tertiary", "unclassified"):
                continue
            for at in np.arange(20.0, line.length, 25.0):
                point = line.interpolate(at)
                if county.contains(point) or not 60.0 < county.distance(point) < 520.0:
                    continue
                ahead = line.interpolate(at + 4.0)
                step = np.array([ahead.x - point.x, ahead.y - point.y])
                step /= max(float(np.hypot(*step)), 1e-9)
                xy = np.array([point.x, point.y]) + 22.0 * np.array([-step[1], step[0]])
                gap = float(np.hypot(*(self.villages.xy - xy).T).min())
                if best is None or gap < best[0]:
                    best = (gap, xy)
        if best is None:
            raise AssertionError("no outgoing road")
        return as_spot(best[1])

    def on_boundary(self, towns: list[Polygon], exact: list[Polygon]) -> tuple[int, int, Spot]:
        """Return two townships and a vertex of the line they share, near a road and people."""
        rated = []
        for a in range(3, len(towns)):
            for b in range(a + 1, len(towns)):
                ring = np.array(towns[a].exterior.coords)
                other = {tuple(p) for p in exact[b].exterior.coords}
                for xy, lonlat in zip(ring, exact[a].exterior.coords, strict=True):
                    if tuple(lonlat) not in other:
                        continue
                    edge = int(self.tree.nearest(Point(xy)))
                    gap = float(self.lines[edge].distance(Point(xy)))
                    people = float(np.hypot(*(self.villages.xy - xy).T).min())
                    fit = 4.0 < gap < 60.0 and self.tags[edge].highway in STREETS
                    if fit and self.wet.distance(Point(xy)) > 5.0:
                        rated.append((people, a, b, xy, tuple(lonlat)))
        _, a, b, xy, lonlat = min(rated, key=lambda r: r[0])
        return a, b, Spot(xy, (float(lonlat[0]), float(lonlat[1])))
