"""Frames handed in from Python: what is missing is found by place, what is wrong is named."""

import datetime
import warnings
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString

import coverplan as cp
from coverplan import figures

CARE = "elderly_care"


@pytest.fixture(scope="module")
def county():
    return cp.small_county()


@pytest.fixture(scope="module")
def study(county):
    return cp.assess(county)


def refused(make):
    with pytest.raises(cp.InputError) as caught:
        make()
    return caught.value


def test_points_without_a_unit_belong_to_the_one_they_lie_in(county):
    points = county.demand.points[["all", "elderly", "geometry"]]
    found = cp.Demand.from_points(points, county.region, groups=["all", "elderly"])
    assert found.points["unit"].to_list() == county.demand.points["unit"].to_list()
    assert found.totals.equals(county.demand.totals)
    numbers = county.demand.points.assign(unit=county.demand.points["unit"].astype(int))
    assert cp.Demand.from_points(numbers, county.region).totals["all"].sum() == 3560
    away = points.assign(geometry=points.translate(50_000))
    error = refused(lambda: cp.Demand.from_points(away, county.region))
    assert {p.code for p in error.problems} == {"demand.outside"}
    assert error.problems[0].found == "V1"
    assert "lies in no unit" in error.render("en")
    assert "不在任何单元里" in error.render("zh")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda f: f.drop(columns="all"), "frame.column", "all"),
        (lambda f: f.assign(all=f["all"] * 0.33), "frame.people", "V1: 270.6"),
        (lambda f: f.assign(all=-1), "frame.people", "V1: -1"),
        (lambda f: f.assign(all=f["all"].astype(str)), "frame.people", "V1: 820"),
        (lambda f: f.assign(geometry=f.buffer(5)), "frame.geometry", "V1: Polygon"),
        (lambda f: f.to_crs(4326), "demand.not_metric", "EPSG:4326"),
        (lambda f: pd.concat([f, f]), "demand.duplicate_id", "V1"),
        (lambda f: pd.DataFrame(f.drop(columns="geometry")), "frame.type", "DataFrame"),
    ],
)
def test_points_that_cannot_be_used(county, change, code, said):
    points = change(county.demand.points[["unit", "all", "geometry"]])
    error = refused(lambda: cp.Demand.from_points(points, county.region))
    assert {p.code for p in error.problems} == {code}
    assert said in error.render("en")


def test_units_that_cannot_be_used(county):
    units = county.region.units.reset_index()
    error = refused(lambda: cp.Region.from_frame(units, code="cod"))
    assert "did you mean code?" in error.render("en")
    assert refused(lambda: cp.Region.from_frame(units.iloc[:0])).problems[0].code == "region.empty"
    numbers = units.assign(code=units["code"].astype(float))
    error = refused(lambda: cp.Region.from_frame(numbers))
    assert error.problems[0].code == "region.code"
    assert "dtype=str" in error.render("en")


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"status": "运营"}, "facilities.value", "operating, planned"),
        ({"opened": "2019年"}, "facilities.value", "2019年"),
        ({"capacity": "many"}, "facilities.value", "many"),
    ],
)
def test_facilities_that_cannot_be_used(county, change, code, said):
    sites = county.layers[0].facilities.sites.reset_index().assign(**change)
    error = refused(lambda: cp.Facilities.from_frame(CARE, sites, site_id="site_id"))
    assert error.problems[0].code == code
    assert said in error.render("en")


def test_sites_without_a_unit_count_for_the_one_they_lie_in(county, study):
    item = county.layers[0]
    bare = item.facilities.sites[["name", "status", "geometry"]].reset_index()
    facilities = cp.Facilities.from_frame(CARE, bare, site_id="site_id")
    assert facilities.sites["unit"].isna().all()
    candidates = item.siting.candidates[["geometry"]]
    asked = cp.SitingRequest(sites=2, candidates=candidates)
    layer = replace(item, facilities=facilities, siting=asked)
    found = cp.assess(replace(county, layers=[layer]))
    has_one = {"layer": CARE, "indicator": "has_one", "unit_code": "total", "phase": "before"}
    assert found.coverage.value(**has_one) == study.coverage.value(**has_one) == 1
    assert found.layer(CARE).plan.value == study.layer(CARE).plan.value
    assert found.layer(CARE).proposal.chosen["name"].to_list() == ["C2", "C4"]


def test_a_study_of_nothing_and_of_nobody(county):
    error = refused(lambda: cp.assess(replace(county, layers=())))
    assert error.problems[0].code == "inputs.no_layers"
    points = county.demand.points.iloc[:0]
    nobody = cp.Demand.from_points(points, county.region, groups=county.demand.groups)
    bare = tuple(replace(item, siting=None, goals=()) for item in county.layers)
    empty = cp.assess(replace(county, demand=nobody, layers=bare, reconciliation=None))
    facts = empty.coverage.select(layer=CARE, indicator="people_reached", unit_code="total")
    assert facts["value"].eq(0).all()
    assert facts["share_percent"].isna().all()


