"""What a drafted study needs beside its files, by what reading them met."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely

from ...core.crs import looks_like_degrees
from ...core.errors import Problem
from ...core.gausskrueger import zone_written
from ...core.text import Text
from ...domain.config import RegionConfig, RoadsConfig
from ..columns import find_column
from ..datumcheck import FileVerdict
from .draft import Draft, Where
from .roles import Look


@dataclass(frozen=True, slots=True)
class Trial:
    """A study that was read.

    Parameters
    ----------
    problems
        What was met, files named as the draft names them.
    datums
        What is known of the datum of each file of points.
    looks
        File -> what was seen of it.
    """

    problems: Sequence[Problem]
    datums: Sequence[FileVerdict]
    looks: Mapping[str, Look]


def mend(draft: Draft, trial: Trial) -> bool:
    """Set in a draft what its files turn out to need, with the evidence; return whether it did.

    Parameters
    ----------
    draft
        Changed in place.
    trial
        What reading it met.
    """
    before = repr(draft.data)
    for problem in trial.problems:
        if problem.severity == "error":
            _mend_one(draft, problem, trial)
    _datums(draft, trial.datums)
    return repr(draft.data) != before


def _mend_one(draft: Draft, problem: Problem, trial: Trial) -> None:
    if problem.code == "region.bad_polygon" and "repair" in RegionConfig.model_fields:
        _once(draft, ("region", "repair"), True, _BAD_POLYGON)
    elif problem.code == "roads.not_noded" and "repair" in RoadsConfig.model_fields:
        why = Text(f"修复：{problem.what.zh}", f"repaired: {problem.what.en}")
        _once(draft, ("roads", "repair"), True, why)
    elif problem.code in {"point.none", "people.no_location"}:
        _without_point(draft, problem, trial)
    elif problem.code == "crs.metres_as_degrees":
        _grid(draft, problem)
    elif problem.code == "crs.unknown":
        look = trial.looks.get(problem.file or "")
        if look is not None:
            _unstated(draft, problem, look)


def _without_point(draft: Draft, problem: Problem, trial: Trial) -> None:
    """Say what becomes of facilities without coordinates, and of records of people."""
    for where in _where(draft, problem):
        if where[0] == "layers":
            _once(draft, (*where, "place_missing"), "village", _NO_POINT)
        elif where == ("people",) and _names_units(draft, trial.looks.get(problem.file or "")):
            _once(draft, (*where, "place_missing"), "unit", _NO_PLACE)


def _names_units(draft: Draft, look: Look | None) -> bool:
    """Return whether a table of people says of which unit a record is."""
    stated = draft.data["people"].get("columns", {})
    return look is not None and find_column(look.columns, "unit", stated) is not None


def _once(draft: Draft, where: Where, value: object, why: Text) -> None:
    """Set an entry that is not there yet."""
    table = draft.data
    for key in where[:-1]:
        table = table.get(key, {})
    if where[-1] not in table:
        draft.set(where, value)
        # What stands on the line of another key is told above that.
        draft.note(where[:-1] if where[:2] == _LOCATIONS else where, why)


_BAD_POLYGON = Text(
    "修复：有的单元的边界不是有效的面；面积变化见 coverplan check",
    "repaired: some boundaries are no valid polygons; coverplan check says how areas change",
)
_NO_POINT = Text(
    "有的设施没有坐标：放在所登记的村或乡镇，结果中注明；要算作错误，改为 refuse",
    "some have no coordinates: placed at their village or township, and marked; refuse makes "
    "that a fault",
)


_NO_PLACE = Text(
    "！有的记录没有点位：人口按比例分给本单元其他点位，住处是估计的；要算作错误，改为 refuse",
    "! some records have no point: their people are shared out among the other places of their "
    "unit, which is an ESTIMATE; refuse makes that a fault",
)


_LOCATIONS = ("people", "locations")


def _where(draft: Draft, problem: Problem) -> Iterator[Where]:
    """Yield the tables of a study that name the file of a problem."""
    data = draft.data
    if data["region"].get("units") == problem.file:
        yield ("region",)
    for key in ("people", "roads"):
        if data.get(key, {}).get("source") == problem.file:
            yield (key,)
    places = data.get("people", {}).get("locations")
    if isinstance(places, dict) and places.get("source") == problem.file:
        yield _LOCATIONS
    for key, layer in data.get("layers", {}).items():
        if layer.get("source") == problem.file:
            yield ("layers", key)


_FITS = re.compile(r'with crs = "(EPSG:\d+)"')


def _grid(draft: Draft, problem: Problem) -> None:
    """State the zone of eastings without a number, where points fall into the study by it."""
    found = _FITS.search(problem.mend.en)
    if found is None:
        return
    counted = problem.mend
    for where in _where(draft, problem):
        zh, en = counted.zh.split("；")[-1], counted.en.split("; ")[-1]
        _once(draft, (*where, "crs"), found.group(1), Text(f"坐标是米：{zh}", f"metres: {en}"))


def _unstated(draft: Draft, problem: Problem, look: Look) -> None:
    """State the system of a file that names none, where its numbers can be read in one way."""
    if look.shapes is None or look.shapes.dropna().empty:
        return
    bounds = tuple(float(v) for v in look.shapes.total_bounds)
    zone = zone_written(shapely.get_coordinates(look.shapes.dropna().to_numpy())[:, 0])
    if looks_like_degrees(bounds):  # type: ignore[arg-type]
        stated, why = "EPSG:4490", _DEGREES
    elif zone is not None:
        stated = zone.epsg
        why = Text(
            f"文件没有写明坐标系；东坐标带号属于 {zone.epsg}，请核对",
            f"the file states no system; its eastings are numbered as in {zone.epsg}, please check",
        )
    else:
        return
    for where in _where(draft, problem):
        _once(draft, (*where, "crs"), stated, why)


_DEGREES = Text(
    "！文件没有写明坐标系，数字像经纬度：假定为 CGCS2000，请核对",
    "! the file states no system, its numbers look like degrees: CGCS2000 is ASSUMED; check",
)


def _datums(draft: Draft, found: Sequence[FileVerdict]) -> None:
    """State the shifted datum of files whose points fit much better when moved back."""
    for verdict in found:
        move = verdict.file_move
        if verdict.doubted == "file" and move is not None and not verdict.seen.stated:
            for key in verdict.seen.key.split("], ["):
                where = tuple(key.split("."))
                if where[0] in {"people", "layers"}:
                    _once(draft, (*where, "crs"), move.datum, _shifted(verdict))
    for doubted, key in (("roads", "roads"), ("boundaries", "region")):
        doubting = [one for one in found if one.doubted == doubted]
        if doubting:
            most = max(doubting, key=lambda one: len(one.seen.xy))
            datum = _datum_of(most)
            if datum:
                _once(draft, (key, "crs"), datum, _shifted(most))


def _datum_of(verdict: FileVerdict) -> str:
    for one in (verdict.roads, verdict.units):
        if one.kind == "shifted" and one.evidence is not None:
            return one.evidence.move.datum
    return ""


def _shifted(verdict: FileVerdict) -> Text:
    """Return the evidence that something is in a shifted datum."""
    parts = []
    for one, what in (
        (verdict.roads, Text("离道路更近", "lie nearer to a road")),
        (verdict.units, Text("落进所登记的单元", "come to lie in the unit they name")),
    ):
        evidence = one.evidence
        if one.kind == "shifted" and evidence is not None:
            parts.append(
                Text(
                    f"换算后 {evidence.gain} 个点{what.zh}、{evidence.loss} 个相反"
                    f"（偏 {evidence.shift_metres:.0f} 米）",
                    f"converted, {evidence.gain} points {what.en}, {evidence.loss} the contrary "
                    f"({evidence.shift_metres:.0f} m)",
                )
            )
    datum = _datum_of(verdict)
    return Text(
        f"像是 {datum}：" + "；".join(p.zh for p in parts) + "。请核对来源",
        f"seems to be in {datum}: " + "; ".join(p.en for p in parts) + ". Check where it is from",
    )
