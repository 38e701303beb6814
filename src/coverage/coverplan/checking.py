"""Everything that is wrong with a study, what it touches, and how to mend it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .assessing import assess_inputs
from .clock import Clock, OnProgress, OnStep
from .core.errors import InputError, Problems
from .core.text import Text
from .domain import StudyConfig
from .domain.profile import builtin_profiles
from .io.dated import dated, together
from .io.datumcheck import FileVerdict
from .io.datumevidence import Evidence, Verdict
from .io.fileencoding import encoding_of
from .io.studyfaults import StudyText
from .io.studyfile import Change, file_of, stated_language
from .loading import Gathered, gather
from .present.check_tables import columns_table, files_table, number, pieces, reconciled
from .present.faults import Cell, CheckReport, FaultTable
from .questions import question
from .results import Inputs, LayerResult, Study
from .targetsreading import READING, read_registers

_NAMES_SHOWN = 8

_Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A study as it was asked for, to be read again with another datum.

    Parameters
    ----------
    study, roads
        As for `check_study`.
    """

    study: str | Path | StudyConfig
    roads: object | None
    date: str | datetime.date | None

    def changed(self, change: Change) -> Gathered:
        """Return what the study holds when its tables are changed first."""
        whole = together(dated(self.date), change)
        return gather(self.study, Clock(), whole, self.roads)


