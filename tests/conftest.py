"""Fixtures every part of the tests may use."""

import gc
import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings
from real_places import PREPARE

import coverplan
from coverplan import cli

# Random on a developer's machine, to find what nobody thought of; the same every time elsewhere.
settings.register_profile("fixed", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("fixed")

ROOT = Path(__file__).resolve().parent.parent

# Workers of pytest-xdist ignore Ctrl-C, and so would every process they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection() -> None:
    """Thousands of tests and all imports are made now, and none of them is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later search for garbage: a tenth of the time."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give each worker one piece of all tests: what tests of a file share is computed once."""
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling  # noqa: PLC0415 - only there with xdist

    return WorkStealingScheduling(config, log)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Third parties' data: COVERPLAN_TEST_DATA, else ../shared beside the project."""
    folder = Path(os.environ.get("COVERPLAN_TEST_DATA", ROOT.parent / "shared"))
    if not (folder / "realdata").is_dir():
        pytest.skip(f"no test data: COVERPLAN_TEST_DATA is not set and {folder.name}/ is absent")
    return folder


@pytest.fixture(scope="session")
def yunxi(root: Path) -> coverplan.Study:
    """The sample county, computed once."""
    return coverplan.run(root / "data" / "geo" / "yunxi" / "study.toml")


@pytest.fixture(scope="session")
def yunxi_targets(root: Path) -> coverplan.TargetReport:
    """The sample county judged by the policy targets, computed once."""
    return coverplan.check_targets(root / "data" / "geo" / "yunxi" / "targets.toml")


@pytest.fixture(scope="session")
def run_place(test_data: Path, tmp_path_factory: pytest.TempPathFactory, root: Path):
    """Run a real place by name: the folder of its results, run record, exit code, study file."""
    done = {}

    def run(name: str):
        if name not in done:
            here = tmp_path_factory.mktemp(name)
            realdata = test_data / "realdata"
            PREPARE[name](realdata, here)
            text = (root / "tests" / "real" / f"{name}.toml").read_text(encoding="utf-8")
            text = text.replace("DATA", realdata.as_posix()).replace("HERE", here.as_posix())
            study = here / f"{name}.toml"
            study.write_text(text, encoding="utf-8")
            code = cli.execute(["run", str(study), "--quiet"])
            record = json.loads((here / "result" / "run.json").read_text(encoding="utf-8"))
            done[name] = (here / "result", record, code, study)
        return done[name]

    return run
