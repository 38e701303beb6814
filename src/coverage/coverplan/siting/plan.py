"""What every siting model answers: the sites, how good they are, and the proof of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from ..core.arguments import real_number
from ..core.text import Text
from .planfacts import Assignment, Facts, OneLess

Sense = Literal["max", "min"]
Status = Literal["optimal", "feasible", "nothing_to_gain", "impossible", "unknown"]


@dataclass(frozen=True, slots=True)
class Objective:
    """What a model makes as large or as small as it can; always a whole number.

    Parameters
    ----------
    id, sense, label
        Its name in tables, whether more is better, and its name for people.
    scale
        The whole number is divided by this for people (milliseconds to minutes).
    unit
        What the scaled number counts.
    permille
        Where two things are weighed against each other: what the first counts, of 1,000.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> cp.solve_mclp(problem).objective.words(443).en
    '443 people'
    >>> minutes = siting.solve_pmedian(problem).objective
    >>> minutes.sense, minutes.better(100, 200), minutes.words(60_000).en
    ('min', True, '1.00 person-minutes')
    """

    id: str
    sense: Sense
    label: Text
    unit: Text
    scale: int = 1
    permille: int = 0

    def better(self, value: int, than: int) -> bool:
        """Return whether one value is strictly better than another."""
        return value > than if self.sense == "max" else value < than

    def words(self, value: int) -> Text:
        """Return a value with its unit."""
        number = f"{value:,}" if self.scale == 1 else f"{value / self.scale:,.2f}"
        return Text(f"{number} {self.unit.zh}", f"{number} {self.unit.en}")


_PEOPLE = Text("人", "people")
_MINUTES = 60_000

NEWLY = Objective("newly_reached", "max", Text("新增可达人数", "people newly reached"), _PEOPLE)
WEIGHTED = Objective(
    "newly_reached_weighted",
    "max",
    Text("新增可达（加权）", "newly reached, weighted"),
    Text("加权人", "weighted people"),
)
TWICE = Objective(
    "reached_twice", "max", Text("有两处以上可达", "within reach of two or more"), _PEOPLE
)
NEAR = Objective(
    "people_near", "min", Text("近旁居住人数", "people living too near"), Text("人", "people")
)
SERVED = Objective(
    "served",
    "max",
    Text("容量之内服务（含现有站点）", "served within capacity, by existing sites too"),
    _PEOPLE,
)
SERVED_WEIGHTED = Objective(
    "served_weighted",
    "max",
    Text("容量之内服务（含现有站点，加权）", "served within capacity, by existing too, weighted"),
    Text("加权人", "weighted people"),
)
SITES = Objective("new_sites", "min", Text("新增处数", "new sites"), Text("处", "sites"))
YUAN = Objective("cost", "min", Text("造价", "cost"), Text("元", "yuan"))
PERSON_MS = Objective(
    "person_minutes",
    "min",
    Text("所有人的分钟合计", "minutes of all people"),
    Text("人·分钟", "person-minutes"),
    _MINUTES,
)
ASSIGNED = Objective(
    "assigned_person_minutes",
    "min",
    Text("所有人到所分派站点的分钟合计", "minutes of all people to where they are assigned"),
    Text("人·分钟", "person-minutes"),
    _MINUTES,
)
IN_UNIT = Objective(
    "unit_person_minutes",
    "min",
    Text("各单元的人到本单元一处站点的分钟合计", "minutes of all people to one site of their unit"),
    Text("人·分钟", "person-minutes"),
    _MINUTES,
)
FARTHEST = Objective(
    "farthest",
    "min",
    Text("最远者的时间", "time of the farthest"),
    Text("分钟", "minutes"),
    _MINUTES,
)
FLOOR = Objective(
    "least_share",
    "max",
    Text("最低单元的覆盖率", "share of the unit worst off"),
    Text("%", "%"),
    10_000,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a search is: told while it runs.

    Parameters
    ----------
    value
        Of the best plan so far, None before there is one.
    bound
        No plan can be better than this; None before anything is proven.
    seconds
        Since it began.

    Examples
    --------
    Told while a search runs; here kept in a list.

    >>> import coverplan as cp
    >>> heard = []
    >>> limits = cp.Limits(on_bounds=heard.append)
    >>> plan = cp.solve_mclp(cp.small_problem().with_rules(sites=2), limits)
    >>> all(told.value is None or told.value <= plan.value for told in heard)
    True
    """

    value: int | None
    bound: int | None
    seconds: float


