"""Every kind of fault has a test that shows its words; those no other test names stand here."""

import ast
import dataclasses
import re
from pathlib import Path

import geopandas as gpd
import pytest
import tiny
from tiny import CRS, X0, Y0, at, demand, facilities, inputs, network, region
from typer.testing import CliRunner

import coverplan
from coverplan import Facilities, InputError, Layer, Network, SitingRequest, Text, cli
from coverplan.areas import check_asked, check_path, write_areas
from coverplan.core.errors import MissingExtraError, Problems
from coverplan.domain.siting_config import JointConfig
from coverplan.io import read_kept
from coverplan.measure.decay import Catchment
from coverplan.siting.uncertainty import some_draws

HERE = Path(__file__).parents[1]
SOURCES = HERE.parent / "src" / "coverage" / "coverplan"

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
PEOPLE = demand(UNITS, [(5, 0, "a", 4), (1500, 0, "b", 6)])
ROADS = network([[(0, 0), (2000, 0)]])


def study(*sites, **more):
    rows = sites or ((0, 0, "a"),)
    return inputs(UNITS, PEOPLE, ROADS, facilities(rows), **more)


def shown(make, code, zh, en):
    """Insist on one fault of a code, with these words in each language."""
    with pytest.raises(InputError) as caught:
        make()
    found = [p for p in caught.value.problems if p.code == code]
    assert found, [p.code for p in caught.value.problems]
    assert zh in found[0].render("zh"), found[0].render("zh")
    assert en in found[0].render("en"), found[0].render("en")
    assert found[0].mend.zh in found[0].render("zh")
    return found[0]


def test_a_decay_that_is_none():
    shown(lambda: Catchment(0.0), "access.decay", "距离衰减", "distance decay")


def test_areas_of_what_is_not_there(tmp_path):
    shown(lambda: check_asked(["x"], ["a"], None), "areas.layer", "没有这个图层", "no such layer")
    shown(lambda: check_asked(None, ["a"], [0]), "areas.minutes", "1 至 ", "whole minutes")
    suffix = lambda: check_path(tmp_path / "a.shp")  # noqa: E731
    assert shown(suffix, "areas.suffix", "GeoPackage", "GeoPackage").found == ".shp"
    shown(lambda: write_areas({}, tmp_path / "a.gpkg"), "areas.nothing", "没有任何范围", "no area")


def test_money_in_a_column_nobody_reads(county):
    rows = [{"编号": "1", "经度": "118.01", "纬度": "30.01", "造价（万元）": "500"}]
    county.table("c.csv", rows)
    county.edit("sites = 1", 'sites = 1\ncandidates = { source = "c.csv" }')
    found = county.understood().the("candidate.unread")
    assert found.severity == "warning"
    assert (found.file, found.column) == ("c.csv", "造价（万元）")
    assert "像是造价，没有读取" in found.render("zh")
    assert "looks like a cost and is not read" in found.render("en")


def test_an_extra_that_is_not_installed():
    problems = Problems()

    def read():
        raise MissingExtraError("osmium", "osm", Text("读取 OSM", "reading OSM"))

    assert problems.attempt(read) is None
    (found,) = problems.errors
    assert found.code == "extra.missing"
    assert 'pip install "coverplan[osm]"' in found.render("zh")
    assert "安装后重试" in found.render("zh")


def test_facilities_made_in_code():
    rows = gpd.GeoDataFrame(
        {"id": ["s", "s"], "name": ["甲", "乙"], "unit": ["a", "a"]},
        geometry=gpd.points_from_xy(*at((1, 1), (2, 2)).T),
        crs=CRS,
    )
    again = shown(
        lambda: Facilities.from_frame("x", rows, site_id="id"),
        "facilities.duplicate_id",
        "设施编号重复",
        "more than once",
    )
    assert again.found == "s"
    rows.loc[1, "id"] = "t"
    rows.loc[1, "geometry"] = None
    shown(
        lambda: Facilities.from_frame("x", rows, site_id="id"),
        "facilities.no_point",
        "没有坐标",
        "no point",
    )


