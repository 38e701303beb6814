"""What the report says: the study's own figures, words in both languages, nothing made up."""

import csv
import dataclasses
import re
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest
from street import candidates as places_at
from street import more_layers, new_places, reached, request, street
from tiny import demand, facilities, inputs, network, profile, region

import coverplan
from coverplan import Text
from coverplan.core.errors import Problem
from coverplan.domain.region import Region
from coverplan.domain.siting_config import JointConfig, Year
from coverplan.domain.straight import StraightLine
from coverplan.measure.policy.registry import INDICATOR_TYPES
from coverplan.present.report.blocks import (
    Bullets,
    Facts,
    Figure,
    LivingMap,
    Paragraph,
    Report,
    Section,
    Table,
)
from coverplan.present.report.build import build_report
from coverplan.present.report.numbering import numbered
from coverplan.present.report.sentences import unit_word
from coverplan.reporting import study_report

PLAIN_ID = re.compile(r"[A-Za-z0-9_]+")


def texts(block):
    """Every text in a block or section, with where it stands."""
    if isinstance(block, Text):
        yield block
    elif dataclasses.is_dataclass(block):
        for field in dataclasses.fields(block):
            yield from texts(getattr(block, field.name))
    elif isinstance(block, tuple | list):
        for part in block:
            yield from texts(part)


def words(report, language="zh"):
    """All words of a report in one language, one text a line."""
    return "\n".join(text.of(language) for text in texts(report))


def section(report, key):
    return next(s for _, s in report.walk() if s.id == key)


def tables(report):
    return {block.id: block for block in report.blocks() if isinstance(block, Table)}


def column(table, key):
    place = [c.key for c in table.columns].index(key)
    return [row[place] for row in table.rows]


def by_name(table, *keys):
    """The rows of a table by the name of the unit, the total as ""."""
    names = ["" if isinstance(name, Text) else name for name in column(table, "unit")]
    return dict(zip(names, zip(*(column(table, key) for key in keys), strict=True), strict=True))


def limits(report):
    return words(section(report, "limits"))


@pytest.fixture(scope="module")
def measures(yunxi):
    return coverplan.measure_study(yunxi)


@pytest.fixture(scope="module")
def report(yunxi, measures):
    return build_report(yunxi, measures=measures)


@pytest.fixture(scope="module")
def written(root):
    """The rows of the coverage table of the gallery, read by nobody's code but csv's."""
    path = root / "maps" / "yunxi" / "coverage.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(word):
    return None if word == "" else int(float(word))


@pytest.mark.parametrize("key", ["elderly_care", "social_work", "childrens_home", "eco_burial"])
def test_figures_by_unit_are_those_of_the_coverage_table(report, written, yunxi, key):
    result = yunxi.layers[key]
    order = list(yunxi.layers).index(key) + 1
    rows = [r for r in written if r["layer"] == key]
    own = [r for r in rows if r["minutes"] and float(r["minutes"]) == result.layer.minutes]

    def fact(indicator, phase, among=own):
        return {
            "" if r["unit_code"] == "total" else r["unit_name"]: r
            for r in among
            if r["indicator"] == indicator and r["phase"] == phase
        }

    now, then = fact("people_reached", "before"), fact("people_reached", "after")
    has = fact("has_one", "before", rows)
    table = tables(report)[f"coverage_{order}_{key}"]
    keys = ("people", "reached", "share", "missed", "after", "newly", "has_one")
    found = by_name(table, *keys)
    assert set(found) == set(now)
    for name, (people, got, share, missed, after, newly, one) in found.items():
        assert people == number(now[name]["denominator"])
        assert got == number(now[name]["value"])
        assert float(share) == pytest.approx(float(now[name]["share_percent"]), abs=0.005001)
        assert missed == people - got
        assert after == number(then[name]["value"])
        assert newly == after - got
        assert int(one) == number(has[name]["value"])
    wide = tables(report)[f"thresholds_{order}_{key}"]
    for limit in yunxi.inputs.thresholds:
        at = [r for r in rows if r["minutes"] and float(r["minutes"]) == limit]
        expected = fact("people_reached", "before", at)
        for name, (got,) in by_name(wide, f"within_{limit}").items():
            assert got == number(expected[name]["value"])
    reasons = ["too_far", "no_way", "no_road"]
    gaps = tables(report)[f"gap_units_{order}_{key}"]
    present = [r for r in reasons if f"not_reached_{r}" in [c.key for c in gaps.columns]]
    for name, (missed, *why) in by_name(
        gaps, "missed", *(f"not_reached_{r}" for r in present)
    ).items():
        assert why == [number(fact(f"not_reached_{r}", "before")[name]["value"]) for r in present]
        assert missed == sum(why)


