"""What a consolidation means for people: who moves where, and how many minutes more."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InternalError
from ..travel.graph import MS_PER_MINUTE
from ..travel.reach import within
from .assigned import cutoff_ms, pair_ms
from .assignment import assign
from .plan import ASSIGNED, SitingPlan
from .planfacts import Assignment
from .problem import SitingProblem

NOWHERE = -1
"""In place of a site: no place within the cutoff."""


@dataclass(frozen=True, slots=True)
class Move:
    """People of one place who are served elsewhere afterwards.

    Parameters
    ----------
    place, before, after
        Positions of the place and of the two sites; `NOWHERE` for none.
    people
        How many.
    minutes_before, minutes_after
        None beyond the cutoff, and without a site.
    """

    place: int
    before: int
    after: int
    people: int
    minutes_before: float | None
    minutes_after: float | None


@dataclass(frozen=True, slots=True)
class ClosedSite:
    """What closing one site does.

    Parameters
    ----------
    site
        Its position.
    beds
        People it can serve; `UNLIMITED` without a limit.
    people
        People who are served there today: all of them move.
    to
        Position of each site they move to, and how many, most first; `NOWHERE` for those without
        one.
    mean_minutes_more, most_minutes_more
        Of those who move; beyond the cutoff counts as at it. None where nobody is served today.
    lose_reach
        Who were within the limit and no longer are.
    """

    site: int
    beds: int
    people: int
    to: tuple[tuple[int, int], ...]
    mean_minutes_more: float | None
    most_minutes_more: float | None
    lose_reach: int


@dataclass(frozen=True, slots=True)
class ConsolidationReport:
    """What a consolidation means for people.

    Parameters
    ----------
    closed
        The closed sites, by position.
    moves
        All who are served elsewhere afterwards: also some from sites that stay, where those are
        full and make room.
    mean_minutes_before, mean_minutes_after
        Of everybody at a place, beyond the cutoff as at it; None where nobody lives.
    farthest_minutes_before, farthest_minutes_after
        Of those within the cutoff.
    over_limit_before, over_limit_after
        People served beyond the limit, or not at all.
    lose_reach
        People who were within the limit of where they are served, and no longer are.
    loads_before, loads_after
        People served at each site, shape ``(n_sites,)``.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem("social_work", closable=True)
    >>> plan = siting.solve_consolidation(problem, close=1, capacity=False)
    >>> asked = siting.closing_problem(problem, 1, capacity=False)
    >>> report = siting.consolidation_report(asked, plan)
    >>> report.moved, report.lose_reach
    (950, 310)
    >>> round(report.mean_minutes_before, 1), round(report.mean_minutes_after, 1)
    (12.6, 13.6)
    """

    closed: tuple[ClosedSite, ...]
    moves: tuple[Move, ...]
    mean_minutes_before: float | None
    mean_minutes_after: float | None
    farthest_minutes_before: float | None
    farthest_minutes_after: float | None
    over_limit_before: int
    over_limit_after: int
    lose_reach: int
    loads_before: NDArray[np.int64]
    loads_after: NDArray[np.int64]

    @property
    def moved(self) -> int:
        """People who are served elsewhere afterwards."""
        return sum(move.people for move in self.moves)

    def frame(self, problem: SitingProblem) -> pd.DataFrame:
        """Return one row per move, with ids.

        Parameters
        ----------
        problem
            The question the plan answers.

        Returns
        -------
        pd.DataFrame
            ``demand_id``, ``unit``, ``from_site``, ``to_site``, ``people``, ``minutes_before``,
            ``minutes_after``; None for no site and for minutes beyond the cutoff.
        """
        ids = [*problem.sites.ids, None]
        return pd.DataFrame(
            {
                "demand_id": [problem.reach.demand[m.place] for m in self.moves],
                "unit": [problem.unit_codes[problem.of_unit[m.place]] for m in self.moves],
                "from_site": pd.Series([ids[m.before] for m in self.moves], dtype=object),
                "to_site": pd.Series([ids[m.after] for m in self.moves], dtype=object),
                "people": [m.people for m in self.moves],
                "minutes_before": pd.Series([m.minutes_before for m in self.moves], dtype=float),
                "minutes_after": pd.Series([m.minutes_after for m in self.moves], dtype=float),
            }
        )


def served_today(problem: SitingProblem, *, everybody: bool = True) -> Assignment:
    """Return who is served where today, with fewest minutes within capacity.

    Parameters
    ----------
    problem
        The question. Where the places are too few some people are not served.
    everybody
        Whether those beyond the cutoff of every site are served too, where places allow.
    """
    standing = np.flatnonzero(problem.sites.existing & (problem.sites.capacity > 0)).tolist()
    found = assign(problem, standing, objective=ASSIGNED, everybody=True) if everybody else None
    if found is None:
        found = assign(problem, standing, objective=ASSIGNED)
    if found is None:
        raise InternalError("siting: nobody was assigned")
    return found


def consolidation_report(problem: SitingProblem, plan: SitingPlan) -> ConsolidationReport:
    """Return what a plan means for people, against who is served where today.

    Parameters
    ----------
    problem
        The question as it was solved: where capacities do not count, with sites without them
        (`closing_problem`).
    plan
        A plan with an assignment.

    Raises
    ------
    InternalError
        When the plan has no assignment.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem("social_work", closable=True)
    >>> plan = siting.solve_consolidation(problem, close=1, capacity=False)
    >>> asked = siting.closing_problem(problem, 1, capacity=False)
    >>> report = siting.consolidation_report(asked, plan)
    >>> report.frame(asked)[["demand_id", "from_site", "to_site", "people"]]
      demand_id from_site to_site  people
    0        V2        S2      S1     640
    1        V3        S2      S1     310
    """
    if plan.assignment is None:
        raise InternalError("siting: a plan without an assignment has no report")
    after = plan.assignment
    # Whom the plan leaves out at the cutoff moves nowhere: today is counted the same way.
    before = served_today(problem, everybody=int(after.people.sum()) == int(problem.people.sum()))
    rows = _paired(problem, before, after)
    ms = _Ms(problem, rows)
    moved = np.flatnonzero(rows[:, 1] != rows[:, 2])
    return ConsolidationReport(
        closed=tuple(_closed(problem, site, rows, ms) for site in sorted(plan.closed)),
        moves=tuple(_move(rows[at], ms, at) for at in moved.tolist()),
        mean_minutes_before=ms.mean(ms.before),
        mean_minutes_after=ms.mean(ms.after),
        farthest_minutes_before=ms.farthest(ms.before),
        farthest_minutes_after=ms.farthest(ms.after),
        over_limit_before=int(ms.people[~ms.near(ms.before)].sum()),
        over_limit_after=int(ms.people[~ms.near(ms.after)].sum()),
        lose_reach=int(ms.people[ms.lost].sum()),
        loads_before=before.loads(len(problem.sites)),
        loads_after=after.loads(len(problem.sites)),
    )


class _Ms:
    """Milliseconds before and after of paired rows, -1 beyond the cutoff."""

    def __init__(self, problem: SitingProblem, rows: NDArray[np.int64]) -> None:
        self.problem, self.people = problem, rows[:, 3]
        self.before = self._of(rows[:, 1], rows[:, 0])
        self.after = self._of(rows[:, 2], rows[:, 0])
        self.lost = self.near(self.before) & ~self.near(self.after)

    def _of(self, site: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
        ms = pair_ms(self.problem, np.maximum(site, 0), place)
        return np.where(site < 0, -1, ms)

    def near(self, ms: NDArray[np.int64]) -> NDArray[np.bool_]:
        return within(ms, self.problem.reach.minutes)

    def counted(self, ms: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.where(ms < 0, cutoff_ms(self.problem), ms)

    def mean(self, ms: NDArray[np.int64]) -> float | None:
        total = int(self.people.sum())
        if not total:
            return None
        return float((self.counted(ms) * self.people).sum() / total / MS_PER_MINUTE)

    def farthest(self, ms: NDArray[np.int64]) -> float | None:
        return float(ms.max() / MS_PER_MINUTE) if (ms >= 0).any() else None


def _paired(problem: SitingProblem, before: Assignment, after: Assignment) -> NDArray[np.int64]:
    """Return place, site before, site after and people: as few of a place move as can be.

    The others of a place are paired in the order of its sites, those without one last.
    """
    was, will = _by_place(problem, before), _by_place(problem, after)
    rows: list[tuple[int, int, int, int]] = []
    for place in np.flatnonzero(problem.people > 0).tolist():
        old, new = was[place], will[place]
        for site in [s for s in old if s in new]:
            stay = min(old[site], new[site])
            rows.append((place, site, site, stay))
            old[site] -= stay
            new[site] -= stay
        rows += _matched(place, old, new)
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _matched(
    place: int, old: dict[int, int], new: dict[int, int]
) -> list[tuple[int, int, int, int]]:
    """Pair the people of one place who do not stay where they are."""
    rows = []
    froms = [[site, n] for site, n in old.items() if n]
    tos = [[site, n] for site, n in new.items() if n]
    while froms and tos:
        number = min(froms[0][1], tos[0][1])
        rows.append((place, froms[0][0], tos[0][0], number))
        for side in (froms, tos):
            side[0][1] -= number
            if not side[0][1]:
                side.pop(0)
    return rows


def _by_place(problem: SitingProblem, assignment: Assignment) -> list[dict[int, int]]:
    """Return people by site for each place, those without one under `NOWHERE`, last."""
    found: list[dict[int, int]] = [{} for _ in problem.people]
    order = np.lexsort((assignment.site, assignment.demand))
    columns = (assignment.demand[order], assignment.site[order], assignment.people[order])
    for place, site, people in zip(*(c.tolist() for c in columns), strict=True):
        found[place][site] = people
    for place, people in enumerate(problem.people.tolist()):
        left = people - sum(found[place].values())
        if left:
            found[place][NOWHERE] = left
    return found


def _move(row: NDArray[np.int64], ms: _Ms, at: int) -> Move:
    place, before, after, people = (int(x) for x in row)
    times = [None if t[at] < 0 else float(t[at] / MS_PER_MINUTE) for t in (ms.before, ms.after)]
    return Move(place, before, after, people, times[0], times[1])


def _closed(problem: SitingProblem, site: int, rows: NDArray[np.int64], ms: _Ms) -> ClosedSite:
    here = rows[:, 1] == site
    people = rows[here, 3]
    more = (ms.counted(ms.after) - ms.counted(ms.before))[here]
    to: dict[int, int] = {}
    for target, number in rows[here, 2:4].tolist():
        to[target] = to.get(target, 0) + number
    total = int(people.sum())
    return ClosedSite(
        site=int(site),
        beds=int(problem.sites.capacity[site]),
        people=total,
        to=tuple(sorted(to.items(), key=lambda pair: (-pair[1], pair[0]))),
        mean_minutes_more=float((more * people).sum() / total / MS_PER_MINUTE) if total else None,
        most_minutes_more=float(more.max() / MS_PER_MINUTE) if total else None,
        lose_reach=int(people[ms.lost[here]].sum()),
    )
