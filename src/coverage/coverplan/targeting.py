"""The targets of a study: its files read, every clause judged."""

import datetime
import difflib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .clock import Clock, OnProgress, OnStep
from .core.errors import InputError, Problem, Problems
from .core.text import Language, Text
from .domain import Region, StudyConfig
from .domain.policy import Target
from .domain.targets_config import TargetsConfig
from .io.dated import dated
from .io.paths import Folder
from .io.policyfacts import PolicyFacts, read_policy_facts
from .io.register import read_register, read_targets
from .io.studyfaults import StudyText
from .io.studyfile import Change, study_from_dict
from .io.targetschecks import check_target_ids
from .loading import load_inputs
from .measure.policy import INDICATOR_TYPES
from .measure.policy.assess import assess_targets
from .measure.policy.breakdown import breakdown_table
from .measure.policy.found import Applies, Finding, Verdict
from .measure.policy.ledger import Ledger
from .policyledger import study_ledger
from .present.targets import missing_table, parts_table, summary_table, targets_table
from .programmefound import Programme
from .programming import target_programme
from .results import Inputs


@dataclass(frozen=True, slots=True)
class TargetReport:
    """What a study comes to, clause by clause.

    Parameters
    ----------
    findings
        One for each row of the register, in its order.
    ledger, inputs
        What they were judged by.
    problems
        All warnings of reading.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_targets(cp.write_small_county(folder))
    >>> report.counts()
    {'met': 1, 'not_met': 1, 'cannot_judge': 75, 'no_target': 9, 'elsewhere': 0}
    >>> table = report.table("en")
    >>> table.loc[table["verdict"] == "not_met", ["target_id", "numerator", "denominator", "gap"]]
      target_id numerator denominator gap
    0    Z21-25         2           3   1
    """

    findings: tuple[Finding, ...]
    ledger: Ledger
    inputs: Inputs
    problems: tuple[Problem, ...] = ()

    def counts(self, applies: Applies | None = "binding") -> dict[Verdict, int]:
        """Return how many targets have each verdict.

        Parameters
        ----------
        applies
            Of those that bear on the study in this way; None: of all.
        """
        found = Counter(f.verdict for f in self.findings if applies is None or f.applies == applies)
        return {verdict: found.get(verdict, 0) for verdict in _VERDICTS}

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {verdict}" for verdict, n in self.counts().items() if n)
        return f"<TargetReport: {len(self.findings)} targets; of those that bind {counts}>"

    def __getitem__(self, target_id: str) -> Finding:
        """Return the finding of one target.

        Raises
        ------
        KeyError
            When no row of the register has this id.
        """
        for finding in self.findings:
            if finding.target.id == target_id:
                return finding
        known = [finding.target.id for finding in self.findings]
        near = difflib.get_close_matches(target_id, known, n=3) or known[:3]
        raise KeyError(f"no target {target_id!r}; did you mean {', '.join(near)}?")

    def programme(self, clock: Clock | None = None) -> Programme:
        """Return the fewest sites for each unmet target, and one programme over the years.

        Parameters
        ----------
        clock
            Told which step it is at.
        """
        return target_programme(self.findings, self.ledger, self.inputs, clock)

    def breakdown(self, language: Language | None = None) -> pd.DataFrame:
        """Return the numbers set for the whole study, broken down to the units below it.

        Parameters
        ----------
        language
            Of words; the study's own where it is None.
        """
        speak = language or self.inputs.language
        return breakdown_table(self.findings, self.ledger, speak)

    def table(self, language: Language | None = None) -> pd.DataFrame:
        """Return one row for each target, what to build first on top, as ``targets.csv`` has it.

        Parameters
        ----------
        language
            Of words; the study's own where it is None.
        """
        return targets_table(self.findings, self.ledger, language or self.inputs.language)

    def summary(self, language: Language | None = None) -> pd.DataFrame:
        """Return how many targets of each document got which verdict; the last row is the total.

        Parameters
        ----------
        language
            Of words; the study's own where it is None.
        """
        return summary_table(self.findings, language or self.inputs.language)

    def missing(self, language: Language | None = None) -> pd.DataFrame:
        """Return one row for each unit or facility that is wanting, as ``targets_missing.csv``.

        Parameters
        ----------
        language
            Of words; the study's own where it is None.
        """
        return missing_table(self.findings, self.ledger, language or self.inputs.language)

    def parts(self, language: Language | None = None) -> pd.DataFrame:
        """Return the figures beside those that are judged, as ``targets_parts.csv`` has them.

        Parameters
        ----------
        language
            Of words; the study's own where it is None.
        """
        return parts_table(self.findings, self.ledger, language or self.inputs.language)

    def with_numbers(
        self,
        *,
        circle: Mapping[str, Any] | None = None,
        settings: Mapping[str, float | str] | None = None,
        thresholds: Mapping[str, float] | None = None,
        quotas: Mapping[str, float] | None = None,
        baselines: Mapping[str, Mapping[str, float]] | None = None,
    ) -> "TargetReport":
        """Return the same clauses judged again with other numbers for what they leave open.

        Nothing is read again. Numbers that are not given stay as the study file has them.

        Parameters
        ----------
        circle, settings, thresholds, quotas, baselines
            As the tables of these names under ``[targets]``, keys and ids of targets.

        Raises
        ------
        InputError
            When a key or a target is not known, or a number cannot be meant.

        Examples
        --------
        >>> import tempfile
        >>> import coverplan as cp
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report = cp.check_targets(cp.write_small_county(folder))
        >>> report["Z21-12"].verdict  # nobody has said how people travel
        'cannot_judge'
        >>> circle = {"profile": "walking", "share": 0.3}
        >>> report.with_numbers(circle=circle)["Z21-12"].verdict
        'met'
        """
        config = self.inputs.config
        if config is None:
            raise AssertionError
        data: dict[str, Any] = config.model_dump(exclude_unset=True)
        given = {
            "circle": circle,
            "settings": settings,
            "thresholds": thresholds,
            "quotas": quotas,
            "baselines": baselines,
        }
        table = data["targets"]
        for key, numbers in given.items():
            if numbers is not None:
                table[key] = {**table.get(key, {}), **numbers}
        changed = study_from_dict(data)
        asked, problems = changed.targets, Problems()
        if asked is None:
            raise AssertionError
        check_target_ids(asked, self.ledger.targets, StudyText("study"), problems)
        problems.raise_if_any()
        ledger = replace(self.ledger, config=asked)
        findings = assess_targets(ledger.targets, ledger)
        return replace(
            self, findings=findings, ledger=ledger, inputs=replace(self.inputs, config=changed)
        )


