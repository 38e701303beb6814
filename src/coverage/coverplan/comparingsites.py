"""Sites of two runs: in one, in both, of another state; and what stands near what is missing."""

import numpy as np
import pandas as pd
from pyproj import Geod

from .io.runfolder import RunTables

NEAR_METRES = 500
"""A site of one run only is told the nearest of the other run within this."""

SAME_METRES = 1
"""A site of one id is where it was within this."""

_ORDER = ("only_a", "only_b", "state", "moved", "same")
_ELLIPSOID = Geod(ellps="GRS80")
_KEY = ["layer", "site_id"]
_COLUMNS = [
    "layer", "site_id", "name", "unit_code", "unit_name", "difference", "state_a", "state_b",
    "cost_yuan_a", "cost_yuan_b", "lon_a", "lat_a", "lon_b", "lat_b", "name_b", "metres_apart",
    "near_id", "near_name", "near_metres",
]  # fmt: skip


def compare_sites(a: RunTables, b: RunTables, layers: tuple[str, ...]) -> pd.DataFrame:
    """Return the sites of either run, those of one id as one: see `Comparison.sites`.

    Parameters
    ----------
    a, b
        The runs.
    layers
        Ids of the layers compared, in their order.
    """
    ours, theirs = (run.sites[run.sites["layer"].isin(layers)] for run in (a, b))
    both = ours.merge(theirs, on=_KEY, how="outer", suffixes=("_a", "_b"), sort=False)
    for name in ("name", "unit_code", "unit_name"):
        both[name] = both[f"{name}_a"].where(both[f"{name}_a"].notna(), both[f"{name}_b"])
    state_a, state_b = both["state_a"], both["state_b"]
    both["metres_apart"] = _apart(both)
    moved = (both["metres_apart"] > SAME_METRES).fillna(False)
    both["difference"] = np.select(
        [state_b.isna(), state_a.isna(), state_a != state_b, moved.to_numpy(dtype=bool)],
        ["only_a", "only_b", "state", "moved"],
        "same",
    )
    both["name_b"] = both["name_b"].where(both["name_b"] != both["name"]).where(state_a.notna())
    both = _with_near(both)
    rank = {layer: i for i, layer in enumerate(layers)}
    both["rank"] = both["layer"].map(rank)
    both["kind"] = both["difference"].map({k: i for i, k in enumerate(_ORDER)})
    both = both.sort_values(["rank", "kind", "site_id"], kind="stable").reset_index(drop=True)
    text = both[["state_a", "state_b", "name_b", "near_id", "near_name"]]
    both[text.columns] = text.astype(object).where(text.notna(), "")
    return both[_COLUMNS]


def _apart(both: pd.DataFrame) -> pd.Series:
    """Return how far apart the two runs have one site, in whole metres; <NA> for one run's."""
    known = (both["lon_a"].notna() & both["lon_b"].notna()).to_numpy()
    metres = pd.Series(pd.array([pd.NA] * len(both), dtype="Int64"), index=both.index)
    if known.any():
        columns = (both.loc[known, name].to_numpy(dtype=float) for name in _PLACE)
        metres[known] = np.rint(_ELLIPSOID.inv(*columns)[2]).astype(np.int64)
    return metres


_PLACE = ("lon_a", "lat_a", "lon_b", "lat_b")


def _with_near(both: pd.DataFrame) -> pd.DataFrame:
    """Tell each site of one run alone the nearest of those of the other run alone."""
    near: dict[int, tuple[str, str, int]] = {}
    for _, rows in both.groupby("layer", sort=False):
        only_a, only_b = (rows[rows["difference"] == f"only_{side}"] for side in ("a", "b"))
        near |= _nearest(only_a, only_b, "a", "b") | _nearest(only_b, only_a, "b", "a")
    found = [near.get(i, (None, None, pd.NA)) for i in range(len(both))]
    return both.assign(
        near_id=[f[0] for f in found],
        near_name=[f[1] for f in found],
        near_metres=pd.array([f[2] for f in found], dtype="Int64"),
    )


def _nearest(
    sites: pd.DataFrame, others: pd.DataFrame, mine: str, yours: str
) -> dict[int, tuple[str, str, int]]:
    if sites.empty or others.empty:
        return {}
    lon, lat = (others[f"{axis}_{yours}"].to_numpy(dtype=float) for axis in ("lon", "lat"))
    found = {}
    for i, row in zip(sites.index, sites.to_dict("records"), strict=True):
        n = len(others)
        metres = _ELLIPSOID.inv(
            np.full(n, float(row[f"lon_{mine}"])), np.full(n, float(row[f"lat_{mine}"])), lon, lat
        )[2]
        k = int(np.argmin(metres))
        if metres[k] <= NEAR_METRES:
            other = others.iloc[k]
            found[i] = (str(other["site_id"]), str(other["name"]), round(float(metres[k])))
    return found
