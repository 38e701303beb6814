from coverplan.domain.ground_rules import builtin_ground_rules, ground_kinds


def test_every_set_names_its_source_in_both_languages():
    for rules in builtin_ground_rules().values():
        for text in (rules.label, rules.source):
            assert text.zh != text.en
            assert min(len(text.zh), len(text.en)) > 4
        assert rules.status in {"V", "V2", "unknown"}
        assert set(rules.metres) <= set(ground_kinds())


def test_distances_as_their_sources_give_them():
    shandong = builtin_ground_rules()["burial_shandong"].metres
    assert {k: shandong[k] for k in ("scenic", "water_source", "railway", "trunk_road")} == {
        "scenic": 2000.0, "water_source": 2000.0, "railway": 500.0, "trunk_road": 500.0,
    }  # fmt: skip
    assert shandong["homes"] is None


def test_what_nobody_knows_is_not_zero():
    for name in ("burial_zhejiang", "burial_fujian"):
        assert set(builtin_ground_rules()[name].metres.values()) == {None}


def test_the_national_rule_has_no_distance_beyond_the_areas_themselves():
    given = builtin_ground_rules()["burial_national"].metres
    assert set(given.values()) == {0.0, None}
    assert given["railway"] is None
