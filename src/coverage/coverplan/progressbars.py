"""Showing on a terminal how far a run is."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .clock import OnBounds, OnProgress, OnStep
from .core.text import Language, Text
from .present.terminal import plain


@contextmanager
def shown_steps(
    console: Console, language: Language, *, quiet: bool
) -> Iterator[tuple[OnStep, OnProgress]]:
    """Show steps, their time, and how far long ones are, while the block runs.

    Parameters
    ----------
    console, language
        Where, and in which words.
    quiet
        Whether to show nothing.
    """
    with shown_search(console, language, quiet=quiet) as (announce, advance, _):
        yield announce, advance


@contextmanager
def shown_search(
    console: Console, language: Language, *, quiet: bool
) -> Iterator[tuple[OnStep, OnProgress, OnBounds]]:
    """Show steps, and within a search for a plan the best so far and its bound.

    Parameters
    ----------
    console, language, quiet
        As in `shown_steps`.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
        # Each step is a task of its own: a bar cannot go back to an unknown length.
        tasks = [progress.add_task("", total=None)]
        name = [""]

        def announce(step: Text) -> None:
            progress.remove_task(tasks.pop())
            name[0] = plain(step.of(language)).plain + "…"
            tasks.append(progress.add_task(name[0], total=None))

        def advance(done: int, total: int) -> None:
            progress.update(tasks[-1], completed=done, total=total)

        def bounds(value: int | None, bound: int | None) -> None:
            known = [f"{n:,}" if n is not None else "?" for n in (value, bound)]
            words = Text(f"目前 {known[0]}，界 {known[1]}", f"now {known[0]}, bound {known[1]}")
            progress.update(tasks[-1], description=f"{name[0]} {words.of(language)}")

        yield announce, advance, bounds
