"""What tables, workbook and terminal call the verdicts, deadlines and figures of targets."""

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from ..core.text import Language, Text
from ..domain.policy import DeadlineBasis, Standing, Strength, Target, policy_layers
from ..measure.policy.figures import counted, figure_text, number_words
from ..measure.policy.found import Applies, Course, Finding, Kind, Measured, Named, Verdict
from ..measure.policy.ledger import trimmed
from ..measure.policy.registry import INDICATOR_TYPES

VERDICTS: Mapping[Verdict, Text] = MappingProxyType(
    {
        "not_met": Text("未达到", "not met"),
        "cannot_judge": Text("无法判断", "cannot be judged"),
        "met": Text("达到", "met"),
        "no_target": Text("无须判断", "no target"),
        "elsewhere": Text("不适用", "elsewhere"),
    }
)
"""In the order of the tables: what is to be done first."""

VERDICT_FILLS: Mapping[Verdict, str] = MappingProxyType(
    {
        "not_met": "F8CBAD",
        "cannot_judge": "FFF2CC",
        "met": "BDD7EE",
        "no_target": "EDEDED",
        "elsewhere": "D9D9D9",
    }
)
"""Grounds of the words in a workbook: orange against blue, which the colour-blind tell apart."""

APPLIES: Mapping[Applies, Text] = MappingProxyType(
    {
        "binding": Text("适用", "binding"),
        "reference": Text("仅作参照", "reference only"),
        "elsewhere": Text("外地", "elsewhere"),
    }
)
STANDINGS: Mapping[Standing, Text] = MappingProxyType(
    {"in_force": Text("现行", "in force"), "draft": Text("征求意见稿", "draft")}
)
STRENGTHS: Mapping[Strength, Text] = MappingProxyType(
    {
        "must": Text("必须", "must"),
        "should": Text("应当", "should"),
        "conditional": Text("有条件", "conditional"),
        "explore": Text("探索", "explore"),
        "context": Text("背景", "context"),
        "baseline": Text("已有结果", "reported result"),
    }
)
KINDS: Mapping[Kind, Text] = MappingProxyType(
    {
        "has_one": Text("单元内有设施", "unit has one"),
        "reached": Text("人口可达", "people reached"),
        "served": Text("单元被服务", "unit served"),
        "": Text("", ""),
    }
)
COURSES: Mapping[Course, Text] = MappingProxyType(
    {
        "reached": Text("已达到", "reached"),
        "overdue": Text("已到期未达到", "overdue"),
        "on_course": Text("进度正常", "on course"),
        "behind": Text("进度落后", "behind"),
        "unknown": Text("进度未知", "course not known"),
        "": Text("", ""),
    }
)
OPERATORS: Mapping[str, Text] = MappingProxyType(
    {
        ">=": Text("不低于", "at least"),
        ">": Text("高于", "more than"),
        "<=": Text("不高于", "at most"),
        "<": Text("低于", "less than"),
        "==": Text("等于", "exactly"),
        "~=": Text("约为", "about"),
        "in_range": Text("介于", "between"),
        "exists": Text("要有", "must exist"),
        "increase": Text("提高", "must rise"),
        "rule": Text("规则", "rule"),
    }
)
"""Words, not signs: a spreadsheet takes a leading "=" for a formula."""

BASES: Mapping[DeadlineBasis, Text] = MappingProxyType(
    {
        "stated": Text("条文写明", "stated"),
        "document_year": Text("文件年份，条文未写明", "year of the document, not stated"),
        "plan_end": Text("规划期末，条文未写明", "end of the plan, not stated"),
        "none": Text("条文没有期限", "no deadline"),
    }
)

_PER: Mapping[int, Text] = MappingProxyType(
    {
        100: Text("每百", "per 100"),
        1000: Text("每千", "per 1,000"),
        10_000: Text("每万", "per 10,000"),
        100_000: Text("每十万", "per 100,000"),
    }
)

YES_NO: Mapping[bool, Text] = MappingProxyType({True: Text("是", "yes"), False: Text("否", "no")})

MOST_NAMES = 30
_DIGITS = range(2, 7)


