r"""Several layers at once: a building that hosts several services is paid once.

With :math:`x^l_j = 1` where layer :math:`l` opens site :math:`j` and :math:`y_b = 1` where
building :math:`b` is new,

.. math::

    \max \sum_l v_l \sum_i w^l_i z^l_i \quad \text{s.t.} \quad
    z^l_i \le \sum_{j \in N^l_i} x^l_j, \quad x^l_j \le y_{b(j)}, \quad
    \sum_l \sum_j c^l_j x^l_j + \sum_b C_b y_b \le B, \quad \sum_b y_b \le m

and, for layers that must share every building, :math:`x^l_j \le \sum_{k \in b(j)} x^{l'}_k`.
Here :math:`w^l_i` are the people of row :math:`i` no site of layer :math:`l` reaches,
:math:`v_l` what they count, :math:`c` and :math:`C` the costs of sites and buildings. The rules
of each layer hold as they are.

Maximal covering of several services: Church, R. and ReVelle, C. (1974) for each layer; sites
opened at a joint fixed cost: Balinski, M. L. (1965): Integer programming: methods, uses,
computation. Management Science 12, 253-313.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InternalError
from ..core.text import Text
from .finish import Found, finish
from .impossible import why_impossible
from .joint_rules import Bill, JointProblem, JointRules, bill_of, broken_rules
from .joint_stack import Stacked, first_plan, stack_layers
from .least_change import least_changes
from .linked import linked_cover
from .maxcover import CoverAnswer, max_cover
from .plan import DEFAULT_LIMITS, NEWLY, WEIGHTED, Impossible, Limits, SitingPlan, Status
from .rows import site_rows
from .stages import Proof, less_before, listed, part_of

__all__ = ["Bill", "JointPlan", "JointProblem", "JointRules", "solve_joint"]


@dataclass(frozen=True, slots=True)
class JointPlan:
    """Where each service opens, which buildings they share, and what that saves.

    Parameters
    ----------
    plans
        The plan of each layer; its bound is what the layer could reach if everything were spent
        on it alone.
    bill
        New and shared buildings, and the costs.
    proof
        People newly reached over all layers, with what a person of each counts, and its bound.
    impossible
        Why there is no plan.
    notes
        What else a planner should know, such as buildings nothing can be shared in.

    Examples
    --------
    >>> import numpy as np
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> care, social = cp.small_problem(), cp.small_problem("social_work")
    >>> joint = siting.JointProblem(
    ...     problems={"care": care, "social": social},
    ...     building={
    ...         "care": np.array([-1, 0, 1, 2, 3, 4]),  # candidates C1 to C5 are five buildings
    ...         "social": np.array([-1, -1, -1, 0, 1, 2, 3, 4]),
    ...     },
    ...     building_cost_yuan=np.full(5, 100_000),
    ...     rules=siting.JointRules(buildings=1),
    ... )
    >>> plan = siting.solve_joint(joint)
    >>> plan.to_frame(joint)[["layer", "site_id"]]
        layer site_id
    0    care  new:C3
    1  social  new:C3
    >>> plan.saved_yuan
    100000
    """

    plans: dict[str, SitingPlan]
    bill: Bill
    proof: Proof
    impossible: tuple[Impossible, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def cost_yuan(self) -> int:
        """What all new sites and new buildings cost."""
        return self.bill.sites_yuan + self.bill.buildings_yuan

    @property
    def saved_yuan(self) -> int:
        """What sharing saves against a building for each service."""
        return self.bill.apart_yuan - self.bill.buildings_yuan

    def to_frame(self, joint: JointProblem) -> pd.DataFrame:
        """Return one row per new site.

        Parameters
        ----------
        joint
            The question the plan answers.

        Returns
        -------
        pandas.DataFrame
            ``layer``, ``site_id``, ``building`` (name, None outside of buildings),
            ``new_building``, ``shared_with`` (layers open in the same building), ``cost_yuan``
            (without the building) and ``newly`` (people, after the sites before it).
        """
        opened = _opened(joint, self.plans)
        rows = []
        for layer, plan in self.plans.items():
            sites = joint.problems[layer].sites
            for site, newly in zip(plan.chosen, plan.newly, strict=True):
                building = int(joint.building[layer][site])
                rows.append(
                    {
                        "layer": layer,
                        "site_id": str(sites.ids[site]),
                        "building": joint.building_names[building] if building >= 0 else None,
                        "new_building": building in self.bill.buildings,
                        "shared_with": _others(joint, opened, layer, building),
                        "cost_yuan": int(sites.cost_yuan[site]),
                        "newly": newly,
                    }
                )
        return pd.DataFrame(rows, columns=list(_COLUMNS))


_COLUMNS = (
    "layer",
    "site_id",
    "building",
    "new_building",
    "shared_with",
    "cost_yuan",
    "newly",
)


def solve_joint(joint: JointProblem, limits: Limits = DEFAULT_LIMITS) -> JointPlan:
    """Return the plan of all layers that newly reaches most people, with a proven bound.

    Parameters
    ----------
    joint
        The question of each layer, the buildings, and what all layers together keep to.
    limits
        When to stop without a proof, for all searches together.

    Raises
    ------
    InternalError
        When counting again gives another value, a rule is broken, or the bound is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problems = {"care": cp.small_problem(), "social": cp.small_problem("social_work")}
    >>> joint = siting.JointProblem(
    ...     problems=problems,
    ...     building={
    ...         "care": np.array([-1, 0, 1, 2, 3, 4]),
    ...         "social": np.array([-1, -1, -1, 0, 1, 2, 3, 4]),
    ...     },
    ...     building_cost_yuan=np.full(5, 100_000),
    ...     rules=siting.JointRules(buildings=2),
    ... )
    >>> plan = siting.solve_joint(joint)
    >>> {name: one.chosen_ids(problems[name].sites.ids) for name, one in plan.plans.items()}
    {'care': ['new:C4', 'new:C3'], 'social': ['new:C3', 'new:C4']}
    >>> plan.proof.value, plan.proof.status
    (1025, 'optimal')
    """
    begin = time.perf_counter()
    layers = list(joint.problems)
    alone = {layer: _alone(joint, layer, limits, begin) for layer in layers}
    stacked = stack_layers(joint, layers, shared=True)
    before = sum(joint.weight_of(layer) * _before(joint, layer) for layer in layers)
    start = first_plan(joint, stacked, [alone[layer].open for layer in layers])
    told = less_before(limits, before)
    answer = _settled(joint, stacked, alone, start)
    if answer is None:
        answer = linked_cover(stacked.problem, stacked.rows, told, begin, start=start)
    why = _why(joint, stacked, limits) if answer.ending == "impossible" else ()
    opened = None if answer.open is None else stacked.opened(answer.open)
    if opened is not None:
        broken = broken_rules(joint, opened)
        if broken:
            raise InternalError(f"siting: joint breaks {'; '.join(broken)}")
    plans = {layer: _plan(joint, layer, alone[layer], (opened, begin), why) for layer in layers}
    bill = bill_of(joint, opened or {})
    return JointPlan(plans, bill, _proof(joint, plans, answer, before, begin), why, _notes(joint))


_ALONE = 0.3
"""Share of the time that goes into what each layer could reach alone."""


def _before(joint: JointProblem, layer: str) -> int:
    problem = joint.problems[layer]
    return int(problem.weight[problem.before].sum())


def _alone(joint: JointProblem, layer: str, limits: Limits, begin: float) -> CoverAnswer:
    """Return what a layer could reach if everything were spent on it and nothing shared."""
    stacked = stack_layers(joint, [layer], shared=False)
    own = part_of(limits, begin, _ALONE / len(joint.problems))
    search = linked_cover if len(stacked.buildings) else max_cover
    return search(stacked.problem, stacked.rows, own, time.perf_counter())


def _settled(
    joint: JointProblem,
    stacked: Stacked,
    alone: Mapping[str, CoverAnswer],
    start: NDArray[np.bool_] | None,
) -> CoverAnswer | None:
    """Return the first plan where every layer does in it as well as alone: none can be better."""
    if start is None:
        return None
    problem = stacked.problem
    value = int(problem.weight[problem.reach.covered(np.flatnonzero(start).tolist())].sum())
    bounds = [alone[layer].bound for layer in stacked.layers]
    known = [
        joint.weight_of(layer) * bound
        for layer, bound in zip(stacked.layers, bounds, strict=True)
        if bound is not None
    ]
    if len(known) < len(bounds) or sum(known) != value:
        return None
    return CoverAnswer(start, value, value, "solved", {})


def _plan(
    joint: JointProblem,
    layer: str,
    alone: CoverAnswer,
    found: tuple[Mapping[str, Sequence[int]] | None, float],
    why: tuple[Impossible, ...],
) -> SitingPlan:
    """Return a layer's part, counted again."""
    opened, begin = found
    problem = joint.problems[layer]
    objective = WEIGHTED if problem.weighted else NEWLY
    bound = None if alone.bound is None or why else alone.bound - _before(joint, layer)
    proof: tuple[Text, ...] = ()
    if bound is not None:
        words = objective.words(bound)
        proof = (
            Text(
                f"若全部资金和建筑只用于本图层，最多可达 {words.zh}",
                f"with all money and buildings for this layer alone at most {words.en}",
            ),
        )
    sites = None if opened is None else opened[layer]
    return finish(problem, Found("joint", objective, sites, None, bound, why, proof=proof), begin)


