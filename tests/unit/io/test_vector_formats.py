"""Every vector format a bureau may hold: the same units come out of each."""

import contextlib
import json
import math
import shutil
import sqlite3
import struct
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from coverplan.core.errors import InputError, Problems
from coverplan.io import opening
from coverplan.io.paths import Folder
from coverplan.io.vectors import read_vector

NAMES = ["甲镇", "乙乡", "茶亭街道"]

FORMATS = {
    "towns.gpkg": {},
    "towns.fgb": {},
    "towns.geojson": {},
    "towns.json": {"driver": "GeoJSON"},
    "towns.geojsonl": {"driver": "GeoJSONSeq"},
    "towns.gml": {"driver": "GML"},
    "towns.kml": {"driver": "LIBKML"},
    "towns.tab": {"driver": "MapInfo File", "encoding": "gbk"},
    "towns.mif": {"driver": "MapInfo File", "encoding": "gbk"},
    "towns.shp": {"encoding": "utf-8"},
    "towns.gdb": {"driver": "OpenFileGDB"},
    "towns.parquet": None,
}


def units(n=3):
    boxes = [shapely.box(118 + i / 10, 30, 118.1 + i / 10, 30.1) for i in range(n)]
    return gpd.GeoDataFrame(
        {"code": ["1", "2", "3"][:n], "Name": NAMES[:n]}, geometry=boxes, crs=4326
    )


def written(folder: Path, name: str, frame: gpd.GeoDataFrame | None = None) -> Path:
    full, frame = folder / name, units() if frame is None else frame
    options = FORMATS[name]
    if options is None:
        frame.to_parquet(full)
    else:
        frame.to_file(full, engine="pyogrio", **options)
    return full


def fault(*args, **kwargs):
    with pytest.raises(InputError) as caught:
        read_vector(*args, **kwargs)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore")
def test_each_format_gives_the_same_units(tmp_path, name):
    full = written(tmp_path, name)
    before = sorted(p.name for p in tmp_path.iterdir())
    frame, crs_from = read_vector(full, name)
    assert crs_from == "file"
    frame = frame.sort_values("Name", key=lambda c: c.map(NAMES.index)).reset_index(drop=True)
    assert list(frame["Name"]) == NAMES
    assert frame.crs.is_geographic
    expected = units().geometry
    if name.endswith("gdb"):
        expected = expected.map(lambda shape: shapely.MultiPolygon([shape]))
    assert frame.geometry.normalize().geom_equals_exact(expected.normalize(), 1e-6).all()
    assert sorted(p.name for p in tmp_path.iterdir()) == before, "reading left a file behind"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore")
def test_a_format_cut_short_is_a_fault_or_less_of_the_same(tmp_path, name):
    full = written(tmp_path, name)
    files = sorted(full.iterdir()) if full.is_dir() else [full]
    for path in files[:: max(1, len(files) // 5)]:
        whole = path.read_bytes()
        for share in (0.02, 0.3, 0.7, 0.95):
            path.write_bytes(whole[: int(len(whole) * share)])
            frame = units()
            with contextlib.suppress(InputError):
                frame, _ = read_vector(full, name, crs="EPSG:4326")
            assert 0 < len(frame) <= 3
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["towns.gpkg", "towns.geojson", "towns.fgb"])
def test_the_name_does_not_matter_but_the_content(tmp_path, name):
    full = written(tmp_path, name)
    assert fault(full, name, table="nothing").code == "file.no_table"
    shutil.copy(full, tmp_path / "photo.pdf")
    assert len(read_vector(tmp_path / "photo.pdf", "photo.pdf")[0]) == 3


def test_a_geodatabase_is_found_though_it_is_a_folder(tmp_path):
    written(tmp_path, "towns.gdb")
    folder = Folder(tmp_path)
    full = folder.find(Path("towns.gdb"), "region.units")
    folder.note(Path("towns.gdb"), full, 3)
    first = folder.read[0].sha256
    (full / "a00000001.gdbtable").write_bytes(b"other")
    folder.read.clear()
    folder.note(Path("towns.gdb"), full, 3)
    assert len(first) == 64
    assert folder.read[0].sha256 != first


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)
AWAY = {
    "vrt.geojson": VRT,
    "spaced.gpkg": '\n \t<?xml version="1.0"?>\n<!-- x -->' + VRT,
    "within.gml": '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/><!--'
    + VRT
    + "-->",
    "stream.geojson": '{{"type": "gdal_streamed_alg", "command_line": "gdal vector ! {}"}}',
    "service.gml": "<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>",
    "entities.kml": '<!DOCTYPE kml [<!ENTITY a SYSTEM "{}">]><kml><name>&a;</name></kml>',
    "seamless.tab": '!table\n!version 300\nDefinition Table\n"\\IsSeamless" = "TRUE"\n{}',
}


