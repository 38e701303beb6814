"""What can be wrong with a planner's input, said once, completely and in her language.

Readers and checks do not raise at the first fault: they `add` every fault they find to a
`Problems` collector, which raises one `InputError` that holds them all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, TypeVar

from .text import Language, Text

Severity = Literal["error", "warning"]

_T = TypeVar("_T")

_ROWS_SHOWN = 6
_NAMES = ("layer", "phase", "group", "profile", "site_id", "part")
_ARGUMENTS = ("argument.", *(f"inputs.{name}" for name in _NAMES))
"""Codes of what was handed in from Python: nothing of it stands in a column."""
_EMPTY = Text("（空）", "(empty)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, what was found, what was expected, how to mend it.

    Parameters
    ----------
    code
        Stable identifier such as ``"people.negative"``; rows with the same code, file and column
        are shown together.
    what
        The fault in one sentence.
    mend
        What the planner can do about it.
    file, row, column
        Where it is. ``row`` counts as a spreadsheet does: the header is row 1.
    found, expected
        The value met (an empty one is shown as such), and what would have been right.
    severity
        An error stops the run; a warning is repeated in the results.
    people, sites
        How many people and facilities it touches, where that is known.

    Examples
    --------
    >>> from coverplan import Problem, Text
    >>> problem = Problem(
    ...     code="people.negative",
    ...     what=Text("人数是负数", "a number of people is below 0"),
    ...     file="villages.csv",
    ...     row=7,
    ...     column="常住人口",
    ...     found="-12",
    ...     mend=Text("核对原表后改正", "correct it by the original list"),
    ... )
    >>> print(problem.render("en"))
    villages.csv · row 7 · column "常住人口": a number of people is below 0
      found: "-12"
      to mend: correct it by the original list
    >>> print(problem.render("zh"))
    villages.csv · 第 7 行 · 列“常住人口”：人数是负数
      发现：“-12”
      改法：核对原表后改正
    """

    code: str
    what: Text
    mend: Text
    file: str | None = None
    row: int | None = None
    column: str | None = None
    found: str | Text | None = None
    expected: Text | None = None
    severity: Severity = "error"
    people: int | None = None
    sites: int | None = None

    def __repr__(self) -> str:
        place = _place([self], "en")
        where = f"{place}: " if place else ""
        return f"<Problem {self.code}, {self.severity}: {where}{self.what.en}>"

    def render(self, language: Language) -> str:
        """Return the fault as one paragraph."""
        return _render([self], language)


def _shorten(value: object, limit: int = 60) -> str:
    """Return a value on one line, short, without characters a terminal would act upon."""
    value = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return value if len(value) <= limit else value[: limit - 1] + "…"


def _place(problems: list[Problem], language: Language) -> str:
    first = problems[0]
    rows = sorted({p.row for p in problems if p.row is not None})
    parts = [_shorten(first.file, 200)] if first.file else []
    if rows:
        listed = "、" if language == "zh" else ", "
        shown = listed.join(str(r) for r in rows[:_ROWS_SHOWN])
        more = len(rows) > _ROWS_SHOWN
        zh = f"第 {shown} 行" + (f"等共 {len(rows)} 行" if more else "")
        en = f"row {shown}" + (f" … {len(rows)} rows in all" if more else "")
        parts.append(zh if language == "zh" else en)
    if first.column:
        column = _shorten(first.column)
        # A study file has keys where a table has columns.
        of_study = first.file.endswith(".toml") if first.file else "." in column
        zh, en = ("键", "key") if of_study else ("列", "column")
        if column.startswith("--"):
            zh, en = "选项", "option"
        elif first.code.startswith(_ARGUMENTS):
            zh, en = "参数", "argument"
        parts.append(f"{zh}“{column}”" if language == "zh" else f'{en} "{column}"')
    return " · ".join(parts)


def _one(found: str | Text, language: Language) -> str:
    """Return one value met: words of our own as they are, those of a file in quotes."""
    if isinstance(found, Text):
        return found.of(language)
    value = _shorten(found)
    if not value:
        return _EMPTY.of(language)
    return f"“{value}”" if language == "zh" else f'"{value}"'


def _found(problems: list[Problem], language: Language) -> str:
    values = list(dict.fromkeys(_one(p.found, language) for p in problems if p.found is not None))
    if not values:
        return ""
    quoted = values[:_ROWS_SHOWN]
    more = "…" if len(values) > _ROWS_SHOWN else ""
    listed = "、" if language == "zh" else ", "
    return listed.join(quoted) + more


