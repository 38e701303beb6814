"""The living map: sites switched in the browser, and every figure as Python counts it."""

import csv
import io
import json
import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tiny
from made_county import counted, packed, wide_county

import coverplan
from coverplan.measure.goals import judge_goals, needed
from coverplan.measure.indicators import LayerView, has_one, people_reached
from coverplan.present.page import render_page
from coverplan.travel import nearest_site, snap

OPEN_LIST = "(() => { switches.open = true; })(), new Promise((done) => setTimeout(done, 60))"


def ask(page: Any, **view: Any) -> Any:
    """Set the view and return its figures."""
    return page.evaluate(f"coverplan.set({json.dumps(view)}), coverplan.figures()")


def content(page: Any, selector: str) -> str:
    return page.evaluate(f"document.querySelector({selector!r}).textContent")


def visible(page: Any, selector: str) -> bool:
    return page.evaluate(
        f"(document.querySelector({selector!r})?.getClientRects().length ?? 0) > 0"
    )


def state(page: Any) -> dict[str, Any]:
    return page.evaluate("coverplan.state()")


def deviations(sites: list[dict[str, Any]], open_: Any) -> dict[str, list[str]]:
    """Name what differs from the plan, as the page wants to hear it."""
    pairs = [(s["id"], s["plan"], bool(o)) for s, o in zip(sites, open_, strict=True)]
    return {
        "on": [key for key, plan, wanted in pairs if wanted and not plan],
        "off": [key for key, plan, wanted in pairs if plan and not wanted],
    }


def silent(page: Any) -> None:
    assert page.errors == []
    assert page.dialogs == []
    foreign = [url for url in page.requests if not url.startswith(("data:", "blob:"))]
    assert {url.split("#")[0] for url in foreign} == {page.address}


# ---- figures -------------------------------------------------------------------------------------


def measured(study: coverplan.Study, key: str, group: str, open_: Any) -> LayerView:
    """A layer with only some of its sites, measured as Python measures: roads, then people."""
    result = study.layers[key]
    sites = result.sites[np.asarray(open_, dtype=bool)]
    where = np.column_stack([sites.geometry.x, sites.geometry.y])
    nearest = nearest_site(
        result.graph,
        result.places,
        snap(result.graph, where),
        direction=result.layer.direction,
    )
    return LayerView(
        layer=replace(result.layer, group=group),
        profile=result.profile,
        region=study.inputs.region,
        demand=study.inputs.demand,
        places=result.places,
        nearest=nearest,
        site_units=sites["unit"].to_numpy(dtype=object),
        phase="after",
    )


def test_any_sites_any_minutes_any_group_equal_python(show, yunxi):
    page = show(coverplan.map_html(yunxi))
    rng = np.random.default_rng(2026)
    groups = list(yunxi.inputs.demand.groups)
    codes = list(yunxi.inputs.region.codes)
    compared = 0
    for key, result in yunxi.layers.items():
        sites = page.evaluate(f"coverplan.set({{layer: {key!r}}}), coverplan.sites()")
        assert [s["id"] for s in sites] == result.sites["site_id"].astype(str).tolist()
        for draw, share in enumerate((0.15, 0.5, 0.85)):
            open_ = rng.random(len(sites)) < share
            group = groups[draw % len(groups)]
            minutes = int(rng.integers(1, 31))
            asked = {"layer": key, "group": group, "minutes": minutes, "line": 66.7}
            figures = ask(page, **asked, sites=deviations(sites, open_))
            curves = page.evaluate("coverplan.curves()")
            assert curves["minutes"] == list(range(1, 31))
            view = measured(yunxi, key, group, open_)
            for at, limit in enumerate(curves["minutes"]):
                expected = people_reached(view, limit)
                assert [curves["units"][code][at] for code in codes] == expected.tolist()
                compared += len(codes)
            reached = people_reached(view, minutes)
            own = has_one(view, 0.0)
            people = view.demand.totals[group]
            for code in codes:
                found = figures["units"][code]
                assert found["reached"] == reached[code]
                assert found["has"] == own[code]
                gap = max(
                    0,
                    needed(Fraction("66.7"), int(people[code])) - reached[code],
                )
                assert found["gap"] == gap
            stands = judge_goals(
                [goal.goal for goal in result.goals],
                replace(view, layer=result.layer),
                None,
            )
            for stand, found in zip(stands, figures["goals"], strict=True):
                total = stand.before.total
                assert [found[k] for k in ("have", "of", "need", "met", "short")] == [
                    total.have, total.of, total.need, total.met, total.short,
                ]  # fmt: skip
    assert compared == 4 * 3 * 30 * len(codes)
    assert state(page)["phase"] == "after"
    silent(page)


