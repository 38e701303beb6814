"""The map on paper: one sheet with everything on it, and pages behind it for what has no room."""

import re

import pytest

from coverplan.present.page import render_page
from coverplan.present.payload import map_payload

MILLIMETRE = 72 / 25.4
ROOM = {"A4": (281, 192), "A3": (404, 279)}
PAPER = {"A4": (297, 210), "A3": (420, 297)}


def pages(sheet):
    """Sizes of the pages of a PDF, in whole millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", sheet)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == len(boxes)
    return [tuple(round(float(side) / MILLIMETRE) for side in box) for box in boxes]


def visible(page, selector):
    return page.evaluate(
        f"(document.querySelector({selector!r})?.getClientRects().length ?? 0) > 0"
    )


def content(page, selector):
    return page.evaluate(f"document.querySelector({selector!r}).innerText")


def turn(page, event):
    page.evaluate(f"window.dispatchEvent(new Event('{event}'))")


def settle(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


# Everything on the sheet that has words or is the map: no part of it may leave the sheet or the
# box it stands in, or lie on another.
CUT = """
(() => {
  const sheet = app.getBoundingClientRect();
  const parts = ["#title", "#notice", "#stand", "#kpi", "#headline", "#map", "#legend", "#table",
    "#goals", "#plan", "#cut", "#sheet-method", "#foot"].map((name) => [name, document.querySelector(name)])
    .filter(([, node]) => node.getClientRects().length)
    .map(([name, node]) => [name, node.getBoundingClientRect(), node]);
  const wrong = [];
  for (const [name, box, node] of parts) {
    if (box.left < sheet.left - 1 || box.top < sheet.top - 1 || box.right > sheet.right + 1 || box.bottom > sheet.bottom + 1) wrong.push(name + " leaves the sheet");
    if (name !== "#map" && node.scrollHeight > node.clientHeight + 3 && node.clientHeight) wrong.push(name + " is cut");
  }
  for (const [a, one] of parts) for (const [b, two] of parts) {
    if (a >= b || (a === "#legend" && b === "#map") ) continue;
    const over = Math.min(one.right, two.right) - Math.max(one.left, two.left) > 2 && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 2;
    if (over) wrong.push(a + " lies on " + b);
  }
  for (const node of document.querySelectorAll("#annex .annex-page")) {
    const box = node.getBoundingClientRect();
    if (node.scrollWidth > node.clientWidth + 2) wrong.push("annex is too wide");
    if (!node.classList.contains("text") && box.height > sheet.height + 1) wrong.push("annex is too high");
  }
  return wrong;
})()
"""  # noqa: E501 - a script
NAMES_PRINTED = """
[...document.querySelectorAll("#table tbody tr:not(.unprinted) th, #annex tbody th")].map((node) => node.innerText)
"""  # noqa: E501


@pytest.mark.parametrize(("paper", "language"), [("A4", "zh"), ("A4", "en"), ("A3", "en")])
def test_one_sheet_holds_everything_of_the_sample_county(show, sample_page, paper, language):
    page = show(sample_page)
    page.evaluate(f"coverplan.set({{phase: 'after', language: '{language}'}})")
    page.evaluate(f"document.querySelector('input[name=paper][value={paper}]').click()")
    if (paper, language) == ("A4", "zh"):  # a PDF takes a second; the others are looked at alone
        assert pages(page.pdf()) == [PAPER["A4"]]
        settle(page)
    turn(page, "beforeprint")
    wide, high = page.evaluate(
        "(({width, height}) => [width, height])(app.getBoundingClientRect())"
    )
    assert (round(wide / 96 * 25.4), round(high / 96 * 25.4)) == ROOM[paper]
    assert page.evaluate(CUT) == []
    words = page.evaluate("app.innerText")
    approval = {"zh": "内部工作用图，未经审核不得公开", "en": "not approved for publication"}
    for part in (approval[language], "EPSG:4549", "2025-12-31", "7f3a9c", "80", "17,953"):
        assert part in words
    assert content(page, "#sheet-method").startswith({"zh": "方法", "en": "Method"}[language])
    # Nothing of the other layers' methods.
    assert {"zh": "生态安葬：", "en": "Eco-burial sites:"}[language] not in words
    for name in ("#controls", "#switches", "#printing", "#languages", ".leaflet-control-zoom"):
        assert not visible(page, name)
    assert not visible(page, "#annex .annex-page")
    turn(page, "afterprint")


@pytest.fixture(scope="module")
def sample_page(yunxi):
    return render_page(map_payload(yunxi, "20251231-7f3a9c", "zh"))


def test_the_approval_number_is_printed(show, make_county):
    payload = make_county(points=300, layers=1)
    payload["meta"]["approval"] = "浙S(2026)15号"
    page = show(render_page(payload))
    turn(page, "beforeprint")
    assert "审图号：浙S(2026)15号" in content(page, "#foot")
    assert "未经审核" not in page.evaluate("app.innerText")


@pytest.mark.parametrize(("units", "line"), [(45, None), (140, 80)])
def test_every_township_is_printed_however_many_there_are(show, make_county, units, line):
    payload = make_county(units=units, points=600, layers=1)
    page = show(render_page(payload))
    page.evaluate(f"coverplan.set({{phase: 'after', line: {line or 'null'}}})")
    found = pages(page.pdf()) if units == 140 else None
    settle(page)
    turn(page, "beforeprint")
    assert page.evaluate(CUT) == []
    names = page.evaluate(NAMES_PRINTED)
    assert {unit["name"] for unit in payload["units"]} <= set(names)
    behind = page.evaluate("document.querySelectorAll('#annex .annex-page').length")
    assert found is None or found == [PAPER["A4"]] * (1 + behind)
    assert (behind > 0) == (units == 140)
    if units == 45:
        return
    assert "见附表" in content(page, "#cut")
    ranks = page.evaluate(
        "[...annex.querySelectorAll('tbody td:first-child')].map((node) => node.innerText)"
    )
    assert ranks == [str(rank) for rank in range(1, units + 1)]
    assert "距线差额" in content(page, "#annex")
    assert "未经审核不得公开" in content(page, "#annex .annex-page:last-child")


def test_a_long_plan_and_method_go_behind_and_are_not_cut(show, make_county):
    payload = make_county(points=300, layers=1)
    text = "很长的说明。" * 400
    payload["meta"]["method"] = [{"zh": text + "末句甲", "en": text}]
    payload["layers"][0]["plan"]["notes"] = [{"zh": text + "末句乙", "en": text}]
    page = show(render_page(payload))
    page.evaluate("coverplan.set({phase: 'after'})")
    assert len(pages(page.pdf())) >= 2
    settle(page)
    turn(page, "beforeprint")
    assert page.evaluate(CUT) == []
    assert "选址方案全文见附页。" in content(page, "#cut")
    assert "方法说明见附页。" in content(page, "#cut")
    for last in ("末句甲", "末句乙"):
        assert last in content(page, "#annex")
        assert last not in page.evaluate("app.innerText")


def test_the_screen_comes_back_as_it_was(show, make_county):
    page = show(render_page(make_county(points=600, layers=2)))
    page.evaluate("coverplan.set({phase: 'after', line: 70}), legend.open = false")
    page.evaluate("document.querySelector('.leaflet-control-zoom-in').click()")
    page.evaluate("new Promise((done) => setTimeout(done, 500))")  # till it has zoomed
    looks = (
        "JSON.stringify([map.clientWidth, map.clientHeight, document.documentElement.className,"
        "document.querySelectorAll('canvas').length, legend.open, table.rows.length, cut.hidden,"
        "document.querySelectorAll('.unprinted').length, annex.innerHTML, coverplan.state(),"
        "document.querySelector('.site').getBoundingClientRect().width])"
    )
    before = page.evaluate(looks)
    place = page.evaluate("document.querySelector('.site').getBoundingClientRect().left")
    page.pdf()
    settle(page)
    assert page.evaluate(looks) == before
    assert (
        abs(page.evaluate("document.querySelector('.site').getBoundingClientRect().left") - place)
        < 2
    )
    assert page.errors == []


def test_the_map_is_inked_on_paper(show, make_county):
    page = show(render_page(make_county(points=600, layers=1)))
    turn(page, "beforeprint")
    inks = page.evaluate(
        "[...document.querySelectorAll('canvas.printed')].slice(0, 2).map((node) => "
        "node.getContext('2d').getImageData(0, 0, node.width, node.height).data.some((v) => v > 0))"
    )
    assert inks == [True, True]
    # The county fills the paper's map one way or the other.
    share = page.evaluate(
        "(() => { const c = document.querySelector('.leaflet-ground-pane canvas.printed');"
        "return c.width / map.clientWidth; })()"
    )
    assert share > 2  # three dots of ink for one of the screen's


def test_paper_is_chosen_with_the_keyboard_and_can_be_changed_back(show, make_county):
    page = show(render_page(make_county(points=300, layers=1)))
    page.evaluate("document.querySelector('input[name=paper][value=A4]').focus()")
    page.key("ArrowRight", 39)
    assert pages(page.pdf()) == [PAPER["A3"]]
    page.key("ArrowLeft", 37)
    assert pages(page.pdf()) == [PAPER["A4"]]
    assert page.evaluate("papers.querySelector('legend').textContent") == "纸张"
    assert page.errors == []