def test_the_overview_is_the_total_of_each_layer(report, written, yunxi):
    table = tables(report)["overview"]
    for row, (key, result) in zip(table.rows, yunxi.layers.items(), strict=True):
        (now,) = (
            r for r in written
            if r["layer"] == key and r["unit_code"] == "total" and r["phase"] == "before"
            and r["indicator"] == "people_reached"
            and float(r["minutes"]) == result.layer.minutes
        )  # fmt: skip
        cells = dict(zip([c.key for c in table.columns], row, strict=True))
        assert cells["people"] == number(now["denominator"])
        assert cells["reached"] == number(now["value"])
        assert cells["share"] == Fraction(100 * cells["reached"], cells["people"])
        spoken = f"{cells['reached']:,} 人"
        assert spoken in words(section(report, "overview").blocks[0])


def test_the_three_coverages_are_named_apart(report):
    told = words(section(report, "overview"))
    for name in ("可达（人）", "有设施（单元）", "被服务（单元）"):
        assert name in told
    english = words(section(report, "overview"), "en")
    for name in ("Reached (people)", "Has one (units)", "Served (units)"):
        assert name in english


def test_the_sites_proposed_are_those_of_the_plan_with_their_reasons(report, yunxi):
    for order, (key, result) in enumerate(yunxi.layers.items(), 1):
        table = tables(report)[f"proposed_{order}_{key}"]
        plan = result.proposal.plan
        assert column(table, "name") == list(result.proposal.chosen["name"])
        assert column(table, "newly") == list(plan.newly)
        assert column(table, "lost") == list(plan.lost_without)
        part = section(report, f"proposal_of_{order}_{key}")
        numbered_lists = [b for b in part.blocks if isinstance(b, Bullets) and b.numbered]
        assert [t.zh for t in numbered_lists[0].items] == [w.zh for w in result.proposal.words]
        facts = next(b for b in part.blocks if isinstance(b, Facts))
        assert plan.status_text in dict(facts.rows).values()


def test_every_site_stands_in_the_appendix(report, yunxi):
    for order, (key, result) in enumerate(yunxi.layers.items(), 1):
        table = tables(report)[f"sites_{order}_{key}"]
        assert column(table, "id") == list(result.sites["site_id"].astype(str))


def test_every_word_is_there_in_both_languages(report):
    for text in texts(report):
        assert text.zh.strip(), text
        assert text.en.strip(), text
        assert not re.search("[\u4e00-\u9fff]", _without_names(text)), text


def _without_names(text):
    """English words without what files, units, villages and sites are called."""
    return re.sub(r"[\u4e00-\u9fff]+[\w（）()·./-]*", "", text.en)


def test_english_has_no_chinese_of_ours(report):
    heads = [s.title.en for _, s in report.walk()]
    heads += [c.label.en for t in tables(report).values() for c in t.columns]
    heads += [t.title.en for t in tables(report).values()]
    assert not [head for head in heads if re.search("[\u4e00-\u9fff]", head)]


def test_names_within_the_report_are_ours_and_come_once(report):
    ids = [b.id for b in report.blocks() if isinstance(b, Table | Figure | LivingMap)]
    ids += [f"section:{s.id}" for _, s in report.walk()]
    assert len(ids) == len(set(ids))
    assert all(PLAIN_ID.fullmatch(i.removeprefix("section:")) for i in ids)


def test_a_layer_of_any_name_gives_plain_ids():
    found = more_layers(street(), None, key="层 <b>", label=("层", "layer"))
    built = build_report(coverplan.assess(found))
    for block in built.blocks():
        if isinstance(block, Table | Figure | LivingMap):
            assert PLAIN_ID.fullmatch(block.id)
    assert [b.layer for b in built.blocks() if isinstance(b, LivingMap)] == ["test", "层 <b>"]


HOSTILE = ["<img src=x onerror=alert(1)>", "=1+1", "{{7*7}}", "${alert(1)}", "\u202eabc", "🏥" * 3]


