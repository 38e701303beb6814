"""What each year of a phased plan allows, checked, and what makes such a plan impossible."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..core.errors import Problem
from ..core.text import Text
from .impossible import why_impossible
from .least_change import least_changes
from .plan import Impossible, Limits
from .problem import SitingProblem
from .rows import SiteRows
from .stages import fault, listed, refuse


@dataclass(frozen=True, slots=True)
class Phase:
    """What one year allows.

    Parameters
    ----------
    year
        The year.
    sites, budget_yuan
        New sites of that year at most, and what they may cost; None: no such limit, 0: none.
    weight
        What a person reached in that year counts: for years of unequal length the years until
        the next one.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> years = [siting.Phase(2026, sites=1), siting.Phase(2027, sites=1, budget_yuan=500_000)]
    >>> plan = siting.solve_phases(cp.small_problem(), years=years)
    >>> [len(opened) for opened in plan.opened]
    [1, 1]
    """

    year: int
    sites: int | None = None
    budget_yuan: int | None = None
    weight: int = 1


def check_phases(problem: SitingProblem, years: Sequence[Phase], *, carry_over: bool) -> None:
    """Refuse years and rules that make no plan over years.

    Parameters
    ----------
    problem, years, carry_over
        The problem, what each year allows, and whether what is left over may be used later.

    Raises
    ------
    InputError
        With every fault there is.
    """
    money = _money(problem, years, carry_over=carry_over)
    refuse([*_order(years), *_numbers(years), *money, *_rules(problem, years)])


def _order(years: Sequence[Phase]) -> list[Problem]:
    numbers = [phase.year for phase in years]
    if numbers and all(a < b for a, b in pairwise(numbers)):
        return []
    what = Text("各期年份须从小到大，不得重复", "years must ascend, each once")
    if not numbers:
        what = Text("没有给出年份", "no year is given")
    mend = Text("按先后列出年份", "list the years in their order")
    return [fault("years", what, ", ".join(map(str, numbers)), mend)]


def _numbers(years: Sequence[Phase]) -> list[Problem]:
    faults = []
    for phase in years:
        for key, number in (
            ("sites", phase.sites),
            ("budget_yuan", phase.budget_yuan),
            ("weight", phase.weight),
        ):
            if number is not None and number < 0:
                what = Text(f"{phase.year} 年的 {key} 为负", f"{key} of {phase.year} is negative")
                mend = Text("改为 0 或正数", "give 0 or more")
                faults.append(fault(f"years.{key}", what, f"{number:,}", mend))
    if years and not any(phase.weight for phase in years):
        what = Text("所有年份的权重为零", "no year counts anything")
        mend = Text("至少一年的权重为正", "give at least one year a positive weight")
        faults.append(fault("years.weight", what, "0", mend))
    return faults


def _money(problem: SitingProblem, years: Sequence[Phase], *, carry_over: bool) -> list[Problem]:
    """Check that the money pays for a site in one year, or with what was left over before."""
    usable = ~problem.sites.existing & ~problem.sites.barred
    cheapest = int(problem.sites.cost_yuan[usable].min()) if usable.any() else 0
    budgets = [phase.budget_yuan for phase in years if phase.sites != 0]
    given = [budget for budget in budgets if budget is not None and budget >= 0]
    if not given or len(given) < len(budgets):
        return []
    most = sum(given) if carry_over else max(given)
    if most >= cheapest:
        return []
    what = Text("没有哪一期的预算够建最便宜的一处", "no year's money pays for the cheapest site")
    mend = Text("增加预算、允许结转，或降低造价", "raise the budgets, carry over, or build cheaper")
    return [fault("years.budget_yuan", what, f"{most:,} < {cheapest:,}", mend)]


def _rules(problem: SitingProblem, years: Sequence[Phase]) -> list[Problem]:
    faults, sites = [], problem.sites
    if problem.rules.moves or problem.rules.close_least:
        what = Text("分期方案不关闭也不迁建站点", "a plan over years closes and moves no sites")
        mend = Text("去掉 close_least 和 moves", "leave out close_least and moves")
        found = f"{problem.rules.close_least}, {problem.rules.moves}"
        faults.append(fault("years.moves", what, found, mend))
    required = int((sites.must & ~sites.existing).sum())
    caps = [phase.sites for phase in years]
    allowed = sum(cap for cap in caps if cap is not None and cap > 0)
    if caps and None not in caps and allowed < required:
        what = Text("必选新址多于各期允许之和", "more new sites are required than all years allow")
        mend = Text("放宽各期数量，或减少 required", "allow more, or require fewer")
        faults.append(fault("years.required", what, f"{required} > {allowed}", mend))
    return faults


def keeping(problem: SitingProblem) -> SitingProblem:
    """Return the problem with all existing sites kept.

    Parameters
    ----------
    problem
        Some of whose existing sites might be closed.
    """
    sites = problem.sites
    kept = sites.must | (sites.existing & ~sites.barred)
    weights = problem.weights if problem.weighted else None
    return replace(problem, sites=replace(sites, must=kept), weights=weights)


def so_far(caps: Sequence[int | None]) -> int | None:
    """Return what several years allow together; None where one has no limit.

    Examples
    --------
    >>> so_far([1, 2]), so_far([1, None])
    (3, None)
    """
    known = [cap for cap in caps if cap is not None]
    return sum(known) if len(known) == len(caps) else None


def _smaller(a: int | None, b: int | None) -> int | None:
    known = [cap for cap in (a, b) if cap is not None]
    return min(known) if known else None


def year_problem(problem: SitingProblem, years: Sequence[Phase], t: int) -> SitingProblem:
    """Return what may be open in one year: the number and money of all years up to then.

    Parameters
    ----------
    problem, years, t
        The problem, what each year allows, and the position of the year. What must be there is
        asked for in the last year only.
    """
    sites, rules, last = problem.sites, problem.rules, t == len(years) - 1
    usable = ~sites.existing & ~sites.barred
    number = _smaller(rules.sites, so_far([phase.sites for phase in years[: t + 1]]))
    number = None if number is None else min(number, int(usable.sum()))
    yuan = _smaller(rules.budget_yuan, so_far([phase.budget_yuan for phase in years[: t + 1]]))
    cheapest = int(sites.cost_yuan[usable].min()) if usable.any() else 0
    must = sites.must if last else sites.must & sites.existing
    barred = sites.barred
    if number == 0 or (yuan is not None and yuan < cheapest):
        # Nothing can be built yet: rules about new sites have no object.
        barred, must, number, yuan = barred | ~sites.existing, must & sites.existing, None, None
    asked = replace(
        rules,
        sites=number,
        exactly=rules.exactly and last and number == rules.sites,
        budget_yuan=yuan,
        unit_least=rules.unit_least if last else 0,
    )
    weights = problem.weights if problem.weighted else None
    inside = replace(sites, must=must, barred=barred)
    return replace(problem, sites=inside, rules=asked, weights=weights)


def why_not(
    problem: SitingProblem,
    rows: tuple[SiteRows, Sequence[str]],
    limits: Limits,
) -> tuple[Impossible, ...]:
    """Return why no plan keeps all rules: which years must allow how much more.

    Parameters
    ----------
    problem
        The problem.
    rows
        All rules, and what each limits: ``sites``, ``yuan`` or ``rule``.
    limits
        Time for each of the questions.
    """
    soft = {"sites": Text("处", "sites"), "yuan": Text("元", "yuan")}
    changes = least_changes(*rows, soft, _asking(problem), limits)
    if changes:
        return changes
    # Whatever the years allow: the rules of the last year contradict each other.
    return why_impossible(problem, limits=limits)


def _asking(problem: SitingProblem) -> Text:
    """Name what must be there in the last year: required sites, units that must have one."""
    sites, rules = problem.sites, problem.rules
    required = [sites.name(int(j)) for j in np.flatnonzero(sites.must & ~sites.existing)]
    units = range(len(problem.unit_names)) if rules.units_asked is None else rules.units_asked
    standing = sites.existing & ~sites.barred
    lacking = [
        problem.unit_names[u]
        for u in units
        if rules.unit_least and int((sites.unit[standing] == u).sum()) < rules.unit_least
    ]
    number = f"{rules.sites}" if rules.exactly else ""
    parts = [
        Text(f"必选：{listed(required).zh}", f"required: {listed(required).en}"),
        Text(f"尚缺的单元：{listed(lacking).zh}", f"units without: {listed(lacking).en}"),
        Text(f"恰好新增 {number} 处", f"exactly {number} new sites"),
    ]
    there = [part for part, has in zip(parts, (required, lacking, number), strict=True) if has]
    return Text("；".join(p.zh for p in there), "; ".join(p.en for p in there))
