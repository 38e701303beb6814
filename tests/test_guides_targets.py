"""What the guides say of policy targets and of measures is what the program has and computes."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import pytest
import typer
from pydantic import BaseModel
from street_files import write_street

import coverplan
from coverplan import cli
from coverplan.cli import app
from coverplan.domain import targets_config
from coverplan.domain.policy import policy_layers
from coverplan.domain.policy_columns import FACILITY_FACTS, PROJECT_FACTS, UNIT_FACTS, Fact
from coverplan.io import read_register, targetwords
from coverplan.measure.policy import INDICATOR_TYPES, breakdown
from coverplan.present import target_words, targets
from coverplan.programmetables import SITE_COLUMNS, TARGET_COLUMNS, YEAR_COLUMNS

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ["README.md", "README.zh-CN.md"]
SAMPLE = ROOT / "data" / "geo" / "yunxi" / "targets.toml"
HEADS = {
    "README.md": ("## Policy targets:", "## Beside coverage:"),
    "README.zh-CN.md": ("## 五、政策目标", "## 六、覆盖之外"),
}


def section(guide: str, number: int) -> str:
    """Return one of the two sections: 0 targets, 1 measures."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    return text.split(f"\n{HEADS[guide][number]}")[1].split("\n## ")[0]


def is_chinese(guide: str) -> bool:
    return guide == "README.zh-CN.md"


def code(text: str) -> set[str]:
    """Return the words a text has as code, in `backticks` or fenced."""
    spans = re.findall(r"`([^`\n]+)`", text) + re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
    return set(re.findall(r"[\w.-]+", " ".join(spans)))


def unnamed(words: Iterable[str], text: str) -> list[str]:
    known = code(text)
    return [word for word in words if word not in known]


