"""A small made-up report on targets: a finding of every verdict, figures by hand."""

import datetime
from fractions import Fraction

from ledgers import ledger

from coverplan.core.text import Text
from coverplan.domain.conditions import parse_denominator
from coverplan.domain.policy import Target
from coverplan.measure.policy.found import Finding, Measured, Named, Part
from coverplan.measure.policy.registry import IndicatorType

PLAN = "《行动方案（2021—2025年）》"
DRAFT = "《实施意见》（征求意见稿）"


def nothing(target, known):
    """Stand in for the function of an indicator: nothing is computed here."""
    raise AssertionError


INDICATORS = {
    key: IndicatorType(
        key, Text(zh, en), Text(f"{zh}的算法", f"how {en} is measured"), sites, "as_is", nothing
    )
    for key, zh, en, sites in (
        ("unit_coverage_share", "单元覆盖率", "share of units with one", True),
        ("bed_share", "床位占比", "share of beds", False),
        ("travel_time", "时限内可达", "people within the minutes", True),
        ("capacity_ratio", "千人床位", "beds per 1,000", False),
        ("new_count", "新建数", "new ones", True),
        ("register_only", "登记数据", "register", False),
        ("total_count", "总数", "number", True),
    )
}


def target(key, indicator="unit_coverage_share", **changes):
    """Return a target of the action plan, changed where asked."""
    given = {
        "document": PLAN, "issuer": "省民政厅", "year": 2021, "standing": "in_force",
        "clause": "五(三)", "regions": ("330000",), "level": "township",
        "layers": ("social_work_station",), "operator": ">=", "value": Fraction(1),
        "value_high": None, "value_setting": "", "unit": Text("个乡镇（街道）", "townships"),
        "deadline": 2025, "deadline_basis": "plan_end", "baseline": None, "baseline_year": None,
        "condition": (), "denominator": parse_denominator("township"), "strength": "must",
        "computability": "A", "words": Text(f"{key} 的要求", f"what {key} asks"),
    }  # fmt: skip
    return Target(id=key, indicator=indicator, **{**given, **changes})


def stations():
    """Townships with a station: 9 of 12, three named."""
    names = [("330999003000", "丙街道", 5200), ("330999001000", "甲镇", 4100)]
    return Measured(
        numerator=9, denominator=12, unit=Text("个乡镇（街道）", "townships"),
        of=Text("个乡镇（街道）", "townships"), kind="has_one",
        missing=(
            *(Named(code, name, people=people) for code, name, people in names),
            Named("330999002000", "乙乡", Text("站点停用", "station idle")),
        ),
        parts=(
            Part(Text("街道", "streets"), 2, 3, unit=Text("个街道", "streets")),
            Part(Text("镇乡", "towns"), 7, 9, unit=Text("个镇乡", "towns")),
            Part(Text("不详", "unknown"), None, 4),
            Part(Text("空", "empty"), 0, 0),
        ),
        notes=(Text("2 处没有开业年份", "2 have no opening year"),),
    )  # fmt: skip


def findings():
    """Return findings of every verdict, in the order of a register."""
    beds = Measured(
        numerator=540, denominator=1000, unit=Text("张护理型床位", "nursing beds"),
        of=Text("张床位", "beds"),
    )  # fmt: skip
    near = Measured(
        numerator=69_999, denominator=100_000, unit=Text("人", "people"),
        of=Text("老年人", "older people"), kind="reached",
    )  # fmt: skip
    per = Measured(
        numerator=33, denominator=1000, scale=1000, unit=Text("张床位", "beds"),
        of=Text("老年人", "older people"),
    )  # fmt: skip
    count = Measured(numerator=3, denominator=None, unit=Text("处", "sites"))
    note = Text("条文未写方式", "the clause names no mode")
    return (
        Finding(
            target("B-1", "bed_share", value=Fraction("0.5"), layers=("elderly_care_home",)),
            "binding", "met", Text("已超过", "above"), beds, (">=", Fraction("0.5")),
            Fraction(500), Fraction(0), beds.unit, "reached", Text("已达到", "reached"), rank=2,
        ),
        Finding(
            target("B-2", "bed_share", value=Fraction("0.55"), layers=("elderly_care_home",),
                   document=DRAFT, issuer="县民政局", year=2020, standing="draft", clause="一",
                   deadline=2022, deadline_basis="stated"),
            "binding", "not_met", Text("差 10 张", "10 short"), beds, (">=", Fraction("0.55")),
            Fraction(550), Fraction(10), beds.unit, "overdue",
            Text("2022 年底已到期", "due by the end of 2022"), rank=1,
        ),
        Finding(
            target("S-1"), "binding", "not_met", Text("差 3 个", "3 short"), stations(),
            (">=", Fraction(1)), Fraction(12), Fraction(3), Text("个乡镇（街道）", "townships"),
            "behind", Text("按直线应为 11 个", "11 by now on a straight line"),
        ),
        Finding(
            target("T-1", "travel_time", value=Fraction(15), layers=("all_elderly_layers",),
                   strength="should", note=note, deadline=2030, deadline_basis="document_year"),
            "binding", "not_met", Text("差 1 人", "1 short"), near, (">=", Fraction("0.7")),
            Fraction(70_000), Fraction(1), Text("人", "people"), "unknown",
        ),
        Finding(
            target("R-1", "capacity_ratio", value=Fraction(38), layers=("elderly_care_home",),
                   regions=("350582",), document="《工作要点》", issuer="市民政局", year=2020,
                   deadline=2020, deadline_basis="document_year", clause="二(二)"),
            "reference", "not_met", Text("差 5 张", "5 short"), per, (">=", Fraction(38)),
            Fraction(38), Fraction(5), Text("张床位", "beds"), "overdue",
        ),
        Finding(
            target("C-1", value=None, value_setting="basically"), "binding", "cannot_judge",
            Text("没有数字", "no number"), stations(), settings=("targets.settings.basically",),
        ),
        Finding(
            target("C-2", "new_count", value=Fraction(350)), "binding", "cannot_judge",
            Text("没有份额", "no quota"), count, settings=('targets.quotas."C-2"',),
        ),
        Finding(
            target("C-3", "new_count", value=Fraction(300)), "binding", "cannot_judge",
            Text("没有份额", "no quota"), count, settings=('targets.quotas."C-3"',),
        ),
        Finding(
            target("C-4", "register_only", value=None, deadline=None, deadline_basis="none"),
            "binding", "cannot_judge", Text("需要登记数据", "needs a register"),
        ),
        Finding(
            target("N-1", "total_count", value=Fraction(46), strength="baseline"), "binding",
            "no_target", Text("通报的结果", "a reported result"), count,
        ),
        Finding(
            target("E-1", regions=("421202",), document=DRAFT, standing="draft",
                   issuer="县民政局", year=2020),
            "elsewhere", "elsewhere", Text("外地", "another place"),
        ),
    )  # fmt: skip


def known(date="2024-06-30"):
    """Return the ledger they are told from: nothing in it but the day."""
    made = ledger(date=date, home="330999")
    assert made.date == datetime.date.fromisoformat(date)
    return made
