"""Ids, names, units, states and years in lists of facilities, as bureaus write them."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.facilities import STATUSES
from ..domain.region import Region
from ..domain.unit_words import plain
from .points import Places, unit_at
from .tables import numbers
from .unitcolumn import UnitColumn, named_units
from .unitnames import UnitNames

_STATUS_WORDS = {
    "operating": "运营 运营中 营业 正常 在营 开放 使用中 已建成 建成 operating open active",
    "planned": "规划 拟建 计划 规划中 planned proposed",
    "building": "在建 建设中 building construction",
    "idle": "停用 闲置 停业 歇业 暂停 idle inactive",
    "closed": "关闭 撤销 注销 已关闭 closed",
    "unknown": "未知 不详 unknown",
}

_YEAR = Text("1900 至 2100 的四位年份，如 2019", "a year from 1900 to 2100, such as 2019")


def site_ids(read: Places, key: str, problems: Problems) -> list[str]:
    """Return the id of each record, made of its row where the list has no ids.

    Parameters
    ----------
    read, key, problems
        The records, the layer ids are made of, and where empty and repeated ids are noted.
    """
    if "id" not in read.columns:
        return [f"{key}-{row:05d}" for row in read.table.rows]
    ids = read.text("id")
    times = Counter(ids)
    for i, value in enumerate(ids):
        if not value or times[value] > 1:
            problems.add(
                Problem(
                    code="facility.id",
                    what=Text("设施编号为空或重复", "a facility id is empty or comes twice"),
                    file=read.table.file,
                    row=int(read.table.rows[i]),
                    column=read.columns["id"],
                    found=value,
                    expected=Text("唯一的编号", "an id of its own"),
                    mend=Text("改正编号", "correct the ids"),
                )
            )
    return ids


def site_names(read: Places, ids: list[str], problems: Problems) -> list[str]:
    """Return the name of each record, its id where it has none, which is noted."""
    names = read.text("name")
    unnamed = [i for i, name in enumerate(names) if not name]
    for i in unnamed:
        problems.add(
            Problem(
                code="facility.no_name",
                what=Text("设施没有名称，以编号代替", "no name; the id stands for it"),
                file=read.table.file,
                row=int(read.table.rows[i]),
                column=read.columns.get("name"),
                mend=Text("补上名称", "give it a name"),
                severity="warning",
            )
        )
    return [name or ids[i] for i, name in enumerate(names)]


def site_units(
    read: Places, region: Region, problems: Problems, *, above: Mapping[str, str] | None = None
) -> list[str]:
    """Return the code of the unit a facility belongs to, "" outside the county.

    The declared unit holds where it is one of the study's; otherwise the polygon decides.

    Parameters
    ----------
    read, region, problems
        The records, the units of the study, and where faults go.
    above
        How wider units may be called -> their code: they hold where the polygon knows no better.
    """
    above = above or {}
    here = unit_at(region, read.points)
    declared = unit_column(read, here)
    named = named_units(UnitNames.of(region), declared, problems)
    units: list[str] = []
    for i, (given, code, at) in enumerate(zip(declared.texts, named.codes, here, strict=True)):
        wider = "" if code else above.get(plain(given), "")
        if code and at != code and read.points.iloc[i] is not None:
            problems.add(_elsewhere(read, i, region, code, at))
        if given and not code and at is not None and not wider:
            problems.add(_unknown_unit(read, i, declared.shown(i), str(region.names[at])))
        units.append(code or at or wider)
    return units


def unit_column(read: Places, here: Sequence[str | None]) -> UnitColumn:
    """Return the column of a list that names units.

    Parameters
    ----------
    read, here
        The records, and the code of the unit the point of each lies in, None outside.
    """
    given = read.text("unit")
    return UnitColumn(
        file=read.table.file,
        column=read.columns.get("unit"),
        rows=read.table.rows.tolist(),
        texts=given,
        counties=read.text("parent") if "parent" in read.columns else (),
        at=here,
    )


def _elsewhere(read: Places, i: int, region: Region, declared: str, at: str | None) -> Problem:
    lies_zh = region.names[at] if at else "研究区之外"
    lies_en = region.names[at] if at else "no unit of the study"
    name = region.names[declared]
    return Problem(
        code="facility.unit_differs",
        what=Text(
            f"登记在{name}，坐标却在{lies_zh}；归属按登记，距离按坐标",
            f"declared in {name}, but the point lies in {lies_en}; it belongs where "
            "declared, and is travelled to where it lies",
        ),
        file=read.table.file,
        row=int(read.table.rows[i]),
        column=read.columns.get("unit"),
        mend=Text("核对坐标或所属乡镇", "check the point or the unit"),
        severity="warning",
    )


def _unknown_unit(read: Places, i: int, given: str, lies_in: str) -> Problem:
    return Problem(
        code="facility.unit_unknown",
        what=Text(
            f"登记的乡镇不认识；按坐标归入{lies_in}",
            f"the unit it names is unknown; by its point it belongs to {lies_in}",
        ),
        file=read.table.file,
        row=int(read.table.rows[i]),
        column=read.columns.get("unit"),
        found=given,
        expected=Text("研究区内单元的代码或名称", "code or name of a unit of the study"),
        mend=Text("改正，或留空", "correct it, or leave it empty"),
        severity="warning",
    )


def site_statuses(read: Places, status_words: Mapping[str, str], problems: Problems) -> list[str]:
    """Return the status of each record, one of `STATUSES`; all operate where no column says.

    Parameters
    ----------
    read, status_words, problems
        The records, words of the study's own -> status, and where faults go.
    """
    if "status" not in read.columns:
        problems.add(
            Problem(
                code="facility.no_status",
                what=Text(
                    "没有状态列：全部按正在运营计", "no status column: all are taken as operating"
                ),
                file=read.table.file,
                mend=Text(
                    "如有停用或规划的设施，加一列“状态”", "add a status column if some are not"
                ),
                severity="warning",
            )
        )
        return ["operating"] * len(read.table.frame)
    words = {w: status for status, line in _STATUS_WORDS.items() for w in line.split()}
    words |= {word.strip(): status for word, status in status_words.items()}
    result = []
    for i, word in enumerate(read.text("status")):
        status = words.get(word.strip()) or words.get(word.strip().lower())
        if status not in STATUSES:
            problems.add(_unknown_status(read, i, word))
            status = "unknown"
        result.append(status)
    return result


def _unknown_status(read: Places, i: int, word: str) -> Problem:
    return Problem(
        code="facility.status",
        what=Text(
            "状态不认识，按“未知”处理：不计入覆盖",
            "the status is not known; taken as unknown, and not counted",
        ),
        file=read.table.file,
        row=int(read.table.rows[i]),
        column=read.columns["status"],
        found=word,
        expected=Text(
            "运营、规划、在建、停用、关闭之一", "operating, planned, building, idle, closed"
        ),
        mend=Text(
            '改正，或写明 status_words = { "…" = "operating" }',
            'correct it, or say: status_words = { "..." = "operating" }',
        ),
        severity="warning",
    )


def site_years(read: Places, key: str, problems: Problems) -> list[object]:
    """Return a column of years, <NA> where there is none.

    Parameters
    ----------
    read, key, problems
        The records, the kind of column (``opened``, ``closed``), and where faults go.
    """
    if key not in read.columns:
        return [pd.NA] * len(read.table.frame)
    years = numbers(
        read.table,
        read.columns[key],
        problems,
        code="facility.year",
        expected=_YEAR,
        low=1900,
        high=2100,
        optional=True,
        years=True,
    )
    return [pd.NA if np.isnan(y) else int(y) for y in years]
