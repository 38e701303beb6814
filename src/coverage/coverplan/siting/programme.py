r"""One programme of sites over all layers that meets every need by its year.

Of all programmes that keep what each year allows and meet every need by its year the one is
sought that, in this order,

1. opens the fewest new sites, :math:`\min \sum_j y_{jT}`,
2. needs the fewest new buildings (reuse before build),
3. has the fewest sites of unknown cost, and then costs least,
4. reaches most people soonest, :math:`\max \sum_t v_t \sum_l \sum_i w^l_i z^l_{it}`, the people
   newly reached by layer, summed over the years: this is the order of building.

Each is solved exactly, its value kept as a row for the next ones. An optimum of one stage is an
optimum of the whole only where all before it are proven; else its bound is not given.

The rows are those of partial set covering (Daskin, M. S. and Owen, S. H. (1999): Geographical
Analysis 31, 217-235) for each need, over years as in Schilling, D. A. (1980): Dynamic location
modeling for public-sector facilities. Decision Sciences 11, 714-724; stages in order as in
Isermann, H. (1982): Linear lexicographic optimization. OR Spektrum 4, 223-228.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ..core.errors import InternalError
from ..core.text import Text
from .highs import solve_mip, whole_bound
from .phase_rules import Phase
from .plan import (
    DEFAULT_LIMITS,
    SITES,
    YUAN,
    Impossible,
    Limits,
    Objective,
    Stage,
    Status,
    status_words,
)
from .planfacts import OneLess
from .programme_model import ProgrammeModel, count_need, count_people_years, programme_model
from .programme_needs import ProgrammeNeed
from .programme_problem import ProgrammeLayer, ProgrammeProblem
from .programme_recount import Opening, ProgrammeFacts, in_order, recount_programme
from .programme_why import Relaxation, why_no_programme
from .stages import part_of, seconds_left

__all__ = [
    "Opening",
    "ProgrammeLayer",
    "ProgrammeNeed",
    "ProgrammePlan",
    "ProgrammeProblem",
    "fewest_for_need",
    "most_for_need",
    "solve_programme",
]

BUILDINGS = Objective(
    "new_buildings", "min", Text("新建建筑数", "new buildings"), Text("处", "buildings")
)
UNPRICED = Objective(
    "unknown_cost", "min", Text("造价未知的处数", "sites of unknown cost"), Text("处", "sites")
)
PEOPLE_YEARS = Objective(
    "people_years",
    "max",
    Text("逐年新增可达人数合计", "people newly reached, summed over the years"),
    Text("人·年", "person-years"),
)


@dataclass(frozen=True, slots=True)
class ProgrammePlan:
    """Which site of which layer opens in which year, and how good that is known to be.

    Parameters
    ----------
    openings
        The new sites by year, within a year the one first that newly reaches most.
    stages
        What was decided, in order: value, and the proven bound.
    facts
        The programme counted again from its sites; None where there is none.
    status
        ``optimal`` where every stage is proven.
    seconds
        How long it took.
    impossible, relaxations
        Why there is no programme, and by how much the years would have to allow more.
    one_less
        For a single need: what one new site less comes to at most.
    """

    openings: tuple[Opening, ...]
    stages: tuple[Stage, ...]
    facts: ProgrammeFacts | None
    status: Status
    seconds: float
    impossible: tuple[Impossible, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    one_less: OneLess | None = None

    @property
    def status_text(self) -> Text:
        """The status in words."""
        return status_words(self.status, None)

    @property
    def fewest(self) -> Stage | None:
        """The number of new sites, with its bound; None where there is no programme."""
        return self.stages[0] if self.stages else None


def solve_programme(problem: ProgrammeProblem, limits: Limits = DEFAULT_LIMITS) -> ProgrammePlan:
    """Return the programme that meets every need by its year, with the proof of each stage.

    Parameters
    ----------
    problem
        Layers, needs, and what each year allows.
    limits
        When to stop without a proof, for all stages together.

    Raises
    ------
    InternalError
        When counting again gives another value, a rule is broken, or a bound is wrong.
    """
    begin = time.perf_counter()
    model = programme_model(problem)
    if model.hopeless:
        why, relaxations = why_no_programme(model, limits)
        return _none("impossible", begin, why, relaxations)
    run = _Run(model, limits, begin)
    ending = run.stages()
    if run.opened is None:
        if ending != "impossible":
            return _none("unknown", begin)
        why, relaxations = why_no_programme(model, limits)
        return _none("impossible", begin, why, relaxations)
    openings = in_order(problem, _openings(model, run.opened))
    facts = recount_programme(problem, openings)
    _check(facts, run.done)
    proven = all(stage.value == stage.bound for stage in run.done)
    status: Status = "optimal" if proven else "feasible"
    return ProgrammePlan(openings, tuple(run.done), facts, status, time.perf_counter() - begin)


def fewest_for_need(
    problem: ProgrammeProblem, need: ProgrammeNeed, limits: Limits = DEFAULT_LIMITS
) -> ProgrammePlan:
    """Return the fewest new sites that meet one need, whatever the years allow.

    Parameters
    ----------
    problem
        Layers; its years and other needs do not matter.
    need
        One need, of layers among them.
    limits
        When to stop without a proof.

    Returns
    -------
    ProgrammePlan
        Its ``one_less`` says what one new site less comes to at most.

    Raises
    ------
    InternalError
        As `solve_programme`.
    """
    begin = time.perf_counter()
    last = max([phase.year for phase in problem.years], default=0)
    layers = {key: problem.layers[key] for key in need.reach}
    alone = ProgrammeProblem(layers, (need,), (Phase(last),))
    plan = solve_programme(alone, part_of(limits, begin, _MAIN))
    if not plan.openings or plan.fewest is None:
        return plan
    return replace(plan, one_less=_one_less(alone, plan.fewest.value, limits, begin))


_MAIN = 0.8
"""Share of the time for the fewest sites; the rest is for what one less can do."""


def most_for_need(
    problem: ProgrammeProblem,
    need: ProgrammeNeed,
    limits: Limits = DEFAULT_LIMITS,
    *,
    sites: int | None = None,
) -> tuple[int | None, int | None]:
    """Return the most a need comes to, whatever the years allow, and a proven bound of it.

    Parameters
    ----------
    problem
        Layers; its years and needs do not matter.
    need
        One need of single things, of layers among them.
    limits
        When to stop without a proof.
    sites
        New sites at most; None: as many as the rules on where sites stand allow.

    Returns
    -------
    tuple
        None where nothing was found, or nothing is proven; both where no programme of so few
        sites keeps the rules.
    """
    last = max([phase.year for phase in problem.years], default=0)
    layers = {key: problem.layers[key] for key in need.reach}
    alone = ProgrammeProblem(layers, (need,), (Phase(last),))
    before = recount_programme(alone, ()).needs[0][0]
    # All that counts is asked for, and may be missed: the most there is to be had.
    model = programme_model(replace(alone, needs=(replace(need, amount=before),)))
    costs = count_need(model, need)
    if sites is not None:
        row = csr_matrix(model.of_sites("sites")[None, :])
        model.rows([(model.opened[-1], row)], (-np.inf, float(sites)), "rule", SITES.label)
    answer = solve_mip(model.linear.mip("max", costs), limits)
    if answer.ending == "impossible":
        return None, None
    bound = whole_bound(answer.bound, "max")
    value = None
    if answer.values is not None:
        openings = _openings(model, np.round(answer.values[: model.n_new]))
        value = recount_programme(alone, openings).needs[0][-1]
    return value, None if bound is None else bound + before


def _one_less(
    problem: ProgrammeProblem, sites: int, limits: Limits, begin: float
) -> OneLess | None:
    """Return what a need comes to at most with one new site less."""
    (need,) = problem.needs
    if need.group is not None:
        # Groups count whole: that fewer sites are not enough is proven by the number's bound.
        return None
    value, bound = most_for_need(problem, need, part_of(limits, begin, 1.0), sites=sites - 1)
    return OneLess(sites - 1, need.amount, value, bound)


class _Run:
    """The stages, one after the other, each value kept as a row for the next."""

    def __init__(self, model: ProgrammeModel, limits: Limits, begin: float) -> None:
        self.model, self.limits, self.begin = model, limits, begin
        self.opened: NDArray[np.float64] | None = None
        self.done: list[Stage] = []
        self.proven = True

    def stages(self) -> str:
        """Run all stages; return how the first ended."""
        model = self.model
        ending = self._number(SITES, "sites", _SHARES[0])
        if self.opened is None:
            return ending
        self._number(BUILDINGS, "build", _SHARES[1])
        if model.of_sites("unpriced").any():
            self._number(UNPRICED, "unpriced", _SHARES[1])
        if model.of_sites("yuan").any():
            self._number(YUAN, "yuan", _SHARES[2])
        self._people_years()
        return ending

    def _number(self, objective: Objective, key: str, share: float) -> str:
        """Make a number of the last year as small as can be, and keep it so."""
        model = self.model
        each, last = model.of_sites(key), model.opened[-1]
        ending = self._solve(objective, [(last, each)], share)
        if self.opened is None:
            return ending
        value = self.done[-1].value
        row = csr_matrix(each[None, :])
        model.rows([(last, row)], (-np.inf, float(value)), "rule", objective.label)
        return ending

    def _people_years(self) -> None:
        costs = count_people_years(self.model)
        if costs and self.opened is not None:
            self._solve(PEOPLE_YEARS, costs, 1.0)

    def _solve(
        self,
        objective: Objective,
        costs: Sequence[tuple[slice, NDArray[np.float64]]],
        share: float,
    ) -> str:
        model = self.model
        start = None if self.opened is None else model.filled(self.opened)
        n = model.n_new * len(model.opened)
        if not n:
            self.opened = np.zeros(0)
            self.done.append(Stage(objective, 0, 0))
            return "solved"
        left = seconds_left(self.limits, self.begin)
        some = replace(
            self.limits,
            time_limit_seconds=left * share,
            on_bounds=self.limits.on_bounds if not self.done else None,
        )
        answer = solve_mip(model.linear.mip(objective.sense, costs), some, start=start)
        if answer.values is None:
            return answer.ending
        self.opened = np.round(answer.values[:n])
        filled = model.filled(self.opened)
        value = sum(round(float(cost @ filled[where])) for where, cost in costs)
        bound = whole_bound(answer.bound, objective.sense) if self.proven else None
        self.done.append(Stage(objective, value, bound))
        self.proven &= value == bound
        return answer.ending


_SHARES = (0.4, 0.3, 0.4)
"""Share of the time left for the fewest sites, the fewest buildings, the least money."""


def _openings(model: ProgrammeModel, opened: NDArray[np.float64]) -> list[Opening]:
    """Return the year each site opens in, which is the first one it is open in."""
    years = model.problem.years
    by_year = opened.reshape(len(years), model.n_new)
    names = [(key, int(site)) for key, new in model.new.items() for site in new]
    found = []
    for column in np.flatnonzero(by_year[-1] > 0).tolist():
        t = int(np.argmax(by_year[:, column] > 0))
        found.append(Opening(*names[column], years[t].year))
    return found


def _check(facts: ProgrammeFacts, stages: Sequence[Stage]) -> None:
    """Stop where the programme counted again is another, or better than its bound."""
    if facts.broken:
        raise InternalError(f"siting: programme breaks {'; '.join(facts.broken)}")
    counted = {
        SITES.id: facts.sites,
        BUILDINGS.id: facts.buildings,
        UNPRICED.id: facts.unpriced,
        YUAN.id: facts.cost_yuan,
        PEOPLE_YEARS.id: facts.people_years,
    }
    for stage in stages:
        value = counted[stage.objective.id]
        if value != stage.value:
            claim = f"{stage.objective.id} {stage.value}"
            raise InternalError(f"siting: programme claims {claim}, counting again gives {value}")
        if stage.bound is not None and stage.objective.better(value, stage.bound):
            raise InternalError(f"siting: programme reaches {value}, better than its bound")


def _none(
    status: Status,
    begin: float,
    why: tuple[Impossible, ...] = (),
    relaxations: tuple[Relaxation, ...] = (),
) -> ProgrammePlan:
    seconds = time.perf_counter() - begin
    return ProgrammePlan((), (), None, status, seconds, why, relaxations)
