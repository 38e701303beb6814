"""Floating catchments against figures worked out by hand.

Three places with a hospital each, the example pysal's `access` is tested with: 100, 50 and 10
people; 15, 20 and 100 doctors; a minute to one's own, 40 between either of the first two and the
third, 80 between the first two; catchment an hour.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from known_times import people_of, times_of

from coverplan import InputError
from coverplan.core.text import Text
from coverplan.measure.decay import LUO_QI_WEIGHTS, Catchment, Gaussian, Zones
from coverplan.measure.floating import access_table, two_step_floating_catchment, usual_methods

PEOPLE = np.array([100, 50, 10])
DOCTORS = np.array([15.0, 20.0, 100.0])
JAM = [[1, 80, 40], [80, 1, 40], [40, 40, 1]]
LANE = [[1, 80, 20], [80, 1, 20], [40, 40, 1]]
"""A fast lane into the third place: from 1 and 2 to 3 in 20 minutes, back in 40."""

ZONES = Zones((20.0, 40.0, 60.0), LUO_QI_WEIGHTS)
NAN = float("nan")


@dataclass(frozen=True)
class Gravity:
    """Weight 1 / minutes, as that example has it."""

    minutes: float = 60.0
    label: Text = Text("", "")

    def weights(self, ms):
        return 60_000 / ms


def access(minutes, decay, *, selection=False, supply=DOCTORS):
    times = times_of(minutes)
    return two_step_floating_catchment(times, PEOPLE, supply, decay, selection=selection)


def test_two_steps():
    """Site 1 is for 100 + 10 people, 2 for 50 + 10, 3 for all 160."""
    found = access(JAM, Catchment(60))
    assert found.sites["competing"].tolist() == [110, 60, 160]
    expected = [15 / 110 + 100 / 160, 20 / 60 + 100 / 160, 15 / 110 + 20 / 60 + 100 / 160]
    assert found.per_person == pytest.approx(expected, rel=1e-14)
    assert found.per_person == pytest.approx([67 / 88, 23 / 24, 289 / 264], rel=1e-14)
    assert found.supply == 135
    assert PEOPLE @ found.per_person == pytest.approx(135, rel=1e-14)


@pytest.mark.parametrize(
    ("minutes", "third", "far"), [(JAM, 10 + 100 / 40 + 50 / 40, 40), (LANE, 10 + 150 / 20, 20)]
)
def test_two_steps_with_gravity(minutes, third, far):
    found = access(minutes, Gravity())
    one, two, three = 15 / 100.25, 20 / 50.25, 100 / third
    expected = [one + three / far, two + three / far, three + one / 40 + two / 40]
    assert found.per_person == pytest.approx(expected, rel=1e-12)


def test_enhanced_two_steps():
    """40 minutes are in the second zone, whose end they stand on: weight 0.68."""
    found = access(JAM, ZONES)
    one, two, three = 15 / 106.8, 20 / 56.8, 100 / (10 + 68 + 34)
    assert found.sites["competing"].to_numpy() == pytest.approx([106.8, 56.8, 112], rel=1e-14)
    expected = [one + 0.68 * three, two + 0.68 * three, three + 0.68 * (one + two)]
    assert found.per_person == pytest.approx(expected, rel=1e-12)


def test_three_steps():
    """Each person's selection weights add up to 1: 1 / 1.68 at home, 0.68 / 1.68 abroad."""
    found = access(JAM, ZONES, selection=True)
    home, away, own, other = 1 / 1.68, 0.68 / 1.68, 1 / 2.36, 0.68 / 2.36
    one = 15 / (100 * home + 10 * other * 0.68)
    two = 20 / (50 * home + 10 * other * 0.68)
    three = 100 / (10 * own + (100 + 50) * away * 0.68)
    expected = [
        home * one + away * 0.68 * three,
        home * two + away * 0.68 * three,
        own * three + other * 0.68 * (one + two),
    ]
    assert found.per_person == pytest.approx(expected, rel=1e-12)
    assert PEOPLE @ found.per_person == pytest.approx(135, rel=1e-12)


def test_two_homes_side_by_side_in_three_steps():
    """In two steps each home counts all 10 people; in three they are shared out between them."""
    times = times_of([[1, 1]])
    people, beds = np.array([10]), np.array([5.0, 5.0])
    two = two_step_floating_catchment(times, people, beds, Catchment(60))
    three = two_step_floating_catchment(times, people, beds, Catchment(60), selection=True)
    assert two.sites["competing"].tolist() == [10, 10]
    assert three.sites["competing"].tolist() == [5, 5]
    assert two.per_person.tolist() == three.per_person.tolist() == [1.0]


