"""The fault report as plain data: faults of one kind folded, in the order to mend them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.errors import Problem
from ..core.text import Language, Text
from ..domain.fault_reasons import reason_of
from ..io.paths import InputFile

Cell = str | int | float | Text | None
"""What stands in a table: words of a file as str, our own as Text; None is not known."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How many people or facilities faults touch.

    Parameters
    ----------
    number
        Their sum where it is known; None where nothing of it is.
    least
        Whether there are more: some of the faults could not be counted.
    """

    number: int | None
    least: bool = False

    @classmethod
    def of(cls, numbers: Iterable[int | None]) -> "Amount":
        """Return the sum of numbers of which some may not be known."""
        listed = list(numbers)
        known = [n for n in listed if n is not None]
        return cls(sum(known) if known else None, least=0 < len(known) < len(listed))


@dataclass(frozen=True, slots=True)
class Fault:
    """Faults of one kind in one column of one file: shown together.

    Parameters
    ----------
    problems
        They, in the order of their rows; what they say differs in row, value and names alone.
    why
        Why it matters; None where nobody wrote it down.
    people, sites
        How many it touches, no row counted twice.
    """

    problems: tuple[Problem, ...]
    why: Text | None
    people: Amount
    sites: Amount

    @property
    def first(self) -> Problem:
        """The first of them, which speaks for all."""
        return self.problems[0]

    @property
    def whats(self) -> tuple[Text, ...]:
        """What they say, each sentence once: they may name different places."""
        return tuple(dict.fromkeys(p.what for p in self.problems))

    @property
    def title(self) -> Text:
        """The first sentence, and how many more there are."""
        more = len(self.whats) - 1
        what = self.first.what
        return (
            Text(f"{what.zh}（另有 {more} 句同类）", f"{what.en} ({more} more)") if more else what
        )

    @property
    def error(self) -> bool:
        """Whether it stops a run."""
        return self.first.severity == "error"

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows concerned, ascending, each once."""
        return tuple(sorted({p.row for p in self.problems if p.row is not None}))


@dataclass(frozen=True, slots=True)
class FaultTable:
    """One table of what was read and of what shows when files meet.

    Parameters
    ----------
    id
        Name of its file, without ending.
    title, note
        What it is called, and one sentence on how to read it.
    heads
        Headings: the key of a column in files -> its words for people.
    rows
        Cells in the order of the headings.
    coded
        Columns for programs: they stand in the file alone.
    """

    id: str
    title: Text
    note: Text
    heads: dict[str, Text]
    rows: tuple[tuple[Cell, ...], ...]
    coded: tuple[str, ...] = ()

    def shown(self) -> "FaultTable":
        """Return the table as people read it: without the columns for programs."""
        keep = [i for i, key in enumerate(self.heads) if key not in self.coded]
        heads = {key: words for key, words in self.heads.items() if key not in self.coded}
        rows = tuple(tuple(row[i] for i in keep) for row in self.rows)
        return FaultTable(self.id, self.title, self.note, heads, rows)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `coverplan check` found: every fault, and what was read, before anything is computed.

    Parameters
    ----------
    title, date, notice
        Of the study, as far as it could be read.
    file
        Name of the study file.
    language
        What the study speaks.
    problems
        Every fault and warning.
    tables
        Files, columns, people, roads and what else shows when the files meet.
    files
        What was read.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_study(cp.write_small_county(folder))
    >>> report
    <CheckReport study.toml: 0 errors, 1 warnings>
    >>> report.stops
    False
    >>> [(problem.severity, problem.code, problem.people) for problem in report.problems]
    [('warning', 'network.off_largest', 52)]
    """

    title: str
    file: str
    problems: tuple[Problem, ...]
    tables: tuple[FaultTable, ...] = ()
    date: str = ""
    notice: str | None = None
    language: Language = "zh"
    files: tuple[InputFile, ...] = ()

    def __repr__(self) -> str:
        stops = sum(problem.severity == "error" for problem in self.problems)
        return f"<CheckReport {self.file}: {stops} errors, {len(self.problems) - stops} warnings>"

    @property
    def stops(self) -> bool:
        """Whether a run would stop."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, folded, in the order to mend them."""
        return tuple(fold(self.problems))


