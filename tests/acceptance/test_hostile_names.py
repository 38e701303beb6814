"""A county whose every name is an attack or a nuisance: all that is handed on shows it as text."""

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

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
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1-2",
    "javascript:alert(5)",
    "' onmouseover='alert(6)",
    "\" autofocus onfocus=\"alert(7)",
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


def test_a_run(folder):
    call("run", folder / "study.toml", "--out", folder / "result", "--quiet")
    out = folder / "result"
    check_page(out / "map.html")
    for file in out.glob("*.csv"):
        check_csv(file)
    names = set(gpd.read_file(out / "study.gpkg", layer="units")["name"])
    assert names == {HOSTILE[0], HOSTILE[1], HOSTILE[5]}
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["title"] == HOSTILE[0]
    sites = pd.read_csv(out / "sites.csv", encoding="utf-8-sig", dtype=str)
    assert len(sites) == 16 + 4 + 2
