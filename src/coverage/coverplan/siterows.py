"""Every site of a layer as a row: standing, not counted, opened or closed by a plan."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .core.errors import InternalError
from .core.text import Text
from .domain import Facilities, Region
from .domain.groups import group_label
from .results import Inputs, LayerInput
from .siting.proposal import Proposal
from .travel import ModeGraph, Snapped, reach_sums, snap

SITE_COLUMNS = [
    "layer",
    "site_id",
    "name",
    "state",
    "unit",
    "unit_name",
    "status",
    "opened",
    "closed",
    "capacity",
    "kind",
    "class_name",
    "cost_yuan",
    "reason_zh",
    "reason_en",
    "road_metres",
    "people_within",
    "newly_reached",
    "newly_alone",
    "lost_without",
]


def site_rows_of(
    inputs: Inputs,
    item: LayerInput,
    graph: ModeGraph,
    places: Snapped,
    working: tuple[Facilities, Snapped],
    reasons: list[Text | None],
    proposal: Proposal | None,
) -> gpd.GeoDataFrame:
    """Return one row per site, in metres.

    Parameters
    ----------
    inputs, item
        The study and the layer.
    graph, places
        The network as the layer's people see it, and they on it.
    working
        The facilities that count today, and they on the network.
    reasons
        Why each facility of the list is not counted; None for those that are.
    proposal
        The plan, if there is one.
    """
    parts = [_existing(inputs, item, graph, places, working, reasons, proposal)]
    if proposal is not None and len(proposal.chosen):
        parts.append(_proposed(inputs, item, graph, places, proposal))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=inputs.region.crs)


def _people_within(
    inputs: Inputs, item: LayerInput, graph: ModeGraph, places: Snapped, sites: Snapped
) -> "pd.api.extensions.ExtensionArray":
    people = inputs.demand.people(item.layer.group)
    minutes = item.layer.minutes
    within = reach_sums(
        graph, places, sites, people, minutes=[minutes], direction=item.layer.direction
    )
    return pd.array(within[:, 0], dtype="Int64")


def _existing(
    inputs: Inputs,
    item: LayerInput,
    graph: ModeGraph,
    places: Snapped,
    working: tuple[Facilities, Snapped],
    reasons: list[Text | None],
    proposal: Proposal | None,
) -> gpd.GeoDataFrame:
    frame = item.facilities.sites.reset_index()
    counted = np.array([reason is None for reason in reasons], dtype=bool)
    if len(working[0]) != int(counted.sum()):
        raise InternalError(f"{item.layer.id}: working sites and reasons do not agree")
    frame["layer"] = item.layer.id
    frame["state"] = np.where(counted, "existing", "not_counted")
    frame["unit_name"] = unit_names(frame["unit"], inputs.region)
    words = [reason or Text("", "") for reason in reasons]
    closing = np.zeros(len(frame), dtype=bool)
    if proposal is not None:
        closing[np.flatnonzero(counted)[list(proposal.closed_working)]] = True
        for row, why in zip(np.flatnonzero(closing), proposal.closed_words, strict=True):
            words[row] = why
    frame["state"] = np.where(closing, "closing", frame["state"])
    frame["reason_zh"] = [w.zh for w in words]
    frame["reason_en"] = [w.en for w in words]
    road = np.full(len(frame), np.nan)
    road[counted] = _road(working[1])
    frame["road_metres"] = pd.array(np.round(road, 1), dtype="Float64")
    within = pd.Series(pd.NA, index=frame.index, dtype="Int64")
    within[counted] = _people_within(inputs, item, graph, places, working[1])
    frame["people_within"] = within
    for column in ("kind", "class_name"):
        frame[column] = ""
    for column in ("cost_yuan", "newly_reached", "newly_alone", "lost_without"):
        frame[column] = pd.array([pd.NA] * len(frame), dtype="Int64")
    precision = ["precision"] if "precision" in frame else []
    return frame[[*SITE_COLUMNS, *precision, "geometry"]]


def _road(sites: Snapped) -> NDArray[np.float64]:
    return np.where(np.isfinite(sites.access_metres), sites.access_metres, np.nan)


def _proposed(
    inputs: Inputs, item: LayerInput, graph: ModeGraph, places: Snapped, proposal: Proposal
) -> gpd.GeoDataFrame:
    chosen, plan = proposal.chosen, proposal.plan
    joined = snap(graph, np.column_stack([chosen.geometry.x, chosen.geometry.y]).reshape(-1, 2))
    n = len(chosen)
    group = group_label(item.layer.group)
    words = proposal.chosen_words or tuple(
        Text(
            f"在前列各处建成后再新增可达 {new:,} 人（{group.zh}）",
            f"newly reaches {new:,} people ({group.en}) after those listed before it",
        )
        for new in plan.newly
    )
    return gpd.GeoDataFrame(
        {
            "layer": item.layer.id,
            "site_id": [f"new:{i}" for i in chosen.index],
            "name": chosen["name"].to_numpy(),
            "state": "proposed",
            "unit": chosen["unit"].to_numpy(),
            "unit_name": unit_names(chosen["unit"], inputs.region),
            "status": "proposed",
            "opened": pd.array(proposal.opening_years or [pd.NA] * n, dtype="Int64"),
            "closed": pd.array([pd.NA] * n, dtype="Int64"),
            "capacity": pd.array(proposal.chosen_capacity, dtype="Float64"),
            "kind": proposal.chosen_column("kind"),
            "class_name": proposal.chosen_column("class_name"),
            "cost_yuan": pd.array(proposal.chosen_cost, dtype="Int64"),
            "reason_zh": [w.zh for w in words],
            "reason_en": [w.en for w in words],
            "road_metres": pd.array(np.round(_road(joined), 1), dtype="Float64"),
            "people_within": _people_within(inputs, item, graph, places, joined),
            "newly_reached": pd.array(plan.newly, dtype="Int64"),
            "newly_alone": pd.array(plan.newly_alone, dtype="Int64"),
            "lost_without": pd.array(plan.lost_without, dtype="Int64"),
        },
        geometry=chosen.geometry.to_numpy(),
        crs=inputs.region.crs,
    )


def unit_names(codes: pd.Series, region: Region) -> list[str]:
    """Return the name of each unit, "" outside the region."""
    return [str(region.names.get(code, "")) for code in codes]
