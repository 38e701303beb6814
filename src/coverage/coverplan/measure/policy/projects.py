"""What a register of projects says: named projects, plans, counts, years and money."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...core.text import Text
from ...domain.conditions import Condition
from ...domain.policy import Target, layer_members
from .counted import (
    as_of_day,
    level_text,
    no_projects,
    period,
    period_text,
    unit_parts,
)
from .facts import people_of
from .filters import Chosen, choose
from .found import Cannot, Found, Measured, Named, Part
from .ledger import Ledger
from .registry import measures

_DONE = Condition("status", "=", ("done",))
_ANY_LAYER = "all_layers"
_OPEN = ("planned", "started", "building")
_PROJECTS = Text("个项目", "projects")


def registered(ledger: Ledger) -> bool:
    """Return whether the study has a register of projects, be it an empty one."""
    return bool(len(ledger.projects) or ledger.config.projects)


def part_of(layer: object, layers: tuple[str, ...]) -> bool:
    """Return whether the layer of a project lies within some layers, families taken apart.

    Examples
    --------
    >>> part_of("day_care", ("all_elderly_layers",)), part_of("all_layers", ("day_care",))
    (True, False)
    """
    return bool(layer) and set(layer_members((str(layer),))) <= set(layer_members(layers))


def covers(layer: object, layers: tuple[str, ...]) -> bool:
    """Return whether a plan for a layer is one for any of some layers, itself or its family.

    Examples
    --------
    >>> covers("all_elderly_layers", ("day_care",)), covers("day_care", ("all_elderly_layers",))
    (True, False)
    """
    held = set(layer_members((str(layer),))) if layer else set()
    return any(set(layer_members((one,))) <= held for one in layers)


@measures(
    "plan_exists",
    zh="规划（方案）已编制",
    en="a plan exists",
    formula=Text(
        "登记表中属于该条或该类设施、已完成的规划数",
        "finished plans for the clause or its layers in the register of projects",
    ),
)
def plan_exists(target: Target, ledger: Ledger) -> Found:
    """Return how many plans there are (Z20-34, XA-05, XA-16, JJ-17, XC-17, XC-25).

    A plan counts where it names the clause, or its layer is the clause's or a family with it; it
    must be finished, unless the condition says otherwise.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    plans = _plans(target, ledger)
    if isinstance(plans, Cannot):
        return plans
    return Measured(len(plans.rows), None, Text("项规划", "plans"), notes=plans.notes)


@measures(
    "plans_per_unit",
    zh="有规划的单元占比",
    en="share of units with a plan",
    formula=Text(
        "已完成规划的单元数 ÷ 范围内单元数，要求全部",
        "units with a finished plan / units; all must",
    ),
)
def plans_per_unit(target: Target, ledger: Ledger) -> Found:
    """Return the share of units with a plan (Z21-09: 11 prefectures; Z21-10: over 500,000 people).

    A plan that names no unit is the study's own.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    plans = _plans(target, ledger)
    if isinstance(plans, Cannot):
        return plans
    units = pd.concat([chosen.rows for _, chosen in parts])
    home = ledger.home
    have = {home if pd.isna(unit) or not unit else str(unit) for unit in plans.rows["unit"]}
    without_one = [str(code) for code in units.index if code not in have]
    word = level_text(parts[0][0].level)
    return Measured(
        len(units) - len(without_one),
        len(units),
        word,
        of=word,
        missing=_named(without_one, ledger),
        notes=(*(n for _, chosen in parts for n in chosen.notes), *plans.notes),
    )


@measures(
    "project_count",
    zh="项目数",
    en="number of projects",
    formula=Text(
        "统计期内符合条件的项目数；没有年份的不计入",
        "projects that count in the period; one without a year is not counted",
    ),
    transfer="sum",
)
def project_count(target: Target, ledger: Ledger) -> Found:
    """Return how many projects there are (Z20-28: 30 started).

    Plans, maps and services are no projects.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    found = _projects(target, ledger)
    if isinstance(found, Cannot):
        return found
    return Measured(len(found.rows), None, _PROJECTS, notes=found.notes)


