"""Limits are whole minutes that a page's points can carry, whoever makes the layer."""

import numpy as np
import pytest

from coverplan import InputError, Layer, Text


def layer(minutes):
    return Layer("x", Text("站", "station"), "all", "walk", minutes)


@pytest.mark.parametrize("minutes", [1, 15, 15.0, 254, np.int64(30)])
def test_whole_minutes_will_do(minutes):
    assert layer(minutes).minutes == minutes


@pytest.mark.parametrize("minutes", [12.5, 0, -5, 0.5, 255, 254.5, float("nan"), float("inf")])
def test_others_are_refused_in_both_languages(minutes):
    with pytest.raises(InputError) as caught:
        layer(minutes)
    assert "1 到 254 的整数" in caught.value.render("zh")
    assert "a whole number of minutes, 1 to 254" in caught.value.render("en")
    assert str(minutes) in caught.value.render("zh")
