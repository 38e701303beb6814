"""Another question to what is read already: the same answer as from the file, or a refusal."""

import dataclasses
import datetime

import pytest
from street_files import write_street

import coverplan as cp
from coverplan.identity import run_id

ASKS = [
    ("homes", {"sites": 1}),
    ("homes", {"model": "fewest", "share_percent": 60.0}),
    ("homes", {"model": "pmedian", "sites": 2, "excluded": ["P2"]}),
    ("homes", {"model": "pcenter", "sites": 1, "required": ["P1"]}),
    ("homes", {"sites": 1, "spacing_metres": 50.0, "unit_most": 1}),
    ("homes", {"model": "phases", "years": [{"year": 2026, "sites": 1}]}),
    ("homes", {"sites": 1, "close": 1, "moves": 1}),
    ("homes", {"sites": 1, "uncertainty": {"draws": 2, "speed_percent": 5.0}}),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_street(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def inputs(path):
    return cp.load(path)


def facts(study, layer):
    proposal = study.layers[layer].proposal
    plan = proposal.plan
    chosen = plan.chosen_ids(proposal.problem.sites.ids)
    return plan.model, plan.status, plan.value, plan.bound, chosen, plan.closed


@pytest.mark.parametrize(("layer", "ask"), ASKS)
def test_the_answer_is_that_of_the_file(path, inputs, layer, ask):
    from_file, again = cp.propose(path, layer, **ask), cp.propose(inputs, layer, **ask)
    assert facts(again, layer) == facts(from_file, layer)
    assert again.inputs.config == from_file.inputs.config
    assert list(again.layers) == list(from_file.layers)
    assert again.coverage.frame.equals(from_file.coverage.frame)


def test_a_run_of_the_same_files_has_the_same_name(path, inputs):
    both = ["homes", "stations"]
    from_file, again = (
        cp.propose(path, both, together=True),
        cp.propose(inputs, both, together=True),
    )
    assert again.joint is not None
    assert again.joint.plan.proof == dataclasses.replace(
        from_file.joint.plan.proof, seconds=again.joint.plan.proof.seconds
    )
    assert run_id(again) == run_id(from_file)


def test_an_answer_can_be_asked_on(path, inputs):
    first = cp.propose(inputs, "homes", sites=1, spacing_metres=50.0)
    second = cp.propose(first, "homes", sites=2)
    assert facts(second, "homes") == facts(
        cp.propose(path, "homes", sites=2, spacing_metres=50.0), "homes"
    )
    assert inputs.config is not None
    assert inputs.config.layers["homes"].siting.spacing_metres is None  # what was read stays


def test_inputs_made_in_code_are_asked_likewise():
    county = cp.small_county()
    assert county.config is None
    two, three = (cp.propose(county, "elderly_care", sites=n) for n in (2, 3))
    assert two.layers["elderly_care"].plan.value < three.layers["elderly_care"].plan.value
    budget = cp.propose(county, "elderly_care", model="budget", budget_yuan=900_000)
    assert budget.layers["elderly_care"].plan.facts.cost_yuan <= 900_000
    with pytest.raises(cp.InputError) as caught:
        cp.propose(county, "elderly_care", site=3, sites=0)
    columns = {p.column for p in caught.value.problems}
    assert columns == {"layers.elderly_care.siting.site", "layers.elderly_care.siting.sites"}


def refusal(*args, **said):
    with pytest.raises(cp.InputError) as caught:
        cp.propose(*args, **said)
    (problem,) = caught.value.problems
    return problem


def test_what_is_read_cannot_be_changed(inputs):
    for said in ({"cost_yuan": 5}, {"candidates": "roads"}):
        problem = refusal(inputs, "homes", **said)
        (key,) = said
        assert (problem.code, problem.column) == (
            "site.read_already",
            f"layers.homes.siting.{key}",
        )
        assert "研究文件的路径" in problem.mend.zh
        assert "path of the study file" in problem.mend.en
    same = inputs.config.layers["homes"].siting.candidates
    assert cp.propose(inputs, "homes", sites=1, candidates=same).layers["homes"].plan is not None


def test_neither_day_nor_roads_can_be_changed(inputs):
    assert refusal(inputs, "homes", date="2020-01-01").code == "site.read_already"
    assert refusal(inputs, "homes", date=datetime.date(2020, 1, 1)).column == "date, roads"
    assert refusal(inputs, "homes", roads=object()).code == "site.read_already"


def test_a_layer_without_candidates_is_named(inputs):
    bare = dataclasses.replace(
        inputs,
        layers=tuple(
            dataclasses.replace(item, siting=None) if item.layer.id == "homes" else item
            for item in inputs.layers
        ),
    )
    problem = refusal(bare, "homes", sites=1)
    assert (problem.code, problem.found) == ("site.no_candidates", "homes")
    assert problem.expected.en == "stations"
    assert "[layers.homes]" in problem.mend.zh
    with pytest.raises(cp.InputError, match="no such layer"):
        cp.propose(inputs, "schools", sites=1)


def test_every_fault_of_what_is_asked_is_told(inputs):
    with pytest.raises(cp.InputError) as caught:
        cp.propose(inputs, "homes", sites=1, required=["nowhere"], excluded=["neither"])
    assert [p.code for p in caught.value.problems] == ["siting.unknown_id"] * 2
