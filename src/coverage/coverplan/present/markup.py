"""Foreign text as text of a page: nothing in it is markup."""

import html
import re

__all__ = ["escape"]

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


def escape(text: object) -> str:
    r"""Return text for an element or a quoted attribute; what HTML cannot hold becomes a mark.

    Examples
    --------
    >>> escape("<b>&\x00")
    '&lt;b&gt;&amp;�'
    """
    return html.escape(_UNSAFE.sub("\ufffd", str(text)))
