"""The rules of a problem as linear rows over its sites, each with the words that name it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import KDTree

from ..core.text import Text
from .problem import Sites, SitingProblem

Row = tuple[NDArray[np.int64], NDArray[np.float64], float, float, Text]
"""Sites, their coefficients, lower and upper bound of the sum, and what the row demands."""


@dataclass(frozen=True, slots=True)
class SiteRows:
    """What every plan keeps to: ``row_lower <= matrix @ x <= row_upper``, ``lower <= x <= upper``.

    Parameters
    ----------
    matrix
        Shape ``(n_rows, n_sites)``.
    row_lower, row_upper
        Shape ``(n_rows,)``.
    names
        What each row demands, in words.
    lower, upper
        1 and 1 for sites open in every plan, 0 and 0 for barred ones, else 0 and 1.
    kinds
        Which rule each row belongs to: number, close_most, close_least, budget, unit_least,
        unit_most, place or spacing; empty where nobody said.
    """

    matrix: csr_matrix
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    names: tuple[Text, ...]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    kinds: tuple[str, ...] = ()

    def kept(self, open_: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which rows a set of open sites keeps, shape ``(n_rows,)``."""
        sums = self.matrix @ open_.astype(float)
        return np.asarray(
            (sums >= self.row_lower - _TINY) & (sums <= self.row_upper + _TINY), dtype=bool
        )


_TINY = 1e-6


def site_rows(problem: SitingProblem) -> SiteRows:
    """Return the rules of a problem as rows."""
    numbers, units = _number_rows(problem), _unit_rows(problem)
    closing, budget = _close_rows(problem), _budget_rows(problem)
    places, spacing = _place_rows(problem.sites), _spacing_rows(problem)
    kinds = (
        *("number" for _ in numbers),
        *("close_least" if np.isneginf(row[2]) else "close_most" for row in closing),
        *("budget" for _ in budget),
        *("unit_most" if np.isneginf(row[2]) else "unit_least" for row in units),
        *("place" for _ in places),
        *("spacing" for _ in spacing),
    )
    rows = [*numbers, *closing, *budget, *units, *places, *spacing]
    return replace(stack_rows(rows, problem.sites), kinds=kinds)


def stack_rows(rows: list[Row], sites: Sites) -> SiteRows:
    """Return rows as one matrix over the sites.

    Parameters
    ----------
    rows, sites
        The rows in their order, and the sites they speak of.
    """
    ptr = np.cumsum([0, *(len(row[0]) for row in rows)])
    columns = np.concatenate([row[0] for row in rows]) if rows else np.zeros(0, dtype=np.int64)
    values = np.concatenate([row[1] for row in rows]) if rows else np.zeros(0)
    return SiteRows(
        matrix=csr_matrix((values, columns, ptr), shape=(len(rows), len(sites))),
        row_lower=np.array([row[2] for row in rows], dtype=float),
        row_upper=np.array([row[3] for row in rows], dtype=float),
        names=tuple(row[4] for row in rows),
        lower=sites.must.astype(float),
        upper=(~sites.barred).astype(float),
    )


