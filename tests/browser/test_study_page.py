"""The map of the sample county and of the real places, as a planner opens it: no network."""

import json
from pathlib import Path

import pytest

import coverplan
from coverplan.present.payload import map_payload


def figures(page, layer, minutes, phase):
    """What the page says for one view, by unit code."""
    asked = json.dumps({"layer": layer, "minutes": minutes, "phase": phase})
    return page.evaluate(f"coverplan.set({asked}), coverplan.figures()")


def curves(page, layer, phase):
    """What the page says for one view at every limit, by unit code."""
    asked = json.dumps({"layer": layer, "phase": phase})
    return page.evaluate(f"coverplan.set({asked}), coverplan.curves()")


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
        for phase, nearest in (("before", result.before), ("after", result.after)):
            found = curves(page, key, phase)
            assert found["minutes"] == list(range(1, 31))
            for code in yunxi.inputs.region.codes:
                here = points == code
                plain = [int(people[nearest.within(m) & here].sum()) for m in found["minutes"]]
                assert found["units"][code] == plain, (key, phase, code)
            shown = figures(page, key, 12, phase)
            assert shown["total"]["reached"] == int(people[nearest.within(12)].sum())
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
    assert len(page.encode("utf-8")) < 1_000_000
    parts = {name: count for name, _, _, count in map_payload(yunxi, "x")["bulk"]["parts"]}
    assert parts["unit"] > 2000
    assert parts["minutes.0"] == parts["unit"] * len(yunxi.layers["elderly_care"].sites)


@pytest.mark.parametrize("name", ["las_palmas", "wuhan"])
def test_real_places(show, run_place, name):
    folder, record, _, _ = run_place(name)
    page = show((Path(folder) / "map.html").read_text(encoding="utf-8"))
    assert record["run_id"] in page.evaluate("document.body.innerText")
    payload = json.loads(page.evaluate("document.getElementById('coverplan-data').textContent"))
    codes = [unit["code"] for unit in payload["units"]]
    compared = 0
    for layer, by_minutes in payload["table"].items():
        for phase in ("before", "after"):
            found = curves(page, layer, phase)
            for minutes, by_phase in by_minutes.items():
                at = found["minutes"].index(int(minutes))
                assert [found["units"][code][at] for code in codes] == by_phase[phase]
                compared += len(codes)
    assert compared >= 6 * len(codes)
    silent(page)
