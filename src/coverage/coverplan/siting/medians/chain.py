"""The p-median search: a start, prices, what they rule out, and the proof."""

import time
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..highs import Ending, Mip, solve_mip, whole_bound
from ..plan import Bounds, Limits
from ..problem import SitingProblem
from ..rows import SiteRows
from .bound import Prices, Ruled, number_rows, numbers_of, rule
from .branch import Model, Tree, search_tree
from .lists import NearLists, near_lists, nearest_of
from .swaps import Searcher
from .telescope import telescope

Mask = NDArray[np.bool_]

_MANY_PAIRS = 8_000_000
"""Above so many pairs lists are cut short at first."""

_LEAST_LIST, _LIST_FACTOR = 48, 6
"""A list cut short holds at least so many sites, and so many times those of an average circle."""

_CHUNK, _CHUNKS = 60, 25
"""Steps between two tries for a better plan, and how often at most."""

_MOST_MODEL = 3_000_000
"""Coefficients of a model that is still given to the solver."""

_KICK_PAIRS, _LEAST_KICKS, _MOST_KICKS = 100_000_000, 8, 60
"""Tries to better the best plan by chance: fewer where lists are long."""

_START_SECONDS = 20.0
_TINY = 1e-6


@dataclass(slots=True)
class Chain:
    """State of a search; `run` is the way in.

    Parameters
    ----------
    problem, limits, begin
        The question, when to stop, and when it began.
    rows
        The rules, with sites ruled in and out so far.
    best, value, bound
        Open sites of the best plan, its value, and what no plan can be better than.
    ending
        How the search ended; ``impossible`` is a proof.
    sizes
        Rows and columns before and after reduction.
    """

    problem: SitingProblem
    limits: Limits
    begin: float
    rows: SiteRows
    best: Mask | None = None
    value: int | None = None
    bound: int = 0
    ending: Ending = "stopped"
    sizes: dict[str, int] = field(default_factory=dict)
    tried: set[bytes] = field(default_factory=set)
    prices: Prices | None = None
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def run(self) -> None:
        """Search until the proof, the gap asked for, or the time limit."""
        near = self._lists()
        self.sizes |= {"places": len(near), "candidates": len(self.problem.sites)}
        search = self._searcher(near)
        self._start(near, search)
        if self.best is None:
            return
        near = self._climb(near, search)
        if not self.proven and self._only_numbers():
            self._branch(near)
        elif not self.proven:
            self._prove(near)
        if self.proven:
            self.ending = "solved"

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.limits.time_limit_seconds - (time.perf_counter() - self.begin)

    @property
    def proven(self) -> bool:
        """Whether the plan is as near to the bound as was asked for."""
        if self.value is None:
            return False
        return self.value - self.bound <= self.value * self.limits.gap_percent / 100

    def value_of(self, opened: Mask) -> int:
        """Return weight times milliseconds to the nearest open site, over everybody."""
        return int((self.problem.weight * nearest_of(self.problem, opened)).sum())

    def _lists(self) -> NearLists:
        problem, rows = self.problem, self.rows
        free, fixed = rows.lower < rows.upper, rows.lower > 0
        most = None
        if problem.times is not None and len(problem.times.who) > _MANY_PAIRS:
            numbers = numbers_of(problem, rows)
            opened = min(numbers.new + numbers.old, numbers.both) + int(fixed.sum())
            per_circle = -(-int(free.sum()) // max(opened, 1))
            most = max(_LEAST_LIST, _LIST_FACTOR * per_circle)
        return near_lists(problem, free, fixed, most=most)

    def _searcher(self, near: NearLists) -> Searcher:
        numbers = numbers_of(self.problem, self.rows)
        return Searcher.of(near, self.rows, min(numbers.new + numbers.old, numbers.both))

    def _start(self, near: NearLists, search: Searcher) -> None:
        """Find a first plan: by adding what saves most; where that breaks a rule, by a model."""
        fixed = self.rows.lower > 0
        first = search.improve(fixed)
        if self.rows.kept(first).all():
            self._take(first)
            return
        saved = np.bincount(
            near.site,
            np.repeat(near.weight, np.diff(near.ptr))
            * (np.repeat(near.beyond, np.diff(near.ptr)) - near.ms),
            minlength=near.n_sites,
        )
        rows = self.rows
        model = Mip(
            sense="max",
            cost=saved / max(float(saved.max(initial=0)), 1.0),
            rows=rows.matrix,
            row_lower=rows.row_lower,
            row_upper=rows.row_upper,
            lower=rows.lower,
            upper=rows.upper,
            whole=np.ones(near.n_sites, dtype=np.bool_),
            integral=False,
        )
        limits = replace(
            self.limits,
            time_limit_seconds=min(max(self.left, 0.0), _START_SECONDS),
            gap_percent=5.0,
            on_bounds=None,
        )
        answer = solve_mip(model, limits)
        self.ending = "stopped" if answer.values is not None else answer.ending
        if answer.values is not None:
            self._take(search.improve(np.round(answer.values) == 1))

    def _take(self, opened: Mask) -> None:
        """Keep a plan if it keeps the rules and is better than the best."""
        if not self.rows.kept(opened).all():
            return
        value = self.value_of(opened)
        if self.value is None or value < self.value:
            self.best, self.value = opened, value
            self._tell()

    def _tell(self) -> None:
        if self.limits.on_bounds is not None:
            seconds = time.perf_counter() - self.begin
            self.limits.on_bounds(Bounds(self.value, self.bound, seconds))

    def _climb(self, near: NearLists, search: Searcher) -> NearLists:
        """Raise the bound, try the plans it leads to, rule sites out; return what is left."""
        prices = self.prices = Prices.begin(near, self._first_prices(near))
        for _ in range(_ROUNDS):
            before = self.value
            self._ascend(near, search, prices)
            self._kick(near, search)
            ruled = rule(near, self.rows, prices)
            self._raise(ruled.value)
            if self.proven or self.left <= 0:
                break
            dropped = self._rule_out(ruled)
            prices.reprice(self.rows, _without_numbers(self.problem, self.rows, ruled.row_price))
            if dropped > _WORTH_IT or not near.whole:
                near = self._nearer(near, ruled)
                search = self._searcher(near)
            elif self.value == before and not prices.climb.offset.any():
                break
        return near

    def _first_prices(self, near: NearLists) -> NDArray[np.float64]:
        """Return prices half way between the nearest and the next open site of the best plan."""
        if self.best is None:
            return np.zeros(len(near))
        first, second = Searcher.two_nearest(near, self.best)
        return np.asarray(near.weight * (first + second) / 2)

    def _ascend(self, near: NearLists, search: Searcher, prices: Prices) -> None:
        numbers = numbers_of(self.problem, self.rows)
        fixed = self.rows.lower > 0
        for _ in range(_CHUNKS):
            if self.value is None or self.left <= 0:
                return
            steps = prices.ascend(near, numbers, self.value, _CHUNK)
            plan = prices.climb.last | fixed
            if plan.tobytes() not in self.tried:
                self.tried.add(plan.tobytes())
                self._take(search.improve(self._mended(plan, prices.climb.mean)))
            if steps < _CHUNK:
                return

    def _kick(self, near: NearLists, search: Searcher) -> None:
        """Close a few sites of the best plan at random, mend it, and keep what is better.

        Lourenco, H., Martin, O. and Stuetzle, T. (2003): Iterated local search. Handbook of
        Metaheuristics, 321-353.
        """
        fixed = self.rows.lower > 0
        kicks = min(max(_KICK_PAIRS // max(len(near.ms), 1), _LEAST_KICKS), _MOST_KICKS)
        for _ in range(kicks):
            if self.best is None or self.proven or self.left <= 0:
                return
            free = np.flatnonzero(self.best & ~fixed)
            some = min(int(self.random.integers(2, 7)), len(free))
            plan = self.best.copy()
            plan[self.random.choice(free, some, replace=False)] = False
            self._take(search.improve(plan))

    def _mended(self, plan: Mask, order: NDArray[np.float64]) -> Mask:
        """Return as much of a plan as the rules allow, sites of larger ``order`` first."""
        if self.rows.kept(plan).all():
            return plan
        columns, mended = self.rows.matrix.tocsc(), self.rows.lower > 0
        sums = columns @ mended.astype(float)
        for j in sorted(np.flatnonzero(plan & ~mended).tolist(), key=lambda j: -order[j]):
            entries = slice(columns.indptr[j], columns.indptr[j + 1])
            row = columns.indices[entries]
            after = sums[row] + columns.data[entries]
            if (after <= self.rows.row_upper[row] + _TINY).all():
                sums[row] = after
                mended[j] = True
        return mended

    def _rule_out(self, ruled: Ruled) -> float:
        """Rule sites in and out; return the share of the free ones that were."""
        rows, value = self.rows, self.value
        if value is None:
            return 0.0
        free = rows.lower < rows.upper
        out, into = ruled.ruled_out(value) & free, ruled.ruled_in(value) & free
        self.rows = replace(
            rows,
            lower=np.where(into, 1.0, rows.lower),
            upper=np.where(out & ~into, 0.0, rows.upper),
        )
        return float((out | into).sum()) / max(int(free.sum()), 1)

    def _nearer(self, near: NearLists, ruled: Ruled) -> NearLists:
        """Return the lists of what is left."""
        radius = np.full(len(self.problem.people), -1, dtype=np.int64)
        radius[near.place] = ruled.radius(near, self.value or 0)
        free, fixed = self.rows.lower < self.rows.upper, self.rows.lower > 0
        return near_lists(self.problem, free, fixed, radius=radius)

    def _raise(self, bound: int) -> None:
        self.bound = max(self.bound, min(bound, self.value if self.value is not None else bound))
        self._tell()

    def _prove(self, near: NearLists) -> None:
        """Give what is left to the solver."""
        must_serve = near.beyond < nearest_of(self.problem, self.rows.lower > 0)[near.place]
        model = telescope(near, self.rows, must_serve)
        self.sizes |= {
            "candidates_left": int((self.rows.lower < self.rows.upper).sum()),
            "rows_left": len(model.parent),
            "pairs": model.pairs,
        }
        if model.pairs > _MOST_MODEL or self.best is None or self.left <= 0:
            return
        answer = solve_mip(
            model.mip,
            self._shifted(model.constant),
            start=model.start(self.best),
            begin=self.begin,
        )
        if answer.values is not None:
            self._take(np.round(answer.values[: near.n_sites]) == 1)
        if np.isfinite(answer.bound):
            self._raise(whole_bound(answer.bound + model.constant, "min") or 0)

    def _only_numbers(self) -> bool:
        """Return whether all rules are numbers of sites."""
        return bool(number_rows(self.problem, self.rows).all())

    def _branch(self, near: NearLists) -> None:
        """Decide on the sites left one by one, with bounds in whole numbers."""
        if self.best is None or self.value is None or self.prices is None:
            return
        free, fixed = self.rows.lower < self.rows.upper, self.rows.lower > 0
        must_serve = near.beyond < nearest_of(self.problem, fixed)[near.place]
        numbers = numbers_of(self.problem, self.rows)
        scale = rule(near, self.rows, self.prices).scale
        model = Model(
            near.ptr, near.site, near.ms, near.beyond, near.weight, must_serve, scale
        )
        room = int(free.sum()) + 3
        tree = Tree(
            kinds=np.zeros((room, near.n_sites), dtype=np.int8),
            bound=np.zeros(room, dtype=np.int64),
            count=np.ones(1, dtype=np.int64),
            best=np.zeros(near.n_sites, dtype=np.bool_),
            value=np.full(1, self.value, dtype=np.int64),
        )
        tree.kinds[0] = numbers.kind
        tree.bound[0] = self.bound * scale - scale + 1
        climb = self.prices.climb
        climb.offset[:] = 0.0
        root, nodes = climb.v.copy(), 0
        while tree.count[0] and self.left > 0:
            climb.v[:] = root
            climb.step[2:] = _NODE_PATIENCE, _NODE_MEMORY
            nodes += search_tree(
                model, self.problem.sites.existing, numbers, climb, tree, _NODE_STEPS, _NODES
            )
            if tree.value[0] < self.value:
                self._take(self._filled(tree.best | fixed))
            waiting = tree.bound[: tree.count[0]]
            least = -(-int(waiting.min()) // scale) if len(waiting) else self.value
            self._raise(least)
        self.sizes |= {"candidates_left": int(free.sum()), "rows_left": len(near.ms), "nodes": nodes}

    def _filled(self, plan: Mask) -> Mask:
        """Return a plan with as many sites as the rules ask for; more never make it worse."""
        for j in np.flatnonzero((self.rows.lower < self.rows.upper) & ~plan):
            if self.rows.kept(plan).all():
                break
            plan = plan.copy()
            plan[j] = True
        return plan

    def _shifted(self, constant: int) -> Limits:
        """Return the limits, telling bounds with what the model leaves out."""
        tell = self.limits.on_bounds
        if tell is None:
            return self.limits

        def shifted(bounds: Bounds) -> None:
            value = None if bounds.value is None else bounds.value + constant
            bound = self.bound if bounds.bound is None else bounds.bound + constant
            tell(Bounds(value, max(bound, self.bound), bounds.seconds))

        return replace(self.limits, on_bounds=shifted)


_NODE_STEPS, _NODE_PATIENCE, _NODE_MEMORY, _NODES = 120, 15.0, 0.7, 20
_ROUNDS = 6
_WORTH_IT = 0.1


def _without_numbers(
    problem: SitingProblem, rows: SiteRows, price: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return prices of the rules, those of mere numbers of sites left out: they are kept as such."""
    return np.where(number_rows(problem, rows), 0.0, price)
