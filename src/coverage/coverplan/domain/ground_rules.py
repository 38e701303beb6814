"""Named sets of distances that new sites keep from areas, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ..core.text import Text

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GroundRules:
    """Distances to keep from areas, by kind.

    Parameters
    ----------
    id, label
        Its name in a study file, and for people.
    source
        Where the numbers come from.
    status
        ``V`` (read in a text of the rule), ``V2`` (in a secondary text) or ``unknown``.
    metres
        Distance by kind of area: 0 is none on the area itself; None is not known, which is
        never 0. A kind that is not there is not spoken of.
    """

    id: str
    label: Text
    source: Text
    status: str
    metres: Mapping[str, float | None]


@cache
def ground_kinds() -> Mapping[str, Text]:
    """Return the kinds of areas that rules speak of, with their names."""
    kinds = _tables()["kinds"]
    return MappingProxyType({key: Text(**label) for key, label in kinds.items()})


@cache
def builtin_ground_rules() -> Mapping[str, GroundRules]:
    """Return the built-in sets by name.

    Examples
    --------
    >>> rules = builtin_ground_rules()["burial_national"]
    >>> rules.metres["farmland"], rules.metres["railway"]
    (0.0, None)
    """
    sets = _tables()["sets"]
    return MappingProxyType({key: _rules(key, table) for key, table in sets.items()})


def _rules(key: str, table: dict[str, Any]) -> GroundRules:
    given = {kind: table[kind] for kind in ground_kinds() if kind in table}
    metres = {kind: None if word == UNKNOWN else float(word) for kind, word in given.items()}
    return GroundRules(
        id=key,
        label=Text(**table["label"]),
        source=Text(**table["source"]),
        status=str(table["status"]),
        metres=MappingProxyType(metres),
    )


def _tables() -> dict[str, Any]:
    text = files(__package__).joinpath("ground_rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
