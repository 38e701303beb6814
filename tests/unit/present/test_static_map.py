"""The figures and tables of the page for readers without JavaScript."""

import copy
import itertools
import json
import math
import re
import xml.etree.ElementTree as ET
from importlib import resources

import numpy as np
import pyproj
import pytest
from made_county import county, packed

from coverplan.present import page_static, static_ground, static_map
from coverplan.present.page_static import static_part
from coverplan.present.payload import map_payload
from coverplan.present.static_ground import Frame, carried_geometry, draw_ground
from coverplan.present.static_map import StaticMaps

ASSETS = resources.files("coverplan.present") / "assets"
HOSTILE = "</svg><script>alert(1)</script>\"'&{{7*7}}@@DATA@@\u202e"
EDGES = (25, 50, 75, 90)


@pytest.fixture(scope="module")
def sample(yunxi):
    return map_payload(yunxi, "20251231-7f3a9c", "zh")


@pytest.fixture(scope="module")
def loose():
    return county(points=600, layers=2)


@pytest.fixture
def change(loose):
    """A small county with something changed."""

    def _change(how):
        payload = copy.deepcopy(loose)
        how(payload)
        return packed(payload)

    return _change


def read(drawing):
    return ET.fromstring(drawing)  # noqa: S314 - our own


def drawings(text):
    return [read(found) for found in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]


def figures(text):
    return [one for one in drawings(text) if one.get("class") == "st-figure"]


def classes_of(figure):
    """Class of each unit's outline in a figure, by its number."""
    return {
        int(use.get("href").removeprefix("#st-u")): group.get("class")
        for group in figure.iter("g")
        if re.fullmatch("st-c[0-4]|st-blank", group.get("class") or "")
        for use in group.iter("use")
    }


def share_class(reached, people):
    return f"st-c{sum(100 * reached >= edge * people for edge in EDGES)}"


def test_every_unit_is_drawn_in_the_class_of_its_share(sample):
    text = static_part(sample, "zh")
    found = {figure.get("aria-labelledby").split("-t ")[0]: figure for figure in figures(text)}
    assert len(found) == 2 * len(sample["layers"])
    for i, layer in enumerate(sample["layers"]):
        people = [unit["people"][layer["group"]] for unit in sample["units"]]
        for phase in ("before", "after"):
            reached = sample["table"][layer["id"]][f"{layer['minutes']:g}"][phase]
            figure = found[f"st-{i}-{phase}"]
            expected = {
                u: share_class(r, p) for u, (r, p) in enumerate(zip(reached, people, strict=True))
            }
            assert classes_of(figure) == expected
            (low,) = [g for g in figure.iter("g") if g.get("fill") == "url(#st-hatch2)"] or [()]
            assert len(low) == sum(2 * r < p for r, p in zip(reached, people, strict=True))
            words = "".join(figure.itertext())
            assert f"{sum(reached):,}" in words
            assert f"{sum(people):,}" in words
            for unit in sample["units"]:
                assert unit["name"] in words


def test_sites_stand_where_they_are_and_as_they_are(sample):
    """Web Mercator by PROJ, up to one shift and one scale, says where every site must be."""
    maps = StaticMaps(sample, "zh")
    layer = sample["layers"][0]
    states = {
        "before": {"existing", "not_counted"},
        "after": {site["state"] for site in layer["sites"]},
    }
    to_mercator = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    for phase, seen in states.items():
        figure = read(maps.figure(layer, phase, "15"))
        group = next(g for g in figure.iter("g") if g.get("fill") == layer["colour"])
        placed = []
        for use in group.iter("use"):
            state = use.get("href").split("-")[-1]
            x, y, scale = map(float, re.findall(r"-?[\d.]+", use.get("transform")))
            placed.append((state, x + 12 * scale, y + 12 * scale))
        drawn = [s for s in layer["sites"] if phase == "after" or s["state"] != "proposed"]
        expected = [
            (
                s["state"] if phase == "after" or s["state"] != "closing" else "existing",
                *to_mercator.transform(s["lon"], s["lat"]),
            )
            for s in drawn
        ]
        assert {state for state, *_ in placed} == seen
        for state in seen:
            here = np.array([p[1:] for p in placed if p[0] == state])
            there = np.array([p[1:] for p in expected if p[0] == state]) * (1, -1)
            assert len(here) == len(there)
            scale = maps._ground.frame.scale
            shift = (here - there * scale).mean(axis=0)
            assert np.abs(here - there * scale - shift).max() < 0.25


