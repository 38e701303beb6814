"""The sample county's targets, counted again by plain rules and by another engine."""

import re
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from county_tables import (
    ELDERLY,
    SERVICES,
    YEAR,
    County,
    beside_another,
    centre_faults,
    estates,
    mismatch,
    stand_alone,
    table,
    together,
    year,
)
from independent import NEVER, Roads, nearest_ms

from coverplan import InputError
from coverplan.measure.policy import INDICATOR_TYPES
from coverplan.targeting import TargetReport, check_targets

HOME = "养老机构"
CENTRE = "乡镇（街道）居家养老服务中心"
STATION = "村（社区）居家养老服务站"
HAPPY = "村级敬老院（幸福院）"
CITY = "县级|市级"
PRIVATE = "公建民营|民营|委托运营"
DEMO = "示范型|示范"


@pytest.fixture(scope="session")
def report(yunxi_targets) -> TargetReport:
    return yunxi_targets


@pytest.fixture(scope="session")
def county(root) -> County:
    return County(root / "data" / "geo" / "yunxi")


def beds(c: County, part: str = "护理型床位数", **cells: str) -> tuple[Fraction, Fraction]:
    return c.ratio_of(c.working(HOME, **cells), part, "床位数")


def of_homes(c: County, rule, **cells: str) -> tuple[int, int]:
    rows = c.working(HOME, **cells)
    return sum(map(rule, rows)), len(rows)


def count(c: County, *kinds: str, **cells: str) -> tuple[int, None]:
    return len(c.working(*kinds, **cells)), None


def home_fact(c: County, name: str) -> tuple[int, None]:
    return int(c.home[name]), None


def tier(c: County, low: int, high: int, posts: int) -> tuple[int, int]:
    rows = [r for r in c.towns if low <= int(r["常住人口"]) <= high]
    return c.staffed(rows, "民政岗位", lambda n: n >= posts)


def communities(row: dict) -> bool:
    return row["类型"] == "社区"


def should_have(row: dict) -> bool:
    return int(row["0-14岁"]) >= 300


def old_area(row: dict) -> bool:
    return "老区" in row["重点范围"]


def crowded(c: County) -> tuple[int, int]:
    have = {r["town"] for r in c.working("残疾人之家", 等级="规范化|标准化")}
    of = [t["code"] for t in c.towns if int(t["常住人口"]) > 10_000 and t["density"] >= 150]
    return sum(code in have for code in of), len(of)


def both_levels(c: County) -> tuple[int, int]:
    towns, villages = c.towns_with(CENTRE), c.villages_with(STATION)
    return towns[0] + villages[0], towns[1] + villages[1]


def social_workers(c: County) -> tuple[int, int]:
    def enough(row: dict) -> bool:
        staff = int(row["社工人数"] or 0)
        return staff > 0 and int(row["床位数"]) <= 60 * staff

    return of_homes(c, enough)


def old_projects(c: County) -> tuple[int, None]:
    villages = {(r["乡镇代码"], r["村名"]) for r in c.villages if old_area(r)}
    done = {
        (c.code[r["所属乡镇"]], r["所在村"])
        for r in c.projects
        if r["项目类型"] == "项目" and r["年份"] == "2020" and r["所在村"]
        and r["进度"] in {"已完成", "完成", "已建成"}
    }  # fmt: skip
    return len(villages & done), None


def to_come(c: County) -> tuple[int, int]:
    open_ = [r for r in c.projects if r["进度"] in {"前期", "在建", "已开工", "编制中"}]
    sites = [r for r in c.sites if r["state"] == "coming" and r["town"] and r["kind"] != "住宅小区"]
    dated = [bool(r["年份"]) for r in open_]
    dated += [bool(year(r, "计划年份") or r["opened"]) for r in sites]
    return sum(dated), len(dated)


def regional(c: County) -> tuple[Fraction, Fraction]:
    rows = c.working("儿童福利机构")
    here = sum(int(r["在院儿童数"]) for r in rows if r["级别"] == "区域性")
    return Fraction(here), Fraction(sum(int(r["在院儿童数"]) for r in rows))


def weak(c: County) -> tuple[int, None]:
    limits = {"在院儿童数": 10, "设施评分": 60, "专业力量评分": 60}
    rows = c.working("儿童福利机构", 级别="县级")
    return sum(all(int(r[k]) < n for k, n in limits.items()) for r in rows), None


def converted(c: County) -> tuple[int, int]:
    new = [r for r in c.working("未成年人救助保护中心") if "儿童福利" in r["转型前类别"]]
    return len(new), len(new) + len(c.working("儿童福利机构"))


