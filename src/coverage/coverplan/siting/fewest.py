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
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InternalError
from ..core.text import Text
from .fewest_search import FewestSearch
from .finish import Found, finish
from .impossible import share_words, why_impossible
from .needs import Need
from .plan import DEFAULT_LIMITS, SITES, Limits, SitingPlan, Stage
from .planfacts import OneLess
from .problem import SitingProblem, out_of_range
from .rows import site_rows

Within = Literal["all", "every_unit"]


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

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem()
    >>> plan = cp.solve_fewest(problem, share_percent=80)
    >>> plan.chosen_ids(problem.sites.ids), plan.facts.reached_after
    (['new:C2', 'new:C4'], 757)
    >>> plan.one_less.fails  # proven: one site less is not enough
    True
    """
    begin = time.perf_counter()
    needs = share_needs(problem, share_percent, within)
    rows = site_rows(problem)
    search = FewestSearch(problem, rows, needs, limits, begin)
    search.run()
    if search.opened is None:
        impossible = search.ending == "impossible"
        why = why_impossible(problem, rows, needs, limits=limits) if impossible else ()
        found = Found("fewest", SITES, None, None, search.bound, impossible=why)
        return finish(problem, replace(found, sizes=search.sizes), begin)
    one_less = search.one_less()
    stage = search.most()
    bound = min(search.bound, search.sites)
    found = Found(
        "fewest",
        SITES,
        np.flatnonzero(search.opened).tolist(),
        search.sites,
        bound,
        proof=_proof(problem, needs, (search.sites, bound), one_less, stage),
        sizes=search.sizes,
        then=(stage,),
    )
    _check(problem, needs, search.opened)
    return replace(finish(problem, found, begin), one_less=one_less)


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
        name = Text(f"目标人群至少 {said} % 可达", f"at least {said} % of its people reached")
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


def _proof(
    problem: SitingProblem,
    needs: Sequence[Need],
    known: tuple[int, int],
    less: OneLess | None,
    stage: Stage,
) -> tuple[Text, ...]:
    sites, bound = known
    said: list[Text] = []
    if problem.everybody == 0:
        return (Text("这一人群没有人", "nobody is in this group"),)
    if sites == 0:
        said.append(Text("不必新增站点即已达到", "the target is met without new sites"))
    if less is not None and less.bound is None:
        said.append(
            Text(
                f"{less.sites} 处无法满足其他规则",
                f"no plan of {less.sites} new sites keeps the other rules",
            )
        )
    elif less is not None:
        said.append(_one_less_words(problem, less, every=len(needs) > 1))
    if bound < sites:
        said.append(
            Text(
                f"已证明至少需要 {bound} 处",
                f"it is proven that at least {bound} are needed",
            )
        )
    if sites and stage.value == stage.bound:
        said.append(
            Text(
                f"新增 {sites} 处的所有方案中，本方案可达最多",
                f"of all plans of {sites} new sites this one reaches most",
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
