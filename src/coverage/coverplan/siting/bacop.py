r"""Backup coverage with a given number of sites (BACOP1, BACOP2): most people reached twice.

BACOP1, everybody whom a site can reach being reached once:

.. math::

    \max \sum_i w_i u_i \quad \text{s.t.} \quad
    \sum_{j \in N_i} x_j \ge 1 + u_i \;\; \forall i, \quad x \in X, \quad 0 \le u_i \le 1

BACOP2, with a weight :math:`\theta` between being reached once and twice:

.. math::

    \max \; \theta \sum_i w_i z_i + (1 - \theta) \sum_i w_i u_i \quad \text{s.t.} \quad
    \sum_{j \in N_i} x_j \ge z_i + u_i, \quad u_i \le z_i, \quad x \in X, \quad
    0 \le z_i \le 1, \; u_i \in \{0, 1\}

:math:`N_i` are the sites that reach place :math:`i`, :math:`w_i` its people and :math:`X` the sets
of sites the rules allow. Were :math:`u_i` any number, a place reached once could count half as
reached and half as backed up.

Hogan, K. and ReVelle, C. (1986): Concepts and applications of backup coverage. Management Science
32, 1434-1444.
"""

import math
import time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye

from ..core.text import Text
from .backup import Backup
from .backup_swaps import improve_backup
from .finish import Found, finish
from .highs import MipAnswer, solve_mip, whole_bound
from .impossible import why_impossible
from .linear import Linear
from .maxcover import max_cover
from .merged import TWICE
from .plan import DEFAULT_LIMITS, Impossible, Limits, Objective, SitingPlan
from .problem import SitingProblem, out_of_range
from .rows import site_rows
from .stages import part_of
from .tidy import tidy


def solve_bacop(
    problem: SitingProblem, limits: Limits = DEFAULT_LIMITS, *, theta: float | None = None
) -> SitingPlan:
    """Return the plan that reaches most people twice.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules: their number of sites and all others.
    limits
        When to stop without a proof.
    theta
        None: everybody whom a site can reach must be reached once (BACOP1). Else what being
        reached counts against being reached twice, from 0 to 1 in steps of 0.001 (BACOP2).

    Returns
    -------
    SitingPlan
        Sites that stand count as any others: who is near two of them today is reached twice. The
        proof names who can be reached by no site, and who by one only.

    Raises
    ------
    InputError
        When ``theta`` is no such number.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = siting.solve_bacop(problem, theta=0.5)
    >>> plan.chosen_ids(problem.sites.ids), plan.facts.reached_twice
    (['new:C2', 'new:C1'], 150)
    """
    begin = time.perf_counter()
    permille = None if theta is None else _permille(problem, theta)
    backup = Backup.of(problem, site_rows(problem))
    if permille is None:
        return _everybody_once(backup, limits, begin)
    return _weighed(backup, permille, limits, begin)


def _permille(problem: SitingProblem, theta: float) -> int:
    whole = round(theta * 1000) if math.isfinite(theta) else -1
    # A hair of rounding in the number given is not a fourth decimal.
    if not 0 <= whole <= 1000 or abs(theta * 1000 - whole) > 1e-9:  # noqa: PLR2004
        expected = Text("0 至 1，至多三位小数", "0 to 1, with three decimals at most")
        raise out_of_range(problem.name, "theta", theta, expected)
    return whole


