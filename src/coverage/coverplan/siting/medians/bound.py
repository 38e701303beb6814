"""The Lagrangian bound of the p-median, exact in whole numbers, and what it rules out.

Serving each place once is relaxed at a price, so that every site is worth what it saves at these
prices; the rules stay. Prices are found in floating point and rounded; the bound is then counted
in whole numbers, so that it is one whatever the prices are.

Cornuejols, G., Fisher, M. and Nemhauser, G. (1977): Location of bank accounts to optimize float.
Management Science 23, 789-810. Beasley, J. (1985): A note on solving large p-median problems.
European Journal of Operational Research 21, 270-273.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..highs import Mip, solve_mip
from ..plan import Limits
from ..problem import SitingProblem
from ..rows import SiteRows
from .dual import Climb, Numbers, ascend, reduced_whole
from .lists import NearLists

_BITS = 60
_MOST_SCALE_BITS = 20

_PATIENCE, _MEMORY = 25.0, 0.95
"""Steps without a better bound until they are halved, and how far they keep their direction."""


def numbers_of(problem: SitingProblem, rows: SiteRows) -> Numbers:
    """Return how many sites may be open besides those open in every plan.

    Parameters
    ----------
    problem
        Sites and rules.
    rows
        Which sites are open in every plan, and which in none.
    """
    sites, rules = problem.sites, problem.rules
    fixed, free = rows.lower > 0, rows.lower < rows.upper
    new, old = free & ~sites.existing, free & sites.existing
    closable = sites.existing & ~sites.must & ~sites.barred
    fixed_new, fixed_old = int((fixed & ~sites.existing).sum()), int((fixed & closable).sum())
    most_new, both = int(new.sum()), len(sites)
    if rules.sites is not None:
        most_new = min(most_new, rules.sites + rules.moves - fixed_new)
        if rules.moves:
            both = rules.sites + int(closable.sum()) - fixed_new - fixed_old
    if rules.budget_yuan is not None:
        left = rules.budget_yuan - int(sites.cost_yuan[fixed & ~sites.existing].sum())
        cheapest = np.cumsum(np.sort(sites.cost_yuan[new]))
        most_new = min(most_new, int((cheapest <= left).sum()))
    most_old = min(int(old.sum()), int(closable.sum()) - rules.close_least - fixed_old)
    kind = np.where(new, 0, np.where(old, 1, -1)).astype(np.int64)
    return Numbers(kind, max(most_new, 0), max(most_old, 0), max(both, 0))


def number_rows(problem: SitingProblem, rows: SiteRows) -> NDArray[np.bool_]:
    """Return which rules are mere numbers of sites, as `numbers_of` has them; ``(n_rows,)``.

    Parameters
    ----------
    problem, rows
        Sites and rules.
    """
    sites = problem.sites
    closable = sites.existing & ~sites.must & ~sites.barred
    ones = rows.matrix.copy()
    ones.data = (ones.data == 1.0).astype(float)
    size = np.diff(rows.matrix.indptr)
    plain = np.zeros(len(size), dtype=bool)
    for group in (~sites.existing, closable, ~sites.existing | closable):
        inside = np.asarray(ones @ group.astype(float))
        plain |= (inside == int(group.sum())) & (size == inside)
    return plain


@dataclass(frozen=True, slots=True)
class Ruled:
    """A bound at some prices, in whole numbers.

    Parameters
    ----------
    value
        No plan is better than this.
    exact
        The same times ``scale``, before rounding up.
    scale
        Prices and reduced costs are multiplied by this.
    price
        Of each place, shape ``(n,)``.
    costs
        Reduced costs of all sites, each row a set that is valid with the bound, shape
        ``(k, n_sites)``: opening a site of positive cost, or not opening one of negative cost,
        makes the bound larger by as much.
    row_price
        Prices of the rules found along the way, shape ``(n_rows,)``.
    """

    value: int
    exact: int
    scale: int
    price: NDArray[np.int64]
    costs: NDArray[np.int64]
    row_price: NDArray[np.float64]

    def radius(self, near: NearLists, value: int) -> NDArray[np.int64]:
        """Return milliseconds no place takes longer than in a plan of this value or better."""
        room = value * self.scale - self.exact
        return np.asarray((self.price + room) // (near.weight * self.scale), dtype=np.int64)

    def ruled_out(self, value: int) -> NDArray[np.bool_]:
        """Return the sites that are closed in every plan of this value or better."""
        return np.asarray((self.costs > value * self.scale - self.exact).any(axis=0))

    def ruled_in(self, value: int) -> NDArray[np.bool_]:
        """Return the sites that are open in every plan of this value or better."""
        return np.asarray((-self.costs > value * self.scale - self.exact).any(axis=0))


@dataclass(slots=True)
class Prices:
    """Prices of places and rules while they are being improved.

    Parameters
    ----------
    climb
        State of the ascent.
    constant
        What the prices of the rules add to the bound.
    """

    climb: Climb
    constant: float = 0.0

    @classmethod
    def begin(cls, near: NearLists, start: NDArray[np.float64]) -> "Prices":
        """Return prices to begin with, ``start`` in weight times milliseconds by place."""
        climb = Climb(
            v=np.minimum(start, (near.weight * near.beyond).astype(float)),
            offset=np.zeros(near.n_sites),
            step=np.array([1.5, 0.0, _PATIENCE, _MEMORY]),
            turn=np.zeros(len(near)),
            best=np.full(1, -np.inf),
            last=np.zeros(near.n_sites, dtype=np.bool_),
            mean=np.zeros(near.n_sites),
        )
        return cls(climb)

    def ascend(self, near: NearLists, numbers: Numbers, target: int, steps: int) -> int:
        """Improve the prices of the places; return the steps made."""
        weight = near.weight.astype(float)
        return int(
            ascend(
                near.ptr,
                near.site,
                near.ms,
                weight,
                weight * near.beyond,
                numbers,
                self.climb,
                target - self.constant,
                steps,
            )
        )

    def again(self, step: float) -> None:
        """Begin a new ascent from these prices, with this factor of the step."""
        self.climb.best[0] = -np.inf
        self.climb.turn[:] = 0.0
        self.climb.step[:2] = step, 0.0

    def reprice(self, rows: SiteRows, row_price: NDArray[np.float64]) -> None:
        """Take over prices of the rules other than numbers of sites."""
        self.climb.offset[:] = -(rows.matrix.T @ row_price)
        self.constant = _constant(rows, row_price)
        if row_price.any():
            self.again(0.3)
        else:
            self.again(min(max(float(self.climb.step[0]), 0.03), 0.3))


def _constant(rows: SiteRows, price: NDArray[np.float64]) -> float:
    up, low = np.minimum(price, 0), np.maximum(price, 0)
    ends = np.where(price < 0, rows.row_upper, rows.row_lower)
    return float(((up + low) * np.where(price == 0, 0, ends)).sum())


def rule(near: NearLists, rows: SiteRows, prices: Prices) -> Ruled:
    """Return the bound at some prices in whole numbers, with reduced costs.

    Parameters
    ----------
    near, rows
        Lists of the places, and the rules with the sites open in every plan and in none.
    prices
        Prices of the places.
    """
    top = near.weight * near.beyond
    bits = _BITS - int(top.sum()).bit_length()
    scale = 2 ** max(min(bits, _MOST_SCALE_BITS), 0)
    price = np.minimum(np.floor(prices.climb.v * scale).astype(np.int64), top * scale)
    rho = np.zeros(near.n_sites, dtype=np.int64)
    paid = int(reduced_whole(near.ptr, near.site, near.ms, near.weight * scale, price, rho))
    none = np.zeros(len(rows.row_lower), dtype=np.int64)
    bound, cost = _with_rules(paid, rho, rows, none)
    best = (bound, [cost], none / scale)
    for row_price in _row_prices(rho, rows):
        whole = np.rint(row_price).astype(np.int64)
        bound, cost = _with_rules(paid, rho, rows, whole)
        if bound > best[0]:
            best = (bound, [cost], whole / scale)
        elif bound == best[0]:
            best[1].append(cost)
    return Ruled(
        value=-(-best[0] // scale),
        exact=best[0],
        scale=scale,
        price=price,
        costs=np.array(best[1]).reshape(-1, near.n_sites),
        row_price=best[2],
    )


def _with_rules(
    paid: int,
    rho: NDArray[np.int64],
    rows: SiteRows,
    price: NDArray[np.int64],
) -> tuple[int, NDArray[np.int64]]:
    """Return bound and reduced costs when each row costs its price; all coefficients are whole."""
    price = np.where((price < 0) & ~np.isfinite(rows.row_upper), 0, price)
    price = np.where((price > 0) & ~np.isfinite(rows.row_lower), 0, price)
    whole = rows.matrix.astype(np.int64)
    cost = rho - whole.T @ price
    ends = np.where(price < 0, rows.row_upper, rows.row_lower)
    constant = sum(int(p) * int(e) for p, e in zip(price, ends, strict=True) if p)
    free = rows.lower < rows.upper
    some = np.where(free, np.minimum(cost, 0), np.where(rows.lower > 0, cost, 0))
    return paid + constant + sum(some.tolist()), np.where(free, cost, 0)


def _row_prices(rho: NDArray[np.int64], rows: SiteRows) -> list[NDArray[np.float64]]:
    """Return prices of the rules at which the bound is largest, for these worths of the sites."""
    n_rows = len(rows.row_lower)
    free = rows.lower < rows.upper
    if n_rows == 0:
        return []
    if n_rows == 1 and set(rows.matrix.data.tolist()) <= {1.0}:
        return _one_number(rho, rows, free)
    unit = max(float(np.abs(rho).max(initial=1)) / 1e4, 1.0)
    answer = solve_mip(
        Mip(
            sense="min",
            cost=rho / unit,
            rows=rows.matrix,
            row_lower=rows.row_lower,
            row_upper=rows.row_upper,
            lower=rows.lower,
            upper=rows.upper,
            whole=np.zeros(len(rho), dtype=np.bool_),
            integral=False,
        ),
        Limits(),
    )
    return [] if answer.row_dual is None else [answer.row_dual * unit]


def _one_number(
    rho: NDArray[np.int64], rows: SiteRows, free: NDArray[np.bool_]
) -> list[NDArray[np.float64]]:
    """Return the two prices a single limit on the number of sites can have."""
    row = rows.matrix.getrow(0)
    inside = np.zeros(len(rho), dtype=bool)
    inside[row.indices] = True
    p = int(rows.row_upper[0]) - int((inside & (rows.lower > 0)).sum())
    order = np.sort(rho[inside & free])
    if not 0 < p < len(order):
        return []
    return [np.array([float(order[p - 1])]), np.array([float(order[p])])]
