"""A province computed county by county gives the table of the whole, row for row."""

import dataclasses
import itertools
import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Polygon
from small_province import province
from tiny import CRS, X0, at, demand, facilities, inputs, network, profile, region

from coverplan import Demand, Network, assess
from coverplan.cutting import Ground
from coverplan.domain.profile import Ferry
from coverplan.domain.relief import Relief
from coverplan.pieces import solve_piece
from coverplan.province import FAR_MS, ProfileJob, assess_in_pieces, county_of_code
from coverplan.results import SitingRequest
from coverplan.travel import mode_graph, nearest_site, snap
from coverplan.travel.nearest import NEVER
from coverplan.windows import Shapes, Spread, window


def pickled(piece):
    """A piece as it arrives at a worker."""
    return pickle.loads(pickle.dumps(piece))  # noqa: S301 - our own bytes


def ground_of(given, how):
    return Ground.of(given, how, given.demand.xy, Shapes.of(given.network))


def jobs_of(given, county_of=county_of_code, *, look=None):
    """The jobs of a province and their pieces, each solved after a trip through pickle."""
    unit = given.demand.points["unit"].map(county_of).to_numpy()
    counties = {c: np.flatnonzero(unit == c) for c in sorted(set(unit))}
    for how in given.profiles:
        ground, pieces = ground_of(given, how), []
        job = ProfileJob.begin(ground, counties)
        todo = [
            (c, who, np.full(len(who), look) if look else ground.first_limits(who))
            for c, who in counties.items()
        ]
        while todo:
            county, *who_and_limits = todo.pop(0)
            pieces.append(ground.piece(county, *who_and_limits))
            again = job.take(solve_piece(pickled(pieces[-1])))
            todo += [(county, *again)] if len(again[0]) else []
        assert not job.open
        yield job, pieces


def same(given, **how):
    """Compute both ways and compare every row."""
    cut = assess_in_pieces(given, **how).coverage.frame
    whole = assess(given).coverage.frame
    whole = whole[whole["phase"] == "before"].reset_index(drop=True)
    pd.testing.assert_frame_equal(cut, whole, check_exact=True)
    return cut


def test_ferries_wait_as_in_the_whole():
    people = [(0, 0, "a", 3)]
    lines = [[(0, 0), (50, 0)], [(50, 0), (250, 0)], [(250, 0), (300, 0)]]
    roads = network(lines, road_class=["residential", "ferry", "residential"])
    headway = np.where(roads.road_class == "ferry", 10.0, np.nan)
    facts = dataclasses.replace(roads.facts, headway_minutes=headway)
    roads = dataclasses.replace(roads, facts=facts)
    sailor = dataclasses.replace(profile(), ferry=Ferry(12.0))
    for minutes, reached in ((8, 3), (7, 0)):  # 100 s on foot, 60 s afloat, 5 minutes waiting
        given = small(lines, people, [(300, 0, "a")], prof=sailor, minutes=minutes, network=roads)
        assert value(same(given), "people_reached") == reached


@pytest.mark.parametrize("direction", ["to_site", "from_site"])
@pytest.mark.parametrize("seed", range(8))
def test_the_table_of_the_whole(seed, direction):
    table = same(province(seed, direction=direction))
    reached = table[(table["indicator"] == "people_reached") & (table["unit_code"] == "total")]
    assert reached["value"].between(1, reached["denominator"] - 1).any()


def test_the_sample_county_township_by_township(yunxi):
    cut = assess_in_pieces(yunxi.inputs, county_of=lambda unit: unit).coverage.frame
    whole = yunxi.coverage.frame
    whole = whole[whole["phase"] == "before"].reset_index(drop=True)
    pd.testing.assert_frame_equal(cut, whole, check_exact=True)


@pytest.mark.parametrize("look", [None, 20_000])
def test_every_person_is_joined_and_reached_as_in_the_whole(look):
    given = province(3)
    for job, _ in jobs_of(given, look=look):
        ground = job.ground
        graph = mode_graph(given.network, ground.graph.profile, ignore_fragments_metres=100.0)
        whole = snap(graph, given.demand.xy)
        places = job.places()
        for name in (f.name for f in dataclasses.fields(whole)):
            np.testing.assert_array_equal(getattr(places, name), getattr(whole, name), name)
        for i, sites in enumerate(ground.working):
            found, full = job.nearest(i, places), nearest_site(graph, whole, snap(graph, sites.xy))
            near = full.within(ground.limit / 60_000)
            np.testing.assert_array_equal(found.ms[near], full.ms[near])
            np.testing.assert_array_equal(found.site[near], full.site[near])
            np.testing.assert_array_equal(found.ms == NEVER, full.ms == NEVER)
            assert (found.ms[~near & (full.ms != NEVER)] == FAR_MS).all()
            assert near.any()
            assert (~near).any()


