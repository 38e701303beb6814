"""What tables say that measures need: streets, priority sets, registered people, supply."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from .core.errors import InputError, Problems
from .domain.config import LayerConfig
from .domain.region import Region
from .io.columns import find_column
from .io.paths import Folder, InputFile
from .io.studyunits import study_units
from .io.tables import TABLE_SUFFIXES, read_table
from .io.unitfacts import read_unit_facts
from .io.vectors import read_vector
from .measure.measures import REGISTERED, REGISTERED_ELDERLY, MeasureSettings
from .measure.supply_units import SupplyUnit, supply_unit
from .results import Inputs

PRIORITY = "priority"
"""Partition of the units on any priority set, and the others."""

_STREET = "street"
_PEOPLE = {REGISTERED: "population_registered", REGISTERED_ELDERLY: "elderly_registered"}


def with_unit_tables(
    inputs: Inputs, folder: Folder, asked: MeasureSettings, problems: Problems
) -> MeasureSettings:
    """Return settings filled up by the unit tables of a study; what was set stays.

    The type of a unit says whether it is urban (a street). Where a table puts a unit on a
    priority set (mountain, island, old revolutionary area, ...), ``priority`` divides the units
    into those on any of them and the others: a set is a list, and who is not on it is not in it.
    Registered people by unit become groups that are compared over units.

    Parameters
    ----------
    inputs, folder
        The study, and where its tables are.
    asked
        What was set.
    problems
        Where faults of rows go.

    Raises
    ------
    InputError
        When a table cannot be read at all.
    """
    targets = None if inputs.config is None else inputs.config.targets
    if targets is None or not targets.units:
        return asked
    facts = read_unit_facts(folder, targets.units, inputs.region, problems)
    rows = _townships(facts, inputs.region)
    return replace(
        asked,
        urban={**_urban(rows), **asked.urban},
        partitions={**_priority(rows), **asked.partitions},
        unit_people={**_registered(rows), **asked.unit_people},
    )


def _townships(facts: pd.DataFrame, region: Region) -> pd.DataFrame:
    """Return the facts of the region's own units, by its codes; units of no row left out."""
    called = study_units(region).called
    mine = {code: called.get(code, code) for code in region.codes}
    known = {code: full for code, full in mine.items() if full in facts.index}
    rows = facts.loc[list(known.values())].copy()
    rows.index = pd.Index(list(known), name="code")
    return rows


def _urban(rows: pd.DataFrame) -> dict[str, bool]:
    return {str(code): kind == _STREET for code, kind in rows["type"].items() if not pd.isna(kind)}


def _priority(rows: pd.DataFrame) -> dict[str, Mapping[str, str]]:
    on = {str(code): bool(sets) for code, sets in rows["set"].items()}
    if not any(on.values()):
        return {}
    return {PRIORITY: {code: PRIORITY if here else "other" for code, here in on.items()}}


def _registered(rows: pd.DataFrame) -> dict[str, Mapping[str, int]]:
    found: dict[str, Mapping[str, int]] = {}
    for group, column in _PEOPLE.items():
        known = rows[column].dropna()
        if len(known):
            found[group] = {str(code): int(people) for code, people in known.items()}
    return found


def supply_units(inputs: Inputs) -> dict[str, SupplyUnit]:
    """Return what the supply of each layer is counted in, by the heading of its column.

    Parameters
    ----------
    inputs
        The study. Layers made in code, or whose list can no longer be read, count places.
    """
    layers = {} if inputs.config is None else inputs.config.layers
    files = {file.label: file for file in inputs.files}
    found = {}
    for item in inputs.layers:
        config = layers.get(item.layer.id)
        file = None if config is None else files.get(config.source.as_posix())
        found[item.layer.id] = supply_unit(
            "" if config is None or file is None else _supply_column(config, file)
        )
    return found


def _supply_column(config: LayerConfig, file: InputFile) -> str:
    """Return the column facilities take their capacity from, "" where there is none."""
    try:
        if file.path.suffix.lower() in TABLE_SUFFIXES:
            names = read_table(
                file.path, file.label, config.table, encoding=config.encoding
            ).frame.columns
        else:
            frame, _ = read_vector(file.path, file.label, table=config.table, crs=config.crs)
            names = frame.columns
    except (InputError, OSError):
        return ""
    return find_column(names, "capacity", config.columns) or ""
