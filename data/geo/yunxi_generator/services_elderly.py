"""Services for older people beside the homes: centres, stations, meals, happiness homes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .grid import Ints
from .houses import Houses
from .register import Register
from .settings import COUNTY, TOWNSHIPS, rng
from .villages import Villages

CENTRE, STATION = "乡镇（街道）居家养老服务中心", "村（社区）居家养老服务站"
GRADES = ("智慧示范", "AAAA", "AAA", "AA", "")
DAY, MEALS, HAPPY = "日间照料中心", "老年助餐点", "村级敬老院（幸福院）"


@dataclass(frozen=True)
class Setting:
    """What all services are placed by."""

    book: Register
    houses: Houses
    villages: Villages
    people: Ints
    homes: pd.DataFrame  # elderly-care homes
    stations: pd.DataFrame  # social-work stations

    def ranked(self, township: int) -> list[int]:
        """Return a township's villages, largest first; never the island or the remote one."""
        own = np.flatnonzero(self.villages.township == township)
        apart = (self.villages.island, self.villages.remote, self.villages.misplaced)
        order = own[np.argsort(-self.people[own], kind="stable")]
        return [int(k) for k in order if k not in apart]

    def seat(self, township: int) -> int:
        """Return the village where the township's offices are."""
        return int(np.flatnonzero(self.villages.seat)[township])

    def drawn(self, stage: str, counts: tuple[int, ...], wide: float) -> list[int]:
        """Return villages drawn among the larger ones, so many in each township."""
        random = rng(stage)
        chosen: list[int] = []
        for township, count in enumerate(counts):
            ranked = self.ranked(township)
            pool = ranked[: max(round(wide * count), count)]
            chosen += sorted(int(k) for k in random.choice(pool, min(count, len(pool)), False))
        return chosen


# township, grade, opened, upgraded, status, operator, square metres, home it shares premises with
CENTRES = (
    (0, "示范型", 2018, None, "运营", "公建民营", 1680, None),
    (1, "示范型", 2019, None, "运营", "公建民营", 1420, "东屏街道居家养老服务中心"),
    (2, "示范型", 2020, None, "运营", "公建民营", 1250, "溪南街道居家养老服务中心"),
    (3, "示范型", 2019, None, "运营", "公建民营", 1360, None),
    (4, "示范型", 2021, None, "运营", "公营", 1180, None),
    (5, "示范型", 2020, None, "运营", "公建民营", 1090, None),
    (6, "示范型", 2022, None, "运营", "公营", 960, None),
    (7, "标准型", 2017, 2021, "运营", "公营", 620, None),
    (8, "标准型", 2023, None, "运营", "公营", 540, None),
    (9, "示范型", 2026, None, "在建", "公营", 800, None),
)


def centres(at: Setting) -> None:
    """Add the townships' centres: two townships without, one being built."""
    for t, grade, opened, mended, status, operator, area, shared in CENTRES:
        house = (
            at.houses.of_list(at.homes, shared, at.ranked(t)[1 if t == 1 else 0])
            if shared
            else at.houses.other(at.seat(t))
        )
        more: dict[str, object] = {
            "级别": "乡镇级", "等级": grade, "性质": "公办", "运营方式": operator,
            "改造年份": mended, "建筑面积": area, "无障碍": "是", "正常开放": "是",
        }  # fmt: skip
        name = f"{TOWNSHIPS[t].name}综合性居家养老服务中心"
        at.book.add(CENTRE, name, house, opened, status, more)


def stations(at: Setting) -> None:
    """Add village stations; some hold the day care too, some stand in the main house."""
    random = rng("home-care stations")
    counts = (14, 11, 8, 12, 9, 8, 6, 5, 5, 1, 2, 1)
    for n, village in enumerate(at.drawn("stations where", counts, 1.7)):
        name = at.villages.name[village]
        both = at.villages.township[village] < 3 and float(random.random()) < 0.36
        draw = float(random.random())
        status = "运营" if draw < 0.92 else ("停用" if draw < 0.96 else "在建")
        opened = 2026 if status == "在建" else int(random.integers(2014, 2025))
        grade = str(random.choice(GRADES, p=[0.1, 0.2, 0.4, 0.2, 0.1]))
        where = at.houses.main if float(random.random()) < 0.6 else at.houses.other
        # Two stations that nobody has been to with a receiver.
        house = at.houses.unplaced(village) if n in (17, 44) else where(village)
        more: dict[str, object] = {
            "级别": "村级", "等级": grade, "性质": "集体",
            "运营方式": str(random.choice(["自营", "委托运营"])),
            "建筑面积": int(random.integers(8, 42)) * 10,
            "护理员人数": int(random.integers(0, 4)),
        }  # fmt: skip
        kind = f"{STATION}、{DAY}" if both else STATION
        at.book.add(kind, f"{name}居家养老服务站", house, opened, status, more)


