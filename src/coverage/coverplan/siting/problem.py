"""What every siting model is asked: where a service may stand, who it is for, under which rules."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError, InternalError, Problem, Problems
from ..core.text import Text
from ..domain.arrays import frozen
from ..travel import Reach, TravelTimes

UNLIMITED = 2**60
"""Capacity of a site without a limit."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Where the service stands and where it may: existing sites and candidates, one row each.

    A candidate place that may be built small or large has a row for each class.

    Parameters
    ----------
    ids
        Ids, as in the travel times, in the same order.
    existing
        Whether it stands today, shape ``(n_sites,)``.
    must
        Whether it is open in every plan: existing sites that are kept, required new sites.
        An existing site that is not may be closed.
    barred
        Whether it is closed in every plan.
    place
        Number of the place of each row: of rows of one place at most one is open.
    unit
        Position of its unit in the problem's units, -1 outside the study.
    cost_yuan
        What opening it costs; 0 for what stands.
    capacity
        People it can serve, `UNLIMITED` without a limit.
    xy
        Coordinates in metres, shape ``(n_sites, 2)``.
    """

    ids: pd.Index
    existing: NDArray[np.bool_]
    must: NDArray[np.bool_]
    barred: NDArray[np.bool_]
    place: NDArray[np.int32]
    unit: NDArray[np.int32]
    cost_yuan: NDArray[np.int64]
    capacity: NDArray[np.int64]
    xy: NDArray[np.float64]

    @classmethod
    def make(
        cls,
        ids: pd.Index,
        *,
        existing: object = False,
        must: object = None,
        barred: object = False,
        place: object = None,
        unit: object = -1,
        cost_yuan: object = 0,
        capacity: object = UNLIMITED,
        xy: object = 0.0,
    ) -> "Sites":
        """Return sites, what is not given being the same for all; existing ones are kept.

        Parameters
        ----------
        ids, existing, must, barred, place, unit, cost_yuan, capacity, xy
            As the fields; one value stands for all. ``must`` defaults to ``existing``, ``place``
            to a place of its own for each.

        Examples
        --------
        >>> import pandas as pd
        >>> Sites.make(pd.Index(["a", "b"]), existing=[True, False]).candidates
        array([1])
        """
        n = len(ids)

        def all_of(value: object, dtype: type[np.generic]) -> NDArray[np.generic]:
            return frozen(np.broadcast_to(np.asarray(value), (n,)), dtype)

        stands = all_of(existing, np.bool_)
        return cls(
            ids=ids,
            existing=stands,  # type: ignore[arg-type]
            must=stands if must is None else all_of(must, np.bool_),  # type: ignore[arg-type]
            barred=all_of(barred, np.bool_),  # type: ignore[arg-type]
            place=all_of(np.arange(n) if place is None else place, np.int32),  # type: ignore[arg-type]
            unit=all_of(unit, np.int32),  # type: ignore[arg-type]
            cost_yuan=all_of(cost_yuan, np.int64),  # type: ignore[arg-type]
            capacity=all_of(capacity, np.int64),  # type: ignore[arg-type]
            xy=frozen(np.broadcast_to(np.asarray(xy, dtype=float), (n, 2)), np.float64),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def candidates(self) -> NDArray[np.int64]:
        """Positions of the sites that do not stand yet."""
        return np.flatnonzero(~self.existing)

    @property
    def free(self) -> NDArray[np.int64]:
        """Positions of the sites a plan decides on."""
        return np.flatnonzero(~self.must & ~self.barred)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a plan must keep to, whatever its objective. None: no such rule.

    Parameters
    ----------
    sites
        New sites at most (required ones among them); with ``moves``, as many more as existing
        ones are moved.
    exactly
        Whether ``sites`` must be opened, not at most.
    budget_yuan
        What all new sites may cost.
    unit_least, unit_most
        Open sites of any kind each unit must have at least; new sites it may have at most.
    units_asked
        Positions of the units ``unit_least`` holds for; None: all.
    spacing_metres
        Straight distance two open sites must keep, one of them new. Exactly at it is enough.
    close_most, close_least
        Existing sites that may, and must, be closed (only those not in ``must`` can be).
    moves
        How many of the closed ones may be built again elsewhere, on top of ``sites``.
    """

    sites: int | None = None
    exactly: bool = False
    budget_yuan: int | None = None
    unit_least: int = 0
    unit_most: int | None = None
    units_asked: tuple[int, ...] | None = None
    spacing_metres: float | None = None
    close_most: int | None = None
    close_least: int = 0
    moves: int = 0