def test_who_may_have_a_nearer_site_looks_farther_and_nobody_else():
    given = province(3, minutes=(9, 9))
    seen = set()
    for job, pieces in jobs_of(given, look=60_000):
        assert max(piece.limit.max() for piece in pieces) <= job.ground.limit
        for county in {piece.county for piece in pieces}:
            looks = [piece for piece in pieces if piece.county == county]
            for one, next_one in itertools.pairwise(looks):
                assert set(next_one.who) < set(one.who)
                before = one.limit[np.isin(one.who, next_one.who)]
                assert (next_one.limit > before).all()
            seen |= {len(looks)}
    assert {2, 3} <= seen


def test_the_first_look_of_a_wide_county_is_the_last():
    people = [(0, 0, "a", 3), (2000, 0, "a", 4), (8000, 0, "b", 4)]
    ground = ground_of(small([[(0, 0), (6000, 0)]], people, [(0, 0, "a")], minutes=30), "test")
    assert ground.first_limits(np.array([0, 2])).tolist() == [ground.limit] * 2  # 2 km = 1.8 km
    found = ground.first_limits(np.array([0, 1]))  # 500 m
    assert found.tolist() == pytest.approx([500_000] * 2, rel=0.01)
    assert ground.first_limits(np.array([0])).tolist() == [ground.limit // 8]


def test_the_window_is_as_wide_as_the_limit_reaches_and_no_wider():
    """A straight road in steps of ten metres, and a motorway that no way within the limit meets."""
    road = [[(10 * i, 0), (10 * i + 10, 0)] for i in range(-200, 200)]
    classes = ["residential"] * len(road) + ["motorway"]
    car = dataclasses.replace(
        profile(cap=5.0), speeds_kmh={"residential": 3.6, "motorway": 100.0}, access_kmh=3.6
    )
    roads = network([*road, [(-50_000, 30_000), (50_000, 30_000)]], road_class=classes)
    for metres, reached in ((600, 3), (601, 0)):
        given = small(road[:1], [(0, 0, "a", 3)], [(metres, 0, "a")], minutes=10, prof=car)
        given = dataclasses.replace(given, network=roads)
        assert value(same(given), "people_reached") == reached
        _, pieces = next(jobs_of(given, look=600_000))
        assert 120 <= len(pieces[0].roads.edges) <= 124


def test_everybody_looks_from_home_as_far_as_he_must():
    """One near the edge of his county who looks a minute far, one in its middle half an hour."""
    people = [(0, 0, "a", 3), (2000, 0, "a", 4)]
    ground = ground_of(small([[(-9000, 0), (9000, 0)]], people, [(0, 0, "a")], minutes=60), "test")
    limits = np.array([1_800_000, 60_000])
    box = window(ground.spread, ground.xy, limits, ground.everywhere)[1]
    west, east = box[0] - X0, box[2] - X0
    assert west == pytest.approx(-1800, abs=30)  # and the spare metre
    assert east == pytest.approx(2000 + 1000, abs=30)  # the cap


def test_pieces_are_smaller_than_the_whole_and_too_narrow_a_window_is_noticed(monkeypatch):
    given = province(4, minutes=(2, 2), thresholds=(1,))
    job, pieces = next(jobs_of(given))
    assert max(len(piece.roads.edges) for piece in pieces) < 0.7 * len(job.ground.spread.edges)
    monkeypatch.setattr("coverplan.windows.Pull.metres", lambda *_: 0.001)
    monkeypatch.setattr("coverplan.windows._SPARE_METRES", 0.0)
    with pytest.raises(AssertionError):
        same(province(4))


def small(lines, people, sites, *, minutes=5, prof=None, oneway=None, **changes):
    """Two counties side by side on given roads: units a (x < 1000) and b, a county each."""
    units = region((-9000, -5000, 1000, 5000), (1000, -5000, 9000, 5000))
    given = inputs(
        units,
        demand(units, people) if people else nobody(units),
        network(lines, oneway=oneway),
        facilities(sites),
        minutes=minutes,
        prof=prof,
    )
    return dataclasses.replace(given, thresholds=(2,), **changes)


def nobody(units):
    return Demand.from_points(demand(units, [(0, 0, "a", 1)]).points.iloc[:0], units)


def value(table, indicator, unit="total"):
    row = (table["indicator"] == indicator) & (table["unit_code"] == unit)
    return table[row]["value"].iloc[-1]


def test_a_way_out_of_the_window_is_a_way_and_an_island_is_none():
    people = [(0, 0, "a", 3), (8000, 0, "b", 5), (0, 4000, "a", 7)]
    lines = [[(0, 0), (4000, 0)], [(4000, 0), (8000, 0)], [(0, 4000), (50, 4000)]]
    table = same(small(lines, people, [(10, 0, "a")]))
    assert value(table, "people_reached") == 3
    assert value(table, "not_reached_too_far") == 5
    assert value(table, "not_reached_no_way") == 7


def test_a_oneway_street_leads_there_or_does_not():
    people = [(0, 1, "a", 3), (8000, 1, "b", 5)]
    lines = [[(0, 0), (4000, 0)], [(4000, 0), (8000, 0)]]
    drive = profile(3.6, oneway=True)
    for direction, far, none in (("to_site", 3, 5), ("from_site", 5, 3)):
        given = small(lines, people, [(4000, 2, "b")], prof=drive, oneway=[1, 1])
        layer = dataclasses.replace(given.layers[0].layer, direction=direction)
        given = dataclasses.replace(
            given, layers=(dataclasses.replace(given.layers[0], layer=layer),)
        )
        table = same(given)
        assert value(table, "not_reached_too_far") == far
        assert value(table, "not_reached_no_way") == none


def test_both_on_one_long_oneway_edge_that_leads_nowhere_else():
    people = [(-8000, 0, "a", 3), (5000, 0, "b", 4)]
    table = same(
        small(
            [[(-8500, 0), (8500, 0)]], people, [(0, 0, "a")], oneway=[1], prof=profile(oneway=True)
        )
    )
    assert value(table, "not_reached_too_far") == 3
    assert value(table, "not_reached_no_way") == 4


def test_a_doorstep_farther_than_the_limit_needs_no_road():
    slow = profile(cap=1000.0, access_kmh=0.6)  # a kilometre takes 100 minutes
    people = [(0, 3000, "a", 3), (0, 0, "a", 2), (0, -3000, "a", 4)]
    table = same(small([[(0, 0), (50, 0)]], people, [(0, 3900, "a")], prof=slow))
    assert value(table, "not_reached_too_far") == 3
    assert value(table, "not_reached_no_way") == 2
    assert value(table, "not_reached_no_road") == 4


def test_a_doorstep_whose_own_road_is_outside_the_window():
    slow = profile(cap=100.0, access_kmh=0.6)  # ten metres a minute
    lines = [[(0, 10), (-50, 10)], [(185, 0), (185, 50)]]
    given = small(lines, [(0, 0, "a", 3)], [(90, 0, "a")], prof=slow)
    _, pieces = next(jobs_of(given, look=5 * 60_000))
    assert [len(piece.roads.edges) for piece in pieces] == [1]
    assert value(same(given), "not_reached_too_far") == 3


def test_a_county_without_a_road_and_a_unit_without_people():
    people = [(0, 0, "a", 3), (8000, 4000, "a", 5)]
    table = same(small([[(0, 0), (100, 0)]], people, [(10, 0, "")]), county_of=lambda unit: unit)
    assert value(table, "not_reached_no_road") == 5
    table = same(small([[(0, 0), (100, 0)]], [(0, 0, "a", 3), (8000, 4000, "b", 5)], [(10, 0, "")]))
    assert value(table, "not_reached_no_road", "b") == 5
    assert value(table, "reached_from_outside") == 3


def test_a_profile_may_go_by_another_name():
    given = small([[(0, 0), (900, 0)]], [(0, 0, "a", 3)], [(200, 0, "a")])
    other = dataclasses.replace(given.profiles["test"], id="other")
    same(dataclasses.replace(given, profiles={"test": other}))


def test_nobody_at_all_no_site_at_all_and_no_road_for_this_traveller():
    same(small([[(0, 0), (100, 0)]], [], [(10, 0, "a")]))
    table = same(small([[(0, 0), (100, 0)]], [(0, 0, "a", 3)], []))
    assert value(table, "not_reached_no_site") == 3
    boat = profile(classes=("ferry",))
    table = same(small([[(0, 0), (100, 0)]], [(0, 5, "a", 3)], [(9, 5, "a")], prof=boat))
    assert value(table, "people_reached") == 3  # a doorstep
    assert value(same(small([[(0, 0), (1, 0)]], [(0, 5, "a", 3)], [(2900, 5, "a")], prof=boat)),
                 "not_reached_no_road") == 3  # fmt: skip


@pytest.mark.parametrize(("home", "minutes"), [(0, 4), (90, 1)])
def test_a_line_that_ends_far_from_its_node(home, minutes):
    """Nodes named by the file may be anywhere: the gap is travelled in no time."""
    frame = gpd.GeoDataFrame(
        {"highway": ["residential"] * 2, "oneway": [0, 0], "u": [1, 2], "v": [2, 3]},
        geometry=[LineString(at((0, 0), (100, 0))), LineString(at((4000, 0), (4100, 0)))],
        crs=CRS,
    )
    roads = Network.from_edges(frame, crs=gpd.GeoSeries([], crs=CRS).crs, u="u", v="v")
    people = [(home, 0, "a", 3), (8000, 0, "b", 4)]
    given = small([[(0, 0), (1, 0)]], people, [(4020, 0, "b")], minutes=minutes)
    given = dataclasses.replace(given, network=roads, thresholds=(1,))
    assert value(same(given), "people_reached") == 3


def test_walls_go_with_their_piece():
    lines = [
        [(0, 0), (500, 0)],
        [(0, 300), (500, 300)],
        [(0, 0), (-3000, 0)],
        [(-3000, 0), (0, 300)],
    ]
    walls = np.array(
        [LineString(at((-50, 100), (600, 100))), Polygon(at((7000, 0), (7100, 0), (7050, 50)))],
        dtype=object,
    )
    people = [(250, 110, "a", 3), (250, 90, "a", 4), (8000, 90, "b", 2)]
    given = small(lines, people, [(400, 90, "a")], minutes=6)
    same(dataclasses.replace(given, network=given.network.with_walls(walls)))
    _, pieces = next(jobs_of(dataclasses.replace(given, network=given.network.with_walls(walls))))
    kept = [len(piece.roads.walls) for piece in pieces]
    assert kept == [1] * len(pieces)  # each its own


def test_a_proposal_is_refused_aloud_and_coverage_stays_the_same():
    places = gpd.GeoDataFrame(
        {"name": ["c"], "unit": ["a"]},
        index=["c"],
        geometry=gpd.points_from_xy(*at((1, 1)).T),
        crs=CRS,
    )
    given = small([[(0, 0), (900, 0)]], [(0, 0, "a", 3), (890, 0, "a", 2)], [(880, 0, "a")])
    item = dataclasses.replace(given.layers[0], siting=SitingRequest(1, places))
    given = dataclasses.replace(given, layers=(item,))
    same(given)
    codes = [problem.code for problem in assess_in_pieces(given).problems]
    assert codes == ["province.no_siting"]


def test_a_table_of_pieces_and_progress():
    seen = []
    given = province(1)
    result = assess_in_pieces(given, progress=lambda *done: seen.append(done))
    counties = result.counties
    assert seen == [(i + 1, 12) for i in range(12)]
    assert list(counties["county"].unique()) == sorted(counties["county"].unique())
    walk = counties[counties["profile"] == "walk"].drop_duplicates("county")  # the first look
    assert walk["people"].sum() == given.demand.points["all"].sum()
    assert walk["points"].sum() == len(given.demand)
    assert (counties["peak_mb"] > 0).all()


def test_every_person_is_in_one_piece_whatever_a_county_is():
    given = province(5)
    for county_of in (lambda unit: unit, lambda _: "all", lambda unit: unit[-1]):
        same(given, county_of=county_of)


class TestHowFarOneGets:
    """`Spread.metres`: 10 km/h residential streets, 100 km/h motorway."""

    @staticmethod
    def metres(lines, classes, minutes):
        car = dataclasses.replace(
            profile(), speeds_kmh={"residential": 10.0, "motorway": 100.0}, access_kmh=3.6
        )
        graph = mode_graph(network(lines, road_class=classes), car)
        spread = Spread.of(graph, Shapes.of(graph.network))
        assert spread.pull(np.arange(len(spread.edges))).metres(60_000) == spread.pull().metres(
            60_000
        )
        return spread.pull().metres(minutes * 60_000)

    def test_a_short_fast_road_costs_its_length(self):
        lines = [[(0, 0), (5000, 0)], [(5000, 0), (5200, 0)]]
        found = self.metres(lines, ["residential", "motorway"], 12)
        assert found == pytest.approx(2000 + 200, abs=3)

    def test_a_long_one_its_speed(self):
        lines = [[(0, 0), (5000, 0)], [(5000, 0), (95000, 0)]]
        found = self.metres(lines, ["residential", "motorway"], 6)
        assert found == pytest.approx(10_000, abs=10)

    def test_without_roads_one_walks(self):
        found = self.metres([[(0, 0), (10, 0)]], ["residential"], 10)
        assert found == pytest.approx(600 + 10, abs=3)

    def test_a_road_that_takes_no_time_costs_its_length(self):
        lines = [[(0, 0), (3000, 0)], [(3000, 0), (3000.0009, 0)]]
        found = self.metres(lines, "residential", 6)
        assert found == pytest.approx(1000, abs=3)

    def test_downhill_is_faster_than_the_mean_of_its_edge(self):
        roads = network([[(0, 0), (1000, 0)]])
        hill = Relief(np.array([0, 3]), np.array([0.0, 0.5, 1.0]), np.array([0.0, 100.0, 75.0]))
        walker = dataclasses.replace(profile(), slope="tobler", access_kmh=0.1)
        graph = mode_graph(roads.with_relief(hill), walker)
        spread = Spread.of(graph, Shapes.of(graph.network))
        best = 3.6 * np.exp(3.5 * 0.05)  # at -0.05, the second half of the way
        assert spread.speeds[spread.pace[0]] == pytest.approx(best / 3.6 / 1000, rel=1e-3)


def test_a_piece_is_the_same_after_its_journey():
    piece = ground_of(province(3), "walk").piece("x", np.arange(160), np.full(160, 240_000))
    here, there = piece.roads.graph(), pickled(piece).roads.graph()
    for one, other in ((here, there), (here.network, there.network), (here.arcs_to, there.arcs_to)):
        for name in (f.name for f in dataclasses.fields(one)):
            if isinstance(getattr(one, name), np.ndarray):
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    assert there.network.crs == here.network.crs
    assert there.profile == here.profile
    assert piece.roads.edges.dtype == there.network.twin.dtype


def test_roads_of_a_piece_are_those_of_the_whole():
    given = province(3)
    ground = ground_of(given, "walk")
    roads = ground.piece("x", np.arange(160), np.full(160, 240_000)).roads
    graph, edges, whole = roads.graph(), roads.edges, ground.graph
    doors = roads.doors
    assert (graph.network.lines[doors] == whole.network.lines[edges[doors]]).all()
    assert 0 < len(doors) < len(edges)
    assert (graph.network.road_class == whole.network.road_class[edges]).all()
    for name in ("u", "v"):
        ends = getattr(graph.network, name), getattr(whole.network, name)[edges]
        np.testing.assert_array_equal(
            graph.network.node_xy[ends[0]], whole.network.node_xy[ends[1]]
        )
    assert (graph.enterable <= whole.enterable[edges]).all()
    for name in ("forward_ms", "backward_ms"):
        np.testing.assert_array_equal(getattr(graph, name), getattr(whole, name)[edges])
    metres = graph.component_metres[graph.component]
    np.testing.assert_array_equal(metres, whole.component_metres[whole.component[edges]])


def test_a_window_holds_every_edge_that_meets_it():
    ground = ground_of(province(2), "drive")
    spread, shapes = ground.spread, ground.shapes
    rng = np.random.default_rng(0)
    for _ in range(40):
        x, y = np.sort(rng.uniform(-300, 3000, (2, 2)), axis=1) + at((0, 0)).T
        low_x, low_y, high_x, high_y = shapes.bounds[:, spread.edges]
        meets = (low_x <= x[1]) & (high_x >= x[0]) & (low_y <= y[1]) & (high_y >= y[0])
        found = spread.within((x[0], y[0], x[1], y[1]))
        np.testing.assert_array_equal(found, np.flatnonzero(meets))
