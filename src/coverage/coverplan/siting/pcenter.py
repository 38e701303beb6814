r"""The p-centre: the least time within which open sites can be for everybody.

.. math::

    \min r \quad \text{s.t.} \quad \sum_{j: d_{ij} \le r} x_j \ge 1 \;\; \forall i: w_i > 0, \quad
    \sum_j x_j \le p, \; x_j \in \{0, 1\}

The answer is one of the times there are: they are searched by halves, and each question "is there
a plan within :math:`r`?" is a set covering problem, answered "no" only by proof. Whoever no usable
site can reach within the cutoff tells no plans apart: they are counted, named, and left out.

Hakimi, S. (1964): Optimum locations of switching centers and the absolute centers and medians of
a graph. Operations Research 12, 450-459. Minieka, E. (1970): The m-center problem. SIAM Review
12, 138-139.
"""

import time
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..travel.reach import limit_ms
from .finish import Found, finish
from .impossible import people_by_unit, why_impossible
from .medians.bound import number_rows, numbers_of
from .medians.circles import circle_at
from .medians.lists import NearLists, near_lists, nearest_of, times_of
from .needs import Need
from .plan import DEFAULT_LIMITS, FARTHEST, Bounds, Impossible, Limits, SitingPlan
from .problem import SitingProblem
from .rows import SiteRows, site_rows
from .tidy import tidy

Mask = NDArray[np.bool_]
Unreachable = Literal["leave", "refuse"]


def solve_pcenter(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    unreachable: Unreachable = "leave",
) -> SitingPlan:
    """Return the plan in which the farthest person is nearest, with a proven bound.

    Parameters
    ----------
    problem
        People, rules and times; who weighs nothing does not count.
    limits
        When to stop without a proof.
    unreachable
        Whether people no usable site can reach within the cutoff are left out and named in the
        proof, or there is no plan because of them.

    Raises
    ------
    InputError
        When the problem has no times.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = siting.solve_pcenter(problem)
    >>> plan.chosen_ids(problem.sites.ids), round(plan.facts.farthest_minutes, 1)
    (['new:C3', 'new:C5'], 25.0)
    """
    begin = time.perf_counter()
    out = _out_of_reach(problem)
    if unreachable == "refuse" and out.any():
        found = Found("pcenter", FARTHEST, None, None, None, impossible=(_refused(problem, out),))
        return finish(problem, found, begin)
    rows = site_rows(problem)
    search = _Halving(problem, rows, (problem.weight > 0) & ~out, limits, begin)
    search.run()
    found = Found(
        "pcenter",
        FARTHEST,
        None if search.best is None else np.flatnonzero(_tidied(search)).tolist(),
        search.value,
        search.bound,
        impossible=_why(problem, rows, search.counts, limits) if search.impossible else (),
        proof=_left_out(problem, out),
        sizes=search.sizes,
    )
    return finish(problem, found, begin)


def _tidied(search: "_Halving") -> Mask:
    """Return the best plan without the sites that bring nobody farthest any nearer."""
    best = search.best
    if best is None:
        raise AssertionError

    def farthest(open_: Mask) -> int:
        return int(nearest_of(search.problem, open_, later=1)[search.counts].max(initial=0))

    return tidy(search.problem, search.rows, best, farthest)


