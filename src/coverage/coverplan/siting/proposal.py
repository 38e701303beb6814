"""A plan with everything needed to show it: its candidates, its reasons, who moves where."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from ..core.text import Text
from .candidates import CandidateSet
from .phases import PhasedPlan
from .plan import SitingPlan
from .problem import UNLIMITED, SitingProblem
from .reasons import SiteReason


@dataclass(frozen=True, slots=True)
class Proposal:
    """The answer of one model for one layer.

    Parameters
    ----------
    model, paper
        What the model is called, and where it comes from.
    problem
        What was asked: the working facilities come first among its sites, then the candidates
        that may be used, in the order of ``candidates.allowed``.
    candidates
        Every candidate, with the reason it may not be used, if there is one.
    plan
        The answer.
    cards
        Why each new site, in the order of ``plan.chosen``.
    phases
        Which year each opens, where the plan has years.
    words
        Why each new site, in words, in the same order.
    """

    model: Text
    paper: str
    problem: SitingProblem
    candidates: CandidateSet
    plan: SitingPlan
    cards: tuple[SiteReason, ...] = ()
    words: tuple[Text, ...] = ()
    phases: PhasedPlan | None = None

    @property
    def n_working(self) -> int:
        """Number of working facilities among the sites of the problem."""
        return int(self.problem.sites.existing.sum())

    @property
    def chosen(self) -> gpd.GeoDataFrame:
        """The new sites, in the order of the plan, in metres."""
        rows = np.array(self.plan.chosen, dtype=np.int64) - self.n_working
        return self.candidates.allowed.iloc[rows]

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan at all."""
        return self.plan.value is not None

    @property
    def chosen_cost(self) -> list[object]:
        """Cost of each new site in yuan; missing where no candidate has one."""
        cost = self.problem.sites.cost_yuan
        if not cost.any():
            return [pd.NA] * len(self.plan.chosen)
        return [int(cost[j]) for j in self.plan.chosen]

    @property
    def chosen_capacity(self) -> list[object]:
        """Capacity of each new site; missing where it has no limit."""
        capacity = self.problem.sites.capacity
        return [pd.NA if capacity[j] >= UNLIMITED else float(capacity[j]) for j in self.plan.chosen]

    def chosen_column(self, name: str) -> list[str]:
        """Return a column of words of the new sites, "" where there is none.

        Parameters
        ----------
        name
            Column of the candidates.
        """
        if name not in self.chosen.columns:
            return [""] * len(self.plan.chosen)
        return [str(word) for word in self.chosen[name].fillna("")]

    @property
    def opening_years(self) -> list[int] | None:
        """Year each new site opens, in the order of the plan; None where the plan has no years."""
        if self.phases is None:
            return None
        year_of = {
            site: phase.year
            for phase, sites in zip(self.phases.phases, self.phases.opened, strict=True)
            for site in sites
        }
        return [year_of[j] for j in self.plan.chosen]

    @property
    def chosen_words(self) -> tuple[Text, ...]:
        """Why each new site, in the order of the plan."""
        return self.words

    @property
    def closed_words(self) -> tuple[Text, ...]:
        """Why each closed site, in the order of the plan."""
        return tuple(Text("方案建议关闭", "the plan closes it") for _ in self.plan.closed)

    @property
    def closed_working(self) -> tuple[int, ...]:
        """Positions of the closed sites among the working facilities."""
        return self.plan.closed

    @property
    def further_notes(self) -> list[Text]:
        """What else there is to say of the proposal."""
        return []

    @property
    def phase_table(self) -> pd.DataFrame | None:
        """What opens in which year; None where the plan has no years."""
        return None if self.phases is None else self.phases.to_frame(self.problem)

    @property
    def moves_table(self) -> pd.DataFrame | None:
        """Who goes where when sites close; None where none does."""
        return None

    @property
    def frontier_table(self) -> pd.DataFrame | None:
        """What more sites would reach; None where nobody asked."""
        return None

    @property
    def uncertainty_table(self) -> pd.DataFrame | None:
        """How firm coverage is; None where nobody asked."""
        return None

    def chosen_shares(self, ids: list[str]) -> list[object]:
        """Return in how many per cent of the draws each site is chosen, missing without draws.

        Parameters
        ----------
        ids
            Ids of sites.
        """
        return [pd.NA for _ in ids]
