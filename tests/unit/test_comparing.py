"""Two runs side by side: every difference counted again from the tables they wrote."""

import csv
import json
import shutil
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest
from tiny import demand, facilities, inputs, network, region

import coverplan
from coverplan.comparing import compare_sides
from coverplan.comparingquestions import differences
from coverplan.comparisons import compare_runs, write_comparison
from coverplan.core.errors import InputError
from coverplan.core.text import Text
from coverplan.identity import run_id
from coverplan.io.runfolder import unharmed
from coverplan.io.runrecord import GoalRecord
from coverplan.io.write import harmless
from coverplan.present.comparison_page import comparison_html

LAYER = "elderly_care"
FRAMES = ("layers", "units", "sites", "changes")


def sited(yunxi, sites):
    """The elderly-care layer of the sample county with so many new sites, None for none."""
    item = next(item for item in yunxi.inputs.layers if item.layer.id == LAYER)
    asked = None if sites is None else replace(item.siting, sites=sites)
    return coverplan.assess(replace(yunxi.inputs, layers=(replace(item, siting=asked),)))


@pytest.fixture(scope="session")
def three_runs(yunxi, tmp_path_factory):
    """Studies of 5, 8 and no new sites, and the folders of their results."""
    studies = {name: sited(yunxi, n) for name, n in (("five", 5), ("eight", 8), ("none", None))}
    folder = tmp_path_factory.mktemp("runs")
    for name, study in studies.items():
        coverplan.write_run(study, folder / name)
    return studies, folder


def rows_of(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def reached_of(folder):
    """Value and people by unit, minutes and phase, as the csv module reads them."""
    return {
        (r["unit_code"], float(r["minutes"]), r["phase"]): (int(r["value"]), int(r["denominator"]))
        for r in rows_of(folder, "coverage.csv")
        if r["indicator"] == "people_reached"
    }


def has_of(folder, phase):
    return {
        r["unit_code"]: int(r["value"])
        for r in rows_of(folder, "coverage.csv")
        if r["indicator"] == "has_one" and r["phase"] == phase
    }


def test_people_are_those_of_both_tables(three_runs):
    _, folder = three_runs
    found = compare_runs(folder / "five", folder / "eight")
    five, eight = reached_of(folder / "five"), reached_of(folder / "eight")
    assert len(found.units) == len({key[:2] for key in five})
    for row in found.units.itertuples():
        key = (row.unit_code, row.minutes)
        a, b = five[(*key, "after")], eight[(*key, "after")]
        assert (row.reached_a, row.reached_b, row.people) == (a[0], b[0], a[1])
        assert row.reached_now_a == row.reached_now_b == five[(*key, "before")][0]
        assert row.change == b[0] - a[0]
        assert row.change_points == pytest.approx(100 * (b[0] - a[0]) / a[1], abs=0.0051)
        assert row.has_one_b == has_of(folder / "eight", "after")[row.unit_code]
    total = found.layers.iloc[0]
    assert total["change"] == sum(
        eight[(code, 15.0, "after")][0] - five[(code, 15.0, "after")][0]
        for code, minutes, phase in five
        if code != "total" and minutes == 15 and phase == "after"
    )
    assert total["change"] > 0
    assert (total["sites_a"], total["sites_b"]) == (25, 28)
    assert (total["proposed_a"], total["proposed_b"], total["cost_unknown_b"]) == (5, 8, 8)
    assert pd.isna(total["cost_yuan_a"])


def test_sites_are_the_sets_of_both_tables(three_runs):
    _, folder = three_runs
    found = compare_runs(folder / "none", folder / "eight").sites
    ours = {r["site_id"]: r["state"] for r in rows_of(folder / "none", "sites.csv")}
    theirs = {r["site_id"]: r["state"] for r in rows_of(folder / "eight", "sites.csv")}
    by = found.groupby("difference")["site_id"].agg(set)
    assert by["only_b"] == set(theirs) - set(ours)
    assert len(by["only_b"]) == 8
    assert by["same"] == {i for i in ours if theirs.get(i) == ours[i]}
    assert "only_a" not in by
    assert (found["metres_apart"].dropna() == 0).all()


def test_townships_that_change_sides(three_runs, tmp_path):
    _, folder = three_runs
    goal = 20
    for name in ("none", "eight"):
        shutil.copytree(folder / name, tmp_path / name)
        record = json.loads((tmp_path / name / "run.json").read_text(encoding="utf-8"))
        record["layers"][LAYER]["goals"] = [
            {"measure": "reached", "percent": str(goal), "minutes": 15, "group": "elderly"}
        ]
        (tmp_path / name / "run.json").write_text(json.dumps(record), encoding="utf-8")
    found = compare_runs(tmp_path / "eight", tmp_path / "none")
    before, after = reached_of(folder / "none"), reached_of(folder / "eight")
    expected = set()
    for code, has in has_of(folder / "eight", "after").items():
        if code == "total":
            continue
        if has != has_of(folder / "none", "before")[code]:
            expected.add((code, "has_one", "loses"))
        (now, people), (then, _) = before[(code, 15.0, "before")], after[(code, 15.0, "after")]
        if (Fraction(then * 100, people) >= goal) != (Fraction(now * 100, people) >= goal):
            expected.add((code, "goal", "loses"))
    assert {kind for _, kind, _ in expected} == {"has_one", "goal"}
    assert set(zip(found.changes["unit_code"], found.changes["criterion"],
                   found.changes["direction"], strict=True)) == expected  # fmt: skip
    assert (found.units["change"] <= 0).all()


def test_studies_in_memory_and_their_folders_say_the_same(three_runs):
    studies, folder = three_runs
    memory = compare_runs(studies["five"], studies["none"])
    read = compare_runs(str(folder / "five"), folder / "none")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(memory, name), getattr(read, name))
    assert memory.question == read.question
    assert memory.compared == read.compared
    assert [d.part.en for d in read.question] == ["sites asked for"]
    assert read.question[0].a == Text("最大覆盖（MCLP），5 处", "maximal covering (MCLP), 5 sites")
    assert read.question[0].b is None


