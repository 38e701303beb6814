"""Road graphs of osmnx, from memory and from GraphML: the same network."""

import contextlib
import random

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from coverplan import InputError, Network, builtin_profiles, mode_graph, nearest_site, snap
from coverplan.core.errors import Problems
from coverplan.domain.edges import BICYCLE, FOOT, MOTOR
from coverplan.io.graphs import reading as graphs
from coverplan.io.graphs.reading import graph_edges, graph_record, read_graphml
from coverplan.io.roadfacts import read_facts

WORK = CRS.from_epsg(4549)
LANE = 0.001


def street_graph(seed=1, size=7, *, crs="EPSG:4326"):
    """A grid as osmnx makes graphs: edges each way, some oneway, curved, and in dead ends."""
    chance = random.Random(seed)  # noqa: S311
    graph = nx.MultiDiGraph(crs=crs, created_with="a test")
    for i in range(size):
        for j in range(size):
            x, y = 119.8 + i * LANE + chance.random() / 5e3, 28.7 + j * LANE + chance.random() / 5e3
            graph.add_node(100 * i + j, x=x, y=y, street_count=4)
    ends = [((i, j), (i + 1, j)) for i in range(size - 1) for j in range(size)]
    ends += [((i, j), (i, j + 1)) for i in range(size) for j in range(size - 1)]
    for number, (a, b) in enumerate(ends):
        if chance.random() < 0.1:
            continue
        u, v = 100 * a[0] + a[1], 100 * b[0] + b[1]
        road = chance.choice(["residential", "tertiary", "footway", "primary", "steps"])
        oneway = chance.random() < 0.3
        tags = {"osmid": number, "highway": road, "oneway": oneway, "length": 100.0}
        if chance.random() < 0.3:
            tags["maxspeed"] = chance.choice(["30", "50"])
        line = None
        if chance.random() < 0.5:
            (x0, y0), (x1, y1) = place(graph, u), place(graph, v)
            middle = ((x0 + x1) / 2 + chance.random() / 5e3, (y0 + y1) / 2)
            line = shapely.LineString([(x0, y0), middle, (x1, y1)])
        add(graph, u, v, line, reversed=False, **tags)
        if not oneway:
            add(graph, v, u, line and shapely.reverse(line), reversed=True, **tags)
    return graph


def place(graph, node):
    return graph.nodes[node]["x"], graph.nodes[node]["y"]


def add(graph, u, v, line, **tags):
    graph.add_edge(u, v, **tags, **({"geometry": line} if line is not None else {}))


def network_of(edges):
    facts = read_facts(edges, {}, "g", Problems())
    return Network.from_edges(edges, crs=WORK, u="u", v="v", facts=facts)


def saved(graph, tmp_path):
    osmnx.save_graphml(graph, tmp_path / "g.graphml")
    return read_graphml(tmp_path / "g.graphml", "g.graphml")


def assert_same_network(one, other):
    for name in ("u", "v", "metres", "direction", "node_xy", "twin", "reverse"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.road_class.tolist() == other.road_class.tolist()
    assert shapely.equals_exact(one.lines, other.lines, tolerance=0).all()
    for name in ("surface", "limit_kmh", "barred", "both_ways", "raised"):
        a, b = getattr(one.facts, name), getattr(other.facts, name)
        assert gpd.pd.Series(a).equals(gpd.pd.Series(b)), name


def simplified(graph):
    return osmnx.simplify_graph(graph)


def with_all_geometries(graph):
    for u, v, data in graph.edges(data=True):
        data.setdefault("geometry", shapely.LineString([place(graph, u), place(graph, v)]))
    return graph


@pytest.mark.parametrize("make", [lambda g: g, simplified, osmnx.project_graph])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_from_memory_and_from_graphml_is_the_same_network(make, seed, tmp_path):
    graph = make(street_graph(seed))
    before = nx.to_dict_of_dicts(graph)
    edges = graph_edges(graph, "g", Problems())
    assert nx.to_dict_of_dicts(graph) == before
    back = saved(graph, tmp_path)
    assert_same_network(network_of(edges), network_of(back))
    assert graph_record(edges).sha256 == graph_record(back).sha256


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_one_graph_has_one_digest_in_whatever_order_it_was_made(seed):
    graph = street_graph(seed, size=4)
    chance = random.Random(seed)  # noqa: S311
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(data=True))
    chance.shuffle(nodes)
    chance.shuffle(edges)
    again = nx.MultiDiGraph(**graph.graph)
    again.add_nodes_from(nodes)
    again.add_edges_from(edges)
    one, other = (graph_edges(g, "g", Problems()) for g in (graph, again))
    assert graph_record(one).sha256 == graph_record(other).sha256
    assert_same_network(network_of(one), network_of(other))
    moved = again.copy()
    moved.graph["crs"] = "EPSG:4490"
    assert graph_record(graph_edges(moved, "g", Problems())).sha256 != graph_record(one).sha256
    changed = again.copy()
    u, v, key = next(iter(changed.edges(keys=True)))
    changed.edges[u, v, key]["highway"] = "secondary"
    assert graph_record(graph_edges(changed, "g", Problems())).sha256 != graph_record(one).sha256


