"""The indicators of one layer at one time, each a function of the same view.

An indicator is registered with what it counts, its denominator and which of the meanings of
coverage it is. ``has_one`` (units with a working facility) and ``reached`` (people within the
limit of one, wherever it stands) are never mixed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InternalError
from ..core.text import Text
from ..domain.demand import Demand
from ..domain.layer import Layer
from ..domain.profile import Profile
from ..domain.region import Region
from ..travel import Nearest, Snapped
from ..travel.nearest import NEVER
from .coverage import COLUMNS, TOTAL

Phase = Literal["before", "after"]
Measure = Literal["people", "units", "sites"]


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer at one time, as the indicators see it.

    Parameters
    ----------
    layer, profile, region, demand
        What is measured, how people travel, and where they live.
    places
        The demand points joined to the network.
    nearest
        Everybody's nearest working site.
    site_units
        Unit code of each site of ``nearest``, "" outside the study, shape ``(n_sites,)``.
    phase
        Before or after the proposed sites.
    """

    layer: Layer
    profile: Profile
    region: Region
    demand: Demand
    places: Snapped
    nearest: Nearest
    site_units: NDArray[np.object_]
    phase: Phase

    @property
    def people(self) -> NDArray[np.int64]:
        """People of the layer's group at each point."""
        return self.demand.people(self.layer.group)

    def by_unit(self, who: NDArray[np.bool_]) -> pd.Series:
        """Return the people of the layer's group at some points, by unit."""
        codes = pd.Index(self.region.codes)
        home = codes.get_indexer(self.demand.points["unit"])
        counts = np.bincount(home, np.where(who, self.people, 0), minlength=len(codes))
        return pd.Series(counts.astype(np.int64), index=codes)


