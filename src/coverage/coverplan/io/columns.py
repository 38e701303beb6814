"""Finding columns by the names Chinese bureaus and open data usually give them."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from ..core.errors import Problem, Problems
from ..core.text import Text
from .cells import cell_text

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "code": (
        "code", "代码", "编码", "区划代码", "行政区划代码", "乡镇代码", "单元代码", "adcode",
        "统计用区划代码", "行政区代码", "区划编码", "镇街代码", "乡镇编码", "XZQDM",
    ),
    "id": (
        "编号", "机构编号", "设施编号", "站点编号", "村编码", "编码", "id", "site_id", "osm_id",
        "机构编码", "设施编码", "单位编号", "村代码", "村居代码", "行政村代码",
    ),
    "name": (
        "名称", "机构名称", "设施名称", "站点名称", "村名", "乡镇名称", "name", "单位名称",
        "机构全称", "养老机构名称", "场所名称", "点位名称", "村(社区)名称", "村(居)名称",
        "村居名称", "行政村名称", "社区名称", "行政村", "村(社区)", "镇街名称", "XZQMC",
        "village", "village_name",
    ),
    "kind": ("kind", "类型", "单元类型"),
    "unit": (
        "乡镇代码", "所属乡镇代码", "所属乡镇", "所属街道", "乡镇", "单元代码", "unit", "unit_code",
        "township", "district_code", "所在乡镇", "所在街道", "所属镇街", "所在镇街", "镇街",
        "所属乡镇(街道)", "所在乡镇(街道)", "乡镇(街道)", "乡镇街道", "所属乡镇街道",
        "所在乡镇街道", "乡(镇、街道)", "所属镇(街道)", "街道", "镇街名称", "乡镇名称",
    ),
    "parent": (
        "parent", "所属县", "所在县", "所属县区", "所属区县", "所在区县", "县(市、区)", "县区",
        "所属县(市、区)", "所在县(市、区)", "县市区", "区县", "县名", "county",
    ),
    "parent_code": (
        "parent_code", "county_code", "所属县代码", "县代码", "上级代码", "上级区划代码",
    ),
    "valid_from": (
        "valid_from", "有效自", "生效日期", "生效时间", "起始日期", "起始年份", "设立日期",
        "设立年份",
    ),
    "valid_to": (
        "valid_to", "有效至", "失效日期", "失效时间", "终止日期", "终止年份", "撤销日期",
        "撤销年份",
    ),
    "year": ("年份", "年度", "统计年份", "数据年份", "普查年份", "year"),
    "village": (
        "所在村", "所属村", "所在村(社区)", "所属村(社区)", "所在社区", "所属社区", "村(社区)",
        "村居", "村名", "行政村", "village",
    ),
    "lon": (
        "经度", "lon", "lng", "long", "longitude", "x", "东经", "经度坐标", "坐标经度", "X坐标",
        "东坐标", "横坐标", "POINT_X",
    ),
    "lat": (
        "纬度", "lat", "latitude", "y", "北纬", "纬度坐标", "坐标纬度", "Y坐标", "北坐标",
        "纵坐标", "POINT_Y",
    ),
    "status": (
        "状态", "运营状态", "status", "运行状态", "经营状态", "营业状态", "机构状态", "设施状态",
        "使用状态",
    ),
    "opened": (
        "开业年份", "设立年份", "启用年份", "建成年份", "opened", "built_year", "成立年份",
        "投用年份", "开业时间", "成立时间", "设立时间", "启用时间", "建成时间", "投用时间",
        "投入使用时间", "开业日期", "成立日期", "启用日期", "建成日期",
    ),
    "closed": (
        "停业年份", "关闭年份", "closed", "closed_year", "停用年份", "撤销年份", "停业时间",
        "关闭时间", "停用时间", "撤销时间", "注销时间",
    ),
    "capacity": (
        "床位数", "容量", "可容纳人数", "可容纳儿童数", "规划穴位数", "社工人数", "capacity",
        "beds", "核定床位数", "核定床位", "床位总数", "总床位数", "养老床位数", "养老床位",
        "实有床位数", "实有床位", "设计床位数", "编制床位数", "床位", "总床位",
    ),
    "cost_yuan": (
        "cost_yuan", "造价（元）", "投资（元）", "建设费用（元）", "改造费用（元）",
        "改造造价（元）",
    ),
    "class": ("highway", "fclass", "class", "道路等级", "等级", "类型"),
    "oneway": ("oneway", "单行", "单行线"),
    "u": ("u", "from_node", "起点编号"),
    "v": ("v", "to_node", "终点编号"),
    "bridge": ("bridge", "is_bridge", "桥梁", "桥"),
    "tunnel": ("tunnel", "is_tunnel", "隧道"),
    "layer": ("layer", "层级"),
    "surface": ("surface", "路面", "路面类型", "路面材料"),
    "maxspeed": ("maxspeed", "限速", "限速值", "speed_limit"),
    "shut": ("封闭", "停用", "是否封闭", "是否停用", "closed"),
    "access": ("access", "通行", "通行权限"),
    "vehicle": ("vehicle", "车辆", "车辆通行"),
    "motor_vehicle": ("motor_vehicle", "机动车", "机动车通行"),
    "motorcar": ("motorcar", "小汽车"),
    "motorroad": ("motorroad", "汽车专用", "汽车专用路"),
    "bicycle": ("bicycle", "自行车", "非机动车", "自行车通行"),
    "foot": ("foot", "步行", "行人", "行人通行"),
    "oneway_bicycle": ("oneway:bicycle", "oneway_bicycle", "自行车单行", "非机动车单行"),
    "oneway_foot": ("oneway:foot", "oneway_foot", "行人单行"),
    "cycleway": ("cycleway", "自行车道"),
    "headway": ("headway", "interval", "发班间隔", "发船间隔", "班次间隔"),
    "duration": ("duration", "历时", "航行时间", "渡船时间"),
    "metres": ("metres", "影响半径", "radius_metres"),
}  # fmt: skip


_SHOWN = 12
_SHOWN_CHARACTERS = 30

How = Literal["usual", "stated", "none"]
"""How a column was found: by a usual name, by the study file's word, or not at all."""

