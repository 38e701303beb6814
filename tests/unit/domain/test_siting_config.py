import pytest

from coverplan.domain.siting_config import MODELS, NEEDS, USERS, Candidates, SitingConfig


def test_every_rule_about_keys_speaks_of_keys_and_models_that_exist():
    for key, models in USERS.items():
        assert key in SitingConfig.model_fields
        assert models <= set(MODELS)
    for model, groups in NEEDS.items():
        for group in groups:
            assert all(model in USERS[key] for key in group)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("people", ["people"]),
        ("layer:x", ["layer:x"]),
        (["people", "roads"], ["people", "roads"]),
        ({"source": "roads", "cost_yuan": 5}, ["roads"]),
        ({"source": "a.csv"}, [None]),
        (["people", {"source": "a.csv", "kind": "reuse"}], ["people", None]),
    ],
)
def test_candidates_as_a_word_a_table_or_a_list(given, words):
    config = SitingConfig.model_validate({"sites": 1, "candidates": given})
    assert [source.word for source in config.sources] == words
    assert all(isinstance(source, Candidates) for source in config.sources)


@pytest.mark.parametrize(
    ("given", "closable"),
    [
        ({"sites": 1}, False),
        ({"sites": 1, "existing": "close"}, True),
        ({"sites": 1, "close": 1}, True),
        ({"sites": 1, "moves": 1}, True),
        ({"model": "consolidate", "close": 1}, True),
        ({"sites": 1, "existing": "keep"}, False),
    ],
)
def test_closable(given, closable):
    assert SitingConfig.model_validate(given).closable == closable
