"""Roads that need repair, one fault at a time: what becomes of it follows by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from broken_roads import X0, Y0, edges_of, frame_of, metres_between, repaired, ways
from hypothesis import given, settings
from hypothesis import strategies as st

from coverplan.core.crs import LONLAT
from coverplan.core.errors import InputError
from coverplan.domain.edges import EdgeFacts
from coverplan.io.repair import contacts as repaircontacts
from coverplan.io.repair.gather import gather


def lines(*given):
    return [shapely.LineString(one) for one in given]


def drawn(edges):
    """Edges as rounded coordinates from the corner, in a set."""
    shapes = [shapely.get_coordinates(line) - (X0, Y0) for line in edges.geometry]
    return sorted(tuple(map(tuple, np.round(xy, 3).tolist())) for xy in shapes)


ALONG = [(0, 0), (100, 0)]


def test_a_crossing_becomes_one_node():
    edges, report = repaired(frame_of(lines(ALONG, [(50, -40), (50, 60)])))
    assert len(edges.frame) == 4
    assert (report.cut_at_crossings, report.cut_at_vertices, report.cut_at_ends) == (1, 0, 0)
    nodes = np.concatenate([edges.frame["_u"], edges.frame["_v"]])
    assert sorted(np.bincount(nodes)) == [1, 1, 1, 1, 4]
    ends = [line.coords[i] for line in edges.frame.geometry for i in (0, -1)]
    assert len(set(ends)) == 5  # the very same coordinates
    assert report.before.pieces == 2
    assert report.after == type(report.after)(1, 1.0, 0)


@pytest.mark.parametrize("gap", [0.0, 0.4, 0.999])
def test_an_end_that_stops_short_of_a_road_is_moved_on_to_it(gap):
    edges, report = repaired(frame_of(lines(ALONG, [(50, gap), (50, 60)])))
    assert drawn(edges.frame) == [
        ((0, 0), (50, 0)),
        ((50, 0), (50, 60)),
        ((50, 0), (100, 0)),
    ]
    assert (report.cut_at_ends, report.ends_moved) == (1, int(gap > 0))
    assert report.largest_metres == pytest.approx(gap)


def test_an_end_farther_than_the_tolerance_stays_a_dead_end():
    edges, report = repaired(frame_of(lines(ALONG, [(50, 1.01), (50, 60)])))
    assert len(edges.frame) == 2
    assert report.nothing_done
    assert len(edges_of(frame_of(lines(ALONG, [(50, 1.01), (50, 60)])), join_metres=1.1)) == 3


def test_an_end_that_runs_over_a_road_leaves_no_sliver():
    edges, report = repaired(frame_of(lines(ALONG, [(50, -0.4), (50, 60)])))
    assert len(edges.frame) == 3
    assert edges.frame.length.min() > 40
    assert report.cut_at_crossings == 0


def test_ends_drawn_short_of_one_another_meet_in_their_middle():
    four = lines(*([(0.3 * x, 0.3 * y), (50 * x, 50 * y)] for x, y in ((1, 0), (-1, 0), (0, 1))))
    edges, report = repaired(frame_of(four))
    nodes = np.concatenate([edges.frame["_u"], edges.frame["_v"]])
    assert sorted(np.bincount(nodes)) == [1, 1, 1, 3]
    assert report.ends_moved == 3
    assert report.largest_metres < 0.35


def test_a_junction_stays_and_the_loose_end_comes_to_it():
    star = lines([(0, 0), (50, 0)], [(0, 0), (-50, 0)], [(0, 0), (0, 50)], [(0.5, -0.5), (0, -60)])
    edges, report = repaired(frame_of(star))
    assert report.ends_moved == 1
    assert report.largest_metres == pytest.approx(np.sqrt(0.5))
    assert ((0, 0), (0, -60)) in drawn(edges.frame)


def test_a_chain_of_near_ends_does_not_run_together():
    many = lines(*([(0.8 * i, 0), (0.8 * i, 60 + i)] for i in range(20)))
    edges, report = repaired(frame_of(many))
    assert report.largest_metres <= 1.0
    at = {line.coords[0] for line in edges.frame.geometry if line.coords[0][1] < Y0 + 1}
    at |= {line.coords[-1] for line in edges.frame.geometry if line.coords[-1][1] < Y0 + 1}
    xs = np.sort([x for x, _ in at])
    assert len(xs) > 8
    assert np.diff(xs).min() > 1.0


@pytest.mark.parametrize(
    "other",
    [
        [(50, -40), (50, 0), (80, 60)],
        [(20, 50), (50, 0), (80, 60)],  # touches, and does not cross
    ],
)
def test_a_shared_vertex_is_a_junction(other):
    edges, report = repaired(frame_of(lines([(0, 0), (50, 0), (100, 0)], other)))
    assert len(edges.frame) == 4
    assert (report.cut_at_crossings, report.cut_at_vertices) == (0, 1)


def test_a_vertex_on_the_other_road_is_a_junction():
    edges, report = repaired(frame_of(lines(ALONG, [(20, 50), (40, 0.005), (80, 60)])))
    assert len(edges.frame) == 4
    assert report.cut_at_vertices == 1


def test_a_stretch_drawn_in_two_roads_is_kept_once():
    """Both know every vertex of it: it is cut at its ends alone."""
    shared = [(10.0 * i, 0) for i in range(1, 6)]
    edges, report = repaired(
        frame_of(lines([(0, 30), *shared, (70, 40)], [(0, -30), *shared, (70, -40)]))
    )
    assert (report.doubles, report.overlaps) == (0, 1)
    assert report.cut_at_vertices == 2
    assert len(edges.frame) == 5
    assert sorted(shapely.get_num_coordinates(edges.frame.geometry.to_numpy())) == [2, 2, 2, 2, 5]


def test_a_road_drawn_along_part_of_a_straight_one():
    edges, report = repaired(frame_of(lines(ALONG, [(30, 0), (45, 0), (60, 0)])))
    assert report.overlaps == 2
    assert drawn(edges.frame) == [
        ((0, 0), (30, 0)),
        ((30, 0), (45, 0)),
        ((45, 0), (60, 0)),
        ((60, 0), (100, 0)),
    ]


def test_near_parallel_roads_are_joined_where_streets_cross_them_alone():
    edges, report = repaired(frame_of(lines(ALONG, [(0, 6), (100, 0.3)], [(70, -40), (70, 60)])))
    assert report.cut_at_crossings == 2
    assert len(edges.frame) == 7


def doubled(**columns):
    return repaired(frame_of(lines(ALONG, ALONG[::-1]), **columns))


@pytest.mark.parametrize(
    ("columns", "kept"),
    [
        ({}, 1),
        ({"oneway": ["no", "no"]}, 1),
        ({"oneway": ["yes", "-1"]}, 1),
        ({"oneway": ["yes", "yes"]}, 2),
        ({"oneway": ["yes", "no"]}, 2),
        ({"highway": ["residential", "footway"]}, 2),
        ({"bridge": ["yes", "no"]}, 2),
        ({"osm_id": [1, 2]}, 1),
    ],
)
def test_a_road_drawn_again_the_other_way(columns, kept):
    edges, report = doubled(**columns)
    assert (len(edges.frame), report.doubles) == (kept, 2 - kept)


def test_facts_tell_two_roads_on_one_line_apart():
    facts = EdgeFacts.unknown(2)
    surface = EdgeFacts(
        np.array(["asphalt", "gravel"], dtype=object), *[getattr(facts, n) for n in
        ("limit_kmh", "barred", "both_ways", "raised", "headway_minutes", "crossing_minutes")],
    )  # fmt: skip
    frame = frame_of(lines(ALONG, ALONG))
    assert len(edges_of(frame, facts)) == 1
    assert len(edges_of(frame, surface)) == 2
    assert len(edges_of(frame, facts, drop_doubles=False)) == 2


CROSS = lines(ALONG, [(50, -40), (50, 60)])


@pytest.mark.parametrize(
    "columns",
    [
        {"bridge": ["yes", "no"]},
        {"tunnel": [None, "building_passage"]},
        {"layer": [0, 1]},
        {"layer": ["-1", None]},
        {"highway": ["motorway", "residential"]},
        {"highway": ["residential", "motorway_link"]},
        {"highway": ["ferry", "residential"]},
        {"bridge": ["yes", "yes"], "layer": [1, 1]},
    ],
)
def test_roads_of_different_levels_pass_over_each_other(columns):
    edges, report = repaired(frame_of(CROSS, **columns))
    assert len(edges.frame) == 2
    assert report.kept_apart == 1
    assert report.after.pieces == 2


@pytest.mark.parametrize(
    "columns",
    [
        {"bridge": ["no", ""]},
        {"layer": [1, 1]},
        {"layer": ["0", None]},
        {"highway": ["trunk", "trunk_link"]},
    ],
)
def test_roads_of_one_level_meet(columns):
    assert len(edges_of(frame_of(CROSS, **columns))) == 4


@pytest.mark.parametrize(
    ("columns", "joined"),
    [
        ({"bridge": ["no", "yes"], "layer": [0, 1]}, True),  # comes down to the street
        ({"highway": ["trunk", "motorway_link"]}, True),
        ({"highway": ["motorway", "motorway_link"]}, True),
        ({"highway": ["motorway", "trunk_link"]}, True),
        ({"highway": ["residential", "ferry"]}, True),
        ({"highway": ["motorway", "residential"]}, False),
        ({"bridge": ["yes", "no"]}, False),
        ({"bridge": ["yes", "yes"]}, False),
        ({"layer": [1, 0]}, False),
        ({"highway": ["motorway", "trunk_link"], "bridge": ["yes", "no"]}, False),
        ({"highway": ["motorway", "motorway_link"], "tunnel": ["yes", "no"]}, False),
        ({"layer": [0, 1]}, False),
        ({"highway": ["ferry", "residential"]}, False),
    ],
)
def test_an_end_on_a_road_of_another_kind(columns, joined):
    edges = edges_of(frame_of(lines(ALONG, [(50, 0.4), (50, 60)]), **columns))
    assert len(edges) == (3 if joined else 2)


def test_a_bridge_of_two_parts_is_not_joined_to_the_street_below():
    parts = lines(ALONG, [(50, 0.2), (50, 60)], [(50, 0.2), (50, -60)])
    frame = frame_of(parts, bridge=["no", "yes", "yes"])
    assert len(edges_of(frame)) == 3
    # Where the street has a vertex at their joint it was drawn as a junction.
    parts[0] = shapely.LineString([(0, 0), (50, 0.2), (100, 0)])
    assert len(edges_of(frame_of(parts, bridge=["no", "yes", "yes"]))) == 4


def test_a_joint_of_bridges_above_a_crossing_leaves_the_crossing_alone():
    deck = lines([(-60, 0.3), (50, 0.3)], [(50, 0.3), (160, 0.3)])
    frame = frame_of([*CROSS, *deck], bridge=["no", "no", "yes", "yes"])
    edges, report = repaired(frame)
    assert len(edges.frame) == 6
    assert report.after.pieces == 2
    graph = ways(edges.frame)
    assert metres_between(graph, (0, 0), (50, 60)) == pytest.approx(110)


def test_bridge_ends_join_the_ends_of_streets():
    frame = frame_of(lines([(0, 0), (50, 0)], [(50.3, 0), (90, 0)]), bridge=["no", "yes"])
    _, report = repaired(frame)
    assert (report.after.pieces, report.ends_moved) == (1, 2)


@pytest.mark.parametrize(
    ("columns", "pieces"),
    [
        ({"layer": [0, 1, 1]}, 2),
        ({"bridge": ["no", "yes", "yes"]}, 2),  # a joint of bridges beside the end of a street
        ({"bridge": ["no", "yes", "no"]}, 1),
        ({"layer": [0, 0, 0]}, 1),
    ],
)
def test_ends_side_by_side_at_different_levels(columns, pieces):
    three = lines([(-90, 0), (0, 0)], [(0.5, 0), (40, 60)], [(0.5, 0), (40, -60)])
    _, report = repaired(frame_of(three, **columns))
    assert report.after.pieces == pieces


def test_a_road_that_crosses_itself_is_cut_there():
    edges, _ = repaired(frame_of(lines([(0, 0), (100, 0), (100, 50), (50, 50), (50, -40)])))
    assert len(edges.frame) == 3
    graph = ways(edges.frame)
    assert metres_between(graph, (0, 0), (50, -40)) == pytest.approx(90)


def test_a_lollipop_is_cut_at_its_stick():
    edges = edges_of(frame_of(lines([(0, 0), (50, 0), (80, 30), (80, -30), (50, 0)])))
    assert len(edges) == 2
    loop = edges[edges["_u"] == edges["_v"]]
    assert len(loop) == 1


def test_a_lollipop_is_cut_at_its_stick_beside_a_ring_too():
    stick = [(0, 0), (20, 0), (20, 20), (10, 0)]
    ring = [(10, 0), (10, -20), (0, -20), (10, 0)]
    edges, _ = repaired(frame_of(lines(stick, ring)))
    assert metres_between(ways(edges.frame), (0, 0), (10, 0)) == pytest.approx(10.0)


@pytest.mark.parametrize("kind", ["street", "bridge", "motorway"])
@pytest.mark.parametrize("vertex", [True, False])
def test_a_road_that_ends_at_a_vertex_of_a_bridge_joins_it(kind, vertex):
    """A viaduct merged over its junctions: its vertices still say where these are."""
    deck = [(0, 0), (50, 0), (100, 0)] if vertex else ALONG
    columns = {
        "bridge": ["yes", "yes" if kind == "bridge" else "no"],
        "layer": ["1", "1" if kind == "bridge" else "0"],
        "highway": ["secondary", "motorway" if kind == "motorway" else "residential"],
    }
    edges, _ = repaired(frame_of(lines(deck, [(50, 0), (50, 60)]), **columns))
    metres = metres_between(ways(edges.frame), (0, 0), (50, 60))
    assert metres == (pytest.approx(110.0) if vertex else float("inf"))


def test_streets_that_cross_below_a_vertex_of_a_bridge_do_not_join_it():
    deck = [(0, 0), (50, 0), (100, 0)]
    edges, _ = repaired(
        frame_of(
            lines(deck, [(50, -60), (50, 60)], [(20, -30), (80, 30)]), bridge=["yes", "no", "no"]
        )
    )
    assert metres_between(ways(edges.frame), (0, 0), (50, 60)) == float("inf")
    assert len(edges.frame) == 5


def test_a_ring_is_cut_where_a_road_ends_on_it():
    ring = [(0, 0), (40, 0), (40, 40), (0, 40), (0, 0)]
    edges = edges_of(frame_of(lines(ring, [(40, 20), (90, 20)])))
    assert len(edges) == 3
    assert metres_between(ways(edges), (0, 0), (90, 20)) == pytest.approx(110)


def test_a_way_there_and_back_is_kept_once():
    edges, report = repaired(frame_of(lines([(0, 0), (100, 0), (40, 0)])))
    assert drawn(edges.frame) == [((0, 0), (40, 0)), ((40, 0), (100, 0), (40, 0))]
    assert report.cut_at_ends == 1


def test_a_road_shorter_than_the_tolerance_becomes_its_node():
    edges, report = repaired(frame_of(lines(ALONG, [(100, 0), (100.4, 0)], [(100.4, 0), (160, 0)])))
    assert report.short == 1
    assert len(edges.frame) == 2
    assert report.after.pieces == 1


def test_minutes_are_shared_by_length_and_everything_else_is_kept():
    facts = EdgeFacts.unknown(2)
    minutes = np.array([20.0, np.nan])
    known = [getattr(facts, n) for n in ("surface", "limit_kmh", "barred", "both_ways", "raised")]
    given_facts = EdgeFacts(*known, facts.headway_minutes, minutes)
    frame = frame_of(lines(ALONG, [(25, 0), (25, 60)]), oneway=["-1", "no"], name=["甲路", "乙路"])
    edges, _ = repaired(frame, given_facts)
    parts = edges.frame["name"] == "甲路"
    assert sorted(edges.facts.crossing_minutes[parts]) == pytest.approx([5.0, 15.0])
    assert set(edges.frame["oneway"][parts]) == {"-1"}
    for line in edges.frame.geometry[parts]:
        assert line.coords[0][0] < line.coords[-1][0]  # still runs as it was drawn


def test_lines_that_need_nothing_stay_as_they_were_read():
    frame = frame_of(lines(ALONG, [(50, 0), (50, 60)], [(200, 200), (300, 210)])).to_crs(LONLAT)
    edges = edges_of(frame)
    kept = {line.wkb for line in frame.geometry[1:]}
    assert kept <= {line.wkb for line in edges.geometry}


def test_without_split_ends_are_joined_alone():
    frame = frame_of([*CROSS, *lines([(100.5, 0), (160, 0)])])
    edges, report = repaired(frame, split=False)
    assert len(edges.frame) == 3
    assert (report.after.pieces, report.cut_at_crossings, report.kept_apart) == (2, 0, 0)


def test_a_tolerance_of_nothing_still_joins_what_touches():
    frame = frame_of(lines(ALONG, [(50, 0.5), (50, 60)], [(20, 0.005), (20, 60)]))
    assert len(edges_of(frame, join_metres=0)) == 4


def test_lines_that_are_no_roads_are_refused(monkeypatch):
    monkeypatch.setattr(repaircontacts, "_MOST", 100)
    monkeypatch.setattr(repaircontacts, "_MOST_EACH", 0)
    rng = np.random.default_rng(0)
    tangle = frame_of([shapely.LineString(rng.uniform(0, 100, (60, 2)))])
    with pytest.raises(InputError) as caught:
        repaired(tangle)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("roads.repair_tangle", "roads.gpkg")
    assert "100" in problem.found.zh
    assert "contours" in problem.mend.en
    assert "等高线" in problem.mend.zh


def test_words_of_the_report():
    frame = frame_of([*CROSS, *lines(ALONG, [(80, 0.5), (80, 60)])])
    said = {p.code: p for p in repaired(frame)[1].problems()}
    assert sorted(said) == ["roads.repair_levels", "roads.repaired"]
    done = said["roads.repaired"]
    assert (done.file, done.severity) == ("roads.gpkg", "warning")
    assert "4 lines became 6" in done.what.en
    for words in ("cut at 1 crossings", "cut at 1 ends", "1 ends moved", "0.50 m", "1 drawn twice"):
        assert words in done.what.en
    for words in ("4 条线变为 6 条", "1 处交叉", "1 条重复", "0.50 米"):
        assert words in done.what.zh
    assert "now 1 unconnected piece," in done.found.en
    assert "修复前 3 个" in done.found.zh
    assert "bridge" in said["roads.repair_levels"].expected.en
    assert "1 处交叉" in said["roads.repair_levels"].what.zh


def test_roads_that_were_whole_are_said_to_be():
    (problem,) = repaired(frame_of(lines(ALONG, [(100, 0), (100, 90)])))[1].problems()
    assert problem.code == "roads.repair_nothing"
    assert "repair" in problem.mend.zh


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.31, 1.03, 3.07]))
def test_gathering_is_bounded_and_settles(seed, metres):
    rng = np.random.default_rng(seed)
    xy = np.unique(np.round(rng.uniform(0, 12, (40, 2)), 1), axis=0)
    weight = rng.integers(1, 4, len(xy))
    goal = gather(xy, weight, metres)
    assert (np.hypot(*(xy - xy[goal]).T) <= metres).all()
    stays = np.unique(goal)
    assert (goal[stays] == stays).all()
    apart = shapely.distance(shapely.points(xy[stays])[:, None], shapely.points(xy[stays])[None])
    assert (apart[~np.eye(len(stays), dtype=bool)] > metres).all()
    order = rng.permutation(len(xy))
    again = gather(xy[order], weight[order], metres)
    assert (xy[order][again] == xy[goal][order]).all()


def test_a_frame_keeps_its_columns_and_system():
    frame = frame_of(CROSS, name=["甲", "乙"]).to_crs(LONLAT)
    edges = edges_of(frame)
    assert isinstance(edges, gpd.GeoDataFrame)
    assert edges.crs == LONLAT
    assert edges["name"].value_counts().to_dict() == {"甲": 2, "乙": 2}
