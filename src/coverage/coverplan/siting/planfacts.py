"""What a plan is counted to be: its facts, who is served where, what one site less could do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is served where, in whole people.

    Parameters
    ----------
    demand, site
        Positions of place and site, one row per pair.
    people
        People of the place who are served at the site.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem()
    >>> assignment = siting.assign(problem, [0, 2])  # E1 with 250 places, C2 with 350
    >>> assignment.loads(len(problem.sites.ids)).tolist()
    [250, 0, 333, 0, 0, 0]
    """

    demand: NDArray[np.int64]
    site: NDArray[np.int64]
    people: NDArray[np.int64]

    def loads(self, n_sites: int) -> NDArray[np.int64]:
        """Return the people served at each site, shape ``(n_sites,)``."""
        return np.bincount(self.site, self.people, minlength=n_sites).astype(np.int64)


@dataclass(frozen=True, slots=True)
class OneLess:
    """What plans with one new site less can do: the proof that it takes as many as it does.

    Parameters
    ----------
    sites, need
        New sites of those plans at most, and the people that must be reached. Where each unit
        has its own target: the sum of the targets, people beyond a unit's target not counted.
    value, bound
        Such people in the best of those plans found, and in any of them at most; None where no
        plan of so few sites keeps the rules.

    Examples
    --------
    >>> import coverplan as cp
    >>> plan = cp.solve_fewest(cp.small_problem(), share_percent=80)
    >>> less = plan.one_less
    >>> less.sites, less.need, less.bound, less.fails
    (1, 747, 647, True)

    With one site at most 647 older people are reached; 80 % of the 933 are 747. So it takes two.
    """

    sites: int
    need: int
    value: int | None
    bound: int | None

    @property
    def fails(self) -> bool:
        """Whether it is proven that so few sites are not enough."""
        return self.bound is None or self.bound < self.need


@dataclass(frozen=True, slots=True)
class Facts:
    """A plan counted again from its open sites, by code that has not seen a solver.

    Parameters
    ----------
    people
        Everybody of the group: the denominator.
    reached_before, reached_after
        People within the limit of a site today, and of a site open in the plan.
    reached_twice
        People within the limit of two or more sites open in the plan.
    unit_before, unit_after, unit_people
        The same by unit, shape ``(n_units,)``.
    opened, closed, cost_yuan
        New sites, closed sites, and what the new ones cost.
    mean_minutes, farthest_minutes
        Of the people within the cutoff of an open site, where times are known; else None.
    beyond_cutoff
        People no open site is within the cutoff of; None without times.

    Examples
    --------
    >>> import coverplan as cp
    >>> plan = cp.solve_mclp(cp.small_problem().with_rules(sites=2))
    >>> facts = plan.facts
    >>> facts.people, facts.reached_before, facts.reached_after, facts.newly
    (933, 314, 757, 443)
    >>> round(facts.share_percent, 1), facts.opened, facts.cost_yuan
    (81.1, 2, 1300000)
    >>> facts.unit_after.tolist(), facts.unit_people.tolist()
    ([314, 333, 110], [407, 333, 193])
    """

    people: int
    reached_before: int
    reached_after: int
    unit_before: NDArray[np.int64]
    unit_after: NDArray[np.int64]
    unit_people: NDArray[np.int64]
    opened: int
    closed: int
    cost_yuan: int
    mean_minutes: float | None = None
    farthest_minutes: float | None = None
    beyond_cutoff: int | None = None
    reached_twice: int = 0

    @property
    def newly(self) -> int:
        """People reached in the plan less people reached today."""
        return self.reached_after - self.reached_before

    @property
    def share_percent(self) -> float | None:
        """Reached in the plan as a share of everybody; None where nobody lives."""
        return None if self.people == 0 else self.reached_after / self.people * 100
