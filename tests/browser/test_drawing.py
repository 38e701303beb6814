"""What the map draws: rasters of people and minutes, isochrones, marks below the target line."""

import itertools
import json
import math
import re
import time
from importlib import resources
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from colour_vision import VISION, lab, least_distance
from made_county import packed

from coverplan.present.page import render_page

LOOKS = (resources.files("coverplan.present") / "assets/map/looks.js").read_text(encoding="utf-8")
ISOCHRONE = (resources.files("coverplan.present") / "assets/map/isochrone.js").read_text("utf-8")
HOOK = """let real; Object.defineProperty(window, "L", {configurable: true, get: () => real,
  set(made) { real = made; const map = made.map;
    made.map = (...how) => (window.theMap = map(...how)); }});"""
READ = """((spots) => {
  const canvas = document.querySelector(".leaflet-ground-pane canvas");
  const box = canvas.getBoundingClientRect();
  const frame = document.querySelector("#map").getBoundingClientRect();
  const { width, height } = canvas;
  const all = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const corner = theMap.layerPointToContainerPoint([0, 0]).subtract(theMap.getPixelOrigin());
  return spots.map((spot) => {
    const at = theMap.project(spot, theMap.getZoom()).add(corner);
    const x = Math.floor(at.x + frame.left - box.left);
    const y = Math.floor(at.y + frame.top - box.top);
    if (x < 0 || y < 0 || x >= width || y >= height) return [-1, -1, -1];
    return [...all.slice(4 * (y * width + x), 4 * (y * width + x) + 3)];
  });
})"""
BARE = "#f8f6f0"
COVER = 235 / 255
UNREACHED = 255


def colours(name):
    return re.findall("#[0-9a-f]{6}", re.search(rf"{name} = (\[.*?\]|\".*?\");", LOOKS)[1])


CELLS = colours("CELL_FILLS")
NEAR = ["#12375f", "#2f6c9d", "#5f9cc4", "#9cc6de"]
NEAR_THREE = ["#12375f", "#3a78a8", "#82b4d2"]
FAR, FARTHEST, NEW, OLD, LOST = (
    colours(f"{n}_DOT")[0] for n in ("FAR", "FARTHEST", "NEW", "OLD", "LOST")
)


def channels(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def settle(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def choose(page, selector):
    page.evaluate(f"document.querySelector({selector!r}).click()")


def clean(page):
    # That the tests read the canvas back is no fault of the page.
    assert [error for error in page.errors if "getImageData" not in error] == []
    assert page.dialogs == []


# ---- the raster, reckoned again ------------------------------------------------------------------


def world(longitude, latitude):
    """Web Mercator at zoom 0, in pixels."""
    sine = np.sin(np.radians(latitude))
    y = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return np.column_stack([longitude / 360 + 0.5, y]) * 256


def degrees(x, y):
    return x / 256 * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - y / 128))))


class Raster:
    """Cells of a loose payload: the points in each, and which of them lie clear of borders."""

    def __init__(self, payload, metres):
        points = payload["points"]
        at = np.column_stack([np.cumsum(points["x"]), np.cumsum(points["y"])]) / 1e5
        xy = world(*at.T)
        middle = degrees(0, (xy[:, 1].min() + xy[:, 1].max()) / 2)[1]
        self.side = metres * 256 / (40_075_016.686 * math.cos(math.radians(middle)))
        self.cell = np.floor(xy / self.side).astype(int)
        self.payload = payload
        self.members = {}
        for i, key in enumerate(map(tuple, self.cell.tolist())):
            self.members.setdefault(key, []).append(i)
        self.members = {key: np.array(who) for key, who in self.members.items()}
        lines = []
        for unit in payload["units"]:
            for ring in itertools.chain.from_iterable(unit["rings"]):
                steps = np.cumsum(np.array(ring).reshape(-1, 2), axis=0) / 1e5
                lines.append(shapely.LinearRing(world(*steps.T)))
        tree = shapely.STRtree(lines)
        keys = list(self.members)
        centres = shapely.points((np.array(keys) + 0.5) * self.side)
        # Borders are drawn over the cells, as wide as two of them where the whole county is seen.
        _, away = tree.query_nearest(centres, return_distance=True, all_matches=False)
        self.clear = [k for k, d in zip(keys, away, strict=True) if d > 2.5 * self.side]

    def people(self, key, group):
        return int(np.array(self.payload["points"]["people"][group])[self.members[key]].sum())

    def half(self, key, group, minutes):
        """The least minute within which half of a cell's people are."""
        people = np.array(self.payload["points"]["people"][group])[self.members[key]]
        order = np.argsort(minutes[self.members[key]], kind="stable")
        if not people.sum():
            return None
        reached = np.cumsum(people[order])
        return int(minutes[self.members[key]][order][np.argmax(2 * reached >= people.sum())])

    def corner(self, key, across=0.5, down=0.5):
        longitude, latitude = degrees(*((np.array(key) + (across, down)) * self.side))
        return latitude, longitude


