"""Types of the register: layers, sets of units, targets."""

import dataclasses
import re

import pytest

from coverplan.domain.layer import builtin_layers
from coverplan.domain.policy import layer_members, policy_layers, unit_sets
from coverplan.domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS
from coverplan.io.register import read_register


def test_layers_are_labelled_and_point_to_layers_there_are():
    layers = policy_layers()
    for key, layer in layers.items():
        assert layer.id == key
        assert layer.label.zh
        assert layer.label.en
        assert not layer.study_layer or layer.study_layer in builtin_layers()
        assert set(layer.members) <= set(layers)


def test_no_word_means_two_layers():
    seen = {}
    for layer in policy_layers().values():
        for word in {layer.label.zh, *layer.words}:
            assert seen.setdefault(word, layer.id) == layer.id


def test_families_are_taken_apart_and_each_layer_comes_once():
    elderly = policy_layers()["all_elderly_layers"].members
    assert layer_members(("day_care", "all_elderly_layers")) == (
        "day_care",
        *(key for key in elderly if key != "day_care"),
    )
    assert layer_members(("no_such_layer",)) == ("no_such_layer",)
    assert set(elderly) < set(layer_members(("all_layers",)))


def test_the_26_counties():
    zj26 = unit_sets()["zj26"]
    assert len(zj26.codes) == 26
    assert all(re.fullmatch(r"33\d{4}", code) for code in zj26.codes)
    # Chun'an, Yongjia, Cangnan and Jiangshan are confirmed; Xinchang is none of them.
    assert {"330127", "330324", "330327", "330881"} < zj26.codes
    assert "330624" not in zj26.codes
    assert zj26.valid_to == 2024


@pytest.mark.parametrize("facts", [UNIT_FACTS, FACILITY_FACTS, PROJECT_FACTS])
def test_each_fact_has_a_key_and_names_of_its_own(facts):
    keys = [fact.key for fact in facts]
    names = [name for fact in facts for name in fact.names]
    assert len(keys) == len(set(keys))
    assert len(names) == len(set(names))
    assert all(fact.words for fact in facts if fact.kind in {"word", "words"})


def test_a_target_knows_whether_it_is_a_draft_and_its_year_implied():
    target = next(t for t in read_register() if t.id == "XA-03")
    assert target.draft
    assert not target.implied
    later = dataclasses.replace(target, standing="in_force", deadline_basis="plan_end")
    assert not later.draft
    assert later.implied