def test_a_run_beside_itself_differs_in_nothing(three_runs, tmp_path):
    _, folder = three_runs
    found = compare_runs(folder / "five", folder / "five")
    assert found.same
    assert not found.problems
    write_comparison(found, tmp_path / "out")
    page = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "两次计算没有任何不同" in page
    assert json.loads((tmp_path / "out" / "compare.json").read_text("utf-8"))["same"] is True


def test_what_is_written_is_what_was_found(three_runs, tmp_path):
    studies, folder = three_runs
    found = compare_runs(folder / "five", folder / "eight")
    written = write_comparison(found, tmp_path / "one")
    again = write_comparison(found, tmp_path / "two", language="zh")
    names = {"compare.html", "compare.json", "run.json"}
    names |= {f"compare_{part}.csv" for part in ("units", "sites", "changes")}
    assert {path.name for path in written} == names
    for one, two in zip(written, again, strict=True):
        if one.name != "run.json":
            assert one.read_bytes() == two.read_bytes()
    units = rows_of(tmp_path / "one", "compare_units.csv")
    assert sum(int(r["change"]) for r in units if r["is_shown"] == "1" and
               r["unit_code"] != "total") == int(found.layers["change"].iloc[0])  # fmt: skip
    data = json.loads((tmp_path / "one" / "compare.json").read_text("utf-8"))
    assert data["a"]["run_id"] == run_id(studies["five"])
    assert data["layers"][0]["plan_b"]["status"] == "optimal"
    page = (tmp_path / "one" / "compare.html").read_text(encoding="utf-8")
    assert page.count('<svg class="map"') == 3
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page
    assert "内部工作用图，未经审核不得公开" in page
    assert "已证明最优" in page
    # Written over itself, never over a run.
    write_comparison(found, tmp_path / "one")
    with pytest.raises(InputError) as refused:
        write_comparison(found, folder / "five")
    assert refused.value.problems[0].code == "compare.out"
    assert json.loads((folder / "five" / "run.json").read_text("utf-8"))["what"] == "run"


