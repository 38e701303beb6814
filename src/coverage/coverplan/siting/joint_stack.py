"""Several layers and their buildings as one covering problem."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import block_diag, csr_matrix, vstack

from ..core.text import Text
from ..travel import Reach
from .joint_rules import JointProblem
from .problem import Rules, Sites, SitingProblem
from .rows import Row, SiteRows, site_rows, stack_rows


@dataclass(frozen=True, slots=True)
class Stacked:
    """A covering problem over the sites of all layers, and the buildings that are to be paid.

    Parameters
    ----------
    problem, rows
        Sites of the layers one after the other, then new buildings, which reach nobody; places
        of the layers one after the other.
    first
        Position of the first site of each layer, then of the first building.
    layers, buildings
        The layers, and the buildings that come after the sites.
    kinds
        What each row limits: ``layer``, ``link``, ``together``, ``yuan`` or ``buildings``.
    """

    problem: SitingProblem
    rows: SiteRows
    first: NDArray[np.int64]
    layers: tuple[str, ...]
    buildings: NDArray[np.int64]
    kinds: tuple[str, ...]

    def opened(self, open_: NDArray[np.bool_]) -> dict[str, list[int]]:
        """Return the open sites of each layer.

        Parameters
        ----------
        open_
            Which sites are open, shape ``(n_sites,)``.
        """
        return {
            layer: np.flatnonzero(open_[self.first[i] : self.first[i + 1]]).tolist()
            for i, layer in enumerate(self.layers)
        }


def stack_layers(joint: JointProblem, layers: Sequence[str], *, shared: bool) -> Stacked:
    """Return some layers of a joint problem as one covering problem.

    Parameters
    ----------
    joint, layers
        The question, and the layers to take.
    shared
        Whether layers weigh what they are given, and pairs must share buildings; else a person
        counts as in the layer's own problem: what it could do with everything for itself.
    """
    problems = [joint.problems[layer] for layer in layers]
    new = [_new_buildings(joint, layer) for layer in layers]
    buildings = np.unique(np.concatenate(new)) if _counted(joint) else np.zeros(0, dtype=np.int64)
    first = np.cumsum([0, *(len(p.sites) for p in problems)])
    factors = [joint.weight_of(layer) if shared else 1 for layer in layers]
    weight = np.concatenate([p.weight * f for p, f in zip(problems, factors, strict=True)])
    sites = _sites(problems, joint, buildings)
    # Where nobody counts, nobody is there: every plan is worth nothing, and is counted so again.
    somebody = bool(weight.any())
    whole = SitingProblem(
        sites,
        _reach(problems, len(buildings)),
        np.concatenate([p.people for p in problems]) if somebody else weight,
        weights=weight if somebody else None,
        rules=Rules(),
    )
    made, kinds = _joint_rows(joint, layers, (first, buildings), shared=shared)
    own = [site_rows(problem) for problem in problems]
    matrix = block_diag([*(rows.matrix for rows in own), csr_matrix((0, len(buildings)))])
    joined = stack_rows(made, sites)
    rows = replace(
        joined,
        matrix=vstack([matrix, joined.matrix]).tocsr(),
        row_lower=np.concatenate([*(r.row_lower for r in own), joined.row_lower]),
        row_upper=np.concatenate([*(r.row_upper for r in own), joined.row_upper]),
        names=(*(name for r in own for name in r.names), *joined.names),
    )
    kinds = [*("layer" for r in own for _ in r.names), *kinds]
    return Stacked(whole, rows, first, tuple(layers), buildings, tuple(kinds))


def _counted(joint: JointProblem) -> bool:
    """Return whether anybody asks which buildings are new."""
    return joint.rules.buildings is not None or joint.rules.budget_yuan is not None


def _new_buildings(joint: JointProblem, layer: str) -> NDArray[np.int64]:
    """Return the new buildings a layer may open a site in."""
    sites = joint.problems[layer].sites
    inside = joint.building[layer][~sites.existing & ~sites.barred].astype(np.int64)
    inside = np.unique(inside[inside >= 0])
    return inside[~joint.standing[inside]]


def _sites(
    problems: Sequence[SitingProblem], joint: JointProblem, buildings: NDArray[np.int64]
) -> Sites:
    more = np.zeros(len(buildings), dtype=bool)
    n = sum(len(p.sites) for p in problems) + len(buildings)
    return Sites.make(
        pd.RangeIndex(n),
        existing=np.concatenate([*(p.sites.existing for p in problems), more]),
        must=np.concatenate([*(p.sites.must for p in problems), more]),
        barred=np.concatenate([*(p.sites.barred for p in problems), more]),
        cost_yuan=np.concatenate(
            [*(p.sites.cost_yuan for p in problems), joint.building_cost_yuan[buildings]]
        ),
    )


def _reach(problems: Sequence[SitingProblem], more: int) -> Reach:
    blocks = [problem.reach.matrix() for problem in problems]
    whole = block_diag([*blocks, csr_matrix((more, 0), dtype=np.int8)]).tocsr()
    whole.sort_indices()
    return Reach(
        pd.RangeIndex(whole.shape[1]),
        pd.RangeIndex(whole.shape[0]),
        whole.indptr.astype(np.int64),
        whole.indices.astype(np.int32),
        problems[0].reach.minutes,
    )


def _joint_rows(
    joint: JointProblem,
    layers: Sequence[str],
    columns: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    shared: bool,
) -> tuple[list[Row], list[str]]:
    first, buildings = columns
    at = {int(b): int(first[-1]) + i for i, b in enumerate(buildings)}
    rows = [row for i, layer in enumerate(layers) for row in _links(joint, layer, first[i], at)]
    kinds = ["link"] * len(rows)
    if shared:
        pairs = [*joint.rules.together, *((b, a) for a, b in joint.rules.together)]
        for a, b in dict.fromkeys(pairs):
            more = _together(joint, a, b, (first[layers.index(a)], first[layers.index(b)]))
            rows += more
            kinds += ["together"] * len(more)
    most = joint.rules.buildings
    if most is not None:
        name = Text(f"至多新建 {most} 座建筑", f"at most {most} new buildings")
        which = np.array(list(at.values()), dtype=np.int64)
        rows.append((which, np.ones(len(which)), -np.inf, float(most), name))
        kinds.append("buildings")
    budget = joint.rules.budget_yuan
    if budget is not None:
        name = Text(f"全部造价不超过 {budget:,} 元", f"everything costs at most {budget:,} yuan")
        which, cost = _prices(joint, layers, first, buildings)
        rows.append((which, cost, -np.inf, float(budget), name))
        kinds.append("yuan")
    return rows, kinds


def _links(joint: JointProblem, layer: str, offset: np.int64, at: dict[int, int]) -> list[Row]:
    """Return that a site in a new building needs the building."""
    sites = joint.problems[layer].sites
    name = Text("新址要有建筑", "a new site needs its building")
    rows: list[Row] = []
    for site in np.flatnonzero(~sites.existing & ~sites.barred):
        building = int(joint.building[layer][site])
        if building in at:
            pair = np.array([offset + site, at[building]], dtype=np.int64)
            rows.append((pair, np.array([1.0, -1.0]), -np.inf, 0.0, name))
    return rows


def _together(joint: JointProblem, a: str, b: str, offsets: tuple[np.int64, np.int64]) -> list[Row]:
    """Return that a new site needs an open one of the other layer in its building."""
    sites = joint.problems[a].sites
    name = Text(f"{a} 与 {b} 合用建筑", f"{a} and {b} share the building")
    rows: list[Row] = []
    for site in np.flatnonzero(~sites.existing & ~sites.barred):
        building = int(joint.building[a][site])
        there = joint.inside(b, building) if building >= 0 else np.zeros(0, dtype=np.int64)
        these = np.concatenate([[offsets[0] + site], offsets[1] + there]).astype(np.int64)
        values = np.concatenate([[1.0], -np.ones(len(there))])
        rows.append((these, values, -np.inf, 0.0, name))
    return rows


def _prices(
    joint: JointProblem,
    layers: Sequence[str],
    first: NDArray[np.int64],
    buildings: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return what is paid for, and its cost: new sites and new buildings."""
    which = [first[-1] + np.arange(len(buildings))]
    cost = [joint.building_cost_yuan[buildings]]
    for i, layer in enumerate(layers):
        sites = joint.problems[layer].sites
        which.append(first[i] + sites.candidates)
        cost.append(sites.cost_yuan[sites.candidates])
    return np.concatenate(which).astype(np.int64), np.concatenate(cost).astype(float)


