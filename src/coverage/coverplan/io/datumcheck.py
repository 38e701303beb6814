"""Whether the files of a study are in one datum, said with the evidence; nothing is converted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from ..core.datum import datum_named
from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import StudyConfig
from ..domain.network import Network
from ..domain.profile import builtin_profiles
from ..domain.region import Region
from .datumevidence import NO_VERDICT, Evidence, Move, Verdict, against_lines, against_units, moved
from .paths import Folder, Sighting

Doubted = Literal["file", "stated", "roads", "boundaries"]

_OTHERS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What is known of the datum of one file.

    Parameters
    ----------
    seen
        The file and its points.
    roads, units
        What the roads say, and the units its records name.
    """

    seen: Sighting
    roads: Verdict
    units: Verdict

    @property
    def file_move(self) -> Move | None:
        """The move that puts the file right, None where it stands right or nobody can tell."""
        of_roads, of_units = self.roads.move, self.units.move
        if of_roads is not None and of_roads.of_file:
            return of_roads
        return of_units if of_units is not None and of_units.of_file else None

    @property
    def doubted(self) -> Doubted | None:
        """What seems to be in a shifted datum: this file, or what it is laid over.

        ``"stated"``: the file, which is not in the shifted datum the study states for it.
        """
        if self.file_move is not None:
            return "file"
        unshifted = datum_named(self.seen.stated) is not None
        if self.roads.kind == "shifted":
            return "stated" if unshifted else "roads"
        if self.units.kind == "shifted":
            return "stated" if unshifted and self.roads.kind != "fits" else "boundaries"
        return None

    @property
    def words(self) -> Text:
        """What is known in few words, the file's name first."""
        file, n = self.seen.file, len(self.seen.xy)
        move = self.file_move
        if move is not None:
            return Text(f"{file} 像是 {move.datum}", f"{file} seems to be in {move.datum}")
        if "fits" in {self.roads.kind, self.units.kind}:
            return Text(f"{file} 与本研究吻合", f"{file} fits as it is")
        return Text(f"{file} 看不出（{n} 个点）", f"{file}: cannot tell ({n} points)")


def check_datums(
    folder: Folder,
    config: StudyConfig,
    region: Region,
    network: Network | None,
    problems: Problems,
) -> tuple[FileVerdict, ...]:
    """Return what is known of the datum of every file of points read so far.

    Parameters
    ----------
    folder, config
        The study's folder with what was read from it, and the study: a system it states for a
        file is taken at its word, but for a shifted datum, which is checked.
    region, network
        The units, and the roads; None where they could not be read.
    problems
        Where warnings go: of each file that seems to be in a shifted datum, of the boundaries and
        of the roads, with the evidence counted and what to write in the study file.

    Examples
    --------
    >>> from pathlib import Path
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import check_datums, read_people, read_region
    >>> from coverplan.io.paths import Folder
    >>> with tempfile.TemporaryDirectory() as place:
    ...     config, files = cp.read_study(cp.write_small_county(place)), Folder(Path(place))
    ...     region = read_region(files, config.region)
    ...     people = read_people(files, config.people, region, Problems())
    ...     verdicts = check_datums(files, config, region, None, Problems())
    >>> [verdict.doubted for verdict in verdicts]  # nothing speaks against the villages' datum
    [None]
    """
    roads = shapely.STRtree(network.lines) if network is not None and network.n_edges else None
    found = tuple(_judged(seen, region, roads) for seen in _pooled(folder.seen))
    for each in found:
        if each.doubted == "file" and not each.seen.stated:
            problems.add(_file_shifted(each, found))
        elif each.doubted == "file" and datum_named(each.seen.stated) is not None:
            problems.add(_stated_other(each))
        elif each.doubted == "stated":
            problems.add(_stated_wrong(each))
    lines = "" if config.roads.source is None else config.roads.source.as_posix()
    below: tuple[tuple[Doubted, str, str | None, Text], ...] = (
        ("roads", lines, config.roads.crs, Text("道路", "the roads")),
        (
            "boundaries",
            config.region.units.as_posix(),
            config.region.crs,
            Text("边界", "the boundaries"),
        ),
    )
    for what, file, stated, name in below:
        doubting = [each for each in found if each.doubted == what]
        if doubting and not stated:
            key = "region" if what == "boundaries" else what
            problems.add(_ground_shifted(doubting, file, key, name))
    return found


