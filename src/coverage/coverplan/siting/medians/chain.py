"""The p-median search: a start, prices, what they rule out, and the proof."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .bound import Prices, Ruled, number_rows, rule
from .lists import NearLists, near_lists, pairs_within
from .proof import by_branching, by_model
from .start import first_plan, mended
from .state import State
from .swaps import Searcher

_MANY_PAIRS = 4_000_000
"""Above so many pairs lists are cut short."""

_LEAST_LIST, _LIST_FACTOR = 48, 6
"""A list cut short holds at least so many sites, and so many times those of an average circle."""

_STEPS, _CHUNKS, _ROUNDS = 60, 25, 6
"""Steps of the ascent between two tries for a better plan, tries of a round, and rounds."""

_STALLED = 0.01
"""Share of the gap that three chunks have to close for a round to go on."""

_KICK_PAIRS, _LEAST_KICKS, _MOST_KICKS = 150_000_000, 8, 60
"""Tries to better the best plan by chance: fewer where lists are long."""

_IDLE = 8
"""Rounds of such tries without a better plan after which no more are made."""

_WORTH_IT = 0.1
"""Share of the free sites that must have been ruled out for another round."""

_MOST_PROOF = 2_000_000
"""Pairs of a problem that is still given to the exact search."""


def search(state: State) -> None:
    """Search until the proof, the gap asked for, or the time limit.

    Parameters
    ----------
    state
        The problem, and in the end the best plan and its bound.
    """
    chain = _Chain(state)
    state.sizes |= {"places": len(chain.near), "candidates": len(state.problem.sites)}
    first_plan(state, chain.near, chain.search)
    if state.best is None:
        return
    chain.climb()
    if not state.over:
        chain.prove()
    if state.proven:
        state.ending = "solved"


@dataclass(slots=True)
class _Chain:
    """The lists of a search, their prices, and the plans it has tried."""

    state: State
    near: NearLists = field(init=False)
    search: Searcher = field(init=False)
    prices: Prices = field(init=False)
    ruled: Ruled | None = None
    tried: set[bytes] = field(default_factory=set)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def __post_init__(self) -> None:
        self._list(None)

    def _list(self, radius: NDArray[np.int64] | None) -> None:
        """Make the lists of the sites that are left."""
        state, numbers, most = self.state, self.state.numbers, None
        times = state.problem.times
        if times is not None and len(times.who) > _MANY_PAIRS:
            opened = min(numbers.new + numbers.old, numbers.both) + int(state.fixed.sum())
            per_circle = -(-int(state.free.sum()) // max(opened, 1))
            most = max(_LEAST_LIST, _LIST_FACTOR * per_circle)
        self.near = near_lists(state.problem, state.free, state.fixed, radius=radius, most=most)
        self.search = Searcher.of(
            self.near, state.rows, min(numbers.new + numbers.old, numbers.both)
        )

    def climb(self) -> None:
        """Raise the bound, try the plans it leads to, rule sites out; again with what is left."""
        state = self.state
        first, second = Searcher.two_nearest(self.near, self.plan)
        self.prices = Prices.begin(self.near, np.asarray(self.near.weight * (first + second) / 2))
        for _ in range(_ROUNDS):
            before = state.value
            self._ascend()
            self._kick()
            self.ruled = rule(self.near, state.rows, self.prices)
            state.lift(self.ruled.value)
            if state.over:
                return
            dropped = self._rule_out(self.ruled)
            others = np.where(number_rows(state.problem, state.rows), 0.0, self.ruled.row_price)
            self.prices.reprice(state.rows, others)
            if dropped > _WORTH_IT:
                self._list(self._radius(self.ruled))
            elif state.value == before and not others.any():
                return

    @property
    def plan(self) -> NDArray[np.bool_]:
        """Open sites of the best plan."""
        return self.state.fixed if self.state.best is None else self.state.best

    def _ascend(self) -> None:
        state, prices, numbers = self.state, self.prices, self.state.numbers
        history: list[float] = []
        for _ in range(_CHUNKS):
            if state.value is None or state.left <= 0:
                return
            steps = prices.ascend(self.near, numbers, state.value, _STEPS)
            plan = prices.climb.last | state.fixed
            if plan.tobytes() not in self.tried:
                self.tried.add(plan.tobytes())
                begin = mended(state.rows, plan, prices.climb.mean)
                state.take(self.search.improve(begin))
            history.append(float(prices.climb.best[0]))
            if steps < _STEPS or _stalled(history, state.value - prices.constant):
                return

    def _kick(self) -> None:
        """Close a few sites of the best plan, mend it, and keep what is better.

        In turn sites from anywhere and neighbouring ones.


        Lourenco, H., Martin, O. and Stuetzle, T. (2003): Iterated local search. Handbook of
        Metaheuristics, 321-353.
        """
        pairs = max(len(self.near.ms), 1)
        for turn in range(min(max(_KICK_PAIRS // pairs, _LEAST_KICKS), _MOST_KICKS)):
            if self.state.over:
                return
            plan = self.plan.copy()
            some = int(self.random.integers(2, 7))
            if turn % 2:
                plan[self._neighbours(plan, some)] = False
            else:
                free = np.flatnonzero(plan & self.state.free)
                plan[self.random.choice(free, min(some, len(free)), replace=False)] = False
            self.state.take(self.search.improve(plan))

    def _neighbours(self, plan: NDArray[np.bool_], number: int) -> NDArray[np.int32]:
        """Return the open sites nearest to somebody chosen at random that can be closed."""
        i = int(self.random.integers(len(self.near)))
        listed = self.near.site[self.near.ptr[i] : self.near.ptr[i + 1]]
        return listed[(plan & self.state.free)[listed]][:number]

    def _rule_out(self, ruled: Ruled) -> float:
        """Rule sites in and out; return the share of the free ones that were."""
        state = self.state
        if state.value is None:
            return 0.0
        free, rows = state.free, state.rows
        out, into = ruled.ruled_out(state.value) & free, ruled.ruled_in(state.value) & free
        state.rows = replace(
            rows,
            lower=np.where(into, 1.0, rows.lower),
            upper=np.where(out & ~into, 0.0, rows.upper),
        )
        return float((out | into).sum()) / max(int(free.sum()), 1)

    def _radius(self, ruled: Ruled) -> NDArray[np.int64]:
        """Return milliseconds nobody takes longer than in any plan as good as the best."""
        radius = np.full(len(self.state.problem.people), -1, dtype=np.int64)
        if self.state.value is not None:
            radius[self.near.place] = ruled.radius(self.near, self.state.value)
        return radius

    def prove(self) -> None:
        """Decide exactly on what is left, where that is little enough."""
        state = self.state
        if self.ruled is None:
            return
        radius = self._radius(self.ruled)
        left = pairs_within(state.problem, state.free, state.fixed, radius)
        state.sizes |= {"candidates_left": int(state.free.sum()), "pairs_left": left}
        if left > _MOST_PROOF:
            self._polish()
            return
        near = near_lists(state.problem, state.free, state.fixed, radius=radius)
        if state.plain:
            by_branching(state, near, self.prices)
        else:
            by_model(state, near)

    def _polish(self) -> None:
        """Use what time is left for better plans, until nothing more is found for long."""
        idle = 0
        while not self.state.over and idle < _IDLE:
            before = self.state.value
            self._kick()
            idle = 0 if self.state.value != before else idle + 1


def _stalled(history: list[float], target: float) -> bool:
    """Return whether the last three chunks closed next to nothing of the gap."""
    three = 4
    if len(history) < three:
        return False
    return history[-1] - history[-three] < _STALLED * (target - history[-1])
