"""How often each site is chosen over draws, and what the nominal plan would regret."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .draws import Draw
from .plan import Objective, SitingPlan
from .problem import SitingProblem
from .recount import recount_objective
from .rivals import counted_from_sites
from .uncertainty import OnDraw, some_draws


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

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import Draws, Noise, site_robustness
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> draws = Draws(problem, Noise.up_to(20, 0), number=10, seed=1)
    >>> firm = site_robustness(problem, draws, cp.solve_mclp)
    >>> firm.solved, firm.worst_regret
    (10, 0)
    >>> firm.share.round(1).tolist()
    [0.0, 0.0, 1.0, 0.0, 1.0, 0.0]
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

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.siting import Draws, Noise, site_robustness
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> draws = Draws(problem, Noise.up_to(20, 0), number=10, seed=1)
    >>> firm = site_robustness(problem, draws, cp.solve_mclp)
    >>> dict(zip(firm.ids, firm.times_chosen.tolist()))
    {'E1': 0, 'new:C1': 0, 'new:C2': 10, 'new:C3': 0, 'new:C4': 10, 'new:C5': 0}
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
