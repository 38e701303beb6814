"""``coverplan init``: a commented study file from a folder of files."""

import datetime
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .clock import Clock
from .core.errors import InputError, Problem
from .core.text import Language, Text
from .drafting import Drafted, assumed_lines, lines_of, make_draft, text_of, try_draft
from .guarding import EXIT_OK, guarded
from .io.recognise.choice import Asker
from .io.recognise.folder import check_folder, look_through
from .io.studytext import schema_text
from .present.terminal import plain
from .progressbars import shown_steps
from .siteflags import LangGiven

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

_MOST_LINES = 20


class Silent:
    """Takes what is proposed, asks nothing."""

    silent = True

    def choose(self, question: Text, options: Sequence[Text]) -> int:  # noqa: ARG002
        """Return the first option."""
        return 0

    def say(self, question: Text, proposed: str, wrong: Callable[[str], Text | None]) -> str:  # noqa: ARG002
        """Return what is proposed."""
        return proposed


class Terminal:
    """Asks somebody at a terminal.

    Parameters
    ----------
    console, language
        Where questions are printed, and in which words.
    read
        Returns a line that was typed, without its end.
    """

    def __init__(
        self, console: Console, language: Language, read: Callable[[], str] = input
    ) -> None:
        self.console = console
        self.language = language
        self.read = read

    def choose(self, question: Text, options: Sequence[Text]) -> int:
        """Return the number of the option chosen; an empty line is the first."""
        self._print(question)
        for number, option in enumerate(options, 1):
            self.console.print(plain(f"  {number}. {option.of(self.language)}"), soft_wrap=True)
        hint = Text(f"输入 1–{len(options)}，回车取 1", f"1-{len(options)}, Enter takes 1")

        def wrong(answer: str) -> Text | None:
            fits = answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(options)
            return None if fits else hint

        return int(self._ask(hint, "1", wrong)) - 1

    def say(self, question: Text, proposed: str, wrong: Callable[[str], Text | None]) -> str:
        """Return the words typed; an empty line is what is proposed."""
        self._print(question)
        hint = Text(f"回车取 {proposed}", f"Enter takes {proposed}")
        return self._ask(hint, proposed, wrong)

    def _print(self, text: Text) -> None:
        self.console.print(plain(text.of(self.language), "bold"), soft_wrap=True)

    def _ask(self, hint: Text, proposed: str, wrong: Callable[[str], Text | None]) -> str:
        while True:
            self.console.print(plain(f"  [{hint.of(self.language)}] > "), end="")
            try:
                answer = self.read().strip() or proposed
            except EOFError as error:
                raise KeyboardInterrupt from error
            fault = wrong(answer)
            if fault is None:
                return answer
            self.console.print(plain(f"  {fault.of(self.language)}", "yellow"))


def init(
    folder: Annotated[
        Path | None, typer.Argument(help="数据所在的文件夹 / the folder with the data")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="研究文件 / the study file; default: FOLDER/study.toml"),
    ] = None,
    schema: Annotated[
        Path | None,
        typer.Option("--schema", help="另写 JSON Schema，供编辑器用 / write a JSON Schema"),
    ] = None,
    lang: LangGiven = "zh",
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="什么都不问 / ask nothing")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="覆盖已有的文件 / overwrite what is there")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """由一个文件夹起草研究文件 / draft a study file from a folder of files, with reasons."""
    language: Language = "en" if lang == "en" else "zh"

    def work() -> int:
        if schema is not None:
            _check_free(schema, force=force)
        if folder is not None:
            check_folder(folder)
            target = out if out is not None else folder / "study.toml"
            _check_free(target, force=force)
            asker = _asker(language, yes=yes)
            drafted = draft_folder(folder, target, asker, language=language, quiet=quiet)
            _write(target, text_of(drafted, language))
            if not quiet:
                _say(drafted, language)
        elif schema is None:
            raise InputError([_NO_FOLDER])
        if schema is not None:
            _write(schema, schema_text())
            if not quiet:
                _out.print(plain(f"{_WRITTEN.of(language)}{schema}", "green"), soft_wrap=True)
        return EXIT_OK

    raise SystemExit(guarded(work, language, _err))


