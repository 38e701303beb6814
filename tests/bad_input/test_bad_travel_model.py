"""Roads that say odd things of themselves, odd networks, and barriers that are none."""

import json

import numpy as np
import pytest

from coverplan import load
from coverplan.domain.edges import EVERYBODY

R = "roads.geojson"
KM_X, KM_Y = 0.01037, 0.00902  # about a kilometre in degrees, as the county has it


def at(x, y):
    return [round(118 + x * KM_X, 6), round(30 + y * KM_Y, 6)]


def say(county, **columns):
    """Give the first roads of the county some properties, one value each."""
    features = county.read_features(R)
    for name, values in columns.items():
        for feature, value in zip(features, values, strict=False):
            feature["properties"][name] = value
        for feature in features[len(values) :]:
            feature["properties"].setdefault(name, None)
    county.features(R, features)


def roads(county):
    return load(county.study).network


def fence(county, *lines, name="fence.geojson", kind="LineString", **more):
    features = [
        {"properties": {}, "geometry": {"type": kind, "coordinates": [at(*p) for p in line]}}
        for line in lines
    ]
    county.features(name, features)
    given = "".join(f', {key} = "{value}"' for key, value in more.items())
    county.edit(f'"{R}"', f'"{R}"\nbarriers = [{{ source = "{name}"{given} }}]')


def no_plan(county):
    county.edit("[layers.elderly_care.siting]\nsites = 1\n", "")


# Speeds and lengths


def test_limits_that_cannot_be_are_said_and_not_used(county):
    say(county, maxspeed=["0", "-30", "NaN", "nan km/h", "fast", "1e9", "", "50"])
    problem = county.accepted().the("roads.maxspeed")
    assert problem.severity == "warning"
    assert problem.what.zh.startswith("6 条")
    assert "“-30”1 条" in problem.found.zh
    network = roads(county)
    assert np.isfinite(network.facts.limit_kmh).sum() == 1
    assert np.nanmax(network.facts.limit_kmh) == 50


def test_lengths_the_file_states_are_not_believed(county):
    before = roads(county).metres
    say(county, length=[-1, 0, None, 1e12], metres=["?", "", "nan", "-5"])
    assert (roads(county).metres == before).all()


def test_times_that_cannot_be_are_unknown(county):
    say(
        county,
        highway=["ferry", "ferry", "ferry"],
        duration=["-5", "soon", "99999:00"],
        headway=["0", "00:20", "never"],
    )
    found = county.understood()
    assert found.the("roads.duration").what.zh.startswith("3 条")
    assert found.the("roads.headway").what.zh.startswith("2 条")
    network = roads(county)
    assert not np.isfinite(network.facts.crossing_minutes).any()
    assert np.nanmax(network.facts.headway_minutes) == 20


def test_words_of_every_column_that_nobody_knows(county):
    columns = {
        "surface": "lava", "access": "maybe", "foot": "perhaps", "bicycle": "?", "封闭": "2019",
        "motor_vehicle": "<b>", "layer": "merged", "oneway:bicycle": "sideways",
    }  # fmt: skip
    say(county, **{name: [word] * 2 for name, word in columns.items()})
    found = county.accepted()
    keys = ["surface", "access", "foot", "bicycle", "shut", "motor_vehicle", "layer"]
    for key in [*keys, "oneway_bicycle"]:
        problem = found.the(f"roads.{key}")
        assert problem.what.zh.startswith("2 条")
        assert f"{key} = " in problem.mend.zh


def test_many_words_nobody_knows_are_one_short_note(county):
    say(county, surface=[f"lava {i} " + "x" * 500 for i in range(60)])
    problem = county.understood().the("roads.surface")
    assert "60 different" in problem.what.en
    assert len(problem.found.en) < 300


def test_roads_closed_to_everybody_are_left_out_and_counted(county):
    say(county, access=["no", "no", "private"], foot=[None, "yes", None], 封闭=["", "", "", "是"])
    problem = county.accepted().the("roads.closed")
    assert problem.what.zh.startswith("2 条、2.0 公里")
    network = roads(county)
    assert network.n_edges == len(county.read_features(R)) - 2
    assert not (network.facts.barred == EVERYBODY).any()


