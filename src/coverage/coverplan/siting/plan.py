"""What every siting model answers: the sites, how good they are, and the proof of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.text import Text

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
        After this time, or at this gap between value and bound in per cent.
    on_bounds
        Called now and then while the search runs.
    """

    time_limit_seconds: float = 60.0
    gap_percent: float = 0.0
    on_bounds: OnBounds | None = None


DEFAULT_LIMITS = Limits()
"""A minute, to a full proof, in silence."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is served where, in whole people.

    Parameters
    ----------
    demand, site
        Positions of place and site, one row per pair.
    people
        People of the place who are served at the site.
    """

    demand: NDArray[np.int64]
    site: NDArray[np.int64]
    people: NDArray[np.int64]

    def loads(self, n_sites: int) -> NDArray[np.int64]:
        """Return the people served at each site, shape ``(n_sites,)``."""
        return np.bincount(self.site, self.people, minlength=n_sites).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Stage:
    """What was decided next, among the plans that are equally good so far.

    Parameters
    ----------
    objective, value, bound
        What it counts, its value in this plan, and the best there can be; None: not proven.
    """

    objective: Objective
    value: int
    bound: int | None


@dataclass(frozen=True, slots=True)
class OneLess:
    """What plans with one new site less can do: the proof that it takes as many as it does.

    Parameters
    ----------
    sites, need
        New sites of those plans at most, and the people that must be reached. Where each unit
        has its own target: the sum of the targets, people beyond a unit's target not counted.
    value, bound
        Such people in the best of those plans found, and in any of them at most; None where no
        plan of so few sites keeps the rules.
    """

    sites: int
    need: int
    value: int | None
    bound: int | None

    @property
    def fails(self) -> bool:
        """Whether it is proven that so few sites are not enough."""
        return self.bound is None or self.bound < self.need


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
    """

    constraint: Text
    who: Text
    people: int | None
    relaxation: Text


@dataclass(frozen=True, slots=True)
class Facts:
    """A plan counted again from its open sites, by code that has not seen a solver.

    Parameters
    ----------
    people
        Everybody of the group: the denominator.
    reached_before, reached_after
        People within the limit of a site today, and of a site open in the plan.
    reached_twice
        People within the limit of two or more sites open in the plan.
    unit_before, unit_after, unit_people
        The same by unit, shape ``(n_units,)``.
    opened, closed, cost_yuan
        New sites, closed sites, and what the new ones cost.
    mean_minutes, farthest_minutes
        Of the people within the cutoff of an open site, where times are known; else None.
    beyond_cutoff
        People no open site is within the cutoff of; None without times.
    """

    people: int
    reached_before: int
    reached_after: int
    unit_before: NDArray[np.int64]
    unit_after: NDArray[np.int64]
    unit_people: NDArray[np.int64]
    opened: int
    closed: int
    cost_yuan: int
    mean_minutes: float | None = None
    farthest_minutes: float | None = None
    beyond_cutoff: int | None = None
    reached_twice: int = 0

    @property
    def newly(self) -> int:
        """People reached in the plan less people reached today."""
        return self.reached_after - self.reached_before

    @property
    def share_percent(self) -> float | None:
        """Reached in the plan as a share of everybody; None where nobody lives."""
        return None if self.people == 0 else self.reached_after / self.people * 100


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
        return Text("时限内未找到方案", "no plan found in the time given")
    if gap is None or gap > _FAR_PERCENT:
        return Text("到时限为止的最好方案，未证明", "stopped: best so far, not proven")
    return Text(f"与最优相差不超过 {gap:.2f} %", f"within {gap:.2f} % of the best")


_FAR_PERCENT = 50.0
"""A gap above this says so little that the plan is called the best so far, not within a gap."""
