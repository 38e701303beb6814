"""The sample county's tables read again and counted by plain rules: nothing of coverplan is used.

A row of a list is a dict of text; every figure is a pair of numerator and denominator (None: a
count), worked out from the files by the words of the clause.
"""

import csv
from collections import Counter
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
from pyproj import Transformer

YEAR = 2025
TO_METRES = Transformer.from_crs(4490, 4549, always_xy=True)
OPENED = ("设立年份", "开业年份", "启用年份")
STATES = {"运营": "working", "使用中": "working", "在建": "coming", "规划": "coming",
          "停用": "idle", "关闭": "closed"}  # fmt: skip
CALLED = {"农村社区服务中心": "综合服务", "社区服务中心": "综合服务", "慈善工作站": "慈善基地",
          "社会组织孵化基地": "社会组织示范园区"}  # fmt: skip
"""Words of the column of kinds that mean one and the same kind."""

SERVICES = ("综合服务", "村（社区）居家养老服务站", "儿童之家", "日间照料中心", "社区社工室",
            "居民会客厅")  # fmt: skip
ELDERLY = ("养老机构", "乡镇（街道）居家养老服务中心", "村（社区）居家养老服务站", "日间照料中心",
           "老年助餐点", "村级敬老院（幸福院）", "嵌入式养老机构")  # fmt: skip