@dataclass(slots=True)
class _Halving:
    """The search between times that are too short and times that are long enough.

    Parameters
    ----------
    problem, rows, counts
        The question, its rules, and who counts, shape ``(n_demand,)``.
    limits, begin
        When to stop, and when the search began.
    best, value, bound
        The best plan, its farthest milliseconds, and what no plan can be below.
    impossible
        Whether it is proven that no plan has everybody within the cutoff.
    sizes
        Rows and columns.
    """

    problem: SitingProblem
    rows: SiteRows
    counts: Mask
    limits: Limits
    begin: float
    best: Mask | None = None
    value: int | None = None
    bound: int | None = None
    impossible: bool = False
    sizes: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Search until the proof, or the time limit."""
        rows, problem = self.rows, self.problem
        near = near_lists(
            problem, rows.lower < rows.upper, rows.lower > 0, counts=self.counts, later=1
        )
        times = _times(near, limit_ms(_cutoff(problem)))
        self.sizes |= {"places": len(near), "candidates": len(problem.sites), "times": len(times)}
        if not self._ask(near, int(times[-1])):
            return
        least = 0
        self._raise(int(times[0]))
        while self.value is not None and self.value > times[least]:
            most = int(np.searchsorted(times, self.value))
            middle = (least + most) // 2
            found = self._ask(near, int(times[middle]))
            if found is None:
                return
            if not found:
                least = middle + 1
                self._raise(int(times[least]))

    def _ask(self, near: NearLists, radius: int) -> bool | None:
        """Return whether there is a plan within so many milliseconds; None if time ran out."""
        numbers, plain = numbers_of(self.problem, self.rows), number_rows(self.problem, self.rows)
        most = min(numbers.new + numbers.old, numbers.both) if plain.all() else None
        circle = circle_at(near, self.rows, radius)
        left = self.limits.time_limit_seconds - (time.perf_counter() - self.begin)
        quiet = Limits(time_limit_seconds=max(left, 0.0))
        verdict, plan = circle.answer(most, quiet)
        if plan is not None:
            far = nearest_of(self.problem, plan, later=1)[self.counts]
            self.best, self.value = plan, int(far.max(initial=0))
            self.sizes |= {"rows_left": circle.cover.shape[0]}
            self._tell()
        self.impossible = self.best is None and verdict == "no"
        return None if verdict == "unknown" else verdict == "yes"

    def _raise(self, bound: int) -> None:
        self.bound = bound
        self._tell()

    def _tell(self) -> None:
        if self.limits.on_bounds is not None:
            seconds = time.perf_counter() - self.begin
            self.limits.on_bounds(Bounds(self.value, self.bound, seconds))


def _cutoff(problem: SitingProblem) -> float:
    return times_of(problem).cutoff_minutes


def _times(near: NearLists, cutoff: int) -> NDArray[np.int64]:
    """Return the times the answer can be, ascending: no less than anybody's nearest site."""
    begin = np.minimum(near.ptr[:-1], max(len(near.ms) - 1, 0))
    listed = np.diff(near.ptr) > 0
    nearest = near.beyond.copy()
    nearest[listed] = near.ms[begin[listed]]
    least = int(nearest.max(initial=0))
    times = np.unique(np.concatenate([near.ms.astype(np.int64), near.beyond, [least]]))
    return np.asarray(times[(times >= least) & (times <= cutoff)])


def _out_of_reach(problem: SitingProblem) -> Mask:
    """Return which places that count no usable site can reach within the cutoff."""
    cutoff = limit_ms(_cutoff(problem))
    nearest = nearest_of(problem, ~problem.sites.barred, later=1)
    return np.asarray((problem.weight > 0) & (nearest > cutoff))


def _refused(problem: SitingProblem, out: Mask) -> Impossible:
    people = int(problem.people[out].sum())
    return Impossible(
        constraint=_everybody(problem),
        who=people_by_unit(problem, out),
        people=people,
        relaxation=Text(
            f"不计这 {people:,} 人（unreachable = leave），或在附近补充候选点",
            f"leave these {people:,} out (unreachable = leave), or give candidates near them",
        ),
    )


def _everybody(problem: SitingProblem) -> Text:
    minutes = _cutoff(problem)
    return Text(f"所有人都在 {minutes:g} 分钟之内", f"everybody is within {minutes:g} minutes")


def _why(
    problem: SitingProblem, rows: SiteRows, counts: Mask, limits: Limits
) -> tuple[Impossible, ...]:
    """Return why nobody can choose sites that are within the cutoff of all who count."""
    people = np.where(counts, np.maximum(problem.people, 1), 0)
    need = Need(people, int(people.sum()), _everybody(problem))
    wide = replace(
        problem,
        reach=times_of(problem).within(_cutoff(problem)),
        weights=problem.weights if problem.weighted else None,
    )
    return why_impossible(wide, rows, [need], limits=limits)


def _left_out(problem: SitingProblem, out: Mask) -> tuple[Text, ...]:
    """Say who was left out because no site can reach them."""
    if not out.any():
        return ()
    people, units = int(problem.people[out].sum()), people_by_unit(problem, out)
    minutes = _cutoff(problem)
    return (
        Text(
            f"另有 {people:,} 人在 {minutes:g} 分钟内没有任何地点可达，未计入：{units.zh}",
            f"{people:,} people are beyond {minutes:g} minutes of every site, left out: {units.en}",
        ),
    )
