"""What was seen of the files of a folder, and what each could be in a study."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

from ...core.text import Text
from ..cells import as_number
from ..factcells import folded

Form = Literal["table", "points", "lines", "polygons", "mixed", "raster", "osm", "graph"]
"""What a file holds: records without or with geometry, cells, or a street graph."""

Role = Literal[
    "units", "outline", "people", "totals", "people_raster", "elevation", "roads", "buildings",
    "areas", "water", "protected", "candidates", "layer", "list", "ledger", "unit_facts",
    "projects", "documents", "crosswalk", "villages", "locations",
]  # fmt: skip
"""What a file can be in a study; ``list`` is one of facilities nobody knows the kind of,
``villages`` a table of people without coordinates, ``locations`` where its villages stand."""


@dataclass(frozen=True, slots=True)
class Look:
    """One table, layer or raster, as far as it was looked at.

    Parameters
    ----------
    path
        The file, relative to the folder looked at.
    form
        What it holds.
    table
        Its layer or sheet, None where the file has no other.
    columns
        Names of its columns, as readers see them.
    sample
        Its first records as text, all of them where ``whole``.
    rows
        How many records it has, about so many where not ``whole``.
    whole
        Whether the sample holds every record.
    shapes
        Geometry of the records of the sample, None for a table.
    bounds
        Least and greatest longitude and latitude (west, south, east, north), where known.
    facts
        Of a raster: figures of the cells read, by name.
    """

    path: Path
    form: Form
    table: str | None = None
    columns: tuple[str, ...] = ()
    sample: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: int = 0
    whole: bool = True
    shapes: gpd.GeoSeries | None = None
    bounds: tuple[float, float, float, float] | None = None
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file, with its sheet or layer, on one line."""
        return printable(self.path.as_posix() + (f" [{self.table}]" if self.table else ""))

    @property
    def words(self) -> str:
        """What file and sheet are called, as it is compared."""
        return folded(f"{self.path.stem} {self.table or ''}")

    @property
    def count(self) -> Text:
        """How many records it has, in words."""
        about = "" if self.whole else "约 "
        return Text(f"{about}{self.rows} 条记录", f"{'about ' if about else ''}{self.rows} records")

    def cells(self, column: str) -> list[str]:
        """Return a column of the sample, cells with a value only."""
        return [text for text in self.sample[column].astype(str) if text.strip()]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, folder, sheet or layer that is not used, and why; ``damaged``: it cannot be read."""

    name: str
    why: Text
    damaged: bool = False

    def __post_init__(self) -> None:
        """Keep the name on one line."""
        object.__setattr__(self, "name", printable(self.name))


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a file could be.

    Parameters
    ----------
    look, role
        The file, and what it could be.
    score
        How much speaks for it, up to about 1.
    why
        What speaks for it.
    layer
        Of a list of facilities: the layer of the study, or the policy layer of a ledger.
    columns
        Which column holds what, of those that are not found by their usual names.
    shown
        Which column holds what, of all that will be used.
    where
        Column -> values that choose the records.
    groups
        Group of people -> column.
    """

    look: Look
    role: Role
    score: float
    why: Text
    layer: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)


def printable(name: str) -> str:
    """Return a name without characters that a line of text or a terminal would act upon."""
    return "".join(c if c.isprintable() else " " for c in name)


def is_text(name: str) -> bool:
    """Return whether a name can be written in a study file: not if its bytes are no text."""
    return not re.search("[\ud800-\udfff]", name)


def numeric_share(cells: list[str]) -> float:
    """Return the share of cells that hold a number; 0 where there is no cell."""
    return sum(as_number(cell) is not None for cell in cells) / len(cells) if cells else 0.0


def holds(words: str, wanted: tuple[str, ...]) -> str:
    """Return the first of some words that text holds, "" where it holds none.

    Short Latin words must stand alone: dem is not in demand. Digits and _ part words.
    """
    return next((word for word in wanted if _within(word, words)), "")


def _within(word: str, words: str) -> bool:
    if not word.isascii():
        return word in words
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", words) is not None


def listed(names: Iterator[str] | list[str], most: int = 8) -> Text:
    """Return names in a row, in both languages; not more than ``most``."""
    some = list(names)
    more = len(some) > most
    some = some[:most]
    return Text("、".join(some) + ("…" if more else ""), ", ".join(some) + ("…" if more else ""))