def _render(problems: list[Problem], language: Language) -> str:
    """Render problems that share code, file and column as one paragraph."""
    first = problems[0]
    zh = language == "zh"
    place = _place(problems, language)
    head = f"{place}：" if place and zh else f"{place}: " if place else ""
    lines = [head + first.what.of(language)]
    found = _found(problems, language)
    if found:
        lines.append(("  发现：" if zh else "  found: ") + found)
    if first.expected is not None:
        lines.append(("  应为：" if zh else "  expected: ") + first.expected.of(language))
    lines.append(("  改法：" if zh else "  to mend: ") + first.mend.of(language))
    return "\n".join(lines)


def render_problems(problems: Iterable[Problem], language: Language) -> list[str]:
    """Return one paragraph per kind of fault, rows of one kind gathered, errors first."""

    def key(problem: Problem) -> tuple[bool, str, str, str, str, str]:
        return (
            problem.severity != "error",
            problem.file or "",
            problem.code,
            problem.column or "",
            problem.what.of(language),
            problem.mend.of(language),
        )

    ordered = sorted(problems, key=lambda p: (*key(p), p.row or 0))
    return [_render(list(group), language) for _, group in groupby(ordered, key=key)]


class CoverplanError(Exception):
    """Anything coverplan raises on purpose.

    Examples
    --------
    One name to catch whatever coverplan says on purpose:

    >>> import coverplan as cp
    >>> try:
    ...     cp.run("no-such-study.toml")
    ... except cp.CoverplanError as error:
    ...     type(error).__name__
    'InputError'
    """


class InputError(CoverplanError, ValueError):
    """The input cannot be used as it is; `problems` says everything that is wrong with it.

    Examples
    --------
    Every fault at once, each with its place and how to mend it, in both languages:

    >>> import coverplan as cp
    >>> try:
    ...     cp.load("no-such-study.toml")
    ... except cp.InputError as error:
    ...     faults = error
    >>> for line in faults.render("en").splitlines()[:2]:
    ...     print(line)
    no-such-study.toml: there is no such study file
      expected: a study file such as study.toml
    >>> [problem.code for problem in faults.problems]
    ['study.no_file']
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(render_problems(self.problems, "en")))

    def render(self, language: Language) -> str:
        """Return all faults as text in one language."""
        return "\n".join(render_problems(self.problems, language))


class InternalError(CoverplanError, RuntimeError):
    """Two ways of computing one number disagree: a fault in coverplan, never in the input.

    Examples
    --------
    >>> import coverplan as cp
    >>> issubclass(cp.InternalError, cp.CoverplanError), issubclass(cp.InternalError, cp.InputError)
    (True, False)

    It is raised before anything is written: points and totals that do not agree are never shown.

    >>> demand = cp.small_county().demand
    >>> try:
    ...     cp.Demand(demand.points, demand.groups, demand.totals + 1, demand.unplaced)
    ... except cp.InternalError as error:
    ...     print(error)
    demand: 'all' does not add up to the totals of ['330999201', '330999202', '330999203']
    """


class MissingExtraError(CoverplanError, ImportError):
    """An optional dependency is needed for what was asked.

    Examples
    --------
    >>> import coverplan as cp
    >>> error = cp.MissingExtraError("matplotlib", "figures", cp.Text("画图", "drawing figures"))
    >>> print(error)
    drawing figures needs the optional package matplotlib: pip install "coverplan[figures]"
    """

    def __init__(self, package: str, extra: str, purpose: Text) -> None:
        self.text = Text(
            f'{purpose.zh}需要可选组件 {package}，请先安装：pip install "coverplan[{extra}]"',
            f'{purpose.en} needs the optional package {package}: pip install "coverplan[{extra}]"',
        )
        super().__init__(self.text.en)


@dataclass(slots=True)
class Problems:
    """Collects faults until it is time to stop."""

    items: list[Problem] = field(default_factory=list)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.items)

    def add(self, problem: Problem) -> None:
        """Note one fault."""
        self.items.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several faults."""
        self.items.extend(problems)

    @property
    def errors(self) -> list[Problem]:
        """The faults that stop a run."""
        return [p for p in self.items if p.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """The faults that a run repeats in its results."""
        return [p for p in self.items if p.severity == "warning"]

    def raise_if_any(self) -> None:
        """Raise `InputError` with every fault noted so far if one of them is an error."""
        if self.errors:
            raise InputError(self.items)

    def attempt(self, read: Callable[[], _T]) -> _T | None:
        """Return what ``read`` returns, or note why it could not and return None."""
        try:
            return read()
        except InputError as error:
            self.extend(p for p in error.problems if p not in self.items)
        except MissingExtraError as error:
            self.add(
                Problem(
                    code="extra.missing",
                    what=error.text,
                    mend=Text("安装后重试", "install it and try again"),
                )
            )
        return None
