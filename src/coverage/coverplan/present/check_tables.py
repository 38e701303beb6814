"""What was read and what shows when files meet, as tables of the fault report."""

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from ..core.crs import LONLAT
from ..core.text import Text
from ..domain.groups import group_label
from ..io.columns import ColumnUse
from ..io.paths import InputFile
from ..measure.coverage import TOTAL
from ..results import Inputs, Study
from .faults import Cell, FaultTable
from .people_table import people_table
from .tables import network_table

_CRS_FROM = {
    "": Text("", ""),
    "file": Text("文件", "the file"),
    "study": Text("研究文件", "the study file"),
    "assumed": Text("无人说明，按 WGS 84", "nobody: taken as WGS 84"),
}

_ZONE = Text("无人说明，按东坐标的带号", "nobody: taken by the zone number of its eastings")

_HOW = {
    "usual": Text("按常用名找到", "by a usual name"),
    "stated": Text("研究文件写明", "stated in the study file"),
    "none": Text("没有这一列（可以没有）", "none (it may be missing)"),
}

COLUMN_WORDS = {
    "code": Text("代码", "code"), "id": Text("编号", "id"), "name": Text("名称", "name"),
    "kind": Text("类型", "kind"), "unit": Text("所属单元", "unit"),
    "village": Text("所属村", "village"), "lon": Text("经度", "longitude"),
    "lat": Text("纬度", "latitude"), "status": Text("状态", "status"),
    "opened": Text("开业年份", "year opened"), "closed": Text("停业年份", "year closed"),
    "capacity": Text("容量", "capacity"), "cost_yuan": Text("造价（元）", "cost in yuan"),
    "class": Text("道路等级", "road class"), "oneway": Text("单行", "oneway"),
    "u": Text("起点编号", "from node"), "v": Text("终点编号", "to node"),
    "metres": Text("影响半径（米）", "radius in metres"), "all": group_label("all"),
    "elderly": group_label("elderly"), "children": group_label("children"),
    "parent": Text("所属县", "county"), "parent_code": Text("所属县代码", "code of the county"),
    "valid_from": Text("有效自", "in force from"), "valid_to": Text("有效至", "in force to"),
    "former_code": Text("原代码", "former code"), "former_name": Text("原名称", "former name"),
    "share": Text("比例", "share"), "date": Text("变更日期", "date of change"),
    "bridge": Text("桥梁", "bridge"), "tunnel": Text("隧道", "tunnel"),
}  # fmt: skip
"""What is looked for in a file, in words; a key that is not here is shown as it is."""


def _who_says(file: InputFile) -> Text:
    """Return who says in which system a file is."""
    numbered = file.crs_from == "assumed" and file.crs != LONLAT.to_string()
    return _ZONE if numbered else _CRS_FROM[file.crs_from]


def files_table(files: Iterable[InputFile], encodings: Mapping[str, str]) -> FaultTable:
    """Return what each file is: records, encoding, system and who says so, SHA-256.

    Parameters
    ----------
    files, encodings
        What was read, and the encoding of each by label, "" where it has none.
    """
    rows = tuple(
        (
            f.label, f.rows, encodings.get(f.label, ""), f.crs, _who_says(f), f.sha256,
        )
        for f in files
    )  # fmt: skip
    return FaultTable(
        "files",
        Text("读到的文件", "Files read"),
        Text(
            "坐标系由谁说明很要紧：无人说明的按 WGS 84，可能偏几百米。",
            "Who states the system matters: where nobody does it is taken as WGS 84, which may "
            "be some hundred metres off.",
        ),
        {
            "file": Text("文件", "file"),
            "records": Text("记录数", "records"),
            "encoding": Text("编码", "encoding"),
            "crs": Text("坐标系", "system"),
            "crs_from": Text("由谁说明", "stated by"),
            "sha256": Text("SHA-256", "SHA-256"),
        },
        rows,
    )


