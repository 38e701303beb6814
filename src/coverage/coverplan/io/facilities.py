"""Reading a list of facilities: names, status words and years as bureaus write them."""

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import STRtree

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import LayerConfig
from ..domain.facilities import STATUSES, Facilities
from ..domain.region import Region
from .paths import Folder
from .points import Places, read_places, unit_at, unit_finder
from .tables import numbers

_STATUS_WORDS = {
    "operating": "运营 运营中 营业 正常 在营 开放 使用中 已建成 建成 operating open active",
    "planned": "规划 拟建 计划 规划中 planned proposed",
    "building": "在建 建设中 building construction",
    "idle": "停用 闲置 停业 歇业 暂停 idle inactive",
    "closed": "关闭 撤销 注销 已关闭 closed",
    "unknown": "未知 不详 unknown",
}

_YEAR = Text("1900 至 2100 的四位年份，如 2019", "a year from 1900 to 2100, such as 2019")


def read_facilities(
    folder: Folder, key: str, config: LayerConfig, region: Region, problems: Problems
) -> Facilities:
    """Return the facilities of a layer, every fault noted.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of the layer, and its units.
    key
        Id of the layer.
    problems
        Where faults of single records go.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    read = read_places(
        folder,
        config,
        region,
        key=f"layers.{key}",
        optional=("id", "name", "unit", "status", "opened", "closed", "capacity"),
        problems=problems,
    )
    have = read.points.notna().to_numpy()
    ids = _ids(read, key, problems)
    statuses = _statuses(read, config, problems)
    opened = _years(read, "opened", problems)
    _check_opened(read, key, statuses, problems)
    frame = gpd.GeoDataFrame(
        {
            "site_id": ids,
            "name": _names(read, ids, problems),
            "unit": _units(read, region, problems),
            "status": statuses,
            "opened": opened,
            "closed": _years(read, "closed", problems),
            "capacity": _capacity(read, problems),
        },
        geometry=read.points.to_numpy(),
        crs=region.crs,
    )[have]
    if frame["site_id"].duplicated().any():
        frame = frame[~frame["site_id"].duplicated()]
    _check_same_spot(read, frame, problems)
    return Facilities.from_frame(key, frame, site_id="site_id")


def _ids(read: Places, key: str, problems: Problems) -> list[str]:
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


def _names(read: Places, ids: list[str], problems: Problems) -> list[str]:
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


def _units(read: Places, region: Region, problems: Problems) -> list[str]:
    """Return the code of the unit a facility belongs to, "" outside the county.

    The declared unit holds where it is one of the study's; otherwise the polygon decides.
    """
    known = unit_finder(region)
    here = unit_at(region, read.points)
    units: list[str] = []
    for i, given in enumerate(read.text("unit")):
        code = known.get(given.removesuffix(".0"))
        at = here[i]
        if code is not None and at != code and read.points.iloc[i] is not None:
            problems.add(_elsewhere(read, i, region, code, at))
        if given and code is None and at is not None:
            problems.add(_unknown_unit(read, i, given, str(region.names[at])))
        units.append(code or at or "")
    return units


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


def _statuses(read: Places, config: LayerConfig, problems: Problems) -> list[str]:
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
    words |= {word.strip(): status for word, status in config.status_words.items()}
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


def _check_opened(read: Places, key: str, statuses: list[str], problems: Problems) -> None:
    """Note how many operating facilities nobody said the opening year of: they count as open."""
    lost = sum(
        status == "operating" and not year
        for status, year in zip(statuses, read.text("opened"), strict=True)
    )
    if lost:
        problems.add(
            Problem(
                code="facility.no_year",
                what=Text(
                    f"图层 {key}：{lost} 处运营设施没有开业年份，年份未知的按已开业计",
                    f"layer {key}: {lost} operating facilities have no opening year; they are "
                    "taken as open already",
                ),
                file=read.table.file,
                column=read.columns.get("opened"),
                mend=Text(
                    "补上开业年份；尚未开业的，改正状态", "add the years, or mend the status"
                ),
                severity="warning",
            )
        )


def _years(read: Places, key: str, problems: Problems) -> np.ndarray | list[object]:
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


def _capacity(read: Places, problems: Problems) -> list[object]:
    if "capacity" not in read.columns:
        return [pd.NA] * len(read.table.frame)
    values = numbers(
        read.table,
        read.columns["capacity"],
        problems,
        code="facility.capacity",
        expected=Text("0 或更大的数", "a number, 0 or more"),
        low=0,
        optional=True,
    )
    return [pd.NA if np.isnan(v) else float(v) for v in values]


def _check_same_spot(read: Places, frame: gpd.GeoDataFrame, problems: Problems) -> None:
    """Report facilities on one spot: both are kept, but it is often one entered twice."""
    points = frame.geometry.to_numpy()
    tree = STRtree(points)
    left, right = tree.query(points, predicate="dwithin", distance=1.0)
    for a, b in zip(left, right, strict=True):
        if a < b:
            problems.add(
                Problem(
                    code="facility.same_spot",
                    what=Text(
                        "两处设施在同一地点，都保留", "two facilities on one spot; both kept"
                    ),
                    file=read.table.file,
                    found=f"{frame['name'].iloc[a]} / {frame['name'].iloc[b]}",
                    mend=Text("若是重复登记，删去一行", "if it is one entered twice, remove a row"),
                    severity="warning",
                )
            )