def nearest(payload, layer, open_sites):
    rows = np.array(payload["points"]["minutes"][layer])[list(open_sites)]
    return rows.min(axis=0) if len(rows) else np.full(len(payload["points"]["x"]), UNREACHED)


def read_pixels(page, spots):
    """Colours on the ground's canvas at degrees; no rounding to pixels but the canvas's own."""
    return np.array(page.evaluate(f"{READ}({json.dumps(spots)})"))


def seen(colour):
    return COVER * channels(colour) + (1 - COVER) * channels(BARE)


def is_colour(pixels, colour):
    return np.abs(pixels - seen(colour)).max(axis=-1) < 8


@pytest.fixture
def drawn(show, make_county):
    """A county on the map, its roads and water off, and the raster reckoned again."""
    payload = make_county(loose=True, points=4000, layers=2)
    page = show(render_page(packed(payload)), before=HOOK)
    for name in ("roads", "water", "protected", "uncounted"):
        choose(page, f"input[name={name}]")
    choose(page, "input[name=base][value=minutes]")
    metres = int(
        re.search(r"（([\d,]+) 米见方）", page.evaluate("legend.textContent"))[1].replace(",", "")
    )
    return SimpleNamespace(
        page=page, payload=payload, raster=Raster(payload, metres), metres=metres
    )


def test_cells_are_as_fine_as_the_county_shows(drawn):
    spread = np.ptp(drawn.raster.cell, axis=0).max()
    assert 50 <= spread <= 260
    assert drawn.metres in {100, 200, 500, 1000}


def test_every_cell_has_the_colour_of_its_minutes(drawn):
    page, payload, raster = drawn.page, drawn.payload, drawn.raster
    layer = payload["layers"][0]
    key, sites = layer["id"], layer["sites"]
    today = [i for i, site in enumerate(sites) if site["before"]]
    plan = {i for i, site in enumerate(sites) if site["after"]}
    spots = [raster.corner(cell) for cell in raster.clear]

    def check(expected):
        settle(page)
        pixels = read_pixels(page, spots)
        known = [(p, e) for p, e in zip(pixels, map(expected, raster.clear), strict=True) if e]
        assert len(known) > 400
        wrong = [(p, e) for p, e in known if not is_colour(p, e)]
        assert not wrong
        return {e for _, e in known}

    def of_minutes(group, minutes, limit, edges, fills):
        def colour(cell):
            half = raster.half(cell, group, minutes)
            if half is None:
                return None
            if half > limit:
                return FARTHEST if half == UNREACHED else FAR
            return fills[next(i for i, edge in enumerate(edges) if half <= edge)]

        return colour

    now = nearest(payload, key, today)
    found = check(of_minutes("elderly", now, 15, (5, 10, 15), NEAR_THREE))
    assert found == {*NEAR_THREE, FAR, FARTHEST}
    page.evaluate("coverplan.set({minutes: 30, group: 'children'})")
    check(of_minutes("children", now, 30, (5, 10, 15, 30), NEAR))
    # Another set of sites: the cells follow the switches.
    off = today[0]
    asked = {
        "phase": "after",
        "minutes": 15,
        "group": "elderly",
        "sites": {"off": [sites[off]["id"]], "on": []},
    }
    page.evaluate(f"coverplan.set({json.dumps(asked)})")
    then = nearest(payload, key, sorted(plan - {off}))
    check(of_minutes("elderly", then, 15, (5, 10, 15), NEAR_THREE))
    page.evaluate("coverplan.set({phase: 'difference'})")

    def changed(cell):
        before, after = (raster.half(cell, "elderly", m) for m in (now, then))
        if before is None:
            return None
        return {(1, 1): OLD, (0, 1): NEW, (1, 0): LOST, (0, 0): FAR}[before <= 15, after <= 15]

    assert {NEW, OLD, FAR, LOST} >= check(changed) >= {NEW, OLD, FAR}
    clean(page)


