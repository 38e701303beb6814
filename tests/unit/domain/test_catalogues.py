"""The layers and profiles that come built in."""

import pytest

from coverplan import Profile, Text, builtin_layers, builtin_profiles
from coverplan.domain.config import ProfileConfig, StudyConfig
from coverplan.domain.profile import KNOWN_CLASSES


def test_every_layer_has_its_profile_shape_and_labels():
    profiles = builtin_profiles()
    layers = builtin_layers()
    assert set(layers) == {"elderly_care", "social_work", "childrens_home", "eco_burial"}
    assert len({layer.shape for layer in layers.values()}) == 4
    assert len({layer.colour for layer in layers.values()}) == 4
    for layer in layers.values():
        assert layer.profile in profiles
        assert layer.label.zh != layer.label.en


def test_every_speed_has_a_source_and_a_known_class():
    for profile in builtin_profiles().values():
        assert set(profile.speeds_kmh) <= KNOWN_CLASSES
        assert profile.source.zh
        assert profile.source.en
        assert "ferry" not in profile.speeds_kmh
        assert profile.no_access <= set(profile.speeds_kmh)
    walking = builtin_profiles()["walking_older"]
    assert set(walking.speeds_kmh.values()) == {3.2, 1.6}  # 0.89 m/s, half of it on steps
    assert [c for c, kmh in walking.speeds_kmh.items() if kmh == 1.6] == ["steps"]
    assert "motorway" not in walking.speeds_kmh


@pytest.mark.parametrize("kmh", [0.0, -3.0, 300.0, float("nan")])
def test_impossible_speeds_are_refused(kmh):
    with pytest.raises(ValueError, match="speed"):
        Profile("x", Text.same("x"), {"path": kmh}, 2.0, 100.0)


def test_a_profile_without_speed_is_refused():
    with pytest.raises(ValueError, match="no speed"):
        Profile("x", Text.same("x"), {}, 2.0, 100.0)


def config(**profiles):
    return StudyConfig.model_validate(
        {
            "title": "t",
            "date": "2025-12-31",
            "region": {"units": "u.gpkg"},
            "people": {"source": "p.csv", "groups": {"all": "n"}},
            "roads": {"source": "r.gpkg"},
            "layers": {"elderly_care": {"source": "f.csv"}},
            "profiles": profiles,
        }
    )


def test_a_study_may_change_a_part_of_a_profile():
    changed = config(walking_older={"kmh": 2.5}).all_profiles()["walking_older"]
    assert set(changed.speeds_kmh.values()) == {2.5, 1.25}  # half of it on steps
    assert changed.access_kmh == 1.92
    boat = config(boat={"kmh_by_class": {"ferry": 9}, "label": {"zh": "船", "en": "boat"}})
    assert boat.all_profiles()["boat"].speeds_kmh == {"ferry": 9}
    assert boat.all_profiles()["boat"].summary == Text("船 9 km/h", "boat 9 km/h")


def test_one_speed_for_a_profile_by_class_opens_no_road():
    before = builtin_profiles()["driving"].speeds_kmh
    changed = config(driving={"kmh": 25}).all_profiles()["driving"]
    assert changed.speeds_kmh == dict.fromkeys(before, 25)


def test_an_empty_profile_is_refused():
    with pytest.raises(ValueError, match="no speed"):
        config(nothing=ProfileConfig()).all_profiles()