def fold(problems: Iterable[Problem]) -> list[Fault]:
    """Return faults of one kind, file and column together, in the order to mend them.

    Errors come first. Of those, what nobody can count goes before what can be: a file that cannot
    be read hides its own faults. Then by people touched, then by facilities, the most first.
    """
    kinds: dict[tuple[object, ...], list[Problem]] = {}
    for p in problems:
        key = (p.severity, p.file or "", p.code, p.column or "")
        kinds.setdefault(key, []).append(p)
    faults = [_fault(sorted(one, key=lambda p: p.row or 0)) for one in kinds.values()]
    return sorted(faults, key=_first_to_mend)


def _fault(problems: list[Problem]) -> Fault:
    people: dict[object, int | None] = {}
    sites: dict[object, int | None] = {}
    for i, p in enumerate(problems):
        # Two faults of one row touch the same people.
        place: object = p.row if p.row is not None else ("without a row", i)
        people[place] = people.get(place) if p.people is None else p.people
        sites[place] = sites.get(place) if p.sites is None else p.sites
    return Fault(
        problems=tuple(problems),
        why=reason_of(problems[0].code),
        people=Amount.of(people.values()),
        sites=Amount.of(sites.values()),
    )


def _first_to_mend(fault: Fault) -> tuple[object, ...]:
    people, sites, first = fault.people.number, fault.sites.number, fault.first
    unknown = people is None and sites is None
    return (
        not fault.error,
        unknown != fault.error,
        -(people or 0),
        -(sites or 0),
        first.file or "",
        first.code,
        first.column or "",
        first.row or 0,
        first.what.en,
    )


def touched(fault: Fault) -> Text:
    """Return in words how many people and facilities a fault touches.

    Examples
    --------
    >>> from coverplan.core.errors import Problem
    >>> one = Problem("people.value", Text("值", "value"), Text("改", "mend"), people=12)
    >>> touched(fold([one])[0]).en
    '12 people'
    """
    parts = [
        _amount(fault.people, Text("人", "people")),
        _amount(fault.sites, Text("处设施", "facilities")),
    ]
    told = [part for part in parts if part is not None]
    if not told:
        return Text("人数、设施数未知", "how many people or facilities is not known")
    return Text("，".join(t.zh for t in told), ", ".join(t.en for t in told))


def _amount(amount: Amount, of: Text) -> Text | None:
    if amount.number is None:
        return None
    english = "facility" if amount.number == 1 and of.en == "facilities" else of.en
    english = "person" if amount.number == 1 and of.en == "people" else english
    zh, en = f"{amount.number:,} {of.zh}", f"{amount.number:,} {english}"
    return Text(f"至少 {zh}", f"at least {en}") if amount.least else Text(zh, en)


def counted(faults: Sequence[Fault]) -> tuple[int, int]:
    """Return how many kinds of errors and of warnings there are."""
    errors = sum(fault.error for fault in faults)
    return errors, len(faults) - errors


def count_words(faults: Sequence[Fault]) -> Text:
    """Return in one sentence how many faults there are, and what that means for a run."""
    errors, warnings = counted(faults)
    if errors:
        return Text(
            f"{errors} 类错误，{warnings} 类提醒：先改正错误，再运行",
            f"{_kinds(errors, 'error')}, {_kinds(warnings, 'warning')}: "
            "mend the errors before running",
        )
    if warnings:
        return Text(
            f"没有错误，{warnings} 类提醒：可以运行，提醒会写进结果",
            f"no errors, {_kinds(warnings, 'warning')}: the study can run, and repeats them",
        )
    return Text("没有发现问题：可以运行", "nothing found: the study can run")


def _kinds(number: int, what: str) -> str:
    return f"1 kind of {what}" if number == 1 else f"{number} kinds of {what}s"


def by_file(faults: Iterable[Fault]) -> dict[str, tuple[int, int]]:
    """Return kinds of errors and warnings of each file ("" where none is named), errors first."""
    found: dict[str, tuple[int, int]] = {}
    for fault in faults:
        errors, warnings = found.get(fault.first.file or "", (0, 0))
        added = (errors + 1, warnings) if fault.error else (errors, warnings + 1)
        found[fault.first.file or ""] = added
    return dict(sorted(found.items(), key=lambda item: (-item[1][0], -item[1][1], item[0])))
