"""How sure figures and sites are: coverage over draws, and how often each site is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError, Problem
from ..core.text import Text
from .draws import Draw, check_percent
from .plan import Objective, SitingPlan
from .problem import SitingProblem
from .recount import open_sites, recount_objective
from .rivals import counted_from_sites

OnDraw = Callable[[int, int], None]
"""Told after each draw: how many are done, and how many there are."""

_QUANTILES = np.array([0.05, 0.5, 0.95])
_OF_DRAWS: Literal["inverted_cdf"] = "inverted_cdf"


@dataclass(frozen=True, slots=True)
class CoverageSpread:
    """Coverage of one unit, or of all together, over the draws.

    Parameters
    ----------
    code, name
        Of the unit; code "" for all units together.
    people, reached
        Nominal: people, and those within reach.
    reached_low, reached_median, reached_high
        People within reach in the draws: of a hundred draws the 5th, the 50th and the 95th from
        below.
    share_percent, share_low, share_median, share_high
        Reached as a share of the people of the same draw, in per cent; None where nobody lives.
    met
        Nominal answer to the target; None without a target or people.
    met_share
        Share of the draws that meet it (of those in which anybody lives there).
    """

    code: str
    name: str
    people: int
    reached: int
    reached_low: int
    reached_median: int
    reached_high: int
    share_percent: float | None
    share_low: float | None
    share_median: float | None
    share_high: float | None
    met: bool | None = None
    met_share: float | None = None

    @property
    def flips(self) -> bool:
        """Whether any draw answers the target otherwise than the nominal figures do."""
        return self.met is not None and self.met_share != float(self.met)


@dataclass(frozen=True, slots=True)
class UncertaintyReport:
    """Coverage over draws of speeds, people and roads.

    Parameters
    ----------
    units
        One row per unit, in their order.
    total
        All units together.
    draws
        How many there were.
    target_percent
        The target asked about, or None.
    """

    units: tuple[CoverageSpread, ...]
    total: CoverageSpread
    draws: int
    target_percent: float | None = None

    @property
    def flips(self) -> tuple[CoverageSpread, ...]:
        """The rows whose answer to the target is not the same in all draws; all together last."""
        return tuple(row for row in (*self.units, self.total) if row.flips)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit and a last one, with code "", for all together."""
        rows = [
            {
                "unit": row.code,
                "name": row.name,
                "people": row.people,
                "reached": row.reached,
                "reached_p5": row.reached_low,
                "reached_median": row.reached_median,
                "reached_p95": row.reached_high,
                "share_percent": _nan(row.share_percent),
                "share_p5_percent": _nan(row.share_low),
                "share_median_percent": _nan(row.share_median),
                "share_p95_percent": _nan(row.share_high),
                "target_percent": _nan(self.target_percent),
                "met": row.met,
                "met_share_of_draws": _nan(row.met_share),
                "flips": row.flips,
            }
            for row in (*self.units, self.total)
        ]
        return pd.DataFrame(rows).astype({"met": "boolean"})


def _nan(value: float | None) -> float:
    return float("nan") if value is None else value


def assess_draws(
    problem: SitingProblem,
    plan: SitingPlan | None,
    draws: Sequence[Draw],
    target_percent: float | None = None,
    *,
    progress: OnDraw | None = None,
) -> UncertaintyReport:
    """Return how coverage spreads over the draws, unit by unit.

    Parameters
    ----------
    problem
        The nominal question.
    plan
        The sites to assess; None for what stands today.
    draws
        As things may turn out to be; a sequence that makes each when it is asked for will do.
    target_percent
        A share of the people of every unit, and of all, that should be reached.
    progress
        Told after each draw.

    Raises
    ------
    InputError
        When there is no draw or the target is out of range.
    """
    target = None if target_percent is None else check_percent(problem.name, target_percent)
    some_draws(draws)
    opened = open_sites(problem, *((plan.chosen, plan.closed) if plan else ((), ())))
    reached, people = [], []
    for k, draw in enumerate(draws):
        then, lives = _count(draw.of(problem), opened)
        reached.append(then)
        people.append(lives)
        if progress is not None:
            progress(k + 1, len(draws))
    nominal = _count(problem, opened)
    over = np.array(reached), np.array(people)
    spreads = [
        _spread(name, (nominal[0][i], nominal[1][i]), (over[0][:, i], over[1][:, i]), target)
        for i, name in enumerate(_names(problem))
    ]
    return UncertaintyReport(tuple(spreads[:-1]), spreads[-1], len(draws), target_percent)


def _names(problem: SitingProblem) -> list[tuple[str, str]]:
    return [*zip(problem.unit_codes, problem.unit_names, strict=True), ("", "")]


