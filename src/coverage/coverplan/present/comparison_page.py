"""A comparison as one HTML page: no script, no request, every word of a file escaped."""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from ..compared import Comparison
from ..core.text import Language, Text
from ..io.runfolder import RunTables
from .comparison_layer import layer_section
from .comparison_map import MapGround
from .comparison_sheet import MOST_ROWS, SENTENCE, VALUE, Say, sheet
from .comparison_words import DIGITS_READ, is_digest, verdict
from .visible import escaped

_Row = dict[str, Any]

_TITLE = Text("两个方案的对比", "Two runs compared")
_UNAPPROVED = Text(
    "内部工作用图，未经审核不得公开", "Internal working map, not approved for publication"
)


def comparison_html(comparison: Comparison, language: Language) -> str:
    """Return a comparison as a whole HTML document; the same one gives the same text.

    Parameters
    ----------
    comparison, language
        What was found, and the language of its words.
    """

    def say(words: Text) -> str:
        return escaped(words.of(language), SENTENCE)

    shapes = comparison.shapes
    ground = None if shapes is None or shapes.empty else MapGround.of(shapes)
    body = (
        "" if ground is None else ground.definitions(),
        *_head(comparison, say),
        *_warnings(comparison, language),
        *_question(comparison, say),
        *(
            part
            for layer in comparison.compared.values()
            for part in layer_section(comparison, layer, ground, say, language)
        ),
        *_foot(comparison, say),
    )
    policy = f"default-src 'none'; style-src {_style_hash()}; base-uri 'none'; form-action 'none'"
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{"zh-CN" if language == "zh" else "en"}">\n<head>',
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{say(_TITLE)} · {escaped(comparison.a.record.title)}</title>",
            f"<style>{_style()}</style>\n</head>\n<body>",
            *body,
            "</body>\n</html>\n",
        )
    )


@cache
def _style() -> str:
    text = (resources.files(__package__) / "assets" / "compare.css").read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


@cache
def _style_hash() -> str:
    digest = hashlib.sha256(_style().encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _head(comparison: Comparison, say: Say) -> list[str]:
    runs = [_run(side, run, say) for side, run in (("A", comparison.a), ("B", comparison.b))]
    kind = "same" if comparison.same else "other"
    return [
        f"<header>\n<h1>{say(_TITLE)}</h1>",
        f'<div class="runs">{"".join(runs)}</div>',
        f'<p class="verdict {kind}">{say(verdict(comparison))}</p>\n</header>\n<main>',
    ]


def _run(side: str, run: RunTables, say: Say) -> str:
    record = run.record
    said = escaped(record.notice or "", SENTENCE)
    notice = f'<p class="notice"><bdi>{said}</bdi></p>'
    rows = [
        (Text("文件夹", "Folder"), run.name),
        (Text("数据截至", "Data as of"), record.date),
        (Text("运行编号", "Run"), record.run_id),
        (Text("计算时间", "Computed"), record.written),
        (Text("软件版本", "Version"), f"coverplan {record.versions.get('coverplan', '?')}"),
    ]
    listed = "".join(
        f"<dt>{say(term)}</dt><dd><bdi>{escaped(words, VALUE)}</bdi></dd>"
        for term, words in rows
        if words
    )
    return (
        f'<section class="run"><h2><span class="side {side.lower()}">{side}</span> '
        f"<bdi>{escaped(record.title)}</bdi></h2>"
        f"{notice if record.notice else ''}<dl>{listed}</dl></section>"
    )


def _warnings(comparison: Comparison, language: Language) -> list[str]:
    if not comparison.problems:
        return []
    lines = [
        [escaped(line, SENTENCE) for line in problem.render(language).splitlines()]
        for problem in comparison.problems
    ]
    items = "".join(f"<li>{'<br>'.join(parts)}</li>" for parts in lines)
    head = escaped(Text("提醒", "Warnings").of(language))
    return [f'<section class="warnings"><h2>▲ {head}</h2><ul>{items}</ul></section>']


def _question(comparison: Comparison, say: Say) -> list[str]:
    head = f"<section>\n<h2>{say(Text('问题本身有何不同', 'How the questions differ'))}</h2>"
    if not comparison.question:
        same = Text(
            "没有不同：同样的研究、输入文件和版本。",
            "They do not: the same study, input files and versions.",
        )
        return [f"{head}<p>{say(same)}</p></section>"]
    rows = [
        f'<tr><th scope="row">{say(d.part)}</th><td><bdi>{escaped(d.key, VALUE)}</bdi></td>'
        f"{_value(d.a, say)}{_value(d.b, say)}</tr>"
        for d in comparison.question[:MOST_ROWS]
    ]
    heads = (Text("项", "What"), Text("名称", "Which"), Text.same("A"), Text.same("B"))
    return [head, sheet(heads, rows, len(comparison.question), say), "</section>"]


def _value(value: Text | None, say: Say) -> str:
    if value is None:
        return f'<td class="none">{say(Text("（没有）", "(none)"))}</td>'
    if is_digest(value.zh):
        return f"<td><code>sha256 {escaped(value.zh[:DIGITS_READ])}…</code></td>"
    return f"<td><bdi>{say(value)}</bdi></td>"


def _foot(comparison: Comparison, say: Say) -> Iterable[str]:
    meaning = Text(
        "“可达”指在时限内能到达设施的人占该人群总人口的比例（含没有落到地图上的人）；“有设施”指乡镇内"
        "至少有一处运营设施。两者不可混用。“建成后”在没有选址方案的计算中即现状。数字均取自两次计算的结果，"
        "这里只求差。",
        "'Reached' is the share of a group's people within the limit of a facility, those not "
        "placed on the map included; 'has one' means that at least one working facility stands in "
        "the township. The two are not the same. Where a run proposes nothing, 'with the plan' is "
        "today. All figures are the runs' own; only differences are taken here.",
    )
    numbers = [run.record.approval_number for run in (comparison.a, comparison.b)]
    approved = bool(numbers[0]) and numbers[0] == numbers[1] and comparison.shapes is not None
    number = numbers[0] or ""
    approval = (
        Text(f"审图号：{number}", f"Map approval number: {number}") if approved else _UNAPPROVED
    )
    yield f"</main>\n<footer>\n<p>{say(meaning)}</p>"
    yield f"<p><strong>{say(approval)}</strong></p>\n</footer>"