def _proof(
    joint: JointProblem,
    plans: Mapping[str, SitingPlan],
    answer: CoverAnswer,
    before: int,
    begin: float,
) -> Proof:
    """Return value and bound of all layers, the value counted again from the sites."""
    weights = [joint.weight_of(layer) for layer in plans]
    values = [plan.value for plan in plans.values()]
    seconds = time.perf_counter() - begin
    if answer.value is None or any(value is None for value in values):
        status: Status = "impossible" if answer.ending == "impossible" else "unknown"
        bound = None if status == "impossible" or answer.bound is None else answer.bound - before
        return Proof(None, bound, status, seconds)
    value = sum(w * v for w, v in zip(weights, values, strict=True) if v is not None)
    if value != answer.value - before:
        claimed = answer.value - before
        raise InternalError(f"siting: joint claims {claimed}, counting again gives {value}")
    bounds = [plan.bound for plan in plans.values()]
    apart = [w * b for w, b in zip(weights, bounds, strict=True) if b is not None]
    known = [sum(apart)] if len(apart) == len(plans) else []
    known += [] if answer.bound is None else [answer.bound - before]
    if known and min(known) < value:
        raise InternalError(f"siting: joint reaches {value}, better than its bound {min(known)}")
    nothing = all(not plan.chosen and not plan.closed for plan in plans.values())
    return Proof.of(value, min(known) if known else None, begin, nothing=nothing)


