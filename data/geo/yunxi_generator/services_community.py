"""Community services: centres, living rooms, social-work rooms, housing estates."""

from __future__ import annotations

import numpy as np

from .services_elderly import Setting
from .settings import rng

SERVICE = "村（社区）综合服务设施"
CITY, COUNTRY = "社区服务中心", "农村社区服务中心"


def service_centres(at: Setting) -> None:
    """Add service centres in main houses; a few too small, with steps, often shut, or remote."""
    random = rng("service centres")
    counts = (17, 13, 11, 14, 12, 11, 10, 9, 8, 4, 7, 5)
    for n, village in enumerate(at.drawn("service centres where", counts, 1.6)):
        city = at.villages.township[village] < 3
        households = round(int(at.people[village]) / 2.55)
        small = n % 7 == 3
        per_hundred = float(random.uniform(14, 26) if small else random.uniform(31, 75))
        remote = n in (41, 77)
        house = at.houses.outside(village) if remote else at.houses.main(village)
        opened = int(random.integers(2006, 2025))
        if n % 9 == 5:
            opened = 2020
        more: dict[str, object] = {
            "级别": "社区级" if city else "村级",
            "性质": "公办",
            "建筑面积": max(60, round(households * per_hundred / 100)),
            # Three centres gave no number of households.
            "户数": None if n in (30, 60, 90) else households,
            "改造年份": 2020 if n % 14 == 8 and opened < 2020 else None,
            "无障碍": "否" if n % 11 == 6 else "是",
            "正常开放": "否" if n % 13 == 9 else "是",
        }
        name = f"{at.villages.name[village]}{CITY if city else '党群服务中心'}"
        at.book.add(CITY if city else COUNTRY, name, house, opened, "运营", more)


def rooms(at: Setting) -> None:
    """Add living rooms and social-work rooms, most in the main house of the community."""
    random = rng("rooms")
    for village in at.drawn("living rooms where", (5, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0), 1.5):
        name = f"{at.villages.name[village]}居民会客厅"
        opened = int(random.integers(2021, 2026))
        at.book.add("居民会客厅", name, at.houses.main(village), opened, "运营", {"级别": "社区级"})
    for village in at.drawn("social-work rooms where", (5, 4, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0), 1.6):
        name = f"{at.villages.name[village]}社工室"
        near = float(random.random()) < 0.8
        house = at.houses.main(village) if near else at.houses.other(village)
        more: dict[str, object] = {"级别": "社区级", "社工人数": int(random.integers(1, 4))}
        at.book.add("社区社工室", name, house, int(random.integers(2019, 2026)), "运营", more)


ESTATES = (
    "滨江华庭", "翠湖名苑", "云溪新村", "澄江府", "金桂园", "江南春晓", "东屏山庄", "阳光花苑",
    "锦绣家园", "和顺苑", "溪南里", "紫荆公寓", "望江新城", "玉兰小区", "文华苑", "学府名邸",
    "桐江花园", "白石雅居", "枫林小区", "青坞湖畔", "朝阳新苑", "安居小区",
)  # fmt: skip


def estates(at: Setting) -> None:
    """Add housing estates with the rooms they have for older people: none, too few, enough."""
    random = rng("estates")
    counts = (7, 6, 4, 2, 1, 1, 1, 0, 0, 0, 0, 0)
    for n, village in enumerate(at.drawn("estates where", counts, 1.4)):
        households = int(np.round(random.uniform(180, 1_600)))
        delivered = (2009, 2014, 2017, 2019, 2020, 2021, 2022, 2023, 2024, 2025)[n % 10]
        rate = (0, 12, 24, 33, 0, 31, 18, 34, 35, 22)[n % 10]
        # One estate never answered.
        area = None if n == 12 else round(households * rate / 100)
        more: dict[str, object] = {"户数": households, "建筑面积": area, "交付年份": delivered}
        at.book.add(
            "住宅小区", ESTATES[n], at.houses.other(village), delivered, "使用中", more
        )  # fmt: skip


def add_community_services(at: Setting) -> None:
    """Add all community services."""
    service_centres(at)
    rooms(at)
    estates(at)
