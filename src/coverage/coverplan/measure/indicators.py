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

from ..core.text import Text
from ..domain.demand import Demand
from ..domain.layer import Layer
from ..domain.profile import Profile
from ..domain.region import Region
from ..travel import Nearest, Snapped
from ..travel.nearest import NEVER

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

    Examples
    --------
    A layer as it stands today, put together from what a study found:

    >>> import coverplan as cp
    >>> study = cp.assess(cp.small_county())
    >>> found = study.layers["elderly_care"]
    >>> view = cp.LayerView(
    ...     layer=found.layer,
    ...     profile=found.profile,
    ...     region=study.inputs.region,
    ...     demand=study.inputs.demand,
    ...     places=found.places,
    ...     nearest=found.before,
    ...     site_units=found.sites.loc[found.sites["state"] == "existing", "unit"].to_numpy(),
    ...     phase="before",
    ... )
    >>> view.by_unit(found.before.within(15)).to_dict()
    {'330999201': 314, '330999202': 0, '330999203': 0}
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

    Examples
    --------
    >>> from coverplan.measure import INDICATORS
    >>> indicator = INDICATORS["people_reached"]
    >>> indicator.label.en, indicator.kind, indicator.better, indicator.limits
    ('people reached', 'reached', 'high', 'thresholds')
    """

    id: str
    label: Text
    kind: Literal["reached", "has_one", ""]
    measure: Measure
    better: Literal["high", "low", ""]
    limits: Literal["thresholds", "layer", "none"]
    compute: Function


INDICATORS: dict[str, Indicator] = {}
"""Every indicator of ``coverage.csv`` by its name."""


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
