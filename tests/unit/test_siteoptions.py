"""Options of the command become tables of the study file: all of them, and nothing else."""

import copy
import inspect
import typing

import pytest

from coverplan import InputError, cli
from coverplan.domain.config import StudyConfig
from coverplan.domain.siting_config import (
    MODELS,
    NEEDS,
    USERS,
    JointConfig,
    SitingConfig,
    Uncertainty,
)
from coverplan.siteoptions import SiteOptions, changes, given

FILE = {
    "title": "x",
    "layers": {
        "a": {
            "source": "a.csv",
            "siting": {
                "model": "fewest",
                "share_percent": 80.0,
                "within": "every_unit",
                "sites": 9,
                "cost_yuan": 5,
                "candidates": "roads",
                "candidate_spacing_metres": 900,
                "forbidden": [{"source": "protected.gpkg"}],
                "required": ["P1"],
                "excluded": ["P2"],
                "unit_weights": {"x": 2},
                "spacing_metres": 100,
                "most_slope_percent": 12,
                "uncertainty": {"draws": 50, "people_percent": 4.0},
                "time_limit_seconds": 9,
            },
        },
        "b": {"source": "b.csv", "siting": {"sites": 2}},
        "c": {"source": "c.csv"},
    },
}


def changed(data=None, **options):
    """The tables of the file as the options alter them."""
    tables = copy.deepcopy(FILE if data is None else data)
    options.setdefault("layers", ("a",))
    changes(SiteOptions(**options))(tables)
    return tables


def siting(**options):
    """The siting table of the first layer."""
    return changed(**options)["layers"]["a"]["siting"]


def test_without_options_the_file_decides():
    assert siting() == FILE["layers"]["a"]["siting"]


def test_other_layers_ask_for_nothing_and_stay():
    layers = changed()["layers"]
    assert list(layers) == ["a", "b", "c"]
    assert "siting" not in layers["b"]
    assert layers["b"]["source"] == "b.csv"
    assert "joint" not in changed()


def test_the_file_is_not_asked_for_the_layers_together_when_one_is_named():
    data = {**FILE, "joint": {"layers": ["a", "b"]}}
    assert "joint" not in changed(data)


def test_a_layer_without_a_siting_table_gets_one():
    table = changed(layers=("c",), model="mclp", numbers=(("sites", 3),))["layers"]["c"]["siting"]
    assert table == {"sites": 3}
    table = changed(layers=("c",), model="lscp")["layers"]["c"]["siting"]
    assert table == {"model": "lscp"}


@pytest.mark.parametrize("model", [name for name in MODELS if name != "fewest"])
def test_another_model_drops_the_numbers_of_the_files_own_and_keeps_the_ground(model):
    table = siting(model=model)
    assert table["model"] == model
    needed = {key for group in NEEDS.get(model, ()) for key in group}
    assert set(table) & set(USERS) <= needed
    given = FILE["layers"]["a"]["siting"].items()
    own = {k: v for k, v in given if (k not in USERS or k in needed) and k != "model"}
    assert {k: v for k, v in table.items() if k != "model"} == own


def test_the_same_model_keeps_its_numbers():
    assert siting(model="fewest") == FILE["layers"]["a"]["siting"]
    table = siting(model="fewest", numbers=(("share_percent", 60.0),))
    assert table["share_percent"] == 60.0
    assert table["within"] == "every_unit"
    # A table without a model is one of the default model.
    plain = changed(layers=("b",), model="mclp")["layers"]["b"]["siting"]
    assert plain == {"sites": 2}
    assert "sites" not in changed(layers=("b",), model="lscp")["layers"]["b"]["siting"]


def test_numbers_stand_in_place_of_the_files():
    numbers = {"sites": 4, "spacing_metres": 7.0, "candidates": "people", "frontier": 3}
    table = siting(model="mclp", numbers=tuple(numbers.items()))
    assert {key: table[key] for key in numbers} == numbers


