"""In which order existing sites close with least harm, and what keeping to an order costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .assigned import cutoff_ms
from .assignment import timed_pairs
from .capacity_rules import all_places
from .consolidate import closing_problem, solve_consolidation
from .open_transport import share_to
from .plan import DEFAULT_LIMITS, Limits
from .problem import SitingProblem, out_of_range
from .rows import SiteRows, site_rows
from .transport import Transport


@dataclass(frozen=True, slots=True)
class ClosingStep:
    """One site more that closes.

    Parameters
    ----------
    site
        Its position.
    value
        Person-milliseconds when this one and those before it are closed.
    harm
        What this step adds to them.
    best, bound
        Of the best choice of as many sites, not bound to an order, and what it cannot be under;
        None where none was found.
    """

    site: int
    value: int
    harm: int
    best: int | None
    bound: int | None

    @property
    def price(self) -> int | None:
        """Person-milliseconds the order costs at this step, against the best choice known."""
        return None if self.best is None else max(self.value - self.best, 0)


@dataclass(frozen=True, slots=True)
class ClosingOrder:
    """An order in which sites close, each step the least harm given those before it.

    Parameters
    ----------
    today
        Person-milliseconds today; None where the places do not hold everybody today.
    steps
        The steps in their order.
    stopped
        Why it ends before as many sites as asked for.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem("social_work", closable=True)
    >>> order = siting.closing_order(problem, capacity=False)
    >>> [str(problem.sites.ids[step.site]) for step in order.steps]
    ['S2', 'S3']
    >>> [step.harm // 60_000 for step in order.steps]  # person-minutes more, each
    [3766, 41413]
    """

    today: int | None
    steps: tuple[ClosingStep, ...]
    stopped: Text | None = None


def closing_order(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    most: int | None = None,
    capacity: bool = True,
) -> ClosingOrder:
    """Return the order in which sites close with least harm, and its price at each step.

    Parameters
    ----------
    problem
        Sites that stand, times, people and capacities. Candidates are left aside.
    limits
        For the best choice of each number of sites, each.
    most
        How many sites close at most, barred ones not counted; default: all that may but one.
    capacity
        Whether capacities count; see `solve_consolidation`.

    Raises
    ------
    InputError
        When ``most`` is out of range.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem("social_work", closable=True)
    >>> order = siting.closing_order(problem, most=1, capacity=False)
    >>> problem.sites.name(order.steps[0].site)
    '桥头社工点'
    """
    problem = problem.with_rules(sites=None, exactly=False, moves=0)
    closable = np.flatnonzero(problem.sites.existing & ~problem.sites.must & ~problem.sites.barred)
    stand = int((problem.sites.existing & ~problem.sites.barred).sum())
    # Barred sites are closed before the first step.
    barred = int((problem.sites.existing & problem.sites.barred).sum())
    top = min(len(closable), stand - 1)
    most = top if most is None else most
    if not 1 <= most <= top:
        raise out_of_range(problem.name, "most", most, Text(f"1 至 {top}", f"1 to {top}"))
    asked = closing_problem(problem, 1, capacity=capacity)
    values = _Values(asked, capacity=capacity)
    open_ = asked.sites.existing & ~asked.sites.barred
    today = values.of(open_)
    now, steps = today, list[ClosingStep]()
    for step in range(1, most + 1):
        rows = site_rows(closing_problem(problem, barred + step, capacity=capacity))
        found = _least_harm(values, rows, open_, closable)
        if found is None:
            why = Text(
                f"再关一处就不能守住规则或容纳所有人（已关 {step - 1} 处）",
                f"one more breaks a rule or leaves too few places ({step - 1} are closed)",
            )
            return ClosingOrder(today, tuple(steps), why)
        site, value = found
        open_[site] = False
        best = solve_consolidation(problem, limits, close=barred + step, capacity=capacity)
        harm = value - (value if now is None else now)
        steps.append(ClosingStep(site, value, harm, best.value, best.bound))
        now = value
    return ClosingOrder(today, tuple(steps))


class _Values:
    """Person-milliseconds of open sites; None where they have too few places."""

    def __init__(self, problem: SitingProblem, *, capacity: bool) -> None:
        self.pairs: Transport = timed_pairs(problem, ~problem.sites.barred)
        self.base = int(problem.weight[problem.people > 0].sum()) * cutoff_ms(problem)
        self.room = all_places(problem)
        self.people = int(problem.people.sum()) if capacity else 0

    def of(self, open_: NDArray[np.bool_]) -> int | None:
        if int(self.room[open_].sum()) < self.people:
            return None
        flow = share_to(self.pairs, open_)
        return self.base - sum(
            int(g) * int(n) for g, n in zip(self.pairs.gain, flow, strict=True) if n
        )


def _least_harm(
    values: _Values, rows: SiteRows, open_: NDArray[np.bool_], closable: NDArray[np.int64]
) -> tuple[int, int] | None:
    """Return the site whose closing costs least, the first of equal ones, and the value then."""
    found: list[tuple[int, int]] = []
    for site in closable[open_[closable]].tolist():
        left = open_.copy()
        left[site] = False
        if rows.kept(left).all():
            value = values.of(left)
            if value is not None:
                found.append((value, site))
    if not found:
        return None
    value, site = min(found)
    return site, value
