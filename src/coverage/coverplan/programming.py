"""From unmet targets to sites: the fewest for each, and one programme that meets those chosen."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .clock import Clock
from .core.errors import Problem
from .core.text import Text
from .domain.targets_config import ProgrammeConfig
from .measure.policy.found import Finding
from .measure.policy.ledger import Ledger
from .measure.policy.registry import INDICATOR_TYPES
from .programmefound import Programme, TargetNeed
from .programmeneeds import Wanted, asks_grade, layers_to_build, need_of
from .programmesites import Grounds, SiteList
from .results import Inputs
from .siting import Limits, Phase
from .siting.plan import Stage
from .siting.programme import (
    ProgrammeNeed,
    ProgrammeProblem,
    fewest_for_need,
    most_for_need,
    solve_programme,
)
from .siting.programme_recount import amount_with_all, need_amount
from .siting.programme_why import is_possible

_ONE_TARGET_SECONDS = 20.0
_LONGEST_SECONDS = 60.0


def target_programme(
    findings: Sequence[Finding], ledger: Ledger, inputs: Inputs, clock: Clock | None = None
) -> Programme:
    """Return the fewest sites for each unmet target, and one programme for those chosen.

    Parameters
    ----------
    findings, ledger, inputs
        Judged targets, and what they were judged by. The targets the study file chooses in
        ``targets.programme.targets`` are answered, else every unmet one that binds.
    clock
        Told which step it is at.

    Notes
    -----
    A target of which a unit has no usable candidate is met as far as it can be, and says so. A
    programme the limits do not allow is met later where targets are overdue anyway, else with
    the least more; either way its ``impossible`` says what was asked.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_targets(cp.write_small_county(folder))
    ...     programme = cp.target_programme(report.findings, report.ledger, report.inputs)
    >>> [(need.finding.target.id, need.plan is not None) for need in programme.targets]
    [('Z21-25', True)]
    """
    clock = clock or Clock()
    config = ledger.config.programme
    wrong = _unknown_targets(findings, config)
    grounds = Grounds(inputs, ledger)
    unmet = [f for f in findings if _asked(f, config)]
    with clock.step(Text("目标：候选点和出行时间", "targets: candidates and travel times")):
        lists = _lists(unmet, grounds)
    with clock.step(Text("目标：各需多少新址", "targets: the fewest sites for each")):
        seconds = _seconds(config, len(unmet))
        targets = tuple(_one(f, lists, grounds, config, seconds) for f in unmet)
    if config is None:
        return Programme(targets, lists, None, None, notes=(_NO_YEARS,))
    with clock.step(Text("目标：一份分年计划", "targets: one programme over years")):
        return replace(_together(targets, lists, config), problems=wrong)


_NO_YEARS = Text(
    "没有写明 targets.programme.years，未排年份",
    "targets.programme.years is not set: no programme over years",
)


def _unknown_targets(
    findings: Sequence[Finding], config: ProgrammeConfig | None
) -> tuple[Problem, ...]:
    known = {finding.target.id for finding in findings}
    return tuple(
        Problem(
            code="targets.programme.targets",
            what=Text("规划选了不存在的目标", "the programme names a target that is none"),
            column="targets.programme.targets",
            found=key,
            mend=Text("核对目标编号", "check the ids of the targets"),
            severity="warning",
        )
        for key in (config.targets if config else [])
        if key not in known
    )


def _asked(finding: Finding, config: ProgrammeConfig | None) -> bool:
    """Return whether a target is answered: unmet, and binding or chosen."""
    if config is not None and finding.target.id in config.targets:
        return True
    return finding.verdict == "not_met" and finding.applies == "binding"


def _in_programme(finding: Finding, config: ProgrammeConfig | None) -> bool:
    if config is None or finding.verdict != "not_met":
        return False
    return not config.targets or finding.target.id in config.targets


def _seconds(config: ProgrammeConfig | None, number: int) -> float:
    whole = _LONGEST_SECONDS if config is None else config.time_limit_seconds
    return min(_ONE_TARGET_SECONDS, max(whole / max(number, 1), 1.0))


def _lists(unmet: Sequence[Finding], grounds: Grounds) -> dict[str, SiteList]:
    """Return the sites of every layer something would be built of."""
    wanted: dict[str, bool] = {}
    for finding in unmet:
        if not INDICATOR_TYPES[finding.target.indicator].sites or finding.verdict != "not_met":
            continue
        for key in layers_to_build(finding.target, grounds):
            wanted[key] = wanted.get(key, False) or asks_grade(finding.target)
    return {key: grounds.site_list(key, upgrades=up) for key, up in wanted.items()}


def _one(
    finding: Finding,
    lists: dict[str, SiteList],
    grounds: Grounds,
    config: ProgrammeConfig | None,
    seconds: float,
) -> TargetNeed:
    """Return the fewest sites for one target, or what else it takes."""
    if finding.verdict != "not_met":
        return TargetNeed(finding, Wanted(None, finding.reason), None, None, chosen=False)
    wanted = need_of(finding, lists, grounds)
    chosen = _in_programme(finding, config)
    need = wanted.alone
    if need is None:
        return TargetNeed(finding, wanted, None, None, chosen=chosen)
    layers = {key: lists[key].layer for key in need.reach}
    problem = ProgrammeProblem(layers, (need,), (Phase(grounds.ledger.date.year + 1),))
    plan = fewest_for_need(problem, need, Limits(seconds))
    found = TargetNeed(finding, wanted, problem, plan, chosen=chosen)
    if plan.status != "impossible":
        return found
    # Not all of it, but what can be: one unit without a candidate is no reason to leave the rest.
    for most in _mosts(problem, need, Limits(seconds)):
        as_much = replace(problem, needs=(_lowered(need, most),))
        less = fewest_for_need(as_much, as_much.needs[0], Limits(seconds))
        if less.status != "impossible":
            return replace(found, problem=as_much, plan=less, why=plan.impossible)
    return found


def _mosts(problem: ProgrammeProblem, need: ProgrammeNeed, limits: Limits) -> Iterator[int]:
    """Yield what all candidates bring, then what they bring where they may not all stand."""
    today = need_amount(problem, need, ())
    most: int | None = amount_with_all(problem, need)
    if most is not None and today < most < need.amount:
        yield most
    if need.group is None:
        most, _ = most_for_need(problem, need, limits)
        if most is not None and today < most < need.amount:
            yield most


def _lowered(need: ProgrammeNeed, most: int) -> ProgrammeNeed:
    name = Text(
        f"{need.name.zh}（候选点只够 {most:,}）", f"{need.name.en} (candidates bring {most:,} only)"
    )
    return replace(need, amount=most, name=name)


def _together(
    targets: tuple[TargetNeed, ...], lists: dict[str, SiteList], config: ProgrammeConfig
) -> Programme:
    """Return one programme for the needs that sites can meet at all."""
    needs, left = _needs(targets, config)
    notes = (*_left_out(left), *_in_part(targets))
    if not needs:
        notes = (*notes, Text("没有需要新址的目标", "no target that sites can meet"))
        return Programme(targets, lists, None, None, notes=notes)
    years = tuple(Phase(y.year, y.sites, y.budget_yuan) for y in config.years)
    layers = {key: lists[key].layer for need in needs for key in need.reach}
    problem = ProgrammeProblem(layers, needs, years)
    limits = Limits(config.time_limit_seconds)
    plan = solve_programme(problem, limits)
    if plan.status != "impossible":
        return Programme(targets, lists, problem, plan, notes=notes)
    return _instead(Programme(targets, lists, problem, plan, plan.impossible, notes), limits)


def _needs(
    targets: Sequence[TargetNeed], config: ProgrammeConfig
) -> tuple[tuple[ProgrammeNeed, ...], list[tuple[TargetNeed, Text]]]:
    """Return the needs of the programme, and chosen targets that are not in it, and why."""
    needs, left = [], []
    first = config.years[0].year
    for item in targets:
        if not item.chosen:
            continue
        need = item.shared
        if need is None:
            left.append((item, _NO_SITES))
        elif config.overdue == "refuse" and need.deadline is not None and need.deadline < first:
            left.append((item, _REFUSED))
        else:
            needs.append(need)
    return tuple(needs), left


_NO_SITES = Text("新址不能补上", "sites cannot close them")
_REFUSED = Text("已逾期（overdue = refuse）", "overdue (overdue = refuse)")


def _left_out(left: Sequence[tuple[TargetNeed, Text]]) -> tuple[Text, ...]:
    notes = []
    for why in dict.fromkeys(reason for _, reason in left):
        ids = [item.finding.target.id for item, reason in left if reason == why]
        notes.append(
            Text(
                f"不在分年计划内（{why.zh}）：{'、'.join(ids)}",
                f"not in the programme ({why.en}): {', '.join(ids)}",
            )
        )
    return tuple(notes)


def _in_part(targets: Sequence[TargetNeed]) -> tuple[Text, ...]:
    ids = [item.finding.target.id for item in targets if item.chosen and item.why]
    if not ids:
        return ()
    return (
        Text(
            f"缺候选点，只能部分补上：{'、'.join(ids)}",
            f"met in part only, for want of candidates: {', '.join(ids)}",
        ),
    )


def _instead(asked: Programme, limits: Limits) -> Programme:
    """Return what can be done where the programme asked for cannot: later, or with more.

    What is overdue is met by the earliest year the limits allow; where even the last one is too
    early, the limits are widened by the least that is enough.
    """
    problem, plan = asked.problem, asked.plan
    if problem is None or plan is None:
        return asked
    late = _earliest(asked, problem, time.perf_counter() + limits.time_limit_seconds / 2)
    if late:
        later = replace(problem, late=late)
        note = _late_words(problem, late)
        found = solve_programme(later, limits)
        return replace(asked, problem=later, plan=found, notes=(*asked.notes, note))
    for relaxation in plan.relaxations[:1]:
        wider = replace(problem, years=relaxation.applied(problem.years))
        words = relaxation.words(problem.years)
        note = Text(
            f"以下方案按放宽后的限额：{words.zh}", f"the programme below needs more: {words.en}"
        )
        found = solve_programme(wider, limits)
        return replace(asked, problem=wider, plan=found, notes=(*asked.notes, note))
    return asked


def _earliest(asked: Programme, problem: ProgrammeProblem, ends: float) -> dict[str, int]:
    """Return the position of the year by which each overdue need can be met; empty: none can.

    First the earliest year by which all can; then, those with the earliest deadline and the
    fewest sites first, the earliest for each that leaves the others theirs. When time is over
    (``ends``, `time.perf_counter`) the years found so far stand.
    """
    first, years = problem.years[0].year, len(problem.years)
    overdue = [
        need for need in problem.needs if need.deadline is not None and need.deadline < first
    ]
    for common in range(1, years if overdue else 0):
        late = {need.id: common for need in overdue}
        if is_possible(replace(problem, late=late), _QUICK_SECONDS):
            break
    else:
        return {}
    fewest = {t.finding.target.id: t.plan.fewest for t in asked.targets if t.plan is not None}
    for need in sorted(overdue, key=lambda x: (x.deadline, _number(fewest.get(x.id)), x.id)):
        for t in range(common):
            left = min(ends - time.perf_counter(), _QUICK_SECONDS)
            if left > 0 and is_possible(replace(problem, late=late | {need.id: t}), left):
                late[need.id] = t
                break
    return late


_QUICK_SECONDS = 5.0


def _number(stage: Stage | None) -> int:
    return 0 if stage is None else stage.value


def _late_words(problem: ProgrammeProblem, late: Mapping[str, int]) -> Text:
    parts = [(key, problem.years[t].year) for key, t in late.items()]
    zh = "、".join(f"{key} {year} 年底" for key, year in parts)
    en = ", ".join(f"{key} by the end of {year}" for key, year in parts)
    return Text(
        f"年度限额之内，逾期的目标最早补上：{zh}",
        f"within the limits, what is overdue is met at the earliest: {en}",
    )
