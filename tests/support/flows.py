"""Sharing people out by network flow: the oracle of every model with capacities."""

import networkx as nx
import numpy as np
from siting_cases import CUTOFF_MINUTES, cover_of, matrix_of, times_of

from coverplan.siting import Rules, Sites, SitingProblem
from coverplan.travel.graph import MS_PER_MINUTE

MINUTE = 60_000
CUTOFF_MS = int(CUTOFF_MINUTES * MS_PER_MINUTE)


def best_flow(gain, people, capacity):
    """Most gain of whole people: ``gain`` rows x sites, -1 where nobody may be served."""
    graph = nx.DiGraph()
    total = int(sum(people))
    graph.add_node("from", demand=-total)
    graph.add_node("to", demand=total)
    graph.add_edge("from", "to", weight=0, capacity=total)
    for i, of_place in enumerate(people):
        graph.add_edge("from", ("place", i), weight=0, capacity=int(of_place))
    for j, of_site in enumerate(capacity):
        graph.add_edge(("site", j), "to", weight=0, capacity=int(min(of_site, total)))
        for i in range(len(people)):
            if gain[i][j] >= 0:
                graph.add_edge(("place", i), ("site", j), weight=-int(gain[i][j]), capacity=total)
    return -nx.min_cost_flow_cost(graph)


def per_person(problem):
    """What one person of each place counts."""
    return np.where(problem.people > 0, problem.weight // np.maximum(problem.people, 1), 0)


def most_served(problem, mask):
    """Most weight served within the limit and the capacities of the open sites."""
    sites = np.flatnonzero(mask)
    gain = np.where(cover_of(problem)[sites].T, per_person(problem)[:, None], -1)
    return best_flow(gain, problem.people, problem.sites.capacity[sites])


def least_ms(problem, mask, *, everybody):
    """Fewest weighted milliseconds; None where everybody needs a place and there are too few."""
    sites = np.flatnonzero(mask)
    capacity = problem.sites.capacity[sites]
    if everybody and min(int(capacity.sum()), 2**60) < problem.people.sum():
        return None
    ms = matrix_of(problem.times)[sites].T
    gain = np.where(ms < 0, -1, per_person(problem)[:, None] * (CUTOFF_MS - ms))
    lived = np.where(problem.people > 0, problem.weight, 0)
    return int(lived.sum()) * CUTOFF_MS - best_flow(gain, problem.people, capacity)


def least_ms_whole(problem, mask, *, everybody):
    """The same when a place goes to one site as a whole, by trying all."""
    sites = np.flatnonzero(mask)
    ms = matrix_of(problem.times)
    ms = np.where(ms < 0, CUTOFF_MS, ms)
    best, order = [None], [int(i) for i in np.flatnonzero(problem.people > 0)]

    def go(at, room, cost):
        if best[0] is not None and cost >= best[0]:
            return
        if at == len(order):
            best[0] = cost
            return
        i = order[at]
        for j in sites:
            if room[j] >= problem.people[i]:
                rest = {**room, j: room[j] - problem.people[i]}
                go(at + 1, rest, cost + int(problem.weight[i] * ms[j, i]))
        if not everybody:
            go(at + 1, room, cost + int(problem.weight[i]) * CUTOFF_MS)

    go(0, {j: int(problem.sites.capacity[j]) for j in sites}, 0)
    return best[0]


def make(minutes, people, capacity, *, rules=None, **sites):
    """A problem from minutes sites x places (-1: beyond the cutoff), the limit being 15."""
    ms = np.asarray(minutes) * MINUTE
    times = times_of(np.where(ms < 0, -1, ms))
    more = {key: sites.pop(key) for key in ("unit", "unit_codes", "unit_people") if key in sites}
    return SitingProblem(
        Sites.make(times.sites, capacity=capacity, **sites),
        times.within(15),
        np.asarray(people),
        rules=rules or Rules(sites=1),
        times=times,
        **more,
    )
