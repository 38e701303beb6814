"""What somebody meant who typed a word that is none of those there are."""

import difflib
from collections.abc import Iterable

from .text import Text


def meant(found: str, known: Iterable[str], otherwise: Text, *, cutoff: float = 0.6) -> Text:
    """Return a question after the known word nearest to one that is not known.

    Parameters
    ----------
    found, known
        The word, and those there are.
    otherwise
        What to say where none is like it.
    cutoff
        How like it must be, from 0 to 1.

    Examples
    --------
    >>> meant("mlcp", ["mclp", "lscp"], Text("改", "mend it")).en
    'did you mean mclp?'
    >>> meant("?", ["mclp", "lscp"], Text("改", "mend it")).en
    'mend it'
    """
    near = difflib.get_close_matches(found, list(known), n=1, cutoff=cutoff)
    return Text(f"是否指 {near[0]}？", f"did you mean {near[0]}?") if near else otherwise
