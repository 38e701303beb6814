"""Residents: the census table by township, and the village table that differs from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .grid import Floats, Ints
from .settings import RESIDENTS, SHARE_60, TOWNSHIPS, rng
from .villages import Villages

REMOTE_PEOPLE, ISLAND_PEOPLE = 217, 346


def shared_out(total: int, weight: Floats) -> Ints:
    """Return integers that sum to ``total`` in proportion to weights (largest remainders)."""
    exact = total * weight / weight.sum()
    base: Ints = np.floor(exact).astype(np.int64)
    short = total - int(base.sum())
    base[np.argsort(base - exact, kind="stable")[:short]] += 1
    return base


def census_table() -> pd.DataFrame:
    """Return the census table; the county's share aged 60+ is brought to its target."""
    rows = []
    people = np.array([t.residents for t in TOWNSHIPS])
    old = np.array([t.residents * t.share60 for t in TOWNSHIPS])
    old *= SHARE_60 * people.sum() / old.sum()
    for town, aged in zip(TOWNSHIPS, old, strict=True):
        young = round(town.residents * town.share14)
        rows.append((town.code, town.name, town.residents, round(float(aged)), young))
    table = pd.DataFrame(rows, columns=["乡镇代码", "乡镇名称", "常住人口", "60岁及以上", "0-14岁"])
    if int(table["常住人口"].sum()) != RESIDENTS:
        raise AssertionError(int(table["常住人口"].sum()))
    return table


def _sizes(villages: Villages, heights: Floats, random: np.random.Generator) -> Floats:
    """Return relative sizes: lognormal, larger at seats, smaller uphill."""
    spread = np.where(villages.township < 3, 0.32, 0.52)
    size = np.exp(spread * random.standard_normal(len(villages.name)))
    boost = np.where(villages.township < 3, 1.5, np.where(villages.township < 8, 4.2, 3.2))
    size = np.where(villages.seat, boost * np.maximum(size, 0.9), size)
    return np.asarray(size * np.exp(-heights / 900.0))


def village_table(villages: Villages, heights: Floats, lonlat: Floats) -> pd.DataFrame:
    """Return the village table; its sums miss the census by up to 1.5 % per township."""
    random = rng("people")
    census = census_table()
    size = _sizes(villages, heights, random)
    parts = []
    for k, town in enumerate(TOWNSHIPS):
        own = np.flatnonzero(villages.township == k)
        miss = 1.0 + random.uniform(0.004, 0.0148) * random.choice([-1.0, 1.0])
        special = {villages.island: ISLAND_PEOPLE, villages.remote: REMOTE_PEOPLE}
        total = round(town.residents * miss) - sum(v for i, v in special.items() if i in own)
        free = np.array([i for i in own if i not in special])
        count = np.zeros(len(own), dtype=np.int64)
        count[np.isin(own, free)] = shared_out(total, size[free])
        for i, people in special.items():
            count[own == i] = people
        share60 = census["60岁及以上"][k] / town.residents
        lift = (
            1.0
            + 0.09 * random.standard_normal(len(own))
            + (heights[own] - heights[own].mean()) / 2500
        )
        old = np.clip(share60 * lift, 0.10, 0.70) * count
        old = old * (share60 * count.sum() * random.uniform(0.99, 1.01) / old.sum())
        young = town.share14 * count * (1.0 + 0.10 * random.standard_normal(len(own)))
        base = (0.84, 0.88, 0.93)[k] if k < 3 else (1.13 if k < 8 else 1.42)
        registered = count * base * np.exp(0.05 * random.standard_normal(len(own)))
        parts.append(
            pd.DataFrame(
                {
                    "村编码": [
                        f"{town.code[:9]}{200 + n + (0 if k >= 3 else -199):03d}"
                        for n in range(len(own))
                    ],
                    "村名": [villages.name[i] for i in own],
                    "乡镇代码": town.code,
                    "所属乡镇": town.name,
                    "经度": lonlat[own, 0],
                    "纬度": lonlat[own, 1],
                    "常住人口": count,
                    "户籍人口": np.round(registered).astype(np.int64),
                    "60岁及以上": np.round(old).astype(np.int64),
                    "0-14岁": np.round(young).astype(np.int64),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
