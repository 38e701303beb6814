"""Small ledgers for tests: what is given, and nothing known beside."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from coverplan.domain.fact_frames import with_facts
from coverplan.domain.policy import LEVELS
from coverplan.domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS
from coverplan.domain.targets_config import TargetsConfig
from coverplan.measure.policy.ledger import LEVEL_WIDTH, LayerReach, Ledger, Travel, trimmed

Row = Mapping[str, Any]

_WORDS = {"set", "burial_type"}


def ledger(
    units: Iterable[Row] = (),
    facilities: Iterable[Row] = (),
    projects: Iterable[Row] = (),
    *,
    date: str = "2025-12-31",
    home: str = "330624000000",
    layers: Iterable[str] | None = None,
    on_map: Iterable[str] = (),
    reach_of: Mapping[str, LayerReach] | None = None,
    travel: Travel | None = None,
    targets: Iterable[Any] = (),
    **config: Any,
) -> Ledger:
    """Return a ledger of short rows; what a row leaves out is not known.

    Parameters
    ----------
    units
        Rows with ``code`` (6, 9 or 12 digits) and any of: ``name`` (default: the code),
        ``level`` (default: by the zeros of the code), ``type`` (default: by the level: town for a
        township, village for a village), ``parent`` (default: by the code) and the facts of
        `UNIT_FACTS`; ``set`` as words parted by spaces. ``density_per_km2`` is people over area
        where both are given.
    facilities
        Rows with ``layer`` and any of: ``unit`` (code of the unit it belongs to: it and all above
        it are filled), ``status`` (default "operating"), ``opened``, ``closed``, ``x``, ``y``,
        ``id``, ``name``, ``is_rural`` (default: of its village) and the facts of `FACILITY_FACTS`;
        ``burial_type`` as words parted by spaces.
    projects
        Rows with any of ``id``, ``name``, ``layer`` and the facts of `PROJECT_FACTS`.
    date, home, on_map, reach_of, travel, targets
        As in `Ledger`; ``home`` is the code of the unit the study is about.
    layers
        Policy layers there is a list of; default: those that facilities are given of.
    **config
        Keys of the ``[targets]`` table of a study file: ``settings={"basically": 0.9}``.
    """
    table = _units(list(units))
    sites = _facilities(list(facilities), table)
    known = set(sites["layer"]) if layers is None else set(layers)
    return Ledger(
        date=datetime.date.fromisoformat(date),
        home=home.ljust(12, "0"),
        units=table,
        facilities=sites,
        projects=_projects(list(projects)),
        config=TargetsConfig(**config),
        travel=travel,
        layers=frozenset(known),
        on_map=frozenset(on_map),
        reach_of=dict(reach_of or {}),
        targets=tuple(targets),
    )


def _level(code: str) -> str:
    width = len(trimmed(code))
    return next(level for level in LEVELS if LEVEL_WIDTH[level] >= width)


_TYPES = {"township": "town", "village": "village", "county": "county", "prefecture": "prefecture"}


def _units(rows: list[Row]) -> pd.DataFrame:
    made = []
    for given in rows:
        row = dict(given)
        row["code"] = str(row["code"]).ljust(12, "0")
        row.setdefault("name", row["code"])
        row.setdefault("level", _level(row["code"]))
        row.setdefault("type", _TYPES.get(row["level"]))
        made.append(row)
    codes = {row["code"] for row in made}
    for row in made:
        row.setdefault("parent", _parent(row["code"], row["level"], codes))
    frame = with_facts(_frame(made, UNIT_FACTS), UNIT_FACTS)
    frame["name"] = pd.array(list(frame.get("name", [])), dtype="string")
    frame["density_per_km2"] = frame["population"] / frame["area_km2"]
    frame.index = pd.Index([row["code"] for row in made], name="code", dtype=object)
    return frame.drop(columns="code", errors="ignore").sort_index()


def _frame(rows: list[dict[str, Any]], facts: Iterable[Any]) -> pd.DataFrame:
    keys = {key for row in rows for key in row} | {fact.key for fact in facts}
    for row in rows:
        for key in _WORDS & row.keys():
            row[key] = frozenset(str(row[key]).split()) if isinstance(row[key], str) else row[key]
    return pd.DataFrame({key: _objects([row.get(key) for row in rows]) for key in sorted(keys)})


def _objects(values: list[Any]) -> pd.Series:
    return pd.Series(values, dtype=object)


def _parent(code: str, level: str, codes: set[str]) -> str:
    for width in sorted(LEVEL_WIDTH.values(), reverse=True):
        above = code[:width].ljust(12, "0")
        if width < LEVEL_WIDTH[level] and above in codes:
            return above
    return ""


def _facilities(rows: list[Row], units: pd.DataFrame) -> pd.DataFrame:
    made = []
    for i, given in enumerate(rows):
        row = dict(given)
        row.setdefault("id", f"f{i + 1}")
        row.setdefault("name", row["id"])
        row.setdefault("status", "operating")
        stem = trimmed(str(row.pop("unit", "")).ljust(12, "0")) if row.get("unit") else ""
        for level, width in LEVEL_WIDTH.items():
            row.setdefault(level, stem[:width].ljust(12, "0") if len(stem) >= width else "")
        if row["village"] in units.index and "is_rural" not in row:
            row["is_rural"] = units.loc[row["village"], "is_rural"]
        made.append(row)
    facts = [fact for fact in FACILITY_FACTS if fact.key != "village"]
    frame = _frame(made, facts)
    for key in ("layer", "id", "name", "status", "opened", "closed", "x", "y", "is_rural", *LEVELS):
        if key not in frame:
            frame[key] = _objects([None] * len(frame))
    frame = with_facts(frame, facts)
    for key in ("layer", "id", "name", "status", *LEVELS):
        frame[key] = pd.array(_known(frame[key]), dtype="string")
    for key in ("opened", "closed"):
        frame[key] = pd.array(_known(frame[key]), dtype="Int64")
    for key in ("x", "y"):
        frame[key] = frame[key].astype(float)
    frame["is_rural"] = pd.array(_known(frame["is_rural"]), dtype="boolean")
    return frame


def _known(values: Iterable[Any]) -> list[Any]:
    return [pd.NA if pd.isna(value) else value for value in values]


def _projects(rows: list[Row]) -> pd.DataFrame:
    made = [{"name": "", "layer": "", "unit": "", **row} for row in rows]
    for i, row in enumerate(made):
        row.setdefault("id", f"p{i + 1}")
    frame = with_facts(_frame(made, PROJECT_FACTS), PROJECT_FACTS)
    for key in ("id", "name", "layer"):
        if key not in frame:
            frame[key] = _objects([])
    return frame
