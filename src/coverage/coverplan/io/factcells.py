"""Reading the columns of facts of planners' tables: what a cell cannot say is not known."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.fact_frames import with_facts
from ..domain.policy_columns import Fact
from .columns import match, missing_column
from .tables import Table, check_repeated, numbers

_MOST = 1e13
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_NUMBER = Text("0 或更大的数，只写数字", "a number, 0 or more, in digits")
_YEAR = Text("1900 至 2100 的四位年份，如 2019", "a year from 1900 to 2100, such as 2019")
_PARTS = re.compile(r"[、,，;；/|\n]")

_YES = "是 有 1 1.0 真 √ ✓ y yes true t 已 达标"
_NO = "否 无 没有 0 0.0 假 × ✗ x n no false f 未 不 未达标"
_FLAGS = dict.fromkeys(_YES.split(), True) | dict.fromkeys(_NO.split(), False)


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """How a column beside the facts is called: its usual names, the name for people first.

    Parameters
    ----------
    key, names
        Its key in ``columns`` of the study file, and what lists call it.
    """

    key: str
    names: tuple[str, ...]


def folded(words: str) -> str:
    """Return words as they are compared: without case, width and spaces.

    Examples
    --------
    >>> folded(" 县（市、区）级 ") == folded("县(市、区)级")
    True
    """
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


def parts_of(cell: str) -> list[str]:
    """Return the words of a cell that holds several, parted by a comma, a semicolon or 、."""
    return [part for part in (word.strip() for word in _PARTS.split(cell)) if part]


def find_columns(
    table: Table,
    wanted: Iterable[ColumnNames],
    given: Mapping[str, str],
    problems: Problems,
    *,
    taken: Collection[str] = (),
) -> dict[str, str]:
    """Return key -> column of those there are, each column once.

    Parameters
    ----------
    table, wanted
        The table, and what to look for, the most telling first.
    given
        Which column holds what, as the study file says; a name that is not there is a fault.
    problems
        Where faults go.
    taken
        Columns that hold something else already.
    """
    names = [str(name) for name in table.frame.columns]
    found: dict[str, str] = {}
    free = [name for name in names if name not in set(taken)]
    for column in wanted:
        if column.key in given:
            named = match(names, given[column.key])
            if named is None:
                problems.add(missing_column(table.file, column.key, given[column.key], names))
        else:
            usual = (*column.names, column.key)
            named = next((hit for name in usual if (hit := match(free, name))), None)
        if named is not None:
            found[column.key] = named
            free = [name for name in free if name != named]
    check_repeated(table, found.values(), problems)
    return found


def read_facts(
    table: Table,
    facts: Iterable[Fact],
    given: Mapping[str, str],
    problems: Problems,
    *,
    taken: Collection[str] = (),
) -> pd.DataFrame:
    """Return the facts a table holds, one typed column for each that could be there.

    Parameters
    ----------
    table, facts
        The records, and what they may say.
    given
        Which column holds what, as the study file says.
    problems
        Where faults go: a cell that cannot be read is a warning, and its value not known.
    taken
        Columns that hold something else.

    Returns
    -------
    DataFrame
        In the order of the records; see `with_facts`. A set is empty where its cell is empty, and
        None where there is no column.
    """
    wanted = list(facts)
    names = [ColumnNames(fact.key, fact.names) for fact in wanted]
    columns = find_columns(table, names, given, problems, taken=taken)
    cells = {
        fact.key: _cells(table, columns[fact.key], fact, problems)
        for fact in wanted
        if fact.key in columns
    }
    frame = pd.DataFrame(
        {key: pd.Series(values, dtype=object) for key, values in cells.items()},
        index=pd.RangeIndex(len(table.frame)),
    )
    return with_facts(frame, wanted)


def _cells(table: Table, column: str, fact: Fact, problems: Problems) -> list[object]:
    if fact.kind in {"number", "year"}:
        return _numbers(table, column, fact, problems)
    texts = [str(text).strip() for text in table.frame[column]]
    if fact.kind == "text":
        return [text or None for text in texts]
    words = _FLAGS if fact.kind == "flag" else _folded_words(fact)
    if fact.kind == "words":
        return [_set(table, column, i, text, words, problems) for i, text in enumerate(texts)]
    return [
        _word(table, column, i, text, words, problems) if text else None
        for i, text in enumerate(texts)
    ]


def _numbers(table: Table, column: str, fact: Fact, problems: Problems) -> list[object]:
    years = fact.kind == "year"
    noted = Problems()
    values = numbers(
        table,
        column,
        noted,
        code="facts.year" if years else "facts.number",
        expected=_YEAR if years else _NUMBER,
        low=_FIRST_YEAR if years else 0,
        high=_LAST_YEAR if years else _MOST,
        optional=True,
        years=years,
    )
    problems.extend(softened(noted))
    return [None if np.isnan(value) else int(value) if years else float(value) for value in values]


def softened(problems: Iterable[Problem]) -> list[Problem]:
    """Return faults as warnings: one cell that cannot be read stops nothing."""
    return [replace(problem, severity="warning") for problem in problems]


def _folded_words(fact: Fact) -> dict[str, object]:
    return {folded(word): meaning for word, meaning in (fact.words or {}).items()}


def _set(
    table: Table,
    column: str,
    i: int,
    text: str,
    words: Mapping[str, object],
    problems: Problems,
) -> frozenset[str] | None:
    parts = parts_of(text)
    read = [_word(table, column, i, part, words, problems) for part in parts]
    known = frozenset(str(word) for word in read if word is not None)
    return known if known or not parts else None


def _word(
    table: Table,
    column: str,
    i: int,
    text: str,
    words: Mapping[str, object],
    problems: Problems,
) -> object:
    meaning = words.get(folded(text))
    if meaning is None:
        problems.add(unknown_word(table, column, i, text, list(words)))
    return meaning


def unknown_word(table: Table, column: str, i: int, text: str, words: list[str]) -> Problem:
    """Return the warning of a word that means nothing here.

    Parameters
    ----------
    table, column, i, text
        The table, the column, the position of the record, and the word.
    words
        Those that would be known.
    """
    near = difflib.get_close_matches(folded(text), words, n=1, cutoff=0.5)
    hint_zh = f"是否指“{near[0]}”？" if near else ""
    hint_en = f'did you mean "{near[0]}"? ' if near else ""
    chinese = [word for word in words if not word.isascii()]
    return Problem(
        code="facts.word",
        what=Text("这个词不认识，按不知道计", "a word is not known; the value is taken as unknown"),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=text,
        expected=Text("、".join(chinese[:20]), ", ".join(words[:20])),
        mend=Text(f"{hint_zh}改正，或留空", f"{hint_en}correct it, or leave it empty"),
        severity="warning",
    )
