"""The command line as a planner starts it: a process of its own, its streams and exit codes."""

import os
import subprocess
import sys

import pytest

START = "from coverplan.cli import main; main()"


def _run(county, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", START, "run", str(county.study), *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "TMPDIR": str(county.folder.parent), **environment},
        timeout=60,
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_bad_study_says_so_and_writes_nothing(county, language):
    county.edit("sites = 1", "sites = 0")
    done = _run(county, "--lang", language)
    text = done.stderr.decode("utf-8")
    assert done.returncode == 2
    assert done.stdout == b""
    assert ("改法：" if language == "zh" else "to mend:") in text
    assert "Traceback" not in text
    assert not county.result.exists()
    assert not list(county.folder.parent.glob("coverplan-error-*"))


def test_a_terminal_without_chinese_still_gets_a_message(county):
    county.path("homes.csv").unlink()
    done = _run(county, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 2
    assert b"homes.csv" in done.stderr
    assert b"Traceback" not in done.stderr