def first_plan(
    joint: JointProblem, stacked: Stacked, alone: Sequence[NDArray[np.bool_] | None] = ()
) -> NDArray[np.bool_] | None:
    """Return a plan to begin with: each layer's own, or site by site, whichever reaches more.

    Parameters
    ----------
    joint, stacked
        The question, and its layers as one covering problem.
    alone
        Open sites of each layer by itself, as far as they are known; more than its own sites may
        follow them.

    Returns
    -------
    NDArray[np.bool_] | None
        Shape ``(n_sites,)``; None where no plan found so keeps all rules.
    """
    known = [_side_by_side(joint, stacked, alone), _site_by_site(joint, stacked)]
    plans = [open_ for open_ in known if open_ is not None]
    reach, weight = stacked.problem.reach, stacked.problem.weight
    return max(
        plans,
        key=lambda open_: int(weight[reach.covered(np.flatnonzero(open_).tolist())].sum()),
        default=None,
    )


def _side_by_side(
    joint: JointProblem, stacked: Stacked, alone: Sequence[NDArray[np.bool_] | None]
) -> NDArray[np.bool_] | None:
    """Return the plans of each layer by itself together, if that keeps all rules."""
    open_ = np.zeros(len(stacked.problem.sites), dtype=bool)
    for i, plan in enumerate(alone):
        first, last = stacked.first[i], stacked.first[i + 1]
        if plan is None:
            return None
        open_[first:last] = plan[: last - first]
    _pay_for(stacked, joint, open_)
    return open_ if stacked.rows.kept(open_).all() else None


