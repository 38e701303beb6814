"""All models by name: what each is called, where it comes from, what it needs, and its solver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..domain.siting_config import Year
from .mclp import solve_mclp
from .phase_rules import Phase
from .phases import PhasedPlan, solve_phases
from .plan import Limits, SitingPlan
from .problem import SitingProblem
from .rivals import Needed


@dataclass(frozen=True, slots=True)
class Asked:
    """The own numbers of the models; each uses what it needs.

    Parameters
    ----------
    share_percent, within
        Share to reach, of all people or in every unit.
    theta
        What being reached once counts against twice.
    unreachable
        Whether people nobody can reach are left, or refused.
    close
        Existing sites to close.
    years
        Caps of each year.
    homes_xy, homes_metres
        Where people live, in metres, shape ``(n, 2)``, and the distance to keep from them.
    """

    share_percent: float | None = None
    within: Literal["all", "every_unit"] = "all"
    theta: float = 0.0
    unreachable: Literal["leave", "refuse"] = "leave"
    close: int | None = None
    years: tuple[Year, ...] = ()
    homes_xy: NDArray[np.float64] | None = None
    homes_metres: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answers: a plan, and what else it knows.

    Parameters
    ----------
    plan
        The sites.
    needs
        What a plan must reach besides the rules, for the rivals of its sites.
    phases
        Which year each opens.
    """

    plan: SitingPlan
    needs: Sequence[Needed] = ()
    phases: PhasedPlan | None = None


Solve = Callable[[SitingProblem, Limits, Asked], Answer]


@dataclass(frozen=True, slots=True)
class SitingModel:
    """A siting model.

    Parameters
    ----------
    id, label, paper
        Its name in study files and for people, and where it comes from.
    solve
        What answers a problem.
    times
        Whether it weighs time, and so needs times beyond the limit.
    capacity
        Whether it needs the capacity of every site.
    """

    id: str
    label: Text
    paper: str
    solve: Solve
    times: bool = False
    capacity: bool = False


def _mclp(problem: SitingProblem, limits: Limits, _: Asked) -> Answer:
    return Answer(solve_mclp(problem, limits))


def _phases(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    years = [Phase(y.year, y.sites, y.budget_yuan) for y in asked.years]
    found = solve_phases(problem, limits, years=years)
    return Answer(found.final, phases=found)


MODELS = {
    model.id: model
    for model in (
        SitingModel(
            "mclp", Text("最大覆盖（MCLP）", "maximal covering (MCLP)"), "Church, ReVelle 1974", _mclp
        ),
        SitingModel(
            "phases", Text("分期建设", "building year by year"), "Schilling 1980", _phases
        ),
    )
}
