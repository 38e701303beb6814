"""Real places in WGS 84 raise no alarm, and moved into a web map's datum they do."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from coverplan.core.crs import working_crs
from coverplan.io.datumevidence import Move, against_lines, moved

CRS = working_crs(114.3, 30.6)
GCJ, BD = Move("GCJ-02", of_file=True), Move("BD-09", of_file=True)


@pytest.fixture(scope="module")
def roads(test_data):
    frame = gpd.read_parquet(test_data / "realdata" / "cn_wuhan" / "roads.parquet")
    return shapely.STRtree(frame.geometry.to_crs(CRS).to_numpy())


def told(xy, roads):
    return against_lines(xy, moved(xy, CRS), roads)


def test_modelled_people_of_wuhan(test_data, roads):
    table = pd.read_csv(test_data / "realdata" / "cn_wuhan" / "population_points_MODELLED.csv")
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(CRS)
    assert told(shapely.get_coordinates(points.to_numpy()), roads).move is None


@pytest.mark.parametrize("seed", range(5))
def test_places_at_the_streets_of_wuhan(roads, seed):
    """Within some thirty metres of a road, among streets a hundred metres apart."""
    rng = np.random.default_rng(seed)
    some = roads.geometries[rng.integers(0, len(roads.geometries), 150)]
    on = shapely.line_interpolate_point(some, rng.random(150), normalized=True)
    xy = shapely.get_coordinates(on) + rng.normal(0, 30, (150, 2))
    assert told(xy, roads).move is None
    as_given = moved(xy, CRS)
    assert told(as_given[Move("GCJ-02", of_file=False)], roads).move == GCJ
    assert told(as_given[Move("BD-09", of_file=False)], roads).move == BD


@pytest.mark.parametrize("name", ["las_palmas", "wuhan"])
def test_a_whole_study_raises_no_alarm(run_place, name):
    _, record, _, _ = run_place(name)
    assert not [w for w in record["warnings"] if w["code"].startswith("datum.")]
