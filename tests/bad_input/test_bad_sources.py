"""What a source may be: files that are none, zips, links, addresses, words in any encoding."""

import json
import os
import shutil
import socket
import zipfile

import geopandas as gpd
import pyogrio
import pytest
import shapely

from coverplan import load
from coverplan.core.errors import InputError
from coverplan.io import database

T, R, V = "towns.geojson", "roads.geojson", "villages.csv"
SECRET = "geheim密:/@x"  # noqa: S105 - no record may hold it


def _frame(county, name=T):
    return gpd.read_file(county.path(name))


def _instead(county, old, new):
    county.edit(f'"{old}"', f'"{new}"')


def test_boundaries_and_roads_within_a_zip_make_a_study(county):
    for name, stem in ((T, "乡镇"), (R, "道路")):
        _frame(county, name).to_file(county.path(f"{stem}.shp"), encoding="gbk")
    with zipfile.ZipFile(county.path("数据.zip"), "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(county.folder.iterdir()):
            if path.stem in {"乡镇", "道路"} and path.suffix != ".cpg":
                made.write(path, f"shp/{path.name}")
                path.unlink()
    _instead(county, T, "数据.zip/乡镇.shp")
    _instead(county, R, "数据.zip/shp/道路.shp")
    done = county.accepted()
    assert done.the("vector.encoding").file == "数据.zip/乡镇.shp"
    record = json.loads((county.result / "run.json").read_text(encoding="utf-8"))
    files = {each["file"]: each for each in record["inputs"]}
    assert files["数据.zip/乡镇.shp"]["sha256"] == files["数据.zip/shp/道路.shp"]["sha256"]


@pytest.mark.parametrize("said", ["", 'encoding = "GBK"\n'])
def test_a_gbk_shapefile_without_cpg_is_read_and_said(county, said):
    _frame(county).to_file(county.path("towns.shp"), encoding="gbk")
    county.path("towns.cpg").unlink()
    county.edit(f'"{T}"', f'"towns.shp"\n{said}')
    done = county.understood()
    if said:
        assert "vector.encoding" not in {problem.code for problem in done.problems}
    else:
        note = done.the("vector.encoding")
        assert note.found == "甲镇"
        assert 'encoding = "GBK"' in note.mend.zh


def test_a_wrong_encoding_is_a_fault_for_tables_too(county):
    text = county.path(V).read_text(encoding="utf-8")
    county.path(V).write_text(text, encoding="gbk")
    county.edit(f'"{V}"', f'"{V}"\nencoding = "utf-8"')
    assert county.refused().the("file.encoding").file == V
    county.edit('"utf-8"', '"GBK"')
    county.understood()
    county.edit('"GBK"', '"Klingon"')
    assert county.refused().the("study.value").column == "people.encoding"


@pytest.mark.parametrize("key", ["units", "homes"])
def test_pipes_and_sockets_are_not_waited_for(county, key):
    name = {"units": T, "homes": "homes.csv"}[key]
    county.path(name).unlink()
    os.mkfifo(county.path(name))
    fault = county.refused().the("file.not_plain")
    assert (fault.file, fault.found.en) == (name, "a pipe")
    county.path(name).unlink()
    with socket.socket(socket.AF_UNIX) as there:
        os.chdir(county.folder)
        there.bind(name)
        assert county.refused().the("file.not_plain").found.en == "a socket"


def test_a_pipe_beside_a_shapefile_is_not_waited_for(county):
    _frame(county).to_file(county.path("x.shp"))
    county.path("x.dbf").unlink()
    os.mkfifo(county.path("x.dbf"))
    _instead(county, T, "x.shp")
    fault = county.refused().the("file.not_plain")
    assert fault.file == "x.shp"
    assert "x.dbf" in fault.found.en


def test_devices_and_folders(county):
    _instead(county, "homes.csv", "/dev/zero")
    county.path("sub").mkdir()
    _instead(county, V, "sub")
    done = county.refused()
    assert done.the("file.not_plain").found.en == "a device"
    assert done.the("file.missing").found.en == "a folder"


def test_files_outside_the_folder_are_read_and_said(county):
    outside = county.folder.parent / "far"
    outside.mkdir()
    county.path(V).rename(outside / V)
    county.path(R).rename(outside / R)
    county.path(R).symlink_to(outside / R)
    county.path(T).rename(county.path("inner.geojson"))
    county.path(T).symlink_to("inner.geojson")
    _instead(county, V, f"../far/{V}")
    notes = county.understood().of("file.outside")
    assert {(n.file, n.found.en, n.severity) for n in notes} == {
        (f"../far/{V}", "a path that leads elsewhere", "warning"),
        (R, "a link", "warning"),
    }


def test_a_link_that_leads_around_in_a_circle(county):
    county.path(T).unlink()
    county.path(T).symlink_to(T)
    with pytest.raises(InputError) as caught:
        load(county.study)
    assert [(p.code, p.file) for p in caught.value.problems] == [("file.missing", T)]


def test_a_virtual_file_is_refused_whatever_its_name(county):
    _frame(county).to_file(county.path("inner.gpkg"))
    county.path(T).write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="inner"><SrcDataSource>'
        f"{county.path('inner.gpkg')}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        encoding="utf-8",
    )
    assert pyogrio.read_info(county.path(T))["driver"] == "OGR_VRT", "GDAL itself opens it"
    fault = county.refused().the("file.leads_away")
    assert (fault.file, fault.found) == (T, "OGRVRTDataSource")


