"""An analyst at work: guesses that do what they say, and wrong ones that are named."""

import copy
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import coverplan as cp
from coverplan import siting

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
    [problem] = caught.value.problems
    return problem


# Speeds, straight lines, curves


def test_every_time_of_a_slower_traveller_is_longer_by_the_factor(county):
    walkers = cp.travellers(county, "social_work")
    for factor in (0.5, 0.8, 1.25):
        slow = cp.travellers(county, "social_work", profile=walkers.profile.scaled(factor))
        times, own = slow.nearest().minutes, walkers.nearest().minutes
        assert times.to_list() == pytest.approx((own / factor).to_list(), abs=1e-4, nan_ok=True)
    line = walkers.profile.straight_line(1.4).scaled(2)
    assert (line.straight.kmh, line.straight.detour) == (2 * walkers.profile.one_kmh, 1.4)
    ferry = replace(walkers.profile, ferry=cp.domain.profile.Ferry(kmh=8, headway_minutes=30))
    assert ferry.scaled(1.5).ferry == replace(ferry.ferry, kmh=12)
    for wrong in (0, -1, "fast", np.nan):
        assert refused(lambda w=wrong: walkers.profile.scaled(w)).column == "factor"
    problem = refused(lambda: replace(walkers.profile, speeds_kmh=4.0))
    assert (problem.code, problem.found) == ("argument.kind", "float")
    assert "profile.scaled(1.2)" in problem.mend.zh


def test_straight_lines_leave_the_roads_aside(county):
    profile = county.profiles["metre_a_second"].straight_line(1.4)
    straight = cp.travellers(county, "social_work", profile=profile)
    ground = replace(
        county,
        network=cp.Network.without_roads(county.region.crs),
        profiles={**county.profiles, "metre_a_second": profile},
    )
    assert straight.reached(10) == cp.travellers(ground, "social_work").reached(10)
    assert repr(straight.graph) == "<ModeGraph of metre_a_second: straight lines>"
    # A whole study on roads does not travel so: that must be said of the network.
    mixed = replace(county, profiles=ground.profiles)
    assert refused(lambda: cp.assess(mixed)).code == "argument.straight"


def test_a_curve_leaves_out_units_of_unknown_people_as_the_table_does(county):
    points = county.demand.points
    known = points[points["unit"] != "330999203"]
    demand = cp.Demand.from_points(known, county.region, groups=["all", "elderly"])
    part = cp.assess(replace(county, demand=demand).without_siting())
    own = part.coverage.select(layer=CARE, indicator="people_reached", unit_code="total")
    curve = part.curve(CARE, 30)["elderly"]
    assert pd.isna(demand.totals.loc["330999203", "elderly"])
    for row in own.itertuples():
        assert round(curve[int(row.minutes)], 2) == row.share_percent
    nobody = cp.Demand.from_points(known.assign(elderly=0), county.region, groups=["elderly"])
    care = county.layers[0]
    empty = replace(county, demand=nobody, layers=(cp.LayerInput(care.layer, care.facilities),))
    assert cp.assess(empty).curve(CARE, 5)["elderly"].isna().all()


# Own frames


def test_a_frame_of_facilities_is_named_by_its_index(county):
    frame = county.layers[1].facilities.sites[["name", "geometry"]]
    found = cp.Facilities.from_frame("social_work", frame)
    assert found.sites.index.to_list() == ["S1", "S2", "S3"]
    column = cp.Facilities.from_frame("social_work", frame.reset_index(), site_id="site_id")
    assert found.sites.equals(column.sites)


def test_points_may_call_unit_and_place_otherwise(county):
    points = county.demand.points.rename(columns={"unit": "town", "place": "village"})
    points = points.drop(columns="all").assign(town=points["town"].astype(int))
    said = {"groups": "elderly", "unit": "town", "place": "village"}
    found = cp.Demand.from_points(points, county.region, **said)
    assert found.points["unit"].equals(county.demand.points["unit"].astype(str))
    assert found.points["place"].to_list() == county.demand.points["place"].to_list()
    wrong = {**said, "place": "vilage"}
    problem = refused(lambda: cp.Demand.from_points(points, county.region, **wrong))
    assert (problem.code, problem.column) == ("frame.column", "vilage")
    assert "did you mean village?" in problem.render("en")


def test_parts_of_a_layer(county):
    care = county.layers[0]
    assert refused(lambda: cp.LayerInput(CARE, care.facilities)).column == "layer"
    problem = refused(lambda: cp.LayerInput(care.layer, care.facilities.sites))
    assert (problem.column, problem.found) == ("facilities", "GeoDataFrame")
    assert refused(lambda: cp.LayerInput(care.layer, care.facilities, 5)).column == "siting"


# Models on own arrays