def test_switching_back_and_forth_ends_where_it_began(show, make_county):
    """Switched one by one, in any order, the figures are those of the set, not of the way."""
    payload = make_county(loose=True, points=1500)
    page = show(render_page(packed(payload)))
    layer = payload["layers"][1]
    ask(page, layer=layer["id"], minutes=7)
    rng = np.random.default_rng(5)
    open_ = [site["after"] for site in layer["sites"]]
    page.evaluate(OPEN_LIST)
    for i in rng.integers(0, len(open_), 25):
        open_[i] = not open_[i]
        name = layer["sites"][i]["name"]
        page.evaluate(
            "[...document.querySelectorAll('#switch-list label')].find((n) => "
            f"n.querySelector('b').textContent === {name!r}).querySelector('input').click()"
        )
        found = page.evaluate("coverplan.figures().units")
        expected = counted(layer, payload, open_, 7)
        assert [found[unit["code"]]["reached"] for unit in payload["units"]] == expected
    page.evaluate("document.getElementById('switch-plan').click()")
    assert state(page)["sites"] == {"on": [], "off": []}
    found = page.evaluate("coverplan.figures().units")
    expected = counted(layer, payload, "after", 7)
    assert [found[unit["code"]]["reached"] for unit in payload["units"]] == expected
    silent(page)


def test_one_site_alone_and_villages_equal_numpy(show, make_county):
    payload = make_county(loose=True, points=2500)
    page = show(render_page(packed(payload)))
    layer = payload["layers"][1]
    points = payload["points"]
    people = np.array(points["people"][layer["group"]])
    rows = np.array(points["minutes"][layer["id"]])
    ask(page, layer=layer["id"], minutes=5, phase="after")
    for index, site in enumerate(layer["sites"]):
        if site["state"] == "not_counted":
            continue
        others = [s["after"] and i != index for i, s in enumerate(layer["sites"])]
        alone = (rows[index] <= 5) & ~(rows[others] <= 5).any(axis=0)
        expected = f"{people[alone].sum():,} 人"
        open_card(page, site["name"])
        assert fact(page, "只靠它可达的人 · 建成后") == expected
        page.evaluate("document.querySelector('#card [data-key=switch]').click()")
        assert fact(page, "打开它会新增可达 · 方案（已改动）") == expected
        assert page.evaluate("document.activeElement.dataset.key") != "close"
        page.evaluate("document.querySelector('#card [data-key=switch]').click()")
    # The first of equally near sites is the nearest, even if it was opened last.
    open_card(page, layer["sites"][0]["name"])
    for _ in range(2):
        page.evaluate("document.querySelector('#card [data-key=switch]').click()")
    best = rows[[s["after"] for s in layer["sites"]]].min(axis=0)
    serving = [s for s in layer["sites"] if s["after"]]
    nearest = rows[[s["after"] for s in layer["sites"]]].argmin(axis=0)
    for u, unit in enumerate(payload["units"]):
        page.evaluate(
            "[...document.querySelectorAll('#table tbody button')]"
            f".find((n) => n.textContent === {unit['name']!r}).click()"
        )
        shown = page.evaluate(
            "[...document.querySelectorAll('#card .villages tbody tr')].map((row) => "
            "[...row.cells].map((cell) => cell.textContent))"
        )
        here = (np.array(points["unit"]) == u) & (best < 255)
        sums = np.bincount(nearest[here], people[here], len(serving)).astype(int)
        order = [i for i in np.argsort(-sums, kind="stable")[:5] if sums[i]]
        lines = page.evaluate(
            "[...document.querySelector('#card .sites').children].map((n) => n.textContent)"
        )
        expected = [f"{serving[i]['name']} {sums[i]:,} 人，" for i in order]
        assert [line[: line.index("，") + 1] for line in lines] == expected
        missed = (np.array(points["unit"]) == u) & (best > 5) & (people > 0)
        by_place = np.bincount(np.array(points["place"])[missed], people[missed], minlength=4)
        expected = {payload["places"][i]: f"{int(n):,}" for i, n in enumerate(by_place) if n}
        assert {row[0]: row[1] for row in shown} == expected
        for place, _, to, minutes in shown:
            here = missed & (np.array(points["place"]) == payload["places"].index(place))
            weight = np.bincount(
                nearest[here & (best < 255)], people[here & (best < 255)], len(serving)
            )
            if weight.sum():
                assert to == serving[int(weight.argmax())]["name"]
            least, most = int(best[here].min()), int(best[here].max())
            if least == 255:
                assert minutes == ">60"
            elif most == 255:
                assert minutes == f"≥{least}"
            else:
                assert minutes == (f"{least}" if least == most else f"{least}–{most}")
    silent(page)


