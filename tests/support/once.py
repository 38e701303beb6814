"""What is slow to make is made once, whichever of the test processes needs it first."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE_SECONDS = 900


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that ``make`` filled, in this process or in another one.

    A failure is written down and raised wherever the folder is asked for.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, claim = base / name, base / f"{name}.claim"
    done, failed = base / f"{name}.done", base / f"{name}.failed"
    try:
        claim.mkdir()
    except FileExistsError:
        _wait_for(done, failed)
    else:
        folder.mkdir()
        try:
            make(folder)
        except BaseException as error:
            failed.write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
            raise
        done.touch()
    if failed.exists():
        pytest.fail(f"{name} could not be made: {failed.read_text(encoding='utf-8')}")
    return folder


def _wait_for(*signs: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any(sign.exists() for sign in signs):
        if time.monotonic() > deadline:
            raise TimeoutError(signs[0].name)
        time.sleep(0.2)