# ---- small places --------------------------------------------------------------------------------


def place(
    *, minutes=15, thresholds=(5, 10, 15, 30), people=4, boxes=2, sites=((5, 0, "a"),), **more
):
    """Two townships on a street of 4 km, 60 m a minute."""
    units = region(*[(2000 * i, -500, 2000 * (i + 1), 500) for i in range(boxes)])
    some = demand(units, [(5, 0, "a", people), (1995, 0, "a", 6), (2005, 0, "b", 5)][: boxes + 1])
    given = inputs(
        units, some, network([[(0, 0), (4000, 0)]]), facilities(list(sites)), minutes=minutes
    )
    return replace(given, thresholds=thresholds, **more)


def run_of(**asked):
    return coverplan.assess(place(**asked))


def refused(a, b):
    with pytest.raises(InputError) as error:
        compare_runs(a, b)
    return error.value.problems


def test_other_units_are_refused_by_name():
    (problem,) = refused(run_of(), run_of(boxes=1))
    assert problem.code == "compare.units"
    assert problem.found == Text("只在 A：申镇（b）", "only in A: 申镇 (b)")
    assert "crosswalk" in problem.mend.zh
    assert "crosswalk" in problem.mend.en


def test_other_people_are_refused_by_name_and_number():
    (problem,) = refused(run_of(), run_of(people=9))
    assert problem.code == "compare.people"
    assert problem.found == Text("甲镇 全部人口 10 / 15", "甲镇 everybody 10 / 15")
    assert "人口" in problem.what.zh
    assert "people" in problem.what.en


def test_other_limits_are_compared_where_both_counted():
    found = compare_runs(run_of(minutes=15), run_of(minutes=30))
    assert [p.code for p in found.problems] == ["compare.minutes"]
    assert found.problems[0].found == Text("A 15 分钟，B 30 分钟", "A 15 min, B 30 min")
    assert "minutes" in found.problems[0].mend.zh  # thresholds of both hold both limits
    assert found.compared["test"].minutes == 15
    assert set(found.units["minutes"]) == {5, 10, 15, 30}
    assert not found.same
    apart = refused(run_of(minutes=7, thresholds=(7,)), run_of(minutes=9, thresholds=(9,)))
    assert [p.code for p in apart] == ["compare.minutes", "compare.nothing"]


def test_other_borders_are_told_and_compared():
    given = place()
    moved = given.region.units.geometry.to_list()
    moved[1] = moved[1].buffer(-30)
    units = given.region.units.assign(geometry=moved)
    other = replace(given, region=replace(given.region, units=units))
    found = compare_runs(coverplan.assess(given), coverplan.assess(other))
    assert [p.code for p in found.problems] == ["compare.borders"]
    assert "地图用 A 的界线" in found.problems[0].render("zh")
    assert "the maps show those of A" in found.problems[0].render("en")
    assert found.shapes.geometry.area.sum() == given.region.units.geometry.area.sum()


def test_units_called_otherwise_are_told_and_compared():
    given = place()
    units = given.region.units.copy()
    units.loc["b", "name"] = "新申街道"
    other = replace(given, region=replace(given.region, units=units))
    found = compare_runs(coverplan.assess(given), coverplan.assess(other))
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("compare.renamed", "warning")
    assert problem.found == Text.same("b 申镇 / 新申街道")
    assert "名称不同" in problem.what.zh
    assert "other names" in problem.what.en
    assert set(found.units["unit_name"]) >= {"申镇"}


