"""Gini, Theil, Palma and 20:20 against figures worked out by hand."""

import math

import numpy as np
import pytest

from coverplan.measure.inequality import (
    gini,
    lorenz,
    means_by_group,
    palma,
    ratio_20_20,
    theil,
)

ONES = np.ones(10, dtype=int)
TO_TEN = np.arange(1, 11)


@pytest.mark.parametrize(
    ("values", "people", "expected"),
    [
        ([1, 3], [1, 1], 0.25),  # |3 - 1| twice, over 2 * 4 * mean 2
        ([0, 0, 0, 4], [1, 1, 1, 1], 0.75),  # one of four has everything: 1 - 1/4
        ([0, 4], [3, 1], 0.75),
        ([7], [100], 0.0),
        (TO_TEN, ONES, 0.3),  # (n - 1) / (3 n)
        ([1.5, 4.5], [2, 2], 0.25),
        ([9, 1, 3], [0, 1, 1], 0.25),  # nobody has the 9
    ],
)
def test_gini(values, people, expected):
    assert gini(values, people) == expected


def test_whole_numbers_are_exact():
    """Milliseconds times people go beyond what 53 bits hold."""
    big = 2**60
    assert gini([big, big + 1], [10**9, 10**9]) == pytest.approx(1 / (8 * big), rel=1e-12)


@pytest.mark.parametrize("index", [gini, theil, palma, ratio_20_20, lorenz])
def test_nothing_to_share(index):
    assert index([0, 0], [1, 5]) is None
    assert index([3, 4], [0, 0]) is None
    assert index([], np.array([], dtype=int)) is None


def test_theil_by_hand():
    """One of two has everything: ln 2. Zero times the logarithm of zero is 0."""
    assert theil([0, 4], [1, 1]).total == pytest.approx(math.log(2))
    assert theil([5.0, 5.0], [1, 3]).total == 0
    found = theil([1, 3], [1, 1])
    assert found.total == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))


def test_theil_between_and_within():
    """Town 2 and 6 (mean 4), country 1 and 3 (mean 2) twice; mean of all 16 / 6."""
    values, people = [2, 6, 1, 3], [1, 1, 2, 2]
    found = theil(values, people, ["town", "town", "country", "country"])
    mean = 16 / 6
    inside = 0.25 * math.log(0.5) + 0.75 * math.log(1.5)
    assert found.between == pytest.approx(0.5 * math.log(4 / mean) + 0.5 * math.log(2 / mean))
    assert found.within == pytest.approx(inside)
    assert found.between + found.within == pytest.approx(found.total, rel=1e-12)
    assert found.groups.loc["town", ["people", "mean", "share"]].tolist() == [2, 4, 0.5]
    assert found.groups.loc["country", "people"] == 4
    assert found.between_share == pytest.approx(found.between / found.total)


def test_a_group_of_nobody_or_nothing_stays():
    found = theil([2, 2, 0, 9], [1, 1, 4, 0], ["a", "a", "b", "c"])
    assert found.groups["people"].tolist() == [2, 4, 0]
    assert found.groups["mean"].isna().tolist() == [False, False, True]
    assert found.groups["theil"].isna().tolist() == [False, True, True]
    assert found.between == pytest.approx(math.log(3))
    assert found.within == 0
    assert theil([2, 2], [1, 1], ["a", "b"]).between_share is None


def test_palma_and_fifths():
    """1 to 10: the top tenth has 10, the lower four tenths 1 + 2 + 3 + 4."""
    assert palma(TO_TEN, ONES) == 1.0
    assert ratio_20_20(TO_TEN, ONES) == pytest.approx(19 / 3)
    # Of three people, four tenths are 1.2 and one tenth is 0.3.
    assert palma([6, 1, 2], [1, 1, 1]) == pytest.approx(0.3 * 6 / (1 + 0.2 * 2))
    assert palma([6.0, 1.0, 2.0], [1, 1, 1]) == pytest.approx(9 / 7)
    assert palma([0, 0, 5], [3, 2, 5]) is None
    assert ratio_20_20([0, 5], [1, 4]) is None


def test_lorenz_curve():
    curve = lorenz([4, 0, 2, 2], [1, 2, 1, 1])
    assert curve["people_share"].tolist() == pytest.approx([0, 0.4, 0.8, 1])
    assert curve["value_share"].tolist() == pytest.approx([0, 0, 0.5, 1])
    area = np.trapezoid(curve["value_share"], curve["people_share"])
    assert 1 - 2 * area == pytest.approx(gini([4, 0, 2, 2], [1, 2, 1, 1]))


def test_means_by_group():
    found = means_by_group([1, 3, 9, 5], [1, 3, 0, 0], ["a", "a", "a", "b"])
    assert found.loc["a"].tolist() == [4, 2.5]
    assert found.loc["b", "people"] == 0
    assert found["mean"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("values", "people"),
    [
        ([float("nan"), 1], [1, 1]),
        ([-1, 1], [1, 1]),
        ([1, 1], [-1, 1]),
        ([1, 1], [0.5, 1]),
        ([1], [1, 1]),
        ([float("inf")], [1]),
    ],
)
def test_what_cannot_be_measured_is_refused(values, people):
    with pytest.raises(ValueError, match=r"values|people"):
        gini(values, people)


def test_an_unknown_value_of_nobody_is_no_matter():
    assert gini([float("nan"), 1, 3], [0, 1, 1]) == 0.25
