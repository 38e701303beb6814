"""Several layers and the buildings they may share: the question, its faults, its bill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InternalError, Problem
from ..core.text import Text
from ..domain.arrays import frozen
from .problem import SitingProblem
from .stages import fault, listed, refuse


@dataclass(frozen=True, slots=True)
class JointRules:
    """What all layers together keep to, on top of each one's own rules.

    Parameters
    ----------
    buildings
        New buildings at most.
    budget_yuan
        What all new sites and all new buildings may cost.
    together
        Pairs of layers whose new sites share every building: wherever one of the two opens, the
        other has an open site, a new one or one that stands.

    Examples
    --------
    Two new buildings at most, and wherever one service opens the other does:

    >>> from coverplan.siting import JointRules
    >>> rules = JointRules(buildings=2, together=(("care", "social"),))
    >>> rules.buildings, rules.budget_yuan
    (2, None)
    """

    buildings: int | None = None
    budget_yuan: int | None = None
    together: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JointProblem:
    """Where several services should stand, given that they may share buildings.

    Parameters
    ----------
    problems
        The question of each layer, with its own sites, people and rules. A site costs what its
        service needs on top of the building.
    building
        For each layer the building each of its sites is in, shape ``(n_sites,)``, -1 for none;
        one number in two layers is one building. A building in which a site stands today exists.
    building_cost_yuan
        What each building costs, paid once and only where it is new, shape ``(n_buildings,)``.
    rules
        What all layers together keep to.
    weights
        What a person of each layer counts, in whole numbers; default: 1.
    building_names
        What buildings are called, for messages; default: their numbers.

    Raises
    ------
    InputError
        When numbers are out of range, layers unknown, a required pair has no building in common,
        or the budget does not pay for the cheapest site: all faults at once.
    InternalError
        When shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> joint = siting.JointProblem(
    ...     problems={"care": cp.small_problem(), "social": cp.small_problem("social_work")},
    ...     building={
    ...         "care": np.array([-1, 0, 1, 2, 3, 4]),
    ...         "social": np.array([-1, -1, -1, 0, 1, 2, 3, 4]),
    ...     },
    ...     building_cost_yuan=np.full(5, 100_000),
    ... )
    >>> joint.n_buildings, joint.standing.tolist()
    (5, [False, False, False, False, False])
    >>> joint.inside("social", 1).tolist()  # its candidate C2
    [4]
    """

    problems: Mapping[str, SitingProblem]
    building: Mapping[str, NDArray[np.int32]]
    building_cost_yuan: NDArray[np.int64]
    rules: JointRules = field(default_factory=JointRules)
    weights: Mapping[str, int] = field(default_factory=dict)
    building_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if set(self.problems) != set(self.building):
            raise InternalError("joint siting: layers and buildings do not fit")
        for layer, problem in self.problems.items():
            if len(self.building[layer]) != len(problem.sites):
                raise InternalError(f"joint siting: buildings and sites of {layer} do not fit")
        fixed = {layer: frozen(self.building[layer], np.int32) for layer in self.problems}
        object.__setattr__(self, "problems", dict(self.problems))
        object.__setattr__(self, "building", fixed)
        object.__setattr__(self, "building_cost_yuan", frozen(self.building_cost_yuan, np.int64))
        names = self.building_names or tuple(str(b) for b in range(self.n_buildings))
        object.__setattr__(self, "building_names", tuple(names))
        refuse([*_numbers(self), *_layers(self)])
        refuse([*_pairs(self), *_money(self)])

    @property
    def n_buildings(self) -> int:
        """Number of buildings, new and standing."""
        return len(self.building_cost_yuan)

    @property
    def standing(self) -> NDArray[np.bool_]:
        """Whether a site of any layer is in each building today, shape ``(n_buildings,)``."""
        stands = np.zeros(self.n_buildings, dtype=bool)
        for layer, problem in self.problems.items():
            inside = self.building[layer][problem.sites.existing]
            stands[inside[inside >= 0]] = True
        return stands

    def weight_of(self, layer: str) -> int:
        """Return what a person of a layer counts."""
        return int(self.weights.get(layer, 1))

    def partners(self, layer: str) -> tuple[str, ...]:
        """Return the layers that must share every new building of a layer."""
        pairs = [pair for pair in self.rules.together if layer in pair]
        return tuple(dict.fromkeys(b if a == layer else a for a, b in pairs))

    def inside(self, layer: str, building: int, *, new: bool = False) -> NDArray[np.int64]:
        """Return the sites of a layer that may be open in a building, or the new ones of them."""
        sites = self.problems[layer].sites
        usable = (self.building[layer] == building) & ~sites.barred
        return np.flatnonzero(usable & ~sites.existing if new else usable)

    def lonely(self) -> list[str]:
        """Name the buildings only one layer has a site in: nothing can be shared there."""
        layers = np.zeros(self.n_buildings, dtype=np.int64)
        for inside in self.building.values():
            layers[np.unique(inside[inside >= 0])] += 1
        return [self.building_names[b] for b in np.flatnonzero(layers == 1)]


@dataclass(frozen=True, slots=True)
class Bill:
    """What a joint plan costs, counted from its open sites.

    Parameters
    ----------
    buildings
        New buildings, ascending.
    shared
        Buildings with a new site in which two or more layers are open, ascending.
    sites_yuan, buildings_yuan
        What the new sites and the new buildings cost.
    apart_yuan
        What the buildings would cost if each service with a new site built its own.
    """

    buildings: tuple[int, ...]
    shared: tuple[int, ...]
    sites_yuan: int
    buildings_yuan: int
    apart_yuan: int


def bill_of(joint: JointProblem, opened: Mapping[str, Sequence[int]]) -> Bill:
    """Return what a plan costs.

    Parameters
    ----------
    joint, opened
        The question, and the positions of all open sites of each layer.
    """
    hosts: dict[int, set[str]] = {}
    guests: dict[int, set[str]] = {}
    yuan = 0
    for layer, open_ in opened.items():
        sites = joint.problems[layer].sites
        for site in open_:
            building = int(joint.building[layer][site])
            hosts.setdefault(building, set()).add(layer)
            if not sites.existing[site]:
                guests.setdefault(building, set()).add(layer)
                yuan += int(sites.cost_yuan[site])
    guests.pop(-1, None)
    new = sorted(b for b in guests if not joint.standing[b])
    cost = joint.building_cost_yuan
    return Bill(
        buildings=tuple(new),
        shared=tuple(sorted(b for b in guests if len(hosts[b]) > 1)),
        sites_yuan=yuan,
        buildings_yuan=sum(int(cost[b]) for b in new),
        apart_yuan=sum(int(cost[b]) * len(layers) for b, layers in guests.items()),
    )


def broken_rules(joint: JointProblem, opened: Mapping[str, Sequence[int]]) -> list[str]:
    """Return the joint rules a plan breaks, found from its sites alone, without rows or solver.

    Parameters
    ----------
    joint, opened
        The question, and the positions of all open sites of each layer.
    """
    rules, bill, broken = joint.rules, bill_of(joint, opened), []
    if rules.buildings is not None and len(bill.buildings) > rules.buildings:
        broken.append("the number of buildings")
    if rules.budget_yuan is not None and bill.sites_yuan + bill.buildings_yuan > rules.budget_yuan:
        broken.append("the joint budget")
    for a, b in [*rules.together, *((b, a) for a, b in rules.together)]:
        there = {int(joint.building[b][site]) for site in opened[b]} - {-1}
        new = [site for site in opened[a] if not joint.problems[a].sites.existing[site]]
        if any(int(joint.building[a][site]) not in there for site in new):
            broken.append(f"{a} and {b} in one building")
    return broken


def _numbers(joint: JointProblem) -> list[Problem]:
    rules, faults = joint.rules, []
    for key, number in (("buildings", rules.buildings), ("budget_yuan", rules.budget_yuan)):
        if number is not None and number < 0:
            what = Text(f"{key} 为负", f"{key} is negative")
            faults.append(fault(f"joint.{key}", what, f"{number:,}", _NOT_NEGATIVE))
    negative = np.flatnonzero(joint.building_cost_yuan < 0)
    if len(negative):
        names = listed([joint.building_names[b] for b in negative])
        what = Text("建筑造价为负", "a building has a negative cost")
        faults.append(fault("joint.building_cost", what, names.en, _NOT_NEGATIVE))
    for layer, numbers in joint.building.items():
        wrong = (numbers < -1) | (numbers >= joint.n_buildings)
        if wrong.any():
            what = Text(f"{layer}：没有这座建筑", f"{layer}: there is no such building")
            mend = Text(
                f"应为 -1 至 {joint.n_buildings - 1}", f"give -1 to {joint.n_buildings - 1}"
            )
            faults.append(fault("joint.building", what, str(numbers[wrong][0]), mend))
    return faults


_NOT_NEGATIVE = Text("改为 0 或正数", "give 0 or more")


def _layers(joint: JointProblem) -> list[Problem]:
    faults, known = [], listed(list(joint.problems))
    named = [*joint.weights, *(layer for pair in joint.rules.together for layer in pair)]
    mend = Text(f"应为其中之一：{known.zh}", f"give one of {known.en}")
    for layer in dict.fromkeys(named):
        if layer not in joint.problems:
            what = Text("没有这个图层", "there is no such layer")
            faults.append(fault("joint.layer", what, layer, mend))
    for a, b in joint.rules.together:
        if a == b:
            what = Text("图层不能与自己合用建筑", "a layer cannot share with itself")
            faults.append(fault("joint.together", what, f"{a}, {b}", mend))
    weights = [joint.weight_of(layer) for layer in joint.problems]
    if min(weights, default=1) < 0 or not any(weights):
        what = Text(
            "图层权重为负或全部为零", "a weight of a layer is negative, or all of them are zero"
        )
        mend = Text("权重不得为负，且至少一个为正", "give 0 or more, and one of them above 0")
        faults.append(fault("joint.weights", what, str(weights), mend))
    return faults


def _pairs(joint: JointProblem) -> list[Problem]:
    """Check that pairs have buildings in common, and required sites a partner."""
    faults = []
    for a, b in joint.rules.together:
        if not len(_possible(joint, a)) and not len(_possible(joint, b)):
            what = Text(
                f"{a} 与 {b} 须合用建筑，却没有一座建筑两者都可用",
                f"{a} and {b} must share buildings, but no building has usable sites of both",
            )
            mend = Text(
                "增加两个图层共有的候选建筑，或不要求合用",
                "give candidates of both layers in one building, or do not ask for it",
            )
            faults.append(fault("joint.together", what, f"{a}, {b}", mend))
    for layer, problem in joint.problems.items():
        required = np.flatnonzero(problem.sites.must & ~problem.sites.existing)
        alone = np.setdiff1d(required, _possible(joint, layer))
        if len(alone):
            partners = listed(joint.partners(layer))
            what = Text(
                f"{layer} 的必选新址所在建筑没有 {partners.zh} 可用的候选点",
                f"a required new site of {layer} has no usable {partners.en} in its building",
            )
            names = listed([problem.sites.name(int(j)) for j in alone])
            mend = Text("在该建筑增加候选点，或取消必选", "give one there, or do not require it")
            faults.append(fault("joint.together", what, names.en, mend))
    return faults


def _possible(joint: JointProblem, layer: str) -> NDArray[np.int64]:
    """Return the usable new sites of a layer whose partners can all be in the same building."""
    sites = joint.problems[layer].sites
    new = np.flatnonzero(~sites.existing & ~sites.barred)
    place = joint.building[layer][new]
    good = np.ones(len(new), dtype=bool)
    for partner in joint.partners(layer):
        usable = ~joint.problems[partner].sites.barred
        good &= (place >= 0) & np.isin(place, joint.building[partner][usable])
    return new[good]


def _money(joint: JointProblem) -> list[Problem]:
    budget = joint.rules.budget_yuan
    costs = [
        cheapest_opening(joint, layer, int(site))
        for layer in joint.problems
        for site in _possible(joint, layer)
    ]
    if budget is None or budget < 0 or not costs or min(costs) <= budget:
        return []
    what = Text(
        "预算不够建最便宜的一处（含建筑）",
        "the budget does not pay for the cheapest site and its building",
    )
    mend = Text("增加预算或降低造价", "raise budget_yuan, or give cheaper classes")
    return [fault("joint.budget_yuan", what, f"{budget:,} < {min(costs):,}", mend)]


def cheapest_opening(joint: JointProblem, layer: str, site: int) -> int:
    """Return what a new site costs at least: itself, its building, its partners.

    Parameters
    ----------
    joint, layer, site
        The question, and the position of a usable new site of a layer.
    """
    building = int(joint.building[layer][site])
    yuan = int(joint.problems[layer].sites.cost_yuan[site])
    if building >= 0 and not joint.standing[building]:
        yuan += int(joint.building_cost_yuan[building])
    for partner in joint.partners(layer):
        sites = joint.problems[partner].sites
        there = joint.inside(partner, building)
        cost = np.where(sites.existing[there], 0, sites.cost_yuan[there])
        yuan += int(cost.min()) if len(there) else 0
    return yuan
