"""From unmet targets to sites, on a street of three townships where every figure follows by hand.

A metre takes a second; five minutes are 300 m. Three townships of 2 km, two villages in each, a
place of 10 people, 4 of them old, every 250 m from 125 m on. One elderly-care home stands at
500 m, one home-care centre without a grade at 1,500 m; a centre is planned at 2,500 m.
"""

import datetime
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from ledgers import ledger
from shapely.geometry import Point, box
from target_rows import target
from tiny import CRS, X0, Y0, facilities, network, profile

from coverplan import Demand, Inputs, Layer, LayerInput, Region, SitingRequest, Text
from coverplan.measure.policy import assess_targets
from coverplan.measure.policy.ledger import LayerReach
from coverplan.measure.policy.roads import RoadTravel, village_codes
from coverplan.programmefound import TABLES
from coverplan.programming import target_programme

T = [f"33062400{i}000" for i in (1, 2, 3)]
V = [f"33062400{i}20{k}" for i in (1, 2, 3) for k in (1, 2)]
PLACES = np.arange(24) * 250.0 + 125.0
TOWN = "township: type=town"

CENTRES = target(id="A", layers="home_care_centre", denominator=TOWN, words="每镇一处")
GRADED = target(
    id="B", layers="home_care_centre", denominator=TOWN, value="2/3", condition="grade=示范"
)
CIRCLE = target(
    id="C", layers="all_elderly_layers", indicator="travel_time", operator="<=", value="5",
    level="community", denominator="people",
)  # fmt: skip
BEDS = target(
    id="D", layers="elderly_care_home", indicator="bed_share", value="0.5", level="county",
    condition="part=beds_nursing; whole=beds", denominator="facility",
)  # fmt: skip
SERVED = target(
    id="E", layers="elderly_care_home", indicator="served_share", value="0.5", level="village",
    denominator="village: type=village",
)  # fmt: skip
NEW = target(id="F", layers="home_care_centre", indicator="new_count", value="3")
ALL = (CENTRES, GRADED, CIRCLE, BEDS, SERVED, NEW)


def townships():
    return Region.from_frame(
        gpd.GeoDataFrame(
            {"code": T, "name": ["甲镇", "乙镇", "丙镇"]},
            geometry=[
                box(X0 + 2000 * i, Y0 - 500, X0 + 2000 * (i + 1), Y0 + 500) for i in range(3)
            ],
            crs=CRS,
        )
    )


