"""From a study file with targets to a report."""

from pathlib import Path

import pytest
from street_files import write_street
from target_rows import target

from coverplan import InputError, check_targets
from coverplan.core.errors import Problem, Problems
from coverplan.core.text import Text
from coverplan.domain.targets_config import TargetsConfig
from coverplan.io.studyfaults import StudyText
from coverplan.targetsreading import _check_ids

CONFIG = TargetsConfig(documents=[{"source": Path("own.csv")}], thresholds={"OWN-1": 0.5})


def noted(*already: Problem) -> list[Problem]:
    problems = Problems(list(already))
    _check_ids(CONFIG, (target(),), StudyText("study.toml", ""), problems)
    return [p for p in problems if p not in already]


def test_a_target_that_is_nowhere_stops_the_study():
    assert [p.severity for p in noted()] == ["error"]


def test_a_target_whose_row_was_left_out_does_not():
    words = Text("比例大于 1", "above 1"), Text("改", "mend")
    left = Problem("target.value", *words, file="own.csv")
    assert [p.severity for p in noted(left)] == ["warning"]


def test_a_study_without_targets_says_what_is_missing(tmp_path):
    path = write_street(tmp_path)
    with pytest.raises(InputError) as caught:
        check_targets(path)
    assert [p.code for p in caught.value.problems] == ["targets.none"]


def test_a_target_is_found_by_its_id(tmp_path):
    path = write_street(tmp_path)
    with path.open("a", encoding="utf-8") as file:
        file.write("\n[targets]\n")
    report = check_targets(path)
    assert report["Z21-25"].target.id == "Z21-25"
    assert sum(report.counts(None).values()) == len(report.findings) == 184
    with pytest.raises(KeyError, match="no-such"):
        report["no-such"]
    assert list(report.table()["order"]) == list(range(1, 185))
