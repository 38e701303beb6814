"""Who is not reached, village by village."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.demand import Demand
from ..travel.graph import MS_PER_MINUTE
from ..travel.nearest import NEVER, Nearest

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
    if "place" not in demand.points:
        return ()
    people, out = demand.people(group), ~nearest.within(minutes)
    never = nearest.ms == NEVER
    travelling = out & ~never
    sites = len(nearest.sites) > 0
    frame = pd.DataFrame(
        {
            "unit": demand.points["unit"].astype(str).to_numpy(),
            "name": demand.points["place"].fillna("").astype(str).to_numpy(),
            "people": people,
            "missed": np.where(out, people, 0),
            "no_road": np.where(never & ~joined & sites, people, 0),
            "no_way": np.where(never & joined & sites, people, 0),
            "travelling": np.where(travelling, people, 0),
            # Whole milliseconds: the sum does not depend on the order of the points.
            "person_ms": np.where(travelling, nearest.ms * people, 0),
        }
    )
    sums = frame[frame["name"] != ""].groupby(["unit", "name"], sort=True).sum()
    some = sums[sums["missed"] > 0].sort_values("missed", ascending=False, kind="stable")
    return tuple(
        VillageGap(
            unit=str(unit),
            name=str(name),
            people=int(row["people"]),
            missed=int(row["missed"]),
            no_road=int(row["no_road"]),
            no_way=int(row["no_way"]),
            minutes=_mean(int(row["person_ms"]), int(row["travelling"])),
        )
        for (unit, name), row in zip(some.index, some.to_dict("records"), strict=True)
    )


def _mean(person_ms: int, people: int) -> float | None:
    return None if not people else person_ms / people / MS_PER_MINUTE
