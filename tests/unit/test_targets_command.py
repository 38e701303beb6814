"""`coverplan targets`: what it writes and prints, and how it ends when something is wrong."""

import csv
import json

import made_up_report as made
import openpyxl
import pandas as pd
import pytest
from street_files import STUDY, write_street
from tiny import demand, facilities, inputs, network, region

from coverplan import cli, targetscommand
from coverplan.core.errors import InputError, Problem
from coverplan.core.text import Text
from coverplan.io.register import read_register
from coverplan.measure.policy.registry import INDICATOR_TYPES
from coverplan.targeting import TargetReport
from coverplan.targetsoutput import report_rows, write_targets

TABLES = {"targets.csv", "targets_missing.csv", "targets_parts.csv"}
FILES = {*TABLES, "targets.json", "targets.xlsx", "run.json"}


@pytest.fixture(autouse=True)
def _indicators(monkeypatch, request):
    """The made-up indicators, but for the sample county, which is judged by the real ones."""
    if "sample" not in request.fixturenames:
        for key, kind in made.INDICATORS.items():
            monkeypatch.setitem(INDICATOR_TYPES, key, kind)


def report():
    """The made-up findings on a small place made in code."""
    units = region((0, -500, 1000, 500))
    people = demand(units, [(5, 0, "a", 4)])
    given = inputs(units, people, network([[(0, 0), (2000, 0)]]), facilities([(0, 0, "a")]))
    warning = Problem("x", Text("提醒甲", "warning one"), Text("改", "mend"), severity="warning")
    return TargetReport(made.findings(), made.known(), given, (warning,))