def open_card(page: Any, name: str) -> None:
    page.evaluate(
        "[...document.querySelectorAll('.site')]"
        f".find((n) => n.ariaLabel.startsWith({name + '，'!r})).click()"
    )


def fact(page: Any, term: str) -> str:
    """Value beside a term of the card."""
    return page.evaluate(
        "[...document.querySelectorAll('#card dt')]"
        f".find((n) => n.textContent === {term!r}).nextElementSibling.textContent"
    )


# ---- switches ------------------------------------------------------------------------------------


def test_the_list_says_what_is_open_and_moves_the_view(show, make_county):
    payload = make_county()
    layer = payload["layers"][0]
    layer["sites"][0]["status"] = "operating"
    idle = next(s for s in layer["sites"] if s["state"] == "not_counted")
    idle["status"] = "building"
    page = show(render_page(payload))
    assert (
        content(page, "#switch-count")
        == f"打开 {len(layer['sites']) - 1} / {len(layer['sites'])} 处"
    )
    page.evaluate(OPEN_LIST)
    heads = page.evaluate(
        "[...document.querySelectorAll('#switch-list legend')].map((n) => n.textContent)"
    )
    assert heads == ["现有（9）", "在建或规划，尚未运营（1）", "建议新增（4）"]
    boxes = page.evaluate(
        "[...document.querySelectorAll('#switch-list input')].map((n) => n.checked)"
    )
    assert boxes == [True] * 9 + [False] + [True] * 4
    assert idle["reason"]["zh"] in content(page, "#switch-list")
    assert state(page)["phase"] == "before"
    page.evaluate("document.querySelector('#switch-list input').click()")
    assert state(page)["phase"] == "after"
    assert state(page)["sites"] == {"on": [], "off": [layer["sites"][0]["id"]]}
    assert content(page, "#phase-after") == "方案（已改动）"
    assert "设施已手动改动 1 处" in content(page, "#headline")
    assert "手动改动 1 处" in content(page, "#switch-count")
    assert "手动改动（1 处）" in content(page, "#plan")
    names = "[...document.querySelectorAll('.site')].map((n) => n.ariaLabel)"
    assert f"{layer['sites'][0]['name']}，养老服务，手动关闭" in page.evaluate(names)
    page.evaluate("[...document.querySelectorAll('#switch-list input')][9].click()")
    assert f"{idle['name']}，养老服务，手动打开" in page.evaluate(names)
    assert "手动打开" in content(page, "#legend-body")
    assert "手动关闭" in content(page, "#legend-body")
    # Today stays what it is.
    page.evaluate("coverplan.set({phase: 'before'})")
    today = counted(*loose(make_county, 0), "before", 15)
    found = page.evaluate("coverplan.figures().units")
    assert [row["reached"] for row in found.values()] == today
    assert f"{layer['sites'][0]['name']}，养老服务，现有" in page.evaluate(names)
    page.evaluate("document.getElementById('switch-today').click()")
    after = page.evaluate("coverplan.figures().units")
    assert [row["reached"] for row in after.values()] == today
    page.evaluate("document.getElementById('switch-plan').click()")
    assert content(page, "#phase-after") == "建成后"
    assert page.evaluate("document.getElementById('switch-plan').disabled")
    silent(page)


def loose(make_county: Any, index: int) -> tuple[dict[str, Any], dict[str, Any]]:
    payload = make_county(loose=True)
    return payload["layers"][index], payload


def test_without_a_plan_switching_makes_one(show, make_county):
    payload = make_county(units=3, points=200, layers=1)
    layer = payload["layers"][0]
    layer["plan"]["built"] = False
    for site in layer["sites"]:
        site["after"] = site["before"]
    layer["sites"] = [
        s | {"state": "not_counted"} if s["state"] == "proposed" else s for s in layer["sites"]
    ]
    layer["has_one"]["after"] = layer["has_one"]["before"]
    for by_phase in payload["table"]["elderly_care"].values():
        by_phase["after"] = by_phase["before"]
    page = show(render_page(payload))
    assert not visible(page, "#alarm")
    assert not visible(page, "#phases")
    page.evaluate(OPEN_LIST)
    page.evaluate("document.querySelector('#switch-list input').click()")
    assert visible(page, "#phases")
    assert state(page)["phase"] == "after"
    assert content(page, "#phase-after") == "自选方案"
    page.evaluate("document.getElementById('switch-plan').click()")
    assert not visible(page, "#phases")
    assert state(page)["phase"] == "before"