def test_every_cell_has_the_colour_of_its_people(drawn):
    page, raster = drawn.page, drawn.raster
    choose(page, "input[name=base][value=people]")
    settle(page)
    words = page.evaluate(
        "[...document.querySelector('#legend-body ul').children].map((n) => n.textContent)"
    )
    edges = [int(re.search(r"[\d,]+", line)[0].replace(",", "")) for line in words]
    assert edges[0] == 1
    assert edges == sorted(set(edges))
    assert len(edges) >= 4
    fills = CELLS[-len(edges) :]
    pixels = read_pixels(page, [raster.corner(cell) for cell in raster.clear])
    found = set()
    for pixel, cell in zip(pixels, raster.clear, strict=True):
        people = raster.people(cell, "elderly")
        if people:
            place = sum(people >= edge for edge in edges) - 1
            found.add(place)
            assert is_colour(pixel, fills[place]), (cell, people)
    assert found == set(range(len(edges)))
    clean(page)


@pytest.mark.parametrize("zoom", [None, 12.3, 15, 18])
def test_a_cell_lies_where_it_is_at_every_zoom(drawn, zoom):
    """Just inside its four sides is its colour, just outside is not: far less than half a cell."""
    page, raster = drawn.page, drawn.raster
    inhabited = set(raster.members)
    alone = [
        (x, y)
        for x, y in raster.clear
        if not inhabited & {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)}
        and raster.people((x, y), "elderly")
    ]
    assert len(alone) >= 3
    for cell in (alone[0], alone[len(alone) // 2], alone[-1]):
        if zoom:
            page.evaluate(
                f"theMap.setView({json.dumps(raster.corner(cell))}, {zoom}, {{animate: false}}), 0"
            )
            settle(page)
        size = raster.side * 2 ** page.evaluate("theMap.getZoom()")
        slack = max(0.04, 0.9 / size)
        assert slack < 0.5
        across = [(slack, 0.4), (1 - slack, 0.4), (0.4, slack), (0.4, 1 - slack)]
        outside = [(-slack, 0.4), (1 + slack, 0.4), (0.4, -slack), (0.4, 1 + slack)]
        pixels = read_pixels(page, [raster.corner(cell, *at) for at in (*across, *outside)])
        bare = np.abs(pixels - channels(BARE)).max(axis=1) < 8
        assert bare.tolist() == [False] * 4 + [True] * 4, (zoom, cell, pixels)


def test_many_points_open_as_minutes_and_are_painted_fast(show, make_county, record_property):
    payload = make_county(loose=True, points=3000, layers=1)
    points, rng = payload["points"], np.random.default_rng(5)
    again = np.sort(rng.integers(0, 3000, 200_000))
    for axis in ("x", "y"):
        spots = np.cumsum(points[axis])[again] + rng.integers(-400, 400, len(again))
        points[axis] = np.diff(spots, prepend=0)
    for name in ("unit", "place"):
        points[name] = np.array(points[name])[again]
    for lists in (points["people"], points["never"], points["minutes"]):
        for key, values in lists.items():
            lists[key] = np.array(values)[..., again]
    payload["table"] = {}
    page = show(render_page(packed(payload)))
    assert page.evaluate("document.querySelector('input[name=base]:checked').value") == "minutes"
    timed = (
        "(() => { const times = []; for (let minutes = 5; minutes < 20; minutes += 1) {"
        "const start = performance.now(); coverplan.set({minutes});"
        "times.push(performance.now() - start); } return times.sort((a, b) => a - b)[7]; })()"
    )
    with_cells = page.evaluate(timed)
    choose(page, "input[name=base][value=none]")
    without = page.evaluate(timed)
    record_property("milliseconds", with_cells - without)
    assert with_cells - without < 300


def test_scattered_places_get_larger_cells(show, make_county):
    """Points of a coarse grid, 700 m apart over 31 km: cells of 200 m would each stand alone."""
    payload = make_county(loose=True, points=2025, layers=1)
    points = payload["points"]
    x, y = np.divmod(np.arange(2025), 45)
    west, south = points["x"][0], points["y"][0]
    points["x"] = np.diff(west + x * 700, prepend=0)
    points["y"] = np.diff(south + y * 630, prepend=0)
    page = show(render_page(packed(payload)))
    choose(page, "input[name=base][value=people]")
    assert "（500 米见方）" in page.evaluate("legend.textContent")


# ---- colours -------------------------------------------------------------------------------------


@pytest.mark.parametrize("vision", VISION)
def test_classes_of_cells_stay_apart_for_every_colour_vision(vision):
    for fills in (
        CELLS,
        [*NEAR, FAR, FARTHEST],
        [*NEAR_THREE, FAR, FARTHEST],
        [NEW, FAR, OLD, LOST],
    ):
        assert least_distance(fills, BARE, COVER, VISION[vision]) > 10
    for fills in (CELLS, NEAR[::-1], NEAR_THREE[::-1]):
        lightness = [lab(fill, BARE, COVER, VISION[vision])[0] for fill in fills]
        assert lightness == sorted(lightness, reverse=True)
    assert set(NEAR) | set(NEAR_THREE) <= set(colours("NEAR_DOTS"))


# ---- isochrones ----------------------------------------------------------------------------------


def test_isochrone_is_for_the_eye_only_and_says_so(show, make_county):
    page = show(render_page(make_county(points=1500, layers=2)))
    figures = page.evaluate("JSON.stringify(coverplan.figures())")
    ink = (
        "(() => { const c = document.querySelector('.leaflet-dots-pane canvas'); let n = 0;"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; })()"
    )
    choose(page, "input[name=base][value=none]")
    assert page.evaluate(ink) == 0
    assert not page.evaluate("document.querySelector('input[name=isochrone]').checked")
    choose(page, "input[name=isochrone]")
    short = page.evaluate(ink)
    assert short > 0
    assert "15 分钟等时圈（仅供示意，不参与计算）" in page.evaluate("legend.textContent")
    assert page.evaluate("JSON.stringify(coverplan.figures())") == figures
    page.evaluate("coverplan.set({minutes: 30, language: 'en'})")
    assert page.evaluate(ink) != short
    assert "nothing is computed from it" in page.evaluate("legend.textContent")
    choose(page, "input[name=isochrone]")
    assert page.evaluate(ink) == 0
    clean(page)