def deadline_text(target: Target) -> Text:
    """Return the deadline; a year the clause does not state is never printed without saying so."""
    basis = BASES[target.deadline_basis]
    if target.deadline is None:
        return BASES["none"]
    if not target.implied:
        return Text.same(str(target.deadline))
    return Text(f"{target.deadline}（{basis.zh}）", f"{target.deadline} ({basis.en})")


def basis_text(target: Target) -> Text:
    """Return where the year of a deadline comes from."""
    return BASES[target.deadline_basis]


def citation(target: Target) -> Text:
    """Return the clause as it is cited, drafts marked."""
    zh = f"{target.document}（{target.issuer}，{target.year}）条款 {target.clause}"
    en = f"{target.document} ({target.issuer}, {target.year}), clause {target.clause}"
    if target.draft:
        zh, en = f"{zh}【{STANDINGS['draft'].zh}】", f"{en} [{STANDINGS['draft'].en}]"
    return Text(zh, en)


def layer_text(target: Target) -> Text:
    """Return what the layers of a clause are called; any of them counts."""
    known = policy_layers()
    labels = [known[key].label if key in known else Text.same(key) for key in target.layers]
    return Text("、".join(t.zh for t in labels), ", ".join(t.en for t in labels))


def indicator_text(target: Target) -> Text:
    """Return what the indicator of a clause is called."""
    kind = INDICATOR_TYPES.get(target.indicator)
    return kind.label if kind is not None else Text.same(target.indicator)


def formula_text(target: Target) -> Text:
    """Return what the indicator of a clause measures, in a line."""
    kind = INDICATOR_TYPES.get(target.indicator)
    return kind.formula if kind is not None else Text("", "")


def sites_help(target: Target) -> bool:
    """Return whether new sites can close a gap of the target."""
    kind = INDICATOR_TYPES.get(target.indicator)
    return kind is not None and kind.sites


def listed(words: list[str], language: Language, most: int = MOST_NAMES) -> str:
    """Return names in a row, the first of them where there are many.

    Examples
    --------
    >>> listed(["甲镇", "乙乡", "丙街道"], "zh", most=2)
    '甲镇、乙乡…等 3 个'
    """
    shown = ("、" if language == "zh" else ", ").join(words[:most])
    if len(words) <= most:
        return shown
    return shown + Text(f"…等 {len(words)} 个", f" … {len(words)} in all").of(language)


def joined(texts: tuple[Text, ...], language: Language) -> str:
    """Return notes in a row."""
    words = [text.of(language) for text in texts]
    return ("；" if language == "zh" else "; ").join(word for word in words if word)


def missing_names(figure: Measured | None, language: Language, most: int = MOST_NAMES) -> str:
    """Return who is wanting, the most pressing first."""
    named: tuple[Named, ...] = () if figure is None else figure.missing or ()
    return listed([one.name or one.code for one in named], language, most)


def people_wanting(finding: Finding) -> int | None:
    """Return how many people a gap is about, None where that is not known of all of them.

    Who lives in a village of a township that is wanting too is counted once.
    """
    figure = finding.figure
    if figure is None:
        return None
    if figure.missing:
        people = [one.people for one in _outermost(figure.missing)]
        known = [n for n in people if n is not None]
        return sum(known) if len(known) == len(people) else None
    if figure.kind == "reached" and finding.gap is not None:
        return math.ceil(finding.gap)
    return None


def people_at_least(finding: Finding) -> int:
    """Return of how many people it is known that a gap is about them."""
    missing = () if finding.figure is None else finding.figure.missing or ()
    return sum(one.people or 0 for one in _outermost(missing)) or people_wanting(finding) or 0


def _outermost(named: tuple[Named, ...]) -> list[Named]:
    """Return those that lie in none of the others."""
    stems = [trimmed(one.code) if _CODE.fullmatch(one.code) else "" for one in named]
    taken = set(stems)
    return [
        one
        for one, stem in zip(named, stems, strict=True)
        if not any(stem[:width] in taken for width in range(2, len(stem)))
    ]


_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")


