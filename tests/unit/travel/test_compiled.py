"""Compiled code is kept between processes, and never beyond a change of what went into it."""

import os
import subprocess
import sys

import pytest

ONE = """
from coverplan.travel.compiled import compiled
STEP = {step}
@compiled
def inner(x):
    return x + STEP
"""

TWO = """
from coverplan.travel.compiled import compiled
from one import inner
@compiled
def outer(x):
    return 10 * inner(x)
print(outer(1), sum(outer.stats.cache_hits.values()))
"""


@pytest.fixture
def run(root, tmp_path):
    (tmp_path / "two.py").write_text(TWO)
    paths = os.pathsep.join([str(root / "src" / "coverage"), str(tmp_path)])

    def run(step):
        text = ONE.format(step=step)
        if not (tmp_path / "one.py").exists() or (tmp_path / "one.py").read_text() != text:
            (tmp_path / "one.py").write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", "import two"],
            env={**os.environ, "PYTHONPATH": paths, "NUMBA_CACHE_DIR": ""},
            capture_output=True,
            text=True,
            check=True,
        )
        result, hits = done.stdout.split()
        return int(result), int(hits)

    return run


def test_a_change_in_another_file_is_seen(run):
    assert run(1) == (20, 0)
    assert run(1) == (20, 1)
    assert run(5) == (60, 0)
