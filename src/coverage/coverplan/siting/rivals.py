r"""Every exchange of one proposed site for one other candidate, and what each would lose.

Teitz and Bart (1968) call it vertex substitution. All pairs are counted at once: where :math:`n_i`
open sites reach place :math:`i`, leaving out :math:`c` and opening :math:`r` changes what is
reached by

.. math::

    \sum_{i \in N_r,\, n_i = 0} w_i \;-\; \sum_{i \in N_c,\, n_i = 1} w_i
    \;+\; \sum_{i \in N_c \cap N_r,\, n_i = 1} w_i

and every place has at most one site it depends on alone, so that one pass over the pairs of site
and place gives the last sum for all :math:`c` and :math:`r` together. The same holds for minutes
with the nearest and second nearest open site.

Teitz, M. B. and Bart, P. (1968): Heuristic methods for estimating the generalized vertex median
of a weighted graph. Operations Research 16, 955-961.
Resende, M. G. C. and Werneck, R. F. (2007): A fast swap-based local search procedure for location
problems. Annals of Operations Research 150, 205-230.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..travel.reach import chosen_sums
from .exchange_values import VALUES, PlanState, Table
from .plan import NEWLY, WEIGHTED, Objective, SitingPlan
from .problem import SitingProblem
from .rows import SiteRows, site_rows

_TINY = 1e-6


class Needed(Protocol):
    """A lot of weight, place by place, and how much of it every plan must reach."""

    @property
    def people(self) -> NDArray[np.int64]:
        """What each place counts towards the need, shape ``(n_demand,)``."""

    @property
    def at_least(self) -> int:
        """How much of it must be reached."""


@dataclass(frozen=True, slots=True)
class Exchanges:
    """What each exchange of a proposed site for another candidate would lose.

    Parameters
    ----------
    objective
        What ``loss`` counts: the plan's objective where that can be counted from the open sites
        alone, else the people reached.
    value
        Of the plan, in that objective.
    out, into
        Positions of the proposed sites and of the usable candidates not chosen.
    loss
        How much worse the objective becomes, shape ``(len(out), len(into))``; below 0 where the
        exchange is better (the plan was not the best).
    people
        How many people fewer are reached, the same shape.
    allowed
        Whether the plan after the exchange keeps all rules and needs.
    """

    objective: Objective
    value: int
    out: tuple[int, ...]
    into: NDArray[np.int64]
    loss: Table
    people: Table
    allowed: NDArray[np.bool_]

    def best(self, row: int) -> NDArray[np.int64]:
        """Return columns of the allowed exchanges of one proposed site, the least loss first.

        Of equal ones the one that loses fewer people comes first, then the earlier candidate.

        Parameters
        ----------
        row
            Position of the site in ``out``.
        """
        there = np.flatnonzero(self.allowed[row])
        order = np.lexsort((there, self.people[row, there], self.loss[row, there]))
        return there[order].astype(np.int64)


def single_exchanges(
    problem: SitingProblem, plan: SitingPlan, *, needs: Sequence[Needed] = ()
) -> Exchanges:
    """Return what every exchange of one proposed site for one unchosen candidate would lose.

    Parameters
    ----------
    problem, plan
        The question, and a plan for it that has sites.
    needs
        What a plan must reach besides the rules (a share of all, of each unit). Where the fewest
        sites or the least cost were asked for and none is given, whoever the plan reaches must
        stay reached.

    Raises
    ------
    InternalError
        When the objective weighs time and the problem has no times.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=1)
    >>> plan = cp.solve_mclp(problem)
    >>> exchanges = siting.single_exchanges(problem, plan)
    >>> [str(problem.sites.ids[site]) for site in exchanges.into]
    ['new:C1', 'new:C3', 'new:C4', 'new:C5']
    >>> exchanges.loss[0].tolist()  # people fewer, if one of them were built instead of C2
    [240, 228, 223, 281]
    """
    state = PlanState(problem, plan.chosen, plan.closed, plan.objective)
    objective = _counted(problem, plan.objective)
    value, after = VALUES[objective.id](state)
    sign = 1 if objective.sense == "max" else -1
    reached, then = state.covered(problem.people)
    allowed = keep_rules(site_rows(problem), state)
    for weight, at_least in _needs(problem, objective, needs, state):
        allowed &= state.covered(weight)[1] >= at_least
    return Exchanges(
        objective=objective,
        value=value,
        out=state.out,
        into=state.into,
        loss=sign * (value - after),
        people=reached - then,
        allowed=allowed,
    )


def counted_from_sites(objective: Objective) -> bool:
    """Return whether an objective follows from the open sites alone, without an assignment."""
    return objective.id in VALUES


def _counted(problem: SitingProblem, objective: Objective) -> Objective:
    if counted_from_sites(objective):
        return objective
    return WEIGHTED if problem.weighted else NEWLY


def _needs(
    problem: SitingProblem, objective: Objective, needs: Sequence[Needed], state: "PlanState"
) -> list[tuple[NDArray[np.int64], int]]:
    given = [(need.people, need.at_least) for need in needs]
    if given or objective.id not in {"new_sites", "cost"}:
        return given
    stay = np.where((state.times > 0) & (problem.people > 0), 1, 0).astype(np.int64)
    return [(stay, int(stay.sum()))]


def keep_rules(rows: SiteRows, state: PlanState) -> NDArray[np.bool_]:
    """Return which exchanges keep all rules, shape ``(len(out), len(into))``.

    Parameters
    ----------
    rows, state
        The rules, and a plan that keeps them.
    """
    allowed = np.ones((len(state.out), len(state.into)), dtype=bool)
    required = np.flatnonzero(state.problem.sites.must[list(state.out)])
    if not len(rows.names):
        allowed[required] = False
        return allowed
    open_ = np.zeros(len(state.problem.sites))
    open_[state.opened] = 1
    columns = rows.matrix.tocsc()
    all_sums = rows.matrix @ open_
    entering = columns[:, state.into].tocsc()
    ptr = entering.indptr.astype(np.int64)

    def broken(sums: NDArray[np.float64], at: NDArray[np.integer] | slice) -> NDArray[np.int64]:
        low, high = rows.row_lower[at] - _TINY, rows.row_upper[at] + _TINY
        return ((sums < low) | (sums > high)).astype(np.int64)

    for row, site in enumerate(state.out):
        sums = all_sums - columns[:, [site]].toarray().ravel()
        without = broken(sums, slice(None))
        # Rows that the entering site does not touch stay as they are without the leaving one.
        change = broken(sums[entering.indices] + entering.data, entering.indices)
        change -= without[entering.indices]
        ones = np.arange(len(change), dtype=np.int32)
        allowed[row] = without.sum() + chosen_sums(ptr, ones, change) == 0
    allowed[required] = False
    return allowed
