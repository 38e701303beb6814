"""Cheaper covers from a good one: close some neighbouring sites, cover again greedily, repeat.

Schrimpf, G., Schneider, J., Stamm-Wilbrandt, H. and Dueck, G. (2000): Record breaking optimization
results using the ruin and recreate principle. Journal of Computational Physics 159, 139-171.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import compiled
from .arrays import TINY, Floats, Ids, Ints


class Wanted(NamedTuple):
    """Sites, rows of people, needs over the rows, and rules over the sites, as plain arrays.

    Parameters
    ----------
    ptr, who, row_ptr, row_sites
        Rows each site reaches, and sites that reach each row.
    need_ptr, need_of, need_value
        What each row counts in which needs.
    of_ptr, of_rows, of_value
        The same by need.
    asked
        What each need asks for.
    rule_ptr, rule_of, rule_value, low, up
        Rules each site takes part in, its coefficients there, and the bounds of the rules.
    cost
        Of each site.
    free
        Sites a plan decides on.
    """

    ptr: Ints
    who: Ids
    row_ptr: Ints
    row_sites: Ids
    need_ptr: Ints
    need_of: Ids
    need_value: Ints
    of_ptr: Ints
    of_rows: Ids
    of_value: Ints
    asked: Ints
    rule_ptr: Ints
    rule_of: Ids
    rule_value: Floats
    low: Floats
    up: Floats
    cost: Ints
    free: NDArray[np.bool_]


class Covered(NamedTuple):
    """Open sites, how often each row is reached, what needs lack, and what sites would bring.

    Parameters
    ----------
    open, times, lack, act
        Of sites, rows, needs (negative: more than asked) and rules.
    price, gain
        What reaching a row is worth now, and the sum over the unreached rows of each site.
    """

    open: NDArray[np.bool_]
    times: Ids
    lack: Ints
    act: Floats
    price: Floats
    gain: Floats


@compiled
def covered_by(wanted: Wanted, open_: NDArray[np.bool_]) -> Covered:
    """Return the state of some open sites."""
    n, n_rows = len(wanted.ptr) - 1, len(wanted.row_ptr) - 1
    state = Covered(
        np.zeros(n, dtype=np.bool_),
        np.zeros(n_rows, dtype=np.int32),
        wanted.asked.copy(),
        np.zeros(len(wanted.low)),
        np.zeros(n_rows),
        np.zeros(n),
    )
    for need in range(len(wanted.asked)):
        if state.lack[need] > 0:
            _reprice(wanted, state, need, 1.0)
    for j in range(n):
        if open_[j]:
            switch(wanted, state, j, 1)
    return state


@compiled
def _reprice(wanted: Wanted, state: Covered, need: int, sign: float) -> None:
    """Count the rows of a need, or count them no more."""
    scale = sign / max(wanted.asked[need], 1)
    for at in range(wanted.of_ptr[need], wanted.of_ptr[need + 1]):
        row = wanted.of_rows[at]
        worth = wanted.of_value[at] * scale
        state.price[row] += worth
        if state.times[row] == 0:
            for k in range(wanted.row_ptr[row], wanted.row_ptr[row + 1]):
                state.gain[wanted.row_sites[k]] += worth


@compiled
def switch(wanted: Wanted, state: Covered, site: int, on: int) -> None:
    """Open a site (``on`` = 1) or close it (-1)."""
    state.open[site] = on > 0
    for k in range(wanted.rule_ptr[site], wanted.rule_ptr[site + 1]):
        state.act[wanted.rule_of[k]] += on * wanted.rule_value[k]
    for at in range(wanted.ptr[site], wanted.ptr[site + 1]):
        row = wanted.who[at]
        before = state.times[row]
        state.times[row] += on
        if before > 0 and state.times[row] > 0:
            continue
        for k in range(wanted.row_ptr[row], wanted.row_ptr[row + 1]):
            state.gain[wanted.row_sites[k]] -= on * state.price[row]
        for k in range(wanted.need_ptr[row], wanted.need_ptr[row + 1]):
            need = wanted.need_of[k]
            was = state.lack[need]
            state.lack[need] -= on * wanted.need_value[k]
            if (was > 0) != (state.lack[need] > 0):
                _reprice(wanted, state, need, float(-on))


@compiled
def _may(wanted: Wanted, state: Covered, site: int, on: int) -> bool:
    """Return whether opening or closing a site keeps every rule that is kept now."""
    for k in range(wanted.rule_ptr[site], wanted.rule_ptr[site + 1]):
        rule = wanted.rule_of[k]
        change = on * wanted.rule_value[k]
        after = state.act[rule] + change
        if change > 0 and after > wanted.up[rule] + TINY:
            return False
        if change < 0 and after < wanted.low[rule] - TINY:
            return False
    return True


@compiled
def _spare(wanted: Wanted, state: Covered, site: int, loss: Ints) -> bool:
    """Return whether every need is still met without a site. ``loss`` is scratch, zero."""
    fine = True
    for sign in (1, -1):
        for at in range(wanted.ptr[site], wanted.ptr[site + 1]):
            row = wanted.who[at]
            if state.times[row] != 1:
                continue
            for k in range(wanted.need_ptr[row], wanted.need_ptr[row + 1]):
                need = wanted.need_of[k]
                loss[need] += sign * wanted.need_value[k]
                if sign > 0 and state.lack[need] + loss[need] > 0:
                    fine = False
    return fine


@compiled
def _draw(seed: NDArray[np.uint64]) -> int:
    """Return a random whole number from 0 to 2**31 - 1 (xorshift)."""
    x = seed[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    seed[0] = x
    return int(x >> np.uint64(33))


@compiled
def _ruin(wanted: Wanted, state: Covered, seed: NDArray[np.uint64], most: int) -> None:
    """Close up to ``most`` open sites that share rows with a random one."""
    site = _draw(seed) % (len(wanted.ptr) - 1)
    closed = 0
    size = wanted.ptr[site + 1] - wanted.ptr[site]
    if size == 0:
        return
    shift = _draw(seed) % size
    for step in range(size):
        row = wanted.who[wanted.ptr[site] + (shift + step) % size]
        for k in range(wanted.row_ptr[row], wanted.row_ptr[row + 1]):
            j = wanted.row_sites[k]
            if state.open[j] and wanted.free[j] and _may(wanted, state, j, -1):
                switch(wanted, state, j, -1)
                closed += 1
                if closed >= most:
                    return


@compiled
def _recreate(wanted: Wanted, state: Covered, seed: NDArray[np.uint64]) -> bool:
    """Open sites until every need is met; not always the one that brings most for its cost."""
    n = len(wanted.ptr) - 1
    while (state.lack > 0).any():
        best, most = -1, 0.0
        for j in range(n):
            if state.open[j] or not wanted.free[j] or state.gain[j] <= TINY * TINY:
                continue
            worth = state.gain[j] / max(wanted.cost[j], TINY)
            worth *= 1.0 + 0.1 * (_draw(seed) & 1023) / 1024
            if worth > most and _may(wanted, state, j, 1):
                best, most = j, worth
        if best < 0:
            return False
        switch(wanted, state, best, 1)
    return True


@compiled
def _without_spare(wanted: Wanted, state: Covered, seed: NDArray[np.uint64], loss: Ints) -> None:
    """Close what every need can spare, from a random one on."""
    n = len(wanted.ptr) - 1
    shift = _draw(seed) % n
    for step in range(n):
        j = (shift + step) % n
        if not (state.open[j] and wanted.free[j]) or wanted.cost[j] <= 0:
            continue
        if _spare(wanted, state, j, loss) and _may(wanted, state, j, -1):
            switch(wanted, state, j, -1)


@compiled
def first_covered(wanted: Wanted, must: NDArray[np.bool_], seed: NDArray[np.uint64]) -> Covered:
    """Return sites opened one by one, first where rules ask for some, then where needs lack most.

    Parameters
    ----------
    wanted, must
        The problem, and the sites that are open in every plan, shape ``(n_sites,)``.
    seed
        Random state, changed.
    """
    state = covered_by(wanted, must)
    for rule in range(len(wanted.low)):
        while state.act[rule] < wanted.low[rule] - TINY:
            best, most = -1, -1.0
            for j in range(len(must)):
                if state.open[j] or not wanted.free[j]:
                    continue
                helps = False
                for k in range(wanted.rule_ptr[j], wanted.rule_ptr[j + 1]):
                    helps |= wanted.rule_of[k] == rule and wanted.rule_value[k] > 0
                worth = (max(state.gain[j], 0.0) + TINY) / max(wanted.cost[j], TINY)
                if helps and worth > most and _may(wanted, state, j, 1):
                    best, most = j, worth
            if best < 0:
                break
            switch(wanted, state, best, 1)
    if _recreate(wanted, state, seed):
        loss = np.zeros(len(wanted.asked), dtype=np.int64)
        _without_spare(wanted, state, seed, loss)
    return state


@compiled
def ruin_and_recreate(
    wanted: Wanted,
    open_: NDArray[np.bool_],
    seed: NDArray[np.uint64],
    rounds: int,
    most: int,
) -> NDArray[np.bool_]:
    """Return open sites that cost no more than the given ones, and meet the same needs.

    Parameters
    ----------
    wanted, open_
        The problem, and sites that keep its rules and meet its needs, shape ``(n_sites,)``.
    seed
        Random state, changed.
    rounds, most
        How often, and sites closed each time at most.
    """
    state = covered_by(wanted, open_)
    kept = open_.copy()
    cost = (wanted.cost * kept).sum()
    loss = np.zeros(len(wanted.asked), dtype=np.int64)
    for _ in range(rounds):
        _ruin(wanted, state, seed, 1 + _draw(seed) % most)
        fine = _recreate(wanted, state, seed)
        if fine:
            _without_spare(wanted, state, seed, loss)
        new = (wanted.cost * state.open).sum()
        if fine and new <= cost:
            cost = new
            kept[:] = state.open
            continue
        for j in range(len(kept)):
            if state.open[j] and not kept[j]:
                switch(wanted, state, j, -1)
        for j in range(len(kept)):
            if kept[j] and not state.open[j]:
                switch(wanted, state, j, 1)
    return kept
