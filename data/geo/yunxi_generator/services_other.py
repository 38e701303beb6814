"""Services for children, for those in need and for the dead; charity; registries."""

from __future__ import annotations

import pandas as pd

from .houses import House
from .services_elderly import Setting
from .settings import COUNTY, TOWNSHIPS, rng


def _at_station(at: Setting, township: int) -> House:
    """Return the house of the township's social-work station."""
    name = f"{TOWNSHIPS[township].name}社会工作站"
    return at.houses.of_list(at.stations, name, at.seat(township))


# layer, township, opened, status, whether in the social-work station, what it is called
AT_STATIONS = (
    ("未成年人保护工作站", 0, 2020, "运营", True, "未成年人保护工作站"),
    ("未成年人保护工作站", 1, 2021, "运营", True, "未成年人保护工作站"),
    ("未成年人保护工作站", 3, 2022, "运营", True, "未成年人保护工作站"),
    ("未成年人保护工作站", 4, 2021, "运营", True, "未成年人保护工作站"),
    ("未成年人保护工作站", 5, 2019, "运营", False, "未成年人保护工作站"),
    ("未成年人保护工作站", 6, 2022, "运营", False, "未成年人保护工作站"),
    ("未成年人保护工作站", 8, 2026, "规划", False, "未成年人保护工作站"),
    ("社会救助服务点", 0, 2019, "运营", True, "社会救助服务站"),
    ("社会救助服务点", 3, 2018, "运营", False, "社会救助服务站"),
    ("社会救助服务点", 4, 2020, "运营", True, "社会救助服务站"),
    ("社会救助服务点", 7, 2019, "运营", False, "社会救助服务站"),
    ("社会救助服务点", 10, 2023, "运营", True, "社会救助服务站"),
    ("慈善工作站", 0, 2020, "运营", True, "慈善工作站"),
    ("慈善工作站", 1, 2021, "运营", True, "慈善工作站"),
    ("慈善工作站", 2, 2021, "运营", True, "慈善工作站"),
    ("慈善工作站", 3, 2022, "运营", True, "慈善工作站"),
    ("慈善工作站", 5, 2018, "运营", False, "慈善工作站"),
    ("慈善工作站", 6, 2020, "运营", True, "慈善工作站"),
    ("社会组织孵化基地", 1, 2023, "运营", False, "社会组织服务站"),
)


def at_stations(at: Setting) -> None:
    """Add the townships' services that belong in the social-work station, and those that do not."""
    for layer, t, opened, status, inside, word in AT_STATIONS:
        house = _at_station(at, t) if inside else at.houses.other(at.seat(t))
        name = f"{TOWNSHIPS[t].name}{word}"
        at.book.add(layer, name, house, opened, status, {"级别": "乡镇级", "性质": "公办"})


def for_children(at: Setting, institutions: pd.DataFrame) -> None:
    """Add the county's protection centre and the stations for children left behind."""
    centre = at.houses.of_list(institutions, "东屏未成年人救助保护中心", at.seat(1))
    more: dict[str, object] = {"级别": "县级", "性质": "公办", "转型前类别": "儿童福利机构"}
    at.book.add(
        "未成年人救助保护中心", f"{COUNTY}未成年人救助保护中心", centre, 2021, "运营", more
    )  # fmt: skip
    random = rng("left behind")
    for t in (1, 3, 4, 5, 6, 7, 8, 10):
        house = at.houses.main(at.seat(t)) if t % 2 else at.houses.other(at.seat(t))
        name = f"{TOWNSHIPS[t].name}留守儿童服务站"
        opened = int(random.integers(2017, 2024))
        at.book.add("留守儿童服务站", name, house, opened, "运营", {"级别": "乡镇级"})
    house = at.houses.other(at.seat(9))
    at.book.add(
        "留守儿童服务站", f"{TOWNSHIPS[9].name}留守儿童服务站", house, 2018, "停用",
        {"级别": "乡镇级"},
    )  # fmt: skip


def for_those_in_need(at: Setting) -> None:
    """Add disability homes, and the county's own institutions."""
    for t, opened, grade, status in (
        (0, 2017, "标准化", "运营"), (1, 2018, "标准化", "运营"), (2, 2020, "标准化", "运营"),
        (3, 2016, "标准化", "运营"), (4, 2019, "标准化", "运营"), (5, 2021, "", "运营"),
        (6, 2022, "", "运营"), (7, 2026, "", "规划"),
    ):  # fmt: skip
        name = f"{TOWNSHIPS[t].name}残疾人之家"
        more: dict[str, object] = {"级别": "乡镇级", "等级": grade, "性质": "公办"}
        at.book.add("残疾人之家", name, at.houses.other(at.seat(t)), opened, status, more)
    county: dict[str, object] = {"级别": "县级", "性质": "公办"}
    at.book.add(
        "精神卫生福利设施", f"{COUNTY}精神康复福利中心", at.houses.other(at.ranked(1)[5]), 2009,
        "运营", county | {"改造年份": 2021, "床位数": 80},
    )  # fmt: skip
    welfare = at.houses.of_list(at.homes, f"{COUNTY}社会福利院", at.ranked(0)[0])
    at.book.add(
        "社会福利中心", f"{COUNTY}社会福利中心", welfare, 1998, "运营", county | {"床位数": 320}
    )
    at.book.add(
        "救助管理站", f"{COUNTY}救助管理站", welfare, 2005, "运营", county | {"等级": "国家三级"}
    )
    giving = at.houses.other(at.ranked(0)[4])
    at.book.add("慈善基地", f"{COUNTY}慈善基地", giving, 2019, "运营", county)
    at.book.add("社会组织示范园区", f"{COUNTY}社会组织服务中心", giving, 2020, "运营", county)
    at.book.add(
        "救助服务联合体", f"{COUNTY}社会救助服务联合体", at.houses.other(at.ranked(0)[6]), 2022,
        "运营", county,
    )  # fmt: skip
    at.book.add(
        "婚姻登记机关",
        f"{COUNTY}婚姻登记处",
        at.houses.other(at.ranked(0)[1]),
        2004,
        "运营",
        county | {"等级": "国家3A", "改造年份": 2018},
    )
    for t, rank in ((3, 2), (7, 1)):
        village = at.ranked(t)[rank]
        name = f"{at.villages.name[village]}慈善工作站"
        at.book.add("慈善工作站", name, at.houses.main(village), 2022, "运营", {"级别": "村级"})


