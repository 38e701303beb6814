"""What the guides say of the map page, goals and everything handed on is what the program does."""

import inspect
import re
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
import typer
from guidepages import LANGUAGES, Page, code, first_cells, page, row_of, same_code, unnamed
from street import request as asked_for
from street import street
from typer.testing import CliRunner

import coverplan
from coverplan import figures, reporting, servesession
from coverplan.cli import app
from coverplan.comparingsites import NEAR_METRES
from coverplan.domain.goal import GoalMeasure
from coverplan.domain.goal_config import GoalConfig
from coverplan.exporting import FORMATS, write_export
from coverplan.io.studyfile import study_from_dict
from coverplan.measure.goals import needed
from coverplan.present import pagetimes, weight
from coverplan.present.embedding import iframe_snippet
from coverplan.present.goals_table import goals_table
from coverplan.present.report import wording

ASSETS = Path(coverplan.__file__).parent / "present" / "assets"
COMMANDS = ["map", "report", "figures", "export", "compare", "serve"]


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/handing-on.md")


@pytest.fixture(params=LANGUAGES)
def files(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "reference/files.md")


@pytest.fixture(params=LANGUAGES)
def map_page(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/map-page.md")


@pytest.fixture(params=LANGUAGES)
def study_file(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/study-file.md")


@pytest.fixture(scope="module")
def small() -> coverplan.Study:
    """A street with a plan."""
    return coverplan.assess(street(asked_for(1)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_told(guide: Page, name: str) -> None:
    there = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {o for p in there.params for o in p.opts if o.startswith("--")} - {"--help"}
    told = {word for word in first_cells(guide.part(name)) if word.startswith("--")}
    assert told == options


def words_of_the_page() -> dict[str, dict[str, str]]:
    """Return what the page calls its controls, by key and language."""
    text = "".join((ASSETS / "map" / name).read_text("utf-8") for name in ("words.js", "print.js"))
    found = re.findall(r'^  (\w+): \{\s*zh: "([^"]*)",\s*en: "([^"]*)"', text, re.MULTILINE)
    return {key: {"zh": zh, "en": en} for key, zh, en in found}


def test_every_control_of_the_page_is_told(map_page: Page) -> None:
    text = (ASSETS / "page.html").read_text(encoding="utf-8")
    side = text.split('<div id="side">')[1].split("</main>")[0]
    legends = re.findall(r'<(?:legend|h2|button)[^>]* data-word="(\w+)"', side)
    legends += re.findall(r'<summary><span data-word="(\w+)"', side)
    legends += re.findall(r'<label class="(?:field|number)"><span data-word="(\w+)"', side)
    keys = {*legends, "print"} - {"fit", "planRegion", "switchToday"}
    assert keys >= {"layer", "phase", "group", "line", "threshold", "shown", "goals", "switches"}
    words, told = words_of_the_page(), map_page.part("controls")
    bold = re.findall(r"\*\*([^*]+)\*\*", told)
    called = {key: words[key][map_page.language] for key in keys}
    called = {key: word.split("（含")[0].split(" (incl")[0] for key, word in called.items()}
    assert {key: word for key, word in called.items() if word not in bold} == {}
    for key in ("switchPlan", "switchToday", "edited"):
        assert words[key][map_page.language] in told


def test_numbers_said_of_the_page_are_those_it_has(map_page: Page) -> None:
    told = map_page.text
    old = words_of_the_page()["tooOld"][map_page.language]
    versions = [" ".join(v) for v in re.findall(r"(Edge|Firefox|Safari) ([\d.]+)", old)]
    assert len(versions) == 3
    assert [v for v in versions if v.replace("Edge", "Chrome") not in told] == []
    dots = re.findall(r"points\.count > (\d+)", (ASSETS / "map" / "raster.js").read_text("utf-8"))
    assert f"{int(dots[0]):,}" in told
    assert pagetimes._HEAVY == 5e6
    assert "5 MB" in told
    assert f"{weight.WARN_BYTES / 1e6:.0f} MB" in told
    options = page(map_page.language, "guide/handing-on.md").part("map")
    assert f"{weight.MOST_BYTES / 1e6:.0f} MB" in row_of("--force", options)
    keys = re.search(
        r"FRAGMENT_KEYS = \[(.*?)\]", (ASSETS / "map" / "address.js").read_text("utf-8")
    )
    assert keys is not None
    asked = re.findall(r'"(\w+)"', keys.group(1))
    assert {"layer", "phase"} <= set(asked)
    assert unnamed([key for key in asked if key != "sites"], told) == []


def test_the_snippet_is_the_one_that_is_printed(guide: Page, yunxi: coverplan.Study) -> None:
    printed = iframe_snippet("map.html", yunxi.inputs.title)
    assert guide.fenced("html", under="map") == [f"{printed}\n"]


def test_what_the_sample_weighs_is_told(yunxi: coverplan.Study) -> None:
    weighs = f"{len(coverplan.show_map(yunxi).page.encode()) / 1e6:.1f} MB"
    for language in LANGUAGES:
        assert weighs in page(language, "guide/map-page.md").part("notes")


def test_every_key_of_goals_is_told_and_the_example_is_right(study_file: Page) -> None:
    told = study_file.part("goals")
    assert set(GoalConfig.model_fields) <= set(first_cells(told))
    assert unnamed([*get_args(GoalMeasure)], row_of("measure", told)) == []
    (block,) = study_file.fenced("toml", under="goals")
    asked = tomllib.loads(block)["layers"]
    study = study_file.fenced("toml")[0]
    plain = tomllib.loads(study)
    plain["layers"] = {"elderly_care": plain["layers"]["elderly_care"] | asked["elderly_care"]}
    goals = study_from_dict(plain, text=study).layers["elderly_care"].goals
    assert goals is not None
    assert (goals[0].measure, goals[0].percent, goals[0].target) == ("reached", 80, "Z21-12")
    assert GoalConfig(**asked["social_work"]["goals"][0]).measure == "has_one"
    people, need = (int(n.replace(",", "")) for n in re.findall(r"\d{2,3},\d{3}", told))
    assert needed(Fraction(80), people) == need


def test_every_column_of_the_goals_is_told(files: Page, yunxi: coverplan.Study) -> None:
    table = goals_table(yunxi, "zh")
    assert table is not None
    assert unnamed([*table.columns, "before", "after", "total"], files.part("goals-csv")) == []


def test_every_file_and_field_of_an_export_is_told(
    files: Page, small: coverplan.Study, tmp_path: Path
) -> None:
    part = files.part("export")
    written = [path.name for path in write_export(small, tmp_path / "export")]
    assert len(written) == 3 + 2 * 5
    assert unnamed(written, part) == []
    fields = pd.read_csv(tmp_path / "export" / "fields.csv", encoding="utf-8-sig", nrows=0)
    assert unnamed([*fields.columns], row_of("fields.csv", part)) == []
    options = page(files.language, "guide/handing-on.md").part("export")
    assert unnamed([*FORMATS], row_of("--format", options)) == []


def test_every_file_of_a_report_is_told(
    files: Page, small: coverplan.Study, tmp_path: Path
) -> None:
    part, guide = files.part("report"), page(files.language, "guide/handing-on.md").part("report")
    reporting.write_documents(small, tmp_path / "report", figures=False)
    written = [path.name for path in (tmp_path / "report").iterdir()]
    assert {"report.html", "report.docx", "report.xlsx"} < set(written)
    assert all(row_of(name, part) for name in (*written, reporting.FIGURES))
    assert unnamed([*reporting.FORMATS], row_of("--format", guide)) == []
    assert unnamed([*get_args(reporting.Paper)], row_of("--paper", guide)) == []
    assert f" {wording._CELL} " in guide


def test_every_kind_of_figure_is_told(guide: Page) -> None:
    part = guide.part("figures")
    kinds = part.split("| `--kind` |")[1].split("\n\n")[0]
    lines = [line.split("|")[1] for line in kinds.splitlines() if line.startswith("| `")]
    assert sorted(word for line in lines for word in code(line)) == sorted(figures.KINDS)
    assert unnamed([*figures.FORMATS], row_of("--format", part)) == []
    assert unnamed([*figures.PAPERS], row_of("--paper", part)) == []


def test_every_file_and_column_of_a_comparison_is_told(
    files: Page, small: coverplan.Study, tmp_path: Path
) -> None:
    two = coverplan.assess(street(asked_for(2)))
    paths = coverplan.write_comparison(coverplan.compare_runs(small, two), tmp_path / "compare")
    assert unnamed([path.name for path in paths], files.part("compare", own=True)) == []
    part = files.part("compare-tables")
    everywhere = ["layer", "layer_label", "notice"]
    assert unnamed(everywhere, part.split("\n|")[0]) == []
    for path in paths:
        if path.suffix == ".csv":
            head = list(pd.read_csv(path, encoding="utf-8-sig", nrows=0).columns)
            assert [c for c in everywhere if c not in head] == []
            told = row_of(path.name, part)
            assert unnamed([c for c in head if c not in everywhere], told) == [], path.name
    assert f" {NEAR_METRES} " in part


def test_the_comparison_shown_is_of_the_answers_to_the_questions(guide: Page) -> None:
    part, siting = guide.part("compare"), page(guide.language, "guide/siting.md")
    answers = [siting.part(f"question-{n}") for n in (3, 8)]
    people = [
        [int(n.replace(",", "")) for n in re.findall(r"\d{3},\d{3}", answer)] for answer in answers
    ]
    reached = [max(n for n in found if n != 420_000) for found in people]
    shares = [re.findall(r"[（(](\d+\.\d %)", answer)[0] for answer in answers]
    assert f"{reached[1] - reached[0]:,}" in part
    assert f"{shares[0]} → {shares[1]}" in part
    for end in ("--model one_per_unit --out sites/3", "--share 60 --sites 4 --out sites/8\n"):
        assert end in siting.text


def test_how_many_plans_a_session_keeps_is_told(guide: Page) -> None:
    assert f" {servesession.MOST_PLANS} " in guide.part("serve")
    assert "127.0.0.1" in guide.part("serve")
    assert "--no-browser" in CliRunner().invoke(app, ["serve", "--help"]).output


def test_python_of_the_guide_runs(
    yunxi: coverplan.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (
        page(language, "guide/handing-on.md").fenced("python", under="notebook")
        for language in ("en", "zh")
    )
    assert [same_code(*pair) for pair in zip(one, other, strict=True)] == [True] * len(one)
    block = "\n".join(one)
    used = set(re.findall(r"\bcp\.(\w+)", block))
    assert {"show_map", "maps_html", "write_documents", "study_report", "compare_runs"} <= used
    assert [name for name in used if name not in coverplan.__all__] == []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(coverplan, "run", lambda path: yunxi)
    # Documents have tests of their own, and take long.
    wanted = inspect.signature(coverplan.write_documents)
    monkeypatch.setattr(coverplan, "write_documents", wanted.bind)
    exec(compile(block, "handing-on.md", "exec"), {})  # noqa: S102
    made = {"map.html", "coverage.pdf", "figures", "plans.png", "compare", "two-maps.html"}
    assert made <= {path.name for path in tmp_path.iterdir()}
    assert "A place we looked at" in (tmp_path / "map.html").read_text("utf-8")


def test_what_scripts_may_ask_the_page_is_told(guide: Page) -> None:
    script = (ASSETS / "map" / "main.js").read_text("utf-8")
    offered = re.findall(r"^  (\w+)(?:,|:|$)", script.split("window.coverplan = ")[1], re.MULTILINE)
    told = guide.part("several-maps").split("`window.coverplan`")[1].split("\n")[0]
    called = re.findall(r"`(\w+)\(", told)
    assert {"set", "state", "figures"} <= set(called) <= set(offered)
    (given,) = re.findall(r"`set\(\{ (.*?) \}\)`", told)
    keys = re.findall(r"asked\.(\w+) !== undefined", script)
    assert set(re.findall(r"\w+", given)) == {*keys, "on", "off"}
