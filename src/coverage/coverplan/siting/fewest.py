r"""Fewest new sites so that a share of the people is reached: partial set covering.

.. math::

    \min \sum_j x_j \quad \text{s.t.} \quad \sum_{i \in U} w_i z_i \ge
    \left\lceil \tfrac{\alpha}{100} W_U \right\rceil \;\; \forall U, \quad
    z_i \le \sum_{j \in N_i} x_j, \quad x_j \in \{0, 1\}, \; 0 \le z_i \le 1

where :math:`U` is everybody, or each unit, and :math:`W_U` its people by the census, those without
a place among them. That :math:`k` sites are the fewest is proven by what :math:`k - 1` sites reach
at most, a maximal covering problem. Of all plans of :math:`k` sites the one is given that reaches
most.

Daskin, M. S. and Owen, S. H. (1999): Two new location covering problems: the partial p-center
problem and the partial set covering problem. Geographical Analysis 31, 217-235.
Cordeau, J.-F., Furini, F. and Ljubic, I. (2019): Benders decomposition for very large scale
partial set covering and maximal covering location problems. European Journal of Operational
Research 275, 882-896.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from ..core.errors import InternalError
from ..core.text import Text
from .finish import Found, finish
from .impossible import share_words, why_impossible
from .maxcover import CoverAnswer, max_cover
from .mincover import min_cover, most_of_needs, most_within_needs
from .needs import Need
from .plan import (
    DEFAULT_LIMITS,
    NEWLY,
    SITES,
    WEIGHTED,
    Limits,
    OneLess,
    SitingPlan,
    Stage,
)
from .problem import SitingProblem, out_of_range
from .rows import SiteRows, site_rows

Within = Literal["all", "every_unit"]

_FIRST, _PROOF = 0.5, 0.8
"""Shares of the time after which the search for fewer sites, and for the proof, must end."""


def solve_fewest(
    problem: SitingProblem,
    limits: Limits = DEFAULT_LIMITS,
    *,
    share_percent: float | str | Fraction,
    within: Within = "all",
) -> SitingPlan:
    """Return the plan of fewest new sites that reaches a share of the people.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules, all of which are kept.
    limits
        When to stop without a proof.
    share_percent
        Share that must be reached, above 0 and at most 100, of everybody by the census. Decimal
        digits are taken as they are written: 80.1 is 801/1000.
    within
        Whether the share is of all people, or of the people of each unit that has any.

    Raises
    ------
    InputError
        When the share is out of range.
    """
    begin = time.perf_counter()
    needs = share_needs(problem, share_percent, within)
    rows = site_rows(problem)
    search = _Search(problem, rows, tuple(needs), limits, begin)
    cost = (~problem.sites.existing).astype(np.int64)
    answer = min_cover(problem, rows, cost, needs, search.until(_FIRST, loud=True), begin)
    if answer.open is None:
        found = Found(
            "fewest",
            SITES,
            None,
            None,
            answer.bound,
            impossible=why_impossible(problem, rows, needs, limits=limits)
            if answer.ending == "impossible"
            else (),
            sizes=answer.sizes,
        )
        return finish(problem, found, begin)
    best = search.prove(answer.open, answer.bound or 0)
    opened, stage = search.most(best.opened, best.sites)
    found = Found(
        "fewest",
        SITES,
        np.flatnonzero(opened).tolist(),
        best.sites,
        best.bound,
        proof=_proof(problem, needs, best, stage),
        sizes=answer.sizes,
        then=(stage,),
    )
    plan = replace(finish(problem, found, begin), one_less=best.one_less)
    _check(problem, needs, opened)
    return plan


def share_needs(
    problem: SitingProblem, share_percent: float | str | Fraction, within: Within = "all"
) -> list[Need]:
    """Return what a share asks for, in whole people: of everybody, or of each unit with people.

    Parameters
    ----------
    problem, share_percent, within
        As in `solve_fewest`.

    Raises
    ------
    InputError
        When the share is out of range.
    """
    share = _share(problem, share_percent)
    said = _decimal(share)
    if within == "all":
        name = Text(f"全部人口至少 {said} % 可达", f"at least {said} % of all people reached")
        return [Need(problem.people, _ceil(share, problem.everybody), name, problem.everybody)]
    if within != "every_unit":
        expected = Text("all 或 every_unit", "all or every_unit")
        raise out_of_range(problem.name, "within", within, expected)
    return [
        Need(
            np.where(problem.of_unit == unit, problem.people, 0),
            _ceil(share, int(total)),
            Text(f"{called}至少 {said} % 可达", f"at least {said} % of {called} reached"),
            int(total),
        )
        for unit, (called, total) in enumerate(zip(problem.unit_names, problem.totals, strict=True))
        if total > 0
    ]


def _share(problem: SitingProblem, given: object) -> Fraction:
    try:
        share = Fraction(str(given))
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 100:  # noqa: PLR2004 - per cent
        expected = Text("大于 0、不超过 100", "above 0 and at most 100")
        raise out_of_range(problem.name, "share_percent", given, expected)
    return share


def _decimal(share: Fraction) -> str:
    exact = Fraction(f"{float(share):g}") == share
    return f"{float(share):g}" if exact else f"{share}"


def _ceil(share: Fraction, people: int) -> int:
    return -int(-share * people // 100)


@dataclass(frozen=True, slots=True)
class _Best:
    """The fewest sites known, and what is proven about fewer."""

    opened: NDArray[np.bool_]
    sites: int
    bound: int
    one_less: OneLess | None


@dataclass(frozen=True, slots=True)
class _Search:
    problem: SitingProblem
    rows: SiteRows
    needs: tuple[Need, ...]
    limits: Limits
    begin: float

    def until(self, share: float, *, loud: bool = False) -> Limits:
        """Return the limits of a part of the search; people and sites are not told as one."""
        seconds = self.limits.time_limit_seconds * share
        told = self.limits.on_bounds if loud else None
        return replace(self.limits, time_limit_seconds=seconds, on_bounds=told)

    def prove(self, opened: NDArray[np.bool_], bound: int) -> _Best:
        """Return the fewest sites after asking what one less reaches, again and again."""
        one_less: OneLess | None = None
        limits = replace(self.until(_PROOF), gap_percent=0.0)
        while True:
            sites = self._new(opened)
            if sites == 0:
                return _Best(opened, 0, 0, None)
            answer = self._most_with(sites - 1, limits)
            need = sum(need.at_least for need in self.needs)
            if answer.open is not None and self._enough(answer.open):
                opened = answer.open
                continue
            none = answer.ending == "impossible"
            one_less = OneLess(sites - 1, need, answer.value, None if none else answer.bound)
            proven = none or (answer.bound is not None and answer.bound < need)
            return _Best(opened, sites, sites if proven else min(bound, sites), one_less)

    def most(self, opened: NDArray[np.bool_], sites: int) -> tuple[NDArray[np.bool_], Stage]:
        """Return, among plans of so many sites, the one that reaches most."""
        problem, rows = self.problem, at_most(self.problem, self.rows, sites)
        limits = self.until(1.0)
        if problem.weighted or len(self.needs) > 1:
            answer = most_within_needs(problem, rows, self.needs, limits, self.begin, start=opened)
        else:
            answer = max_cover(problem, rows, limits, self.begin)
        before = int(problem.weight[problem.before].sum())
        reached = self._weight(opened)
        if (
            answer.open is not None
            and self._enough(answer.open)
            and answer.value is not None
            and answer.value >= reached
        ):
            opened, reached = answer.open, answer.value
        objective = WEIGHTED if problem.weighted else NEWLY
        bound = None if answer.bound is None else answer.bound - before
        return opened, Stage(objective, reached - before, bound)

    def _most_with(self, sites: int, limits: Limits) -> CoverAnswer:
        rows = at_most(self.problem, self.rows, sites)
        if len(self.needs) > 1:
            return most_of_needs(self.problem, rows, self.needs, limits, self.begin)
        # People are asked for, whatever the objective of other models weighs.
        return max_cover(replace(self.problem, weights=None), rows, limits, self.begin)

    def _new(self, opened: NDArray[np.bool_]) -> int:
        return int((opened & ~self.problem.sites.existing).sum())

    def _weight(self, opened: NDArray[np.bool_]) -> int:
        reached = self.problem.reach.covered(np.flatnonzero(opened).tolist())
        return int(self.problem.weight[reached].sum())

    def _enough(self, opened: NDArray[np.bool_]) -> bool:
        reached = self.problem.reach.covered(np.flatnonzero(opened).tolist())
        return all(need.reached(reached) >= need.at_least for need in self.needs)


def at_most(problem: SitingProblem, rows: SiteRows, sites: int) -> SiteRows:
    """Return the rows and one more: so many new sites at most.

    Parameters
    ----------
    problem, rows, sites
        The sites, what every plan keeps to, and the new limit.
    """
    new = (~problem.sites.existing).astype(float)
    kinds = rows.kinds or ("other",) * len(rows.names)
    return replace(
        rows,
        matrix=csr_matrix(vstack([rows.matrix, csr_matrix(new)])),
        row_lower=np.append(rows.row_lower, -np.inf),
        row_upper=np.append(rows.row_upper, float(sites)),
        names=(*rows.names, Text(f"至多新增 {sites} 处", f"at most {sites} new sites")),
        kinds=(*kinds, "number"),
    )


def _proof(
    problem: SitingProblem, needs: Sequence[Need], best: _Best, stage: Stage
) -> tuple[Text, ...]:
    said: list[Text] = []
    if problem.everybody == 0:
        return (Text("这一人群没有人", "nobody is in this group"),)
    if best.sites == 0:
        said.append(Text("不必新增站点即已达到", "the target is met without new sites"))
    less = best.one_less
    if less is not None and less.bound is None:
        said.append(
            Text(
                f"{less.sites} 处无法满足其他规则",
                f"no plan of {less.sites} new sites keeps the other rules",
            )
        )
    elif less is not None:
        said.append(_one_less_words(problem, less, every=len(needs) > 1))
    if best.bound < best.sites:
        said.append(
            Text(
                f"已证明至少需要 {best.bound} 处",
                f"it is proven that at least {best.bound} are needed",
            )
        )
    if best.sites and stage.value == stage.bound:
        said.append(
            Text(
                f"新增 {best.sites} 处的所有方案中，本方案可达最多",
                f"of all plans of {best.sites} new sites this one reaches most",
            )
        )
    return tuple(said)


def _one_less_words(problem: SitingProblem, less: OneLess, *, every: bool) -> Text:
    of = 0 if every else problem.everybody
    most, need = share_words(less.bound or 0, of), share_words(less.need, of)
    verdict = (
        Text("不够", "not enough")
        if less.fails
        else Text("是否够尚未证明", "not proven either way")
    )
    toward = (
        Text("计入各单元目标的", "toward the targets of the units, ") if every else Text("", "")
    )
    return Text(
        f"少一处即 {less.sites} 处，{toward.zh}最多可达 {most.zh}，要求 {need.zh}：{verdict.zh}",
        f"with one less, {less.sites}, {toward.en}at most {most.en} can be reached "
        f"of {need.en} asked for: {verdict.en}",
    )


def _check(problem: SitingProblem, needs: Sequence[Need], opened: NDArray[np.bool_]) -> None:
    reached = problem.reach.covered(np.flatnonzero(opened).tolist())
    for need in needs:
        if need.reached(reached) < need.at_least:
            raise InternalError(f"siting: fewest misses: {need.name.en}")
