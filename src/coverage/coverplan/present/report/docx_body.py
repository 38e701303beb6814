"""A report written into a document, paragraph by paragraph, section by section."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx.shared import Mm

from ...core.text import Language, Text
from . import wording
from .blocks import Bullets, Facts, Figure, LivingMap, Paragraph, Report, Table
from .docx_look import MARGINS_MM, PAPERS_MM, twips
from .docx_parts import (
    BULLETS,
    Node,
    link,
    mark,
    node,
    paragraph,
    run,
    turned,
)
from .docx_parts import (
    field as computed,
)
from .docx_tables import facts_table, report_table
from .numbering import Captioned, Heading, Numbered, caption, carried, numbered
from .picture import Picture
from .widths import Fitted, fitted, measured

__all__ = ["Body"]

_DEEPEST = 4
_TALLEST = 0.86
"""Share of a page that a figure may take, so that its caption stands under it."""


@dataclass(slots=True)
class Body:
    """A document under way.

    Parameters
    ----------
    document, pictures, language, paper
        The document of the library underneath, the figures, language and paper.
    lists
        How many numbered lists there are so far.
    """

    document: Any
    pictures: Mapping[str, Picture]
    language: Language
    paper: str
    lists: int = 0
    _marks: int = 0
    _across: bool = False
    _fits: dict[int, Fitted] = field(default_factory=dict)

    def write(self, report: Report) -> None:
        """Write a whole report."""
        lines = list(numbered(report))
        for line in lines:
            if isinstance(line, Numbered) and isinstance(line.block, Table):
                self._fits[line.number] = self._fit(line.block)
        across = carried(lines, self._lies_across)
        self._front(report)
        self._contents([line for line in lines if isinstance(line, Heading)])
        first = True
        for line, lies in zip(lines, across, strict=True):
            self._turn(lies)
            self._line(line, after_break=first)
            first = False
        approval = f"{report.approval.of(self.language)}  "
        run_id = f"{wording.RUN.of(self.language)} {report.run_id}"
        self._add(paragraph("Note", run(wording.shown(approval + run_id, self.language))))
        last = self.document.element.body.sectPr
        last.getparent().replace(last, self._section(last))

    # -- paper ---------------------------------------------------------------------------------

    def _room(self, *, across: bool) -> tuple[float, float]:
        """Return width and height between the margins, in millimetres."""
        width, height = PAPERS_MM[self.paper]
        top, right, bottom, left = MARGINS_MM
        room = width - left - right, height - top - bottom
        return (room[1], room[0]) if across else room

    def _fit(self, table: Table) -> Fitted:
        upright, across = self._room(across=False)[0], self._room(across=True)[0]
        return fitted(measured(table, self.language), upright, across)

    def _lies_across(self, line: Heading | Numbered) -> bool:
        return (
            isinstance(line, Numbered)
            and isinstance(line.block, Table)
            and self._fits[line.number].across
        )

    def _turn(self, across: bool) -> None:  # noqa: FBT001 - the way the paper lies
        """End the section where the paper must be laid the other way."""
        if across == self._across:
            return
        last = self.document.element.body.sectPr
        self._add(node("p", node("pPr", node("pStyle", val="Gap"), self._section(last))))
        self._across = across

    def _section(self, section: Node) -> Node:
        width, height = PAPERS_MM[self.paper]
        top, right, bottom, left = MARGINS_MM
        if not self._across:
            return turned(section, (twips(width), twips(height)), _all(top, right, bottom, left))
        return turned(section, (twips(height), twips(width)), _all(left, top, right, bottom))

    def _add(self, element: Node) -> None:
        self.document.element.body.sectPr.addprevious(element)

    # -- first pages ---------------------------------------------------------------------------

    def _say(self, words: Text | str) -> str:
        return wording.shown(words, self.language)

    def _front(self, report: Report) -> None:
        if report.notice:
            self._add(paragraph("Notice", run(self._say(report.notice))))
        self._add(paragraph("Title", run(wording.titled(report.title, self.language))))
        self._add(paragraph("Subtitle", run(self._say(report.subtitle))))
        self._add(paragraph("Date", run(wording.long_date(report.date, self.language))))
        if report.front:
            self._facts(Facts(report.front))
        self._add(paragraph("Note", run(self._say(report.approval))))

    def _contents(self, headings: Sequence[Heading]) -> None:
        """Write the table of contents as links; page numbers only a word processor could know."""
        listed = [heading for heading in headings if heading.level <= 2]  # noqa: PLR2004
        if not listed:
            return
        title = run(wording.CONTENTS.of(self.language))
        self._add(paragraph("TOCHeading", title, fresh=node("pageBreakBefore")))
        opening, closing = computed(r'TOC \o "1-2" \h \n', "")[:3], computed("", "")[-1:]
        for place, heading in enumerate(listed):
            words = run(heading.words(self.language))
            parts = [*opening] * (place == 0) + [link(_anchor(heading), words)]
            parts += closing * (place == len(listed) - 1)
            self._add(paragraph(f"TOC{heading.level}", *parts))

    # -- lines ---------------------------------------------------------------------------------

    def _line(self, line: Heading | Numbered, *, after_break: bool) -> None:
        if isinstance(line, Heading):
            style = f"Heading{min(line.level, _DEEPEST)}"
            words = run(line.words(self.language))
            self._marks += 1
            named = mark(self._marks, _anchor(line), words)
            fresh = node("pageBreakBefore") if after_break else None
            self._add(paragraph(style, *named, fresh=fresh))
        else:
            self._block(line)

    def _block(self, line: Numbered) -> None:
        block = line.block
        if isinstance(block, Paragraph):
            self._paragraph(block)
        elif isinstance(block, Bullets):
            self._bullets(block)
        elif isinstance(block, Facts):
            self._facts(block)
        elif isinstance(block, Table):
            self._table(block, line.number)
        else:
            self._figure(block, line.number)

    def _paragraph(self, block: Paragraph) -> None:
        style = {"body": "BodyText", "note": "Note", "warning": "Warning"}[block.kind]
        head = [run(wording.WARNING.of(self.language), bold=True)] * (block.kind == "warning")
        self._add(paragraph(style, *head, run(self._say(block.text))))

    def _bullets(self, block: Bullets) -> None:
        self.lists += block.numbered
        key = BULLETS + self.lists if block.numbered else BULLETS
        for item in block.items:
            listed = node("numPr", node("ilvl", val=0), node("numId", val=key))
            self._add(paragraph("ListParagraph", run(self._say(item)), listed=listed))

    def _facts(self, block: Facts) -> None:
        room = self._room(across=self._across)[0]
        if block.rows:
            self._add(paragraph("Gap"))
            self._add(facts_table(block, room, self.language))
        self._add(paragraph("Gap"))

    def _caption(self, block: Captioned, number: int, *, above: bool) -> None:
        kind, words = caption(block, self.language)
        counter = {"Table": "Table", "Figure": "Figure", "LivingMap": "Map"}[type(block).__name__]
        parts = [run(f"{kind} "), *computed(rf"SEQ {counter} \* ARABIC", str(number))]
        keep = node("keepNext") if above else None
        self._add(paragraph("Caption", *parts, run(f"\u2003{words}"), keep=keep))

    def _table(self, block: Table, number: int) -> None:
        self._caption(block, number, above=True)
        self._add(report_table(block, self._fits[number], self.language))
        for place, note in enumerate(block.notes, 1):
            words = wording.note_mark(place, len(block.notes), self.language) + self._say(note)
            keep = node("keepNext") if place < len(block.notes) else None
            self._add(paragraph("Note", run(words), keep=keep))
        self._add(paragraph("Gap"))

    def _figure(self, block: Figure | LivingMap, number: int) -> None:
        picture = self.pictures.get(block.id) if isinstance(block, Figure) else None
        if picture is not None and isinstance(block, Figure):
            self._add(paragraph("Figure", node("r", node("drawing", self._drawn(block, picture)))))
            self._caption(block, number, above=False)
            return
        self._caption(block, number, above=True)
        missing = wording.NO_PICTURE.of(self.language)
        words = missing + self._say(block.alt) if isinstance(block, Figure) else block.elsewhere
        self._add(paragraph("Note", run(self._say(words))))

    def _drawn(self, block: Figure, picture: Picture) -> Node:
        width, height = self._room(across=self._across)
        scale = min(1.0, width / picture.width_mm, _TALLEST * height / picture.height_mm)
        drawn = self.document.part.new_pic_inline(
            io.BytesIO(picture.png),
            Mm(picture.width_mm * scale),
            Mm(picture.height_mm * scale),
        )
        self._marks += 1
        for edge in "TBLR":
            drawn.set(f"dist{edge}", "0")
        drawn.docPr.set("id", str(self._marks))
        drawn.docPr.set("name", f"Figure {self._marks}")
        drawn.docPr.set("descr", self._say(block.alt))
        return drawn


def _all(*edges: float) -> tuple[int, int, int, int]:
    top, right, bottom, left = (twips(edge) for edge in edges)
    return top, right, bottom, left


def _anchor(heading: Heading) -> str:
    return "_Toc_" + "_".join(map(str, heading.numbers))
