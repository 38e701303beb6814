"""Policy targets in the terminal, in short: a line for each clause that is not met."""

from collections.abc import Mapping, Sequence

import pandas as pd
from rich.console import Console

from ..core.text import Language, Text
from ..measure.policy.found import Finding
from ..measure.policy.ledger import Ledger
from . import target_words as words
from .target_programme import programme_short
from .targets import ordered
from .targets_terminal import build_first_lines, settings_wanted, targets_summary
from .terminal import plain

_UNMET_SHOWN = 60
_IDS_SHOWN = 12


def print_brief(
    console: Console,
    title: str,
    findings: Sequence[Finding],
    ledger: Ledger,
    tables: Mapping[str, pd.DataFrame],
    language: Language,
) -> None:
    """Print the summary, what to build first, and a line for each clause that is not met.

    Parameters
    ----------
    console, title
        Where, and what the study is called.
    findings, ledger
        What was found, of what.
    tables, language
        Those of the programme that closes the gaps, and in which words.
    """
    console.print(targets_summary(title, findings, ledger, language))
    lines = [
        *build_first_lines(findings, ledger, language),
        *_unmet(findings, ledger, language),
        *_not_judged(findings, language),
        *programme_short(tables, language),
        *_where_more(findings, ledger, language),
    ]
    for line in lines:
        console.print(plain(line), soft_wrap=True)


def _unmet(findings: Sequence[Finding], ledger: Ledger, language: Language) -> list[str]:
    unmet = [f for f in ordered(findings, ledger) if f.verdict == "not_met"]
    binding = [f for f in unmet if f.applies == "binding"]
    others = [f for f in unmet if f.applies != "binding"]
    if binding:
        n = len(binding)
        lines = ["", Text(f"未达到（{n} 条）：", f"Not met ({n}):").of(language)]
        lines += [_row(finding, language) for finding in binding[:_UNMET_SHOWN]]
        if n > _UNMET_SHOWN:
            rest = n - _UNMET_SHOWN
            more = Text(f"……其余 {rest} 条见 targets.csv", f"... {rest} more in targets.csv")
            lines.append(f"  {more.of(language)}")
    else:
        lines = ["", Text("没有未达到的目标。", "No target is unmet.").of(language)]
    if others:
        shown = _ids(others, language)
        line = Text(
            f"外地文件，仅作参照：未达到 {len(others)} 条：{shown}",
            f"Documents of other places, for reference only: not met {len(others)}: {shown}",
        )
        lines += ["", line.of(language)]
    return lines


def _row(finding: Finding, language: Language) -> str:
    """Return a clause on one line: id, wording, figures with their meaning, gap and course."""
    target, figure = finding.target, finding.figure
    kind = words.KINDS["" if figure is None else figure.kind]
    have, gap, course = (
        words.fraction_words(finding),
        words.gap_words(finding),
        words.COURSES[finding.course],
    )
    draft = words.STANDINGS["draft"] if target.draft else Text("", "")
    said = Text(
        f"{target.id}{f'【{draft.zh}】' if draft.zh else ''} {target.words.zh}："
        f"{kind.zh or '现有'} {have}，{gap.zh}" + (f"；{course.zh}" if course.zh else ""),
        f"{target.id}{f' [{draft.en}]' if draft.en else ''} {target.words.en}: "
        f"{kind.en or 'have'} {have}, {gap.en}" + (f"; {course.en}" if course.en else ""),
    )
    return words.indented(said.of(language))


def _ids(findings: Sequence[Finding], language: Language) -> str:
    ids = [words.one_line(finding.target.id, 40) for finding in findings]
    return words.listed(ids, language, _IDS_SHOWN)


def _not_judged(findings: Sequence[Finding], language: Language) -> list[str]:
    """Return which numbers would settle what cannot be judged, and how many want something else."""
    unknown = [f for f in findings if f.verdict == "cannot_judge"]
    if not unknown:
        return []
    n, rest = len(unknown), [f for f in unknown if not f.settings]
    lines = [
        "",
        Text(f"无法判断（{n} 条），缺：", f"Cannot be judged ({n}), for want of:").of(language),
    ]
    lines += settings_wanted(unknown, language)
    if rest:
        line = Text(
            f"· 缺资料，或条文点名的地方不在研究区内：{len(rest)} 条：{_ids(rest, language)}"
            "（理由逐条见 targets.csv 的 reason 列）",
            f"· data, or the place a clause names is not in the study: {len(rest)}: "
            f"{_ids(rest, language)} (column reason of targets.csv says what, clause by clause)",
        )
        lines.append(f"  {line.of(language)}")
    return lines


def _where_more(findings: Sequence[Finding], ledger: Ledger, language: Language) -> list[str]:
    first = next(iter(ordered(findings, ledger)), None)
    if first is None:
        return []
    key = words.one_line(first.target.id, 40)
    line = Text(
        f"一条的全部内容：加 --clause {key}；一份文件：加 --clause 编号的开头；"
        "全部打印：加 --all。全部表格见 targets.xlsx。",
        f"One clause in full: --clause {key}; one document: --clause with the beginning of its "
        "ids; everything: --all. All tables stand in targets.xlsx.",
    )
    return ["", line.of(language)]
