"""OpenStreetMap files and osmnx graphs, made here and read back."""

import networkx as nx
import osmnx
import pytest

from coverplan import InputError, MissingExtraError
from coverplan.io.osm import read_graphml, read_osm

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
