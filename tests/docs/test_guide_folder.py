"""What the guide says of drafting, checking and fetching is what the commands do and print."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import typer
from folder_county import FolderCounty, facilities, streets, townships, villages
from guidepages import LANGUAGES, Page, page, rows, unnamed
from typer.testing import CliRunner

from coverplan import drafting
from coverplan.cli import app
from coverplan.domain import builtin_layers
from coverplan.io.fetch.fetching import Order
from coverplan.io.fetch.files import KEPT, MANIFEST, SOURCE
from coverplan.present.fault_tables import FAULT_COLUMNS

HOMES = "养老机构.xlsx"
HEADER = 3


def hand_over(folder: Path) -> None:
    """Write the files of the example."""
    folder.mkdir()
    county = FolderCounty(folder)
    county.shapes("乡镇边界.gpkg", townships())
    county.shapes("道路.gpkg", streets(cut=False))
    county.table("各村人口.csv", villages(), "gbk")
    homes = facilities("敬老院", 20, gcj02=True).astype(object)
    homes.loc[1, ["经度", "纬度"]] = list(homes.loc[1, ["纬度", "经度"]])
    homes.loc[4, "设立年份"] = "二〇一九"
    county.messy(HOMES, homes, "附件2：全县养老机构一览表")


def mend(folder: Path) -> None:
    """Do what the fault report says: swap two cells, write a year in figures."""
    book = openpyxl.load_workbook(folder / HOMES)
    sheet = book.active
    column = {cell.value: cell.column for cell in sheet[HEADER]}
    lon, lat = (sheet.cell(5, column[key]) for key in ("经度", "纬度"))
    lon.value, lat.value = lat.value, lon.value
    sheet.cell(8, column["设立年份"]).value = 2019
    book.save(folder / HOMES)


def command(*arguments: str, code: int) -> list[str]:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == code, done.output
    return done.stdout.splitlines()


@dataclass(frozen=True)
class Walked:
    """What the commands printed on the way from the folder to a study that can run."""

    init: list[str]
    study: list[str]
    check: list[str]
    again: list[str]
    folder: Path


@pytest.fixture(scope="module", params=LANGUAGES)
def guide(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "guide/from-a-folder.md")


def name_of_folder(guide: Page) -> str:
    return guide.say("我的县", "my-county")


@pytest.fixture(scope="module")
def walked(guide: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    place, name = tmp_path_factory.mktemp("example"), name_of_folder(guide)
    folder = place / name
    hand_over(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        study = f"{name}/study.toml"
        drafted = command("init", name, "--yes", "--lang", guide.language, code=0)
        text = (folder / "study.toml").read_text(encoding="utf-8").splitlines()
        checked = command("check", study, code=2)
        mend(folder)
        again = command("check", study, code=0)
        yield Walked(drafted, text, checked, again, place)


def test_the_example_prints_what_is_shown(guide: Page, walked: Walked) -> None:
    drafted, study, checked = (
        b.splitlines() for b in guide.fenced("text", "toml", under="example")
    )
    name = name_of_folder(guide)
    assert drafted[0] == f"$ coverplan init {name} --yes" + guide.say("", " --lang en")
    assert checked[0] == f"$ coverplan check {name}/study.toml"
    for lines, printed in zip(
        (drafted[1:], study, checked[1:]), (walked.init, walked.study, walked.check), strict=True
    ):
        first = printed.index(lines[0])
        assert [line for line in lines if line not in printed[first:]] == []
    # Of the report nothing is left out but the warnings at the end.
    first = walked.check.index(checked[1])
    assert walked.check[first : first + len(checked) - 1] == checked[1:]


def test_mended_the_example_can_run(guide: Page, walked: Walked) -> None:
    told = guide.part("example")
    (verdict,) = [line for line in walked.again if line.startswith(("no errors", "没有错误"))]
    assert verdict in told
    people = pd.read_csv(walked.folder / "faults" / "network.csv", encoding="utf-8-sig")
    reached, everybody = int(people["reached"].sum()), int(people["people"].sum())
    share = f"{100 * reached / everybody:.1f} %"
    assert [w for w in (f"{reached:,}", f"{everybody:,}", share) if w not in told] == []


def test_every_file_and_column_of_a_check_is_told(guide: Page, walked: Walked) -> None:
    files = page(guide.language, "reference/files.md")
    names = sorted(path.name for path in (walked.folder / "faults").iterdir())
    assert unnamed(names, files.part("check", own=True)) == []
    told = rows(files.part("check-tables"))
    for name in names:
        if not name.endswith(".csv") or name in {"faults.csv", "people.csv"}:
            continue
        head = pd.read_csv(walked.folder / "faults" / name, encoding="utf-8-sig", nrows=0)
        assert unnamed(list(head.columns), told[name]) == [], name
    people = pd.read_csv(walked.folder / "faults" / "people.csv", encoding="utf-8-sig", nrows=0)
    of_run = files.part("people-csv")
    assert unnamed(["study", "notice", *people.columns], of_run) == []
    faults = files.part("faults-csv")
    assert unnamed([*FAULT_COLUMNS, "error", "warning"], faults) == []
    assert unnamed(["faults.html", "columns.csv"], guide.part("check")) == []


@pytest.mark.parametrize("name", ["init", "check", "fetch"])
def test_every_option_is_told(guide: Page, name: str) -> None:
    there = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = [o for parameter in there.params for o in parameter.opts if o.startswith("-")]
    assert {"--lang", "--quiet"} <= set(options)
    known = set(re.findall(r"(?<![\w-])-{1,2}[a-z-]+", guide.part(name)))
    assert [o for o in options if o not in known] == []


def test_a_study_on_another_day_is_told(guide: Page) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    dated = [n for n, c in commands.items() if any("--date" in p.opts for p in c.params)]
    assert dated
    assert "`--date 2019-12-31`" in page(guide.language, "guide/inputs.md").part("days")


def test_what_fetch_writes_is_told(guide: Page) -> None:
    told = guide.part("fetch")
    names = ["townships.gpkg", "county.gpkg", "roads.osm.pbf", SOURCE, MANIFEST, KEPT]
    assert unnamed(names, told) == []
    margin = inspect.signature(Order).parameters["margin_metres"].default
    assert f"{margin:,.0f}" in told
    layers = re.findall(r'--layers "([\w,]+)" ', told)[0].split(",")
    assert set(layers) <= set(builtin_layers())


def test_what_init_leaves_aside_is_told(guide: Page) -> None:
    assert f"{drafting.MOST_TRIED_BYTES // 10**6} MB" in guide.part("init")
