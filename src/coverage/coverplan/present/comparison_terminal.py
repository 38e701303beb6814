"""A comparison in the terminal: what differs in the question, then layer by layer."""

from rich.console import Console
from rich.table import Table

from ..compared import Comparison
from ..core.errors import render_problems
from ..core.text import Language, Text
from .comparison_tables import DIRECTIONS, criterion_words
from .comparison_words import (
    DIGITS_READ,
    count,
    is_digest,
    layer_sentence,
    percent,
    signed,
    verdict,
)
from .terminal import fitted, plain

_SHOWN, _VALUE = 12, 60


def print_comparison(console: Console, comparison: Comparison, language: Language) -> None:
    """Print what a comparison found.

    Parameters
    ----------
    console, comparison, language
        Where, what was found, and in which words.
    """
    for side, run in (("A", comparison.a), ("B", comparison.b)):
        record = run.record
        console.print(plain(f"{side}  {record.title}  {record.date}  ({run.name})"))
    console.print(plain(verdict(comparison).of(language), "bold"), soft_wrap=True)
    _print_question(console, comparison, language)
    console.print(_table(console, comparison, language))
    for layer in comparison.compared.values():
        _print_layer(console, comparison, layer.id, language)
    for paragraph in render_problems(comparison.problems, language):
        console.print(plain(paragraph, "yellow"), soft_wrap=True)


def _print_question(console: Console, comparison: Comparison, language: Language) -> None:
    rows = comparison.question
    if not rows:
        return
    head = Text("问题本身的不同：", "How the questions differ:")
    console.print(plain(head.of(language)))
    for row in rows[:_SHOWN]:
        a, b = ("—" if v is None else _short(v.of(language)) for v in (row.a, row.b))
        name = " ".join(part for part in (row.part.of(language), _short(row.key)) if part)
        console.print(plain(f"  {name}: A {a} | B {b}"), soft_wrap=True)
    rest = len(rows) - _SHOWN
    if rest > 0:
        more = Text(f"  ……其余 {rest} 项见 compare.html", f"  ... {rest} more in compare.html")
        console.print(plain(more.of(language)))


def _table(console: Console, comparison: Comparison, language: Language) -> Table:
    heads = (
        Text("设施类别", "layer"), Text("人数", "people"),
        Text("A 建成后\n可达", "A\nreached"), Text("B 建成后\n可达", "B\nreached"),
        Text.same("B − A"), Text("有设施\nA → B", "has one\nA → B"),
        Text("站点\nA → B", "sites\nA → B"),
    )  # fmt: skip
    rows = []
    for row in comparison.layers.to_dict("records"):
        layer = comparison.compared[row["layer"]]
        limit = Text(f"{layer.minutes:g} 分钟", f"{layer.minutes:g} min").of(language)
        reached = [
            f"{count(row[f'reached_{s}']).of(language)}\n"
            f"{percent(row[f'reached_{s}'], row['people']).of(language)}"
            for s in ("a", "b")
        ]
        cells = [
            f"{layer.label.of(language)}\n{layer.group_label.of(language)}\n{limit}",
            count(row["people"]).of(language),
            *reached,
            signed(row["change"]).of(language),
            f"{count(row['has_one_a']).of(language)} → {count(row['has_one_b']).of(language)}",
            f"{row['sites_a']} → {row['sites_b']}",
        ]
        rows.append(cells)
    return fitted(console, [head.of(language) for head in heads], rows, left={0})


def _print_layer(console: Console, comparison: Comparison, key: str, language: Language) -> None:
    layer, units = comparison.compared[key], comparison.units
    shown = units[(units["layer"] == key) & (units["minutes"] == layer.minutes)]
    row = comparison.layers[comparison.layers["layer"] == key].to_dict("records")[0]
    words = layer_sentence(layer, row, shown).of(language)
    colon, comma = ("：", "，") if language == "zh" else (": ", ", ")
    console.print(plain(f"{layer.label.of(language)}{colon}{words}"), soft_wrap=True)
    changes = comparison.changes[comparison.changes["layer"] == key]
    for change in changes.to_dict("records")[:_SHOWN]:
        arrow = "▲" if change["direction"] == "gains" else "▼"
        by = criterion_words(change).of(language)
        what = DIRECTIONS[change["direction"]].of(language)
        console.print(
            plain(f"  {arrow} {change['unit_name']}{colon}{by}{comma}{what}"), soft_wrap=True
        )


def _short(words: str) -> str:
    if is_digest(words):
        return f"sha256 {words[:DIGITS_READ]}…"
    line = " ".join(words.split())
    return line if len(line) <= _VALUE else line[: _VALUE - 1] + "…"
