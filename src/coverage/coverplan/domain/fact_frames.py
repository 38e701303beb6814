"""Frames of facts: one column for each fact, of the type its kind asks for, <NA> where unknown."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .policy_columns import Fact

_DTYPES = {
    "number": "Float64",
    "flag": "boolean",
    "year": "Int64",
    "word": "string",
    "text": "string",
    "words": "object",
}


def with_facts(frame: pd.DataFrame, facts: Iterable[Fact]) -> pd.DataFrame:
    """Return a frame with a column for every fact, of its own type.

    Parameters
    ----------
    frame
        Any frame; columns it has under the key of a fact are taken as they are, the others hold
        nothing known.
    facts
        The facts: numbers become ``Float64``, flags ``boolean``, years ``Int64``, words and texts
        ``string`` with <NA> where not known, and sets of words ``frozenset`` with None.

    Examples
    --------
    >>> from coverplan.domain.policy_columns import UNIT_FACTS
    >>> with_facts(pd.DataFrame({"population": [3]}), UNIT_FACTS)["population"].dtype
    Float64Dtype()
    """
    columns = {fact.key: _column(frame, fact) for fact in facts}
    kept = {str(name): frame[name] for name in frame.columns if name not in columns}
    return pd.DataFrame({**kept, **columns}, index=frame.index)


def _column(frame: pd.DataFrame, fact: Fact) -> pd.Series:
    values: list[object] = (
        list(frame[fact.key]) if fact.key in frame.columns else [None] * len(frame)
    )
    if fact.kind == "words":
        cells = np.empty(len(values), dtype=object)
        for i, value in enumerate(values):
            cells[i] = value if isinstance(value, frozenset) else None
        return pd.Series(cells, index=frame.index, dtype=object)
    known = [pd.NA if pd.isna(value) else value for value in values]
    return pd.Series(pd.array(known, dtype=_DTYPES[fact.kind]), index=frame.index)