def passed_over(c: County) -> tuple[int, None]:
    rows = c.all(HAPPY, states=("idle",))
    cheap = [r for r in rows if r["改造造价"] and int(r["改造造价"]) < int(r["新建造价"])]
    new = {r["town"] for r in c.working(HAPPY) if r["opened"] >= 2020}
    return sum(r["town"] in new for r in cheap), None


def changed_towns(c: County) -> tuple[int, None]:
    """Merged or split, and without what some clause asks of every township."""
    asked = [(CENTRE, {"等级": DEMO}), (CENTRE, {}), ("社会工作站", {}), ("节地生态安葬点", {}),
             ("未成年人保护工作站", {})]  # fmt: skip
    have = [{r["town"] for r in c.working(kind)} for kind, _ in asked]
    changed = [r["code"] for r in c.towns if r["区划调整"] == "是"]
    return sum(any(code not in one for one in have) for code in changed), None


def urban_gap(c: County) -> tuple[Fraction, None]:
    town = Fraction(*c.villages_with("综合服务", where=lambda r: r["农村"] == "否"))
    country = Fraction(*c.villages_with("综合服务", where=lambda r: r["农村"] == "是"))
    return 100 * (town - country), None


def placed(c: County) -> tuple[int, int]:
    rows = [r for r in c.sites if r["state"] != "closed" and r["kind"] in ALL]
    there = {r["编号"]: not np.isnan(r["xy"][0]) for r in rows}
    return sum(there.values()), len(there)


ALL = (*ELDERLY, "康养联合体", "社会工作站", "社区社工室", "救助服务联合体", "慈善基地",
       "社会组织示范园区", "儿童福利机构", "未成年人救助保护中心", "未成年人保护工作站",
       "留守儿童服务站", "儿童之家", "残疾人之家", "精神卫生福利设施", "社会福利中心",
       "救助管理站", "综合服务", "居民会客厅", "婚姻登记机关", "节地生态安葬点", "公益性公墓",
       "骨灰堂", "治丧场所", "殡仪馆")  # fmt: skip


def anchored(c: County, kind: str) -> tuple[int, int]:
    found = beside_another(c, kind)
    return found["yes"], found["yes"] + found["no"]


def buried(c: County, *words: str) -> tuple[int, int]:
    rows = c.working("节地生态安葬点")
    return sum(any(w in r["安葬类型"] for w in words) for r in rows), len(rows)