def test_roads_that_cannot_be_used(county):
    line = LineString([(500_000, 3_200_000), (500_300, 3_200_000)])
    edges = gpd.GeoDataFrame({"highway": ["residential"]}, geometry=[line], crs=4549)
    assert cp.Network.from_edges(edges, crs="EPSG:4549").n_edges == 1
    error = refused(lambda: cp.Network.from_edges(edges, crs=4549, road_class="fclass"))
    assert error.problems[0].column == "fclass"
    points = edges.assign(geometry=edges.centroid)
    error = refused(lambda: cp.Network.from_edges(points, crs=4549))
    assert error.problems[0].found == "0: Point"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"date": "2025-12-31"}, "inputs.part", "datetime.date(2025, 12, 31)"),
        ({"layers": (3,)}, "inputs.part", "LayerInput"),
        ({"profiles": []}, "inputs.part", "builtin_profiles"),
        ({"language": "es"}, "inputs.part", "zh, en"),
    ],
)
def test_parts_that_cannot_be_used(county, change, code, said):
    error = refused(lambda: replace(county, **change))
    assert error.problems[0].code == code
    assert said in error.render("en")
    assert "不能使用" in error.render("zh")


def test_two_layers_of_one_id(county):
    item = county.layers[0]
    error = refused(lambda: replace(county, layers=(item, item)))
    assert (error.problems[0].code, error.problems[0].found) == ("inputs.duplicate_layer", CARE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"minutes": "15"}, "layer.minutes"),
        ({"colour": "red"}, "layer.field"),
        ({"label": "Care"}, "layer.field"),
        ({"direction": "out"}, "layer.field"),
    ],
)
def test_layers_that_cannot_be_used(county, change, code):
    error = refused(lambda: replace(county.layers[0].layer, **change))
    assert error.problems[0].code == code
    assert CARE in error.render("en")


def test_what_is_not_a_study_says_what_to_do(county):
    assert "coverplan.load(path)" in refused(lambda: cp.assess("study.toml")).render("en")
    assert "coverplan.assess" in refused(lambda: cp.run(county)).render("en")
    assert refused(lambda: cp.travellers("study.toml", CARE)).problems[0].code == "inputs.type"


def test_own_candidates_in_degrees(county):
    own = county.demand.points[["geometry"]].assign(cost_yuan=400_000.4).to_crs(4326)
    found = cp.propose(county, CARE, candidates=own, sites=1).layer(CARE)
    # By hand: of the places not reached today V4 has the most older people, none of them near.
    assert found.proposal.chosen["name"].to_list() == ["V4"]
    assert found.proposal.chosen["cost_yuan"].to_list() == [400_000]
    assert found.plan.value == 140
    none = cp.propose(county, "social_work", candidates=own, sites=1).layer("social_work")
    assert len(none.plan.chosen) == 1
    bare = own.set_crs(None, allow_override=True)
    error = refused(lambda: cp.propose(county, CARE, candidates=bare, sites=1))
    assert error.problems[0].column == "candidates"


def test_no_such_layer_or_model(county, study):
    for ask in (
        lambda: cp.propose(county, "eldery_care"),
        lambda: study.layer("eldery_care"),
        lambda: cp.show_table(study, "eldery_care"),
        lambda: cp.plan_summary(study, "eldery_care"),
        lambda: figures.coverage_figure(study, "eldery_care"),
    ):
        assert "elderly_care, social_work" in refused(ask).render("en")
    error = refused(lambda: cp.propose(county, CARE, model="mcpl"))
    assert error.problems[0].mend.en == "did you mean mclp?"
    error = refused(lambda: county.demand.people("kids"))
    assert error.problems[0].expected.en == "all, elderly"


def test_facts_that_are_none_say_why(study):
    error = refused(lambda: study.coverage.select(layr=CARE))
    assert error.problems[0].mend.en == "did you mean layer?"
    with pytest.raises(KeyError, match="there are elderly_care, social_work"):
        study.coverage.value(layer="eldery_care")
    with pytest.raises(KeyError, match="they differ in indicator"):
        study.coverage.value(layer=CARE)


def test_curves_are_the_shares_of_coverage(study):
    for phase in ("before", "after"):
        curve = study.curve(CARE, phase=phase)
        for minutes in (5, 10, 15, 30):
            facts = study.coverage.select(
                layer=CARE, indicator="people_reached", phase=phase, minutes=minutes,
                unit_code="total",
            )  # fmt: skip
            share = curve.loc[minutes, "elderly"]
            assert share == pytest.approx(facts["share_percent"].iloc[0], abs=0.005)
    assert list(study.curve(CARE, 3, groups=["all"]).columns) == ["all"]
    assert refused(lambda: study.curve(CARE, groups=["kids"])).problems[0].found == "kids"
    for wrong in (0, -5, float("nan"), 7.5):
        assert refused(lambda m=wrong: study.curve(CARE, m)).problems[0].column == "most_minutes"
    assert refused(lambda: study.curve("social_work", phase="after")).problems[0].column == "phase"


