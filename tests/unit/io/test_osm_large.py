"""Large OpenStreetMap files: the same edges as the plain way, piece by piece, little in memory."""

import tracemalloc
from collections import Counter

import osmium
import pytest
import shapely
from tests.support.plain_osm import TAGS, barriers, plain_edges, plain_ways

from coverplan import InputError
from coverplan.core.errors import Problems, render_problems
from coverplan.io.gates import barring_nodes
from coverplan.io.osm import parts as osmparts
from coverplan.io.osm.reading import read_osm

XML = "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6'>{}</osm>"


def rows(edges):
    """The edges of a frame as the plain reader gives them."""
    result = []
    keys = [key for key in TAGS if key in edges]
    for edge in edges.itertuples(index=False):
        values = dict(zip(edges.columns, edge, strict=True))
        tags = {k: values[k] for k in keys if isinstance(values[k], str)}
        if "duration" in tags and tags["duration"].replace(".", "").isdigit():
            tags["duration"] = f"{float(tags['duration']):.6f}"
        line = list(values["geometry"].coords)
        result.append((values["u"], values["v"], values["highway"], values["oneway"], tags, line))
    return result


def same(found, expected):
    return Counter(map(repr, found)) == Counter(map(repr, expected))


def test_las_palmas_edge_by_edge(test_data):
    (path,) = (test_data / "realdata" / "es_las_palmas").glob("*.osm.pbf")
    problems = Problems()
    edges = read_osm(path, "las_palmas.osm.pbf", problems)
    ways = list(plain_ways(path))
    on_road = {node for *_, run in ways for node, _ in run}
    there = {node: tags for node, tags in barriers(path).items() if node in on_road}
    gates = barring_nodes(there, "x", Problems())
    assert len(gates) == 30
    plain = [edge for edge in plain_edges(ways, gates) if len(set(edge[5])) > 1]
    found = rows(edges[shapely.length(edges.geometry.to_numpy()) > 0])
    assert same([edge[2:] for edge in found], [edge[2:] for edge in plain])
    # Edges that meet at a gate have nodes of their own there; all others the nodes of the file.
    known = {node for edge in plain for node in edge[:2]} - set(gates)
    found, plain = ([e for e in some if {*e[:2]} <= known] for some in (found, plain))
    assert same(found, plain)
    assert len(plain) > 27_000
    (note,) = [p for p in problems if p.code == "roads.osm_unplaced"]
    assert "2,639 nodes of 201 ways" in note.what.en


def test_a_file_in_many_pieces_is_the_same_and_says_how_far_it_is(tmp_path, monkeypatch):
    path = write(tmp_path / "grid.osm.pbf", side=60, others=20_000)
    whole = read_osm(path, "grid.osm.pbf")
    monkeypatch.setattr(osmparts, "_PIECE_BYTES", 1)
    told = []
    pieces = read_osm(path, "grid.osm.pbf", progress=lambda n: told.append(n) or told.append)
    assert same(rows(whole), rows(pieces))
    total, *done = told
    assert len(done) > 6
    assert total == 2 * path.stat().st_size == sum(done)


def test_a_reading_is_stopped_between_pieces(tmp_path, monkeypatch):
    path = write(tmp_path / "grid.osm.pbf", side=20, others=20_000)
    monkeypatch.setattr(osmparts, "_PIECE_BYTES", 1)
    done = []

    def stop(n):
        done.append(n)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_osm(path, "grid.osm.pbf", progress=lambda _: stop)
    assert len(done) == 1


