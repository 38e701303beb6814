"""Words of a planner's file made safe to show: nothing a screen, a page or a reader acts upon."""

import html
import re
import unicodedata

_MARK = "\ufffd"
_UNSAFE = re.compile("[\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})


def visible(words: str, limit: int = 300) -> str:
    r"""Return words on one line, what cannot be seen replaced by a mark, cut where they are long.

    Control characters, marks that turn the direction of writing and what else has no shape could
    make a value look like another one.

    Examples
    --------
    >>> visible("a\u202eb\nc"), visible("x" * 9, limit=4)
    ('a�b c', 'xxx…')
    """
    head = words[: limit + 1] if len(words) > limit else words
    line = "".join(" " if c in "\t\r\n" else _shown(c) for c in head)
    return line if len(words) <= limit else line[: limit - 1] + "…"


def _shown(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    unseen = unicodedata.category(character) in _UNSEEN or _UNSAFE.match(character)
    return _MARK if unseen else character


def escaped(words: str, limit: int = 300) -> str:
    r"""Return words as text of an HTML page, in an element or a quoted attribute.

    Examples
    --------
    >>> escaped("<b>&\x00")
    '&lt;b&gt;&amp;�'
    """
    return html.escape(visible(words, limit))
