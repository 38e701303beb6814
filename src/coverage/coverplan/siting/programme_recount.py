"""A programme counted again from its sites and years, by code that has not seen a model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .problem import SitingProblem
from .programme_needs import ProgrammeNeed
from .programme_problem import ProgrammeLayer, ProgrammeProblem
from .recount import check_rules


@dataclass(frozen=True, slots=True)
class Opening:
    """A new site and its year.

    Parameters
    ----------
    layer, site, year
        Key of its layer, its position there, and the year it opens.
    newly
        People newly reached by it in that layer, after all sites that open before it.
    """

    layer: str
    site: int
    year: int
    newly: int = 0


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What a programme comes to.

    Parameters
    ----------
    sites, buildings, unpriced
        New sites, those of them that are new buildings, and those nobody knows the cost of.
    cost_yuan
        What the new sites of known cost come to.
    people_years
        People newly reached, summed over layers and years with what each year counts.
    needs
        What each need comes to, today and by the end of each year; shape (needs, 1 + years).
    broken
        What the programme breaks: limits of years, rules of where sites stand, needs.
    """

    sites: int
    buildings: int
    unpriced: int
    cost_yuan: int
    people_years: int
    needs: tuple[tuple[int, ...], ...]
    broken: tuple[str, ...]


def recount_programme(problem: ProgrammeProblem, openings: Sequence[Opening]) -> ProgrammeFacts:
    """Return what some openings come to, and what they break.

    Parameters
    ----------
    problem, openings
        The programme's question, and which site opens in which year.
    """
    layers = problem.layers
    new = [(layers[o.layer], o) for o in openings]
    needs = tuple(
        (
            need_amount(problem, need, ()),
            *(need_amount(problem, need, _by(openings, phase.year)) for phase in problem.years),
        )
        for need in problem.needs
    )
    return ProgrammeFacts(
        sites=len(new),
        buildings=sum(1 for layer, o in new if not layer.reuse[o.site]),
        unpriced=sum(1 for layer, o in new if not layer.priced[o.site]),
        cost_yuan=sum(cost_of(problem, o) for o in openings),
        people_years=sum(
            phase.weight * newly_reached(layer.problem, _sites(openings, key, phase.year))
            for key, layer in layers.items()
            for phase in problem.years
        ),
        needs=needs,
        broken=(*_broken_years(problem, openings), *_broken_rules(problem, openings, needs)),
    )


def cost_of(problem: ProgrammeProblem, opening: Opening) -> int:
    """Return what a new site costs, 0 where nobody knows.

    Parameters
    ----------
    problem, opening
        The programme's question, and one of its openings.
    """
    layer = problem.layers[opening.layer]
    known = bool(layer.priced[opening.site])
    return int(layer.problem.sites.cost_yuan[opening.site]) if known else 0


def need_amount(problem: ProgrammeProblem, need: ProgrammeNeed, openings: Sequence[Opening]) -> int:
    """Return what a need comes to with what stands and some new sites.

    Parameters
    ----------
    problem, need, openings
        The programme's question, one of its needs, and the new sites.
    """
    there = need.already.copy()
    for key, reach in need.reach.items():
        sites = problem.layers[key].problem.sites
        open_ = [int(s) for s in np.flatnonzero(sites.existing & ~sites.barred)]
        open_ += [o.site for o in openings if o.layer == key]
        for site in open_:
            there[reach.of(site)] = True
    return need.counted(there)


def amount_with_all(problem: ProgrammeProblem, need: ProgrammeNeed) -> int:
    """Return what a need would come to if every candidate were built at once.

    Parameters
    ----------
    problem, need
        The programme's question, and one of its needs.
    """
    every = [
        Opening(key, int(site), problem.years[-1].year)
        for key in need.reach
        for site in np.flatnonzero(
            ~problem.layers[key].problem.sites.existing & ~problem.layers[key].problem.sites.barred
        )
    ]
    return need_amount(problem, need, every)


def newly_reached(problem: SitingProblem, sites: Sequence[int]) -> int:
    """Return the people of a layer whom new sites reach and no existing one does.

    Parameters
    ----------
    problem, sites
        The layer's problem, and positions of the new sites.
    """
    return int(problem.people[problem.reach.covered(sites) & ~problem.before].sum())


def in_order(problem: ProgrammeProblem, openings: Sequence[Opening]) -> tuple[Opening, ...]:
    """Return openings by year, within a year the one first that newly reaches most.

    Parameters
    ----------
    problem, openings
        The programme's question, and its openings.
    """
    done: list[Opening] = []
    for phase in problem.years:
        rest = sorted(
            (o for o in openings if o.year == phase.year), key=lambda o: (o.layer, o.site)
        )
        found: list[Opening] = []
        for key in dict.fromkeys(o.layer for o in rest):
            layer = problem.layers[key].problem
            left = np.where(layer.before, 0, layer.people)
            left = np.where(layer.reach.covered(_sites(done, key, phase.year)), 0, left)
            mine = [o.site for o in rest if o.layer == key]
            while mine:
                gains = [int(left[layer.reach.of(site)].sum()) for site in mine]
                best = int(np.argmax(gains))
                site = mine.pop(best)
                left[layer.reach.of(site)] = 0
                found.append(Opening(key, site, phase.year, gains[best]))
        done += sorted(found, key=lambda o: -o.newly)
    return tuple(done)


def _by(openings: Sequence[Opening], year: int) -> list[Opening]:
    return [o for o in openings if o.year <= year]


def _sites(openings: Sequence[Opening], layer: str, year: int) -> list[int]:
    return [o.site for o in openings if o.layer == layer and o.year <= year]


def _broken_years(problem: ProgrammeProblem, openings: Sequence[Opening]) -> list[str]:
    broken = []
    known = {phase.year for phase in problem.years}
    if any(o.year not in known for o in openings):
        broken.append("a year that is none")
    for phase in problem.years:
        mine = [o for o in openings if o.year == phase.year]
        if phase.sites is not None and len(mine) > phase.sites:
            broken.append(f"the number of {phase.year}")
        yuan = sum(cost_of(problem, o) for o in mine)
        if phase.budget_yuan is not None and yuan > phase.budget_yuan:
            broken.append(f"the money of {phase.year}")
    return broken


def _broken_rules(
    problem: ProgrammeProblem,
    openings: Sequence[Opening],
    needs: Sequence[tuple[int, ...]],
) -> list[str]:
    broken: list[str] = []
    for key, layer in problem.layers.items():
        mine = [o.site for o in openings if o.layer == key]
        broken += [f"{key}: {what}" for what in check_rules(layer.problem, mine, _shut(layer))]
    for need, amounts in zip(problem.needs, needs, strict=True):
        if amounts[1 + problem.due(need)] < need.amount:
            broken.append(f"the need of {need.id}")
    return broken


def _shut(layer: ProgrammeLayer) -> list[int]:
    sites = layer.problem.sites
    return [int(s) for s in np.flatnonzero(sites.existing & sites.barred)]
