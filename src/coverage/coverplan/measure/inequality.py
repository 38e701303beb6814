r"""How unequally something is shared: Gini, Theil within and between, Palma, 20:20, Lorenz.

Everything is over people: a place of 300 people counts as 300 equal people would. A place of
nobody takes no weight. Where everybody has nothing, shares of nothing are not known: None, not 0.

Gini, C. (1912): Variabilità e mutabilità. Bologna. Theil, H. (1967): Economics and information
theory. Amsterdam. Shorrocks, A. F. (1980): The class of additively decomposable inequality
measures. Econometrica 48, 613-625. Palma, J. G. (2011): Homogeneous middles vs. heterogeneous
tails, and the end of the inverted-U. Development and Change 42, 87-153; the ratio named after him:
Cobham, A. and Sumner, A. (2013): Is it all about the tails? The Palma measure of income
inequality. Center for Global Development, Working Paper 343. Lorenz, M. O. (1905):
Methods of measuring the concentration of wealth. Publications of the American Statistical
Association 9, 209-219.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Values ascending with the whole people who have them; places of nobody left out."""

    each: NDArray[np.int64] | NDArray[np.float64]
    people: NDArray[np.int64]

    @classmethod
    def of(cls, values: ArrayLike, people: ArrayLike) -> "_Sorted":
        x, p = np.asarray(values), np.asarray(people)
        if x.dtype.kind not in "iu":
            x = x.astype(np.float64)
        if p.dtype.kind not in "iu" or x.shape != p.shape or x.ndim != 1:
            raise ValueError("values and whole people must be arrays of one length")
        if (p < 0).any():
            raise ValueError("people must be 0 or more")
        here = p > 0
        x, p = x[here], p[here].astype(np.int64)
        if not np.isfinite(x).all() or (x < 0).any():
            raise ValueError("values must be known, finite and 0 or more")
        order = np.argsort(x, kind="stable")
        return cls(x[order], p[order])

    @property
    def number(self) -> int:
        """People in all."""
        return int(self.people.sum())

    @property
    def total(self) -> int | float:
        """What all of them have: exact for whole numbers."""
        if self.each.dtype.kind in "iu":
            return sum(int(x) * int(p) for x, p in zip(self.each, self.people, strict=True))
        return math.fsum(self.each * self.people)


def gini(values: ArrayLike, people: ArrayLike) -> float | None:
    r"""Return the Gini coefficient over people: 0 all alike, towards 1 one has everything.

    $$
    G = \frac{\sum_i \sum_j p_i p_j |x_i - x_j|}{2 N \sum_i p_i x_i}
      = \frac{\sum_i p_i x_i (2 C_i - p_i - N)}{N \sum_i p_i x_i}
    $$

    with $C_i$ the people up to and including place $i$, values ascending. Whole
    values are summed exactly.

    Parameters
    ----------
    values
        What each person of a place has, 0 or more, shape ``(n,)``.
    people
        Whole people of each place, shape ``(n,)``.

    Returns
    -------
    float or None
        None where there is nobody, or nobody has anything.

    Raises
    ------
    ValueError
        When a value of somebody is not known or below 0, or people are not whole numbers.

    Examples
    --------
    Two villages of a thousand people, one with three times the places per person of the other:

    >>> from coverplan import gini
    >>> gini([1, 3], [1_000, 1_000])
    0.25
    >>> gini([5, 5], [200, 900]), gini([0, 4], [3, 1]), gini([0, 0], [1, 1])
    (0.0, 0.75, None)
    """
    data = _Sorted.of(values, people)
    number, total = data.number, data.total
    if not number or not total:
        return None
    rank = 2 * np.cumsum(data.people) - data.people - number
    if data.each.dtype.kind in "iu":
        rows = zip(data.each, data.people, rank, strict=True)
        spread = sum(int(x) * int(p) * int(c) for x, p, c in rows)
        return float(Fraction(spread, number * int(total)))
    # A sum over pairs, each 0 or more: rounding alone can put it a hair below.
    return max(0.0, math.fsum(data.each * data.people * rank) / (number * total))