def test_a_question_needs_no_more_than_reach_and_people():
    problem = cp.small_problem()
    reach, people = problem.reach, problem.people
    plain = cp.SitingProblem.covering(reach, people, sites=2)
    nobody = cp.SitingProblem.covering(reach, people, np.zeros(len(people), dtype=bool), sites=2)
    assert cp.solve_mclp(plain).value == cp.solve_mclp(nobody).value
    assert cp.solve_lscp(cp.SitingProblem.covering(reach, people)).status == "optimal"
    wrong = refused(lambda: cp.SitingProblem.covering(problem.times, people, sites=2))
    assert (wrong.code, wrong.found) == ("argument.kind", "TravelTimes")
    assert wrong.mend.en == "it comes from travel times: times.within(15)"
    wrong = refused(lambda: cp.SitingProblem.covering(reach, people, people[:2] > 0, 2))
    assert (wrong.code, wrong.column) == ("argument.size", "already")
    assert refused(lambda: cp.SitingProblem(reach.sites, reach, people)).column == "sites"
    sites = cp.Sites.make(reach.sites)
    assert refused(lambda: cp.SitingProblem(sites, reach, people, times=reach)).column == "times"
    many = refused(lambda: cp.SitingProblem.covering(reach, people, sites=50))
    assert many.render("en").startswith('key "siting.sites": 50 new sites are asked for, of 6')
    for wrong in (2.5, "3"):
        assert refused(lambda w=wrong: cp.Rules(sites=w)).code == "argument.number"
    assert refused(lambda: cp.Rules(unit_most=1.0)).column == "unit_most"
    with pytest.raises(cp.InputError) as caught:
        cp.SitingProblem.covering(reach, people, sites=-1)
    assert "键“siting.sites”：新增站点数必须为正" in caught.value.render("zh")


def test_plans_are_compared_with_their_questions():
    problem = cp.small_problem().with_rules(sites=1)
    plan = cp.solve_mclp(problem)
    wrong = refused(lambda: cp.compare_plans({"one": plan}))
    assert (wrong.code, wrong.column) == ("argument.kind", "scenarios.one")
    assert "coverplan.Scenario(problem, plan)" in wrong.mend.zh
    assert repr(siting.Scenario(problem, plan)) == f"<Scenario: {plan!r}>"
    frontier = cp.coverage_frontier(problem, most_sites=2)
    assert frontier.to_frame()["chosen"].to_list() == [[2], [2, 4]]
    assert repr(frontier) == "<CoverageFrontier: 1 to 2 sites; elbow: 1 sites, 333 people>"


def test_places_per_person_from_lists_and_with_a_wrong_decay(county):
    walkers = cp.travellers(county, "social_work")
    times, supply = walkers.times(10), [2.0, 1.0, float("nan")]
    access = cp.two_step_floating_catchment(times, walkers.people.tolist(), supply)
    series = pd.array([2, 1, pd.NA], dtype="Float64")
    same = cp.two_step_floating_catchment(times, walkers.people, series)
    assert access.per_person.tolist() == same.per_person.tolist()
    assert access.named("unknown_supply") == ["S3"]
    line = "<FloatingAccess: supply 3 at 2 of 3 sites; 3 of 9 places have some>"
    assert repr(access) == line
    for decay in ("gaussian", lambda ms: ms):
        wrong = refused(
            lambda d=decay: cp.two_step_floating_catchment(times, walkers.people, supply, d)
        )
        assert (wrong.code, wrong.column) == ("argument.kind", "decay")
        assert "coverplan.measure.Decay" in wrong.mend.en
    wrong = refused(lambda: cp.two_step_floating_catchment(walkers, walkers.people, supply))
    assert wrong.column == "times"
    with pytest.raises(ValueError, match="groups must be one for each place"):
        cp.theil([1, 2], people=[1, 2], groups=["a"])


def test_a_site_that_is_none(county):
    walkers = cp.travellers(county, "social_work")
    for wrong in (0, ["S1"], None):
        problem = refused(lambda w=wrong: walkers.lost_without(w))
        assert (problem.code, problem.found) == ("inputs.site_id", str(wrong))
    assert refused(lambda: cp.travellers(county, CARE, profile=3)).column == "profile"


# Results


def test_what_takes_a_computed_study_says_so(county, study, tmp_path):
    takers = {
        "map": cp.show_map,
        "page": cp.map_html,
        "table": lambda given: cp.show_table(given, CARE),
        "plan": lambda given: cp.show_plan(given, CARE),
        "summary": lambda given: cp.plan_summary(given, CARE),
        "draws": lambda given: cp.show_draws(given, CARE),
        "report": cp.study_report,
        "run": lambda given: cp.write_run(given, tmp_path / "run"),
        "export": lambda given: cp.write_export(given, tmp_path / "export"),
        "documents": lambda given: cp.write_documents(given, tmp_path / "documents"),
        "compare": lambda given: cp.compare_runs(study, given),
    }
    for name, take in takers.items():
        problem = refused(lambda t=take: t(county))
        assert (problem.code, problem.found) == ("inputs.type", "Inputs"), name
        assert problem.mend.en == "compute it: coverplan.assess(inputs)", name
        if name != "compare":
            assert "coverplan.run(路径)" in refused(lambda t=take: t("study.toml")).mend.zh, name
    assert list(tmp_path.iterdir()) == []
    assert refused(lambda: cp.measure_study(5)).code == "inputs.type"
    assert refused(lambda: cp.check_study(county)).code == "study.type"


