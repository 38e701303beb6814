"""Tables in which several years stand below each other: which year is meant."""

import datetime
from collections.abc import Sequence

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.settings import FileSource
from .columns import find_column
from .periods import span_of
from .points import Places
from .tables import Table


def years_of(table: Table, given: str | None = None) -> tuple[str, list[int | None]] | None:
    """Return the column of years and the year of each record, None where there is no such column.

    Parameters
    ----------
    table, given
        The records, and the column the study file names for it.
    """
    column = find_column(table.frame.columns, "year", {} if given is None else {"year": given})
    if column is None:
        return None
    spans = [span_of(str(text)) for text in table.frame[column]]
    return column, [None if span is None else span.first.year for span in spans]


def check_years(read: Places, source: FileSource, problems: Problems) -> None:
    """Refuse a list of places that holds each of them once for every year.

    Parameters
    ----------
    read, source
        The records, and what the study file says of them: ``where`` chooses a year.
    problems
        What was found before, raised with it.

    Raises
    ------
    InputError
        When places come again in another year.
    """
    found = years_of(read.table, source.columns.get("year"))
    if found is None:
        return
    column, years = found
    key = "id" if "id" in read.columns else "name"
    names = zip(read.text("unit"), read.text(key), strict=True)
    places = [(unit, name) if name else "" for unit, name in names]
    again = again_in_another_year(places, years)
    if again:
        there = sorted({year for year in years if year is not None})
        raise InputError([*problems, _several(read.table.file, column, there, len(again))])


def again_in_another_year(keys: Sequence[object], years: Sequence[int | None]) -> list[int]:
    """Return the positions of records whose key stands in an earlier one of another year.

    Parameters
    ----------
    keys, years
        What a record is about (an empty key: not known), and its year.
    """
    seen: dict[object, int | None] = {}
    found = []
    for i, (key, year) in enumerate(zip(keys, years, strict=True)):
        if not key:
            continue
        if key in seen and seen[key] != year:
            found.append(i)
        seen.setdefault(key, year)
    return found


def _several(file: str, column: str, years: list[int], rows: int) -> Problem:
    shown = [str(year) for year in years]
    return Problem(
        code="people.several_years",
        what=Text(
            f"表中有几个年份，{rows} 行是同一地点的又一年：人口会重复计算",
            f"several years stand in the table, {rows} rows are a place again in another year: "
            "its people would count more than once",
        ),
        file=file,
        column=column,
        found=Text("、".join(shown), ", ".join(shown)),
        expected=Text("一个年份", "one year"),
        mend=Text(
            f'在 [people] 写明年份：where = {{ "{column}" = "{shown[-1]}" }}',
            f'choose one under [people]: where = {{ "{column}" = "{shown[-1]}" }}',
        ),
    )


def no_year(file: str, column: str, years: Sequence[int], day: datetime.date | None) -> Problem:
    """Return the fault of totals of several years that are all later than the study.

    Parameters
    ----------
    file, column, years, day
        The table, its column of years and the years in it, and the day of the study.
    """
    shown = [str(year) for year in years]
    return Problem(
        code="census.no_year",
        what=Text(
            f"总数表的年份都在研究日期（{day}）之后",
            f"every year of the table of totals comes after the day of the study ({day})",
        ),
        file=file,
        column=column,
        found=Text("、".join(shown), ", ".join(shown)),
        expected=Text("不晚于研究日期的年份", "a year not after the day of the study"),
        mend=Text("补上那时的总数，或改 date", "add totals of that time, or change date"),
    )


def year_taken(
    file: str, column: str, years: Sequence[int], taken: Sequence[int], day: datetime.date
) -> Problem:
    """Return the note on which year totals are of.

    Parameters
    ----------
    file, column, years, taken, day
        The table, its column of years, the years in it, those used, and the day of the study.
    """
    there, used = ([str(year) for year in some] for some in (years, taken))
    zh, en = "、".join(used), ", ".join(used)
    return Problem(
        code="census.year",
        what=Text(
            f"人口总数用 {zh} 年的，研究日期是 {day}",
            f"totals are of {en}; the day of the study is {day}",
        ),
        file=file,
        column=column,
        found=Text("、".join(there), ", ".join(there)),
        expected=Text("不晚于研究日期的最近一年", "the last year not after the day of the study"),
        mend=Text("若要用其他年份，只留该年的行", "to use another year keep its rows only"),
        severity="warning",
    )


def bad_year(file: str, row: int, column: str, found: str) -> Problem:
    """Return the fault of a row whose year cannot be told, in a table of several years."""
    return Problem(
        code="census.year_value",
        what=Text("这一行的年份无法识别", "the year of a row cannot be told"),
        file=file,
        row=row,
        column=column,
        found=found,
        expected=Text("年份，如 2020", "a year, such as 2020"),
        mend=Text("改正年份", "correct the year"),
    )