FIGURES = {
    # Facts of the county, or of villages, as they stand in the tables.
    "Z20-01": lambda c: home_fact(c, "适老化改造户数"),
    "Z21-47": lambda c: home_fact(c, "家庭养老床位"),
    "JJ-18": lambda c: home_fact(c, "上门服务人数"),
    "JJ-22": lambda c: home_fact(c, "持证社工"),
    "JJ-26": lambda c: home_fact(c, "年死亡人数"),
    "JJ-27": lambda c: home_fact(c, "结婚登记数"),
    "JJ-25": lambda c: (sum(int(r["60岁及以上"]) for r in c.villages if old_area(r)), None),
    "Z20-06": lambda c: (sum(r["类型"] == "村" for r in c.villages), None),
    "Z20-18": lambda c: (int(c.home["节地生态安葬数"]), int(c.home["年安葬数"])),
    "XC-05": lambda c: (int(c.home["节地生态安葬数"]), int(c.home["年安葬数"])),
    "XA-08": lambda c: (int(c.home["集中供养失能特困人员"]), int(c.home["失能特困人员"])),
    "Z21-16": lambda c: (sum(int(r["60岁及以上"]) for r in c.towns),
                         int(c.home["户籍60岁及以上"])),
    # New, upgraded, in all.
    "Z20-02": lambda c: c.opened(CENTRE, 2020, 2020, 等级=DEMO),
    "Z20-12": lambda c: c.opened("儿童福利机构", 2020, 2020, 级别="市级"),
    "Z20-13": lambda c: c.opened("儿童福利机构", 2020, 2020, 级别="县级"),
    "Z20-14": lambda c: c.upgraded("儿童福利机构", 2020, 2020),
    "Z20-23": lambda c: c.built_or_upgraded(2020, 2020, rural=True),
    "XA-24": lambda c: c.built_or_upgraded(2021, 2025, rural=False),
    "XC-06": lambda c: c.upgraded("精神卫生福利设施", 2020, 2022),
    "JJ-02": lambda c: c.opened(STATION, 2020, 2020),
    "JJ-20": lambda c: c.opened("综合服务", 2019, 2019),
    "JJ-30": lambda c: c.opened("骨灰堂", 2020, 2020, 级别="乡镇级"),
    "JJ-31": lambda c: c.opened("骨灰堂", 2020, 2020, 级别="村级|社区级"),
    "JJ-32": lambda c: c.opened("治丧场所", 2020, 2020),
    "Z20-33": lambda c: count(c, "康养联合体"),
    "Z21-06": lambda c: count(c, "康养联合体"),
    "Z21-21": lambda c: count(c, "居民会客厅"),
    "Z21-22": lambda c: count(c, "社会组织示范园区", 级别=CITY),
    "Z21-48": lambda c: count(c, "康复辅具服务场所"),
    "JJ-05": lambda c: count(c, HOME),
    "JJ-06": lambda c: (len(c.all(HAPPY, states=("coming",))), None),
    "JJ-08": lambda c: count(c, "嵌入式养老机构"),
    "JJ-09": lambda c: count(c, STATION, 等级="智慧示范|智慧|智能化|示范"),
    "JJ-19": lambda c: count(c, "儿童之家"),
    "JJ-21": lambda c: count(c, "社区社工室"),
    "XA-06": lambda c: count(c, HOME, 级别="区域性"),
    "XC-09": lambda c: count(c, "未成年人救助保护中心"),
    "XC-12": lambda c: count(c, "慈善基地"),
    "YX-04": lambda c: count(c, "老年助餐点"),
    # Townships and villages that have one.
    "Z20-03": lambda c: c.towns_with(CENTRE, 等级=DEMO),
    "Z20-10": lambda c: (c.towns_with("社会工作站")[0], None),
    "Z20-17": lambda c: c.towns_with("节地生态安葬点"),
    "Z20-27": lambda c: c.villages_with("老年助餐点", where=communities),
    "XA-03": lambda c: c.towns_with("社会工作站"),
    "XA-04": lambda c: c.villages_with("社区社工室"),
    "XA-09": lambda c: c.towns_with("公益性公墓", "骨灰堂"),
    "XA-10": lambda c: c.towns_with("留守儿童服务站", types="街道|镇|乡|农场"),
    "XA-18": lambda c: c.towns_with(CENTRE, types="街道"),
    "XA-20": lambda c: c.villages_with("日间照料中心", where=communities),
    "XA-23": lambda c: c.villages_with(
        "公益性公墓", "骨灰堂", where=lambda r: r["中心村"] == "是"),
    "Z21-11": both_levels,
    "Z21-13": lambda c: c.villages_with(
        "老年助餐点", where=lambda r: communities(r) and r["有助餐需求"] == "是"),
    "Z21-25": lambda c: c.towns_with("社会工作站"),
    "Z21-29": lambda c: c.towns_with("节地生态安葬点"),
    "Z21-34": lambda c: c.towns_with("未成年人保护工作站"),
    "Z21-35": lambda c: c.villages_with("儿童之家", where=should_have),
    "XC-01": lambda c: c.towns_with(CENTRE),
    "XC-02": lambda c: c.towns_with("公益性公墓"),
    "XC-07": crowded,
    "XC-10": lambda c: c.villages_with("儿童之家"),
    "XC-16": lambda c: c.towns_with("社会工作站"),
    "XC-27": lambda c: c.towns_with("节地生态安葬点"),
    "JJ-01": lambda c: c.villages_with(STATION),
    "YX-05": lambda c: c.villages_with("儿童之家", where=should_have),
    "Z21-24": urban_gap,
    # Beds, staff, operation, grades.
    "Z20-04": beds,
    "Z21-05": beds,
    "XA-07": beds,
    "XC-03": beds,
    "XC-22": lambda c: beds(c, "认知障碍床位数", 性质="公办"),
    "JJ-03": lambda c: (beds(c)[1], sum(int(r["60岁及以上"]) for r in c.towns)),
    "JJ-04": lambda c: (beds(c)[1], None),
    "JJ-07": lambda c: (sum(int(r["床位数"]) for r in c.working("社会福利中心")), None),
    "Z21-08": mismatch,
    "Z20-05": social_workers,
    "Z20-19": regional,
    "Z20-20": weak,
    "XA-01": converted,
    "Z20-29": lambda c: of_homes(
        c, lambda r: r["运营方式"] in PRIVATE.split("|"), 性质="公办", 级别=CITY),
    "Z20-30": lambda c: of_homes(c, lambda r: r["失智照护专区"] == "是", 性质="公办", 级别=CITY),
    "XC-18": lambda c: of_homes(c, lambda r: r["运营方式"] in PRIVATE.split("|"), 性质="公办"),
    "Z21-18": lambda c: of_homes(c, lambda r: r["失智照护专区"] == "是"),
    "Z20-35": lambda c: c.ratio_of(c.working("殡仪馆"), "已治理火化设备数", "火化炉"),
    "Z20-37": lambda c: (len(c.working("婚姻登记机关", 等级="国家3A")),
                         len(c.working("婚姻登记机关"))),
    "XC-11": lambda c: (len(c.working("救助管理站", 等级="国家三级")),
                        len(c.working("救助管理站"))),
    "Z20-39": lambda c: c.staffed(c.towns, "民政经办人员", lambda n: n >= 3),
    "XA-11": lambda c: c.staffed(c.towns, "民政公务员", lambda n: 1 <= n <= 2),
    "XA-12": lambda c: tier(c, 0, 29_999, 1),
    "XA-13": lambda c: tier(c, 30_000, 60_000, 2),
    "XA-14": lambda c: tier(c, 60_001, 10**9, 3),
    "XA-15": lambda c: c.staffed(c.villages, "民政协理员", lambda n: n >= 1),
    "Z21-36": lambda c: c.staffed(c.villages, "儿童主任", lambda n: n >= 1),
    "JJ-24": lambda c: c.staffed(c.towns, "养老协理员", lambda n: n >= 1),
    "Z21-07": lambda c: (int(c.home["持证养老护理员"]),
                         sum(int(r["60岁及以上"]) for r in c.towns)),
    "Z21-23": lambda c: (int(c.home["持证社工"]), sum(int(r["常住人口"]) for r in c.towns)),
    # Plans, projects, money.
    "Z20-34": lambda c: c.plans(("公益性公墓", "全部民政设施"), "编制中", "已开工", "已印发"),
    "XA-05": lambda c: c.plans((HOME, "全部养老服务设施", "全部民政设施"), "已印发"),
    "XA-16": lambda c: c.plans(("全部民政设施",), "已印发"),
    "JJ-17": lambda c: c.plans(("全部养老服务设施", "全部民政设施"), "已印发"),
    "JJ-23": lambda c: c.plans(("村（社区）综合服务设施", "全部民政设施"), "已印发"),
    "XC-25": lambda c: c.plans(("公益性公墓", "全部民政设施"), "已印发"),
    "Z20-28": lambda c: (sum(
        r["项目类型"] == "项目" and r["类别"] == HOME and r["年份"] == "2020"
        and r["进度"] in {"已开工", "在建", "完成", "已建成"} for r in c.projects), None),
    "JJ-36": old_projects,
    "Z21-49": to_come,
    "Z21-46": lambda c: c.budget(),
    "XA-26": lambda c: c.budget(),
    "XC-19": lambda c: c.budget(),
    # Premises, estates, boundaries, the map.
    "Z20-24": lambda c: together(c, "at", SERVICES),
    "XC-14": lambda c: together(c, "at", SERVICES),
    "JJ-12": lambda c: together(c, "at", (HAPPY, STATION)),
    "Z21-41": lambda c: together(c, "county", ("社会福利中心", "儿童福利机构", "救助管理站")),
    "Z21-42": lambda c: together(
        c, "county", ("慈善基地", "社会组织示范园区", "救助服务联合体")),
    "Z21-27": lambda c: anchored(c, "社会工作站"),
    "XC-21": lambda c: anchored(c, CENTRE),
    "Z21-43": lambda c: stand_alone(c, 2021, YEAR),
    "Z21-44": lambda c: stand_alone(c, 1, 2020),
    "JJ-35": lambda c: (len({r["级别"].replace("社区", "村") for r in c.working("慈善基地")}
                            & {"县级", "乡镇级", "村级"}), None),
    "JJ-11": passed_over,
    "XA-21": lambda c: estates(c, 0),
    "XC-20": lambda c: estates(c, 2020),
    "Z20-25": lambda c: (sum(r["区划调整"] == "是" for r in c.villages), None),
    "JJ-37": lambda c: (sum(r["区划调整"] == "是" for r in c.towns), None),
    "Z21-37": changed_towns,
    "Z21-38": placed,
    "Z20-31": lambda c: (sum(r["项目类型"] == "地图" and r["类别"] == "全部养老服务设施"
                             and r["进度"] == "完成" for r in c.projects), None),
    "Z20-36": lambda c: buried(c, "骨灰堂", "树葬"),
    "Z21-30": lambda c: buried(c, "骨灰堂", "树葬", "花坛葬", "花葬", "海葬"),
    "Z20-26": lambda c: (sum(all(r[k] for k in ("60岁及以上", "困境儿童", "残疾人", "低收入人口"))
                             for r in c.villages), len(c.villages)),
}  # fmt: skip


