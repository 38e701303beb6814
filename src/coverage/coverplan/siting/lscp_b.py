r"""The location set covering problem with backup (LSCP-B): fewest sites, then most reached twice.

.. math::

    k^* = \min \sum_{j \text{ new}} x_j \quad \text{s.t.} \quad
    \sum_{j \in N_i} x_j \ge 1 \;\; \forall i, \quad x \in X,

then, with :math:`\sum_{j \text{ new}} x_j \le k^*`,

.. math::

    \max \sum_i w_i u_i \quad \text{s.t.} \quad
    \sum_{j \in N_i} x_j \ge 1 + u_i, \quad 0 \le u_i \le 1.

:math:`N_i` are the sites that reach place :math:`i`, :math:`w_i` its people and :math:`X` the sets
of sites the rules allow. The row of :math:`u_i` stands for every place, also for one that a single
site reaches: without it such a place would count as backed up. Asked for all who can be reached
twice, the first stage has :math:`\sum_{j \in N_i} x_j \ge \min(2, |N_i|)` instead, and there is no
second one.

Hogan, K. and ReVelle, C. (1986): Concepts and applications of backup coverage. Management Science
32, 1434-1444.
"""

import time
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .backup import Backup
from .backup_swaps import improve_backup
from .finish import Found, finish
from .highs import MipAnswer, solve_mip, whole_bound
from .impossible import people_by_unit, why_impossible
from .merged import TWICE
from .plan import DEFAULT_LIMITS, SITES, Impossible, Limits, SitingPlan, Stage
from .problem import SitingProblem, out_of_range
from .rows import site_rows
from .stages import part_of
from .tidy import tidy
from .with_row import with_row

Every = Literal["once", "twice"]


def solve_lscp_b(
    problem: SitingProblem, limits: Limits = DEFAULT_LIMITS, *, every: Every = "once"
) -> SitingPlan:
    """Return the plan of fewest new sites that reaches everybody it can, and backs up most.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules.
    limits
        When to stop without a proof.
    every
        ``once``: every place is reached, and of the plans of fewest sites the one that reaches
        most people twice is taken. ``twice``: every place that two sites can reach is reached by
        two, the others by one.

    Returns
    -------
    SitingPlan
        Its value counts new sites; ``then`` holds the people reached twice. The proof names who
        can be reached by no site, and who by one only.

    Raises
    ------
    InputError
        When ``every`` is neither.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> plan = siting.solve_lscp_b(problem)
    >>> plan.value, plan.then[0].value  # new sites, and people within reach of two
    (4, 150)
    """
    begin = time.perf_counter()
    if every not in {"once", "twice"}:
        raise out_of_range(problem.name, "every", every, Text("once 或 twice", "once or twice"))
    backup = Backup.of(problem, site_rows(problem))
    return _once(backup, limits, begin) if every == "once" else _twice(backup, limits, begin)


def _once(backup: Backup, limits: Limits, begin: float) -> SitingPlan:
    problem, rows = backup.problem, backup.rows
    some = replace(part_of(limits, begin, _FEWEST), on_bounds=limits.on_bounds)
    fewest = backup.fewest_once(some, begin)
    if fewest.open is None or fewest.value is None:
        why: tuple[Impossible, ...] = ()
        if fewest.ending == "impossible":
            why = why_impossible(problem, rows, [backup.everybody_once()], limits=limits)
        return finish(problem, Found("lscp_b", SITES, None, None, None, why), begin)
    answer = _most_twice(backup, fewest.open, limits, begin)
    best = fewest.open if answer.values is None else np.round(answer.values[: len(rows.lower)]) == 1
    opened = tidy(problem, rows, best, lambda plan: (_served(backup, plan), backup.twice(plan)))
    proven = fewest.value == fewest.bound
    second = Stage(
        backup.objective,
        backup.twice(opened),
        whole_bound(answer.bound, "max") if proven else None,
    )
    return _plan(backup, opened, fewest.bound, (second,), begin)


_FEWEST = 0.5
"""Share of the time for the fewest sites; the rest is for backing up."""


def _served(backup: Backup, open_: NDArray[np.bool_]) -> int:
    return int((backup.times(open_) >= 1).sum())


def _plan(
    backup: Backup,
    opened: NDArray[np.bool_],
    bound: int | None,
    then: tuple[Stage, ...],
    begin: float,
) -> SitingPlan:
    found = Found(
        "lscp_b",
        SITES,
        np.flatnonzero(opened).tolist(),
        int((opened & ~backup.problem.sites.existing).sum()),
        bound,
        proof=backup.left_once(),
        then=then,
    )
    return finish(backup.problem, found, begin)


