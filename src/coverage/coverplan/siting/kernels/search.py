"""Greedy choice and exchange of open sites under any rules, with gains kept up to date."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import compiled
from .arrays import TINY, Cover, Floats, Ids, Ints


class State(NamedTuple):
    """A set of open sites, and what each site would bring or take with it.

    Parameters
    ----------
    open
        Whether each site is open.
    times, last
        How many open sites reach each row, and the sum of their numbers: the one that does, where
        it is one.
    gain
        Weight each site alone reaches, among what the other open sites do not.
    act
        Sum of the coefficients of the open sites in each rule.
    extra, touched
        Scratch of `improve`: zero between calls.
    work
        Steps taken so far, shape ``(1,)``.
    """

    open: NDArray[np.bool_]
    times: Ids
    last: Ints
    gain: Ints
    act: Floats
    extra: Ints
    touched: Ids
    work: Ints


@compiled
def start_state(cover: Cover) -> State:
    """Return the state in which no site is open."""
    n, n_rows = len(cover.ptr) - 1, len(cover.weight)
    gain = np.zeros(n, dtype=np.int64)
    for j in range(n):
        for k in range(cover.ptr[j], cover.ptr[j + 1]):
            gain[j] += cover.weight[cover.who[k]]
    return State(
        np.zeros(n, dtype=np.bool_),
        np.zeros(n_rows, dtype=np.int32),
        np.zeros(n_rows, dtype=np.int64),
        gain,
        np.zeros(len(cover.low)),
        np.zeros(n, dtype=np.int64),
        np.zeros(n, dtype=np.int32),
        np.zeros(1, dtype=np.int64),
    )


@compiled
def copy_state(state: State, into: State) -> None:
    """Copy one state over another."""
    into.open[:] = state.open
    into.times[:] = state.times
    into.last[:] = state.last
    into.gain[:] = state.gain
    into.act[:] = state.act


@compiled
def open_site(cover: Cover, state: State, j: int) -> None:
    """Open a site."""
    state.open[j] = True
    for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
        state.act[cover.rule_of[k]] += cover.rule_value[k]
    for k in range(cover.ptr[j], cover.ptr[j + 1]):
        row = cover.who[k]
        weight = cover.weight[row]
        if state.times[row] == 0:
            for m in range(cover.row_ptr[row], cover.row_ptr[row + 1]):
                state.gain[cover.row_sites[m]] -= weight
            state.gain[j] += weight
            state.work[0] += cover.row_ptr[row + 1] - cover.row_ptr[row]
        elif state.times[row] == 1:
            state.gain[state.last[row]] -= weight
        state.times[row] += 1
        state.last[row] += j
    state.work[0] += cover.ptr[j + 1] - cover.ptr[j]


@compiled
def close_site(cover: Cover, state: State, j: int) -> None:
    """Close a site."""
    state.open[j] = False
    for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
        state.act[cover.rule_of[k]] -= cover.rule_value[k]
    for k in range(cover.ptr[j], cover.ptr[j + 1]):
        row = cover.who[k]
        weight = cover.weight[row]
        state.times[row] -= 1
        state.last[row] -= j
        if state.times[row] == 0:
            state.gain[j] -= weight
            for m in range(cover.row_ptr[row], cover.row_ptr[row + 1]):
                state.gain[cover.row_sites[m]] += weight
            state.work[0] += cover.row_ptr[row + 1] - cover.row_ptr[row]
        elif state.times[row] == 1:
            state.gain[state.last[row]] += weight
    state.work[0] += cover.ptr[j + 1] - cover.ptr[j]


@compiled
def may_open(cover: Cover, state: State, j: int) -> bool:
    """Return whether opening a site keeps every rule, or brings a broken one nearer."""
    for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
        rule, value = cover.rule_of[k], cover.rule_value[k]
        new = state.act[rule] + value
        if value > 0 and new > cover.up[rule] + TINY:
            return False
        if value < 0 and new < cover.low[rule] - TINY:
            return False
    return True


@compiled
def may_close(cover: Cover, state: State, j: int) -> bool:
    """Return whether closing a site keeps every rule."""
    for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
        rule, value = cover.rule_of[k], cover.rule_value[k]
        new = state.act[rule] - value
        if value > 0 and new < cover.low[rule] - TINY:
            return False
        if value < 0 and new > cover.up[rule] + TINY:
            return False
    return True


@compiled
def _shift(cover: Cover, state: State, j: int, sign: int) -> None:
    for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
        state.act[cover.rule_of[k]] += sign * cover.rule_value[k]


@compiled
def _may_exchange(cover: Cover, state: State, out: int, into: int) -> bool:
    """Return whether a closed site may take the place of an open one."""
    _shift(cover, state, out, -1)
    _shift(cover, state, into, 1)
    fine = True
    for site in (out, into):
        for k in range(cover.rule_ptr[site], cover.rule_ptr[site + 1]):
            rule = cover.rule_of[k]
            if not cover.low[rule] - TINY <= state.act[rule] <= cover.up[rule] + TINY:
                fine = False
    _shift(cover, state, into, -1)
    _shift(cover, state, out, 1)
    return fine


@compiled
def open_in_order(cover: Cover, state: State, order: Ints) -> None:
    """Open sites one after the other, those that break a rule left out."""
    for j in order:
        if not state.open[j] and may_open(cover, state, j):
            open_site(cover, state, j)


@compiled
def _asked(cover: Cover, state: State, j: int) -> bool:
    """Return whether a site would bring a rule nearer whose lower bound is not met yet."""
    for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
        rule = cover.rule_of[k]
        if cover.rule_value[k] > 0 and state.act[rule] < cover.low[rule] - TINY:
            return True
    return False


@compiled
def rules_kept(cover: Cover, state: State) -> bool:
    """Return whether the open sites keep every rule."""
    for rule in range(len(cover.low)):
        if not cover.low[rule] - TINY <= state.act[rule] <= cover.up[rule] + TINY:
            return False
    return True


@compiled
def _best_to_open(
    cover: Cover, state: State, price: Floats, banned: NDArray[np.bool_], asked: int
) -> int:
    """Return the site with most gain for its price; -1 where none brings any.

    With ``asked``: of the sites that unmet lower bounds ask for, gain or not.
    """
    best, most = -1, 0.0
    for j in range(len(state.open)):
        if state.open[j] or banned[j] or (asked > 0 and not _asked(cover, state, j)):
            continue
        score = (state.gain[j] + 0.5 * asked) / price[j]
        if score > most and may_open(cover, state, j):
            best, most = j, score
    state.work[0] += len(state.open)
    return best


@compiled
def meet_lower_bounds(cover: Cover, state: State, price: Floats, banned: NDArray[np.bool_]) -> None:
    """Open sites that lower bounds of rules ask for, gain or not, as far as that goes.

    Parameters
    ----------
    cover, state, price, banned
        As in `add_greedily`.
    """
    while True:
        best = _best_to_open(cover, state, price, banned, 1)
        if best < 0:
            return
        open_site(cover, state, best)


@compiled
def add_greedily(cover: Cover, state: State, price: Floats, banned: NDArray[np.bool_]) -> None:
    """Open sites one by one, each the one with most gain for its price, while one brings any.

    Parameters
    ----------
    cover, state
        The problem, and the open sites, which are changed.
    price
        What the gain of each site is divided by, all positive.
    banned
        Sites not to open.
    """
    while True:
        best = _best_to_open(cover, state, price, banned, 0)
        if best < 0:
            return
        open_site(cover, state, best)


@compiled
def _best_exchange(
    cover: Cover, state: State, out: int, banned: NDArray[np.bool_]
) -> tuple[int, int]:
    """Return the site that would best take the place of an open one, and what that brings."""
    n_touched = 0
    for k in range(cover.ptr[out], cover.ptr[out + 1]):
        row = cover.who[k]
        if state.times[row] == 1:
            for m in range(cover.row_ptr[row], cover.row_ptr[row + 1]):
                site = cover.row_sites[m]
                if state.extra[site] == 0:
                    state.touched[n_touched] = site
                    n_touched += 1
                state.extra[site] += cover.weight[row]
            state.work[0] += cover.row_ptr[row + 1] - cover.row_ptr[row]
    best, most = -1, 0
    for j in range(len(state.open)):
        if state.open[j] or banned[j]:
            continue
        more = state.gain[j] + state.extra[j] - state.gain[out]
        if more > most and _may_exchange(cover, state, out, j):
            best, most = j, int(more)
    for k in range(n_touched):
        state.extra[state.touched[k]] = 0
    state.work[0] += len(state.open)
    return best, most


@compiled
def improve(
    cover: Cover, state: State, price: Floats, banned: NDArray[np.bool_], most_work: int
) -> None:
    """Exchange open sites for closed ones while that reaches more, and open what still fits.

    Teitz and Bart (1968), vertex substitution on the covering objective.

    Parameters
    ----------
    cover, state, price, banned
        As in `add_greedily`.
    most_work
        Steps of the state's work after which to stop.
    """
    n = len(state.open)
    idle, out = 0, 0
    while idle < n and state.work[0] < most_work:
        if state.open[out]:
            best, _ = _best_exchange(cover, state, out, banned)
            if best >= 0:
                close_site(cover, state, out)
                open_site(cover, state, best)
                add_greedily(cover, state, price, banned)
                idle = 0
        out = out + 1 if out + 1 < n else 0
        idle += 1


@compiled
def reached(cover: Cover, state: State) -> int:
    """Return the weight the open sites reach."""
    total = 0
    for row in range(len(cover.weight)):
        if state.times[row] > 0:
            total += cover.weight[row]
    return total


@compiled
def _next(seed: NDArray[np.uint64]) -> int:
    """Return the next pseudo-random number (xorshift*, Marsaglia 2003 and Vigna 2016)."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return int((x * np.uint64(2685821657736338717)) >> np.uint64(33))