# layer, township, rank of the village, opened, status, level, kinds, places, used
BURIAL = (
    ("公益性公墓", 0, 9, 2006, "运营", "县级", "墓葬、树葬", 12000, 9860),
    ("公益性公墓", 1, 7, 2011, "运营", "乡镇级", "墓葬", 4200, 2310),
    ("公益性公墓", 3, 8, 2009, "运营", "乡镇级", "墓葬、花坛葬", 3800, 2470),
    ("公益性公墓", 4, 9, 2012, "运营", "乡镇级", "墓葬", 2600, 1320),
    ("公益性公墓", 5, 6, 2014, "运营", "乡镇级", "墓葬、草坪葬", 2200, 980),
    ("公益性公墓", 6, 8, 2016, "运营", "乡镇级", "墓葬", 1800, 640),
    ("公益性公墓", 7, 5, 2013, "运营", "乡镇级", "墓葬、树葬", 1600, 910),
    ("公益性公墓", 8, 4, 2018, "运营", "乡镇级", "墓葬", 900, 210),
    ("公益性公墓", 10, 3, 2021, "运营", "乡镇级", "墓葬、树葬", 800, 96),
    ("公益性公墓", 11, 2, 2026, "规划", "乡镇级", "树葬", 600, 0),
    ("公益性公墓", 3, 3, 2015, "运营", "村级", "墓葬", 300, 188),
    ("公益性公墓", 4, 2, 2017, "运营", "村级", "墓葬", 260, 97),
    ("骨灰堂", 0, 12, 2010, "运营", "县级", "骨灰堂", 8000, 4120),
    ("骨灰堂", 2, 6, 2020, "运营", "乡镇级", "骨灰堂", 3000, 740),
    ("骨灰堂", 3, 2, 2020, "运营", "村级", "骨灰堂", 600, 120),
    ("骨灰堂", 5, 1, 2020, "运营", "村级", "骨灰堂", 500, 86),
    ("骨灰堂", 6, 2, 2019, "运营", "村级", "骨灰堂", 450, 130),
    ("骨灰堂", 7, 3, 2022, "运营", "村级", "骨灰墙", 400, 51),
    ("骨灰堂", 10, 1, 2024, "运营", "村级", "骨灰堂", 320, 12),
    ("骨灰堂", 4, 12, 2027, "规划", "村级", "骨灰堂", 500, 0),
    ("治丧场所", 0, 14, 2012, "运营", "县级", "", None, None),
    ("治丧场所", 3, 6, 2018, "运营", "乡镇级", "", None, None),
    ("治丧场所", 4, 6, 2020, "运营", "乡镇级", "", None, None),
    ("治丧场所", 5, 5, 2020, "运营", "村级", "", None, None),
    ("治丧场所", 7, 6, 2020, "运营", "村级", "", None, None),
    ("治丧场所", 8, 5, 2021, "运营", "村级", "", None, None),
    ("治丧场所", 10, 5, 2023, "运营", "村级", "", None, None),
)


def for_the_dead(at: Setting) -> None:
    """Add cemeteries, columbaria, mourning venues and the funeral home, away from villages."""
    for layer, t, rank, opened, status, level, kinds, places, used in BURIAL:
        village = at.ranked(t)[rank]
        name = f"{at.villages.name[village]}{layer.removeprefix('公益性')}"
        if level == "县级":
            name = f"{COUNTY}{layer}"
        more: dict[str, object] = {
            "级别": level, "性质": "公办", "安葬类型": kinds, "规划穴位数": places,
            "已用穴位数": used,
        }  # fmt: skip
        at.book.add(layer, name, at.houses.outside(village), opened, status, more)
    at.book.add(
        "殡仪馆", f"{COUNTY}殡仪馆", at.houses.outside(at.ranked(1)[6]), 1996, "运营",
        {"级别": "县级", "性质": "公办", "火化炉": 5, "已治理火化设备数": 4},
    )  # fmt: skip


def add_other_services(at: Setting, institutions: pd.DataFrame) -> None:
    """Add all of them."""
    at_stations(at)
    for_children(at, institutions)
    for_those_in_need(at)
    for_the_dead(at)
