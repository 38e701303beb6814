"""What a report is made of: plain data that every renderer reads and none adds a number to."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from ...core.text import Text

__all__ = [
    "Block",
    "Bullets",
    "Cell",
    "Column",
    "ColumnKind",
    "Facts",
    "Figure",
    "FigureKind",
    "LivingMap",
    "Paragraph",
    "Report",
    "Section",
    "Table",
]

Cell: TypeAlias = Text | str | int | float | Fraction | bool | datetime.date | None
"""A value: words in both languages, a planner's own text (a plain string), a number, yes or no, a
day; None where nothing is known."""

ColumnKind = Literal[
    "text", "people", "count", "percent", "points", "minutes", "metres", "yuan", "year", "date",
    "degrees", "number",
]  # fmt: skip
"""What a column holds. Percentages and points are given as they are printed: 47.0, not 0.47."""

FigureKind = Literal[
    "coverage", "before_after", "gap", "minutes", "plan", "frontier", "equity"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of words.

    Parameters
    ----------
    text
        The words; names of a planner may stand in them.
    kind
        Body text, a note below a table or figure, or a warning that must not be overlooked.
    """

    text: Text
    kind: Literal["body", "note", "warning"] = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; numbered where the order matters."""

    items: tuple[Text, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a term and its value: what a reader looks up rather than reads."""

    rows: tuple[tuple[Text, Cell], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    key
        Name of the column for programs.
    label
        Its heading.
    kind
        What it holds, which says how it is written and to which side it is set.
    """

    key: str
    label: Text
    kind: ColumnKind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption.

    Parameters
    ----------
    id
        Name within the report: letters, digits and ``_``, of no planner's making.
    title
        Its caption: says which of the three coverages, whom and what denominator.
    columns, rows
        Headings, and a value of each column in each row.
    totals
        How many of the last rows are totals.
    notes
        What must be known to read it.
    """

    id: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: int = 0
    notes: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.id}: {len(row)} values in {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Figure:
    """A static figure, drawn from the study by `coverplan.present.figures`.

    Parameters
    ----------
    id
        Name within the report, and of its file.
    kind, layer, phase
        Which figure of which layer; the phase of those that have one.
    title, alt
        Its caption, and what a reader who does not see it is told.
    """

    id: str
    kind: FigureKind
    title: Text
    alt: Text
    layer: str = ""
    phase: Literal["before", "after"] = "before"


@dataclass(frozen=True, slots=True)
class LivingMap:
    """The map that recomputes, opened at a layer; only in HTML, elsewhere its note is printed."""

    id: str
    title: Text
    layer: str
    elsewhere: Text


Block: TypeAlias = Paragraph | Bullets | Facts | Table | Figure | LivingMap


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it, and sections below it.

    Parameters
    ----------
    id
        Name within the report, as that of a table.
    title, blocks, sections
        Heading without its number, blocks in their order, then the sections below.
    """

    id: str
    title: Text
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()

    def walk(self, level: int = 1) -> Iterator[tuple[int, "Section"]]:
        """Yield this section and those below it, with their levels, in the order of reading."""
        yield level, self
        for below in self.sections:
            yield from below.walk(level + 1)


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Parameters
    ----------
    title, subtitle
        The planner's title of the study (a plain string), and what kind of report it is.
    date
        The day the figures are of.
    run_id
        Identifier of the run, printed on every rendering.
    notice
        The planner's own note, printed on top; None where there is none.
    approval
        The line about the approval of the maps.
    front
        Facts for the first page.
    sections
        The report.
    """

    title: str
    subtitle: Text
    date: datetime.date
    run_id: str
    notice: str | None
    approval: Text
    front: tuple[tuple[Text, Cell], ...]
    sections: tuple[Section, ...]

    def __repr__(self) -> str:
        return f"<Report {self.title}, {self.date:%Y-%m-%d}: {len(self.sections)} sections>"

    def walk(self) -> Iterator[tuple[int, Section]]:
        """Yield every section with its level, 1 on top, in the order of reading."""
        for section in self.sections:
            yield from section.walk()

    def blocks(self) -> Iterator[Block]:
        """Yield every block in the order of reading."""
        for _, section in self.walk():
            yield from section.blocks
