"""From what a search found to a plan: counted again, checked against the rules, its gap stated."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..core.errors import InternalError
from ..core.text import Text
from ..travel import Reach
from .assigned import check_assignment
from .plan import Impossible, Objective, SitingPlan, Stage, Status
from .planfacts import Assignment
from .problem import SitingProblem
from .recount import (
    alone,
    check_rules,
    lost_without,
    marginal_order,
    open_sites,
    recount_facts,
    recount_objective,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a model's search ended with, before anybody checked it.

    Parameters
    ----------
    model, objective
        Name of the model, and what it counts.
    opened
        Positions of all open sites, existing ones among them; None where no plan was found.
    value, bound
        As the search sees them; None where it knows none.
    impossible
        Why no plan can exist, where that is proven.
    assignment, proof, sizes
        As in `SitingPlan`.
    nothing_to_gain
        Whether a proven value of nothing new is to be called so.
    then
        What was decided after the objective: values as the search sees them, and bounds.
    near
        Who lives too near which site, for objectives that count them.
    """

    model: str
    objective: Objective
    opened: Sequence[int] | None
    value: int | None
    bound: int | None
    impossible: tuple[Impossible, ...] = ()
    assignment: Assignment | None = None
    proof: tuple[Text, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)
    then: tuple[Stage, ...] = ()
    near: Reach | None = None


def finish(problem: SitingProblem, found: Found, begin: float) -> SitingPlan:
    """Return the plan a search found, recounted.

    Parameters
    ----------
    problem, found
        The question, and what was found.
    begin
        When the search began (`time.perf_counter`).

    Raises
    ------
    InternalError
        When counting again gives another value, a rule is broken, or the bound is wrong.
    """
    seconds = time.perf_counter() - begin
    if found.opened is None:
        return SitingPlan(
            model=found.model,
            objective=found.objective,
            chosen=(),
            closed=(),
            value=None,
            bound=found.bound,
            status="impossible" if found.impossible else "unknown",
            facts=recount_facts(problem, (), ()),
            seconds=seconds,
            asked=problem.rules.sites,
            impossible=found.impossible,
            proof=found.proof,
            sizes=found.sizes,
        )
    chosen, closed = _split(problem, found.opened)
    open_people = np.where(_kept(problem, closed), 0, problem.people)
    order, newly = marginal_order(problem.reach, open_people, chosen)
    value = _checked(problem, found, order, closed)
    return SitingPlan(
        model=found.model,
        objective=found.objective,
        chosen=tuple(order),
        closed=tuple(closed),
        value=value,
        bound=found.bound,
        status=_status(found, value, order, closed),
        facts=recount_facts(problem, order, closed),
        seconds=seconds,
        asked=problem.rules.sites,
        newly=tuple(newly),
        newly_alone=tuple(alone(problem.reach, open_people, order)),
        lost_without=tuple(lost_without(problem.reach, open_people, order)),
        assignment=found.assignment,
        proof=found.proof,
        sizes=found.sizes,
        then=found.then,
    )


def _split(problem: SitingProblem, opened: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the new sites and the closed ones of a set of open sites."""
    stands = problem.sites.existing
    chosen = sorted(int(j) for j in opened if not stands[j])
    closed = sorted(set(np.flatnonzero(stands).tolist()) - {int(j) for j in opened})
    return chosen, closed


def _kept(problem: SitingProblem, closed: list[int]) -> "np.typing.NDArray[np.bool_]":
    """Return who is reached by an existing site that stays."""
    return problem.reach.covered(open_sites(problem, (), closed))


def _checked(problem: SitingProblem, found: Found, chosen: list[int], closed: list[int]) -> int:
    broken = check_rules(problem, chosen, closed)
    if found.assignment is not None:
        within = found.objective.id.startswith("served")
        opened = open_sites(problem, chosen, closed)
        broken += check_assignment(problem, opened, found.assignment, within_limit=within)
    if broken:
        raise InternalError(f"siting: {found.model} breaks {'; '.join(broken)}")
    value = _counted(problem, found, found.objective, (found.value, found.bound), chosen, closed)
    for stage in found.then:
        _counted(problem, found, stage.objective, (stage.value, stage.bound), chosen, closed)
    return value


def _counted(
    problem: SitingProblem,
    found: Found,
    objective: Objective,
    claim: tuple[int | None, int | None],
    chosen: list[int],
    closed: list[int],
) -> int:
    """Return the value of an objective, counted again, that fits what the search claims."""
    value = recount_objective(problem, objective, chosen, closed, found.assignment, near=found.near)
    if claim[0] is not None and value != claim[0]:
        raise InternalError(
            f"siting: {found.model} claims {claim[0]}, counting again gives {value}"
        )
    if claim[1] is not None and objective.better(value, claim[1]):
        raise InternalError(
            f"siting: {found.model} reaches {value}, better than its bound {claim[1]}"
        )
    return value


def _status(found: Found, value: int, chosen: list[int], closed: list[int]) -> Status:
    if value != found.bound:
        return "feasible"
    if found.objective.sense == "max" and value == 0 and not chosen and not closed:
        return "nothing_to_gain"
    return "optimal"