def _most_twice(
    backup: Backup, start: NDArray[np.bool_], limits: Limits, begin: float
) -> MipAnswer:
    """Back up most with no more new sites than a plan that reaches everybody has."""
    new = backup.problem.sites.candidates
    number = int(start[new].sum())
    sites = "new site" if number == 1 else "new sites"
    name = Text(f"至多新增 {number} 处", f"at most {number} {sites}")
    capped = with_row(backup.rows, (new, np.ones(len(new)), -np.inf, float(number)), name)
    begun = improve_backup(backup, capped, start, (0, 1), everybody=True)
    backup = replace(backup, rows=capped)
    linear, x = backup.often(np.minimum(backup.can, 1))
    w = backup.count_twice(linear, x)
    mip = linear.mip("max", [(w, backup.places.weight.astype(float))])
    known = np.concatenate([begun, backup.times(begun) >= TWICE]).astype(float)
    return solve_mip(mip, replace(limits, on_bounds=None), start=known, begin=begin)


def _twice(backup: Backup, limits: Limits, begin: float) -> SitingPlan:
    linear, x = backup.often(backup.can)
    new = (~backup.problem.sites.existing).astype(float)
    answer = solve_mip(linear.mip("min", [(x, new)]), limits, begin=begin)
    if answer.values is None:
        why = _why_not_twice(backup, limits) if answer.ending == "impossible" else ()
        return finish(backup.problem, Found("lscp_b", SITES, None, None, None, why), begin)

    def worth(plan: NDArray[np.bool_]) -> tuple[int, int]:
        return _served(backup, plan), int((backup.times(plan) >= backup.can).sum())

    opened = tidy(backup.problem, backup.rows, np.round(answer.values[x]) == 1, worth)
    second = Stage(backup.objective, backup.twice(opened), backup.most(TWICE))
    return _plan(backup, opened, whole_bound(answer.bound, "min"), (second,), begin)


def _why_not_twice(backup: Backup, limits: Limits) -> tuple[Impossible, ...]:
    """Say who cannot have two sites under the rules, and how many sites it would take."""
    problem, rows = backup.problem, backup.rows
    own = replace(limits, time_limit_seconds=min(limits.time_limit_seconds, _SECONDS))
    own = replace(own, on_bounds=None)
    fewest = backup.fewest_once(own, time.perf_counter())
    if fewest.open is None:
        return why_impossible(problem, rows, [backup.everybody_once()], limits=own)
    linear, x = backup.often(np.minimum(backup.can, 1))
    w = backup.count_twice(linear, x)
    known = np.concatenate([fewest.open, backup.times(fewest.open) >= TWICE])
    mip = linear.mip("max", [(w, backup.places.people.astype(float))])
    best = solve_mip(mip, own, start=known.astype(float))
    open_ = fewest.open if best.values is None else np.round(best.values[x]) == 1
    row = backup.places.row
    left = (row >= 0) & (backup.times(open_) < backup.can)[row]
    help_ = _enough(backup, own)
    return (
        Impossible(
            Text("两处能到的人都须有两处可达", "all whom two sites can reach are reached by two"),
            people_by_unit(problem, left),
            int(problem.people[left].sum()),
            Text(
                f"{help_.zh}允许他们只有一处可达（every = once）",
                f"{help_.en}let them be reached once (every = once)",
            ),
        ),
    )


_SECONDS = 20.0
"""How long to look for what would help."""


def _enough(backup: Backup, limits: Limits) -> Text:
    """Return how many new sites would do if any number were allowed."""
    problem = backup.problem
    if problem.rules.sites is None:
        return Text("", "")
    free = problem.with_rules(sites=None, exactly=False)
    more = Backup.of(free, site_rows(free))
    linear, x = more.often(more.can)
    new = (~problem.sites.existing).astype(float)
    answer = solve_mip(linear.mip("min", [(x, new)]), limits)
    if answer.values is None:
        return Text("", "")
    number = int((np.round(answer.values[x]) == 1)[new > 0].sum())
    proven = number == whole_bound(answer.bound, "min")
    hedge = Text("", "") if proven else Text("至多 ", "at most ")
    return Text(f"允许新增 {hedge.zh}{number} 处；或", f"allow {hedge.en}{number} new sites; or ")
