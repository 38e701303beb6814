"""How the people of a study add up: given, read, placed and unplaced, unit by unit."""

import pandas as pd

from ..core.text import Language, Text
from ..domain.groups import group_label
from ..measure.coverage import TOTAL
from ..results import Inputs

_WHOLE = Text("合计", "total")


def people_table(inputs: Inputs, language: Language) -> pd.DataFrame | None:
    """Return the reconciliation of people: what ``people.csv`` holds; None where there is none.

    Parameters
    ----------
    inputs
        What a study is computed from.
    language
        Of the labels.

    Returns
    -------
    DataFrame
        One row per unit and group, and one of each group for the whole study (unit "total"):
        ``given`` is the census total (empty where none was given), ``read`` the sum of the
        records before they were raked to it (empty where a group is not known by place),
        ``factor`` is given over read, ``placed`` who stands at a place, ``unplaced`` who is in
        the total and has none: they stay in every denominator. The total given of the whole is
        empty where that of one unit is.
    """
    table = inputs.reconciliation
    if table is None:
        return None
    whole = [_sum_of(group, rows) for group, rows in table.groupby("group", sort=False)]
    both = pd.concat([table, pd.DataFrame(whole)], ignore_index=True)
    names = inputs.region.names
    return pd.DataFrame(
        {
            "study": inputs.title,
            "notice": inputs.notice,
            "unit": both["unit"],
            "unit_name": [names.get(unit, _WHOLE.of(language)) for unit in both["unit"]],
            "group": both["group"],
            "group_label": [group_label(group).of(language) for group in both["group"]],
            "given": both["given"].astype("Float64").round().astype("Int64"),
            "read": both["read"].astype("Float64").round(3),
            "factor": both["factor"].astype("Float64").round(6),
            "placed": both["placed"].astype("Int64"),
            "unplaced": both["unplaced"].astype("Int64"),
        }
    )


def _sum_of(group: object, rows: pd.DataFrame) -> dict[str, object]:
    given = rows["given"].astype(float).sum(skipna=False)
    read = rows["read"].astype(float).sum(min_count=1)
    return {
        "unit": TOTAL,
        "group": group,
        "given": given,
        "read": read,
        "factor": given / read if read > 0 else float("nan"),
        "placed": int(rows["placed"].sum()),
        "unplaced": int(rows["unplaced"].sum()),
    }
