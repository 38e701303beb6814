"""A folder that `coverplan run` wrote, read back: its record, its facts, its sites, its units."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ..core.errors import InputError, Problem, Problems
from ..core.text import Language, Text
from .opening import read_file
from .runfaults import damaged, lacks, missing_file, no_maps, no_run, not_as_written, twice
from .runrecord import RunRecord, checked_record
from .write import RECORD, harmless

COVERAGE, SITES, GEOMETRY = "coverage.csv", "sites.csv", "study.gpkg"

_MOST_BYTES = 500_000_000
_FACTS = (
    "layer", "indicator", "phase", "unit_code", "unit_name", "minutes", "group", "value",
    "denominator",
)  # fmt: skip
_SITES = (
    "layer", "site_id", "name", "state", "unit_code", "unit_name", "cost_yuan", "lon", "lat",
    "people_within",
)  # fmt: skip
_WHOLE = ("value", "denominator")
_INDICATORS = frozenset({"people_reached", "has_one"})
_TOTAL = "total"
_STATES = frozenset({"existing", "not_counted", "closing", "proposed"})


@dataclass(frozen=True, slots=True)
class RunTables:
    """A run as its tables hold it.

    Parameters
    ----------
    name
        What it is called in words and messages.
    record
        What ``run.json`` says.
    facts
        Rows of ``coverage.csv``: ``layer``, ``indicator``, ``phase``, ``unit_code``,
        ``unit_name``, ``minutes`` (<NA> where no limit applies), ``group``,
        ``value`` and ``denominator`` (whole numbers, <NA> where not known).
    sites
        Rows of ``sites.csv``: ``layer``, ``site_id``, ``name``, ``state``, ``unit_code``,
        ``unit_name``, ``cost_yuan`` and ``people_within`` (whole, nullable), ``lon`` and ``lat``
        in degrees.
    units
        Polygons in metres with column ``code``; None where the run has none that can be read.
    problems
        Warnings: files that are not as the run wrote them.
    """

    name: str
    record: RunRecord
    facts: pd.DataFrame
    sites: pd.DataFrame
    units: gpd.GeoDataFrame | None
    problems: tuple[Problem, ...] = ()


def read_run(folder: Path) -> RunTables:
    """Read a folder of results.

    Parameters
    ----------
    folder
        What `coverplan.write_run` wrote.

    Raises
    ------
    InputError
        When it is no such folder, of another format, or damaged: with everything that is wrong.
    """
    name = short_name(folder)
    record = _record(folder, name)
    problems = Problems()
    problems.extend(_changed(folder, name, record))
    facts = problems.attempt(lambda: _facts(folder, name, record))
    sites = problems.attempt(lambda: typed_sites(_table(folder, SITES, _SITES), name))
    units = _units(folder, problems)
    problems.raise_if_any()
    if facts is None or sites is None:  # pragma: no cover - raised above
        raise InputError(problems.items)
    return RunTables(name, record, facts, sites, units, tuple(problems))


def _facts(folder: Path, name: str, record: RunRecord) -> pd.DataFrame:
    """Return the facts of a folder, after looking for those of each layer."""
    facts = typed_facts(_table(folder, COVERAGE, _FACTS), name)
    missing = [key for key in record.layers if key not in set(facts["layer"])]
    if missing:
        raise InputError([lacks(f"{name}/{COVERAGE}", key) for key in missing])
    return facts


def typed_facts(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the facts of a run with numbers as numbers.

    Parameters
    ----------
    table, name
        Text as ``coverage.csv`` holds it, and the run's name for messages.

    Raises
    ------
    InputError
        When a number is none or cannot be, one fact stands twice, or some are missing.
    """
    file = f"{name}/{COVERAGE}"
    facts = table[list(_FACTS)].copy()
    for column in (*_WHOLE, "minutes"):
        facts[column] = _numbers(facts[column], file, whole=column in _WHOLE)
    wanted = facts[facts["indicator"].isin(_INDICATORS)]
    again = wanted.duplicated(["layer", "indicator", "phase", "unit_code", "minutes"])
    if again.any():
        raise InputError([twice(file, wanted.loc[again, "unit_code"].iloc[0])])
    _check_numbers(wanted, file)
    _check_complete(wanted, file)
    return wanted.reset_index(drop=True)


def _check_numbers(facts: pd.DataFrame, file: str) -> None:
    """Raise `InputError` for more people, or units, than there are, or fewer than none."""
    value, whole = facts["value"], facts["denominator"]
    wrong = ((value < 0) | (value > whole) | (whole < 0)).fillna(False)
    if wrong.any():
        row = facts.loc[wrong].iloc[0]
        found = f"{row['unit_code']}: {row['value']} / {row['denominator']}"
        raise InputError([damaged(file, "value", found)])


def _check_complete(facts: pd.DataFrame, file: str) -> None:
    """Raise `InputError` where a figure of some unit, or of all of them, is missing."""
    units = {*facts["unit_code"], _TOTAL}
    today = facts[facts["phase"] == "before"]
    for layer in facts["layer"].unique():
        own = today[today["layer"] == layer]
        if set(own["indicator"]) != _INDICATORS:
            raise InputError([damaged(file, "indicator", str(layer))])
    figures = facts.groupby(["layer", "indicator", "phase", "minutes"], dropna=False, sort=False)
    for key, rows in figures:
        if lacking := sorted(units - set(rows["unit_code"])):
            told = (f"{part:g}" if isinstance(part, float) else str(part) for part in key)
            found = " ".join((*told, lacking[0])).replace(" <NA>", "")
            raise InputError([lacks(file, found)])


