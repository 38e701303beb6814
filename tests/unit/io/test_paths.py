"""What the record of a run says of the files that were read."""

import hashlib

import pytest

from coverplan.io.paths import Folder, companions


def recorded(folder, name):
    record = Folder(folder)
    record.note(folder.joinpath(name).relative_to(folder), folder / name, 1)
    return record.read[0].sha256


@pytest.mark.parametrize("name", ["a.csv", "a.gpkg", "a.tif"])
def test_a_file_is_recorded_by_its_bytes(tmp_path, name):
    (tmp_path / name).write_bytes(b"content")
    (tmp_path / "a.prj").write_bytes(b"beside it")
    assert recorded(tmp_path, name) == hashlib.sha256(b"content").hexdigest()


@pytest.mark.parametrize(
    ("name", "part"),
    [("r.shp", "r.dbf"), ("r.shp", "r.PRJ"), ("R.SHP", "r.cpg"), ("r.shp", "r.shx")]
    + [("r.tab", "r.dat"), ("r.tab", "r.map"), ("r.mif", "r.mid")],
)
def test_a_content_in_several_files_is_recorded_whole(tmp_path, name, part):
    (tmp_path / name).write_bytes(b"shapes")
    found = {recorded(tmp_path, name)}
    for content in (b"1", b"2"):
        (tmp_path / part).write_bytes(content)
        found.add(recorded(tmp_path, name))
    assert len(found) == 3


def test_the_record_of_a_shapefile_is_as_documented(tmp_path):
    parts = {"r.dbf": b"table", "r.shp": b"shapes"}
    digest = hashlib.sha256()
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    for name in ("r.qgz", "r.shp.xml", "r.gpkg", "r2.dbf"):
        (tmp_path / name).write_bytes(b"something else")
    assert recorded(tmp_path, "r.shp") == digest.hexdigest()


def test_companions_share_the_name_up_to_the_last_dot(tmp_path):
    for name in ("dem.tif", "dem.tfw", "DEM.tif.aux.xml", "dem2.tif", "dem", "town.osm.pbf"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "dem.folder").mkdir()
    found = [path.name for path in companions(tmp_path / "dem.tif")]
    assert found == ["DEM.tif.aux.xml", "dem.tfw", "dem.tif"]
    assert companions(tmp_path / "none.tif") == []
