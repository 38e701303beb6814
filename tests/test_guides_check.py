"""What the guides say of drafting, checking and fetching is what the commands do and print."""

import inspect
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import typer
from folder_county import FolderCounty, facilities, streets, townships, villages
from typer.testing import CliRunner

import coverplan
from coverplan import drafting
from coverplan.cli import app
from coverplan.domain import builtin_layers
from coverplan.io.fetch.fetching import Order
from coverplan.io.fetch.files import KEPT, MANIFEST, SOURCE
from coverplan.present.fault_tables import FAULT_COLUMNS

ROOT = Path(__file__).resolve().parent.parent
GUIDES = ["README.md", "README.zh-CN.md"]
LANGUAGE = {"README.md": "en", "README.zh-CN.md": "zh"}
FOLDER = {"README.md": "my-county", "README.zh-CN.md": "我的县"}
HEADS = {
    "README.md": "\n## From a folder of files to a study\n",
    "README.zh-CN.md": "\n## 七、从一个文件夹到结果\n",
}
HOMES = "养老机构.xlsx"
HEADER = 3


def section(guide: str, command: str = "") -> str:
    """Return the section on folders, or the part of it on one command."""
    whole = (ROOT / guide).read_text(encoding="utf-8").split(HEADS[guide])[1].split("\n## ")[0]
    if not command:
        return whole
    (part,) = [p for p in whole.split("\n### ") if f"`coverplan {command}`\n" in p[:80]]
    return part


def example(guide: str) -> list[str]:
    """Return the blocks of text in the example: drafting, the study file, checking."""
    first = section(guide).split("\n### ")[0]
    return re.findall(r"```text\n(.*?)```", first, re.DOTALL)


def folded(guide: str, part: str, summary: str) -> str:
    return section(guide, part).split(f"<summary>{summary}")[1].split("</details>")[0]


def unnamed(words: list[str], text: str) -> list[str]:
    known = set(re.findall(r"[\w.-]+", " ".join(re.findall(r"`([^`\n]+)`", text))))
    return [word for word in words if word not in known]


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