def write(path, *, side, others=0):
    """A grid of streets, and so many nodes and buildings that are no roads."""
    with osmium.SimpleWriter(str(path)) as out:
        for i in range(side * side):
            place = (119.8 + i % side / 1000, 28.7 + i // side / 1000)
            out.add_node(osmium.osm.mutable.Node(id=i + 1, location=place))
        for i in range(others):
            place = (119.8 + i % 997 / 3000, 28.7 + i / 1e5)
            out.add_node(osmium.osm.mutable.Node(id=10_000_000 + i, location=place))
        tags = {"highway": "residential", "surface": "asphalt"}
        for i in range(side):
            row = [i * side + k + 1 for k in range(side)]
            column = [k * side + i + 1 for k in range(side)]
            out.add_way(osmium.osm.mutable.Way(id=2 * i + 1, nodes=row, tags=tags))
            out.add_way(osmium.osm.mutable.Way(id=2 * i + 2, nodes=column, tags=tags))
        for i in range(0, others, 4):
            nodes = [10_000_000 + i + k for k in (0, 1, 2, 3, 0)]
            out.add_way(
                osmium.osm.mutable.Way(id=1_000_000 + i, nodes=nodes, tags={"building": "yes"})
            )
    return path


def peak(path):
    """The most memory Python held beyond what it had, in bytes."""
    tracemalloc.start()
    try:
        read_osm(path, path.name)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_with_the_roads_and_not_with_the_file(tmp_path):
    peak(write(tmp_path / "warm.osm.pbf", side=5))
    small = peak(write(tmp_path / "small.osm.pbf", side=60))
    large = peak(write(tmp_path / "large.osm.pbf", side=120))
    crowded = peak(write(tmp_path / "crowded.osm.pbf", side=60, others=60_000))
    # Four times the edges; then the same edges in a file of seventeen times the nodes.
    assert large < 4.5 * small
    assert crowded < small + 3 * osmparts._PIECE_BYTES / 4


def test_ways_before_their_nodes(tmp_path):
    # As Overpass writes them.
    path = tmp_path / "town.osm"
    nodes = "".join(f"<node id='{i}' lat='28.7' lon='{119.8 + i / 1000}'/>" for i in (3, 1, 2))
    way = "<way id='9'><nd ref='1'/><nd ref='2'/><nd ref='3'/><tag k='highway' v='path'/></way>"
    path.write_text(XML.format(way + nodes), encoding="utf-8")
    (line,) = read_osm(path, "town.osm").geometry
    assert [round(x, 4) for x, _ in line.coords] == [119.801, 119.802, 119.803]


def test_numbers_below_zero_as_an_editor_gives_them(tmp_path):
    path = tmp_path / "town.osm"
    nodes = "".join(f"<node id='{i}' lat='28.7' lon='{119.8 - i / 1000}'/>" for i in (-1, -2, -3))
    way = "<way id='-9'><nd ref='-1'/><nd ref='-3'/><tag k='highway' v='path'/></way>"
    path.write_text(XML.format(nodes + way), encoding="utf-8")
    edges = read_osm(path, "town.osm")
    assert edges[["u", "v"]].to_numpy().tolist() == [[-1, -3]]
    assert [round(x, 4) for x, _ in edges.geometry[0].coords] == [119.801, 119.803]


def read_text(tmp_path, text):
    path = tmp_path / "town.osm"
    path.write_text(XML.format(text), encoding="utf-8")
    problems = Problems()
    return read_osm(path, "town.osm", problems), list(problems)


def test_a_way_is_not_drawn_across_a_missing_node(tmp_path):
    nodes = "".join(
        f"<node id='{i}' lat='28.7' lon='{119.8 + i / 1000}'/>" for i in (1, 2, 4, 5, 7)
    )
    refs = "".join(f"<nd ref='{i}'/>" for i in range(1, 8))
    edges, (note,) = read_text(
        tmp_path, nodes + f"<way id='9'>{refs}<tag k='highway' v='path'/></way>"
    )
    assert sorted(zip(edges["u"], edges["v"], strict=True)) == [(1, 2), (4, 5)]
    assert (note.code, note.file, note.severity) == ("roads.osm_unplaced", "town.osm", "warning")
    assert note.what.en == (
        "the places of 2 nodes of 1 ways are not in the file: the ways end there"
    )
    assert "1 条路有 2 个点的位置不在文件中" in note.what.zh


def test_a_way_that_is_there_twice_counts_once(tmp_path):
    nodes = "".join(f"<node id='{i}' lat='28.7' lon='{119.8 + i / 1000}'/>" for i in (1, 2, 3))
    way = "<way id='9'><nd ref='1'/><nd ref='2'/><nd ref='3'/><tag k='highway' v='path'/></way>"
    edges, (note,) = read_text(tmp_path, nodes + way + way)
    assert len(edges) == 1
    assert (note.code, note.found, note.severity) == ("roads.osm_twice", "way 9", "warning")
    assert "1 ways are in the file more than once" in note.what.en
    assert "出现多次" in note.what.zh


def test_a_file_without_a_road(tmp_path):
    way = "<way id='9'><nd ref='1'/><nd ref='2'/><tag k='building' v='yes'/></way>"
    with pytest.raises(InputError) as caught:
        read_text(tmp_path, "<node id='1' lat='1' lon='1'/><node id='2' lat='1' lon='1'/>" + way)
    (fault,) = caught.value.problems
    assert (fault.code, fault.file) == ("roads.osm_none", "town.osm")
    assert "没有一条路" in caught.value.render("zh")
    # A way of a road whose nodes were all left behind: both are said.
    with pytest.raises(InputError) as caught:
        read_text(tmp_path, way.replace("building", "highway"))
    assert [p.code for p in caught.value.problems] == ["roads.osm_none", "roads.osm_unplaced"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_off(tmp_path, share):
    path = write(tmp_path / "grid.osm.pbf", side=30)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(InputError) as caught:
        read_osm(path, "grid.osm.pbf")
    (fault,) = caught.value.problems
    assert (fault.code, fault.file) == ("roads.osm_cut", "grid.osm.pbf")
    assert f"{path.stat().st_size:,} bytes" in fault.found.en
    assert "its end is missing" in render_problems([fault], "en")[0]
    assert "末尾被截断" in render_problems([fault], "zh")[0]


def test_a_file_of_all_versions_is_refused(tmp_path):
    path = write(tmp_path / "town.osh.pbf", side=3)
    with pytest.raises(InputError) as caught:
        read_osm(path, "town.osh.pbf")
    (fault,) = caught.value.problems
    assert (fault.code, fault.file) == ("roads.osm_history", "town.osh.pbf")
    assert "time-filter" in fault.mend.en
    assert "历史" in fault.what.zh