def rows(text: str) -> dict[str, str]:
    """Return the rows of a table by the first word of code in them."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return {re.findall(r"`([^`]+)`", line)[0]: line for line in lines}


def told_of(word: str, row: str) -> bool:
    """Return whether a row has a word by itself, not as part of another."""
    return re.search(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", row) is not None


def folded_away(guide: str, summary: str) -> str:
    """Return the part of the section on targets under a summary."""
    return section(guide, 0).split(f"<summary>{summary}")[1].split("</details>")[0]


FACTS: list[tuple[Sequence[Fact], str, str]] = [
    (UNIT_FACTS, "Facts about units", "单元（县、乡镇、村）的各列"),
    (FACILITY_FACTS, "Facts about facilities", "设施的各列"),
    (PROJECT_FACTS, "Facts about projects", "项目、规划和资金的各列"),
]


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("facts", FACTS, ids=["units", "facilities", "projects"])
def test_every_fact_is_told_with_its_headings_and_words(
    guide: str, facts: tuple[Sequence[Fact], str, str]
) -> None:
    told = rows(folded_away(guide, facts[2] if is_chinese(guide) else facts[1]))
    assert list(told) == [fact.key for fact in facts[0]]
    for fact in facts[0]:
        words = [w for w in fact.words or () if w not in (fact.words or {}).values()]
        wanted = [*fact.names, *words, *(fact.words or {}).values()]
        assert [w for w in wanted if not told_of(w, told[fact.key])] == [], fact.key


@pytest.mark.parametrize("guide", GUIDES)
def test_every_kind_of_facility_is_told(guide: str) -> None:
    summary = "设施和服务的类别" if is_chinese(guide) else "Kinds of facilities"
    told = rows(folded_away(guide, summary))
    assert set(told) == set(policy_layers())
    for layer in policy_layers().values():
        wanted = [layer.label.zh, *layer.words, *([] if is_chinese(guide) else [layer.label.en])]
        assert [w for w in wanted if w not in told[layer.id]] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_every_indicator_type_is_told_with_its_formula(guide: str) -> None:
    summary = "指标类型与算法" if is_chinese(guide) else "The indicator types"
    told = rows(folded_away(guide, summary))
    assert set(told) == set(INDICATOR_TYPES)
    for kind in INDICATOR_TYPES.values():
        row = told[kind.id].replace("\\|", "|")
        language = "zh" if is_chinese(guide) else "en"
        assert kind.label.of(language) in row
        assert kind.formula.of(language) in row
        assert row.endswith(("| 是 |", "| yes |")) == kind.sites, kind.id


@pytest.mark.parametrize("guide", GUIDES)
def test_the_table_of_targets_is_told_column_by_column(guide: str) -> None:
    head = "### 加入自己的文件" if is_chinese(guide) else "### A document of your own"
    part = section(guide, 0).split(head)[1].split("\n### ")[0].split("<details>")[0]
    told = rows(part)
    assert list(told) == list(targetwords.COLUMNS)
    for key, names in targetwords.COLUMNS.items():
        assert [n for n in names if n not in told[key]] == []
        missing = "（可省略）" if is_chinese(guide) else "(may be missing)"
        assert (missing in told[key]) == (key in targetwords.OPTIONAL)
    for key, words in {
        "standing": targetwords.STANDINGS,
        "level": targetwords.LEVEL_WORDS,
        "operator": targetwords.OPERATOR_WORDS,
        "deadline_basis": targetwords.BASES,
        "strength": targetwords.STRENGTHS,
    }.items():
        assert [w for w in (*words, *words.values()) if w not in told[key]] == []
    special = targetwords.SPECIAL_KEYS
    derived = {"status", "density_per_km2", "beds_per_social_worker", "people", "facility"}
    assert unnamed(sorted(special | derived), part) == []


TABLES: list[type[BaseModel]] = [
    targets_config.TargetsConfig, targets_config.PlaceTable, targets_config.FacilityList,
    targets_config.CircleConfig, targets_config.SettingsConfig, targets_config.BaselineConfig,
    targets_config.ProgrammeConfig, targets_config.ProgrammeYear,
]  # fmt: skip


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_of_the_targets_table_is_told(guide: str, table: type[BaseModel]) -> None:
    assert unnamed(table.model_fields, section(guide, 0)) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_every_column_and_word_of_the_tables_is_told(guide: str) -> None:
    summary = "政策目标各表的列" if is_chinese(guide) else "The columns of the tables of targets"
    part = folded_away(guide, summary)
    files = part.split("\n`programme_targets.csv`")[0]
    assert unnamed((*targets.TARGET_COLUMNS, *targets.MISSING_COLUMNS), files) == []
    assert unnamed(targets.PARTS_COLUMNS, files) == []
    for name, columns in {
        "programme_targets.csv": TARGET_COLUMNS,
        "programme_sites.csv": SITE_COLUMNS,
        "programme_years.csv": YEAR_COLUMNS,
        "breakdown.csv": breakdown.COLUMNS,
    }.items():
        told = part.split(f"\n`{name}`")[1].split(".csv`")[0]
        if name == "programme_targets.csv":
            told = part.split(f"\n`{name}`")[1].split("\n`programme_sites.csv`")[0]
        assert unnamed(columns, told) == [], name
    kinds = [kind for kind in target_words.KINDS if kind]
    courses = [course for course in target_words.COURSES if course]
    words = (*target_words.VERDICTS, *target_words.APPLIES, *target_words.STRENGTHS, *kinds)
    assert unnamed((*words, *courses, *target_words.BASES, *target_words.STANDINGS), part) == []


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("number", [0, 1], ids=["targets", "measures"])
def test_every_option_is_told(guide: str, number: int) -> None:
    command = typer.main.get_command(app).commands[("targets", "measures")[number]]  # type: ignore[attr-defined]
    options = [name for p in command.params for name in p.opts if name[:2] == "--"]
    assert "--out" in options
    known = code((ROOT / guide).read_text(encoding="utf-8"))
    assert [o for o in options if o not in known | {"--help"}] == []
    if number == 1:
        assert unnamed([o for o in options if o != "--help"], section(guide, 1)) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_the_names_in_python_are_there(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    for name in ("check_targets", "write_targets", "measure_study"):
        assert f"cp.{name}(" in text
        assert hasattr(coverplan, name)
    for name in ("counts", "table", "breakdown", "programme"):
        assert f"report.{name}(" in text
        assert hasattr(coverplan.TargetReport, name)


@pytest.mark.parametrize("guide", GUIDES)
def test_what_the_guides_say_of_the_register(guide: str) -> None:
    register, part = read_register(), section(guide, 0)
    bases = [target.deadline_basis for target in register]
    assert f"{len(register)} " in part
    for basis in ("stated", "document_year", "plan_end"):
        assert re.search(rf"\b{bases.count(basis)}\b", part)
    assert bases.count("none") == 1
    assert f"{sum(t.draft for t in register)} " in part
    class_c = sum(target.computability == "C" for target in register)
    assert (f"184 条中有 {class_c} 条" if is_chinese(guide) else f"- {class_c} of the 184") in part


def run(name: str, folder: Path, *words: str) -> Path:
    if not SAMPLE.is_file():
        pytest.skip("the sample county is not here")
    assert cli.execute([name, str(SAMPLE), "--out", str(folder), "--quiet", *words]) == cli.EXIT_OK
    return folder


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command of the guides writes on the sample county."""
    return run("targets", tmp_path_factory.mktemp("judged") / "out", "--lang", "en")


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of measures."""
    words = ("--lang", "en", "--need-share", "elderly_care=0.03")
    return run("measures", tmp_path_factory.mktemp("measured") / "out", *words)


def test_one_line_in_a_study_file_is_enough_to_begin_with(tmp_path: Path) -> None:
    study = write_street(tmp_path)
    with study.open("a", encoding="utf-8") as file:
        file.write("\n[targets]\n")
    assert cli.execute(["targets", str(study), "-o", str(tmp_path / "out"), "-q"]) == cli.EXIT_OK


@pytest.mark.parametrize("guide", GUIDES)
def test_the_verdicts_are_those_of_today(guide: str, judged: Path) -> None:
    record = json.loads((judged / "run.json").read_text(encoding="utf-8"))
    counts, binding, others = (
        record[key] for key in ("counts", "counts_binding", "counts_reference")
    )
    language = "zh" if is_chinese(guide) else "en"
    told = {
        line.split("|")[1].strip(): [int(n) for n in re.findall(r"\d+", line)]
        for line in section(guide, 0).split("\n### ")[0].splitlines()
        if re.fullmatch(r"\|[^|]+(\| \d+ ){4}\|", line)
    }
    wanted = {
        word.of(language): [binding[key], others[key], counts[key], counts[key]]
        for key, word in target_words.VERDICTS.items()
    }
    for numbers in wanted.values():
        numbers[2] -= numbers[0] + numbers[1]
    wanted["合计" if is_chinese(guide) else "in all"] = [
        sum(column) for column in zip(*wanted.values(), strict=True)
    ]
    assert told == wanted


@pytest.mark.parametrize("guide", GUIDES)
def test_what_to_build_first_is_what_the_guides_say(guide: str, judged: Path) -> None:
    table = pd.read_csv(judged / "targets.csv")
    told = re.findall(r"^\d\. \*\*.*", section(guide, 0).split("\n### ")[0], re.MULTILINE)
    assert len(told) == 3
    for line, row in zip(told, table.head(3).itertuples(), strict=True):
        numbers = {int(n) for n in re.findall(r"\b\d+\b", line.split("`")[0].split("**")[2])}
        assert {int(row.numerator), int(row.denominator), int(row.gap)} <= numbers
        assert f"`{row.target_id}`" in line
        assert row.clause in line
        assert str(int(row.deadline)) in line
        unstated = "条文未写明" if is_chinese(guide) else "not stated"
        assert (unstated in line) == (row.deadline_basis != "stated")


@pytest.mark.parametrize("guide", GUIDES)
def test_the_row_that_is_read_aloud_is_one_of_today(guide: str, judged: Path) -> None:
    rows_of = json.loads((judged / "targets.json").read_text(encoding="utf-8"))["targets"]
    (row,) = [row for row in rows_of if row["id"] == "Z21-25"]
    (told,) = re.findall(r"^\*`Z21-25`.*", section(guide, 0), re.MULTILINE)
    assert row["have"].split(" town")[0].replace("(", "（" if is_chinese(guide) else "(") in (
        told if not is_chinese(guide) else told.replace("%（", "% （")
    )
    assert [n["name"] for n in row["missing"] if n["name"] not in told] == []
    assert str(len(row["missing"])) in told
    circle = json.loads((judged / "run.json").read_text(encoding="utf-8"))["settings"]["circle"]
    assert circle["share"] == 0.8
    assert "87,360" in next(r for r in rows_of if r["id"] == "Z21-12")["need"]
    assert "87,360" in section(guide, 0)


@pytest.mark.parametrize("guide", GUIDES)
def test_the_programme_is_that_of_today(guide: str, judged: Path) -> None:
    head = "### 从目标到站点" if is_chinese(guide) else "### From targets to sites"
    part = section(guide, 0).split(head)[1].split("<details>")[0]
    study = SAMPLE.read_text(encoding="utf-8")
    asked = part.split("```text\n")[1].split("```")[0].splitlines()
    assert [line for line in asked if line.split("#")[0].strip() not in study] == []
    years = pd.read_csv(judged / "programme_years.csv")
    assert years["status"][0] == "optimal"
    (told,) = re.findall(r"^(?:共 |)44 .*(?:\n.*)?", part, re.MULTILINE)
    sums = years[["sites", "build", "cost_yuan", "cost_unknown"]].sum()
    for number in (*sums, *years["sites"]):
        assert f"{int(number):,}" in told
    parts = pd.read_csv(judged / "breakdown.csv").query("target_id == 'YX-04'")
    assert f"{parts['have'].sum()}" in part
    assert f"{parts['add'].sum()}" in part
    assert parts["part"].sum() == 60
    add = parts.set_index("name")["add"]
    assert (add["澄江街道"], add["桐口镇"]) == (1, 3)


@pytest.mark.parametrize("guide", GUIDES)
def test_the_files_are_those_of_today(guide: str, judged: Path, measured: Path) -> None:
    for number, folder in enumerate((judged, measured)):
        names = {re.sub(r"lorenz-\w+", "lorenz", path.name) for path in folder.iterdir()}
        told = {re.sub(r"lorenz-\w+", "lorenz", n) for n in code(section(guide, number))}
        assert names - told == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_column_of_the_measures_is_told(guide: str, measured: Path, tmp_path: Path) -> None:
    part = section(guide, 1)
    street = tmp_path / "street"
    (tmp_path / "study").mkdir()
    study = write_street(tmp_path / "study")
    assert cli.execute(["measures", str(study), "--out", str(street), "-q"]) == cli.EXIT_OK
    for folder in (measured, street):
        for path in folder.glob("*.csv"):
            head = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
            assert unnamed(head, part) == [], path.name
    words = pd.read_csv(measured / "access.csv")["method"].unique()
    unequal = pd.read_csv(measured / "inequality.csv")
    for column in ("index", "subject", "over", "partition"):
        words = [*words, *unequal[column].dropna().unique()]
    words += [*pd.read_csv(measured / "blind_spots.csv")["scope"].unique()]
    assert unnamed(words, part) == []


@pytest.mark.parametrize("guide", GUIDES)
def test_the_figures_of_the_measures_are_those_of_today(guide: str, measured: Path) -> None:
    total = "unit_code == 'total' and group == 'elderly'"
    layer = f"{total} and layer == 'elderly_care'"
    near = pd.read_csv(measured / "minutes.csv").query(f"{layer} and rank == 1").iloc[0]
    access = pd.read_csv(measured / "access.csv").query(f"{layer} and method == 'e2sfca'").iloc[0]
    places = pd.read_csv(measured / "assignment.csv").query(f"{layer} and by == 'unit'").iloc[0]
    asked = f"{total} and scope == 'every' and by == 'count'"
    spots = pd.read_csv(measured / "blind_spots.csv").query(asked).set_index("missing")["value"]
    of = (
        "group == 'elderly' and layer == 'elderly_care' and subject == 'access' and index == 'gini'"
    )
    unequal = pd.read_csv(measured / "inequality.csv").query(of).iloc[0]
    told = section(guide, 1).split("```\n")[-1 if "```" not in section(guide, 1) else 1]
    told = told.split("\n| ")[0]
    wanted = [
        f"{near.median_minutes:.1f}", f"{near.p90_minutes:.1f}", f"{int(near.short):,}",
        f"{int(access.people_without):,}", f"{int(spots[0]):,}", f"{int(spots[4]):,}",
        *(f"{int(places[key]):,}" for key in ("asking", "served", "no_site", "full")),
        f"{unequal['value']:.3f}",
    ]  # fmt: skip
    assert [w for w in wanted if w not in told] == []


def test_both_guides_quote_the_same_figures() -> None:
    found = []
    for guide in GUIDES:
        text = "\n".join(section(guide, number) for number in (0, 1))
        text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
        text = "\n".join(t for t in text.splitlines() if not t.startswith("| `"))
        # Chinese says 每千人 for per 1,000.
        found.append(sorted({*re.findall(r"\d[\d,]*\d(?:\.\d+)?", text)} - {"1,000"}))
    assert found[0] == found[1]