@dataclass(frozen=True, slots=True)
class SitingProblem:
    """Where a service should stand: the one question all models answer.

    Parameters
    ----------
    sites
        Existing sites and candidates.
    reach
        Who is within the limit of each of them, rows in the order of ``sites``.
    people
        People of the target group at each place, shape ``(n_demand,)``.
    rules
        What a plan must keep to.
    times
        Times from people to sites, up to the cutoff beyond which all are alike, kept in
        milliseconds; needed by the models that weigh time.
    weights
        What each place counts in the objective, shape ``(n_demand,)``; default: its people.
    unit
        Unit of each place as a position in ``unit_codes``, shape ``(n_demand,)``.
    unit_codes, unit_names
        The units, with people in them or without.
    unit_people
        People of the group in each unit by the census, those without a place among them: the
        denominators. Default: the sum of ``people``.
    name
        Name of the layer, for messages.

    Raises
    ------
    InputError
        When rules are contradictory or out of range: all of them at once.
    InternalError
        When shapes do not fit.
    """

    sites: Sites
    reach: Reach
    people: NDArray[np.int64]
    rules: Rules = field(default_factory=Rules)
    times: TravelTimes | None = None
    weights: NDArray[np.int64] | None = None
    unit: NDArray[np.int32] | None = None
    unit_codes: tuple[str, ...] = ()
    unit_names: tuple[str, ...] = ()
    unit_people: NDArray[np.int64] | None = None
    name: Text = Text("", "")

    def __post_init__(self) -> None:
        n_sites, n = len(self.sites), len(self.people)
        if len(self.reach.sites) != n_sites or len(self.reach.demand) != n:
            raise InternalError("siting: reach, sites and people do not fit")
        if self.times is not None and len(self.times.sites) != n_sites:
            raise InternalError("siting: times and sites do not fit")
        given = self.weights is not None
        if self.unit is None:
            object.__setattr__(self, "unit", np.zeros(n, dtype=np.int32))
            object.__setattr__(self, "unit_codes", self.unit_codes or ("all",))
        if not self.unit_names:
            object.__setattr__(self, "unit_names", self.unit_codes)
        if self.unit_people is None:
            sums = np.bincount(self.of_unit, self.people, minlength=len(self.unit_codes))
            object.__setattr__(self, "unit_people", sums.astype(np.int64))
        if not given:
            object.__setattr__(self, "weights", self.people)
        check_problem(self, weighted=given).raise_if_any()

    @property
    def of_unit(self) -> NDArray[np.int32]:
        """Unit of each place, shape ``(n_demand,)``."""
        if self.unit is None:
            raise InternalError("siting: no units")
        return self.unit

    @property
    def weight(self) -> NDArray[np.int64]:
        """What each place counts in the objective, shape ``(n_demand,)``."""
        return self.people if self.weights is None else self.weights

    @property
    def weighted(self) -> bool:
        """Whether the objective counts anything but people."""
        return not np.array_equal(self.weight, self.people)

    @property
    def totals(self) -> NDArray[np.int64]:
        """People of each unit by the census, shape ``(n_units,)``: the denominators."""
        if self.unit_people is None:
            raise InternalError("siting: no totals")
        return self.unit_people

    @property
    def everybody(self) -> int:
        """All people of the group, those without a place among them."""
        return int(self.totals.sum())

    @property
    def before(self) -> NDArray[np.bool_]:
        """Whether each place is reached by a site that stands today."""
        return self.reach.covered(np.flatnonzero(self.sites.existing).tolist())

    @property
    def always(self) -> NDArray[np.bool_]:
        """Whether each place is reached by a site that is open in every plan."""
        return self.reach.covered(np.flatnonzero(self.sites.must).tolist())

    def with_rules(self, **changes: object) -> "SitingProblem":
        """Return the same problem under other rules.

        Parameters
        ----------
        changes
            Fields of `Rules`.

        Raises
        ------
        InputError
            As on making the problem.
        """
        weights = self.weights if self.weighted else None
        return replace(self, rules=replace(self.rules, **changes), weights=weights)  # type: ignore[arg-type]

    @classmethod
    def covering(
        cls,
        reach: Reach,
        people: NDArray[np.int64],
        already: NDArray[np.bool_],
        sites: int,
        name: Text = Text("", ""),
    ) -> "SitingProblem":
        """Return the plain question: so many new sites, and these people reached already.

        Parameters
        ----------
        reach
            Who would be within the limit of each candidate.
        people, already
            People at each place, and whether an existing site reaches it, shape ``(n_demand,)``.
        sites
            New sites at most.
        name
            Name of the layer.

        Raises
        ------
        InputError
            When more sites are asked for than there are candidates.
        """
        # What stands is one row that reaches whoever is reached already.
        served = np.flatnonzero(already).astype(np.int32)
        ptr = np.concatenate([reach.ptr, [reach.ptr[-1] + len(served)]])
        ids = pd.Index([*reach.sites, _EXISTING], dtype=object)
        whole = Reach(reach.demand, ids, ptr, np.concatenate([reach.who, served]), reach.minutes)
        stands = np.arange(len(ids)) == len(reach.sites)
        return cls(
            Sites.make(ids, existing=stands), whole, people, rules=Rules(sites=sites), name=name
        )


