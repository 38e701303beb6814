"""Policy targets as data: what a clause asks, of whom, by when, and how firmly it says so."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, get_args

from ..core.text import Text
from .conditions import Condition, UnitsOf

Standing = Literal["in_force", "draft"]
DeadlineBasis = Literal["stated", "document_year", "plan_end", "none"]
"""Whether the clause states its year; a year taken from the document is never printed as stated."""

Operator = Literal[">=", ">", "<=", "<", "==", "~=", "in_range", "exists", "increase", "rule"]
Strength = Literal["must", "should", "conditional", "explore", "context", "baseline"]
Computability = Literal["A", "B", "C"]
"""A: from geometry and network; B: from tables too; C: not from what a coverage planner holds."""

LEVELS = ("province", "prefecture", "county", "township", "village")
"""Levels of units, the widest first."""

TargetLevel = Literal[
    "province", "prefecture", "county", "township", "village", "community", "household",
    "residential_area", "person",
]  # fmt: skip

OPERATORS: tuple[str, ...] = get_args(Operator)


@dataclass(frozen=True, slots=True)
class Target:
    """One row of the register of targets.

    Parameters
    ----------
    id
        Its name, unique over all tables.
    document, issuer, year, standing, clause
        What is cited: title, who issued it, the year of issue, whether it is in force, and the
        number of the clause.
    regions
        Codes of the places the clause speaks of, 6 or 9 digits: all units within them.
    level
        The level at which the clause counts.
    layers
        Policy layers, any of which counts (keys of `policy_layers`).
    indicator
        Name of a registered indicator type.
    operator, value, value_high
        What the clause asks; ``value`` is None where it states no number (or the number is lost),
        ``value_high`` is the upper end of ``in_range``.
    value_setting
        Name of the planner's setting that stands for a number the clause leaves open
        (``@basically``), "" without one.
    unit
        What the value counts, in words.
    deadline, deadline_basis
        Year by whose end it holds, and where that year comes from.
    baseline, baseline_year
        The figure the document starts from.
    condition
        Conditions on the facilities (or projects) that count.
    denominator
        Units or people the share is of; empty where the indicator type says.
    strength, computability
        How firmly the clause asks, and from what it can be computed.
    words
        Paraphrase in our own words.
    note
        What to mind when reading it.
    source, row
        File and row it was read from, for messages.
    """

    id: str
    document: str
    issuer: str
    year: int
    standing: Standing
    clause: str
    regions: tuple[str, ...]
    level: TargetLevel
    layers: tuple[str, ...]
    indicator: str
    operator: Operator
    value: Fraction | None
    value_high: Fraction | None
    value_setting: str
    unit: Text
    deadline: int | None
    deadline_basis: DeadlineBasis
    baseline: Fraction | None
    baseline_year: int | None
    condition: tuple[Condition, ...]
    denominator: tuple[UnitsOf, ...]
    strength: Strength
    computability: Computability
    words: Text
    note: Text = Text("", "")
    source: str = ""
    row: int = 0

    @property
    def draft(self) -> bool:
        """Whether the document is a draft for comment: every report says so."""
        return self.standing == "draft"

    @property
    def implied(self) -> bool:
        """Whether the deadline is not stated in the clause."""
        return self.deadline_basis != "stated"


@dataclass(frozen=True, slots=True)
class PolicyLayer:
    """A kind of facility or service that clauses speak of.

    Parameters
    ----------
    id, label
        Its name in the register, and for people.
    words
        Words of a list's column of kinds that mean it, the labels beside.
    study_layer
        The built-in layer of a study that is this one, "" without.
    members
        Layers it is made of, where it is a family (``all_elderly_layers``).
    """

    id: str
    label: Text
    words: tuple[str, ...]
    study_layer: str
    members: tuple[str, ...]


@cache
def policy_layers() -> Mapping[str, PolicyLayer]:
    """Return the policy layers by id.

    Examples
    --------
    >>> policy_layers()["elderly_care_home"].study_layer
    'elderly_care'
    """
    tables: dict[str, Any] = _toml("policy_layers.toml")
    return MappingProxyType(
        {
            key: PolicyLayer(
                id=key,
                label=Text(table["zh"], table["en"]),
                words=tuple(table.get("words", ())),
                study_layer=table.get("study_layer", ""),
                members=tuple(table.get("members", ())),
            )
            for key, table in tables.items()
        }
    )


def layer_members(layers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the single layers of some layers, families taken apart, each once.

    Parameters
    ----------
    layers
        Keys of `policy_layers`; a key that is none is kept as it is.
    """
    known, found = policy_layers(), dict[str, None]()
    for key in layers:
        family = known[key].members if key in known else ()
        found.update(dict.fromkeys(family or (key,)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class UnitSet:
    """A dated set of units that clauses name, as the 26 counties.

    Parameters
    ----------
    id, label
        Its name in conditions (``set=zj26``), and for people.
    codes
        Codes of its members, 6 digits for counties.
    valid_from, valid_to
        Years between which this membership holds, None where not known or open.
    source
        Where the membership comes from.
    """

    id: str
    label: Text
    codes: frozenset[str]
    valid_from: int | None
    valid_to: int | None
    source: Text


@cache
def unit_sets() -> Mapping[str, UnitSet]:
    """Return the named sets of units by id."""
    return MappingProxyType(
        {
            key: UnitSet(
                id=key,
                label=Text(table["zh"], table["en"]),
                codes=frozenset(table["codes"]),
                valid_from=table.get("valid_from"),
                valid_to=table.get("valid_to"),
                source=Text(**table["source"]),
            )
            for key, table in _toml("unit_sets.toml").items()
        }
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
