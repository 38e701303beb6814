"""A line that ends between Chinese characters does not end in a space."""

import re

_CHINESE = "\u3001-\u303f\u4e00-\u9fff\uff01-\uffef“”‘’…—"
_BREAK = re.compile(rf"(?<=[{_CHINESE}])\n(?=[{_CHINESE}])")
_KEPT = re.compile(r"(<(pre|textarea)\b.*?</\2>)", re.DOTALL)


def joined(page: str) -> str:
    """Return a page of HTML without line ends between Chinese characters, but in code."""
    parts = _KEPT.split(page)
    # Every third part from the second on is kept as it is; the one after it is the tag's name.
    return "".join(
        part if i % 3 else _BREAK.sub("", part) for i, part in enumerate(parts) if i % 3 != 2
    )
