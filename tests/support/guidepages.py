"""Pages of the documentation, each read once: parts by anchor, tables, words of code, blocks."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
LANGUAGES = ("zh", "en")
HEADING = re.compile(r"^(#{1,4}) .*?(?:\{#([\w-]+)\})?$")
SKIPPED = {"language", "title", "tooltip", "popup"}
"""Keywords whose values are words for people."""


@dataclass(frozen=True)
class Page:
    """A page in one language; `part` takes it apart by the anchors both languages share."""

    language: str
    name: str
    text: str

    @property
    def chinese(self) -> bool:
        return self.language == "zh"

    def say(self, zh: str, en: str) -> str:
        """Return what the page's language says."""
        return zh if self.chinese else en

    def headings(self) -> list[tuple[int, int, str]]:
        """Return line, level and anchor ("" without one) of each heading; code holds none."""
        found, fenced = [], False
        for number, line in enumerate(self.text.splitlines()):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            elif not fenced and (match := HEADING.match(line)):
                found.append((number, len(match[1]), match[2] or ""))
        return found

    @property
    def anchors(self) -> list[str]:
        return [anchor for _, _, anchor in self.headings()]

    def part(self, anchor: str, *, own: bool = False) -> str:
        """Return what stands under a heading, with the headings below it unless only its own."""
        headings = self.headings()
        (at,) = [k for k, (_, _, name) in enumerate(headings) if name == anchor]
        line, level, _ = headings[at]
        ends = [number for number, other, _ in headings[at + 1 :] if own or other <= level]
        return "\n".join(self.text.splitlines()[line + 1 : ends[0] if ends else None])

    @property
    def opening(self) -> str:
        """What stands before the first heading of a part."""
        numbers = [number for number, level, _ in self.headings() if level > 1]
        return "\n".join(self.text.splitlines()[1 : numbers[0] if numbers else None])

    def fenced(self, *languages: str, under: str | None = None) -> list[str]:
        """Return the fenced blocks of some languages, of the page or of one part."""
        text = self.text if under is None else self.part(under)
        found = re.findall(r"^```(\S+)[^\n]*\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
        return [body for kind, body in found if kind in languages]


@lru_cache
def page(language: str, name: str) -> Page:
    """Return a page, as ``page("en", "guide/siting.md")``."""
    return Page(language, name, (DOCS / language / name).read_text(encoding="utf-8"))


def names(folder: str, language: str = "zh") -> list[str]:
    """Return the pages of a folder, as `page` takes them."""
    return sorted(f"{folder}/{path.name}" for path in (DOCS / language / folder).glob("*.md"))


def code(text: str) -> set[str]:
    """Return the words a text has as code, in `backticks` or fenced."""
    spans = re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
    return set(re.findall(r"[\w.-]+", " ".join(spans)))


def unnamed(words: Iterable[str], text: str) -> list[str]:
    """Return the words a text does not have as code."""
    known = code(text)
    return [word for word in words if word not in known]


def rows(text: str) -> dict[str, str]:
    """Return the rows of tables that begin with code, by the first word of it."""
    lines = [line for line in text.splitlines() if re.match(r"\| \[?`", line)]
    return {re.findall(r"`([^`]+)`", line)[0]: line for line in lines}


def row_of(name: str, text: str) -> str:
    """Return the one row that begins with a name."""
    (row,) = [line for line in text.splitlines() if re.match(rf"\| `{re.escape(name)}`", line)]
    return row


def first_cells(text: str) -> list[str]:
    """Return the words of code in the first cells of all tables, in order."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


class _Plain(ast.NodeTransformer):
    """Leaves out of code what only people read: languages, printed words, docstrings, titles."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = "words" if node.attr in LANGUAGES else node.attr
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("words") if node.value in LANGUAGES else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            node.args = [
                arg
                for arg in node.args
                if not (isinstance(arg, ast.Constant) and isinstance(arg.value, str))
            ]
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in SKIPPED]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.body = node.body[1:] if ast.get_docstring(node) else node.body
        return node


def same_code(one: str, other: str) -> bool:
    """Return whether two pieces of Python differ in nothing but words for people."""
    plain = [ast.dump(_Plain().visit(ast.parse(source))) for source in (one, other)]
    return plain[0] == plain[1]
