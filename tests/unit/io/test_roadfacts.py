"""What the columns of a road file say of its edges, word by word."""

import numpy as np
import pandas as pd
import pytest

from coverplan.core.errors import Problems
from coverplan.domain.edges import BICYCLE, EVERYBODY, FOOT, MOTOR
from coverplan.io.columns import USUAL_NAMES
from coverplan.io.roadfacts import FACT_KEYS, read_facts
from coverplan.io.roadwords import limit_kmh, may_pass, minutes, surface, words


def facts_of(given=None, **columns):
    """Facts of edges, and the warnings."""
    frame = pd.DataFrame({name.replace("__", ":"): cells for name, cells in columns.items()})
    problems = Problems()
    return read_facts(frame, given or {}, "roads.gpkg", problems), list(problems)


def test_a_file_that_says_nothing():
    facts, problems = facts_of(highway=["path", "steps"])
    assert problems == []
    assert facts.surface.tolist() == ["", ""]
    assert np.isnan(facts.limit_kmh).all()
    assert facts.barred.tolist() == facts.both_ways.tolist() == [0] * len(facts)
    assert not facts.raised.any()
    assert np.isnan(facts.headway_minutes).all()
    assert np.isnan(facts.crossing_minutes).all()


def test_empty_cells_say_nothing():
    empty = [None, "", "  ", float("nan")]
    columns = {USUAL_NAMES[key][0].replace(":", "__"): empty for key in FACT_KEYS}
    facts, problems = facts_of(**columns)
    assert problems == []
    assert facts.surface.tolist() == [""] * 4
    assert facts.barred.tolist() == facts.both_ways.tolist() == [0] * len(facts)
    assert not facts.raised.any()


@pytest.mark.parametrize("key", FACT_KEYS)
def test_every_kind_of_column_has_usual_names(key):
    assert USUAL_NAMES[key]


@pytest.mark.parametrize(
    ("tags", "barred"),
    [
        ({"access": "no"}, EVERYBODY),
        ({"access": "no", "foot": "yes"}, BICYCLE | MOTOR),
        ({"access": "no", "bicycle": "designated"}, FOOT | MOTOR),
        ({"access": "no", "vehicle": "yes"}, FOOT),
        ({"access": "private"}, 0),
        ({"access": "destination"}, 0),
        ({"access": "yes", "foot": "no"}, FOOT),
        ({"vehicle": "no"}, BICYCLE | MOTOR),
        ({"vehicle": "no", "bicycle": "yes"}, MOTOR),
        ({"vehicle": "no", "motor_vehicle": "yes"}, BICYCLE),
        ({"motor_vehicle": "no"}, MOTOR),
        ({"motor_vehicle": "no", "motorcar": "yes"}, 0),
        ({"motor_vehicle": "agricultural"}, MOTOR),
        ({"motorcar": "no"}, MOTOR),
        ({"motorroad": "yes"}, FOOT | BICYCLE),
        ({"motorroad": "yes", "access": "yes"}, FOOT | BICYCLE),
        ({"motorroad": "yes", "foot": "yes"}, BICYCLE),
        ({"motorroad": "no", "access": "no"}, EVERYBODY),
        ({"access": "unknown", "foot": "no"}, FOOT),
        ({"access": "no", "foot": "unknown"}, EVERYBODY),
        ({"access": ["yes", "no"]}, EVERYBODY),
        ({"access": "['private', 'no']"}, EVERYBODY),
        ({"access": "yes;private"}, 0),
        ({"封闭": "是", "foot": "yes"}, EVERYBODY),
        ({"closed": True}, EVERYBODY),
        ({"停用": "否", "bicycle": "no"}, BICYCLE),
        ({"closed": 0.0}, 0),
        ({"非机动车": "禁止"}, BICYCLE),
        ({"机动车": 0}, MOTOR),
        ({"步行": "可通行", "access": "no"}, BICYCLE | MOTOR),
    ],
)
def test_who_is_barred(tags, barred):
    facts, problems = facts_of(**{key: [value] for key, value in tags.items()})
    assert facts.barred.tolist() == [barred]
    assert problems == []


def test_bridges_tunnels_and_layers_are_raised():
    facts, problems = facts_of(
        bridge=["viaduct", None, "F", "no", None, None],
        隧道=[None, "是", None, "否", None, None],
        layer=[None, None, "0", 0, "-1", 2.0],
    )
    assert facts.raised.tolist() == [True, True, False, False, True, True]
    assert problems == []


