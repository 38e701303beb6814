"""Every target of the register against one study."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

from ...core.errors import InternalError
from ...core.text import Text
from ...domain.policy import Target
from .applies import Bearing, bearing
from .composite import composite
from .course import Baseline
from .found import Cannot, Finding, Found, Measured
from .judge import judge
from .ledger import Ledger
from .registry import INDICATOR_TYPES

Progress = Callable[[int], None]

INDEX = "composite_index"
"""The indicator that is made of the findings on the other targets."""


def assess_targets(
    targets: Iterable[Target], ledger: Ledger, progress: Progress | None = None
) -> tuple[Finding, ...]:
    """Return a finding for each target, in their order.

    Parameters
    ----------
    targets, ledger
        The register, and what is known of the study.
    progress
        Told of each that is done.

    Raises
    ------
    InternalError
        When a target has an indicator nobody registered: reading it should have refused that.
    """
    rows = tuple(targets)
    findings: list[Finding] = []
    for target in rows:
        findings.append(_assess(target, ledger))
        if progress is not None:
            progress(1)
    return _ranked(_with_index(findings, ledger))


def _with_index(findings: list[Finding], ledger: Ledger) -> list[Finding]:
    """Return the findings with the index that is made of them."""
    weights = ledger.config.weights
    rest = [f for f in findings if f.target.indicator != INDEX]
    return [
        judge(f.target, composite(rest, weights), ledger)
        if f.target.indicator == INDEX and weights and f.applies != "elsewhere"
        else f
        for f in findings
    ]


def _assess(target: Target, ledger: Ledger) -> Finding:
    bears = bearing(target, ledger)
    found = measured(target, ledger) if bears.applies != "elsewhere" else _NOT_MEASURED
    baseline = _baseline(target, found, ledger, bears)
    return judge(target, found, ledger, bears, baseline)


_NOT_MEASURED = Cannot(Text("", ""))


def measured(target: Target, ledger: Ledger) -> Found:
    """Return what the indicator of a target finds.

    Parameters
    ----------
    target, ledger
        The clause, and what is known of the study.
    """
    kind = INDICATOR_TYPES.get(target.indicator)
    if kind is None:
        raise InternalError(f"{target.id}: no indicator {target.indicator}")
    return kind.compute(target, ledger.inside(target.regions))


def _baseline(target: Target, found: Found, ledger: Ledger, bears: Bearing) -> Baseline | None:
    """Return where a figure stood: as the planner says, the document, or the years of the lists."""
    given = ledger.config.baselines.get(target.id)
    if given is not None:
        source = Text("研究文件", "the study file")
        return Baseline(Fraction(str(given.value)), given.year, source)
    own = bears.scope == "same"
    if own and target.baseline is not None and target.baseline_year is not None:
        return Baseline(target.baseline, target.baseline_year, Text("文件", "the document"))
    if not isinstance(found, Measured) or not found.dated:
        return None
    year = target.year - 1
    if year >= ledger.date.year:
        return None
    before = measured(target, ledger.at(datetime.date(year, 12, 31)))
    if not isinstance(before, Measured) or before.denominator == 0:
        return None
    return Baseline(before.value, year, Text("名录中的开业年份", "opening years in the lists"))


def _ranked(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return the findings, those that ask the same of the same numbered from the strictest on."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for i, finding in enumerate(findings):
        if finding.asked is not None:
            alike.setdefault(_question(finding), []).append(i)
    done = list(findings)
    for places in alike.values():
        if len(places) == 1:
            continue
        order = sorted(places, key=lambda i: _strictness(findings[i]))
        for rank, i in enumerate(order, 1):
            done[i] = replace(findings[i], rank=rank)
    return tuple(done)


def _question(finding: Finding) -> tuple[object, ...]:
    target = finding.target
    better = "low" if finding.asked is not None and finding.asked[0] in {"<=", "<"} else "high"
    indicator = "unit_coverage_share" if target.indicator in _SAME else target.indicator
    return (
        indicator, target.layers, target.denominator, target.condition, better, finding.applies
    )  # fmt: skip


_SAME = frozenset({"at_least_one_per_unit", "population_threshold_rule"})
"""Types that measure the share of units that have one, under another name."""


def _strictness(finding: Finding) -> tuple[Fraction, int, str]:
    """Return what sorts the strictest first: the highest value, then the earliest year."""
    operator, value = finding.asked or (">=", Fraction(0))
    wanted = value if operator in {"<=", "<"} else -value
    return wanted, finding.target.deadline or 9999, finding.target.id
