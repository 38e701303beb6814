"""Areas of a study, and the command that writes them."""

import dataclasses

import geopandas as gpd
import pytest
from tiny import demand, facilities, inputs, network, profile, region

from coverplan import InputError
from coverplan.areas import reach_areas, write_areas
from coverplan.cli import execute

UNITS = region((0, -2000, 4000, 2000))


def small():
    sites = facilities([(1000, 0, "a")])
    roads = network([[(0, 0), (3000, 0)]])
    return inputs(UNITS, demand(UNITS, [(5, 0, "a", 4)]), roads, sites, prof=profile(cap=300))


def test_roads_are_cut_at_the_minute_and_isochrones_go_with_them():
    found = reach_areas(small(), minutes=[5, 10])
    roads = found["roads"]
    assert list(roads.columns[:2]) == ["layer", "layer_label"]
    assert set(roads["layer"]) == {"test"}
    assert roads.groupby("minutes")["metres"].sum().round(0).to_dict() == {5: 600, 10: 600}
    assert found["isochrones"]["minutes"].tolist() == [10, 5]
    assert found["isochrones"].crs == roads.crs == small().region.crs


def test_a_layer_the_study_does_not_have():
    with pytest.raises(ValueError, match="no layer 'x': the study has test"):
        reach_areas(small(), layers=["x"])


def test_the_file_is_whole_or_unchanged(tmp_path):
    path = write_areas(reach_areas(small(), minutes=[5]), tmp_path / "new" / "areas.gpkg")
    assert set(gpd.list_layers(path)["name"]) == {"roads", "isochrones"}
    assert [p.name for p in path.parent.iterdir()] == ["areas.gpkg"]
    before = path.read_bytes()
    write_areas(reach_areas(small(), minutes=[5]), path)
    assert path.read_bytes() == before
    (tmp_path / "folder.gpkg").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_areas(reach_areas(small(), minutes=[5]), tmp_path / "folder.gpkg")


def test_the_command(root, tmp_path, capsys):
    study = str(root / "data/geo/yunxi/study.toml")
    out = tmp_path / "areas.gpkg"
    assert execute(["areas", study, "--layer", "nothing", "--minutes", "300", "-o", str(out)]) == 2
    shown = capsys.readouterr().err
    assert "研究里没有这个图层" in shown
    assert "时限不能使用" in shown
    assert not out.exists()
    assert (
        execute(["areas", study, "--layer", "elderly_care", "--minutes", "15", "-o", str(out)]) == 0
    )
    roads = gpd.read_file(out, layer="roads")
    assert roads["to_minutes"].max() <= 15
    assert set(roads["minutes"]) == {15}


def test_another_suffix_is_refused_before_anything_is_computed(root, tmp_path, capsys):
    study = str(root / "data/geo/yunxi/study.toml")
    assert execute(["areas", study, "-o", str(tmp_path / "areas.csv")]) == 2
    assert ".gpkg" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_write_is_said(tmp_path):
    given = small()
    closed = facilities([(1000, 0, "a")], status=["closed"])
    layer = dataclasses.replace(given.layers[0], facilities=closed)
    found = reach_areas(dataclasses.replace(given, layers=(layer,)), minutes=[5])
    with pytest.raises(InputError, match="no area to write"):
        write_areas(found, tmp_path / "areas.gpkg")
    assert list(tmp_path.iterdir()) == []
