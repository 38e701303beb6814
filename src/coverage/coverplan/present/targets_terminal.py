"""Policy targets in the terminal: how many are met, what is wanting, and what nobody can tell."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table

from ..core.text import Language, Text
from ..measure.policy.figures import counted
from ..measure.policy.found import Finding
from ..measure.policy.ledger import Ledger
from . import target_words as words
from .target_clause import due_text, have_need_gap, heading, missing_head
from .targets import ordered, summary_table, to_build_first
from .terminal import plain

_UNMET_SHOWN = 60
_GROUPS_SHOWN = 30
_NAMES_SHOWN = 12
_NAMES_FIRST = 5
_LONGEST = 400


def print_targets(
    console: Console, title: str, findings: Sequence[Finding], ledger: Ledger, language: Language
) -> None:
    """Print the summary, what to build first, the unmet targets, and what cannot be judged.

    Parameters
    ----------
    console, title
        Where, and what the study is called.
    findings, ledger, language
        What was found, of what, and in which words.
    """
    console.print(targets_summary(title, findings, ledger, language))
    for line in targets_lines(findings, ledger, language):
        console.print(plain(line), soft_wrap=True)


def targets_summary(
    title: str, findings: Sequence[Finding], ledger: Ledger, language: Language
) -> RenderableType:
    """Return a table of the verdicts by document, and a line of how many there are of each.

    Parameters
    ----------
    title, findings, ledger, language
        As in `print_targets`.
    """
    counts = summary_table(findings, language)
    total = counts.iloc[-1]
    head = Text(f"{title}　政策目标　{ledger.date}", f"{title}  policy targets  {ledger.date}")
    table = Table(title=plain(words.one_line(head.of(language)), "bold"))
    table.add_column(Text("文件", "document").of(language), overflow="fold")
    table.add_column(Text("效力", "standing").of(language))
    for verdict in words.VERDICTS.values():
        table.add_column(verdict.of(language), justify="right")
    for row in counts.to_dict("records"):
        cells = [words.one_line(str(row["document"])), str(row["standing_label"])]
        cells += [str(row[verdict]) for verdict in words.VERDICTS]
        table.add_row(*(plain(cell) for cell in cells))
    told = "　".join(f"{word.zh} {total[key]}" for key, word in words.VERDICTS.items())
    said = ", ".join(f"{total[key]} {word.en}" for key, word in words.VERDICTS.items())
    line = Text(f"共 {total['total']} 条：{told}", f"{total['total']} targets: {said}")
    return Group(table, plain(line.of(language)))


def targets_lines(findings: Sequence[Finding], ledger: Ledger, language: Language) -> list[str]:
    """Return what to build first, each unmet target, and what stands in the way of the others.

    Parameters
    ----------
    findings, ledger, language
        What was found, of what, and in which words.
    """
    return [
        *build_first_lines(findings, ledger, language),
        *_unmet(findings, ledger, language),
        *_not_judged(findings, language),
    ]


def build_first_lines(findings: Sequence[Finding], ledger: Ledger, language: Language) -> list[str]:
    """Return what to build first, a line for each kind of facility.

    Parameters
    ----------
    findings, ledger, language
        As in `print_targets`.
    """
    first = to_build_first(findings, ledger)
    if not first:
        return []
    lines = ["", Text("先建什么：", "What to build first:").of(language)]
    for number, finding in enumerate(first, 1):
        target = finding.target
        layer, cited = words.layer_text(target), words.citation(target)
        gap = counted(finding.gap or 0, finding.gap_unit)
        names = words.missing_names(finding.figure, language, _NAMES_FIRST)
        line = Text(
            f"{number}. {layer.zh}：差 {gap.zh}"
            + (f"：{names}" if names else "")
            + f"（{cited.zh}）",
            f"{number}. {layer.en}: {gap.en} short"
            + (f": {names}" if names else "")
            + f" ({cited.en})",
        )
        lines.append("  " + words.one_line(line.of(language), _LONGEST))
    return lines


def _unmet(findings: Sequence[Finding], ledger: Ledger, language: Language) -> list[str]:
    unmet = [f for f in ordered(findings, ledger) if f.verdict == "not_met"]
    binding = [f for f in unmet if f.applies == "binding"]
    others = [f for f in unmet if f.applies != "binding"]
    if not binding:
        lines = ["", Text("没有未达到的目标。", "No target is unmet.").of(language)]
    else:
        lines = [
            "",
            Text(f"未达到（{len(binding)} 条）：", f"Not met ({len(binding)}):").of(language),
        ]
        lines += _entries(binding, language)
    if others:
        head = Text(
            f"外地文件，仅作参照：未达到 {len(others)} 条",
            f"Documents of other places, for reference only: not met {len(others)}",
        )
        lines += ["", head.of(language), *_entries(others, language)]
    return lines


def _entries(findings: Sequence[Finding], language: Language) -> list[str]:
    lines: list[str] = []
    for number, finding in enumerate(findings[:_UNMET_SHOWN], 1):
        lines += _unmet_lines(number, finding, language)
    if len(findings) > _UNMET_SHOWN:
        rest = len(findings) - _UNMET_SHOWN
        more = Text(f"……其余 {rest} 条见 targets.csv", f"... the other {rest} are in targets.csv")
        lines.append(f"  {more.of(language)}")
    return lines


def _unmet_lines(number: int, finding: Finding, language: Language) -> list[str]:
    head, figures = heading(finding), have_need_gap(finding)
    due, cited = due_text(finding), words.citation(finding.target)
    texts = [
        Text(f"{number}. {head.zh}", f"{number}. {head.en}"),
        Text(f"   {figures.zh}", f"   {figures.en}"),
        Text(f"   {due.zh}", f"   {due.en}"),
        Text(f"   依据：{cited.zh}", f"   clause: {cited.en}"),
    ]
    missing = words.missing_names(finding.figure, language, _NAMES_SHOWN)
    if missing:
        lack = missing_head(finding)
        texts.insert(2, Text(f"   {lack.zh}：{missing}", f"   {lack.en}: {missing}"))
    return [words.indented(text.of(language)) for text in texts]


def _groups(findings: Sequence[Finding], language: Language) -> dict[tuple[bool, str], list[str]]:
    """Return ids by what is wanting; whether that is data and not a setting stands first."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for finding in findings:
        if finding.verdict != "cannot_judge":
            continue
        keys = tuple(dict.fromkeys(key.split('."')[0] for key in finding.settings))
        unset = Text(f"设置 {'、'.join(keys)}", f"set {', '.join(keys)}")
        what = unset if keys else finding.reason
        groups.setdefault((not keys, what.of(language)), []).append(finding.target.id)
    return dict(sorted(groups.items(), key=lambda item: (item[0][0], -len(item[1]))))


