"""Layers handed on: every place where it was, every person counted, in the system asked for."""

import dataclasses
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import CRS

from coverplan import InputError, exportcommand
from coverplan.exportcommand import export, export_study
from coverplan.exporting import check_formats, export_systems, write_export
from coverplan.gisoutput import gis_layers
from coverplan.io.outcrs import asked_crs, degrees_of


@pytest.fixture(scope="module")
def written(yunxi, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "export"
    write_export(yunxi, folder)
    return folder


def table(path):
    return pd.read_csv(path, encoding="utf-8-sig", dtype={"单元代码": str, "所在单元代码": str})


def off_metres(one, other):
    """How far the places of two frames are from each other at most."""
    places = [shapely.get_coordinates(frame.geometry.to_numpy()) for frame in (one, other)]
    return np.hypot(*(places[0] - places[1]).T).max()


def test_usual_files_and_systems(yunxi, written):
    names = {path.name for path in written.iterdir()}
    layers = set(gis_layers(yunxi))
    assert names == {f"{n}.{end}" for n in layers for end in ("csv", "geojson")} | {
        "export.gpkg", "fields.csv", "run.json",
    }  # fmt: skip
    record = json.loads((written / "run.json").read_text(encoding="utf-8"))
    assert {k: v.split()[0] for k, v in record["crs"].items()} == {
        "gpkg": "EPSG:4549", "geojson": "EPSG:4326", "csv": "EPSG:4490",
    }  # fmt: skip
    assert set(record["outputs"]) == names - {"run.json"}
    text = (written / "sites.geojson").read_text(encoding="utf-8")
    assert '"crs"' not in text  # as RFC 7946 asks
    assert set(json.loads(text)) >= {"type", "features"}


def test_places_are_where_they_were(yunxi, written, tmp_path):
    own, crs = gis_layers(yunxi), yunxi.inputs.region.crs
    for name in ("sites", "people", "candidates"):
        from_json = gpd.read_file(written / f"{name}.geojson").to_crs(crs)
        assert off_metres(from_json, own[name]) < 0.01
        rows = table(written / f"{name}.csv")
        xy = gpd.points_from_xy(rows["经度（度）"], rows["纬度（度）"], crs=4490)
        assert off_metres(gpd.GeoDataFrame(geometry=xy).to_crs(crs), own[name]) < 0.01
    units = gpd.read_file(written / "units.geojson").to_crs(crs)
    moved = units.geometry.hausdorff_distance(own["units"].geometry.reset_index(drop=True))
    assert moved.max() < 0.01
    ends = table(written / "roads.csv")
    last = gpd.GeoSeries.from_xy(ends["终点经度（度）"], ends["终点纬度（度）"], crs=4490)
    assert last.to_crs(crs).distance(own["roads"].interpolate(1, normalized=True)).max() < 0.01
    write_export(yunxi, tmp_path / "m", formats=("csv", "geojson"), crs="4549")
    rows = table(tmp_path / "m" / "sites.csv")
    xy = gpd.points_from_xy(rows["横坐标（东）（米）"], rows["纵坐标（北）（米）"], crs=crs)
    assert off_metres(gpd.GeoDataFrame(geometry=xy), own["sites"]) < 0.01
    text = (tmp_path / "m" / "sites.geojson").read_text(encoding="utf-8")
    assert "urn:ogc:def:crs:EPSG::4549" in text
    assert not (tmp_path / "m" / "export.gpkg").exists()


def test_everybody_is_in_every_format(yunxi, written):
    totals = yunxi.inputs.demand.totals.sum()
    frames = {
        "csv": table(written / "people.csv").rename(
            columns={
                "全部人口（人）": "all",
                "60 岁及以上（人）": "elderly",
                "0–14 岁（人）": "children",
            }
        ),
        "geojson": gpd.read_file(written / "people.geojson"),
        "gpkg": gpd.read_file(written / "export.gpkg", layer="people"),
    }
    for name, frame in frames.items():
        for group in yunxi.inputs.demand.groups:
            assert frame[group].sum() == totals[group], (name, group)
    by_unit = table(written / "units.csv").set_index("单元代码")
    people = yunxi.inputs.demand.totals["elderly"]
    assert (by_unit["养老服务：60 岁及以上人数（人）"] == people.astype(int)).all()


def test_fields_are_told(written):
    told = table(written / "fields.csv")
    assert {"alias_zh", "alias_en", "unit_zh", "type"} <= set(told.columns)
    for name in ("units", "sites", "people", "candidates", "roads"):
        fields = set(pyogrio.read_info(written / f"{name}.geojson")["fields"])
        assert fields <= set(told.loc[told["layer"] == name, "field"])
        assert all(field.isascii() for field in fields)
    row = told[told["field"] == "road_metres"].iloc[0]
    assert (row["alias_zh"], row["unit_zh"], row["type"]) == ("到路边的距离", "米", "number")


def test_words_of_tables_follow_the_language(yunxi, written, tmp_path):
    assert set(table(written / "sites.csv")["状态（系统）"]) == {"现有", "建议新增", "未计入"}
    write_export(yunxi, tmp_path / "en", formats=("csv",), language="en")
    sites = pd.read_csv(tmp_path / "en" / "sites.csv", encoding="utf-8-sig")
    assert set(sites["state"]) == {"existing", "proposed", "not counted"}
    assert "way to the road (metres)" in sites.columns


def test_the_same_bytes_twice(yunxi, written, tmp_path):
    write_export(yunxi, tmp_path / "b", formats=("geojson", "csv"))  # GeoPackages: test_gisoutput
    for path in (tmp_path / "b").iterdir():
        if path.name != "run.json":
            assert path.read_bytes() == (written / path.name).read_bytes(), path.name


def test_formulas_are_harmless(yunxi, tmp_path):
    given = dataclasses.replace(yunxi.inputs, title="=HYPERLINK(1)")
    write_export(dataclasses.replace(yunxi, inputs=given), tmp_path / "x", formats=("csv",))
    assert (table(tmp_path / "x" / "units.csv")["研究"] == "'=HYPERLINK(1)").all()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("gcj02", "shifted", "GCJ-02"),
        ("百度", "shifted", "BD-09"),
        ("nonsense", "unknown", "没有这个坐标系"),
        ("", "unknown", "没有这个坐标系"),
        ("EPSG:4979", "heights", "高程"),
        ("EPSG:4326+5773", "heights", "高程"),
        ("2263", "unit", "米或度"),
        ("西安80", "datum", "另"),
        ("EPSG:3857", "stretched", "14 %"),
        ("32628", "stretched", "不是米"),
    ],
)
def test_systems_that_cannot_be_used(yunxi, words, code, said):
    with pytest.raises(InputError) as caught:
        export_systems(yunxi.inputs, ("csv",), words)
    (found,) = caught.value.problems
    assert (found.code, found.column, found.found) == (f"export.crs_{code}", "--crs", words)
    assert "EPSG:4490" in found.render("zh")
    assert "EPSG:4549" in found.render("en")
    if code != "datum":
        assert said in found.what.zh


