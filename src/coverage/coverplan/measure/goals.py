"""How a layer stands to what is aimed at: whole people and units, one comparison for all."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd

from ..core.text import Text
from ..domain.goal import WHOLE, Goal
from .indicators import LayerView, has_one, people_reached


@dataclass(frozen=True, slots=True)
class GoalStand:
    """How many there are, of how many, and how many it takes.

    Parameters
    ----------
    have, of
        People reached and all people, or units that have one and all units; None where nobody
        knows how many people live there.
    need
        The fewest that make the share: ``of`` times the share, rounded up. None where ``of`` is.
    undecided
        People among ``of`` of whom no place is known: they do not count as reached, and may be.
    """

    have: int | None
    of: int | None
    need: int | None
    undecided: int = 0

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where it cannot be said.

        It cannot where nobody knows the people, where there is nobody at all, and where it hangs
        on people of whom no place is known.
        """
        if self.have is None or self.need is None or not self.of:
            return None
        if self.have >= self.need:
            return True
        return None if self.have + self.undecided >= self.need else False

    @property
    def short(self) -> int | None:
        """How many are wanting, 0 where the goal is met; None where people are unknown."""
        if self.have is None or self.need is None:
            return None
        return max(self.need - self.have, 0)


@dataclass(frozen=True, slots=True)
class GoalPhase:
    """How a goal stands at one time.

    Parameters
    ----------
    total
        Over all units; where the people of some are unknown, over the others.
    units
        Each unit's own, in the order of the region.
    left_out
        Units whose people nobody knows: the total is without them.
    """

    total: GoalStand
    units: tuple[GoalStand, ...]
    left_out: int = 0

    @property
    def note(self) -> Text:
        """What must be said beside the total, empty where nothing must."""
        notes = []
        if self.left_out:
            notes.append(
                Text(
                    f"{self.left_out} 个单元人口未知，未计入",
                    f"{self.left_out} units of unknown people left out",
                )
            )
        if self.total.undecided:
            notes.append(
                Text(
                    f"其中 {self.total.undecided:,} 人没有点位，按不可达计",
                    f"{self.total.undecided:,} people without a place count as not reached",
                )
            )
        if self.total.of == 0 and not self.left_out:
            notes.append(Text("没有这类人口", "nobody of this group"))
        return Text("；".join(n.zh for n in notes), "; ".join(n.en for n in notes))


@dataclass(frozen=True, slots=True)
class GoalResult:
    """A goal of a layer and how it stands.

    Parameters
    ----------
    id
        Its number among the layer's goals, from "0".
    goal
        What is aimed at, minutes and group filled in.
    before, after
        How it stands today, and with the proposed sites (None without a plan).

    Examples
    --------
    >>> from dataclasses import replace
    >>> from fractions import Fraction
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> care = replace(county.layers[0], goals=(cp.Goal("reached", Fraction(80)),))
    >>> study = cp.assess(replace(county, layers=(care,)))
    >>> goal = study.layers["elderly_care"].goals[0]
    >>> goal.goal.words.en
    'reached within 15 min, aged 60 and over: 80 %'
    >>> today, planned = goal.before.total, goal.after.total
    >>> (today.have, today.need), (planned.have, planned.need)
    ((314, 747), (757, 747))
    """

    id: str
    goal: Goal
    before: GoalPhase
    after: GoalPhase | None

    def __repr__(self) -> str:
        times = [("today", self.before), ("with the plan", self.after)]
        stands = "; ".join(
            f"{when} {_known(stand.total.have)} of {_known(stand.total.need)} needed"
            for when, stand in times
            if stand is not None
        )
        return f"<GoalResult {self.goal.words.en}: {stands}>"

    def phase(self, phase: str) -> GoalPhase:
        """Return how it stands at a time; without a plan, today.

        Parameters
        ----------
        phase
            ``before`` or ``after``.
        """
        return self.before if phase == "before" or self.after is None else self.after


def needed(percent: Fraction, of: int) -> int:
    """Return the fewest of a whole that are at least a share of it.

    Parameters
    ----------
    percent
        The share, 0 to 100.
    of
        The whole.

    Examples
    --------
    >>> needed(Fraction(80), 11), needed(Fraction("66.7"), 1000)
    (9, 667)
    """
    share = percent * of
    return -(-share.numerator // (share.denominator * WHOLE))


def judge_goals(
    goals: Iterable[Goal], before: LayerView, after: LayerView | None
) -> tuple[GoalResult, ...]:
    """Return how a layer stands to each of its goals, by the same measures as all its figures.

    Parameters
    ----------
    goals
        What is aimed at.
    before, after
        The layer today, and with the proposed sites (None without a plan).
    """
    results = []
    for number, asked in enumerate(goals):
        goal = asked.of_layer(before.layer)
        later = None if after is None else _phase(goal, after)
        results.append(GoalResult(str(number), goal, _phase(goal, before), later))
    return tuple(results)


def _phase(goal: Goal, view: LayerView) -> GoalPhase:
    if goal.measure == "has_one":
        have = has_one(view, 0.0)
        whole = pd.Series(1, index=have.index, dtype="Int64")
        unplaced = whole * 0
    else:
        own = replace(view, layer=replace(view.layer, group=goal.group or view.layer.group))
        have = people_reached(own, goal.minutes or view.layer.minutes)
        whole = view.demand.totals[own.layer.group].reindex(have.index)
        unplaced = view.demand.unplaced[own.layer.group].reindex(have.index)
    known = whole.notna().to_numpy()
    units = tuple(
        _stand(goal, int(h), int(w), int(u)) if there else GoalStand(None, None, None)
        for h, w, u, there in zip(have, whole, unplaced.fillna(0), known, strict=True)
    )
    total = _stand(
        goal,
        int(have[known].sum()),
        int(whole[known].sum()),
        int(unplaced[known].sum()),
    )
    return GoalPhase(total, units, int(np.count_nonzero(~known)))


def _stand(goal: Goal, have: int, of: int, undecided: int) -> GoalStand:
    return GoalStand(have, of, needed(goal.percent, of), undecided)


def _known(people: int | None) -> str:
    return "?" if people is None else f"{people:,}"
