"""What is wrong with the data, whom it touches, and how to mend it."""

from collections.abc import Iterable

from ...core.errors import Problem
from ...core.text import Text
from ..faults import Fault, fold, touched
from .blocks import Column, Paragraph, Section, Table
from .sources import Sources

__all__ = ["faults_section"]

_TITLE = Text("数据问题", "Faults of the data")
_ROWS = 8
_KINDS = {True: Text("错误", "error"), False: Text("提醒", "warning")}


def faults_section(sources: Sources) -> Section:
    """Return every kind of fault met, the most pressing first.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    faults = fold(sources.problems)
    if not faults:
        none = Text(
            "读入数据和计算过程中没有发现问题。", "Nothing was found wrong in reading or computing."
        )
        return Section("faults", _TITLE, (Paragraph(none),))
    n = len(faults)
    lead = Text(
        f"共 {n} 类问题，均不妨碍计算，但影响结果的可靠程度；影响人数多的排在前面。",
        f"{n} kind{'' if n == 1 else 's'} of faults. None stopped the computation, but each bears "
        "on how far the figures can be relied on; those that touch most people come first.",
    )
    return Section("faults", _TITLE, (Paragraph(lead), _table(faults)))


def _table(faults: Iterable[Fault]) -> Table:
    return Table(
        "faults",
        Text("数据问题及改法", "Faults, and how to mend them"),
        (
            Column("severity", Text("级别", "Kind")),
            Column("what", Text("问题", "What")),
            Column("where", Text("位置", "Where")),
            Column("touched", Text("影响", "Touches")),
            Column("why", Text("为何要紧", "Why it matters")),
            Column("mend", Text("改法", "How to mend it")),
        ),
        tuple(
            (
                _KINDS[fault.error],
                fault.title,
                _where(fault),
                touched(fault),
                fault.why or "",
                fault.first.mend,
            )
            for fault in faults
        ),
    )


def _where(fault: Fault) -> Text:
    """Return file, rows and column, as far as they are known."""
    first, rows = fault.first, fault.rows
    zh, en = [first.file] if first.file else [], [first.file] if first.file else []
    if rows:
        shown = [str(row) for row in rows[:_ROWS]]
        more = len(rows) > _ROWS
        zh.append(f"第 {'、'.join(shown)} 行" + (f"等共 {len(rows)} 行" if more else ""))
        en.append(
            f"row{'' if len(rows) == 1 else 's'} {', '.join(shown)}"
            + (f" and others, {len(rows)} in all" if more else "")
        )
    if first.column:
        zh.append(_key(first, "键", "列") + f"“{first.column}”")
        en.append(_key(first, "key", "column") + f' "{first.column}"')
    if not zh:
        return Text("各文件合看", "the files together")
    return Text("，".join(zh), ", ".join(en))


def _key(problem: Problem, key: str, column: str) -> str:
    """Return the word for a column: a study file has keys."""
    return key if (problem.file or "").endswith(".toml") else column