def test_a_facility_far_from_every_road():
    warned = coverplan.assess(study((0, 0, "a"), (500, 9000, "a"))).problems
    (found,) = [p for p in warned if p.code == "facility.no_road"]
    assert found.severity == "warning"
    assert found.found == "站1 (s001)"
    assert "附近没有可用道路" in found.what.zh
    assert "no usable road near the facility" in found.what.en


def test_a_facility_in_another_township_than_it_says(county):
    county.cell("homes.csv", 2, "乡镇", "乙乡")
    found = county.understood().the("facility.unit_differs")
    assert (found.file, found.row, found.column) == ("homes.csv", 2, "乡镇")
    assert "登记在乙乡，坐标却在甲镇" in found.what.zh
    assert "declared in 乙乡, but the point lies in 甲镇" in found.what.en


def test_parts_in_another_system_and_candidates_twice():
    moved = facilities([(0, 0, "a")])
    other = type(moved)(moved.layer, moved.sites.to_crs(32651))
    crs = shown(
        lambda: inputs(UNITS, PEOPLE, ROADS, other), "inputs.crs", "坐标系与区域不同", "coordinate"
    )
    assert crs.found == "EPSG:32651"
    two = gpd.GeoDataFrame(
        {"name": ["c", "d"], "unit": ["a", "a"]},
        index=["c", "c"],
        geometry=gpd.points_from_xy(*at((1, 1), (2, 2)).T),
        crs=CRS,
    )
    shown(
        lambda: study(siting=SitingRequest(1, two)),
        "inputs.duplicate_id",
        "候选点编号重复",
        "more than once",
    )


def test_what_layers_sited_together_do_not_use():
    places = gpd.GeoDataFrame(
        {"name": ["c"], "unit": ["b"]},
        index=["c"],
        geometry=gpd.points_from_xy(*at((1500, 0)).T),
        crs=CRS,
    )
    one = study(siting=SitingRequest(1, places, frontier=2))
    item = one.layers[0]
    second = dataclasses.replace(item, layer=dataclasses.replace(item.layer, id="other"))
    both = dataclasses.replace(
        one, layers=(item, second), joint=JointConfig(layers=["test", "other"])
    )
    found = shown(lambda: coverplan.assess(both), "joint.unused", "联合选址不用", "sited together")
    assert found.column == "layers.test.siting.frontier"


def test_minutes_no_layer_can_have():
    make = lambda: Layer("x", Text("甲", "x"), "all", "walking", 7.5)  # noqa: E731
    assert shown(make, "layer.minutes", "时限不能使用", "cannot be used").found == "7.5"


def test_measures_of_what_is_not_there():
    asked = coverplan.MeasureSettings(need_share={"nowhere": 0.5})
    shown(
        lambda: coverplan.measure_study(study(), asked), "measures.unknown", "没有这个", "no such"
    )
    bare = dataclasses.replace(study(), layers=())
    shown(lambda: coverplan.measure_study(bare), "measures.no_layers", "没有设施图层", "no layer")


def test_an_option_of_measures_that_is_no_number(county):
    given = ["measures", str(county.study), "--zone-weights", "1,x", "-o", str(county.path("m"))]
    done = CliRunner().invoke(cli.app, given)
    assert done.exit_code == cli.EXIT_INPUT
    (found,) = [p for p in county.seen if p.code == "measures.option"]
    assert (found.column, found.found) == ("--zone-weights", "1,x")
    assert "选项不能使用" in done.output
    assert not county.path("m").exists()


def test_metres_that_are_no_number(county):
    rows = [row | {"影响半径": "500"} for row in county.rows("villages.csv")]
    rows[3]["影响半径"] = "很远"
    county.table("villages.csv", rows)
    county.edit(
        '"villages.csv"', '"villages.csv"\ncolumns = { metres = "影响半径" }\nspread = "streets"'
    )
    found = county.refused().the("people.metres")
    assert (found.file, found.row, found.column) == ("villages.csv", 5, "影响半径")
    assert (found.found, found.expected.zh) == ("很远", "米数")


def test_a_negative_number_of_people(county):
    county.cell("villages.csv", 4, "常住人口", "-3")
    assert county.refused().the("people.value").found == "-3"


