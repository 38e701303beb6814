"""Tables of a study, made once in each language, as one table of both."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from ...core.text import Text
from .blocks import Cell, Column, Table

__all__ = ["paired_rows", "paired_table", "said_or_nothing", "without_empty"]

Maker = Callable[[object], Cell]


def paired_rows(
    zh: pd.DataFrame, en: pd.DataFrame, columns: Sequence[Column]
) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows of a table that was made in Chinese and in English.

    Where both say the same it is a name, a number, or nothing (None); else it is a text.

    Parameters
    ----------
    zh, en
        The table in each language, rows in the same order.
    columns
        Those wanted, by key.
    """
    keys = [column.key for column in columns]
    numbers = [column.kind != "text" for column in columns]
    both = zip(_plain(zh, keys), _plain(en, keys), strict=True)
    return tuple(
        tuple(_cell(a, b, number=n) for a, b, n in zip(one, other, numbers, strict=True))
        for one, other in both
    )


def _plain(frame: pd.DataFrame, keys: list[str]) -> list[tuple[object, ...]]:
    cells = [list(frame[key].astype(object)) for key in keys]
    return list(zip(*cells, strict=True)) if cells else []


def _cell(zh: object, en: object, *, number: bool) -> Cell:
    if isinstance(zh, str) or isinstance(en, str):
        a, b = _words(zh), _words(en)
        return a if a == b else Text(a, b)
    if zh is None or pd.isna(zh):
        # A number nobody knows is said to be unknown; words that are not there are none.
        return None if number else ""
    if isinstance(zh, bool):
        return zh
    value = float(str(zh))
    return int(value) if value.is_integer() else value


def _words(value: object) -> str:
    return (
        value if isinstance(value, str) else "" if value is None or pd.isna(value) else str(value)
    )


def paired_table(
    key: str,
    title: Text,
    tables: tuple[pd.DataFrame, pd.DataFrame],
    columns: Sequence[Column],
    *,
    totals: int = 0,
    notes: tuple[Text, ...] = (),
) -> Table:
    """Return a table that was made in Chinese and in English.

    Parameters
    ----------
    key, title, columns, totals, notes
        As in `Table`.
    tables
        The table in Chinese and in English.
    """
    rows = paired_rows(*tables, columns)
    return Table(key, title, tuple(columns), rows, totals=totals, notes=notes)


def without_empty(table: Table, optional: Mapping[str, object] | Sequence[str]) -> Table:
    """Return a table without those of some columns in which nothing stands.

    Parameters
    ----------
    table
        The table.
    optional
        Keys of columns that may go; of a mapping also the value that counts as nothing, beside
        None and "".
    """
    nothing = dict(optional) if isinstance(optional, Mapping) else dict.fromkeys(optional)
    keep = [
        i
        for i, column in enumerate(table.columns)
        if column.key not in nothing
        or any(_told(row[i], nothing[column.key]) for row in table.rows)
    ]
    return Table(
        table.id,
        table.title,
        tuple(table.columns[i] for i in keep),
        tuple(tuple(row[i] for i in keep) for row in table.rows),
        totals=table.totals,
        notes=table.notes,
    )


def said_or_nothing(words: Text) -> Cell:
    """Return words as a cell: "" where they are none.

    Parameters
    ----------
    words
        The words.
    """
    return words if words.zh else ""


def _told(cell: Cell, nothing: object) -> bool:
    """Return whether a cell says something."""
    if isinstance(cell, Text):
        return bool(cell.zh)
    return cell not in (None, "", nothing)