def _ones(sites: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.ones(len(sites))


def _number_rows(problem: SitingProblem) -> list[Row]:
    sites, rules = problem.sites, problem.rules
    rows: list[Row] = []
    new, closable = sites.candidates, _closable(sites)
    stands = len(closable)
    if rules.sites is not None and not rules.moves:
        least = float(rules.sites) if rules.exactly else -np.inf
        word = Text("恰好", "exactly ") if rules.exactly else Text("至多", "at most ")
        sites_en = "new site" if rules.sites == 1 else "new sites"
        name = Text(f"{word.zh}新增 {rules.sites} 处", f"{word.en}{rules.sites} {sites_en}")
        rows.append((new, _ones(new), least, float(rules.sites), name))
    if rules.sites is not None and rules.moves:
        # Each closed site frees one more new one, up to the number of moves:
        # new <= sites + closed and new <= sites + moves, closed = stands - open.
        both = np.concatenate([new, closable])
        most = f"{rules.sites} + {rules.moves}"
        name = Text(
            f"至多新增 {most} 处（后者为迁建）", f"at most {most} new sites, the latter moved"
        )
        rows.append((both, _ones(both), -np.inf, float(rules.sites + stands), name))
        rows.append((new, _ones(new), -np.inf, float(rules.sites + rules.moves), name))
    return rows


def _closable(sites: Sites) -> NDArray[np.int64]:
    """Sites that may close; barred ones among them, which do: they count as closed."""
    return np.flatnonzero(sites.existing & ~sites.must)


def _close_rows(problem: SitingProblem) -> list[Row]:
    rules, closable = problem.rules, _closable(problem.sites)
    stands = len(closable)
    rows: list[Row] = []
    if rules.close_most is not None:
        least = float(stands - rules.close_most)
        name = Text(f"至多关闭 {rules.close_most} 处", f"close at most {rules.close_most} sites")
        rows.append((closable, _ones(closable), least, np.inf, name))
    if rules.close_least:
        most_open = float(stands - rules.close_least)
        name = Text(f"至少关闭 {rules.close_least} 处", f"close at least {rules.close_least} sites")
        rows.append((closable, _ones(closable), -np.inf, most_open, name))
    return rows


def _budget_rows(problem: SitingProblem) -> list[Row]:
    budget = problem.rules.budget_yuan
    if budget is None:
        return []
    new = problem.sites.candidates
    cost = problem.sites.cost_yuan[new].astype(float)
    name = Text(f"总造价不超过 {budget:,} 元", f"all new sites cost at most {budget:,} yuan")
    return [(new, cost, -np.inf, float(budget), name)]


def _unit_rows(problem: SitingProblem) -> list[Row]:
    sites, rules = problem.sites, problem.rules
    asked = rules.units_asked
    rows: list[Row] = []
    for unit, called in enumerate(problem.unit_names):
        inside = sites.unit == unit
        if rules.unit_least and (asked is None or unit in asked):
            here = np.flatnonzero(inside & ~sites.barred)
            name = Text(
                f"{called}至少有 {rules.unit_least} 处", f"{called} has at least {rules.unit_least}"
            )
            rows.append((here, _ones(here), float(rules.unit_least), np.inf, name))
        if rules.unit_most is not None:
            here = np.flatnonzero(inside & ~sites.existing)
            name = Text(
                f"{called}新增至多 {rules.unit_most} 处",
                f"{called} gets at most {rules.unit_most} new ones",
            )
            rows.append((here, _ones(here), -np.inf, float(rules.unit_most), name))
    return rows


def _place_rows(sites: Sites) -> list[Row]:
    """At most one class at each place, an existing site among them."""
    order = np.argsort(sites.place, kind="stable")
    cuts = np.flatnonzero(np.diff(sites.place[order])) + 1
    name = Text("同一地点只建一处", "one site at one place")
    return [
        (group, _ones(group), -np.inf, 1.0, name)
        for group in np.split(order.astype(np.int64), cuts)
        if len(group) > 1
    ]


def too_near(sites: Sites, metres: float) -> NDArray[np.int64]:
    """Return pairs of sites nearer than ``metres``, one of them new, not at one place; ``(n, 2)``.

    Existing sites may stand as near to each other as they do.
    """
    tree = KDTree(sites.xy)
    pairs = tree.query_pairs(metres, output_type="ndarray")
    gap = np.hypot(*(sites.xy[pairs[:, 0]] - sites.xy[pairs[:, 1]]).T)
    a, b = pairs[:, 0], pairs[:, 1]
    # Exactly at the distance is enough; a hair of rounding is not nearer.
    near = gap < metres - 1e-6
    new = ~(sites.existing[a] & sites.existing[b])
    found: NDArray[np.int64] = pairs[near & new & (sites.place[a] != sites.place[b])]
    return found


def _spacing_rows(problem: SitingProblem) -> list[Row]:
    metres = problem.rules.spacing_metres
    if metres is None or metres <= 0:
        return []
    name = Text(f"站点间距不小于 {metres:g} 米", f"sites are at least {metres:g} m apart")
    return [
        (pair.astype(np.int64), np.ones(2), -np.inf, 1.0, name)
        for pair in too_near(problem.sites, metres)
    ]