def test_names_of_a_planner_stay_plain_strings():
    boxes = region(*[(1000 * i, -500, 1000 * (i + 1), 500) for i in range(len(HOSTILE))])
    units = boxes.units.assign(name=HOSTILE)
    boxes = coverplan.Region(units)
    rows = [(1000 * i + 5, 0, code, 4) for i, code in enumerate(boxes.codes)]
    study = coverplan.assess(
        inputs(
            boxes,
            demand(boxes, rows),
            network([[(0, 0), (6000, 0)]]),
            facilities([(0, 0, "a")] * len(HOSTILE), name=HOSTILE),
            minutes=1,
        )
    )
    found = tables(build_report(study))
    assert column(found["coverage_1_test"], "unit")[:-1] == HOSTILE
    assert column(found["sites_1_test"], "name") == HOSTILE


def units_of_two(people, sites, **more):
    boxes = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
    return coverplan.assess(
        inputs(boxes, demand(boxes, people), network([[(0, 0), (2000, 0)]]), sites, **more)
    )


def built(study, **more):
    """The report of a study, every block of it looked at."""
    found = build_report(study, measures=coverplan.measure_study(study), **more)
    assert isinstance(found, Report)
    for item in numbered(found):
        block = getattr(item, "block", item)
        for text in texts(block):
            assert text.zh.strip(), block
            assert text.en.strip(), block
    return found


def test_people_nobody_knows_stay_unknown():
    found = built(units_of_two([(5, 0, "a", 4)], facilities([(0, 0, "a")])))
    cells = by_name(tables(found)["coverage_1_test"], "people", "reached", "share", "missed")
    name = [n for n in cells if n and n != "甲镇"]
    assert cells[name[0]] == (None, None, None, None)
    assert f"人数（全部人口）未知（{name[0]}）" in limits(found)
    assert "不计入合计" in words(tables(found)["coverage_1_test"])


def test_a_unit_of_nobody_says_so():
    found = built(units_of_two([(5, 0, "a", 4), (1500, 0, "b", 0)], facilities([(0, 0, "a")])))
    (share,) = [c for c in column(tables(found)["coverage_1_test"], "share") if isinstance(c, Text)]
    assert share.zh == "无此人群"


def test_nobody_at_all_and_everybody_reached_read_well():
    nobody = built(units_of_two([(5, 0, "a", 0), (1500, 0, "b", 0)], facilities([(0, 0, "a")])))
    assert "没有属于该人群" in words(section(nobody, "overview"))
    found = built(units_of_two([(5, 0, "a", 4), (15, 0, "b", 3)], facilities([(0, 0, "a")])))
    assert "均在 15 分钟之内" in words(section(found, "gaps"))
    assert "gap_units_1_test" not in tables(found)


def test_a_layer_without_sites():
    found = built(units_of_two([(5, 0, "a", 4), (1500, 0, "b", 7)], facilities([])))
    assert "没有在运营的设施" in words(section(found, "coverage"))
    assert column(tables(found)["gap_units_1_test"], "not_reached_no_site") == [7, 4, 11]
    assert "minutes" not in [c.key for c in tables(found)["gap_villages_1_test"].columns]
    assert "没有站点" in words(section(found, "sites"))


def test_a_study_of_one_unit():
    boxes = region((0, -500, 1000, 500))
    study = coverplan.assess(
        inputs(
            boxes,
            demand(boxes, [(5, 0, "a", 4)]),
            network([[(0, 0), (1000, 0)]]),
            facilities([(0, 0, "a")]),
        )
    )
    assert "该乡镇（街道）设有设施" in words(section(built(study), "overview"))


@pytest.mark.parametrize(
    ("names", "kinds", "word"),
    [
        (["甲街道", "乙镇", "丙乡"], ["", "", ""], "乡镇（街道）"),
        (["甲", "乙", "丙"], ["街道", "镇", "民族乡"], "乡镇（街道）"),
        (["甲镇", "乙镇", "开发区"], ["", "", ""], "单元"),
        (["甲镇", "乙镇", "丙镇"], ["镇", "镇", "农场"], "单元"),
    ],
)
def test_units_are_townships_by_their_kind_or_else_by_their_name(names, kinds, word):
    units = region(*[(100 * i, 0, 100 * i + 100, 100) for i in range(3)]).units
    named = units.assign(name=names, kind=kinds).reset_index()
    assert unit_word(Region.from_frame(named, kind="kind")).zh == word


