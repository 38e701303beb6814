"""Hooks of the site: pages made from the code and from notebooks, pictures, formulas."""

import os
import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))

from api_pages import api_pages
from cli_pages import command_page
from formulas import with_mathml
from model_pages import fault_page, indicator_page, model_page, services_page
from notebook_pages import execute, page_of
from study_pages import study_page
from table_cards import TableCards
from unbroken import unbroken
from words import ZH, pick

DOCS = Path(__file__).resolve().parent.parent
ROOT = DOCS.parent
EXECUTED = "COVERPLAN_EXECUTED_NOTEBOOKS"
"""Names a folder of executed notebooks by language; without it they are executed here."""

WIDE = ("other-tools.md",)
"""Pages whose table needs the room of the list of headings beside it."""

_ALTERNATE = re.compile(r"\s*<link rel=\"alternate\"[^>]*>")

PAGES = {
    "reference/commands.md": command_page,
    "reference/study-file.md": study_page,
    "reference/models.md": model_page,
    "reference/services.md": services_page,
    "reference/indicators.md": indicator_page,
    "reference/faults.md": fault_page,
}


def on_config(config: Any) -> Any:
    """Add what this site has of its own to how pages are read."""
    config.markdown_extensions.append(TableCards())
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add what is not written by hand."""
    language = config.theme["language"]
    for path, make in PAGES.items():
        files.append(File.generated(config, path, content=make(language)))
    for path, text in api_pages(language).items():
        files.append(File.generated(config, path, content=text))
    for file in sorted((DOCS / "shared").rglob("*")):
        if file.is_file():
            name = file.relative_to(DOCS / "shared").as_posix()
            files.append(File.generated(config, name, abs_src_path=str(file)))
    _add_notebooks(files, config, language)
    return files


def _add_notebooks(files: Files, config: Any, language: str) -> None:
    index = [f"# {pick(language, '笔记本', 'Notebooks')}", "", pick(language, *NOTEBOOKS), ""]
    for file in executed(language):
        page = page_of(file, language)
        name = f"notebooks/{file.stem}.md"
        files.append(File.generated(config, name, content=page.text))
        for beside, content in page.files.items():
            files.append(File.generated(config, f"notebooks/{beside}", content=content))
        index.append(f"1. [{page.title}]({file.stem}.md)")
    files.append(File.generated(config, "notebooks/index.md", content="\n".join(index) + "\n"))


NOTEBOOKS = (
    "五篇 Jupyter 笔记本，都用示例县，可从头到尾运行；页中的表、图和地图是运行的结果，地图可以操作。\n\n"
    '想自己运行：在项目的文件夹里输入 `python -m pip install -c constraints.txt ".[docs]" jupyterlab`，再输入 '
    "`jupyter lab notebooks`。每格文字先中文、后英文；第一格代码里的 `language` 决定表和图用哪种语言。\n",
    "Five notebooks on the sample county, to be run from top to bottom. Tables, figures and maps on "
    "these pages are what came out; the maps are alive.\n\n"
    "To run them yourself: in the folder of the project type "
    '`python -m pip install -c constraints.txt ".[docs]" jupyterlab`, then `jupyter lab notebooks`. Each cell of '
    'text is in Chinese first, then in English; set `language = "en"` in the first cell of code for tables and '
    "figures in English.\n",
)


def executed(language: str) -> list[Path]:
    """Return the executed notebooks in a language."""
    given = os.environ.get(EXECUTED)
    names = sorted(file.name for file in (ROOT / "notebooks").glob("*.ipynb"))
    if not given:
        kept = DOCS / ".executed" / language
        return [execute(ROOT / "notebooks" / name, kept, language) for name in names]
    own = Path(given) / language
    folder = own if own.is_dir() else Path(given) / "zh"
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{EXECUTED}: {folder} has no {', '.join(missing)}")
    return [folder / name for name in names]


BOOST = {"reference/api/": 0.2, "reference/commands": 2, "how-to/": 2}
"""What the search shows earlier, or later, than other pages; by the beginning of a path."""


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Say how early the search shows a page: questions of planners before the parts of the code."""
    boost = next((b for path, b in BOOST.items() if page.file.src_uri.startswith(path)), None)
    if boost:
        page.meta.setdefault("search", {"boost": boost})
    if page.file.src_uri in WIDE:
        page.meta.setdefault("hide", ["toc"])
    return markdown


def on_page_content(html: str, config: Any, **_: Any) -> str:
    """Formulas become MathML, names stay whole; in Chinese, the end of a line of the source is no space."""
    page = unbroken(with_mathml(without_bare_names(html)))
    return in_chinese(page) if config.theme["language"] == ZH else page


_BARE_NAME = re.compile(
    r'<div class="language-python doc-signature highlight"><pre>(?:<[^>]*>)*\w+(?:<[^>]*>|\s)*</pre></div>'
)


def without_bare_names(page: str) -> str:
    """Return a page of HTML without the signatures that only say the name above them once more."""
    return _BARE_NAME.sub("", page)


LABELS = {
    "dataclass": "数据类",
    "property": "属性",
    "classmethod": "类方法",
    "staticmethod": "静态方法",
    "module-attribute": "常量",
    "class-attribute": "类的属性",
    "instance-attribute": "实例的属性",
    "cached": "只算一次",
}
BOXES = {"See Also": "另见", "Notes": "说明", "References": "文献", "Note": "说明"}
_BOX = re.compile(r"(<summary>)([^<]+)(?=</summary>)")
_LABEL = re.compile(
    r'(<small class="doc doc-label doc-label-([\w-]+)"><code[^>]*>)[\w-]+(?=</code>)'
)


def in_chinese(page: str) -> str:
    """Return a page of HTML with labels of the reference in Chinese, and no spaces at line ends."""
    page = _LABEL.sub(lambda m: m[1] + LABELS.get(m[2], m[2]), page)
    page = _BOX.sub(lambda m: m[1] + BOXES.get(m[2], m[2]), page)
    return without_line_ends(page)


_WIDE = "[\u2018-\u201f\u2026\u3001-\u303f\u3400-\u9fff\uff01-\uff60]"
_CLOSED = "(?:</(?:a|b|strong|em|code)>)?"
_OPENED = r"(?:<(?:a|b|strong|em)\b[^>]*>)?"
_KEPT = r"<(?P<kept>pre|script|style)\b.*?</(?P=kept)>"
_LINE_END = re.compile(rf"{_KEPT}|({_WIDE}{_CLOSED})\n({_OPENED})(?={_WIDE})", re.DOTALL)


def without_line_ends(page: str) -> str:
    """Return a page of HTML in which Chinese lines follow each other without a space."""
    return _LINE_END.sub(lambda m: m[0] if m["kept"] else f"{m[2]}{m[3]}", page)


def on_post_page(output: str, **_: Any) -> str:
    """Take out the links for which the page would ask for a site map, which a folder cannot give."""
    return _ALTERNATE.sub("", output)
