"""Boundaries, roads and facilities of a place, from a server on this machine."""

import json
import os
import socket
import time
from types import SimpleNamespace

import geopandas as gpd
import osmnx
import pandas as pd
import pytest
from geopandas.array import GeometryArray
from loopback import COUNTY, KM_X, KM_Y, SOUTH, STAMP, TOWNS, WEST, Fault, serving
from pyproj import CRS

import coverplan
from coverplan import InputError
from coverplan.core.errors import Problems
from coverplan.domain.osm_tags import osm_layers, road_filters, unit_code
from coverplan.io.fetch import web as fetchweb
from coverplan.io.fetch.answers import is_map
from coverplan.io.fetch.fetching import KEPT, Order, fetch_place
from coverplan.io.fetch.web import Servers
from coverplan.io.osm.reading import read_osm

FILES = {
    "SOURCE.txt", "county.gpkg", "eco_burial.csv", "elderly_care.csv", "fetch.json",
    "roads.osm.pbf", "social_work.csv", "townships.gpkg",
}  # fmt: skip
ALL = 7
"""Requests of a whole fetch to Overpass: units, two kinds of roads, four layers."""
FEW = Order(COUNTY, layers=("elderly_care",))
FEW_FILES = FILES - {"eco_burial.csv", "social_work.csv"}


