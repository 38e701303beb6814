"""Whether the capacities of a plan can hold everybody, and what is missing if they cannot."""

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .highs import Mip, solve_mip, whole_bound
from .impossible import why_impossible
from .plan import Impossible, Limits
from .problem import SitingProblem
from .rows import SiteRows, site_rows

_LIMITS = Limits(time_limit_seconds=20.0)


def all_places(problem: SitingProblem) -> NDArray[np.int64]:
    """Return the places of each site, no more than there are people, shape ``(n_sites,)``."""
    return np.minimum(problem.sites.capacity, int(problem.people.sum()))


def most_places(problem: SitingProblem, rows: SiteRows) -> int | None:
    """Return the places of the plan with most of them, or a bound on it; None: there is no plan.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    """
    n = len(problem.sites)
    answer = solve_mip(
        Mip(
            sense="max",
            cost=all_places(problem).astype(float),
            rows=rows.matrix,
            row_lower=rows.row_lower,
            row_upper=rows.row_upper,
            lower=rows.lower,
            upper=rows.upper,
            whole=np.ones(n, dtype=bool),
        ),
        _LIMITS,
    )
    if answer.ending == "impossible":
        return None
    bound = whole_bound(answer.bound, "max")
    return int(all_places(problem).sum()) if bound is None else bound


def too_few_places(problem: SitingProblem, rows: SiteRows) -> tuple[Impossible, ...]:
    """Return why no plan has places for everybody; empty when one has.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    """
    people = int(problem.people.sum())
    most = most_places(problem, rows)
    if most is None:
        return why_impossible(problem, rows)
    short = people - most
    if short <= 0:
        return ()
    helps = [Text(f"再增加 {short:,} 个位置", f"{short:,} places more")]
    helps += [text for text in (_more_sites(problem), _fewer_closed(problem)) if text is not None]
    return (
        Impossible(
            constraint=Text("容量要容纳所有人", "the capacities must hold everybody"),
            who=Text(
                f"需要 {people:,} 个位置，位置最多的方案只有 {most:,} 个",
                f"{people:,} places where the plan with most of them has {most:,}",
            ),
            people=short,
            relaxation=Text(
                "，或".join(text.zh for text in helps), ", or ".join(text.en for text in helps)
            ),
        ),
    )


def _holds(problem: SitingProblem, **changes: int) -> bool:
    """Return whether everybody has a place under other rules."""
    loose = problem.with_rules(**changes)
    most = most_places(loose, site_rows(loose))
    return most is not None and most >= int(problem.people.sum())


def _more_sites(problem: SitingProblem) -> Text | None:
    """Return how many new sites more would be enough."""
    sites, rules = problem.sites, problem.rules
    usable = int((~sites.existing & ~sites.barred).sum())
    if rules.sites is None or rules.sites >= usable or not _holds(problem, sites=usable):
        return None
    low, high = rules.sites, usable
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _holds(problem, sites=middle) else (middle, high)
    return Text(f"多新增 {high - rules.sites} 处", f"{high - rules.sites} new sites more")


def _fewer_closed(problem: SitingProblem) -> Text | None:
    """Return how many sites fewer to close would be enough."""
    most = problem.rules.close_least
    for fewer in range(1, most + 1):
        if _holds(problem, close_least=most - fewer):
            return Text(f"少关闭 {fewer} 处", f"close {fewer} fewer")
    return None


def too_large(problem: SitingProblem) -> NDArray[np.bool_]:
    """Return the places whose people no usable site can hold as a whole, shape ``(n_demand,)``."""
    usable = ~problem.sites.barred
    most = int(problem.sites.capacity[usable].max(initial=0))
    return np.asarray(problem.people > most, dtype=bool)
