"""Why each proposed site: whom it brings within reach, what is lost without it, and its rivals.

Every figure is counted from the open sites, by code that has not seen a solver.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InternalError
from ..travel.graph import MS_PER_MINUTE
from .exchange_values import two_nearest
from .plan import Objective, SitingPlan
from .problem import SitingProblem
from .recount import check_rules, nearest_ms, open_sites, recount_objective
from .rivals import Exchanges, Needed, single_exchanges

NEAR_PERCENT = 1
"""A rival is a near-tie where it loses no more than this share of the plan's value."""

MOST_TOLD = 50
"""So many near-ties of a site are named; how many there are is said of all."""


@dataclass(frozen=True, slots=True)
class Gain:
    """People a site brings within reach, in one group or one unit.

    Parameters
    ----------
    key, name
        Code of the unit or key of the group, and its name.
    newly, alone
        People after the sites before it, and if it were the only new one.
    """

    key: str
    name: str
    newly: int
    alone: int


@dataclass(frozen=True, slots=True)
class Village:
    """A village that a site brings within reach, or a part of it, after those before it.

    Parameters
    ----------
    name
        Its name, "" where nobody gave one.
    people
        Who is newly reached there.
    places
        At how many places they live: places of one name in one unit are one village.
    place
        Position of the place with most people.
    """

    name: str
    people: int
    places: int
    place: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """The time a site saves.

    Parameters
    ----------
    saved_person_ms
        Person-milliseconds saved after the sites before it; whoever had no site within the cutoff
        counts as having been at it, so that it is a lower limit.
    nearer
        People who have a nearer site.
    first
        Those of them who had none within the cutoff.
    lost_person_ms
        Person-milliseconds more without it, the other sites staying.
    """

    saved_person_ms: int
    nearer: int
    first: int
    lost_person_ms: int

    @property
    def saved_person_minutes(self) -> float:
        """Person-minutes saved after the sites before it."""
        return self.saved_person_ms / MS_PER_MINUTE

    @property
    def mean_minutes(self) -> float | None:
        """Minutes saved on average by those who have a nearer site; None where nobody has."""
        return None if self.nearer == 0 else self.saved_person_minutes / self.nearer


@dataclass(frozen=True, slots=True)
class Rival:
    """A candidate that could stand instead of a proposed site.

    Parameters
    ----------
    site, id, name
        Its position, its id and its name.
    loss
        How much worse the objective would be, in its whole numbers; below 0: better.
    people
        How many people fewer would be reached.
    """

    site: int
    id: str
    name: str
    loss: int
    people: int


@dataclass(frozen=True, slots=True)
class SiteReason:
    """The reasons for one proposed site.

    Parameters
    ----------
    site, id, name, rank
        Position, id, name, and place in the order of the plan, from 1.
    newly, alone
        People newly reached after the existing sites and those before it; and if it were the
        only new one.
    groups, units
        The same by group and by unit (those with anybody, most first).
    villages
        Villages newly reached after those before it, with people, most first.
    minutes
        The time it saves; None without times.
    backs_up
        People in its reach whom another open site of the plan reaches too.
    lost
        People not reached without it, the others staying.
    objective, value
        What the losses of its rivals count, and the plan's value in it.
    rival
        The candidate that loses least in its place under all rules; None where there is none.
    near_ties
        Rivals that lose at most `NEAR_PERCENT` of the value, the least loss first, the first
        `MOST_TOLD` of them.
    alternatives
        Those of them that lose nothing.
    n_near_ties, n_alternatives
        How many there are in all.

    Examples
    --------
    >>> import coverplan as cp
    >>> cp.assess(cp.small_county()).layers["elderly_care"].proposal.cards[0].rival.name
    '东桥小学旧址'
    """

    site: int
    id: str
    name: str
    rank: int
    newly: int
    alone: int
    groups: tuple[Gain, ...]
    units: tuple[Gain, ...]
    villages: tuple[Village, ...]
    minutes: Minutes | None
    backs_up: int
    lost: int
    objective: Objective
    value: int
    rival: Rival | None
    near_ties: tuple[Rival, ...]
    alternatives: tuple[Rival, ...]
    n_near_ties: int
    n_alternatives: int


