"""Text in pictures: how wide it is about, and where a long line is broken."""

import unicodedata

_EM = 13.0
"""Size of the letters our pictures are written in."""

_WIDE, _NARROW = 1.02, 0.56
"""Widths of a Chinese character and of any other, in sizes, a little on the safe side."""


def text_width(words: str, size: float = _EM) -> float:
    """Return about how wide words are in a sans-serif of a size, in units of the picture.

    Examples
    --------
    >>> text_width("盲区", 10) > text_width("ab", 10)
    True
    """
    return size * sum(_WIDE if _is_wide(c) else _NARROW for c in words)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WFA"


def broken(words: str, width: float, size: float = _EM) -> list[str]:
    """Return words in lines no wider than so much: broken at spaces, or between Chinese characters.

    Parameters
    ----------
    words
        One paragraph.
    width, size
        Width of a line, and size of the letters, in units of the picture.

    Examples
    --------
    >>> broken("aa bb cc", 6 * 13 * 0.56)
    ['aa bb', 'cc']
    """
    lines: list[str] = []
    rest = words.strip()
    while text_width(rest, size) > width:
        cut = 1
        for end in range(1, len(rest)):
            if text_width(rest[:end], size) > width:
                break
            if _may_break(rest[end - 1], rest[end]):
                cut = end
        else:
            end = len(rest)
        # A word wider than the line is cut where the line ends.
        cut = cut if cut > 1 else max(end - 1, 1)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, rest] if rest or not lines else lines


def _may_break(before: str, after: str) -> bool:
    if after in "，。、；：）》”！？,.;:)" or before in "（《“(":
        return False
    return " " in (before, after) or _is_wide(before) or _is_wide(after)