@pytest.mark.parametrize("key", FIGURES)
def test_a_figure_is_that_of_the_files(report, county, key):
    figure = report[key].figure
    assert figure is not None
    assert (figure.numerator, figure.denominator) == FIGURES[key](county)


# What hangs on travel, by an engine that calls nothing of ours.

LIMITS = {
    "养老机构": ("walking_older", 15, "elderly"),
    "社会工作站": ("ebike", 15, "all"),
    "儿童之家": ("walking_child", 15, "children"),
    "节地生态安葬点": ("driving", 30, "all"),
}
"""Profile, minutes and group of the layers the study takes from the built-in ones."""


class Reach:
    """Who of the county's people is within some minutes of working facilities."""

    def __init__(self, report: TargetReport, county: County) -> None:
        self.inputs, self.county = report.inputs, county
        points = self.inputs.demand.points
        self.xy = np.column_stack([points.geometry.x, points.geometry.y])
        self.towns = points["unit"].to_numpy(dtype=object)
        names = zip(self.towns, points["place"].astype(str), strict=True)
        self.villages = np.array([county.place[pair] for pair in names], dtype=object)
        self.roads: dict[str, Roads] = {}

    def people(self, group: str) -> np.ndarray:
        return self.inputs.demand.points[group].to_numpy(np.int64)

    def inside(self, rows: list[dict], profile: str, minutes: float) -> np.ndarray:
        """Which places are within some minutes of facilities."""
        if profile not in self.roads:
            self.roads[profile] = Roads(self.inputs.network, self.inputs.profiles[profile])
        xy = np.array([r["xy"] for r in rows if not np.isnan(r["xy"][0])])
        ms = nearest_ms(
            self.roads[profile], self.xy, xy, fragments=self.inputs.ignore_fragments_metres
        )
        return (ms != NEVER) & (ms <= minutes * 60_000)

    def by(self, places: np.ndarray, inside: np.ndarray, group: str) -> dict[str, tuple[int, int]]:
        """People within and in all, by the code of their township or village."""
        within, of = Counter(), Counter()
        for code, hit, n in zip(places, inside, self.people(group), strict=True):
            within[code] += int(n) * bool(hit)
            of[code] += int(n)
        return {code: (within[code], of[code]) for code in of}

    def layer(self, kind: str, places: np.ndarray) -> dict[str, tuple[int, int]]:
        """The same for a layer of the study, within its own minutes; sites outside count too."""
        profile, minutes, group = LIMITS[kind]
        sites = self.county.working(kind, inside=False)
        return self.by(places, self.inside(sites, profile, minutes), group)


