"""The appendix: every site of every layer."""

from ...core.crs import LONLAT
from ...core.text import Text
from ...domain.facilities import STATUS_LABELS
from ..tables import STATES
from .blocks import Cell, Column, Paragraph, Section, Table
from .pairs import without_empty
from .proposals import number_cell
from .sentences import unit_word
from .sources import LayerStory, Sources, table_id

__all__ = ["sites_section"]

_OUTSIDE = Text("研究区外", "outside the study")
_STATUS = {**STATUS_LABELS, "proposed": STATES["proposed"]}
_PRECISION = {
    "village": Text("所在村的点位", "at the point of its village"),
    "township": Text("所在乡镇的点位", "at the point of its township"),
}
_OPTIONAL = ("closed", "capacity", "note", "precision")


def sites_section(sources: Sources) -> Section:
    """Return every site with its state, place and the people within its limit.

    Parameters
    ----------
    sources
        What the report is read from.
    """
    below = tuple(_layer(sources, story) for story in sources.layers)
    title = Text("附录：站点清单", "Appendix: every site")
    return Section("sites", title, (), below)


def _layer(sources: Sources, story: LayerStory) -> Section:
    key = table_id("sites_of", story)
    if not len(story.result.sites):
        none = Text("没有站点。", "There are no sites.")
        return Section(key, story.label, (Paragraph(none),))
    return Section(key, story.label, (_table(sources, story),))


def _table(sources: Sources, story: LayerStory) -> Table:
    sites, word = story.result.sites, unit_word(sources.study.inputs.region)
    lonlat = sites.geometry.to_crs(LONLAT)
    records = sites.drop(columns="geometry").to_dict("records")
    rows = tuple(_row(row, point.x, point.y) for row, point in zip(records, lonlat, strict=True))
    table = Table(
        table_id("sites", story),
        Text(
            f"{story.label.zh}：全部站点（时限内人数：{story.minutes} 分钟，{story.group.zh}）",
            f"{story.label.en}: every site (people: {story.group.en} within {story.minutes} "
            "minutes)",
        ),
        (
            Column("id", Text("编号", "Id")),
            Column("name", Text("名称", "Name")),
            Column("state", Text("类别", "State")),
            Column("unit", Text(word.zh, word.en.capitalize())),
            Column("status", Text("状态", "Status")),
            Column("opened", Text("开业年份", "Opened"), "year"),
            Column("closed", Text("关闭年份", "Closed"), "year"),
            Column("capacity", Text("容量", "Capacity"), "number"),
            Column("people", Text("时限内人数", "People within"), "people"),
            Column("lon", Text("经度", "Longitude"), "degrees"),
            Column("lat", Text("纬度", "Latitude"), "degrees"),
            Column("precision", Text("位置", "Place")),
            Column("note", Text("未计入的原因", "Why not counted")),
        ),
        rows,
        notes=(
            Text(
                "时限内人数按每处站点单独计算，相邻站点的人数有重复，不可相加。"
                "未计入的站点不计算人数。",
                "People within are counted for each site by itself: neighbours share some, and "
                "they cannot be added. They are not counted for sites that do not serve.",
            ),
        ),
    )
    return without_empty(table, _OPTIONAL)


def _row(row: dict[str, object], lon: float, lat: float) -> tuple[Cell, ...]:
    state, status = str(row["state"]), str(row["status"])
    counted = state != "not_counted"
    why: Cell = "" if counted else Text(str(row["reason_zh"]), str(row["reason_en"]))
    new = state == "proposed"
    opened, closed = number_cell(row["opened"]), number_cell(row["closed"])
    capacity = number_cell(row["capacity"])
    precision = str(row.get("precision") or "point")
    return (
        str(row["site_id"]),
        str(row["name"]),
        STATES[state],
        str(row["unit_name"]) or _OUTSIDE,
        _STATUS[status],
        "" if new and opened is None else opened,
        "" if closed is None else closed,
        "" if new and capacity is None else capacity,
        number_cell(row["people_within"]) if counted else "",
        round(lon, 6),
        round(lat, 6),
        _PRECISION.get(precision, ""),
        why,
    )