@pytest.mark.parametrize("seed", range(4))
def test_minutes_are_those_of_networkx_on_the_graph_itself(seed):
    graph = street_graph(seed)
    network = network_of(graph_edges(graph, "g", Problems()))
    driving = builtin_profiles()["driving"]
    nodes = sorted(graph.nodes)
    xy = gpd.GeoSeries.from_xy(
        [graph.nodes[n]["x"] for n in nodes], [graph.nodes[n]["y"] for n in nodes], crs=4326
    ).to_crs(WORK)
    points = np.column_stack([xy.x, xy.y])
    for _, _, data in graph.edges(data=True):
        data["hours"] = None
    geod = CRS.from_epsg(4326).get_geod()
    for u, v, data in graph.edges(data=True):
        kmh = driving.speeds_kmh.get(data["highway"])
        if kmh is not None and driving.posted_limits and "maxspeed" in data:
            kmh = min(kmh, float(data["maxspeed"]))
        line = data.get("geometry") or shapely.LineString([place(graph, u), place(graph, v)])
        data["hours"] = None if kmh is None else geod.geometry_length(line) / 1000 / kmh
    used = [n for n in nodes if any(d["hours"] for *_, d in graph.in_edges(n, data=True))]
    used = [n for n in used if any(d["hours"] for *_, d in graph.out_edges(n, data=True))]
    sites = used[:3]
    on = mode_graph(network, driving)
    at = dict(zip(nodes, points, strict=True))
    found = nearest_site(
        on, snap(on, np.array([at[n] for n in used])), snap(on, np.array([at[n] for n in sites]))
    )
    back = graph.reverse()
    hours = nx.multi_source_dijkstra_path_length(
        back,
        sites,
        weight=lambda u, v, ds: min((d["hours"] for d in ds.values() if d["hours"]), default=None),
    )
    for i, node in enumerate(used):
        expected = hours.get(node)
        minutes = found.minutes[i]
        if expected is None:
            assert not np.isfinite(minutes)
        else:
            assert minutes == pytest.approx(60 * expected, abs=0.002)


def test_a_street_of_two_directions_is_one_edge_whatever_order_lists_have():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node("a", x=119.8, y=28.7)
    graph.add_node("b", x=119.81, y=28.7)
    graph.add_edge("a", "b", highway=["residential", "living_street"], oneway=False, reversed=False)
    graph.add_edge("b", "a", highway=["living_street", "residential"], oneway=False, reversed=True)
    edges = graph_edges(graph, "g", Problems())
    assert edges["oneway"].tolist() == [0]
    graph.edges["b", "a", 0]["surface"] = "gravel"
    assert graph_edges(graph, "g", Problems())["oneway"].tolist() == [1, 1]


def test_parallel_streets_of_one_length_are_not_one():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(1, x=119.8, y=28.7)
    graph.add_node(2, x=119.81, y=28.7)
    for side in (0.001, -0.001):
        line = shapely.LineString([(119.8, 28.7), (119.805, 28.7 + side), (119.81, 28.7)])
        tags = {"highway": "residential", "oneway": False, "length": 1000.0}
        graph.add_edge(1, 2, geometry=line, **tags)
        graph.add_edge(2, 1, geometry=shapely.reverse(line), **tags)
    assert len(graph_edges(graph, "g", Problems())) == 2


