"""Coordinates in a datum nobody states, or states wrongly: faults, warnings and the record."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from coverplan import load
from coverplan.core.datum import from_wgs84
from coverplan.core.errors import Problems
from coverplan.core.gausskrueger import Zone
from coverplan.io import (
    check_datums,
    read_facilities,
    read_network,
    read_people,
    read_region,
    read_study,
)
from coverplan.io.paths import Folder

H = "homes.csv"
WEST, SOUTH, KM_X, KM_Y = 118.0, 30.0, 0.01037, 0.00902


def homes(county, n=40, datum=None):
    """Forty homes within some metres of the roads, in the datum of a web map where one is named."""
    rng = np.random.default_rng(0)
    along, across = rng.uniform(0.2, 3.8, n), rng.integers(0, 5, n) + rng.normal(0, 0.01, n)
    east = rng.random(n) < 0.5
    x, y = np.where(east, along * 3, across), np.where(east, np.clip(across, 0, 4), along)
    lon, lat = WEST + x * KM_X, SOUTH + y * KM_Y
    if datum is not None:
        lon, lat = from_wgs84(lon, lat, datum)
    like = county.rows(H)[0] | {"乡镇": ""}
    county.table(
        H,
        [
            like
            | {"编号": f"H{i}", "名称": f"院{i}", "经度": f"{lon[i]:.7f}", "纬度": f"{lat[i]:.7f}"}
            for i in range(n)
        ],
    )


def told(county):
    """What the check of datums says of the county's files."""
    config, folder, problems = read_study(county.study), Folder(county.folder), Problems()
    region = read_region(folder, config.region, config.crs)
    read_people(folder, config.people, region, problems)
    network = read_network(folder, config.roads, region, problems)
    for key, layer in config.layers.items():
        read_facilities(folder, key, layer, region, problems)
    found = Problems()
    check_datums(folder, config, region, network, found)
    return found.items


def sites(county):
    return load(county.study).layers[0].facilities.sites.geometry


def shift_file(county, name, datum="GCJ-02"):
    """Rewrite the coordinates of a file of shapes as a web map would give them."""
    frame = gpd.read_file(county.path(name))
    moved = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: np.column_stack(from_wgs84(*xy.T, datum))
    )
    county.path(name).unlink()
    frame.set_geometry(gpd.GeoSeries(moved, crs=4326)).to_file(county.path(name))


def test_the_county_as_it_is_raises_no_alarm(county):
    assert told(county) == []
    homes(county)
    assert told(county) == []


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_a_file_from_a_web_map_is_told_and_mended(county, datum):
    homes(county)
    right = sites(county)
    homes(county, datum=datum)
    (warning,) = told(county)
    assert (warning.code, warning.file, warning.severity) == ("datum.shifted", H, "warning")
    assert f'crs = "{datum}"' in warning.mend.zh
    assert f'crs = "{datum}"' in warning.mend.en
    assert "[layers.elderly_care]" in warning.mend.en
    assert max(map(len, warning.render("en").splitlines())) < 600
    # Nothing was converted in silence; what the warning says mends it.
    assert sites(county).distance(right).min() > 400
    county.edit(f'"{H}"', f'"{H}"\ncrs = "{datum}"')
    assert told(county) == []
    assert sites(county).distance(right).max() < 0.1


@pytest.mark.parametrize("place", [("-62", "-30"), ("28", "0.5"), ("0", "90")])
def test_a_place_at_the_end_of_the_world_is_no_witness(county, place):
    homes(county)
    rows = county.rows(H)
    rows[3] |= dict(zip(("经度", "纬度"), place, strict=True))
    county.table(H, rows)
    assert told(county) == []
    assert county.understood().the("point.far").row == 5


def test_a_datum_stated_for_a_file_that_is_not_in_it(county):
    homes(county)
    county.edit(f'"{H}"', f'"{H}"\ncrs = "百度"')
    (warning,) = told(county)
    assert (warning.code, warning.found) == ("datum.stated_wrong", "百度")


@pytest.mark.parametrize("words", ["GCJ-02", "gcj02", "火星坐标", "高德", "腾讯"])
def test_the_record_names_the_datum(county, words):
    homes(county, datum="GCJ-02")
    county.edit(f'"{H}"', f'"{H}"\ncrs = "{words}"')
    files = {f.label: (f.crs, f.crs_from) for f in load(county.study).files}
    assert files[H] == ("GCJ-02", "study")
    assert files["villages.csv"] == ("EPSG:4326", "assumed")