@pytest.fixture
def server(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serving() as running:
        running.slept, running.said = [], []
        polite = SimpleNamespace(sleep=running.slept.append)
        monkeypatch.setattr(osmnx._nominatim, "time", polite)
        monkeypatch.setattr(osmnx._overpass, "time", polite)
        # Finding the zone takes most of the time of a fetch; this is what it finds there.
        utm = CRS.from_epsg(32650)
        monkeypatch.setattr(GeometryArray, "estimate_utm_crs", lambda *_, **__: utm)
        yield running


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What a fetch of one layer writes where nothing goes wrong."""
    out = tmp_path_factory.mktemp("undisturbed")
    with serving() as running:
        asked = Servers(running.overpass, running.nominatim)
        fetch_place(FEW, out, asked, "zh")
    return {name: (out / name).read_bytes() for name in FEW_FILES - {"fetch.json", "SOURCE.txt"}}


def servers(server, **changes):
    given = {"overpass": server.overpass, "nominatim": server.nominatim} | changes
    return Servers(sleep=server.slept.append, announce=server.said.append, **given)


def fetch(server, out, *, lang="zh", order=None, **changes):
    return fetch_place(order or Order(COUNTY), out, servers(server, **changes), lang)


def refused(server, out, code, **given):
    before = names(out)
    with pytest.raises(InputError) as caught:
        fetch(server, out, **given)
    assert {p.code for p in caught.value.problems} == {code}
    assert names(out) == before, "a failed fetch changed files"
    fault = caught.value.problems[0]
    assert fault.what.zh
    assert fault.mend.zh
    return fault


def names(out):
    return {p.name for p in out.iterdir() if p.name != KEPT} if out.is_dir() else set()


def test_all_of_a_county(server, tmp_path):
    out = tmp_path / "out"
    fetched = fetch(server, out)
    assert names(out) == FILES
    assert set(fetched.files) == FILES
    assert fetched.place == f"{COUNTY}, 某市, 某省, 中国 [R9200]"
    units = gpd.read_file(out / "townships.gpkg")
    rows = dict(zip(units["name"], units["code"], strict=True))
    assert rows == {TOWNS[0]: "R9000", TOWNS[1]: "330123101000", TOWNS[2]: "330123102000"}
    assert units.to_crs(4549).area.sum() / 1e6 == pytest.approx(12 * 4, rel=0.01)
    homes = pd.read_csv(out / "elderly_care.csv", dtype=str)
    assert homes["编号"].str.split("/").str[0].tolist() == ["node", "way"]
    assert homes["名称"].tolist() == ["东桥敬老院", "'=北桥护理院"]
    assert homes["容量"].fillna("").tolist() == ["60", ""]
    assert homes["依据标签"][0] == "amenity=social_facility; social_facility:for=senior;disabled"
    lon, lat = (homes[c].astype(float) for c in ("经度", "纬度"))
    assert [lon[0], lat[0]] == pytest.approx([WEST + 1.2 * KM_X, SOUTH + 1.1 * KM_Y], abs=1e-6)
    assert [lon[1], lat[1]] == pytest.approx([WEST + 9.05 * KM_X, SOUTH + 1.05 * KM_Y], abs=1e-6)
    stations = pd.read_csv(out / "social_work.csv", dtype=str)
    assert stations["名称"].tolist() == ["东桥镇社工站"]


def test_roads_are_as_they_were_mapped(server, tmp_path):
    fetch(server, tmp_path / "out")
    edges = read_osm(tmp_path / "out" / "roads.osm.pbf", "roads", Problems())
    assert set(edges["highway"]) == {"residential", "tertiary", "service", "ferry"}
    assert (edges["highway"] == "residential").sum() == 5 * 12
    assert (edges["motor_vehicle"] == "no").sum() == 1, "the bollard"
    walk = tmp_path / "walk"
    fetch(server, walk, order=Order(COUNTY, layers=(), network="drive"))
    assert not (walk / "elderly_care.csv").exists()
    assert read_osm(walk / "roads.osm.pbf", "roads", Problems())["highway"].nunique() == 4


def test_source_and_licence_stand_beside_the_data(server, tmp_path):
    out = tmp_path / "out"
    fetch(server, out, date="2020-06-01", agent="coverplan/9 osmnx/2")
    record = json.loads((out / "fetch.json").read_text(encoding="utf-8"))
    assert record["data_from"] == record["data_to"] == STAMP
    assert record["map_as_of"] == "2020-06-01"
    assert record["place"]["osm"] == "R9200"
    assert record["overpass"] == server.overpass
    assert record["licence"]["name"].startswith("Open Database License")
    assert record["notice"]["zh"].startswith("数据：© OpenStreetMap")
    assert set(record["files"]) == FILES - {"SOURCE.txt", "fetch.json"}
    words = (out / "SOURCE.txt").read_text(encoding="utf-8")
    assert "ODbL 1.0" in words
    assert STAMP in words
    asked = [given["data"] for name, given, _ in server.asked if name == "interpreter"]
    assert all('[date:"2020-06-01T00:00:00Z"]' in query for query in asked)
    agents = {headers["User-Agent"] for _, _, headers in server.asked}
    assert agents == {"coverplan/9 osmnx/2"}


def test_one_request_after_the_other_and_only_when_there_is_room(server, tmp_path):
    fetch(server, tmp_path / "out")
    order = [name for name, _, _ in server.asked]
    assert order == ["search", *["status", "interpreter"] * ALL]
    assert server.slept == [1, *[0] * ALL]
    words = [text.zh for text in server.said]
    assert words[0].startswith("查找地名：第 1 份应答")
    assert any(text.startswith("下载道路：第 2 份应答") for text in words)


def test_a_server_that_asks_to_wait(server, tmp_path):
    busy = b"Rate limit: 1\nSlot available after: 2026-01-02T03:04:05Z, in 9 seconds.\n"
    server.fail("status", Fault(body=busy), Fault(body=busy))
    fetch(server, tmp_path / "out", order=Order(COUNTY, layers=()))
    assert server.slept.count(9.0) == 2
    assert any("请等待 9 秒" in text.zh for text in server.said)
    server.status = "no such page"
    server.slept.clear()
    fetch(server, tmp_path / "other", order=Order(COUNTY, layers=()))
    assert server.slept.count(2.0) == 1, "some distance between the two requests for roads"


def test_a_server_that_lets_nobody_in(server, tmp_path):
    server.status = "Slot available after: 2026-01-02T03:04:05Z, in 9999 seconds."
    fault = refused(server, tmp_path / "out", "fetch.busy", order=FEW)
    assert "--overpass" in fault.mend.en
    server.status = "Slot available after: 2026-01-02T03:04:05Z, in 5 seconds."
    refused(server, tmp_path / "out", "fetch.busy")
    assert len(server.slept) < 200


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (Fault(status=429, headers={"Retry-After": "7"}, body=b"slow down"), 7.0),
        (Fault(status=504, body=b"<html>timeout</html>"), 30.0),
        (Fault(cut=0.7), 30.0),
        (Fault(share=0.5), 30.0),
        (Fault(close=True), 30.0),
    ],
)
def test_what_goes_by_is_asked_for_again(server, undisturbed, tmp_path, fault, wait):
    server.fail("interpreter", fault, after=2)
    out = tmp_path / "out"
    fetch(server, out, order=FEW)
    assert server.slept.count(wait) == 1
    assert any(f"{wait:.0f} 秒后第 2 次尝试" in text.zh for text in server.said)
    assert server.count("interpreter") == 4 + 1, "nothing received was asked for twice"
    for name, content in undisturbed.items():
        assert (out / name).read_bytes() == content, name


@pytest.mark.parametrize(
    ("fault", "code", "found"),
    [
        (Fault(status=429), "fetch.busy", "HTTP 429"),
        (Fault(status=504), "fetch.busy", "HTTP 504"),
        (Fault(cut=0.5), "fetch.cut", ""),
        (Fault(share=0.5), "fetch.cut", ""),
        (Fault(close=True), "fetch.cut", ""),
        (Fault(status=400, body=b"<html>parse error</html>"), "fetch.status", "HTTP 400"),
        (Fault(status=500), "fetch.status", "HTTP 500"),
        (Fault(body=b"<html>Log in to go online</html>"), "fetch.answer", "Log in"),
        (Fault(body=b""), "fetch.answer", ""),
        (Fault(body=b"[]"), "fetch.answer", "[]"),
        (Fault(body=b"{}"), "fetch.answer", "{}"),
        (Fault(body=b'{"elements": [{"type": "node", "id": 1, "lon": "x"}]}'), "fetch.answer", ""),
        (Fault(body=b'{"a": ' * 50_000 + b"}"), "fetch.cut", "bytes"),
        (Fault(status=302, headers={"Location": "https://elsewhere.example/"}), "fetch.redirect",
         "https://elsewhere.example/"),
        (Fault(body=b'{"elements": [], "remark": "runtime error: Query timed out"}'),
         "fetch.incomplete", "runtime error: Query timed out"),
    ],
)  # fmt: skip
def test_what_does_not_go_by_stops_cleanly_and_goes_on_later(server, tmp_path, fault, code, found):
    out = tmp_path / "out"
    server.fail("interpreter", *[fault] * 4, after=2)
    problem = refused(server, out, code, order=FEW)
    assert found in str(problem.found)
    assert problem.file == server.host
    server.faults.clear()
    before = server.count("interpreter")
    assert (out / KEPT).is_dir(), "what was received is kept"
    fetch(server, out, order=FEW)
    assert server.count("interpreter") - before == 4 - 2, "goes on from there"
    assert names(out) == FEW_FILES


def test_a_slow_server(server, tmp_path):
    server.fail("search", *[Fault(seconds=1.5)] * 2)
    fault = refused(server, tmp_path / "out", "fetch.timeout", timeout_seconds=1, attempts=2)
    assert "coverplan init" in fault.mend.zh
    assert not (tmp_path / "out").exists()


def test_nobody_there_and_no_internet(server, tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    fault = refused(server, tmp_path / "out", "fetch.refused", nominatim=closed)
    for word in ("townships.gpkg", "roads.osm.pbf", "coverplan init"):
        assert word in fault.mend.zh
        assert word in fault.mend.en
    refused(server, tmp_path / "out", "fetch.refused", overpass=closed)
    fault = refused(server, tmp_path / "o", "fetch.tls", nominatim=f"https://{server.host}/")
    assert "coverplan init" in fault.mend.en
    monkeypatch.setenv("HTTP_PROXY", closed)
    monkeypatch.setenv("NO_PROXY", "")
    refused(server, tmp_path / "out", "fetch.proxy")
    monkeypatch.delenv("HTTP_PROXY")

    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    nowhere = "https://nominatim.example.invalid/"
    fault = refused(server, tmp_path / "out", "fetch.no_internet", nominatim=nowhere)
    assert fault.what.zh.startswith("找不到服务器")


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://a.example/api", "127.0.0.1", "http://", "http://u:p@a.example",
     "http://a.example/?q=1", "http://a.example/#x", "javascript:alert(1)", "http://a b", "http://[::1"],
)  # fmt: skip
def test_addresses_that_are_not_asked(server, tmp_path, address):
    fault = refused(server, tmp_path / "out", "fetch.address", overpass=address)
    assert fault.file == "--overpass"
    assert not server.asked


def test_wrong_options_all_at_once(server, tmp_path):
    order = Order(
        COUNTY, layers=("elderly_care", "schools"), network="fly", unit_level=0, margin_metres=-1
    )
    with pytest.raises(InputError) as caught:
        fetch(server, tmp_path / "out", order=order, date="2020-13-01")
    options = [p.file for p in caught.value.problems if p.code == "fetch.option"]
    assert options == ["--layers", "--network", "--unit-level", "--margin", "--date"]
    assert not server.asked
    assert not (tmp_path / "out").exists()


def test_places_by_name_and_number(server, tmp_path):
    out = tmp_path / "out"
    fault = refused(server, out, "fetch.place_unknown", order=Order("没有的县"))
    assert fault.found == "没有的县"
    fault = refused(server, out, "fetch.place_ambiguous", order=Order("鼓楼区"))
    assert "[R1] 鼓楼区, 甲市 | [R2] 鼓楼区, 乙市" in fault.expected.zh
    fault = refused(server, out, "fetch.place_no_area", order=Order("小庄"))
    assert "[N78] 小庄, 东桥镇" in fault.expected.en
    refused(server, out, "fetch.place_unknown", order=Order("  "))
    refused(server, out, "fetch.place_unknown", order=Order("R12345"))
    fetched = fetch(server, out, order=Order("r9200", layers=()))
    assert fetched.place.endswith("[R9200]")
    assert server.count("lookup") == 2


def test_a_place_where_there_is_nothing(server, tmp_path):
    out = tmp_path / "out"
    fetched = fetch(server, out, order=Order("海里"))
    assert names(out) == {"county.gpkg", "fetch.json", "SOURCE.txt"}
    codes = [n.code for n in fetched.notes]
    assert sorted(codes) == ["fetch.no_roads", "fetch.no_units", *["fetch.sites"] * 4]
    assert all(n.severity == "warning" for n in fetched.notes)
    (none,) = [n for n in fetched.notes if n.code == "fetch.no_units"]
    assert "--unit-level" in none.mend.zh


def test_what_units_lack_is_said(server, tmp_path):
    members = server.map.relations[9001]["members"]
    del members[0]
    server.map.relations[9002]["tags"].pop("name")
    fetched = fetch(server, tmp_path / "out", order=Order(COUNTY, layers=()))
    notes = {n.code: n for n in fetched.notes}
    assert set(notes) == {
        "fetch.broken_units",
        "fetch.units_gap",
        "fetch.no_codes",
        "fetch.no_names",
    }
    assert notes["fetch.broken_units"].found == TOWNS[1]
    assert "66.7%" in notes["fetch.units_gap"].what.en
    assert "占全境面积的 66.7%" in notes["fetch.units_gap"].what.zh
    assert notes["fetch.no_codes"].found == TOWNS[0]


def test_files_of_a_planner_are_not_overwritten(server, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "elderly_care.csv").write_text("mine", encoding="utf-8")
    fault = refused(server, out, "fetch.exists")
    assert fault.found == "elderly_care.csv"
    assert not server.asked
    fetch(server, out, order=Order(COUNTY, layers=("social_work",)))
    assert (out / "elderly_care.csv").read_text(encoding="utf-8") == "mine"
    fetch(server, out, order=Order(COUNTY, layers=("eco_burial",)))
    assert not (out / "social_work.csv").exists(), "of the fetch before, and as it wrote it"
    (out / "eco_burial.csv").write_text("mended by hand", encoding="utf-8")
    refused(server, out, "fetch.exists")
    fetch(server, out, order=Order(COUNTY, layers=("elderly_care",), force=True))
    assert names(out) == FEW_FILES | {"eco_burial.csv"}
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        fetch(server, file)
    assert [p.code for p in caught.value.problems] == ["fetch.cannot_write"]


def test_answers_are_kept_for_a_week_and_broken_ones_not_at_all(server, tmp_path):
    out, order = tmp_path / "out", Order(COUNTY, layers=())
    fetch(server, out, order=order)
    fetch(server, out, order=order)
    assert server.count("interpreter") == 3
    kept = sorted((out / KEPT).glob("roads-*/*.json"))
    kept[0].write_text(kept[0].read_text(encoding="utf-8")[:50], encoding="utf-8")
    old = time.time() - 8 * 86400
    for path in (out / KEPT).glob("units-*/*.json"):
        os.utime(path, (old, old))
    fetch(server, out, order=order)
    assert server.count("interpreter") == 3 + 2
    fetch(server, out, order=Order(COUNTY, layers=(), refresh=True))
    assert server.count("interpreter") == 2 * 3 + 2


def test_nothing_of_osmnx_is_changed(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = {k: v for k, v in vars(osmnx.settings).items() if not k.startswith("__")}
    resolver = socket.getaddrinfo
    fetch(server, tmp_path / "out")
    server.fail("search", Fault(status=500))
    refused(server, tmp_path / "other", "fetch.status")
    assert {k: v for k, v in vars(osmnx.settings).items() if not k.startswith("__")} == before
    assert socket.getaddrinfo is resolver
    assert {p.name for p in tmp_path.iterdir()} == {"out"}, "nothing in the working directory"


def test_a_large_place_is_asked_for_in_parts(server, undisturbed, tmp_path, monkeypatch):
    monkeypatch.setattr(osmnx.settings, "max_query_area_size", 3e7)
    fetch(server, tmp_path / "parts", order=FEW)
    assert server.count("interpreter") > 15
    for name, content in undisturbed.items():
        assert (tmp_path / "parts" / name).read_bytes() == content, name


STUDY = """\
title = "云桥县"
date = 2025-12-31

[region]
units = "townships.gpkg"

[people]
source = "villages.csv"
groups = { all = "常住人口", elderly = "60岁及以上" }

[roads]
source = "roads.osm.pbf"

[layers.elderly_care]
source = "elderly_care.csv"

[layers.social_work]
source = "social_work.csv"
"""


def test_what_was_fetched_makes_a_study(server, tmp_path):
    out = tmp_path / "out"
    fetch(server, out)
    rows = [
        f"村{i},{WEST + (i + 0.4) * KM_X:.6f},{SOUTH + 1.1 * KM_Y:.6f},100,{20 + i}"
        for i in range(12)
    ]
    rows = ["村名,经度,纬度,常住人口,60岁及以上", *rows]
    (out / "villages.csv").write_text("\n".join(rows), encoding="utf-8")
    (out / "study.toml").write_text(STUDY, encoding="utf-8")
    study = coverplan.run(out / "study.toml")
    covered = study.coverage.select(layer="elderly_care", minutes=15)
    assert len(covered)
    assert study.inputs.region.units["name"].tolist() == [*TOWNS[1:], TOWNS[0]]
    assert len(study.inputs.layers[0].facilities.sites) == 2
    files = {file.label for file in study.inputs.files}
    assert {"townships.gpkg", "roads.osm.pbf", "elderly_care.csv"} <= files


def test_tags_of_layers():
    layers = osm_layers()
    assert set(layers) == {"elderly_care", "social_work", "childrens_home", "eco_burial"}
    assert set(layers) == set(coverplan.builtin_layers())
    homes = layers["elderly_care"]
    assert homes.fits({"amenity": "social_facility", "social_facility": "nursing_home"})
    assert not homes.fits(
        {
            "amenity": "social_facility",
            "social_facility": "nursing_home",
            "social_facility:for": "orphan",
        }
    )
    assert homes.fits({"amenity": "social_facility", "social_facility:for": "child; senior"})
    assert not layers["childrens_home"].fits({"amenity": "childcare", "name": "某托育园"})
    assert layers["childrens_home"].fits({"amenity": "community_centre", "name": "某村儿童之家"})
    assert not layers["eco_burial"].fits({"landuse": "cemetery", "name": "某公墓"})
    assert layers["eco_burial"].fits({"landuse": "cemetery", "cemetery": "burial_forest"})
    for layer in layers.values():
        assert layer.about.zh
        assert layer.wiki
        assert all(page.startswith("https://wiki.openstreetmap.org/wiki/") for page in layer.wiki)
        for rule in layer.rules:
            assert next(iter(rule)) in layer.asked
    assert len(road_filters("all")) == 2
    assert unit_code({"ref:GB": "330123", "ref": "330124"}) == "330123"
    assert unit_code({"ref": "33012"}) is None


_NODE = {"type": "node", "id": 1, "lon": 118.0, "lat": 30.0}
_WAY = {"type": "way", "id": 1, "nodes": [1, 2]}
_RELATION = {"type": "relation", "id": 1, "members": [{"type": "way", "ref": 1, "role": ""}]}


@pytest.mark.parametrize("element", [_NODE, _WAY, _RELATION])
def test_elements_that_cannot_be_used_are_seen(element):
    assert is_map({"elements": [element, element | {"tags": {"name": "云桥"}}]})
    for key in element:
        for wrong in (None, "x", [None], [{}], {}, 1e999, True):
            assert not is_map({"elements": [element | {key: wrong}]}), (key, wrong)
        assert not is_map({"elements": [{k: v for k, v in element.items() if k != key}]})
    assert not is_map({"elements": [element | {"tags": {"name": 1}}]})
    assert not is_map({"elements": [element | {"tags": []}]})
    assert not is_map({"elements": {}})
    assert not is_map([element])


def test_an_answer_without_end_is_not_read_to_the_end(server, tmp_path, monkeypatch):
    monkeypatch.setattr(fetchweb, "MOST_BYTES", 1000)
    server.fail("interpreter", Fault(body=b'{"elements": []' + b" " * 400_000 + b"}"), after=2)
    problem = refused(server, tmp_path / "out", "fetch.endless", order=FEW)
    assert problem.file == server.host
    assert "MiB" in problem.found.en
    assert "较小的范围" in problem.mend.zh
