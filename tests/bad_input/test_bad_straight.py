"""Studies without roads: one of the two ways, and everything that needs roads refused in words."""

import pytest

SOURCE = 'source = "roads.geojson"'


def without_roads(county, more="", detour="1.4"):
    county.edit(SOURCE, f"detour = {detour}\nstraight_kmh = {{ ebike = 15 }}\n{more}")


def test_without_a_road_file_the_study_runs_and_says_so(county):
    without_roads(county)
    done = county.accepted()
    problem = done.the("roads.straight")
    assert problem.severity == "warning"
    assert problem.column == "roads.detour"
    assert problem.found == "1.4"
    assert "直线距离×1.4" in problem.what.zh
    assert "straight-line distance × 1.4" in problem.what.en
    assert "路网" not in done.text


def test_neither_names_both_ways_and_examples_with_their_source(county):
    county.edit(SOURCE, "")
    problem = county.refused().the("roads.neither")
    assert (problem.file, problem.column, problem.row) == ("study.toml", "roads.source", 12)
    for words in (problem.mend.zh, problem.mend.en):
        assert "source = " in words
        assert "detour = " in words
        assert "Newell 1980" in words
        assert "1.3±0.1" in words
    assert "没有默认值" in problem.mend.zh
    assert "there is no default" in problem.mend.en


def test_both_are_a_fault(county):
    county.edit(SOURCE, SOURCE + "\ndetour = 1.4")
    problem = county.refused().the("roads.both")
    assert (problem.column, problem.row) == ("roads.detour", 14)
    assert problem.found == "roads.geojson, 1.4"


def test_no_table_of_roads_at_all_names_both_ways(county):
    county.edit(f"[roads]\n{SOURCE}\n", "")
    problem = county.refused().the("study.missing")
    assert "source" in problem.expected.en
    assert "detour" in problem.expected.en
    assert "detour" in problem.expected.zh


@pytest.mark.parametrize(
    "detour", ["0.99", "0", "-1.4", "11", '"1.4"', "true", "inf", "nan", "[1.4]"]
)
def test_a_factor_is_a_number_from_one_to_ten(county, detour):
    without_roads(county, detour=detour)
    assert county.refused().of("study.value")[0].column == "roads.detour"


@pytest.mark.parametrize("detour", ["1", "1.0", "10"])
def test_the_least_and_the_greatest_factor(county, detour):
    without_roads(county, detour=detour)
    assert county.understood().the("roads.straight").found == f"{float(detour):g}"


def test_a_profile_with_several_speeds_is_named_and_one_speed_mends_it(county):
    county.edit(SOURCE, "detour = 1.4")
    problem = county.refused().the("roads.straight_kmh")
    assert problem.found == "layers.social_work: ebike"
    assert problem.file == "study.toml"
    assert problem.row == 12
    assert "straight_kmh = { ebike =" in problem.mend.en
    county.edit("detour = 1.4", "detour = 1.4\nstraight_kmh = { ebike = 15 }")
    assert "roads.straight_kmh" not in county.understood().codes


def test_a_speed_of_a_profile_nobody_defined(county):
    county.edit(SOURCE, "detour = 1.4\nstraight_kmh = { ebike = 15, ebikes = 15 }")
    problem = county.refused().the("study.reference")
    assert problem.found == "ebikes"
    assert "ebike" in problem.mend.en


@pytest.mark.parametrize("speed", ["0", "-3", "300", '"15"'])
def test_a_speed_that_is_none(county, speed):
    county.edit(SOURCE, f"detour = 1.4\nstraight_kmh = {{ ebike = {speed} }}")
    assert county.refused().of("study.value")


def test_speeds_along_straight_lines_have_no_effect_on_roads(county):
    county.edit(SOURCE, SOURCE + "\nstraight_kmh = { ebike = 15 }")
    assert county.refused().the("roads.no_effect").column == "roads.straight_kmh"


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("elevation", 'elevation = "dem.tif"'),
        ("barriers", 'barriers = [{ source = "towns.geojson" }]'),
        ("cache", 'cache = "kept"'),
        ("where", 'where = { highway = "primary" }'),
        ("table", 'table = "roads"'),
        ("crs", 'crs = "EPSG:4490"'),
        ("columns", 'columns = { class = "等级" }'),
        ("classes", 'classes = { "村道" = "track" }'),
        ("ignore_fragments_metres", "ignore_fragments_metres = 0"),
        ("encoding", 'encoding = "GBK"'),
    ],
)
def test_what_speaks_of_a_road_file_is_refused(county, key, line):
    without_roads(county, line)
    if key == "elevation":
        county.path("dem.tif").write_bytes(b"")
    problem = county.refused().the("roads.no_roads")
    assert problem.column == f"roads.{key}"
    assert problem.row == 15
    assert "道路" in problem.what.zh


def test_walls_and_hills_say_why(county):
    without_roads(county, 'elevation = "d.tif"\nbarriers = [{ source = "towns.geojson" }]')
    said = {p.column: p.what.en for p in county.refused().of("roads.no_roads")}
    assert "does not lead round" in said["roads.barriers"]
    assert "hills" in said["roads.elevation"]


@pytest.mark.parametrize(
    ("line", "column", "mended"),
    [
        ('candidates = "roads"', "candidates", "people"),
        ("most_road_metres = 50", "most_road_metres", "leave it out"),
        (
            "uncertainty = { draws = 5, missing_links_percent = 5 }",
            "uncertainty.missing_links_percent",
            "leave it out",
        ),
    ],
)
def test_siting_that_needs_roads_is_refused(county, line, column, mended):
    without_roads(county)
    county.edit("sites = 1", f"sites = 1\n{line}")
    problem = county.refused().the("roads.no_roads")
    assert problem.column == f"layers.elderly_care.siting.{column}"
    assert problem.row is not None
    assert mended in problem.mend.en


def test_people_along_streets_need_streets(county):
    without_roads(county)
    county.edit('totals = "census.csv"', 'totals = "census.csv"\nspread = "streets"')
    problem = county.refused().the("roads.no_roads")
    assert problem.column == "people.spread"
    assert "points" in problem.mend.en


def test_all_faults_come_at_once(county):
    county.edit(SOURCE, 'detour = 1.4\nelevation = "d.tif"\ncache = "kept"')
    county.edit('totals = "census.csv"', 'totals = "census.csv"\nspread = "streets"')
    county.edit("sites = 1", 'sites = 1\ncandidates = "roads"')
    done = county.refused()
    assert {p.column for p in done.of("roads.no_roads")} >= {
        "roads.elevation",
        "roads.cache",
        "people.spread",
        "layers.elderly_care.siting.candidates",
    }
    done.the("roads.straight_kmh")
