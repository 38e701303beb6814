r"""Sites that do well however things turn out: best at worst, on average, or with least regret.

Over draws :math:`d` with people :math:`w_{di}` and reach :math:`N_{di}`, and the rules of the
problem as rows over :math:`x`, let :math:`V_d(x) = \sum_i w_{di} z_{di}` be the people within
reach in draw :math:`d`. Then

.. math::

    \text{mean: } \max \sum_d V_d(x), \quad
    \text{worst: } \max \min_d V_d(x), \quad
    \text{regret: } \min \max_d \, (V_d^* - V_d(x))

.. math::

    \text{s.t.} \quad z_{di} \le \sum_{j \in N_{di}} x_j, \quad
    x_j \in \{0, 1\}, \; 0 \le z_{di} \le 1

where :math:`V_d^*` is the best there can be in draw :math:`d`. Places that the same sites reach
share one :math:`z`, in whichever draws they are, so that draws that differ little cost little.

Snyder, L. V. (2006): Facility location under uncertainty: a review. IIE Transactions 38, 547-564.
Kouvelis, P. and Yu, G. (1997): Robust discrete optimization and its applications. Kluwer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from ..core.errors import InternalError
from ..core.text import Text
from ..travel import Reach
from .draws import Draw
from .finish import Found, finish
from .highs import solve_mip, whole_bound
from .impossible import why_impossible
from .maxcover import CoverAnswer, max_cover
from .plan import DEFAULT_LIMITS, NEWLY, Bounds, Impossible, Limits, Objective, SitingPlan, Status
from .problem import SitingProblem, out_of_range
from .recount import open_sites
from .robust_model import MarginModel
from .robust_swaps import swap_for_the_worst
from .rows import SiteRows, site_rows
from .uncertainty import OnDraw, some_draws

Criterion = Literal["worst", "mean", "regret"]

_LABELS = {
    "worst": Text("最差情形下可达人数", "people reached at worst"),
    "mean": Text("各种情形平均可达人数", "people reached on average"),
    "regret": Text(
        "最大遗憾：比当时最好的方案少覆盖", "most people lost against the best in hindsight"
    ),
}


@dataclass(frozen=True, slots=True)
class RobustPlan:
    """A plan for many draws, and what it reaches in each.

    Parameters
    ----------
    plan
        The plan; its value, bound and status are of the criterion, its facts of the nominal
        problem. The value of a mean is the sum over the draws, its scale their number.
    criterion
        What it is best at.
    reached
        Weight within reach in each draw, today's sites included, shape ``(n_draws,)``.
    best
        The most that can be within reach in each draw, as far as proven; for regret only.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import Draws, Noise, solve_robust
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> draws = Draws(problem, Noise.up_to(20, 0), number=10, seed=1)
    >>> robust = solve_robust(problem, draws, criterion="worst")
    >>> robust.plan.chosen_ids(problem.sites.ids)
    ['new:C2', 'new:C4']
    >>> int(robust.reached.min()), robust.plan.value  # what it reaches in the worst draw
    (564, 564)
    """

    plan: SitingPlan
    criterion: Criterion
    reached: NDArray[np.int64]
    best: NDArray[np.int64] | None = None


def solve_robust(
    problem: SitingProblem,
    draws: Sequence[Draw],
    limits: Limits = DEFAULT_LIMITS,
    *,
    criterion: Criterion = "worst",
    progress: OnDraw | None = None,
) -> RobustPlan:
    """Return the plan that is best over all draws, with a proven bound.

    Parameters
    ----------
    problem
        The nominal question; its rules hold.
    draws
        As things may turn out to be. Who reaches what in all of them is held in memory at once.
    limits
        When to stop without a proof; for regret half of the time goes to the best of each draw.
    criterion
        ``worst``, ``mean`` or ``regret``.
    progress
        Told after each draw is ready (for regret: solved).

    Raises
    ------
    InputError
        When there is no draw or the criterion is unknown.
    InternalError
        When counting again gives another value, or one better than the bound.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import Draws, Noise, solve_robust
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> draws = Draws(problem, Noise.up_to(20, 0), number=10, seed=1)
    >>> for criterion in ("worst", "mean", "regret"):
    ...     found = solve_robust(problem, draws, criterion=criterion)
    ...     print(criterion, found.plan.chosen_ids(problem.sites.ids), found.plan.status)
    worst ['new:C2', 'new:C4'] optimal
    mean ['new:C2', 'new:C4'] optimal
    regret ['new:C2', 'new:C4'] optimal
    """
    begin = time.perf_counter()
    some_draws(draws)
    if criterion not in get_args(Criterion):
        one_of = Text("worst、mean 或 regret", "worst, mean or regret")
        raise out_of_range(problem.name, "criterion", criterion, one_of)
    rows = site_rows(problem)
    drawn, best, unproven = [], [], 0
    for k, draw in enumerate(draws):
        drawn.append(draw.of(problem))
        if criterion == "regret":
            share = limits.time_limit_seconds / 2 / len(draws)
            most, proven = _most(drawn[-1], rows, share)
            best.append(most)
            unproven += not proven
        if progress is not None:
            progress(k + 1, len(draws))
    search = _Search(problem, rows, drawn, np.array(best, dtype=np.int64), criterion)
    found = search.mean(limits, begin) if criterion == "mean" else search.worst(limits, begin)
    return _finish(problem, search, found, begin, unproven)


def _most(drawn: SitingProblem, rows: SiteRows, seconds: float) -> tuple[int, bool]:
    """Return the most that can be reached in a draw, and whether a plan is known that does."""
    limits = Limits(time_limit_seconds=seconds)
    answer = max_cover(drawn, rows, limits, time.perf_counter())
    everybody = int(drawn.weight.sum())
    bound = everybody if answer.bound is None else min(answer.bound, everybody)
    return bound, answer.value == bound


class _Search:
    """All draws side by side, as one covering problem whose places are place and draw."""

    def __init__(
        self,
        problem: SitingProblem,
        rows: SiteRows,
        drawn: list[SitingProblem],
        best: NDArray[np.int64],
        criterion: Criterion,
    ) -> None:
        self.problem, self.rows, self.criterion, self.best = problem, rows, criterion, best
        self.drawn = drawn
        self.n_draws, self.n_sites = len(drawn), len(problem.sites)
        self.offset = best if len(best) else np.zeros(self.n_draws, dtype=np.int64)
        places = np.tile(np.arange(len(problem.people)), self.n_draws)
        cover: csr_matrix = hstack([d.reach.matrix() for d in drawn], format="csr")
        cover.sort_indices()
        self.stacked = SitingProblem(
            sites=problem.sites,
            reach=Reach(
                problem.reach.demand.take(places),
                problem.sites.ids,
                cover.indptr.astype(np.int64),
                cover.indices.astype(np.int32),
                problem.reach.minutes,
            ),
            people=np.concatenate([d.weight for d in drawn]),
            rules=problem.rules,
            unit=problem.of_unit[places],
            unit_codes=problem.unit_codes,
            unit_names=problem.unit_names,
            name=problem.name,
        )

    def mean(self, limits: Limits, begin: float) -> CoverAnswer:
        """Return the plan that reaches most in all draws together."""
        return max_cover(self.stacked, self.rows, limits, begin)

    def worst(self, limits: Limits, begin: float) -> CoverAnswer:
        """Return the plan whose smallest margin over the draws is largest."""
        start = self.mean(_part(limits, begin), time.perf_counter())
        if start.open is None:
            return start
        until = time.perf_counter() + _part(limits, begin).time_limit_seconds
        better = swap_for_the_worst(self.drawn, self.offset, self.rows, start.open, until)
        return self._proof(better, limits, begin)

    def _proof(self, best: NDArray[np.bool_], limits: Limits, begin: float) -> CoverAnswer:
        """Return the best plan found and a bound, from models of the draws that matter.

        A model of some draws bounds the one of all: a draw is added when a plan falls short in it.
        """
        margin = self.reached(best) - self.offset
        some = np.sort(np.argsort(margin, kind="stable")[:_FIRST_DRAWS])
        value, bound = int(margin.min()), int(self._model(np.arange(self.n_draws)).top)
        while True:
            model = self._model(some)
            told = self._told(limits, value, bound)
            if told.on_bounds is not None:
                told.on_bounds(Bounds(value, bound, time.perf_counter() - begin))
            answer = solve_mip(model.mip(self.rows), told, start=model.point(best), begin=begin)
            proven = whole_bound(answer.bound, "max")
            bound = bound if proven is None else min(bound, proven)
            if answer.values is None:
                raise InternalError("siting: a start of a robust plan was lost")
            open_ = np.round(answer.values[: self.n_sites]) == 1
            margin = self.reached(open_) - self.offset
            if margin[some].min() < float(answer.values[-1]) - self.slack:
                raise InternalError("siting: counting a robust plan again gives less")
            if margin.min() > value:
                best, value = open_, int(margin.min())
            short = np.setdiff1d(np.flatnonzero(margin < margin[some].min()), some)
            if answer.ending != "solved" or value >= bound or not len(short):
                break
            worst = short[np.argsort(margin[short], kind="stable")[:_MORE_DRAWS]]
            some = np.sort(np.append(some, worst))
        sizes = {"draws": self.n_draws, "draws_left": len(some)}
        sizes |= {"candidates": self.n_sites, "rows_left": model.n_rows}
        return CoverAnswer(best, value, bound, answer.ending, sizes)

    def _model(self, some: NDArray[np.int64]) -> MarginModel:
        return MarginModel.of(self.stacked, self.offset, some)

    def reached(self, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the weight reached in each draw, counted from the open sites."""
        sites = np.flatnonzero(open_).tolist()
        return np.array([int(d.weight[d.reach.covered(sites)].sum()) for d in self.drawn])

    def value(self, reached: NDArray[np.int64]) -> int:
        """Return the criterion of what is reached in each draw."""
        if self.criterion == "mean":
            return int(reached.sum())
        margin = int((reached - self.offset).min())
        return margin if self.criterion == "worst" else -margin

    def bound(self, bound: int | None) -> int | None:
        """Return a bound of the search as one of the criterion."""
        if bound is None or self.criterion != "regret":
            return bound
        return max(-bound, 0)

    @property
    def slack(self) -> float:
        """By how much a solver's whole numbers may be off, in weight."""
        return 1 + 1e-6 * max(int(d.weight.sum()) for d in self.drawn)

    @property
    def objective(self) -> Objective:
        """What the criterion counts."""
        return Objective(
            id=f"reached_{self.criterion}" if self.criterion != "regret" else "regret",
            sense="min" if self.criterion == "regret" else "max",
            label=_LABELS[self.criterion],
            unit=Text("加权人", "weighted people")
            if self.problem.weighted
            else Text("人", "people"),
            scale=self.n_draws if self.criterion == "mean" else 1,
        )

    def _told(self, limits: Limits, value: int, bound: int) -> Limits:
        """Return limits that tell the value of the best plan known in all draws, and its bound."""
        tell = limits.on_bounds
        if tell is None:
            return limits
        sign = -1 if self.criterion == "regret" else 1

        def told(bounds: Bounds) -> None:
            nearer = bound if bounds.bound is None else min(bound, bounds.bound)
            tell(Bounds(sign * value, self.bound(nearer), bounds.seconds))

        return replace(limits, on_bounds=told)


