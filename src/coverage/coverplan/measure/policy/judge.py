"""From a figure to a verdict: met, short by so much, or not to be judged and why."""

import math
from dataclasses import replace
from fractions import Fraction

from ...core.text import Text
from ...domain.policy import Operator, Target
from .applies import Bearing, bearing
from .asked import asked_of, quota_of, upper_of
from .course import Baseline, course_of
from .figures import counted, figure_text, number_words, spaced, value_words
from .found import Cannot, Finding, Found, Measured, NoTarget, Verdict
from .ledger import Ledger

_ASKS_NOTHING = {
    "baseline": Text("文件通报的结果，不是目标", "a result the document reports, not a target"),
    "context": Text("背景或定义，没有提出目标", "a context or definition that asks nothing"),
}


def judge(
    target: Target,
    found: Found,
    ledger: Ledger,
    bears: Bearing | None = None,
    baseline: Baseline | None = None,
) -> Finding:
    """Return what becomes of a target.

    Parameters
    ----------
    target, found
        The clause, and what its indicator found.
    ledger
        What is known of the study.
    bears
        How the clause bears on the study; found by its place where it is left out.
    baseline
        Where the figure stood, as far as that can be told.
    """
    bears = bears or bearing(target, ledger)
    if bears.applies == "elsewhere":
        return Finding(target, bears.applies, "elsewhere", bears.why)
    figure = found if isinstance(found, Measured) else found.figure
    if isinstance(found, Cannot):
        stop: Cannot | None = found
    else:
        stop = None
    if target.computability == "C":
        return Finding(target, bears.applies, "cannot_judge", _register(target, figure), figure)
    nothing = _asks_nothing(target, found, stop)
    if nothing is not None:
        return Finding(target, bears.applies, "no_target", _with_figure(nothing, figure), figure)
    if stop is None and isinstance(found, Measured):
        return _measured(target, found, ledger, bears, baseline)
    reason = stop.reason if stop is not None else Text("", "")
    settings = stop.settings if stop is not None else ()
    return Finding(target, bears.applies, "cannot_judge", reason, figure, settings=settings)


def _asks_nothing(target: Target, found: Found, stop: Cannot | None) -> Text | None:
    """Return why a clause asks nothing, None where it asks something."""
    if isinstance(found, NoTarget):
        return found.reason
    if target.strength in _ASKS_NOTHING:
        word = _ASKS_NOTHING[target.strength]
        if stop is None:
            return word
        return Text(f"{word.zh}；本地数值：{stop.reason.zh}", f"{word.en}; here: {stop.reason.en}")
    if target.strength == "explore" and target.operator == "rule":
        return Text("只要求探索，没有提出数值", "asks to explore, and for no figure")
    return None


def _with_figure(reason: Text, figure: Measured | None) -> Text:
    if figure is None:
        return reason
    now = spaced(figure_text(figure))
    return Text(f"{reason.zh}；本地为{now.zh}", f"{reason.en}; here it is {now.en}")


def _register(target: Target, figure: Measured | None) -> Text:
    """Return why a clause of class C cannot be judged, and what the tables say all the same."""
    why = _why_not(target)
    if figure is None or figure.denominator is None:
        return why
    now = spaced(figure_text(figure))
    return Text(f"{why.zh}；本地各表所载为{now.zh}", f"{why.en}; the tables here say {now.en}")


def _why_not(target: Target) -> Text:
    if target.value is None and target.operator not in {"rule", "exists", "increase"}:
        return Text(
            "此处无法判断：原文数值缺失，按未知处理",
            "cannot be judged here: the number is missing in the text and stays unknown",
        )
    note = target.note
    if note.zh and note.en:
        en = note.en[0].lower() + note.en[1:]
        return Text(f"此处无法判断：{note.zh}", f"cannot be judged here: {en}")
    return Text(
        f"此处无法判断：需要布局以外的登记数据（{target.unit.zh or target.words.zh}）",
        "cannot be judged here: it needs a register that no layout of facilities holds "
        f"({target.unit.en or target.words.en})",
    )


def _measured(
    target: Target, figure: Measured, ledger: Ledger, bears: Bearing, baseline: Baseline | None
) -> Finding:
    asked = asked_of(target, figure, ledger, bears, baseline)
    if isinstance(asked, Cannot):
        now = spaced(figure_text(figure))
        reason = Text(f"{asked.reason.zh}；现为{now.zh}", f"{asked.reason.en}; it is {now.en} now")
        return Finding(
            target, bears.applies, "cannot_judge", reason, figure, settings=asked.settings
        )
    operator, value = asked
    high = upper_of(target, ledger, operator, value)
    if isinstance(high, Cannot):
        return Finding(
            target, bears.applies, "cannot_judge", high.reason, figure, settings=high.settings
        )
    met = _holds(figure, operator, value, high)
    need = _need(figure, operator, value, high)
    gap = _gap(figure, need, met=met)
    unit = figure.unit
    if figure.shortfall and not met:
        gap, unit = Fraction(figure.shortfall), figure.shortfall_unit
    course, course_text = course_of(
        target, figure, value, ledger.date, baseline, met=met, operator=operator
    )
    verdict: Verdict = "met" if met else "not_met"
    finding = Finding(
        target, bears.applies, verdict, Text("", ""), figure, asked, need, gap, unit,
        course, course_text,
    )  # fmt: skip
    said = _joined(_reason(finding, figure, value, high), _scope(target, ledger, bears))
    return replace(finding, reason=said)