def typed_sites(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the sites of a run with numbers as numbers.

    Parameters
    ----------
    table, name
        Text as ``sites.csv`` holds it, and the run's name for messages.

    Raises
    ------
    InputError
        When a number or a state is none, or one site stands twice.
    """
    file = f"{name}/{SITES}"
    sites = table[list(_SITES)].copy()
    for column in ("cost_yuan", "people_within", "lon", "lat"):
        degrees = column in {"lon", "lat"}
        sites[column] = _numbers(sites[column], file, whole=not degrees)
        if degrees and (sites[column].isna().any() or (sites[column].abs() > _MOST_DEGREES).any()):
            raise InputError([damaged(file, column, "")])
    unknown = sorted(set(sites["state"]) - _STATES)
    if unknown:
        raise InputError([damaged(file, "state", unknown[0])])
    again = sites.duplicated(["layer", "site_id"])
    if again.any():
        raise InputError([twice(file, sites.loc[again, "site_id"].iloc[0])])
    return sites.reset_index(drop=True)


_MOST_DEGREES = 180


def short_name(folder: Path) -> str:
    """Return what a folder is called on a page that is handed on: the last parts of its path.

    Parameters
    ----------
    folder
        Where it is.
    """
    return "/".join(part for part in folder.absolute().parts[-2:] if part != folder.anchor)


def stated_run_language(folder: Path) -> Language:
    """Return what a run speaks, Chinese where it cannot be read: to say what is wrong with it.

    Parameters
    ----------
    folder
        Where it is said to be.
    """
    try:
        return _record(folder, str(folder)).language
    except InputError:
        return "zh"


def unharmed(words: str) -> str:
    """Return text as it was before it was made harmless to a spreadsheet.

    Examples
    --------
    >>> unharmed("'=1+1"), unharmed("'tis")
    ('=1+1', "'tis")
    """
    rest = words[1:]
    return rest if words.startswith("'") and harmless(rest) == words else words


def _record(folder: Path, name: str) -> RunRecord:
    path = folder / RECORD
    try:
        if not folder.is_dir() or not path.is_file():
            raise InputError([no_run(str(folder), exists=folder.exists())])
        if path.stat().st_size > _MOST_BYTES:
            raise InputError([damaged(f"{name}/{RECORD}", "", _TOO_LARGE)])
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError([damaged(f"{name}/{RECORD}", "", _why(error))]) from error
    if not isinstance(data, dict):
        raise InputError([damaged(f"{name}/{RECORD}", "", type(data).__name__)])
    return checked_record(data, f"{name}/{RECORD}")


def _changed(folder: Path, name: str, record: RunRecord) -> list[Problem]:
    """Return a warning for each file compared by that is not as the run wrote it."""
    found = []
    for file in (COVERAGE, SITES, GEOMETRY):
        path, written = folder / file, record.outputs.get(file)
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            continue
        if written is None or hashlib.sha256(path.read_bytes()).hexdigest() != written:
            found.append(not_as_written(f"{name}/{file}"))
    return found


def _table(folder: Path, file: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a table of a run as text."""
    path, name = folder / file, f"{short_name(folder)}/{file}"
    try:
        if not path.is_file():
            raise InputError([missing_file(name)])
        if path.stat().st_size > _MOST_BYTES:
            raise InputError([damaged(name, "", _TOO_LARGE)])
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError, MemoryError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError([damaged(name, "", _why(error))]) from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise InputError([damaged(name, column, "") for column in missing])
    return table.map(unharmed)


def _units(folder: Path, problems: Problems) -> gpd.GeoDataFrame | None:
    """Return the polygons of the units; without them there are tables and no maps."""
    path, name = folder / GEOMETRY, f"{short_name(folder)}/{GEOMETRY}"
    if not path.is_file():
        problems.add(no_maps(name, None))
        return None
    try:
        frame = read_file(path, name, "vector", "units", None, Problems())
        frame = frame[["code", "geometry"]].assign(code=frame["code"].astype(str))
        if frame.crs is None or not frame.crs.is_projected:
            problems.add(no_maps(name, Text("没有米制坐标系", "no system in metres")))
            return None
    except Exception as error:  # noqa: BLE001 - whatever GDAL says of a damaged file
        problems.add(no_maps(name, None if isinstance(error, InputError) else _why(error)))
        return None
    return frame[~frame.geometry.isna() & ~frame.geometry.is_empty].reset_index(drop=True)


def _numbers(column: pd.Series, file: str, *, whole: bool) -> pd.Series:
    """Return numbers, <NA> for empty cells."""
    text = column.astype(str).str.strip()
    empty = text.isin(["", "<NA>", "nan", "None"])
    numbers = pd.to_numeric(text.mask(empty), errors="coerce")
    wrong = (numbers.isna() & ~empty) | np.isinf(numbers)
    if whole:
        wrong |= (numbers % 1 != 0) & ~empty & numbers.notna()
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError([damaged(file, str(column.name), str(text.iloc[row]), row + 2)])
    return numbers.astype("Float64").astype("Int64") if whole else numbers.astype("Float64")


_TOO_LARGE = "> 500 MB"


def _why(error: BaseException) -> Text:
    if isinstance(error, UnicodeDecodeError):
        return Text("不是 UTF-8 编码", "not UTF-8")
    if isinstance(error, pd.errors.EmptyDataError):
        return Text("空文件", "an empty file")
    return Text.same((str(error).splitlines() or [""])[0] or type(error).__name__)