@compiled
def _shake(
    cover: Cover,
    state: State,
    price: Floats,
    banned: NDArray[np.bool_],
    seed: NDArray[np.uint64],
    size: int,
) -> None:
    """Close a few open sites, near each other or not, and fill up without them."""
    chosen = np.flatnonzero(state.open)
    barred = banned.copy()
    if len(chosen) == 0:
        return
    near = np.zeros(len(state.open), dtype=np.bool_)
    first = chosen[_next(seed) % len(chosen)]
    local = _next(seed) % 2 == 0
    if local:
        for k in range(cover.ptr[first], cover.ptr[first + 1]):
            row = cover.who[k]
            for m in range(cover.row_ptr[row], cover.row_ptr[row + 1]):
                near[cover.row_sites[m]] = True
        state.work[0] += cover.ptr[first + 1] - cover.ptr[first]
    left = size
    begin = _next(seed) % len(chosen)
    for i in range(len(chosen)):
        site = chosen[(begin + i) % len(chosen)]
        if (
            left > 0
            and (site == first or near[site] or not local)
            and may_close(cover, state, site)
        ):
            close_site(cover, state, site)
            barred[site] = True
            left -= 1
    # One of those closed may not come back at once, or nothing would be shaken.
    add_greedily(cover, state, price, barred)


@compiled
def shake_and_improve(
    cover: Cover,
    state: State,
    price: Floats,
    banned: NDArray[np.bool_],
    seed: NDArray[np.uint64],
    rounds: int,
    most_work: int,
) -> int:
    """Return the weight reached after rounds of shaking the best plan and improving it again.

    Iterated local search (Lourenco, Martin and Stutzle, 2003). The state ends as the best found.

    Parameters
    ----------
    cover, state, price, banned, most_work
        As in `improve`.
    seed
        State of the pseudo-random numbers, shape ``(1,)``, not 0.
    rounds
        How often to shake.
    """
    best = start_state(cover)
    copy_state(state, best)
    value = reached(cover, state)
    for _ in range(rounds):
        if state.work[0] > most_work:
            break
        _shake(cover, state, price, banned, seed, 1 + _next(seed) % 4)
        improve(cover, state, price, banned, most_work)
        new = reached(cover, state)
        if new >= value and rules_kept(cover, state):
            value = new
            copy_state(state, best)
        else:
            copy_state(best, state)
    return value
