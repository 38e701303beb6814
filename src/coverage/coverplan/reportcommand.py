"""``coverplan report``: the report of a study as web page, Word document and workbook."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated, cast, get_args

from rich.console import Console
from typer import Argument, Option

from .core.errors import Problem, Problems
from .core.nearest import meant
from .core.text import Language, Text
from .guarding import EXIT_OK, guarded
from .io import read_study
from .io.dated import dated
from .io.studyfile import stated_language
from .io.write import check_folder
from .present.terminal import plain, print_summary, print_warnings
from .progressbars import shown_steps
from .reporting import (
    FORMATS,
    DocumentFormat,
    Paper,
    check_extras,
    check_names,
    report_contents,
    write_documents,
)
from .siteflags import Date, Lang, Out

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)

Formats = Annotated[
    str | None,
    Option("--format", metavar="html,docx,xlsx", help="默认全部 / all where left out"),
]
PaperSize = Annotated[str, Option("--paper", metavar="a4|a3", help="纸张 / paper")]
NoFigures = Annotated[bool, Option("--no-figures", help="不画图 / without figures")]
Font = Annotated[Path | None, Option("--font", help="画图用的字体文件 / font file of the figures")]


def report(
    study: Annotated[Path, Argument(help="研究文件 STUDY.toml / the study file")],
    out: Out = Path("report"),
    formats: Formats = None,
    paper: PaperSize = "a4",
    font: Font = None,
    date: Date = None,
    lang: Lang = None,
    *,
    no_figures: NoFigures = False,
    quiet: Annotated[bool, Option("--quiet", "-q", help="只报错 / errors only")] = False,
) -> None:
    """写报告：网页、Word、Excel 和插图 / the report: web page, Word, Excel and figures."""
    language: Language = stated_language(study) if lang is None else "en" if lang == "en" else "zh"

    def work() -> int:
        asked = checked(formats, paper)
        return report_study(
            study, out, asked, language, date, figures=not no_figures, font=font, quiet=quiet
        )

    raise SystemExit(guarded(work, language, _err))


def checked(formats: str | None, paper: str) -> tuple[tuple[DocumentFormat, ...], Paper]:
    """Return the formats and the paper somebody asks for; all formats where none is named.

    Parameters
    ----------
    formats
        Names with commas between them, or None.
    paper
        Its size.

    Raises
    ------
    InputError
        When one is none of those there are.
    """
    words = [part.strip().lower() for part in (formats or ",".join(FORMATS)).split(",")]
    papers = get_args(Paper)
    size = paper.strip().lower()
    wrong = [_wrong("--format", word, FORMATS) for word in words if word not in FORMATS]
    wrong += [] if size in papers else [_wrong("--paper", paper, papers)]
    Problems(wrong).raise_if_any()
    return tuple(name for name in FORMATS if name in words), cast("Paper", size)


def _wrong(option: str, found: str, known: tuple[str, ...]) -> Problem:
    return Problem(
        code="report.option",
        what=Text("选项不能使用", "the option cannot be used"),
        column=option,
        found=found,
        expected=Text("、".join(known), ", ".join(known)),
        mend=meant(found, known, Text("改用其中之一", "name one of these")),
    )


def report_study(
    path: Path,
    out: Path,
    asked: tuple[tuple[DocumentFormat, ...], Paper],
    language: Language,
    date: str | None = None,
    *,
    figures: bool = True,
    font: Path | None = None,
    quiet: bool = False,
) -> int:
    """Compute a study file with its targets and measures, and write its report.

    Parameters
    ----------
    path, out
        The study file, and the folder to write.
    asked
        Formats and paper.
    language, date
        Of every word but those of the planner's own; the day to answer for, where it is not the
        study's own.
    figures, font
        Whether figures are drawn, and with which font.
    quiet
        Whether to print nothing.

    Raises
    ------
    InputError
        With what is wrong with the options or the files, before anything is written.
    MissingExtraError
        When python-docx or matplotlib is needed and not installed.
    """
    formats, paper = asked
    change = dated(date)
    read_study(path, change)
    check_folder(out)
    check_extras(formats, figures=figures, font=font)
    with shown_steps(_err, language, quiet=quiet) as (announce, advance):
        look = partial(check_names, language=language, font=font) if figures else None
        found = report_contents(
            path, change=change, look=look, on_step=announce, on_progress=advance
        )
        written = write_documents(
            found.study,
            out,
            targets=found.targets,
            programme=found.programme,
            measures=found.measures,
            formats=formats,
            language=language,
            paper=paper,
            figures=figures,
            font=font,
            seconds=found.seconds,
            on_step=announce,
            on_progress=advance,
        )
    if not quiet:
        print_summary(_out, found.study, language)
        print_warnings(_out, found.study, language)
        _out.print(plain(_said(out, written).of(language), "green"), soft_wrap=True)
    return EXIT_OK


def _said(folder: Path, written: list[Path]) -> Text:
    """Return what is said when a report is written; its figures are counted, not named."""
    try:
        shown = os.path.relpath(folder)
    except ValueError:
        shown = str(folder)
    own = [path.name for path in written if path.parent == folder]
    n = len({path.stem for path in written if path.parent != folder})
    names = ", ".join(own)
    if not n:
        return Text(f"已写入：{shown}  ({names})", f"written: {shown}  ({names})")
    return Text(
        f"已写入：{shown}  ({names}；figures/ 内 {n} 幅图)",
        f"written: {shown}  ({names}; {n} figures in figures/)",
    )
