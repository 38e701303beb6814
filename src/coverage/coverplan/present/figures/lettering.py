"""How wide words are in a font, and words made to fit."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from matplotlib.ft2font import FT2Font

_PIXELS, _LONGEST = 64.0, 3000
_SHAPELESS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_CJK = 0x2E80
_HINTED = 1.04
"""Small letters are drawn a little wider than they are designed, on whole pixels."""

_BREAKS = " ，。、；：·/-）》,;:)"


@lru_cache(maxsize=8)
def _face(font: Path) -> FT2Font:
    return FT2Font(str(font))


def _inked(words: str, font: Path) -> float:
    """Return how wide the ink of words is in letters of one point."""
    face = _face(font)
    face.set_size(100.0, 72.0)
    face.set_text(words, 0.0)
    return float(face.get_width_height()[0]) / _PIXELS / 100.0


@lru_cache(maxsize=8)
def _drawn(font: Path) -> frozenset[int]:
    return frozenset(_face(font).get_charmap())


@lru_cache(maxsize=20_000)
def _advance(character: str, font: Path) -> float:
    """Return how far a character moves on, in letters of one point: a blank has no ink.

    One the font lacks is as wide as it is high; it is told when the figure is written.
    """
    if ord(character) not in _drawn(font):
        return 1.0
    return _inked(f"|{character}|", font) - _inked("||", font)


def seen(words: str) -> str:
    r"""Return words on one line, without what has no shape, such as marks of direction.

    Examples
    --------
    >>> seen("a\u202eb\nc\u200b")
    'ab c'
    """
    line = " ".join(words[:_LONGEST].split())
    return "".join(c for c in line if unicodedata.category(c) not in _SHAPELESS)


def width(words: str, size: float, font: Path) -> float:
    """Return how wide a line is in letters of a size, points.

    Parameters
    ----------
    words, size, font
        One line, the size of its letters in points, and the font file.
    """
    return _HINTED * size * sum(_advance(character, font) for character in words)


def fitted(words: str, size: float, font: Path, room: float) -> str:
    """Return words on one line no wider than ``room`` points, cut with … where they are longer."""
    line = seen(words)
    if width(line, size, font) <= room:
        return line
    left = room - width("…", size, font)
    kept = ""
    for character in line:
        left -= width(character, size, font)
        if left < 0:
            break
        kept += character
    return kept.rstrip() + "…"


def wrapped(words: str, size: float, font: Path, room: float, most: int) -> list[str]:
    """Return words in at most so many lines no wider than ``room`` points, the last one cut."""
    rest = seen(words)
    lines: list[str] = []
    while rest and len(lines) < most - 1 and width(rest, size, font) > room:
        end = _fits(rest, size, font, room)
        cut = max((i for i in range(1, end + 1) if _may_break(rest, i)), default=end)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, fitted(rest, size, font, room)] if rest or not lines else lines


def _fits(words: str, size: float, font: Path, room: float) -> int:
    """Return how many characters fit, at least one."""
    used = 0.0
    for count, character in enumerate(words):
        used += width(character, size, font)
        if used > room:
            return max(count, 1)
    return len(words)


def _may_break(words: str, at: int) -> bool:
    """Whether a line may end before a place: after a blank or a mark, or between Chinese ones."""
    if at >= len(words):
        return True
    if words[at] in _BREAKS:
        return words[at] == " "
    before, after = words[at - 1], words[at]
    return before in _BREAKS or (ord(before) > _CJK and ord(after) > _CJK)