@pytest.fixture(scope="module", params=GUIDES)
def guide(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def walked(guide: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    place = tmp_path_factory.mktemp("example")
    folder, language = place / FOLDER[guide], LANGUAGE[guide]
    hand_over(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        study = f"{FOLDER[guide]}/study.toml"
        drafted = command("init", FOLDER[guide], "--yes", "--lang", language, code=0)
        text = (folder / "study.toml").read_text(encoding="utf-8").splitlines()
        checked = command("check", study, code=2)
        mend(folder)
        again = command("check", study, code=0)
        yield Walked(drafted, text, checked, again, place)


def test_the_example_prints_what_the_guide_shows(guide: str, walked: Walked) -> None:
    shown = [block.splitlines() for block in example(guide)]
    assert [lines[0] for lines in (shown[0], shown[2])] == [
        f"$ coverplan init {FOLDER[guide]} --yes" + (" --lang en" if guide == "README.md" else ""),
        f"$ coverplan check {FOLDER[guide]}/study.toml",
    ]
    for lines, printed in zip(
        (shown[0][1:], shown[1], shown[2][1:]),
        (walked.init, walked.study, walked.check),
        strict=True,
    ):
        first = printed.index(lines[0])
        assert [line for line in lines if line not in printed[first:]] == []
    # Of the report nothing is left out but the warnings at the end.
    first = walked.check.index(shown[2][1])
    assert walked.check[first : first + len(shown[2]) - 1] == shown[2][1:]


def test_mended_the_example_can_run(guide: str, walked: Walked) -> None:
    (verdict,) = [line for line in walked.again if line.startswith(("no errors", "没有错误"))]
    assert verdict in section(guide)
    people = pd.read_csv(walked.folder / "faults" / "network.csv", encoding="utf-8-sig")
    reached, everybody = int(people["reached"].sum()), int(people["people"].sum())
    share = f"{100 * reached / everybody:.1f} %"
    told = section(guide).split("\n### ")[0]
    assert [w for w in (f"{reached:,}", f"{everybody:,}", share) if w not in told] == []


def test_every_file_and_column_of_a_check_is_told(guide: str, walked: Walked) -> None:
    told = section(guide, "check")
    files = sorted(path.name for path in (walked.folder / "faults").iterdir())
    assert unnamed(files, told) == []
    rows = {line.split("`")[1]: line for line in told.splitlines() if line.startswith("| `")}
    chinese = guide == "README.zh-CN.md"
    others = folded(guide, "check", "检查的其他各表" if chinese else "The columns of the other")
    rows = {line.split("`")[1]: line for line in others.splitlines() if line.startswith("| `")}
    for name in files:
        if not name.endswith(".csv") or name in {"faults.csv", "people.csv"}:
            continue
        head = pd.read_csv(walked.folder / "faults" / name, encoding="utf-8-sig", nrows=0)
        assert unnamed(list(head.columns), rows[name]) == [], name
    people = pd.read_csv(walked.folder / "faults" / "people.csv", encoding="utf-8-sig", nrows=0)
    text = (ROOT / guide).read_text(encoding="utf-8")
    of_run = text.split("<summary>people.csv" if chinese else "<summary>The columns of people")[1]
    assert unnamed(["study", "notice", *people.columns], of_run.split("</details>")[0]) == []
    faults = folded(guide, "check", "faults.csv" if chinese else "The columns of faults")
    assert unnamed([*FAULT_COLUMNS, "error", "warning"], faults) == []


@pytest.mark.parametrize("name", ["init", "check", "fetch"])
def test_every_option_is_told(guide: str, name: str) -> None:
    there = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = [o for parameter in there.params for o in parameter.opts if o.startswith("-")]
    assert {"--lang", "--quiet"} <= set(options)
    known = set(re.findall(r"(?<![\w-])-{1,2}[a-z-]+", section(guide, name)))
    assert [o for o in options if o not in known] == []


def test_a_study_on_another_day_is_told(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    dated = [n for n, c in commands.items() if any("--date" in p.opts for p in c.params)]
    assert dated
    assert "`--date 2019-12-31`" in text


def test_what_fetch_writes_is_told(guide: str) -> None:
    told = section(guide, "fetch")
    names = ["townships.gpkg", "county.gpkg", "roads.osm.pbf", SOURCE, MANIFEST, KEPT]
    assert unnamed(names, told) == []
    margin = inspect.signature(Order).parameters["margin_metres"].default
    assert f"{margin:,.0f}" in told
    layers = re.findall(r"--layers ([\w,]+) ", told)[0].split(",")
    assert set(layers) <= set(builtin_layers())


def test_what_init_leaves_aside_is_told(guide: str) -> None:
    assert f"{drafting.MOST_TRIED_BYTES // 10**6} MB" in section(guide, "init")


def test_what_python_offers_is_told(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    (block,) = re.findall(r"```text\n(import osmnx.*?)```", text, re.DOTALL)
    used = set(re.findall(r"\bcp\.(\w+)", block))
    assert {"run", "load", "propose", "check_study", "write_report"} <= used
    assert [name for name in used if not hasattr(coverplan, name)] == []
    for name in ("run", "load", "propose", "check_study"):
        assert "roads" in inspect.signature(getattr(coverplan, name)).parameters, name
    assert {"stops", "faults"} <= {n for n in dir(coverplan.CheckReport) if n[0] != "_"}
    compile(block, guide, "exec")
    assert callable(coverplan.Network.without_roads)
    assert callable(coverplan.Profile.straight_line)


def test_every_component_named_is_there(guide: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / guide).read_text(encoding="utf-8")
    named = set(re.findall(r'-c constraints\.txt (?:-e )?"\.\[(\w+)\]"', text))
    assert {"osm", "postgis", "cluster"} <= named
    assert named <= set(project["optional-dependencies"])


def test_the_sample_without_roads_reaches_what_the_guide_says(guide: str) -> None:
    sample = ROOT / "data" / "geo" / "yunxi"
    if not sample.is_dir():
        pytest.skip("the sample county is not here")
    table = tomllib.loads((sample / "study.toml").read_text(encoding="utf-8"))
    people = {key: table["people"][key] for key in ("groups", "source", "totals")}
    people |= {key: str(sample / people[key]) for key in ("source", "totals")}
    homes = table["layers"]["elderly_care"]["source"]
    config = {
        "title": table["title"],
        "date": table["date"],
        "region": {"units": str(sample / table["region"]["units"])},
        "people": people,
        "roads": {"detour": 1.4},
        "layers": {"elderly_care": {"source": str(sample / homes)}},
    }
    study = coverplan.run(coverplan.StudyConfig.model_validate(config))
    rows = study.coverage.select(layer="elderly_care", indicator="people_reached", minutes=15)
    (reached,) = rows[rows["unit_code"] == "total"]["value"]
    text = (ROOT / guide).read_text(encoding="utf-8")
    assert f"{reached:,.0f} " in text.split("detour = 1.4 ")[1].split("clip_metres")[0]


def test_both_guides_tell_the_same_in_the_same_order() -> None:
    told = []
    for guide in GUIDES:
        rows = [row.split("|")[1] for row in section(guide).splitlines() if row.startswith("|")]
        words = [word for row in rows for word in re.findall(r"`([^`]+)`", row)]
        blocks = re.findall(r"```sh\n(.*?)```", section(guide), re.DOTALL)
        told.append((words, [block.replace(FOLDER[guide], "FOLDER") for block in blocks]))
    assert told[0] == told[1]
