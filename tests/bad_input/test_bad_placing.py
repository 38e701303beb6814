"""People handed to `place_people` by a program, without the checks of the readers."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from tiny import CRS, X0, Y0, network, region

from coverplan import place_people
from coverplan.core.errors import InputError, Problems

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
NOBODY_SAID = pd.DataFrame(np.nan, index=UNITS.codes, columns=["all", "elderly"])


def _places(people, elderly, unit="a"):
    n = len(people)
    return gpd.GeoDataFrame(
        {
            "name": [f"村{i}" for i in range(n)],
            "unit": unit,
            "declared": True,
            "metres": np.nan,
            "all": np.array(people, dtype=float),
            "elderly": np.array(elderly, dtype=float),
        },
        index=[f"p{i}" for i in range(n)],
        geometry=gpd.points_from_xy(X0 + 10.0 * np.arange(n), np.full(n, Y0)),
        crs=CRS,
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_a_number_that_is_none_stops_and_names_its_place(value):
    places = _places([10, 20, 30], [1, value, 3])
    with pytest.raises(InputError) as caught:
        place_people(UNITS, places, ("all", "elderly"), NOBODY_SAID)
    (problem,) = caught.value.problems
    assert (problem.code, problem.column) == ("people.not_known", "elderly")
    assert "村1 (p1)" in problem.render("zh")


def test_every_such_place_and_group_is_named():
    places = _places([np.nan, 20, np.nan], [1, np.nan, 3])
    with pytest.raises(InputError) as caught:
        place_people(UNITS, places, ("all", "elderly"), NOBODY_SAID)
    assert {p.column for p in caught.value.problems} == {"all", "elderly"}
    assert "村0 (p0), 村2 (p2)" in caught.value.render("en")


def test_a_group_that_cannot_stay_within_everybody_is_said():
    notes = Problems()
    totals = pd.DataFrame({"all": [100.0, np.nan], "elderly": [50.0, np.nan]}, index=UNITS.codes)
    placed = place_people(
        UNITS, _places([1, 99], [5, 0]), ("all", "elderly"), totals, problems=notes
    )
    assert placed.demand.points["elderly"].tolist() == [50, 0]
    (note,) = notes
    assert (note.code, note.severity) == ("people.more_than_placed", "warning")
    assert "49" in note.what.en


def test_names_are_joined_as_each_language_does():
    notes = Problems()
    place_people(
        UNITS, _places([10, 20], [1, 2]), ("all", "elderly"), NOBODY_SAID,
        network=network([[(800, 0), (1200, 0)]]), spread_classes=["residential"],
        spread_metres=50, problems=notes,
    )  # fmt: skip
    (note,) = notes
    assert "村0、村1" in note.render("zh")
    assert "村0, 村1" in note.render("en")