def test_without_proposals_none_are_made_up():
    found = built(coverplan.assess(street()))
    assert "没有要求提出选址方案" in words(section(found, "proposals"))
    assert "没有要求选址" in limits(found)
    assert "候选点，没有核实" not in limits(found)
    assert not [b for b in found.blocks() if isinstance(b, Figure) and b.kind == "plan"]
    keys = [c.key for c in tables(found)["coverage_1_test"].columns]
    assert "after" not in keys


def test_an_impossible_plan_names_the_rule():
    asked = request(None, model="fewest", share_percent=100.0)
    study = coverplan.assess(street(asked))
    found = built(study)
    (why,) = study.layers["test"].proposal.plan.impossible
    table = tables(found)["impossible_1_test"]
    assert table.rows == ((why.constraint, why.who, why.people, why.relaxation),)
    part = words(section(found, "proposal_of_1_test"))
    assert part.count(why.relaxation.zh) == 1
    assert "不可能少于" not in part
    assert "没有得到选址方案：测试：无法满足" in limits(found)
    assert not [b for b in found.blocks() if isinstance(b, Figure) and b.phase == "after"]


def test_a_plan_that_gains_nothing_changes_nothing():
    found = built(coverplan.assess(street(request(1, places_at([(500, "a")])))))
    assert "可达人数仍为" in words(section(found, "overview"))
    assert not [b for b in found.blocks() if isinstance(b, Figure) and b.kind == "before_after"]


def test_closing_years_frontier_and_shared_buildings_have_tables():
    places = new_places(cost_yuan=pd.array([100_000] * 7, dtype="Int64"))
    found = built(coverplan.assess(street(request(3, places, frontier=3))))
    points = tables(found)["frontier_1_test"]
    assert column(points, "newly")[-1] == reached_more(found)
    assert [b.kind for b in found.blocks() if isinstance(b, Figure)].count("frontier") == 1
    assert column(tables(found)["proposed_1_test"], "cost_yuan") == [100_000] * 3
    assert "没有给出造价" not in limits(found)
    years = (Year(year=2026, sites=1), Year(year=2027, sites=1))
    yearly = built(coverplan.assess(street(request(None, places, model="phases", years=years))))
    assert column(tables(yearly)["phases_1_test"], "year") == [2026, 2027]
    assert sorted(column(tables(yearly)["proposed_1_test"], "year")) == [2026, 2027]
    two = more_layers(street(request(2)), request(2))
    joint = built(coverplan.assess(replace(two, joint=JointConfig(layers=["test", "other"]))))
    assert column(tables(joint)["joint"], "name")[:2] == ["点1", "点3"]


def reached_more(report):
    """People newly reached by all sites of the plan, as its table has them."""
    return sum(column(tables(report)["proposed_1_test"], "newly"))


def test_closings_are_told_with_whom_they_harm():
    asked = request(None, model="consolidate", close=1, closable=True)
    study = coverplan.assess(street(asked, capacity=[900, 900]))
    closed = study.layers["test"].sites.query("state == 'closing'")
    assert len(closed) == 1
    found = built(study)
    part = section(found, "proposal_of_1_test")
    told = [b for b in part.blocks if isinstance(b, Bullets)]
    assert closed["reason_zh"].iloc[0] in words(told[0])


def test_limits_speak_only_of_what_is_so():
    plain = limits(built(coverplan.assess(street())))
    assert "没有道路数据" not in plain
    assert "没有点位" not in plain
    assert "没有证明为最优" not in plain
    assert "道路数据止于研究区边界" in plain
    assert "没有研究区外的运营设施" in plain
    assert "没有审图号" in plain
    few = limits(built(coverplan.assess(street(unplaced=(3, 0, 9)))))
    assert "全部人口中 12 人没有点位" in few
    approved = replace(street(), approval_number="浙S(2025)1号")
    study = coverplan.assess(approved)
    assert "没有审图号" not in limits(built(study))
    assert build_report(study).approval.zh == "审图号：浙S(2025)1号"
    open_ended = street()
    known = open_ended.layers[0].facilities.sites.assign(opened=pd.array([2001, 2002]))
    item = replace(open_ended.layers[0], facilities=coverplan.Facilities("test", known))
    assert "开业年份未知" not in limits(
        built(coverplan.assess(replace(open_ended, layers=(item,))))
    )
    assert "开业年份未知（站0、站1）" in plain


