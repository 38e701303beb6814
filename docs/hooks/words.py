"""What all generated pages share: the language of the site, tables and cells in Markdown."""

from collections.abc import Iterable, Sequence

ZH, EN = "zh", "en"
NOTHING = "—"


def cell(text: object) -> str:
    """Return text as a cell of a table: on one line, bars escaped, brackets no markup."""
    plain = " ".join(str(text).split())
    return plain.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


def code(text: object) -> str:
    """Return text as code within a cell."""
    return f"`{text!s}`".replace("|", "\\|") if str(text) else ""


def anchored(anchor: str, text: str) -> str:
    """Return a cell that links can lead to."""
    return f'<span id="{anchor}"></span>{text}'


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; cells are Markdown already, and none is left empty."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(one or NOTHING for one in row) + " |" for row in rows), ""]


def pick(language: str, zh: str, en: str) -> str:
    """Return the words of a language."""
    return zh if language == ZH else en


def half(text: str, language: str) -> str:
    """Return one half of words written as ``zh / en``; words of one language serve both.

    Examples
    --------
    >>> half("输出文件夹 / output folder", "zh")
    '输出文件夹'
    """
    zh, slash, en = text.partition(" / ")
    if not slash:
        return text
    return zh if language == ZH else en[:1].upper() + en[1:]
