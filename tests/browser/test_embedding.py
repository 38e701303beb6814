"""Maps inside other pages: a report with three of them, a notebook, a framed file."""

import time

import nbformat
import pytest
from nbconvert import HTMLExporter, LatexExporter

import coverplan
from coverplan.present.embedding import MapFrames, iframe_snippet
from coverplan.present.page import render_page

STATE = "[window.coverplan.state().layer, window.coverplan.state().minutes]"
ALIVE = """
new Promise((done) => {
  const look = () => (window.coverplan ? done(true) : setTimeout(look, 10));
  look();
})
"""


def frames_of(browser, page, count, seconds=20):
    """The sandboxed frames of a page: each is a target of its own."""
    end = time.monotonic() + seconds
    found = []
    while len(found) < count and time.monotonic() < end:
        targets = browser.send("Target.getTargets")["targetInfos"]
        found = [
            one["targetId"]
            for one in targets
            if one["type"] == "iframe" and one.get("parentFrameId") == page.target
        ]
        time.sleep(0.05)
    opened = []
    for target in found:
        session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        frame = type(page)(browser, session)
        browser.pages[session] = frame
        for domain in ("Runtime", "Log", "Network"):
            frame.send(f"{domain}.enable")
        frame.evaluate(ALIVE)
        opened.append(frame)
    return opened


def page_around(frames, *places):
    policy = (
        f"default-src 'none'; script-src {' '.join(frames.script_hashes)}; "
        f"style-src {' '.join(frames.style_hashes)}; "
        f"img-src {' '.join(('data: blob:', *frames.image_hosts))}; "
        "base-uri 'none'; form-action 'none'"
    )
    between = "<p>…</p>".join(places)
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv='
        f'"Content-Security-Policy" content="{policy}"><link rel="icon" href="data:,">'
        f"<title>报告</title></head><body><h1>报告</h1>{between}{frames.tail()}</body></html>"
    )


@pytest.fixture(scope="module")
def view(yunxi):
    return coverplan.show_map(yunxi, height=500)


@pytest.fixture(scope="module")
def payload(view):
    return view.payload


def test_three_maps_share_one_copy_and_all_recompute(browser, show, payload, yunxi):
    frames = MapFrames("zh")
    asked = [("elderly_care", None), ("social_work", 10), ("eco_burial", None)]
    places = [frames.add(payload, layer=layer, minutes=minutes) for layer, minutes in asked]
    text = page_around(frames, *places)
    alone = render_page(payload)
    for part in ("Volodymyr Agafonkin", "recount()"):  # Leaflet, and our script
        assert text.count(part) == alone.count(part) > 0
    assert text.count('id="coverplan-bulk-') == 1
    assert len(text) < 1.25 * len(alone)
    page = show(text)
    page.evaluate(
        "for (const one of document.querySelectorAll('.living-map')) one.scrollIntoView()"
    )
    maps = frames_of(browser, page, 3)
    opened = {tuple(one.evaluate(STATE)): one for one in maps}
    expected = {("elderly_care", 15), ("social_work", 10), ("eco_burial", 30)}
    assert set(opened) == expected
    facts = yunxi.coverage.frame
    facts = facts[facts["unit_code"].isin(yunxi.inputs.region.codes)]
    for (layer, _), one in opened.items():
        one.evaluate("window.coverplan.set({minutes: 5})")
        reached = facts[
            (facts["layer"] == layer)
            & (facts["indicator"] == "people_reached")
            & (facts["minutes"] == 5)
            & (facts["phase"] == "before")
        ]["value"].sum()
        assert one.evaluate("window.coverplan.figures().total.reached") == reached
        assert one.errors == []
        assert one.requests == []
        assert one.dialogs == []
    assert page.requests == [page.address]
    assert page.errors == []
    titles = page.evaluate("[...document.querySelectorAll('iframe')].map((one) => one.title)")
    assert sorted(titles) == ["覆盖地图 · 养老服务", "覆盖地图 · 生态安葬", "覆盖地图 · 社会工作站"]