def test_a_long_list_can_be_searched(show):
    payload = wide_county(300, 400, units=4)
    page = show(render_page(packed(payload)))
    page.evaluate(OPEN_LIST)
    assert visible(page, "#switch-filter")
    assert page.evaluate("document.getElementById('switch-list').clientHeight") <= 310
    shown = "[...document.querySelectorAll('#switch-list label')].filter((n) => !n.hidden).length"
    assert page.evaluate(shown) == 300
    look = "switch_.value = {!r}; switch_.dispatchEvent(new Event('input'))".replace(
        "switch_", "document.getElementById('switch-filter')"
    )
    for asked, count in (("站29", 11), ("站299", 1), ("没有", 0), ("", 300)):
        page.evaluate(look.replace("{!r}", repr(asked)))
        assert page.evaluate(shown) == count
        assert visible(page, "#switch-none") == (count == 0)
    silent(page)


def test_hundreds_of_marks_are_small_till_one_comes_near(show):
    page = show(render_page(packed(wide_county(90, 400, units=4))))
    wide = "document.querySelector('.site').getBoundingClientRect().width"
    ask(page, phase="after")
    assert page.evaluate(wide) < 24
    before = page.evaluate("document.querySelectorAll('.site').length")
    for _ in range(4):
        page.evaluate("document.querySelector('.leaflet-control-zoom-in').click()")
        page.evaluate("new Promise((done) => setTimeout(done, 350))")
    assert page.evaluate(wide) > 24
    assert page.evaluate("document.querySelectorAll('.site').length") == before
    silent(page)


def test_set_and_state_are_of_one_form(show, make_county):
    page = show(render_page(make_county()))
    view = {
        "layer": "social_work",
        "minutes": 12,
        "phase": "difference",
        "language": "en",
        "group": "children",
        "line": 72.5,
        "sites": {"on": [], "off": ["s1", "s3"]},
    }
    ask(page, **view)
    assert state(page) == view
    ask(page, layer="eco_burial", sites=None)
    ask(page, **view)
    assert state(page) == view
    before = page.evaluate("coverplan.figures()")
    for bad in (
        "{sites: {off: ['nobody']}}",
        "{sites: {on: 's1'}}",
        "{group: 'nobody'}",
        "{line: 0}",
        "{line: 101}",
        "{line: 1.23456}",
        "{line: NaN}",
        "{minutes: 12, group: 'constructor'}",
        "{minutes: 5, sites: {off: ['nobody']}}",
        "{sites: 5}",
        "{sites: []}",
        "null",
        "['minutes']",
    ):
        with pytest.raises(RuntimeError, match="RangeError"):
            page.evaluate(f"coverplan.set({bad})")
        assert state(page) == view  # nothing of a request that cannot be
    assert page.evaluate("coverplan.figures()") == before


def test_of_people_without_a_place_nothing_is_made_up(show):
    units = tiny.region(*[(2000 * i, -500, 2000 * i + 2000, 500) for i in range(3)])
    placed = tiny.demand(units, [(100, 0, "a", 3)])
    without = pd.DataFrame({"all": [4, 5, 0]}, index=placed.totals.index, dtype="Int64")
    totals = placed.totals.assign(all=pd.array([7, 5, None], dtype="Int64"))
    people = coverplan.Demand(placed.points, placed.groups, totals, without)
    roads = tiny.network([[(0, 0), (6000, 0)]])
    sites = tiny.facilities([(3000, 0, "b"), (5900, 0, "c")])
    study = coverplan.assess(tiny.inputs(units, people, roads, sites, minutes=5))
    page = show(coverplan.map_html(study))
    ask(page, language="en")
    assert "in no number of people: 1" in content(page, "#headline")
    for unit in range(3):
        page.evaluate(f"document.querySelectorAll('#table tbody tr')[{unit}].click()")
        card = content(page, "#card")
        # Four of seven, all five, and who knows how many may live next to a facility.
        assert "more than half" not in card
        assert "half of the people" not in card
        assert "No facility within" not in card
    silent(page)


def test_own_choices_follow_the_layer_and_others_stay(show, make_county):
    page = show(render_page(make_county()))
    assert state(page)["group"] == "elderly"
    assert page.evaluate("group.selectedOptions[0].textContent") == "60 岁及以上 · 标准"
    ask(page, layer="social_work")
    assert state(page)["group"] == "all"
    page.evaluate("group.value = 'children'; group.dispatchEvent(new Event('change'))")
    assert state(page)["group"] == "children"
    assert "0–14 岁" in content(page, "#headline")
    ask(page, layer="eco_burial")
    assert state(page)["group"] == "children"


# ---- goals and the target line -------------------------------------------------------------------


