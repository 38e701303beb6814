"""``coverplan check``: every fault of a study's files, before anything is computed."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .checking import check_study
from .checkoutput import write_report
from .core.text import Language, Text
from .guarding import EXIT_INPUT, EXIT_OK, guarded
from .io.dated import dated
from .io.studyfile import stated_language
from .io.write import check_folder
from .present.fault_terminal import print_report
from .present.faults import count_words
from .present.terminal import plain
from .progressbars import shown_steps
from .siteflags import Date, Lang

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def check(
    study: Annotated[Path, typer.Argument(help="研究文件 STUDY.toml / the study file")],
    out: Annotated[Path, typer.Option("--out", "-o", help="输出文件夹 / output folder")] = Path(
        "faults"
    ),
    date: Date = None,
    lang: Lang = None,
    *,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="只报结论 / the verdict only")
    ] = False,
) -> None:
    """检查数据：错在哪里、为何要紧、怎样改 / every fault of the files, and how to mend it."""
    language: Language = stated_language(study) if lang is None else "en" if lang == "en" else "zh"
    work = lambda: check_files(study, out, language, date, quiet=quiet)  # noqa: E731
    raise SystemExit(guarded(work, language, _err))


def check_files(
    study: Path, out: Path, language: Language, date: str | None = None, *, quiet: bool
) -> int:
    """Check a study, write the report and print it; return the exit code.

    Parameters
    ----------
    study, out
        The study file, and the folder of the report.
    language
        Of its words.
    date
        The day to answer for, where it is not the study's own.
    quiet
        Whether to print the verdict alone.

    Returns
    -------
    int
        0 where a run could start, 2 where errors stop it; the report is written in both cases.

    Raises
    ------
    InputError
        When ``date`` is no day, or the folder holds other things or cannot be written.
    """
    dated(date)  # no day is a slip of the command line, not a fault of the files
    check_folder(out)
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        report = check_study(study, date=date, on_step=announce, on_progress=advance)
        written = write_report(report, out, language=language, on_step=announce)
    if quiet:
        _out.print(plain(count_words(report.faults).of(language)), soft_wrap=True)
    else:
        print_report(_out, report, language)
        names = ", ".join(path.name for path in written)
        done = Text("已写入：", "written: ").of(language)
        _out.print(plain(f"{done}{_shown(out)}  ({names})", "green"), soft_wrap=True)
    return EXIT_INPUT if report.stops else EXIT_OK


def _shown(folder: Path) -> str:
    try:
        return os.path.relpath(folder)
    except ValueError:
        return str(folder)
