"""Checks of what policy targets are judged by; ``check.py`` runs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import geopandas as gpd
import pandas as pd

from coverplan.domain.policy import policy_layers
from coverplan.domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS, Fact

from .settings import COUNTY_CODE, OUT, TOWNSHIPS

Need = Callable[[bool, str], None]
LISTS = ("民政设施.csv", "养老机构台账.csv", "儿童福利机构台账.csv")
UNPLACED = 6
# Columns of every list of places that are no facts of their own.
PLAIN = {
    "编号", "名称", "机构名称", "类别", "所属乡镇", "经度", "纬度", "状态", "设立年份", "开业年份",
    "停业年份", "代码", "村编码", "村名", "乡镇代码",
}  # fmt: skip


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(OUT / name, encoding="utf-8-sig", dtype=str).fillna("")


def _known_words(table: pd.DataFrame, facts: Iterable[Fact], name: str, need: Need) -> None:
    """Check that columns are facts, and cells words those facts know."""
    by_name = {usual: fact for fact in facts for usual in reversed(fact.names)}
    strange = [c for c in table.columns if c not in by_name and c not in PLAIN]
    need(not strange, f"{name}: every column is known {strange or ''}")
    for column in table.columns:
        fact = by_name.get(column)
        if fact is None or fact.words is None:
            continue
        cells = {part for cell in table[column] for part in cell.split("、") if part}
        lost = sorted(cells - set(fact.words))
        need(not lost, f"{name}, {column}: every word is known {lost or ''}")


def _check_layers(table: pd.DataFrame, name: str, need: Need) -> None:
    known = {
        word
        for layer in policy_layers().values()
        for word in (layer.id, layer.label.zh, *layer.words)
    }
    cells = [part for cell in table["类别"] for part in cell.split("、") if part]
    lost = sorted(set(cells) - known)
    need(not lost, f"{name}: {len(set(cells))} kinds, every one known {lost or ''}")


def _check_places(towns: gpd.GeoDataFrame, villages: pd.DataFrame, need: Need) -> None:
    table = _read("民政设施.csv")
    have = table["经度"] != ""
    need(int((~have).sum()) == UNPLACED, f"{UNPLACED} of {len(table)} facilities have no point")
    spots = gpd.GeoSeries(
        gpd.points_from_xy(table["经度"][have].astype(float), table["纬度"][have].astype(float)),
        crs=towns.crs,
    )
    own = towns.set_index("name").loc[table["所属乡镇"][have]].geometry.reset_index(drop=True)
    need(bool(spots.within(own.set_crs(towns.crs)).all()), "every point in its own township")
    named = set(zip(villages["所属乡镇"], villages["村名"], strict=True))
    lost = set(zip(table["所属乡镇"], table["所在村"], strict=True)) - named
    need(not lost, f"every facility's village is on the list {lost or ''}")
    double = villages[villages.duplicated(["所属乡镇", "村名"])]
    need(not len(double), "a village is told by its township and name")
    print("     ", dict(Counter(table["状态"])))


def _check_premises(need: Need) -> None:
    places: dict[str, set[tuple[str, str]]] = {}
    layers: Counter[str] = Counter()
    for name in LISTS:
        table = _read(name)
        for row in table.itertuples():
            number = str(row.场所编号)
            places.setdefault(number, set()).add((str(row.经度), str(row.纬度)))
            layers[number] += 1
    need(all(len(at) == 1 for at in places.values()), f"{len(places)} premises, one point each")
    shared = sum(count > 1 for count in layers.values())
    need(shared > 40, f"{shared} premises hold more than one service")
    stations = pd.read_csv(OUT / "社工站.csv", encoding="gb18030", dtype=str)
    at = set(zip(stations["经度"], stations["纬度"], strict=True))
    inside = sum(bool(at & spots) for spots in places.values())
    need(inside > 5, f"{inside} premises are those of social-work stations")


def _check_ledgers(need: Need) -> None:
    homes = pd.read_excel(OUT / "养老机构.xlsx")
    ledger = pd.read_csv(OUT / "养老机构台账.csv", encoding="utf-8-sig")
    need(homes.equals(ledger[homes.columns]), "the homes' ledger repeats their list")
    plain = pd.read_csv(OUT / "儿童福利机构.csv", encoding="utf-8-sig")
    ledger = pd.read_csv(OUT / "儿童福利机构台账.csv", encoding="utf-8-sig")
    need(plain.equals(ledger[plain.columns]), "the institutions' ledger repeats their list")


def _check_units(villages: pd.DataFrame, need: Need) -> None:
    facts = _read("村情况.csv")
    need(facts["村编码"].tolist() == villages["村编码"].tolist(), f"{len(facts)} villages' codes")
    need(facts["村名"].tolist() == villages["村名"].tolist(), "and their names")
    units = _read("单元情况.csv")
    codes = [f"{COUNTY_CODE}000000", *(t.code for t in TOWNSHIPS)]
    need(units["代码"].tolist() == codes, "facts on the county and its twelve townships")
    for column in ("户籍人口", "户籍60岁及以上"):
        total = units[column].iloc[1:].astype(int).sum()
        need(int(units[column].iloc[0]) == total, f"{column}: {total}, the sum of the townships")
    empty = int((facts[["户数", "民政协理员", "儿童主任", "年死亡人数"]] == "").to_numpy().sum())
    need(empty == 12, f"{empty} cells of the villages left empty")


def _check_money(need: Need) -> None:
    table = _read("项目库.csv")
    lottery = table[(table["资金来源"] == "福彩公益金") & (table["金额"] != "")]
    elderly = {
        word
        for key in policy_layers()["all_elderly_layers"].members
        for word in (policy_layers()[key].label.zh, *policy_layers()[key].words)
    }
    mine = lottery[lottery["类别"].isin(elderly)]["金额"].astype(int).sum()
    share = mine / lottery["金额"].astype(int).sum()
    need(0.55 < share < 0.60, f"lottery money: {share:.2%} for older people")


def check_civil_affairs(towns: gpd.GeoDataFrame, need: Need) -> None:
    """Check codes, premises, words, places and sums."""
    villages = pd.read_excel(OUT / "villages.xlsx", dtype={"村编码": str, "乡镇代码": str})
    for name in LISTS:
        _known_words(_read(name), FACILITY_FACTS, name, need)
    for name in ("单元情况.csv", "村情况.csv"):
        _known_words(_read(name), UNIT_FACTS, name, need)
    _known_words(_read("项目库.csv"), PROJECT_FACTS, "项目库.csv", need)
    for name in ("民政设施.csv", "项目库.csv"):
        _check_layers(_read(name), name, need)
    _check_places(towns, villages, need)
    _check_premises(need)
    _check_ledgers(need)
    _check_units(villages, need)
    _check_money(need)
