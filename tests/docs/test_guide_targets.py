"""What the guide to policy targets says is what the program has and judges."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
import typer
from guidepages import LANGUAGES, Page, code, page, rows, unnamed
from pydantic import BaseModel
from street_files import write_street

import coverplan
from coverplan import cli
from coverplan.cli import app
from coverplan.domain import targets_config
from coverplan.domain.policy import policy_layers
from coverplan.domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS, Fact
from coverplan.io import read_register, targetwords
from coverplan.measure.policy import breakdown
from coverplan.present import target_words, targets
from coverplan.programmetables import SITE_COLUMNS, TARGET_COLUMNS, YEAR_COLUMNS


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/targets.md")


@pytest.fixture(params=LANGUAGES)
def facts_page(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "reference/targets-facts.md")


def told_of(word: str, row: str) -> bool:
    """Return whether a row has a word by itself, not as part of another."""
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", row) is not None


FACTS: list[tuple[str, Sequence[Fact]]] = [
    ("units", UNIT_FACTS),
    ("facilities", FACILITY_FACTS),
    ("projects", PROJECT_FACTS),
]


@pytest.mark.parametrize(("anchor", "facts"), FACTS, ids=[anchor for anchor, _ in FACTS])
def test_every_fact_is_told_with_its_headings_and_words(
    facts_page: Page, anchor: str, facts: Sequence[Fact]
) -> None:
    told = rows(facts_page.part(anchor))
    assert list(told) == [fact.key for fact in facts]
    for fact in facts:
        words = [w for w in fact.words or () if w not in (fact.words or {}).values()]
        wanted = [*fact.names, *words, *(fact.words or {}).values()]
        assert [w for w in wanted if not told_of(w, told[fact.key])] == [], fact.key


def test_every_kind_of_facility_is_told(facts_page: Page) -> None:
    told = rows(facts_page.part("kinds"))
    assert set(told) == set(policy_layers())
    for layer in policy_layers().values():
        labels = [layer.label.zh, *([] if facts_page.chinese else [layer.label.en])]
        assert [w for w in (*labels, *layer.words) if w not in told[layer.id]] == []


def test_the_table_of_targets_is_told_column_by_column(facts_page: Page) -> None:
    part = facts_page.part("document")
    told = rows(part)
    assert list(told) == list(targetwords.COLUMNS)
    for key, names in targetwords.COLUMNS.items():
        assert [n for n in names if n not in told[key]] == []
        missing = facts_page.say("（可省略）", "(may be missing)")
        assert (missing in told[key]) == (key in targetwords.OPTIONAL)
    for key, words in {
        "standing": targetwords.STANDINGS,
        "level": targetwords.LEVEL_WORDS,
        "operator": targetwords.OPERATOR_WORDS,
        "deadline_basis": targetwords.BASES,
        "strength": targetwords.STRENGTHS,
    }.items():
        assert [w for w in (*words, *words.values()) if w not in told[key]] == []
    derived = {"status", "density_per_km2", "beds_per_social_worker", "people", "facility"}
    conditions = facts_page.part("conditions")
    assert unnamed(sorted(targetwords.SPECIAL_KEYS | derived), conditions) == []


TABLES: list[type[BaseModel]] = [
    targets_config.TargetsConfig, targets_config.PlaceTable, targets_config.FacilityList,
    targets_config.CircleConfig, targets_config.SettingsConfig, targets_config.BaselineConfig,
    targets_config.ProgrammeConfig, targets_config.ProgrammeYear,
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_of_the_targets_table_is_told(guide: Page, table: type[BaseModel]) -> None:
    assert unnamed(table.model_fields, guide.text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_and_word_of_the_tables_is_told(language: str) -> None:
    files = page(language, "reference/files.md")
    first, others = files.part("targets-csv"), files.part("other-target-tables")
    assert unnamed(targets.TARGET_COLUMNS, first) == []
    lists = others.split("\n`programme_targets.csv`")[0]
    assert unnamed((*targets.MISSING_COLUMNS, *targets.PARTS_COLUMNS), first + lists) == []
    for name, columns, after in (
        ("programme_targets.csv", TARGET_COLUMNS, "programme_sites.csv"),
        ("programme_sites.csv", SITE_COLUMNS, "programme_years.csv"),
        ("programme_years.csv", YEAR_COLUMNS, "breakdown.csv"),
        ("breakdown.csv", breakdown.COLUMNS, None),
    ):
        told = others.split(f"\n`{name}`")[1]
        told = told.split(f"\n`{after}`")[0] if after else told
        assert unnamed(columns, told) == [], name
    kinds = [kind for kind in target_words.KINDS if kind]
    courses = [course for course in target_words.COURSES if course]
    words = (*target_words.VERDICTS, *target_words.APPLIES, *target_words.STRENGTHS, *kinds)
    every = (*words, *courses, *target_words.BASES, *target_words.STANDINGS)
    assert unnamed(every, first + others) == []


def test_every_option_is_told(guide: Page) -> None:
    command = typer.main.get_command(app).commands["targets"]  # type: ignore[attr-defined]
    options = [name for p in command.params for name in p.opts if name[:2] == "--"]
    assert "--out" in options
    # Those that all commands share are told where they belong.
    shared = code(page(guide.language, "guide/measures.md").part("options"))
    assert [o for o in options if o not in code(guide.text) | shared | {"--help"}] == []


def test_what_is_said_of_the_register(guide: Page) -> None:
    register = read_register()
    bases = [target.deadline_basis for target in register]
    assert f"{len(register)} " in guide.text
    for basis in ("stated", "document_year", "plan_end"):
        assert re.search(rf"\b{bases.count(basis)}\b", guide.part("reading"))
    assert bases.count("none") == 1
    assert f"{sum(t.draft for t in register)} " in guide.part("reading")
    class_c = sum(target.computability == "C" for target in register)
    said = guide.say(f"184 条中有 {class_c} 条", f"- {class_c} of the 184")
    assert said in guide.part("cannot-say")


@pytest.fixture(scope="module")
def judged(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command of the guide writes on the sample county."""
    sample = root / "data" / "geo" / "yunxi" / "targets.toml"
    if not sample.is_file():
        pytest.skip("the sample county is not here")
    folder = tmp_path_factory.mktemp("judged") / "out"
    words = ["targets", str(sample), "--out", str(folder), "--quiet", "--lang", "en"]
    assert cli.execute(words) == cli.EXIT_OK
    return folder


