"""``--date``: every command answers for another day, and refuses what is no day."""

import csv

import pytest
from typer.testing import CliRunner

import coverplan
from coverplan import cli


def invoke(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def with_sites(folder):
    text = (folder / "coverage.csv").read_text(encoding="utf-8-sig")
    return sum(
        int(row["value"])
        for row in csv.DictReader(text.splitlines())
        if row["indicator"] == "working_sites"
        and row["unit_code"] == "total"
        and row["layer"] == "elderly_care"
        and row["phase"] == "before"
    )


def test_facilities_as_of_that_day(county):
    county.accepted()
    assert with_sites(county.result) == 3
    # They opened in 2019.
    county.accepted("--date", "2018-12-31")
    assert with_sites(county.result) == 0
    assert coverplan.load(county.study, date="2018-12-31").date.year == 2018
    assert coverplan.load(county.study).date.year == 2025


@pytest.mark.parametrize("command", ["areas", "measures", "check"])
def test_other_commands_take_it_too(county, command):
    out = county.path("areas.gpkg" if command == "areas" else "out")
    done = invoke(command, county.study, "--date", "2018-12-31", "-o", out, "-q")
    # Nothing was open then: no areas to write, everything else counts nobody.
    assert done.exit_code == (cli.EXIT_INPUT if command == "areas" else cli.EXIT_OK), done.output
    if command == "areas":
        assert "没有任何范围可写" in done.output


@pytest.mark.parametrize(
    "command", [["run"], ["check"], ["areas"], ["measures"], ["site", "--layer", "elderly_care"]]
)
def test_no_day_is_refused(county, command):
    name, *more = command
    done = invoke(name, county.study, *more, "--date", "2018", "-q")
    assert done.exit_code == cli.EXIT_INPUT, done.output
    assert "--date 不是一个日期" in done.output
    assert "2019-12-31" in done.output
    assert not county.result.exists()


def test_a_study_made_in_code(county, monkeypatch):
    monkeypatch.chdir(county.folder)
    config = coverplan.read_study(county.study)
    assert coverplan.load(config, date="2018-12-31").date.isoformat() == "2018-12-31"
