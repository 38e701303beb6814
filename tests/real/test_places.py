"""The same command on two real places."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

import coverplan


def table_of(folder):
    return pd.read_csv(folder / "coverage.csv", encoding="utf-8-sig")


@pytest.mark.parametrize("name", ["las_palmas", "wuhan"])
def test_every_output_is_there_and_opens(run_place, name):
    folder, record, code, _ = run_place(name)
    assert code == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "candidates.csv",
        "coverage.csv",
        "faults.csv",
        "map.html",
        "network.csv",
        "not_reached.csv",
        "people.csv",
        "plan.csv",
        "reasons.csv",
        "run.json",
        "sites.csv",
        "study.gpkg",
    ]
    layers = {row[0] for row in pyogrio.list_layers(folder / "study.gpkg")}
    assert layers == {"units", "sites", "people", "candidates", "roads", "layer_styles"}
    for layer in layers - {"layer_styles"}:
        frame = gpd.read_file(folder / "study.gpkg", layer=layer)
        assert frame.crs.is_projected
        assert len(frame)
    for plan in filter(None, record["plans"].values()):
        assert plan["status"] == "optimal"
        assert plan["value"] == plan["bound"] > 0


@pytest.mark.parametrize("name", ["las_palmas", "wuhan"])
def test_people_add_up(run_place, name):
    folder, record, _, _ = run_place(name)
    facts = table_of(folder)
    reached = facts[facts["indicator"] == "people_reached"]
    units = reached[reached["unit_code"] != "total"]
    total = reached[reached["unit_code"] == "total"]
    keys = ["layer", "phase", "minutes"]
    summed = units.groupby(keys)[["value", "denominator"]].sum()
    both = summed.join(total.set_index(keys)[["value", "denominator"]].add_suffix("_total"))
    assert (both["value"] == both["value_total"]).all()
    assert (both["denominator"] == both["denominator_total"]).all()
    placed = sum(r["placed"] + r["unplaced"] for r in record["people"] if r["group"] == "all")
    everybody = facts[(facts["group"] == "all") & (facts["unit_code"] == "total")]
    of_people = everybody[everybody["indicator"] == "people_reached"]
    assert set(of_people["denominator"]) == {placed}


def test_las_palmas(run_place):
    folder, record, _, _ = run_place("las_palmas")
    facts = table_of(folder)
    assert facts["unit_code"].nunique() == 30
    # The city's total and the places around it that lie in the municipality.
    placed = sum(r["placed"] for r in record["people"])
    assert placed == round(sum(r["read"] for r in record["people"]))
    assert 299_090 < placed < 400_000
    codes = {w["code"] for w in record["warnings"]}
    assert {"people.outside", "facility.no_name", "facility.no_status"} <= codes
    # The drive network is not one piece, and the record says how it falls apart.
    assert record["network"]["cemetery"]["pieces"] > 1


def test_wuhan_keeps_the_census(run_place):
    folder, record, _, _ = run_place("wuhan")
    given = {r["unit"]: r["given"] for r in record["people"] if r["group"] == "all"}
    assert given["420102"] == 965_260
    assert given["420106"] == 1_092_750
    for row in record["people"]:
        assert row["placed"] == row["given"]
        assert row["unplaced"] == 0
    assert record["network"]["elderly_care"]["people_without_road"] >= 0
    facts = table_of(folder)
    assert set(facts["group"]) == {"all", "elderly"}


def test_wuhan_has_no_infinite_road(real_study):
    """Speeds that are null in the file are no speeds of the road: every class has its own."""
    inputs = real_study("wuhan").inputs
    graph = coverplan.mode_graph(inputs.network, inputs.profiles["ebike"])
    usable = graph.component >= 0
    assert (graph.forward_ms[usable] >= 0).all()
    assert graph.forward_ms.max() < 3_600_000
    # What is closed is closed by its class, or stands a second time on its own line.
    alone = inputs.network.twin == np.arange(inputs.network.n_edges)
    assert set(inputs.network.road_class[~usable & alone]) <= {"motorway", "motorway_link"}
    assert usable[inputs.network.twin[~alone]].all()
