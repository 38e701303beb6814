"""The record of a run says in which system every file is, and who says so."""

import geopandas as gpd
import pytest
import shapely

from coverplan import load
from coverplan.io.paths import Folder


def _files(county):
    return {f.label: (f.crs, f.crs_from) for f in load(county.study).files}


def test_every_file_is_declared_detected_or_assumed(county):
    assert _files(county) == {
        "towns.geojson": ("EPSG:4326", "file"),
        "villages.csv": ("EPSG:4326", "assumed"),
        "census.csv": ("", ""),
        "roads.geojson": ("EPSG:4326", "file"),
        "homes.csv": ("EPSG:4326", "assumed"),
        "stations.xlsx": ("EPSG:4326", "assumed"),
    }


def test_a_system_the_study_states(county):
    county.edit('"homes.csv"', '"homes.csv"\ncrs = "EPSG:4490"')
    roads = gpd.read_file(county.path("roads.geojson")).to_crs(4490)
    roads.to_file(county.path("roads.shp"), encoding="utf-8")
    county.path("roads.prj").unlink()
    county.edit('"roads.geojson"', '"roads.shp"\ncrs = "EPSG:4490"')
    files = _files(county)
    assert files["homes.csv"] == ("EPSG:4490", "study")
    assert files["roads.shp"] == ("EPSG:4490", "study")


@pytest.mark.parametrize("name", ["towns.gpkg", "towns.parquet"])
def test_a_system_the_file_states(county, name):
    towns = gpd.read_file(county.path("towns.geojson")).to_crs(4549)
    write = towns.to_parquet if name.endswith("parquet") else towns.to_file
    write(county.path(name))
    county.edit("towns.geojson", name)
    assert _files(county)[name] == ("EPSG:4549", "file")


def test_base_map_layers_are_recorded(county):
    water = gpd.GeoDataFrame(geometry=[shapely.box(118.0, 30.0, 118.01, 30.01)], crs=4490)
    water.to_file(county.path("water.gpkg"))
    county.edit("[output]", '[map]\nwater = "water.gpkg"\n\n[output]')
    assert _files(county)["water.gpkg"] == ("EPSG:4490", "file")


def test_a_table_of_places_and_totals_has_the_system_of_its_places(tmp_path):
    folder, full = Folder(tmp_path), tmp_path / "both.csv"
    full.write_bytes(b"x")
    folder.note(full, full, 1)
    folder.note(full, full, 1, crs=gpd.GeoSeries(crs=4326).crs, crs_from="assumed")
    folder.note(full, full, 1)
    assert [(f.crs, f.crs_from) for f in folder.read] == [("EPSG:4326", "assumed")]


def test_a_system_without_a_code_has_its_name(county):
    own = "+proj=tmerc +lat_0=0 +lon_0=118.2 +x_0=500000 +ellps=GRS80 +units=m +type=crs"
    towns = gpd.read_file(county.path("towns.geojson")).to_crs(own)
    towns.to_parquet(county.path("towns.parquet"))
    county.edit("towns.geojson", "towns.parquet")
    name, source = _files(county)["towns.parquet"]
    assert (name, source) == ("unknown", "file")
