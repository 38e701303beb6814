"""The page where there is no JavaScript: figures, plan, goals and tables, on screen and paper."""

import re

import pytest

from coverplan.present.page import render_page
from coverplan.present.page_static import static_part
from coverplan.present.payload import map_payload


@pytest.fixture(scope="module")
def sample(yunxi):
    return map_payload(yunxi, "20251231-7f3a9c", "zh")


def boxes(page, selector):
    return page.evaluate(
        f"[...document.querySelectorAll({selector!r})].map((node) => {{"
        "const {left, top, width, height} = node.getBoundingClientRect();"
        "return [left, top, width, height]; })"
    )


def test_figures_stand_beside_the_tables(show, sample):
    page = show(render_page(sample), script=False, width=1100)
    assert page.errors == []  # the policy refuses no style and no reference
    figures = boxes(page, "figure.st svg")
    assert len(figures) == 8
    for _, _, width, height in figures:
        assert width == pytest.approx(900, abs=2)
        assert 400 < height < 900
    # The classes of the policy's own style colour them; what is used again is there.
    fills = page.evaluate(
        "[...document.querySelectorAll('figure.st g[class]')].map((node) => "
        "getComputedStyle(node).fill)"
    )
    assert "rgb(0, 0, 0)" not in fills
    assert "rgb(255, 246, 207)" in fills
    drawn = boxes(page, ".st-layer:first-of-type figure:first-of-type g[class] use")
    assert len(drawn) == len(sample["units"])
    assert all(width > 20 and height > 20 for _, _, width, height in drawn)
    assert boxes(page, ".st-shared")[0][2:] == [0, 0]
    shown = page.evaluate("document.querySelector('#static').innerText")
    for layer in sample["layers"]:
        assert layer["plan"]["text"]["zh"] in shown
        for goal in layer["goals"]:
            assert goal["label"]["zh"] in shown
        for site in layer["sites"]:
            if site["state"] == "proposed":
                assert f"{site['name']}（新增，{site['unit']}）" in shown
    for part in ("未经审核不得公开", "EPSG:4549", "2025-12-31", "20251231-7f3a9c", "虚构"):
        assert part in shown
    # A reader of the screen gets a name and a sentence for every figure.
    named = page.send("Accessibility.getFullAXTree")["nodes"]
    images = [n for n in named if n.get("role", {}).get("value") in {"image", "img"}]
    names = [n["name"]["value"] for n in images]
    assert sum("可达人口占比" in name and "人可达" in name for name in names) == 8


def test_weight_of_the_sample_page(sample):
    text = render_page(sample)
    assert len(text.encode()) < 900_000
    figures = re.findall(r"<svg.*?</svg>", static_part(sample, "zh"), re.DOTALL)
    assert sum(map(len, figures)) < 100_000


def test_telephone_without_script(show, make_county):
    page = show(render_page(make_county(points=300, layers=1)), script=False, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.errors == []


def test_it_prints_whole(show, make_county):
    page = show(render_page(make_county(points=300, layers=1)), script=False, width=1100)
    sheet = page.pdf()
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", sheet)) <= 5
    page.send("Emulation.setEmulatedMedia", media="print")
    page.size(1062, 733)
    for _, _, width, height in boxes(page, "figure.st"):
        assert width <= 1062
        assert height <= 733  # a figure fits on a page
    assert page.errors == []


def test_with_script_nothing_of_it_is_seen_and_no_name_is_used_twice(show, make_county):
    page = show(render_page(make_county(points=300, layers=2)))
    assert boxes(page, "#static")[0][2:] == [0, 0]
    twice = page.evaluate(
        "[...document.querySelectorAll('[id]')].map((node) => node.id)"
        ".filter((id, i, all) => all.indexOf(id) !== i)"
    )
    assert twice == []
