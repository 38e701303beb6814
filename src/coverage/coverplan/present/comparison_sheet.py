"""Tables and limits the page of a comparison is made with."""

from collections.abc import Callable, Sequence

from ..core.text import Text

Say = Callable[[Text], str]
"""Escapes words of one language."""

MOST_ROWS, SENTENCE, VALUE = 400, 1200, 160
"""Rows of a table, and characters of a sentence and of a value, that the page shows."""


def sheet(
    heads: Sequence[Text], rows: Sequence[str], total: int, say: Say, *, numbers: int = 0
) -> str:
    """Return a table in a box of its own; the last columns are numbers."""
    first = len(heads) - numbers
    head = "".join(
        f'<th scope="col"{_NUMBER if i >= first else ""}>{say(words)}</th>'
        for i, words in enumerate(heads)
    )
    rest = total - len(rows)
    more = Text(f"其余 {rest} 行见 CSV 表", f"the other {rest} rows stand in the CSV table")
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{chr(10).join(rows)}\n'
        f"</tbody></table></div>" + (f'<p class="soft">{say(more)}</p>' if rest > 0 else "")
    )


_NUMBER = ' class="number"'