def test_words_that_are_none(study, tmp_path):
    for make in (
        lambda: cp.show_map(study, language="fr"),
        lambda: cp.show_table(study, CARE, language="fr"),
        lambda: cp.show_plan(study, CARE, language="fr"),
        lambda: cp.write_run(study, tmp_path / "run", language="fr"),
    ):
        problem = refused(make)
        assert (problem.code, problem.found) == ("argument.choice", "fr")
        assert problem.expected.en == "zh, en"
    assert refused(lambda: cp.show_map(study, phase="later")).column == "phase"
    view = cp.show_map(study)
    for wrong in (view, [], [study]):
        assert refused(lambda w=wrong: cp.maps_html(w)).column == "views"
    with pytest.raises(TypeError, match=r"give what its explore\(\) returns"):
        view.add(study.inputs.region.units)


def test_maps_beside_each_other_under_headings_of_their_own(study):
    today, planned = (cp.show_map(study, layer=CARE, phase=phase) for phase in ("before", "after"))
    page = cp.maps_html({"今天 <b>": today, "建成后": planned}, title="两处", side_by_side=True)
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["今天 &lt;b&gt;", "建成后"]
    assert '<body class="beside">' in page
    assert page.count('id="coverplan-data-') == 1  # the data of the study once
    below = cp.maps_html([today, planned], title="两处")
    assert re.findall(r"<h2>(.*?)</h2>", below) == ["养老服务"] * 2
    assert '<body class="beside">' not in below


def test_a_layer_that_no_sites_were_asked_for(study):
    for show in (cp.show_plan, cp.plan_summary, cp.show_rivals, cp.show_frontier, cp.show_draws):
        problem = refused(lambda s=show: s(study, "social_work"))
        assert (problem.code, problem.found.zh) == ("argument.no_plan", "social_work：没有问过新址")
        assert "coverplan.propose(inputs, layer, sites=5)" in problem.render("en")


def test_an_epsg_code_is_a_coordinate_system(study, tmp_path):
    cp.write_export(study, tmp_path / "a", formats=["csv"], crs=4490)
    cp.write_export(study, tmp_path / "b", formats=["csv"], crs="EPSG:4490")
    for name in ("units.csv", "sites.csv", "people.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_studies_can_be_told_apart_and_kept(county, study):
    """In a list, as a key, through a pickle; from several threads; to the same bytes."""
    other = cp.assess(county)
    assert study != other
    assert study in [other, study]
    assert {study: "a", other: "b"}[study] == "a"
    again = pickle.loads(pickle.dumps(study))  # noqa: S301 - our own
    assert cp.map_html(again) == cp.map_html(study) == cp.map_html(copy.deepcopy(study))

    def reached(sites):
        return cp.propose(county, CARE, sites=sites).layers[CARE].plan.value

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(reached, [1, 2, 3])) == [reached(sites) for sites in (1, 2, 3)]


def test_results_are_said_in_a_line(county, study, tmp_path):
    found = study.layers[CARE].proposal
    plan = "<SitingPlan mclp: proven optimal, 443 people, 2 new sites>"
    care = county.layers[0]
    path = cp.write_small_county(tmp_path)
    report = cp.check_targets(path)
    lines = [
        (found, f"<Proposal of 5 candidates of 6: {plan}>"),
        (found.candidates, "<CandidateSet: 6 candidates, 5 usable>"),
        (found.problem.sites, "<Sites: 1 existing, 5 candidates>"),
        (care.siting, "<SitingRequest mclp, 2 sites: 6 candidates>"),
        (care, f"<LayerInput elderly_care: {care.facilities!r}, {care.siting!r}>"),
        (cp.study_report(study, figures=False), "<Report 小溪县（虚构）, 2025-12-31: 8 sections>"),
        (cp.check_study(path), "<CheckReport study.toml: 0 errors, 1 warnings>"),
        (report["Z21-25"], "<Finding Z21-25 not_met: 2 of 3 townships and streets, 1 wanting>"),
        (report.ledger, "<Ledger 2025-12-31: 4 units, 5 facilities, 0 projects>"),
        (report.programme(), "<Programme for Z21-25: social_work_station>"),
    ]  # fmt: skip
    assert [repr(value) for value, _ in lines] == [line for _, line in lines]
    layers = "layers elderly_care, social_work"
    assert repr(cp.read_study(path)) == f"<StudyConfig 小溪县（虚构）, 2025-12-31: {layers}>"
    noise = {"draws": 3, "speed_percent": 20}
    firm = cp.propose(county, CARE, sites=1, uncertainty=noise).layers[CARE].proposal.firmness
    assert repr(firm).startswith("<Firmness: 3 draws (speeds ±20 %): ")
    goal = cp.Goal("reached", 80)
    aimed = replace(county, layers=(replace(care, goals=(goal,)),))
    [stand] = cp.assess(aimed).layers[CARE].goals
    assert repr(stand) == (
        "<GoalResult reached within 15 min, aged 60 and over: 80 %: today 314 of 747 needed; "
        "with the plan 757 of 747 needed>"
    )
