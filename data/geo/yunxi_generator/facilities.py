"""The facility lists, as a bureau would keep them, hard cases included; and idle buildings."""

from __future__ import annotations

import numpy as np
import pandas as pd
from shapely.geometry import Polygon

from .grid import Ints
from .settings import COUNTY, TOWNSHIPS, rng
from .spots import Places, Spot
from .villages import Villages

PUBLIC, PRIVATE = "公办", "民办"
BARE = 11  # the mountain township without elderly care, social work and eco-burial
NEIGHBOUR = "松川县下塘镇"
# township, type, name, status, opened, closed, beds, nursing beds, grade
ELDERLY = (
    (0, "社会福利院", f"{COUNTY}社会福利院", "运营", 1998, None, 320, 240, "四级"),
    (0, "护理院", f"{COUNTY}失能失智照护中心", "运营", 2021, None, 120, 120, "三级"),
    (0, "民办养老院", "澄江颐和养老院", "运营", 2013, None, 180, 96, "三级"),
    (0, "民办养老院", "府前康宁养护院", "运营", 2018, None, 140, 110, "三级"),
    (1, "民办养老院", "东屏松鹤养老院", "运营", 2015, None, 160, 90, "三级"),
    (1, "街道养老服务中心", "东屏街道居家养老服务中心", "运营", 2019, None, 40, 24, "二级"),
    (1, "护理院", "东屏康养护理院", "在建", 2027, None, 260, 220, "未评"),
    (2, "街道养老服务中心", "溪南街道居家养老服务中心", "运营", 2020, None, 36, 20, "二级"),
    (2, "民办养老院", "溪南晚晴养老院", "关闭", 2008, 2022, 70, 18, "一级"),
    (3, "敬老院", "桐口镇敬老院", "运营", 2004, None, 150, 70, "二级"),
    (3, "民办养老院", "桐口福寿居养老院", "运营", 2016, None, 110, 60, "二级"),
    (4, "敬老院", "白石渡镇敬老院", "运营", 2003, None, 120, 60, "二级"),
    (4, "民办养老院", "白石渡江畔养老院", "停用", 2011, None, 64, 20, "一级"),
    (5, "敬老院", "枫桥岭镇敬老院", "运营", 2006, None, 110, 48, "二级"),
    (5, "民办养老院", "枫溪怡养苑", "规划", 2026, None, 90, 60, "未评"),
    (6, "敬老院", "青坞镇敬老院", "运营", 2005, None, 96, 40, "二级"),
    (6, "民办养老院", "青坞湖畔颐养院", "运营", 2022, None, 88, 56, "二级"),
    (7, "敬老院", "龙潭镇敬老院", "运营", 2007, None, 100, 42, "二级"),
    (7, "互助养老点", "龙潭互助养老中心", "运营", 2021, None, 30, 8, "一级"),
    (8, "敬老院", "岱源乡敬老院", "运营", 2009, None, 56, 16, "一级"),
    (10, "敬老院", "竹坪乡敬老院", "运营", 2010, None, 48, 12, "一级"),
    (10, "互助养老点", "竹坪乡互助养老点", "运营", 2023, None, 16, 0, "未评"),
)


def _ranked(villages: Villages, people: Ints, township: int) -> list[int]:
    """Return a township's villages by people, largest first; never the island or the remote."""
    own = np.flatnonzero(villages.township == township)
    order = own[np.argsort(-people[own], kind="stable")]
    apart = (villages.island, villages.remote, villages.misplaced)
    return [int(k) for k in order if k not in apart]


def elderly(
    places: Places, villages: Villages, people: Ints, county: Polygon,
    towns: list[Polygon], exact: list[Polygon],
) -> pd.DataFrame:  # fmt: skip
    """Return the elderly-care list."""
    rows: list[tuple[object, ...]] = []
    seen: dict[int, int] = {}
    first: Spot | None = None
    for t, kind, name, status, opened, closed, beds, nursing, grade in ELDERLY:
        rank = seen.get(t, 0)
        seen[t] = rank + 1
        village = _ranked(villages, people, t)[rank]
        if name.endswith("照护中心") and first is not None:
            spot = first  # two licences in one house
        else:
            spot = places.in_village(village)
        first = first or spot
        where = f"{TOWNSHIPS[t].name}{villages.name[village]}{7 * len(rows) % 90 + 3}号"
        rows.append(
            (name, kind, TOWNSHIPS[t].name, *spot.lonlat, status, opened, closed, beds, nursing,
             grade, where)
        )  # fmt: skip
    a, b, spot = places.on_boundary(towns, exact)
    name = f"{TOWNSHIPS[a].name[:2]}{TOWNSHIPS[b].name[:2]}片区养老服务中心"
    where = f"{TOWNSHIPS[a].name}与{TOWNSHIPS[b].name}交界处"
    rows.append(
        (
            name,
            "互助养老点",
            TOWNSHIPS[a].name,
            *spot.lonlat,
            "运营",
            2020,
            None,
            24,
            6,
            "一级",
            where,
        )
    )
    spot = places.across(county)
    rows.append(
        ("松川下塘颐养院", "民办养老院", NEIGHBOUR, *spot.lonlat, "运营", 2017, None, 80, 36,
         "二级", f"{NEIGHBOUR}界桥头1号")
    )  # fmt: skip
    columns = ["机构名称", "机构类型", "所属乡镇", "经度", "纬度", "状态", "开业年份", "停业年份",
               "床位数", "护理型床位数", "等级", "地址"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "编号", [f"YL{k:03d}" for k in range(1, len(table) + 1)])
    for column in ("开业年份", "停业年份"):
        table[column] = table[column].astype("Int64")
    return table


