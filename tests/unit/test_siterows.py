"""Every site of a layer as one row, whatever its state."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from street import NEW_X, OLD_X, PEOPLE, candidates, new_places, reached, request, street, x_of
from tiny import facilities

import coverplan
from coverplan import InternalError
from coverplan.assessing import traveller
from coverplan.domain.siting_config import SiteClass
from coverplan.siterows import SITE_COLUMNS, site_rows_of, unit_names
from coverplan.siting.classes import with_classes
from coverplan.travel import snap

MANY = (250.0, 500.0, 2750.0, 3000.0, 4500.0)
STATUS = ["operating", "idle", "operating", "operating", "operating"]
OPENED = [2001, 2002, None, 2030, 2004]
CLOSED = [None, None, None, None, 2020]


def many(asked=None):
    """Five sites: the second is idle, the fourth opens later, the fifth has closed."""
    return street(
        asked, old=MANY, status=STATUS, opened=OPENED, closed=CLOSED, capacity=[5, 6, 7, None, 9]
    )


def rows(inputs):
    """The rows by id."""
    frame = coverplan.assess(inputs).sites
    assert list(frame.columns) == [*SITE_COLUMNS, "geometry"]
    assert frame.crs == inputs.region.crs
    return frame.set_index("site_id")


def test_every_site_of_the_list_is_there_with_its_reason():
    found = rows(many())
    assert found["state"].tolist() == [
        "existing", "not_counted", "existing", "not_counted", "not_counted",
    ]  # fmt: skip
    assert found["reason_zh"].tolist() == ["", "状态为停用", "", "2030 年才开业", "2020 年已关闭"]
    assert found["reason_en"].tolist() == [
        "", "status: idle", "", "opens in 2030", "closed in 2020",
    ]  # fmt: skip
    counted = found["state"] == "existing"
    assert found["people_within"].notna().tolist() == counted.tolist()
    assert found["road_metres"].notna().tolist() == counted.tolist()
    assert found.loc["s000", "people_within"] == reached([250.0])
    assert found.loc["s002", "people_within"] == reached([2750.0])
    assert found["capacity"].tolist()[:3] == [5.0, 6.0, 7.0]
    for column in ("cost_yuan", "newly_reached", "newly_alone", "lost_without"):
        assert found[column].isna().all()
    assert x_of(found) == list(MANY)


def test_a_closing_falls_on_the_right_row_where_others_are_not_counted():
    # Working are s000 and s002; the plan closes the second of them.
    found = rows(many(request(1, closable=True, shut_ids=("s002",), keep_ids=("s000",))))
    assert found["state"].tolist()[:5] == [
        "existing", "not_counted", "closing", "not_counted", "not_counted",
    ]  # fmt: skip
    assert found.loc["s002", "reason_zh"].startswith("站2：方案建议关闭，")
    assert found.loc["s001", "reason_zh"] == "状态为停用"
    assert found.loc["s002", "people_within"] == reached([2750.0])
    assert (found["state"] == "proposed").sum() == 1


def test_proposed_sites_carry_what_is_known_of_their_candidates():
    sizes = [
        SiteClass(name="小", capacity=40, cost_yuan=100, reuse_cost_yuan=30),
        SiteClass(name="大", capacity=120, cost_yuan=250),
    ]
    kinds = ["build"] * 6 + ["reuse"]
    places = with_classes(request(2, new_places(kind=kinds)).candidates, sizes)
    found = rows(street(request(3, places)))
    new = found[found["state"] == "proposed"]
    assert len(new) == 3
    sites = coverplan.assess(street(request(3, places))).layers["test"]
    for row, position in zip(new.itertuples(), sites.plan.chosen, strict=True):
        place = places.iloc[position - 2]
        assert row.Index == f"new:{place.name}"
        assert row.class_name == place["class_name"]
        assert row.kind == place["kind"]
        assert row.cost_yuan == place["cost_yuan"]
        assert row.capacity == place["capacity"]
        assert row.unit == place["unit"]
        assert row.status == "proposed"
        assert pd.isna(row.opened)
        assert pd.isna(row.closed)
        x = NEW_X[int(place.name[1:3])]
        assert row.people_within == reached([x])
        assert row.newly_alone == reached([*OLD_X, x]) - reached(OLD_X)
    total = reached([*OLD_X, *x_of(new)]) - reached(OLD_X)
    assert new["newly_reached"].sum() == total
    for i in range(3):
        others = [x for k, x in enumerate(x_of(new)) if k != i]
        lost = reached([*OLD_X, *x_of(new)]) - reached([*OLD_X, *others])
        assert new["lost_without"].iloc[i] == lost


def test_what_each_new_site_brings_where_they_overlap():
    # 1,000 and 1,400 both reach the place at 1,125.
    places = candidates([(1000.0, "a"), (1400.0, "a"), (4000.0, "c")])
    found = rows(street(request(3, places)))
    new = found[found["state"] == "proposed"]
    xs = x_of(new)
    assert sorted(xs) == [1000.0, 1400.0, 4000.0]
    for i, x in enumerate(xs):
        row = new.iloc[i]
        assert row["newly_alone"] == reached([*OLD_X, x]) - reached(OLD_X)
        assert row["newly_reached"] == reached([*OLD_X, *xs[: i + 1]]) - reached([*OLD_X, *xs[:i]])
        others = [other for other in xs if other != x]
        assert row["lost_without"] == reached([*OLD_X, *xs]) - reached([*OLD_X, *others])
    assert (new["newly_alone"] != new["lost_without"]).any()


def test_candidates_nobody_priced_have_no_cost():
    found = rows(street(request(1)))
    new = found[found["state"] == "proposed"]
    assert new["cost_yuan"].isna().all()
    assert new["capacity"].isna().all()


def test_one_priced_candidate_prices_all():
    costs = pd.array([None, 5, 5, 5, 5, 5, 5], dtype="Int64")
    found = rows(street(request(2, new_places(cost_yuan=costs))))
    assert found.loc[found["state"] == "proposed", "cost_yuan"].tolist() == [5, 5]


def test_nothing_to_gain_opens_nothing():
    found = rows(street(request(1, new_places().iloc[[0]]), old=(250.0, 500.0)))
    assert found["state"].tolist() == ["existing", "existing"]


def test_a_facility_with_the_id_of_a_candidate_keeps_its_own_row():
    found = street(request(1, new_places(), closable=True, shut_ids=("c01",)))
    sites = found.layers[0].facilities.sites.rename(index={"s001": "c01"})
    item = replace(found.layers[0], facilities=coverplan.Facilities("test", sites.sort_index()))
    frame = rows(replace(found, layers=(item,)))
    assert frame.loc["c01", "state"] == "closing"
    assert not frame.index.duplicated().any()


def test_names_of_units():
    found = many()
    codes = pd.Series(["b", "", "a", "zz"])
    assert unit_names(codes, found.region) == ["申镇", "", "甲镇", ""]


def test_working_sites_that_do_not_fit_the_reasons_are_an_internal_error():
    found = many()
    (item,) = found.layers
    who = traveller(found, "test")
    working = item.facilities
    reasons = item.facilities.why_not_counted(found.date)
    sites = snap(who.graph, working.xy)
    with pytest.raises(InternalError, match="do not agree"):
        site_rows_of(found, item, who.graph, who.places, (working, sites), reasons, None)


def test_no_site_at_all():
    found = street(request(1))
    item = replace(found.layers[0], facilities=facilities([]))
    study = coverplan.assess(replace(found, layers=(item,)))
    assert study.sites["state"].tolist() == ["proposed"]
    assert study.layers["test"].plan.facts.reached_before == 0
    best = max(reached([x]) for x in NEW_X)
    assert study.layers["test"].plan.facts.reached_after == best <= PEOPLE.sum()
    assert np.isfinite(study.sites["road_metres"].astype(float)).all()
