"""Reading the crosswalk of former units: which unit of today each of them went into."""

import datetime
import difflib
from collections import Counter
from dataclasses import dataclass, field

from ..core.errors import Problem, Problems, Severity
from ..core.text import Text
from ..domain.former import Former, FormerUnits, Naming, Step
from ..domain.targets_config import PlaceTable
from ..domain.unit_codes import full_code
from ..domain.unit_words import is_scientific, settled
from .columns import missing_column
from .crosswalkfaults import (
    CIRCLE,
    LATER,
    MEND_CIRCLE,
    MEND_DIFFER,
    MEND_SHARES,
    MEND_STILL,
    MEND_TWICE,
    NEWER,
    SHARE,
    SHARES,
    STILL,
    TWICE,
    bad_cell,
    changes_said,
    half,
)
from .factcells import ColumnNames, find_columns
from .groupshares import as_share
from .paths import Folder
from .periods import DATE, span_of
from .tables import Table, read_table
from .unitcolumn import lost_digits
from .unitnames import UnitNames

_COLUMNS = (
    ColumnNames(
        "former_code",
        ("原代码", "原单元代码", "原乡镇代码", "旧代码", "撤并前代码", "调整前代码", "原区划代码"),
    ),
    ColumnNames(
        "former_name",
        (
            "原名称", "原单元", "原乡镇", "原乡镇名称", "旧名称", "撤并前名称", "调整前名称",
            "former",
        ),
    ),
    ColumnNames(
        "code",
        (
            "现代码", "现单元代码", "现乡镇代码", "新代码", "撤并后代码", "调整后代码",
            "现区划代码", "present_code",
        ),
    ),
    ColumnNames(
        "name",
        (
            "现名称", "现单元", "现乡镇", "现乡镇名称", "新名称", "撤并后名称", "调整后名称",
            "并入", "present_name", "present",
        ),
    ),
    ColumnNames("share", ("比例", "人口比例", "占比", "所占比例")),
    ColumnNames(
        "date",
        ("变更日期", "调整日期", "变更年份", "调整年份", "撤并日期", "撤并年份", "年份"),
    ),
)  # fmt: skip
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class _Row:
    row: int
    code: str
    name: str
    to_code: str
    to_name: str
    share: float | None
    date: datetime.date | None

    @property
    def former(self) -> str:
        return self.name or self.code

    @property
    def present(self) -> str:
        return self.to_name or self.to_code


def read_crosswalk(
    folder: Folder,
    source: PlaceTable,
    units: UnitNames,
    date: datetime.date | None,
    problems: Problems,
) -> FormerUnits:
    """Return the former units a study knows of, every fault of the table noted.

    A row after ``date``, or one that replaces a unit which is still in force by one that is not
    yet, has not happened and is left out. What a row goes into may itself be a former unit.

    Parameters
    ----------
    folder, source
        The study's folder, and the table in it.
    units
        The units in force.
    date
        The day of the study, None for today's units.
    problems
        Where faults go: a unit nobody knows, shares that do not add up to 1, a chain that comes
        back to where it began.

    Raises
    ------
    InputError
        When the file cannot be read at all.
    """
    full = folder.find(source.source, "region.crosswalk")
    file = source.source.as_posix()
    table = read_table(full, file, source.table, problems=problems)
    folder.note(source.source, full, len(table.frame))
    columns = find_columns(table, _COLUMNS, source.columns, problems)
    names = [str(name) for name in table.frame.columns]
    for sides in (("former_code", "former_name"), ("code", "name")):
        if not set(sides) & set(columns) and not set(sides) & set(source.columns):
            usual = next(c.names[0] for c in _COLUMNS if c.key == sides[1])
            problems.add(missing_column(file, sides[1], usual, names))
    problems.raise_if_any()
    folder.took(file, "region.crosswalk", table.frame, dict(columns), source.columns)
    rows = _rows(table, columns, problems)
    return _Maker(table, columns, units, date, problems).made(rows)


