"""People whom streets put across a border are counted, and the planner is told."""

import geopandas as gpd
import pandas as pd
from tiny import at, network, region

from coverplan import place_people
from coverplan.core.errors import Problems

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
STREET = network([[(0, 0), (2000, 0)]])


def placed(declared):
    places = gpd.GeoDataFrame(
        {"name": ["边村"], "unit": ["a"], "declared": [declared], "metres": [float("nan")]},
        index=["1"],
        geometry=gpd.points_from_xy(*at((900, 0)).T),
        crs=UNITS.crs,
    ).assign(all=[200.0])
    problems = Problems()
    found = place_people(
        UNITS, places, ("all",), pd.DataFrame({"all": [None, None]}, index=["a", "b"], dtype=float),
        network=STREET, spread_classes=["residential"], spread_metres=5000.0, problems=problems,
    )  # fmt: skip
    return found.demand.points.groupby("unit")["all"].sum().to_dict(), problems


def test_a_place_that_names_no_unit_is_spread_over_both_and_it_is_said():
    people, problems = placed(declared=False)
    assert people == {"a": 100, "b": 100}
    (found,) = problems.warnings
    assert (found.code, found.people) == ("people.other_unit", 100)
    assert "100 人落在与点位不同的单元" in found.render("zh")
    assert "100 people came to lie in another unit" in found.render("en")
    assert "边村" in found.render("zh")


def test_a_place_that_names_its_unit_stays_there():
    people, problems = placed(declared=True)
    assert people == {"a": 200}
    assert not problems.items
