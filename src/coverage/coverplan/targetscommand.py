"""`coverplan targets`: each clause of the policy documents, judged against a study."""

from collections.abc import Callable, Sequence
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
from .present.targets import ordered
from .present.targets_brief import print_brief
from .present.targets_terminal import print_targets
from .present.terminal import plain
from .programmefound import Programme
from .targetclause import clause_of, named_findings
from .targeting import TargetReport, targets_asked
from .targetsoutput import write_targets

Shown = Callable[[], AbstractContextManager[tuple[OnStep, OnProgress]]]
"""What shows steps and their parts while the block runs."""

_WARNINGS_SHOWN = 12


def answer_targets(
    path: Path,
    folder: Path,
    language: Language,
    steps: Shown,
    change: Change | None = None,
    clauses: Sequence[str] = (),
) -> tuple[TargetReport, Programme, list[Path]]:
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
    clauses
        What will be printed in full: refused before anything is written where it names nothing.

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
        named_findings(report.findings, clauses)
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
    console: Console,
    report: TargetReport,
    programme: Programme,
    language: Language,
    *,
    clauses: Sequence[str] = (),
    everything: bool = False,
) -> None:
    """Print the verdicts, what is wanting and by which clause, and the warnings.

    Parameters
    ----------
    console, report, programme, language
        Where, what was found, the sites that close the gaps, and in which words.
    clauses
        The clauses printed in full, and nothing else; none: a line for each that is not met.
    everything
        Whether each unmet clause, all sites and their proofs are printed.
    """
    if clauses:
        _show_clauses(console, report, programme, clauses, language)
        return
    title, tables = report.inputs.title, programme.tables(language)
    if everything:
        print_targets(console, title, report.findings, report.ledger, language)
        for line in programme_lines(tables, language):
            console.print(plain(line), soft_wrap=True)
    else:
        print_brief(console, title, report.findings, report.ledger, tables, language)
    if report.inputs.notice:
        console.print(plain(report.inputs.notice, "italic"))
    _print_warnings(console, report, language)


def _show_clauses(
    console: Console,
    report: TargetReport,
    programme: Programme,
    clauses: Sequence[str],
    language: Language,
) -> None:
    for finding in named_findings(ordered(report.findings, report.ledger), clauses):
        clause = clause_of(finding, language, programme)
        head, *rest = clause.lines
        console.print(plain(head, "bold"), soft_wrap=True)
        for line in rest:
            console.print(plain(line), soft_wrap=True)
        console.print()
    if report.inputs.notice:
        console.print(plain(report.inputs.notice, "italic"))
    n = len(render_problems(list(report.problems), language))
    if n:
        kinds = "1 kind of warnings stands" if n == 1 else f"{n} kinds of warnings stand"
        told = Text(
            f"提醒 {n} 类，见 run.json（不加 --clause 时逐条印出）",
            f"{kinds} in run.json (printed without --clause)",
        )
        console.print(plain(told.of(language), "yellow"))


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