def test_a_map_far_below_is_built_when_it_comes_near(browser, show, payload):
    frames = MapFrames("en")
    places = [frames.add(payload, height=2000), frames.add(payload, height=2000)]
    page = show(page_around(frames, *places))
    built = "[...document.querySelectorAll('.living-map')].map((one) => one.childElementCount)"
    frames_of(browser, page, 1)
    assert page.evaluate(built) == [1, 0]
    page.evaluate("document.querySelectorAll('.living-map')[1].scrollIntoView()")
    frames_of(browser, page, 2)
    assert page.evaluate(built) == [1, 1]


def test_without_scripts_the_places_take_no_room(show, payload):
    frames = MapFrames("zh")
    page = show(page_around(frames, frames.add(payload)), script=False)
    heights = page.send("DOM.getDocument")
    assert heights
    box = page.send("DOM.querySelector", nodeId=heights["root"]["nodeId"], selector=".living-map")
    with pytest.raises(RuntimeError):  # no box: it is hidden
        page.send("DOM.getBoxModel", nodeId=box["nodeId"])


def test_names_of_a_planner_stay_text_in_a_frame(browser, show, payload):
    evil = "</script><img src=x onerror=alert(1)>\"'&${alert(1)}@@DATA@@$&\u2028"
    spoilt = {**payload, "meta": {**payload["meta"], "title": evil}}
    frames = MapFrames("zh")
    page = show(page_around(frames, frames.add(spoilt, title=evil)))
    (one,) = frames_of(browser, page, 1)
    assert one.evaluate("document.getElementById('title').textContent") == evil
    assert page.evaluate("document.querySelector('iframe').title") == evil
    assert (one.dialogs, one.errors, page.dialogs, page.errors) == ([], [], [], [])


def test_what_a_frame_cannot_be(payload):
    frames = MapFrames("zh")
    assert (frames.tail(), frames.script_hashes, frames.style_hashes) == ("", (), ())
    with pytest.raises(ValueError, match="layer 'nothing', expected one of"):
        frames.add(payload, layer="nothing")
    with pytest.raises(ValueError, match="version"):
        frames.add({**payload, "version": 1})


def test_the_snippet_shows_the_file(browser, show, view, tmp_path):
    name = '县 "地图" & #1?.html'
    view.save(tmp_path / name)
    lines = iframe_snippet(name, 'A "B" <i>')
    page = show(
        '<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,">'
        f"<title>t</title>{lines}"
    )
    (one,) = frames_of(browser, page, 1)
    assert one.evaluate("window.coverplan.state().layer") == "elderly_care"
    assert page.evaluate("document.querySelector('iframe').title") == 'A "B" <i>'
    assert one.errors == []


def test_a_snippet_never_names_a_host():
    for name in (
        "javascript:alert(1)",
        "//evil.example/a.html",
        "https://evil.example/",
        "\\\\h\\s",
    ):
        address = iframe_snippet(name, "t").split('src="')[1].split('"')[0]
        assert address.startswith("./")
        assert not address.startswith(".//")
        assert ":" not in address


@pytest.fixture(scope="module")
def notebook(view):
    """A notebook that shows the map, as Jupyter stores it."""
    bundle = view._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", data=bundle)
    cell = nbformat.v4.new_code_cell("cp.show_map(study)", outputs=[output])
    return nbformat.v4.new_notebook(cells=[cell])


def test_a_notebook_as_a_page_shows_the_map_and_calls_nobody(show, notebook):
    exporter = HTMLExporter(
        require_js_url="", mathjax_url="", jquery_url="", mermaid_js_url="", widget_renderer_url=""
    )
    text, _ = exporter.from_notebook_node(notebook)
    page = show(text)
    page.evaluate(ALIVE.replace("window.coverplan", "frames[0].coverplan"))
    assert page.evaluate("frames[0].coverplan.state().layer") == "elderly_care"
    asked = [one for one in page.requests if not one.startswith(("data:", "about:"))]
    assert asked == [page.address]


def test_a_notebook_on_paper_shows_the_picture(notebook):
    _, resources = LatexExporter().from_notebook_node(notebook)
    (picture,) = [data for name, data in resources["outputs"].items() if name.endswith(".png")]
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 50_000
