"""A better plan for many draws: exchanges of one site for another while the worst draw gains."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .exchange_values import PlanState
from .plan import NEWLY
from .problem import SitingProblem
from .rivals import keep_rules
from .rows import SiteRows


def swap_for_the_worst(
    drawn: Sequence[SitingProblem],
    offset: NDArray[np.int64],
    rows: SiteRows,
    open_: NDArray[np.bool_],
    until: float,
) -> NDArray[np.bool_]:
    """Return a plan whose smallest margin over the draws no exchange of one site makes larger.

    Parameters
    ----------
    drawn
        The problem in each draw.
    offset
        What the margin of each draw is counted from, shape ``(n_draws,)``.
    rows, open_
        The rules, and open sites that keep them.
    until
        When to stop, whatever is reached by then (`time.perf_counter`).
    """
    best = open_.copy()
    stands = drawn[0].sites.existing
    while time.perf_counter() < until:
        chosen = np.flatnonzero(best & ~stands).tolist()
        closed = np.flatnonzero(~best & stands).tolist()
        now: int | None = None
        after: NDArray[np.int64] | None = None
        for problem, base in zip(drawn, offset.tolist(), strict=True):
            state = PlanState(problem, chosen, closed, NEWLY)
            reached, then = state.covered(problem.weight)
            now = reached - base if now is None else min(now, reached - base)
            after = then - base if after is None else np.minimum(after, then - base)
            if time.perf_counter() >= until:
                return best
        if after is None or now is None or not after.size:
            return best
        after = np.where(keep_rules(rows, state), after, np.iinfo(np.int64).min)
        out, into = np.unravel_index(int(after.argmax()), after.shape)
        if after[out, into] <= now:
            return best
        best[state.out[out]] = False
        best[state.into[into]] = True
    return best
