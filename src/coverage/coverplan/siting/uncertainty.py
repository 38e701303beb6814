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
from .plan import SitingPlan
from .problem import SitingProblem
from .recount import open_sites

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

    Examples
    --------
    Is "80 % of each township's older people" met however fast they walk?

    >>> import coverplan as cp
    >>> from coverplan.siting import Draws, Noise, assess_draws
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> draws = Draws(problem, Noise.up_to(20, 0), number=20, seed=1)
    >>> report = assess_draws(problem, cp.solve_mclp(problem), draws, target_percent=80)
    >>> [(unit.name, unit.met, round(unit.met_share, 1)) for unit in report.units]
    [('柳溪镇', False, 0.1), ('石桥乡', True, 0.8), ('云岭乡', False, 0.0)]
    >>> [unit.name for unit in report.flips if unit.code]
    ['柳溪镇', '石桥乡']
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

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import Draws, Noise, assess_draws
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> draws = Draws(problem, Noise.up_to(20, 0), number=20, seed=1)
    >>> report = assess_draws(problem, cp.solve_mclp(problem), draws)
    >>> report.total.reached, report.total.reached_low, report.total.reached_high
    (757, 564, 850)
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
