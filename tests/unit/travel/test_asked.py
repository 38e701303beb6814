"""What the engine is asked: parts that do not fit are named, and never give a figure."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import coverplan as cp

COUNTY = cp.small_county()
WALKERS = cp.travellers(COUNTY, "social_work")
GRAPH, HOMES, SITES = WALKERS.graph, WALKERS.homes, WALKERS.sites
MINUTES = pd.DataFrame({"a": [4.0, None], "b": [15.0, 15.1]}, index=["S", "T"])

SEARCHES = {
    "nearest_site": lambda *places, **more: cp.nearest_site(GRAPH, *places, **more),
    "k_nearest_sites": lambda *places, **more: cp.k_nearest_sites(GRAPH, *places, 2, **more),
    "travel_times": lambda *places, **more: cp.travel_times(
        GRAPH, *places, cutoff_minutes=5, **more
    ),
    "travel_time_blocks": lambda *places, **more: next(
        cp.travel_time_blocks(GRAPH, *places, cutoff_minutes=5, memory_limit_mb=1, **more)
    ),
    "routes": lambda *places, **more: cp.routes(GRAPH, *places, [0], [0], **more),
}


def refused(make):
    with pytest.raises(cp.InputError) as caught:
        make()
    [problem] = caught.value.problems
    return problem


@pytest.mark.parametrize("name", SEARCHES)
def test_every_search_looks_at_what_it_is_given(name):
    search = SEARCHES[name]
    search(HOMES, SITES)
    problem = refused(lambda: search(COUNTY.demand.xy, SITES))
    assert (problem.code, problem.column, problem.found) == ("argument.kind", "demand", "ndarray")
    assert problem.mend.en == "join them first: coverplan.snap(graph, xy)"
    assert problem.mend.zh == "先用 coverplan.snap(graph, xy) 接上路网"
    facilities = COUNTY.layers[1].facilities
    assert refused(lambda: search(HOMES, facilities)).column == "sites"
    # The other direction would be taken in silence.
    problem = refused(lambda: search(HOMES, SITES, direction="back"))
    assert (problem.code, problem.found) == ("argument.choice", "back")
    assert problem.expected.en == "to_site, from_site"
    problem = refused(lambda: search(HOMES, SITES, demand_ids=WALKERS.home_ids[:4]))
    assert (problem.code, problem.column, problem.found) == ("argument.size", "demand_ids", "4")
    assert refused(lambda: search(HOMES, SITES, site_ids=pd.Index(["a"]))).column == "site_ids"


@pytest.mark.parametrize("name", SEARCHES)
def test_places_joined_for_another_traveller_are_refused(name):
    driving = cp.travellers(COUNTY, "social_work", profile="driving")
    slower = cp.travellers(COUNTY, "social_work", profile=WALKERS.profile.scaled(0.9))
    for other in (driving, slower):
        problem = refused(lambda other=other: SEARCHES[name](other.homes, SITES))
        assert (problem.code, problem.column) == ("argument.joined", "demand")
        assert "joined to another network" in problem.render("en")
        assert "接在另一个路网" in problem.render("zh")
        assert refused(lambda other=other: SEARCHES[name](HOMES, other.sites)).column == "sites"
    longer = cp.mode_graph(COUNTY.network, replace(WALKERS.profile, access_cap_metres=3_000))
    SEARCHES[name](cp.snap(longer, COUNTY.demand.xy), SITES)  # the same roads at the same speed


def test_ids_may_be_a_list():
    ids = [f"home {n}" for n in range(len(HOMES))]
    assert cp.nearest_site(GRAPH, HOMES, SITES, demand_ids=ids).minutes.index.to_list() == ids


@pytest.mark.parametrize(
    ("xy", "code", "found"),
    [
        (COUNTY.demand.points, "kind", "GeoDataFrame"),
        (COUNTY.demand.points.geometry, "kind", "GeoSeries"),
        (COUNTY.demand, "kind", "Demand"),
        ("500000, 3200000", "kind", "str"),
        (np.zeros((2, 3)), "kind", "ndarray, (2, 3)"),
        ([1.0, 2.0], "kind", "list, (2,)"),
    ],
)
def test_places_are_two_columns_of_metres(xy, code, found):
    problem = refused(lambda: cp.snap(GRAPH, xy))
    assert (problem.code, problem.column, problem.found) == (f"argument.{code}", "xy", found)
    assert "get_coordinates().to_numpy()" in problem.render("en")
    assert "形状 (n, 2)" in problem.render("zh")


def test_a_place_without_coordinates_is_named():
    problem = refused(lambda: cp.snap(GRAPH, [(500_000, 3_200_000), (np.nan, 1)]))
    assert (problem.code, problem.found.en) == ("argument.number", "place 1: [nan  1.]")
    assert len(cp.snap(GRAPH, [(500_000, 3_200_000)])) == 1
    assert refused(lambda: cp.snap(COUNTY.network, HOMES.xy)).column == "graph"
    points = gpd.GeoSeries.from_xy([500_000.0], [3_200_000.0], crs=COUNTY.network.crs)
    assert len(cp.snap(GRAPH, points.get_coordinates().to_numpy())) == 1


def test_a_graph_is_made_of_a_network_and_a_profile():
    problem = refused(lambda: cp.mode_graph(COUNTY.network, "walking"))
    assert (problem.code, problem.column, problem.found) == ("argument.kind", "profile", "str")
    assert "coverplan.builtin_profiles()" in problem.mend.en
    assert refused(lambda: cp.mode_graph(None, WALKERS.profile)).column == "network"
    straight = WALKERS.profile.straight_line(1.4)
    problem = refused(lambda: cp.mode_graph(COUNTY.network, straight))
    assert problem.code == "argument.straight"
    assert problem.mend.zh == "直线距离要用 coverplan.Network.without_roads(network.crs)"


def test_limits_are_several_or_one():
    areas = [cp.isochrones, cp.service_area]
    for area in areas:
        problem = refused(lambda area=area: area(GRAPH, SITES, 15))
        assert (problem.code, problem.column, problem.found) == ("argument.kind", "minutes", "15")
        assert refused(lambda area=area: area(GRAPH, HOMES.xy, [15])).column == "sites"
    assert refused(lambda: cp.isochrones(GRAPH, SITES, [0])).expected.en == "above 0"
    sums = {"people": WALKERS.people, "minutes": 15}
    assert refused(lambda: cp.reach_sums(GRAPH, HOMES, SITES, **sums)).column == "minutes"
    for wrong in ("15", [15], -1, np.nan):
        problem = refused(lambda wrong=wrong: WALKERS.reached(wrong))
        assert (problem.code, problem.found) == ("argument.number", repr(wrong))
        assert refused(lambda wrong=wrong: WALKERS.times(wrong)).column == "minutes"
        assert refused(lambda wrong=wrong: WALKERS.times(15).within(wrong)).column == "minutes"


def test_pairs_are_positions():
    problem = refused(lambda: cp.routes(GRAPH, HOMES, SITES, [99], [0]))
    assert (problem.code, problem.column, problem.found) == ("argument.number", "who", "99")
    assert refused(lambda: cp.routes(GRAPH, HOMES, SITES, 0, 0)).column == "who"
    assert refused(lambda: cp.routes(GRAPH, HOMES, SITES, [0], [-1])).column == "site"


def test_people_that_do_not_fit_are_never_summed():
    """Positions beyond the array would be read from memory that is not ours."""
    reach = WALKERS.times(10).within(10)
    assert reach.people(WALKERS.people).tolist() == [1460, 950, 560]
    assert reach.people(WALKERS.people.astype(float)).tolist() == [1460, 950, 560]
    problem = refused(lambda: reach.people(WALKERS.people[:3]))
    assert (problem.code, problem.found) == ("argument.size", "(3,)")
    assert problem.expected.en == "9 numbers, one for each place"
    unknown = np.where(WALKERS.people > 600, np.nan, 1.0)
    for wrong in (WALKERS.people + 0.5, unknown, -WALKERS.people, "population"):
        assert refused(lambda wrong=wrong: reach.people(wrong)).code in {
            "argument.people",
            "argument.size",
        }
    assert refused(lambda: reach.covered([7])).found == "7"


@pytest.mark.parametrize(
    ("minutes", "code", "said"),
    [
        (MINUTES.to_numpy(), "kind", "ndarray"),
        (-MINUTES, "minutes", "S, a: -4.0"),
        (MINUTES.astype(object).replace(4.0, "four"), "minutes", "S, a: four"),
        (MINUTES.set_axis(["S", "S"]), "twice", "S"),
        (MINUTES.set_axis(["a", "a"], axis=1), "twice", "a"),
        (pd.DataFrame({"from": ["a"], "to": ["S"], "t": [4.0]}), "minutes", "0, from: a"),
    ],
)
def test_minutes_of_another_program(minutes, code, said):
    problem = refused(lambda: cp.TravelTimes.from_minutes(minutes, cutoff_minutes=60))
    assert problem.code == f"argument.{code}"
    assert said in problem.render("en")
    assert said in problem.render("zh")


def test_a_cutoff_of_nothing():
    for wrong in (0, -5, 40_000, "60"):
        problem = refused(lambda w=wrong: cp.TravelTimes.from_minutes(MINUTES, cutoff_minutes=w))
        assert problem.column == "cutoff_minutes"
    whole = MINUTES.astype(str).replace("nan", np.nan)  # digits as text, as some programs write
    assert cp.TravelTimes.from_minutes(whole, cutoff_minutes=60).ms.tolist() == [
        240_000,
        900_000,
        906_000,
    ]
    problem = refused(lambda: cp.TravelTimes.from_pairs([("a", "S", 4)], cutoff_minutes=60))
    assert (problem.code, problem.column) == ("argument.kind", "pairs")


def test_pairs_of_places_in_the_order_of_the_people():
    """Who reaches no site is in no pair; sums by position must not slip."""
    rng = np.random.default_rng(9)
    places, sites = pd.Index([f"p{n}" for n in range(30)]), pd.Index(["y", "x", "z"])
    minutes = pd.DataFrame(rng.uniform(0, 40, (3, 30)), index=sites, columns=places)
    listed = [(s, p, minutes.loc[s, p]) for p in places for s in sites if minutes.loc[s, p] < 20]
    pairs = pd.DataFrame(listed, columns=["site_id", "demand_id", "minutes"]).sample(
        frac=1, random_state=1
    )
    assert pairs["demand_id"].nunique() < len(places)
    both = {"demand_ids": places, "site_ids": sites}
    found = cp.TravelTimes.from_pairs(pairs, cutoff_minutes=15, **both)
    assert (found.demand.equals(places), found.sites.equals(sites)) == (True, True)
    people = rng.integers(1, 100, len(places))
    expected = ((minutes <= 15) * people).sum(axis=1)
    assert found.within(15).people(people).tolist() == expected.to_list()
    bare = cp.TravelTimes.from_pairs(pairs, cutoff_minutes=15)
    assert refused(lambda: bare.within(15).people(people)).code == "argument.size"
    wrong = {**both, "demand_ids": places[1:]}
    problem = refused(lambda: cp.TravelTimes.from_pairs(pairs, cutoff_minutes=15, **wrong))
    assert (problem.code, problem.column, problem.found) == ("argument.unknown", "demand_ids", "p0")


def test_the_nearest_of_a_matrix_is_its_least():
    rng = np.random.default_rng(5)
    minutes = np.round(rng.uniform(0, 90, (40, 300)))  # whole minutes: many ties
    minutes[rng.uniform(size=minutes.shape) < 0.3] = np.nan
    minutes[:, 7] = np.nan
    table = pd.DataFrame(minutes, index=[f"s{n}" for n in range(40)])
    found = cp.TravelTimes.from_minutes(table, cutoff_minutes=30).nearest()
    near = np.where(minutes <= 30, minutes, np.inf)
    least = near.min(axis=0)
    assert found.minutes.to_list() == pytest.approx(
        np.where(np.isinf(least), np.nan, least), nan_ok=True
    )
    first = np.where(np.isinf(least), -1, near.argmin(axis=0))
    assert found.site.tolist() == first.tolist()
    assert found.site[7] == -1
    # And of the engine's own times.
    own, engine = WALKERS.times(10).nearest(), WALKERS.nearest()
    inside = engine.within(10)
    assert own.ms[inside].tolist() == engine.ms[inside].tolist()
    assert own.site[inside].tolist() == engine.site[inside].tolist()
    assert (own.ms[~inside] == -1).all()
    assert own.sites.equals(engine.sites)


def test_what_they_are_is_said_in_a_line():
    times = WALKERS.times(10)
    lines = [
        (GRAPH, "<ModeGraph of metre_a_second: 6 edges, 6 with doors>"),
        (HOMES, "<Snapped: 9 places, 8 with a road>"),
        (times.within(10), "<Reach: 9 places, 3 sites, 5 pairs within 10 min>"),
        (cp.routes(GRAPH, HOMES, SITES, [0, 8], [0, 0]), "<Routes: 2 pairs, 1 with a way>"),
    ]
    assert [repr(value) for value, _ in lines] == [line for _, line in lines]
