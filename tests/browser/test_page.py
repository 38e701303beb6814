"""The map page in a browser without network: its figures, its manners, and what it refuses."""

import csv
import hashlib
import io
import itertools
import json
import re
import time
import tomllib
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import numpy as np
import pytest
from made_county import counted, packed

from coverplan.present.page import page_script, render_page

ASSETS = resources.files("coverplan.present") / "assets"
HOSTILE = {
    "img": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(1)</script>",
    "title": "</title><script>alert(1)</script>",
    "style": "</style><script>alert(1)</script>",
    "template": "${alert(1)}",
    "backtick": "`alert(1)`",
    "path": r"C:\xampp\new\u0041",
    "jinja": "{{7777*3}}",
    "jinja_block": "A{%B",
    "jinja_note": "A{#B",
    "marker": "@@DATA@@ {layer} {0} %s $& $1",
    "quotes": "\"'><b onmouseover=alert(1)>",
    "separators": "a\u2028b\u2029c\ufeffd",
    "emoji": "👵🏽🏥👨‍👩‍👧",
    "rtl": "\u202eאבג\u202c שלום",
    "noscript": "</noscript><img src=x onerror=alert(1)>",
    "comment": "-->",
    "comment_script": "<!--<script>",
    "entities": "&lt;b&gt; &amp;amp; &#60;",
    "lines": "one\ntwo\tthree",
    "javascript": "javascript:alert(1)",
    "long": "长" * 10_000,
}
# Side by side in one text, those that end a comment or a tag after those that open none.
TOGETHER = {
    "markup": ("img", "quotes", "noscript", "style", "title", "script"),
    "templates": ("template", "backtick", "path", "jinja", "jinja_block", "jinja_note", "marker"),
    "words": ("javascript", "entities", "separators", "emoji", "rtl", "lines"),
    "comments": ("comment", "comment_script"),
    "long": ("long",),
}
SPY = "window.alerts = []; window.alert = (text) => window.alerts.push(text);"


def visible(page: Any, selector: str) -> bool:
    return page.evaluate(
        f"(document.querySelector({selector!r})?.getClientRects().length ?? 0) > 0"
    )


def content(page: Any, selector: str) -> str:
    return page.evaluate(f"document.querySelector({selector!r}).textContent")


def assert_clean(page: Any) -> None:
    assert page.errors == []
    assert page.dialogs == []
    foreign = [url for url in page.requests if not url.startswith(("data:", "blob:"))]
    assert foreign == [page.address]


def settle(page: Any) -> None:
    page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
    )


# ---- the text of the page ------------------------------------------------------------------------


def test_same_payload_gives_same_text(make_county):
    assert render_page(make_county()) == render_page(make_county())


def test_rejects_what_it_cannot_show(make_county):
    with pytest.raises(ValueError, match="version"):
        render_page(make_county() | {"version": 1})
    with pytest.raises(ValueError, match="at least one unit"):
        render_page(make_county() | {"units": []})
    payload = make_county()
    payload["meta"]["language"] = "fr"
    with pytest.raises(ValueError, match="language"):
        render_page(payload)
    payload = make_county()
    payload["layers"][0]["sites"][0]["lon"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        render_page(payload)


def test_vendored_files_are_the_published_ones():
    (package,) = tomllib.loads((ASSETS / "VENDORED.toml").read_text())["package"]
    for name, digest in package["sha256"].items():
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == digest
    assert (package["name"], package["version"]) == ("leaflet", "1.9.4")


def test_licence_of_what_is_inlined_travels_with_the_page(make_county):
    text = render_page(make_county())
    assert "Volodymyr Agafonkin" in text
    assert "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS" in text


class Addresses(HTMLParser):
    """Every attribute through which a document can load, and every style."""

    LOADING = ("src", "href", "srcset", "poster", "data", "action", "formaction", "background")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.styles: list[str] = []
        self.tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag = tag
        self.found += [value or "" for name, value in attrs if name in self.LOADING]
        self.styles += [value or "" for name, value in attrs if name == "style"]
        assert not [name for name, _ in attrs if name.startswith("on")]
        assert tag not in {"iframe", "object", "embed", "base", "img", "video", "audio"}

    def handle_data(self, data: str) -> None:
        if self.tag == "style":
            self.styles.append(data)


def test_nothing_in_the_page_loads(make_county):
    text = render_page(make_county())
    reader = Addresses()
    reader.feed(text)
    # Besides the icon that is none: shapes of the static figures, drawn again where they stand.
    assert [found for found in reader.found if not found.startswith("#")] == ["data:,"]
    assert not re.search(r"@import|url\(|(?<![\w-])behavior", "".join(reader.styles))
    assert not re.search(r"(?:src|href)\s*=\s*[\"'\\]*\s*(?:https?:)?//", text, re.IGNORECASE)
    assert "sourceMappingURL" not in text


def test_our_script_never_makes_markup():
    script = page_script()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "http:",
    ):
        assert word not in script.replace('"http://www.w3.org/2000/svg"', "")


