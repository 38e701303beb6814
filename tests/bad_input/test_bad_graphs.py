"""A study whose roads are a graph of osmnx in a notebook's memory."""

import json

import networkx as nx
import osmnx
import pytest
from road_graphs import county_graph

import coverplan


def test_a_graph_in_memory_gives_the_figures_of_the_same_graphml(county):
    graph = county_graph(county.read_features("roads.geojson"))
    from_file = county.understood()
    osmnx.save_graphml(graph, county.path("roads.graphml"))
    county.edit("roads.geojson", "roads.graphml")
    one = coverplan.run(county.study)
    other = coverplan.run(county.study, roads=graph)
    assert other.coverage.frame.equals(one.coverage.frame)
    assert "roads.no_oneway" not in {problem.code for problem in from_file.problems}
    inputs = coverplan.load(county.study, roads=graph)
    assert coverplan.assess(inputs).coverage.frame.equals(one.coverage.frame)
    (found,) = [file for file in inputs.files if file.label == "<graph>"]
    assert (found.rows, found.crs, len(found.sha256)) == (112, "EPSG:4326", 64)


def test_the_record_names_the_graph_and_one_graph_has_one_run_id(county, tmp_path):
    graph = county_graph(county.read_features("roads.geojson"))
    ids = set()
    for name in ("a", "b"):
        study = coverplan.run(county.study, roads=graph.copy())
        coverplan.write_run(study, tmp_path / name)
        record = json.loads((tmp_path / name / "run.json").read_text(encoding="utf-8"))
        ids.add(record["run_id"])
        assert record["config"]["roads"]["source"] == "<graph>"
        assert [f["file"] for f in record["inputs"]].count("<graph>") == 1
    assert len(ids) == 1
    u, v, key = next(iter(graph.edges(keys=True)))
    graph.edges[u, v, key]["maxspeed"] = "20"
    study = coverplan.run(county.study, roads=graph)
    coverplan.write_run(study, tmp_path / "c")
    record = json.loads((tmp_path / "c" / "run.json").read_text(encoding="utf-8"))
    assert record["run_id"] not in ids


def test_a_study_that_names_no_roads_and_one_made_in_code(county, monkeypatch):
    graph = county_graph(county.read_features("roads.geojson"))
    county.path("roads.geojson").unlink()
    county.edit('[roads]\nsource = "roads.geojson"\n', "")
    inputs = coverplan.load(county.study, roads=graph)
    assert inputs.network.n_edges == 112
    monkeypatch.chdir(county.folder)
    county.edit("[layers.elderly_care]", '[roads]\nsource = "x.gpkg"\n\n[layers.elderly_care]')
    config = coverplan.read_study(county.study)
    assert coverplan.load(config, roads=graph).network.n_edges == 112


def test_proposing_on_a_graph(county):
    graph = county_graph(county.read_features("roads.geojson"))
    from_file = coverplan.propose(county.study, "elderly_care", sites=1)
    found = coverplan.propose(county.study, "elderly_care", roads=graph, sites=1)
    chosen, other = (s.layers["elderly_care"].plan.objective for s in (found, from_file))
    assert chosen == other


def test_faults_of_a_graph_come_with_all_others(county):
    county.cell("villages.csv", 2, "常住人口", "-5")
    with pytest.raises(coverplan.InputError) as caught:
        coverplan.load(county.study, roads=nx.Graph())
    codes = {problem.code for problem in caught.value.problems}
    assert {"roads.graph_type", "people.value"} <= codes
    (fault,) = [p for p in caught.value.problems if p.code == "roads.graph_type"]
    assert fault.file == "<graph>"


def test_a_graph_of_somewhere_else(county):
    graph = county_graph(county.read_features("roads.geojson"))
    for _, data in graph.nodes(data=True):
        data["x"] += 5
    with pytest.raises(coverplan.InputError) as caught:
        coverplan.load(county.study, roads=graph)
    assert [problem.code for problem in caught.value.problems] == ["roads.elsewhere"]
