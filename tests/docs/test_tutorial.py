"""The tutorial, done word for word by somebody who has nothing but the project's folder."""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from pyproj import Geod
from typer.testing import CliRunner
from walkthrough import Walk, blocks, prepare, skeleton

from coverplan.cli import app

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
LANGUAGES = ("zh", "en")
PAGES = (
    "1-install.md",
    "2-sample-county.md",
    "3-your-own-place.md",
    "4-hand-it-on.md",
    "5-next.md",
)
MOST_BYTES = 150_000


def page(language: str, name: str) -> Path:
    return DOCS / language / "tutorial" / name


def text_of(language: str, name: str) -> str:
    return page(language, name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Done:
    """A folder in which the tutorial was done, from its first line to its last."""

    language: str
    folder: Path

    def text(self, name: str) -> str:
        return text_of(self.language, name)

    def table(self, file: str, **where: object) -> pd.DataFrame:
        read = pd.read_csv(self.folder / file, encoding="utf-8-sig", dtype={"unit_code": str})
        for column, value in where.items():
            read = read[read[column] == value]
        return read


@pytest.fixture(scope="module", params=LANGUAGES)
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Done:
    language = str(request.param)
    walk = Walk(prepare(tmp_path_factory.mktemp("tutorial") / "clone", ROOT))
    for name in PAGES:
        walk.read(page(language, name), f"{language}/tutorial/{name}")
    return Done(language, walk.folder)


def test_english_headings_are_understood(tmp_path):
    told = re.search(
        r"English headings are understood as well: (.*?); for the homes below: (.*)\.",
        text_of("en", "3-your-own-place.md"),
    )
    files = {b.title: b.body for b in blocks(page("en", "3-your-own-place.md")) if b.title}
    heads = {"hexi/villages.csv": told[1], "hexi/homes.csv": told[2]}
    for name in ("hexi/townships.geojson", "hexi/roads.geojson", *heads):
        lines = files[name].splitlines()
        if name in heads:
            assert len(lines[0].split(",")) == len(heads[name].split(", "))
            lines[0] = heads[name].replace(", ", ",")
        (tmp_path / Path(name).name).write_text("\n".join(lines), encoding="utf-8")
    runner = CliRunner()
    assert runner.invoke(app, ["init", str(tmp_path), "--yes"]).exit_code == 0
    study = str(tmp_path / "study.toml")
    assert runner.invoke(app, ["check", study, "--out", str(tmp_path / "faults")]).exit_code == 0
    used = pd.read_csv(tmp_path / "faults" / "columns.csv").dropna(subset="column")
    for name, words in heads.items():
        assert set(words.split(", ")) == set(used.loc[used["file"] == Path(name).name, "column"])


def rows(text: str, first: str) -> list[list[str]]:
    """Return the cells of the table of a page whose heading begins with ``first``."""
    lines = text[text.index(f"\n| {first} |") + 1 :].splitlines()
    table = lines[2 : next(i for i, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]


def test_it_ends_in_a_map_of_the_sample_county_and_of_a_second_place(done):
    for file in ("maps/yunxi/map.html", "hexi/result/map.html", "hexi/plan/map.html"):
        text = (done.folder / file).read_text(encoding="utf-8")
        assert "coverplan-bulk" in text, file
    assert (done.folder / "hexi" / "report" / "report.docx").stat().st_size > 100_000
    assert (done.folder / "hexi" / "compare" / "compare.html").is_file()


def test_the_tables_shown_of_the_sample_county_are_its_tables(done):
    text = done.text("2-sample-county.md")
    now, label = ("现状", "养老服务") if done.language == "zh" else ("before", "Elderly care")
    quoted = "“{}”"
    assert {quoted.format(word) for word in (now, label)} <= set(re.findall("“[^”]+”", text))
    here = done.table("maps/yunxi/not_reached.csv", layer_label=label, phase_label=now)
    columns = ["unit_name", "place", "people", "not_reached", "nearest_site", "mean_minutes"]
    shown = rows(text, "unit_name")
    assert shown == [[str(x) for x in row] for row in here[columns].head(3).to_numpy()]
    facts = done.table(
        "maps/yunxi/coverage.csv", layer_label=label, phase_label=now, minutes=15, unit_code="total"
    ).set_index("indicator")["value"]
    why = {row[0]: int(row[1]) for row in rows(text, "indicator")}
    assert why == {name: facts[name] for name in why}
    assert sum(why.values()) == 109_199
    state = "建议新增" if done.language == "zh" else "proposed"
    assert f"“{state}”" in text
    new = done.table("maps/yunxi/sites.csv", layer="elderly_care", state_label=state)
    sites = [
        [a, b, f"{c:.0f}"] for a, b, c in new[["name", "unit_name", "newly_reached"]].to_numpy()
    ]
    assert rows(text, "name") == sites
    assert new["newly_reached"].sum() == 5304 == 17_953 - 12_649


def test_what_the_map_makes_one_believe_is_so(done):
    text = done.text("2-sample-county.md")
    goals = done.table("maps/yunxi/goals.csv", layer="elderly_care", phase="before")
    county = goals[goals["unit_code"] == "total"].iloc[0]
    units = goals[goals["unit_code"] != "total"].set_index("unit_name")
    assert units["short"].idxmax() == "桐口镇"
    largest = units.loc["桐口镇"]
    nobody = units[units["have"] == 0]
    assert set(nobody.index) == {"箬岭乡", "云峰乡"}
    burial = done.table(
        "maps/yunxi/coverage.csv", layer="eco_burial", phase="before", minutes=30,
        unit_code="total", indicator="people_reached",
    ).iloc[0]  # fmt: skip
    said = [
        f"{largest['have'] / largest['of'] * 100:.1f} %",
        f"{largest['short']:,.0f}",
        f"{nobody['short'].sum():,.0f}",
        f"{county['short']:,.0f}",
        f"{units['short'].sum():,.0f}",
        f"{units['short'].sum() - county['short']:.0f}",
        f"{burial['denominator']:,.0f}",
        f"{burial['value'] / burial['denominator'] * 100:.1f} %",
    ]
    for words in said:
        assert re.search(rf"(?<![\d,]){re.escape(words)}(?!,?\d)", text), words


def test_who_is_not_reached_in_the_second_place(done):
    text = done.text("3-your-own-place.md")
    here = done.table("hexi/result/not_reached.csv")
    columns = ["unit_name", "place", "not_reached", "nearest_site", "mean_minutes"]
    shown = rows(text, "unit_name")
    assert shown == [[str(x) for x in row] for row in here[columns].head(4).to_numpy()]
    assert "41.9" in text
    served = done.table("hexi/result/coverage.csv", indicator="people_reached", minutes=15)
    assert served.set_index("unit_name")["value"]["河东乡"] == 0
    assert math.ceil(0.7 * 4540) == 3178 == 2885 + 293


def test_the_two_sites_are_where_the_page_says(done):
    new = done.table("hexi/plan/sites.csv", state="proposed")
    assert list(new["name"]) == ["河东村", "沙洲村"]
    assert set(new["unit_name"]) == {"河东乡"}
    assert len(done.table("hexi/plan/candidates.csv")) == 12


def test_as_the_crow_flies_the_village_across_the_river_would_seem_covered(done):
    homes = pd.read_csv(done.folder / "hexi" / "homes.csv").set_index("名称")
    villages = pd.read_csv(done.folder / "hexi" / "villages.csv").set_index("村（社区）")
    a, b = homes.loc["新河村养老服务站"], villages.loc["沙洲村"]
    metres = Geod(ellps="GRS80").inv(a["经度"], a["纬度"], b["经度"], b["纬度"])[2]
    assert 500 < metres < 800
    assert metres / (3200 / 60) < 15


def test_what_was_mended_is_what_the_page_lists(done):
    text = done.text("3-your-own-place.md")
    made = [block for block in blocks(page(done.language, "3-your-own-place.md")) if block.title]
    for file, changed in (("hexi/homes.csv", {4, 6}), ("hexi/villages.csv", {8})):
        before, after = (block.body.splitlines() for block in made if block.title == file)
        differ = {
            n for n, pair in enumerate(zip(before, after, strict=True), 1) if len(set(pair)) > 1
        }
        assert differ == changed
        listed = rows(text, "文件" if done.language == "zh" else "file")
        assert {int(row[1]) for row in listed if f"hexi/{row[0]}" == file} == changed
    shape = json.loads(next(block.body for block in made if block.title == "hexi/roads.geojson"))
    assert len(shape["features"]) == 26


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_have_the_same_blocks(name):
    assert skeleton(page("zh", name)) == skeleton(page("en", name))


def test_the_files_of_the_place_are_the_same_in_both_languages():
    made = [
        {(b.title, b.body) for b in blocks(page(language, "3-your-own-place.md")) if b.title}
        for language in LANGUAGES
    ]
    differ = made[0] ^ made[1]
    assert {title for title, _ in differ} == {"hexi/study.toml"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_there_and_small(language):
    shown = {
        picture
        for name in PAGES
        for alt, picture in re.findall(
            r"!\[([^\]]*)\]\(\.\./(pictures/[^)]+)\)", text_of(language, name)
        )
        if alt
    }
    assert len(shown) == 3
    for picture in shown:
        assert picture.endswith(f"-{language}.png")
        assert (DOCS / "shared" / picture).stat().st_size < MOST_BYTES
