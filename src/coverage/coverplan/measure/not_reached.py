"""Who is not reached, village by village, and why: the same people the coverage table counts."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..domain.demand import Demand
from ..travel.graph import MS_PER_MINUTE
from ..travel.nearest import NEVER, Nearest

__all__ = ["PLACE", "REASONS", "UNKNOWN", "UNNAMED", "UNPLACED", "not_reached_rows"]

PLACE, UNNAMED, UNPLACED, UNKNOWN = "place", "unnamed", "unplaced", "unknown"
"""Kinds of rows: a village by name, points without one, people without a point, and units whose
people nobody knows."""

REASONS = ("too_far", "no_way", "no_road", "no_site", "unplaced")
"""Why somebody is not reached, as in the indicators ``not_reached_...``; no two for one person."""

_COUNTS = ["people", "not_reached", *REASONS]
_MINUTES = ["least_minutes", "mean_minutes", "most_minutes"]
_COLUMNS = ["unit_code", "kind", "place", *_COUNTS, "site", *_MINUTES]
_TYPES = (
    dict.fromkeys(["unit_code", "kind", "place"], "str")
    | dict.fromkeys(_COUNTS, "Int64")
    | dict.fromkeys(_MINUTES, "Float64")
    | {"site": "int64"}
)


def not_reached_rows(
    demand: Demand, group: str, nearest: Nearest, joined: NDArray[np.bool_], minutes: float
) -> pd.DataFrame:
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
    DataFrame
        ``unit_code``, ``kind`` (`PLACE`, `UNNAMED`, `UNPLACED`, `UNKNOWN`), ``place``, ``people``
        of the group who live there, ``not_reached`` of them and that number by `REASONS`,
        ``site`` (position of the site nearest to most of those too far; `NEVER` where nobody
        is) and ``least_minutes``, ``mean_minutes``, ``most_minutes`` of those too far. Units
        whose people are not known stand last, with <NA>.
    """
    points = _by_point(demand, group, nearest, joined, minutes)
    keys = ["unit_code", "place"]
    sums = points.groupby(keys, sort=True)[[*_COUNTS, "person_ms"]].sum()
    sums = sums[sums["not_reached"] > 0]
    far = points[points["too_far"] > 0]
    ms = far.groupby(keys)["ms"].agg(["min", "max"]).reindex(sums.index)
    sums["least_minutes"] = ms["min"] / MS_PER_MINUTE
    # Whole milliseconds times people: the sum does not depend on the order of the points.
    sums["mean_minutes"] = sums["person_ms"] / sums["too_far"].where(sums["too_far"] > 0)
    sums["mean_minutes"] /= MS_PER_MINUTE
    sums["most_minutes"] = ms["max"] / MS_PER_MINUTE
    sums["site"] = _usual_site(far, keys).reindex(sums.index, fill_value=NEVER)
    villages = sums.reset_index()
    villages["kind"] = np.where(villages["place"] == "", UNNAMED, PLACE)
    parts = [villages[_COLUMNS], _without_place(demand, group)]
    rows = pd.concat([part.astype(_TYPES) for part in parts], ignore_index=True)
    return rows.sort_values(
        "not_reached", ascending=False, kind="stable", na_position="last", ignore_index=True
    )


def _by_point(
    demand: Demand, group: str, nearest: Nearest, joined: NDArray[np.bool_], minutes: float
) -> pd.DataFrame:
    """Return every point with its people, those missed by reason, and their way."""
    people, out = demand.people(group), ~nearest.within(minutes)
    never, some = nearest.ms == NEVER, len(nearest.sites) > 0
    travelling = out & ~never
    named = demand.points.get("place", pd.Series("", index=demand.points.index))
    why = {
        "too_far": travelling,
        "no_way": never & joined & some,
        "no_road": never & ~joined & some,
        "no_site": np.full(len(people), not some),
    }
    return pd.DataFrame(
        {
            "unit_code": demand.points["unit"].astype(str).to_numpy(),
            "place": named.fillna("").astype(str).to_numpy(),
            "people": people,
            "not_reached": np.where(out, people, 0),
            **{key: np.where(who, people, 0) for key, who in why.items()},
            "unplaced": 0,
            "site": nearest.site,
            "ms": nearest.ms,
            "person_ms": np.where(travelling, nearest.ms * people, 0),
        }
    )


def _usual_site(far: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return the site nearest to most of those too far; of several the one that comes first."""
    to = far.groupby([*keys, "site"], sort=True)["too_far"].sum().reset_index()
    most = to.sort_values("too_far", ascending=False, kind="stable").drop_duplicates(keys)
    return most.set_index(keys)["site"]


def _without_place(demand: Demand, group: str) -> pd.DataFrame:
    """Return a row for each unit with people of no known place, or whose people are not known."""
    totals, unplaced = demand.totals[group], demand.unplaced[group]
    nowhere = unplaced[(unplaced > 0).fillna(value=False)]
    unknown = totals[totals.isna()]
    numbers = pd.concat([nowhere, unknown])
    frame = pd.DataFrame({"unit_code": numbers.index, "people": numbers.to_numpy()})
    frame["kind"] = [UNPLACED] * len(nowhere) + [UNKNOWN] * len(unknown)
    for column in ("not_reached", "unplaced"):
        frame[column] = frame["people"]
    frame["place"], frame["site"] = "", NEVER
    return frame.reindex(columns=_COLUMNS).fillna({key: 0 for key in REASONS if key != "unplaced"})
