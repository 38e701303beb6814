"""The compiled loops of the exchange search of the p-median."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import Ids, Keys, Ms, compiled

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

_TINY = 1e-6


class Lists(NamedTuple):
    """Near sites of each place, as in `NearLists`, and the same by site.

    Parameters
    ----------
    ptr, site, ms, beyond, weight
        As there.
    start, place, time
        ``place[start[j]:start[j + 1]]`` are the numbers of the places site j is listed for, and
        ``time`` their milliseconds.
    """

    ptr: Keys
    site: Ids
    ms: Ms
    beyond: Keys
    weight: Keys
    start: Keys
    place: Ids
    time: Ms


class RuleColumns(NamedTuple):
    """Rules by site: ``row[ptr[j]:ptr[j + 1]]`` with ``value``, and bounds of each row."""

    ptr: Keys
    row: Ids
    value: Floats
    lower: Floats
    upper: Floats


class Desk(NamedTuple):
    """What the search keeps up to date.

    Parameters
    ----------
    opened, usable
        Open sites, and those that may be opened or closed, shape ``(n_sites,)``.
    sums
        Of each rule, shape ``(n_rules,)``.
    slot, at
        Slot of each open site (-1: none), and the site in each slot (-1: none).
    near, first, second
        Nearest open site of each place (-1: none listed), milliseconds to it and to the next.
    gain
        What opening a site saves, shape ``(n_sites,)``.
    loss
        What closing the site of a slot costs, shape ``(n_slots,)``.
    extra
        What opening one while closing the other saves on top, shape ``(n_sites, n_slots)``.
    touched
        Places a move concerns.
    """

    opened: Truths
    usable: Truths
    sums: Floats
    slot: Keys
    at: Keys
    near: Keys
    first: Keys
    second: Keys
    gain: Keys
    loss: Keys
    extra: Keys
    touched: Truths


@compiled
def turned(ptr: Keys, site: Ids, ms: Ms, n_sites: int) -> tuple[Keys, Ids, Ms]:
    """Return lists by place as lists by site: bounds, places and milliseconds."""
    start = np.zeros(n_sites + 1, dtype=np.int64)
    for e in range(len(site)):
        start[site[e] + 1] += 1
    for s in range(n_sites):
        start[s + 1] += start[s]
    end = start[:-1].copy()
    place = np.empty(len(site), dtype=np.int32)
    time = np.empty(len(site), dtype=np.int32)
    for i in range(len(ptr) - 1):
        for e in range(ptr[i], ptr[i + 1]):
            at = end[site[e]]
            place[at] = i
            time[at] = ms[e]
            end[site[e]] += 1
    return start, place, time


@compiled
def plan_value(lists: Lists, opened: Truths) -> int:
    """Return weight times milliseconds to the nearest open site, over all places."""
    total = 0
    for i in range(len(lists.beyond)):
        least = lists.beyond[i]
        for e in range(lists.ptr[i], lists.ptr[i + 1]):
            if opened[lists.site[e]]:
                least = min(least, lists.ms[e])
                break
        total += lists.weight[i] * least
    return total


@compiled
def _look(i: int, lists: Lists, desk: Desk) -> None:
    """Find the nearest two open sites of a place."""
    desk.near[i] = -1
    desk.first[i] = desk.second[i] = lists.beyond[i]
    for e in range(lists.ptr[i], lists.ptr[i + 1]):
        if desk.opened[lists.site[e]]:
            if desk.near[i] >= 0:
                desk.second[i] = lists.ms[e]
                return
            desk.first[i] = lists.ms[e]
            desk.near[i] = lists.site[e]


@compiled
def _say(i: int, sign: int, lists: Lists, desk: Desk) -> None:
    """Add (or take away) what a place says about every addition, closing and exchange."""
    w, first, second = sign * lists.weight[i], desk.first[i], desk.second[i]
    k = -1
    if desk.near[i] >= 0:
        k = desk.slot[desk.near[i]]
        desk.loss[k] += w * (second - first)
    for e in range(lists.ptr[i], lists.ptr[i + 1]):
        ms, j = lists.ms[e], lists.site[e]
        if ms >= second:
            break
        if desk.opened[j]:
            continue
        if ms < first:
            desk.gain[j] += w * (first - ms)
        if k >= 0:
            desk.extra[j, k] += w * (second - max(ms, first))


@compiled
def _change(of: int, row: int, rules: RuleColumns) -> float:
    """Return the coefficient of a site in a row."""
    if of >= 0:
        for e in range(rules.ptr[of], rules.ptr[of + 1]):
            if rules.row[e] == row:
                return float(rules.value[e])
    return 0.0


@compiled
def _fits(j: int, r: int, rules: RuleColumns, sums: Floats) -> bool:
    """Return whether opening j and closing r (-1: none) breaks no row that is kept."""
    for which in range(2):
        s = j if which == 0 else r
        if s < 0:
            continue
        for e in range(rules.ptr[s], rules.ptr[s + 1]):
            row = rules.row[e]
            change = _change(j, row, rules) - _change(r, row, rules)
            after = sums[row] + change
            if change > 0 and after > rules.upper[row] + _TINY:
                return False
            if change < 0 and after < rules.lower[row] - _TINY:
                return False
    return True


@compiled
def _best_move(slots: int, rules: RuleColumns, desk: Desk) -> tuple[int, int]:
    """Return the site to open (-1: none) and the slot to empty (-1: none) that save most."""
    best, best_j, best_slot = 0, -1, -1
    for j in range(len(desk.opened)):
        if desk.opened[j] or not desk.usable[j]:
            continue
        if desk.gain[j] > best and slots < len(desk.at) and _fits(j, -1, rules, desk.sums):
            best, best_j, best_slot = desk.gain[j], j, -1
        for k in range(slots):
            saved = desk.gain[j] - desk.loss[k] + desk.extra[j, k]
            if saved <= best or not desk.usable[desk.at[k]]:
                continue
            if _fits(j, desk.at[k], rules, desk.sums):
                best, best_j, best_slot = saved, j, k
    return best_j, best_slot


@compiled
def _touch(j: int, r: int, lists: Lists, desk: Desk) -> None:
    """Mark the places for which opening j and closing r changes anything."""
    for e in range(lists.start[j], lists.start[j + 1]):
        if lists.time[e] < desk.second[lists.place[e]]:
            desk.touched[lists.place[e]] = True
    if r >= 0:
        for e in range(lists.start[r], lists.start[r + 1]):
            if lists.time[e] <= desk.second[lists.place[e]]:
                desk.touched[lists.place[e]] = True


@compiled
def _tally(s: int, sign: float, rules: RuleColumns, sums: Floats) -> None:
    for e in range(rules.ptr[s], rules.ptr[s + 1]):
        sums[rules.row[e]] += sign * rules.value[e]


@compiled
def _apply(j: int, k: int, lists: Lists, rules: RuleColumns, desk: Desk) -> None:
    """Open j in slot k, closing the site that is there."""
    r = desk.at[k]
    _touch(j, r, lists, desk)
    for i in range(len(lists.beyond)):
        if desk.touched[i]:
            _say(i, -1, lists, desk)
    if r >= 0:
        desk.opened[r] = False
        desk.slot[r] = -1
        _tally(r, -1.0, rules, desk.sums)
    desk.opened[j] = True
    desk.slot[j] = k
    desk.at[k] = j
    _tally(j, 1.0, rules, desk.sums)
    for i in range(len(lists.beyond)):
        if desk.touched[i]:
            _look(i, lists, desk)
            _say(i, 1, lists, desk)
            desk.touched[i] = False


@compiled
def improve(lists: Lists, rules: RuleColumns, desk: Desk, most: int) -> int:
    """Make the best addition or exchange until none helps; return the number of moves.

    ``desk.opened`` is the plan before and after; the rest of the desk is made here.
    """
    slots = 0
    for s in range(len(desk.opened)):
        if desk.opened[s]:
            desk.slot[s] = slots
            desk.at[slots] = s
            slots += 1
            _tally(s, 1.0, rules, desk.sums)
    for i in range(len(lists.beyond)):
        _look(i, lists, desk)
        _say(i, 1, lists, desk)
    for move in range(most):
        j, k = _best_move(slots, rules, desk)
        if j < 0:
            return move
        if k < 0:
            k = slots
            slots += 1
        _apply(j, k, lists, rules, desk)
    return most


@compiled
def two_nearest(ptr: Keys, site: Ids, ms: Ms, beyond: Keys, opened: Truths) -> tuple[Keys, Keys]:
    """Return milliseconds of each place to the nearest two open sites of its list."""
    first, second = beyond.copy(), beyond.copy()
    for i in range(len(beyond)):
        met = False
        for e in range(ptr[i], ptr[i + 1]):
            if opened[site[e]]:
                if met:
                    second[i] = ms[e]
                    break
                first[i] = ms[e]
                met = True
    return first, second
