"""A study measured beside coverage: minutes, blind spots, access, places, inequality."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .clock import Clock, OnProgress, OnStep
from .core.errors import InputError, Problem, Problems
from .core.text import Text
from .domain import Facilities, Region, StudyConfig
from .layermeasures import (
    ACCESS_COLUMNS,
    CHOSEN,
    NO_SUPPLY,
    GroupMeasures,
    LayerToday,
    own_unit_access,
    places_by_unit,
)
from .loading import load_inputs
from .measure.blindspots import Missing, missing_combinations, missing_counts
from .measure.coverage import TOTAL
from .measure.floating import PER
from .measure.inequality_table import inequality_rows, lorenz_rows
from .measure.measures import Measures, MeasureSettings, beside, residents_of
from .measure.partitions import partitions_of
from .measure.residents import Residents
from .measure.supply_units import SupplyUnit
from .measureunits import supply_units
from .results import Inputs, LayerInput, Study, inputs_of
from .travel import k_nearest_sites, snap, travel_times
from .travelling import Traveller, traveller


def measure_study(
    study: Study | Inputs | StudyConfig | str | Path,
    settings: MeasureSettings | None = None,
    *,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> Measures:
    """Measure what coverage leaves out, for every layer of a study as it stands today.

    Parameters
    ----------
    study
        A computed study, its inputs, or a study file; proposals play no part.
    settings
        Catchments, weights, need and groups; see `MeasureSettings`.
    on_step, on_progress
        Called as each step begins, and within long ones.

    Raises
    ------
    InputError
        When the files are wrong, or settings name a layer or group the study does not have.

    Examples
    --------
    >>> import coverplan as cp
    >>> found = cp.measure_study(cp.small_county())
    >>> rows = found.nearest.query("layer == 'social_work' and unit_code == 'total'")
    >>> rows[["rank", "people", "reaching", "median_minutes"]].round(1).values.tolist()
    [[1, 3560, 3380, 6.8], [2, 3560, 3380, 22.5]]

    Of those who have a way to one, half live within 6.8 minutes of a station, and within 22.5
    minutes of a second one.
    """
    clock = Clock(on_step, on_progress)
    asked = MeasureSettings() if settings is None else settings
    inputs = _inputs_of(study, clock)
    _check(inputs, asked)
    travellers = _travellers_of(study)
    units, found = supply_units(inputs), list[LayerToday]()
    for item in inputs.layers:
        label, key = item.layer.label, item.layer.profile
        with clock.step(Text(f"出行时间：{label.zh}", f"travel times: {label.en}")):
            if key not in travellers:
                travellers[key] = traveller(inputs, key)
            found.append(_today(inputs, item, travellers[key], asked, units[item.layer.id]))
    with clock.step(Text("各项度量", "measures")):
        return _tables(inputs, asked, found)


def _inputs_of(study: Study | Inputs | StudyConfig | str | Path, clock: Clock) -> Inputs:
    if isinstance(study, Study):
        return study.inputs
    if isinstance(study, str | Path | StudyConfig):
        return load_inputs(study, clock)
    return inputs_of(study)


def _travellers_of(study: object) -> dict[str, Traveller]:
    """Return the networks a computed study has already."""
    if not isinstance(study, Study):
        return {}
    results = study.layers.values()
    return {r.profile.id: Traveller(r.profile, r.graph, r.places) for r in results}


def _check(inputs: Inputs, asked: MeasureSettings) -> None:
    """Refuse settings of layers, groups and units the study does not have."""
    layers = [item.layer.id for item in inputs.layers]
    wrong = [
        _unknown(f"{name}.{key}", Text("图层", "layer"), layers)
        for name, given in (
            ("catchment_minutes", asked.catchment_minutes),
            ("need_share", asked.need_share),
            ("people_per_place", asked.people_per_place),
        )
        for key in given
        if key not in layers
    ]
    groups = list(dict.fromkeys([*inputs.demand.groups, *asked.unit_people]))
    wrong += [
        _unknown(f"groups.{key}", Text("人群", "group"), groups)
        for key in asked.groups or ()
        if key not in groups
    ]
    codes = inputs.region.codes
    partitions = {"urban": asked.urban, **asked.partitions, **asked.unit_people}
    wrong += [
        _unknown(f"{name}.{code}", Text("单元", "unit"), codes)
        for name, by in partitions.items()
        for code in by
        if code not in codes
    ]
    if not layers:
        wrong.append(
            Problem(
                code="measures.no_layers",
                what=Text("研究里没有设施图层", "the study has no layer of facilities"),
                column="layers",
                mend=Text("至少写明一个图层", "name one layer at least"),
            )
        )
    Problems(wrong).raise_if_any()


def _unknown(column: str, what: Text, known: list[str]) -> Problem:
    return Problem(
        code="measures.unknown",
        what=Text(f"研究里没有这个{what.zh}", f"the study has no such {what.en}"),
        column=column,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("改用其中之一", "name one of these"),
    )


def _today(
    inputs: Inputs, item: LayerInput, who: Traveller, asked: MeasureSettings, unit: SupplyUnit
) -> LayerToday:
    layer, points = item.layer, inputs.demand.points.index
    working = item.facilities.working(inputs.date)
    sites, ids = snap(who.graph, working.xy), working.sites.index
    catchment = float(asked.catchment_minutes.get(layer.id, layer.minutes))
    return LayerToday(
        layer=layer,
        working=working,
        near=k_nearest_sites(
            who.graph,
            who.places,
            sites,
            2,
            direction=layer.direction,
            demand_ids=points,
            site_ids=ids,
        ),
        times=travel_times(
            who.graph,
            who.places,
            sites,
            cutoff_minutes=max(layer.minutes, catchment),
            direction=layer.direction,
            demand_ids=points,
            site_ids=ids,
        ),
        supply=_supply(working, layer.label),
        unit=unit,
        catchment=catchment,
        groups=_groups(layer.group, inputs.demand.groups, asked.groups),
    )


def _supply(working: Facilities, label: Text) -> NDArray[np.float64]:
    """Return what each site has, NaN where not known; refuse what is no number of anything."""
    supply = working.sites["capacity"].to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = (supply < 0) | np.isinf(supply)
    if wrong.any():
        sites = [str(key) for key in working.sites.index[wrong]]
        raise InputError([_bad_supply(label, sites)])
    found: NDArray[np.float64] = supply
    return found


def _bad_supply(label: Text, sites: list[str]) -> Problem:
    return Problem(
        code="measures.supply",
        what=Text(f"{label.zh}：床位或容量不能使用", f"{label.en}: unusable beds or capacity"),
        column="capacity",
        found=", ".join(sites),
        expected=Text("0 或更大的数", "a number, 0 or more"),
        mend=Text("改正设施表", "mend the facility list"),
    )


def _groups(own: str, known: tuple[str, ...], asked: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the group of a layer, and those measured beside it at points."""
    if asked is not None:
        return (own, *(group for group in dict.fromkeys(asked) if group != own and group in known))
    registered = beside(own)
    return (own, registered) if registered in known else (own,)


