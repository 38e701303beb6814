"""What is said of records without coordinates, and of the list that tells where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..core.errors import Problem, Severity
from ..core.text import Text
from .points import Places

_WAYS = Text(
    '在 [people] 写 locations = "村点位文件"，或补上坐标，或写 place_missing = "unit"'
    "（人口分给本单元其他点位）",
    'say under [people] locations = "a file of village points", or give coordinates, or say '
    'place_missing = "unit": its people go to the other places of its unit',
)
_POINTS = Text(
    '补上坐标，或在 [people] 写 locations = "村点位文件"',
    'give coordinates, or say under [people] locations = "a file of village points"',
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records had no coordinates, were found, were found by code, and places left over."""

    wanted: int
    found: int
    by_code: int
    unused: int


def _row(read: Places, i: int) -> int:
    return int(read.table.rows[i])


def no_point(read: Places, i: int, *, refuses: bool) -> Problem:
    """Return the fault of a record without coordinates where there is no list of locations.

    One that names no unit either is nowhere: its people cannot go to other places of its unit.
    """
    if refuses or not read.text("unit")[i]:
        return Problem(
            code="point.none",
            what=Text("没有坐标", "there are no coordinates"),
            file=read.table.file,
            row=_row(read, i),
            found="",
            expected=Text("一个点，或经度和纬度", "a point, or longitude and latitude"),
            mend=_WAYS,
        )
    return Problem(
        code="people.no_point",
        what=Text(
            "没有坐标：人口分给本单元其他点位",
            "there are no coordinates: its people go to the other places of its unit",
        ),
        file=read.table.file,
        row=_row(read, i),
        found=" ".join(filter(None, [read.text("unit")[i], read.text("name")[i]])),
        mend=_POINTS,
        severity="warning",
    )


def no_coordinates(read: Places, columns: Sequence[str]) -> Problem:
    """Return the one fault of a table none of whose records has coordinates.

    Parameters
    ----------
    read, columns
        The records, and the columns there are.
    """
    n = len(read.table.rows)
    return Problem(
        code="people.no_coordinates",
        what=Text(
            f"{n} 条记录都没有坐标，也没有写明各村的点位在哪个文件",
            f"none of {n} records has coordinates, and no file says where the places stand",
        ),
        file=read.table.file,
        found=", ".join(columns),
        expected=Text("经度和纬度两列，或 locations", "longitude and latitude, or locations"),
        mend=Text(
            '三种办法：一、在 [people] 写 locations = "村点位文件"（写有村代码或村名的点、面或'
            "坐标表）；二、删去 source，写 totals = 本表，再写 spread = "
            '"streets"（或 "buildings"、"areas"），人口按单元合计后分摊；三、补上坐标'
            '（列名不同时写 columns = { lon = "…", lat = "…" }）',
            'one of three: under [people] say locations = "a file of village points" (points, '
            "polygons or a table with codes or names); or, without source, totals = this table and "
            'spread = "streets" (or "buildings", "areas"), which spreads the people of each unit; '
            "or give coordinates (in columns of other names: columns = "
            '{ lon = "...", lat = "..." })',
        ),
    )


def idle(file: str) -> Problem:
    """Return the note that a list of locations was not needed."""
    return Problem(
        code="people.locations_idle",
        what=Text(
            "人口表的每条记录都有自己的坐标，这个文件没有用到",
            "every record of the people table has coordinates of its own: this file is not used",
        ),
        file=file,
        mend=Text("可以删去 locations", "locations may be removed"),
        severity="warning",
    )


def not_found(
    read: Places, i: int, called: str, file: str, near: Sequence[str], *, severity: Severity
) -> Problem:
    """Return the fault of a record that a list of locations does not hold.

    Parameters
    ----------
    read, i, called
        The records, which one, and unit and name it goes by.
    file, near
        The list, and what in it comes nearest.
    severity
        A warning where its people can go to the other places of its unit.
    """
    return Problem(
        code="people.no_location",
        what=Text(
            f"没有坐标，{file} 里也没有这个村的点位",
            f"there are no coordinates, and {file} has no point of this place",
        ),
        file=read.table.file,
        row=_row(read, i),
        column=read.columns.get("name"),
        found=called + (f" ≈ {' / '.join(near)}" if near else ""),
        expected=Text(
            f"{file} 中本单元的村代码或村名（≈ 之后是最接近的）",
            f"a code, or a name of the same unit, in {file} (behind ≈ what comes nearest)",
        ),
        mend=Text(
            "核对村名和所属乡镇，或补上点位；没有点位的村可写 place_missing = "
            '"unit"，人口分给本单元其他点位',
            "check name and unit, or add its point; for places without any say place_missing = "
            '"unit": their people go to the other places of their unit',
        ),
        severity=severity,
    )


