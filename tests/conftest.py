"""Fixtures every part of the tests may use."""

import gc
import json
import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from once import made_once
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


def computed_once(
    factory: pytest.TempPathFactory, name: str, compute: Callable[[], coverplan.Study]
) -> coverplan.Study:
    """Return a study that one of the test processes computed; reading it takes a moment."""

    def make(folder: Path) -> None:
        (folder / "study.pickle").write_bytes(pickle.dumps(compute(), pickle.HIGHEST_PROTOCOL))

    kept = made_once(factory, f"study-{name}", make) / "study.pickle"
    return pickle.loads(kept.read_bytes())  # noqa: S301 - written by this very run


@pytest.fixture(scope="session")
def yunxi(root: Path, tmp_path_factory: pytest.TempPathFactory) -> coverplan.Study:
    """The sample county, computed once."""
    file = root / "data" / "geo" / "yunxi" / "study.toml"
    return computed_once(tmp_path_factory, "yunxi", lambda: coverplan.run(file))


@pytest.fixture(scope="session")
def yunxi_written(yunxi: coverplan.Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of results of the sample county, written once: read it, change nothing."""

    def write(folder: Path) -> None:
        coverplan.write_run(yunxi, folder / "run")

    return made_once(tmp_path_factory, "yunxi-written", write) / "run"


@pytest.fixture(scope="session")
def yunxi_targets(root: Path) -> coverplan.TargetReport:
    """The sample county judged by the policy targets, computed once."""
    return coverplan.check_targets(root / "data" / "geo" / "yunxi" / "targets.toml")


@pytest.fixture(scope="session")
def run_place(test_data: Path, tmp_path_factory: pytest.TempPathFactory, root: Path):
    """Run a real place by name: the folder of its results, run record, exit code, study file."""

    def make(name: str, here: Path) -> None:
        realdata = test_data / "realdata"
        PREPARE[name](realdata, here)
        text = (root / "tests" / "real" / f"{name}.toml").read_text(encoding="utf-8")
        text = text.replace("DATA", realdata.as_posix()).replace("HERE", here.as_posix())
        study = here / f"{name}.toml"
        study.write_text(text, encoding="utf-8")
        code = cli.execute(["run", str(study), "--quiet"])
        (here / "exit_code").write_text(str(code), encoding="ascii")

    def run(name: str):
        here = made_once(tmp_path_factory, name, lambda folder: make(name, folder))
        record = json.loads((here / "result" / "run.json").read_text(encoding="utf-8"))
        code = int((here / "exit_code").read_text(encoding="ascii"))
        return here / "result", record, code, here / f"{name}.toml"

    return run


@pytest.fixture(scope="session")
def real_study(run_place, tmp_path_factory: pytest.TempPathFactory):
    """A real place by name, computed once."""
    done = {}

    def study(name: str) -> coverplan.Study:
        if name not in done:
            *_, file = run_place(name)
            done[name] = computed_once(tmp_path_factory, name, lambda: coverplan.run(file))
        return done[name]

    return study
