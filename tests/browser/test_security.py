"""Every text a planner can give, on the page of the map: shown as it was written, never run."""

import json
from itertools import count

import pytest

import coverplan
from coverplan.present.page import render_page

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "${alert(3)}",
    "`${alert(4)}`",
    r"C:\xampp\new\u0041",
    "{{7777*3}}",
    "A{%B",
    "A{#B",
    "javascript:alert(5)",
    "\"'><b onmouseover=alert(6)>",
    "</title></style></textarea></noscript><svg onload=alert(7)>",
    "<!--<script>",
    "@@DATA@@ {layer} {0} %s $& $1 $`",
    "a\u2028b\u2029c\ufeffd\u202eאב\u202c",
    "&lt;b&gt; &#60;i&#62;",
    "=1+1",
]
SPY = """
window.alerts = [];
for (const name of ["alert", "confirm", "prompt", "open", "eval"]) {
  window[name] = (text) => { window.alerts.push(name + ": " + text); };
}
"""
# What says which branch of the program to take, and is no planner's text.
STRUCTURE = {
    "language", "group", "shape", "colour", "state", "status", "measure", "id", "version", "date",
    "sha256", "data", "parts",
}  # fmt: skip


def spoilt(value, texts, key=""):
    """A payload with each of its texts replaced by the next of some."""
    if isinstance(value, dict):
        return {name: spoilt(one, texts, name) for name, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one, texts, key) for one in value]
    if isinstance(value, str) and key not in STRUCTURE:
        return next(texts)
    return value


def turning(start):
    return (PAYLOADS[(start + step) % len(PAYLOADS)] for step in count())


def always(text):
    return (text for _ in count())


@pytest.fixture(scope="module")
def carried(yunxi):
    """What the page of the sample county holds: plans, goals, warnings, everything."""
    return json.dumps(coverplan.show_map(yunxi).payload)


def hostile(carried, texts):
    payload = json.loads(carried)
    named = {"meta", "units", "layers", "places", "base", "groups", "reasons"}
    return {
        name: spoilt(value, texts, name) if name in named else value
        for name, value in payload.items()
    }


def look_at_everything(page):
    """Every layer, some phases, both languages; cards of a township and of sites; tooltips."""
    page.evaluate(
        """(() => {
          document.querySelectorAll('details').forEach((one) => { one.open = true; });
          document.querySelectorAll('input[name=layer]').forEach((layer, i) => {
            layer.click();
            if (i === 1) window.coverplan.set({ language: 'en' });
            window.coverplan.set({ phase: i % 2 ? 'difference' : 'after' });
            window.coverplan.csv();
            document.querySelectorAll('#table tbody button')[i].click();
            const sites = document.querySelectorAll('.site');
            for (const site of [sites[0], sites[sites.length - 1]].filter(Boolean)) {
              site.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
              site.click();
              site.dispatchEvent(new MouseEvent('mouseout', { bubbles: true }));
            }
          });
          window.coverplan.set({ language: 'zh' });
        })()"""
    )
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")


def assert_harmless(page, scripts):
    assert page.evaluate("window.alerts") == []
    assert (page.errors, page.dialogs) == ([], [])
    assert page.evaluate("document.scripts.length") == scripts
    strange = "img, iframe, object, embed, [onerror], [onload], [onmouseover]"
    assert page.evaluate(f"document.querySelectorAll({strange!r}).length") == 0
    assert [one for one in page.requests if not one.startswith("data:,")] == [page.address]
    assert page.evaluate("window.coverplan.figures().total.people") > 0


def names_in_the_table(page):
    return page.evaluate(
        "[...document.querySelectorAll('#table tbody th button')].map((one) => one.textContent)"
    )


@pytest.fixture(scope="module")
def scripts(carried):
    """How many blocks of script or data a page has that nobody attacks."""
    return render_page(json.loads(carried)).count("<script")


@pytest.mark.parametrize("start", [0, 8])
def test_each_place_gets_texts_in_turn(show, carried, scripts, start):
    payload = hostile(carried, turning(start))
    page = show(render_page(payload), before=SPY)
    assert page.evaluate("document.getElementById('title').textContent") == payload["meta"]["title"]
    look_at_everything(page)
    shown = page.evaluate("document.body.textContent")
    assert sorted(names_in_the_table(page)) == sorted(unit["name"] for unit in payload["units"])
    for warning in payload["meta"]["warnings"]:
        assert warning["zh"] in shown
    for key in ("notice", "crs", "run_id"):
        assert payload["meta"][key] in shown
    for layer in payload["layers"]:
        assert layer["label"]["zh"] in shown
    assert_harmless(page, scripts)


@pytest.mark.parametrize("order", [1, -1])
def test_every_place_gets_every_text(show, carried, scripts, order):
    text = " ".join(PAYLOADS[::order])
    payload = hostile(carried, always(text))
    payload["meta"]["approval"] = text
    page = show(render_page(payload), before=SPY)
    look_at_everything(page)
    assert page.evaluate("document.getElementById('title').textContent") == text
    assert page.evaluate("document.title.length") > 100
    assert set(names_in_the_table(page)) == {text}
    card = page.evaluate("document.getElementById('card').textContent")
    assert text in card
    assert text in page.evaluate("document.getElementById('foot').textContent")
    assert_harmless(page, scripts)


def test_looks_of_a_layer_are_checked_too(show, carried, scripts):
    payload = json.loads(carried)
    for layer, text in zip(payload["layers"], PAYLOADS, strict=False):
        layer["colour"] = "red;background:url(https://x.example)" + text
        layer["shape"] = text
    page = show(render_page(payload), before=SPY)
    look_at_everything(page)
    assert_harmless(page, scripts)


def test_the_tables_without_scripts_hold_no_markup_of_a_planner(show, carried):
    page = show(render_page(hostile(carried, always(" ".join(PAYLOADS)))), script=False)
    root = page.send("DOM.getDocument")["root"]["nodeId"]
    for selector in ("#static img", "#static script", "#static b[onmouseover]", "svg[onload]"):
        found = page.send("DOM.querySelectorAll", nodeId=root, selector=selector)
        assert found["nodeIds"] == []
    assert (page.errors, page.dialogs) == ([], [])


def test_no_text_of_a_study_is_run_as_python(carried, tmp_path):
    bomb = "{{cycler.__init__.__globals__.os.mkdir('" + str(tmp_path / "run") + "')}}"
    page = render_page(hostile(carried, always(bomb)))
    assert not (tmp_path / "run").exists()
    assert page.count("{{cycler.__init__") > 100
