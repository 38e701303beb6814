"""`coverplan targets`: each clause of the policy documents, judged against a study."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from .clock import Clock, OnProgress, OnStep
from .core.errors import render_problems
from .core.text import Language, Text
from .io import read_study
from .io.studyfile import Change
from .io.write import check_folder
from .present.target_programme import programme_lines
from .present.targets_terminal import print_targets
from .present.terminal import plain
from .targeting import TargetReport, targets_asked
from .targetsoutput import HasTables, write_targets

Shown = Callable[[], AbstractContextManager[tuple[OnStep, OnProgress]]]
"""What shows steps and their parts while the block runs."""

_WARNINGS_SHOWN = 12


def answer_targets(
    path: Path, folder: Path, language: Language, steps: Shown, change: Change | None = None
) -> tuple[TargetReport, HasTables, list[Path]]:
    """Judge the targets of a study file, and write what was found.

    Parameters
    ----------
    path, folder
        The study file, and where the results go.
    language
        Of tables and words.
    steps
        Shows how far it is.
    change
        Alters the study first.

    Returns
    -------
    tuple
        The report, the sites that close its gaps, and what was written.

    Raises
    ------
    InputError
        When the study, or what it names, is wrong: before anything is written.
    """
    read_study(path, change)
    check_folder(folder)
    with steps() as (announce, advance):
        clock = Clock(announce, advance)
        report = targets_asked(path, clock, change)
        programme = report.programme(clock)
        # Ids the programme names in vain are told with the other warnings.
        report = replace(report, problems=(*report.problems, *programme.problems))
        written = write_targets(
            report,
            folder,
            language=language,
            programme=programme,
            breakdown=report.breakdown(language),
            seconds=clock.seconds,
            on_step=announce,
        )
    return report, programme, written


def show_targets(
    console: Console, report: TargetReport, programme: HasTables | None, language: Language
) -> None:
    """Print the verdicts, what is wanting and by which clause, and the warnings.

    Parameters
    ----------
    console, report, programme, language
        Where, what was found, the sites that close the gaps, and in which words.
    """
    print_targets(console, report.inputs.title, report.findings, report.ledger, language)
    if programme is not None:
        for line in programme_lines(programme.tables(language), language):
            console.print(plain(line), soft_wrap=True)
    if report.inputs.notice:
        console.print(plain(report.inputs.notice, "italic"))
    _print_warnings(console, report, language)


def _print_warnings(console: Console, report: TargetReport, language: Language) -> None:
    paragraphs = render_problems(list(report.problems), language)
    if not paragraphs:
        return
    n = len(paragraphs)
    head = Text(f"提醒（{n} 类）", f"Warnings ({n} kinds)")
    console.print(plain(head.of(language), "yellow bold"))
    for paragraph in paragraphs[:_WARNINGS_SHOWN]:
        console.print(plain(paragraph), soft_wrap=True)
    if n > _WARNINGS_SHOWN:
        rest = n - _WARNINGS_SHOWN
        more = Text(f"……其余 {rest} 类见 run.json", f"... the other {rest} kinds stand in run.json")
        console.print(plain(more.of(language)))