def test_systems_that_can(yunxi):
    own, bounds = yunxi.inputs.region.crs, tuple(yunxi.inputs.region.units.total_bounds)
    for words, known in (
        ("国家2000", 4490),
        (" 4326 ", 4326),
        ("EPSG:4528", 4528),
        ("32650", 32650),
    ):
        assert asked_crs(words, own, bounds).to_epsg() == known
    assert degrees_of(CRS.from_epsg(32628)).to_epsg() == 4326


def test_formats(yunxi):
    assert check_formats(" CSV , gpkg,csv") == ("gpkg", "csv")
    with pytest.raises(InputError) as caught:
        check_formats("shp,csv,dwg")
    shape, other = caught.value.problems
    assert (shape.code, shape.found, other.found) == ("export.format", "shp", "dwg")
    assert "10 个字节" in shape.what.zh


def test_the_command(yunxi, root, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(exportcommand, "load", lambda *_, **__: yunxi.inputs)
    monkeypatch.setattr(exportcommand, "assess", lambda *_, **__: yunxi)
    study, out = root / "data" / "geo" / "yunxi" / "study.toml", tmp_path / "out"
    with pytest.raises(SystemExit) as end:
        export(study, out, formats="csv", crs="EPSG:3857", quiet=True)
    assert end.value.code == 2
    assert "EPSG:4549" in capsys.readouterr().err
    assert not out.exists()
    assert export_study(study, out, ("csv", None), "zh", None, quiet=False) == 0
    assert (out / "units.csv").is_file()
    assert "China Geodetic Coordinate System 2000 (EPSG:4490)" in capsys.readouterr().out
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        export(study, tmp_path / "mine", quiet=True)
    assert end.value.code == 2
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["notes.txt"]