def _pooled(seen: Sequence[Sighting]) -> list[Sighting]:
    """Return one sighting for each file, every place once.

    Layers may be parts of one file, or share its records; and ten services in one building are no
    ten witnesses.
    """
    files: dict[tuple[str, str], list[Sighting]] = {}
    for each in seen:
        files.setdefault((each.file, each.stated), []).append(each)
    pooled = []
    for (file, stated), parts in files.items():
        xy = np.concatenate([part.xy for part in parts])
        units = [unit for part in parts for unit in part.units]
        once = np.sort(np.unique(xy.round(2), axis=0, return_index=True)[1])
        keys = "], [".join(dict.fromkeys(part.key for part in parts))
        pooled.append(Sighting(file, keys, stated, xy[once], tuple(units[i] for i in once)))
    return pooled


def _judged(seen: Sighting, region: Region, roads: shapely.STRtree | None) -> FileVerdict:
    moves = moved(seen.xy, region.crs, datum_named(seen.stated))
    by_roads = NO_VERDICT if roads is None else against_lines(seen.xy, moves, roads)
    return FileVerdict(seen, by_roads, against_units(seen.xy, moves, seen.units, region))


def _counted(each: FileVerdict) -> Text:
    """Return the evidence for a move, of the roads and of the units."""
    parts = []
    if each.roads.kind == "shifted" and (e := each.roads.evidence) is not None:
        parts.append(
            Text(
                f"换算后 {e.gain} 个点离道路更近、{e.loss} 个更远，中位距离由 {e.before:.0f} 米"
                f"变为 {e.after:.0f} 米（共 {e.points} 个点）",
                f"converted, {e.gain} points lie nearer to a road and {e.loss} farther; the median "
                f"distance goes from {e.before:.0f} m to {e.after:.0f} m ({e.points} points)",
            )
        )
    if each.units.kind == "shifted" and (e := each.units.evidence) is not None:
        parts.append(
            Text(
                f"换算后落在登记乡镇内的点由 {e.before:.0f} 个变为 {e.after:.0f} 个"
                f"（{e.points} 个写有乡镇）",
                f"converted, {e.after:.0f} instead of {e.before:.0f} points lie in the unit they "
                f"name ({e.points} name one)",
            )
        )
    return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def _effect(evidence: Evidence) -> Text:
    """Return how far places are off, in metres and in minutes on foot along a straight line."""
    kmh = builtin_profiles()["walking"].speeds_kmh["residential"]
    minutes = evidence.shift_metres / (kmh * 1000 / 60)
    return Text(
        f"点位因此偏 {evidence.shift_metres:.0f} 米，成人步行直线约 {minutes:.0f} 分钟",
        f"that puts places {evidence.shift_metres:.0f} m off, about {minutes:.0f} minutes of an "
        "adult's straight walk",
    )


def _of(each: FileVerdict) -> Evidence:
    """Return the evidence believed, that of the roads first."""
    for verdict in (each.roads, each.units):
        if verdict.kind == "shifted" and verdict.evidence is not None:
            return verdict.evidence
    raise ValueError(each)


def _with(each: FileVerdict) -> Text:
    """Return what a shifted file agrees with: that is then shifted too."""
    if each.roads.kind == "shifted" and each.units.kind == "fits":
        return Text("它与边界吻合：边界可能同样偏移", "it fits the boundaries: they may be too")
    if each.units.kind == "shifted" and each.roads.kind == "fits":
        return Text("它与道路吻合：道路可能同样偏移", "it fits the roads: they may be too")
    return Text("", "")