@pytest.mark.parametrize(
    ("classes", "road", "barred"),
    [
        (["residential", "footway"], "footway", 0),
        (["residential", "tertiary"], "residential", 0),
        (["motorway", "primary"], "primary", FOOT | BICYCLE),
        (["footway", "steps"], "steps", 0),
        (["residential", "no such class"], "no such class", 0),
    ],
)
def test_pieces_of_several_classes_count_as_the_slowest(classes, road, barred):
    for order in (classes, classes[::-1]):
        graph = nx.MultiDiGraph(crs="EPSG:4326")
        graph.add_node(1, x=119.8, y=28.7)
        graph.add_node(2, x=119.81, y=28.7)
        graph.add_edge(1, 2, highway=order, oneway=True)
        problems = Problems()
        edges = graph_edges(graph, "g", problems)
        profiles = builtin_profiles()
        speed = [profiles["driving"].speeds_kmh.get(word, 0) for word in classes]
        assert edges["highway"][0] == road
        assert profiles["driving"].speeds_kmh.get(edges["highway"][0], 0) == min(speed)
        facts = read_facts(edges, {}, "g", Problems())
        assert facts.barred[0] & (FOOT | BICYCLE) == barred
        (note,) = problems
        assert (note.code, note.severity) == ("roads.merged_classes", "warning")
        assert "1 edges, 1.0 km" in note.what.en
        assert "1 条、1.0 公里" in note.what.zh
        assert "edge_attrs_differ" in note.mend.zh


def test_of_several_surfaces_the_slowest_comes_first_in_any_order():
    for order in (["asphalt", "mud"], ["mud", "asphalt"]):
        graph = nx.MultiDiGraph(crs="EPSG:4326")
        graph.add_node(1, x=119.8, y=28.7)
        graph.add_node(2, x=119.81, y=28.7)
        graph.add_edge(1, 2, highway="track", oneway=True, surface=order)
        facts = read_facts(graph_edges(graph, "g", Problems()), {}, "g", Problems())
        assert facts.surface.tolist() == ["mud"]


def test_an_edge_without_a_way_back_is_open_one_way_and_said():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node in range(4):
        graph.add_node(node, x=119.8 + node / 100, y=28.7)
    graph.add_edge(0, 1, highway="residential", oneway=False)
    graph.add_edge(1, 2, highway="residential", oneway=True)
    graph.add_edge(2, 3, highway="residential", oneway=[True, False])
    problems = Problems()
    assert graph_edges(graph, "g", problems)["oneway"].tolist() == [1, 1, 1]
    (note,) = problems
    assert note.code == "roads.graph_no_way_back"
    assert note.what.en.startswith("1 edges are no oneway streets")
    assert note.what.zh.startswith("1 条边不是单行路")


def test_a_graph_that_keeps_the_words_of_oneway(tmp_path):
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node in range(6):
        graph.add_node(node, x=119.8 + node / 100, y=28.7)
    for node, tags in enumerate(
        [{"oneway": "yes"}, {"oneway": "-1"}, {"oneway": "no"}, {}, {"junction": "roundabout"}]
    ):
        graph.add_edge(node, node + 1, highway="residential", length=1.0, **tags)
    expected = [1, 1, 0, 0, 1]
    assert graph_edges(graph, "g", Problems())["oneway"].tolist() == expected
    assert saved(graph, tmp_path)["oneway"].tolist() == expected


def test_barriers_kept_at_nodes_part_the_roads(tmp_path):
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for name, x in (("a", 119.8), ("b", 119.81), ("c", 119.82)):
        graph.add_node(name, x=x, y=28.7)
    graph.nodes["b"]["barrier"] = "bollard"
    for u, v in (("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")):
        graph.add_edge(u, v, highway="residential", oneway=False)
    for edges in (graph_edges(graph, "g", Problems()), saved(graph, tmp_path)):
        network = network_of(edges)
        assert network.n_nodes == 4
        assert sorted(network.facts.barred.tolist()) == [0, 0, MOTOR]


def test_heights_and_odd_node_names_do_no_harm(tmp_path):
    graph = street_graph(size=3)
    named = nx.relabel_nodes(graph, {n: f"node {n}" for n in graph.nodes})
    for _, _, data in named.edges(data=True):
        if "geometry" in data:
            data["geometry"] = shapely.force_3d(data["geometry"], 5.0)
    plain = network_of(graph_edges(graph, "g", Problems()))
    assert_same_network(network_of(graph_edges(named, "g", Problems())), plain)
    assert_same_network(network_of(saved(named, tmp_path)), plain)


