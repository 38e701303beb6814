"""A programme: layers, what must be there by which year, and what each year allows over all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InternalError, Problem
from ..core.text import Text
from .phase_rules import Phase, keeping
from .problem import SitingProblem
from .programme_needs import ProgrammeNeed
from .stages import fault, refuse


@dataclass(frozen=True, slots=True)
class ProgrammeLayer:
    """A layer of a programme.

    Parameters
    ----------
    problem
        Its sites, who is within the limit of each, and what is asked of where sites stand: the
        spacing, the most new sites in a unit, and one site at one place. Its number, money and
        closings are not the programme's, which has its own. Existing sites stay.
    reuse
        Whether a site is made in a building that stands, shape ``(n_sites,)``.
    priced
        Whether anybody knows what a site costs, shape ``(n_sites,)``.
    """

    problem: SitingProblem
    reuse: NDArray[np.bool_]
    priced: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        problem: SitingProblem,
        *,
        reuse: NDArray[np.bool_] | None = None,
        priced: NDArray[np.bool_] | None = None,
    ) -> "ProgrammeLayer":
        """Return a layer of which only the rules on where sites stand are kept.

        Parameters
        ----------
        problem, reuse, priced
            As the fields; by default every new site is a new building, and every cost is known.
        """
        kept = keeping(problem).with_rules(
            sites=None,
            exactly=False,
            budget_yuan=None,
            unit_least=0,
            units_asked=None,
            close_most=None,
            close_least=0,
            moves=0,
        )
        n = len(problem.sites)
        return cls(
            problem=kept,
            reuse=np.zeros(n, dtype=bool) if reuse is None else reuse,
            priced=np.ones(n, dtype=bool) if priced is None else priced,
        )


@dataclass(frozen=True, slots=True)
class ProgrammeProblem:
    """Which sites of which layers open in which year, so that every need is met by its year.

    Parameters
    ----------
    layers
        The layers by key.
    needs
        What must be there by which year; of layers among these.
    years
        What each year allows over all layers, ascending: new sites, and yuan.
    overdue
        A need of a year before the first: to be met by the end of the first, or refused.
    late
        By need, position of the year by whose end it is met where it is overdue: later than the
        first, 0, where the first years do not allow for it.

    Raises
    ------
    InputError
        When years do not ascend or allow less than nothing, or a need is overdue and that is to
        be refused: all of them at once.
    """

    layers: Mapping[str, ProgrammeLayer]
    needs: tuple[ProgrammeNeed, ...]
    years: tuple[Phase, ...]
    overdue: Literal["first", "refuse"] = "first"
    late: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse([*_year_faults(self.years), *self._overdue()])
        for need in self.needs:
            for layer, reach in need.reach.items():
                if layer not in self.layers:
                    raise InternalError(f"programme: {need.id} speaks of no layer {layer!r}")
                if len(reach.sites) != len(self.layers[layer].problem.sites):
                    raise InternalError(f"programme: the sites of {need.id} do not fit")

    def due(self, need: ProgrammeNeed) -> int:
        """Return the position of the year by whose end a need must be met.

        The last one not after its deadline; the last one of all where it has none, and `late`
        where it is overdue.

        Parameters
        ----------
        need
            One of the needs.
        """
        if need.deadline is None:
            return len(self.years) - 1
        before = [t for t, phase in enumerate(self.years) if phase.year <= need.deadline]
        return max(before, default=self.late.get(need.id, 0))

    def _overdue(self) -> list[Problem]:
        if self.overdue != "refuse" or not self.years:
            return []
        first = self.years[0].year
        return [
            _fault(
                "programme.overdue",
                Text(
                    "目标年份早于规划的第一年", "a target is due before the programme's first year"
                ),
                f"{need.id}: {need.deadline}",
                Text("overdue 改为 first，或不选这一目标", "set overdue to first, or leave it out"),
            )
            for need in self.needs
            if need.deadline is not None and need.deadline < first
        ]


def _fault(code: str, what: Text, found: str, mend: Text) -> Problem:
    """Return a fault of the programme, by the key of the study file that is wrong."""
    return replace(fault(code, what, found, mend), column=f"targets.{code}")


def _year_faults(years: Sequence[Phase]) -> list[Problem]:
    faults = []
    numbers = [phase.year for phase in years]
    if not numbers or not all(a < b for a, b in pairwise(numbers)):
        what = Text("规划年份须从小到大，不得重复", "years must ascend, each once")
        mend = Text("按先后列出年份", "list the years in their order")
        faults.append(_fault("programme.years", what, ", ".join(map(str, numbers)), mend))
    for phase in years:
        for key, number in (("sites", phase.sites), ("budget_yuan", phase.budget_yuan)):
            if number is not None and number < 0:
                what = Text(f"{phase.year} 年的 {key} 为负", f"{key} of {phase.year} is negative")
                mend = Text("改为 0 或正数", "give 0 or more")
                faults.append(_fault(f"programme.{key}", what, f"{number:,}", mend))
    return faults
