"""Small parts of a document: paragraphs, runs, fields, breaks, lists."""

from copy import deepcopy
from typing import Any, TypeAlias

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

__all__ = ["Node", "field", "link", "mark", "node", "numbering", "paragraph", "run", "turned"]

Node: TypeAlias = Any
"""An element of the library underneath, which has no types."""

_W = nsdecls("w")
BULLETS, NUMBERS = 1, 2


def node(tag: str, *children: Node, **attributes: object) -> Node:
    """Return an element of a document, such as ``node("jc", val="right")``."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    for child in children:
        made.append(child)
    return made


def paragraph(style: str, *children: Node, **looks: Node | None) -> Node:
    """Return a paragraph of a style.

    Parameters
    ----------
    style, *children
        Its style, and its runs, links and fields.
    **looks
        What differs from the style: elements by any name, in the order Word wants them.
    """
    given = [look for look in looks.values() if look is not None]
    return node("p", node("pPr", node("pStyle", val=style), *given), *children)


def run(words: str, *, bold: bool = False, points: float | None = None) -> Node:
    """Return words; Chinese quotation marks and dashes take the Chinese face."""
    looks = [node("rFonts", hint="eastAsia")]
    looks += [node("b"), node("bCs")] * bold
    if points is not None:
        looks += [node("sz", val=round(points * 2)), node("szCs", val=round(points * 2))]
    text = node("t")
    text.text = words
    text.set(qn("xml:space"), "preserve")
    return node("r", node("rPr", *looks), text)


def field(instruction: str, shown: str) -> list[Node]:
    """Return a field with what it shows until it is computed anew."""
    command = node("instrText")
    command.text = f" {instruction} "
    command.set(qn("xml:space"), "preserve")
    return [
        node("r", node("fldChar", fldCharType="begin")),
        node("r", command),
        node("r", node("fldChar", fldCharType="separate")),
        run(shown),
        node("r", node("fldChar", fldCharType="end")),
    ]


def mark(number: int, name: str, *children: Node) -> list[Node]:
    """Return children within a place that links find by its name."""
    start = node("bookmarkStart", id=number, name=name)
    return [start, *children, node("bookmarkEnd", id=number)]


def link(name: str, *children: Node) -> Node:
    """Return children that lead to a place of the same document."""
    return node("hyperlink", *children, anchor=name, history=1)


def numbering(lists: int) -> Node:
    """Return the element that replaces a document's lists: dots, and numbered ones from 1."""
    levels = {BULLETS: ("bullet", "•"), NUMBERS: ("decimal", "%1.")}
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{key}"><w:multiLevelType w:val="singleLevel"/>'
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{sign}"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="1060" w:hanging="420"/></w:pPr></w:lvl></w:abstractNum>'
        for key, (form, sign) in levels.items()
    )
    begins = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    own = "".join(
        f'<w:num w:numId="{BULLETS + number}"><w:abstractNumId w:val="{NUMBERS}"/>{begins}</w:num>'
        for number in range(1, lists + 1)
    )
    dots = f'<w:num w:numId="{BULLETS}"><w:abstractNumId w:val="{BULLETS}"/></w:num>'
    return parse_xml(f"<w:numbering {_W}>{kinds}{dots}{own}</w:numbering>")


def turned(section: Node, size: tuple[int, int], margins: tuple[int, int, int, int]) -> Node:
    """Return a section like another one on paper laid the other way.

    Parameters
    ----------
    section, size, margins
        The section; width and height; top, right, bottom, left: all in twentieths of a point.
    """
    made = deepcopy(section)
    paper = made.find(qn("w:pgSz"))
    for name, value in zip(("w", "h"), size, strict=True):
        paper.set(qn(f"w:{name}"), str(value))
    paper.set(qn("w:orient"), "landscape" if size[0] > size[1] else "portrait")
    edges = made.find(qn("w:pgMar"))
    for name, value in zip(("top", "right", "bottom", "left"), margins, strict=True):
        edges.set(qn(f"w:{name}"), str(value))
    return made
