"""Notebooks, run from a clean kernel, as pages: the text of one language, code, what came out."""

import base64
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from words import pick

MARK = "<!-- en -->"
_HEADING = re.compile(r"^(#+) (.*?) · (.*)$")
_SRCDOC = re.compile(r'<iframe\b[^>]*?srcdoc="(.*?)"[^>]*>\s*</iframe>', re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d*|None|NaN|—|True|False|&lt;NA&gt;")
_SENTENCE_CHARACTERS = 20
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def execute(file: Path, folder: Path, language: str = "zh", timeout_seconds: int = 600) -> Path:
    """Run a notebook from a clean kernel, in its own folder, and keep it with its outputs.

    Parameters
    ----------
    file, folder
        The notebook, and where to keep it once it has run.
    language
        Put in the place of ``language = "zh"``.
    timeout_seconds
        Of a cell.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        When a cell fails.
    """
    book = nbformat.read(file, as_version=4)
    for one in book.cells:
        if one.cell_type == "code":
            one.source = one.source.replace('language = "zh"', f'language = "{language}"')
    client = NotebookClient(
        book,
        timeout=timeout_seconds,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(file.parent)}},
    )
    client.execute()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    nbformat.write(book, target)
    return target


@dataclass
class Page:
    """A notebook as Markdown, and the files beside it."""

    title: str
    text: str
    heading: str = ""
    """The heading last met: what figures are called."""
    language: str = "zh"
    files: dict[str, bytes] = field(default_factory=dict)


def page_of(file: Path, language: str) -> Page:
    """Return an executed notebook as a page in one language."""
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    page = Page("", "", language=language)
    parts: list[str] = []
    for number, one in enumerate(cells, start=1):
        source = "".join(one["source"])
        if one["cell_type"] == "markdown":
            told = words_of(source, language)
            page.heading = next(
                (x.lstrip("# ") for x in told.splitlines() if x[:1] == "#"), page.heading
            )
            parts.append(told)
        elif one["cell_type"] == "code":
            parts.append(f"```python\n{source}\n```")
            shown = [_shown(out, f"{file.stem}-{number}", page) for out in one["outputs"]]
            parts += [text for text in shown if text]
    download = pick(
        language,
        f"本页由 `notebooks/{file.name}` 运行得到，可在 Jupyter 中打开该文件自己运行。",
        f"This page is `notebooks/{file.name}`, executed; open the file in Jupyter to run it yourself.",
    )
    title, _, rest = "\n\n".join(parts).partition("\n")
    page.title = title.lstrip("# ")
    page.text = f'{title}\n\n!!! note ""\n    {download}\n{rest}\n'
    return page


def words_of(source: str, language: str) -> str:
    """Return the half of a text cell that is in a language."""
    chinese, mark, english = source.partition(MARK)
    lines = chinese.strip().splitlines()
    headings = [m for line in lines if (m := _HEADING.match(line))]
    told = [f"{m[1]} {m[2] if language == 'zh' else m[3]}" for m in headings]
    body = "\n".join(line for line in lines if not _HEADING.match(line)).strip()
    if language != "zh" and mark:
        body = english.strip()
    return "\n\n".join([*told, *([body] if body else [])])


def _shown(output: dict[str, Any], name: str, page: Page) -> str:
    """Return one output as Markdown; pictures and maps become files."""
    if output["output_type"] == "stream":
        text = _ESCAPES.sub("", "".join(output["text"])).rstrip()
        return f"```text\n{text}\n```" if output["name"] == "stdout" and text else ""
    data = output.get("data", {})
    count = len(page.files)
    if "text/html" in data:
        return _html("".join(data["text/html"]), f"{name}-{count}", page)
    for kind, ending in (("image/png", "png"), ("image/svg+xml", "svg")):
        if kind in data:
            text = "".join(data[kind])
            file = f"{name}-{count}.{ending}"
            page.files[file] = base64.b64decode(text) if ending == "png" else text.encode()
            return f"![{page.heading}]({file})"
    text = "".join(data.get("text/plain", "")).rstrip()
    return f"```text\n{text}\n```" if text else ""


def _html(text: str, name: str, page: Page) -> str:
    """Return HTML of an output; a map within becomes a page of its own, loaded when it is seen."""

    def own_page(match: re.Match[str]) -> str:
        file = f"{name}.html"
        whole = pick(page.language, "整页打开这张地图", "This map as a page of its own")
        page.files[file] = html.unescape(match[1]).encode("utf-8")
        return f'<iframe class="cp-map" loading="lazy" title="{html.escape(page.heading)}" src="{file}"></iframe><a href="{file}">{whole}</a>'

    replaced = _SRCDOC.sub(own_page, text)
    flat = re.sub(r"\n\s*\n", "\n", replaced)
    told = _TABLE.sub(lambda found: by_column(found[0]), flat)
    return f'<div class="cp-output">\n{told}\n</div>'


def by_column(table: str) -> str:
    """Say of each column whether words or sentences stand in it: numbers alone go to the right."""
    head, mark, body = table.partition("<tbody>")
    rows = [(row.count("<th"), _CELL.findall(row)) for row in _ROW.findall(body)]
    levels = max((ths for ths, _ in rows), default=0)
    columns = zip(*(cells for _, cells in rows), strict=True) if rows else ()
    kinds = [""] * levels + [_kind(cells) for cells in columns]

    def classed(row: re.Match[str], tag: str, skip: int) -> str:
        left = iter(kinds[skip:])
        return re.sub(f"<{tag}>", lambda _: f"<{tag}{next(left, '')}>", row[0])

    head = _ROW.sub(lambda row: classed(row, "th", 0), head)
    return head + mark + _ROW.sub(lambda row: classed(row, "td", levels), body)


def _kind(cells: Sequence[str]) -> str:
    plain = [html.unescape(cell).strip() for cell in cells]
    if max(map(len, plain)) >= _SENTENCE_CHARACTERS:
        return ' class="cp-words cp-prose"'
    return "" if all(map(_NUMBER.fullmatch, cells)) else ' class="cp-words"'