Function = Callable[[LayerView, float], pd.Series]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A registered indicator.

    Parameters
    ----------
    id, label
        Name in tables, and for people.
    kind
        ``reached``, ``has_one`` or "" for what is no coverage.
    measure
        What ``value`` counts.
    better
        Whether more is better.
    limits
        Whether it is measured at every threshold, at the layer's own minutes, or without one.
    compute
        The value for each unit, index the codes of the region.
    """

    id: str
    label: Text
    kind: Literal["reached", "has_one", ""]
    measure: Measure
    better: Literal["high", "low", ""]
    limits: Literal["thresholds", "layer", "none"]
    compute: Function


INDICATORS: dict[str, Indicator] = {}


def indicator(
    key: str,
    *,
    zh: str,
    en: str,
    kind: Literal["reached", "has_one", ""],
    measure: Measure,
    better: Literal["high", "low", ""],
    limits: Literal["thresholds", "layer", "none"],
) -> Callable[[Function], Function]:
    """Register an indicator under ``key``."""

    def register(compute: Function) -> Function:
        INDICATORS[key] = Indicator(key, Text(zh, en), kind, measure, better, limits, compute)
        return compute

    return register


@indicator(
    "people_reached",
    zh="可达人数",
    en="people reached",
    kind="reached",
    measure="people",
    better="high",
    limits="thresholds",
)
def people_reached(view: LayerView, minutes: float) -> pd.Series:
    """People within the limit of a working site, wherever it stands."""
    return view.by_unit(view.nearest.within(minutes))


@indicator(
    "reached_from_other_unit",
    zh="其中最近设施在其他乡镇",
    en="of them: nearest site in another unit of the study",
    kind="reached",
    measure="people",
    better="",
    limits="layer",
)
def reached_from_other_unit(view: LayerView, minutes: float) -> pd.Series:
    """People reached whose nearest site stands in another unit."""
    unit = _nearest_unit(view)
    own = view.demand.points["unit"].to_numpy()
    return view.by_unit(view.nearest.within(minutes) & (unit != own) & (unit != ""))


@indicator(
    "reached_from_outside",
    zh="其中最近设施在研究区外",
    en="of them: nearest site outside the study",
    kind="reached",
    measure="people",
    better="",
    limits="layer",
)
def reached_from_outside(view: LayerView, minutes: float) -> pd.Series:
    """People reached whose nearest site stands across the county line."""
    return view.by_unit(view.nearest.within(minutes) & (_nearest_unit(view) == ""))


@indicator(
    "not_reached_too_far",
    zh="不可达：超过时限",
    en="not reached: beyond the limit",
    kind="",
    measure="people",
    better="low",
    limits="layer",
)
def not_reached_too_far(view: LayerView, minutes: float) -> pd.Series:
    """People with a way to a site that takes longer than the limit."""
    return view.by_unit((view.nearest.ms != NEVER) & ~view.nearest.within(minutes))


@indicator(
    "not_reached_no_way",
    zh="不可达：路网不连通",
    en="not reached: no connection to any site",
    kind="",
    measure="people",
    better="low",
    limits="layer",
)
def not_reached_no_way(view: LayerView, minutes: float) -> pd.Series:
    """People on a road from which no site can be reached: islands, cut-off pieces."""
    del minutes
    return view.by_unit(_never(view) & view.places.joined)


@indicator(
    "not_reached_no_road",
    zh="不可达：附近没有道路",
    en="not reached: no road near",
    kind="",
    measure="people",
    better="low",
    limits="layer",
)
def not_reached_no_road(view: LayerView, minutes: float) -> pd.Series:
    """People farther from every usable road than the cap of their profile."""
    del minutes
    return view.by_unit(_never(view) & ~view.places.joined)


@indicator(
    "not_reached_no_site",
    zh="不可达：没有运营设施",
    en="not reached: no working site",
    kind="",
    measure="people",
    better="low",
    limits="layer",
)
def not_reached_no_site(view: LayerView, minutes: float) -> pd.Series:
    """Everybody with a place, where the layer has no working site at all."""
    del minutes
    return view.by_unit(np.full(len(view.demand), len(view.nearest.sites) == 0))


@indicator(
    "not_reached_unplaced",
    zh="无法判断：没有点位",
    en="cannot be judged: no place known",
    kind="",
    measure="people",
    better="low",
    limits="layer",
)
def not_reached_unplaced(view: LayerView, minutes: float) -> pd.Series:
    """People in the total of a unit for which no place is known."""
    del minutes
    return view.demand.unplaced[view.layer.group]


@indicator(
    "has_one",
    zh="有设施的单元",
    en="units that have one",
    kind="has_one",
    measure="units",
    better="high",
    limits="none",
)
def has_one(view: LayerView, minutes: float) -> pd.Series:
    """Whether at least one working site belongs to the unit (1 or 0)."""
    del minutes
    have = {str(unit) for unit in view.site_units}
    return pd.Series([int(code in have) for code in view.region.codes], index=view.region.codes)


@indicator(
    "working_sites",
    zh="运营设施数",
    en="working sites",
    kind="",
    measure="sites",
    better="",
    limits="none",
)
def working_sites(view: LayerView, minutes: float) -> pd.Series:
    """Working sites that belong to the unit."""
    del minutes
    counts = pd.Series(view.site_units).value_counts()
    return counts.reindex(view.region.codes, fill_value=0)


def _never(view: LayerView) -> NDArray[np.bool_]:
    """Return who can reach none of the working sites, there being some."""
    return np.asarray((view.nearest.ms == NEVER) & (len(view.nearest.sites) > 0))


def _nearest_unit(view: LayerView) -> NDArray[np.object_]:
    """Return the unit of everybody's nearest site, None where there is none."""
    unit = np.full(len(view.demand), None, dtype=object)
    has = view.nearest.site != NEVER
    unit[has] = view.site_units[view.nearest.site[has]]
    return unit


_OF_ROADS = frozenset({"not_reached_no_way", "not_reached_no_road"})
"""Why somebody is not reached, where there are roads: over straight lines no one is cut off."""