_FIRST_DRAWS, _MORE_DRAWS = 3, 2


def _part(limits: Limits, begin: float) -> Limits:
    """Return limits for the start: a quarter of what is left, in silence."""
    left = limits.time_limit_seconds - (time.perf_counter() - begin)
    return Limits(time_limit_seconds=max(left / 4, 0.0), gap_percent=max(limits.gap_percent, 1.0))


def _unproven(number: int, n_draws: int) -> tuple[Text, ...]:
    if not number:
        return ()
    return (
        Text(
            f"{n_draws} 次抽样中有 {number} 次的最好方案未证明，以其上界计，遗憾只会更小",
            f"in {number} of {n_draws} draws the best is not proven and its bound is taken: "
            "the regret can only be smaller",
        ),
    )


def _finish(
    problem: SitingProblem, search: _Search, found: CoverAnswer, begin: float, unproven: int
) -> RobustPlan:
    """Return the plan, counted again over all draws."""
    opened = None if found.open is None else np.flatnonzero(found.open).tolist()
    model = f"robust_{search.criterion}"
    impossible: tuple[Impossible, ...] = ()
    if opened is None and found.ending == "impossible":
        impossible = why_impossible(problem, search.rows)
    plan = finish(
        problem,
        Found(
            model,
            NEWLY,
            opened,
            None,
            None,
            impossible,
            proof=_unproven(unproven, search.n_draws),
            sizes=found.sizes,
        ),
        begin,
    )
    bound = search.bound(found.bound)
    best = search.best if len(search.best) else None
    if opened is None:
        nobody = np.zeros(0, dtype=np.int64)
        return RobustPlan(
            replace(plan, objective=search.objective, bound=None), search.criterion, nobody, best
        )
    open_ = np.zeros(len(problem.sites), dtype=bool)
    open_[open_sites(problem, plan.chosen, plan.closed)] = True
    reached = search.reached(open_)
    value, objective = search.value(reached), search.objective
    if bound is not None and objective.better(value, bound):
        raise InternalError(f"siting: {model} reaches {value}, better than its bound {bound}")
    status: Status = "optimal" if value == bound else "feasible"
    plan = replace(plan, objective=objective, value=value, bound=bound, status=status)
    return RobustPlan(plan, search.criterion, reached, best)
