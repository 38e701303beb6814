r"""The capacitated maximal covering location problem: most people served within capacity.

Open sites under the rules, and serve people within the limit of an open site, no site more than
it can:

.. math::

    \max \sum_{j} \sum_{i \in M_j} f_i n_{ij} \quad \text{s.t.} \quad
    \sum_{j \in N_i} n_{ij} \le a_i, \quad
    \sum_{i \in M_j} n_{ij} \le Q_j y_j, \quad
    n_{ij} \le \min(a_i, Q_j) \, y_j, \quad y \in Y

where :math:`a_i` are the people of place :math:`i`, :math:`f_i` what one of them counts,
:math:`N_i` the sites within the limit, :math:`M_j` the places site :math:`j` is within the limit
of, :math:`Q_j` its capacity and :math:`Y` the rules. People of one place may be served at
different sites, in whole people: for given :math:`y` this is a transportation problem. The value
counts all who are served, by sites that stand as well. Places with the same sites are one row.

Current, J. R. and Storbeck, J. E. (1988): Capacitated covering models. Environment and Planning B
15, 153-163.

Pirkul, H. and Schilling, D. A. (1991): The maximal covering location problem with capacities on
total workload. Management Science 37, 233-248.
"""

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .assigned import served_weight, weight_per_person
from .assignment import assign
from .finish import Found, finish
from .impossible import why_impossible
from .maxcover import max_cover
from .open_transport import OpenAnswer, Terms, best_open, share_to, without_idle
from .plan import DEFAULT_LIMITS, SERVED, SERVED_WEIGHTED, Limits, Objective, SitingPlan
from .problem import SitingProblem
from .rows import SiteRows, site_rows
from .transport import Transport

_NAME = "cap_mclp"
_START_SHARE = 0.3
"""Share of the time the search without capacities may take: its plan is the start."""


def solve_cap_mclp(problem: SitingProblem, limits: Limits = DEFAULT_LIMITS) -> SitingPlan:
    """Return the plan that serves most people within capacity, with who is served where.

    Parameters
    ----------
    problem
        Who would be reached from where, capacities, and the rules. Where times are known people
        are served where it takes fewest minutes, among the ways that serve most.
    limits
        When to stop without a proof.

    Raises
    ------
    InputError
        When a place's weight is no whole multiple of its people.

    Notes
    -----
    Without capacities nobody is lost: what covering reaches at most (`max_cover`) is a bound, and
    its plan the start.

    Examples
    --------
    The home E1 has 250 places and 314 older people within reach. C1, with 100 places, takes a part
    of those who find no place there.

    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=3)
    >>> plan = siting.solve_cap_mclp(problem)
    >>> plan.chosen_ids(problem.sites.ids), plan.value
    (['new:C2', 'new:C4', 'new:C1'], 793)
    >>> plan.assignment.loads(len(problem.sites.ids)).tolist()
    [250, 100, 333, 0, 110, 0]
    """
    begin = time.perf_counter()
    objective = SERVED_WEIGHTED if problem.weighted else SERVED
    rows, transport = site_rows(problem), merged_pairs(problem)
    short = replace(limits, time_limit_seconds=limits.time_limit_seconds * _START_SHARE)
    cover = max_cover(problem, rows, replace(short, on_bounds=None), begin)
    if cover.ending == "impossible":
        why = why_impossible(problem, rows, limits=limits)
        return finish(problem, Found(_NAME, objective, None, None, None, why), begin)
    value = None if cover.open is None else _value(transport, cover.open)
    answer = OpenAnswer(cover.open, value, cover.bound, cover.ending)
    if value is None or value != cover.bound:
        found = best_open(transport, rows, limits, begin, terms=Terms(), start=cover.open)
        answer = _better(found, answer)
    return _finished(problem, rows, objective, answer, begin)


def merged_pairs(problem: SitingProblem) -> Transport:
    """Return people with the sites within the limit, places with the same sites as one row.

    Parameters
    ----------
    problem
        The question. One person's gain is its weight, the same for all sites.
    """
    each = weight_per_person(problem)
    cover = problem.reach.matrix().tocsc()
    cover.sort_indices()
    known: dict[tuple[bytes, int], int] = {}
    people: list[int] = []
    first: list[int] = []
    for place in np.flatnonzero((problem.people > 0) & (each > 0)):
        sites = cover.indices[cover.indptr[place] : cover.indptr[place + 1]]
        at = known.setdefault((sites.tobytes(), int(each[place])), len(people))
        if at == len(people):
            people.append(0)
            first.append(int(place))
        people[at] += int(problem.people[place])
    number = np.diff(cover.indptr)[first]
    row = np.repeat(np.arange(len(first)), number)
    chosen = [cover.indices[cover.indptr[p] : cover.indptr[p + 1]] for p in first]
    site = np.concatenate([np.zeros(0, dtype=np.int64), *chosen]).astype(np.int64)
    gain = each[np.array(first, dtype=np.int64)][row]
    return Transport.make(row, site, gain, np.array(people, dtype=np.int64), problem.sites.capacity)


def _value(transport: Transport, open_: NDArray[np.bool_]) -> int:
    return int(transport.gain @ share_to(transport, open_))


def _better(found: OpenAnswer, start: OpenAnswer) -> OpenAnswer:
    """Return the better plan of two, with the better bound."""
    bounds = [b for b in (found.bound, start.bound) if b is not None]
    worse = found.value is None or (start.value is not None and start.value > found.value)
    best = start if worse else found
    return replace(best, bound=min(bounds, default=None), ending=found.ending, sizes=found.sizes)


def _finished(
    problem: SitingProblem, rows: SiteRows, objective: Objective, answer: OpenAnswer, begin: float
) -> SitingPlan:
    if answer.open is None:
        found = Found(_NAME, objective, None, None, answer.bound, sizes=answer.sizes)
        return finish(problem, found, begin)
    assignment = assign(problem, np.flatnonzero(answer.open).tolist(), objective=objective)
    used = np.ones(len(problem.sites), dtype=bool)
    if assignment is not None:
        used = assignment.loads(len(problem.sites)) > 0
    opened = without_idle(rows, answer.open, ~used & ~problem.sites.existing)
    found = Found(
        _NAME,
        objective,
        np.flatnonzero(opened).tolist(),
        answer.value,
        answer.bound,
        assignment=assignment,
        proof=(_today(problem, objective),),
        sizes=answer.sizes,
    )
    return finish(problem, found, begin)


def _today(problem: SitingProblem, objective: Objective) -> Text:
    """Return what is served today: the value less it is what the plan adds."""
    standing = np.flatnonzero(problem.sites.existing & ~problem.sites.barred).tolist()
    assignment = assign(problem, standing, objective=objective)
    now = 0
    if assignment is not None:
        now = (
            served_weight(problem, assignment) if problem.weighted else int(assignment.people.sum())
        )
    words = objective.words(now)
    return Text(
        f"现有站点在容量之内已服务 {words.zh}",
        f"sites that stand serve {words.en} within capacity today",
    )
