"""A county whose every name is an attack or a nuisance: all that is handed on shows it as text."""

import csv
import json
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
import folder_county
import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from coverplan import cli

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "${alert(3)}",
    "`${alert(4)}`",
    "C:\\xampp\\u0041\\",
    "{{7777*3}}{% raw %}{# no #}",
    '=HYPERLINK("http://example.org","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1-2",
    "javascript:alert(5)",
    "' onmouseover='alert(6)",
    '" autofocus onfocus="alert(7)',
    "]]><!-- & &lt; &#60;",
    "\u202eعربى\u202c 甲村",
    "长" * 10_000,
    "%s %(x)s {0} {name} \\N{DASH}",
)  # fmt: skip

STUDY = """\
title = '{title}'
notice = '{notice}'
date = 2025-12-31

[region]
units = "乡镇边界.gpkg"

[people]
source = "村表.csv"
groups = {{ all = "常住人口", elderly = "60岁及以上" }}

[roads]
source = "道路.gpkg"

[layers.elderly_care]
source = "养老机构.csv"
siting = {{ sites = 2 }}

[layers.social_work]
label = {{ zh = '{label}', en = '{label}' }}
source = "社工站.csv"

[map]
approval_number = '{notice}'
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small county with hostile names everywhere, run once."""
    path = tmp_path_factory.mktemp("hostile")
    county = folder_county.FolderCounty(path).usual()
    towns = folder_county.townships()
    names = [HOSTILE[0], HOSTILE[1], HOSTILE[5]]
    towns["名称"] = names
    (path / "乡镇边界.gpkg").unlink()
    county.shapes("乡镇边界.gpkg", towns)
    renamed = dict(zip(folder_county.TOWNS.values(), names, strict=True))
    villages = folder_county.villages()
    villages["所属乡镇"] = villages["所属乡镇"].map(renamed)
    villages["村名"] = [f"{HOSTILE[i % len(HOSTILE)]}{i}" for i in range(len(villages))]
    county.table("村表.csv", villages)
    for file, kind, count in (("养老机构.csv", "院", 16), ("社工站.csv", "站", 4)):
        sites = folder_county.facilities(kind, count)
        sites["名称"] = [HOSTILE[i % len(HOSTILE)] for i in range(count)]
        sites["所属乡镇"] = sites["所属乡镇"].map(renamed)
        county.table(file, sites)
    study = STUDY.format(title=HOSTILE[0], notice=HOSTILE[2], label=HOSTILE[6])
    (path / "study.toml").write_text(study, encoding="utf-8")
    return path


def call(*arguments: str | Path) -> None:
    found = CliRunner().invoke(cli.app, [str(a) for a in arguments])
    assert found.exit_code == 0, found.output


