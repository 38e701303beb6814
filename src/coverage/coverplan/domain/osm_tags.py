"""Which tags of OpenStreetMap stand for layers, roads and units: the data of ``osm_tags.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ..core.text import Text
from .unit_codes import full_code

Rule = Mapping[str, tuple[str, ...]]
"""Key -> the values of which it has one; "" where the key is absent. ``name``: words within it."""


@dataclass(frozen=True, slots=True)
class OsmLayer:
    """What of OpenStreetMap stands for a layer.

    Parameters
    ----------
    id
        The layer.
    about
        What that is, and what it leaves out.
    wiki
        Pages of the OpenStreetMap wiki that describe the tags.
    rules
        An object belongs to the layer when it meets one of them.
    """

    id: str
    about: Text
    wiki: tuple[str, ...]
    rules: tuple[Rule, ...]

    @property
    def asked(self) -> dict[str, list[str]]:
        """The tags to ask a server for: more than meet the rules, never less."""
        asked: dict[str, list[str]] = {}
        for rule in self.rules:
            key = next(iter(rule))
            known = asked.setdefault(key, [])
            known.extend(value for value in rule[key] if value not in known)
        return asked

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Return whether an object with these tags belongs to the layer."""
        return any(_meets(rule, tags) for rule in self.rules)

    def said(self, tags: Mapping[str, str]) -> str:
        """Return the tags by which an object belongs to the layer, as ``key=value; ...``."""
        keys = dict.fromkeys(key for rule in self.rules if _meets(rule, tags) for key in rule)
        return "; ".join(f"{key}={tags[key]}" for key in keys if key != "name" and key in tags)


def _meets(rule: Rule, tags: Mapping[str, str]) -> bool:
    for key, wanted in rule.items():
        given = tags.get(key, "")
        if key == "name":
            if not any(word in given for word in wanted):
                return False
        elif not {word.strip() for word in given.split(";")} & set(wanted):
            return False
    return True


@cache
def _data() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("osm_tags.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def osm_layers() -> dict[str, OsmLayer]:
    """Return what of OpenStreetMap stands for each built-in layer.

    Examples
    --------
    >>> layer = osm_layers()["elderly_care"]
    >>> layer.fits({"amenity": "social_facility", "social_facility:for": "disabled;senior"})
    True
    """
    return {
        key: OsmLayer(
            id=key,
            about=Text(**table["about"]),
            wiki=tuple(table["wiki"]),
            rules=tuple(
                {name: tuple(values) for name, values in rule.items()} for rule in table["rules"]
            ),
        )
        for key, table in _data()["layers"].items()
    }


def road_filters(network: str) -> list[str]:
    """Return the filters of Overpass for the ways of a network: ``all``, ``walk`` or ``drive``."""
    return list(_data()["roads"][network])


NETWORKS = ("all", "walk", "drive")


def unit_code(tags: Mapping[str, str]) -> str | None:
    """Return the division code a unit's tags say, of 6, 9 or 12 digits; None where none does.

    Examples
    --------
    >>> unit_code({"ref": "330624100"}), unit_code({"ref": "S24"})
    ('330624100', None)
    """
    for key in _data()["units"]["code_keys"]:
        given = tags.get(key, "").strip()
        if given and full_code(given) is not None:
            return given
    return None
