"""The targets of a study: its files read, every clause judged."""

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .clock import Clock, OnProgress, OnStep
from .core.errors import InputError, Problem, Problems
from .core.text import Language, Text
from .domain import StudyConfig
from .domain.policy import Target
from .io.dated import dated
from .io.paths import Folder
from .io.policyfacts import PolicyFacts
from .io.studyfaults import StudyText
from .io.studyfile import Change, study_from_dict
from .io.targetschecks import check_target_ids
from .loading import load_inputs
from .measure.policy.assess import assess_targets
from .measure.policy.breakdown import breakdown_table
from .measure.policy.found import Applies, Finding, Verdict
from .measure.policy.ledger import Ledger
from .policyledger import study_ledger
from .present.targets import missing_table, parts_table, summary_table, targets_table
from .programmefound import Programme
from .programming import target_programme
from .results import Inputs, Study
from .targetclause import Clause, clause_of, nearest_ids, the_finding
from .targetsreading import READING, no_targets_table, read_registers


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
        near = ", ".join(nearest_ids(self.findings, target_id))
        raise KeyError(f"no target {target_id!r}; did you mean {near}?")

    def clause(
        self,
        target_id: str,
        language: Language | None = None,
        *,
        programme: Programme | None = None,
    ) -> Clause:
        """Return all there is to say of one clause: wording, figures, who is wanting, what to do.

        Parameters
        ----------
        target_id
            Its id; large and small letters are one.
        language
            Of words; the study's own where it is None.
        programme
            What `programme` returned, for the sites that close the gap.

        Raises
        ------
        InputError
            When no row of the register has this id: with the ids nearest to it.

        Examples
        --------
        >>> import tempfile
        >>> import coverplan as cp
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report = cp.check_targets(cp.write_small_county(folder))
        ...     clause = report.clause("Z21-25", "en", programme=report.programme())
        >>> clause.numerator, clause.denominator, list(clause.missing["name"])
        (2, 3, ['云岭乡'])
        >>> print(clause.to_do)
        sites needed: 1 (proven: 1 are the fewest; one less comes to 0 at most, of 1 asked for):
        云岭乡 云岭

        A clause that leaves a number open says which:

        >>> print(report.clause("Z21-12", "en").to_do)
        set targets.circle in the study file, and judge again
        """
        finding = the_finding(self.findings, target_id)
        return clause_of(finding, language or self.inputs.language, programme)

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
    study: str | Path | StudyConfig | Inputs | Study,
    *,
    date: str | datetime.date | None = None,
    on_step: OnStep | None = None,
    on_progress: OnProgress | None = None,
) -> TargetReport:
    """Judge every target of the register, and of the study's own documents, against a study.

    Parameters
    ----------
    study
        A study file with a ``[targets]`` table; or what was read from one, or computed: then
        boundaries, people and roads are not read again, only the tables that ``[targets]`` names
        and the lists of facilities with what they say for targets.
    date
        The day to answer for, where it is not the study's own.
    on_step, on_progress
        Called as each step begins, and with the targets done and all targets.

    Raises
    ------
    InputError
        With everything that is wrong with the study file and what it names; when a day is given
        of inputs that are read. A faulty row of a planner's own table of targets or facts is left
        out and stands among the report's problems: the rest is still judged.

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

    Read once, computed and judged:

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = cp.run(cp.write_small_county(folder))
    ...     report = cp.check_targets(study)
    >>> report.counts()["not_met"]
    1
    """
    clock = Clock(on_step, on_progress)
    if not isinstance(study, Inputs | Study):
        return targets_asked(study, clock, dated(date))
    if date is not None:
        raise InputError([_READ_ALREADY])
    inputs = study.inputs if isinstance(study, Study) else study
    return _judged(inputs, StudyText("study", ""), clock)


_READ_ALREADY = Problem(
    code="targets.read_already",
    what=Text("数据已经读入，日期不能再改", "files are read already: the day stays"),
    column="date",
    mend=Text(
        "改为给出研究文件的路径，或用 coverplan.load(路径, date=…) 另读一次",
        "give the path of the study file, or read it anew with coverplan.load(path, date=...)",
    ),
)


def targets_asked(
    study: str | Path | StudyConfig, clock: Clock, change: Change | None = None
) -> TargetReport:
    """Judge the targets a study file asks for.

    Parameters
    ----------
    study, clock, change
        The study file, what is told how far the work is, and what alters the study first.
    """
    text = StudyText("study", "")
    inputs = load_inputs(study, clock, change)
    if not isinstance(study, StudyConfig):
        path = Path(study)
        text = StudyText(path.name, path.read_text(encoding="utf-8-sig"))
    return _judged(inputs, text, clock)


def _judged(inputs: Inputs, text: StudyText, clock: Clock) -> TargetReport:
    """Read what the targets of a study are judged by, and judge them."""
    config, problems = inputs.config, Problems()
    if config is None or config.targets is None or inputs.folder is None:
        raise InputError([no_targets_table(text.file)])
    folder = Folder(inputs.folder)
    with clock.step(READING):
        targets, facts = read_registers(folder, config, inputs.region, text, problems)
    problems.raise_if_any()
    if targets is None or facts is None:
        raise AssertionError
    inputs = replace(
        inputs,
        files=(*inputs.files, *(f for f in folder.read if f.path not in _paths(inputs))),
        problems=(*inputs.problems, *problems),
    )
    return judge_targets(inputs, facts, targets, clock)


def _paths(inputs: Inputs) -> frozenset[Path]:
    return frozenset(f.path for f in inputs.files)


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
