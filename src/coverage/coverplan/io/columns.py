"""Finding columns by the names Chinese bureaus and open data usually give them."""

import difflib
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
    "class": ("highway", "fclass", "class", "道路等级", "等级", "类型"),
    "oneway": ("oneway", "单行", "单行线"),
    "u": ("u", "from_node", "起点编号"),
    "v": ("v", "to_node", "终点编号"),
    "metres": ("metres", "影响半径", "radius_metres"),
}  # fmt: skip


def find_column(columns: Iterable[str], key: str, given: Mapping[str, str]) -> str | None:
    """Return the column that holds ``key``: the one given, else one with a usual name."""
    names = list(columns)
    if key in given:
        return given[key] if given[key] in names else None
    by_folded = {name.casefold(): name for name in reversed(names)}
    for usual in USUAL_NAMES[key]:
        if usual.casefold() in by_folded:
            return by_folded[usual.casefold()]
    return None


def need_columns(
    file: str,
    columns: Iterable[str],
    keys: Iterable[str],
    given: Mapping[str, str],
    problems: Problems,
) -> dict[str, str]:
    """Return key -> column for every key found; each one missing becomes a problem.

    A key that was given but does not exist is named together with the nearest column.
    """
    names = [str(c) for c in columns]
    found: dict[str, str] = {}
    for key in keys:
        column = find_column(names, key, given)
        if column is not None:
            found[key] = column
        else:
            problems.add(missing_column(file, key, given.get(key), names))
    return found


def missing_column(file: str, key: str, wanted: str | None, names: list[str]) -> Problem:
    """Return the fault of a column that is not there."""
    usual = "、".join(USUAL_NAMES.get(key, (key,))[:5])
    name = wanted or key
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint_zh = f"最接近的列是“{near[0]}”；" if near else ""
    hint_en = f'the nearest column is "{near[0]}"; ' if near else ""
    return Problem(
        code="column.missing",
        what=Text(f"缺少列“{name}”", f'column "{name}" is missing'),
        file=file,
        column=name,
        found="、".join(n for n in names if n != "geometry")[:200],
        expected=Text(f"名为 {usual} 的一列", f"a column named {usual}"),
        mend=Text(
            f'{hint_zh}修改表头，或在研究文件中写明 columns = {{ {key} = "…" }}',
            f'{hint_en}rename it, or say in the study file: columns = {{ {key} = "..." }}',
        ),
    )
