"""Isochrones are for drawing, but what they draw is where the network leads."""

import itertools

import numpy as np
import pytest
import shapely
from tiny import X0, Y0, at, network, profile

from coverplan.core.errors import InputError
from coverplan.travel import mode_graph, nearest_site, snap
from coverplan.travel.isochrones import DRAWING_ONLY, isochrones

CELL = {"cell_metres": 10.0}


def plain(n=25, step=50.0, gaps=()):
    """Streets in both directions every 50 m over 1.2 km, some pieces left out."""
    lines = []
    for i, j in itertools.product(range(n), range(n)):
        x, y = i * step, j * step
        lines += [[(x, y), (x + step, y)]] if i < n - 1 and (i, j, "x") not in gaps else []
        lines += [[(x, y), (x, y + step)]] if j < n - 1 and (i, j, "y") not in gaps else []
    return lines


@pytest.fixture(scope="module")
def streets():
    return mode_graph(network(plain()), profile())


CENTRE = (600.0, 600.0)


def box(x0, y0, x1, y1):
    return shapely.box(X0 + x0, Y0 + y0, X0 + x1, Y0 + y1)


def place(*points):
    return shapely.points(at(*points))


def test_on_a_plain_the_diamond_of_streets_in_two_directions(streets):
    areas = isochrones(streets, snap(streets, at(CENTRE)), [5, 8]).set_index("minutes")
    for minutes in (5, 8):
        radius = minutes * 60.0
        assert areas.loc[minutes].geometry.area == pytest.approx(2 * radius**2, rel=0.05)
    assert not any(len(p.interiors) for a in areas.geometry for p in a.geoms)
    assert areas.geometry.map(lambda a: len(a.geoms)).tolist() == [1, 1]


def test_bands_lie_within_each_other_and_are_valid_and_marked(streets):
    areas = isochrones(streets, snap(streets, at((10, 20), (900, 1000))), [2, 5, 10, 4], **CELL)
    assert areas["minutes"].tolist() == [10, 5, 4, 2]
    assert areas.geometry.is_valid.all()
    assert (areas.geom_type == "MultiPolygon").all()
    for longer, shorter in itertools.pairwise(areas.geometry):
        assert shapely.area(shapely.difference(shorter, longer)) < 1e-6
    assert (areas["use"] == "drawing only").all()
    assert areas.crs == streets.network.crs
    assert "仅供绘图" in DRAWING_ONLY.zh
    assert "never" in DRAWING_ONLY.en


def test_points_away_from_the_edge_are_judged_as_the_engine_does(streets):
    sites = snap(streets, at((300, 200), (1000, 900)))
    area = isochrones(streets, sites, [5], **CELL).geometry.iloc[0]
    points = np.random.default_rng(1).random((400, 2)) * 1400 - 100 + [X0, Y0]
    reached = nearest_site(streets, snap(streets, points), sites).within(5)
    clear = shapely.distance(area.boundary, shapely.points(points)) > 15
    assert clear.sum() > 250
    np.testing.assert_array_equal(shapely.contains_xy(area, points)[clear], reached[clear])


RIVER = [(i, 12, "y") for i in range(25) if i != 2]
"""A river runs through the row at 600-650 m; only the street at x = 100 m crosses it."""


@pytest.mark.parametrize("width", [40, 3])
@pytest.mark.parametrize("given", ["water", "walls"])
def test_a_river_with_one_bridge(given, width):
    river = box(-200, 625 - width / 2, 1400, 625 + width / 2)
    net = network(plain(gaps=RIVER))
    graph = mode_graph(net, profile())
    water = np.array([river], dtype=object)
    if given == "walls":
        graph = mode_graph(net.with_walls(water), profile())
    area = isochrones(
        graph, snap(graph, at((600, 500))), [8], **CELL, water=water if given == "water" else None
    ).geometry.iloc[0]
    near_bank, far_bank = place((600, 595)), place((600, 660), (1000, 700), (600, 800))
    assert area.contains(near_bank[0])
    assert not area.intersects(shapely.union_all(far_bank))
    assert area.intersection(river).area < 1e-6
    # Up to the water's edge, not one cell short of it.
    assert area.contains(place((600, 625 - width / 2 - 1))[0])
    across = isochrones(graph, snap(graph, at((100, 500))), [8], water=water, **CELL).geometry.iloc[
        0
    ]
    assert across.contains(place((100, 800))[0])


