"""`coverplan site`: new sites for one layer, or for several at once, by any model."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console

from .clock import Clock, OnBounds, OnProgress, OnStep
from .core.errors import InputError
from .core.text import Language
from .io import read_study
from .io.dated import dated, together
from .io.write import check_folder
from .outputs import write_run
from .present.terminal import plain, plan_lines, print_summary, print_warnings
from .results import Study
from .siteoptions import SiteOptions, as_options, changes
from .study import propose_asked

Shown = Callable[..., AbstractContextManager[tuple[OnStep, OnProgress, OnBounds]]]
"""What shows steps, parts and bounds while the block runs."""


def site_study(
    path: Path,
    options: SiteOptions,
    folder: Path,
    language: Language,
    steps: Shown,
    date: str | None = None,
) -> tuple[Study, list[Path]]:
    """Answer what the options ask, and write it.

    Parameters
    ----------
    path, options
        The study file, and what to ask beyond it.
    folder
        Where the results go.
    language
        Of tables and map.
    steps
        Shows how far it is.
    date
        The day to answer for, where it is not the study's own.

    Raises
    ------
    InputError
        When options, study or files are wrong: before anything is written.
    """
    try:
        read_study(path, together(dated(date), changes(options)))
        check_folder(folder)
        with steps() as (announce, advance, bounds):
            clock = Clock(announce, advance, bounds)
            study = propose_asked(path, options, clock, date=date)
            return study, write_run(study, folder, language=language, on_step=announce)
    except InputError as error:
        raise InputError(as_options(error.problems, options)) from None


def print_study(console: Console, study: Study, language: Language) -> None:
    """Print what was found: shares, plans, each site with its reason, warnings."""
    print_summary(console, study, language)
    for line in plan_lines(study, language):
        console.print(plain(line), soft_wrap=True)
    print_warnings(console, study, language)