def refused(graph, problems=None):
    with pytest.raises(InputError) as caught:
        graph_edges(graph, "g", problems or Problems())
    return caught.value.problems


class Strange:
    """Nothing a road network could be made of."""


Strange.__module__ = "igraph.graph"


@pytest.mark.parametrize(
    ("graph", "found", "mend"),
    [
        (nx.DiGraph(), "networkx.DiGraph", "to_digraph"),
        (nx.MultiGraph(), "networkx.MultiGraph", "to_undirected"),
        (nx.Graph(), "networkx.Graph", "to_undirected"),
        (Strange(), "igraph.Strange", "igraph"),
        ("roads.graphml", "builtins.str", "[roads] source"),
        (gpd.GeoDataFrame(), "geopandas.GeoDataFrame", "[roads] source"),
    ],
)
def test_what_is_no_graph_of_osmnx(graph, found, mend):
    (fault,) = refused(graph)
    assert fault.code == "roads.graph_type"
    assert fault.found == found
    assert mend in fault.mend.en
    assert mend in fault.mend.zh
    assert "MultiDiGraph" in fault.expected.zh


def test_all_faults_of_a_graph_at_once():
    graph = nx.MultiDiGraph()
    graph.add_node(1, x=119.8, y=28.7)
    graph.add_node(2, x="east", y=28.7)
    graph.add_node(3, x=float("nan"), y=28.7)
    graph.add_edge(1, 2, geometry=shapely.Point(1, 1))
    graph.add_edge(2, 3)
    faults = {fault.code: fault for fault in refused(graph)}
    assert set(faults) == {
        "roads.graph_nodes", "roads.graph_geometry", "roads.graph_classes", "roads.no_crs",
    }  # fmt: skip
    assert faults["roads.graph_nodes"].what.en.startswith("2 nodes")
    assert faults["roads.graph_geometry"].found.en == "edge 1-2 for one"
    graph.graph["crs"] = "no such system"
    assert "no such system" in {fault.found for fault in refused(graph)}
    (fault,) = refused(nx.MultiDiGraph(crs="EPSG:4326"))
    assert fault.code == "roads.empty"


def test_some_edges_without_a_class_are_counted_later(tmp_path):
    graph = street_graph(size=3)
    u, v, key = next(iter(graph.edges(keys=True)))
    del graph.edges[u, v, key]["highway"]
    assert "" in graph_edges(graph, "g", Problems())["highway"].tolist()


def fault_of(file):
    with pytest.raises(InputError) as caught:
        read_graphml(file, file.name)
    (fault,) = caught.value.problems
    assert fault.file == file.name
    return fault


def test_graphml_that_is_cut_off_or_of_another_program(tmp_path, monkeypatch):
    file = tmp_path / "g.graphml"
    osmnx.save_graphml(street_graph(size=3), file)
    whole = file.read_bytes()
    for share in (0.1, 0.5, 0.99):
        file.write_bytes(whole[: int(len(whole) * share)])
        fault = fault_of(file)
        assert fault.code == "file.unreadable"
        assert "no </graphml> at its end" in fault.found.en
        assert "末尾没有 </graphml>" in fault.found.zh
    file.write_bytes(b"")
    assert fault_of(file).code == "file.empty"
    nx.write_graphml(nx.path_graph(3), file)
    assert fault_of(file).code == "roads.graph_type"
    plain = nx.MultiDiGraph(crs="EPSG:4326")
    plain.add_node(1, x=119.8, y=28.7)
    plain.add_edge(1, 1, highway="residential", lanes=2)
    nx.write_graphml(plain, file)
    fault = fault_of(file)
    assert "osmnx.save_graphml" in fault.found.en
    monkeypatch.setattr(graphs, "MOST_GIGABYTES", 1e-7)
    fault = fault_of(file)
    assert fault.code == "roads.graph_too_large"
    assert "内存放不下" in fault.what.zh


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_damaged_graphml_gives_a_fault_or_a_network_and_nothing_else(data, tmp_path_factory):
    file = tmp_path_factory.mktemp("g") / "g.graphml"
    osmnx.save_graphml(street_graph(size=3), file)
    text = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at] = data.draw(st.integers(0, 255))
    file.write_bytes(bytes(text))
    with contextlib.suppress(InputError):
        assert len(read_graphml(file, "g.graphml", Problems()))
