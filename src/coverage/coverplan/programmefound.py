"""What comes out of a programme: the sites that close gaps, by target and over years."""

from dataclasses import dataclass, replace

import pandas as pd

from .core.errors import Problem
from .core.text import Language, Text
from .measure.policy.found import Finding
from .programmeneeds import Wanted
from .programmesites import SiteList
from .programmetables import site_rows, target_rows, year_rows
from .siting.plan import Impossible
from .siting.programme import ProgrammeNeed, ProgrammePlan, ProgrammeProblem

TABLES = ("programme_targets", "programme_sites", "programme_years")
"""Names of the tables of a programme."""


@dataclass(frozen=True, slots=True)
class TargetNeed:
    """One unmet target: the fewest sites that meet it, or what else it takes.

    Parameters
    ----------
    finding
        The target and what is known of it.
    wanted
        What sites must bring, or why they cannot.
    problem, plan
        The question for this target alone and its answer; None where sites cannot close the gap.
    chosen
        Whether the programme is to meet it.
    why
        Why it cannot be met in full whatever is built; the plan then is for as much as can be.
    """

    finding: Finding
    wanted: Wanted
    problem: ProgrammeProblem | None
    plan: ProgrammePlan | None
    chosen: bool
    why: tuple[Impossible, ...] = ()

    @property
    def need(self) -> ProgrammeNeed | None:
        """What is built for: the target's need, or as much of it as can be; None: nothing."""
        if self.problem is None or self.plan is None or self.plan.status == "impossible":
            return None
        return self.problem.needs[0]

    @property
    def shared(self) -> ProgrammeNeed | None:
        """The same by the sites of every layer that counts, for a programme of several layers."""
        alone, whole = self.need, self.wanted.need
        if alone is None or whole is None:
            return None
        return replace(whole, amount=alone.amount, name=alone.name)


@dataclass(frozen=True, slots=True)
class Programme:
    """The sites that close gaps: by target, and as one programme over years.

    Parameters
    ----------
    targets
        Each unmet target.
    lists
        Sites by policy layer.
    problem, plan
        The programme's question and its answer; None where no years are given, or nothing can be
        built for any of the targets.
    impossible
        Why the programme could not be as it was asked, the least change with each.
    notes
        What was done instead, and what is left out.
    problems
        Warnings, such as a chosen target that is none.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     programme = cp.check_targets(cp.write_small_county(folder)).programme()
    >>> programme
    <Programme for Z21-25: social_work_station>
    >>> table = programme.tables("en")["programme_targets"]
    >>> table[["target_id", "gap", "sites", "status", "where"]]
      target_id gap  sites   status   where
    0    Z21-25   1      1  optimal  云岭乡 云岭
    """

    targets: tuple[TargetNeed, ...]
    lists: dict[str, SiteList]
    problem: ProgrammeProblem | None
    plan: ProgrammePlan | None
    impossible: tuple[Impossible, ...] = ()
    notes: tuple[Text, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        ids = ", ".join(need.finding.target.id for need in self.targets[:3])
        more = f" … {len(self.targets)} in all" if len(self.targets) > 3 else ""  # noqa: PLR2004
        whole = "" if self.plan is None else f"; together {self.plan.status}"
        return f"<Programme for {ids or 'no target'}{more}: {', '.join(self.lists)}{whole}>"

    def tables(self, language: Language) -> dict[str, pd.DataFrame]:
        """Return its tables: by target, by site, and by year.

        Parameters
        ----------
        language
            Of words and names of layers.
        """
        return {
            "programme_targets": target_rows(self, language),
            "programme_sites": site_rows(self, language),
            "programme_years": year_rows(self, language),
        }
