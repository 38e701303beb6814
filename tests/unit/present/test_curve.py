"""The curve of the frontier: points where the numbers are, gaps shaded, words escaped."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
from siting_cases import random_problem

from coverplan.core.text import Text
from coverplan.present.curve import frontier_svg
from coverplan.siting import Rules, coverage_frontier

SPACE = "{http://www.w3.org/2000/svg}"


def curve():
    problem = random_problem(np.random.default_rng(4), n_sites=8, n_places=12, rules=Rules(sites=1))
    return coverage_frontier(problem, most_sites=5)


def test_a_point_for_each_plan_and_all_of_them_proven():
    frontier = curve()
    root = ET.fromstring(frontier_svg(frontier, Text("甲", "a"), "zh"))  # noqa: S314 - our own
    points = [c for c in root.iter(f"{SPACE}circle") if c.get("r") == "4"]
    assert len(points) == len(frontier.plans)
    assert {c.get("fill") for c in points} == {"#1c5d99"}
    heights = [float(c.get("cy")) for c in points]
    assert heights == sorted(heights, reverse=True)
    assert frontier.elbow_text.zh in "".join(root.itertext())


def test_what_is_not_proven_is_hollow_and_shaded():
    frontier = curve()
    last = frontier.plans[-1]
    open_ = replace(last, bound=last.value + 20, status="feasible")
    loose = replace(frontier, plans=(*frontier.plans[:-1], open_))
    text = frontier_svg(loose, Text("甲", "a"), "en")
    assert text.count('fill="#ffffff"') == 1
    band = re.search(r'<polygon points="([^"]+)"', text)[1].split()
    assert len(band) == 2 * len(loose.plans)
    middle = len(loose.plans)
    assert float(band[middle - 1].split(",")[1]) < float(band[middle].split(",")[1])


def test_names_are_text():
    text = frontier_svg(curve(), Text.same("</svg><script>alert(1)</script>"), "zh")
    assert "<script" not in text
    ET.fromstring(text)  # noqa: S314 - our own
