"""Facts on the county, its townships and villages that no map shows; blank where not known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .people import census_table
from .settings import COUNTY, COUNTY_CODE, TOWNSHIPS, rng

MOUNTAIN, OLD_AREA = (7, 8, 9, 10, 11), (10, 11)
# staff, civil servants, posts, coordinators, clients, eligible, merged or split
TOWNS: tuple[tuple[object, ...], ...] = (
    (5, 2, 3, 1, 5_120, "是", "否"),
    (4, 2, 2, 1, 4_060, "是", "否"),
    (4, 1, 2, None, 3_180, "是", "是"),
    (4, 2, 2, 1, 4_910, "是", "否"),
    (3, 1, 2, 1, 4_020, "是", "否"),
    (3, 1, 1, 1, 3_660, "是", "是"),
    (3, 1, 2, 1, 3_110, "是", "否"),
    (2, 1, 1, 1, 2_840, "是", "否"),
    (2, 1, 1, 0, 1_930, "是", "否"),
    (1, 0, 1, 0, None, "否", "否"),
    (2, 1, None, 1, 1_870, "", "否"),
    (2, 1, 1, 0, 1_490, "否", "否"),
)
COUNTY_FACTS: dict[str, object] = {
    "失能特困人员": 412, "集中供养失能特困人员": 236, "结婚登记数": 2_184, "上门服务人数": 1_640,
    "适老化改造户数": 386, "家庭养老床位": 420, "持证养老护理员": 246, "持证社工": 763,
}  # fmt: skip
ECO_SHARE = 0.61


def village_facts(villages: pd.DataFrame) -> pd.DataFrame:
    """Return the villages' facts; codes, names and townships as in the list of villages."""
    random = rng("village facts")
    count = len(villages)
    town = villages["乡镇代码"].map({t.code: k for k, t in enumerate(TOWNSHIPS)}).to_numpy()
    city = town < 3
    people = villages["常住人口"].to_numpy()
    rank = villages.groupby("乡镇代码")["常住人口"].rank(ascending=False, method="first")
    old = np.isin(town, OLD_AREA) & (random.random(count) < 0.8)
    old |= (town == 5) & (random.random(count) < 0.35)
    sets = [
        "、".join(w for w, on in (("山区", m), ("老区", o)) if on)
        for m, o in zip(np.isin(town, MOUNTAIN), old, strict=True)
    ]
    deaths = villages["60岁及以上"].to_numpy() * random.uniform(0.024, 0.034, count)
    facts: dict[str, object] = {
        "村编码": villages["村编码"],
        "村名": villages["村名"],
        "乡镇代码": villages["乡镇代码"],
        "类型": np.where(city, "社区", "村"),
        "户数": np.round(people / np.where(city, 2.62, 2.41)),
        "农村": np.where(city, "否", "是"),
        "中心村": np.where(~city & (rank <= 4), "是", "否"),
        "有助餐需求": np.where(city & (random.random(count) < 0.72), "是", "否"),
        "区划调整": np.where(~city & (random.random(count) < 0.06), "是", "否"),
        "民政协理员": random.choice([0, 1, 2], count, p=[0.12, 0.84, 0.04]),
        "儿童主任": random.choice([0, 1], count, p=[0.07, 0.93]),
        "困境儿童": random.binomial(villages["0-14岁"].to_numpy(), 0.012),
        "残疾人": random.binomial(people, 0.058),
        "低收入人口": random.binomial(people, np.where(city, 0.014, 0.037)),
        "年死亡人数": np.round(deaths),
        "重点范围": sets,
    }
    table = pd.DataFrame(facts)
    for column in ("户数", "民政协理员", "儿童主任", "年死亡人数"):
        table[column] = table[column].astype("Int64")
    # What some villages did not hand in.
    table.loc[[61, 140], "户数"] = pd.NA
    table.loc[[75, 133, 201], "民政协理员"] = pd.NA
    table.loc[[88, 176, 240, 251], "儿童主任"] = pd.NA
    table.loc[[19, 97, 222], "年死亡人数"] = pd.NA
    table.loc[[12, 30], "有助餐需求"] = ""
    return table


def unit_facts(villages: pd.DataFrame, deaths: int) -> pd.DataFrame:
    """Return the county's row and the townships'; sums of registered people are the villages'."""
    random = rng("unit facts")
    registered = villages.groupby("乡镇代码")["户籍人口"].sum()
    census = census_table()
    rows: list[dict[str, object]] = []
    for k, town in enumerate(TOWNSHIPS):
        staff, servants, posts, coordinators, clients, eligible, merged = TOWNS[k]
        own = int(registered[town.code])
        share = float(census["60岁及以上"][k]) / town.residents
        aged = round(own * share * float(random.uniform(0.94, 1.02)))
        sets = [w for w, on in (("山区", k in MOUNTAIN), ("老区", k in OLD_AREA)) if on]
        rows.append(
            {
                "代码": town.code, "名称": town.name, "层级": "乡镇", "类型": town.kind,
                "户籍人口": own, "户籍60岁及以上": aged, "80岁及以上": round(0.148 * aged),
                "民政经办人员": staff, "民政公务员": servants, "民政岗位": posts,
                "养老协理员": coordinators, "服务对象": clients, "有条件": eligible,
                "区划调整": merged, "重点范围": "、".join(sets),
            }
        )  # fmt: skip
    sums = {
        column: sum(int(str(row[column])) for row in rows)
        for column in ("户籍人口", "户籍60岁及以上", "80岁及以上")
    }
    burials = round(0.97 * deaths)
    county: dict[str, object] = {
        "代码": f"{COUNTY_CODE}000000", "名称": COUNTY, "层级": "县", "类型": "县", **sums,
        "年死亡人数": deaths, "年安葬数": burials, "节地生态安葬数": round(ECO_SHARE * burials),
        **COUNTY_FACTS,
    }  # fmt: skip
    table = pd.DataFrame([county, *rows])
    words = ("代码", "名称", "层级", "类型", "有条件", "区划调整", "重点范围")
    for column in table.columns.difference(list(words)):
        table[column] = table[column].astype("Int64")
    columns = ["代码", "名称", "层级", "类型", "户籍人口", "户籍60岁及以上", "80岁及以上"]
    return table[[*columns, *(c for c in table.columns if c not in columns)]]
