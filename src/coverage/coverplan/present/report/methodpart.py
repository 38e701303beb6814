"""How the figures were made: rules, modes, files with their hashes, versions, the run."""

import platform

from ...core.text import Text
from ...identity import version_of
from ..check_tables import files_table
from ..method import method_lines
from ..people_table import people_table
from .blocks import Block, Bullets, Cell, Column, Facts, Section, Table
from .pairs import paired_table, said_or_nothing, without_empty
from .sentences import unit_word
from .sources import Sources

__all__ = ["method_section", "people_section"]

LIBRARIES = (
    "geopandas", "highspy", "numba", "numpy", "pandas", "pyproj", "rasterio", "scipy", "shapely",
)  # fmt: skip
_HASH = 16


def method_section(sources: Sources) -> Section:
    """Return the method: rules, modes of travel, files, and what identifies the run.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    study = sources.study
    blocks: list[Block] = [Bullets(tuple(method_lines(study))), _modes(sources)]
    if sources.files:
        blocks.append(_files(sources))
    blocks.append(_run(sources))
    return Section("method", Text("方法与数据来源", "Method and sources"), tuple(blocks))


def _modes(sources: Sources) -> Table:
    out, there = Text("由服务方上门", "the service goes out"), Text("居民前往", "people go there")
    rows = []
    for story in sources.layers:
        layer, profile = story.result.layer, story.result.profile
        straight = profile.straight is not None
        rows.append(
            (
                story.label,
                story.group,
                layer.minutes,
                profile.summary,
                out if layer.direction == "from_site" else there,
                "" if straight else profile.access_kmh,
                "" if straight else profile.access_cap_metres,
                said_or_nothing(profile.source),
            )
        )
    table = Table(
        "modes",
        Text("各类设施的人群、时限与出行方式", "Whom each kind is for, and how they travel"),
        (
            Column("layer", Text("设施", "Facilities")),
            Column("group", Text("人群", "People")),
            Column("minutes", Text("时限（分钟）", "Limit, minutes"), "count"),
            Column("mode", Text("方式与速度", "Mode and speed")),
            Column("direction", Text("谁出行", "Who travels")),
            Column("access_kmh", Text("到路边（km/h）", "To the road, km/h"), "number"),
            Column("access_cap", Text("到路边上限（米）", "At most, metres"), "metres"),
            Column("source", Text("速度来源", "Source of speeds")),
        ),
        tuple(rows),
    )
    return without_empty(table, ("access_kmh", "access_cap", "source"))


def _files(sources: Sources) -> Table:
    found = files_table(sources.files, {})
    heads = {
        "file": Text("文件", "File"),
        "records": Text("记录数", "Records"),
        "crs": Text("坐标系", "Coordinate system"),
        "crs_from": Text("由谁说明", "Stated by"),
        "sha256": Text(f"SHA-256（前 {_HASH} 位）", f"SHA-256 (first {_HASH})"),
    }
    place = {key: list(found.heads).index(key) for key in heads}
    rows = tuple(
        tuple(str(row[i])[:_HASH] if key == "sha256" else _cell(row[i]) for key, i in place.items())
        for row in found.rows
    )
    columns = tuple(
        Column(key, head, "count" if key == "records" else "text") for key, head in heads.items()
    )
    return Table(
        "files",
        Text("数据文件", "Files read"),
        columns,
        rows,
        notes=(
            Text(
                "表和普查总数没有坐标系，该栏为空。全部 64 位散列值见 run.json。",
                "Tables and totals have no coordinate system. All 64 digits of the hashes stand "
                "in run.json.",
            ),
        ),
    )


def _cell(value: str | float | Text | None) -> Cell:
    if isinstance(value, Text):
        return said_or_nothing(value)
    return "" if value is None else value


def _run(sources: Sources) -> Facts:
    inputs = sources.study.inputs
    crs = inputs.region.crs
    libraries = ", ".join(f"{name} {version_of(name)}" for name in LIBRARIES)
    return Facts(
        (
            (Text("运行编号", "Run"), sources.run_id),
            (Text("设施与边界截至", "Facilities and boundaries as of"), inputs.date),
            (Text("工作坐标系", "Working system"), f"{crs.name} (EPSG:{crs.to_epsg()})"),
            (Text("软件", "Software"), f"coverplan {version_of('coverplan')}"),
            (Text("运行环境", "Runs on"), f"Python {platform.python_version()}; {libraries}"),
        )
    )


def people_section(sources: Sources) -> Section | None:
    """Return how people add up unit by unit; None where none were placed.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    inputs = sources.study.inputs
    zh, en = people_table(inputs, "zh"), people_table(inputs, "en")
    if zh is None or en is None:
        return None
    word = unit_word(inputs.region)
    columns = (
        Column("unit_name", Text(word.zh, word.en.capitalize())),
        Column("group_label", Text("人群", "People")),
        Column("given", Text("给定总数", "Given"), "people"),
        Column("read", Text("各地点之和", "Sum of places"), "people"),
        Column("factor", Text("调整系数", "Factor"), "number"),
        Column("placed", Text("已落点", "Placed"), "people"),
        Column("unplaced", Text("未落点", "Not placed"), "people"),
    )
    table = paired_table(
        "people",
        Text("人口对账（人）", "How people add up"),
        (zh, en),
        columns,
        totals=len(inputs.demand.groups),
        notes=(
            Text(
                "调整系数 = 给定总数 ÷ 各地点之和；未落点的人留在分母里。",
                "Factor = given / sum of places; people not placed stay in the denominator.",
            ),
        ),
    )
    return Section("people", Text("人口对账", "How people add up"), (table,))
