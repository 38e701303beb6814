"""Reading lists of facilities with the facts policy targets ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import LayerConfig
from ..domain.fact_frames import with_facts
from ..domain.policy_columns import FACILITY_FACTS
from ..domain.region import Region
from ..domain.settings import FileSource
from ..domain.targets_config import FacilityList
from .columns import match, missing_column
from .factcells import read_facts, softened
from .listed import read_listed
from .paths import Folder
from .points import Places
from .policykinds import LAYER_NAMES, check_layer, layers_named, policy_layer_of
from .sites import site_ids, site_names, site_statuses, site_units, site_years
from .studyunits import StudyUnits, called_village, study_units, village_finder

_OPTIONAL = ("id", "name", "unit", "parent", "status", "opened", "closed")
_VILLAGE = next(fact for fact in FACILITY_FACTS if fact.key == "village")
_FACTS = tuple(fact for fact in FACILITY_FACTS if fact is not _VILLAGE)
_COLUMNS = (
    "layer", "id", "name", "status", "opened", "closed", "x", "y", "unit", "village",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FacilityFacts:
    """Facilities of policy layers, and the layers there is a list of.

    Parameters
    ----------
    rows
        One row for each facility and layer it serves, in the order of the lists: ``layer`` (a
        policy layer), ``id``, ``name``, ``status``, ``opened``, ``closed``, ``x``, ``y`` (metres,
        NaN where not known), ``unit`` and ``village`` (12 digits, "" where not known), and every
        key of `FACILITY_FACTS` but the village.
    layers
        Policy layers there is a list of, be it an empty one.
    """

    rows: pd.DataFrame
    layers: frozenset[str]


def read_facility_facts(
    folder: Folder,
    lists: Sequence[FacilityList],
    layers: Mapping[str, LayerConfig],
    region: Region,
    units: pd.DataFrame,
    problems: Problems,
) -> FacilityFacts:
    """Return the facilities of some lists and of the study's own layers.

    A layer of the study that is a policy layer gives its list too, unless one of ``lists`` holds
    that layer already.

    Parameters
    ----------
    folder, lists, layers, region
        The study's folder, the lists beyond its layers, its layers, and its units.
    units
        As `coverplan.io.unitfacts.read_unit_facts` returns them: villages by code and name.
    problems
        Where faults go: a cell that cannot be used is a warning, and not known.

    Raises
    ------
    InputError
        When a file cannot be read at all.
    """
    reader = _Reader(folder, region, units, problems)
    parts: list[pd.DataFrame] = []
    known: set[str] = set()
    for number, source in enumerate(lists):
        key = f"targets.facilities[{number}]"
        rows = problems.attempt(lambda k=key, s=source: reader.listed(k, s))  # type: ignore[misc]
        if rows is not None:
            parts.append(rows)
            known |= set(rows["layer"]) | ({source.layer} if source.layer else set())
    for name, layer in layers.items():
        policy = policy_layer_of(name)
        if policy and policy not in known:
            parts.append(reader.study_layer(name, layer, policy))
            known.add(policy)
    problems.raise_if_any()
    rows = pd.concat(parts, ignore_index=True) if parts else _typed(pd.DataFrame(columns=_COLUMNS))
    return FacilityFacts(rows, frozenset(known))


class _Reader:
    """Reads one list after the other, villages and wider units at hand."""

    def __init__(
        self, folder: Folder, region: Region, units: pd.DataFrame, problems: Problems
    ) -> None:
        self.folder, self.region, self.problems = folder, region, problems
        self.study: StudyUnits = study_units(region)
        self.villages = village_finder(units)
        self.codes = set(units.index[units["level"] == "village"])
        self.above = wider_units(units, self.study)

    def listed(self, key: str, source: FacilityList) -> pd.DataFrame:
        """Return the rows of a list of the targets table."""
        if source.layer is not None:
            check_layer(key, source.layer)
        read = self._places(key, source, self.problems)
        kinds = self._kinds(read, source)
        rows = self._rows(key, read, source.columns, source.status_words, self.problems)
        rows = _by_layer(rows, kinds, keep_premises=source.layer is not None)
        return _once(rows, read, self.problems)

    def study_layer(self, name: str, layer: LayerConfig, policy: str) -> pd.DataFrame:
        """Return the rows of a layer of the study; what reading it has said is not said again."""
        said = Problems()
        read = self._places(f"layers.{name}", layer, said)
        rows = self._rows(name, read, layer.columns, layer.status_words, said)
        self._facts_said(said)
        rows = rows[read.points.notna().to_numpy()]
        rows = _by_layer(rows, [[policy]] * len(rows), keep_premises=True)
        return rows.drop(columns="row")

    def _facts_said(self, said: Problems) -> None:
        self.problems.extend(p for p in said if p.code.startswith(("facts.", "facility.village")))

    def _places(self, key: str, source: FileSource, problems: Problems) -> Places:
        read = read_listed(
            self.folder, source, self.region, key=key, optional=_OPTIONAL, problems=problems
        )
        if "id" not in source.columns and match(_VILLAGE.names, read.columns.get("id", "")):
            # The code of the village a facility stands in is no id of the facility.
            del read.columns["id"]
        return read

    def _kinds(self, read: Places, source: FacilityList) -> list[list[str]]:
        """Return the policy layers of each record."""
        if source.layer is not None:
            return [[source.layer] for _ in range(len(read.table.frame))]
        wanted = source.columns.get("layer")
        usual = (wanted,) if wanted else LAYER_NAMES
        names = [str(name) for name in read.table.frame.columns]
        column = next((hit for name in usual if (hit := match(names, name))), None)
        if column is None:
            raise InputError([missing_column(read.table.file, "layer", wanted or "类别", names)])
        return [
            layers_named(read.table, column, i, families=False, problems=self.problems)
            for i in range(len(read.table.frame))
        ]

    def _rows(
        self,
        key: str,
        read: Places,
        given: Mapping[str, str],
        status_words: Mapping[str, str],
        problems: Problems,
    ) -> pd.DataFrame:
        noted, cells = Problems(), Problems()
        ids = site_ids(read, key, noted)
        # Ids may come twice in a list of several layers: one house, two services.
        problems.extend(softened(p for p in noted if not p.found))
        years = {name: site_years(read, name, cells) for name in ("opened", "closed")}
        problems.extend(softened(cells))
        plain = {k: v for k, v in given.items() if k not in {*_OPTIONAL, "lon", "lat", "layer"}}
        taken = list(read.columns.values())
        facts = read_facts(read.table, FACILITY_FACTS, plain, problems, taken=taken)
        units = self._units(read, problems)
        here = read.points.notna().to_numpy()
        return facts.drop(columns="village").assign(
            id=[text or f"{key}-{row:05d}" for text, row in zip(ids, read.table.rows, strict=True)],
            name=site_names(read, ids, problems),
            status=site_statuses(read, status_words, problems),
            **years,
            x=np.where(here, read.points.x, np.nan),
            y=np.where(here, read.points.y, np.nan),
            unit=units,
            village=self._villages(read, facts["village"], units, problems),
            row=read.table.rows,
        )

    def _units(self, read: Places, problems: Problems) -> list[str]:
        names = self.study.called
        noted = Problems()
        codes = site_units(read, self.region, noted, above=self.above)
        problems.extend(softened(noted))
        units = [names.get(code, code) for code in codes]
        for i, (unit, given) in enumerate(zip(units, read.text("unit"), strict=True)):
            if not unit and read.points.iloc[i] is None:
                problems.add(_nowhere(read, i, given))
        return units

    def _villages(
        self, read: Places, given: pd.Series, units: list[str], problems: Problems
    ) -> list[str]:
        found = []
        for i, (text, unit) in enumerate(zip(given.fillna(""), units, strict=True)):
            code = called_village(self.villages, self.codes, unit, str(text)) if text else ""
            if text and not code:
                problems.add(self._unknown_village(read, i, str(text)))
            found.append(code)
        return found

    def _unknown_village(self, read: Places, i: int, text: str) -> Problem:
        none = not self.codes
        return Problem(
            code="facility.village",
            what=Text(
                "没有村级单元表，“所在村”无法对应"
                if none
                else "这个乡镇没有叫这个名字的村（社区）",
                "there is no table of villages, so the village cannot be told"
                if none
                else "the township has no village of this name",
            ),
            file=read.table.file,
            row=int(read.table.rows[i]),
            found=text,
            expected=Text(
                "村级单元表里的代码或名称", "code or name of a village of the tables of units"
            ),
            mend=Text(
                "在 targets.units 里加一张村（社区）表" if none else "改正，或补进村（社区）表",
                "add a table of villages under targets.units"
                if none
                else "correct it, or add it to the table of villages",
            ),
            severity="warning",
        )


def wider_units(units: pd.DataFrame, study: StudyUnits) -> dict[str, str]:
    """Return how units without a boundary may be called in a table -> code; ambiguous: none.

    Counties and wider units, and farms and zones at the level of townships.

    Parameters
    ----------
    units, study
        Facts about units, and the units of the boundaries.
    """
    wide = units[(units["level"] != "village") & ~units.index.isin(study.names)]
    names = wide["name"][~wide["name"].duplicated(keep=False) & (wide["name"] != "")]
    found = {str(name): str(code) for code, name in names.items()}
    for code in {*map(str, wide.index), study.home} - {"", *study.names}:
        found |= {code: code} | ({code[:6]: code} if set(code[6:]) == {"0"} else {})
    return found


def _nowhere(read: Places, i: int, given: str) -> Problem:
    return Problem(
        code="facility.nowhere",
        what=Text(
            "没有坐标，所属单元也不在研究区内：不计入任何单元",
            "no coordinates, and the unit is none of the study: it counts for no unit",
        ),
        file=read.table.file,
        row=int(read.table.rows[i]),
        column=read.columns.get("unit"),
        found=given,
        expected=Text("研究区内单元的代码或名称", "code or name of a unit of the study"),
        mend=Text("补上所属乡镇或坐标", "add the unit or the coordinates"),
        severity="warning",
    )


def _by_layer(rows: pd.DataFrame, kinds: list[list[str]], *, keep_premises: bool) -> pd.DataFrame:
    """Return one row for each layer a facility serves; services of one row are on one premises."""
    times = [len(kind) for kind in kinds]
    at = np.repeat(np.arange(len(rows)), times)
    frame = rows.iloc[at].reset_index(drop=True)
    frame["layer"] = pd.array([layer for kind in kinds for layer in kind], dtype="string")
    if not keep_premises:
        shared = np.array([n > 1 for n in times], dtype=bool)[at]
        lost = shared & frame["premises_id"].isna().to_numpy()
        frame["premises_id"] = frame["premises_id"].mask(lost, frame["id"])
    return _typed(frame)


def _once(rows: pd.DataFrame, read: Places, problems: Problems) -> pd.DataFrame:
    """Leave out what comes twice under one id in one layer."""
    again = rows.duplicated(["layer", "id"]).to_numpy()
    for row, name in zip(rows["row"][again], rows["id"][again], strict=True):
        problems.add(
            Problem(
                code="facility.twice",
                what=Text(
                    "同一图层里编号重复，只计第一条",
                    "an id comes twice in one layer; the first one counts",
                ),
                file=read.table.file,
                row=int(row),
                column=read.columns.get("id"),
                found=str(name),
                mend=Text("改正编号，或删去重复的行", "correct the id, or remove the row"),
                severity="warning",
            )
        )
    return rows[~again].drop(columns="row").reset_index(drop=True)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    frame = with_facts(frame, _FACTS)
    for key in ("layer", "id", "name", "status", "unit", "village"):
        frame[key] = frame[key].astype("string")
    for key in ("opened", "closed"):
        frame[key] = pd.array(list(frame[key]), dtype="Int64")
    for key in ("x", "y"):
        frame[key] = frame[key].astype(float)
    return frame
