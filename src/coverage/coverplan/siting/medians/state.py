"""What all stages of the p-median search share: the best plan, the bound, and the clock."""

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..highs import Ending
from ..plan import Bounds, Limits
from ..problem import SitingProblem
from ..rows import SiteRows
from .bound import number_rows, numbers_of
from .dual import Numbers
from .lists import nearest_of

Mask = NDArray[np.bool_]


@dataclass(slots=True)
class State:
    """A p-median search as it goes on.

    Parameters
    ----------
    problem, limits, begin
        The question, when to stop, and when it began (`time.perf_counter`).
    rows
        The rules, with the sites ruled in and out so far: all plans as good as the best keep to
        them.
    best, value, bound
        Open sites of the best plan, its value, and what no plan can be better than.
    ending
        How the search ended; ``impossible`` is a proof.
    sizes
        Rows and columns before and after reduction.
    """

    problem: SitingProblem
    limits: Limits
    begin: float
    rows: SiteRows
    best: Mask | None = None
    value: int | None = None
    bound: int = 0
    ending: Ending = "stopped"
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.limits.time_limit_seconds - (time.perf_counter() - self.begin)

    @property
    def proven(self) -> bool:
        """Whether the plan is as near to the bound as was asked for."""
        if self.value is None:
            return False
        return self.value - self.bound <= self.value * self.limits.gap_percent / 100

    @property
    def over(self) -> bool:
        """Whether there is nothing left to do, or no time to do it."""
        return self.best is None or self.proven or self.left <= 0

    @property
    def free(self) -> Mask:
        """Sites that are still to be decided on."""
        return np.asarray(self.rows.lower < self.rows.upper)

    @property
    def fixed(self) -> Mask:
        """Sites that are open in every plan that can still be the best."""
        return np.asarray(self.rows.lower > 0)

    @property
    def numbers(self) -> Numbers:
        """How many free sites may be open."""
        return numbers_of(self.problem, self.rows)

    @property
    def plain(self) -> bool:
        """Whether all rules are numbers of sites."""
        return bool(number_rows(self.problem, self.rows).all())

    def value_of(self, opened: Mask) -> int:
        """Return weight times milliseconds to the nearest open site, over everybody."""
        return int((self.problem.weight * nearest_of(self.problem, opened)).sum())

    def take(self, opened: Mask) -> None:
        """Keep a plan if it keeps the rules and is better than the best."""
        if not self.rows.kept(opened).all() and self.plain:
            opened = self._filled(opened)
        if not self.rows.kept(opened).all():
            return
        value = self.value_of(opened)
        if self.value is None or value < self.value:
            self.best, self.value = opened, value
            self.tell()

    def _filled(self, opened: Mask) -> Mask:
        """Return a plan with as many sites as are asked for: more never make it worse."""
        sites, opened = self.problem.sites, opened.copy()
        for j in np.flatnonzero(~sites.existing & ~sites.barred & ~opened):
            if self.rows.kept(opened).all():
                break
            opened[j] = True
        return opened

    def lift(self, bound: int) -> None:
        """Take over a bound on all plans better than the best."""
        self.bound = max(self.bound, bound if self.value is None else min(bound, self.value))
        self.tell()

    def tell(self) -> None:
        """Tell value and bound to whoever listens."""
        if self.limits.on_bounds is not None:
            seconds = time.perf_counter() - self.begin
            self.limits.on_bounds(Bounds(self.value, self.bound, seconds))
