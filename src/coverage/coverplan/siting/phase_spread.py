"""A plan over years as one covering problem: each site once for every year it may open in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack

from ..core.text import Text
from ..travel import Reach
from .phase_rules import Phase
from .problem import Rules, Sites, SitingProblem
from .rows import Row, SiteRows, site_rows, stack_rows


@dataclass(frozen=True, slots=True)
class Spread:
    """A covering problem whose sites are pairs of a site and the year it opens in.

    Parameters
    ----------
    problem, rows
        Places are pairs of a place and a year; the rows are all rules.
    site, year
        Site and year (as positions) of each pair; existing sites have year 0.
    kinds
        What each row limits: ``sites``, ``yuan``, or ``rule`` for all others.
    n_years
        Number of years.
    """

    problem: SitingProblem
    rows: SiteRows
    site: NDArray[np.int64]
    year: NDArray[np.int64]
    kinds: tuple[str, ...]
    n_years: int

    def opened(self, open_: NDArray[np.bool_]) -> list[list[int]]:
        """Return the new sites of each year.

        Parameters
        ----------
        open_
            Which pairs are open, shape ``(n_pairs,)``.
        """
        new = open_ & ~self.problem.sites.existing
        return [self.site[new & (self.year == t)].tolist() for t in range(self.n_years)]


def spread_out(problem: SitingProblem, years: Sequence[Phase], *, carry_over: bool) -> Spread:
    """Return a problem over years as one covering problem.

    Parameters
    ----------
    problem
        Whose existing sites stay.
    years, carry_over
        What each year allows, and whether what is left over may be used later.
    """
    n_years, sites = len(years), problem.sites
    old = np.flatnonzero(sites.existing & ~sites.barred)
    new = np.flatnonzero(~sites.existing & ~sites.barred)
    site = np.concatenate([old, np.tile(new, n_years)]).astype(np.int64)
    year = np.concatenate([np.zeros(len(old)), np.repeat(np.arange(n_years), len(new))])
    year = year.astype(np.int64)
    stands = np.arange(len(site)) < len(old)
    weight = np.concatenate([problem.weight * phase.weight for phase in years])
    whole = SitingProblem(
        Sites.make(pd.RangeIndex(len(site)), existing=stands, cost_yuan=sites.cost_yuan[site]),
        _reach(problem, old, new, n_years),
        np.tile(problem.people, n_years) if weight.any() else weight,
        weights=weight if weight.any() else None,
        rules=Rules(),
        name=problem.name,
    )
    rows, kinds = _rows(problem, years, (site, year, stands), carry_over=carry_over)
    return Spread(whole, rows, site, year, kinds, n_years)


def _reach(
    problem: SitingProblem, old: NDArray[np.int64], new: NDArray[np.int64], n_years: int
) -> Reach:
    """Return who is reached in which year: from the year a site opens in on."""
    reach = problem.reach.matrix()
    never = csr_matrix((len(new), reach.shape[1]), dtype=reach.dtype)
    blocks = [hstack([reach[old]] * n_years)]
    blocks += [hstack([never] * s + [reach[new]] * (n_years - s)) for s in range(n_years)]
    whole = vstack(blocks).tocsr()
    whole.sort_indices()
    return Reach(
        pd.RangeIndex(whole.shape[1]),
        pd.RangeIndex(whole.shape[0]),
        whole.indptr.astype(np.int64),
        whole.indices.astype(np.int32),
        problem.reach.minutes,
    )


def _rows(
    problem: SitingProblem,
    years: Sequence[Phase],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]],
    *,
    carry_over: bool,
) -> tuple[SiteRows, tuple[str, ...]]:
    """Return the rules of the last year over pairs, those of each year, and each site once."""
    site, _, stands = pairs
    n = len(site)
    rules = site_rows(problem)
    fold = csr_matrix((np.ones(n), (site, np.arange(n))), shape=(len(problem.sites), n))
    own, kinds = _year_rows(problem, years, pairs, carry_over=carry_over)
    once = _once_rows(problem, site, stands)
    made = stack_rows([*own, *once], Sites.make(pd.RangeIndex(n), existing=stands))
    rows = SiteRows(
        matrix=vstack([rules.matrix @ fold, made.matrix]).tocsr(),
        row_lower=np.concatenate([rules.row_lower, made.row_lower]),
        row_upper=np.concatenate([rules.row_upper, made.row_upper]),
        names=(*rules.names, *made.names),
        lower=made.lower,
        upper=made.upper,
    )
    return rows, (*("rule" for _ in rules.names), *kinds, *("rule" for _ in once))


def _year_rows(
    problem: SitingProblem,
    years: Sequence[Phase],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]],
    *,
    carry_over: bool,
) -> tuple[list[Row], list[str]]:
    site, year, stands = pairs
    rows: list[Row] = []
    kinds: list[str] = []
    spent: dict[str, int | None] = {"sites": 0, "yuan": 0}
    for t, phase in enumerate(years):
        these = np.flatnonzero(~stands & ((year <= t) if carry_over else (year == t)))
        when = Text(f"至 {phase.year} 年", f"until {phase.year}")
        if not carry_over:
            when = Text(f"{phase.year} 年", f"in {phase.year}")
        for kind, cap in (("sites", phase.sites), ("yuan", phase.budget_yuan)):
            most = _carried(spent, kind, cap) if carry_over else cap
            if most is None:
                continue
            values = np.ones(len(these))
            if kind == "yuan":
                values = problem.sites.cost_yuan[site[these]].astype(float)
            rows.append((these, values, -np.inf, float(most), _name(when, kind, most)))
            kinds.append(kind)
    return rows, kinds


def _carried(spent: dict[str, int | None], kind: str, cap: int | None) -> int | None:
    """Return what is allowed up to a year: nothing limits it from a year without limit on."""
    so_far = spent[kind]
    spent[kind] = None if cap is None or so_far is None else so_far + cap
    return spent[kind]


def _name(when: Text, kind: str, most: int) -> Text:
    if kind == "sites":
        sites = "new site" if most == 1 else "new sites"
        return Text(f"{when.zh}至多新增 {most} 处", f"at most {most} {sites} {when.en}")
    return Text(f"{when.zh}造价不超过 {most:,} 元", f"at most {most:,} yuan {when.en}")


def _once_rows(
    problem: SitingProblem, site: NDArray[np.int64], stands: NDArray[np.bool_]
) -> list[Row]:
    """Each site opens once; required ones do."""
    order = np.argsort(site, kind="stable")
    order = order[~stands[order]]
    cuts = np.flatnonzero(np.diff(site[order])) + 1
    once = Text("每处只开一次", "each site opens once")
    must = Text("必选的要开", "required sites open")
    rows: list[Row] = []
    for pairs in np.split(order.astype(np.int64), cuts):
        if len(pairs):
            needed = bool(problem.sites.must[site[pairs[0]]])
            least, name = (1.0, must) if needed else (-np.inf, once)
            rows.append((pairs, np.ones(len(pairs)), least, 1.0, name))
    return rows
