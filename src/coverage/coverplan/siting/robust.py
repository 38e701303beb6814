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
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, eye, hstack, vstack

from ..core.errors import InternalError
from ..core.text import Text
from ..travel import Reach
from .draws import Draw
from .finish import Found, finish
from .highs import Mip, solve_mip, whole_bound
from .impossible import why_impossible
from .maxcover import CoverAnswer, max_cover
from .plan import DEFAULT_LIMITS, NEWLY, Bounds, Impossible, Limits, Objective, SitingPlan, Status
from .problem import SitingProblem, out_of_range
from .recount import open_sites
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
    """
    begin = time.perf_counter()
    some_draws(draws)
    if criterion not in get_args(Criterion):
        one_of = Text("worst、mean 或 regret", "worst, mean or regret")
        raise out_of_range(problem.name, "criterion", criterion, one_of)
    rows = site_rows(problem)
    drawn, best = [], []
    for k, draw in enumerate(draws):
        drawn.append(draw.of(problem))
        if criterion == "regret":
            share = limits.time_limit_seconds / 2 / len(draws)
            best.append(_most(drawn[-1], rows, share))
        if progress is not None:
            progress(k + 1, len(draws))
    search = _Search(problem, rows, drawn, np.array(best, dtype=np.int64), criterion)
    found = search.mean(limits, begin) if criterion == "mean" else search.worst(limits, begin)
    return _finish(problem, search, found, begin)


def _most(drawn: SitingProblem, rows: SiteRows, seconds: float) -> int:
    """Return the most that can be reached in a draw, as far as proven in the time."""
    limits = Limits(time_limit_seconds=seconds)
    answer = max_cover(drawn, rows, limits, time.perf_counter())
    everybody = int(drawn.weight.sum())
    return everybody if answer.bound is None else min(answer.bound, everybody)


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
        cover: csr_matrix = hstack([d.reach.matrix() for d in drawn], format="csr")
        cover.sort_indices()
        self.stacked = SitingProblem(
            sites=problem.sites,
            reach=Reach(
                pd.RangeIndex(cover.shape[1]),
                problem.sites.ids,
                cover.indptr.astype(np.int64),
                cover.indices.astype(np.int32),
                problem.reach.minutes,
            ),
            people=np.concatenate([d.weight for d in drawn]),
            rules=problem.rules,
            unit=np.tile(problem.of_unit, self.n_draws),
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
        model = _Model.of(self)
        first = model.point(start.open)
        mip = model.mip(self.rows)
        answer = solve_mip(mip, self._told(limits), start=first, begin=begin)
        bound = whole_bound(answer.bound, "max")
        top = int(model.top)
        point = first if answer.values is None else answer.values[:]
        open_ = np.round(point[: self.n_sites]) == 1
        if self.least(open_) < round(float(point[-1])):
            raise InternalError("siting: counting a robust plan again gives less")
        return CoverAnswer(
            open=open_,
            value=self.least(open_),
            bound=top if bound is None else min(bound, top),
            ending=answer.ending,
            sizes={"draws": self.n_draws, "candidates": self.n_sites, "rows_left": model.n_rows},
        )

    def reached(self, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the weight reached in each draw, counted from the open sites."""
        sites = np.flatnonzero(open_).tolist()
        return np.array([int(d.weight[d.reach.covered(sites)].sum()) for d in self.drawn])

    def least(self, open_: NDArray[np.bool_]) -> int:
        """Return the smallest margin over the draws."""
        return int((self.reached(open_) - self.offset).min())

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

    def _told(self, limits: Limits) -> Limits:
        tell = limits.on_bounds
        if tell is None or self.criterion != "regret":
            return limits

        def told(bounds: Bounds) -> None:
            value = None if bounds.value is None else -bounds.value
            tell(Bounds(value, self.bound(bounds.bound), bounds.seconds))

        return replace(limits, on_bounds=told)


def _part(limits: Limits, begin: float) -> Limits:
    """Return limits for the start: a quarter of what is left, in silence."""
    left = limits.time_limit_seconds - (time.perf_counter() - begin)
    return Limits(time_limit_seconds=max(left / 4, 0.0), gap_percent=max(limits.gap_percent, 1.0))


