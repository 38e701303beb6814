"""The committed results of the sample county are those the program gives today.

When a change is meant to alter them, run the main command again and commit what it writes.
Whoever went through the English tutorial has them in English: the numbers are to be the same.
"""

import io
import json

import openpyxl
import pandas as pd

from coverplan.present.not_reached_table import not_reached_table
from coverplan.present.tables import coverage_table, sites_table


def same_table(make, study, file):
    kept = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    language = "en" if kept["layer_label"].iloc[0].isascii() else "zh"
    text = make(study, language).to_csv(index=False)
    now = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(now, kept)


def test_coverage(yunxi, root):
    same_table(coverage_table, yunxi, root / "maps" / "yunxi" / "coverage.csv")


def test_sites(yunxi, root):
    same_table(sites_table, yunxi, root / "maps" / "yunxi" / "sites.csv")


def test_not_reached(yunxi, root):
    same_table(not_reached_table, yunxi, root / "maps" / "yunxi" / "not_reached.csv")


def test_the_map_is_of_the_same_inputs(yunxi, root):
    record = json.loads((root / "maps" / "yunxi" / "run.json").read_text(encoding="utf-8"))
    page = (root / "maps" / "yunxi" / "map.html").read_text(encoding="utf-8")
    assert record["run_id"] in page
    fresh = {f.label: f.sha256 for f in yunxi.inputs.files}
    assert {i["file"]: i["sha256"] for i in record["inputs"]} == fresh


def test_the_report_is_of_the_same_run(root):
    run, report = (
        json.loads((root / "maps" / name / "run.json").read_text(encoding="utf-8"))
        for name in ("yunxi", "yunxi-report")
    )
    assert report["run_id"] == run["run_id"]
    page = (root / "maps" / "yunxi-report" / "report.html").read_text(encoding="utf-8")
    assert run["run_id"] in page
    book = openpyxl.load_workbook(root / "maps" / "yunxi-report" / "report.xlsx")
    said = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    assert any(run["run_id"] in words for words in said)


def test_the_gallery_stays_light(root):
    kept = [p for p in (root / "maps").rglob("*") if p.is_file() and p.name != "study.gpkg"]
    weight = sum(p.stat().st_size for p in kept if p.parent.name != "figures")
    assert weight < 15_000_000
