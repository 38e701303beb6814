r"""The capacitated p-median: fewest minutes of all people, no site over its capacity.

.. math::

    \min \sum_{ij} w_i t_{ij} z_{ij} \quad \text{s.t.} \quad
    \sum_j z_{ij} = 1, \quad \sum_i a_i z_{ij} \le Q_j y_j, \quad
    z_{ij} \le y_j, \quad y \in Y

where :math:`t_{ij}` are the milliseconds from place :math:`i` to site :math:`j`, :math:`w_i` the
weight and :math:`a_i` the people of the place, :math:`Q_j` the capacity of the site and :math:`Y`
the rules. Either the people of a place may be split between sites, in whole people (given
:math:`y` a transportation problem), or a place goes to one site as a whole,
:math:`z_{ij} \in \{0, 1\}`: the problem of the literature.

**The cutoff.** Times beyond it are not known: such a pair counts at the cutoff. Everybody needs a
place, also who is beyond the cutoff of every open site; they take places no one nearer needs.
With ``unserved="leave"`` people may also be left without a place, counted at the cutoff: then
capacities that are too small make the value worse, not the plan impossible.

Solved as its complement: with :math:`C` the cutoff, the milliseconds saved
:math:`w_i (C - t_{ij})` are made as many as can be.

Mulvey, J. M. and Beck, M. P. (1984): Solving capacitated clustering problems. European Journal of
Operational Research 18, 339-348.

Osman, I. H. and Christofides, N. (1994): Capacitated clustering problems by hybrid simulated
annealing and tabu search. International Transactions in Operational Research 1, 317-336.
"""

import time
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from ..core.errors import InternalError
from ..core.text import Text
from .assigned import cutoff_ms
from .assignment import as_assignment, assign, timed_pairs, whole_pairs
from .capacity_rules import all_places, too_few_places, too_large
from .finish import Found, finish
from .impossible import listed, people_by_unit, why_impossible
from .open_transport import OpenAnswer, Terms, best_open
from .plan import ASSIGNED, DEFAULT_LIMITS, Impossible, Limits, SitingPlan
from .planfacts import Assignment
from .problem import UNLIMITED, SitingProblem, out_of_range
from .rows import SiteRows, site_rows
from .transport import Transport

Unserved = Literal["refuse", "leave"]

_NAME = "cap_pmedian"


class Search(Protocol):
    """A search for the best open sites, as `best_open`."""

    def __call__(
        self,
        transport: Transport,
        rows: SiteRows,
        limits: Limits,
        begin: float,
        *,
        terms: Terms,
    ) -> OpenAnswer:
        """Return the open sites that keep the rows and gain most."""


def solve_cap_pmedian(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    split: bool = True,
    unserved: Unserved = "refuse",
) -> SitingPlan:
    """Return the plan with fewest minutes within capacity, and who is served where.

    Parameters
    ----------
    problem
        Times, people, capacities and rules. Places without people count nothing.
    limits
        When to stop without a proof.
    split
        Whether people of one place may be served at different sites.
    unserved
        Whether capacities that cannot hold everybody are refused, or people may be left over.

    Raises
    ------
    InputError
        When ``unserved`` is another word, there are no times, or people are split whose weight
        is no whole multiple of them.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = siting.solve_cap_pmedian(problem, unserved="leave")  # E1: 250, C2: 350, C3: 200
    >>> plan.chosen_ids(problem.sites.ids), plan.status
    (['new:C2', 'new:C3'], 'optimal')
    >>> plan.assignment.loads(len(problem.sites.ids)).tolist()
    [250, 0, 350, 200, 0, 0]
    """
    return solve_assigned(problem, limits, Ask(_NAME, split, unserved))


@dataclass(frozen=True, slots=True)
class Ask:
    """What a model of this family wants.

    Parameters
    ----------
    name
        Name of the model.
    split, unserved
        As in `solve_cap_pmedian`.
    search
        How the best open sites are found.
    """

    name: str
    split: bool = True
    unserved: Unserved = "refuse"
    search: Search = best_open


