"""Policy targets as tables: what is not met first, each row with its figures and its clause."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from ..core.text import Language, Text
from ..measure.policy.found import Applies, Finding, Measured, Part, Verdict
from ..measure.policy.ledger import Ledger
from . import target_words as words

_VERDICTS: tuple[Verdict, ...] = tuple(words.VERDICTS)
_APPLIES: tuple[Applies, ...] = tuple(words.APPLIES)
_STRENGTHS = tuple(words.STRENGTHS)
_NO_DEADLINE = 10_000

Row = dict[str, Any]


def ordered(findings: Sequence[Finding], ledger: Ledger) -> list[Finding]:
    """Return findings in the order they call for: the first rows are what to do first.

    Not met before what cannot be judged, before met, no target and elsewhere; what binds before a
    yardstick; must before should. Among the unmet those that new sites can close come first, then
    those past their deadline, the strictest of several clauses, and the most people wanting.

    Parameters
    ----------
    findings, ledger
        What was found, and of what.
    """
    return sorted(findings, key=_key(ledger))


def _key(ledger: Ledger) -> Callable[[Finding], tuple[int, ...]]:
    def key(finding: Finding) -> tuple[int, ...]:
        target = finding.target
        first = (
            _VERDICTS.index(finding.verdict),
            _APPLIES.index(finding.applies),
            _STRENGTHS.index(target.strength),
        )
        if finding.verdict != "not_met":
            return first
        due = target.deadline if target.deadline is not None else _NO_DEADLINE
        return (
            *first,
            int(not words.sites_help(target)),
            int(not (finding.course == "overdue" or due < ledger.date.year)),
            finding.rank or 1,
            -words.people_at_least(finding),
            due,
        )

    return key


def to_build_first(findings: Sequence[Finding], ledger: Ledger, most: int = 3) -> list[Finding]:
    """Return the unmet binding targets that new sites close, the first of each kind of facility.

    Parameters
    ----------
    findings, ledger, most
        What was found, of what, and how many are wanted.
    """
    kinds: dict[tuple[str, ...], Finding] = {}
    for finding in ordered(findings, ledger):
        if finding.verdict != "not_met" or finding.applies != "binding":
            continue
        if words.sites_help(finding.target):
            kinds.setdefault(finding.target.layers, finding)
    return list(kinds.values())[:most]


def targets_table(
    findings: Sequence[Finding], ledger: Ledger, language: Language = "zh"
) -> pd.DataFrame:
    """Return one row per target, in the order of `ordered`: what ``targets.csv`` holds.

    ``asked`` and ``value`` are in ``value_unit`` (percent for shares); ``numerator``, ``need`` and
    ``gap`` are counts. What is not known is empty, never 0.

    Parameters
    ----------
    findings, ledger, language
        What was found, of what, and in which words.
    """
    rows = [
        {"order": i, **_row(finding, language)}
        for i, finding in enumerate(ordered(findings, ledger), 1)
    ]
    return _frame(rows, TARGET_COLUMNS)


TARGET_COLUMNS = (
    "order", "verdict", "verdict_label", "target_id", "document", "issuer", "year", "standing",
    "standing_label", "clause", "applies", "applies_label", "region", "level", "strength",
    "strength_label", "layer", "layer_label", "indicator", "indicator_label", "coverage_kind",
    "coverage_label", "requirement", "operator", "asked", "value", "value_unit", "unit",
    "numerator", "denominator", "of", "need", "gap", "gap_unit", "sites_help", "missing_count",
    "missing_people", "missing", "deadline", "deadline_basis", "deadline_label", "course",
    "course_label", "course_note", "rank", "reason", "settings", "notes", "formula",
)  # fmt: skip


def _row(finding: Finding, language: Language) -> Row:
    return {
        **_cited(finding, language),
        **_compared(finding, language),
        **_wanting(finding, language),
        **_timed(finding, language),
    }


def _cited(finding: Finding, language: Language) -> Row:
    target = finding.target
    kind = "" if finding.figure is None else finding.figure.kind
    return {
        "verdict": finding.verdict,
        "verdict_label": words.VERDICTS[finding.verdict].of(language),
        "target_id": target.id,
        "document": target.document,
        "issuer": target.issuer,
        "year": target.year,
        "standing": target.standing,
        "standing_label": words.STANDINGS[target.standing].of(language),
        "clause": target.clause,
        "applies": finding.applies,
        "applies_label": words.APPLIES[finding.applies].of(language),
        "region": "|".join(target.regions),
        "level": target.level,
        "strength": target.strength,
        "strength_label": words.STRENGTHS[target.strength].of(language),
        "layer": "|".join(target.layers),
        "layer_label": words.layer_text(target).of(language),
        "indicator": target.indicator,
        "indicator_label": words.indicator_text(target).of(language),
        "coverage_kind": kind,
        "coverage_label": words.KINDS[kind].of(language),
        "requirement": target.words.of(language),
    }


def _compared(finding: Finding, language: Language) -> Row:
    """Return what is asked and what there is, in the same unit."""
    target, figure = finding.target, finding.figure
    operator = finding.asked[0] if finding.asked is not None else target.operator
    asked = finding.asked[1] if finding.asked is not None else target.value
    share = words.in_percent(finding)
    factor = 100 if share else 1
    bound = None if asked is None else asked * factor
    value = _value(figure)
    ends = (Fraction(0), Fraction(100)) if share else ()
    high = target.value_high if operator == "in_range" else None
    return {
        "operator": words.OPERATORS[operator].of(language),
        "asked": _asked(bound, None if high is None else high * factor),
        "value": None if value is None else words.rounded_beside(value * factor, bound, *ends),
        "value_unit": words.value_unit(finding).of(language),
        "unit": (target.unit if figure is None else figure.unit).of(language),
        "numerator": None if figure is None else words.number(figure.numerator),
        "denominator": None if figure is None else words.number(figure.denominator),
        "of": "" if figure is None else figure.of.of(language),
    }


def _asked(low: Fraction | None, high: Fraction | None) -> float | str | None:
    if low is None or high is None:
        return words.number(low)
    return f"{words.number(low):g} – {words.number(high):g}"


def _value(figure: Measured | Part | None) -> Fraction | None:
    """Return the value of a figure, None where it has none."""
    if figure is None or figure.numerator is None or figure.denominator == 0:
        return None
    if figure.denominator is None:
        return Fraction(figure.numerator)
    return Fraction(figure.numerator) * figure.scale / Fraction(figure.denominator)


def _wanting(finding: Finding, language: Language) -> Row:
    figure = finding.figure
    named = None if figure is None or figure.missing is None else len(figure.missing)
    return {
        "need": words.number(finding.need),
        "gap": words.number(finding.gap),
        "gap_unit": finding.gap_unit.of(language),
        "sites_help": words.YES_NO[words.sites_help(finding.target)].of(language),
        "missing_count": named,
        "missing_people": words.people_wanting(finding) if named else None,
        "missing": words.missing_names(figure, language),
    }


def _timed(finding: Finding, language: Language) -> Row:
    target, figure = finding.target, finding.figure
    notes = (*(() if figure is None else figure.notes), target.note)
    return {
        "deadline": target.deadline,
        "deadline_basis": target.deadline_basis,
        "deadline_label": words.deadline_text(target).of(language),
        "course": finding.course,
        "course_label": words.COURSES[finding.course].of(language),
        "course_note": finding.course_text.of(language),
        "rank": finding.rank or None,
        "reason": finding.reason.of(language),
        "settings": words.listed(list(finding.settings), language),
        "notes": words.joined(notes, language),
        "formula": words.formula_text(target).of(language),
    }


MISSING_COLUMNS = (
    "order", "target_id", "verdict", "verdict_label", "document", "clause", "standing_label",
    "layer_label", "indicator_label", "deadline_label", "number", "code", "name", "people", "note",
)  # fmt: skip


def missing_table(
    findings: Sequence[Finding], ledger: Ledger, language: Language = "zh"
) -> pd.DataFrame:
    """Return one row per target and unit (or facility) that is wanting, the most pressing first.

    Parameters
    ----------
    findings, ledger, language
        What was found, of what, and in which words.
    """
    rows = []
    for order, finding in enumerate(ordered(findings, ledger), 1):
        named = () if finding.figure is None else finding.figure.missing or ()
        for number, one in enumerate(named, 1):
            rows.append(
                {
                    "order": order,
                    **_short(finding, language),
                    "number": number,
                    "code": one.code,
                    "name": one.name,
                    "people": one.people,
                    "note": one.note.of(language),
                }
            )
    return _frame(rows, MISSING_COLUMNS)


def _short(finding: Finding, language: Language) -> Row:
    cited, timed = _cited(finding, language), _timed(finding, language)
    keys = {*MISSING_COLUMNS, *PARTS_COLUMNS}
    return {k: v for k, v in {**cited, **timed}.items() if k in keys}


PARTS_COLUMNS = (
    "order", "target_id", "verdict", "verdict_label", "document", "clause", "standing_label",
    "layer_label", "indicator_label", "part", "value", "value_unit", "numerator", "unit",
    "denominator",
)  # fmt: skip


def parts_table(
    findings: Sequence[Finding], ledger: Ledger, language: Language = "zh"
) -> pd.DataFrame:
    """Return the figures beside those that are judged: other modes, single levels, groups.

    Parameters
    ----------
    findings, ledger, language
        What was found, of what, and in which words.
    """
    rows = []
    for order, finding in enumerate(ordered(findings, ledger), 1):
        for part in () if finding.figure is None else finding.figure.parts:
            value, share = _value(part), part.denominator is not None and part.scale == 1
            rows.append(
                {
                    "order": order,
                    **_short(finding, language),
                    "part": part.label.of(language),
                    "value": words.number(None if value is None else value * (100 if share else 1)),
                    "value_unit": words.scale_unit(part.denominator, part.scale).of(language),
                    "numerator": words.number(part.numerator),
                    "unit": part.unit.of(language),
                    "denominator": words.number(part.denominator),
                }
            )
    return _frame(rows, PARTS_COLUMNS)


SUMMARY_COLUMNS = ("document", "issuer", "year", "standing_label", *_VERDICTS, "total")


def summary_table(findings: Sequence[Finding], language: Language = "zh") -> pd.DataFrame:
    """Return how many targets of each document got which verdict; the last row is the total.

    Parameters
    ----------
    findings, language
        What was found, and in which words.
    """
    documents: dict[str, Row] = {}
    total = _counts(Text("合计", "total").of(language), "", None, "")
    for finding in findings:
        target = finding.target
        standing = words.STANDINGS[target.standing].of(language)
        row = documents.setdefault(
            target.document, _counts(target.document, target.issuer, target.year, standing)
        )
        for counted in (row, total):
            counted[finding.verdict] += 1
            counted["total"] += 1
    return _frame([*documents.values(), total], SUMMARY_COLUMNS)


def _counts(document: str, issuer: str, year: int | None, standing: str) -> Row:
    head = {"document": document, "issuer": issuer, "year": year, "standing_label": standing}
    return {**head, **dict.fromkeys(_VERDICTS, 0), "total": 0}


def _frame(rows: list[Row], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows as a table whose whole numbers stay whole beside empty cells."""
    return pd.DataFrame(
        {key: pd.Series([row.get(key) for row in rows], dtype=object) for key in columns}
    )
