"""The best open sites by separate values, under those rules that have a closed form."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rows import SiteRows


@dataclass(frozen=True, slots=True)
class Group:
    """Sites of one rule: the sum of their weights is at most ``most``, and at least ``least``.

    Parameters
    ----------
    sites, weight
        Sites a plan decides on, and what each counts in the rule.
    most, least
        For the sites a plan decides on; ``least`` only where all weights are 1.
    """

    sites: NDArray[np.int64]
    weight: NDArray[np.float64]
    most: float
    least: float

    @property
    def counts(self) -> bool:
        """Whether the rule is about a number of sites."""
        return bool((self.weight == 1).all())


@dataclass(frozen=True, slots=True)
class Choice:
    """The sites of most value.

    Parameters
    ----------
    total
        The most their values add up to: an upper bound under all rules.
    open
        Which they are, shape ``(n_sites,)``.
    change
        What the total loses at least when a site is opened that is not, or closed that is;
        shape ``(n_sites,)``.
    """

    total: float
    open: NDArray[np.bool_]
    change: NDArray[np.float64]


def site_groups(rows: SiteRows) -> tuple[Group, ...]:
    """Return rules of no site in common, the widest first; the others are left aside.

    Parameters
    ----------
    rows
        The rules. Leaving some aside can only raise the best value.
    """
    free = rows.upper > rows.lower
    matrix = rows.matrix.tocsr()
    taken = ~free
    groups: list[Group] = []
    for at in np.argsort(-np.diff(matrix.indptr), kind="stable"):
        part = slice(matrix.indptr[at], matrix.indptr[at + 1])
        sites, weight = matrix.indices[part].astype(np.int64), matrix.data[part]
        sure = float(weight[rows.lower[sites] > 0].sum())
        decided = free[sites]
        if taken[sites[decided]].any() or (weight < 0).any() or not decided.any():
            continue
        group = Group(
            sites[decided],
            weight[decided],
            float(rows.row_upper[at]) - sure,
            float(rows.row_lower[at]) - sure,
        )
        if np.isinf(group.most) and not (group.counts and group.least > 0):
            continue
        taken[group.sites] = True
        groups.append(group)
    return tuple(groups)


def best_by_value(value: NDArray[np.float64], rows: SiteRows, groups: tuple[Group, ...]) -> Choice:
    """Return the sites whose values add up to most.

    Parameters
    ----------
    value
        Of each site, shape ``(n_sites,)``.
    rows, groups
        The rules, and those of them that count here.
    """
    free = rows.upper > rows.lower
    open_ = np.where(free, value > 0, rows.lower > 0)
    change = np.where(free, np.abs(value), np.inf)
    total = 0.0
    for group in groups:
        open_[group.sites] = False
        total += (_by_number if group.counts else _by_weight)(value, group, open_, change)
    rest = open_.copy()
    for group in groups:
        rest[group.sites] = False
    return Choice(total + float(value[rest].sum()), open_, change)


def _by_number(
    value: NDArray[np.float64],
    group: Group,
    open_: NDArray[np.bool_],
    change: NDArray[np.float64],
) -> float:
    """Take the best sites, as many as pay or must be; return what they add up to."""
    order = group.sites[np.argsort(-value[group.sites], kind="stable")]
    pay = int((value[order] > 0).sum())
    most = len(order) if np.isinf(group.most) else int(np.floor(group.most + 1e-6))
    least = 0 if np.isinf(group.least) else int(np.ceil(group.least - 1e-6))
    number = max(min(pay, most), min(least, len(order)), 0)
    taken, left = order[:number], order[number:]
    open_[taken] = True
    # One more is added, or takes the place of the worst taken; one less goes without the next.
    worst = float(value[taken[-1]]) if number else np.inf
    after = float(value[left[0]]) if len(left) else -np.inf
    change[left] = min(0.0 if number < most else np.inf, worst) - value[left]
    change[taken] = value[taken] - max(0.0 if number > least else -np.inf, after)
    return float(value[taken].sum())


def _by_weight(
    value: NDArray[np.float64],
    group: Group,
    open_: NDArray[np.bool_],
    change: NDArray[np.float64],
) -> float:
    """Fill a budget with the sites that pay best for it, the last one in part (Dantzig 1957)."""
    change[group.sites] = 0.0
    pays = group.sites[value[group.sites] > 0]
    weight = dict(zip(group.sites.tolist(), group.weight.tolist(), strict=True))
    rate = {int(j): value[j] / max(weight[int(j)], 1e-9) for j in pays}
    left, total = group.most, 0.0
    for j in sorted(rate, key=lambda j: -rate[j]):
        if weight[j] <= left:
            open_[j] = True
            total += float(value[j])
            left -= weight[j]
        else:
            return float(total + value[j] * max(left, 0.0) / weight[j])
    return total