def _why(joint: JointProblem, stacked: Stacked, limits: Limits) -> tuple[Impossible, ...]:
    """Return why no plan exists: a layer by itself, the shared money or buildings, the pairs."""
    asked = tuple(why for layer in joint.problems for why in _why_layer(joint, layer, limits))
    if asked:
        return asked
    who = listed(list(joint.problems))
    soft = {"yuan": Text("元", "yuan"), "buildings": Text("座", "buildings")}
    changes = least_changes(stacked.rows, stacked.kinds, soft, who, limits)
    if changes:
        return changes
    pairs = [" + ".join(pair) for pair in joint.rules.together]
    return (
        Impossible(
            Text("须合用建筑的图层", "layers that must share buildings"),
            listed(pairs),
            None,
            Text(
                "不要求合用，或在各图层的候选建筑中增加共有的",
                "do not ask for it, or give more buildings with candidates of both",
            ),
        ),
    )


def _why_layer(joint: JointProblem, layer: str, limits: Limits) -> tuple[Impossible, ...]:
    """Return why a layer has no plan even by itself; empty where it has one."""
    problem = joint.problems[layer]
    some = replace(limits, gap_percent=100.0, on_bounds=None)
    answer = max_cover(problem, site_rows(problem), some, time.perf_counter())
    return why_impossible(problem, limits=limits) if answer.ending == "impossible" else ()


def _opened(joint: JointProblem, plans: Mapping[str, SitingPlan]) -> dict[str, set[int]]:
    """Return the buildings in which each layer is open."""
    opened = {}
    for layer, plan in plans.items():
        stands = np.flatnonzero(joint.problems[layer].sites.existing)
        sites = [*np.setdiff1d(stands, list(plan.closed)).tolist(), *plan.chosen]
        opened[layer] = {int(joint.building[layer][site]) for site in sites} - {-1}
    return opened


def _others(
    joint: JointProblem, opened: Mapping[str, set[int]], layer: str, building: int
) -> list[str]:
    return [other for other in joint.problems if other != layer and building in opened[other]]


def _notes(joint: JointProblem) -> tuple[Text, ...]:
    lonely = joint.lonely()
    if not lonely:
        return ()
    names = listed(lonely)
    return (
        Text(
            f"只有一个图层有站点或候选点、无法合用的建筑：{names.zh}",
            f"buildings with sites of one layer only, where nothing can be shared: {names.en}",
        ),
    )