@dataclass(frozen=True, slots=True)
class _Model:
    """The largest smallest margin as a linear model: sites, covered sets of sites, the margin.

    ``cover`` has a row for each set of sites that reaches some place, ``weight`` what that set
    is worth in each draw, ``base`` the margin of what is reached whatever the plan.
    """

    cover: csr_matrix
    weight: csr_matrix
    base: NDArray[np.int64]

    @property
    def n_rows(self) -> int:
        """Number of different sets of sites."""
        return int(self.cover.shape[0])

    @property
    def top(self) -> int:
        """No margin can be larger."""
        return int((self.base + np.asarray(self.weight.sum(axis=1)).ravel()).min())

    @classmethod
    def of(cls, search: _Search) -> "_Model":
        """Return the model of all draws."""
        stacked = search.stacked
        n = len(search.problem.people)
        always = stacked.always
        sure = np.where(always, stacked.people, 0).reshape(search.n_draws, n).sum(axis=1)
        counts = np.flatnonzero(~always & (stacked.people > 0) & stacked.reach.covered())
        matrix = stacked.reach.matrix().tocsc()[:, counts]
        matrix.sort_indices()
        first, row = same_columns(matrix)
        weight = csr_matrix(
            (stacked.people[counts], (counts // n, row)), shape=(search.n_draws, len(first))
        )
        return cls(matrix[:, first].T.tocsr(), weight, sure - search.offset)

    def mip(self, rows: SiteRows) -> Mip:
        """Return the model under the rules of the problem."""
        n_draws, n_rows = self.weight.shape
        n = self.cover.shape[1]
        one = csr_matrix(np.ones((n_draws, 1)))
        own = rows.matrix
        matrix: csc_matrix = vstack(
            [
                hstack([-self.cover.astype(float), eye(n_rows), csr_matrix((n_rows, 1))]),
                hstack([csr_matrix((n_draws, n)), -self.weight.astype(float), one]),
                hstack([own, csr_matrix((own.shape[0], n_rows + 1))]),
            ]
        ).tocsc()
        n_above = n_rows + n_draws
        return Mip(
            sense="max",
            cost=np.append(np.zeros(n + n_rows), 1.0),
            rows=matrix,
            row_lower=np.concatenate([np.full(n_above, -np.inf), rows.row_lower]),
            row_upper=np.concatenate([np.zeros(n_rows), self.base, rows.row_upper]),
            lower=np.concatenate([rows.lower, np.zeros(n_rows), [float(self.base.min())]]),
            upper=np.concatenate([rows.upper, np.ones(n_rows), [float(self.top)]]),
            whole=np.arange(n + n_rows + 1) < n,
        )

    def point(self, open_: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the values of all variables for some open sites."""
        reached = np.asarray(self.cover @ open_.astype(np.int64) > 0)
        margin = int((self.base + self.weight @ reached.astype(np.int64)).min())
        return np.concatenate([open_.astype(float), reached.astype(float), [float(margin)]])


def same_columns(matrix: csc_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first of each kind of column, and the kind of every column.

    Parameters
    ----------
    matrix
        Ones, with sorted indices.

    Raises
    ------
    InternalError
        When two different columns got the same key of 128 bits.
    """
    rng = np.random.default_rng(0)
    size = np.diff(matrix.indptr)
    column = np.repeat(np.arange(len(size)), size)
    keys = np.zeros((len(size), 2), dtype=np.uint64)
    for half in range(2):
        chance = rng.integers(0, 2**64, matrix.shape[0], dtype=np.uint64)
        np.add.at(keys[:, half], column, chance[matrix.indices])
    _, first, kind = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    kind = kind.ravel()
    like = first[kind]
    if not np.array_equal(size, size[like]):
        raise InternalError("siting: different places were merged")
    shift = (matrix.indptr[like] - matrix.indptr[:-1]).astype(np.int64)
    twin = np.arange(len(matrix.indices)) + np.repeat(shift, size)
    if not np.array_equal(matrix.indices, matrix.indices[twin]):
        raise InternalError("siting: different places were merged")
    return first.astype(np.int64), kind.astype(np.int64)


def _finish(
    problem: SitingProblem, search: _Search, found: CoverAnswer, begin: float
) -> RobustPlan:
    """Return the plan, counted again over all draws."""
    opened = None if found.open is None else np.flatnonzero(found.open).tolist()
    model = f"robust_{search.criterion}"
    impossible: tuple[Impossible, ...] = ()
    if opened is None and found.ending == "impossible":
        impossible = why_impossible(problem, search.rows)
    plan = finish(
        problem,
        Found(model, NEWLY, opened, None, None, impossible, sizes=found.sizes),
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