def draft_folder(
    folder: Path,
    out: Path,
    asker: Asker,
    *,
    language: Language = "zh",
    today: datetime.date | None = None,
    quiet: bool = True,
) -> Drafted:
    """Return the draft of a study file of what lies in a folder, tried on its files.

    Parameters
    ----------
    folder, out
        Where the data lie, and the file that will be written.
    asker
        Who is asked what files cannot say.
    language
        Of what is asked, and of the study.
    today
        The day it is, for the date proposed.
    quiet
        Whether to show no progress.

    Raises
    ------
    InputError
        When the folder cannot be used, or lacks what a study needs.
    """
    day = today if today is not None else datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        announce(Text("看文件夹里的文件", "looking at the files"))
        seen = look_through(folder, advance)
    drafted = make_draft(folder, out, seen, asker, language=language, today=day)
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        try_draft(drafted, Clock(announce, advance))
    return drafted


def _asker(language: Language, *, yes: bool) -> Asker:
    if yes:
        return Silent()
    if not sys.stdin.isatty():
        raise InputError([_NO_TERMINAL])
    return Terminal(_out, language)


_NO_TERMINAL = Problem(
    code="init.no_terminal",
    what=Text("没有可以提问的终端", "there is no terminal to ask at"),
    mend=Text(
        "加 --yes：什么都不问，取默认值并在文件中注明",
        "add --yes: nothing is asked, and what was taken is said in the file",
    ),
)
_NO_FOLDER = Problem(
    code="init.no_folder",
    what=Text("没有写明文件夹", "no folder is given"),
    expected=Text("coverplan init 文件夹", "coverplan init FOLDER"),
    mend=Text("写明数据所在的文件夹", "name the folder with the data"),
)
_WRITTEN = Text("已写入：", "written: ")


def _check_free(path: Path, *, force: bool) -> None:
    """Refuse a file that is there, unless it may be overwritten; and a place without a folder."""
    what = None
    if path.is_dir():
        what = Text("要写的是一个文件夹", "the file to write is a folder")
    elif (path.exists() or path.is_symlink()) and not force:
        what = Text("文件已经存在，没有覆盖", "the file is there already and was not overwritten")
    elif not path.resolve().parent.is_dir():
        what = Text("要写入的文件夹不存在", "there is no such folder to write to")
    if what is not None:
        raise InputError([_cannot_write(path, what)])


def _cannot_write(path: Path, what: Text) -> Problem:
    return Problem(
        code="init.out",
        what=what,
        file=str(path),
        mend=Text(
            "换一个 --out；要覆盖已有的文件，加 --force",
            "choose another --out; --force overwrites a file that is there",
        ),
    )


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(prefix=".coverplan-", dir=path.resolve().parent)
    except OSError as error:
        raise InputError([_cannot_write(path, _DENIED)]) from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        beside.chmod(0o644)
        beside.replace(path.resolve() if path.is_symlink() else path)
    except OSError as error:
        raise InputError([_cannot_write(path, _DENIED)]) from error
    finally:
        beside.unlink(missing_ok=True)


_TO_CONFIRM = Text("程序假定的，请确认或改正：", "assumed; confirm or correct:")
_DENIED = Text("不能写入这个文件夹", "the folder cannot be written to")


def _say(drafted: Drafted, language: Language) -> None:
    for line in lines_of(drafted):
        _out.print(plain(f"  {line.of(language)}"), soft_wrap=True)
    unused = drafted.skipped
    if unused:
        _out.print(plain(Text("没有使用：", "not used:").of(language), "yellow"))
    for each in unused[:_MOST_LINES]:
        _out.print(plain(f"  {each.name}: {each.why.of(language)}"), soft_wrap=True)
    if len(unused) > _MOST_LINES:
        _out.print(plain(f"  … {len(unused) - _MOST_LINES}"))
    assumed = assumed_lines(drafted)
    if assumed:
        _out.print(plain(_TO_CONFIRM.of(language), "yellow"))
    for line in assumed:
        _out.print(plain(f"  {line.of(language)}"), soft_wrap=True)
    faults = [p for p in drafted.problems or [] if p.severity == "error"]
    if faults:
        kinds = len({(p.code, p.file, p.column) for p in faults})
        left = Text(
            f"试读时还有 {kinds} 类错误要改正，列在文件末尾",
            f"errors to be mended are left ({kinds} of them); they stand at the end of the file",
        )
        _out.print(plain(left.of(language), "yellow"), soft_wrap=True)
    out = drafted.out
    _out.print(plain(f"{_WRITTEN.of(language)}{out}", "green"), soft_wrap=True)
    then = Text(
        f"接下来：coverplan check {out}，再 coverplan run {out}",
        f"next: coverplan check {out}, then coverplan run {out}",
    )
    _out.print(plain(then.of(language)), soft_wrap=True)
