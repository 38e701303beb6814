"""Covering with so many people at least in each unit: shared by the models of equity."""

import time
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, eye

from .highs import solve_mip, whole_bound
from .linear import Linear
from .maxcover import CoverAnswer, max_cover
from .merged import Merged, merged
from .plan import Bounds, Limits, OnBounds
from .problem import SitingProblem
from .rows import SiteRows
from .stages import less_before, part_of


def people_reached(problem: SitingProblem, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the people open sites reach in each unit, shape ``(n_units,)``.

    Parameters
    ----------
    problem, open_
        The question, and which sites are open, shape ``(n_sites,)``.
    """
    mask = problem.reach.covered(np.flatnonzero(open_).tolist())
    people = np.where(mask, problem.people, 0)
    return np.bincount(problem.of_unit, people, minlength=len(problem.unit_codes)).astype(np.int64)


def least_of(problem: SitingProblem, share: Fraction) -> NDArray[np.int64]:
    """Return the fewest people of each unit that are this share of it, shape ``(n_units,)``.

    Parameters
    ----------
    problem, share
        The question, and a share from 0 to 1; of the census, people without a place among them.
    """
    up, down = share.numerator, share.denominator
    return np.array([-(-int(total) * up // down) for total in problem.totals], dtype=np.int64)


def worst_share(problem: SitingProblem, reached: NDArray[np.int64]) -> Fraction:
    """Return the share of the unit worst off; 0 where nobody lives in any.

    Parameters
    ----------
    problem, reached
        The question, and the people reached in each unit.
    """
    pairs = zip(reached.tolist(), problem.totals.tolist(), strict=True)
    return min((Fraction(some, total) for some, total in pairs if total > 0), default=Fraction(0))


def usable_sites(rows: SiteRows) -> NDArray[np.bool_]:
    """Return every site that is open in some plan, if all other rules are left out."""
    return np.asarray(rows.upper > 0, dtype=bool)


@dataclass(frozen=True, slots=True)
class FloorModel:
    """Sites, places by unit and their links, before any objective or floor.

    Parameters
    ----------
    linear
        The model so far.
    x, z
        Columns of the sites and of the merged places.
    places
        The merged places, their group being their unit.
    """

    linear: Linear
    x: slice
    z: slice
    places: Merged

    def start(self, open_: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the columns of sites and places for a plan.

        Parameters
        ----------
        open_
            Which sites are open, shape ``(n_sites,)``.
        """
        z = np.minimum(self.places.times(open_), 1)
        return np.concatenate([open_, z]).astype(float)

    def by_unit(self, n_units: int) -> csr_matrix:
        """Return which merged place lies in which unit, shape ``(n_units, n_rows)``."""
        n = len(self.places)
        shape = (n_units, n)
        return csr_matrix((np.ones(n), (self.places.group, np.arange(n))), shape=shape)


def floor_model(problem: SitingProblem, rows: SiteRows) -> FloorModel:
    """Return a model in which a place counts as reached only when an open site reaches it.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    """
    places = merged(problem, rows, problem.of_unit)
    linear, x = Linear.of_sites(rows)
    sure = places.sure > 0
    z = linear.columns(len(places), sure.astype(float), places.reachable.astype(float), whole=False)
    ask = np.flatnonzero(~sure & places.reachable)
    linear.rows([(z, eye(len(places)).tocsr()[ask]), (x, -places.cover[ask])], -np.inf, 0.0)
    return FloorModel(linear, x, z, places)


def _add_floors(model: FloorModel, floors: NDArray[np.int64]) -> None:
    """Demand so many people in each unit; nobody counts more than what is still needed."""
    places, n = model.places, len(model.places)
    sure = places.sure > 0
    have = np.bincount(places.group[sure], places.people[sure], minlength=len(floors))
    need = floors - have.astype(np.int64)
    for unit in np.flatnonzero(need > 0).tolist():
        here = (places.group == unit) & ~sure
        cost = np.zeros(n)
        cost[here] = np.minimum(places.people[here], need[unit])
        model.linear.row([(model.z, cost)], float(need[unit]), np.inf)


def cover_with_floors(
    problem: SitingProblem,
    rows: SiteRows,
    floors: NDArray[np.int64],
    limits: Limits,
    begin: float,
    *,
    start: NDArray[np.bool_] | None = None,
    anything: bool = False,
) -> CoverAnswer:
    """Return the plan that reaches most weight among those that keep a floor in each unit.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    floors
        People to be reached in each unit at least, shape ``(n_units,)``.
    limits, begin
        When to stop, and when the whole search began (`time.perf_counter`).
    start
        A plan that keeps the floors, if one is known.
    anything
        Whether any plan that keeps them will do.
    """
    bound = None
    if not anything:
        # Whoever reaches most without floors bounds those who keep them, and often keeps them.
        part = replace(part_of(limits, begin, _PLAIN), on_bounds=_bound_only(limits))
        plain = max_cover(problem, rows, part, time.perf_counter())
        if plain.ending == "impossible" or _keeps(problem, plain.open, floors):
            return plain
        bound = plain.bound
    answer = _search(problem, rows, floors, limits, begin, start=start, anything=anything)
    if bound is None or answer.open is None:
        return answer
    return replace(answer, bound=bound if answer.bound is None else min(answer.bound, bound))


_PLAIN = 0.4
"""Share of the time the search without floors may take."""


def _bound_only(limits: Limits) -> OnBounds | None:
    """Return a listener that is told the bound alone: the plan may not keep the floors."""
    tell = limits.on_bounds
    return None if tell is None else lambda b: tell(Bounds(None, b.bound, b.seconds))


def _keeps(
    problem: SitingProblem, open_: NDArray[np.bool_] | None, floors: NDArray[np.int64]
) -> bool:
    return open_ is not None and bool((people_reached(problem, open_) >= floors).all())


def _search(
    problem: SitingProblem,
    rows: SiteRows,
    floors: NDArray[np.int64],
    limits: Limits,
    begin: float,
    *,
    start: NDArray[np.bool_] | None,
    anything: bool,
) -> CoverAnswer:
    """Solve the model; a plan that keeps a floor only within the solver's tolerance is cut off."""
    model = floor_model(problem, rows)
    _add_floors(model, floors)
    # What is reached in any case stays out of the objective: a gap is one of what is decided.
    fixed = model.places.sure > 0
    weight = np.where(fixed | anything, 0, model.places.weight).astype(float)
    sure = int(model.places.weight[fixed].sum())
    own = less_before(limits, -sure)
    first = None if start is None else model.start(start)
    while True:
        mip = model.linear.mip("max", [(model.z, weight)])
        answer = solve_mip(mip, own, start=first, begin=begin)
        bound = None if anything else whole_bound(answer.bound, "max")
        bound = None if bound is None else bound + sure
        if answer.values is None:
            return CoverAnswer(None, None, bound, answer.ending)
        open_ = np.round(answer.values[model.x]) == 1
        if _keeps(problem, open_, floors):
            value = int(problem.weight[problem.reach.covered(np.flatnonzero(open_).tolist())].sum())
            return CoverAnswer(open_, value, bound, answer.ending)
        # Reaching too few, it needs one more of the others, and so does every part of it.
        more = (~open_).astype(float)
        model.linear.row([(model.x, more)], 1.0, np.inf)
