"""A report as one HTML file that asks nobody for anything and needs no script to be read.

The file is made of constant elements and escaped words; its one style is constant, and so are the
scripts of its living maps, so a content security policy names them by hash and forbids all else.
"""

import base64
import html
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from ...core.text import Language, Text
from ..page import csp_hash
from . import wording
from .blocks import Bullets, Cell, Facts, Figure, LivingMap, Paragraph, Report, Table
from .living import PlacedMaps
from .numbering import Captioned, Heading, Numbered, caption, carried, numbered
from .picture import Picture
from .widths import fitted, measured

__all__ = ["render_html"]

_SKIP = Text("跳到正文", "Skip to the report")
_NO_SCRIPT = Text(
    "交互地图需要浏览器启用 JavaScript；静态图和表格不受影响。",
    "The living map needs JavaScript; figures and tables do not.",
)
_PRINTED = Text("交互地图只在屏幕上显示。", "The living map shows on screens only.")
_TALL = 18
"""Rows beyond which a table scrolls within its own box."""
_SENTENCE = 20
"""Characters beyond which a cell holds a sentence."""
_PRINTED_MM = (174, 257)
"""Room between the margins of A4 paper, upright and across."""
_PX = 96 / 25.4
_DEEPEST = 6


def render_html(
    report: Report,
    pictures: Mapping[str, Picture],
    maps: PlacedMaps | None,
    language: Language,
) -> str:
    """Return a report as a whole HTML document; the same report gives the same text.

    Parameters
    ----------
    report
        The content. Its words are not trusted and need no escaping.
    pictures
        Id of a figure -> its picture; of a figure that has none its description is printed.
    maps
        The living maps, see `place_maps`; of a map that has no place its note is printed.
    language
        Of all words but those of the planner's own.
    """
    page = _Page(pictures, maps, language)
    lines = list(numbered(report))
    head = page.head(report)
    across = carried(lines, page.lies_across)
    body = "\n".join(page.line(line, across=lies) for line, lies in zip(lines, across, strict=True))
    return "\n".join(
        (
            head,
            f'<a class="skip" href="#report">{page.say(_SKIP)}</a>',
            page.front(report),
            page.contents([line for line in lines if isinstance(line, Heading)]),
            f'<main id="report" tabindex="-1">\n{body}\n</main>',
            page.foot(report),
            "" if maps is None else maps.frames.tail(),
            "</body>\n</html>\n",
        )
    )


@cache
def _style() -> str:
    folder = resources.files("coverplan.present") / "assets"
    return (folder / "report.css").read_text(encoding="utf-8").replace("\r\n", "\n")


