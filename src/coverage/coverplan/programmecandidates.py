"""Rows of sites: facilities that stand, candidates that may be used, places in villages."""

from collections.abc import Callable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.text import Text
from .domain import Demand
from .measure.policy.places import has_point, points
from .results import Inputs
from .siting import Sites, check_candidates
from .siting.request import SitingRequest
from .travel import ModeGraph

BUILD, REUSE, FINISH, UPGRADE = "build", "reuse", "finish", "upgrade"
KINDS = {
    BUILD: Text("新建", "new building"),
    REUSE: Text("利用现有建筑", "in a building that stands"),
    FINISH: Text("在建或计划中的，按期建成", "already planned or being built: finish it"),
    UPGRADE: Text("提升现有设施", "upgrade the facility that stands"),
}
"""How a new site comes about; all but the first need no new building."""


def village_places(demand: Demand, code_of: Callable[[str, str], str]) -> gpd.GeoDataFrame:
    """Return a place in each village: the point of people nearest to the middle of them.

    Parameters
    ----------
    demand, code_of
        Where people live, and the code of a village by its township and name, "" where none.
    """
    homes, xy = demand.points, demand.xy
    people = demand.people("all" if "all" in demand.groups else demand.groups[0])
    groups = homes.groupby(["unit", "place"], sort=True).indices
    rows = []
    for (unit, place), at in groups.items():
        weight = people[at] if people[at].any() else np.ones(len(at))
        middle = np.average(xy[at], axis=0, weights=weight)
        nearest = at[int(np.argmin(np.hypot(*(xy[at] - middle).T)))]
        code = code_of(str(unit), str(place))
        rows.append((f"{code or unit}@{place}", str(place), str(unit), code, int(nearest)))
    frame = pd.DataFrame(rows, columns=["id", "name", "unit", "village", "at"]).set_index("id")
    geometry = homes.geometry.to_numpy()[frame["at"].to_numpy(dtype=np.int64)]
    n = len(frame)
    return gpd.GeoDataFrame(
        frame.drop(columns="at").assign(
            kind=BUILD,
            cost_yuan=pd.array([pd.NA] * n, dtype="Int64"),
            class_name="",
            place=np.arange(n),
        ),
        geometry=geometry,
        crs=homes.crs,
    )


def facility_rows(rows: pd.DataFrame, kind: str, home: Mapping[str, str]) -> pd.DataFrame:
    """Return facilities that have a place, as rows of sites.

    Parameters
    ----------
    rows, kind
        Facilities of the ledger, and how a site comes about there, "" for those that work.
    home
        Code in the boundaries of each township of the ledger.
    """
    rows = rows[has_point(rows)]
    xy = points(rows)
    costs = {UPGRADE: "cost_reuse", REUSE: "cost_reuse", FINISH: "cost_new"}.get(kind, "")
    cost = rows[costs] if costs in rows else pd.Series(pd.NA, rows.index)
    return pd.DataFrame(
        {
            "name": rows["name"].astype(str).to_numpy(),
            "unit": [home.get(str(code), "") for code in rows["township"]],
            "village": rows["village"].astype("string").fillna("").to_numpy(dtype=object),
            "x": xy[:, 0],
            "y": xy[:, 1],
            "kind": kind,
            "cost_yuan": pd.array([_whole(c) for c in cost], dtype="Int64"),
        },
        index=[f"{kind or 'stands'}:{i}" for i in rows.index],
    )


def _whole(value: object) -> object:
    return pd.NA if pd.isna(value) else int(float(str(value)))


def usable_rows(
    offered: gpd.GeoDataFrame,
    request: SitingRequest | None,
    graph: ModeGraph,
    homes_xy: NDArray[np.float64],
) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    """Return the candidates that may be used as rows of sites, and why others may not.

    Parameters
    ----------
    offered, request
        Candidates with their ``village``, and what is asked of the ground.
    graph, homes_xy
        The network their users travel on, and places of people.
    """
    if not len(offered):
        return stack_rows(), ()
    if request is None:
        checked = check_candidates(offered, graph)
    else:
        limits = request.limits(homes_xy=homes_xy)
        checked = check_candidates(offered, graph, request.forbidden, limits)
    usable = checked.allowed
    named = [
        f"{name}（{size}）" if size else str(name)
        for name, size in zip(usable["name"], usable["class_name"], strict=True)
    ]
    rows = pd.DataFrame(
        {
            "name": named,
            "unit": usable["unit"].to_numpy(dtype=object),
            "village": usable["village"].to_numpy(dtype=object),
            "x": usable.geometry.x.to_numpy(),
            "y": usable.geometry.y.to_numpy(),
            "kind": usable["kind"].to_numpy(dtype=object),
            "cost_yuan": usable["cost_yuan"].array,
            "place": usable["place"].to_numpy(dtype=np.int64),
        },
        index=[f"new:{i}" for i in usable.index],
    )
    out = len(offered) - len(usable)
    if not out:
        return rows, ()
    reasons = list(checked.counts.items())[:3]
    note = Text(
        f"{len(offered)} 个候选点中 {out} 个不能用："
        + "；".join(f"{reason.zh} {n} 个" for reason, n in reasons),
        f"{out} of {len(offered)} candidates may not be used: "
        + "; ".join(f"{n} {reason.en}" for reason, n in reasons),
    )
    return rows, (note,)


_COLUMNS = ("name", "unit", "village", "x", "y", "kind", "cost_yuan", "place")


def stack_rows(*frames: pd.DataFrame) -> pd.DataFrame:
    """Return rows of sites one after the other, each with the number of its place.

    Parameters
    ----------
    frames
        Rows of sites; those of one ``place`` are one place, without it each is its own.
    """
    done, first = [], 0
    for frame in frames:
        if not len(frame):
            continue
        given = frame["place"] if "place" in frame else np.arange(len(frame))
        _, place = np.unique(np.asarray(given), return_inverse=True)
        done.append(frame.assign(place=first + place.reshape(-1)))
        first += int(place.max()) + 1
    if not done:
        empty = pd.DataFrame({name: pd.Series([], dtype=object) for name in _COLUMNS})
        return empty.astype({"x": float, "y": float, "place": np.int64, "cost_yuan": "Int64"})
    return pd.concat(done)[list(_COLUMNS)]


def sites_of_rows(rows: pd.DataFrame, inputs: Inputs) -> Sites:
    """Return rows of sites as sites.

    Parameters
    ----------
    rows, inputs
        As `stack_rows` gives them, and the study.
    """
    position = {code: i for i, code in enumerate(inputs.region.codes)}
    standing = (rows["kind"] == "").to_numpy(dtype=bool)
    return Sites.make(
        pd.Index(rows.index, dtype=object),
        existing=standing,
        place=rows["place"].to_numpy(dtype=np.int64),
        unit=[position.get(str(code), -1) for code in rows["unit"]],
        cost_yuan=rows["cost_yuan"].fillna(0).to_numpy(dtype=np.int64),
        xy=rows[["x", "y"]].to_numpy(dtype=float).reshape(-1, 2),
        names=tuple(rows["name"].astype(str)),
    )
