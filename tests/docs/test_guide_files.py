"""Every file and column of a run of the sample county is told."""

from pathlib import Path

import pandas as pd
import pytest
from guidepages import LANGUAGES, Page, page, row_of, unnamed

import coverplan


@pytest.fixture(params=LANGUAGES)
def files(request: pytest.FixtureRequest) -> Page:
    return page(request.param, "reference/files.md")


def test_every_file_of_a_run_is_told(files: Page, yunxi_written: Path) -> None:
    names = sorted(path.name for path in yunxi_written.iterdir())
    assert {"map.html", "study.gpkg", "run.json", "coverage.csv"} <= set(names)
    assert unnamed(names, files.part("run", own=True)) == []


def test_every_column_of_a_run_is_told_with_its_table(files: Page, yunxi_written: Path) -> None:
    tables = {path.name: path for path in yunxi_written.glob("*.csv")}
    wanted = {"coverage.csv", "goals.csv", "sites.csv", "people.csv", "faults.csv", "network.csv"}
    assert tables.keys() >= wanted
    asides = files.part("other-plan-tables")
    for name, path in tables.items():
        head = list(pd.read_csv(path, encoding="utf-8-sig", nrows=0).columns)
        anchor = name.replace(".", "-").replace("_", "-")
        told = files.part(anchor) if anchor in files.anchors else asides + row_of(name, asides)
        assert unnamed(head, told) == [], name


def test_every_indicator_is_told(files: Page, yunxi: coverplan.Study) -> None:
    indicators = yunxi.coverage.frame["indicator"].unique()
    assert unnamed(indicators, row_of("indicator", files.part("coverage-csv"))) == []