_SAMPLE, _SAMPLE_CHARACTERS, _LOOKED_AT = 3, 60, 1000


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """What one column of a file was taken for, to be shown before its values are used.

    Parameters
    ----------
    file, part
        The file as the study names it, and the table of the study file that does (``"people"``).
    key
        What was looked for: a key of `USUAL_NAMES`, or a group of people.
    column, how
        The column taken and how it was found; None where there is none.
    sample
        Its first values that are not empty, as text.
    """

    file: str
    part: str
    key: str
    column: str | None
    how: How
    sample: tuple[str, ...] = ()


def columns_used(
    file: str,
    part: str,
    frame: pd.DataFrame,
    taken: Mapping[str, str | None],
    given: Mapping[str, str],
) -> list[ColumnUse]:
    """Return what the columns of a file were taken for.

    Parameters
    ----------
    file, part
        As in `ColumnUse`.
    frame
        The records, one column for each of the file's.
    taken
        What was looked for -> its column, None where there is none.
    given
        What the study file says of columns.
    """
    found = []
    for key, column in taken.items():
        how: How = "none" if column is None else "stated" if key in given else "usual"
        sample = () if column is None else _first_values(frame, column)
        found.append(ColumnUse(file, part, key, column, how, sample))
    return found


def _first_values(frame: pd.DataFrame, column: str) -> tuple[str, ...]:
    there = [i for i, name in enumerate(frame.columns) if str(name) == column]
    if not there:
        return ()
    values = frame.iloc[:_LOOKED_AT, there[0]].astype(object)
    texts = (cell_text(value) for value in values.where(values.notna(), None))
    first = dict.fromkeys(text for text in texts if text)
    return tuple(text[:_SAMPLE_CHARACTERS] for text in list(first)[:_SAMPLE])


def match(columns: Iterable[object], wanted: str) -> str | None:
    """Return the column of a name: exactly, else but for case, width, spaces and line ends.

    Examples
    --------
    >>> match(["编号", "常住 人口（人）"], "常住人口(人)")
    '常住 人口（人）'
    """
    names = [str(column) for column in columns]
    if wanted in names:
        return wanted
    folded = _fold(wanted)
    return next((name for name in names if folded and _fold(name) == folded), None)


