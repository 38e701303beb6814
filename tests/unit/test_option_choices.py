"""An option with a fixed set of values shows it in the help, and names the nearest when wrong."""

import pytest
from street_files import write_street
from typer.testing import CliRunner

from coverplan import cli

SHOWN = [
    ("run", "zh|en"), ("compare", "zh|en"), ("init", "zh|en"), ("fetch", "all|walk|drive"),
    ("site", "all|every_unit"), ("site", "worst|mean|regret"), ("figures", "a5|a4|a3"),
    ("figures", "png,svg,pdf"), ("report", "html,docx,xlsx"), ("report", "a4|a3"),
    ("export", "gpkg,geojson,csv"),
]  # fmt: skip
WRONG = [
    (("site", "--layer", "stations", "--model", "mlcp"), "mclp"),
    (("site", "--layer", "station"), "stations"),
    (("figures", "--format", "pgn"), "png"),
    (("figures", "--kind", "covrage"), "coverage"),
    (("report", "--format", "dox"), "docx"),
    (("export", "--format", "gpgk"), "gpkg"),
]


@pytest.mark.parametrize(("command", "choices"), SHOWN)
def test_the_help_shows_the_choices(command, choices):
    shown = CliRunner().invoke(cli.app, [command, "--help"], env={"COLUMNS": "200"}).output
    assert choices in shown


@pytest.mark.parametrize(("typed", "meant"), WRONG)
def test_a_wrong_one_names_the_nearest(typed, meant, tmp_path, capsys):
    command, *options = typed
    study = write_street(tmp_path)
    out = tmp_path / "out"
    code = cli.execute([command, str(study), *options, "--out", str(out), "--lang", "en"])
    assert code == cli.EXIT_INPUT
    assert f"did you mean {meant}?" in capsys.readouterr().err
    assert not out.exists()


def test_a_language_nobody_speaks_is_told_with_those_there_are(tmp_path, capsys):
    assert cli.execute(["run", str(tmp_path / "s.toml"), "--lang", "eng"]) == cli.EXIT_INPUT
    said = capsys.readouterr().err
    assert "选项“--lang”：值不合要求" in said
    assert 'found: "eng"' in said
    assert "zh / en" in said