def check_study(
    study: str | Path | StudyConfig,
    *,
    date: str | datetime.date | None = None,
    roads: object | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> CheckReport:
    """Return every fault of a study and its files, and what shows when the files meet.

    Nothing is raised: a study file that cannot be used gives a report too. Where no error stands
    in the way coverage is measured as a run does, without proposing sites, so that the warnings
    are those of the run; those of `coverplan.check_targets` stand beside them where the study
    names tables of targets.

    Parameters
    ----------
    study
        Path of a study file, or a configuration as for `coverplan.run`.
    date, roads
        Another day, and a road graph of osmnx that takes the place of the road file, as for
        `coverplan.run`.
    on_step, on_progress
        Called as each step begins, and within long ones with the parts done and all parts.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = cp.write_small_county(folder)
    ...     villages = study.with_name("villages.csv")
    ...     text = villages.read_text(encoding="utf-8").replace(",640,", ",六百多,")
    ...     n = villages.write_text(text, encoding="utf-8")
    ...     print(cp.check_study(study).problems[0].render("en"))
    villages.csv · row 3 · column "常住人口": a value cannot be used
      found: "六百多"
      expected: a number of people, 0 or more, in digits
      to mend: correct these cells; do not write 0 for what is not known
    """
    clock = Clock(on_step, on_progress)
    given = file_of(study)
    file = "study" if isinstance(given, StudyConfig) else Path(given).name
    try:
        found = gather(study, clock, dated(date), roads)
    except InputError as error:
        language = "zh" if isinstance(study, StudyConfig) else stated_language(Path(study))
        return CheckReport(file, file, error.problems, language=language)
    _read_registers(study, found, clock)
    problems = Problems(list(found.problems))
    measured = None
    if found.inputs is not None:
        measured = problems.attempt(lambda: _measured(found.inputs, problems, clock))  # type: ignore[arg-type]
    return CheckReport(
        title=found.config.title,
        file=file,
        problems=tuple(problems),
        tables=tuple(_tables(_Asked(study, roads, date), found, measured, clock)),
        date=found.config.date.isoformat(),
        notice=found.config.notice if found.inputs is None else found.inputs.notice,
        language=found.config.output.language,
        files=tuple(found.folder.read),
    )


def _read_registers(study: str | Path | StudyConfig, found: Gathered, clock: Clock) -> None:
    """Note what is wrong with the tables of policy targets, where the study names any."""
    if found.config.targets is None or found.region is None:
        return
    text = StudyText("study")
    if not isinstance(study, StudyConfig):
        text = StudyText(Path(study).name, Path(study).read_text(encoding="utf-8-sig"))
    noted = Problems()
    with clock.step(READING):
        read_registers(found.folder, found.config, found.region, text, noted)
    found.problems.extend(found.touched(p for p in noted if p not in found.problems.items))


def _measured(inputs: Inputs, problems: Problems, clock: Clock) -> Study:
    """Return coverage as it is today; note what measuring and asking for sites meets."""
    study = assess_inputs(inputs.without_siting(), clock)
    problems.extend(p for p in study.problems if p not in problems.items)
    for item in inputs.layers:
        request, result = item.siting, study.layers[item.layer.id]
        if request is None:
            continue
        label = item.layer.label
        with clock.step(Text(f"候选点：{label.zh}", f"candidates: {label.en}")):
            problems.attempt(
                lambda i=item, r=request, result=result: question(  # type: ignore[misc]
                    inputs,
                    i,
                    r,
                    result.graph,
                    result.places,
                    i.facilities.working(inputs.date),
                    clock,
                )
            )
    return study


def _tables(
    study: _Asked, found: Gathered, measured: Study | None, clock: Clock
) -> Iterator[FaultTable]:
    """Yield what was read and what shows when files meet, as far as it is known."""
    yield _meeting(found, measured)
    if found.datums:
        with clock.step(Text("核对坐标基准", "checking datums")):
            yield _datums(study, found, measured)
    yield columns_table(found.folder.columns)
    if found.inputs is not None and (people := reconciled(found.inputs)) is not None:
        yield people
    if measured is not None and measured.inputs.has_roads:
        yield pieces(measured)
    stated = _stated_encodings(found.config)
    encodings = {f.label: encoding_of(f.path, stated.get(f.label)) for f in found.folder.read}
    yield files_table(found.folder.read, encodings)


def _stated_encodings(config: StudyConfig) -> dict[str, str | None]:
    """Return the encoding a study states for each file that may have one."""
    stated = {config.region.units.as_posix(): config.region.encoding}
    for one in (config.people, config.roads, *config.layers.values()):
        if one.source is not None:
            stated[one.source.as_posix()] = one.encoding
    return stated


_PEOPLE = Text("人", "people")
_SITES = Text("处设施", "facilities")
_PAIRS = Text("对设施", "pairs")
_UNITS = Text("个单元", "units")
_STUDY = Text("整个研究", "the whole study")


def _meeting(found: Gathered, measured: Study | None) -> FaultTable:
    """Return what only shows when files meet: who is far from roads, outside, or without people."""
    rows = [*_of_people(found, measured), *_of_units(found), *_of_facilities(found, measured)]
    wait = Text("；有错误时，与道路有关的几项要改正后才能查", "; what needs roads waits for errors")
    later = wait if measured is None else Text("", "")
    return FaultTable(
        "meeting",
        Text("各文件对在一起看", "What shows when the files meet"),
        Text(
            f"不一定是错误，但都影响覆盖率；0 表示查过、没有{later.zh}。",
            "Not always an error, but each moves coverage; 0 means looked for and not "
            f"found{later.en}.",
        ),
        {
            "what": Text("查的是什么", "what was looked for"),
            "where": Text("哪里", "where"),
            "number": Text("数量", "number"),
            "measure": Text("单位", "of what"),
            "of": Text("总数", "of all"),
            "names": Text("名称（前几个）", "names (the first)"),
        },
        tuple(rows),
    )


def _of_people(found: Gathered, measured: Study | None) -> Iterator[_Row]:
    if found.people is not None and "all" in found.people.outside:
        outside = Text("不属于任何单元的人", "people in no unit")
        yield outside, _STUDY, round(found.people.outside["all"]), _PEOPLE, "", ""
    if measured is None or not measured.inputs.has_roads:
        return
    for result in measured.layers.values():
        stand, label = result.joining, result.layer.label
        far = Text("附近没有道路的人", "people without a road near")
        yield far, label, stand.without_road, _PEOPLE, stand.everybody, ""
        off = Text(
            f"不在最大一片路网上的人（共 {stand.pieces} 片）",
            f"people off the largest piece of the network ({stand.pieces} pieces)",
        )
        yield off, label, stand.off_largest, _PEOPLE, stand.everybody, ""


def _of_units(found: Gathered) -> Iterator[_Row]:
    region, people = found.region, found.people
    if region is None or people is None:
        return
    bare = [code for code in region.codes if code not in set(people.places["unit"])]
    yield _row_of_units(found, Text("没有任何人口点位的单元", "units without any place"), bare)
    placement = found.placement
    if placement is None:
        return
    totals = placement.demand.totals["all"]
    unknown = list(totals.index[totals.isna()])
    yield _row_of_units(found, Text("人口未知的单元", "units whose people are not known"), unknown)
    nobody = list(totals.index[(totals == 0).fillna(value=False)])
    yield _row_of_units(found, Text("没有人口的单元", "units where nobody lives"), nobody)


def _row_of_units(found: Gathered, what: Text, codes: list[str]) -> _Row:
    if found.region is None:
        raise AssertionError
    names = found.region.names
    listed = _named([f"{names[code]} ({code})" for code in codes])
    return what, _STUDY, len(codes), _UNITS, len(found.region), listed


def _named(names: list[str]) -> str:
    return ", ".join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")


def _of_facilities(found: Gathered, measured: Study | None) -> Iterator[_Row]:
    for key, facilities in found.facilities.items():
        label = found.config.layers[key].layer(key).label
        sites, n = facilities.sites, len(facilities)
        outside = list(sites["name"][sites["unit"] == ""])
        what = Text(
            "不属于任何单元的设施（能到的仍计入）", "facilities in no unit (they still serve)"
        )
        yield what, label, len(outside), _SITES, n, _named(outside)
        reasons = facilities.why_not_counted(found.config.date)
        silent = [name for name, why in zip(sites["name"], reasons, strict=True) if why is not None]
        what = Text("截至研究日期不计入的设施", "facilities not counted on the day of the study")
        yield what, label, len(silent), _SITES, n, _named(silent)
        if "precision" in sites:
            rough = list(sites["name"][sites["precision"] != "point"])
            what = Text(
                "没有坐标、放在村或乡镇的设施", "facilities placed at a village or township"
            )
            yield what, label, len(rough), _SITES, n, _named(rough)
        if measured is not None and measured.inputs.has_roads:
            bare = _without_road(measured.layers[key])
            what = Text("附近没有道路的设施", "facilities without a road near")
            yield what, label, len(bare), _SITES, n, _named(bare)
    for file in sorted({p.file or "" for p in found.problems if p.code == "facility.same_spot"}):
        pairs = [p for p in found.problems if p.code == "facility.same_spot" and p.file == file]
        what = Text("在同一地点的设施（两处算一对）", "pairs of facilities on one spot")
        yield what, file, len(pairs), _PAIRS, "", _named([str(p.found) for p in pairs])


def _without_road(result: LayerResult) -> list[str]:
    rows = result.sites[(result.sites["state"] == "existing") & result.sites["road_metres"].isna()]
    return list(rows["name"])


def _datums(study: _Asked, found: Gathered, measured: Study | None) -> FaultTable:
    """Return what is known of the datum of each file, and what a shift does to coverage."""
    kmh = builtin_profiles()["walking"].speeds_kmh["residential"]
    rows: list[_Row] = []
    effects: dict[tuple[str, str], Text] = {}
    for each in found.datums:
        evidence = _believed(each)
        metres = None if evidence is None else round(evidence.shift_metres)
        effect: Cell = ""
        if each.doubted is not None and evidence is not None:
            same = (_tables_of(each), evidence.move.datum)
            if same not in effects:
                effects[same] = _effect(study, each, evidence, measured)
            effect = effects[same]
        rows.append(
            (
                each.seen.file,
                each.seen.stated,
                each.words,
                len(each.seen.xy),
                "" if metres is None else metres,
                "" if metres is None else number(round(metres / (kmh * 1000 / 60), 1)),
                effect,
            )
        )
    return FaultTable(
        "datum",
        Text("坐标基准", "Datum of each file"),
        Text(
            "GCJ-02 和 BD-09（网络地图）与 WGS 84、CGCS2000 差几百米；程序不擅自换算，"
            "须在研究文件中写明 crs。",
            "GCJ-02 and BD-09 (web maps) are some hundred metres off WGS 84 and CGCS2000; nothing "
            "is converted unless crs in the study file says so.",
        ),
        {
            "file": Text("文件", "file"),
            "stated": Text("研究文件写明", "stated in the study file"),
            "verdict": Text("判断", "verdict"),
            "points": Text("点数", "points"),
            "shift_metres": Text("偏差（米）", "metres off"),
            "walk_minutes": Text("步行（分钟）", "minutes on foot"),
            "effect": Text("对覆盖的影响", "what it does to coverage"),
        },
        tuple(rows),
    )


def _believed(each: FileVerdict) -> Evidence | None:
    """Return the evidence for a shift, that of the roads first; None where there is none."""
    verdicts: tuple[Verdict, ...] = (each.roads, each.units)
    return next((v.evidence for v in verdicts if v.kind == "shifted"), None)


def _effect(study: _Asked, each: FileVerdict, evidence: Evidence, measured: Study | None) -> Text:
    """Return who is reached as the files are read, and with the datum they seem to have."""
    if measured is None:
        return Text("改正错误后才能算", "known once the errors are mended")
    moved = _measured_with(study, each, evidence)
    if moved is None:
        return Text("换算后算不出", "cannot be measured with the other datum")
    parts = []
    for key, result in measured.layers.items():
        now, then = result.joining.reached, moved.layers[key].joining.reached
        share = 100 * (then - now) / max(result.joining.everybody, 1)
        label = result.layer.label
        parts.append(
            Text(
                f"{label.zh}：可达 {now:,} 人，换算后 {then:,} 人（{share:+.1f} 个百分点）",
                f"{label.en}: {now:,} people reached, {then:,} when converted "
                f"({share:+.1f} percentage points)",
            )
        )
    return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def _measured_with(study: _Asked, each: FileVerdict, evidence: Evidence) -> Study | None:
    """Return the study measured with the datum a file seems to have; None where that fails."""

    def change(data: dict[str, Any]) -> None:
        _state_datum(data, each, evidence)

    try:
        found = study.changed(change)
        if found.inputs is None:
            return None
        return _measured(found.inputs, Problems(), Clock())
    except (ValueError, KeyError, TypeError):
        return None


def _tables_of(each: FileVerdict) -> str:
    """Return the tables of the study file whose datum is doubted, as a file's key names them."""
    stated = {"file": each.seen.key, "stated": each.seen.key, "roads": "roads"}
    return stated.get(each.doubted or "", "region")


def _state_datum(data: dict[str, Any], each: FileVerdict, evidence: Evidence) -> None:
    """Write in a study what the evidence says of the datum: of the file, or of what it lies on."""
    for key in _tables_of(each).split("], ["):
        table = data
        for part in key.split("."):
            table = table[part]
        if each.doubted == "stated":
            table.pop("crs", None)
        else:
            table["crs"] = evidence.move.datum