def _fold(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


_USUAL = frozenset(_fold(name) for names in USUAL_NAMES.values() for name in names)


def find_column(columns: Iterable[object], key: str, given: Mapping[str, str]) -> str | None:
    """Return the column that holds ``key``: the one given, else one with a usual name.

    Where none has a usual name as it stands, one has that does but for its unit, a star, or the
    levels of the header above it, if it is the only one: 床位数（张）, *经度, 坐标/经度.

    Examples
    --------
    >>> find_column(["名称", "地理坐标/经度（°）"], "lon", {})
    '地理坐标/经度（°）'
    """
    names = [str(column) for column in columns]
    if key in given:
        return match(names, given[key])
    found = next((found for usual in USUAL_NAMES[key] if (found := match(names, usual))), None)
    if found is not None:
        return found
    for usual in USUAL_NAMES[key]:
        loose = alike(names, usual)
        if loose:
            return loose[0] if len(loose) == 1 else None
    return None


def alike(columns: Iterable[object], usual: str) -> list[str]:
    """Return the columns of a usual name but for unit, star and the levels above it."""
    wanted = _fold(usual)
    return [str(column) for column in columns if wanted in _core(str(column))]


def is_usual(name: str) -> bool:
    """Return whether a column of this name would be found for something.

    Examples
    --------
    >>> is_usual("机构 名称"), is_usual("云溪县养老机构一览表")
    (True, False)
    """
    return _fold(name) in _USUAL


_UNITS = re.compile(
    r"\((?:张|床|个|人|名|处|所|年|度|°|wgs-?84|必填|选填|十进制|beds?|people|degrees?)\)$"
)
_WHOLE = frozenset({"合计", "小计", "总计", "总数", "计", "total"})


def _core(name: str) -> frozenset[str]:
    """Return what a column is called without unit, star and levels: of a whole, its group."""
    parts = [_UNITS.sub("", part.strip("*")) for part in _fold(name).split("/")]
    if len(parts) > 1 and parts[-1] in _WHOLE:
        parts = parts[:-1]
    return frozenset(parts[-1:])


def need_columns(
    file: str,
    columns: Iterable[object],
    keys: Iterable[str],
    given: Mapping[str, str],
    problems: Problems,
    *,
    say: str = "columns",
) -> dict[str, str]:
    """Return key -> column for every key found; each one missing becomes a problem.

    A key that was given but does not exist is named together with the nearest column; ``say`` is
    the part of the study file where columns are given.
    """
    names = [str(c) for c in columns]
    found: dict[str, str] = {}
    for key in keys:
        column = find_column(names, key, given)
        if column is not None:
            found[key] = column
        else:
            problems.add(missing_column(file, key, given.get(key), names, say=say))
    return found


def missing_column(
    file: str, key: str, wanted: str | None, names: list[str], *, say: str = "columns"
) -> Problem:
    """Return the fault of a column that is not there."""
    usual = (wanted,) if wanted else USUAL_NAMES.get(key, (key,))[:5]
    name = wanted or usual[0]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    there = [_short(n) for n in names if n != "geometry"][:_SHOWN]
    there += ["…"] if len(names) > _SHOWN else []
    hint_zh = f"最接近的列是“{_short(near[0])}”；" if near else ""
    hint_en = f'the nearest column is "{_short(near[0])}"; ' if near else ""
    return Problem(
        code="column.missing",
        what=Text("缺少这一列", "this column is missing"),
        file=file,
        column=name,
        found=Text("、".join(there), ", ".join(there)),
        expected=Text(
            f"名为 {'、'.join(map(_short, usual))} 的一列",
            f"a column named {' / '.join(map(_short, usual))}",
        ),
        mend=Text(
            f'{hint_zh}修改表头，或在研究文件中写明 {say} = {{ {key} = "…" }}',
            f'{hint_en}rename it, or say in the study file: {say} = {{ {key} = "..." }}',
        ),
    )


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN_CHARACTERS else name[:_SHOWN_CHARACTERS] + "…"