@dataclass(frozen=True, slots=True)
class _Collected:
    """Tables of one kind, each with what it is of in front."""

    parts: dict[str, list[pd.DataFrame]] = field(default_factory=dict)

    def add(self, kind: str, frame: pd.DataFrame, **head: object) -> None:
        """Keep a table under its kind."""
        headed = frame.copy()
        for place, (name, value) in enumerate(head.items()):
            headed.insert(place, name, value)
        self.parts.setdefault(kind, []).append(headed)

    def table(self, kind: str) -> pd.DataFrame:
        """Return all tables of a kind as one."""
        # An empty table has columns of no type, which would take the place of the others'.
        parts = self.parts.get(kind, [])
        filled = [part for part in parts if len(part)] or parts[:1]
        return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _tables(inputs: Inputs, asked: MeasureSettings, layers: list[LayerToday]) -> Measures:
    demand, region = inputs.demand, inputs.region
    people = {group: Residents.of(demand, region, group) for group in demand.groups}
    partitions = partitions_of(region, asked.urban, asked.partitions)
    tables, main = _Collected(), {}
    for today in layers:
        for group in today.groups:
            found = GroupMeasures.of(today, people[group], asked, partitions)
            if group == today.layer.group:
                main[today.layer.id] = found
            _collect(tables, found)
        _by_unit_only(tables, today, region, asked, partitions)
    missing = Missing.of({today.layer.id: today.reached() for today in layers})
    for group, who in people.items():
        for scope, some in _scopes(missing, layers, group):
            tables.add("blind_spots", missing_counts(some, who), scope=scope)
            tables.add("combinations", missing_combinations(some, who), scope=scope)
    return Measures(
        nearest=tables.table("nearest"),
        blind_spots=tables.table("blind_spots"),
        combinations=tables.table("combinations"),
        access=tables.table("access"),
        supply=tables.table("supply"),
        assignment=tables.table("assignment"),
        loads=tables.table("loads"),
        inequality=tables.table("inequality"),
        lorenz=tables.table("lorenz"),
        units=_units(inputs, tables),
        points=_points(inputs, main, missing),
        layers=tuple(today.layer.id for today in layers),
        supply_units={today.layer.id: today.unit for today in layers},
        settings=asked,
        problems=tuple(_problems(layers)),
    )


