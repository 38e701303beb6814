"""The table that shows how people add up, unit by unit and in all."""

import dataclasses

import geopandas as gpd
import pandas as pd
from tiny import at, demand, facilities, inputs, network, region

from coverplan import place_people
from coverplan.present.people_table import people_table

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
ROADS = network([[(0, 0), (2000, 0)]])
CODES = ["a", "b"]


def placed(given):
    places = gpd.GeoDataFrame(
        {"name": ["甲", "乙"], "unit": ["a", "a"], "declared": ["", ""], "metres": [None, None]},
        index=["1", "2"],
        geometry=gpd.points_from_xy(*at((5, 0), (500, 0)).T),
        crs=UNITS.crs,
    ).assign(all=[3.0, 6.0], metres=float("nan"))
    totals = pd.DataFrame({"all": given}, index=CODES)
    found = place_people(UNITS, places, ("all",), totals)
    study = inputs(UNITS, found.demand, ROADS, facilities([(0, 0, "a")]))
    return people_table(dataclasses.replace(study, reconciliation=found.reconciliation), "zh")


def test_given_read_placed_and_unplaced():
    table = placed([12.0, 7.0]).set_index("unit")
    assert table.loc["a", ["given", "read", "placed", "unplaced"]].tolist() == [12, 9.0, 12, 0]
    assert table.loc["a", "factor"] == 1.333333
    assert table.loc["b", ["given", "placed", "unplaced"]].tolist() == [7, 0, 7]
    assert pd.isna(table.loc["b", "read"])
    assert pd.isna(table.loc["b", "factor"])
    assert list(table.columns[:2]) == ["study", "notice"]
    whole = table.loc["total"]
    assert (whole["unit_name"], whole["given"], whole["read"], whole["unplaced"]) == (
        "合计", 19, 9.0, 7,
    )  # fmt: skip


def test_a_total_nobody_gave_stays_empty_in_the_whole_too():
    table = placed([12.0, None]).set_index("unit")
    assert pd.isna(table.loc["b", "given"])
    assert pd.isna(table.loc["total", "given"])
    assert table.loc["total", "placed"] == 12


def test_a_study_made_in_code_has_no_such_table():
    people = demand(UNITS, [(5, 0, "a", 4)])
    assert people_table(inputs(UNITS, people, ROADS, facilities([(0, 0, "a")])), "en") is None
