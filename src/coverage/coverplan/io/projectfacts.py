"""Reading registers of projects, plans and money that policy targets ask for."""

from collections.abc import Sequence

import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.fact_frames import with_facts
from ..domain.policy_columns import PROJECT_FACTS
from ..domain.region import Region
from ..domain.targets_config import PlaceTable
from .facilityfacts import wider_units
from .factcells import ColumnNames, find_columns, read_facts
from .paths import Folder
from .policykinds import LAYER_NAMES, layers_named
from .studyunits import called_village, named_here, study_units, village_finder
from .tables import Table, read_table
from .unitcolumn import UnitColumn

_COLUMNS = (
    ColumnNames("id", ("编号", "项目编号", "序号", "id")),
    ColumnNames("name", ("项目名称", "名称", "name")),
    ColumnNames("layer", ("对应图层", *LAYER_NAMES)),
)
_TEXTS = ("id", "name", "layer", "unit", "village")


def read_projects(
    folder: Folder,
    tables: Sequence[PlaceTable],
    region: Region,
    units: pd.DataFrame,
    problems: Problems,
) -> pd.DataFrame:
    """Return the projects, plans and payments of some registers.

    Parameters
    ----------
    folder, tables, region
        The study's folder, the registers in it, and the townships of the study.
    units
        As `coverplan.io.unitfacts.read_unit_facts` returns them.
    problems
        Where faults go: a cell that cannot be used is a warning, and not known.

    Returns
    -------
    DataFrame
        In the order of the registers: ``id``, ``name``, ``layer`` (a policy layer or a family of
        them, "" where none) and every key of `PROJECT_FACTS`, typed as by `with_facts`; ``unit``
        and ``village`` are codes, "" where not known.

    Raises
    ------
    InputError
        When a file cannot be read at all.
    """
    reader = _Reader(folder, region, units, problems)
    parts = []
    for number, source in enumerate(tables):
        key = f"targets.projects[{number}]"
        rows = problems.attempt(lambda k=key, s=source: reader.register(k, s))  # type: ignore[misc]
        if rows is not None:
            parts.append(rows)
    problems.raise_if_any()
    return pd.concat(parts, ignore_index=True) if parts else _typed(pd.DataFrame(columns=_TEXTS))


class _Reader:
    """Reads one register after the other, units and villages at hand."""

    def __init__(
        self, folder: Folder, region: Region, units: pd.DataFrame, problems: Problems
    ) -> None:
        self.folder, self.problems = folder, problems
        self.study = study_units(region)
        self.above = wider_units(units, self.study)
        self.villages = village_finder(units)
        self.codes = set(units.index[units["level"] == "village"])

    def register(self, key: str, source: PlaceTable) -> pd.DataFrame:
        """Return the rows of one register."""
        full = self.folder.find(source.source, f"{key}.source")
        table = read_table(
            full,
            source.source.as_posix(),
            source.table,
            may_be_empty=True,
            problems=self.problems,
        )
        self.folder.note(source.source, full, len(table.frame))
        columns = find_columns(table, _COLUMNS, source.columns, self.problems)
        facts = read_facts(
            table, PROJECT_FACTS, source.columns, self.problems, taken=columns.values()
        )
        units = self._units(table, facts["unit"])
        frame = facts.assign(
            id=_texts(table, columns.get("id")) or [f"{key}-{row:05d}" for row in table.rows],
            name=_texts(table, columns.get("name")) or [""] * len(table.frame),
            layer=self._layers(table, columns.get("layer")),
            unit=units,
            village=self._villages(table, facts["village"], units),
        )
        return _typed(frame[~self._again(table, columns.get("id"))])

    def _units(self, table: Table, given: pd.Series) -> list[str]:
        texts = [str(text) for text in given.fillna("")]
        column = UnitColumn(table.file, None, table.rows.tolist(), texts)
        found = named_here(self.study, column, self.problems, above=self.above)
        for i, (text, code) in enumerate(zip(texts, found, strict=True)):
            if text and not code:
                self.problems.add(_not_here(table, i, text))
        return found

    def _villages(self, table: Table, given: pd.Series, units: list[str]) -> list[str]:
        found = []
        for i, (text, unit) in enumerate(zip(given.fillna(""), units, strict=True)):
            code = called_village(self.villages, self.codes, unit, str(text)) if text else ""
            if text and not code:
                self.problems.add(_not_here(table, i, str(text)))
            found.append(code)
        return found

    def _layers(self, table: Table, column: str | None) -> list[str]:
        if column is None:
            return [""] * len(table.frame)
        layers = []
        for i, text in enumerate(table.frame[column]):
            named = (
                layers_named(table, column, i, families=True, problems=self.problems)
                if str(text).strip()
                else []
            )
            if len(named) > 1:
                self.problems.add(_several(table, column, i, str(text)))
            layers.append(named[0] if len(named) == 1 else "")
        return layers

    def _again(self, table: Table, column: str | None) -> pd.Series:
        """Return which rows repeat an id, each noted: money must not count twice."""
        if column is None:
            return pd.Series(data=False, index=table.frame.index)
        ids = table.frame[column].astype(str).str.strip()
        again = ids.duplicated() & (ids != "")
        for i in again.index[again]:
            self.problems.add(
                Problem(
                    code="project.twice",
                    what=Text(
                        "项目编号重复，只计第一条", "an id comes twice; the first one counts"
                    ),
                    file=table.file,
                    row=int(table.rows[i]),
                    column=column,
                    found=str(ids[i]),
                    mend=Text("改正编号，或删去重复的行", "correct the id, or remove the row"),
                    severity="warning",
                )
            )
        return again


def _texts(table: Table, column: str | None) -> list[str]:
    return [] if column is None else [str(text).strip() for text in table.frame[column]]


def _not_here(table: Table, i: int, text: str) -> Problem:
    return Problem(
        code="project.unit",
        what=Text(
            "实施地不是研究区的单元，按不知道计",
            "the place is no unit of the study; it is taken as unknown",
        ),
        file=table.file,
        row=int(table.rows[i]),
        found=text,
        expected=Text("研究区内单元的代码或名称", "code or name of a unit of the study"),
        mend=Text("改正，或留空", "correct it, or leave it empty"),
        severity="warning",
    )


def _several(table: Table, column: str, i: int, text: str) -> Problem:
    return Problem(
        code="project.layers",
        what=Text(
            "一个项目写了几个类别，无法归类", "a project names several kinds; it counts for none"
        ),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=text,
        expected=Text("一个类别", "one kind"),
        mend=Text(
            "拆成几行，各写一个类别和金额", "make it several rows, each with its kind and money"
        ),
        severity="warning",
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    frame = with_facts(frame.reset_index(drop=True), PROJECT_FACTS)
    for key in _TEXTS:
        frame[key] = frame[key].astype("string").fillna("")
    return frame
