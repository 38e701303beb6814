"""From a question to its answer, with the reasons for each site."""

from collections.abc import Sequence
from dataclasses import replace

from .clock import Clock
from .core.text import Text
from .domain.groups import group_label
from .questions import Question
from .results import Inputs
from .siting import Limits
from .siting.draws import Draw
from .siting.frontier import coverage_frontier
from .siting.models import Answer
from .siting.plan import Bounds, OnBounds
from .siting.proposal import Proposal
from .siting.reason_text import reason_text
from .siting.reasons import SiteReason, site_reasons
from .siting.robust import solve_robust


def answer(
    inputs: Inputs, asked: Question, clock: Clock, *, draws: Sequence[Draw] | None = None
) -> Proposal:
    """Return what the model of a question answers, with the reasons for each site.

    Parameters
    ----------
    inputs, asked
        The study and the question.
    clock
        Told how far the search is.
    draws
        The question as it may turn out to be, for a plan that is best over all of them.
    """
    request = asked.request
    limits = Limits(request.time_limit_seconds, request.gap_percent, telling(clock))
    noise = request.uncertainty
    if draws is not None and noise is not None and noise.robust is not None:
        robust = solve_robust(asked.problem, draws, limits, criterion=noise.robust)
        # What stands in for a site is told by the given figures, and the plan is best by others.
        found = Answer(robust.plan, rivals=False)
        called = (_ROBUST[noise.robust], "Kouvelis, Yu 1997")
        proposal = proposal_of(inputs, asked, found, called=called)
    else:
        proposal = proposal_of(inputs, asked, asked.model.solve(asked.problem, limits, asked.asked))
    if request.frontier is None and not request.frontier_yuan:
        return proposal
    frontier = coverage_frontier(
        asked.problem,
        limits,
        most_sites=request.frontier,
        budgets=request.frontier_yuan or None,
    )
    return replace(proposal, frontier=frontier)


_ROBUST = {
    "worst": Text("最坏情形下最好的方案", "best in the worst draw"),
    "mean": Text("平均最好的方案", "best on average over the draws"),
    "regret": Text("最大遗憾最小的方案", "least regret in any draw"),
}


def proposal_of(
    inputs: Inputs, asked: Question, found: Answer, *, called: tuple[Text, str] | None = None
) -> Proposal:
    """Return an answer with the reasons for each of its sites.

    Parameters
    ----------
    inputs, asked
        The study and the question.
    found
        What its model answered, or a search over several layers for this one.
    called
        Name and source of the model, where it is not the question's.
    """
    cards = _cards(inputs, asked, found)
    own = asked.item.layer.group
    labels = {group: group_label(group) for group in inputs.demand.groups}

    def told(card: SiteReason) -> SiteReason:
        # Of everybody the groups are parts; of older people "everybody" is no part.
        parts = tuple(g for g in card.groups if g.key != own) if own == "all" else ()
        return replace(card, groups=parts)

    return Proposal(
        model=asked.model.label if called is None else called[0],
        paper=asked.model.paper if called is None else called[1],
        problem=asked.problem,
        candidates=asked.candidates,
        plan=found.plan,
        cards=cards,
        words=tuple(reason_text(told(card), labels, rivals=found.rivals) for card in cards),
        overall=found.overall,
        scope=found.scope,
        counted=found.counted,
        notes=found.notes,
        phases=found.phases,
        consolidation=found.consolidation,
        closing=found.closing,
    )


def _cards(inputs: Inputs, asked: Question, found: Answer) -> tuple[SiteReason, ...]:
    demand = inputs.demand
    groups = {group: demand.people(group) for group in demand.groups}
    names = demand.points["place"].to_numpy(dtype=object) if "place" in demand.points else None
    cards = site_reasons(
        found.problem or asked.problem,
        found.plan,
        groups,
        names,
        site_names=asked.site_names,
        needs=found.needs,
    )
    if found.rivals:
        return cards
    return tuple(replace(card, rival=None, near_ties=(), alternatives=()) for card in cards)


def telling(clock: Clock) -> OnBounds | None:
    """Return what passes value and bound of a search on to whoever watches the clock.

    Parameters
    ----------
    clock
        None is returned where nobody watches it.
    """
    tell = clock.bounds
    if tell is None:
        return None

    def pass_on(bounds: Bounds) -> None:
        tell(bounds.value, bounds.bound)

    return pass_on