def test_repair_is_named_by_the_fault_and_works(county):
    frame = _frame(county)
    x0, y0, x1, y1 = frame.geometry[0].bounds
    frame.loc[0, "geometry"] = shapely.Polygon(
        [(x0, y0), (x1, y0), (x1, y1), ((x0 + x1) / 2, y0), (x0, y1), (x0, y0)]
    )
    frame.to_file(county.path("t.gpkg"))
    _instead(county, T, "t.gpkg")
    assert "repair = true" in county.refused().the("region.bad_polygon").mend.en
    county.edit('"t.gpkg"', '"t.gpkg"\nrepair = true')
    note = county.understood().the("region.repaired")
    assert note.row == 2
    assert "公顷" in note.found.zh


def test_overlapping_units_are_said(county):
    frame = _frame(county)
    x0, y0, x1, y1 = frame.geometry[0].bounds
    frame.loc[0, "geometry"] = shapely.box(x0, y0, x1 + 0.005, y1)
    frame.to_file(county.path("t.gpkg"))
    _instead(county, T, "t.gpkg")
    note = county.understood().the("region.overlap")
    assert note.found.zh.startswith("甲镇、乙乡：")


def test_a_damaged_zip_of_boundaries(county):
    with zipfile.ZipFile(county.path("t.zip"), "w") as made:
        made.write(county.path(T), T)
    data = county.path("t.zip").read_bytes()
    county.path("t.zip").write_bytes(data[: len(data) // 2])
    _instead(county, T, "t.zip")
    fault = county.refused().the("file.unreadable")
    assert fault.file == "t.zip"
    assert fault.found.en == "a zip, damaged or cut short"


class TestDatabase:
    """An address of a database: no server stands here, and no password is ever shown."""

    def test_a_server_that_does_not_answer(self, county):
        pytest.importorskip("psycopg")
        _instead(
            county, T, f'postgresql://planner:{SECRET}@127.0.0.1:1/civil"\ntable = "public.towns'
        )
        done = county.refused()
        fault = done.the("database.unreachable")
        assert fault.file == "postgresql://planner@127.0.0.1:1/civil#public.towns"
        assert "PGPASSWORD" in fault.mend.zh
        assert SECRET not in done.text
        assert done.the("database.password").severity == "warning"

    def test_no_table_is_named(self, county):
        pytest.importorskip("psycopg")
        _instead(county, T, "postgresql://planner@127.0.0.1:1/civil")
        assert county.refused().the("database.no_table").file.endswith("/civil")

    def test_a_plain_table_is_a_file(self, county):
        _instead(county, "census.csv", "postgresql://planner@127.0.0.1:1/civil#census")
        assert county.refused().the("database.plain_table").file.endswith("#census")

    @pytest.mark.parametrize(
        "line",
        [
            f'unit = "postgresql://u:{SECRET}@h/db"',
            f'units = ["postgresql://u:{SECRET}@h/db"]',
            f'units = "postgresql://u:{SECRET}@h/db" "',
            f'table = 1\nunits = "postgresql://u:{SECRET}@h/db"',
        ],
    )
    def test_faults_of_the_study_file_do_not_show_it(self, county, line):
        county.edit(f'units = "{T}"', line)
        assert SECRET not in county.refused().text
        with pytest.raises(InputError) as caught:
            load(county.study)
        assert SECRET not in str(caught.value)

    def test_the_missing_package_is_named(self, county, monkeypatch):
        monkeypatch.setattr(database, "psycopg", None)
        _instead(county, T, "postgresql://planner@127.0.0.1:1/civil#towns")
        fault = county.refused().the("extra.missing")
        assert "coverplan[postgis]" in fault.what.en


@pytest.mark.parametrize("kind", ["zip", "gdb"])
def test_kept_roads_are_made_anew_when_what_holds_them_changes(county, kind):
    def put(frame):
        if kind == "gdb":
            shutil.rmtree(county.path("roads.gdb"), ignore_errors=True)
            frame.to_file(county.path("roads.gdb"), driver="OpenFileGDB")
            return
        with zipfile.ZipFile(county.path("roads.zip"), "w") as made:
            made.writestr("r.geojson", frame.to_json())

    whole = _frame(county, R)
    put(whole)
    county.edit(f'"{R}"', f'"roads.{kind}"\ncache = "kept"')
    assert load(county.study).network.n_edges == load(county.study).network.n_edges
    put(whole.iloc[:-9])
    assert len(list(county.path("kept").iterdir())) == 1
    fewer = load(county.study).network.n_edges
    assert len(list(county.path("kept").iterdir())) == 2
    assert fewer < len(whole)