def test_all_roads_closed(county):
    say(county, access=["no"] * len(county.read_features(R)))
    assert county.refused().the("roads.closed").severity == "error"


def test_columns_the_study_names_must_be_there(county):
    county.edit(f'"{R}"', f'"{R}"\ncolumns = {{ surface = "路面" }}')
    assert county.refused().the("column.missing").column == "路面"
    county.edit("surface =", "surfaces =")
    assert county.refused().problems[0].file == "study.toml"


# Odd networks


def _one(county, *features):
    county.features(
        R,
        [
            {
                "properties": {"highway": "residential", "oneway": "no"},
                "geometry": {"type": "LineString", "coordinates": line},
            }
            for line in features
        ],
    )
    no_plan(county)


def test_one_edge(county):
    _one(county, [at(0, 1), at(12, 1)])
    county.accepted()
    assert roads(county).n_edges == 1


def test_a_road_that_ends_where_it_begins(county):
    ring = [at(0.5, 0.5), at(11, 0.5), at(11, 3.5), at(0.5, 3.5), at(0.5, 0.5)]
    _one(county, ring)
    county.accepted()
    network = roads(county)
    assert network.n_nodes == 1


def test_rows_that_stand_twice_change_nothing(county):
    no_plan(county)
    county.accepted()
    before = county.studies[-1].coverage.frame
    features = county.read_features(R)
    county.features(R, features + features)
    county.accepted()
    assert county.studies[-1].coverage.frame.equals(before)


def test_roads_of_no_length_join_the_nodes_they_name(county):
    """Both ends at one place, named differently: a gate, not a fault. The same name is one."""
    features = county.read_features(R)
    for i, feature in enumerate(features):
        feature["properties"] |= {"u": f"a{i}", "v": f"b{i}"}
    spot = features[0]["geometry"]["coordinates"][1]
    for u, v in (("b0", "a1"), ("b0", "b0")):
        features.append(
            {
                "properties": {"highway": "residential", "oneway": "no", "u": u, "v": v},
                "geometry": {"type": "LineString", "coordinates": [spot, spot]},
            }
        )
    county.features(R, features)
    lost = county.understood().the("roads.not_lines")
    assert lost.what.zh.startswith("1 条")
    assert lost.found.zh.endswith(" 1"), "what it is instead is said"
    network = roads(county)
    assert (network.metres == 0).sum() == 1
    no_plan(county)
    county.accepted()


def test_multi_part_roads_between_named_nodes_are_counted(county):
    features = county.read_features(R)
    for i, feature in enumerate(features):
        feature["properties"] |= {"u": f"a{i}", "v": f"b{i}"}
    line = features[3]["geometry"]["coordinates"]
    other = [[x, y + 0.001] for x, y in line]
    features[3]["geometry"] = {"type": "MultiLineString", "coordinates": [line, other]}
    county.features(R, features)
    assert county.understood().the("roads.not_lines").what.zh.startswith("1 条")


# Barriers


def test_a_fence_across_the_county_is_said(county):
    fence(county, [(5.5, -1), (5.5, 5)])
    problem = county.accepted().the("roads.barrier_cuts")
    assert "切断 5 条道路" in problem.what.zh
    assert problem.file == "fence.geojson"


def test_a_fence_somewhere_else_is_said(county):
    fence(county, [(500, 1), (500, 2)])
    assert county.accepted().the("roads.barrier_cuts_nothing").file == "fence.geojson"


