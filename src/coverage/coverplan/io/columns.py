"""Finding columns by the names Chinese bureaus and open data usually give them."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from ..core.errors import Problem, Problems
from ..core.text import Text

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "code": ("code", "代码", "编码", "区划代码", "行政区划代码", "乡镇代码", "单元代码", "adcode"),
    "id": ("编号", "机构编号", "设施编号", "站点编号", "村编码", "编码", "id", "site_id", "osm_id"),
    "name": ("名称", "机构名称", "设施名称", "站点名称", "村名", "乡镇名称", "name"),
    "kind": ("kind", "类型", "单元类型"),
    "unit": (
        "乡镇代码", "所属乡镇代码", "所属乡镇", "所属街道", "乡镇", "单元代码", "unit", "unit_code",
        "township", "district_code",
    ),
    "lon": ("经度", "lon", "lng", "long", "longitude", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
    "status": ("状态", "运营状态", "status"),
    "opened": ("开业年份", "设立年份", "启用年份", "建成年份", "opened", "built_year"),
    "closed": ("停业年份", "关闭年份", "closed", "closed_year"),
    "capacity": (
        "床位数", "容量", "可容纳人数", "可容纳儿童数", "规划穴位数", "社工人数", "capacity",
        "beds",
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


def find_column(columns: Iterable[object], key: str, given: Mapping[str, str]) -> str | None:
    """Return the column that holds ``key``: the one given, else one with a usual name."""
    names = [str(column) for column in columns]
    if key in given:
        return match(names, given[key])
    return next((found for usual in USUAL_NAMES[key] if (found := match(names, usual))), None)


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
