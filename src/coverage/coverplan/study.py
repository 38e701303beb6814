"""A whole study, from file or from notebook: the steps in their order."""

from pathlib import Path

from .assessing import assess_inputs
from .clock import Clock, OnProgress, OnStep
from .domain import StudyConfig
from .loading import load_inputs
from .results import Inputs, Study


def run(
    study: str | Path | StudyConfig,
    *,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> Study:
    """Read a study file and everything it names, and compute the study.

    Parameters
    ----------
    study
        Path of a study file, or a configuration whose paths are absolute or relative to the
        working directory.
    on_step, on_progress
        Called as each step begins, and within long ones with the parts done and all parts.

    Raises
    ------
    InputError
        With everything that is wrong with the files, before anything is computed.
    InternalError
        When two ways of computing one number disagree.

    Examples
    --------
    >>> study = run("data/geo/yunxi/study.toml")  # doctest: +SKIP
    >>> study.coverage.select(layer="elderly_care", minutes=15)  # doctest: +SKIP
    """
    clock = Clock(on_step, on_progress)
    return assess_inputs(load_inputs(study, clock), clock)


def load(study: str | Path | StudyConfig) -> Inputs:
    """Read a study file and everything it names, without computing anything.

    Raises
    ------
    InputError
        With everything that is wrong with the files.
    """
    return load_inputs(study, Clock())


def assess(
    inputs: Inputs,
    *,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> Study:
    """Compute a study from its inputs, however they were made.

    Raises
    ------
    InputError
        When more sites are asked for than there are candidates.
    InternalError
        When two ways of computing one number disagree.
    """
    return assess_inputs(inputs, Clock(on_step, on_progress))