@pytest.fixture(scope="module")
def reach(report, county) -> Reach:
    return Reach(report, county)


def test_layers_are_travelled_to_as_the_study_says(report):
    told = {key: (w.profile, w.minutes, w.group) for key, w in report.ledger.reach_of.items()}
    assert sorted(told.values()) == sorted(LIMITS.values())


@pytest.mark.parametrize(
    ("profile", "part"), [("walking_older", None), ("walking", 0), ("ebike", 1), ("driving", 2)]
)
def test_the_circle_is_counted_again(report, county, reach, profile, part):
    sites = [row for kind in ELDERLY for row in county.working(kind, inside=False)]
    inside = reach.inside(sites, profile, 15)
    census = sum(int(r["60岁及以上"]) for r in county.towns)
    expected = (int(reach.people("elderly")[inside].sum()), census)
    figure = report["Z21-12"].figure
    told = figure if part is None else figure.parts[part]
    assert (told.numerator, told.denominator) == expected


def test_villages_served_are_counted_again(report, county, reach):
    found = reach.layer("节地生态安葬点", reach.villages)
    villages = [r["code"] for r in county.villages if r["类型"] == "村"]
    served = sum(found[code][0] * 10 >= found[code][1] * 8 for code in villages)
    figure = report["XC-28"].figure
    assert (figure.numerator, figure.denominator) == (served, len(villages))
    assert len(figure.missing) == len(villages) - served


def words_in(row: dict, *words: str) -> bool:
    return any(word in row["重点范围"] for word in words)


PRIORITY = {
    "Z21-01": (tuple(LIMITS), "village", lambda r: r["农村"] == "是"),
    "Z21-15": (("养老机构",), "town", lambda r: words_in(r, "山区", "海岛")),
    "Z21-31": (("节地生态安葬点",), "town", lambda r: words_in(r, "山区", "海岛")),
    "Z21-45": (tuple(LIMITS), "town", lambda r: words_in(r, "老区", "海岛", "26县")),
}


@pytest.mark.parametrize("key", PRIORITY)
def test_gaps_against_priority_units_are_counted_again(report, county, reach, key):
    kinds, level, has_priority = PRIORITY[key]
    rows = county.villages if level == "village" else county.towns
    places = reach.villages if level == "village" else reach.towns
    first = {r["code"] for r in rows if has_priority(r)}
    gaps = {}
    for kind in kinds:
        found = reach.layer(kind, places)
        sides = [[n for code, n in found.items() if (code in first) == one] for one in (0, 1)]
        others, mine = (Fraction(*map(sum, zip(*side, strict=True))) for side in sides)
        gaps[kind] = 100 * (others - mine)
    figure = report[key].figure
    assert figure.value == max(gaps.values())
    parts = [p.numerator for p in figure.parts if p.unit.en == "percentage points"]
    assert sorted(parts) == sorted(gaps.values())