def test_years_are_read():
    words = "2026:2, 2027:3:3000000,2028::4000000"
    assert siting(model="phases", years=words)["years"] == [
        {"year": 2026, "sites": 2},
        {"year": 2027, "sites": 3, "budget_yuan": 3_000_000},
        {"year": 2028, "budget_yuan": 4_000_000},
    ]


def test_required_and_excluded_sites_come_on_top_of_the_files():
    table = siting(required=("P3", "P4"), excluded=("P5",))
    assert (table["required"], table["excluded"]) == (["P1", "P3", "P4"], ["P2", "P5"])
    table = changed(layers=("b",), required=("P3",))["layers"]["b"]["siting"]
    assert table == {"sites": 2, "required": ["P3"]}


def test_forbidden_areas_come_on_top_of_the_files():
    table = siting(forbidden=("homes=300", "farm land.gpkg=12.5", "rail=way.gpkg=5", "lake.gpkg"))
    assert table["forbidden"] == [
        {"source": "protected.gpkg"},
        {"source": "homes", "metres": 300.0},
        {"source": "farm land.gpkg", "metres": 12.5},
        {"source": "rail=way.gpkg", "metres": 5.0},
        {"source": "lake.gpkg"},
    ]


def test_what_is_uncertain_is_joined_to_the_files():
    table = siting(uncertainty=(("draws", 7), ("speed_percent", 20.0)))
    assert table["uncertainty"] == {"draws": 7, "speed_percent": 20.0, "people_percent": 4.0}


def test_another_model_is_not_asked_to_be_robust():
    file = copy.deepcopy(FILE)
    file["layers"]["b"]["siting"]["uncertainty"] = {"draws": 4, "robust": "mean"}
    same = changed(file, layers=("b",), model="mclp")["layers"]["b"]["siting"]
    assert same["uncertainty"] == {"draws": 4, "robust": "mean"}
    other = changed(file, layers=("b",), model="lscp")["layers"]["b"]["siting"]
    assert other["uncertainty"] == {"draws": 4}
    asked = (("robust", "worst"),)
    both = changed(file, layers=("b",), model="lscp", uncertainty=asked)["layers"]["b"]["siting"]
    assert both["uncertainty"] == {"draws": 4, "robust": "worst"}


def test_several_layers_are_asked_together():
    data = changed(layers=("b", "a"), together=True)
    assert data["joint"] == {"layers": ["b", "a"], "together": True}
    file = {**FILE, "joint": {"layers": ["a", "b"], "building_cost_yuan": 8, "together": True}}
    data = changed(file, layers=("b", "a"))
    assert data["joint"] == {"layers": ["b", "a"], "building_cost_yuan": 8, "together": True}
    assert "siting" in data["layers"]["a"]
    assert "siting" in data["layers"]["b"]
    assert "siting" not in data["layers"]["c"]


def test_time_and_gap_are_those_of_the_one_search_over_several_layers():
    numbers = (("time_limit_seconds", 3.0), ("gap_percent", 1.0), ("sites", 2))
    data = changed(layers=("a", "b"), numbers=numbers)
    assert data["joint"] == {"layers": ["a", "b"], "time_limit_seconds": 3.0, "gap_percent": 1.0}


def test_the_file_given_is_not_altered_by_making_the_change():
    before = copy.deepcopy(FILE)
    changed(model="mclp", numbers=(("sites", 1),), forbidden=("homes=3",))
    assert before == FILE


# ---- faults --------------------------------------------------------------------------------------


def faults(**options):
    """What is wrong with the options."""
    with pytest.raises(InputError) as error:
        changed(**options)
    return error.value.problems


def test_every_bad_option_is_named_at_once_in_both_languages():
    found = faults(
        model="best", years="2026:2,soon,2027", forbidden=("homes=far", "a.gpkg=1", "b.gpkg=x")
    )
    assert [(p.column, p.found) for p in found] == [
        ("--model", "best"),
        ("--years", "soon"),
        ("--years", "2027"),
        ("--forbid", "homes=far"),
        ("--forbid", "b.gpkg=x"),
    ]
    for problem in found:
        assert problem.code == "site.option"
        assert problem.what.zh == "命令选项不能使用"
        assert problem.what.en == "an option of the command cannot be used"
        assert problem.expected.zh
        assert problem.expected.en
        assert problem.mend.zh
        assert problem.mend.en
    assert found[0].expected.en == ", ".join(MODELS)


