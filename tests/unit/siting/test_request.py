"""What a request says to the models, and sizes of sites."""

import geopandas as gpd
import pandas as pd
import pytest
from tiny import CRS, at, facilities

from coverplan import SitingRequest
from coverplan.domain.siting_config import SiteClass
from coverplan.siting import UNLIMITED
from coverplan.siting.classes import filled, with_classes
from coverplan.siting.requestchecks import check_request


def places(n, **columns):
    return gpd.GeoDataFrame(
        {"name": "", "unit": "a", **columns},
        index=[f"c{i}" for i in range(n)],
        geometry=gpd.points_from_xy(*at(*[(i * 100, 0) for i in range(n)]).T),
        crs=CRS,
    )


def whole(*values):
    return pd.array(values, dtype="Int64")


def test_missing_columns_are_filled_with_what_is_not_known():
    frame = SitingRequest(1, places(2)).candidates
    assert frame["kind"].tolist() == ["build", "build"]
    assert frame["cost_yuan"].isna().all()
    assert frame["place"].tolist() == [0, 1]
    request = SitingRequest(1, places(2, cost_yuan=whole(5, None), capacity=whole(None, 7)))
    assert request.costs(request.candidates).tolist() == [5, 0]
    assert request.capacities(request.candidates).tolist() == [UNLIMITED, 7]


def test_the_frame_given_is_left_alone():
    frame = places(2)
    SitingRequest(1, frame)
    assert list(frame.columns) == ["name", "unit", "geometry"]


@pytest.mark.parametrize(
    ("given", "sites", "most", "least"),
    [
        ({"sites": 3}, 3, None, 0),
        ({"sites": 3, "close": 2}, 3, 2, 0),
        ({"sites": 3, "moves": 2}, 3, 2, 0),
        ({"sites": None, "moves": 2}, 0, 2, 0),
        ({"sites": None, "moves": 2, "close": 1}, 0, 1, 0),
        ({"sites": None, "moves": 2, "budget_yuan": 9}, None, 2, 0),
        ({"sites": None, "close": 2, "model": "consolidate"}, None, 2, 2),
        ({"sites": None, "model": "lscp"}, None, None, 0),
    ],
)
def test_rules_of_closing_and_moving(given, sites, most, least):
    rules = SitingRequest(candidates=places(3), **given).rules
    assert (rules.sites, rules.close_most, rules.close_least) == (sites, most, least)


def test_sites_that_stay():
    sites = facilities([(0, 0, "a"), (9, 0, "a")])
    keep = SitingRequest(1, places(1))
    assert len(keep.kept(sites)) == 2
    close = SitingRequest(1, places(1), closable=True, keep_ids=("s001",))
    assert close.kept(sites).sites.index.tolist() == ["s001"]


SMALL = SiteClass(name="小", capacity=30, cost_yuan=100, reuse_cost_yuan=40)
LARGE = SiteClass(name="大", cost_yuan=500)


def test_classes_cost_and_capacity():
    frame = places(
        3,
        kind=["build", "reuse", "reuse"],
        cost_yuan=whole(None, 7, 0),
        capacity=whole(None, 20, 99),
    )
    rows = with_classes(frame, [SMALL, LARGE])
    assert rows.index.tolist() == ["c0#小", "c0#大", "c1#小", "c1#大", "c2#小", "c2#大"]
    assert rows["cost_yuan"].tolist() == [100, 500, 47, 507, 40, 500]
    assert rows["capacity"].fillna(-1).tolist() == [30, -1, 20, 20, 30, 99]
    assert rows["place"].tolist() == [0, 0, 1, 1, 2, 2]
    assert with_classes(frame, [])["class_name"].tolist() == ["", "", ""]


def test_filled():
    frame = pd.DataFrame({"a": whole(1, None)})
    assert list(filled(frame, "a", 5)) == [1, 5]
    assert list(filled(frame, "b", 5)) == [5, 5]
    assert pd.isna(filled(frame, "a", None)[1])


def test_all_faults_of_a_request_in_both_languages():
    frame = places(3, cost_yuan=whole(5, 5, 5))
    request = SitingRequest(
        1, frame, model="budget", budget_yuan=4, required=("c0", "c1"), excluded=("c1",),
        unit_weights={"a": 0, "x": 1},
    )  # fmt: skip
    faults = check_request("k", request, homes_xy=at(), kept_xy=at(), codes=["a"])
    assert sorted(p.code for p in faults) == [
        "siting.budget", "siting.no_weight", "siting.required", "siting.required_forbidden",
        "siting.unknown_unit",
    ]  # fmt: skip
    for problem in faults:
        assert problem.render("zh") != problem.render("en")
        assert problem.column.startswith("layers.k.siting")


def test_two_classes_of_a_place_are_one_place():
    frame = with_classes(
        places(2, kind="build", cost_yuan=whole(1, 1), capacity=whole(1, 1)), [SMALL, LARGE]
    )
    faults = check_request("k", SitingRequest(3, frame), homes_xy=at(), kept_xy=at(), codes=["a"])
    (problem,) = faults
    assert problem.code == "siting.too_many"
    assert "2 candidates" in problem.found.en


def test_an_excluded_place_is_out_in_all_its_classes():
    classes = [SiteClass(name="s", cost_yuan=1), SiteClass(name="l", cost_yuan=2)]
    frame = with_classes(SitingRequest(1, places(2)).candidates, classes)
    whole_place = SitingRequest(1, frame, excluded=("c0",)).limits().excluded
    assert whole_place == {"c0#s", "c0#l"}
    assert SitingRequest(1, frame, excluded=("c1#l",)).limits().excluded == {"c1#l"}
