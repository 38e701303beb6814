"""A new document with our own styles, paper and page numbers in the place of the template's."""

import datetime
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from ...core.text import Language
from ..visible import visible
from .blocks import Report
from .docx_look import MARGINS_MM, PAPERS_MM, look_of
from .docx_parts import Node, field, numbering, run
from .docx_styles import font_table, settings, styles

__all__ = ["dressed", "listed", "signed"]

_UNUSED = ("stylesWithEffects", "customXml", "webSettings", "thumbnail")
_FOOTER_MM = 22
_TITLE = 255
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>coverplan</Application></Properties>"
)


def dressed(document: Any, language: Language, paper: str) -> None:
    """Give a new document our styles, settings, paper and page numbers.

    Parameters
    ----------
    document, language, paper
        A new document of the library underneath; language of the report; ``"a4"`` or ``"a3"``.
    """
    _refill(document.styles.element, styles(language))
    _refill(document.settings.element, settings())
    part = document.part
    for rels in (part.rels, part.package.rels):
        for key, rel in list(rels.items()):
            kind = rel.reltype.rsplit("/", 1)[-1]
            if kind in _UNUSED:
                rels.pop(key)
            elif kind == "fontTable":
                rel.target_part._blob = font_table()  # noqa: SLF001 - the library has no other way
            elif kind == "extended-properties":
                rel.target_part._blob = _APP  # noqa: SLF001
    _paper(document.sections[0], language, paper)


def _refill(old: Node, new: Node) -> None:
    for child in list(old):
        old.remove(child)
    old.extend(list(new))


def listed(document: Any, lists: int) -> None:
    """Give a document its lists.

    Parameters
    ----------
    document, lists
        The document, and how many numbered lists it has.
    """
    _refill(document.part.numbering_part.element, numbering(lists))


def _paper(section: Any, language: Language, paper: str) -> None:
    section.page_width, section.page_height = (Mm(size) for size in PAPERS_MM[paper])
    top, right, bottom, left = (Mm(edge) for edge in MARGINS_MM)
    section.top_margin, section.right_margin = top, right
    section.bottom_margin, section.left_margin = bottom, left
    section.header_distance, section.footer_distance = Mm(_FOOTER_MM), Mm(_FOOTER_MM)
    for grid in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001
        section._sectPr.remove(grid)  # noqa: SLF001
    sides = (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT)
    if language == "en":
        sides = (WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.CENTER)
    for footer, side in zip((section.footer, section.even_page_footer), sides, strict=True):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = side
        inner = Pt(look_of(language).page_pt)
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = inner
        for part in _page_number(language):
            line._p.append(part)  # noqa: SLF001


def _page_number(language: Language) -> list[Node]:
    number = field("PAGE", "1")
    return [run("— "), *number, run(" —")] if language == "zh" else number


def signed(document: Any, report: Report, language: Language) -> None:
    """Write title, day and language into a document's properties, and no name of a machine.

    Parameters
    ----------
    document, report, language
        The document, what it holds, and its language.
    """
    day = datetime.datetime.combine(report.date, datetime.time())
    known = document.core_properties
    known.title = visible(report.title, _TITLE)
    known.subject = visible(report.subtitle.of(language), _TITLE)
    known.identifier = visible(report.run_id, _TITLE)
    known.language = "zh-CN" if language == "zh" else "en-US"
    known.author = known.last_modified_by = "coverplan"
    known.created = known.modified = day
    known.comments = known.keywords = known.category = ""
    known.revision = 1