def _file_shifted(each: FileVerdict, found: Sequence[FileVerdict]) -> Problem:
    evidence, counted = _of(each), _counted(each)
    datum, effect = evidence.move.datum, _effect(evidence)
    others = [one for one in found if one is not each]
    more = " …" if len(others) > _OTHERS_SHOWN else ""
    others = others[:_OTHERS_SHOWN]
    listed = Text(
        "其他文件：" + "，".join(one.words.zh for one in others) + more if others else "",
        "other files: " + ", ".join(one.words.en for one in others) + more if others else "",
    )
    parts = [p for p in (_with(each), listed) if p.zh]
    return Problem(
        code="datum.shifted",
        what=Text(
            f"坐标像是 {datum}，却没有声明，按原样读取：{counted.zh}；{effect.zh}",
            f"the coordinates seem to be in {datum}, which nobody states; they were read as they "
            f"stand: {counted.en}; {effect.en}",
        ),
        file=each.seen.file,
        found=Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))
        if parts
        else None,
        mend=Text(
            f'核对来源；如确是，在 [{each.seen.key}] 中写明 crs = "{datum}"；如确为 CGCS2000 或 '
            'WGS 84，写明 crs = "EPSG:4490" 便不再提示',
            f'check where it comes from; if it is so, say crs = "{datum}" in [{each.seen.key}]; '
            'crs = "EPSG:4490" ends this warning if it is CGCS2000 or WGS 84 after all',
        ),
        severity="warning",
    )


def _stated_wrong(each: FileVerdict) -> Problem:
    evidence, counted = _of(each), _counted(each)
    effect = _effect(evidence)
    return Problem(
        code="datum.stated_wrong",
        what=Text(
            f"按 crs = {each.seen.stated} 换算后反而不吻合，像是多换算了一次；改回后："
            f"{counted.zh.replace('换算后', '')}；{effect.zh}",
            f"converted as crs = {each.seen.stated} says, it fits worse, as if it had not been in "
            f"that datum; taken back: {counted.en.replace('converted, ', '')}; {effect.en}",
        ),
        file=each.seen.file,
        found=each.seen.stated,
        mend=Text(
            f"核对来源；如坐标已是 WGS 84 或 CGCS2000，删去 [{each.seen.key}] 中的 crs",
            "check where it comes from; if it is WGS 84 or CGCS2000 already, remove crs from "
            f"[{each.seen.key}]",
        ),
        severity="warning",
    )


def _stated_other(each: FileVerdict) -> Problem:
    evidence, counted = _of(each), _counted(each)
    datum, stated = evidence.move.datum, each.seen.stated
    effect = _effect(evidence)
    return Problem(
        code="datum.stated_wrong",
        what=Text(
            f"按 crs = {stated} 换算后不吻合，像是 {datum}；按 {datum} {counted.zh}；{effect.zh}",
            f"converted as crs = {stated} says it does not fit; it seems to be in {datum}: "
            f"{counted.en}; {effect.en}",
        ),
        file=each.seen.file,
        found=stated,
        mend=Text(
            f'核对来源；如确是，在 [{each.seen.key}] 中改为 crs = "{datum}"',
            f'check where it comes from; if it is so, say crs = "{datum}" in [{each.seen.key}]',
        ),
        severity="warning",
    )


def _ground_shifted(doubting: Sequence[FileVerdict], file: str, key: str, name: Text) -> Problem:
    """Return the warning that roads or boundaries are shifted, by the file with most points."""
    most = max(doubting, key=lambda one: _of(one).points)
    evidence, counted = _of(most), _counted(most)
    datum, effect = evidence.move.datum, _effect(evidence)
    files = Text(
        "、".join(one.seen.file for one in doubting[:_OTHERS_SHOWN]),
        ", ".join(one.seen.file for one in doubting[:_OTHERS_SHOWN]),
    )
    return Problem(
        code=f"datum.{key}",
        what=Text(
            f"{name.zh}像是 {datum}，却没有声明：与 {files.zh} 不吻合；把 {most.seen.file} 也换到"
            f" {datum}，{counted.zh.replace('换算后', '则')}；{effect.zh}",
            f"{name.en} seem to be in {datum}, which nobody states: {files.en} do not fit them; "
            f"with {most.seen.file} moved to {datum}, "
            f"{counted.en.replace('converted, ', '')}; {effect.en}",
        ),
        file=file,
        mend=Text(
            f'核对来源；如确是，在 [{key}] 中写明 crs = "{datum}"；如{name.zh}没有偏移，'
            f"则是 {files.zh} 的坐标反向偏了",
            f'check where it comes from; if it is so, say crs = "{datum}" in [{key}]; if '
            f"{name.en} are right, {files.en} must have been converted once too often",
        ),
        severity="warning",
    )
