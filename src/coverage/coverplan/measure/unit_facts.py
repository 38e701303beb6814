"""The facts of a layer unit by unit, ready to be read: shares, who is not reached, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from .coverage import TOTAL
from .indicators import Phase

__all__ = ["UnitFacts", "layer_facts", "most_missed"]

WHY = (
    "not_reached_too_far",
    "not_reached_no_way",
    "not_reached_no_road",
    "not_reached_no_site",
    "not_reached_unplaced",
)
"""Indicators that share out the people of a unit who are not reached."""

Key = tuple[str, Phase, float | None]


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What is known of one unit, or of all together, for one layer.

    Parameters
    ----------
    code, name
        Of the unit; `coverplan.measure.coverage.TOTAL` and "" for all.
    minutes
        The layer's own limit.
    people
        People of the layer's group; None where not known.
    units
        How many units the row is of: 1, or all.
    values
        Values by indicator, phase and minutes (None where no limit applies); None: not known.
    """

    code: str
    name: str
    minutes: float
    people: int | None
    units: int
    values: Mapping[Key, int | None]

    @property
    def whole(self) -> bool:
        """Whether this is the row of all units together."""
        return self.code == TOTAL

    @property
    def planned(self) -> bool:
        """Whether there is a plan: figures of afterwards."""
        return ("people_reached", "after", self.minutes) in self.values

    def reached(self, phase: Phase = "before", minutes: float | None = None) -> int | None:
        """Return the people reached.

        Parameters
        ----------
        phase, minutes
            Today or with the plan, and the limit; the layer's own where it is None.
        """
        limit = self.minutes if minutes is None else minutes
        return self.values.get(("people_reached", phase, limit))

    def share(self, phase: Phase = "before", minutes: float | None = None) -> Fraction | None:
        """Return the people reached in per cent of all; None for nobody and where not known."""
        reached = self.reached(phase, minutes)
        if reached is None or not self.people:
            return None
        return Fraction(100 * reached, self.people)

    def missed(self, phase: Phase = "before") -> int | None:
        """Return the people not reached within the layer's own minutes."""
        reached = self.reached(phase)
        return None if reached is None or self.people is None else self.people - reached

    @property
    def newly(self) -> int | None:
        """People whom the plan reaches beyond those reached today."""
        before, after = self.reached(), self.reached("after")
        return None if before is None or after is None else after - before

    def has_one(self, phase: Phase = "before") -> int | None:
        """Return how many of the units have a working facility: 1 or 0 for a unit."""
        return self.values.get(("has_one", phase, None))

    def why(self, indicator: str, phase: Phase = "before") -> int | None:
        """Return the value of any indicator at the layer's own minutes: the reasons `WHY`, ...

        Parameters
        ----------
        indicator, phase
            Its key, such as ``not_reached_no_road`` or ``working_sites``; today or with the plan.
        """
        limit = None if indicator == "working_sites" else self.minutes
        return self.values.get((indicator, phase, limit))


def layer_facts(facts: pd.DataFrame, layer: str, minutes: float) -> tuple[UnitFacts, ...]:
    """Return the facts of a layer, a unit each in the order of the region, the whole last.

    Parameters
    ----------
    facts
        As `Coverage.frame`.
    layer, minutes
        Id of the layer, and its own limit.
    """
    own = facts[facts["layer"] == layer]
    names: dict[str, str] = {}
    values: dict[str, dict[Key, int | None]] = {}
    people: dict[str, int | None] = {}
    units: dict[str, int] = {}
    columns = ["unit_code", "unit_name", "indicator", "phase", "minutes", "value", "denominator"]
    for code, name, indicator, phase, limit, value, whole in own[columns].itertuples(index=False):
        key = (indicator, phase, None if pd.isna(limit) else float(limit))
        names.setdefault(code, name)
        values.setdefault(code, {})[key] = _whole(value)
        if indicator == "people_reached":
            people[code] = _whole(whole)
        elif indicator == "has_one":
            units[code] = _whole(whole) or 0
    return tuple(
        UnitFacts(code, name, float(minutes), people[code], units[code], values[code])
        for code, name in names.items()
    )


def most_missed(facts: Iterable[UnitFacts]) -> tuple[UnitFacts, ...]:
    """Return the units by people not reached, most first; those not known last, without the whole.

    Parameters
    ----------
    facts
        As `layer_facts` returns them.
    """

    def key(unit: UnitFacts) -> tuple[bool, int]:
        missed = unit.missed()
        return missed is None, -(missed or 0)

    return tuple(sorted((unit for unit in facts if not unit.whole), key=key))


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(str(value))
