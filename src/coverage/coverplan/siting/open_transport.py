r"""Which sites to open so that sharing people out within capacity gains most, with a bound.

.. math::

    \max \sum_{ij} g_{ij} n_{ij} \quad \text{s.t.} \quad
    \sum_j n_{ij} \le a_i, \quad \sum_i n_{ij} \le Q_j y_j, \quad
    n_{ij} \le \min(a_i, Q_j) \, y_j, \quad y \in Y, \quad y_j \in \{0, 1\}

:math:`Y` are the rules over the sites. The third family is implied by the second where
:math:`y` is whole, and makes the relaxation much tighter. With places that go to one site as a
whole, :math:`n_{ij} = a_i z_{ij}` with :math:`z_{ij} \in \{0, 1\}`.

Few pairs, and places that go as a whole, are for the solver at once. Of more, prices of people
give a bound, sites are exchanged and fixed (`capacity_bound`), and the solver decides on what is
left if that is little enough.
"""

import time
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, hstack, vstack

from .capacity_bound import CapacityBound
from .highs import Ending, Mip, MipAnswer, solve_mip, whole_bound
from .plan import Bounds, Limits
from .rows import SiteRows
from .transport import Transport, share_out


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """What a search for open sites found.

    Parameters
    ----------
    open
        Which of all sites are open, shape ``(n_sites,)``; None where no plan was found.
    pairs, flow
        The pairs that may be used, and the people on each, shape ``(n_pairs,)``.
    value, bound
        Of the objective, in whole numbers; None where there is none.
    ending
        As of the solver; ``impossible`` is a proof.
    sizes
        Rows and columns of the model.
    """

    open: NDArray[np.bool_] | None
    value: int | None
    bound: int | None
    ending: Ending
    sizes: dict[str, int] = field(default_factory=dict)
    pairs: Transport | None = None
    flow: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How people may be shared out.

    Parameters
    ----------
    split
        Whether people of one row may go to several sites.
    room
        Places of each site, shape ``(n_sites,)``, when those of the open ones must be enough for
        all people; rows that are not split must each go to a site they have a pair with. None:
        people may be left without a place.
    base
        The objective is this less the gain, made small; None: the gain itself, made large.
    """

    split: bool = True
    room: NDArray[np.int64] | None = None
    base: int | None = None

    def value(self, gain: int) -> int:
        """Return the objective of a gain."""
        return gain if self.base is None else self.base - gain


def best_open(
    transport: Transport,
    rows: SiteRows,
    limits: Limits,
    begin: float,
    *,
    terms: Terms,
    start: NDArray[np.bool_] | None = None,
) -> OpenAnswer:
    """Return the open sites that keep the rows and gain most.

    Parameters
    ----------
    transport
        Who may be served where, and what it is worth: one person, or with rows that are not split
        the whole row.
    rows
        What every plan keeps to.
    limits, begin
        When to stop, and when the whole search began (`time.perf_counter`).
    terms
        How people may be shared out.
    start
        Open sites to begin with that keep the rows, for people who may be split.
    """
    transport = transport.of_pairs(_possible(transport, rows, terms))
    if not terms.split or len(transport.row) <= _FEW_PAIRS:
        return _solved(transport, rows, limits, begin, terms, start)
    return _searched(transport, rows, limits, begin, terms, start)


_FEW_PAIRS = 2_000
_MANY_PAIRS = 40_000
"""So few pairs are for the solver at once; so many are not for it at all."""

_SHARES, _EXCHANGE_SHARE = (0.2, 0.5), 0.15
"""Until when prices are improved, and for how long sites are exchanged after that, as shares of
the time."""


def _searched(
    transport: Transport,
    rows: SiteRows,
    limits: Limits,
    begin: float,
    terms: Terms,
    start: NDArray[np.bool_] | None,
) -> OpenAnswer:
    """Prices and exchanges first, then the solver on the sites that are left to decide on."""
    none = np.zeros(len(transport.capacity), dtype=np.int64)
    room, people = (none, 0) if terms.room is None else (terms.room, int(transport.people.sum()))
    search = CapacityBound(transport, rows, room, people)

    def near() -> bool:
        value = None if search.open is None else terms.value(search.value)
        seconds = time.perf_counter() - begin
        return enough(limits, Bounds(value, terms.value(search.bound), seconds))

    search.near = near
    search.try_sites(start)
    for share in _SHARES:
        search.run(limits, begin, share)
        if search.value < search.bound and not search.stop:
            search.exchange(begin + (share + _EXCHANGE_SHARE) * limits.time_limit_seconds)
    fixed = search.fixed()
    left = transport.of_pairs((fixed.upper > 0)[transport.site])
    sizes = {"pairs": len(transport.row), "pairs_left": len(left.row)}
    known = OpenAnswer(None, None, terms.value(search.bound), "stopped", sizes, transport)
    if search.open is not None:
        value = terms.value(search.value)
        ending: Ending = "solved" if search.value == search.bound else "stopped"
        known = replace(known, open=search.open, value=value, ending=ending)
    if known.ending == "solved" or search.stop or len(left.row) > _MANY_PAIRS:
        return known
    found = _solved(left, fixed, limits, begin, terms, search.open)
    return _best_of(known, found, terms)


def enough(limits: Limits, bounds: Bounds) -> bool:
    """Tell how far a search is; return whether that is near enough, or enough by the listener.

    Parameters
    ----------
    limits, bounds
        Who is told and the gap that is enough, and how far the search is.
    """
    told = None if limits.on_bounds is None else limits.on_bounds(bounds)
    if bounds.value is None or bounds.bound is None or not limits.gap_percent:
        return told is True
    gap = abs(bounds.value - bounds.bound)
    return told is True or gap <= limits.gap_percent / 100 * abs(bounds.bound)


def _best_of(known: OpenAnswer, found: OpenAnswer, terms: Terms) -> OpenAnswer:
    """Return the better plan of two and the better bound of two.

    The second search was only for plans better than the first: it proves nothing about worse.
    """
    if found.ending == "impossible" and known.value is not None:
        return replace(known, bound=known.value, ending="solved")
    if found.open is None or found.value is None:
        return replace(known, ending=found.ending)
    sign = 1 if terms.base is None else -1
    best = known
    if known.value is None or sign * found.value >= sign * known.value:
        best = replace(found, sizes=known.sizes)
    if found.bound is None or known.bound is None or best.value is None:
        return replace(best, bound=known.bound)
    # No plan is better than both what the sites left allow and the plan known before.
    least = sign * max(sign * found.bound, sign * best.value)
    bound = sign * min(sign * least, sign * known.bound)
    return replace(best, bound=bound, ending="solved" if bound == best.value else "stopped")


def _solved(
    transport: Transport,
    rows: SiteRows,
    limits: Limits,
    begin: float,
    terms: Terms,
    start: NDArray[np.bool_] | None,
) -> OpenAnswer:
    mip = _model(transport, rows, terms)
    known = None
    if start is not None and terms.split:
        flow = share_to(transport, start)
        known = np.concatenate([start.astype(float), flow.astype(float), np.ones(1)])
    answer = solve_mip(mip, limits, start=known, begin=begin)
    bound = whole_bound(answer.bound, mip.sense)
    sizes = {"pairs": len(transport.row), "rows_left": mip.rows.shape[0]}
    if answer.values is None:
        return OpenAnswer(None, None, bound, answer.ending, sizes)
    open_ = np.round(answer.values[: len(transport.capacity)]) == 1
    flow = _flow(transport, answer, open_, terms)
    worth = flow if terms.split else (flow > 0).astype(np.int64)
    gain = sum(int(g) * int(n) for g, n in zip(transport.gain, worth, strict=True) if n)
    value = terms.value(gain)
    return OpenAnswer(open_, value, bound, answer.ending, sizes, transport, flow)


def share_to(transport: Transport, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the people of each pair that gain most when some sites are open.

    Parameters
    ----------
    transport, open_
        Who may be served where, and which sites are open, shape ``(n_sites,)``.
    """
    flow = np.zeros(len(transport.row), dtype=np.int64)
    flow[open_[transport.site]] = share_out(transport.of_sites(open_))
    return flow


