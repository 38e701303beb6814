"""Invented village names."""

from __future__ import annotations

import numpy as np

FAMILIES = "陈叶林吴周徐朱胡郑何蓝雷潘季毛项夏金应梅柳范邱饶华汤鲍尤"
PLACES = "坑坞源岙坪垟坳湾田村畈塘桥渡埠岗洋山圩堰"
QUALITIES = ("上", "下", "里", "外", "前", "后", "大", "小", "东", "西", "高", "新", "古", "双")
NATURE = (
    "石", "竹", "松", "樟", "枫", "桐", "柏", "梨", "茶", "柿", "岩", "泉", "鹤", "凤", "龙",
    "虎", "云", "月", "青", "白", "黄", "碧", "银", "金", "莲", "兰", "杏", "栗", "桂", "荷",
)  # fmt: skip
URBAN = (
    "和平", "建设", "朝阳", "文昌", "望江", "滨江", "紫荆", "丽景", "南门", "北门", "东门", "西门",
    "府前", "学前", "水南", "塔下", "桃园", "绿苑", "花园", "新城", "站前", "城中", "城东", "城西",
    "城北", "翠屏", "双桥", "河滨", "锦绣", "安居", "古井", "银杏", "民乐", "长虹", "康宁", "五里",
    "澄碧", "松阁", "梅园", "惠民", "兴隆", "永宁", "开明", "塘岸", "莲塘", "柳堤",
)  # fmt: skip


def urban_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return names of urban communities, none twice."""
    return [f"{URBAN[k]}社区" for k in rng.permutation(len(URBAN))[:count]]


def village_name(rng: np.random.Generator) -> str:
    """Return one village name with a stem of two or three characters."""
    place = str(rng.choice(list(PLACES)))
    kind = rng.random()
    if kind < 0.30:
        stem = str(rng.choice(list(FAMILIES))) + place
    elif kind < 0.52:
        stem = str(rng.choice(NATURE)) + place
    elif kind < 0.70:
        stem = str(rng.choice(QUALITIES)) + place
    elif kind < 0.86:
        stem = str(rng.choice(list(FAMILIES))) + "家" + place
    else:
        stem = str(rng.choice(QUALITIES[:8])) + str(rng.choice(NATURE)) + place
    return f"{stem}村" if place != "村" else stem


def village_names(count: int, rng: np.random.Generator, taken: dict[str, int]) -> list[str]:
    """Return names for one township: none twice here, at most two of a name in the county."""
    out: list[str] = []
    while len(out) < count:
        name = village_name(rng)
        if name in out or taken.get(name, 0) >= 2 or (taken.get(name) and rng.random() < 0.85):
            continue
        taken[name] = taken.get(name, 0) + 1
        out.append(name)
    return out
