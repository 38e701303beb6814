"""The ledger of a study: what its tables say, filled up from its boundaries, people and roads."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from .domain import Demand
from .domain.fact_frames import with_facts
from .domain.policy import LEVELS, Target
from .domain.policy_columns import NEVER_SUMMED, UNIT_FACTS, UNIT_TYPES
from .domain.targets_config import TargetsConfig
from .domain.unit_codes import LEVEL_DIGITS, above, level_of, stem, type_of
from .io.policyfacts import PolicyFacts
from .io.policykinds import policy_layer_of
from .io.studyunits import StudyUnits, study_units
from .measure.policy.ledger import LayerReach, Ledger
from .measure.policy.roads import RoadTravel, village_codes
from .results import Inputs

_SUMMED = tuple(
    fact.key for fact in UNIT_FACTS if fact.kind == "number" and fact.key not in NEVER_SUMMED
)
_GROUPS = {"all": "population"}
_M2_PER_KM2 = 1e6

_COUNTY = re.compile(r"(?:^|(?<=[省市州]))[^\W\d省市州县区旗]{1,8}(?:自治县|县|市|区|旗)")
_NO_COUNTY = re.compile(r"(?:社|小|园|城|地|山|老|库|市|县|新|林|景|牧)区")


def study_ledger(inputs: Inputs, facts: PolicyFacts, targets: tuple[Target, ...] = ()) -> Ledger:
    """Return everything the targets of a study are judged by.

    The units of the boundaries are joined by what the tables say of them and of others. Where the
    tables give none, townships take their type from the kind the boundaries state, their area
    from the polygon, and their people from the study's own totals. What all parts of a place are
    known to have is summed for the whole; posts and staff are not, as a county has its own.

    Parameters
    ----------
    inputs, facts
        The study, and what its tables say.
    targets
        Every row of the register.
    """
    study = study_units(inputs.region)
    config = inputs.config.targets if inputs.config is not None else None
    units = _units(inputs, facts.units, study)
    known = {policy_layer_of(item.layer.id): item.layer for item in inputs.layers}
    known.pop("", None)
    return Ledger(
        date=inputs.date,
        home=study.home or _only_county(units),
        units=units,
        facilities=_facilities(facts.facilities, units, study),
        projects=facts.projects.copy(),
        config=config or TargetsConfig(),
        travel=_travel(inputs, units, study),
        layers=facts.layers,
        on_map=frozenset(known),
        reach_of={
            key: LayerReach(layer.profile, layer.minutes, layer.group, layer.direction)
            for key, layer in known.items()
        },
        targets=targets,
    )


def _travel(inputs: Inputs, units: pd.DataFrame, study: StudyUnits) -> RoadTravel:
    return RoadTravel(
        inputs.network,
        inputs.profiles,
        _recoded(inputs.demand, study),
        ignore_fragments_metres=inputs.ignore_fragments_metres,
        codes=village_codes(units[units["level"] == "village"]),
    )


def _recoded(demand: Demand, study: StudyUnits) -> Demand:
    """Return the people with the codes of the ledger, where boundaries have shorter ones."""
    codes = {code: study.called[code] for code in demand.totals.index}
    if all(code == new for code, new in codes.items()):
        return demand
    points = demand.points.assign(unit=demand.points["unit"].map(codes))
    return replace(
        demand,
        points=points,
        totals=demand.totals.rename(index=codes),
        unplaced=demand.unplaced.rename(index=codes),
    )


def _units(inputs: Inputs, given: pd.DataFrame, study: StudyUnits) -> pd.DataFrame:
    rows: dict[str, dict[str, Any]] = {str(code): dict(row) for code, row in given.iterrows()}
    for code, row in _boundary_rows(inputs, study).items():
        rows[code] = _filled(rows.get(code, {}), row)
    for code in _between(study):
        name = _county_name(inputs.title) if code == study.home else ""
        rows[code] = _filled(rows.get(code, {}), {"name": name, "level": level_of(code)})
    for code, row in rows.items():
        row["name"] = row.get("name") or code
        if _unknown(row.get("type")):
            row["type"] = type_of(code, str(row["level"]), str(row["name"]))
    for code, row in rows.items():
        row["parent"] = _parent(code, rows)
    frame = _frame(rows)
    for level in reversed(LEVELS[:-1]):
        _sum_level(frame, level, inputs, study)
    area = frame["area_km2"]
    frame["density_per_km2"] = frame["population"] / area.mask(area == 0)
    return frame


def _boundary_rows(inputs: Inputs, study: StudyUnits) -> dict[str, dict[str, Any]]:
    """Return what the boundaries and the people of the study say of each of its units."""
    region, totals = inputs.region, inputs.demand.totals
    area = region.units.geometry.area
    keys = {group: _GROUPS.get(group, group) for group in inputs.demand.groups}
    rows = {}
    for code in region.codes:
        own = study.called[code]
        kind = str(region.units["kind"][code])
        rows[own] = {
            "name": study.names[own],
            "level": study.level(own),
            "type": UNIT_TYPES.get(kind),
            "area_km2": round(float(area[code]) / _M2_PER_KM2, 6),
        } | {key: totals.loc[code, group] for group, key in keys.items() if key in _SUMMED}
    return rows


def _between(study: StudyUnits) -> list[str]:
    """Return the codes of the places the study's units lie in, up to its home."""
    if not study.home:
        return []
    wide = LEVELS[LEVELS.index(level_of(study.home)) : LEVELS.index("township")]
    found = {above(code, level) for code in study.names for level in wide}
    return sorted(found - {"", *study.names})