class _Page:
    """What every part of the page is written with."""

    def __init__(
        self, pictures: Mapping[str, Picture], maps: PlacedMaps | None, language: Language
    ) -> None:
        self.pictures, self.maps, self.language = pictures, maps, language

    def say(self, words: Text | str) -> str:
        """Return running text, escaped."""
        return html.escape(wording.shown(words, self.language))

    def head_words(self, words: Text | str) -> str:
        """Return a title, escaped."""
        return html.escape(wording.titled(words, self.language))

    def head(self, report: Report) -> str:
        """Return everything up to the body."""
        return "\n".join(
            (
                f'<!DOCTYPE html>\n<html lang="{"zh-CN" if self.language == "zh" else "en"}">',
                '<head>\n<meta charset="utf-8">',
                f'<meta http-equiv="Content-Security-Policy" content="{self._policy()}">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                '<meta name="referrer" content="no-referrer">',
                f"<title>{self.head_words(report.title)} · {self.say(report.subtitle)}</title>",
                f"<style>{_style()}</style>\n</head>\n<body>",
            )
        )

    def _policy(self) -> str:
        scripts = () if self.maps is None else self.maps.frames.script_hashes
        styles = () if self.maps is None else self.maps.frames.style_hashes
        return "; ".join(
            (
                "default-src 'none'",
                *([f"script-src {' '.join(dict.fromkeys(scripts))}"] if scripts else ()),
                f"style-src {' '.join(dict.fromkeys((csp_hash(_style()), *styles)))}",
                "img-src data: blob:" if scripts else "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        )

    def front(self, report: Report) -> str:
        """Return title, date, notice and the facts of the first page."""
        notice = report.notice
        day = wording.long_date(report.date, self.language)
        return "\n".join(
            (
                "<header>",
                f'<p class="notice"><bdi>{self.say(notice)}</bdi></p>' if notice else "",
                f"<h1><bdi>{self.head_words(report.title)}</bdi></h1>",
                f'<p class="subtitle">{self.say(report.subtitle)}</p>',
                f'<p class="day"><time datetime="{report.date.isoformat()}">{day}</time></p>',
                self._facts(report.front) if report.front else "",
                f'<p class="approval">{self.say(report.approval)}</p>\n</header>',
            )
        )

    def contents(self, headings: list[Heading]) -> str:
        """Return the table of contents: the two upper levels."""
        items = "\n".join(
            f'<li class="level-{heading.level}"><a href="#{heading.anchor}">'
            f"{html.escape(heading.words(self.language))}</a></li>"
            for heading in headings
            if heading.level <= 2  # noqa: PLR2004 - what a reader looks for
        )
        title = self.say(wording.CONTENTS)
        return (
            f'<nav aria-labelledby="contents"><h2 id="contents">{title}</h2>\n'
            f"<ul>\n{items}\n</ul></nav>"
        )

    def foot(self, report: Report) -> str:
        """Return what identifies the report."""
        run = f"{self.say(wording.RUN)} {self.say(report.run_id)}"
        return f"<footer><p>{self.say(report.approval)}</p><p>{run}</p></footer>"

    def lies_across(self, line: Heading | Numbered) -> bool:
        """Return whether a line is printed on paper that lies across."""
        table = line.block if isinstance(line, Numbered) else None
        if not isinstance(table, Table):
            return False
        return fitted(measured(table, self.language), *_PRINTED_MM).across

    def line(self, line: Heading | Numbered, *, across: bool) -> str:
        """Return a heading or a block."""
        wide = ' class="across"' if across else ""
        if isinstance(line, Heading):
            tag = f"h{min(line.level + 1, _DEEPEST)}"
            words = html.escape(line.words(self.language))
            return f'<{tag} id="{line.anchor}"{wide}>{words}</{tag}>'
        block = line.block
        if isinstance(block, Paragraph):
            return self._paragraph(block)
        if isinstance(block, Bullets):
            tag = "ol" if block.numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{self.say(item)}</li>' for item in block.items)}</{tag}>"
        if isinstance(block, Facts):
            return self._facts(block.rows)
        if isinstance(block, Table):
            return self._table(block, line.number)
        return self._figure(block, line.number)

    def _paragraph(self, block: Paragraph) -> str:
        words = self.say(block.text)
        if block.kind == "warning":
            mark = self.say(wording.WARNING)
            return f'<p class="warning" role="note"><strong>{mark}</strong>{words}</p>'
        return f'<p class="note">{words}</p>' if block.kind == "note" else f"<p>{words}</p>"

    def _facts(self, rows: tuple[tuple[Text, Cell], ...]) -> str:
        pairs = "\n".join(
            f"<div><dt>{self.say(term)}</dt><dd>{self._own(value, self._fact(value))}</dd></div>"
            for term, value in rows
        )
        return f'<dl class="facts">\n{pairs}\n</dl>'

    def _fact(self, value: Cell) -> str:
        return html.escape(wording.fact_words(value, self.language))

    @staticmethod
    def _own(value: Cell, words: str) -> str:
        """Keep the direction of a planner's own words to themselves."""
        return f"<bdi>{words}</bdi>" if isinstance(value, str) else words

    def _caption(self, block: Captioned, number: int) -> str:
        """Return a caption with its number, which links and readers know it by."""
        kind, words = caption(block, self.language)
        name = f"{type(block).__name__.lower()}-{number}"
        return (
            f'<figcaption id="{name}"><span class="number">{kind}\u00a0{number}</span>\u2003'
            f"{html.escape(words)}</figcaption>"
        )

    def _table(self, block: Table, number: int) -> str:
        looks = self._looks(block)
        heads = "".join(
            f'<th scope="col"{_class(look)}>{self.say(column.label)}</th>'
            for column, look in zip(block.columns, looks, strict=True)
        )
        rows = [self._row(block, row, looks) for row in block.rows] or [self._nothing(block)]
        first = len(rows) - block.totals
        foot = f"<tfoot>\n{chr(10).join(rows[first:])}\n</tfoot>" if block.totals else ""
        tall = " tall" if len(rows) > _TALL else ""
        kinds = " across" * self.lies_across(Numbered(block)) + " short" * (len(rows) <= _TALL)
        name = f'aria-labelledby="table-{number}"'
        return "\n".join(
            (
                f'<figure class="table{kinds}">{self._caption(block, number)}',
                f'<div class="sheet{tall}" role="region" {name} tabindex="0"><table {name}>',
                f"<thead><tr>{heads}</tr></thead>",
                f"<tbody>\n{chr(10).join(rows[:first])}\n</tbody>{foot}</table></div>",
                "".join(self._notes(block)),
                "</figure>",
            )
        )

    def _looks(self, block: Table) -> list[str]:
        """Return the look of each column: amounts to the right, room for sentences."""
        looks = []
        for place, column in enumerate(block.columns):
            words = (wording.cell_words(r[place], column.kind, self.language) for r in block.rows)
            sentences = column.kind == "text" and any(len(word) > _SENTENCE for word in words)
            looks.append("amount" if column.kind != "text" else "long" if sentences else "")
        return looks

    def _notes(self, block: Table) -> Iterator[str]:
        for number, note in enumerate(block.notes, 1):
            mark = html.escape(wording.note_mark(number, len(block.notes), self.language))
            more = " more" if number > 1 else ""
            yield f'<p class="note{more}">{mark}{self.say(note)}</p>'

    def _nothing(self, block: Table) -> str:
        words = self.say(wording.NOTHING)
        return f'<tr><td class="unknown" colspan="{len(block.columns)}">{words}</td></tr>'

    def _row(self, block: Table, row: tuple[Cell, ...], looks: list[str]) -> str:
        cells = []
        for place, (column, value) in enumerate(zip(block.columns, row, strict=True)):
            words = self._own(
                value, html.escape(wording.cell_words(value, column.kind, self.language))
            )
            unknown = " unknown" * (value is None) + " words" * isinstance(value, Text)
            look = _class((looks[place] + unknown).strip())
            head = place == 0 and column.kind == "text"
            cells.append(
                f'<th scope="row"{look}>{words}</th>' if head else f"<td{look}>{words}</td>"
            )
        return f"<tr>{''.join(cells)}</tr>"

    def _figure(self, block: Figure | LivingMap, number: int) -> str:
        name = self._caption(block, number)
        if isinstance(block, LivingMap):
            return f'<figure class="map">{self._map(block)}{name}</figure>'
        picture = self.pictures.get(block.id)
        alt = self.say(block.alt)
        if picture is None:
            missing = self.say(wording.NO_PICTURE)
            return f'<figure class="picture">{name}<p class="note">{missing}{alt}</p></figure>'
        image = (
            f'<img src="{_data(picture)}" alt="{alt}" width="{round(picture.width_mm * _PX)}" '
            f'height="{round(picture.height_mm * _PX)}">'
        )
        return f'<figure class="picture">{image}{name}</figure>'

    def _map(self, block: LivingMap) -> str:
        place = None if self.maps is None else self.maps.places.get(block.id)
        elsewhere = self.say(block.elsewhere)
        if place is None:
            return f'<p class="note">{elsewhere}</p>'
        return (
            f'{place}<noscript><p class="note">{self.say(_NO_SCRIPT)}</p></noscript>'
            f'<p class="note printed">{self.say(_PRINTED)}{elsewhere}</p>'
        )


def _class(look: str) -> str:
    return f' class="{look}"' if look else ""


def _data(picture: Picture) -> str:
    """Return the lighter of a picture's two files as an address that holds it."""
    kind, content = "png", picture.png
    if len(picture.svg) < len(content):
        kind, content = "svg+xml", picture.svg
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
