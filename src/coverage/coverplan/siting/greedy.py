"""A good plan quickly: greedy choice, then swaps while they help. The start of the exact search."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix


def greedy(cover: csr_matrix, people: NDArray[np.int64], sites: int) -> list[int]:
    """Return up to ``sites`` candidates, each the one that covers most of what is left.

    Church and ReVelle (1974), "greedy adding".
    """
    left = people.copy()
    chosen: list[int] = []
    for _ in range(min(sites, cover.shape[0])):
        gain = cover @ left
        gain[chosen] = -1
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        chosen.append(best)
        left[cover.indices[cover.indptr[best] : cover.indptr[best + 1]]] = 0
    return chosen


def improve_by_swaps(cover: csr_matrix, people: NDArray[np.int64], chosen: list[int]) -> list[int]:
    """Return a plan no exchange of one chosen site for another candidate makes better.

    Teitz and Bart (1968) vertex substitution on the covering objective.
    """
    plan = list(chosen)
    rows = [cover.indices[a:b] for a, b in zip(cover.indptr[:-1], cover.indptr[1:], strict=True)]
    times = np.zeros(len(people), dtype=np.int64)
    for site in plan:
        times[rows[site]] += 1
    improved = True
    while improved:
        improved = False
        for place, site in enumerate(plan):
            times[rows[site]] -= 1
            gain = cover @ np.where(times == 0, people, 0)
            best = int(np.argmax(gain))
            if gain[best] > gain[site]:
                plan[place] = best
                improved = True
            times[rows[plan[place]]] += 1
    return plan
