"""What the guide to new sites says is what the program offers and answers."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from guidepages import LANGUAGES, Page, code, page, row_of, unnamed
from pydantic import BaseModel
from rich.console import Console
from street import more_layers, new_places, request, street

import coverplan
from coverplan.cli import app
from coverplan.domain import siting_config
from coverplan.domain.ground_rules import builtin_ground_rules, ground_kinds
from coverplan.domain.siting_config import JointConfig, SitingConfig, Uncertainty, Year
from coverplan.present.comparison_terminal import print_comparison
from coverplan.present.plans import plan_tables
from coverplan.siting.models import MODELS


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


YEARS = [{"year": year, "sites": 2, "budget_yuan": 1_500_000} for year in (2026, 2027, 2028)]
SLOWER = {"draws": 100, "speed_percent": 20}
QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "1": ("elderly_care", {"sites": 5}),
    "2": ("elderly_care", {"model": "fewest", "share_percent": 80}),
    "3": ("eco_burial", {"model": "one_per_unit"}),
    "4": ("social_work childrens_home", {"together": True}),
    "5": ("childrens_institution", {"model": "consolidate", "close": 2}),
    "6": ("social_work", {"model": "phases", "years": YEARS}),
    "7": ("elderly_care", {"model": "budget", "budget_yuan": 10_000_000}),
    "8": ("eco_burial", {"model": "floor", "share_percent": 60, "sites": 4}),
    "8b": ("elderly_care", {"model": "floor", "share_percent": 60, "sites": 20}),
    "9": ("eco_burial", {"model": "lscp_b"}),
    "10": ("elderly_care", {"sites": 5, "uncertainty": SLOWER}),
    "10b": ("elderly_care", {"sites": 5, "uncertainty": {**SLOWER, "robust": "worst"}}),
}
"""What each command of the page asks, by the folder it writes."""


def spoken(numbers: dict[str, Any]) -> set[str]:
    """Return what is asked as options of the command."""
    flags = {"share_percent": "share", "budget_yuan": "budget"}
    said = {"--together"} if numbers.get("together") else set()
    for key, value in {**numbers, **numbers.get("uncertainty", {})}.items():
        if key == "years":
            years = ",".join(f"{y['year']}:{y['sites']}:{y['budget_yuan']}" for y in value)
            said.add(f'--years "{years}"')
        elif key not in {"together", "uncertainty"}:
            said.add(f"--{flags.get(key, key.replace('_', '-'))} {value}")
    return said


def test_the_questions_answered_are_the_commands_of_the_page(guide: Page) -> None:
    lines = "".join(guide.fenced("sh", under="questions")).splitlines()
    asked = {line.split("--out sites/")[1]: line for line in lines}
    assert asked.keys() == QUESTIONS.keys()
    for name, (layers, numbers) in QUESTIONS.items():
        wanted = {f"--layer {layer}" for layer in layers.split()} | spoken(numbers)
        given = asked[name].split(" --out")[0].split("questions.toml ")[1]
        assert set(re.findall(r'--[\w-]+(?: (?:"[^"]*"|[^- ]\S*))?', given)) == wanted, name


@pytest.fixture(scope="module")
def answers(root: Path) -> dict[str, coverplan.Study]:
    """What the program answers today, the files read once."""
    sample = root / "data" / "geo" / "yunxi" / "questions.toml"
    if not sample.is_file():
        pytest.skip("the sample county is not here")
    inputs = coverplan.load(sample)
    asked = {
        **QUESTIONS,
        "9 twice": ("eco_burial", {"model": "lscp_b", "every": "twice"}),
    }
    return {
        name: coverplan.propose(inputs, layers.split(), **numbers)
        for name, (layers, numbers) in asked.items()
    }


def yuan(guide: Page, amount: int) -> str:
    """Return an amount as the language counts money: in millions, in 万 or 亿."""
    if not guide.chinese:
        return f"{amount / 1e6:.{1 if amount > 1e8 else 2}f}".rstrip("0").rstrip(".")
    return f"{amount / 1e8:.3f}" if amount > 1e8 else f"{amount / 1e4:,.1f}".removesuffix(".0")


def figures(guide: Page, answers: dict[str, coverplan.Study]) -> dict[int, list[str]]:
    """Return every number each answer may hold, and must: computed, or asked for."""

    def layer(name: str, key: str = "") -> coverplan.LayerResult:
        layers = answers[name].layers
        return layers[key or next(iter(layers))]

    def now(name: str, key: str = "") -> list[str]:
        facts = layer(name, key).plan.facts
        return [f"{facts.reached_after:,}", f"{facts.share_percent:.1f}"]

    def money(amount: int) -> str:
        return yuan(guide, amount)

    one, few = (layer(name).plan for name in ("1", "2"))
    assert {layer(name).plan.status for name in ("1", "2", "3", "5", "7", "8", "9", "10b")} == {
        "optimal"
    }
    every, idle = layer("3"), layer("7")
    joint = answers["4"].joint.plan
    both = [layer("4", key).plan.value for key in ("social_work", "childrens_home")]
    gone = layer("5").proposal.consolidation.closed
    phases = layer("6").proposal.phases
    assert (joint.proof.status, phases.proof.status) == ("optimal", "optimal")
    assert phases.price_of_nesting == ((0, 0),) * 3
    (missing,) = re.findall(r"([\d,]+) yuan are missing", idle.plan.proof[-1].en)
    least, more = [row.relaxation.en for row in layer("8b").plan.impossible[:2]]
    assert layer("8b").plan.status == "impossible"
    second = layer("9").plan.facts
    twice = layer("9 twice").plan
    assert twice.facts.reached_twice == twice.facts.reached_after == second.reached_after
    spread = layer("10").proposal.firmness
    kept = spread.sites.share[list(layer("10").plan.chosen)]
    assert sorted(kept == 1) == [False, *[True] * 4]
    worst = layer("10b").plan
    assert len(set(worst.chosen) - set(one.chosen)) == 1
    say = guide.say
    return {
        1: [*now("1"), f"{one.facts.people:,}", f"{one.facts.reached_before:,}",
            money(one.facts.cost_yuan)],
        2: [f"{few.value}", money(few.facts.cost_yuan), f"{few.one_less.sites}", "80",
            f"{few.one_less.bound:,}", f"{few.one_less.need:,}", *say([], ["15"])],
        3: [*now("3"), *say([f"{every.plan.value}"] * 2, []), money(every.plan.facts.cost_yuan),
            f"{every.plan.facts.people:,}", f"{every.plan.facts.reached_before:,}", "300",
            f"{len(every.candidates.places)}",
            f"{len(every.candidates.places) - len(every.candidates.allowed)}"],
        4: [*(f"{value:,}" for value in both), money(joint.cost_yuan), money(joint.saved_yuan)],
        5: [*now("5"), *(f"{site.people:,}" for site in gone),
            *(f"{site.mean_minutes_more:.1f}" for site in gone), *say([], ["30"]),
            f"{layer('5').plan.facts.people:,}", f"{layer('5').plan.facts.reached_before:,}"],
        6: [*(f"{year.facts.reached_after:,}" for year in phases.plans),
            f"{layer('6').plan.facts.people:,}", money(YEARS[0]["budget_yuan"])],
        7: [*now("7"), money(idle.plan.facts.cost_yuan), money(int(missing.replace(",", ""))),
            *say(["6", "4"], [])],
        8: [*now("8"), *re.findall(r"have ([\d.]+) %", least),
            *re.findall(r"allow (\d+) more", more), "60"],
        9: [*now("9"), f"{second.reached_twice:,}", f"{second.people - second.reached_after:,}",
            "30", f"{twice.value}", *say([f"{layer('9').plan.value}"], [])],
        10: [f"{spread.coverage.total.reached_low:,}", f"{spread.coverage.total.reached_high:,}",
             "20", "100", "5", "95", "1", f"{worst.value:,}", f"{worst.facts.reached_after:,}"],
    }  # fmt: skip


def test_every_number_of_an_answer_is_that_of_today(
    guide: Page, answers: dict[str, coverplan.Study]
) -> None:
    for number, wanted in figures(guide, answers).items():
        heading = guide.text.split(f"{{#question-{number}}}")[0].splitlines()[-1]
        said = heading.split(". ", 1)[1] + guide.part(f"question-{number}").split("```")[0]
        told = set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", said.replace("`", "")))
        assert told == set(wanted), number


def test_numbers_of_an_answer_in_words_are_those_of_today(
    guide: Page, answers: dict[str, coverplan.Study]
) -> None:
    def said(question: int, zh: str, en: str) -> bool:
        return guide.say(zh, en) in guide.part(f"question-{question}")

    new = {
        name: one.sites[one.sites["state"] == "proposed"]
        for name in ("3", "4", "7", "8", "9")
        for one in [answers[name]]
    }
    assert len(new["3"]) == 7
    assert said(3, "新增 7 处", "Seven new sites")
    assert (len(new["7"]), int((new["7"]["kind"] == "reuse").sum())) == (6, 4)
    assert said(7, "建 6 处，其中 4 处", "Six centres, four of them in idle buildings")
    assert len(new["8"]) == 4
    assert said(8, "四处即可", "four sites do it")
    assert len(new["9"]) == 12
    assert said(9, "新增 12 处", "twelve new sites")
    bill = answers["4"].joint.plan.bill
    hosted = answers["4"].joint.plan.to_frame(answers["4"].joint.problem)
    assert len(bill.buildings) == 3
    assert int((~hosted["new_building"]).sum()) == 7
    assert said(4, "三栋新楼", "Three new buildings")
    assert said(4, "七处儿童之家设在现有社工站里", "seven children's homes in stations that stand")
    closing = answers["5"].sites.query("state == 'closing'")["name"].to_list()
    assert [name for name in closing if not any(p in name for p in ("东屏", "龙潭"))] == []
    assert said(5, "东屏和龙潭的两家", "Those in 东屏 and 龙潭")


def test_the_comparison_shown_is_printed_of_these_answers(
    guide: Page, answers: dict[str, coverplan.Study]
) -> None:
    part = page(guide.language, "guide/handing-on.md").part("compare")
    seven, four = answers["3"], answers["8"]
    found = coverplan.compare_runs(seven, four)
    out = io.StringIO()
    print_comparison(Console(file=out, width=100), found, "zh" if guide.chinese else "en")
    shown = part.split("```text\n")[1].split("\n```")[0].splitlines()[1:]
    printed = iter(out.getvalue().splitlines())
    assert [line for line in shown if line != "…" and line not in printed] == []
    assert (found.changes["direction"] == "loses").sum() == 6
    assert guide.say("有六个乡镇自己没有", "six townships have none of their own") in part
    for study, number in (
        (seven, guide.say("七处", "seven for")),
        (four, guide.say("四处", "four")),
    ):
        facts = study.layers["eco_burial"].plan.facts
        assert yuan(guide, facts.cost_yuan) in part
        assert number in part
