"""The things a need counts: who brings them today, who could, and which count as one."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from ..travel import Reach
from .programme_needs import ProgrammeNeed
from .programme_problem import ProgrammeProblem

New = dict[str, NDArray[np.int64]]
"""By layer, positions of the sites that are columns of the model."""


def existing_bring(problem: ProgrammeProblem, need: ProgrammeNeed) -> NDArray[np.bool_]:
    """Return which things of a need existing sites bring, shape ``(n,)``.

    Parameters
    ----------
    problem, need
        The programme, and one of its needs.
    """
    found = np.zeros(len(need.weight), dtype=bool)
    for key, reach in need.reach.items():
        sites = problem.layers[key].problem.sites
        found |= reach.covered(np.flatnonzero(sites.existing & ~sites.barred).tolist())
    return found


def who_brings(need: ProgrammeNeed, new: New) -> csr_matrix:
    """Return things x sites that are columns, all layers beside each other.

    Parameters
    ----------
    need, new
        The need, and which sites are columns.
    """
    n = len(need.weight)
    parts = [
        need.reach[key].matrix()[some].T if key in need.reach else csr_matrix((n, len(some)))
        for key, some in new.items()
    ]
    return _by_rows(hstack(parts) if parts else csr_matrix((n, 0)))


def _by_rows(matrix: object) -> csr_matrix:
    found = csr_matrix(matrix, dtype=np.float64)
    found.sort_indices()
    return found


def merged(
    brings: csr_matrix, weight: NDArray[np.int64], live: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], csr_matrix]:
    """Return things that the same sites bring as one: what they count, and who brings them.

    Parameters
    ----------
    brings, weight, live
        Things x sites, what each thing counts, and which things matter.
    """
    one = np.zeros(len(weight), dtype=np.int64)
    sums, matrix, _ = merged_in(brings, weight, live, one)
    return sums, matrix


def merged_in(
    brings: csr_matrix,
    weight: NDArray[np.int64],
    live: NDArray[np.bool_],
    group: NDArray[np.int64],
) -> tuple[NDArray[np.int64], csr_matrix, NDArray[np.int64]]:
    """Return the same within each group, and the group of each merged thing.

    Parameters
    ----------
    brings, weight, live, group
        As in `merged`, and the group of each thing.
    """
    ptr, sites = brings.indptr, brings.indices
    first: dict[tuple[int, bytes], int] = {}
    sums: list[int] = []
    where: list[int] = []
    for i in np.flatnonzero(live & (weight > 0)).tolist():
        key = (int(group[i]), sites[ptr[i] : ptr[i + 1]].tobytes())
        at = first.setdefault(key, len(sums))
        if at == len(sums):
            sums.append(0)
            where.append(i)
        sums[at] += int(weight[i])
    of_group = np.array([key[0] for key in first], dtype=np.int64)
    return np.array(sums, dtype=np.int64), brings[where], of_group


def of_reach(reach: Reach, new: NDArray[np.int64]) -> csr_matrix:
    """Return places x sites that are columns.

    Parameters
    ----------
    reach, new
        Who is within reach of each site, and positions of the columns.
    """
    return _by_rows(reach.matrix()[new].T)
