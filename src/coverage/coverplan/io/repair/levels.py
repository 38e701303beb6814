"""At which level roads lie, and which may be cut where another meets them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import geopandas as gpd
import numpy as np
import pandas as pd

from .. import roadwords
from ..cells import as_number, cell_text
from ..columns import find_column
from ..noding import marked, passes_over
from .lines import Flags, Ints

_MOTORWAYS = frozenset({"motorway", "motorway_link"})
_HIGHEST = 99


@dataclass(frozen=True, slots=True)
class Levels:
    """What decides where roads are joined other than at their ends.

    Parameters
    ----------
    street
        Roads that are cut where another of their layer crosses or ends: no bridge, tunnel,
        motorway or ferry, shape ``(n,)``.
    motorway
        Motorways and their links, on bridges or not, shape ``(n,)``.
    link
        Links of any class, shape ``(n,)``.
    raised
        Bridges and tunnels, shape ``(n,)``.
    layer
        OpenStreetMap's ``layer``: 0 is the ground, also where nothing is said, shape ``(n,)``.
    """

    street: Flags
    motorway: Flags
    link: Flags
    raised: Flags
    layer: Ints

    def take(self, rows: Ints) -> "Levels":
        """Return the levels of some rows, in that order."""
        return Levels(*(getattr(self, f.name)[rows] for f in fields(self)))

    def code(self) -> Ints:
        """Return one number for each level, shape ``(n,)``."""
        bits = self.street + 2 * self.motorway + 4 * self.link + 8 * self.raised
        return np.asarray(bits + 16 * (self.layer + _HIGHEST), dtype=np.int64)

    def cross(self, one: Ints, other: Ints) -> Flags:
        """Return whether two roads that cross or touch away from their ends meet there."""
        both = self.street[one] & self.street[other]
        return np.asarray(both & (self.layer[one] == self.layer[other]))

    def lands(self, end: Ints, line: Ints) -> Flags:
        """Return whether the loose end of a bridge, motorway or ferry meets a road it lies on.

        Parameters
        ----------
        end
            Roads that are no streets, whose end meets no other, shape ``(k,)``.
        line
            The road each end lies on, shape ``(k,)``.

        Notes
        -----
        A bridge or tunnel comes down to the ground at its ends, whatever its layer. Streets are
        met, and by motorways other motorways: that is where their links begin and end.
        """
        may = self.street[line] | (self.motorway[end] & self.merged(line))
        ground = self.raised[end] & (self.layer[line] == 0)
        return np.asarray(may & (ground | (self.layer[end] == self.layer[line])))

    def merged(self, line: Ints) -> Flags:
        """Return whether links may begin and end on roads: on motorways not on bridges."""
        return self.motorway[line] & ~self.raised[line]


def levels_of(edges: gpd.GeoDataFrame, columns: Mapping[str, str]) -> Levels:
    """Return the levels of roads.

    Parameters
    ----------
    edges, columns
        One row per road, and which column holds what: ``class``, and ``bridge``, ``tunnel`` and
        ``layer`` where they are not called so.
    """
    layer = np.zeros(len(edges), dtype=np.int64)
    column = find_column(edges.columns, "layer", columns)
    if column is not None:
        code, words = pd.factorize(edges[column].astype(object))
        each = [_layer(word) for word in words]
        layer = np.array([*each, 0], dtype=np.int64)[code]
    classes = edges[columns["class"]].astype("string")
    return Levels(
        street=~passes_over(edges, columns),
        motorway=classes.isin(_MOTORWAYS).to_numpy(dtype=np.bool_),
        link=classes.str.endswith("_link").to_numpy(dtype=np.bool_, na_value=False),
        raised=marked(edges, columns),
        layer=layer,
    )


def _layer(word: object) -> int:
    number = roadwords.first_known(cell_text(word).lower(), as_number)
    return 0 if number is None else int(np.clip(round(number), -_HIGHEST, _HIGHEST))


def say_levels(edges: gpd.GeoDataFrame, columns: Mapping[str, str]) -> bool:
    """Return whether a file has any column that tells roads of different levels apart."""
    keys = ("bridge", "tunnel", "layer")
    return any(find_column(edges.columns, key, columns) is not None for key in keys)
