"""The bureau's register of projects, plans and money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .settings import COUNTY, TOWNSHIPS, rng

ELDERLY, ALL = "全部养老服务设施", "全部民政设施"
COLUMNS = (
    "编号", "名称", "项目类型", "类别", "对应目标", "所属乡镇", "所在村", "进度", "年份", "金额",
    "资金来源",
)  # fmt: skip
Row = tuple[str, str, str, str, str, str, int | None, int | None, str]
# name, kind, layer, target, township, status, year, yuan, fund
PLANS: tuple[Row, ...] = (
    (f"{COUNTY}养老服务设施布局专项规划（2021—2035年）", "规划", ELDERLY, "", "", "已印发", 2022,
     680_000, "财政"),
    (f"{COUNTY}公益性公墓布点规划（2024—2035年）", "规划", "公益性公墓", "", "", "编制中", 2026,
     520_000, "财政"),
    (f"{COUNTY}民政设施专项规划", "规划", ALL, "", "", "前期", 2027, None, ""),
    (f"{COUNTY}养老服务一张图", "地图", ELDERLY, "", "", "完成", 2023, 340_000, "财政"),
    (f"{COUNTY}社会福利院二期", "项目", "社会福利中心", "YX-01", "澄江街道", "完成", 2021,
     21_600_000, "财政"),
    (f"{COUNTY}殡仪馆迁建工程", "项目", "殡仪馆", "YX-06", "东屏街道", "前期", 2027, 68_000_000,
     "财政"),
    (f"{COUNTY}慈善文化馆", "项目", "慈善基地", "", "澄江街道", "已建成", 2022, 1_900_000,
     "社会资金"),
    ("东屏康养护理院", "项目", "养老机构", "", "东屏街道", "在建", 2027, 46_000_000, "社会资金"),
    ("枫溪怡养苑", "项目", "养老机构", "", "枫桥岭镇", "前期", 2026, 12_500_000, "社会资金"),
    ("桐口镇敬老院改造提升", "项目", "养老机构", "", "桐口镇", "已建成", 2020, 3_200_000, "财政"),
    ("青坞湖畔颐养院", "项目", "养老机构", "", "青坞镇", "已开工", 2020, 9_800_000, "社会资金"),
    ("云峰乡综合性居家养老服务中心", "项目", "乡镇（街道）居家养老服务中心", "", "云峰乡", "在建",
     2026, 2_600_000, "财政"),
)  # fmt: skip
# layer, yuan of lottery money in each of the years 2021 to 2025
LOTTERY: tuple[tuple[str, str, tuple[int, int, int, int, int]], ...] = (
    ("养老机构护理型床位改造", "养老机构", (1_620_000, 1_480_000, 1_910_000, 1_350_000, 1_760_000)),
    ("居家养老服务中心运营补助", "乡镇（街道）居家养老服务中心",
     (880_000, 960_000, 1_040_000, 1_120_000, 1_180_000)),
    ("老年助餐补助", "老年助餐点", (310_000, 360_000, 420_000, 510_000, 640_000)),
    ("儿童之家规范化建设", "儿童之家", (620_000, 580_000, 540_000, 610_000, 660_000)),
    ("社会工作站购买服务", "社会工作站", (900_000, 1_050_000, 1_150_000, 1_200_000, 1_250_000)),
    ("节地生态安葬奖补", "节地生态安葬点", (260_000, 300_000, 280_000, 340_000, 360_000)),
    ("残疾人之家补助", "残疾人之家", (240_000, 240_000, 260_000, 260_000, 280_000)),
    ("社区公益项目", "", (180_000, 160_000, 210_000, 190_000, 220_000)),
)  # fmt: skip
OLD_AREA_WORK = (
    ("居家养老服务站改造", "村（社区）居家养老服务站"), ("老年食堂新建", "老年助餐点"),
    ("党群服务中心修缮", "村（社区）综合服务设施"), ("儿童之家设备", "儿童之家"),
)  # fmt: skip


def _old_area(facts: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return works in old revolutionary-base villages: eleven in nine villages."""
    random = rng("old-area projects")
    old = facts[facts["重点范围"].str.contains("老区")]
    chosen = sorted(random.choice(np.arange(len(old)), 9, replace=False).tolist())
    names = {t.code: t.name for t in TOWNSHIPS}
    rows: list[tuple[object, ...]] = []
    for n, k in enumerate([*chosen, chosen[1], chosen[6]]):
        village = old.iloc[k]
        work, layer = OLD_AREA_WORK[(n + n // 9) % 4]
        status = "已完成" if n % 3 else "在建"
        year = 2025 if status == "在建" else int(random.integers(2020, 2025))
        rows.append(
            (f"{village['村名']}{work}", "项目", layer, "", names[village["乡镇代码"]],
             village["村名"], status, year, int(random.integers(4, 30)) * 10_000, "财政")
        )  # fmt: skip
    return rows


def project_register(facts: pd.DataFrame) -> pd.DataFrame:
    """Return plans, projects, and what lottery money went to."""
    rows: list[tuple[object, ...]] = [(*row[:5], "", *row[5:]) for row in PLANS]
    for name, layer, money in LOTTERY:
        for year, yuan in zip(range(2021, 2026), money, strict=True):
            rows.append(
                (f"{year}年{name}", "服务", layer, "", "", "", "完成", year, yuan, "福彩公益金")
            )
    # What it came to was never written down.
    rows.append(
        ("2024年适老化改造补助", "服务", "居家适老化改造", "", "", "", "完成", 2024, None,
         "福彩公益金")
    )  # fmt: skip
    rows += _old_area(facts)
    table = pd.DataFrame(rows, columns=list(COLUMNS[1:]))
    table.insert(0, "编号", [f"XM{k:03d}" for k in range(1, len(table) + 1)])
    for column in ("年份", "金额"):
        table[column] = table[column].astype("Int64")
    return table