def _lower(operator: Operator, value: Fraction, high: Fraction | None) -> Fraction:
    return 2 * value - high if operator == "~=" and high is not None else value


def _holds(figure: Measured, operator: Operator, value: Fraction, high: Fraction | None) -> bool:
    if high is not None:
        return _lower(operator, value, high) <= figure.value <= high
    return {
        ">=": figure.value >= value,
        ">": figure.value > value,
        "<=": figure.value <= value,
        "<": figure.value < value,
    }[operator]


def _need(figure: Measured, operator: Operator, value: Fraction, high: Fraction | None) -> Fraction:
    """Return the whole number the numerator must come to.

    At most, for ``<=`` and ``<``, and for a figure above both ends of what is asked.
    """
    bound = _lower(operator, value, high)
    if high is not None and figure.value > high:
        operator, bound = "<=", high
    whole = figure.denominator is not None or Fraction(figure.numerator).denominator == 1
    exact = bound
    if figure.denominator is not None:
        exact = bound * Fraction(figure.denominator) / figure.scale
    if not whole:
        return exact
    if operator == ">":
        return Fraction(math.floor(exact) + 1)
    if operator == "<":
        return Fraction(math.ceil(exact) - 1)
    return Fraction(math.floor(exact) if operator == "<=" else math.ceil(exact))


def _gap(figure: Measured, need: Fraction, *, met: bool) -> Fraction:
    return Fraction(0) if met else abs(need - Fraction(figure.numerator))


_OPERATOR_WORDS = {
    ">=": Text("不低于", "at least"),
    ">": Text("高于", "more than"),
    "<=": Text("不高于", "at most"),
    "<": Text("低于", "less than"),
    "~=": Text("约为", "about"),
    "in_range": Text("", "from"),
}


def _digits(figure: Measured, value: Fraction) -> int:
    """Return the decimals at which a figure and what is asked do not read alike unless they are."""
    for digits in range(2, _MOST_DIGITS):
        if value_words(figure, figure.value, digits) != value_words(figure, value, digits):
            return digits
    return 2


_MOST_DIGITS = 9


def _reason(finding: Finding, figure: Measured, value: Fraction, high: Fraction | None) -> Text:
    """Return a verdict in a sentence: what there is, what is asked, what is wanting."""
    operator: Operator = finding.asked[0] if finding.asked is not None else ">="
    digits = _digits(figure, value)
    now = spaced(figure_text(figure, digits))
    asked = _asked_words(figure, operator, value, high, digits)
    zh, en = f"现为{now.zh}，要求{asked.zh}", f"it is {now.en}; asked: {asked.en}"
    if finding.gap:
        gap = counted(finding.gap, finding.gap_unit)
        over = finding.need is not None and Fraction(figure.numerator) > finding.need
        over = over and not figure.shortfall
        zh = f"{zh}，{'超出' if over else '差'}{spaced(gap).zh}"
        en = f"{en}; {gap.en} {'too many' if over else 'short'}"
    return Text(zh, en)


def _asked_words(
    figure: Measured, operator: Operator, value: Fraction, high: Fraction | None, digits: int
) -> Text:
    """Return what is asked in words: the least or the most, or both ends."""
    word, low = _OPERATOR_WORDS[operator], spaced(value_words(figure, value, digits))
    if high is None:
        return Text(f"{word.zh}{low.zh}", f"{word.en} {low.en}")
    least = spaced(value_words(figure, _lower(operator, value, high), digits))
    most = spaced(value_words(figure, high, digits))
    zh, en = f"{least.zh.strip()} 至{most.zh}", f"{least.en} to {most.en}"
    if operator == "in_range":
        return Text(f" {zh}", en)
    return Text(f"{word.zh}{low.zh}（{zh}）", f"{word.en} {low.en} ({en})")


def _scope(target: Target, ledger: Ledger, bears: Bearing) -> Text:
    """Return what to know of whom a clause speaks of, sentences after the verdict."""
    zh, en = "", ""
    quota = quota_of(target, ledger, bears)
    if quota is not None and target.value is not None:
        part, whole = number_words(quota), number_words(target.value)
        whose = "更大的范围" if bears.scope == "wider" else "另一地方"
        zh = f"。条文对{whose}提出 {whole}，本研究区承担 {part}"
        where = "a wider place" if bears.scope == "wider" else "another place"
        en = f". The clause asks {whole} of {where}; the study's part is {part}"
    elif bears.scope == "wider" and target.level != "county":
        zh = "。条文对更大的范围提出，此处按本研究区计算"
        en = ". The clause is for a wider place; measured here for the study"
    if ledger.date.year < target.year:
        zh = f"{zh}。文件 {target.year} 年才发布，晚于研究日期"
        en = f"{en}. The document is of {target.year}, after the day of the study"
    if bears.applies == "reference":
        zh, en = f"{zh}。{bears.why.zh}", f"{en}. {bears.why.en[0].upper()}{bears.why.en[1:]}"
    return Text(zh, en)


def _joined(first: Text, then: Text) -> Text:
    return Text(first.zh + then.zh, first.en + then.en)