def day_care_and_meals(at: Setting) -> None:
    """Add day-care centres and canteens; four canteens without coordinates."""
    random = rng("day care")
    held = {
        (str(row["所属乡镇"]), str(row["所在村"]))
        for row in at.book.rows
        if DAY in str(row["类别"])
    }
    counts = (8, 6, 4, 2, 1, 1, 1, 0, 0, 0, 0, 0)
    for n, village in enumerate(at.drawn("day care where", counts, 1.9)):
        name, town = at.villages.name[village], TOWNSHIPS[int(at.villages.township[village])].name
        if (town, name) in held:
            continue
        status = "关闭" if n in (5, 15) else "运营"
        more: dict[str, object] = {
            "停业年份": 2023 if status == "关闭" else None, "级别": "社区级", "性质": "公办",
            "运营方式": "委托运营", "建筑面积": int(random.integers(20, 60)) * 10, "床位数": 10,
        }  # fmt: skip
        opened = int(random.integers(2015, 2023))
        at.book.add(DAY, f"{name}日间照料中心", at.houses.main(village), opened, status, more)
    for n, village in enumerate(at.drawn("meals where", (9, 7, 5, 4, 3, 2, 2, 1, 1, 0, 1, 0), 1.6)):
        name = at.villages.name[village]
        house = at.houses.unplaced(village) if n in (5, 13, 20, 28) else at.houses.main(village)
        opened = int(random.integers(2019, 2026))
        run = str(random.choice(["自营", "委托运营"]))
        more = {"级别": "村级", "运营方式": run, "性质": "集体"}
        at.book.add(MEALS, f"{name}老年食堂", house, opened, "运营", more)


# township, rank of the village, opened, status, upgraded, cost of a new one, cost of using it again
HAPPY_HOMES = (
    (3, 4, 2013, "停用", None, 1_260_000, 430_000),
    (3, 7, 2021, "运营", None, 1_180_000, None),
    (3, 9, 2020, "运营", None, 1_050_000, None),
    (4, 5, 2016, "运营", 2022, None, None),
    (4, 8, 2020, "运营", None, 980_000, None),
    (5, 3, 2015, "运营", None, None, None),
    (6, 4, 2012, "停用", None, 860_000, 910_000),
    (6, 6, 2018, "运营", None, None, None),
    (7, 3, 2020, "运营", None, 940_000, None),
    (8, 2, 2019, "运营", None, None, None),
    (10, 2, 2026, "在建", None, 1_020_000, None),
    (11, 1, 2026, "规划", None, 990_000, None),
    (11, 3, 2027, "规划", None, 990_000, None),
)


def happiness_homes(at: Setting) -> None:
    """Add happiness homes: one stands idle where a new one was built; half share premises."""
    random = rng("happiness homes")
    for n, (t, rank, opened, status, mended, new, again) in enumerate(HAPPY_HOMES):
        village = at.ranked(t)[rank]
        house = at.houses.main(village) if n % 2 else at.houses.other(village)
        more: dict[str, object] = {
            "级别": "村级", "性质": "集体", "运营方式": "自营", "改造年份": mended,
            "床位数": int(random.integers(8, 25)), "建筑面积": int(random.integers(30, 90)) * 10,
            "新建造价": new, "改造造价": again,
        }  # fmt: skip
        at.book.add(HAPPY, f"{at.villages.name[village]}幸福院", house, opened, status, more)


def others(at: Setting) -> None:
    """Add the small kinds: embedded homes, the rehabilitation-care union, devices."""
    for t, rank, opened, beds, nursing in ((0, 2, 2021, 28, 22), (1, 3, 2023, 24, 16)):
        village = at.ranked(t)[rank]
        more: dict[str, object] = {
            "级别": "社区级", "性质": "民办", "运营方式": "民营", "床位数": beds,
            "护理型床位数": nursing, "建筑面积": 30 * beds,
        }  # fmt: skip
        name = f"{at.villages.name[village]}嵌入式养老院"
        at.book.add("嵌入式养老机构", name, at.houses.other(village), opened, "运营", more)
    village = at.ranked(2)[1]
    name = f"{at.villages.name[village]}嵌入式养老院"
    more = {"级别": "社区级", "性质": "民办", "床位数": 20, "护理型床位数": 14}
    at.book.add("嵌入式养老机构", name, at.houses.other(village), 2026, "在建", more)
    union = at.houses.of_list(at.homes, f"{COUNTY}失能失智照护中心", at.ranked(0)[0])
    at.book.add("康养联合体", f"{COUNTY}中医院康养联合体", union, 2022, "运营", {"级别": "县级"})
    devices = at.houses.other(at.ranked(0)[3])
    at.book.add(
        "康复辅具服务场所", f"{COUNTY}康复辅具适配服务中心", devices, 2021, "运营",
        {"级别": "县级", "功能": "适配、租赁、洗消"},
    )  # fmt: skip
    at.book.add(
        "康复辅具服务场所", "桐口镇康复辅具租赁点", at.houses.main(at.seat(3)), 2024, "运营",
        {"级别": "乡镇级", "功能": "租赁"},
    )  # fmt: skip


def add_elderly_services(at: Setting) -> None:
    """Add all services for older people."""
    centres(at)
    stations(at)
    day_care_and_meals(at)
    happiness_homes(at)
    others(at)
