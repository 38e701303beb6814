"""A report laid out in the order of reading, every heading, table and figure with its number."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ...core.text import Language
from . import wording
from .blocks import Block, Figure, LivingMap, Report, Section, Table

__all__ = ["Captioned", "Heading", "Numbered", "caption", "carried", "numbered"]

Captioned: TypeAlias = Table | Figure | LivingMap


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its number from the top, one number a level, and its section."""

    numbers: tuple[int, ...]
    section: Section

    @property
    def level(self) -> int:
        """Level, 1 on top."""
        return len(self.numbers)

    @property
    def anchor(self) -> str:
        """A name for links to it, of our own making."""
        return "section-" + "-".join(map(str, self.numbers))

    def words(self, language: Language) -> str:
        """Return the heading with its number."""
        number = wording.heading_number(self.numbers, language)
        return number + wording.titled(self.section.title, language)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A block and, of tables, figures and maps, its number among its kind; 0 of others."""

    block: Block
    number: int = 0


def numbered(report: Report) -> Iterator[Heading | Numbered]:
    """Yield headings and blocks in the order of reading.

    Figures count on where one is not drawn, so that a number is the same in every rendering.
    """
    counts: dict[type, int] = {Table: 0, Figure: 0, LivingMap: 0}
    for heading in _headings(report.sections, ()):
        yield heading
        for block in heading.section.blocks:
            kind = type(block)
            if kind in counts:
                counts[kind] += 1
            yield Numbered(block, counts.get(kind, 0))


def _headings(sections: tuple[Section, ...], above: tuple[int, ...]) -> Iterator[Heading]:
    for number, section in enumerate(sections, 1):
        numbers = (*above, number)
        yield Heading(numbers, section)
        yield from _headings(section.sections, numbers)


def caption(block: Captioned, language: Language) -> tuple[str, str]:
    """Return the word before the number of a caption, and the words after it."""
    words = {Table: wording.TABLE, Figure: wording.FIGURE, LivingMap: wording.MAP}
    return words[type(block)].of(language), wording.titled(block.title, language)


def carried(
    lines: Sequence[Heading | Numbered], across: Callable[[Heading | Numbered], bool]
) -> list[bool]:
    """Return which lines lie across: those that must, and headings right above them.

    Parameters
    ----------
    lines, across
        The lines in the order of reading; whether one must lie across.
    """
    lies = [across(line) for line in lines]
    for place in range(len(lines) - 2, -1, -1):
        if isinstance(lines[place], Heading):
            lies[place] = lies[place + 1]
    return lies
