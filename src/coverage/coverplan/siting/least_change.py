"""The least by which limits of one kind would have to give so that a plan exists."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from ..core.text import Text
from .highs import Mip, solve_mip
from .plan import Impossible, Limits
from .rows import SiteRows


def least_changes(
    rows: SiteRows,
    kinds: Sequence[str],
    soft: Mapping[str, Text],
    who: Text,
    limits: Limits,
) -> tuple[Impossible, ...]:
    """Return which limits must give, and by how much: each kind by itself, else all together.

    Parameters
    ----------
    rows, kinds
        All rules, and the kind of each row.
    soft
        The kinds that may give, and the unit each counts in.
    who
        Whom the rules are for.
    limits
        Time for each of the questions.

    Returns
    -------
    tuple[Impossible, ...]
        Empty where the limits are not to blame, or nobody knows in time.
    """
    given = []
    for kind, unit in soft.items():
        slack = least_slack(rows, np.isin(kinds, [kind]), limits)
        if slack is not None and slack.any():
            given.append(_row(rows, slack, unit, who))
    return tuple(given) or _together(rows, kinds, soft, who, limits)


def _together(
    rows: SiteRows, kinds: Sequence[str], soft: Mapping[str, Text], who: Text, limits: Limits
) -> tuple[Impossible, ...]:
    """Change the first kind as little as can be with the others free, then the next one."""
    changes: list[Impossible] = []
    later = list(soft)
    while later:
        kind = later.pop(0)
        free = np.where(np.isin(kinds, later), np.inf, rows.row_upper)
        slack = least_slack(replace(rows, row_upper=free), np.isin(kinds, [kind]), limits)
        if slack is None:
            return ()
        rows = replace(rows, row_upper=rows.row_upper + slack)
        if slack.any():
            changes.append(_row(rows, slack, soft[kind], who))
    if not changes:
        return ()
    zh = "；".join(change.relaxation.zh for change in changes)
    en = "; ".join(change.relaxation.en for change in changes)
    constraint = Text(
        "；".join(change.constraint.zh for change in changes),
        "; ".join(change.constraint.en for change in changes),
    )
    return (Impossible(constraint, who, None, Text(zh, en)),)


def _row(rows: SiteRows, slack: NDArray[np.int64], unit: Text, who: Text) -> Impossible:
    which = [int(i) for i in np.flatnonzero(slack)]
    names = [rows.names[i] for i in which]
    more = [f"{slack[i]:,}" for i in which]
    zh = [f"{n.zh}：再加 {m} {unit.zh}" for n, m in zip(names, more, strict=True)]
    en = [f"{n.en}: {m} {unit.en} more" for n, m in zip(names, more, strict=True)]
    return Impossible(
        Text("；".join(n.zh for n in names), "; ".join(n.en for n in names)),
        who,
        None,
        Text("；".join(zh), "; ".join(en)),
    )


def least_slack(
    rows: SiteRows, soft: NDArray[np.bool_], limits: Limits
) -> NDArray[np.int64] | None:
    """Return by how much each soft row must give so that a plan exists, in all the least.

    Parameters
    ----------
    rows
        The rules; coefficients of the soft ones are whole numbers of one unit.
    soft
        Which rows may give, shape ``(n_rows,)``.
    limits
        When to stop: an answer that is not proven least is none.

    Returns
    -------
    NDArray[np.int64] | None
        Shape ``(n_rows,)``; None when they cannot give enough, or nobody knows in time.
    """
    above = np.flatnonzero(soft & np.isfinite(rows.row_upper))
    below = np.flatnonzero(soft & np.isfinite(rows.row_lower))
    n_rows, n = rows.matrix.shape
    at = np.concatenate([above, below])
    sign = np.concatenate([-np.ones(len(above)), np.ones(len(below))])
    slack = csr_matrix((sign, (at, np.arange(len(at)))), shape=(n_rows, len(at)))
    answer = solve_mip(
        Mip(
            sense="min",
            cost=np.concatenate([np.zeros(n), np.ones(len(at))]),
            rows=hstack([rows.matrix, slack]).tocsc(),
            row_lower=rows.row_lower,
            row_upper=rows.row_upper,
            lower=np.concatenate([rows.lower, np.zeros(len(at))]),
            upper=np.concatenate([rows.upper, np.full(len(at), np.inf)]),
            whole=np.arange(n + len(at)) < n,
        ),
        replace(limits, gap_percent=0.0, on_bounds=None),
    )
    if answer.values is None or answer.ending != "solved":
        return None
    given = np.zeros(n_rows, dtype=np.int64)
    np.add.at(given, at, np.ceil(answer.values[n:] - _TINY).astype(np.int64))
    return given


_TINY = 1e-4
