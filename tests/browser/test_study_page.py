"""The map of the sample county and of the real places, as a planner opens it: no network."""

import json
from pathlib import Path

import pytest

import coverplan
from coverplan.present.payload import map_payload

MINUTES = (5, 10, 12, 15, 23, 30)


def figures(page, layer, minutes, phase):
    """What the page says for one view, by unit code."""
    asked = json.dumps({"layer": layer, "minutes": minutes, "phase": phase})
    return page.evaluate(f"coverplan.set({asked}), coverplan.figures()")


def silent(page):
    """No request but the page itself, nothing in the console, no exception."""
    assert page.errors == []
    assert page.dialogs == []
    foreign = [url for url in page.requests if not url.startswith(("data:", "blob:"))]
    assert foreign == [page.address]


def test_every_figure_equals_python(show, yunxi):
    page = show(coverplan.map_html(yunxi))
    points = yunxi.inputs.demand.points["unit"].to_numpy()
    for key, result in yunxi.layers.items():
        people = yunxi.inputs.demand.people(result.layer.group)
        for minutes in MINUTES:
            for phase, nearest in (("before", result.before), ("after", result.after)):
                shown = figures(page, key, minutes, phase)
                within = nearest.within(minutes)
                for code in yunxi.inputs.region.codes:
                    plain = int(people[within & (points == code)].sum())
                    assert shown["units"][code]["reached"] == plain, (key, minutes, phase, code)
                assert shown["total"]["reached"] == int(people[within].sum())
    silent(page)


def test_the_title_the_notice_and_the_table_stand_on_the_page(show, yunxi):
    page = show(coverplan.map_html(yunxi))
    text = page.evaluate("document.body.innerText")
    assert "云溪县" in text
    assert "虚构" in text
    assert "未经审核不得公开" in text
    total = yunxi.coverage.select(
        layer="elderly_care", indicator="people_reached", unit_code="total", minutes=15.0,
        phase="before",
    ).iloc[0]  # fmt: skip
    assert f"{total['value']:,}" in text
    assert f"{total['denominator']:,}" in text
    silent(page)


def test_the_page_is_small_enough(yunxi):
    page = coverplan.map_html(yunxi)
    assert len(page.encode("utf-8")) < 1_500_000
    assert len(map_payload(yunxi, "x")["points"]["x"]) > 2000


@pytest.mark.parametrize("name", ["las_palmas", "wuhan"])
def test_real_places(show, run_place, name):
    folder, record, _, _ = run_place(name)
    page = show((Path(folder) / "map.html").read_text(encoding="utf-8"))
    assert record["run_id"] in page.evaluate("document.body.innerText")
    payload = json.loads(page.evaluate("document.getElementById('coverplan-data').textContent"))
    for layer, by_minutes in payload["table"].items():
        for minutes, by_phase in by_minutes.items():
            for phase, reached in by_phase.items():
                shown = figures(page, layer, int(minutes), phase)
                codes = [unit["code"] for unit in payload["units"]]
                assert [shown["units"][code]["reached"] for code in codes] == reached
    silent(page)
