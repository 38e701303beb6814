"""A plan with everything needed to show it: its candidates, its reasons, who moves where."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from ..core.text import Text
from ..domain.siting_config import Uncertainty
from .candidates import CandidateSet
from .closing import ClosingOrder
from .closing_text import closed_text, closing_frame, consolidation_text
from .consolidation import ConsolidationReport
from .frontier import CoverageFrontier
from .phases import PhasedPlan
from .plan import Objective, SitingPlan
from .problem import UNLIMITED, SitingProblem
from .reasons import SiteReason
from .recount import open_sites
from .request import CLASS_MARK
from .robustness import SiteRobustness
from .stages import Proof, listed
from .uncertainty import UncertaintyReport


@dataclass(frozen=True, slots=True)
class Firmness:
    """How firm a proposal is.

    Parameters
    ----------
    noise
        How far off speeds, people and roads were drawn.
    coverage
        Coverage with the plan over the draws, unit by unit.
    sites
        In how many draws each site is chosen.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import coverplan as cp
    >>> from coverplan.domain.siting_config import Uncertainty
    >>> county = cp.small_county()
    >>> care = county.layers[0]
    >>> asked = replace(care.siting, uncertainty=Uncertainty(draws=20, seed=1, speed_percent=20))
    >>> county = replace(county, layers=(replace(care, siting=asked),))
    >>> firmness = cp.assess(county).layers["elderly_care"].proposal.firmness
    >>> import textwrap
    >>> print(textwrap.fill(firmness.text.en, 80))
    20 draws (speeds ±20 %): 564 to 850 people reached (5th to 95th per cent); 2 of
    the 2 new sites are chosen in every draw
    """

    noise: Uncertainty
    coverage: UncertaintyReport
    sites: SiteRobustness

    def __repr__(self) -> str:
        return f"<Firmness: {self.text.en}>"

    @property
    def text(self) -> Text:
        """The spread of the whole in words, with what was drawn."""
        row, n, noise = self.coverage.total, self.coverage.draws, self.noise
        drawn_zh = [f"速度 ±{noise.speed_percent:g} %"] if noise.speed_percent else []
        drawn_en = [f"speeds ±{noise.speed_percent:g} %"] if noise.speed_percent else []
        if noise.people_percent:
            drawn_zh.append(f"各单元人口 ±{noise.people_percent:g} %")
            drawn_en.append(f"people of units ±{noise.people_percent:g} %")
        if noise.missing_links_percent:
            drawn_zh.append(f"缺失 {noise.missing_links_percent:g} % 的路段")
            drawn_en.append(f"{noise.missing_links_percent:g} % of the road edges missing")
        if not drawn_zh:
            drawn_zh, drawn_en = ["没有变动"], ["nothing changed"]
        steady = int((self.sites.share[list(self.sites.plan.chosen)] == 1).sum())
        new = len(self.sites.plan.chosen)
        return Text(
            f"{n} 次抽样（{'，'.join(drawn_zh)}）：可达 {row.reached_low:,}–{row.reached_high:,} 人"
            f"（第 5 至第 95 百分位）；新址 {new} 处中有 {steady} 处在每次抽样中都入选",
            f"{n} draws ({', '.join(drawn_en)}): {row.reached_low:,} to {row.reached_high:,} "
            f"people reached (5th to 95th per cent); {steady} of the {new} new sites are chosen "
            "in every draw",
        )

    @property
    def flips_text(self) -> Text | None:
        """Units whose answer to the target changes with the draw; None where there is no target."""
        target = self.coverage.target_percent
        if target is None:
            return None
        names = listed([row.name or "—" for row in self.coverage.flips if row.code])
        whole = any(not row.code for row in self.coverage.flips)
        if not self.coverage.flips:
            return Text(
                f"目标 {target:g} % 的结论在所有抽样中不变",
                f"the answer to the target of {target:g} % is the same in all draws",
            )
        return Text(
            f"目标 {target:g} % 是否达到随抽样而变：{names.zh}" + ("；全体也是" if whole else ""),
            f"whether {target:g} % is met changes with the draw: {names.en}"
            + ("; and for all together" if whole else ""),
        )


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
    frontier
        What more and more sites would reach, where that was asked.
    firmness
        How firm the proposal is, where that was asked.
    consolidation, closing
        Who goes where when sites close, and the order that harms least, where sites close.
    words
        Why each new site, in words, in the same order.
    overall
        How good the whole is known to be, where this plan is one of several that were found
        together; then the plan's own bound is what it could reach if it were alone.
    scope, counted
        What the whole is: all layers, all years; and what is counted over it, None: as in the
        plan.
    notes
        What else there is to say of the whole.

    Examples
    --------
    >>> import coverplan as cp
    >>> proposal = cp.assess(cp.small_county()).layers["elderly_care"].proposal
    >>> proposal
    <Proposal of 5 candidates of 6: <SitingPlan mclp: proven optimal, 443 people, 2 new sites>>
    >>> proposal.chosen[["name", "cost_yuan"]]
                  name  cost_yuan
    candidate_id
    C2            石桥桥头     900000
    C4            云岭集市     400000
    >>> import textwrap
    >>> print(textwrap.fill(proposal.chosen_words[0].en, 80))
    石桥桥头 newly reaches 333 people in 石桥乡 (333), among them 石桥, 东桥, 南坡; 443 people
    get a nearer site and save at least 26.2 minutes on average. Without it 333
    people have no site within reach. Its best rival, 东桥小学旧址, is worse by 228
    people.
    >>> print(proposal.status_text.en)
    proven optimal
    """

    model: Text
    paper: str
    problem: SitingProblem
    candidates: CandidateSet
    plan: SitingPlan
    cards: tuple[SiteReason, ...] = ()
    words: tuple[Text, ...] = ()
    overall: Proof | None = None
    scope: Text = Text("", "")
    counted: Objective | None = None
    notes: tuple[Text, ...] = ()
    phases: PhasedPlan | None = None
    frontier: CoverageFrontier | None = None
    firmness: Firmness | None = None
    consolidation: ConsolidationReport | None = None
    closing: ClosingOrder | None = None

    def __repr__(self) -> str:
        there = len(self.candidates.places)
        return f"<Proposal of {len(self.candidates.allowed)} candidates of {there}: {self.plan!r}>"

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
    def chosen_places(self) -> list[str]:
        """Ids of the places of the new sites, without their size: as ``excluded`` takes them."""
        return [str(row).partition(CLASS_MARK)[0] for row in self.chosen.index]

    @property
    def status_text(self) -> Text:
        """How good the plan is known to be, or the whole it is a part of."""
        return self.plan.status_text if self.overall is None else self.overall.status_text

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
        """What closing each closed site does, in the order of the plan."""
        if self.consolidation is not None:
            found = {closed.site: closed for closed in self.consolidation.closed}
            return tuple(closed_text(self.problem, found[site]) for site in self.plan.closed)
        problem, plan = self.problem, self.plan
        after = problem.reach.covered(open_sites(problem, plan.chosen, plan.closed))
        words = []
        for site in plan.closed:
            mine = problem.reach.of(site)
            lost = int(problem.people[mine][~after[mine]].sum())
            name = problem.sites.name(site)
            words.append(
                Text(
                    f"{name}：方案建议关闭，{lost:,} 人因此不再可达",
                    f"{name}: the plan closes it; {lost:,} people are then out of reach",
                )
            )
        return tuple(words)

    @property
    def closed_working(self) -> tuple[int, ...]:
        """Positions of the closed sites among the working facilities."""
        return self.plan.closed

    @property
    def further_notes(self) -> list[Text]:
        """What else there is to say of the proposal."""
        notes = list(self.notes)
        if self.consolidation is not None:
            notes.append(consolidation_text(self.consolidation))
        if self.frontier is not None:
            notes.append(self.frontier.elbow_text)
        if self.firmness is not None:
            notes.append(self.firmness.text)
            flips = self.firmness.flips_text
            notes += [] if flips is None else [flips]
        return notes

    @property
    def phase_table(self) -> pd.DataFrame | None:
        """What opens in which year; None where the plan has no years."""
        if self.phases is None:
            return None
        table = self.phases.to_frame(self.problem)
        return table.assign(opened=[" ".join(map(str, ids)) for ids in table["opened"]])

    @property
    def moves_table(self) -> pd.DataFrame | None:
        """Who goes where when sites close; None where none does."""
        return None if self.consolidation is None else self.consolidation.frame(self.problem)

    @property
    def closing_table(self) -> pd.DataFrame | None:
        """The order of closing that harms least; None where none closes."""
        return None if self.closing is None else closing_frame(self.problem, self.closing)

    @property
    def frontier_table(self) -> pd.DataFrame | None:
        """What more sites would reach; None where nobody asked."""
        if self.frontier is None:
            return None
        table = self.frontier.to_frame(self.problem.sites.ids).drop(columns="seconds")
        return table.assign(chosen=[" ".join(map(str, ids)) for ids in table["chosen"]])

    @property
    def uncertainty_table(self) -> pd.DataFrame | None:
        """How firm coverage is, by unit; None where nobody asked."""
        return None if self.firmness is None else self.firmness.coverage.to_frame()

    @property
    def robustness_table(self) -> pd.DataFrame | None:
        """In how many draws each site is chosen; None where nobody asked."""
        return None if self.firmness is None else self.firmness.sites.to_frame()

    def chosen_shares(self, ids: list[str]) -> list[object]:
        """Return in how many per cent of the draws each site is chosen, missing without draws.

        Parameters
        ----------
        ids
            Ids of sites.
        """
        if self.firmness is None:
            return [pd.NA for _ in ids]
        found = self.firmness.sites
        share = dict(zip(map(str, found.ids), found.share, strict=True))
        return [100 * share[i] if i.startswith("new:") else pd.NA for i in ids]