def twice(read: Places, i: int, called: str, file: str, rows: Sequence[int]) -> Problem:
    """Return the fault of a record that several places of a list could be."""
    some = [str(row) for row in rows]
    return Problem(
        code="people.location_twice",
        what=Text(
            f"{file} 第 {'、'.join(some)} 行都是这个村，不知用哪一个",
            f"rows {', '.join(some)} of {file} are this place: which one is meant is not known",
        ),
        file=read.table.file,
        row=_row(read, i),
        column=read.columns.get("name"),
        found=called,
        expected=Text(f"{file} 中只有一行", f"one row of {file}"),
        mend=Text(
            "删去多余的行；同名的两个村改用 12 位村代码",
            "remove the others; for two places of one name use codes of 12 digits",
        ),
    )


def shared(read: Places, i: int, called: str, file: str, row: int, rows: Sequence[int]) -> Problem:
    """Return the fault of a record that shares its place with others."""
    some = [str(one) for one in rows]
    return Problem(
        code="people.location_shared",
        what=Text(
            f"第 {'、'.join(some)} 行都对上 {file} 第 {row} 行：是同一个村，还是少了一个点位？",
            f"rows {', '.join(some)} all fit row {row} of {file}: is it one place, or is a point "
            "missing?",
        ),
        file=read.table.file,
        row=_row(read, i),
        column=read.columns.get("name"),
        found=called,
        expected=Text("每个村一个点位", "one point for each place"),
        mend=Text(
            "合并重复的记录，或写全村名，或补上缺的点位",
            "merge records of one place, or write names in full, or add the missing point",
        ),
    )


def outside(
    read: Places, i: int, here: tuple[str, int], towns: tuple[str, str], file: str
) -> Problem:
    """Return the note that the place of a record lies outside its unit.

    Parameters
    ----------
    read, i
        The records, and which one.
    here
        Unit and name it goes by, and the row of its place in the list.
    towns
        Its unit, and the one its place lies in ("" outside all).
    file
        The list.
    """
    (called, row), (unit, at) = here, towns
    where = Text(at or "研究区之外", at or "no unit of the study")
    return Problem(
        code="people.location_outside",
        what=Text(
            f"登记在{unit}，{file} 给的点位却在{where.zh}；人口仍按登记的乡镇统计",
            f"declared in {unit}, but its point in {file} lies in {where.en}; counted where "
            "declared",
        ),
        file=read.table.file,
        row=_row(read, i),
        column=read.columns.get("unit"),
        found=f"{called} = {file}: {row}",
        expected=Text(f"{unit}内的点", f"a point in {unit}"),
        mend=Text("核对点位或所属乡镇", "check the point or the unit"),
        severity="warning",
    )


def other_name(read: Places, i: int, names: tuple[str, str], file: str, row: int) -> Problem:
    """Return the note that code and name of a record say different things of its place."""
    return Problem(
        code="people.location_name",
        what=Text(
            f"村代码相同，{file} 里的村名却不同；按代码取点位",
            f"{file} has another name for the same code; its point is taken by the code",
        ),
        file=read.table.file,
        row=_row(read, i),
        column=read.columns.get("name"),
        found=f"{names[0]} ≠ {names[1]} ({row})",
        mend=Text("核对代码和村名", "check codes and names"),
        severity="warning",
    )


def unknown_unit(read: Places, i: int, given: str, near: str) -> Problem:
    """Return the note of a record without coordinates whose unit is not of the study."""
    return Problem(
        code="people.unit_unknown",
        what=Text(
            "没有坐标，登记的乡镇又不认识：这些人未计入",
            "there are no coordinates, and the unit it names is unknown: not counted",
        ),
        file=read.table.file,
        row=_row(read, i),
        column=read.columns.get("unit"),
        found=f"{given} ≈ {near}",
        expected=Text("研究区内单元的代码或名称", "code or name of a unit of the study"),
        mend=Text("改正乡镇名称；确属外县的可不管", "correct it, unless it is of another county"),
        severity="warning",
    )


def located(file: str, places: str, counts: Counts) -> Problem:
    """Return the note on how many records another list gave their point."""
    by_name = counts.found - counts.by_code
    return Problem(
        code="people.located",
        what=Text(
            f"{counts.wanted} 条没有坐标的记录中，{counts.found} 条的点位取自 {places}：按村代码 "
            f"{counts.by_code} 条，按村名 {by_name} 条；该文件另有 {counts.unused} 条没有用到",
            f"{counts.found} of {counts.wanted} records without coordinates have their point from "
            f"{places}: {counts.by_code} by code, {by_name} by name; {counts.unused} of its "
            "records are not used",
        ),
        file=file,
        mend=Text("核对没有用到的点位", "check the points that are not used"),
        severity="warning",
    )