class Attacks(HTMLParser):
    """What a browser would take for an order: handlers, addresses, scripts that are not ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            inside = (value or "").strip().lower()
            if name.startswith("on") or inside.startswith(("javascript:", "http:", "https:")):
                self.found.append(f"<{tag} {name}={value}>")
            if tag == "img" and name == "src" and not inside.startswith("data:"):
                self.found.append(f"<img src={value}>")


def check_page(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert Attacks(text).found == [], file.name
    assert "Content-Security-Policy" in text
    assert "23331" not in text


def check_csv(file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.reader(opened):
            for cell in row:
                risky = cell.lstrip().startswith(("=", "+", "-", "@"))
                assert not risky or _number(cell), (file.name, cell)


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def check_workbook(file: Path) -> None:
    for sheet in openpyxl.load_workbook(file):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (file.name, sheet.title, cell.coordinate)


def check_word(file: Path) -> None:
    with zipfile.ZipFile(file) as package:
        parts = {n: package.read(n) for n in package.namelist() if n.endswith((".xml", ".rels"))}
    for name, part in parts.items():
        root = ET.fromstring(part)  # noqa: S314 - our own
        assert 'TargetMode="External"' not in part.decode(), name
        # Fields are of our own words: contents, page numbers.
        fields = [e.text or "" for e in root.iter() if e.tag.endswith("}instrText")]
        assert not [
            f for f in fields if not f.strip().startswith(("TOC", "SEQ", "PAGE", "NUMPAGES"))
        ]


def check_drawing(file: Path) -> None:
    for each in ET.fromstring(file.read_bytes()).iter():  # noqa: S314 - our own
        assert not each.tag.endswith(("}script", "}a", "}foreignObject")), each.tag
        for name, value in each.attrib.items():
            assert not name.startswith("on"), name
            assert not name.endswith("href") or value.startswith(("#", "data:")), value


@pytest.fixture(scope="module")
def result(folder: Path) -> Path:
    """The folder of its run."""
    call("run", folder / "study.toml", "--out", folder / "result", "--quiet")
    return folder / "result"


def test_a_run(result):
    out = result
    check_page(out / "map.html")
    for file in out.glob("*.csv"):
        check_csv(file)
    names = set(gpd.read_file(out / "study.gpkg", layer="units")["name"])
    assert names == {HOSTILE[0], HOSTILE[1], HOSTILE[5]}
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["title"] == HOSTILE[0]
    sites = pd.read_csv(out / "sites.csv", encoding="utf-8-sig", dtype=str)
    assert len(sites) == 16 + 4 + 2


def test_a_report(folder):
    out = folder / "report"
    call(
        "report", folder / "study.toml", "--out", out, "--no-figures", "--quiet",
        "--format", "html,docx,xlsx",
    )  # fmt: skip
    check_page(out / "report.html")
    check_workbook(out / "report.xlsx")
    check_word(out / "report.docx")
    words = "\n".join(p.text for p in docx.Document(str(out / "report.docx")).paragraphs)
    for name in (HOSTILE[0], HOSTILE[2], HOSTILE[5], HOSTILE[6]):
        assert name in words, name  # as it is, no more and no less


def test_an_export(folder):
    out = folder / "export"
    call("export", folder / "study.toml", "--out", out, "--quiet", "--format", "gpkg,geojson,csv")
    for file in out.glob("*.csv"):
        check_csv(file)
    whole = json.loads((out / "units.geojson").read_text(encoding="utf-8"))
    names = {HOSTILE[0], HOSTILE[1], HOSTILE[5]}
    assert {each["properties"]["name"] for each in whole["features"]} == names
    assert set(gpd.read_file(out / "export.gpkg", layer="units")["name"]) == names
    sites = gpd.read_file(out / "export.gpkg", layer="sites")
    assert sites["name"].str.len().max() >= 10_000
    styles = gpd.read_file(out / "export.gpkg", layer="layer_styles")
    for style in styles["styleQML"]:
        assert ET.fromstring(style).tag == "qgis"  # noqa: S314 - our own


def test_a_comparison(folder, result):
    out = folder / "compare"
    call("compare", result, result, "--out", out, "--quiet")
    for file in out.glob("*.html"):
        check_page(file)
    for file in out.glob("*.csv"):
        check_csv(file)
    for file in out.glob("*.xlsx"):
        check_workbook(file)


def test_a_map_alone(folder):
    call("map", folder / "study.toml", "--out", folder / "alone.html", "--quiet")
    check_page(folder / "alone.html")


def test_figures_say_what_they_cannot_letter(folder):
    """Arabic and marks that turn the writing are in no Chinese font: an error, not boxes."""
    asked = ("--kind", "coverage", "--layer", "social_work", "--format", "svg", "--quiet")
    place = folder / "figures"
    found = CliRunner().invoke(
        cli.app, ["figures", str(folder / "study.toml"), "--out", str(place), *asked]
    )
    if found.exit_code == 0:
        (drawn,) = place.glob("*.svg")
        check_drawing(drawn)
    else:
        assert found.exit_code == 2, found.output
        assert "Traceback" not in found.output
        assert not place.exists()