def test_nothing_differs_only_where_all_was_compared():
    given = place()
    item = given.layers[0]
    second = replace(item, layer=replace(item.layer, id="more", minutes=7))
    third = replace(item, layer=replace(item.layer, id="more", minutes=9))
    ours, theirs = (
        coverplan.assess(replace(given, layers=(item, other), thresholds=()))
        for other in (second, third)
    )
    found = compare_runs(ours, theirs)
    assert found.left_out == ("more",)
    assert not replace(found, question=()).same
    assert "未比较" in comparison_html(replace(found, question=()), "zh")
    alike = compare_runs(run_of(), run_of())
    assert alike.same
    for column in ("reached_a", "reached_now_b", "has_one_a"):
        one_known = alike.units.copy()
        one_known[column] = one_known[column].astype("Int64")
        one_known.loc[0, column] = pd.NA
        assert not replace(alike, units=one_known).same
    dearer = alike.sites.assign(cost_yuan_b=alike.sites["cost_yuan_b"].fillna(5))
    assert not replace(alike, sites=dearer).same


def test_what_one_run_says_of_its_figures_stands_in_every_table(tmp_path):
    found = compare_runs(run_of(notice=None), run_of(notice="估算"))
    (said,) = [d for d in found.question if d.part.en == "notice"]
    assert (said.a, said.b) == (None, Text.same("估算"))
    write_comparison(found, tmp_path / "c", language="en")
    for name in ("compare_units.csv", "compare_sites.csv"):
        assert {row["notice"] for row in rows_of(tmp_path / "c", name)} == {"B: 估算"}


def test_two_goals_are_told_and_the_higher_one_is_taken():
    run = compare_runs(run_of(), run_of()).a
    layer = run.record.layers["test"]

    def aiming(percent):
        goal = GoalRecord(measure="reached", percent=percent, minutes=15, group=layer.group)
        layers = {"test": layer.model_copy(update={"goals": [goal]})}
        return replace(run, record=run.record.model_copy(update={"layers": layers}))

    found = compare_sides(aiming("70"), aiming("85.5"))
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("compare.goals", "warning")
    assert problem.found == Text.same("A 70 %, B 85.5 %")
    assert "按较高的 85.5 %" in problem.what.zh
    assert "held against 85.5 %" in problem.what.en
    assert str(found.compared["test"].goal_percent) == "85.5"
    assert compare_sides(aiming("70"), aiming("70")).problems == ()


def test_a_layer_of_one_run_is_told_once():
    given = place()
    more = replace(given.layers[0], layer=replace(given.layers[0].layer, id="more"))
    ours, theirs = (
        coverplan.assess(replace(given, layers=layers))
        for layers in ((given.layers[0],), (given.layers[0], more))
    )
    settings = {"layers": {"test": {"source": "a"}, "more": {"source": "b"}}}
    a, b = compare_runs(ours, theirs).a, compare_runs(ours, theirs).b
    b = replace(b, record=b.record.model_copy(update={"config": settings}))
    a = replace(
        a, record=a.record.model_copy(update={"config": {"layers": {"test": {"source": "a"}}}})
    )
    assert [(d.part.en, d.key) for d in differences(a, b, ("test",))] == [("layer", "more")]


def test_a_layer_for_other_people_is_left_out():
    given = place()
    both = demand(given.region, [(5, 0, "a", 4), (2005, 0, "b", 5)], groups=("all", "elderly"))
    given = replace(given, demand=both)
    item = given.layers[0]
    second = replace(item, layer=replace(item.layer, id="more"))
    third = replace(item, layer=replace(item.layer, id="more", group="elderly"))
    studies = [coverplan.assess(replace(given, layers=(item, other))) for other in (second, third)]
    found = compare_runs(*studies)
    assert list(found.compared) == ["test"]
    (problem,) = found.problems
    assert (problem.code, problem.found) == ("compare.group", "A all, B elderly")
    assert "人群不同" in problem.what.zh
    assert "serve different people" in problem.what.en


