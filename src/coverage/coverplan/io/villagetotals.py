"""Totals given village by village: added up to those of their units."""

from collections.abc import Iterable, Sequence

from ..core.errors import Problem
from ..core.text import Text
from ..domain.unit_words import plain
from .columns import find_column
from .formertotals import GivenTotal

_VILLAGE_WORDS = ("村", "社区", "居委会", "village", "community")


def village_column(names: Sequence[str], unit: str) -> str | None:
    """Return the column that names the villages of a table of totals, None where there is none.

    Parameters
    ----------
    names, unit
        All columns, and that of the units.
    """
    others = [name for name in names if name != unit]
    found = find_column(others, "village", {})
    if found is not None:
        return found
    named = find_column(others, "name", {})
    # A name that may be the unit's own says nothing of villages.
    says = named is not None and any(word in named.casefold() for word in _VILLAGE_WORDS)
    return named if says else None


def listed_by_village(keys: Sequence[str], villages: Sequence[str]) -> frozenset[str]:
    """Return the units of which each of several rows is another village.

    Parameters
    ----------
    keys, villages
        The unit of each row, and the village it names.
    """
    named: dict[str, list[str]] = {}
    for key, village in zip(keys, villages, strict=True):
        named.setdefault(key, []).append(plain(village))
    return frozenset(
        key
        for key, words in named.items()
        if len(words) > 1 and all(words) and len(set(words)) == len(words)
    )


def added_up(rows: Iterable[GivenTotal]) -> list[GivenTotal]:
    """Return one row for each unit, the sum of its rows; it stands where the first of them does.

    Parameters
    ----------
    rows
        A row for each village.
    """
    units: dict[str, list[GivenTotal]] = {}
    for row in rows:
        units.setdefault(row.node, []).append(row)
    return [
        GivenTotal(
            node,
            some[0].row,
            some[0].text,
            {group: sum(one.people[group] for one in some) for group in some[0].people},
        )
        for node, some in units.items()
    ]


def note_villages(
    file: str, column: str, units: Sequence[str], rows: Sequence[GivenTotal]
) -> Problem:
    """Return the note that rows of villages were added up.

    Parameters
    ----------
    file, column
        The table, and its column of villages.
    units, rows
        What the units are called, and the rows of villages.
    """
    people = sum(row.people.get("all", 0.0) for row in rows)
    return Problem(
        code="census.villages",
        what=Text(
            f"总数按村列出：{len(rows)} 行已合计为 {len(units)} 个单元的总数",
            f"the totals stand village by village: {len(rows)} rows were added up to those of "
            f"{len(units)} units",
        ),
        file=file,
        row=min(row.row for row in rows),
        column=column,
        found=", ".join(units),
        mend=Text(
            "核对合计；各村的点位已知时，把这张表写作 source，点位文件写作 locations",
            "check the sums; where the points of villages are known, make this table the source "
            "and their file locations",
        ),
        severity="warning",
        people=round(people) if people == people else None,  # noqa: PLR0124
    )
