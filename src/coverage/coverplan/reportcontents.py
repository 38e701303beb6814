"""Everything the report of a study file is made of, computed in one go."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from .assessing import assess_inputs
from .clock import Clock, OnProgress, OnStep
from .core.errors import Problems
from .io.paths import Folder
from .io.studyfaults import StudyText
from .io.studyfile import Change
from .loading import load_inputs
from .measure.measures import Measures, MeasureSettings
from .measureunits import with_unit_tables
from .measuring import measure_study
from .programmefound import Programme
from .results import Inputs, Study
from .targeting import TargetReport, judge_targets
from .targetsreading import READING, read_registers


@dataclass(frozen=True, slots=True)
class ReportContents:
    """Everything the report of a study file is made of.

    Parameters
    ----------
    study
        The computed study.
    measures
        What is measured beside coverage.
    targets, programme
        Its policy targets and the sites that close their gaps; None where the study file has no
        targets.
    seconds
        Time of each step.
    """

    study: Study
    measures: Measures
    targets: TargetReport | None
    programme: Programme | None
    seconds: dict[str, float]


def report_contents(
    path: str | Path,
    *,
    change: Change | None = None,
    look: Callable[[Inputs], None] | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> ReportContents:
    """Compute a study file with its measures and, where it has some, its targets.

    Parameters
    ----------
    path, change
        The study file, and what alters the study first.
    look
        Called with what was read, before anything is computed.
    on_step, on_progress
        Called as each step begins, and within long ones.

    Raises
    ------
    InputError
        With everything that is wrong with the study file and what it names.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     contents = cp.report_contents(cp.write_small_county(folder))
    >>> list(contents.study.layers)
    ['elderly_care', 'social_work']
    """
    clock, file = Clock(on_step, on_progress), Path(path)
    inputs = load_inputs(file, clock, change)
    config, folder, problems = inputs.config, Folder(file.resolve().parent), Problems()
    if config is None:
        raise AssertionError
    # Registers and unit tables before anything is computed: their faults stop the run too.
    with clock.step(READING):
        words = StudyText(file.name, file.read_text(encoding="utf-8-sig"))
        clauses, facts = read_registers(folder, config, inputs.region, words, problems)
        problems.raise_if_any()
        settings = with_unit_tables(inputs, folder, MeasureSettings(), problems)
        if look is not None:
            look(inputs)
    study = assess_inputs(inputs, clock)
    measures = measure_study(study, settings, on_step=on_step, on_progress=on_progress)
    targets, programme = None, None
    if clauses is not None and facts is not None:
        known = {f.path for f in inputs.files}
        beside = tuple(f for f in folder.read if f.path not in known)
        both = replace(
            inputs,
            files=(*inputs.files, *beside),
            problems=(*inputs.problems, *problems),
        )
        targets = judge_targets(both, facts, clauses, clock)
        programme = targets.programme(clock)
    return ReportContents(study, measures, targets, programme, {**study.seconds, **clock.seconds})