def test_a_site_moved_is_told_and_what_stands_near():
    ours = run_of(sites=[(5, 0, "a"), (900, 0, "a")])
    theirs = place(sites=[(65, 0, "a"), (900, 0, "a")])
    layer = theirs.layers[0]
    renamed = layer.facilities.sites.rename(index={"s001": "k9"})
    theirs = coverplan.assess(
        replace(
            theirs, layers=(replace(layer, facilities=replace(layer.facilities, sites=renamed)),)
        )
    )
    sites = compare_runs(ours, theirs).sites.set_index("site_id")
    assert sites.loc["s000", "metres_apart"] == pytest.approx(60, abs=1)
    assert sites.loc["s000", "difference"] == "moved"
    assert sites.loc["s001", "difference"] == "only_a"
    assert sites.loc["s001", ["near_id", "near_metres"]].tolist() == ["k9", 0]
    assert sites.loc["k9", "near_id"] == "s001"


def test_who_nobody_knows_is_judged_by_nothing():
    given = place()
    totals, unplaced = given.demand.totals.copy(), given.demand.unplaced.copy()
    totals.loc["b", "all"] = unplaced.loc["b", "all"] = pd.NA
    unknown = replace(given, demand=replace(given.demand, totals=totals, unplaced=unplaced))
    more = replace(
        unknown, layers=(replace(unknown.layers[0], facilities=facilities([(2005, 0, "b")])),)
    )
    found = compare_runs(coverplan.assess(unknown), coverplan.assess(more))
    rows = found.units[found.units["minutes"] == 15].set_index("unit_code")
    assert pd.isna(rows.loc["b", "change"])
    assert pd.isna(rows.loc["b", "share_percent_a"])
    sides = set(zip(found.changes["unit_code"], found.changes["criterion"], strict=True))
    assert ("b", "has_one") in sides
    assert ("b", "goal") not in sides
    assert "未知" in comparison_html(found, "zh")
    assert "unknown" in comparison_html(found, "en")


NASTY = [
    "</script><img src=x onerror=alert(1)>", "{{7777*3}}", "${alert(1)}", "C:\\xampp",
    "=1+1", "\u202eabc", "a" * 10_000, "😀'\"`", "@SUM(A1)",
]  # fmt: skip


def test_names_of_all_kinds_stay_text(tmp_path):
    given = place(title=NASTY[0], notice=NASTY[1])
    units = given.region.units.assign(name=[NASTY[6], NASTY[3]])
    layer = given.layers[0]
    sites = layer.facilities.sites.assign(name=[NASTY[4]])
    given = replace(
        given,
        region=replace(given.region, units=units),
        layers=(replace(layer, facilities=replace(layer.facilities, sites=sites)),),
    )
    more = replace(
        given,
        title=NASTY[2] + NASTY[5] + NASTY[7],
        layers=(
            replace(layer, facilities=facilities([(5, 0, "a"), (2100, 0, "b")], name=NASTY[:2])),
        ),
    )
    for name, study in (("a", given), ("b", more)):
        coverplan.write_run(coverplan.assess(study), tmp_path / name)
    found = compare_runs(tmp_path / "a", tmp_path / "b")
    assert found.a.record.title == NASTY[0]
    assert found.sites["name"].tolist()[-1] in {NASTY[4], NASTY[0]}
    assert set(found.units["unit_name"]) >= {NASTY[3], NASTY[6]}
    write_comparison(found, tmp_path / "out")
    page = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert "\u202e" not in page
    assert "a" * 2000 not in page
    assert "{{7777*3}}" in page
    cells = [c for r in rows_of(tmp_path / "out", "compare_sites.csv") for c in r.values()]
    assert not any(c.startswith(("=", "@", "+")) for c in cells)


@pytest.mark.parametrize("words", ["=1", "-x", "'tis", "", "'", "a'=1", "＝1"])
def test_what_was_made_harmless_is_read_back(words):
    assert unharmed(harmless(words)) == words
