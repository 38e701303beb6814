"""What in the rules of a siting problem cannot be meant."""

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text, said_of
from .sites import Rules, Sites


def check_problem(
    sites: Sites,
    rules: Rules,
    name: Text,
    people: NDArray[np.int64],
    weights: NDArray[np.int64] | None,
) -> Problems:
    """Return what is wrong with the rules of a problem, all at once.

    Parameters
    ----------
    sites, rules, name, people
        As in `SitingProblem`.
    weights
        What places count, where that is not their people.
    """
    faults = [*_number_faults(sites, rules, name), *_money_faults(sites, rules, name)]
    if weights is not None:
        faults += _weight_faults(name, people, weights)
    return Problems(faults)


def _number_faults(sites: Sites, rules: Rules, name: Text) -> list[Problem]:
    faults: list[Problem] = []
    usable = int((~sites.existing & ~sites.barred).sum())
    if rules.sites is not None and not _movable(rules) <= rules.sites <= usable:
        faults.append(_too_many(name, rules.sites, usable))
    forced = int((sites.must & ~sites.existing).sum())
    if rules.sites is not None and forced > rules.sites + rules.moves:
        faults.append(
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
        faults.append(
            _fault(
                "siting.required_excluded",
                Text("同一地点既必选又排除", "a site is both required and excluded"),
                name,
                "、".join(sites.name(int(j)) for j in both[:5]),
                Text("二者取一", "keep one of the two"),
            )
        )
    return faults


def _money_faults(sites: Sites, rules: Rules, name: Text) -> list[Problem]:
    faults: list[Problem] = []
    new = ~sites.existing & ~sites.barred
    if (sites.cost_yuan < 0).any():
        worst = int(np.argmin(sites.cost_yuan))
        faults.append(
            _fault(
                "siting.cost",
                Text("造价为负", "a cost is negative"),
                name,
                f"{sites.name(worst)}: {sites.cost_yuan[worst]}",
                Text("改为 0 或正数", "give 0 or more"),
            )
        )
    cheapest = int(sites.cost_yuan[new].min()) if new.any() else 0
    if rules.budget_yuan is not None and rules.budget_yuan < cheapest:
        faults.append(
            _fault(
                "siting.budget",
                Text("预算不够建最便宜的一处", "the budget does not pay for the cheapest site"),
                name,
                f"{rules.budget_yuan:,} < {cheapest:,}",
                Text("增加预算或降低造价", "raise budget_yuan, or give cheaper classes"),
            )
        )
    return faults


def _weight_faults(
    name: Text, people: NDArray[np.int64], weights: NDArray[np.int64]
) -> list[Problem]:
    faults: list[Problem] = []
    if (weights < 0).any():
        faults.append(
            _fault(
                "siting.weight",
                Text("权重为负", "a weight is negative"),
                name,
                str(weights.min()),
                Text("权重不得为负", "weights must not be negative"),
            )
        )
    if people.any() and not weights.any():
        faults.append(
            _fault(
                "siting.no_weight",
                Text("所有权重为零，无从比较", "all weights are zero: nothing tells plans apart"),
                name,
                "0",
                Text("至少一个单元权重为正", "give at least one unit a positive weight"),
            )
        )
    return faults


def _movable(rules: Rules) -> int:
    """Return the least number of new sites that makes sense: none where sites are only moved."""
    return 0 if rules.moves or rules.close_least or rules.close_most else 1


def _fault(code: str, what: Text, name: Text, found: str, mend: Text) -> Problem:
    return Problem(code=code, what=said_of(name, what), found=found, mend=mend, column="siting")


def _too_many(name: Text, sites: int, candidates: int) -> Problem:
    what = Text(
        f"要新增 {sites} 处，可用的候选点只有 {candidates} 个",
        f"{sites} new sites are asked for, of {candidates} usable candidates",
    )
    if sites < 1:
        what = Text("新增站点数必须为正", "the number of new sites must be positive")
    return Problem(
        code="siting.too_many",
        what=said_of(name, what),
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
                what=said_of(name, Text("设置超出范围", "a setting is out of range")),
                column=f"siting.{key}",
                found=str(found),
                expected=expected,
                mend=Text("改正这个设置", "correct it"),
            )
        ]
    )