def measure_layer(view: LayerView, thresholds: list[int]) -> pd.DataFrame:
    """Return every indicator of a layer at one time: a row per unit, and one for the total.

    Raises
    ------
    InternalError
        When reached and not reached people do not add up to a unit's total.
    """
    limits: dict[str, list[float | None]] = {
        "thresholds": [*sorted({*map(float, thresholds), view.layer.minutes})],
        "layer": [view.layer.minutes],
        "none": [None],
    }
    straight = view.profile.straight is not None
    parts = [
        _rows(view, item, minutes)
        for item in INDICATORS.values()
        if not (straight and item.id in _OF_ROADS)
        for minutes in limits[item.limits]
    ]
    columns = {name: [cell for part in parts for cell in part[name]] for name in COLUMNS}
    frame = pd.DataFrame(
        {name: pd.array(cells, dtype=_DTYPES[name]) for name, cells in columns.items()}
    )
    _check_sums(view, frame)
    return frame


_DTYPES = dict.fromkeys(COLUMNS, "str") | {
    "minutes": "Float64",
    "value": "Int64",
    "denominator": "Int64",
}


def _rows(view: LayerView, item: Indicator, minutes: float | None) -> dict[str, list[object]]:
    """Return an indicator as columns: a cell for each unit, and one for the total."""
    people = _whole(view.demand.totals[view.layer.group])
    counted = _whole(item.compute(view, minutes or 0.0).reindex(view.region.codes))
    about_people, sites = item.measure == "people", item.measure == "sites"
    values: list[int | None] = counted
    denominators: list[int | None] = [None if sites else 1] * len(people)
    notes, total_note = [Text("", "")] * len(people), Text("", "")
    if about_people:
        values = [v if n is not None else None for v, n in zip(counted, people, strict=True)]
        denominators, notes = people, [_note(total) for total in people]
        unknown = sum(total is None for total in people)
        if unknown:
            total_note = Text(
                f"{unknown} 个单元人口未知，未计入", f"{unknown} units of unknown people left out"
            )
    total = _sum(values)
    if sites:
        total, total_note = len(view.site_units), _outside_sites(view)
    rows = len(people) + 1
    return {
        "layer": [view.layer.id] * rows,
        "indicator": [item.id] * rows,
        "coverage_kind": [item.kind] * rows,
        "phase": [view.phase] * rows,
        "unit_code": [*view.region.codes, TOTAL],
        "unit_name": [*view.region.names, ""],
        "minutes": [minutes] * rows,
        "group": [view.layer.group] * rows,
        "profile": [view.profile.id] * rows,
        "value": [*values, total],
        "unit_of_measure": [item.measure] * rows,
        "denominator": [*denominators, _sum(denominators)],
        "note_zh": [*(note.zh for note in notes), total_note.zh],
        "note_en": [*(note.en for note in notes), total_note.en],
    }


def _whole(numbers: pd.Series) -> list[int | None]:
    """Return whole numbers as they are, None for those nobody knows."""
    return [None if pd.isna(number) else int(number) for number in numbers.tolist()]


def _sum(numbers: list[int | None]) -> int | None:
    """Return the sum of those that are known, None where none is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _note(total: int | None) -> Text:
    if total is None:
        return Text("人口未知", "people not known")
    if total == 0:
        return Text("没有这类人口", "nobody of this group")
    return Text("", "")


def _outside_sites(view: LayerView) -> Text:
    outside = int((view.site_units == "").sum())
    if not outside:
        return Text("", "")
    return Text(f"其中 {outside} 处在研究区外", f"{outside} of them outside the study")


def _check_sums(view: LayerView, frame: pd.DataFrame) -> None:
    own = frame[frame["minutes"] == view.layer.minutes]
    reached = own[own["indicator"] == "people_reached"].set_index("unit_code")["value"]
    missed = own[own["indicator"].str.startswith("not_reached")].groupby("unit_code")["value"].sum()
    total = own[own["indicator"] == "people_reached"].set_index("unit_code")["denominator"]
    wrong = (reached + missed.reindex(reached.index) != total).fillna(value=False)
    if wrong.any():
        raise InternalError(f"{view.layer.id}: people do not add up in {list(wrong[wrong].index)}")
