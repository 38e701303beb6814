"""Reading the register of policy targets: the built-in table, and tables of a planner's own."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from ..core.errors import InternalError, Problems, Severity, render_problems
from ..domain import policy
from ..domain.policy import Target
from ..domain.targets_config import PlaceTable
from .columns import match, missing_column
from .paths import FolderLike, folder_at
from .tables import Table, check_repeated, read_table
from .targetcells import Row
from .targetrows import target_of
from .targetwords import COLUMNS, OPTIONAL, Indicators, Words, indicator_words

BUILTIN = "targets.csv"
"""File of the built-in targets in the package."""


@cache
def read_register() -> tuple[Target, ...]:
    """Return the built-in targets, in the order of their documents and clauses.

    Raises
    ------
    InternalError
        When the package's own table has a fault.

    Examples
    --------
    >>> import coverplan as cp
    >>> targets = cp.read_register()
    >>> len(targets), sum(target.draft for target in targets)
    (184, 57)
    >>> station = next(target for target in targets if target.id == "Z21-25")
    >>> station.year, station.clause, station.indicator
    (2021, '五(三)', 'unit_coverage_share')
    """
    problems = Problems()
    with as_file(files(policy.__package__).joinpath(BUILTIN)) as path:
        table = read_table(Path(path), BUILTIN)
    targets = _targets(table, {}, None, (), problems, severity="error")
    if list(problems):
        raise InternalError("\n".join(render_problems(problems, "en")))
    return targets


def read_targets(
    folder: FolderLike,
    table: PlaceTable,
    key: str,
    problems: Problems,
    *,
    indicators: Indicators,
    taken: Iterable[Target] = (),
) -> tuple[Target, ...]:
    """Return the targets of a planner's own table, CSV or Excel.

    A faulty row is left out and each of its faults noted as a warning: the rest is judged all
    the same.

    Parameters
    ----------
    folder, table
        The study's folder or its path, and the table in it. Columns have the names of `COLUMNS`,
        Chinese or English; `OPTIONAL` ones may be missing. Words and units in one language will do.
    key
        Where in the study file the table is named, for messages.
    problems
        Where faults of single rows go.
    indicators
        Names of the registered indicator types, or what they are called by name.
    taken
        Targets read before: their ids are not free.

    Raises
    ------
    InputError
        When the file cannot be read at all, or lacks a column.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.domain.settings import FileSource
    >>> from coverplan.io import read_targets
    >>> targets = read_targets(
    ...     "data/geo/yunxi",
    ...     FileSource(source="本县目标.csv"),
    ...     "targets.tables",
    ...     Problems(),
    ...     indicators={key: kind.label for key, kind in cp.INDICATOR_TYPES.items()},
    ... )
    >>> targets[0].id, targets[0].year
    ('YX-01', 2024)
    """
    folder = folder_at(folder)
    label = table.source.as_posix()
    full = folder.find(table.source, key)
    read = read_table(full, label, table.table, problems=problems)
    folder.note(table.source, full, len(read.frame))
    ids = tuple(target.id for target in taken)
    return _targets(read, table.columns, indicator_words(indicators), ids, problems, key=key)


def _targets(
    table: Table,
    given: Mapping[str, str],
    indicators: Words | None,
    taken: Iterable[str],
    problems: Problems,
    *,
    severity: Severity = "warning",
    key: str = "",
) -> tuple[Target, ...]:
    """Return the rows of a table that are targets; built-in and other tables are read alike."""
    columns = _columns(table, given, key)
    ids, targets = set(taken), list[Target]()
    records = table.frame.to_dict("records")
    for number, record in zip(table.rows, records, strict=True):
        cells = {name: str(record[column]) for name, column in columns.items()}
        row = Row(table.file, int(number), cells, columns, severity)
        target = target_of(row, indicators, ids)
        # A row left out keeps its id: another of that name would be taken for it.
        ids.add(row.text("id"))
        problems.extend(row.faults)
        if target is not None:
            targets.append(target)
    return tuple(targets)


def _columns(table: Table, given: Mapping[str, str], key: str) -> dict[str, str]:
    """Return key -> column of a table; a column that is needed and not there stops it."""
    problems, found = Problems(), dict[str, str]()
    names = [str(column) for column in table.frame.columns]
    for wanted, usual in COLUMNS.items():
        tried = (given[wanted],) if wanted in given else usual
        column = next((c for name in tried if (c := match(names, name)) is not None), None)
        if column is not None:
            found[wanted] = column
        elif wanted in given or wanted not in OPTIONAL:
            say = f"{key}.columns" if key else "columns"
            problems.add(
                missing_column(table.file, wanted, given.get(wanted, usual[0]), names, say=say)
            )
    check_repeated(table, found.values(), problems)
    problems.raise_if_any()
    return found