_VERDICTS: tuple[Verdict, ...] = ("met", "not_met", "cannot_judge", "no_target", "elsewhere")


def check_targets(
    study: str | Path,
    *,
    date: str | datetime.date | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> TargetReport:
    """Judge every target of the register, and of the study's own documents, against a study.

    Parameters
    ----------
    study
        Path of a study file with a ``[targets]`` table.
    date
        The day to answer for, where it is not the study's own.
    on_step, on_progress
        Called as each step begins, and with the targets done and all targets.

    Raises
    ------
    InputError
        With everything that is wrong with the study file and what it names. A faulty row of a
        planner's own table of targets or facts is left out and stands among the report's
        problems: the rest is still judged.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = cp.check_targets(cp.write_small_county(folder))
    >>> finding = report["Z21-25"]  # a social-work station in every township and street
    >>> finding.verdict, [unit.name for unit in finding.figure.missing]
    ('not_met', ['云岭乡'])
    >>> print(finding.reason.en.split(";")[0])
    it is 66.67 % (2 / 3 townships and streets)
    """
    return targets_asked(Path(study), Clock(on_step, on_progress), dated(date))


def targets_asked(path: Path, clock: Clock, change: Change | None = None) -> TargetReport:
    """Judge the targets a study file asks for.

    Parameters
    ----------
    path, clock, change
        The study file, what is told how far the work is, and what alters the study first.
    """
    problems = Problems()
    inputs = load_inputs(path, clock, change)
    config = inputs.config
    if config is None or config.targets is None:
        raise InputError([_no_table(path)])
    folder = Folder(path.resolve().parent)
    with clock.step(READING):
        study = StudyText(path.name, path.read_text(encoding="utf-8-sig"))
        targets, facts = read_registers(folder, config, inputs.region, study, problems)
    problems.raise_if_any()
    if targets is None or facts is None:
        raise AssertionError
    inputs = replace(
        inputs,
        files=(*inputs.files, *(f for f in folder.read if f.path not in _paths(inputs))),
        problems=(*inputs.problems, *problems),
    )
    return judge_targets(inputs, facts, targets, clock)


READING = Text("读取政策目标和台账", "reading targets and registers")


def read_registers(
    folder: Folder, config: StudyConfig, region: Region, study: StudyText, problems: Problems
) -> tuple[tuple[Target, ...] | None, PolicyFacts | None]:
    """Return the clauses and the facts a study's targets table names; None where one fails.

    Parameters
    ----------
    folder, config, region
        The study's folder, the study, and its units.
    study
        The study file as it was written, for messages with line numbers.
    problems
        Where every fault goes; nothing is raised.
    """
    asked = config.targets
    if asked is None:
        return None, None
    targets = problems.attempt(lambda: all_targets(folder, asked, problems))
    facts = problems.attempt(lambda: read_policy_facts(folder, config, region, problems))
    if targets is not None:
        _check_ids(asked, targets, study, problems)
    return targets, facts


def _check_ids(
    config: TargetsConfig, targets: tuple[Target, ...], study: StudyText, problems: Problems
) -> None:
    """Note targets the study speaks of that are not there: no error where rows were left out."""
    tables = {table.source.as_posix() for table in config.documents}
    some_left_out = any(problem.file in tables for problem in problems)
    faults = Problems()
    check_target_ids(config, targets, study, faults)
    for fault in faults:
        problems.add(replace(fault, severity="warning") if some_left_out else fault)


def _paths(inputs: Inputs) -> frozenset[Path]:
    return frozenset(f.path for f in inputs.files)


def all_targets(folder: Folder, config: TargetsConfig, problems: Problems) -> tuple[Target, ...]:
    """Return the rows of the register and of a study's own tables.

    Parameters
    ----------
    folder, config
        The study's folder, and its targets table.
    problems
        Where faults of single rows go.
    """
    targets = list(read_register())
    labels = {key: kind.label for key, kind in INDICATOR_TYPES.items()}
    for number, table in enumerate(config.documents):
        key = f"targets.documents[{number}]"
        targets += read_targets(folder, table, key, problems, indicators=labels, taken=targets)
    return tuple(targets)


def judge_targets(
    inputs: Inputs, facts: PolicyFacts, targets: tuple[Target, ...], clock: Clock
) -> TargetReport:
    """Judge targets against inputs that are read already.

    Parameters
    ----------
    inputs, facts, targets
        The study, its registers, and the clauses.
    clock
        Told how far it is.
    """
    with clock.step(Text("判断政策目标", "judging policy targets")):
        ledger = study_ledger(inputs, facts, targets)
        findings = assess_targets(targets, ledger, clock.progress(len(targets)))
    return TargetReport(findings, ledger, inputs, inputs.problems)


def _no_table(path: Path) -> Problem:
    return Problem(
        code="targets.none",
        what=Text("研究文件没有 [targets] 一节", "the study file has no [targets] table"),
        file=path.name,
        expected=Text("[targets]：适用哪些文件、用哪些台账", "[targets]: whose documents, by what"),
        mend=Text(
            "加一节 [targets]，可参照 data/geo/yunxi/targets.toml",
            "add one; data/geo/yunxi/targets.toml is an example",
        ),
    )
