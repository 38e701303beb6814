"""Readers of the published location instances, as siting problems.

OR-Library files of J. E. Beasley (1985), Swain's 55 nodes and the San Francisco stores of spopt's
tutorial, in the folder ``benchmarks`` of the third parties' data.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path

from coverplan.siting import Rules, Sites, SitingProblem
from coverplan.travel import TravelTimes
from coverplan.travel.graph import MS_PER_MINUTE


@dataclass(frozen=True)
class Pmed:
    """An uncapacitated p-median graph: all distances, shape (n, n), whole numbers."""

    name: str
    p: int
    distance: np.ndarray


@dataclass(frozen=True)
class Pmedcap:
    """A capacitated p-median instance: places that are all candidates too, with one capacity."""

    name: str
    best: int
    p: int
    capacity: int
    xy: np.ndarray
    demand: np.ndarray
    distance: np.ndarray


def read_pmed(folder, number):
    """Read ``pmed<number>.txt``. An edge that comes twice has the length it has last."""
    name = f"pmed{number}"
    words = (folder / f"{name}.txt").read_text(encoding="ascii").split()
    n, n_edges, p = (int(word) for word in words[:3])
    table = np.array(words[3 : 3 + 3 * n_edges], dtype=np.int64).reshape(-1, 3)
    length = {}
    for i, j, metres in table.tolist():
        length[min(i, j) - 1, max(i, j) - 1] = metres
    ends = np.array(list(length), dtype=np.int64)
    graph = csr_matrix((np.array(list(length.values()), float), ends.T), shape=(n, n))
    distance = np.rint(shortest_path(graph, directed=False)).astype(np.int64)
    return Pmed(name, p, distance)


def read_pmedcap(folder, number):
    """Read ``pmedcap<number>.txt``: distances are straight, rounded down."""
    name = f"pmedcap{number:02d}"
    words = (folder / f"{name}.txt").read_text(encoding="ascii").split()
    best, n, p, capacity = (int(word) for word in words[1:5])
    rows = np.array(words[5 : 5 + 4 * n], dtype=np.int64).reshape(-1, 4)
    xy, demand = rows[:, 1:3], rows[:, 3]
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return Pmedcap(name, best, p, capacity, xy, demand, np.floor(distance).astype(np.int64))


def read_values(path):
    """Read a file of published values, ``<instance> <value>`` a line, as a dict."""
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    return {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}


def times_of_matrix(distance, *, cutoff=None):
    """Travel times from a whole matrix sites x places, one unit of distance a millisecond.

    ``cutoff``: the distance beyond which all are alike; by default none is.
    """
    distance = np.asarray(distance)
    cutoff = int(distance.max()) + 1 if cutoff is None else cutoff
    near = distance <= cutoff
    ptr = np.concatenate([[0], np.cumsum(near.sum(axis=1))]).astype(np.int64)
    return TravelTimes(
        demand=pd.RangeIndex(distance.shape[1]),
        sites=pd.RangeIndex(distance.shape[0]),
        ptr=ptr,
        who=np.nonzero(near)[1].astype(np.int32),
        ms=distance[near].astype(np.int32),
        cutoff_minutes=cutoff / MS_PER_MINUTE,
    )


def problem_of_matrix(distance, people, rules, *, cutoff=None, **sites):
    """A siting problem from a whole matrix sites x places; ``sites`` as for `Sites.make`."""
    times = times_of_matrix(distance, cutoff=cutoff)
    return SitingProblem(
        sites=Sites.make(times.sites, **sites),
        reach=times.within(times.cutoff_minutes),
        people=np.asarray(people, dtype=np.int64),
        rules=rules,
        times=times,
    )


def pmed_problem(pmed):
    """The p-median (and p-centre) question of a graph: every node is a place and a candidate."""
    n = len(pmed.distance)
    return problem_of_matrix(pmed.distance, np.ones(n), Rules(sites=pmed.p, exactly=True))


def read_swain(folder):
    """Read Swain's 55 nodes: distances in ten-millionths, shape (55, 55), and their demand."""
    lines = (folder / "swain.txt").read_text(encoding="ascii").splitlines()
    rows = np.array([[float(v) for v in line.split()] for line in lines if len(line.split()) == 4])
    distance = np.hypot(*(rows[:, None, 1:3] - rows[None, :, 1:3]).transpose(2, 0, 1))
    return np.rint(distance * 1e7).astype(np.int64), rows[:, 3].astype(np.int64)


def read_san_francisco(folder):
    """Read 16 stores x 205 tracts: network distances in millimetres, and people."""
    table = pd.read_csv(
        folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
        usecols=["name", "DestinationName", "distance", "demand"],
    )
    metres = table.pivot_table(index="name", columns="DestinationName", values="distance")
    people = table.groupby("DestinationName")["demand"].first()[metres.columns]
    return np.rint(metres.to_numpy() * 1000).astype(np.int64), people.to_numpy(np.int64)