def _collect(tables: _Collected, found: GroupMeasures) -> None:
    """Keep every table of a layer and a group."""
    head = {"layer": found.today.layer.id, "group": found.who.group}
    tables.add("nearest", found.nearest(), **head)
    tables.add("access", found.access()[ACCESS_COLUMNS], **head)
    tables.add("supply", found.supply(), **head)
    units, loads = found.places()
    tables.add("assignment", units, **head)
    tables.add("loads", loads, **head)
    for shared in found.shared():
        tables.add("inequality", inequality_rows(shared), **head)
        curve = lorenz_rows(shared)
        tables.add("lorenz", curve, **head, subject=shared.subject)


def _by_unit_only(
    tables: _Collected,
    today: LayerToday,
    region: Region,
    asked: MeasureSettings,
    partitions: Mapping[str, NDArray[np.object_]],
) -> None:
    """Compare the layer's supply over people known by unit only, beside the residents."""
    groups = dict.fromkeys([beside(today.layer.group), *(asked.groups or ())])
    for group in groups:
        if group not in asked.unit_people or group in today.groups:
            continue
        who = Residents.by_unit_only(region, group, asked.unit_people[group])
        head = {"layer": today.layer.id, "group": group}
        tables.add("access", own_unit_access(today, who)[ACCESS_COLUMNS], **head)
        for shared in places_by_unit(today, who, partitions):
            tables.add("inequality", inequality_rows(shared), **head)
            tables.add("lorenz", lorenz_rows(shared), **head, subject=shared.subject)


def _scopes(
    missing: Missing, layers: list[LayerToday], group: str
) -> Iterable[tuple[str, Missing]]:
    """Return what a group misses of every layer, and of those meant for it or for everybody."""
    yield "every", missing
    meant = {residents_of(group), "all"}
    own = tuple(today.layer.id for today in layers if today.layer.group in meant)
    if own:
        yield "own", missing.only(own)


def _points(inputs: Inputs, main: dict[str, GroupMeasures], missing: Missing) -> gpd.GeoDataFrame:
    points = inputs.demand.points.copy()
    for key, found in main.items():
        minutes = found.today.near.minutes
        points[f"{key}_minutes"] = minutes[1].to_numpy().round(3)
        points[f"{key}_minutes_2"] = minutes[2].to_numpy().round(3)
        access = found.found.get(CHOSEN)
        points[f"{key}_access"] = np.nan if access is None else access.per_person * PER
    points["missing"] = missing.count
    points["missing_layers"] = missing.names
    return points


def _units(inputs: Inputs, tables: _Collected) -> gpd.GeoDataFrame:
    """Return the units with minutes, access and blind spots of each layer's own group."""
    units = inputs.region.units.copy()
    nearest, access = tables.table("nearest"), tables.table("access")
    for item in inputs.layers:
        key, group = item.layer.id, item.layer.group
        near = _of(nearest, layer=key, group=group, rank=1)
        units[f"{key}_people"] = near["people"].reindex(units.index)
        units[f"{key}_mean_minutes"] = near["mean_minutes"].reindex(units.index)
        units[f"{key}_reach_none"] = near["short"].reindex(units.index)
        found = _of(access, layer=key, group=group, method=CHOSEN)
        units[f"{key}_access"] = found["per_1000"].reindex(units.index)
    spots = tables.table("blind_spots")
    spots = spots[spots["scope"] == "every"]
    if "all" in set(spots["group"]):
        spots = spots[spots["group"] == "all"]
        for count in spots["missing"].dropna().unique():
            rows = spots[(spots["missing"] == count).fillna(value=False)].set_index("unit_code")
            units[f"missing_{count}"] = rows["value"].reindex(units.index)
    return units


def _of(frame: pd.DataFrame, **where: object) -> pd.DataFrame:
    """Return the rows of the units that fit, by code."""
    here = frame["unit_code"] != TOTAL
    for name, value in where.items():
        here &= frame[name] == value
    return frame[here].set_index("unit_code")


def _problems(layers: list[LayerToday]) -> Iterable[Problem]:
    for today in layers:
        label, unknown = today.layer.label, today.unknown
        if not today.has_supply:
            what = Text(f"{label.zh}：{NO_SUPPLY.zh}", f"{label.en}: {NO_SUPPLY.en}")
        elif unknown:
            unit = today.unit.label
            what = Text(
                f"{label.zh}：{len(unknown)} 处运营设施的{unit.zh}未知，未计入可及性",
                f"{label.en}: {unit.en} not known at {len(unknown)} working site"
                f"{'' if len(unknown) == 1 else 's'}; access leaves them out",
            )
        else:
            continue
        yield Problem(
            code="measures.no_places",
            what=what,
            found="、".join(unknown),
            mend=Text("在设施表中填写床位数或容量", "give beds or capacity in the facility list"),
            severity="warning",
        )
