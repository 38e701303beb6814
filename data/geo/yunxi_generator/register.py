"""The list of all other civil-affairs facilities, row by row; blank where nobody wrote it down."""

from __future__ import annotations

import pandas as pd

from .houses import House
from .settings import TOWNSHIPS

COLUMNS = (
    "编号", "名称", "类别", "所属乡镇", "所在村", "场所编号", "经度", "纬度", "状态", "设立年份",
    "停业年份", "改造年份", "计划年份", "级别", "等级", "性质", "运营方式", "床位数",
    "护理型床位数", "社工人数", "护理员人数", "建筑面积", "户数", "无障碍", "正常开放",
    "安葬类型", "规划穴位数", "已用穴位数", "火化炉", "已治理火化设备数", "新建造价", "改造造价",
    "转型前类别", "交付年份", "功能",
)  # fmt: skip
WHOLE = (
    "设立年份", "停业年份", "改造年份", "计划年份", "床位数", "护理型床位数", "社工人数",
    "护理员人数", "建筑面积", "户数", "规划穴位数", "已用穴位数", "火化炉", "已治理火化设备数",
    "新建造价", "改造造价", "交付年份",
)  # fmt: skip


class Register:
    """Collects the rows."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(
        self, kind: str, name: str, house: House, opened: int | None = None, status: str = "运营",
        more: dict[str, object] | None = None,
    ) -> None:  # fmt: skip
        """Add a facility; ``more`` holds the further columns somebody filled in."""
        lon, lat = house.spot.lonlat if house.spot else (None, None)
        self.rows.append(
            {
                "编号": f"MZ{len(self.rows) + 1:03d}",
                "名称": name,
                "类别": kind,
                "所属乡镇": TOWNSHIPS[house.township].name,
                "所在村": house.village,
                "场所编号": house.number,
                "经度": lon,
                "纬度": lat,
                "状态": status,
                "设立年份": opened,
                "计划年份": opened if status in {"规划", "在建"} else None,
            }
            | (more or {})
        )

    def table(self) -> pd.DataFrame:
        """Return the list."""
        table = pd.DataFrame(self.rows, columns=list(COLUMNS))
        for column in WHOLE:
            table[column] = table[column].astype("Int64")
        return table
