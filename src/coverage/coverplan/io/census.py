"""Reading census totals by unit: the numbers people are raked to."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.former import OtherTime
from ..domain.people_config import PeopleConfig
from ..domain.region import Region
from ..domain.unit_codes import full_code
from .columns import find_column, match, missing_column, need_columns
from .countytotals import CountyTotal, share_out, units_of_county
from .formertotals import FormerTotals, GivenTotal, PeopleRead
from .groupshares import check_parts, shares_of
from .paths import Folder, Records
from .tables import Table, check_repeated, numbers, read_table
from .unitcolumn import UnitColumn, named_units
from .unitnames import UnitNames
from .villagetotals import added_up, listed_by_village, note_villages, village_column
from .years import again_in_another_year, bad_year, no_year, year_taken, years_of

_BESIDE = frozenset({"unit", "parent", "year"})
_MOST = 1e9
_PEOPLE = Text("人数：0 或更大的数，只写数字", "a number of people, 0 or more, in digits")


def read_totals(
    folder: Folder,
    config: PeopleConfig,
    region: Region,
    problems: Problems,
    *,
    read: PeopleRead | None = None,
) -> pd.DataFrame:
    """Return totals by unit and group, NaN where none is given; index all codes of the region.

    Groups given by a share of everybody get that share of the total of everybody. Totals of former
    units are added up or divided (`coverplan.io.formertotals`), those of villages added up
    (`coverplan.io.villagetotals`), that of the whole county is shared out among units without one
    (`coverplan.io.countytotals`), and of several years the last one not after the day of the study
    is taken.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of people, and its units.
    problems
        Where faults and what was done go.
    read
        People as read by place; None where nothing was read.

    Raises
    ------
    InputError
        When the file cannot be read at all.
    """
    totals = pd.DataFrame(
        np.nan, index=pd.Index(region.codes, name="code"), columns=list(config.groups)
    )
    if config.totals is None:
        return totals
    full = folder.find(config.totals, "people.totals")
    file = config.totals.as_posix()
    table = read_table(full, file, problems=problems)
    folder.note(config.totals, full, len(table.frame))
    given = config.totals_columns
    names = [str(c) for c in table.frame.columns]
    wanted = config.group_columns
    wanted |= {group: name for group, name in given.items() if group not in _BESIDE}
    columns = need_columns(file, names, wanted, wanted, problems, say="totals_columns")
    beside: dict[str, str] = {key: given[key] for key in ("parent", "year") if key in given}
    need_columns(file, names, beside, beside, problems, say="totals_columns")
    unit = _unit_column(names, given.get("unit"))
    if unit is None:
        problems.add(missing_column(file, "unit", given.get("unit"), names, say="totals_columns"))
        return totals
    check_repeated(table, [unit, *columns.values()], problems)
    folder.took(file, "people.totals", table.frame, {"unit": unit, **columns}, {**wanted, **given})
    census = _Census(table, unit, given, UnitNames.of(region), problems)
    folder.records.append(Records(file, "people.totals", table.rows, units=census.units))
    census.fill(totals, columns, config, read)
    return totals


class _Census:
    """The rows of a table of totals, and what each of them is about."""

    def __init__(
        self,
        table: Table,
        unit: str,
        given: Mapping[str, str],
        names: UnitNames,
        problems: Problems,
    ) -> None:
        self.table, self.unit, self.names, self.problems = table, unit, names, problems
        self.texts = [str(text) for text in table.frame[unit]]
        self.village = village_column([str(name) for name in table.frame.columns], unit)
        column = find_column(table.frame.columns, "parent", given)
        counties = list(table.frame[column]) if column not in {None, unit} else []
        named = named_units(
            names,
            UnitColumn(table.file, unit, table.rows.tolist(), self.texts, counties),
            problems,
            severity="error",
            divided_later=True,
        )
        self.units = tuple(named.codes)
        nodes = [f or c for c, f in zip(named.codes, named.former, strict=True)]
        self.counties = [
            () if node else units_of_county(names, text)
            for node, text in zip(nodes, self.texts, strict=True)
        ]
        keys = [
            node or (f"county:{'/'.join(c)}" if set(c) & set(names.units) else "")
            for node, c in zip(nodes, self.counties, strict=True)
        ]
        years = years_of(table, given.get("year"))
        self.keys = keys if years is None else self._of_one_year(keys, *years)

    def _of_one_year(self, keys: list[str], column: str, years: list[int | None]) -> list[str]:
        """Leave out the rows of other years where units come again; say which year is taken."""
        mine = [i for i, key in enumerate(keys) if key]
        there = sorted({year for i in mine if (year := years[i]) is not None})
        day = self.names.naming.date
        # A former unit of one year and the present one of another are one unit twice, too.
        former = self.names.naming.former
        ends = [(end, years[i]) for i in mine for end in former.ends(keys[i])]
        again = again_in_another_year([end for end, _ in ends], [year for _, year in ends])
        if again:
            for i in mine:
                if years[i] is None:
                    row, text = int(self.table.rows[i]), str(self.table.frame[column].iloc[i])
                    self.problems.add(bad_year(self.table.file, row, column, text))
        taken = there
        if again:
            past = [year for year in there if day is None or year <= day.year]
            if not past:
                self.problems.add(no_year(self.table.file, column, there, day))
            taken = past[-1:]
            keys = [k if y in taken else "" for k, y in zip(keys, years, strict=True)]
        if taken and day is not None and (again or taken != [day.year]):
            self.problems.add(year_taken(self.table.file, column, there, taken, day))
        return keys

    def fill(
        self,
        totals: pd.DataFrame,
        columns: Mapping[str, str],
        config: PeopleConfig,
        read: PeopleRead | None,
    ) -> None:
        """Fill in what the rows say."""
        mine = [i for i, key in enumerate(self.keys) if key and not key.startswith("county:")]
        by_village = self._by_village(mine)
        self._check_twice([i for i in mine if self.keys[i] not in by_village])
        rows = self._values(mine, columns, config)
        if by_village:
            villages = [row for row in rows if row.node in by_village]
            called = [self._called(node) for node in dict.fromkeys(row.node for row in villages)]
            column = self.village or self.unit
            self.problems.add(note_villages(self.table.file, column, called, villages))
            rows = added_up(rows)
        first = {key: row for row in reversed(rows) for key in [row.node]}
        maker = FormerTotals(
            self.names.naming.former,
            self.names.units,
            self.table.file,
            self.unit,
            read,
            config.registered,
            self.problems,
        )
        for code, people in maker.totals(list(first.values())).items():
            for group, count in people.items():
                totals.loc[code, group] = count
        self._fill_counties(totals, columns, config, read)
        self._check_missing(totals)

    def _by_village(self, rows: list[int]) -> frozenset[str]:
        """Return the units whose rows are those of their villages."""
        if self.village is None:
            return frozenset()
        villages = self.table.words(self.village)
        return listed_by_village([self.keys[i] for i in rows], [villages[i] for i in rows])

    def _called(self, node: str) -> str:
        former = self.names.naming.former.by_id.get(node)
        return self.names.units.get(node, node) if former is None else former.called

    def _fill_counties(
        self,
        totals: pd.DataFrame,
        columns: Mapping[str, str],
        config: PeopleConfig,
        read: PeopleRead | None,
    ) -> None:
        rows = [i for i, key in enumerate(self.keys) if key.startswith("county:")]
        if self.problems.errors or len({self.keys[i] for i in rows}) < len(rows):
            self._check_twice(rows)
            return
        for i in rows:
            inside = tuple(unit for unit in self.counties[i] if unit in self.names.units)
            needed = bool(totals.loc[list(inside), "all"].isna().any())
            said = Problems()
            found = self._values([i], columns, config, said)
            if needed:
                self.problems.extend(said)
            if said.errors or not found:
                continue
            whole = len(inside) == len(self.counties[i])
            row = int(self.table.rows[i])
            county = CountyTotal(self.table.file, self.unit, row, self.texts[i], inside, whole)
            share_out(county, found[0].people, totals, read, self.names.units, self.problems)

    def _values(
        self,
        rows: list[int],
        columns: Mapping[str, str],
        config: PeopleConfig,
        problems: Problems | None = None,
    ) -> list[GivenTotal]:
        """Return the people of some rows, every cell that holds none noted."""
        noted = self.problems if problems is None else problems
        mask = np.zeros(len(self.texts), dtype=bool)
        mask[rows] = True
        table = self.table.keep(mask)
        values = {
            group: numbers(
                table, name, noted, code="census.value", expected=_PEOPLE, low=0, high=_MOST
            )
            for group, name in columns.items()
        }
        check_parts(table, values, columns, noted, beyond_all=config.registered, stops=True)
        if "all" in values:
            shares = shares_of(table, config.tables, noted)
            values |= {group: values["all"] * share for group, share in shares.items()}
        return [
            GivenTotal(
                self.keys[i],
                int(self.table.rows[i]),
                self.texts[i],
                {group: float(counts[n]) for group, counts in values.items()},
            )
            for n, i in enumerate(rows)
        ]

    def _check_twice(self, rows: list[int]) -> None:
        times = Counter(self.keys[i] for i in rows)
        for i in rows:
            if times[self.keys[i]] > 1:
                self.problems.add(
                    Problem(
                        code="census.duplicate",
                        what=Text("同一单元有两行总数", "a unit has two rows of totals"),
                        file=self.table.file,
                        row=int(self.table.rows[i]),
                        column=self.unit,
                        found=self.texts[i],
                        mend=Text(
                            "只保留一行；若各行是村，要有一列村名，且每个村只有一行",
                            "keep one; rows of villages need a column of their names, and one row "
                            "for each",
                        )
                        if self.village is not None
                        else Text("只保留一行", "keep one"),
                    )
                )

    def _check_missing(self, totals: pd.DataFrame) -> None:
        """Note units without any total, and then rows that belong to no unit."""
        known = totals.notna().any(axis=1)
        lost = [str(code) for code in totals.index[~known]]
        if self.problems.errors:
            # What is wrong with the rows of these units has been said.
            lost = [code for code in lost if code not in set(self.units)]
        for code in lost:
            self.problems.add(_no_total(self.table.file, self.unit, self.names.units[code], code))
        later = {word: one for one in self.names.naming.elsewhen for word in (one.code, one.name)}
        for i, key in enumerate(self.keys):
            text = self.texts[i]
            other = later.get(text) or later.get(full_code(text) or "")
            if self.units[i] or key:
                continue
            if other is not None:
                self._not_in_force(i, other)
            elif lost and text:
                self.problems.add(
                    _unknown(self.table.file, int(self.table.rows[i]), self.unit, text)
                )

    def _not_in_force(self, i: int, unit: OtherTime) -> None:
        self.problems.add(
            Problem(
                code="census.not_in_force",
                what=Text(
                    f"{unit.name}在研究日期无效（{unit.period}）：这一行未计入",
                    f"{unit.name} is not in force on the day of the study ({unit.period}): the row "
                    "does not count",
                ),
                file=self.table.file,
                row=int(self.table.rows[i]),
                column=self.unit,
                found=self.texts[i],
                expected=Text("当日有效的单元", "a unit in force on that day"),
                mend=Text(
                    "给出那时的总数，或在对照表写明它并入哪里",
                    "give totals of that time, or say in the crosswalk where it went",
                ),
                severity="warning",
            )
        )


def _unit_column(names: list[str], given: str | None) -> str | None:
    if given is not None:
        return match(names, given)
    return find_column(names, "unit", {}) or find_column(names, "code", {})


def _no_total(file: str, column: str, name: str, code: str) -> Problem:
    return Problem(
        code="census.missing_unit",
        what=Text(
            "总数表中没有这个单元，其人口按点位数据之和计",
            "no total is given for this unit; the sum of its points is taken",
        ),
        file=file,
        column=column,
        found=f"{name} ({code})",
        mend=Text("补上该单元的总数", "add its totals"),
        severity="warning",
    )


def _unknown(file: str, row: int, column: str, text: str) -> Problem:
    return Problem(
        code="census.unknown_unit",
        what=Text("这一行不属于研究区的任何单元", "a row belongs to no unit here"),
        file=file,
        row=row,
        column=column,
        found=text,
        expected=Text("单元的代码或名称", "code or name of a unit"),
        mend=Text(
            "若应属于研究区，改正代码或名称；若是撤并、改名前的单元，"
            "用 [region] crosswalk 给出对照表",
            "if it should, correct code or name; if it is a unit from before a merger or a change "
            "of name, say what became of it in a table: [region] crosswalk",
        ),
        severity="warning",
    )