def test_unknown_supply_is_left_out_and_named():
    found = access(JAM, Catchment(60), supply=np.array([15.0, NAN, 100.0]))
    assert found.sites["state"].tolist() == ["counted", "unknown_supply", "counted"]
    assert found.named("unknown_supply") == ["1"]
    assert pd.isna(found.sites["ratio"].iloc[1])
    assert found.per_person == pytest.approx([67 / 88, 100 / 160, 15 / 110 + 100 / 160])
    assert found.supply == 115


def test_a_site_without_anybody_is_named():
    times = times_of([[1, None]])
    found = two_step_floating_catchment(times, np.array([4]), np.array([2.0, 9.0]), Catchment(60))
    assert found.named("nobody_in_reach") == ["1"]
    assert found.supply == 2
    assert found.per_person.tolist() == [0.5]


def test_no_site_and_no_places_are_no_access():
    empty = two_step_floating_catchment(times_of([[], []]), np.array([4, 1]), np.empty(0))
    assert empty.per_person.tolist() == [0, 0]
    none = two_step_floating_catchment(times_of([[1]]), np.array([4]), np.array([0.0]))
    assert none.per_person.tolist() == [0]
    assert none.sites["state"].tolist() == ["counted"]


def test_exactly_on_the_catchment_is_inside():
    times = times_of([[15.0], [15 + 1 / 60_000]])
    people, beds = np.array([1, 1]), np.array([1.0])
    for decay in (Catchment(15), Zones.equal(15), Gaussian(15)):
        found = two_step_floating_catchment(times, people, beds, decay)
        assert found.per_person.tolist() == [1.0, 0.0]


def test_access_by_unit():
    """Unit a: 3 people of 0.2 and 1 of 0; b: nobody; c: unknown."""
    times = times_of([[1], [None]])
    found = two_step_floating_catchment(times, np.array([3, 1]), np.array([0.6]), Catchment(15))
    who = people_of(["a", "a"], [3, 1], codes=["a", "b", "c"], totals=[4, 0, None])
    table = access_table(found, who).set_index("unit_code")
    assert table.loc["a", "places"] == pytest.approx(0.6)
    assert table.loc["a", "per_1000"] == pytest.approx(150)
    assert table.loc["a", ["people", "placed", "people_without"]].tolist() == [4, 4, 1]
    assert table.loc["b", "people"] == 0
    assert pd.isna(table.loc["b", "per_1000"])
    assert pd.isna(table.loc["c", "people"])
    assert table.loc["total", "per_1000"] == pytest.approx(150)


def test_arrays_that_do_not_fit_are_refused():
    times = times_of([[1]], cutoff=15)
    with pytest.raises(ValueError, match="fit"):
        two_step_floating_catchment(times, np.array([1, 2]), np.array([1.0]))
    with pytest.raises(ValueError, match="0 or more"):
        two_step_floating_catchment(times, np.array([1]), np.array([-1.0]))
    with pytest.raises(ValueError, match="up to 15"):
        two_step_floating_catchment(times, np.array([1]), np.array([1.0]), Catchment(20))


def test_zones_of_fifteen_minutes():
    zones = Zones.equal(15.0)
    assert zones.ends == (5.0, 10.0, 15.0)
    assert zones.minutes == 15
    ms = np.array([0, 300_000, 300_001, 600_000, 600_001, 900_000])
    assert zones.weights(ms).tolist() == [1, 1, 0.68, 0.68, 0.22, 0.22]
    assert "0.68" in zones.label.zh
    assert "≤1.67: 1, ≤3.33: 0.68, ≤5: 0.22" in Zones.equal(5.0).label.en


def test_gaussian_weights():
    """Half way weighs the fourth root of the weight at the edge."""
    weights = Gaussian(20, 0.01).weights(np.array([0, 600_000, 1_200_000]))
    assert weights == pytest.approx([1, 0.01**0.25, 0.01])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Catchment(0),
        lambda: Zones((), ()),
        lambda: Zones((5, 5), (1, 0.5)),
        lambda: Zones((5, 10), (0.5, 0.6)),
        lambda: Zones((5, 10), (1, 0)),
        lambda: Zones((5,), (1.5,)),
        lambda: Zones((5, 10), (1,)),
        lambda: Gaussian(15, 1.0),
        lambda: Gaussian(15, 0.0),
        lambda: Gaussian(float("nan")),
    ],
)
def test_decays_that_cannot_be(make):
    with pytest.raises(InputError):
        make()


def test_the_usual_methods():
    methods = usual_methods(15, LUO_QI_WEIGHTS, 0.01)
    assert list(methods) == ["2sfca", "e2sfca", "e2sfca_gaussian", "3sfca"]
    assert [selection for _, selection in methods.values()] == [False, False, False, True]
