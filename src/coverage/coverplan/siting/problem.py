"""What is asked of a siting model, and what it answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, Problem
from ..core.text import Text
from ..travel import Reach


@dataclass(frozen=True, slots=True)
class SitingProblem:
    """The question where a number of new sites should stand, existing sites kept.

    Parameters
    ----------
    reach
        Who would be within the limit of each candidate.
    people
        People of the target group at each place, shape ``(n_demand,)``.
    already
        Whether each place is reached by an existing site, shape ``(n_demand,)``.
    sites
        Number of new sites.
    name
        Name of the layer, for messages.

    Raises
    ------
    InputError
        When more sites are asked for than there are candidates.
    """

    reach: Reach
    people: NDArray[np.int64]
    already: NDArray[np.bool_]
    sites: int
    name: Text = Text("", "")

    def __post_init__(self) -> None:
        n = len(self.reach.sites)
        if not 1 <= self.sites <= n:
            raise InputError([_too_many(self.name, self.sites, n)])

    @property
    def open_people(self) -> NDArray[np.int64]:
        """People not reached yet at each place."""
        return np.where(self.already, 0, self.people)


def _too_many(name: Text, sites: int, candidates: int) -> Problem:
    what = Text(
        f"{name.zh}：要新增 {sites} 处，可用的候选点只有 {candidates} 个",
        f"{name.en}: {sites} new sites are asked for, of {candidates} usable candidates",
    )
    if sites < 1:
        what = Text(
            f"{name.zh}：新增站点数必须为正", f"{name.en}: the number of new sites must be positive"
        )
    return Problem(
        code="siting.too_many",
        what=what,
        column="siting.sites",
        found=str(sites),
        expected=Text(f"1 至 {candidates}", f"1 to {candidates}") if candidates else None,
        mend=Text("减少 sites，或增加、放宽候选点", "ask for fewer sites, or give more candidates"),
    )


@dataclass(frozen=True, slots=True)
class SitingPlan:
    """The sites chosen, and how good they are known to be.

    Parameters
    ----------
    chosen
        Positions of the chosen candidates, in the order in which each brings most, given those
        before it.
    newly
        People newly reached by each, in that order: they add up to ``value``.
    newly_alone
        People each would newly reach if it were the only one.
    lost_without
        People who would not be reached if this one were refused and the others built.
    value
        People newly reached by all of them, recounted from the chosen sites.
    asked
        Number of sites asked for; fewer are chosen where the others would bring nobody.
    bound
        No plan with as many sites as were asked for can newly reach more people than this.
    status
        ``optimal`` (proven: value equals bound), ``feasible`` (the gap says how far it may be
        from the best) or ``nothing_to_gain`` (no candidate reaches anybody new).
    seconds
        Time the search took.
    sizes
        Rows and columns before and after reduction.
    """

    chosen: tuple[int, ...]
    newly: tuple[int, ...]
    newly_alone: tuple[int, ...]
    lost_without: tuple[int, ...]
    value: int
    asked: int
    bound: int
    status: str
    seconds: float
    sizes: dict[str, int]

    @property
    def gap_percent(self) -> float:
        """How far the plan may be from the best, in per cent of the bound."""
        return 0.0 if self.bound == 0 else (self.bound - self.value) / self.bound * 100

    @property
    def status_text(self) -> Text:
        """The status in words."""
        if self.status == "optimal":
            return Text("已证明最优", "proven optimal")
        if self.status == "nothing_to_gain":
            return Text("没有候选点能新增覆盖", "no candidate reaches anybody new")
        gap = f"{self.gap_percent:.2f} %"
        return Text(f"与最优相差不超过 {gap}", f"within {gap} of the best")