def site_reasons(
    problem: SitingProblem,
    plan: SitingPlan,
    groups: Mapping[str, NDArray[np.int64]] | None = None,
    place_names: NDArray[np.object_] | None = None,
    *,
    site_names: NDArray[np.object_] | None = None,
    needs: Sequence[Needed] = (),
) -> tuple[SiteReason, ...]:
    """Return the reasons for each proposed site of a plan, in its order.

    Parameters
    ----------
    problem, plan
        The question and its answer.
    groups
        People of each group at each place, shape ``(n_demand,)``.
    place_names, site_names
        Names of places, shape ``(n_demand,)``, and sites, ``(n_sites,)``; default: their ids.
    needs
        What a plan must reach besides the rules, as in `single_exchanges`.

    Raises
    ------
    InternalError
        When counting the best rival's plan again gives another loss.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> cards = cp.siting.site_reasons(problem, cp.solve_mclp(problem))
    >>> [(card.name, card.newly) for card in cards]
    [('new:C2', 333), ('new:C4', 110)]
    """
    exchanges = single_exchanges(problem, plan, needs=needs)
    names = problem.sites.ids if site_names is None else site_names
    kept = problem.reach.covered(open_sites(problem, (), plan.closed))
    times = np.zeros(len(problem.people), dtype=np.int64)
    for site in open_sites(problem, plan.chosen, plan.closed):
        times[problem.reach.of(site)] += 1
    minutes = _minutes(problem, plan)
    reached = kept.copy()
    cards = []
    for row, site in enumerate(plan.chosen):
        mine = np.zeros(len(reached), dtype=bool)
        mine[problem.reach.of(site)] = True
        new, alone = mine & ~reached, mine & ~kept
        columns = _rival_places(problem, exchanges, row)
        rivals = _rivals(problem, exchanges, row, columns, names)
        loss = exchanges.loss[row, columns]
        near = _near(loss, exchanges.value)
        cards.append(
            SiteReason(
                site=site,
                id=str(problem.sites.ids[site]),
                name=str(names[site]),
                rank=row + 1,
                newly=int(problem.people[new].sum()),
                alone=int(problem.people[alone].sum()),
                groups=_by_group(groups or {}, new, alone),
                units=_by_unit(problem, new, alone),
                villages=_villages(problem, new, place_names),
                minutes=minutes[row] if minutes else None,
                backs_up=int(problem.people[mine & (times > 1)].sum()),
                lost=int(problem.people[mine & (times == 1)].sum()),
                objective=exchanges.objective,
                value=exchanges.value,
                rival=rivals[0] if rivals else None,
                near_ties=rivals[: int(near.sum())],
                alternatives=tuple(r for r in rivals if r.loss <= 0),
                n_near_ties=int(near.sum()),
                n_alternatives=int((near & (loss <= 0)).sum()),
            )
        )
        reached |= mine
    _check_best(problem, plan, exchanges, [(card.site, card.rival) for card in cards])
    return tuple(cards)


def _by_group(
    groups: Mapping[str, NDArray[np.int64]], new: NDArray[np.bool_], alone: NDArray[np.bool_]
) -> tuple[Gain, ...]:
    return tuple(
        Gain(key, key, int(people[new].sum()), int(people[alone].sum()))
        for key, people in groups.items()
    )


