"""OpenStreetMap files and osmnx graphs, made here and read back."""

import networkx as nx
import osmnx
import pytest
import shapely

from coverplan import InputError, MissingExtraError, Network
from coverplan.core.errors import Problems
from coverplan.domain.edges import BICYCLE, EVERYBODY, FOOT, MOTOR
from coverplan.io.gates import barring_nodes
from coverplan.io.graphs.reading import read_graphml
from coverplan.io.osm.reading import read_osm
from coverplan.io.roadfacts import read_facts

OSM = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
  <node id="1" lat="28.70" lon="119.80"/><node id="2" lat="28.70" lon="119.81"/>
  <node id="3" lat="28.70" lon="119.82"/><node id="4" lat="28.71" lon="119.81"/>
  <node id="5" lat="28.72" lon="119.81"/><node id="6" lat="28.73" lon="119.83"/>
  <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
  <way id="11"><nd ref="2"/><nd ref="4"/><nd ref="5"/><tag k="highway" v="residential"/>
    <tag k="oneway" v="-1"/></way>
  <way id="12"><nd ref="5"/><nd ref="6"/><tag k="route" v="ferry"/></way>
  <way id="13"><nd ref="1"/><nd ref="6"/><tag k="highway" v="motorway"/></way>
  <way id="14"><nd ref="1"/><nd ref="4"/><nd ref="5"/><nd ref="1"/><tag k="highway" v="tertiary"/>
    <tag k="junction" v="roundabout"/></way>
  <way id="15"><nd ref="1"/><nd ref="5"/><tag k="highway" v="service"/>
    <tag k="access" v="no"/></way>
  <way id="16"><nd ref="1"/><nd ref="5"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="pedestrian"/>
    <tag k="area" v="yes"/></way>
  <way id="17"><nd ref="1"/><nd ref="5"/><tag k="building" v="yes"/></way>
