"""What the guide to new sites says is what the program offers and answers."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from guidepages import LANGUAGES, Page, code, page, row_of, unnamed
from pydantic import BaseModel
from street import more_layers, new_places, request, street

import coverplan
from coverplan.cli import app
from coverplan.domain import siting_config
from coverplan.domain.ground_rules import builtin_ground_rules, ground_kinds
from coverplan.domain.siting_config import JointConfig, SitingConfig, Uncertainty, Year
from coverplan.present.plans import plan_tables
from coverplan.siting.models import MODELS
from coverplan.siting.planfacts import Facts


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/siting.md")


def keys(table: type[BaseModel]) -> list[str]:
    """Return the keys of a table of the study file, aliases as they are written."""
    return [field.alias or name for name, field in table.model_fields.items()]


def test_every_model_has_its_question(guide: Page) -> None:
    assert set(MODELS) == set(siting_config.MODELS)
    asked = [line.split("|") for line in guide.part("models", own=True).splitlines()[2:]]
    answers = [code(row[2]) for row in asked if len(row) == 4 and "`" in row[2]]
    assert sorted(word for words in answers for word in words) == sorted(MODELS)
    assert SitingConfig.model_fields["model"].default == "mclp"
    default = guide.say("不写就是 `mclp`", "unless one is named it is `mclp`")
    assert default in guide.part("models")


def test_every_key_is_named(guide: Page) -> None:
    for table, anchor in ((SitingConfig, "keys"), (JointConfig, "joint")):
        lines = guide.part(anchor).splitlines()
        heads = "\n".join(line.split("|")[1] for line in lines if line.startswith("| `"))
        assert [k for k in keys(table) if f"`{k}`" not in heads] == []
    tables = (
        siting_config.Candidates,
        siting_config.Forbidden,
        siting_config.RequiredArea,
        siting_config.SiteClass,
        Year,
        Uncertainty,
    )
    told = guide.part("keys")
    assert {t.__name__: unnamed(keys(t), told) for t in tables if unnamed(keys(t), told)} == {}


def test_every_set_of_distances_is_named(guide: Page) -> None:
    told = guide.part("ground-rules")
    assert unnamed([*builtin_ground_rules(), *ground_kinds()], told) == []
    for rules in builtin_ground_rules().values():
        (row,) = [
            line
            for line in told.splitlines()
            if line.startswith("|") and f"`{rules.id}`" in line.split("|")[1]
        ]
        # A distance that is not known must not read as if it were.
        assert (guide.say("未知", "unknown") in row) == (None in rules.metres.values())
        known = {f"{metres:g}" for metres in rules.metres.values() if metres}
        assert known <= set(re.findall(r"\d+", row.replace(",", "")))


def test_every_option_is_named(guide: Page) -> None:
    command = typer.main.get_command(app)
    site = command.commands["site"]  # type: ignore[attr-defined]
    options = [name for parameter in site.params for name in parameter.opts if name[:2] == "--"]
    assert {"--layer", "--model", "--together", "--robust"} <= set(options)
    assert unnamed([o for o in options if o != "--help"], guide.part("options")) == []


@pytest.fixture(scope="module")
def plan_columns() -> dict[str, list[str]]:
    """The columns of every table a plan can have, by the name of its file."""
    priced = new_places(cost_yuan=[100] * 7)
    asked = {
        "frontier": request(2, priced, frontier=3),
        "draws": request(2, priced, uncertainty=Uncertainty(draws=3, speed_percent=20.0)),
        "years": request(None, model="phases", years=(Year(year=2026, sites=1),)),
        "closing": request(None, model="consolidate", close=1, closable=True, use_capacity=False),
    }
    studies = [coverplan.assess(street(wanted)) for wanted in asked.values()]
    both = more_layers(street(request(1)), request(1), old=(1250.0,))
    joint = JointConfig(layers=["test", "other"], building_cost_yuan=5)
    studies.append(coverplan.assess(replace(both, joint=joint)))
    found: dict[str, list[str]] = {}
    for study in studies:
        for name, table in plan_tables(study, "en").items():
            found[name] = [*found.get(name, []), *table.columns]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_a_plan_is_told(language: str, plan_columns: dict[str, list[str]]) -> None:
    files = page(language, "reference/files.md")
    assert set(plan_columns) >= {
        "plan.csv", "candidates.csv", "reasons.csv", "phases.csv", "moves.csv", "closing.csv",
        "frontier.csv", "uncertainty.csv", "robustness.csv", "joint.csv", "colocation.csv",
        "merges.csv",
    }  # fmt: skip
    others = files.part("other-plan-tables")
    shared = {"study", "notice", "layer", "layer_label"}
    for name, columns in plan_columns.items():
        anchor = name.replace(".", "-")
        told = files.part(anchor) if anchor in files.anchors else row_of(name, others)
        assert unnamed([c for c in columns if c not in shared], told) == [], name
    assert unnamed(["layer", "layer_label"], others.split("\n|")[0]) == []


def test_the_ten_questions_are_the_same_in_both_languages() -> None:
    both = [page(language, "guide/siting.md") for language in LANGUAGES]
    asked = [[b.strip() for b in guide.fenced("sh", under="questions")] for guide in both]
    assert asked[0] == asked[1]
    assert len(asked[0]) == 10
    assert all(c.startswith("coverplan site ") for block in asked[0] for c in block.splitlines())
    # Money is told in ten thousands in Chinese; people and shares are the same figures.
    pattern = r"\d[\d,]*(?:\.\d+)? %|\d+(?:,\d{3})+(?!\d|,\d| 万元| yuan)"
    for number in range(1, 11):
        # The question stands in the heading.
        lines = [guide.text.split(f"{{#question-{number}}}")[0].splitlines()[-1] for guide in both]
        answers = [
            line + guide.part(f"question-{number}").split("```")[0]
            for guide, line in zip(both, lines, strict=True)
        ]
        told = [sorted(set(re.findall(pattern, answer))) for answer in answers]
        assert told[0] == told[1], number
        assert told[0], number


@pytest.fixture(scope="module")
def five(root: Path) -> Facts:
    """The facts of the answer to the first question, asked today."""
    sample = root / "data" / "geo" / "yunxi" / "questions.toml"
    if not sample.is_file():
        pytest.skip("the sample county is not here")
    plan = coverplan.propose(sample, "elderly_care", sites=5).layers["elderly_care"].plan
    assert plan is not None
    return plan.facts


def test_the_answer_is_that_of_today(guide: Page, five: Facts) -> None:
    answer = guide.part("question-1")
    figures = (five.reached_before, five.reached_after, five.people)
    assert [n for n in figures if f"{n:,}" not in answer] == []
    assert f"{five.share_percent:.1f} %" in answer
