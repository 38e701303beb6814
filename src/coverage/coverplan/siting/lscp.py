r"""The location set covering problem (LSCP): fewest new sites so that everybody is reached.

.. math::

    \min \sum_j x_j \quad \text{s.t.} \quad \sum_{j \in N_i} x_j \ge 1 \;\; \forall i,
    \quad x_j \in \{0, 1\}

for every place :math:`i` with people in it that a site which may be open reaches. Sites that stand
count, and cost nothing. Whom no site can reach is counted and named, not a reason to give up.

Toregas, C., Swain, R., ReVelle, C. and Bergman, L. (1971): The location of emergency service
facilities. Operations Research 19, 1363-1373.
"""

import time
from typing import Literal

import numpy as np

from ..core.errors import InternalError
from ..core.text import Text
from .finish import Found, finish
from .impossible import people_by_unit, places_out_of_reach, why_impossible
from .mincover import keep_standing, min_cover
from .needs import Need
from .plan import DEFAULT_LIMITS, SITES, Impossible, Limits, SitingPlan
from .problem import SitingProblem
from .recount import open_sites
from .rows import site_rows


def solve_lscp(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    unreachable: Literal["leave", "refuse"] = "leave",
) -> SitingPlan:
    """Return the plan of fewest new sites that reaches everybody who can be reached.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules, all of which are kept.
    limits
        When to stop without a proof.
    unreachable
        Whether people no site can reach are left out and named in the proof, or there is no plan
        because of them.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> plan = siting.solve_lscp(problem)
    >>> plan.chosen_ids(problem.sites.ids), plan.value
    (['new:C2', 'new:C4', 'new:C1', 'new:C5'], 4)
    >>> print(plan.proof[0].en)
    31 people are out of reach of every site and left out: 云岭乡 31
    """
    begin = time.perf_counter()
    out = places_out_of_reach(problem)
    if unreachable == "refuse" and out.any():
        found = Found("lscp", SITES, None, None, None, impossible=(_refused(problem),))
        return finish(problem, found, begin)
    people = np.where(out, 0, problem.people)
    name = Text("所有人都可达", "everybody is reached")
    need = Need(people, int(people.sum()), name, problem.everybody)
    rows = site_rows(problem)
    cost = (~problem.sites.existing).astype(np.int64)
    answer = min_cover(problem, rows, cost, [need], limits, begin)
    opened = None if answer.open is None else keep_standing(problem, rows, answer.open)
    found = Found(
        "lscp",
        SITES,
        None if opened is None else np.flatnonzero(opened).tolist(),
        answer.value,
        answer.bound,
        impossible=why_impossible(problem, rows, [need], limits=limits)
        if answer.ending == "impossible"
        else (),
        proof=_left_out(problem),
        sizes=answer.sizes,
    )
    plan = finish(problem, found, begin)
    if plan.value is not None:
        reached = problem.reach.covered(open_sites(problem, plan.chosen, plan.closed))
        if int(people[~reached].sum()):
            raise InternalError("siting: lscp leaves people out who can be reached")
    return plan


def _refused(problem: SitingProblem) -> Impossible:
    out = places_out_of_reach(problem)
    people = int(problem.people[out].sum())
    return Impossible(
        constraint=Text("所有人都可达", "everybody is reached"),
        who=people_by_unit(problem, out),
        people=people,
        relaxation=Text(
            f"不计这 {people:,} 人（unreachable = leave），或在附近补充候选点",
            f"leave these {people:,} out (unreachable = leave), or give candidates near them",
        ),
    )


def _left_out(problem: SitingProblem) -> tuple[Text, ...]:
    """Say who cannot be reached by anybody, and who has no place at all."""
    said: list[Text] = []
    out = places_out_of_reach(problem)
    people = int(problem.people[out].sum())
    if people:
        units = people_by_unit(problem, out)
        said.append(
            Text(
                f"另有 {people:,} 人没有任何地点可达，未计入：{units.zh}",
                f"{people:,} people are out of reach of every site and left out: {units.en}",
            )
        )
    nowhere = problem.everybody - int(problem.people.sum())
    if nowhere > 0:
        said.append(
            Text(
                f"另有 {nowhere:,} 人没有落点，无法判断是否可达",
                f"{nowhere:,} people have no place: whether they are reached is unknown",
            )
        )
    if int(problem.people.sum()) == people:
        said.append(Text("没有需要覆盖的人", "there is nobody to reach"))
    return tuple(said)
