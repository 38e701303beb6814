"""Minutes to the nearest and second nearest: every figure worked out by hand."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from known_times import people_of

from coverplan import KNearest
from coverplan.measure.nearest_minutes import nearest_minutes, quantile

NEVER = -1


def near_of(rows):
    ms = np.array([[NEVER if t is None else t * 60_000 for t in row] for row in rows], dtype=int)
    site = np.where(ms == NEVER, NEVER, 0)
    return KNearest(pd.RangeIndex(len(ms)), pd.RangeIndex(3), ms, site)


@pytest.fixture
def table():
    """Unit a: 3 people at 1 and 2 min, 1 at 3 min with one site only; b: 6 who reach none."""
    near = near_of([(1, 2), (3, None), (None, None)])
    who = people_of(["a", "a", "b"], [3, 1, 6], codes=["a", "b", "c"])
    return nearest_minutes(near, who).set_index(["unit_code", "rank"])


def test_a_unit_with_two_sites(table):
    row = table.loc["a", 1]
    assert (row["people"], row["reaching"], row["short"]) == (4, 4, 0)
    assert row["mean_minutes"] == (3 * 1 + 1 * 3) / 4
    # Half of 4 are the first 2 of those at 1 minute; nine tenths of 4 is more than 3 people.
    assert (row["median_minutes"], row["p90_minutes"], row["max_minutes"]) == (1, 3, 3)


def test_the_second_nearest_is_missing_for_one(table):
    row = table.loc["a", 2]
    assert (row["reaching"], row["short"]) == (3, 1)
    assert (row["mean_minutes"], row["median_minutes"], row["max_minutes"]) == (2, 2, 2)
    assert pd.isna(row["p90_minutes"])


def test_who_reaches_none_stands_behind_all_others(table):
    row = table.loc["total", 1]
    assert (row["people"], row["reaching"], row["short"]) == (10, 4, 6)
    assert row["mean_minutes"] == 1.5
    assert pd.isna(row["median_minutes"])
    assert table.loc["b", 1][["reaching", "short"]].tolist() == [0, 6]
    assert pd.isna(table.loc["b", 1]["mean_minutes"])
    assert table.loc["b", 2]["short"] == 0


def test_a_unit_of_nobody_stays(table):
    row = table.loc["c", 1]
    assert (row["people"], row["reaching"]) == (0, 0)
    assert pd.isna(row["mean_minutes"])
    assert row["note_en"] == "nobody of this group"


def test_unplaced_and_unknown_people_are_said():
    who = people_of(["a"], [4], codes=["a", "b"], unplaced=[2, 0], totals=[6, None])
    found = nearest_minutes(near_of([(1, 1)]), who).set_index(["unit_code", "rank"])
    assert found.loc["a", 1]["unplaced"] == 2
    assert "2 people" in found.loc["a", 1]["note_en"]
    assert pd.isna(found.loc["b", 1]["people"])
    assert pd.isna(found.loc["b", 1]["reaching"])
    assert "1 unit of unknown people" in found.loc["total", 1]["note_en"]
    assert found.loc["total", 1]["people"] == 6


def test_everybody_is_in_one_count(table):
    whole = table.xs("total")
    short = whole["short"].sum()
    assert short + whole.loc[2, "reaching"] == whole.loc[1, "people"]


@pytest.mark.parametrize(
    ("share", "minutes"),
    [(Fraction(1, 10), 5), (Fraction(1, 4), 5), (Fraction(26, 100), 7), (Fraction(1), 9)],
)
def test_quantiles_take_whole_people(share, minutes):
    assert quantile(np.array([9, 5, 7]), np.array([50, 25, 25]), share, 100) == minutes


def test_other_points_are_refused():
    with pytest.raises(ValueError, match="places with sites"):
        nearest_minutes(near_of([(1, 2)]), people_of(["a", "a"], [1, 1]))
