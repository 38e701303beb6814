"""Reading the clauses a study is judged by, and what its tables say of units and facilities."""

from dataclasses import replace

from .core.errors import Problem, Problems
from .core.text import Text
from .domain import Region, StudyConfig
from .domain.policy import Target
from .domain.targets_config import TargetsConfig
from .io.paths import Folder
from .io.policyfacts import PolicyFacts, read_policy_facts
from .io.register import read_register, read_targets
from .io.studyfaults import StudyText
from .io.targetschecks import check_target_ids
from .measure.policy import INDICATOR_TYPES

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


def no_targets_table(file: str) -> Problem:
    """Return the fault of a study file without a targets table."""
    return Problem(
        code="targets.none",
        what=Text("研究文件没有 [targets] 一节", "the study file has no [targets] table"),
        file=file,
        expected=Text("[targets]：适用哪些文件、用哪些台账", "[targets]: whose documents, by what"),
        mend=Text(
            "加一节 [targets]，可参照 data/geo/yunxi/targets.toml",
            "add one; data/geo/yunxi/targets.toml is an example",
        ),
    )