OnBounds = Callable[[Bounds], bool | None]
"""Is told how far a search is, and may answer True: that is enough, stop."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a search ends without a proof, and who is told how far it is.

    Parameters
    ----------
    time_limit_seconds, gap_percent
        After this time, or at this gap between value and bound in per cent; an `InputError` where
        one is below 0 or no number.
    on_bounds
        Called now and then while the search runs.

    Examples
    --------
    >>> import coverplan as cp
    >>> limits = cp.Limits(time_limit_seconds=5, gap_percent=1.0)
    >>> plan = cp.solve_mclp(cp.small_problem().with_rules(sites=2), limits)
    >>> plan.status, plan.gap_percent
    ('optimal', 0.0)
    """

    time_limit_seconds: float = 60.0
    gap_percent: float = 0.0
    on_bounds: OnBounds | None = None

    def __post_init__(self) -> None:
        """Refuse numbers below 0, and what is no number."""
        real_number("time_limit_seconds", self.time_limit_seconds)
        real_number("gap_percent", self.gap_percent)


DEFAULT_LIMITS = Limits()
"""A minute, to a full proof, in silence."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What was decided next, among the plans that are equally good so far.

    Parameters
    ----------
    objective, value, bound
        What it counts, its value in this plan, and the best there can be; None: not proven.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> plan = siting.solve_one_per_unit(cp.small_problem())
    >>> plan.value  # new sites, the fewest; among plans of so few the one that reaches most
    2
    >>> [(stage.objective.label.en, stage.value, stage.bound) for stage in plan.then]
    [('people newly reached', 443, 443)]
    """

    objective: Objective
    value: int
    bound: int | None


@dataclass(frozen=True, slots=True)
class Impossible:
    """A constraint no plan can keep, whom it concerns, and the least that would have to give.

    Parameters
    ----------
    constraint
        The rule that cannot be kept.
    who
        The units, places or sites that make it so, by name (a few, and how many in all).
    people
        How many people that is; None where it is not about people.
    relaxation
        The smallest change after which a plan exists.

    Examples
    --------
    >>> import coverplan as cp
    >>> plan = cp.solve_fewest(cp.small_problem(), share_percent=99)
    >>> plan.status
    'impossible'
    >>> why = plan.impossible[0]
    >>> print(why.constraint.en)
    at least 99 % of its people reached
    >>> print(why.who.en)
    云岭乡 31: out of reach of every site
    >>> print(why.relaxation.en)
    lower "at least 99 % of its people reached" to 902 people (96.6 %)
    """

    constraint: Text
    who: Text
    people: int | None
    relaxation: Text