@dataclass(frozen=True, slots=True)
class Theil:
    """Theil's T, taken apart by the groups of a partition.

    Parameters
    ----------
    total
        Inequality over all people: 0 all alike, log N one has everything.
    between, within
        Of it, between the means of the groups, and inside them; they add up to ``total``.
    groups
        Index group; ``people``, ``mean`` (<NA> for nobody), ``share`` (of all there is),
        ``theil`` (inside the group, <NA> where nobody has anything).
    """

    total: float
    between: float
    within: float
    groups: pd.DataFrame

    @property
    def between_share(self) -> float | None:
        """Share of inequality that lies between groups; None where there is none at all."""
        return self.between / self.total if self.total > 0 else None


def theil(values: ArrayLike, people: ArrayLike, groups: ArrayLike | None = None) -> Theil | None:
    r"""Return Theil's T over people, within and between groups.

    $$
    T = \sum_i \frac{p_i}{N} \frac{x_i}{\mu} \ln \frac{x_i}{\mu}
      = \sum_g s_g \ln \frac{\mu_g}{\mu} + \sum_g s_g T_g, \qquad
    s_g = \frac{N_g \mu_g}{N \mu}
    $$

    where $0 \ln 0 = 0$. All three are computed from their own formula.

    Parameters
    ----------
    values, people
        As in `gini`.
    groups
        Group of each place, shape ``(n,)``; one group where it is left out.

    Returns
    -------
    Theil or None
        None where there is nobody, or nobody has anything.

    Raises
    ------
    ValueError
        As in `gini`, and when groups are not one for each place.

    Examples
    --------
    Two townships, each alike within, one with three times what the other has: all of the
    inequality is between them.

    >>> from coverplan import theil
    >>> found = theil([1, 1, 3, 3], [1, 1, 1, 1], ["a", "a", "b", "b"])
    >>> found.within, found.between == found.total
    (0.0, True)
    >>> round(found.total, 3)
    0.131
    """
    x, p = np.asarray(values), np.asarray(people)
    data = _Sorted.of(x, p)
    number, total = data.number, float(data.total)
    if not number or not total:
        return None
    labels = np.zeros(len(p), dtype=np.intp) if groups is None else np.asarray(groups)
    if labels.shape != p.shape:
        raise ValueError("groups must be one for each place")
    names, place = np.unique(labels, return_inverse=True)
    rows = [_group(x[place == g], p[place == g]) for g in range(len(names))]
    table = pd.DataFrame(rows, columns=["people", "sum", "theil"], index=names)
    mean = total / number
    share = table["sum"] / total
    means = table["sum"] / table["people"].where(table["people"] > 0)
    between = math.fsum(s * math.log(m / mean) for s, m in zip(share, means, strict=True) if s > 0)
    inside = table["theil"].astype(float)
    within = math.fsum(s * t for s, t in zip(share, inside, strict=True) if s > 0)
    shown = pd.DataFrame(
        {
            "people": table["people"].astype("Int64"),
            "mean": means.astype("Float64"),
            "share": share.astype("Float64"),
            "theil": inside.astype("Float64"),
        }
    )
    whole = _theil_of(data, mean)
    return Theil(max(whole, 0.0), max(between, 0.0), max(within, 0.0), shown)


def _group(values: NDArray[np.generic], people: NDArray[np.int64]) -> list[object]:
    data = _Sorted.of(values, people)
    number, total = data.number, float(data.total)
    return [number, total, _theil_of(data, total / number) if total else None]


def _theil_of(data: _Sorted, mean: float) -> float:
    """Return Theil's T of values whose mean is above 0."""
    here = data.each > 0
    ratio = data.each[here] / mean
    return math.fsum(data.people[here] * ratio * np.log(ratio)) / data.number


