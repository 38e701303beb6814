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
    dtype = _DTYPES[fact.kind]
    if fact.kind == "words":
        cells = np.full(len(frame), None, dtype=object)
        for i, value in enumerate(frame[fact.key] if fact.key in frame.columns else ()):
            cells[i] = value if isinstance(value, frozenset) else None
        return pd.Series(cells, index=frame.index, dtype=object)
    if fact.key not in frame.columns:
        return pd.Series(pd.NA, index=frame.index, dtype=dtype)
    values = frame[fact.key]
    if values.dtype == dtype:
        return values
    known = values.astype(object).where(values.notna(), pd.NA)
    return pd.Series(pd.array(list(known), dtype=dtype), index=frame.index)