def test_faulty_service_centres_are_counted_again(report, county, reach):
    small, hard = centre_faults(county)
    centres = county.working("综合服务")
    near = reach.by(reach.villages, reach.inside(centres, "walking", 15), "all")
    far = {r["编号"] for r in centres if near[r["at"]][0] * 10 < near[r["at"]][1] * 8}
    figure = report["XC-13"].figure
    assert [p.numerator for p in figure.parts] == [len(small), len(far), len(hard)]
    assert {one.code for one in figure.missing} == small | far | hard
    assert figure.numerator == len(small | far | hard)


def test_the_index_is_that_of_its_parts(report):
    weights = {"Z21-05": 2, "Z21-11": 2, "Z21-12": 3, "Z21-25": 1, "Z21-29": 1, "Z21-35": 1}
    asked = {"Z21-05": Fraction(58, 100), "Z21-12": Fraction(8, 10)}
    score = {key: min(Fraction(1), report[key].figure.value / asked.get(key, 1)) for key in weights}
    figure = report["Z21-40"].figure
    assert figure.value == sum(w * score[key] for key, w in weights.items()) / 10


# Every row has a verdict, and every reason can be acted on.

DRAFTS = ("XA-", "XC-")


def test_every_clause_appears_once_with_a_verdict_and_a_reason(report, test_data):
    rows = {row["id"]: row for row in table(test_data / "policy" / "targets.csv")}
    found = Counter(f.target.id for f in report.findings)
    assert len(rows) == 184
    assert {key: found[key] for key in rows} == dict.fromkeys(rows, 1)
    assert sorted(set(found) - set(rows)) == [f"YX-0{n}" for n in range(1, 8)]
    for finding in report.findings:
        assert finding.verdict in {"met", "not_met", "cannot_judge", "no_target", "elsewhere"}
        assert finding.reason.zh.strip()
        assert finding.reason.en.strip()
    for key, row in rows.items():
        assert (row["computability"] == "C") <= (report[key].verdict == "cannot_judge"), key
        assert report[key].target.draft == (row["doc_status"] == "draft") == key.startswith(DRAFTS)
        basis = "stated" if row["deadline_basis"] == "explicit" else row["deadline_basis"]
        basis = basis.removesuffix("_implied")
        assert report[key].target.deadline_basis == basis, key


def test_every_indicator_type_has_a_figure_in_the_county(report):
    """The sample county carries what each of them needs; what no layout holds has none."""
    told = {f.target.indicator for f in report.findings if f.figure is not None}
    assert INDICATOR_TYPES.keys() - told == set()


def test_blocks_of_resettled_people_and_the_plan_of_a_large_county(report, root, county):
    blocks = table(root / "data" / "geo" / "yunxi" / "移民安置点.csv")
    assert report["Z21-39"].figure.denominator == len(blocks) == 3
    plan = report["YX-07"].figure
    people = sum(int(r["常住人口"]) for r in county.towns)
    assert (plan.numerator, plan.denominator, people > 300_000) == (1, 1, True)


# What a reason says is wanting is what is wanting: set it, and the clause is judged.

NAMED = {
    'targets.quotas."Z20-12"': ("Z20-12", 1), 'targets.quotas."Z20-13"': ("Z20-13", 0),
    "targets.settings.basically": ("Z20-16", 0.9),
    'targets.thresholds."Z20-19"': ("Z20-19", 0.5), 'targets.thresholds."XA-01"': ("XA-01", 1),
    'targets.thresholds."XA-06"': ("XA-06", 2), 'targets.thresholds."XA-09"': ("XA-09", 1),
    'targets.thresholds."XA-21"': ("XA-21", 0.9), 'targets.thresholds."XA-24"': ("XA-24", 20),
    'targets.thresholds."Z21-01"': ("Z21-01", 10), 'targets.thresholds."Z21-15"': ("Z21-15", 10),
    'targets.thresholds."Z21-24"': ("Z21-24", 0), 'targets.thresholds."Z21-31"': ("Z21-31", 50),
    'targets.thresholds."Z21-38"': ("Z21-38", 1), 'targets.thresholds."Z21-40"': ("Z21-40", 0.5),
    'targets.thresholds."Z21-39"': ("Z21-39", 1),
    'targets.thresholds."Z21-45"': ("Z21-45", 10), 'targets.thresholds."JJ-12"': ("JJ-12", 0.5),
    'targets.thresholds."XC-09"': ("XC-09", 1), 'targets.thresholds."XC-14"': ("XC-14", 1),
    'targets.quotas."JJ-02"': ("JJ-02", 12), 'targets.quotas."JJ-08"': ("JJ-08", 3),
    'targets.quotas."JJ-10"': ("JJ-10", 3), 'targets.quotas."JJ-18"': ("JJ-18", 2000),
    'targets.quotas."JJ-30"': ("JJ-30", 1), 'targets.quotas."JJ-31"': ("JJ-31", 3),
    'targets.quotas."JJ-32"': ("JJ-32", 0), 'targets.quotas."JJ-36"': ("JJ-36", 5),
    'targets.baselines."JJ-19"': ("JJ-19", {"value": 50.0, "year": 2019}),
    'targets.baselines."XC-10"': ("XC-10", {"value": 0.3, "year": 2019}),
    "targets.settings.large_area_km2": ("XC-29", 150),
    "targets.settings.many_clients": ("XC-29", 3000),
}  # fmt: skip
"""Each setting the sample county leaves open: a clause that names it, and a value for it."""