def table(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """Rows of a file as text, an empty cell as ""."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        rows = list(book.active.values)
        book.close()
        names = [str(name) for name in rows[0]]
        text = [["" if cell is None else str(cell) for cell in row] for row in rows[1:]]
        return [dict(zip(names, row, strict=True)) for row in text]
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def year(row: dict[str, str], *names: str) -> int:
    """The first year given under some names, 0 where there is none."""
    return next((int(row[name]) for name in names if row.get(name)), 0)


def number(row: dict[str, str], name: str) -> Fraction:
    return Fraction(row[name])


class County:
    """The county's lists.

    Attributes
    ----------
    towns, villages
        Rows of the 12 townships and the 260 villages, with ``code`` and ``people``.
    sites
        Every facility, once for each kind it is of, with ``kind``, ``state``, ``town`` (code, ""
        outside the county), ``at`` (code of its village, "") and ``xy``.
    """

    def __init__(self, folder: Path) -> None:
        census = {r["乡镇代码"]: r for r in table(folder / "census.csv")}
        facts = table(folder / "单元情况.csv")
        self.home = facts[0]
        self.towns = [{**r, **census[r["代码"]], "code": r["代码"]} for r in facts[1:]]
        people = {r["村编码"]: r for r in table(folder / "villages.xlsx")}
        self.villages = [
            {**people[r["村编码"]], **r, "code": r["村编码"]} for r in table(folder / "村情况.csv")
        ]
        areas = gpd.read_file(folder / "townships.gpkg").to_crs(4549).set_index("code").area
        for row in self.towns:
            row["density"] = int(row["常住人口"]) / (areas[row["code"]] / 1e6)
        self.projects = table(folder / "项目库.csv")
        self.code = {r["乡镇名称"]: r["code"] for r in self.towns}
        self.place = {(r["乡镇代码"], r["村名"]): r["code"] for r in self.villages}
        self.sites = []
        for row in table(folder / "民政设施.csv"):
            for kind in row["类别"].split("、"):
                self._add(row, CALLED.get(kind, kind))
        for name, kind, coding in (
            ("养老机构台账.csv", "养老机构", "utf-8-sig"),
            ("儿童福利机构台账.csv", "儿童福利机构", "utf-8-sig"),
            ("社工站.csv", "社会工作站", "gb18030"),
            ("儿童之家.xlsx", "儿童之家", ""),
            ("生态安葬点.csv", "节地生态安葬点", "utf-8-sig"),
        ):
            for row in table(folder / name, coding):
                self._add(row, kind)

    def _add(self, row: dict[str, str], kind: str) -> None:
        town = self.code.get(row["所属乡镇"], "")
        xy = (np.nan, np.nan)
        if row["经度"]:
            xy = TO_METRES.transform(float(row["经度"]), float(row["纬度"]))
        state, opened = STATES[row["状态"]], year(row, *OPENED)
        if year(row, "停业年份") and year(row, "停业年份") <= YEAR:
            state = "closed"
        if state == "working" and opened > YEAR:
            state = "coming"
        more = {"kind": kind, "state": state, "town": town, "opened": opened, "xy": xy,
                "at": self.place.get((town, row.get("所在村", "")), "")}  # fmt: skip
        self.sites.append({**row, **more})

    def working(self, *kinds: str, inside: bool = True, **cells: str) -> list[dict]:
        """Working facilities of some kinds in the county whose cells are one of some words."""
        return self.all(*kinds, states=("working",), inside=inside, **cells)

    def all(
        self, *kinds: str, states: tuple[str, ...], inside: bool = True, **cells: str
    ) -> list[dict]:
        return [
            r
            for r in self.sites
            if r["kind"] in kinds
            and r["state"] in states
            and (r["town"] or not inside)
            and all(r.get(key, "") in words.split("|") for key, words in cells.items())
        ]

    def towns_with(self, *kinds: str, types: str = "街道|镇|乡", **cells: str) -> tuple[int, int]:
        """How many townships of some types have one, of how many."""
        have = {r["town"] for r in self.working(*kinds, **cells)}
        of = [r["code"] for r in self.towns if r["类型"] in types.split("|")]
        return sum(code in have for code in of), len(of)

    def villages_with(self, *kinds: str, where=lambda row: True) -> tuple[int, int]:
        """How many villages that fulfil a condition have one, of how many."""
        have = {r["at"] for r in self.working(*kinds)}
        of = [r["code"] for r in self.villages if where(r)]
        return sum(code in have for code in of), len(of)

    def opened(self, kind: str, first: int, last: int, **cells: str) -> tuple[int, None]:
        return sum(first <= r["opened"] <= last for r in self.working(kind, **cells)), None

    def built_or_upgraded(self, first: int, last: int, *, rural: bool) -> tuple[int, None]:
        """Service centres new or upgraded in some years."""
        countryside = {r["code"] for r in self.villages if r["农村"] == "是"}
        found = [
            r
            for r in self.working("综合服务")
            if (first <= r["opened"] <= last or first <= year(r, "改造年份") <= last)
            and (not rural or r["at"] in countryside)
        ]
        return len(found), None

    def upgraded(self, kind: str, first: int, last: int) -> tuple[int, None]:
        return sum(first <= year(r, "改造年份") <= last for r in self.working(kind)), None

    def ratio_of(self, rows: list[dict], part: str, whole: str) -> tuple[Fraction, Fraction]:
        """Sum of one column to that of another, over rows that give both."""
        both = [r for r in rows if r[part] and r[whole]]
        return sum(number(r, part) for r in both), sum(number(r, whole) for r in both)

    def staffed(self, rows: list[dict], column: str, rule) -> tuple[int, int]:
        """Rows whose staff fulfil a rule, of those that give their staff."""
        known = [int(r[column]) for r in rows if r[column]]
        return sum(map(rule, known)), len(known)

    def budget(self) -> tuple[int, int]:
        """Lottery money of the year for older people, of all whose purpose is given."""
        rows = [
            r
            for r in self.projects
            if r["资金来源"] == "福彩公益金" and r["类别"] and r["金额"] and int(r["年份"]) == YEAR
        ]
        old = sum(int(r["金额"]) for r in rows if r["类别"] in ELDERLY)
        return old, sum(int(r["金额"]) for r in rows)

    def plans(self, kinds: tuple[str, ...], *states: str) -> tuple[int, None]:
        """Plans for some kinds or families of them, of some states."""
        rows = [r for r in self.projects if r["项目类型"] == "规划"]
        return sum(r["类别"] in kinds and r["进度"] in states for r in rows), None


def apart(one: dict, other: dict) -> bool | None:
    """Whether two facilities are on two premises: by number, else by 30 m; None: not known."""
    if one.get("场所编号") and other.get("场所编号"):
        return one["场所编号"] != other["场所编号"]
    metres = np.hypot(*np.subtract(one["xy"], other["xy"]))
    return None if np.isnan(metres) else bool(metres > 30)


def together(county: County, key: str, kinds: tuple[str, ...]) -> tuple[int, int]:
    """Units all of whose kinds have one common premises, of those with two kinds or more."""
    groups: dict[str, list[dict]] = {}
    for row in county.working(*kinds):
        groups.setdefault("county" if key == "county" else row[key], []).append(row)
    yes = of = 0
    for code, rows in groups.items():
        here = {r["kind"] for r in rows}
        if not code or len(here) < 2:
            continue
        of += 1
        yes += any(
            all(any(a is b or apart(a, b) is False for b in rows if b["kind"] == k) for k in here)
            for a in rows
        )
    return yes, of


def beside_another(county: County, kind: str) -> Counter:
    """Facilities of a kind by whether another service of their township shares their premises."""
    others = [r for r in county.sites if r["kind"] != kind and r["state"] == "working"]
    answers: Counter = Counter()
    for row in county.working(kind):
        found = [apart(row, r) for r in others if r["town"] == row["town"]]
        answers["yes" if False in found else "unknown" if None in found else "no"] += 1
    return answers


def stand_alone(county: County, first: int, last: int) -> tuple[int, None]:
    """Township services apart from all stations of their township, opened in some years."""
    kinds = ("社会救助服务点", "未成年人保护工作站", "慈善基地", "社会组织示范园区")
    stations = county.working("社会工作站")
    alone = [
        row
        for row in county.working(*kinds, 级别="乡镇级")
        if first <= row["opened"] <= last
        and all(apart(row, s) for s in stations if s["town"] == row["town"])
    ]
    return len(alone), None


def mismatch(county: County) -> tuple[Fraction, int]:
    """Beds that would have to be in another township to follow older people, of all beds."""
    beds = Counter()
    for row in county.working("养老机构"):
        beds[row["town"]] += int(row["床位数"])
    old = {r["code"]: int(r["60岁及以上"]) for r in county.towns}
    all_beds, all_old = sum(beds.values()), sum(old.values())
    far = sum(abs(Fraction(beds[t], all_beds) - Fraction(n, all_old)) for t, n in old.items())
    return far / 2 * all_beds, all_beds


def estates(county: County, first: int) -> tuple[int, int]:
    """Estates handed over since a year with 20 m2 for each 100 households, of those known."""
    rows = [r for r in county.working("住宅小区") if r["建筑面积"] and r["户数"]]
    if first:
        rows = [r for r in rows if year(r, "交付年份") >= first]
    rows = [r for r in rows if year(r, "交付年份") <= YEAR]
    return sum(number(r, "建筑面积") >= number(r, "户数") * 20 / 100 for r in rows), len(rows)


def centre_faults(county: County) -> tuple[set[str], set[str]]:
    """Service centres that are too small, and those hard to use, by number."""
    homes = {r["code"]: r["户数"] for r in county.villages}
    small, hard = set(), set()
    for row in county.working("综合服务"):
        households = row["户数"] or homes[row["at"]]
        known = row["建筑面积"] and households
        if known and number(row, "建筑面积") < Fraction(int(households) * 30, 100):
            small.add(row["编号"])
        if "否" in (row["无障碍"], row["正常开放"]):
            hard.add(row["编号"])
    return small, hard
