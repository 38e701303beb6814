"""Blind spots: how many services are missing, and which, for whom."""

import numpy as np
import pytest
from known_times import people_of

from coverplan.measure.blindspots import (
    UNPLACED,
    Missing,
    missing_combinations,
    missing_counts,
)

MASKS = {
    "care": np.array([True, False, False, True]),
    "work": np.array([True, True, False, True]),
    "home": np.array([True, False, False, False]),
}


@pytest.fixture
def found():
    return Missing.of(MASKS)


@pytest.fixture
def who():
    return people_of(["a", "a", "b", "b"], [10, 20, 30, 5], codes=["a", "b", "c"],
                     unplaced=[0, 7, 0])  # fmt: skip


def test_each_place(found):
    assert found.count.tolist() == [0, 2, 3, 1]
    assert found.names.tolist() == ["", "care+home", "care+work+home", "home"]


def test_counts_add_up_to_the_census(found, who):
    table = missing_counts(found, who)
    total = table[table["unit_code"] == "total"]
    assert total["value"].tolist() == [10, 5, 20, 30, 7]
    assert total["missing"].tolist()[:4] == [0, 1, 2, 3]
    assert total["missing"].isna().tolist() == [False] * 4 + [True]
    assert total["value"].sum() == total["denominator"].iloc[0] == 72
    assert set(table["services"]) == {3}
    by_unit = table.groupby("unit_code", sort=False)["value"].apply(list)
    assert by_unit["b"] == [0, 5, 0, 30, 7]
    assert by_unit["c"] == [0, 0, 0, 0, 0]


def test_which_are_missing_together(found, who):
    table = missing_combinations(found, who)
    total = table[table["unit_code"] == "total"]
    assert dict(zip(total["combination"], total["value"], strict=True)) == {
        "care+work+home": 30,
        "care+home": 20,
        "": 10,
        UNPLACED: 7,
        "home": 5,
    }
    assert total["value"].tolist() == sorted(total["value"], reverse=True)
    assert "c" not in set(table["unit_code"])


def test_some_services_only(found):
    assert found.only(("home", "care")).count.tolist() == [0, 2, 2, 1]
    assert found.only(("home",)).names.tolist() == ["", "home", "home", "home"]


def test_unknown_people_stay_unknown(found):
    who = people_of(["a"] * 4, [1, 1, 1, 1], codes=["a", "b"], totals=[4, None])
    table = missing_counts(found, who).set_index("unit_code")
    assert table.loc["b", "value"].isna().all()
    assert table.loc["b", "denominator"].isna().all()
    assert table.loc["total", "value"].sum() == 4


def test_no_service_at_all_is_refused():
    with pytest.raises(ValueError, match="0 services"):
        Missing.of({})
