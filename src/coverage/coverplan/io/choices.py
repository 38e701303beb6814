"""Columns of which more than one could be meant: which was taken, and what the others say."""

from collections.abc import Iterable, Mapping

from ..core.errors import Problem, Problems
from ..core.text import Text
from .cells import as_number
from .columns import USUAL_NAMES, alike, match
from .tables import Table

_KEYS = ("lon", "lat", "capacity", "opened", "closed", "status")
_DEGREES = 180.0
_BEDS = "床"


def check_choices(
    table: Table,
    wanted: Iterable[str],
    given: Mapping[str, str],
    columns: Mapping[str, str],
    problems: Problems,
) -> None:
    """Note where several columns have a usual name of one thing and say different things.

    Parameters
    ----------
    table
        The records.
    wanted
        What was looked for: keys of `USUAL_NAMES`.
    given, columns
        Which column holds what: as the study file says, and as taken.
    problems
        Where warnings go.
    """
    names = [str(name) for name in table.frame.columns]
    for key in wanted:
        if key not in _KEYS or key in given:
            continue
        taken = columns.get(key)
        others = [name for name in _named(names, key) if name not in columns.values()]
        if key == "capacity" and taken is not None:
            # Beds and staff are capacities of different things, not two words for one.
            others = [name for name in others if _BEDS in taken and _BEDS in name]
        if taken is None:
            if others:
                problems.add(_none(table.file, key, others))
            continue
        for other in others:
            rows = _unlike(table, key, taken, other)
            if rows:
                problems.add(_several(table.file, key, taken, other, rows))


def _named(names: list[str], key: str) -> list[str]:
    """Return the columns that have a usual name of ``key``, or have it but for unit and levels."""
    found = [name for usual in USUAL_NAMES[key] if (name := match(names, usual))]
    found += [name for usual in USUAL_NAMES[key] for name in alike(names, usual)]
    return list(dict.fromkeys(found))


def _unlike(table: Table, key: str, taken: str, other: str) -> list[int]:
    """Return the rows in which two columns say different things."""
    cells = zip(table.rows, table.frame[taken], table.frame[other], strict=True)
    return [int(row) for row, a, b in cells if a and b and _differ(key, str(a), str(b))]


def _differ(key: str, a: str, b: str) -> bool:
    left, right = as_number(a), as_number(b)
    if left is None or right is None:
        return a != b and key not in {"lon", "lat"}
    # Degrees in one pair of columns and metres in another are no contradiction.
    metres = key in {"lon", "lat"} and max(abs(left), abs(right)) > _DEGREES
    return left != right and not metres


def _several(file: str, key: str, taken: str, other: str, rows: list[int]) -> Problem:
    return Problem(
        code="column.several",
        what=Text(
            f"“{taken}”和“{other}”两列都可能是所要的，读取的是“{taken}”；两列有 {len(rows)} 行不同",
            f'"{taken}" and "{other}" could both be meant; "{taken}" was read; they differ in '
            f"{len(rows)} rows",
        ),
        file=file,
        row=rows[0],
        column=taken,
        mend=Text(
            f'若要另一列，在研究文件中写明 columns = {{ {key} = "…" }}',
            f'to take the other, say in the study file: columns = {{ {key} = "..." }}',
        ),
        severity="warning",
    )


def _none(file: str, key: str, others: list[str]) -> Problem:
    return Problem(
        code="column.several",
        what=Text(
            "有几列都可能是所要的，一列也没有读取", "several columns could be meant; none was read"
        ),
        file=file,
        found=Text("、".join(others[:_SHOWN]), ", ".join(others[:_SHOWN])),
        expected=Text(
            f"名为{USUAL_NAMES[key][0]}的一列", f"one column, such as {USUAL_NAMES[key][0]}"
        ),
        mend=Text(
            f'在研究文件中写明 columns = {{ {key} = "…" }}',
            f'say in the study file: columns = {{ {key} = "..." }}',
        ),
        severity="warning",
    )


_SHOWN = 8