# Machado, Oliveira & Fernandes (2009), full severity.
VISION = {
    "normal": np.eye(3),
    "deutan": np.array(
        [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    ),
    "protan": np.array(
        [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    ),
    "tritan": np.array(
        [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
    ),
}


def lab(colour: str, vision: np.ndarray) -> np.ndarray:
    """Colour of a polygon over bare ground, as an eye of that vision sees it."""
    top, ground = (
        np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        for code in (colour, "#eeece6")
    )
    mixed = 0.92 * top + 0.08 * ground
    linear = np.where(mixed <= 0.04045, mixed / 12.92, ((mixed + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(vision @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("name", ["SHARE_FILLS", "GAIN_FILLS"])
@pytest.mark.parametrize("vision", VISION)
def test_classes_stay_apart_for_every_colour_vision(name, vision):
    script = page_script()
    fills = re.findall("#[0-9a-f]{6}", re.search(rf"{name} = \[(.*?)\]", script)[1])
    seen = [lab(fill, VISION[vision]) for fill in fills]
    assert len(seen) == 5
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 10
    lightness = [colour[0] for colour in seen]
    assert lightness == sorted(lightness, reverse=True)


def test_page_weight(make_county, record_property):
    weight = len(render_page(make_county()).encode())
    record_property("bytes", weight)
    print(f"\npage of 12 units, 5,000 points, 4 layers: {weight:,} bytes")  # noqa: T201
    assert weight < 1_000_000


# ---- in the browser ------------------------------------------------------------------------------


def test_asks_for_nothing_and_complains_of_nothing(show, make_county):
    page = show(render_page(make_county()))
    for phase, language in itertools.product(("before", "after", "difference"), ("zh", "en")):
        page.evaluate(f"coverplan.set({{phase: {phase!r}, language: {language!r}}})")
    settle(page)
    assert_clean(page)
    assert not visible(page, "#alarm")
    assert not visible(page, "#static")
    assert page.evaluate("document.title") == "云溪县民政设施十五分钟覆盖"
    assert content(page, "#notice") == "虚构示例县 fictional"
    assert "内部工作用图" not in content(page, "#foot")  # the language is English by now
    assert "not approved for publication" in content(page, "#foot")


def test_policy_stops_what_is_injected(show, make_county):
    page = show(render_page(make_county()))
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<img src="data:," onerror="window.hit=1">'
        '<p style="color:red" id="painted"></p>\');'
        "const node = document.createElement('script'); node.textContent = 'window.hit=2';"
        "document.body.append(node)"
    )
    assert page.evaluate("fetch('https://example.org').then(() => 'loaded', () => 'refused')") == (
        "refused"
    )
    settle(page)
    assert page.evaluate("window.hit === undefined")
    assert page.evaluate("getComputedStyle(painted).color") != "rgb(255, 0, 0)"


def test_figures_equal_numpy(show, make_county):
    payload = make_county(loose=True)
    page = show(render_page(packed(payload)))
    for layer in payload["layers"]:
        group = layer["group"]
        people = [unit["people"][group] for unit in payload["units"]]
        for phase in ("before", "after"):
            asked = json.dumps({"layer": layer["id"], "phase": phase})
            found = page.evaluate(f"coverplan.set({asked}), coverplan.curves()")
            for at, minutes in enumerate(found["minutes"]):
                expected = counted(layer, payload, phase, minutes)
                assert [found["units"][u["code"]][at] for u in payload["units"]] == expected
        for minutes in (7, 30):
            before = counted(layer, payload, "before", minutes)
            after = counted(layer, payload, "after", minutes)
            for phase in ("before", "after", "difference"):
                asked = json.dumps({"layer": layer["id"], "minutes": minutes, "phase": phase})
                figures = page.evaluate(f"coverplan.set({asked}), coverplan.figures()")
                found = [figures["units"][unit["code"]] for unit in payload["units"]]
                assert [row["people"] for row in found] == people
                assert [row["before"] for row in found] == before
                assert [row["after"] for row in found] == after
                reached = before if phase == "before" else after
                assert [row["reached"] for row in found] == reached
                assert figures["total"]["reached"] == sum(reached)
                assert figures["total"]["people"] == sum(people)
    assert page.evaluate("coverplan.state()") == {
        "layer": payload["layers"][-1]["id"],
        "minutes": 30,
        "phase": "difference",
        "language": "zh",
        "group": payload["layers"][-1]["group"],
        "line": None,
        "sites": {"on": [], "off": []},
    }
    assert_clean(page)


def test_headline_says_which_meaning_of_whom(show, make_county):
    payload = make_county()
    page = show(render_page(payload))
    figures = page.evaluate("coverplan.figures().total")
    has = sum(payload["layers"][0]["has_one"]["before"])
    share = f"{100 * figures['reached'] / figures['people']:.1f}"
    assert content(page, "#headline") == (
        f"养老服务 · 现状 · 15 分钟（老年人步行 0.89 m/s）：60 岁及以上 {figures['people']:,} 人中 "
        f"{figures['reached']:,} 人可达（{share}\u00a0%）；12 个乡镇中 {has} 个有设施"
    )
    page.evaluate("coverplan.set({phase: 'difference'})")
    assert "变化" in content(page, "#headline")
    page.evaluate("coverplan.set({phase: 'after', language: 'en'})")
    assert "would be reached" in content(page, "#headline")
    role = page.evaluate("[announce.getAttribute('role'), announce.getAttribute('aria-live')]")
    assert role == ["status", "polite"]


def test_table_rows_totals_and_sorting(show, make_county):
    payload = make_county()
    page = show(render_page(payload))
    read = (
        "[...document.querySelectorAll('#table tbody tr')].map((row) => "
        "[...row.cells].map((cell) => cell.textContent))"
    )
    missed = [int(row[4].replace(",", "")) for row in page.evaluate(read)]
    assert missed == sorted(missed, reverse=True)
    assert page.evaluate("document.querySelector('.column-missed').ariaSort") == "descending"
    page.evaluate("document.querySelector('.column-people button').click()")
    people = [int(row[1].replace(",", "")) for row in page.evaluate(read)]
    assert people == sorted(people, reverse=True)
    page.evaluate("document.querySelector('.column-people button').click()")
    assert [int(row[1].replace(",", "")) for row in page.evaluate(read)] == sorted(people)
    assert page.evaluate("document.querySelectorAll('[aria-sort]').length") == 1
    total = page.evaluate(
        "[...document.querySelector('#table tfoot tr').cells].map((c) => c.textContent)"
    )
    assert total[0] == "合计"
    assert int(total[1].replace(",", "")) == sum(people)
    assert page.evaluate("document.querySelectorAll('#table tbody th[scope=row]').length") == 12


def test_wrong_figure_raises_the_alarm(show, make_county):
    payload = make_county()
    payload["table"]["social_work"]["10"]["after"][3] += 1
    page = show(render_page(payload))
    assert visible(page, "#alarm")
    assert "不一致" in content(page, "#alarm")
    assert payload["units"][3]["name"] in content(page, "#alarm")
    page.evaluate("coverplan.set({language: 'en'})")
    assert "Do not use this page" in content(page, "#alarm")


@pytest.mark.parametrize("minutes", [12, 45])
def test_a_layers_own_minutes_are_checked(show, make_county, minutes):
    payload = make_county(loose=True, units=3, points=200, layers=1)
    layer = payload["layers"][0]
    layer["minutes"] = minutes
    for site in layer["sites"]:
        site["people"] = None  # was counted at the other limit
    page = show(render_page(packed(payload)))
    assert visible(page, "#alarm")  # the run did not say
    payload["table"]["elderly_care"][str(minutes)] = {
        phase: counted(layer, payload, phase, minutes) for phase in ("before", "after")
    }
    page = show(render_page(packed(payload)))
    assert not visible(page, "#alarm")
    payload["table"]["elderly_care"][str(minutes)]["before"][1] += 1
    page = show(render_page(packed(payload)))
    assert visible(page, "#alarm")
    assert f"{minutes} 分钟" in content(page, "#alarm")


def test_lost_people_raise_the_alarm(show, make_county):
    payload = make_county()
    payload["units"][2]["unplaced"]["elderly"] += 1
    page = show(render_page(payload))
    assert visible(page, "#alarm")


def test_missing_check_figures_raise_the_alarm(show, make_county):
    payload = make_county()
    del payload["table"]["children"]
    page = show(render_page(payload))
    assert visible(page, "#alarm")


def test_without_script_the_tables_stand(show, make_county):
    payload = make_county()
    page = show(render_page(payload), script=False)
    assert page.errors == []
    shown = page.evaluate("document.querySelector('#static').innerText")
    for layer in payload["layers"]:
        reached = sum(payload["table"][layer["id"]][str(layer["minutes"])]["after"])
        assert layer["label"]["zh"] in shown
        assert f"{reached:,}" in shown
    for unit in payload["units"]:
        assert unit["name"] in shown
    assert "内部工作用图，未经审核不得公开" in shown
    assert "虚构示例县 fictional" in shown
    assert not visible(page, "#app")


def test_broken_data_leave_the_tables(show, make_county):
    payload = make_county()
    text = render_page(payload)
    payload["bulk"]["parts"] = [part for part in payload["bulk"]["parts"] if part[0] != "minutes.2"]
    page = show(render_page(payload))
    assert visible(page, "#static")
    assert not visible(page, "#app")
    assert "静态表格" in content(page, "#alarm")
    page = show(text.replace('"version":2', '"version":'))
    assert visible(page, "#static")


def set_people(payload: dict[str, Any], unit: int, group: str, value: int | None) -> None:
    points = payload["points"]
    for i, home in enumerate(points["unit"]):
        if home == unit:
            points["people"][group][i] = 0
    payload["units"][unit]["people"][group] = value
    payload["units"][unit]["unplaced"][group] = value
    for layer in payload["layers"]:
        if layer["group"] == group:
            for by_phase in payload["table"][layer["id"]].values():
                for figures in by_phase.values():
                    figures[unit] = value


@pytest.mark.parametrize(("value", "written"), [(0, "—"), (None, "未知")])
def test_township_with_nobody_or_of_unknown_population(show, make_county, value, written):
    payload = make_county(loose=True)
    set_people(payload, 4, "elderly", value)
    for site in payload["layers"][0]["sites"]:
        site["people"] = None
    text = render_page(packed(payload))
    page = show(text)
    assert not visible(page, "#alarm")
    rows = page.evaluate(
        "[...document.querySelectorAll('#table tbody tr')].map((row) => "
        "[...row.cells].map((cell) => cell.textContent))"
    )
    row = next(row for row in rows if row[0] == payload["units"][4]["name"])
    assert row[3] == written
    for phase in ("before", "after", "difference"):
        page.evaluate(f"coverplan.set({{phase: {phase!r}}})")
        page.evaluate(
            "[...document.querySelectorAll('#table tbody button')]"
            f".find((node) => node.textContent === {payload['units'][4]['name']!r}).click()"
        )
        seen = page.evaluate("document.querySelector('#app').innerText")
        assert not re.search(r"NaN|null|undefined|Infinity", seen)
    assert page.evaluate("coverplan.csv()").count("NaN") == 0
    assert (
        page.evaluate(f"coverplan.figures().units[{payload['units'][4]['code']!r}].reached")
        == value
    )
    assert ("1 个乡镇人数未知，不计在人数内" in content(page, "#headline")) == (value is None)
    assert written in Static(text).text
    assert_clean(page)


def test_layer_without_sites(show, make_county):
    payload = make_county(loose=True)
    layer = payload["layers"][2]
    layer.update(sites=[], plan=None, has_one={"before": [0] * 12, "after": [0] * 12})
    payload["points"]["minutes"][layer["id"]] = []
    for by_phase in payload["table"][layer["id"]].values():
        by_phase.update(before=[0] * 12, after=[0] * 12)
    page = show(render_page(packed(payload)))
    assert not visible(page, "#alarm")
    for phase in ("before", "after", "difference"):
        page.evaluate(f"coverplan.set({{layer: 'children', phase: {phase!r}}})")
        page.evaluate("document.querySelector('#table tbody button').click()")
        assert page.evaluate("coverplan.figures().total.reached") == 0
        assert not visible(page, "#plan")
        assert page.evaluate("document.querySelectorAll('.site').length") == 0
    assert_clean(page)


@pytest.mark.parametrize("points", [400, 0])
def test_study_of_one_unit(show, make_county, points):
    payload = make_county(loose=True, units=1, points=400, layers=1)
    if not points:
        payload["points"] |= {"x": [], "y": [], "unit": [], "place": []}
        payload["points"]["never"] = {"elderly_care": []}
        payload["points"]["people"] = {group: [] for group in payload["groups"]}
        sites = payload["layers"][0]["sites"]
        payload["points"]["minutes"]["elderly_care"] = [[] for _ in sites]
        for site in sites:
            site["people"] = None if site["people"] is None else 0
        unit = payload["units"][0]
        unit["unplaced"] = dict(unit["people"])
        for by_phase in payload["table"]["elderly_care"].values():
            by_phase.update(before=[0], after=[0])
    page = show(render_page(packed(payload)))
    assert not visible(page, "#alarm")
    page.evaluate("document.querySelector('#table tbody button').click()")
    assert payload["units"][0]["name"] in content(page, "#card h2")
    assert page.evaluate("Object.keys(coverplan.figures().units).length") == 1
    assert_clean(page)


def test_unit_without_ground(show, make_county):
    payload = make_county(loose=True, units=3, points=200, layers=1)
    payload["units"][1]["rings"] = []
    page = show(render_page(packed(payload)))
    page.evaluate(
        "document.querySelectorAll('#table tbody button').forEach((node) => node.click())"
    )
    assert_clean(page)


def test_homes_and_reasons(show, make_county):
    payload = make_county()
    home = payload["layers"][0]["sites"][0]
    unit = payload["units"][home["home"]]
    page = show(render_page(payload))
    page.evaluate(
        "[...document.querySelectorAll('#table tbody button')]"
        f".find((node) => node.textContent === {unit['name']!r}).click()"
    )
    assert "附近没有道路" in content(page, "#card")
    assert home["name"] in content(page, "#card")
    assert_clean(page)


def test_why_somebody_is_not_reached_is_of_the_view(show, make_county):
    """Cut off now, connected but too far with the plan: the plan's view must not say cut off."""
    payload = make_county(loose=True, units=1, points=100, layers=1)
    points, sites = payload["points"], payload["layers"][0]["sites"]
    points["minutes"]["elderly_care"] = [
        [40 if site["state"] == "proposed" else 255] * 100 for site in sites
    ]
    points["never"]["elderly_care"] = [2] * 100
    for site in sites:
        site["people"] = None if site["people"] is None else 0
    for by_phase in payload["table"]["elderly_care"].values():
        by_phase.update(before=[0], after=[0])
    page = show(render_page(packed(payload)))
    assert not visible(page, "#alarm")
    page.evaluate("document.querySelector('#table tbody button').click()")
    assert "与任何设施不连通" in content(page, "#card .counts")
    for phase in ("after", "difference"):
        page.evaluate(f"coverplan.set({{phase: {phase!r}}})")
        assert "不连通" not in content(page, "#card .counts")
        assert "15 分钟以外" in content(page, "#card .counts")
    assert_clean(page)


def test_one_word_for_each_state(show, make_county):
    page = show(render_page(make_county(units=2, points=60, layers=1)))
    page.evaluate("coverplan.set({phase: 'after'})")
    legend = content(page, "#legend-body")
    assert all(word in legend for word in ("现有", "建议新增", "未计入"))
    page.evaluate("document.querySelectorAll('.site').forEach((node) => node.click())")
    whole = content(page, "#app")
    assert "已有" not in whole
    assert "不计入" not in whole
    assert "运营设施" in whole
    assert "在用" not in content(page, "#method-body > p")


def test_sources_say_their_coordinate_system(show, make_county):
    text = render_page(make_county(units=2, points=60, layers=1))
    page = show(text)
    assert "EPSG:4490（文件声明）" in content(page, "#method-body")
    page.evaluate("coverplan.set({language: 'en'})")
    assert "EPSG:4326 (assumed)" in content(page, "#method-body")
    assert "EPSG:4490（文件声明）" in Static(text).text


# ---- people's own text ---------------------------------------------------------------------------

# Not shown as they stand: keys, codes and enumerations.
HIDDEN = {"id", "code", "colour", "shape", "state", "status", "language", "group", "sha256", "unit"}


def poison(value: Any, text: str, found: list[str], key: str = "") -> Any:
    """Put the text, with a number to tell the places apart, wherever a text is shown."""
    if isinstance(value, dict):
        skip = {"points", "table", "bulk"}
        return {
            name: item if name in skip else poison(item, text, found, name)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [poison(item, text, found, key) for item in value]
    if not isinstance(value, str) or key in HIDDEN:
        return value
    found.append(f"{text}·{len(found)}·")
    return found[-1]


class Static(HTMLParser):
    """Text of the static part."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(page[page.index('<section id="static">') : page.index('<script type="app')])

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


TOUR = """
(({layers, texts}) => {
  const unseen = new Map(texts.map((item, i) => [String(i), item]));
  let seven = false;
  const look = () => {
    const text = document.getElementById('app').textContent;
    for (const mark of text.matchAll(/·([0-9]+)·/g)) {
      const item = unseen.get(mark[1]);
      const end = mark.index + mark[0].length;
      if (item && text.startsWith(item, end - item.length)) unseen.delete(mark[1]);
    }
    seven = seven || /23331/.test(text);
  };
  for (const language of ['zh', 'en'])
    for (const layer of layers) {
      const all = coverplan.set({layer}) || coverplan.sites().map((site) => site.id);
      document.querySelector('#switches').open = true;
      coverplan.set({language, minutes: 5, sites: {off: all}});
      document.querySelector('#switches').dispatchEvent(new Event('toggle'));
      document.querySelectorAll('#table tbody button').forEach((button) => button.click());
      look();
      coverplan.set({sites: null});
      for (const phase of ['before', 'after', 'difference']) {
        coverplan.set({phase});
        look();
        if (phase !== 'after') continue; // which shows every site there is
        for (const button of document.querySelectorAll('#table tbody button')) {
          button.click();
          look();
        }
        for (const marker of document.querySelectorAll('.site')) {
          marker.click();
          look();
        }
      }
    }
  return {unseen: [...unseen.values()], seven};
})
"""


def test_every_hostile_text_is_tried():
    assert sorted(itertools.chain(*TOGETHER.values())) == sorted(HOSTILE)


@pytest.mark.parametrize("name", TOGETHER)
def test_hostile_text_stays_text(show, make_county, name):
    hostile = " ".join(HOSTILE[part] for part in TOGETHER[name])
    payload = make_county(loose=True, units=3, points=150, layers=1 if name == "long" else 3)
    for layer in payload["layers"]:
        for site in layer["sites"]:
            site["reason"] = {"zh": "理由", "en": "reason"}
    payload["meta"]["approval"] = "GS"
    # All three reasons are told: no road, cut off, and (with everything switched off) no site.
    for layer in payload["layers"]:
        payload["points"]["minutes"][layer["id"]] = [[255] * 150 for _ in layer["sites"]]
        payload["points"]["never"][layer["id"]] = ([7] + [6] * 2) * 50
        for by_phase in payload["table"][layer["id"]].values():
            by_phase.update(before=[0] * 3, after=[0] * 3)
        for site in layer["sites"]:
            site["people"] = None if site["people"] is None else 0
    del payload["reasons"][0], payload["places"][0]
    found: list[str] = []
    payload = poison(payload, hostile, found)
    payload["reasons"].insert(0, {"zh": "", "en": ""})  # index 0: there is no reason to give
    payload["places"].insert(0, "")
    payload = packed(payload)
    text = render_page(payload)
    page = show(text, before=SPY)
    asked = {"layers": [layer["id"] for layer in payload["layers"]], "texts": found}
    seen = page.evaluate(f"{TOUR}({json.dumps(asked)})")
    assert [item[:30] + item[-8:] for item in seen["unseen"]] == []
    assert not seen["seven"]
    assert page.evaluate("document.title").split() == payload["meta"]["title"].split()
    assert page.evaluate("window.alerts") == []
    assert page.evaluate("document.scripts.length") == 4
    assert (
        page.evaluate("document.querySelectorAll('img, iframe, object, b[onmouseover]').length")
        == 0
    )
    assert hostile in Static(text).text
    assert not visible(page, "#static")
    assert not visible(page, "#alarm")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert_clean(page)


def test_hostile_keys(show, make_county):
    text = json.dumps(make_county(units=2, points=60, layers=2))
    for key, other in (("elderly_care", "__proto__"), ("social_work", "</script><img src=x>")):
        text = text.replace(json.dumps(key), json.dumps(other))
    for key, other in (("elderly", "constructor"), ("331122001", "__proto__")):
        text = text.replace(json.dumps(key), json.dumps(other))
    payload = json.loads(text)
    assert payload["units"][1]["code"] == "__proto__"
    page = show(render_page(payload), before=SPY)
    assert not visible(page, "#alarm")
    for layer in payload["layers"]:
        page.evaluate(f"coverplan.set({{layer: {json.dumps(layer['id'])}}})")
    assert "__proto__" in page.evaluate("Object.keys(coverplan.figures().units)")
    assert_clean(page)


# ---- CSV -----------------------------------------------------------------------------------------


def test_csv_holds_the_table_and_no_formula(show, make_county):
    names = ["=1+1", "+x", "-x", "@x", "\tx", "\rx", " =x", "＝x", 'a"b', "a,b", "a\nb", "plain"]
    payload = make_county()
    for unit, name in zip(payload["units"], names, strict=True):
        unit["name"] = name
    page = show(render_page(payload))
    page.evaluate("coverplan.set({phase: 'difference'})")
    text = page.evaluate("coverplan.csv()")
    assert text.startswith("\ufeff")
    assert '"a""b"' in text
    head, *rows, total = csv.reader(io.StringIO(text[1:], newline=""))
    assert len(head) == 20
    written = {row[1] for row in rows}
    assert written == {f"'{name}" if name in names[:8] else name for name in names}
    figures = page.evaluate("coverplan.figures()")
    by_code = {row[0]: row for row in rows}
    for code, row in figures["units"].items():
        assert [int(by_code[code][i]) for i in (7, 12, 13)] == [
            row["people"],
            row["before"],
            row["after"],
        ]
        assert int(by_code[code][14]) == row["after"] - row["before"]
    assert int(total[8]) == figures["total"]["reached"]
    for row in [head, *rows, total]:
        for cell in row:
            assert re.fullmatch(r"-?\d+", cell) or not cell.startswith(("=", "+", "-", "@", "\t"))


def test_csv_button_saves_a_file(show, browser, make_county, tmp_path):
    page = show(render_page(make_county()))
    browser.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    page.evaluate("document.getElementById('download').click()")
    file = tmp_path / "coverplan-elderly_care-15-before.csv"
    end = time.monotonic() + 10
    while not file.exists() and time.monotonic() < end:
        settle(page)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert file.read_bytes().decode("utf-8") == page.evaluate("coverplan.csv()")
    assert_clean(page)


# ---- hands on ------------------------------------------------------------------------------------


def test_every_control_has_a_name(show, make_county):
    page = show(render_page(make_county()))
    roles = {"button", "radio", "checkbox", "slider", "spinbutton", "link", "application", "table"}
    for language in ("zh", "en"):
        page.evaluate(f"coverplan.set({{language: {language!r}}})")
        nodes = page.send("Accessibility.getFullAXTree")["nodes"]
        named = [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node["ignored"] and node["role"]["value"] in roles
        ]
        assert len(named) > 40
        assert [role for role, label in named if not label.strip()] == []
    assert page.evaluate(
        "[...document.querySelectorAll('input')]"
        ".every((node) => node.labels.length || node.ariaLabel)"
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))


def test_tab_reaches_every_control(show, make_county):
    page = show(render_page(make_county(units=2, points=60, layers=2)))
    name = (
        "(() => { const n = document.activeElement;"
        "return n.id || n.name || n.className || n.tagName; })()"
    )
    reached = []
    for _ in range(60):
        page.key("Tab", 9)
        reached.append(page.evaluate(name))
    wanted = {"print", "language", "map", "layer", "phase", "slider", "minutes", "group", "line"}
    wanted |= {"roads"}
    wanted |= {"water", "protected", "uncounted", "fit", "download"}
    assert wanted <= set(reached)
    assert any("site" in str(item) for item in reached)
    assert any("leaflet-control-zoom-in" in str(item) for item in reached)


def test_arrow_keys_change_layer_and_phase(show, make_county):
    page = show(render_page(make_county()))
    page.evaluate("document.querySelector('input[name=layer]').focus()")
    page.key("ArrowDown", 40)
    assert page.evaluate("coverplan.state().layer") == "social_work"
    page.evaluate("document.querySelector('input[name=phase]').focus()")
    page.key("ArrowRight", 39)
    assert page.evaluate("coverplan.state().phase") == "after"
    page.evaluate("document.getElementById('slider').focus()")
    page.key("ArrowRight", 39)
    settle(page)
    assert page.evaluate("coverplan.state().minutes") == 16
    assert page.evaluate("minutes.value") == "16"


def test_a_layer_brings_its_own_minutes_unless_others_were_chosen(show, make_county):
    page = show(render_page(make_county()))
    assert page.evaluate("coverplan.set({layer: 'eco_burial'}), coverplan.state().minutes") == 30
    assert page.evaluate("coverplan.set({layer: 'children'}), coverplan.state().minutes") == 15
    page.evaluate("coverplan.set({minutes: 12})")
    assert page.evaluate("coverplan.set({layer: 'eco_burial'}), coverplan.state().minutes") == 12


def test_presets_number_and_bad_requests(show, make_county):
    page = show(render_page(make_county()))
    page.evaluate("document.querySelectorAll('#presets button')[1].click()")
    assert page.evaluate("coverplan.state().minutes") == 10
    assert page.evaluate("document.querySelector('#presets [aria-pressed=true]').textContent") == (
        "10 分钟"
    )
    for typed, kept in (("7", 7), ("99", 30), ("0", 1), ("", 1), ("2.6", 3)):
        page.evaluate(
            f"minutes.value = {typed!r}; minutes.dispatchEvent(new Event('change'));"
            "coverplan.state().minutes"
        )
        assert page.evaluate("coverplan.state().minutes") == kept
    for bad in (
        "{layer: 'x'}",
        "{minutes: 0}",
        "{minutes: 2.5}",
        "{phase: 'x'}",
        "{language: 'x'}",
    ):
        with pytest.raises(RuntimeError, match="RangeError"):
            page.evaluate(f"coverplan.set({bad})")


def test_language_switch_translates(show, make_county):
    page = show(render_page(make_county()))
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    chinese = content(page, "#app")
    page.evaluate("document.querySelector('input[name=language][value=en]').click()")
    assert page.evaluate("document.documentElement.lang") == "en"
    english = content(page, "#app")
    assert "Not reached" in english
    assert "不可达" not in english
    assert "不可达" in chinese
    assert page.evaluate("document.querySelector('.leaflet-control-zoom-in').title") == "Zoom in"
    own = {"云", "县"}  # the planner's own names stay as they are
    payload = make_county()
    payload["meta"]["language"] = "en"
    page = show(render_page(payload))
    assert page.evaluate("document.documentElement.lang") == "en"
    words = "".join(
        page.evaluate(
            "[...document.querySelectorAll("
            "'#controls, #legend, #table thead, #table caption, #foot')]"
            ".map((node) => node.textContent)"
        )
    )
    assert not set(re.findall(r"[\u4e00-\u9fff]", words)) - own


def test_click_on_ground_and_on_site_opens_the_card(show, make_county):
    payload = make_county()
    page = show(render_page(payload))
    spot = page.evaluate(
        "(() => { const body = [...document.querySelectorAll('.label-body b')][3];"
        "const box = body.getBoundingClientRect();"
        "return [box.x + box.width / 2, box.y + box.height / 2, body.textContent]; })()"
    )
    for kind in ("mousePressed", "mouseReleased"):
        page.send(
            "Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1], button="left", clickCount=1
        )
    settle(page)
    assert content(page, "#card h2") == spot[2]
    unit = next(unit for unit in payload["units"] if unit["name"] == spot[2])
    assert f"{unit['people']['elderly']:,}" in content(page, "#card")
    page.evaluate("document.querySelector('.site').focus()")
    name = page.evaluate("document.activeElement.ariaLabel")
    page.key("Enter", 13)
    assert content(page, "#card h2") in name
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.key("Escape", 27)
    assert not visible(page, "#card")
    assert page.evaluate("document.activeElement.ariaLabel") == name
    assert_clean(page)


def test_missed_people_are_all_accounted_for(show, make_county):
    payload = make_county()
    page = show(render_page(payload))
    for phase in ("before", "after"):
        page.evaluate(f"coverplan.set({{phase: {phase!r}}})")
        figures = page.evaluate("coverplan.figures().units")
        for unit in payload["units"]:
            page.evaluate(
                "[...document.querySelectorAll('#table tbody button')]"
                f".find((node) => node.textContent === {unit['name']!r}).click()"
            )
            counts = page.evaluate(
                "[...document.querySelectorAll('#card .counts strong')].map((n) => n.textContent)"
            )
            missed = sum(int(re.sub(r"\D", "", count)) for count in counts)
            row = figures[unit["code"]]
            assert missed == row["people"] - row["reached"]


def test_layers_of_the_map_can_be_switched_off(show, make_county):
    page = show(render_page(make_county()))
    sum_of = (
        "[...document.querySelectorAll('#map canvas')].map((node) => {"
        "const pen = node.getContext('2d'); let s = 0;"
        "const d = pen.getImageData(0, 0, node.width, node.height).data;"
        "for (let i = 0; i < d.length; i += 4) s += d[i] + d[i + 1] + d[i + 2]; return s; })"
    )
    before = page.evaluate(sum_of)
    for switch in ("[name=roads]", "[name=water]", "[name=protected]", "[name=base][value=none]"):
        page.evaluate(f"document.querySelector('input{switch}').click()")
        after = page.evaluate(sum_of)
        assert after != before
        before = after
    sites = page.evaluate("document.querySelectorAll('.site').length")
    page.evaluate("document.querySelector('input[name=uncounted]').click()")
    assert page.evaluate("document.querySelectorAll('.site').length") == sites - 1


# ---- sizes and paper -----------------------------------------------------------------------------


def test_telephone(show, make_county):
    page = show(render_page(make_county()), width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("map.clientHeight") > 300
    page.evaluate("document.querySelectorAll('#table tbody button')[0].click()")
    assert visible(page, "#card")
    box = page.evaluate("(({left, right}) => [left, right])(card.getBoundingClientRect())")
    assert box[0] >= 0
    assert box[1] <= 390
    assert_clean(page)


def test_no_column_of_single_characters(show, make_county):
    page = show(render_page(make_county()))
    page.evaluate("document.querySelectorAll('#table tbody button')[0].click()")
    page.evaluate("method.open = true")
    thin = page.evaluate(
        "[...document.querySelectorAll('#card :is(th, td, dd, dt, li, p), #method :is(li, p, dd), "
        "#table :is(th, td), #plan p')].filter((node) => node.textContent.length > 4 && "
        "node.getClientRects().length && node.getBoundingClientRect().width < 30)"
        ".map((node) => node.textContent)"
    )
    assert thin == []


def test_prints_on_one_sheet_and_comes_back(show, make_county):
    page = show(render_page(make_county(points=1500, layers=2)))
    page.evaluate("coverplan.set({phase: 'after'})")
    width = page.evaluate("map.clientWidth")
    sheet = page.pdf()
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    settle(page)
    assert page.evaluate("map.clientWidth") == width
    assert page.evaluate("document.querySelectorAll('canvas').length") == 3
    assert not page.evaluate("document.documentElement.classList.contains('printing')")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    inks = page.evaluate(
        "[...document.querySelectorAll('canvas.printed')].slice(0, 2).map((node) => "
        "node.getContext('2d').getImageData(0, 0, node.width, node.height).data.some((v) => v > 0))"
    )
    assert inks == [True, True]
    assert visible(page, "#notice")
    assert visible(page, "#headline")
    assert not visible(page, "#controls")
    inner = page.evaluate("[document.querySelector('#side').scrollHeight, stage.clientHeight]")
    assert inner[0] <= inner[1] + 4
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert visible(page, "#controls")
    assert_clean(page)


def test_time_to_recompute(show, make_county, record_property):
    page = show(render_page(make_county()))
    times = page.evaluate(
        "(() => { const times = []; for (let minutes = 1; minutes <= 30; minutes += 1) {"
        "const start = performance.now(); coverplan.set({minutes});"
        "times.push(performance.now() - start); } return times; })()"
    )
    middle = sorted(times)[len(times) // 2]
    record_property("milliseconds", middle)
    print(f"\nchange of threshold: {middle:.1f} ms (longest {max(times):.1f})")  # noqa: T201
