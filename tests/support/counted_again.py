"""One layer of an answer counted again: who is within reach of which points, and the best values.

Who is within reach is found by searching from points; the best values are those of scipy's solver,
given the table of who reaches whom.
"""

import dataclasses
import itertools

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, coo_array, csr_array, eye_array, hstack, vstack

import coverplan as cp


@dataclasses.dataclass(frozen=True)
class Layer:
    """One layer of an answer, with what is needed to count it again."""

    study: cp.Study
    key: str

    @property
    def result(self):
        return self.study.layers[self.key]

    @property
    def plan(self):
        return self.result.plan

    @property
    def people(self):
        """People of the group at each place."""
        points = self.study.inputs.demand.points
        return points[self.result.layer.group].to_numpy(np.int64)

    @property
    def unit(self):
        return self.study.inputs.demand.points["unit"].to_numpy(dtype=object)

    @property
    def sites(self):
        return self.result.sites

    def points(self, *states):
        return self.sites[self.sites["state"].isin(states)].geometry

    @property
    def before(self):
        return self.points("existing", "closing")

    @property
    def after(self):
        return self.points("existing", "proposed")

    def ms(self, points, k=1):
        """Milliseconds to the k nearest of some points, a huge number where there is none."""
        graph, places = self.result.graph, self.result.places
        xy = np.column_stack([points.x, points.y])
        found = cp.k_nearest_sites(
            graph, places, cp.snap(graph, xy), k, direction=self.result.layer.direction
        ).ms
        assert found.shape == (len(self.people), k)
        return np.where(found < 0, np.iinfo(np.int64).max, found)

    def times_reached(self, points, most=1):
        """How many of some points reach each place, up to so many."""
        limit = self.result.layer.minutes * 60_000
        return (self.ms(points, most) <= limit).sum(axis=1)

    def reached(self, points):
        """People within reach of some points."""
        return int(self.people[self.times_reached(points) > 0].sum())

    def by_unit(self, points):
        """The same by code of the unit."""
        there = np.where(self.times_reached(points) > 0, self.people, 0)
        return pd.Series(there).groupby(self.unit).sum()

    @property
    def usable(self):
        """Candidates that may be used."""
        return self.result.candidates.allowed

    def cover(self):
        """Who is within reach of each place a site may be at: sites x places, and its cost."""
        one = self.usable.sort_values("cost_yuan", kind="stable").drop_duplicates("place")
        graph = self.result.graph
        reach = cp.travel_times(
            graph,
            self.result.places,
            cp.snap(graph, np.column_stack([one.geometry.x, one.geometry.y])),
            cutoff_minutes=self.result.layer.minutes,
            direction=self.result.layer.direction,
        )
        shape = (len(one), len(self.people))
        table = csr_array((np.ones(len(reach.who)), reach.who, reach.ptr), shape=shape)
        return table, one["cost_yuan"].to_numpy(dtype=float)


def merged(cover, counts):
    """One column for all places the same sites reach, their counts added up."""
    by_place = cover.T.tocsr()
    by_place.sort_indices()
    ends = by_place.indptr
    keys = [by_place.indices[a:b].tobytes() for a, b in itertools.pairwise(ends)]
    codes, kinds = pd.factorize(np.array(keys, dtype=object))
    rows = np.unique(codes, return_index=True)[1]
    sums = np.vstack([np.bincount(codes, row, minlength=len(kinds)) for row in counts])
    return by_place[rows], sums


def solved(costs, constraints, n_sites):
    """What scipy's solver finds: the value, to the proof."""
    found = milp(
        costs,
        constraints=constraints,
        bounds=Bounds(0, 1),
        integrality=np.arange(len(costs)) < n_sites,
        options={"time_limit": 60.0},
    )
    assert found.status == 0
    return round(abs(found.fun))


def most_newly(layer, *, sites=None, yuan=None):
    """The most people so many sites, or so much money, can newly reach."""
    cover, cost = layer.cover()
    new = np.where(layer.times_reached(layer.before) > 0, 0, layer.people)
    by_place, (counts,) = merged(cover, [new])
    n, m = cover.shape[0], len(counts)
    linked = hstack([by_place, -eye_array(m)])
    what = np.ones(n) if yuan is None else cost
    row = coo_array(np.concatenate([what, np.zeros(m)])[None])
    rules = [LinearConstraint(linked, lb=0), LinearConstraint(row, ub=yuan or sites)]
    return solved(np.concatenate([np.zeros(n), -counts]), rules, n)


def fewest_sites(layer, needs):
    """The fewest sites that reach so many more people: rows of counts, and what each needs."""
    cover, _ = layer.cover()
    new = layer.times_reached(layer.before) == 0
    by_place, sums = merged(cover, [np.where(new, row, 0) for row, _ in needs])
    n, m = cover.shape[0], sums.shape[1]
    linked = hstack([by_place, -eye_array(m)])
    wanted = hstack([coo_array((len(sums), n)), coo_array(sums)])
    least = [need for _, need in needs]
    rules = [LinearConstraint(vstack([linked, wanted]), lb=np.concatenate([np.zeros(m), least]))]
    return solved(np.concatenate([np.ones(n), np.zeros(m)]), rules, n)


def most_together(a, most_a, b, most_b):
    """The most people two services can newly reach when every new building hosts both.

    A new site is in one building with a new or a standing site of the other service.
    """
    parts, opens, new_at = [], [], []
    for layer in (a, b):
        cover, _ = layer.cover()
        new = np.where(layer.times_reached(layer.before) > 0, 0, layer.people)
        by_place, (counts,) = merged(cover, [new])
        parts.append((by_place, counts))
        points = layer.usable.sort_values("cost_yuan", kind="stable").drop_duplicates("place")
        new_at.append([spot(point) for point in points.geometry])
        opens.append({spot(point) for point in layer.before})
    (cover_a, people_a), (cover_b, people_b) = parts
    n_a, n_b = cover_a.shape[1], cover_b.shape[1]
    linked = hstack(
        [
            block_diag([cover_a, cover_b]),
            -eye_array(len(people_a) + len(people_b)),
        ]
    )
    n, m = n_a + n_b, len(people_a) + len(people_b)
    rules = [LinearConstraint(linked, lb=0)]
    number = np.zeros((2, n + m))
    number[0, :n_a], number[1, n_a:n] = 1, 1
    rules.append(LinearConstraint(number, ub=[most_a, most_b]))
    rows = []
    for mine, others, first, other_first in ((0, 1, 0, n_a), (1, 0, n_a, 0)):
        there = {at: other_first + j for j, at in enumerate(new_at[others])}
        for j, at in enumerate(new_at[mine]):
            if at not in opens[others]:
                row = np.zeros(n + m)
                row[first + j] = 1
                if at in there:
                    row[there[at]] = -1
                rows.append(row)
    rules.append(LinearConstraint(coo_array(np.array(rows)), ub=0))
    costs = np.concatenate([np.zeros(n), -people_a, -people_b])
    return solved(costs, rules, n)


def spot(point):
    """Where a building is, to the centimetre."""
    return round(point.x, 2), round(point.y, 2)


def fewest_twice(layer):
    """The fewest sites with which everybody who can be is reached twice, else once."""
    cover, _ = layer.cover()
    here = layer.people > 0
    missing = np.minimum(2 - layer.times_reached(layer.before, 2), cover.sum(axis=0))
    n = cover.shape[0]
    return solved(np.ones(n), [LinearConstraint(cover.T[here], lb=missing[here])], n)