class Sites:
    """A programme with two tables."""

    problems = ()
    targets = ()

    def tables(self, language):
        word = "处" if language == "zh" else "sites"
        return {
            "programme_targets": pd.DataFrame({"target_id": ["S-1"], word: [3]}),
            "programme_years": pd.DataFrame({"year": [2026], "sites": [3]}),
        }


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study file whose targets are the made-up ones."""
    folder = tmp_path / "study"
    folder.mkdir()
    monkeypatch.setattr(targetscommand, "targets_asked", lambda path, clock, change: report())
    monkeypatch.setattr(TargetReport, "programme", lambda *_: Sites())
    monkeypatch.setattr(TargetReport, "breakdown", lambda *_: None)
    return write_street(folder)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_everything_is_written_and_recorded(tmp_path):
    written = write_targets(report(), tmp_path / "out")
    assert {path.name for path in written} == FILES
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    rows = rows_of(tmp_path / "out" / "targets.csv")
    assert [row["target_id"] for row in rows][:3] == ["S-1", "B-2", "T-1"]
    assert (rows[0]["value"], rows[0]["need"], rows[0]["gap"]) == ("75", "12", "3")
    assert (rows[7]["target_id"], rows[7]["value"], rows[7]["need"]) == ("C-4", "", "")
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["counts"] == {
        "met": 1, "not_met": 4, "cannot_judge": 4, "no_target": 1, "elsewhere": 1,
    }  # fmt: skip
    assert record["counts_reference"]["not_met"] == 1
    assert record["settings_wanted"]["targets.settings.basically"] == ["C-1"]
    assert set(record["outputs"]) == FILES - {"run.json"}
    assert record["warnings"][0]["en"] == "warning one"
    assert record["date"] == "2024-06-30"


def test_the_workbook_holds_every_table_and_its_numbers(tmp_path):
    frame = pd.DataFrame({"unit": ["甲县"], "share": [3]})
    write_targets(report(), tmp_path / "out", programme=Sites(), breakdown=frame)
    book = openpyxl.load_workbook(tmp_path / "out" / "targets.xlsx")
    assert book.sheetnames == [
        "汇总", "目标", "缺口名单", "附带数值", "各目标所需站点", "分年计划", "指标分解", "用语",
    ]  # fmt: skip
    sheet = book["目标"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    first = {head: sheet.cell(2, column) for head, column in heads.items()}
    assert first["结论"].value == "未达到"
    assert first["结论"].fill.fgColor.rgb == "FFF8CBAD"
    assert (first["现有"].value, first["缺口"].value) == (9, 3)
    assert first["缺口"].data_type == "n"
    assert sheet.max_row == 12
    assert rows_of(tmp_path / "out" / "breakdown.csv") == [{"unit": "甲县", "share": "3"}]
    assert rows_of(tmp_path / "out" / "programme_targets.csv")[0]["处"] == "3"


def test_the_same_report_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_targets(report(), tmp_path / name, programme=Sites(), language="en")
    for path in sorted((tmp_path / "a").iterdir()):
        if path.name != "run.json":
            assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    a, b = (json.loads((tmp_path / n / "run.json").read_text(encoding="utf-8")) for n in "ab")
    for record in (a, b):
        del record["written"], record["seconds"]
    assert a == b


def test_report_rows_speak_the_study_s_language_unless_told(tmp_path):
    assert report_rows(report())[0]["verdict_words"] == "未达到"
    assert report_rows(report(), "en")[0]["verdict_words"] == "not met"
    write_targets(report(), tmp_path / "out", language="en")
    kept = json.loads((tmp_path / "out" / "targets.json").read_text(encoding="utf-8"))
    assert kept["targets"] == report_rows(report(), "en")
    assert kept["language"] == "en"
    assert len(kept["targets"]) == sum(kept["counts"].values()) == 11


def test_the_command_prints_and_writes(study, tmp_path, capsys):
    code = cli.execute(["targets", str(study), "--out", str(tmp_path / "out")])
    printed = capsys.readouterr().out
    assert code == cli.EXIT_OK
    assert "共 11 条：未达到 4" in printed
    assert "先建什么" in printed
    assert "提醒甲" in printed
    assert "targets.xlsx" in printed
    assert "分年计划" in printed
    programme = {"programme_targets.csv", "programme_years.csv"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES | programme


def test_what_is_printed_is_short_unless_all_is_asked_for(study, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.execute(["targets", str(study), "-o", str(out), "--lang", "en"]) == 0
    short = capsys.readouterr().out
    assert cli.execute(["targets", str(study), "-o", str(out), "--lang", "en", "--all"]) == 0
    whole = capsys.readouterr().out
    line = next(row for row in short.splitlines() if "S-1" in row and "asks" in row)
    assert line == "  S-1 what S-1 asks: unit has one 9 / 12, 3 townships short; behind"
    assert "clause: 《行动方案" not in short
    assert "clause: 《行动方案" in whole
    assert "--clause S-1" in short
    assert "--clause" not in whole
    assert "reference only: not met 1: R-1" in short


def test_one_clause_is_printed_in_full_and_all_is_written(study, tmp_path, capsys):
    out = tmp_path / "out"
    asked = ["targets", str(study), "-o", str(out), "--lang", "en", "--clause", "s-1"]
    assert cli.execute([*asked, "--clause", "C-"]) == 0
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line[:2] in {"S-", "B-", "C-", "R-"}] == [
        "S-1 what S-1 asks (unit has one)",
        "C-1 what C-1 asks (unit has one)",
        *(f"C-{n} what C-{n} asks" for n in (2, 3, 4)),
    ]
    assert "missing: 丙街道, 甲镇, 乙乡" in printed
    assert "to do: set targets.settings.basically in the study file, and judge again" in printed
    assert "warnings of 1 kinds" not in printed
    assert "1 kind of warnings stands in run.json" in printed
    assert len(rows_of(out / "targets.csv")) == 11


def test_a_clause_nobody_knows_is_refused_with_the_nearest_before_anything_is_written(
    study, tmp_path, capsys
):
    out = tmp_path / "out"
    asked = ["targets", str(study), "-o", str(out), "--clause", "S-9", "--clause", "没有的文件"]
    assert cli.execute(asked) == cli.EXIT_INPUT
    said = capsys.readouterr().err
    assert "选项“--clause”：没有这一条" in said
    assert "发现：“S-9”、“没有的文件”" in said
    assert "S-1" in said.partition("应为：")[2]
    assert not out.exists()


def test_quiet_says_nothing_and_english_is_spoken(study, tmp_path, capsys):
    assert cli.execute(["targets", str(study), "-o", str(tmp_path / "q"), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    asked = ["targets", str(study), "-o", str(tmp_path / "e"), "--lang", "en"]
    assert cli.execute(asked) == 0
    assert "11 targets: 4 not met" in capsys.readouterr().out
    assert rows_of(tmp_path / "e" / "targets.csv")[0]["verdict_label"] == "not met"


def test_an_unknown_language_is_refused(study, tmp_path):
    code = cli.execute(["targets", str(study), "-o", str(tmp_path / "x"), "--lang", "fr"])
    assert code == cli.EXIT_INPUT
    assert not (tmp_path / "x").exists()


def test_a_foreign_folder_is_refused_before_any_work(study, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(targetscommand, "targets_asked", None)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("dear", encoding="utf-8")
    assert cli.execute(["targets", str(study), "-o", str(foreign)]) == cli.EXIT_INPUT
    assert "别的文件" in capsys.readouterr().err
    assert [path.name for path in foreign.iterdir()] == ["letter.txt"]


def test_a_fault_in_the_inputs_writes_nothing(study, tmp_path, monkeypatch, capsys):
    def refuse(path, clock, change):
        raise InputError([Problem("t", Text("坏了", "broken"), Text("改", "mend"))])

    monkeypatch.setattr(targetscommand, "targets_asked", refuse)
    out = tmp_path / "out"
    assert cli.execute(["targets", str(study), "-o", str(out)]) == cli.EXIT_INPUT
    assert "坏了" in capsys.readouterr().err
    assert not out.exists()


def test_a_study_without_targets_says_so(tmp_path, capsys):
    path = write_street(tmp_path)
    assert "[targets]" not in STUDY
    assert cli.execute(["targets", str(path), "-o", str(tmp_path / "out")]) == cli.EXIT_INPUT
    assert "没有 [targets] 一节" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def sample(root, tmp_path_factory):
    """The sample county judged by the command: its exit code and its folder."""
    folder = tmp_path_factory.mktemp("targets") / "out"
    path = root / "data" / "geo" / "yunxi" / "targets.toml"
    return cli.execute(["targets", str(path), "--out", str(folder), "--quiet"]), folder


def test_the_sample_county_answers_every_row_of_the_register(sample):
    code, folder = sample
    assert code == cli.EXIT_OK
    rows = rows_of(folder / "targets.csv")
    register = {target.id for target in read_register()}
    assert len(register) == 184
    assert register <= {row["target_id"] for row in rows}
    assert {row["verdict"] for row in rows} == {
        "met", "not_met", "cannot_judge", "no_target", "elsewhere",
    }  # fmt: skip
    assert all(row["value"] or row["reason"] for row in rows)
    assert all(row["requirement"] and row["clause"] for row in rows)
    drafts = [row for row in rows if row["standing"] == "draft"]
    assert len([row for row in drafts if row["target_id"] in register]) == 57
    assert all(row["standing_label"] == "征求意见稿" for row in drafts)
    unstated = [row for row in rows if row["deadline_basis"] in {"document_year", "plan_end"}]
    assert all("条文未写明" in row["deadline_label"] for row in unstated)


def test_the_first_rows_of_the_sample_county_say_what_to_build(sample):
    _, folder = sample
    rows = rows_of(folder / "targets.csv")
    for row in rows[:3]:
        assert (row["verdict"], row["applies"], row["sites_help"]) == ("not_met", "binding", "是")
        assert row["gap"] not in {"", "0"}
        assert row["missing"] or row["gap_unit"]
    sites = {row["target_id"]: row for row in rows_of(folder / "programme_targets.csv")}
    assert {row["target_id"] for row in rows[:3]} <= set(sites)
    assert any(row["status"] == "optimal" for row in sites.values())
    judged = [row for row in rows if row["verdict"] in {"met", "not_met"}]
    assert all((row["gap"] == "0") == (row["verdict"] == "met") for row in judged)