def test_layers_that_are_names_of_layers_are_said():
    """QGIS writes the name of each layer into such a column where it merges layers."""
    facts, problems = facts_of(layer=["roads_north", "roads_north", "roads_south", None])
    assert not facts.raised.any()
    (problem,) = problems
    assert problem.code == "roads.layer"
    assert problem.severity == "warning"
    assert "3 条" in problem.what.zh
    assert "“roads_north”2 条" in problem.found.zh


def test_who_may_go_against_the_traffic():
    facts, problems = facts_of(
        oneway__bicycle=["no", "yes", None, "-1", None],
        cycleway=[None, "opposite_lane", "lane", None, "track"],
        oneway__foot=["no", None, "no", None, "yes"],
    )
    both = [BICYCLE | FOOT, BICYCLE, FOOT, 0, 0]
    assert facts.both_ways.tolist() == both
    assert problems == []


def test_ferries():
    facts, problems = facts_of(interval=["00:30", 15, None], 历时=["0:20", None, "1小时5分"])
    assert facts.headway_minutes.tolist()[:2] == [30, 15]
    assert np.isnan(facts.headway_minutes[2])
    assert facts.crossing_minutes.tolist()[::2] == [20, 65]
    assert problems == []


def test_the_lowest_limit_and_the_first_surface_of_several_count():
    facts, problems = facts_of(
        maxspeed=["80;60", "['50', '30']"], surface=["x;mud;sand", ["a", "dirt"]]
    )
    assert facts.limit_kmh.tolist() == [60, 30]
    assert facts.surface.tolist() == ["mud", "dirt"]
    assert problems == []


def test_words_nobody_knows_are_counted_shown_and_taken_as_nothing():
    facts, problems = facts_of(
        maxspeed=["fast", 0, -20, 999, "none"],
        surface=["soft", "soft", "asphalt", None, None],
        access=["maybe", None, None, None, None],
        closed=["2019", None, None, None, None],
        headway=["often", None, None, None, None],
    )
    assert np.isnan(facts.limit_kmh).all()
    assert facts.surface.tolist() == ["soft", "soft", "asphalt", "", ""]
    assert facts.barred.tolist() == [0] * 5
    assert np.isnan(facts.headway_minutes).all()
    by_code = {p.code: p for p in problems}
    assert set(by_code) == {
        "roads.maxspeed", "roads.surface", "roads.access", "roads.shut", "roads.headway",
    }  # fmt: skip
    assert by_code["roads.maxspeed"].what.en.startswith("4 edges have a value nobody knows (4 ")
    assert by_code["roads.surface"].found.en == '"soft" 2 times'
    assert by_code["roads.shut"].column == "closed"
    assert "shut" in by_code["roads.shut"].mend.en


def test_a_column_the_study_names():
    facts, problems = facts_of({"maxspeed": "速度上限"}, 速度上限=[30, 40], maxspeed=[1, 1])
    assert facts.limit_kmh.tolist() == [30, 40]
    assert problems == []


def test_words_of_limits():
    assert limit_kmh("30 mph") == pytest.approx(48.28032)
    assert limit_kmh("40km/h") == limit_kmh("40公里") == limit_kmh("40.0") == 40
    assert [limit_kmh(word) for word in ("walk", "50 m", "", "1e3", "-5", "0", "300")] == [None] * 7


def test_words_of_time():
    assert minutes("0:02:30") == 2.5
    assert minutes("pt90s") == 1.5
    assert minutes("p1dt1h") == 1500
    assert minutes("25 min") == minutes("25分钟") == minutes("25分") == 25
    assert minutes("2 h") == minutes("2小时") == 120
    assert minutes("33:31") == 2011
    wrong = ["", "p", "pt", "1:99", "-5", "nan", "soon", "9999999", "0:00"]
    assert [minutes(word) for word in wrong] == [None] * len(wrong)


def test_words_of_surfaces_and_access():
    assert surface("concrete:lanes") == surface("水泥") == "concrete"
    assert surface("土路") == "ground"
    assert surface("砂石路面") == "gravel"
    assert [may_pass(word) for word in ("permissive", "禁行", "perhaps")] == [True, False, None]
    assert words("A; b,c") == ["a", "b", "c"]
