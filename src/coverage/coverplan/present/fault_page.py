"""The fault report as one HTML page: no script, no request, every word of a file escaped.

The page is made of constant elements and escaped text; its one style is constant, so a content
security policy names it by hash and forbids everything else.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import resources

from ..core.text import Language, Text
from .fault_terminal import cell_words
from .faults import (
    Cell,
    CheckReport,
    Fault,
    FaultTable,
    by_file,
    count_words,
    counted,
    touched,
)
from .visible import escaped

_FIRST, _ROWS_SHOWN, _ROWS_NAMED, _CELLS_SHOWN = 8, 50, 12, 300
_SENTENCE, _VALUE = 1200, 300

_Say = Callable[[Text], str]

_TITLE = Text("数据检查报告", "Fault report")
_ERROR, _WARNING = Text("■ 错误", "■ error"), Text("▲ 提醒", "▲ warning")
_EMPTY = Text("（空）", "(empty)")


def faults_html(report: CheckReport, language: Language) -> str:
    """Return a fault report as a whole HTML document; the same report gives the same text.

    Parameters
    ----------
    report, language
        What was found, and the language of its words.
    """

    def say(words: Text) -> str:
        return escaped(words.of(language), _SENTENCE)

    faults = report.faults
    body = (
        *_head(report, faults, say),
        *_first(faults, say),
        *_files(faults, say),
        *_list(faults, say, language),
        *(_sheet(table.shown(), say, language) for table in report.tables if table.rows),
    )
    policy = f"default-src 'none'; style-src {_style_hash()}; base-uri 'none'; form-action 'none'"
    lang = "zh-CN" if language == "zh" else "en"
    title = f"{escaped(report.title)} · {say(_TITLE)}"
    return "\n".join(
        (
            f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{title}</title>\n<style>{_style()}</style>\n</head>\n<body>",
            *body,
            "</body>\n</html>\n",
        )
    )


@cache
def _style() -> str:
    text = (resources.files(__package__) / "assets" / "faults.css").read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


@cache
def _style_hash() -> str:
    digest = hashlib.sha256(_style().encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _head(report: CheckReport, faults: Sequence[Fault], say: _Say) -> list[str]:
    errors, warnings = counted(faults)
    kind = "error" if errors else "warning" if warnings else "good"
    mark = {"error": "■", "warning": "▲", "good": "✓"}[kind]
    parts = [say(_TITLE), escaped(report.file), escaped(report.date)]
    lines = [
        f"<header>\n<h1><bdi>{escaped(report.title)}</bdi></h1>",
        f'<p class="soft">{" · ".join(part for part in parts if part)}</p>',
    ]
    if report.notice:
        lines.append(f'<p class="notice"><bdi>{escaped(report.notice, _SENTENCE)}</bdi></p>')
    lines.append(f'<p class="verdict {kind}">{mark} {say(count_words(faults))}</p>\n</header>')
    return lines


def _first(faults: Sequence[Fault], say: _Say) -> list[str]:
    """Return what to mend first: a short list that points to the faults below."""
    if not faults:
        return []
    items = [
        f'<li><a href="#fault-{number}">{say(fault.title)}</a> '
        f'<span class="soft">— {" · ".join([*_where(fault, say), say(touched(fault))])}</span></li>'
        for number, fault in enumerate(faults[:_FIRST], 1)
    ]
    heading = Text("先做什么", "What to do first")
    return [
        f"<section>\n<h2>{say(heading)}</h2>",
        f'<ol class="first">\n{chr(10).join(items)}\n</ol>\n</section>',
    ]


def _files(faults: Sequence[Fault], say: _Say) -> list[str]:
    if not faults:
        return []
    whole = Text("（整个研究）", "(the whole study)")
    rows = [
        f'<tr><th scope="row"><bdi>{escaped(file) or say(whole)}</bdi></th>'
        f'<td class="number">{errors}</td><td class="number">{warnings}</td></tr>'
        for file, (errors, warnings) in by_file(faults).items()
    ]
    heads = (
        f'<th scope="col">{say(Text("文件", "file"))}</th>'
        f'<th scope="col" class="number">{say(Text("错误（类）", "kinds of errors"))}</th>'
        f'<th scope="col" class="number">{say(Text("提醒（类）", "kinds of warnings"))}</th>'
    )
    return [
        f"<section>\n<h2>{say(Text('按文件', 'By file'))}</h2>",
        f'<div class="sheet"><table><thead><tr>{heads}</tr></thead>',
        f"<tbody>\n{chr(10).join(rows)}\n</tbody></table></div>\n</section>",
    ]


def _list(faults: Sequence[Fault], say: _Say, language: Language) -> list[str]:
    lines: list[str] = []
    for error, heading in (
        (True, Text("错误：改正前不能运行", "Errors: nothing runs before they are mended")),
        (
            False,
            Text(
                "提醒：不妨碍运行，会一并写进结果",
                "Warnings: they stop nothing; a run repeats them",
            ),
        ),
    ):
        some = [(n, fault) for n, fault in enumerate(faults, 1) if fault.error == error]
        if some:
            lines.append(f"<section>\n<h2>{say(heading)}</h2>")
            lines += [_card(number, fault, say, language) for number, fault in some]
            lines.append("</section>")
    return lines


def _card(number: int, fault: Fault, say: _Say, language: Language) -> str:
    first = fault.first
    kind, word = ("error", _ERROR) if fault.error else ("warning", _WARNING)
    parts = [
        ("发现", "found", _found(fault, say, language)),
        ("应为", "expected", "" if first.expected is None else say(first.expected)),
        ("为何要紧", "why", "" if fault.why is None else say(fault.why)),
        ("涉及", "touches", say(touched(fault))),
    ]
    said = "\n".join(
        f"<dt>{say(Text(zh, en))}</dt><dd>{words}</dd>" for zh, en, words in parts if words
    )
    mend = f'<dt>{say(Text("改法", "to mend"))}</dt><dd class="mend">{say(first.mend)}</dd>'
    return "\n".join(
        (
            f'<article class="fault {kind}" id="fault-{number}">',
            f'<p class="place"><span class="badge">{say(word)}</span>{_place(fault, say)}</p>',
            f"<h3>{say(fault.title)}</h3>\n<dl>\n{said}\n{mend}\n</dl>",
            _rows(fault, say, language),
            "</article>",
        )
    )


def _place(fault: Fault, say: _Say) -> str:
    return " · ".join([*_where(fault, say), f"<code>{escaped(fault.first.code)}</code>"])


def _where(fault: Fault, say: _Say) -> list[str]:
    """Return file, rows and column; in a study file rows are lines and columns are keys."""
    first = fault.first
    parts = [f"<bdi>{escaped(first.file)}</bdi>"] if first.file else []
    if fault.rows:
        shown = ", ".join(str(row) for row in fault.rows[:_ROWS_NAMED])
        rest = len(fault.rows) - _ROWS_NAMED
        more = Text(f" 等共 {len(fault.rows)} 行", f" … {len(fault.rows)} rows in all")
        words = Text(f"第 {shown} 行", f"row {shown}")
        parts.append(say(words) + (say(more) if rest > 0 else ""))
    if first.column:
        key = (first.file or "").endswith(".toml")
        word = Text("键", "key") if key else Text("列", "column")
        parts.append(f"{say(word)} <bdi>{escaped(first.column)}</bdi>")
    return parts


def _found(fault: Fault, say: _Say, language: Language) -> str:
    values = [_value(p.found, say) for p in fault.problems if p.found is not None]
    different = list(dict.fromkeys(values))
    more = " …" if len(different) > _ROWS_NAMED else ""
    listed = "、" if language == "zh" else ", "
    return listed.join(different[:_ROWS_NAMED]) + more


def _value(found: str | Text | None, say: _Say) -> str:
    if isinstance(found, Text):
        return say(found)
    return f"<bdi>{escaped(found, _VALUE)}</bdi>" if found else say(_EMPTY)


def _rows(fault: Fault, say: _Say, language: Language) -> str:
    """Return every fault folded into one with what was found there; nothing of one alone."""
    if len(fault.problems) < 2:  # noqa: PLR2004 - one alone stands above already
        return ""
    several = len(fault.whats) > 1
    lines = [
        f'<tr><td class="number">{"" if p.row is None else p.row}</td>'
        + (f"<td>{say(p.what)}</td>" if several else "")
        + f"<td>{'' if p.found is None else _value(p.found, say)}</td>"
        f"{_number(p.people, language)}{_number(p.sites, language)}</tr>"
        for p in fault.problems[:_ROWS_SHOWN]
    ]
    heads = [(Text("行", "row"), _NUMBER)]
    heads += [(Text("问题", "fault"), "")] * several
    heads += [(Text("发现", "found"), "")]
    heads += [(Text("人数", "people"), _NUMBER), (Text("设施", "facilities"), _NUMBER)]
    head = "".join(f'<th scope="col"{kind}>{say(words)}</th>' for words, kind in heads)
    rest = len(fault.problems) - _ROWS_SHOWN
    more = Text(f"其余 {rest} 条见 faults.csv", f"the other {rest} stand in faults.csv")
    title = Text(f"逐条列出（{len(fault.problems)}）", f"One by one ({len(fault.problems)})")
    return (
        f'<details><summary>{say(title)}</summary>\n<div class="wide"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{chr(10).join(lines)}\n</tbody></table></div>"
        + (f'<p class="soft">{say(more)}</p>' if rest > 0 else "")
        + "</details>"
    )


_NUMBER = ' class="number"'


def _number(value: Cell, language: Language) -> str:
    words = escaped(cell_words(value, language, _VALUE))
    return f'<td class="number{" unknown" if value is None else ""}">{words}</td>'


def _sheet(table: FaultTable, say: _Say, language: Language) -> str:
    numeric = [
        all(isinstance(row[i], int | float | None) for row in table.rows)
        for i in range(len(table.heads))
    ]
    head = "".join(
        f'<th scope="col"{_NUMBER if number else ""}>{say(words)}</th>'
        for words, number in zip(table.heads.values(), numeric, strict=True)
    )
    lines = [
        "<tr>" + "".join(_cells(row, numeric, say, language)) + "</tr>"
        for row in table.rows[:_CELLS_SHOWN]
    ]
    rest = len(table.rows) - _CELLS_SHOWN
    more = Text(f"其余 {rest} 行见 {table.id}.csv", f"the other {rest} rows: {table.id}.csv")
    opened = " open" if table.id == "meeting" else ""
    return (
        f"<details{opened}><summary><h3>{say(table.title)}</h3> "
        f'<span class="soft">({len(table.rows):,})</span></summary>\n'
        f'<div class="sheet wide"><p class="soft">{say(table.note)}</p>\n'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{chr(10).join(lines)}\n</tbody></table>"
        + (f'<p class="soft">{say(more)}</p>' if rest > 0 else "")
        + "</div></details>"
    )


def _cells(
    row: Iterable[Cell], numeric: Sequence[bool], say: _Say, language: Language
) -> Iterable[str]:
    for cell, number in zip(row, numeric, strict=True):
        if cell is None or number or isinstance(cell, int | float):
            yield _number(cell, language)
        elif isinstance(cell, Text):
            yield f"<td>{say(cell)}</td>"
        else:
            yield f"<td><bdi>{escaped(cell, _VALUE)}</bdi></td>"
