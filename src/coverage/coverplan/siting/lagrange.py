r"""The Lagrangian bound on maximal covering.

With a multiplier :math:`0 \le u_i \le w_i` for each :math:`z_i \le \sum_{j \in N_i} x_j`,

.. math::

    L(u) = \sum_i (w_i - u_i) + \max_{x \in X} \sum_j x_j \sum_{i : j \in N_i} u_i

is a bound for any :math:`u`, and the least of them is that of the linear relaxation. The maximum
over :math:`X` is greedy for rules that count sites and are nested (at most p in all, so many in a
unit, one at a place); all other rules get multipliers too.

Galvao, R. D. and ReVelle, C. (1996): A Lagrangean heuristic for the maximal covering location
problem. European Journal of Operational Research 88, 114-123.
Barahona, F. and Anbil, R. (2000): The volume algorithm: producing primal solutions with a
subgradient method. Mathematical Programming 87, 385-399.
"""

import numpy as np
from numpy.typing import NDArray

from .kernels.arrays import TINY, Cover
from .kernels.duals import Duals, Nest, bound_at, choose, profits, step_duals, surplus_of
from .reduce import Reduced


def nested_rules(reduced: Reduced) -> Nest:
    """Return rules that only count sites and of which any two are nested or apart.

    Parameters
    ----------
    reduced
        The problem. Larger rules are taken first; one that cuts across those taken is left out.
    """
    rules, cover = reduced.rules(), reduced.cover
    size = np.diff(rules.indptr)
    smallest = np.full(reduced.n_sites, -1, dtype=np.int64)
    inside = np.zeros(len(size), dtype=bool)
    for rule in np.argsort(-size, kind="stable"):
        part = slice(rules.indptr[rule], rules.indptr[rule + 1])
        here = rules.indices[part]
        if not len(here) or not np.isfinite(cover.up[rule]) or (rules.data[part] != 1).any():
            continue
        if (smallest[here] == smallest[here[0]]).all():
            smallest[here] = rule
            inside[rule] = True
    order = np.lexsort((-size[cover.rule_of], _site_of(cover)))
    kept = order[inside[cover.rule_of[order]]]
    number = np.bincount(_site_of(cover)[kept], minlength=reduced.n_sites)
    ptr = np.concatenate([[0], np.cumsum(number)]).astype(np.int64)
    cap = np.floor(np.maximum(np.where(inside, cover.up, 0.0), 0.0) + TINY)
    whole = np.flatnonzero(inside & (size == reduced.n_sites))
    root = int(whole[0]) if len(whole) else -1
    return Nest(ptr, cover.rule_of[kept], cap.astype(np.int64), inside, root)


def _site_of(cover: Cover) -> NDArray[np.int64]:
    """Return the site of each stored coefficient of the rules."""
    return np.repeat(np.arange(len(cover.ptr) - 1), np.diff(cover.rule_ptr))


class Lagrange:
    """The search for multipliers on one problem.

    Parameters
    ----------
    reduced
        The problem.
    """

    def __init__(self, reduced: Reduced) -> None:
        cover = reduced.cover
        self.reduced = reduced
        self.nest = nested_rules(reduced)
        # Each row's weight shared out among the sites that reach it.
        share = cover.weight / np.maximum(np.diff(cover.row_ptr), 1)
        self.duals = self._duals_at(share, np.zeros(len(cover.low)))
        self._weight = int(cover.weight.sum())
        biggest = np.zeros(len(cover.low))
        np.maximum.at(biggest, cover.rule_of, np.abs(cover.rule_value))
        # A nested rule without lower bound needs no multiplier.
        self.biggest = np.where(self.nest.inside & np.isneginf(cover.low), 0.0, biggest)

    @property
    def bound(self) -> float:
        """The least bound so far, on the weight of rows reached (what is sure not counted)."""
        return float(self.duals.number[0])

    @property
    def total_bound(self) -> int:
        """The least bound so far on all weight reached, a whole number."""
        return self.reduced.sure + max(min(int(np.floor(self.bound)), self._weight), 0)

    @property
    def worth(self) -> NDArray[np.float64]:
        """What each site is worth under the best multipliers, shape ``(n_sites,)``."""
        duals = self.duals
        return profits(self.reduced.cover, duals.best, duals.best_rule)

    def try_at(self, row: NDArray[np.float64]) -> None:
        """Begin anew from some multipliers of the rows, if they prove more.

        Parameters
        ----------
        row
            Between 0 and the weight of each row, shape ``(n_rows,)``.
        """
        other = self._duals_at(row, np.zeros(len(self.reduced.cover.low)))
        if other.number[0] < self.bound:
            self.duals = other

    def step(self, value: int, tries: int) -> None:
        """Try multipliers some times.

        Parameters
        ----------
        value
            Weight the best known plan reaches in all.
        tries
            How often.
        """
        target = float(value - self.reduced.sure)
        step_duals(self.reduced.cover, self.nest, self.duals, self.biggest, target, tries)

    def moved(self, smaller: Reduced, row_of: NDArray[np.int64]) -> "Lagrange":
        """Return the search on a smaller problem, begun with the multipliers found so far.

        Parameters
        ----------
        smaller, row_of
            As from `reduce.restrict`.
        """
        other = Lagrange(smaller)
        kept = row_of >= 0
        row = np.zeros(smaller.n_rows)
        np.add.at(row, row_of[kept], self.duals.best[kept])
        row = np.clip(row, 0.0, smaller.cover.weight)
        other.duals = other._duals_at(row, self.duals.best_rule)
        other.duals.number[1:] = self.duals.number[1:]
        return other

    def _duals_at(self, row: NDArray[np.float64], rule: NDArray[np.float64]) -> Duals:
        """Return the beginning of a search at some multipliers."""
        cover = self.reduced.cover
        worth = profits(cover, row, rule)
        chosen = choose(self.nest, worth)[0]
        bound = bound_at(cover, row, rule, worth, chosen)
        number = np.array([bound, *_BEGIN])
        surplus = surplus_of(cover, row, chosen)
        share = chosen.astype(float)
        return Duals(row.copy(), rule.copy(), row, rule.copy(), surplus, share, chosen, number)


_BEGIN = 0.1, 0.1, 0.1, 0.0
"""Length of the first step, greatest weight of the newest choice, length of the first step for
rules, and no failures yet."""
