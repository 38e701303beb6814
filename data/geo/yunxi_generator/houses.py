"""Premises that services stand in: one main house in a village, others beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from shapely.geometry import Point, Polygon

from .settings import rng
from .spots import TO_METRES, Places, Spot
from .villages import Villages

LANES = ("track", "unclassified", "tertiary")


@dataclass(frozen=True)
class House:
    """A numbered premises; ``spot`` is None where nobody took its coordinates."""

    number: str
    township: int
    village: str
    spot: Spot | None


class Houses:
    """Gives premises out, each with a number of its own."""

    def __init__(self, places: Places, villages: Villages, towns: list[Polygon]) -> None:
        # A stream of their own: places drawn before are not disturbed by places drawn here.
        places.random = rng("premises")
        self.places = places
        self.villages = villages
        self.towns = towns
        self.count = 0
        self._main: dict[int, House] = {}
        self._known: dict[tuple[float, float], House] = {}

    def _new(self, township: int, village: str, spot: Spot | None) -> House:
        self.count += 1
        return House(f"YX{self.count:04d}", township, village, spot)

    def main(self, village: int) -> House:
        """Return the village's main house: the one most of its services share."""
        if village not in self._main:
            self._main[village] = self.other(village)
        return self._main[village]

    def other(self, village: int) -> House:
        """Return a house of its own in a village, inside its township."""
        township = int(self.villages.township[village])
        for _ in range(30):
            spot = self.places.in_village(village)
            if self.towns[township].contains(Point(spot.xy)):
                return self._new(township, self.villages.name[village], spot)
        raise AssertionError(self.villages.name[village])

    def outside(self, village: int, near: float = 300.0, far: float = 1_100.0) -> House:
        """Return a place by a lane outside a village, away from every village."""
        township = int(self.villages.township[village])
        centre = self.villages.xy[village]
        found = self.places.tree.query(Point(centre), predicate="dwithin", distance=far)
        lanes = [int(k) for k in sorted(found) if self.places.tags[int(k)].highway in LANES]
        for k in self.places.random.permutation(lanes).tolist() if lanes else []:
            spot = self.places.beside(int(k), 12.0, 45.0)
            if spot is None or not self.towns[township].contains(Point(spot.xy)):
                continue
            gap = float(np.hypot(*(self.villages.xy - spot.xy).T).min())
            if gap >= near and float(np.hypot(*(centre - spot.xy))) <= far:
                return self._new(township, self.villages.name[village], spot)
        return self.other(village)

    def unplaced(self, village: int) -> House:
        """Return a house nobody took the coordinates of."""
        return self._new(int(self.villages.township[village]), self.villages.name[village], None)

    def of_list(self, table: pd.DataFrame, name: str, village: int) -> House:
        """Return the house an entry of another list stands in: the very same point."""
        row = table[table.iloc[:, 1] == name].iloc[0]
        return self.at(float(row["经度"]), float(row["纬度"]), village)

    def at(self, lon: float, lat: float, village: int) -> House:
        """Return the house at a point, a new one where none is known there."""
        if (lon, lat) not in self._known:
            x, y = TO_METRES.transform(lon, lat)
            spot = Spot(np.array([x, y]), (lon, lat))
            township = int(self.villages.township[village])
            self._known[lon, lat] = self._new(township, self.villages.name[village], spot)
        return self._known[lon, lat]
