"""Reading tables of facts about units of any level, from province to village."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.fact_frames import with_facts
from ..domain.policy import LEVELS
from ..domain.policy_columns import UNIT_FACTS
from ..domain.region import Region
from ..domain.targets_config import PlaceTable
from ..domain.unit_codes import above, full_code, type_of
from .columns import USUAL_NAMES
from .factcells import ColumnNames, find_columns, read_facts
from .formerfacts import FormerFacts
from .paths import Folder
from .studyunits import StudyUnits, named_here, study_units
from .tables import Table, read_table
from .unitcolumn import UnitColumn

_COLUMNS = (
    ColumnNames(
        "code",
        (
            "村编码", "村代码", "村（社区）代码", "社区代码", "统计用区划代码", "代码", "编码",
            "区划代码", "行政区划代码", "单元代码", "乡镇代码", "乡镇（街道）代码", "县代码",
            "adcode",
        ),
    ),
    ColumnNames(
        "name",
        (
            "村名", "村（社区）", "村（社区）名称", "社区名称", "名称", "单元名称", "单元",
            "乡镇名称", "乡镇（街道）", "县名",
        ),
    ),
    ColumnNames("unit", USUAL_NAMES["unit"]),
)  # fmt: skip
_LABELS = {fact.key: fact.label for fact in UNIT_FACTS}


def read_unit_facts(
    folder: Folder, tables: Sequence[PlaceTable], region: Region, problems: Problems
) -> pd.DataFrame:
    """Return what some tables say of units, one row for each unit.

    Parameters
    ----------
    folder, tables
        The study's folder, and the tables in it. A row is about the unit of its code of 6, 9 or
        12 digits; without a code, about the township of its name, or the village of its name and
        township that another table gives a code. Several rows about one unit are put together.
    region
        The townships of the study.
    problems
        Where faults go: a row or cell that cannot be used is a warning, and left out.

    Returns
    -------
    DataFrame
        Index ``code`` (12 digits, unique, sorted); ``name`` ("" where not known) and every key of
        `UNIT_FACTS`, typed as by `with_facts`. Level and type are told from the code where no
        column gives them; ``parent`` is "" where nothing says.

    Raises
    ------
    InputError
        When a file cannot be read at all.
    """
    units = study_units(region)
    known = _Known(units)
    for number, source in enumerate(tables):
        key = f"targets.units[{number}]"
        read = problems.attempt(lambda k=key, s=source: _read(folder, k, s, problems))  # type: ignore[misc]
        if read is not None:
            known.add(read, problems)
    problems.raise_if_any()
    known.settle(problems)
    return known.frame()


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table of units as read: its records as text, where codes and names stand, its facts."""

    table: Table
    columns: dict[str, str]
    texts: dict[str, list[str]]
    facts: list[dict[str, Any]]

    def text(self, key: str, i: int) -> str:
        return self.texts[key][i] if key in self.texts else ""

    def warn(
        self, code: str, i: int, what: Text, mend: Text, *, column: str = "code", found: str = ""
    ) -> Problem:
        return Problem(
            code=code,
            what=what,
            file=self.table.file,
            row=int(self.table.rows[i]),
            column=self.columns.get(column),
            found=found,
            mend=mend,
            severity="warning",
        )


def _read(folder: Folder, key: str, source: PlaceTable, problems: Problems) -> _Rows:
    full = folder.find(source.source, f"{key}.source")
    table = read_table(full, source.source.as_posix(), source.table, problems=problems)
    folder.note(source.source, full, len(table.frame))
    columns = find_columns(table, _COLUMNS, source.columns, problems)
    if not columns:
        raise InputError([_nothing_named(table)])
    facts = read_facts(table, UNIT_FACTS, source.columns, problems, taken=columns.values())
    texts = {
        key: [str(text).strip() for text in table.frame[column]] for key, column in columns.items()
    }
    return _Rows(table, columns, texts, _known_only(facts))