def test_who_is_lost_without_a_site_is_who_is_not_reached_when_it_is_gone(county):
    walkers = cp.travellers(county, "social_work")
    item = county.layer("social_work")
    for site in walkers.site_ids:
        rest = item.facilities.take(item.facilities.sites.index != site)
        without = replace(county, layers=(replace(item, facilities=rest),))
        left = cp.travellers(without, "social_work").reached(10)
        assert walkers.lost_without(site)["people"].sum() == walkers.reached() - left
    error = refused(lambda: walkers.lost_without("S9"))
    assert error.problems[0].expected.en == "S1, S2, S3"
    assert refused(lambda: walkers.k_nearest(2.5)).problems[0].found == "2.5"
    assert refused(lambda: walkers.curve(-3)).problems[0].found == "-3"


def test_pairs_of_another_program(county):
    times = cp.small_problem().times
    again = cp.TravelTimes.from_pairs(times.to_frame(), cutoff_minutes=60)
    assert np.array_equal(again.ms, times.ms)
    pairs = times.to_frame()
    with pytest.raises(ValueError, match="no column to; there are site_id, demand_id, minutes"):
        cp.TravelTimes.from_pairs(pairs, cutoff_minutes=60, site="to")
    with pytest.raises(ValueError, match="more than once"):
        cp.TravelTimes.from_pairs(pd.concat([pairs, pairs]), cutoff_minutes=60)


def test_a_problem_whose_parts_do_not_fit():
    problem = cp.small_problem()
    error = refused(lambda: replace(problem, people=problem.people[:5], weights=None))
    assert (error.problems[0].column, error.problems[0].found) == ("reach.demand", "9")
    halves = problem.people * 0.5
    error = refused(lambda: replace(problem, people=halves, weights=None))
    assert error.problems[0].code == "siting.people"
    error = refused(lambda: cp.solve_pmedian(replace(problem, times=None).with_rules(sites=1)))
    assert error.problems[0].code == "siting.no_times"


def test_roads_of_a_file_for_a_notebook(root):
    config = cp.read_study(root / "data/geo/yunxi/study.toml")
    region = cp.io.read_region(str(root / "data/geo/yunxi"), config.region)
    file = root / "data/geo/yunxi/roads.gpkg"
    with pytest.warns(UserWarning, match=r"roads\.gpkg"):
        roads = cp.read_roads(str(file), region, clip_metres=500.0)
    assert roads.crs == region.crs
    error = refused(lambda: cp.read_roads(file, region, clip_meters=500.0))
    assert "clip_metres" in error.render("en")
    assert "roads.gpk" in refused(lambda: cp.read_roads("roads.gpk", region)).render("en")


def test_formats_that_there_are_not(study, tmp_path):
    error = refused(lambda: cp.write_documents(study, tmp_path / "r", formats=["pdf"]))
    assert (error.problems[0].code, error.problems[0].found) == ("report.format", "pdf")
    assert not (tmp_path / "r").exists()
    error = refused(lambda: cp.write_export(study, tmp_path / "e", formats=["shp"]))
    assert error.problems[0].found == "shp"


def test_each_says_the_essentials_in_a_line(county, study):
    walkers = cp.travellers(study, "social_work")
    said = {
        repr(county): "9 points with people",
        repr(study): "elderly_care 33.65 % within 15 min, 81.14 % with 2 new sites",
        repr(county.region): "3 units, EPSG:4549",
        repr(county.network): "6 edges, 8 nodes, 7.0 km",
        repr(county.demand): "people: all 3,560, elderly 933",
        repr(county.layers[0].facilities): "2 sites; 1 operating, 1 planned",
        repr(county.profiles["walking"]): "adult walking 4 km/h",
        repr(study.coverage): "facts of elderly_care, social_work; before, after",
        repr(study.layer(CARE).plan): "mclp: proven optimal, 443 people, 2 new sites",
        repr(walkers): "3,560 people at 9 places, 3 sites",
        repr(walkers.nearest()): "7 places reach one",
        repr(walkers.k_nearest(2)): "the 2 nearest of 3 sites for 9 places",
        repr(cp.small_problem()): "9 places, 933 people, 1 existing sites, 5 candidates",
        repr(cp.small_problem().times): "32 pairs within 60 min",
        repr(cp.measure_study(county)): "Measures of elderly_care, social_work",
        repr(cp.compare_runs(study, study)): "elderly_care 757 and 757 people reached",
    }
    for line, essential in said.items():
        assert essential in line
        assert len(line) < 250
        assert "\n" not in line


def test_the_day_may_be_a_datetime(county):
    moment = datetime.datetime(2025, 12, 31, 9, 30)  # noqa: DTZ001 - a day, in no zone
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert replace(county, date=moment).date.year == 2025