def settings_wanted(findings: Sequence[Finding], language: Language) -> list[str]:
    """Return a line for each setting that is not set and would help to judge.

    Parameters
    ----------
    findings, language
        What was found, and in which words.
    """
    return [
        _group_line(wanting, ids, language, is_setting=True)
        for (missing_data, wanting), ids in _groups(findings, language).items()
        if not missing_data
    ]


def _not_judged(findings: Sequence[Finding], language: Language) -> list[str]:
    """Return what cannot be judged, grouped by what is wanting: settings first."""
    groups = _groups(findings, language)
    if not groups:
        return []
    total = sum(len(ids) for ids in groups.values())
    head = Text(f"无法判断（{total} 条），缺：", f"Cannot be judged ({total}), for want of:")
    lines = ["", head.of(language)]
    for (missing_data, wanting), ids in list(groups.items())[:_GROUPS_SHOWN]:
        lines.append(_group_line(wanting, ids, language, is_setting=not missing_data))
    if len(groups) > _GROUPS_SHOWN:
        rest = len(groups) - _GROUPS_SHOWN
        more = Text(
            f"……其余 {rest} 种原因见 targets.csv",
            f"... the other {rest} reasons are in targets.csv",
        )
        lines.append(f"  {more.of(language)}")
    return lines


def _group_line(what: str, ids: list[str], language: Language, *, is_setting: bool) -> str:
    shown, n = (
        words.listed([words.one_line(key, 40) for key in ids], language, _NAMES_SHOWN),
        len(ids),
    )
    what = words.one_line(what)
    if is_setting:
        line = Text(f"{what} 可判断 {n} 条：{shown}", f"{what} to judge {n}: {shown}")
    else:
        line = Text(f"{what}（{n} 条：{shown}）", f"{what} ({n}: {shown})")
    return f"  · {line.of(language)}"