def aimed(payload: dict[str, Any]) -> dict[str, Any]:
    """Give the first layer three goals as Python would state them.

    The third hangs on people of whom no place is known: with the plan it cannot be judged.
    """
    layer, units = payload["layers"][0], payload["units"]
    of = sum(unit["people"]["all"] for unit in units)
    spare = sum(unit["unplaced"]["all"] for unit in units)
    reached = {
        phase: sum(counted(layer, payload, phase, 20, "all")) for phase in ("before", "after")
    }
    hangs = Fraction(round(1_000_000 * (reached["after"] + spare / 2) / of), 10_000)

    def stand(have: int, of: int, need: int, undecided: int) -> dict[str, Any]:
        met = True if have >= need else None if have + undecided >= need else False
        short = max(0, need - have)
        return {
            "have": have,
            "of": of,
            "need": need,
            "short": short,
            "undecided": undecided,
            "met": met,
        }

    def goal(number: int, percent: Fraction) -> dict[str, Any]:
        return {
            "id": str(number),
            "percent": [percent.numerator, percent.denominator],
            "label": {"zh": f"目标{number}", "en": f"goal {number}"},
            "source": {"zh": f"某文件第{number}条", "en": f"clause {number} of something"},
        }

    layer["goals"] = [
        goal(0, Fraction(100))
        | {"measure": "has_one", "minutes": None, "group": None}
        | {
            phase: stand(sum(layer["has_one"][phase]), len(units), len(units), 0)
            for phase in reached
        },
        *(
            goal(number, percent)
            | {"measure": "reached", "minutes": 20, "group": "all"}
            | {
                phase: stand(have, of, needed(percent, of), spare)
                for phase, have in reached.items()
            }
            for number, percent in ((1, Fraction("66.7")), (2, hangs))
        ),
    ]
    assert layer["goals"][2]["after"]["met"] is None
    return payload


def test_goals_stand_as_python_says_and_move_with_the_sites(show, make_county):
    payload = aimed(make_county(loose=True))
    layer = payload["layers"][0]
    page = show(render_page(packed(payload)))
    assert not visible(page, "#alarm")
    for phase in ("before", "after"):
        figures = ask(page, phase=phase)
        for stand, goal in zip(figures["goals"], layer["goals"], strict=True):
            expected = {key: goal[phase][key] for key in ("have", "of", "need", "met", "short")}
            assert {key: stand[key] for key in expected} == expected
    text = content(page, "#goals")
    assert "目标0" in text
    assert "某文件第2条" in text
    assert "还差" in text
    assert "无法判断" in text
    ask(page, sites={"off": [site["id"] for site in layer["sites"] if site["after"]]})
    stands = page.evaluate("coverplan.figures().goals")
    assert [stand["have"] for stand in stands] == [0, 0, 0]
    assert f"还差 {len(payload['units'])} 个乡镇" in content(page, "#goals")
    ask(page, layer="children")
    assert not visible(page, "#goals")
    payload["layers"][0]["goals"][1]["after"]["need"] += 1
    page = show(render_page(packed(payload)))
    assert visible(page, "#alarm")
    assert "目标1" in content(page, "#alarm")