</osm>
"""


def test_ways_are_cut_at_junctions_only(tmp_path):
    file = tmp_path / "town.osm"
    file.write_text(OSM, encoding="utf-8")
    edges = read_osm(file, "town.osm")
    rows = sorted(zip(edges["highway"], edges["oneway"], edges["u"], edges["v"], strict=True))
    assert rows == [
        ("ferry", 0, 5, 6),
        ("motorway", 1, 1, 6),
        ("primary", 0, 1, 2),
        ("primary", 0, 2, 3),
        ("residential", -1, 2, 4),
        ("residential", -1, 4, 5),
        ("service", 0, 1, 5),
        ("tertiary", 1, 1, 4),
        ("tertiary", 1, 4, 5),
        ("tertiary", 1, 5, 1),
    ]
    assert edges.crs.to_epsg() == 4326


def test_a_file_that_is_no_osm_file(tmp_path):
    file = tmp_path / "town.osm.pbf"
    file.write_bytes(b"not a pbf at all")
    with pytest.raises(InputError, match="cannot be read"):
        read_osm(file, "town.osm.pbf")
    file = tmp_path / "empty.osm"
    file.write_text("<osm version='0.6'></osm>", encoding="utf-8")
    with pytest.raises(InputError, match="no record"):
        read_osm(file, "empty.osm")


def test_an_osmnx_graph_keeps_two_way_streets_whole(tmp_path):
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (x, y) in enumerate([(119.80, 28.70), (119.81, 28.70), (119.82, 28.70)]):
        graph.add_node(node, x=x, y=y)
    length = 974.0
    graph.add_edge(
        0, 1, osmid=1, highway="residential", oneway=False, reversed=False, length=length
    )
    graph.add_edge(1, 0, osmid=1, highway="residential", oneway=False, reversed=True, length=length)
    graph.add_edge(1, 2, osmid=2, highway="primary", oneway=True, reversed=False, length=length)
    osmnx.save_graphml(graph, tmp_path / "g.graphml")
    edges = read_graphml(tmp_path / "g.graphml", "g.graphml")
    rows = sorted(zip(edges["highway"], edges["oneway"], edges["u"], edges["v"], strict=True))
    assert rows == [("primary", 1, 1, 2), ("residential", 0, 0, 1)]
    (tmp_path / "bad.graphml").write_text("<nothing/>")
    with pytest.raises(InputError, match="cannot be read"):
        read_graphml(tmp_path / "bad.graphml", "bad.graphml")


def test_without_the_extra_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "osmium", None)
    with pytest.raises(MissingExtraError, match=r"coverplan\[osm\]"):
        read_osm(tmp_path / "x.osm.pbf", "x.osm.pbf")


def read_text(tmp_path, text, problems=None):
    file = tmp_path / "town.osm"
    file.write_text(f"<osm version='0.6'>{text}</osm>", encoding="utf-8")
    return read_osm(file, "town.osm", problems)


def nodes(*tags):
    """Nodes 1, 2, ... a thousandth of a degree apart, each with its tags."""
    inside = ["".join(f"<tag k='{k}' v='{v}'/>" for k, v in each.items()) for each in tags]
    return "".join(
        f"<node id='{i}' lat='28.7' lon='{119.8 + i / 1000}'>{text}</node>"
        for i, text in enumerate(inside, 1)
    )


def way(number, refs, **tags):
    given = "".join(f"<tag k='{k.replace('__', ':')}' v='{v}'/>" for k, v in tags.items())
    path = "".join(f"<nd ref='{ref}'/>" for ref in refs)
    return f"<way id='{number}'>{path}{given}</way>"


def facts_of(edges):
    problems = Problems()
    facts = read_facts(edges, {}, "town.osm", problems)
    assert not list(problems)
    return facts


def test_what_ways_say_of_themselves_is_kept(tmp_path):
    text = nodes({}, {}, {}) + way(
        1, [1, 2], highway="residential", surface="gravel", maxspeed="30", access="no", foot="yes",
        oneway="yes", oneway__bicycle="no", name="Main Street",
    ) + way(2, [2, 3], highway="service", bridge="yes", cycleway__left="opposite_lane")  # fmt: skip
    edges = read_text(tmp_path, text)
    assert "name" not in edges
    assert "interval" not in edges
    facts = facts_of(edges)
    assert facts.surface.tolist() == ["gravel", ""]
    assert facts.limit_kmh[0] == 30
    assert facts.barred.tolist() == [BICYCLE | MOTOR, 0]
    assert facts.both_ways.tolist() == [BICYCLE, BICYCLE]
    assert facts.raised.tolist() == [False, True]


def test_the_crossing_time_of_a_ferry_is_shared_out_by_length(tmp_path):
    text = nodes({}, {}, {}, {}) + way(1, [1, 2, 4], route="ferry", duration="0:30", interval="60")
    edges = read_text(tmp_path, text + way(2, [2, 3], route="ferry", duration="soon"))
    ferry = edges[edges["interval"] == "60"]
    minutes = ferry["duration"].astype(float).to_numpy()
    assert minutes == pytest.approx([10, 20], rel=1e-6)
    assert edges["duration"].tolist()[-1] == "soon"


def passes(edges, bit):
    """Where somebody gets to from node 1, by the coordinates of the nodes."""
    facts = facts_of(edges)
    graph = nx.Graph()
    for i, (u, v) in enumerate(zip(edges["u"], edges["v"], strict=True)):
        graph.add_nodes_from([u, v])
        if not facts.barred[i] & bit:
            graph.add_edge(u, v)
    places = {}
    for u, v, line in zip(edges["u"], edges["v"], edges.geometry, strict=True):
        places |= {u: line.coords[0][0], v: line.coords[-1][0]}
    there = nx.node_connected_component(graph, 1)
    return sorted({round((places[node] - 119.8) * 1000) for node in there})


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({"barrier": "bollard"}, MOTOR),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, 0),
        ({"barrier": "gate"}, 0),
        ({"barrier": "gate", "access": "private"}, 0),
        ({"barrier": "gate", "access": "no"}, EVERYBODY),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, BICYCLE | MOTOR),
        ({"barrier": "stile"}, BICYCLE | MOTOR),
        ({"barrier": "stile", "bicycle": "yes"}, MOTOR),
        ({"barrier": "wall"}, EVERYBODY),
        ({"barrier": "wall", "foot": "yes"}, BICYCLE | MOTOR),
        ({"barrier": "toll_booth"}, 0),
        ({"barrier": "kerb", "vehicle": "no"}, BICYCLE | MOTOR),
    ],
)
def test_a_barrier_stops_whom_it_stops_and_nobody_else(tmp_path, tags, stopped):
    text = nodes({}, {}, tags, {}) + way(1, [1, 2, 3, 4], highway="residential")
    edges = read_text(tmp_path, text)
    for bit in (FOOT, BICYCLE, MOTOR):
        # Everybody goes up to the barrier; without one there is no node there.
        expected = [1, 3] if stopped & bit else [1, 3, 4] if stopped else [1, 4]
        assert passes(edges, bit) == expected


def test_a_barrier_at_a_junction_stops_between_any_two_of_its_roads(tmp_path):
    text = nodes({}, {"barrier": "bollard"}, {}, {}, {}) + way(1, [1, 2, 3], highway="residential")
    edges = read_text(tmp_path, text + way(2, [2, 4], highway="service"))
    assert passes(edges, FOOT) == [1, 2, 3, 4]
    assert passes(edges, MOTOR) == [1, 2]
    links = edges[shapely.length(edges.geometry.to_numpy()) == 0]
    assert len(links) == 2
    assert set(links["oneway"]) == {0}
    network = Network.from_edges(
        edges, crs=edges.estimate_utm_crs(), u="u", v="v", facts=facts_of(edges)
    )
    assert network.n_edges == 5
    assert (network.metres == 0).sum() == 2


def test_a_barrier_beside_the_road_or_at_its_end_parts_nothing(tmp_path):
    text = nodes({}, {}, {"barrier": "wall"}, {"barrier": "wall"})
    edges = read_text(tmp_path, text + way(1, [1, 2, 3], highway="residential"))
    assert len(edges) == 1


def test_a_barrier_of_a_kind_nobody_knows_stops_nobody_and_is_said(tmp_path):
    problems = Problems()
    text = nodes({}, {"barrier": "dragon"}, {}) + way(1, [1, 2, 3], highway="residential")
    edges = read_text(tmp_path, text, problems)
    assert len(edges) == 1
    (problem,) = problems
    assert (problem.code, problem.found) == ("roads.barrier_node", "dragon")


def test_no_barrier_at_all():
    assert barring_nodes({}, "town.osm", Problems()) == {}


def test_an_osmnx_graph_says_who_may_use_its_edges(tmp_path):
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (x, y) in enumerate([(119.80, 28.70), (119.81, 28.70), (119.82, 28.70)]):
        graph.add_node(node, x=x, y=y)
    each = {"oneway": True, "reversed": False, "length": 974.0}
    graph.add_edge(
        0, 1, highway="primary", maxspeed=["60", "40"], access="no", bridge="yes", **each
    )
    graph.add_edge(1, 2, highway=["primary", "trunk"], **each)
    osmnx.save_graphml(graph, tmp_path / "g.graphml")
    facts = facts_of(read_graphml(tmp_path / "g.graphml", "g.graphml"))
    assert facts.limit_kmh[0] == 40
    assert facts.barred.tolist() == [EVERYBODY, 0]
    assert facts.raised.tolist() == [True, False]
