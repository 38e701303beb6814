"""Boundaries, roads and point files: geometry that is missing, broken, misplaced or misnamed."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

T, R = "towns.geojson", "roads.geojson"


def _frame(county, name):
    return gpd.read_file(county.path(name))


def _give(county, frame, old, new, **kwargs):
    """Write a frame under another name, and let the study name it."""
    if new.endswith(".parquet"):
        frame.to_parquet(county.path(new))
    else:
        frame.to_file(county.path(new), **kwargs)
    county.edit(f'"{old}"', f'"{new}"')


def _points(county):
    rows = county.rows("homes.csv")
    xy = [(float(r["经度"]), float(r["纬度"])) for r in rows]
    plain = [{"名称": r["名称"], "状态": r["状态"]} for r in rows]
    return gpd.GeoDataFrame(plain, geometry=gpd.points_from_xy(*zip(*xy, strict=True)), crs=4326)


def test_duplicate_and_missing_codes_and_names(county):
    features = county.read_features(T)
    features[1]["properties"] = {"code": "330001", "name": "乙乡"}
    features[2]["properties"] = {"code": None, "name": None}
    county.features(T, features)
    done = county.refused()
    assert {p.row for p in done.of("region.duplicate_code")} == {2, 3}
    assert done.the("region.no_code").row == 4
    assert done.the("region.no_name").row == 4


def test_missing_columns_of_the_boundaries(county):
    county.edit('"code"', '"number"', T)
    county.edit('"name"', '"label"', T)
    faults = county.refused().of("column.missing")
    assert {p.column for p in faults} == {"code", "name"} or len(faults) == 2


def test_given_column_of_the_boundaries_that_is_not_there(county):
    county.edit('"towns.geojson"', '"towns.geojson"\ncolumns = { kind = "类别" }')
    assert county.refused().the("column.missing").column == "类别"


def test_bow_tie_empty_line_and_collection_at_once(county):
    frame = _frame(county, T)
    bow = shapely.Polygon([(118, 30), (118.04, 30.04), (118.04, 30), (118, 30.04)])
    frame.geometry = [bow, None, shapely.LineString([(118, 30), (118.1, 30.1)])]
    _give(county, frame, T, "towns.gpkg")
    faults = county.refused().of("region.bad_polygon")
    assert {p.row for p in faults} == {2, 3, 4}


def test_boundaries_that_are_lines(county):
    frame = _frame(county, T)
    _give(county, frame.set_geometry(frame.boundary), T, "lines.gpkg")
    faults = county.refused().of("region.bad_polygon")
    assert len(faults) == 3
    assert "面" in faults[0].mend.zh


def test_geometry_collections_are_named(county):
    features = county.read_features(T)
    features[0]["geometry"] = {
        "type": "GeometryCollection",
        "geometries": [features[0]["geometry"]],
    }
    county.features(T, features)
    assert county.refused().the("region.bad_polygon").found == "GeometryCollection"


def test_multipolygons_with_height_are_read(county):
    frame = _frame(county, T)
    frame.geometry = [shapely.MultiPolygon([shapely.force_3d(g, 5)]) for g in frame.geometry]
    _give(county, frame, T, "towns.gpkg")
    county.accepted()


def test_only_codes_that_do_not_exist(county):
    county.edit('"towns.geojson"', '"towns.geojson"\nonly = ["330001", "1", "2"]')
    assert {p.found for p in county.refused().of("region.only_unknown")} == {"1", "2"}


@pytest.mark.parametrize("name", [T, R])
def test_degrees_declared_as_metres(county, name):
    frame = _frame(county, name).set_crs(4549, allow_override=True)
    _give(county, frame, name, "x.gpkg")
    assert county.refused().the("crs.degrees_as_metres").file == "x.gpkg"


@pytest.mark.parametrize("name", [T, R])
def test_metres_declared_as_degrees(county, name):
    frame = _frame(county, name).to_crs(4548).set_crs(4326, allow_override=True)
    _give(county, frame, name, "x.gpkg")
    assert county.refused().the("crs.metres_as_degrees").file == "x.gpkg"


def test_metres_in_a_geojson_without_crs(county):
    features = county.read_features(T)
    for i, feature in enumerate(features):
        x = 590000 + 4000 * i
        ring = [[x, 3320000], [x + 4000, 3320000], [x + 4000, 3324000], [x, 3324000], [x, 3320000]]
        feature["geometry"]["coordinates"] = [ring]
    county.features(T, features)
    assert county.refused().the("crs.metres_as_degrees").file == T


def test_one_stray_point_beyond_the_earth_is_named_by_row(county):
    features = county.read_features(R)
    features[3]["geometry"]["coordinates"][0] = [1180.0, 30.0]
    county.features(R, features)
    assert county.refused().the("crs.metres_as_degrees").row == 5


@pytest.mark.parametrize("name", [T, R])
def test_shapefile_without_prj(county, name):
    frame = _frame(county, name)
    _give(county, frame, name, "x.shp", encoding="utf-8")
    county.path("x.prj").unlink()
    problem = county.refused().the("crs.unknown")
    assert problem.file == "x.shp"
    assert ".prj" in problem.mend.zh


def test_road_shapefile_without_prj_takes_the_stated_system(county):
    _give(county, _frame(county, R), R, "x.shp")
    county.path("x.prj").unlink()
    county.edit('"x.shp"', '"x.shp"\ncrs = "EPSG:4490"')
    county.understood()


def test_shapefile_without_its_other_files(county):
    _give(county, _frame(county, R), R, "x.shp")
    county.path("x.shx").unlink()
    county.path("x.dbf").unlink()
    assert county.refused().problems[0].file == "x.shp"


@pytest.mark.parametrize("content", ["just text", '{"type": "FeatureCollection"}', "[]"])
@pytest.mark.parametrize("name", ["towns.gpkg", "towns.geojson", "towns.parquet", "towns.shp"])
def test_vector_files_that_are_something_else(county, content, name):
    county.path(name).write_text(content, encoding="utf-8")
    county.edit("towns.geojson", name)
    problem = county.refused().problems[0]
    assert problem.file == name
    assert problem.code in {"file.unreadable", "file.empty"}


def test_parquet_without_geometry(county):
    pd.DataFrame({"code": ["1"], "name": ["x"]}).to_parquet(county.path("towns.parquet"))
    county.edit(T, "towns.parquet")
    assert "GeoParquet" in county.refused().the("file.unreadable").found.zh


def test_parquet_without_crs(county):
    _give(county, _frame(county, T).set_crs(None, allow_override=True), T, "towns.parquet")
    county.refused().the("crs.unknown")


def test_gpkg_table_without_geometry(county):
    frame = pd.DataFrame({"code": ["1"], "name": ["x"]})
    pyogrio.write_dataframe(frame, county.path("towns.gpkg"))
    county.edit(T, "towns.gpkg")
    assert county.refused().problems[0].code in {"file.unreadable", "file.empty"}


def test_several_layers_are_not_guessed_between(county):
    frame = _frame(county, T)
    frame.to_file(county.path("x.gpkg"), layer="a")
    frame.to_file(county.path("x.gpkg"), layer="b")
    county.edit(T, "x.gpkg")
    assert "table" in county.refused().the("file.which_table").mend.zh
    county.edit('"x.gpkg"', '"x.gpkg"\ntable = "b"')
    county.understood()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_not_finite(county, value):
    frame = _frame(county, R)
    lines = list(frame.geometry)
    with np.errstate(invalid="ignore"):
        lines[4] = shapely.LineString([(118.0, 30.0), (value, 30.0)])
    _give(county, frame.set_geometry(gpd.GeoSeries(lines, crs=4326)), R, "x.gpkg")
    problem = county.refused().the("crs.not_finite")
    assert (problem.file, problem.row) == ("x.gpkg", 6)


def test_empty_layer(county):
    _give(county, _frame(county, R).iloc[:0], R, "x.gpkg")
    assert county.refused().the("file.empty").file == "x.gpkg"


def test_all_geometries_empty(county):
    county.features(R, [f | {"geometry": None} for f in county.read_features(R)])
    assert county.refused().problems[0].file == R


def test_roads_elsewhere(county):
    county.edit("118.", "110.", R)
    assert county.refused().the("roads.elsewhere").file == R


def test_roads_that_are_points(county):
    features = county.read_features(R)
    for feature in features:
        place = feature["geometry"]["coordinates"][0]
        feature["geometry"] = {"type": "Point", "coordinates": place}
    county.features(R, features)
    assert county.refused().the("roads.empty").found == "Point"


def test_roads_of_no_length_beside_others_are_counted(county):
    features = county.read_features(R)
    features[0]["geometry"]["coordinates"][1] = features[0]["geometry"]["coordinates"][0]
    features[1]["geometry"] = None
    county.features(R, features)
    assert "2" in county.understood().the("roads.not_lines").what.zh


def test_roads_that_are_all_of_no_length(county):
    features = county.read_features(R)
    for feature in features:
        feature["geometry"]["coordinates"][1] = feature["geometry"]["coordinates"][0]
    county.features(R, features)
    county.refused().the("roads.empty")


def test_roads_too_far_from_everybody_leave_people_without_road(county):
    county.features(
        R,
        [{"properties": {"highway": "residential"},
          "geometry": {"type": "LineString", "coordinates": [[118.0, 30.06], [118.12, 30.06]]}}],
    )  # fmt: skip
    county.features(
        T,
        [f | {"geometry": f["geometry"] | {"coordinates": [
            [[x, y if y < 30.01 else 30.07] for x, y in f["geometry"]["coordinates"][0]]]}}
         for f in county.read_features(T)],
    )  # fmt: skip
    county.edit("[layers.elderly_care.siting]\nsites = 1\n", "")
    county.accepted()
    reasons = county.studies[-1].coverage.frame["indicator"].tolist()
    assert any("road" in name for name in reasons), sorted(set(reasons))


def test_unknown_road_classes_are_closed_and_named(county):
    features = county.read_features(R)
    for i, feature in enumerate(features[:6]):
        feature["properties"]["highway"] = [None, "县道", "X101", "", "<b>", "primary "][i]
    county.features(R, features)
    faults = county.understood().of("roads.unknown_class")
    assert {p.found for p in faults} == {"", "县道", "X101", "<b>"}


def test_all_road_classes_unknown(county):
    county.edit("residential", "村道", R)
    county.edit("tertiary", "县道", R)
    county.edit("[layers.elderly_care.siting]\nsites = 1\n", "")
    assert len(county.accepted().of("roads.unknown_class")) == 2


def test_road_class_column_missing_or_numeric(county):
    features = county.read_features(R)
    for feature in features:
        feature["properties"]["highway"] = 5
    county.features(R, features)
    county.edit("[layers.elderly_care.siting]\nsites = 1\n", "")
    assert county.accepted().the("roads.unknown_class").found == "5"
    county.edit('"highway"', '"grade"', R)
    assert county.refused().the("column.missing").file == R


def test_oneway_garbage_means_both_ways(county):
    garbage = ["maybe", None, "", "-2", "no", "是", "双向"]
    features = county.read_features(R)
    for i, feature in enumerate(features):
        feature["properties"]["oneway"] = garbage[i % len(garbage)]
    county.features(R, features)
    faults = county.understood().of("roads.oneway")
    assert {p.found for p in faults} == {"maybe", "-2", "是", "双向"}


def test_multipoints_and_lines_as_facilities(county):
    frame = _points(county)
    shapes = [shapely.MultiPoint([p]) for p in frame.geometry]
    shapes[1] = shapely.MultiPoint([(118.05, 30.01), (118.06, 30.02)])
    shapes[2] = shapely.LineString([(118.09, 30.01), (118.1, 30.02)])
    _give(county, frame.set_geometry(gpd.GeoSeries(shapes, crs=4326)), "homes.csv", "h.gpkg")
    problem = county.accepted().the("point.not_points")
    assert "3" in problem.what.zh
    assert problem.found == "LineString, MultiPoint"


def test_facilities_without_geometry(county):
    frame = _points(county)
    frame.geometry = [frame.geometry[0], None, shapely.Point()]
    _give(county, frame, "homes.csv", "h.gpkg")
    assert {p.row for p in county.refused().of("point.none")} == {3, 4}


def test_facility_points_swapped_zero_and_far(county):
    frame = _points(county)
    frame.geometry = gpd.points_from_xy([30.01, 0.0, 100.0], [80.0, 0.0, 30.0])
    _give(county, frame.set_crs(4326, allow_override=True), "homes.csv", "h.gpkg")
    done = county.refused()
    assert done.the("point.zero").row == 3


def test_undefined_cartesian_system_is_no_system(county):
    local = (
        'ENGCRS["x",EDATUM["y"],CS[Cartesian,2],AXIS["(E)",east],AXIS["(N)",north],'
        'LENGTHUNIT["metre",1]]'
    )
    frame = _frame(county, T)
    pyogrio.write_dataframe(frame.set_crs(local, allow_override=True), county.path("x.gpkg"))
    county.edit(T, "x.gpkg")
    county.refused().the("crs.unknown")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_boundaries_without_system(county):
    frame = _frame(county, T).set_crs(None, allow_override=True)
    _give(county, frame, T, "x.gpkg")
    county.refused().the("crs.unknown")


def test_map_layers_of_points_and_lines(county):
    _points(county).to_file(county.path("w.gpkg"))
    county.edit("[output]", '[map]\nwater = "w.gpkg"\n[output]')
    assert county.understood().the("areas.not_polygons").file == "w.gpkg"