def palma(values: ArrayLike, people: ArrayLike) -> float | None:
    """Return what the tenth with most has over what the four tenths with least have.

    A place on the border of a tenth is divided by people, exactly.

    Parameters
    ----------
    values, people
        As in `gini`.

    Returns
    -------
    float or None
        None where there is nobody, or the four tenths with least have nothing.

    Examples
    --------
    >>> palma([1, 2], [4, 6])
    0.5
    """
    return _tail_ratio(values, people, Fraction(1, 10), Fraction(2, 5), means=False)


def ratio_20_20(values: ArrayLike, people: ArrayLike) -> float | None:
    """Return the mean of the fifth with most over that of the fifth with least.

    Parameters
    ----------
    values, people
        As in `gini`.

    Returns
    -------
    float or None
        None where there is nobody, or the fifth with least has nothing.

    Examples
    --------
    >>> ratio_20_20([1, 2, 8], [2, 6, 2])
    8.0
    """
    return _tail_ratio(values, people, Fraction(1, 5), Fraction(1, 5), means=True)


def _tail_ratio(
    values: ArrayLike, people: ArrayLike, top: Fraction, bottom: Fraction, *, means: bool
) -> float | None:
    data = _Sorted.of(values, people)
    low = _lowest(data, bottom)
    if not data.number or not low:
        return None
    high = _lowest(_Sorted(data.each[::-1], data.people[::-1]), top)
    ratio = float(high / low)
    return ratio * float(bottom / top) if means else ratio


def _lowest(data: _Sorted, share: Fraction) -> Fraction | float:
    """Return what the first people of an order have, up to a share of all of them."""
    upto = np.cumsum(data.people)
    # Whole people on both sides: upto <= share * number.
    whole = int(
        np.searchsorted(upto * share.denominator, share.numerator * data.number, side="right")
    )
    found: Fraction | float = Fraction(0)
    rest = share * data.number
    if whole:
        found = _Sorted(data.each[:whole], data.people[:whole]).total
        rest -= int(upto[whole - 1])
    if rest > 0 and data.each.dtype.kind in "iu":
        return found + rest * int(data.each[whole])
    return found + float(rest) * float(data.each[whole]) if rest > 0 else found


def means_by_group(values: ArrayLike, people: ArrayLike, groups: ArrayLike) -> pd.DataFrame:
    """Return people and their mean by group; differences between groups are of these means.

    Parameters
    ----------
    values, people, groups
        As in `theil`.

    Returns
    -------
    pandas.DataFrame
        Index group; ``people`` (Int64) and ``mean`` (Float64, <NA> for nobody).
    """
    x, p, names = np.asarray(values), np.asarray(people), np.asarray(groups)
    rows = {}
    for name in np.unique(names):
        data = _Sorted.of(x[names == name], p[names == name])
        rows[name] = [data.number, float(data.total) / data.number if data.number else None]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["people", "mean"])
    return frame.astype({"people": "Int64", "mean": "Float64"})


def lorenz(values: ArrayLike, people: ArrayLike) -> pd.DataFrame | None:
    """Return the Lorenz curve: what share of everything the people with least have.

    Parameters
    ----------
    values, people
        As in `gini`.

    Returns
    -------
    pandas.DataFrame or None
        ``people_share`` and ``value_share`` from (0, 0) to (1, 1), a row for each different
        value; None where there is nobody, or nobody has anything.
    """
    data = _Sorted.of(values, people)
    total = float(data.total)
    if not data.number or not total:
        return None
    last = np.append(data.each[1:] != data.each[:-1], True)
    upto = np.cumsum(data.people)[last] / data.number
    have = np.cumsum(data.each.astype(np.float64) * data.people)[last] / total
    have[-1] = 1.0
    return pd.DataFrame({"people_share": np.append(0.0, upto), "value_share": np.append(0.0, have)})