def test_the_scale_bar_is_as_long_as_the_ground_it_names(sample):
    ground = StaticMaps(sample, "zh")._ground
    frame = ground.frame
    metres, wide = frame.scale_bar()
    middle = frame.top - frame.height / 2 / frame.scale
    back = pyproj.Transformer.from_crs(3857, 4326, always_xy=True)
    ends = [back.transform(frame.left + x / frame.scale, middle) for x in (300, 300 + wide)]
    true = pyproj.Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2]
    assert true == pytest.approx(metres, rel=0.005)  # the sphere against the ellipsoid
    assert wide <= frame.width / 5


def boxes(figure):
    """Boxes of the names in a figure, a little narrower than their letters."""
    found = []
    for words in figure.iter("text"):
        if "st-name" not in (words.get("class") or ""):
            continue
        size = 10 if "st-small" in words.get("class") else 12
        lines = [words.text, *[part.text for part in words]]
        wide = max(sum(size if ord(c) > 0x2E80 else size / 2 for c in line) for line in lines)
        x, y = float(words.get("x")), float(words.get("y"))
        found.append(
            (x - wide / 2, y - size * 0.8, x + wide / 2, y + (size if len(lines) > 1 else 0))
        )
    return found


@pytest.mark.parametrize("units", [12, 70])
def test_names_do_not_lie_on_each_other(units):
    payload = packed(county(units=units, points=200, layers=1))
    figure = figures(static_part(payload, "zh"))[-1]
    placed = boxes(figure)
    assert len(placed) >= (12 if units == 12 else 40)
    for a, b in itertools.combinations(placed, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_foreign_words_are_never_markup(change, language):
    def poison(payload):
        payload["meta"]["title"] = payload["meta"]["notice"] = HOSTILE
        payload["meta"]["approval"] = payload["meta"]["run_id"] = HOSTILE
        for unit in payload["units"]:
            unit["name"] = HOSTILE + "长" * 10_000
        for layer in payload["layers"]:
            layer["label"] = dict.fromkeys(("zh", "en"), HOSTILE)
            layer["colour"] = '"/><script>alert(1)</script>'
            layer["shape"] = '"><script>'
            for site in layer["sites"]:
                site["name"] = site["unit"] = HOSTILE
                site["reason"] = dict.fromkeys(("zh", "en"), HOSTILE)
            layer["plan"]["notes"] = [dict.fromkeys(("zh", "en"), HOSTILE)]

    text = static_part(change(poison), language)
    tags = set(re.findall(r"<\s*([a-zA-Z]+)", text))
    assert not tags & {"script", "style", "iframe", "img", "foreignObject", "a", "image"}
    assert not re.search(r"<[^>]*\s(?:style|on\w+)\s*=", text)
    for figure in figures(text):
        for node in figure.iter():
            assert set(node.attrib) <= {
                "class", "viewBox", "role", "aria-labelledby", "id", "width", "height", "x", "y",
                "dy", "d", "fill", "href", "transform", "clip-path",
            }  # fmt: skip
        # A name of ten thousand characters is cut, in the figure.
        assert max(len("".join(node.itertext())) for node in figure.iter("text")) < 400
    assert "&lt;/svg&gt;" in text


def test_plan_and_reasons_and_goals_are_read_from_the_page(change):
    def aim(payload):
        common = {"minutes": 15, "group": None, "percent": [80, 1], "source": None}
        label = {"zh": "八成可达", "en": "80 % reached"}
        stand = {"have": 10, "of": 1000, "need": 800, "short": 790, "undecided": 0, "met": False}
        payload["layers"][0]["goals"] = [
            {"id": "0", "measure": "reached", "label": label, **common,
             "before": stand, "after": {**stand, "have": 900, "short": 0, "met": True}},
            {"id": "1", "measure": "reached", "label": label, **common,
             "before": {**stand, "undecided": 800, "met": None},
             "after": {**stand, "of": 0, "met": None}},
        ]  # fmt: skip

    payload = change(aim)
    text = static_part(payload, "zh")
    assert (
        "八成可达：现状 10 / 1,000，未达到（需 800，差 790）；建成后 900 / 1,000，已达到（需 800）"
        in text
    )
    assert (
        "现状 10 / 1,000，不能判断（需 800；有人没有落到地图上）；建成后 没有这一人群，不能判断"
        in text
    )
    layer = payload["layers"][0]
    assert layer["plan"]["text"]["zh"] in text
    for site in layer["sites"]:
        assert (f"<b>{site['name']}（新增" in text) == (site["state"] == "proposed")
    english = static_part(payload, "en")
    assert "80 % reached: now 10 of 1,000, not met (800 needed, 790 short)" in english


def test_without_a_plan_today_alone_is_shown(change):
    def unplan(payload):
        payload["layers"][0]["plan"] = None

    text = static_part(change(unplan), "zh")
    assert [figure.get("aria-labelledby").split("-t ")[0] for figure in figures(text)] == [
        "st-0-before", "st-1-before", "st-1-after",
    ]  # fmt: skip
    first = text[: text.index("<h2>社工站")]
    assert "现状可达率" in first
    assert "建成后可达率" not in first


def test_a_unit_without_ground_is_in_the_table_alone(change):
    def sink(payload):
        payload["units"][3]["rings"] = []
        payload["units"][4]["people"] = dict.fromkeys(payload["groups"])
        for figures_of in payload["table"].values():
            for phases in figures_of.values():
                for counts in phases.values():
                    counts[4] = None

    payload = change(sink)
    text = static_part(payload, "zh")
    for figure in figures(text):
        found = classes_of(figure)
        assert set(found) == set(range(12)) - {3}
        assert found[4] == "st-blank"
        assert "人数未知或没有这一人群" in "".join(figure.itertext())
    assert payload["units"][3]["name"] in text
    assert "未知" in text


def test_without_any_ground_there_are_tables_and_no_figure(change):
    def sink(payload):
        payload["base"] = {"roads": [], "water": [], "protected": []}
        for unit in payload["units"]:
            unit["rings"] = []
        for layer in payload["layers"]:
            layer["sites"] = []

    text = static_part(change(sink), "zh")
    assert "<svg" not in text
    assert text.count("<table>") == 2


def test_more_outlines_than_a_page_bears_are_left_out_and_said(change, monkeypatch):
    monkeypatch.setattr(static_map, "_MOST_OUTLINES", 30)
    monkeypatch.setattr(page_static, "_MOST_ROWS", 5)
    text = static_part(change(lambda payload: None), "zh")
    assert len(figures(text)) == 2
    assert "乡镇太多，此图从略；数字见表。" in text
    assert text.count("另有 7 个乡镇，见结果文件夹的表格；合计含全部。") == 2


def test_outlines_are_light_and_neighbours_still_meet(sample):
    text = static_part(sample, "zh")
    shared, *rest = drawings(text)
    assert len(ET.tostring(shared)) < 45_000
    assert max(len(ET.tostring(figure)) for figure in rest) < 15_000
    ground = draw_ground(carried_geometry(sample["bulk"]), np.empty((0, 2)))
    corners = [set(points(path)) for path in ground.units]
    shared_corners = [len(a & b) for a, b in itertools.combinations(corners, 2)]
    assert sum(count >= 2 for count in shared_corners) >= 12


def points(path):
    for ring in path.split("z"):
        numbers = [int(n) for n in re.findall(r"-?\d+", ring)]
        if numbers:
            yield from map(tuple, np.cumsum(np.array(numbers).reshape(-1, 2), axis=0))


def test_a_path_is_its_line_in_whole_halves():
    line = np.array([[0.2, 0.1], [0.3, 0.1], [5.0, -3.5], [4.0, 8.26]])
    path = static_ground._steps(line)
    assert list(points(path)) == [(0, 0), (1, 0), (10, -7), (8, 17)]


def test_a_frame_holds_everything_and_north_is_up():
    degrees = np.array([[119.1, 28.2], [119.9, 28.2], [119.5, 28.9]])
    frame = Frame.around(degrees)
    at = frame.at(degrees)
    assert (at >= 0).all()
    assert (at[:, 0] <= frame.width).all()
    assert (at[:, 1] <= frame.height).all()
    assert at[2, 1] < at[0, 1]
    assert math.isclose(at[0, 1], at[1, 1])
    single = Frame.around(degrees[:1]).at(degrees[:1])
    assert np.allclose(single, [[frame.width / 2, Frame.around(degrees[:1]).height / 2]])


def test_classes_have_the_colours_of_the_map():
    style = (ASSETS / "map.css").read_text(encoding="utf-8")
    looks = (ASSETS / "map" / "looks.js").read_text(encoding="utf-8")
    fills = re.findall("#[0-9a-f]{6}", re.search(r"SHARE_FILLS = \[(.*?)\]", looks)[1])
    assert [re.search(rf"\.st-c{i} {{ fill: (#\w+)", style)[1] for i in range(5)] == fills
    blank = re.search(r'NOBODY_FILL = "(#\w+)"', looks)[1]
    assert re.search(r"\.st-blank { fill: (#\w+)", style)[1] == blank
    edges = json.loads(re.search(r"SHARE_EDGES = (\[.*?\])", looks)[1])
    assert tuple(edges) == (0, *EDGES) == (0, *static_map._EDGES)