def test_a_snail():
    slow = tiny.profile(kmh=1e-6)
    make = lambda: coverplan.assess(study(prof=slow))  # noqa: E731
    shown(make, "profile.too_slow", "十二天以上", "more than twelve days")


def test_lines_without_a_system():
    lines = gpd.GeoDataFrame(
        {"highway": ["residential"]}, geometry=[tiny.LineString([(X0, Y0), (X0 + 9, Y0)])]
    )
    units = gpd.GeoSeries([], crs=CRS).crs
    make = lambda: Network.from_edges(lines, crs=units)  # noqa: E731
    shown(make, "roads.no_crs", "没有坐标系", "no coordinate system")


def test_no_draws():
    found = shown(lambda: some_draws([]), "siting.draws", "没有抽样", "nothing to assess")
    assert found.found == "0"


def test_an_id_that_looks_like_a_new_site():
    places = gpd.GeoDataFrame(
        {"name": ["c"], "unit": ["b"]},
        index=["c"],
        geometry=gpd.points_from_xy(*at((1500, 0)).T),
        crs=CRS,
    )
    sites = facilities([(0, 0, "a")])
    taken = type(sites)(sites.layer, sites.sites.rename(index={"s000": "new:1"}))
    asked = inputs(UNITS, PEOPLE, ROADS, taken, siting=SitingRequest(1, places))
    shown(lambda: coverplan.assess(asked), "siting.facility_id", "会与新址混淆", "of new sites")


def test_a_kept_network_that_is_none(tmp_path):
    (tmp_path / "kept.npz").write_bytes(b"PK\x03\x04 half")
    found = shown(
        lambda: read_kept(tmp_path / "kept.npz"), "cache.unreadable", "不是完整的", "not a whole"
    )
    assert found.file == "kept.npz"


def test_a_study_file_nobody_may_open(tmp_path, monkeypatch):
    file = tmp_path / "study.toml"
    file.write_text("x", encoding="utf-8")

    def closed(*_, **__):
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "read_text", closed)
    shown(lambda: coverplan.read_study(file), "study.no_access", "无法打开", "cannot be opened")


def _codes() -> set[str]:
    """Every code of a fault the sources write out whole."""
    found: set[str] = set()
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for word in getattr(node, "keywords", []):
                if getattr(word, "arg", None) == "code":
                    parts = [
                        part for part in ast.walk(word.value) if isinstance(part, ast.Constant)
                    ]
                    found |= {
                        str(p.value) for p in parts if re.fullmatch(r"\w+\.\w*[a-z]", str(p.value))
                    }
    return found


def test_every_code_is_shown_by_a_test():
    here = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.rglob("test_*.py")))
    codes = _codes()
    assert len(codes) > 200
    missing = sorted(code for code in codes if f'"{code}"' not in here)
    assert not missing, f"no test shows: {missing}"


def test_what_a_program_of_ones_own_gets_wrong():
    small = coverplan.assess(coverplan.small_county())
    shown(lambda: small.coverage.select(unitcode="a"), "coverage.column", "没有这一列", "unit_code")
    shown(lambda: small.inputs.demand.people("elder"), "demand.group", "没有这个人群", "elderly")
    read = lambda: coverplan.load(small.inputs)  # noqa: E731
    shown(read, "study.type", "研究文件的路径", "coverplan.assess")
    asked = lambda: SitingRequest(1, None, model="mlcp")  # noqa: E731
    shown(asked, "siting.model", "没有这个选址模型", "did you mean mclp?")


def test_problems_of_siting_whose_parts_do_not_fit():
    whole = coverplan.small_problem()
    twice = coverplan.Sites.make(whole.sites.ids[[0, 0, 2, 3, 4, 5]])
    make = lambda sites, people: coverplan.SitingProblem(sites, whole.reach, people)  # noqa: E731
    same_id = lambda: make(twice, whole.people)  # noqa: E731
    assert shown(same_id, "siting.duplicate_id", "站点编号重复", "make ids unique").found == "E1"
    fewer = lambda: make(whole.sites, whole.people[:-1])  # noqa: E731
    assert shown(fewer, "siting.sizes", "个数不同", "not of one size").column == "reach.demand"
