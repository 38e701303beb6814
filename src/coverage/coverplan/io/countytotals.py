"""Totals of a whole county: shared out among its units, or compared with theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.unit_codes import full_code, level_of, stem
from .formertotals import Counts, PeopleRead, divide
from .unitnames import UnitNames


@dataclass(frozen=True, slots=True)
class CountyTotal:
    """A row of totals that is about the county the units lie in.

    Parameters
    ----------
    file, column, row, text
        Where it stands, and how it names the county.
    units
        Codes of the units of the study that lie in it.
    whole
        Whether no other unit of the boundary file lies in it.
    """

    file: str
    column: str
    row: int
    text: str
    units: tuple[str, ...]
    whole: bool


def units_of_county(names: UnitNames, text: str) -> tuple[str, ...]:
    """Return the units that lie in the county a cell names, of all the boundary file has.

    Parameters
    ----------
    names, text
        How the units are called, and the cell: a county's code of 6, 9 or 12 digits, or its name
        where the boundaries name the county of each unit.
    """
    code = full_code(text.removesuffix(".0"))
    if code is not None and level_of(code) != "county":
        return ()
    every = [*names.units, *names.naming.others]
    if code is not None:
        inside = [unit for unit in every if (full_code(unit) or "").startswith(stem(code))]
        return tuple(unit for unit in inside if full_code(unit) != code)
    return tuple(unit for unit in every if text and names.lies_in(unit, text))


def share_out(
    county: CountyTotal,
    people: Counts,
    totals: pd.DataFrame,
    read: PeopleRead | None,
    names: Mapping[str, str],
    problems: Problems,
) -> None:
    """Give the units of a county without totals what its total leaves, as their people were read.

    Parameters
    ----------
    county, people
        The row, and its people by group.
    totals
        Totals by unit and group, NaN where none is given; filled in place.
    read
        People as read by place; None where nothing was read.
    names
        Code -> name, for messages.
    problems
        Where faults and what was done go.
    """
    lacking = [code for code in county.units if np.isnan(totals.loc[code, "all"])]
    if not lacking:
        _compare(county, people, totals, problems)
        return
    if not county.whole:
        problems.add(_partly(county))
        return
    most: np.ndarray | None = None
    for group in sorted(people, key=lambda g: (g != "all", g)):
        rest = people[group] - float(totals.loc[list(county.units), group].sum())
        weights = _weights(read, lacking, group)
        if rest < 0:
            problems.add(_too_little(county, group, rest))
        elif weights is None:
            problems.add(_alone(county, group))
        else:
            counts = divide(rest, weights, most)
            totals.loc[lacking, group] = counts
            if group == "all" and float(rest).is_integer():
                most = counts.astype(np.int64)
    problems.add(_shared(county, people, lacking, names))


def _weights(read: PeopleRead | None, units: Sequence[str], group: str) -> np.ndarray | None:
    if read is None or group not in read.by_unit:
        return None
    weights = read.by_unit[group].reindex(list(units)).fillna(0).to_numpy(dtype=float)
    return weights if weights.sum() > 0 else None


def _compare(county: CountyTotal, people: Counts, totals: pd.DataFrame, problems: Problems) -> None:
    for group, whole in people.items():
        units = float(totals.loc[list(county.units), group].sum())
        if county.whole and not np.isnan(whole) and whole != units:
            problems.add(
                Problem(
                    code="census.county_differs",
                    what=Text(
                        f"{county.text}的总数与各单元之和不等；用各单元的",
                        f"the total of {county.text} is not the sum of its units, which holds",
                    ),
                    file=county.file,
                    row=county.row,
                    column=county.column,
                    found=f"{group}: {whole:,.10g} / {units:,.10g}",
                    mend=Text("核对各单元的总数", "check the totals of the units"),
                    severity="warning",
                )
            )


def _partly(county: CountyTotal) -> Problem:
    return Problem(
        code="census.county_part",
        what=Text(
            f"研究只含{county.text}的一部分单元，全县总数不能用",
            f"the study holds only some units of {county.text}: its total is of no use",
        ),
        file=county.file,
        row=county.row,
        column=county.column,
        found=county.text,
        mend=Text("给出各单元的总数", "give the totals of the units"),
        severity="warning",
    )


def _too_little(county: CountyTotal, group: str, rest: float) -> Problem:
    return Problem(
        code="census.county_less",
        what=Text(
            f"{county.text}的总数比已给总数的各单元之和还少",
            f"the total of {county.text} is less than that of the units it is given for",
        ),
        file=county.file,
        row=county.row,
        column=county.column,
        found=f"{group}: {rest:,.10g}",
        expected=Text("不少于各单元之和", "no less than the sum of its units"),
        mend=Text("核对这些总数", "check these totals"),
    )


def _alone(county: CountyTotal, group: str) -> Problem:
    return Problem(
        code="census.county_alone",
        what=Text(
            f"只有{county.text}的总数，没有各单元的人口可作分配依据",
            f"only the total of {county.text} is known, and nothing tells how its people are "
            "spread over its units",
        ),
        file=county.file,
        row=county.row,
        column=county.column,
        found=group,
        expected=Text("各单元的总数，或村、栅格人口", "totals of units, or villages or a raster"),
        mend=Text("补上各单元的总数，或 people.source", "add totals of units, or people.source"),
    )


def _shared(
    county: CountyTotal, people: Counts, lacking: Sequence[str], names: Mapping[str, str]
) -> Problem:
    listed = [names[code] for code in lacking]
    return Problem(
        code="census.county_shared",
        what=Text(
            f"{len(lacking)} 个单元没有自己的总数：{county.text}的总数（{people['all']:,.10g} 人）"
            "减去其他单元后，按读到的人口分给它们",
            f"{len(lacking)} units have no total of their own: that of {county.text} "
            f"({people['all']:,.10g} people), less the other units, was shared out among them as "
            "their people were read",
        ),
        file=county.file,
        row=county.row,
        column=county.column,
        found=Text("、".join(listed), ", ".join(listed)),
        mend=Text("有各单元的总数时改用它们", "give their own totals where there are any"),
        severity="warning",
    )
