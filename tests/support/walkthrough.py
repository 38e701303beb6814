"""A reader who does what a page says, word for word: makes its files, types its commands.

What a page may hold:

- ``sh`` (also ``console``): commands, a line each, which must succeed; ``<!-- exit 2 -->`` on the
  line before asks for another exit code. ``coverplan`` runs in this process, ``cd`` and ``mkdir``
  are understood, anything else is given to bash.
- ``text`` directly after commands or Python: lines that must have been printed, in this order; a
  line ``…`` stands for any lines left out, else the next line must follow at once. Indentation
  and runs of spaces do not count.
- any language with ``title="path"``: a file the reader makes.
- ``python``: run, one namespace for a page.
- ``<!-- not run: reason -->`` on the line before: only read.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
from typer.testing import CliRunner

from coverplan.cli import app

LEFT_OUT = "…"
FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)(?P=ticks) *$",
    re.MULTILINE | re.DOTALL,
)
NOTE = re.compile(r"<!-- (not run|exit)(?:: ?| )(.*?) -->\s*\Z")
COMMANDS = {"sh", "console"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: where it stands, what it is, what it says."""

    page: str
    line: int
    language: str
    body: str
    title: str | None = None
    exit_code: int = 0
    not_run: str | None = None
    directly_after: bool = False

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path, name: str | None = None) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for match in FENCE.finditer(text):
        before, indent = text[end : match.start()], match["indent"]
        info = match["info"].strip().strip("{}").strip().removeprefix(".")
        title = re.search(r'title="([^"]+)"', info)
        note = NOTE.search(before)
        kind, said = (note[1], note[2]) if note else ("", "")
        body = re.sub(rf"^{indent}", "", match["body"], flags=re.MULTILINE)
        found.append(
            Block(
                name or page.name,
                text.count("\n", 0, match.start()) + 1,
                info.split()[0] if info else "",
                body,
                title[1] if title else None,
                int(said) if kind == "exit" else 0,
                said if kind == "not run" else None,
                bool(found) and not before.strip(),
            )
        )
        end = match.end()
    return found


def prepare(folder: Path, root: Path) -> Path:
    """Make a folder like a fresh clone, as far as pages need it: the sample county."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(root / "data" / "geo", folder / "data" / "geo")
    (folder / "maps").mkdir()
    return folder


@dataclass
class Walk:
    """A reader in a folder, and what was printed to them last."""

    folder: Path
    here: Path = field(init=False)
    printed: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    """Commands typed so far."""

    def __post_init__(self) -> None:
        self.here = self.folder
        self.names = {"__name__": "__main__"}

    def read(self, page: Path, name: str | None = None) -> "Walk":
        """Do what a page says; raise AssertionError, naming the line, where it is not true."""
        last = None
        for block in blocks(page, name):
            if block.not_run is not None:
                last = None
            elif block.title is not None:
                self.write(block.title, block.body)
            elif block.language in COMMANDS:
                self.printed = []
                for line in commands(block.body):
                    self.type(line, block)
                last = block
            elif block.language == "python":
                self.run_python(block)
                last = block
            elif block.language == "text" and block.directly_after and last is not None:
                assert_printed(block, self.printed)
        return self

    def write(self, title: str, body: str) -> None:
        target = self.folder / title
        assert target.resolve().is_relative_to(self.folder.resolve()), title
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8")

    def type(self, line: str, block: Block) -> None:
        """Type one line."""
        self.ran.append(line)
        words = shlex.split(line)
        with contextlib.chdir(self.here):
            if words[0] == "cd":
                self.here = (self.here / words[1]).resolve()
                assert self.here.is_dir(), f"{block.where}: {line}"
                return
            if words[0] == "mkdir":
                for name in words[1:]:
                    if not name.startswith("-"):
                        Path(name).mkdir(parents="-p" in words, exist_ok="-p" in words)
                return
            if words[0] == "coverplan":
                done = CliRunner().invoke(app, words[1:])
                code, output = done.exit_code, done.output
            else:
                asked = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", line],
                    capture_output=True,
                    encoding="utf-8",
                    check=False,
                    env={
                        **os.environ,
                        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                    },
                )
                code, output = asked.returncode, asked.stdout + asked.stderr
        assert code == block.exit_code, f"{block.where}: {line}: exit code {code}\n{output}"
        self.printed += output.splitlines()

    def run_python(self, block: Block) -> None:
        """Run a block of Python; what it prints is kept."""
        out = io.StringIO()
        code = compile("\n" * block.line + block.body, block.where, "exec")
        with contextlib.chdir(self.here), contextlib.redirect_stdout(out), mpl.rc_context():
            mpl.use("Agg")
            exec(code, self.names)  # noqa: S102 - the page is ours
        self.printed = out.getvalue().splitlines()


def commands(body: str) -> list[str]:
    """Return the lines of a block of commands; one may go on after a backslash."""
    joined = re.sub(r"\\\n\s*", "", body)
    lines = [line.removeprefix("$ ").strip() for line in joined.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def plain(line: str) -> str:
    return " ".join(line.split())


def assert_printed(block: Block, printed: list[str]) -> None:
    """Assert that the lines shown were printed, in order; `LEFT_OUT` stands for any lines."""
    lines = [plain(line) for line in printed if line.strip()]
    shown = [plain(line) for line in block.body.splitlines() if line.strip()]
    at, gap = 0, True  # before the first line shown, others may have been printed
    for line in shown:
        if line == LEFT_OUT:
            gap = True
            continue
        try:
            found = lines.index(line, at)
        except ValueError:
            found = -1
        ok = found == at or (gap and found >= 0)
        assert ok, f"{block.where}: not printed here: {line}\nprinted was:\n" + "\n".join(lines)
        at, gap = found + 1, False
    assert gap or at == len(lines), f"{block.where}: more was printed:\n" + "\n".join(lines[at:])


def skeleton(page: Path) -> list[tuple[str, str | None, list[str]]]:
    """Return what must be the same in both languages: kinds of blocks, files, commands."""
    found = []
    for block in blocks(page):
        typed = commands(block.body) if block.language in COMMANDS else []
        typed = [re.sub(r" --lang (en|zh)\b", "", line) for line in typed]
        found.append((block.language, block.title, typed))
    return found