def _count(
    problem: SitingProblem, opened: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return people reached and people, by unit and, last, in all; shape ``(n_units + 1,)``."""
    reached = np.zeros(len(problem.unit_codes), dtype=np.int64)
    inside = problem.reach.covered(opened)
    np.add.at(reached, problem.of_unit[inside], problem.people[inside])
    return np.append(reached, reached.sum()), np.append(problem.totals, problem.everybody)


def _spread(
    name: tuple[str, str],
    nominal: tuple[int, int],
    over: tuple[NDArray[np.int64], NDArray[np.int64]],
    target: Fraction | None,
) -> CoverageSpread:
    reached, people = int(nominal[0]), int(nominal[1])
    then, lives = over
    peopled = lives > 0
    low, median, high = (int(v) for v in _order_statistics(then))
    shares = _order_statistics(then[peopled] / lives[peopled] * 100) if peopled.any() else None
    met, met_share = None, None
    if target is not None and people > 0 and peopled.any():
        met = reached * 100 >= target * people
        answers = [
            int(r) * 100 >= target * int(n)
            for r, n in zip(then[peopled], lives[peopled], strict=True)
        ]
        met_share = sum(answers) / len(answers)
    return CoverageSpread(
        code=name[0],
        name=name[1],
        people=people,
        reached=reached,
        reached_low=low,
        reached_median=median,
        reached_high=high,
        share_percent=reached / people * 100 if people else None,
        share_low=float(shares[0]) if shares is not None else None,
        share_median=float(shares[1]) if shares is not None else None,
        share_high=float(shares[2]) if shares is not None else None,
        met=met,
        met_share=met_share,
    )


def _order_statistics(values: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values that were drawn, not values between two of them."""
    found: NDArray[np.float64] = np.quantile(values.astype(float), _QUANTILES, method=_OF_DRAWS)
    return found


def some_draws(draws: Sequence[Draw]) -> None:
    """Raise `InputError` where there is no draw."""
    if len(draws) == 0:
        raise InputError(
            [
                Problem(
                    code="siting.draws",
                    what=Text("没有抽样，无法评估不确定性", "no draws: nothing to assess"),
                    column="siting.uncertainty.draws",
                    found="0",
                    expected=Text("1 或更多", "1 or more"),
                    mend=Text("增大 draws", "ask for more draws"),
                )
            ]
        )


@dataclass(frozen=True, slots=True)
class DrawResult:
    """The best plan of one draw beside the nominal plan.

    Parameters
    ----------
    best
        Value of the best plan found for the draw; None where there is none.
    bound
        No plan can be better in this draw; None where nothing is proven.
    nominal
        Value of the nominal plan in this draw; None where it does not follow from its sites.
    regret
        How much worse the nominal plan is than the best one found, 0 or more; None where either
        is unknown, and for objectives that count sites or money: there the question is whether
        the plan still does what was asked, see `assess_draws`.
    proven
        Whether the best plan is proven to be the best: else the regret may be larger.
    """

    best: int | None
    bound: int | None
    nominal: int | None
    regret: int | None
    proven: bool


@dataclass(frozen=True, slots=True)
class SiteRobustness:
    """Which sites are chosen however things turn out.

    Parameters
    ----------
    plan
        The nominal plan.
    objective
        What values and regrets count.
    ids
        Ids of all sites.
    times_chosen
        In how many draws each site is a new one of the best plan, shape ``(n_sites,)``.
    solved
        In how many draws there was a plan.
    results
        One row per draw, in their order.
    """

    plan: SitingPlan
    objective: Objective
    ids: pd.Index
    times_chosen: NDArray[np.int64]
    solved: int
    results: tuple[DrawResult, ...]

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of the draws with a plan in which each site is chosen, shape ``(n_sites,)``."""
        return self.times_chosen / max(self.solved, 1)

    @property
    def worst_regret(self) -> int | None:
        """The largest regret of the nominal plan; None where none is known."""
        return max((r.regret for r in self.results if r.regret is not None), default=None)

    def to_frame(self) -> pd.DataFrame:
        """Return the sites that are chosen in the nominal plan or in any draw, most often first."""
        proposed = np.zeros(len(self.ids), dtype=bool)
        proposed[list(self.plan.chosen)] = True
        rows = np.flatnonzero(proposed | (self.times_chosen > 0))
        rows = rows[np.lexsort((rows, ~proposed[rows], -self.times_chosen[rows]))]
        return pd.DataFrame(
            {
                "site_id": self.ids.to_numpy()[rows],
                "proposed": proposed[rows],
                "draws_chosen": self.times_chosen[rows],
                "share_of_draws": self.share[rows],
            }
        )


def site_robustness(
    problem: SitingProblem,
    draws: Sequence[Draw],
    solve: Callable[[SitingProblem], SitingPlan],
    *,
    plan: SitingPlan | None = None,
    progress: OnDraw | None = None,
) -> SiteRobustness:
    """Solve every draw, and return how often each site is chosen and what the plan would regret.

    Parameters
    ----------
    problem, draws
        The nominal question, and as it may turn out to be.
    solve
        The model with its limits and numbers, such as ``lambda p: solve_mclp(p, limits)``.
    plan
        The nominal plan; default: what ``solve`` finds for the nominal problem.
    progress
        Told after each draw.

    Raises
    ------
    InputError
        When there is no draw.
    """
    some_draws(draws)
    nominal = solve(problem) if plan is None else plan
    chosen = np.zeros(len(problem.sites), dtype=np.int64)
    results = []
    for k, draw in enumerate(draws):
        drawn = draw.of(problem)
        best = solve(drawn)
        chosen[list(best.chosen)] += 1
        results.append(_result(drawn, best, nominal))
        if progress is not None:
            progress(k + 1, len(draws))
    return SiteRobustness(
        plan=nominal,
        objective=nominal.objective,
        ids=problem.sites.ids,
        times_chosen=chosen,
        solved=sum(r.best is not None for r in results),
        results=tuple(results),
    )


def _result(drawn: SitingProblem, best: SitingPlan, nominal: SitingPlan) -> DrawResult:
    objective, value = nominal.objective, None
    if nominal.value is not None and counted_from_sites(objective):
        value = recount_objective(drawn, objective, nominal.chosen, nominal.closed)
    regret = None
    if value is not None and best.value is not None and objective.id not in {"new_sites", "cost"}:
        # A search that was stopped may have found a worse plan than the nominal one.
        worse = best.value - value if objective.sense == "max" else value - best.value
        regret = max(worse, 0)
    return DrawResult(
        best=best.value,
        bound=best.bound,
        nominal=value,
        regret=regret,
        proven=best.value is not None and best.value == best.bound,
    )