def solve_assigned(problem: SitingProblem, limits: Limits, ask: Ask) -> SitingPlan:
    """Return the plan with fewest minutes within capacity for a model of this family.

    Parameters
    ----------
    problem, limits, ask
        The question, when to stop, and what is wanted.
    """
    begin = time.perf_counter()
    _check(problem, ask)
    rows = site_rows(problem)
    everybody = ask.unserved == "refuse"
    why = too_few_places(problem, rows) if everybody else ()
    if why:
        return finish(problem, Found(ask.name, ASSIGNED, None, None, None, why), begin)
    if ask.split:
        pairs = timed_pairs(problem, rows.upper > 0)
    else:
        pairs = whole_pairs(problem, far=everybody)
    lived = int(problem.weight[problem.people > 0].sum())
    all_away = lived * cutoff_ms(problem)
    answer = ask.search(
        pairs,
        rows,
        limits,
        begin,
        terms=Terms(ask.split, all_places(problem) if everybody else None, all_away),
    )
    return _finished(problem, rows, ask, answer, begin)


def _check(problem: SitingProblem, ask: Ask) -> None:
    if ask.unserved not in {"refuse", "leave"}:
        expected = Text('"refuse" 或 "leave"', '"refuse" or "leave"')
        raise out_of_range(problem.name, "unserved", ask.unserved, expected)
    if problem.times is None:
        expected = Text("需要出行时间", "travel times are needed")
        raise out_of_range(problem.name, "times", None, expected)


def _finished(
    problem: SitingProblem, rows: SiteRows, ask: Ask, answer: OpenAnswer, begin: float
) -> SitingPlan:
    if answer.open is None:
        why: tuple[Impossible, ...] = ()
        if answer.ending == "impossible":
            packing = not ask.split and ask.unserved == "refuse"
            why = _whole_places(problem) if packing else why_impossible(problem, rows)
        bound = None if why else answer.bound
        found = Found(ask.name, ASSIGNED, None, None, bound, why, sizes=answer.sizes)
        return finish(problem, found, begin)
    opened = np.flatnonzero(answer.open).tolist()
    assignment = _assignment(problem, ask, answer, opened)
    found = Found(
        ask.name,
        ASSIGNED,
        opened,
        answer.value,
        answer.bound,
        assignment=assignment,
        proof=_left_over(problem, assignment),
        sizes=answer.sizes,
    )
    return finish(problem, found, begin)


def _assignment(
    problem: SitingProblem, ask: Ask, answer: OpenAnswer, opened: list[int]
) -> Assignment:
    if not ask.split and answer.pairs is not None and answer.flow is not None:
        return as_assignment(answer.pairs, answer.flow)
    everybody = ask.unserved == "refuse"
    found = assign(problem, opened, objective=ASSIGNED, everybody=everybody)
    if found is None:
        raise InternalError(f"siting: {ask.name} has too few places")
    return found


def _left_over(problem: SitingProblem, assignment: Assignment) -> tuple[Text, ...]:
    """Return who is left without a place, by unit."""
    left = problem.people.copy()
    np.subtract.at(left, assignment.demand, assignment.people)
    if not left.any():
        return ()
    people = np.bincount(problem.of_unit, left, minlength=len(problem.unit_codes))
    order = [int(u) for u in np.argsort(-people, kind="stable") if people[u] > 0]
    units = [Text.same(f"{problem.unit_names[u]} {int(people[u]):,}") for u in order]
    names = listed(units, Text("个单元", "units"))
    total = int(left.sum())
    if (problem.sites.capacity >= UNLIMITED).all():
        zh, en = "人到任何站点都超过截止时间", "people are beyond the cutoff of every site"
    else:
        zh, en = "人没有位置", "people are left without a place"
    return (Text(f"{total:,} {zh}：{names.zh}", f"{total:,} {en}: {names.en}"),)


def _whole_places(problem: SitingProblem) -> tuple[Impossible, ...]:
    """Return why places cannot go to one site each although there are places enough."""
    large = too_large(problem)
    who = Text("各地点人数与各站点容量凑不拢", "no packing of the places into the sites exists")
    if large.any():
        names = people_by_unit(problem, large)
        who = Text(f"大于任何站点的地点：{names.zh}", f"places larger than any site: {names.en}")
    return (
        Impossible(
            constraint=Text("每个地点整体归一个站点", "each place goes to one site as a whole"),
            who=who,
            people=int(problem.people[large].sum()) if large.any() else None,
            relaxation=Text(
                "允许一个地点的人分到几个站点（split）",
                "let people of one place be served at several sites (split)",
            ),
        ),
    )