def test_one_line_in_a_study_file_is_enough_to_begin_with(tmp_path: Path) -> None:
    study = write_street(tmp_path)
    with study.open("a", encoding="utf-8") as file:
        file.write("\n[targets]\n")
    assert cli.execute(["targets", str(study), "-o", str(tmp_path / "out"), "-q"]) == cli.EXIT_OK


def test_the_verdicts_are_those_of_today(guide: Page, judged: Path) -> None:
    record = json.loads((judged / "run.json").read_text(encoding="utf-8"))
    counts, binding, others = (
        record[key] for key in ("counts", "counts_binding", "counts_reference")
    )
    told = {
        line.split("|")[1].strip(): [int(n) for n in re.findall(r"\d+", line)]
        for line in guide.opening.splitlines()
        if re.fullmatch(r"\|[^|]+(\| \d+ ){4}\|", line)
    }
    wanted = {
        word.of("zh" if guide.chinese else "en"): [
            binding[key], others[key], counts[key] - binding[key] - others[key], counts[key],
        ]
        for key, word in target_words.VERDICTS.items()
    }  # fmt: skip
    wanted[guide.say("合计", "in all")] = [sum(c) for c in zip(*wanted.values(), strict=True)]
    assert told == wanted


def test_what_to_build_first_is_what_is_said(guide: Page, judged: Path) -> None:
    table = pd.read_csv(judged / "targets.csv")
    told = re.findall(r"^\d\. \*\*.*", guide.opening, re.MULTILINE)
    assert len(told) == 3
    for line, row in zip(told, table.head(3).itertuples(), strict=True):
        numbers = {int(n) for n in re.findall(r"\b\d+\b", line.split("`")[0].split("**")[2])}
        assert {int(row.numerator), int(row.denominator), int(row.gap)} <= numbers
        assert f"`{row.target_id}`" in line
        assert row.clause in line
        assert str(int(row.deadline)) in line
        unstated = guide.say("条文未写明", "not stated")
        assert (unstated in line) == (row.deadline_basis != "stated")


def test_the_row_that_is_read_aloud_is_one_of_today(guide: Page, judged: Path) -> None:
    rows_of = json.loads((judged / "targets.json").read_text(encoding="utf-8"))["targets"]
    (row,) = [row for row in rows_of if row["id"] == "Z21-25"]
    (told,) = re.findall(r"^> `Z21-25`.*", guide.part("reading"), re.MULTILINE)
    have = row["have"].split(" town")[0].replace("(", guide.say("（", "("))
    assert have in (told.replace("%（", "% （") if guide.chinese else told)
    assert [n["name"] for n in row["missing"] if n["name"] not in told] == []
    assert str(len(row["missing"])) in told
    circle = json.loads((judged / "run.json").read_text(encoding="utf-8"))["settings"]["circle"]
    assert circle["share"] == 0.8
    assert "87,360" in next(r for r in rows_of if r["id"] == "Z21-12")["need"]
    assert "87,360" in guide.part("reading")


def test_the_programme_is_that_of_today(guide: Page, judged: Path, root: Path) -> None:
    part = guide.part("programme")
    study = (root / "data" / "geo" / "yunxi" / "targets.toml").read_text(encoding="utf-8")
    (asked,) = guide.fenced("toml", under="programme")
    lines = [line.split("#")[0].strip() for line in asked.splitlines()]
    assert len(lines) > 5
    assert [line for line in lines if line not in study] == []
    years = pd.read_csv(judged / "programme_years.csv")
    assert years["status"][0] == "optimal"
    (told,) = re.findall(r"^(?:共 |)44 .*", part, re.MULTILINE)
    sums = years[["sites", "build", "cost_yuan", "cost_unknown"]].sum()
    assert [n for n in (*sums, *years["sites"]) if f"{int(n):,}" not in told] == []
    parts = pd.read_csv(judged / "breakdown.csv").query("target_id == 'YX-04'")
    split = guide.part("breakdown")
    assert f"{parts['have'].sum()}" in split
    assert f"{parts['add'].sum()}" in split
    assert parts["part"].sum() == 60
    add = parts.set_index("name")["add"]
    assert (add["澄江街道"], add["桐口镇"]) == (1, 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_those_of_today(language: str, judged: Path) -> None:
    told = page(language, "reference/files.md").part("targets", own=True)
    assert unnamed([path.name for path in judged.iterdir()], told) == []


def test_both_languages_quote_the_same_figures() -> None:
    found = []
    for language in LANGUAGES:
        text = page(language, "guide/targets.md").text
        text = re.sub(r"\]\([^)]*\)|\{#[^}]*\}", "", text)
        text = "\n".join(t for t in text.splitlines() if not t.startswith("| `"))
        found.append(sorted(set(re.findall(r"\d[\d,]*\d(?:\.\d+)?", text))))
    assert found[0] == found[1]


def test_the_names_in_python_are_there() -> None:
    for name in ("counts", "table", "breakdown", "programme"):
        assert hasattr(coverplan.TargetReport, name)