def _site_by_site(joint: JointProblem, stacked: Stacked) -> NDArray[np.bool_] | None:
    """Return sites with building and partners, those first that reach most people."""
    rows, problem = stacked.rows, stacked.problem
    open_ = problem.sites.must.copy()
    _pay_for(stacked, joint, open_)
    cover = problem.reach.matrix().astype(np.int64)
    left = np.where(problem.reach.covered(np.flatnonzero(open_).tolist()), 0, problem.weight)
    bundles = _bundles(joint, stacked)
    while True:
        added = _next(bundles, cover @ left, open_, rows)
        if added is None:
            return open_ if rows.kept(open_).all() else None
        open_[added] = True
        left[cover[added].indices] = 0


def _next(
    bundles: csr_matrix, gain: NDArray[np.int64], open_: NDArray[np.bool_], rows: SiteRows
) -> NDArray[np.int64] | None:
    """Return the bundle that reaches most people and keeps the rules; None: there is none."""
    closed = bundles.multiply(~open_).tocsr()
    closed.eliminate_zeros()
    more = (closed @ rows.matrix.T).tocsr()
    room = rows.row_upper - rows.matrix @ open_.astype(float)
    over = more.data > room[more.indices] + _TINY
    bundle = np.repeat(np.arange(more.shape[0]), np.diff(more.indptr))
    brings = closed @ gain
    brings[bundle[over]] = 0
    best = int(np.argmax(brings)) if len(brings) else -1
    if best < 0 or brings[best] <= 0:
        return None
    found: NDArray[np.int64] = closed[best].indices.astype(np.int64)
    return found


_TINY = 1e-6


def _pay_for(stacked: Stacked, joint: JointProblem, open_: NDArray[np.bool_]) -> None:
    """Open the buildings of sites that are open in every plan."""
    for layer, opened in stacked.opened(open_).items():
        inside = joint.building[layer][opened]
        open_[stacked.first[-1] + np.flatnonzero(np.isin(stacked.buildings, inside))] = True


def _bundles(joint: JointProblem, stacked: Stacked) -> csr_matrix:
    """Return for each free new site what opens with it: its building, a partner of each pair.

    Shape ``(n_bundles, n_sites)``.
    """
    at = {int(b): int(stacked.first[-1]) + i for i, b in enumerate(stacked.buildings)}
    offset = dict(zip(stacked.layers, stacked.first.tolist(), strict=False))
    weight = stacked.problem.reach.people(stacked.problem.weight)
    bundles: list[list[int]] = []
    for layer in stacked.layers:
        sites = joint.problems[layer].sites
        for site in np.flatnonzero(~sites.existing & ~sites.barred & ~sites.must):
            building = int(joint.building[layer][site])
            bundle = [offset[layer] + int(site), *([at[building]] if building in at else [])]
            for partner in joint.partners(layer):
                there = joint.inside(partner, building) + offset[partner]
                if len(there):
                    bundle.append(int(there[np.argmax(weight[there])]))
            bundles.append(sorted(set(bundle)))
    ptr = np.cumsum([0, *(len(bundle) for bundle in bundles)])
    inside = np.array([site for bundle in bundles for site in bundle], dtype=np.int64)
    shape = (len(bundles), len(stacked.problem.sites))
    return csr_matrix((np.ones(len(inside)), inside, ptr), shape=shape)