def test_the_target_line_counts_whole_people(show, make_county):
    payload = aimed(make_county(loose=True))
    page = show(render_page(packed(payload)))
    assert state(page)["line"] == 66.7  # of the first goal for people reached
    assert page.evaluate("line.value") == "66.7"
    figures = page.evaluate("coverplan.figures()")
    for unit in payload["units"]:
        row = figures["units"][unit["code"]]
        assert row["gap"] == max(0, -(-667 * row["people"] // 1000) - row["reached"])
    assert f"还差 {figures['total']['gap']:,} 人" in content(page, "#headline")
    below = sum(row["gap"] > 0 for row in figures["units"].values())
    assert f"{below} 个乡镇未达" in content(page, "#headline")
    assert visible(page, ".column-gap")
    page.evaluate("document.querySelector('.column-gap button').click()")
    cells = page.evaluate(
        "[...document.querySelectorAll('#table tbody tr')].map((r) => r.cells[7].textContent)"
    )
    gaps = [0 if cell == "✓" else int(cell.replace(",", "")) for cell in cells]
    assert gaps == sorted(gaps, reverse=True)
    assert sorted(gaps) == sorted(row["gap"] for row in figures["units"].values())
    for typed, kept in (
        ("50", 50),
        ("", None),
        ("abc", None),
        ("0", None),
        ("12.5", 12.5),
        ("200", 12.5),
    ):
        page.evaluate(f"line.value = {typed!r}; line.dispatchEvent(new Event('change'))")
        assert state(page)["line"] == kept
        assert visible(page, ".column-gap") == (kept is not None)
    ask(page, line=0.0001, phase="after")
    assert "已达目标线" in content(page, "#headline")
    # A line of another layer's own does not stay, one that was chosen does.
    ask(page, line=66.7)
    ask(page, layer="children")
    assert state(page)["line"] is None
    ask(page, line=30, layer="elderly_care")
    ask(page, layer="children")
    assert state(page)["line"] == 30


def test_the_table_that_is_downloaded_says_what_was_switched(show, make_county):
    payload = make_county()
    layer = payload["layers"][0]
    layer["sites"][1]["name"] = "=HYPERLINK(1)"
    page = show(render_page(payload))
    ask(page, line=80, phase="after")

    def table() -> tuple[list[str], list[list[str]]]:
        head, *rows = csv.reader(io.StringIO(page.evaluate("coverplan.csv()")[1:], newline=""))
        return head, rows

    head, rows = table()
    named = {name: i for i, name in enumerate(head)}
    assert {row[named["备注"]] for row in rows} == {""}
    assert rows[-1][named["打开的设施数"]] == str(sum(site["after"] for site in layer["sites"]))
    figures = page.evaluate("coverplan.figures()")
    for row in rows[:-1]:
        assert row[named["距目标线差额（人）"]] == str(figures["units"][row[0]]["gap"])
        assert row[named["目标线（%）"]] == "80"
    ask(page, sites={"off": [layer["sites"][1]["id"]]})
    head, rows = table()
    (note,) = {row[named["备注"]] for row in rows}
    assert note.startswith("自选方案")
    assert "手动关闭 1 处：=HYPERLINK(1)" in note
    assert "方案（已改动）" in rows[0]
    assert page.evaluate("coverplan.csv()").count('"=') == 0
    ask(page, phase="before")
    assert {row[named["备注"]] for row in table()[1]} == {""}  # today is not of anybody's choice


# ---- the page by itself --------------------------------------------------------------------------


class Keys:
    """Somebody with a keyboard and no mouse."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def tab_to(self, wanted: str, *, back: bool = False) -> None:
        """Press Tab till an expression about `n`, which has the focus, holds."""
        for _ in range(200):
            if self.page.evaluate(f"((n) => Boolean({wanted}))(document.activeElement)"):
                return
            self.page.key("Tab", 9, modifiers=8 if back else 0)
        raise AssertionError(f"Tab never comes to {wanted}")

    def press(self, name: str, code: int) -> None:
        self.page.key(name, code)
        self.page.evaluate("new Promise((done) => setTimeout(done, 60))")


def test_by_keyboard_from_start_to_a_switched_site(show, make_county):
    """Layer, group, line, minutes, a site of the list: no mouse anywhere."""
    page = show(render_page(make_county(units=4, points=300, layers=2)))
    keys = Keys(page)
    keys.tab_to("n.name === 'layer'")
    keys.press("ArrowDown", 40)
    assert state(page)["layer"] == "social_work"
    keys.tab_to("n.id === 'group'")
    keys.press("ArrowDown", 40)
    assert state(page)["group"] == "elderly"
    keys.tab_to("n.id === 'line'")
    page.send("Input.insertText", text="80")
    keys.tab_to("n.id === 'slider'")
    assert state(page)["line"] == 80
    keys.press("ArrowLeft", 37)
    assert state(page)["minutes"] == 14
    keys.tab_to("n.tagName === 'SUMMARY' && n.parentNode.id === 'switches'")
    keys.press("Enter", 13)
    assert page.evaluate("switches.open")
    keys.tab_to("n.type === 'checkbox' && n.closest('#switch-list')")
    keys.press(" ", 32)
    assert len(state(page)["sites"]["off"]) == 1
    assert page.evaluate("document.activeElement.closest('#switch-list') !== null")  # one may go on
    silent(page)


def test_by_keyboard_from_the_table_to_a_file(show, make_county, browser, tmp_path):
    """The order of the table, a card and back, a download: no mouse anywhere."""
    page = show(render_page(make_county(units=4, points=300, layers=2)))
    keys = Keys(page)
    ask(page, layer="social_work", minutes=14, sites={"off": ["s1"]})
    keys.tab_to("n.closest('.column-people')")
    keys.press("Enter", 13)
    assert page.evaluate("document.querySelector('.column-people').ariaSort") == "descending"
    keys.tab_to("n.closest('#table tbody')")
    name = page.evaluate("document.activeElement.textContent")
    keys.press("Enter", 13)
    assert content(page, "#card h2") == name
    assert page.evaluate("document.activeElement.tagName") == "H2"
    keys.press("Escape", 27)
    assert not visible(page, "#card")
    assert page.evaluate("document.activeElement.textContent") == name
    browser.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    keys.tab_to("n.id === 'download'", back=True)
    keys.press("Enter", 13)
    file = tmp_path / "coverplan-social_work-14-after-own.csv"
    end = time.monotonic() + 10
    while not file.exists() and time.monotonic() < end:
        page.evaluate("new Promise((done) => setTimeout(done, 60))")
    assert "自选方案" in file.read_text(encoding="utf-8-sig")
    silent(page)


def test_a_mark_switches_by_its_card_and_gets_the_focus_back(show, make_county):
    page = show(render_page(make_county()))
    page.evaluate("document.querySelector('.site').focus()")
    page.key("Enter", 13)
    page.evaluate("document.querySelector('#card [data-key=switch]').focus()")
    page.key(" ", 32)
    assert len(state(page)["sites"]["off"]) == 1
    assert page.evaluate("document.activeElement.dataset.key") == "switch"
    name = content(page, "#card h2")
    page.key("Escape", 27)
    assert page.evaluate("document.activeElement.ariaLabel").startswith(name)


def test_results_are_announced_once_things_rest(show, make_county):
    page = show(render_page(make_county()))
    assert content(page, "#announce") == ""
    page.evaluate(
        "window.said = []; new MutationObserver(() => said.push(announce.textContent))"
        ".observe(announce, {childList: true, characterData: true, subtree: true});"
        "(async () => { for (let m = 15; m <= 20; m += 1) {"
        "coverplan.set({minutes: m}); await new Promise((done) => setTimeout(done, 40)); } })()"
    )
    page.evaluate("new Promise((done) => setTimeout(done, 1000))")
    said = page.evaluate("said")
    assert len(said) == 1
    assert said[0] == content(page, "#headline")
    assert "20 分钟" in said[0]


def test_the_address_keeps_the_view(show, make_county, browser):
    text = render_page(make_county())
    page = show(text)
    off = {"on": [], "off": ["s1"]}
    view = {"layer": "children", "minutes": 9, "phase": "difference", "language": "en"}
    ask(page, **view, group="all", line=61.5, sites=off)
    page.evaluate("new Promise((done) => setTimeout(done, 900))")
    kept = page.evaluate("location.hash")
    assert kept == page.evaluate("coverplan.fragment(true)")
    assert "switched" not in page.evaluate("coverplan.fragment()")
    again = browser.open(page.address + kept)
    try:
        assert state(again) == {**view, "group": "all", "line": 61.5, "sites": off}
        other = text.replace("20251231-7f3a9c", "20260101-000000")
        page = show(other)
        page.evaluate(f"location.hash = {kept!r}")
        page.evaluate("new Promise((done) => setTimeout(done, 50))")
        assert state(page)["layer"] == "children"
        assert state(page)["sites"] == {"on": [], "off": []}  # of another run's sites
    finally:
        again.close()


def test_a_foolish_address_does_no_harm(show, make_county, browser):
    page = show(render_page(make_county()))
    for text in (
        "#layer=nobody&minutes=0&phase=x&language=fr&group=__proto__&line=-1",
        "#minutes=7&layer=%00&line=1e999&switched=999.x.-1&run=20251231-7f3a9c",
        "#layer=elderly_care&minutes=7&run=20251231-7f3a9c",
        "#layer=elderly_care&minutes=7&run=20251231-7f3a9c&switched=..0x0.1e0. 0.__proto__.",
        "#%%%&&==",
        "#minutes=7.5&phase=constructor&layer=<img src=x onerror=alert(1)>",
    ):
        again = browser.open(page.address + text)
        try:
            assert visible(again, "#app")
            assert state(again)["layer"] == "elderly_care"
            assert state(again)["minutes"] in {7, 15}
            assert state(again)["sites"] == {"on": [], "off": []}
            assert again.errors == []
        finally:
            again.close()


def test_the_opening_view_rides_in_the_page(show, make_county):
    payload = make_county()
    payload["meta"]["open"] = {
        "layer": "social_work",
        "minutes": 9,
        "phase": "after",
        "line": 70,
        "language": "en",
        "group": "all",
        "sites": {"on": [], "off": ["s1"]},
    }
    page = show(render_page(payload))
    assert state(page) == payload["meta"]["open"]
    payload["meta"]["open"] |= {"layer": "gone", "sites": {"off": ["gone"]}}
    page = show(render_page(payload))
    assert state(page)["minutes"] == 9  # what can be, is
    assert state(page)["layer"] == "elderly_care"


def test_limits_are_all_there_is(show):
    payload = wide_county(20, 2000, units=9, limits=[5, 10, 15, 30])
    page = show(render_page(packed(payload)))
    assert not visible(page, "#alarm")
    assert "5、10、15、30 分钟" in content(page, "#limits")
    page.evaluate("slider.focus()")
    for wanted in (30, 30):
        page.key("ArrowRight", 39)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
        assert state(page)["minutes"] == wanted
        assert page.evaluate("slider.getAttribute('aria-valuetext')") == f"{wanted} 分钟"
    page.evaluate("minutes.value = '8'; minutes.dispatchEvent(new Event('change'))")
    assert state(page)["minutes"] == 10
    with pytest.raises(RuntimeError, match="5, 10, 15, 30"):
        page.evaluate("coverplan.set({minutes: 12})")
    assert "结果完全准确" in content(page, "#method-body")
    layer = payload["layers"][0]
    open_ = np.random.default_rng(1).random(20) < 0.5
    sites = page.evaluate("coverplan.sites()")
    figures = ask(page, sites=deviations(sites, open_), minutes=10)
    assert [row["reached"] for row in figures["units"].values()] == counted(
        layer, payload, list(open_), 10
    )


# ---- what may go wrong ---------------------------------------------------------------------------


def test_a_browser_that_cannot_unpack_keeps_the_tables(show, make_county):
    page = show(render_page(make_county()), before="delete window.DecompressionStream")
    assert visible(page, "#static")
    assert not visible(page, "#app")
    assert "太旧" in content(page, "#alarm")
    assert "too old" in content(page, "#alarm")
    assert page.errors == []


@pytest.mark.parametrize("how", ["letter", "cut", "length", "sites"])
def test_a_damaged_block_keeps_the_tables(show, make_county, how):
    payload = make_county(units=3, points=200, layers=1)
    if how == "length":
        payload["bulk"]["bytes"] += 1
    elif how == "sites":
        del payload["layers"][0]["sites"][0]
    text, block = render_page(payload), payload["bulk"]["data"]
    middle = len(block) // 8 * 4
    if how == "letter":
        other = "A" if block[middle] != "A" else "B"
        text = text.replace(block, block[:middle] + other + block[middle + 1 :])
    elif how == "cut":
        text = text.replace(block, block[:middle])
    page = show(text)
    assert visible(page, "#static")
    assert not visible(page, "#app")
    assert "已损坏" in content(page, "#alarm")
    assert "damaged" in content(page, "#alarm")


@pytest.mark.parametrize("what", ["has_one", "people"])
def test_what_is_counted_otherwise_raises_the_alarm(show, make_county, what):
    payload = make_county(units=3, points=200, layers=1)
    layer = payload["layers"][0]
    if what == "has_one":
        layer["has_one"]["after"][1] ^= 1
        told = payload["units"][1]["name"]
    else:
        layer["sites"][0]["people"] += 1
        told = layer["sites"][0]["name"]
    page = show(render_page(payload))
    assert visible(page, "#alarm")
    assert told in content(page, "#alarm")


# ---- large ---------------------------------------------------------------------------------------

TIMES = """
(() => {
  const ids = coverplan.sites().filter((site) => site.open).map((site) => site.id);
  const took = (work) => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  coverplan.set({phase: "after"});
  const off = [], on = [], limit = [];
  for (let i = 0; i < 5; i += 1) {
    off.push(took(() => coverplan.set({sites: {off: [ids[i]]}})));
    on.push(took(() => coverplan.set({sites: null})));
    limit.push(took(() => coverplan.set({minutes: [5, 10, 30, 15, 10][i]})));
  }
  return {off: middle(off), on: middle(on), limit: middle(limit)};
})()
"""


@pytest.mark.parametrize(
    ("sites", "points", "limits", "speed", "megabytes", "milliseconds"),
    [(50, 20_000, None, 500, 1, 500), (300, 200_000, [5, 10, 15, 30], 150, 5, 1500)],
)
def test_large(show, record_property, sites, points, limits, speed, megabytes, milliseconds):
    payload = wide_county(sites, points, limits=limits, speed=speed)
    text = render_page(packed(payload))
    record_property("bytes", len(text))
    page = show(text)
    assert not visible(page, "#alarm")
    layer = payload["layers"][0]
    rng = np.random.default_rng(sites)
    listed = page.evaluate("coverplan.sites()")
    for share in (0.1, 0.9):
        open_ = rng.random(sites) < share
        figures = ask(page, sites=deviations(listed, open_), minutes=10)
        expected = counted(layer, payload, list(open_), 10)
        assert [row["reached"] for row in figures["units"].values()] == expected
    times = page.evaluate(TIMES)
    record_property("milliseconds", times)
    print(f"\n{sites} x {points:,}: {len(text):,} bytes, {times}")  # noqa: T201
    assert len(text.encode()) < megabytes * 1e6
    assert max(times.values()) < milliseconds
    silent(page)
