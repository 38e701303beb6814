"""Formulas become MathML when the site is made: no script, nothing to fetch."""

import html
import re

from latex2mathml.converter import convert

_BLOCK = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', re.DOTALL)
_INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.DOTALL)


def with_mathml(page: str) -> str:
    """Return a page of HTML with its formulas as MathML."""
    page = _BLOCK.sub(lambda m: f'<div class="arithmatex">{_mathml(m[1], "block")}</div>', page)
    return _INLINE.sub(lambda m: _mathml(m[1], "inline"), page)


def _mathml(latex: str, display: str) -> str:
    return convert(html.unescape(latex).strip(), display=display)
