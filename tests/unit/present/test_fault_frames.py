"""What a check found, as tables to read in a notebook."""

import pytest

import coverplan
from coverplan import InputError, Problem, Text, show_faults
from coverplan.present.faults import CheckReport


@pytest.fixture(scope="module")
def checked(root):
    return coverplan.check_study(root / "data/geo/yunxi/study.toml")


def problem(row, found, **more):
    return Problem(
        "people.value", Text("人数不对", "not a number"), Text("改", "mend it"),
        file="a.csv", row=row, column="人数", found=found, **more,
    )  # fmt: skip


def test_faults_of_one_kind_are_one_row():
    report = CheckReport("县", "study.toml", tuple(problem(i, f"x{i}") for i in range(2, 10)))
    (row,) = show_faults(report, language="en").to_dict("records")
    assert row == {
        "severity": "error",
        "file": "a.csv",
        "rows": "2, 3, 4, 5, 6, 7 … (8)",
        "column or key": "人数",
        "what": "not a number",
        "found": "x2, x3, x4 … (8)",
        "touches": "how many people or facilities is not known",
        "to mend": "mend it",
    }
    assert show_faults(report)["严重程度"].tolist() == ["错误"]


def test_what_a_file_says_cannot_turn_the_line():
    report = CheckReport("县", "study.toml", (problem(2, "a\u202eb\x1b[31m", people=3),))
    (row,) = show_faults(report, language="en").to_dict("records")
    assert row["found"] == "a\ufffdb\ufffd[31m"
    assert row["touches"] == "3 people"


def test_errors_come_first_and_what_is_expected_is_said():
    warning = problem(3, "y", severity="warning")
    error = Problem("a.b", Text("错", "wrong"), Text("改", "mend"), expected=Text("一", "one"))
    frame = show_faults(CheckReport("县", "s", (warning, error)), language="en")
    assert frame["severity"].tolist() == ["error", "warning"]
    assert frame["to mend"].tolist() == ["one mend", "mend it"]


def test_tables_of_the_report_in_both_languages(checked):
    datum = show_faults(checked, "datum", language="en")
    assert datum.columns[0] == "file"
    assert "社工站.csv" in datum["file"].tolist()
    assert show_faults(checked, "datum").columns[0] == "文件"
    for table in checked.tables:
        frame = show_faults(checked, table.id)
        assert len(frame) == len(table.rows)
        assert len(frame.columns) == len(table.heads) - len(table.coded)
    assert len(show_faults(checked)) == len(checked.faults)


def test_a_table_that_is_not_there_is_said(checked):
    with pytest.raises(InputError) as caught:
        show_faults(checked, "weather")
    (one,) = caught.value.problems
    assert (one.code, one.found) == ("check.table", "weather")
    assert "datum" in one.expected.en
    assert "没有这张表" in one.what.zh