def test_a_point_file_that_claims_wgs84(county):
    """The usual trap: a file from a web map is labelled EPSG:4326, and no file can say better."""
    right = sites(county)
    rows = county.rows(H)
    points = gpd.points_from_xy([r["经度"] for r in rows], [r["纬度"] for r in rows])
    kept = [{k: v for k, v in r.items() if k not in {"经度", "纬度"}} for r in rows]
    gpd.GeoDataFrame(kept, geometry=points, crs=4326).to_file(county.path("homes.gpkg"))
    shift_file(county, "homes.gpkg")
    county.edit(f'"{H}"', '"homes.gpkg"\ncrs = "GCJ-02"')
    assert sites(county).distance(right).max() < 0.1
    files = {f.label: (f.crs, f.crs_from) for f in load(county.study).files}
    assert files["homes.gpkg"] == ("GCJ-02", "study")


def test_boundaries_and_roads_in_a_stated_datum(county):
    before = load(county.study)
    shift_file(county, "towns.geojson")
    shift_file(county, "roads.geojson", "BD-09")
    county.edit('"towns.geojson"', '"towns.geojson"\ncrs = "GCJ-02"')
    county.edit('"roads.geojson"', '"roads.geojson"\ncrs = "BD-09"')
    after = load(county.study)
    files = {f.label: (f.crs, f.crs_from) for f in after.files}
    assert files["towns.geojson"] == ("GCJ-02", "study")
    assert files["roads.geojson"] == ("BD-09", "study")
    was, now = before.region.units.geometry, after.region.units.geometry
    assert was.symmetric_difference(now).area.max() < 1.0
    assert before.network.n_edges == after.network.n_edges
    assert np.abs(before.network.metres - after.network.metres).max() < 0.01


def test_barriers_in_a_stated_datum(county):
    wall = gpd.GeoSeries([shapely.LineString([(118.005, 29.99), (118.005, 30.05)])], crs=4326)
    wall.to_file(county.path("wall.geojson"))
    county.edit('"roads.geojson"', '"roads.geojson"\nbarriers = [{ source = "wall.geojson" }]')
    before = load(county.study).network.n_edges
    shift_file(county, "wall.geojson")
    county.edit('"wall.geojson"', '"wall.geojson", crs = "GCJ-02"')
    after = load(county.study)
    assert after.network.n_edges == before
    assert {f.label: f.crs for f in after.files}["wall.geojson"] == "GCJ-02"


def test_a_datum_under_a_projection(county):
    """Somebody projected coordinates of a web map: the datum is taken off all the same."""
    before = load(county.study)
    shift_file(county, "towns.geojson")
    gpd.read_file(county.path("towns.geojson")).to_crs(4548).to_file(county.path("towns.gpkg"))
    county.edit('"towns.geojson"', '"towns.gpkg"\ncrs = "GCJ-02"')
    was, now = before.region.units.geometry, load(county.study).region.units.geometry
    assert was.symmetric_difference(now).area.max() < 1.0


@pytest.mark.parametrize("table", ["region", "people", "layers.elderly_care"])
def test_an_unknown_name_is_told_the_known_ones(county, table):
    source = {"region": "towns.geojson", "people": "villages.csv"}.get(table, H)
    county.edit(f'"{source}"', f'"{source}"\ncrs = "GCJ-03"')
    fault = county.refused().the("crs.unknown")
    assert fault.column == f"{table}.crs"
    assert fault.found == "GCJ-03"
    assert fault.row is not None
    assert "GCJ-02" in fault.expected.zh
    assert "BD-09" in fault.expected.en


def test_a_study_without_a_word_of_it_records_nothing_new(county):
    config = load(county.study).config
    assert "crs" not in config.model_dump(mode="json")["region"]
    county.edit('"towns.geojson"', '"towns.geojson"\ncrs = "EPSG:4326"')
    assert load(county.study).config.model_dump(mode="json")["region"]["crs"] == "EPSG:4326"