@pytest.fixture(scope="module")
def settled(root, tmp_path_factory) -> TargetReport:
    """The county with every setting set that its reasons name."""
    folder = root / "data" / "geo" / "yunxi"
    text = (folder / "targets.toml").read_text(encoding="utf-8")
    text = re.sub(r'source = "(?!homes)', f'source = "{folder.as_posix()}/', text)
    for name in ("townships.gpkg", "census.csv", "dem.tif"):
        text = text.replace(f'"{name}"', f'"{(folder / name).as_posix()}"')
    for name, (_, value) in NAMED.items():
        _, section, key = name.split(".", 2)
        said = toml(value)
        text = text.replace(f"[targets.{section}]", f"[targets.{section}]\n{key} = {said}\n#", 1)
    study = tmp_path_factory.mktemp("settled") / "targets.toml"
    study.write_text(text, encoding="utf-8")
    return check_targets(study)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {one}" for key, one in value.items()) + " }"
    return str(value)


def test_every_setting_that_a_reason_names_is_tried(report):
    named = {name for f in report.findings for name in f.settings}
    assert named == set(NAMED)
    for finding in report.findings:
        assert all(name in finding.reason.zh for name in finding.settings)
        assert not finding.settings or finding.verdict == "cannot_judge"


@pytest.mark.parametrize("name", NAMED)
def test_setting_what_a_reason_names_settles_it(report, settled, name):
    key, _ = NAMED[name]
    assert report[key].verdict == "cannot_judge"
    assert settled[key].verdict in {"met", "not_met"}, settled[key].reason.zh
    assert settled[key].settings == ()


def test_the_same_numbers_set_in_python_judge_alike(report, settled):
    said: dict[str, dict[str, object]] = {}
    for name, (_, value) in NAMED.items():
        _, section, key = name.split(".", 2)
        said.setdefault(section, {})[key.strip('"')] = value
    again = report.with_numbers(**said)
    assert [(f.target.id, f.verdict, f.figure, f.asked) for f in again.findings] == [
        (f.target.id, f.verdict, f.figure, f.asked) for f in settled.findings
    ]
    assert again.inputs.config.targets.settings == settled.inputs.config.targets.settings
    assert report.with_numbers().findings == report.findings


def test_a_number_that_cannot_be_meant_is_refused(report):
    with pytest.raises(InputError) as caught:
        report.with_numbers(settings={"basicaly": 0.9}, thresholds={"Z21-01": "x"})
    assert {p.column for p in caught.value.problems} == {
        "targets.settings.basicaly",
        "targets.thresholds.Z21-01",
    }
    with pytest.raises(InputError, match="Z99"):
        report.with_numbers(thresholds={"Z99": 1})


def test_tables_of_what_is_missing_and_beside(report):
    missing, named = report.missing("zh"), report["Z21-29"].figure.missing
    assert missing.query("target_id == 'Z21-29'")["code"].tolist() == [n.code for n in named]
    assert report.parts("zh").query("target_id == 'Z21-12'")["value"].notna().all()
    assert report.summary("zh").iloc[-1]["total"] == len(report.findings)


def test_what_is_set_is_what_is_judged_by(settled):
    assert settled["Z20-16"].verdict == "met"
    assert (settled["Z20-12"].verdict, settled["Z20-13"].verdict) == ("not_met", "met")
    assert (settled["XA-24"].verdict, settled["XC-09"].verdict) == ("met", "met")
    # Gaps: at most so many points.
    assert (settled["Z21-15"].verdict, settled["Z21-31"].verdict) == ("met", "met")
    assert (settled["Z21-01"].verdict, settled["Z21-24"].verdict) == ("not_met", "not_met")
    # 56 homes against 50, and 21.5 % against 30 %.
    assert (settled["JJ-19"].verdict, settled["XC-10"].verdict) == ("met", "not_met")
    # Quotas: 12 stations were built, 2 of 3 halls for ashes, 1,640 people served of 2,000.
    assert (settled["JJ-02"].gap, settled["JJ-31"].gap, settled["JJ-18"].gap) == (0, 1, 360)


