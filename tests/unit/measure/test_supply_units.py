"""What the supply of a layer is counted in."""

import pytest

from coverplan.measure.supply_units import supply_unit


@pytest.mark.parametrize("column", ["床位数", "Beds", "容量", "核定床位", "可容纳人数", "座位数"])
def test_places_are_places(column):
    assert supply_unit(column).places


@pytest.mark.parametrize("column", ["社工人数", "护理员数", "建筑面积", "staff", "年服务人次"])
def test_what_says_nothing_of_places_counts_none(column):
    unit = supply_unit(column)
    assert not unit.places
    assert unit.column == column
    assert unit.label.zh


def test_supply_from_no_file_counts_places():
    assert supply_unit("").places
    assert supply_unit(" ").label.zh == "名额"
