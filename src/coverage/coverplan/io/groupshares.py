"""Groups that are given as a share of everybody, and groups compared with everybody."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.people_config import GroupConfig
from .cells import as_number
from .columns import need_columns
from .tables import Table, check_repeated

_SHARES = Text("0 到 1 的比例，或带 % 的百分数", "a share from 0 to 1, or a percentage with %")
_PERCENT = ("%", "％")


def shares_of(
    table: Table, groups: Mapping[str, GroupConfig], problems: Problems
) -> dict[str, NDArray[np.float64]]:
    """Return the share of everybody in each record, of the groups that are given by one.

    Parameters
    ----------
    table
        The records.
    groups
        The groups; those with ``share`` have it in every record, those with ``share_column`` what
        stands there.
    problems
        Where faults of columns and cells go: a number above 1 without a percent sign is one.

    Returns
    -------
    dict
        Group -> shares from 0 to 1, NaN where a cell holds none; shape ``(n,)`` each.
    """
    n = len(table.frame)
    shares = {g: np.full(n, one.share) for g, one in groups.items() if one.share is not None}
    wanted = {g: one.share_column for g, one in groups.items() if one.share_column is not None}
    names = [str(c) for c in table.frame.columns]
    columns = need_columns(table.file, names, wanted, wanted, problems, say="groups")
    check_repeated(table, columns.values(), problems)
    for group in wanted:
        shares[group] = np.full(n, np.nan)
    for group, column in columns.items():
        for i, text in enumerate(table.frame[column]):
            share = as_share(text)
            if share is None:
                problems.add(_no_share(table, i, column, text))
            else:
                shares[group][i] = share
    return shares


def as_share(text: str) -> float | None:
    """Return the share a cell holds, None where it holds none.

    Examples
    --------
    >>> as_share("0.21"), as_share("21％"), as_share("21"), as_share("")
    (0.21, 0.21, None, None)
    """
    percent = text.strip().endswith(_PERCENT)
    number = as_number(text.strip().rstrip("%％"))
    if number is None:
        return None
    share = number / 100 if percent else number
    return share if 0 <= share <= 1 else None


def _no_share(table: Table, i: int, column: str, text: str) -> Problem:
    return Problem(
        code="people.share",
        what=Text("这不是比例", "this is no share"),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=text,
        expected=_SHARES,
        mend=Text("改为 0.21 或 21% 的写法", "write it as 0.21 or as 21%"),
    )


def check_parts(
    table: Table,
    values: Mapping[str, NDArray[np.float64]],
    columns: Mapping[str, str],
    problems: Problems,
    *,
    beyond_all: Collection[str],
    stops: bool,
) -> None:
    """Note records in which a part of the people is more than all of them.

    Parameters
    ----------
    table, values, columns
        The records, people by group, and the column of each group.
    problems
        Where the notes go.
    beyond_all
        Groups that may be more than everybody: people registered, but not living here.
    stops
        Whether it is an error: census totals cannot disagree, villages may.
    """
    everybody = values.get("all")
    if everybody is None:
        return
    for group in columns:
        if group in beyond_all or group not in values:
            continue
        with np.errstate(invalid="ignore"):
            more = values[group] > everybody * (1.0 if stops else 1 + 1e-6)
        for i in np.flatnonzero(more).tolist():
            place = (table, i, columns[group], f"{values[group][i]:.10g} > {everybody[i]:.10g}")
            problems.add(_census_part(*place, columns["all"]) if stops else _part(*place))


_MEND = Text(
    "核对这两列；户籍人口等不属于常住人口的人群，写明 registered = true",
    "check the two columns; for people registered but not living there say registered = true",
)


def _part(table: Table, i: int, column: str, found: str) -> Problem:
    return Problem(
        code="people.more_than_all",
        what=Text("人群多于总人口", "a group is larger than everybody"),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=found,
        mend=_MEND,
        severity="warning",
    )


def _census_part(table: Table, i: int, column: str, found: str, everybody: str) -> Problem:
    return Problem(
        code="census.more_than_all",
        what=Text(
            f"人群多于总人口（“{everybody}”列）",
            f'a group is larger than everybody (column "{everybody}")',
        ),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=found,
        expected=Text("不超过总人口的人数", "a number of people not above that of everybody"),
        mend=_MEND,
    )
