"""Lines drawn on one place, on a hill: each way the times and the pace of the faster of them."""

import dataclasses

import numpy as np
import pytest
from tiny import at, network, profile

from coverplan.domain.relief import Relief
from coverplan.travel import mode_graph, nearest_site, snap
from coverplan.travel.slope import tobler

LINE = [(0, 0), (1000, 0)]


def hill(lines, classes, oneway=None, *, closed_to_steps=False):
    """A street of 1 km, its first half flat and its second half 20 % up, from west to east."""
    roads = network(lines, road_class=classes, oneway=oneway)
    size = [3 if c != "steps" else 2 for c in roads.road_class]
    west_first = [line.coords[0][0] < line.coords[-1][0] for line in roads.lines]
    heights = {True: [0.0, 0.0, 100.0], False: [100.0, 0.0, 0.0]}
    fraction, height = [], []
    for n, ahead in zip(size, west_first, strict=True):
        fraction += [0.0, 0.5, 1.0] if n == 3 else [0.0, 1.0]
        height += heights[ahead] if n == 3 else [heights[ahead][0], heights[ahead][2]]
    ptr = np.concatenate([[0], np.cumsum(size)])
    roads = roads.with_relief(Relief(ptr, np.array(fraction), np.array(height)))
    speeds = {"residential": 3.6} if closed_to_steps else {"residential": 3.6, "steps": 1.2}
    walker = dataclasses.replace(
        profile(classes=("residential",), oneway=True), slope="tobler", speeds_kmh=speeds
    )
    graph = mode_graph(roads, walker)
    people, sites = snap(graph, at((0, 0), (1000, 0))), snap(graph, at((500, 0)))
    return nearest_site(graph, people, sites).ms.tolist()


DOWN = float(tobler(np.array([-0.2]))[0])
PLAIN = [500_000, round(500_000 * DOWN)]


def test_one_street_by_hand():
    assert hill([LINE], ["residential"]) == pytest.approx(PLAIN, abs=1)


@pytest.mark.parametrize("steps", [LINE, LINE[::-1]])
@pytest.mark.parametrize("street", [LINE, LINE[::-1]])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("closed", [True, False])
def test_steps_on_the_same_line_change_nothing(steps, street, first, closed):
    lines, classes = [steps, street], ["steps", "residential"]
    if not first:
        lines, classes = lines[::-1], classes[::-1]
    found = hill(lines, classes, closed_to_steps=closed)
    assert found == pytest.approx(PLAIN, abs=1)


def test_each_way_has_the_pace_of_its_own_line():
    # The street leads east only: who comes from the east takes the steps, evenly.
    found = hill([LINE, LINE], ["steps", "residential"], oneway=[0, 1])
    assert found == pytest.approx([500_000, 1_500_000], abs=1)


def test_a_street_drawn_as_two_oneway_lines():
    found = hill([LINE, LINE[::-1]], ["residential"] * 2, oneway=[1, 1])
    assert found == pytest.approx(PLAIN, abs=1)
