"""Tables that are read on a phone: a row becomes a card, each cell under the name of its column."""

import re
import unicodedata
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from words import NOTHING

PAIR = 2
PAIR_FROM_WIDTH = 44
PROSE_FROM_WIDTH = 20
"""A pair of columns together as wide as the one, or one of more as wide as the other, is read."""
PADDING_WIDTH = 3
PHONE_WIDTH = 50
"""More columns than a phone has room for are read as well, each with what is left beside it."""


_DELIMITERS = re.compile(r"\\[()]")


class TableCards(Extension):
    """Marks tables that are read, for the style sheet."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name of the base class
        """Run after the markup within cells is known."""
        md.treeprocessors.register(_Marker(md), "table_cards", 5)


class _Marker(Treeprocessor):
    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            mark(table)


def mark(table: Element) -> None:
    """Write the name of its column on every cell of a table with prose in it."""
    heads = [_text(th) for th in table.iter("th")]
    rows = [row for body in table.iter("tbody") for row in body.iter("tr")]
    cells = [[*row.iter("td")] for row in rows]
    widest = [max(map(_width, map(_text, column))) for column in zip(*cells, strict=True)]
    pair = len(widest) == PAIR
    room = sum(widest) + PADDING_WIDTH * len(widest)
    prose = max(widest, default=0) >= PROSE_FROM_WIDTH or room > PHONE_WIDTH
    if not (sum(widest) >= PAIR_FROM_WIDTH if pair else prose):
        return
    table.set("data-cards", "pair" if pair else "")
    # A card is no table to the browser: say what it is to whoever listens to the page.
    for name, role in ROLES.items():
        for one in table.iter(name):
            one.set("role", role)
    for row in cells:
        for head, one in zip(heads, row, strict=True):
            if not pair:  # of two columns the second needs no name
                one.set("data-head", _DELIMITERS.sub("", head))
            if _text(one) in ("", NOTHING):
                one.set("data-nothing", "")


ROLES = {"tbody": "rowgroup", "thead": "rowgroup", "tr": "row", "th": "columnheader", "td": "cell"}


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _width(text: str) -> int:
    """Return how wide text is in letters; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
