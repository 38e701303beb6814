"""The map page with a solver behind it: what is solved and shown is what Python computes."""

import threading
import time
from dataclasses import replace

import pytest

import coverplan
from coverplan.present.serve_page import page_policy
from coverplan.servesession import Session
from coverplan.serving import MapServer

LAYER = "elderly_care"
KEEP = "document.getElementById('solve-pickKeep').click()"


@pytest.fixture(scope="module")
def session(yunxi):
    item = next(i for i in yunxi.inputs.layers if i.layer.id == LAYER)
    alone = coverplan.assess(replace(yunxi.inputs, layers=(item,)))
    return Session(alone, {LAYER: item.siting}, "t" * 43, language="zh")


@pytest.fixture(scope="module")
def address(session):
    with MapServer(session, 0, page_policy) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield running.address
        running.shutdown()
        thread.join(10)


@pytest.fixture(scope="module")
def local_browser(browser):
    """A second browser, which may ask this machine by its number and still nobody else."""
    kind = type(browser)
    names = kind.__init__.__globals__
    switches = names["SWITCHES"]
    names["SWITCHES"] = tuple(
        f"{switch}, EXCLUDE 127.0.0.1" if switch.startswith("--host-resolver") else switch
        for switch in switches
    )
    try:
        running = kind(browser.process.args[0])
    finally:
        names["SWITCHES"] = switches
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def page(local_browser, address):
    opened = local_browser.open("about:blank")
    opened.send(
        "Network.emulateNetworkConditions",
        offline=False,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )
    opened.requests.clear()
    opened.send("Page.navigate", url=address)
    opened.address = address
    wait(opened, "!!window.coverplan && !!document.getElementById('solve')")
    yield opened
    opened.close()


def wait(page, expression, seconds=30):
    """Value of an expression once it is one; a page that is just being left has none."""
    end = time.monotonic() + seconds
    while True:
        try:
            if value := page.evaluate(expression):
                return value
        except RuntimeError:
            value = None
        if time.monotonic() > end:
            raise TimeoutError(f"{expression}: {page.errors}")
        time.sleep(0.05)


def status(page):
    return page.evaluate("document.getElementById('solve-status').textContent")


def solved(page, number):
    page.evaluate("document.getElementById('solve-solve').click()")
    wait(page, f"location.search === '?plan={number}' && !!window.coverplan"
               " && document.getElementById('solve-plans').textContent !== ''")  # fmt: skip


def test_solve_click_solve_again(page, session, yunxi):
    page.evaluate("coverplan.set({minutes: 10, language: 'en'})")
    wait(page, "document.querySelector('#solve h2').textContent === 'Solve again'")
    page.evaluate("document.getElementById('solve-sites').value = '8'")
    solved(page, 1)
    # The view is kept, and every figure is Python's.
    state = page.evaluate("coverplan.state()")
    assert (state["minutes"], state["language"], state["phase"]) == (10, "en", "after")
    item = next(i for i in yunxi.inputs.layers if i.layer.id == LAYER)
    asked = replace(item, siting=replace(item.siting, sites=8))
    expected = coverplan.assess(replace(yunxi.inputs, layers=(asked,)))
    facts = expected.coverage.select(
        layer=LAYER, indicator="people_reached", phase="after", minutes=10
    )
    units = page.evaluate("coverplan.figures().units")
    assert {code: units[code]["reached"] for code in units} == {
        row.unit_code: row.value for row in facts.itertuples() if row.unit_code != "total"
    }
    assert "maximal covering (MCLP) 8" in page.evaluate(
        "document.getElementById('solve-shown').textContent"
    )
    # A place on the map is clicked: the nearest candidate is in every plan from then on.
    page.evaluate(KEEP)
    spot = page.evaluate(
        "(() => { const r = document.getElementById('map').getBoundingClientRect();"
        " return [r.left + r.width * 0.36, r.top + r.height * 0.45]; })()"
    )
    for kind in ("mousePressed", "mouseReleased"):
        page.send("Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1],
                  button="left", clickCount=1)  # fmt: skip
    wait(page, "document.querySelectorAll('#solve-picked li.keep').length === 1")
    assert status(page).startswith("must: ")
    assert page.evaluate("document.getElementById('card').hidden")  # the map heard no click
    name = page.evaluate("document.querySelector('#solve-picked bdi').textContent")
    solved(page, 2)
    chosen = session._plans[2].study.layers[LAYER].proposal.chosen
    assert name in set(chosen["name"])
    assert name in page.evaluate("document.getElementById('solve-picked').textContent")
    # An old plan is one click away; a site switched off there is left out of the next.
    page.evaluate("document.querySelectorAll('#solve-plans button')[1].click()")
    wait(page, "location.search === '?plan=1' && !!window.coverplan"
               " && !!document.getElementById('solve')")  # fmt: skip
    off = min(f"new:{i}" for i in session._plans[1].study.layers[LAYER].proposal.chosen.index)
    page.evaluate(f"coverplan.set({{sites: {{off: ['{off}']}}}})")
    solved(page, 3)
    found = session._plans[3].study.layers[LAYER].proposal.chosen
    assert off not in {f"new:{i}" for i in found.index}
    assert page.errors == []
    assert all(r.startswith((page.address, "data:", "blob:")) for r in page.requests)


def test_faults_and_the_keyboard(page):
    page.evaluate("document.getElementById('solve-sites').value = '9999'")
    page.evaluate("document.getElementById('solve-solve').click()")
    wait(page, "document.getElementById('solve-status').textContent !== ''")
    assert "可用的候选点只有" in status(page)
    assert page.evaluate("document.getElementById('solve-status').className") == "alarm"
    # Without a mouse: the middle of the map; Escape ends the picking.
    page.evaluate(KEEP)
    assert page.evaluate("!document.getElementById('solve-picking').hidden")
    page.key("Escape", 27)
    assert page.evaluate("document.getElementById('solve-picking').hidden")
    page.evaluate(KEEP)
    page.evaluate("document.getElementById('solve-centre').click()")
    wait(page, "document.querySelectorAll('#solve-picked li').length === 1")
    page.evaluate("document.querySelector('#solve-picked button').click()")
    assert page.evaluate("document.querySelectorAll('#solve-picked li').length") == 0
    named = page.evaluate(
        "[...document.querySelectorAll('#solve :is(button, input, select)')].filter(n => !n.hidden)"
        ".every(n => (n.getAttribute('aria-label') || (n.labels && n.labels[0] || n).textContent)"
        ".trim() !== '')"
    )
    assert named
    # The policy lets the page ask its own server and nobody else.
    page.errors.clear()
    blocked = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')")
    assert blocked == "refused"
    assert any("connect-src" in error for error in page.errors)
    page.errors.clear()


def test_it_prints_without_the_panel(page):
    page.send("Emulation.setEmulatedMedia", media="print")
    page.evaluate("document.documentElement.classList.add('printing')")
    assert page.evaluate("getComputedStyle(document.getElementById('solve')).display") == "none"
