"""What the guide to measures beside coverage says is what the program offers and computes."""

import re
from pathlib import Path

import pandas as pd
import pytest
import typer
from guidepages import LANGUAGES, Page, code, page, rows, unnamed
from street_files import write_street

from coverplan import cli
from coverplan.cli import app


@pytest.fixture(params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/measures.md")


@pytest.fixture(scope="module")
def measured(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command of the guide writes on the sample county."""
    sample = root / "data" / "geo" / "yunxi" / "targets.toml"
    if not sample.is_file():
        pytest.skip("the sample county is not here")
    folder = tmp_path_factory.mktemp("measured") / "out"
    words = ["--out", str(folder), "--quiet", "--lang", "en", "--need-share", "elderly_care=0.03"]
    assert cli.execute(["measures", str(sample), *words]) == cli.EXIT_OK
    return folder


@pytest.fixture(scope="module")
def street_measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of a street."""
    folder = tmp_path_factory.mktemp("street")
    study = write_street(folder)
    out = folder / "out"
    assert cli.execute(["measures", str(study), "--out", str(out), "-q"]) == cli.EXIT_OK
    return out


def test_every_option_is_told(guide: Page) -> None:
    command = typer.main.get_command(app).commands["measures"]  # type: ignore[attr-defined]
    options = [name for p in command.params for name in p.opts if name[:2] == "--"]
    assert "--out" in options
    assert unnamed([o for o in options if o != "--help"], guide.part("options")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_those_of_today(language: str, measured: Path) -> None:
    told = code(page(language, "reference/files.md").part("measures", own=True))
    told = {re.sub(r"lorenz-\w+", "lorenz", name) for name in told}
    names = {re.sub(r"lorenz-\w+", "lorenz", path.name) for path in measured.iterdir()}
    assert names - told == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_told(language: str, measured: Path, street_measured: Path) -> None:
    part = page(language, "reference/files.md").part("measure-tables")
    shared, table = part.split("\n|", 1)
    for folder in (measured, street_measured):
        for path in folder.glob("*.csv"):
            head = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
            told = shared + "\n" + rows("|" + table)[path.name]
            assert unnamed(head, told) == [], path.name


def test_every_word_of_the_tables_is_told(guide: Page, measured: Path) -> None:
    told = guide.text + page(guide.language, "reference/files.md").part("measure-tables")
    words = [*pd.read_csv(measured / "access.csv")["method"].unique()]
    assert unnamed(words, guide.part("methods")) == []
    unequal = pd.read_csv(measured / "inequality.csv")
    for column in ("index", "subject", "over", "partition"):
        words += [*unequal[column].dropna().unique()]
    words += [*pd.read_csv(measured / "blind_spots.csv")["scope"].unique()]
    assert unnamed(words, told) == []


def test_the_figures_are_those_of_today(guide: Page, measured: Path) -> None:
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
    told = guide.opening.split("```\n")[1]
    wanted = [
        f"{near.median_minutes:.1f}", f"{near.p90_minutes:.1f}", f"{int(near.short):,}",
        f"{int(access.people_without):,}", f"{int(spots[0]):,}", f"{int(spots[4]):,}",
        *(f"{int(places[key]):,}" for key in ("asking", "served", "no_site", "full")),
        f"{unequal['value']:.3f}",
    ]  # fmt: skip
    assert [w for w in wanted if w not in told] == []


def test_both_languages_quote_the_same_figures() -> None:
    found = []
    for language in LANGUAGES:
        text = page(language, "guide/measures.md").text
        text = "\n".join(t for t in text.splitlines() if not t.startswith("| `"))
        # Chinese says 每千人 for per 1,000, 十五分钟 for 15 minutes, 60 岁及以上 for older people.
        numbers = {*re.findall(r"\d[\d,]*\d(?:\.\d+)?", text)}
        found.append(sorted(numbers - {"1,000", "15", "60"}))
    assert found[0] == found[1]