def test_outlines_hold_every_cell_within_and_none_beyond(show, make_county):
    source = re.search(r"function outlines\(.*?\n}\n", ISOCHRONE, re.DOTALL)[0]
    page = show(render_page(make_county(points=400, layers=1)))
    rng = np.random.default_rng(3)
    for part in (0.05, 0.3, 0.5, 0.7):
        cells = np.zeros((14, 17), dtype=int)
        cells[1:-1, 1:-1] = rng.random((12, 15)) < part
        asked = json.dumps({"cells": cells.ravel().tolist(), "wide": 17, "high": 14})
        rings = page.evaluate(f"({source})({asked})")
        assert all(len(ring) >= 4 for ring in rings)
        for y, x in np.ndindex(cells.shape):
            inside = sum(odd(ring, x + 0.5, y + 0.5) for ring in rings) % 2
            assert inside == cells[y, x]


def odd(ring, x, y):
    """Whether a ray to the east crosses a ring an odd number of times."""
    crossings = 0
    for (x0, y0), (x1, y1) in itertools.pairwise([*ring, ring[0]]):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossings += 1
    return crossings % 2


# ---- names and the target line -------------------------------------------------------------------


def test_townships_below_the_line_are_marked(show, make_county):
    payload = make_county(points=1500, layers=1)
    page = show(render_page(payload))
    marked = (
        "Object.fromEntries([...document.querySelectorAll('.label-body:not(.wild)')].map((node) =>"
        "[node.querySelector('b').textContent, node.classList.contains('short')"
        " ? node.querySelector('i').textContent : '']))"
    )
    assert not any(page.evaluate(marked).values())
    page.evaluate("coverplan.set({line: 40.5, phase: 'after'})")
    figures = page.evaluate("coverplan.figures().units")
    found = page.evaluate(marked)
    short = 0
    for unit in payload["units"]:
        row = figures[unit["code"]]
        gap = math.ceil(405 * row["people"] / 1000) - row["reached"]
        short += gap > 0
        assert ("▼" in found[unit["name"]]) == (gap > 0)
        if gap > 0:
            assert found[unit["name"]].endswith(f"▼{gap:,}")
    assert 0 < short < 12
    assert "低于目标线 40.5\u00a0%" in page.evaluate("legend.textContent")


@pytest.mark.parametrize("units", [1, 70])
def test_names_hide_no_other_name(show, make_county, units):
    page = show(render_page(make_county(units=units, points=600, layers=1)))
    boxes = page.evaluate(
        "[...document.querySelectorAll('.label-body:not(.away)')].map((node) => {"
        "const {left, top, right, bottom} = node.getBoundingClientRect();"
        "return [left, top, right, bottom]; })"
    )
    assert len(boxes) >= min(units, 30)
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] + 2 or b[2] <= a[0] + 2 or a[3] <= b[1] + 2 or b[3] <= a[1] + 2
    clean(page)