@measures(
    "project_units",
    zh="有项目的单元数",
    en="units with a project",
    formula=Text("范围内有已完成项目的单元数", "units in scope with at least one finished project"),
    transfer="sum",
)
def project_units(target: Target, ledger: Ledger) -> Found:
    """Return how many units have a project (JJ-36: 90 projects in 72 old-base villages).

    Finished ones count unless the condition says otherwise; the number of projects stands beside.

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    parts = unit_parts(target, ledger)
    if isinstance(parts, Cannot):
        return parts
    found = _projects(target, ledger)
    if isinstance(found, Cannot):
        return found
    units = pd.concat([chosen.rows for _, chosen in parts])
    codes = [_unit_of(row, ledger) for _, row in found.rows.iterrows()]
    here = [code for code in codes if code in units.index]
    unplaced = sum(not code for code in codes)
    notes = (*(n for _, chosen in parts for n in chosen.notes), *found.notes)
    if unplaced:
        notes = (*notes, _unplaced(unplaced, len(codes)))
    word = level_text(parts[0][0].level)
    return Measured(
        len(set(here)),
        None,
        word,
        missing=_named([str(code) for code in units.index if code not in set(here)], ledger),
        parts=(Part(Text("其中项目", "projects there"), len(here), unit=_PROJECTS),),
        notes=notes,
    )


@measures(
    "phased_share",
    zh="已排定年份的占比",
    en="share with a year",
    formula=Text(
        "已排定年份的待办项目和设施 ÷ 全部待办项目和设施",
        "projects and facilities still to come that have a year / all still to come",
    ),
)
def phased_share(target: Target, ledger: Ledger) -> Found:
    """Return the share of what is still to come that has a year (Z21-49: a list year by year).

    Parameters
    ----------
    target, ledger
        The clause, and what is known.
    """
    rows = ledger.projects
    mine = _of_layers(rows, target)
    open_projects = rows[mine & rows["status"].isin(_OPEN).to_numpy(dtype=bool)]
    sites = as_of_day(ledger, target.layers)
    sites = sites[sites["status"].isin(("planned", "building")).to_numpy(dtype=bool)]
    years = pd.concat([open_projects["year"], sites["planned"].fillna(sites["opened"])])
    if not len(years):
        return Cannot(
            Text(
                "项目登记表和设施名录中没有一项待办（计划、在建）的内容",
                "neither the register of projects nor the lists hold anything still to come",
            )
        )
    both = pd.concat([open_projects[["id", "name"]], sites[["id", "name"]]])
    bare = both[years.isna().to_numpy(dtype=bool)]
    unit = Text("项", "items")
    figure = Measured(
        len(years) - len(bare),
        len(years),
        unit,
        of=unit,
        missing=tuple(Named(str(row["id"]), str(row["name"])) for _, row in bare.iterrows()),
    )
    # The lists of facilities alone are no list of tasks.
    return figure if registered(ledger) else replace(no_projects(), figure=figure)


def _plans(target: Target, ledger: Ledger) -> Chosen | Cannot:
    """Return the plans for a clause, finished by the day or of the status it names."""
    if not registered(ledger):
        return no_projects()
    rows = ledger.projects
    plan = rows["kind"].eq("plan").fillna(value=False).to_numpy(dtype=bool)
    mine = [
        target.id in ids_in(row["target"]) or covers(row["layer"], target.layers)
        for _, row in rows.iterrows()
    ]
    return _by_status(rows[plan & np.array(mine, dtype=bool)], target, ledger)


def _by_status(rows: pd.DataFrame, target: Target, ledger: Ledger) -> Chosen | Cannot:
    """Return the records of the status asked, finished ones where none is named."""
    asked = target.condition
    if not any(condition.key == "status" for condition in asked):
        asked = (*asked, _DONE)
    year = ledger.date.year
    ahead = rows["status"].eq("done") & (rows["year"] > year)
    return choose(rows[~ahead.fillna(value=False).to_numpy(dtype=bool)], asked, ledger.config)


def _projects(target: Target, ledger: Ledger) -> Chosen | Cannot:
    """Return the projects of a clause's layers in its period."""
    if not registered(ledger):
        return no_projects()
    rows = ledger.projects
    kind = (rows["kind"].isna() | rows["kind"].eq("project")).to_numpy(dtype=bool)
    mine = _of_layers(rows, target)
    found = _by_status(rows[kind & mine], target, ledger)
    if isinstance(found, Cannot):
        return found
    start, end = period(target, ledger)
    years = found.rows["year"]
    inside = ((years >= start) & (years <= end)).fillna(value=False).to_numpy(dtype=bool)
    unknown = int(years.isna().sum())
    notes = (period_text(target, ledger), *found.notes)
    if unknown:
        notes = (*notes, _no_year(unknown, len(years)))
    return Chosen(found.rows[inside], notes)


def _of_layers(rows: pd.DataFrame, target: Target) -> NDArray[np.bool_]:
    """Return which projects are of a clause's layers; a clause on all layers asks for none."""
    every = _ANY_LAYER in target.layers
    return np.array([every or part_of(one, target.layers) for one in rows["layer"]], dtype=bool)


def ids_in(cell: object) -> frozenset[str]:
    """Return the ids of targets that a cell of a project names.

    Examples
    --------
    >>> sorted(ids_in("XC-17、Z21-10; ")), ids_in(None)
    (['XC-17', 'Z21-10'], frozenset())
    """
    text = "" if cell is None or pd.isna(cell) else str(cell)
    return frozenset(word for word in re.split(r"[\s,;、，；|]+", text) if word)


def _unit_of(row: pd.Series, ledger: Ledger) -> str:
    """Return the code of the village a project is in, else of its unit, "" where neither is."""
    village = "" if pd.isna(row["village"]) else str(row["village"])
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    if not village:
        return unit
    if village in ledger.units.index:
        return village
    rows = ledger.units_at("village")
    same = rows["name"].eq(village).fillna(value=False).to_numpy(dtype=bool)
    if unit:
        same &= rows["parent"].eq(unit).fillna(value=False).to_numpy(dtype=bool)
    codes = list(rows.index[same])
    return str(codes[0]) if len(codes) == 1 else ""


def _named(codes: list[str], ledger: Ledger) -> tuple[Named, ...]:
    """Return units by name, those with most people first."""
    named = [Named(c, ledger.name(c), people=people_of(ledger.units, c)) for c in codes]
    return tuple(sorted(named, key=lambda n: (n.people is None, -(n.people or 0), n.code)))


def _no_year(unknown: int, count: int) -> Text:
    return Text(
        f"{count} 个项目中有 {unknown} 个没有年份，未计入",
        f"{unknown} of {count} projects give no year and are not counted",
    )


def _unplaced(unknown: int, count: int) -> Text:
    return Text(
        f"{count} 个项目中有 {unknown} 个不知在哪个单元，未计入",
        f"{unknown} of {count} projects name no unit of the study and are not counted",
    )