def _everybody_once(backup: Backup, limits: Limits, begin: float) -> SitingPlan:
    problem, rows, model = backup.problem, backup.rows, "bacop1"
    # The fewest sites that reach everybody are a plan to begin with, or the proof of none.
    first = backup.fewest_once(part_of(limits, begin, _FIRST), begin)
    if first.open is None:
        why: tuple[Impossible, ...] = ()
        if first.ending == "impossible":
            why = why_impossible(problem, rows, [backup.everybody_once()], limits=limits)
        return finish(problem, Found(model, backup.objective, None, None, None, why), begin)
    linear, x = backup.often(np.minimum(backup.can, 1))
    w = backup.count_twice(linear, x)
    mip = linear.mip("max", [(w, backup.places.weight.astype(float))])
    begun = improve_backup(backup, rows, first.open, (0, 1), everybody=True)
    start = np.concatenate([begun, backup.times(begun) >= TWICE]).astype(float)
    answer = solve_mip(mip, limits, start=start, begin=begin)
    found = begun if answer.values is None else np.round(answer.values[x]) == 1
    once = int((backup.times(found) >= 1).sum())
    opened = tidy(
        problem, rows, found, lambda p: (int((backup.times(p) >= 1).sum()) == once, backup.twice(p))
    )
    bound = _bound(answer, backup.most(TWICE))
    return _plan(backup, model, backup.objective, opened, (backup.twice(opened), bound), begin)


_FIRST = 0.3
"""Share of the time for the plan to begin with."""


def _weighed(backup: Backup, permille: int, limits: Limits, begin: float) -> SitingPlan:
    problem, rows, places = backup.problem, backup.rows, backup.places
    objective = Objective(
        "once_and_twice",
        "max",
        Text("一处与两处可达（加权和）", "reached once and twice, weighed"),
        Text("加权人", "weighted people"),
        1000,
        permille,
    )
    first = max_cover(problem, rows, part_of(limits, begin, _FIRST), time.perf_counter())
    if first.ending == "impossible":
        why = why_impossible(problem, rows, limits=limits)
        return finish(problem, Found("bacop2", objective, None, None, None, why), begin)
    linear, x, z, w = _model(backup)
    weight = places.weight.astype(float)
    mip = linear.mip("max", [(z, permille * weight), (w, (1000 - permille) * weight)])
    start = None
    if first.open is not None:
        worth_of = (permille, 1000 - permille)
        begun = improve_backup(backup, rows, first.open, worth_of, everybody=False)
        start = _columns(backup, begun)
    answer = solve_mip(mip, limits, start=start, begin=begin)
    if answer.values is None:
        return finish(problem, Found("bacop2", objective, None, None, None), begin)

    def worth(plan: NDArray[np.bool_]) -> int:
        return permille * backup.once(plan) + (1000 - permille) * backup.twice(plan)

    opened = tidy(problem, rows, np.round(answer.values[x]) == 1, worth)
    most = permille * backup.most(1) + (1000 - permille) * backup.most(TWICE)
    ended = (worth(opened), _bound(answer, most))
    return _plan(backup, "bacop2", objective, opened, ended, begin)


def _bound(answer: MipAnswer, most: int) -> int:
    """Return the bound of the solver, or what all sites together could do if that is less."""
    bound = whole_bound(answer.bound, "max")
    return most if bound is None else min(bound, most)


def _columns(backup: Backup, open_: NDArray[np.bool_]) -> NDArray[np.float64]:
    times = backup.times(open_)
    return np.concatenate([open_, times >= 1, times >= TWICE]).astype(float)


def _model(backup: Backup) -> tuple[Linear, slice, slice, slice]:
    places = backup.places
    linear, x = Linear.of_sites(backup.rows)
    n, one = len(places), eye(len(places)).tocsr()
    sure, can = places.sure, backup.can
    z = linear.columns(n, np.minimum(sure, 1.0), np.minimum(can, 1.0), whole=False)
    two = (sure >= TWICE).astype(float)
    w = linear.columns(n, two, (can >= TWICE).astype(float), whole=True)
    linear.rows([(z, one), (w, one), (x, -places.cover)], -np.inf, places.sure.astype(float))
    linear.rows([(w, csr_matrix(one)), (z, -one)], -np.inf, 0.0)
    return linear, x, z, w


def _plan(
    backup: Backup,
    model: str,
    objective: Objective,
    opened: NDArray[np.bool_],
    ended: tuple[int, int],
    begin: float,
) -> SitingPlan:
    found = Found(
        model,
        objective,
        np.flatnonzero(opened).tolist(),
        ended[0],
        ended[1],
        proof=backup.left_once(),
    )
    return finish(backup.problem, found, begin)