def test_a_fence_without_width_parts_the_area():
    fence = np.array([shapely.LineString(at((-200, 625), (1400, 625)))], dtype=object)
    graph = mode_graph(network(plain(gaps=RIVER)).with_walls(fence), profile())
    area = isochrones(graph, snap(graph, at((600, 500))), [8], **CELL).geometry.iloc[0]
    assert not area.intersects(box(400, 626, 800, 1300))
    assert area.contains(place((600, 620))[0])


def test_a_fenced_compound_is_an_area_people_live_in():
    fence = np.array([box(430, 430, 770, 770)], dtype=object)
    out = [(600, 430), (600, 770), (430, 600), (770, 600)]
    cut = [k for k in itertools.product(range(25), range(25), "xy") if crosses(k, fence[0])]
    graph = mode_graph(network(plain(gaps=cut)).with_walls(fence), profile())
    area = isochrones(graph, snap(graph, at(CENTRE)), [8], **CELL).geometry.iloc[0]
    assert all(area.contains(place(((x + 600) / 2, (y + 600) / 2))[0]) for x, y in out)
    assert not area.intersects(shapely.union_all(place((600, 400), (600, 800), (400, 600))))
    from_outside = isochrones(graph, snap(graph, at((600, 200))), [8], **CELL).geometry.iloc[0]
    assert from_outside.contains(place((600, 425))[0])
    assert not from_outside.intersects(shapely.union_all(place(CENTRE, (600, 440))))


def crosses(gap, area):
    """Whether the piece of street a gap stands for crosses the boundary of an area."""
    i, j, way = gap
    x, y = i * 50.0, j * 50.0
    end = (x + 50, y) if way == "x" else (x, y + 50)
    return shapely.LineString(at((x, y), end)).crosses(area)


def test_a_block_without_streets_is_a_hole_only_where_its_time_is_later():
    block = [(i, j, way) for i in range(9, 16) for j in range(9, 16) for way in "xy"]
    graph = mode_graph(network(plain(gaps=block)), profile(access_kmh=0.9))
    sites = snap(graph, at((300, 600), (900, 600), (600, 300), (600, 900)))
    late, all_ = isochrones(graph, sites, [8, 40], **CELL).geometry[::-1]
    holes = [shapely.Polygon(ring) for part in late.geoms for ring in part.interiors]
    assert any(hole.contains(place(CENTRE)[0]) for hole in holes)
    assert sum(len(p.interiors) for p in all_.geoms) == 0


def test_a_stray_piece_of_road_makes_no_hole_unless_it_is_large():
    stray = [[(610, 620), (640, 620)]]
    graph = mode_graph(network([*plain(), *stray]), profile())
    sites = snap(graph, at(CENTRE))
    holes = [
        sum(
            len(p.interiors)
            for p in isochrones(graph, sites, [8], fill_hectares=h, **CELL).geometry[0].geoms
        )
        for h in (10, 0)
    ]
    assert holes == [0, 1]


def test_no_site_and_a_site_without_road(streets):
    none = isochrones(streets, snap(streets, np.zeros((0, 2))), [5])
    assert len(none) == 0
    assert list(none.columns) == ["minutes", "use", "geometry"]
    assert none.crs == streets.network.crs
    # Whoever lives nearer to it than the cap walks straight over; nobody else reaches it.
    far = snap(streets, at((-3000, 600)))
    assert not far.joined[0]
    area = isochrones(streets, far, [5]).geometry.iloc[0]
    assert area.area == pytest.approx(np.pi * 300**2, rel=0.02)


def test_the_same_area_again(streets):
    sites = snap(streets, at((300, 200)))
    one, again = (isochrones(streets, sites, [5], **CELL).geometry.iloc[0] for _ in range(2))
    assert one.equals_exact(again, 0)


def test_out_to_the_site_is_not_back_from_it():
    graph = mode_graph(network([[(0, 0), (1000, 0)]], oneway=[1]), profile(oneway=True, cap=50))
    site = snap(graph, at((500, 0)))
    to = isochrones(graph, site, [4], **CELL).geometry.iloc[0]
    out = isochrones(graph, site, [4], direction="from_site", **CELL).geometry.iloc[0]
    behind, ahead = place((300, 0), (700, 0))
    assert (to.contains(behind), to.contains(ahead)) == (True, False)
    assert (out.contains(behind), out.contains(ahead)) == (False, True)


def test_a_cell_must_have_a_size(streets):
    with pytest.raises(ValueError, match="larger than 0"):
        isochrones(streets, snap(streets, at(CENTRE)), [5], cell_metres=0)


def test_limits_must_be_minutes(streets):
    with pytest.raises(InputError, match='argument "minutes": cannot be used'):
        isochrones(streets, snap(streets, at(CENTRE)), [5, -1])
