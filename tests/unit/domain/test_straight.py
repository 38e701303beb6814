"""Straight lines instead of roads: what a study says of them, and what they say of themselves."""

import pytest
from pydantic import ValidationError
from tiny import profile

from coverplan.core.errors import InputError
from coverplan.domain import builtin_profiles
from coverplan.domain.config import RoadsConfig
from coverplan.domain.straight import StraightLine


def test_the_speed_of_a_profile_is_taken_where_it_has_one():
    walking = builtin_profiles()["walking_older"].straight_line(1.4)
    assert walking.straight == StraightLine(1.4, 3.2)
    assert walking.source == builtin_profiles()["walking_older"].source
    assert builtin_profiles()["ebike"].one_kmh is None
    with pytest.raises(InputError, match=r"ebike has a speed for each class") as caught:
        builtin_profiles()["ebike"].straight_line(1.4)
    assert "profile.straight_line(1.4, kmh=SPEED)" in caught.value.render("en")
    assert "profile.straight_line(1.4, kmh=速度)" in caught.value.render("zh")


def test_a_speed_that_is_stated_counts_and_its_source_is_whoever_stated_it():
    walking = builtin_profiles()["walking_older"].straight_line(1.4, 2.5)
    assert walking.straight == StraightLine(1.4, 2.5)
    assert "研究者" in walking.source.zh
    assert "states" in walking.source.en


def test_every_name_of_the_profile_carries_the_factor():
    summary = builtin_profiles()["driving"].straight_line(1.35, 30.0).summary
    assert summary.zh == "驾车 30 km/h，直线距离×1.35"
    assert summary.en == "driving 30 km/h, straight line × 1.35"
    assert "直线" not in builtin_profiles()["driving"].summary.zh
    assert StraightLine(1.234567, 3).words.en == "straight line × 1.234567"


@pytest.mark.parametrize(("detour", "kmh"), [(0.999, 3), (float("inf"), 3), (float("nan"), 3)])
def test_a_factor_below_one_is_none(detour, kmh):
    with pytest.raises(ValueError, match="detour"):
        profile(kmh).straight_line(detour)
    with pytest.raises(ValueError, match="detour"):
        StraightLine(1.4, 0)


def test_a_record_holds_the_newer_keys_only_where_they_are_said():
    plain = RoadsConfig(source="roads.gpkg").model_dump(mode="json")
    assert not {"detour", "straight_kmh"} & set(plain)
    said = RoadsConfig(detour=1.4, straight_kmh={"driving": 30}).model_dump(mode="json")
    assert (said["detour"], said["straight_kmh"], said["source"]) == (1.4, {"driving": 30.0}, None)
    assert RoadsConfig.model_validate(said).detour == 1.4
    with pytest.raises(ValidationError):
        RoadsConfig(detour=True)


def test_a_study_without_a_road_file_has_none_to_open():
    with pytest.raises(ValueError, match="no road file"):
        _ = RoadsConfig(detour=1.4).file
    assert RoadsConfig(source="roads.gpkg").file.name == "roads.gpkg"