@pytest.mark.parametrize("words", ["", "2026", "2026:", "2026::", "26:2", "2026:2:3:4", "2026:-1"])
def test_years_that_say_nothing(words):
    (problem,) = faults(years=words)
    assert (problem.column, problem.found) == ("--years", words)


def test_unknown_layers_are_all_named_with_those_there_are():
    found = faults(layers=("a", "z", "y"))
    assert [p.found for p in found] == ["z", "y"]
    assert found[0].column == "--layer"
    assert found[0].expected.zh == "a、b、c"
    assert found[0].expected.en == "a, b, c"
    (none,) = faults(layers=())
    assert none.column == "--layer"


@pytest.mark.parametrize("data", [{}, {"layers": 3}, {"layers": {"a": 3}}, {"layers": []}])
def test_files_that_are_no_study_are_left_to_their_reader(data):
    assert changed(copy.deepcopy(data), model="mclp") == data


def test_only_what_was_given_counts():
    assert given({"sites": None, "gap_percent": 0.0, "within": "all"}) == (
        ("gap_percent", 0.0),
        ("within", "all"),
    )


# ---- from the command line to the table ----------------------------------------------------------

WORDS = {
    "model": ("mclp", "model"), "sites": ("4", "sites"), "share": ("61.5", "share_percent"),
    "within": ("every_unit", "within"), "budget": ("123", "budget_yuan"),
    "close": ("2", "close"), "moves": ("1", "moves"), "years": ("2026:2", "years"),
    "spacing": ("800", "spacing_metres"), "per_unit": ("3", "unit_most"),
    "candidates": ("layer:b", "candidates"), "forbid": ("homes=300", "forbidden"),
    "require": ("P7", "required"), "exclude": ("P8", "excluded"),
    "frontier": ("6", "frontier"), "draws": ("7", "draws"), "seed": ("3", "seed"),
    "speed_percent": ("20", "speed_percent"), "people_percent": ("10", "people_percent"),
    "missing_links_percent": ("5", "missing_links_percent"),
    "robust": ("worst", "robust"),
    "time_limit": ("12", "time_limit_seconds"), "gap": ("0.5", "gap_percent"),
}  # fmt: skip
"""What is written for each option, and the key of the table it is for."""


@pytest.mark.parametrize("name", WORDS)
def test_every_option_reaches_its_table(name, monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(
        cli, "_site", lambda path, options, out, language, date, quiet: seen.append(options) or 0
    )
    word, key = WORDS[name]
    study = tmp_path / "study.toml"
    option = "--" + name.replace("_", "-")
    assert cli.execute(["site", str(study), "--layer", "c", option, word]) == 0
    (options,) = seen
    assert options.layers == ("c",)
    table = changed(layers=("c",), **{f: getattr(options, f) for f in FIELDS})["layers"]["c"]
    table = table["siting"]
    if key in Uncertainty.model_fields:
        assert list(table) == ["uncertainty"]
        assert list(table["uncertainty"]) == [key]
    else:
        assert list(table) == ([] if name == "model" else [key])
        assert key in SitingConfig.model_fields
    if name not in {"years", "forbid", "require", "exclude", "model"}:
        (value,) = table.get("uncertainty", table).values()
        assert str(value) in {word, f"{word}.0"}


FIELDS = (
    "model", "numbers", "years", "forbidden", "required", "excluded", "uncertainty", "together",
)  # fmt: skip


def test_no_option_is_left_out():
    own = {"study", "layer", "out", "date", "lang", "quiet", "together"}
    assert set(inspect.signature(cli.site).parameters) == {*WORDS, *own}
    fields = set(typing.get_type_hints(SiteOptions))
    assert fields == {"layers", *FIELDS}
    assert "together" in JointConfig.model_fields
    assert "joint" in StudyConfig.model_fields
