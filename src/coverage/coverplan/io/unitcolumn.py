"""A column that names units: every row's unit, and what a planner must know of how it was told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..core.errors import Problem, Problems, Severity
from ..core.text import Text
from ..domain.unit_words import is_scientific, plain
from .unitnames import Called, UnitNames

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class UnitColumn:
    """The cells of a table that name units.

    Parameters
    ----------
    file, column
        For messages.
    rows
        Row number of each cell.
    texts
        The cells; an empty one names no unit.
    counties
        What a column of the same rows says units lie in; nothing where there is no such column.
    at
        Code of the unit the point of each row lies in, None where in none; nothing where rows
        have no points.
    """

    file: str
    column: str | None
    rows: Sequence[int]
    texts: Sequence[str]
    counties: Sequence[str] = ()
    at: Sequence[str | None] = ()

    def shown(self, i: int) -> str:
        """Return a cell with what its row says the unit lies in before it."""
        county = self.counties[i] if self.counties and self.texts[i] else ""
        return f"{county} {self.texts[i]}" if county else self.texts[i]


@dataclass(frozen=True, slots=True)
class NamedUnits:
    """What the rows of a column name.

    Parameters
    ----------
    codes
        Code of the unit of each row, "" where it names none of the study's or it is not known
        which.
    former
        Id of the former unit each row names, "" where none.
    """

    codes: list[str]
    former: list[str]


@dataclass(slots=True)
class _Notes:
    lost_digits: list[int] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)
    by_point: list[int] = field(default_factory=list)
    divided: list[int] = field(default_factory=list)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    counties: dict[str, list[int]] = field(default_factory=dict)


def named_units(
    names: UnitNames,
    given: UnitColumn,
    problems: Problems,
    *,
    severity: Severity = "warning",
    divided_later: bool = False,
) -> NamedUnits:
    """Return the unit of each row, every translation and every doubt noted.

    A former unit that was divided, and a name of two units, mean the one the row's point lies in.

    Parameters
    ----------
    names, given
        How units may be called, and the column.
    problems
        Where notes go; what nothing tells apart has this ``severity``.
    severity
        Whether a row that is not understood stops everything.
    divided_later
        Whether rows of divided former units are no fault here: the caller divides them.
    """
    known: dict[tuple[str, str], Called] = {}
    notes = _Notes()
    codes: list[str] = []
    former: list[str] = []
    for i, text in enumerate(given.texts):
        key = (text, given.counties[i] if given.counties else "")
        if key not in known:
            known[key] = names.called(*key)
        called = known[key]
        code = _unit(called, given.at[i] if given.at else None)
        codes.append(code)
        former.append(called.former)
        _note(notes, names, given, i, called, code)
    _drop_counties(notes, names, given, codes, former, problems)
    _say(notes, names, given, problems, severity, divided_later=divided_later)
    return NamedUnits(codes, former)


def _unit(called: Called, at: str | None) -> str:
    if at is not None and at in called.units:
        return at
    return called.units[0] if len(called.units) == 1 and not called.beyond else ""


def _note(
    notes: _Notes, names: UnitNames, given: UnitColumn, i: int, called: Called, code: str
) -> None:
    text = given.texts[i]
    if not called.units and not called.beyond and text and is_scientific(text):
        notes.lost_digits.append(i)
    if called.county and names.lies_in(code, called.county) is None:
        notes.counties.setdefault(called.county, []).append(i)
    if called.former:
        notes.moved[called.former, code] += 1
    if code and len(called.units) > 1 and not called.former:
        notes.by_point.append(i)
    if code or not called.units:
        return
    # A point outside the study says that the row is of a part that lies outside.
    elsewhere = called.beyond and bool(given.at) and given.at[i] is None
    if not elsewhere:
        (notes.divided if called.former else notes.unsure).append(i)


def _drop_counties(
    notes: _Notes,
    names: UnitNames,
    given: UnitColumn,
    codes: list[str],
    former: list[str],
    problems: Problems,
) -> None:
    """Take no unit by its name where rows name several counties and nothing tells which is ours."""
    if not notes.counties or names.county_known:
        return
    listed = [f"{county} ({len(rows)})" for county, rows in notes.counties.items()]
    sure = len(notes.counties) == 1
    if not sure:
        for i in (i for rows in notes.counties.values() for i in rows):
            codes[i], former[i] = "", ""
    problems.add(
        Problem(
            code="unit.county",
            what=Text(
                "单元名称前写了县名，边界文件没有说明各单元属于哪个县："
                + ("按本县的单元计" if sure else "不止一个县，这些行不认作任何单元"),
                "names of units have their county in front, and the boundaries do not say which "
                "county their units lie in: "
                + ("taken as units of the study" if sure else "several, so no unit is taken"),
            ),
            file=given.file,
            column=given.column,
            found=Text("、".join(listed), ", ".join(listed)),
            expected=Text("一个县", "one county"),
            mend=Text(
                "在边界文件里加一列“所属县”，或改用代码",
                "add a column of counties (parent) to the boundary file, or use codes",
            ),
            severity="warning",
        )
    )


def _say(
    notes: _Notes,
    names: UnitNames,
    given: UnitColumn,
    problems: Problems,
    severity: Severity,
    *,
    divided_later: bool,
) -> None:
    for i in notes.lost_digits:
        problems.add(lost_digits(given.file, int(given.rows[i]), given.column, given.texts[i]))
    for i in notes.unsure:
        problems.add(_ambiguous(given, i, names, severity))
    for i in [] if divided_later else notes.divided:
        problems.add(_divided(given, i, names, severity))
    for i in notes.by_point:
        problems.add(_by_point(given, i))
    if notes.moved:
        problems.add(_translated(given, notes.moved, names))


def lost_digits(file: str, row: int, column: str | None, found: str) -> Problem:
    """Return the fault of a code that Excel has shown, and saved, in scientific notation."""
    return Problem(
        code="unit.scientific",
        what=Text(
            "代码被 Excel 存成了科学计数法，后几位已丢失",
            "Excel has stored a code in scientific notation: its last digits are lost",
        ),
        file=file,
        row=row,
        column=column,
        found=plain(found),
        expected=Text("6、9 或 12 位代码，如 330624001", "a code of 6, 9 or 12 digits"),
        mend=Text(
            "从原表重新导出：先把该列设为“文本”格式，再填代码",
            "export it again from the original, the column formatted as text",
        ),
    )


def _ambiguous(given: UnitColumn, i: int, names: UnitNames, severity: Severity) -> Problem:
    called = names.called(given.texts[i], given.counties[i] if given.counties else "")
    units = [f"{names.units[code]} ({code})" for code in called.units]
    units += ["…"] if called.beyond else []
    return Problem(
        code="unit.ambiguous",
        what=Text("名称对应不止一个单元，无法区分", "a name is that of more than one unit"),
        file=given.file,
        row=int(given.rows[i]),
        column=given.column,
        found=given.shown(i),
        expected=Text("、".join(units) + " 之一", "one of " + ", ".join(units)),
        mend=Text(
            "改用代码，或加一列“所属县”（边界文件也要有）",
            "use codes, or add a column of counties (the boundary file needs one too)",
        ),
        severity=severity,
    )


def _by_point(given: UnitColumn, i: int) -> Problem:
    return Problem(
        code="unit.by_point",
        what=Text(
            "名称对应不止一个单元：归入坐标所在的那一个",
            "a name is that of more than one unit: the one the point lies in is taken",
        ),
        file=given.file,
        row=int(given.rows[i]),
        column=given.column,
        found=given.shown(i),
        mend=Text("改用代码", "use codes"),
        severity="warning",
    )


def _divided(given: UnitColumn, i: int, names: UnitNames, severity: Severity) -> Problem:
    called = names.called(given.texts[i], given.counties[i] if given.counties else "")
    units = [names.units[code] for code in called.units] + (["…"] if called.beyond else [])
    return Problem(
        code="unit.former_divided",
        what=Text(
            "原单元已拆分到几个现单元，这一行属于哪一个无法判断",
            "the former unit was divided, and nothing tells which part this row belongs to",
        ),
        file=given.file,
        row=int(given.rows[i]),
        column=given.column,
        found=given.shown(i),
        expected=Text("、".join(units) + " 之一", "one of " + ", ".join(units)),
        mend=Text("改写现单元，或补上坐标", "name the present unit, or give coordinates"),
        severity=severity,
    )


def _translated(given: UnitColumn, moved: Counter[tuple[str, str]], names: UnitNames) -> Problem:
    """Return the table of translations: who became what, and in how many rows."""
    rows = sum(moved.values())
    by_unit = [
        (names.former(key).called, names.units.get(code, ""), n)
        for (key, code), n in sorted(moved.items())
    ]
    more = len(by_unit) - _SHOWN
    zh = [f"{old}→{new or '（拆分或区外）'}（{n} 行）" for old, new, n in by_unit[:_SHOWN]]
    en = [f"{old} → {new or '(divided or outside)'} ({n})" for old, new, n in by_unit[:_SHOWN]]
    if more > 0:
        zh, en = [*zh, f"另有 {more} 种"], [*en, f"{more} more"]
    return Problem(
        code="unit.former",
        what=Text(
            f"{rows} 行写的是原单元，已按对照表 {names.naming.former.file} 归入现单元",
            f"{rows} rows name former units; by the crosswalk {names.naming.former.file} they "
            "belong to present ones",
        ),
        file=given.file,
        column=given.column,
        found=Text("；".join(zh), "; ".join(en)),
        mend=Text("核对对照；也可把表改为现单元", "check them, or name present units in the table"),
        severity="warning",
    )