TABLES_WANTING = {
    # No prefecture in a county's tables; no county of half a million.
    "Z20-11": "设区市", "Z20-15": "设区市", "Z20-32": "设区市", "Z21-09": "设区市",
    "Z21-19": "设区市", "Z21-10": "分母为零",
    # Columns that are blank where they are asked for, lists there are none of.
    "Z20-22": "等级", "XC-26": "改造年份", "XA-12": "民政岗位", "XA-19": "有条件",
    # Projects named elsewhere.
    "XA-02": "421202", "XA-17": "421202", "JJ-13": "350582", "JJ-14": "350582",
    "JJ-15": "350582", "JJ-16": "350582", "JJ-29": "350582", "JJ-34": "350582",
}  # fmt: skip


def test_what_no_setting_settles_names_what_is_wanting(report):
    left = {
        f.target.id: f.reason.zh
        for f in report.findings
        if f.verdict == "cannot_judge" and not f.settings and f.target.computability != "C"
    }
    assert set(left) == set(TABLES_WANTING)
    assert [key for key, word in TABLES_WANTING.items() if word not in left[key]] == []


def test_what_is_said_to_be_wanting_is_wanting(report, county):
    units = report.ledger.units
    assert not (units["level"] == "prefecture").any()
    assert sum(int(r["常住人口"]) for r in county.towns) <= 500_000
    assert not any(r.get("等级") for r in county.working("儿童之家"))
    assert not any(r["改造年份"] for r in county.working("殡仪馆"))
    bare = [r for r in county.towns if int(r["常住人口"]) < 30_000 and not r["民政岗位"]]
    assert [r["名称"] for r in bare] == ["竹坪乡"]
    assert [r["名称"] for r in county.towns if not r["有条件"]] == ["竹坪乡"]
    assert "竹坪乡" not in {r["所属乡镇"] for r in county.working(CENTRE)}
    assert not county.working("移民安置点")


def test_a_verdict_has_its_gap(report):
    for f in report.findings:
        judged = f.verdict in {"met", "not_met"}
        assert judged == (f.need is not None) == (f.asked is not None), f.target.id
        if judged:
            assert (f.gap == 0) == (f.verdict == "met"), f.target.id


# A study of townships and one list alone: what is not there is said, and nothing is made of it.

MINIMAL = """\
title = "云溪县（虚构）"
date = 2025-12-31
[region]
units = "{folder}/townships.gpkg"
[people]
source = "{folder}/villages.xlsx"
groups = {{ all = "常住人口", elderly = "60岁及以上" }}
[roads]
source = "{folder}/roads.gpkg"
[layers.elderly_care]
source = "{folder}/养老机构.xlsx"
[targets]
reference = ["421202", "350582", "330624"]
"""


@pytest.fixture(scope="module")
def minimal(root, tmp_path_factory) -> TargetReport:
    study = tmp_path_factory.mktemp("minimal") / "study.toml"
    folder = (root / "data" / "geo" / "yunxi").as_posix()
    study.write_text(MINIMAL.format(folder=folder), encoding="utf-8")
    return check_targets(study)


def test_without_tables_only_what_the_list_tells_is_judged(minimal):
    assert len(minimal.findings) == 184
    judged = {f.target.id: f.verdict for f in minimal.findings if f.verdict in {"met", "not_met"}}
    assert judged == {
        # Nursing beds are in the list of homes: 1,118 of 1,944.
        "Z20-04": "met", "XC-03": "met", "Z21-05": "not_met", "XA-07": "not_met",
        # The homes are all there is a list of, and they are on the map.
        "Z20-31": "met",
    }  # fmt: skip
    assert any("没有" in note.zh for note in minimal["Z20-31"].figure.notes)


def test_without_tables_reasons_name_what_is_wanting(minimal):
    for f in minimal.findings:
        if f.verdict == "cannot_judge" and f.target.computability != "C":
            words = ("没有", "不在研究区内", "没有给出", "没有写明")
            assert any(word in f.reason.zh for word in words), f.target.id
            assert "0 /" not in f.reason.zh
    unlisted = {
        f.reason.zh for f in minimal.findings if "的名录（在 targets.facilities" in f.reason.zh
    }
    assert "研究中没有社会工作站的名录（在 targets.facilities 中加入）" in unlisted
    assert "研究中没有养老机构的名录（在 targets.facilities 中加入）" not in unlisted
    assert "没有项目和规划的登记表" in minimal["Z21-49"].reason.zh
    assert "社工人数" in minimal["Z20-05"].reason.zh
