"""Travel on roads as targets ask for it: the straight street, a metre a second."""

import numpy as np
import pandas as pd
import pytest
import street
from tiny import at, demand, network, profile, region

import coverplan
from coverplan import Demand
from coverplan.core.errors import InternalError
from coverplan.measure.policy.roads import RoadTravel, minutes_of, village_codes


def travel(people=None, **given):
    """Travel on the 6 km of street."""
    return RoadTravel(
        network(street.lines()),
        {"test": profile()},
        street.people(street.units()) if people is None else people,
        ignore_fragments_metres=0.0,
        **given,
    )


def test_people_reached_by_township_are_those_within_300_metres():
    found = travel().reached(at((500, 0), (3000, 0)), "test", 5, "elderly")
    # Places at 125, 375, 625 (not 875: 375 m) of a; 2875, 3125 (not 2625: 375 m) of b.
    inside = np.isin(street.PLACES_X, [375.0, 625.0, 2875.0, 3125.0])
    inside |= np.abs(street.PLACES_X - 500) <= 300
    inside |= np.abs(street.PLACES_X - 3000) <= 300
    expected = [int(street.OLDER[inside & (u == street.UNIT)].sum()) for u in range(3)]
    assert found["reached"].tolist() == expected
    assert found["people"].tolist() == [int(street.OLDER[u == street.UNIT].sum()) for u in range(3)]
    assert expected[2] == 0
    assert found.index.tolist() == ["a", "b", "c"]


def test_the_figure_is_that_of_the_coverage_table():
    study = coverplan.assess(street.street())
    reached = travel().reached(at(*[(x, 0) for x in street.OLD_X]), "test", 5, "all")
    table = study.coverage.select(indicator="people_reached", minutes=5).set_index("unit_code")
    assert reached["reached"].to_dict() == {c: table["value"][c] for c in "abc"}


def test_people_without_a_place_are_in_the_denominator_only():
    plain, more = travel(), travel(street.people(street.units(), unplaced=(10, 0, 0)))
    xy = at((500, 0))
    before, after = (one.reached(xy, "test", 5, "all") for one in (plain, more))
    assert after["reached"].tolist() == before["reached"].tolist()
    assert (after["people"] - before["people"]).tolist() == [10, 0, 0]


def test_no_site_reaches_nobody():
    found = travel().reached(at(), "test", 5, "all")
    assert found["reached"].tolist() == [0, 0, 0]
    assert np.isnan(travel().minutes(at((0, 0)), at(), "test")).all()


def unknown_b():
    """Nobody knows how many live in b."""
    known = street.people(street.units())
    points = known.points.copy()
    points.loc[points["unit"] == "b", ["all", "elderly"]] = 0
    totals = known.totals.copy()
    totals.loc["b"] = pd.NA
    return Demand(points, known.groups, totals, known.unplaced)


def test_people_not_known_stay_unknown():
    found = travel(unknown_b()).reached(at((3000, 0)), "test", 5, "all")
    assert found.loc["b"].isna().all()
    assert found["people"].notna().tolist() == [True, False, True]


def named():
    """Two places of village v1 and one of v2 in a, one of "v1" in b; minutes 0, 5 and 10."""
    units = region((0, -500, 2000, 500), (2000, -500, 6000, 500))
    rows = [(0, 0, "a", 3), (600, 0, "a", 4), (300, 0, "a", 5), (3000, 0, "b", 7)]
    people = demand(units, rows)
    points = people.points.assign(place=["v1", "v1", "v2", "v1"])
    return Demand(points, people.groups, people.totals, people.unplaced)


def villages(*rows):
    """Villages ``(code, name, township)``."""
    frame = pd.DataFrame(rows, columns=["code", "name", "parent"]).set_index("code")
    return village_codes(frame)


def test_people_reached_by_village():
    codes = villages(("1", "v1", "a"), ("2", "v2", "a"), ("3", "v1", "b"), ("4", "v9", "b"))
    found = travel(named(), codes=codes).villages(at((0, 0)), "test", 5, "all")
    # From 0 within 300 m: 0 and 300 m, not 600 m; a name in another township is another village.
    assert found["reached"].to_dict() == {"1": 3, "2": 5, "3": 0}
    assert found["people"].to_dict() == {"1": 7, "2": 5, "3": 7}
    assert "4" not in found.index


def test_villages_of_one_name_in_a_township_are_left_out_and_said():
    codes = villages(("1", "v1", "a"), ("2", "v1", "a"), ("3", "v1", "b"), ("4", None, "b"))
    assert codes.twins == ("1", "2")
    found = travel(named(), codes=codes).villages(at((0, 0)), "test", 5, "all")
    assert found.index.tolist() == ["3"]


def test_villages_of_a_township_whose_people_are_not_known():
    people = unknown_b()
    points = people.points.assign(place=people.points["unit"])
    some = Demand(points, people.groups, people.totals, people.unplaced)
    codes = villages(("1", "a", "a"), ("2", "b", "b"))
    found = travel(some, codes=codes).villages(at((500, 0)), "test", 5, "all")
    assert found.loc["2"].isna().all()
    assert found.loc["1"].notna().all()


def test_without_codes_nothing_is_known_by_village():
    assert not len(travel(named()).villages(at((0, 0)), "test", 5, "all"))


def test_minutes_between_points():
    found = travel().minutes(
        np.vstack([at((0, 0), (900, 0)), [[np.nan, np.nan]]]), at((600, 0), (6000, 0)), "test"
    )
    assert found[:2].tolist() == [10.0, 5.0]
    assert np.isnan(found[2])


def test_minutes_of_everybody():
    found = travel(named()).person_minutes(at((0, 0)), "test", "all")
    # a: 3 x 0 s + 4 x 600 s + 5 x 300 s = 3,900 s over 12 people; b: 7 x 3,000 s.
    assert found["people"].tolist() == [12, 7]
    assert found["milliseconds"].tolist() == [3_900_000, 21_000_000]
    assert minutes_of(3_900_000, 12) == 3900 / 12 / 60


def test_a_profile_nobody_defined():
    with pytest.raises(InternalError, match="kite"):
        travel().reached(at((0, 0)), "kite", 5, "all")


def test_a_search_is_made_once():
    one = travel()
    one.reached(at((500, 0)), "test", 5, "all")
    one.reached(at((500, 0)), "test", 10, "elderly")
    assert len(one._found) == 1
    for x in range(40):
        one.reached(at((x, 0)), "test", 5, "all")
    assert len(one._found) <= 16