def columns_table(uses: Iterable[ColumnUse]) -> FaultTable:
    """Return what each column was taken for, with its first values."""
    # What was looked for in vain comes last.
    ordered = sorted(uses, key=lambda use: use.column is None)
    rows = tuple(
        (
            use.file,
            use.part,
            use.key,
            COLUMN_WORDS.get(use.key, use.key),
            use.column or "",
            _HOW[use.how],
            " | ".join(use.sample),
        )
        for use in ordered
    )
    return FaultTable(
        "columns",
        Text("各列的用途", "What each column was taken for"),
        Text(
            "用之前请核对：若取错了列，在研究文件的 columns 中写明。",
            "Check before use: where the wrong column was taken, say which in columns of the "
            "study file.",
        ),
        {
            "file": Text("文件", "file"),
            "part": Text("研究文件的表", "table of the study file"),
            "key": Text("键", "key"),
            "meaning": Text("含义", "meaning"),
            "column": Text("取自这一列", "column taken"),
            "how": Text("怎样找到", "how it was found"),
            "sample": Text("前几个值", "first values"),
        },
        rows,
        coded=("key",),
    )


def reconciled(inputs: Inputs) -> FaultTable | None:
    """Return how people add up, unit by unit; None where no people were placed."""
    table = people_table(inputs, "zh")
    if table is None:
        return None
    rows = tuple(
        (
            str(row.unit),
            Text("合计", "total") if row.unit == TOTAL else str(row.unit_name),
            str(row.group),
            group_label(str(row.group)),
            *(number(value) for value in (row.given, row.read, row.factor)),
            *(number(value) for value in (row.placed, row.unplaced)),
        )
        for row in table.itertuples(index=False)
    )
    return FaultTable(
        "people",
        Text("人口对账", "How people add up"),
        Text(
            "给定：总数表；读到：各条记录之和；系数 = 给定 ÷ 读到；未落点的人留在分母里。",
            "Given: the census; read: the sum of the records; factor = given / read; people not "
            "placed stay in the denominator.",
        ),
        {
            "unit": Text("代码", "code"),
            "unit_name": Text("单元", "unit"),
            "group": Text("人群", "group"),
            "group_label": Text("人群", "group"),
            "given": Text("给定", "given"),
            "read": Text("读到", "read"),
            "factor": Text("系数", "factor"),
            "placed": Text("已落点", "placed"),
            "unplaced": Text("未落点", "unplaced"),
        },
        rows,
        coded=("group",),
    )


def pieces(study: Study) -> FaultTable:
    """Return the connected pieces of the network of each layer, with the people on each."""
    zh, en = network_table(study, "zh"), network_table(study, "en")
    both = zip(zh.itertuples(index=False), en.itertuples(index=False), strict=True)
    rows = tuple(
        (
            str(a.layer),
            Text(str(a.layer_label), str(b.layer_label)),
            Text(str(a.travel), str(b.travel)),
            Text(str(a.kind_label), str(b.kind_label)),
            "" if pd.isna(a.number) else int(str(a.number)),
            *(number(value) for value in (a.kilometres, a.people, a.reached)),
        )
        for a, b in both
        if a.by == "piece"
    )
    return FaultTable(
        "network",
        Text("路网的连通", "Connected pieces of the network"),
        Text(
            "人多的小片路网往往是道路没有在路口接上，应先补路。",
            "A small piece with many people is often a road that is not joined at a junction.",
        ),
        {
            "layer": Text("图层", "layer"),
            "layer_label": Text("图层", "layer"),
            "travel": Text("出行", "travel"),
            "kind": Text("哪一片", "piece"),
            "number": Text("序号", "number"),
            "kilometres": Text("公里", "km"),
            "people": Text("人数", "people"),
            "reached": Text("其中可达", "of them reached"),
        },
        rows,
        coded=("layer",),
    )


def number(value: object) -> Cell:
    """Return a number of a table, whole where it is; None where it is not known."""
    if value is None or pd.isna(value):
        return None
    there = float(str(value))
    return int(there) if there.is_integer() and math.isfinite(there) else round(there, 6)