def test_estimates_without_roads_are_said_to_be_estimates():
    boxes = region((0, -500, 1000, 500))
    way = replace(profile(), straight=StraightLine(1.4, 3.6))
    net = replace_roads(boxes)
    study = coverplan.assess(
        inputs(boxes, demand(boxes, [(5, 0, "a", 4)]), net, facilities([(0, 0, "a")]), prof=way)
    )
    found = built(study)
    assert "绕行系数 1.4" in limits(found)
    assert "道路数据止于" not in limits(found)
    assert "分道路等级" not in limits(found)
    assert "直线距离" in words(section(found, "overview").blocks[0])
    assert "access_kmh" not in [c.key for c in tables(found)["modes"].columns]


def replace_roads(boxes):
    """A network of no roads."""
    return coverplan.Network.without_roads(boxes.crs)


def test_faults_are_told_once_with_whom_they_touch():
    fault = Problem(
        "people.value", Text("值不对", "a wrong value"), Text("改正", "mend it"),
        file="villages.csv", row=7, column="人数", people=12, severity="warning",
    )  # fmt: skip
    study = coverplan.assess(street())
    found = build_report(study, problems=(fault, fault))
    (row,) = tables(found)["faults"].rows
    cells = [c.zh if isinstance(c, Text) else c for c in row]
    assert cells[1:4] == ["值不对", "villages.csv，第 7 行，列“人数”", "12 人"]
    assert cells[5] == "改正"
    assert "没有发现问题" in words(section(build_report(study), "faults"))


def test_without_figures_no_figure_stands_in_it(yunxi):
    found = build_report(yunxi, figures=False)
    assert not [b for b in found.blocks() if isinstance(b, Figure)]
    assert [b for b in found.blocks() if isinstance(b, LivingMap)]


def test_targets_are_told_with_figure_gap_and_clause(monkeypatch):
    import made_up_report as made  # noqa: PLC0415 - its indicators are set first

    for key, kind in made.INDICATORS.items():
        monkeypatch.setitem(INDICATOR_TYPES, key, kind)
    study = coverplan.assess(street())
    judged = coverplan.TargetReport(made.findings(), made.known(), study.inputs)
    found = study_report(study, targets=judged)
    for verdict, name in (
        ("not_met", "targets_not_met"),
        ("met", "targets_met"),
        ("cannot_judge", "targets_cannot_judge"),
    ):
        expected = [
            f.target.id for f in made.findings() if f.verdict == verdict and f.applies == "binding"
        ]
        got = column(tables(found)[name], "id") if name in tables(found) else []
        assert sorted(got) == sorted(expected)
    total = tables(found)["targets_documents"].rows[-1]
    assert total[-1] == len(made.findings())
    assert "没有核对政策目标" not in limits(found)
    unmet = [f for f in judged.findings if f.verdict == "not_met" and f.applies == "binding"]
    documents = dict(zip(*(column(tables(found)["targets_documents"], k) for k in
                           ("number", "document")), strict=True))  # fmt: skip
    table = tables(found)["targets_not_met"]
    places = dict(zip(column(table, "id"), column(table, "where"), strict=True))
    for finding in unmet:
        assert finding.target.words.zh in words(table)
        place = places[finding.target.id]
        number, clause = re.match(r"\[(\d+)\] (.*)", getattr(place, "zh", place)).groups()
        assert documents[int(number)] == finding.target.document
        assert clause.startswith(finding.target.clause)


def test_all_sections_come_in_the_order_of_reading(report):
    ids = [s.id for s in report.sections]
    assert ids == [
        "overview", "coverage", "gaps", "proposals", "equity", "method", "faults", "limits",
        "sites", "people",
    ]  # fmt: skip
    assert isinstance(report.sections[0], Section)
    assert isinstance(report.sections[0].blocks[0], Paragraph)


def test_the_same_study_gives_the_same_report(yunxi, measures, report):
    assert build_report(yunxi, measures=measures) == report


