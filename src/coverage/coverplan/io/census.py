"""Reading census totals by unit: the numbers people are raked to."""

import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.people_config import PeopleConfig
from ..domain.region import Region
from .columns import find_column, match, missing_column, need_columns
from .groupshares import check_parts, shares_of
from .paths import Folder
from .points import unit_finder
from .tables import Table, check_repeated, numbers, read_table

_MOST = 1e9
_PEOPLE = Text("人数：0 或更大的数，只写数字", "a number of people, 0 or more, in digits")


def read_totals(
    folder: Folder, config: PeopleConfig, region: Region, problems: Problems
) -> pd.DataFrame:
    """Return totals by unit and group, NaN where none is given; index all codes of the region.

    Groups given by a share of everybody get that share of the total of everybody.
    """
    empty = pd.DataFrame(
        np.nan, index=pd.Index(region.codes, name="code"), columns=list(config.groups)
    )
    if config.totals is None:
        return empty
    full = folder.find(config.totals, "people.totals")
    file = config.totals.as_posix()
    table = read_table(full, file, problems=problems)
    folder.note(config.totals, full, len(table.frame))
    given = config.totals_columns
    names = [str(c) for c in table.frame.columns]
    wanted = config.group_columns
    wanted |= {group: name for group, name in given.items() if group != "unit"}
    columns = need_columns(file, names, wanted, wanted, problems, say="totals_columns")
    unit = _unit_column(names, given.get("unit"))
    if unit is None:
        problems.add(missing_column(file, "unit", given.get("unit"), names, say="totals_columns"))
        return empty
    check_repeated(table, [unit, *columns.values()], problems)
    known = unit_finder(region)
    codes = [known.get(text.removesuffix(".0")) for text in table.frame[unit]]
    mine = np.array([code is not None for code in codes])
    _check_census(table, unit, codes, region, problems)
    table = table.keep(mine)
    values = {
        group: numbers(
            table, name, problems, code="census.value", expected=_PEOPLE, low=0, high=_MOST
        )
        for group, name in columns.items()
    }
    check_parts(table, values, columns, problems, beyond_all=config.registered, stops=True)
    if "all" in values:
        shares = shares_of(table, config.tables, problems)
        values |= {group: values["all"] * share for group, share in shares.items()}
    for group, counts in values.items():
        for code, value in zip([c for c in codes if c is not None], counts, strict=True):
            empty.loc[code, group] = value
    return empty


def _unit_column(names: list[str], given: str | None) -> str | None:
    if given is not None:
        return match(names, given)
    return find_column(names, "unit", {}) or find_column(names, "code", {})


def _check_census(
    table: Table, column: str, codes: list[str | None], region: Region, problems: Problems
) -> None:
    """Note units with two rows, units without one, and then rows that belong to no unit."""
    for code, row, text in zip(codes, table.rows, table.frame[column], strict=True):
        if code is not None and codes.count(code) > 1:
            problems.add(
                Problem(
                    code="census.duplicate",
                    what=Text("同一单元有两行总数", "a unit has two rows of totals"),
                    file=table.file,
                    row=int(row),
                    column=column,
                    found=text,
                    mend=Text("只保留一行", "keep one"),
                )
            )
    lost = sorted(set(region.codes) - {code for code in codes if code is not None})
    for code in lost:
        problems.add(
            Problem(
                code="census.missing_unit",
                what=Text(
                    "总数表中没有这个单元，其人口按点位数据之和计",
                    "no total is given for this unit; the sum of its points is taken",
                ),
                file=table.file,
                column=column,
                found=f"{region.names[code]} ({code})",
                mend=Text("补上该单元的总数", "add its totals"),
                severity="warning",
            )
        )
    for code, row, text in zip(codes, table.rows, table.frame[column], strict=True):
        if lost and code is None:
            problems.add(
                Problem(
                    code="census.unknown_unit",
                    what=Text("这一行不属于研究区的任何单元", "a row belongs to no unit here"),
                    file=table.file,
                    row=int(row),
                    column=column,
                    found=text,
                    expected=Text("单元的代码或名称", "code or name of a unit"),
                    mend=Text("若应属于研究区，改正代码", "correct it if it should"),
                    severity="warning",
                )
            )