def test_points_are_no_fence(county):
    county.features(
        "fence.geojson",
        [{"properties": {}, "geometry": {"type": "Point", "coordinates": at(1, 1)}}],
    )
    county.edit(f'"{R}"', f'"{R}"\nbarriers = [{{ source = "fence.geojson" }}]')
    problem = county.refused().the("roads.barrier_shapes")
    assert problem.file == "fence.geojson"
    assert problem.found == "Point"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "file.empty"),
        ("{", "file.unreadable"),
        (json.dumps({"type": "FeatureCollection", "features": []}), "file.empty"),
    ],
)
def test_fence_files_that_hold_nothing(county, content, code):
    county.path("fence.geojson").write_text(content, encoding="utf-8")
    county.edit(f'"{R}"', f'"{R}"\nbarriers = [{{ source = "fence.geojson" }}]')
    assert county.refused().the(code).file == "fence.geojson"


def test_a_fence_file_that_is_not_there(county):
    county.edit(f'"{R}"', f'"{R}"\nbarriers = [{{ source = "fence.gpkg" }}]')
    assert county.refused().the("file.missing").file == "fence.gpkg"


@pytest.mark.parametrize(
    "barriers",
    [
        '[{ source = "fence.geojson", cuts = "people" }]',
        '[{ source = "fence.geojson", cut = "roads" }]',
        '[{ cuts = "roads" }]',
        '"fence.geojson"',
        '[{ source = "fence.geojson", crs = "EPSG:99999" }]',
    ],
)
def test_barriers_said_wrongly(county, barriers):
    fence(county, [(5.5, -1), (5.5, 5)])
    county.edit('[{ source = "fence.geojson" }]', barriers)
    assert county.refused().problems[0].file == "study.toml"


def test_people_shut_in_by_a_wall_are_reported(county):
    """A wall round the first village: the road through its yard leads nowhere any more."""
    no_plan(county)
    # The home for the aged is 200 m away: too far to walk there without a road.
    near = "[profiles.walking_older]\naccess_cap_metres = 150\n\n[output]"
    county.edit("[output]", near)
    county.accepted()
    before = _reached(county)
    fence(county, [(0.98, 1.05), (1.02, 1.05), (1.02, 1.15), (0.98, 1.15), (0.98, 1.05)])
    assert "切断 1 条道路" in county.accepted().the("roads.barrier_cuts").what.zh
    assert _reached(county) < before


def _reached(county):
    rows = county.studies[-1].coverage.frame
    mine = (rows["layer"] == "elderly_care") & (rows["indicator"] == "people_reached")
    return rows[mine & (rows["unit_code"] == "total") & (rows["minutes"] == 30)]["value"].max()


# Only some of the roads


def test_where_keeps_the_roads_it_names(county):
    county.edit(f'"{R}"', f'"{R}"\nwhere = {{ highway = ["residential"] }}')
    wanted = [f for f in county.read_features(R) if f["properties"]["highway"] == "residential"]
    network = roads(county)
    assert 0 < network.n_edges == len(wanted) < len(county.read_features(R))
    assert set(network.road_class) == {"residential"}


def test_where_compares_numbers_as_text(county):
    say(county, lanes=[2.0, 2.0, 3.0])
    county.edit(f'"{R}"', f'"{R}"\nwhere = {{ lanes = "2", highway = "residential" }}')
    assert roads(county).n_edges == 2


def test_where_names_a_road_column_that_is_not_there(county):
    county.edit(f'"{R}"', f'"{R}"\nwhere = {{ "状况" = "通车", "镇" = ["甲镇"] }}')
    faults = county.refused().of("column.missing")
    assert {p.column for p in faults} == {"状况", "镇"}
    assert "where" in faults[0].mend.zh


def test_where_that_keeps_no_road(county):
    county.edit(f'"{R}"', f'"{R}"\nwhere = {{ highway = "motorway" }}')
    problem = county.refused().the("file.empty")
    assert problem.file == R
    assert "motorway" in problem.found


@pytest.mark.parametrize("name", ["roads.osm", "roads.osm.pbf", "roads.graphml"])
def test_where_on_roads_that_are_made_on_reading(county, name):
    county.path(name).write_bytes(b"")
    county.edit(f'"{R}"', f'"{name}"\nwhere = {{ highway = "primary" }}')
    problem = county.refused().the("roads.where")
    assert problem.file == name
    assert "primary" in problem.found