def _rows(table: Table, columns: dict[str, str], problems: Problems) -> list[_Row]:
    texts = {key: list(table.frame[column]) for key, column in columns.items()}
    found = []
    for i, number in enumerate(table.rows):
        cells = {key: str(values[i]).strip() for key, values in texts.items()}
        before = len(problems.errors)
        for key in ("former_code", "code"):
            if is_scientific(cells.get(key, "")):
                problems.add(lost_digits(table.file, int(number), columns[key], cells[key]))
        share, date = cells.get("share", ""), span_of(cells.get("date", ""))
        if share and as_share(share) is None:
            problems.add(bad_cell(table.file, int(number), columns["share"], share, SHARE))
        if cells.get("date") and date is None:
            problems.add(bad_cell(table.file, int(number), columns["date"], cells["date"], DATE))
        row = _Row(
            int(number),
            cells.get("former_code", ""),
            cells.get("former_name", ""),
            cells.get("code", ""),
            cells.get("name", ""),
            as_share(share) if share else None,
            None if date is None else date.first,
        )
        if not row.former or not row.present:
            problems.add(half(table.file, row.row, row.former or row.present))
        elif len(problems.errors) == before:
            found.append(row)
    return found


@dataclass(slots=True)
class _Maker:
    """Puts the rows of a crosswalk together to former units."""

    table: Table
    columns: dict[str, str]
    units: UnitNames
    date: datetime.date | None
    problems: Problems
    rows: dict[str, list[_Row]] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)

    def made(self, rows: list[_Row]) -> FormerUnits:
        """Return the former units of some rows."""
        done = [row for row in rows if not self._to_come(row)]
        if len(done) < len(rows):
            self._say("crosswalk.later", [row for row in rows if row not in done], LATER)
        newer = [row for row in done if self._is_later(row)]
        if newer:
            self._say("crosswalk.newer", newer, NEWER)
        for row in sorted(done, key=lambda one: not one.code):
            self._collect(row)
        found: dict[str, Former] = {}
        for key, mine in self.rows.items():
            steps = self._steps(key, mine)
            code = next((row.code for row in mine if row.code), "")
            name = next((row.name for row in mine if row.name), "")
            if steps:
                found[key] = Former(key, full_code(code) or code, name, steps)
        return FormerUnits(self._without_circles(found), self.table.file)

    def _to_come(self, row: _Row) -> bool:
        """Return whether a change had not happened on the day, as the boundaries show it."""
        still = bool(self._today(row.code, row.name))
        yet = bool(self._today(row.to_code, row.to_name))
        if row.date is not None and self.date is not None and row.date <= self.date:
            return False
        of_later = not yet and self._elsewhen(row.to_code or row.to_name)
        return (still or of_later) if self._is_later(row) else still and of_later

    def _is_later(self, row: _Row) -> bool:
        return row.date is not None and self.date is not None and row.date > self.date

    def _elsewhen(self, text: str) -> bool:
        others = {one.code: one.name for one in self.units.naming.elsewhen}
        return bool(UnitNames(others, Naming()).called(text).units)

    def _today(self, code: str, name: str) -> str:
        """Return the unit in force of a code, without a code of a name; "" where there is none."""
        called = self.units.called(code or name)
        return called.units[0] if len(called.units) == 1 else ""

    def _collect(self, row: _Row) -> None:
        """Put a row to the former unit it is of; one without a code to the one of that name."""
        key = f"former:{full_code(row.code) or row.code}" if row.code else ""
        if not key:
            alike = self.ids.get(settled(row.name), set())
            key = next(iter(alike)) if len(alike) == 1 else f"former:{settled(row.name)}"
        self.rows.setdefault(key, []).append(row)
        if row.name:
            self.ids.setdefault(settled(row.name), set()).add(key)

    def _steps(self, key: str, rows: list[_Row]) -> tuple[Step, ...]:
        targets = [(row, self._target(row, key)) for row in rows]
        known = [(row, target) for row, target in targets if target]
        twice = Counter(target for _, target in known)
        for row, target in known:
            if twice[target] > 1:
                self._fault("crosswalk.twice", row, TWICE, MEND_TWICE)
        own = self._today(rows[0].code, rows[0].name)
        if own and known and own not in twice:
            self._fault("crosswalk.still_there", rows[0], STILL, MEND_STILL)
            return ()
        if len(known) < len(rows) or max(twice.values()) > 1:
            return ()
        shares = [row.share for row, _ in known]
        given = [share for share in shares if share is not None]
        if given and (len(given) < len(shares) or abs(sum(given) - 1) > _WHOLE):
            found = " + ".join("?" if s is None else f"{s:.10g}" for s in shares)
            self._fault("crosswalk.share", rows[0], SHARES, MEND_SHARES, found, "share")
            return ()
        return tuple((target, row.share) for row, target in known)

    def _target(self, row: _Row, key: str) -> str:
        """Return the unit a row goes into, or the id of a former one; "" where nobody knows it."""
        by_code = self._one(row.to_code, row, key) if row.to_code else ""
        by_name = self._one(row.to_name, row, key) if row.to_name else ""
        if by_code and by_name and by_code != by_name:
            what = Text("现代码和现名称不是同一个单元", "present code and name are of two units")
            found = f"{row.to_code} / {row.to_name}"
            self._fault("crosswalk.differ", row, what, MEND_DIFFER, found, "code")
            return ""
        if not by_code and not by_name:
            self.problems.add(self._unknown(row))
        return by_code or by_name

    def _one(self, text: str, row: _Row, key: str) -> str:
        called = self.units.called(text)
        today = called.units[0] if len(called.units) == 1 else ""
        gone = self._former(text, key)
        if today and gone and row.date is not None:
            # It went into the unit as it was before that unit's own, later change.
            later = [r for r in self.rows[gone] if r.date is not None and r.date > row.date]
            return gone if later else today
        return today or gone

    def _former(self, text: str, key: str) -> str:
        code = full_code(text)
        if code is not None:
            found = f"former:{code}"
            return found if found in self.rows and found != key else ""
        alike = self.ids.get(settled(text), set()) - {key}
        return next(iter(alike)) if len(alike) == 1 else ""

    def _without_circles(self, found: dict[str, Former]) -> dict[str, Former]:
        """Return what does not come back to itself; each circle noted once."""
        state: dict[str, bool] = {}
        bad: set[str] = set()

        def walk(key: str, way: tuple[str, ...]) -> None:
            state[key] = False
            for target, _ in found[key].to:
                if target not in found:
                    # A target that was dropped for its own fault drops this one too.
                    if target in self.rows:
                        bad.add(key)
                elif target not in state:
                    walk(target, (*way, target))
                elif not state[target]:
                    circle = way[way.index(target) :]
                    bad.update(circle)
                    chain = " → ".join(found[one].called for one in (*circle, target))
                    self._fault("crosswalk.circle", self.rows[key][0], CIRCLE, MEND_CIRCLE, chain)
                if target in bad:
                    bad.add(key)
            state[key] = True

        for key in found:
            if key not in state:
                walk(key, (key,))
        return {key: one for key, one in found.items() if key not in bad}

    def _unknown(self, row: _Row) -> Problem:
        near = difflib.get_close_matches(row.present, self.units.near(), n=1, cutoff=0.4)
        zh, en = (f"最接近的是{near[0]}；", f"the nearest is {near[0]}; ") if near else ("", "")
        column = self.columns.get("name") if row.to_name else self.columns.get("code")
        return Problem(
            code="crosswalk.unknown",
            what=Text("没有这个现单元", "there is no such present unit"),
            file=self.table.file,
            row=row.row,
            column=column or self.columns.get("code"),
            found=row.present,
            expected=Text(
                "边界文件里的单元，或对照表里的另一个原单元",
                "a unit of the boundaries, or another former unit of the crosswalk",
            ),
            mend=Text(f"{zh}改正代码或名称", f"{en}correct the code or name"),
        )

    def _say(self, code: str, rows: list[_Row], words: tuple[Text, Text]) -> None:
        changes = [(row.former, row.present) for row in rows]
        self.problems.add(changes_said(code, self.table.file, changes, words))

    def _fault(
        self,
        code: str,
        row: _Row,
        what: Text,
        mend: Text,
        found: str = "",
        key: str = "",
        severity: Severity = "error",
    ) -> None:
        self.problems.add(
            Problem(
                code=code,
                what=what,
                file=self.table.file,
                row=row.row,
                column=self.columns.get(key),
                found=found or f"{row.former} → {row.present}",
                mend=mend,
                severity=severity,
            )
        )
