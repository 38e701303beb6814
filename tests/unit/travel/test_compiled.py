"""Compiled code is kept between processes, and never beyond a change of what went into it."""

import os
import subprocess
import sys

import pytest

BARE = """
import pathlib, sys, types
# Only the one module is tested: the rest of the package would take seconds to import.
for name in ("coverplan", "coverplan.travel", "coverplan.travel.speeds"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(pathlib.Path({source!r}, *name.split(".")))]
sys.modules["coverplan.travel.speeds"].NEVER_MS = 2**30
import two
"""

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
    script = BARE.format(source=str(root / "src" / "coverage"))

    def run(step):
        text = ONE.format(step=step)
        if not (tmp_path / "one.py").exists() or (tmp_path / "one.py").read_text() != text:
            (tmp_path / "one.py").write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={
                **os.environ,
                "PYTHONPATH": str(tmp_path),
                "PYTHONDONTWRITEBYTECODE": "1",  # two texts of one size within a second
                "NUMBA_CACHE_DIR": "",
            },
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