def _by_unit(
    problem: SitingProblem, new: NDArray[np.bool_], alone: NDArray[np.bool_]
) -> tuple[Gain, ...]:
    def sums(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        whole = np.zeros(len(problem.unit_codes), dtype=np.int64)
        np.add.at(whole, problem.of_unit[mask], problem.people[mask])
        return whole

    newly, only = sums(new), sums(alone)
    order = sorted(np.flatnonzero(only), key=lambda u: (-newly[u], -only[u], u))
    return tuple(
        Gain(problem.unit_codes[u], problem.unit_names[u], int(newly[u]), int(only[u]))
        for u in order
    )


def _villages(
    problem: SitingProblem, new: NDArray[np.bool_], names: NDArray[np.object_] | None
) -> tuple[Village, ...]:
    found: dict[tuple[str, int], list[int]] = {}
    for place in np.flatnonzero(new & (problem.people > 0)).tolist():
        name = "" if names is None else str(names[place])
        # Places without a name have nothing in common.
        key = (name, int(problem.of_unit[place])) if name else ("", -1 - place)
        found.setdefault(key, []).append(place)
    villages = [
        Village(
            name=name,
            people=int(problem.people[places].sum()),
            places=len(places),
            place=max(places, key=lambda i: (problem.people[i], -i)),
        )
        for (name, _), places in found.items()
    ]
    return tuple(sorted(villages, key=lambda v: (-v.people, v.place)))


def _minutes(problem: SitingProblem, plan: SitingPlan) -> tuple[Minutes, ...] | None:
    times = problem.times
    if times is None or len(times.ms) != len(times.who):
        return None
    people, cap = problem.people, int(times.cutoff_minutes * MS_PER_MINUTE)
    opened = open_sites(problem, plan.chosen, plan.closed)
    first, second, owner = two_nearest(problem, opened, plan.chosen)
    now = nearest_ms(problem, open_sites(problem, (), plan.closed))
    found = []
    for row, site in enumerate(plan.chosen):
        pairs = slice(times.ptr[site], times.ptr[site + 1])
        who, took = times.who[pairs], times.ms[pairs].astype(np.int64)
        had = now[who]
        nearer = (had < 0) | (took < had)
        saved = np.where(nearer, np.where(had < 0, cap, had) - took, 0)
        mine = owner == row
        found.append(
            Minutes(
                saved_person_ms=int((people[who] * saved).sum()),
                nearer=int(people[who[nearer]].sum()),
                first=int(people[who[had < 0]].sum()),
                lost_person_ms=int((people * (second - first))[mine].sum()),
            )
        )
        now[who[nearer]] = took[nearer]
    return tuple(found)


def _rival_places(problem: SitingProblem, exchanges: Exchanges, row: int) -> NDArray[np.int64]:
    """Return the columns of the rivals of a site, each place once, the least loss first."""
    columns = exchanges.best(row)
    place = problem.sites.place[exchanges.into[columns]]
    # A place is its own rival in no class, and another one is a rival once, in its best class.
    first = np.zeros(len(columns), dtype=bool)
    first[np.unique(place, return_index=True)[1]] = True
    own = problem.sites.place[exchanges.out[row]]
    kept: NDArray[np.int64] = columns[first & (place != own)]
    return kept


def _rivals(
    problem: SitingProblem,
    exchanges: Exchanges,
    row: int,
    columns: NDArray[np.int64],
    names: pd.Index | NDArray[np.object_],
) -> tuple[Rival, ...]:
    """Return the best rival and the near-ties, the least loss first."""
    # The best one is told, however far it is.
    near = _near(exchanges.loss[row, columns], exchanges.value)
    columns = columns[: min(max(int(near.sum()), 1), MOST_TOLD)]
    return tuple(
        Rival(
            site=int(exchanges.into[c]),
            id=str(problem.sites.ids[exchanges.into[c]]),
            name=str(names[exchanges.into[c]]),
            loss=int(exchanges.loss[row, c]),
            people=int(exchanges.people[row, c]),
        )
        for c in columns
    )


def _near(loss: NDArray[np.int64], value: int) -> NDArray[np.bool_]:
    return np.asarray(loss * 100 <= abs(value) * NEAR_PERCENT, dtype=bool)


def _check_best(
    problem: SitingProblem,
    plan: SitingPlan,
    exchanges: Exchanges,
    best: Sequence[tuple[int, Rival | None]],
) -> None:
    """Count the plan with the best rival of each site again, from its sites."""
    objective = exchanges.objective
    now = recount_objective(problem, objective, plan.chosen, plan.closed)
    if now != exchanges.value:
        raise InternalError(
            f"siting: a plan is worth {exchanges.value}, counting again gives {now}"
        )
    for site, rival in best:
        if rival is None:
            continue
        other = [rival.site if j == site else j for j in plan.chosen]
        value = recount_objective(problem, objective, other, plan.closed)
        loss = now - value if objective.sense == "max" else value - now
        broken = check_rules(problem, other, plan.closed)
        if loss != rival.loss or broken:
            raise InternalError(
                f"siting: exchange loses {rival.loss}, counting again gives {loss} {broken}"
            )