@pytest.mark.parametrize("name", AWAY)
def test_files_that_lead_elsewhere_are_refused(tmp_path, name):
    inner = written(tmp_path, "towns.gpkg")
    (tmp_path / name).write_text(AWAY[name].format(inner), encoding="utf-8")
    assert fault(tmp_path / name, name, crs="EPSG:4326").code == "file.leads_away"


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("CREATE VIEW v AS SELECT load_extension('x') AS a, geom FROM towns", "load_extension()"),
        ('CREATE VIEW v AS SELECT fid, "zeroblob"(9) AS a, geom FROM towns', "x()"),
        ("CREATE VIEW v(a, b) AS SELECT fid, /* */ ogr_geocode ('x') FROM towns", "ogr_geocode()"),
    ],
)  # fmt: skip
def test_a_geopackage_that_computes_is_refused(tmp_path, made, found):
    full = written(tmp_path, "towns.gpkg")
    with sqlite3.connect(full) as there:
        there.execute(made)
    problem = fault(full, "towns.gpkg", table="towns")
    assert problem.code == "file.leads_away"
    assert problem.found == f"v: {found}"


def test_a_geopackage_with_a_plain_view_is_read(tmp_path):
    full = written(tmp_path, "towns.gpkg")
    with sqlite3.connect(full) as there:
        there.execute(
            "CREATE VIEW v (a, b) AS SELECT fid, max(fid) FROM towns WHERE (fid IN (1, 2)) "
            "AND name <> 'load_extension(1)' GROUP BY fid"
        )
    assert len(read_vector(full, "towns.gpkg", table="towns")[0]) == 3


def test_virtual_tables_of_sqlite_are_refused(tmp_path):
    full = tmp_path / "towns.gpkg"
    written(tmp_path, "towns.gpkg")
    with sqlite3.connect(full) as there:
        there.execute("PRAGMA writable_schema = 1")
        there.execute(
            "INSERT INTO sqlite_master VALUES ('table', 'w', 'w', 0, "
            "'CREATE VIRTUAL TABLE w USING VirtualOGR(''/etc/passwd'')')"
        )
    assert fault(full, "towns.gpkg", table="towns").found == "w: VirtualOGR"


def test_a_database_that_is_no_geopackage(tmp_path):
    full = tmp_path / "x.gpkg"
    with sqlite3.connect(full) as there:
        there.execute("CREATE TABLE a (b)")
    problem = fault(full, "x.gpkg")
    assert problem.code == "file.unreadable"
    assert "GeoPackage" in problem.found.en


