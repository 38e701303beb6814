"""Why no programme meets every need by its year, and the least that years would have to allow."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from .highs import solve_mip
from .least_change import least_slack
from .phase_rules import Phase
from .plan import Impossible, Limits
from .programme_model import CAPS, ProgrammeModel, programme_model
from .programme_needs import ProgrammeNeed
from .programme_problem import ProgrammeProblem
from .programme_things import existing_bring
from .stages import listed

_LONGEST_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Relaxation:
    """By how much years would have to allow more for a programme to exist, in all the least.

    Parameters
    ----------
    sites, yuan
        More new sites, and more yuan, of each year.
    """

    sites: tuple[int, ...]
    yuan: tuple[int, ...]

    def applied(self, years: Sequence[Phase]) -> tuple[Phase, ...]:
        """Return the years with so much more.

        Parameters
        ----------
        years
            What each year allows.
        """
        return tuple(
            replace(
                phase,
                sites=None if phase.sites is None else phase.sites + more,
                budget_yuan=None if phase.budget_yuan is None else phase.budget_yuan + yuan,
            )
            for phase, more, yuan in zip(years, self.sites, self.yuan, strict=True)
        )

    def words(self, years: Sequence[Phase]) -> Text:
        """Return which year must allow how much more.

        Parameters
        ----------
        years
            What each year allows.
        """
        parts = []
        for phase, more, yuan in zip(years, self.sites, self.yuan, strict=True):
            for number, key in ((more, "sites"), (yuan, "yuan")):
                if number:
                    unit = CAPS[key]
                    parts.append(
                        Text(
                            f"{phase.year} 年再加 {number:,} {unit.zh}",
                            f"{phase.year}: {number:,} more {_plural(number, unit.en)}",
                        )
                    )
        return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def why_no_programme(
    model: ProgrammeModel, limits: Limits
) -> tuple[tuple[Impossible, ...], tuple[Relaxation, ...]]:
    """Return why there is no programme: needs nothing meets, or years that allow too little.

    Parameters
    ----------
    model
        The programme's model, no programme of which exists.
    limits
        The search takes at most this time, and at most 20 seconds for each question.

    Returns
    -------
    tuple
        Why, each with the least change; and the same changes in numbers. Any one of the changes
        would do.
    """
    problem = model.problem
    if model.hopeless:
        return tuple(_hopeless(problem, need, most) for need, most in model.hopeless), ()
    seconds = min(limits.time_limit_seconds, _LONGEST_SECONDS)
    some = Limits(time_limit_seconds=seconds)
    relaxations = _relaxations(model, some)
    who = _together(problem, seconds)
    if not relaxations:
        return (_rules_clash(model, who),), ()
    found = [
        Impossible(
            constraint=_limits_given(problem.years, relaxation),
            who=who,
            people=None,
            relaxation=relaxation.words(problem.years),
        )
        for relaxation in relaxations
    ]
    return tuple(found), relaxations


def _plural(number: int, unit: str) -> str:
    return unit[:-1] if number == 1 and unit.endswith("s") else unit


def _hopeless(problem: ProgrammeProblem, need: ProgrammeNeed, most: int) -> Impossible:
    """Name what no site brings."""
    could = need.already | existing_bring(problem, need)
    for key, reach in need.reach.items():
        usable = np.flatnonzero(~problem.layers[key].problem.sites.barred)
        could |= reach.covered(usable.tolist())
    lacking = _lacking(need, could)
    names = listed(lacking) if lacking else Text("", "")
    people = None
    if need.kind in {"people", "places"}:
        people = int(need.weight[~could].sum())
    return Impossible(
        constraint=need.name,
        who=names
        if lacking
        else Text("没有任何候选点可达的人", "people whom no candidate reaches")
        if need.kind == "people"
        else Text("候选点不够", "too few candidates"),
        people=people,
        relaxation=Text(
            f"全部候选点都用上也只有 {most:,}，要求 {need.amount:,}：增加候选点",
            f"all candidates together bring it to {most:,} of {need.amount:,}: "
            "give more candidates",
        ),
    )


def _lacking(need: ProgrammeNeed, could: NDArray[np.bool_]) -> list[str]:
    if not need.names:
        return []
    if need.group is None or need.group_least is None:
        if len(need.names) != len(need.weight):
            return []
        return [name for name, has in zip(need.names, could, strict=True) if not has]
    inside = (need.group >= 0) & could
    sums = np.bincount(need.group[inside], need.weight[inside], minlength=len(need.group_least))
    short = sums < need.group_least
    return [name for name, is_short in zip(need.names, short, strict=True) if is_short]


def _relaxations(model: ProgrammeModel, limits: Limits) -> tuple[Relaxation, ...]:
    """Return the least more of sites alone, of money alone, else of both."""
    found = []
    for kind in CAPS:
        slack = _slack(model, {kind: limits})
        if slack is not None:
            found.append(slack)
    if found:
        return tuple(found)
    both = _slack(model, dict.fromkeys(CAPS, limits))
    return () if both is None else (both,)


def _slack(model: ProgrammeModel, soft: dict[str, Limits]) -> Relaxation | None:
    """Return the least more of some kinds: of the first with the later ones free, and so on."""
    rows, kinds = model.site_rows(), np.array(model.kinds, dtype=object)
    given = np.zeros(len(kinds), dtype=np.int64)
    order = list(soft)
    for i, kind in enumerate(order):
        free = np.where(np.isin(kinds, order[i + 1 :]), np.inf, rows.row_upper)
        mask = np.asarray(kinds == kind, dtype=bool)
        slack = least_slack(replace(rows, row_upper=free), mask, soft[kind])
        if slack is None:
            return None
        rows = replace(rows, row_upper=rows.row_upper + slack)
        given += slack
    years = model.problem.years
    taken = {key: list(given[kinds == key]) for key in CAPS}
    sites, yuan = (
        tuple(int(taken[key].pop(0)) if cap is not None else 0 for cap in caps)
        for key, caps in (
            ("sites", [phase.sites for phase in years]),
            ("yuan", [phase.budget_yuan for phase in years]),
        )
    )
    return Relaxation(sites, yuan)


def _together(problem: ProgrammeProblem, seconds: float) -> Text:
    """Name needs that together are too many: without any one of them there is a programme.

    Needs are left out one by one, the latest first, as long as there is none without them
    (the deletion filter of Chinneck, J. W. (2008): Feasibility and Infeasibility in
    Optimization, chapter 6).
    """
    ends = time.perf_counter() + seconds
    kept = sorted(problem.needs, key=problem.due)
    for need in reversed(list(kept)):
        rest = tuple(n for n in kept if n is not need)
        if time.perf_counter() >= ends:
            break
        if rest and is_possible(replace(problem, needs=rest), ends - time.perf_counter()) is False:
            kept = list(rest)
    names_zh = listed([need.name.zh for need in kept]).zh
    return Text(names_zh, listed([need.name.en for need in kept]).en)


def is_possible(problem: ProgrammeProblem, seconds: float) -> bool | None:
    """Return whether there is any programme; None where nobody knows in time.

    Parameters
    ----------
    problem, seconds
        The programme's question, and how long the search may take.
    """
    model = programme_model(problem)
    if model.hopeless:
        return False
    if not model.n_new:
        return True
    mip = model.linear.mip("min", [])
    answer = solve_mip(mip, Limits(time_limit_seconds=max(seconds, 0.1)))
    if answer.ending == "impossible":
        return False
    return None if answer.values is None else True


def _limits_given(years: Sequence[Phase], relaxation: Relaxation) -> Text:
    parts = []
    for phase, more, yuan in zip(years, relaxation.sites, relaxation.yuan, strict=True):
        for number, cap, key in (
            (more, phase.sites, "sites"),
            (yuan, phase.budget_yuan, "yuan"),
        ):
            if number and cap is not None:
                unit = CAPS[key]
                parts.append(
                    Text(
                        f"{phase.year} 年至多 {cap:,} {unit.zh}",
                        f"{phase.year}: at most {cap:,} {unit.en}",
                    )
                )
    return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def _rules_clash(model: ProgrammeModel, who: Text) -> Impossible:
    names = dict.fromkeys(
        name for name, kind in zip(model.names, model.kinds, strict=True) if kind == "rule"
    )
    rules = [name for name in names if name.en != "what is open stays open"]
    return Impossible(
        constraint=Text(
            listed([name.zh for name in rules]).zh or "候选点的位置要求",
            listed([name.en for name in rules]).en or "the rules on where sites stand",
        ),
        who=who,
        people=None,
        relaxation=Text(
            "年度数量和资金放宽也不行：放宽选址的间距、每单元数量，或增加候选点",
            "more sites or money do not help: relax the spacing or the number in a unit, "
            "or give more candidates",
        ),
    )
