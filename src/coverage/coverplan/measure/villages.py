"""Who is not reached, village by village."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.demand import Demand
from ..travel.nearest import Nearest
from .not_reached import PLACE, not_reached_rows

__all__ = ["VillageGap", "village_gaps"]


@dataclass(frozen=True, slots=True)
class VillageGap:
    """The people of one village: places of one name in one unit.

    Parameters
    ----------
    unit, name
        Code of the unit, and name of the village.
    people, missed
        People of the group, and those of them who are not reached.
    no_road, no_way
        Of the missed: those with no road near, and those on a road that leads to no facility.
    minutes
        Mean minutes of those missed who have a way to a facility; None where none has.
    """

    unit: str
    name: str
    people: int
    missed: int
    no_road: int
    no_way: int
    minutes: float | None


def village_gaps(
    demand: Demand, group: str, nearest: Nearest, joined: NDArray[np.bool_], minutes: float
) -> tuple[VillageGap, ...]:
    """Return the villages with somebody out of reach, the most people first.

    Parameters
    ----------
    demand, group
        Who lives where, and who of them is counted.
    nearest
        Their nearest site, in the order of the points.
    joined
        Whether each point is joined to a road, shape ``(n,)``.
    minutes
        The limit within which they count as reached.

    Returns
    -------
    tuple of VillageGap
        Empty where places have no names. People of places without a name are in none of them.
    """
    rows = not_reached_rows(demand, group, nearest, joined, minutes)
    return tuple(
        VillageGap(
            unit=row.unit_code,
            name=row.place,
            people=int(row.people),
            missed=int(row.not_reached),
            no_road=int(row.no_road),
            no_way=int(row.no_way),
            minutes=None if pd.isna(row.mean_minutes) else float(row.mean_minutes),
        )
        for row in rows[rows["kind"] == PLACE].itertuples(index=False)
    )