def _possible(transport: Transport, rows: SiteRows, terms: Terms) -> NDArray[np.bool_]:
    """Return which pairs may be used at all, shape ``(n_pairs,)``."""
    can = (rows.upper > 0)[transport.site] & (transport.capacity[transport.site] > 0)
    if not terms.split:
        can &= transport.people[transport.row] <= transport.capacity[transport.site]
    return np.asarray(can & (transport.people[transport.row] > 0))


def _flow(
    transport: Transport, answer: MipAnswer, open_: NDArray[np.bool_], terms: Terms
) -> NDArray[np.int64]:
    """Return whole people: shared out anew where they may be split."""
    if terms.split or answer.values is None:
        return share_to(transport, open_)
    used = np.round(answer.values[len(transport.capacity) : -1]) == 1
    return np.where(used, transport.people[transport.row], 0).astype(np.int64)


def _model(transport: Transport, rows: SiteRows, terms: Terms) -> Mip:
    n_pairs, n_sites = len(transport.row), len(transport.capacity)
    people, capacity = transport.people, transport.capacity
    pairs = np.arange(n_pairs)
    once = np.ones(n_pairs)
    # One unit of a pair's variable: a person, or the whole row.
    unit = once if terms.split else people[transport.row].astype(float)
    most = np.minimum(people[transport.row], capacity[transport.site]).astype(float)
    link = most if terms.split else once
    taken = _block(transport.row, pairs, once, (len(people), n_pairs))
    load = _block(transport.site, pairs, unit, (n_sites, n_pairs))
    tied = _block(pairs, pairs, once, (n_pairs, n_pairs))
    limit = _block(np.arange(n_sites), np.arange(n_sites), -capacity.astype(float), (n_sites,) * 2)
    shut = _block(pairs, transport.site, -link, (n_pairs, n_sites))
    own = rows.matrix
    parts = [
        hstack([csc_matrix((len(people), n_sites)), taken]),
        hstack([limit, load]),
        hstack([shut, tied]),
        hstack([own, csc_matrix((own.shape[0], n_pairs))]),
    ]
    row_most = people.astype(float) if terms.split else np.ones(len(people))
    row_least = np.full(len(people), -np.inf)
    if terms.room is not None and not terms.split:
        row_least = np.where(people > 0, 1.0, -np.inf)
    lower = [row_least, np.full(n_sites + n_pairs, -np.inf), rows.row_lower]
    upper = [row_most, np.zeros(n_sites + n_pairs), rows.row_upper]
    if terms.room is not None:
        room = np.minimum(terms.room, people.sum()).astype(float)
        parts.append(hstack([csc_matrix(room), csc_matrix((1, n_pairs))]))
        lower.append(np.array([float(people.sum())]))
        upper.append(np.array([np.inf]))
    matrix = vstack(parts)
    # The last variable is 1: it carries the base, so that gaps are gaps of the objective.
    base = 0 if terms.base is None else terms.base
    sign = 1.0 if terms.base is None else -1.0
    n_whole = n_sites if terms.split else n_sites + n_pairs
    return Mip(
        sense="max" if terms.base is None else "min",
        cost=np.concatenate([np.zeros(n_sites), sign * transport.gain, np.array([float(base)])]),
        rows=hstack([matrix, csc_matrix((matrix.shape[0], 1))]).tocsc(),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        lower=np.concatenate([rows.lower, np.zeros(n_pairs), np.ones(1)]),
        upper=np.concatenate([rows.upper, link, np.ones(1)]),
        whole=np.arange(n_sites + n_pairs + 1) < n_whole,
    )


def _block(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    value: NDArray[np.float64],
    shape: tuple[int, int],
) -> csc_matrix:
    return coo_matrix((value, (row, column)), shape=shape).tocsc()


def without_idle(
    rows: SiteRows, open_: NDArray[np.bool_], idle: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the open sites without those nobody needs, as far as the rows allow.

    Parameters
    ----------
    rows, open_, idle
        The rules, the open sites, and those that may go, shape ``(n_sites,)``.
    """
    left = open_.copy()
    for site in np.flatnonzero(open_ & idle & (rows.lower == 0)):
        left[site] = False
        if not rows.kept(left).all():
            left[site] = True
    return left