_EXISTING = "existing"


def check_problem(problem: SitingProblem, *, weighted: bool) -> Problems:
    """Return what is wrong with the rules of a problem, all at once."""
    problems = Problems()
    sites, rules = problem.sites, problem.rules
    usable = int((~sites.existing & ~sites.barred).sum())
    name = problem.name
    if rules.sites is not None and not _movable(rules) <= rules.sites <= usable:
        problems.add(_too_many(name, rules.sites, usable))
    forced = int((sites.must & ~sites.existing).sum())
    if rules.sites is not None and forced > rules.sites + rules.moves:
        problems.add(
            _fault(
                "siting.required",
                Text("必选新址多于允许的新增数", "more new sites are required than may be opened"),
                name,
                f"{forced} > {rules.sites}",
                Text("增大 sites 或减少 required", "raise sites, or require fewer"),
            )
        )
    both = np.flatnonzero(sites.must & sites.barred)
    if len(both):
        problems.add(
            _fault(
                "siting.required_excluded",
                Text("同一地点既必选又排除", "a site is both required and excluded"),
                name,
                "、".join(map(str, sites.ids[both[:5]])),
                Text("二者取一", "keep one of the two"),
            )
        )
    if (sites.cost_yuan < 0).any():
        worst = int(np.argmin(sites.cost_yuan))
        problems.add(
            _fault(
                "siting.cost",
                Text("造价为负", "a cost is negative"),
                name,
                f"{sites.ids[worst]}: {sites.cost_yuan[worst]}",
                Text("改为 0 或正数", "give 0 or more"),
            )
        )
    cheapest = int(sites.cost_yuan[~sites.existing & ~sites.barred].min()) if usable else 0
    if rules.budget_yuan is not None and rules.budget_yuan < cheapest:
        problems.add(
            _fault(
                "siting.budget",
                Text("预算不够建最便宜的一处", "the budget does not pay for the cheapest site"),
                name,
                f"{rules.budget_yuan:,} < {cheapest:,}",
                Text("增加预算或降低造价", "raise budget_yuan, or give cheaper classes"),
            )
        )
    if weighted and (problem.weight < 0).any():
        problems.add(
            _fault(
                "siting.weight",
                Text("权重为负", "a weight is negative"),
                name,
                str(problem.weight.min()),
                Text("权重不得为负", "weights must not be negative"),
            )
        )
    if weighted and problem.people.any() and not problem.weight.any():
        problems.add(
            _fault(
                "siting.no_weight",
                Text("所有权重为零，无从比较", "all weights are zero: nothing tells plans apart"),
                name,
                "0",
                Text("至少一个单元权重为正", "give at least one unit a positive weight"),
            )
        )
    return problems


def _movable(rules: Rules) -> int:
    """Return the least number of new sites that makes sense: none where sites are only moved."""
    return 0 if rules.moves or rules.close_least or rules.close_most else 1


def _fault(code: str, what: Text, name: Text, found: str, mend: Text) -> Problem:
    prefix = Text(f"{name.zh}：", f"{name.en}: ") if name.zh else Text("", "")
    whole = Text(prefix.zh + what.zh, prefix.en + what.en)
    return Problem(code=code, what=whole, found=found, mend=mend, column="siting")


def _too_many(name: Text, sites: int, candidates: int) -> Problem:
    what = Text(
        f"{name.zh}：要新增 {sites} 处，可用的候选点只有 {candidates} 个",
        f"{name.en}: {sites} new sites are asked for, of {candidates} usable candidates",
    )
    if sites < 1:
        what = Text(
            f"{name.zh}：新增站点数必须为正", f"{name.en}: the number of new sites must be positive"
        )
    return Problem(
        code="siting.too_many",
        what=what,
        column="siting.sites",
        found=str(sites),
        expected=Text(f"1 至 {candidates}", f"1 to {candidates}") if candidates else None,
        mend=Text("减少 sites，或增加、放宽候选点", "ask for fewer sites, or give more candidates"),
    )


def out_of_range(name: Text, key: str, found: object, expected: Text) -> InputError:
    """Return the fault of a model's own number that lies outside its range.

    Parameters
    ----------
    name, key, found, expected
        The layer, the setting, what was given and what may be.
    """
    return InputError(
        [
            Problem(
                code=f"siting.{key}",
                what=Text(f"{name.zh}：设置超出范围", f"{name.en}: a setting is out of range"),
                column=f"siting.{key}",
                found=str(found),
                expected=expected,
                mend=Text("改正这个设置", "correct it"),
            )
        ]
    )
