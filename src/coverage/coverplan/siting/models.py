"""All models by name: what each is called, where it comes from, what it needs, and its solver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InternalError
from ..core.text import Text
from ..domain.siting_config import Year
from .bacop import solve_bacop
from .budget import solve_budgeted
from .cap_mclp import solve_cap_mclp
from .cap_pmedian import solve_cap_pmedian
from .closing import ClosingOrder, closing_order
from .consolidate import closing_problem, solve_consolidation
from .consolidation import ConsolidationReport, consolidation_report
from .equity import solve_floor
from .fewest import share_needs, solve_fewest
from .lscp import solve_lscp
from .lscp_b import solve_lscp_b
from .maxmin import solve_maxmin
from .mclp import solve_mclp
from .one_per_unit import solve_one_per_unit, units_asked
from .pcenter import solve_pcenter
from .phase_rules import Phase, keeping, year_problem
from .phases import PhasedPlan, solve_phases
from .plan import Limits, Objective, SitingPlan
from .pmedian import solve_pmedian
from .problem import SitingProblem
from .rivals import Needed
from .stages import Proof
from .undesirable import solve_undesirable
from .unit_median import solve_unit_median


@dataclass(frozen=True, slots=True)
class Asked:
    """The own numbers of the models; each uses what it needs.

    Parameters
    ----------
    share_percent, within
        Share to reach, of all people or in every unit.
    theta, every
        What being reached once counts against twice; whether everybody who can be is reached
        once, or twice.
    unreachable, otherwise
        Whether people no site can reach are left, or refused; what happens where no site is far
        enough from homes.
    use_capacity, close
        Whether capacities bind where sites close; existing sites to close.
    years
        Caps of each year.
    homes_xy, homes_metres
        Where people live, in metres, shape ``(n, 2)``, and the distance to keep from them.

    Examples
    --------
    >>> from coverplan.siting import MODELS, Asked, Limits
    >>> import coverplan as cp
    >>> asked = Asked(share_percent=60)  # every township at least at 60 %
    >>> answer = MODELS["floor"].solve(cp.small_problem().with_rules(sites=3), Limits(), asked)
    >>> answer.plan.status
    'optimal'
    >>> [why.who.en for why in answer.plan.impossible]
    []
    """

    share_percent: float | None = None
    within: Literal["all", "every_unit"] = "all"
    theta: float | None = None
    every: Literal["once", "twice"] = "once"
    unreachable: Literal["leave", "refuse"] = "leave"
    otherwise: Literal["refuse", "fewest_near"] = "refuse"
    use_capacity: bool = True
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
    problem
        The problem with the rules the model adds, for the rivals of its sites; None: as asked.
    rivals
        Whether exchanging one site for another makes sense by itself; not where layers share
        buildings.
    overall, scope, counted, notes
        How good the whole is known to be that the plan is a part of, what that whole is, what is
        counted over it (None: as in the plan), and what else there is to say of it.
    phases
        Which year each opens.
    consolidation, closing
        Who goes where when sites close, and the order that harms least.

    Examples
    --------
    >>> from coverplan.siting import MODELS, Asked, Limits
    >>> import coverplan as cp
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> answer = MODELS["mclp"].solve(problem, Limits(), Asked())
    >>> answer.plan.chosen_ids(problem.sites.ids), answer.rivals, answer.phases is None
    (['new:C2', 'new:C4'], True, True)
    """

    plan: SitingPlan
    needs: Sequence[Needed] = ()
    problem: SitingProblem | None = None
    rivals: bool = True
    overall: Proof | None = None
    scope: Text = Text("", "")
    counted: Objective | None = None
    notes: tuple[Text, ...] = ()
    phases: PhasedPlan | None = None
    consolidation: ConsolidationReport | None = None
    closing: ClosingOrder | None = None


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

    Examples
    --------
    >>> from coverplan.siting import MODELS, Asked, Limits
    >>> import coverplan as cp
    >>> model = MODELS["fewest"]
    >>> model.label.en, model.paper, model.times
    ('fewest sites for a share', 'Daskin, Owen 1999', False)
    >>> answer = model.solve(cp.small_problem(), Limits(), Asked(share_percent=80))
    >>> len(answer.plan.chosen), answer.plan.status
    (2, 'optimal')
    """

    id: str
    label: Text
    paper: str
    solve: Solve
    times: bool = False
    capacity: bool = False


def _mclp(problem: SitingProblem, limits: Limits, _: Asked) -> Answer:
    return Answer(solve_mclp(problem, limits))


def _lscp(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    return Answer(solve_lscp(problem, limits, unreachable=asked.unreachable))


def _fewest(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    share = _given(asked.share_percent)
    plan = solve_fewest(problem, limits, share_percent=share, within=asked.within)
    return Answer(plan, needs=share_needs(problem, share, asked.within))


def _one_per_unit(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    leave_out = asked.unreachable == "leave"
    plan = solve_one_per_unit(problem, limits, leave_out=leave_out)
    return Answer(plan, problem=units_asked(problem, leave_out=leave_out))


def _budget(problem: SitingProblem, limits: Limits, _: Asked) -> Answer:
    return Answer(solve_budgeted(problem, limits))


def _floor(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    share = _given(asked.share_percent)
    plan = solve_floor(problem, limits, share_percent=share)
    return Answer(plan, needs=share_needs(problem, share, "every_unit"))


def _maxmin(problem: SitingProblem, limits: Limits, _: Asked) -> Answer:
    return Answer(solve_maxmin(problem, limits))


def _lscp_b(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    return Answer(solve_lscp_b(problem, limits, every=asked.every))


def _bacop(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    return Answer(solve_bacop(problem, limits, theta=asked.theta))


def _undesirable(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    if asked.homes_xy is None or asked.homes_metres is None:
        raise InternalError("siting: this model needs homes and a distance to keep from them")
    plan = solve_undesirable(
        problem,
        limits,
        homes_xy=asked.homes_xy,
        metres=asked.homes_metres,
        otherwise=asked.otherwise,
    )
    return Answer(plan, rivals=asked.otherwise == "refuse")


def _phases(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    years = [Phase(y.year, y.sites, y.budget_yuan) for y in asked.years]
    found = solve_phases(problem, limits, years=years)
    last = year_problem(keeping(problem), years, len(years) - 1)
    return Answer(
        found.final,
        problem=last,
        overall=found.proof,
        scope=Text("各年合计", "summed over the years"),
        counted=found.counted,
        phases=found,
    )


def _pmedian(problem: SitingProblem, limits: Limits, _: Asked) -> Answer:
    return Answer(solve_pmedian(problem, limits))


def _pcenter(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    return Answer(solve_pcenter(problem, limits, unreachable=asked.unreachable))


def _unit_median(problem: SitingProblem, limits: Limits, _: Asked) -> Answer:
    return Answer(solve_unit_median(problem, limits), rivals=False)


def _cap_mclp(problem: SitingProblem, limits: Limits, _: Asked) -> Answer:
    return Answer(solve_cap_mclp(problem, limits), rivals=False)


def _cap_pmedian(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    plan = solve_cap_pmedian(problem, limits, unserved=asked.unreachable)
    return Answer(plan, rivals=False)


def _consolidate(problem: SitingProblem, limits: Limits, asked: Asked) -> Answer:
    number, capacity = asked.close or 0, asked.use_capacity
    plan = solve_consolidation(problem, limits, close=number, capacity=capacity)
    if plan.assignment is None:
        return Answer(plan, rivals=False)
    as_solved = closing_problem(problem, number, capacity=capacity)
    return Answer(
        plan,
        rivals=False,
        consolidation=consolidation_report(as_solved, plan),
        closing=closing_order(problem, limits, most=number, capacity=capacity),
    )


def _given(share_percent: float | None) -> float:
    if share_percent is None:
        raise InternalError("siting: this model needs a share")
    return share_percent


_ALL = (
    SitingModel(
        "mclp", Text("最大覆盖（MCLP）", "maximal covering (MCLP)"), "Church, ReVelle 1974", _mclp
    ),
    SitingModel(
        "lscp", Text("集合覆盖（LSCP）", "set covering (LSCP)"), "Toregas et al. 1971", _lscp
    ),
    SitingModel(
        "fewest",
        Text("达到覆盖率的最少处数", "fewest sites for a share"),
        "Daskin, Owen 1999",
        _fewest,
    ),
    SitingModel(
        "one_per_unit",
        Text("每个单元至少一处", "at least one in each unit"),
        "Toregas et al. 1971",
        _one_per_unit,
    ),
    SitingModel(
        "budget",
        Text("预算内最大覆盖", "maximal covering within a budget"),
        "Khuller, Moss, Naor 1999",
        _budget,
    ),
    SitingModel(
        "floor",
        Text("各单元不低于底线的最大覆盖", "maximal covering, no unit under a share"),
        "Church, ReVelle 1974",
        _floor,
    ),
    SitingModel(
        "maxmin",
        Text("最低单元的覆盖率最高", "highest share of the unit worst off"),
        "Morrill, Symons 1977; Marsh, Schilling 1994",
        _maxmin,
    ),
    SitingModel(
        "lscp_b",
        Text("有备份的集合覆盖（LSCP-B）", "set covering with backup (LSCP-B)"),
        "Hogan, ReVelle 1986",
        _lscp_b,
    ),
    SitingModel(
        "bacop", Text("备份覆盖（BACOP）", "backup coverage (BACOP)"), "Hogan, ReVelle 1986", _bacop
    ),
    SitingModel(
        "undesirable",
        Text("避邻设施选址", "undesirable facilities"),
        "Moon, Chaudhry 1984",
        _undesirable,
    ),
    SitingModel(
        "pmedian",
        Text("p-中位", "p-median"),
        "ReVelle, Swain 1970; Elloumi 2010",
        _pmedian,
        times=True,
    ),
    SitingModel(
        "pcenter", Text("p-中心", "p-centre"), "Hakimi 1964; Minieka 1970", _pcenter, times=True
    ),
    SitingModel(
        "unit_median",
        Text("各单元内最近的一处", "the best site in each unit"),
        "Hakimi 1964; Goldman 1971",
        _unit_median,
        times=True,
    ),
    SitingModel(
        "cap_mclp",
        Text("有容量的最大覆盖", "capacitated maximal covering"),
        "Current, Storbeck 1988; Pirkul, Schilling 1991",
        _cap_mclp,
        capacity=True,
    ),
    SitingModel(
        "cap_pmedian",
        Text("有容量的 p-中位", "capacitated p-median"),
        "Mulvey, Beck 1984",
        _cap_pmedian,
        times=True,
        capacity=True,
    ),
    SitingModel(
        "consolidate",
        Text("撤并", "consolidation"),
        "ReVelle, Murray, Serra 2007",
        _consolidate,
        times=True,
        capacity=True,
    ),
    SitingModel("phases", Text("分期建设", "building year by year"), "Schilling 1980", _phases),
)

MODELS = {model.id: model for model in _ALL}
"""Every model by its name."""