def study(siting=None):
    """The street; its one layer the elderly-care homes."""
    region = townships()
    frame = gpd.GeoDataFrame(
        {
            "unit": [T[int(x // 2000)] for x in PLACES],
            "place": [f"{'一二'[int(x % 2000 // 1000)]}村" for x in PLACES],
            "all": 10,
            "elderly": 4,
        },
        index=pd.Index([f"d{i:02d}" for i in range(24)], dtype=object),
        geometry=[Point(X0 + x, Y0) for x in PLACES],
        crs=CRS,
    )
    layer = Layer("elderly_care", Text("养老服务", "elderly care"), "elderly", "test", 5)
    homes = facilities([(500, 0, T[0])], layer="elderly_care")
    return Inputs(
        title="小县（虚构）",
        date=datetime.date(2025, 12, 31),
        region=region,
        demand=Demand.from_points(frame, region, groups=("all", "elderly")),
        network=network([[(1000 * i, 0), (1000 * (i + 1), 0)] for i in range(6)]),
        layers=(LayerInput(layer, homes, siting),),
        profiles={"test": profile(cap=0.0)},
        ignore_fragments_metres=0.0,
    )


def known(inputs, more=(), **config):
    """What is known of the street, and of further facilities."""
    units = [{"code": "330624"}]
    units += [
        {"code": code, "name": name, "population": 80, "elderly": 32}
        for code, name in zip(T, ["甲镇", "乙镇", "丙镇"], strict=True)
    ]
    units += [{"code": c, "name": f"{'一二'[i % 2]}村", "population": 40} for i, c in enumerate(V)]
    sites = [
        {"layer": "elderly_care_home", "unit": V[0], "x": X0 + 500, "y": Y0, "beds": 100,
         "beds_nursing": 40, "opened": 2015},
        {"layer": "home_care_centre", "unit": V[1], "x": X0 + 1500, "y": Y0, "grade": "普通",
         "opened": 2018, "name": "甲镇中心"},
        {"layer": "home_care_centre", "unit": V[2], "x": X0 + 2500, "y": Y0, "status": "planned",
         "name": "乙镇中心", "cost_new": 900_000},
    ]  # fmt: skip
    settings = {"settings": {"served_share": 0.5}, "circle": {"profile": "test", "share": 0.5}}
    one = ledger(
        units,
        [*sites, *more],
        reach_of={"elderly_care_home": LayerReach("test", 5, "elderly")},
        **{**settings, **config},
    )
    villages = one.units[one.units["level"] == "village"]
    travel = RoadTravel(
        inputs.network, inputs.profiles, inputs.demand, codes=village_codes(villages)
    )
    return replace(one, travel=travel)


def answered(targets=ALL, siting=None, **config):
    inputs = study(siting)
    one = known(inputs, **config)
    findings = assess_targets(targets, one)
    return target_programme(findings, one, inputs)


def row(programme, key, language="en"):
    frame = programme.tables(language)["programme_targets"].set_index("target_id")
    return frame.loc[key]


YEARS = [{"year": 2026, "sites": 2}, {"year": 2027, "sites": 3}]


@pytest.fixture(scope="module")
def alone():
    return answered()


@pytest.fixture(scope="module")
def together():
    return answered(programme={"targets": ["A", "B", "C"], "years": YEARS})


def test_the_fewest_for_units(alone):
    # Two townships have none; the planned centre is one of the two, only the other is built.
    found = row(alone, "A")
    assert (found["sites"], found["reuse"], found["build"], found["status"]) == (2, 1, 1, "optimal")
    assert "乙镇中心 (already planned or being built: finish it)" in found["where"]
    assert "one less comes to 1 at most, of 2 asked for" in found["proof"]
    assert (found["cost_yuan"], found["cost_unknown"]) == (900_000, 1)


def test_a_grade_is_reached_without_building(alone):
    # Two of three: the centre that stands is upgraded, the planned one finished.
    found = row(alone, "B")
    assert (found["sites"], found["build"]) == (2, 0)
    assert "upgrade the facility that stands" in found["where"]


def test_the_fewest_for_people(alone):
    # 48 of 96 older people. Today 4 places of 4 people are within 300 m; a site in a village
    # adds 3 places at most: 16 + 2 * 12 = 40 is not enough, 16 + 3 * 12 = 52 is.
    found = row(alone, "C")
    assert found["need"] == "C 48 people within 5 minutes (test)"
    assert found["sites"] == 3
    assert "one less comes to 40 at most, of 48 asked for" in found["proof"]


def test_the_fewest_for_villages_served(alone):
    # Three of six villages; one is served today, and no candidate serves two more at once.
    assert row(alone, "E")["sites"] == 2


def test_new_ones_are_new(alone):
    # None opened since 2021. The planned one counts as new, an upgraded one does not.
    found = row(alone, "F")
    assert (found["sites"], found["reuse"]) == (3, 1)
    assert "upgrade" not in found["where"]


def test_what_sites_do_not_close_says_what_would(alone):
    found = row(alone, "D", "zh")
    assert found["status"] == "not_sites"
    # 40 of 100 beds: 50 of 100 are half, and so are 60 of 120.
    assert found["what_instead"] == "把现有床位改造 10 张护理型床位，或新增 20 张护理型床位"
    assert pd.isna(found["sites"])


def test_without_years_there_is_no_programme(alone):
    assert alone.plan is None
    assert [note.en for note in alone.notes] == [
        "targets.programme.years is not set: no programme over years"
    ]
    assert len(alone.tables("zh")["programme_sites"]) == 0


def test_one_programme_is_less_than_its_parts(together):
    # The two centres of A are built with the grade of B and count for the circle of C: with the
    # planned one (2 places), one in 丙镇 and one more (3 each) 16 + 8 + 12 + 12 = 48 are reached.
    plan = together.plan
    assert plan.status == "optimal"
    assert [(stage.objective.id, stage.value) for stage in plan.stages][:2] == [
        ("new_sites", 3),
        ("new_buildings", 2),
    ]
    assert sum(row(together, key)["sites"] for key in "ABC") == 7


def test_what_is_overdue_and_does_not_fit_comes_as_soon_as_it_can(together):
    # Three sites in 2026 where two are allowed: one more would do. Within the limits the units
    # come first, the circle a year later.
    (why,) = together.impossible
    assert why.constraint.en == "2026: at most 2 sites"
    assert why.relaxation.en == "2026: 1 more site"
    assert [row(together, key)["met_by"] for key in "ABC"] == [2026, 2026, 2027]
    years = together.tables("en")["programme_years"]
    assert years["sites"].tolist() == [2, 1]
    assert years["targets_met"].tolist() == ["A|B", "A|B|C"]
    assert years["newly_reached"].sum() == 8 + 12 + 12


def test_built_as_planned_the_targets_are_met(together):
    # The sites of the programme added to the lists, every target is judged again.
    rows = together.tables("zh")["programme_sites"]
    more = [
        {"layer": r.layer, "unit": r.village or r.unit, "x": r.x, "y": r.y, "grade": "示范",
         "opened": 2025}
        for r in rows.itertuples()
    ]  # fmt: skip
    inputs = study()
    findings = assess_targets((CENTRES, GRADED, CIRCLE), known(inputs, more))
    assert [finding.verdict for finding in findings] == ["met"] * 3


def test_tables_have_the_same_columns_whatever_is_in_them(alone, together):
    for language in ("zh", "en"):
        mine, others = alone.tables(language), together.tables(language)
        assert tuple(mine) == TABLES
        for name in TABLES:
            assert list(mine[name].columns) == list(others[name].columns)


def test_limits_that_allow_nothing_are_widened_by_the_least():
    found = answered(
        (CENTRES,), programme={"years": [{"year": 2026, "sites": 0}, {"year": 2027, "sites": 1}]}
    )
    assert found.impossible[0].relaxation.en == "2026: 2 more sites"
    assert found.plan.status == "optimal"
    assert any("needs more: 2026: 2 more sites" in note.en for note in found.notes)


def test_overdue_targets_may_be_refused():
    found = answered((CENTRES,), programme={"years": YEARS, "overdue": "refuse"})
    assert found.plan is None
    assert found.notes[0].en == "not in the programme (overdue (overdue = refuse)): A"


def test_a_target_that_is_none_is_named():
    found = answered((CENTRES,), programme={"targets": ["A", "Q"], "years": YEARS})
    assert [problem.found for problem in found.problems] == ["Q"]
    assert found.plan.status == "optimal"


def test_a_chosen_target_that_is_met_says_so():
    met = target(id="M", layers="home_care_centre", denominator=TOWN, value="0.3")
    found = answered((met,), programme={"targets": ["M"], "years": YEARS})
    assert row(found, "M")["status"] == "met"
    assert found.plan is None


def places(**asked):
    """A siting table with one candidate in each of the first two townships."""
    frame = gpd.GeoDataFrame(
        {
            "name": ["甲址", "乙址"],
            "unit": T[:2],
            "kind": ["reuse", "build"],
            "cost_yuan": pd.array([100, 300], dtype="Int64"),
        },
        index=pd.Index(["c1", "c2"], dtype=object),
        geometry=[Point(X0 + 1000, Y0), Point(X0 + 3000, Y0)],
        crs=CRS,
    )
    return SitingRequest(2, frame, **asked)


HOMES = target(id="H", layers="elderly_care_home", denominator=TOWN)


def test_units_without_a_candidate_do_not_stop_the_others():
    found = answered(
        (HOMES,), siting=places(), programme={"years": [{"year": 2026, "budget_yuan": 1000}]}
    )
    mine = row(found, "H")
    assert (mine["status"], mine["sites"], mine["cost_yuan"]) == ("in_part", 1, 300)
    assert "丙镇" in mine["proof"]
    assert [o.site for o in found.plan.openings] == [2]
    assert pd.isna(mine["met_by"])
    assert found.tables("en")["programme_years"]["targets_met"].tolist() == [""]


def test_sites_that_cannot_stand_together_do_not_stop_the_one_that_can():
    # 2,500 m are asked for; the first lies 500 m from the home that stands, the other 2,500 m.
    found = answered((HOMES, CIRCLE), siting=places(spacing_metres=2500.0, homes_metres=None))
    mine = row(found, "C")
    assert (mine["status"], mine["sites"]) == ("in_part", 1)
    assert "candidates bring" in mine["need"]


def test_a_candidate_that_may_not_be_used_is_said():
    found = answered((HOMES,), siting=places(excluded=("c2",)))
    mine = row(found, "H")
    assert mine["status"] == "impossible"
    assert "1 of 2 candidates may not be used: 1 excluded by the list" in mine["notes"]
