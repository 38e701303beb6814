"""Formulas become MathML when the site is made: no script, nothing to fetch."""

import html
import re
from collections.abc import Iterator

from latex2mathml.converter import convert

_BLOCK = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', re.DOTALL)
_INLINE = re.compile(
    r'<span class="arithmatex">\\\((.*?)\\\)</span>([，。、；：！？）”》,.;:!?)]*)', re.DOTALL
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}]|[^\\{}]+", re.DOTALL)
_DEEPER = {"{": 1, "}": -1, r"\begin": 1, r"\end": -1, r"\left": 1, r"\right": -1}
_BAR = re.compile("(<mo[^>]*)(>&#x0007C;</mo>)")
_GAPS = {r"\quad", r"\qquad"}


def with_mathml(page: str) -> str:
    """Return a page of HTML with its formulas as MathML."""
    page = _BLOCK.sub(lambda m: _block(html.unescape(m[1])), page)
    return _INLINE.sub(_inline, page)


def _inline(match: re.Match[str]) -> str:
    """Return a formula within a line, with the mark after it: no line begins with a comma."""
    formula = _mathml(html.unescape(match[1]), "inline")
    return f'<span class="cp-word">{formula}{match[2]}</span>' if match[2] else formula


def _block(latex: str) -> str:
    """Return a formula on lines of its own; what stands side by side may stand below on a phone."""
    parts = "".join(_mathml(part, "block") for part in beside(latex))
    return f'<div class="arithmatex">{parts}</div>'


def beside(latex: str) -> Iterator[str]:
    r"""Yield the formulas that wide gaps keep apart; a gap within brackets or rows keeps none.

    Examples
    --------
    >>> list(beside(r"a = b, \qquad c = \sqrt{d \quad e}"))
    ['a = b,', 'c = \\sqrt{d \\quad e}']
    """
    depth, part = 0, ""
    for token in _TOKEN.findall(latex):
        depth += _DEEPER.get(token, 0)
        if depth == 0 and token in _GAPS:
            yield part.strip()
            part = ""
        else:
            part += token
    yield part.strip()


def _mathml(latex: str, display: str) -> str:
    return _BAR.sub(r'\1 lspace="0" rspace="0"\2', convert(latex.strip(), display=display))