@pytest.mark.parametrize(
    "crs",
    [
        '{{"type": "link", "properties": {{"href": "http://127.0.0.1:{}/x", "type": "ogcwkt"}}}}',
        '{{"type": "URL", "properties": {{"url": "http://127.0.0.1:{}/x"}}}}',
    ],
)
def test_no_address_in_a_file_is_asked(tmp_path, monkeypatch, crs, door):
    """GDAL asks the address a GeoJSON file gives for its system: shown first, then not so here."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [118, 30]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [point]})
    full = tmp_path / "x.geojson"
    full.write_text(text[:-1] + f', "crs": {crs.format(door.port)}}}', encoding="utf-8")
    read_vector(full, "x.geojson", crs="EPSG:4326")
    assert door.asked == []
    monkeypatch.setattr(opening, "_NO_NETWORK", {})
    read_vector(full, "x.geojson", crs="EPSG:4326")
    assert door.asked


@pytest.fixture
def door():
    """A server on this machine that notes what it is asked."""
    import http.server  # noqa: PLC0415
    import threading  # noqa: PLC0415

    asked = []

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.asked, server.port = asked, server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _arc():
    arc = struct.pack("<BII6d", 1, 8, 3, 118, 30, 118.05, 30.05, 118.1, 30)
    line = struct.pack("<BII6d", 1, 2, 3, 118.1, 30, 118.05, 29.9, 118, 30)
    return struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 9, 2) + arc + line


def _put(full: Path, wkb: bytes) -> None:
    """Put a shape into the first record as its bytes, which no library of ours would write."""
    with sqlite3.connect(full) as there:
        for (name,) in there.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            there.execute(f'DROP TRIGGER "{name}"')
        there.execute(
            "UPDATE towns SET geom = ? WHERE fid = 1",
            (b"GP\0\x01" + struct.pack("<i", 4326) + wkb,),
        )


def test_curves_are_straightened_and_said(tmp_path):
    full = written(tmp_path, "towns.gpkg")
    _put(full, _arc())
    notes = Problems()
    frame, _ = read_vector(full, "towns.gpkg", problems=notes)
    (note,) = notes
    assert (note.code, note.row, note.severity) == ("geometry.curves", 2, "warning")
    shape = frame.geometry.iloc[0]
    # A half circle of radius 0.05 above, a triangle of height 0.1 below.
    assert shape.area == pytest.approx(3.14159 * 0.05**2 / 2 + 0.1 * 0.1 / 2, rel=2e-3)


def test_a_ring_that_is_not_closed_is_named_by_row(tmp_path):
    full = written(tmp_path, "towns.gpkg")
    _put(full, struct.pack("<BIII6d", 1, 3, 1, 3, 118, 30, 118.1, 30, 118.1, 30.1))
    problem = fault(full, "towns.gpkg")
    assert (problem.code, problem.row) == ("geometry.broken", 2)


def test_heights_and_measures_do_no_harm(tmp_path):
    full = written(tmp_path, "towns.gpkg")
    ring = [(118, 30, 1, 2), (118.1, 30, 1, 2), (118.1, 30.1, 1, 2), (118, 30, 1, 2)]
    body = b"".join(struct.pack("<4d", *corner) for corner in ring)
    _put(full, struct.pack("<BIII", 1, 3003, 1, 4) + body)
    frame, _ = read_vector(full, "towns.gpkg")
    assert frame.geometry.iloc[0].area == pytest.approx(0.005)


def test_more_records_than_the_file_can_hold_are_not_believed(tmp_path):
    full = written(tmp_path, "towns.gpkg")
    with sqlite3.connect(full) as there:
        there.execute("UPDATE gpkg_ogr_contents SET feature_count = 90000000")
    assert fault(full, "towns.gpkg").code == "file.too_large"
    with sqlite3.connect(full) as there:
        there.execute("UPDATE gpkg_ogr_contents SET feature_count = 9000000")
    assert fault(full, "towns.gpkg").code == "file.unreadable"


def test_a_file_that_is_too_large_is_not_opened(tmp_path, monkeypatch):
    full = tmp_path / "big.gpkg"
    with full.open("wb") as stream:
        stream.write(b"SQLite format 3\0")
        stream.truncate(3 << 30)
    problem = fault(full, "big.gpkg")
    assert problem.code == "file.too_large"
    assert "3.2 GB" in problem.found.en


@pytest.mark.parametrize(
    ("corner", "code"),
    [
        ((0.0, 0.0), "crs.zero"),
        ((math.nan, 30.0), "crs.not_finite"),
        ((math.inf, 1.0), "crs.not_finite"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_corners_that_are_nowhere_are_named_by_row(tmp_path, corner, code):
    frame = units()
    frame.loc[1, "geometry"] = shapely.Polygon([(118, 30), corner, (118.1, 30.1)])
    written(tmp_path, "towns.parquet", frame)
    problem = fault(tmp_path / "towns.parquet", "towns.parquet")
    assert (problem.code, problem.row) == (code, 3)


@pytest.mark.parametrize(
    ("crs", "far"), [(4490, (-65.0, 0.0)), (4490, (28.05, 0.0)), (4549, (1e15, 1e15))]
)
def test_a_corner_that_no_projection_has_is_named_by_row(tmp_path, crs, far):
    """Projected, it is infinite, and the polygon none: a fault of ours, were it not seen before."""
    frame = units().to_crs(crs)
    corners = list(frame.geometry[2].exterior.coords)
    frame.loc[2, "geometry"] = shapely.Polygon([*corners[:2], far, *corners[3:]])
    written(tmp_path, "towns.parquet", frame)
    problem = fault(tmp_path / "towns.parquet", "towns.parquet")
    assert (problem.code, problem.row) == ("crs.far_corner", 4)


def test_a_file_of_the_whole_world_is_no_fault(tmp_path):
    world = gpd.GeoDataFrame({"Name": ["a"]}, geometry=[shapely.box(70, -10, 140, 60)], crs=4490)
    written(tmp_path, "towns.parquet", world)
    assert len(read_vector(tmp_path / "towns.parquet", "towns.parquet")[0]) == 1


def test_layers_of_topojson_are_chosen_between(tmp_path):
    point = {"type": "Point", "coordinates": [118, 30]}
    layer = {"type": "GeometryCollection", "geometries": [point]}
    text = json.dumps({"type": "Topology", "objects": {"a": layer, "b": layer}, "arcs": []})
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    assert fault(tmp_path / "x.json", "x.json").code == "file.which_table"
    assert len(read_vector(tmp_path / "x.json", "x.json", table="b", crs="EPSG:4326")[0]) == 1
