"""Parameters described together, each with its own type.

numpy's style lets ``network, profile`` share a description; the reader of docstrings then gives
both the type of the first. Here they are taken apart before they are read.
"""

import re
from typing import Any

from griffe import Extension

_SECTION = re.compile(r"^(Parameters|Attributes|Other Parameters)\n-+\n", re.MULTILINE)
_NEXT = re.compile(r"^.+\n-{3,}$", re.MULTILINE)
_SHARED = re.compile(r"^(\w+(?:,\s+\w+)+)\n((?:(?: .*)?\n)*(?: .*)?)", re.MULTILINE)


class OwnTypes(Extension):
    """Takes apart what is described together."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """Change the docstring of an object just met."""
        if obj.docstring:
            obj.docstring.value = taken_apart(obj.docstring.value)


def taken_apart(docstring: str) -> str:
    """Return a docstring in which each name has an entry of its own.

    Examples
    --------
    >>> taken_apart(chr(10).join(["Parameters", "---", "a, b", "    Ends."])).splitlines()
    ['Parameters', '---', 'a', '    Ends.', 'b', '    Ends.']
    >>> taken_apart(chr(10).join(["Parameters", "---", "a,", "b", "    Ends."])).splitlines()
    ['Parameters', '---', 'a', '    Ends.', 'b', '    Ends.']
    """
    section = _SECTION.search(docstring)
    if not section:
        return docstring
    after = _NEXT.search(docstring, section.end())
    end = after.start() if after else len(docstring)
    body = _SHARED.sub(_each, docstring[section.end() : end])
    return docstring[: section.end()] + body + docstring[end:]


def _each(shared: re.Match[str]) -> str:
    described = shared[2]
    alone = described.rstrip("\n")
    entries = "\n".join(f"{name}\n{alone}" for name in re.split(r",\s+", shared[1]))
    return entries + described[len(alone) :]