def test_reached_by_hand():
    found = built(coverplan.assess(street()))
    assert by_name(tables(found)["coverage_1_test"], "reached")[""] == (reached((500.0, 3000.0)),)


def test_goals_stand_with_what_is_wanting_and_where_they_come_from(report, yunxi):
    table = tables(report)["goals"]
    goals = [goal for result in yunxi.layers.values() for goal in result.goals]
    for key, phase in (("have", "before"), ("have_after", "after")):
        assert column(table, key) == [goal.phase(phase).total.have for goal in goals]
    assert column(table, "short") == [goal.before.total.short for goal in goals]
    told = {True: "达到", False: "未达到", None: "无法判断"}
    assert [t.zh for t in column(table, "met")] == [told[g.before.total.met] for g in goals]
    assert column(table, "target") == [goal.goal.target for goal in goals]
    cited = {goal.goal.target for goal in goals if goal.goal.source is not None}
    assert len(table.notes) == len(cited)
    for note, key in zip(
        table.notes, sorted(cited, key=column(table, "target").index), strict=True
    ):
        assert (note.zh.count(key), note.en.count(key)) == (1, 1)
    assert "goals" not in tables(built(coverplan.assess(street())))


def two_units(people, sites):
    """Two units on a street of 4 km; people as ``(metres, unit, number)``, sites as metres."""
    place = region((0, -500, 2000, 500), (2000, -500, 4000, 500))
    rows = [(x, 0, unit, number) for x, unit, number in people]
    street_of = network([[(0, 0), (2000, 0)], [(2000, 0), (4000, 0)]])
    found = facilities([(x, 0, "ab"[int(x >= 2000)]) for x in sites])
    return built(coverplan.assess(inputs(place, demand(place, rows), street_of, found, minutes=5)))


def test_units_that_miss_as_many_are_all_named():
    found = two_units([(1000, "a", 7), (3000, "b", 7)], [100])
    told = section(found, "overview").blocks[2].text
    assert (
        told.zh == "现状不可达人数最多的乡镇（街道）：测试为甲镇、申镇（各 7 人，全域共 14 人）。"
    )
    assert told.en.endswith("test, 甲镇, 申镇 (7 people each; 14 people in all).")


def test_of_many_units_that_miss_as_many_some_are_named():
    units = region(*[(200 * i, -50, 200 * i + 200, 50) for i in range(8)])
    people = demand(units, [(200 * i + 100, 0, "abcdefgh"[i], 3) for i in range(8)])
    found = inputs(units, people, network([[(0, 0), (1600, 0)]]), facilities([]), minutes=1)
    told = section(built(coverplan.assess(found)), "overview").blocks[2].text
    names = list(units.names)[:6]
    assert f"测试为{'、'.join(names)}等 8 个乡镇（街道）（各 3 人，全域共 24 人）" in told.zh
    assert f"{', '.join(names)} and others, 8 townships in all (3 people each; " in told.en


def test_of_nobody_there_is_no_gap_to_tell():
    told = section(two_units([(100, "a", 0)], [100]), "overview").blocks[2].text
    assert told.zh == "各类设施的服务人群均无人或人数未知，无从统计缺口。"


def test_a_total_says_which_units_are_not_in_it():
    told = section(two_units([(100, "a", 3)], [100]), "overview").blocks[0].text
    assert "占 100.0\xa0%（1 个乡镇（街道）人数未知，不计在内）；" in told.zh
    assert "100.0\xa0%, are within 5 minutes" in told.en
    assert ", 1 township of unknown people left out; " in told.en


def test_people_of_no_known_place_are_among_those_not_reached():
    told = section(built(coverplan.assess(street(unplaced=(3, 0, 0)))), "gaps_of_1_test").blocks[0]
    assert "另有" not in told.text.zh
    assert "点位已知的人中，没有人因缺少道路而不可达。" in told.text.zh
    assert "不可达者中 3 人没有点位" in told.text.zh


def test_one_is_told_as_one():
    found = two_units([(100, "a", 4), (1900, "a", 1)], [100])
    told = words(found, "en")
    assert "Of 5 people (everybody) 1 person is not reached within 5 minutes." in told
    assert "1 working facility reaches 4 people." in told
    # Mean minutes are explained only where they stand.
    assert "Mean minutes" in told
    assert "Mean minutes" not in words(two_units([(100, "a", 4)], []), "en")
