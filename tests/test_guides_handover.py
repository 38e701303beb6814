"""What the guides say of the map, goals and everything handed on is what the program does."""

import inspect
import re
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
import typer
from street import request, street
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

ROOT = Path(__file__).resolve().parent.parent
ASSETS = Path(coverplan.__file__).parent / "present" / "assets"
GUIDES = ["README.md", "README.zh-CN.md"]
LANGUAGE = {"README.md": "en", "README.zh-CN.md": "zh"}
HEADS = {
    "README.md": ("### The map page\n", "### Goals\n", "## Handing it on:"),
    "README.zh-CN.md": ("### 地图网页怎么用\n", "### 目标线\n", "## 八、交付："),
}
COMMANDS = ["map", "report", "figures", "export", "compare", "serve"]


@pytest.fixture(params=GUIDES)
def guide(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def whole(guide: str) -> str:
    return (ROOT / guide).read_text(encoding="utf-8")


def section(guide: str, number: int) -> str:
    """Return one part: 0 the map page, 1 goals, 2 all that is handed on."""
    head = HEADS[guide][number]
    rest = whole(guide).split(f"\n{head}")[1]
    return re.split(r"\n## " if head.startswith("## ") else r"\n##", rest)[0]


def of_command(guide: str, name: str) -> str:
    (part,) = [p for p in section(guide, 2).split("\n### ") if f"`coverplan {name}`\n" in p[:80]]
    return part


def code(text: str) -> set[str]:
    spans = re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
    return set(re.findall(r"[\w.-]+", " ".join(spans)))


def unnamed(words: list[str], text: str) -> list[str]:
    known = code(text)
    return [word for word in words if word not in known]


def row_of(name: str, text: str) -> str:
    (row,) = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
    return row


def options(name: str) -> list[str]:
    there = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return [o for p in there.params for o in p.opts if o.startswith("--") and o != "--help"]


@pytest.fixture(scope="module")
def small() -> coverplan.Study:
    """A street with a plan."""
    return coverplan.assess(street(request(1)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_told(guide: str, name: str) -> None:
    part = of_command(guide, name)
    rows = "\n".join(line.split("|")[1] for line in part.splitlines() if line.startswith("| `--"))
    told = set(re.findall(r"(?<![\w-])--[a-z-]+", rows))
    assert told == set(options(name))


def words_of_the_page() -> dict[str, dict[str, str]]:
    """Return what the page calls its controls, by key and language."""
    text = "".join((ASSETS / "map" / name).read_text("utf-8") for name in ("words.js", "print.js"))
    found = re.findall(r'^  (\w+): \{\s*zh: "([^"]*)",\s*en: "([^"]*)"', text, re.MULTILINE)
    return {key: {"zh": zh, "en": en} for key, zh, en in found}


def test_every_control_of_the_page_is_told(guide: str) -> None:
    page = (ASSETS / "page.html").read_text(encoding="utf-8")
    side = page.split('<div id="side">')[1].split("</main>")[0]
    legends = re.findall(r'<(?:legend|h2|button)[^>]* data-word="(\w+)"', side)
    legends += re.findall(r'<summary><span data-word="(\w+)"', side)
    legends += re.findall(r'<label class="(?:field|number)"><span data-word="(\w+)"', side)
    keys = {*legends, "print"} - {"fit", "planRegion", "switchToday"}
    assert keys >= {"layer", "phase", "group", "line", "threshold", "shown", "goals", "switches"}
    words, told = words_of_the_page(), section(guide, 0)
    bold = re.findall(r"\*\*([^*]+)\*\*", told)
    called = {key: words[key][LANGUAGE[guide]].split("（含")[0].split(" (incl")[0] for key in keys}
    assert {key: word for key, word in called.items() if word not in bold} == {}
    for key in ("switchPlan", "switchToday", "edited"):
        assert words[key][LANGUAGE[guide]] in told


def test_numbers_said_of_the_page_are_those_it_has(guide: str) -> None:
    told = section(guide, 0)
    old = words_of_the_page()["tooOld"][LANGUAGE[guide]]
    versions = [" ".join(v) for v in re.findall(r"(Edge|Firefox|Safari) ([\d.]+)", old)]
    assert len(versions) == 3
    assert [v for v in versions if v.replace("Edge", "Chrome") not in told] == []
    dots = re.findall(r"points\.count > (\d+)", (ASSETS / "map" / "raster.js").read_text("utf-8"))
    assert f"{int(dots[0]):,}" in told
    assert pagetimes._HEAVY == 5e6
    assert "5 MB" in told
    assert f"{weight.WARN_BYTES / 1e6:.0f} MB" in told
    assert f"{weight.MOST_BYTES / 1e6:.0f} MB" in row_of("--force", of_command(guide, "map"))
    keys = re.search(
        r"FRAGMENT_KEYS = \[(.*?)\]", (ASSETS / "map" / "address.js").read_text("utf-8")
    )
    assert keys is not None
    asked = re.findall(r'"(\w+)"', keys.group(1))
    assert {"layer", "phase"} <= set(asked)
    assert unnamed([key for key in asked if key != "sites"], told) == []


def test_the_snippet_is_the_one_that_is_printed(guide: str, yunxi: coverplan.Study) -> None:
    printed = iframe_snippet("map.html", yunxi.inputs.title)
    assert f"```text\n{printed}\n```" in of_command(guide, "map")


def test_what_the_sample_weighs_is_told(guide: str, yunxi: coverplan.Study) -> None:
    page = len(coverplan.show_map(yunxi).page.encode())
    assert f"{page / 1e6:.1f} MB" in section(guide, 0)


def test_every_key_of_goals_is_told_and_the_example_is_right(guide: str) -> None:
    told = section(guide, 1)
    rows = "\n".join(line.split("|")[1] for line in told.splitlines() if line.startswith("| `"))
    assert unnamed([*GoalConfig.model_fields], rows) == []
    assert unnamed([*get_args(GoalMeasure)], row_of("measure", told)) == []
    (block,) = re.findall(r"```text\n(.*?)```", told, re.DOTALL)
    asked = tomllib.loads(block)["layers"]
    (study,) = re.findall(r"```toml\n(.*?)```", whole(guide), re.DOTALL)
    plain = tomllib.loads(study)
    plain["layers"] = {"elderly_care": plain["layers"]["elderly_care"] | asked["elderly_care"]}
    goals = study_from_dict(plain, text=study).layers["elderly_care"].goals
    assert goals is not None
    assert (goals[0].measure, goals[0].percent, goals[0].target) == ("reached", 80, "Z21-12")
    assert GoalConfig(**asked["social_work"]["goals"][0]).measure == "has_one"
    people, need = (int(n.replace(",", "")) for n in re.findall(r"\d{2,3},\d{3}", told))
    assert needed(Fraction(80), people) == need


def test_every_column_of_the_goals_is_told(guide: str, yunxi: coverplan.Study) -> None:
    table = goals_table(yunxi, "zh")
    assert table is not None
    summary = "goals.csv 各列的含义" if LANGUAGE[guide] == "zh" else "The columns of goals.csv"
    told = whole(guide).split(f"<summary>{summary}")[1].split("</details>")[0]
    assert unnamed([*table.columns, "before", "after", "total"], told) == []


def test_every_file_and_field_of_an_export_is_told(
    guide: str, small: coverplan.Study, tmp_path: Path
) -> None:
    part = of_command(guide, "export")
    written = [path.name for path in write_export(small, tmp_path / "export")]
    assert len(written) == 3 + 2 * 5
    assert unnamed(written, part) == []
    fields = pd.read_csv(tmp_path / "export" / "fields.csv", encoding="utf-8-sig", nrows=0)
    assert unnamed([*fields.columns], row_of("fields.csv", part)) == []
    assert unnamed([*FORMATS], row_of("--format", part)) == []


def test_every_file_of_a_report_is_told(guide: str, small: coverplan.Study, tmp_path: Path) -> None:
    part = of_command(guide, "report")
    reporting.write_documents(small, tmp_path / "report", figures=False)
    written = [path.name for path in (tmp_path / "report").iterdir()]
    assert {"report.html", "report.docx", "report.xlsx"} < set(written)
    assert all(row_of(name, part) for name in (*written, reporting.FIGURES))
    assert unnamed([*reporting.FORMATS], row_of("--format", part)) == []
    assert unnamed([*get_args(reporting.Paper)], row_of("--paper", part)) == []
    assert f" {wording._CELL} " in part


def test_every_kind_of_figure_is_told(guide: str) -> None:
    part = of_command(guide, "figures")
    kinds = part.split("| `--kind` |")[1].split("\n\n")[0]
    told = [
        w for line in kinds.splitlines() if line.startswith("| `") for w in code(line.split("|")[1])
    ]
    assert sorted(told) == sorted(figures.KINDS)
    assert unnamed([*figures.FORMATS], row_of("--format", part)) == []
    assert unnamed([*figures.PAPERS], row_of("--paper", part)) == []


def test_every_file_and_column_of_a_comparison_is_told(
    guide: str, small: coverplan.Study, tmp_path: Path
) -> None:
    part = of_command(guide, "compare")
    two = coverplan.assess(street(request(2)))
    paths = coverplan.write_comparison(coverplan.compare_runs(small, two), tmp_path / "compare")
    assert unnamed([path.name for path in paths], part) == []
    everywhere = ["layer", "layer_label", "notice"]
    for path in paths:
        if path.suffix == ".csv":
            head = list(pd.read_csv(path, encoding="utf-8-sig", nrows=0).columns)
            assert [c for c in everywhere if c not in head] == []
            told = [line for line in part.splitlines() if line.startswith(f"| `{path.name}`")]
            assert unnamed([c for c in head if c not in everywhere], told[-1]) == [], path.name
    assert f" {NEAR_METRES} " in part


def test_the_comparison_shown_is_of_the_answers_above(guide: str) -> None:
    part = of_command(guide, "compare")
    three, eight = (
        next(line for line in whole(guide).splitlines() if line.startswith(f"**{n}. "))
        for n in (3, 8)
    )
    people = [
        [int(n.replace(",", "")) for n in re.findall(r"\d{3},\d{3}", line)]
        for line in (three, eight)
    ]
    reached = [max(n for n in found if n != 420_000) for found in people]
    shares = [re.findall(r"[（(](\d+\.\d %)", line)[0] for line in (three, eight)]
    assert f"{reached[1] - reached[0]:,}" in part
    assert f"{shares[0]} → {shares[1]}" in part
    for command in ("--model one_per_unit --out sites/3", "--share 60 --sites 4 --out sites/8\n"):
        assert command in whole(guide)


def test_how_many_plans_a_session_keeps_is_told(guide: str) -> None:
    assert f" {servesession.MOST_PLANS} " in of_command(guide, "serve")
    help_ = CliRunner().invoke(app, ["serve", "--help"]).output
    assert "127.0.0.1" in of_command(guide, "serve")
    assert "--no-browser" in help_


def test_python_of_the_guide_runs(
    guide: str, yunxi: coverplan.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = re.findall(
        r"```text\n(from pathlib import Path\n\nimport coverplan as cp\nimport folium.*?)```",
        section(guide, 2),
        re.DOTALL,
    )
    used = set(re.findall(r"\bcp\.(\w+)", block))
    assert {"show_map", "write_documents", "study_report", "compare_runs"} <= used
    assert [name for name in used if name not in coverplan.__all__] == []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(coverplan, "run", lambda path: yunxi)
    monkeypatch.setattr(coverplan, "propose", lambda path, layer, sites: yunxi)
    # Documents have tests of their own, and take long.
    wanted = inspect.signature(coverplan.write_documents)
    monkeypatch.setattr(coverplan, "write_documents", wanted.bind)
    exec(compile(block, guide, "exec"), {})  # noqa: S102
    assert {"map.html", "coverage.pdf", "compare"} <= {path.name for path in tmp_path.iterdir()}
    assert (
        "A place we looked at" in (tmp_path / "map.html").read_text("utf-8") or guide != "README.md"
    )


def test_what_scripts_may_ask_the_page_is_told(guide: str) -> None:
    script = (ASSETS / "map" / "main.js").read_text("utf-8")
    offered = re.findall(r"^  (\w+)(?:,|:|$)", script.split("window.coverplan = ")[1], re.MULTILINE)
    told = section(guide, 2).split("`window.coverplan`")[1].split("\n")[0]
    called = re.findall(r"`(\w+)\(", told)
    assert {"set", "state", "figures"} <= set(called) <= set(offered)
    (given,) = re.findall(r"`set\(\{ (.*?) \}\)`", told)
    keys = re.findall(r"asked\.(\w+) !== undefined", script)
    assert set(re.findall(r"\w+", given)) == {*keys, "on", "off"}


def test_both_guides_tell_the_same_in_the_same_order() -> None:
    for number in range(3):
        told = []
        for guide in GUIDES:
            text = section(guide, number)
            rows = [row.split("|")[1] for row in text.splitlines() if row.startswith("|")]
            words = [word for row in rows for word in re.findall(r"`([^`]+)`", row)]
            told.append((words, re.findall(r"```sh\n(.*?)```", text, re.DOTALL)))
        assert told[0] == told[1], number