def _known_only(facts: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the facts of each record, those that are known."""
    rows: list[dict[str, Any]] = [{} for _ in range(len(facts))]
    for key in facts.columns:
        known = facts[key].notna().to_numpy(dtype=bool)
        for i, value in zip(np.flatnonzero(known), facts[key][known], strict=True):
            rows[i][str(key)] = value
    return rows


def _nothing_named(table: Table) -> Problem:
    usual = "、".join(_COLUMNS[0].names[5:10])
    return Problem(
        code="column.missing",
        what=Text("没有代码列，也没有名称列", "there is neither a column of codes nor of names"),
        file=table.file,
        found="、".join(str(name) for name in table.frame.columns[:12]),
        expected=Text(f"代码列（{usual} 等）或名称列", "a column of codes, or of names"),
        mend=Text(
            '修改表头，或在研究文件中写明 columns = { code = "…" }',
            'rename one, or say in the study file: columns = { code = "..." }',
        ),
    )


class _Known:
    """Units met so far, and what is known of each."""

    def __init__(self, units: StudyUnits) -> None:
        self.units = units
        self.facts: dict[str, dict[str, Any]] = {}
        self.named: dict[str, set[str]] = {}
        self.gone = FormerFacts()

    def add(self, rows: _Rows, problems: Problems) -> None:
        """Put the rows of one table to what is known."""
        texts = rows.texts.get("unit", [""] * len(rows.table.frame))
        column = UnitColumn(
            rows.table.file, rows.columns.get("unit"), rows.table.rows.tolist(), texts
        )
        for i, township in enumerate(named_here(self.units, column, problems)):
            code = self._code(rows, i, township, problems)
            if code in self.units.words.naming.former.by_id:
                self.gone.add(code, dict(rows.facts[i]), rows.table.file, int(rows.table.rows[i]))
            elif code:
                self._merge(rows, i, code, self._row(rows, i, township), problems)

    def _code(self, rows: _Rows, i: int, township: str, problems: Problems) -> str:
        given, name = rows.text("code", i), rows.text("name", i)
        former = self.units.words.called(given or ("" if township else name)).former
        if former:
            return former
        code = full_code(given) or self.units.called.get(given)
        if code is not None:
            return code
        if given:
            problems.add(rows.warn("unit.code", i, _NO_CODE, _MEND_CODE, found=given))
            return ""
        code = self._called(name, township)
        if not code:
            problems.add(
                rows.warn("unit.unknown", i, _NOT_HERE, _MEND_NAME, column="name", found=name)
            )
        return code

    def _called(self, name: str, township: str) -> str:
        """Return the code of the one unit of a name, within a township where one is given."""
        if not name:
            return township
        mine = self.units.called.get(name, "")
        if mine and township in {"", mine}:
            return mine
        found = [
            code
            for code in self.named.get(name, ())
            if not township or self._parent(code) == township
        ]
        return found[0] if len(found) == 1 else ""

    def _row(self, rows: _Rows, i: int, township: str) -> dict[str, Any]:
        """Return what a row says, and nothing it does not."""
        row = dict(rows.facts[i])
        if name := rows.text("name", i):
            row["name"] = name
        if "parent" in row:
            text = str(row.pop("parent")).removesuffix(".0")
            over = full_code(text) or self.units.called.get(text) or self._called(text, "")
            row |= {"parent": over} if over else {}
        elif township:
            row["township"] = township
        return row

    def _merge(
        self, rows: _Rows, i: int, code: str, row: dict[str, Any], problems: Problems
    ) -> None:
        old = self.facts.get(code, {})
        whole = old | row
        level = self._level(code, whole)
        kind = whole.get("type") or type_of(code, level, str(whole.get("name", "")))
        if not self.units.holds(code, level, self._parent(code, whole), kind):
            problems.add(rows.warn("unit.elsewhere", i, _ELSEWHERE, _MEND_ELSEWHERE, found=code))
            return
        declared = self.units.names.get(code)
        if declared is not None and row.setdefault("name", declared) != declared:
            problems.add(_other_name(rows, i, str(row["name"]), declared))
            row["name"] = declared
        for key, value in row.items():
            if isinstance(value, frozenset):
                # One table may name some sets, another others.
                old[key] = value | old.get(key, frozenset())
            elif old.get(key, value) != value and key in _LABELS:
                problems.add(_twice(rows, i, key, str(old[key]), str(value)))
        self.facts[code] = row | old
        self.named.setdefault(str(self.facts[code].get("name", "")), set()).add(code)

    def _level(self, code: str, facts: dict[str, Any]) -> str:
        return str(facts.get("level") or self.units.level(code) or "township")

    def _parent(self, code: str, facts: dict[str, Any] | None = None) -> str:
        facts = self.facts[code] if facts is None else facts
        level = self._level(code, facts)
        if "parent" in facts:
            return str(facts["parent"])
        if level == "village" and "township" in facts:
            return str(facts["township"])
        over = LEVELS[: LEVELS.index(level)]
        by_code = next((found for up in reversed(over) if (found := above(code, up))), "")
        # The code of a village may still be that of a former township.
        return self.units.called.get(by_code, by_code)

    def settle(self, problems: Problems) -> None:
        """Put what is said of former units to the present ones they went into."""
        for code, row in self.gone.settled(self.units, set(self.facts), problems).items():
            self.facts[code] = row | {"name": self.units.names[code]}

    def frame(self) -> pd.DataFrame:
        """Return what is known, sorted by code."""
        rows = []
        for code in sorted(self.facts):
            facts = self.facts[code]
            level, name = self._level(code, facts), str(facts.get("name", ""))
            told = {"level": level, "type": type_of(code, level, name)}
            rows.append(told | facts | {"name": name, "parent": self._parent(code)})
        keys = ["name", *_LABELS]
        frame = with_facts(
            pd.DataFrame(
                {key: pd.Series([row.get(key) for row in rows], dtype=object) for key in keys}
            ),
            UNIT_FACTS,
        )
        frame["name"] = frame["name"].astype("string")
        frame.index = pd.Index(sorted(self.facts), name="code", dtype=object)
        return frame


_NO_CODE = Text(
    "不是 6、9 或 12 位代码，这一行未用", "no code of 6, 9 or 12 digits; the row is left out"
)
_MEND_CODE = Text(
    "改为统计用区划代码；乡镇也可只写名称",
    "give the statistical code; for a township its name will do",
)
_NOT_HERE = Text(
    "没有代码，名称也对不上研究区的任何单元，这一行未用",
    "no code, and the name is that of no unit of the study; the row is left out",
)
_MEND_NAME = Text("补上代码，或改正名称", "add the code, or correct the name")
_ELSEWHERE = Text(
    "这个单元不在研究区内，这一行未用", "the unit does not lie in the study; the row is left out"
)
_MEND_ELSEWHERE = Text("若应属于研究区，改正代码", "correct the code if it should")


def _other_name(rows: _Rows, i: int, found: str, declared: str) -> Problem:
    return Problem(
        code="unit.name_differs",
        what=Text(
            f"代码是{declared}的，名称却不同；按代码归属",
            f"the code is that of {declared}, the name another; it belongs where its code says",
        ),
        file=rows.table.file,
        row=int(rows.table.rows[i]),
        column=rows.columns.get("name"),
        found=found,
        mend=Text("核对代码和名称", "check code and name"),
        severity="warning",
    )


def _twice(rows: _Rows, i: int, key: str, old: str, new: str) -> Problem:
    label = _LABELS[key]
    return Problem(
        code="unit.twice",
        what=Text(
            f"同一单元的“{label.zh}”有两个不同的值，用先读到的",
            f'one unit has two values of "{label.en}"; the first one read holds',
        ),
        file=rows.table.file,
        row=int(rows.table.rows[i]),
        found=f"{old} / {new}",
        mend=Text("只留一个值，或改成一致", "keep one, or make them agree"),
        severity="warning",
    )
