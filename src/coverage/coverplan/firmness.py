"""How firm a proposal is: the same question under other speeds, other people and other roads."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .clock import Clock
from .domain.siting_config import Uncertainty
from .questions import Question
from .results import Inputs
from .siting.draws import Draw, Draws, Noise
from .siting.plan import Limits, SitingPlan
from .siting.problem import SitingProblem
from .siting.proposal import Firmness
from .siting.robustness import site_robustness
from .siting.uncertainty import assess_draws
from .travel import ModeGraph, Snapped, TravelTimes, snap
from .travel.graph import CLOSED
from .travel.missing import without_edges


def draws_of(
    inputs: Inputs, asked: Question, noise: Uncertainty, graph: ModeGraph, places: Snapped
) -> Sequence[Draw]:
    """Return the question as it may turn out to be.

    Parameters
    ----------
    inputs, asked
        The study and the question.
    noise
        How far off speeds, people and roads may be.
    graph, places
        The network as the layer's people see it, and they on it.
    """
    draws = Draws(
        asked.problem,
        Noise.up_to(noise.speed_percent, noise.people_percent),
        number=noise.draws,
        seed=noise.seed,
        times_of_draw=_roads_of_draw(inputs, asked, noise, graph, places),
    )
    return _kept(asked, draws) if noise.missing_links_percent else draws


def firmness(
    asked: Question, noise: Uncertainty, draws: Sequence[Draw], plan: SitingPlan, clock: Clock
) -> Firmness:
    """Return how coverage spreads over the draws, and how often each site is chosen.

    Parameters
    ----------
    asked, plan
        The question and its answer.
    noise, draws
        How far off things may be, and the draws of it.
    clock
        Told how many draws are done.
    """
    request = asked.request
    limits = Limits(request.time_limit_seconds, request.gap_percent)

    def solve(problem: SitingProblem) -> SitingPlan:
        return asked.model.solve(problem, limits, asked.asked).plan

    tell = clock.progress(noise.draws)

    def one_more(_done: int, _all: int) -> None:
        if tell is not None:
            tell(1)

    return Firmness(
        noise=noise,
        coverage=assess_draws(asked.problem, plan, draws, request.share_percent),
        sites=site_robustness(asked.problem, draws, solve, plan=plan, progress=one_more),
    )


def _kept(asked: Question, draws: Draws) -> Sequence[Draw]:
    """Return draws that are not made twice: new roads are dear, and who is in reach is small."""
    if asked.model.times:
        return draws
    minutes = asked.item.layer.minutes
    return [
        replace(draw, times=draw.times.within(minutes))
        if isinstance(draw.times, TravelTimes)
        else draw
        for draw in draws
    ]


class _Roads:
    """Makes the times of a draw in which some road edges are missing."""

    def __init__(
        self,
        inputs: Inputs,
        asked: Question,
        percent: float,
        graph: ModeGraph,
        places: Snapped,
    ) -> None:
        self._inputs, self._asked, self._percent = inputs, asked, percent
        self._graph, self._places = graph, places
        used = (graph.forward_ms != CLOSED) | (graph.backward_ms != CLOSED)
        self._edges = np.flatnonzero(used)

    def __call__(self, rng: np.random.Generator) -> TravelTimes:
        number = round(len(self._edges) * self._percent / 100)
        missing = np.zeros(len(self._graph.forward_ms), dtype=bool)
        missing[rng.choice(self._edges, size=number, replace=False)] = True
        least = self._inputs.ignore_fragments_metres
        graph = without_edges(self._graph, missing, ignore_fragments_metres=least)
        places = snap(graph, self._places.xy)
        return self._asked.search.times(graph, places, self._inputs.demand.points.index)


def _roads_of_draw(
    inputs: Inputs, asked: Question, noise: Uncertainty, graph: ModeGraph, places: Snapped
) -> _Roads | None:
    if not noise.missing_links_percent:
        return None
    return _Roads(inputs, asked, noise.missing_links_percent, graph, places)