def figure_words(finding: Finding) -> Text:
    """Return a figure in words, its denominator beside it; "" where there is none.

    A share that two decimals would print as the share asked for has more of them.
    """
    figure = finding.figure
    if figure is None:
        return Text("", "")
    if figure.denominator == 0:
        return Text.same(f"{number_words(figure.numerator)} / 0")
    if finding.asked is None or figure.denominator is None or figure.scale != 1:
        return figure_text(figure)
    shown = rounded_beside(figure.value * 100, finding.asked[1] * 100)
    if shown == rounded(figure.value * 100):
        return figure_text(figure)
    of = f"{number_words(figure.numerator)} / {number_words(figure.denominator)}"
    zh, en = f"{of} {figure.of.zh}".strip(), f"{of} {figure.of.en}".strip()
    return Text(f"{shown} %（{zh}）", f"{shown} % ({en})")


def fraction_words(finding: Finding) -> str:
    """Return numerator and denominator, or a count; "" where there is no figure."""
    figure = finding.figure
    if figure is None:
        return ""
    have = number_words(figure.numerator)
    return have if figure.denominator is None else f"{have} / {number_words(figure.denominator)}"


def at_most(finding: Finding) -> bool:
    """Return whether the clause sets a number that is not to be exceeded."""
    return finding.asked is not None and finding.asked[0] in {"<=", "<"}


def gap_words(finding: Finding) -> Text:
    """Return how much is wanting, or how much there is too much."""
    gap = counted(finding.gap or 0, finding.gap_unit)
    if at_most(finding):
        return Text(f"超出 {gap.zh}", f"{gap.en} over")
    return Text(f"差 {gap.zh}", f"{gap.en} short")


def one_line(words: str, most: int = 240) -> str:
    """Return words on one line, cut off where they would fill the screen.

    Examples
    --------
    >>> one_line("甲  乙", 10), one_line("甲乙丙丁", 3)
    ('甲 乙', '甲乙…')
    """
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def indented(line: str, most: int = 240) -> str:
    """Return a line that no words of a file can break or flood, its indent kept and two more.

    Examples
    --------
    >>> indented("   甲  乙")
    '     甲 乙'
    """
    return "  " + line[: len(line) - len(line.lstrip(" "))] + one_line(line, most)


def number(value: Fraction | int | None) -> float | None:
    """Return a number for a cell: whole ones exactly, others with two decimals."""
    return None if value is None else rounded(Fraction(value))


def rounded(value: Fraction, digits: int = 2) -> float:
    """Return a number with so many decimals, half up; a whole number stays one.

    Examples
    --------
    >>> rounded(Fraction(305, 4)), rounded(Fraction(2, 3)), rounded(Fraction(7))
    (76.25, 0.67, 7)
    """
    if value.denominator == 1:
        return int(value)
    ten = 10**digits
    return float(math.floor(value * ten + Fraction(1, 2)) / ten)


def rounded_beside(value: Fraction, *others: Fraction | None) -> float:
    """Return a number with two decimals, more where two would put it on the wrong side.

    Parameters
    ----------
    value, *others
        The number, and those it is compared with.

    Examples
    --------
    >>> rounded_beside(Fraction("69.999"), Fraction(70)), rounded_beside(Fraction("69.9"), None)
    (69.999, 69.9)
    """
    for digits in _DIGITS:
        shown = rounded(value, digits)
        exact = Fraction(str(shown))
        if all(_side(exact, other) == _side(value, other) for other in others if other is not None):
            return shown
    return float(value)


def _side(value: Fraction, other: Fraction) -> int:
    return (value > other) - (value < other)


def in_percent(finding: Finding) -> bool:
    """Return whether figure and number asked are shares."""
    figure, target = finding.figure, finding.target
    if figure is not None:
        return figure.denominator is not None and figure.scale == 1
    named = target.indicator.endswith(("_share", "_rate")) or target.indicator in _SHARES
    return named and target.value is not None and target.value <= 1


_SHARES = frozenset({"at_least_one_per_unit", "operation_share", "travel_time"})


def value_unit(finding: Finding) -> Text:
    """Return in what value and number asked are given: percent, per 1,000, or nothing."""
    if in_percent(finding):
        return Text.same("%")
    figure = finding.figure
    return Text("", "") if figure is None else scale_unit(figure.denominator, figure.scale)


def scale_unit(denominator: Fraction | int | None, scale: int) -> Text:
    """Return in what a value with this denominator and scale is given."""
    if denominator is None:
        return Text("", "")
    return Text.same("%") if scale == 1 else _PER.get(scale, Text.same(f"× {scale}"))