def social_work(places: Places, villages: Villages) -> pd.DataFrame:
    """Return the list of social-work stations: one in each township but the bare one."""
    random = rng("social work")
    seats = np.flatnonzero(villages.seat)  # one per township, in their order
    rows = []
    for t, town in enumerate(TOWNSHIPS):
        if t == BARE:
            continue
        spot = places.in_village(int(seats[t]))
        status = {9: "规划", 7: "停用"}.get(t, "运营")
        year = 2026 if status == "规划" else int(random.integers(2018, 2024))
        staff = max(2, round(town.residents / 12_000)) + int(random.integers(0, 3))
        rows.append((f"{town.name}社会工作站", town.name, *spot.lonlat, status, year, staff))
    columns = ["名称", "所属乡镇", "经度", "纬度", "状态", "设立年份", "社工人数"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "编号", [f"SG{k:02d}" for k in range(1, len(table) + 1)])
    return table


def children(places: Places, villages: Villages, people: Ints) -> pd.DataFrame:
    """Return the list of children's homes, mostly in larger villages."""
    random = rng("children")
    rows = []
    for t, count in enumerate((6, 5, 4, 8, 7, 6, 6, 5, 5, 3, 3, 2)):
        ranked = _ranked(villages, people, t)
        pool = ranked[: max(2 * count, 4)]
        chosen = sorted(random.choice(pool, size=count, replace=False).tolist())
        for village in chosen:
            spot = places.in_village(int(village))
            name = villages.name[int(village)]
            draw = float(random.random())
            status = "运营" if draw < 0.88 else ("停用" if draw < 0.94 else "在建")
            year = 2026 if status == "在建" else int(random.integers(2012, 2025))
            room = int(np.clip(people[int(village)] / 60, 12, 60) // 5 * 5)
            rows.append(
                (f"{name}儿童之家", TOWNSHIPS[t].name, name, *spot.lonlat, status, year, room)
            )
    columns = ["名称", "所属乡镇", "所在村", "经度", "纬度", "状态", "设立年份", "可容纳儿童数"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "编号", [f"ET{k:03d}" for k in range(1, len(table) + 1)])
    return table


def burial(places: Places, towns: list[Polygon]) -> pd.DataFrame:
    """Return the list of eco-burial sites, on slopes away from villages."""
    rows = []
    for t, hill, status, year, kind, room, used in (
        (0, "凤山", "运营", 2012, "树葬、花坛葬", 3600, 2210),
        (3, "鹿鸣山", "运营", 2015, "树葬", 2400, 1130),
        (4, "白石山", "运营", 2017, "草坪葬", 1800, 690),
        (5, "枫岭", "运营", 2019, "树葬、骨灰堂", 1500, 420),
        (7, "龙潭山", "在建", 2026, "树葬", 1200, 0),
        (8, "岱山", "运营", 2021, "草坪葬、树葬", 800, 145),
    ):
        spot = places.on_slope(towns[t])
        rows.append(
            (f"{hill}生态安葬园", TOWNSHIPS[t].name, *spot.lonlat, status, year, kind, room, used)
        )
    columns = [
        "名称",
        "所属乡镇",
        "经度",
        "纬度",
        "状态",
        "启用年份",
        "安葬类型",
        "规划穴位数",
        "已用穴位数",
    ]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "编号", [f"ST{k:02d}" for k in range(1, len(table) + 1)])
    return table


# township, name, opened, beds, children living there
INSTITUTIONS = (
    (0, f"{COUNTY}儿童福利院", 2001, 120, 64),
    (1, "东屏未成年人救助保护中心", 2019, 40, 15),
    (3, "桐口镇困境儿童照料中心", 2012, 36, 18),
    (5, "枫桥岭镇困境儿童照料中心", 2014, 24, 7),
    (7, "龙潭镇困境儿童照料中心", 2010, 30, 9),
)


def institutions(places: Places, villages: Villages) -> pd.DataFrame:
    """Return the five institutions where children live, half of their beds empty."""
    seats = np.flatnonzero(villages.seat)
    rows = []
    for t, name, year, beds, kids in INSTITUTIONS:
        spot = places.in_village(int(seats[t]))
        rows.append((name, TOWNSHIPS[t].name, *spot.lonlat, "运营", year, beds, kids))
    columns = ["名称", "所属乡镇", "经度", "纬度", "状态", "设立年份", "床位数", "在院儿童数"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "编号", [f"FL{k:02d}" for k in range(1, len(table) + 1)])
    return table


def idle_buildings(places: Places, villages: Villages, people: Ints) -> pd.DataFrame:
    """Return buildings that stand empty: cheaper to mend than a new one is to build."""
    kinds = ("闲置小学校舍", "闲置村委会办公楼", "闲置卫生院", "闲置供销社")
    rows = []
    for k in range(16):
        township = (5 * k + 3) % len(TOWNSHIPS)
        ranked = _ranked(villages, people, township)
        village = ranked[min(2 + k // len(TOWNSHIPS), len(ranked) - 1)]
        area = 400 + 130 * (7 * k % 11)
        name = f"{villages.name[village]}{kinds[k % len(kinds)]}"
        spot = places.in_village(village)
        # Mending costs some 1,200 yuan a square metre, and 25 square metres hold a bed.
        rows.append((name, TOWNSHIPS[township].name, *spot.lonlat, area, 1_200 * area, area // 25))
    columns = ["名称", "所属乡镇", "经度", "纬度", "建筑面积", "改造造价", "可设床位"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "编号", [f"XZ{k:02d}" for k in range(1, len(table) + 1)])
    return table
