"""Tables that are read on a phone: a row becomes a card, each cell under the name of its column."""

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from words import NOTHING

COLUMNS_FROM = 3
PROSE_FROM_CHARACTERS = 24
"""A table of that many columns, with a cell as long as this, is read; a shorter one is compared."""


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
    longest = max((len(_text(one)) for row in cells for one in row), default=0)
    if len(heads) < COLUMNS_FROM or longest < PROSE_FROM_CHARACTERS:
        return
    table.set("data-cards", "")
    # A card is no table to the browser: say what it is to whoever listens to the page.
    for name, role in ROLES.items():
        for one in table.iter(name):
            one.set("role", role)
    for row in cells:
        for head, one in zip(heads, row, strict=True):
            one.set("data-head", head)
            if _text(one) in ("", NOTHING):
                one.set("data-nothing", "")


ROLES = {"tbody": "rowgroup", "thead": "rowgroup", "tr": "row", "th": "columnheader", "td": "cell"}


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()