@dataclass(frozen=True, slots=True)
class SitingPlan:
    """The sites chosen, and how good they are known to be.

    Parameters
    ----------
    model
        Name of the model.
    objective
        What its value counts.
    chosen
        Positions of the new sites; where people are counted, in the order in which each brings
        most, given those before it.
    closed
        Positions of the existing sites that are closed.
    value, bound
        Of this plan, recounted from its sites, and of the best there can be. None where there is
        no plan, or no proof of anything.
    status
        ``optimal`` (proven: value equals bound), ``feasible`` (the gap says how far it may be
        from the best), ``nothing_to_gain`` (proven: doing nothing is as good),
        ``impossible`` (proven: no plan keeps all rules) or ``unknown`` (no plan was found in
        time, and none was excluded).
    facts
        The plan counted again.
    seconds
        Time the search took.
    asked
        Number of new sites asked for, where the rules say one; fewer are chosen where the others
        would bring nothing.
    newly, newly_alone, lost_without
        For each chosen site: people it newly reaches after those before it; if it were the only
        one; and who would not be reached if this one were refused and the others built.
    assignment
        Who is served where, for models that assign.
    impossible
        Why there is no plan.
    proof
        What else was proven, such as what one site less could reach.
    sizes
        Rows and columns before and after reduction.
    then
        What was decided after the objective, in order, among plans as good by all before.
    one_less
        What one new site less could do, for models that seek the fewest.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = cp.solve_mclp(problem)
    >>> plan.chosen_ids(problem.sites.ids), plan.newly
    (['new:C2', 'new:C4'], (333, 110))
    >>> plan.value, plan.bound, plan.gap_percent
    (443, 443, 0.0)
    >>> print(plan.status_text.en)
    proven optimal
    """

    model: str
    objective: Objective
    chosen: tuple[int, ...]
    closed: tuple[int, ...]
    value: int | None
    bound: int | None
    status: Status
    facts: Facts
    seconds: float
    asked: int | None = None
    newly: tuple[int, ...] = ()
    newly_alone: tuple[int, ...] = ()
    lost_without: tuple[int, ...] = ()
    assignment: Assignment | None = None
    impossible: tuple[Impossible, ...] = ()
    proof: tuple[Text, ...] = ()
    sizes: dict[str, int] = field(default_factory=dict)
    then: tuple[Stage, ...] = ()
    one_less: OneLess | None = None

    @property
    def gap_percent(self) -> float | None:
        """How far the plan may be from the best, in per cent of the bound; None if nobody knows."""
        return gap_of(self.value, self.bound)

    def __repr__(self) -> str:
        value = "" if self.value is None else f", {self.objective.words(self.value).en}"
        closed = f", {len(self.closed)} closed" if self.closed else ""
        return (
            f"<SitingPlan {self.model}: {self.status_text.en}{value}, "
            f"{len(self.chosen)} new sites{closed}>"
        )

    @property
    def status_text(self) -> Text:
        """The status in words."""
        return status_words(self.status, self.gap_percent)

    def chosen_ids(self, ids: pd.Index) -> list[str]:
        """Return the ids of the new sites, in their order."""
        return [str(ids[i]) for i in self.chosen]


def gap_of(value: int | None, bound: int | None) -> float | None:
    """Return how far a value may be from the best, in per cent of the bound; None: nobody knows."""
    if value is None or bound is None:
        return None
    if value == bound:
        return 0.0
    return abs(bound - value) / max(abs(bound), 1) * 100


def status_words(status: Status, gap: float | None) -> Text:
    """Return a status in words, with the gap in per cent where one is known."""
    if status == "optimal":
        return Text("已证明最优", "proven optimal")
    if status == "nothing_to_gain":
        return Text("没有候选点能新增覆盖", "no candidate reaches anybody new")
    if status == "impossible":
        return Text("无法满足", "impossible")
    if status == "unknown":
        return Text("求解时限内未找到方案", "no plan found in the time given")
    if gap is None or gap > _FAR_PERCENT:
        return Text("到求解时限为止的最好方案，未证明", "stopped: best so far, not proven")
    said = gap_words(gap)
    return Text(f"与最优相差不超过 {said}", f"within {said} of the best")


def gap_words(gap: float) -> str:
    """Return a gap in per cent with two decimals, rounded up: it is never said to be smaller.

    Parameters
    ----------
    gap
        In per cent, as `gap_of` gives it.
    """
    return f"{math.ceil(round(gap * 100, 6)) / 100:.2f} %"


_FAR_PERCENT = 50.0
"""A gap above this says so little that the plan is called the best so far, not within a gap."""