def test_openstreetmap_is_wgs84_whatever_is_stated(county):
    nodes = [(WEST + x * 4 * KM_X, SOUTH + y * 4 * KM_Y) for x in range(4) for y in range(2)]
    lines = [f'<node id="{i + 1}" lon="{x:.6f}" lat="{y:.6f}"/>' for i, (x, y) in enumerate(nodes)]
    lines += [
        f'<way id="{w}"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="residential"/></way>'
        for w, (a, b) in enumerate([(1, 3), (3, 5), (5, 7), (1, 2), (3, 4)], 1)
    ]
    text = '<?xml version="1.0"?><osm version="0.6">' + "".join(lines) + "</osm>"
    county.path("roads.osm").write_text(text, encoding="utf-8")
    county.edit('"roads.geojson"', '"roads.osm"\ncrs = "GCJ-02"')
    done = county.understood()
    assert done.the("roads.crs_unused").found == "GCJ-02"
    assert {f.label: f.crs for f in load(county.study).files}["roads.osm"] == "EPSG:4326"


# ---------------------------------------------------------------- the national grid


def on_grid(county, zone, names=("经度", "纬度"), *, north_first=False):
    rows = county.rows(H)
    points = gpd.GeoSeries(
        gpd.points_from_xy([r["经度"] for r in rows], [r["纬度"] for r in rows]), crs=4326
    ).to_crs(zone.crs)
    made = []
    for row, point in zip(rows, points, strict=True):
        kept = {k: v for k, v in row.items() if k not in {"经度", "纬度"}}
        pair = (point.y, point.x) if north_first else (point.x, point.y)
        made.append(kept | {n: f"{v:.4f}" for n, v in zip(names, pair, strict=True)})
    county.table(H, made)


def test_zone_numbers_nobody_states(county):
    right = sites(county)
    on_grid(county, Zone(3, 39, prefixed=True))
    warning = county.understood().the("crs.zone_found")
    assert warning.severity == "warning"
    assert "EPSG:4527" in warning.what.en
    assert sites(county).distance(right).max() < 0.1


def test_survey_tables_have_x_north(county):
    right = sites(county)
    on_grid(county, Zone(3, 39, prefixed=True), ("X", "Y"), north_first=True)
    assert {"crs.x_is_north", "crs.zone_found"} <= county.understood().codes
    assert sites(county).distance(right).max() < 0.1
    # What the warnings ask for ends them.
    county.edit(f'"{H}"', f'"{H}"\ncrs = "EPSG:4527"\ncolumns = {{ lon = "Y", lat = "X" }}')
    assert not {p.code for p in load(county.study).problems if p.code.startswith("crs.")}
    assert sites(county).distance(right).max() < 0.1


@pytest.mark.parametrize("names", [("经度", "纬度"), ("X", "Y")])
def test_a_plain_easting_is_not_guessed(county, names):
    right = sites(county)
    on_grid(county, Zone(3, 39, prefixed=False), names, north_first=names[0] == "X")
    fault = county.refused().the("crs.metres_as_degrees")
    assert 'crs = "EPSG:4548"' in fault.mend.zh
    assert "3 of 3 points" in fault.mend.en
    county.edit(f'"{H}"', f'"{H}"\ncrs = "EPSG:4548"')
    county.understood()
    assert sites(county).distance(right).max() < 0.1


def test_metres_of_some_other_place_get_no_zone(county):
    county.column(H, "经度", lambda _: "300000")
    county.column(H, "纬度", lambda _: "2100000")
    assert "EPSG:4549" in county.refused().the("crs.metres_as_degrees").mend.zh


def test_the_number_of_another_zone_than_stated(county):
    on_grid(county, Zone(3, 39, prefixed=True))
    county.edit(f'"{H}"', f'"{H}"\ncrs = "EPSG:4549"')
    fault = county.refused().the("crs.zone_differs")
    assert "EPSG:4527" in fault.mend.en


@pytest.mark.parametrize(("holds", "says"), [(4527, 4548), (4548, 4527), (4498, 4548)])
def test_a_file_of_shapes_that_states_the_other_way_of_writing(county, holds, says):
    towns = gpd.read_file(county.path("towns.geojson")).to_crs(holds)
    towns.set_crs(says, allow_override=True).to_file(county.path("towns.gpkg"))
    county.edit("towns.geojson", "towns.gpkg")
    fault = county.refused().the("crs.zone_number")
    assert f"EPSG:{holds}" in fault.expected.zh
    assert f"EPSG:{holds}" in fault.mend.en


def test_a_run_repeats_the_warning(county):
    homes(county, datum="GCJ-02")
    warning = county.accepted().the("datum.shifted")
    assert warning.file == H