def test_a_bare_county_and_a_unit_without_ground(show, make_county):
    payload = make_county(loose=True, units=4, points=300, layers=1)
    payload["base"] = {"roads": [], "water": [], "protected": []}
    payload["units"][1]["rings"] = []
    payload["units"][2]["rings"] = [[[]], [[11_900_000, 2_800_000, 1, 1]]]
    page = show(render_page(packed(payload)))
    for base in ("dots", "people", "minutes", "none"):
        choose(page, f"input[name=base][value={base}]")
    choose(page, "input[name=isochrone]")
    offered = "[...document.querySelectorAll('#shown label:not([hidden]) [type=checkbox]')]"
    assert page.evaluate(f"{offered}.map((box) => box.name)") == ["isochrone", "uncounted"]
    page.evaluate("coverplan.set({phase: 'difference'})")
    assert page.evaluate("document.querySelectorAll('.label-body').length") == 2
    assert page.evaluate("document.querySelectorAll('#table tbody tr').length") == 4
    assert page.evaluate("alarm.hidden")
    clean(page)


def test_nobody_has_no_cells(show, make_county):
    payload = make_county(loose=True, units=1, points=10, layers=1)
    points = payload["points"]
    for lists in (points, points["people"], points["never"]):
        lists.update({key: values[:0] for key, values in lists.items() if isinstance(values, list)})
    for key, rows in points["minutes"].items():
        points["minutes"][key] = np.zeros((len(rows), 0), dtype=np.uint8)
    page = show(render_page(packed(payload)))
    for base in ("people", "minutes"):
        choose(page, f"input[name=base][value={base}]")
    choose(page, "input[name=isochrone]")
    clean(page)


# ---- for every eye -------------------------------------------------------------------------------


def test_forced_colours_lose_nothing(show, make_county):
    page = show(render_page(make_county(points=400, layers=2)))
    page.send("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    looks = (
        "[...document.querySelectorAll('input[name=phase]')].map((node) => "
        "[node.checked, getComputedStyle(node.nextElementSibling).backgroundColor])"
    )
    chosen = {colour for checked, colour in page.evaluate(looks) if checked}
    others = {colour for checked, colour in page.evaluate(looks) if not checked}
    assert len(chosen) == 1
    assert not chosen & others
    kept = "[stage, legend].map((node) => getComputedStyle(node).forcedColorAdjust)"
    assert page.evaluate(kept) == ["none", "none"]
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")


def test_still_for_who_wants_no_motion(show, make_county):
    page = show(render_page(make_county(points=400, layers=1)), before=HOOK)
    assert page.evaluate("theMap.options.zoomAnimation")
    calm = "window.matchMedia = (asked) => ({matches: asked.includes('reduced-motion')});"
    page = show(render_page(make_county(points=400, layers=1)), before=calm + HOOK)
    assert not page.evaluate("theMap.options.zoomAnimation || theMap.options.fadeAnimation")


@pytest.mark.parametrize(("width", "height"), [(720, 450), (390, 844), (320, 568)])
def test_twice_the_letters_and_telephones_scroll_in_one_direction(show, make_county, width, height):
    page = show(render_page(make_county(points=400, layers=4)), width=width, height=height)
    page.evaluate("coverplan.set({line: 80})")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    stage = page.evaluate("(({width, height}) => [width, height])(stage.getBoundingClientRect())")
    assert stage[0] == width
    assert stage[1] >= 270
    assert page.evaluate(
        "side.getBoundingClientRect().top >= stage.getBoundingClientRect().bottom - 1"
    )
    clean(page)


def test_raster_is_chosen_with_the_keyboard(show, make_county):
    page = show(render_page(make_county(points=400, layers=1)))
    page.evaluate("document.querySelector('input[name=base][value=dots]').focus()")
    page.key("ArrowRight", 39)
    assert page.evaluate("document.activeElement.value") == "people"
    assert "每格" in page.evaluate("legend.textContent")
    end = time.monotonic() + 5
    while "每格" not in page.evaluate("legend.textContent") and time.monotonic() < end:
        settle(page)
    group = page.evaluate("document.querySelector('.bases').getAttribute('aria-label')")
    assert group == "人口与时间"
