"""Docstrings as Markdown reads them: formulas between dollars, ``<NA>`` no tag that vanishes."""

import re
from typing import Any

from griffe import Extension

_EXAMPLES = re.compile(r"^Examples\n-+$", re.MULTILINE)
_FORMULA = re.compile(r":math:`([^`]+)`")
_CODE_OR_TAG = re.compile(r"(`+).*?\1|<(?=[A-Za-z/!])", re.DOTALL)


class Readable(Extension):
    """Writes docstrings so that nothing of them is lost."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """Change the docstring of an object just met."""
        if obj.docstring:
            obj.docstring.value = readable(obj.docstring.value)


def readable(docstring: str) -> str:
    """Return a docstring whose prose is Markdown; its examples stay as they are.

    Examples
    --------
    >>> readable("The :math:`x` of `a<B>`, <NA> where not known.")
    'The $x$ of `a<B>`, &lt;NA> where not known.'
    """
    examples = _EXAMPLES.search(docstring)
    end = examples.start() if examples else len(docstring)
    prose = _CODE_OR_TAG.sub(lambda m: m[0] if m[1] else "&lt;", with_formulas(docstring[:end]))
    return prose + docstring[end:]


def with_formulas(text: str) -> str:
    """Return text with the formulas of reStructuredText as Markdown has them."""
    return _FORMULA.sub(r"$\1$", text)