def _filled(stated: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stated, filled up with what else is told."""
    row = dict(stated)
    for key, value in told.items():
        if _unknown(row.get(key)) or row.get(key) == "":
            row[key] = value
    return row


def _unknown(value: object) -> bool:
    return value is None or (not isinstance(value, frozenset) and bool(pd.isna(value)))


def _parent(code: str, rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the unit above: the one stated where there is such a unit, else the next by code."""
    level = LEVELS.index(str(rows[code]["level"]))
    stated = rows[code].get("parent")
    if not _unknown(stated) and str(stated) in rows:
        over = str(stated)
        if LEVELS.index(str(rows[over]["level"])) < level:
            return over
    by_code = [above(code, up) for up in reversed(LEVELS[:level])]
    return next((up for up in by_code if up in rows and up != code), "")


def _frame(rows: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    codes = sorted(rows)
    keys = ["name", *(fact.key for fact in UNIT_FACTS)]
    frame = with_facts(
        pd.DataFrame(
            {key: pd.Series([rows[code].get(key) for code in codes], dtype=object) for key in keys}
        ),
        UNIT_FACTS,
    )
    frame["name"] = frame["name"].astype("string")
    frame.index = pd.Index(codes, name="code", dtype=object)
    return frame


def _sum_level(units: pd.DataFrame, level: str, inputs: Inputs, study: StudyUnits) -> None:
    """Fill in what all parts of a unit are known to have and the unit is not.

    Only where the ledger has all its parts. A township's are all there when every place its
    people live at is one of its villages; a wider unit's when it lies in the study and the study
    leaves no part of it out.
    """
    below, year = LEVELS[LEVELS.index(level) + 1], inputs.date.year
    gone = (units["valid_from"] > year).fillna(value=False)
    gone |= (units["valid_to"] <= year).fillna(value=False)
    here = units[(units["level"] == below).fillna(value=False).to_numpy() & ~gone.to_numpy()]
    bounds = None if inputs.config is None else inputs.config.region
    only = [] if bounds is None else [*bounds.only, *bounds.leave_out]
    people = {"area_km2", *(_GROUPS.get(group, group) for group in inputs.demand.groups)}
    points = inputs.demand.points
    places = {
        study.called[str(code)]: set(names.astype(str))
        for code, names in points.groupby("unit")["place"]
    }
    for code, parts in here.groupby("parent"):
        unit = str(code)
        if unit not in units.index or str(units["level"][unit]) != level:
            continue
        if level == "township":
            whole = bool(places.get(unit)) and places[unit] <= set(parts["name"].astype(str))
        else:
            whole = bool(study.home) and not only and stem(unit).startswith(stem(study.home))
        # Who lives on a farm without a boundary is counted within the boundaries around it.
        bounded = parts[parts.index.isin(study.names)]
        for key in _SUMMED if whole else ():
            mine = bounded if key in people and len(bounded) else parts
            if pd.isna(units.loc[unit, key]) and mine[key].notna().all():
                units.loc[unit, key] = float(mine[key].sum())


def _county_name(title: str) -> str:
    """Return the county a title speaks of, "" where it names none.

    Examples
    --------
    >>> _county_name("浙江省绍兴市新昌县养老设施"), _county_name("云溪县（虚构示例）")
    ('新昌县', '云溪县')
    >>> _county_name("社区服务")
    ''
    """
    found = [name for name in _COUNTY.findall(title) if not _NO_COUNTY.fullmatch(name)]
    return str(found[-1]) if found else ""


def _only_county(units: pd.DataFrame) -> str:
    """Return the one county the tables name, where the codes of the townships tell none."""
    counties = units.index[units["level"] == "county"]
    return str(counties[0]) if len(counties) == 1 else ""


def _facilities(rows: pd.DataFrame, units: pd.DataFrame, study: StudyUnits) -> pd.DataFrame:
    """Return the facilities with the unit of every level they belong to."""
    lies = [
        _lies_in(str(unit), str(village), units, study)
        for unit, village in zip(rows["unit"], rows["village"], strict=True)
    ]
    frame = rows.drop(columns=["unit", "village"])
    for level in LEVELS:
        frame[level] = pd.array([where[level] for where in lies], dtype="string")
    rural = units["is_rural"].reindex(frame["village"]).to_numpy(dtype=object, na_value=pd.NA)
    frame["is_rural"] = pd.array(list(rural), dtype="boolean")
    return frame


def _lies_in(unit: str, village: str, units: pd.DataFrame, study: StudyUnits) -> dict[str, str]:
    """Return the code of each level a facility belongs to, "" where not known or outside."""
    where = dict.fromkeys(LEVELS, "")
    at = last = unit
    if village in units.index:
        where["village"] = village
        if not unit or LEVELS.index(str(units["level"].get(unit, "village"))) < LEVELS.index(
            "township"
        ):
            at = str(units["parent"][village])
    while at:
        level = str(units["level"].get(at, level_of(at) or "township"))
        where[level] = at
        last, at = at, str(units["parent"].get(at, ""))
    if unit or where["village"]:
        for level in LEVELS:
            if not where[level] and LEVEL_DIGITS[level] < len(stem(study.home or last)):
                where[level] = above(study.home or last, level)
    return where
