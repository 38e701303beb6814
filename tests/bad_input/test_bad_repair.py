"""Roads that need repair in a whole study: refused without a word of it, mended when asked."""

import json

import geopandas as gpd
import pytest
import shapely
import shapely.ops
from uncut_roads import R, merged, road, uncut

from coverplan.clock import Clock
from coverplan.loading import gather

CODE = "roads.repaired"
REPAIR = '"roads.geojson"\nrepair = true'


def tables(county):
    """Every table of the result, as text."""
    paths = sorted(county.result.rglob("*.csv"))
    assert paths
    return {p.name: p.read_text(encoding="utf-8") for p in paths if p.name != "faults.csv"}


def test_the_refusal_names_the_repair_first(county):
    county.features(R, uncut())
    problem = county.refused().the("roads.not_noded")
    assert problem.mend.zh.startswith("写明 [roads] repair = true")
    assert problem.mend.en.startswith("say [roads] repair = true")


def test_long_streets_repaired_give_the_figures_of_the_grid(county):
    county.accepted()
    right = tables(county)
    # Streets along are residential, across tertiary: as the grid has them.
    streets = uncut()
    for street in streets[5:]:
        street["properties"]["highway"] = "tertiary"
    county.features(R, streets)
    county.edit('"roads.geojson"', REPAIR)
    done = county.accepted()
    assert tables(county) == right
    problem = done.the(CODE)
    assert (problem.severity, problem.file) == ("warning", R)
    assert "18 条线变为 112 条" in problem.what.zh
    assert "18 lines became 112" in problem.what.en
    assert "修复后 1 个互不相连的部分" in problem.found.zh
    assert "roads.not_noded" not in done.codes


def test_roads_merged_by_class_with_ends_cut_short_are_repaired(county):
    frame = merged(county)
    metric = frame.to_crs(frame.estimate_utm_crs())
    short = [shapely.ops.substring(g, 0.3, g.length - 0.3) for g in metric.geometry]
    metric.set_geometry(short, crs=metric.crs).to_file(county.path("merged.gpkg"))
    county.edit('"roads.geojson"', '"merged.gpkg"\nrepair = { join_metres = 0.8 }')
    problem = county.understood().the(CODE)
    assert "移动" in problem.what.zh
    assert "now 1 unconnected piece," in problem.found.en


def test_crossings_without_any_column_of_levels_are_counted(county):
    across = [road((x, 0.5), (x, 3.5)) for x in range(1, 12)] + [road((0, 2), (12, 2))]
    county.features(R, across)
    county.edit('"roads.geojson"', REPAIR)
    problem = county.understood().the("roads.repair_levels")
    assert "：11 处交叉" in problem.what.zh
    assert "flyovers" in problem.what.en
    bridged = [f | {"properties": f["properties"] | {"bridge": "no"}} for f in across]
    county.features(R, bridged)
    assert "roads.repair_levels" not in county.understood().codes


def test_roads_that_name_their_nodes_are_not_repaired_and_so_said(county):
    frame = gpd.read_file(county.path(R))
    frame["u"] = [str(line.coords[0]) for line in frame.geometry]
    frame["v"] = [str(line.coords[-1]) for line in frame.geometry]
    frame.to_file(county.path("named.gpkg"))
    county.edit('"roads.geojson"', '"named.gpkg"\nrepair = true')
    problem = county.understood().the("roads.repair_unused")
    assert (problem.found, problem.severity, problem.file) == ("u, v", "warning", "named.gpkg")
    assert "端点编号" in problem.what.zh
    assert "delete these two columns" in problem.mend.en


def test_roads_that_were_whole_are_said_to_be(county):
    county.edit('"roads.geojson"', REPAIR)
    problem = county.understood().the("roads.repair_nothing")
    assert "没有改动" in problem.what.zh
    assert problem.severity == "warning"


def test_false_is_as_if_nothing_were_said(county):
    county.edit('"roads.geojson"', '"roads.geojson"\nrepair = false')
    assert county.understood().problems == []


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("3", "repair"),
        ('"yes"', "repair"),
        ("{ joined = 1 }", "joined"),
        ("{ join_metres = -1 }", "join_metres"),
        ("{ join_metres = 30 }", "join_metres"),
        ('{ split = "yes" }', "split"),
    ],
)
def test_a_repair_nobody_understands_is_refused(county, said, key):
    county.edit('"roads.geojson"', f'"roads.geojson"\nrepair = {said}')
    (problem,) = county.refused().problems
    assert key in (problem.column or "")
    assert problem.file.endswith("study.toml")
    assert problem.row is not None


def test_records_without_length_are_left_out_and_counted(county):
    streets = uncut()
    streets.append(road((3, 2), (3, 2)))
    county.features(R, streets)
    county.edit('"roads.geojson"', REPAIR)
    done = county.understood()
    assert "1" in done.the("roads.not_lines").what.zh
    assert "18 lines became 112" in done.the(CODE).what.en


def test_a_kept_network_says_again_what_was_repaired(county):
    county.features(R, uncut())
    county.edit('"roads.geojson"', REPAIR + '\ncache = "kept"')
    first, second = (gather(county.study, Clock()) for _ in range(2))
    assert [p.code for p in second.problems if p.code == CODE] == [CODE]
    assert len(first.folder.repairs) == 1
    assert second.folder.repairs == first.folder.repairs
    assert list(county.path("kept").iterdir())


def test_barriers_cut_the_roads_that_were_repaired(county):
    county.features(R, uncut())
    wall = road((5.5, -0.5), (5.5, 4.5))
    county.features("wall.geojson", [{"properties": {}, "geometry": wall["geometry"]}])
    barrier = '\n[[roads.barriers]]\nsource = "wall.geojson"\n'
    county.edit('"roads.geojson"\n', REPAIR + barrier)
    done = county.understood()
    assert "5 条道路" in done.the("roads.barrier_cuts").what.zh
    assert "112" in done.the(CODE).what.en


def test_the_record_of_a_run_holds_what_mending_did(county):
    county.edit('"roads.geojson"', '"roads.geojson"\nrepair = true')
    county.accepted()
    record = json.loads((county.result / "run.json").read_text(encoding="utf-8"))
    (report,) = record["roads_repaired"]
    assert report["file"] == "roads.geojson"
    assert report["lines_in"] == report["lines_out"]
    assert report["after"]["pieces"] == 1
