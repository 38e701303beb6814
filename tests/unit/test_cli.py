"""The command line as a planner meets it."""

import subprocess
import sys

import pytest
from street_files import write_street

from coverplan import cli, guarding


@pytest.fixture
def study(root):
    return root / "data" / "geo" / "yunxi" / "study.toml"


@pytest.fixture
def small(tmp_path):
    """A study of one street, for what is the same of every study."""
    folder = tmp_path / "study"
    folder.mkdir()
    return write_street(folder)


def test_the_main_job(study, tmp_path, capsys):
    assert cli.execute(["run", str(study), "--out", str(tmp_path / "run")]) == cli.EXIT_OK
    printed = capsys.readouterr().out
    assert "养老服务" in printed
    assert "已证明最优" in printed
    assert "虚构" in printed
    names = sorted(p.name for p in (tmp_path / "run").iterdir())
    assert names == [
        "candidates.csv",
        "coverage.csv",
        "faults.csv",
        "goals.csv",
        "map.html",
        "network.csv",
        "not_reached.csv",
        "people.csv",
        "plan.csv",
        "reasons.csv",
        "run.json",
        "sites.csv",
        "study.gpkg",
    ]


def test_english_and_quiet(small, tmp_path, capsys):
    folder = tmp_path / "run"
    assert cli.execute(["run", str(small), "-o", str(folder), "--lang", "en", "-q"]) == 0
    assert capsys.readouterr().out == ""
    text = (folder / "coverage.csv").read_text(encoding="utf-8-sig")
    assert "people reached" in text


def test_a_wrong_language(study):
    assert cli.execute(["run", str(study), "--lang", "fr"]) == cli.EXIT_INPUT


def test_an_internal_error_shows_no_traceback(study, tmp_path, capsys, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("boom")

    monkeypatch.setattr("coverplan.cli.run_study", broken)
    assert cli.execute(["run", str(study), "-o", str(tmp_path / "run")]) == cli.EXIT_INTERNAL
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "coverplan-error-" in err
    assert not (tmp_path / "run").exists()


def test_stopping_leaves_nothing_behind(small, tmp_path, capsys, monkeypatch):
    def stopped(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("coverplan.outputs.write_study_gpkg", stopped)
    before = set(tmp_path.iterdir())
    code = cli.execute(["run", str(small), "-o", str(tmp_path / "run"), "-q"])
    assert code == guarding.EXIT_INTERRUPTED
    assert set(tmp_path.iterdir()) == before
    assert "Traceback" not in capsys.readouterr().err


def test_as_a_process(root, tmp_path):
    """The installed program, its exit code and its streams."""
    program = [sys.executable, "-c", "from coverplan.cli import main; main()"]
    missing = subprocess.run(
        [*program, "run", "nothing.toml"], capture_output=True, cwd=tmp_path, check=False
    )
    assert missing.returncode == cli.EXIT_INPUT
    assert "Traceback" not in missing.stderr.decode("utf-8")
    assert "nothing.toml" in missing.stderr.decode("utf-8")
